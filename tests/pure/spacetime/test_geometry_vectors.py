"""The vectors of the definition hold; tests/vectors/make_geometry.py wrote them, and other implementations use them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from geometry_pairs import FAMILIES, pairs_of
from repository import ROOT
from standclear.spacetime.distance import contains, cores_within, stated_distance_cm
from standclear.spacetime.earth import cut_edge, halvings, place, sincos
from standclear.spacetime.meet import Margin, meets
from standclear.spacetime.shape import shape_from_value, shape_to_value
from standclear.spacetime.volume import volume_from_value


def vectors(name: str) -> Any:
    return json.loads((ROOT / "tests" / "vectors" / "geometry" / f"{name}.json").read_text(encoding="ascii"))


def test_sines_are_as_printed() -> None:
    rows = vectors("sincos")
    assert [[t, *map(int, sines)] for t, *sines in rows] == [[t, *sincos(t)] for t, *_ in rows]


def test_places_are_as_printed() -> None:
    rows = vectors("places")
    assert len(rows) == 1_000
    assert rows == [[lon, lat, *place(lon, lat)] for lon, lat, *_ in rows]


def test_cut_edges_are_as_printed() -> None:
    rows = vectors("edges")
    assert len(rows) == 200
    for row in rows:
        a, b = tuple(row["a"]), tuple(row["b"])
        assert row["halvings"] == halvings(a, b)
        shown = [i for i, *_ in row["cuts"]]
        assert [0, 1 << row["halvings"]] == [shown[0], shown[-1]]
        if row["halvings"] <= 8:
            cuts = cut_edge(a, b)
            assert row["cuts"] == [[i, *cuts[i]] for i in shown]
        else:  # tens of thousands of cuts: those shown are placed alone
            step = [(b[n] - a[n]) << 16 - row["halvings"] for n in (0, 1)]
            assert row["cuts"] == [
                [i, *place((a[0] << 16) + i * step[0], (a[1] << 16) + i * step[1])] for i in shown
            ]


@pytest.mark.parametrize("family", FAMILIES)
def test_pairs_are_at_the_printed_distance(family: str) -> None:
    rows = [row for row in vectors("pairs") if row["family"] == family]
    assert len(rows) == 300
    for row in rows[:: 10 if family in ("world", "poles") else 3]:
        a, b = shape_from_value(row["a"], "a"), shape_from_value(row["b"], "b")
        assert [row["a_holds_b"], row["b_holds_a"]] == [contains(a, b), contains(b, a)]
        distance_cm = row["distance_cm"]
        assert distance_cm == stated_distance_cm(a, b)
        assert cores_within(b, a, distance_cm)
        assert distance_cm == 0 or not cores_within(b, a, distance_cm - 1)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_seed_still_gives_the_printed_pairs(family: str) -> None:
    rows = [(row["a"], row["b"]) for row in vectors("pairs") if row["family"] == family]
    assert rows == [(shape_to_value(a), shape_to_value(b)) for a, b in pairs_of(family, 1, 300)]


def test_decisions_are_as_printed() -> None:
    rows = vectors("decisions")
    assert len(rows) == 600
    for row in rows:
        horizontal_cm, vertical_cm, time_ms = row["margin"]
        margin = Margin(horizontal_cm=horizontal_cm, vertical_cm=vertical_cm, time_ms=time_ms)
        a, b = volume_from_value(row["a"], "a"), volume_from_value(row["b"], "b")
        assert row["meets"] == meets(a, b, margin)
