"""Verification grades: a better one is asked of the owner in time, shown until it comes, and never affects what is matched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from pure.conflicts.folded import Folded, Spoken
from standclear.cli import speech
from standclear.cli.cast import Actor, told
from standclear.cli.seat import NewSeat
from standclear.conflicts.sight import Sight
from standclear.errors import Malformed
from standclear.keys import SigningKey
from standclear.obligations.duties import Duty, due
from standclear.obligations.figures import figures_of
from standclear.obligations.grading import is_below
from standclear.spacetime.interval import Interval
from standclear.spacetime.units import FOREVER_MS
from standclear.statements.arrangement import Arrangement, read_arrangement
from standclear.statements.fields import Fields
from standclear.statements.notices import GRADE_ORDER
from world import DAY_MS, circle

SECOND = SigningKey.from_seed(bytes(range(32)))
AT = (36.63, 35.93)


def asking(rules: Arrangement, least: str | None, within_ms: int | None = 7 * DAY_MS) -> Arrangement:
    kinds = tuple(
        replace(rule, grade_least=least, grade_within_ms=within_ms) if rule.kind == "site" else rule
        for rule in rules.kinds
    )
    return replace(rules, kinds=kinds)


def folded(least: str = "third_party") -> Folded:
    """A line that asks for a grade of sites within seven days."""
    log = Folded()
    version = log.state(log.north, asking(log.rules, least), log.under)
    for party in (log.north, log.south):
        log.adhere(party, version.sid)
    return log


def clinic(log: Folded, grade: str, *, by: Actor | None = None, at: Any = AT, **more: Any) -> Spoken:
    what = speech.site("hospital", log.now_ms + 90 * DAY_MS, grade=grade)
    volume = circle(at, 100, log.now_ms - log.now_ms % DAY_MS, log.now_ms - log.now_ms % DAY_MS + 90 * DAY_MS)
    body = speech.notice(what, [volume], name="A hospital", change=more.pop("change", None))
    return log.file(by or log.south, body, told(log.north), **more)


def verify(log: Folded) -> Sequence[Duty]:
    return [one for one in due(log.book, log.now_ms) if one.kind == "verify"]


# --- the duty ------------------------------------------------------------------------------------------------


def test_a_better_grade_is_asked_of_the_owner_when_its_time_has_passed() -> None:
    log = folded()
    filed = clinic(log, "self_attested")
    log.now_ms += 7 * DAY_MS - 1
    assert verify(log) == []
    log.now_ms += 1
    [duty] = verify(log)
    assert (duty.party, duty.sid, duty.word, duty.due_ms) == (
        log.south.id,
        filed.sid,
        "unverified",
        log.now_ms,
    )


@pytest.mark.parametrize("grade", GRADE_ORDER)
def test_only_what_is_below_the_grade_asked_for_owes_one(grade: str) -> None:
    log = folded()
    clinic(log, grade)
    log.now_ms += 8 * DAY_MS
    assert len(verify(log)) == (grade not in ("third_party", "on_site"))


def test_an_arrangement_that_asks_for_no_grade_makes_no_duty() -> None:
    log = Folded()
    filed = clinic(log, "unverified")
    log.now_ms += 8 * DAY_MS
    assert (verify(log), log.standing(filed).verify_by_ms) == ([], None)


def test_a_list_owes_its_grades_as_one() -> None:
    log = folded()
    what = speech.site("hospital", log.now_ms + 90 * DAY_MS)
    items = [
        speech.notice(what, [circle((36 + n / 10, 35.9), 100, log.now_ms, log.now_ms + DAY_MS)], name=str(n))
        for n in range(5)
    ]
    log.file(log.south, items, [])
    log.now_ms += 8 * DAY_MS
    assert len(verify(log)) == 1


@pytest.mark.parametrize("how", ["verified", "closed"])
def test_a_sufficient_grade_ends_it_and_so_does_an_ending(how: str) -> None:
    log = folded()
    filed = clinic(log, "self_attested")
    log.now_ms += DAY_MS // 4
    if how == "closed":
        log.end(log.south, "site", filed.ref())
    else:
        again = clinic(log, "on_site", replaces=[(filed.ref(), 0)], change="unchanged")
        assert again.outcome.marks == []
    log.now_ms += 30 * DAY_MS
    assert verify(log) == []


def test_filing_the_same_again_starts_no_clock_anew() -> None:
    log = folded()
    first = clinic(log, "unverified")
    began_ms = log.now_ms
    log.now_ms += DAY_MS // 4
    again = clinic(log, "self_attested", replaces=[(first.ref(), 0)], change="unchanged")
    assert log.standing(again).verify_by_ms == began_ms + 7 * DAY_MS
    moved = clinic(log, "self_attested", replaces=[(again.ref(), 0)], change="moved", at=(36.7, 35.9))
    assert log.standing(moved).verify_by_ms == log.now_ms + 7 * DAY_MS


def test_a_grade_never_affects_what_is_matched() -> None:
    missing = []
    for grade in ("unverified", "on_site"):
        log = folded()
        filed = clinic(log, grade)
        missing.append(log.fire().outcome.missing == [filed.ref()])
    assert missing == [True, True]


# --- two seats -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "signers", "marks", "grade"),
    [
        ("one person", "none", ["grade_unproven"], "self_attested"),
        ("a person and a machine", "machine", ["grade_unproven"], "self_attested"),
        ("two persons' seats", "second", [], "dual_attested"),
    ],
)
def test_dual_attested_is_what_two_seats_signed(
    name: str, signers: str, marks: list[str], grade: str
) -> None:
    log = Folded()
    west = log.enrol("West", more=[NewSeat(seat="second", role="person", key=SECOND)])
    version = log.state(log.north, log.with_member(west), log.under).sid
    for party in (log.north, log.south, west):
        log.adhere(party, version)
    keys = {"none": [], "machine": [west.machine.key], "second": [SECOND]}[signers]
    filed = clinic(log, "dual_attested", by=west, with_keys=keys)
    assert (filed.outcome.marks, log.standing(filed).grade) == (marks, grade)
    assert log.standing(filed).marks == tuple(marks)


# --- figures and rules -----------------------------------------------------------------------------------------


def test_the_figures_give_each_grade_of_how_many_sites_that_stand() -> None:
    log = folded()
    clinic(log, "self_attested")
    clinic(log, "on_site", at=(36.7, 35.9))
    log.end(log.south, "site", clinic(log, "imagery", at=(36.8, 35.9)).ref())
    sight = Sight(asker=log.south.id, monitored=frozenset(), is_whole=False)
    [one] = figures_of(log.book, Interval(start_ms=0, end_ms=FOREVER_MS), log.now_ms, sight).grades
    assert (one.party, one.sites, one.below) == (log.south.id, 2, 1)
    assert {grade: count for grade, count in one.grades if count} == {"self_attested": 1, "on_site": 1}


@pytest.mark.parametrize(
    ("least", "within_ms", "field"),
    [
        ("blessed", DAY_MS, "grade_least"),
        ("on_site", None, "grade_within_ms"),
        (None, DAY_MS, "grade_within_ms"),
    ],
)
def test_a_rule_that_asks_for_half_of_it_is_refused(
    least: str | None, within_ms: int | None, field: str
) -> None:
    fields = Fields(asking(Folded().rules, least, within_ms).to_value(), "body")
    fields.take("type")
    with pytest.raises(Malformed) as refused:
        read_arrangement(fields)
    assert refused.value.field.endswith(field)


def test_a_grade_is_asked_of_sites_only() -> None:
    rules = Folded().rules
    kinds = tuple(replace(rule, grade_least="on_site", grade_within_ms=1) for rule in rules.kinds)
    fields = Fields(replace(rules, kinds=kinds).to_value(), "body")
    fields.take("type")
    with pytest.raises(Malformed, match="states a grade"):
        read_arrangement(fields)


def test_grades_are_in_the_order_in_which_they_are_listed() -> None:
    assert [is_below(grade, "imagery") for grade in GRADE_ORDER] == [True, True, True, False, False, False]
