"""The engine says what the law says: on every family of nasty pairs, on the vectors, and on shapes of many vertices."""

from __future__ import annotations

import json
import math
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from engine.comparison import compare
from engine.families import FAMILIES, columns_of
from engine.scene import shape_of
from standclear.spacetime.distance import stated_distance_cm
from standclear.spacetime.meet import Margin
from standclear.spacetime.volume import volume_from_value

engine = pytest.importorskip("standclear_engine", reason="THE ENGINE IS NOT BUILT: its tests are skipped")

VECTORS = Path(__file__).parent.parent / "vectors" / "geometry"


def vectors(name: str) -> Any:
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("family", FAMILIES)
def test_integers_and_filter_agree_with_python_at_the_flip_and_about_it(family: str) -> None:
    share = FAMILIES[family][1]
    told = compare(
        engine, family, seed=4711, count=max(100, 20 * share), in_python=max(20, share + share // 2)
    )
    assert told["asked"] > 40 * share
    assert (0, 0) == (told["differ"], told["wrong"])


def test_the_filter_settles_most_of_what_is_not_at_the_flip() -> None:
    told = compare(engine, "nearby", seed=1, count=2_000, in_python=0)
    assert told["settled"] > told["asked"] // 3


def on(value: object) -> Any:
    """A core on its own as a volume that any other meets in time and height."""
    always = {"lower_cm": 0, "upper_cm": 0, "reference": "w84"}, {"start_ms": 0, "end_ms": 0}
    return volume_from_value(
        {"core": value, "radius_cm": 0, "band": always[0], "interval": always[1]}, "volume"
    )


def test_the_pairs_of_the_vectors_have_their_distance() -> None:
    pairs = vectors("pairs.json")
    a, b = (engine.Volumes.of([on(pair[side]) for pair in pairs]) for side in ("a", "b"))
    assert [pair["distance_cm"] for pair in pairs] == engine.stated_distances_cm(a, b).tolist()


def test_the_decisions_of_the_vectors_are_ours() -> None:
    for case in vectors("decisions.json"):
        a, b = (volume_from_value(case[side], side) for side in ("a", "b"))
        index = engine.Index(engine.Rules(margin=(0, 0, 0)))
        index.insert(1, b, party=1, kind=0)
        margin = Margin(
            horizontal_cm=case["margin"][0], vertical_cm=case["margin"][1], time_ms=case["margin"][2]
        )
        assert case["meets"] == bool(index.check(a, party=2, kind=0, margin=margin))


def test_places_of_whole_vertices_are_those_of_the_vectors() -> None:
    whole = [line for line in vectors("places.json") if line[0] % 65536 == 0 and line[1] % 65536 == 0]
    lon, lat = (np.array([line[i] // 65536 for line in whole], dtype=np.int32) for i in (0, 1))
    assert len(whole) > 100
    assert [line[2:] for line in whole] == engine.places(lon, lat).tolist()


def star(
    random: Random, lon: int, lat: int, size: int, count: int
) -> tuple[int, list[list[tuple[int, int]]]]:
    ring = []
    for i in range(count):
        angle, reach = math.tau * i / count, size * random.uniform(0.9, 1)
        ring.append((lon + round(reach * math.cos(angle)), lat + round(reach * math.sin(angle))))
    return 2, [ring]


def test_shapes_of_many_vertices_are_decided_exactly() -> None:
    """As many as the law allows against Python; ten thousand, which only the engine takes, against its own integers."""
    random = Random(5)
    for count, in_python in ((4_000, True), (10_000, False)):
        cores = [
            (
                star(random, 0, 450_000_000, 900_000, count),
                star(random, 1_500_000 + 100_000 * i, 450_000_000 + 900_000, 500_000, count // 2),
            )
            for i in range(4)
        ]
        a, b = (engine.Volumes(**columns_of(pair[side] for pair in cores)) for side in (0, 1))
        stated = engine.stated_distances_cm(a, b)
        if in_python:
            assert stated_distance_cm(*map(shape_of, cores[3])) == stated[3]
        assert all(stated > 0) or stated[3] > 0
        for shift in (0, -1, 5_000):
            reach = np.maximum(stated + shift, 0)
            assert (stated <= reach).tolist() == engine.pairs_meet(a, b, reach).astype(bool).tolist()


def test_no_point_is_further_by_the_law_than_by_karney() -> None:
    """A true conflict is never missed: the stated distance never exceeds the geodesic one."""
    from pyproj import Geod

    rng, count = np.random.default_rng(6), 100_000
    lon, lat = (
        rng.integers(-1_800_000_000, 1_800_000_001, count),
        rng.integers(-900_000_000, 900_000_001, count),
    )
    step = 10 ** rng.uniform(0, 8, count)
    far_lon = np.clip(
        lon + (rng.uniform(-1, 1, count) * step).astype(np.int64), -1_800_000_000, 1_800_000_000
    )
    far_lat = np.clip(lat + (rng.uniform(-1, 1, count) * step).astype(np.int64), -900_000_000, 900_000_000)
    alike = {
        "form": np.zeros(count, int),
        "vertex_offsets": np.arange(count + 1),
        "radius_cm": 0,
        "lower_cm": 0,
        "upper_cm": 0,
        "reference": 0,
        "start_ms": 0,
        "end_ms": 0,
    }
    a, b = engine.Volumes(lon=lon, lat=lat, **alike), engine.Volumes(lon=far_lon, lat=far_lat, **alike)
    metres = Geod(ellps="WGS84").inv(lon / 1e7, lat / 1e7, far_lon / 1e7, far_lat / 1e7)[2]
    reach = np.minimum(np.ceil(metres * 100 + 0.001), 100_000_000).astype(np.int64)
    near = metres < 900_000
    assert near.sum() > 10_000
    assert engine.pairs_meet(a, b, reach)[near].all()
    assert (engine.stated_distances_cm(a, b) <= np.ceil(metres * 100 + 0.001)).all()
