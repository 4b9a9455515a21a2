"""The questions that the record answers: who was told, who answered in time, and how claims stand to the record."""

from __future__ import annotations

from typing import Any

import pytest

from standclear.cli.cast import Said, told
from standclear.flow.questions import claims, compliance, released_there
from standclear.obligations.figures import Compliance, DutyFigures
from standclear.spacetime.interval import Interval
from standclear.spacetime.units import FOREVER_MS
from standclear.spacetime.volume import Volume
from standclear.statements.asking import Inquiry, Observation
from standclear.statements.calls import Claim
from standclear.statements.compose import Draft
from standclear.statements.notices import Note
from world import DAY_MS, HOUR_MS, Party, World, circle, presence

HERE = (36.63, 35.93)
ELSEWHERE = (36.70, 35.80)


def three(world: World) -> tuple[Party, Party, Party]:
    north, south = world.enrol("North"), world.enrol("South")
    monitor = world.enrol("Monitor", "monitor")
    world.agree(north, south, monitor=monitor)
    return north, south, monitor


def say(world: World, party: Party, body: Any, to: list[Any], **more: Any) -> Said:
    value = body.to_value()
    draft = Draft(kind=value["type"], under=world.under, forms={"exact": [value]}, to=to, **more)
    return world.say(party, draft)


def figures(world: World, asker: Party, start_ms: int = 0, end_ms: int = FOREVER_MS) -> Compliance:
    return compliance(world.service, asker.id, Interval(start_ms=start_ms, end_ms=end_ms))


def duty(found: Compliance, party: Party, kind: str) -> DutyFigures:
    return next(one for one in found.duties if one.party == party.id and one.kind == kind)


# --- compliance -----------------------------------------------------------------------------------


def test_what_was_owed_is_answered_in_time_late_or_not_at_all() -> None:
    with World() as world:
        north, south, monitor = three(world)
        prompt, tardy, never = (world.site(south, told(north), at=(36.6 + i / 10, 35.9)) for i in range(3))
        world.pass_ms(60_000)
        world.acknowledge(north, sids=[prompt.sid])
        world.pass_ms(30 * DAY_MS)
        world.acknowledge(north, sids=[tardy.sid])
        found = duty(figures(world, monitor), north, "site")
        assert (found.whole.owed, found.whole.in_time, found.whole.late, found.whole.unanswered) == (
            3,
            1,
            1,
            1,
        )
        assert found.whole.median_twice_ms == 60_000 + 30 * DAY_MS + 60_000
        assert [(one.desk, one.tally.owed) for one in found.desks] == [(north.person.desk, 2)]
        assert never.sid


def test_duties_are_told_week_by_week_from_the_start_of_the_span() -> None:
    with World() as world:
        north, south, monitor = three(world)
        start_ms = world.now_ms
        for _ in range(3):
            world.site(south, told(north))
            world.pass_ms(7 * DAY_MS)
        found = duty(figures(world, monitor, start_ms), north, "site")
        assert [(one.start_ms - start_ms) // DAY_MS for one in found.weeks] == [0, 7, 14]
        assert [one.tally.owed for one in found.weeks] == [1, 1, 1]
        narrow = duty(figures(world, monitor, start_ms + DAY_MS, start_ms + 8 * DAY_MS), north, "site")
        assert narrow.whole.owed == 1


def test_an_inquiry_that_ran_out_is_unanswered_and_one_that_waits_is_not() -> None:
    with World() as world:
        north, south, monitor = three(world)
        area = circle(HERE, 3_000, world.now_ms, world.now_ms + HOUR_MS)
        asked = Inquiry(volumes=(area,), answer_by_ms=world.now_ms + HOUR_MS, note=None)
        say(world, north, asked, told(south))
        assert duty(figures(world, monitor), south, "inquiry").whole.waiting == 1
        world.pass_ms(2 * HOUR_MS)
        assert duty(figures(world, monitor), south, "inquiry").whole.unanswered == 1


def test_uncited_and_late_activities_stand_apart() -> None:
    with World() as world:
        north, south, monitor = three(world)
        world.site(south, told(north))
        world.activity(north, told(south))
        world.activity(north, told(south), uncited=True)
        [filed] = [one for one in figures(world, monitor).filings if one.kind == "activity"]
        assert (filed.filed, filed.held, filed.uncited, filed.aware, filed.blanket) == (2, 1, 1, 0, 0)


def test_a_party_sees_the_figures_of_its_own_traffic_only() -> None:
    with World() as world:
        north, south, monitor = three(world)
        other = world.enrol("Other")
        world.agree(north, south, other, monitor=monitor)
        world.site(south, told(north))
        assert figures(world, other).duties == ()
        assert figures(world, other).filings == ()
        assert len(figures(world, north).duties) == len(figures(world, south).duties) == 1
        assert figures(world, north).filings == ()
        assert figures(world, monitor).is_whole
        assert not figures(world, north).is_whole


# --- claims ---------------------------------------------------------------------------------------


def claim(world: World, party: Party, kind: str, where: Volume, to: list[Any], **more: Any) -> Said:
    body = Claim(
        claim=kind,
        about=more.get("about"),
        volumes=(where,),
        words=Note(lang="en", text="As was said on the day."),
        source="A spokesman",
    )
    return say(world, party, body, to)


def verdict(world: World, asker: Party) -> tuple[str, set[str]]:
    newest = claims(world.service, asker.id, 1)[0]
    return newest.verdict, {one.sort for one in newest.evidence}


def seen(where: Volume, about: Party | None, grade: str) -> Observation:
    return Observation(
        volumes=(where,),
        what="Aircraft",
        about=None if about is None else about.id,
        source="A track",
        link="",
        media=None,
        reliability=grade[0],
        credibility=grade[1],
    )


def test_a_denial_is_contradicted_by_ones_own_declaration() -> None:
    with World() as world:
        north, south, monitor = three(world)
        where = circle(HERE, 1_000, world.now_ms + HOUR_MS, world.now_ms + 2 * HOUR_MS)
        world.activity(north, told(south))
        world.pass_ms(3 * HOUR_MS)
        claim(world, north, "did_not", where, told(south))
        assert verdict(world, monitor) == ("contradicted", {"declared_by_it"})
        assert verdict(world, south) == ("contradicted", {"declared_by_it"})


def test_what_was_withdrawn_before_it_began_is_no_declaration() -> None:
    with World() as world:
        north, south, monitor = three(world)
        where = circle(HERE, 1_000, world.now_ms + HOUR_MS, world.now_ms + 2 * HOUR_MS)
        filed = world.activity(north, told(south))
        world.end(north, "activity", [filed.ref()], act="cancel", reason="withdrawn")
        world.pass_ms(3 * HOUR_MS)
        claim(world, north, "did_not", where, told(south))
        assert verdict(world, monitor) == ("undecidable", set())


@pytest.mark.parametrize(
    ("grade", "expected"), [("b2", "contradicted"), ("b3", "undecidable"), ("f1", "undecidable")]
)
def test_an_observation_counts_by_its_grade(grade: str, expected: str) -> None:
    with World() as world:
        north, south, monitor = three(world)
        where = circle(HERE, 1_000, world.now_ms, world.now_ms + HOUR_MS)
        say(world, south, seen(where, north, grade), told(north))
        claim(world, north, "did_not", where, told(south))
        assert verdict(world, monitor)[0] == expected


def test_another_partys_declaration_is_consistent_with_a_denial() -> None:
    with World() as world:
        north, south, monitor = three(world)
        where = circle(HERE, 1_000, world.now_ms + HOUR_MS, world.now_ms + 2 * HOUR_MS)
        world.activity(south, told(north))
        world.pass_ms(3 * HOUR_MS)
        claim(world, north, "did_not", where, told(south))
        assert verdict(world, monitor) == ("consistent", {"declared_by_another"})


def test_was_not_told_is_held_against_the_inbox_and_the_partys_own_key() -> None:
    with World() as world:
        north, south, monitor = three(world)
        strike = circle(HERE, 1_000, world.now_ms + 4 * HOUR_MS, world.now_ms + 5 * HOUR_MS)
        claim(world, north, "was_not_told", strike, told(south))
        assert verdict(world, monitor) == ("consistent", set())
        site = world.site(south, told(north))
        assert verdict(world, monitor) == ("undecidable", {"released_before"})
        world.acknowledge(north, sids=[site.sid])
        assert verdict(world, monitor) == ("contradicted", {"told_before"})


def test_what_was_told_only_afterwards_says_so() -> None:
    with World() as world:
        north, south, monitor = three(world)
        strike = circle(HERE, 1_000, world.now_ms, world.now_ms + HOUR_MS)
        people = presence(world.now_ms, at=HERE)
        world.pass_ms(2 * HOUR_MS)
        world.notice(south, people, told(north))
        claim(world, south, "told", strike, told(north))
        assert verdict(world, monitor) == ("contradicted", {"told_after"})


def test_a_claim_is_shown_to_whom_it_was_released_and_weighed_on_what_that_party_sees() -> None:
    with World() as world:
        north, south, monitor = three(world)
        other = world.enrol("Other")
        world.agree(north, south, other, monitor=monitor)
        strike = circle(HERE, 1_000, world.now_ms + 4 * HOUR_MS, world.now_ms + 5 * HOUR_MS)
        world.site(south, told(north))
        claim(world, north, "was_not_told", strike, told(other))
        assert claims(world.service, south.id, 10) == ()
        assert verdict(world, other) == ("undecidable", {"not_shown"})


# --- who knew -------------------------------------------------------------------------------------


def corrected(world: World, south: Party, north: Party) -> tuple[Said, Said]:
    """A position that was wrong by kilometres, and its correction two hours later."""
    wrong = world.presence(south, told(north), at=ELSEWHERE)
    world.pass_ms(2 * HOUR_MS)
    right = presence(world.now_ms, at=HERE, change="was_always_there")
    return wrong, world.notice(south, right, told(north), act="replace", of=[(wrong.ref(), 0)])


def test_who_knew_tells_both_the_wrong_place_and_its_correction() -> None:
    with World() as world:
        north, south, _ = three(world)
        asked_ms = world.now_ms + HOUR_MS
        wrong, right = corrected(world, south, north)
        here = circle(HERE, 5_000, 0, world.now_ms + DAY_MS)
        early = world.query.who_knew(north.id, north.id, here, asked_ms)
        assert (early.told, early.verdict) == ((), "proven")
        [row] = early.corrected
        assert row.ref == wrong.ref()
        assert [(one.ref, one.change, one.is_there) for one in row.versions] == [
            (right.ref(), "was_always_there", True)
        ]
        there = world.query.who_knew(north.id, north.id, circle(ELSEWHERE, 5_000, 0, FOREVER_MS), asked_ms)
        assert (there.verdict, there.told[0].ref, there.told[0].state) == ("refuted", wrong.ref(), "replaced")
        late = world.query.who_knew(north.id, north.id, here, world.now_ms + 1)
        assert [row.ref for row in late.told] == [right.ref()]


def test_a_no_is_undecidable_for_who_does_not_see_everything() -> None:
    with World() as world:
        north, south, monitor = three(world)
        other = world.enrol("Other")
        world.agree(north, south, other, monitor=monitor)
        world.site(south, told(north))
        far = circle((10.0, 10.0), 5_000, 0, FOREVER_MS)
        asked = world.now_ms + 1
        assert world.query.who_knew(other.id, north.id, far, asked).verdict == "undecidable"
        assert world.query.who_knew(other.id, north.id, far, asked).withheld == 1
        assert world.query.who_knew(monitor.id, north.id, far, asked).verdict == "proven"


# --- what is released for an area -----------------------------------------------------------------


def test_what_is_released_for_an_area_holds_what_lapsed_and_not_what_was_replaced() -> None:
    with World() as world:
        north, south, _ = three(world)
        wrong, right = corrected(world, south, north)
        site = world.site(south, told(north), at=HERE, days=1)
        world.pass_ms(2 * DAY_MS)
        area = circle(HERE, 50_000, world.now_ms, world.now_ms + DAY_MS)
        found = released_there(world.query, north.id, area, [wrong.ref(), bytes(36)])
        assert {one.item.ref: one.item.condition for one in found.items} == {
            right.ref(): "stale",
            site.ref(): "lapsed",
        }
        assert [one.condition for one in found.known] == ["replaced", ""]
        assert released_there(world.query, south.id, area, []).items == ()
