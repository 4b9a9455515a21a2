"""Hypothesis strategies for every domain type: the only generator of random values in properties.

Places favour the borders: ±180°, the poles, the equator, and neighbours one unit off.
"""

from __future__ import annotations

from hypothesis import strategies as st

from standclear.limits import (
    HORIZONTAL_MARGIN_CM_MAX,
    RADIUS_CM_MAX,
    TIME_MARGIN_MS_MAX,
    VERTICAL_MARGIN_CM_MAX,
)
from standclear.spacetime.band import REFERENCES, UNBOUNDED_LOWER_CM, UNBOUNDED_UPPER_CM, Band
from standclear.spacetime.earth import Vertex
from standclear.spacetime.interval import Interval
from standclear.spacetime.meet import Margin
from standclear.spacetime.shape import Area, Line, Path, Point, Shape
from standclear.spacetime.units import FOREVER_MS, LAT_E7_MAX, LON_E7_MAX, NEVER_MS
from standclear.spacetime.volume import Volume

NEAR_E7 = 2_000_000  # about 20 km of latitude


def within(value: int, most: int) -> int:
    return max(-most, min(most, value))


def lons() -> st.SearchStrategy[int]:
    """Longitudes, in e7."""
    borders = [
        sign * lon + off for sign in (-1, 1) for lon in (0, 900_000_000, LON_E7_MAX) for off in (-1, 0, 1)
    ]
    return st.sampled_from(borders).map(lambda lon: within(lon, LON_E7_MAX)) | st.integers(
        -LON_E7_MAX, LON_E7_MAX
    )


def lats() -> st.SearchStrategy[int]:
    """Latitudes, in e7."""
    borders = [
        sign * lat + off for sign in (-1, 1) for lat in (0, 450_000_000, LAT_E7_MAX) for off in (-1, 0, 1)
    ]
    return st.sampled_from(borders).map(lambda lat: within(lat, LAT_E7_MAX)) | st.integers(
        -LAT_E7_MAX, LAT_E7_MAX
    )


def vertices() -> st.SearchStrategy[Vertex]:
    """Vertices anywhere."""
    return st.tuples(lons(), lats())


def vertices_near(centre: Vertex, spread_e7: int = NEAR_E7) -> st.SearchStrategy[Vertex]:
    """Vertices within a square about the centre, without crossing ±180°."""
    off = st.integers(-spread_e7, spread_e7)
    return st.tuples(
        off.map(lambda lon: within(centre[0] + lon, LON_E7_MAX)),
        off.map(lambda lat: within(centre[1] + lat, LAT_E7_MAX)),
    )


def points_near(centre: Vertex, spread_e7: int = NEAR_E7) -> st.SearchStrategy[Point]:
    return vertices_near(centre, spread_e7).map(lambda vertex: Point(at=vertex))


def lines_near(centre: Vertex, spread_e7: int = NEAR_E7) -> st.SearchStrategy[Line]:
    """One or two paths of two to five vertices, which may repeat."""
    paths = st.lists(vertices_near(centre, spread_e7), min_size=2, max_size=5).map(tuple)
    return st.lists(paths, min_size=1, max_size=2).map(lambda drawn: Line(paths=tuple(drawn)))


def rings_near(centre: Vertex, spread_e7: int = NEAR_E7) -> st.SearchStrategy[Path]:
    """Rings of three to seven vertices in any order: they may cross themselves, or have no area."""
    drawn = st.lists(vertices_near(centre, spread_e7), min_size=3, max_size=7).map(tuple)
    return drawn.filter(lambda ring: ring[0] != ring[-1])


def areas_near(centre: Vertex, spread_e7: int = NEAR_E7) -> st.SearchStrategy[Area]:
    rings = st.lists(rings_near(centre, spread_e7), min_size=1, max_size=3)
    return rings.map(lambda drawn: Area(rings=tuple(drawn)))


def shapes_near(centre: Vertex, spread_e7: int = NEAR_E7) -> st.SearchStrategy[Shape]:
    return points_near(centre, spread_e7) | lines_near(centre, spread_e7) | areas_near(centre, spread_e7)


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    """A shape of some 20 km, anywhere."""
    return draw(shapes_near(draw(vertices())))


@st.composite
def shape_pairs(draw: st.DrawFn) -> tuple[Shape, Shape]:
    """Two shapes about one centre, of some 20 km, some metres, or some centimetres."""
    centre, spread_e7 = draw(vertices()), draw(st.sampled_from([NEAR_E7, NEAR_E7, 500, 5]))
    return draw(shapes_near(centre, spread_e7)), draw(shapes_near(centre, spread_e7))


def bands() -> st.SearchStrategy[Band]:
    """Bands of any reference, often unbounded on a side."""
    heights = (
        st.sampled_from([UNBOUNDED_LOWER_CM, 0, UNBOUNDED_UPPER_CM])
        | st.integers(-50_000, 2_000_000)
        | st.integers(UNBOUNDED_LOWER_CM, UNBOUNDED_UPPER_CM)
    )
    limits = st.tuples(heights, heights).map(sorted)
    return st.builds(
        lambda limit, reference: Band(lower_cm=limit[0], upper_cm=limit[1], reference=reference),
        limits,
        st.sampled_from(REFERENCES),
    )


def intervals() -> st.SearchStrategy[Interval]:
    times = st.sampled_from([NEVER_MS, FOREVER_MS]) | st.integers(NEVER_MS, FOREVER_MS)
    return st.tuples(times, times).map(sorted).map(lambda drawn: Interval(start_ms=drawn[0], end_ms=drawn[1]))


def margins() -> st.SearchStrategy[Margin]:
    return st.builds(
        Margin,
        horizontal_cm=st.integers(0, 500_000) | st.integers(0, HORIZONTAL_MARGIN_CM_MAX),
        vertical_cm=st.integers(0, 30_000) | st.integers(0, VERTICAL_MARGIN_CM_MAX),
        time_ms=st.integers(0, 600_000) | st.integers(0, TIME_MARGIN_MS_MAX),
    )


def radii() -> st.SearchStrategy[int]:
    """Radii in centimetres, mostly of kilometres."""
    return st.sampled_from([0, RADIUS_CM_MAX]) | st.integers(0, 2_000_000) | st.integers(0, RADIUS_CM_MAX)


def volumes(cores: st.SearchStrategy[Shape] | None = None) -> st.SearchStrategy[Volume]:
    """Volumes about the given cores, or about shapes anywhere."""
    chosen = shapes() if cores is None else cores
    return st.builds(Volume, core=chosen, radius_cm=radii(), band=bands(), interval=intervals())


@st.composite
def volume_pairs(draw: st.DrawFn) -> tuple[Volume, Volume]:
    """Two volumes whose cores are near each other."""
    a, b = draw(shape_pairs())
    return draw(volumes(st.just(a))), draw(volumes(st.just(b)))
