"""`decide/1`: whether two volumes meet, within margins. Anyone who holds both repeats it, bit for bit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from standclear.limits import HORIZONTAL_MARGIN_CM_MAX, TIME_MARGIN_MS_MAX, VERTICAL_MARGIN_CM_MAX
from standclear.spacetime.band import bands_meet
from standclear.spacetime.distance import cores_within
from standclear.spacetime.fields import whole
from standclear.spacetime.interval import intervals_meet
from standclear.spacetime.volume import Volume

PREDICATE_ID: Final = "decide/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """How near two volumes may come before they count as meeting.

    Raises:
        Malformed: if a margin is negative or over its limit.
    """

    horizontal_cm: int
    vertical_cm: int
    time_ms: int

    def __post_init__(self) -> None:
        whole(self.horizontal_cm, "horizontal_cm", 0, HORIZONTAL_MARGIN_CM_MAX)
        whole(self.vertical_cm, "vertical_cm", 0, VERTICAL_MARGIN_CM_MAX)
        whole(self.time_ms, "time_ms", 0, TIME_MARGIN_MS_MAX)


NO_MARGIN = Margin(horizontal_cm=0, vertical_cm=0, time_ms=0)


def meets(a: Volume, b: Volume, margin: Margin) -> bool:
    """Two volumes meet if, widened by the margins, they share a place, a height and a time. Touching counts.

    The answer is the same in either order, and depends on nothing but the two volumes and the margins.

    Example:
        >>> from standclear.spacetime.band import ALL_HEIGHTS
        >>> from standclear.spacetime.interval import ALWAYS
        >>> from standclear.spacetime.shape import Point
        >>> a, b = (
        ...     Volume(core=Point(at=(lon, 600000000)), radius_cm=100_000, band=ALL_HEIGHTS, interval=ALWAYS)
        ...     for lon in (0, 1000000)
        ... )
        >>> meets(a, b, NO_MARGIN)
        False
        >>> meets(a, b, Margin(horizontal_cm=357_999, vertical_cm=0, time_ms=0))
        True
    """
    return (
        intervals_meet(a.interval, b.interval, margin.time_ms)
        and bands_meet(a.band, b.band, margin.vertical_cm)
        and cores_within(a.core, b.core, a.radius_cm + b.radius_cm + margin.horizontal_cm)
    )
