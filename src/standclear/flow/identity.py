"""The service's own keys, and the charter they begin a log with."""

from __future__ import annotations

from dataclasses import dataclass

from standclear.keys import MlDsa44Key, SigningKey, hmac_sha256
from standclear.statements.compose import Composed, Draft, Fresh, Signer, compose
from standclear.statements.parties import Charter, SeatKey, desk_id, party_id, possession_bytes
from standclear.statements.roll import SERVICE_DESK
from standclear.tlog.heads import log_keys
from standclear.tlog.note import VerifierKey


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceKeys:
    """Four keys from one seed: the log's Ed25519 and ML-DSA-44, the service's root, and its deed key."""

    origin: str
    head: SigningKey
    lasting: MlDsa44Key
    root: SigningKey
    deed: SigningKey

    @property
    def party(self) -> bytes:
        return party_id(self.root.public)

    @property
    def desk(self) -> bytes:
        return desk_id(self.party, SERVICE_DESK)

    def log_keys(self) -> tuple[VerifierKey, ...]:
        """What a reader must know of the log, as vkeys."""
        return log_keys(self.origin, self.head.public, self.lasting.public)


def service_keys(origin: str, seed: bytes) -> ServiceKeys:
    """The service's keys of one log, from its 32-byte seed: another origin gives other keys."""
    parts = {name: hmac_sha256(seed, f"standclear/service/{name}\n{origin}".encode()) for name in _NAMES}
    return ServiceKeys(
        origin=origin,
        head=SigningKey.from_seed(parts["head"]),
        lasting=MlDsa44Key.from_seed(parts["lasting"]),
        root=SigningKey.from_seed(parts["root"]),
        deed=SigningKey.from_seed(parts["deed"]),
    )


_NAMES = ("head", "lasting", "root", "deed")


def charter_of(
    keys: ServiceKeys, *, name: str, service_name: str, exercise: bool, stated_ms: int, fresh: Fresh
) -> Composed:
    """Entry 0 of a new log."""
    charter = Charter(
        origin=keys.origin,
        name=name,
        exercise=exercise,
        service_name=service_name,
        service_root=keys.root.public,
        service_key=SeatKey(
            seat="deeds",
            role="machine",
            public=keys.deed.public,
            possession=keys.deed.sign(possession_bytes(None, keys.party, keys.deed.public)),
        ),
        log_keys=tuple(key.to_text() for key in keys.log_keys()),
    )
    signer = Signer(log=None, party=keys.party, desk=keys.desk, keys=[keys.root, keys.deed], seq=0, prev=None)
    draft = Draft(kind="charter", forms={"exact": [charter.to_value()]}, to=None)
    return compose(draft, signer, stated_ms, fresh)
