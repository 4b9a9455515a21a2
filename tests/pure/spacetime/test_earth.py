"""Places are within a centimetre of the true ones, and cuts fall where the definition says."""

from __future__ import annotations

from fractions import Fraction
from math import cos, hypot, isclose, pi, radians, sin, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standclear.spacetime.earth import (
    A_CM,
    BEND_CM,
    E2,
    HALVINGS_MAX,
    ONE,
    PIECE_E7,
    RAD,
    Place,
    Vertex,
    cut_edge,
    halvings,
    place,
    place_of,
    sincos,
)
from standclear.spacetime.units import E7, LAT_E7_MAX, LON_E7_MAX
from strategies import lats, lons, vertices, vertices_near

FLATTENING = 1 / 298.257223563  # WGS 84

PI = Fraction(314159265358979323846264338327950288419716939937, 10**47)

PLACES: list[tuple[Vertex, Place]] = [
    ((0, 0), (637_813_700, 0, 0)),
    ((LON_E7_MAX, 0), (-637_813_700, 0, 0)),
    ((-LON_E7_MAX, 0), (-637_813_700, 0, 0)),
    ((0, LAT_E7_MAX), (0, 0, 635_675_231)),
    ((0, -LAT_E7_MAX), (0, 0, -635_675_231)),
    ((377_000_000, 553_000_000), (287_940_925, 222_546_037, 522_046_805)),
    ((-1_799_999_999, 700_000_000), (-218_792_765, 0, 597_104_001)),
    ((45 * E7, 45 * E7), (319_441_915, 319_441_915, 448_734_841)),
]


def true_place(lon: float, lat: float) -> tuple[float, float, float]:
    """In centimetres, of an angle in degrees, in floats."""
    lon, lat = radians(lon), radians(lat)
    squared = FLATTENING * (2 - FLATTENING)
    n = 637_813_700 / sqrt(1 - squared * sin(lat) ** 2)
    return n * cos(lat) * cos(lon), n * cos(lat) * sin(lon), n * (1 - squared) * sin(lat)


def apart(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    return hypot(*(x - y for x, y in zip(a, b, strict=True)))


def test_the_constants_are_those_of_wgs_84() -> None:
    assert isclose(RAD, pi * 2**88 / 1.8e9, rel_tol=1e-15)
    assert isclose(E2, FLATTENING * (2 - FLATTENING) * 2**60, rel_tol=1e-14)
    assert A_CM == 637_813_700


@given(st.integers(-(720 * E7) << 16, 720 * E7 << 16))
def test_sine_and_cosine_are_those_of_the_angle(t: int) -> None:
    sine, cosine = sincos(t)
    angle = radians(t / 2**16 / E7 % 360)
    assert abs(sine / ONE - sin(angle)) < 1e-14
    assert abs(cosine / ONE - cos(angle)) < 1e-14
    assert abs(sine * sine + cosine * cosine - ONE * ONE) < ONE << 5  # each is within 2^-57


def exact_sine(t: int) -> Fraction:
    """The sine of an angle in 2^-16 e7, to some 40 digits, by its series over a quarter turn."""
    quarter, rest = divmod(t, 90 * E7 << 16)
    if quarter % 2:
        rest = (90 * E7 << 16) - rest
    x = Fraction(rest, 180 * E7 << 16) * PI
    term, total = x, Fraction(0)
    for n in range(1, 40, 2):
        total += term
        term = Fraction(round(-term * x * x / ((n + 1) * (n + 2)) * 10**45), 10**45)
    return -total if quarter % 4 > 1 else total


@given(st.integers(-(360 * E7) << 16, 360 * E7 << 16))
def test_sine_and_cosine_are_within_the_bound_of_the_proof(t: int) -> None:
    sine, cosine = sincos(t)
    assert abs(Fraction(sine, ONE) - exact_sine(t)) < Fraction(1, 2**57)
    assert abs(Fraction(cosine, ONE) - exact_sine(t + (90 * E7 << 16))) < Fraction(1, 2**57)


@given(st.integers(-(360 * E7) << 16, 360 * E7 << 16))
def test_a_turn_changes_no_sine_and_a_quarter_swaps_the_two(t: int) -> None:
    sine, cosine = sincos(t)
    assert (sine, cosine) == sincos(t + (360 * E7 << 16))
    assert (cosine, -sine) == sincos(t + (90 * E7 << 16))


@pytest.mark.parametrize(("vertex", "expected"), PLACES)
def test_the_printed_places_hold(vertex: Vertex, expected: Place) -> None:
    assert expected == place_of(vertex)


@given(lons(), lats())
def test_a_place_is_within_a_centimetre_of_the_true_one(lon: int, lat: int) -> None:
    assert apart(place(lon << 16, lat << 16), true_place(lon / E7, lat / E7)) < 0.88


@given(lons(), lats())
def test_places_with_two_names_are_one(lon: int, lat: int) -> None:
    assert place_of((LON_E7_MAX, lat)) == place_of((-LON_E7_MAX, lat))
    assert place_of((lon, LAT_E7_MAX)) == place_of((0, LAT_E7_MAX))
    assert place_of((lon, -LAT_E7_MAX)) == place_of((0, -LAT_E7_MAX))


HALVED = {
    "no edge": ((0, 0), (0, 0), 0),
    "one piece along the equator": ((0, 0), (PIECE_E7 - 1, 0), 0),
    "two pieces along the equator": ((0, 0), (PIECE_E7, 0), 1),  # the cosine is rounded up
    "one piece along a meridian": ((0, 0), (0, PIECE_E7), 0),
    "two pieces along a meridian": ((0, 0), (0, PIECE_E7 + 1), 1),
    "two degrees at 70 north": ((0, 70 * E7), (2 * E7, 70 * E7), 6),
    "across the equator the cosine is 1": ((0, -70 * E7), (2 * E7, 70 * E7), 13),
    "from the equator southward": ((0, 0), (2 * E7, -70 * E7), 12),
    "around the world at 89 north": ((-LON_E7_MAX, 89 * E7), (LON_E7_MAX, 89 * E7), 11),
    "along the pole": ((-LON_E7_MAX, 90 * E7), (LON_E7_MAX, 90 * E7), 0),
    "the longest edge of all": ((-LON_E7_MAX, -90 * E7), (LON_E7_MAX, 90 * E7), HALVINGS_MAX),
}


@pytest.mark.parametrize(("a", "b", "expected"), HALVED.values(), ids=list(HALVED))
def test_an_edge_is_halved_until_its_pieces_are_short(a: Vertex, b: Vertex, expected: int) -> None:
    assert expected == halvings(a, b) == halvings(b, a)


@given(vertices(), vertices())
def test_no_edge_is_halved_more_often_than_the_most(a: Vertex, b: Vertex) -> None:
    assert 0 <= halvings(a, b) == halvings(b, a) <= HALVINGS_MAX


@given(st.data(), vertices())
def test_cuts_lie_evenly_on_the_edge_from_end_to_end(data: st.DataObject, a: Vertex) -> None:
    b = data.draw(vertices_near(a, 20_000_000))
    cuts = cut_edge(a, b)
    assert (1 << halvings(a, b)) + 1 == len(cuts)
    assert (place_of(a), place_of(b)) == (cuts[0], cuts[-1])
    assert cuts == cut_edge(b, a)[::-1]
    i = data.draw(st.integers(0, len(cuts) - 1))
    part = i / (len(cuts) - 1)
    true = true_place((a[0] + (b[0] - a[0]) * part) / E7, (a[1] + (b[1] - a[1]) * part) / E7)
    assert apart(cuts[i], true) < 0.9


@given(st.data(), vertices(), st.floats(0, 1))
def test_no_path_of_a_piece_bends_further_from_its_chord_than_is_forgiven(
    data: st.DataObject, a: Vertex, part: float
) -> None:
    b = data.draw(vertices_near(a, 600_000))
    first, last, *more = cut_edge(a, b)
    if more:
        part /= 2 ** halvings(a, b)
    share = part * 2 ** halvings(a, b)
    true = true_place((a[0] + (b[0] - a[0]) * part) / E7, (a[1] + (b[1] - a[1]) * part) / E7)
    on_chord = tuple(x + (y - x) * share for x, y in zip(first, last, strict=True))
    assert apart(true, on_chord) < BEND_CM + 1
