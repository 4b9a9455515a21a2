"""Warnings before notices lapse: all of one owner that reach a warning on one day are one message (G16).

20,000 sites that were attested for ninety days end 222 a day: that is one message a day and not 222. A day is one of UTC;
where a warning is shorter than a day, so is what is gathered. Nobody is warned late, and nobody by more than a day early.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from standclear.conflicts.standing import Standing
from standclear.limits import WARNED_TOGETHER_MS
from standclear.obligations.calendar import Calendar


@dataclass(slots=True, kw_only=True)
class Lapsing:
    """Notices of one owner, arrangement and kind whose warning is one message, at `due_ms`, `span_ms` or more before their end."""

    owner: bytes
    under: bytes | None
    kind: str
    number: int
    span_ms: int
    due_ms: int
    notices: list[tuple[int, Standing]] = field(default_factory=list)

    def standing(self, now_ms: int) -> list[tuple[int, Standing]]:
        """Those that stand and whose time is not over yet, each with its end."""
        return [(end_ms, one) for end_ms, one in self.notices if one.state == "stands" and end_ms > now_ms]


Key = tuple[bytes, bytes | None, str, int, int]


@dataclass(slots=True)
class Warnings:
    """The warnings to come, and those past, of one log."""

    calendar: Calendar[Lapsing] = field(default_factory=Calendar)
    _of_key: dict[Key, Lapsing] = field(default_factory=dict)

    def enter(self, ending: Sequence[tuple[int, Standing]]) -> None:
        """Take in notices with their ends. Spans are the arrangement's when they were filed."""
        for end_ms, one in ending:
            for number, span_ms in enumerate(one.rules.rule_of(one.kind).warn_ms, start=1):
                due_ms = warned_at(end_ms, span_ms, one.integrated_ms)
                if due_ms is not None:
                    self._lapsing(one, number, span_ms, due_ms).notices.append((end_ms, one))

    def _lapsing(self, one: Standing, number: int, span_ms: int, due_ms: int) -> Lapsing:
        key = (one.party, one.under, one.kind, span_ms, due_ms)
        found = self._of_key.get(key)
        if found is None:
            found = self._of_key[key] = Lapsing(
                owner=one.party, under=one.under, kind=one.kind, number=number, span_ms=span_ms, due_ms=due_ms
            )
            self.calendar.add(due_ms, found)
        return found

    def at(self, owner: bytes, kind: str, due_ms: int, number: int) -> Iterator[Lapsing]:
        """What one message warns of."""
        for _, one in self.calendar.between(due_ms - 1, due_ms):
            if (one.owner, one.kind, one.number) == (owner, kind, number):
                yield one


def warned_at(end_ms: int, span_ms: int, filed_ms: int) -> int | None:
    """When the owner of a notice that ends then is warned: with all others of that day; None where it was filed later.

    Example:
        >>> warned_at(20 * 86_400_000 + 7, 14 * 86_400_000, 0) // 86_400_000
        6
    """
    exact_ms = end_ms - span_ms
    width_ms = min(WARNED_TOGETHER_MS, span_ms)
    together_ms = exact_ms // width_ms * width_ms
    if filed_ms < together_ms:
        return together_ms
    return exact_ms if filed_ms < exact_ms else None
