"""A log replayed as time went: entry by entry, with a look at what is due in between; and the same read plainly, compared."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from naive_duties import Plain
from naive_readiness import DutyLine
from standclear.flow.batches import PendingDeeds
from standclear.flow.ports import LogStore
from standclear.flow.rebuild import Rebuilt, replay
from standclear.obligations.book import Book
from standclear.obligations.duties import Duty, due, state_of
from standclear.obligations.matters import Matter
from world import Chance

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was due at a moment, and on how many entries it was asked; every hour, how far each ladder and matter had come."""

    now_ms: int
    size: int
    duties: tuple[Duty, ...]
    ladders: dict[tuple[bytes, int], str] = field(default_factory=dict)
    matters: dict[bytes, tuple[str, frozenset[bytes]]] = field(default_factory=dict)


@dataclass(slots=True)
class Replayed:
    """A log replayed, with every look, and the seconds that it took to look."""

    rebuilt: Rebuilt
    looks: list[Look]
    seconds_looking: float


def replayed(
    store: LogStore, make_index: Callable[[], Any], from_ms: int, until_ms: int, *, every_ms: int = MINUTE_MS
) -> Replayed:
    """Replay a log from its first entry, signatures and all, with a look at every so many milliseconds of the span."""
    rebuilt = Rebuilt(book=Book(make_index), pending=PendingDeeds())
    done = Replayed(rebuilt, [], 0.0)
    moments = iter(range(from_ms, until_ms + 1, every_ms))
    told: dict[bytes, int] = {}
    next_ms = next(moments)
    size = store.read_head().size
    for entry in _and_the_end(replay(rebuilt, store, size, Chance("replayed"), is_signed_anew=True)):
        while next_ms is not None and entry > next_ms:
            began = time.perf_counter()
            done.looks.append(_look(rebuilt.book, done.looks, next_ms, told))
            done.seconds_looking += time.perf_counter() - began
            next_ms = next(moments, None)  # type: ignore[assignment]
    return done


def _and_the_end(entries: Iterator[Any]) -> Iterator[int]:
    """The time of each entry that is about to be taken, and after the last one the end of all time."""
    for entry in entries:
        yield entry.integrated_ms
    yield 1 << 62


def _look(book: Book, looks: list[Look], now_ms: int, told: dict[bytes, int]) -> Look:
    """As the deliverer looks: what fell due since the last look, and what was released beyond what it told."""
    after_ms = looks[-1].now_ms if looks else -1
    duties = due(book, now_ms, after_ms=after_ms, told=dict(told))
    for one in duties:
        if one.end > one.start:
            told[one.party] = max(one.end, told.get(one.party, 0))
    if now_ms % (60 * MINUTE_MS):
        return Look(now_ms=now_ms, size=book.size, duties=duties)
    return Look(
        now_ms=now_ms,
        size=book.size,
        duties=duties,
        ladders={
            (party, ladder.start): state_of(ladder, now_ms)
            for party, held in book.ledger.of_party.items()
            for ladder in held.ladders
        },
        matters={
            matter.sid: (_plain_state(matter), matter.unanswered()) for matter in book.matters.of_sid.values()
        },
    )


def _plain_state(matter: Matter) -> str:
    return "ended" if matter.ended_ms is not None else "goes on"


# --- comparing ---------------------------------------------------------------------------------------------


def line_of(duty: Duty) -> DutyLine:
    return (
        duty.kind, duty.sid, duty.party, duty.level, duty.step, duty.severity, duty.due_ms, duty.deadline_ms,
        duty.word, duty.silent, duty.start, duty.end,
    )  # fmt: skip


def differences(looks: list[Look], plain: Plain) -> Iterator[str]:
    """Every duty of every look, every ladder and every question of every hour, against the plain reading."""
    after_ms, told_size = -1, 0
    for look in looks:
        ours = Counter(line_of(one) for one in look.duties)
        theirs = Counter(plain.due(after_ms, look.now_ms, told_size, look.size))
        for word, more in (
            ("only the fold says", ours - theirs),
            ("only the plain reading says", theirs - ours),
        ):
            for line in more:
                yield f"{look.now_ms}, {look.size} entries: {word} {told_line(line)}"
        after_ms, told_size = look.now_ms, look.size
        if look.ladders:
            yield from _of_ladders(look, plain)
            yield from _of_matters(look, plain)


def _of_ladders(look: Look, plain: Plain) -> Iterator[str]:
    releases = {
        (one.party, one.start): one for one in plain.releases if one.is_owed and one.index < look.size
    }
    if releases.keys() != look.ladders.keys():
        yield f"{look.now_ms}: {len(look.ladders)} ladders, and plainly {len(releases)}"
        return
    for place, state in look.ladders.items():
        plainly = plain.state(releases[place], look.now_ms, look.size)
        if plainly != state:
            yield f"{look.now_ms}: the ladder of {releases[place].sid.hex()[:8]} is {state}, and plainly {plainly}"


def _of_matters(look: Look, plain: Plain) -> Iterator[str]:
    plainly = {
        one.said.what.sid: (
            "ended" if one.ended_index < look.size else "goes on",
            frozenset(party for party in one.asked if one.answered.get(party, 1 << 62) >= look.size),
        )
        for one in plain.questions
        if one.said.index < look.size
    }
    if plainly != look.matters:
        yield f"{look.now_ms}: other matters go on, or are unanswered by others"


def end_differences(book: Book, plain: Plain) -> Iterator[str]:
    """What stands, and what each activity is aware of, when the log ends."""
    if {one.ref for one in book.register.notices} != plain.items.keys():
        yield "other notices were filed"
    for one in book.register.notices:
        item = plain.items[one.ref]
        if (one.state == "stands") != (item.gone_index == 1 << 62):
            yield f"{one.ref.hex()[:8]} {one.state}, and plainly it {'stands' if one.state != 'stands' else 'does not'}"
        if one.state == "stands" and one.unaware != item.unaware:
            yield f"{one.ref.hex()[:8]} is not aware of others"
        if one.kind == "activity" and (one.effect, one.sid) != (plain.effects[one.sid][0], one.sid):
            yield f"{one.ref.hex()[:8]} is {one.effect}, and plainly {plain.effects[one.sid][0]}"
    for party, inbox in book.inboxes.of.items():
        told = [(ref, form) for ref, form, _, _ in plain.inboxes[party]]
        if told != list(zip(inbox.refs, inbox.forms, strict=True)):
            yield f"the inbox of {party.hex()[:8]} holds other things"


def id_differences(looks: list[Look]) -> Iterator[str]:
    """Duties that are one have one id, and others have others: whatever is done once is done once."""
    lines: dict[bytes, DutyLine] = {}
    for look in looks:
        for one in look.duties:
            if lines.setdefault(one.id, line_of(one)) != line_of(one) or one.id in seen_twice(look):
                yield f"one id for two duties: {told_line(line_of(one))}"


def seen_twice(look: Look) -> set[bytes]:
    counted = Counter(one.id for one in look.duties)
    return {one for one, count in counted.items() if count > 1}


def told_line(line: DutyLine) -> str:
    kind, sid, party, level, step, _, due_ms, deadline_ms, word, silent, start, end = line
    about = f"{kind} {word} {sid.hex()[:8]} to {party.hex()[:8]} {level} {step}, due {due_ms}"
    return f"{about}, by {deadline_ms}, silent {silent.hex()[:8] if silent else None}, [{start}, {end})"
