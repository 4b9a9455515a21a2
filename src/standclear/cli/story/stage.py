"""The stage: the service a story is played on, its clock, its actors, and how a scene is told. Scenes stand beside it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from standclear.cli import speech
from standclear.cli.cast import Actor, Said, say
from standclear.flow.query import Query
from standclear.flow.service import Service
from standclear.obligations.matters import Matter
from standclear.spacetime.band import Band
from standclear.spacetime.interval import Interval
from standclear.spacetime.shape import Area, Point
from standclear.spacetime.volume import Volume
from standclear.statements.compose import Draft, Recipient
from standclear.statements.notices import Note, Notice, Presence
from standclear.statements.replies import acknowledgement_tag

FIRST_DAY_MS = 1_581_552_000_000  # 2020-02-13T00:00:00Z
THE_DAY = 14  # 27 February
SECOND_MS = 1_000
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
DAWN_MS = FIRST_DAY_MS + THE_DAY * DAY_MS + 4 * HOUR_MS
LOG_NAME = "EXERCISE Northern line"
ORIGIN = "exercise.standclear.example/northern-line"
SERVICE_NAME = "The line's keeper"
TAGS_MAX = 16

MEMBERS = {"Northern Force": "N-4", "Southern Force": "S-2", "Relief Cell": "R-1", "Strait Authority": "A-3"}
MEMBERS |= {"Alliance Secretariat": "L-6", "Line Monitor": "M-1"}
"""The pseudonym of the person on each desk; whose it is stands in the party's own register."""


class StoryTime(Protocol):
    """A clock that scenes may turn forward."""

    def now_ms(self) -> int: ...

    def turn_to(self, now_ms: int) -> None: ...


def moment_ms(day: int, clock: str) -> int:
    """A time of a day of the story: day 0 is 13 February, `clock` is HH:MM or HH:MM:SS in UTC.

    Example:
        >>> moment_ms(14, "04:00") == DAWN_MS
        True
    """
    hours, minutes, *seconds = (int(part) for part in clock.split(":"))
    within_ms = hours * HOUR_MS + minutes * MINUTE_MS + sum(seconds) * SECOND_MS
    return FIRST_DAY_MS + day * DAY_MS + within_ms


def told_time(ms: int) -> str:
    """A time as the story tells it, in UTC.

    Example:
        >>> told_time(DAWN_MS)
        '27 Feb 04:00:00Z'
    """
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%d %b %H:%M:%SZ")


@dataclass(slots=True, kw_only=True)
class Stage:
    """Where the story is played. `kept` holds what earlier scenes said and later ones come back to, by name."""

    service: Service
    clock: StoryTime
    tell: Callable[[str], None]
    pause: Callable[[], Awaitable[None]]
    pack: str
    measure_ms: Callable[[], int]
    actors: dict[str, Actor] = field(default_factory=dict)
    under: bytes = b""
    kept: dict[str, Said] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Actor:
        return self.actors[name]

    @property
    def now_ms(self) -> int:
        return self.clock.now_ms()

    @property
    def query(self) -> Query:
        return Query(self.service)

    # --- telling -------------------------------------------------------------------------------------

    async def at(self, day: int, clock: str, line: str) -> None:
        """Turn to a time of a day and say what happens."""
        at_ms = moment_ms(day, clock)
        self.clock.turn_to(at_ms)
        self.tell(f"EXERCISE {told_time(at_ms)}  {line}")
        await self.pause()

    def note(self, line: str) -> None:
        """A line under the present scene."""
        self.tell(f"                          {line}")

    def show(self, said: Said, what: str = "") -> None:
        """How the service answered."""
        outcome = said.answer.outcome
        words = {
            "aware": f"filed, aware of {outcome.aware_of}",
            "held": f"HELD: it must cite {len(outcome.missing)}",
            "uncited": "filed, uncited",
            "in_force": "on record; it stands" if outcome.rule else "on record; it counts",
        }
        marks = f" ({', '.join(outcome.marks)})" if outcome.marks else ""
        effect = words.get(said.effect, said.effect.replace("_", " "))
        self.note(f"-> #{said.answer.index} {what}{': ' if what else ''}{effect}{marks}")

    def name_of(self, party: bytes) -> str:
        return self.service.book.roll.name_of(party)

    async def settle(self) -> None:
        """Let a moment pass, and wait until the service has said all it did: deeds fall due by the clock."""
        self.clock.turn_to(self.now_ms + SECOND_MS)
        await self.service.settle()

    # --- saying --------------------------------------------------------------------------------------

    async def say(self, actor: Actor, draft: Draft) -> Said:
        """Say something with the actor's person's key."""
        return await say(self.service, actor, draft)

    async def word(
        self,
        actor: Actor,
        body: speech.Speakable,
        to: Sequence[Recipient],
        *,
        re: Sequence[bytes] = (),
        cites: Sequence[bytes] | None = None,
    ) -> Said:
        """Say a word that is no notice: an inquiry, a call, a claim, or an answer to one."""
        return await self.say(actor, speech.word(body, to, self.under, re=re, cites=cites))

    async def tell_of(
        self, actor: Actor, notices: Sequence[Notice], to: Sequence[Recipient], **more: object
    ) -> Said:
        """File notices of one kind in their exact form."""
        return await self.say(actor, speech.filing({"exact": notices}, to, self.under, **more))  # type: ignore[arg-type]

    async def acknowledge(self, actor: Actor, sids: Sequence[bytes], to: Sequence[Recipient]) -> Said:
        """The person on the desk acknowledges statements that were released to the party."""
        query = self.query
        tags = [
            acknowledgement_tag(item.salt, item.ref[:32])
            for sid in sids
            for ladder in self.service.book.ledger.of_sid.get(sid, ())
            if ladder.party == actor.id
            for item in query.inbox(actor.id, ladder.start, min(TAGS_MAX, ladder.items))
            if item.salt is not None and item.ref[:32] == sid
        ]
        draft = speech.acknowledgement(
            to,
            self.under,
            member=MEMBERS[actor.name],
            sids=sids,
            tags=tags[:TAGS_MAX],
            opened_ms=self.now_ms - 45 * SECOND_MS,
            inbox=query.inbox_head(actor.id),
        )
        return await self.say(actor, draft)

    async def pass_on(
        self,
        actor: Actor,
        sids: Sequence[bytes],
        to: Sequence[Recipient],
        *,
        echelons: Sequence[str] = (),
        third_name: str = "",
    ) -> Said:
        """Say whom the party told further: its own echelons, or a third party."""
        draft = speech.dissemination(
            to,
            self.under,
            sids=sids,
            member=MEMBERS[actor.name],
            echelons=echelons,
            third_name=third_name,
        )
        return await self.say(actor, draft)

    def matter(self, said: Said) -> Matter:
        """What a call or a question has become."""
        return self.service.book.matters.of_sid[said.sid]


# --- places and bodies ------------------------------------------------------------------------------------


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


def post(
    name: str,
    at: tuple[float, float],
    as_of_ms: int,
    *,
    since_ms: int | None = None,
    change: str | None = None,
) -> Notice:
    """A position of own people, vouched for 24 hours from `as_of_ms`; it has been there since `since_ms`."""
    start_ms = as_of_ms if since_ms is None else since_ms
    what = Presence(unit=name, as_of_ms=as_of_ms, age_max_ms=DAY_MS)
    return speech.notice(what, [circle(*at, 200, start_ms, start_ms + 20 * DAY_MS)], name=name, change=change)


def english(text: str) -> Note:
    """Free text in English."""
    return Note(lang="en", text=text)
