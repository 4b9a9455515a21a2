"""Doubts about a position that is well written: is it where the party means it to be?

A range check sees nothing of a swap in north-west Syria: 35.9 N 36.6 E turned round is a village 100 km away. So
a position is held against the theatre, the place it is said to be at, and the party's other sites, and so are
its *variants*: the two numbers turned round, and each sign turned. Nothing is corrected; a person is asked.

Distances here are estimates (equirectangular, a sphere of 111.2 km a degree), for doubts only, never for a
decision: those are `spacetime.distance`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from standclear.dialects.places.datums import NOT_STATED
from standclear.dialects.places.entered import EnteredPosition
from standclear.spacetime.distance import contains
from standclear.spacetime.shape import Area, Point

E7: Final = 10_000_000
DEGREE_CM: Final = 11_119_500
COARSE_CM: Final = 5_500  # fewer than four decimals of a degree
COARSE_GRID_CM: Final = 7_500  # a grid of less than six digits
FAR_CM: Final = 10_000_000  # 100 km from every other site of the party

Vertex = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPlace:
    """A place that the party names: its middle and how far it reaches."""

    name: str
    at: Vertex
    radius_cm: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Why a person should look again: a code, the sentence, how far it is, and the variant that would fit."""

    code: str  # one of CODES
    sentence: str
    distance_cm: int = 0
    variant: Vertex | None = None


CODES: Final = {
    "coarse": "the last digit leaves more open than 55 m, or a grid more than 75 m",
    "datum-not-stated": "no datum is stated",
    "outside-theatre": "it lies outside the theatre",
    "variant-inside": "it lies outside the theatre, a variant inside",
    "variant-inside-too": "the two numbers turned round lie inside the theatre as well",
    "far-from-named-place": "it does not lie at the place it is said to be at",
    "variant-at-named-place": "a variant lies at the place it is said to be at",
    "far-from-siblings": "it lies far from every other site of the party",
    "variant-near-siblings": "a variant lies among the party's other sites",
}


def apart_cm(a: Vertex, b: Vertex) -> int:
    """An estimate of how far two places are from each other."""
    lon = abs(a[0] - b[0])
    lon = min(lon, 360 * E7 - lon)
    scale = math.cos(math.radians((a[1] + b[1]) / 2 / E7))
    return round(math.hypot(a[1] - b[1], lon * scale) / E7 * DEGREE_CM)


def variants(at: Vertex) -> Iterator[tuple[str, Vertex]]:
    """The places that the commonest slips would have made of this one, each with the slip's name."""
    lon, lat = at
    if abs(lon) <= 90 * E7 and lon != lat:
        yield "latitude and longitude turned round", (lat, lon)
    if lat:
        yield "north and south turned round", (lon, -lat)
    if lon:
        yield "east and west turned round", (-lon, lat)


def plausibility(
    position: EnteredPosition,
    *,
    theatre: Area | None = None,
    named_place: NamedPlace | None = None,
    siblings: Sequence[Vertex] = (),
) -> tuple[Doubt, ...]:
    """Every doubt about a position, the gravest first; none means that none was found, and no more than that.

    Args:
        theatre: where the arrangement holds.
        named_place: the place that the party says it is at.
        siblings: the party's other sites, (longitude, latitude) in e7.

    Example:
        >>> from standclear.dialects.coordinates import read_position
        >>> idlib = Area(rings=(((360000000, 350000000), (374000000, 350000000), (374000000, 364000000),
        ...     (360000000, 364000000)),))
        >>> swapped = read_position("36.60000 N 35.93000 E", field="place", datum="WGS84")
        >>> [doubt.code for doubt in plausibility(swapped, theatre=idlib)]
        ['variant-inside', 'outside-theatre']
    """
    at = (position.lon_e7, position.lat_e7)
    found = list(_held_against_theatre(at, theatre)) if theatre else []
    found += _held_against_name(at, named_place, position.uncertainty_cm) if named_place else []
    found += _held_against_siblings(at, siblings) if siblings else []
    if position.precision_cm > (COARSE_GRID_CM if position.hemispheres == "grid" else COARSE_CM):
        found.append(_doubt("coarse", position.precision_cm))
    if position.datum == NOT_STATED:
        found.append(_doubt("datum-not-stated", position.uncertainty_cm - position.precision_cm))
    return tuple(found)


def _doubt(code: str, distance_cm: int = 0, variant: Vertex | None = None, more: str = "") -> Doubt:
    sentence = CODES[code] + (f": {more}" if more else "")
    return Doubt(code=code, sentence=sentence, distance_cm=distance_cm, variant=variant)


def is_inside(theatre: Area, at: Vertex) -> bool:
    """Whether a place lies in an area (even-odd, in the plane of longitude and latitude)."""
    return contains(theatre, Point(at=at))


def _held_against_theatre(at: Vertex, theatre: Area) -> Iterator[Doubt]:
    inside = [(slip, place) for slip, place in variants(at) if is_inside(theatre, place)]
    if not is_inside(theatre, at):
        for slip, place in inside:
            yield _doubt("variant-inside", apart_cm(at, place), place, slip)
        yield _doubt("outside-theatre")
        return
    for slip, place in inside:
        far = apart_cm(at, place)
        yield _doubt("variant-inside-too", far, place, f"{slip}, {far / 100_000:.1f} km away")


def _held_against_name(at: Vertex, named: NamedPlace, uncertainty_cm: int) -> Iterator[Doubt]:
    reach = named.radius_cm + uncertainty_cm
    far = apart_cm(at, named.at)
    if far <= reach:
        return
    for slip, place in variants(at):
        if apart_cm(place, named.at) <= reach:
            yield _doubt("variant-at-named-place", apart_cm(at, place), place, f"{slip}, {named.name}")
    yield _doubt("far-from-named-place", far, None, f"{named.name}, {far / 100_000:.1f} km away")


def _held_against_siblings(at: Vertex, siblings: Sequence[Vertex]) -> Iterator[Doubt]:
    nearest = min(apart_cm(at, sibling) for sibling in siblings)
    if nearest <= FAR_CM:
        return
    for slip, place in variants(at):
        if min(apart_cm(place, sibling) for sibling in siblings) <= FAR_CM // 4:
            yield _doubt("variant-near-siblings", apart_cm(at, place), place, slip)
    middle = (round(median(s[0] for s in siblings)), round(median(s[1] for s in siblings)))
    far = apart_cm(at, middle)
    more = f"the nearest is {nearest / 100_000:.1f} km away, their median {far / 100_000:.1f} km"
    yield _doubt("far-from-siblings", nearest, None, more)
