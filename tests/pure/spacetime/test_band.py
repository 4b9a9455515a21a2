"""Bands of height: like references are compared, unlike ones never silently."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standclear.errors import Malformed
from standclear.spacetime.band import (
    ALL_HEIGHTS,
    GEOID_CM,
    REFERENCES,
    UNBOUNDED_LOWER_CM,
    UNBOUNDED_UPPER_CM,
    Band,
    band_from_value,
    band_to_value,
    bands_meet,
)
from strategies import bands


def band(lower_cm: int, upper_cm: int, reference: Any = "msl") -> Band:
    return Band(lower_cm=lower_cm, upper_cm=upper_cm, reference=reference)


MEETINGS = {
    "they overlap": (band(0, 100), band(50, 150), 0, True),
    "they touch": (band(0, 100), band(100, 200), 0, True),
    "a centimetre lies between": (band(0, 100), band(101, 200), 0, False),
    "the margin reaches just so far": (band(0, 100), band(150, 200), 50, True),
    "the margin falls short": (band(0, 100), band(151, 200), 50, False),
    "above the ground, compared with the ground": (band(0, 100, "sfc"), band(101, 200, "sfc"), 0, False),
    "flight levels, compared with each other": (band(0, 100, "std"), band(101, 200, "std"), 0, False),
    "sea and ellipsoid, within the geoid": (band(0, 100, "w84"), band(11_100, 20_000), 0, True),
    "sea and ellipsoid, beyond the geoid": (band(0, 100, "w84"), band(11_101, 20_000), 0, False),
    "sea and ellipsoid, with a margin": (band(0, 100, "w84"), band(11_150, 20_000), 50, True),
    "ground and sea": (band(0, 100, "sfc"), band(900_000, 1_000_000), 0, True),
    "ground and ellipsoid": (band(0, 100, "sfc"), band(900_000, 1_000_000, "w84"), 0, True),
    "pressure and sea": (band(0, 100, "std"), band(900_000, 1_000_000), 0, True),
    "pressure and ground": (band(0, 100, "std"), band(900_000, 1_000_000, "sfc"), 0, True),
    "no limits at all": (ALL_HEIGHTS, band(UNBOUNDED_UPPER_CM, UNBOUNDED_UPPER_CM, "w84"), 0, True),
}


@pytest.mark.parametrize(("a", "b", "margin_cm", "meet"), MEETINGS.values(), ids=list(MEETINGS))
def test_bands_meet_unless_certainly_apart(a: Band, b: Band, margin_cm: int, meet: bool) -> None:
    assert meet == bands_meet(a, b, margin_cm) == bands_meet(b, a, margin_cm)


@pytest.mark.parametrize(("a", "b"), [pair for pair in product(REFERENCES, repeat=2) if pair[0] != pair[1]])
def test_unlike_references_are_never_compared_as_if_they_were_like(a: str, b: str) -> None:
    assert bands_meet(band(0, 100, a), band(101, 200, b), 0)


@pytest.mark.parametrize("geoid_cm", [-10_699, 8_584])
def test_the_bound_of_the_geoid_covers_the_geoid(geoid_cm: int) -> None:
    assert abs(geoid_cm) <= GEOID_CM
    # A point at sea level, told in either way.
    assert bands_meet(band(0, 0, "msl"), band(geoid_cm, geoid_cm, "w84"), 0)


@given(bands(), bands(), st.integers(0, 200_000_000))
def test_a_wider_margin_never_parts_bands(a: Band, b: Band, margin_cm: int) -> None:
    assert bands_meet(a, b, margin_cm) <= bands_meet(a, b, margin_cm + 1)


@given(bands())
def test_an_unbounded_band_meets_every_band(drawn: Band) -> None:
    for reference in REFERENCES:
        assert bands_meet(drawn, band(UNBOUNDED_LOWER_CM, UNBOUNDED_UPPER_CM, reference), 0)


@given(bands())
def test_a_value_gives_the_band_back(drawn: Band) -> None:
    assert drawn == band_from_value(band_to_value(drawn), "band")


REFUSED: dict[str, tuple[Any, str]] = {
    "inside out": ({"lower_cm": 2, "upper_cm": 1, "reference": "msl"}, "band.upper_cm"),
    "too low": ({"lower_cm": UNBOUNDED_LOWER_CM - 1, "upper_cm": 1, "reference": "msl"}, "band.lower_cm"),
    "too high": ({"lower_cm": 0, "upper_cm": UNBOUNDED_UPPER_CM + 1, "reference": "msl"}, "band.upper_cm"),
    "a float": ({"lower_cm": 0.0, "upper_cm": 1, "reference": "msl"}, "band.lower_cm"),
    "a bool": ({"lower_cm": 0, "upper_cm": True, "reference": "msl"}, "band.upper_cm"),
    "an unknown reference": ({"lower_cm": 0, "upper_cm": 1, "reference": "agl"}, "band.reference"),
    "a list for a reference": ({"lower_cm": 0, "upper_cm": 1, "reference": ["msl"]}, "band.reference"),
    "no reference": ({"lower_cm": 0, "upper_cm": 1}, "band.reference"),
    "nothing": (None, "band"),
}


@pytest.mark.parametrize(("value", "field"), REFUSED.values(), ids=list(REFUSED))
def test_a_bad_band_is_refused_with_its_field(value: Any, field: str) -> None:
    with pytest.raises(Malformed) as refused:
        band_from_value(value, "band")
    assert field == refused.value.field
    assert refused.value.fields["remedy"]
