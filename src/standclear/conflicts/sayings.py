"""Sayings: a fold over the claims and observations of a log, so that the record can be held against them.

An observation is never matched like a notice, and a claim is judged by nobody: both are only kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from standclear.statements.asking import Observation
from standclear.statements.bodies import Body
from standclear.statements.calls import Claim
from standclear.statements.header import Header


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """One claim or observation with its place: who says it, under which arrangement, at which index and log's time."""

    sid: bytes
    party: bytes
    desk: bytes
    under: bytes | None
    index: int
    at_ms: int
    body: Claim | Observation


class Sayings:
    """Claims and observations of one log by their sids, in the log's order."""

    def __init__(self) -> None:
        self.claims: dict[bytes, Saying] = {}
        self.observations: dict[bytes, Saying] = {}
        self.gone: set[bytes] = set()

    def take_in(self, sid: bytes, header: Header, body: Body, index: int, now_ms: int) -> None:
        """Keep a claim or an observation; other words pass."""
        if isinstance(body, Claim | Observation):
            kept = self.claims if isinstance(body, Claim) else self.observations
            kept[sid] = Saying(
                sid=sid,
                party=header.sender.party,
                desk=header.sender.desk,
                under=header.under,
                index=index,
                at_ms=now_ms,
                body=body,
            )

    def forget(self, sid: bytes, trace: Claim | Observation) -> None:
        """A claim's or an observation's body was shredded: it is counted, and says nothing any more."""
        for kept in (self.claims, self.observations):
            if sid in kept:
                kept[sid] = replace(kept[sid], body=trace)
                self.gone.add(sid)
