"""The application: each request enters by one door, which knows the caller, answers every error, counts and logs.

Below the door nothing catches and nothing logs. A line of the log names the route, the status, the time taken and the
request's id; it holds no body, no place, no name and no token.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Router
from starlette.types import Message, Receive, Scope, Send

from standclear.errors import Fatal, NotFound, Overloaded, StandclearError
from standclear.web.front import Front, bearer_of
from standclear.web.problems import answer_error, answer_status, status_of
from standclear.web.rates import Rates
from standclear.web.routes import ROUTES

_ALWAYS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
]
_EXERCISE = (b"standclear-exercise", b"EXERCISE")
_NO_STORE = (b"cache-control", b"no-store")
_REQUEST_ID_BYTES = 8
SUBMITTING = "/v1/statements"
"""Where a stop-fire call is submitted: the one route that has a reserve."""


class Log(Protocol):
    """Where the door writes its lines: structlog's filtering logger, or the tests' own."""

    def debug(self, event: str, **fields: Any) -> None:
        """An answer as it should be."""

    def warning(self, event: str, **fields: Any) -> None:
        """An answer that was a problem."""

    def error(self, event: str, **fields: Any) -> None:
        """A fault of ours."""


class Door:
    """The outermost layer, an ASGI application."""

    def __init__(self, shown: Front, log: Log) -> None:
        self.front = shown
        self._log = log
        self._inside = Router(routes=list(ROUTES), redirect_slashes=False)
        self._headers = [*_ALWAYS, _EXERCISE] if shown.exercise else _ALWAYS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        visit = _Visit(self.front, scope, send, self._headers)
        try:
            visit.admit()
            await self._inside(scope, receive, visit.send)
        except ClientDisconnect:
            visit.status = 499
        except Exception as error:
            await self._answer(visit, error, receive)
        self._write(visit)

    async def _answer(self, visit: _Visit, error: Exception, receive: Receive) -> None:
        """Every error that reaches the door is answered here, and nowhere else."""
        exercise = self.front.exercise
        if isinstance(error, HTTPException) and error.status_code == 404:
            error = NotFound(kind="route", remedy="GET /openapi.json lists the routes")
        visit.error = error
        if visit.status:  # an answer has begun: all that is left is to break it off
            return
        answer: Response
        if isinstance(error, HTTPException):
            allow = (error.headers or {}).get("Allow")
            answer = answer_status(error.status_code, allow, exercise, visit.request_id)
        else:
            known = error if isinstance(error, StandclearError) else StandclearError(id=visit.request_id)
            self.front.metrics.refused(known.slug)
            page: Callable[[StandclearError], Response] | None = visit.scope.get("standclear.page")
            answer = answer_error(known, exercise, visit.request_id) if page is None else page(known)
        await answer(visit.scope, receive, visit.send)

    def _write(self, visit: _Visit) -> None:
        seconds = asyncio.get_running_loop().time() - visit.began_s
        self.front.metrics.answered(visit.route, seconds)
        fields = {
            "id": visit.request_id,
            "method": visit.scope["method"],
            "route": visit.route,
            "status": visit.status,
            "ms": round(seconds * 1000, 1),
        }
        match visit.error:
            case None:
                self._log.debug("answered", **fields)
            case StandclearError() as error if not isinstance(error, Fatal) and status_of(error) < 500:
                self._log.warning("refused", slug=error.slug, field=error.fields.get("field"), **fields)
            case StandclearError() as error if type(error) is not StandclearError:
                self._log.error("failed", slug=error.slug, **fields)
            case HTTPException():
                self._log.warning("refused", **fields)
            case error:
                self._log.error("broke", kind=type(error).__name__, exc_info=error, **fields)


class _Visit:
    """One request on its way through the door."""

    __slots__ = ("_headers", "_send", "began_s", "error", "front", "request_id", "scope", "status")

    def __init__(self, shown: Front, scope: Scope, send: Send, headers: list[tuple[bytes, bytes]]) -> None:
        self.front = shown
        self.scope = scope
        self._send = send
        self._headers = headers
        self.began_s = asyncio.get_running_loop().time()
        self.request_id = shown.service.fresh(_REQUEST_ID_BYTES).hex()
        self.status = 0
        self.error: Exception | None = None
        scope["app"] = None  # so that the router raises what it cannot find
        scope["standclear.front"] = shown
        scope["standclear.request"] = self.request_id
        scope["standclear.session"] = None

    def admit(self) -> None:
        """Know the caller by its session or its address, and count its visit.

        Raises:
            UnknownSession: it showed a session that is not open.
            Overloaded: it comes too often. Whoever submits a statement is let in all the same, to the reserve alone.
        """
        token = bearer_of(self.scope)
        if token is None:
            client = self.scope.get("client")
            self._spend(self.front.addresses, client[0] if client else "")
            return
        session = self.front.sessions.read(token, self.front.service.clock.now_ms())
        self.scope["standclear.session"] = session
        self._spend(self.front.desks, session.key)

    def _spend(self, rates: Rates, caller: str | bytes) -> None:
        self.scope["standclear.caller"] = caller
        self.scope["standclear.overloaded"] = None
        try:
            rates.spend(caller, self.began_s)
        except Overloaded as error:
            if (self.scope["method"], self.scope["path"]) != ("POST", SUBMITTING):
                raise
            self.scope["standclear.overloaded"] = error

    @property
    def route(self) -> str:
        """The path as the API names it; what no route took has no name, so that nobody can fill the metrics."""
        route = self.scope.get("route")
        return str(getattr(route, "path", "none"))

    async def send(self, message: Message) -> None:
        """Send on, with the headers that every answer has."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"].extend(self._headers)
            message["headers"].append((b"x-request-id", self.request_id.encode("ascii")))
            if all(name != b"cache-control" for name, _ in message["headers"]):
                message["headers"].append(_NO_STORE)
        await self._send(message)
