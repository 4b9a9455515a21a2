"""Compare the engine with the Python predicate, pair by pair, on seeded pairs of the nasty families.

    python bench/engine_exactness.py --pairs 1000000 [--python 100000] [--seed 1]

Of each pair the engine's integers give the stated distance d: the least reach at which the cores are within it.
Python must give the same d, which is agreement at every reach at once (asked of `--python` of the pairs, as it
takes 30 to 300 us each). Then the engine, filter first, is asked at reaches around the flip (d, d-1, d±1 m, d±50 m)
and at one chosen at random, and must say what d says. Whatever the filter settled must be right.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import standclear_engine as engine

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from engine.families import FAMILIES, Core, columns_of, pairs_of

from standclear.spacetime.distance import stated_distance_cm
from standclear.spacetime.shape import Area, Line, Point, Shape

REACH_MAX_CM = 100_000_000
BATCH = 20_000


def shape_of(core: Core) -> Shape:
    form, parts = core
    if form == 0:
        return Point(at=parts[0][0])
    paths = tuple(tuple(part) for part in parts)
    return Line(paths=paths) if form == 1 else Area(rings=paths)


def compare(family: str, seed: int, count: int, in_python: int) -> dict[str, int]:
    """Compare one batch of a family; the counts of what was asked and of what differed."""
    pairs = pairs_of(family, seed, count)
    a, b = (engine.Volumes(**columns_of(pair[side] for pair in pairs)) for side in (0, 1))
    stated = engine.stated_distances_cm(a, b)
    told = {"pairs": count, "python": 0, "differ_python": 0, "asked": 0, "settled": 0, "wrong": 0, "skewed": 0}
    told["skewed"] = int((stated != engine.stated_distances_cm(b, a)).sum())
    for row in range(min(in_python, count)):
        told["python"] += 1
        told["differ_python"] += stated_distance_cm(*map(shape_of, pairs[row])) != stated[row]
    rng = np.random.default_rng(seed)
    for shift in (0, -1, 100, -100, 5_000, -5_000, None):
        reach = stated + shift if shift is not None else rng.integers(0, REACH_MAX_CM, count) // 10 ** rng.integers(0, 7, count)
        fit = (reach >= 0) & (reach <= REACH_MAX_CM)
        reach = np.clip(reach, 0, REACH_MAX_CM)
        expected = stated <= reach
        for first, second in ((a, b), (b, a)):
            both = engine.pairs_meet(first, second, reach)
            filtered = engine.pairs_meet(first, second, reach, path="filter")
            told["asked"] += int(fit.sum())
            told["settled"] += int((fit & (filtered >= 0)).sum())
            told["wrong"] += int((fit & (both != expected)).sum() + (fit & (filtered >= 0) & (filtered != expected)).sum())
    return told


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--pairs", type=int, default=100_000)
    arguments.add_argument("--python", type=int, default=10_000)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    total: dict[str, int] = {}
    begun = time.perf_counter()
    print(f"{'family':18} {'pairs':>9} {'python':>8} {'differ':>6} {'asked':>10} {'settled':>8} {'wrong':>5}")
    for family, (_, share) in FAMILIES.items():
        left, python_left = given.pairs * share // 100, given.python * share // 100
        sums: dict[str, int] = {}
        seed = given.seed * 1_000_000
        while left > 0:
            count = min(BATCH, left)
            for key, value in compare(family, seed, count, python_left).items():
                sums[key] = sums.get(key, 0) + value
            left, python_left, seed = left - count, max(0, python_left - count), seed + 1
        if sums:
            percent = 100 * sums["settled"] / max(1, sums["asked"])
            print(f"{family:18} {sums['pairs']:9} {sums['python']:8} {sums['differ_python'] + sums['skewed']:6} "
                  f"{sums['asked']:10} {percent:7.2f}% {sums['wrong']:5}", flush=True)
        for key, value in sums.items():
            total[key] = total.get(key, 0) + value
    print(f"in all {total['pairs']} pairs, {total['python']} of them in Python: "
          f"{total['differ_python'] + total['skewed']} differ; {total['asked']} decisions: {total['wrong']} wrong; "
          f"{time.perf_counter() - begun:.0f} s")
    return 1 if total["differ_python"] + total["skewed"] + total["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
