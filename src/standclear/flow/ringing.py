"""Ringing: a stop-fire call goes to the channels first, and to the log after (founding decision 10, G6).

1. The call is checked as any statement: what is not authentic rings nowhere.
2. Its rings are begun, one task for each address of each desk. Nothing is waited for.
3. The call is kept in the outbox, with the reserve if the disk is full, while the sequencer takes it.
4. On record, it is forgotten there. If the log cannot take it, it stays *unlogged*, and is submitted again as soon as there is
   room for it, and at the next start.
"""

from __future__ import annotations

import asyncio

from standclear.errors import ClockDoubtful, Repeated, Unavailable
from standclear.flow.deliver import Deliverer
from standclear.flow.submit import Answer
from standclear.obligations.duties import first_rings, rung_monitors
from standclear.statements.submission import Submission


class Ringer:
    """Takes stop-fire calls on their way to the sequencer."""

    def __init__(self, deliverer: Deliverer) -> None:
        self._deliverer = deliverer
        self.unlogged = 0
        self._ringing: set[bytes] = set()  # begun, and neither on record nor failed yet

    async def take(self, submission: Submission, text: bytes) -> Answer:
        """Ring, then append and answer as for any statement.

        Raises:
            Refused: it is not authentic or not sayable; nothing rang. Repeated: it rang when it first came.
            Unavailable, Fatal: it rang and is not on record yet; it is kept, and nothing more need be sent.
        """
        service = self._deliverer.service
        self.ring_now(submission)
        keeping = asyncio.create_task(asyncio.to_thread(self._keep, submission.sid, text))
        try:
            answer = await service.sequencer.submit(submission, is_urgent=True)
        except Repeated:
            await keeping
            await self._forget(submission.sid)
            raise
        except Exception:
            self.unlogged += 1
            self._deliverer.has_unlogged = True
            raise
        finally:
            self._ringing.discard(submission.sid)
            is_kept = await keeping
        if is_kept:
            await self._forget(submission.sid)
        return answer

    def ring_now(self, submission: Submission) -> None:
        """Begin the first ring of every desk that is called, once until it is on record. It returns at once.

        Who rings it without taking it after that MUST take it: only then is it kept and logged.

        Raises:
            Refused: it would not be appended either.
        """
        deliverer, book = self._deliverer, self._deliverer.service.book
        if submission.sid in book.index_of or submission.sid in self._ringing:
            return
        now_ms = self._now_ms()
        book.check(submission, now_ms)
        self._ringing.add(submission.sid)
        duties = first_rings(submission.sid, self._called(submission), now_ms)
        for parcel in deliverer.parcels_of(duties, now_ms):
            if parcel.state == "waiting":
                deliverer.begin(parcel, is_call=True)

    def _now_ms(self) -> int:
        service = self._deliverer.service
        try:
            return service.clock.now_ms()
        except ClockDoubtful:
            return service.sequencer.durable.last_ms

    def _called(self, submission: Submission) -> tuple[bytes, ...]:
        """Every party that the call is addressed to: named, or any party of the arrangement; and monitors rung with them."""
        agreement = self._deliverer.service.book.agreements.find(submission.header.under)
        named = {slot.party for slot in submission.slots if slot.when == "now"}
        if None in named and agreement is not None:
            named |= {one.party for one in agreement.arrangement.members if one.role == "party"}
        sender = submission.header.sender.party
        if agreement is not None:
            rules = agreement.arrangement
            named.update(rung_monitors(rules.emergency, rules.monitors(), [sender]))
        return tuple(sorted(party for party in named if party is not None and party != sender))

    def _keep(self, sid: bytes, text: bytes) -> bool:
        try:
            self._deliverer.outbox.keep_call(sid, text)
        except Unavailable:
            return False  # not even the reserve took it: it rings all the same
        return True

    async def _forget(self, sid: bytes) -> None:
        try:
            await asyncio.to_thread(self._deliverer.outbox.forget_call, sid)
        except Unavailable:
            return  # the next start finds it on record and forgets it
