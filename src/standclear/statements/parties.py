"""Who may speak: the charter of a log, and the enrolment, retirement and revocation of parties, desks and keys.

Keys name seats, never people; which person holds a seat is the party's own register (statement format, failure 26).
"""

from __future__ import annotations

from dataclasses import dataclass

from standclear.errors import Malformed
from standclear.keys import sha256
from standclear.spacetime.units import FOREVER_MS
from standclear.statements.canonical import Value, b64u
from standclear.statements.fields import Fields, raw_reader, text_reader

PARTY_TYPES = frozenset(
    {
        "state_armed_force", "non_state_armed_group", "un_agency", "ingo", "ngo", "red_cross_red_crescent",
        "civil_aviation", "maritime_authority", "monitor", "depositary", "alliance", "service",
    }
)  # fmt: skip
KEY_ROLES = frozenset({"root", "person", "machine"})
"""A machine key hands over and files; it never acknowledges (G18). A root key enrols and revokes."""

NAME_MAX = 200
DESKS_MAX = 64
KEYS_MAX = 64


def party_id(root_public: bytes) -> bytes:
    """A party's id in every log: the first 16 bytes of a hash of its root key."""
    return sha256(b"standclear/party/v1\n", root_public)[:16]


def keyless_id(log: bytes, name: str) -> bytes:
    """The id, in one log, of a party without a key: the first 16 bytes of a hash of the log and its name."""
    return sha256(b"standclear/keyless/v1\n", log, name.encode("utf-8"))[:16]


def desk_id(party: bytes, name: str) -> bytes:
    """A desk's id in every log: the first 16 bytes of a hash of its party and name."""
    return sha256(b"standclear/desk/v1\n", party, name.encode("utf-8"))[:16]


def possession_bytes(log: bytes | None, party: bytes, public: bytes) -> bytes:
    """What a new key signs to show that somebody holds it: ``"standclear/possession/v1\\n" || log || party || key``."""
    return b"standclear/possession/v1\n" + (log or bytes(32)) + party + public


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatKey:
    """A key being enrolled: its seat's name, its role, the public key, and its signature of possession."""

    seat: str
    role: str
    public: bytes
    possession: bytes

    def to_value(self) -> Value:
        return {
            "possession": b64u(self.possession),
            "public": b64u(self.public),
            "role": self.role,
            "seat": self.seat,
        }


def _read_seat_key(value: Value, path: str) -> SeatKey:
    fields = Fields(value, path)
    key = SeatKey(
        seat=fields.text("seat", NAME_MAX, 1),
        role=fields.choice("role", KEY_ROLES),
        public=fields.raw("public", 32),
        possession=fields.raw("possession", 64),
    )
    fields.done()
    return key


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskEnrolment:
    """A desk, how to reach it, and keys for its seats."""

    name: str
    phones: tuple[str, ...]
    keys: tuple[SeatKey, ...]

    def to_value(self) -> Value:
        return {"keys": [key.to_value() for key in self.keys], "name": self.name, "phones": list(self.phones)}


def _read_desk(value: Value, path: str) -> DeskEnrolment:
    fields = Fields(value, path)
    desk = DeskEnrolment(
        name=fields.text("name", NAME_MAX, 1),
        phones=fields.many("phones", text_reader(60), 8),
        keys=fields.many("keys", _read_seat_key, KEYS_MAX),
    )
    fields.done()
    return desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Charter:
    """Entry 0: what this log is, whose service keeps it, and whether it is an exercise.

    `service_root` and `service_key` are the service's own keys: the first admits parties (it signs each first
    enrolment together with the party's root), the second signs the service's deeds.
    """

    origin: str
    name: str
    exercise: bool
    service_name: str
    service_root: bytes
    service_key: SeatKey
    log_keys: tuple[str, ...]

    def to_value(self) -> Value:
        return {
            "exercise": self.exercise,
            "log_keys": list(self.log_keys),
            "name": self.name,
            "origin": self.origin,
            "service_key": self.service_key.to_value(),
            "service_name": self.service_name,
            "service_root": b64u(self.service_root),
            "type": "charter",
        }


def read_charter(fields: Fields) -> Charter:
    """A charter's body. An exercise log's origin and name say so: neither can be taken for a real one."""
    charter = Charter(
        origin=fields.text("origin", NAME_MAX, 1),
        name=fields.text("name", NAME_MAX, 1),
        exercise=fields.flag("exercise"),
        service_name=fields.text("service_name", NAME_MAX, 1),
        service_root=fields.raw("service_root", 32),
        service_key=fields.one("service_key", _read_seat_key),
        log_keys=fields.many("log_keys", text_reader(4_000), 8, least=1),
    )
    if charter.exercise != charter.name.startswith("EXERCISE"):
        raise Malformed(
            fields.path + ".name", "an exercise log's name begins EXERCISE, and only such a one's", ""
        )
    if charter.exercise != charter.origin.startswith("exercise."):
        raise Malformed(
            fields.path + ".origin", "an exercise log's origin begins exercise., and only such a one's", ""
        )
    return charter


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A party with its root key, and desks with keys. Said again by the root key, it adds desks and keys.

    `root` None: a party without a key (G1). It is *addressed*, or *represented* by the party named, which reads what is
    released to it and answers for it by contacts. It signs nothing, ever; its desks have numbers, and no keys.
    """

    name: str
    party_type: str
    root: bytes | None
    represented_by: bytes | None
    desks: tuple[DeskEnrolment, ...]

    def to_value(self) -> Value:
        return {
            "desks": [desk.to_value() for desk in self.desks],
            "name": self.name,
            "party_type": self.party_type,
            "represented_by": None if self.represented_by is None else b64u(self.represented_by),
            "root": None if self.root is None else b64u(self.root),
            "type": "enrolment",
        }


def read_enrolment(fields: Fields) -> Enrolment:
    body = Enrolment(
        name=fields.text("name", NAME_MAX, 1),
        party_type=fields.choice("party_type", PARTY_TYPES),
        root=fields.raw_or_none("root", 32),
        represented_by=fields.raw_or_none("represented_by", 16),
        desks=fields.many("desks", _read_desk, DESKS_MAX),
    )
    if body.root is not None and body.represented_by is not None:
        raise Malformed(
            f"{fields.path}.represented_by", "a party with a key answers for itself", "write null"
        )
    if body.root is None and any(desk.keys for desk in body.desks):
        raise Malformed(
            f"{fields.path}.desks", "a party without a root key has no keys", "leave its desks' keys out"
        )
    return body


def enrolled_id(log: bytes, body: Enrolment) -> bytes:
    """The id of the party that an enrolment speaks of."""
    return keyless_id(log, body.name) if body.root is None else party_id(body.root)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retirement:
    """Keys that stop: what they signed may still be integrated until `drain_until_ms` (the log's time)."""

    keys: tuple[bytes, ...]
    drain_until_ms: int

    def to_value(self) -> Value:
        return {
            "drain_until_ms": self.drain_until_ms,
            "keys": [b64u(key) for key in self.keys],
            "type": "retirement",
        }


def read_retirement(fields: Fields) -> Retirement:
    return Retirement(
        keys=fields.many("keys", raw_reader(32), KEYS_MAX, least=1),
        drain_until_ms=fields.integer("drain_until_ms", 0, FOREVER_MS),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """Keys that are lost or stolen: nothing later counts, and nothing earlier is touched."""

    keys: tuple[bytes, ...]
    reason: str

    def to_value(self) -> Value:
        return {"keys": [b64u(key) for key in self.keys], "reason": self.reason, "type": "revocation"}


REVOCATION_REASONS = frozenset({"lost", "stolen", "captured", "misused", "left_seat", "unspecified"})


def read_revocation(fields: Fields) -> Revocation:
    return Revocation(
        keys=fields.many("keys", raw_reader(32), KEYS_MAX, least=1),
        reason=fields.choice("reason", REVOCATION_REASONS),
    )
