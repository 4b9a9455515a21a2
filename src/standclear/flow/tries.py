"""Tries: how many wrong codes came, of each caller and of all, and when no more of them is looked at."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

from standclear.errors import Overloaded
from standclear.limits import CALLERS_MAX, REPLY_WRONG_MS


class Tries:
    """Wrong codes within REPLY_WRONG_MS of the first of them. A code that was right costs nothing."""

    def __init__(self, *, each_max: int, all_max: int, callers_max: int = CALLERS_MAX) -> None:
        self._each_max = each_max
        self._all_max = all_max
        self._callers_max = callers_max
        self._of: OrderedDict[Hashable, tuple[int, int]] = OrderedDict()
        self._last: dict[Hashable, Hashable] = {}
        self._all = (0, 0)

    def check(self, caller: Hashable, now_ms: int) -> None:
        """Whether this caller's codes are still looked at.

        Raises:
            Overloaded: too many of its codes were wrong.
        """
        _check(self._of.get(caller, (0, 0)), self._each_max, "wrong codes of one sender an hour", now_ms)

    def check_all(self, now_ms: int) -> None:
        """Whether anybody's codes are still looked at.

        Raises:
            Overloaded: too many codes were wrong, whoever sent them.
        """
        _check(self._all, self._all_max, "wrong codes an hour", now_ms)

    def wrong(self, caller: Hashable, code: Hashable, now_ms: int) -> None:
        """Count a wrong code. The same one again is no other guess: mail programs and gateways send things twice."""
        if self._last.get(caller) == code:
            return
        self._last[caller] = code
        self._of[caller] = _counted(self._of.get(caller, (0, 0)), now_ms)
        self._of.move_to_end(caller)
        if len(self._of) > self._callers_max:
            gone, _ = self._of.popitem(last=False)
            self._last.pop(gone, None)
        self._all = _counted(self._all, now_ms)

    def locked(self, now_ms: int) -> int:
        """How many callers' codes are not looked at now."""
        return sum(
            count >= self._each_max and now_ms < since_ms + REPLY_WRONG_MS
            for count, since_ms in self._of.values()
        )


def _counted(before: tuple[int, int], now_ms: int) -> tuple[int, int]:
    count, since_ms = before
    return (count + 1, since_ms) if count and now_ms < since_ms + REPLY_WRONG_MS else (1, now_ms)


def _check(found: tuple[int, int], most: int, limit: str, now_ms: int) -> None:
    count, since_ms = found
    if count >= most and now_ms < since_ms + REPLY_WRONG_MS:
        raise Overloaded(
            limit=limit,
            most=most,
            until_ms=since_ms + REPLY_WRONG_MS,
            remedy="wait an hour, or acknowledge with the desk's key",
        )
