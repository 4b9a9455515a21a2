"""Simple maps as SVG: points, areas and lines with a scale bar and north, drawn from the volumes alone.

A drawing decides nothing and hides nothing: there is no background, no colour, and a radius is drawn as it was filed. East
and west are stretched by the middle latitude, so that shapes look as on a map of a small region.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import cos, radians
from typing import Final, assert_never

from standclear.spacetime.earth import Vertex
from standclear.spacetime.shape import Area, Line, Point, parts_of
from standclear.spacetime.volume import Volume

E7: Final = 10_000_000
SIDE: Final = 360
_EDGE: Final = 30
_M_PER_DEGREE: Final = 111_320
_LEAST_M: Final = 100
_BARS_M: Final = tuple(step * 10**power for power in range(7) for step in (1, 2, 5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One volume on a map, with its short label."""

    label: str
    volume: Volume


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """From degrees to the picture: the middle, and picture units for each metre."""

    lon: float
    lat: float
    per_m: float
    turned: bool

    def at(self, vertex: Vertex) -> tuple[float, float]:
        lon = _turn(vertex[0], turned=self.turned) / E7
        east_m = (lon - self.lon) * _M_PER_DEGREE * cos(radians(self.lat))
        north_m = (vertex[1] / E7 - self.lat) * _M_PER_DEGREE
        return SIDE / 2 + east_m * self.per_m, SIDE / 2 - north_m * self.per_m


def draw_map(drawn: Sequence[Drawn]) -> str:
    """An SVG picture of some volumes, self-contained; nothing of nothing."""
    if not drawn:
        return ""
    frame = _frame_of(drawn)
    shapes = "".join(part for one in drawn for part in _shape(one, frame))
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {SIDE} {SIDE}' width='{SIDE}' height='{SIDE}' "
        "role='img' font-family='sans-serif' font-size='10'>"
        f"<rect width='{SIDE}' height='{SIDE}' fill='none' stroke='#000'/>{shapes}{_north()}{_bar(frame)}</svg>"
    )


def _turn(lon_e7: int, *, turned: bool) -> int:
    return lon_e7 + 360 * E7 if turned and lon_e7 < 0 else lon_e7


def _frame_of(drawn: Sequence[Drawn]) -> _Frame:
    vertices = [vertex for one in drawn for part in parts_of(one.volume.core) for vertex in part]
    lons = [lon for lon, _ in vertices]
    turned = max(lons) - min(lons) > 180 * E7  # it lies across 180 degrees
    lons = [_turn(lon, turned=turned) for lon in lons]
    lats = [lat for _, lat in vertices]
    lon, lat = (min(lons) + max(lons)) / 2 / E7, (min(lats) + max(lats)) / 2 / E7
    radius_m = max(one.volume.radius_cm for one in drawn) / 100
    wide_m = (max(lons) - min(lons)) / E7 * _M_PER_DEGREE * cos(radians(lat)) + 2 * radius_m
    high_m = (max(lats) - min(lats)) / E7 * _M_PER_DEGREE + 2 * radius_m
    return _Frame(lon=lon, lat=lat, per_m=(SIDE - 2 * _EDGE) / max(wide_m, high_m, _LEAST_M), turned=turned)


def _shape(one: Drawn, frame: _Frame) -> Iterator[str]:
    radius = one.volume.radius_cm / 100 * frame.per_m
    core = one.volume.core
    match core:
        case Point(at=at):
            x, y = frame.at(at)
            yield f"<circle cx='{x:.1f}' cy='{y:.1f}' r='{max(radius, 2):.1f}' fill='none' stroke='#000'/>"
            yield f"<circle cx='{x:.1f}' cy='{y:.1f}' r='1.5'/>"
        case Line():
            path = " ".join(_path(part, frame) for part in core.paths)
            if radius > 1:
                yield f"<path d='{path}' fill='none' stroke='#bbb' stroke-width='{2 * radius:.1f}' {_ROUND}/>"
            yield f"<path d='{path}' fill='none' stroke='#000'/>"
        case Area():
            path = " ".join(_path(ring, frame) + " Z" for ring in core.rings)
            if radius > 1:
                yield f"<path d='{path}' fill='none' stroke='#bbb' stroke-width='{2 * radius:.1f}' {_ROUND}/>"
            yield f"<path d='{path}' fill='#ddd' fill-opacity='.6' fill-rule='evenodd' stroke='#000'/>"
        case _:
            assert_never(core)
    x, y = frame.at(parts_of(core)[0][0])
    yield f"<text x='{x + 4:.1f}' y='{y - 4:.1f}'>{escape(one.label)}</text>"


_ROUND: Final = "stroke-linejoin='round' stroke-linecap='round'"


def _path(vertices: Sequence[Vertex], frame: _Frame) -> str:
    return "M " + " L ".join(f"{x:.1f} {y:.1f}" for x, y in map(frame.at, vertices))


def _north() -> str:
    return (
        f"<path d='M {SIDE - 15} 30 L {SIDE - 15} 8 M {SIDE - 19} 14 L {SIDE - 15} 8 L {SIDE - 11} 14' "
        f"fill='none' stroke='#000'/><text x='{SIDE - 18}' y='42'>N</text>"
    )


def _bar(frame: _Frame) -> str:
    """The longest round length that fits a third of the picture."""
    length_m = max((bar for bar in _BARS_M if bar * frame.per_m <= SIDE / 3), default=_BARS_M[0])
    told = f"{length_m // 1000} km" if length_m >= 1000 else f"{length_m} m"
    y, end = SIDE - 10, 10 + length_m * frame.per_m
    return (
        f"<path d='M 10 {y - 3} L 10 {y} L {end:.1f} {y} L {end:.1f} {y - 3}' fill='none' stroke='#000'/>"
        f"<text x='14' y='{y - 4}'>{told}</text>"
    )
