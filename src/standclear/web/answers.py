"""Who answered what was asked or called: what is signed, with its seconds, and apart from it what is only attested."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from standclear.flow.questions import matter_of
from standclear.obligations.matters import Matter
from standclear.statements.canonical import b64u
from standclear.web.front import front, path_bytes, session_of
from standclear.web.render import Json, attested_value


async def answers(request: Request) -> Response:
    """GET /v1/statements/{sid}/answers: who was asked by one's own call, inquiry or consultation, and who has answered."""
    shown, session = front(request), session_of(request)
    found = matter_of(shown.service, session.party, path_bytes(request, "sid", 32))
    return shown.json(matter_value(found, shown.service.clock.now_ms()))


def matter_value(one: Matter, now_ms: int) -> Json:
    """A matter with everybody who was asked. `signed` is empty of whoever has only an attested answer."""
    return {
        "sid": b64u(one.sid),
        "kind": one.kind,
        "code": one.code,
        "opener": b64u(one.opener),
        "opened_ms": one.opened_ms,
        "deadline_ms": one.deadline_ms,
        "ended_ms": one.ended_ms,
        "state": one.state(now_ms),
        "asked": [_asked_value(one, party) for party in sorted(one.asked)],
    }


def _asked_value(one: Matter, party: bytes) -> Json:
    return {
        "party": b64u(party),
        "signed": [
            {
                "answer": answer.code,
                "desk": b64u(answer.desk),
                "sid": b64u(answer.sid),
                "at_ms": answer.at_ms,
                "after_ms": answer.at_ms - one.opened_ms,
            }
            for answer in one.answers
            if answer.party == party
        ],
        "attested": [attested_value(answer) for answer in one.attested.get(party, ())],
    }
