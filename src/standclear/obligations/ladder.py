"""The receipt ladder: for each statement and recipient, which rungs were reached, when, and who signed each.

Rungs in order: released, sent, handed over, acknowledged, disseminated. `sent` is only what the service said;
`handed over` is the recipient's own key on an inbox head that covers the release; `acknowledged` is a person's key.
A rung is never inferred from a higher one, and an unanswered ladder never becomes "told" (founding decision 20).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from standclear.obligations.copies import HeldCopy
from standclear.statements.arrangement import Escalation

RUNGS = ("released", "sent", "handed_over", "acknowledged", "disseminated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested:
    """An answer that came by link, code or voice: somebody's word that it came, and nothing signed by who gave it (G1).

    `by`: link, code, or contact. `attester` is whose word it is: the service's, or the party's that made the contact;
    `source` the statement in which it says so, and `at_ms` the time that it gives. What is said twice is one answer.
    """

    by: str
    channel: str
    answer: str
    at_ms: int
    attester: bytes
    source: bytes = field(compare=False)


@dataclass(slots=True, kw_only=True)
class Ladder:
    """One statement's release to one party. Positions are of the party's inbox; times are the log's, in milliseconds.

    `begins_ms` is when what it is about begins, for what has a beginning (an activity, a movement, a zone); `lead_ms` the
    arrangement's lead time for it. `steps` and `monitors` are the arrangement's when it was opened; `alarm_ms` is when the
    owner is told that nobody has acknowledged: at the deadline, or earlier where what the notice is about begins earlier.
    `owes` False: it says again, unchanged, what the party has acknowledged; no answer is owed, and no clock runs.
    """

    sid: bytes
    party: bytes
    sender: bytes
    kind: str
    start: int
    end: int
    released_ms: int
    deadline_ms: int
    travel: str
    sent_ms: int | None = None
    handed_ms: int | None = None
    handed_key: bytes | None = None
    acknowledged: bytearray = field(default_factory=bytearray)
    acknowledged_count: int = 0
    first_acknowledged_ms: int | None = None
    acknowledged_ms: int | None = None
    acknowledged_key: bytes | None = None
    answer: str = ""
    disseminated: list[tuple[int, tuple[str, ...], bool]] = field(default_factory=list)
    attested: list[Attested] = field(default_factory=list)
    severity: int = 3
    alarm_ms: int | None = None
    owes: bool = True
    steps: tuple[Escalation, ...] = ()
    monitors: tuple[bytes, ...] = ()
    copies: list[HeldCopy] = field(default_factory=list)
    begins_ms: int | None = None
    lead_ms: int = 0

    @property
    def items(self) -> int:
        return self.end - self.start

    def acknowledge(self, position: int, now_ms: int, key: bytes, answer: str) -> None:
        """One release is acknowledged; the ladder's rung is reached when all of them are."""
        place = position - self.start
        assert 0 <= place < self.items
        if not self.acknowledged:
            self.acknowledged = bytearray(self.items)
        if self.acknowledged[place]:
            return
        self.acknowledged[place] = 1
        self.acknowledged_count += 1
        self.first_acknowledged_ms = (
            now_ms if self.first_acknowledged_ms is None else self.first_acknowledged_ms
        )
        self.answer = answer
        if self.acknowledged_count == self.items:
            self.acknowledged_ms = now_ms
            self.acknowledged_key = key

    def rung(self) -> str:
        """The highest rung reached."""
        if self.disseminated:
            return "disseminated"
        if self.acknowledged_ms is not None:
            return "acknowledged"
        if self.handed_ms is not None:
            return "handed_over"
        return "released" if self.sent_ms is None else "sent"

    def is_overdue(self, now_ms: int) -> bool:
        """Whether the desk's time to acknowledge is over and something is still unacknowledged."""
        return self.owes and self.acknowledged_ms is None and now_ms > self.deadline_ms

    def lead_left_ms(self) -> int | None:
        """The actionable lead time: how long before it began a person had acknowledged all of it. Negative: after that.

        None while nobody has, and for what has no beginning.
        """
        if self.begins_ms is None or self.acknowledged_ms is None:
            return None
        return self.begins_ms - self.acknowledged_ms

    def is_too_late(self, now_ms: int) -> bool:
        """Whether less than the lead time was left when a person knew, or is left now and nobody does: no time to act."""
        if self.begins_ms is None:
            return False
        known_ms = now_ms if self.acknowledged_ms is None else self.acknowledged_ms
        return self.begins_ms - known_ms < max(1, self.lead_ms)
