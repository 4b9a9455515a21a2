"""The main job, in the domain's words: told, matched, answered."""

from __future__ import annotations

import pytest

from standclear.cli.cast import told
from standclear.errors import NotFound
from world import HOUR_MS, World, anybody, circle, site


def test_an_activity_that_meets_a_released_site_is_held_until_it_cites_it() -> None:
    with World() as world:
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        clinic = world.site(south, told(north))

        held = world.activity(north, told(south))
        assert (held.effect, held.missing) == ("held", [clinic.ref()])

        cited = world.activity(north, told(south), cites=held.missing, replaces=held.ref())
        assert (cited.effect, cited.answer.outcome.aware_of) == ("aware", 1)


def test_an_activity_may_stand_openly_without_citing() -> None:
    with World() as world:
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        world.site(south, told(north))
        assert world.activity(north, told(south), uncited=True).effect == "uncited"


def test_a_site_that_is_released_on_meeting_is_shown_only_then() -> None:
    with World() as world:
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        clinic = world.site(south, told(north, when="on_meet"))
        assert world.query.inbox(north.id, 0, 10) == ()
        held = world.activity(north, told(south))
        assert held.missing == [clinic.ref()]
        assert [item.ref for item in world.query.inbox(north.id, 0, 10)] == [clinic.ref()]


def test_a_site_that_is_never_released_holds_nobody_and_tells_the_neutral_desk() -> None:
    with World() as world:
        north, south, monitor = world.enrol("North"), world.enrol("South"), world.enrol("Monitor", "monitor")
        world.agree(north, south, monitor=monitor)
        world.site(south, told(north, when="never"))
        filed = world.activity(north, told(south))
        assert filed.effect == "aware"
        assert world.query.inbox(north.id, 0, 10) == ()
        [meeting] = filed.answer.outcome.meetings
        assert set(meeting.told) == {south.id, monitor.id}


def test_what_comes_later_makes_an_activity_not_aware_until_its_desk_acknowledges() -> None:
    with World() as world:
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        filed = world.activity(north, told(south))
        assert filed.effect == "aware"
        clinic = world.site(south, told(north))
        standing = world.query.standing(north.id, filed.ref())
        assert standing.unaware == {clinic.ref()}
        world.acknowledge(north, sids=[clinic.sid])
        assert standing.unaware == set()
        assert standing.aware_of == {clinic.ref()}


def test_a_machine_cannot_acknowledge() -> None:
    with World() as world:
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        clinic = world.site(south, told(north))
        said = world.acknowledge(north, sids=[clinic.sid], machine=True)
        assert (said.effect, said.marks) == ("recorded", ["machine_key"])
        [ladder] = world.query.ladders(south.id, clinic.sid)
        assert ladder.rung() == "handed_over"


def test_a_list_is_one_dispatch_with_exceptions_by_row() -> None:
    with World() as world:
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        rows = [site(world.now_ms, at=(36.6 + i / 100, 35.9), name=f"Clinic {i}") for i in range(300)]
        listed = world.notice(south, rows, told(north))
        assert len(listed.answer.outcome.releases) == 1
        world.acknowledge(north, span=(0, 300), exceptions=[7, 8])
        [ladder] = world.query.ladders(south.id, listed.sid)
        assert (ladder.items, ladder.acknowledged_count, ladder.acknowledged_ms) == (300, 298, None)
        world.acknowledge(north, refs=[listed.ref(7), listed.ref(8)])
        assert ladder.rung() == "acknowledged"


def test_a_lapsed_site_is_still_matched() -> None:
    with World() as world:
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        clinic = world.site(south, told(north), days=1)
        world.pass_ms(48 * HOUR_MS)
        assert world.query.standing(south.id, clinic.ref()).condition(world.now_ms) == "lapsed"
        assert world.activity(north, told(south)).missing == [clinic.ref()]
        world.end(south, "site", [clinic.ref()])
        assert world.activity(north, told(south)).effect == "aware"


def test_a_blanket_activity_proves_no_awareness() -> None:
    with World() as world:
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        clinic = world.site(south, told(north))
        filed = world.activity(north, told(south), radius_m=40_000, cites=[clinic.ref()])
        assert filed.effect == "blanket"


def test_two_replacements_of_one_version_both_stand() -> None:
    with World() as world:
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        first = world.site(south, told(north))
        moved = [site(world.now_ms, at=(36.70 + i / 50, 35.93), change="moved") for i in range(2)]
        one = world.notice(south, moved[0], told(north), act="replace", of=[(first.ref(), 0)])
        two = world.notice(south, moved[1], told(north), act="replace", of=[(first.ref(), 0)])
        assert (one.effect, two.effect) == ("in_force", "branched")
        assert {o.ref for o in world.query.own(south.id, "site")} == {one.ref(), two.ref()}


def test_nobody_amends_what_is_anothers() -> None:
    with World() as world:
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        clinic = world.site(south, told(north))
        said = world.end(north, "site", [clinic.ref()], act="cancel", reason="withdrawn")
        assert said.effect == "not_yours"
        assert world.query.standing(south.id, clinic.ref()).state == "stands"


def test_a_relay_beyond_release_is_recorded_and_marked() -> None:
    with World() as world:
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        clinic = world.site(south, told(north))
        within = world.disseminate(north, [clinic.sid], echelons=["2 Bty"], to=told(south))
        beyond = world.disseminate(north, [clinic.sid], third_name="The ally", to=told(south))
        assert (within.marks, beyond.marks) == ([], ["beyond_release"])
        [ladder] = world.query.ladders(south.id, clinic.sid)
        assert ladder.rung() == "handed_over" or ladder.disseminated


def test_a_widened_form_is_what_is_matched_between_two_parties() -> None:
    with World() as world:
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        exact = site(world.now_ms, at=(36.63, 35.93))
        wide = site(world.now_ms, at=(36.63, 35.93), radius_m=5_000, name="", form="widened")
        filed = world.notice(
            south,
            exact,
            told(north, form="widened"),
            forms={"exact": [exact.to_value()], "widened": [wide.to_value()]},
        )
        held = world.activity(north, told(south), at=(36.67, 35.93))
        assert held.missing == [filed.ref()]
        [item] = world.query.inbox(north.id, 0, 10)
        assert (item.form, item.body["name"]) == ("widened", "")


def test_who_knew_answers_with_what_was_told_and_how_far_the_answer_reaches() -> None:
    with World() as world:
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        clinic = world.site(south, anybody())
        world.site(south, anybody(), at=(37.5, 36.5))
        world.pass_ms(HOUR_MS)
        world.acknowledge(north, sids=[clinic.sid])
        area = circle((36.63, 35.93), 1_000, 0, world.now_ms + HOUR_MS)
        answer = world.query.who_knew(north.id, north.id, area, world.now_ms + 1)
        assert [(row.ref, row.acknowledged_ms is not None) for row in answer.told] == [(clinic.ref(), True)]
        assert answer.inbox_n == 2
        early = world.query.who_knew(north.id, north.id, area, world.now_ms - 2 * HOUR_MS)
        assert early.told == ()


def test_a_restart_derives_the_same_book() -> None:
    with World() as world:
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        clinic = world.site(south, told(north))
        held = world.activity(north, told(south))
        world.acknowledge(north, sids=[clinic.sid])
        world.settle()
        before = (world.service.tree.root(), world.query.inbox_head(north.id), world.service.size)
        world.restart()
        assert (world.service.tree.root(), world.query.inbox_head(north.id), world.service.size) == before
        assert world.query.standing(north.id, held.ref()).effect == "held"
        [ladder] = world.query.ladders(south.id, clinic.sid)
        assert ladder.rung() == "acknowledged"


def test_nobody_becomes_a_monitor_of_others_by_an_arrangement_of_its_own() -> None:
    with World() as world:
        north, south = world.enrol("North"), world.enrol("South")
        spy, accomplice = world.enrol("Spy"), world.enrol("Accomplice")
        world.agree(north, south)
        under = world.under
        clinic = world.site(south, told(north))
        world.agree(accomplice, monitor=spy)
        assert not world.query.is_monitor(spy.id, None)
        assert not world.query.is_monitor(spy.id, under)
        with pytest.raises(NotFound):
            world.query.statement(spy.id, clinic.sid)
        with pytest.raises(NotFound):
            world.query.ladders(spy.id, clinic.sid)
