"""GeoJSON becomes shapes of whole numbers and comes back digit for digit; what has no one meaning is refused."""

from __future__ import annotations

import json
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from standclear.dialects.geojson import Feature, degrees_text, read_geojson, to_geojson
from standclear.dialects.places.crossing import crosses_itself
from standclear.errors import Ambiguous, Malformed, OverLimit
from standclear.limits import GEOJSON_VERTICES_MAX, TABLE_BYTES_MAX
from standclear.spacetime.shape import Area, Line, Point

E7 = 10_000_000
SQUARE = [[30, 50], [31, 50], [31, 51], [30, 51], [30, 50]]
HOLE = [[30.4, 50.4], [30.4, 50.6], [30.6, 50.6], [30.6, 50.4], [30.4, 50.4]]


def geometry(kind: str, coordinates: object) -> str:
    return json.dumps({"type": kind, "coordinates": coordinates})


def ring(positions: list[list[float]]) -> tuple[tuple[int, int], ...]:
    return tuple((round(lon * E7), round(lat * E7)) for lon, lat in positions[:-1])


SHAPES = {
    "Point": ([30.5, 50.5], (Point(at=(305_000_000, 505_000_000)),)),
    "MultiPoint": ([[30, 50], [31, 51]], (Point(at=(30 * E7, 50 * E7)), Point(at=(31 * E7, 51 * E7)))),
    "LineString": ([[30, 50], [31, 51]], (Line(paths=(((30 * E7, 50 * E7), (31 * E7, 51 * E7)),)),)),
    "MultiLineString": (
        [[[30, 50], [31, 51]], [[32, 50], [33, 51]]],
        (Line(paths=(((30 * E7, 50 * E7), (31 * E7, 51 * E7)), ((32 * E7, 50 * E7), (33 * E7, 51 * E7)))),),
    ),
    "Polygon": ([SQUARE, HOLE], (Area(rings=(ring(SQUARE), ring(HOLE))),)),
    "MultiPolygon": ([[SQUARE], [HOLE]], (Area(rings=(ring(SQUARE),)), Area(rings=(ring(HOLE),)))),
}


@pytest.mark.parametrize("kind", SHAPES)
def test_a_geometry_becomes_shapes(kind: str) -> None:
    coordinates, shapes = SHAPES[kind]
    (feature,) = read_geojson(geometry(kind, coordinates), field="zone")
    assert shapes == feature.shapes
    assert () == feature.doubts


@pytest.mark.parametrize("kind", SHAPES)
def test_shapes_become_the_same_geometry_again(kind: str) -> None:
    _, shapes = SHAPES[kind]
    written = to_geojson([Feature(shapes=shapes, properties={"name": "Łódź"}, name="7")])
    (feature,) = read_geojson(written, field="zone")
    assert (kind, "7", {"name": "Łódź"}) == (
        json.loads(written)["features"][0]["geometry"]["type"],
        feature.name,
        feature.properties,
    )
    assert {shapely.from_geojson(to_geojson([feature]))} == {shapely.from_geojson(written)}
    assert len(shapes) == len(feature.shapes)


def test_overlapping_members_of_a_multipolygon_never_cancel_each_other() -> None:
    (feature,) = read_geojson(geometry("MultiPolygon", [[SQUARE], [HOLE]]), field="zone")
    assert 2 == len(feature.shapes)


def test_rings_are_turned_as_the_standard_asks() -> None:
    backwards = list(reversed(SQUARE))
    (feature,) = read_geojson(geometry("Polygon", [backwards, list(reversed(HOLE))]), field="zone")
    written = shapely.from_geojson(to_geojson([feature])).geoms[0]
    assert written.exterior.is_ccw
    assert not written.interiors[0].is_ccw


def test_a_feature_collection_keeps_names_properties_and_order() -> None:
    first = {"type": "Feature", "id": 7, "geometry": {"type": "Point", "coordinates": [1, 2]}}
    second = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [3, 4]}, "properties": None}
    features = [first | {"properties": {"a": [1.5, {"b": None}]}}, second]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    one, other = read_geojson(text.replace("1.5", "1.50"), field="zones")
    assert ("7", {"a": ["1.50", {"b": None}]}) == (one.name, one.properties)
    assert ("", {}) == (other.name, other.properties)


REFUSED = {
    "no JSON": ("{", "no JSON text"),
    "no UTF-8": (b'{"type": "Point\xff"}', "no JSON text"),
    "a list": ("[]", "no GeoJSON object"),
    "an unknown type": ('{"type": "Circle", "coordinates": [1, 2]}', "no geometry of GeoJSON"),
    "no coordinates": ('{"type": "Point"}', "is no list"),
    "a feature without a place": ('{"type": "Feature", "geometry": null, "properties": {}}', "has no place"),
    "a collection of geometries": ('{"type": "GeometryCollection", "geometries": []}', "no one meaning"),
    "a member named twice": ('{"type": "Point", "coordinates": [1, 2], "coordinates": [3, 4]}', "names a member twice"),
    "NaN": ('{"type": "Point", "coordinates": [NaN, 2]}', "NaN, which is no number"),
    "a text for a number": ('{"type": "Point", "coordinates": ["1", "2"]}', "'1' is no number"),
    "a truth value for a number": ('{"type": "Point", "coordinates": [true, 2]}', "True is no number"),
    "one number": ('{"type": "Point", "coordinates": [1]}', "has 1 numbers"),
    "four numbers": ('{"type": "Point", "coordinates": [1, 2, 3, 4]}', "has 4 numbers"),
    "latitude first": ('{"type": "Point", "coordinates": [50, 130]}', "no place on Earth"),
    "beyond the antimeridian": ('{"type": "Point", "coordinates": [181, 0]}', "no place on Earth"),
    "an exponent of no use": ('{"type": "Point", "coordinates": [1e99, 0]}', "exponent"),
    "too many digits": ('{"type": "Point", "coordinates": [1.' + "0" * 60 + ", 0]}", "too many digits"),
    "an open ring": (geometry("Polygon", [SQUARE[:-1]]), "no closed ring"),
    "a ring of three": (geometry("Polygon", [[[0, 0], [1, 1], [0, 0]]]), "no closed ring"),
    "a ring of two places": (geometry("Polygon", [[[0, 0], [1, 1], [1, 1], [0, 0]]]), "less than three places"),
    "a line of one": (geometry("LineString", [[0, 0]]), "less than two positions"),
    "an empty multipoint": (geometry("MultiPoint", []), "is empty"),
    "an empty polygon": (geometry("Polygon", []), "is empty"),
    "another reference system": (
        '{"type": "Point", "coordinates": [1, 2], "crs": {"type": "name", "properties": {"name": "EPSG:3857"}}}',
        "is not WGS 84",
    ),
    "features that are no list": ('{"type": "FeatureCollection", "features": {}}', "is no list"),
    "a feature that is none": ('{"type": "FeatureCollection", "features": [1]}', "is no Feature"),
    "properties that are a list": (
        '{"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": [1]}', "is no object"
    ),
    "a truth value for a name": (
        '{"type": "Feature", "id": true, "geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": {}}',
        "neither a text nor a number",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_geojson_is_refused_with_the_reason(text: str | bytes, reason: str) -> None:
    with pytest.raises(Malformed) as caught:
        read_geojson(text, field="zone")
    assert reason in caught.value.reason
    assert caught.value.remedy


def test_the_field_names_the_member_at_fault() -> None:
    with pytest.raises(Malformed) as caught:
        read_geojson(geometry("Polygon", [[*SQUARE[:2], [200, 0], *SQUARE[2:]]]), field="zone")
    assert "zone.geometry.coordinates[0][2]" == caught.value.field


def test_an_edge_over_half_the_earth_is_questioned() -> None:
    with pytest.raises(Ambiguous) as caught:
        read_geojson(geometry("LineString", [[179, 0], [-179, 0]]), field="lane")
    assert 2 == len(caught.value.readings)
    assert "across the antimeridian, 2.0000000" in caught.value.readings[0]


def test_an_edge_over_half_the_earth_exactly_is_taken_as_written() -> None:
    (feature,) = read_geojson(geometry("LineString", [[-90, 0], [90, 0]]), field="lane")
    assert isinstance(feature.shapes[0], Line)


def test_wgs_84_in_the_obsolete_member_is_read() -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    text = json.dumps({"type": "Point", "coordinates": [1, 2], "crs": crs})
    assert 1 == len(read_geojson(text, field="site"))


def test_a_height_is_not_read_and_a_doubt_says_so() -> None:
    (feature,) = read_geojson(geometry("Point", [1, 2, 300]), field="site")
    assert ["heights of the positions are not read: state a band"] == list(feature.doubts)


def test_a_ring_that_crosses_itself_is_a_doubt() -> None:
    bow = [[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]
    (feature,) = read_geojson(geometry("Polygon", [bow]), field="zone")
    assert "crosses" in feature.doubts[0]


def test_more_vertices_than_the_limit_are_refused() -> None:
    with pytest.raises(OverLimit):
        read_geojson(geometry("MultiPoint", [[0, 0]] * (GEOJSON_VERTICES_MAX + 1)), field="sites")


def test_more_bytes_than_the_limit_are_refused() -> None:
    with pytest.raises(OverLimit):
        read_geojson(b" " * (TABLE_BYTES_MAX + 1), field="sites")


def test_shapes_of_two_kinds_are_no_feature() -> None:
    shapes = (Point(at=(0, 0)), Line(paths=(((0, 0), (1, 1)),)))
    with pytest.raises(Malformed):
        to_geojson([Feature(shapes=shapes, properties={})])


PRECISION = {
    "[30.5, 50]": 7_872_000,
    "[30.5, 50.123]": 787_200,
    "[30.1234567, 50.1234567]": 1,
    "[3.05e1, 5.01e1]": 787_200,
}


@pytest.mark.parametrize(("coordinates", "precision_cm"), PRECISION.items())
def test_the_coarsest_digit_says_how_much_is_left_open(coordinates: str, precision_cm: int) -> None:
    (feature,) = read_geojson(f'{{"type": "Point", "coordinates": {coordinates}}}', field="site")
    assert precision_cm == feature.precision_cm


@given(st.decimals(-90, 90, places=12), st.decimals(-180, 180, places=9))
def test_a_number_is_rounded_as_decimals_are_and_never_as_floats(lat: Decimal, lon: Decimal) -> None:
    (feature,) = read_geojson(f'{{"type": "Point", "coordinates": [{lon:f}, {lat:f}]}}', field="site")
    expected = tuple(int((one * E7).quantize(Decimal(1), ROUND_HALF_EVEN)) for one in (lon, lat))
    assert isinstance(feature.shapes[0], Point)
    assert expected == feature.shapes[0].at


@given(st.integers(-180 * E7, 180 * E7))
def test_whole_e7_are_written_exactly(value: int) -> None:
    assert value == Decimal(degrees_text(value)) * E7


@given(st.lists(st.tuples(st.integers(-20, 20), st.integers(-20, 20)), min_size=3, max_size=9, unique=True))
def test_a_ring_crosses_itself_where_geos_says_it_is_not_simple(vertices: list[tuple[int, int]]) -> None:
    assert crosses_itself(tuple(vertices)) == (not shapely.LinearRing(vertices).is_simple)


@given(st.text(max_size=40) | st.binary(max_size=40))
def test_any_bytes_are_read_or_refused_and_never_break_the_reader(written: str | bytes) -> None:
    with pytest.raises(Malformed):
        read_geojson(written, field="zone")


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-200, 200)
    | st.floats(-200, 200)
    | st.sampled_from(["Point", "Polygon", ""]),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.sampled_from(["type", "coordinates", "geometry", "properties", "features"]), inner, max_size=4
        )
    ),
    max_leaves=20,
)


@given(json_values, st.sampled_from(sorted(SHAPES)))
def test_any_json_is_read_or_refused_and_never_breaks_the_reader(value: object, kind: str) -> None:
    try:
        read_geojson(json.dumps({"type": kind, "coordinates": value}), field="zone")
    except (Malformed, Ambiguous):
        return
