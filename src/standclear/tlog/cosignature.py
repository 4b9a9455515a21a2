"""Cosignatures: the timestamped signatures of witnesses, and the post-quantum signature of the log itself.

An Ed25519 cosignature (type 0x04) signs a time and the whole note text. An ML-DSA-44 one (type 0x06) signs
the cosigner's name, a time, and the tree that the text names; so it binds nothing but origin, size and root.

The log signs its published heads with type 0x06 too, as tlog-checkpoint recommends, under its origin and
with time zero. Zero says: no statement that this is the largest tree. A log that goes on committing while
a head is being published could not make that statement honestly, and its own clock would be no evidence:
times are in the entries, and come from the witnesses.

`open_checkpoint` is how a head is read: every line of a known key must verify, lines of unknown keys are
nothing, and at least one known key must have signed.

Standard: c2sp.org/tlog-cosignature@v1.1.0-rc.1 (0x06) and v1.0.1 (0x04).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from standclear import keys
from standclear.errors import BadNote
from standclear.tlog.checkpoint import Checkpoint, parse_checkpoint
from standclear.tlog.note import (
    ED25519,
    ED25519_COSIGNATURE,
    MLDSA44_COSIGNATURE,
    Note,
    Signature,
    VerifierKey,
    is_key_name,
    note_key_id,
    parse_note,
)

TIME_S_MAX: Final = 2**63 - 1
_TIME_BYTES: Final = 8
_SUBTREE_LABEL: Final = b"subtree/v1\n\x00"
_NAME_BYTES_MAX: Final = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A key whose line on a note holds. `time_s` is the signed POSIX time; a plain signature has none."""

    key: VerifierKey
    time_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCheckpoint:
    """A checkpoint, the note that it came in, and the known keys that signed it."""

    checkpoint: Checkpoint
    note: Note
    verified: tuple[Verified, ...]


def cosign_ed25519(name: str, key: keys.SigningKey, text: bytes, time_s: int) -> Signature:
    """The cosignature line (type 0x04) of this witness over a checkpoint text, as of a POSIX time.

    One Ed25519 key MUST serve one cosigner name only: the signed bytes do not name it.
    """
    payload = _time_bytes(time_s) + key.sign(_ed25519_message(time_s, text))
    return _line(name, ED25519_COSIGNATURE, key.public, payload)


def cosign_mldsa44(name: str, key: keys.MlDsa44Key, checkpoint: Checkpoint, time_s: int) -> Signature:
    """The cosignature line (type 0x06) over a whole tree. A witness gives the time; the log gives zero."""
    payload = _time_bytes(time_s) + key.sign(_mldsa44_message(name, time_s, checkpoint))
    return _line(name, MLDSA44_COSIGNATURE, key.public, payload)


def open_checkpoint(note: bytes, known: Iterable[VerifierKey]) -> SignedCheckpoint:
    """The checkpoint in a note, if every line of a known key verifies and at least one known key signed.

    Which keys must have signed is the policy's to say (`policy.open_by_policy`).

    Raises:
        BadNote: malformed, a known line fails or stands twice, or no known key signed.
        BadCheckpoint: the text is not a checkpoint.
    """
    parsed = parse_note(note)
    checkpoint = parse_checkpoint(parsed.text)
    verified = _verify_lines(parsed, checkpoint, known)
    if not verified:
        raise BadNote(field="signatures", reason="none is of a key that is trusted here", note=note)
    return SignedCheckpoint(checkpoint=checkpoint, note=parsed, verified=verified)


def _verify_lines(note: Note, checkpoint: Checkpoint, known: Iterable[VerifierKey]) -> tuple[Verified, ...]:
    by_name = {(key.name, key.key_id): key for key in known}
    verified: dict[VerifierKey, Verified] = {}
    for line in note.signatures:
        key = by_name.get((line.name, line.key_id))
        if key is None:
            continue
        if key in verified:
            # Readers differ on which of two lines counts; a note that makes them differ is not evidence.
            raise BadNote(field="signatures", reason=f"{key.name} {key.key_id.hex()} stands twice")
        if not _line_holds(key, note.text, checkpoint, line.payload):
            raise BadNote(field="signatures", reason=f"the line of {key.name} {key.key_id.hex()} fails")
        time_s = None if key.kind == ED25519 else int.from_bytes(line.payload[:_TIME_BYTES], "big")
        verified[key] = Verified(key=key, time_s=time_s)
    return tuple(verified.values())


def _line_holds(key: VerifierKey, text: bytes, checkpoint: Checkpoint, payload: bytes) -> bool:
    if key.kind == ED25519:
        return keys.verify_ed25519(key.public, payload, text)
    time_s, signature = int.from_bytes(payload[:_TIME_BYTES], "big"), payload[_TIME_BYTES:]
    if time_s > TIME_S_MAX:
        return False
    if key.kind == ED25519_COSIGNATURE:
        return keys.verify_ed25519(key.public, signature, _ed25519_message(time_s, text))
    assert key.kind == MLDSA44_COSIGNATURE
    return _fits(key.name, checkpoint) and keys.verify_mldsa44(
        key.public, signature, _mldsa44_message(key.name, time_s, checkpoint)
    )


def _ed25519_message(time_s: int, text: bytes) -> bytes:
    return b"cosignature/v1\ntime %d\n" % time_s + text


def _mldsa44_message(cosigner: str, time_s: int, checkpoint: Checkpoint) -> bytes:
    """The TLS-presented `cosigned_message` of tlog-cosignature, for the subtree [0, size)."""
    name, origin = cosigner.encode(), checkpoint.origin.encode()
    parts: Sequence[bytes] = (
        _SUBTREE_LABEL,
        bytes([len(name)]) + name,
        _time_bytes(time_s),
        bytes([len(origin)]) + origin,
        (0).to_bytes(8, "big"),
        checkpoint.size.to_bytes(8, "big"),
        checkpoint.root,
    )
    return b"".join(parts)


def _fits(cosigner: str, checkpoint: Checkpoint) -> bool:
    """Whether both names fit their one-byte lengths; a longer one cannot have been signed."""
    return max(len(cosigner.encode()), len(checkpoint.origin.encode())) <= _NAME_BYTES_MAX


def _time_bytes(time_s: int) -> bytes:
    assert 0 <= time_s <= TIME_S_MAX
    return time_s.to_bytes(_TIME_BYTES, "big")


def _line(name: str, kind: int, public: bytes, payload: bytes) -> Signature:
    assert is_key_name(name)
    return Signature(name=name, key_id=note_key_id(name, kind, public), payload=payload)
