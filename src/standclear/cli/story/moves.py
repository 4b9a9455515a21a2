"""Scenes of what moves: convoys with their progress, a convoy that is late, zones in the way, agreement that is sought."""

from __future__ import annotations

from collections.abc import Sequence

from standclear.cli import speech
from standclear.cli.cast import Actor, Said, told
from standclear.cli.story.founding import read_by
from standclear.cli.story.stage import HOUR_MS, MINUTE_MS, Stage, circle, field_of, moment_ms, told_time
from standclear.spacetime.volume import Volume
from standclear.statements.calls import Agreement
from standclear.statements.compose import Recipient
from standclear.statements.moving import Leg, Movement, Progress, Zone
from standclear.statements.notices import Notice

STOPS = ((36.60, 35.93), (36.63, 35.93), (36.66, 35.94))


def convoy(name: str, start_ms: int, *, mode: str = "inform", change: str | None = None) -> Notice:
    """An aid convoy of six vehicles in three legs of an hour each."""
    volumes = [
        circle(*at, 1_000, start_ms + leg * HOUR_MS, start_ms + (leg + 1) * HOUR_MS)
        for leg, at in enumerate(STOPS)
    ]
    what = Movement(
        movement_type="aid_convoy",
        movement_mode="road",
        legs=tuple(Leg(origin=f"Stop {n}", destination=f"Stop {n + 1}", volume=n) for n in range(len(STOPS))),
        units=6,
        headcount=40,
        identification=(name,),
        markings=("emblem", "roof"),
        repeats=None,
    )
    return speech.notice(what, volumes, name=name, mode=mode, change=change)


async def report(
    stage: Stage,
    owner: Actor,
    moved: Said,
    stage_word: str,
    *,
    leg: int | None = None,
    outcome: str | None = None,
) -> Said:
    """The owner says how far its movement has come."""
    progress = Progress(stage=stage_word, leg=leg, at_ms=stage.now_ms, outcome=outcome)
    return await stage.word(owner, progress, both_forces(stage), cites=[moved.ref()])


def both_forces(stage: Stage) -> list[Recipient]:
    return told(stage["Northern Force"], stage["Southern Force"])


async def convoys(stage: Stage, day: int) -> None:
    """A convoy is told, acknowledged by both, and says how far it is until its outcome."""
    cell = stage["Relief Cell"]
    await stage.at(day, "06:30", "Relief Cell tells both forces of Convoy 7: three legs, 10:00 to 13:00Z.")
    moved = await stage.tell_of(cell, [convoy("Convoy 7", moment_ms(day, "10:00"))], both_forces(stage))
    stage.show(moved)
    await stage.at(day, "07:00", "Both desks acknowledge it.")
    for name in ("Northern Force", "Southern Force"):
        await stage.acknowledge(stage[name], [moved.sid], told(cell))
    await stage.at(day, "10:04", "Convoy 7 departs; it passes, halts, goes on, and arrives.")
    steps: Sequence[tuple[str, str, int | None, str | None]] = (
        ("10:04", "departed", 0, None),
        ("11:10", "passed", 1, None),
        ("12:05", "halted", 2, None),
        ("12:40", "resumed", 2, None),
        ("12:58", "arrived", 2, None),
        ("13:20", "outcome", None, "facilitated"),
    )
    for clock, word, leg, outcome in steps:
        stage.clock.turn_to(moment_ms(day, clock))
        await report(stage, cell, moved, word, leg=leg, outcome=outcome)
    stage.note(", ".join(f"{clock} {outcome or word}" for clock, word, _, outcome in steps))


async def late_convoy(stage: Stage, day: int) -> None:
    """A convoy that is late is overdue and still matched: the clock never ends it."""
    cell, north = stage["Relief Cell"], stage["Northern Force"]
    await stage.at(day, "06:30", "Relief Cell tells of Convoy 9, 09:00 to 12:00Z.")
    moved = await stage.tell_of(cell, [convoy("Convoy 9", moment_ms(day, "09:00"))], both_forces(stage))
    await stage.acknowledge(north, [moved.sid], told(cell))
    await stage.at(day, "15:10", "Convoy 9 has not arrived. Northern Force files a fire over its road.")
    condition = stage.query.standing(cell.id, moved.ref()).condition(stage.now_ms)
    start = stage.now_ms + HOUR_MS
    fire = speech.notice(
        speech.activity("indirect_fire"),
        [circle(36.66, 35.945, 300, start, start + HOUR_MS)],
        name="Fire plan C",
    )
    head = stage.query.inbox_head(north.id)
    held = await stage.tell_of(north, [fire], told(cell, when="on_meet"), inbox=head)
    is_met = moved.ref() in held.missing
    stage.show(held, f"Convoy 9 is {condition}, and {'is among what it meets' if is_met else 'is not met'}")
    await stage.at(day, "16:25", "Convoy 9 arrives, four hours late; Northern Force withdraws the fire.")
    await report(stage, cell, moved, "arrived", leg=2)
    await report(stage, cell, moved, "outcome", outcome="partially_facilitated")
    ended = speech.ending("activity", [held.ref()], told(cell), stage.under, act="cancel", reason="withdrawn")
    await stage.say(north, ended)


async def zones(stage: Stage, day: int) -> None:
    """A zone over a road is met by a movement through it; another lies at sea."""
    north, cell, strait = stage["Northern Force"], stage["Relief Cell"], stage["Strait Authority"]
    await stage.at(
        day, "08:00", "Northern Force declares a contaminated area; Strait Authority a lane to be avoided."
    )
    start, end = stage.now_ms, stage.now_ms + 48 * HOUR_MS
    on_road = Zone(
        zone_type="contaminated_area", restriction="entry_prohibited", reason="Unexploded ordnance"
    )
    at_sea = Zone(zone_type="restricted_area", restriction="area_to_be_avoided", reason="Underwater works")
    placed: tuple[tuple[Actor, str, Zone, Volume], ...] = (
        (north, "Zone 1", on_road, field_of(36.62, 35.92, 36.64, 35.94, start, end)),
        (strait, "Lane 4", at_sea, field_of(29.02, 41.02, 29.05, 41.06, start, end)),
    )
    others = [stage[name] for name in ("Northern Force", "Southern Force", "Relief Cell", "Strait Authority")]
    for owner, name, zone, volume in placed:
        readers = [one for one in others if one is not owner]
        said = await stage.tell_of(owner, [speech.notice(zone, [volume], name=name)], told(*readers))
        stage.show(said, name)
        await read_by(stage, said, *(one.name for one in readers))
    await stage.at(day, "09:00", "Relief Cell tells of Convoy 8, whose second leg crosses it.")
    moved = await stage.tell_of(cell, [convoy("Convoy 8", moment_ms(day, "13:00"))], both_forces(stage))
    stage.show(moved, f"it meets {len(moved.answer.outcome.meetings)} zone")
    await stage.at(day, "12:00", "The organiser puts Convoy 8 off.")
    await report(stage, cell, moved, "outcome", outcome="postponed_by_organiser")


async def seek_agreement(stage: Stage, day: int) -> None:
    """An evacuation asks for agreement; one desk agrees, one proposes another time, which is taken up."""
    cell, north, south = stage["Relief Cell"], stage["Northern Force"], stage["Southern Force"]
    await stage.at(day, "06:30", "Relief Cell asks both forces to agree to Convoy E, 11:00 to 14:00Z.")
    first = convoy("Convoy E", moment_ms(day, "11:00"), mode="request_agreement")
    asked = await stage.tell_of(cell, [first], both_forces(stage))
    await stage.at(day, "08:15", "Southern Force agrees. Northern Force proposes three hours later.")
    agreed = Agreement(agreement="agreed", volumes=(), note=None)
    await stage.word(south, agreed, told(cell), re=[asked.sid])
    later = moment_ms(day, "14:00")
    other = Agreement(
        agreement="alternative_proposed",
        volumes=(circle(*STOPS[0], 1_000, later, later + HOUR_MS),),
        note=None,
    )
    await stage.word(north, other, told(cell), re=[asked.sid])
    answers = ", ".join(
        f"{stage.name_of(a.party)}: {a.code.replace('_', ' ')}" for a in stage.matter(asked).answers
    )
    stage.note(f"{stage.matter(asked).state(stage.now_ms)}. {answers}")
    await stage.at(day, "09:00", "Relief Cell takes that up and asks again; both agree within the hour.")
    second = convoy("Convoy E", later, mode="request_agreement", change="moved")
    again = await stage.tell_of(cell, [second], both_forces(stage), replaces=[(asked.ref(), 0)])
    for actor, clock in ((north, "09:24"), (south, "09:51")):
        stage.clock.turn_to(moment_ms(day, clock))
        await stage.word(actor, agreed, told(cell), re=[again.sid])
    waited = (stage.matter(again).first_answer_ms() or 0) // MINUTE_MS
    stage.note(
        f"{stage.matter(again).state(stage.now_ms)}, first after {waited} minutes; it departs {told_time(later)}"
    )
    stage.clock.turn_to(moment_ms(day, "16:40"))
    await report(stage, cell, again, "arrived", leg=2)
    await report(stage, cell, again, "outcome", outcome="completed")
