"""Compare the engine with the Python predicate, pair by pair, on seeded pairs of the nasty families.

    python bench/engine_exactness.py --pairs 1000000 [--python 60000] [--seed 1] [--only poles,world]

What is compared, and how, is said at `compare` in tests/engine/comparison.py. `--python` of the pairs are asked in
Python too, which takes 0.1 to 25 ms each; every pair is asked at up to fourteen reaches in the engine.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import standclear_engine as engine

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from engine.comparison import compare
from engine.families import FAMILIES

BATCH = 20_000


def main() -> int:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--pairs", type=int, default=100_000)
    arguments.add_argument("--python", type=int, default=10_000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--only", default=",".join(FAMILIES), help="families, with commas between them")
    given = arguments.parse_args()
    total: dict[str, int] = {}
    begun = time.perf_counter()
    print(f"{'family':18} {'pairs':>9} {'python':>8} {'differ':>6} {'asked':>10} {'settled':>8} {'wrong':>5}")
    for family in given.only.split(","):
        share = FAMILIES[family][1]
        left, python_left = given.pairs * share // 1000, given.python * share // 1000
        sums: dict[str, int] = {}
        seed = given.seed * 1_000_000
        while left > 0:
            count = min(BATCH, left)
            for key, value in compare(engine, family, seed, count, python_left).items():
                sums[key] = sums.get(key, 0) + value
            left, python_left, seed = left - count, max(0, python_left - count), seed + 1
        if sums:
            percent = 100 * sums["settled"] / max(1, sums["asked"])
            print(
                f"{family:18} {sums['pairs']:9} {sums['python']:8} {sums['differ']:6} {sums['asked']:10} "
                f"{percent:7.2f}% {sums['wrong']:5}",
                flush=True,
            )
        for key, value in sums.items():
            total[key] = total.get(key, 0) + value
    print(
        f"in all {total['pairs']} pairs, {total['python']} of them in Python: {total['differ']} differ; "
        f"{total['asked']} decisions: {total['wrong']} wrong; {time.perf_counter() - begun:.0f} s"
    )
    return 1 if total["differ"] + total["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
