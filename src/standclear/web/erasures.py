"""What an erasure would mean, told to the owner before it signs one (G23)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from standclear.flow.foretelling import cost_of
from standclear.statements.canonical import b64u
from standclear.statements.lists import REF_BYTES
from standclear.web.front import front, path_bytes, session_of
from standclear.web.render import ref_value


async def foretold(request: Request) -> Response:
    """GET /v1/erasures/{ref}: what it would mean now to shred one's own item: who holds it, what cited it, what it waits for."""
    shown, session = front(request), session_of(request)
    found = cost_of(shown.query, session.party, path_bytes(request, "ref", REF_BYTES))
    return shown.json(
        ref_value(found.ref)
        | {
            "kind": found.kind,
            "state": found.state,
            "holders": [b64u(party) for party in found.holders],
            "cited_by": found.cited_by,
            "obstacles": [{"mark": one.mark, "until_ms": one.until_ms} for one in found.obstacles],
            "is_gone": found.is_gone,
            "is_kept": found.is_kept,
        }
    )
