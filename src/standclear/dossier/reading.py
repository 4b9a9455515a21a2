"""Reading a dossier's lines. What cannot be read is named, with its line and the entry it belongs to, and skipped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from standclear.dossier.format import (
    FORMAT,
    LEAF_BYTES,
    LISTS,
    Dossier,
    EntryPart,
    FormCommits,
    InboxLeaves,
    OpenedBody,
    Opening,
    Receipt,
    RecordList,
    SingleRecord,
    end_line,
    lines_of,
)
from standclear.errors import Malformed, StandclearError
from standclear.limits import CITES_MAX, DOSSIER_BYTES_MAX, ITEMS_MAX, RECORDS_MAX, SLOTS_MAX
from standclear.statements.canonical import Value, canonical, check_value, from_b64u, read_numbers_exact
from standclear.statements.deeds import read_record
from standclear.statements.fields import Fields, raw_reader
from standclear.statements.lists import FORMS, REF_BYTES, SaltedList, read_inbox_head, read_list, read_slot
from standclear.tlog.merkle import leaf_hash

_INDEX_MAX = 2**53 - 1  # of an entry: no larger integer stands in canonical JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A line that is not as the format says: its number (from 1), the entry before it, and why."""

    line: int
    kind: str
    entry: int | None
    reason: str


Place = tuple[int | bytes, ...]
"""Where a line stands: lines rise strictly by it, so that there is one order, and none twice."""


@dataclass(slots=True)
class _Reading:
    asks: Value = None
    claims: Value = None
    origin: str = ""
    exercise: bool = False
    note: str = ""
    parts: list[EntryPart] = field(default_factory=list)
    inboxes: list[InboxLeaves] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    hashes: tuple[bytes, ...] = ()
    openings: dict[int, Opening] = field(default_factory=dict)
    forms: dict[int, list[FormCommits]] = field(default_factory=dict)
    bodies: dict[int, list[OpenedBody]] = field(default_factory=dict)
    lists: dict[int, list[RecordList]] = field(default_factory=dict)
    singles: dict[int, list[SingleRecord]] = field(default_factory=dict)
    entry: int | None = None
    last: Place = ()


def read_dossier(text: bytes) -> tuple[Dossier, tuple[Fault, ...]]:
    """A dossier as far as it can be read, and every line that is not as the format says."""
    faults: list[Fault] = []
    if len(text) > DOSSIER_BYTES_MAX:
        return _finish(_Reading()), (
            Fault(line=0, kind="file", entry=None, reason=f"more than {DOSSIER_BYTES_MAX} bytes"),
        )
    lines = text.split(b"\n")
    if lines.pop() != b"":
        faults.append(
            Fault(line=len(lines) + 1, kind="file", entry=None, reason="it does not end with a whole line")
        )
    reading = _Reading()
    placed: list[tuple[str, int | None]] = []
    for number, line in enumerate(lines, start=1):
        kind = "unreadable"
        try:
            kind = _read_line(reading, line, number == len(lines))
        except StandclearError as error:
            kind = kind if kind != "unreadable" else _kind_of(line)
            faults.append(
                Fault(line=number, kind=kind, entry=_entry_of(line, reading), reason=_reason(error))
            )
        placed.append((kind, reading.entry))
    dossier = _finish(reading)
    if not faults:
        faults.extend(_misplaced(dossier, lines, placed))
    faults.extend(_end(text, lines))
    return dossier, tuple(faults)


def _reason(error: StandclearError) -> str:
    return f"{error.field}: {error.reason}" if isinstance(error, Malformed) else str(error)


def _kind_of(line: bytes) -> str:
    """What an unreadable line seems to be."""
    at = line.find(b'"line":"')
    word = (line[at + 8 : at + 18].split(b'"')[0] if at >= 0 else b"").decode("ascii", "replace")
    return word if word in _READERS else "unreadable"


def _entry_of(line: bytes, reading: _Reading) -> int | None:
    """The entry that an unreadable line speaks of: the one it names, or else the one before it."""
    at = line.rfind(b'"index":')
    digits = line[at + 8 : at + 24].split(b",")[0].split(b"}")[0] if at >= 0 else b""
    return int(digits) if digits.isdigit() else reading.entry


def _finish(reading: _Reading) -> Dossier:
    parts = (
        replace(
            part,
            opening=reading.openings.get(part.index),
            forms=tuple(reading.forms.get(part.index, ())),
            bodies=tuple(reading.bodies.get(part.index, ())),
            lists=tuple(reading.lists.get(part.index, ())),
            singles=tuple(reading.singles.get(part.index, ())),
        )
        for part in reading.parts
    )
    return Dossier(
        origin=reading.origin,
        exercise=reading.exercise,
        asks=reading.asks,
        claims=reading.claims,
        note=reading.note,
        entries=tuple(parts),
        inboxes=tuple(reading.inboxes),
        receipts=tuple(reading.receipts),
        hashes=reading.hashes,
    )


def _misplaced(dossier: Dossier, lines: list[bytes], placed: list[tuple[str, int | None]]) -> list[Fault]:
    """Writing what was read must give the same lines: the first that differs is out of place, or not canonical."""
    written = list(lines_of(dossier))
    if written == lines[:-1]:
        return []
    at = next((i for i, (a, b) in enumerate(zip(written, lines, strict=False)) if a != b), len(written))
    kind, entry = placed[min(at, len(placed) - 1)] if placed else ("file", None)
    return [Fault(line=at + 1, kind=kind, entry=entry, reason="not canonical, out of place, or one too many")]


def _end(text: bytes, lines: list[bytes]) -> list[Fault]:
    if not lines:
        return [Fault(line=1, kind="file", entry=None, reason="empty")]
    before = text[: len(text) - len(lines[-1]) - (1 if text.endswith(b"\n") else 0)]
    if lines[-1] == end_line(before):
        return []
    return [
        Fault(
            line=len(lines),
            kind="end",
            entry=None,
            reason="the digest is not that of the bytes before it: something was changed, added or cut off",
        )
    ]


# --- one line ---------------------------------------------------------------------------------------


def _read_line(reading: _Reading, line: bytes, is_last: bool) -> str:
    """Read one line into place and give its kind."""
    value = read_numbers_exact(line, "line")
    fields = Fields(value, "")
    kind = fields.choice("line", tuple(_READERS))
    if (kind == "end") != is_last:
        raise Malformed("line", "the last line is the end, and only the last", "")
    place = _READERS[kind](reading, fields)
    fields.done()
    if place <= reading.last:
        raise Malformed("line", f"a line of kind {kind!r} is out of its order, or stands twice", "")
    reading.last = place
    return kind


def _read_first(reading: _Reading, fields: Fields) -> Place:
    if (name := fields.take("format")) != FORMAT:
        raise Malformed("format", f"{str(name)[:40]!r} is not {FORMAT}", "")
    reading.asks = _free(fields, "asks")
    reading.claims = _free(fields, "claims")
    reading.exercise = fields.flag("exercise")
    reading.origin = fields.text("origin", 200)
    return (0,)


def _free(fields: Fields, name: str) -> Value:
    """A value that is read field by field later, or nowhere: it must be one that a canonical text may hold."""
    value = fields.take(name)
    check_value(value, name)
    return value


def _read_head(reading: _Reading, fields: Fields) -> Place:
    reading.note = fields.text("note", 600_000)
    return (1,)


def _read_entry(reading: _Reading, fields: Fields) -> Place:
    index = fields.integer("index", 0, _INDEX_MAX)
    if reading.parts and index <= reading.parts[-1].index:
        raise Malformed("index", f"entry {index} stands after entry {reading.parts[-1].index}", "")
    reading.entry = index
    part = EntryPart(index=index, text=fields.raw("entry", None))
    reading.parts.append(part)
    if fields.raw("leaf", 32) != leaf_hash(part.text):
        # The tree would show that something was changed; this shows what.
        raise Malformed(
            "leaf", "the entry does not give the leaf hash that stands beside it: one was changed", ""
        )
    return (2, index, 0)


def _of_entry(reading: _Reading, fields: Fields) -> int:
    index = fields.integer("index", 0, _INDEX_MAX)
    if index != reading.entry:
        raise Malformed("index", f"entry {index} is not the one before this line", "")
    return index


def _read_opening(reading: _Reading, fields: Fields) -> Place:
    index = _of_entry(reading, fields)
    reading.openings[index] = Opening(
        is_whole=fields.flag("whole"),
        slots=fields.many("slots", read_slot, SLOTS_MAX),
        cites=fields.one_or_none("cites", lambda one, at: read_list(one, at, REF_BYTES, CITES_MAX)),
        of=fields.one_or_none("of", lambda one, at: read_list(one, at, REF_BYTES + 4, ITEMS_MAX)),
        inbox=fields.one_or_none("inbox", read_inbox_head),
    )
    return (2, index, 1)


def _read_form(reading: _Reading, fields: Fields) -> Place:
    index = _of_entry(reading, fields)
    commits = fields.many("commits", raw_reader(32), ITEMS_MAX, least=1)
    form = FormCommits(
        form=fields.choice("form", FORMS), commits=SaltedList(salt=fields.raw("salt", 16), leaves=commits)
    )
    reading.forms.setdefault(index, []).append(form)
    return (2, index, 2, FORMS.index(form.form))


def _read_body(reading: _Reading, fields: Fields) -> Place:
    index = _of_entry(reading, fields)
    value = _free(fields, "body")
    body = OpenedBody(
        form=fields.choice("form", FORMS),
        item=fields.integer("item", 0, ITEMS_MAX),
        salt=fields.raw("salt", 32),
        text=canonical(value),
        value=value,
    )
    reading.bodies.setdefault(index, []).append(body)
    return (2, index, 3, FORMS.index(body.form), body.item)


def _read_records(reading: _Reading, fields: Fields) -> Place:
    index = _of_entry(reading, fields)
    one = RecordList(
        name=fields.choice("list", LISTS),
        salt=fields.raw("salt", 16),
        records=fields.many("records", read_record, RECORDS_MAX),
    )
    reading.lists.setdefault(index, []).append(one)
    return (2, index, 4, LISTS.index(one.name))


def _read_single(reading: _Reading, fields: Fields) -> Place:
    index = _of_entry(reading, fields)
    one = SingleRecord(
        name=fields.choice("list", LISTS),
        salt=fields.raw("salt", 16),
        n=fields.integer("n", 1, RECORDS_MAX),
        position=fields.integer("position", 0, RECORDS_MAX),
        record=fields.one("record", read_record),
        path=fields.many("path", raw_reader(32), 64),
    )
    reading.singles.setdefault(index, []).append(one)
    return (2, index, 5, LISTS.index(one.name), one.position)


def _read_inbox(reading: _Reading, fields: Fields) -> Place:
    party = fields.raw("party", 16)
    leaves = fields.many("leaves", _read_leaf, RECORDS_MAX)
    reading.inboxes.append(InboxLeaves(party=party, leaves=leaves))
    return (3, party)


def _read_leaf(value: Value, path: str) -> bytes:
    raw = from_b64u(value, None, path)
    if len(raw) not in (32, LEAF_BYTES):
        raise Malformed(path, f"neither a leaf of {LEAF_BYTES} bytes nor a leaf hash of 32", "")
    return raw


def _read_receipt(reading: _Reading, fields: Fields) -> Place:
    reading.receipts.append(Receipt(entry=fields.raw("entry", None), proof=fields.text("proof", 700_000)))
    return (4, len(reading.receipts))


def _read_proof(reading: _Reading, fields: Fields) -> Place:
    reading.hashes = fields.many("hashes", raw_reader(32), RECORDS_MAX)
    return (5,)


def _read_end(reading: _Reading, fields: Fields) -> Place:
    fields.raw("digest", 32)
    return (6,)


_READERS: dict[str, Callable[[_Reading, Fields], Place]] = {
    "dossier": _read_first,
    "head": _read_head,
    "entry": _read_entry,
    "opening": _read_opening,
    "form": _read_form,
    "body": _read_body,
    "records": _read_records,
    "record": _read_single,
    "inbox": _read_inbox,
    "receipt": _read_receipt,
    "proof": _read_proof,
    "end": _read_end,
}
