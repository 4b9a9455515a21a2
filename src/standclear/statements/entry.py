"""An entry: a statement with the log's own time, as it stands in the tree.

``"standclear.entry/v1\\n" || decimal(integrated_ms) || "\\n" || canonical envelope``; the leaf is RFC 6962's hash of that, so
that the time cannot be changed later without changing every later root (statement format, failure 1).
"""

from __future__ import annotations

from dataclasses import dataclass

from standclear.errors import Malformed, OverLimit
from standclear.limits import ENTRY_BYTES_MAX
from standclear.spacetime.units import FOREVER_MS
from standclear.statements.envelope import STATEMENT_TYPE, Envelope, parse_envelope

ENTRY_MARK = b"standclear.entry/v1\n"
TIME_DIGITS_MAX = len(str(FOREVER_MS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry's content: when the log integrated it (Unix milliseconds) and the envelope."""

    integrated_ms: int
    envelope: Envelope

    def to_bytes(self) -> bytes:
        return entry_bytes(self.integrated_ms, self.envelope.to_bytes())


def entry_bytes(integrated_ms: int, envelope: bytes) -> bytes:
    """An entry's bytes from its time and canonical envelope.

    Raises:
        OverLimit: more than a tile's entry bundle can hold.
    """
    text = b"%s%d\n%s" % (ENTRY_MARK, integrated_ms, envelope)
    if len(text) > ENTRY_BYTES_MAX:
        raise OverLimit("ENTRY_BYTES_MAX", ENTRY_BYTES_MAX, len(text), "put long lists into annexes")
    return text


def parse_entry(text: bytes, *, is_known: bool = False) -> Entry:
    """An entry from its bytes; anything but the one canonical form is refused.

    `is_known`: the very bytes were parsed before; whether they are canonical is not asked again.
    """
    time, line_end, envelope = text[len(ENTRY_MARK) :].partition(b"\n")
    if (
        not text.startswith(ENTRY_MARK)
        or not line_end
        or not time.isdigit()
        or len(time) > TIME_DIGITS_MAX
        or (time[:1] == b"0" and time != b"0")
        or int(time) > FOREVER_MS
    ):
        raise Malformed("entry", "not an entry of version 1", "see docs/spec/statement.md, 2")
    entry = Entry(integrated_ms=int(time), envelope=parse_envelope(envelope))
    if is_known:
        return entry
    if entry.envelope.payload_type != STATEMENT_TYPE or entry.to_bytes() != text:
        raise Malformed(
            "entry", "not the canonical text of a statement's envelope", "see docs/spec/statement.md, 2"
        )
    return entry
