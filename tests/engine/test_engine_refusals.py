"""Bad input is refused by name and row, and the index is left as it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.scene import MARGIN, notices

engine = pytest.importorskip("standclear_engine", reason="THE ENGINE IS NOT BUILT: its tests are skipped")


def three(**changed: object) -> dict[str, Any]:
    """Three volumes in columns: a point, a line and an area."""
    columns: dict[str, Any] = {
        "form": np.array([0, 1, 2]),
        "lon": np.array([1.0, 2.0, 2.1, 3.0, 3.1, 3.1]),
        "lat": np.array([1.0, 2.0, 2.1, 3.0, 3.0, 3.1]),
        "vertex_offsets": np.array([0, 1, 3, 6]),
        "radius_cm": np.array([100, 200, 0]),
        "lower_cm": np.zeros(3, int),
        "upper_cm": np.full(3, 1000),
        "reference": np.zeros(3, int),
        "start_ms": np.zeros(3, int),
        "end_ms": np.full(3, 1000),
    }
    return columns | changed


def with_one(name: str, row: int, value: object) -> dict[str, Any]:
    column = three()[name].copy()
    column[row] = value
    return three(**{name: column})


def columns_at_fault() -> dict[str, tuple[dict[str, Any], str, int, str]]:
    huge = three()["lon"] * 1e7
    huge[4] = 1_800_000_001
    return {
        "not a number": (with_one("lon", 4, np.nan), "BadVolume", 2, "lon"),
        "infinite": (with_one("lat", 1, np.inf), "BadVolume", 1, "lat"),
        "a longitude out of range": (with_one("lon", 0, 180.1), "BadVolume", 0, "lon"),
        "a latitude out of range": (with_one("lat", 5, -90.5), "BadVolume", 2, "lat"),
        "whole longitudes out of range": (three(lon=huge.astype(np.int64)), "BadVolume", 2, "lon"),
        "a form that is none": (with_one("form", 1, 3), "BadVolume", 1, "form"),
        "a line of one vertex": (
            three(vertex_offsets=np.array([0, 2, 3, 6]), form=np.array([1, 1, 2])),
            "BadVolume",
            1,
            "vertices",
        ),
        "a point of two": (
            three(vertex_offsets=np.array([0, 2, 3, 6]), form=np.array([0, 0, 2])),
            "BadVolume",
            0,
            "vertices",
        ),
        "an area of none": (three(vertex_offsets=np.array([0, 1, 6, 6])), "BadVolume", 2, "vertices"),
        "a ring that repeats its first vertex": (
            with_one("lat", 5, 3.0) | {"lon": np.array([1, 2, 2.1, 3, 3.1, 3.0])},
            "BadVolume",
            2,
            "vertices",
        ),
        "a radius below nothing": (with_one("radius_cm", 1, -1), "BadVolume", 1, "radius_cm"),
        "a radius over the limit": (with_one("radius_cm", 2, 100_000_001), "BadVolume", 2, "radius_cm"),
        "a radius that is no number": (
            three(radius_cm=np.array([1.0, np.nan, 2.0])),
            "BadVolume",
            1,
            "radius_cm",
        ),
        "a band inside out": (with_one("upper_cm", 2, -1), "BadVolume", 2, "upper_cm"),
        "an interval that ends before it starts": (
            with_one("end_ms", 1, -1) | {"start_ms": np.array([0, 5, 0])},
            "BadVolume",
            1,
            "end_ms",
        ),
        "a reference that is none": (with_one("reference", 0, 4), "BadVolume", 0, "reference"),
        "offsets that fall": (three(vertex_offsets=np.array([0, 3, 1, 6])), "BadVolume", 1, "vertex_offsets"),
        "a column too short": (three(end_ms=np.zeros(2, int)), "UnequalLengths", -1, "end_ms"),
        "too few latitudes": (three(lat=np.zeros(5)), "UnequalLengths", -1, "lat"),
        "a column of words": (three(radius_cm="many"), "BadArgument", -1, "radius_cm"),
    }


@pytest.mark.parametrize("name", columns_at_fault())
def test_columns_at_fault_are_refused_by_row_and_field(name: str) -> None:
    columns, kind, row, field = columns_at_fault()[name]
    with pytest.raises(engine.EngineError) as raised:
        engine.Volumes(**columns)
    assert kind == type(raised.value).__name__
    assert field == raised.value.field
    assert row in (-1, getattr(raised.value, "row", -1))
    assert isinstance(raised.value, ValueError)


def state(index: Any) -> tuple[int, list[object]]:
    everywhere = notices(60, 31)
    return len(index), [index.check(notice.volume, party=99, kind=0) for notice in everywhere]


def test_a_refused_change_leaves_the_index_as_it_was() -> None:
    held = notices(60, 31)
    index = engine.Index(engine.Rules(margin=MARGIN))
    ids = np.array([notice.id for notice in held], dtype=np.uint64)
    volumes = engine.Volumes.of([notice.volume for notice in held])
    index.insert(ids, volumes, party=1, kind=0)
    before = state(index)
    fresh = ids + 1_000
    twice = fresh.copy()
    twice[7] = twice[3]
    one_there = fresh.copy()
    one_there[5] = ids[2]
    refused: list[tuple[type[Exception], int | None, Any]] = [
        (engine.DuplicateId, 7, lambda: index.insert(twice, volumes, party=1, kind=0)),
        (engine.DuplicateId, 5, lambda: index.insert(one_there, volumes, party=1, kind=0)),
        (engine.DuplicateId, 0, lambda: index.insert(int(ids[0]), held[0].volume, party=1, kind=0)),
        (engine.UnknownId, 0, lambda: index.replace(fresh, volumes, party=1, kind=0)),
        (engine.UnknownId, 1, lambda: index.remove(np.array([ids[0], 77_777], dtype=np.uint64))),
        (engine.UnknownId, 2, lambda: index.remove(ids[[0, 1, 0]])),
        (engine.UnknownId, 0, lambda: index.remove(77_777)),
        (engine.UnequalLengths, None, lambda: index.insert(fresh[:-1], volumes, party=1, kind=0)),
        (engine.UnequalLengths, None, lambda: index.insert(fresh, volumes, party=np.ones(3, int), kind=0)),
        (engine.BadVolume, 0, lambda: index.insert(fresh, volumes, party=70_000, kind=0)),
        (engine.BadVolume, 0, lambda: index.insert(fresh, volumes, party=1, kind=64)),
        (engine.BadArgument, None, lambda: index.insert(5_000, [], party=1, kind=0)),
        (engine.BadArgument, None, lambda: index.check(held[0].volume, party=1, kind=64)),
        (engine.BadArgument, None, lambda: index.check(held[0].volume, party=1, kind=0, margin=(-1, 0, 0))),
        (AttributeError, None, lambda: index.insert(5_000, "no volume", party=1, kind=0)),
    ]
    for kind, row, deed in refused:
        with pytest.raises(kind) as raised:
            deed()
        assert row in (None, getattr(raised.value, "row", None))
        assert before == state(index)


def test_empty_sets_are_answered_and_not_refused() -> None:
    nothing = three(
        form=np.zeros(0, int),
        lon=np.zeros(0),
        lat=np.zeros(0),
        vertex_offsets=np.array([0]),
        **{
            name: np.zeros(0, int)
            for name in ("radius_cm", "lower_cm", "upper_cm", "reference", "start_ms", "end_ms")
        },
    )
    volumes = engine.Volumes(**nothing)
    index = engine.Index(engine.Rules(margin=MARGIN))
    index.insert(np.zeros(0, np.uint64), volumes, party=0, kind=0)
    index.remove(np.zeros(0, np.uint64))
    packed = engine.Packed(volumes, party=0, kind=0)
    assert [] == list(index.join(packed)) + list(index.self_join()) + list(index.join(index))
    assert 0 == len(index.join(packed).all()["a"]) == len(index) == len(packed)
    zones = engine.Zones(index, 0, 10)
    assert 0 == len(zones) == len(zones.inside(np.zeros(0), np.zeros(0), 5)["row"])
    assert 0 == len(engine.entries_ahead(index, np.zeros(0), np.zeros(0), 5, 0.0, 0.0, 5)["row"])


def test_a_moment_outside_the_window_of_the_zones_is_refused_by_row() -> None:
    zones = engine.Zones(engine.Index(engine.Rules(margin=MARGIN)), 100, 200)
    with pytest.raises(engine.BadVolume) as raised:
        zones.inside(np.zeros(3), np.zeros(3), np.array([100, 150, 201]))
    assert (2, "at_ms") == (raised.value.row, raised.value.field)
    with pytest.raises(engine.BadArgument):
        engine.Zones(engine.Index(engine.Rules(margin=MARGIN)), 100, 99)


def test_a_volume_of_our_own_is_read_by_its_fields_and_refused_by_them() -> None:
    from types import SimpleNamespace as Some

    band, interval = Some(lower_cm=0, upper_cm=1, reference="w84"), Some(start_ms=0, end_ms=1)
    good = Some(core=Some(at=(0, 0)), radius_cm=1, band=band, interval=interval)
    index = engine.Index(engine.Rules(margin=MARGIN))
    index.insert(1, good, party=1, kind=0)
    for field, changed in (
        ("core", Some(core=Some())),
        ("lon_e7", Some(core=Some(at=(1_800_000_001, 0)))),
        ("radius_cm", Some(radius_cm=-5)),
        ("reference", Some(band=Some(lower_cm=0, upper_cm=1, reference="agl"))),
        ("vertices", Some(core=Some(rings=[]))),
        ("vertices", Some(core=Some(paths=[[(0, 0)]]))),
        ("end_ms", Some(interval=Some(start_ms=2, end_ms=1))),
    ):
        with pytest.raises(engine.BadVolume) as raised:
            index.insert(2, Some(**(vars(good) | vars(changed))), party=1, kind=0)
        assert field == raised.value.field
    assert 1 == len(index)
