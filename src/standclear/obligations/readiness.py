"""Readiness: who is on watch at each desk, and which desks a person answers from when a line is checked (G15).

A fold over watches, line checks and the answers to them, kept for each desk. What is asked of a desk comes from the
arrangements that its party adheres to (`Bound`); what the clock makes of it is told by `obligations.standby`. That a
check was due follows from the arrangement's timer alone, so that nobody has to be believed about it.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass, field

from standclear.conflicts.agreements import Accord, Agreements
from standclear.conflicts.outcome import Outcome
from standclear.spacetime.units import FOREVER_MS
from standclear.statements.calls import LineCheck, Watch
from standclear.statements.header import Header
from standclear.statements.readiness import ReadinessRule
from standclear.statements.roll import Roll

BINDING_KINDS = frozenset({"arrangement", "adherence", "enrolment"})
"""What may change whom a readiness rule binds."""


@dataclass(slots=True, kw_only=True)
class Bound:
    """One desk that an arrangement asks to be ready, under one rule, from `since_ms` until `until_ms` (None: still)."""

    under: bytes
    rule_sid: bytes
    party: bytes
    desk: bytes
    rule: ReadinessRule
    since_ms: int
    index: int
    until_ms: int | None = None


@dataclass(slots=True, kw_only=True)
class Stint:
    """One watch: who took the desk when, up to which inbox position, with how many open items, and how it ended.

    `how` is "" while nothing ended it: handed_over and left were said by its holder; taken_over, by somebody who took the
    desk that was not handed over (`instead_of` names whose it was); renewed, by the same member taking it anew; ran_out,
    by its own length, before anybody took it again.
    """

    desk: bytes
    member: str
    sid: bytes
    index: int
    taken_ms: int
    inbox_end: int
    open_items: int
    instead_of: str | None = None
    ended_ms: int | None = None
    how: str = ""

    def end(self, at_ms: int, how: str) -> None:
        """It ends, once."""
        assert self.ended_ms is None
        self.ended_ms, self.how = at_ms, how

    def end_ms(self, most_ms: int) -> int:
        """When it stopped to count, under a rule that lets a watch count for `most_ms`."""
        return min(self.taken_ms + most_ms, FOREVER_MS if self.ended_ms is None else self.ended_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSaid:
    """What was said of one channel of a desk: by the desk itself, by the desk that tried it, or by link, code or voice.

    `how` is signed, attested or tried. Only what is answered, and not merely tried by another, is a person's answer.
    """

    desk: bytes
    channel: str
    check: str
    result: str
    how: str
    at_ms: int
    by: bytes
    sid: bytes | None

    @property
    def is_answer(self) -> bool:
        return self.result == "answered" and self.how != "tried"


@dataclass(slots=True)
class Lines:
    """The line checks of one desk: all that was said, and the times at which a person answered, in their order."""

    said: list[LineSaid] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=list)
    of_channel: dict[str, list[tuple[int, str]]] = field(default_factory=dict)

    def add(self, one: LineSaid) -> None:
        self.said.append(one)
        if one.is_answer:
            insort(self.answers, (one.at_ms, one.how))
            insort(self.of_channel.setdefault(one.channel, []), (one.at_ms, one.how))


class Readiness:
    """The watches and line checks of one log, by desk; and which desks are bound by which rule, and since when."""

    def __init__(self) -> None:
        self.stints: dict[bytes, list[Stint]] = {}
        self.lines: dict[bytes, Lines] = {}
        self.bounds: list[Bound] = []
        self.open: dict[tuple[bytes, bytes], Bound] = {}
        self.last_index: dict[bytes, int] = {}
        self._of_party: dict[bytes, set[bytes]] = {}

    # --- whom a rule binds ---------------------------------------------------------------------------

    def bind(
        self, agreements: Agreements, roll: Roll, header: Header, sid: bytes, index: int, now_ms: int
    ) -> None:
        """After a rule, an adherence or an enrolment: begin and end what is asked of desks, each at this time."""
        named = {sid, *header.re, *self._of_party.get(header.sender.party, ())}
        found = {one.first: one for name in named if (one := agreements.find(name)) is not None}
        for first in sorted(found):
            self._bind(found[first], roll, index, now_ms)

    def _bind(self, accord: Accord, roll: Roll, index: int, now_ms: int) -> None:
        rule = accord.arrangement.readiness if accord.arrangement.state == "in_force" else None
        wanted = {} if rule is None else _desks_of(accord, roll)
        for place in [one for one in self.open if one[0] == accord.first]:
            bound = self.open[place]
            if bound.desk not in wanted or bound.rule != rule:
                bound.until_ms = now_ms
                del self.open[place]
            else:
                bound.rule_sid = accord.sid
        for party in accord.adhered:
            self._of_party.setdefault(party, set()).add(accord.first)
        for desk, party in sorted(wanted.items()):
            if rule is not None and (accord.first, desk) not in self.open:
                bound = Bound(
                    under=accord.first,
                    rule_sid=accord.sid,
                    party=party,
                    desk=desk,
                    rule=rule,
                    since_ms=now_ms,
                    index=index,
                )
                self.open[accord.first, desk] = bound
                self.bounds.append(bound)

    def bounds_of(self, desk: bytes) -> Iterator[Bound]:
        """The rules that bind a desk now."""
        return (one for one in tuple(self.open.values()) if one.desk == desk)

    # --- watches and line checks ---------------------------------------------------------------------

    def take_watch(
        self, sid: bytes, header: Header, body: Watch, index: int, now_ms: int, outcome: Outcome
    ) -> None:
        """A person has taken, handed over or left the desk. What contradicts the record is on record, and marked."""
        desk = header.sender.desk
        held = self.holder(desk, now_ms)
        if body.part != "taken":
            if held is None or held.member != body.member:
                outcome.effect = "recorded"
                outcome.mark("watch_not_held")
                return
            held.end(now_ms, body.part)
            self.last_index[desk] = index
            return
        stints = self.stints.setdefault(desk, [])
        is_twice = held is not None and held.member != body.member
        if is_twice:
            outcome.mark("watch_taken_twice")
        if stints and stints[-1].ended_ms is None:
            how = "taken_over" if is_twice else "ran_out" if held is None else "renewed"
            stints[-1].end(now_ms, how)
        self.last_index[desk] = index
        stints.append(
            Stint(
                desk=desk,
                member=body.member,
                sid=sid,
                index=index,
                taken_ms=now_ms,
                inbox_end=body.inbox_end,
                open_items=body.open_items,
                instead_of=held.member if held is not None and is_twice else None,
            )
        )

    def holder(self, desk: bytes, now_ms: int) -> Stint | None:
        """Who has the desk by the strictest rule that binds it; None if nobody has."""
        stints = self.stints.get(desk)
        if not stints:
            return None
        most_ms = min((one.rule.watch_most_ms for one in self.bounds_of(desk)), default=FOREVER_MS)
        last = stints[-1]
        return last if last.ended_ms is None and now_ms < last.end_ms(most_ms) else None

    def take_line(
        self, sid: bytes, header: Header, body: LineCheck, roll: Roll, now_ms: int, outcome: Outcome
    ) -> None:
        """What became of a line check. Only the desk's own word counts as its answer: another's is kept, and marked."""
        if body.desk not in roll.desks:
            outcome.effect = "recorded"
            outcome.mark("desk_unknown")
            return
        is_own = header.sender.desk == body.desk
        if not is_own:
            outcome.effect = "recorded"
            outcome.mark("tried_by_another")
        self._add(
            LineSaid(
                desk=body.desk,
                channel=body.channel,
                check=body.check,
                result=body.result,
                how="signed" if is_own else "tried",
                at_ms=now_ms,
                by=header.sender.desk,
                sid=sid,
            )
        )

    def line_answered(self, desk: bytes, channel: str, at_ms: int, how: str) -> None:
        """A person of a desk answered the routine check of a channel, at a time of the log, by link, code or voice."""
        self._add(
            LineSaid(
                desk=desk,
                channel=channel,
                check="routine",
                result="answered",
                how=how,
                at_ms=at_ms,
                by=desk,
                sid=None,
            )
        )

    def _add(self, one: LineSaid) -> None:
        self.lines.setdefault(one.desk, Lines()).add(one)


def _desks_of(accord: Accord, roll: Roll) -> dict[bytes, bytes]:
    """The desks of the parties that adhere at which a person may sit, with their parties: others keep no watch."""
    sat_at = {one.desk for one in roll.keys.values() if one.role == "person"}
    return {
        one.desk: one.party
        for one in roll.desks.values()
        if one.party in accord.adhered and one.desk in sat_at
    }
