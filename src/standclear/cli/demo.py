"""`standclear demo`: play an exercise story on a log of its own, write its dossier, and keep serving.

Headless it needs no server: a store in memory, a clock turned by the scenes. Otherwise the service runs on the
embedded store, the story plays at a pace one can read, and the address stays open afterwards.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import sys
import time
from collections.abc import Awaitable, Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from standclear.cli.output import utc
from standclear.cli.story.play import begins_ms, play
from standclear.cli.story.stage import LOG_NAME, ORIGIN, SERVICE_NAME, Stage, StoryTime
from standclear.dossier.report import Report
from standclear.dossier.verify import verify
from standclear.errors import Malformed
from standclear.flow.clock import StoryClock, TurnedClock
from standclear.flow.evidence import dossier_of, policy_of
from standclear.flow.identity import service_keys
from standclear.flow.service import Service
from standclear.stores.memory import MemoryLogStore
from standclear.stores.rtree import RTreeIndex

PACE_S = {"slow": 4.0, "normal": 1.5, "fast": 0.4, "max": 0.0}


def add_parser(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("demo", description="An exercise. Every position in it is invented.")
    parser.add_argument(
        "--short", action="store_true", help="one day in a minute, in place of two weeks and the day itself"
    )
    parser.add_argument("--headless", action="store_true", help="play, write the dossier, and end")
    parser.add_argument(
        "--speed", choices=sorted(PACE_S), default="normal", help="how long a scene is looked at"
    )
    parser.add_argument(
        "--dossier", type=Path, metavar="FILE", help="where the story's dossier goes; its policy beside it"
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=Path("var/demo"),
        metavar="DIR",
        help="each run has a log of its own in it",
    )
    parser.add_argument("--listen", metavar="HOST:PORT", default="127.0.0.1:8440")


def run(arguments: argparse.Namespace) -> int:
    """Play the story."""
    return asyncio.run(_headless(arguments)) if arguments.headless else _serving(arguments)


def pack_text() -> str:
    """The demo's rule pack."""
    return (files("standclear") / "packs" / "military-line.toml").read_text("utf-8")


class _SceneClock(TurnedClock):
    """Turned by the scenes; a scene that is past is passed over."""

    def turn_to(self, now_ms: int) -> None:
        super().turn_to(max(now_ms, self.now_ms()))


async def _headless(arguments: argparse.Namespace) -> int:
    clock = _SceneClock(begins_ms(short=arguments.short))
    service = Service(
        store=MemoryLogStore(),
        keys=service_keys(ORIGIN, hashlib.sha256(os.urandom(32)).digest()),
        clock=clock,
        fresh=os.urandom,
        make_index=RTreeIndex,
    )
    await service.start()
    try:
        await play(_stage(service, clock, arguments), short=arguments.short)
        report = _write(service, arguments.dossier)
    finally:
        await service.stop()
    return report.exit_code()


def _serving(arguments: argparse.Namespace) -> int:
    from standclear.config import Config
    from standclear.wiring import monotonic_ms, run_until_stopped

    clock = StoryClock(begins_ms(short=arguments.short), monotonic_ms)
    directory = _own_directory(arguments.data)
    config = Config(
        data=directory,
        listen=arguments.listen,
        origin=ORIGIN,
        name=LOG_NAME,
        service_name=SERVICE_NAME,
        exercise=True,
        log_level="warning",
    )

    async def beside(service: Service) -> None:
        await play(_stage(service, clock, arguments), short=arguments.short)
        _write(service, arguments.dossier or directory / "story.dossier")
        there = utc(service.clock.now_ms())
        print(
            f"\nEXERCISE  The story is over; it is {there} there. Still serving: stop with Ctrl-C.",
            flush=True,
        )

    def told(address: str, policy: Path) -> None:
        print(f"EXERCISE  serving at {address} (log {ORIGIN}, kept in {directory})", flush=True)
        print(f"EXERCISE  trust roots: {policy}\n", flush=True)

    run_until_stopped(config, told, beside, clock)
    return 0


def _own_directory(parent: Path) -> Path:
    number = 1
    while (parent / str(number)).exists():
        number += 1
    if number > 1_000:
        raise Malformed("--data", f"{parent} holds a thousand logs", "empty it, or name another directory")
    return parent / str(number)


def _stage(service: Service, clock: StoryTime, arguments: argparse.Namespace) -> Stage:
    pause_s = PACE_S[arguments.speed]

    async def pause() -> None:
        await asyncio.sleep(pause_s)

    waiting: Callable[[], Awaitable[None]] = pause
    return Stage(
        service=service,
        clock=clock,
        tell=_tell,
        pause=waiting,
        pack=pack_text(),
        measure_ms=_stopwatch_ms,
    )


def _stopwatch_ms() -> int:
    return time.monotonic_ns() // 1_000_000


def _tell(line: str) -> None:
    print(line, flush=True)


def _write(service: Service, path: Path | None) -> Report:
    """Write the dossier and its policy, and check it as an investigator would."""
    dossier, policy = dossier_of(service), policy_of(service)
    if path is not None:
        path.write_bytes(dossier)
        path.with_suffix(".policy").write_bytes(policy)
        print(f"\nEXERCISE  {path}: {len(dossier):,} bytes, and {path.with_suffix('.policy')}")
        print(f"EXERCISE  check it yourself: standclear verify {path} --policy {path.with_suffix('.policy')}")
    report = verify(dossier, policy)
    broken = [one for one in report.findings if one.grade == "broken"]
    print(
        f"EXERCISE  checked offline: {len(report.findings)} findings, {len(broken)} broken",
        file=sys.stdout,
        flush=True,
    )
    return report
