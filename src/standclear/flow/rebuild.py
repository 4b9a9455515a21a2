"""Rebuilding: from the entries back to the book, the tree and what has not been said yet. A restart, and `log fsck`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from standclear.conflicts.candidates import CandidateIndex
from standclear.conflicts.history import History
from standclear.errors import Mismatch, NotFound, StandclearError, StoreCorrupt
from standclear.flow.batches import PendingDeeds
from standclear.flow.ports import LogStore, StoredEntry
from standclear.flow.shelving import unshelve
from standclear.obligations.book import Book
from standclear.statements.canonical import (
    Reader,
    Value,
    b64u,
    canonical,
    from_b64u,
    read_canonical,
    read_known,
)
from standclear.statements.compose import Fresh
from standclear.statements.deeds import (
    MeetsRecord,
    Record,
    ReleaseRecord,
    ShreddedRecord,
    read_record,
)
from standclear.statements.entry import parse_entry
from standclear.statements.envelope import Envelope
from standclear.statements.fields import Fields
from standclear.statements.header import Header, parse_header
from standclear.statements.lists import SaltedList, check_digest
from standclear.statements.submission import Submission
from standclear.tlog.merkle import leaf_hash


@dataclass(slots=True)
class Rebuilt:
    """What follows from a store's entries, and what was found wrong on the way (fsck reports it, a start refuses it).

    `gone` counts the bodies that were shredded, `resting` the outcomes that rest on the deeds because of it; `lost` the
    entries whose words are gone though no deed says so: what follows from them is not derived again.
    """

    book: Book
    pending: PendingDeeds
    findings: list[StandclearError] = field(default_factory=list)
    gone: int = 0
    resting: int = 0
    lost: list[int] = field(default_factory=list)
    history: History | None = None


def rebuild(
    store: LogStore, make_index: Callable[[], CandidateIndex], fresh: Fresh, *, is_signed_anew: bool = True
) -> Rebuilt:
    """Step through every entry of a store; compare leaves, root, recorded effects and inbox heads with what it recorded.

    `is_signed_anew` False leaves out what the door checked before each entry was written (signatures, canonical texts,
    commitments): a start relies on its own root over the very bytes; fsck and the dossier's verifier check them again.

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
    read: Reader = read_canonical if is_signed_anew else read_known
    try:
        parsed = parse_entry(entry.text, is_known=not is_signed_anew)
        header = parse_header(parsed.envelope.payload, read)
    except StandclearError as error:
        raise StoreCorrupt(index=entry.index, reason=str(error)) from error
    if parsed.integrated_ms != entry.integrated_ms or parsed.envelope.sid() != entry.sid:
        rebuilt.findings.append(StoreCorrupt(index=entry.index, reason="its time or sid is not the entry's"))
    if header.kind == "deeds":
        _compare_deeds(rebuilt, entry, header, read)
        return
    try:
        submission = _submission(rebuilt, store, entry, (parsed.envelope, header), read)
        if submission is None:
            rebuilt.lost.append(entry.index)
            rebuilt.book.step_gone(header, entry.sid, entry.index, entry.leaf)
            return
        if is_signed_anew:
            rebuilt.book.check(submission, entry.integrated_ms)
        said = None if rebuilt.history is None else rebuilt.history.of(entry.index, entry.sid)
        outcome = rebuilt.book.step(submission, entry.index, entry.integrated_ms, entry.leaf, said)
        rebuilt.pending.add(entry.index, entry.sid, outcome, fresh)
        rebuilt.gone += len(submission.gone)
        rebuilt.resting += outcome.rests_on_deeds
    except StandclearError as error:
        raise StoreCorrupt(index=entry.index, reason=str(error)) from error


def _submission(
    rebuilt: Rebuilt, store: LogStore, entry: StoredEntry, parsed: tuple[Envelope, Header], read: Reader
) -> Submission | None:
    """An entry's submission; of items that were shredded, what the deeds kept of them. None where not even that is left."""
    keys = store.read_body_keys(entry.index)
    try:
        return unshelve(entry, keys, parsed, read)
    except NotFound:
        if rebuilt.history is None:
            rebuilt.history = _history(store)
        try:
            return unshelve(entry, keys, parsed, read, rebuilt.history.traces)
        except NotFound:
            return None


def _history(store: LogStore) -> History:
    """What all the deeds of the log say: read once, and only where something is gone."""
    history = History()
    for entry in _entries(store, store.read_head().size):
        header = parse_header(parse_entry(entry.text).envelope.payload)
        if header.kind == "deeds":
            opened = open_deeds(entry, header)
            history.take_in((*opened["effects"], *opened["items"]))
    return history


def _compare_deeds(rebuilt: Rebuilt, entry: StoredEntry, header: Header, read: Reader) -> None:
    """What the service said it did, against what the book says it did: record by record, but for the salts.

    Where words are gone, whether two notices met is taken from the deeds, and all else is derived and compared as ever. Where
    they are lost and no deed says what is left of them, what follows cannot be derived again, and is believed.
    """
    said = _said(entry, header, read)
    derived = {one.index: one for one in rebuilt.pending.effects}
    for value in said["effects"]:
        mine = derived.pop(value["index"], None)
        if (mine is None or not _is_same(mine, value)) and not rebuilt.lost:
            rebuilt.findings.append(
                Mismatch(
                    index=entry.index, entry=value["index"], reason="another effect follows from the log"
                )
            )
    for index in derived:
        rebuilt.findings.append(Mismatch(index=entry.index, entry=index, reason="an effect was never said"))
    for value in said["inboxes"]:
        party = from_b64u(value["party"], 16, "deeds.inboxes.party")
        n, root = rebuilt.book.inboxes.inbox(party).head()
        if (value["n"], value["root"]) != (n, b64u(root)) and not rebuilt.lost:
            rebuilt.findings.append(
                Mismatch(
                    index=entry.index, party=party.hex(), reason="another inbox head follows from the log"
                )
            )
    mine_done = [one for one in rebuilt.pending.records if isinstance(one, ReleaseRecord | MeetsRecord)]
    said_done = [one for one in said["items"] if one["record"] in ("release", "meets")]
    is_same = len(mine_done) == len(said_done) and all(map(_is_same, mine_done, said_done))
    if not rebuilt.lost and not is_same:
        rebuilt.findings.append(
            Mismatch(index=entry.index, reason="other releases or meetings follow from the log")
        )
    rebuilt.pending.effects.clear()
    rebuilt.pending.records.clear()
    standing = rebuilt.book.roll.keys[header.sender.keys[0]]
    standing.next_seq, standing.last_sid = header.seq + 1, entry.sid
    others = [one for one in said["items"] if one["record"] not in ("release", "meets")]
    records = [read_record(one, f"deeds.items[{place}]") for place, one in enumerate(others)]
    rebuilt.findings.extend(_unasked(rebuilt, entry, records))
    rebuilt.book.step_deeds(entry.sid, entry.index, entry.leaf, records)


def _unasked(rebuilt: Rebuilt, entry: StoredEntry, records: Iterable[Record]) -> Iterator[Mismatch]:
    """What the deeds say was shredded though no erasure was due for it."""
    for one in records:
        if isinstance(one, ShreddedRecord) and not rebuilt.lost:
            if not rebuilt.book.erasures.is_due(one.ref, one.erasure, entry.integrated_ms):
                yield Mismatch(
                    index=entry.index, item=one.ref.hex(), reason="it was shredded, and was not due"
                )


def _is_same(mine: Record, said: Value) -> bool:
    """Whether a record that follows from the log is the one that was said; their salts are chance."""
    value = mine.to_value()
    value["salt"] = said["salt"]
    return bool(value == said)


def _said(entry: StoredEntry, header: Header, read: Reader) -> dict[str, list[Value]]:
    """A deeds statement's records as they were said, checked against the three digests of its header.

    What was committed to are canonical records; only `read_known` relies on their having been read before.
    """
    beside = Fields(read(entry.beside, "deeds"), "deeds")
    found: dict[str, list[Value]] = {}
    for name, digest in (("effects", header.effects), ("inboxes", header.inboxes), ("items", header.items)):
        fields = Fields(beside.take(name), f"deeds.{name}")
        records: list[Value] = fields.take("records")
        leaves = tuple(canonical(one) for one in records)
        check_digest(SaltedList(salt=fields.raw("salt", 16), leaves=leaves), digest, f"deeds.{name}")
        if read is read_canonical:
            for place, one in enumerate(records):
                read_record(one, f"deeds.{name}[{place}]")
        found[name] = records
    return found


def open_deeds(entry: StoredEntry, header: Header) -> dict[str, tuple[Record, ...]]:
    """A deeds statement's records, checked against the three digests of its header.

    Raises:
        Mismatch: what is kept beside the entry is not what the header commits to.
    """
    said = _said(entry, header, read_canonical)
    return {
        name: tuple(read_record(one, f"deeds.{name}[{place}]") for place, one in enumerate(records))
        for name, records in said.items()
    }
