"""Volumes of space and time: a shape on the ground with a radius, in a band of height, for an interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from standclear.errors import Malformed
from standclear.limits import RADIUS_CM_MAX
from standclear.spacetime.band import Band, band_from_value, band_to_value
from standclear.spacetime.fields import below, entries, placed, whole
from standclear.spacetime.interval import Interval, interval_from_value, interval_to_value
from standclear.spacetime.shape import Shape, shape_from_value, shape_to_value


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """Everything within `radius_cm` of the core, in the band, during the interval.

    The buffer stays exact: it is never made a polygon.

    Raises:
        Malformed: if the radius is negative or over `RADIUS_CM_MAX`.
    """

    core: Shape
    radius_cm: int
    band: Band
    interval: Interval

    def __post_init__(self) -> None:
        whole(self.radius_cm, "radius_cm", 0, RADIUS_CM_MAX)


def volume_to_value(volume: Volume) -> dict[str, object]:
    """The volume as a value for JSON: the inverse of `volume_from_value`."""
    return {
        "core": shape_to_value(volume.core),
        "radius_cm": volume.radius_cm,
        "band": band_to_value(volume.band),
        "interval": interval_to_value(volume.interval),
    }


def volume_from_value(value: object, field: str) -> Volume:
    """The volume that a value of JSON says.

    Raises:
        Malformed: naming the field below `field`.
    """
    told = entries(value, ("core", "radius_cm", "band", "interval"), field)
    core = shape_from_value(told["core"], below(field, "core"))
    band = band_from_value(told["band"], below(field, "band"))
    interval = interval_from_value(told["interval"], below(field, "interval"))
    try:
        return Volume(core=core, radius_cm=cast(int, told["radius_cm"]), band=band, interval=interval)
    except Malformed as error:
        raise placed(error, field) from None
