"""What an unconverted datum leaves open is at least what any published transformation moves a place by."""

from __future__ import annotations

import warnings

import pytest
from pyproj import Geod
from pyproj.transformer import TransformerGroup

from standclear.dialects.places.datums import NOT_STATED, SHIFT_CM, read_datum
from standclear.errors import Malformed

GEOD = Geod(ellps="WGS84")
EPSG = {"ED50": (4230,), "Pulkovo-42": (4284, 4178, 4179)}


def longest_shift_m(code: int) -> float:
    """The longest shift over the areas of all transformations from a datum to WGS 84, on a grid of 9 by 9."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        transformers = TransformerGroup(code, 4326, always_xy=True).transformers
    longest = 0.0
    for one in transformers:
        area = one.area_of_use
        east = area.east if area.east > area.west else area.east + 360
        for i in range(9):
            for j in range(9):
                lon = (area.west + (east - area.west) * i / 8 + 180) % 360 - 180
                lat = area.south + (area.north - area.south) * j / 8
                moved = one.transform(lon, lat)
                if float("inf") not in moved:
                    longest = max(longest, GEOD.inv(lon, lat, *moved)[2])
    return longest


@pytest.mark.parametrize("datum", EPSG)
def test_no_published_shift_is_longer_than_what_is_added(datum: str) -> None:
    longest_cm = max(longest_shift_m(code) for code in EPSG[datum]) * 100
    assert 0.9 * SHIFT_CM[datum] < longest_cm < SHIFT_CM[datum]


def test_a_datum_that_nobody_stated_leaves_open_as_much_as_any_known_one() -> None:
    assert SHIFT_CM[NOT_STATED] == max(SHIFT_CM.values()) >= 15_000


@pytest.mark.parametrize(
    ("stated", "name"),
    [
        (None, NOT_STATED),
        ("WGS 84", "WGS84"),
        ("wgs-84", "WGS84"),
        ("EPSG:4326", "WGS84"),
        ("ED 50", "ED50"),
        ("Pulkovo 1942", "Pulkovo-42"),
        ("СК-42", "Pulkovo-42"),
        ("SK42", "Pulkovo-42"),
    ],
)
def test_a_datum_is_known_by_its_usual_spellings(stated: str | None, name: str) -> None:
    assert name == read_datum(stated, field="datum")


def test_a_datum_that_is_not_known_is_refused_and_the_known_ones_named() -> None:
    with pytest.raises(Malformed, match="NAD27") as caught:
        read_datum("NAD27", field="datum")
    assert "ED50" in caught.value.remedy
