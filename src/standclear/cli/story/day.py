"""The day itself, hour by hour: what was told, what met, what came later, what nobody told, and the call."""

from __future__ import annotations

from standclear.cli import speech
from standclear.cli.cast import Said, told
from standclear.cli.story.fortnight import Positions, daily_list
from standclear.cli.story.founding import take_watch
from standclear.cli.story.laptop import hand_out, show_outstanding
from standclear.cli.story.stage import (
    HOUR_MS,
    MEMBERS,
    MINUTE_MS,
    THE_DAY,
    Stage,
    circle,
    english,
    field_of,
    moment_ms,
    post,
)
from standclear.spacetime.volume import Volume
from standclear.statements.calls import Emergency
from standclear.statements.notices import Owner

ALLY = "Government Force"
COLUMN = (36.93, 35.83)


def village(start_ms: int, end_ms: int) -> Volume:
    """The area that is asked about: positions were told there."""
    return field_of(36.62, 35.86, 36.70, 35.94, start_ms, end_ms)


def column_area(start_ms: int, end_ms: int) -> Volume:
    """Where a column went of which nobody was told in time."""
    return circle(*COLUMN, 2_000, start_ms, end_ms)


async def play_day(stage: Stage, lists: tuple[Positions, Positions]) -> None:
    """27 February, from the watch to the end of the call."""
    await stage.at(THE_DAY, "04:50", "The day itself. The desks are taken.")
    await take_watch(stage, "Northern Force", "Southern Force", "Relief Cell")
    await stage.at(THE_DAY, "05:30", "The daily lists, released with leave to pass them on to an ally.")
    for positions in lists:
        await daily_list(stage, positions, THE_DAY)
    south = lists[0].said
    assert south is not None
    stage.kept["list"] = south
    fire = await _fire(stage)
    await _new_post(stage, fire)
    field = village(moment_ms(THE_DAY, "09:00"), moment_ms(THE_DAY, "18:00"))
    first = await hand_out(
        stage,
        field,
        "08:50",
        "The battery's laptop gets a copy of what Northern Force was told of the field.",
    )
    await _correction(stage, lists[0], south)
    show_outstanding(stage)
    await hand_out(stage, field, "12:44", "The battery gets the next copy, and reads its code back.", first)
    await _column(stage)
    await _uncited(stage)
    await _call(stage)
    await _late_notice(stage)


async def _fire(stage: Stage) -> Said:
    north, south, cell = stage["Northern Force"], stage["Southern Force"], stage["Relief Cell"]
    await stage.at(
        THE_DAY, "07:10", f"Northern Force files, for {ALLY}: indirect fire, 09:00 to 18:00Z, over a field."
    )
    hazard = [village(moment_ms(THE_DAY, "09:00"), moment_ms(THE_DAY, "18:00"))]
    owner = Owner(
        name=ALLY,
        consent="by the liaison, by word of mouth",
        consented_ms=stage.now_ms,
        consent_to=(south.id, cell.id),
        evidence=None,
    )
    plan = speech.notice(speech.activity("indirect_fire"), hazard, name="Fire plan K", owner=owner)
    recipients = told(south, cell, when="on_meet")
    head = stage.query.inbox_head(north.id)
    held = await stage.tell_of(north, [plan], recipients, inbox=head)
    stage.kept["held"] = held
    stage.show(held, "Fire plan K")
    by_owner: dict[str, int] = {}
    for ref in held.missing:
        standing = stage.service.book.register.by_ref[ref]
        owner_name = f"{standing.kind} of {stage.name_of(standing.party)}"
        by_owner[owner_name] = by_owner.get(owner_name, 0) + 1
    for owner_name, count in sorted(by_owner.items()):
        stage.note(f"   it meets {count} x {owner_name}")
    await stage.at(THE_DAY, "07:31", "The planner reads them, and files again, citing each.")
    again = speech.notice(
        speech.activity("indirect_fire"), hazard, name="Fire plan K", owner=owner, change="unchanged"
    )
    cited = await stage.tell_of(
        north,
        [again],
        recipients,
        cites=held.missing,
        inbox=stage.query.inbox_head(north.id),
        replaces=[(held.ref(), 0)],
    )
    stage.show(cited, "Fire plan K")
    stage.kept["fire"] = cited
    return cited


async def _new_post(stage: Stage, fire: Said) -> None:
    north, south = stage["Northern Force"], stage["Southern Force"]
    await stage.at(
        THE_DAY, "08:20", "Southern Force tells of a new post, inside the field of the filed fire."
    )
    said = await stage.tell_of(south, [post("South 81", (36.655, 35.905), stage.now_ms)], told(north))
    stage.kept["post"] = said
    standing = stage.query.standing(north.id, fire.ref())
    stage.note(f"Fire plan K stands as: filed, NOT AWARE of {len(standing.unaware)}")
    await stage.at(THE_DAY, "08:31", "Northern Force's desk acknowledges it.")
    await stage.acknowledge(north, [said.sid], told(south))
    stage.note(f"Fire plan K stands as: filed, aware of {len(standing.aware_of)}")


async def _correction(stage: Stage, positions: Positions, listed: Said) -> None:
    row = 36
    lon, lat = positions.places[row]
    south = stage["Southern Force"]
    await stage.at(
        THE_DAY, "12:40", f"South {row + 1} was 900 m from where it was said to be; it was always there."
    )
    corrected = post(
        f"South {row + 1}",
        (lon + 0.01, lat),
        stage.now_ms,
        since_ms=positions.since_ms[row],
        change="was_always_there",
    )
    said = await stage.tell_of(
        south, [corrected], told(stage["Northern Force"]), replaces=[(listed.ref(row), 0)]
    )
    stage.kept["correction"] = said
    stage.show(said)
    wrong = listed.ref(row)
    cited = [
        one.name
        for one in stage.service.book.register.notices
        if wrong in one.cited and one.state == "stands"
    ]
    stage.note(f"cited in its wrong place by: {', '.join(cited) or 'nothing that stands'}")


async def _column(stage: Stage) -> None:
    await stage.at(
        THE_DAY, "13:30", "A column of Southern Force moves east. No notice of the movement is filed."
    )
    now = stage.now_ms
    answer = stage.query.who_knew(
        stage["Line Monitor"].id, stage["Northern Force"].id, column_area(now, now + 4 * HOUR_MS), now
    )
    stage.note(f"of where it goes, Northern Force was told {len(answer.told)} notices")


async def _uncited(stage: Stage) -> None:
    north, south, cell = stage["Northern Force"], stage["Southern Force"], stage["Relief Cell"]
    await stage.at(
        THE_DAY, "15:40", f"Northern Force files another fire for {ALLY} and cites nothing, openly."
    )
    hazard = [field_of(36.66, 35.89, 36.70, 35.94, stage.now_ms + 40 * MINUTE_MS, stage.now_ms + 3 * HOUR_MS)]
    plan = speech.notice(speech.activity("indirect_fire", uncited=True), hazard, name="Fire plan L")
    head = stage.query.inbox_head(north.id)
    said = await stage.tell_of(north, [plan], told(south, cell, when="on_meet"), inbox=head)
    stage.kept["uncited"] = said
    stage.show(said, "Fire plan L")
    await stage.at(THE_DAY, "15:52", "Southern Force's desk acknowledges that it was told of both fires.")
    await stage.acknowledge(south, [stage.kept["fire"].sid, said.sid], told(north))


async def _call(stage: Stage) -> None:
    north, south, cell = stage["Northern Force"], stage["Southern Force"], stage["Relief Cell"]
    everybody = [stage[name] for name in stage.actors if name != "Southern Force"]
    await stage.at(
        THE_DAY, "16:40:05", "STOP-FIRE. Southern Force, from South 81: under fire. To every desk at once."
    )
    call = Emergency(
        part="call",
        code="under_fire",
        answer=None,
        passed_to="",
        volumes=(circle(36.655, 35.905, 1_000, stage.now_ms, stage.now_ms + HOUR_MS),),
        member=MEMBERS["Southern Force"],
        note=None,
    )
    said = await stage.word(south, call, told(*everybody), cites=[stage.kept["post"].ref()])
    stage.kept["call"] = said
    matter = stage.matter(said)
    stage.note(f"{len(matter.asked)} parties owe an answer")
    await stage.at(THE_DAY, "16:40:31", "A person on Relief Cell's desk: heard.")
    await _answer_call(stage, "Relief Cell", "heard")
    stage.clock.turn_to(moment_ms(THE_DAY, "16:40:52"))
    await _answer_call(stage, "Line Monitor", "heard")
    accord = stage.service.book.agreements.find(stage.under)
    assert accord is not None
    for step in accord.arrangement.emergency[:2]:
        stage.clock.turn_to(matter.opened_ms + step.after_ms)
        waiting = ", ".join(sorted(stage.name_of(party) for party in matter.unanswered()))
        stage.note(f"after {step.after_ms // 1000} s: to the {step.level.replace('_', ' ')} of {waiting}")
    await stage.at(THE_DAY, "16:47:12", f"A person on Northern Force's desk: not ours; passed to {ALLY}.")
    await _answer_call(stage, "Northern Force", "not_ours")
    await _answer_call(stage, "Northern Force", "passed_to", ALLY)
    stage.clock.turn_to(moment_ms(THE_DAY, "16:49:03"))
    await _answer_call(stage, "Alliance Secretariat", "heard")
    await stage.at(THE_DAY, "16:58:40", "Fire goes on. Northern Force: cannot reach it.")
    await _answer_call(stage, "Northern Force", "cannot_reach")
    await stage.at(THE_DAY, "17:21:30", "Northern Force: ceased. The caller ends the call; nobody else can.")
    await _answer_call(stage, "Northern Force", "ceased")
    end = Emergency(
        part="end",
        code=None,
        answer=None,
        passed_to="",
        volumes=(),
        member=MEMBERS["Southern Force"],
        note=None,
    )
    await stage.word(south, end, told(north, cell), re=[said.sid])
    for answer in matter.answers:
        after = (answer.at_ms - matter.opened_ms) // 1000
        stage.note(f"{after:5d} s  {stage.name_of(answer.party)}: {answer.code.replace('_', ' ')}")
    silent = ", ".join(sorted(stage.name_of(party) for party in matter.unanswered()))
    stage.note(f"no answer  {silent}; the call is {matter.state(stage.now_ms)}")


async def _answer_call(stage: Stage, name: str, code: str, passed_to: str = "") -> None:
    answer = Emergency(
        part="answer",
        code=None,
        answer=code,
        passed_to=passed_to,
        volumes=(),
        member=MEMBERS[name],
        note=english("By telephone.") if passed_to else None,
    )
    await stage.word(stage[name], answer, told(stage["Southern Force"]), re=[stage.kept["call"].sid])


async def _late_notice(stage: Stage) -> None:
    north, south = stage["Northern Force"], stage["Southern Force"]
    await stage.at(THE_DAY, "17:25", "Southern Force tells of the column: it has been there since 13:30Z.")
    there = post("Column 4", COLUMN, stage.now_ms, since_ms=moment_ms(THE_DAY, "13:30"))
    said = await stage.tell_of(south, [there], told(north))
    stage.kept["column"] = said
    stage.show(said)
    await stage.acknowledge(north, [said.sid], told(south))
