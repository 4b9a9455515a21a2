"""Live events over SSE: one for each range of releases; the id is the inbox position after it, so that it resumes.

Standard: server-sent events of the WHATWG HTML standard, part 9.2. docs/api/events.md says what is promised.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from standclear.errors import Malformed, Overloaded
from standclear.flow.sessions import Session
from standclear.flow.telling import ToldRange, ranges_from
from standclear.limits import (
    EVENT_PAGE_MAX,
    HEARTBEAT_MS,
    INTEGER_MAX,
    RETRY_MS,
    STREAMS_MAX,
    STREAMS_PER_KEY_MAX,
)
from standclear.web.front import Front, front, query_integer, session_of
from standclear.web.render import range_value

EVENT_TYPES = ("released", "ended")
"""released: a range of the inbox. ended: the session is over; no event follows until the desk proves itself anew."""


async def events(request: Request) -> Response:
    """GET /v1/events: the party's inbox as it grows, from Last-Event-ID or `from` on."""
    shown, session = front(request), session_of(request)
    start = _start(request)
    if start > shown.query.visible_inbox(session.party):
        raise Malformed("from", "beyond the inbox", "ask GET /v1/inbox/head how far it goes")
    if shown.streams[session.key] >= STREAMS_PER_KEY_MAX or shown.streams.total() >= STREAMS_MAX:
        raise Overloaded(limit="STREAMS_MAX", most=STREAMS_MAX, remedy="close another stream first")
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_stream(shown, session, start), 200, headers, "text/event-stream")


def _start(request: Request) -> int:
    text = request.headers.get("last-event-id")
    if text is None:
        return query_integer(request, "from", 0, INTEGER_MAX)
    if not (text.isascii() and text.isdigit() and len(text) <= 16):
        raise Malformed(
            "Last-Event-ID", "not a position of the inbox", "send the last id that you were given"
        )
    return int(text)


async def _stream(shown: Front, session: Session, position: int) -> AsyncIterator[bytes]:
    """Ranges while there are some, then a wait for more. What comes in between two steps wakes the wait at once."""
    yield b"retry: %d\n\n" % RETRY_MS
    with _counted(shown, session) as wake:
        while not shown.closing.is_set():
            if not shown.sessions.is_open(session, shown.service.clock.now_ms()):
                yield b"event: ended\ndata: {}\n\n"
                return
            found = ranges_from(shown.service, shown.query, session.party, position, EVENT_PAGE_MAX)
            for one in found:
                yield event_bytes(one, shown.exercise)
                position = one.end
            if not found and not await shown.service.watchers.wait(session.party, wake, HEARTBEAT_MS / 1000):
                yield b": still here\n\n"


@contextmanager
def _counted(shown: Front, session: Session) -> Iterator[asyncio.Event]:
    """A place among the watchers, and among the streams, for as long as the stream lives."""
    wake = shown.service.watchers.enter(session.party)
    shown.streams[session.key] += 1
    shown.metrics.streams.inc()
    shown.open_streams.add(wake)
    try:
        yield wake
    finally:
        shown.open_streams.discard(wake)
        shown.metrics.streams.dec()
        shown.streams[session.key] -= 1
        if not shown.streams[session.key]:
            del shown.streams[session.key]
        shown.service.watchers.leave(session.party, wake)


def event_bytes(one: ToldRange, exercise: str | None) -> bytes:
    """One range as a server-sent event."""
    content = msgspec.json.encode({"exercise": exercise, **range_value(one)})
    return b"event: released\nid: %d\ndata: %s\n\n" % (one.end, content)
