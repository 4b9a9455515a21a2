"""What a desk may read: its inbox, its own notices and who answered them, and what was told to whom. Never more."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from standclear.dossier.answers import Question
from standclear.errors import NotPermitted
from standclear.flow.query import Query
from standclear.flow.recorded import find_effect
from standclear.limits import (
    INBOX_BRIEF_PAGE_MAX,
    INBOX_PAGE_MAX,
    INTEGER_MAX,
    OWN_PAGE_MAX,
    QUESTION_BYTES_MAX,
)
from standclear.spacetime.units import FOREVER_MS
from standclear.spacetime.volume import volume_from_value
from standclear.statements.canonical import b64u, from_b64u, read_json
from standclear.statements.fields import Fields
from standclear.statements.header import NOTICE_KINDS
from standclear.statements.lists import REF_BYTES
from standclear.web.bodies import read_body
from standclear.web.front import Front, choice, front, path_bytes, query_integer, session_of
from standclear.web.render import (
    NOTHING_TOLD,
    agreement_value,
    effect_value,
    inbox_item_value,
    ladder_value,
    party_value,
    standing_value,
    who_knew_value,
)


def reader_of(request: Request) -> bytes:
    """For whom a desk reads: its own party, or (`for`) one without a key that its party represents.

    Raises:
        NotPermitted: the party named is not represented by this desk's.
    """
    session, named = session_of(request), request.query_params.get("for")
    if named is None:
        return session.party
    party = from_b64u(named, 16, "for")
    standing = front(request).service.book.roll.parties.get(party)
    if standing is None or standing.represented_by != session.party:
        raise NotPermitted(
            field="for", reason="your party does not represent it", remedy="leave it out to read your own"
        )
    return party


# --- the inbox ------------------------------------------------------------------------------------


async def inbox(request: Request) -> Response:
    """GET /v1/inbox: releases from position `start` on, or those of the notices named, with their bodies."""
    shown, party = front(request), reader_of(request)
    start = query_integer(request, "start", 0, INTEGER_MAX)
    brief = request.query_params.get("brief") == "true"
    limit = query_integer(request, "limit", 100, INBOX_BRIEF_PAGE_MAX if brief else INBOX_PAGE_MAX)
    named = request.query_params.getlist("ref")[:INBOX_PAGE_MAX]
    if named:
        refs = [from_b64u(text, REF_BYTES, "ref") for text in named]
        items = shown.query.items(party, shown.query.positions_of(party, refs), brief=brief)
    else:
        items = shown.query.inbox(party, start, limit, brief=brief)
    n, root = shown.query.inbox_head(party)
    return shown.json(
        {
            "n": n,
            "root": b64u(root),
            "start": start,
            "items": [inbox_item_value(one) for one in items],
            "note": "" if n else NOTHING_TOLD,
        }
    )


async def inbox_head(request: Request) -> Response:
    """GET /v1/inbox/head: how many releases there are, and their root: what a desk signs to say that it holds them."""
    shown, party = front(request), reader_of(request)
    n, root = shown.query.inbox_head(party)
    return shown.json(
        {"n": n, "root": b64u(root), "size": shown.service.size, "note": "" if n else NOTHING_TOLD}
    )


# --- statements -----------------------------------------------------------------------------------


async def statement(request: Request) -> Response:
    """GET /v1/statements/{sid}: a statement in the forms that were released to the party; its effect to its sender."""
    shown, party = front(request), reader_of(request)
    sid = path_bytes(request, "sid", 32)
    value = shown.query.statement(party, sid)
    effect = (
        find_effect(shown.service, value["index"]) if _is_told_effect(shown.query, party, value) else None
    )
    return shown.json({**value, "effect": None if effect is None else effect_value(effect)})


def _is_told_effect(query: Query, party: bytes, value: dict[str, object]) -> bool:
    """What an entry did names what it met: that is its sender's, and a monitor's."""
    header = value["header"]
    assert isinstance(header, dict)
    under = None if header["under"] is None else from_b64u(header["under"], 32, "under")
    return bool(header["from"]["party"] == b64u(party)) or query.is_monitor(party, under)


async def receipt(request: Request) -> Response:
    """GET /v1/statements/{sid}/receipt: a fresh receipt of a statement that the party may see."""
    shown, session = front(request), session_of(request)
    sid = path_bytes(request, "sid", 32)
    shown.query.statement(session.party, sid)
    return PlainTextResponse(shown.query.receipt(sid))


async def ladders(request: Request) -> Response:
    """GET /v1/statements/{sid}/ladders: who was told one's own statement, and which rungs each has reached."""
    shown, session = front(request), session_of(request)
    found = shown.query.ladders(session.party, path_bytes(request, "sid", 32))
    now_ms = shown.service.clock.now_ms()
    carriage = shown.service.book.carriage
    return shown.json(
        {"ladders": [ladder_value(one, now_ms, carriage.about(one.sid, one.party)) for one in found]}
    )


# --- notices --------------------------------------------------------------------------------------


async def notice(request: Request) -> Response:
    """GET /v1/notices/{ref}: one's own notice as it stands, and what it is not aware of."""
    shown, session = front(request), session_of(request)
    found = shown.query.standing(session.party, path_bytes(request, "ref", REF_BYTES))
    return shown.json(standing_value(found, shown.service.clock.now_ms()))


async def own(request: Request) -> Response:
    """GET /v1/own: one's own standing notices, oldest first."""
    shown, session = front(request), session_of(request)
    kind = choice(request, "kind", NOTICE_KINDS)
    start = query_integer(request, "start", 0, INTEGER_MAX)
    limit = query_integer(request, "limit", 100, OWN_PAGE_MAX)
    found = shown.query.own(session.party, kind)
    now_ms = shown.service.clock.now_ms()
    page = [standing_value(one, now_ms) for one in found[start : start + limit]]
    return shown.json({"n": len(found), "start": start, "notices": page})


async def who_knew(request: Request) -> Response:
    """POST /v1/who-knew: what a party was told about an area before a time, through this log."""
    shown, session = front(request), session_of(request)
    asked = await read_question(request)
    found = shown.query.who_knew(session.party, asked.party, asked.area, asked.before_ms)
    return shown.json(who_knew_value(found))


async def read_question(request: Request) -> Question:
    """The question of a request's body: party, area and time."""
    text = await read_body(request.scope, request.receive, "QUESTION_BYTES_MAX", QUESTION_BYTES_MAX)
    fields = Fields(read_json(text, "question"), "")
    party = fields.raw("party", 16)
    area = fields.one("area", volume_from_value)
    before_ms = fields.integer("before_ms", 0, FOREVER_MS)
    fields.done()
    return Question(party=party, area=area, before_ms=before_ms)


# --- what is open to every party of the log -------------------------------------------------------


async def parties(request: Request) -> Response:
    """GET /v1/parties: who is enrolled, and their desks."""
    shown = _proven(request)
    roll = shown.service.book.roll
    found = [
        party_value(one, [desk for desk in roll.desks.values() if desk.party == one.party], roll)
        for one in roll.parties.values()
    ]
    return shown.json({"parties": found})


async def arrangements(request: Request) -> Response:
    """GET /v1/arrangements: each arrangement in its present version, and who has adhered to it."""
    shown = _proven(request)
    found = shown.service.book.agreements.all()
    return shown.json({"arrangements": [agreement_value(one, shown.service.book.roll) for one in found]})


def _proven(request: Request) -> Front:
    session_of(request)
    return front(request)
