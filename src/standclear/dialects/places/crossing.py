"""Whether a ring crosses or touches itself; exact, in whole numbers. A doubt about a drawing, not a decision."""

from __future__ import annotations

Vertex = tuple[int, int]
Edge = tuple[Vertex, Vertex]


def crosses_itself(ring: tuple[Vertex, ...]) -> bool:
    """Whether two edges of a ring share a point, other than neighbours their common vertex.

    Edges are swept from west to east; only those that overlap in longitude are compared.

    Example:
        >>> crosses_itself(((0, 0), (10, 10), (10, 0), (0, 10)))
        True
        >>> crosses_itself(((0, 0), (10, 0), (10, 10), (0, 10)))
        False
    """
    count = len(ring)
    edges = [(ring[i], ring[(i + 1) % count]) for i in range(count)]
    active: list[int] = []
    for i in sorted(range(count), key=lambda i: min(edges[i][0][0], edges[i][1][0])):
        west = min(edges[i][0][0], edges[i][1][0])
        active = [j for j in active if max(edges[j][0][0], edges[j][1][0]) >= west]
        if any(_touch(edges[i], edges[j], (i - j) % count, count) for j in active):
            return True
        active.append(i)
    return False


def _touch(one: Edge, other: Edge, apart: int, count: int) -> bool:
    if apart in {1, count - 1}:
        return _folds_back(one, other)
    (a, b), (c, d) = one, other
    if max(c[1], d[1]) < min(a[1], b[1]) or max(a[1], b[1]) < min(c[1], d[1]):
        return False
    turns = _turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b)
    if turns[0] * turns[1] < 0 and turns[2] * turns[3] < 0:
        return True
    ends = ((a, b, c), (a, b, d), (c, d, a), (c, d, b))
    return any(turn == 0 and _between(*three) for turn, three in zip(turns, ends, strict=True))


def _folds_back(one: Edge, other: Edge) -> bool:
    """Neighbours share a vertex; they share more only if one runs back over the other."""
    shared = one[0] if one[0] in other else one[1]
    a = one[1] if one[0] == shared else one[0]
    b = other[1] if other[0] == shared else other[0]
    forward = (a[0] - shared[0]) * (b[0] - shared[0]) + (a[1] - shared[1]) * (b[1] - shared[1])
    return _turn(shared, a, b) == 0 and forward > 0


def _turn(a: Vertex, b: Vertex, c: Vertex) -> int:
    cross = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return (cross > 0) - (cross < 0)


def _between(a: Vertex, b: Vertex, c: Vertex) -> bool:
    return min(a[0], b[0]) <= c[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= c[1] <= max(a[1], b[1])
