"""Intervals of time: closed, in milliseconds of Unix time, UTC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from standclear.errors import Malformed
from standclear.spacetime.fields import entries, placed, whole
from standclear.spacetime.units import FOREVER_MS, NEVER_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """All moments from `start_ms` to `end_ms`, both included. Without an end it ends at `FOREVER_MS`.

    Raises:
        Malformed: if a time is outside 0 to `FOREVER_MS`, or the end comes before the start.
    """

    start_ms: int
    end_ms: int

    def __post_init__(self) -> None:
        whole(self.start_ms, "start_ms", NEVER_MS, FOREVER_MS)
        whole(self.end_ms, "end_ms", NEVER_MS, FOREVER_MS)
        if self.end_ms < self.start_ms:
            raise Malformed(
                "end_ms", "the interval ends before it starts", "give an end at or after the start"
            )


ALWAYS = Interval(start_ms=NEVER_MS, end_ms=FOREVER_MS)


def intervals_meet(a: Interval, b: Interval, margin_ms: int) -> bool:
    """Two intervals meet if no more than the margin lies between them. Touching is meeting.

    Example:
        >>> noon, later = Interval(start_ms=0, end_ms=10), Interval(start_ms=15, end_ms=20)
        >>> intervals_meet(noon, later, 5), intervals_meet(noon, later, 4)
        (True, False)
    """
    return a.start_ms <= b.end_ms + margin_ms and b.start_ms <= a.end_ms + margin_ms


def interval_to_value(interval: Interval) -> dict[str, object]:
    """The interval as a value for JSON."""
    return {"start_ms": interval.start_ms, "end_ms": interval.end_ms}


def interval_from_value(value: object, field: str) -> Interval:
    """The interval that a value of JSON says.

    Raises:
        Malformed: naming the field below `field`.
    """
    told = entries(value, ("start_ms", "end_ms"), field)
    try:
        return Interval(start_ms=cast(int, told["start_ms"]), end_ms=cast(int, told["end_ms"]))
    except Malformed as error:
        raise placed(error, field) from None
