"""Founding scenes: a log is begun, parties enrol, take up an arrangement, and try the line between them."""

from __future__ import annotations

from collections.abc import Sequence

from standclear.cli import speech
from standclear.cli.cast import Said, enrol, told
from standclear.cli.story.stage import LOG_NAME, MEMBERS, MINUTE_MS, SERVICE_NAME, Stage, circle
from standclear.dialects.pack import read_pack
from standclear.flow.service import LogDescription
from standclear.statements.calls import LineCheck, Watch
from standclear.statements.compose import Draft

PARTY_TYPES = {
    "Northern Force": "state_armed_force",
    "Southern Force": "state_armed_force",
    "Relief Cell": "un_agency",
    "Strait Authority": "maritime_authority",
    "Alliance Secretariat": "alliance",
    "Line Monitor": "monitor",
}
ROLES = {"Alliance Secretariat": "observer", "Line Monitor": "monitor"}
PHONES = ("+00 000 01", "+00 000 02")
READ_AFTER_MS = 7 * MINUTE_MS
SITE_DAYS_MS = 90 * 86_400_000


async def found(stage: Stage, names: Sequence[str]) -> None:
    """Begin the log if it is new, enrol the parties named, and have those that are bound adhere to the pack."""
    if stage.service.size == 0:
        await stage.service.begin(LogDescription(name=LOG_NAME, service_name=SERVICE_NAME, exercise=True))
    for name in names:
        stage.actors[name] = await enrol(stage.service, name, PARTY_TYPES[name], phones=PHONES)
    members = {stage[name].id: ROLES.get(name, "party") for name in names}
    arrangement = read_pack(stage.pack, members, stage["Line Monitor"].id)
    bound = [stage[name] for name in names if name not in ROLES]
    filed = await stage.say(
        bound[0], Draft(kind="arrangement", forms={"exact": [arrangement.to_value()]}, to=None)
    )
    stage.under = filed.sid
    for actor in bound:
        body = {"adheres": True, "reservations": [], "type": "adherence"}
        await stage.say(actor, Draft(kind="adherence", forms={"exact": [body]}, to=None, re=[filed.sid]))
    stage.note(f"{len(bound)} parties and {len(names) - len(bound)} others under {arrangement.name!r}")


async def hospitals(stage: Stage) -> None:
    """Relief Cell tells both forces of two hospitals; of one, North is told a wider area only."""
    cell, north, south = stage["Relief Cell"], stage["Northern Force"], stage["Southern Force"]
    now = stage.now_ms
    until = now + SITE_DAYS_MS
    first = speech.notice(
        speech.site("hospital", until), [circle(36.6301, 35.9302, 150, now, until)], name="Hospital Alef"
    )
    stage.kept["alef"] = one = await stage.tell_of(cell, [first], told(north, south))
    stage.show(one, "Hospital Alef")
    exact, wide = (
        speech.notice(
            speech.site("hospital", until),
            [circle(36.7105, 35.9711, radius_m, now, until)],
            name=name,
            form=form,
        )
        for form, radius_m, name in (("exact", 150, "Hospital Ba"), ("widened", 3_000, ""))
    )
    two = await stage.say(
        cell,
        speech.filing(
            {"exact": [exact], "widened": [wide]},
            [*told(south), *told(north, form="widened")],
            stage.under,
        ),
    )
    stage.kept["ba"] = two
    stage.show(two, "Hospital Ba")


async def take_watch(stage: Stage, *names: str) -> None:
    """A person takes each desk: under a pseudonym, up to where its inbox stands, with what is open."""
    for name in names:
        actor = stage[name]
        n, _ = stage.query.inbox_head(actor.id)
        open_items = sum(1 for _ in stage.service.book.matters.open_for(actor.id, stage.now_ms))
        watch = Watch(part="taken", member=MEMBERS[name], inbox_end=n, open_items=open_items)
        await stage.word(actor, watch, told(stage["Line Monitor"]))
        stage.note(f"{name}: {MEMBERS[name]} has the desk up to release {n}, {open_items} open")


async def check_line(stage: Stage, caller: str, called: str, seconds: int | None, check: str) -> None:
    """One desk tries the line to another, to a person's answer; only the desk that was tried can answer for itself."""
    other = stage[called]
    done = LineCheck(
        check=check,
        desk=other.person.desk,
        channel="phone",
        result="no_answer" if seconds is None else "answered",
        seconds=seconds,
    )
    await stage.word(stage[caller], done, told(other, stage["Line Monitor"]))
    if seconds is not None:
        await stage.word(other, done, told(stage[caller], stage["Line Monitor"]))
    answer = "NO ANSWER" if seconds is None else f"a person answered after {seconds} s"
    stage.note(f"{check} line check, {caller} to {called}: {answer}")


async def read_by(stage: Stage, said: Said, *names: str) -> None:
    """Each of these desks acknowledges a statement, some minutes after the one before."""
    for name in names:
        stage.clock.turn_to(stage.now_ms + READ_AFTER_MS)
        await stage.acknowledge(stage[name], [said.sid], told(stage[owner_of(stage, said)]))


def owner_of(stage: Stage, said: Said) -> str:
    """The name of the party that said it."""
    sender = stage.service.book.register.by_ref[said.ref()].party
    return stage.name_of(sender)
