"""Desks as those who rely on them may see them, and what is open at one's own."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from standclear.flow.desks import NO_WAYS, OpenItems, ShownDesk, desks_of, open_items
from standclear.obligations.standby import LineState
from standclear.statements.canonical import b64u
from standclear.web.front import Front, front, session_of
from standclear.web.render import Json


async def desks(request: Request) -> Response:
    """GET /v1/desks: each desk of one's arrangements: on watch, reachable, to be woken; and what is open at one's own."""
    shown, session = front(request), session_of(request)
    value = await asyncio.to_thread(_desks_value, shown, session.party)
    return shown.json(value)


def _desks_value(shown: Front, party: bytes) -> Json:
    ways = NO_WAYS if shown.deliverer is None else shown.deliverer.ways
    n, _ = shown.query.inbox_head(party)
    return {
        "now_ms": shown.service.clock.now_ms(),
        "inbox_n": n,
        "desks": [desk_value(one) for one in desks_of(shown.query, ways, party)],
        "open": [open_value(one) for one in open_items(shown.query, party)],
    }


def desk_value(one: ShownDesk) -> Json:
    return {
        "under": b64u(one.under),
        "party": b64u(one.standing.party),
        "desk": b64u(one.standing.desk),
        "name": one.standing.name,
        "phones": list(one.standing.phones),
        "bound": one.is_bound,
        "watch": _watch_value(one),
        "line": None if one.line is None else _line_value(one.line),
        "channels": [
            {
                "channel": each.channel,
                "wakes": each.is_waking,
                "line": None if each.line is None else _line_value(each.line),
            }
            for each in one.channels
        ],
        "can_be_woken": one.can_be_woken,
    }


def _watch_value(one: ShownDesk) -> Json | None:
    if one.watch is None:
        return None
    stint = one.watch.stint if one.has_words else None
    is_held = one.watch.state == "on_watch"
    return {
        "state": one.watch.state,
        "since_ms": one.watch.since_ms,
        "member": stint.member if stint is not None and is_held else None,
        "instead_of": stint.instead_of if stint is not None and is_held else None,
        "inbox_end": stint.inbox_end if stint is not None else None,
        "open_items": stint.open_items if stint is not None else None,
        "ended": stint.how if stint is not None and not is_held else None,
    }


def _line_value(one: LineState) -> Json:
    return {
        "state": one.state,
        "answered_ms": one.answered_ms,
        "how": one.how,
        "missed": one.missed,
        "unreachable_ms": one.unreachable_ms,
        "next_ms": one.next_ms,
    }


def open_value(one: OpenItems) -> Json:
    return {"kind": one.kind, "items": one.items, "statements": one.statements, "since_ms": one.since_ms}
