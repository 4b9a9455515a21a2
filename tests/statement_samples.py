"""One valid body of every kind, as JSON values, and where within them each object of the format stands."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

from standclear.spacetime.volume import volume_to_value
from standclear.statements.arrangement import Adherence, Escalation
from standclear.statements.asking import Answer, Contact, Inquiry, Observation, Translation
from standclear.statements.calls import (
    Agreement,
    Claim,
    Consultation,
    Emergency,
    Incident,
    LineCheck,
    Objection,
    Watch,
)
from standclear.statements.canonical import Value
from standclear.statements.erasing import Erasure, Hold
from standclear.statements.header import Header, parse_header
from standclear.statements.moving import Leg, Movement, Progress, Zone
from standclear.statements.notices import Ending, Note
from standclear.statements.parties import Retirement, Revocation
from standclear.statements.readiness import ReadinessRule
from standclear.statements.replies import Acknowledgement, Dissemination, HandedCopy, InboxRange
from standclear.statements.total import Total
from vectors.statement_scene import (
    FIRE,
    FULL_SITE,
    NOON_MS,
    UNIT,
    Scene,
    arrangement_body,
    build_scene,
    charter_body,
    enrolment_body,
    notice_body,
    volume_at,
)

SCENE: Scene = build_scene()
NOTE = Note(lang="en", text="seen")
HERE = volume_at()
PARTY = SCENE.party("South")
CONVOY = Movement(
    movement_type="aid_convoy",
    movement_mode="road",
    legs=(Leg(origin="A", destination="B", volume=0),),
    units=3,
    headcount=12,
    identification=("HA 1234",),
    markings=("emblem", "roof"),
    repeats=bytes(36),
    displacement_t=None,
)
CLOSED = Zone(zone_type="closed_airspace", restriction="entry_prohibited", reason="air defence")

NOTICES = {
    "site": FULL_SITE,
    "presence": notice_body(UNIT),
    "activity": notice_body(FIRE),
    "movement": notice_body(CONVOY),
    "zone": notice_body(CLOSED),
}
BODIES: dict[str, Any] = NOTICES | {
    "charter": charter_body(SCENE),
    "enrolment": enrolment_body(SCENE, "South", "ingo"),
    "retirement": Retirement(keys=(bytes(32),), drain_until_ms=NOON_MS),
    "revocation": Revocation(keys=(bytes(32),), reason="captured"),
    "arrangement": arrangement_body(
        SCENE,
        neutral=PARTY,
        escalation=(Escalation(level="alternate_desk", after_ms=60_000),),
        emergency=(Escalation(level="superior", after_ms=0),),
        readiness=ReadinessRule(
            line_every_ms=86_400_000,
            line_answer_ms=900_000,
            line_misses=2,
            watch_gap_ms=300_000,
            watch_most_ms=43_200_000,
        ),
        totals=(
            Total(
                name="troops",
                kind="activity",
                types=("military_exercise",),
                measure="headcount",
                window_ms=None,
                by="party",
                except_roles=("monitor",),
                most=9_000,
            ),
        ),
    ),
    "adherence": Adherence(adheres=True, reservations=("none of our medical sites",)),
    "acknowledgement": Acknowledgement(
        answer="noted",
        member="M-7",
        opened_ms=NOON_MS,
        span=InboxRange(start=0, end=2),
        exceptions=(1,),
        tags=(bytes(32),),
        note=NOTE,
    ),
    "dissemination": Dissemination(
        echelons=("all batteries",),
        third_party=PARTY,
        third_name="a village",
        means="radio",
        member="M-7",
        note=NOTE,
        copy=HandedCopy(
            code="K7M2QP",
            format="sheet",
            as_of_ms=NOON_MS,
            expires_ms=NOON_MS + 86_400_000,
            supersedes="0A1B2C",
            areas=(HERE,),
        ),
    ),
    "progress": Progress(stage="arrived", leg=0, at_ms=NOON_MS, outcome=None),
    "inquiry": Inquiry(volumes=(HERE,), answer_by_ms=NOON_MS, note=NOTE),
    "answer": Answer(answer="these", until_ms=None, note=NOTE),
    "observation": Observation(
        volumes=(HERE,),
        what="smoke",
        about=PARTY,
        source="a post",
        link="",
        media=bytes(32),
        reliability="b",
        credibility="2",
    ),
    "contact": Contact(
        whom="the duty officer",
        party=PARTY,
        at_ms=NOON_MS,
        channel="call",
        result="told",
        read_back="",
        scan=bytes(32),
        member="M-7",
    ),
    "translation": Translation(lang="ar", text="مستشفى", by="human", translator="T-1"),
    "emergency": Emergency(
        part="call",
        code="under_fire",
        answer=None,
        passed_to="",
        volumes=(HERE,),
        member="M-7",
        note=NOTE,
    ),
    "incident": Incident(what="a strike", volumes=(HERE,), killed=None, wounded=2, note=NOTE),
    "consultation": Consultation(
        part="call", at_ms=NOON_MS, invited=(PARTY,), reply=None, came=(PARTY,), note=NOTE
    ),
    "claim": Claim(claim="was_not_told", about=PARTY, volumes=(HERE,), words=NOTE, source="a press briefing"),
    "objection": Objection(reason="duplicate", note=NOTE),
    "agreement": Agreement(agreement="agreed", volumes=(), note=NOTE),
    "watch": Watch(part="taken", member="M-7", inbox_end=18, open_items=2),
    "line_check": LineCheck(check="drill", desk=bytes(16), channel="voice", result="answered", seconds=9),
    "erasure": Erasure(reason="owner_asks"),
    "hold": Hold(part="placed", reason="incident", until_ms=NOON_MS),
}
"""By kind. A kind that has a body and is not here fails a test."""

ENDING = Ending(reason="closed", note=NOTE)

# Where an object of the format stands: the kind of the body that it is in, and the way to it.
PLACES: dict[str, tuple[str, tuple[str | int, ...]]] = {
    "notice": ("site", ()),
    **{kind: (kind, ("what",) if kind in NOTICES else ()) for kind in BODIES},
    "ending": ("ending", ()),
    "note": ("site", ("note",)),
    "owner": ("site", ("owner",)),
    "row": ("site", ("row",)),
    "entered": ("site", ("entered", 0)),
    "leg": ("movement", ("what", "legs", 0)),
    "handed copy": ("dissemination", ("copy",)),
    "span": ("acknowledgement", ("span",)),
    "desk": ("enrolment", ("desks", 0)),
    "seat key": ("enrolment", ("desks", 0, "keys", 0)),
    "member": ("arrangement", ("members", 0)),
    "concern": ("arrangement", ("matrix", 0)),
    "one sided": ("arrangement", ("one_sided", 0)),
    "step": ("arrangement", ("escalation", 0)),
    "inquiry rule": ("arrangement", ("inquiry",)),
    "readiness rule": ("arrangement", ("readiness",)),
    "kind rule": ("arrangement", ("kinds", 0)),
    "total": ("arrangement", ("totals", 0)),
}


def header_of(kind: str, act: str = "new") -> Header:
    """A header of some kind and act, for reading a body by it."""
    header = parse_header(SCENE.said["activity"].envelope.payload)
    return replace(header, kind=kind, act=act)


def sample_body(kind: str) -> Value:
    """The JSON value of the sample of a kind, or of an ending; the caller may change it."""
    return copy.deepcopy((ENDING if kind == "ending" else BODIES[kind]).to_value())


def sample_of(name: str) -> Value:
    """The JSON value of an object of the format."""
    if name == "volume":
        return volume_to_value(HERE)
    kind, way = PLACES[name]
    value = sample_body(kind)
    for step in way:
        value = value[step]
    return value


def embedded(name: str, value: Value) -> tuple[Header, Value, str]:
    """A body that holds this value as its object of that name, the header to read it by, and the object's path."""
    kind, way = PLACES[name]
    path = "body" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in way)
    header = header_of("site", "close") if kind == "ending" else header_of(kind)
    if not way:
        return header, value, path
    body = sample_body(kind)
    inner = body
    for step in way[:-1]:
        inner = inner[step]
    inner[way[-1]] = value
    return header, body, path
