"""A wider operation is weighed: thousands of activities are checked at once against everything notified."""

from __future__ import annotations

from standclear.cli import speech
from standclear.cli.cast import Said, told
from standclear.cli.story.stage import HOUR_MS, THE_DAY, Stage, circle
from standclear.statements.notices import Notice

COLUMNS, ROWS = 75, 40
SPACING = 0.02  # degrees


def fires(start_ms: int, *, change: str | None = None) -> list[Notice]:
    """3,000 invented hazards on a grid, two hours each, six an hour apart."""
    notices = []
    for number in range(COLUMNS * ROWS):
        lon = 35.9 + SPACING * (number % COLUMNS)
        lat = 35.4 + SPACING * (number // COLUMNS)
        begins_ms = start_ms + (number % 6) * HOUR_MS
        volume = circle(lon, lat, 300, begins_ms, begins_ms + 2 * HOUR_MS)
        notices.append(
            speech.notice(speech.activity("indirect_fire"), [volume], name=f"W-{number + 1}", change=change)
        )
    return notices


async def play_bulk(stage: Stage) -> Said:
    """One statement with all of them: held with its list, then filed again with every citation."""
    north = stage["Northern Force"]
    everybody = told(stage["Southern Force"], stage["Relief Cell"], when="on_meet")
    count = COLUMNS * ROWS
    await stage.at(
        THE_DAY + 1, "12:00", f"A wider operation is weighed: Northern Force files {count:,} activities."
    )
    start_ms = stage.now_ms + 12 * HOUR_MS
    began_ms = stage.measure_ms()
    head = stage.query.inbox_head(north.id)
    held = await stage.tell_of(north, fires(start_ms), everybody, inbox=head)
    seconds = (stage.measure_ms() - began_ms) / 1000
    stage.kept["bulk held"] = held
    stage.show(held)
    meetings = len(held.answer.outcome.meetings)
    stage.note(f"{count:,} activities: {meetings:,} meetings found, each decided exactly, in {seconds:.1f} s")
    await stage.at(THE_DAY + 1, "13:15", "The planner goes through them, and files again, citing every one.")
    cited = await stage.tell_of(
        north,
        fires(start_ms, change="unchanged"),
        everybody,
        cites=held.missing,
        inbox=stage.query.inbox_head(north.id),
        replaces=[(held.ref(item), item) for item in range(count)],
    )
    stage.kept["bulk"] = cited
    stage.show(cited)
    return cited
