"""The log as anybody may copy it: its checkpoint and tiles (c2sp.org/tlog-tiles), and what it is."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from standclear.errors import NotFound
from standclear.limits import INTEGER_MAX
from standclear.spacetime.meet import PREDICATE_ID
from standclear.statements.canonical import b64u
from standclear.tlog.tiles import (
    TILE_WIDTH,
    EntryBundle,
    Tile,
    bundle_bytes,
    parse_path,
    tile_bytes,
    tile_exists,
)
from standclear.web.front import Front, front, query_integer, session_of
from standclear.web.render import root_chain_value

_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_TO_A_MONITOR = {"Cache-Control": "private, no-store"}
_OCTETS = "application/octet-stream"


async def description(request: Request) -> Response:
    """GET /v1/log: what this log is, by its charter, and how far it has come."""
    shown = front(request)
    service = shown.service
    charter = service.book.roll.charter
    assert charter is not None
    return shown.json(
        {
            "log": b64u(service.book.roll.log or b""),
            "origin": charter.origin,
            "name": charter.name,
            "is_exercise": charter.exercise,
            "service_name": charter.service_name,
            "service_party": b64u(service.keys.party),
            "service_root": b64u(charter.service_root),
            "service_root_chain": root_chain_value(charter.service_root, service.book.roll),
            "log_keys": list(charter.log_keys),
            "size": service.size,
            "published_size": service.publisher.size,
            "last_ms": service.sequencer.durable.last_ms,
            "index": service.index_name,
            "predicate": PREDICATE_ID,
        }
    )


async def checkpoint(request: Request) -> Response:
    """GET /checkpoint: the newest published head."""
    note = front(request).service.publisher.note
    if not note:
        raise NotFound(kind="checkpoint", remedy="nothing is published yet: ask again in a second")
    return Response(note, 200, {"Cache-Control": "no-cache"}, "text/plain; charset=utf-8")


async def consistency(request: Request) -> Response:
    """GET /v1/consistency: the proof that the first `new` entries begin with the first `old` (RFC 6962, 2.1.2)."""
    shown = front(request)
    size = shown.service.size
    new = query_integer(request, "new", size, INTEGER_MAX)
    old = query_integer(request, "old", 0, INTEGER_MAX)
    if not 0 < old <= new <= size:
        raise NotFound(kind="heads", old=old, new=new, size=size, remedy="0 < old <= new <= size")
    return shown.json(
        {
            "old": old,
            "new": new,
            "hashes": [b64u(one) for one in shown.service.tree.consistency_proof(old, new)],
        }
    )


async def tile(request: Request) -> Response:
    """GET /tile/…: hashes for anybody, entries for a monitor; only of sizes that have been published."""
    shown = front(request)
    named = parse_path(f"tile/{request.path_params['rest']}")
    if not tile_exists(named, shown.service.publisher.size):
        raise NotFound(kind="tile", id=named.path, remedy="ask for what the published checkpoint covers")
    if isinstance(named, Tile):
        return Response(tile_bytes(shown.service.tree, named), 200, _FOR_EVER, _OCTETS)
    return Response(_bundle(shown, session_of(request).party, named), 200, _TO_A_MONITOR, _OCTETS)


def _bundle(shown: Front, party: bytes, named: EntryBundle) -> bytes:
    if not shown.query.is_monitor(party, None):
        raise NotFound(kind="tile", id=named.path, remedy="entries are shown to monitors")
    start = named.index * TILE_WIDTH
    entries = shown.service.store.read_entries(start, start + named.width, with_bodies=False)
    return bundle_bytes([entry.text for entry in entries])
