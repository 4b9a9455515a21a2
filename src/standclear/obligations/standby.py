"""Standby: what the clock makes of a desk's watches and line checks, under one rule that binds it.

Pure questions to the fold of `obligations.readiness`: who is on watch, since when nobody is; which checks were due,
answered, missed; since when a desk is unreachable. Nothing here is kept: the same log and time give the same answer.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from standclear.obligations.readiness import Bound, Lines, Readiness, Stint
from standclear.spacetime.interval import Interval
from standclear.spacetime.units import FOREVER_MS

WATCH_STATES: Final = ("on_watch", "nobody_on_watch", "never_on_watch")
LINE_STATES: Final = ("never_checked", "answered", "missed", "unreachable")


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchState:
    """Who has a desk: `stint` since `since_ms`; or nobody, since then (never: since the rule binds the desk)."""

    state: str
    since_ms: int
    stint: Stint | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineState:
    """How a desk, or one channel of it, answers its line checks.

    `answered_ms` is the last person's answer, by `how` (signed, attested). `missed` counts the checks missed since then,
    in a row; `unreachable_ms` is when they became too many, None while they are not. `next_ms` is the next check.
    """

    state: str
    answered_ms: int | None
    how: str | None
    missed: int
    unreachable_ms: int | None
    next_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCount:
    """The checks of a span of time: `due` is answered (of which `attested`), missed and still waiting. Drills stand apart."""

    due: int
    answered: int
    attested: int
    missed: int
    waiting: int
    drills: int


def watch_state(readiness: Readiness, bound: Bound, now_ms: int) -> WatchState:
    """Who is on watch at a desk, by the rule that binds it."""
    stints = readiness.stints.get(bound.desk, ())
    if not stints:
        return WatchState(state="never_on_watch", since_ms=bound.since_ms, stint=None)
    last = stints[-1]
    end_ms = last.end_ms(bound.rule.watch_most_ms)
    if now_ms < end_ms:
        return WatchState(state="on_watch", since_ms=last.taken_ms, stint=last)
    return WatchState(state="nobody_on_watch", since_ms=max(bound.since_ms, end_ms), stint=last)


def gap_alarm_ms(readiness: Readiness, bound: Bound, now_ms: int) -> int | None:
    """When nobody's being on watch became an alarm, or will; None while somebody is."""
    found = watch_state(readiness, bound, now_ms)
    return None if found.state == "on_watch" else found.since_ms + bound.rule.watch_gap_ms + 1


def check_ms(bound: Bound, number: int) -> int:
    """When a desk's line check of a number falls due; the first has number 1."""
    return bound.since_ms + number * bound.rule.line_every_ms


def last_check(bound: Bound, now_ms: int) -> int:
    """The number of the newest check that has fallen due; 0 before the first.

    What could not be answered before the rule ceased to bind the desk never fell due.
    """
    end_ms = now_ms if bound.until_ms is None else min(now_ms, bound.until_ms - bound.rule.line_answer_ms)
    return max(0, (end_ms - bound.since_ms) // bound.rule.line_every_ms)


def last_miss_ms(bound: Bound, now_ms: int) -> int | None:
    """The newest moment at which a check was missed, had nobody answered it; None before the first."""
    rule = bound.rule
    number = (now_ms - 1 - bound.since_ms - rule.line_answer_ms) // rule.line_every_ms
    return check_ms(bound, number) + rule.line_answer_ms + 1 if number > 0 else None


def line_state(readiness: Readiness, bound: Bound, now_ms: int, channel: str | None = None) -> LineState:
    """How a desk answers its line checks over any channel, or over the one named.

    A check is missed once its time to answer is over. Any person's answer, in time or not, ends the row of missed ones.
    """
    lines = readiness.lines.get(bound.desk) or Lines()
    answers = lines.answers if channel is None else lines.of_channel.get(channel, [])
    place = bisect_right(answers, (now_ms, "~"))
    answered = answers[place - 1] if place else None
    last_ms = max(bound.since_ms, -1 if answered is None else answered[0])
    rule, number = bound.rule, last_check(bound, now_ms)
    first = (last_ms - bound.since_ms) // rule.line_every_ms + 1
    if number and now_ms <= check_ms(bound, number) + rule.line_answer_ms:
        number -= 1  # it can still be answered
    missed = max(0, number - first + 1)
    unreachable_ms = None
    if missed >= rule.line_misses:
        unreachable_ms = check_ms(bound, first + rule.line_misses - 1) + rule.line_answer_ms + 1
    state = "missed" if missed else "never_checked" if answered is None else "answered"
    return LineState(
        state=state if unreachable_ms is None else "unreachable",
        answered_ms=None if answered is None else answered[0],
        how=None if answered is None else answered[1],
        missed=missed,
        unreachable_ms=unreachable_ms,
        next_ms=check_ms(bound, last_check(bound, now_ms) + 1),
    )


def watched_ms(readiness: Readiness, bound: Bound, interval: Interval, as_of_ms: int) -> tuple[int, int]:
    """For how long a desk was bound within a span of time, and for how much of that somebody was on watch."""
    start_ms = max(interval.start_ms, bound.since_ms)
    end_ms = min(interval.end_ms, as_of_ms, FOREVER_MS if bound.until_ms is None else bound.until_ms)
    if end_ms <= start_ms:
        return 0, 0
    held = 0
    for stint in readiness.stints.get(bound.desk, ()):
        until_ms = min(end_ms, stint.end_ms(bound.rule.watch_most_ms))
        held += max(0, until_ms - max(start_ms, stint.taken_ms))
    return end_ms - start_ms, held


def line_count(readiness: Readiness, bound: Bound, interval: Interval, as_of_ms: int) -> LineCount:
    """The line checks that fell due within a span of time, and what became of each."""
    rule, lines = bound.rule, readiness.lines.get(bound.desk) or Lines()
    first = max(1, -((bound.since_ms - interval.start_ms) // rule.line_every_ms))
    last = last_check(bound, min(as_of_ms, interval.end_ms))
    in_time: dict[int, set[str]] = {}
    for at_ms, how in lines.answers:
        number = (at_ms - bound.since_ms) // rule.line_every_ms
        if first <= number <= last and at_ms - check_ms(bound, number) <= rule.line_answer_ms:
            in_time.setdefault(number, set()).add(how)
    due = max(0, last - first + 1)
    is_open = due > 0 and last not in in_time and as_of_ms <= check_ms(bound, last) + rule.line_answer_ms
    return LineCount(
        due=due,
        answered=len(in_time),
        attested=sum("signed" not in how for how in in_time.values()),
        missed=due - len(in_time) - is_open,
        waiting=int(is_open),
        drills=_drills(lines, bound, interval),
    )


def _drills(lines: Lines, bound: Bound, interval: Interval) -> int:
    until_ms = FOREVER_MS if bound.until_ms is None else bound.until_ms
    return sum(
        one.check == "drill"
        and one.is_answer
        and max(interval.start_ms, bound.since_ms) <= one.at_ms <= min(interval.end_ms, until_ms)
        for one in lines.said
    )
