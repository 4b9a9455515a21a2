"""A calendar: things by the time at which something about them falls due, found again for any span of time."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterator
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Calendar(Generic[Thing]):
    """Things in the order of their times, and of their entry where times are equal. Nothing is ever taken out."""

    def __init__(self) -> None:
        self._times: list[tuple[int, int]] = []
        self._things: list[Thing] = []

    def add(self, at_ms: int, thing: Thing) -> None:
        """Enter a thing at its time (Unix milliseconds)."""
        place = at_ms, len(self._things)
        if not self._times or self._times[-1] < place:  # as it mostly is
            self._times.append(place)
        else:
            insort(self._times, place)
        self._things.append(thing)

    def between(self, after_ms: int, until_ms: int) -> Iterator[tuple[int, Thing]]:
        """What stands in the span (after_ms, until_ms], each with its time."""
        place = bisect_right(self._times, (after_ms, len(self._things)))
        while place < len(self._times) and self._times[place][0] <= until_ms:
            at_ms, number = self._times[place]
            yield at_ms, self._things[number]
            place += 1
