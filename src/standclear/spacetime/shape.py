"""Shapes on the ground: a point, a polyline of one or more paths, or a polygon of one or more rings.

Vertices are (lon_e7, lat_e7), in that order. An edge is straight in longitude/latitude (RFC 7946, 3.1.1), and
goes the way that the numbers say: one that would cross ±180° is cut there by whoever makes the shape, into
parts. Rings are even-odd over all rings, so holes need no orientation and a ring that crosses itself has a
meaning. A ring may have no area: its edges count all the same, so that nothing is missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import assert_never

from standclear.errors import Malformed
from standclear.limits import PIECES_MAX, VERTICES_MAX
from standclear.spacetime.earth import Vertex, halvings
from standclear.spacetime.fields import entries, placed
from standclear.spacetime.units import LAT_E7_MAX, LON_E7_MAX

Path = tuple[Vertex, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One vertex.

    Raises:
        Malformed: if it is no vertex.
    """

    at: Vertex

    def __post_init__(self) -> None:
        _check_vertex(self.at, "at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One or more paths of two or more vertices. With a radius it is a corridor.

    Raises:
        Malformed: if a path is too short, or a vertex is no vertex, or a limit is exceeded.
    """

    paths: tuple[Path, ...]
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _check_parts(self.paths, "paths", 2)
        _check_pieces(self, "paths")
        object.__setattr__(self, "_hash", hash(self.paths))

    def __hash__(self) -> int:
        return self._hash  # kept, because a table of decisions asks for it every time


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One or more rings of three or more vertices; the last is not the first again. Even-odd over all rings.

    Raises:
        Malformed: if a ring is too short or repeats its first vertex at its end, or a vertex is no
            vertex, or a limit is exceeded.
    """

    rings: tuple[Path, ...]
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _check_parts(self.rings, "rings", 3)
        for index, ring in enumerate(self.rings):
            if ring[0] == ring[-1]:
                last = f"rings[{index}][{len(ring) - 1}]"
                raise Malformed(last, "the ring repeats its first vertex", "leave out the closing vertex")
        _check_pieces(self, "rings")
        object.__setattr__(self, "_hash", hash(self.rings))

    def __hash__(self) -> int:
        return self._hash


Shape = Point | Line | Area


def parts_of(shape: Shape) -> tuple[Path, ...]:
    """The paths or rings of the shape; a point is one path of one vertex."""
    match shape:
        case Point():
            return ((shape.at,),)
        case Line():
            return shape.paths
        case Area():
            return shape.rings
        case _:
            assert_never(shape)


def edges_of(shape: Shape) -> Iterator[tuple[Vertex, Vertex]]:
    """Every edge of the shape, in order; a point is one edge from itself to itself, a ring closes itself."""
    match shape:
        case Point():
            yield shape.at, shape.at
        case Line():
            for path in shape.paths:
                yield from pairwise(path)
        case Area():
            for ring in shape.rings:
                yield from pairwise(ring)
                yield ring[-1], ring[0]
        case _:
            assert_never(shape)


def shape_to_value(shape: Shape) -> dict[str, object]:
    """The shape as a value for JSON: the inverse of `shape_from_value`.

    Example:
        >>> shape_to_value(Point(at=(377000000, 553000000)))
        {'type': 'point', 'at': [377000000, 553000000]}
    """
    match shape:
        case Point():
            return {"type": "point", "at": list(shape.at)}
        case Line():
            return {"type": "line", "paths": [[list(vertex) for vertex in path] for path in shape.paths]}
        case Area():
            return {"type": "area", "rings": [[list(vertex) for vertex in ring] for ring in shape.rings]}
        case _:
            assert_never(shape)


def shape_from_value(value: object, field: str) -> Shape:
    """The shape that a value of JSON says.

    Raises:
        Malformed: naming the field below `field`.
    """
    kind = value.get("type") if isinstance(value, dict) else None
    try:
        match kind:
            case "point":
                return Point(at=_vertex(entries(value, ("type", "at"), "")["at"], "at"))
            case "line":
                return Line(paths=_parts(entries(value, ("type", "paths"), "")["paths"], "paths"))
            case "area":
                return Area(rings=_parts(entries(value, ("type", "rings"), "")["rings"], "rings"))
            case _:
                raise Malformed("type", "not a known type of shape", "give point, line or area")
    except Malformed as error:
        raise placed(error, field) from None


def _vertex(value: object, field: str) -> Vertex:
    if not isinstance(value, list) or len(value) != 2:
        raise Malformed(field, "not a vertex", "give a list of longitude and latitude, in 1e-7 degrees")
    return (value[0], value[1])


def _parts(value: object, field: str) -> tuple[Path, ...]:
    if not isinstance(value, list):
        raise Malformed(field, "not a list", f"give a list of {field}")
    parts: list[Path] = []
    for index, part in enumerate(value):
        if not isinstance(part, list):
            raise Malformed(f"{field}[{index}]", "not a list", "give a list of vertices")
        parts.append(tuple(_vertex(vertex, f"{field}[{index}][{i}]") for i, vertex in enumerate(part)))
    return tuple(parts)


def _check_vertex(vertex: object, field: str) -> None:
    if (
        type(vertex) is not tuple
        or len(vertex) != 2
        or type(vertex[0]) is not int
        or type(vertex[1]) is not int
    ):
        raise Malformed(field, "not two whole numbers", "give longitude and latitude, in whole 1e-7 degrees")
    if not -LON_E7_MAX <= vertex[0] <= LON_E7_MAX:
        raise Malformed(field, f"longitude {vertex[0]} is out of range", "give -1800000000 to 1800000000")
    if not -LAT_E7_MAX <= vertex[1] <= LAT_E7_MAX:
        raise Malformed(field, f"latitude {vertex[1]} is out of range", "give -900000000 to 900000000")


def _check_parts(parts: object, field: str, least: int) -> None:
    if type(parts) is not tuple or not parts:
        raise Malformed(field, "empty", f"give at least one of {field}")
    count = 0
    for index, part in enumerate(parts):
        name = f"{field}[{index}]"
        if type(part) is not tuple or len(part) < least:
            raise Malformed(name, "too few vertices", f"give at least {least}")
        count += len(part)
        if count > VERTICES_MAX:
            raise Malformed(name, f"more than {VERTICES_MAX} vertices", "give fewer, or several shapes")
        for i, vertex in enumerate(part):
            _check_vertex(vertex, f"{name}[{i}]")


def _check_pieces(shape: Shape, field: str) -> None:
    if sum(1 << halvings(a, b) for a, b in edges_of(shape)) > PIECES_MAX:
        raise Malformed(field, f"longer than {PIECES_MAX} pieces", "give shorter edges, or several shapes")
