"""Positions of fixed width, where the number of digits says what they are: no separator is needed.

ICAO and NOTAM (`502700N0303124E`, PANS-AIM; letters before as in `N502700 E0303124` too), NMEA 0183
(`3540.5,N,03637.8,E`), ISO 6709 annex H (`+3540.5+03637.8/`) and the geo URI (RFC 5870, latitude first).
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from standclear.dialects.places.angles import Angle
from standclear.dialects.places.readings import Reading

_LAT: Final = r"(\d{2}|\d{4}|\d{6})(\.\d+)?"
_LON: Final = r"(\d{3}|\d{5}|\d{7})(\.\d+)?"
_AFTER: Final = re.compile(rf"{_LAT}([NS])[ /,]?\s*{_LON}([EW])")
_BEFORE: Final = re.compile(rf"([NS]){_LAT}[ /,]?\s*([EW]){_LON}")
_NMEA: Final = re.compile(r"(\d{4})(\.\d+)?,([NS]),(\d{5})(\.\d+)?,([EW])")
_ISO6709: Final = re.compile(rf"([+-]){_LAT}([+-]){_LON}/")
_GEO: Final = re.compile(r"GEO:(-?)(\d{1,2})(\.\d+)?,(-?)(\d{1,3})(\.\d+)?")


def compact_reading(text: str) -> tuple[Reading | None, str]:
    """The reading of a text of fixed width, or None and, if it is one that fails by a number, the complaint."""
    written = text.upper()
    if match := _AFTER.fullmatch(written):
        lat, lat_part, north, lon, lon_part, east = match.groups()
        return _reading("icao", lat, lat_part, north, lon, lon_part, east)
    if match := _BEFORE.fullmatch(written):
        north, lat, lat_part, east, lon, lon_part = match.groups()
        return _reading("icao", lat, lat_part, north, lon, lon_part, east)
    if match := _NMEA.fullmatch(written):
        lat, lat_part, north, lon, lon_part, east = match.groups()
        return _reading("nmea", lat, lat_part, north, lon, lon_part, east)
    if match := _ISO6709.fullmatch(written):
        north, lat, lat_part, east, lon, lon_part = match.groups()
        return _reading("iso6709", lat, lat_part, north, lon, lon_part, east)
    if match := _GEO.fullmatch(written):
        north, lat, lat_part, east, lon, lon_part = match.groups()
        return _reading("dd", lat, lat_part, north or "+", lon, lon_part, east or "+", width=1)
    return None, ""


def _reading(
    form: str,
    lat: str,
    lat_part: str | None,
    north: str,
    lon: str,
    lon_part: str | None,
    east: str,
    *,
    width: int = 0,
) -> tuple[Reading | None, str]:
    lat_angle = Angle(fields=(lat + (lat_part or ""),) if width else _fields(lat, lat_part, 2))
    lon_angle = Angle(fields=(lon + (lon_part or ""),) if width else _fields(lon, lon_part, 3))
    complaint = lat_angle.complaint() or lon_angle.complaint()
    lat_value: Fraction = lat_angle.degrees() * (-1 if north in {"S", "-"} else 1)
    lon_value: Fraction = lon_angle.degrees() * (-1 if east in {"W", "-"} else 1)
    if not complaint and abs(lat_value) > 90:
        complaint = f"latitude {float(lat_value):g} is beyond 90 degrees"
    if not complaint and abs(lon_value) > 180:
        complaint = f"longitude {float(lon_value):g} is beyond 180 degrees"
    if complaint:
        return None, complaint
    if len(lat_angle.fields) != len(lon_angle.fields):
        return None, "the two numbers have unlike numbers of digits"
    reading = Reading(
        lat=lat_value,
        lon=lon_value,
        lat_cell=lat_angle.cell(),
        lon_cell=lon_angle.cell(),
        format="dd" if form == "icao" and len(lat_angle.fields) == 1 else form,
        hemispheres="signed" if north in {"+", "-"} else "stated",
        order="stated",
    )
    return reading, ""


def _fields(digits: str, part: str | None, degree_digits: int) -> tuple[str, ...]:
    """Degrees of a fixed width, then minutes and seconds of two digits each."""
    cut = [digits[:degree_digits]] + [digits[i : i + 2] for i in range(degree_digits, len(digits), 2)]
    cut[-1] += part or ""
    return tuple(cut)
