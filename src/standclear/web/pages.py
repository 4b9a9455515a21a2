"""What an operator and a passer-by read: health, metrics, the API's document, and a page that says what this is."""

from __future__ import annotations

import asyncio
from html import escape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from standclear.errors import StandclearError, StoreUnavailable
from standclear.flow.deliver import Deliverer
from standclear.flow.desks import NO_WAYS, desk_counts
from standclear.flow.outbox import STATES
from standclear.flow.replying import COUNTED
from standclear.statements.canonical import b64u
from standclear.web.front import Front, front
from standclear.web.metrics import CONTENT_TYPE

_DOCUMENT = Path(__file__).with_name("openapi.json")

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<body>{banner}
<h1>{title}</h1>
<p>A log of signed statements between parties to a de-confliction arrangement, kept by {service}: who told whom what,
when, and who answered. It holds {size} entries; {published} of them are under its published head.</p>
<p>Nothing here says that a place may be struck or entered. What is not listed is protected all the same.</p>
<ul><li><a href="checkpoint">checkpoint</a></li><li><a href="v1/log">what this log is</a></li>
<li><a href="health">health</a></li><li><a href="openapi.json">the API</a></li></ul>
</body></html>
"""


async def page(request: Request) -> Response:
    """GET /: what this is, for somebody who followed a link."""
    shown = front(request)
    charter = shown.service.book.roll.charter
    assert charter is not None
    banner = (
        "<p><strong>EXERCISE EXERCISE EXERCISE: nothing in this log is real.</strong></p>"
        if shown.exercise
        else ""
    )
    return HTMLResponse(
        _PAGE.format(
            title=escape(shown.name),
            banner=banner,
            service=escape(charter.service_name),
            size=shown.service.size,
            published=shown.service.publisher.size,
        )
    )


async def health(request: Request) -> Response:
    """GET /health: 200 while statements are taken; else 503, with what is wrong."""
    shown = front(request)
    service = shown.service
    wrong = _wrong(request)
    value = {
        "status": "stopped" if service.sequencer.failed else "degraded" if wrong else "serving",
        "wrong": wrong,
        "size": service.size,
        "published_size": service.publisher.size,
        "published_lag": service.size - service.publisher.size,
        "waiting": service.sequencer.waiting,
        "index": service.index_name,
        "sessions": len(shown.sessions),
        "streams": shown.streams.total(),
        "desks": _desks(shown),
        "channels": None if shown.deliverer is None else await _channels(shown.deliverer),
    }
    return shown.json(value, 503 if wrong else 200)


def _desks(shown: Front) -> dict[str, int] | None:
    """How many desks are bound to be ready, and how many are not; None while the clock is in doubt."""
    try:
        return desk_counts(shown.query, NO_WAYS if shown.deliverer is None else shown.deliverer.ways)
    except StandclearError:
        return None


async def _channels(deliverer: Deliverer) -> dict[str, object]:
    """Which channels there are, how many messages are in which state, and what rang and is not on record yet."""
    waking = frozenset(name for name, one in deliverer.channels.items() if one.wakes)
    try:
        count = dict(await asyncio.to_thread(deliverer.outbox.count))
        unsaid = len(await asyncio.to_thread(deliverer.outbox.unsaid))
        unlogged = len(await asyncio.to_thread(deliverer.outbox.kept_calls))
    except StandclearError as error:
        return {"names": sorted(deliverer.channels), "wrong": error.slug}
    return {
        "names": sorted(deliverer.channels),
        "messages": {state: count.get(state, 0) for state in STATES},
        "unlogged_calls": unlogged,
        "broken": dict(deliverer.broken),
        "replies": {
            **{name: deliverer.replies.counts[name] for name in COUNTED},
            "unsaid": unsaid,
            "locked": deliverer.replies.locked(),
        },
        "cannot_be_woken": [b64u(party) for party in deliverer.directory.sleeping(waking)],
    }


def _wrong(request: Request) -> list[str]:
    """Slugs of what keeps the service from taking statements."""
    service = front(request).service
    found = [] if service.sequencer.failed is None else [service.sequencer.failed.slug]
    for ask in (service.store.read_head, service.clock.now_ms):
        try:
            ask()
        except StandclearError as error:
            found.append(error.slug)
    if not service.sequencer.has_room() and StoreUnavailable.slug not in found:
        found.append(StoreUnavailable.slug)
    return found


async def metrics(request: Request) -> Response:
    """GET /metrics: for Prometheus."""
    shown = front(request)
    shown.metrics.counted(_desks(shown) or {})
    return Response(shown.metrics.to_bytes(), 200, media_type=CONTENT_TYPE)


async def openapi(request: Request) -> Response:
    """GET /openapi.json: this API, as docs/api/openapi.yaml says it."""
    return Response(_DOCUMENT.read_bytes(), 200, media_type="application/json")
