"""A cast: parties with keys that speak to one service in its own process. The demo's actors, and the tests'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from standclear.cli.seat import (
    NewSeat,
    Seat,
    compose_first_enrolment,
    enrolment_of,
    seat_after_enrolment,
)
from standclear.flow.service import Service
from standclear.flow.submit import Answer
from standclear.keys import SigningKey, key_id
from standclear.statements.compose import Composed, Draft, Recipient, Signer, compose
from standclear.statements.lists import ref_of
from standclear.statements.parties import party_id
from standclear.statements.roll import ROOT_DESK


@dataclass(slots=True, kw_only=True)
class Actor:
    """A party with a root key, a duty desk, a person's seat and a machine's."""

    name: str
    party_type: str
    root: SigningKey
    person: Seat
    machine: Seat

    @property
    def id(self) -> bytes:
        return party_id(self.root.public)


@dataclass(slots=True, kw_only=True)
class Said:
    """Something said: how it was composed and how the service answered."""

    composed: Composed
    answer: Answer

    @property
    def sid(self) -> bytes:
        return self.composed.sid

    @property
    def effect(self) -> str:
        return self.answer.outcome.effect

    @property
    def marks(self) -> list[str]:
        return self.answer.outcome.marks

    @property
    def missing(self) -> list[bytes]:
        return self.answer.outcome.missing

    def ref(self, item: int = 0) -> bytes:
        return ref_of(self.sid, item)


async def enrol(service: Service, name: str, party_type: str, *, phones: Sequence[str]) -> Actor:
    """Enrol a new party with one desk, a person's key and a machine's, admitted by the service's root."""
    log = service.book.roll.log
    assert log is not None
    root, person, machine = (SigningKey.from_seed(service.fresh(32)) for _ in range(3))
    seats = [
        NewSeat(seat="duty-1", role="person", key=person),
        NewSeat(seat="machine", role="machine", key=machine),
    ]
    enrolment = enrolment_of(
        log=log, name=name, party_type=party_type, root=root, desks=[("duty", phones, seats)]
    )
    composed = compose_first_enrolment(
        enrolment,
        log=log,
        root=root,
        admitting=service.keys.root,
        stated_ms=service.clock.now_ms(),
        fresh=service.fresh,
    )
    await service.submit(composed.text)
    sitting = [
        seat_after_enrolment(
            log=log, root_public=root.public, desk="duty", key=key, enrolment_sid=composed.sid
        )
        for key in (person, machine)
    ]
    return Actor(name=name, party_type=party_type, root=root, person=sitting[0], machine=sitting[1])


async def say_of_keyless(
    service: Service, draft: Draft, *, by: Actor | None = None, admitted: bool = True
) -> Said:
    """Enrol a party without a key, or change who represents it: said by the service, or by the actor, then admitted."""
    roll = service.book.roll
    roots = [service.keys.root] if by is None else [by.root, service.keys.root] if admitted else [by.root]
    standing = roll.keys[key_id(roots[0].public)]
    signer = Signer(
        log=roll.log,
        party=standing.party,
        desk=ROOT_DESK,
        keys=roots,
        seq=standing.next_seq,
        prev=standing.last_sid,
    )
    composed = compose(draft, signer, service.clock.now_ms(), service.fresh)
    return Said(composed=composed, answer=await service.submit(composed.text))


async def say(service: Service, actor: Actor, draft: Draft, *, machine: bool = False) -> Said:
    """Say something with the actor's person's (or machine's) key; its chain moves on once it is on record."""
    seat = actor.machine if machine else actor.person
    composed = seat.compose(draft, service.clock.now_ms(), service.fresh)
    answer = await service.submit(composed.text)
    seat.said(composed.sid)
    return Said(composed=composed, answer=answer)


def told(*actors: Actor, when: str = "now", form: str = "exact", travel: str = "party") -> list[Recipient]:
    """Recipients: each of the actors, in one form."""
    return [Recipient(party=actor.id, when=when, form=form, travel=travel) for actor in actors]
