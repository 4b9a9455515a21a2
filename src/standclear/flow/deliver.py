"""Delivering: what is due is kept in the outbox, carried by the channels, tried again, and said in the deeds.

1. Look: the duties that fell due, as parcels into the outbox, together with how far was looked. From here on they survive.
2. Carry: each ready parcel to its channel, some at a time, the most urgent first.
3. Keep how it ended; a try that did not work waits, longer each time.
4. Say: how each parcel ended, and how far each party's inbox has been handed over without a gap, become deeds. What a
   crash lost is said again, under the same ids.

What is carried twice, because the process ended between 2 and 3, has the same id both times.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping

from standclear.errors import ClockDoubtful, Refused, StandclearError, Unavailable
from standclear.flow.carried import message_id, record_of
from standclear.flow.desks import Ways, ways_of
from standclear.flow.outbox import Address, Channel, Directory, Letter, Outbox, Parcel, Reach
from standclear.flow.query import Query
from standclear.flow.replying import Replies, short_code
from standclear.flow.service import Service
from standclear.flow.showing import details_of, extent_of
from standclear.keys import hmac_sha256, sha256
from standclear.limits import (
    CARRIED_AT_ONCE_MAX,
    CHANNEL_PAUSE_MAX,
    CHANNEL_PAUSE_MS,
    CHANNEL_TRIES_MAX,
    CHANNEL_TRY_MS,
    DUTIES_EVERY_MS,
    DUTY_OVERLAP_MS,
    OUTBOX_PAGE_ENTRIES,
    REPLY_CODE_BYTES,
    UNRECORDED_PAGE_ENTRIES,
)
from standclear.obligations.arrears import gathered
from standclear.obligations.duties import Duty, deliveries, due
from standclear.statements.canonical import b64u
from standclear.statements.deeds import SentRecord

NO_CHANNEL = "none"
TEXTED = frozenset({"sms", "voice"})
"""Channels of a telephone, which can send a text back."""


class Deliverer:
    """The loop that carries what is due. It owns the outbox; `run` is its one task."""

    def __init__(
        self,
        *,
        service: Service,
        outbox: Outbox,
        channels: Mapping[str, Channel],
        directory: Directory,
        code_key: bytes,
        reply_url: str = "",
        gateway_secret: bytes = b"",
    ) -> None:
        self.service = service
        self.outbox = outbox
        self.channels = channels
        self.directory = directory
        self.unkept = 0
        self.broken: Counter[str] = Counter()
        self.has_unlogged = True  # as far as is known at a start
        self._reply_url = reply_url
        self.gateway_secret = gateway_secret  # of the texts that come back; without one, none is asked for
        self._code_key = code_key  # codes follow from it, so that a parcel made twice has one code
        self._query = Query(service)
        self._said: dict[bytes, int] = {}
        self._noted: set[bytes] = set()
        self._under_way: dict[bytes, Parcel] = {}
        self.replies = Replies(service, outbox, lambda: tuple(self._under_way.values()))
        self._places = asyncio.Semaphore(CARRIED_AT_ONCE_MAX)
        self._tasks: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()

    @property
    def ways(self) -> Ways:
        """How desks are reached."""
        return ways_of(self.directory, self.channels)

    # --- the loop ------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Put on record what a crash or a full disk kept from it, then look, carry and say, until cancelled."""
        try:
            while True:
                await self.step()
                self._wake.clear()
                try:
                    async with asyncio.timeout(DUTIES_EVERY_MS / 1000):
                        await self._wake.wait()
                except TimeoutError:
                    continue
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def step(self) -> None:
        """Look once, and begin to carry what is ready. An outbox that does not answer is asked again the next time."""
        try:
            if self.has_unlogged and self.service.sequencer.has_room(is_urgent=True):
                await self._submit_kept()
            await self.look()
            now_ms = self.service.clock.now_ms()
            ready = await asyncio.to_thread(self.outbox.ready, now_ms, OUTBOX_PAGE_ENTRIES)
            for parcel in ready:
                if parcel.id not in self._under_way:
                    self.begin(parcel, is_call=parcel.kind == "ring")
            await self._say_ended()
            await self._say()
            await self.replies.say()
        except Unavailable:
            return

    async def settle(self) -> None:
        """Wait until everything that is under way has ended: for tests, and for a stop in good order."""
        while self._tasks:
            await asyncio.gather(*list(self._tasks), return_exceptions=True)

    async def _submit_kept(self) -> None:
        """Calls that rang and could not be logged are logged now, or kept until they can be (G6)."""
        self.has_unlogged = False
        for text in await asyncio.to_thread(self.outbox.kept_calls):
            sid = None
            try:
                answer = await self.service.submit(text)
                sid = answer.sid
            except Refused as error:
                known = error.fields.get("sid")
                sid = bytes.fromhex(str(known)) if known is not None else None
            except Unavailable:
                continue
            if sid is not None:
                await asyncio.to_thread(self.outbox.forget_call, sid)

    # --- 1. look ---------------------------------------------------------------------------------------

    async def look(self) -> None:
        """Keep what fell due since the last look. With a clock that has jumped, nothing falls due by the clock."""
        service, reach = self.service, await asyncio.to_thread(self.outbox.reach)
        now_ms, is_steady = self._now_ms()
        size = service.size
        begun = dict(service.book.ledger.sent_end)  # an outbox that was lost goes on where the deeds end
        for party, position in reach.told.items():
            begun[party] = max(position, begun.get(party, 0))
        if is_steady:
            after_ms = max(-1, reach.after_ms - DUTY_OVERLAP_MS)
            duties = due(service.book, now_ms, after_ms=after_ms, told=begun, size=size)
            duties = gathered(service.book, duties, after_ms, now_ms, size)
        else:
            duties = tuple(deliveries(service.book, begun, size))
        told: dict[bytes, int] = {}
        for duty in duties:
            if duty.end > duty.start:
                told[duty.party] = max(duty.end, told.get(duty.party, 0))
        later = Reach(after_ms=now_ms if is_steady else reach.after_ms, told=told)
        parcels = self.parcels_of(duties, now_ms)
        if parcels or later.after_ms - reach.after_ms > DUTY_OVERLAP_MS // 2:
            await asyncio.to_thread(self.outbox.put, parcels, later)

    def _now_ms(self) -> tuple[int, bool]:
        clock = self.service.clock
        try:
            return clock.now_ms(), clock.is_steady()
        except ClockDoubtful:
            return self.service.sequencer.durable.last_ms, False

    def parcels_of(self, duties: Iterable[Duty], now_ms: int) -> tuple[Parcel, ...]:
        """One parcel for each address of each duty; one that says so where there is no address."""
        found = []
        for duty in duties:
            addresses = self._addresses(duty)
            nowhere = Address(party=duty.party, desk=bytes(16), level=duty.level, channel=NO_CHANNEL, to="")
            for address in addresses or (nowhere,):
                found.append(self._parcel(duty, address, now_ms))
        return tuple(found)

    def _addresses(self, duty: Duty) -> tuple[Address, ...]:
        """Where a duty goes: to the party's own addresses; where it has none, to those of the party that represents it.

        What is for one desk goes to that desk, over every channel it has.
        """
        if duty.desk is not None:
            return self.directory.of_desk(duty.party, duty.desk)
        own = tuple(self.directory.of(duty.party, duty.level))
        answers = self.service.book.roll.answers_for(duty.party)
        return own or tuple(self.directory.of(answers, duty.level))

    def _parcel(self, duty: Duty, address: Address, now_ms: int) -> Parcel:
        way = f"{address.channel}\n{address.to}".encode()
        identity = sha256(b"standclear/parcel/v1\n", duty.id, address.desk, way)[:16]
        return Parcel(
            id=identity,
            duty=duty.id,
            kind=duty.kind,
            sid=duty.sid,
            party=duty.party,
            desk=address.desk,
            level=duty.level,
            channel=address.channel,
            to=address.to,
            content=address.content,
            language=address.language,
            step=duty.step,
            severity=duty.severity,
            word=duty.word,
            due_ms=duty.due_ms,
            deadline_ms=duty.deadline_ms,
            silent=duty.silent,
            start=duty.start,
            end=duty.end,
            code=hmac_sha256(self._code_key, identity)[:REPLY_CODE_BYTES],
            next_ms=now_ms,
            state="waiting" if address.channel in self.channels else "unreachable",
        )

    # --- 2. carry, 3. keep -----------------------------------------------------------------------------

    def begin(self, parcel: Parcel, *, is_call: bool) -> asyncio.Task[None]:
        """Carry one parcel in a task of its own. A call waits for no place; everything else does."""
        self._under_way[parcel.id] = parcel
        task = asyncio.create_task(self._carry(parcel, is_call), name=f"carry {parcel.id.hex()}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _carry(self, parcel: Parcel, is_call: bool) -> None:
        try:
            if is_call:
                await self._try(parcel)
            else:
                async with self._places:
                    await self._try(parcel)
        finally:
            self._under_way.pop(parcel.id, None)

    async def _try(self, parcel: Parcel) -> None:
        """One try. Whatever a channel raises or gives outside its contract is a failed try, counted as broken."""
        said, state = "", "waiting"
        try:
            said = await self._given(parcel.channel, self.letter_of(parcel))
            state = "handed"
        except Refused as error:
            said, state = str(error), "given_up"
        except (StandclearError, TimeoutError) as error:
            said = str(error) or "it said nothing in time"
        except Exception as error:
            self.broken[parcel.channel] += 1
            said = f"the channel broke its contract: {type(error).__name__}: {error}"
        if state == "waiting" and parcel.tries + 1 >= CHANNEL_TRIES_MAX:
            state = "given_up"
        await self._keep(parcel, state, said[:500].encode("utf-8", "replace").decode("utf-8"))
        self._wake.set()

    async def _given(self, channel: str, letter: Letter) -> str:
        """What a channel said to a letter, in its time. One that does not end when it is told to is left to itself."""
        carrying = asyncio.create_task(self.channels[channel].carry(letter), name=f"give {channel}")
        carrying.add_done_callback(_heard)
        try:
            done, _ = await asyncio.wait({carrying}, timeout=CHANNEL_TRY_MS / 1000)
        except asyncio.CancelledError:
            carrying.cancel()
            raise
        if not done:
            carrying.cancel()
            raise TimeoutError
        if not isinstance(said := carrying.result(), str):
            raise TypeError(f"{type(said).__name__} is no text")
        return said

    async def _keep(self, parcel: Parcel, state: str, said: str) -> None:
        now_ms, _ = self._now_ms()
        try:
            if parcel.kind == "ring":  # it may have rung before it was kept
                await asyncio.to_thread(self.outbox.put, [parcel], None)
            if state == "waiting":
                pause_ms = min(CHANNEL_PAUSE_MAX, CHANNEL_PAUSE_MS * 2**parcel.tries)
                await asyncio.to_thread(self.outbox.later, parcel.id, now_ms + pause_ms, said)
            else:
                await asyncio.to_thread(self.outbox.ended, parcel.id, state, said, now_ms)
        except Unavailable:
            self.unkept += 1  # it is carried again, with the same id

    def letter_of(self, parcel: Parcel) -> Letter:
        """A parcel with what its words need. What its address may not be shown is not in it."""
        roll = self.service.book.roll
        assert roll.charter is not None
        answers = self.replies.offered(parcel)
        has_link = bool(self._reply_url and answers)
        has_code = self.gateway_secret and answers and parcel.channel in TEXTED
        count, since_ms = extent_of(self.service.book, parcel, self._now_ms()[0])
        return Letter(
            parcel=parcel,
            exercise=roll.charter.exercise,
            service=roll.charter.service_name,
            silent="" if parcel.silent is None else roll.name_of(parcel.silent),
            reply_url=f"{self._reply_url}/{b64u(parcel.code)}" if has_link else "",
            details=details_of(self._query, parcel),
            instead_of=self._instead_of(parcel),
            reply_code=short_code(parcel.code) if has_code else "",
            answers=answers,
            count=count,
            since_ms=since_ms,
        )

    def _instead_of(self, parcel: Parcel) -> str:
        """The name of the party that a parcel is for, where the desk that gets it represents that party."""
        roll = self.service.book.roll
        is_own = (parcel.desk not in roll.desks) or roll.desks[parcel.desk].party == parcel.party
        return "" if is_own else roll.name_of(parcel.party)

    # --- 4. say ----------------------------------------------------------------------------------------

    async def _say_ended(self) -> None:
        """Say how parcels ended; forget those whose record is durable."""
        ended = await asyncio.to_thread(self.outbox.unrecorded, UNRECORDED_PAGE_ENTRIES)
        recorded = []
        for parcel in ended:
            index = self.service.book.carriage.index_of(message_id(parcel, self._code_key))
            if index is not None and index < self.service.size:
                recorded.append(parcel.id)
            elif index is None and parcel.id not in self._noted:
                self._noted.add(parcel.id)
                self.service.sequencer.note_sent(record_of(parcel, self._code_key, self.service.fresh(16)))
        if recorded:
            await asyncio.to_thread(self.outbox.recorded, recorded)
            self._noted.difference_update(recorded)

    async def _say(self) -> None:
        reach = await asyncio.to_thread(self.outbox.reach)
        for party, told in reach.told.items():
            said = max(self._said.get(party, 0), self.service.book.ledger.sent_end.get(party, 0))
            if told <= said:
                continue
            end = await asyncio.to_thread(self.outbox.handed_end, party)
            if end > said:
                self._said[party] = end
                answers = self.service.book.roll.answers_for(party)
                addresses = self.directory.of(party, "duty_desk") or self.directory.of(answers, "duty_desk")
                if addresses:
                    self._note(party, addresses[0], end)

    def _note(self, party: bytes, address: Address, end: int) -> None:
        now_ms, _ = self._now_ms()
        record = SentRecord(
            party=party,
            desk=address.desk,
            channel=address.channel,
            inbox_end=end,
            at_ms=now_ms,
            salt=self.service.fresh(16),
        )
        self.service.sequencer.note_sent(record)

    def wake(self) -> None:
        """Look at once."""
        self._wake.set()


def _heard(task: asyncio.Task[str]) -> None:
    """What a channel that was left to itself ends with is nobody's any more."""
    if not task.cancelled():
        task.exception()
