"""The service breaks at every call to its store while it shreds, and is opened again: the words go, once, and it is said once."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import itertools
from functools import cache

import pytest

from faults.breaking import READS, WRITES, BreakingLogStore
from naive import picture
from standclear.cli import speech
from standclear.cli.cast import told
from standclear.errors import OutcomeUnknown, StandclearError, StoreUnavailable
from standclear.flow.clock import TurnedClock
from standclear.flow.identity import service_keys
from standclear.flow.ports import LogStore
from standclear.flow.rebuild import open_deeds, rebuild
from standclear.flow.service import Service
from standclear.statements.deeds import ShreddedRecord
from standclear.statements.entry import parse_entry
from standclear.statements.erasing import Erasure
from standclear.statements.header import parse_header
from standclear.stores.memory import MemoryLogStore
from world import NOON_MS, ORIGIN, Chance, ListedIndex, World, site

SEED = "shredding faults"
KEYS = service_keys(ORIGIN, hashlib.sha256(SEED.encode()).digest())
CASES = {
    "before the call, and it may be tried again": (False, lambda: StoreUnavailable(reason="disk full")),
    "before the call, and nobody knows": (False, lambda: OutcomeUnknown(reason="no answer")),
    "after the call, and nobody knows": (True, lambda: OutcomeUnknown(reason="no answer")),
}


@cache
def story() -> tuple[MemoryLogStore, bytes, int]:
    """A log in which a list of two sites was withdrawn; the text of the erasure that asks for both; and where they stand."""
    with World(seed=SEED) as world:
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        listed = world.notice(south, [site(world.now_ms, at=(36.0 + i, 35.0)) for i in range(2)], told(north))
        world.activity(north, told(south), at=(36.0, 35.0))
        world.end(south, "site", [listed.ref(0), listed.ref(1)], act="cancel", reason="withdrawn")
        world.settle()
        draft = speech.word(Erasure(reason="owner_asks"), told(north), world.under, re=[listed.sid])
        text = world.compose(south, draft).text
        assert isinstance(world.store, MemoryLogStore)
        return world.store.snapshot(), text, listed.answer.index


@pytest.fixture(autouse=True)
def _told_before() -> None:
    """The story is told outside of any running loop, once."""
    story()


def said_to_be_shredded(store: LogStore) -> list[bytes]:
    found = []
    for entry in store.read_entries(0, store.read_head().size, with_bodies=False):
        header = parse_header(parse_entry(entry.text).envelope.payload)
        if header.kind == "deeds":
            items = open_deeds(entry, header)["items"]
            found += [one.ref for one in items if isinstance(one, ShreddedRecord)]
    return found


async def shred_on(store: LogStore, clock: TurnedClock, chance: str, text: bytes | None) -> None:
    service = Service(store=store, keys=KEYS, clock=clock, fresh=Chance(chance), make_index=ListedIndex)
    await service.start()
    try:
        if text is not None:
            await service.submit(text)
        for _ in range(3):
            clock.pass_ms(1_000)
            await service.settle()
    finally:
        with contextlib.suppress(StandclearError):
            await service.stop()


async def break_and_resume(at: int, after: bool, error: StandclearError) -> bool:
    whole, text, index = story()
    inner, clock = whole.snapshot(), TurnedClock(NOON_MS + 3_600_000)
    store = BreakingLogStore(inner, at=at, after=after, error=error, of=WRITES | READS)
    with contextlib.suppress(StandclearError):
        await shred_on(store, clock, f"broken {at}", text)
    said = said_to_be_shredded(inner)
    keys = inner.read_body_keys(index)
    # Nothing is destroyed that was not said durably, so that what followed from it can be derived.
    assert all(key is not None for item, key in enumerate(keys) if item >= len(said))
    again = rebuild(inner.snapshot(), ListedIndex, Chance("between"))
    assert ([], []) == (again.findings, again.lost)
    is_in = len(again.book.erasures.asked) + len(again.book.erasures.gone) > 0
    await shred_on(inner, clock, f"resumed {at}", None if is_in else text)
    assert (None, None) == inner.read_body_keys(index)
    said = said_to_be_shredded(inner)
    assert (2, 2) == (len(said), len(set(said)))
    after_all = rebuild(inner.snapshot(), ListedIndex, Chance("again"))
    assert ([], [], 2) == (after_all.findings, after_all.lost, after_all.gone)
    once_more = rebuild(inner.snapshot(), ListedIndex, Chance("once more"))
    assert picture(after_all.book) == picture(once_more.book)
    return store.has_broken


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_the_store_breaks_at_each_call_in_turn_and_what_was_due_is_shredded_once(case: str) -> None:
    after, error = CASES[case]
    for at in itertools.count(1):
        if not asyncio.run(break_and_resume(at, after, error())):
            break
    assert at > 20  # opening, the erasure, reading the bodies, the deeds, and a key each


def test_a_store_that_cannot_shred_for_a_while_is_asked_again() -> None:
    async def tried() -> None:
        whole, text, index = story()
        inner, clock = whole.snapshot(), TurnedClock(NOON_MS + 3_600_000)
        store = BreakingLogStore(inner, at=1, of=frozenset({"shred"}))
        await shred_on(store, clock, "tried", text)
        assert store.has_broken
        assert (None, None) == inner.read_body_keys(index)

    asyncio.run(tried())
