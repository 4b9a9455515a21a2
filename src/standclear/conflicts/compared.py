"""Compared sites: which notices a party has said are one thing, or are not (objections `duplicate` and `distinct`).

Both notices stand whatever was said: the answer is shown, and keeps the same question from being asked again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from standclear.conflicts.standing import Standing

ANSWERS: Final = frozenset({"duplicate", "distinct"})
TWO: Final = 2


class Compared:
    """The answers of one log, by the notices that they name."""

    def __init__(self) -> None:
        self._said: dict[bytes, dict[bytes, tuple[bytes, str]]] = {}
        self._named: dict[bytes, tuple[bytes, ...]] = {}

    def say(self, sid: bytes, party: bytes, reason: str, refs: Sequence[bytes]) -> None:
        """A party's objection of this sid names notices that are one thing, or are each another."""
        if reason in ANSWERS and len(refs) >= TWO:
            self._named[sid] = tuple(refs)
            for ref in refs:
                self._said.setdefault(ref, {})[sid] = (party, reason)

    def is_answered(self, party: bytes, one: Standing, other: Standing) -> bool:
        """Whether a party has said of two notices, or of versions of them that differ in nothing, what they are."""
        return any(sid in self._by(party, other) for sid in self._by(party, one))

    def same_as(self, party: bytes, one: Standing) -> Iterator[bytes]:
        """The notices that a party has said are one thing with a notice."""
        own = {one.ref, *one.same_as}
        for sid, reason in self._by(party, one).items():
            if reason == "duplicate":
                yield from (ref for ref in self._named[sid] if ref not in own)

    def _by(self, party: bytes, one: Standing) -> dict[bytes, str]:
        return {
            sid: reason
            for ref in self._versions(one)
            for sid, (who, reason) in self._said.get(ref, {}).items()
            if who == party
        }

    def _versions(self, one: Standing) -> Iterable[bytes]:
        return (one.ref, *one.same_as)
