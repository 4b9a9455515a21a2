"""Positions as people write them: read whole and strictly, or refused with every reading; never guessed.

Decimal degrees, degrees and minutes, degrees, minutes and seconds (with marks, letters or blanks), MGRS, UTM,
ICAO and NOTAM, NMEA and ISO 6709; decimal stops and commas; hemispheres in English, French, Russian, Ukrainian,
Turkish and Arabic; Arabic and Persian digits. What is read, and what is not, is listed in
`docs/guide/places-and-times.md`. Nothing is corrected: 59.996 stays 59.996, 60 is refused.
"""

from __future__ import annotations

import re
from fractions import Fraction

from standclear.dialects.places.angles import E7, NORTHINGS, Angle, angles_from
from standclear.dialects.places.characters import readable
from standclear.dialects.places.compact import compact_reading
from standclear.dialects.places.datums import read_datum
from standclear.dialects.places.entered import EnteredPosition, precision_of, round_half_even
from standclear.dialects.places.grids import GridPlace, grid_place
from standclear.dialects.places.readings import Reading, Stated, readings_of
from standclear.dialects.places.tokens import cuttings
from standclear.dialects.places.words import LANGUAGES
from standclear.errors import Ambiguous, Malformed
from standclear.limits import POSITION_CHARACTERS_MAX

_REMEDY = "write it with hemispheres and marks, such as 35°40'30\"N 036°37'45\"E, or 35.67500 N, 36.62917 E"
_PLAIN = re.compile(r"([+-]?)(\d{1,3})(?:\.(\d{1,30}))?", re.ASCII)


def read_position(
    text: str,
    *,
    field: str,
    order: str | None = None,
    language: str | None = None,
    datum: str | None = None,
) -> EnteredPosition:
    """The one position that a text says.

    Args:
        order: which number comes first where the text does not say: `lat_lon` or `lon_lat`.
        language: the language of the letters for the hemispheres; with it, letters of no other are read.
        datum: WGS84, ED50 or Pulkovo-42; nothing is converted, what that leaves open is added.

    Raises:
        Malformed: the text is no position, or says one that does not exist.
        Ambiguous: it says more than one; every reading is given.

    Example:
        >>> read_position("50°27′00″N 30°31′24″E", field="place").lat_e7
        504500000
        >>> read_position("50,4501 30,5234", field="place", order="lat_lon").lon_e7
        305234000
    """
    _check_stated(order, language, field)
    datum_name = read_datum(datum, field=f"{field}.datum")
    plain = _without_brackets(readable(text, field=field, length_max=POSITION_CHARACTERS_MAX))
    grid = grid_place(plain, field=field, verbatim=text)
    if grid is not None:
        return _from_grid(text, grid, datum_name)
    reading, complaint = compact_reading(plain)
    if complaint:
        raise Malformed(field, complaint, _REMEDY)
    if reading is None:
        stated = Stated(order=order, language=language)
        readings, complaints = readings_of(cuttings(plain, field=field), stated)
        reading = _only_one(readings, complaints, text, field)
    return _from_reading(text, reading, datum_name)


def read_columns(
    lat_text: str,
    lon_text: str,
    *,
    field: str,
    language: str | None = None,
    datum: str | None = None,
) -> EnteredPosition:
    """The position that a column of latitudes and a column of longitudes say; the texts are kept, a tab between.

    Raises:
        Malformed: one of the two is no angle, or names the other axis.
        Ambiguous: one of the two has more than one reading.

    Example:
        >>> read_columns("-8,65597", "13.49194", field="row 2").lat_e7
        -86559700
    """
    datum_name = read_datum(datum, field=f"{field}.datum")
    plain = _plain_columns(lat_text, lon_text, datum_name)
    if plain is not None:
        return plain
    lat, lat_form = _axis(lat_text, "lat", f"{field}.latitude", language)
    lon, lon_form = _axis(lon_text, "lon", f"{field}.longitude", language)
    is_stated = bool(lat.hemispheres and lon.hemispheres)
    reading = Reading(
        lat=_value(lat),
        lon=_value(lon),
        lat_cell=lat.cell(),
        lon_cell=lon.cell(),
        format=max(lat_form, lon_form, key=("dd", "ddm", "dms").index),
        hemispheres="stated" if is_stated else "signed",
        order="stated",
    )
    return _from_reading(f"{lat_text}\t{lon_text}", reading, datum_name)


def _plain_columns(lat_text: str, lon_text: str, datum: str) -> EnteredPosition | None:
    """What the grammar says of two plain decimals, in whole numbers: nearly every row of a long list is one."""
    lat, lon = _PLAIN.fullmatch(lat_text), _PLAIN.fullmatch(lon_text)
    if lat is None or lon is None:
        return None
    (lat_e7, lat_decimals, lat_exact), (lon_e7, lon_decimals, lon_exact) = (_plain_e7(lat), _plain_e7(lon))
    if abs(lat_e7) >= 90 * E7 or abs(lon_e7) >= 180 * E7:
        return None
    is_exact = lat_exact and lon_exact
    return EnteredPosition(
        text=f"{lat_text}\t{lon_text}",
        lon_e7=lon_e7,
        lat_e7=lat_e7,
        format="dd",
        datum=datum,
        precision_cm=precision_of(lat_e7 / E7, 10.0**-lat_decimals, 10.0**-lon_decimals, is_exact=is_exact),
        hemispheres="signed",
        order="stated",
    )


def _plain_e7(match: re.Match[str]) -> tuple[int, int, bool]:
    """The value in e7, the decimals written, and whether e7 holds all of them."""
    sign, whole, part = match[1], match[2], match[3] or ""
    decimals = len(part)
    is_exact = decimals <= 7 or not part[7:].strip("0")
    if is_exact:
        value = int(whole) * E7 + int(part[:7].ljust(7, "0"))
    else:
        value = round_half_even(int(whole + part) * E7, 10**decimals)
    return -value if sign == "-" else value, decimals, is_exact


def _check_stated(order: str | None, language: str | None, field: str) -> None:
    if order not in {None, "lat_lon", "lon_lat"}:
        raise Malformed(f"{field}.order", f"{order!r} is no order", "state lat_lon or lon_lat, or neither")
    if language is not None and language not in LANGUAGES:
        raise Malformed(
            f"{field}.language", f"{language!r} is not read", f"state one of {', '.join(LANGUAGES)}"
        )


def _without_brackets(text: str) -> str:
    """(35.9, 36.6) is written as often as 35.9, 36.6."""
    if (text[0], text[-1]) in {("(", ")"), ("[", "]")}:
        return text[1:-1].strip()
    return text


def _only_one(readings: tuple[Reading, ...], complaints: tuple[str, ...], text: str, field: str) -> Reading:
    if not readings:
        raise Malformed(
            field, complaints[0] if complaints else "is no position in a form that is read", _REMEDY
        )
    if len(readings) > 1:
        words = tuple(
            one.in_words()
            + {"lat_lon": ", latitude first", "lon_lat": ", longitude first"}.get(one.order, "")
            + (f": {one.needs_confirming}" if one.needs_confirming else "")
            for one in readings
        )
        remedy = _REMEDY
        if {one.order for one in readings} == {"lat_lon", "lon_lat"}:
            remedy = "say which number is the latitude: write N and E, or state the order of the two"
        raise Ambiguous(field, text, words, remedy)
    (reading,) = readings
    if reading.needs_confirming:
        reason = f"would say {reading.in_words()}, but {reading.needs_confirming}"
        raise Malformed(field, reason, _REMEDY)
    return reading


def _from_reading(text: str, reading: Reading, datum: str) -> EnteredPosition:
    lon_e7, lat_e7 = reading.place
    is_exact = reading.lon * E7 == lon_e7 and reading.lat * E7 == lat_e7
    return EnteredPosition(
        text=text,
        lon_e7=lon_e7,
        lat_e7=lat_e7,
        format=reading.format,
        datum=datum,
        precision_cm=precision_of(reading.lat, reading.lat_cell, reading.lon_cell, is_exact=is_exact),
        hemispheres=reading.hemispheres,
        order=reading.order,
    )


def _from_grid(text: str, grid: GridPlace, datum: str) -> EnteredPosition:
    return EnteredPosition(
        text=text,
        lon_e7=round(grid.lon * E7),
        lat_e7=round(grid.lat * E7),
        format=grid.format,
        datum=datum,
        precision_cm=int(grid.radius_m * 100) + 2,  # 1 cm for the cut, 1 cm for whole e7
        hemispheres="grid",
        order="stated",
    )


def _axis(text: str, axis: str, field: str, language: str | None) -> tuple[Angle, str]:
    """The one angle a text says that stands in a column of one axis."""
    match = _PLAIN.fullmatch(text)
    if match:  # by far the most common; the grammar below says the same of it
        sign, whole, part = match.groups()
        angles = [Angle(fields=(whole if part is None else f"{whole}.{part}",), sign=sign)]
    else:
        angles = _angles(text, field, language)
    found: dict[Fraction, Angle] = {}
    complaints: list[str] = []
    for angle in angles:
        complaint = _misfit(angle, axis)
        if complaint:
            complaints.append(complaint)
        else:
            found.setdefault(_value(angle), angle)
    if not found:
        reason = complaints[0] if complaints else "is no angle in a form that is read"
        raise Malformed(field, reason, "write degrees with a stop: 35.67500")
    if len(found) > 1:
        readings = tuple(
            f"{float(value):.7f} degrees" + (f": {angle.needs_confirming}" if angle.needs_confirming else "")
            for value, angle in found.items()
        )
        raise Ambiguous(field, text, readings, "write degrees with a stop: 35.67500")
    ((value, angle),) = found.items()
    if angle.needs_confirming:
        reason = f"would say {float(value):.7f} degrees, but {angle.needs_confirming}"
        raise Malformed(field, reason, "write degrees with a stop: 35.67500")
    return angle, {1: "dd", 2: "ddm", 3: "dms"}[len(angle.fields)]


def _angles(text: str, field: str, language: str | None) -> list[Angle]:
    """Every angle that a whole text says, one for each thing its hemisphere can say."""
    plain = readable(text, field=field, length_max=POSITION_CHARACTERS_MAX)
    spoken = None if language is None else frozenset({language, "int"})
    found: list[Angle] = []
    for tokens in cuttings(plain, field=field):
        for angle, end in angles_from(tokens, 0):
            if end != len(tokens):
                continue
            if not angle.hemispheres:
                found.append(angle)
            for word in angle.hemispheres:
                if spoken is None or word.languages & spoken:
                    why = angle.needs_confirming or word.lookalike
                    found.append(
                        Angle(
                            fields=angle.fields,
                            sign=angle.sign,
                            hemispheres=(word,),
                            axis=angle.axis,
                            needs_confirming=why,
                        )
                    )
    return found


def _misfit(angle: Angle, axis: str) -> str:
    """Why an angle cannot be one of this axis; empty if it can."""
    says = angle.hemispheres[0].says if angle.hemispheres else ""
    if says and angle.sign:
        return "a sign and a hemisphere stand at one number"
    if (says and (says in NORTHINGS) != (axis == "lat")) or angle.axis not in {"", axis}:
        return f"names the other axis than its column ({'latitude' if axis == 'lat' else 'longitude'})"
    limit = 90 if axis == "lat" else 180
    complaint = angle.complaint()
    if not complaint and abs(angle.degrees()) > limit:
        complaint = f"{angle.sign}{float(angle.degrees()):g} is beyond {limit} degrees"
    return complaint


def _value(angle: Angle) -> Fraction:
    says = angle.hemispheres[0].says if angle.hemispheres else ""
    return -angle.degrees() if angle.sign == "-" or says in {"S", "W"} else angle.degrees()
