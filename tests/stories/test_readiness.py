"""Watches with handover, and line checks to a person's answer: a desk that nobody sits at is known before it is needed (G15)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from naive import picture
from standclear.cli.cast import Said, told
from standclear.cli.seat import NewSeat, Seat, enrolment_of
from standclear.dossier.verify import verify
from standclear.flow.evidence import dossier_of, policy_of
from standclear.flow.rebuild import rebuild
from standclear.keys import SigningKey, key_id
from standclear.obligations.attesting import offered
from standclear.obligations.book import Book
from standclear.obligations.duties import Duty
from standclear.obligations.readiness import Bound
from standclear.obligations.standby import LineState, WatchState, line_state, watch_state
from standclear.statements.arrangement import Adherence
from standclear.statements.calls import LineCheck, Watch
from standclear.statements.compose import Draft, Recipient
from standclear.statements.parties import desk_id
from standclear.statements.readiness import ReadinessRule
from standclear.statements.roll import ROOT_DESK
from stories.test_attested import by_link
from stories.test_duties_of_time import Watcher, call, lines, say
from world import HOUR_MS, Chance, ListedIndex, Party, World

MINUTE_MS = 60_000
RULE = ReadinessRule(
    line_every_ms=24 * HOUR_MS,
    line_answer_ms=15 * MINUTE_MS,
    line_misses=2,
    watch_gap_ms=5 * MINUTE_MS,
    watch_most_ms=12 * HOUR_MS,
)


def line_of_desks(world: World, rule: ReadinessRule = RULE) -> tuple[Party, Party, Party]:
    """North and South and their monitor, under a rule that asks their desks to be ready."""
    north, south = world.enrol("North"), world.enrol("South")
    monitor = world.enrol("Monitor", "monitor")
    world.agree(north, south, monitor=monitor, readiness=rule)
    return north, south, monitor


def monitors(world: World) -> list[Recipient]:
    """To the monitor, where there is one."""
    return told(world.parties["Monitor"]) if "Monitor" in world.parties else []


def watch(world: World, party: Party, part: str, member: str = "M-7", *, machine: bool = False) -> Said:
    said = Watch(part=part, member=member, inbox_end=0, open_items=0)
    return say(world, party, said, to=monitors(world), machine=machine)


def line(
    world: World, party: Party, *, of: Party | None = None, channel: str = "sms", **more: Any
) -> LineCheck:
    tried = (of or party).person.desk
    return LineCheck(
        **({"check": "routine", "result": "answered", "seconds": 9} | more), desk=tried, channel=channel
    )  # type: ignore[arg-type]


def answer(world: World, party: Party, *, machine: bool = False, **more: Any) -> Said:
    return say(world, party, line(world, party, **more), to=monitors(world), machine=machine)


def bound_of(book: Book, party: Party) -> Bound:
    return next(one for one in book.readiness.open.values() if one.party == party.id)


def watched(world: World, party: Party) -> WatchState:
    book = world.service.book
    return watch_state(book.readiness, bound_of(book, party), world.now_ms)


def reached(world: World, party: Party, channel: str | None = None) -> LineState:
    book = world.service.book
    return line_state(book.readiness, bound_of(book, party), world.now_ms, channel)


def of_kind(found: list[Duty], kind: str, silent: Party | None = None) -> list[Duty]:
    return [one for one in found if one.kind == kind and (silent is None or one.silent == silent.id)]


# --- watches --------------------------------------------------------------------------------------------


def test_a_watch_is_handed_over_at_four_fifty_and_nobody_hears_an_alarm() -> None:
    with World() as world:
        north, south, _ = line_of_desks(world)
        watch(world, north, "taken", "N-1")
        watch(world, south, "taken", "S-1")
        watcher = Watcher(world)
        world.pass_ms(4 * HOUR_MS + 50 * MINUTE_MS)
        given = watch(world, north, "handed_over", "N-1")
        world.pass_ms(MINUTE_MS)
        taken = watch(world, north, "taken", "N-2")
        assert ([], []) == (given.marks, taken.marks)
        assert [] == of_kind(watcher.pass_minutes(60), "watch_gap")
        found = watched(world, north)
        assert found.stint is not None
        assert ("on_watch", "N-2") == (found.state, found.stint.member)
        ends = [(one.member, one.how) for one in world.service.book.readiness.stints[north.person.desk]]
        assert [("N-1", "handed_over"), ("N-2", "")] == ends


def test_a_desk_with_nobody_on_watch_is_an_alarm_before_a_stop_fire_needs_it() -> None:
    with World() as world:
        north, south, _ = line_of_desks(world)
        watch(world, north, "taken", "N-1")
        watch(world, south, "taken", "S-1")
        watcher = Watcher(world)
        watcher.look()
        world.pass_ms(5 * HOUR_MS + 10 * MINUTE_MS)
        watch(world, north, "left", "N-1")
        left_ms = world.now_ms
        found = of_kind(watcher.pass_minutes(15), "watch_gap")
        assert {
            ("watch_gap", "North", "duty_desk"),
            ("watch_gap", "North", "alternate_desk"),
            ("watch_gap", "North", "superior"),
            ("watch_gap", "South", "duty_desk"),
            ("watch_gap", "Monitor", "arrangement_monitor"),
        } == set(lines(world, found))
        assert {left_ms + RULE.watch_gap_ms + 1} == {one.due_ms for one in found}
        assert ("nobody_on_watch", left_ms) == (watched(world, north).state, watched(world, north).since_ms)
        call(world, south)
        rings = of_kind(watcher.look(), "ring")
        assert found[0].due_ms < rings[0].due_ms
        watch(world, north, "taken", "N-2")
        assert [] == of_kind(watcher.pass_minutes(60), "watch_gap")


def test_a_desk_that_nobody_ever_took_is_an_alarm_once() -> None:
    with World() as world:
        north, south, _ = line_of_desks(world)
        watch(world, south, "taken", "S-1")
        watcher = Watcher(world)
        found = of_kind(watcher.pass_minutes(60), "watch_gap")
        assert {north.id} == {one.silent for one in found}
        assert 5 == len(found)
        assert "never_on_watch" == watched(world, north).state


def test_a_watch_that_runs_too_long_is_nobody_on_watch_and_taking_it_anew_goes_on() -> None:
    with World() as world:
        north, south, _ = line_of_desks(world)
        watch(world, north, "taken", "N-1")
        watch(world, south, "taken", "S-1")
        taken_ms = world.now_ms
        world.pass_ms(11 * HOUR_MS)
        assert [] == watch(world, south, "taken", "S-1").marks
        watcher = Watcher(world)
        found = of_kind(watcher.pass_minutes(80), "watch_gap")
        assert {north.id} == {one.silent for one in found}
        assert taken_ms + RULE.watch_most_ms == watched(world, north).since_ms
        assert "on_watch" == watched(world, south).state
        assert ["watch_not_held"] == watch(world, north, "handed_over", "N-1").marks


def test_a_watch_taken_twice_is_marked_and_the_newer_has_it() -> None:
    with World() as world:
        north, _, _ = line_of_desks(world)
        watch(world, north, "taken", "N-1")
        second = watch(world, north, "taken", "N-2")
        assert ("in_force", ["watch_taken_twice"]) == (second.effect, second.marks)
        found = watched(world, north).stint
        assert found is not None
        assert ("N-2", "N-1") == (found.member, found.instead_of)
        late = watch(world, north, "handed_over", "N-1")
        assert ("recorded", ["watch_not_held"]) == (late.effect, late.marks)
        assert "on_watch" == watched(world, north).state


@pytest.mark.parametrize("part", ["handed_over", "left"])
def test_what_one_does_not_have_is_neither_handed_over_nor_left(part: str) -> None:
    with World() as world:
        north, _, _ = line_of_desks(world)
        said = watch(world, north, part)
        assert ("recorded", ["watch_not_held"]) == (said.effect, said.marks)


def test_a_machine_keeps_no_watch_and_answers_no_line_check() -> None:
    with World() as world:
        north, _, _ = line_of_desks(world)
        for said in (watch(world, north, "taken", machine=True), answer(world, north, machine=True)):
            assert ("recorded", ["machine_key"]) == (said.effect, said.marks)
        assert "never_on_watch" == watched(world, north).state
        assert "never_checked" == reached(world, north).state


# --- line checks ----------------------------------------------------------------------------------------


def test_a_desk_that_misses_two_line_checks_is_shown_unreachable_to_all_who_rely_on_it_until_it_answers() -> (
    None
):
    with World() as world:
        north, south, _ = line_of_desks(world)
        watcher = Watcher(world)
        world.pass_ms(24 * HOUR_MS)
        rung = of_kind(watcher.look(), "line_check")
        assert {(north.id, north.person.desk), (south.id, south.person.desk)} == {
            (one.party, one.desk) for one in rung
        }
        assert {3} == {one.severity for one in rung}
        answer(world, south)
        world.pass_ms(20 * MINUTE_MS)
        assert ("missed", 1) == (reached(world, north).state, reached(world, north).missed)
        world.pass_ms(24 * HOUR_MS - 20 * MINUTE_MS)
        assert 2 == len(of_kind(watcher.look(), "line_check"))
        answer(world, south)
        found = of_kind(watcher.pass_minutes(20), "unreachable")
        assert {
            ("unreachable", "North", "duty_desk"),
            ("unreachable", "North", "alternate_desk"),
            ("unreachable", "North", "superior"),
            ("unreachable", "South", "duty_desk"),
            ("unreachable", "Monitor", "arrangement_monitor"),
        } == set(lines(world, found))
        assert 5 == len(found)
        assert ("unreachable", "answered") == (reached(world, north).state, reached(world, south).state)
        world.pass_ms(24 * HOUR_MS)
        assert [] == of_kind(watcher.look(), "unreachable")
        answer(world, north)
        assert ("answered", 0) == (reached(world, north).state, reached(world, north).missed)
        world.pass_ms(3 * 24 * HOUR_MS)
        assert 5 == len(of_kind(watcher.look(), "unreachable", north))


def test_each_channel_has_its_own_row_of_answers() -> None:
    with World() as world:
        north, _, _ = line_of_desks(world)
        for _ in range(2):
            world.pass_ms(24 * HOUR_MS)
            answer(world, north, channel="smtp")
        world.pass_ms(HOUR_MS)
        assert "answered" == reached(world, north).state
        assert "answered" == reached(world, north, "smtp").state
        assert "unreachable" == reached(world, north, "sms").state


def test_a_drill_is_told_from_the_routine_and_a_person_answers_either() -> None:
    with World() as world:
        north, _, _ = line_of_desks(world)
        world.pass_ms(24 * HOUR_MS)
        answer(world, north, check="drill")
        assert "answered" == reached(world, north).state
        said = world.service.book.readiness.lines[north.person.desk].said
        assert [("drill", "signed")] == [(one.check, one.how) for one in said]


def test_an_answer_by_link_makes_a_desk_reachable_and_is_never_shown_as_signed() -> None:
    with World() as world:
        north, _, _ = line_of_desks(world)
        world.pass_ms(24 * HOUR_MS)
        book = world.service.book
        offer = offered(book.ledger, book.matters, "line_check", world.under, north.id, None)
        by_link(world, north, world.under, 0, 0, *offer)
        for _ in range(2):
            assert ("answered", "attested") == (reached(world, north).state, reached(world, north).how)
            assert "answered" == reached(world, north, "smtp").state
            world.restart()


NO_ANSWERS = {
    "its caller says that it answered": ({"result": "answered"}, True, ["tried_by_another"]),
    "its caller says that it did not": ({"result": "no_answer"}, True, ["tried_by_another"]),
    "the desk says that a channel failed": ({"result": "failed"}, False, []),
}


@pytest.mark.parametrize("name", NO_ANSWERS)
def test_only_a_persons_own_answer_counts(name: str) -> None:
    fields, is_another, marks = NO_ANSWERS[name]
    with World() as world:
        north, south, _ = line_of_desks(world)
        world.pass_ms(24 * HOUR_MS)
        said = answer(world, south if is_another else north, of=north, **fields)
        assert marks == said.marks
        assert "never_checked" == reached(world, north).state
        assert 1 == len(world.service.book.readiness.lines[north.person.desk].said)


def test_a_line_to_a_desk_that_nobody_enrolled_is_on_record_and_marked() -> None:
    with World() as world:
        north, _, monitor = line_of_desks(world)
        tried = LineCheck(check="routine", desk=bytes(16), channel="voice", result="no_answer", seconds=None)
        said = say(world, north, tried, to=told(monitor))
        assert ("recorded", ["desk_unknown"]) == (said.effect, said.marks)


# --- whom the rule binds --------------------------------------------------------------------------------


def test_who_withdraws_is_asked_for_nothing_and_who_has_not_adhered_never_was() -> None:
    with World() as world:
        north, south, monitor = line_of_desks(world)
        left = Adherence(adheres=False, reservations=())
        world.say(
            north,
            Draft(kind="adherence", forms={"exact": [left.to_value()]}, to=None, re=[world.under]),
        )
        bound = world.service.book.readiness.open.values()
        assert {south.id} == {one.party for one in bound}
        watcher = Watcher(world)
        world.pass_ms(3 * 24 * HOUR_MS)
        assert {None, south.id} == {one.silent for one in watcher.look() if one.kind != "line_check"} | {None}
        assert monitor.id not in {one.party for one in bound}


def enrol_desk(world: World, party: Party, name: str, role: str) -> bytes:
    """The party's root key adds a desk with one seat."""
    key = SigningKey.from_seed(world.chance(32))
    body = enrolment_of(
        log=world.log,
        name=party.name,
        party_type=party.party_type,
        root=party.root,
        desks=[(name, (), [NewSeat(seat=name, role=role, key=key)])],
    )
    first = world.service.book.roll.keys[key_id(party.root.public)]
    root = Seat(
        log=world.log,
        party=party.id,
        desk=ROOT_DESK,
        key=party.root,
        seq=first.next_seq,
        prev=first.last_sid,
    )
    draft = Draft(kind="enrolment", forms={"exact": [body.to_value()]}, to=None)
    world.run(world.service.submit(root.compose(draft, world.now_ms, world.chance).text))
    return desk_id(party.id, name)


def test_a_desk_enrolled_later_is_bound_from_then_and_one_where_nobody_may_sit_never_is() -> None:
    with World() as world:
        north, _, _ = line_of_desks(world)
        world.pass_ms(HOUR_MS)
        field = enrol_desk(world, north, "field", "person")
        relay = enrol_desk(world, north, "relay", "machine")
        bound = {one.desk: one.since_ms for one in world.service.book.readiness.open.values()}
        assert world.now_ms == bound[field]
        assert world.now_ms - HOUR_MS >= bound[north.person.desk]
        assert relay not in bound


def test_another_rule_begins_anew_and_a_suspended_arrangement_asks_for_nothing() -> None:
    with World() as world:
        north, south, _ = line_of_desks(world)
        watch(world, north, "taken")
        versions = [
            replace(RULE, line_every_ms=12 * HOUR_MS),
            replace(RULE, line_every_ms=12 * HOUR_MS),
            None,
        ]
        for number, rule in enumerate(versions):
            world.pass_ms(HOUR_MS)
            found = world.service.book.agreements.find(world.under)
            assert found is not None
            state = "in_force" if rule else "suspended"
            rules = replace(found.arrangement, readiness=rule or RULE, state=state, note=f"version {number}")
            draft = Draft(
                kind="arrangement",
                act="replace",
                of=[(found.sid + bytes(4), 0)],
                forms={"exact": [rules.to_value()]},
                to=None,
            )
            amended = world.say(north, draft)
            for party in (north, south):
                body = Adherence(adheres=True, reservations=()).to_value()
                world.say(party, Draft(kind="adherence", forms={"exact": [body]}, to=None, re=[amended.sid]))
        mine = [one for one in world.service.book.readiness.bounds if one.desk == north.person.desk]
        spans = [(one.rule.line_every_ms // HOUR_MS, (one.until_ms or 0) - one.since_ms) for one in mine]
        assert [24, 12] == [every for every, _ in spans]
        assert [1, 2] == [lasted // HOUR_MS for _, lasted in spans]
        assert {} == world.service.book.readiness.open


def test_without_a_rule_nothing_is_asked_and_watches_are_kept_all_the_same() -> None:
    with World() as world:
        north, south = world.enrol("North"), world.enrol("South")
        world.enrol("Monitor", "monitor")
        world.agree(north, south, monitor=world.parties["Monitor"])
        assert [] == watch(world, north, "taken").marks
        watcher = Watcher(world)
        world.pass_ms(30 * 24 * HOUR_MS)
        assert {"deliver"} == {one.kind for one in watcher.look()}
        assert ["watch_taken_twice"] == watch(world, north, "taken", "M-8").marks


def test_a_restart_gives_the_same_readiness() -> None:
    with World() as world:
        north, south, _ = line_of_desks(world)
        watch(world, north, "taken", "N-1")
        watch(world, north, "taken", "N-2")
        world.pass_ms(24 * HOUR_MS)
        answer(world, south)
        world.settle()
        before = [(watched(world, one), reached(world, one)) for one in (north, south)]
        world.restart()
        assert before == [(watched(world, one), reached(world, one)) for one in (north, south)]


def test_a_dossier_and_a_rebuild_derive_the_same_watches_and_answers() -> None:
    with World() as world:
        north, south, _ = line_of_desks(world)
        watch(world, north, "taken", "N-1")
        watch(world, north, "taken", "N-2")
        world.pass_ms(24 * HOUR_MS)
        answer(world, north, channel="voice", check="drill")
        by_link(world, south, world.under, 0, 0, "answered")
        world.settle()
        found = rebuild(world.store, ListedIndex, Chance("again"))
        assert [] == found.findings
        assert picture(world.service.book) == picture(found.book)
        report = verify(dossier_of(world.service), policy_of(world.service))
        assert 0 == report.exit_code()
