"""Cumulative totals: what a party, or all together, have on at once or begin within a span, whatever the statements.

What is over its bound is marked `over_total` and stands as anything else: it is matched, told and answered for. By
`statements.total`, which holds the rows; here is the counting, one timeline for each row and party.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from standclear.conflicts.outcome import Outcome
from standclear.conflicts.standing import Standing
from standclear.conflicts.timeline import Timeline
from standclear.statements.arrangement import Arrangement
from standclear.statements.moving import Movement, Zone
from standclear.statements.notices import Activity, Presence, Site
from standclear.statements.total import Total

Key = tuple[bytes, str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    """Where one notice counts, and how much. `is_at_once`: only while it stands."""

    key: Key
    start_ms: int
    end_ms: int
    weight: int
    is_at_once: bool


class Totals:
    """What counts toward the totals of every arrangement of one log."""

    def __init__(self) -> None:
        self._lines: dict[Key, Timeline] = {}
        self._counted: dict[bytes, dict[int, list[_Counted]]] = {}

    def file(
        self, agreement: bytes, rules: Arrangement, notices: Sequence[Standing], outcome: Outcome
    ) -> None:
        """Count what one statement filed, and mark it: over a total, or without the figure that one asks for."""
        most = {total.name: total.most for total in rules.totals}
        entered = []
        for notice in notices:
            rows = _rows_of(rules, notice)
            if any(measured(notice, total.measure) is None for total in rows):
                outcome.mark("total_unstated")
            entered += self._enter(agreement, rows, notice)
        if any(self._lines[one.key].most(one.start_ms, one.end_ms) > most[one.key[1]] for one in entered):
            outcome.mark("over_total")

    def take_out(self, notice: Standing) -> None:
        """A notice stands no more. One that is over goes on counting where beginnings are counted; others never were."""
        assert notice.under is not None
        counted = self._counted.get(notice.under, {})
        kept = []
        for one in counted.pop(notice.number, ()):
            if one.is_at_once or not _took_place(notice):
                self._lines[one.key].add(one.start_ms, one.end_ms, -one.weight)
            else:
                kept.append(one)
        if kept:
            counted[notice.number] = kept

    def take_rules(self, agreement: bytes, rules: Arrangement, notices: Iterable[Standing]) -> None:
        """An arrangement has other totals: what is filed under it is counted anew. No mark of the past changes."""
        self._counted.pop(agreement, None)
        for key in [key for key in self._lines if key[0] == agreement]:
            del self._lines[key]
        for notice in notices if rules.totals else ():
            if notice.under == agreement and (notice.state == "stands" or _took_place(notice)):
                rows = _rows_of(rules, notice)
                standing = notice.state == "stands"
                self._enter(agreement, [one for one in rows if standing or one.window_ms is not None], notice)

    def _enter(self, agreement: bytes, rows: Sequence[Total], notice: Standing) -> list[_Counted]:
        entered = [one for total in rows if (one := _counted(agreement, total, notice)) is not None]
        for one in entered:
            self._lines.setdefault(one.key, Timeline()).add(one.start_ms, one.end_ms, one.weight)
        if entered:
            self._counted.setdefault(agreement, {})[notice.number] = entered
        return entered


def _rows_of(rules: Arrangement, notice: Standing) -> list[Total]:
    """The totals in which a notice counts."""
    return [
        total
        for total in rules.totals
        if total.kind == notice.kind
        and (not total.types or type_of(notice) in total.types)
        and rules.role_of(notice.party) not in total.except_roles
    ]


def _counted(agreement: bytes, total: Total, notice: Standing) -> _Counted | None:
    """Where a notice counts in a total. A beginning is counted at the start of every span that holds it."""
    weight = measured(notice, total.measure)
    if weight is None:
        return None
    start_ms = min(volume.interval.start_ms for volume in notice.volumes["exact"])
    end_ms = max(volume.interval.end_ms for volume in notice.volumes["exact"])
    return _Counted(
        key=(agreement, total.name, notice.party if total.by == "party" else b""),
        start_ms=start_ms if total.window_ms is None else start_ms - total.window_ms,
        end_ms=end_ms if total.window_ms is None else start_ms,
        weight=weight,
        is_at_once=total.window_ms is None,
    )


def measured(notice: Standing, measure: str) -> int | None:
    """How much a notice adds to a total; None if it does not state the figure."""
    if measure == "notices":
        return 1
    match notice.what:
        case Movement():
            return {
                "units": notice.what.units,
                "headcount": notice.what.headcount,
                "tonnes": notice.what.displacement_t,
            }[measure]
        case Activity():
            assert measure == "headcount"
            return notice.what.headcount
        case _:
            raise AssertionError("a total of what its kind does not state was accepted")


def type_of(notice: Standing) -> str:
    """The word by which totals narrow a kind."""
    match notice.what:
        case Movement(movement_type=word) | Activity(activity_type=word) | Zone(zone_type=word):
            return word
        case Site(category=word):
            return word
        case Presence():
            return ""


def _took_place(notice: Standing) -> bool:
    """Whether a notice that stands no more was over, and not cancelled or replaced by another version."""
    return notice.state == "ended" and not notice.is_cancelled
