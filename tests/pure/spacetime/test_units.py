"""Conversions round outward, and take no float."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standclear.spacetime.units import CM_PER, FOREVER_MS, cm_down, cm_up, ms_down, ms_up, nearest_e7


@pytest.mark.parametrize(
    ("amount", "unit", "down", "up"),
    [
        (1, "m", 100, 100),
        (1, "ft", 30, 31),
        (-1, "ft", -31, -30),
        (400, "ft", 12_192, 12_192),
        (350, "fl", 1_066_800, 1_066_800),
        (Decimal("0.5"), "nm", 92_600, 92_600),
        (Fraction(1, 3), "km", 33_333, 33_334),
        (7, "cm", 7, 7),
    ],
)
def test_a_length_in_any_unit_is_whole_centimetres_on_either_side(
    amount: Decimal, unit: str, down: int, up: int
) -> None:
    assert (down, up) == (cm_down(amount, unit), cm_up(amount, unit))


@given(st.fractions(), st.sampled_from(sorted(CM_PER)))
def test_rounding_goes_outward_by_less_than_a_centimetre(amount: Fraction, unit: str) -> None:
    exact = amount * CM_PER[unit]
    assert cm_down(amount, unit) <= exact <= cm_up(amount, unit)
    assert cm_up(amount, unit) - cm_down(amount, unit) == (0 if exact.denominator == 1 else 1)


def test_a_degree_is_rounded_to_the_nearest_unit() -> None:
    assert [377_000_000, -3_333_333, 0, 2] == [
        nearest_e7(degrees)
        for degrees in (Decimal("37.7"), Fraction(-1, 3), Decimal("0.00000005"), Decimal("0.00000015"))
    ]


@given(st.fractions())
def test_a_start_is_rounded_down_and_an_end_up(seconds: Fraction) -> None:
    assert ms_down(seconds) <= seconds * 1_000 <= ms_up(seconds) <= ms_down(seconds) + 1


def test_forever_is_the_last_millisecond_that_can_be_written() -> None:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    assert epoch + timedelta(milliseconds=FOREVER_MS) == datetime(
        9999, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC
    )
