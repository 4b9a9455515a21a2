"""Forms: what meets the exact volume meets the form, whatever the shapes, and however nearly it misses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standclear.conflicts.forms import WIDENING_CM_MAX, check_forms, contains_volume
from standclear.errors import Malformed
from standclear.limits import HORIZONTAL_MARGIN_CM_MAX, RADIUS_CM_MAX
from standclear.spacetime.band import Band
from standclear.spacetime.bounds import boxes_of
from standclear.spacetime.distance import stated_distance_cm
from standclear.spacetime.interval import Interval
from standclear.spacetime.meet import Margin, meets
from standclear.spacetime.shape import Area, Line, Point, Shape, parts_of
from standclear.spacetime.units import LON_E7_MAX
from standclear.spacetime.volume import Volume
from strategies import shapes_near, vertices, volume_pairs

WHILE = Interval(start_ms=1_000, end_ms=2_000)
GROUND = Band(lower_cm=0, upper_cm=30_000, reference="w84")


def placed(core: Shape, radius_cm: int, *, band: Band = GROUND, interval: Interval = WHILE) -> Volume:
    return Volume(core=core, radius_cm=radius_cm, band=band, interval=interval)


def square(west: int, south: int, east: int, north: int) -> Area:
    return Area(rings=(((west, south), (east, south), (east, north), (west, north)),))


CLINIC = placed(Point(at=(366_300_000, 359_300_000)), 10_000)
STREET = placed(Line(paths=(((366_300_000, 359_300_000), (366_500_000, 359_400_000)),)), 5_000)


# --- the property -------------------------------------------------------------------------------------


@st.composite
def forms_of(draw: st.DrawFn, exact: Volume) -> Volume:
    """Something that contains a volume, or only just does not."""
    off = draw(st.sampled_from([-2, -1, 0, 1, 100]))
    match draw(st.sampled_from(["radius", "circle", "box"])):
        case "radius":
            core: Shape = exact.core
            radius_cm = exact.radius_cm + off
        case "circle":
            first = parts_of(exact.core)[0][0]
            core = draw(st.sampled_from([Point(at=first), Point(at=(first[0] // 1000 * 1000, first[1]))]))
            ends = [Point(at=vertex) for part in parts_of(exact.core) for vertex in part]
            farthest = max(stated_distance_cm(core, end) for end in ends)
            radius_cm = farthest + exact.radius_cm + draw(st.sampled_from([100, 10_100])) + off
        case _:
            boxes = boxes_of(exact)
            west = min(one.west_e7 for one in boxes) - off
            core = square(
                max(-LON_E7_MAX, west),
                max(-900_000_000, boxes[0].south_e7 - off),
                min(LON_E7_MAX, max(one.east_e7 for one in boxes) + off),
                min(900_000_000, boxes[0].north_e7 + off),
            )
            radius_cm = 0
    return placed(core, max(0, min(RADIUS_CM_MAX, radius_cm)))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Volume, Volume, Volume, Margin]:
    """An exact volume, a form of it, and a volume that touches the exact one and does no more than that."""
    centre = draw(vertices())
    spread_e7 = draw(st.sampled_from([2_000_000, 500_000, 500, 5]))
    core = draw(shapes_near(centre, spread_e7))
    reach_cm = draw(st.sampled_from([0, 1, 10_000, 1_900_000, RADIUS_CM_MAX // 2, RADIUS_CM_MAX]))
    exact = placed(core, reach_cm)
    wide = draw(forms_of(exact))
    other = draw(shapes_near(centre, draw(st.sampled_from([spread_e7, 3_000_000, 80_000_000]))))
    apart_cm = max(0, stated_distance_cm(other, core) - exact.radius_cm)
    radius_cm = min(apart_cm, RADIUS_CM_MAX)
    margin_cm = min(apart_cm - radius_cm, HORIZONTAL_MARGIN_CM_MAX)
    margin = Margin(horizontal_cm=margin_cm, vertical_cm=0, time_ms=0)
    return exact, wide, placed(other, radius_cm), margin


@given(cases())
def test_what_touches_the_exact_volume_meets_every_form_that_is_accepted(
    case: tuple[Volume, Volume, Volume, Margin],
) -> None:
    exact, wide, other, margin = case
    if contains_volume(wide, exact) and meets(exact, other, margin):
        assert meets(wide, other, margin)


@given(volume_pairs(), volume_pairs())
def test_any_volume_that_meets_an_exact_one_meets_any_form_that_is_accepted(
    first: tuple[Volume, Volume], second: tuple[Volume, Volume]
) -> None:
    exact, other = first
    margin = Margin(horizontal_cm=100_000, vertical_cm=1_000, time_ms=60_000)
    for wide in (*second, other):
        if contains_volume(wide, exact) and meets(exact, other, margin):
            assert meets(wide, other, margin)


# --- what is accepted, and what only looks like it ------------------------------------------------------


def test_the_same_core_with_a_larger_radius_contains() -> None:
    assert contains_volume(placed(STREET.core, 5_000), STREET)
    assert not contains_volume(placed(STREET.core, 4_999), STREET)


def test_a_circle_contains_what_lies_in_it_with_a_metre_to_spare() -> None:
    beside = Point(at=(366_310_000, 359_300_000))
    apart_cm = stated_distance_cm(beside, CLINIC.core)
    assert contains_volume(placed(beside, apart_cm + 10_000 + 100), CLINIC)
    assert not contains_volume(placed(beside, apart_cm + 10_000 + 99), CLINIC)


def test_a_circle_of_more_than_twenty_kilometres_is_not_seen_to_contain() -> None:
    beside = Point(at=(366_310_000, 359_300_000))
    assert contains_volume(placed(beside, WIDENING_CM_MAX), CLINIC)
    assert not contains_volume(placed(beside, WIDENING_CM_MAX + 1), CLINIC)


def test_a_circle_contains_a_line_with_room_for_what_its_edges_stray() -> None:
    end = Point(at=(366_300_000, 359_300_000))
    far_cm = stated_distance_cm(end, Point(at=(366_500_000, 359_400_000)))
    assert contains_volume(placed(end, far_cm + 5_000 + 100 + 10_000), STREET)
    assert not contains_volume(placed(end, far_cm + 5_000 + 100 + 9_999), STREET)


def test_near_a_pole_only_points_are_seen_to_be_in_a_circle() -> None:
    line = placed(Line(paths=(((0, 700_000_001), (1_000, 700_000_001)),)), 0)
    point = placed(Point(at=(0, 899_999_999)), 0)
    assert not contains_volume(placed(Point(at=(0, 700_000_000)), WIDENING_CM_MAX), line)
    assert contains_volume(placed(Point(at=(1_800_000_000, 899_999_999)), WIDENING_CM_MAX), point)


def test_an_edge_that_goes_around_the_world_is_in_no_circle_though_both_its_ends_are() -> None:
    around = placed(Line(paths=(((1_799_999_000, 0), (-1_799_999_000, 0)),)), 0)
    cut = placed(
        Line(
            paths=(((1_799_999_000, 0), (1_800_000_000, 0)), ((-1_800_000_000, 0), (-1_799_999_000, 0))),
        ),
        0,
    )
    circle = placed(Point(at=(1_800_000_000, 0)), WIDENING_CM_MAX)
    greenwich = placed(Point(at=(0, 0)), 0)
    assert meets(around, greenwich, Margin(horizontal_cm=0, vertical_cm=0, time_ms=0))
    assert not contains_volume(circle, around)
    assert contains_volume(circle, cut)


def test_a_box_contains_what_its_sides_leave_room_for() -> None:
    [box] = boxes_of(CLINIC)
    ring = (box.west_e7, box.south_e7, box.east_e7, box.north_e7)
    assert contains_volume(placed(square(*ring), 0), CLINIC)
    for side, smaller in enumerate((1, 1, -1, -1)):
        cut = [value + (smaller if place == side else 0) for place, value in enumerate(ring)]
        assert not contains_volume(placed(square(*cut), 0), CLINIC)


def test_a_box_with_a_hole_or_a_fifth_corner_or_crossed_sides_is_not_seen_to_contain() -> None:
    [box] = boxes_of(CLINIC)
    west, south, east, north = box.west_e7 - 9, box.south_e7 - 9, box.east_e7 + 9, box.north_e7 + 9
    outer = square(west, south, east, north).rings[0]
    inner = square(west + 4, south + 4, east - 4, north - 4).rings[0]
    crossed = (outer[0], outer[2], outer[1], outer[3])
    bent = (*outer[:3], (west - 1, north))
    twice = (outer[0], outer[1], outer[2], outer[1])
    assert contains_volume(placed(Area(rings=(outer,)), 0), CLINIC)
    for rings in ((outer, inner), (crossed,), (bent,), ((*outer, (west, south + 1)),), (twice,)):
        assert not contains_volume(placed(Area(rings=rings), 0), CLINIC)


def test_a_line_contains_nothing_but_itself() -> None:
    assert not contains_volume(placed(STREET.core, RADIUS_CM_MAX), CLINIC)


@pytest.mark.parametrize(
    ("band", "interval"),
    [
        (Band(lower_cm=1, upper_cm=30_000, reference="w84"), WHILE),
        (Band(lower_cm=0, upper_cm=29_999, reference="w84"), WHILE),
        (Band(lower_cm=0, upper_cm=30_000, reference="msl"), WHILE),
        (GROUND, Interval(start_ms=1_001, end_ms=2_000)),
        (GROUND, Interval(start_ms=1_000, end_ms=1_999)),
    ],
)
def test_less_height_another_reference_or_less_time_does_not_contain(band: Band, interval: Interval) -> None:
    assert not contains_volume(placed(CLINIC.core, 99_999, band=band, interval=interval), CLINIC)


def test_each_volume_needs_a_volume_of_the_form_and_the_refusal_names_it() -> None:
    check_forms([CLINIC, STREET], [STREET, placed(CLINIC.core, 20_000)], "forms[1]")
    with pytest.raises(Malformed) as refused:
        check_forms([CLINIC, STREET], [placed(CLINIC.core, 20_000)], "forms[1]")
    assert ("forms[1].volumes", "no volume of this form contains volume 1 of the exact form") == (
        refused.value.field,
        refused.value.reason,
    )
    assert "box around it" in refused.value.remedy
