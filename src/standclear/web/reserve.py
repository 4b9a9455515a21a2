"""The reserve: places that are kept for stop-fire calls when a caller's rate, or the room for statements, is spent (G6).

Whoever comes through this door may bring one thing: a stop-fire call that is signed. Anything else is answered as if there
were no such door, at the cost of one short body and one parse; how often and how many at a time has limits of its own, and
strangers cannot take the places of desks that have proven themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from standclear.errors import Overloaded
from standclear.limits import RESERVED_AT_ONCE_MAX, RESERVED_RATE_S
from standclear.web.rates import Rates


class Reserve:
    """Who is within the reserve. Owned by the event loop's thread; times are seconds."""

    def __init__(self, rate_s: int = RESERVED_RATE_S, at_once_max: int = RESERVED_AT_ONCE_MAX) -> None:
        self._rates = Rates(rate_s)
        self._at_once_max = at_once_max
        self._taken = {True: 0, False: 0}

    @contextmanager
    def place(
        self, caller: str | bytes, now_s: float, refusal: Overloaded, *, is_proven: bool
    ) -> Iterator[None]:
        """A place for one call.

        Raises:
            Overloaded: `refusal`, where the reserve is spent too.
        """
        try:
            self._rates.spend(caller, now_s)
        except Overloaded:
            raise refusal from None
        if self._taken[is_proven] >= self._at_once_max:
            raise refusal
        self._taken[is_proven] += 1
        try:
            yield
        finally:
            self._taken[is_proven] -= 1
