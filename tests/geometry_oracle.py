"""Oracles for `distance/1` that share no code with it: floats, branch and bound, Karney's geodesics, and GEOS.

`measured` gives, for each of many pairs, the least straight-line distance of the two curves (edges straight in
longitude/latitude, on the WGS 84 ellipsoid): what no geodesic is shorter than. The geodesic at the place where it
is attained bounds the true distance from above. The search keeps pieces of both curves, and lets go what cannot
hold the least distance: the distance of their chords, less how far the curves can stray from them, is a lower bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from standclear.spacetime.shape import Area, Line, Point, Shape

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

GEOD = pyproj.Geod(ellps="WGS84")
A_M = 6378137.0
FLAT = 1 / 298.257223563
E2 = FLAT * (2 - FLAT)
RAD_PER_E7 = np.pi / 1.8e9
TOLERANCE_M = 1e-5
TOUCHING_M = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Of each pair: the straight-line distance of the curves, and the geodesic at that place, in metres."""

    straight_m: Floats
    geodesic_m: Floats


def ecef(lon_e7: Floats, lat_e7: Floats) -> Floats:
    """Earth-centred coordinates in metres, in float64."""
    lon, lat = lon_e7 * RAD_PER_E7, lat_e7 * RAD_PER_E7
    n = A_M / np.sqrt(1 - E2 * np.sin(lat) ** 2)
    return np.stack(
        [n * np.cos(lat) * np.cos(lon), n * np.cos(lat) * np.sin(lon), n * (1 - E2) * np.sin(lat)], axis=-1
    )


def edges(shape: Shape) -> Floats:
    """Rows of (lon, lat, lon, lat); a point is an edge without length."""
    match shape:
        case Point():
            return np.array([[*shape.at, *shape.at]], dtype=float)
        case Line():
            parts, closed = shape.paths, False
        case Area():
            parts, closed = shape.rings, True
    rows = []
    for part in parts:
        ends = np.array(part, dtype=float)
        rows.append(np.hstack([ends[:-1], ends[1:]]))
        if closed:
            rows.append(np.hstack([ends[-1:], ends[:1]]))
    return np.vstack(rows)


def segments_apart(p: Floats, q: Floats, r: Floats, s: Floats) -> tuple[Floats, Floats, Floats]:
    """A lower bound of the distance of segments, attained but for rounding, and the parameters of it."""
    u, v, w = q - p, s - r, p - r
    uu, vv, uv = (u * u).sum(-1), (v * v).sum(-1), (u * v).sum(-1)
    uw, vw = (u * w).sum(-1), (v * w).sum(-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        det = uu * vv - uv * uv
        inner_s, inner_t = (uv * vw - vv * uw) / det, (uu * vw - uv * uw) / det
        ends = [
            (np.zeros_like(uu), np.nan_to_num(vw / vv)),
            (np.ones_like(uu), np.nan_to_num((vw + uv) / vv)),
            (np.nan_to_num(-uw / uu), np.zeros_like(uu)),
            (np.nan_to_num((uv - uw) / uu), np.ones_like(uu)),
            (np.nan_to_num(inner_s), np.nan_to_num(inner_t)),
        ]
        parallel = det <= 1e-13 * uu * vv
    least = np.full(uu.shape, np.inf)
    best_s, best_t = np.zeros_like(uu), np.zeros_like(uu)
    for s_, t_ in ends:
        cs, ct = np.clip(s_, 0, 1), np.clip(t_, 0, 1)
        apart = np.linalg.norm(w + cs[:, None] * u - ct[:, None] * v, axis=-1)
        nearer = apart < least
        least, best_s, best_t = (
            np.where(nearer, apart, least),
            np.where(nearer, cs, best_s),
            np.where(nearer, ct, best_t),
        )
    # Nearly parallel lines: the place of the least distance is not known well, so the bound is loosened.
    least -= np.where(parallel, 1e-6 * np.sqrt(np.minimum(uu, vv)), 0.0)
    return least, best_s, best_t


def strays(edge: Floats, start: Floats, end: Floats) -> Floats:
    """How far a piece of an edge can stray from its chord: an eighth of the greatest |P''|.

    Of the second derivatives of a place, that along the meridian and the mixed one are under 6.45e6 m, and that
    along the parallel is the parallel's radius, under 6.45e6 m times the cosine of the least latitude.
    """
    span = (end - start) * RAD_PER_E7
    d_lon, d_lat = np.abs(edge[:, 2] - edge[:, 0]) * span, np.abs(edge[:, 3] - edge[:, 1]) * span
    lat_a, lat_b = along(edge, start)[1] * RAD_PER_E7, along(edge, end)[1] * RAD_PER_E7
    least = np.where(lat_a * lat_b <= 0, 0.0, np.minimum(np.abs(lat_a), np.abs(lat_b)))
    return 6.45e6 * (d_lat**2 + 2 * d_lat * d_lon + np.cos(least) * d_lon**2) / 8


def along(edge: Floats, t: Floats) -> tuple[Floats, Floats]:
    return edge[:, 0] + t * (edge[:, 2] - edge[:, 0]), edge[:, 1] + t * (edge[:, 3] - edge[:, 1])


def measured(pairs: Sequence[tuple[Shape, Shape]]) -> Measured:
    """The distance of the edges of each pair. What lies inside an area is `overlapping`'s affair."""
    first, second = [edges(a) for a, _ in pairs], [edges(b) for _, b in pairs]
    a_edge = np.vstack([np.repeat(x, len(y), axis=0) for x, y in zip(first, second, strict=True)])
    b_edge = np.vstack([np.tile(y, (len(x), 1)) for x, y in zip(first, second, strict=True)])
    pair = np.repeat(np.arange(len(pairs)), [len(x) * len(y) for x, y in zip(first, second, strict=True)])
    zero, one = np.zeros(len(pair)), np.ones(len(pair))
    a0, a1, b0, b1 = zero, one, zero, one
    best = np.full(len(pairs), np.inf)
    tolerance = np.full(len(pairs), TOLERANCE_M)
    where = np.zeros((len(pairs), 4))
    while len(pair):
        lower, at_a, at_b = segments_apart(
            ecef(*along(a_edge, a0)),
            ecef(*along(a_edge, a1)),
            ecef(*along(b_edge, b0)),
            ecef(*along(b_edge, b1)),
        )
        a_lon, a_lat = along(a_edge, a0 + at_a * (a1 - a0))
        b_lon, b_lat = along(b_edge, b0 + at_b * (b1 - b0))
        found = np.linalg.norm(ecef(a_lon, a_lat) - ecef(b_lon, b_lat), axis=-1)
        order = np.lexsort((found, pair))
        leads = order[np.unique(pair[order], return_index=True)[1]]  # of each pair, the nearest find
        leads = leads[found[leads] < best[pair[leads]]]
        best[pair[leads]] = found[leads]
        where[pair[leads]] = np.stack([a_lon, a_lat, b_lon, b_lat], axis=-1)[leads]
        a_strays, b_strays = strays(a_edge, a0, a1), strays(b_edge, b0, b1)
        crowded = np.bincount(pair, minlength=len(pairs)) > 50_000
        tolerance[crowded] = np.minimum(1e-3, tolerance[crowded] * 10)
        open_ = (lower - a_strays - b_strays < best[pair] - tolerance[pair]) & (best[pair] > TOUCHING_M)
        pair, a_edge, b_edge = pair[open_], a_edge[open_], b_edge[open_]
        a0, a1, b0, b1 = a0[open_], a1[open_], b0[open_], b1[open_]
        cut_a = a_strays[open_] >= b_strays[open_]
        a_mid, b_mid = (a0 + a1) / 2, (b0 + b1) / 2
        pair, a_edge, b_edge = np.tile(pair, 2), np.tile(a_edge, (2, 1)), np.tile(b_edge, (2, 1))
        a0, a1 = (
            np.concatenate([a0, np.where(cut_a, a_mid, a0)]),
            np.concatenate([np.where(cut_a, a_mid, a1), a1]),
        )
        b0, b1 = (
            np.concatenate([b0, np.where(cut_a, b0, b_mid)]),
            np.concatenate([np.where(cut_a, b1, b_mid), b1]),
        )
    return Measured(straight_m=best, geodesic_m=geodesic_m(*(where / 1e7).T))


def geodesic_m(lon_a: Floats, lat_a: Floats, lon_b: Floats, lat_b: Floats) -> Floats:
    """Karney's distance, in metres; degrees in."""
    return np.asarray(GEOD.inv(lon_a, lat_a, lon_b, lat_b)[2])


def searched_m(a: Shape, b: Shape, grid: int = 13, zooms: int = 9) -> float:
    """The least geodesic found by zooming into a grid over each pair of edges: Karney alone, an upper bound."""
    a_all, b_all = edges(a), edges(b)
    a_edge, b_edge = np.repeat(a_all, len(b_all), axis=0), np.tile(b_all, (len(a_all), 1))
    steps = np.linspace(0, 1, grid)
    s, t = (axis.ravel() for axis in np.meshgrid(steps, steps))
    a0, b0, width = np.zeros(len(a_edge)), np.zeros(len(a_edge)), 1.0
    least = np.inf
    for _ in range(zooms):
        a_at, b_at = a0[:, None] + s * width, b0[:, None] + t * width
        a_lon, a_lat = (
            a_edge[:, i, None] + a_at * (a_edge[:, i + 2] - a_edge[:, i])[:, None] for i in (0, 1)
        )
        b_lon, b_lat = (
            b_edge[:, i, None] + b_at * (b_edge[:, i + 2] - b_edge[:, i])[:, None] for i in (0, 1)
        )
        found = geodesic_m(*(x.ravel() / 1e7 for x in (a_lon, a_lat, b_lon, b_lat))).reshape(a_at.shape)
        nearest = found.argmin(axis=1)
        rows = np.arange(len(nearest))
        least = min(least, float(found.min()))
        width_next = width * 3 / (grid - 1)
        a0 = np.clip(a_at[rows, nearest] - width_next / 2, 0, 1 - width_next)
        b0 = np.clip(b_at[rows, nearest] - width_next / 2, 0, 1 - width_next)
        width = width_next
    return least


def planar(shape: Shape) -> shapely.Geometry:
    """The shape in GEOS's plane of longitude and latitude, in 1e-7 degrees, even-odd over all rings."""
    match shape:
        case Point():
            return shapely.Point(shape.at)
        case Line():
            return shapely.MultiLineString([list(path) for path in shape.paths])
        case Area():
            return reduce(shapely.symmetric_difference, [even_odd(shapely.Polygon(r)) for r in shape.rings])


def even_odd(ring: shapely.Polygon) -> shapely.Geometry:
    return ring if ring.is_valid else shapely.make_valid(ring, method="linework")


def overlapping(a: Shape, b: Shape) -> bool:
    """GEOS says that the shapes share a place of the plane."""
    return bool(shapely.intersects(planar(a), planar(b)))
