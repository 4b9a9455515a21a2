"""The ledger: who owes an answer, by when, what was answered and by whose key. Rung by rung, nothing inferred."""

from __future__ import annotations

import pytest

from pure.conflicts.folded import Folded
from standclear.cli.cast import told
from standclear.errors import Malformed, NotPermitted
from standclear.keys import key_id
from standclear.obligations.ladder import RUNGS
from standclear.statements.lists import WHOLE_ITEM, ref_of
from standclear.statements.replies import acknowledgement_tag
from world import anybody, site


def test_a_ladder_is_climbed_rung_by_rung_and_each_rung_names_its_signer() -> None:
    log = Folded()
    clinic = log.site(told(log.north))
    ladder = log.ladder(clinic)
    seen = [ladder.rung()]
    log.book.ledger.sent(log.north.id, 1, log.now_ms)
    seen.append(ladder.rung())
    log.now_ms += 1
    log.fire(at=(37.9, 35.0), inbox=log.head(log.north))
    seen.append(ladder.rung())
    assert (ladder.handed_ms, ladder.handed_key) == (log.now_ms, key_id(log.north.person.key.public))
    log.now_ms += 1
    log.acknowledge(log.north, sids=[clinic.sid], answer="will_avoid")
    seen.append(ladder.rung())
    assert (ladder.acknowledged_ms, ladder.answer) == (log.now_ms, "will_avoid")
    assert ladder.acknowledged_key == key_id(log.north.person.key.public)
    log.pass_on(log.north, clinic.sid, echelons=["2 Bty"])
    seen.append(ladder.rung())
    assert tuple(seen) == RUNGS


def test_a_higher_rung_fills_in_none_below_it() -> None:
    log = Folded()
    clinic = log.site(told(log.north))
    ladder = log.ladder(clinic)
    log.pass_on(log.north, clinic.sid, echelons=["2 Bty"])
    assert ladder.rung() == "disseminated"
    assert (ladder.sent_ms, ladder.handed_ms, ladder.acknowledged_ms) == (None, None, None)


def test_a_head_hands_over_what_it_covers_and_only_if_it_was_so() -> None:
    log = Folded()
    first = log.site(told(log.north))
    head = log.head(log.north)
    second = log.site(told(log.north))
    log.fire(at=(37.9, 35.0), inbox=(2, bytes(32)))
    assert log.ladder(first).handed_ms is None
    log.fire(at=(37.9, 35.0), inbox=head)
    assert (log.ladder(first).handed_ms, log.ladder(second).handed_ms) == (log.now_ms, None)
    log.now_ms += 1
    log.fire(at=(37.9, 35.0), inbox=log.head(log.north))
    log.fire(at=(37.9, 35.0), inbox=head)
    assert (log.ladder(first).handed_ms, log.ladder(second).handed_ms) == (log.now_ms - 1, log.now_ms)


def test_nothing_is_sent_or_handed_over_to_who_was_told_nothing() -> None:
    log = Folded()
    log.book.ledger.sent(log.north.id, 5, log.now_ms)
    log.fire(at=(37.9, 35.0), inbox=log.head(log.north))
    assert list(log.book.ledger.overdue(log.now_ms)) == []


# --- acknowledging ------------------------------------------------------------------------------------------


def test_a_list_is_acknowledged_by_span_less_exceptions_and_the_rest_by_item() -> None:
    log = Folded()
    rows = [site(log.now_ms, at=(36.0 + i / 10, 35.0)) for i in range(5)]
    listed = log.file(log.south, rows, told(log.north))
    ladder = log.ladder(listed)
    log.acknowledge(log.north, span=(0, 5), exceptions=[1, 3])
    assert (ladder.acknowledged_count, ladder.acknowledged_ms, ladder.rung()) == (3, None, "released")
    assert ladder.first_acknowledged_ms == log.now_ms
    log.now_ms += 1
    log.acknowledge(log.north, refs=[listed.ref(1), listed.ref(3)])
    assert (ladder.acknowledged_count, ladder.acknowledged_ms, ladder.rung()) == (
        5,
        log.now_ms,
        "acknowledged",
    )
    log.acknowledge(log.north, sids=[listed.sid], answer="disputed")
    assert (ladder.acknowledged_count, ladder.answer) == (5, "noted")


def test_a_statement_is_acknowledged_whole_and_of_several_only_what_was_released_to_one() -> None:
    log = Folded()
    listed = log.file(log.south, [site(log.now_ms, at=(36.0, 35.0)) for _ in range(2)], told(log.north))
    hidden = log.site([])
    said = log.acknowledge(log.north, sids=[listed.sid, hidden.sid])
    assert (said.effect, said.outcome.marks) == ("in_force", ["not_released_to_you"])
    assert log.ladder(listed).acknowledged_count == 2


def test_items_named_beside_one_s_own_activity_are_all_that_is_acknowledged() -> None:
    log = Folded()
    clinic, other = log.site(told(log.north)), log.site(told(log.north))
    fire = log.fire()
    said = log.acknowledge(log.north, sids=[fire.sid, other.sid], refs=[clinic.ref()])
    assert (said.effect, said.outcome.marks) == ("in_force", [])
    assert [log.ladder(one).rung() for one in (clinic, other)] == ["acknowledged", "handed_over"]


def test_what_was_never_released_cannot_be_acknowledged() -> None:
    log = Folded()
    hidden = log.site([])
    for what in ({"sids": [hidden.sid]}, {"refs": [hidden.ref()]}, {"refs": [ref_of(bytes(32), 3)]}):
        said = log.acknowledge(log.north, **what)
        assert (said.effect, said.outcome.marks) == ("not_yours", ["not_released_to_you"])
    assert log.acknowledge(log.north, refs=[ref_of(hidden.sid, WHOLE_ITEM)]).effect == "not_yours"


def test_a_span_beyond_the_inbox_is_marked_and_counts_as_far_as_the_inbox_goes() -> None:
    log = Folded()
    clinic = log.site(told(log.north))
    said = log.acknowledge(log.north, span=(0, 9))
    assert (said.effect, said.outcome.marks) == ("in_force", ["beyond_inbox"])
    assert log.ladder(clinic).rung() == "acknowledged"


def test_a_machine_s_acknowledgement_is_recorded_and_counts_for_nothing_though_it_hands_over() -> None:
    log = Folded()
    clinic = log.site(told(log.north))
    said = log.acknowledge(log.north, sids=[clinic.sid], inbox=log.head(log.north), machine=True)
    assert (said.effect, said.outcome.marks) == ("recorded", ["machine_key"])
    assert log.ladder(clinic).rung() == "handed_over"
    assert log.ladder(clinic).handed_key == key_id(log.north.machine.key.public)


def test_an_acknowledgement_of_what_is_replaced_counts_and_is_marked_stale() -> None:
    log = Folded()
    clinic = log.site(told(log.north))
    log.end(log.south, "site", clinic.ref())
    said = log.acknowledge(log.north, sids=[clinic.sid])
    assert (said.effect, said.outcome.marks) == ("in_force", ["stale"])


def test_tags_are_evidence_for_whoever_holds_the_body_and_are_not_judged_here() -> None:
    log = Folded()
    clinic = log.site(told(log.north))
    wrong = acknowledgement_tag(bytes(32), clinic.sid)
    assert log.acknowledge(log.north, sids=[clinic.sid], tags=[wrong]).effect == "in_force"


def test_a_reply_is_told_to_whom_it_is_addressed_and_owes_no_answer() -> None:
    log = Folded()
    clinic = log.site(told(log.north))
    said = log.acknowledge(
        log.north, sids=[clinic.sid], to=[*told(log.south), *told(log.monitor, when="on_meet")]
    )
    assert log.inbox(log.south) == [(said.ref(), "exact")]
    assert log.inbox(log.monitor) == []
    assert said.sid not in log.book.ledger.of_sid
    again = log.acknowledge(log.south, refs=[said.ref()])
    assert again.effect == "not_yours"


def test_a_reply_that_answers_nothing_is_refused_and_so_is_one_of_a_stranger() -> None:
    log = Folded()
    with pytest.raises(Malformed):
        log.acknowledge(log.north)
    with pytest.raises(NotPermitted):
        log.acknowledge(log.enrol("Stranger"), sids=[bytes(32)])


# --- passing on ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("travel", "echelons", "third", "is_beyond"),
    [
        ("desk", ["2 Bty"], "", True),
        ("desk", [], "An ally", True),
        ("party", ["2 Bty"], "", False),
        ("party", [], "An ally", True),
        ("party", ["2 Bty"], "An ally", True),
        ("onward", ["2 Bty"], "An ally", False),
    ],
)
def test_passing_on_beyond_the_release_is_recorded_all_the_same_and_marked(
    travel: str, echelons: list[str], third: str, is_beyond: bool
) -> None:
    log = Folded()
    clinic = log.site(told(log.north, travel=travel))
    said = log.pass_on(log.north, clinic.sid, echelons=echelons, third_name=third)
    assert (said.effect, said.outcome.marks) == ("in_force", ["beyond_release"] if is_beyond else [])
    expected = ([tuple(echelons)] if echelons else []) + ([(f"relayed: {third}",)] if third else [])
    assert [words for _, words, _ in log.ladder(clinic).disseminated] == expected
    assert {beyond for *_, beyond in log.ladder(clinic).disseminated} == {is_beyond}


def test_a_relay_to_an_enrolled_party_is_named_by_its_id() -> None:
    log = Folded()
    clinic = log.site(told(log.north, travel="onward"))
    log.pass_on(log.north, clinic.sid, third_party=log.monitor.id)
    assert log.ladder(clinic).disseminated[0][1] == (f"relayed: {log.monitor.id.hex()[:8]}",)


def test_nobody_passes_on_what_it_was_not_told() -> None:
    log = Folded()
    said = log.pass_on(log.north, log.site([]).sid, echelons=["2 Bty"])
    assert (said.effect, said.outcome.marks) == ("not_yours", ["not_released_to_you"])


# --- overdue ------------------------------------------------------------------------------------------------


def test_an_answer_is_overdue_after_its_deadline_and_not_at_it() -> None:
    log = Folded()
    clinic = log.site(anybody())
    ladder = log.ladder(clinic)
    assert ladder.deadline_ms == log.now_ms + log.rules.rule_of("site").acknowledge_ms
    assert list(log.book.ledger.overdue(ladder.deadline_ms)) == []
    assert list(log.book.ledger.overdue(ladder.deadline_ms + 1)) == [ladder]
    log.acknowledge(log.north, sids=[clinic.sid])
    assert list(log.book.ledger.overdue(ladder.deadline_ms + 1)) == []


def test_a_position_lies_in_one_ladder_or_in_none() -> None:
    log = Folded()
    listed = log.file(log.south, [site(log.now_ms, at=(36.0, 35.0)) for _ in range(2)], told(log.north))
    reply = log.acknowledge(log.south, sids=[bytes(32)], to=told(log.north))
    later = log.site(told(log.north))
    held = log.book.ledger.of_party[log.north.id]
    found = [held.at(place) for place in range(5)]
    assert [None if one is None else one.sid for one in found] == [listed.sid] * 2 + [None, later.sid, None]
    assert [one.sid for one in held.between(1, 3)] == [listed.sid]
    assert [one.sid for one in held.between(2, 9)] == [later.sid]
    assert list(held.between(4, 9)) == []
    assert reply.sid not in log.book.ledger.of_sid
