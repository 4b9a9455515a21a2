"""Figures: what each party and desk owed in a span of time, and how it answered (G30).

Computed from the book alone, in integers. Every share has its denominator beside it, because raw counts reward whoever
files more. A figure judges nobody: late is late, and why is not in it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from standclear.conflicts.sight import Sight
from standclear.conflicts.standing import Standing
from standclear.obligations.arrears import Arrears, arrears_seen
from standclear.obligations.book import Book
from standclear.obligations.copies import HeldCopy
from standclear.obligations.desk_figures import DeskFigures, desk_figures
from standclear.obligations.ladder import Ladder
from standclear.obligations.matters import Matter
from standclear.spacetime.interval import Interval
from standclear.statements.notices import GRADE_ORDER

WEEK_MS = 7 * 86_400_000
DUTIES = ("acknowledge", "answer", "read_back", "replace_copy")
FATES = ("in_time", "late", "unanswered", "waiting")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One duty of one party: since when, what became of it, by which desk, and after how many milliseconds."""

    party: bytes
    duty: str
    kind: str
    since_ms: int
    fate: str
    is_partly: bool = False
    is_attested: bool = False
    is_escalated: bool = False
    is_leading: bool = False
    is_too_late: bool = False
    lead_ms: int | None = None
    desk: bytes | None = None
    took_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Duties counted by what became of them; the four fates add up to `owed`.

    Of those unanswered or waiting, `partly` were acknowledged in part, and for `attested` an answer came by link, code or
    voice, which is never counted as signed. For `escalated` of all, the deeds say that a channel took a step of the
    arrangement. `leading` were about what has a beginning: for `too_late` of them less than the arrangement's lead time was left
    when a person knew, and `lead_median_twice_ms` is twice the median of what was left. `median_twice_ms` is twice
    the median time to an answer (so that it is whole), of those that were answered, in time or late.
    """

    owed: int
    in_time: int
    late: int
    unanswered: int
    waiting: int
    partly: int
    attested: int
    escalated: int
    leading: int
    too_late: int
    lead_median_twice_ms: int | None
    median_twice_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskTally:
    """What one desk answered of its party's duties; what nobody answered belongs to no desk."""

    desk: bytes
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekTally:
    """The duties that arose in seven days from `start_ms`. Weeks are counted from the start of the span asked about."""

    start_ms: int
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyFigures:
    """One party's duties of one sort: `duty` is one of `DUTIES`, `kind` what was released or asked, or `copy`."""

    party: bytes
    duty: str
    kind: str
    whole: Tally
    desks: tuple[DeskTally, ...]
    weeks: tuple[WeekTally, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingFigures:
    """What one desk filed of one kind: statements and items, and how many of the statements carry each label.

    Blanket and uncited activities stand apart from those that are aware of what they meet: they prove no awareness (G9).
    """

    party: bytes
    desk: bytes
    kind: str
    filed: int
    items: int
    late: int
    over_quota: int
    over_total: int
    aware: int
    held: int
    uncited: int
    blanket: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeFigures:
    """How the sites that one party filed and that still stand were established: how many of each grade, of how many.

    `below` are those below what their arrangement asks; those of a grade and all of them are counted by items.
    """

    party: bytes
    sites: int
    below: int
    grades: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compliance:
    """The figures of a span of time, as the book stood at `as_of_ms`. `is_whole`: all traffic, not only the asker's own."""

    interval: Interval
    as_of_ms: int
    is_whole: bool
    duties: tuple[DutyFigures, ...]
    filings: tuple[FilingFigures, ...]
    grades: tuple[GradeFigures, ...]
    desks: tuple[DeskFigures, ...]
    arrears: tuple[Arrears, ...]


def figures_of(book: Book, interval: Interval, as_of_ms: int, sight: Sight) -> Compliance:
    """The figures of all duties that arose, and all notices that were filed, within the interval.

    An asker is shown the duties that it owes or is owed, and its own filings; of an arrangement that it monitors, all.
    """
    owed = [
        *_ladders_owed(book, interval, as_of_ms, sight),
        *_matters_owed(book, interval, as_of_ms, sight),
        *_copies_owed(book, interval, as_of_ms, sight),
    ]
    grouped: dict[tuple[bytes, str, str], list[Owed]] = {}
    for one in owed:
        grouped.setdefault((one.party, one.duty, one.kind), []).append(one)
    return Compliance(
        interval=interval,
        as_of_ms=as_of_ms,
        is_whole=sight.is_whole,
        duties=tuple(_duty_figures(key, grouped[key], interval.start_ms) for key in sorted(grouped)),
        filings=tuple(_filings(book, interval, sight)),
        grades=tuple(_grades(book, interval, sight)),
        desks=tuple(desk_figures(book.readiness, book.agreements, interval, as_of_ms, sight)),
        arrears=arrears_seen(book, as_of_ms, sight),
    )


# --- duties ---------------------------------------------------------------------------------------------


def _ladders_owed(book: Book, interval: Interval, as_of_ms: int, sight: Sight) -> Iterator[Owed]:
    for party, held in tuple(book.ledger.of_party.items()):  # more may be owed meanwhile
        refs = book.inboxes.inbox(party).refs
        start = bisect_left(held.ladders, interval.start_ms, key=_released_ms)
        end = bisect_right(held.ladders, interval.end_ms, key=_released_ms)
        for ladder in held.ladders[start:end]:
            standing = book.register.by_ref.get(refs[ladder.start])
            under = None if standing is None else standing.under
            sees = sight.asker in (party, ladder.sender) or sight.watches(under, book.agreements)
            if sees and ladder.owes:
                yield _ladder_owed(book, ladder, as_of_ms)


def _released_ms(ladder: Ladder) -> int:
    return ladder.released_ms


def _ladder_owed(book: Book, ladder: Ladder, as_of_ms: int) -> Owed:
    key = None if ladder.acknowledged_key is None else book.roll.keys.get(ladder.acknowledged_key)
    done_ms = ladder.acknowledged_ms
    return Owed(
        party=ladder.party,
        duty="acknowledge",
        kind=ladder.kind,
        since_ms=ladder.released_ms,
        fate=_fate(done_ms, ladder.deadline_ms, as_of_ms),
        is_partly=done_ms is None and ladder.acknowledged_count > 0,
        is_attested=done_ms is None and bool(ladder.attested),
        is_escalated=_is_escalated(book, ladder.sid, ladder.party),
        is_leading=ladder.begins_ms is not None,
        is_too_late=ladder.is_too_late(as_of_ms),
        lead_ms=ladder.lead_left_ms(),
        desk=None if key is None else key.desk,
        took_ms=None if done_ms is None else done_ms - ladder.released_ms,
    )


def _matters_owed(book: Book, interval: Interval, as_of_ms: int, sight: Sight) -> Iterator[Owed]:
    for matter in tuple(book.matters.of_sid.values()):
        if not interval.start_ms <= matter.opened_ms <= interval.end_ms:
            continue
        sees = matter.opener == sight.asker or sight.watches(matter.under, book.agreements)
        for party in sorted(matter.asked):
            if sees or party == sight.asker:
                yield _matter_owed(book, matter, party, as_of_ms)


def _matter_owed(book: Book, matter: Matter, party: bytes, as_of_ms: int) -> Owed:
    """A party's first answer counts. A matter without a deadline has run out only when its opener ended it."""
    answered = next((one for one in matter.answers if one.party == party), None)
    until_ms = matter.deadline_ms if matter.deadline_ms is not None else matter.ended_ms
    return Owed(
        party=party,
        duty="answer",
        kind=matter.kind,
        since_ms=matter.opened_ms,
        fate=_fate(None if answered is None else answered.at_ms, until_ms, as_of_ms),
        is_attested=answered is None and bool(matter.attested.get(party)),
        is_escalated=_is_escalated(book, matter.sid, party),
        desk=None if answered is None else answered.desk,
        took_ms=None if answered is None else answered.at_ms - matter.opened_ms,
    )


def _copies_owed(book: Book, interval: Interval, as_of_ms: int, sight: Sight) -> Iterator[Owed]:
    """Of each copy that it is read back, since it was made; and that it is replaced, since it is false. Neither has a deadline."""
    for party, copies in tuple(book.copies.of_party.items()):
        for copy in tuple(copies):
            if party == sight.asker or sight.watches(copy.under, book.agreements):
                changes = book.copies.false_since(copy, book.register, as_of_ms)
                yield from _copy_owed("read_back", copy, copy.made_ms, copy.closed_ms(), interval)
                if changes:
                    yield from _copy_owed("replace_copy", copy, changes[0].at_ms, copy.ended_ms(), interval)


def _copy_owed(
    duty: str, copy: HeldCopy, since_ms: int, done_ms: int | None, interval: Interval
) -> Iterator[Owed]:
    if interval.start_ms <= since_ms <= interval.end_ms:
        yield Owed(
            party=copy.party,
            duty=duty,
            kind="copy",
            since_ms=since_ms,
            fate="waiting" if done_ms is None else "in_time",
            took_ms=None if done_ms is None else max(0, done_ms - since_ms),
        )


def _is_escalated(book: Book, sid: bytes, party: bytes) -> bool:
    """Whether a channel took a step of the arrangement because the party was silent: by the service's word."""
    return any(one.outcome == "handed" for one in book.carriage.escalated(sid, party))


def _fate(done_ms: int | None, until_ms: int | None, as_of_ms: int) -> str:
    if done_ms is not None:
        return "in_time" if until_ms is None or done_ms <= until_ms else "late"
    return "unanswered" if until_ms is not None and as_of_ms > until_ms else "waiting"


def _duty_figures(key: tuple[bytes, str, str], owed: Sequence[Owed], start_ms: int) -> DutyFigures:
    desks: dict[bytes, list[Owed]] = {}
    weeks: dict[int, list[Owed]] = {}
    for one in owed:
        weeks.setdefault(start_ms + (one.since_ms - start_ms) // WEEK_MS * WEEK_MS, []).append(one)
        if one.desk is not None:
            desks.setdefault(one.desk, []).append(one)
    return DutyFigures(
        party=key[0],
        duty=key[1],
        kind=key[2],
        whole=tally(owed),
        desks=tuple(DeskTally(desk=desk, tally=tally(desks[desk])) for desk in sorted(desks)),
        weeks=tuple(WeekTally(start_ms=week, tally=tally(weeks[week])) for week in sorted(weeks)),
    )


def tally(owed: Iterable[Owed]) -> Tally:
    """Duties counted by their fates, with the median of the times to an answer."""
    listed = list(owed)
    counts = {fate: sum(one.fate == fate for one in listed) for fate in FATES}
    return Tally(
        owed=len(listed),
        in_time=counts["in_time"],
        late=counts["late"],
        unanswered=counts["unanswered"],
        waiting=counts["waiting"],
        partly=sum(one.is_partly for one in listed),
        attested=sum(one.is_attested for one in listed),
        escalated=sum(one.is_escalated for one in listed),
        leading=sum(one.is_leading for one in listed),
        too_late=sum(one.is_too_late for one in listed),
        lead_median_twice_ms=median_twice([one.lead_ms for one in listed if one.lead_ms is not None]),
        median_twice_ms=median_twice([one.took_ms for one in listed if one.took_ms is not None]),
    )


def median_twice(values: Sequence[int]) -> int | None:
    """Twice the median, so that it is whole; None of nothing.

    Example:
        >>> median_twice([5, 1, 2, 9])
        7
    """
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] + ordered[~middle] if ordered else None


# --- filings --------------------------------------------------------------------------------------------


def _filings(book: Book, interval: Interval, sight: Sight) -> Iterator[FilingFigures]:
    notices = book.register.notices
    start = bisect_left(notices, interval.start_ms, key=_integrated_ms)
    end = bisect_right(notices, interval.end_ms, key=_integrated_ms)
    grouped: dict[tuple[bytes, bytes, str], dict[bytes, list[Standing]]] = {}
    for one in notices[start:end]:
        if one.party == sight.asker or sight.watches(one.under, book.agreements):
            filed = grouped.setdefault((one.party, one.desk, one.kind), {})
            filed.setdefault(one.sid, []).append(one)
    for key in sorted(grouped):
        yield _filing_figures(key, grouped[key])


def _grades(book: Book, interval: Interval, sight: Sight) -> Iterator[GradeFigures]:
    notices = book.register.notices
    start = bisect_left(notices, interval.start_ms, key=_integrated_ms)
    end = bisect_right(notices, interval.end_ms, key=_integrated_ms)
    counted: dict[bytes, Counter[str]] = {}
    below: Counter[bytes] = Counter()
    for one in notices[start:end]:
        seen = one.party == sight.asker or sight.watches(one.under, book.agreements)
        if seen and one.grade is not None and one.state == "stands":
            counted.setdefault(one.party, Counter())[one.grade] += 1
            below[one.party] += one.verify_by_ms is not None
    for party in sorted(counted):
        yield GradeFigures(
            party=party,
            sites=counted[party].total(),
            below=below[party],
            grades=tuple((grade, counted[party][grade]) for grade in GRADE_ORDER),
        )


def _integrated_ms(one: Standing) -> int:
    return one.integrated_ms


def _filing_figures(key: tuple[bytes, bytes, str], filed: dict[bytes, list[Standing]]) -> FilingFigures:
    firsts = [items[0] for items in filed.values()]  # labels are a statement's, the same on all its items
    marks = {
        word: sum(word in one.marks for one in firsts)
        for word in ("late", "over_quota", "over_total", "blanket")
    }
    effects = {word: sum(one.effect == word for one in firsts) for word in ("aware", "held", "uncited")}
    return FilingFigures(
        party=key[0],
        desk=key[1],
        kind=key[2],
        filed=len(filed),
        items=sum(len(items) for items in filed.values()),
        late=marks["late"],
        over_quota=marks["over_quota"],
        over_total=marks["over_total"],
        aware=effects["aware"],
        held=effects["held"],
        uncited=effects["uncited"],
        blanket=marks["blanket"],
    )
