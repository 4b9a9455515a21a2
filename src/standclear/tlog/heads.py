"""The two kinds of heads that a log signs.

A *commit head* goes into receipts, at once and for every group commit: Ed25519 only.
A *published head* is what witnesses cosign and readers fetch: Ed25519 for every reader there is, ML-DSA-44
for the years after Ed25519, and a line of an unknown key so that readers keep ignoring unknown keys.

Store a published head before it leaves: its ML-DSA-44 line cannot be made again (`keys.MlDsa44Key.sign`).
"""

from __future__ import annotations

from typing import Final

from standclear.keys import MlDsa44Key, SigningKey
from standclear.tlog.checkpoint import Checkpoint, checkpoint_text
from standclear.tlog.cosignature import cosign_mldsa44
from standclear.tlog.note import ED25519, MLDSA44_COSIGNATURE, Note, Signature, VerifierKey, sign_text

GREASE_BYTES: Final = 80
_GREASE_NAME: Final = "grease.invalid"  # RFC 2606: a name that can never be anybody's
_NO_TIME: Final = 0


def commit_head(checkpoint: Checkpoint, key: SigningKey) -> Note:
    """The head of one group commit, for receipts. The same checkpoint always gives the same bytes."""
    text = checkpoint_text(checkpoint)
    return Note(text=text, signatures=(sign_text(checkpoint.origin, key, text),))


def published_head(checkpoint: Checkpoint, key: SigningKey, lasting: MlDsa44Key, grease: bytes) -> Note:
    """The head for witnesses and readers: both log signatures and a grease line, in an order by chance.

    `grease` is 80 fresh random bytes.
    """
    assert len(grease) == GREASE_BYTES
    text = checkpoint_text(checkpoint)
    lines = [sign_text(checkpoint.origin, key, text)]
    lines.insert(grease[0] % 2, cosign_mldsa44(checkpoint.origin, lasting, checkpoint, _NO_TIME))
    lines.insert(grease[1] % 3, Signature(name=_GREASE_NAME, key_id=grease[2:6], payload=grease[6:]))
    return Note(text=text, signatures=tuple(lines))


def log_keys(origin: str, key: bytes, lasting: bytes) -> tuple[VerifierKey, VerifierKey]:
    """The two public keys of a log as readers know them, by its origin: Ed25519, then ML-DSA-44."""
    return (
        VerifierKey(name=origin, kind=ED25519, public=key),
        VerifierKey(name=origin, kind=MLDSA44_COSIGNATURE, public=lasting),
    )
