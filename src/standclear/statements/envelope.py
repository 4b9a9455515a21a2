"""The DSSE envelope: exact bytes, their type, and the signatures over both.

DSSE v1.0.2 (secure-systems-lab/dsse, protocol.md). The door takes an envelope in any JSON layout; the log holds its
one canonical text: keys sorted, no spaces, signatures sorted by key id, padded standard base64. A statement's
identity is the hash of what is signed, so neither layout nor order nor a further signature makes it another one.
"""

from __future__ import annotations

import json
from base64 import b64encode
from binascii import a2b_base64, b2a_base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from standclear.errors import Malformed, OverLimit
from standclear.keys import sha256
from standclear.limits import ENTRY_BYTES_MAX, PAYLOAD_BYTES_MAX, SIGNERS_MAX
from standclear.statements.canonical import b64u, from_b64u

STATEMENT_TYPE = "application/vnd.standclear.statement+json;v=1"
REQUEST_TYPE = "application/vnd.standclear.request+json;v=1"


def pae(payload_type: str, payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding: the bytes that are signed.

    Example:
        >>> pae("http://example.com/HelloWorld", b"hello world")
        b'DSSEv1 29 http://example.com/HelloWorld 11 hello world'
    """
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature: the id of the key (32 bytes, `keys.key_id`) and the 64 bytes of Ed25519."""

    key: bytes
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Signed bytes, not yet verified: payload, its type, and signatures sorted by key id."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...]

    def signed_bytes(self) -> bytes:
        return pae(self.payload_type, self.payload)

    def sid(self) -> bytes:
        """The statement's identity: ``sha256(PAE(type, payload))``, once per log, for ever."""
        return sha256(self.signed_bytes())

    def to_bytes(self) -> bytes:
        """The canonical text, as it stands in the log."""
        signatures = b",".join(
            b'{"keyid":"%s","sig":"%s"}' % (b64u(one.key).encode("ascii"), b64encode(one.signature))
            for one in self.signatures
        )
        kind = json.dumps(self.payload_type, ensure_ascii=True).encode("ascii")
        return b'{"payload":"%s","payloadType":%s,"signatures":[%s]}' % (
            b64encode(self.payload),
            kind,
            signatures,
        )


def envelope_of(payload_type: str, payload: bytes, signatures: Sequence[Signature]) -> Envelope:
    """An envelope with its signatures in their one order."""
    ordered = tuple(sorted(signatures, key=lambda one: one.key))
    return Envelope(payload_type=payload_type, payload=payload, signatures=ordered)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("envelope", "a key stands twice", "write each key once")
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs)


def parse_envelope(text: bytes) -> Envelope:
    """An envelope from its JSON text, in any layout.

    Raises:
        Malformed, OverLimit: not DSSE, a key twice, base64 that is not exact, too many signatures, too large.
    """
    if len(text) > 2 * ENTRY_BYTES_MAX:
        raise OverLimit(
            "ENTRY_BYTES_MAX", ENTRY_BYTES_MAX, len(text), "put long lists into annexes, bodies beside"
        )
    try:
        value = _DECODER.decode(text.decode("utf-8"))
    except Malformed:
        raise
    except (ValueError, RecursionError):
        raise Malformed("envelope", "not a JSON object", "send a DSSE v1 envelope") from None
    return envelope_from_value(value)


def envelope_from_value(value: Any) -> Envelope:
    """An envelope from its parsed JSON value; unknown or missing keys are refused."""
    if type(value) is not dict or set(value) != {"payload", "payloadType", "signatures"}:
        raise Malformed(
            "envelope", "its keys are not payload, payloadType, signatures", "send a DSSE v1 envelope"
        )
    kind = value["payloadType"]
    if kind not in (STATEMENT_TYPE, REQUEST_TYPE):
        raise Malformed(
            "envelope.payloadType", f"{str(kind)[:80]!r} is not known here", f"use {STATEMENT_TYPE}"
        )
    payload = _exact_base64(value["payload"], "envelope.payload")
    if len(payload) > PAYLOAD_BYTES_MAX:
        raise OverLimit("PAYLOAD_BYTES_MAX", PAYLOAD_BYTES_MAX, len(payload), "put long lists into annexes")
    listed = value["signatures"]
    if type(listed) is not list or not 1 <= len(listed) <= SIGNERS_MAX:
        raise Malformed(
            "envelope.signatures", f"not a list of 1 to {SIGNERS_MAX}", "sign with the keys of `from.keys`"
        )
    signatures = [_signature(one, f"envelope.signatures[{place}]") for place, one in enumerate(listed)]
    if len({one.key for one in signatures}) != len(signatures):
        raise Malformed("envelope.signatures", "a key id stands twice", "each key signs once")
    return envelope_of(kind, payload, signatures)


def _signature(value: Any, path: str) -> Signature:
    if type(value) is not dict or set(value) != {"keyid", "sig"}:
        raise Malformed(path, "its keys are not keyid, sig", "send a DSSE v1 envelope")
    key = from_b64u(value["keyid"], 32, f"{path}.keyid")
    signature = _exact_base64(value["sig"], f"{path}.sig")
    if len(signature) != 64:
        raise Malformed(f"{path}.sig", "not 64 bytes", "sign with Ed25519")
    return Signature(key=key, signature=signature)


def _exact_base64(text: Any, path: str) -> bytes:
    if type(text) is str and text.isascii():
        try:
            raw = a2b_base64(text, strict_mode=True)
        except ValueError:
            raw = b""
        if b2a_base64(raw, newline=False) == text.encode("ascii"):
            return raw
    raise Malformed(path, "not standard base64 with padding", "encode the bytes by RFC 4648, 4")
