"""Pairs of shapes in families, from a seed: for the vectors, the oracles and the measurements.

Only whole numbers and `Random.random` are used, so that a seed gives the same pairs on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from random import Random

from standclear.errors import Malformed
from standclear.spacetime.earth import FRACTION_BITS, Vertex, sincos
from standclear.spacetime.shape import Area, Line, Path, Point, Shape
from standclear.spacetime.units import E7, LAT_E7_MAX, LON_E7_MAX

METRE_E7 = 90  # of latitude, nearly
KM_E7 = 1_000 * METRE_E7
TURN = 360 * E7

Pair = tuple[Shape, Shape]


def pairs_of(family: str, seed: int, count: int) -> Iterator[Pair]:
    """The first pairs of a family; a longer list begins as a shorter one does."""
    rng = Random(f"{family} {seed}")
    for _ in range(count):
        yield FAMILIES[family](rng)


def between(rng: Random, least: int, most: int) -> int:
    """A whole number from least to most, evenly."""
    return least + int(rng.random() * (most - least + 1))


def skewed(rng: Random, least: int, most: int) -> int:
    """A whole number from least to most, more often small."""
    return least + int(rng.random() ** 3 * (most - least + 1))


def stepped(centre: Vertex, angle_e7: int, length_e7: int) -> Vertex:
    """The vertex at a length (of latitude) and an angle from the centre, on the ground nearly; not wrapped."""
    sine, cosine = sincos(angle_e7 << FRACTION_BITS)
    parallel = max(sincos(min(abs(centre[1]), 899 * E7 // 10) << FRACTION_BITS)[1], 1)
    lat = max(-LAT_E7_MAX, min(LAT_E7_MAX, centre[1] + (length_e7 * sine >> 60)))
    return centre[0] + length_e7 * cosine // parallel, lat


def inside_domain(vertex: Vertex) -> Vertex:
    return max(-LON_E7_MAX, min(LON_E7_MAX, vertex[0])), max(-LAT_E7_MAX, min(LAT_E7_MAX, vertex[1]))


def star(rng: Random, centre: Vertex, size_e7: int, count: int) -> Path:
    """A ring around the centre that does not cross itself, unless it is so small that rounding folds it."""
    angles = sorted(between(rng, 0, TURN - 1) for _ in range(count))
    return tuple(stepped(centre, angle, between(rng, size_e7 // 3, size_e7)) for angle in angles)


def walk(rng: Random, centre: Vertex, size_e7: int, count: int) -> Path:
    """A path that starts at the centre and turns a little at every vertex."""
    path, angle = [centre], between(rng, 0, TURN - 1)
    for _ in range(count - 1):
        angle += between(rng, -60 * E7, 60 * E7)
        path.append(stepped(path[-1], angle % TURN, between(rng, size_e7 // 4, size_e7)))
    return tuple(path)


def drawn(rng: Random, centre: Vertex, size_e7: int) -> Shape:
    """A point, a path or a ring, whose vertices may still lie beyond the domain."""
    kind = rng.random()
    if kind < 0.25:
        return Point(at=inside_domain(centre))
    if kind < 0.5:
        return settled(walk(rng, centre, size_e7, between(rng, 2, 5)), closed=False)
    return settled(star(rng, centre, size_e7, between(rng, 3, 12)), closed=True)


def settled(path: Path, *, closed: bool) -> Shape:
    """A shape of the path; a vertex beyond ±180° is moved to it, a ring that closes itself is opened."""
    kept = tuple(inside_domain(vertex) for vertex in path)
    if not closed:
        return Line(paths=(kept,))
    while len(kept) > 1 and kept[0] == kept[-1]:
        kept = kept[:-1]
    return Area(rings=(kept,)) if len(kept) >= 3 else Line(paths=((kept * 2)[:2],))


def somewhere(rng: Random, lat_max: int) -> Vertex:
    return between(rng, -175 * E7, 175 * E7), between(rng, -lat_max * E7, lat_max * E7)


def circles(rng: Random) -> Pair:
    """Two points: near each other, or anywhere on the Earth."""
    a = between(rng, -LON_E7_MAX, LON_E7_MAX), between(rng, -LAT_E7_MAX, LAT_E7_MAX)
    if rng.random() < 0.3:
        b = between(rng, -LON_E7_MAX, LON_E7_MAX), between(rng, -LAT_E7_MAX, LAT_E7_MAX)
    else:
        b = stepped(a, between(rng, 0, TURN - 1), skewed(rng, 0, 25 * KM_E7))
    return Point(at=a), Point(at=(wrapped(b[0]), b[1]))


def wrapped(lon: int) -> int:
    return (lon + LON_E7_MAX) % TURN - LON_E7_MAX if abs(lon) > LON_E7_MAX else lon


def nearby(rng: Random) -> Pair:
    """Two shapes of 50 m to 10 km, up to 25 km apart."""
    a = somewhere(rng, 80)
    b = stepped(a, between(rng, 0, TURN - 1), skewed(rng, 0, 25 * KM_E7))
    sizes = [skewed(rng, KM_E7 // 20, 10 * KM_E7) for _ in range(2)]
    return drawn(rng, a, sizes[0]), drawn(rng, b, sizes[1])


def antimeridian(rng: Random) -> Pair:
    """Two shapes about ±180°: those that cross it are cut there into parts."""
    a = (LON_E7_MAX + between(rng, -E7 // 5, E7 // 5), between(rng, -80 * E7, 80 * E7))
    b = stepped(a, between(rng, 0, TURN - 1), skewed(rng, 0, 25 * KM_E7))
    sizes = [skewed(rng, KM_E7 // 20, 15 * KM_E7) for _ in range(2)]
    return cut_shape(rng, a, sizes[0]), cut_shape(rng, b, sizes[1])


def cut_shape(rng: Random, centre: Vertex, size_e7: int) -> Shape:
    kind = rng.random()
    if kind < 0.2:
        return Point(at=(wrapped(centre[0]), centre[1]))
    if kind < 0.5:
        return Line(paths=cut_path(walk(rng, centre, size_e7, between(rng, 2, 5))))
    rings = cut_ring(star(rng, centre, size_e7, between(rng, 3, 12)))
    return Area(rings=rings) if rings else Point(at=(wrapped(centre[0]), centre[1]))


def crossing(a: Vertex, b: Vertex) -> Vertex:
    """The vertex on the edge at 180°, its latitude rounded down."""
    return LON_E7_MAX, a[1] + (b[1] - a[1]) * (LON_E7_MAX - a[0]) // (b[0] - a[0])


def cut_path(path: Path) -> tuple[Path, ...]:
    """The parts of a path about 180°, each on its own side."""
    parts: list[list[Vertex]] = [[path[0]]]
    for a, b in pairwise(path):
        if (a[0] - LON_E7_MAX) * (b[0] - LON_E7_MAX) < 0:
            middle = crossing(a, b)
            parts[-1].append(middle)
            parts.append([middle])
        parts[-1].append(b)
    return tuple(tuple(turned(part)) for part in parts)


def cut_ring(ring: Path) -> tuple[Path, ...]:
    """The part of a ring on either side of 180°; a side may be joined to itself along the meridian."""
    sides = []
    for side in (1, -1):
        kept: list[Vertex] = []
        for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
            if (a[0] - LON_E7_MAX) * side >= 0:
                kept.append(a)
            if (a[0] - LON_E7_MAX) * (b[0] - LON_E7_MAX) < 0:
                kept.append(crossing(a, b))
        while len(kept) > 1 and kept[0] == kept[-1]:
            kept.pop()
        if len(kept) >= 3:
            sides.append(tuple(turned(kept)))
    return tuple(sides)


def turned(part: list[Vertex]) -> list[Vertex]:
    """The part with its longitudes in the domain: all east, or all west, of ±180°."""
    east = any(lon < LON_E7_MAX for lon, _ in part)
    return [(lon if east else lon - TURN, lat) for lon, lat in part]


def long_edges(rng: Random) -> Pair:
    """One shape with edges of 20 to 300 km, another near it of any size."""
    a = between(rng, -170 * E7, 170 * E7), between(rng, -80 * E7, 80 * E7)
    long = settled(walk(rng, a, 300 * KM_E7, between(rng, 2, 4)), closed=False)
    if rng.random() < 0.4:
        long = settled(star(rng, a, 200 * KM_E7, between(rng, 3, 8)), closed=True)
    b = stepped(a, between(rng, 0, TURN - 1), skewed(rng, 0, 200 * KM_E7))
    return long, drawn(rng, b, skewed(rng, KM_E7 // 20, 200 * KM_E7))


def east_west(rng: Random) -> Pair:
    """Edges of 20 to 400 km nearly along a parallel, at 60 to 70 degrees, and something poleward or equatorward."""
    sign = 1 if rng.random() < 0.5 else -1
    lon, lat = between(rng, -150 * E7, 150 * E7), sign * between(rng, 60 * E7, 70 * E7)
    length = between(rng, 4 * E7 // 10, 8 * E7)
    edge = Line(paths=(((lon, lat), (lon + length, lat + between(rng, -KM_E7, KM_E7))),))
    over = lon + between(rng, 0, length), lat + between(rng, -25 * KM_E7, 25 * KM_E7)
    if rng.random() < 0.3:
        tilt = between(rng, -KM_E7, KM_E7)
        return edge, Line(paths=((over, (over[0] + between(rng, 4 * E7 // 10, 8 * E7), over[1] + tilt)),))
    return edge, drawn(rng, over, skewed(rng, KM_E7 // 20, 10 * KM_E7))


def poles(rng: Random) -> Pair:
    """Shapes within 5 degrees of either pole, rings around it, vertices on it."""
    sign = 1 if rng.random() < 0.5 else -1
    shapes = [polar(rng, sign) for _ in range(2)]
    return shapes[0], shapes[1]


def polar(rng: Random, sign: int) -> Shape:
    low = LAT_E7_MAX - skewed(rng, 0, 5 * E7)
    lon = between(rng, -LON_E7_MAX, LON_E7_MAX)
    kind = rng.random()
    if kind < 0.25:
        return Point(at=(lon, sign * low))
    if kind < 0.5:
        other = between(rng, -LON_E7_MAX, LON_E7_MAX), sign * (LAT_E7_MAX - skewed(rng, 0, 5 * E7))
        return Line(paths=(((lon, sign * low), other),))
    if kind < 0.7:  # a cap: along a parallel, and closed over the pole
        cap = ((-LON_E7_MAX, low), (lon, low - E7 // 10), (LON_E7_MAX, low), (LON_E7_MAX, LAT_E7_MAX))
        ring = (*cap, (-LON_E7_MAX, LAT_E7_MAX))
        return settled(tuple((x, sign * y) for x, y in ring), closed=True)
    span, deep = skewed(rng, 1, 120 * E7), skewed(rng, 1, E7)
    west, east = max(-LON_E7_MAX, lon - span), min(LON_E7_MAX, lon + span)
    south = max(0, low - deep)
    return settled(((west, sign * south), (east, sign * south), (lon, sign * low)), closed=True)


def touching(rng: Random) -> Pair:
    """Two shapes that share a vertex, an edge, or a vertex on an edge, or fail to by a unit or two."""
    lon, lat = somewhere(rng, 80)
    size = between(rng, METRE_E7, 5 * KM_E7)
    ring = tuple(inside_domain(v) for v in star(rng, (lon, lat), size, between(rng, 3, 8)))
    area = settled(ring, closed=True)
    dx, dy = between(rng, -2, 2), between(rng, -2, 2)
    first, second = ring[0], ring[1]
    kind = rng.random()
    if kind < 0.3:
        return area, drawn(rng, (first[0] + dx, first[1] + dy), size)
    if kind < 0.6:
        half = (first[0] + second[0]) // 2 + dx, (first[1] + second[1]) // 2 + dy
        return area, settled((half, *walk(rng, half, size, 2)), closed=False)
    if kind < 0.8:
        moved = tuple((x + dx, y + dy) for x, y in (first, second))
        return area, settled(moved, closed=False)
    return area, Point(at=inside_domain((first[0] + dx, first[1] + dy)))


def slivers(rng: Random) -> Pair:
    """Rings up to 60 km long and some centimetres to metres thin, and something beside them."""
    a = somewhere(rng, 80)
    b = stepped(a, between(rng, 0, TURN - 1), between(rng, 5 * KM_E7, 60 * KM_E7))
    thin = between(rng, 0, 10 * METRE_E7)
    ring = (a, b, (b[0] + between(rng, -thin, thin), b[1] + thin), (a[0], a[1] + between(rng, 0, thin)))
    beside = (a[0] + b[0]) // 2 + skewed(rng, 0, 20 * KM_E7), (a[1] + b[1]) // 2 + skewed(rng, 0, 20 * KM_E7)
    return settled(ring, closed=True), drawn(rng, beside, skewed(rng, METRE_E7, 20 * KM_E7))


def holes(rng: Random) -> Pair:
    """An area with a hole, sometimes with an island in it, and something in the hole, in the area, or outside."""
    centre = somewhere(rng, 75)
    size = between(rng, KM_E7, 50 * KM_E7)
    rings = [evenly(rng, centre, size), evenly(rng, centre, size // 2)]
    if rng.random() < 0.3:
        rings.append(evenly(rng, centre, size // 5))
    where = stepped(centre, between(rng, 0, TURN - 1), between(rng, 0, size + size // 2))
    return Area(rings=tuple(rings)), drawn(rng, where, skewed(rng, METRE_E7, size // 6))


def evenly(rng: Random, centre: Vertex, size_e7: int) -> Path:
    """A nearly regular ring: one of half the size lies within it."""
    count = between(rng, 6, 10)
    return tuple(
        stepped(centre, TURN * i // count, between(rng, size_e7 * 9 // 10, size_e7)) for i in range(count)
    )


def huge(rng: Random) -> Pair:
    """Shapes of up to 5,000 km, up to 5,600 km apart."""
    a = between(rng, -100 * E7, 100 * E7), between(rng, -60 * E7, 60 * E7)
    b = stepped(a, between(rng, 0, TURN - 1), skewed(rng, 0, 5_600 * KM_E7))
    sizes = [skewed(rng, KM_E7, 2_500 * KM_E7) for _ in range(2)]
    return drawn(rng, a, sizes[0]), drawn(rng, b, sizes[1])


def world(rng: Random) -> Pair:
    """Vertices anywhere: edges as long as the planet, rings that cross themselves."""
    return anywhere(rng), anywhere(rng)


def anywhere(rng: Random) -> Shape:
    count = between(rng, 1, 5)
    path = tuple(
        (between(rng, -LON_E7_MAX, LON_E7_MAX), between(rng, -LAT_E7_MAX, LAT_E7_MAX)) for _ in range(count)
    )
    closed = count > 2 and rng.random() < 0.6
    if count == 1:
        return Point(at=path[0])
    try:
        return settled(path, closed=closed)
    except Malformed:  # longer than the limit on pieces
        return Line(paths=(path[:2],))


def crossed(rng: Random) -> Pair:
    """Rings of up to 20 km whose vertices come in any order, so that they cross themselves."""
    centre = somewhere(rng, 80)
    ring = tuple(
        stepped(centre, between(rng, 0, TURN - 1), between(rng, METRE_E7, 20 * KM_E7))
        for _ in range(between(rng, 4, 9))
    )
    where = stepped(centre, between(rng, 0, TURN - 1), skewed(rng, 0, 30 * KM_E7))
    return settled(ring, closed=True), drawn(rng, where, skewed(rng, METRE_E7, 5 * KM_E7))


def parts(rng: Random) -> Pair:
    """Two shapes of several parts each: rings beside, within or across each other, paths anywhere among them."""
    centre = somewhere(rng, 75)
    return several(rng, centre), several(
        rng, stepped(centre, between(rng, 0, TURN - 1), skewed(rng, 0, 30 * KM_E7))
    )


def several(rng: Random, centre: Vertex) -> Shape:
    around = [
        (
            stepped(centre, between(rng, 0, TURN - 1), skewed(rng, 0, 20 * KM_E7)),
            skewed(rng, METRE_E7, 8 * KM_E7),
        )
        for _ in range(between(rng, 2, 4))
    ]
    if rng.random() < 0.5:
        return Line(paths=tuple(walk(rng, at, size, between(rng, 2, 4)) for at, size in around))
    return Area(rings=tuple(evenly(rng, at, size) for at, size in around))


FAMILIES: dict[str, Callable[[Random], Pair]] = {
    "circles": circles,
    "nearby": nearby,
    "antimeridian": antimeridian,
    "long edges": long_edges,
    "east-west at 60 to 70": east_west,
    "poles": poles,
    "touching": touching,
    "slivers": slivers,
    "holes": holes,
    "crossed": crossed,
    "parts": parts,
    "huge": huge,
    "world": world,
}
