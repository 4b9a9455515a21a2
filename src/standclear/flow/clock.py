"""The clock the flow is handed, and its doubts: a clock that jumps must not backdate, nor make everything overdue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from standclear.errors import ClockDoubtful
from standclear.limits import CLOCK_ALARM_MS, CLOCK_STOP_MS


class Clock(Protocol):
    """The time as an argument. `now_ms` is Unix milliseconds; it MUST raise `ClockDoubtful` rather than guess."""

    def now_ms(self) -> int:
        """Now, for integrating and answering."""

    def is_steady(self) -> bool:
        """False while a jump beyond the alarm limit stands: what falls due by the clock waits until it is resolved."""


class GuardedClock:
    """A wall clock held against a monotonic one.

    Both are functions giving milliseconds. A jump of up to CLOCK_STOP_MS is taken as it comes (the log's time never goes
    back: the sequencer sees to that); beyond it nothing is sequenced until `confirm` is called by an operator.
    """

    def __init__(self, wall: Callable[[], int], monotonic: Callable[[], int], last_ms: int) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._last_ms = last_ms
        self._offset_ms = wall() - monotonic()

    def confirm(self) -> None:
        """Take the wall clock as right from now on."""
        self._offset_ms = self._wall() - self._monotonic()

    def jump_ms(self) -> int:
        """How far the wall clock has moved against the monotonic one since it was confirmed; ahead is positive."""
        return self._wall() - self._monotonic() - self._offset_ms

    def is_steady(self) -> bool:
        return abs(self.jump_ms()) <= CLOCK_ALARM_MS

    def now_ms(self) -> int:
        """Now by the wall clock.

        Raises:
            ClockDoubtful: it has jumped, or stands before the log's last entry, by more than CLOCK_STOP_MS.
        """
        jump = self.jump_ms()
        now = self._wall()
        if abs(jump) > CLOCK_STOP_MS:
            raise ClockDoubtful(jump_ms=jump, remedy="set the clock, then confirm it")
        if now < self._last_ms - CLOCK_STOP_MS:
            raise ClockDoubtful(behind_ms=self._last_ms - now, remedy="set the clock: the log is ahead of it")
        return now


class TurnedClock:
    """A clock that is turned by hand: the simulated world's."""

    def __init__(self, start_ms: int) -> None:
        self._now_ms = start_ms

    def now_ms(self) -> int:
        return self._now_ms

    def is_steady(self) -> bool:
        return True

    def turn_to(self, now_ms: int) -> None:
        """Turn it forward; it never goes back."""
        assert now_ms >= self._now_ms
        self._now_ms = now_ms

    def pass_ms(self, ms: int) -> None:
        """Let time pass."""
        self.turn_to(self._now_ms + ms)


class StoryClock:
    """A clock that begins at a story's time and runs on as time does; scenes turn it forward. For exercises only."""

    def __init__(self, start_ms: int, monotonic: Callable[[], int]) -> None:
        self._monotonic = monotonic
        self._offset_ms = start_ms - monotonic()

    def now_ms(self) -> int:
        return self._monotonic() + self._offset_ms

    def is_steady(self) -> bool:
        return True

    def turn_to(self, now_ms: int) -> None:
        """Turn it forward to a time; a time that is past is passed over."""
        self._offset_ms += max(0, now_ms - self.now_ms())
