"""Statements over HTTP, durable and receipted: how many a second, how long each waits, and how soon the other desk hears.

    python bench/over_http.py [--statements 8000] [--connections 240] [--seconds 10]

A real server process on SQLite in a directory of its own; the statements are composed and signed beforehand, each
connection with a key of its own, so that what is measured is the service. Three measurements:

closed    every connection sends its next statement when the last one is answered: the most there is to be had
open      500 statements a second, sent by the clock whether or not answers have come: what one of them waits
batch     the same statements as lines of a batch

While the open measurement runs, another party's desk listens to its events: the time from sending to hearing is taken.
The figures are printed as one JSON object, and the bars with them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvloop

from standclear.cli import speech
from standclear.cli.client import Client, Credentials, Filed
from standclear.cli.seat import NewSeat, Seat, compose_first_enrolment, enrolment_of, seat_after_enrolment
from standclear.dialects.pack import read_pack
from standclear.flow.identity import service_keys
from standclear.keys import SigningKey
from standclear.spacetime.band import Band
from standclear.spacetime.interval import Interval
from standclear.spacetime.shape import Point
from standclear.spacetime.volume import Volume
from standclear.statements.canonical import from_b64u
from standclear.statements.compose import Draft, Recipient
from standclear.statements.parties import KEYS_MAX, party_id

ROOT = Path(__file__).resolve().parent.parent
ORIGIN = "exercise.bench.example/http"
DAY_MS = 86_400_000
RATE = 500


@dataclass(slots=True)
class Actor:
    """A party with as many keys as it has connections."""

    root: SigningKey
    seats: list[Seat]

    @property
    def id(self) -> bytes:
        return party_id(self.root.public)

    def client(self, address: str, seat: int = 0) -> Client:
        chosen = self.seats[seat]
        return Client(address, Credentials(party=chosen.party, desk=chosen.desk, key=chosen.key))


@dataclass(slots=True)
class Server:
    """The server process, on a directory."""

    directory: Path
    process: subprocess.Popen[str] = field(init=False)
    address: str = ""

    def start(self) -> float:
        began = time.perf_counter()
        command = [sys.executable, "-m", "standclear.cli.main", "serve", "--data", str(self.directory)]
        command += ["--listen", "127.0.0.1:0", "--exercise", "--origin", ORIGIN, "--name", "EXERCISE bench"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().split()[-1]
        return time.perf_counter() - began

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_mb(self) -> float:
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


# --- what is said ---------------------------------------------------------------------------------


def enrol(server: Server, name: str, keys: int) -> Actor:
    """A party with so many keys, KEYS_MAX at a desk."""
    with Client(server.address) as client:
        log = from_b64u(client.log()["log"], 32, "log")
        seed_line = (server.directory / "service.seed").read_text().split()[-1]
        service = service_keys(ORIGIN, from_b64u(seed_line, 32, "seed"))
        root = SigningKey.from_seed(os.urandom(32))
        own = [SigningKey.from_seed(os.urandom(32)) for _ in range(keys)]
        desks = [(f"desk-{at}", own[at : at + KEYS_MAX]) for at in range(0, keys, KEYS_MAX)]
        seated = [
            (
                desk,
                ("+00 1",),
                [NewSeat(seat=f"m{i}", role="machine", key=key) for i, key in enumerate(listed)],
            )
            for desk, listed in desks
        ]
        enrolment = enrolment_of(log=log, name=name, party_type="ngo", root=root, desks=seated)
        composed = compose_first_enrolment(
            enrolment, log=log, root=root, admitting=service.root, stated_ms=now_ms(), fresh=os.urandom
        )
        client.submit(composed.text)
    sitting = [
        seat_after_enrolment(log=log, root_public=root.public, desk=desk, key=key, enrolment_sid=composed.sid)
        for desk, listed in desks
        for key in listed
    ]
    return Actor(root=root, seats=sitting)


def agree(server: Server, *actors: Actor) -> bytes:
    pack = (ROOT / "src" / "standclear" / "packs" / "military-line.toml").read_text()
    arrangement = read_pack(pack, {actor.id: "party" for actor in actors}, actors[0].id)
    draft = Draft(kind="arrangement", forms={"exact": [arrangement.to_value()]}, to=None)
    return say(server, actors[0].seats[0], draft).sid


def say(server: Server, seat: Seat, draft: Draft) -> Filed:
    with Client(server.address) as client:
        composed = seat.compose(draft, now_ms(), os.urandom)
        filed = client.submit(composed.text)
        seat.said(composed.sid)
        return filed


def site_texts(under: bytes, seats: list[Seat], to: Actor, count: int) -> list[list[bytes]]:
    """`count` sites for each seat, composed and signed: one text a statement."""
    chance = random.Random(7)
    recipients = [Recipient(party=to.id)]
    return [[_site(under, seat, recipients, chance) for _ in range(count)] for seat in seats]


def _site(under: bytes, seat: Seat, to: list[Recipient], chance: random.Random) -> bytes:
    start = now_ms()
    volume = Volume(
        core=Point(
            at=(chance.randrange(360_000_000, 420_000_000), chance.randrange(330_000_000, 370_000_000))
        ),
        radius_cm=10_000,
        band=Band(lower_cm=0, upper_cm=100_000, reference="w84"),
        interval=Interval(start_ms=start, end_ms=start + DAY_MS),
    )
    notice = speech.notice(speech.site("hospital", start + DAY_MS), [volume], name="EXERCISE hospital")
    draft = Draft(kind="site", under=under, forms={"exact": [notice.to_value()]}, to=to)
    composed = seat.compose(draft, start, os.urandom)
    seat.said(composed.sid)
    return composed.text


def now_ms() -> int:
    return time.time_ns() // 1_000_000


# --- sending --------------------------------------------------------------------------------------


class Connection:
    """One kept-alive connection that does little else than write and read."""

    def __init__(self, host: str, port: int, token: str) -> None:
        self._where = (host, port)
        self._token = token

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(*self._where)

    async def post(self, text: bytes, path: bytes = b"/v1/statements") -> bytes:
        head = b"POST %s HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer %s\r\ncontent-length: %d\r\n\r\n"
        self._writer.write(head % (path, self._token.encode(), len(text)) + text)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        at = answer.lower().index(b"content-length: ") + 16
        body = await self._reader.readexactly(int(answer[at : answer.index(b"\r\n", at)]))
        assert answer.startswith((b"HTTP/1.1 201", b"HTTP/1.1 200")), body[:300]
        return body


async def closed(server: Server, tokens: list[str], texts: list[list[bytes]]) -> dict[str, Any]:
    connections = await opened(server, tokens)
    waits: list[float] = []

    async def one(connection: Connection, mine: list[bytes]) -> None:
        for text in mine:
            began = time.perf_counter()
            await connection.post(text)
            waits.append(time.perf_counter() - began)

    cpu, began = server.cpu_seconds(), time.perf_counter()
    await asyncio.gather(
        *[one(connection, mine) for connection, mine in zip(connections, texts, strict=True)]
    )
    took = time.perf_counter() - began
    count = sum(map(len, texts))
    return {
        "statements_s": round(count / took),
        "server_cpu_us_a_statement": round((server.cpu_seconds() - cpu) / count * 1e6),
        **percentiles(waits),
    }


async def opened(server: Server, tokens: list[str]) -> list[Connection]:
    host, port = server.address.removeprefix("http://").split(":")
    connections = [Connection(host, int(port), token) for token in tokens]
    for connection in connections:
        await connection.open()
    return connections


async def open_loop(
    server: Server, tokens: list[str], texts: list[list[bytes]], listener: str, before: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """RATE a second by the clock. A connection that is not free when its turn comes makes the next ones wait: counted."""
    connections = await opened(server, tokens)
    heard: dict[int, float] = {}
    listening = asyncio.create_task(listen(server, listener, before, heard, sum(map(len, texts))))
    await asyncio.sleep(0.5)
    waits: list[float] = []
    sent: dict[int, float] = {}
    began = time.perf_counter() + 0.1
    width = len(connections)

    async def one(connection: Connection, mine: list[bytes], offset: int) -> None:
        for turn, text in enumerate(mine):
            due = began + (turn * width + offset) / RATE
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            body = await connection.post(text)
            waits.append(time.perf_counter() - due)
            sent[json.loads(body)["index"]] = due

    await asyncio.gather(
        *[one(c, mine, i) for i, (c, mine) in enumerate(zip(connections, texts, strict=True))]
    )
    await asyncio.wait_for(listening, 30)
    hearing = [heard[index] - due for index, due in sent.items()]
    return {"rate_s": RATE, **percentiles(waits)}, percentiles(hearing)


async def listen(server: Server, token: str, start: int, heard: dict[int, float], count: int) -> None:
    host, port = server.address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        b"GET /v1/events?from=%d HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer %s\r\n\r\n"
        % (start, token.encode())
    )
    while len(heard) < count:
        line = await reader.readline()
        if line.startswith(b"data: "):
            heard[json.loads(line[6:])["index"]] = time.perf_counter()
    writer.close()


async def batches(server: Server, token: str, texts: list[bytes]) -> dict[str, Any]:
    [connection] = await opened(server, [token])
    began = time.perf_counter()
    for at in range(0, len(texts), 1_000):
        body = await connection.post(b"\n".join(texts[at : at + 1_000]), b"/v1/statements/batch")
        assert all(b'"effect"' in line for line in body.splitlines()), body[:300]
    return {"statements_s": round(len(texts) / (time.perf_counter() - began))}


def percentiles(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    found = {}
    for name, part in (("p50_ms", 0.5), ("p95_ms", 0.95), ("p99_ms", 0.99), ("max_ms", 1.0)):
        found[name] = round(ordered[min(len(ordered) - 1, int(part * len(ordered)))] * 1000, 1)
    return found


# --- all of it ------------------------------------------------------------------------------------


def token_of(actor: Actor, address: str, seat: int) -> str:
    client = actor.client(address, seat)
    return str(client.open_session()["token"])


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--statements", type=int, default=8_000)
    parser.add_argument("--connections", type=int, default=240)
    parser.add_argument("--seconds", type=int, default=10)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="standclear-bench-") as directory:
        server = Server(Path(directory) / "log")
        server.start()
        try:
            figures = measure(server, given.statements, given.connections, given.seconds)
        finally:
            server.stop()
        figures["log_mb"] = round(sum(file.stat().st_size for file in server.directory.iterdir()) / 1e6, 1)
        figures["restart_s"] = round(server.start(), 2)
        server.stop()
    print(json.dumps(figures, indent=2))
    return 0


def measure(server: Server, statements: int, width: int, seconds: int) -> dict[str, Any]:
    sender, receiver = enrol(server, "Sender", width + 1), enrol(server, "Receiver", 1)
    under = agree(server, sender, receiver)
    seats = sender.seats[1:]
    tokens = [token_of(sender, server.address, i + 1) for i in range(width)]
    listener = token_of(receiver, server.address, 0)
    figures: dict[str, Any] = {"machine": f"{os.cpu_count()} cores, Python {platform.python_version()}"}
    warm = site_texts(under, seats, receiver, 20)
    uvloop.run(closed(server, tokens, warm))
    figures["closed"] = uvloop.run(
        closed(server, tokens, site_texts(under, seats, receiver, statements // width))
    )
    texts = site_texts(under, seats, receiver, seconds * RATE // width)
    with receiver.client(server.address) as client:
        before = client.inbox_head()[0]
    figures["open"], figures["event"] = uvloop.run(open_loop(server, tokens, texts, listener, before))
    figures["batch"] = uvloop.run(
        batches(server, tokens[0], site_texts(under, seats[:1], receiver, statements // 2)[0])
    )
    figures["entries"] = uvloop_size(server)
    figures["resident_mb"] = round(server.resident_mb())
    return figures


def uvloop_size(server: Server) -> int:
    with Client(server.address) as client:
        return int(client.log()["size"])


if __name__ == "__main__":
    sys.exit(main())
