"""Alarms of readiness that fall due by the clock: a line check, a desk that became unreachable, a desk with nobody on watch.

Each is told once, however often it is looked for. Whoever relies on a desk is told before the desk is needed (G15): every
other party that adheres to the arrangement, for each may have to call it, and the arrangement's monitors.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from standclear.conflicts.agreements import Agreements
from standclear.obligations.readiness import Bound, Readiness
from standclear.obligations.standby import check_ms, gap_alarm_ms, last_check, last_miss_ms, line_state

DUTY_DESK: Final = "duty_desk"
MONITOR: Final = "arrangement_monitor"
OWN_LEVELS: Final = ("duty_desk", "alternate_desk", "superior")
"""Where a desk's own party hears of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One thing to be told to one party at one level. `desk` is the desk that is rung by itself, where it is the desk's own.

    `mark` tells this alarm from an earlier one of the same desk; `step` is the number of a line check.
    """

    kind: str
    sid: bytes
    party: bytes
    level: str
    due_ms: int
    deadline_ms: int | None
    silent: bytes | None
    mark: bytes
    step: int = 0
    desk: bytes | None = None


def alarms(
    readiness: Readiness, agreements: Agreements, after_ms: int, now_ms: int, size: int
) -> Iterator[Alarm]:
    """What fell due in (after_ms, now_ms] of all desks that a rule binds; only the first `size` entries count."""
    for bound in readiness.open.values():
        if bound.index < size:
            yield from _line_check(readiness, bound, after_ms, now_ms)
            yield from _unreachable(readiness, agreements, bound, after_ms, now_ms)
            if readiness.last_index.get(bound.desk, 0) < size:
                yield from _watch_gap(readiness, agreements, bound, after_ms, now_ms)


def _line_check(readiness: Readiness, bound: Bound, after_ms: int, now_ms: int) -> Iterator[Alarm]:
    """The newest check, unless it was answered: of those that were missed while the service was down, it says the same."""
    number = last_check(bound, now_ms)
    due_ms = check_ms(bound, number)
    if number == 0 or due_ms <= after_ms:
        return
    answered_ms = line_state(readiness, bound, now_ms).answered_ms
    if answered_ms is None or answered_ms < due_ms:
        yield Alarm(
            kind="line_check",
            sid=bound.rule_sid,
            party=bound.party,
            level=DUTY_DESK,
            due_ms=due_ms,
            deadline_ms=due_ms + bound.rule.line_answer_ms,
            silent=None,
            mark=bound.desk + due_ms.to_bytes(8),
            step=number,
            desk=bound.desk,
        )


def _unreachable(
    readiness: Readiness, agreements: Agreements, bound: Bound, after_ms: int, now_ms: int
) -> Iterator[Alarm]:
    missed_ms = last_miss_ms(bound, now_ms)
    if missed_ms is None or missed_ms <= after_ms:
        return
    since_ms = line_state(readiness, bound, now_ms).unreachable_ms
    if since_ms is not None and since_ms > after_ms:
        yield from _to_all(agreements, bound, "unreachable", since_ms)


def _watch_gap(
    readiness: Readiness, agreements: Agreements, bound: Bound, after_ms: int, now_ms: int
) -> Iterator[Alarm]:
    due_ms = gap_alarm_ms(readiness, bound, now_ms)
    if due_ms is not None and after_ms < due_ms <= now_ms:
        yield from _to_all(agreements, bound, "watch_gap", due_ms)


def _to_all(agreements: Agreements, bound: Bound, kind: str, due_ms: int) -> Iterator[Alarm]:
    accord = agreements.find(bound.under)
    assert accord is not None
    told = [(bound.party, level) for level in OWN_LEVELS]
    told += [(party, DUTY_DESK) for party in sorted(accord.adhered - {bound.party})]
    told += [(party, MONITOR) for party in accord.arrangement.monitors()]
    for party, level in told:
        yield Alarm(
            kind=kind,
            sid=bound.rule_sid,
            party=party,
            level=level,
            due_ms=due_ms,
            deadline_ms=None,
            silent=bound.party,
            mark=bound.desk + due_ms.to_bytes(8),
        )
