"""Positions are read whole and strictly, or refused with every reading; nothing is corrected or guessed."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standclear.dialects.coordinates import read_columns, read_position
from standclear.dialects.places.entered import EnteredPosition, position_from_value, position_to_value
from standclear.dialects.places.words import LANGUAGES, MEANINGS
from standclear.errors import Ambiguous, Malformed, StandclearError

E7 = 10_000_000

KYIV = (504_500_000, 305_233_333)  # 50°27'00"N 30°31'24"E
IDLIB = (359_000_000, 366_000_000)  # 35.9 N 36.6 E, which turned round lies 100 km away
SARAQIB = (356_750_000, 366_291_667)  # 35°40'30"N 36°37'45"E

READ = {
    "decimals with letters after": ("50.45000 N 30.52333 E", (504_500_000, 305_233_300)),
    "decimals with letters before": ("N 35.9, E 36.6", IDLIB),
    "letters without a blank": ("35.9N 36.6E", IDLIB),
    "letters and numbers in one": ("35.9N36.6E", IDLIB),
    "small letters": ("35.9 n, 36.6 e", IDLIB),
    "longitude first, as its letter says": ("36.6 E 35.9 N", IDLIB),
    "south and west": ("35.9 S 36.6 W", (-359_000_000, -366_000_000)),
    "words for the hemispheres": ("35.9 North, 36.6 East", IDLIB),
    "words for the axes": ("lat 35.9 lon 36.6", IDLIB),
    "words for the axes with colons": ("Lat: 35.9, Long: 36.6", IDLIB),
    "words for the axes, longitude first": ("longitude 36.6 latitude 35.9", IDLIB),
    "words for the axes and letters": ("Latitude: 35.9 N Longitude: 36.6 E", IDLIB),
    "a slash between": ("35.9N/36.6E", IDLIB),
    "in brackets": ("(35.9 N, 36.6 E)", IDLIB),
    "degrees, minutes, seconds": ("50°27'00\"N 30°31'24\"E", KYIV),
    "degrees, minutes, seconds with primes": ("50°27′00″N 30°31′24″E", KYIV),
    "with typographic quotes": ("50°27’00”N 30°31’24”E", KYIV),
    "with the masculine ordinal for a degree": ("50º27'00\"N 30º31'24\"E", KYIV),
    "with a ring for a degree": ("50˚27'00\"N 30˚31'24\"E", KYIV),
    "with two single quotes for a double": ("50°27'00''N 30°31'24''E", KYIV),
    "with blanks between all": ("50 ° 27 ' 00 \" N , 30 ° 31 ' 24 \" E", KYIV),
    "with no-break and thin blanks": ("50°\u00a027′\u200900″\u202fN 30°31′24″E", KYIV),
    "with blanks for marks": ("N50 27 00 E030 31 24", KYIV),
    "with hyphens for marks": ("50-27-00N 030-31-24E", KYIV),
    "with colons for marks": ("50:27:00N 030:31:24E", KYIV),
    "with letters for marks": ("50d27m00sN 30d31m24sE", KYIV),
    "with words for marks": ("50 deg 27 min 00 sec N 30 deg 31 min 24 sec E", KYIV),
    "without the last mark": ("50°27'00 N 30°31'24 E", KYIV),
    "degrees and minutes": ("35°40.5'N 36°37.75'E", SARAQIB),
    "degrees and minutes with commas": ("35°40,5' N; 36°37,75' E", SARAQIB),
    "degrees and minutes with blanks": ("35 40.5 N 36 37.75 E", SARAQIB),
    "leading zeros": ("05°07'09\"N 003°02'01\"E", (51_191_667, 30_336_111)),
    "seconds near sixty stay as they are": ("35°40'59.996\"N 36°37'45\"E", (356_833_322, 366_291_667)),
    "the pole": ("90°00'00\"N 000°00'00\"E", (900_000_000, 0)),
    "the antimeridian": ("0°0'0\"N 180°0'0\"W", (0, -1_800_000_000)),
    "less than a degree south": ("0°30'00\"S 0°15'00\"W", (-5_000_000, -2_500_000)),
    "a signed minute below a degree": ("lat -0 30 00 lon -0 15 00", (-5_000_000, -2_500_000)),
    "a typographic minus": ("lat −35.9 lon –36.6", (-359_000_000, -366_000_000)),
    "decimal commas and semicolon": ("50,45000 N; 30,52333 E", (504_500_000, 305_233_300)),
    "decimal commas and blank": ("50,45000 N 30,52333 E", (504_500_000, 305_233_300)),
    "decimal commas and comma": ("50,45000 N, 30,52333 E", (504_500_000, 305_233_300)),
    "only one order fits": ("120.5, 30.2", (302_000_000, 1_205_000_000)),
    "the same number twice": ("35.5 35.5", (355_000_000, 355_000_000)),
    "ICAO with seconds": ("502700N0303124E", KYIV),
    "ICAO with minutes": ("5027N03031E", (504_500_000, 305_166_667)),
    "ICAO with letters before": ("N502700 E0303124", KYIV),
    "ICAO with decimals of a minute": ("3540.5N03637.75E", SARAQIB),
    "ICAO with degrees": ("35N036E", (350_000_000, 360_000_000)),
    "NMEA": ("3540.50,N,03637.75,E", SARAQIB),
    "ISO 6709": ("+35.9+036.6/", IDLIB),
    "ISO 6709 with seconds": ("+354030+0363745/", SARAQIB),
    "a geo URI": ("geo:35.9,36.6", IDLIB),
    "Russian abbreviations": ("50°27′00″ с. ш. 30°31′24″ в. д.", KYIV),
    "Russian abbreviations without blanks": ("35,9 с.ш., 36,6 в.д.", IDLIB),
    "Russian abbreviations before": ("с.ш. 35,9 в.д. 36,6", IDLIB),
    "Russian words without a blank": ("35,9 севернойшироты 36,6 вд", IDLIB),
    "Russian south and west": ("35,9 ю.ш. 36,6 з.д.", (-359_000_000, -366_000_000)),
    "Russian letters": ("35,9 С 36,6 В", IDLIB),
    "Russian letters, south and west": ("35,9 Ю 36,6 З", (-359_000_000, -366_000_000)),
    "Russian words": ("35,9 северной широты, 36,6 восточной долготы", IDLIB),
    "Ukrainian abbreviations": ("50°27′00″ пн. ш. 30°31′24″ сх. д.", KYIV),
    "Ukrainian south and west": ("35,9 пд. ш. 36,6 зх. д.", (-359_000_000, -366_000_000)),
    "Ukrainian words": ("35,9 північної широти 36,6 східної довготи", IDLIB),
    "Turkish letters": ("35,9 K 36,6 D", IDLIB),
    "Turkish letters before": ("K 35°40'30\" D 36°37'45\"", SARAQIB),
    "Turkish south and west": ("35,9 G 36,6 B", (-359_000_000, -366_000_000)),
    "Turkish words": ("35,9 Kuzey 36,6 Doğu", IDLIB),
    "Turkish words in capitals": ("35,9 KUZEY 36,6 BATI", (359_000_000, -366_000_000)),
    "Turkish axes": ("Enlem: 35,9 Boylam: 36,6", IDLIB),
    "French words": ("35,9 Nord, 36,6 Ouest", (359_000_000, -366_000_000)),
    "Arabic words and digits": ("٣٥٫٩ شمال ٣٦٫٦ شرق", IDLIB),
    "Arabic words with the article": ("35.9 الشمال 36.6 الشرق", IDLIB),
    "Arabic south and west": ("٣٥٫٩ جنوب، ٣٦٫٦ غرب", (-359_000_000, -366_000_000)),
    "Arabic adverbs with vowel signs": ("35.9 شمالًا 36.6 شرقًا", IDLIB),
    "Arabic axes": ("خط العرض ٣٥٫٩ خط الطول ٣٦٫٦", IDLIB),
    "Persian digits": ("۳۵٫۹ شمال ۳۶٫۶ شرق", IDLIB),
    "Arabic text with direction marks": ("\u200f35.9\u200e N 36.6 E", IDLIB),
    "the letter S after seconds": ("35 40 30 S 36 37 45 W", (-356_750_000, -366_291_667)),
}  # fmt: skip


@pytest.mark.parametrize(("text", "place"), READ.values(), ids=READ)
def test_a_position_that_says_one_place_is_read(text: str, place: tuple[int, int]) -> None:
    position = read_position(text, field="place")
    assert place == (position.lat_e7, position.lon_e7)
    assert text == position.text


STATED = {
    "latitude first": ("50.4501 30.5234", {"order": "lat_lon"}, (504_501_000, 305_234_000)),
    "longitude first": ("30.5234 50.4501", {"order": "lon_lat"}, (504_501_000, 305_234_000)),
    "decimal commas": ("50,4501 30,5234", {"order": "lat_lon"}, (504_501_000, 305_234_000)),
    "decimal commas and semicolon": ("50,4501; 30,5234", {"order": "lat_lon"}, (504_501_000, 305_234_000)),
    "stops and a comma": ("50.4501,30.5234", {"order": "lat_lon"}, (504_501_000, 305_234_000)),
    "negative numbers": ("-35.9 -36.6", {"order": "lat_lon"}, (-359_000_000, -366_000_000)),
    "plus signs": ("+35.9 +36.6", {"order": "lat_lon"}, IDLIB),
    "blanks for marks": ("35 40 30 36 37 45", {"order": "lat_lon"}, SARAQIB),
    "two readings that say one place": ("35,0,36,0", {"order": "lat_lon"}, (350_000_000, 360_000_000)),
    "minus nought degrees": ("-0 30 00, -0 15 00", {"order": "lat_lon"}, (-5_000_000, -2_500_000)),
    "French, where O is west": ("35.9 N 36.6 O", {"language": "fr"}, (359_000_000, -366_000_000)),
    "Turkish, where B is west": ("35.9 N 36.6 B", {"language": "tr"}, (359_000_000, -366_000_000)),
    "Russian, where В is east": ("35.9 N 36.6 В", {"language": "ru"}, IDLIB),
    "letters go before a stated order": ("36.6 E 35.9 N", {"order": "lat_lon"}, IDLIB),
}


@pytest.mark.parametrize(("text", "stated", "place"), STATED.values(), ids=STATED)
def test_what_the_caller_knows_settles_what_the_text_leaves_open(
    text: str, stated: dict[str, str], place: tuple[int, int]
) -> None:
    position = read_position(text, field="place", **stated)
    assert place == (position.lat_e7, position.lon_e7)


AMBIGUOUS = {
    "no order": ("50.4501 30.5234", 2, "latitude first"),
    "no order, decimal commas": ("50,4501 30,5234", 2, "latitude first"),
    "no order, degrees and minutes": ("35 40.5 36 37.8", 2, "longitude first"),
    "no order, in brackets": ("[36.6, 35.9]", 2, "longitude first"),
    "three numbers": ("35 40 36", 4, "unlike forms"),
    "a comma that is decimal or in a list": ("50,5 30", 4, "unlike forms"),
    "commas everywhere": ("35,40,36,37", 4, "commas stand between"),
    "commas everywhere, seconds": ("35,40,30,36,37,45", 4, "commas stand between"),
    "stops for marks": ("35.40.30N 36.37.45E", 4, "stops stand between"),
    "seconds without minutes": ('35°30" N 36°40" E', 4, "seconds mark follows the degrees"),
    "colons without letters": ("35:40:30 036:37:45", 2, "latitude first"),
    "hyphens without letters": ("35-40-30 036-37-45", 2, "hyphens stand between"),
    "Latin B beside N": ("35.9 N 36.6 B", 2, "Latin B for Cyrillic"),
    "Cyrillic В beside Latin N": ("35.9 N 36.6 В", 2, "Cyrillic В for Latin B"),
    "Cyrillic С beside Latin B": ("35.9 С 36.6 B", 2, "36.6000000 W"),
    "Latin C and Latin B": ("35.9 C 36.6 B", 2, "Latin C for Cyrillic"),
    "O is west in French and east in German": ("35.9 N 36.6 O", 2, "36.6000000 W"),
    "the first letter of north and of east in Arabic": ("٣٥٫٩ ش ٣٦٫٦ ش", 2, "36.6000000 N"),
    "S as a band of UTM and as south": ("36S 768421 3972345", 2, "southern hemisphere"),
}


@pytest.mark.parametrize(("text", "count", "telling"), AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_a_text_with_several_readings_is_refused_with_every_one(text: str, count: int, telling: str) -> None:
    with pytest.raises(Ambiguous) as caught:
        read_position(text, field="place")
    assert count == len(set(caught.value.readings))
    assert telling in " | ".join(caught.value.readings)
    assert caught.value.fields["text"] == text
    assert caught.value.fields["remedy"]


REFUSED = {
    "nothing": ("", "is empty"),
    "blanks": ("   ", "is empty"),
    "words": ("the hospital in Idlib", "says nothing here"),
    "trailing words": ("35.9 N 36.6 E approx", "'approx' says nothing here"),
    "leading words": ("near 35.9 N 36.6 E", "'near' says nothing here"),
    "one number": ("35.9", "no position"),
    "one number with a letter": ("35.9 N", "no position"),
    "four numbers of two kinds": ("35.9 36.6 12.5 11.1", "no position"),
    "two positions": ("35.9N 36.6E 35.8N 36.5E", "no position"),
    "sixty minutes": ("35°60'00\"N 36°00'00\"E", "minutes 60 are not below 60"),
    "sixty seconds": ("35°59'60\"N 36°00'00\"E", "seconds 60 are not below 60"),
    "sixty minutes with decimals": ("35°60.0'N 36°0.0'E", "minutes 60.0 are not below 60"),
    "minutes of three digits": ("35°040'N 36°0'E", "minutes 040 are not below 60"),
    "beyond the pole": ("90°00'01\"N 36°00'00\"E", "beyond 90"),
    "beyond the antimeridian": ("35.9 N 180.1 E", "beyond 180"),
    "both beyond": ("135.9, 191", "beyond"),
    "two latitudes": ("35.9 N 36.6 N", "both numbers are north or south"),
    "two longitudes": ("35.9 E 36.6 W", "both numbers are north or south"),
    "a letter at one number only": ("35.9 N 36.6", "one of the two numbers only"),
    "a sign and a letter": ("-35.9 S 36.6 E", "a sign and a hemisphere"),
    "a letter before one and after the other": ("N 35.9 36.6 E", "before its number, the other after"),
    "a name of the axis that the letter denies": ("lat 35.9 E lon 36.6 N", "contradict"),
    "only one axis named": ("lat 35.9 36.6", "only one"),
    "decimals before the last field": ("35.5°40'30\"N 36°37'45\"E", "no position"),
    "marks in the wrong order": ("35\"40'30°N 36°37'45\"E", "no position"),
    "minutes without degrees": ("40'30\"N 37'45\"E", "no position"),
    "an exponent": ("3.59e1 3.66e1", "no position"),
    "hyphens and colons mixed": ("50-27:00N 030:31-24E", "no position"),
    "a range": ("35.9-36.6", "no position"),
    "a dangling stop": ("35. 36.", "says nothing"),
    "a stop and a comma as decimal marks": ("35.9 N 36,6 E", "no position"),
    "seconds closed by s, no hemisphere there": ("35d40m30s 36d37m45s E", "one of the two numbers only"),
    "Latin B in a Russian text": ("35.9 С 36.6 B", "not those of the language", {"language": "ru"}),
    "Russian letters in a Turkish text": ("35.9 С 36.6 В", "not those of the language", {"language": "tr"}),
    "only lookalikes": ("35.9 N 36.6 Е", "Cyrillic Е for Latin E"),
    "digits of two scripts": ("3٥.9 N 36.6 E", "digits of two scripts"),
    "digits of a script that is not read": ("३५.९ N 36.6 E", "a digit that is not read"),
    "superscript digits": ("35² N 36 E", "a digit that is not read"),
    "text that is turned round on the screen": ("\u202e35.9 N 36.6 E", "changes the order"),
    "characters that cannot be seen": ("35.9 N\u200b 36.6 E", "cannot be seen"),
    "too long": ("35.9 N 36.6 E" + " " * 200, "is longer than"),
    "too many commas": ("1,2,3,4,5,6,7,8", "commas between digits"),
    "an order that is none": ("35.9 36.6", "is no order", {"order": "yx"}),
    "a language that is not read": ("35.9 36.6", "is not read", {"language": "de"}),
    "a datum that is not known": ("35.9 N 36.6 E", "is not known here", {"datum": "NAD27"}),
    "ICAO with sixty minutes": ("3560N03600E", "minutes 60 are not below 60"),
    "ICAO beyond the pole": ("9100N03600E", "beyond 90"),
    "ICAO beyond the antimeridian": ("3540N18100E", "beyond 180"),
    "four numbers with stops": ("35.40.30.5 N 36.37.45.5 E", "no position"),
    "ICAO with unlike widths": ("354030N03637E", "unlike numbers of digits"),
    "ICAO of five digits": ("35403N036374E", "more than three digits"),
    "an order of range that fits neither way": ("100 100", "beyond 90"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_what_is_no_position_is_refused_with_the_reason(case: tuple[str, ...]) -> None:
    text, reason, *stated = case
    with pytest.raises(Malformed, match=reason.replace("(", r"\(")) as caught:
        read_position(text, field="place", **(stated[0] if stated else {}))
    assert caught.value.remedy


def test_a_stated_order_is_never_turned_round_to_make_it_fit() -> None:
    with pytest.raises(Malformed, match=r"latitude 120\.5 is beyond 90"):
        read_position("120.5, 30.2", field="place", order="lat_lon")


def test_how_the_axes_were_told_apart_is_kept() -> None:
    said = {
        "35.9 N 36.6 E": ("stated", "stated"),
        "lat 35.9 lon 36.6": ("signed", "stated"),
        "120.5 30.2": ("signed", "range"),
    }
    for text, expected in said.items():
        position = read_position(text, field="place")
        assert expected == (position.hemispheres, position.order)
    assert "lon_lat" == read_position("36.6 35.9", field="place", order="lon_lat").order


PRECISION = {  # half the diagonal of the cell of the last digit, at the equator where not said otherwise
    "whole degrees": ("0 N 1 E", 7_870_000, 7_890_000),
    "one decimal": ("0.0 N 1.0 E", 787_000, 789_000),
    "three decimals": ("0.000 N 1.000 E", 7_870, 7_890),
    "five decimals": ("0.00000 N 1.00000 E", 78, 80),
    "seven decimals": ("0.0000000 N 1.0000000 E", 1, 1),
    "twelve decimals": ("0.123456789012 N 1.000000000000 E", 1, 2),
    "minutes": ("0°00'N 1°00'E", 131_000, 132_000),
    "seconds": ("0°00'00\"N 1°00'00\"E", 2_180, 2_195),
    "tenths of a second": ("0°00'00.0\"N 1°00'00.0\"E", 218, 222),
    "three decimals at 60 degrees": ("60.000 N 1.000 E", 6_235, 6_260),
    "unlike decimals": ("0.0 N 1.00000 E", 558_000, 559_000),
}


@pytest.mark.parametrize(("text", "least", "most"), PRECISION.values(), ids=PRECISION)
def test_the_last_digit_says_how_much_is_left_open(text: str, least: int, most: int) -> None:
    assert least <= read_position(text, field="place").precision_cm <= most


def test_a_datum_is_never_converted_and_what_that_leaves_open_is_added() -> None:
    text = "35.90000 N 36.60000 E"
    sure = read_position(text, field="place", datum="WGS84")
    for datum in (None, "ED50", "Pulkovo-42", "Pulkovo 1942", "СК-42"):
        position = read_position(text, field="place", datum=datum)
        assert (sure.lat_e7, sure.lon_e7) == (position.lat_e7, position.lon_e7)
        assert position.uncertainty_cm >= sure.uncertainty_cm + 15_000


# --- columns --------------------------------------------------------------------------------------

COLUMNS = {
    "plain decimals": ("-8.65597", "13.49194", (-86_559_700, 134_919_400)),
    "decimal commas": ("50,4501", "30,5234", (504_501_000, 305_234_000)),
    "letters": ("35.9 S", "36.6 W", (-359_000_000, -366_000_000)),
    "marks on one side": ("35°40'30\"N", "36.5", (356_750_000, 365_000_000)),
    "blanks for marks": ("35 40 30", "36 37 45", SARAQIB),
    "minus nought": ("-0 30", "-0 15", (-5_000_000, -2_500_000)),
    "Arabic digits": ("٣٥٫٩", "٣٦٫٦", IDLIB),
    "the poles and the antimeridian": ("-90", "180", (-900_000_000, 1_800_000_000)),
    "more decimals than are kept": ("35.90000004999", "36.60000005", (359_000_000, 366_000_000)),
    "a half goes to the even neighbour": ("35.90000015", "36.60000025", (359_000_002, 366_000_002)),
    "Russian letters": ("35,9 ю.ш.", "36,6 з.д.", (-359_000_000, -366_000_000)),
}


@pytest.mark.parametrize(("lat", "lon", "place"), COLUMNS.values(), ids=COLUMNS)
def test_two_columns_say_one_position(lat: str, lon: str, place: tuple[int, int]) -> None:
    position = read_columns(lat, lon, field="row 2")
    assert place == (position.lat_e7, position.lon_e7)
    assert f"{lat}\t{lon}" == position.text


COLUMNS_REFUSED = {
    "east in the column of latitudes": ("36.6 E", "35.9", Malformed, "row 2.latitude"),
    "north in the column of longitudes": ("35.9", "36.6 N", Malformed, "row 2.longitude"),
    "beyond the pole": ("90.00001", "0", Malformed, "beyond 90 degrees"),
    "beyond the antimeridian": ("0", "-180.00001", Malformed, "beyond 180 degrees"),
    "words": ("unknown", "0", Malformed, "says nothing"),
    "nothing": ("", "0", Malformed, "is empty"),
    "two numbers with a comma": ("35,9 36,6", "0", Malformed, "no angle"),
    "sixty minutes": ("35 60", "0", Malformed, "not below 60"),
    "a sign and a letter": ("-35.9 S", "0", Malformed, "a sign and a hemisphere"),
    "stops for marks": ("35.40.30", "0", Ambiguous, "stops stand between"),
    "a lookalike": ("35.9 C", "0", Malformed, "Latin C for Cyrillic"),
    "B in two scripts' senses": ("0", "35.9 B", Ambiguous, "Latin B for Cyrillic"),
}


@pytest.mark.parametrize(("lat", "lon", "kind", "telling"), COLUMNS_REFUSED.values(), ids=COLUMNS_REFUSED)
def test_a_column_that_says_no_one_angle_is_refused(
    lat: str, lon: str, kind: type[StandclearError], telling: str
) -> None:
    with pytest.raises(kind) as caught:
        read_columns(lat, lon, field="row 2")
    assert telling in str(caught.value)


def test_letters_of_another_language_than_the_stated_one_are_not_read_in_a_column() -> None:
    assert 359_000_000 == read_columns("35,9 С", "36,6 В", field="row 2", language="ru").lat_e7
    with pytest.raises(Malformed, match="no angle"):
        read_columns("35,9 С", "36,6 В", field="row 2", language="tr")


# --- properties -----------------------------------------------------------------------------------

lats = st.integers(-90 * E7, 90 * E7)
lons = st.integers(-180 * E7, 180 * E7)
MARKS = {
    "°": ("°", "º", "˚", " deg ", "°\u00a0"),
    "'": ("'", "′", "’", " min "),
    '"': ('"', "″", "”", "''", " sec "),
}


@st.composite
def written_angles(draw: st.DrawFn, axis: str) -> tuple[str, Fraction, str]:
    """One angle written in some form, with its value and its letter."""
    limit = 90 if axis == "lat" else 180
    degrees = draw(st.integers(0, limit - 1))
    letter = draw(st.sampled_from("NS" if axis == "lat" else "EW"))
    decimals = draw(st.integers(0, 6))
    part = draw(st.integers(0, 10**decimals - 1)) if decimals else 0
    tail = f".{part:0{decimals}d}" if decimals else ""
    fraction = Fraction(part, 10**decimals)
    fields = draw(st.integers(1, 3))
    mark = {name: draw(st.sampled_from(one)) for name, one in MARKS.items()}
    if fields == 1:
        text, value = f"{degrees}{tail}{draw(st.sampled_from(['', mark['°']]))}", degrees + fraction
    elif fields == 2:
        minutes = draw(st.integers(0, 59))
        text, value = (
            f"{degrees}{mark['°']}{minutes:02d}{tail}{mark[chr(39)]}",
            degrees + (minutes + fraction) / 60,
        )
    else:
        minutes, seconds = draw(st.integers(0, 59)), draw(st.integers(0, 59))
        text = f"{degrees}{mark['°']}{minutes:02d}{mark[chr(39)]}{seconds:02d}{tail}{mark[chr(34)]}"
        value = degrees + Fraction(minutes, 60) + (seconds + fraction) / 3600
    return text, -value if letter in "SW" else value, letter


@given(written_angles("lat"), written_angles("lon"), st.sampled_from([" ", ", ", "; ", "/"]), st.booleans())
def test_whatever_is_written_with_marks_and_letters_is_read_to_the_last_digit(
    lat: tuple[str, Fraction, str], lon: tuple[str, Fraction, str], between: str, lon_first: bool
) -> None:
    parts = [f"{text.rstrip()} {letter}" for text, _, letter in (lat, lon)]
    text = between.join(reversed(parts) if lon_first else parts)
    position = read_position(text, field="place")
    assert (round(lat[1] * E7), round(lon[1] * E7)) == (position.lat_e7, position.lon_e7)


@given(lats, lons, st.integers(0, 9), st.sampled_from([".", ","]))
def test_decimals_come_back_within_their_precision(lat: int, lon: int, decimals: int, stop: str) -> None:
    written = [f"{float(Fraction(value, E7)):.{decimals}f}".replace(".", stop) for value in (lat, lon)]
    position = read_columns(*written, field="row")
    assert abs(position.lat_e7 - lat) * 1.112 <= position.precision_cm + 1
    assert (position.lat_e7, position.lon_e7) == tuple(
        round(Fraction(one.replace(",", ".")) * E7) for one in written
    )


@given(st.from_regex(r"-?[0-9]{1,2}(\.[0-9]{1,12})?", fullmatch=True))
def test_a_plain_column_says_the_same_to_the_short_way_and_to_the_grammar(number: str) -> None:
    if abs(Fraction(number)) > 90:
        return
    short = read_columns(number, number, field="row")
    grammar = read_columns(f" {number}", number, field="row")  # a blank before it takes the long way
    assert (short.lat_e7, short.lon_e7, short.precision_cm) == (
        grammar.lat_e7,
        grammar.lon_e7,
        grammar.precision_cm,
    )


ALPHABET = "0123456789.,;°'\"′″ -+/NSEWnsewdmsKGDBOСЮВЗсшдвпнхشرقال٣٥٫،()[]:=|\u200f\u00a0"


@given(
    st.text(ALPHABET, max_size=40),
    st.sampled_from([None, "lat_lon", "lon_lat"]),
    st.sampled_from([None, *LANGUAGES]),
)
def test_any_text_is_read_or_refused_and_never_breaks_the_reader(
    text: str, order: str | None, language: str | None
) -> None:
    try:
        position = read_position(text, field="place", order=order, language=language)
    except (Malformed, Ambiguous):
        return
    assert abs(position.lat_e7) <= 90 * E7
    assert abs(position.lon_e7) <= 180 * E7
    assert position.text == text


@given(st.text(max_size=60))
def test_any_characters_at_all_are_read_or_refused(text: str) -> None:
    try:
        position = read_position(text, field="place")
    except (Malformed, Ambiguous):
        return
    assert text == position.text


@given(lats, lons)
def test_a_position_goes_into_json_and_comes_back(lat: int, lon: int) -> None:
    position = read_position(f"lat {lat / E7:.7f} lon {lon / E7:.7f}", field="place", datum="ED50")
    assert position == position_from_value(position_to_value(position), field="place")


@pytest.mark.parametrize(
    "change", [{"lat_e7": 900_000_001}, {"lon_e7": "1"}, {"format": "?"}, {"datum": "?"}, {"more": 1}]
)
def test_an_altered_position_is_refused(change: dict[str, object]) -> None:
    value = position_to_value(read_position("35.9 N 36.6 E", field="place")) | change
    with pytest.raises(Malformed):
        position_from_value(value, field="place")


def test_every_word_of_the_table_is_read_where_it_makes_sense() -> None:
    """A word for north goes with the same language's east, before or after the number."""
    partner = {"N": "E", "S": "E", "E": "N", "W": "N"}
    whole = {
        "en": ("N", "E"),
        "ru": ("с.ш.", "в.д."),
        "uk": ("пн. ш.", "сх. д."),
        "tr": ("K", "D"),
        "ar": ("شمال", "شرق"),
    }
    whole |= {"fr": ("N", "E")}
    for spelling, meanings in MEANINGS.items():
        for meaning in meanings:
            for language in meaning.languages & set(whole) if meaning.kind == "hemisphere" else ():
                if len({one.says for one in meanings if language in one.languages}) > 1:
                    continue
                other = whole[language][partner[meaning.says] == "E"]
                position = read_position(f"35.5 {spelling} 35.5 {other}", field="place", language=language)
                expected = -355_000_000 if meaning.says in "SW" else 355_000_000
                assert expected == (position.lat_e7 if meaning.says in "NS" else position.lon_e7), spelling


def test_the_type_is_frozen_and_says_what_was_read() -> None:
    position = read_position("35.9 N 36.6 E", field="place")
    assert isinstance(position, EnteredPosition)
    with pytest.raises(AttributeError):
        position.lat_e7 = 0  # type: ignore[misc]
