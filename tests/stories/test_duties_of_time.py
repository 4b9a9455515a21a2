"""The duties that time creates, hour by hour on the simulated clock: each once, to whom it is owed, until it is answered."""

from __future__ import annotations

from collections import Counter

from standclear.cli.cast import Said, told
from standclear.obligations.duties import DUTIES, Duty, due
from standclear.statements.asking import Answer, Inquiry
from standclear.statements.calls import Emergency
from standclear.statements.compose import Draft, Recipient
from standclear.statements.moving import Progress
from world import DAY_MS, HOUR_MS, Party, World, circle, site
from world import presence as unit

MINUTE_MS = 60_000


class Watcher:
    """Looks every so often at what is due, and keeps every duty it saw."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.seen: list[Duty] = []
        self._ids: set[bytes] = set()

    def look(self) -> list[Duty]:
        """What is due now and was not before."""
        found = [one for one in due(self.world.service.book, self.world.now_ms) if one.id not in self._ids]
        self._ids |= {one.id for one in found}
        self.seen += found
        return found

    def pass_minutes(self, minutes: int, *, every: int = 1) -> list[Duty]:
        found = []
        for _ in range(0, minutes, every):
            self.world.pass_ms(every * MINUTE_MS)
            found += self.look()
        return found


def lines(world: World, duties: list[Duty]) -> list[tuple[str, str, str]]:
    """Duties as (kind, who is told, level), in the order in which they were seen."""
    names = {party.id: name for name, party in world.parties.items()}
    return [(one.kind, names[one.party], one.level) for one in duties]


def three(world: World) -> tuple[Party, Party, Party]:
    north, south = world.enrol("North"), world.enrol("South")
    monitor = world.enrol("Monitor", "monitor")
    world.agree(north, south, monitor=monitor)
    return north, south, monitor


def say(
    world: World, party: Party, body: object, *, to: list[Recipient], machine: bool = False, **more: object
) -> Said:
    value = body.to_value()  # type: ignore[attr-defined]
    draft = Draft(kind=value["type"], under=world.under, forms={"exact": [value]}, to=to, **more)  # type: ignore[arg-type]
    return world.say(party, draft, machine=machine)


def emergency(part: str, **more: object) -> Emergency:
    fields: dict[str, object] = {"code": None, "answer": None, "passed_to": "", "volumes": (), "note": None}
    return Emergency(part=part, member="S-2", **(fields | more))  # type: ignore[arg-type]


def call(world: World, party: Party) -> Said:
    here = circle((36.63, 35.93), 1_000, world.now_ms, world.now_ms + HOUR_MS)
    return say(
        world, party, emergency("call", code="under_fire", volumes=(here,)), to=[Recipient(party=None)]
    )


def test_each_overdue_duty_escalates_once_up_to_the_monitor_and_the_owner_hears_that_it_is_exhausted() -> (
    None
):
    with World() as world:
        north, south, _ = three(world)
        watcher = Watcher(world)
        watcher.look()
        world.site(south, told(north))
        assert lines(world, watcher.look()) == [("deliver", "North", "duty_desk")]
        found = watcher.pass_minutes(8 * 60)
        assert lines(world, found) == [
            ("unanswered", "South", "duty_desk"),
            ("escalate", "North", "alternate_desk"),
            ("escalate", "North", "superior"),
            *lines(world, found[3:]),
        ]
        assert set(lines(world, found[3:])) == {
            ("escalate", "Monitor", "arrangement_monitor"),
            ("exhausted", "South", "duty_desk"),
        }
        hours = [(one.due_ms - watcher.seen[0].due_ms) // MINUTE_MS for one in found]
        assert hours == [240, 255, 270, 300, 300]
        assert watcher.pass_minutes(24 * 60, every=60) == []


def test_an_acknowledgement_ends_the_escalation() -> None:
    with World() as world:
        north, south, _ = three(world)
        watcher = Watcher(world)
        clinic = world.site(south, told(north))
        watcher.pass_minutes(250, every=10)
        world.acknowledge(north, sids=[clinic.sid])
        assert watcher.pass_minutes(600, every=10) == []
        assert [one.kind for one in watcher.seen] == ["deliver", "unanswered"]


def test_a_list_of_3400_rows_to_four_recipients_is_four_messages_and_four_clocks() -> None:
    with World() as world:
        owner = world.enrol("Owner")
        others = [world.enrol(name) for name in ("A", "B", "C", "D")]
        world.agree(owner, *others)
        watcher = Watcher(world)
        watcher.look()
        rows = [site(world.now_ms, at=(36 + n / 10_000, 35.9), name=f"Site {n}") for n in range(3_400)]
        world.notice(owner, rows, told(*others))
        found = watcher.look()
        assert [("deliver", 3_400)] * 4 == [(one.kind, one.end - one.start) for one in found]
        late = watcher.pass_minutes(300, every=10)
        assert Counter({"unanswered": 4, "escalate": 8, "exhausted": 4}) == Counter(one.kind for one in late)


def test_a_movement_that_nobody_acknowledged_alarms_its_owner_before_it_starts() -> None:
    with World() as world:
        north, south, _ = three(world)
        watcher = Watcher(world)
        filed = world.activity(south, told(north), in_hours=0.6)
        found = watcher.pass_minutes(60)
        alarm = next(one for one in found if one.kind == "unanswered")
        assert (alarm.party, alarm.sid) == (south.id, filed.sid)
        assert alarm.due_ms < world.now_ms - 60 * MINUTE_MS + int(0.6 * HOUR_MS)


def test_an_inquiry_escalates_after_its_time_and_an_answer_ends_it() -> None:
    with World() as world:
        north, south, monitor = three(world)
        watcher = Watcher(world)
        area = circle((36.63, 35.93), 3_000, world.now_ms, world.now_ms + HOUR_MS)
        for is_answered in (True, False):
            asked = say(
                world,
                north,
                Inquiry(volumes=(area,), answer_by_ms=world.now_ms + HOUR_MS, note=None),
                to=told(south),
            )
            watcher.look()
            assert watcher.pass_minutes(74) == []
            found = watcher.pass_minutes(1)
            assert [("escalate", south.id, "alternate_desk")] == [(o.kind, o.party, o.level) for o in found]
            if is_answered:
                none = Answer(answer="none_that_we_declare", until_ms=world.now_ms + HOUR_MS, note=None)
                say(world, south, none, to=told(north), re=[asked.sid])
                assert [one.kind for one in watcher.pass_minutes(120)] == ["deliver"]
        later = watcher.pass_minutes(120)
        assert [
            (south.id, "superior"),
            (monitor.id, "arrangement_monitor"),
            (north.id, "duty_desk"),
        ] == sorted(
            ((one.party, one.level) for one in later),
            key=lambda one: ("superior", "arrangement_monitor", "duty_desk").index(one[1]),
        )
        assert later[-1].kind == "exhausted" or later[-2].kind == "exhausted"


def test_an_inquiry_that_comes_in_when_its_time_is_over_escalates_from_then_on() -> None:
    with World() as world:
        north, south, _ = three(world)
        watcher = Watcher(world)
        area = circle((36.63, 35.93), 3_000, world.now_ms, world.now_ms + HOUR_MS)
        body = Inquiry(volumes=(area,), answer_by_ms=world.now_ms + HOUR_MS, note=None)
        value = body.to_value()
        draft = Draft(kind="inquiry", under=world.under, forms={"exact": [value]}, to=told(south))
        composed = world.compose(north, draft)
        watcher.pass_minutes(8 * 60, every=60)  # the line is down: it was signed, and could not be sent
        world.run(world.service.submit(composed.text))
        north.person.said(composed.sid)
        assert ["deliver"] == [one.kind for one in watcher.look()]
        assert watcher.pass_minutes(14) == []
        found = watcher.pass_minutes(60)
        assert ["alternate_desk", "superior"] == [one.level for one in found[:2]]
        assert {"escalate", "exhausted"} == {one.kind for one in found}


def test_what_comes_in_when_its_time_is_over_is_told_as_stale_at_once() -> None:
    with World() as world:
        north, south, _ = three(world)
        watcher = Watcher(world)
        watcher.look()
        units = [unit(world.now_ms - days * DAY_MS, at=(36.6, 35.9), hours=6) for days in (2, 3)]
        filed = world.notice(south, units, told(north))
        turned = [one for one in watcher.pass_minutes(1) if one.kind == "turned"]
        assert [("stale", filed.sid, south.id)] == [(one.word, one.sid, one.party) for one in turned]
        assert "turned" not in {one.kind for one in watcher.pass_minutes(24 * 60, every=10)}


def test_a_stop_fire_rings_all_desks_at_once_and_again_until_a_person_of_each_has_answered() -> None:
    with World() as world:
        north, south, monitor = three(world)
        east = world.enrol("East")
        world.agree(north, south, east, monitor=monitor)
        watcher = Watcher(world)
        watcher.look()
        made = call(world, south)
        assert [("ring", 1)] * 2 == [(one.kind, one.severity) for one in watcher.look()]
        world.pass_ms(90_000)
        say(world, east, emergency("answer", answer="heard"), to=told(south), re=[made.sid])
        watcher.look()
        found = [one for one in watcher.pass_minutes(4) if one.kind != "deliver"]
        assert {north.id} == {one.party for one in found}
        assert Counter({"ring": 2, "escalate": 2}) - Counter(one.kind for one in found) <= Counter(
            {"escalate": 1}
        )
        say(world, north, emergency("answer", answer="heard"), to=told(south), re=[made.sid], machine=True)
        assert "ring" in {one.kind for one in watcher.pass_minutes(3)}  # a machine is no person
        world.pass_ms(MINUTE_MS)
        say(world, north, emergency("answer", answer="ceased"), to=told(south), re=[made.sid])
        assert {"deliver"} >= {one.kind for one in watcher.pass_minutes(60)}


def test_a_stop_fire_that_its_caller_ends_rings_no_more_and_one_that_nobody_answers_goes_up_to_the_monitor() -> (
    None
):
    with World() as world:
        north, south, _ = three(world)
        watcher = Watcher(world)
        watcher.look()
        made = call(world, south)
        watcher.look()
        found = watcher.pass_minutes(30)
        levels = [(one.kind, one.level) for one in found if one.kind != "ring"]
        assert levels[:2] == [("escalate", "alternate_desk"), ("escalate", "superior")]
        assert set(levels[2:]) == {("escalate", "arrangement_monitor"), ("exhausted", "duty_desk")}
        assert sum(one.kind == "ring" for one in found) == 15
        say(world, south, emergency("end"), to=told(north), re=[made.sid])
        assert {"deliver"} == {one.kind for one in watcher.pass_minutes(60)}


def test_what_lapses_goes_stale_or_is_overdue_is_told_to_its_owner_and_to_who_relied_on_it_and_a_list_as_one() -> (
    None
):
    with World() as world:
        north, south, _ = three(world)
        watcher = Watcher(world)
        units = [unit(world.now_ms, at=(36.6 + n / 100, 35.9), hours=6) for n in range(40)]
        filed = world.notice(south, units, told(north))
        world.acknowledge(north, sids=[filed.sid])
        clinic = world.site(south, told(north), days=2)
        watcher.look()
        turned = [one for one in watcher.pass_minutes(3 * 24 * 60, every=30) if one.kind == "turned"]
        assert [("stale", south.id), ("stale", north.id)] == sorted(
            ((one.word, one.party) for one in turned if one.sid == filed.sid),
            key=lambda one: one[1] != south.id,
        )
        assert [("lapsed", south.id)] == [(one.word, one.party) for one in turned if one.sid == clinic.sid]


def test_what_was_closed_in_time_turns_no_more() -> None:
    with World() as world:
        north, south, _ = three(world)
        watcher = Watcher(world)
        clinic = world.site(south, told(north), days=2)
        world.end(south, "site", [clinic.ref()])
        assert "turned" not in {one.kind for one in watcher.pass_minutes(3 * 24 * 60, every=60)}


def test_a_correction_is_as_urgent_as_a_call() -> None:
    with World() as world:
        north, south, _ = three(world)
        clinic = world.site(south, told(north))
        moved = site(world.now_ms, at=(36.7, 35.93), change="was_always_there")
        world.notice(south, moved, told(north), act="replace", of=[(clinic.ref(), 0)])
        found = [one for one in due(world.service.book, world.now_ms) if one.kind == "deliver"]
        assert found[0].severity == 1


def test_what_is_not_durable_yet_is_sent_to_nobody() -> None:
    with World() as world:
        north, south, _ = three(world)
        world.settle()
        size = world.service.size
        world.site(south, told(north))
        assert due(world.service.book, world.now_ms + DAY_MS, size=size) == ()


def test_a_restart_derives_the_same_duties() -> None:
    with World() as world:
        north, south, _ = three(world)
        world.site(south, told(north))
        call(world, north)
        world.pass_ms(DAY_MS)
        before = due(world.service.book, world.now_ms)
        world.restart()
        assert before == due(world.service.book, world.now_ms)
        assert {one.kind for one in before} <= {rule.kind for rule in DUTIES}


def test_an_arrival_makes_a_movement_turn_no_more() -> None:
    from stories.test_other_words import convoy

    with World() as world:
        north, south, _ = three(world)
        moved = convoy(world, south, told(north))
        arrived = Progress(stage="arrived", leg=1, at_ms=world.now_ms, outcome=None)
        say(world, south, arrived, to=told(north), cites=[moved.ref()])
        found = due(world.service.book, world.now_ms + DAY_MS)
        assert "turned" not in {one.kind for one in found}
