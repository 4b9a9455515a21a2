"""Rates: how often a caller may come. A proven desk has a rate of its own, so that a crowd of strangers cannot use it up."""

from __future__ import annotations

from collections import OrderedDict

from standclear.errors import Overloaded
from standclear.limits import CALLERS_MAX, RATE_BURST_S


class Rates:
    """A bucket for each caller, filled at `rate_s` a second up to RATE_BURST_S seconds' worth. Times are seconds."""

    def __init__(self, rate_s: int, callers_max: int = CALLERS_MAX) -> None:
        self._rate_s = rate_s
        self._most = float(rate_s * RATE_BURST_S)
        self._callers_max = callers_max
        self._left: OrderedDict[str | int | bytes, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._left)

    def spend(self, caller: str | int | bytes, now_s: float, cost: int = 1) -> None:
        """Count requests of a caller.

        Raises:
            Overloaded: it has come too often; nothing is counted.
        """
        left, since_s = self._left.get(caller, (self._most, now_s))
        left = min(self._most, left + (now_s - since_s) * self._rate_s)
        if left < min(cost, self._most):
            raise Overloaded(
                limit="requests a second", most=self._rate_s, remedy="wait a second, then send the same again"
            )
        self._left[caller] = (left - cost, now_s)
        self._left.move_to_end(caller)
        if len(self._left) > self._callers_max:
            self._left.popitem(last=False)
