"""Cumulative totals: what is filed together counts together, in however many statements, and is labelled, never refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pure.conflicts.folded import Folded, Spoken
from standclear.cli import speech
from standclear.cli.cast import Actor
from standclear.errors import Malformed
from standclear.statements.arrangement import read_arrangement
from standclear.statements.fields import Fields
from standclear.statements.moving import Leg, Movement
from standclear.statements.notices import Notice
from standclear.statements.total import Total
from world import DAY_MS, HOUR_MS, circle, presence

AT = (36.63, 35.93)


def total(**changes: Any) -> Total:
    plain = Total(
        name="troops",
        kind="activity",
        types=("military_exercise",),
        measure="headcount",
        window_ms=None,
        by="party",
        except_roles=(),
        most=9_000,
    )
    return replace(plain, **changes)


def exercise(
    log: Folded,
    people: int | None,
    *,
    by: Actor | None = None,
    in_days: float = 1,
    days: float = 2,
    **more: Any,
) -> Spoken:
    start_ms = log.now_ms + int(in_days * DAY_MS)
    kind = more.pop("kind", "military_exercise")
    what = speech.activity(kind, uncited=True, headcount=people)
    volume = circle(AT, 500, start_ms, start_ms + int(days * DAY_MS))
    body = speech.notice(what, [volume], name="Exercise", change="unchanged" if more else None)
    return log.file(by or log.south, body, [], **more)


def ships(
    log: Folded, units: int, tonnes: int | None, *, by: Actor | None = None, kind: str = "naval_passage"
) -> Spoken:
    what = Movement(
        movement_type=kind,
        movement_mode="sea",
        legs=(Leg(origin="A", destination="B", volume=0),),
        units=units,
        headcount=None,
        identification=(),
        markings=(),
        repeats=None,
        displacement_t=tonnes,
    )
    body: Notice = replace(presence(log.now_ms, at=AT, hours=12), what=what)
    return log.file(by or log.south, body, [])


def marks(*said: Spoken) -> list[bool]:
    return ["over_total" in one.outcome.marks for one in said]


# --- splitting --------------------------------------------------------------------------------------------


def test_an_exercise_filed_as_three_counts_as_one() -> None:
    log = Folded(totals=(total(),))
    assert marks(*(exercise(log, 4_000) for _ in range(3))) == [False, False, True]


def test_what_is_just_at_the_bound_is_within_it() -> None:
    log = Folded(totals=(total(),))
    assert marks(exercise(log, 9_000), exercise(log, 0), exercise(log, 1)) == [False, False, True]


def test_three_items_of_one_statement_count_as_three_statements_do() -> None:
    log = Folded(totals=(total(most=11_999),))
    what = speech.activity("military_exercise", uncited=True, headcount=4_000)
    start_ms = log.now_ms + DAY_MS
    items = [
        speech.notice(what, [circle(AT, 500, start_ms, start_ms + DAY_MS)], name=str(n)) for n in range(3)
    ]
    assert marks(log.file(log.south, items, [])) == [True]


def test_what_is_over_stands_and_is_told_as_anything_else() -> None:
    log = Folded(totals=(total(most=0),))
    said = exercise(log, 10)
    assert (said.effect, said.outcome.marks) == ("uncited", ["over_total"])
    assert log.standing(said).state == "stands"


def test_another_party_s_sum_is_its_own_unless_all_count_together() -> None:
    apart, together = Folded(totals=(total(),)), Folded(totals=(total(by="all"),))
    for log, expected in ((apart, False), (together, True)):
        exercise(log, 6_000)
        assert marks(exercise(log, 6_000, by=log.north)) == [expected]


def test_a_role_that_is_left_out_neither_counts_nor_is_marked() -> None:
    log = Folded(totals=(total(by="all", except_roles=("monitor",)),))
    assert marks(exercise(log, 20_000, by=log.monitor), exercise(log, 9_000)) == [False, False]


def test_only_the_types_named_count_and_no_type_means_all() -> None:
    some, every = Folded(totals=(total(),)), Folded(totals=(total(types=()),))
    for log, expected in ((some, False), (every, True)):
        exercise(log, 9_000)
        assert marks(exercise(log, 1, kind="training")) == [expected]


def test_ships_and_tonnes_are_two_totals_of_one_strait() -> None:
    strait = {"kind": "movement", "types": ("naval_passage",), "by": "all"}
    log = Folded(
        totals=(
            total(**strait, name="ships", measure="units", most=9),
            total(**strait, name="tonnes", measure="tonnes", most=15_000),
        )
    )
    assert marks(ships(log, 5, 9_000), ships(log, 4, 6_000, by=log.north)) == [False, False]
    assert marks(ships(log, 1, 0), ships(log, 9, None, kind="ship_passage")) == [True, False]
    more = Folded(totals=(total(**strait, name="tonnes", measure="tonnes", most=15_000),))
    assert marks(ships(more, 1, 15_000), ships(more, 1, 1)) == [False, True]


def test_a_figure_that_is_not_stated_is_marked_and_counts_as_nothing() -> None:
    log = Folded(totals=(total(),))
    assert exercise(log, None).outcome.marks == ["total_unstated"]
    assert exercise(log, 9_000).outcome.marks == []


# --- time ---------------------------------------------------------------------------------------------------


def test_at_once_is_what_overlaps_at_an_instant_and_touching_counts() -> None:
    log = Folded(totals=(total(),))
    exercise(log, 5_000, in_days=1, days=1)
    assert marks(exercise(log, 5_000, in_days=2.001, days=1)) == [False]
    assert marks(exercise(log, 5_000, in_days=3.5, days=1)) == [False]
    assert marks(exercise(log, 5_000, in_days=2, days=0.0005)) == [True]


def test_within_a_span_what_begins_counts_and_the_span_holds_both_its_ends() -> None:
    log = Folded(totals=(total(window_ms=30 * DAY_MS, most=2, measure="notices", types=()),))
    said = [exercise(log, None, in_days=day, days=0.1) for day in (1, 15, 31)]
    assert marks(*said) == [False, False, True]
    assert marks(exercise(log, None, in_days=62, days=0.1)) == [False]


@pytest.mark.parametrize(
    ("act", "counts_at_once", "counts_in_a_span"), [("close", False, True), ("cancel", False, False)]
)
def test_what_was_closed_took_place_and_what_was_cancelled_did_not(
    act: str, counts_at_once: bool, counts_in_a_span: bool
) -> None:
    for window_ms, expected in ((None, counts_at_once), (30 * DAY_MS, counts_in_a_span)):
        log = Folded(totals=(total(window_ms=window_ms),))
        log.end(log.south, "activity", exercise(log, 9_000).ref(), act=act)
        assert marks(exercise(log, 9_000)) == [expected]


def test_a_replacement_counts_in_the_place_of_what_it_replaces() -> None:
    for window_ms in (None, 30 * DAY_MS):
        log = Folded(totals=(total(window_ms=window_ms),))
        first = exercise(log, 8_000)
        again = exercise(log, 9_000, replaces=[(first.ref(), 0)])
        assert marks(again, exercise(log, 1)) == [False, True]


# --- rules --------------------------------------------------------------------------------------------------


def test_new_totals_count_what_was_filed_before_them() -> None:
    log = Folded()
    rules = replace(log.rules, totals=(total(window_ms=30 * DAY_MS),))
    closed, cancelled = exercise(log, 4_000), exercise(log, 4_000)
    log.end(log.south, "activity", closed.ref(), act="close")
    log.end(log.south, "activity", cancelled.ref(), act="cancel")
    exercise(log, 4_000)
    version = log.state(log.north, rules, log.under)
    log.adhere(log.north, version.sid)
    log.adhere(log.south, version.sid)
    assert marks(exercise(log, 1_000), exercise(log, 1)) == [False, True]


def test_totals_of_two_arrangements_are_not_added_up() -> None:
    log = Folded(totals=(total(),))
    other = log.state(log.north, log.rules).sid
    exercise(log, 9_000)
    what = speech.activity("military_exercise", uncited=True, headcount=9_000)
    body = speech.notice(what, [circle(AT, 500, log.now_ms + DAY_MS, log.now_ms + 2 * DAY_MS)], name="")
    assert marks(log.file(log.south, body, [], under=other)) == [False]


@pytest.mark.parametrize(
    ("name", "rows", "field"),
    [
        ("a measure its kind does not state", (total(measure="tonnes"),), "totals[0].measure"),
        ("a type of another kind", (total(types=("naval_passage",)),), "totals[0].types"),
        ("types of a kind that has none", (total(kind="presence", measure="notices"),), "totals[0].types"),
        ("a word that is no measure", (total(measure="guns"),), "totals[0].measure"),
        ("a name twice", (total(), total(most=1)), "totals"),
        ("a span of no length", (total(window_ms=0),), "totals[0].window_ms"),
    ],
)  # fmt: skip
def test_rows_that_cannot_be_counted_are_refused(name: str, rows: tuple[Total, ...], field: str) -> None:
    log = Folded()
    value = replace(log.rules, totals=rows).to_value()
    fields = Fields(value, "body")
    fields.take("type")
    with pytest.raises(Malformed) as refused:
        read_arrangement(fields)
    assert refused.value.field == f"body.{field}"


def test_a_total_of_a_kind_without_a_rule_is_refused() -> None:
    log = Folded()
    kinds = tuple(rule for rule in log.rules.kinds if rule.kind in ("activity", "site"))
    matrix = tuple(one for one in log.rules.matrix if {one.a, one.b} <= {"activity", "site"})
    rows = (total(kind="zone", types=(), measure="notices"),)
    fields = Fields(replace(log.rules, kinds=kinds, matrix=matrix, totals=rows).to_value(), "body")
    fields.take("type")
    with pytest.raises(Malformed) as refused:
        read_arrangement(fields)
    assert refused.value.field == "body.totals"


def test_hours_do_not_matter_to_a_total_of_notices() -> None:
    log = Folded(totals=(total(kind="presence", types=(), measure="notices", most=1),))
    first = log.file(log.south, presence(log.now_ms, at=AT, hours=1), [])
    log.now_ms += 2 * HOUR_MS
    again = log.file(log.south, presence(log.now_ms, at=AT, hours=1), [])
    assert marks(first, again) == [False, False]
