"""A desk's connection to its service: statements, a session, the inbox and its live events, over one kept-alive client.

Everything that can fail raises an error of `standclear.errors`, read back from the service's problem document: what the
desk must do is the same whether the service is in this process or across the sea. A lost connection is
`ServiceUnavailable`, and sending the same bytes again is always without harm.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2

from standclear import errors
from standclear.errors import Malformed, ServiceUnavailable, StandclearError, UnknownSession
from standclear.flow.sessions import NONCE_BYTES, SessionRequest
from standclear.keys import SigningKey, key_id
from standclear.limits import BATCH_BYTES_MAX, BATCH_LINES_MAX, HEARTBEAT_MS
from standclear.statements.canonical import b64u, from_b64u
from standclear.statements.compose import sign_payload
from standclear.statements.envelope import REQUEST_TYPE

Json = dict[str, Any]

TIMEOUT_S: Final = 60.0
SILENCE_S: Final = 3 * HEARTBEAT_MS / 1000
AT_ONCE: Final = 8
_RETRY_S: Final = (0.2, 0.5, 1.0, 2.0, 5.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """The answer to a submission. `is_repeated`: it was on record already, and this is its first place."""

    index: int
    sid: bytes
    integrated_ms: int
    receipt: bytes
    effect: str
    marks: tuple[str, ...]
    rule: bytes | None
    aware_of: int
    missing: tuple[bytes, ...]
    is_repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Who proves itself: an enrolled key of a person or a machine, and the desk it sits at."""

    party: bytes
    desk: bytes
    key: SigningKey


class Client:
    """One desk's client of one service. Use it as a context manager; any thread may call it."""

    def __init__(
        self,
        address: str,
        credentials: Credentials | None = None,
        *,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        """A client of the service at an address (`https://…`).

        Raises:
            Malformed: that is no address.
        """
        if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).netloc:
            raise Malformed("service", f"{address!r} is no address", "write https://HOST or http://HOST:PORT")
        limits = httpx2.Limits(max_connections=AT_ONCE + 2, max_keepalive_connections=AT_ONCE + 2)
        self._http = httpx2.Client(
            base_url=address,
            timeout=TIMEOUT_S,
            limits=limits,
            transport=transport,
            headers={"user-agent": "standclear"},
        )
        self._credentials = credentials
        self._token: str | None = None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; a session that was opened is ended first, if the service can be reached."""
        if self._token is not None:
            with contextlib.suppress(StandclearError):  # it ends by itself
                self._send("DELETE", "/v1/sessions")
        self._http.close()

    # --- statements ---------------------------------------------------------------------------------

    def submit(self, text: bytes) -> Filed:
        """Submit one statement's text. Submitting it again gives its first place (`is_repeated`).

        Raises:
            Refused: it was not taken, and why. Unavailable: send the same bytes again.
        """
        try:
            return _filed(self._send("POST", "/v1/statements", content=text).json())
        except errors.Repeated as error:
            return _first_place(error)

    def submit_many(
        self, texts: Sequence[bytes], on_answer: Callable[[int], None] = lambda _: None
    ) -> list[Filed | StandclearError]:
        """Submit statements in their order, in batches; each has its own answer. `on_answer` hears how many are done."""
        found: list[Filed | StandclearError] = []
        for batch in _batches(texts):
            answer = self._with_session("POST", "/v1/statements/batch", content=b"\n".join(batch) + b"\n")
            found.extend(_outcome(json.loads(line)) for line in answer.content.splitlines())
            on_answer(len(found))
        return found

    # --- reading ------------------------------------------------------------------------------------

    def log(self) -> Json:
        """What the log is: charter facts, size, index in use."""
        return self._json("GET", "/v1/log", proven=False)

    def health(self) -> Json:
        """How the service is."""
        return self._json("GET", "/health", proven=False)

    def checkpoint(self) -> bytes:
        """The newest published head, a signed note."""
        return self._send("GET", "/checkpoint").content

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        """The log's proof that its first `new` entries begin with its first `old` (RFC 6962, 2.1.2).

        Raises:
            NotFound: the log is not that long.
        """
        found = self._json("GET", f"/v1/consistency?old={old}&new={new}", proven=False)
        return tuple(from_b64u(text, 32, "hashes") for text in found["hashes"])

    def inbox(self, start: int = 0, limit: int = 100, *, reader: bytes | None = None) -> Json:
        """A page of one's own inbox, or of that of a party without a key that one represents."""
        named = "" if reader is None else f"&for={b64u(reader)}"
        return self._json("GET", f"/v1/inbox?start={start}&limit={limit}{named}")

    def inbox_of(self, refs: Sequence[bytes]) -> list[Json]:
        """The releases of some notices, with their bodies; those that were not released to one are left out."""
        found: list[Json] = []
        for first in range(0, len(refs), 100):
            named = "&".join(f"ref={b64u(ref)}" for ref in refs[first : first + 100])
            found.extend(self._json("GET", f"/v1/inbox?{named}")["items"])
        return found

    def inbox_brief(self, start: int = 0) -> Iterator[Json]:
        """Every release from a position on without its body, page by page."""
        while items := self._json("GET", f"/v1/inbox?start={start}&limit=10000&brief=true")["items"]:
            yield from items
            start = items[-1]["position"] + 1

    def inbox_head(self) -> tuple[int, bytes]:
        """How many releases one's inbox holds, and their root."""
        found = self._json("GET", "/v1/inbox/head")
        return found["n"], from_b64u(found["root"], 32, "root")

    def statement(self, sid: bytes) -> Json:
        """A statement in the forms that one may see."""
        return self._json("GET", f"/v1/statements/{b64u(sid)}")

    def statement_dossier(self, sid: bytes) -> bytes:
        """One statement as one may see it, as a dossier: to be checked before anybody relies on it."""
        return self._with_session("GET", f"/v1/statements/{b64u(sid)}/dossier").content

    def receipt(self, sid: bytes) -> bytes:
        """A fresh receipt."""
        return self._with_session("GET", f"/v1/statements/{b64u(sid)}/receipt").content

    def ladders(self, sid: bytes) -> list[Json]:
        """Who was told one's own statement, and which rungs each has reached."""
        found: list[Json] = self._json("GET", f"/v1/statements/{b64u(sid)}/ladders")["ladders"]
        return found

    def answers(self, sid: bytes) -> Json:
        """Who was asked by one's own call, inquiry or consultation, and who has answered."""
        return self._json("GET", f"/v1/statements/{b64u(sid)}/answers")

    def notice(self, ref: bytes) -> Json:
        """One's own notice as it stands."""
        return self._json("GET", f"/v1/notices/{b64u(ref)}")

    def corrected(self, ref: bytes) -> Json | None:
        """Which activities relied on the wrong place of what was corrected, and which ran over the right."""
        found: Json | None = self._json("GET", f"/v1/notices/{b64u(ref)}/corrected")["correction"]
        return found

    def erasure_cost(self, ref: bytes) -> Json:
        """What it would mean now to shred one's own item."""
        return self._json("GET", f"/v1/erasures/{b64u(ref)}")

    def met(self, ref: bytes) -> list[Json]:
        """What one's own standing notice meets now, as far as it is released to one."""
        found: list[Json] = self._json("GET", f"/v1/notices/{b64u(ref)}/met")["met"]
        return found

    def own(self, kind: str | None = None) -> Iterator[Json]:
        """One's own standing notices, oldest first."""
        start, wanted = 0, "" if kind is None else f"&kind={kind}"
        while page := self._json("GET", f"/v1/own?start={start}&limit=500{wanted}")["notices"]:
            yield from page
            start += len(page)

    def who_knew(self, party: bytes, area: Json, before_ms: int) -> Json:
        """What a party was told about an area (a volume's JSON value) before a time, through this log."""
        question = {"area": area, "before_ms": before_ms, "party": b64u(party)}
        return self._json("POST", "/v1/who-knew", content=json.dumps(question).encode("utf-8"))

    def compliance(self, start_ms: int, end_ms: int) -> Json:
        """What each party and desk owed in a span of time, and how it answered."""
        return self._json("GET", f"/v1/compliance?from={start_ms}&to={end_ms}")

    def arrears(self) -> list[Json]:
        """Who is silent towards whom, since when, and how much is open: one item each."""
        found: list[Json] = self._json("GET", "/v1/arrears")["arrears"]
        return found

    def claims(self) -> list[Json]:
        """The newest claims that one may see, each held against the record."""
        found: list[Json] = self._json("GET", "/v1/claims")["claims"]
        return found

    def duplicates(self, within_cm: int) -> Json:
        """Groups of sites that may be one thing told twice, among one's own and those released to one."""
        return self._json("GET", f"/v1/duplicates?within_cm={within_cm}")

    def copies(self, *, code: str | None = None, is_open: bool = False) -> list[Json]:
        """One's own copies, newest first, each with its holders and what makes it false."""
        asked = f"&code={code}" * (code is not None) + "&open=true" * is_open
        found: list[Json] = []
        while True:
            page = self._json("GET", f"/v1/copies?start={len(found)}&limit=1000{asked}")
            found.extend(page["copies"])
            if not page["copies"] or len(found) >= page["n"]:
                return found

    def released(self, area: Json, refs: Sequence[bytes] = ()) -> Json:
        """What is released to one for an area (a volume's JSON value), and what became of the releases that one names."""
        question = {"area": area, "refs": [b64u(ref) for ref in refs]}
        return self._json("POST", "/v1/released", content=json.dumps(question).encode("utf-8"))

    def dossier(self, question: Json | None = None) -> bytes:
        """The evidence that answers a question (as for `who_knew`: party, area, before_ms); without one, the whole log.

        Raises:
            NotPermitted: the whole log is shown to monitors.
        """
        if question is None:
            return self._with_session("GET", "/v1/dossier").content
        return self._with_session("POST", "/v1/dossier", content=json.dumps(question).encode("utf-8")).content

    def policy(self) -> bytes:
        """The log's keys as a policy file: to be compared with one that came by another way."""
        return self._send("GET", "/v1/policy").content

    def parties(self) -> list[Json]:
        """Who is enrolled."""
        found: list[Json] = self._json("GET", "/v1/parties")["parties"]
        return found

    def desks(self) -> Json:
        """The desks of one's arrangements as one may see them, and what is open at one's own."""
        return self._json("GET", "/v1/desks")

    def arrangements(self) -> list[Json]:
        """Every arrangement in its present version."""
        found: list[Json] = self._json("GET", "/v1/arrangements")["arrangements"]
        return found

    # --- live ---------------------------------------------------------------------------------------

    def follow(self, start: int = 0, *, retries: int | None = None) -> Iterator[Json]:
        """Ranges of one's inbox as they are released, from a position on; it reconnects, and loses and repeats nothing.

        Raises:
            Refused: the service does not take the request. Unavailable: `retries` connections in a row failed.
        """
        failures = 0
        while True:
            try:
                for one in self._stream(start):
                    failures, start = 0, one["end"]
                    yield one
            except (errors.Unavailable, UnknownSession) as error:
                failures += 1
                if isinstance(error, UnknownSession):
                    self._token = None
                if retries is not None and failures > retries:
                    raise
            time.sleep(_RETRY_S[min(failures, len(_RETRY_S) - 1)])

    def _stream(self, start: int) -> Iterator[Json]:
        """One connection's events, until it ends."""
        timeout = httpx2.Timeout(TIMEOUT_S, read=SILENCE_S)
        headers = {"accept": "text/event-stream", "last-event-id": str(start)} | self._bearer()
        try:
            with self._http.stream("GET", "/v1/events", headers=headers, timeout=timeout) as answer:
                if answer.status_code != 200:
                    answer.read()
                    raise error_of(answer)
                for event, text in _events(answer.iter_lines()):
                    if event == "released":
                        yield json.loads(text)
                    elif event == "ended":
                        raise UnknownSession(reason="the session ended")
        except httpx2.TransportError as error:
            raise ServiceUnavailable(reason=str(error) or type(error).__name__) from error

    # --- sessions -----------------------------------------------------------------------------------

    def open_session(self) -> Json:
        """Prove the desk's key and keep the token for what follows.

        Raises:
            UnknownSession: this client was given no key.
            Refused: the service does not know the key, or no longer.
        """
        who = self._credentials
        if who is None:
            raise UnknownSession(remedy="this needs a desk's key: name the seat")
        asked = self._send("GET", "/v1/challenge").json()
        request = SessionRequest(
            log=from_b64u(asked["log"], 32, "log"),
            nonce=from_b64u(asked["nonce"], NONCE_BYTES, "nonce"),
            party=who.party,
            desk=who.desk,
            key=key_id(who.key.public),
            stated_ms=asked["now_ms"],
        )
        envelope = sign_payload(REQUEST_TYPE, request.to_bytes(), [who.key])
        opened: Json = self._send("POST", "/v1/sessions", content=envelope.to_bytes()).json()
        self._token = opened["token"]
        return opened

    def _bearer(self) -> dict[str, str]:
        if self._token is None:
            self.open_session()
        return {"Authorization": f"Bearer {self._token}"}

    def _with_session(self, method: str, path: str, content: bytes | None = None) -> httpx2.Response:
        """A request that shows the session; one that has ended (a restart ends all) is opened anew, once."""
        self._bearer()
        try:
            return self._send(method, path, content=content)
        except UnknownSession:
            self._token = None
            self._bearer()
            return self._send(method, path, content=content)

    def _json(self, method: str, path: str, content: bytes | None = None, *, proven: bool = True) -> Json:
        ask = self._with_session if proven else self._send
        found: Json = ask(method, path, content=content).json()
        return found

    def _send(self, method: str, path: str, content: bytes | None = None) -> httpx2.Response:
        headers = {} if self._token is None else {"Authorization": f"Bearer {self._token}"}
        try:
            answer = self._http.request(method, path, content=content, headers=headers)
        except httpx2.TransportError as error:
            raise ServiceUnavailable(
                reason=str(error) or type(error).__name__, remedy="send the same bytes again later"
            ) from error
        if not answer.is_success:
            raise error_of(answer)
        return answer


# --- reading answers ------------------------------------------------------------------------------


def error_of(answer: httpx2.Response) -> StandclearError:
    """The error that a problem document says; what is no such document is `ServiceUnavailable`."""
    try:
        return error_from(answer.json())
    except (ValueError, TypeError, AttributeError):
        return ServiceUnavailable(status=answer.status_code, reason="the answer is not this service's")


def error_from(problem: Json) -> StandclearError:
    """An error of the class that a problem's slug names, with the problem's fields."""
    kind = _KINDS.get(str(problem.get("slug")), StandclearError)
    error = kind.__new__(kind)
    StandclearError.__init__(error, **{name: value for name, value in problem.items() if name not in _FRAME})
    for name in ("field", "reason", "remedy"):
        if isinstance(error, Malformed):
            setattr(error, name, str(problem.get(name, "")))
    return error


_FRAME: Final = frozenset({"type", "slug", "title", "status", "detail", "instance", "exercise"})


def _kinds(family: type[StandclearError]) -> Iterator[type[StandclearError]]:
    yield family
    for kind in family.__subclasses__():
        yield from _kinds(kind)


_KINDS: Final = {kind.slug: kind for kind in _kinds(StandclearError)}


def _filed(value: Json) -> Filed:
    effect = value["effect"]
    return Filed(
        index=value["index"],
        sid=from_b64u(value["sid"], 32, "sid"),
        integrated_ms=value["integrated_ms"],
        receipt=value["receipt"].encode("utf-8"),
        effect=effect["effect"],
        marks=tuple(effect["marks"]),
        rule=None if effect["rule"] is None else from_b64u(effect["rule"], 32, "rule"),
        aware_of=effect["aware_of"],
        missing=tuple(from_b64u(ref, 36, "missing") for ref in effect["missing"]),
    )


def _first_place(error: errors.Repeated) -> Filed:
    told = error.fields
    return Filed(
        index=int(str(told["index"])),
        sid=from_b64u(told["sid"], 32, "sid"),
        integrated_ms=int(str(told["integrated_ms"])),
        receipt=str(told["receipt"]).encode("utf-8"),
        effect="",
        marks=(),
        rule=None,
        aware_of=0,
        missing=(),
        is_repeated=True,
    )


def _outcome(value: Json) -> Filed | StandclearError:
    if "effect" in value:
        return _filed(value)
    error = error_from(value)
    return _first_place(error) if isinstance(error, errors.Repeated) else error


def _batches(texts: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Texts in runs that one batch may hold."""
    batch: list[bytes] = []
    size = 0
    for text in texts:
        if batch and (size + len(text) + 1 > BATCH_BYTES_MAX or len(batch) == BATCH_LINES_MAX):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += len(text) + 1
    if batch:
        yield batch


def _events(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Server-sent events: their type and their text. Comments are heartbeats, and pass."""
    event = "message"
    texts: list[str] = []
    for line in lines:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if texts:
                yield event, "\n".join(texts)
            event, texts = "message", []
        elif name == "event":
            event = value
        elif name == "data":
            texts.append(value)
