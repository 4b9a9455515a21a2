"""Reading a request's body: within its limit while it comes, and within its time."""

from __future__ import annotations

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope

from standclear.errors import OverLimit
from standclear.limits import BODY_PAUSE_MS, BODY_WHOLE_MS

_REMEDY = "split it, or send it in parts"


async def read_body(scope: Scope, receive: Receive, limit: str, most: int) -> bytes:
    """The whole body of a request.

    Raises:
        OverLimit: more than `most` bytes (`limit` is the limit's name), by its own word or as it came.
        HTTPException: 408, it came too slowly.
        ClientDisconnect: it never came whole.
    """
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value) > most:
            raise OverLimit(limit, most, int(value), _REMEDY)
    message = await _next(receive)
    if not message.get("more_body"):
        body: bytes = message.get("body", b"")
        if len(body) > most:
            raise OverLimit(limit, most, len(body), _REMEDY)
        return body
    return await _read_rest(receive, bytearray(message["body"]), limit, most)


async def _read_rest(receive: Receive, body: bytearray, limit: str, most: int) -> bytes:
    ends_s = asyncio.get_running_loop().time() + BODY_WHOLE_MS / 1000
    more = True
    while more:
        if len(body) > most:
            raise OverLimit(limit, most, len(body), _REMEDY)
        if asyncio.get_running_loop().time() > ends_s:
            raise HTTPException(408)
        message = await _next(receive)
        body += message.get("body", b"")
        more = message.get("more_body", False)
    if len(body) > most:
        raise OverLimit(limit, most, len(body), _REMEDY)
    return bytes(body)


async def _next(receive: Receive) -> Message:
    try:
        async with asyncio.timeout(BODY_PAUSE_MS / 1000):
            message = await receive()
    except TimeoutError:
        raise HTTPException(408) from None
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return message
