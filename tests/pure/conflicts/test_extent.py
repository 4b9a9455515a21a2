"""How large a notice is, so that a label is the same for everybody."""

from __future__ import annotations

from standclear.conflicts.extent import duration_ms, extent_cm
from standclear.spacetime.shape import Area
from world import circle, volume

KM = 100_000


def test_a_shape_cut_at_the_antimeridian_is_no_wider_than_it_is() -> None:
    east = ((1_799_000_000, 0), (1_800_000_000, 0), (1_800_000_000, 1_000_000), (1_799_000_000, 1_000_000))
    west = (
        (-1_800_000_000, 0),
        (-1_799_000_000, 0),
        (-1_799_000_000, 1_000_000),
        (-1_800_000_000, 1_000_000),
    )
    assert 22 * KM < extent_cm([volume(Area(rings=(east, west)), 0, 0, 1)]) < 23 * KM


def test_an_edge_that_goes_the_long_way_is_as_wide_as_it_is_written() -> None:
    long = ((-1_790_000_000, 0), (1_790_000_000, 0), (0, 10_000_000))
    assert extent_cm([volume(Area(rings=(long,)), 0, 0, 1)]) > 39_000 * KM


def test_volumes_far_apart_are_one_wide_notice() -> None:
    both = [circle((0, 0), 1_000, 0, 1), circle((10, 0), 1_000, 0, 1)]
    assert 1_114 * KM < extent_cm(both) < 1_116 * KM


def test_a_circle_is_as_wide_as_its_diameter() -> None:
    assert extent_cm([circle((36, 35), 500, 0, 1)]) == KM


def test_the_duration_is_from_the_first_start_to_the_last_end() -> None:
    assert duration_ms([circle((0, 0), 1, 100, 200), circle((0, 0), 1, 50, 120)]) == 150
