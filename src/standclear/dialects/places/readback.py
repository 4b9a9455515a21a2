"""A position written in a second format, so that a person compares it with a map and not with his own typing."""

from __future__ import annotations

from typing import Final

from standclear.dialects.places.entered import EnteredPosition, round_half_even
from standclear.dialects.places.grids import mgrs_name
from standclear.errors import Malformed

E7: Final = 10_000_000
SECOND_FORMAT: Final = {  # what is read back if nobody asks for another
    "dd": "mgrs",
    "ddm": "mgrs",
    "dms": "mgrs",
    "icao": "mgrs",
    "nmea": "mgrs",
    "iso6709": "mgrs",
    "mgrs": "dms",
    "utm": "dms",
}
_SECOND_CM: Final = 3_100  # one second of latitude
_MINUTE_CM: Final = 186_000  # one minute of latitude
_FINEST_CM: Final = 30  # finer is never written
_LAT_MGRS_E7: Final = (-80 * E7, 84 * E7)


def read_back(position: EnteredPosition, format: str | None = None) -> str:
    """The position in another format than the one it was entered in: mgrs, dms, ddm or icao.

    Written as finely as it was entered, and never more finely than 0.3 m (whole seconds in `icao`).

    Raises:
        Malformed: the format is not one of the four, or is the one that was entered.

    Example:
        >>> from standclear.dialects.coordinates import read_position
        >>> read_back(read_position("36SYE1234567890", field="place"))
        '35°49\\'55.99"N 035°21\\'03.15"E'
    """
    chosen = format or SECOND_FORMAT[position.format]
    if chosen == "mgrs" and format is None and not _LAT_MGRS_E7[0] <= position.lat_e7 < _LAT_MGRS_E7[1]:
        chosen = "dms" if position.format != "dms" else "ddm"
    if chosen not in {"mgrs", "dms", "ddm", "icao"}:
        raise Malformed("format", f"{chosen!r} is not written", "ask for mgrs, dms, ddm or icao")
    if chosen == position.format:
        raise Malformed("format", f"it was entered as {chosen}: a read-back is in another", "ask for another")
    if chosen == "mgrs":
        return mgrs_name(position.lat_e7 / E7, position.lon_e7 / E7, _grid_digits(position), field="format")
    lat = _written(abs(position.lat_e7), 2, chosen, position.precision_cm)
    lon = _written(abs(position.lon_e7), 3, chosen, position.precision_cm)
    north, east = "S" if position.lat_e7 < 0 else "N", "W" if position.lon_e7 < 0 else "E"
    return f"{lat}{north}{lon}{east}" if chosen == "icao" else f"{lat}{north} {lon}{east}"


def _grid_digits(position: EnteredPosition) -> int:
    """The digits of the coarsest square that is no wider than what was entered leaves open."""
    for digits in (2, 3, 4):
        if 10 ** (5 - digits) * 100 <= position.precision_cm * 2:
            return digits
    return 5


def _decimals(unit_cm: int, precision_cm: int) -> int:
    decimals = 0
    while unit_cm > max(precision_cm, _FINEST_CM) and decimals < 5:
        unit_cm, decimals = unit_cm // 10, decimals + 1
    return decimals


def _written(value_e7: int, degree_digits: int, form: str, precision_cm: int) -> str:
    """One angle without sign. Rounded once, in its smallest unit, so that no field can show 60."""
    decimals = {
        "icao": 0,
        "dms": _decimals(_SECOND_CM, precision_cm),
        "ddm": _decimals(_MINUTE_CM, precision_cm),
    }
    places = decimals[form]
    per_degree = (60 if form == "ddm" else 3600) * 10**places
    units = round_half_even(value_e7 * per_degree, E7)
    whole, part = divmod(units, 10**places)
    tail = f".{part:0{places}d}" if places else ""
    degrees, rest = divmod(whole, 60 if form == "ddm" else 3600)
    if form == "ddm":
        return f"{degrees:0{degree_digits}d}°{rest:02d}{tail}'"
    minutes, seconds = divmod(rest, 60)
    if form == "icao":
        return f"{degrees:0{degree_digits}d}{minutes:02d}{seconds:02d}"
    return f"{degrees:0{degree_digits}d}°{minutes:02d}'{seconds:02d}{tail}\""
