"""A seat at a desk: its key, its place in the key's chain, and how it says things. Used by the commands and the demo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from standclear.keys import SigningKey
from standclear.statements.compose import Composed, Draft, Fresh, Signer, compose
from standclear.statements.parties import (
    DeskEnrolment,
    Enrolment,
    SeatKey,
    desk_id,
    party_id,
    possession_bytes,
)
from standclear.statements.roll import ROOT_DESK


@dataclass(slots=True, kw_only=True)
class Seat:
    """One key at one desk. `seq` and `prev` move on with each statement that was said."""

    log: bytes
    party: bytes
    desk: bytes
    key: SigningKey
    seq: int
    prev: bytes

    def compose(
        self,
        draft: Draft,
        stated_ms: int,
        fresh: Fresh,
        with_keys: Sequence[SigningKey] = (),
        later: Sequence[bytes] = (),
    ) -> Composed:
        """The draft, signed with this seat's key (and any others), as the next of its chain; `said` moves on.

        `later` are ids of keys that sign elsewhere, before it is sent.
        """
        signer = Signer(
            log=self.log,
            party=self.party,
            desk=self.desk,
            keys=[self.key, *with_keys],
            seq=self.seq,
            prev=self.prev,
            later=later,
        )
        return compose(draft, signer, stated_ms, fresh)

    def said(self, sid: bytes) -> None:
        """The statement of this sid is on record: the chain moves on."""
        self.seq += 1
        self.prev = sid


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSeat:
    """A seat to be enrolled: its name, its key's role, and the key."""

    seat: str
    role: str
    key: SigningKey


def enrolment_of(
    *,
    log: bytes,
    name: str,
    party_type: str,
    root: SigningKey,
    desks: Sequence[tuple[str, Sequence[str], Sequence[NewSeat]]],
) -> Enrolment:
    """A party's enrolment: its root key and desks (name, telephone numbers, seats), each new key shown to be held."""
    party = party_id(root.public)
    return Enrolment(
        name=name,
        party_type=party_type,
        root=root.public,
        represented_by=None,
        desks=tuple(
            DeskEnrolment(
                name=desk,
                phones=tuple(phones),
                keys=tuple(
                    SeatKey(
                        seat=seat.seat,
                        role=seat.role,
                        public=seat.key.public,
                        possession=seat.key.sign(possession_bytes(log, party, seat.key.public)),
                    )
                    for seat in seats
                ),
            )
            for desk, phones, seats in desks
        ),
    )


def compose_first_enrolment(
    enrolment: Enrolment, *, log: bytes, root: SigningKey, admitting: SigningKey, stated_ms: int, fresh: Fresh
) -> Composed:
    """A party's first enrolment, signed by its root key and by the key that admits parties (the service's root)."""
    signer = Signer(
        log=log, party=party_id(root.public), desk=ROOT_DESK, keys=[root, admitting], seq=0, prev=log
    )
    return compose(
        Draft(kind="enrolment", forms={"exact": [enrolment.to_value()]}, to=None), signer, stated_ms, fresh
    )


def seat_after_enrolment(
    *, log: bytes, root_public: bytes, desk: str, key: SigningKey, enrolment_sid: bytes
) -> Seat:
    """A newly enrolled key's seat: its chain begins with the enrolment."""
    party = party_id(root_public)
    return Seat(log=log, party=party, desk=desk_id(party, desk), key=key, seq=0, prev=enrolment_sid)
