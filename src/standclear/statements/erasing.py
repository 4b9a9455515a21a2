"""Erasing and holding: a party asks that its own ended items be shredded; a hold says that they must not be (G23)."""

from __future__ import annotations

from dataclasses import dataclass

from standclear.errors import Malformed
from standclear.spacetime.units import FOREVER_MS
from standclear.statements.canonical import Value
from standclear.statements.fields import Fields

ERASURE_REASONS = frozenset(
    {
        "owner_asks",
        "person_asks",
        "filed_in_error",
        "function_ended",
        "retention_over",
        "court_order",
        "other",
    }
)
HOLD_PARTS = frozenset({"placed", "lifted"})
HOLD_REASONS = frozenset(
    {"incident", "consultation", "investigation", "dispute", "court_order", "no_longer_needed", "other"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """A party asks that the bodies of its own ended items (`cites`), or statements (`re`), be shredded, and why.

    It has no free text on purpose: it stands for ever, and nothing in it need ever be erased.
    """

    reason: str

    def to_value(self) -> Value:
        return {"reason": self.reason, "type": "erasure"}


def read_erasure(fields: Fields) -> Erasure:
    return Erasure(reason=fields.choice("reason", ERASURE_REASONS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """What it names is not to be shredded: items (`cites`), statements (`re`), or all that an incident (`re`) refers to.

    Until `until_ms`, or, where that is null, until the party that placed it lifts it: a hold `lifted` names in `re` the
    holds that it ends.
    """

    part: str
    reason: str
    until_ms: int | None

    def to_value(self) -> Value:
        return {"part": self.part, "reason": self.reason, "type": "hold", "until_ms": self.until_ms}


def read_hold(fields: Fields) -> Hold:
    hold = Hold(
        part=fields.choice("part", HOLD_PARTS),
        reason=fields.choice("reason", HOLD_REASONS),
        until_ms=fields.integer_or_none("until_ms", 0, FOREVER_MS),
    )
    if hold.part == "lifted" and hold.until_ms is not None:
        raise Malformed(f"{fields.path}.until_ms", "a hold that is lifted has no end to come", "write null")
    return hold
