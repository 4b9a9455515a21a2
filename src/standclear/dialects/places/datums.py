"""What a datum leaves open: positions are never converted here, the uncertainty of not doing so is added.

The figures are the longest shift between the datum and WGS 84 found over the areas of all transformations
that the EPSG register publishes for it, rounded up (ED50: 198 m in Portugal, 113 to 134 m in Syria and Yemen;
Pulkovo 1942: 172 m in Armenia). `tests/pure/dialects` repeats the search. Where no datum is stated, the larger
of the two is added.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from standclear.errors import Malformed

NOT_STATED: Final = "not stated"
SHIFT_CM: Final = {
    "WGS84": 0,
    "ED50": 20_000,
    "Pulkovo-42": 17_500,
    NOT_STATED: 20_000,
}
_SPELLINGS: Final = {
    "wgs84": "WGS84",
    "wgs1984": "WGS84",
    "epsg4326": "WGS84",
    "ed50": "ED50",
    "europeandatum1950": "ED50",
    "pulkovo42": "Pulkovo-42",
    "pulkovo1942": "Pulkovo-42",
    "sk42": "Pulkovo-42",
    "ск42": "Pulkovo-42",
}


@lru_cache(maxsize=256)
def read_datum(stated: str | None, *, field: str) -> str:
    """The name of a datum in our spelling; `not stated` for None.

    Raises:
        Malformed: a datum not known here.
    """
    if stated is None or stated == NOT_STATED:
        return NOT_STATED
    plain = "".join(c for c in stated.lower() if c.isalnum())
    if plain not in _SPELLINGS:
        known = ", ".join(name for name in SHIFT_CM if name != NOT_STATED)
        raise Malformed(field, f"datum {stated!r} is not known here", f"state one of {known}, or none")
    return _SPELLINGS[plain]
