"""Two weeks of notices, compressed: two lists a day, and on each day one thing more that the line is there for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from standclear.cli.cast import Said, told
from standclear.cli.story.founding import READ_AFTER_MS, check_line, take_watch
from standclear.cli.story.moves import (
    convoys,
    late_convoy,
    seek_agreement,
    zones,
)
from standclear.cli.story.stage import DAY_MS, MEMBERS, Stage, circle, moment_ms, post, told_time
from standclear.spacetime.meet import NO_MARGIN, meets
from standclear.spacetime.volume import Volume
from standclear.statements.asking import Answer, Contact, Inquiry, Translation
from standclear.statements.calls import Objection
from standclear.statements.notices import Note

MOVED_A_DAY = 5
STEP = 0.03  # degrees between two positions of a list


@dataclass(slots=True, kw_only=True)
class Positions:
    """One force's daily list: where each of its units is, since when, and the list as it was last said."""

    owner: str
    reader: str
    places: list[tuple[float, float]]
    since_ms: list[int]
    said: Said | None = None

    async def file(self, stage: Stage, moved: frozenset[int]) -> Said:
        """Say the whole list again: what moved, and of everything else that it is still there."""
        for row in moved:
            lon, lat = self.places[row]
            self.places[row] = (round(lon + 0.008, 4), lat)
            self.since_ms[row] = stage.now_ms
        earlier = self.said
        notices = [
            post(
                f"{unit_of(self.owner)} {row + 1}",
                place,
                stage.now_ms,
                since_ms=self.since_ms[row],
                change=None if earlier is None else "moved" if row in moved else "unchanged",
            )
            for row, place in enumerate(self.places)
        ]
        replaces = None if earlier is None else [(earlier.ref(row), row) for row in range(len(notices))]
        reader = told(stage[self.reader], travel="onward")
        self.said = await stage.tell_of(stage[self.owner], notices, reader, replaces=replaces)
        return self.said


def unit_of(owner: str) -> str:
    """What a force's units are called.

    Example:
        >>> unit_of("Southern Force")
        'South'
    """
    return owner.split()[0].removesuffix("ern")


def lists_at(start_ms: int) -> tuple[Positions, Positions]:
    """The two lists, 80 and 60 positions, all of them invented."""
    south = [(round(36.45 + STEP * (n % 10), 4), round(35.78 + STEP * (n // 10), 4)) for n in range(80)]
    north = [(round(36.45 + STEP * (n % 10), 4), round(35.55 + STEP * (n // 10), 4)) for n in range(60)]
    return (
        Positions(
            owner="Southern Force",
            reader="Northern Force",
            places=south,
            since_ms=[start_ms] * len(south),
        ),
        Positions(
            owner="Northern Force",
            reader="Southern Force",
            places=north,
            since_ms=[start_ms] * len(north),
        ),
    )


async def play_fortnight(stage: Stage) -> tuple[Positions, Positions]:
    """Fourteen days; the lists as they stand at the end of it."""
    lists = lists_at(moment_ms(0, "05:30"))
    for day in range(14):
        south_is_late = day == 9
        await stage.at(
            day,
            "05:30",
            "The daily lists: Northern Force 60 positions."
            if south_is_late
            else "The daily lists: Southern Force 80 positions, Northern Force 60.",
        )
        for positions in lists[1:] if south_is_late else lists:
            await daily_list(stage, positions, day, is_read=(day, positions.owner) != (5, "Southern Force"))
        await SCENES[day](stage, day, lists)
    return lists


async def daily_list(stage: Stage, positions: Positions, day: int, *, is_read: bool = True) -> None:
    """One list as one dispatch: filed, acknowledged by the other desk's person, and passed on to its echelons."""
    count = len(positions.places)
    moved = frozenset((day * 7 + 31 * k) % count for k in range(MOVED_A_DAY)) if day else frozenset()
    said = await positions.file(stage, moved)
    if is_read:
        stage.clock.turn_to(stage.now_ms + READ_AFTER_MS)
        await read_list(stage, positions)
    counted = f"{count} positions in one statement, {len(moved)} of them moved"
    stage.show(said, f"{positions.owner}: {counted}; {'acknowledged' if is_read else 'no answer yet'}")


async def read_list(stage: Stage, positions: Positions) -> None:
    """The other desk's person acknowledges the list and passes it on."""
    assert positions.said is not None
    reader, owner = stage[positions.reader], told(stage[positions.owner])
    await stage.acknowledge(reader, [positions.said.sid], owner)
    await stage.pass_on(reader, [positions.said.sid], owner, echelons=["1 Sector", "2 Sector"])


# --- one thing more, day by day -------------------------------------------------------------------------

Lists = tuple[Positions, Positions]
Scene = Callable[[Stage, int, Lists], Awaitable[None]]


async def _first_day(stage: Stage, day: int, lists: Lists) -> None:
    await stage.at(day, "06:00", "Both desks are taken by a person, and the line between them is tried.")
    await take_watch(stage, "Northern Force", "Southern Force")
    await check_line(stage, "Southern Force", "Northern Force", 21, "routine")


async def _convoys(stage: Stage, day: int, lists: Lists) -> None:
    await convoys(stage, day)


def _asked_about(stage: Stage) -> Volume:
    now = stage.now_ms
    return circle(36.60, 35.87, 3_000, now, now + DAY_MS)


async def _ask(stage: Stage, asker: str, asked: str, until_ms: int) -> Said:
    inquiry = Inquiry(volumes=(_asked_about(stage),), answer_by_ms=until_ms, note=None)
    said = await stage.word(stage[asker], inquiry, told(stage[asked]))
    stage.show(said, f"an answer is asked until {told_time(until_ms)}")
    return said


async def _answered(stage: Stage, day: int, lists: Lists) -> None:
    north, south = stage["Northern Force"], stage["Southern Force"]
    await stage.at(
        day, "06:30", "Northern Force asks Southern Force: what of yours is in this circle of 6 km?"
    )
    asked = await _ask(stage, "Northern Force", "Southern Force", moment_ms(day, "10:30"))
    await stage.at(day, "07:12", "Southern Force answers: these.")
    area = _asked_about(stage)
    there = [
        one.ref
        for one in stage.query.own(south.id, "presence")
        if any(meets(volume, area, NO_MARGIN) for volume in one.volumes["exact"])
    ]
    answer = Answer(answer="these", until_ms=None, note=None)
    await stage.word(south, answer, told(north), re=[asked.sid], cites=there)
    stage.note(f"{len(there)} of its positions are named; the inquiry is {_state(stage, asked)}")


async def _declined(stage: Stage, day: int, lists: Lists) -> None:
    north, south = stage["Northern Force"], stage["Southern Force"]
    await stage.at(day, "06:30", "Southern Force asks Northern Force the same of another day.")
    asked = await _ask(stage, "Southern Force", "Northern Force", moment_ms(day, "09:30"))
    await stage.at(day, "08:05", "Northern Force declines to answer. That too is signed.")
    answer = Answer(answer="declined", until_ms=None, note=None)
    await stage.word(north, answer, told(south), re=[asked.sid])
    stage.note(f"the inquiry is {_state(stage, asked)}, with: declined")


async def _out_of_time(stage: Stage, day: int, lists: Lists) -> None:
    await stage.at(day, "06:30", "Northern Force asks once more, and nobody answers.")
    asked = await _ask(stage, "Northern Force", "Southern Force", moment_ms(day, "09:30"))
    await stage.at(day, "09:31", "The time is over.")
    stage.note(f"the inquiry stands as: {_state(stage, asked).upper()}. No answer is never none.")


def _state(stage: Stage, asked: Said) -> str:
    return stage.matter(asked).state(stage.now_ms)


async def _read_late(stage: Stage, day: int, lists: Lists) -> None:
    south = lists[0]
    assert south.said is not None
    await stage.at(day, "06:20", "Northern Force's desk has not acknowledged the list: its time is over.")
    [ladder] = stage.query.ladders(stage["Southern Force"].id, south.said.sid)
    stage.note(
        f"rung {ladder.rung().replace('_', ' ')}; a person's answer was owed by {told_time(ladder.deadline_ms)}"
    )
    await stage.at(day, "07:05", "A person acknowledges, 95 minutes after it was told.")
    accord = stage.service.book.agreements.find(stage.under)
    assert accord is not None
    passed = [
        step.level.replace("_", " ")
        for step in accord.arrangement.escalation
        if ladder.deadline_ms + step.after_ms <= stage.now_ms
    ]
    await read_list(stage, south)
    stage.note(f"until then it had gone to: {', '.join(passed)}")


async def _zones(stage: Stage, day: int, lists: Lists) -> None:
    await zones(stage, day)


async def _objection(stage: Stage, day: int, lists: Lists) -> None:
    north, cell, monitor = stage["Northern Force"], stage["Relief Cell"], stage["Line Monitor"]
    await stage.at(
        day, "09:00", "Northern Force objects to a hospital's position, in French; the monitor translates."
    )
    alef = stage.kept["alef"]
    words = Note(lang="fr", text="Position relevée à 300 m plus au nord ; prière de vérifier.")
    said = await stage.word(
        north,
        Objection(reason="position_doubtful", note=words),
        told(cell, monitor),
        cites=[alef.ref()],
    )
    translation = Translation(
        lang="en",
        text="Position taken 300 m further north; please verify.",
        by="human",
        translator=MEMBERS["Line Monitor"],
    )
    await stage.word(monitor, translation, told(cell, north), re=[said.sid])
    standing = stage.query.standing(cell.id, alef.ref())
    stage.note(f"disputed: {'yes' if standing.disputed else 'no'}; the hospital {standing.state}, as before")
    stage.note(f"the original stands beside its translation: {words.text!r} / {translation.text!r}")


async def _drill(stage: Stage, day: int, lists: Lists) -> None:
    await stage.at(day, "10:00", "A drill on the line: the first call is not answered, the second is.")
    await check_line(stage, "Northern Force", "Southern Force", None, "drill")
    await check_line(stage, "Northern Force", "Southern Force", 48, "drill")
    await take_watch(stage, "Southern Force")


async def _stale(stage: Stage, day: int, lists: Lists) -> None:
    await stage.at(
        day, "05:45", "Southern Force has not renewed its list: what it told yesterday is 24 hours old."
    )
    own = stage.query.own(stage["Southern Force"].id, "presence")
    stale = [one for one in own if one.condition(stage.now_ms) == "stale"]
    stage.note(f"{len(stale)} positions are stale, and are matched all the same")
    await stage.at(day, "08:10", "The list comes, and is acknowledged.")
    await daily_list(stage, lists[0], day)


async def _agreement(stage: Stage, day: int, lists: Lists) -> None:
    await seek_agreement(stage, day)


async def _late_convoy(stage: Stage, day: int, lists: Lists) -> None:
    await late_convoy(stage, day)


async def _by_telephone(stage: Stage, day: int, lists: Lists) -> None:
    cell = stage["Relief Cell"]
    await stage.at(
        day, "11:00", "Relief Cell telephones Government Force, which has no key here, and reads to it."
    )
    call = Contact(
        whom="Government Force, liaison",
        party=None,
        at_ms=stage.now_ms,
        channel="call",
        result="read_back_correct",
        read_back="7-4-4-1",
        scan=None,
        member=MEMBERS["Relief Cell"],
    )
    said = await stage.word(cell, call, told(stage["Line Monitor"]), cites=[stage.kept["alef"].ref()])
    stage.show(said, "a contact outside the system, attested by the desk that made it")


async def _quiet(stage: Stage, day: int, lists: Lists) -> None:
    stage.note("Nothing more on this day.")


SCENES: tuple[Scene, ...] = (
    _first_day, _convoys, _answered, _declined, _out_of_time, _read_late, _zones,
    _objection, _drill, _stale, _agreement, _late_convoy, _by_telephone, _quiet,
)  # fmt: skip
