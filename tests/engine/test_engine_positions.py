"""Positions are in the zones that the law says, and come to them when their legs do."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest

from engine.scene import HOUR_MS, Notice, notices
from standclear.spacetime.band import ALL_HEIGHTS, Band
from standclear.spacetime.interval import Interval
from standclear.spacetime.meet import NO_MARGIN, Margin, meets
from standclear.spacetime.shape import Line, Point, Vertex, parts_of
from standclear.spacetime.volume import Volume

engine = pytest.importorskip("standclear_engine", reason="THE ENGINE IS NOT BUILT: its tests are skipped")

NEAR = Margin(horizontal_cm=50_000, vertical_cm=3_000, time_ms=300_000)


def index_of(held: list[Notice]) -> Any:
    index = engine.Index(engine.Rules(margin=NO_MARGIN))
    index.insert(
        np.array([n.id for n in held], dtype=np.uint64),
        [n.volume for n in held],
        party=np.array([n.party for n in held]),
        kind=np.array([n.kind for n in held]),
    )
    return index


def vertices_near(held: list[Notice], random: Random, count: int) -> list[Vertex]:
    """Vertices of the zones, and places at any distance from them; poles and ±180 degrees among them."""
    found: list[Vertex] = [(0, 900_000_000), (1_800_000_000, 900_000_000), (77, -900_000_000)]
    while len(found) < count:
        lon, lat = random.choice(random.choice(parts_of(random.choice(held).volume.core)))
        off = 10 ** random.uniform(0, 6.5) if random.random() < 0.9 else 0
        lon, lat = lon + round(off * random.uniform(-1, 1)), lat + round(off * random.uniform(-1, 1))
        lon = (lon + 1_800_000_000) % 3_600_000_000 - 1_800_000_000
        found.append(
            (
                random.choice((lon, lon, lon, -1_800_000_000, 1_800_000_000))
                if abs(lon) > 1_799_000_000
                else lon,
                max(-900_000_000, min(900_000_000, lat)),
            )
        )
    return found


def expected_inside(
    held: list[Notice],
    at: list[Vertex],
    when: list[int],
    heights: list[int] | None,
    reference: str,
    margin: Margin,
) -> set[tuple[int, int]]:
    found = set()
    for row, vertex in enumerate(at):
        band = (
            ALL_HEIGHTS
            if heights is None
            else Band(lower_cm=heights[row], upper_cm=heights[row], reference=reference)
        )  # type: ignore[arg-type]
        here = Volume(
            core=Point(at=vertex),
            radius_cm=0,
            band=band,
            interval=Interval(start_ms=when[row], end_ms=when[row]),
        )
        found |= {(row, zone.id) for zone in held if meets(here, zone.volume, margin)}
    return found


@pytest.mark.parametrize("margin", [NO_MARGIN, NEAR])
@pytest.mark.parametrize("reference", [None, "w84", "msl", "std"])
def test_a_position_is_in_the_zones_that_the_law_says(margin: Margin, reference: str | None) -> None:
    random, held = Random(21), notices(150, 20)
    at = vertices_near(held, random, 300)
    when = [random.randrange(0, 60) * HOUR_MS // 2 for _ in at]
    heights = None if reference is None else [random.choice((0, 20_000, 60_000, -1, 10**8)) for _ in at]
    zones = engine.Zones(index_of(held), 0, 60 * HOUR_MS, margin=margin)
    found = zones.inside(
        np.array([v[0] for v in at], dtype=np.int32),
        np.array([v[1] for v in at], dtype=np.int32),
        np.array(when),
        height_cm=None if heights is None else np.array(heights),
        reference=reference or "w84",
    )
    expected = expected_inside(held, at, when, heights, reference or "w84", margin)
    assert len(expected) > 5
    assert sorted(expected) == sorted(zip(found["row"].tolist(), found["zone"].tolist(), strict=True))


def test_degrees_and_one_moment_for_all_are_taken_too() -> None:
    held = notices(250, 22)
    at = vertices_near(held, Random(23), 300)
    lon, lat = np.array([v[0] for v in at]), np.array([v[1] for v in at])
    zones = engine.Zones(index_of(held), 10 * HOUR_MS, 10 * HOUR_MS)
    one = zones.inside(lon, lat, 10 * HOUR_MS)
    other = zones.inside(lon / 1e7, lat / 1e7, np.full(len(at), 10 * HOUR_MS), threads=2)
    assert len(one["row"]) > 10
    assert all(np.array_equal(one[name], other[name]) for name in one)


def test_a_predicted_entry_is_the_first_leg_that_meets_the_zone() -> None:
    random, held = Random(24), notices(150, 25)
    index, at = index_of(held), vertices_near(held, random, 150)[3:]
    course = [random.uniform(0, 360) for _ in at]
    speed = [10 ** random.uniform(2, 4.6) for _ in at]
    when = [random.randrange(0, 40) * HOUR_MS for _ in at]
    found = engine.entries_ahead(
        index,
        np.array([v[0] for v in at]),
        np.array([v[1] for v in at]),
        np.array(when),
        np.array(course),
        np.array(speed),
        20,
        margin=NEAR,
    )
    expected = []
    for row, (lon, lat) in enumerate(at):
        legs = engine.legs_ahead(lon, lat, course[row], speed[row], 20)
        for zone in held:
            for number, pieces in enumerate(legs):
                start_ms = when[row] + number * 60_000
                leg = Volume(
                    core=Line(paths=tuple(tuple(piece) for piece in pieces)),
                    radius_cm=0,
                    band=ALL_HEIGHTS,
                    interval=Interval(start_ms=start_ms, end_ms=start_ms + 60_000),
                )
                if meets(leg, zone.volume, NEAR):
                    expected.append((row, start_ms, zone.id))
                    break
    assert len(expected) > 20
    assert sorted(expected) == list(
        zip(found["row"].tolist(), found["first_ms"].tolist(), found["zone"].tolist(), strict=True)
    )
