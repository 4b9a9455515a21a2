"""Which rows of a list lie within 100 m of each other, found by a grid of cells and not row against row.

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
_BAND_E7: Final = math.ceil(NEAR_CM / DEGREE_CM * E7)  # a band of latitude as high as the reach

Vertex = tuple[int, int]


def near_pairs(places: Sequence[Vertex]) -> Iterator[tuple[int, int]]:
    """The pairs of indexes (lower first) of places within 100 m of each other.

    Example:
        >>> list(near_pairs([(0, 0), (5000, 5000), (0, 300000000)]))
        [(0, 1)]
    """
    cells: dict[tuple[int, int], list[int]] = {}
    for index, at in enumerate(places):
        band = at[1] // _BAND_E7
        reach = _reach_e7(band)
        for other_band in (band - 1, band, band + 1):
            width = _reach_e7(other_band)
            for column in range((at[0] - reach) // width, (at[0] + reach) // width + 1):
                for other in cells.get((other_band, column), ()):
                    if apart_cm(at, places[other]) <= NEAR_CM:
                        yield other, index
        cells.setdefault((band, at[0] // reach), []).append(index)


@lru_cache(maxsize=65_536)
def _reach_e7(band: int) -> int:
    """How much longitude 100 m are at most in a band and its neighbours."""
    furthest = min(max(abs(band - 1), abs(band + 2)) * _BAND_E7 / E7, 89.9)
    return math.ceil(_BAND_E7 / math.cos(math.radians(furthest)))
