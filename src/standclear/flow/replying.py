"""Replying: an answer that comes back by the link or the code of a message, taken once, and said in the deeds (G1).

1. Find: the code's message. A code that is none is counted; whoever shows many is not looked at for a while.
2. Take: the answer is durable in the outbox before whoever gave it is told so. A second one changes nothing.
3. Say: what is not known to be on record becomes a deed. What a crash lost between 2 and 3 is said after the restart.
"""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from standclear.errors import ClockDoubtful, Malformed, ReplyExpired, ReplyUnknown, ReplyUsed
from standclear.flow.outbox import KeptAnswer, Outbox, Parcel
from standclear.flow.service import Service
from standclear.flow.tries import Tries
from standclear.keys import sha256
from standclear.limits import (
    REPLY_LIFE_MS,
    REPLY_WRONG_ALL_MAX,
    REPLY_WRONG_MAX,
    SHORT_CODE_BYTES,
    SHORT_WRONG_ALL_MAX,
    SHORT_WRONG_MAX,
)
from standclear.obligations.attesting import offered, one_answer
from standclear.statements.deeds import AttestedRecord
from standclear.statements.lists import ref_of

COUNTED = ("taken", "used", "unknown", "expired")
"""What is counted since the start: answers, and codes that gave none."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: nothing that looks like something else
_LOOKS_LIKE = str.maketrans("OIL", "011")
_TEXT = re.compile(r"\s*([0-9A-Za-z]{4})[\s-]?([0-9A-Za-z]{4})[\s.,:;]+(\w[\w ]{0,40}?)\s*\.?\s*")


def short_code(code: bytes) -> str:
    """The form of a code that a person types: forty bits as eight characters, in two groups."""
    number = int.from_bytes(sha256(b"standclear/short/v1\n", code)[:SHORT_CODE_BYTES], "big")
    text = "".join(_ALPHABET[number >> shift & 31] for shift in range(35, -1, -5))
    return f"{text[:4]}-{text[4:]}"


def read_short_code(text: str) -> str:
    """A typed code as it was printed: lower case, O for 0, I and L for 1 are read for what was meant.

    Example:
        >>> read_short_code("7kq2m9xo")
        '7KQ2-M9X0'
    """
    plain = text.upper().replace("-", "").translate(_LOOKS_LIKE)
    return f"{plain[:4]}-{plain[4:]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a code leads to: its message, what may be answered to it, and the answer if there is one.

    `condition` is what the clock and its owner say now of a single notice, call or question that it was about; None of a list.
    """

    parcel: Parcel
    answers: tuple[str, ...]
    condition: str | None
    given: KeptAnswer | None


class Replies:
    """Takes answers by link and code. `under_way` are messages that may have arrived before the outbox has them."""

    def __init__(self, service: Service, outbox: Outbox, under_way: Callable[[], Iterable[Parcel]]) -> None:
        self.service = service
        self.outbox = outbox
        self.counts: Counter[str] = Counter()
        self.by_link = Tries(each_max=REPLY_WRONG_MAX, all_max=REPLY_WRONG_ALL_MAX)
        self.by_code = Tries(each_max=SHORT_WRONG_MAX, all_max=SHORT_WRONG_ALL_MAX)
        self._under_way = under_way
        self._noted: set[bytes] = set()

    def offered(self, parcel: Parcel) -> tuple[str, ...]:
        """What its desk may answer to a message without a key."""
        book = self.service.book
        return offered(book.ledger, book.matters, parcel.kind, parcel.sid, parcel.party, parcel.silent)

    def locked(self) -> int:
        """How many senders' codes are not looked at now: they showed too many that were wrong."""
        now_ms = self.now_ms()
        return self.by_link.locked(now_ms) + self.by_code.locked(now_ms)

    # --- 1. find -------------------------------------------------------------------------------------

    async def find(self, code: bytes, caller: str) -> Asked:
        """What a link leads to. It answers nothing: who opens links is often a machine.

        A code that is right is looked at however many wrong ones others have sent: a stranger must not be able to keep
        a desk's answer out, and 128 bits need no such help.

        Raises:
            ReplyUnknown, ReplyExpired: it leads to nothing, or no longer. Overloaded: too many wrong codes.
        """
        now_ms = self.now_ms()
        self.by_link.check(caller, now_ms)
        parcel = await self._parcel(code)
        answers = () if parcel is None else self.offered(parcel)
        if parcel is None or not answers:
            self.counts["unknown"] += 1
            self.by_link.wrong(caller, code, now_ms)
            self.by_link.check_all(now_ms)
            raise ReplyUnknown(
                remedy="open the link of the message whole, or acknowledge with the desk's key"
            )
        return await self._asked(parcel, answers, now_ms)

    async def _parcel(self, code: bytes) -> Parcel | None:
        kept = await asyncio.to_thread(self.outbox.find_code, code)
        if kept is None:
            kept = next((one for one in self._under_way() if one.code == code), None)
            if kept is not None:  # a ring goes out before it is kept
                await asyncio.to_thread(self.outbox.put, [kept], None)
        return kept

    async def _asked(self, parcel: Parcel, answers: tuple[str, ...], now_ms: int) -> Asked:
        given = await asyncio.to_thread(self.outbox.find_answer, parcel.code)
        until_ms = parcel.due_ms + REPLY_LIFE_MS
        if given is None and now_ms > until_ms:
            self.counts["expired"] += 1
            raise ReplyExpired(
                until_ms=until_ms, remedy="acknowledge with the desk's key: that is never too late"
            )
        return Asked(parcel=parcel, answers=answers, condition=self._condition(parcel, now_ms), given=given)

    def _condition(self, parcel: Parcel, now_ms: int) -> str | None:
        book, ref = self.service.book, ref_of(parcel.sid, 0)
        matter = book.matters.of_sid.get(parcel.sid)
        if matter is not None and matter.ended_ms is not None:
            return "ended"
        standing = book.register.by_ref.get(ref)
        is_single = parcel.end - parcel.start <= 1
        inbox = book.inboxes.inbox(parcel.party)
        position = inbox.position_of.get(ref)
        if standing is None or not is_single or position is None:
            return None
        return standing.condition(now_ms, inbox.forms[position])

    async def _typed(self, sender: str, short: str) -> Parcel:
        """The message of a typed code, among those that went to the telephone that it came from, and no others."""
        now_ms = self.now_ms()
        self.by_code.check(sender, now_ms)
        self.by_code.check_all(now_ms)
        sent = await asyncio.to_thread(self.outbox.sent_to, sender, now_ms - REPLY_LIFE_MS)
        for parcel in (*sent, *(one for one in self._under_way() if one.to == sender)):
            if short_code(parcel.code) == short and self.offered(parcel):
                return parcel
        self.counts["unknown"] += 1
        self.by_code.wrong(sender, short, now_ms)
        raise ReplyUnknown(remedy="send the code as it was printed, from the telephone that it was sent to")

    # --- 2. take -------------------------------------------------------------------------------------

    async def take(self, code: bytes, answer: str, caller: str) -> KeptAnswer:
        """Take the answer that came by a link, once; durable before it returns.

        Raises:
            ReplyUnknown, ReplyExpired, Overloaded: as `find`. Malformed: no answer to this. ReplyUsed: it has one.
            StoreUnavailable: it was not taken; the same may be sent again.
        """
        asked = await self.find(code, caller)
        return await self._take(asked, answer, "link")

    async def take_text(self, sender: str, text: str) -> KeptAnswer:
        """Take an answer that a telephone sent: the short code, then the answer's number or its code.

        Raises:
            Malformed: it is not such a text, or no answer to this. Others as `take`.
        """
        read = _TEXT.fullmatch(unicodedata.normalize("NFKC", text))
        if read is None:
            raise Malformed(
                "message", "not a code and an answer", "send the code, a space, and the number of the answer"
            )
        parcel = await self._typed(sender, read_short_code(read[1] + read[2]))
        parcel = await self._parcel(parcel.code) or parcel
        asked = await self._asked(parcel, self.offered(parcel), self.now_ms())
        return await self._take(asked, _chosen(read[3], asked.answers), "code")

    async def _take(self, asked: Asked, answer: str, by: str) -> KeptAnswer:
        if asked.given is None and answer not in asked.answers:
            raise Malformed(
                "answer", f"none of: {', '.join(asked.answers)}", "choose one of those that are offered"
            )
        kept = KeptAnswer(parcel=asked.parcel, answer=answer, by=by, at_ms=self.now_ms())
        is_first = asked.given is None and await asyncio.to_thread(
            self.outbox.answer, asked.parcel.code, answer, by, kept.at_ms
        )
        if not is_first:
            given = asked.given or await asyncio.to_thread(self.outbox.find_answer, asked.parcel.code)
            assert given is not None
            self.counts["used"] += 1
            raise ReplyUsed(
                answer=given.answer,
                answered_ms=given.at_ms,
                remedy="the first answer stands; to say another thing, sign it with the desk's key",
            )
        self.counts["taken"] += 1
        return kept

    def now_ms(self) -> int:
        """With a clock that has jumped, answers are taken all the same: at the log's last time."""
        try:
            return self.service.clock.now_ms()
        except ClockDoubtful:
            return self.service.sequencer.durable.last_ms

    # --- 3. say --------------------------------------------------------------------------------------

    async def say(self) -> None:
        """Put every answer that is not on record yet into the next deeds, and forget those that are.

        An answer to a call that rang and is not on record waits for it.
        """
        for kept in await asyncio.to_thread(self.outbox.unsaid):
            if self._is_on_record(kept):
                await asyncio.to_thread(self.outbox.said, kept.parcel.code)
                self._noted.discard(kept.parcel.code)
            elif kept.parcel.code not in self._noted and kept.parcel.sid in self.service.book.index_of:
                self._noted.add(kept.parcel.code)
                self.service.sequencer.note_attested(self._record(kept))

    def _record(self, kept: KeptAnswer) -> AttestedRecord:
        parcel = kept.parcel
        start, end = self._places(parcel)
        return AttestedRecord(
            party=parcel.party,
            desk=parcel.desk,
            level=parcel.level,
            channel=parcel.channel,
            by=kept.by,
            sid=parcel.sid,
            inbox_start=start,
            inbox_end=end,
            answer=kept.answer,
            at_ms=kept.at_ms,
            salt=self.service.fresh(16),
        )

    def _places(self, parcel: Parcel) -> tuple[int, int]:
        """Where in the party's inbox stands what a message was about; a reminder names its ladder by its deadline."""
        if parcel.end > parcel.start:
            return parcel.start, parcel.end
        ladders = [
            one
            for one in self.service.book.ledger.of_sid.get(parcel.sid, ())
            if one.party == parcel.party and one.deadline_ms == parcel.deadline_ms
        ]
        return (
            min((one.start for one in ladders), default=0),
            max((one.end for one in ladders), default=0),
        )

    def _is_on_record(self, kept: KeptAnswer) -> bool:
        """Whether a durable deed says it already."""
        book = self.service.book
        source = book.attested.get(one_answer(self._record(kept)))
        return source is not None and book.index_of[source] < self.service.size


def _chosen(text: str, answers: tuple[str, ...]) -> str:
    """The answer of a typed number, or of its own code; a text that is neither is left to be refused."""
    word = text.strip().lower().replace(" ", "_")
    if word.isdecimal() and 1 <= int(word) <= len(answers):
        return answers[int(word) - 1]
    return word
