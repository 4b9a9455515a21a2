"""The units of place, height and time, and the conversions into them, which round outward.

Everything signed or compared is an integer: degrees in 1e-7 (`_e7`), lengths in centimetres (`_cm`), times in
milliseconds of Unix time, UTC (`_ms`). A float is never taken: an amount is an `int`, a `Decimal` or a
`Fraction`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from types import MappingProxyType
from typing import Final, Literal

E7: Final = 10_000_000  # one degree
LON_E7_MAX: Final = 180 * E7
LAT_E7_MAX: Final = 90 * E7
NEVER_MS: Final = 0  # the start of time: 1970-01-01T00:00:00Z
FOREVER_MS: Final = 253_402_300_799_999  # the last millisecond that RFC 3339 can write, end of the year 9999

# A place rounded to the nearest 1e-7 degree both ways moves by less than 0.8 cm: who rounds adds this to
# the radius.
E7_ROUNDING_CM: Final = 1

Exact = int | Decimal | Fraction
LengthUnit = Literal["cm", "m", "km", "ft", "fl", "nm"]

CM_PER: Final[Mapping[LengthUnit, Fraction]] = MappingProxyType(
    {
        "cm": Fraction(1),
        "m": Fraction(100),
        "km": Fraction(100_000),
        "ft": Fraction(3_048, 100),  # the international foot, exactly
        "fl": Fraction(3_048),  # a flight level is a hundred feet of pressure altitude
        "nm": Fraction(185_200),  # the international nautical mile, exactly
    }
)


def cm_down(amount: Exact, unit: LengthUnit) -> int:
    """The greatest whole number of centimetres that is not above the amount: for lower limits.

    Example:
        >>> cm_down(1, "ft"), cm_down(-1, "ft"), cm_down(100, "fl")
        (30, -31, 304800)
    """
    return floor(Fraction(amount) * CM_PER[unit])


def cm_up(amount: Exact, unit: LengthUnit) -> int:
    """The least whole number of centimetres that is not below the amount: for upper limits and radii.

    Example:
        >>> cm_up(1, "ft"), cm_up(-1, "ft"), cm_up(Decimal("0.5"), "nm")
        (31, -30, 92600)
    """
    return ceil(Fraction(amount) * CM_PER[unit])


def nearest_e7(degrees: Exact) -> int:
    """The nearest 1e-7 degree, a tie to the even one; the place moves by less than `E7_ROUNDING_CM`.

    Example:
        >>> nearest_e7(Decimal("37.7")), nearest_e7(Fraction(-1, 3))
        (377000000, -3333333)
    """
    return round(Fraction(degrees) * E7)


def ms_down(seconds: Exact) -> int:
    """The last whole millisecond at or before the time: for starts."""
    return floor(Fraction(seconds) * 1_000)


def ms_up(seconds: Exact) -> int:
    """The first whole millisecond at or after the time: for ends."""
    return ceil(Fraction(seconds) * 1_000)
