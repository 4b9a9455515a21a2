"""Replies: a person's acknowledgement, and whom a party told further (AP I art. 29(2), (5); founding decision 18, 20)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from standclear.errors import Malformed
from standclear.keys import hmac_sha256
from standclear.spacetime.units import FOREVER_MS
from standclear.spacetime.volume import Volume, volume_from_value, volume_to_value
from standclear.statements.canonical import Value, b64u
from standclear.statements.fields import Fields, raw_reader, read_count, text_reader
from standclear.statements.notices import VOLUMES_MAX, Note, read_note

ACKNOWLEDGEMENT_ANSWERS = frozenset({"noted", "will_avoid", "will_adjust", "cannot_avoid", "disputed"})
MEANS = frozenset({"system", "voice", "radio", "message", "paper", "meeting", "other"})
COPY_FORMATS = frozenset({"geojson", "kml", "csv", "sheet", "other"})
COPY_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: none is taken for another
COPY_CODE_LETTERS: Final = 6


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
class HandedCopy:
    """A copy that left the desk: its code, as of when it is, until when it may be used, and which copy it supersedes (G12).

    What it shows are the header's `cites`. `areas` say what it is a copy of: in the exact form, which is for the party's own
    desks and its arrangement's monitors; the form that the owners are shown leaves them empty.
    """

    code: str
    format: str
    as_of_ms: int
    expires_ms: int
    supersedes: str | None
    areas: tuple[Volume, ...]

    def to_value(self) -> Value:
        return {
            "areas": [volume_to_value(one) for one in self.areas],
            "as_of_ms": self.as_of_ms,
            "code": self.code,
            "expires_ms": self.expires_ms,
            "format": self.format,
            "supersedes": self.supersedes,
        }


def read_handed_copy(value: Value, path: str) -> HandedCopy:
    """A copy's terms, read strictly.

    Raises:
        Malformed: a field that is not as its table says, a code of other letters, or an expiry before its as-of.
    """
    fields = Fields(value, path)
    found = HandedCopy(
        code=fields.text("code", COPY_CODE_LETTERS, COPY_CODE_LETTERS),
        format=fields.choice("format", COPY_FORMATS),
        as_of_ms=fields.integer("as_of_ms", 0, FOREVER_MS),
        expires_ms=fields.integer("expires_ms", 0, FOREVER_MS),
        supersedes=fields.one_or_none("supersedes", _read_code),
        areas=fields.many("areas", volume_from_value, VOLUMES_MAX),
    )
    fields.done()
    _read_code(found.code, f"{path}.code")
    if found.expires_ms <= found.as_of_ms:
        raise Malformed(
            f"{path}.expires_ms", "not after its as-of", "give the copy a time in which it may be used"
        )
    return found


def _read_code(value: Value, path: str) -> str:
    if type(value) is not str or len(value) != COPY_CODE_LETTERS:
        raise Malformed(
            path, f"not a text of {COPY_CODE_LETTERS} letters", "write the code as the copy says it"
        )
    if set(value) - set(COPY_LETTERS):
        raise Malformed(path, f"letters other than {COPY_LETTERS}", "write the code as the copy says it")
    return value


def code_read_back(text: str) -> str | None:
    """The copy's code in what somebody read back, however it was written down; None if there is none.

    Example:
        >>> code_read_back("k7m-2qp")
        'K7M2QP'
    """
    code = "".join(text.upper().split()).replace("-", "")
    return code if len(code) == COPY_CODE_LETTERS and not set(code) - set(COPY_LETTERS) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dissemination:
    """Whom a party told further: its own echelons, or a third party (a relay; the glossary).

    What was told: the header's `re` or `cites`. `third_party` is an enrolled party's id, `third_name` any name. `copy` says
    what they were handed, where it was a copy with a code.
    """

    echelons: tuple[str, ...]
    third_party: bytes | None
    third_name: str
    means: str
    member: str
    note: Note | None
    copy: HandedCopy | None = None

    def without_areas(self) -> Dissemination:
        """As the owners are shown it: everything, but for which areas the copy was asked."""
        return self if self.copy is None else replace(self, copy=replace(self.copy, areas=()))

    def to_value(self) -> Value:
        return {
            "copy": None if self.copy is None else self.copy.to_value(),
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
        copy=fields.one_or_none("copy", read_handed_copy),
    )
    if found.copy is not None and not found.echelons and not found.third_name:
        raise Malformed(f"{fields.path}.echelons", "a copy's holder has no name", "name who holds the copy")
    if not found.echelons and found.third_party is None and not found.third_name:
        raise Malformed(
            f"{fields.path}.echelons", "nobody is named", "name the echelons or the third party told"
        )
    return found
