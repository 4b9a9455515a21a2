"""A well-written position is held against the theatre, its named place and the party's other sites."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from standclear.dialects.coordinates import read_position
from standclear.dialects.places.doubts import CODES, NamedPlace, apart_cm, plausibility, variants
from standclear.spacetime.shape import Area

E7 = 10_000_000
GEOD = Geod(ellps="WGS84")


def square(west: float, east: float, south: float, north: float) -> Area:
    w, e, s, n = (round(one * E7) for one in (west, east, south, north))
    return Area(rings=(((w, s), (e, s), (e, n), (w, n)),))


NORTH_WEST_SYRIA = square(35.5, 37.5, 35.0, 36.5)
IDLIB_ONLY = square(36.2, 37.4, 35.3, 36.1)
UKRAINE = square(22, 40.5, 44, 52.5)
SARAQIB = NamedPlace(name="Saraqib", at=(368_058_000, 358_643_000), radius_cm=500_000)


def codes(text: str, **held_against: object) -> list[str]:
    position = read_position(text, field="place", datum="WGS84")
    return [doubt.code for doubt in plausibility(position, **held_against)]  # type: ignore[arg-type]


CASES = {
    "inside and alone in it": ("50.45000 N 30.52000 E", {"theatre": UKRAINE}, []),
    "turned round, outside": ("30.52000 N 50.45000 E", {"theatre": UKRAINE}, ["variant-inside", "outside-theatre"]),
    "south for north": ("50.45000 S 30.52000 E", {"theatre": UKRAINE}, ["variant-inside", "outside-theatre"]),
    "west for east": ("50.45000 N 30.52000 W", {"theatre": UKRAINE}, ["variant-inside", "outside-theatre"]),
    "simply elsewhere": ("10.00000 N 10.00000 E", {"theatre": UKRAINE}, ["outside-theatre"]),
    "the Syrian trap, inside either way": (
        "35.90000 N 36.45000 E",
        {"theatre": NORTH_WEST_SYRIA},
        ["variant-inside-too"],
    ),
    "the Syrian trap, a narrower theatre": (
        "36.60000 N 35.90000 E",
        {"theatre": IDLIB_ONLY},
        ["variant-inside", "outside-theatre"],
    ),
    "at the named place": ("35.86430 N 36.80580 E", {"named_place": SARAQIB}, []),
    "turned round from the named place": (
        "36.80580 N 35.86430 E",
        {"named_place": SARAQIB},
        ["variant-at-named-place", "far-from-named-place"],
    ),
    "nine kilometres off": ("35.94500 N 36.80580 E", {"named_place": SARAQIB}, ["far-from-named-place"]),
    "among the party's sites": ("35.86430 N 36.80580 E", {"siblings": [SARAQIB.at]}, []),
    "far from the party's sites": ("35.86430 N 46.80580 E", {"siblings": [SARAQIB.at]}, ["far-from-siblings"]),
    "turned round from the party's sites": (
        "36.80580 N 35.86430 E",
        {"siblings": [SARAQIB.at, (368_000_000, 358_000_000)]},
        ["variant-near-siblings", "far-from-siblings"],
    ),
    "three decimals": ("35.864 N 36.806 E", {}, ["coarse"]),
    "four decimals": ("35.8643 N 36.8058 E", {}, []),
    "a grid of six digits": ("36SYE123678", {}, []),
    "a grid of four digits": ("36SYE1267", {}, ["coarse"]),
    "whole seconds": ("35°51'51\"N 36°48'21\"E", {}, []),
    "whole minutes": ("35°51'N 36°48'E", {}, ["coarse"]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "held_against", "expected"), CASES.values(), ids=CASES)
def test_a_position_raises_the_doubts_that_it_should(
    text: str, held_against: dict[str, object], expected: list[str]
) -> None:
    assert expected == codes(text, **held_against)


def test_the_syrian_swap_is_told_with_how_far_apart_the_two_places_are() -> None:
    position = read_position("35.90000 N 36.60000 E", field="place", datum="WGS84")
    (doubt,) = plausibility(position, theatre=square(35, 37.5, 35, 37.5))
    assert (359_000_000, 366_000_000) == doubt.variant
    assert 99 < doubt.distance_cm / 100_000 < 101
    assert "100" in doubt.sentence


def test_a_datum_that_nobody_stated_is_a_doubt() -> None:
    position = read_position("35.90000 N 36.60000 E", field="place")
    assert ["datum-not-stated"] == [doubt.code for doubt in plausibility(position)]


def test_every_code_has_its_sentence_and_is_met_above() -> None:
    met = {code for _, _, expected in CASES.values() for code in expected} | {"datum-not-stated"}
    assert met == set(CODES)


def test_a_place_that_cannot_be_turned_round_has_no_such_variant() -> None:
    assert [(-300_000_000, 0)] == [place for slip, place in variants((300_000_000, 0)) if "east" in slip]
    assert "latitude and longitude turned round" not in dict(variants((1_200_000_000, 100_000_000)))


@given(st.integers(-80, 80), st.integers(-179, 179), st.floats(-0.5, 0.5), st.floats(-0.5, 0.5))
def test_an_estimate_of_a_distance_is_within_a_hundredth(
    lat: int, lon: int, north: float, east: float
) -> None:
    a, b = (lon * E7, lat * E7), (round((lon + east) * E7), round((lat + north) * E7))
    true_cm = GEOD.inv(a[0] / E7, a[1] / E7, b[0] / E7, b[1] / E7)[2] * 100
    assert abs(apart_cm(a, b) - true_cm) <= true_cm * 0.01 + 10_000
