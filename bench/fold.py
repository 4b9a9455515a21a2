"""One more entry into a log of a million notices: what a step of the fold costs, and what it holds in memory.

    python bench/fold.py --notices 1000000 [--totals]

Sites in statements of 4,096 items fill the book, over a thousand hot spots; then single sites, activities and
acknowledgements are stepped one by one and timed. Signatures and bytes are the door's affair and are not in it.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from standclear.cli.cast import Actor, told
from standclear.statements.compose import Draft, Recipient
from standclear.statements.submission import Submission, parse_submission
from standclear.statements.total import Total
from standclear.stores.native import NativeIndex
from world import HOUR_MS, World, activity, site

ITEMS = 4_096
SINGLE = 2_000


def places(count: int, seed: int) -> Iterator[tuple[float, float]]:
    """Places about a thousand hot spots between the tropics and the polar circles."""
    rng = Random(seed)
    spots = [(rng.uniform(-179, 179), rng.uniform(-60, 60)) for _ in range(1_000)]
    for _ in range(count):
        lon, lat = rng.choice(spots)
        yield lon + rng.gauss(0, 0.3), lat + rng.gauss(0, 0.3)


def submitted(world: World, party: Actor, draft: Draft) -> Submission:
    composed = world.compose(party, draft)
    party.person.said(composed.sid)
    return parse_submission(composed.text)


def step(world: World, submission: Submission) -> float:
    """Step one submission into the book and give the seconds it took."""
    book = world.service.book
    leaf = hashlib.sha256(submission.sid).digest()
    began = time.perf_counter()
    book.step(submission, book.size, world.now_ms, leaf)
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--notices", type=int, default=1_000_000)
    parser.add_argument(
        "--totals", action="store_true", help="every notice counts toward two cumulative totals"
    )
    arguments = parser.parse_args()
    notices = arguments.notices
    with World(make_index=NativeIndex) as world:
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        if arguments.totals:
            bound(world, north)
        fill(world, south, told(north), notices)
        print(
            f"{notices:,} notices, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:,} MiB at most"
        )
        times: dict[str, list[float]] = {"site": [], "activity": []}
        for at in places(SINGLE, 2):
            one = site(world.now_ms, at=at).to_value()
            times["site"].append(step(world, filing(world, south, "site", one, told(north))))
            fire = activity(world.now_ms, at=at, radius_m=300).to_value()
            times["activity"].append(
                step(world, filing(world, north, "activity", fire, told(south, when="on_meet")))
            )
        for name, taken in times.items():
            ordered = sorted(taken)
            print(
                f"{name}: median {statistics.median(taken) * 1e6:.0f} us, p99 {ordered[len(ordered) * 99 // 100] * 1e6:.0f} us, "
                f"most {ordered[-1] * 1e3:.1f} ms"
            )


def bound(world: World, party: Actor) -> None:
    """Another arrangement, by which all sites and all activities are added up, at once and by the day."""
    found = world.service.book.agreements.find(world.under)
    assert found is not None
    totals = tuple(
        Total(
            name=f"{kind} {window_ms}",
            kind=kind,
            types=(),
            measure="notices",
            window_ms=window_ms,
            by="all",
            except_roles=(),
            most=1_000,
        )
        for kind in ("site", "activity")
        for window_ms in (None, 24 * HOUR_MS)
    )
    rules = replace(found.arrangement, totals=totals)
    world.under = world.say(
        party, Draft(kind="arrangement", forms={"exact": [rules.to_value()]}, to=None)
    ).sid


def fill(world: World, party: Actor, to: list[Recipient], notices: int) -> None:
    """File so many sites, a full statement at a time."""
    everywhere = places(notices, 1)
    for start in range(0, notices, ITEMS):
        count = min(ITEMS, notices - start)
        values = [site(world.now_ms, at=next(everywhere)).to_value() for _ in range(count)]
        draft = Draft(kind="site", under=world.under, forms={"exact": values}, to=to)
        step(world, submitted(world, party, draft))
    world.clock.pass_ms(HOUR_MS)


def filing(world: World, party: Actor, kind: str, value: object, to: list[Recipient]) -> Submission:
    return submitted(world, party, Draft(kind=kind, under=world.under, forms={"exact": [value]}, to=to))


if __name__ == "__main__":
    main()
