"""Checkpoints: the text by which a log names itself, its size and its root.

Extension lines are refused: ML-DSA-44 cosignatures do not cover them, and witnesses turn them away.

Standard: c2sp.org/tlog-checkpoint@v1.0.0.
"""

from __future__ import annotations

from dataclasses import dataclass

from standclear.errors import BadCheckpoint
from standclear.limits import TREE_SIZE_MAX
from standclear.tlog.merkle import EMPTY_ROOT, HASH_BYTES
from standclear.tlog.note import decode_base64, encode_base64, is_key_name, parse_decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a log says of itself at one moment: origin, number of entries, root over them."""

    origin: str
    size: int
    root: bytes


def checkpoint_text(checkpoint: Checkpoint) -> bytes:
    """The note text that is signed: three lines.

    Example:
        >>> checkpoint_text(Checkpoint(origin="log.example/a", size=0, root=EMPTY_ROOT))
        b'log.example/a\\n0\\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\\n'
    """
    assert is_key_name(checkpoint.origin)
    assert 0 <= checkpoint.size <= TREE_SIZE_MAX
    assert len(checkpoint.root) == HASH_BYTES
    return f"{checkpoint.origin}\n{checkpoint.size}\n{encode_base64(checkpoint.root)}\n".encode()


def parse_checkpoint(text: bytes) -> Checkpoint:
    """The checkpoint in a note's text, unverified. What is read is written again byte for byte.

    Raises:
        BadCheckpoint: not three lines of origin, size and root; the field and reason say what.
    """
    lines = text.split(b"\n")
    if len(lines) != 4 or lines[3]:
        raise BadCheckpoint(field="text", reason="not exactly three lines: origin, size, root")
    try:
        origin = lines[0].decode()
    except UnicodeDecodeError:
        raise BadCheckpoint(field="origin", reason="not UTF-8") from None
    if not is_key_name(origin):
        raise BadCheckpoint(field="origin", reason="empty, or with a space or a plus in it")
    try:
        size = parse_decimal(lines[1].decode("ascii"), TREE_SIZE_MAX)
    except ValueError:
        raise BadCheckpoint(field="size", reason="not a decimal number below 2^63") from None
    try:
        root = decode_base64(lines[2].decode("ascii"))
    except ValueError:
        raise BadCheckpoint(field="root", reason="not canonical base64") from None
    if len(root) != HASH_BYTES:
        raise BadCheckpoint(field="root", reason=f"{len(root)} bytes, not {HASH_BYTES}")
    if size == 0 and root != EMPTY_ROOT:
        raise BadCheckpoint(field="root", reason="not the root of the empty tree")
    return Checkpoint(origin=origin, size=size, root=root)
