"""Matters: what was asked or called and waits for answers: inquiries, stop-fire calls, consultations, requests.

A matter is open from its entry until everybody asked has answered, its time is over, or its opener ends it. Running
out of time is *no answer*, and never *none* (G26); a stop-fire ends when the caller says so, and not before (G6).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from standclear.conflicts.outcome import Outcome
from standclear.obligations.calendar import Calendar
from standclear.obligations.ladder import Attested
from standclear.statements.arrangement import Arrangement, Escalation
from standclear.statements.asking import Answer, Inquiry
from standclear.statements.calls import Agreement, Consultation, Emergency
from standclear.statements.header import Header
from standclear.statements.notices import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One party's answer to a matter, in the log's order and time."""

    party: bytes
    desk: bytes
    code: str
    sid: bytes
    index: int
    at_ms: int


@dataclass(slots=True, kw_only=True)
class Matter:
    """One open or ended matter. `asked` are the parties that owe an answer; `deadline_ms` None: until it is ended.

    `steps` and `monitors` are the arrangement's when it was opened; the steps count from `anchor_ms`: of an inquiry the
    end of its time, of everything else its opening. An inquiry that came in when its time was over waits from then on.
    """

    sid: bytes
    kind: str
    code: str
    opener: bytes
    under: bytes | None
    asked: frozenset[bytes]
    opened_index: int
    opened_ms: int
    deadline_ms: int | None
    answers: list[Answered] = field(default_factory=list)
    ended_ms: int | None = None
    attested: dict[bytes, list[Attested]] = field(default_factory=dict)
    steps: tuple[Escalation, ...] = ()
    monitors: tuple[bytes, ...] = ()

    @property
    def anchor_ms(self) -> int:
        """From when the arrangement's steps count."""
        if self.kind != "inquiry" or self.deadline_ms is None:
            return self.opened_ms
        return max(self.opened_ms, self.deadline_ms)

    def is_silent(self, party: bytes) -> bool:
        """Whether a party that was asked has answered in no way at all, and the matter goes on."""
        return self.ended_ms is None and party in self.unanswered() and not self.attested.get(party)

    def unanswered(self) -> frozenset[bytes]:
        """Who was asked and has not answered."""
        return self.asked - {one.party for one in self.answers}

    def state(self, now_ms: int) -> str:
        """ended, answered, open, or "no answer" once the time is over and somebody has not answered."""
        if self.ended_ms is not None:
            return "ended"
        if self.kind != "emergency" and not self.unanswered():
            return "answered"
        return "no answer" if self.deadline_ms is not None and now_ms > self.deadline_ms else "open"

    def first_answer_ms(self) -> int | None:
        """From the opening to the first person's answer, in milliseconds of the log's time; None while nobody has."""
        return self.answers[0].at_ms - self.opened_ms if self.answers else None


class Matters:
    """The matters of one log, by the statement that opened each."""

    def __init__(self) -> None:
        self.of_sid: dict[bytes, Matter] = {}
        self.calls: list[Matter] = []
        self.by_anchor: Calendar[Matter] = Calendar()
        self.offsets_ms: set[int] = {0}
        self.gatherings_ms: set[int] = set()
        self.pairs: dict[tuple[bytes, bytes], list[Matter]] = {}

    def open(
        self,
        sid: bytes,
        header: Header,
        body: object,
        asked: Sequence[bytes],
        index: int,
        now_ms: int,
        arrangement: Arrangement,
    ) -> None:
        """Take in a statement that asks for answers, under the rules now in force; others pass."""
        opened = _opened(body)
        if opened is not None:
            code, deadline_ms = opened
            is_call = header.kind == "emergency"
            matter = self.of_sid[sid] = Matter(
                sid=sid,
                kind=header.kind,
                code=code,
                opener=header.sender.party,
                under=header.under,
                asked=frozenset(asked) - {header.sender.party},
                opened_index=index,
                opened_ms=now_ms,
                deadline_ms=deadline_ms,
                steps=arrangement.emergency if is_call else arrangement.escalation,
                monitors=arrangement.monitors(),
            )
            if is_call:
                self.calls.append(matter)
            for party in () if is_call else matter.asked:
                self.pairs.setdefault((matter.opener, party), []).append(matter)
            if not is_call:
                self.gatherings_ms.add((matter.steps[-1].after_ms if matter.steps else 0) or 1)
            self.by_anchor.add(matter.anchor_ms, matter)
            self.offsets_ms.update(step.after_ms for step in matter.steps)

    def between(self, opener: bytes, party: bytes) -> Sequence[Matter]:
        """What one party has asked of another, stop-fire apart, oldest first."""
        return self.pairs.get((opener, party), ())

    def attest(self, party: bytes, sid: bytes, answer: Attested) -> None:
        """An answer to a matter came by link, code or voice: it quiets that desk's timer and answers nothing."""
        matter = self.of_sid.get(sid)
        if matter is not None and party in matter.asked:
            given = matter.attested.setdefault(party, [])
            if answer not in given:
                given.append(answer)

    def answer(
        self, sid: bytes, header: Header, body: object, index: int, now_ms: int, outcome: Outcome
    ) -> None:
        """Take in an answer, or the end of a matter by its opener; what answers nothing that was asked is marked."""
        code = _answered(body)
        if code is None:
            return
        found = [self.of_sid[one] for one in header.re if one in self.of_sid]
        if not found:
            outcome.effect = "waiting"
            outcome.mark("answers_unknown")
        for matter in found:
            if code == "end":
                self._end(matter, header, now_ms, outcome)
            elif header.sender.party not in matter.asked:
                outcome.effect = "not_yours"
                outcome.mark("was_not_asked")
            else:
                if matter.deadline_ms is not None and now_ms > matter.deadline_ms:
                    outcome.mark("late")
                matter.answers.append(
                    Answered(
                        party=header.sender.party,
                        desk=header.sender.desk,
                        code=code,
                        sid=sid,
                        index=index,
                        at_ms=now_ms,
                    )
                )

    def _end(self, matter: Matter, header: Header, now_ms: int, outcome: Outcome) -> None:
        if header.sender.party != matter.opener:
            outcome.effect = "not_yours"
            outcome.mark("only_the_caller_ends_it")
        elif matter.ended_ms is None:
            matter.ended_ms = now_ms

    def opened_since(self, opener: bytes, kind: str, since_ms: int) -> int:
        """How many matters of a kind a party has opened since a time of the log."""
        count = 0
        for one in reversed(self.of_sid.values()):
            if one.opened_ms <= since_ms:
                break
            count += one.opener == opener and one.kind == kind
        return count

    def open_for(self, party: bytes, now_ms: int) -> Iterator[Matter]:
        """Matters in which a party owes an answer, stop-fire calls first, then in the order of their opening."""
        waiting = [
            one
            for one in tuple(self.of_sid.values())  # more may be opened meanwhile
            if party in one.unanswered() and one.state(now_ms) in ("open", "no answer")
        ]
        yield from sorted(waiting, key=lambda one: (one.kind != "emergency", one.opened_index))


def _opened(body: object) -> tuple[str, int | None] | None:
    """What a statement asks (a code and until when), or None if it asks nothing."""
    match body:
        case Inquiry():
            return "inquiry", body.answer_by_ms
        case Emergency(part="call", code=str(code)):
            return code, None
        case Consultation(part="call"):
            return "consultation", body.at_ms
        case Notice(mode="request_agreement"):
            starts = min(volume.interval.start_ms for volume in body.volumes)
            return "request_agreement", starts
        case _:
            return None


def _answered(body: object) -> str | None:
    """The code that a statement answers with, or None if it is no answer."""
    match body:
        case Answer():
            return body.answer
        case Emergency(part="answer", answer=str(code)):
            return code
        case Emergency(part="end"):
            return "end"
        case Consultation(part="reply", reply=str(code)):
            return code
        case Agreement():
            return body.agreement
        case _:
            return None
