"""Removals: once an item is shredded, whoever held it and was told of the erasure owes a signed confirmation (G23).

The confirmation is a person's acknowledgement of the erasure. Copies cannot be recalled: that is why it is asked for, and a
missing one is counted like any other missing answer.
"""

from __future__ import annotations

from standclear.conflicts.agreements import Agreements
from standclear.conflicts.inboxes import Inboxes
from standclear.conflicts.register import Register
from standclear.obligations.calendar import Calendar
from standclear.obligations.erasures import Erasures
from standclear.obligations.ladder import Ladder
from standclear.obligations.ledger import Ledger
from standclear.statements.arrangement import Arrangement
from standclear.statements.deeds import ShreddedRecord
from standclear.statements.lists import ref_of


class Removals:
    """Who owes the confirmation of which erasure, since when."""

    def __init__(self) -> None:
        self.calendar: Calendar[Ladder] = Calendar()

    def owe(
        self,
        record: ShreddedRecord,
        register: Register,
        inboxes: Inboxes,
        agreements: Agreements,
        erasures: Erasures,
        ledger: Ledger,
    ) -> None:
        """An item is shredded: each party that holds it, and was told of the erasure, owes an answer from now on."""
        said = erasures.uttered.get(record.erasure)
        agreement = None if said is None else agreements.find(said.under)
        if said is None or agreement is None:
            return
        standing = register.by_ref.get(record.ref)
        within_ms = _within_ms(agreement.arrangement, None if standing is None else standing.kind)
        told_of = ref_of(record.erasure, 0)
        owing = {ladder.party for ladder in ledger.of_sid.get(record.erasure, ())}
        for party in sorted(inboxes.holders(record.ref)):
            position = inboxes.inbox(party).position_of.get(told_of)
            if position is None or party in owing:
                continue
            ladder = Ladder(
                sid=record.erasure,
                party=party,
                sender=said.party,
                kind="erasure",
                start=position,
                end=position + 1,
                released_ms=record.at_ms,
                deadline_ms=record.at_ms + within_ms,
                travel="party",
                alarm_ms=record.at_ms + within_ms,
                steps=agreement.arrangement.escalation,
                monitors=agreement.arrangement.monitors(),
            )
            ledger.open(ladder)
            self.calendar.add(record.at_ms, ladder)


def _within_ms(rules: Arrangement, kind: str | None) -> int:
    """As long as a desk has for the kind that was shredded; for a word, the longest that it has for any."""
    spans = {rule.kind: rule.acknowledge_ms for rule in rules.kinds}
    return spans.get(kind or "", max(spans.values()))
