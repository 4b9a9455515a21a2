"""The front: what every route is given, and how it answers."""

from __future__ import annotations

import asyncio
from collections import Counter as Tally
from dataclasses import dataclass, field
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from standclear.errors import Malformed, UnknownSession
from standclear.flow.deliver import Deliverer
from standclear.flow.query import Query
from standclear.flow.service import Service
from standclear.flow.sessions import TOKEN_BYTES, Session, Sessions
from standclear.limits import ADDRESS_RATE_S, SESSION_RATE_S
from standclear.statements.canonical import from_b64u
from standclear.web.metrics import Metrics
from standclear.web.rates import Rates
from standclear.web.reserve import Reserve

EXERCISE = "EXERCISE"


@dataclass(slots=True, kw_only=True)
class Front:
    """One service as it is shown to the world. Owned by the event loop's thread."""

    service: Service
    sessions: Sessions
    query: Query
    metrics: Metrics
    addresses: Rates
    desks: Rates
    reserve: Reserve
    name: str
    exercise: str | None
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    streams: Tally[bytes] = field(default_factory=Tally)
    open_streams: set[asyncio.Event] = field(default_factory=set)
    batches: int = 0
    dossiers: int = 0
    deliverer: Deliverer | None = None

    def close(self) -> None:
        """Streams end now: the service stops."""
        self.closing.set()
        for wake in self.open_streams:
            wake.set()

    def json(
        self, value: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None
    ) -> Response:
        """A JSON answer; every one of an exercise log says so."""
        content = msgspec.json.encode({"exercise": self.exercise, **value})
        return Response(content, status, headers, "application/json")


def front_of(
    service: Service, *, address_rate_s: int = ADDRESS_RATE_S, session_rate_s: int = SESSION_RATE_S
) -> Front:
    """The front of a service whose log has its charter."""
    charter = service.book.roll.charter
    assert charter is not None
    sessions = Sessions(service.book.roll, service.fresh)
    return Front(
        service=service,
        sessions=sessions,
        query=Query(service),
        metrics=Metrics(service, sessions),
        addresses=Rates(address_rate_s),
        desks=Rates(session_rate_s),
        reserve=Reserve(),
        name=charter.name,
        exercise=EXERCISE if charter.exercise else None,
    )


def front(request: Request) -> Front:
    """The front that a request came to."""
    found: Front = request.scope["standclear.front"]
    return found


def session_of(request: Request) -> Session:
    """The session that a request showed.

    Raises:
        UnknownSession: it showed none.
    """
    session: Session | None = request.scope["standclear.session"]
    if session is None:
        raise UnknownSession(
            remedy="prove the desk's key: GET /v1/challenge, POST /v1/sessions; send Bearer and the token"
        )
    return session


def bearer_of(scope: Scope) -> bytes | None:
    """The token of the Authorization header, or None where there is no such header.

    Raises:
        UnknownSession: the header is not `Bearer` and a token of ours.
    """
    for name, value in scope["headers"]:
        if name == b"authorization":
            scheme, _, token = value.decode("latin-1").partition(" ")
            try:
                if scheme.lower() == "bearer":
                    return from_b64u(token, TOKEN_BYTES, "token")
            except Malformed:
                pass
            raise UnknownSession(field="Authorization", reason="not Bearer and a token of this service")
    return None


def path_bytes(request: Request, name: str, size: int) -> bytes:
    """Bytes that a path names in base64url."""
    return from_b64u(request.path_params[name], size, name)


def query_integer(request: Request, name: str, default: int, most: int) -> int:
    """A non-negative integer of the query string.

    Raises:
        Malformed: something else stands there.
    """
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 16 and int(text) <= most):
        raise Malformed(name, f"not an integer from 0 to {most}", "mend the query string")
    return int(text)


def choice(request: Request, name: str, words: frozenset[str]) -> str | None:
    """One of some words in the query string, or None where it is absent.

    Raises:
        Malformed: another word stands there.
    """
    word = request.query_params.get(name)
    if word is not None and word not in words:
        raise Malformed(
            name, f"not one of: {', '.join(sorted(words))}", "use one of these words, or leave it out"
        )
    return word
