"""A candidate index in plain Python, for refolding a log where no engine and no database is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from standclear.spacetime.bounds import Box, boxes_of, boxes_overlap
from standclear.spacetime.meet import Margin
from standclear.spacetime.volume import Volume

CELL_E7 = 2_500_000  # a quarter of a degree
CELLS_MAX = 64
"""Boxes over more cells than this are looked at for every question: a few large ones cost less than many small cells."""


class GridIndex:
    """Boxes by cells of a quarter of a degree; keeps to `conflicts.candidates.CandidateIndex`."""

    def __init__(self) -> None:
        self._boxes: dict[int, tuple[Box, ...]] = {}
        self._cells: dict[tuple[int, int], set[int]] = {}
        self._wide: set[int] = set()

    def insert(self, rows: Iterable[tuple[int, Sequence[Volume]]]) -> None:
        for number, volumes in rows:
            boxes = tuple(box for volume in volumes for box in boxes_of(volume))
            self._boxes[number] = boxes
            for box in boxes:
                cells = _cells_of(box)
                if cells is None:
                    self._wide.add(number)
                else:
                    for cell in cells:
                        self._cells.setdefault(cell, set()).add(number)

    def remove(self, number: int) -> None:
        for box in self._boxes.pop(number):
            for cell in _cells_of(box) or ():
                self._cells[cell].discard(number)
        self._wide.discard(number)

    def candidates(self, volumes: Sequence[Volume], margin: Margin) -> list[int]:
        asked = [
            box
            for volume in volumes
            for box in boxes_of(
                volume, margin.horizontal_cm, vertical_cm=margin.vertical_cm, time_ms=margin.time_ms
            )
        ]
        found: set[int] = set()
        for box in asked:
            cells = _cells_of(box)
            near = (
                set(self._boxes)
                if cells is None
                else self._wide.union(*(self._cells.get(c, ()) for c in cells))
            )
            found.update(
                number
                for number in near - found
                if any(boxes_overlap(box, one) for one in self._boxes[number])
            )
        return sorted(found)


def _cells_of(box: Box) -> list[tuple[int, int]] | None:
    """The cells that a box touches; None if they are too many."""
    west, east = box.west_e7 // CELL_E7, box.east_e7 // CELL_E7
    south, north = box.south_e7 // CELL_E7, box.north_e7 // CELL_E7
    if (east - west + 1) * (north - south + 1) > CELLS_MAX:
        return None
    return [(x, y) for x in range(west, east + 1) for y in range(south, north + 1)]
