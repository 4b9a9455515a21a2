"""History: what the deeds said while the words were there. A fold that outlives a body takes it from them (founding decision 12).

Whether two notices meet is the one thing that cannot be derived again once the place of one of them is gone; so are the
marks of its own filing (too large, beyond an owner's consent) and whether it was the same as another version. All else
follows from headers, slots, lists, times, codes and counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass, field

from standclear.statements.deeds import EffectRecord, MeetsRecord, Record, ShreddedRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """What the deeds said of one entry: the marks that were put on it, and the pairs that its filing met."""

    marks: tuple[str, ...]
    pairs: frozenset[tuple[bytes, bytes]]
    same: Set[tuple[bytes, bytes]]

    def met(self, filed: bytes, other: bytes) -> bool:
        """Whether the deeds say that a notice of this entry met another one."""
        return (filed, other) in self.pairs

    def met_by(self, filed: bytes) -> list[bytes]:
        """What a notice of this entry met, as the deeds say."""
        return [other for one, other in self.pairs if one == filed]

    def is_same(self, old: bytes, new: bytes) -> bool:
        """Whether two versions, one of them gone, differed in nothing that a planner relies on."""
        return (old, new) in self.same or (new, old) in self.same


@dataclass(slots=True)
class History:
    """All that the deeds of a log say, for the entries that rest on it. Made only where something was shredded."""

    shredded: dict[bytes, ShreddedRecord] = field(default_factory=dict)
    traces: dict[bytes, bytes] = field(default_factory=dict)
    _marks: dict[int, tuple[str, ...]] = field(default_factory=dict)
    _pairs: dict[bytes, set[tuple[bytes, bytes]]] = field(default_factory=dict)
    _same: set[tuple[bytes, bytes]] = field(default_factory=set)

    def take_in(self, records: Iterable[Record]) -> None:
        """Take in the records of one deeds statement: its effects and its items."""
        for one in records:
            match one:
                case EffectRecord():
                    self._marks[one.index] = one.marks
                case MeetsRecord():
                    self._pairs.setdefault(one.trigger, set()).add((one.a, one.b))
                case ShreddedRecord():
                    self.shredded.setdefault(one.ref, one)
                    self.traces.setdefault(one.ref, one.trace)
                    self._same.update((one.ref, other) for other in one.same)
                case _:
                    pass

    def of(self, index: int, sid: bytes) -> Recalled:
        """What was said of one entry."""
        return Recalled(
            marks=self._marks.get(index, ()),
            pairs=frozenset(self._pairs.get(sid, ())),
            same=self._same,
        )
