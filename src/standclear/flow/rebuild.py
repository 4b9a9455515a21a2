"""Rebuilding: from the entries back to the book, the tree and what has not been said yet. A restart, and `log fsck`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from standclear.conflicts.candidates import CandidateIndex
from standclear.errors import Mismatch, NotFound, StandclearError, StoreCorrupt
from standclear.flow.batches import PendingDeeds
from standclear.flow.ports import LogStore, StoredEntry
from standclear.flow.shelving import unshelve
from standclear.obligations.book import Book
from standclear.statements.canonical import Value, read_canonical
from standclear.statements.compose import Fresh
from standclear.statements.deeds import (
    EffectRecord,
    InboxRecord,
    MeetsRecord,
    Record,
    ReleaseRecord,
    leaves_of,
    read_record,
)
from standclear.statements.entry import parse_entry
from standclear.statements.fields import Fields
from standclear.statements.header import Header, parse_header
from standclear.statements.lists import SaltedList, check_digest
from standclear.tlog.merkle import leaf_hash


@dataclass(slots=True)
class Rebuilt:
    """What follows from a store's entries, and what was found wrong on the way (fsck reports it, a start refuses it)."""

    book: Book
    pending: PendingDeeds
    findings: list[StandclearError] = field(default_factory=list)
    gone: int = 0


def rebuild(
    store: LogStore, make_index: Callable[[], CandidateIndex], fresh: Fresh, *, is_signed_anew: bool = True
) -> Rebuilt:
    """Step through every entry of a store; compare leaves, root, recorded effects and inbox heads with what it recorded.

    `is_signed_anew` False leaves out what the door checked before each entry was written, signatures above all: a start
    relies on its own root over the very bytes; fsck and the dossier's verifier check them again.

    Raises:
        StoreCorrupt: an entry cannot be read at all, so that nothing after it can be derived.
    """
    rebuilt = Rebuilt(book=Book(make_index), pending=PendingDeeds())
    head = store.read_head()
    for _ in replay(rebuilt, store, head.size, fresh, is_signed_anew=is_signed_anew):
        pass
    if rebuilt.book.tree.root() != head.root:
        rebuilt.findings.append(
            StoreCorrupt(reason="the entries do not give the stored root", size=head.size)
        )
    return rebuilt


def replay(
    rebuilt: Rebuilt, store: LogStore, size: int, fresh: Fresh, *, is_signed_anew: bool
) -> Iterator[StoredEntry]:
    """As `rebuild`, one entry at a time: each comes out just before it is taken in, for who asks in between."""
    for entry in _entries(store, size):
        yield entry
        _take(rebuilt, store, entry, fresh, is_signed_anew)


def _entries(store: LogStore, size: int) -> Iterator[StoredEntry]:
    step = 1_000
    for start in range(0, size, step):
        yield from store.read_entries(start, min(size, start + step))


def _take(rebuilt: Rebuilt, store: LogStore, entry: StoredEntry, fresh: Fresh, is_signed_anew: bool) -> None:
    if leaf_hash(entry.text) != entry.leaf:
        rebuilt.findings.append(StoreCorrupt(index=entry.index, reason="the entry does not give its leaf"))
    try:
        parsed = parse_entry(entry.text)
        header = parse_header(parsed.envelope.payload)
    except StandclearError as error:
        raise StoreCorrupt(index=entry.index, reason=str(error)) from error
    if parsed.integrated_ms != entry.integrated_ms or parsed.envelope.sid() != entry.sid:
        rebuilt.findings.append(StoreCorrupt(index=entry.index, reason="its time or sid is not the entry's"))
    if header.kind == "deeds":
        _compare_deeds(rebuilt, entry, header)
        return
    try:
        submission = unshelve(entry, store.read_body_keys(entry.index), (parsed.envelope, header))
        if is_signed_anew:
            rebuilt.book.check(submission, entry.integrated_ms)
        outcome = rebuilt.book.step(submission, entry.index, entry.integrated_ms, entry.leaf)
        rebuilt.pending.add(entry.index, entry.sid, outcome, fresh)
    except NotFound:
        # Shredded: the recorded decision is history; the register goes on without the words (statement format, 14).
        rebuilt.gone += 1
        rebuilt.book.step_gone(header, entry.sid, entry.index, entry.leaf)
    except StandclearError as error:
        raise StoreCorrupt(index=entry.index, reason=str(error)) from error


def _compare_deeds(rebuilt: Rebuilt, entry: StoredEntry, header: Header) -> None:
    """What the service said it did, against what the book says it did.

    Once words are gone, what was said while they were there is history: it cannot be derived again, and is believed.
    """
    opened = open_deeds(entry, header)
    derived = {one.index: one for one in rebuilt.pending.effects}
    for record in opened["effects"]:
        assert isinstance(record, EffectRecord)
        mine = derived.pop(record.index, None)
        if (mine is None or not _same_effect(mine, record)) and not rebuilt.gone:
            rebuilt.findings.append(
                Mismatch(index=entry.index, entry=record.index, reason="another effect follows from the log")
            )
    for index in derived:
        rebuilt.findings.append(Mismatch(index=entry.index, entry=index, reason="an effect was never said"))
    for record in opened["inboxes"]:
        assert isinstance(record, InboxRecord)
        if rebuilt.book.inboxes.inbox(record.party).head() != (record.n, record.root) and not rebuilt.gone:
            rebuilt.findings.append(
                Mismatch(
                    index=entry.index,
                    party=record.party.hex(),
                    reason="another inbox head follows from the log",
                )
            )
    if not rebuilt.gone and _derivable(rebuilt.pending.records) != _derivable(opened["items"]):
        rebuilt.findings.append(
            Mismatch(index=entry.index, reason="other releases or meetings follow from the log")
        )
    rebuilt.pending.effects.clear()
    rebuilt.pending.records.clear()
    standing = rebuilt.book.roll.keys[header.sender.keys[0]]
    standing.next_seq, standing.last_sid = header.seq + 1, entry.sid
    rebuilt.book.step_deeds(entry.sid, entry.index, entry.leaf, opened["items"])


def _derivable(records: Iterable[Record]) -> list[Value]:
    """The records that follow from the log, without their salts, in their order; what was sent does not follow from it."""
    values = [one.to_value() for one in records if isinstance(one, ReleaseRecord | MeetsRecord)]
    return [{name: value for name, value in one.items() if name != "salt"} for one in values]


def _same_effect(mine: EffectRecord, said: EffectRecord) -> bool:
    return (mine.sid, mine.effect, mine.rule, mine.marks, mine.aware_of, mine.missing) == (
        said.sid,
        said.effect,
        said.rule,
        said.marks,
        said.aware_of,
        said.missing,
    )


def open_deeds(entry: StoredEntry, header: Header) -> dict[str, tuple[Record, ...]]:
    """A deeds statement's records, checked against the three digests of its header.

    Raises:
        Mismatch: what is kept beside the entry is not what the header commits to.
    """
    beside = Fields(read_canonical(entry.beside, "deeds"), "deeds")
    found: dict[str, tuple[Record, ...]] = {}
    for name, digest in (("effects", header.effects), ("inboxes", header.inboxes), ("items", header.items)):
        fields = Fields(beside.take(name), f"deeds.{name}")
        records = fields.many("records", read_record, 10_000_000)
        salted = SaltedList(salt=fields.raw("salt", 16), leaves=leaves_of(records))
        check_digest(salted, digest, f"deeds.{name}")
        found[name] = records
    return found
