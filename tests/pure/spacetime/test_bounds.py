"""Boxes are certified: two volumes that meet have boxes that overlap, with the margins on either side."""

from __future__ import annotations

from itertools import product
from math import asin, pi

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geometry_pairs import FAMILIES, pairs_of
from standclear.limits import HORIZONTAL_MARGIN_CM_MAX, RADIUS_CM_MAX
from standclear.spacetime.band import (
    ALL_HEIGHTS,
    GEOID_CM,
    UNBOUNDED_LOWER_CM,
    UNBOUNDED_UPPER_CM,
    Band,
    bands_meet,
)
from standclear.spacetime.bounds import (
    CHORD_CM_MAX,
    FORGIVEN_CM,
    LAT_PER_CM_E11,
    LON_PER_CM_E11,
    Box,
    boxes_of,
    boxes_overlap,
)
from standclear.spacetime.distance import stated_distance_cm
from standclear.spacetime.interval import ALWAYS, Interval
from standclear.spacetime.meet import NO_MARGIN, Margin, meets
from standclear.spacetime.shape import Area, Line, Path, Point, Shape
from standclear.spacetime.units import E7, FOREVER_MS, LAT_E7_MAX, LON_E7_MAX
from standclear.spacetime.volume import Volume
from strategies import bands, intervals, margins, shape_pairs, volume_pairs, volumes


def volume(core: Shape, radius_cm: int = 0, band: Band = ALL_HEIGHTS, interval: Interval = ALWAYS) -> Volume:
    return Volume(core=core, radius_cm=radius_cm, band=band, interval=interval)


def overlap(a: tuple[Box, ...], b: tuple[Box, ...]) -> bool:
    return any(boxes_overlap(x, y) for x, y in product(a, b))


def assert_certified(a: Volume, b: Volume, margin: Margin) -> None:
    """Volumes that meet overlap, whichever of them is asked about with the margins."""
    if meets(a, b, margin):
        widened = {"vertical_cm": margin.vertical_cm, "time_ms": margin.time_ms}
        assert overlap(boxes_of(a, margin.horizontal_cm, **widened), boxes_of(b))
        assert overlap(boxes_of(a), boxes_of(b, margin.horizontal_cm, **widened))


@settings(max_examples=50)
@given(volume_pairs(), margins())
def test_volumes_that_meet_have_boxes_that_overlap(pair: tuple[Volume, Volume], margin: Margin) -> None:
    assert_certified(*pair, margin)


@settings(max_examples=50)
@given(shape_pairs(), bands(), bands(), intervals(), intervals(), margins())
def test_heights_and_times_that_meet_have_boxes_that_overlap(
    pair: tuple[Shape, Shape], a: Band, b: Band, early: Interval, late: Interval, margin: Margin
) -> None:
    assert_certified(volume(pair[0], 0, a, early), volume(pair[0], 0, b, late), margin)


@pytest.mark.parametrize("family", FAMILIES)
def test_boxes_of_volumes_that_just_touch_overlap_in_every_family(family: str) -> None:
    for index, (a, b) in enumerate(pairs_of(family, 21, 60)):
        apart_cm = stated_distance_cm(a, b)
        # All on one side, or shared out between the two radii and the margin.
        for first_cm, second_cm in ((apart_cm, 0), (0, apart_cm), (apart_cm // 3, apart_cm // 3)):
            margin_cm = apart_cm - first_cm - second_cm
            if max(first_cm, second_cm, margin_cm) <= RADIUS_CM_MAX:
                margin = Margin(horizontal_cm=margin_cm, vertical_cm=0, time_ms=0)
                assert meets(volume(a, first_cm), volume(b, second_cm), margin), (family, index)
                assert_certified(volume(a, first_cm), volume(b, second_cm), margin)


@settings(max_examples=50)
@given(volumes(), st.integers(0, HORIZONTAL_MARGIN_CM_MAX))
def test_boxes_lie_in_the_domain_and_hold_the_core(drawn: Volume, reach_cm: int) -> None:
    boxes = boxes_of(drawn, reach_cm)
    assert len(boxes) in (1, 2)
    for box in boxes:
        assert -LON_E7_MAX <= box.west_e7 <= box.east_e7 <= LON_E7_MAX
        assert -LAT_E7_MAX <= box.south_e7 <= box.north_e7 <= LAT_E7_MAX
        assert box.lower_cm <= box.upper_cm
        assert box.start_ms <= box.end_ms
    assert overlap(boxes, boxes_of(drawn))


def test_the_constants_of_a_box_are_not_below_what_the_proof_needs() -> None:
    equator_cm, pole_cm = 637_813_700, 635_675_231
    curved_cm = pole_cm**2 / equator_cm  # the least radius of curvature
    chord_cm = CHORD_CM_MAX
    stretch = 2 * curved_cm * asin(chord_cm / (2 * curved_cm)) / chord_cm
    e11_per_radian = 1.8e9 * 10_000 / pi
    assert LAT_PER_CM_E11 >= stretch * e11_per_radian / curved_cm
    assert LON_PER_CM_E11 >= stretch * e11_per_radian / equator_cm
    assert FORGIVEN_CM >= 2 * 23


def test_a_circle_of_a_kilometre_has_a_box_of_two() -> None:
    (box,) = boxes_of(volume(Point(at=(30 * E7, 60 * E7)), 100_000))
    # 1.01 times 1 km and half a metre, at 60 degrees: longitudes are twice as many.
    assert 90_000 < 60 * E7 - box.south_e7 == box.north_e7 - 60 * E7 < 92_000
    assert 180_000 < 30 * E7 - box.west_e7 == box.east_e7 - 30 * E7 < 184_000


def test_what_crosses_180_has_two_boxes() -> None:
    for lon, spans in ((LON_E7_MAX - 5, 2), (5 - LON_E7_MAX, 2), (0, 1)):
        boxes = boxes_of(volume(Point(at=(lon, 0)), 100_000))
        assert spans == len(boxes)
    east, west = sorted(
        boxes_of(volume(Point(at=(LON_E7_MAX, 0)), 100_000)), key=lambda box: box.west_e7, reverse=True
    )
    assert (east.east_e7, west.west_e7) == (LON_E7_MAX, -LON_E7_MAX)
    assert east.east_e7 - east.west_e7 == west.east_e7 - west.west_e7


@pytest.mark.parametrize("lat", [LAT_E7_MAX, 900_000_000 - 50_000, -LAT_E7_MAX, -899_950_000])
def test_what_reaches_a_pole_runs_around_it(lat: int) -> None:
    (box,) = boxes_of(volume(Point(at=(5, lat)), 1_000_000))
    assert (-LON_E7_MAX, LON_E7_MAX) == (box.west_e7, box.east_e7)
    assert LAT_E7_MAX == max(box.north_e7, -box.south_e7)


def test_what_is_wider_than_the_world_is_the_world() -> None:
    (box,) = boxes_of(volume(Line(paths=(((-LON_E7_MAX, 0), (LON_E7_MAX, 0)),)), 1))
    assert (-LON_E7_MAX, LON_E7_MAX) == (box.west_e7, box.east_e7)
    (near_a_pole,) = boxes_of(volume(Point(at=(5, 89 * E7)), 10_000_000))
    assert (-LON_E7_MAX, LON_E7_MAX) == (near_a_pole.west_e7, near_a_pole.east_e7)


def ring(west: int, east: int) -> Path:
    return ((west, 0), (east, 0), (east, E7))


ARCS: dict[str, tuple[tuple[Path, ...], list[tuple[int, int]]]] = {
    "parts on either side of 180": ((ring(179, 180), ring(-180, -179)), [(-180, -179), (179, 180)]),
    "three parts about 180": (
        (ring(-178, -177), ring(170, 180), ring(-180, -179)),
        [(-180, -177), (170, 180)],
    ),
    "parts about Greenwich": ((ring(-10, -5), ring(5, 10)), [(-10, 10)]),
    "parts within each other": ((ring(-10, 10), ring(-5, 5)), [(-10, 10)]),
    "far apart, nearer by way of 180": ((ring(100, 110), ring(-110, -100)), [(-180, -100), (100, 180)]),
    "far apart, nearer by way of Greenwich": ((ring(80, 85), ring(-85, -80)), [(-85, 85)]),
}


@pytest.mark.parametrize(("rings", "expected"), ARCS.values(), ids=list(ARCS))
def test_the_boxes_of_several_parts_leave_out_the_widest_gap(
    rings: tuple[Path, ...], expected: list[tuple[int, int]]
) -> None:
    scaled = tuple(tuple((lon * E7, lat) for lon, lat in part) for part in rings)
    boxes = sorted(boxes_of(volume(Area(rings=scaled))), key=lambda box: box.west_e7)
    told = [(round(box.west_e7 / E7), round(box.east_e7 / E7)) for box in boxes]
    assert expected == told


HEIGHTS = {
    "the ellipsoid as it stands": (("w84", 0, 100), 0, (0, 100)),
    "the ellipsoid with the margin": (("w84", 0, 100), 50, (-50, 150)),
    "the sea with the geoid": (("msl", 0, 100), 50, (-50 - GEOID_CM, 150 + GEOID_CM)),
    "the ground bounds nothing": (("sfc", 0, 100), 0, (UNBOUNDED_LOWER_CM, UNBOUNDED_UPPER_CM)),
    "pressure bounds nothing": (("std", 0, 100), 0, (UNBOUNDED_LOWER_CM, UNBOUNDED_UPPER_CM)),
    "no limits stay as they are": (
        ("msl", UNBOUNDED_LOWER_CM, UNBOUNDED_UPPER_CM),
        500,
        (UNBOUNDED_LOWER_CM, UNBOUNDED_UPPER_CM),
    ),
}


@pytest.mark.parametrize(("told", "vertical_cm", "expected"), HEIGHTS.values(), ids=list(HEIGHTS))
def test_the_heights_of_a_box(
    told: tuple[str, int, int], vertical_cm: int, expected: tuple[int, int]
) -> None:
    band = Band(reference=told[0], lower_cm=told[1], upper_cm=told[2])  # type: ignore[arg-type]
    (box,) = boxes_of(volume(Point(at=(0, 0)), 0, band), vertical_cm=vertical_cm)
    assert expected == (box.lower_cm, box.upper_cm)


@given(bands(), bands(), st.integers(0, 100_000))
def test_bands_that_meet_have_heights_that_overlap(a: Band, b: Band, margin_cm: int) -> None:
    if bands_meet(a, b, margin_cm):
        here = Point(at=(0, 0))
        assert overlap(boxes_of(volume(here, 0, a), vertical_cm=margin_cm), boxes_of(volume(here, 0, b)))


def test_times_stay_within_time() -> None:
    (box,) = boxes_of(volume(Point(at=(0, 0)), interval=Interval(start_ms=5, end_ms=9)), time_ms=7)
    assert (0, 16) == (box.start_ms, box.end_ms)
    (box,) = boxes_of(volume(Point(at=(0, 0)), interval=Interval(start_ms=5, end_ms=FOREVER_MS)), time_ms=7)
    assert FOREVER_MS == box.end_ms


@pytest.mark.parametrize("field", ["west_e7", "east_e7", "south_e7", "north_e7"])
def test_boxes_that_touch_overlap_and_a_unit_apart_do_not(field: str) -> None:
    def box(west: int, south: int) -> Box:
        return Box(
            west_e7=west,
            east_e7=west + 10,
            south_e7=south,
            north_e7=south + 10,
            lower_cm=0,
            upper_cm=0,
            start_ms=0,
            end_ms=0,
        )

    moved = {"west_e7": (-1, 0), "east_e7": (1, 0), "south_e7": (0, -1), "north_e7": (0, 1)}[field]
    for step, expected in ((10, True), (11, False)):
        other = box(moved[0] * step, moved[1] * step)
        assert [expected] * 2 == [boxes_overlap(box(0, 0), other), boxes_overlap(other, box(0, 0))]


def test_no_margin_asks_nothing() -> None:
    assert Margin(horizontal_cm=0, vertical_cm=0, time_ms=0) == NO_MARGIN
