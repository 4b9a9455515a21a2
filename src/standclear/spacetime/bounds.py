"""Boxes in longitude/latitude, height and time that certainly hold a volume: what an index proposes by.

Two volumes that meet have boxes that overlap. The proof is in docs/spec/geometry.md, "Boxes for an index".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from standclear.limits import HORIZONTAL_MARGIN_CM_MAX, RADIUS_CM_MAX
from standclear.spacetime.band import GEOID_CM, UNBOUNDED_LOWER_CM, UNBOUNDED_UPPER_CM
from standclear.spacetime.earth import BEND_CM, FRACTION_BITS, ONE, sincos
from standclear.spacetime.shape import Path, parts_of
from standclear.spacetime.units import E7, FOREVER_MS, LAT_E7_MAX, LON_E7_MAX, NEVER_MS
from standclear.spacetime.volume import Volume

# What the predicate may forgive a core (its slack, and the bend of its chords away from the ground).
FORGIVEN_CM: Final = 2 * (BEND_CM + 1)
# Latitude that a centimetre of stated distance covers at most, and longitude at the equator, in 1e-11
# degrees. A path on the ground is at most 1.0097 times its chord where the chord is under 3,001 km; a degree
# of latitude is at least 110,574 m, and one of longitude at least 111,319 m times the cosine of the latitude.
LAT_PER_CM_E11: Final = 9_140
LON_PER_CM_E11: Final = 9_080
TURN_E7: Final = 2 * LON_E7_MAX
CHORD_CM_MAX: Final = 300_100_000
assert 2 * (RADIUS_CM_MAX + FORGIVEN_CM) + HORIZONTAL_MARGIN_CM_MAX <= CHORD_CM_MAX  # as the proof needs
# Nearer to a pole than this the box runs around it: longitude says nothing there.
POLE_LAT_E7: Final = 899 * E7 // 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A closed box. West is never east of east: what crosses ±180° is two boxes."""

    west_e7: int
    east_e7: int
    south_e7: int
    north_e7: int
    lower_cm: int
    upper_cm: int
    start_ms: int
    end_ms: int


def boxes_overlap(a: Box, b: Box) -> bool:
    """Two boxes overlap if they share at least one point. Touching is sharing."""
    return (
        a.west_e7 <= b.east_e7
        and b.west_e7 <= a.east_e7
        and a.south_e7 <= b.north_e7
        and b.south_e7 <= a.north_e7
        and a.lower_cm <= b.upper_cm
        and b.lower_cm <= a.upper_cm
        and a.start_ms <= b.end_ms
        and b.start_ms <= a.end_ms
    )


def boxes_of(volume: Volume, reach_cm: int = 0, *, vertical_cm: int = 0, time_ms: int = 0) -> tuple[Box, ...]:
    """One box, or two where it crosses ±180°, that certainly hold the volume widened by the margins.

    If two volumes meet within a margin of at most `reach_cm`, `vertical_cm` and `time_ms`, then some box of
    the one, made with these, overlaps some box of the other, made with or without. Heights above the surface
    or a pressure level bound nothing; those above the sea are widened to hold for the ellipsoid.
    """
    assert 0 <= reach_cm <= HORIZONTAL_MARGIN_CM_MAX
    assert vertical_cm >= 0
    assert time_ms >= 0
    lower_cm, upper_cm = _heights(volume, vertical_cm)
    south_e7, north_e7, spans = _ground(volume, volume.radius_cm + reach_cm + FORGIVEN_CM)
    return tuple(
        Box(
            west_e7=west_e7,
            east_e7=east_e7,
            south_e7=south_e7,
            north_e7=north_e7,
            lower_cm=lower_cm,
            upper_cm=upper_cm,
            start_ms=max(NEVER_MS, volume.interval.start_ms - time_ms),
            end_ms=min(FOREVER_MS, volume.interval.end_ms + time_ms),
        )
        for west_e7, east_e7 in spans
    )


def _heights(volume: Volume, vertical_cm: int) -> tuple[int, int]:
    band = volume.band
    if band.reference == "w84":
        widened_cm = vertical_cm
    elif band.reference == "msl":
        widened_cm = vertical_cm + GEOID_CM
    else:
        return UNBOUNDED_LOWER_CM, UNBOUNDED_UPPER_CM
    return (
        max(UNBOUNDED_LOWER_CM, band.lower_cm - widened_cm),
        min(UNBOUNDED_UPPER_CM, band.upper_cm + widened_cm),
    )


def _ground(volume: Volume, grown_cm: int) -> tuple[int, int, tuple[tuple[int, int], ...]]:
    """South, north, and the spans of longitude, of everything within `grown_cm` of the core."""
    parts = parts_of(volume.core)
    lats = [vertex[1] for part in parts for vertex in part]
    higher = grown_cm * LAT_PER_CM_E11 // 10_000 + 1
    south, north = min(lats) - higher, max(lats) + higher
    west, east = arc_of(parts)
    return (
        max(-LAT_E7_MAX, south),
        min(LAT_E7_MAX, north),
        _spans(west, east, max(-south, north), grown_cm),
    )


def arc_of(parts: tuple[Path, ...]) -> tuple[int, int]:
    """An arc of longitude that holds all parts and leaves out the widest gap; east may lie beyond 180°."""
    sides = sorted((min(lon for lon, _ in part), max(lon for lon, _ in part)) for part in parts)
    reached = sides[0][1]
    arcs = []  # those that begin at a part with a gap before it, and go around through ±180°
    for west, east in sides[1:]:
        if west > reached:
            arcs.append((west, reached + TURN_E7))
        reached = max(reached, east)
    arcs.append((sides[0][0], reached))
    return min(arcs, key=lambda arc: arc[1] - arc[0])


def _spans(west: int, east: int, highest: int, grown_cm: int) -> tuple[tuple[int, int], ...]:
    """The arc, widened, as spans within ±180°; the whole parallel if that is too near a pole or too wide."""
    everywhere = ((-LON_E7_MAX, LON_E7_MAX),)
    if highest > POLE_LAT_E7:
        return everywhere
    cosine = sincos(highest << FRACTION_BITS)[1]
    wider = grown_cm * LON_PER_CM_E11 * ONE // (10_000 * cosine) + 1
    west, east = west - wider, east + wider
    if east - west >= TURN_E7:
        return everywhere
    if west < -LON_E7_MAX:
        west, east = west + TURN_E7, east + TURN_E7
    if east > LON_E7_MAX:
        return ((west, LON_E7_MAX), (-LON_E7_MAX, east - TURN_E7))
    return ((west, east),)
