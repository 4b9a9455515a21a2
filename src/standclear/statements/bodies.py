"""Bodies: what a statement says, as typed values, from the canonical JSON that was committed to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from standclear.errors import Malformed
from standclear.statements.arrangement import Adherence, Arrangement, read_adherence, read_arrangement
from standclear.statements.asking import (
    Answer,
    Contact,
    Inquiry,
    Observation,
    Translation,
    read_answer,
    read_contact,
    read_inquiry,
    read_observation,
    read_translation,
)
from standclear.statements.calls import (
    Agreement,
    Claim,
    Consultation,
    Emergency,
    Incident,
    LineCheck,
    Objection,
    Watch,
    read_agreement,
    read_claim,
    read_consultation,
    read_emergency,
    read_incident,
    read_line_check,
    read_objection,
    read_watch,
)
from standclear.statements.canonical import Value
from standclear.statements.erasing import Erasure, Hold, read_erasure, read_hold
from standclear.statements.fields import Fields
from standclear.statements.header import Header
from standclear.statements.moving import Progress, read_progress
from standclear.statements.notices import NOTICE_TYPES, Ending, Notice, read_ending, read_notice
from standclear.statements.parties import (
    Charter,
    Enrolment,
    Retirement,
    Revocation,
    read_charter,
    read_enrolment,
    read_retirement,
    read_revocation,
)
from standclear.statements.replies import (
    Acknowledgement,
    Dissemination,
    read_acknowledgement,
    read_dissemination,
)

Body: TypeAlias = (
    Charter
    | Enrolment
    | Retirement
    | Revocation
    | Arrangement
    | Adherence
    | Notice
    | Ending
    | Acknowledgement
    | Dissemination
    | Progress
    | Inquiry
    | Answer
    | Observation
    | Contact
    | Translation
    | Emergency
    | Incident
    | Consultation
    | Claim
    | Objection
    | Agreement
    | Watch
    | LineCheck
    | Erasure
    | Hold
)

_READERS: dict[str, Callable[[Fields], Any]] = {
    "charter": read_charter,
    "enrolment": read_enrolment,
    "retirement": read_retirement,
    "revocation": read_revocation,
    "arrangement": read_arrangement,
    "adherence": read_adherence,
    "acknowledgement": read_acknowledgement,
    "dissemination": read_dissemination,
    "progress": read_progress,
    "inquiry": read_inquiry,
    "answer": read_answer,
    "observation": read_observation,
    "contact": read_contact,
    "translation": read_translation,
    "emergency": read_emergency,
    "incident": read_incident,
    "consultation": read_consultation,
    "claim": read_claim,
    "objection": read_objection,
    "agreement": read_agreement,
    "watch": read_watch,
    "line_check": read_line_check,
    "erasure": read_erasure,
    "hold": read_hold,
}
SINGLE_ITEM = frozenset(_READERS)
"""Kinds of which a statement holds exactly one item."""

SINGLE_FORM = SINGLE_ITEM - {"dissemination"}
"""Kinds that have the exact form only. Of a copy, the owners are shown all but its areas (ADR 0045)."""

WORDS_SPOKEN = frozenset(_READERS) | NOTICE_TYPES


def parse_body(header: Header, value: Value, path: str) -> Body:
    """One item's body in one form, read by the kind and act of its header.

    Raises:
        Malformed: a kind that has no body schema yet, or any field that is not as its schema says.
    """
    if header.kind not in WORDS_SPOKEN:
        raise Malformed(
            "header.kind", f"a {header.kind} has no body in this version", "use a kind of the word table"
        )
    fields = Fields(value, path)
    kind = fields.take("type")
    body: Body
    if header.act in ("cancel", "close"):
        _check_type(kind, "ending", path)
        body = read_ending(fields)
    elif header.kind in NOTICE_TYPES:
        _check_type(kind, header.kind, path)
        body = read_notice(header.kind, fields)
        if (body.change is not None) != (header.act == "replace"):
            raise Malformed(
                f"{path}.change",
                "a replacement, and only one, says moved, was_always_there or unchanged",
                "say which",
            )
    else:
        _check_type(kind, header.kind, path)
        body = _READERS[header.kind](fields)
    fields.done()
    return body


def read_by_type(value: Value, path: str) -> Body:
    """A body by its own type, apart from any header: an ending, a notice, or another word.

    Raises:
        Malformed: no type that is known, or any field that is not as its schema says.
    """
    fields = Fields(value, path)
    kind = fields.choice("type", WORDS_SPOKEN | {"ending"})
    body: Body = (
        read_ending(fields)
        if kind == "ending"
        else read_notice(kind, fields)
        if kind in NOTICE_TYPES
        else _READERS[kind](fields)
    )
    fields.done()
    return body


def _check_type(found: Value, wanted: str, path: str) -> None:
    if found != wanted:
        raise Malformed(
            f"{path}.type", f"{str(found)[:40]!r} where {wanted!r} is said in the header", f"write {wanted}"
        )
