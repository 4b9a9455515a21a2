"""The dossier as a file: lines of canonical JSON, each one piece of evidence (docs/spec/dossier.md).

This module writes and reads the lines; it believes nothing of what they say. Reading does not stop at a fault: a line
that cannot be read is named, and the others are read, because an investigator wants to know all that is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from standclear.keys import sha256
from standclear.statements.canonical import Value, b64u, canonical
from standclear.statements.deeds import Record, leaves_of
from standclear.statements.lists import InboxHead, SaltedList, Slot
from standclear.tlog.merkle import leaf_hash

FORMAT = "standclear.dossier/v1"
LISTS = ("effects", "inboxes", "items")
LEAF_BYTES = 37
"""An inbox leaf: a reference and a letter. Where it is withheld, its 32-byte leaf hash stands in its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a header's digests stand for, as far as it is opened.

    `is_whole` says that everything beside the header is here: all slots, all lists, all forms. Otherwise what is not
    here may be there and withheld.
    """

    is_whole: bool
    slots: tuple[Slot, ...]
    cites: SaltedList | None
    of: SaltedList | None
    inbox: InboxHead | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormCommits:
    """The list of one form's commitments: one an item. It stands even where a body does not."""

    form: str
    commits: SaltedList


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedBody:
    """One item's body in one form: its salt, its canonical bytes, and the value that they spell."""

    form: str
    item: int
    salt: bytes
    text: bytes
    value: Value


@dataclass(frozen=True, kw_only=True)
class RecordList:
    """One of the three lists of a deeds statement, with all its records."""

    name: str
    salt: bytes
    records: tuple[Record, ...]

    @cached_property
    def leaves(self) -> tuple[bytes, ...]:
        """The records' canonical texts: the leaves of the list, and what stands in the line."""
        return leaves_of(self.records)


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleRecord:
    """One record of a deeds statement's list, and its Merkle path inside the list of `n`; the rest is withheld."""

    name: str
    salt: bytes
    n: int
    position: int
    record: Record
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPart:
    """One entry, and all that the dossier holds beside it."""

    index: int
    text: bytes
    opening: Opening | None = None
    forms: tuple[FormCommits, ...] = ()
    bodies: tuple[OpenedBody, ...] = ()
    lists: tuple[RecordList, ...] = ()
    singles: tuple[SingleRecord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxLeaves:
    """A party's inbox from its beginning: leaves of 37 bytes, or 32-byte leaf hashes where they are withheld."""

    party: bytes
    leaves: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A receipt that somebody holds: the entry as that somebody knows it, and the tlog-proof, verbatim."""

    entry: bytes
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A dossier as it was written. Entries in rising order of index; `asks` and `claims` are a question and its answer."""

    origin: str
    exercise: bool
    asks: Value
    claims: Value
    note: str
    entries: tuple[EntryPart, ...]
    inboxes: tuple[InboxLeaves, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    hashes: tuple[bytes, ...] = ()


def to_bytes(dossier: Dossier) -> bytes:
    """The dossier as a file; `reading.read_dossier` gives it back."""
    before = b"".join(line + b"\n" for line in lines_of(dossier))
    return before + end_line(before) + b"\n"


def end_line(before: bytes) -> bytes:
    """The last line: the digest over every byte before it."""
    return canonical({"digest": b64u(sha256(before)), "line": "end"})


def lines_of(dossier: Dossier) -> Iterator[bytes]:
    """Every line but the last, in the one order in which they stand."""
    yield canonical(
        {
            "asks": dossier.asks,
            "claims": dossier.claims,
            "exercise": dossier.exercise,
            "format": FORMAT,
            "line": "dossier",
            "origin": dossier.origin,
        }
    )
    yield canonical({"line": "head", "note": dossier.note})
    for part in dossier.entries:
        yield from _entry_lines(part)
    for inbox in dossier.inboxes:
        leaves = [b64u(leaf) for leaf in inbox.leaves]
        yield canonical({"leaves": leaves, "line": "inbox", "party": b64u(inbox.party)})
    for receipt in dossier.receipts:
        yield canonical({"entry": b64u(receipt.entry), "line": "receipt", "proof": receipt.proof})
    yield canonical({"hashes": [b64u(one) for one in dossier.hashes], "line": "proof"})


def _entry_lines(part: EntryPart) -> Iterator[bytes]:
    yield b'{"entry":"%s","index":%d,"leaf":"%s","line":"entry"}' % (
        b64u(part.text).encode("ascii"),
        part.index,
        b64u(leaf_hash(part.text)).encode("ascii"),
    )
    if part.opening is not None:
        yield canonical(_opening_value(part.index, part.opening))
    for form in part.forms:
        yield canonical(
            {
                "commits": [b64u(leaf) for leaf in form.commits.leaves],
                "form": form.form,
                "index": part.index,
                "line": "form",
                "salt": b64u(form.commits.salt),
            }
        )
    for body in part.bodies:
        yield b'{"body":%s,"form":"%s","index":%d,"item":%d,"line":"body","salt":"%s"}' % (
            body.text,
            body.form.encode("ascii"),
            part.index,
            body.item,
            b64u(body.salt).encode("ascii"),
        )
    for one in part.lists:
        yield b'{"index":%d,"line":"records","list":"%s","records":[%s],"salt":"%s"}' % (
            part.index,
            one.name.encode("ascii"),
            b",".join(one.leaves),
            b64u(one.salt).encode("ascii"),
        )
    for single in part.singles:
        yield canonical(
            {
                "index": part.index,
                "line": "record",
                "list": single.name,
                "n": single.n,
                "path": [b64u(one) for one in single.path],
                "position": single.position,
                "record": single.record.to_value(),
                "salt": b64u(single.salt),
            }
        )


def _opening_value(index: int, opening: Opening) -> Value:
    return {
        "cites": None if opening.cites is None else opening.cites.to_value(),
        "inbox": None if opening.inbox is None else opening.inbox.to_value(),
        "index": index,
        "line": "opening",
        "of": None if opening.of is None else opening.of.to_value(),
        "slots": [slot.to_value() for slot in opening.slots],
        "whole": opening.is_whole,
    }
