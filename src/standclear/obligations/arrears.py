"""Arrears: all that one party leaves unanswered towards one other is one fact, with a since-when, and one message (G24).

The first alarm, the first escalation to each level, goes out at once. While the party is still silent towards the same
owner, what falls due after it is gathered into one message for each length of the arrangement's escalation. Never gathered
are what is as urgent as a call, stop-fire itself, and what is about a thing that has not begun yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from standclear.conflicts.sight import Sight
from standclear.obligations.book import Book
from standclear.obligations.duties import Duty, duty_id, of_silence
from standclear.obligations.ladder import Ladder
from standclear.obligations.matters import Matter
from standclear.obligations.turns import severity_of

GATHERED: Final = frozenset({"unanswered", "escalate", "exhausted"})
URGENT: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrears:
    """What one party owes another and has not answered in time: since when, and how much. `sid` is the oldest of it."""

    owner: bytes
    silent: bytes
    since_ms: int
    ladders: int
    matters: int
    sid: bytes
    under: tuple[bytes | None, ...]

    @property
    def count(self) -> int:
        return self.ladders + self.matters


def arrears_between(book: Book, owner: bytes, silent: bytes, now_ms: int) -> Arrears | None:
    """What is open and overdue between two parties; None where nothing is."""
    ladders = [one for one in book.ledger.owing(owner, silent) if _is_open(one, now_ms)]
    matters = [one for one in book.matters.between(owner, silent) if _is_unanswered(one, silent, now_ms)]
    if not ladders and not matters:
        return None
    open_things: list[Ladder | Matter] = [*ladders, *matters]
    since = [(_since_ms(one), one.sid) for one in open_things]
    since_ms, sid = min(since)
    under = {_under(book, one) for one in ladders} | {one.under for one in matters}
    return Arrears(
        owner=owner,
        silent=silent,
        since_ms=since_ms,
        ladders=len(ladders),
        matters=len(matters),
        sid=sid,
        under=tuple(sorted(under, key=lambda one: one or b"")),
    )


def all_arrears(book: Book, now_ms: int) -> tuple[Arrears, ...]:
    """Everything that is open and overdue, one for each owner and silent party, the longest silence first."""
    pairs = {*book.ledger.silences, *book.matters.pairs}
    found = (arrears_between(book, owner, silent, now_ms) for owner, silent in pairs)
    return tuple(
        sorted((one for one in found if one is not None), key=lambda one: (one.since_ms, one.silent))
    )


def arrears_seen(book: Book, now_ms: int, sight: Sight) -> tuple[Arrears, ...]:
    """The arrears that an asker may be shown: its own, those towards it, and those under an arrangement that it monitors."""
    return tuple(
        one
        for one in all_arrears(book, now_ms)
        if sight.asker in (one.owner, one.silent)
        or all(sight.watches(under, book.agreements) for under in one.under)
    )


def _is_open(ladder: Ladder, now_ms: int) -> bool:
    return now_ms >= _since_ms(ladder) and not ladder.attested


def _is_unanswered(matter: Matter, silent: bytes, now_ms: int) -> bool:
    return now_ms >= _since_ms(matter) and matter.is_silent(silent)


def _since_ms(thing: Ladder | Matter) -> int:
    """From when an answer is in arrears: with the owner's alarm, or the end of an inquiry's time, or the first step."""
    if isinstance(thing, Ladder):
        return thing.deadline_ms if thing.alarm_ms is None else thing.alarm_ms
    if thing.kind == "inquiry" or not thing.steps:
        return thing.anchor_ms
    return thing.anchor_ms + thing.steps[0].after_ms


def _under(book: Book, ladder: Ladder) -> bytes | None:
    ref = book.inboxes.inbox(ladder.party).refs[ladder.start]
    standing = book.register.by_ref.get(ref)
    return None if standing is None else standing.under


# --- gathering ------------------------------------------------------------------------------------


def gathered(
    book: Book, duties: Iterable[Duty], after_ms: int, now_ms: int, size: int | None = None
) -> tuple[Duty, ...]:
    """The duties of a look as messages: what is gathered is left out, and each gathering that ends in it is one duty more.

    `duties` are those of `due` with the same times. A function of the book and the times alone: two looks that overlap give
    the same messages, by id.
    """
    durable = book.size if size is None else size
    passed = [one for one in duties if not _is_gathered(book, one)]
    found = [*passed, *_messages(book, after_ms, now_ms, durable)]
    return tuple(sorted(found, key=lambda one: (one.severity, one.due_ms, one.id)))


def _messages(book: Book, after_ms: int, now_ms: int, size: int) -> Iterator[Duty]:
    lengths = book.ledger.gatherings_ms | book.matters.gatherings_ms
    spans = {span for span in lengths if now_ms // span > after_ms // span}
    if not spans:
        return
    groups: dict[tuple[bytes, str, bytes, bytes], list[tuple[int, Duty]]] = {}
    for duty in of_silence(book, max(-1, after_ms - max(spans)), now_ms, size):
        thing = _about(book, duty)
        if thing is None or not _is_gathered(book, duty):
            continue
        span_ms = _span_ms(thing)
        at_ms = -(-duty.due_ms // span_ms) * span_ms
        if after_ms < at_ms <= now_ms:
            assert duty.silent is not None
            key = (duty.party, duty.level, _owner(thing), duty.silent)
            groups.setdefault(key, []).append((at_ms, duty))
    for (party, level, owner, silent), some in groups.items():
        at_ms, newest = max(some, key=lambda one: (one[0], one[1].id))
        arrears = arrears_between(book, owner, silent, now_ms)
        yield replace(
            newest,
            id=duty_id("arrears", owner, party, level, at_ms, silent),
            kind="arrears",
            sid=newest.sid if arrears is None else arrears.sid,
            severity=min(one.severity for _, one in some),
            due_ms=at_ms,
            deadline_ms=None,
            word="arrears",
        )


def _is_gathered(book: Book, duty: Duty) -> bool:
    """Whether a duty waits for the next gathering: its party was silent towards its owner before, and nothing presses."""
    if (
        duty.kind not in GATHERED
        or duty.silent is None
        or min(duty.severity, severity_of(duty.word)) <= URGENT
    ):
        return False
    thing = _about(book, duty)
    if thing is None or _begins_ms(thing) > duty.due_ms:
        return False
    own = _order(thing)
    for other in _things(book, _owner(thing), duty.silent, duty.due_ms):
        at_ms = _event_ms(other, duty.kind, duty.level)
        if at_ms is None or other is thing or (at_ms, *_order(other)) >= (duty.due_ms, *own):
            continue
        if _was_silent(other, duty.silent, duty.due_ms):
            return True
    return False


def _about(book: Book, duty: Duty) -> Ladder | Matter | None:
    """The ladder or the matter that a duty is about; None of any other duty."""
    for ladder in book.ledger.of_sid.get(duty.sid, ()):
        if ladder.party == duty.silent and ladder.deadline_ms == duty.deadline_ms:
            return ladder
    return book.matters.of_sid.get(duty.sid)


def _things(book: Book, owner: bytes, silent: bytes, at_ms: int) -> Iterator[Ladder | Matter]:
    """What the party owed the owner at a time, and perhaps some more; the oldest of what still waits first."""
    yield from book.ledger.owing(owner, silent)
    yield from book.matters.between(owner, silent)
    for ladder in book.ledger.answered_last(owner, silent):
        if ladder.acknowledged_ms is not None and ladder.acknowledged_ms <= at_ms:
            return
        yield ladder


def _event_ms(thing: Ladder | Matter, kind: str, level: str) -> int | None:
    """When a duty of a kind and level fell due of a thing; None where it has none."""
    if isinstance(thing, Matter) and thing.kind == "emergency":
        return None
    from_ms = thing.deadline_ms if isinstance(thing, Ladder) else thing.anchor_ms
    if kind == "unanswered":
        return thing.alarm_ms if isinstance(thing, Ladder) else None
    if kind == "exhausted":
        return from_ms + (thing.steps[-1].after_ms if thing.steps else 0)
    return next((from_ms + step.after_ms for step in thing.steps if step.level == level), None)


def _was_silent(thing: Ladder | Matter, silent: bytes, at_ms: int) -> bool:
    if isinstance(thing, Ladder):
        attested = any(one.at_ms <= at_ms for one in thing.attested)
        return not attested and (thing.acknowledged_ms is None or thing.acknowledged_ms > at_ms)
    answered = [one.at_ms for one in thing.answers if one.party == silent]
    answered += [one.at_ms for one in thing.attested.get(silent, ())]
    ended = [] if thing.ended_ms is None else [thing.ended_ms]
    return all(each > at_ms for each in (*answered, *ended))


def _begins_ms(thing: Ladder | Matter) -> int:
    """When what it is about begins: a matter that has a time, with it."""
    if isinstance(thing, Ladder):
        return thing.begins_ms or 0
    return 0 if thing.deadline_ms is None else thing.deadline_ms


def _owner(thing: Ladder | Matter) -> bytes:
    return thing.sender if isinstance(thing, Ladder) else thing.opener


def _order(thing: Ladder | Matter) -> tuple[int, int]:
    return (0, thing.start) if isinstance(thing, Ladder) else (1, thing.opened_index)


def _span_ms(thing: Ladder | Matter) -> int:
    """For how long it is gathered: the length of its escalation, or where it has none the time that a desk has."""
    if thing.steps and thing.steps[-1].after_ms:
        return thing.steps[-1].after_ms
    return max(1, thing.deadline_ms - thing.released_ms) if isinstance(thing, Ladder) else 1
