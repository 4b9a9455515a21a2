"""Erasing: what is due to be shredded is said in the deeds first, and its key destroyed after.

1. Look: the items that are due now, of durable erasures. With a clock that has jumped, nothing falls due.
2. Read: what is left of the body, its trace. No other copy is kept.
3. Say: a record in the next deeds statement, with what is left of the body. The sequencer drops it if, in between, a hold came.
4. Destroy: once those deeds are durable, the key is overwritten.

What a crash leaves between 3 and 4 is destroyed at the next start, and so is what a restored vault has brought back: every
item that the deeds call shredded is looked at once. What it leaves before 3 was never said, and is still due.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable

from standclear.errors import ClockDoubtful, NotFound, Unavailable
from standclear.flow.clock import Clock
from standclear.flow.ports import LogStore
from standclear.flow.shelving import open_body
from standclear.flow.submit import Sequencer
from standclear.limits import DUTIES_EVERY_MS, SHREDDED_AT_ONCE_MAX
from standclear.obligations.book import Book
from standclear.obligations.erasures import Shredding
from standclear.statements.bodies import parse_body
from standclear.statements.canonical import read_canonical
from standclear.statements.compose import Fresh
from standclear.statements.deeds import ShreddedRecord
from standclear.statements.entry import parse_entry
from standclear.statements.header import parse_header
from standclear.statements.lists import split_ref
from standclear.statements.traces import trace_text


class Eraser:
    """The one that shreds. `run` is its one task; `step` may be called by others too, one at a time."""

    def __init__(
        self, *, store: LogStore, book: Book, sequencer: Sequencer, clock: Clock, fresh: Fresh
    ) -> None:
        self._store = store
        self._book = book
        self._sequencer = sequencer
        self._clock = clock
        self._fresh = fresh
        self._destroyed = 0
        self._stepping = asyncio.Lock()
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Shred what is due, until cancelled. A store that does not answer is asked again."""
        while True:
            await self.step()
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(DUTIES_EVERY_MS / 1000):
                    await self._wake.wait()

    def wake(self) -> None:
        """Look at once: something became durable."""
        self._wake.set()

    async def step(self) -> None:
        """Say what is due, and destroy what was said: both as far as the store lets it."""
        async with self._stepping:
            try:
                await self._destroy()
                await self._say(self._due())
            except Unavailable:
                return

    # --- 1. look ---------------------------------------------------------------------------------------

    def _due(self) -> list[Shredding]:
        try:
            if not self._clock.is_steady():
                return []
            now_ms = self._clock.now_ms()
        except ClockDoubtful:
            return []
        said = self._sequencer.shredding()
        found = self._book.erasures.due(now_ms, self._sequencer.durable.size)
        return [one for one in found if one.ref not in said][:SHREDDED_AT_ONCE_MAX]

    # --- 2. read, 3. say ----------------------------------------------------------------------------------------

    async def _say(self, due: Iterable[Shredding]) -> None:
        for one in due:
            try:
                trace = await asyncio.to_thread(self._trace, one.ref)
            except NotFound:
                self._book.erasures.lose(one.ref)  # its key was lost before: there is nothing left to shred
                continue
            self._sequencer.note_shredded(
                ShreddedRecord(
                    ref=one.ref,
                    erasure=one.erasure,
                    at_ms=self._clock.now_ms(),
                    trace=trace,
                    same=self._book.register.same_versions(one.ref),
                    escrow=None,
                    salt=self._fresh(16),
                )
            )

    def _trace(self, ref: bytes) -> bytes:
        sid, item = split_ref(ref)
        index = self._book.index_of[sid]
        entry = next(iter(self._store.read_entries(index, index + 1, with_bodies=False)))
        header = parse_header(parse_entry(entry.text).envelope.payload)
        [stored] = self._store.read_bodies(index, "exact", item, item + 1)
        body = open_body(stored, sid, self._store.read_body_keys(index)[item])
        return trace_text(parse_body(header, read_canonical(body.text, "body"), "body"))

    # --- 4. destroy ------------------------------------------------------------------------------------

    async def _destroy(self) -> None:
        said, size = self._book.erasures.said, self._sequencer.durable.size
        while self._destroyed < len(said) and said[self._destroyed].index < size:
            await asyncio.to_thread(self._shred, said[self._destroyed].ref)
            self._destroyed += 1

    def _shred(self, ref: bytes) -> None:
        """Destroy one key, if it is there: shredding twice is the same as once."""
        sid, item = split_ref(ref)
        index = self._book.index_of[sid]
        if self._store.read_body_keys(index)[item] is not None:
            self._store.shred(index, item)
