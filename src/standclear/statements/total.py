"""Totals: how much of a kind may be on at one time, or begin within a span, whatever the number of statements (G9).

Thresholds are evaded by filing one exercise as three, so that the sum counts and never the single filing. The numbers
are the arrangement's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Final

from standclear.errors import Malformed
from standclear.spacetime.units import FOREVER_MS
from standclear.statements.canonical import Value
from standclear.statements.fields import Fields, choice_reader, text_reader
from standclear.statements.header import NOTICE_KINDS
from standclear.statements.moving import MOVEMENT_TYPES, ZONE_TYPES
from standclear.statements.notices import ACTIVITY_TYPES, SITE_CATEGORIES

ROLES = frozenset({"party", "monitor", "depositary", "observer"})
MEASURES = frozenset({"notices", "units", "headcount", "tonnes"})
COUNTED_BY = frozenset({"party", "all"})

MEASURED: Final[Mapping[str, Set[str]]] = {
    "activity": {"notices", "headcount"},
    "movement": {"notices", "units", "headcount", "tonnes"},
    "presence": {"notices"},
    "site": {"notices"},
    "zone": {"notices"},
}
"""What a kind of notice can be measured by: only what its body states."""

TYPES_OF: Final[Mapping[str, Set[str]]] = {
    "activity": ACTIVITY_TYPES,
    "movement": MOVEMENT_TYPES,
    "presence": frozenset(),
    "site": SITE_CATEGORIES,
    "zone": ZONE_TYPES,
}
"""The words by which a total narrows a kind: types of movements, activities and zones, categories of sites."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """One bound on what is filed together.

    `types`: which of the kind count; empty = all. `measure`: what is added up. `window_ms`: None = what is on at one
    instant, by the notices' own times; else what begins within any span that long. `by`: "party" = each party by itself,
    "all" = all together. `except_roles`: members whose filings do not count. `most`: more is marked `over_total`.
    """

    name: str
    kind: str
    types: tuple[str, ...]
    measure: str
    window_ms: int | None
    by: str
    except_roles: tuple[str, ...]
    most: int

    def to_value(self) -> Value:
        return {
            "by": self.by,
            "except_roles": list(self.except_roles),
            "kind": self.kind,
            "measure": self.measure,
            "most": self.most,
            "name": self.name,
            "types": list(self.types),
            "window_ms": self.window_ms,
        }


def read_total(value: Value, path: str) -> Total:
    """One row of an arrangement's `totals`.

    Raises:
        Malformed: a type or a measure that its kind does not have.
    """
    fields = Fields(value, path)
    total = Total(
        name=fields.text("name", 64, 1),
        kind=fields.choice("kind", NOTICE_KINDS),
        types=fields.many("types", text_reader(64), 64),
        measure=fields.choice("measure", MEASURES),
        window_ms=fields.integer_or_none("window_ms", 1, FOREVER_MS),
        by=fields.choice("by", COUNTED_BY),
        except_roles=fields.many("except_roles", choice_reader(ROLES), len(ROLES)),
        most=fields.integer("most"),
    )
    fields.done()
    if total.measure not in MEASURED[total.kind]:
        known = ", ".join(sorted(MEASURED[total.kind]))
        raise Malformed(
            f"{path}.measure", f"no {total.kind} states its {total.measure}", f"use one of: {known}"
        )
    unknown = sorted(set(total.types) - TYPES_OF[total.kind])
    if unknown:
        known = ", ".join(sorted(TYPES_OF[total.kind])) or "none: leave it empty"
        raise Malformed(
            f"{path}.types", f"{', '.join(unknown)} is no type of {total.kind}", f"known are: {known}"
        )
    return total


def check_totals(totals: Sequence[Total], kinds: Set[str], path: str) -> None:
    """Every total has a name of its own and is of a kind that the arrangement has.

    Raises:
        Malformed: a name twice, or a kind without a rule.
    """
    names = [total.name for total in totals]
    if len(set(names)) != len(names):
        raise Malformed(f"{path}.totals", "a name stands twice", "give each total its own name")
    missing = sorted({total.kind for total in totals} - kinds)
    if missing:
        raise Malformed(
            f"{path}.totals", f"of a kind without a rule: {', '.join(missing)}", "add the missing rules"
        )
