"""The simulated world: a clock one can turn, parties with keys, and a whole service on a memory store.

Nothing in it waits, nothing reads the real clock, and every random byte follows from the seed.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from standclear.cli import cast, speech
from standclear.cli.cast import Actor as Party
from standclear.cli.cast import Said
from standclear.conflicts.candidates import CandidateIndex
from standclear.dialects.pack import read_pack
from standclear.flow.clock import TurnedClock
from standclear.flow.identity import ServiceKeys, service_keys
from standclear.flow.ports import LogStore
from standclear.flow.query import Query
from standclear.flow.service import LogDescription, Service
from standclear.spacetime.band import Band
from standclear.spacetime.interval import Interval
from standclear.spacetime.shape import Area, Point, Shape
from standclear.spacetime.volume import Volume
from standclear.statements.canonical import Value
from standclear.statements.compose import Composed, Draft, Recipient
from standclear.statements.notices import Notice
from standclear.statements.parties import keyless_id
from standclear.statements.readiness import ReadinessRule
from standclear.statements.replies import acknowledgement_tag
from standclear.stores.listed import ListedIndex
from standclear.stores.memory import MemoryLogStore

T = TypeVar("T")
NOON_MS = 1_582_804_800_000  # 2020-02-27T12:00:00Z
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
ORIGIN = "exercise.example/idlib"
PACKS = Path(__file__).parent.parent / "src" / "standclear" / "packs"


class Chance:
    """Random bytes that follow from a seed: the same world twice."""

    def __init__(self, seed: str) -> None:
        self._seed = seed.encode()
        self._count = 0

    def __call__(self, size: int) -> bytes:
        self._count += 1
        return hashlib.shake_256(self._seed + self._count.to_bytes(8, "big")).digest(size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyless:
    """A party without a key, and the statement that enrolled it."""

    id: bytes
    name: str
    party_type: str
    said: Said


@dataclass(slots=True)
class World:
    """One exercise log with its service, clock and parties. Use it in a `with`."""

    seed: str = "world"
    store: LogStore = field(default_factory=MemoryLogStore)
    make_index: Any = ListedIndex
    keys: ServiceKeys = field(init=False)
    clock: TurnedClock = field(init=False)
    chance: Chance = field(init=False)
    service: Service = field(init=False)
    log: bytes = field(init=False)
    under: bytes = field(init=False)
    loop: asyncio.AbstractEventLoop = field(init=False)
    parties: dict[str, Party] = field(default_factory=dict)
    room: Callable[[], int] = lambda: sys.maxsize
    """How many bytes are free on its disk."""

    def __enter__(self) -> World:
        self.loop = asyncio.new_event_loop()
        self.chance = Chance(self.seed)
        self.clock = TurnedClock(NOON_MS)
        self.keys = service_keys(ORIGIN, hashlib.sha256(self.seed.encode()).digest())
        self.open()
        if self.service.size == 0:
            begun = self.run(
                self.service.begin(
                    LogDescription(name="EXERCISE Idlib", service_name="The line's keeper", exercise=True)
                )
            )
            self.log = begun.sid
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        self.loop.close()

    def open(self) -> None:
        """Start the service on the store, as after a crash."""
        index: type[CandidateIndex] = self.make_index
        self.service = Service(
            store=self.store,
            keys=self.keys,
            clock=self.clock,
            fresh=self.chance,
            make_index=index,
            room=lambda: self.room(),
        )
        self.run(self.service.start())

    def close(self) -> None:
        """Stop the service; the store stays."""
        self.run(self.service.stop())

    def restart(self) -> None:
        """Stop and start: everything derived is derived again."""
        self.close()
        self.open()

    def run(self, waited: Awaitable[T]) -> T:
        return self.loop.run_until_complete(waited)

    @property
    def query(self) -> Query:
        return Query(self.service)

    @property
    def now_ms(self) -> int:
        return self.clock.now_ms()

    def pass_ms(self, ms: int) -> None:
        """Let time pass, and let the service say what it did."""
        self.clock.pass_ms(ms)
        self.run(asyncio.sleep(0))

    def settle(self) -> None:
        """Wait until everything that happened has been said in a deeds statement."""
        self.clock.pass_ms(1_000)
        self.run(self.service.settle())

    # --- parties and rules ---------------------------------------------------------------------------

    def enrol(self, name: str, party_type: str = "state_armed_force") -> Party:
        """A new party with one desk, a person's key and a machine's."""
        party = self.run(cast.enrol(self.service, name, party_type, phones=["+00 1", "+00 2"]))
        self.parties[name] = party
        return party

    def address(
        self, name: str, party_type: str = "non_state_armed_group", *, by: Party | None = None
    ) -> Keyless:
        """A party without a key: addressed by the service, or represented by a party that says so itself."""
        draft = speech.keyless(
            name, party_type, represented_by=None if by is None else by.id, phones=["+00 9"]
        )
        said = self.run(cast.say_of_keyless(self.service, draft, by=by))
        return Keyless(id=keyless_id(self.log, name), name=name, party_type=party_type, said=said)

    def agree(
        self,
        *parties: Party,
        monitor: Party | None = None,
        pack: str = "military-line",
        addressed: Sequence[Keyless] = (),
        readiness: ReadinessRule | None = None,
    ) -> bytes:
        """An arrangement between the parties, from a rule pack; the monitor is the neutral desk too.

        Those addressed are parties of it, and adhere to nothing. Desks are asked to be ready only where a rule is given:
        stories of other things then stay about those.
        """
        neutral = monitor or parties[-1]
        members = {party.id: "party" for party in (*parties, *addressed)}
        members |= {monitor.id: "monitor"} if monitor else {}
        text = (PACKS / f"{pack}.toml").read_text()
        arrangement = replace(read_pack(text, members, neutral.id), readiness=readiness)
        said = self.say(
            parties[0], Draft(kind="arrangement", forms={"exact": [arrangement.to_value()]}, to=None)
        )
        self.under = said.sid
        for party in parties:
            body = {"adheres": True, "reservations": [], "type": "adherence"}
            self.say(party, Draft(kind="adherence", forms={"exact": [body]}, to=None, re=[said.sid]))
        return said.sid

    # --- saying things -------------------------------------------------------------------------------

    def compose(self, party: Party, draft: Draft, *, machine: bool = False) -> Composed:
        seat = party.machine if machine else party.person
        return seat.compose(draft, self.now_ms, self.chance)

    def say(self, party: Party, draft: Draft, *, machine: bool = False) -> Said:
        """Say something with the party's person's (or machine's) key."""
        return self.run(cast.say(self.service, party, draft, machine=machine))

    def notice(
        self, party: Party, notices: Sequence[Notice] | Notice, to: Sequence[Recipient], **more: Any
    ) -> Said:
        """File notices of one kind, all items in the exact form unless `forms` are given."""
        items = [notices] if isinstance(notices, Notice) else list(notices)
        forms = more.pop("forms", {"exact": [item.to_value() for item in items]})
        return self.say(party, Draft(kind=items[0].kind(), under=self.under, forms=forms, to=to, **more))

    def site(
        self, party: Party, to: Sequence[Recipient], *, at: tuple[float, float] = (36.63, 35.93), **more: Any
    ) -> Said:
        return self.notice(party, site(self.now_ms, at=at, **more), to)

    def presence(
        self, party: Party, to: Sequence[Recipient], *, at: tuple[float, float], **more: Any
    ) -> Said:
        return self.notice(party, presence(self.now_ms, at=at, **more), to)

    def activity(
        self,
        party: Party,
        to: Sequence[Recipient],
        *,
        at: tuple[float, float] = (36.63, 35.93),
        radius_m: int = 500,
        cites: Sequence[bytes] | None = None,
        uncited: bool = False,
        replaces: bytes | None = None,
        inbox: tuple[int, bytes] | None = None,
        **more: Any,
    ) -> Said:
        """File a hazard; with the party's present inbox head unless another is given."""
        change = None if replaces is None else "unchanged"
        what = activity(self.now_ms, at=at, radius_m=radius_m, uncited=uncited, change=change, **more)
        succession: dict[str, Any] = {} if replaces is None else {"act": "replace", "of": [(replaces, 0)]}
        head = self.query.inbox_head(party.id) if inbox is None else inbox
        return self.notice(party, what, to, cites=cites, inbox=head, **succession)

    def end(
        self, party: Party, kind: str, refs: Sequence[bytes], act: str = "close", reason: str = "closed"
    ) -> Said:
        return self.say(party, speech.ending(kind, refs, [], self.under, act=act, reason=reason))

    def acknowledge(
        self,
        party: Party,
        *,
        sids: Sequence[bytes] = (),
        refs: Sequence[bytes] | None = None,
        span: tuple[int, int] | None = None,
        exceptions: Sequence[int] = (),
        to: Sequence[Recipient] = (),
        machine: bool = False,
    ) -> Said:
        """A person (or, wrongly, a machine) acknowledges; opened bodies are shown by their tags."""
        inbox = self.query.inbox(party.id, 0, 100_000)
        tags = [
            acknowledgement_tag(item.salt, item.ref[:32])
            for item in inbox
            if item.salt is not None and (item.ref[:32] in sids or item.ref in (refs or ()))
        ][:16]
        draft = speech.acknowledgement(
            to,
            self.under,
            member="M-7",
            sids=sids,
            refs=refs,
            span=span,
            exceptions=exceptions,
            tags=tags,
            opened_ms=self.now_ms - 5_000,
            inbox=self.query.inbox_head(party.id),
        )
        return self.say(party, draft, machine=machine)

    def disseminate(
        self,
        party: Party,
        sids: Sequence[bytes],
        *,
        echelons: Sequence[str] = (),
        third_name: str = "",
        to: Sequence[Recipient] = (),
    ) -> Said:
        draft = speech.dissemination(
            to, self.under, sids=sids, member="M-7", echelons=echelons, third_name=third_name
        )
        return self.say(party, draft)


def anybody(when: str = "now", form: str = "exact") -> list[Recipient]:
    """Any party of the arrangement."""
    return [Recipient(party=None, when=when, form=form)]


def circle(at: tuple[float, float], radius_m: int, start_ms: int, end_ms: int) -> Volume:
    """A circle on the ground, up to 1,000 m, for a time; `at` is longitude, latitude in degrees."""
    return volume(Point(at=(round(at[0] * 1e7), round(at[1] * 1e7))), radius_m, start_ms, end_ms)


def volume(core: Shape, radius_m: int, start_ms: int, end_ms: int) -> Volume:
    return Volume(
        core=core,
        radius_cm=radius_m * 100,
        band=Band(lower_cm=0, upper_cm=100_000, reference="w84"),
        interval=Interval(start_ms=start_ms, end_ms=end_ms),
    )


def box(west: float, south: float, east: float, north: float, start_ms: int, end_ms: int) -> Volume:
    """A box in degrees, for a time."""
    corners = [(west, south), (east, south), (east, north), (west, north)]
    ring = tuple((round(lon * 1e7), round(lat * 1e7)) for lon, lat in corners)
    return volume(Area(rings=(ring,)), 0, start_ms, end_ms)


def site(
    now_ms: int,
    *,
    at: tuple[float, float],
    name: str = "A hospital",
    radius_m: int = 100,
    days: int = 90,
    **more: Any,
) -> Notice:
    what = speech.site("hospital", now_ms + days * DAY_MS)
    return speech.notice(what, [circle(at, radius_m, now_ms, now_ms + days * DAY_MS)], name=name, **more)


def presence(
    now_ms: int,
    *,
    at: tuple[float, float],
    name: str = "A unit",
    radius_m: int = 200,
    hours: int = 24,
    **more: Any,
) -> Notice:
    what = speech.presence(name, now_ms, hours * HOUR_MS)
    return speech.notice(what, [circle(at, radius_m, now_ms, now_ms + hours * HOUR_MS)], name=name, **more)


def activity(
    now_ms: int,
    *,
    at: tuple[float, float],
    radius_m: int = 500,
    in_hours: float = 1,
    hours: float = 2,
    uncited: bool = False,
    volumes: Sequence[Volume] | None = None,
    **more: Any,
) -> Notice:
    start_ms = now_ms + int(in_hours * HOUR_MS)
    placed = volumes or [circle(at, radius_m, start_ms, start_ms + int(hours * HOUR_MS))]
    return speech.notice(speech.activity("indirect_fire", uncited=uncited), placed, name="Fire", **more)


def values(notices: Sequence[Notice]) -> list[Value]:
    """Bodies as they are composed."""
    return [one.to_value() for one in notices]
