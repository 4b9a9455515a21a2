"""Words that are shredded, and all that goes on being derived, proven and counted without them (G23)."""

from __future__ import annotations

import pytest

from naive import picture
from standclear.cli import speech
from standclear.cli.cast import Said, told
from standclear.dossier.report import ALL_HOLDS
from standclear.dossier.verify import verify
from standclear.errors import NotFound
from standclear.flow.clock import TurnedClock
from standclear.flow.evidence import dossier_of, policy_of
from standclear.flow.foretelling import cost_of
from standclear.flow.questions import compliance
from standclear.flow.rebuild import rebuild
from standclear.obligations.duties import due
from standclear.spacetime.interval import Interval
from standclear.statements.compose import Recipient
from standclear.statements.erasing import Erasure, Hold
from world import DAY_MS, Chance, ListedIndex, Party, World, circle, site


class JumpedClock(TurnedClock):
    """A clock that somebody has set forward."""

    def is_steady(self) -> bool:
        return False


def erase(world: World, party: Party, *refs: bytes, to: list[Recipient] | None = None) -> Said:
    draft = speech.word(Erasure(reason="owner_asks"), to or [], world.under, cites=sorted(refs))
    return world.say(party, draft)


def is_there(world: World, said: Said, item: int = 0) -> bool:
    return world.store.read_body_keys(said.answer.index)[item] is not None


def two(world: World) -> tuple[Party, Party, Party]:
    north, south, monitor = world.enrol("North"), world.enrol("South"), world.enrol("Monitor", "monitor")
    world.agree(north, south, monitor=monitor)
    return north, south, monitor


def test_a_withdrawn_site_is_shredded_and_the_same_follows_from_the_log_without_it() -> None:
    with World(seed="shredding") as world:
        north, south, _ = two(world)
        clinic = world.site(south, told(north))
        school = world.site(south, told(north, when="on_meet"), at=(36.64, 35.93))
        held = world.activity(north, told(south), radius_m=5_000)
        fire = world.activity(
            north, told(south), radius_m=5_000, cites=sorted(held.missing), replaces=held.ref()
        )
        world.acknowledge(north, sids=[clinic.sid], to=told(south))
        world.settle()
        assert {clinic.ref(), school.ref()} == set(held.missing)
        world.end(south, "site", [clinic.ref()], act="cancel", reason="withdrawn")
        world.settle()
        asked = erase(world, south, clinic.ref(), to=told(north))
        assert ("in_force", []) == (asked.effect, asked.marks)
        world.settle()
        assert (False, True) == (is_there(world, clinic), is_there(world, school))
        live = picture(world.service.book)
        again = rebuild(world.store, ListedIndex, Chance("again"))
        assert ([], 1, []) == (again.findings, again.gone, again.lost)
        assert 3 == again.resting  # the site itself, and both versions of the plan that met it
        assert live == picture(again.book)
        world.restart()
        assert live == picture(world.service.book)
        assert "" == world.service.book.register.by_ref[clinic.ref()].name
        report = verify(dossier_of(world.service), policy_of(world.service))
        assert [] == [one.says for one in report.broken()]
        assert ALL_HOLDS == report.exit_code()
        assert any("3 outcome(s) rest on" in one.says for one in report.of(10))
        assert fire.effect == "aware"
        area = circle((36.63, 35.93), 500, world.now_ms, world.now_ms + DAY_MS)
        answer = world.query.who_knew(north.id, north.id, area, world.now_ms + 1)
        assert ([], 1) == ([one.ref for one in answer.told if one.ref == clinic.ref()], answer.undecidable)


def test_one_row_of_a_list_is_shredded_and_its_neighbours_go_on_being_proven() -> None:
    with World(seed="rows") as world:
        north, south, _ = two(world)
        exact = [site(world.now_ms, at=(36.0 + i, 35.0), name=f"Clinic {i}") for i in range(3)]
        wide = [
            site(world.now_ms, at=(36.0 + i, 35.0), name="", radius_m=5_000, form="widened") for i in range(3)
        ]
        forms = {
            "exact": [one.to_value() for one in exact],
            "widened": [one.to_value() for one in wide],
        }
        to = [Recipient(party=north.id, form="widened")]
        listed = world.notice(south, exact, to, forms=forms)
        world.activity(north, told(south), at=(37.0, 35.0))
        world.end(south, "site", [listed.ref(1)], act="cancel", reason="withdrawn")
        world.settle()
        erase(world, south, listed.ref(1))
        world.settle()
        live = picture(world.service.book)
        world.restart()
        assert live == picture(world.service.book)
        assert [True, False, True] == [is_there(world, listed, item) for item in range(3)]
        text = dossier_of(world.service)
        report = verify(text, policy_of(world.service))
        assert ([], ALL_HOLDS) == ([one.says for one in report.broken()], report.exit_code())
        assert (b"Clinic 0" in text, b"Clinic 1" in text, b"Clinic 2" in text) == (True, False, True)


def test_a_planner_who_wants_his_fire_plan_gone_the_day_after_waits_for_the_retention() -> None:
    with World(seed="day after") as world:
        north, south, _ = two(world)
        fire = world.activity(north, told(south))
        world.end(north, "activity", [fire.ref()])
        world.pass_ms(DAY_MS)
        asked = erase(world, north, fire.ref())
        assert ("waiting", ["within_retention"]) == (asked.effect, asked.marks)
        world.pass_ms(3_000 * DAY_MS)
        world.settle()
        assert is_there(world, fire)
        world.pass_ms(700 * DAY_MS)
        world.settle()
        assert not is_there(world, fire)
        assert {fire.ref(): asked.sid} == world.service.book.erasures.gone
        report = verify(dossier_of(world.service), policy_of(world.service))
        assert ([], ALL_HOLDS) == ([one.says for one in report.broken()], report.exit_code())


def test_what_is_shredded_too_early_by_a_clock_that_jumped_is_not_shredded() -> None:
    with World(seed="jump") as world:
        north, south, _ = two(world)
        fire = world.activity(north, told(south))
        world.end(north, "activity", [fire.ref()])
        erase(world, north, fire.ref())
        world.settle()
        world.clock = JumpedClock(world.now_ms + 4_000 * DAY_MS)
        world.restart()
        world.run(world.service.eraser.step())
        assert set() == world.service.sequencer.shredding()
        assert is_there(world, fire)


def test_a_hold_that_comes_before_the_deed_stops_the_shredding() -> None:
    with World(seed="race") as world:
        north, south, monitor = two(world)
        clinic = world.site(south, told(north))
        world.end(south, "site", [clinic.ref()], act="cancel", reason="withdrawn")
        world.settle()
        asked = erase(world, south, clinic.ref())
        assert "in_force" == asked.effect
        world.run(world.service.eraser.step())
        assert {clinic.ref()} == world.service.sequencer.shredding()
        hold = Hold(part="placed", reason="incident", until_ms=None)
        placed = world.say(monitor, speech.word(hold, [], world.under, cites=[clinic.ref()]))
        world.settle()
        assert is_there(world, clinic)
        assert set() == world.service.sequencer.shredding()
        lifted = Hold(part="lifted", reason="no_longer_needed", until_ms=None)
        world.say(monitor, speech.word(lifted, [], world.under, re=[placed.sid]))
        world.settle()
        assert not is_there(world, clinic)


def test_a_vault_that_brings_keys_back_has_them_destroyed_again() -> None:
    with World(seed="restored") as world:
        north, south, _ = two(world)
        clinic = world.site(south, told(north))
        world.end(south, "site", [clinic.ref()], act="cancel", reason="withdrawn")
        before = world.store.read_body_keys(clinic.answer.index)
        erase(world, south, clinic.ref())
        world.settle()
        live = picture(world.service.book)
        world.store._keys[clinic.answer.index] = before  # type: ignore[attr-defined]
        world.restart()
        assert live == picture(world.service.book)
        world.settle()
        assert not is_there(world, clinic)


def test_words_keep_what_followed_from_them_and_lose_whom_they_named() -> None:
    with World(seed="words") as world:
        north, south, _ = two(world)
        clinic = world.site(south, told(north))
        passed_on = world.disseminate(north, [clinic.sid], echelons=["2 Bty"], third_name="An ally")
        seen = world.acknowledge(north, span=(0, 1))
        world.pass_ms(4_000 * DAY_MS)
        draft = speech.word(Erasure(reason="retention_over"), [], world.under, re=[passed_on.sid, seen.sid])
        assert "in_force" == world.say(north, draft).effect
        world.settle()
        assert (False, False) == (is_there(world, passed_on), is_there(world, seen))
        [ladder] = world.query.ladders(south.id, clinic.sid)
        assert [("gone",), ("relayed: gone",)] == [names for _, names, _ in ladder.disseminated]
        live = picture(world.service.book)
        world.restart()
        assert live == picture(world.service.book)
        [ladder] = world.query.ladders(south.id, clinic.sid)
        assert ("disseminated", True) == (ladder.rung(), ladder.acknowledged_ms is not None)
        report = verify(dossier_of(world.service), policy_of(world.service))
        assert ([], ALL_HOLDS) == ([one.says for one in report.broken()], report.exit_code())


def test_who_held_a_shredded_site_owes_a_signed_confirmation_which_counts_like_any_answer() -> None:
    with World(seed="removal") as world:
        north, south, _ = two(world)
        clinic = world.site(south, told(north))
        fire = world.activity(north, told(south), cites=[clinic.ref()])
        world.acknowledge(north, sids=[clinic.sid])
        world.end(south, "site", [clinic.ref()], act="cancel", reason="withdrawn")
        world.settle()
        cost = cost_of(world.query, south.id, clinic.ref())
        assert ((north.id,), 1, ()) == (cost.holders, cost.cited_by, cost.obstacles)
        with pytest.raises(NotFound):
            cost_of(world.query, north.id, clinic.ref())
        asked = erase(world, south, clinic.ref(), to=told(north))
        world.settle()
        [ladder] = world.service.book.ledger.of_sid[asked.sid]
        assert ("erasure", north.id) == (ladder.kind, ladder.party)
        owed = [one for one in due(world.service.book, world.now_ms) if one.kind == "confirm_removal"]
        assert [(asked.sid, north.id, ladder.deadline_ms)] == [(o.sid, o.party, o.deadline_ms) for o in owed]
        world.restart()
        again = [one for one in due(world.service.book, world.now_ms) if one.kind == "confirm_removal"]
        assert owed == again
        span = Interval(start_ms=0, end_ms=world.now_ms + DAY_MS)
        [figure] = [o for o in compliance(world.service, north.id, span).duties if o.kind == "erasure"]
        assert (1, 1) == (figure.whole.owed, figure.whole.waiting)
        world.acknowledge(north, sids=[asked.sid], to=told(south))
        assert [] == [one for one in due(world.service.book, world.now_ms) if one.kind == "confirm_removal"]
        [figure] = [o for o in compliance(world.service, north.id, span).duties if o.kind == "erasure"]
        assert (1, 1) == (figure.whole.owed, figure.whole.in_time)
        assert "aware" == fire.effect


def test_nobody_owes_a_confirmation_before_the_words_are_shredded() -> None:
    with World(seed="removal later") as world:
        north, south, _ = two(world)
        fire = world.activity(north, told(south))
        world.end(north, "activity", [fire.ref()])
        asked = erase(world, north, fire.ref(), to=told(south))
        cost = cost_of(world.query, north.id, fire.ref())
        assert ["within_retention"] == [one.mark for one in cost.obstacles]
        world.settle()
        assert asked.sid not in world.service.book.ledger.of_sid
        later = world.site(south, told(north), at=(40.0, 40.0), days=9_000)
        world.acknowledge(north, sids=[later.sid])
        world.pass_ms(3_700 * DAY_MS)
        world.settle()
        [ladder] = world.service.book.ledger.of_sid[asked.sid]
        assert ladder.released_ms + 1 > 3_650 * DAY_MS
        live = picture(world.service.book)
        world.restart()
        assert live == picture(world.service.book)
