"""Verification grades: how a site was established, what of that is shown, and by when its owner owes a better grade.

A grade is what the owner says. One that its own signatures contradict is marked and counts as the next that they bear out.
It never affects what is matched, told or protected: a site of the lowest grade stands as any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from standclear.conflicts.outcome import Outcome
from standclear.conflicts.standing import Standing
from standclear.obligations.calendar import Calendar
from standclear.obligations.turns import Turn
from standclear.statements.arrangement import KindRule
from standclear.statements.notices import GRADE_ORDER, Site

UNPROVEN_COUNTS_AS: Final = "self_attested"
SEATS_OF_TWO: Final = 2
UNVERIFIED: Final = "unverified"


@dataclass(slots=True)
class Gradings:
    """The sites of one log that owe a better grade, by the time until which they owe it; a list owes it as one."""

    calendar: Calendar[Turn] = field(default_factory=Calendar)

    def enter(
        self,
        notices: Sequence[Standing],
        by_ref: Mapping[bytes, Standing],
        rule: KindRule,
        seats: int,
        now_ms: int,
        outcome: Outcome,
    ) -> None:
        """Take in the notices of one statement, signed by keys of so many seats.

        A version that differs in nothing material keeps the time of the first one: filing again starts no clock anew.
        """
        owing: dict[int, list[Standing]] = {}
        for one in notices:
            if not isinstance(one.what, Site):
                continue
            one.grade = one.what.grade
            if one.grade == "dual_attested" and seats < SEATS_OF_TWO:
                outcome.mark("grade_unproven")
                one.grade = UNPROVEN_COUNTS_AS
            if is_below(one.grade, rule.grade_least) and rule.grade_within_ms is not None:
                earlier = [by_ref[ref].verify_by_ms for ref in one.same_as if ref in by_ref]
                times = [ms for ms in earlier if ms is not None]
                one.verify_by_ms = min([*times, now_ms + rule.grade_within_ms])
                owing.setdefault(one.verify_by_ms, []).append(one)
        for one in notices:
            one.marks = tuple(outcome.marks)
        for at_ms, some in owing.items():
            self.calendar.add(at_ms, Turn(sid=some[0].sid, word=UNVERIFIED, notices=tuple(some)))


def is_below(grade: str | None, least: str | None) -> bool:
    """Whether a grade is lower than what an arrangement asks; where it asks nothing, none is.

    Example:
        >>> is_below("self_attested", "third_party"), is_below("on_site", "third_party"), is_below("unverified", None)
        (True, False, False)
    """
    if grade is None or least is None:
        return False
    return GRADE_ORDER.index(grade) < GRADE_ORDER.index(least)
