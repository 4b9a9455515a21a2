"""The gunner's laptop: a copy leaves the desk and is read back, a correction makes it false, and the next one takes its place."""

from __future__ import annotations

from standclear.cli import speech
from standclear.cli.cast import told
from standclear.cli.story.stage import DAY_MS, MEMBERS, THE_DAY, Stage
from standclear.conflicts.standing import Standing
from standclear.dialects.copies import Copy, CopyRow
from standclear.flow.copying import copies_of
from standclear.flow.questions import released_there
from standclear.spacetime.volume import Volume
from standclear.statements.asking import Contact
from standclear.statements.replies import Dissemination, HandedCopy

BATTERY = "2 Battery"


async def hand_out(stage: Stage, area: Volume, clock: str, line: str, supersedes: str | None = None) -> str:
    """Northern Force hands its battery a copy of what was released to it there, and the battery reads the code back."""
    north = stage["Northern Force"]
    await stage.at(THE_DAY, clock, line)
    by_ref = stage.service.book.register.by_ref
    items = released_there(stage.query, north.id, area, ()).items
    rows = tuple(_row(stage, number, by_ref[one.item.ref]) for number, one in enumerate(items, start=1))
    copy = Copy(
        log=stage.service.book.roll.charter.name if stage.service.book.roll.charter else "",
        exercise=True,
        holder=north.name,
        asked="the field of Fire plan K",
        areas=(area,),
        as_of_ms=stage.now_ms,
        expires_ms=stage.now_ms + DAY_MS,
        rows=rows,
    )
    terms = HandedCopy(
        code=copy.code(),
        format="kml",
        as_of_ms=copy.as_of_ms,
        expires_ms=copy.expires_ms,
        supersedes=supersedes,
        areas=(area,),
    )
    member = MEMBERS[north.name]
    body = Dissemination(
        echelons=(BATTERY,),
        third_party=None,
        third_name="",
        means="system",
        member=member,
        note=None,
        copy=terms,
    )
    refs = [row.ref for row in rows]
    owners = sorted({by_ref[ref].party for ref in refs})
    await stage.say(north, speech.handing_out(body, owners, stage.under, refs))
    heard = Contact(
        whom=BATTERY,
        party=None,
        at_ms=stage.now_ms,
        channel="code",
        result="read_back_correct",
        read_back=copy.code(),
        scan=None,
        member=member,
    )
    to = told(*(one for one in stage.actors.values() if one.id in owners))
    await stage.word(north, heard, to, cites=sorted(refs))
    stage.note(f"copy {copy.code()} for {BATTERY}: {len(rows)} numbered, read back")
    show_outstanding(stage)
    return copy.code()


def show_outstanding(stage: Stage) -> None:
    """Which of Northern Force's copies are false now, and since what."""
    north = stage["Northern Force"]
    _, found = copies_of(stage.query, north.id, is_open=True, code=None, start=0, limit=100)
    false = [one for one in found if one.is_outstanding]
    for one in false:
        stage.note(f"copy {one.copy.terms.code} is FALSE: {one.changes[0].word}; {BATTERY} still holds it")
    if not false:
        stage.note("no copy is outstanding")


def _row(stage: Stage, number: int, standing: Standing) -> CopyRow:
    return CopyRow(
        number=number,
        ref=standing.ref,
        kind=standing.kind,
        what=standing.kind,
        name=standing.name,
        owner=stage.name_of(standing.party),
        form="exact",
        condition=standing.condition(stage.now_ms),
        travel="party",
        contact="",
        note="",
        volumes=standing.volumes["exact"],
    )
