"""Which places lie within 100 m (or another reach) of each other, found by a grid of cells and not row against row.

Estimates for doubts (see `places.doubts`); pairs across the antimeridian are not looked for.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from standclear.dialects.places.doubts import DEGREE_CM, apart_cm

E7: Final = 10_000_000
NEAR_CM: Final = 10_000  # two rows nearer than this may be one site

Vertex = tuple[int, int]


def near_pairs(places: Sequence[Vertex], reach_cm: int = NEAR_CM) -> Iterator[tuple[int, int]]:
    """The pairs of indexes (lower first) of places within a reach of each other.

    Example:
        >>> list(near_pairs([(0, 0), (5000, 5000), (0, 300000000)]))
        [(0, 1)]
    """
    cells: dict[tuple[int, int], list[int]] = {}
    high = math.ceil(reach_cm / DEGREE_CM * E7)  # a band of latitude is as high as the reach
    for index, at in enumerate(places):
        band = at[1] // high
        reach = _reach_e7(band, high)
        for other_band in (band - 1, band, band + 1):
            width = _reach_e7(other_band, high)
            for column in range((at[0] - reach) // width, (at[0] + reach) // width + 1):
                for other in cells.get((other_band, column), ()):
                    if apart_cm(at, places[other]) <= reach_cm:
                        yield other, index
        cells.setdefault((band, at[0] // reach), []).append(index)


@lru_cache(maxsize=65_536)
def _reach_e7(band: int, high: int) -> int:
    """How much longitude a band's height is at most in it and its neighbours."""
    furthest = min(max(abs(band - 1), abs(band + 2)) * high / E7, 89.9)
    return math.ceil(high / math.cos(math.radians(furthest)))
