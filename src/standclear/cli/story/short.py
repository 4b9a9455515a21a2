"""The short story: one day on a de-confliction line in a minute, for who only wants to see it run."""

from __future__ import annotations

from standclear.cli import speech
from standclear.cli.cast import Said, told
from standclear.cli.story.founding import found, hospitals
from standclear.cli.story.stage import DAWN_MS, HOUR_MS, MINUTE_MS, THE_DAY, Stage, circle, field_of
from standclear.flow.query import WhoKnew

NAMES = ("Northern Force", "Southern Force", "Relief Cell", "Line Monitor")


async def play_short(stage: Stage) -> WhoKnew:
    """Play the short story and give the answer to the investigator's question."""
    await stage.at(
        THE_DAY,
        "04:00",
        "A log is begun. Parties enrol and take up an arrangement. Every position is invented.",
    )
    await found(stage, NAMES)
    await stage.at(
        THE_DAY,
        "04:40",
        "Relief Cell tells both forces of two hospitals; of one, North is told the wider area only.",
    )
    await hospitals(stage)
    posts = await _posts(stage)
    fire = await _fire(stage)
    await _later(stage, fire, posts)
    await _evening(stage)
    await stage.settle()
    return await _question(stage)


async def _posts(stage: Stage) -> Said:
    north, south = stage["Northern Force"], stage["Southern Force"]
    await stage.at(
        THE_DAY, "05:00", "Southern Force tells Northern Force where three of its posts are, as of now."
    )
    now = stage.now_ms
    places = ((36.652, 35.902, "Post 1"), (36.668, 35.921, "Post 2"), (36.701, 35.948, "Post 3"))
    posts = [
        speech.notice(
            speech.presence(name, now, 24 * HOUR_MS),
            [circle(lon, lat, 200, now, now + 24 * HOUR_MS)],
            name=name,
        )
        for lon, lat, name in places
    ]
    said = await stage.say(south, speech.filing({"exact": posts}, told(north), stage.under))
    stage.show(said)
    await stage.at(
        THE_DAY, "05:12", "Northern Force's desk reads and acknowledges; then it tells its batteries."
    )
    await stage.acknowledge(north, [said.sid], told(south))
    passed = await stage.say(
        north,
        speech.dissemination(
            told(south), stage.under, sids=[said.sid], member="N-4", echelons=["2 Battery", "5 Battery"]
        ),
    )
    stage.show(passed)
    return said


async def _fire(stage: Stage) -> Said:
    north, south, cell = stage["Northern Force"], stage["Southern Force"], stage["Relief Cell"]
    await stage.at(
        THE_DAY, "07:10", "Northern Force files an activity: indirect fire, 09:00 to 11:00Z, over a field."
    )
    start = DAWN_MS + 5 * HOUR_MS
    hazard = [field_of(36.64, 35.895, 36.70, 35.955, start, start + 2 * HOUR_MS)]
    plan = speech.notice(speech.activity("indirect_fire"), hazard, name="Fire plan K")
    recipients = told(south, cell, when="on_meet")
    held = await stage.say(
        north,
        speech.filing({"exact": [plan]}, recipients, stage.under, inbox=stage.query.inbox_head(north.id)),
    )
    stage.show(held)
    for ref in held.missing:
        standing = stage.service.book.register.by_ref[ref]
        owner = stage.name_of(standing.party)
        stage.note(f"   it meets a {standing.kind} of {owner}")
    await stage.at(THE_DAY, "07:14", "The planner reads them, and files again, citing each.")
    again = speech.notice(speech.activity("indirect_fire"), hazard, name="Fire plan K", change="unchanged")
    cited = await stage.say(
        north,
        speech.filing(
            {"exact": [again]},
            recipients,
            stage.under,
            cites=held.missing,
            inbox=stage.query.inbox_head(north.id),
            replaces=[(held.ref(), 0)],
        ),
    )
    stage.show(cited)
    return cited


async def _later(stage: Stage, fire: Said, posts: Said) -> None:
    north, south = stage["Northern Force"], stage["Southern Force"]
    await stage.at(
        THE_DAY, "08:20", "Southern Force tells of a fourth post, inside the field of the filed fire."
    )
    now = stage.now_ms
    fourth = speech.notice(
        speech.presence("Post 4", now, 24 * HOUR_MS),
        [circle(36.675, 35.93, 200, now, now + 24 * HOUR_MS)],
        name="Post 4",
    )
    said = await stage.say(south, speech.filing({"exact": [fourth]}, told(north), stage.under))
    stage.show(said)
    standing = stage.query.standing(north.id, fire.ref())
    stage.note(f"Fire plan K stands as: filed, NOT AWARE of {len(standing.unaware)}")
    await stage.at(THE_DAY, "08:31", "Northern Force's desk acknowledges the fourth post.")
    await stage.acknowledge(north, [said.sid], told(south))
    stage.note(f"Fire plan K stands as: filed, aware of {len(standing.aware_of)}")
    await stage.at(
        THE_DAY,
        "12:40",
        "Post 2 was 900 m from where it was said to be; it was always there. It is corrected.",
    )
    now = stage.now_ms
    corrected = speech.notice(
        speech.presence("Post 2", now, 24 * HOUR_MS),
        [circle(36.678, 35.921, 200, now, now + 24 * HOUR_MS)],
        name="Post 2",
        change="was_always_there",
    )
    fixed = await stage.say(
        south,
        speech.filing({"exact": [corrected]}, told(north), stage.under, replaces=[(posts.ref(1), 0)]),
    )
    stage.show(fixed)


async def _evening(stage: Stage) -> None:
    north, south, cell = stage["Northern Force"], stage["Southern Force"], stage["Relief Cell"]
    await stage.at(THE_DAY, "15:40", "Northern Force files another fire and cites nothing, openly.")
    now = stage.now_ms
    hazard = [field_of(36.66, 35.91, 36.70, 35.94, now + 40 * MINUTE_MS, now + 3 * HOUR_MS)]
    plan = speech.notice(speech.activity("indirect_fire", uncited=True), hazard, name="Fire plan L")
    said = await stage.say(
        north,
        speech.filing(
            {"exact": [plan]},
            told(south, cell, when="on_meet"),
            stage.under,
            inbox=stage.query.inbox_head(north.id),
        ),
    )
    stage.show(said)
    await stage.at(THE_DAY, "16:50", "Southern Force's desk acknowledges that it was told of the fire.")
    await stage.acknowledge(south, [said.sid, stage.kept["alef"].sid], told(north))


async def _question(stage: Stage) -> WhoKnew:
    await stage.at(
        THE_DAY, "17:05", "Two years later: what was Northern Force told about that area before 17:00Z?"
    )
    before = DAWN_MS + 13 * HOUR_MS
    area = field_of(36.66, 35.91, 36.70, 35.94, DAWN_MS, before)
    answer = stage.query.who_knew(stage["Line Monitor"].id, stage["Northern Force"].id, area, before)
    for row in answer.told:
        acknowledged = "acknowledged" if row.acknowledged_ms is not None else "NOT acknowledged"
        state = "" if row.state == "stands" else f", {row.state} since"
        sender = stage.name_of(row.sender)
        stage.note(f"{sender}: {row.kind} {row.name or '(wider area only)'}, {acknowledged}{state}")
    stage.note(
        f"Nothing else was told to it through this log, up to entry {answer.size - 1}; others may have been there."
    )
    return answer
