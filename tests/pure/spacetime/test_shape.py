"""A shape is valid or refused, with the field and the remedy named."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from standclear.errors import Malformed
from standclear.limits import PIECES_MAX, VERTICES_MAX
from standclear.spacetime.shape import (
    Area,
    Line,
    Point,
    Shape,
    edges_of,
    parts_of,
    shape_from_value,
    shape_to_value,
)
from strategies import shapes

TRIANGLE = [[0, 0], [10, 0], [0, 10]]
WORLD_WIDE = [[-1_800_000_000, 0], [1_800_000_000, 1]]


@given(shapes())
def test_a_value_gives_the_shape_back(shape: Shape) -> None:
    again = shape_from_value(shape_to_value(shape), "core")
    assert shape == again
    assert hash(shape) == hash(again)


REFUSED: dict[str, tuple[Any, str]] = {
    "a text": ("point", "core.type"),
    "nothing": (None, "core.type"),
    "an unknown type": ({"type": "circle", "at": [0, 0]}, "core.type"),
    "no place": ({"type": "point"}, "core.at"),
    "one field too many": ({"type": "point", "at": [0, 0], "radius_cm": 1}, "core.radius_cm"),
    "a height": ({"type": "point", "at": [0, 0, 0]}, "core.at"),
    "one number": ({"type": "point", "at": [0]}, "core.at"),
    "a text for a vertex": ({"type": "point", "at": "00"}, "core.at"),
    "a float": ({"type": "point", "at": [0.0, 0]}, "core.at"),
    "a bool": ({"type": "point", "at": [True, 0]}, "core.at"),
    "a bool for a latitude": ({"type": "point", "at": [0, False]}, "core.at"),
    "too far east": ({"type": "point", "at": [1_800_000_001, 0]}, "core.at"),
    "too far west": ({"type": "point", "at": [-1_800_000_001, 0]}, "core.at"),
    "north of the pole": ({"type": "point", "at": [0, 900_000_001]}, "core.at"),
    "south of the pole": ({"type": "point", "at": [0, -900_000_001]}, "core.at"),
    "no list of paths": ({"type": "line", "paths": {}}, "core.paths"),
    "no paths": ({"type": "line", "paths": []}, "core.paths"),
    "a path that is no list": ({"type": "line", "paths": ["ab"]}, "core.paths[0]"),
    "a path of one vertex": ({"type": "line", "paths": [[[0, 0]]]}, "core.paths[0]"),
    "an empty path": ({"type": "line", "paths": [[[0, 0], [1, 1]], []]}, "core.paths[1]"),
    "a bad vertex of a path": ({"type": "line", "paths": [[[0, 0], [1, "1"]]]}, "core.paths[0][1]"),
    "no rings": ({"type": "area", "rings": []}, "core.rings"),
    "a ring of no vertices": ({"type": "area", "rings": [TRIANGLE, []]}, "core.rings[1]"),
    "a ring of two vertices": ({"type": "area", "rings": [TRIANGLE[:2]]}, "core.rings[0]"),
    "a closing vertex": ({"type": "area", "rings": [[*TRIANGLE, TRIANGLE[0]]]}, "core.rings[0][3]"),
    "a ring of one place": ({"type": "area", "rings": [[[0, 0]] * 3]}, "core.rings[0][2]"),
    "a bad vertex of a ring": ({"type": "area", "rings": [[[0, 0], [0, 1], [0]]]}, "core.rings[0][2]"),
}


@pytest.mark.parametrize(("value", "field"), REFUSED.values(), ids=list(REFUSED))
def test_a_bad_value_is_refused_with_its_field_and_a_remedy(value: Any, field: str) -> None:
    with pytest.raises(Malformed) as refused:
        shape_from_value(value, "core")
    assert field == refused.value.field
    assert refused.value.fields["remedy"]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Point(at=[0, 0]),  # type: ignore[arg-type]
        lambda: Line(paths=[((0, 0), (1, 1))]),  # type: ignore[arg-type]
        lambda: Line(paths=([(0, 0), (1, 1)],)),  # type: ignore[arg-type]
        lambda: Area(rings=()),
    ],
)
def test_a_shape_cannot_be_made_of_lists_or_of_nothing(make: Any) -> None:
    with pytest.raises(Malformed):
        make()


def test_the_most_vertices_are_taken_and_one_more_is_refused() -> None:
    path = [[i, 0] for i in range(VERTICES_MAX)]
    halves = {"type": "line", "paths": [path[: VERTICES_MAX // 2], path[VERTICES_MAX // 2 :]]}
    assert isinstance(shape_from_value(halves, ""), Line)
    halves["paths"][1].append([0, 1])  # type: ignore[attr-defined, index]
    with pytest.raises(Malformed) as refused:
        shape_from_value(halves, "")
    assert refused.value.field == "paths[1]"


def test_the_most_pieces_are_taken_and_more_are_refused() -> None:
    pieces = 16_384  # of one edge around the world
    assert isinstance(
        shape_from_value({"type": "line", "paths": [WORLD_WIDE] * (PIECES_MAX // pieces)}, ""), Line
    )
    for kind, parts in (("line", [WORLD_WIDE] * 5), ("area", [[*WORLD_WIDE, [0, 0]]] * 3)):
        name = "paths" if kind == "line" else "rings"
        with pytest.raises(Malformed) as refused:
            shape_from_value({"type": kind, name: parts}, "core")
        assert f"core.{name}" == refused.value.field


def test_a_ring_may_cross_itself_or_have_no_area() -> None:
    bow_tie = ((0, 0), (10, 10), (10, 0), (0, 10))
    flat = ((0, 0), (10, 0), (5, 0))
    repeated = ((0, 0), (0, 0), (5, 0))
    assert (bow_tie, flat, repeated) == Area(rings=(bow_tie, flat, repeated)).rings


def test_equal_shapes_have_equal_hashes_and_unlike_shapes_differ() -> None:
    ring = ((0, 0), (10, 0), (0, 10))
    assert Area(rings=(ring,)) == Area(rings=(tuple(ring),))
    assert Line(paths=(ring,)) != Area(rings=(ring,))
    assert hash(Line(paths=(ring,))) == hash(Line(paths=(ring,)))


def test_a_point_is_one_edge_and_a_ring_closes_itself() -> None:
    point, ring = Point(at=(1, 2)), ((0, 0), (10, 0), (0, 10))
    assert [((1, 2), (1, 2))] == list(edges_of(point))
    assert (((1, 2),),) == parts_of(point)
    assert [((0, 0), (10, 0)), ((10, 0), (0, 10))] == list(edges_of(Line(paths=(ring,))))
    closing = ((0, 10), (0, 0))
    assert [((0, 0), (10, 0)), ((10, 0), (0, 10)), closing] == list(edges_of(Area(rings=(ring,))))
