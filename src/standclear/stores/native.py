"""A candidate index on the native engine: exact by itself, and still only a proposal here.

The engine agrees with the Python predicate on every pair (docs/engine.md), so what it proposes is what meets. The
register decides each proposal with the predicate all the same: the Python is the law. Needs `standclear-engine`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from standclear_engine import Index, Rules, UnknownId, Volumes

from standclear.limits import INSERTS_WAITING_MAX
from standclear.spacetime.meet import Margin
from standclear.spacetime.volume import Volume

_STORED = 0
_ASKING = 1  # another party than the stored one: the engine leaves out volumes of one and the same party


class NativeIndex:
    """A candidate index in the engine's memory. Used by one thread; merges go on in one of the engine's own.

    What is inserted waits until somebody asks, or until enough waits: many together cost a small part of one by one.
    """

    def __init__(self) -> None:
        self._index = Index(Rules(margin=(0, 0, 0)))
        self._waiting: dict[int, Sequence[Volume]] = {}

    def insert(self, rows: Iterable[tuple[int, Sequence[Volume]]]) -> None:
        """See `CandidateIndex.insert`."""
        for number, volumes in rows:
            assert number not in self._waiting
            self._waiting[number] = volumes
        if len(self._waiting) >= INSERTS_WAITING_MAX:
            self._put_in()

    def remove(self, number: int) -> None:
        """See `CandidateIndex.remove`."""
        if self._waiting.pop(number, None) is not None:
            return
        try:
            self._index.remove(number)
        except UnknownId:
            raise KeyError(number) from None

    def candidates(self, volumes: Sequence[Volume], margin: Margin) -> list[int]:
        """See `CandidateIndex.candidates`."""
        self._put_in()
        if not volumes:
            return []
        found = self._index.check(list(volumes), party=_ASKING, kind=0, margin=margin)
        return sorted({row[0] for row in found})

    def _put_in(self) -> None:
        """Hand everything that waits to the engine."""
        if not self._waiting:
            return
        numbers = [number for number, volumes in self._waiting.items() for _ in volumes]
        parts = [part for volumes in self._waiting.values() for part in range(len(volumes))]
        together = Volumes.of([volume for volumes in self._waiting.values() for volume in volumes])
        self._index.insert(numbers, together, party=_STORED, kind=0, parts=parts)
        self._waiting.clear()
