"""The ledger: a fold that says who owes whom an answer, by when, and what was answered."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from standclear.conflicts.inboxes import Inboxes
from standclear.conflicts.outcome import Outcome
from standclear.obligations.calendar import Calendar
from standclear.obligations.copies import HeldCopy
from standclear.obligations.ladder import Attested, Ladder
from standclear.statements.header import Header
from standclear.statements.lists import WHOLE_ITEM, split_ref
from standclear.statements.replies import Acknowledgement, Dissemination


@dataclass(slots=True)
class Silence:
    """What one party owes one other: ladders that wait, by where they begin in its inbox, and those answered, in order."""

    waiting: dict[int, Ladder] = field(default_factory=dict)
    answered: list[Ladder] = field(default_factory=list)


@dataclass(slots=True)
class PartyLadders:
    """One party's ladders in inbox order, and the inbox positions at which each begins."""

    ladders: list[Ladder] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)

    def add(self, ladder: Ladder) -> None:
        """Take a ladder in at its place: nearly always the last."""
        place = bisect_right(self.starts, ladder.start)
        self.ladders.insert(place, ladder)
        self.starts.insert(place, ladder.start)

    def at(self, position: int) -> Ladder | None:
        """The ladder that holds an inbox position."""
        place = bisect_right(self.starts, position) - 1
        return self.ladders[place] if place >= 0 and position < self.ladders[place].end else None

    def acknowledged(self, position: int) -> bool:
        """Whether the release at an inbox position is acknowledged."""
        ladder = self.at(position)
        return ladder is not None and bool(
            ladder.acknowledged and ladder.acknowledged[position - ladder.start]
        )

    def between(self, start: int, end: int) -> Iterator[Ladder]:
        """The ladders that hold some position of [start, end)."""
        place = max(0, bisect_right(self.starts, start) - 1)
        while place < len(self.ladders) and self.ladders[place].start < end:
            if self.ladders[place].end > start:
                yield self.ladders[place]
            place += 1


class Ledger:
    """Ladders of one log, by recipient and by statement."""

    def __init__(self, inboxes: Inboxes) -> None:
        self._inboxes = inboxes
        self.of_party: dict[bytes, PartyLadders] = {}
        self.of_sid: dict[bytes, list[Ladder]] = {}
        self.by_deadline: Calendar[Ladder] = Calendar()
        self.by_alarm: Calendar[Ladder] = Calendar()
        self.offsets_ms: set[int] = {0}
        self.gatherings_ms: set[int] = set()
        self.silences: dict[tuple[bytes, bytes], Silence] = {}
        self.sent_end: dict[bytes, int] = {}

    def open(self, ladder: Ladder) -> None:
        """A release was made: its recipient owes an answer."""
        self.of_party.setdefault(ladder.party, PartyLadders()).add(ladder)
        self.of_sid.setdefault(ladder.sid, []).append(ladder)
        if not ladder.owes:
            return
        last_ms = ladder.steps[-1].after_ms if ladder.steps else 0
        self.gatherings_ms.add(last_ms or max(1, ladder.deadline_ms - ladder.released_ms))
        self.silences.setdefault((ladder.sender, ladder.party), Silence()).waiting[ladder.start] = ladder
        self.by_deadline.add(ladder.deadline_ms, ladder)
        if ladder.alarm_ms is not None:
            self.by_alarm.add(ladder.alarm_ms, ladder)
        self.offsets_ms.update(step.after_ms for step in ladder.steps)

    def sent(self, party: bytes, inbox_end: int, now_ms: int) -> None:
        """The service says it has handed a channel everything before `inbox_end`."""
        self.sent_end[party] = max(inbox_end, self.sent_end.get(party, 0))
        for ladder in self._first(party, inbox_end, lambda one: one.sent_ms is None):
            ladder.sent_ms = now_ms

    def owing(self, owner: bytes, party: bytes) -> Iterator[Ladder]:
        """The ladders that a party has not acknowledged whole, of one owner's, oldest first."""
        found = self.silences.get((owner, party))
        yield from () if found is None else tuple(found.waiting.values())

    def answered_last(self, owner: bytes, party: bytes) -> Iterator[Ladder]:
        """Those that it has acknowledged, the last first."""
        found = self.silences.get((owner, party))
        yield from () if found is None else reversed(found.answered)

    def _quiet(self, ladder: Ladder) -> None:
        """A ladder was acknowledged whole: it waits no more."""
        silence = self.silences.get((ladder.sender, ladder.party))
        if silence is not None and silence.waiting.pop(ladder.start, None) is not None:
            silence.answered.append(ladder)

    def refs_of(self, ladder: Ladder) -> set[bytes]:
        """The references that a ladder is about."""
        return set(self._inboxes.inbox(ladder.party).refs[ladder.start : ladder.end])

    def attest(self, party: bytes, sid: bytes, start: int, end: int, answer: Attested) -> None:
        """An answer came by another way than a signature, to what stands at [start, end) of the party's inbox.

        It is shown, counted as no rung, and taken once. What was released later was not answered by it.
        """
        for ladder in self.of_sid.get(sid, ()):
            is_answered = ladder.party == party and start <= ladder.start and ladder.end <= end
            if is_answered and answer not in ladder.attested:
                ladder.attested.append(answer)

    def hand_over(self, header: Header, n: int, now_ms: int) -> None:
        """The party's own key has signed an inbox head: everything below it has reached the party."""
        for ladder in self._first(header.sender.party, n, lambda one: one.handed_ms is None):
            ladder.handed_ms = now_ms
            ladder.handed_key = header.sender.keys[0]

    def _first(self, party: bytes, end: int, wants: Callable[[Ladder], bool]) -> Iterator[Ladder]:
        """Ladders wholly before `end`, newest first, until one is not wanted: the older ones were dealt with."""
        held = self.of_party.get(party)
        if held is None:
            return
        for ladder in reversed(held.ladders):
            if ladder.end <= end:
                if not wants(ladder):
                    return
                yield ladder

    def acknowledge(
        self, header: Header, body: Acknowledgement, cites: Sequence[bytes], now_ms: int, outcome: Outcome
    ) -> list[bytes]:
        """Take an acknowledgement in and give the references it covers.

        What was never released to the party cannot be acknowledged by it: such references are marked and skipped.
        """
        party = header.sender.party
        held = self.of_party.get(party)
        inbox = self._inboxes.inbox(party)
        positions = self._covered(header, body, cites, outcome)
        except_for = set(body.exceptions)
        refs = []
        for position in positions:
            if position in except_for:
                continue
            ladder = None if held is None else held.at(position)
            if ladder is not None:
                ladder.acknowledge(position, now_ms, header.sender.keys[0], body.answer)
                if ladder.acknowledged_ms is not None:
                    self._quiet(ladder)
                refs.append(inbox.refs[position])
        if not refs:
            outcome.effect = "not_yours"
        return refs

    def _covered(
        self, header: Header, body: Acknowledgement, cites: Sequence[bytes], outcome: Outcome
    ) -> Iterable[int]:
        party = header.sender.party
        inbox = self._inboxes.inbox(party)
        positions: list[int] = []
        for sid in header.re:
            ladders = [ladder for ladder in self.of_sid.get(sid, ()) if ladder.party == party]
            if not cites:
                for ladder in ladders:
                    positions.extend(range(ladder.start, ladder.end))
            if not ladders and not cites:
                outcome.mark("not_released_to_you")
        for ref in cites:
            position = inbox.position_of.get(ref)
            if position is None and split_ref(ref)[1] != WHOLE_ITEM:
                outcome.mark("not_released_to_you")
            elif position is not None:
                positions.append(position)
        if body.span is not None:
            if body.span.end > len(inbox):
                outcome.mark("beyond_inbox")
            positions.extend(range(body.span.start, min(body.span.end, len(inbox))))
        return positions

    def disseminate(
        self, header: Header, body: Dissemination, cites: Sequence[bytes], now_ms: int, outcome: Outcome
    ) -> None:
        """Take in whom a party says it told further; beyond what the owner released is recorded and marked (G7)."""
        party = header.sender.party
        sids = {*header.re, *(split_ref(ref)[0] for ref in cites)}
        found = [one for sid in sorted(sids) for one in self.of_sid.get(sid, ()) if one.party == party]
        if not found:
            outcome.effect = "not_yours"
            outcome.mark("not_released_to_you")
        onward = body.third_party is not None or bool(body.third_name)
        for ladder in found:
            beyond = (onward and ladder.travel != "onward") or (
                bool(body.echelons) and ladder.travel == "desk"
            )
            if beyond:
                outcome.mark("beyond_release")
            if body.echelons:
                ladder.disseminated.append((now_ms, body.echelons, beyond))
            if onward:
                ladder.disseminated.append((now_ms, _relayed(body), beyond))

    def hand_out(self, copy: HeldCopy) -> None:
        """What a copy shows was told further on it: each of these ladders says who holds it, and whether it was read back."""
        for sid in sorted({split_ref(ref)[0] for ref in copy.first}):
            for ladder in self.of_sid.get(sid, ()):
                if ladder.party == copy.party:
                    ladder.copies.append(copy)

    def overdue(self, now_ms: int) -> Iterator[Ladder]:
        """Every ladder whose time to acknowledge is over."""
        for held in self.of_party.values():
            for ladder in held.ladders:
                if ladder.is_overdue(now_ms):
                    yield ladder

    def forget(self, party: bytes, at_ms: int, trace: Dissemination) -> None:
        """A dissemination's body was shredded: that it was passed on stays, and to whom goes."""
        told = (trace.echelons, *((_relayed(trace),) if trace.third_name else ()))
        held = self.of_party.get(party)
        for ladder in () if held is None else held.ladders:
            names = iter(told)
            for place, (ms, _, beyond) in enumerate(ladder.disseminated):
                if ms == at_ms:
                    ladder.disseminated[place] = (ms, next(names, told[-1]), beyond)


def _relayed(body: Dissemination) -> tuple[str, ...]:
    return (f"relayed: {body.third_name or (body.third_party or b'').hex()[:8]}",)
