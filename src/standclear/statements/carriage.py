"""The deed of one message: what a channel was given, for which duty, how it ended, and what the other side said.

It is the service's word about a channel, and no receipt: a relay that took a letter has not woken anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from standclear.limits import CARRIED_SAID_MAX
from standclear.statements.arrangement import LEVELS
from standclear.statements.canonical import Value, b64u
from standclear.statements.fields import Fields

OUTCOMES: Final = frozenset({"handed", "given_up", "unreachable"})
"""How a message ended. handed: a channel took it. given_up: no try worked. unreachable: there was no address for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedRecord:
    """One message of one duty to one address, when it had ended.

    `id` is the message's own, the same each time it is said, so that it counts once. `sid` is the statement that the duty
    is about, `silent` the party whose answer is missing. `said` is what the other side said, without addresses.
    """

    id: bytes
    duty: str
    sid: bytes
    party: bytes
    desk: bytes
    level: str
    step: int
    silent: bytes | None
    channel: str
    outcome: str
    said: str
    tries: int
    at_ms: int
    salt: bytes

    def to_value(self) -> Value:
        return {
            "at_ms": self.at_ms,
            "channel": self.channel,
            "desk": b64u(self.desk),
            "duty": self.duty,
            "id": b64u(self.id),
            "level": self.level,
            "outcome": self.outcome,
            "party": b64u(self.party),
            "record": "carried",
            "said": self.said,
            "salt": b64u(self.salt),
            "sid": b64u(self.sid),
            "silent": None if self.silent is None else b64u(self.silent),
            "step": self.step,
            "tries": self.tries,
        }


def read_carried(fields: Fields) -> CarriedRecord:
    """A record of what was carried."""
    return CarriedRecord(
        id=fields.raw("id", 16),
        duty=fields.text("duty", 32, 1),
        sid=fields.raw("sid", 32),
        party=fields.raw("party", 16),
        desk=fields.raw("desk", 16),
        level=fields.choice("level", LEVELS),
        step=fields.integer("step"),
        silent=fields.raw_or_none("silent", 16),
        channel=fields.text("channel", 32, 1),
        outcome=fields.choice("outcome", OUTCOMES),
        said=fields.text("said", CARRIED_SAID_MAX),
        tries=fields.integer("tries"),
        at_ms=fields.integer("at_ms"),
        salt=fields.raw("salt", 16),
    )
