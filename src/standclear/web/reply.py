"""Answers without a key: the page behind a message's link, the answer that it posts, and texts from a telephone's gateway.

GET never answers: mail programs and scanners open links. Only a POST does, once.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from standclear.errors import BadSignature, Malformed, ReplyUnknown, StandclearError
from standclear.flow.deliver import Deliverer
from standclear.flow.outbox import KeptAnswer
from standclear.flow.replying import Asked
from standclear.flow.showing import details_of
from standclear.keys import equal_in_constant_time, hmac_sha256
from standclear.limits import GATEWAY_SKEW_MS, REPLY_CODE_BYTES, REPLY_REQUEST_BYTES
from standclear.statements.canonical import b64u, from_b64u
from standclear.web.bodies import read_body
from standclear.web.front import Front, front
from standclear.web.problems import status_of
from standclear.web.reply_page import accepted_language, asked_page, refused_page, taken_page

_STYLE = Path(__file__).with_name("reply.css")


# --- by link --------------------------------------------------------------------------------------


async def page(request: Request) -> Response:
    """GET /v1/reply/{code}: what the message was about, and what may be answered; it answers nothing."""
    shown = front(request)
    _refuse_as_page(request)
    found = await _found(shown, request)
    details = details_of(shown.query, found.parcel)
    return HTMLResponse(asked_page(found, details, found.parcel.language, shown.exercise))


async def answer(request: Request) -> Response:
    """POST /v1/reply/{code}: the answer, once, as a form or as JSON; it is attested, and signed by nobody."""
    shown = front(request)
    _refuse_as_page(request)
    found = await _found(shown, request)
    chosen = await _chosen(request)
    deliverer = shown.deliverer
    assert deliverer is not None
    kept = await deliverer.replies.take(found.parcel.code, chosen, _address(request))
    shown.metrics.replied(kept.by)
    deliverer.wake()
    if _wants_page(request):
        return HTMLResponse(taken_page(kept, kept.parcel.language, shown.exercise))
    return shown.json(_taken_value(kept))


async def style(request: Request) -> Response:
    """GET /v1/reply/style.css: how the page looks; it comes from nowhere else."""
    return Response(_STYLE.read_bytes(), 200, {"cache-control": "max-age=86400"}, "text/css")


async def _found(shown: Front, request: Request) -> Asked:
    deliverer = _deliverer(shown)
    try:
        code = from_b64u(request.path_params["code"], REPLY_CODE_BYTES, "code")
    except Malformed:
        code = b""  # a link that was cut short is as unknown as any
    found = await deliverer.replies.find(code, _address(request))
    request.scope["standclear.language"] = found.parcel.language
    return found


def _deliverer(shown: Front) -> Deliverer:
    if shown.deliverer is None:
        raise ReplyUnknown(remedy="this service sends no messages")
    return shown.deliverer


async def _chosen(request: Request) -> str:
    """The answer of a form or of a JSON object.

    Raises:
        Malformed: it is neither, or has not one answer.
    """
    text = await read_body(request.scope, request.receive, "REPLY_REQUEST_BYTES", REPLY_REQUEST_BYTES)
    sort = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    found: object = None
    try:
        if sort == "application/json":
            read = msgspec.json.decode(text)
            found = read.get("answer") if isinstance(read, dict) else None
        elif sort == "application/x-www-form-urlencoded":
            given = parse_qs(text.decode("utf-8"), max_num_fields=16).get("answer", [])
            found = given[0] if len(given) == 1 else None
    except (ValueError, RecursionError, msgspec.MsgspecError):
        found = None
    if not isinstance(found, str):
        raise Malformed("answer", "no form or JSON with one answer", "send answer=… as the page offers it")
    return found


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _refuse_as_page(request: Request) -> None:
    """A person with a browser is told in their own language why nothing was taken; a program gets a problem."""
    if not _wants_page(request):
        return
    shown, scope = front(request), request.scope
    accepted = accepted_language(request.headers.get("accept-language", ""))

    def told(error: StandclearError) -> Response:
        language = scope.get("standclear.language", accepted)
        return HTMLResponse(refused_page(error, language, shown.exercise), status_of(error))

    scope["standclear.page"] = told


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _taken_value(kept: KeptAnswer) -> dict[str, object]:
    return {
        "sid": b64u(kept.parcel.sid),
        "answer": kept.answer,
        "by": kept.by,
        "at_ms": kept.at_ms,
        "attested": True,
        "signed": False,
    }


# --- by a text from a telephone -------------------------------------------------------------------


class _Text(msgspec.Struct, frozen=True):
    message: str
    phoneNumber: str  # noqa: N815 - the gateway's name


class _Received(msgspec.Struct, frozen=True):
    event: str
    payload: _Text


async def text(request: Request) -> Response:
    """POST /v1/reply: a text that a telephone's gateway received: a short code and an answer, from the number it was sent to."""
    shown = front(request)
    body = await read_body(request.scope, request.receive, "REPLY_REQUEST_BYTES", REPLY_REQUEST_BYTES)
    deliverer = _deliverer(shown)
    _check_gateway(request, deliverer.gateway_secret, body, deliverer.replies.now_ms())
    try:
        received = msgspec.json.decode(body, type=_Received)
    except (RecursionError, msgspec.MsgspecError) as error:
        raise Malformed("body", str(error), "send the gateway's event sms:received as it is") from None
    if received.event != "sms:received":
        raise Malformed("event", "not sms:received", "let the gateway send this event only")
    kept = await deliverer.replies.take_text(received.payload.phoneNumber, received.payload.message)
    shown.metrics.replied(kept.by)
    deliverer.wake()
    return shown.json(_taken_value(kept))


def _check_gateway(request: Request, secret: bytes, body: bytes, now_ms: int) -> None:
    """The gateway's signature: HMAC-SHA-256, in hexadecimal, over the body and the timestamp after it.

    Raises:
        BadSignature: it is not the gateway's, or too old, or no gateway was given a secret.
    """
    stamp = request.headers.get("x-timestamp", "")
    signed = hmac_sha256(secret, body + stamp.encode("utf-8")).hex().encode("ascii")
    given = request.headers.get("x-signature", "").lower().encode("utf-8")
    is_fresh = (
        stamp.isascii()
        and stamp.isdigit()
        and len(stamp) <= 12
        and abs(int(stamp) * 1000 - now_ms) <= GATEWAY_SKEW_MS
    )
    if not (secret and is_fresh and equal_in_constant_time(signed, given)):
        raise BadSignature(field="X-Signature", remedy="give the gateway the signing key of the settings")
