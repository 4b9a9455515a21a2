"""Figures are counted in integers, each with its denominator, and their medians are exact."""

from __future__ import annotations

import statistics
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standclear.obligations.figures import FATES, Owed, median_twice, tally
from standclear.obligations.ladder import Ladder


def owed(fate: str, took_ms: int | None = None, *, partly: bool = False, attested: bool = False) -> Owed:
    return Owed(
        party=b"p",
        duty="acknowledge",
        kind="site",
        since_ms=0,
        fate=fate,
        took_ms=took_ms,
        is_partly=partly,
        is_attested=attested,
    )


@pytest.mark.parametrize(
    ("values", "expected"), [([], None), ([7], 14), ([1, 2], 3), ([3, 1, 2], 4), ([5, 1, 2, 9], 7)]
)
def test_the_median_is_given_twice_so_that_it_is_whole(values: list[int], expected: int | None) -> None:
    assert expected == median_twice(values)


@given(st.lists(st.integers(0, 10**12), min_size=1))
def test_the_median_is_the_one_that_statistics_gives(values: list[int]) -> None:
    assert statistics.median(values) * 2 == median_twice(values)


def test_the_median_is_of_those_that_were_answered() -> None:
    found = tally([owed("in_time", 10), owed("late", 30), owed("unanswered"), owed("waiting", partly=True)])
    assert (4, 1, 1, 1, 1, 1, 40) == (
        found.owed,
        found.in_time,
        found.late,
        found.unanswered,
        found.waiting,
        found.partly,
        found.median_twice_ms,
    )


@given(st.lists(st.sampled_from(FATES)))
def test_the_four_fates_add_up_to_what_was_owed(fates: list[str]) -> None:
    found = tally([owed(fate) for fate in fates])
    assert found.owed == found.in_time + found.late + found.unanswered + found.waiting


def test_an_attested_answer_is_counted_apart_and_never_as_signed() -> None:
    found = tally([owed("unanswered", attested=True), owed("waiting", attested=True), owed("in_time", 5)])
    assert (2, 1, 1, 1) == (found.attested, found.in_time, found.unanswered, found.waiting)


def test_the_lead_time_counts_from_a_persons_knowledge_and_not_from_the_filing() -> None:
    """Filed an hour before, acknowledged a minute before: the line of Latakia, in September 2018, had less than that."""
    ladder = Ladder(
        sid=bytes(32), party=b"N" * 16, sender=b"S" * 16, kind="activity", start=0, end=1, released_ms=0,
        deadline_ms=3_000_000, travel="party", begins_ms=3_600_000, lead_ms=900_000,
    )  # fmt: skip
    states = [(ladder.lead_left_ms(), ladder.is_too_late(now_ms)) for now_ms in (0, 2_700_000, 2_700_001)]
    assert [(None, False), (None, False), (None, True)] == states
    ladder.acknowledge(0, 3_540_000, bytes(32), "noted")
    assert (60_000, True) == (ladder.lead_left_ms(), ladder.is_too_late(3_540_000))
    found = tally(
        [replace(owed("in_time", 5), is_leading=True, is_too_late=True, lead_ms=60_000), owed("late", 5)]
    )
    assert (1, 1, 120_000) == (found.leading, found.too_late, found.lead_median_twice_ms)
