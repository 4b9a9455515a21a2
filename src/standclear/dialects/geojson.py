"""GeoJSON in and out of shapes (RFC 7946, https://www.rfc-editor.org/rfc/rfc7946).

Numbers are read as written, never as floats, and rounded to whole 1e-7 degrees, a half to the even neighbour;
what the last digit leaves open is kept as the feature's precision. Decisions taken here:

* A MultiPoint or MultiPolygon becomes one shape for each member: rings of two polygons that overlap would cancel
  each other in one even-odd shape, and a hole in a protection nobody meant.
* A third number of a position is a height above the ellipsoid. It is dropped, with a doubt: heights are
  stated as a band, with their reference.
* An edge of more than 180 degrees of longitude is questioned: RFC 7946, 3.1.9 asks for shapes to be cut at the
  antimeridian, and ours go the way their numbers say.
* A ring is closed in GeoJSON and open in ours. One that crosses itself is even-odd, with a doubt.
* A `crs` other than WGS 84 is refused; so is a GeometryCollection, whose members have no meaning in common.
* Properties are carried; a number with a fraction among them is carried as its text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, NoReturn, assert_never

from standclear.dialects.places.crossing import crosses_itself
from standclear.dialects.places.entered import round_half_even
from standclear.errors import Ambiguous, Malformed, OverLimit
from standclear.limits import GEOJSON_VERTICES_MAX, TABLE_BYTES_MAX
from standclear.spacetime.shape import Area, Line, Point, Shape

E7: Final = 10_000_000
_HALF_CELL_CM: Final = 787_200  # half the diagonal of 0.1 degrees by 0.1 degrees on the equator
_NUMBER: Final = re.compile(r"(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?", re.ASCII)
_WGS84: Final = re.compile(r"urn:ogc:def:crs:(?:OGC:[\d.]*:CRS84|EPSG:[\d.]*:4326)|EPSG:4326", re.ASCII)
_DIGITS_MAX: Final = 40

Vertex = tuple[int, int]


class _Text(str):
    """A JSON number with a fraction or an exponent, as it was written."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One GeoJSON feature: its shapes, its properties, and what a person should know about the reading."""

    shapes: tuple[Shape, ...]
    properties: Mapping[str, Any]
    name: str = ""  # its id, as text
    precision_cm: int = 0  # radius that holds the cell of the coarsest last digit
    doubts: tuple[str, ...] = ()


def read_geojson(written: bytes | str, *, field: str) -> tuple[Feature, ...]:
    """The features of a GeoJSON text: a FeatureCollection, a Feature, or a bare geometry.

    Raises:
        Malformed: it is no GeoJSON, or a geometry that is not read; the field names the member.
        Ambiguous: an edge can go two ways round the Earth.
        OverLimit: too many bytes or vertices.

    Example:
        >>> (feature,) = read_geojson('{"type": "Point", "coordinates": [30.5234, 50.4501]}', field="site")
        >>> feature.shapes
        (Point(at=(305234000, 504501000)),)
    """
    value = _parse(written, field)
    if not isinstance(value, dict):
        raise Malformed(field, "is no GeoJSON object", "give a FeatureCollection, a Feature or a geometry")
    _check_crs(value, field)
    reader = _Reader()
    match value.get("type"):
        case "FeatureCollection":
            features = _list(value.get("features"), f"{field}.features")
            return tuple(reader.feature(one, f"{field}.features[{i}]") for i, one in enumerate(features))
        case "Feature":
            return (reader.feature(value, field),)
        case _:
            return (reader.feature({"type": "Feature", "geometry": value, "properties": None}, field),)


def _parse(written: bytes | str, field: str) -> object:
    if len(written) > TABLE_BYTES_MAX:
        raise OverLimit("bytes of a GeoJSON file", TABLE_BYTES_MAX, len(written), "cut it into several")

    def refuse(constant: str) -> NoReturn:
        raise Malformed(field, f"holds {constant}, which is no number", "give decimal degrees")

    def members(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise Malformed(field, "an object names a member twice", "name each member once")
        return found

    try:
        text = written.decode("utf-8-sig") if isinstance(written, bytes) else written
        return json.loads(text, parse_float=_Text, parse_constant=refuse, object_pairs_hook=members)
    except (ValueError, RecursionError) as wrong:
        raise Malformed(field, f"is no JSON text in UTF-8: {wrong}", "export it as GeoJSON anew") from wrong


def _check_crs(value: dict[str, Any], field: str) -> None:
    """The `crs` member of 2008 is obsolete; files that carry WGS 84 in it are read all the same."""
    if "crs" not in value:
        return
    crs = value["crs"]
    name = crs.get("properties", {}).get("name") if isinstance(crs, dict) else None
    if not isinstance(name, str) or not _WGS84.fullmatch(name):
        raise Malformed(f"{field}.crs", f"{name!r} is not WGS 84", "export it in WGS 84 (EPSG:4326)")


def _list(value: object, field: str) -> list[Any]:
    if not isinstance(value, list):
        raise Malformed(field, "is no list", "see RFC 7946, part 3")
    return value


class _Reader:
    """Reads the features of one file, and counts its vertices. Lives as long as the call that made it."""

    def __init__(self) -> None:
        self._count = 0
        self._precision_cm = 0
        self._doubts: dict[str, None] = {}

    def feature(self, value: object, field: str) -> Feature:
        if not isinstance(value, dict) or value.get("type") != "Feature":
            raise Malformed(field, "is no Feature", "see RFC 7946, 3.2")
        self._precision_cm, self._doubts = 0, {}
        shapes = tuple(self._shapes(value.get("geometry"), f"{field}.geometry"))
        properties = value.get("properties") or {}
        if not isinstance(properties, dict):
            raise Malformed(f"{field}.properties", "is no object", "see RFC 7946, 3.2")
        name = value.get("id", "")
        if not isinstance(name, str | int) or isinstance(name, bool):
            raise Malformed(f"{field}.id", "is neither a text nor a number", "see RFC 7946, 3.2")
        return Feature(
            shapes=shapes,
            properties=_plain(properties),
            name=str(name),
            precision_cm=self._precision_cm,
            doubts=tuple(self._doubts),
        )

    def _shapes(self, value: object, field: str) -> Iterator[Shape]:
        if not isinstance(value, dict):
            raise Malformed(field, "is no geometry: the feature has no place", "give it one, or leave it out")
        kind, inner = value.get("type"), f"{field}.coordinates"
        if kind == "GeometryCollection":
            raise Malformed(
                field, "a GeometryCollection has no one meaning", "give a feature for each geometry"
            )
        coordinates = _list(value.get("coordinates"), inner)
        match kind:
            case "Point":
                yield Point(at=self._vertex(coordinates, inner))
            case "MultiPoint":
                for i, one in enumerate(_filled(coordinates, inner)):
                    yield Point(at=self._vertex(one, f"{inner}[{i}]"))
            case "LineString":
                yield Line(paths=(self._path(coordinates, inner),))
            case "MultiLineString":
                paths = enumerate(_filled(coordinates, inner))
                yield Line(paths=tuple(self._path(one, f"{inner}[{i}]") for i, one in paths))
            case "Polygon":
                yield self._area(coordinates, inner)
            case "MultiPolygon":
                for i, one in enumerate(_filled(coordinates, inner)):
                    yield self._area(one, f"{inner}[{i}]")
            case _:
                raise Malformed(field, f"{kind!r} is no geometry of GeoJSON", "see RFC 7946, 1.4")

    def _area(self, value: object, field: str) -> Area:
        rings = _filled(_list(value, field), field)
        area = Area(rings=tuple(self._ring(ring, f"{field}[{i}]") for i, ring in enumerate(rings)))
        if any(crosses_itself(ring) for ring in area.rings):
            self._doubts["a ring crosses or touches itself: what it winds round twice counts as outside"] = (
                None
            )
        return area

    def _ring(self, value: object, field: str) -> tuple[Vertex, ...]:
        positions = _list(value, field)
        if len(positions) < 4 or positions[0] != positions[-1]:
            reason = "is no closed ring: its first position comes again at its end, and it has four or more"
            raise Malformed(field, reason, "close it (RFC 7946, 3.1.6)")
        ring = _without_repeats(self._path(positions, field)[:-1])
        if len(ring) < 3:
            raise Malformed(field, "has less than three places", "give a LineString or a Point")
        return ring

    def _path(self, value: object, field: str) -> tuple[Vertex, ...]:
        positions = _list(value, field)
        if len(positions) < 2:
            raise Malformed(field, "has less than two positions", "give a Point")
        path = tuple(self._vertex(one, f"{field}[{i}]") for i, one in enumerate(positions))
        for i, (a, b) in enumerate(pairwise(path)):
            if abs(a[0] - b[0]) > 180 * E7:
                readings = (
                    f"across the antimeridian, {360 - abs(a[0] - b[0]) / E7:.7f} degrees of longitude",
                    f"the long way, {abs(a[0] - b[0]) / E7:.7f} degrees of longitude",
                )
                remedy = "cut it at 180 degrees (RFC 7946, 3.1.9), or give the long way a middle position"
                raise Ambiguous(f"{field}[{i}]", f"{_shown(a)} to {_shown(b)}", readings, remedy)
        return path

    def _vertex(self, value: object, field: str) -> Vertex:
        numbers = _list(value, field)
        if not 2 <= len(numbers) <= 3:
            raise Malformed(field, f"has {len(numbers)} numbers", "give longitude and latitude")
        self._count += 1
        if self._count > GEOJSON_VERTICES_MAX:
            raise OverLimit(
                "vertices of a GeoJSON file", GEOJSON_VERTICES_MAX, self._count, "cut it into several"
            )
        if len(numbers) == 3:
            _written(numbers[2], field)
            self._doubts["heights of the positions are not read: state a band"] = None
        (lon_e7, lon_cm), (lat_e7, lat_cm) = (_e7(number, field) for number in numbers[:2])
        if abs(lon_e7) > 180 * E7 or abs(lat_e7) > 90 * E7:
            reason = f"longitude {numbers[0]}, latitude {numbers[1]} is no place on Earth"
            raise Malformed(field, reason, "give longitude first, -180 to 180, then latitude")
        self._precision_cm = max(self._precision_cm, lon_cm, lat_cm)
        return lon_e7, lat_e7


def _filled(value: list[Any], field: str) -> list[Any]:
    if not value:
        raise Malformed(field, "is empty", "leave the feature out")
    return value


def _without_repeats(ring: tuple[Vertex, ...]) -> tuple[Vertex, ...]:
    """A ring without a vertex that stands twice in a row; the ring is the same."""
    return tuple(v for before, v in zip((ring[-1], *ring), ring, strict=False) if v != before)


def _written(number: object, field: str) -> str:
    """A JSON number as it was written."""
    if isinstance(number, _Text) or (isinstance(number, int) and not isinstance(number, bool)):
        return str(number)
    raise Malformed(field, f"{number!r} is no number", "give decimal degrees")


def _e7(number: object, field: str) -> tuple[int, int]:
    """A number of degrees in whole 1e-7, and the radius in cm that its last digit leaves open."""
    written = _written(number, field)
    match = _NUMBER.fullmatch(written) if len(written) <= _DIGITS_MAX else None
    if match is None:
        raise Malformed(field, f"{written[:50]!r} has too many digits", "give seven decimals of a degree")
    sign, whole, part, exponent = match.groups()
    digits, scale = int(whole + (part or "")), len(part or "") - int(exponent or 0)
    if abs(scale) > _DIGITS_MAX:
        raise Malformed(field, f"{written!r} has an exponent that no degree needs", "give decimal degrees")
    value = round_half_even(digits * E7 * 10 ** max(-scale, 0), 10 ** max(scale, 0))
    decimals = max(scale, 0)
    precision_cm = -(-_HALF_CELL_CM * 10 // 10**decimals) if decimals <= 7 else 2
    return -value if sign else value, precision_cm


def _plain(value: Any) -> Any:
    """Properties without our class of texts; numbers with a fraction stay as they were written."""
    match value:
        case dict():
            return {name: _plain(one) for name, one in value.items()}
        case list():
            return [_plain(one) for one in value]
        case _Text():
            return str(value)
        case _:
            return value


def degrees_text(value_e7: int) -> str:
    """Whole 1e-7 degrees as decimal degrees, exactly and without more noughts than needed.

    Example:
        >>> degrees_text(-86559700)
        '-8.65597'
    """
    whole, part = divmod(abs(value_e7), E7)
    text = f"{whole}.{part:07d}".rstrip("0").rstrip(".")
    return f"-{text}" if value_e7 < 0 else text


def _shown(vertex: Vertex) -> str:
    return f"[{degrees_text(vertex[0])}, {degrees_text(vertex[1])}]"


_GEOMETRIES: Final[dict[type, tuple[str, str]]] = {
    Point: ("Point", "MultiPoint"),
    Line: ("LineString", "MultiLineString"),
    Area: ("Polygon", "MultiPolygon"),
}


def to_geojson(features: Sequence[Feature]) -> str:
    """A FeatureCollection of features, coordinates exact to the last digit, rings closed and turned as asked.

    Several shapes of one kind in a feature become its Multi-geometry.

    Raises:
        Malformed: a feature holds shapes of several kinds, or none.

    Example:
        >>> to_geojson([Feature(shapes=(Point(at=(305234000, 504501000)),), properties={})])
        '{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[30.5234,50.4501]},"properties":{}}]}'
    """
    return '{"type":"FeatureCollection","features":[' + ",".join(map(_feature_text, features)) + "]}"


def _feature_text(feature: Feature) -> str:
    kinds = {type(shape) for shape in feature.shapes}
    if len(kinds) != 1:
        raise Malformed("shapes", "are not of one kind", "give a feature for each")
    parts = [_coordinates(shape) for shape in feature.shapes]
    (kind,) = kinds
    single, many = _GEOMETRIES[kind]
    if single == "LineString":  # a line of several paths is a MultiLineString already
        parts = [
            path
            for shape in feature.shapes
            if isinstance(shape, Line)
            for path in map(_positions, shape.paths)
        ]
    geometry = f'{{"type":"{single}","coordinates":{parts[0]}}}'
    if len(parts) > 1:
        geometry = f'{{"type":"{many}","coordinates":[{",".join(parts)}]}}'
    name = f'"id":{json.dumps(feature.name)},' if feature.name else ""
    properties = json.dumps(feature.properties, ensure_ascii=False, separators=(",", ":"))
    return f'{{"type":"Feature",{name}"geometry":{geometry},"properties":{properties}}}'


def _coordinates(shape: Shape) -> str:
    match shape:
        case Point():
            return _position(shape.at)
        case Line():
            return "[" + ",".join(map(_positions, shape.paths)) + "]"
        case Area():
            return "[" + ",".join(_positions((*ring, ring[0])) for ring in _turned(shape.rings)) + "]"
        case _:
            assert_never(shape)


def _turned(rings: tuple[tuple[Vertex, ...], ...]) -> Iterator[tuple[Vertex, ...]]:
    """The first ring against the clock, the others with it (RFC 7946, 3.1.6)."""
    for i, ring in enumerate(rings):
        doubled = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise((*ring, ring[0])))
        yield ring if (doubled >= 0) == (i == 0) else (ring[0], *reversed(ring[1:]))


def _positions(vertices: Sequence[Vertex]) -> str:
    return "[" + ",".join(map(_position, vertices)) + "]"


def _position(vertex: Vertex) -> str:
    return f"[{degrees_text(vertex[0])},{degrees_text(vertex[1])}]"
