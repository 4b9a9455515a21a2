"""Replies: a person's acknowledgement, and whom a party told further (AP I art. 29(2), (5); founding decision 18, 20)."""

from __future__ import annotations

from dataclasses import dataclass

from standclear.errors import Malformed
from standclear.keys import hmac_sha256
from standclear.spacetime.units import FOREVER_MS
from standclear.statements.canonical import Value, b64u
from standclear.statements.fields import Fields, raw_reader, read_count, text_reader
from standclear.statements.notices import Note, read_note

ACKNOWLEDGEMENT_ANSWERS = frozenset({"noted", "will_avoid", "will_adjust", "cannot_avoid", "disputed"})
MEANS = frozenset({"system", "voice", "radio", "message", "paper", "meeting", "other"})


def acknowledgement_tag(body_salt: bytes, sid: bytes) -> bytes:
    """What only a holder of the opened body can compute: ``HMAC-SHA-256(salt, "standclear/ack/v1\\n" || sid)``.

    It shows that exactly this content was open where the acknowledgement was made.
    """
    return hmac_sha256(body_salt, b"standclear/ack/v1\n" + sid)


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRange:
    """Releases [start, end) of the acknowledging party's own inbox: how a whole dispatch is answered at once."""

    start: int
    end: int

    def to_value(self) -> Value:
        return {"end": self.end, "start": self.start}


def _read_range(value: Value, path: str) -> InboxRange:
    fields = Fields(value, path)
    found = InboxRange(start=fields.integer("start"), end=fields.integer("end"))
    fields.done()
    if found.start >= found.end:
        raise Malformed(path, "ends before it starts", "write [start, end) with start below end")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """A person on a duty desk has read it. Never given by a machine, never by a transport.

    What is acknowledged: the statements in the header's `re`, the items in its `cites`, or `span` of the own inbox less
    the items in `exceptions` (inbox positions). With `re` naming an own activity, `cites` are what it is now aware of.
    `member` is a pseudonym of the party's own register; `opened_ms` is when the text was opened, null if unknown.
    """

    answer: str
    member: str
    opened_ms: int | None
    span: InboxRange | None
    exceptions: tuple[int, ...]
    tags: tuple[bytes, ...]
    note: Note | None

    def to_value(self) -> Value:
        return {
            "answer": self.answer,
            "exceptions": list(self.exceptions),
            "member": self.member,
            "note": None if self.note is None else self.note.to_value(),
            "opened_ms": self.opened_ms,
            "span": None if self.span is None else self.span.to_value(),
            "tags": [b64u(tag) for tag in self.tags],
            "type": "acknowledgement",
        }


def read_acknowledgement(fields: Fields) -> Acknowledgement:
    return Acknowledgement(
        answer=fields.choice("answer", ACKNOWLEDGEMENT_ANSWERS),
        member=fields.text("member", 64, 1),
        opened_ms=fields.integer_or_none("opened_ms", 0, FOREVER_MS),
        span=fields.one_or_none("span", _read_range),
        exceptions=fields.many("exceptions", read_count, 4_096),
        tags=fields.many("tags", raw_reader(32), 16),
        note=fields.one_or_none("note", read_note),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Dissemination:
    """Whom a party told further: its own echelons, or a third party (a relay; the glossary).

    What was told: the header's `re` or `cites`. `third_party` is an enrolled party's id, `third_name` any name.
    """

    echelons: tuple[str, ...]
    third_party: bytes | None
    third_name: str
    means: str
    member: str
    note: Note | None

    def to_value(self) -> Value:
        return {
            "echelons": list(self.echelons),
            "means": self.means,
            "member": self.member,
            "note": None if self.note is None else self.note.to_value(),
            "third_name": self.third_name,
            "third_party": None if self.third_party is None else b64u(self.third_party),
            "type": "dissemination",
        }


def read_dissemination(fields: Fields) -> Dissemination:
    found = Dissemination(
        echelons=fields.many("echelons", text_reader(200), 64),
        third_party=fields.raw_or_none("third_party", 16),
        third_name=fields.text("third_name", 200),
        means=fields.choice("means", MEANS),
        member=fields.text("member", 64, 1),
        note=fields.one_or_none("note", read_note),
    )
    if not found.echelons and found.third_party is None and not found.third_name:
        raise Malformed(
            f"{fields.path}.echelons", "nobody is named", "name the echelons or the third party told"
        )
    return found
