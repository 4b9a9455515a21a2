"""Hundreds of random steps with things shredded in between: the book is what a naive reading says that still has all words.

The naive reading gets a copy of every key. The service, its restart, and the verifier of its dossier do without.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field, replace

import pytest

from naive import picture
from standclear.cli import speech
from standclear.cli.cast import Actor
from standclear.dialects.pack import read_pack
from standclear.dossier.report import ALL_HOLDS
from standclear.dossier.verify import verify
from standclear.flow.evidence import dossier_of, policy_of
from standclear.flow.rebuild import rebuild
from standclear.statements.compose import Draft
from standclear.statements.erasing import Erasure
from standclear.stores.memory import MemoryLogStore
from stories.test_against_naive import Tale, compare
from world import PACKS, Chance, ListedIndex, World

SEEDS = [1, 2, 3]
STEPS = 90


class HoardingStore(MemoryLogStore):
    """Keeps a copy of every key that it shreds, as no service does: so that a test can look."""

    def __init__(self) -> None:
        super().__init__()
        self.hoard: dict[int, tuple[bytes | None, ...]] = {}

    def shred(self, index: int, item: int) -> None:
        self.hoard.setdefault(index, self.read_body_keys(index))
        super().shred(index, item)

    def with_all_keys(self) -> MemoryLogStore:
        other = self.snapshot()
        for index, keys in self.hoard.items():
            other._keys[index] = keys
        return other


@dataclass
class ErasingTale(Tale):
    """A tale under arrangements without a retention, in which owners have shredded what has ended."""

    asked: set[bytes] = field(default_factory=set)

    def begin(self) -> None:
        self.parties = [self.world.enrol(name) for name in ("North", "South", "East")]
        self.parties.append(self.world.enrol("Monitor", "monitor"))
        north, south, east, monitor = self.parties
        for members in ((north, south), (north, south, east)):
            self.unders.append(self.agree(members, monitor))
        self.versions = list(self.unders)

    def agree(self, members: tuple[Actor, ...], monitor: Actor) -> bytes:
        listed = {party.id: "party" for party in members} | {monitor.id: "monitor"}
        rules = read_pack((PACKS / "military-line.toml").read_text(), listed, monitor.id)
        body = replace(rules, retention_ms=0).to_value()
        said = self.world.say(members[0], Draft(kind="arrangement", forms={"exact": [body]}, to=None))
        for party in members:
            adheres = {"adheres": True, "reservations": [], "type": "adherence"}
            self.world.say(party, Draft(kind="adherence", forms={"exact": [adheres]}, to=None, re=[said.sid]))
        return said.sid

    def step(self) -> None:
        super().step()
        if self.dice.random() < 0.25:
            self.erase()

    def erase(self) -> None:
        book = self.world.service.book
        ended = [one for one in book.register.notices if one.state != "stands" and one.ref not in self.asked]
        words = [  # but disseminations: whom they named is gone from their ladders, and the reading has it still
            sid
            for sid, one in book.erasures.uttered.items()
            if sid not in self.asked and one.kind != "dissemination"
        ]
        for party in self.parties:
            own = [one.ref for one in ended if one.party == party.id][:2]
            said = [sid for sid in words if book.erasures.uttered[sid].party == party.id]
            chosen = self.dice.sample(said, min(2, len(said)))
            under = self.under(party)
            if under is not None and (own or chosen):
                self.asked.update([*own, *chosen])
                draft = speech.word(Erasure(reason="other"), [], under, re=chosen, cites=sorted(own) or None)
                self.world.say(party, draft)
        self.world.settle()


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_shredded_the_book_is_what_a_reading_with_all_words_says(seed: int) -> None:
    print(f"seed {seed}")
    with World(seed=f"erasing {seed}", store=HoardingStore()) as world:
        store = world.store
        assert isinstance(store, HoardingStore)
        tale = ErasingTale(world, random.Random(hashlib.sha256(str(seed).encode()).digest()))
        tale.begin()
        for _ in range(STEPS):
            tale.step()
        world.settle()
        gone = world.service.book.erasures.gone
        kinds = {world.service.book.erasures._whose(ref)[1] for ref in gone}
        assert {"site", "activity", "acknowledgement"} <= kinds
        live = picture(world.service.book)
        again = rebuild(store, ListedIndex, Chance("again"))
        assert ([], []) == (again.findings, again.lost)
        assert len(gone) == again.gone <= again.resting
        assert live == picture(again.book)
        world.restart()
        assert live == picture(world.service.book)
        report = verify(dossier_of(world.service), policy_of(world.service))
        assert [] == [(one.about, one.says) for one in report.broken()]
        assert ALL_HOLDS == report.exit_code()
        world.store = store.with_all_keys()
        compare(tale, seed)
