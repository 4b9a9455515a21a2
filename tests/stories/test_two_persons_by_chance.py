"""Second signatures by chance: who was told what, and when, is what a plain reading of the signatures in the log says."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest

from naive import Said, picture, said_in
from standclear.cli import speech
from standclear.cli.cast import told
from standclear.cli.seat import Seat
from standclear.flow.rebuild import rebuild
from standclear.keys import key_id
from standclear.statements.calls import Agreement
from standclear.statements.lists import ref_of
from standclear.statements.notices import Notice
from stories.test_two_persons import amended, seated
from world import Chance, ListedIndex, Party, World, activity, presence, site

SEEDS = [1, 2, 3]
STEPS = 60
PLACES = [(36.60 + i / 100, 35.93) for i in range(3)]
SIGNERS = {"site": 2, "presence": 3, "activity": 2}


@dataclass
class Tale:
    """Three parties, each with three persons' seats, who file, sign, replace and close as the dice fall."""

    world: World
    dice: random.Random
    parties: list[Party] = field(default_factory=list)
    seats: dict[bytes, list[Seat]] = field(default_factory=dict)
    filed: list[tuple[Party, str, bytes]] = field(default_factory=list)

    def begin(self) -> None:
        self.parties = [self.world.enrol(name) for name in ("North", "South", "East")]
        self.world.agree(*self.parties)
        amended(self.world, self.parties, SIGNERS)
        for party in self.parties:
            more = [seated(self.world, party, name) for name in ("second", "third")]
            self.seats[party.id] = [party.person, *more]

    def step(self) -> None:
        party = self.dice.choice(self.parties)
        self.world.pass_ms(1_000)
        if not self.filed or self.dice.random() < 0.4:
            self.file(party)
        elif self.dice.random() < 0.85:
            self.sign(party)
        else:
            owner, kind, sid = self.dice.choice(self.filed)
            self.world.end(owner, kind, [ref_of(sid, 0)])

    def file(self, party: Party) -> None:
        make = self.dice.choice([site, presence, activity])
        body = make(self.world.now_ms, at=self.dice.choice(PLACES))
        to = told(
            *(one for one in self.parties if one is not party), when=self.dice.choice(["now", "on_meet"])
        )
        own = [sid for owner, kind, sid in self.filed if owner is party and kind == body.kind()]
        more = {}
        if own and self.dice.random() < 0.3:
            body = make(self.world.now_ms, at=self.dice.choice(PLACES), change="moved")
            more = {"replaces": [(ref_of(self.dice.choice(own), 0), 0)]}
        draft = speech.filing({"exact": [body]}, to, self.world.under, **more)
        seats = self.dice.sample(self.seats[party.id], self.dice.choice([1, 1, 2, 3]))
        sid = self.say(seats[0], draft, seats[1:])
        self.filed.append((party, body.kind(), sid))

    def sign(self, party: Party) -> None:
        own = [sid for owner, _, sid in self.filed if owner is party] or [self.filed[0][2]]
        word = self.dice.choice(["agreed", "agreed", "agreed", "denied"])
        body = Agreement(agreement=word, volumes=(), note=None)
        seat = self.dice.choice([*self.seats[party.id], party.machine])
        self.say(seat, speech.word(body, [], self.world.under, re=self.dice.sample(own, 1)), [])

    def say(self, seat: Seat, draft: object, also: list[Seat]) -> bytes:
        keys = [one.key for one in also]
        composed = seat.compose(draft, self.world.now_ms, self.world.chance, keys)  # type: ignore[arg-type]
        self.world.run(self.world.service.submit(composed.text))
        seat.said(composed.sid)
        return composed.sid


def signed_by(tale: Tale, one: Said) -> set[int]:
    """Which of its party's three persons signed an entry."""
    keys = [key_id(seat.key.public) for seat in tale.seats[one.party]]
    return {keys.index(key) for key in one.what.header.sender.keys if key in keys}


def told_at(tale: Tale, log: list[Said], filing: Said) -> int | None:
    """The entry by which enough persons of its party had signed a filing."""
    have: set[int] = set()
    for one in log:
        agrees = isinstance(one.body, Agreement) and one.body.agreement == "agreed"
        if one is filing or (agrees and one.party == filing.party and filing.what.sid in one.what.header.re):
            if one.index >= filing.index:
                have |= signed_by(tale, one)
                if len(have) >= SIGNERS[filing.kind]:
                    return one.index
    return None


def ended_at(tale: Tale, log: list[Said], filing: Said) -> int:
    """The entry by which it stood no more: closed, or replaced by what may be told; after all, where it stands."""
    ref, ends = ref_of(filing.what.sid, 0), [10**9]
    for one in log:
        if any(old == ref for old, _ in one.what.ends_and_replaces) and one.party == filing.party:
            at = told_at(tale, log, one) if isinstance(one.body, Notice) else one.index
            if at is not None and (not isinstance(one.body, Notice) or at <= ended_at(tale, log, one)):
                ends.append(at)
    return min(ends)


def compare(tale: Tale) -> None:
    """Nothing is in an inbox before it may be told; what may be told now, and stands, is in each; the rest is as signed."""
    book, log = tale.world.service.book, said_in(tale.world.store)
    for filing in (one for one in log if isinstance(one.body, Notice)):
        ref, at, end = ref_of(filing.what.sid, 0), told_at(tale, log, filing), ended_at(tale, log, filing)
        standing = book.register.by_ref[ref]
        is_told = at is not None and at < end
        assert (standing.state == "stands") == (end == 10**9)
        if standing.state == "stands":
            assert standing.withheld == (at is None)
        for slot in filing.what.slots:
            assert slot.party is not None
            inbox = book.inboxes.inbox(slot.party)
            position = inbox.position_of.get(ref)
            if position is not None:
                assert is_told
                assert inbox.indexes[position] >= at
            elif is_told:
                assert slot.when == "on_meet"
            if is_told and slot.when == "now":
                assert position is not None
                assert inbox.indexes[position] == at


@pytest.mark.parametrize("seed", SEEDS)
def test_who_was_told_and_when_follows_from_the_signatures(seed: int) -> None:
    with World(seed=f"two persons {seed}") as world:
        tale = Tale(world, random.Random(seed))
        tale.begin()
        for _ in range(STEPS):
            tale.step()
        world.settle()
        compare(tale)
        waits = [one.withheld for one in world.service.book.register.notices]
        assert {True, False} == set(waits)
        live = picture(world.service.book)
        assert live == picture(rebuild(world.store, ListedIndex, Chance("again")).book)
        world.restart()
        assert live == picture(world.service.book)
        compare(tale)
