"""Playing: the chapters in their order.

| row of the founding story | scene |
| --- | --- |
| 1 coordinates requested and confirmed | `fortnight`: asked and answered, declined, out of time; a list past its age |
| 2 not notified that troops operated there | `day`: the column; `questions`: told and not told, both proven |
| 3 the agreement between the two | `founding`: the arrangement; `fortnight`: read late; `questions`: the figures of both |
| 4 fire on the positions | `day`: held, cited, not aware, openly uncited; `questions`: no relay on record |
| 5 fire went on after the warning | `day`: the call, to the second |
| 6 "no aircraft of ours" | `aftermath`: claims; `questions`: held against the record |
| 7 two frigates through the strait | later: a chapter `strait`, between `fortnight` and `day` |
| 8 videos on social media | `aftermath`: an observation by the hash of its bytes, with its grade |
| 9 an aircraft strays into foreign airspace | later: a chapter `airspace`, after `strait` |
| 10 air-defence systems | later: in the chapter `airspace` |
| 11 the allies meet | `aftermath`: the consultation |
| 12 statements and counter-statements | `aftermath`: incident and claims; the dossier at the end |
| 13 a wider operation | `bulk`: thousands of activities at once |
"""

from __future__ import annotations

from standclear.cli.story.aftermath import play_aftermath
from standclear.cli.story.bulk import play_bulk
from standclear.cli.story.day import play_day
from standclear.cli.story.fortnight import play_fortnight
from standclear.cli.story.founding import PARTY_TYPES, found, hospitals, read_by
from standclear.cli.story.questions import play_questions
from standclear.cli.story.short import play_short
from standclear.cli.story.stage import DAWN_MS, Stage, moment_ms


def begins_ms(*, short: bool) -> int:
    """The story's first moment."""
    return DAWN_MS if short else moment_ms(0, "04:00")


async def play(stage: Stage, *, short: bool) -> None:
    """Play the story to its end; what it said lies in the stage's service."""
    if short:
        await play_short(stage)
        return
    await stage.at(
        0, "04:00", "A log is begun. Parties enrol and take up an arrangement. Every position is invented."
    )
    await found(stage, tuple(PARTY_TYPES))
    await stage.at(
        0, "04:40", "Relief Cell tells both forces of two hospitals; of one, North is told a wider area only."
    )
    await hospitals(stage)
    for name in ("alef", "ba"):
        await read_by(stage, stage.kept[name], "Northern Force", "Southern Force")
    stage.note("Both desks acknowledge both, within the hour.")
    lists = await play_fortnight(stage)
    await play_day(stage, lists)
    await play_aftermath(stage)
    await play_bulk(stage)
    await play_questions(stage)
