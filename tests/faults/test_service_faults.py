"""The service breaks at every call to its store, in turn; it is opened again, and the invariants are looked at.

The story is told once on a whole store; its very bytes are then submitted to stores that break at their N-th call,
before the call takes effect and after, until no call is left. Whatever broke: what was answered is in the log, once,
where the answer says; what was told "unavailable" is not; heads only grow; live and rebuilt are the same; and sending
again what had no answer brings the log to where the story ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import itertools
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TypeVar

import pytest

from faults.breaking import READS, WRITES, BreakingLogStore
from naive import picture
from standclear.cli.cast import told
from standclear.cli.speech import filing
from standclear.errors import (
    ClockDoubtful,
    Fatal,
    ForkSuspected,
    OutcomeUnknown,
    Overloaded,
    Refused,
    Repeated,
    StandclearError,
    StoreUnavailable,
    Unavailable,
)
from standclear.flow.clock import Clock, GuardedClock, TurnedClock
from standclear.flow.identity import service_keys
from standclear.flow.ports import LogStore, StoredEntry, StoredHead
from standclear.flow.rebuild import rebuild
from standclear.flow.recorded import find_effect
from standclear.flow.service import Service
from standclear.flow.shelving import unshelve
from standclear.flow.submit import Answer
from standclear.limits import WAITING_STATEMENTS_MAX
from standclear.statements.submission import Submission, parse_submission
from standclear.stores.memory import MemoryLogStore
from standclear.tlog.checkpoint import Checkpoint
from standclear.tlog.cosignature import open_checkpoint
from standclear.tlog.heads import commit_head
from standclear.tlog.merkle import Tree, verify_inclusion
from standclear.tlog.proof import parse_proof
from world import NOON_MS, ORIGIN, Chance, ListedIndex, World, anybody, site

T = TypeVar("T")
SEED = "faults"
KEYS = service_keys(ORIGIN, hashlib.sha256(SEED.encode()).digest())
REFUSED = b"{}"


# --- the story, once ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Story:
    """Groups of submissions, each sent at the same time, and the effect that each earns in the end."""

    groups: tuple[tuple[bytes, ...], ...]
    effects: dict[bytes, str]

    def texts(self) -> tuple[bytes, ...]:
        return tuple(text for group in self.groups for text in group)


def submissions_of(store: LogStore) -> tuple[Submission, ...]:
    """What was submitted, from the log that took it."""
    entries = store.read_entries(0, store.read_head().size)
    return tuple(unshelve(entry, store.read_body_keys(entry.index)) for entry in entries if entry.bodies)


def effects_of(service: Service) -> dict[bytes, str]:
    """The effect of each statement, as the deeds say it."""
    found = {
        entry.sid: find_effect(service, entry.index)
        for entry in service.store.read_entries(0, service.size)
        if entry.bodies
    }
    return {sid: "" if one is None else one.effect for sid, one in found.items()}


@cache
def story() -> Story:
    """An arrangement, sites, a held activity and its replacement, an acknowledgement, one that is refused, a twin."""
    with World(seed=SEED) as world:
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        clinic = world.site(south, told(north))
        world.notice(south, [site(world.now_ms, at=(36.0 + i, 35.0)) for i in range(3)], anybody("on_meet"))
        held = world.activity(north, told(south))
        world.activity(north, told(south), cites=held.missing, replaces=held.ref())
        world.acknowledge(north, sids=[clinic.sid], to=told(south))
        world.settle()
        texts = [one.to_bytes() for one in submissions_of(world.store)]
        groups = (texts[:1], texts[1:3], texts[3:6], [REFUSED, *texts[6:9], texts[8]], texts[9:])
        return Story(groups=tuple(tuple(group) for group in groups), effects=effects_of(world.service))


@pytest.fixture(autouse=True)
def _told_before() -> None:
    """The story is told outside of any running loop, once."""
    story()


# --- telling it to a service that breaks ---------------------------------------------------------------


@dataclass
class Told:
    """What the senders were told, and every signed head that anybody was shown, in the order of being shown."""

    answers: dict[bytes, Answer] = field(default_factory=dict)
    repeated: set[bytes] = field(default_factory=set)
    refused: list[bytes] = field(default_factory=list)
    unavailable: set[bytes] = field(default_factory=set)
    open: set[bytes] = field(default_factory=set)
    heads: list[Checkpoint] = field(default_factory=list)
    published: list[Checkpoint] = field(default_factory=list)


def service_on(store: LogStore, clock: Clock, chance: str = SEED) -> Service:
    return Service(store=store, keys=KEYS, clock=clock, fresh=Chance(chance), make_index=ListedIndex)


async def send(service: Service, inner: MemoryLogStore, text: bytes, heard: Told) -> None:
    """Submit one text, and hold the service to its word at the very moment it gives it."""
    try:
        answer = await service.submit(text)
    except Repeated:
        heard.repeated.add(parse_submission(text).sid)
        assert inner.find_sid(parse_submission(text).sid) is not None
    except Refused:
        heard.refused.append(text)
    except Unavailable:
        heard.unavailable.add(text)
    except Fatal:
        heard.open.add(text)
    else:
        assert inner.find_sid(answer.sid) == answer.index
        heard.answers[answer.sid] = answer
        heard.heads.append(
            open_checkpoint(parse_proof(answer.receipt).checkpoint_note, KEYS.log_keys()).checkpoint
        )


async def play(service: Service, inner: MemoryLogStore, clock: TurnedClock, heard: Told) -> None:
    """Send every group of the story that has no answer yet, and let the service say what it did."""
    for number, group in enumerate(story().groups):
        clock.pass_ms(100)  # no deeds are due yet: they are a batch of their own
        unanswered = [text for text in group if not is_answered(text, heard)]
        await asyncio.gather(*(send(service, inner, text, heard) for text in unanswered))
        clock.pass_ms(1_000 if number else 0)
        with contextlib.suppress(Fatal):
            await service.settle()
        if (published := inner.find_note("published")) is not None:
            heard.published.append(open_checkpoint(published[1], KEYS.log_keys()).checkpoint)
        if service.sequencer.failed is not None:
            return


def is_answered(text: bytes, heard: Told) -> bool:
    return text != REFUSED and parse_submission(text).sid in heard.answers


def check_all(inner: MemoryLogStore, service: Service, heard: Told) -> None:
    """The invariants, on a service that lives."""
    sids = [entry.sid for entry in inner.read_entries(0, inner.read_head().size)]
    assert len(sids) == len(set(sids))
    tree = Tree(inner.read_leaves(0, len(sids)))
    for answer in heard.answers.values():
        assert sids[answer.index] == answer.sid
        proof = parse_proof(answer.receipt)
        head = open_checkpoint(proof.checkpoint_note, KEYS.log_keys()).checkpoint
        [leaf] = inner.read_leaves(answer.index, answer.index + 1)
        verify_inclusion(leaf, answer.index, head.size, proof.hashes, head.root)
    for shown in (heard.heads, heard.published):
        sizes = [one.size for one in shown]
        assert sizes == sorted(sizes)
    for head in (*heard.heads, *heard.published):
        assert (head.size, tree.root(head.size)) == (head.size, head.root)
    assert picture(service.book) == picture(rebuild(inner.snapshot(), ListedIndex, Chance("again")).book)


CASES = {
    "before the call, nothing written": (False, lambda: StoreUnavailable(reason="disk full")),
    "before the call, and nobody knows": (False, lambda: OutcomeUnknown(reason="no answer")),
    "after the call, and nobody knows": (True, lambda: OutcomeUnknown(reason="no answer")),
}


async def break_and_resume(at: int, after: bool, error: StandclearError) -> bool:
    """Tell the story to a store that breaks at one call, then to the same store made whole; False if none broke."""
    inner, clock, heard = MemoryLogStore(), TurnedClock(NOON_MS), Told()
    store = BreakingLogStore(inner, at=at, after=after, error=error, of=WRITES)
    service = service_on(store, clock)
    await service.start()
    await play(service, inner, clock, heard)
    if store.has_broken:
        with pytest.raises(StandclearError):
            await service.failure()
    if service.sequencer.failed is not None:
        with pytest.raises(Fatal):
            await service.submit(story().texts()[-1])
    else:
        check_all(inner, service, heard)
    with contextlib.suppress(OutcomeUnknown):  # of the last published head
        await service.stop()
    for text in heard.unavailable:
        assert inner.find_sid(parse_submission(text).sid) is None
    assert max((one.size for one in (*heard.heads, *heard.published)), default=0) <= inner.read_head().size

    resumed = service_on(inner, clock, f"resumed {at}")
    await resumed.start()
    await play(resumed, inner, clock, heard)
    check_all(inner, resumed, heard)
    assert effects_of(resumed) == story().effects
    assert set(story().effects) == heard.answers.keys() | heard.repeated
    await resumed.stop()
    check_all(inner, resumed, heard)
    published = inner.find_note("published")
    assert published is not None
    assert inner.read_head().size == published[0]
    return store.has_broken


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_the_store_breaks_at_each_write_in_turn_and_nothing_that_was_answered_is_lost(case: str) -> None:
    after, error = CASES[case]
    for at in itertools.count(1):
        if not asyncio.run(break_and_resume(at, after, error())):
            break
    assert at > 9  # the story writes: each group and what the service said of it, and published heads


def test_the_story_on_a_whole_store_refuses_only_what_is_refused() -> None:
    async def whole() -> None:
        inner, clock, heard = MemoryLogStore(), TurnedClock(NOON_MS), Told()
        service = service_on(inner, clock)
        await service.start()
        await play(service, inner, clock, heard)
        assert heard.refused == [REFUSED]
        assert len(heard.repeated) == 1
        assert not heard.unavailable | heard.open
        assert effects_of(service) == story().effects
        check_all(inner, service, heard)
        await service.stop()

    asyncio.run(whole())


@pytest.mark.parametrize("case", CASES)
def test_a_store_that_breaks_while_it_is_opened_opens_whole_the_next_time(case: str) -> None:
    after, error = CASES[case]

    async def told_whole() -> MemoryLogStore:
        inner, clock = MemoryLogStore(), TurnedClock(NOON_MS)
        service = service_on(inner, clock)
        await service.start()
        await play(service, inner, clock, Told())
        await service.stop()
        return inner

    inner = asyncio.run(told_whole())
    head = inner.read_head()
    for at in itertools.count(1):
        store = BreakingLogStore(inner, at=at, after=after, error=error(), of=READS)
        try:
            service_on(store, TurnedClock(NOON_MS))
        except StandclearError:
            assert store.has_broken
        else:
            break
    assert at > 10
    assert inner.read_head() == head
    assert service_on(inner, TurnedClock(NOON_MS)).size == head.size


# --- a store that is held at its append ----------------------------------------------------------------


class HeldLogStore(BreakingLogStore):
    """Its next append waits until it is let go; then it goes through, or fails as told."""

    def __init__(self, inner: LogStore) -> None:
        super().__init__(inner, at=0)
        self.entered = threading.Event()
        self.let_go = threading.Event()
        self.error: Exception | None = None

    def append(self, entries: Sequence[StoredEntry], before: StoredHead, after: StoredHead) -> None:
        self.entered.set()
        assert self.let_go.wait(30)
        if self.error is not None:
            raise self.error
        self.inner.append(entries, before, after)


async def outcome(waiting: Awaitable[T]) -> T | BaseException:
    [found] = await asyncio.gather(waiting, return_exceptions=True)
    return found


async def with_one_writing_and_one_waiting(
    then: Callable[[HeldLogStore, Service], Awaitable[None]],
) -> tuple[object, object, Service, MemoryLogStore]:
    """The charter is being written and an enrolment waits for the next batch, when something happens."""
    inner = MemoryLogStore()
    store = HeldLogStore(inner)
    service = service_on(store, TurnedClock(NOON_MS))
    await service.start()
    charter, enrolment = (parse_submission(text) for text in story().texts()[:2])
    writing = asyncio.ensure_future(outcome(service.sequencer.submit(charter)))
    assert await asyncio.to_thread(store.entered.wait, 30)
    waiting = asyncio.ensure_future(outcome(service.sequencer.submit(enrolment)))
    while service.sequencer.waiting == 0:
        await asyncio.sleep(0)
    await then(store, service)
    return await writing, await waiting, service, inner


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (StoreUnavailable(reason="disk full"), StoreUnavailable),
        (OutcomeUnknown(reason="no answer"), OutcomeUnknown),
        (Fatal(reason="another writer"), Fatal),
        (OSError("the cable"), Fatal),
    ],
)
def test_a_failed_append_is_told_to_those_in_it_and_to_those_behind_it(
    error: Exception, said: type[StandclearError]
) -> None:
    async def fail(store: HeldLogStore, service: Service) -> None:
        store.error = error
        store.let_go.set()

    async def run() -> None:
        writing, waiting, service, inner = await with_one_writing_and_one_waiting(fail)
        assert (type(writing), type(waiting)) == (said, said)
        assert inner.read_head().size == 0
        with pytest.raises(Fatal):
            await service.failure()
        with pytest.raises(Fatal):  # it does not go on from a book that is ahead of its log
            await service.submit(story().texts()[0])
        with pytest.raises(Fatal):
            await service.settle()
        await service.stop()
        assert inner.find_note("published") is None

    asyncio.run(run())


def test_stopping_waits_for_the_batch_being_written_and_refuses_what_waits() -> None:
    async def stop(store: HeldLogStore, service: Service) -> None:
        stopping = asyncio.ensure_future(service.stop())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not stopping.done()
        store.let_go.set()
        await stopping

    async def run() -> None:
        writing, waiting, service, inner = await with_one_writing_and_one_waiting(stop)
        assert isinstance(writing, Answer)
        assert (writing.index, inner.find_sid(writing.sid)) == (0, 0)
        assert type(waiting) is Unavailable
        assert service.sequencer.failed is None
        with pytest.raises(Unavailable):
            await service.submit(story().texts()[1])

    asyncio.run(run())


def test_a_sender_that_goes_away_while_it_is_written_takes_nothing_back() -> None:
    async def go_away(store: HeldLogStore, service: Service) -> None:
        store.let_go.set()

    async def run() -> None:
        inner = MemoryLogStore()
        store = HeldLogStore(inner)
        service = service_on(store, TurnedClock(NOON_MS))
        await service.start()
        sending = asyncio.ensure_future(service.submit(story().texts()[0]))
        assert await asyncio.to_thread(store.entered.wait, 30)
        sending.cancel()
        store.let_go.set()
        assert isinstance(await outcome(sending), asyncio.CancelledError)
        with pytest.raises(Repeated):
            await service.submit(story().texts()[0])
        await service.stop()
        assert inner.read_head().size >= 1

    asyncio.run(run())


def test_a_sender_that_goes_away_before_its_batch_was_never_here() -> None:
    async def go_away(store: HeldLogStore, service: Service) -> None:
        for submission in (parse_submission(text) for text in story().groups[2]):
            gone = asyncio.ensure_future(service.sequencer.submit(submission))
            await asyncio.sleep(0)
            gone.cancel()
        store.let_go.set()

    async def run() -> None:
        writing, waiting, service, inner = await with_one_writing_and_one_waiting(go_away)
        assert isinstance(writing, Answer)
        assert isinstance(waiting, Answer)
        await service.stop()
        held = {one.sid for one in submissions_of(inner)}
        assert held == {parse_submission(text).sid for text in story().texts()[:2]}

    asyncio.run(run())


def test_a_repeated_statement_is_not_said_to_be_on_record_before_it_is() -> None:
    async def run() -> None:
        store = HeldLogStore(MemoryLogStore())
        store.error = StoreUnavailable(reason="disk full")
        service = service_on(store, TurnedClock(NOON_MS))
        await service.start()
        twins = [asyncio.ensure_future(outcome(service.submit(story().texts()[0]))) for _ in range(2)]
        assert await asyncio.to_thread(store.entered.wait, 30)
        assert not any(twin.done() for twin in twins)
        store.let_go.set()
        assert [type(await twin) for twin in twins] == [StoreUnavailable] * 2
        await service.stop()

    asyncio.run(run())


# --- many at once, clocks, forks -----------------------------------------------------------------------


def test_two_hundred_at_once_are_each_answered_with_a_place_of_their_own() -> None:
    with World(seed="two hundred") as world:
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        drafts = []
        for i in range(200):
            one = site(world.now_ms, at=(36.0 + i / 100, 35.9))
            composed = world.compose(south, filing({"exact": [one]}, [], world.under), machine=True)
            south.machine.said(composed.sid)
            drafts.append(composed)
        sent = [one.text for one in drafts]
        sent[50:50] = [REFUSED, drafts[0].text, drafts[199].text]

        async def all_at_once() -> list[object]:
            return list(await asyncio.gather(*map(world.service.submit, sent), return_exceptions=True))

        found = world.run(all_at_once())
        answers = [one for one in found if isinstance(one, Answer)]
        assert len({one.index for one in answers}) == 200
        assert {one.sid for one in answers} == {one.sid for one in drafts}
        assert sorted(type(one).__name__ for one in found if not isinstance(one, Answer)) == [
            "Malformed",
            "Repeated",
            "Repeated",
        ]
        assert all("gap" not in one.outcome.marks for one in answers if one.sid != drafts[199].sid)
        world.settle()
        assert picture(world.service.book) == picture(rebuild(world.store, ListedIndex, Chance("x")).book)


def test_more_than_the_service_will_hold_are_told_to_try_again() -> None:
    async def run() -> None:
        service = service_on(MemoryLogStore(), TurnedClock(NOON_MS))  # not started: nothing is taken out
        charter = parse_submission(story().texts()[0])
        waiting = [
            asyncio.ensure_future(service.sequencer.submit(charter)) for _ in range(WAITING_STATEMENTS_MAX)
        ]
        await asyncio.sleep(0)
        with pytest.raises(Overloaded):
            await service.sequencer.submit(charter)
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    asyncio.run(run())


class SetClock:
    """A clock that is set to whatever one likes, backwards too."""

    def __init__(self, now_ms: int) -> None:
        self.time_ms = now_ms

    def now_ms(self) -> int:
        return self.time_ms

    def is_steady(self) -> bool:
        return True


def test_a_clock_that_was_turned_back_backdates_nothing() -> None:
    async def run() -> list[int]:
        inner, clock = MemoryLogStore(), SetClock(NOON_MS)
        service = service_on(inner, clock)
        await service.start()
        for text in story().texts()[:4]:
            await service.submit(text)
            clock.time_ms -= 10_000
        await service.stop()
        return [entry.integrated_ms for entry in inner.read_entries(0, inner.read_head().size)]

    times = asyncio.run(run())
    assert set(times) == {NOON_MS}


def test_while_the_clock_is_in_doubt_nothing_is_sequenced_and_nothing_is_lost() -> None:
    async def run() -> None:
        wall = SetClock(NOON_MS)
        clock = GuardedClock(wall.now_ms, lambda: 0, 0)
        inner = MemoryLogStore()
        service = service_on(inner, clock)
        await service.start()
        wall.time_ms += 3_600_000
        with pytest.raises(ClockDoubtful):
            await service.submit(story().texts()[0])
        assert (inner.read_head().size, service.sequencer.failed) == (0, None)
        clock.confirm()
        assert (await service.submit(story().texts()[0])).index == 0
        await service.stop()

    asyncio.run(run())


@pytest.mark.parametrize("at", [0, 1], ids=["evidence kept", "evidence not kept: the store is full"])
def test_a_head_that_this_log_signed_and_does_not_hold_stops_it(at: int) -> None:
    foreign = commit_head(Checkpoint(origin=ORIGIN, size=999, root=bytes(32)), KEYS.head).to_bytes()

    async def run() -> None:
        inner = MemoryLogStore()
        store = BreakingLogStore(inner, at=at, of=frozenset({"put_setting"}))
        service = service_on(store, TurnedClock(NOON_MS))
        await service.start()
        texts = story().texts()
        await service.submit(texts[0])
        await service.settle()
        before = inner.read_head()
        first, second, shown = texts[1], texts[2], replace(parse_submission(texts[2]), notes=(foreign,))
        found = await asyncio.gather(
            *map(service.submit, (first, shown.to_bytes(), second)), return_exceptions=True
        )
        assert {type(one) for one in found} == {ForkSuspected}
        assert inner.read_head() == before
        assert (inner.find_setting("fork/999") is None) == store.has_broken
        published = inner.find_note("published")
        await service.stop()
        assert inner.find_note("published") == published

    asyncio.run(run())


def test_a_head_that_was_not_published_before_the_end_is_published_at_the_next_start() -> None:
    async def run() -> None:
        inner, clock = MemoryLogStore(), TurnedClock(NOON_MS)
        service = service_on(BreakingLogStore(inner, at=1, of=frozenset({"put_note"})), clock)
        await service.start()
        await service.submit(story().texts()[0])
        clock.pass_ms(1_000)
        await service.settle()
        with pytest.raises(StoreUnavailable):
            await service.failure()
        store = BreakingLogStore(inner, at=0)
        again = service_on(store, clock)
        assert inner.find_note("published") is None
        await again.start()
        while not store.called:
            await asyncio.sleep(0)
        published = inner.find_note("published")
        assert published is not None
        assert published[0] == inner.read_head().size
        await again.stop()
        await service.stop()

    asyncio.run(run())
