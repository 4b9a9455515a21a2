"""Intervals are closed, and touching within the margin is meeting."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standclear.errors import Malformed
from standclear.spacetime.interval import (
    ALWAYS,
    Interval,
    interval_from_value,
    interval_to_value,
    intervals_meet,
)
from standclear.spacetime.units import FOREVER_MS
from strategies import intervals


def interval(start_ms: int, end_ms: int) -> Interval:
    return Interval(start_ms=start_ms, end_ms=end_ms)


MEETINGS = {
    "they overlap": (interval(0, 10), interval(5, 15), 0, True),
    "one lies in the other": (interval(0, 10), interval(5, 5), 0, True),
    "they touch": (interval(0, 10), interval(10, 20), 0, True),
    "a millisecond lies between": (interval(0, 10), interval(11, 20), 0, False),
    "the margin reaches just so far": (interval(0, 10), interval(15, 20), 5, True),
    "the margin falls short": (interval(0, 10), interval(16, 20), 5, False),
    "one moment, twice": (interval(7, 7), interval(7, 7), 0, True),
    "for ever": (ALWAYS, interval(FOREVER_MS, FOREVER_MS), 0, True),
}


@pytest.mark.parametrize(("a", "b", "margin_ms", "meet"), MEETINGS.values(), ids=list(MEETINGS))
def test_intervals_meet_within_the_margin(a: Interval, b: Interval, margin_ms: int, meet: bool) -> None:
    assert meet == intervals_meet(a, b, margin_ms) == intervals_meet(b, a, margin_ms)


@given(intervals(), intervals(), st.integers(0, 10**13))
def test_a_wider_margin_never_parts_intervals(a: Interval, b: Interval, margin_ms: int) -> None:
    assert intervals_meet(a, b, margin_ms) <= intervals_meet(a, b, margin_ms + 1)


@given(intervals())
def test_a_value_gives_the_interval_back(drawn: Interval) -> None:
    assert drawn == interval_from_value(interval_to_value(drawn), "interval")


REFUSED: dict[str, tuple[Any, str]] = {
    "the end before the start": ({"start_ms": 2, "end_ms": 1}, "interval.end_ms"),
    "before the start of time": ({"start_ms": -1, "end_ms": 1}, "interval.start_ms"),
    "after the end of time": ({"start_ms": 0, "end_ms": FOREVER_MS + 1}, "interval.end_ms"),
    "a bool": ({"start_ms": False, "end_ms": 1}, "interval.start_ms"),
    "a float": ({"start_ms": 0, "end_ms": 1.0}, "interval.end_ms"),
    "no end": ({"start_ms": 0}, "interval.end_ms"),
    "an unknown field": ({"start_ms": 0, "end_ms": 1, "zone": "Z"}, "interval.zone"),
    "a list": ([0, 1], "interval"),
}


@pytest.mark.parametrize(("value", "field"), REFUSED.values(), ids=list(REFUSED))
def test_a_bad_interval_is_refused_with_its_field(value: Any, field: str) -> None:
    with pytest.raises(Malformed) as refused:
        interval_from_value(value, "interval")
    assert field == refused.value.field
    assert refused.value.fields["remedy"]
