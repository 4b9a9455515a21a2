"""The service: a log opened, its sequencer and publisher running, and the questions that may be asked of it."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from standclear.conflicts.candidates import CandidateIndex
from standclear.conflicts.outcome import Release
from standclear.errors import Fatal, ForkSuspected, StandclearError, StoreCorrupt, Unavailable
from standclear.flow.apart import ParserApart, parse_here
from standclear.flow.clock import Clock
from standclear.flow.erase import Eraser
from standclear.flow.identity import ServiceKeys, charter_of
from standclear.flow.ports import LogStore
from standclear.flow.publish import Publisher
from standclear.flow.rebuild import rebuild
from standclear.flow.submit import Answer, Sequencer, is_call
from standclear.flow.watching import Watchers
from standclear.statements.compose import Fresh
from standclear.statements.submission import Submission

CALL_MARK = b"emergency"
"""Stands in the bytes of every stop-fire call: its body's type. Other statements may hold it too."""


class Ahead(Protocol):
    """What takes stop-fire calls before the sequencer does. See `standclear.flow.ringing`."""

    def ring_now(self, submission: Submission) -> None:
        """Begin to ring, once; MUST return at once, and MUST refuse what would not be appended."""

    async def take(self, submission: Submission, text: bytes) -> Answer:
        """Ring unless it rings already, then append and answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogDescription:
    """What a new log is called, and whether it is an exercise."""

    name: str
    service_name: str
    exercise: bool


class Service:
    """One open log. `start` begins its tasks; `stop` ends them. A `Fatal` from `failure` means: exit and start again."""

    def __init__(
        self,
        *,
        store: LogStore,
        keys: ServiceKeys,
        clock: Clock,
        fresh: Fresh,
        make_index: Callable[[], CandidateIndex],
        index_name: str = "rtree",
        parses_apart: bool = False,
        room: Callable[[], int] = lambda: sys.maxsize,
    ) -> None:
        """Open a log. `room` says how many bytes are free where the store is: below a bound only calls are taken.

        Raises:
            Fatal: the store is not whole, or older than what it has published.
        """
        rebuilt = rebuild(store, make_index, fresh, is_signed_anew=False)
        if rebuilt.findings:
            raise (
                rebuilt.findings[0]
                if isinstance(rebuilt.findings[0], Fatal)
                else StoreCorrupt(reason=str(rebuilt.findings[0]))
            )
        _check_published(store, rebuilt.book.size, keys)
        self.store = store
        self.keys = keys
        self.clock = clock
        self.fresh = fresh
        self.index_name = index_name
        self.book = rebuilt.book
        self.tree = self.book.tree
        self.watchers = Watchers()
        self.sequencer = Sequencer(
            store=store,
            book=self.book,
            keys=keys,
            clock=clock,
            fresh=fresh,
            pending=rebuilt.pending,
            on_commit=self._committed,
            room=room,
        )
        self.publisher = Publisher(
            store=store, tree=self.tree, keys=keys, fresh=fresh, sequencer=self.sequencer
        )
        self.eraser = Eraser(store=store, book=self.book, sequencer=self.sequencer, clock=clock, fresh=fresh)
        self.parser = ParserApart(self.book.roll.keys) if parses_apart else None
        self.parse: Callable[[bytes], Awaitable[Submission]] = (
            parse_here if self.parser is None else self.parser.parse
        )
        self.ahead: Ahead | None = None
        self._tasks: list[asyncio.Task[None]] = []

    # --- life --------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Begin sequencing, publishing and erasing, and the second process where there is to be one."""
        if self.parser is not None:
            await self.parser.start()
        self._tasks = [
            asyncio.create_task(self.sequencer.run(), name="sequencer"),
            asyncio.create_task(self.publisher.run(), name="publisher"),
            asyncio.create_task(self.eraser.run(), name="eraser"),
        ]

    async def stop(self) -> None:
        """End the tasks and wait for them; what was answered is durable already.

        What a task failed with is told by `failure`, not here. After a failure nothing more is signed.
        """
        if self.parser is not None:
            await self.parser.stop()
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError, StandclearError):
                await task
        if self.sequencer.failed is None:
            with contextlib.suppress(Unavailable):  # the next start publishes
                self.publisher.publish_now()

    async def failure(self) -> None:
        """Wait until one of the service's tasks ends, and raise what it ended with."""
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def begin(self, description: LogDescription) -> Answer:
        """Write the charter of a new log: entry 0."""
        charter = charter_of(
            self.keys,
            name=description.name,
            service_name=description.service_name,
            exercise=description.exercise,
            stated_ms=self.clock.now_ms(),
            fresh=self.fresh,
        )
        return await self.submit(charter.text)

    # --- submitting --------------------------------------------------------------------------------------

    async def submit(self, text: bytes) -> Answer:
        """Parse, check, append, answer. What `ahead` takes, it takes first: a stop-fire call rings before it is logged."""
        called = await self.find_call(text)
        if called is not None:
            return await self.submit_call(called, text)
        return await self.sequencer.submit(await self.parse(text))

    async def find_call(self, text: bytes) -> Submission | None:
        """The stop-fire call that a submission's text holds, parsed here so that it waits behind nobody; None if it holds none.

        Raises:
            Refused, Mismatch: it looks like one, and is no submission.
        """
        if CALL_MARK not in text:
            return None
        found = await parse_here(text)
        return found if is_call(found) else None

    async def submit_call(self, called: Submission, text: bytes) -> Answer:
        """Ring, where there are channels; then append and answer. However many wait, a call is taken."""
        if self.ahead is None:
            return await self.sequencer.submit(called, is_urgent=True)
        return await self.ahead.take(called, text)

    async def settle(self) -> None:
        """Wait until everything that happened is durable and has been said in a deeds statement.

        Raises:
            Fatal: the service has failed; what was not durable will not be.
        """
        await self.eraser.step()
        while self.sequencer.has_pending():
            if self.sequencer.failed is not None:
                raise self.sequencer.failed
            self.sequencer.say_now()
            await asyncio.sleep(0.001)
        await self.eraser.step()

    def _committed(self, releases: Sequence[Release]) -> None:
        self.watchers.released({release.party for release in releases})
        self.publisher.grown()
        self.eraser.wake()

    @property
    def size(self) -> int:
        """How many entries are durable: nothing beyond is shown to anybody."""
        return self.sequencer.durable.size


def _check_published(store: LogStore, size: int, keys: ServiceKeys) -> None:
    """Refuse to go on from a store that is older than a head it has published: that would fork the log for ever."""
    published = store.find_note("published")
    if published is not None and published[0] > size:
        raise ForkSuspected(
            ours=size, theirs=published[0], remedy="restore the newer store, or begin another log"
        )
