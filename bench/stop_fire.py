"""From a stop-fire call to the first channel while the service takes statements as fast as it can; and to its receipt.

    python bench/stop_fire.py [calls]

One process: the service on SQLite, senders that never pause, and a channel that notes when it was given a letter. The bar is
200 ms. What an SMTP relay or a telephone takes after that is not the service's.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from standclear.cli import cast, speech
from standclear.config import Config
from standclear.dialects.pack import read_pack
from standclear.flow.deliver import Deliverer
from standclear.flow.outbox import Address, Directory, Letter
from standclear.flow.ringing import Ringer
from standclear.flow.service import Service
from standclear.spacetime.band import Band
from standclear.spacetime.interval import Interval
from standclear.spacetime.shape import Point
from standclear.spacetime.volume import Volume
from standclear.statements.calls import Emergency
from standclear.statements.compose import Draft, Recipient
from standclear.stores.outbox import SqliteOutbox
from standclear.wiring import open_service

SENDERS = 8
AHEAD = 64
TEXTS = 3_200
PACK = Path(__file__).parent.parent / "src" / "standclear" / "packs" / "military-line.toml"
HOUR_MS = 3_600_000


class Noting:
    """A channel that notes when each call's first letter came."""

    name = "smtp"
    wakes = True

    def __init__(self) -> None:
        self.first: dict[bytes, float] = {}

    async def carry(self, letter: Letter) -> str:
        if letter.parcel.kind == "ring":
            self.first.setdefault(letter.parcel.sid, time.perf_counter())
        return "taken"


def volume(now_ms: int, place: int) -> Volume:
    at = (366_300_000 + place * 3_000, 359_300_000)
    interval = Interval(start_ms=now_ms, end_ms=now_ms + HOUR_MS)
    return Volume(
        core=Point(at=at),
        radius_cm=10_000,
        band=Band(lower_cm=0, upper_cm=100_000, reference="w84"),
        interval=interval,
    )


def texts_of(service: Service, actor: cast.Actor, to: list[Recipient], under: bytes) -> list[bytes]:
    """A desk's statements, composed before anything is measured: what a desk does is not the service's time."""
    now_ms, found = service.clock.now_ms(), []
    for number in range(TEXTS):
        what = speech.presence("unit", now_ms, HOUR_MS)
        body = speech.notice(what, [volume(now_ms, number)], name="unit").to_value()
        composed = actor.machine.compose(
            Draft(kind="presence", under=under, forms={"exact": [body]}, to=to), now_ms, service.fresh
        )
        actor.machine.said(composed.sid)
        found.append(composed.text)
    return found


async def load(service: Service, texts: list[bytes], count: list[int]) -> None:
    """A desk whose statements wait in the queue, AHEAD of them at a time."""
    for start in range(0, len(texts), AHEAD):
        await asyncio.gather(*(service.submit(text) for text in texts[start : start + AHEAD]))
        count[0] += AHEAD
    raise AssertionError("the load is over before the measurement: compose more")


async def measure(directory: Path, calls: int) -> None:
    opened = await open_service(Config(data=directory, exercise=True))
    service = opened.service
    actors = [
        await cast.enrol(service, f"P{n}", "state_armed_force", phones=["+1", "+2"]) for n in range(SENDERS)
    ]
    members = {one.id: "party" for one in actors}
    pack = read_pack(PACK.read_text("utf-8"), members, actors[0].id).to_value()
    under = (
        await cast.say(service, actors[0], Draft(kind="arrangement", forms={"exact": [pack]}, to=None))
    ).sid
    noting, outbox = Noting(), SqliteOutbox(directory)
    ways = [
        Address(
            party=one.id, desk=one.person.desk, level="duty_desk", channel="smtp", to=f"desk{n}@line.example"
        )
        for n, one in enumerate(actors)
    ]
    deliverer = Deliverer(
        service=service,
        outbox=outbox,
        channels={"smtp": noting},
        directory=Directory(ways),
        code_key=os.urandom(32),
    )
    service.ahead = Ringer(deliverer)
    count = [0]
    tasks = [asyncio.create_task(deliverer.run())]
    texts = [texts_of(service, one, cast.told(actors[n - 1]), under) for n, one in enumerate(actors)]
    tasks += [asyncio.create_task(load(service, some, count)) for some in texts]
    rings, receipts, began = [], [], time.perf_counter()
    for _ in range(calls):
        called = time.perf_counter() + 0.5  # a call comes in when it comes, whatever the loop is at
        await asyncio.sleep(0.5)
        now_ms = service.clock.now_ms()
        body = Emergency(
            part="call",
            code="under_fire",
            answer=None,
            passed_to="",
            volumes=(volume(now_ms, 0),),
            member="S",
            note=None,
        )
        draft = Draft(
            kind="emergency", under=under, forms={"exact": [body.to_value()]}, to=[Recipient(party=None)]
        )
        composed = actors[0].person.compose(draft, now_ms, service.fresh)
        await service.submit(composed.text)
        receipts.append(time.perf_counter() - called)
        actors[0].person.said(composed.sid)
        rings.append(noting.first[composed.sid] - called)
    lasted = time.perf_counter() - began
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await opened.close()
    outbox.close()
    print(f"load: {count[0] / lasted:,.0f} statements/s submitted, {SENDERS * AHEAD} waiting")
    for name, figures in (("call to first channel", rings), ("call to receipt", receipts)):
        ms = sorted(one * 1_000 for one in figures)
        print(f"{name}: median {statistics.median(ms):.1f} ms, worst of {calls} {ms[-1]:.1f} ms")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        asyncio.run(measure(Path(place), int(sys.argv[1]) if len(sys.argv) > 1 else 40))
