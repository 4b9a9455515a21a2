"""What is left of a body: it reads as one of its kind, and holds nothing of where or who."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from standclear.errors import Malformed
from standclear.obligations.erasures import NEVER
from standclear.statements.bodies import parse_body
from standclear.statements.canonical import canonical, read_canonical
from standclear.statements.traces import read_trace, read_trace_alone, trace_of, trace_text
from statement_samples import BODIES, ENDING, header_of

KEPT = NEVER - {"copy", "deeds"}
COPY = BODIES["dissemination"]
TRACED = {kind: body for kind, body in BODIES.items() if kind not in KEPT} | {
    "dissemination": replace(COPY, copy=None)
}
FREE = (
    "name",
    "text",
    "contact",
    "what",
    "whom",
    "source",
    "member",
    "unit",
    "origin",
    "destination",
    "read_back",
)
"""Fields of free text, wherever they stand."""


@pytest.mark.parametrize("kind", sorted(BODIES))
def test_every_kind_has_a_trace_or_is_never_shredded(kind: str) -> None:
    assert (trace_of(TRACED.get(kind, BODIES[kind])) is None) == (kind in KEPT)


def test_what_handed_a_copy_out_is_never_shredded() -> None:
    assert trace_of(COPY if COPY.copy is not None else replace(COPY, copy=bytes(32))) is None


def test_what_says_that_a_copy_was_read_back_or_handed_back_is_never_shredded_and_another_contact_is() -> (
    None
):
    told = BODIES["contact"]
    back = replace(told, channel="code", result="read_back_correct", read_back="K7M-2QP")
    assert trace_of(back) is None
    assert trace_of(replace(back, channel="call", result="recalled")) is None
    assert trace_of(replace(back, channel="call")) is not None
    assert trace_of(replace(back, read_back="seven four four one")) is not None


@pytest.mark.parametrize("kind", sorted(TRACED))
def test_a_trace_reads_as_a_body_of_its_kind_and_its_own_trace_is_itself(kind: str) -> None:
    text = trace_text(TRACED[kind])
    body = parse_body(header_of(kind), read_canonical(text, "trace"), "trace")
    assert body == read_trace(header_of(kind), text, "exact") == read_trace_alone(text)
    assert trace_text(body) == text


@pytest.mark.parametrize("kind", sorted(TRACED))
def test_a_trace_has_no_place_and_no_words(kind: str) -> None:
    text = trace_text(TRACED[kind]).decode()
    assert {"[0,0]"} >= set(re.findall(r'"at":(\[-?\d+,-?\d+\])', text))
    said = [
        value
        for field in FREE
        for value in re.findall(rf'"{field}":"([^"]*)"', text)
        if value not in ("", "gone")
    ]
    assert [] == said


def test_an_ending_keeps_why_and_loses_its_note() -> None:
    trace = read_trace_alone(trace_text(ENDING))
    assert (ENDING.reason, None) == (getattr(trace, "reason", ""), getattr(trace, "note", ""))


def test_a_trace_that_still_says_something_is_refused() -> None:
    with pytest.raises(Malformed):
        read_trace_alone(canonical(TRACED["site"].to_value()))
    with pytest.raises(Malformed):
        read_trace_alone(b'{"type":"charter"}')


def test_every_form_of_an_item_has_the_trace_of_the_exact_one() -> None:
    text = trace_text(TRACED["site"])
    for form in ("exact", "widened", "desk"):
        assert form == getattr(read_trace(header_of("site"), text, form), "form", "")
