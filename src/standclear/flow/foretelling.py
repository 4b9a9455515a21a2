"""Foretelling: what an owner is told before it signs an erasure: what it costs, who goes on holding copies, what it waits for."""

from __future__ import annotations

from dataclasses import dataclass

from standclear.errors import NotFound
from standclear.flow.query import Query
from standclear.obligations.erasures import NEVER, Obstacle


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureCost:
    """What shredding one item would mean now.

    `holders` are the parties that it was released to: their copies cannot be recalled. `cited_by` counts the activities that
    cite it or were aware of it. `is_gone`: it was shredded already; `is_kept`: its kind never is.
    """

    ref: bytes
    kind: str
    state: str
    holders: tuple[bytes, ...]
    cited_by: int
    obstacles: tuple[Obstacle, ...]
    is_gone: bool
    is_kept: bool


def cost_of(query: Query, party: bytes, ref: bytes) -> ErasureCost:
    """What it would mean to shred one's own item, durable by now.

    Raises:
        NotFound: no such item, or another party's.
    """
    book = query.service.book
    standing, uttered = book.register.by_ref.get(ref), book.erasures.uttered.get(ref[:32])
    owner = standing.party if standing is not None else None if uttered is None else uttered.party
    if owner != party or book.index_of[ref[:32]] >= query.service.size:
        raise NotFound(kind="item", id=ref.hex()[:16], remedy="name an item of your own")
    kind = standing.kind if standing is not None else uttered.kind if uttered is not None else ""
    met = () if standing is None else tuple(book.register.met_by(standing))
    return ErasureCost(
        ref=ref,
        kind=kind,
        state="said" if standing is None else standing.state,
        holders=tuple(sorted(set(book.inboxes.holders(ref)) - {party})),
        cited_by=sum(one.kind == "activity" and ref in one.cited | one.aware_of for one in met),
        obstacles=book.erasures.obstacles(ref, query.service.clock.now_ms()),
        is_gone=ref in book.erasures.gone,
        is_kept=kind in NEVER,
    )
