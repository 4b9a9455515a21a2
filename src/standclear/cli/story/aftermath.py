"""After the call: an incident, a consultation, what was seen, and what is said in public, kept and attributed, judged by nobody."""

from __future__ import annotations

from standclear.cli.cast import Said, told
from standclear.cli.story.day import COLUMN, column_area, village
from standclear.cli.story.stage import THE_DAY, Stage, circle, english, moment_ms
from standclear.keys import sha256
from standclear.spacetime.volume import Volume
from standclear.statements.asking import Observation
from standclear.statements.calls import Claim, Consultation, Incident

VIDEO = b"EXERCISE: the bytes of an invented video\n"


async def play_aftermath(stage: Stage) -> None:
    """From the incident of the same evening to the consultation of the next day."""
    incident = await _incident(stage)
    await _seen(stage)
    await _claims(stage)
    await _consultation(stage, incident)


async def _incident(stage: Stage) -> Said:
    south = stage["Southern Force"]
    others = [stage[name] for name in stage.actors if name != "Southern Force"]
    await stage.at(
        THE_DAY, "17:50", "Southern Force states the incident as it knows it. The numbers are invented."
    )
    incident = Incident(
        what="Fire on a post and on the ambulances that came to it",
        volumes=(village(moment_ms(THE_DAY, "16:30"), moment_ms(THE_DAY, "17:30")),),
        killed=9,
        wounded=14,
        note=None,
    )
    cites = [stage.kept[name].ref() for name in ("post", "fire", "uncited")]
    said = await stage.word(south, incident, told(*others), re=[stage.kept["call"].sid], cites=cites)
    stage.show(said, f"it names the call and {len(cites)} notices")
    stage.kept["incident"] = said
    return said


async def _seen(stage: Stage) -> None:
    monitor = stage["Line Monitor"]
    south = stage["Southern Force"]
    both = told(stage["Northern Force"], south)
    await stage.at(
        THE_DAY, "18:30", "Line Monitor enters a public video, by the hash of its bytes, with its grade."
    )
    video = Observation(
        volumes=(circle(*COLUMN, 1_500, moment_ms(THE_DAY, "13:00"), moment_ms(THE_DAY, "15:00")),),
        what="Eleven vehicles on a road, moving east",
        about=south.id,
        source="a video on a public site",
        link="https://video.example/exercise/1",
        media=sha256(VIDEO),
        reliability="c",
        credibility="2",
    )
    stage.kept["video"] = said = await stage.word(monitor, video, both)
    stage.show(said, "graded c2")
    stage.note("It is an observation: it is never matched like a notice, and proves no notice.")


async def _claim(
    stage: Stage, name: str, kind: str, where: Volume, words: str, about: bytes | None = None
) -> Said:
    others = [stage[one] for one in stage.actors if one != name]
    claim = Claim(
        claim=kind,
        about=about,
        volumes=(where,),
        words=english(words),
        source="a statement to the press, invented",
    )
    said = await stage.word(stage[name], claim, told(*others), re=[stage.kept["incident"].sid])
    stage.note(f"{name}: {words!r}")
    return said


async def _claims(stage: Stage) -> None:
    start, end = moment_ms(THE_DAY, "13:30"), moment_ms(THE_DAY, "17:00")
    air = circle(*COLUMN, 2_000, start, end)
    north = stage["Northern Force"].id
    await stage.at(THE_DAY, "20:00", "Both sides speak in public. Each sentence is kept, with whose it is.")
    stage.kept["claim 1"] = await _claim(
        stage, "Northern Force", "was_not_told", column_area(start, end), "We were not told of this column."
    )
    stage.kept["claim 2"] = await _claim(
        stage, "Northern Force", "did_not", air, "No aircraft of ours flew strikes there."
    )
    stage.kept["claim 3"] = await _claim(
        stage,
        "Southern Force",
        "was_told",
        village(moment_ms(THE_DAY, "16:30"), end),
        "They had the positions near the village.",
        about=north,
    )
    stage.kept["claim 4"] = await _claim(
        stage,
        "Southern Force",
        "was_told",
        column_area(start, end),
        "They had the column's position.",
        about=north,
    )
    stage.kept["claim 5"] = await _claim(
        stage, "Northern Force", "other", village(start, end), "We offer our condolences."
    )


async def _consultation(stage: Stage, incident: Said) -> None:
    south = stage["Southern Force"]
    invited = [stage[name] for name in ("Alliance Secretariat", "Relief Cell", "Strait Authority")]
    await stage.at(THE_DAY + 1, "06:10", "Southern Force calls a consultation over the incident, for 10:00Z.")
    ids = tuple(actor.id for actor in invited)
    at_ms = moment_ms(THE_DAY + 1, "10:00")
    call = Consultation(part="call", at_ms=at_ms, invited=ids, reply=None, came=(), note=None)
    called = await stage.word(south, call, told(*invited), re=[incident.sid])
    stage.kept["consultation"] = called
    await stage.at(THE_DAY + 1, "07:30", "Two will come; one will not.")
    for actor, reply in zip(invited, ("will_come", "will_come", "will_not_come"), strict=True):
        body = Consultation(part="reply", at_ms=None, invited=(), reply=reply, came=(), note=None)
        await stage.word(actor, body, told(south), re=[called.sid])
        stage.note(f"{actor.name}: {reply.replace('_', ' ')}")
    await stage.at(THE_DAY + 1, "11:40", "What was recorded: who came.")
    record = Consultation(part="record", at_ms=at_ms, invited=ids, reply=None, came=ids[:2], note=None)
    said = await stage.word(invited[0], record, told(south, *invited[1:]), re=[called.sid])
    stage.kept["record"] = said
    stage.show(
        said, f"{len(record.came)} of {len(ids)} came; the call is {stage.matter(called).state(stage.now_ms)}"
    )
