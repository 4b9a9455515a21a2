"""What a restart takes: a log is written to SQLite, and everything is derived again from it and compared, as at a start.

    python bench/restart.py [--statements 20000] [--keep DIR]

Sites of one item, each released to one of eight parties, file after file; then the service's own rebuild, without the
signatures (the door checked them before each entry was written) and with them (`log fsck`). `--keep` leaves the log there,
and takes the one that is there already.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from busy_day import copied

from standclear.cli.cast import told
from standclear.flow.rebuild import rebuild
from standclear.statements.compose import Draft
from standclear.stores.memory import MemoryLogStore
from standclear.stores.native import NativeIndex
from standclear.stores.sqlite import SqliteLogStore
from world import World, site

AT_ONCE = 256
PARTIES = 8


def write_log(statements: int, directory: Path) -> None:
    with World(make_index=NativeIndex) as world:
        parties = [world.enrol(f"P{n}") for n in range(PARTIES)]
        world.agree(*parties)
        for start in range(0, statements, AT_ONCE):
            texts = []
            for number in range(start, min(start + AT_ONCE, statements)):
                owner, other = parties[number % PARTIES], parties[(number + 1) % PARTIES]
                place = (20 + number % 4_000 / 100, 10 + number // 4_000 / 10)
                body = site(world.now_ms, at=place).to_value()
                draft = Draft(kind="site", under=world.under, forms={"exact": [body]}, to=told(other))
                composed = world.compose(owner, draft)
                owner.person.said(composed.sid)
                texts.append(composed.text)
            world.run(_submit(world, texts))
            world.clock.pass_ms(500)
        world.settle()
        assert isinstance(world.store, MemoryLogStore)
        copied(world.store, directory).close()


async def _submit(world: World, texts: list[bytes]) -> None:
    await asyncio.gather(*(world.service.submit(text) for text in texts))


def measure(directory: Path) -> None:
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)  # as the service's process does
    for is_signed_anew in (False, True):
        store = SqliteLogStore(directory)
        began, cpu = time.perf_counter(), time.process_time()
        rebuilt = rebuild(store, NativeIndex, os.urandom, is_signed_anew=is_signed_anew)
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        size = rebuilt.book.size
        assert not rebuilt.findings, rebuilt.findings[:3]
        name = "with every signature" if is_signed_anew else "as at a start"
        print(
            f"{name}: {size:,} entries in {seconds:.2f} s ({cpu:.2f} s of this process), {seconds / size * 1e6:.0f} us an entry"
        )
        store.close()
        del rebuilt
        gc.collect()
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:,} MiB at most")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--statements", type=int, default=20_000)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        directory = given.keep or Path(place)
        if not list(directory.glob("*.sqlite*")) and not list(directory.glob("*.db")):
            directory.mkdir(parents=True, exist_ok=True)
            write_log(given.statements, directory)
        measure(directory)


if __name__ == "__main__":
    main()
