"""A timeline: how much counts at each moment, as a step function of time that is changed and asked by intervals.

The steps stand in blocks of bounded length. A change touches the steps of two blocks and one number of each block
between, so that an interval enters a million others in some tens of microseconds.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Final

BLOCK_STEPS: Final = 512  # longer blocks cost the two at the ends, shorter ones those between
_BEFORE_ALL_MS: Final = -(2**62)


class Timeline:
    """Weights over closed intervals of time (integers, milliseconds), added up.

    Example:
        >>> line = Timeline()
        >>> line.add(0, 10, 3)
        >>> line.add(10, 20, 4)
        >>> line.most(0, 9), line.most(0, 20), line.most(11, 12)
        (3, 7, 4)
    """

    def __init__(self) -> None:
        # Of each block: its steps' times, what counts from each of them on, what is added to all, the greatest sum.
        self._times: list[list[int]] = [[_BEFORE_ALL_MS]]
        self._levels: list[list[int]] = [[0]]
        self._lifts: list[int] = [0]
        self._mosts: list[int] = [0]
        self._firsts: list[int] = [_BEFORE_ALL_MS]

    def add(self, start_ms: int, end_ms: int, weight: int) -> None:
        """Count a weight at every moment of [start_ms, end_ms]; a negative one takes it back."""
        assert start_ms <= end_ms
        self._cut(start_ms)
        self._cut(end_ms + 1)
        first, last = self._ends(start_ms, end_ms)
        self._lifts[first + 1 : last] = [lift + weight for lift in self._lifts[first + 1 : last]]
        self._mosts[first + 1 : last] = [most + weight for most in self._mosts[first + 1 : last]]
        for block in {first, last}:
            times, levels = self._times[block], self._levels[block]
            start, end = bisect_left(times, start_ms), bisect_right(times, end_ms)
            levels[start:end] = [level + weight for level in levels[start:end]]
            self._mosts[block] = max(levels) + self._lifts[block]

    def most(self, start_ms: int, end_ms: int) -> int:
        """The most that counts at one moment of [start_ms, end_ms]."""
        first, last = self._ends(start_ms, end_ms)
        found = self._mosts[first + 1 : last]
        for block in {first, last}:
            times, levels = self._times[block], self._levels[block]
            start = max(bisect_right(times, start_ms) - 1, 0)  # in the first block: the step that goes on
            found.append(max(levels[start : bisect_right(times, end_ms)]) + self._lifts[block])
        return max(found)

    def _ends(self, start_ms: int, end_ms: int) -> tuple[int, int]:
        """The first and the last block that hold some moment of the interval."""
        return bisect_right(self._firsts, start_ms) - 1, bisect_right(self._firsts, end_ms) - 1

    def _cut(self, at_ms: int) -> None:
        """Let a step begin at a moment."""
        block = bisect_right(self._firsts, at_ms) - 1
        times, levels = self._times[block], self._levels[block]
        place = bisect_right(times, at_ms)
        if times[place - 1] == at_ms:
            return
        times.insert(place, at_ms)
        levels.insert(place, levels[place - 1])
        if len(times) > 2 * BLOCK_STEPS:
            self._divide(block)

    def _divide(self, block: int) -> None:
        times, levels, lift = self._times[block], self._levels[block], self._lifts[block]
        self._times[block : block + 1] = [times[:BLOCK_STEPS], times[BLOCK_STEPS:]]
        self._levels[block : block + 1] = [levels[:BLOCK_STEPS], levels[BLOCK_STEPS:]]
        self._lifts.insert(block, lift)
        self._mosts[block : block + 1] = [max(levels[:BLOCK_STEPS]) + lift, max(levels[BLOCK_STEPS:]) + lift]
        self._firsts.insert(block + 1, times[BLOCK_STEPS])
