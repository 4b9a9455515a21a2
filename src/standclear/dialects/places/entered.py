"""A position as it was entered: the text, word for word, and what was read from it.

The value is whole e7; what the last digit and the datum leave open stands beside it in centimetres, rounded
outward: the true place lies within `uncertainty_cm` of the value, if the text is right.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from standclear.dialects.places.datums import SHIFT_CM
from standclear.errors import Malformed

E7: Final = 10_000_000
LAT_DEGREE_CM: Final = 11_169_500  # the longest degree of latitude on WGS 84, at the poles
LON_DEGREE_CM: Final = 11_132_000  # the longest degree of longitude, on the equator
FORMATS: Final = ("dd", "ddm", "dms", "mgrs", "utm", "icao", "nmea", "iso6709")


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredPosition:
    """What was typed and what it says. `text` is never altered."""

    text: str
    lon_e7: int
    lat_e7: int
    format: str  # one of FORMATS
    datum: str  # one of datums.SHIFT_CM
    precision_cm: int  # radius round the value that holds the whole cell of the last digit
    hemispheres: str  # "stated" in words or letters, "signed" by + and -, or "grid"
    order: str  # how the axes were told apart: "stated" in the text, "lat_lon" or "lon_lat" by the caller, "range"

    @property
    def uncertainty_cm(self) -> int:
        """What the last digit and the datum leave open together."""
        return self.precision_cm + SHIFT_CM[self.datum]


def round_half_even(numerator: int, denominator: int) -> int:
    """The whole number nearest to a fraction; a half goes to the even neighbour."""
    quotient, rest = divmod(numerator, denominator)
    if rest * 2 > denominator or (rest * 2 == denominator and quotient % 2):
        return quotient + 1
    return quotient


def precision_of(
    lat: Fraction | float, lat_cell: Fraction | float, lon_cell: Fraction | float, *, is_exact: bool
) -> int:
    """The radius in cm that holds a cell of these widths in degrees, centred on the value; rounded outward.

    A value that is no whole e7 lies within 1 cm of the one kept.
    """
    half_lat_cm = float(lat_cell) / 2 * LAT_DEGREE_CM
    nearest_equator = max(0.0, abs(float(lat)) - float(lat_cell) / 2)
    half_lon_cm = float(lon_cell) / 2 * LON_DEGREE_CM * math.cos(math.radians(nearest_equator))
    return math.ceil(math.hypot(half_lat_cm, half_lon_cm)) + (0 if is_exact else 1)


def position_to_value(position: EnteredPosition) -> dict[str, Any]:
    """A position as a JSON object of texts and integers."""
    return {
        "text": position.text,
        "lon_e7": position.lon_e7,
        "lat_e7": position.lat_e7,
        "format": position.format,
        "datum": position.datum,
        "precision_cm": position.precision_cm,
        "hemispheres": position.hemispheres,
        "order": position.order,
    }


def position_from_value(value: object, *, field: str) -> EnteredPosition:
    """The position that `position_to_value` wrote.

    Raises:
        Malformed: a member is missing, of another type, out of range, or not known.
    """
    if not isinstance(value, dict) or set(value) != set(EnteredPosition.__slots__):
        raise Malformed(
            field, "is no position as written by this program", "give back the file as it was written"
        )
    for name, kind in EnteredPosition.__annotations__.items():
        wanted = int if kind == "int" else str
        if type(value[name]) is not wanted:
            raise Malformed(
                f"{field}.{name}", f"is no {wanted.__name__}", "give back the file as it was written"
            )
    position = EnteredPosition(**value)
    is_known = position.format in FORMATS and position.datum in SHIFT_CM and position.precision_cm >= 0
    if not is_known or abs(position.lat_e7) > 90 * E7 or abs(position.lon_e7) > 180 * E7:
        raise Malformed(
            field, "is out of range or of an unknown format", "give back the file as it was written"
        )
    return position
