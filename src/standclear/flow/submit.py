"""Submitting: one sequencer gives each statement its place and time, makes it durable, signs the head, and answers.

The order is the promise (founding decision 10): checked, stepped into the book, durable, then signed, then answered. Requests that
arrive while a batch is being written form the next batch (group commit). The point of no return is the store's
`append`; an error there that leaves the outcome open stops the process, and a restart finds the truth in the log.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from standclear.conflicts.outcome import Outcome, Release
from standclear.errors import (
    Fatal,
    ForkSuspected,
    Overloaded,
    Refused,
    Repeated,
    StandclearError,
    StoreUnavailable,
    Unavailable,
    Unproven,
)
from standclear.flow.batches import PendingDeeds, compose_deeds
from standclear.flow.clock import Clock
from standclear.flow.identity import ServiceKeys
from standclear.flow.ports import LogStore, StoredEntry, StoredHead
from standclear.flow.shelving import shelve
from standclear.keys import key_id
from standclear.limits import (
    BATCH_STATEMENTS_MAX,
    BATCH_STEPS_MS,
    DEEDS_EVERY_MS,
    DISK_CALLS_BYTES,
    DISK_RESERVE_BYTES,
    GATHER_MS,
    WAITING_STATEMENTS_MAX,
)
from standclear.obligations.book import Book
from standclear.statements.calls import Emergency
from standclear.statements.carriage import CarriedRecord
from standclear.statements.compose import Fresh
from standclear.statements.deeds import AttestedRecord, SentRecord, ShreddedRecord
from standclear.statements.entry import entry_bytes
from standclear.statements.submission import Submission
from standclear.tlog.checkpoint import Checkpoint
from standclear.tlog.cosignature import open_checkpoint
from standclear.tlog.heads import commit_head
from standclear.tlog.merkle import leaf_hash
from standclear.tlog.proof import TlogProof


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to a submission: its place and time, its effect, and its receipt (a tlog-proof)."""

    index: int
    sid: bytes
    integrated_ms: int
    outcome: Outcome
    receipt: bytes


@dataclass(slots=True)
class _Waiting:
    submission: Submission
    future: asyncio.Future[Answer]


@dataclass(slots=True)
class _Batch:
    """What is written at once. `taken` is everybody who is owed a word; `repeated` hears once the first is durable."""

    entries: list[StoredEntry] = field(default_factory=list)
    taken: list[_Waiting] = field(default_factory=list)
    answered: list[tuple[_Waiting, int, int, Outcome]] = field(default_factory=list)
    repeated: list[tuple[_Waiting, Repeated]] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)


class Sequencer:
    """The one writer of a log. It owns the book, the tree and the pending deeds; others read them between its steps."""

    def __init__(
        self,
        *,
        store: LogStore,
        book: Book,
        keys: ServiceKeys,
        clock: Clock,
        fresh: Fresh,
        pending: PendingDeeds,
        on_commit: Callable[[list[Release]], None],
        room: Callable[[], int] = lambda: sys.maxsize,
    ) -> None:
        self.store = store
        self._room = room
        self.book = book
        self.tree = book.tree
        self.keys = keys
        self.durable = store.read_head()
        self.failed: Fatal | None = None
        self._clock = clock
        self._fresh = fresh
        self._pending = pending
        self._on_commit = on_commit
        self._waiting: deque[_Waiting] = deque()
        self._wake = asyncio.Event()
        self._last_deeds_ms = 0
        self._says_now = False
        self._ended: StandclearError | None = None

    # --- asked from outside ------------------------------------------------------------------------------

    async def submit(self, submission: Submission, *, is_urgent: bool = False) -> Answer:
        """Append a checked submission and give its answer, once it is durable and its head is signed.

        A stop-fire call is urgent: it is taken however many wait, and from the room on the disk that is kept for calls.

        Raises:
            Repeated, Refused: nothing was appended.
            Overloaded, Unavailable: try again; nothing was appended.
            Fatal: the process is stopping; whether it was appended is found in the log.
        """
        if self.failed is not None:
            raise self.failed
        if self._ended is not None:
            raise self._ended
        if len(self._waiting) >= WAITING_STATEMENTS_MAX and not is_urgent:
            raise Overloaded(waiting=len(self._waiting), remedy="try again in a second")
        if not self.has_room(is_urgent=is_urgent):
            raise StoreUnavailable(
                reason="the disk is nearly full, and what is left is kept for stop-fire calls",
                remedy="make room on the service's disk, then send the same bytes again",
            )
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(submission, future))
        self._wake.set()
        return await future

    def note_sent(self, record: SentRecord | CarriedRecord) -> None:
        """Remember that something was handed to a channel, or how it ended; the next deeds statement says so."""
        self._pending.sent(record)
        self._wake.set()

    def note_attested(self, record: AttestedRecord) -> None:
        """Remember that an answer came by link or code; the next deeds statement says so."""
        self._pending.attested(record)
        self._wake.set()

    def note_shredded(self, record: ShreddedRecord) -> None:
        """Remember that an item is to be shredded once the next deeds statement says so, if it still may be then."""
        self._pending.shredded(record)
        self._wake.set()

    def shredding(self) -> set[bytes]:
        """The items that are to be shredded and of which no deeds statement says so yet."""
        return {one.ref for one in self._pending.records if isinstance(one, ShreddedRecord)}

    def has_room(self, *, is_urgent: bool = False) -> bool:
        """Whether the disk has room for a statement; a stop-fire call needs less than any other."""
        return self._room() >= (DISK_CALLS_BYTES if is_urgent else DISK_RESERVE_BYTES)

    @property
    def waiting(self) -> int:
        """How many submissions wait for their batch."""
        return len(self._waiting)

    def has_pending(self) -> bool:
        """Whether something was done that no durable deeds statement has said yet."""
        return bool(self._pending) or self.durable.size != self.book.size

    def say_now(self) -> None:
        """Say at once what was done, however short ago the last deeds were said: somebody waits for it."""
        self._says_now = bool(self._pending)
        self._wake.set()

    # --- the loop ----------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Write batches until cancelled, the last one to its end. A `Fatal` ends it: everybody waiting is told.

        Who waits when the store was unavailable, or when the service stops, is told to try again: nothing of theirs was
        written. Nothing more is taken afterwards.
        """
        try:
            while True:
                await self._wait_for_work()
                await self._write_batch()
        except Fatal as error:
            self.failed = error
            raise
        except Exception as error:
            # A broken invariant: what the book holds can no longer be relied on. A restart derives it again.
            self.failed = Fatal(reason=f"{type(error).__name__}: {error}")
            raise self.failed from error
        finally:
            self._ended = self._ended or self.failed or Unavailable(reason="the service is stopping")
            self._refuse_waiting(self._ended)

    async def _wait_for_work(self) -> None:
        if not self._waiting:
            self._wake.clear()
            timeout = DEEDS_EVERY_MS / 1000 if self._pending else None
            try:
                async with asyncio.timeout(
                    timeout
                ):  # wait_for would lose a cancellation that comes with the wake
                    await self._wake.wait()
            except TimeoutError:
                return
        if len(self._waiting) < BATCH_STATEMENTS_MAX:
            await asyncio.sleep(GATHER_MS / 1000)

    async def _write_batch(self) -> None:
        try:
            now_ms = max(self._clock.now_ms(), self.durable.last_ms)
        except Unavailable as error:
            self._refuse_waiting(error)
            return
        if not self._waiting and not self.has_room(is_urgent=True):
            return  # deeds alone can wait; written to a full disk they would stop the service, which still rings
        batch = _Batch()
        try:
            self._gather(batch, now_ms)
            self._add_deeds(batch, now_ms)
            if not batch.entries:
                return
            after = StoredHead(size=self.tree.size, root=self.tree.root(), last_ms=now_ms)
            is_cancelled = await self._append(batch.entries, self.durable, after)
            self.durable = after
            self._answer(batch, after)
        except Exception as error:
            # The book has moved on and the store has not: only a restart brings them together again.
            raise self._stop(batch, error) from error
        self._on_commit(batch.releases)
        if is_cancelled:
            raise asyncio.CancelledError

    async def _append(self, entries: list[StoredEntry], before: StoredHead, after: StoredHead) -> bool:
        """Make a batch durable; whether this task was cancelled meanwhile.

        What was begun is waited for, even then: those who sent it are owed the outcome, and the store stays open for it.
        """
        writing = asyncio.ensure_future(asyncio.to_thread(self.store.append, entries, before, after))
        is_cancelled = False
        while not writing.done():
            try:
                await asyncio.wait([writing])
            except asyncio.CancelledError:
                is_cancelled = True
        writing.result()
        return is_cancelled

    def _gather(self, batch: _Batch, now_ms: int) -> None:
        loop = asyncio.get_running_loop()
        until_s = (
            loop.time() + BATCH_STEPS_MS / 1000
        )  # then others have their turn: a call that rings, a reader
        while self._waiting and len(batch.entries) < BATCH_STATEMENTS_MAX and loop.time() < until_s:
            waiting = self._waiting.popleft()
            if waiting.future.cancelled():
                continue
            batch.taken.append(waiting)
            try:
                self._take(waiting, batch, now_ms)
            except Refused as error:
                waiting.future.set_exception(error)

    def _take(self, waiting: _Waiting, batch: _Batch, now_ms: int) -> None:
        submission = waiting.submission
        self._check_notes(submission)
        known = self.book.index_of.get(submission.sid)
        if known is not None:
            repeated = Repeated(
                index=known, sid=submission.sid.hex(), remedy="it is on record; nothing more is needed"
            )
            if known < self.durable.size:
                raise repeated
            # Its first is in this very batch: that it is on record is not true before the batch is durable.
            batch.repeated.append((waiting, repeated))
            return
        self.book.check(submission, now_ms)
        index = self.book.size
        entry = shelve(submission, index, now_ms, [self._fresh(32) for _ in range(submission.item_count)])
        outcome = self.book.step(submission, index, now_ms, entry.leaf)
        self._pending.add(index, submission.sid, outcome, self._fresh)
        batch.entries.append(entry)
        batch.answered.append((waiting, index, now_ms, outcome))
        batch.releases.extend(outcome.releases)

    def _check_notes(self, submission: Submission) -> None:
        """A head that this log signed and does not hold proves a fork or a rollback: keep it, and stop.

        Raises:
            ForkSuspected: the note verifies under this log's own keys and contradicts its tree.
        """
        for note in submission.notes:
            try:
                signed = open_checkpoint(note, self.keys.log_keys()).checkpoint
            except Unproven:
                continue
            if signed.origin != self.keys.origin:
                continue
            if signed.size > self.tree.size or self.tree.root(signed.size) != signed.root:
                with contextlib.suppress(Unavailable):  # kept or not, it stops the service
                    self.store.put_setting(f"fork/{signed.size}", note)
                raise ForkSuspected(
                    ours=self.tree.size, theirs=signed.size, remedy="do not restart; tell the witnesses"
                )

    def _add_deeds(self, batch: _Batch, now_ms: int) -> None:
        passed_ms = now_ms - self._last_deeds_ms
        due = self._says_now or passed_ms >= DEEDS_EVERY_MS or passed_ms < 0
        self._says_now = False
        if self.book.erasures.asked:
            self._pending.drop_what_is_due_no_more(self.book.erasures, now_ms)
        if not self._pending or not due or self.book.roll.log is None:
            return
        standing = self.book.roll.keys[key_id(self.keys.deed.public)]
        index = self.book.size
        composed = compose_deeds(
            self._pending,
            self.book.inboxes,
            tuple(self.book.roll.parties),
            self.keys,
            (self.book.roll.log, standing.next_seq, standing.last_sid),
            now_ms,
            self._fresh,
        )
        text = entry_bytes(now_ms, composed.envelope.to_bytes())
        batch.entries.append(
            StoredEntry(
                index=index,
                sid=composed.sid,
                leaf=leaf_hash(text),
                integrated_ms=now_ms,
                text=text,
                beside=composed.beside,
                bodies=(),
            )
        )
        standing.next_seq, standing.last_sid = standing.next_seq + 1, composed.sid
        self.book.step_deeds(composed.sid, index, batch.entries[-1].leaf, self._pending.records)
        self._pending.effects.clear()
        self._pending.records.clear()
        self._last_deeds_ms = now_ms

    def _answer(self, batch: _Batch, head: StoredHead) -> None:
        checkpoint = Checkpoint(origin=self.keys.origin, size=head.size, root=head.root)
        note = commit_head(checkpoint, self.keys.head).to_bytes()
        for waiting, index, integrated_ms, outcome in batch.answered:
            proof = TlogProof(
                index=index,
                hashes=self.tree.inclusion_proof(index, head.size),
                checkpoint_note=note,
                extra=str(integrated_ms).encode("ascii"),
            )
            answer = Answer(
                index=index,
                sid=waiting.submission.sid,
                integrated_ms=integrated_ms,
                outcome=outcome,
                receipt=proof.to_bytes(),
            )
            if not waiting.future.cancelled():
                waiting.future.set_result(answer)
        for waiting, error in batch.repeated:
            if not waiting.future.cancelled():
                waiting.future.set_exception(error)

    def _stop(self, batch: _Batch, error: Exception) -> Fatal:
        """Tell everybody of the batch, and give the error to stop with.

        An `Unavailable` store has written nothing (its contract), so that those who wait may send the same bytes again.
        """
        fatal = error if isinstance(error, Fatal) else Fatal(reason=f"{type(error).__name__}: {error}")
        self._ended = error if isinstance(error, Unavailable) else fatal
        for waiting in batch.taken:
            if not waiting.future.done():
                waiting.future.set_exception(self._ended)
        return fatal

    def _refuse_waiting(self, error: StandclearError) -> None:
        while self._waiting:
            future = self._waiting.popleft().future
            if not future.done():
                future.set_exception(error)


def is_call(submission: Submission) -> bool:
    """Whether a submission is a stop-fire call: not an answer to one, nor its end."""
    body = submission.bodies["exact"][0]
    return isinstance(body, Emergency) and body.part == "call"
