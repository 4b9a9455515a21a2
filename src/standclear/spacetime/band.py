"""Bands of height: closed, in centimetres, each above a named reference.

Heights above unlike references are never compared silently: the mean sea level and the ellipsoid differ by a
documented bound, and any other unlike pair is not separated at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

from standclear.errors import Malformed
from standclear.spacetime.fields import entries, placed, whole

Reference = Literal["w84", "msl", "sfc", "std"]
# w84: the WGS 84 ellipsoid; msl: mean sea level; sfc: the ground or water below; std: pressure altitude.

REFERENCES: Final[tuple[str, ...]] = get_args(Reference)
# "No limit" is a value: 2,000 km, beyond any height that we compare.
UNBOUNDED_LOWER_CM: Final = -200_000_000
UNBOUNDED_UPPER_CM: Final = 200_000_000
# EGM2008: the geoid lies between 106.99 m below and 85.84 m above the ellipsoid. 110 m covers
# both, with the tides.
GEOID_CM: Final = 11_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """All heights from `lower_cm` to `upper_cm` above `reference`, both included.

    Raises:
        Malformed: if a height is out of range, the upper one is below the lower, or the
            reference is not known.
    """

    lower_cm: int
    upper_cm: int
    reference: Reference

    def __post_init__(self) -> None:
        whole(self.lower_cm, "lower_cm", UNBOUNDED_LOWER_CM, UNBOUNDED_UPPER_CM)
        whole(self.upper_cm, "upper_cm", UNBOUNDED_LOWER_CM, UNBOUNDED_UPPER_CM)
        if self.reference not in REFERENCES:
            raise Malformed("reference", "not a known reference", "give one of " + ", ".join(REFERENCES))
        if self.upper_cm < self.lower_cm:
            raise Malformed("upper_cm", "the band is inside out", "give an upper limit at or above the lower")


ALL_HEIGHTS = Band(lower_cm=UNBOUNDED_LOWER_CM, upper_cm=UNBOUNDED_UPPER_CM, reference="w84")


def bands_meet(a: Band, b: Band, margin_cm: int) -> bool:
    """Two bands meet unless their heights are certainly further apart than the margin. Touching is meeting.

    Like references are compared as they stand. The ellipsoid and the mean sea level are compared with
    `GEOID_CM` added to the margin. No other unlike pair is separated: they meet.

    Example:
        >>> low = Band(lower_cm=0, upper_cm=100, reference="msl")
        >>> high = Band(lower_cm=150, upper_cm=200, reference="msl")
        >>> bands_meet(low, high, 50), bands_meet(low, high, 49)
        (True, False)
    """
    if a.reference != b.reference:
        if {a.reference, b.reference} != {"w84", "msl"}:
            return True
        margin_cm += GEOID_CM
    return a.lower_cm <= b.upper_cm + margin_cm and b.lower_cm <= a.upper_cm + margin_cm


def band_to_value(band: Band) -> dict[str, object]:
    """The band as a value for JSON."""
    return {"lower_cm": band.lower_cm, "upper_cm": band.upper_cm, "reference": band.reference}


def band_from_value(value: object, field: str) -> Band:
    """The band that a value of JSON says.

    Raises:
        Malformed: naming the field below `field`.
    """
    told = entries(value, ("lower_cm", "upper_cm", "reference"), field)
    try:
        return Band(
            lower_cm=cast(int, told["lower_cm"]),
            upper_cm=cast(int, told["upper_cm"]),
            reference=cast(Reference, told["reference"]),
        )
    except Malformed as error:
        raise placed(error, field) from None
