"""A timeline agrees with adding everything up at every moment, however its blocks are divided."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standclear.conflicts import timeline
from standclear.conflicts.timeline import Timeline

SPANS = st.tuples(st.integers(-40, 40), st.integers(0, 30), st.integers(-5, 9))


def most_of(added: list[tuple[int, int, int]], start: int, end: int) -> int:
    return max(
        sum(weight for since, until, weight in added if since <= moment <= until)
        for moment in range(start, end + 1)
    )


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "BLOCK_STEPS", 2)


@given(st.lists(SPANS, max_size=30), st.lists(SPANS, min_size=1, max_size=5))
def test_the_most_of_an_interval_is_the_greatest_sum_at_one_of_its_moments(
    spans: list[tuple[int, int, int]], asked: list[tuple[int, int, int]]
) -> None:
    line = Timeline()
    added = [(start, start + length, weight) for start, length, weight in spans]
    for start, end, weight in added:
        line.add(start, end, weight)
    for start, length, _ in asked:
        assert most_of(added, start, start + length) == line.most(start, start + length)


def test_what_touches_counts_together() -> None:
    line = Timeline()
    line.add(0, 10, 1)
    line.add(10, 20, 1)
    assert (line.most(0, 9), line.most(10, 10), line.most(11, 30)) == (1, 2, 1)


def test_what_is_taken_back_counts_no_more() -> None:
    line = Timeline()
    for start in range(50):
        line.add(start, start + 10, 2)
    for start in range(50):
        line.add(start, start + 10, -2)
    assert line.most(-100, 100) == 0
