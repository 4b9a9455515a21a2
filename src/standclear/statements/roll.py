"""The roll: a fold over the open statements that says which keys speak for whom, at each index of the log.

A key counts from its enrolment on, until it is retired (with a drain) or revoked, judged by the log's order and time
and never retroactively (founding decision 6). Faults of a key's chain are findings, never refusals: a gap convicts nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from standclear.errors import BadSignature, Malformed, NotPermitted, UnknownKey, UnknownParty, WrongLog
from standclear.keys import check_public_key, key_id, verify_ed25519
from standclear.statements.bodies import Body
from standclear.statements.envelope import Envelope
from standclear.statements.header import Header
from standclear.statements.keyless import PartyStanding, check_keyless, check_name, roots_that_sign
from standclear.statements.parties import (
    Charter,
    DeskEnrolment,
    Enrolment,
    Retirement,
    Revocation,
    SeatKey,
    desk_id,
    enrolled_id,
    party_id,
    possession_bytes,
)

SERVICE_DESK = "service"
ROOT_DESK = bytes(16)
"""A root key speaks for its party and sits at no desk."""


@dataclass(slots=True, kw_only=True)
class KeyStanding:
    """One enrolled key: whose it is, from which index, how far its chain has come, and whether it still counts."""

    public: bytes
    party: bytes
    desk: bytes
    role: str
    seat: str
    since_index: int
    next_seq: int
    last_sid: bytes
    drain_until_ms: int | None = None
    revoked_index: int | None = None

    def retire(self, drain_until_ms: int) -> None:
        """The key stops at this time of the log. A later retirement may bring the end forward, never put it off."""
        if self.drain_until_ms is None or drain_until_ms < self.drain_until_ms:
            self.drain_until_ms = drain_until_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskStanding:
    """One duty desk."""

    desk: bytes
    party: bytes
    name: str
    phones: tuple[str, ...]


class Roll:
    """Parties, desks and keys of one log, as they stand after the entries stepped through so far."""

    def __init__(self) -> None:
        self.log: bytes | None = None
        self.charter: Charter | None = None
        self.parties: dict[bytes, PartyStanding] = {}
        self.desks: dict[bytes, DeskStanding] = {}
        self.keys: dict[bytes, KeyStanding] = {}

    # --- the door ------------------------------------------------------------------------------------

    def check(
        self,
        envelope: Envelope,
        header: Header,
        body: Body | None,
        now_ms: int,
        *,
        is_verified: bool = False,
    ) -> None:
        """Refuse what is not signed by exactly the keys its header names, all of them counting now, for this log.

        `body` is the first item's, needed for a charter or a party's first enrolment, which bring their own keys.
        `is_verified`: every signature was found good under the public key of its key id already.

        Raises:
            WrongLog, UnknownParty, UnknownKey, NotPermitted, BadSignature.
        """
        if header.log != self.log:
            raise WrongLog(
                field="header.log",
                remedy="sign it anew for this log; exercise and real logs never take each other's statements",
            )
        if {one.key for one in envelope.signatures} != set(header.sender.keys):
            raise BadSignature(
                field="header.from.keys",
                reason="not exactly the keys that signed",
                remedy="sign with each key that the header names, and no other",
            )
        publics = self._publics(header, body, now_ms)
        signed = envelope.signed_bytes()
        for one in envelope.signatures:
            if not is_verified and not verify_ed25519(publics[one.key], one.signature, signed):
                raise BadSignature(
                    field="envelope.signatures", key=one.key.hex()[:16], remedy="sign these very bytes again"
                )

    def _publics(self, header: Header, body: Body | None, now_ms: int) -> dict[bytes, bytes]:
        if isinstance(body, Charter):
            if party_id(body.service_root) != header.sender.party:
                raise Malformed(
                    "header.from.party", "not the hash of the service's root key", "derive it from the root"
                )
            return _own_keys(header, (body.service_root, body.service_key.public))
        if isinstance(body, Enrolment) and body.root is None:
            return self._keyless_publics(header, body, now_ms)
        if isinstance(body, Enrolment) and header.sender.party not in self.parties:
            assert self.charter is not None
            assert body.root is not None
            if party_id(body.root) != header.sender.party:
                raise Malformed(
                    "header.from.party", "not the hash of the root key enrolled", "derive it from the root"
                )
            return _own_keys(header, (body.root, self.charter.service_root))
        if header.sender.party not in self.parties:
            raise UnknownParty(field="header.from.party", remedy="enrol the party first")
        if self.parties[header.sender.party].root is None:
            raise NotPermitted(
                field="header.from.party",
                reason="the party has no key: nobody signs for it",
                remedy="say as a contact of your own what it answered",
            )
        counting = {key: self._counting(key, header, now_ms) for key in header.sender.keys}
        if isinstance(body, Retirement | Revocation):
            self._check_ending(header, body.keys)
        return {key: standing.public for key, standing in counting.items()}

    def _keyless_publics(self, header: Header, body: Enrolment, now_ms: int) -> dict[bytes, bytes]:
        assert self.log is not None
        roots = roots_that_sign(header, body, self.log, self.service_party(), self.parties)
        expected = tuple(key_id(root) for root in roots)
        if header.sender.keys != expected or header.sender.desk != ROOT_DESK:
            raise BadSignature(
                field="header.from.keys",
                reason="not the root keys of those who say it: the representative's, then the service's",
                remedy="sign with each of them, from no desk",
            )
        return {key: self._still_counting(key, now_ms).public for key in expected}

    def _counting(self, key: bytes, header: Header, now_ms: int) -> KeyStanding:
        standing = self._still_counting(key, now_ms)
        if standing.party != header.sender.party or standing.desk != header.sender.desk:
            raise NotPermitted(field="header.from", reason="the key is of another party or desk")
        needs_root = header.kind in ("enrolment", "charter")
        if needs_root != (standing.role == "root") and header.kind not in (
            "retirement",
            "revocation",
            "deeds",
        ):
            raise NotPermitted(
                field="header.from.keys",
                reason=f"a {header.kind} is signed by a {'root' if needs_root else 'desk'} key",
                remedy="sign with that key",
            )
        return standing

    def _still_counting(self, key: bytes, now_ms: int) -> KeyStanding:
        standing = self.keys.get(key)
        if standing is None:
            raise UnknownKey(
                field="header.from.keys", key=key.hex()[:16], remedy="enrol the key, or sign with another"
            )
        if standing.revoked_index is not None:
            raise UnknownKey(
                field="header.from.keys", key=key.hex()[:16], reason="revoked", remedy="sign with another"
            )
        if standing.drain_until_ms is not None and now_ms > standing.drain_until_ms:
            raise UnknownKey(
                field="header.from.keys", key=key.hex()[:16], reason="retired", remedy="sign with another"
            )
        return standing

    def _check_ending(self, header: Header, keys: Sequence[bytes]) -> None:
        """A root key ends any key of its party; a person's any but the root; a machine's only itself.

        Whoever captures a machine can so take nothing but that machine from its party; a desk mate can end a lost
        device at once, without the capital.
        """
        role = self.keys[header.sender.keys[0]].role
        for key in keys:
            ended = self.keys.get(key)
            is_own = key == header.sender.keys[0]
            is_root = ended is not None and ended.role == "root"
            if not is_own and (role == "machine" or (role == "person" and is_root)):
                raise NotPermitted(
                    field="body.keys",
                    reason=f"a {role}'s key does not end that key",
                    remedy="sign with the root key" if is_root else "sign with a person's key",
                )

    # --- the fold ------------------------------------------------------------------------------------

    def step(self, index: int, sid: bytes, header: Header, body: Body | None) -> tuple[str, ...]:
        """Take one entry in; the marks that its chain earns ("gap", "fork") come back.

        Raises:
            Malformed: an enrolment whose keys are not shown to be held, or are enrolled already.
        """
        match body:
            case Charter():
                self._charter(index, sid, body)
            case Enrolment():
                self._enrol(index, sid, body)
            case Retirement():
                for key in body.keys:
                    if (standing := self._own(key, header)) is not None:
                        standing.retire(body.drain_until_ms)
            case Revocation():
                for key in body.keys:
                    if (standing := self._own(key, header)) is not None and standing.revoked_index is None:
                        standing.revoked_index = index
            case _:
                pass
        return self._chain(sid, header)

    def check_enrolment(self, body: Enrolment, party: bytes) -> None:
        """Refuse an enrolment that `step` could not take in. `party` says it."""
        if body.root is None:
            assert self.log is not None
            check_keyless(body, self.log, party, self.parties, is_news=self._has_new_desks(body))
            return
        if party not in self.parties:
            check_name(body.name, self.parties, keyless_only=True)
        if party in self.parties and self.parties[party].root != body.root:
            raise Malformed("body.root", "the party has another root key", "a new root is a new party")
        root = key_id(body.root)
        if party not in self.parties and root in self.keys:
            raise Malformed(
                "body.root", "the key is enrolled already", "one key, one seat: make a new root key"
            )
        seen = {root}
        for desk in body.desks:
            for key in desk.keys:
                _check_possession(key, self.log, party)
                identity = key_id(key.public)
                if identity in self.keys or identity in seen:
                    raise Malformed(
                        "body.desks.keys", f"key {key.seat!r} is enrolled already", "one key, one seat"
                    )
                if key.role == "root":
                    raise Malformed(
                        "body.desks.keys.role", "a desk has no root key", "write person or machine"
                    )
                seen.add(identity)

    def _has_new_desks(self, body: Enrolment) -> bool:
        assert self.log is not None
        party = enrolled_id(self.log, body)
        standing = (self.desks.get(desk_id(party, desk.name)) for desk in body.desks)
        return any(
            known is None or known.phones != desk.phones
            for known, desk in zip(standing, body.desks, strict=True)
        )

    def _own(self, key: bytes, header: Header) -> KeyStanding | None:
        standing = self.keys.get(key)
        return standing if standing is not None and standing.party == header.sender.party else None

    def _charter(self, index: int, sid: bytes, charter: Charter) -> None:
        assert index == 0
        assert self.log is None
        party = party_id(charter.service_root)
        _check_possession(charter.service_key, None, party)
        self.log = sid
        self.charter = charter
        self.parties[party] = PartyStanding(
            party=party, name=charter.service_name, party_type="service", root=charter.service_root
        )
        self._add_root(charter.service_root, party, index, sid)
        self._add_desk(
            DeskEnrolment(name=SERVICE_DESK, phones=(), keys=(charter.service_key,)), party, index, sid
        )

    def _enrol(self, index: int, sid: bytes, body: Enrolment) -> None:
        assert self.log is not None
        party = enrolled_id(self.log, body)
        is_first = party not in self.parties
        if is_first or body.root is None:
            self.parties[party] = PartyStanding(
                party=party,
                name=body.name,
                party_type=body.party_type,
                root=body.root,
                represented_by=body.represented_by,
            )
        if is_first and body.root is not None:
            self._add_root(body.root, party, index, sid)
        for desk in body.desks:
            self._add_desk(desk, party, index, sid)

    def _add_root(self, public: bytes, party: bytes, index: int, sid: bytes) -> None:
        check_public_key(public)
        self.keys[key_id(public)] = KeyStanding(
            public=public,
            party=party,
            desk=ROOT_DESK,
            role="root",
            seat="root",
            since_index=index,
            next_seq=0,
            last_sid=sid,
        )

    def _add_desk(self, desk: DeskEnrolment, party: bytes, index: int, sid: bytes) -> None:
        identity = desk_id(party, desk.name)
        self.desks[identity] = DeskStanding(desk=identity, party=party, name=desk.name, phones=desk.phones)
        for key in desk.keys:
            self.keys[key_id(key.public)] = KeyStanding(
                public=key.public,
                party=party,
                desk=identity,
                role=key.role,
                seat=key.seat,
                since_index=index,
                next_seq=0,
                last_sid=sid,
            )

    def _chain(self, sid: bytes, header: Header) -> tuple[str, ...]:
        standing = self.keys.get(header.sender.keys[0])
        if standing is None:
            return ()
        opens = header.kind == "charter" or (header.kind == "enrolment" and standing.last_sid == sid)
        marks: tuple[str, ...] = ()
        if not opens and header.seq > standing.next_seq:
            marks = ("gap",)
        elif not opens and (header.seq < standing.next_seq or header.prev != standing.last_sid):
            marks = ("fork",)
        if header.seq >= standing.next_seq:
            standing.next_seq = header.seq + 1
            standing.last_sid = sid
        return marks

    # --- questions -----------------------------------------------------------------------------------

    def signer_role(self, header: Header) -> str:
        """The role of the key whose chain the statement continues: root, person or machine."""
        standing = self.keys.get(header.sender.keys[0])
        return "root" if standing is None else standing.role

    def person_seats(self, header: Header) -> frozenset[tuple[bytes, str]]:
        """The persons' seats, each with its desk, from which a statement was signed."""
        signed = (self.keys.get(key) for key in header.sender.keys)
        return frozenset((one.desk, one.seat) for one in signed if one is not None and one.role == "person")

    def name_of(self, party: bytes) -> str:
        """A party's name, or the beginning of its id where it is not enrolled."""
        standing = self.parties.get(party)
        return party.hex()[:8] if standing is None else standing.name

    def represented_by(self, party: bytes) -> bytes | None:
        """The party that represents one without a key; None of any other."""
        standing = self.parties.get(party)
        return None if standing is None else standing.represented_by

    def answers_for(self, party: bytes) -> bytes:
        """Whose desk answers for a party: its representative's, or its own."""
        return self.represented_by(party) or party

    def service_party(self) -> bytes:
        """The id of the party that keeps this log."""
        assert self.charter is not None
        return party_id(self.charter.service_root)


def _own_keys(header: Header, publics: Sequence[bytes]) -> dict[bytes, bytes]:
    found = {key_id(public): public for public in publics}
    if set(header.sender.keys) != set(found) or header.sender.keys[0] != key_id(publics[0]):
        raise BadSignature(
            field="header.from.keys",
            reason="a charter is signed by the service's root and its service key, a first enrolment by the party's "
            "root and then the service's root",
        )
    for public in publics:
        check_public_key(public)
    return found


def _check_possession(key: SeatKey, log: bytes | None, party: bytes) -> None:
    check_public_key(key.public)
    if not verify_ed25519(key.public, key.possession, possession_bytes(log, party, key.public)):
        raise Malformed(
            "body.desks.keys.possession",
            f"key {key.seat!r} is not shown to be held",
            "let the new key sign it",
        )
