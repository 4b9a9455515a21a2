"""Measure the stores: appending, reading back, starting, and proposing candidates.

    python bench/store.py [--entries 1000000] [--directory /var/tmp] [--crashes 10000]

The directory decides what a sync costs: measure where the service will run. `--crashes` puts a disk together as it may
be after so many power losses, at chance in a remembered run, and opens the store on each (tests/faults).
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from faults.losing_power import Said
from faults.test_sqlite_power_loss import SURVIVALS, remembered_run, restart
from standclear.flow.ports import StoredBody, StoredEntry, StoredHead
from standclear.spacetime.band import Band
from standclear.spacetime.interval import Interval
from standclear.spacetime.meet import Margin
from standclear.spacetime.shape import Area, Point, Shape
from standclear.spacetime.volume import Volume
from standclear.stores.rtree import RTreeIndex
from standclear.stores.sqlite import SqliteLogStore
from standclear.tlog.merkle import EMPTY_ROOT

TEXT_BYTES = 1_200
BODY_BYTES = 600
NOON_MS = 1_790_000_000_000
DAY_MS = 86_400_000


def sid_at(index: int) -> bytes:
    return sha256(b"sid %d" % index).digest()


def entry(rng: Random, index: int, items: int) -> StoredEntry:
    return StoredEntry(
        index=index,
        sid=sid_at(index),
        leaf=sha256(b"leaf %d" % index).digest(),
        integrated_ms=NOON_MS + index,
        text=rng.randbytes(TEXT_BYTES),
        beside=b"{}",
        bodies=tuple(
            StoredBody(item=item, form="exact", sealed=rng.randbytes(BODY_BYTES)) for item in range(items)
        ),
        body_keys=tuple(rng.randbytes(32) for _ in range(items)),
    )


def appended(store: SqliteLogStore, entries: list[StoredEntry], batch: int) -> list[float]:
    """Append in batches; how long each took, in seconds."""
    head, took = store.read_head(), []
    for first in range(0, len(entries), batch):
        part = entries[first : first + batch]
        after = StoredHead(size=head.size + len(part), root=EMPTY_ROOT, last_ms=part[-1].integrated_ms)
        began = time.perf_counter()
        store.append(part, head, after)
        took.append(time.perf_counter() - began)
        head = after
    return took


def timed(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def many(count: int, call: Callable[[], object]) -> list[float]:
    return [timed(call) for _ in range(count)]


def measure_sync(directory: Path) -> None:
    """What the disk takes for the least that is durable: every append waits for two of these."""
    with (directory / "sync").open("wb", buffering=0) as file:

        def write_and_sync() -> None:
            file.write(bytes(4_096))
            os.fdatasync(file.fileno())

        say("write 4 KiB and sync, ms", percentiles(many(300, write_and_sync), 1e-3))


def percentiles(took: Iterable[float], unit_s: float) -> str:
    ordered = sorted(took)
    p50, p99 = (ordered[int(len(ordered) * part)] / unit_s for part in (0.5, 0.99))
    return f"p50 {p50:.1f}, p99 {p99:.1f}, most {ordered[-1] / unit_s:.1f}"


def say(what: str, figure: str) -> None:
    print(f"{what:<58}{figure}", flush=True)


def measure_log(directory: Path, entries_count: int) -> None:
    rng = Random(1)
    store = SqliteLogStore(directory / "log")
    for batch, count in ((1, 1_000), (64, 20_000), (512, 60_000)):
        entries = [entry(rng, store.read_head().size + place, 1) for place in range(count)]
        took = appended(store, entries, batch)
        say(f"append in batches of {batch}, 1 body each", f"{count / sum(took):,.0f} entries/s")
        say("    a batch, ms", percentiles(took, 1e-3))
    bulk = [entry(rng, store.read_head().size + place, 4_096) for place in range(25)]
    say("append 25 entries of 4,096 bodies at once", f"{sum(appended(store, bulk, 25)):.2f} s")
    say(
        "read them back with their bodies",
        f"{timed(lambda: list(store.read_entries(bulk[0].index, bulk[-1].index + 1))):.2f} s",
    )
    while (size := store.read_head().size) < entries_count:
        more = min(20_000, entries_count - size)
        appended(store, [entry(rng, size + place, 1) for place in range(more)], 1_000)
    say(
        "find a sid, µs", percentiles(many(20_000, lambda: store.find_sid(sid_at(rng.randrange(size)))), 1e-6)
    )
    say(
        "read the keys of an entry, µs",
        percentiles(many(20_000, lambda: store.read_body_keys(rng.randrange(size))), 1e-6),
    )
    say("shred a key, ms", percentiles(many(200, lambda: store.shred(rng.randrange(size), 0)), 1e-3))
    store.close()
    size = max(size, entries_count)
    began = time.perf_counter()
    store = SqliteLogStore(directory / "log")
    opened = time.perf_counter() - began
    say(f"open a log of {size:,} entries", f"{opened * 1e3:.1f} ms")
    say(f"read {size:,} leaves", f"{timed(lambda: store.read_leaves(0, size)):.2f} s")
    some = min(size, 100_000)
    took = timed(lambda: list(store.read_entries(0, some, with_bodies=False)))
    say(f"read {some:,} entries without bodies", f"{took:.2f} s")
    for name in ("log.db", "vault.keys"):
        say(f"    {name}", f"{(directory / 'log' / name).stat().st_size / 1e6:,.0f} MB")
    store.close()


def volume(rng: Random) -> Volume:
    """A point or a field in a province of 5 by 5 degrees, for hours of a fortnight."""
    lon, lat = rng.randrange(360_000_000, 410_000_000), rng.randrange(330_000_000, 380_000_000)
    core: Shape = Point(at=(lon, lat))
    if rng.random() < 0.5:
        steps = [(0, 0), (100_000, 0), (120_000, 80_000), (50_000, 150_000), (0, 100_000)]
        core = Area(rings=(tuple((lon + east, lat + north) for east, north in steps),))
    start_ms, lower_cm = NOON_MS + rng.randrange(14 * DAY_MS), rng.randrange(1_000_000)
    return Volume(
        core=core,
        radius_cm=rng.randrange(200_000),
        band=Band(lower_cm=lower_cm, upper_cm=lower_cm + 100_000, reference="w84"),
        interval=Interval(start_ms=start_ms, end_ms=start_ms + rng.randrange(DAY_MS // 4)),
    )


def measure_candidates() -> None:
    rng = Random(2)
    rows = [(number, [volume(rng)]) for number in range(100_000)]
    asked = [volume(rng) for _ in range(10_000)]
    margin = Margin(horizontal_cm=50_000, vertical_cm=15_000, time_ms=300_000)
    index = RTreeIndex()
    cpu_began = time.process_time()
    took_s = timed(lambda: index.insert(rows))
    say(
        "insert 100,000 volumes into the R*Tree",
        f"{took_s:.2f} s, {time.process_time() - cpu_began:.2f} s of CPU",
    )
    found = 0
    took = []
    for one in asked:
        began = time.perf_counter()
        found += len(index.candidates([one], margin))
        took.append(time.perf_counter() - began)
    say(f"ask it, {found / len(asked):.1f} candidates a question, µs", percentiles(took, 1e-6))
    leaving = iter(range(10_000))
    say("take a volume out, µs", percentiles(many(10_000, lambda: index.remove(next(leaving))), 1e-6))


def measure_crashes(directory: Path, count: int) -> None:
    rng = Random(3)
    with remembered_run(directory / "run") as run:
        said = sum(isinstance(deed, Said) for deed in run.deeds)
        began = time.perf_counter()
        for number in range(count):
            with tempfile.TemporaryDirectory(dir=directory) as disk:
                restart(run, rng.randrange(len(run.deeds) + 1), rng.choice(SURVIVALS), Path(disk), number)
        took = time.perf_counter() - began
    say(
        f"{count:,} power losses among {len(run.deeds):,} writes and {said} answers",
        f"none lost, {took:.0f} s",
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description="Measure the stores.")
    arguments.add_argument("--entries", type=int, default=100_000)
    arguments.add_argument("--directory", type=Path, default=None)
    arguments.add_argument("--crashes", type=int, default=0)
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.directory) as made:
        if asked.crashes:
            measure_crashes(Path(made), asked.crashes)
        else:
            measure_sync(Path(made))
            measure_log(Path(made), asked.entries)
            measure_candidates()


if __name__ == "__main__":
    main()
