"""How ready the desks of an arrangement are to be: line checks on a timer, and somebody on watch at every hour (G15)."""

from __future__ import annotations

from dataclasses import dataclass

from standclear.errors import Malformed
from standclear.limits import LINE_EVERY_MIN
from standclear.spacetime.units import FOREVER_MS
from standclear.statements.canonical import Value
from standclear.statements.fields import Fields

MISSES_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessRule:
    """What is asked of every desk that a person may sit at, of every party that adheres.

    A line check is due each time `line_every_ms` has passed, and missed where no person answered within `line_answer_ms`;
    `line_misses` missed in a row make a desk unreachable. Nobody on watch for longer than `watch_gap_ms` is an alarm, and
    a watch counts for `watch_most_ms` at most: whoever sits longer takes it anew.
    """

    line_every_ms: int
    line_answer_ms: int
    line_misses: int
    watch_gap_ms: int
    watch_most_ms: int

    def to_value(self) -> Value:
        return {
            "line_answer_ms": self.line_answer_ms,
            "line_every_ms": self.line_every_ms,
            "line_misses": self.line_misses,
            "watch_gap_ms": self.watch_gap_ms,
            "watch_most_ms": self.watch_most_ms,
        }


def read_readiness(value: Value, path: str) -> ReadinessRule:
    """The rule from its JSON value.

    Raises:
        Malformed: timers that contradict each other: a check is due again before it could be answered, or a gap is
            longer than the watches that it stands between.
    """
    fields = Fields(value, path)
    rule = ReadinessRule(
        line_every_ms=fields.integer("line_every_ms", LINE_EVERY_MIN, FOREVER_MS),
        line_answer_ms=fields.integer("line_answer_ms", 1, FOREVER_MS),
        line_misses=fields.integer("line_misses", 1, MISSES_MAX),
        watch_gap_ms=fields.integer("watch_gap_ms", 0, FOREVER_MS),
        watch_most_ms=fields.integer("watch_most_ms", 1, FOREVER_MS),
    )
    fields.done()
    if rule.line_answer_ms >= rule.line_every_ms:
        raise Malformed(
            f"{path}.line_answer_ms",
            "the next check is due before this one is missed",
            "let the time to answer be shorter than the time between checks",
        )
    if rule.watch_gap_ms >= rule.watch_most_ms:
        raise Malformed(
            f"{path}.watch_gap_ms",
            "nobody may be on watch for longer than anybody",
            "let the gap be shorter than the longest watch",
        )
    return rule
