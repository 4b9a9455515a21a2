"""Seeded pairs of cores from the families that break geometry, for the tests and benches of the engine.

Each family makes pairs whose distance is anything from touching to the size of the family. A core is a form
(0 point, 1 line, 2 area) and its parts, each a list of (lon_e7, lat_e7).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from random import Random
from typing import Final

import numpy as np

LON: Final = 1_800_000_000
LAT: Final = 900_000_000
Vertex = tuple[int, int]
Core = tuple[int, list[list[Vertex]]]
Pair = tuple[Core, Core]


def _vertex(lon: float, lat: float) -> Vertex:
    return max(-LON, min(LON, round(lon))), max(-LAT, min(LAT, round(lat)))


def _wrapped(lon: float, lat: float) -> Vertex:
    """The vertex with its longitude brought into range by whole turns."""
    return _vertex((lon + LON) % (2 * LON) - LON, lat)


def _ring(r: Random, lon: float, lat: float, size: float, count: int) -> list[Vertex]:
    """A star about a centre, stretched along longitude as on the ground."""
    stretch = 1 / max(0.02, math.cos(math.radians(lat / 1e7)))
    start = r.random() * math.tau
    ring: list[Vertex] = []
    for i in range(count):
        angle = start + math.tau * i / count
        reach = size * (0.4 + 0.6 * r.random())
        ring.append(_vertex(lon + reach * stretch * math.cos(angle), lat + reach * math.sin(angle)))
    return _proper(ring)


def _proper(ring: list[Vertex]) -> list[Vertex]:
    """A ring that does not repeat its first vertex and has three vertices at least."""
    while len(ring) > 3 and ring[0] == ring[-1]:
        ring = ring[:-1]
    if ring[0] == ring[-1]:
        lon, lat = ring[-1]
        ring[-1] = (lon + 1 if lon < LON else lon - 1, lat)
    return ring


def _path(r: Random, lon: float, lat: float, size: float, count: int) -> list[Vertex]:
    path = [_vertex(lon, lat)]
    for _ in range(count - 1):
        lon += size * (r.random() * 2 - 1)
        lat += size * (r.random() * 2 - 1)
        path.append(_vertex(lon, lat))
    return path


def _any(r: Random, lon: float, lat: float, size: float) -> Core:
    kind = r.random()
    if kind < 0.25:
        return 0, [[_vertex(lon, lat)]]
    if kind < 0.5:
        return 1, [_path(r, lon, lat, size, r.randint(2, 5))]
    return 2, [_ring(r, lon, lat, size, r.randint(3, 12))]


def _two(r: Random, lon: float, lat: float, size: float, apart: float) -> Pair:
    angle, away = r.random() * math.tau, apart * r.random()
    stretch = 1 / max(0.02, math.cos(math.radians(lat / 1e7)))
    other = lon + away * stretch * math.cos(angle), lat + away * math.sin(angle)
    return _any(r, lon, lat, size), _any(r, other[0], other[1], size * 10 ** r.uniform(-1.5, 0.3))


def nearby(r: Random) -> Pair:
    """Shapes of a few kilometres, a few kilometres apart, anywhere."""
    size = 10 ** r.uniform(4, 6)
    return _two(r, r.uniform(-0.99, 0.99) * LON, r.uniform(-0.8, 0.8) * LAT, size, size * 4)


def antimeridian(r: Random) -> Pair:
    """One on either side of ±180 degrees, or cut there into two parts."""
    lat, size = r.uniform(-0.85, 0.85) * LAT, 10 ** r.uniform(3.5, 5.7)
    one = _any(r, LON - r.random() * size, lat, size)
    two = _any(r, -LON + r.random() * size, lat + (r.random() * 2 - 1) * size * 2, size)
    if r.random() < 0.3:
        side = _ring(r, LON - size, lat, size, 5)
        far = [_wrapped(x + 2 * size, y) for x, y in side]
        one = 2, [side, _proper(far)]
    return one, two


def long_edges(r: Random) -> Pair:
    """Paths of edges of 20 to 300 km beside small shapes."""
    lon, lat = r.uniform(-0.95, 0.95) * LON, r.uniform(-0.75, 0.75) * LAT
    path = _path(r, lon, lat, 10 ** r.uniform(6.2, 7.4), r.randint(2, 4))
    along = r.random()
    a, b = path[0], path[1]
    near = a[0] + along * (b[0] - a[0]), a[1] + along * (b[1] - a[1])
    size = 10 ** r.uniform(3.5, 6)
    return (1, [path]), _any(
        r, near[0] + (r.random() - 0.5) * size * 6, near[1] + (r.random() - 0.5) * size * 6, size
    )


def east_west(r: Random) -> Pair:
    """Edges along parallels between 60 and 75 degrees, where they bend most."""
    lon, lat = r.uniform(-0.9, 0.9) * LON, r.uniform(0.66, 0.83) * LAT * r.choice((-1, 1))
    length = 10 ** r.uniform(6, 7.5)
    path = [_vertex(lon, lat), _vertex(lon + length, lat + r.uniform(-1e4, 1e4))]
    size = 10 ** r.uniform(3.5, 6)
    return (1, [path]), _any(r, lon + r.random() * length, lat + (r.random() - 0.5) * size * 6, size)


def poles(r: Random) -> Pair:
    """Both near a pole, some with rings around it."""
    sign = r.choice((-1, 1))

    def near_pole() -> Core:
        lat = sign * (LAT - 10 ** r.uniform(3, 7.6))
        if r.random() < 0.3:
            count = r.randint(3, 8)
            return 2, [_proper([_vertex(-LON + 2 * LON * i / count, lat) for i in range(count)])]
        return _any(r, r.uniform(-1, 1) * LON, lat, 10 ** r.uniform(3, 7))

    return near_pole(), near_pole()


def touching(r: Random) -> Pair:
    """Shapes that share a vertex, an edge, or a point of an edge."""
    lon, lat, size = r.uniform(-0.9, 0.9) * LON, r.uniform(-0.8, 0.8) * LAT, 10 ** r.uniform(2, 6)
    ring = _ring(r, lon, lat, size, r.randint(3, 8))
    a, b = ring[0], ring[1]
    away = (a[0] + (a[0] - round(lon)), a[1] + (a[1] - round(lat)))
    third = r.random()
    if third < 0.3:
        return (2, [ring]), (1, [[a, _vertex(*away)]])
    if third < 0.6:
        return (2, [ring]), (2, [_proper([a, b, _vertex(*away)])])
    return (2, [ring]), (0, [[((a[0] + b[0]) // 2, (a[1] + b[1]) // 2)]])


def slivers(r: Random) -> Pair:
    """Thin areas and edges that almost cross, nearly parallel."""
    lon, lat, size = r.uniform(-0.9, 0.9) * LON, r.uniform(-0.8, 0.8) * LAT, 10 ** r.uniform(4, 7)
    thin = 10 ** r.uniform(0, 3)
    one = [_vertex(lon, lat), _vertex(lon + size, lat + thin), _vertex(lon + size, lat + 2 * thin)]
    shift = thin * r.uniform(-3, 3)
    two = [
        _vertex(lon - size, lat + shift),
        _vertex(lon + size * r.uniform(0.1, 2), lat + shift * r.uniform(-2, 2)),
    ]
    return (2, [_proper(one)]), (1, [two])


def holes(r: Random) -> Pair:
    """Areas with holes, and something in the hole, in the flesh or outside."""
    lon, lat, size = r.uniform(-0.9, 0.9) * LON, r.uniform(-0.7, 0.7) * LAT, 10 ** r.uniform(4, 6.5)
    outer = _ring(r, lon, lat, size, r.randint(4, 12))
    inner = _ring(r, lon, lat, size * 0.39, r.randint(3, 8))
    away = size * r.uniform(0, 1.5)
    angle = r.random() * math.tau
    return (2, [outer, inner]), _any(
        r, lon + away * math.cos(angle), lat + away * math.sin(angle), size * 0.05
    )


def several(r: Random) -> Pair:
    """Lines of several paths and areas of several rings, apart from each other."""
    lon, lat, size = r.uniform(-0.9, 0.9) * LON, r.uniform(-0.7, 0.7) * LAT, 10 ** r.uniform(4, 6.3)
    parts = r.randint(2, 4)
    one = 1, [_path(r, lon + i * 4 * size, lat, size, 3) for i in range(parts)]
    two = 2, [_ring(r, lon + i * 3 * size, lat + r.uniform(-3, 3) * size, size, 5) for i in range(parts)]
    return one, two


def crossed(r: Random) -> Pair:
    """Rings that cross themselves, vertices on one line, spikes."""
    lon, lat, size = r.uniform(-0.9, 0.9) * LON, r.uniform(-0.8, 0.8) * LAT, 10 ** r.uniform(2, 6)
    ring = _proper([_vertex(lon + r.uniform(-1, 1) * size, lat + r.uniform(-1, 1) * size) for _ in range(7)])
    flat = _proper([_vertex(lon + i * size / 3, lat) for i in range(4)])
    return (2, [ring]), r.choice([(2, [flat]), _any(r, lon, lat, size * 0.3)])


def huge_and_tiny(r: Random) -> Pair:
    """A shape of a thousand kilometres and more beside one of metres."""
    lon, lat = r.uniform(-0.7, 0.7) * LON, r.uniform(-0.6, 0.6) * LAT
    size = 10 ** r.uniform(7, 8.3)
    ring = _ring(r, lon, lat, size, r.randint(3, 8))
    a, b = ring[0], ring[1]
    f, off = r.random(), 10 ** r.uniform(1, 7)
    near = (
        a[0] + f * (b[0] - a[0]) + r.uniform(-1, 1) * off,
        a[1] + f * (b[1] - a[1]) + r.uniform(-1, 1) * off,
    )
    return (2, [ring]), _any(r, near[0], near[1], 10 ** r.uniform(1, 4))


def world(r: Random) -> Pair:
    """Edges between any two vertices of the world."""

    def anything() -> Core:
        count = r.randint(1, 4)
        vertices = [_vertex(r.uniform(-1, 1) * LON, r.uniform(-1, 1) * LAT) for _ in range(count)]
        if count == 1:
            return 0, [vertices]
        return (1, [vertices]) if count == 2 else (2, [_proper(vertices)])

    return anything(), anything()


FAMILIES: Final[dict[str, tuple[Callable[[Random], Pair], int]]] = {
    "nearby": (nearby, 285),
    "antimeridian": (antimeridian, 100),
    "long edges": (long_edges, 100),
    "east-west": (east_west, 80),
    "poles": (poles, 2),
    "touching": (touching, 100),
    "slivers": (slivers, 100),
    "holes": (holes, 80),
    "several parts": (several, 50),
    "crossed": (crossed, 50),
    "huge beside tiny": (huge_and_tiny, 50),
    "world": (world, 3),
}  # with the share, in a thousand, of a mixed run


def pairs_of(family: str, seed: int, count: int) -> list[Pair]:
    """The pairs of a family: the same for the same seed."""
    random = Random(f"{family}/{seed}")
    make = FAMILIES[family][0]
    return [make(random) for _ in range(count)]


def columns_of(cores: Iterable[Core], radius_cm: int = 0) -> dict[str, object]:
    """The cores as columns for `standclear_engine.Volumes`, at all heights and times."""
    forms: list[int] = []
    flat: list[Vertex] = []
    vertex_offsets, part_offsets = [0], [0]
    for form, parts in cores:
        forms.append(form)
        for part in parts:
            flat += part
            vertex_offsets.append(len(flat))
        part_offsets.append(len(vertex_offsets) - 1)
    vertices = np.array(flat, dtype=np.int64).reshape(-1, 2)
    return {
        "form": np.array(forms, dtype=np.uint8),
        "lon": vertices[:, 0].astype(np.int32),
        "lat": vertices[:, 1].astype(np.int32),
        "vertex_offsets": np.array(vertex_offsets),
        "part_offsets": np.array(part_offsets),
        "radius_cm": radius_cm,
        "lower_cm": 0,
        "upper_cm": 0,
        "reference": 0,
        "start_ms": 0,
        "end_ms": 0,
    }
