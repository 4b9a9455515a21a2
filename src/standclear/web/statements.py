"""Submitting: one statement, or a batch of them, line by line. A statement needs no session: it proves itself."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from standclear.errors import (
    OverLimit,
    Overloaded,
    Refused,
    Repeated,
    StandclearError,
    Unavailable,
    Unproven,
)
from standclear.flow.recorded import first_place
from standclear.flow.submit import Answer
from standclear.limits import (
    BATCH_BYTES_MAX,
    BATCH_LINES_MAX,
    BATCHES_MAX,
    PARSED_AT_ONCE_MAX,
    RESERVE_STATEMENTS_MAX,
    RESERVED_BODY_MS,
    RESERVED_BYTES_MAX,
    SUBMISSION_BYTES_MAX,
    WAITING_STATEMENTS_MAX,
)
from standclear.statements.canonical import b64u
from standclear.statements.submission import Submission
from standclear.web.bodies import read_body
from standclear.web.front import Front, front, session_of
from standclear.web.problems import problem_of

NDJSON = "application/x-ndjson"


def answer_value(answer: Answer, exercise: str | None) -> dict[str, object]:
    """An answer as JSON: place, time, receipt and effect."""
    outcome = answer.outcome
    return {
        "exercise": exercise,
        "index": answer.index,
        "sid": b64u(answer.sid),
        "integrated_ms": answer.integrated_ms,
        "receipt": answer.receipt.decode("utf-8"),
        "effect": {
            "effect": outcome.effect,
            "marks": outcome.marks,
            "rule": None if outcome.rule is None else b64u(outcome.rule),
            "aware_of": outcome.aware_of,
            "missing": [b64u(ref) for ref in outcome.missing],
        },
    }


async def submit(request: Request) -> Response:
    """POST /v1/statements: one submission; 201 with its receipt and effect."""
    shown = front(request)
    refusal = request.scope["standclear.overloaded"] or _no_room(shown, request)
    try:
        if refusal is not None:
            answer = await _submit_call(shown, request, refusal)
        else:
            text = await read_body(
                request.scope, request.receive, "SUBMISSION_BYTES_MAX", SUBMISSION_BYTES_MAX
            )
            answer = await shown.service.submit(text)
    except Repeated as error:
        raise with_first_place(shown, error) from None
    shown.metrics.appended(answer.outcome.effect)
    content = msgspec.json.encode(answer_value(answer, shown.exercise))
    return Response(content, 201, media_type="application/json")


def _no_room(shown: Front, request: Request) -> Overloaded | None:
    """Why a statement finds no place among those waiting. The last places are kept for desks that have proven themselves."""
    most = WAITING_STATEMENTS_MAX
    if request.scope["standclear.session"] is None:
        most -= RESERVE_STATEMENTS_MAX
    if shown.service.sequencer.waiting < most:
        return None
    return Overloaded(
        waiting=most, remedy="send the same bytes again in a second, with a session if you have one"
    )


async def _submit_call(shown: Front, request: Request, refusal: Overloaded) -> Answer:
    """A stop-fire call is taken from the reserve; to everything else the answer is the refusal, whatever is wrong with it."""
    is_proven = request.scope["standclear.session"] is not None
    caller = request.scope["standclear.caller"]
    with shown.reserve.place(caller, asyncio.get_running_loop().time(), refusal, is_proven=is_proven):
        try:
            async with asyncio.timeout(RESERVED_BODY_MS / 1000):
                text = await read_body(
                    request.scope, request.receive, "RESERVED_BYTES_MAX", RESERVED_BYTES_MAX
                )
            called = await shown.service.find_call(text)
        except (Refused, Unproven, TimeoutError, HTTPException):
            raise refusal from None
    if called is None:
        raise refusal
    return await shown.service.submit_call(called, text)


def with_first_place(shown: Front, error: Repeated) -> StandclearError:
    """A repeated statement's error with the receipt of its first place, so that who lost the answer has it again."""
    sid = bytes.fromhex(str(error.fields["sid"]))
    if shown.service.book.index_of[sid] >= shown.service.size:
        return Unavailable(reason="its first copy is being written", remedy="send the same bytes again")
    first = first_place(shown.service, shown.query, sid)
    return Repeated(
        index=first.index,
        sid=b64u(sid),
        integrated_ms=first.integrated_ms,
        receipt=first.receipt.decode("utf-8"),
        remedy="it is on record under this receipt; nothing more is needed",
    )


# --- batches --------------------------------------------------------------------------------------


async def submit_batch(request: Request) -> Response:
    """POST /v1/statements/batch: a submission a line; answered a line each, in order, each for itself.

    The stop-fire calls among them ring before anything else of the batch is looked at.
    """
    shown, session = front(request), session_of(request)
    if shown.batches >= BATCHES_MAX:
        raise Overloaded(limit="BATCHES_MAX", most=BATCHES_MAX, remedy="wait until another batch is answered")
    shown.batches += 1
    try:
        lines = await _read_lines(request)
        calls = await _ring_first(shown, lines)
        try:
            shown.desks.spend(session.key, asyncio.get_running_loop().time(), len(lines))
        except Overloaded:  # what rang is logged all the same
            taken = [shown.service.submit_call(called, lines[at]) for at, called in calls.items()]
            await asyncio.gather(*taken, return_exceptions=True)
            raise
        waiting = await _enqueue(shown, lines, calls)
        return Response(await _answers(shown, waiting, request), media_type=NDJSON)
    finally:
        shown.batches -= 1


async def _ring_first(shown: Front, lines: list[bytes]) -> dict[int, Submission]:
    """Ring every stop-fire call among the lines, and give each by the number of its line. One that is refused rings nowhere."""
    found: dict[int, Submission] = {}
    for at, line in enumerate(lines):
        try:
            called = await shown.service.find_call(line)
            if called is None:
                continue
            if shown.service.ahead is not None:
                shown.service.ahead.ring_now(called)
            found[at] = called
        except (Refused, Unproven):
            continue  # its own line says why
        await asyncio.sleep(0)  # others have their turn
    return found


async def _read_lines(request: Request) -> list[bytes]:
    text = await read_body(request.scope, request.receive, "BATCH_BYTES_MAX", BATCH_BYTES_MAX)
    lines = [line for line in text.split(b"\n") if line.strip()]
    if len(lines) > BATCH_LINES_MAX:
        raise OverLimit("BATCH_LINES_MAX", BATCH_LINES_MAX, len(lines), "send it in parts")
    return lines


async def _enqueue(
    shown: Front, lines: list[bytes], calls: Mapping[int, Submission]
) -> list[asyncio.Task[Answer] | StandclearError]:
    """Each line parsed and put in the queue, in the order of the lines: a key's chain stays whole."""
    found: list[asyncio.Task[Answer] | StandclearError] = []
    for at in range(0, len(lines), PARSED_AT_ONCE_MAX):
        some = lines[at : at + PARSED_AT_ONCE_MAX]
        parsed = await asyncio.gather(*map(shown.service.parse, some), return_exceptions=True)
        for place, one in enumerate(parsed, start=at):
            if place in calls:
                taken = shown.service.submit_call(calls[place], lines[place])
                found.append(asyncio.create_task(taken))
            elif isinstance(one, Submission):
                found.append(asyncio.create_task(shown.service.sequencer.submit(one)))
            elif isinstance(one, StandclearError):
                found.append(one)
            else:
                raise one
        await asyncio.sleep(0)  # the tasks take their places in the queue, and others have their turn
    return found


async def _answers(
    shown: Front, waiting: list[asyncio.Task[Answer] | StandclearError], request: Request
) -> bytes:
    tasks = [one for one in waiting if isinstance(one, asyncio.Task)]
    await asyncio.gather(*tasks, return_exceptions=True)
    lines = [_outcome(shown, one, request.scope["standclear.request"]) for one in waiting]
    return b"".join(msgspec.json.encode(line) + b"\n" for line in lines)


def _outcome(shown: Front, one: asyncio.Task[Answer] | StandclearError, request_id: str) -> dict[str, object]:
    try:
        if isinstance(one, StandclearError):
            raise one
        answer = one.result()
        shown.metrics.appended(answer.outcome.effect)
        return answer_value(answer, shown.exercise)
    except Repeated as error:
        return problem_of(with_first_place(shown, error), shown.exercise, request_id)
    except StandclearError as error:
        return problem_of(error, shown.exercise, request_id)
