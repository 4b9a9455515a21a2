"""A day of a busy humanitarian cell, replayed from its log: every duty of every minute, compared with a plain reading.

    python bench/busy_day.py [--seed 1] [--small]

20,000 sites stand; 150 convoys are told to four recipients and changed twice; lists, fires, questions and two stop-fires
come in between (tests/busy_cell.py). The log is then read from SQLite and replayed whole: parsed, every signature verified,
folded, compared with its deeds, and asked each minute what is due. The bar is a minute. Then tests/naive_duties.py reads
the same entries plainly, without any of the fold, and every duty, ladder and question is compared.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from busy_cell import BUSY, DAWN_MS, SMALL, new_world, tell_day
from day_replayed import Replayed, differences, end_differences, id_differences, replayed
from naive_duties import Plain
from standclear.flow import rebuild
from standclear.flow.ports import LogStore, StoredHead
from standclear.obligations.book import Book
from standclear.stores.memory import MemoryLogStore
from standclear.stores.native import NativeIndex
from standclear.stores.sqlite import SqliteLogStore
from standclear.tlog.merkle import EMPTY_ROOT
from world import DAY_MS, HOUR_MS

SHOWN = 20


class Shares:
    """The seconds that go into named functions: each is wrapped where its caller finds it."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()

    def of(self, name: str, holder: Any, attribute: str) -> None:
        inner: Callable[..., Any] = getattr(holder, attribute)

        @wraps(inner)
        def timed(*given: Any, **named: Any) -> Any:
            began = time.perf_counter()
            try:
                return inner(*given, **named)
            finally:
                self.seconds[name] += time.perf_counter() - began

        setattr(holder, attribute, timed)


def copied(source: MemoryLogStore, directory: Path) -> SqliteLogStore:
    """The log of a store in memory, as SQLite holds it."""
    store, head = SqliteLogStore(directory), source.read_head()
    entries = [
        replace(one, body_keys=tuple(key for key in source.read_body_keys(one.index) if key is not None))
        for one in source.read_entries(0, head.size)
    ]
    store.append(entries, StoredHead(size=0, root=EMPTY_ROOT, last_ms=0), head)
    return store


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--small", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place, new_world(NativeIndex, given.seed) as world:
        began = time.perf_counter()
        day = tell_day(world, SMALL if given.small else BUSY, given.seed)
        print(f"told in {time.perf_counter() - began:.0f} s: {world.service.size:,} entries", flush=True)
        for word, count in sorted(day.count.items(), key=lambda one: -one[1]):
            print(f"  {count:6,} {word}")
        assert isinstance(world.store, MemoryLogStore)
        store = copied(world.store, Path(place))
        done, seconds, shares = replay(store)
        show(done, seconds, shares)
        is_right = compare(done, store)
        store.close()
    sys.exit(0 if is_right and seconds < 60 else 1)


def replay(store: LogStore) -> tuple[Replayed, float, Shares]:
    shares = Shares()
    shares.of("parsing", rebuild, "parse_entry")
    shares.of("parsing", rebuild, "parse_header")
    shares.of("parsing", rebuild, "unshelve")
    shares.of("verifying", Book, "check")
    shares.of("folding", Book, "step")
    shares.of("comparing with the deeds", rebuild, "_compare_deeds")
    began = time.perf_counter()
    done = replayed(store, NativeIndex, DAWN_MS - 12 * HOUR_MS, DAWN_MS + DAY_MS)
    return done, time.perf_counter() - began, shares


def show(done: Replayed, seconds: float, shares: Shares) -> None:
    shares.seconds["asking what is due"] = done.seconds_looking
    rest = seconds - sum(shares.seconds.values())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"replayed in {seconds:.1f} s (bar: 60 s), {memory:,} MiB at most, {len(done.looks):,} looks")
    for name, spent in [*shares.seconds.most_common(), ("reading and the rest", rest)]:
        print(f"  {spent:6.2f} s {name}")
    for kind, count in Counter(one.kind for look in done.looks for one in look.duties).most_common():
        print(f"  {count:6,} {kind}")
    print(f"  {sum(len(look.ladders) for look in done.looks):6,} ladders looked at, hour by hour")
    for finding in done.rebuilt.findings[:SHOWN]:
        print(f"  finding: {finding}")


def compare(done: Replayed, store: LogStore) -> bool:
    began = time.perf_counter()
    plain = Plain(store)
    found = [
        *(str(one) for one in done.rebuilt.findings),
        *differences(done.looks, plain),
        *end_differences(done.rebuilt.book, plain),
        *id_differences(done.looks),
    ]
    print(f"compared with a plain reading in {time.perf_counter() - began:.0f} s: {len(found)} differences")
    for line in found[:SHOWN]:
        print(f"  {line}")
    return not found


if __name__ == "__main__":
    main()
