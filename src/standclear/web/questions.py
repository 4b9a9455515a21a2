"""Questions that the record answers: figures of compliance, claims held against the record, what is released for an area.

What looks at all the notices of a log is computed in a thread of its own: the service goes on taking statements meanwhile.
"""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from standclear.conflicts.claims import Evidence, HeldClaim
from standclear.conflicts.standing import Standing
from standclear.dialects.sites.neighbours import NEAR_CM
from standclear.errors import Malformed
from standclear.flow.alike import AlikeSites, alike_sites
from standclear.flow.copying import copies_of
from standclear.flow.questions import (
    CorrectedFor,
    MetNow,
    ReleasedThere,
    claims,
    compliance,
    correction,
    met_now,
    released_there,
)
from standclear.limits import (
    CLAIMS_PAGE_MAX,
    COPIES_PAGE_MAX,
    DUPLICATE_REACH_CM_MAX,
    INTEGER_MAX,
    QUESTION_BYTES_MAX,
    RELEASED_MAX,
)
from standclear.obligations.arrears import Arrears, arrears_seen
from standclear.obligations.desk_figures import DeskFigures
from standclear.obligations.figures import Compliance, DutyFigures, FilingFigures, Tally
from standclear.spacetime.interval import Interval
from standclear.spacetime.units import FOREVER_MS
from standclear.spacetime.volume import volume_from_value
from standclear.statements.canonical import b64u, read_json
from standclear.statements.fields import Fields, raw_reader
from standclear.statements.lists import REF_BYTES
from standclear.web.bodies import read_body
from standclear.web.front import front, path_bytes, query_integer, session_of
from standclear.web.render import NOTHING_TOLD, Json, copy_value, inbox_item_value, ref_value

# --- compliance -----------------------------------------------------------------------------------


async def figures(request: Request) -> Response:
    """GET /v1/compliance: what each party and desk owed in a span of time, and how it answered; of one's own traffic."""
    shown, session = front(request), session_of(request)
    start_ms = query_integer(request, "from", 0, FOREVER_MS)
    end_ms = query_integer(request, "to", FOREVER_MS, FOREVER_MS)
    if end_ms < start_ms:
        raise Malformed("to", "before its beginning", "ask from an earlier time to a later one")
    interval = Interval(start_ms=start_ms, end_ms=end_ms)
    found = await asyncio.to_thread(compliance, shown.service, session.party, interval)
    return shown.json(compliance_value(found))


def compliance_value(found: Compliance) -> Json:
    return {
        "start_ms": found.interval.start_ms,
        "end_ms": found.interval.end_ms,
        "as_of_ms": found.as_of_ms,
        "whole": found.is_whole,
        "duties": [_duty_value(one) for one in found.duties],
        "filings": [_filing_value(one) for one in found.filings],
        "grades": [
            {"party": b64u(one.party), "sites": one.sites, "below": one.below, **dict(one.grades)}
            for one in found.grades
        ],
        "desks": [_desk_value(one) for one in found.desks],
        "arrears": [arrears_value(one) for one in found.arrears],
    }


async def arrears(request: Request) -> Response:
    """GET /v1/arrears: each party that is silent towards another: since when, and how much is open; one item each."""
    shown, session = front(request), session_of(request)
    now_ms = shown.service.clock.now_ms()
    found = arrears_seen(shown.service.book, now_ms, shown.query.sight_of(session.party))
    return shown.json({"as_of_ms": now_ms, "arrears": [arrears_value(one) for one in found]})


def arrears_value(one: Arrears) -> Json:
    return {
        "owner": b64u(one.owner),
        "silent": b64u(one.silent),
        "since_ms": one.since_ms,
        "count": one.count,
        "ladders": one.ladders,
        "matters": one.matters,
        "sid": b64u(one.sid),
    }


def _duty_value(one: DutyFigures) -> Json:
    return {
        "party": b64u(one.party),
        "duty": one.duty,
        "kind": one.kind,
        **_tally_value(one.whole),
        "desks": [{"desk": b64u(desk.desk), **_tally_value(desk.tally)} for desk in one.desks],
        "weeks": [{"start_ms": week.start_ms, **_tally_value(week.tally)} for week in one.weeks],
    }


def _tally_value(one: Tally) -> Json:
    return {
        "owed": one.owed,
        "in_time": one.in_time,
        "late": one.late,
        "unanswered": one.unanswered,
        "waiting": one.waiting,
        "partly": one.partly,
        "attested": one.attested,
        "escalated": one.escalated,
        "leading": one.leading,
        "too_late": one.too_late,
        "lead_median_twice_ms": one.lead_median_twice_ms,
        "median_twice_ms": one.median_twice_ms,
    }


def _filing_value(one: FilingFigures) -> Json:
    return {
        "party": b64u(one.party),
        "desk": b64u(one.desk),
        "kind": one.kind,
        "filed": one.filed,
        "items": one.items,
        "late": one.late,
        "over_quota": one.over_quota,
        "over_total": one.over_total,
        "aware": one.aware,
        "held": one.held,
        "uncited": one.uncited,
        "blanket": one.blanket,
    }


def _desk_value(one: DeskFigures) -> Json:
    return {
        "under": b64u(one.under),
        "party": b64u(one.party),
        "desk": b64u(one.desk),
        "bound_ms": one.bound_ms,
        "watched_ms": one.watched_ms,
        "due": one.line.due,
        "answered": one.line.answered,
        "attested": one.line.attested,
        "missed": one.line.missed,
        "waiting": one.line.waiting,
        "drills": one.line.drills,
    }


# --- claims ---------------------------------------------------------------------------------------


async def held_claims(request: Request) -> Response:
    """GET /v1/claims: the newest claims that one may see, each held against what of the record one may see."""
    shown, session = front(request), session_of(request)
    limit = query_integer(request, "limit", CLAIMS_PAGE_MAX, CLAIMS_PAGE_MAX)
    found = await asyncio.to_thread(claims, shown.service, session.party, limit)
    return shown.json({"claims": [claim_value(one) for one in found]})


def claim_value(one: HeldClaim) -> Json:
    return {
        "sid": b64u(one.claim.sid),
        "party": b64u(one.claim.party),
        "subject": b64u(one.subject),
        "at_ms": one.claim.at_ms,
        "claim": one.claim.body.to_value(),
        "verdict": one.verdict,
        "says": one.says,
        "evidence": [_evidence_value(piece) for piece in one.evidence],
    }


def _evidence_value(one: Evidence) -> Json:
    return {
        "sort": one.sort,
        "party": None if one.party is None else b64u(one.party),
        "sid": None if one.sid is None else b64u(one.sid),
        "ref": None if one.ref is None else b64u(one.ref),
        "at_ms": one.at_ms,
        "grade": one.grade,
        "count": one.count,
    }


# --- what is released for an area -----------------------------------------------------------------


async def released(request: Request) -> Response:
    """POST /v1/released: what is released to one for an area and time and stands; what became of releases one names."""
    shown, session = front(request), session_of(request)
    text = await read_body(request.scope, request.receive, "QUESTION_BYTES_MAX", QUESTION_BYTES_MAX)
    fields = Fields(read_json(text, "question"), "")
    area = fields.one("area", volume_from_value)
    refs = fields.many("refs", raw_reader(REF_BYTES), RELEASED_MAX)
    fields.done()
    return shown.json(released_value(released_there(shown.query, session.party, area, refs)))


def released_value(found: ReleasedThere) -> Json:
    return {
        "as_of_ms": found.as_of_ms,
        "size": found.size,
        "items": [inbox_item_value(one.item) | {"travel": one.travel} for one in found.items],
        "known": [ref_value(one.ref) | {"condition": one.condition} for one in found.known],
        "note": "" if found.items else NOTHING_TOLD,
    }


# --- what one's own meets -------------------------------------------------------------------------


async def met(request: Request) -> Response:
    """GET /v1/notices/{ref}/met: what one's own standing notice meets now, as far as it is released to one."""
    shown, session = front(request), session_of(request)
    found = met_now(shown.query, session.party, path_bytes(request, "ref", REF_BYTES))
    now_ms = shown.service.clock.now_ms()
    return shown.json(
        {"met": [met_value(one, now_ms) for one in found], "note": "" if found else NOTHING_TOLD}
    )


async def corrected(request: Request) -> Response:
    """GET /v1/notices/{ref}/corrected: which activities relied on the wrong place, and which ran over the right one."""
    shown, session = front(request), session_of(request)
    ref = path_bytes(request, "ref", REF_BYTES)
    found = await asyncio.to_thread(correction, shown.query, session.party, ref)
    return shown.json({"correction": None if found is None else correction_value(found)})


def correction_value(found: CorrectedFor) -> Json:
    def told(one: Standing) -> Json:
        return ref_value(one.ref) | {"party": b64u(one.party), "name": one.name, "state": one.state}

    return {
        "wrong_ms": found.wrong_ms,
        "wrong": [b64u(one.ref) for one in found.wrong],
        "cited": [told(one) for one in found.cited],
        "ran": [told(one) for one in found.ran],
    }


def met_value(one: MetNow, now_ms: int) -> Json:
    return ref_value(one.standing.ref) | {
        "kind": one.standing.kind,
        "party": b64u(one.standing.party),
        "form": one.form,
        "name": one.standing.name if one.form == "exact" else "",
        "concern": one.concern,
        "condition": one.standing.condition(now_ms, one.form),
        "is_aware": one.is_aware,
    }


# --- copies ---------------------------------------------------------------------------------------


async def copies(request: Request) -> Response:
    """GET /v1/copies: one's own copies, newest first, with what makes each false; `open=true` those that somebody holds."""
    shown, session = front(request), session_of(request)
    start = query_integer(request, "start", 0, INTEGER_MAX)
    limit = query_integer(request, "limit", 100, COPIES_PAGE_MAX)
    is_open = request.query_params.get("open") == "true"
    code = request.query_params.get("code")
    n, found = copies_of(shown.query, session.party, is_open=is_open, code=code, start=start, limit=limit)
    return shown.json({"n": n, "start": start, "copies": [copy_value(one) for one in found]})


async def duplicates(request: Request) -> Response:
    """GET /v1/duplicates: groups of sites, one's own and those released to one, that may be one thing told twice."""
    shown, session = front(request), session_of(request)
    within_cm = query_integer(request, "within_cm", NEAR_CM, DUPLICATE_REACH_CM_MAX)
    found = await asyncio.to_thread(alike_sites, shown.query, session.party, within_cm)
    return shown.json(
        {"sites": sum(len(one.sites) for one in found), "groups": [_alike_value(one) for one in found]}
    )


def _alike_value(one: AlikeSites) -> Json:
    return {
        "why": list(one.group.why),
        "apart_cm": one.group.apart_cm,
        "sites": [
            ref_value(site.ref) | {"party": b64u(site.party), "name": name, "position": position}
            for site, name, position in zip(one.sites, one.names, one.positions, strict=True)
        ],
    }
