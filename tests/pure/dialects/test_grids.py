"""Grid positions: digits are cut off and never rounded, zeros are kept, and every reading is checked backwards."""

from __future__ import annotations

import math
import sys

import mgrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from standclear.dialects.coordinates import read_position
from standclear.dialects.places.grids import mgrs_name
from standclear.dialects.places.mercator import degrees_of
from standclear.errors import Ambiguous, Malformed

E7 = 10_000_000
GEOD = Geod(ellps="WGS84")
NAMES = mgrs.MGRS()

READ = {  # text, and the square whose middle it is
    "ten digits": ("36SYE1234567890", "36SYE1234567890"),
    "ten digits in groups": ("36S YE 12345 67890", "36SYE1234567890"),
    "ten digits, one blank": ("36SYE 12345 67890", "36SYE1234567890"),
    "small letters": ("36sye1234567890", "36SYE1234567890"),
    "with its name": ("MGRS: 36SYE1234567890", "36SYE1234567890"),
    "eight digits": ("36SYE12346789", "36SYE12346789"),
    "six digits": ("36SYE123678", "36SYE123678"),
    "four digits": ("36SYE1267", "36SYE1267"),
    "two digits": ("36SYE16", "36SYE16"),
    "leading zeros": ("16REU0006700007", "16REU0006700007"),
    "short digits are filled up on the right": ("16REU67", "16REU67"),
    "Arabic digits": ("٣٦SYE١٢٣٤٥٦٧٨٩٠", "36SYE1234567890"),
    "a zone of one digit": ("4QFJ0393222472", "4QFJ0393222472"),
    "a zone with its nought": ("04QFJ0393222472", "4QFJ0393222472"),
}


@pytest.mark.parametrize(("text", "square"), READ.values(), ids=READ)
def test_a_grid_position_is_the_middle_of_its_square(text: str, square: str) -> None:
    position = read_position(text, field="place")
    digits = (len(square.lstrip("0123456789")) - 3) // 2
    side_m = 10 ** (5 - digits)
    assert square == NAMES.toMGRS(position.lat_e7 / E7, position.lon_e7 / E7, MGRSPrecision=digits).lstrip(
        "0"
    )
    assert 0 <= position.precision_cm - side_m * 100 / math.sqrt(2) <= 3
    assert ("mgrs", "grid", text) == (position.format, position.hemispheres, position.text)


def test_a_short_grid_is_never_filled_up_on_the_left() -> None:
    short, long = (read_position(text, field="place") for text in ("16REU67", "16REU0000600007"))
    away = GEOD.inv(short.lon_e7 / E7, short.lat_e7 / E7, long.lon_e7 / E7, long.lat_e7 / E7)[2]
    assert away > 60_000


REFUSED = {
    "an odd number of digits": ("36SYE123456789", "as many each"),
    "unlike groups": ("36S YE 1234 67890", "which zero is missing"),
    "no digits": ("36SYE", "0 digits each way"),
    "twelve digits": ("36SYE123456678901", "6 digits each way"),
    "the letter I in the square": ("36SIE1234567890", "no whole MGRS"),
    "the letter O as band": ("36OYE1234567890", "no whole MGRS"),
    "no zone": ("SYE1234567890", "no whole MGRS"),
    "zone 61": ("61SYE1234567890", "names no square"),
    "a square of another zone": ("35SZV1234567890", "names no square"),
    "a square that is not in the band": ("36SYL1234567890", "converts back to 36TYL"),
    "words after it": ("36SYE1234567890 approx", "says nothing"),
    "a polar grid": ("ZAB1234567890", "no whole MGRS"),
    "UTM in zone 0": ("0 NORTH 768421 3972345", "zone 0 is not"),
    "UTM with an easting too short": ("36 NORTH 68421 3972345", "easting 68421 is not between"),
    "UTM with a northing too large": ("36 NORTH 768421 13972345", "northing 13972345 is not between"),
    "UTM with an unknown letter": ("36O 768421 3972345", "no latitude band"),
    "UTM with the wrong band": ("36T 768421 3972345", "lies in no place of zone 36"),
    "UTM north of its zones": ("36 NORTH 500000 9999999", "lies in no place"),
    "UTM in the next zone": ("36 NORTH 868421 3972345", "lies in zone 37"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_grid_position_that_is_not_whole_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Malformed) as caught:
        read_position(text, field="place")
    assert reason in caught.value.reason
    assert caught.value.remedy


UTM = {
    "with its band": "36S 700000 3972345.5",
    "with its hemisphere": "36 NORTH 700000 3972345.5",
    "with N, which is no band there": "36N 700000 3972345.5",
    "with units": "UTM 36N 700000mE 3972345.5mN",
    "with labels": "36N E 700000 N 3972345.5",
    "with a leading nought": "36N 0700000 3972345.5",
    "with a comma": "36N, 700000, 3972345.5",
}
EDGES = {
    "the equator, counted from the south": ("36 SOUTH 500000 10000000", "does not come back"),
    "a millimetre south of the equator": ("31 SOUTH 500000 9999999.999", "does not come back"),
    "a hair south of the equator": ("31 SOUTH 166021.4431 9999999.9999999", "does not come back"),
}


@pytest.mark.parametrize(("text", "reason"), EDGES.values(), ids=EDGES)
def test_a_place_that_the_grid_does_not_give_back_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        read_position(text, field="place")


def test_the_letter_n_of_utm_says_one_place_near_the_equator_whichever_it_means() -> None:
    assert (36_187_000, 330_000_000) == pytest.approx(
        (read_position("36N 500000 400000", field="place").lat_e7, 330_000_000), abs=10_000
    )


def test_a_grid_name_that_does_not_lie_at_its_place_is_never_written() -> None:
    with pytest.raises(Malformed, match="does not lie there"):
        mgrs_name(-1.2e-9, 0.0, 1, field="format")


def test_without_the_package_a_grid_is_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mgrs", None)
    with pytest.raises(Malformed, match="not installed") as caught:
        read_position("36SYE1234567890", field="place")
    assert "standclear[client]" in caught.value.remedy
    assert 359_000_000 == read_position("35.9 N 36.6 E", field="place").lat_e7


@pytest.mark.parametrize("text", [text for name, text in UTM.items() if name != "with its band"])
def test_utm_is_read_in_the_ways_it_is_written(text: str) -> None:
    position = read_position(text, field="place")
    assert position.format == "utm"
    east, north = Transformer.from_crs(4326, 32636, always_xy=True).transform(
        position.lon_e7 / E7, position.lat_e7 / E7
    )
    assert math.hypot(east - 700_000, north - 3_972_345.5) < 0.02


def test_the_letter_s_of_utm_is_a_band_and_a_hemisphere_and_is_asked_about() -> None:
    with pytest.raises(Ambiguous) as caught:
        read_position(UTM["with its band"], field="place")
    assert ["S as the latitude band", "S as the southern hemisphere"] == [
        reading.partition("(")[2].rstrip(")") for reading in caught.value.readings
    ]


def test_a_letter_s_that_can_only_be_the_hemisphere_is_read() -> None:
    assert read_position("36S 700000 8972345", field="place").lat_e7 < 0


@given(st.floats(-79.9, 83.9), st.floats(-179.9, 179.9), st.integers(1, 5))
def test_every_square_of_the_package_is_read_and_holds_the_place_it_was_made_of(
    lat: float, lon: float, digits: int
) -> None:
    name = NAMES.toMGRS(lat, lon, MGRSPrecision=digits)
    assume(abs(lat) > 1e-7)  # nearer to the equator than a centimetre the package answers with no square
    position = read_position(name, field="place")
    away = GEOD.inv(lon, lat, position.lon_e7 / E7, position.lat_e7 / E7)[2]
    assert away * 100 <= position.precision_cm * 1.002 + 1  # the grid is up to 0.1 % longer than the ground


@pytest.mark.parametrize("name", ["31QAC8644334859", "30NZF3397803711", "33XVG1234512345"])
def test_a_square_on_the_edge_of_its_zone_is_read(name: str) -> None:
    assert name == read_position(name, field="place").text


@given(st.integers(1, 60), st.integers(200_000, 800_000), st.integers(1, 9_300_000))
def test_utm_agrees_with_proj_to_a_millimetre(zone: int, easting: int, northing: int) -> None:
    lon, lat = degrees_of(zone, easting, northing, is_south=False)
    proj = Transformer.from_crs(32600 + zone, 4326, always_xy=True).transform(easting, northing)
    assert GEOD.inv(lon, lat, *proj)[2] < 0.001
    lon, lat = degrees_of(zone, easting, 10_000_000 - northing, is_south=True)
    proj = Transformer.from_crs(32700 + zone, 4326, always_xy=True).transform(easting, 10_000_000 - northing)
    assert GEOD.inv(lon, lat, *proj)[2] < 0.001
