"""Evidence over HTTP: the dossier an investigator opens, and the policy file that says whom to believe.

A dossier is gathered in a thread of its own: the service goes on taking statements meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from standclear.errors import Overloaded
from standclear.flow.evidence import answer_of, dossier_of, policy_of, statement_of
from standclear.limits import DEEDS_EVERY_MS, DOSSIERS_MAX
from standclear.web.front import Front, front, path_bytes, session_of
from standclear.web.reading import read_question

_NAMED = {"Content-Disposition": 'attachment; filename="standclear.dossier"'}


async def whole_log(request: Request) -> Response:
    """GET /v1/dossier: the whole log, to a monitor."""
    shown, session = front(request), session_of(request)
    return await _gathered(shown, lambda note: dossier_of(shown.service, asker=session.party, note=note))


async def answer(request: Request) -> Response:
    """POST /v1/dossier: the evidence that answers a question, as far as the asker may see it."""
    shown, session = front(request), session_of(request)
    question = await read_question(request)
    return await _gathered(shown, lambda note: answer_of(shown.service, session.party, question, note=note))


async def of_statement(request: Request) -> Response:
    """GET /v1/statements/{sid}/dossier: one statement as the party may see it, with all that shows who signed it."""
    shown, session = front(request), session_of(request)
    sid = path_bytes(request, "sid", 32)
    text = await asyncio.to_thread(
        statement_of, shown.service, session.party, sid, note=shown.service.publisher.publish_now()
    )
    return Response(text, 200, _NAMED, "text/plain; charset=utf-8")


async def policy(request: Request) -> Response:
    """GET /v1/policy: the log's keys as a policy file. Whoever takes it from here believes this address."""
    return PlainTextResponse(policy_of(front(request).service))


async def _gathered(shown: Front, gather: Callable[[bytes], bytes]) -> Response:
    if shown.dossiers >= DOSSIERS_MAX:
        raise Overloaded(
            limit="DOSSIERS_MAX", most=DOSSIERS_MAX, remedy="wait until another dossier is written"
        )
    shown.dossiers += 1
    try:
        with contextlib.suppress(
            TimeoutError
        ):  # a busy log never settles: then the newest effects are not in it
            async with asyncio.timeout(2 * DEEDS_EVERY_MS / 1000):
                await shown.service.settle()
        note = shown.service.publisher.publish_now()
        text = await asyncio.to_thread(gather, note)
    finally:
        shown.dossiers -= 1
    return Response(text, 200, _NAMED, "text/plain; charset=utf-8")
