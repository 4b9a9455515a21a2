"""Forms: a released form contains the exact volume, so that deciding on it misses nothing (founding decision 22).

What is checked is sufficient, not necessary: a form that contains the exact volume in a way that these rules do not
see is refused, and the remedy is to release a plainer one.
"""

from __future__ import annotations

from collections.abc import Sequence

from standclear.errors import Malformed
from standclear.spacetime.bounds import boxes_of
from standclear.spacetime.distance import stated_distance_cm
from standclear.spacetime.shape import Area, Path, Point, edges_of, parts_of
from standclear.spacetime.volume import Volume

STATED_SHORTFALL_CM = 100
"""distance/1 falls short of the true distance by under 1 m within 20 km (docs/spec/geometry.md)."""

WIDENING_CM_MAX = 2_000_000
"""Beyond 20 km the shortfall grows, so a point's circle is not proven to contain by distance alone."""

LAT_E7_MAX = 700_000_000
EDGE_LON_E7_MAX = 20_000_000
"""Two degrees of longitude: more than 40 km up to 70 degrees, so that what is longer does not fit in a circle."""


def check_forms(exact: Sequence[Volume], form: Sequence[Volume], field: str) -> None:
    """Refuse a form some volume of which is not seen to be contained in one of the form's volumes."""
    for place, volume in enumerate(exact):
        if not any(contains_volume(wide, volume) for wide in form):
            raise Malformed(
                f"{field}.volumes",
                f"no volume of this form contains volume {place} of the exact form",
                "widen by a larger radius on the same core, a circle of up to 20 km around it, or a box around it",
            )


def contains_volume(wide: Volume, exact: Volume) -> bool:
    """Whether one volume is seen to contain another: in time, height and place."""
    return (
        wide.interval.start_ms <= exact.interval.start_ms
        and wide.interval.end_ms >= exact.interval.end_ms
        and wide.band.reference == exact.band.reference
        and wide.band.lower_cm <= exact.band.lower_cm
        and wide.band.upper_cm >= exact.band.upper_cm
        and _contains_place(wide, exact)
    )


def _contains_place(wide: Volume, exact: Volume) -> bool:
    if wide.core == exact.core:
        return wide.radius_cm >= exact.radius_cm
    if isinstance(wide.core, Point):
        return _circle_contains(wide.core, wide.radius_cm, exact)
    if isinstance(wide.core, Area):
        return _box_contains(wide.core, exact)
    return False


def _circle_contains(centre: Point, radius_cm: int, exact: Volume) -> bool:
    """Every vertex within the radius, with room for what an edge may stray between its ends.

    An edge is straight in longitude/latitude: over 40 km, the most that fits in such a circle, it strays from the
    geodesic by tan(lat) L^2 / 8R, under 90 m up to 70 degrees; nearer the poles only points are seen to be contained.
    An edge between neighbours on the two sides of 180 degrees goes the long way, around the world.
    """
    vertices = [vertex for part in parts_of(exact.core) for vertex in part]
    is_point = isinstance(exact.core, Point)
    if not is_point and max(abs(lat) for _, lat in vertices) > LAT_E7_MAX:
        return False
    if any(abs(a[0] - b[0]) > EDGE_LON_E7_MAX for a, b in edges_of(exact.core)):
        return False
    farthest = max(stated_distance_cm(centre, Point(at=vertex)) for vertex in vertices)
    needed = farthest + exact.radius_cm + STATED_SHORTFALL_CM + (0 if is_point else 10_000)
    return needed <= radius_cm <= WIDENING_CM_MAX


def _box_contains(area: Area, exact: Volume) -> bool:
    if len(area.rings) != 1 or len(area.rings[0]) != 4:
        return False
    ring = area.rings[0]
    lons = sorted({lon for lon, _ in ring})
    lats = sorted({lat for _, lat in ring})
    if len(lons) != 2 or len(lats) != 2 or len(set(ring)) != 4 or not _walks_round(ring):
        return False
    return all(
        lons[0] <= one.west_e7
        and lons[1] >= one.east_e7
        and lats[0] <= one.south_e7
        and lats[1] >= one.north_e7
        for one in boxes_of(exact)
    )


def _walks_round(ring: Path) -> bool:
    """Whether each side changes one coordinate only: a box, not two triangles that cross."""
    return all((ring[i][0] == ring[i - 1][0]) != (ring[i][1] == ring[i - 1][1]) for i in range(4))
