"""The gap of two chords is exact: the integers agree with rational arithmetic done another way."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standclear.spacetime.chords import chord_gap_cm, root_up
from standclear.spacetime.earth import Place

SMALL = st.integers(-4, 4)  # parallel, crossing and degenerate chords come often
LARGE = st.integers(-640_000_000, 640_000_000)
PLACES = st.tuples(SMALL, SMALL, SMALL) | st.tuples(LARGE, LARGE, LARGE)


def dot(a: tuple[Fraction, ...] | Place, b: tuple[Fraction, ...] | Place) -> Fraction:
    return sum((Fraction(x) * y for x, y in zip(a, b, strict=True)), Fraction(0))


def minus(a: Place, b: Place) -> Place:
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


def clamped(x: Fraction) -> Fraction:
    return max(Fraction(0), min(Fraction(1), x))


def squared_apart(p: Place, q: Place, r: Place, s: Place) -> Fraction:
    """The square of the distance: the better parameter of each chord for the other, clamped in turn."""
    u, v, w = minus(q, p), minus(s, r), minus(p, r)
    uu, vv, uv, uw, vw = dot(u, u), dot(v, v), dot(u, v), dot(u, w), dot(v, w)
    det = uu * vv - uv * uv
    along_u = clamped((uv * vw - vv * uw) / det) if det else Fraction(0)
    along_v = clamped((uv * along_u + vw) / vv) if vv else Fraction(0)
    along_u = clamped((uv * along_v - uw) / uu) if uu else Fraction(0)
    along_v = clamped((uv * along_u + vw) / vv) if vv else Fraction(0)
    apart = tuple(w[i] + along_u * u[i] - along_v * v[i] for i in range(3))
    return dot(apart, apart)


def rounded_up(squared: Fraction) -> int:
    root = isqrt(squared.numerator // squared.denominator)
    return root if root * root >= squared else root + 1


GAPS = {
    "one place": ((0, 0, 0), (0, 0, 0), (0, 0, 0), (0, 0, 0), 0),
    "two places": ((0, 0, 0), (0, 0, 0), (3, 4, 0), (3, 4, 0), 5),
    "two places, no whole distance": ((0, 0, 0), (0, 0, 0), (1, 1, 1), (1, 1, 1), 2),
    "crossing": ((-5, 0, 0), (5, 0, 0), (0, -5, 0), (0, 5, 0), 0),
    "one above the other": ((-5, 0, 0), (5, 0, 0), (0, -5, 3), (0, 5, 3), 3),
    "end to end on a line": ((0, 0, 0), (5, 0, 0), (9, 0, 0), (20, 0, 0), 4),
    "overlapping on a line": ((0, 0, 0), (5, 0, 0), (3, 0, 0), (20, 0, 0), 0),
    "parallel": ((0, 0, 0), (5, 0, 0), (3, 7, 0), (20, 7, 0), 7),
    "a place beside a chord": ((0, 0, 0), (10, 0, 0), (5, 2, 0), (5, 2, 0), 2),
    "a place beyond a chord": ((0, 0, 0), (10, 0, 0), (13, 4, 0), (13, 4, 0), 5),
    "touching at an end": ((0, 0, 0), (10, 0, 0), (10, 0, 0), (10, 9, 9), 0),
}


@pytest.mark.parametrize(("p", "q", "r", "s", "gap"), GAPS.values(), ids=list(GAPS))
def test_the_gap_of_two_chords_is_what_one_can_see(p: Place, q: Place, r: Place, s: Place, gap: int) -> None:
    assert [gap] * 4 == [
        chord_gap_cm(p, q, r, s),
        chord_gap_cm(q, p, r, s),
        chord_gap_cm(r, s, p, q),
        chord_gap_cm(s, r, q, p),
    ]


@given(PLACES, PLACES, PLACES, PLACES)
def test_the_gap_is_exact_and_rounded_up(p: Place, q: Place, r: Place, s: Place) -> None:
    assert rounded_up(squared_apart(p, q, r, s)) == chord_gap_cm(p, q, r, s)


@given(st.integers(0, 10**40), st.integers(1, 10**20))
def test_a_root_is_the_least_whole_number_that_is_not_below(above: int, under: int) -> None:
    root = root_up(above, under)
    assert root * root * under >= above
    assert root == 0 or (root - 1) ** 2 * under < above
