"""`distance/1`: how far two cores are apart, exactly, in integers; never more than in truth.

The definition is docs/spec/geometry.md: edges are cut by a fixed rule, cuts are placed in whole centimetres
of Earth-centred space (`earth` does both), and the exact distance of the chords counts, less the slack of each
core. A chord is never longer than a path on the ground, so a true conflict is never missed.
"""

from __future__ import annotations

from typing import Final

from standclear.spacetime.chords import chord_gap_cm
from standclear.spacetime.earth import Vertex
from standclear.spacetime.runs import GROUP, Outline, Run, halves_of, outline_of
from standclear.spacetime.shape import Path, Shape

DISTANCE_ID: Final = "distance/1"
FARTHEST_CM: Final = 1_300_000_000  # more than the diameter of the Earth: no gap of two chords is larger


def contains(area: Shape, other: Shape) -> bool:
    """Say whether the area holds the first vertex of some part of the other. Only areas hold anything.

    Example:
        >>> from standclear.spacetime.shape import Area, Point
        >>> square = Area(rings=(((0, 0), (10, 0), (10, 10), (0, 10)),))
        >>> contains(square, Point(at=(5, 5))), contains(square, Point(at=(15, 5)))
        (True, False)
    """
    return _holds(outline_of(area), outline_of(other))


def cores_within(a: Shape, b: Shape, reach_cm: int) -> bool:
    """Say whether the stated distance of two cores is at most `reach_cm`. Exact; touching is within."""
    assert reach_cm >= 0
    first, second = outline_of(a), outline_of(b)
    enough = reach_cm + first.slack_cm + second.slack_cm
    return (
        least_gap_cm(first, second, enough, enough + 1) <= enough
        or _holds(first, second)
        or _holds(second, first)
    )


def stated_distance_cm(a: Shape, b: Shape) -> int:
    """The least reach, in whole centimetres, that the cores are within: never over their true distance.

    Example:
        >>> from standclear.spacetime.shape import Point
        >>> stated_distance_cm(Point(at=(0, 600000000)), Point(at=(1000000, 600000000)))
        557999
    """
    first, second = outline_of(a), outline_of(b)
    if _holds(first, second) or _holds(second, first):
        return 0
    slack_cm = first.slack_cm + second.slack_cm
    return max(0, least_gap_cm(first, second, slack_cm, FARTHEST_CM) - slack_cm)


def least_gap_cm(first: Outline, second: Outline, enough: int, below: int) -> int:
    """The least gap of two chords, one of each core, rounded up to whole centimetres, if it is under `below`.

    Any gap of at most `enough` may be returned instead, as soon as one is found. If all gaps are `below` or
    more, `below` is returned.
    """
    best = min(below, chord_gap_cm(first.place, first.place, second.place, second.place))
    if best <= enough:
        return best
    waiting = [(_centres_apart(first.root, second.root), first.root, second.root)]
    while waiting:
        apart, a, b = waiting.pop()
        limit = best - 1 + a.reach + b.reach
        if apart > limit * limit:
            continue  # no two chords of these can be nearer than the best so far
        if a.level != GROUP or b.level != GROUP:
            gap, bend = chord_gap_cm(a.first, a.last, b.first, b.last), a.bend + b.bend
            best = min(best, gap + bend)
            if best <= enough:
                return best
            if gap - bend >= best:
                continue  # always so for two single chords, which do not bend
        if b.level == 0 or (a.level != 0 and a.reach >= b.reach):
            pairs = [(_centres_apart(half, b), half, b) for half in halves_of(a)]
        else:
            pairs = [(_centres_apart(a, half), a, half) for half in halves_of(b)]
        # The nearer pair is looked at first.
        if pairs[0][0] < pairs[1][0]:
            pairs.reverse()
        waiting += pairs
    return best


def _centres_apart(a: Run, b: Run) -> int:
    """The square of the distance of the centres of two balls."""
    dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
    return dx * dx + dy * dy + dz * dz


def _holds(area: Outline, other: Outline) -> bool:
    if not area.rings:
        return False
    return any(
        area.west <= head[0] <= area.east
        and area.south <= head[1] <= area.north
        and _inside(area.rings, head)
        for head in other.heads
    )


def _inside(rings: tuple[Path, ...], vertex: Vertex) -> bool:
    """Even-odd over all rings, in the lon/lat plane. On an edge either may come: there the distance is 0."""
    lon, lat = vertex
    odd = False
    for ring in rings:
        lon_a, lat_a = ring[-1]
        for lon_b, lat_b in ring:
            if (lat_a > lat) != (lat_b > lat):
                side = (lon_b - lon_a) * (lat - lat_a) - (lat_b - lat_a) * (lon - lon_a)
                if (side > 0) == (lat_b > lat_a):
                    odd = not odd
            lon_a, lat_a = lon_b, lat_b
    return odd
