"""Runs of chords with balls around them: what lets the predicate skip most pairs and change no answer.

A run is 2^j consecutive chords of one edge; a group is two runs or groups. Each has a ball that certainly
holds all its chords, so pairs whose balls are too far apart are skipped. Cuts within an edge are placed only
when asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt
from typing import Final, NamedTuple

from standclear.limits import VERTICES_KEPT_MAX
from standclear.spacetime.chords import root_up
from standclear.spacetime.earth import (
    BEND_CM,
    FRACTION_BITS,
    Place,
    Vertex,
    halvings,
    place,
    place_of,
)
from standclear.spacetime.shape import Area, Path, Point, Shape, edges_of, parts_of

PIECE_CM: Final = 335_104  # no piece is longer on the ground
GROUP: Final = -1


class Run(NamedTuple):
    """A ball (x, y, z, reach, in cm) and what it holds. A tuple, because the innermost loop makes them."""

    x: int
    y: int
    z: int
    reach: int
    level: int  # 2^level chords of one edge, or GROUP
    first: Place  # the line that stands for it: from the first cut to the last; of a group, its centre twice
    last: Place
    bend: int  # how far, in cm, its chords stray from that line, and the line from them
    start: Vertex  # the first cut in 2^-16 e7
    end: Vertex
    halves: tuple[Run, Run] | None  # of a group


class Outline(NamedTuple):
    """What the predicate needs of a shape, made once."""

    root: Run
    place: Place  # of its first vertex
    slack_cm: int
    heads: tuple[Vertex, ...]  # the first vertex of each part
    rings: tuple[Path, ...]  # of an area, else none
    west: int
    east: int
    south: int
    north: int


def halves_of(run: Run) -> tuple[Run, Run]:
    """The two halves of a run of more than one chord, or of a group."""
    if run.halves is not None:
        return run.halves
    # Cuts fall on whole 2^-16 e7, so the middle of a run that can be halved is whole as well.
    middle = (run.start[0] + run.end[0] >> 1, run.start[1] + run.end[1] >> 1)
    cut = place(middle[0], middle[1])
    level = run.level - 1
    return (
        _run_of(run.start, middle, run.first, cut, level),
        _run_of(middle, run.end, cut, run.last, level),
    )


def _run_of(start: Vertex, end: Vertex, first: Place, last: Place, level: int) -> Run:
    dx, dy, dz = last[0] - first[0], last[1] - first[1], last[2] - first[2]
    # A run of 2^j pieces bends 4^j times as far from its chord as one piece; nor can it stray from its ends by
    # more than half its length. 2 cm cover the rounding of the cuts.
    bend = min(BEND_CM << 2 * level, PIECE_CM << level - 1) + 2 if level else 0
    # Half the length, rounded up, and 2 cm for the middle's rounding.
    reach = isqrt(dx * dx + dy * dy + dz * dz) // 2 + 3 + bend if first != last or level else 0
    return Run(
        first[0] + (dx >> 1),
        first[1] + (dy >> 1),
        first[2] + (dz >> 1),
        reach,
        level,
        first,
        last,
        bend,
        start,
        end,
        None,
    )


def _edge_run(a: Vertex, b: Vertex) -> Run:
    start = (a[0] << FRACTION_BITS, a[1] << FRACTION_BITS)
    end = (b[0] << FRACTION_BITS, b[1] << FRACTION_BITS)
    return _run_of(start, end, place_of(a), place_of(b), halvings(a, b))


def _group(runs: Sequence[Run]) -> Run:
    if len(runs) == 1:
        return runs[0]
    middle = len(runs) // 2
    a, b = _group(runs[:middle]), _group(runs[middle:])
    dx, dy, dz = b.x - a.x, b.y - a.y, b.z - a.z
    apart = root_up(dx * dx + dy * dy + dz * dz, 1)
    if apart + b.reach <= a.reach:
        x, y, z, reach = a.x, a.y, a.z, a.reach
    elif apart + a.reach <= b.reach:
        x, y, z, reach = b.x, b.y, b.z, b.reach
    else:
        # The least ball around two balls, and 2 cm for the rounding of its centre.
        radius = (apart + a.reach + b.reach + 1) // 2
        along = radius - a.reach
        x, y, z = a.x + dx * along // apart, a.y + dy * along // apart, a.z + dz * along // apart
        reach = radius + 2
    return Run(x, y, z, reach, GROUP, (x, y, z), (x, y, z), reach, a.start, b.end, (a, b))


def _make_outline(shape: Shape) -> Outline:
    parts = parts_of(shape)
    lons = [vertex[0] for part in parts for vertex in part]
    lats = [vertex[1] for part in parts for vertex in part]
    return Outline(
        _group([_edge_run(a, b) for a, b in edges_of(shape)]),
        place_of(parts[0][0]),
        1 if isinstance(shape, Point) else BEND_CM + 1,
        tuple(part[0] for part in parts),
        shape.rings if isinstance(shape, Area) else (),
        min(lons),
        max(lons),
        min(lats),
        max(lats),
    )


class Outlines:
    """Outlines that were made, kept in two generations: when the younger is full, the older is let go.

    Nothing depends on what is kept but the time it takes. Safe between threads that share an interpreter
    lock: at worst an outline is made twice.
    """

    def __init__(self, vertices_max: int) -> None:
        self._younger: dict[Shape, Outline] = {}
        self._older: dict[Shape, Outline] = {}
        self._vertices = 0
        self._vertices_max = vertices_max

    def outline_of(self, shape: Shape) -> Outline:
        """The outline of a shape, made or kept."""
        outline = self._younger.get(shape)
        if outline is not None:
            return outline
        outline = self._older.get(shape) or _make_outline(shape)
        count = sum(map(len, parts_of(shape)))
        if self._vertices + count > self._vertices_max:
            self._older, self._younger, self._vertices = self._younger, {}, 0
        self._younger[shape] = outline
        self._vertices += count
        return outline


outline_of = Outlines(VERTICES_KEPT_MAX).outline_of
