"""Who knew: the answer follows from the evidence, and shows no more than whoever asks may see."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from pure.dossier.small import small
from standclear.dossier.format import Dossier, to_bytes
from standclear.dossier.reading import read_dossier
from standclear.dossier.report import ALL_HOLDS, BY_WHOM_UNPROVEN, CHECKS, SOMETHING_WRONG
from standclear.dossier.verify import verify
from standclear.statements.canonical import b64u


def dossier_of(name: str) -> Dossier:
    dossier, faults = read_dossier(small().answers[name])
    assert faults == ()
    return dossier


def bodies_of(dossier: Dossier) -> set[tuple[int, str]]:
    return {(part.index, body.form) for part in dossier.entries for body in part.bodies}


@pytest.mark.parametrize("name", ["Alpha", "Bravo", "Charlie", "service"])
def test_an_answer_holds_under_the_policy_and_is_by_whom_unproven_without(name: str) -> None:
    assert ALL_HOLDS == verify(small().answers[name], small().policy).exit_code()
    assert BY_WHOM_UNPROVEN == verify(small().answers[name], None).exit_code()


def test_the_party_asked_about_is_answered_in_full() -> None:
    claims = dossier_of("Bravo").claims
    assert [(row["kind"], row["form"]) for row in claims["told"]] == [("site", "widened"), ("site", "exact")]
    assert (claims["inbox_n"], claims["withheld"], claims["undecidable"]) == (2, 0, 0)
    first, second = claims["told"]
    assert first["acknowledged_ms"] is not None
    assert first["released_ms"] < first["acknowledged_ms"]
    assert second["acknowledged_ms"] is None


@pytest.mark.parametrize(("name", "form"), [("Alpha", "widened"), ("Charlie", "exact")])
def test_anybody_else_is_answered_about_their_own_and_the_rest_is_counted(name: str, form: str) -> None:
    claims = dossier_of(name).claims
    assert [row["form"] for row in claims["told"]] == [form]
    assert (claims["inbox_n"], claims["withheld"]) == (2, 1)


def test_an_owner_sees_its_acknowledgement_and_not_the_others_site() -> None:
    alpha = dossier_of("Alpha")
    site, third = small().said["site"].answer.index, small().said["third"].answer.index
    shown = {index for index, _ in bodies_of(alpha)}
    assert site in shown
    assert third not in {part.index for part in alpha.entries}
    assert alpha.claims["told"][0]["acknowledged_ms"] is not None


def test_the_recipient_of_a_widened_form_is_not_shown_the_exact_one() -> None:
    bravo = dossier_of("Bravo")
    site = small().said["site"].answer.index
    assert {form for index, form in bodies_of(bravo) if index == site} == {"widened"}
    assert b"The clinic" not in small().answers["Bravo"]
    assert b"The clinic" in small().answers["Alpha"]


def test_a_withheld_release_is_a_hash_and_nothing_else() -> None:
    charlie = dossier_of("Charlie")
    [inbox] = charlie.inboxes
    assert [len(leaf) for leaf in inbox.leaves] == [32, 37]
    assert b64u(small().said["site"].sid).encode() not in small().answers["Charlie"]


@pytest.mark.parametrize(
    "change",
    [
        {"told": []},
        {"withheld": 0},
        {"undecidable": 1},
        {"inbox_n": 1},
        {"up_to": 1},
        {"more": 1},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_claim_that_does_not_follow_is_named(change: dict[str, Any]) -> None:
    dossier = dossier_of("Alpha")
    claims = {**json.loads(json.dumps(dossier.claims)), **change}
    changed = to_bytes(replace(dossier, claims=claims))
    report = verify(changed, small().policy)
    assert SOMETHING_WRONG == report.exit_code()
    assert [one.check for one in report.broken()] == [16]
    assert next(iter(change)) in report.broken()[0].says


def test_an_answer_without_a_question_and_a_question_that_is_none_are_named() -> None:
    dossier = dossier_of("Alpha")
    for asks, claims in ((None, dossier.claims), ({"ask": "where"}, dossier.claims), (dossier.asks, None)):
        report = verify(to_bytes(replace(dossier, asks=asks, claims=claims)), small().policy)
        assert [one.check for one in report.broken()] == [16]


def test_an_earlier_time_leaves_out_what_came_later() -> None:
    dossier = dossier_of("Bravo")
    first, second = dossier.claims["told"]
    asks = {**dossier.asks, "before_ms": second["released_ms"]}
    claims = {**dossier.claims, "told": [first]}
    assert (
        ALL_HOLDS == verify(to_bytes(replace(dossier, asks=asks, claims=claims)), small().policy).exit_code()
    )


def test_every_check_of_a_whole_log_holds() -> None:
    report = verify(small().dossier, small().policy)
    assert dict.fromkeys(CHECKS, "holds") == {number: report.grade(number) for number in CHECKS}
    assert report.exercise is True
