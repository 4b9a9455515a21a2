"""Signed notes: a text, and lines that sign it.

This module reads and writes the format and its plain Ed25519 signatures (type 0x01). What other signature
types sign depends on the text being a checkpoint: `cosignature` knows those, and opens notes of all types.

What was parsed can be written again byte for byte: a note whose base64 is not canonical is rejected.

Standard: c2sp.org/signed-note@v1.0.0.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from standclear import keys
from standclear.errors import BadNote, Malformed
from standclear.limits import NOTE_BYTES_MAX, NOTE_SIGNATURES_MAX

ED25519: Final = 0x01
ED25519_COSIGNATURE: Final = 0x04
MLDSA44_COSIGNATURE: Final = 0x06

PUBLIC_BYTES_OF_KIND: Final = {
    ED25519: keys.PUBLIC_KEY_BYTES,
    ED25519_COSIGNATURE: keys.PUBLIC_KEY_BYTES,
    MLDSA44_COSIGNATURE: keys.MLDSA44_PUBLIC_KEY_BYTES,
}

KEY_ID_BYTES: Final = 4
_DASH: Final = "— ".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature line: the name and 4-byte ID of the key, and what the key's algorithm wrote."""

    name: str
    key_id: bytes
    payload: bytes

    def to_bytes(self) -> bytes:
        """The line, with its newline."""
        encoded = binascii.b2a_base64(self.key_id + self.payload)
        return _DASH + self.name.encode() + b" " + encoded


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A text that ends in a newline, and the lines that sign it. Parsed, not believed."""

    text: bytes
    signatures: tuple[Signature, ...]

    def to_bytes(self) -> bytes:
        """The note as it is stored and served."""
        return self.text + b"\n" + b"".join(signature.to_bytes() for signature in self.signatures)

    def with_signatures(self, added: Iterable[Signature]) -> Note:
        """The note with more lines; a line whose key has signed already is not added again."""
        lines = list(self.signatures)
        for line in added:
            if all((line.name, line.key_id) != (present.name, present.key_id) for present in lines):
                lines.append(line)
        return Note(text=self.text, signatures=tuple(lines))


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """A key that a reader trusts: its name, its signature type, and its public half."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The 4 bytes that stand for this key on a signature line."""
        return note_key_id(self.name, self.kind, self.public)

    def to_text(self) -> str:
        """The key as a vkey."""
        encoded = binascii.b2a_base64(bytes([self.kind]) + self.public, newline=False).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"


def note_key_id(name: str, kind: int, public: bytes) -> bytes:
    """The first 4 bytes of the digest of name, signature type and public key."""
    return keys.sha256(name.encode(), b"\n", bytes([kind]), public)[:KEY_ID_BYTES]


def is_key_name(name: str) -> bool:
    """Whether a name may stand on a signature line: not empty, printable, no Unicode space, no plus."""
    return bool(name) and "+" not in name and not any(ch.isspace() or ch < " " for ch in name)


def parse_vkey(text: str) -> VerifierKey:
    """The key that a vkey names, of a signature type this project verifies.

    Raises:
        Malformed: not a vkey, an unknown type, a weak key, or an ID that is not the key's.
    """
    remedy = "copy the verifier key again, whole, from who published it"
    parts = text.split("+", 2)
    if len(parts) != 3 or not is_key_name(parts[0]):
        raise Malformed("vkey", "is not name+id+key", remedy)
    try:
        material = decode_base64(parts[2])
    except ValueError:
        raise Malformed("vkey", "the key is not canonical base64", remedy) from None
    kind, public = material[0] if material else 0, material[1:]
    if len(public) != PUBLIC_BYTES_OF_KIND.get(kind):
        raise Malformed("vkey", f"type 0x{kind:02x} with {len(public)} bytes is no key known here", remedy)
    if kind != MLDSA44_COSIGNATURE:
        keys.check_public_key(public)
    key = VerifierKey(name=parts[0], kind=kind, public=public)
    if parts[1] != key.key_id.hex():
        raise Malformed("vkey", f"the ID should be {key.key_id.hex()}", remedy)
    return key


def parse_note(note: bytes) -> Note:
    """The text and signature lines of a note, unverified.

    Raises:
        BadNote: it is not of the format, or over a limit.
    """
    if len(note) > NOTE_BYTES_MAX:
        raise BadNote(field="note", reason=f"more than {NOTE_BYTES_MAX} bytes")
    _require_text(note)
    split = note.rfind(b"\n\n")
    if split < 0 or not note.endswith(b"\n"):
        raise BadNote(field="note", reason="no blank line before signature lines that end in a newline")
    lines = note[split + 2 :].split(b"\n")[:-1]
    if not lines:
        raise BadNote(field="signatures", reason="none")
    if len(lines) > NOTE_SIGNATURES_MAX:
        raise BadNote(field="signatures", reason=f"more than {NOTE_SIGNATURES_MAX}")
    return Note(text=note[: split + 1], signatures=tuple(parse_signature_line(line) for line in lines))


def parse_signature_line(line: bytes) -> Signature:
    """One signature line, without its newline.

    Raises:
        BadNote: it is not of the format.
    """
    name, space, encoded = line[len(_DASH) :].partition(b" ")
    if not line.startswith(_DASH) or not space:
        raise BadNote(field="signature", reason="a line is not: dash, space, name, space, base64")
    try:
        decoded_name = name.decode()
        raw = decode_base64(encoded.decode("ascii"))
    except ValueError:
        raise BadNote(field="signature", reason="a line is not UTF-8 with canonical base64") from None
    if not is_key_name(decoded_name):
        raise BadNote(field="signature", reason="a key name is empty, or has a space or a plus in it")
    if len(raw) <= KEY_ID_BYTES:
        raise BadNote(field="signature", reason="a line holds no more than a key ID")
    return Signature(name=decoded_name, key_id=raw[:KEY_ID_BYTES], payload=raw[KEY_ID_BYTES:])


def sign_text(name: str, key: keys.SigningKey, text: bytes) -> Signature:
    """The plain Ed25519 signature line (type 0x01) of this key over a note's text."""
    assert is_key_name(name)
    assert text.endswith(b"\n")
    return Signature(name=name, key_id=note_key_id(name, ED25519, key.public), payload=key.sign(text))


def decode_base64(text: str) -> bytes:
    """Standard base64 with padding, in its one canonical spelling.

    Raises:
        ValueError: anything else.
    """
    raw = binascii.a2b_base64(text, strict_mode=True)
    if encode_base64(raw) != text:
        raise ValueError("not canonical base64")
    return raw


def encode_base64(raw: bytes) -> str:
    """Standard base64 with padding, on one line."""
    return binascii.b2a_base64(raw, newline=False).decode()


def parse_decimal(text: str, most: int) -> int:
    """A whole number in ASCII decimal without sign or leading zeros, at most `most`.

    Raises:
        ValueError: anything else.
    """
    if not (text.isascii() and text.isdigit()) or (text[0] == "0" and text != "0") or len(text) > 20:
        raise ValueError("not a canonical decimal number")
    number = int(text)
    if number > most:
        raise ValueError(f"more than {most}")
    return number


def _require_text(note: bytes) -> None:
    try:
        note.decode()
    except UnicodeDecodeError:
        raise BadNote(field="note", reason="not UTF-8") from None
    if any(byte < 0x20 and byte != 0x0A for byte in set(note)):
        raise BadNote(field="note", reason="a control character other than newline")
