"""Receipts: a proof, in one file, that an entry is in a log.

The extra bytes are opaque and unauthenticated. Only what hashes to the leaf may be believed.

Standard: c2sp.org/tlog-proof (untagged; as of 2026-07-22).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from standclear.errors import BadInclusion
from standclear.limits import NOTE_BYTES_MAX, PROOF_EXTRA_BYTES_MAX, PROOF_HASHES_MAX, TREE_SIZE_MAX
from standclear.tlog.cosignature import SignedCheckpoint
from standclear.tlog.merkle import HASH_BYTES, verify_inclusion
from standclear.tlog.note import decode_base64, encode_base64, parse_decimal
from standclear.tlog.policy import Policy, open_by_policy

_HEADER: Final = b"c2sp.org/tlog-proof@v1"
_BYTES_MAX: Final = NOTE_BYTES_MAX + 2 * PROOF_EXTRA_BYTES_MAX + 64 * PROOF_HASHES_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class TlogProof:
    """Where an entry is, the hashes from it to the root, and the signed head that names the root.

    `checkpoint_note` is kept as it came, verbatim. `extra` is None where the file has no such line.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint_note: bytes
    extra: bytes | None = None

    def to_bytes(self) -> bytes:
        """The proof as a `.tlog-proof` file."""
        assert 0 <= self.index < TREE_SIZE_MAX
        assert len(self.hashes) <= PROOF_HASHES_MAX
        lines = [_HEADER.decode()]
        if self.extra is not None:
            assert len(self.extra) <= PROOF_EXTRA_BYTES_MAX
            lines.append("extra " + encode_base64(self.extra))
        lines.append(f"index {self.index}")
        lines += [encode_base64(hash_) for hash_ in self.hashes]
        return "\n".join(lines).encode() + b"\n\n" + self.checkpoint_note


def parse_proof(file: bytes) -> TlogProof:
    """The proof in a `.tlog-proof` file, unverified. What is read is written again byte for byte.

    Raises:
        BadInclusion: it is not of the format; the field and reason say what.
    """
    if len(file) > _BYTES_MAX:
        raise BadInclusion(field="proof", reason=f"more than {_BYTES_MAX} bytes")
    head, blank, checkpoint_note = file.partition(b"\n\n")
    lines = head.split(b"\n")
    if lines.pop(0) != _HEADER:
        raise BadInclusion(field="header", reason=f"is not {_HEADER.decode()}")
    if not blank or not checkpoint_note:
        raise BadInclusion(field="checkpoint", reason="missing")
    extra = None
    if lines and lines[0].startswith(b"extra "):
        extra = _decoded("extra", lines.pop(0)[len("extra ") :])
        if len(extra) > PROOF_EXTRA_BYTES_MAX:
            raise BadInclusion(field="extra", reason=f"more than {PROOF_EXTRA_BYTES_MAX} bytes")
    index = _index(lines.pop(0) if lines else b"")
    if len(lines) > PROOF_HASHES_MAX:
        raise BadInclusion(field="hashes", reason=f"more than {PROOF_HASHES_MAX}")
    hashes = tuple(_decoded("hashes", line) for line in lines)
    if any(len(hash_) != HASH_BYTES for hash_ in hashes):
        raise BadInclusion(field="hashes", reason=f"one is not {HASH_BYTES} bytes")
    return TlogProof(index=index, hashes=hashes, checkpoint_note=checkpoint_note, extra=extra)


def verify_proof(proof: TlogProof, leaf: bytes, policy: Policy) -> SignedCheckpoint:
    """The entry with this leaf hash is in a log that the policy believes; the head that shows it.

    1. The caller has computed the leaf hash from the entry.
    2. The head is signed by a log of the policy, and 3. cosigned by its quorum.
    4. The hashes lead from the leaf to the root of that head.

    Raises:
        BadNote, BadCheckpoint, QuorumMissed: 2 or 3 does not hold.
        BadInclusion: 4 does not hold.
    """
    signed = open_by_policy(proof.checkpoint_note, policy)
    verify_inclusion(leaf, proof.index, signed.checkpoint.size, proof.hashes, signed.checkpoint.root)
    return signed


def _index(line: bytes) -> int:
    if not line.startswith(b"index "):
        raise BadInclusion(field="index", reason="missing")
    try:
        return parse_decimal(line[len("index ") :].decode("ascii"), TREE_SIZE_MAX - 1)
    except ValueError:
        raise BadInclusion(field="index", reason="not a decimal number below 2^63 - 1") from None


def _decoded(field: str, text: bytes) -> bytes:
    try:
        return decode_base64(text.decode("ascii"))
    except ValueError:
        raise BadInclusion(field=field, reason="not canonical base64") from None
