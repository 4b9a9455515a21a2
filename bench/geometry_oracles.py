"""Compares `distance/1` with Karney's geodesics and with GEOS on very many pairs, and prints a table.

    python bench/geometry_oracles.py --pairs 240000 --seed 20

Per family of pairs: how many there are; how many were missed (stated further apart than they are in truth: must be
0); how many decisions did not flip exactly at the stated distance, or depended on the order (must be 0); how much the
stated distance falls short of the true one at most, in metres within 20 km, and relative to it beyond; and what one
decision costs, in time of the processor: the first time, at 10 km, and at the flip with the outlines kept.

The true distance is 0 where GEOS says that the shapes share a place of the plane, else the geodesic at the place
where the straight line between the two curves is shortest. Misses are judged by that straight line, which is
stricter.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from time import thread_time_ns

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from geometry_oracle import measured, overlapping
from geometry_pairs import FAMILIES, Pair, pairs_of
from standclear.spacetime.distance import cores_within, stated_distance_cm
from standclear.spacetime.shape import Shape

BATCH = 500
NEAR_M, FAR_M = 20_000.0, 2_000_000.0


@dataclass(slots=True, kw_only=True)
class Tally:
    """What one family has shown so far."""

    pairs: int = 0
    missed: int = 0
    unlike: int = 0
    near: int = 0
    shortfall_m: float = 0.0
    relative: float = 0.0
    relative_far: float = 0.0
    first_ns: int = 0
    again_ns: list[int] = field(default_factory=list)


def add(tally: Tally, pairs: list[Pair]) -> None:
    """Compare a batch of pairs with the oracles."""
    stated = np.array([compared(tally, a, b) for a, b in pairs], dtype=float)
    apart = ~np.array([overlapping(a, b) for a, b in pairs])
    found = measured(pairs)
    straight_m, geodesic_m = found.straight_m * apart, found.geodesic_m * apart
    short_m = geodesic_m - stated / 100
    near, far = geodesic_m <= NEAR_M, geodesic_m > FAR_M
    relative = short_m / np.maximum(geodesic_m, 1)
    tally.pairs += len(pairs)
    tally.missed += int((stated > np.ceil(straight_m * 100)).sum())
    tally.near += int(near.sum())
    tally.shortfall_m = max(tally.shortfall_m, float(short_m[near].max(initial=0)))
    tally.relative = max(tally.relative, float(relative[~near & ~far].max(initial=0)))
    tally.relative_far = max(tally.relative_far, float(relative[far].max(initial=0)))


def compared(tally: Tally, a: Shape, b: Shape) -> int:
    """The stated distance; the time of decisions at it and just below it; whether they are as they should be."""
    start_ns = thread_time_ns()
    cores_within(a, b, 1_000_000)
    tally.first_ns += thread_time_ns() - start_ns
    distance_cm = stated_distance_cm(a, b)
    start_ns = thread_time_ns()
    at = cores_within(a, b, distance_cm)
    below = distance_cm > 0 and cores_within(a, b, distance_cm - 1)
    tally.again_ns.append((thread_time_ns() - start_ns) // 2)
    turned = cores_within(b, a, distance_cm)
    turned_below = distance_cm > 0 and cores_within(b, a, distance_cm - 1)
    tally.unlike += (at, below, turned, turned_below) != (True, False, True, False)
    return distance_cm


HEAD = (
    "family | pairs | missed | unlike | within 20 km | shortfall there, m | 20-2,000 km, relative "
    "| beyond, relative | us, first | us, at the flip | worst, ms"
)


def row(name: str, tally: Tally) -> str:
    return (
        f"| {name} | {tally.pairs:,} | {tally.missed} | {tally.unlike} | {tally.near:,} | {tally.shortfall_m:.2f} "
        f"| {tally.relative:.1e} | {tally.relative_far:.1e} | {tally.first_ns / tally.pairs / 1e3:.0f} "
        f"| {sum(tally.again_ns) / tally.pairs / 1e3:.0f} | {max(tally.again_ns) / 1e6:.1f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pairs", type=int, default=12_000, help="in all, shared evenly among the families")
    parser.add_argument("--seed", type=int, default=20)
    chosen = parser.parse_args()
    print(f"| {HEAD} |\n|{' --- |' * (HEAD.count('|') + 1)}")
    missed = 0
    for name in FAMILIES:
        tally, drawn = Tally(), pairs_of(name, chosen.seed, chosen.pairs // len(FAMILIES))
        while batch := list(islice(drawn, BATCH)):
            add(tally, batch)
        print(row(name, tally), flush=True)
        missed += tally.missed + tally.unlike
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
