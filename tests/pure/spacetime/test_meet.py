"""`decide/1`: time, height and place must each meet; touching is a conflict."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from standclear.errors import Malformed
from standclear.limits import HORIZONTAL_MARGIN_CM_MAX
from standclear.spacetime.band import ALL_HEIGHTS, Band
from standclear.spacetime.distance import DISTANCE_ID, stated_distance_cm
from standclear.spacetime.interval import ALWAYS, Interval
from standclear.spacetime.meet import NO_MARGIN, PREDICATE_ID, Margin, meets
from standclear.spacetime.shape import Point
from standclear.spacetime.volume import Volume
from strategies import margins, volume_pairs, volumes


def volume(
    lon: int, radius_cm: int = 100_000, band: Band = ALL_HEIGHTS, interval: Interval = ALWAYS
) -> Volume:
    return Volume(core=Point(at=(lon, 600_000_000)), radius_cm=radius_cm, band=band, interval=interval)


def margin(horizontal_cm: int = 0, vertical_cm: int = 0, time_ms: int = 0) -> Margin:
    return Margin(horizontal_cm=horizontal_cm, vertical_cm=vertical_cm, time_ms=time_ms)


LOW = Band(lower_cm=0, upper_cm=100, reference="msl")
HIGH = Band(lower_cm=150, upper_cm=200, reference="msl")
EARLY = Interval(start_ms=0, end_ms=10)
LATE = Interval(start_ms=15, end_ms=20)
APART_CM = 557_999  # of the two centres

MEETINGS = {
    "the radii reach": (volume(0, 500_000), volume(1_000_000, APART_CM - 500_000), NO_MARGIN, True),
    "the radii fall a centimetre short": (
        volume(0, 500_000),
        volume(1_000_000, APART_CM - 500_001),
        NO_MARGIN,
        False,
    ),
    "the margin makes up for it": (
        volume(0, 500_000),
        volume(1_000_000, APART_CM - 500_001),
        margin(horizontal_cm=1),
        True,
    ),
    "one within the other": (volume(0, 10_000_000), volume(5, 1), NO_MARGIN, True),
    "below each other": (volume(0, band=LOW), volume(0, band=HIGH), margin(vertical_cm=49), False),
    "below each other, within the margin": (
        volume(0, band=LOW),
        volume(0, band=HIGH),
        margin(vertical_cm=50),
        True,
    ),
    "after each other": (volume(0, interval=EARLY), volume(0, interval=LATE), margin(time_ms=4), False),
    "after each other, within the margin": (
        volume(0, interval=EARLY),
        volume(0, interval=LATE),
        margin(time_ms=5),
        True,
    ),
}


@pytest.mark.parametrize(("a", "b", "within", "meet"), MEETINGS.values(), ids=list(MEETINGS))
def test_volumes_meet_if_place_height_and_time_do(a: Volume, b: Volume, within: Margin, meet: bool) -> None:
    assert meet == meets(a, b, within) == meets(b, a, within)


@settings(max_examples=40)
@given(volume_pairs(), margins())
def test_the_answer_does_not_depend_on_the_order(pair: tuple[Volume, Volume], within: Margin) -> None:
    assert meets(*pair, within) == meets(*reversed(pair), within)


@settings(max_examples=40)
@given(volumes())
def test_a_volume_meets_itself(drawn: Volume) -> None:
    assert meets(drawn, drawn, NO_MARGIN)


@settings(max_examples=40)
@given(volume_pairs(), margins())
def test_a_wider_margin_never_parts_volumes(pair: tuple[Volume, Volume], within: Margin) -> None:
    if meets(*pair, NO_MARGIN):
        assert meets(*pair, within)


@settings(max_examples=40)
@given(volume_pairs())
def test_touching_is_a_conflict_and_a_centimetre_less_is_none(pair: tuple[Volume, Volume]) -> None:
    a, b = pair
    apart_cm = stated_distance_cm(a.core, b.core)
    for off_cm, meet in ((0, True), (-1, False)):
        radius_cm = apart_cm + off_cm
        if 0 <= radius_cm <= 100_000_000:
            first = Volume(core=a.core, radius_cm=radius_cm // 2, band=ALL_HEIGHTS, interval=ALWAYS)
            second = Volume(
                core=b.core, radius_cm=radius_cm - radius_cm // 2, band=ALL_HEIGHTS, interval=ALWAYS
            )
            assert meet == meets(first, second, NO_MARGIN)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"horizontal_cm": -1}, "horizontal_cm"),
        ({"horizontal_cm": HORIZONTAL_MARGIN_CM_MAX + 1}, "horizontal_cm"),
        ({"vertical_cm": 0.5}, "vertical_cm"),
        ({"time_ms": True}, "time_ms"),
    ],
)
def test_a_bad_margin_is_refused_with_its_field(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(Malformed) as refused:
        margin(**fields)
    assert field == refused.value.field


def test_the_predicate_has_its_names() -> None:
    assert (DISTANCE_ID, PREDICATE_ID) == ("distance/1", "decide/1")
