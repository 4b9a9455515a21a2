"""The port of a candidate index: it proposes what may meet; the exact predicate decides (founding decision 15)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from standclear.spacetime.meet import Margin
from standclear.spacetime.volume import Volume


class CandidateIndex(Protocol):
    """Which volumes may meet a given one.

    A number names a set of volumes. `candidates` MUST give every number one of whose volumes meets (spacetime.meet) one
    of the volumes asked about within the margin; it MAY give others. Used by one thread.
    """

    def insert(self, rows: Iterable[tuple[int, Sequence[Volume]]]) -> None:
        """Add volumes under numbers that are not in use."""

    def remove(self, number: int) -> None:
        """Take a number out; one that is absent is an error of the caller (KeyError)."""

    def candidates(self, volumes: Sequence[Volume], margin: Margin) -> list[int]:
        """Numbers that may meet, each once, in rising order."""
