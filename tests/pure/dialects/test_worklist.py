"""Doubtful rows are a few questions; an answer files or returns whole groups, and loses nothing."""

from __future__ import annotations

import json

import pytest

from standclear.dialects.lists import read_sites
from standclear.dialects.sites.rows import Intake, intake_from_value, intake_to_value
from standclear.dialects.tables import read_table
from standclear.dialects.worklist import (
    CHOICES,
    WIDENED_CM,
    Answer,
    Answers,
    Worklist,
    answer,
    progress,
    worklist_from_value,
    worklist_of,
    worklist_to_value,
)
from standclear.errors import Ambiguous, Malformed

ROWS = """Name,Type,Lat,Long,Admin1,Country
Good,Clinic,35.93021,36.63377,Idlib,Syria
None 1,Clinic,,,Idlib,Syria
None 2,Clinic,,,Aleppo,Syria
Coarse 1,Clinic,35.91,36.61,Idlib,Syria
Coarse 2,Clinic,35.81,36.51,Idlib,Syria
Coarser,Clinic,35.7,36.4,Idlib,Syria
Twin,Clinic,35.61021,36.33377,Idlib,Syria
Twin,Clinic,35.61051,36.33377,Idlib,Syria
Twin,Clinic,35.61081,36.33377,Idlib,Syria
"""
TWINS, NONE, COARSE, COARSER = (
    "near-same-name",
    "no-position",
    "few-decimals (2 decimals)",
    "few-decimals (1 decimals)",
)


def worklist() -> Worklist:
    return worklist_of(read_sites(read_table(ROWS.encode(), field="list"), datum="WGS84"))


def fates(intake: Intake) -> dict[int, str]:
    kinds = {"accepted": intake.accepted, "doubtful": intake.doubtful, "returned": intake.returned}
    return {row.listed.number: kind for kind, rows in kinds.items() for row in rows}


def test_rows_that_are_doubtful_in_the_same_way_are_one_question() -> None:
    groups = {group.key: group.rows for group in worklist().groups}
    assert {TWINS: (8, 9, 10), COARSE: (5, 6), NONE: (3, 4), COARSER: (7,)} == groups


def test_a_question_shows_examples_and_what_may_be_answered() -> None:
    groups = {group.key: group for group in worklist().groups}
    assert ("leave_out",) == groups[NONE].choices
    assert ("file", "widen", "leave_out") == groups[COARSE].choices
    assert ("file", "widen", "keep_first", "leave_out") == groups[TWINS].choices
    assert "position" in groups[COARSER].choices
    assert "row 5, Coarse 1, at 35.91, 36.61" == groups[COARSE].examples[0]
    assert groups[TWINS].question.startswith("3 rows: within 100 m")


def test_questions_may_be_put_for_each_province() -> None:
    groups = worklist_of(worklist().intake, by=("admin",)).groups
    assert {"no-position | Idlib": (3,), "no-position | Aleppo": (4,)} == {
        group.key: group.rows for group in groups if group.key.startswith(NONE)
    }
    with pytest.raises(Malformed, match="does not tell rows apart"):
        worklist_of(worklist().intake, by=("name",))


def test_all_of_these_are_two_clinics_in_one_compound() -> None:
    answered = answer(worklist(), Answers(groups={TWINS: Answer(choice="file", words="one compound")}))
    assert {8: "accepted", 9: "accepted", 10: "accepted"} == {n: fates(answered)[n] for n in (8, 9, 10)}
    marks = next(row.marks for row in answered.accepted if row.listed.number == 9)
    assert ("confirmed by a person", "near-same-name", "one compound") == marks


def test_rows_may_be_filed_widened_and_marked_doubtful_meanwhile() -> None:
    groups = {COARSE: Answer(choice="widen"), COARSER: Answer(choice="widen", radius_cm=1_500_000)}
    answered = answer(worklist(), Answers(groups=groups))
    widened = {row.listed.number: row for row in answered.accepted if "position doubtful" in row.marks}
    assert {5: WIDENED_CM, 6: WIDENED_CM, 7: 1_500_000} == {n: row.radius_cm for n, row in widened.items()}
    assert "35.91\t36.61" == widened[5].position.text


def test_a_row_is_never_made_narrower_than_what_its_digits_leave_open() -> None:
    answered = answer(worklist(), Answers(groups={COARSER: Answer(choice="widen", radius_cm=5)}))
    (row,) = (row for row in answered.accepted if row.listed.number == 7)
    assert row.position.uncertainty_cm == row.radius_cm


def test_the_first_of_rows_beside_each_other_is_kept_and_holds_the_others() -> None:
    answered = answer(worklist(), Answers(groups={TWINS: Answer(choice="keep_first")}))
    assert {8: "accepted", 9: "returned", 10: "returned"} == {n: fates(answered)[n] for n in (8, 9, 10)}
    (kept,) = (row for row in answered.accepted if row.listed.number == 8)
    assert ("holds row 9", "holds row 10") == kept.marks[-2:]
    assert 6_600 < kept.radius_cm < 6_900  # row 10 lies 66.7 m north of it


def test_a_row_at_the_end_of_a_chain_is_kept_if_no_kept_row_is_beside_it() -> None:
    """The first and the third are 134 m apart: only the middle one lies beside both."""
    rows = "".join(f"Twin,Clinic,{lat},36.33377,,\n" for lat in ("35.61021", "35.61081", "35.61141"))
    asked = worklist_of(read_sites(read_table(f"Name,Type,Lat,Long,A,B\n{rows}".encode(), field="list")))
    answered = answer(asked, Answers(groups={TWINS: Answer(choice="keep_first")}))
    assert {2: "accepted", 3: "returned", 4: "accepted"} == fates(answered)


def test_a_row_beside_one_that_was_filed_before_is_kept_too() -> None:
    first = answer(worklist(), Answers(rows={8: Answer(choice="file")}))
    again = answer(worklist_of(first), Answers(groups={TWINS: Answer(choice="keep_first")}))
    assert {8: "accepted", 9: "accepted", 10: "returned"} == {n: fates(again)[n] for n in (8, 9, 10)}


def test_a_row_is_not_returned_in_favour_of_one_that_is_not_filed() -> None:
    answers = Answers(groups={TWINS: Answer(choice="keep_first")}, rows={8: Answer(choice="leave_out")})
    with pytest.raises(Malformed, match="in favour of row 8, which is not filed"):
        answer(worklist(), answers)


def test_rows_left_out_go_back_with_their_reasons() -> None:
    answered = answer(
        worklist(), Answers(groups={NONE: Answer(choice="leave_out", words="please send positions")})
    )
    assert [(3, "please send positions", "no-position"), (4, "please send positions", "no-position")] == [
        (row.listed.number, row.words, row.reasons[0].code) for row in answered.returned
    ]


def test_a_row_may_be_answered_by_itself_and_then_not_with_its_group() -> None:
    answers = Answers(
        groups={NONE: Answer(choice="leave_out")},
        rows={3: Answer(choice="position", position="36SYE1234567890")},
    )
    answered = answer(worklist(), answers)
    assert {3: "accepted", 4: "returned"} == {n: fates(answered)[n] for n in (3, 4)}
    (row,) = (row for row in answered.accepted if row.listed.number == 3)
    assert ("mgrs", "position stated by a person") == (row.position.format, row.marks[0])


def test_a_position_in_an_answer_is_read_as_strictly_as_any_other() -> None:
    with pytest.raises(Ambiguous):
        answer(worklist(), Answers(rows={3: Answer(choice="position", position="35.93 36.63")}))
    with pytest.raises(Malformed):
        answer(worklist(), Answers(rows={3: Answer(choice="position", position="somewhere")}))


def test_a_variant_is_taken_only_by_a_person() -> None:
    rows = "".join(f"Clinic {i},Clinic,-1.1{i}123,36.7{i}321,Kiambu,Kenya\n" for i in range(9))
    content = "Name,Type,Lat,Long,Admin1,Country\n" + rows + "Gituamba,Clinic,1.12345,36.71234,Kiambu,Kenya\n"
    asked = worklist_of(read_sites(read_table(content.encode(), field="list"), datum="WGS84"))
    (group,) = asked.groups
    assert "variant" in group.choices
    assert asked == worklist_from_value(json.loads(json.dumps(worklist_to_value(asked))), field="worklist")[0]
    answered = answer(asked, Answers(groups={group.key: Answer(choice="variant")}))
    row = answered.accepted[-1]
    assert (-11_234_500, "1.12345\t36.71234", "turned as a person decided") == (
        row.position.lat_e7,
        row.position.text,
        row.marks[0],
    )


def test_rows_without_an_answer_stay_doubtful_and_nothing_is_lost() -> None:
    asked = worklist()
    answered = answer(asked, Answers(groups={COARSE: Answer(choice="file")}))
    assert sorted(fates(asked.intake)) == sorted(fates(answered))
    assert progress(asked.intake).total() == progress(answered).total() == 9
    assert answer(asked, Answers()) == asked.intake


def test_the_answers_that_are_left_are_asked_again() -> None:
    first = answer(
        worklist(), Answers(groups={NONE: Answer(choice="leave_out"), TWINS: Answer(choice="file")})
    )
    again = worklist_of(first)
    assert {COARSE, COARSER} == {group.key for group in again.groups}
    last = answer(again, Answers(groups={COARSE: Answer(choice="file"), COARSER: Answer(choice="leave_out")}))
    assert () == last.doubtful
    assert 9 == progress(last).total()


REFUSED = {
    "an unknown group": Answers(groups={"no-such": Answer(choice="file")}),
    "an unknown row": Answers(rows={99: Answer(choice="leave_out")}),
    "an accepted row": Answers(rows={2: Answer(choice="leave_out")}),
    "a choice the group has not": Answers(groups={NONE: Answer(choice="file")}),
    "a position for a group": Answers(
        groups={COARSER: Answer(choice="position", position="36SYE1234567890")}
    ),
    "a choice the row has not": Answers(rows={3: Answer(choice="widen")}),
    "a radius of nothing": Answers(groups={COARSE: Answer(choice="widen", radius_cm=0)}),
    "a radius beyond all": Answers(groups={COARSE: Answer(choice="widen", radius_cm=10**9)}),
}


@pytest.mark.parametrize("answers", REFUSED.values(), ids=REFUSED)
def test_an_answer_to_another_question_is_refused(answers: Answers) -> None:
    with pytest.raises(Malformed) as caught:
        answer(worklist(), answers)
    assert caught.value.remedy


# --- as a file ------------------------------------------------------------------------------------


def test_a_worklist_goes_into_a_file_and_comes_back_answered() -> None:
    asked = worklist()
    value = json.loads(json.dumps(worklist_to_value(asked)))
    assert (asked, Answers()) == worklist_from_value(value, field="worklist")
    by_key = {group["key"]: group for group in value["groups"]}
    by_key[TWINS]["answer"] = "file"
    by_key[COARSE]["answer"] = {"choice": "widen", "radius_cm": 300_000, "words": "asked for better"}
    value["row_answers"]["7"] = {"choice": "position", "position": "35.70000 36.40000", "order": "lat_lon"}
    back, answers = worklist_from_value(value, field="worklist")
    assert asked == back
    answered = answer(back, answers)
    assert {3: "doubtful", 4: "doubtful"} == {
        n: fate for n, fate in fates(answered).items() if fate == "doubtful"
    }
    assert {2, 5, 6, 7, 8, 9, 10} == {row.listed.number for row in answered.accepted}


def test_an_intake_with_every_fate_comes_back_the_same() -> None:
    answers = Answers(groups={NONE: Answer(choice="leave_out"), TWINS: Answer(choice="keep_first")})
    intake = answer(worklist(), answers)
    assert intake == intake_from_value(json.loads(json.dumps(intake_to_value(intake))), field="intake")


def altered(**change: object) -> object:
    value = json.loads(json.dumps(worklist_to_value(worklist())))
    return value | change


def changed(member: str, one: object) -> object:
    return intake_to_value(worklist().intake) | {member: one}


def changed_row(fate: str, **change: object) -> object:
    value = intake_to_value(worklist().intake)
    return value | {fate: [value[fate][0] | change, *value[fate][1:]]}


def changed_reason(**change: object) -> object:
    row = intake_to_value(worklist().intake)["doubtful"][0]
    return changed_row("doubtful", reasons=[row["reasons"][0] | change])


SPOILT = {
    "no object": [],
    "another hash": altered(file_sha256="00"),
    "a missing member": {key: one for key, one in altered().items() if key != "groups"},  # type: ignore[attr-defined]
    "groups that are no list": altered(groups={}),
    "a group left out": altered(groups=altered()["groups"][1:]),  # type: ignore[index]
    "rows that are texts": altered(groups=[one | {"rows": ["3"]} for one in altered()["groups"]]),  # type: ignore[index]
    "a key that is no text": altered(groups=[one | {"key": 3} for one in altered()["groups"]]),  # type: ignore[index]
    "an answer that is no choice": altered(row_answers={"3": "perhaps"}),
    "an answer with an unknown part": altered(row_answers={"3": {"choice": "file", "why": "?"}}),
    "an answer with a text for a number": altered(row_answers={"3": {"choice": "widen", "radius_cm": "5"}}),
    "an answer for no row": altered(row_answers={"three": "leave_out"}),
    "a column that is no pair": altered(intake=changed("columns", [["name"]])),
    "accepted rows that are no list": altered(intake=changed("accepted", {})),
    "doubts that are no texts": altered(intake=changed("doubts", [1])),
    "a number that is a text": altered(intake=changed("near_pairs", "1")),
    "an accepted row with more": altered(intake=changed_row("accepted", more=1)),
    "a reason that is none": altered(intake=changed_reason(code="?")),
    "a reason with rows that are texts": altered(intake=changed_reason(rows=["1"])),
    "a reason with a variant that is none": altered(intake=changed_reason(variant=[1])),
    "reasons that are no list": altered(intake=changed_row("doubtful", reasons={})),
    "an intake that is none": altered(intake={}),
}


@pytest.mark.parametrize("value", SPOILT.values(), ids=SPOILT)
def test_a_file_with_more_altered_than_answers_is_refused(value: object) -> None:
    with pytest.raises(Malformed) as caught:
        worklist_from_value(value, field="worklist")
    assert caught.value.remedy


def test_every_choice_has_its_sentence() -> None:
    offered = {choice for group in worklist().groups for choice in group.choices}
    assert offered | {"variant"} == set(CHOICES)
