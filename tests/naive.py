"""The reference model."""

from __future__ import annotations

from standclear.obligations.book import Book


def picture(book: Book) -> dict[str, object]:
    """Everything that a book derives, as plain values: two books of one log have the same picture."""
    notices = [
        (
            one.ref, one.party, one.desk, one.under, one.index, one.integrated_ms, one.name, one.effect, one.state,
            one.change, sorted(one.cited), sorted(one.same_as), sorted(one.unaware), sorted(one.aware_of),
            one.successors,
        )
        for one in book.register.notices
    ]  # fmt: skip
    ladders = [
        (
            one.sid, one.party, one.sender, one.kind, one.start, one.end, one.released_ms, one.deadline_ms, one.travel,
            one.handed_ms, one.handed_key, bytes(one.acknowledged), one.acknowledged_count,
            one.first_acknowledged_ms, one.acknowledged_ms, one.acknowledged_key, one.answer, one.disseminated,
        )
        for sid in sorted(book.ledger.of_sid)
        for one in book.ledger.of_sid[sid]
    ]  # fmt: skip
    return {
        "agreements": [
            (one.first, one.sid, sorted(one.adhered), {s: sorted(w.adhered) for s, w in one.waiting.items()})
            for one in book.agreements.all()
        ],
        "inboxes": {
            party: (inbox.refs, inbox.forms, inbox.indexes, inbox.times_ms, inbox.head())
            for party, inbox in book.inboxes.of.items()
            if inbox.refs
        },
        "keys": {
            key: (one.next_seq, one.last_sid, one.drain_until_ms, one.revoked_index)
            for key, one in book.roll.keys.items()
        },
        "ladders": ladders,
        "notices": notices,
        "places": book.index_of,
        "root": book.tree.root(),
    }
