"""What the clock makes of watches and line checks: tables of cases by hand, and the same recomputed check by check."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standclear.obligations.readiness import Bound, Readiness, Stint
from standclear.obligations.standby import (
    LineCount,
    gap_alarm_ms,
    line_count,
    line_state,
    watch_state,
    watched_ms,
)
from standclear.spacetime.interval import Interval
from standclear.statements.readiness import ReadinessRule

EVERY, ANSWER, GAP, MOST = 1_000_000, 100_000, 20_000, 400_000
RULE = ReadinessRule(
    line_every_ms=EVERY, line_answer_ms=ANSWER, line_misses=2, watch_gap_ms=GAP, watch_most_ms=MOST
)
DESK = b"D" * 16
WHOLE = Interval(start_ms=0, end_ms=10**12)


def bound(**more: Any) -> Bound:
    fields: dict[str, Any] = {"since_ms": 0, "index": 0, "until_ms": None}
    return Bound(
        under=b"U" * 32, rule_sid=b"U" * 32, party=b"P" * 16, desk=DESK, rule=RULE, **(fields | more)
    )


def answered(*times: int, how: str = "attested") -> Readiness:
    readiness = Readiness()
    for at_ms in times:
        readiness.line_answered(DESK, "sms", at_ms, how)
    return readiness


def stints(*spans: tuple[int, int | None]) -> Readiness:
    readiness = Readiness()
    readiness.stints[DESK] = [
        Stint(
            desk=DESK,
            member="M",
            sid=bytes(32),
            index=0,
            taken_ms=taken,
            ended_ms=ended,
            inbox_end=0,
            open_items=0,
        )
        for taken, ended in spans
    ]
    return readiness


# answers, now, then: state, missed in a row, unreachable since
LINES: dict[str, tuple[tuple[int, ...], int, tuple[str, int, int | None]]] = {
    "before the first check": ((), EVERY - 1, ("never_checked", 0, None)),
    "while the first can be answered": ((), EVERY + ANSWER, ("never_checked", 0, None)),
    "the first is missed": ((), EVERY + ANSWER + 1, ("missed", 1, None)),
    "answered when it fell due": ((EVERY,), 2 * EVERY - 1, ("answered", 0, None)),
    "answered as its time ran out": ((EVERY + ANSWER,), 2 * EVERY - 1, ("answered", 0, None)),
    "answered too late, and never since": (
        (EVERY + ANSWER + 1,),
        2 * EVERY + ANSWER + 1,
        ("missed", 1, None),
    ),
    "two are missed": (
        (),
        2 * EVERY + ANSWER + 1,
        ("unreachable", 2, 2 * EVERY + ANSWER + 1),
    ),
    "it is so since the second, however many follow": (
        (),
        9 * EVERY,
        ("unreachable", 8, 2 * EVERY + ANSWER + 1),
    ),
    "an answer out of turn ends it": ((2 * EVERY + EVERY // 2,), 3 * EVERY, ("answered", 0, None)),
    "and two more missed begin it anew": (
        (2 * EVERY + EVERY // 2,),
        5 * EVERY,
        ("unreachable", 2, 4 * EVERY + ANSWER + 1),
    ),
    "an answer before the rule bound it counts for nothing": ((-5,), 2 * EVERY, ("missed", 1, None)),
}


@pytest.mark.parametrize("name", LINES)
def test_a_desk_answers_its_line_checks_as_the_table_says(name: str) -> None:
    answers, now_ms, expected = LINES[name]
    found = line_state(answered(*answers), bound(), now_ms)
    assert expected == (found.state, found.missed, found.unreachable_ms)


def test_an_answer_from_the_future_of_the_question_is_not_known_yet() -> None:
    readiness = answered(5 * EVERY)
    assert "unreachable" == line_state(readiness, bound(), 4 * EVERY).state


WATCHES: dict[str, tuple[tuple[tuple[int, int | None], ...], int, tuple[str, int]]] = {
    "nobody ever took it": ((), 50, ("never_on_watch", 0)),
    "somebody has it": (((10, None),), 50, ("on_watch", 10)),
    "the last moment of the longest watch": (((10, None),), 10 + MOST - 1, ("on_watch", 10)),
    "it ran out": (((10, None),), 10 + MOST, ("nobody_on_watch", 10 + MOST)),
    "it was left": (((10, 40),), 50, ("nobody_on_watch", 40)),
    "it was taken again": (((10, 40), (45, None)), 50, ("on_watch", 45)),
    "it ended before the rule bound the desk": (((-90, -40),), 50, ("nobody_on_watch", 0)),
}


@pytest.mark.parametrize("name", WATCHES)
def test_somebody_is_on_watch_as_the_table_says(name: str) -> None:
    spans, now_ms, expected = WATCHES[name]
    readiness = stints(*spans)
    found = watch_state(readiness, bound(), now_ms)
    assert expected == (found.state, found.since_ms)
    alarm = None if found.state == "on_watch" else found.since_ms + GAP + 1
    assert alarm == gap_alarm_ms(readiness, bound(), now_ms)


@pytest.mark.parametrize(
    ("until_ms", "expected"),
    [(None, (1_000, 70)), (60, (60, 50)), (0, (0, 0))],
    ids=["bound to the end", "bound for a part", "never bound"],
)
def test_the_share_of_time_on_watch_has_the_time_bound_for_its_denominator(
    until_ms: int | None, expected: tuple[int, int]
) -> None:
    readiness = stints((-10, 30), (40, 80))
    assert expected == watched_ms(readiness, bound(until_ms=until_ms), WHOLE, 1_000)


# What was said about each check, one after the other: the slow way.


def slowly(one: Bound, times: list[int], now_ms: int) -> LineCount:
    end_ms = now_ms if one.until_ms is None else min(now_ms, one.until_ms - ANSWER)
    due = answered_count = missed = waiting = 0
    for number in range(1, 200):
        at_ms = one.since_ms + number * EVERY
        if at_ms > end_ms:
            break
        due += 1
        if any(at_ms <= time <= at_ms + ANSWER for time in times):
            answered_count += 1
        elif now_ms <= at_ms + ANSWER:
            waiting += 1
        else:
            missed += 1
    return LineCount(
        due=due, answered=answered_count, attested=answered_count, missed=missed, waiting=waiting, drills=0
    )


def row_of_missed(one: Bound, times: list[int], now_ms: int) -> int:
    last = max((time for time in times if time <= now_ms), default=-1)
    return sum(
        at_ms > last and now_ms > at_ms + ANSWER for at_ms in range(one.since_ms + EVERY, now_ms + 1, EVERY)
    )


TIMES = st.lists(st.integers(0, 12 * EVERY // 50_000).map(lambda n: n * 50_000), max_size=12)


@given(
    times=TIMES,
    since=st.sampled_from([0, 30_000]),
    until=st.sampled_from([None, 5 * EVERY, 5 * EVERY + 50_000]),
    now=st.integers(0, 12 * EVERY // 50_000),
)
def test_what_is_computed_is_what_counting_check_by_check_gives(
    times: list[int], since: int, until: int | None, now: int
) -> None:
    now_ms = now * 50_000
    known = [time for time in times if time <= now_ms]
    one = bound(since_ms=since, until_ms=until)
    assert slowly(one, known, now_ms) == line_count(answered(*known), one, WHOLE, now_ms)
    if until is None:
        assert row_of_missed(one, known, now_ms) == line_state(answered(*known), one, now_ms).missed


def test_a_part_of_the_time_counts_the_checks_of_that_part() -> None:
    part = Interval(start_ms=2 * EVERY, end_ms=4 * EVERY)
    found = line_count(answered(3 * EVERY), bound(), part, 9 * EVERY)
    assert (3, 1, 2, 0) == (found.due, found.answered, found.missed, found.waiting)
