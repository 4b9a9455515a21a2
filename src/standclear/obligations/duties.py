"""The duties that time creates: what must be sent to whom at this moment, derived from the book and nothing else.

A duty has a stable id, so that it is done once, whatever restarts. This module says what is due; whether it was done
stands in the outbox. docs/spec/duties.md prints the tables, and a test compares them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from standclear.keys import sha256
from standclear.limits import RINGS_MAX
from standclear.obligations.alarms import DUTY_DESK, MONITOR, Alarm, alarms
from standclear.obligations.book import Book
from standclear.obligations.copies import CopyChange, HeldCopy
from standclear.obligations.ladder import Ladder
from standclear.obligations.lapsing import Lapsing
from standclear.obligations.matters import Matter
from standclear.obligations.turns import Turn, severity_of
from standclear.statements.arrangement import Escalation
from standclear.statements.lists import split_ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the printed table: which duty, about what, when it falls due, who is told, and what ends it."""

    kind: str
    about: str
    falls_due: str
    told: str
    ends: str


DUTIES: Final = (
    Rule(
        kind="deliver",
        about="a release: one list to one party is one message",
        falls_due="with the release",
        told="the recipient's duty desk",
        ends="handed to a channel",
    ),
    Rule(
        kind="ring",
        about="a stop-fire call",
        falls_due="at the call, then every time the arrangement's first emergency step that has a time passes again",
        told="the duty desks of all who were called, at once; of every monitor too, at the call, where the arrangement's step "
        "for it has no time",
        ends="a person of the desk has answered, by key or attested, or the caller ends it",
    ),
    Rule(
        kind="escalate",
        about="a ladder that nobody acknowledged, or a matter that nobody answered",
        falls_due="at each of the arrangement's steps: of a ladder from its deadline, of an inquiry from the end of its time "
        "(from its opening, where it came in later), of all else from its opening",
        told="the step's level of the silent party; at arrangement_monitor every monitor",
        ends="acknowledged, answered, attested, or ended",
    ),
    Rule(
        kind="unanswered",
        about="a ladder that nobody has acknowledged",
        falls_due="at the deadline, or earlier: its lead time before the notice begins, or when it begins",
        told="the owner's duty desk",
        ends="acknowledged, or attested",
    ),
    Rule(
        kind="exhausted",
        about="a ladder or a matter whose last step has passed",
        falls_due="at the last step",
        told="the owner's duty desk: made available, unanswered",
        ends="acknowledged, answered, attested, or ended",
    ),
    Rule(
        kind="arrears",
        about="all that one party leaves unanswered towards one other, after the first alarm or step; never what is as urgent as "
        "a call, and never what is about a thing that has not begun",
        falls_due="each time the arrangement's last step passes again, counted from 1970, if more has fallen due since",
        told="whom the gathered duties would have told: the owner's duty desk, the step's level, every monitor",
        ends="acknowledged, answered, attested, or ended",
    ),
    Rule(
        kind="lapsing",
        about="notices that will lapse or go stale, as long before as the arrangement warns: all of one owner and kind that "
        "reach a warning on one day are one",
        falls_due="at the beginning of that day, or with the warning of what was filed on it",
        told="the owner's duty desk",
        ends="replaced, closed, arrived",
    ),
    Rule(
        kind="turned",
        about="notices that have lapsed, gone stale or become overdue",
        falls_due="when their time is over, or when they come in, if that is later",
        told="the owner's duty desk, and the desks of all who acknowledged them",
        ends="replaced, closed, arrived",
    ),
    Rule(
        kind="verify",
        about="sites whose grade is below what the arrangement asks",
        falls_due="the arrangement's time for it after the filing; a version that changes nothing keeps the time of the first",
        told="the owner's duty desk",
        ends="replaced with a sufficient grade, or closed",
    ),
    Rule(
        kind="line_check",
        about="a desk that the arrangement's readiness rule binds, over every channel that it has",
        falls_due="each time the rule's line timer passes again, from when it began to bind the desk",
        told="that desk",
        ends="a person of the desk has answered over some channel",
    ),
    Rule(
        kind="unreachable",
        about="a desk that missed as many line checks in a row as the rule says",
        falls_due="when the last of them was missed",
        told="all parties that adhere, every monitor, and the desk itself, its alternate and superior",
        ends="a person of the desk has answered a line check, in time or not",
    ),
    Rule(
        kind="watch_gap",
        about="a desk with nobody on watch: nobody took it, it was left or handed to nobody, or the watch ran too long",
        falls_due="when that has lasted longer than the rule's gap",
        told="all parties that adhere, every monitor, and the desk itself, its alternate and superior",
        ends="a person takes the watch",
    ),
    Rule(
        kind="replace_copy",
        about="a copy that became false: something that it shows was corrected, replaced, ended or turned; something was "
        "released inside its areas that it does not show; it expired",
        falls_due="with each change, once for all that one entry or one turn of the clock changed in it",
        told="the duty desk of the party that handed it out",
        ends="each holder has read back a copy that supersedes it, or it is recalled",
    ),
    Rule(
        kind="confirm_removal",
        about="an erasure under which an item was shredded that its recipient holds",
        falls_due="when the deeds say that it was shredded",
        told="the duty desk of the recipient that was told of the erasure",
        ends="a person acknowledges the erasure",
    ),
)
"""Every duty that time or an entry creates."""

TRANSITIONS: Final = (
    ("released", "handed to a channel", "sent"),
    ("released", "the party signs an inbox head", "handed_over"),
    ("released", "a person acknowledges", "acknowledged"),
    ("released", "an answer by link or voice", "released"),
    ("released", "the deadline passes", "overdue"),
    ("sent", "the party signs an inbox head", "handed_over"),
    ("sent", "a person acknowledges", "acknowledged"),
    ("sent", "an answer by link or voice", "sent"),
    ("sent", "the deadline passes", "overdue"),
    ("handed_over", "a person acknowledges", "acknowledged"),
    ("handed_over", "an answer by link or voice", "handed_over"),
    ("handed_over", "the deadline passes", "overdue"),
    ("overdue", "a step passes", "escalated"),
    ("overdue", "the last step passes", "made_available_unanswered"),
    ("overdue", "a person acknowledges", "acknowledged"),
    ("overdue", "an answer by link or voice", "overdue"),
    ("escalated", "the last step passes", "made_available_unanswered"),
    ("escalated", "a person acknowledges", "acknowledged"),
    ("escalated", "an answer by link or voice", "escalated"),
    ("made_available_unanswered", "a person acknowledges", "acknowledged"),
    ("made_available_unanswered", "an answer by link or voice", "made_available_unanswered"),
    ("acknowledged", "the party says whom it told further", "disseminated"),
)
"""The receipt ladder with its escalation: from a state, by an event, to a state. No event leads to "told" (G24)."""


def state_of(ladder: Ladder, now_ms: int) -> str:
    """The state of a ladder in the words of the table."""
    if ladder.acknowledged_ms is not None or not ladder.is_overdue(now_ms):
        return ladder.rung()
    passed = sum(now_ms >= ladder.deadline_ms + step.after_ms for step in ladder.steps)
    if passed == len(ladder.steps) and ladder.steps:
        return "made_available_unanswered"
    return "escalated" if passed else "overdue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Something that must be sent to one party's desk at one level.

    `silent` is the party whose answer is missing, or None. `word` is the statement's kind, or what a notice has turned to.
    `deadline_ms` is until when an answer is owed, None where none is, or no time is set. [start, end) are positions of the
    told party's inbox, empty where the duty is no delivery. `desk` is the one desk that it goes to, by every channel it
    has, whatever the level; None: to all desks of that level.
    """

    id: bytes
    kind: str
    sid: bytes
    party: bytes
    level: str
    step: int
    severity: int
    due_ms: int
    deadline_ms: int | None
    word: str
    silent: bytes | None = None
    start: int = 0
    end: int = 0
    desk: bytes | None = None


def duty_id(kind: str, sid: bytes, party: bytes, level: str, step: int, silent: bytes = b"") -> bytes:
    """The id of a duty: 16 bytes of a hash of what makes it this one and no other."""
    text = f"{kind}\n{level}\n{step}\n".encode("ascii")
    return sha256(b"standclear/duty/v1\n", text, sid, party, silent)[:16]


def due(
    book: Book,
    now_ms: int,
    *,
    after_ms: int = -1,
    told: Mapping[bytes, int] | None = None,
    size: int | None = None,
) -> tuple[Duty, ...]:
    """What must be sent, the most urgent first.

    By the clock: all that fell due in (after_ms, now_ms]. By entries: what was released beyond `told`, an inbox position
    for each party (None: beyond what the deeds say was sent). Only the first `size` entries count, if it is given: what
    is not durable yet is sent to nobody.
    """
    durable = book.size if size is None else size
    found = [
        *deliveries(book, book.ledger.sent_end if told is None else told, durable),
        *fallen_due(book, after_ms, now_ms, durable),
    ]
    return tuple(sorted(found, key=lambda one: (one.severity, one.due_ms, one.id)))


# --- by entries -----------------------------------------------------------------------------------


def deliveries(book: Book, told: Mapping[bytes, int], size: int) -> Iterator[Duty]:
    """First deliveries: each run of neighbouring releases of one statement to one party is one. Calls ring instead."""
    for party, inbox in book.inboxes.of.items():
        start = told.get(party, 0)
        while start < len(inbox) and inbox.indexes[start] < size:
            sid, index = split_ref(inbox.refs[start])[0], inbox.indexes[start]
            end = start + 1
            while end < len(inbox) and inbox.indexes[end] == index and split_ref(inbox.refs[end])[0] == sid:
                end += 1
            yield _delivery(book, party, sid, start, end, inbox.times_ms[start])
            start = end


def _delivery(book: Book, party: bytes, sid: bytes, start: int, end: int, at_ms: int) -> Duty:
    held = book.ledger.of_party.get(party)
    ladder = None if held is None else held.at(start)
    matter = book.matters.of_sid.get(sid)
    if matter is not None and matter.kind == "emergency":
        return _ring(matter, party, 0, start, end)
    word = book.words.get(sid, "notice") if ladder is None else ladder.kind
    return Duty(
        id=duty_id("deliver", sid, party, DUTY_DESK, start),
        kind="deliver",
        sid=sid,
        party=party,
        level=DUTY_DESK,
        step=0,
        severity=severity_of(word) if ladder is None else ladder.severity,
        due_ms=at_ms,
        deadline_ms=None if ladder is None or not ladder.owes else ladder.deadline_ms,
        word=word,
        start=start,
        end=end,
    )


def first_rings(sid: bytes, parties: tuple[bytes, ...], now_ms: int) -> tuple[Duty, ...]:
    """The first rings of a call that is not on record yet: the same duties, by id, as those that its entry will create."""
    return tuple(_first_ring(sid, party, now_ms, 0, 0) for party in parties)


def rung_monitors(
    steps: Sequence[Escalation], monitors: Sequence[bytes], others: Collection[bytes]
) -> tuple[bytes, ...]:
    """The monitors that a call rings at once although nobody called them: where their emergency step has no time."""
    is_at_once = any(step.level == MONITOR and step.after_ms == 0 for step in steps)
    return tuple(sorted(party for party in monitors if is_at_once and party not in others))


def _first_ring(sid: bytes, party: bytes, at_ms: int, start: int, end: int) -> Duty:
    return Duty(
        id=duty_id("ring", sid, party, DUTY_DESK, 0),
        kind="ring",
        sid=sid,
        party=party,
        level=DUTY_DESK,
        step=0,
        severity=1,
        due_ms=at_ms,
        deadline_ms=None,
        word="emergency",
        silent=party,
        start=start,
        end=end,
    )


def _ring(matter: Matter, party: bytes, number: int, start: int, end: int) -> Duty:
    if number == 0:
        return _first_ring(matter.sid, party, matter.opened_ms, start, end)
    return Duty(
        id=duty_id("ring", matter.sid, party, DUTY_DESK, number),
        kind="ring",
        sid=matter.sid,
        party=party,
        level=DUTY_DESK,
        step=number,
        severity=1,
        due_ms=matter.opened_ms + number * _ring_every_ms(matter),
        deadline_ms=None,
        word="emergency",
        silent=party,
    )


# --- by the clock ---------------------------------------------------------------------------------


def fallen_due(book: Book, after_ms: int, now_ms: int, size: int) -> Iterator[Duty]:
    """What fell due by the clock in (after_ms, now_ms] and has not been ended since."""
    yield from of_silence(book, after_ms, now_ms, size)
    for call in book.matters.calls:
        if call.opened_index < size:
            yield from _rings(call, after_ms, now_ms)
    for _, lapsing in book.turns.warnings.calendar.between(after_ms, now_ms):
        yield from _lapsing(lapsing, now_ms, size)
    for at_ms, turn in book.turns.calendar.between(after_ms - 1, now_ms - 1):
        yield from _turned(book, turn, at_ms, size)
    for at_ms, turn in book.gradings.calendar.between(after_ms, now_ms):
        if turn.notices[0].index < size and turn.stands():
            yield _verify(turn, at_ms)
    for at_ms, ladder in book.removals.calendar.between(after_ms, now_ms):
        if _is_silent(book, ladder, size):
            yield _confirm(ladder, at_ms)
    for alarm in alarms(book.readiness, book.agreements, after_ms, now_ms, size):
        yield _of_alarm(alarm)
    for copy, change in book.copies.fallen(book.turns.calendar, after_ms, now_ms, size):
        yield _replace_copy(copy, change)


def of_silence(book: Book, after_ms: int, now_ms: int, size: int) -> Iterator[Duty]:
    """What fell due in (after_ms, now_ms] because somebody has not answered: alarms, steps, and the ends of ladders."""
    for _, ladder in book.ledger.by_alarm.between(after_ms, now_ms):
        if _is_silent(book, ladder, size):
            yield _to_owner("unanswered", ladder)
    for offset_ms in sorted(book.ledger.offsets_ms):
        for _, ladder in book.ledger.by_deadline.between(after_ms - offset_ms, now_ms - offset_ms):
            if _is_silent(book, ladder, size):
                yield from _steps_of_ladder(ladder, offset_ms)
    for offset_ms in sorted(book.matters.offsets_ms):
        for _, matter in book.matters.by_anchor.between(after_ms - offset_ms, now_ms - offset_ms):
            if matter.opened_index < size:
                yield from _steps_of_matter(matter, offset_ms)


def _confirm(ladder: Ladder, at_ms: int) -> Duty:
    return Duty(
        id=duty_id("confirm_removal", ladder.sid, ladder.party, DUTY_DESK, ladder.start),
        kind="confirm_removal",
        sid=ladder.sid,
        party=ladder.party,
        level=DUTY_DESK,
        step=0,
        severity=ladder.severity,
        due_ms=at_ms,
        deadline_ms=ladder.deadline_ms,
        word="erasure",
        silent=ladder.party,
    )


def _is_silent(book: Book, ladder: Ladder, size: int) -> bool:
    """Whether a durable ladder has been answered in no way at all. An attested answer quiets its timer."""
    is_durable = book.inboxes.inbox(ladder.party).indexes[ladder.start] < size
    return is_durable and ladder.acknowledged_ms is None and not ladder.attested


def _steps_of_ladder(ladder: Ladder, offset_ms: int) -> Iterator[Duty]:
    due_ms = ladder.deadline_ms + offset_ms
    for number, step in enumerate(ladder.steps, start=1):
        if step.after_ms == offset_ms:
            for party in _addressed(step, ladder.party, ladder.monitors):
                yield Duty(
                    id=duty_id("escalate", ladder.sid, party, step.level, ladder.start, ladder.party),
                    kind="escalate",
                    sid=ladder.sid,
                    party=party,
                    level=step.level,
                    step=number,
                    severity=ladder.severity,
                    due_ms=due_ms,
                    deadline_ms=ladder.deadline_ms,
                    word=ladder.kind,
                    silent=ladder.party,
                )
    last_ms = ladder.steps[-1].after_ms if ladder.steps else 0
    if offset_ms == last_ms:
        yield _to_owner("exhausted", ladder)


def _to_owner(kind: str, ladder: Ladder) -> Duty:
    last_ms = ladder.steps[-1].after_ms if ladder.steps else 0
    assert ladder.alarm_ms is not None or kind == "exhausted"
    return Duty(
        id=duty_id(kind, ladder.sid, ladder.sender, DUTY_DESK, ladder.start, ladder.party),
        kind=kind,
        sid=ladder.sid,
        party=ladder.sender,
        level=DUTY_DESK,
        step=len(ladder.steps) if kind == "exhausted" else 0,
        severity=ladder.severity,
        due_ms=ladder.deadline_ms + last_ms if kind == "exhausted" else ladder.alarm_ms or 0,
        deadline_ms=ladder.deadline_ms,
        word=ladder.kind,
        silent=ladder.party,
    )


def _steps_of_matter(matter: Matter, offset_ms: int) -> Iterator[Duty]:
    due_ms = matter.anchor_ms + offset_ms
    last_ms = matter.steps[-1].after_ms if matter.steps else 0
    if offset_ms == 0 and matter.kind == "emergency" and matter.ended_ms is None:
        for party in rung_monitors(matter.steps, matter.monitors, matter.asked | {matter.opener}):
            yield _first_ring(matter.sid, party, matter.opened_ms, 0, 0)
    for silent in sorted(matter.asked):
        if not matter.is_silent(silent):
            continue
        for number, step in enumerate(matter.steps, start=1):
            is_rung = matter.kind == "emergency" and step.level == MONITOR and step.after_ms == 0
            if step.after_ms == offset_ms and not is_rung:
                for party in _addressed(step, silent, matter.monitors):
                    yield _of_matter("escalate", matter, party, step.level, number, due_ms, silent)
        if offset_ms == last_ms and (matter.kind != "emergency" or matter.steps):
            number = len(matter.steps)
            yield _of_matter("exhausted", matter, matter.opener, DUTY_DESK, number, due_ms, silent)


def _of_matter(
    kind: str, matter: Matter, party: bytes, level: str, step: int, due_ms: int, silent: bytes
) -> Duty:
    return Duty(
        id=duty_id(kind, matter.sid, party, level, step, silent),
        kind=kind,
        sid=matter.sid,
        party=party,
        level=level,
        step=step,
        severity=severity_of(matter.kind),
        due_ms=due_ms,
        deadline_ms=matter.deadline_ms,
        word=matter.kind,
        silent=silent,
    )


def _rings(call: Matter, after_ms: int, now_ms: int) -> Iterator[Duty]:
    """The repeated rings of a call: on the timer of the first emergency step, until a person of each desk has answered."""
    if not call.steps or call.ended_ms is not None:
        return
    every_ms = _ring_every_ms(call)
    if not every_ms:
        return
    first = max(1, (after_ms - call.opened_ms) // every_ms + 1)
    last = min(RINGS_MAX, (now_ms - call.opened_ms) // every_ms)
    # Of rings that were missed (the service was down) the newest is enough: it says the same.
    for number in range(max(first, last), last + 1):
        for party in sorted(call.asked):
            if call.is_silent(party):
                yield _ring(call, party, number, 0, 0)


def _ring_every_ms(call: Matter) -> int:
    """The first emergency step that has a time: a call rings again each time it passes. 0 where none has one."""
    return next((step.after_ms for step in call.steps if step.after_ms), 0)


def _addressed(step: Escalation, silent: bytes, monitors: tuple[bytes, ...]) -> tuple[bytes, ...]:
    return monitors if step.level == MONITOR else (silent,)


def _lapsing(lapsing: Lapsing, now_ms: int, size: int) -> Iterator[Duty]:
    standing = [each for each in lapsing.standing(now_ms) if each[1].index < size]
    if standing:
        mark = f"{lapsing.kind}\n{lapsing.due_ms}".encode("ascii") + (lapsing.under or b"")
        yield Duty(
            id=duty_id("lapsing", mark, lapsing.owner, DUTY_DESK, lapsing.number),
            kind="lapsing",
            sid=standing[0][1].sid,
            party=lapsing.owner,
            level=DUTY_DESK,
            step=lapsing.number,
            severity=severity_of("lapsing"),
            due_ms=lapsing.due_ms,
            deadline_ms=min(end_ms for end_ms, _ in standing),
            word=lapsing.kind,
        )


def _turned(book: Book, turn: Turn, at_ms: int, size: int) -> Iterator[Duty]:
    owner = turn.notices[0]
    if owner.index >= size or not turn.stands():
        return
    ladders = book.ledger.of_sid.get(turn.sid, ())
    relying = {
        one.party
        for one in ladders
        if (one.first_acknowledged_ms is not None or not one.owes)
        and book.inboxes.inbox(one.party).forms[one.start] == turn.form
    }
    owners = (owner.party,) if turn.form == "exact" else ()
    for party in (*owners, *sorted(relying - {owner.party})):
        yield Duty(
            id=duty_id("turned", turn.sid + owner.ref, party, DUTY_DESK, 0),
            kind="turned",
            sid=turn.sid,
            party=party,
            level=DUTY_DESK,
            step=0,
            severity=severity_of(owner.kind),
            due_ms=at_ms + 1,
            deadline_ms=None,
            word=turn.word,
        )


def _verify(turn: Turn, at_ms: int) -> Duty:
    owner = turn.notices[0]
    return Duty(
        id=duty_id("verify", turn.sid + owner.ref, owner.party, DUTY_DESK, 0),
        kind="verify",
        sid=turn.sid,
        party=owner.party,
        level=DUTY_DESK,
        step=0,
        severity=severity_of(owner.kind),
        due_ms=at_ms,
        deadline_ms=at_ms,
        word=turn.word,
    )


def _of_alarm(alarm: Alarm) -> Duty:
    return Duty(
        id=duty_id(alarm.kind, alarm.sid, alarm.party, alarm.level, alarm.step, alarm.mark),
        kind=alarm.kind,
        sid=alarm.sid,
        party=alarm.party,
        level=alarm.level,
        step=alarm.step,
        severity=severity_of(alarm.kind),
        due_ms=alarm.due_ms,
        deadline_ms=alarm.deadline_ms,
        word=alarm.kind,
        silent=alarm.silent,
        desk=alarm.desk,
    )


def _replace_copy(copy: HeldCopy, change: CopyChange) -> Duty:
    mark = change.sid + change.word.encode("ascii")
    return Duty(
        id=duty_id("replace_copy", copy.sid, copy.party, DUTY_DESK, change.at_ms, mark),
        kind="replace_copy",
        sid=copy.sid,
        party=copy.party,
        level=DUTY_DESK,
        step=0,
        severity=change.severity,
        due_ms=change.at_ms,
        deadline_ms=None,
        word=change.word,
    )
