"""Bodies of every kind: value to JSON to value, and the rules between their fields."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from standclear.errors import Malformed
from standclear.statements.bodies import SINGLE_ITEM, WORDS_SPOKEN, parse_body
from standclear.statements.canonical import Value, canonical, read_canonical
from standclear.statements.deeds import leaves_of, read_record, record_leaf
from standclear.statements.header import NOTICE_KINDS
from statement_samples import BODIES, ENDING, NOTICES, embedded, header_of, sample_body, sample_of
from statement_schema import RECORDS, values_of
from vectors.statement_scene import arrangement_body, build_scene, deeds_of

SCENE = build_scene()


def test_every_kind_with_a_body_has_a_sample() -> None:
    assert WORDS_SPOKEN == set(BODIES)
    assert WORDS_SPOKEN - SINGLE_ITEM == set(NOTICES) == NOTICE_KINDS & WORDS_SPOKEN


@pytest.mark.parametrize("kind", sorted(BODIES))
def test_a_sample_is_read_again_from_its_canonical_text(kind: str) -> None:
    value = read_canonical(canonical(sample_body(kind)), "body")
    assert BODIES[kind] == parse_body(header_of(kind), value, "body")


_RULES = arrangement_body(SCENE).to_value()
_WHOLE: dict[str, dict[str, Value]] = {
    "arrangement": {name: _RULES[name] for name in ("kinds", "matrix", "members", "one_sided")}
    | {"escalation": [], "emergency": []},
    "charter": {"exercise": False},
    "movement": {"legs": [sample_of("leg")]},
}
"""Fields whose rules are with other fields, and which chance would hardly ever draw right."""


def drawn_body(data: st.DataObject, kind: str) -> Value:
    if kind in NOTICES:
        what = data.draw(values_of(kind, _WHOLE.get(kind)))
        return data.draw(values_of("notice", {"what": what, "type": kind, "change": None}))
    return data.draw(values_of(kind, {"type": kind} | _WHOLE.get(kind, {})))


@pytest.mark.parametrize("kind", sorted(BODIES))
@given(data=st.data())
@settings(max_examples=15, suppress_health_check=list(HealthCheck))
def test_any_body_is_read_again_from_what_it_was_read_as(kind: str, data: st.DataObject) -> None:
    value = drawn_body(data, kind)
    try:
        body = parse_body(header_of(kind), value, "body")
    except Malformed:
        assume(False)  # a rule between fields, which the tables do not hold
        return
    assert value == body.to_value()
    assert body == parse_body(header_of(kind), read_canonical(canonical(value), "body"), "body")


@pytest.mark.parametrize("name", RECORDS)
@given(data=st.data())
@settings(max_examples=30)
def test_any_record_is_read_again_from_what_it_was_read_as(name: str, data: st.DataObject) -> None:
    value = data.draw(values_of(name, {"record": name}))
    record = read_record(value, "record")
    assert value == record.to_value()
    assert record == read_record(read_canonical(record_leaf(record), "record"), "record")
    assert (record_leaf(record),) == leaves_of([record])


def test_a_record_of_another_sort_is_refused() -> None:
    value = next(iter(deeds_of(SCENE).lists["effects"][1])).to_value()
    with pytest.raises(Malformed) as refused:
        read_record(value | {"record": "told"}, "record")
    assert "record.record" == refused.value.field


def changed(name: str, /, **fields: Any) -> tuple[str, Value]:
    return name, sample_of(name) | fields


CONCERNS, RULES, TABLE, MEMBERS = (_RULES[name] for name in ("matrix", "kinds", "one_sided", "members"))
STEPS = [{"after_ms": 5, "level": "superior"}, {"after_ms": 5, "level": "political_contact"}]

RULES_BETWEEN: dict[str, tuple[tuple[str, Value], str | None]] = {
    "a real log with the name of an exercise": (changed("charter", exercise=False), "name"),
    "an exercise that does not say so": (changed("charter", name="Idlib"), "name"),
    "an exercise under a real origin": (changed("charter", origin="example/statements"), "origin"),
    "a table with a hole": (changed("arrangement", one_sided=TABLE[:3]), "one_sided"),
    "a case of the table twice": (changed("arrangement", one_sided=[*TABLE[:3], TABLE[0]]), "one_sided"),
    "a neutral desk that is told and is not there": (
        changed("arrangement", neutral=None, one_sided=[*TABLE[:3], TABLE[3] | {"tell": ["neutral"]}]),
        "neutral",
    ),
    "a kind in the matrix without a rule": (changed("arrangement", kinds=RULES[:2]), "kinds"),
    "two rules for one kind": (changed("arrangement", kinds=[*RULES, RULES[0]]), "kinds"),
    "a pair of kinds twice": (
        changed("arrangement", matrix=[*CONCERNS, CONCERNS[0] | {"a": "site", "b": "activity"}]),
        "matrix",
    ),
    "a member twice": (changed("arrangement", members=[*MEMBERS, MEMBERS[0]]), "members"),
    "steps at one time": (changed("arrangement", escalation=STEPS), "escalation"),
    "steps of a stop-fire at one time": (changed("arrangement", emergency=STEPS), "emergency"),
    "a line check that is due again before it can be answered": (
        changed("readiness rule", line_answer_ms=86_400_000),
        "line_answer_ms",
    ),
    "a gap as long as the longest watch": (
        changed("readiness rule", watch_gap_ms=43_200_000),
        "watch_gap_ms",
    ),
    "a desk form that names nobody": (changed("notice", form="desk", contact=""), "contact"),
    "a new notice that says what changed": (changed("notice", change="moved"), "change"),
    "a change that is not known": (changed("notice", change="mended"), "change"),
    "a leg without a volume": (changed("leg", volume=1), None),
    "a span that ends where it starts": (changed("span", start=2, end=2), None),
    "a dissemination to nobody": (
        changed("dissemination", echelons=[], third_party=None, third_name=""),
        "echelons",
    ),
    "an outcome without its stage": (changed("progress", outcome="completed"), "outcome"),
    "a stage without its outcome": (changed("progress", stage="outcome"), "outcome"),
    "an outcome that is not known": (changed("progress", stage="outcome", outcome="won"), "outcome"),
    "none that we declare, for ever": (changed("answer", answer="none_that_we_declare"), "until_ms"),
    "these, until a time": (changed("answer", until_ms=1), "until_ms"),
    "a call without its code": (changed("emergency", code=None), "code"),
    "an end with a code": (changed("emergency", part="end"), "code"),
    "a call with a code not known": (changed("emergency", code="help"), "code"),
    "an answer without an answer": (changed("emergency", part="answer", code=None), "answer"),
    "a reply without a reply": (changed("consultation", part="reply"), "reply"),
    "an alternative that says not where": (
        changed("agreement", agreement="alternative_proposed"),
        "volumes",
    ),
    "agreed, elsewhere": (changed("agreement", volumes=sample_of("inquiry")["volumes"]), "volumes"),
}


@pytest.mark.parametrize("name", RULES_BETWEEN)
def test_a_rule_between_fields_is_kept(name: str) -> None:
    (thing, value), field = RULES_BETWEEN[name]
    header, body, path = embedded(thing, value)
    with pytest.raises(Malformed) as refused:
        parse_body(header, body, "body")
    named = {"leg": "body.what.legs", "span": "body.span"}.get(thing, f"{path}.{field}")
    assert named == refused.value.field


STANDS: dict[str, tuple[str, Value]] = {
    "an outcome": changed("progress", stage="outcome", outcome="completed"),
    "none that we declare, until a time": changed("answer", answer="none_that_we_declare", until_ms=1),
    "an answer to a stop-fire": changed("emergency", part="answer", code=None, answer="heard"),
    "the end of a stop-fire": changed("emergency", part="end", code=None),
    "a reply to a consultation": changed("consultation", part="reply", reply="will_come"),
    "an alternative": changed(
        "agreement", agreement="alternative_proposed", volumes=sample_of("inquiry")["volumes"]
    ),
    "a real log": changed("charter", exercise=False, name="Idlib", origin="example/statements"),
    "a dissemination to a name alone": changed("dissemination", echelons=[], third_party=None),
}


@pytest.mark.parametrize("name", STANDS)
def test_what_keeps_the_rule_is_read(name: str) -> None:
    header, body, _ = embedded(*STANDS[name])
    assert body == parse_body(header, body, "body").to_value()


def test_a_replacement_says_what_changed() -> None:
    value = sample_body("site")
    with pytest.raises(Malformed) as refused:
        parse_body(header_of("site", "replace"), value, "body")
    assert "body.change" == refused.value.field
    for change in ("moved", "was_always_there", "unchanged"):
        told = parse_body(header_of("site", "replace"), value | {"change": change}, "body")
        assert change == getattr(told, "change", None)


@pytest.mark.parametrize("act", ["cancel", "close"])
@pytest.mark.parametrize("kind", sorted(NOTICES))
def test_what_ends_a_notice_is_an_ending(kind: str, act: str) -> None:
    assert ENDING == parse_body(header_of(kind, act), ENDING.to_value(), "body")
    with pytest.raises(Malformed) as refused:
        parse_body(header_of(kind, act), sample_body(kind), "body")
    assert "body.type" == refused.value.field


@pytest.mark.parametrize("kind", ["relay", "opening", "deeds"])
def test_a_kind_without_a_body_is_refused_by_name(kind: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse_body(header_of(kind), {"type": kind}, "body")
    assert "header.kind" == refused.value.field


@pytest.mark.parametrize("kind", sorted(BODIES))
def test_a_body_of_another_kind_is_refused(kind: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse_body(header_of(kind), sample_body(kind) | {"type": "other"}, "body")
    assert "body.type" == refused.value.field


def test_an_arrangement_answers_from_its_tables() -> None:
    rules = arrangement_body(SCENE)
    north, south = SCENE.party("North"), SCENE.party("South")
    assert rules.kinds[0] == rules.rule_of("activity")
    assert rules.matrix[0] == rules.concern_of("site", "activity") == rules.concern_of("activity", "site")
    assert rules.concern_of("site", "site") is None
    assert ("planner", "owner") == rules.told_of(notice_released=True, activity_released=False)
    assert rules.is_member(north)
    assert not rules.is_member(bytes(16))
    assert ("party", None) == (rules.role_of(south), rules.role_of(bytes(16)))
    assert () == rules.monitors()


def test_a_hole_in_a_table_is_our_own_mistake() -> None:
    with pytest.raises(AssertionError):
        arrangement_body(SCENE, one_sided=()).told_of(notice_released=True, activity_released=True)
