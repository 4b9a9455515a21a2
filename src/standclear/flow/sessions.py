"""Sessions: a desk proves itself once a watch by signing the service's challenge, and is known by a token until then.

1. The service gives a challenge: a nonce that it can recognise without keeping it.
2. The desk signs `{desk, key, log, nonce, party, purpose, stated_ms}` as a DSSE envelope of the request type, with one
   enrolled key of a person or a machine.
3. The service checks it, once for each nonce, and answers with a token of 256 random bits, of which it keeps the hash.
4. Each request shows the token. A session ends with its time, its key's retirement or revocation, or the process.

Nothing here is logged or durable: a session gives nothing that the key would not give again.
"""

from __future__ import annotations

from dataclasses import dataclass

from standclear.errors import (
    BadSignature,
    Malformed,
    NotPermitted,
    OverLimit,
    UnknownKey,
    UnknownSession,
    WrongLog,
)
from standclear.keys import equal_in_constant_time, hmac_sha256, sha256, verify_ed25519
from standclear.limits import CHALLENGE_MS, SESSION_MS, SESSION_REQUEST_BYTES, SESSIONS_PER_KEY_MAX
from standclear.spacetime.units import FOREVER_MS
from standclear.statements.canonical import Value, b64u, canonical, read_canonical
from standclear.statements.compose import Fresh
from standclear.statements.envelope import REQUEST_TYPE, Envelope, parse_envelope
from standclear.statements.fields import Fields
from standclear.statements.roll import KeyStanding, Roll

PURPOSES = frozenset({"session"})
SEATED = frozenset({"person", "machine"})
"""Roles of keys that sit at a desk. A root key is kept offline and never opens a session."""

_TIME_BYTES = 8
_CHANCE_BYTES = 8
_MARK_BYTES = 16
NONCE_BYTES = _TIME_BYTES + _CHANCE_BYTES + _MARK_BYTES
TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A nonce to be signed before its time is over, for this log."""

    nonce: bytes
    log: bytes
    expires_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRequest:
    """What a desk signs to prove itself. `key` is the id of the key that signs."""

    log: bytes
    nonce: bytes
    party: bytes
    desk: bytes
    key: bytes
    stated_ms: int

    def to_bytes(self) -> bytes:
        """The canonical payload."""
        value: Value = {
            "desk": b64u(self.desk),
            "key": b64u(self.key),
            "log": b64u(self.log),
            "nonce": b64u(self.nonce),
            "party": b64u(self.party),
            "purpose": "session",
            "stated_ms": self.stated_ms,
        }
        return canonical(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A desk that has proven itself, until `expires_ms`. `number` tells two sessions of one key apart."""

    number: int
    party: bytes
    desk: bytes
    key: bytes
    role: str
    expires_ms: int


def parse_request(text: bytes) -> tuple[SessionRequest, Envelope]:
    """A signed request for a session; the signature is not verified yet.

    Raises:
        OverLimit, Malformed: too large, not an envelope of the request type, not canonical, a field missing or unknown.
    """
    if len(text) > SESSION_REQUEST_BYTES:
        raise OverLimit("SESSION_REQUEST_BYTES", SESSION_REQUEST_BYTES, len(text), "send the envelope alone")
    envelope = parse_envelope(text)
    if envelope.payload_type != REQUEST_TYPE:
        raise Malformed("envelope.payloadType", "not a request", f"use {REQUEST_TYPE}")
    fields = Fields(read_canonical(envelope.payload, "payload"), "payload")
    fields.choice("purpose", PURPOSES)
    request = SessionRequest(
        log=fields.raw("log", 32),
        nonce=fields.raw("nonce", NONCE_BYTES),
        party=fields.raw("party", 16),
        desk=fields.raw("desk", 16),
        key=fields.raw("key", 32),
        stated_ms=fields.integer("stated_ms", 0, FOREVER_MS),
    )
    fields.done()
    return request, envelope


def check_request(request: SessionRequest, envelope: Envelope, roll: Roll, now_ms: int) -> KeyStanding:
    """The standing of the one key that signed, which counts now and sits at the desk that it names.

    Raises:
        WrongLog, UnknownKey, NotPermitted, BadSignature.
    """
    if request.log != roll.log:
        raise WrongLog(field="payload.log", remedy="sign the challenge of this log")
    if tuple(one.key for one in envelope.signatures) != (request.key,):
        raise BadSignature(field="payload.key", reason="not exactly the one key that signed")
    standing = find_counting(roll, request.key, now_ms)
    if standing is None:
        raise UnknownKey(
            field="payload.key", key=request.key.hex()[:16], remedy="sign with an enrolled key of the desk"
        )
    if standing.role not in SEATED:
        raise NotPermitted(
            field="payload.key", reason="a root key opens no session", remedy="sign with a desk's key"
        )
    if (standing.party, standing.desk) != (request.party, request.desk):
        raise NotPermitted(field="payload.desk", reason="the key is of another party or desk")
    if not verify_ed25519(standing.public, envelope.signatures[0].signature, envelope.signed_bytes()):
        raise BadSignature(field="envelope.signatures", key=request.key.hex()[:16])
    return standing


def find_counting(roll: Roll, key: bytes, now_ms: int) -> KeyStanding | None:
    """A key's standing if it is enrolled, not revoked, and not retired beyond its drain; else None."""
    standing = roll.keys.get(key)
    if standing is None or standing.revoked_index is not None:
        return None
    if standing.drain_until_ms is not None and now_ms > standing.drain_until_ms:
        return None
    return standing


class Sessions:
    """The open sessions of one process. Owned by the event loop's thread."""

    def __init__(self, roll: Roll, fresh: Fresh) -> None:
        self._roll = roll
        self._fresh = fresh
        self._secret = fresh(32)
        self._open: dict[bytes, Session] = {}
        self._of_key: dict[bytes, list[bytes]] = {}
        self._answered: dict[bytes, int] = {}
        self._opened = 0

    def __len__(self) -> int:
        return len(self._open)

    def challenge(self, now_ms: int) -> Challenge:
        """A fresh nonce. It is not kept: a flood of questions fills nothing."""
        assert self._roll.log is not None
        expires_ms = now_ms + CHALLENGE_MS
        unmarked = expires_ms.to_bytes(_TIME_BYTES, "big") + self._fresh(_CHANCE_BYTES)
        return Challenge(nonce=unmarked + self._mark(unmarked), log=self._roll.log, expires_ms=expires_ms)

    def open(self, text: bytes, now_ms: int) -> tuple[bytes, Session]:
        """The token of a new session, and the session.

        Raises:
            Refused: the request is not whole, not signed by a counting key, or its nonce is not ours, old, or used.
        """
        request, envelope = parse_request(text)
        self._check_nonce(request.nonce, now_ms)
        standing = check_request(request, envelope, self._roll, now_ms)
        self._answered[request.nonce] = int.from_bytes(request.nonce[:_TIME_BYTES], "big")
        token = self._fresh(TOKEN_BYTES)
        self._opened += 1
        session = Session(
            number=self._opened,
            party=standing.party,
            desk=standing.desk,
            key=request.key,
            role=standing.role,
            expires_ms=now_ms + SESSION_MS,
        )
        self._keep(sha256(token), session)
        return token, session

    def read(self, token: bytes, now_ms: int) -> Session:
        """The session of a token.

        Raises:
            UnknownSession: none, or it has ended.
        """
        name = sha256(token)
        session = self._open.get(name)
        if session is None or not self.is_open(session, now_ms):
            if session is not None:
                self._drop(name, session)
            raise UnknownSession(remedy="prove the desk's key again: GET /v1/challenge, POST /v1/sessions")
        return session

    def is_open(self, session: Session, now_ms: int) -> bool:
        """Whether the time of a session is not over and its key still counts."""
        return now_ms <= session.expires_ms and find_counting(self._roll, session.key, now_ms) is not None

    def end(self, token: bytes) -> None:
        """End a session now; ending it twice is the same as once."""
        name = sha256(token)
        session = self._open.get(name)
        if session is not None:
            self._drop(name, session)

    def _mark(self, unmarked: bytes) -> bytes:
        return hmac_sha256(self._secret, unmarked)[:_MARK_BYTES]

    def _check_nonce(self, nonce: bytes, now_ms: int) -> None:
        self._answered = {one: until for one, until in self._answered.items() if until >= now_ms}
        unmarked, mark = nonce[:-_MARK_BYTES], nonce[-_MARK_BYTES:]
        is_ours = equal_in_constant_time(self._mark(unmarked), mark)
        is_fresh = now_ms <= int.from_bytes(nonce[:_TIME_BYTES], "big") and nonce not in self._answered
        if not (is_ours and is_fresh):
            raise Malformed(
                "payload.nonce",
                "not a fresh challenge of this service",
                "ask GET /v1/challenge, sign at once",
            )

    def _keep(self, name: bytes, session: Session) -> None:
        mine = self._of_key.setdefault(session.key, [])
        while len(mine) >= SESSIONS_PER_KEY_MAX:
            self._drop(mine[0], self._open[mine[0]])
        mine.append(name)
        self._open[name] = session

    def _drop(self, name: bytes, session: Session) -> None:
        del self._open[name]
        self._of_key[session.key].remove(name)
