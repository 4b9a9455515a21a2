"""Signing: what a kind asks more than one person for, until enough of them have signed.

A filing by fewer persons stands and is matched, as what was released to nobody: no protection waits for a second
signature. Its releases wait, and with them what it replaces. Persons are told apart by their seats; a machine is none.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field

from standclear.conflicts.standing import Standing
from standclear.statements.submission import Submission

Seat = tuple[bytes, str]
"""A desk, and the name of a seat at it."""


@dataclass(slots=True, kw_only=True)
class Unsigned:
    """A filing that waits: what it said, what stands of it, and the seats from which it was signed so far."""

    submission: Submission
    stands: list[Standing]
    seats: set[Seat]

    @property
    def party(self) -> bytes:
        return self.submission.header.sender.party


@dataclass(slots=True)
class Signatures:
    """The filings of one log that wait for further persons' signatures, by their sids."""

    waiting: dict[bytes, Unsigned] = field(default_factory=dict)

    def wait(self, submission: Submission, stands: list[Standing], seats: Set[Seat]) -> None:
        """A filing waits from here on."""
        for one in stands:
            one.withheld = True
        self.waiting[submission.sid] = Unsigned(submission=submission, stands=stands, seats=set(seats))

    def of(self, party: bytes, sids: tuple[bytes, ...]) -> list[Unsigned]:
        """The filings of a party among these that wait."""
        found = (self.waiting.get(sid) for sid in sids)
        return [one for one in found if one is not None and one.party == party]

    def release(self, waiting: Unsigned) -> list[Standing]:
        """A filing waits no more. What of it still stands is given."""
        del self.waiting[waiting.submission.sid]
        for one in waiting.stands:
            one.withheld = False
        return [one for one in waiting.stands if one.state == "stands"]
