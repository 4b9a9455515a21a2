"""The other words, in sentences: what moves, what is asked, what is called, and who owes an answer."""

from __future__ import annotations

from standclear.cli import speech
from standclear.cli.cast import Said, told
from standclear.obligations.matters import Matter
from standclear.statements.asking import Answer, Inquiry
from standclear.statements.calls import Agreement, Emergency, Objection
from standclear.statements.compose import Draft, Recipient
from standclear.statements.moving import Leg, Movement, Progress, Zone
from world import HOUR_MS, Party, World, circle


def two(world: World) -> tuple[Party, Party]:
    north, south = world.enrol("North"), world.enrol("South")
    world.agree(north, south)
    return north, south


def say(world: World, party: Party, body: object, *, to: list[Recipient], **more: object) -> Said:
    value = body.to_value()  # type: ignore[attr-defined]
    draft = Draft(kind=value["type"], under=world.under, forms={"exact": [value]}, to=to, **more)  # type: ignore[arg-type]
    return world.say(party, draft)


def convoy(world: World, party: Party, to: list[Recipient], *, mode: str = "inform") -> Said:
    start = world.now_ms + 3 * HOUR_MS
    volumes = [
        circle((36.60, 35.93), 1_000, start, start + HOUR_MS),
        circle((36.63, 35.93), 1_000, start + HOUR_MS, start + 2 * HOUR_MS),
    ]
    movement = Movement(
        movement_type="aid_convoy",
        movement_mode="road",
        legs=(Leg(origin="A", destination="B", volume=0), Leg(origin="B", destination="C", volume=1)),
        units=6,
        headcount=40,
        identification=("Convoy 9",),
        markings=("emblem", "roof"),
        repeats=None,
    )
    return world.notice(party, speech.notice(movement, volumes, name="Convoy 9", mode=mode), to)


def matter(world: World, said: Said) -> Matter:
    return world.service.book.matters.of_sid[said.sid]


def test_a_late_convoy_is_overdue_and_still_matched_until_it_arrives() -> None:
    with World() as world:
        north, south = two(world)
        moved = convoy(world, south, told(north))
        world.pass_ms(8 * HOUR_MS)
        assert world.query.standing(south.id, moved.ref()).condition(world.now_ms) == "overdue"
        assert world.activity(north, told(south)).missing == [moved.ref()]
        arrived = Progress(stage="arrived", leg=1, at_ms=world.now_ms, outcome=None)
        say(world, south, arrived, to=told(north), cites=[moved.ref()])
        assert world.query.standing(south.id, moved.ref()).state == "ended"
        assert world.activity(north, told(south)).effect == "aware"


def test_nobody_ends_another_partys_movement() -> None:
    with World() as world:
        north, south = two(world)
        moved = convoy(world, south, told(north))
        arrived = Progress(stage="arrived", leg=1, at_ms=world.now_ms, outcome=None)
        said = say(world, north, arrived, to=told(south), cites=[moved.ref()])
        assert (said.effect, said.marks) == ("not_yours", ["not_your_movement"])
        assert world.query.standing(south.id, moved.ref()).state == "stands"


def test_a_movement_through_a_zone_is_met() -> None:
    with World() as world:
        north, south = two(world)
        closed = Zone(zone_type="closed_airspace", restriction="entry_prohibited", reason="Exercise")
        area = circle((36.60, 35.93), 10_000, world.now_ms, world.now_ms + 24 * HOUR_MS)
        zone = world.notice(north, speech.notice(closed, [area], name="Zone 1"), told(south))
        moved = convoy(world, south, told(north))
        assert [one.b for one in moved.answer.outcome.meetings] == [zone.ref()]


def test_an_inquiry_that_nobody_answers_is_no_answer_and_never_none() -> None:
    with World() as world:
        north, south = two(world)
        area = circle((36.63, 35.93), 3_000, world.now_ms, world.now_ms + HOUR_MS)
        asked = say(
            world,
            north,
            Inquiry(volumes=(area,), answer_by_ms=world.now_ms + HOUR_MS, note=None),
            to=told(south),
        )
        assert matter(world, asked).state(world.now_ms) == "open"
        world.pass_ms(2 * HOUR_MS)
        assert matter(world, asked).state(world.now_ms) == "no answer"
        assert [one.sid for one in world.service.book.matters.open_for(south.id, world.now_ms)] == [asked.sid]
        none = Answer(answer="none_that_we_declare", until_ms=world.now_ms + HOUR_MS, note=None)
        late = say(world, south, none, to=told(north), re=[asked.sid])
        assert late.marks == ["late"]
        assert matter(world, asked).state(world.now_ms) == "answered"


def test_an_inquiry_outside_its_bounds_is_on_record_and_put_to_nobody() -> None:
    with World() as world:
        north, south = two(world)
        dot = circle((36.63, 35.93), 50, world.now_ms, world.now_ms + HOUR_MS)
        asked = say(
            world,
            north,
            Inquiry(volumes=(dot,), answer_by_ms=world.now_ms + 48 * HOUR_MS, note=None),
            to=told(south),
        )
        assert (asked.effect, asked.marks) == ("recorded", ["too_narrow", "waits_too_long"])
        assert world.query.inbox(south.id, 0, 10) == ()


def test_a_stop_fire_is_timed_to_the_first_answer_and_ends_when_the_caller_says_so() -> None:
    with World() as world:
        north, south = two(world)
        here = circle((36.63, 35.93), 1_000, world.now_ms, world.now_ms + HOUR_MS)
        call = say(
            world, south, _part("call", code="under_fire", volumes=(here,)), to=[Recipient(party=None)]
        )
        world.pass_ms(42_000)
        say(world, north, _part("answer", answer="heard"), to=told(south), re=[call.sid])
        assert matter(world, call).first_answer_ms() == 42_000
        assert matter(world, call).state(world.now_ms) == "open"
        others = say(world, north, _part("end"), to=told(south), re=[call.sid])
        assert (others.effect, others.marks) == ("not_yours", ["only_the_caller_ends_it"])
        say(world, south, _part("end"), to=told(north), re=[call.sid])
        assert matter(world, call).state(world.now_ms) == "ended"


def _part(part: str, **more: object) -> Emergency:
    fields: dict[str, object] = {"code": None, "answer": None, "passed_to": "", "volumes": (), "note": None}
    return Emergency(part=part, member="S-2", **(fields | more))  # type: ignore[arg-type]


def test_only_a_notice_that_asks_for_agreement_is_agreed_or_denied() -> None:
    with World() as world:
        north, south = two(world)
        informed = convoy(world, south, told(north))
        denied = Agreement(agreement="denied", volumes=(), note=None)
        refused = say(world, north, denied, to=told(south), re=[informed.sid])
        assert refused.marks == ["answers_unknown"]
        asking = convoy(world, south, told(north), mode="request_agreement")
        counted = say(world, north, denied, to=told(south), re=[asking.sid])
        assert counted.marks == []
        assert [one.code for one in matter(world, asking).answers] == ["denied"]


def test_an_objection_marks_and_removes_nothing() -> None:
    with World() as world:
        north, south = two(world)
        clinic = world.site(south, told(north))
        say(world, north, Objection(reason="military_use", note=None), to=told(south), cites=[clinic.ref()])
        standing = world.query.standing(south.id, clinic.ref())
        assert (standing.disputed, standing.state) == (True, "stands")
        assert world.activity(north, told(south)).missing == [clinic.ref()]


def test_a_restart_derives_the_same_matters() -> None:
    with World() as world:
        north, south = two(world)
        asking = convoy(world, south, told(north), mode="request_agreement")
        world.restart()
        assert matter(world, asking).asked == {north.id}
        assert matter(world, asking).opener == south.id
