"""Turns: when the clock will say something else of a standing notice: lapsed, stale, overdue. And how urgent a kind is.

A turn removes nothing and ends nothing (founding decision 23): whoever relies on the notice is told of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from standclear.conflicts.standing import Standing
from standclear.obligations.calendar import Calendar
from standclear.obligations.lapsing import Warnings
from standclear.statements.moving import Movement
from standclear.statements.notices import Presence, Site

SEVERITIES: Final[dict[str, int]] = {
    "emergency": 1,
    "correction": 1,
    "activity": 2,
    "movement": 2,
    "zone": 2,
    "progress": 2,
    "incident": 2,
    "agreement": 2,
    "consultation": 2,
    "unreachable": 2,
    "watch_gap": 2,
}
"""How urgent a word is, 1 before 2 before 3. What does not stand here is 3. A correction goes out as urgent as a call (G8)."""


def severity_of(kind: str, change: str | None = None) -> int:
    """How urgent a statement of a kind is."""
    return SEVERITIES.get("correction" if change == "was_always_there" else kind, 3)


def alarm_of(released_ms: int, deadline_ms: int, begins_ms: int, lead_ms: int) -> int:
    """When its owner is told that nobody has acknowledged a notice: at the deadline, or while there is time to act.

    That is its lead time before it begins; its beginning itself, where less than the lead time is left (G24).
    """
    for at_ms in (begins_ms - lead_ms, begins_ms):
        if at_ms > released_ms:
            return min(deadline_ms, at_ms)
    return deadline_ms


def turn_of(standing: Standing, form: str = "exact") -> tuple[int, str] | None:
    """The last moment at which a notice is still current, and what it is after; None where the clock changes nothing.

    Each form has its own times: who was released a widened one learns nothing of the exact end.
    """
    ends_ms = max(volume.interval.end_ms for volume in standing.volumes[form])
    match standing.what_in(form):
        case Site(valid_until_ms=until):
            return min(until, ends_ms), "lapsed"
        case Presence(as_of_ms=as_of, age_max_ms=age):
            return min(as_of + age, ends_ms), "stale"
        case Movement():
            return ends_ms, "overdue"
        case _:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Notices of one statement that turn at the same moment in one form, so that a list turns as one (G16)."""

    sid: bytes
    word: str
    notices: tuple[Standing, ...]
    form: str = "exact"

    def stands(self) -> bool:
        """Whether one of them still stands: what was closed or replaced before its time turns no more."""
        return any(one.state == "stands" for one in self.notices)


@dataclass(slots=True)
class Turns:
    """The turns to come, and those past, of one log."""

    calendar: Calendar[Turn] = field(default_factory=Calendar)
    warnings: Warnings = field(default_factory=Warnings)

    def enter(self, notices: Sequence[Standing]) -> None:
        """Take in the notices of one statement. What came in when its time was over has turned by coming in."""
        found: dict[tuple[int, str, str], list[Standing]] = {}
        ending = []
        for one in notices:
            for form in one.volumes:
                turn = turn_of(one, form)
                if turn is not None:
                    at_ms, word = turn
                    found.setdefault((max(at_ms, one.integrated_ms), word, form), []).append(one)
                    if form == "exact":
                        ending.append((at_ms, one))
        self.warnings.enter(ending)
        for (at_ms, word, form), some in found.items():
            self.calendar.add(at_ms, Turn(sid=some[0].sid, word=word, notices=tuple(some), form=form))
