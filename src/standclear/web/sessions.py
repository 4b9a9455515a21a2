"""A desk proves itself with its key, and is known by a token until its watch is over."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from standclear.limits import SESSION_REQUEST_BYTES
from standclear.statements.canonical import b64u
from standclear.web.bodies import read_body
from standclear.web.front import bearer_of, front, session_of


async def challenge(request: Request) -> Response:
    """GET /v1/challenge: what a desk is to sign."""
    shown = front(request)
    now_ms = shown.service.clock.now_ms()
    asked = shown.sessions.challenge(now_ms)
    return shown.json(
        {"nonce": b64u(asked.nonce), "log": b64u(asked.log), "expires_ms": asked.expires_ms, "now_ms": now_ms}
    )


async def open_session(request: Request) -> Response:
    """POST /v1/sessions: a signed request for a session; 201 with its token."""
    shown = front(request)
    text = await read_body(request.scope, request.receive, "SESSION_REQUEST_BYTES", SESSION_REQUEST_BYTES)
    token, session = shown.sessions.open(text, shown.service.clock.now_ms())
    return shown.json(
        {
            "token": b64u(token),
            "party": b64u(session.party),
            "desk": b64u(session.desk),
            "key": b64u(session.key),
            "role": session.role,
            "expires_ms": session.expires_ms,
        },
        201,
    )


async def end_session(request: Request) -> Response:
    """DELETE /v1/sessions: the session that the request shows is over."""
    session_of(request)
    shown = front(request)
    shown.sessions.end(bearer_of(request.scope) or b"")
    return Response(status_code=204)
