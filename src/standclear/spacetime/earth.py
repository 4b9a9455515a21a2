"""Places in whole centimetres of Earth-centred space, and the cutting of edges, as `distance/1` has them.

Integers only; `>>` and `//` round down. docs/spec/geometry.md says why each number is what it is. Changing
any constant changes decisions, and needs a new name beside `distance/1`.
"""

from __future__ import annotations

from functools import lru_cache
from math import isqrt
from typing import Final

from standclear.limits import PLACES_KEPT_MAX

Vertex = tuple[int, int]
"""A vertex in the lon/lat plane: (lon_e7, lat_e7)."""

Place = tuple[int, int, int]
"""A place in Earth-centred, Earth-fixed space: (x_cm, y_cm, z_cm)."""

ONE: Final = 1 << 60
RAD: Final = 540_153_240_694_945_931  # round(pi 2^88 / 1.8e9)
E2: Final = 7_718_094_650_643_697  # round(e^2 2^60), WGS 84
A_CM: Final = 637_813_700  # the equatorial radius of WGS 84
QUARTER: Final = 900_000_000 << 16  # a right angle in 2^-16 e7
PIECE_E7: Final = 300_000  # an edge is cut into pieces of at most about 0.03 degrees
BEND_CM: Final = 22  # no path of one piece lies further from its chord
FRACTION_BITS: Final = 16  # cuts fall on 2^-16 e7
HALVINGS_MAX: Final = 15  # what the longest edge of all needs


def sincos(t: int) -> tuple[int, int]:
    """Sine and cosine, times 2^60, of an angle in 2^-16 e7; each within 2^-57.

    Example:
        >>> sincos(377000000 << 16)
        (705042675278820254, 912218626109223826)
    """
    quadrant, rest = divmod(t + QUARTER // 2, QUARTER)
    x = (rest - QUARTER // 2) * RAD >> 44
    xx = x * x >> 60
    s = c = ONE
    for d in (272, 210, 156, 110, 72, 42, 20, 6):
        s = ONE - (xx * s >> 60) // d
    s = x * s >> 60
    for d in (240, 182, 132, 90, 56, 30, 12, 2):
        c = ONE - (xx * c >> 60) // d
    return ((s, c), (c, -s), (-s, -c), (-c, s))[quadrant % 4]


@lru_cache(maxsize=PLACES_KEPT_MAX)
def place(lon: int, lat: int) -> Place:
    """The place at height 0 on WGS 84, in whole centimetres, of a longitude and latitude in 2^-16 e7.

    It is within 1 cm of the true place.

    Example:
        >>> place(-1799999999 << 16, 700000000 << 16)
        (-218792765, 0, 597104001)
    """
    sin_lat, cos_lat = sincos(lat)
    sin_lon, cos_lon = sincos(lon)
    w = isqrt((ONE - (E2 * (sin_lat * sin_lat >> 60) >> 60)) << 60)
    n = (A_CM << 80) // w
    p = n * cos_lat >> 60
    half = 1 << 19
    return (
        (p * cos_lon >> 60) + half >> 20,
        (p * sin_lon >> 60) + half >> 20,
        ((n * (ONE - E2) >> 60) * sin_lat >> 60) + half >> 20,
    )


def place_of(vertex: Vertex) -> Place:
    """The place of a vertex."""
    return place(vertex[0] << FRACTION_BITS, vertex[1] << FRACTION_BITS)


def halvings(a: Vertex, b: Vertex) -> int:
    """How often the edge from a to b is halved: into 2^k pieces, of equal length in longitude/latitude.

    The cosine makes edges along a parallel near a pole as coarse on the ground as elsewhere.
    """
    dx, dy = abs(b[0] - a[0]), abs(b[1] - a[1])
    if dx + dy < PIECE_E7:  # (dx + dy)^2 bounds what is compared below, so this changes no answer
        return 0
    low = 0 if (a[1] > 0) != (b[1] > 0) else min(abs(a[1]), abs(b[1]))
    cosine = (sincos(low << FRACTION_BITS)[1] >> 30) + 1
    size = (dy * dy + 2 * dx * dy << 30) + cosine * dx * dx
    k = 0
    while size > PIECE_E7 * PIECE_E7 << 30 + 2 * k:
        k += 1
    assert k <= HALVINGS_MAX
    return k


def cut_edge(a: Vertex, b: Vertex) -> tuple[Place, ...]:
    """The places of all cuts of the edge from a to b, both ends included; chords join consecutive ones.

    Example:
        >>> len(cut_edge((0, 700000000), (20000000, 700000000)))
        65
    """
    k = halvings(a, b)
    lon, lat = a[0] << FRACTION_BITS, a[1] << FRACTION_BITS
    step_lon, step_lat = b[0] - a[0] << FRACTION_BITS - k, b[1] - a[1] << FRACTION_BITS - k
    return tuple(place(lon + i * step_lon, lat + i * step_lat) for i in range((1 << k) + 1))
