"""How large and how long a notice is: larger or longer than the arrangement's bound is blanket (G9)."""

from __future__ import annotations

from collections.abc import Sequence

from standclear.spacetime.bounds import arc_of
from standclear.spacetime.earth import sincos
from standclear.spacetime.shape import parts_of
from standclear.spacetime.volume import Volume

CM_PER_DEGREE = (
    11_131_950  # along the equator of WGS84, rounded up; a degree of latitude is never longer by 0.4 %
)
_ONE = 1 << 60


def extent_cm(volumes: Sequence[Volume]) -> int:
    """The greater side of the box around all the cores, with the greatest radius on both sides, in centimetres.

    Integers throughout, so that everybody labels alike; a bound is a label's, never a decision's.
    """
    parts = tuple(part for volume in volumes for part in parts_of(volume.core))
    if len(parts) == 1 and len(parts[0]) == 1:  # a single point has no sides
        return 2 * max(volume.radius_cm for volume in volumes)
    west, east = arc_of(parts)
    lats = [lat for part in parts for _, lat in part]
    nearest = 0 if min(lats) <= 0 <= max(lats) else min(abs(min(lats)), abs(max(lats)))
    cosine = sincos(nearest << 16)[1]
    wide = (east - west) * CM_PER_DEGREE * cosine // (_ONE * 10_000_000)
    high = (max(lats) - min(lats)) * CM_PER_DEGREE // 10_000_000
    return max(wide, high) + 2 * max(volume.radius_cm for volume in volumes)


def duration_ms(volumes: Sequence[Volume]) -> int:
    """From the first start to the last end, in milliseconds."""
    return max(one.interval.end_ms for one in volumes) - min(one.interval.start_ms for one in volumes)
