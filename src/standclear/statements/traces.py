"""Traces: what is left of a body that was shredded, so that all that followed from it can still be derived.

A trace is the body with every place set to 0, 0 and every name, number, note and free text taken out. Codes, times, counts
and the ids of parties stay: deadlines and effects follow from them. It reads as a body of its kind, and says nothing of
where or who. It stands in the deed that says what was shredded (docs/spec/statement.md, 6.1).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from standclear.errors import Malformed
from standclear.spacetime.band import ALL_HEIGHTS
from standclear.spacetime.shape import Point
from standclear.spacetime.volume import Volume
from standclear.statements.asking import Answer, Contact, Inquiry, Observation, Translation
from standclear.statements.bodies import Body, parse_body, read_by_type
from standclear.statements.calls import (
    Agreement,
    Claim,
    Consultation,
    Emergency,
    Incident,
    Objection,
)
from standclear.statements.canonical import canonical, read_canonical
from standclear.statements.header import Header
from standclear.statements.moving import Leg, Movement, Progress, Zone
from standclear.statements.notices import Activity, Ending, Note, Notice, Presence, Site, What
from standclear.statements.replies import Acknowledgement, Dissemination

GONE: Final = "gone"
"""Stands where a body must have a word and the word was shredded."""

_NOWHERE: Final = Point(at=(0, 0))


def has_trace(body: Body) -> bool:
    """Whether a body is of a kind that may be shredded."""
    return trace_of(body) is not None


def is_of_copy(body: Body) -> bool:
    """Whether a body hands out a copy, or says that its code was read back or that it was handed back."""
    match body:
        case Dissemination():
            return body.copy is not None
        case Contact():
            return body.copy_code() is not None
        case _:
            return False


def trace_of(body: Body) -> Body | None:
    """What is left of a body; None of a kind that is never shredded. The trace of a trace is itself."""
    if is_of_copy(body):
        return None
    match body:
        case Notice():
            return _of_notice(body)
        case Progress():
            return body
        case Ending() | Answer() | Objection() | Consultation():
            return replace(body, note=None)
        case Acknowledgement():
            return replace(body, member=GONE, opened_ms=None, tags=(), note=None)
        case Dissemination():
            named = body.third_party is not None or body.third_name
            return replace(
                body,
                echelons=tuple(GONE for _ in body.echelons),
                third_party=None,
                third_name=GONE if named else "",
                member=GONE,
                note=None,
            )
        case Inquiry() | Agreement():
            return replace(body, volumes=placeless(body.volumes), note=None)
        case Observation():
            return replace(body, volumes=placeless(body.volumes), what=GONE, source=GONE, link="", media=None)
        case Claim():
            words = Note(lang=body.words.lang, text="")
            return replace(body, volumes=placeless(body.volumes), words=words, source="")
        case Emergency():
            passed_to = GONE if body.passed_to else ""
            return replace(body, volumes=placeless(body.volumes), passed_to=passed_to, member=GONE, note=None)
        case Incident():
            return replace(
                body, what=GONE, volumes=placeless(body.volumes), killed=None, wounded=None, note=None
            )
        case Contact():
            return replace(body, whom=GONE, read_back="", scan=None, member=GONE)
        case Translation():
            return replace(body, text=GONE, translator=GONE)
        case _:
            return None


def placeless(volumes: tuple[Volume, ...]) -> tuple[Volume, ...]:
    """The same times, and no places: as many volumes, each a point at 0, 0 and all heights."""
    return tuple(
        Volume(core=_NOWHERE, radius_cm=0, band=ALL_HEIGHTS, interval=volume.interval) for volume in volumes
    )


def _of_notice(body: Notice) -> Notice:
    return replace(
        body,
        name="",
        volumes=placeless(body.volumes),
        contact=GONE if body.contact else "",
        note=None,
        owner=None,
        row=None,
        entered=(),
        what=_of_what(body.what),
    )


def _of_what(what: What) -> What:
    match what:
        case Site() | Activity():
            return what
        case Presence():
            return replace(what, unit="")
        case Movement():
            legs = tuple(Leg(origin="", destination="", volume=leg.volume) for leg in what.legs)
            return replace(what, legs=legs, identification=(), repeats=None)
        case Zone():
            return replace(what, reason="")


def trace_text(body: Body) -> bytes:
    """The canonical text of a body's trace. The body is of a kind that may be shredded."""
    trace = trace_of(body)
    assert trace is not None
    return canonical(trace.to_value())


def read_trace(header: Header, text: bytes, form: str) -> Body:
    """A trace as the body that stood in some form of an item. All forms of an item are shredded together.

    Raises:
        Malformed: it is no body of the header's kind.
    """
    body = parse_body(header, read_canonical(text, "trace"), "trace")
    if isinstance(body, Notice) and form != body.form:
        return replace(body, form=form, contact=GONE if form == "desk" else body.contact)
    return body


def read_trace_alone(text: bytes) -> Body:
    """A trace as it stands in a deed, apart from its statement's header.

    Raises:
        Malformed: it is no body, or something in it should have been taken out.
    """
    body = read_by_type(read_canonical(text, "trace"), "trace")
    if trace_of(body) != body:
        raise Malformed("trace", "something in it should have been taken out", "write the trace of the body")
    return body
