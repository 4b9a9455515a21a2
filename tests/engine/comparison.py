"""The engine compared with the Python predicate and with itself, pair by pair: for tests and for the long run."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from engine.families import columns_of, pairs_of
from engine.scene import shape_of
from standclear.spacetime.distance import stated_distance_cm

REACH_MAX_CM: Final = 100_000_000
SHIFTS_CM: Final = (0, -1, 100, -100, 5_000, -5_000)


def compare(engine: Any, family: str, seed: int, count: int, in_python: int) -> dict[str, int]:
    """Compare one batch of a family: how many were asked, and how many differed.

    The engine's integers give the stated distance d, the least reach at which the cores are within it. Python must
    give the same for the first `in_python` pairs: agreement at every reach at once. Then the engine, filter first and
    filter alone, in either order, is asked at reaches about the flip and at one at random, and must say what d says.
    """
    pairs = pairs_of(family, seed, count)
    a, b = (engine.Volumes(**columns_of(pair[side] for pair in pairs)) for side in (0, 1))
    stated = engine.stated_distances_cm(a, b)
    told = {
        "pairs": count,
        "python": min(in_python, count),
        "differ": 0,
        "asked": 0,
        "settled": 0,
        "wrong": 0,
    }
    told["differ"] = int((stated != engine.stated_distances_cm(b, a)).sum())
    for row, (one, two) in enumerate(pairs[:in_python]):
        told["differ"] += stated_distance_cm(shape_of(one), shape_of(two)) != stated[row]
    rng = np.random.default_rng(seed)
    anywhere = rng.integers(0, REACH_MAX_CM, count) // 10 ** rng.integers(0, 7, count)
    for reach in [*(stated + shift for shift in SHIFTS_CM), anywhere]:
        fit = (reach >= 0) & (reach <= REACH_MAX_CM)
        reach = np.clip(reach, 0, REACH_MAX_CM)
        expected = stated <= reach
        for first, second in ((a, b), (b, a)):
            both = engine.pairs_meet(first, second, reach)
            alone = engine.pairs_meet(first, second, reach, path="filter")
            told["asked"] += int(fit.sum())
            told["settled"] += int((fit & (alone >= 0)).sum())
            told["wrong"] += int(
                (fit & (both != expected)).sum() + (fit & (alone >= 0) & (alone != expected)).sum()
            )
    return told
