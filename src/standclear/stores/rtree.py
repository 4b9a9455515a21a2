"""A candidate index on SQLite's R*Tree, in memory: what the service runs on where the native engine is not installed.

It proposes by boxes, so it may propose what the exact predicate then refuses, and never the reverse: `boxes_of` is
certain to hold its volume, and every coordinate goes into the tree by a rule that never changes the order of two.
The tree is of 32-bit integers: places in 1e-7 degree and heights in centimetres fit as they are; times are whole
seconds, with all after early 2106 as one.

Standard: SQLite R*Tree, https://sqlite.org/rtree.html (rtree_i32).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import apsw

from standclear.spacetime.bounds import Box, boxes_of
from standclear.spacetime.meet import Margin
from standclear.spacetime.volume import Volume

# A box's row is number * BOXES_MAX + its place among the number's boxes.
BOXES_MAX: Final = 2**20
NUMBER_MAX: Final = 2**42
_LAST_SECOND: Final = 2**31 - 1
_FIRST_SECOND: Final = -(2**31)

_INSERT: Final = "INSERT INTO boxes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_OVERLAPPING: Final = (
    "SELECT id FROM boxes WHERE east >= ? AND west <= ? AND north >= ? AND south <= ?"
    " AND upper >= ? AND lower <= ? AND latest >= ? AND earliest <= ?"
)


class RTreeIndex:
    """Boxes in an R*Tree of longitude, latitude, height and time. Used by one thread."""

    def __init__(self) -> None:
        self._tree = apsw.Connection(":memory:")
        # Nothing here outlives the process, and nothing is ever rolled back.
        self._tree.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        self._tree.execute(
            "CREATE VIRTUAL TABLE boxes USING"
            " rtree_i32(id, west, east, south, north, lower, upper, earliest, latest)"
        )
        self._counts: dict[int, int] = {}

    def insert(self, rows: Iterable[tuple[int, Sequence[Volume]]]) -> None:
        """See `CandidateIndex.insert`."""
        with self._tree:
            self._tree.executemany(_INSERT, self._new_rows(rows))

    def remove(self, number: int) -> None:
        """See `CandidateIndex.remove`."""
        first = number * BOXES_MAX
        for row in range(first, first + self._counts.pop(number)):
            self._tree.execute("DELETE FROM boxes WHERE id = ?", (row,))

    def candidates(self, volumes: Sequence[Volume], margin: Margin) -> list[int]:
        """See `CandidateIndex.candidates`."""
        found: set[int] = set()
        for volume in volumes:
            reach_cm, vertical_cm = margin.horizontal_cm, margin.vertical_cm
            for box in boxes_of(volume, reach_cm, vertical_cm=vertical_cm, time_ms=margin.time_ms):
                rows: list[Any] = self._tree.execute(_OVERLAPPING, sides_of(box)).fetchall()
                found.update(row // BOXES_MAX for (row,) in rows)
        return sorted(found)

    def _new_rows(self, rows: Iterable[tuple[int, Sequence[Volume]]]) -> Iterator[tuple[int, ...]]:
        for number, volumes in rows:
            assert 0 <= number < NUMBER_MAX
            assert number not in self._counts, "the number is in use"
            boxes = [box for volume in volumes for box in boxes_of(volume)]
            assert len(boxes) <= BOXES_MAX
            self._counts[number] = len(boxes)
            for row, box in enumerate(boxes, number * BOXES_MAX):
                yield row, *sides_of(box)


def sides_of(box: Box) -> tuple[int, int, int, int, int, int, int, int]:
    """The sides of a box as the tree holds them: each pair in order, every number of 32 bits."""
    return (
        box.west_e7,
        box.east_e7,
        box.south_e7,
        box.north_e7,
        box.lower_cm,
        box.upper_cm,
        second_of(box.start_ms),
        second_of(box.end_ms),
    )


def second_of(time_ms: int) -> int:
    """A time in whole seconds within 32 bits. Of two times the later never gets the lower number."""
    return min(time_ms // 1_000 + _FIRST_SECOND, _LAST_SECOND)
