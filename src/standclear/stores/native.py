"""A candidate index on the native engine: exact by itself, and still only a proposal here.

The engine agrees with the Python predicate on every pair (docs/engine.md), so what it proposes is what meets. The
register decides each proposal with the predicate all the same: the Python is the law. Needs `standclear-engine`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from standclear_engine import Index, Rules, UnknownId, Volumes

from standclear.spacetime.meet import Margin
from standclear.spacetime.volume import Volume

_STORED = 0
_ASKING = 1  # another party than the stored one: the engine leaves out volumes of one and the same party


class NativeIndex:
    """A candidate index in the engine's memory. Used by one thread; merges go on in one of the engine's own."""

    def __init__(self) -> None:
        self._index = Index(Rules(margin=(0, 0, 0)))

    def insert(self, rows: Iterable[tuple[int, Sequence[Volume]]]) -> None:
        """See `CandidateIndex.insert`."""
        numbers: list[int] = []
        parts: list[int] = []
        volumes: list[Volume] = []
        for number, held in rows:
            numbers.extend([number] * len(held))
            parts.extend(range(len(held)))
            volumes.extend(held)
        if numbers:
            self._index.insert(numbers, Volumes.of(volumes), party=_STORED, kind=0, parts=parts)

    def remove(self, number: int) -> None:
        """See `CandidateIndex.remove`."""
        try:
            self._index.remove(number)
        except UnknownId:
            raise KeyError(number) from None

    def candidates(self, volumes: Sequence[Volume], margin: Margin) -> list[int]:
        """See `CandidateIndex.candidates`."""
        if not volumes:
            return []
        found = self._index.check(list(volumes), party=_ASKING, kind=0, margin=margin)
        return sorted({row[0] for row in found})
