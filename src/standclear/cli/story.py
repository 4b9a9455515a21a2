"""The demo's story: one day on a de-confliction line, told in scenes. An exercise; every position in it is invented.

It follows the founding story (Idlib, 27 February 2020): what was told, what met, who answered, and what an
investigator can prove of it. Neither side is judged.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from standclear.cli import speech
from standclear.cli.cast import Actor, Said, enrol, say, told
from standclear.dialects.pack import read_pack
from standclear.flow.query import Query, WhoKnew
from standclear.flow.service import LogDescription, Service
from standclear.spacetime.band import Band
from standclear.spacetime.interval import Interval
from standclear.spacetime.shape import Area, Point
from standclear.spacetime.volume import Volume
from standclear.statements.compose import Draft, Recipient
from standclear.statements.replies import acknowledgement_tag

DAWN_MS = 1_582_776_000_000  # 2020-02-27T04:00:00Z
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
LOG_NAME = "EXERCISE Northern line"
ORIGIN = "exercise.standclear.example/northern-line"
SERVICE_NAME = "The line's keeper"


class StoryTime(Protocol):
    """A clock that scenes may turn forward."""

    def now_ms(self) -> int: ...

    def turn_to(self, now_ms: int) -> None: ...


@dataclass(slots=True, kw_only=True)
class Stage:
    """Where the story is played: the service, its clock, how lines are told and how long a scene is looked at."""

    service: Service
    clock: StoryTime
    tell: Callable[[str], None]
    pause: Callable[[], Awaitable[None]]
    pack: str
    actors: dict[str, Actor] = field(default_factory=dict)
    under: bytes = b""

    def __getitem__(self, name: str) -> Actor:
        return self.actors[name]

    async def at(self, minute: int, line: str) -> None:
        """Turn to a minute of the day and say what happens."""
        self.clock.turn_to(DAWN_MS + minute * MINUTE_MS)
        hours, minutes = divmod(4 * 60 + minute, 60)
        self.tell(f"EXERCISE {hours:02d}:{minutes:02d}Z  {line}")
        await self.pause()

    def note(self, line: str) -> None:
        """A line under the present scene."""
        self.tell(f"                 {line}")

    def show(self, said: Said) -> None:
        """How the service answered."""
        outcome = said.answer.outcome
        words = {
            "aware": f"filed, aware of {outcome.aware_of}",
            "held": f"HELD: it must cite {len(outcome.missing)}",
            "uncited": "filed, uncited",
            "in_force": "on record; it stands" if said.answer.outcome.rule else "on record; it counts",
        }
        marks = f" ({', '.join(outcome.marks)})" if outcome.marks else ""
        self.note(f"-> #{said.answer.index} {words.get(said.effect, said.effect.replace('_', ' '))}{marks}")


def circle(lon: float, lat: float, radius_m: int, start_ms: int, end_ms: int) -> Volume:
    """A circle in degrees, from the ground to 3,000 m, for a time."""
    return Volume(
        core=Point(at=(round(lon * 1e7), round(lat * 1e7))),
        radius_cm=radius_m * 100,
        band=Band(lower_cm=0, upper_cm=300_000, reference="w84"),
        interval=Interval(start_ms=start_ms, end_ms=end_ms),
    )


def field_of(west: float, south: float, east: float, north: float, start_ms: int, end_ms: int) -> Volume:
    """A box in degrees, from the ground to 6,000 m, for a time."""
    ring = tuple(
        (round(lon * 1e7), round(lat * 1e7))
        for lon, lat in ((west, south), (east, south), (east, north), (west, north))
    )
    return Volume(
        core=Area(rings=(ring,)),
        radius_cm=0,
        band=Band(lower_cm=0, upper_cm=600_000, reference="w84"),
        interval=Interval(start_ms=start_ms, end_ms=end_ms),
    )


async def play(stage: Stage) -> WhoKnew:
    """Play the whole story and give the answer to the investigator's question."""
    await _found(stage)
    sites = await _sites(stage)
    posts = await _posts(stage)
    fire = await _fire(stage)
    await _later(stage, fire, posts)
    await _evening(stage, sites)
    await stage.service.settle()
    return await _question(stage)


async def _found(stage: Stage) -> None:
    await stage.at(0, "A log is begun. Parties enrol and take up an arrangement. Every position is invented.")
    if stage.service.size == 0:
        await stage.service.begin(LogDescription(name=LOG_NAME, service_name=SERVICE_NAME, exercise=True))
    for name, party_type in (
        ("Northern Force", "state_armed_force"),
        ("Southern Force", "state_armed_force"),
        ("Relief Cell", "un_agency"),
        ("Line Monitor", "monitor"),
    ):
        stage.actors[name] = await enrol(stage.service, name, party_type, phones=["+00 000 01", "+00 000 02"])
    parties = [stage[name] for name in ("Northern Force", "Southern Force", "Relief Cell")]
    monitor = stage["Line Monitor"]
    members = {actor.id: "party" for actor in parties} | {monitor.id: "monitor"}
    arrangement = read_pack(stage.pack, members, monitor.id)
    filed = await say(
        stage.service,
        parties[0],
        Draft(kind="arrangement", forms={"exact": [arrangement.to_value()]}, to=None),
    )
    stage.under = filed.sid
    for actor in parties:
        body = {"adheres": True, "reservations": [], "type": "adherence"}
        await say(
            stage.service, actor, Draft(kind="adherence", forms={"exact": [body]}, to=None, re=[filed.sid])
        )
    stage.note(f"{len(parties)} parties and a monitor under {arrangement.name!r}")


async def _sites(stage: Stage) -> list[Said]:
    cell, north, south = stage["Relief Cell"], stage["Northern Force"], stage["Southern Force"]
    until = stage.clock.now_ms() + 90 * DAY_MS
    await stage.at(
        40, "Relief Cell tells both forces of two hospitals; of one, North is told the wider area only."
    )
    now = stage.clock.now_ms()
    first = speech.notice(
        speech.site("hospital", until), [circle(36.6301, 35.9302, 150, now, until)], name="Hospital Alef"
    )
    one = await say(stage.service, cell, speech.filing({"exact": [first]}, told(north, south), stage.under))
    stage.show(one)
    exact = speech.notice(
        speech.site("hospital", until), [circle(36.7105, 35.9711, 150, now, until)], name="Hospital Ba"
    )
    wide = speech.notice(
        speech.site("hospital", until),
        [circle(36.7105, 35.9711, 3_000, now, until)],
        name="",
        form="widened",
    )
    two = await say(
        stage.service,
        cell,
        speech.filing(
            {"exact": [exact], "widened": [wide]},
            [*told(south), *told(north, form="widened")],
            stage.under,
        ),
    )
    stage.show(two)
    return [one, two]


async def _posts(stage: Stage) -> Said:
    north, south = stage["Northern Force"], stage["Southern Force"]
    await stage.at(60, "Southern Force tells Northern Force where three of its posts are, as of now.")
    now = stage.clock.now_ms()
    places = ((36.652, 35.902, "Post 1"), (36.668, 35.921, "Post 2"), (36.701, 35.948, "Post 3"))
    posts = [
        speech.notice(
            speech.presence(name, now, 24 * HOUR_MS),
            [circle(lon, lat, 200, now, now + 24 * HOUR_MS)],
            name=name,
        )
        for lon, lat, name in places
    ]
    said = await say(stage.service, south, speech.filing({"exact": posts}, told(north), stage.under))
    stage.show(said)
    await stage.at(72, "Northern Force's desk reads and acknowledges; then it tells its batteries.")
    await _acknowledge(stage, north, [said.sid], told(south))
    passed = await say(
        stage.service,
        north,
        speech.dissemination(
            told(south), stage.under, sids=[said.sid], member="N-4", echelons=["2 Battery", "5 Battery"]
        ),
    )
    stage.show(passed)
    return said


async def _fire(stage: Stage) -> Said:
    north, south, cell = stage["Northern Force"], stage["Southern Force"], stage["Relief Cell"]
    await stage.at(190, "Northern Force files an activity: indirect fire, 09:00 to 11:00Z, over a field.")
    start = DAWN_MS + 5 * HOUR_MS
    hazard = [field_of(36.64, 35.895, 36.70, 35.955, start, start + 2 * HOUR_MS)]
    plan = speech.notice(speech.activity("indirect_fire"), hazard, name="Fire plan K")
    recipients = told(south, cell, when="on_meet")
    query = Query(stage.service)
    held = await say(
        stage.service,
        north,
        speech.filing({"exact": [plan]}, recipients, stage.under, inbox=query.inbox_head(north.id)),
    )
    stage.show(held)
    for ref in held.missing:
        standing = stage.service.book.register.by_ref[ref]
        owner = stage.service.book.roll.name_of(standing.party)
        stage.note(f"   it meets a {standing.kind} of {owner}")
    await stage.at(194, "The planner reads them, and files again, citing each.")
    again = speech.notice(speech.activity("indirect_fire"), hazard, name="Fire plan K", change="unchanged")
    cited = await say(
        stage.service,
        north,
        speech.filing(
            {"exact": [again]},
            recipients,
            stage.under,
            cites=held.missing,
            inbox=query.inbox_head(north.id),
            replaces=[(held.ref(), 0)],
        ),
    )
    stage.show(cited)
    return cited


async def _later(stage: Stage, fire: Said, posts: Said) -> None:
    north, south = stage["Northern Force"], stage["Southern Force"]
    await stage.at(260, "Southern Force tells of a fourth post, inside the field of the filed fire.")
    now = stage.clock.now_ms()
    fourth = speech.notice(
        speech.presence("Post 4", now, 24 * HOUR_MS),
        [circle(36.675, 35.93, 200, now, now + 24 * HOUR_MS)],
        name="Post 4",
    )
    said = await say(stage.service, south, speech.filing({"exact": [fourth]}, told(north), stage.under))
    stage.show(said)
    standing = Query(stage.service).standing(north.id, fire.ref())
    stage.note(f"Fire plan K stands as: filed, NOT AWARE of {len(standing.unaware)}")
    await stage.at(271, "Northern Force's desk acknowledges the fourth post.")
    await _acknowledge(stage, north, [said.sid], told(south))
    stage.note(f"Fire plan K stands as: filed, aware of {len(standing.aware_of)}")
    await stage.at(
        520, "Post 2 was 900 m from where it was said to be; it was always there. It is corrected."
    )
    now = stage.clock.now_ms()
    corrected = speech.notice(
        speech.presence("Post 2", now, 24 * HOUR_MS),
        [circle(36.678, 35.921, 200, now, now + 24 * HOUR_MS)],
        name="Post 2",
        change="was_always_there",
    )
    fixed = await say(
        stage.service,
        south,
        speech.filing({"exact": [corrected]}, told(north), stage.under, replaces=[(posts.ref(1), 0)]),
    )
    stage.show(fixed)


async def _evening(stage: Stage, sites: Sequence[Said]) -> None:
    north, south, cell = stage["Northern Force"], stage["Southern Force"], stage["Relief Cell"]
    await stage.at(700, "Northern Force files another fire and cites nothing, openly.")
    now = stage.clock.now_ms()
    hazard = [field_of(36.66, 35.91, 36.70, 35.94, now + 40 * MINUTE_MS, now + 3 * HOUR_MS)]
    plan = speech.notice(speech.activity("indirect_fire", uncited=True), hazard, name="Fire plan L")
    said = await say(
        stage.service,
        north,
        speech.filing(
            {"exact": [plan]},
            told(south, cell, when="on_meet"),
            stage.under,
            inbox=Query(stage.service).inbox_head(north.id),
        ),
    )
    stage.show(said)
    await stage.at(770, "Southern Force's desk acknowledges that it was told of the fire.")
    await _acknowledge(stage, south, [said.sid, sites[0].sid], told(north))


async def _question(stage: Stage) -> WhoKnew:
    await stage.at(785, "Two years later: what was Northern Force told about that area before 17:00Z?")
    before = DAWN_MS + 13 * HOUR_MS
    area = field_of(36.66, 35.91, 36.70, 35.94, DAWN_MS, before)
    answer = Query(stage.service).who_knew(stage["Line Monitor"].id, stage["Northern Force"].id, area, before)
    for row in answer.told:
        acknowledged = "acknowledged" if row.acknowledged_ms is not None else "NOT acknowledged"
        state = "" if row.state == "stands" else f", {row.state} since"
        sender = stage.service.book.roll.name_of(row.sender)
        stage.note(f"{sender}: {row.kind} {row.name or '(wider area only)'}, {acknowledged}{state}")
    stage.note(
        f"Nothing else was told to it through this log, up to entry {answer.size - 1}; others may have been there."
    )
    return answer


async def _acknowledge(stage: Stage, actor: Actor, sids: Sequence[bytes], to: Sequence[Recipient]) -> None:
    query = Query(stage.service)
    items = query.inbox(actor.id, 0, 10_000)
    tags = [
        acknowledgement_tag(item.salt, item.ref[:32])
        for item in items
        if item.salt is not None and item.ref[:32] in sids
    ]
    draft = speech.acknowledgement(
        to,
        stage.under,
        member="N-4" if actor.name.startswith("North") else "S-2",
        sids=sids,
        tags=tags[:16],
        opened_ms=stage.clock.now_ms() - 45_000,
        inbox=query.inbox_head(actor.id),
    )
    stage.show(await say(stage.service, actor, draft))
