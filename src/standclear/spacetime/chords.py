"""The exact distance of two chords of Earth-centred space, in whole centimetres, rounded up.

It compares rationals; no root is ever rounded.
"""

from __future__ import annotations

from math import isqrt

from standclear.spacetime.earth import Place


def chord_gap_cm(p: Place, q: Place, r: Place, s: Place) -> int:
    """The least whole number of centimetres that is not below the distance of the chords p-q and r-s.

    The distance of two segments is least either at an end of one of them, or where the common perpendicular
    of their lines meets both of them.

    Example:
        >>> chord_gap_cm((0, 0, 0), (10, 0, 0), (5, -5, 3), (5, 5, 3))
        3
    """
    if p == q and r == s:
        return root_up((p[0] - r[0]) ** 2 + (p[1] - r[1]) ** 2 + (p[2] - r[2]) ** 2, 1)
    ux, uy, uz = q[0] - p[0], q[1] - p[1], q[2] - p[2]
    vx, vy, vz = s[0] - r[0], s[1] - r[1], s[2] - r[2]
    wx, wy, wz = p[0] - r[0], p[1] - r[1], p[2] - r[2]
    uu = ux * ux + uy * uy + uz * uz
    uv = ux * vx + uy * vy + uz * vz
    vv = vx * vx + vy * vy + vz * vz
    uw = ux * wx + uy * wy + uz * wz
    vw = vx * wx + vy * wy + vz * wz
    crossed = uu * vv - uv * uv
    if 0 < uv * vw - vv * uw < crossed and 0 < uu * vw - uv * uw < crossed:
        across = wx * (uy * vz - uz * vy) + wy * (uz * vx - ux * vz) + wz * (ux * vy - uy * vx)
        return root_up(across * across, crossed)
    ww = wx * wx + wy * wy + wz * wz
    return min(
        _end_gap_cm(ww, -uw, uu),  # r from p-q
        _end_gap_cm(ww - 2 * vw + vv, uv - uw, uu),  # s from p-q
        _end_gap_cm(ww, vw, vv),  # p from r-s
        _end_gap_cm(ww + 2 * uw + uu, vw + uv, vv),  # q from r-s
    )


def _end_gap_cm(to_start: int, along: int, length: int) -> int:
    """The gap, rounded up, of a point and a segment, from the squared distance of the point to the start of
    the segment, the product of that difference with the segment's vector, and the vector's square."""
    if along <= 0:
        return root_up(to_start, 1)
    if along >= length:
        return root_up(to_start - 2 * along + length, 1)
    return root_up(to_start * length - along * along, length)


def root_up(above: int, under: int) -> int:
    """The least whole T with T^2 not below above/under; `above` is not negative, `under` is positive."""
    least = -(-above // under)
    return isqrt(least - 1) + 1 if least > 0 else 0
