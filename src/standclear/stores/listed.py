"""A candidate index that is a plain list: for tests, and for logs so small that nothing need be built."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from standclear.spacetime.bounds import Box, boxes_of, boxes_overlap
from standclear.spacetime.meet import Margin
from standclear.spacetime.volume import Volume


class ListedIndex:
    """Every box is looked at for every question. Used by one thread."""

    def __init__(self) -> None:
        self._boxes: dict[int, tuple[Box, ...]] = {}

    def insert(self, rows: Iterable[tuple[int, Sequence[Volume]]]) -> None:
        """See `CandidateIndex.insert`."""
        for number, volumes in rows:
            assert number not in self._boxes, "the number is in use"
            self._boxes[number] = tuple(box for volume in volumes for box in boxes_of(volume))

    def remove(self, number: int) -> None:
        """See `CandidateIndex.remove`."""
        del self._boxes[number]

    def candidates(self, volumes: Sequence[Volume], margin: Margin) -> list[int]:
        """See `CandidateIndex.candidates`."""
        asked = [
            box
            for volume in volumes
            for box in boxes_of(
                volume, margin.horizontal_cm, vertical_cm=margin.vertical_cm, time_ms=margin.time_ms
            )
        ]
        return sorted(
            number
            for number, boxes in self._boxes.items()
            if any(boxes_overlap(one, other) for one in asked for other in boxes)
        )
