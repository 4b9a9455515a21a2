"""`distance/1`: exact, symmetric, the same by every way, and never more than in truth."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geometry_pairs import FAMILIES, pairs_of
from standclear.spacetime.chords import chord_gap_cm
from standclear.spacetime.distance import contains, cores_within, stated_distance_cm
from standclear.spacetime.earth import Vertex, cut_edge, halvings
from standclear.spacetime.shape import Area, Line, Path, Point, Shape, edges_of
from standclear.spacetime.units import E7, LAT_E7_MAX, LON_E7_MAX
from strategies import areas_near, shape_pairs, shapes, vertices


def point(lon: int, lat: int) -> Point:
    return Point(at=(lon, lat))


def line(*path: Vertex) -> Line:
    return Line(paths=(path,))


def square(west: int, south: int, east: int, north: int) -> Path:
    return ((west, south), (east, south), (east, north), (west, north))


UNIT = square(0, 0, E7, E7)
HOLED = Area(rings=(UNIT, square(4_000_000, 4_000_000, 6_000_000, 6_000_000)))
CAP = Area(
    rings=(
        (
            (-LON_E7_MAX, 80 * E7),
            (LON_E7_MAX, 80 * E7),
            (LON_E7_MAX, LAT_E7_MAX),
            (-LON_E7_MAX, LAT_E7_MAX),
        ),
    )
)
EAST_PART = square(179 * E7, 0, LON_E7_MAX, E7)
WEST_PART = square(-LON_E7_MAX, 0, -179 * E7, E7)
ACROSS = Area(rings=(EAST_PART, WEST_PART))

STATED: dict[str, tuple[Shape, Shape, int]] = {
    "two points at 60 north": (point(0, 60 * E7), point(1_000_000, 60 * E7), 557_999),
    "two points across 180": (point(1_799_999_000, 0), point(-1_799_999_000, 0), 2_224),
    "an edge along a parallel bends poleward of nothing": (
        line((0, 70 * E7), (2 * E7, 70 * E7)),
        point(E7, 700_500_000),
        557_788,
    ),
    "a parallel around the pole": (
        line((-LON_E7_MAX, 89 * E7), (LON_E7_MAX, 89 * E7)),
        point(0, LAT_E7_MAX),
        11_169_208,
    ),
    "a point in a hole": (HOLED, point(5_000_000, 5_000_000), 1_105_720),
    "a point in an area": (HOLED, point(2_000_000, 2_000_000), 0),
    "one point twice": (point(5, 5), point(5, 5), 0),
    "two names of a place at 180": (point(LON_E7_MAX, 5), point(-LON_E7_MAX, 5), 0),
    "two names of a pole": (point(7 * E7, LAT_E7_MAX), point(-99 * E7, LAT_E7_MAX), 0),
    "points two centimetres apart are forgiven": (point(0, 0), point(1, 0), 0),
    "points three centimetres apart are not": (point(0, 0), point(3, 0), 1),
    "an area within an area": (Area(rings=(UNIT,)), Area(rings=(square(10, 10, 20, 20),)), 0),
    "an area within a hole": (
        HOLED,
        Area(rings=(square(4_500_000, 4_500_000, 5_500_000, 5_500_000),)),
        552_826,
    ),
    "a line that crosses an area from side to side": (Area(rings=(UNIT,)), line((-5, 5), (2 * E7, 5)), 0),
    "a path in an area, another far away": (
        Area(rings=(UNIT,)),
        Line(paths=(((50 * E7, 0), (51 * E7, 0)), ((10, 10), (20, 20)))),
        0,
    ),
    "a point in the eastern part": (ACROSS, point(1_795_000_000, 5_000_000), 0),
    "a point in the western part": (ACROSS, point(-1_795_000_000, 5_000_000), 0),
    "a point on the cut, by its other name": (ACROSS, point(-LON_E7_MAX, 5_000_000), 0),
    "a part that touches the other side of 180": (Area(rings=(EAST_PART,)), Area(rings=(WEST_PART,)), 0),
    "a ring around the pole holds a point near it": (CAP, point(123 * E7, 89 * E7), 0),
    "a ring around the pole holds the pole": (CAP, point(0, LAT_E7_MAX), 0),
    "a ring around the pole holds no place south of it": (CAP, point(0, 79 * E7), 11_165_482),
    "an area without area, crossed": (Area(rings=(((0, 0), (E7, 0), (5, 0)),)), line((5, -5), (5, 5)), 0),
}


@pytest.mark.parametrize(("a", "b", "expected"), STATED.values(), ids=list(STATED))
def test_the_stated_distance_of(a: Shape, b: Shape, expected: int) -> None:
    assert expected == stated_distance_cm(a, b) == stated_distance_cm(b, a)


def by_every_chord(a: Shape, b: Shape) -> int:
    """The stated distance by the words of the definition, without any shortcut."""
    if contains(a, b) or contains(b, a):
        return 0
    chords = [[chord for edge in edges_of(shape) for chord in pairwise(cut_edge(*edge))] for shape in (a, b)]
    gap = min(chord_gap_cm(*x, *y) for x in chords[0] for y in chords[1])
    return max(0, gap - sum(1 if isinstance(shape, Point) else 23 for shape in (a, b)))


@settings(max_examples=50)
@given(shape_pairs())
def test_shortcuts_change_no_answer(pair: tuple[Shape, Shape]) -> None:
    assert by_every_chord(*pair) == stated_distance_cm(*pair)


@pytest.mark.parametrize("family", FAMILIES)
def test_shortcuts_change_no_answer_in_any_family(family: str) -> None:
    for a, b in pairs_of(family, 11, 12):
        sizes = [sum(1 << halvings(*edge) for edge in edges_of(shape)) for shape in (a, b)]
        if sizes[0] * sizes[1] <= 2_000:
            assert by_every_chord(a, b) == stated_distance_cm(a, b)


@settings(max_examples=50)
@given(shape_pairs())
def test_the_order_of_the_two_does_not_matter(pair: tuple[Shape, Shape]) -> None:
    a, b = pair
    distance_cm = stated_distance_cm(a, b)
    assert distance_cm == stated_distance_cm(b, a)
    assert cores_within(a, b, distance_cm)
    assert cores_within(b, a, distance_cm)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_decision_flips_at_the_stated_distance_and_nowhere_else(family: str) -> None:
    for a, b in pairs_of(family, 12, 15):
        distance_cm = stated_distance_cm(a, b)
        reaches = [distance_cm + off for off in (-100_000, -1, 0, 1, 100_000) if distance_cm + off >= 0]
        for first, second in ((a, b), (b, a)):
            assert [reach >= distance_cm for reach in reaches] == [
                cores_within(first, second, reach) for reach in reaches
            ]


@settings(max_examples=50)
@given(shapes())
def test_a_shape_is_at_no_distance_from_itself_and_from_its_vertices(shape: Shape) -> None:
    assert stated_distance_cm(shape, shape) == 0
    assert [0] * sum(1 for _ in edges_of(shape)) == [
        stated_distance_cm(shape, Point(at=a)) for a, _ in edges_of(shape)
    ]


@settings(max_examples=50)
@given(shape_pairs(), st.randoms(use_true_random=False))
def test_the_order_of_rings_and_where_a_ring_begins_change_only_what_is_inside(
    pair: tuple[Shape, Shape], chance: object
) -> None:
    a, b = pair
    if isinstance(a, Area):
        turned = Area(
            rings=tuple((*ring[1:], ring[0]) for ring in reversed(a.rings) if ring[0] != ring[1]) or a.rings
        )
        if len(turned.rings) == len(a.rings):
            # Which vertex is first may decide what the other area is found to hold; the chords do not change.
            assert contains(turned, b) == contains(a, b)
            assert bool(stated_distance_cm(a, b)) or cores_within(turned, b, 0)


@settings(max_examples=50)
@given(vertices(), st.data())
def test_what_an_area_holds_is_at_no_distance(centre: Vertex, data: st.DataObject) -> None:
    area = data.draw(areas_near(centre))
    other = data.draw(areas_near(centre, 1_000))
    if contains(area, other):
        assert stated_distance_cm(area, other) == stated_distance_cm(other, area) == 0


@pytest.mark.parametrize(
    ("vertex", "held"),
    [
        ((5, 5), True),
        ((5_000_000, 5_000_000), False),
        ((3_999_999, 5_000_000), True),
        ((E7 + 1, 5), False),
        ((-1, 5), False),
        ((5, -1), False),
        ((5, E7 + 1), False),
    ],
)
def test_a_hole_holds_nothing_and_the_area_around_it_does(vertex: Vertex, held: bool) -> None:
    assert held == contains(HOLED, Point(at=vertex))


def test_an_island_in_a_hole_is_held_again() -> None:
    island = Area(rings=(*HOLED.rings, square(4_900_000, 4_900_000, 5_100_000, 5_100_000)))
    assert contains(island, point(5_000_000, 5_000_000))
    assert not contains(island, point(4_500_000, 4_500_000))


def test_a_ring_that_crosses_itself_is_even_odd() -> None:
    pentagram = Area(rings=(((0, 100), (59, -81), (-95, 31), (95, 31), (-59, -81)),))
    assert not contains(pentagram, point(0, 0))  # wound twice
    assert contains(pentagram, point(0, 70))


def test_only_an_area_holds_anything() -> None:
    assert not contains(point(0, 0), point(0, 0))
    assert not contains(line((0, 0), (10, 10)), point(5, 5))


@pytest.mark.parametrize("vertex", [(0, 0), (E7, E7), (E7, 5_000_000), (5_000_000, 0)])
def test_the_rim_is_at_no_distance_and_some_centimetres_outside_it_still_are(vertex: Vertex) -> None:
    area = Area(rings=(UNIT,))
    assert stated_distance_cm(area, Point(at=vertex)) == 0
    outward = [
        (vertex[0] + (off if vertex[0] == E7 else 0), vertex[1] - (off if vertex[1] == 0 else 0))
        for off in (15, 70)
    ]
    near, far = (stated_distance_cm(area, Point(at=place)) for place in outward)
    assert (near, far > 0) == (0, outward[1] != vertex)


def test_moving_by_one_unit_moves_the_distance_by_no_more_than_its_length() -> None:
    steps = [stated_distance_cm(point(0, 0), point(lon, 0)) for lon in range(1_000, 1_100)]
    assert all(1 <= b - a <= 2 for a, b in pairwise(steps))


def test_an_edge_goes_the_way_that_its_numbers_say() -> None:
    the_long_way = line((-179 * E7, 0), (179 * E7, 0))
    assert stated_distance_cm(the_long_way, point(0, 0)) == 0
    assert stated_distance_cm(the_long_way, point(LON_E7_MAX, 0)) > 11_000_000
