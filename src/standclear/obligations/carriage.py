"""Carriage: what the service says it gave to which channel, by the statement that it was about. Each message counts once.

It is read for those who ask whether an escalation was really carried, when, and how it ended. It moves no rung.
"""

from __future__ import annotations

from typing import Final

from standclear.statements.carriage import CarriedRecord


class Carriage:
    """The messages of one log, as its deeds say them."""

    def __init__(self) -> None:
        self._of_sid: dict[bytes, list[CarriedRecord]] = {}
        self._index_of: dict[bytes, int] = {}

    def take_in(self, record: CarriedRecord, index: int) -> None:
        """Take in one record of the deeds at an index. What was said before is said again after a crash, and counts once."""
        if record.id not in self._index_of:
            self._index_of[record.id] = index
            self._of_sid.setdefault(record.sid, []).append(record)

    def index_of(self, message: bytes) -> int | None:
        """The entry of the first deeds that say how a message ended; None while none do."""
        return self._index_of.get(message)

    def about(self, sid: bytes, party: bytes) -> tuple[CarriedRecord, ...]:
        """The messages about one statement that went to a party, or to others because it is silent; in the order said."""
        found = self._of_sid.get(sid, ())
        return tuple(
            one for one in found if one.silent == party or (one.silent is None and one.party == party)
        )

    def escalated(self, sid: bytes, party: bytes) -> tuple[CarriedRecord, ...]:
        """Of these the steps of the arrangement that were carried because the party is silent."""
        return tuple(one for one in self.about(sid, party) if one.duty == "escalate")


WAYS: Final = {
    "smtp": "e-mail",
    "sms": "SMS",
    "voice": "telephone",
    "webhook": "webhook",
    "none": "no channel",
}
_ENDS: Final = {
    "handed": "taken by the relay",
    "given_up": "given up, no try worked",
    "unreachable": "there is no address",
}
_DOES: Final = {"deliver": "sent to", "escalate": "escalated to", "ring": "rung at"}


def in_words(duty: str, level: str, channel: str, outcome: str, at: str) -> str:
    """One message in a line, for people: what was done, at which level, when, by which way, and how it ended.

    Example:
        >>> in_words("escalate", "superior", "smtp", "handed", "14:12")
        'escalated to superior 14:12 by e-mail: taken by the relay'
    """
    does = _DOES.get(duty, f"told ({duty.replace('_', ' ')})")
    way = WAYS.get(channel, channel)
    return f"{does} {level.replace('_', ' ')} {at} by {way}: {_ENDS.get(outcome, outcome)}"
