"""Which desks must be rung for a line check, and which alarms stand about desks: read plainly from a log (duties.md, "Desks
before they are needed"). For each moment asked, all that was said is gone through again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from naive import Said
from standclear.statements.arrangement import Adherence, Arrangement
from standclear.statements.calls import LineCheck, Watch
from standclear.statements.parties import Enrolment, desk_id
from standclear.statements.readiness import ReadinessRule

DutyLine = tuple[str, bytes, bytes, str, int, int, int, int | None, str, bytes | None, int, int]
"""kind, sid, whom, level, step, severity, due_ms, deadline_ms, word, who is silent, [start, end) of the inbox."""

OWN = ("duty_desk", "alternate_desk", "superior")


@dataclass(frozen=True)
class Desk:
    """A desk that is asked to be ready, from the entry by which its party adhered."""

    party: bytes
    desk: bytes
    since_ms: int
    index: int


class PlainDesks:
    """The desks of a log's one arrangement."""

    def __init__(self, log: Sequence[Said], under: bytes, rules: Arrangement, persons: set[bytes]) -> None:
        self.log, self.under, self.monitors = log, under, rules.monitors()
        self.rule: ReadinessRule | None = rules.readiness
        self.persons = persons
        adhering = {one.party: one for one in log if isinstance(one.body, Adherence)}
        self.desks = [
            Desk(one.party, desk_id(one.party, desk.name), adhering[one.party].ms, adhering[one.party].index)
            for one in log
            if isinstance(one.body, Enrolment) and one.party in adhering
            for desk in one.body.desks
            if any(key.role == "person" for key in desk.keys)
        ]

    def due(self, after_ms: int, now_ms: int, size: int) -> Iterator[DutyLine]:
        """What falls due about desks in (after_ms, now_ms], when the log has `size` entries."""
        if self.rule is not None:
            for desk in self.desks:
                if desk.index < size:
                    yield from self._line(desk, self.rule, after_ms, now_ms, size)
                    yield from self._watch(desk, self.rule, after_ms, now_ms, size)

    def _said_at(self, desk: Desk, kind: type, size: int) -> list[Said]:
        """What persons of a desk said of it."""
        return [
            one
            for one in self.log
            if one.index < size
            and isinstance(one.body, kind)
            and one.what.header.sender.desk == desk.desk
            and one.what.header.sender.keys[0] in self.persons
        ]

    def _line(
        self, desk: Desk, rule: ReadinessRule, after_ms: int, now_ms: int, size: int
    ) -> Iterator[DutyLine]:
        answers = [
            one.ms
            for one in self._said_at(desk, LineCheck, size)
            if one.body.desk == desk.desk and one.body.result == "answered" and one.ms <= now_ms
        ]
        every_ms, answer_ms = rule.line_every_ms, rule.line_answer_ms
        checks = range(desk.since_ms + every_ms, now_ms + 1, every_ms)
        if checks and checks[-1] > after_ms and not any(at >= checks[-1] for at in answers):
            yield (
                *("line_check", self.under, desk.party, "duty_desk", len(checks), 3, checks[-1]),
                *(checks[-1] + answer_ms, "line_check", None, 0, 0),
            )  # type: ignore[misc]
        last_ms = max([desk.since_ms, *answers])
        missed = [check for check in checks if check > last_ms and check + answer_ms < now_ms]
        if len(missed) >= rule.line_misses:
            at_ms = missed[rule.line_misses - 1] + answer_ms + 1
            if at_ms > after_ms:
                yield from self._to_all(desk, "unreachable", at_ms)

    def _watch(
        self, desk: Desk, rule: ReadinessRule, after_ms: int, now_ms: int, size: int
    ) -> Iterator[DutyLine]:
        member, until_ms, free_ms = "", 0, desk.since_ms
        for one in self._said_at(desk, Watch, size):
            if one.ms >= until_ms:
                member = ""
            if one.body.part == "taken":
                member, until_ms = one.body.member, one.ms + rule.watch_most_ms
                free_ms = until_ms
            elif member == one.body.member:
                member, until_ms, free_ms = "", one.ms, one.ms
        at_ms = free_ms + rule.watch_gap_ms + 1
        if now_ms >= free_ms and after_ms < at_ms <= now_ms:
            yield from self._to_all(desk, "watch_gap", at_ms)

    def _to_all(self, desk: Desk, kind: str, at_ms: int) -> Iterator[DutyLine]:
        told = [(desk.party, level) for level in OWN]
        told += [(other, "duty_desk") for other in {one.party for one in self.desks} - {desk.party}]
        told += [(monitor, "arrangement_monitor") for monitor in self.monitors]
        for party, level in told:
            yield (kind, self.under, party, level, 0, 2, at_ms, None, kind, desk.party, 0, 0)
