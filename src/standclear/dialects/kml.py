"""A copy as KML 2.2 (https://www.ogc.org/standard/kml/), for the programs that gunners and drivers have.

Circles become polygons that hold them; a corridor's width and all heights stand in the description. Holes of areas are
drawn full: a copy may show more than is there, and never less. Nothing is coloured: no colour here means anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import assert_never

from standclear.dialects.copies import Copy, CopyRow, circle_around, heights, utc
from standclear.dialects.geojson import degrees_text
from standclear.spacetime.shape import Area, Line, Path, Point
from standclear.spacetime.volume import Volume


def to_kml(copy: Copy) -> str:
    """A copy as a KML document; every text in it is escaped."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>',
        f"<name>{_text(('EXERCISE ' if copy.exercise else '') + 'Copy ' + copy.code())}</name>",
        f"<description>{_text(chr(10).join(copy.heading()))}</description>",
    ]
    for row in copy.rows:
        lines += [_placemark(copy, row, volume) for volume in row.volumes]
    return "\n".join([*lines, "</Document></kml>", ""])


def _placemark(copy: Copy, row: CopyRow, volume: Volume) -> str:
    told = [
        *(["EXERCISE"] if copy.exercise else []),
        f"{row.what}, {row.condition}; by {row.owner}, in the {row.form} form; may travel: {row.travel}",
        f"radius {volume.radius_cm / 100:g} m, heights {heights(volume)}",
        f"from {utc(volume.interval.start_ms)} to {utc(volume.interval.end_ms)}",
        *([f"call: {row.contact}"] if row.contact else []),
        *([row.note] if row.note else []),
        f"copy {copy.code()}, as of {utc(copy.as_of_ms)}, expires {utc(copy.expires_ms)}",
    ]
    name = f"{row.number} {row.name or row.what}"
    return (
        f"<Placemark><name>{_text(name)}</name><description>{_text(chr(10).join(told))}</description>"
        f"<MultiGeometry>{''.join(_geometry(volume))}</MultiGeometry></Placemark>"
    )


def _geometry(volume: Volume) -> Iterator[str]:
    match volume.core:
        case Point(at=at):
            yield f"<Point><coordinates>{_places((at,))}</coordinates></Point>"
            if volume.radius_cm:
                yield _polygon(circle_around(at, volume.radius_cm))
        case Line(paths=paths):
            for path in paths:
                yield f"<LineString><coordinates>{_places(path)}</coordinates></LineString>"
        case Area(rings=rings):
            yield from map(_polygon, rings)
        case _:
            assert_never(volume.core)


def _polygon(ring: Path) -> str:
    closed = _places((*ring, ring[0]))
    return (
        f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{closed}</coordinates></LinearRing>"
        "</outerBoundaryIs></Polygon>"
    )


def _places(vertices: Path) -> str:
    return " ".join(f"{degrees_text(lon)},{degrees_text(lat)}" for lon, lat in vertices)


def _text(text: str) -> str:
    """Text that no reader of XML takes for a mark; letters that XML has no place for are left out."""
    return escape("".join(letter for letter in text if letter >= " " or letter in "\n\t"))
