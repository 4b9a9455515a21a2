"""A visitor of the simulated world's service: speaks to its door as an HTTP server would, in process, and waits for nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from standclear.cli.cast import Actor as Party
from standclear.flow.sessions import SessionRequest
from standclear.keys import key_id
from standclear.statements.canonical import b64u, from_b64u
from standclear.statements.compose import sign_payload
from standclear.statements.envelope import REQUEST_TYPE
from standclear.web.app import Door
from standclear.web.front import front_of
from world import World

STRANGER = "198.51.100.7"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def slug(self) -> str:
        assert self.headers["content-type"] == "application/problem+json", self.body
        return str(self.json()["slug"])


@dataclass(slots=True)
class Lines:
    """A log that keeps its lines."""

    kept: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    def debug(self, event: str, **fields: Any) -> None:
        self.kept.append(("debug", event, fields))

    def warning(self, event: str, **fields: Any) -> None:
        self.kept.append(("warning", event, fields))

    def error(self, event: str, **fields: Any) -> None:
        self.kept.append(("error", event, fields))


class Stream:
    """An event stream that is open: what has come of it so far, and what it is sent."""

    def __init__(self, door: Door, scope: dict[str, Any]) -> None:
        self.messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._gone = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(door(scope, self._receive, self.messages.put))

    async def _receive(self) -> dict[str, Any]:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def start(self) -> Reply:
        """The head of the answer; the whole of it if it is no stream."""
        first = await self.messages.get()
        headers = {name.decode(): value.decode() for name, value in first["headers"]}
        body = b""
        if headers["content-type"] != "text/event-stream; charset=utf-8":
            body = (await self.messages.get())["body"]
        return Reply(status=first["status"], headers=headers, body=body)

    async def next(self) -> tuple[str, int | None, Any]:
        """The next event: type, id, content. Comments and retry lines pass."""
        while True:
            text = (await self.messages.get())["body"].decode()
            fields = dict(
                line.split(": ", 1) for line in text.splitlines() if line and not line.startswith(":")
            )
            if "event" in fields:
                number = fields.get("id")
                return fields["event"], None if number is None else int(number), json.loads(fields["data"])

    async def leave(self) -> None:
        """Hang up."""
        self._gone.set()
        await self._task

    async def ended(self) -> None:
        """Wait until the service ends it."""
        await self._task


class Visitor:
    """Somebody with an HTTP client before one world's service."""

    def __init__(self, world: World, **rates: int) -> None:
        self.world = world
        self.front = front_of(world.service, **rates)
        self.lines = Lines()
        self.door = Door(self.front, self.lines)
        self._tokens: dict[bytes, str] = {}

    # --- asking -------------------------------------------------------------------------------------

    def get(self, path: str, party: Party | None = None, **more: Any) -> Reply:
        return self.ask("GET", path, party=party, **more)

    def post(self, path: str, body: bytes = b"", party: Party | None = None, **more: Any) -> Reply:
        return self.ask("POST", path, body=body, party=party, **more)

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        party: Party | None = None,
        headers: Sequence[tuple[str, str]] = (),
        pieces: Sequence[bytes] | None = None,
        address: str = STRANGER,
    ) -> Reply:
        """One request, whole or in pieces, and its answer."""
        return self.world.run(self.asking(method, path, body, party, headers, pieces, address))

    async def asking(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        party: Party | None = None,
        headers: Sequence[tuple[str, str]] = (),
        pieces: Sequence[bytes] | None = None,
        address: str = STRANGER,
    ) -> Reply:
        coming = list(pieces or [body])
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            piece = coming.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(coming)}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.door(self.scope(method, path, party, headers, address), receive, send)
        started = sent[0]
        found = {name.decode(): value.decode() for name, value in started["headers"]}
        content = b"".join(message.get("body", b"") for message in sent[1:])
        return Reply(status=started["status"], headers=found, body=content)

    def scope(
        self,
        method: str,
        path: str,
        party: Party | None = None,
        headers: Sequence[tuple[str, str]] = (),
        address: str = STRANGER,
    ) -> dict[str, Any]:
        path, _, query = path.partition("?")
        listed = [(name.lower().encode(), value.encode()) for name, value in headers]
        if party is not None:
            listed.append((b"authorization", f"Bearer {self.token(party)}".encode()))
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": listed,
            "client": (address, 40_000),
            "server": ("service.test", 80),
            "scheme": "http",
            "http_version": "1.1",
        }

    def stream(self, path: str, party: Party, **headers: str) -> Stream:
        """An event stream, open until it is left."""
        listed = [(name.replace("_", "-"), value) for name, value in headers.items()]
        scope = self.scope("GET", path, party, listed)

        async def opened() -> Stream:
            return Stream(self.door, scope)

        return self.world.run(opened())

    # --- proving oneself ----------------------------------------------------------------------------

    def token(self, party: Party) -> str:
        """The token of a session of the party's person, opened on first use."""
        if party.id not in self._tokens:
            self._tokens[party.id] = self.open_session(party)
        return self._tokens[party.id]

    def open_session(self, party: Party, *, machine: bool = False) -> str:
        now_ms = self.world.now_ms
        nonce = self.front.sessions.challenge(now_ms).nonce
        token, _ = self.front.sessions.open(self.session_request(party, nonce, machine=machine), now_ms)
        return b64u(token)

    def session_request(
        self, party: Party, nonce: bytes, /, *, machine: bool = False, **changed: Any
    ) -> bytes:
        """The signed request of a desk, with fields changed where the test says so."""
        seat = party.machine if machine else party.person
        told = {
            "log": self.world.log,
            "nonce": nonce,
            "party": party.id,
            "desk": seat.desk,
            "key": key_id(seat.key.public),
            "stated_ms": self.world.now_ms,
        } | changed
        key = told.pop("signed_by", seat.key)
        return sign_payload(REQUEST_TYPE, SessionRequest(**told).to_bytes(), [key]).to_bytes()

    def nonce(self) -> bytes:
        """A challenge as it comes over HTTP."""
        return from_b64u(self.get("/v1/challenge").json()["nonce"], None, "nonce")
