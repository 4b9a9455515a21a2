"""Errors as HTTP answers: one table from class to status, found by walking the MRO (RFC 9457, problem+json)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import msgspec
from starlette.responses import Response

from standclear.errors import (
    Ambiguous,
    BadSignature,
    Fatal,
    NotFound,
    NotPermitted,
    OverLimit,
    Overloaded,
    Refused,
    Repeated,
    ReplyExpired,
    ReplyUnknown,
    ReplyUsed,
    StandclearError,
    Unavailable,
    UnknownKey,
    UnknownParty,
    UnknownSession,
    Unproven,
    WrongLog,
)

PROBLEM_JSON: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:standclear:error:"

STATUSES: Final[dict[type[StandclearError], int]] = {
    Refused: 400,
    BadSignature: 401,
    UnknownKey: 401,
    UnknownSession: 401,
    NotPermitted: 403,
    NotFound: 404,
    UnknownParty: 404,
    ReplyUnknown: 404,
    Repeated: 409,
    ReplyUsed: 409,
    ReplyExpired: 410,
    WrongLog: 409,
    OverLimit: 413,
    Ambiguous: 422,
    Unproven: 422,
    Unavailable: 503,
    Fatal: 500,
    StandclearError: 500,
}
"""The nearest class of an error's MRO that stands here gives its status."""

_RETRY_AFTER_S: Final[dict[type[StandclearError], str]] = {Unavailable: "2", Overloaded: "1"}


def status_of(error: StandclearError) -> int:
    """The HTTP status of an error."""
    return STATUSES[next(kind for kind in type(error).__mro__ if kind in STATUSES)]


def problem_of(error: StandclearError, exercise: str | None, request_id: str) -> dict[str, object]:
    """The problem document of an error: its slug in `type`, its sentence, and its fields beside them."""
    status = status_of(error)
    problem: dict[str, object] = {name: _plain(value) for name, value in error.fields.items() if value != ""}
    return problem | {
        "type": TYPE_PREFIX + error.slug,
        "slug": error.slug,
        "title": error.title,
        "status": status,
        "detail": str(error),
        "instance": f"urn:standclear:request:{request_id}",
        "exercise": exercise,
    }


def answer_error(error: StandclearError, exercise: str | None, request_id: str) -> Response:
    """An error as the answer to a request."""
    headers = {}
    retry_after = next((_RETRY_AFTER_S[kind] for kind in type(error).__mro__ if kind in _RETRY_AFTER_S), None)
    if retry_after is not None:
        headers["Retry-After"] = retry_after
    if isinstance(error, UnknownSession):
        headers["WWW-Authenticate"] = "Bearer"
    content = msgspec.json.encode(problem_of(error, exercise, request_id))
    return Response(content, status_of(error), headers, PROBLEM_JSON)


def answer_status(status: int, allow: str | None, exercise: str | None, request_id: str) -> Response:
    """A fault of HTTP itself (405, 408), which has no slug: RFC 9457, 4.2.1."""
    problem = {
        "type": "about:blank",
        "slug": None,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "instance": f"urn:standclear:request:{request_id}",
        "exercise": exercise,
    }
    headers = {} if allow is None else {"Allow": allow}
    return Response(msgspec.json.encode(problem), status, headers, PROBLEM_JSON)


def _plain(value: object) -> object:
    """A field as JSON can say it."""
    if isinstance(value, bytes):
        return value.hex()
    return value if isinstance(value, str | int | bool | list | dict | None) else str(value)
