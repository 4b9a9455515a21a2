"""An outbox in memory: for tests, and for an exercise that nobody needs to survive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from standclear.flow.outbox import KeptAnswer, Parcel, Reach


class MemoryOutbox:
    """The port's contract, without a disk."""

    def __init__(self) -> None:
        self._parcels: dict[bytes, Parcel] = {}
        self._reach = Reach()
        self._calls: dict[bytes, bytes] = {}
        self._answers: dict[bytes, tuple[str, str, int]] = {}
        self._said: set[bytes] = set()
        self._unrecorded: set[bytes] = set()

    def put(self, parcels: Sequence[Parcel], reach: Reach | None) -> None:
        for one in parcels:
            if one.id not in self._parcels and one.state != "waiting":
                self._unrecorded.add(one.id)
            held = self._parcels.setdefault(one.id, one)
            if one.end > held.end:
                self._parcels[one.id] = replace(held, start=one.start, end=one.end)
        if reach is not None:
            told = dict(self._reach.told)
            for party, position in reach.told.items():
                told[party] = max(position, told.get(party, 0))
            self._reach = Reach(after_ms=max(reach.after_ms, self._reach.after_ms), told=told)

    def ready(self, now_ms: int, most: int) -> tuple[Parcel, ...]:
        found = [one for one in self._parcels.values() if one.state == "waiting" and one.next_ms <= now_ms]
        return tuple(sorted(found, key=lambda one: (one.severity, one.due_ms, one.id))[:most])

    def later(self, parcel: bytes, next_ms: int, said: str) -> None:
        held = self._parcels[parcel]
        self._parcels[parcel] = replace(held, tries=held.tries + 1, next_ms=next_ms, said=said)

    def ended(self, parcel: bytes, state: str, said: str, at_ms: int) -> None:
        held = self._parcels[parcel]
        self._parcels[parcel] = replace(held, tries=held.tries + 1, state=state, said=said, next_ms=at_ms)
        self._unrecorded.add(parcel)

    def unrecorded(self, most: int) -> tuple[Parcel, ...]:
        return tuple(self._parcels[one] for one in sorted(self._unrecorded)[:most])

    def recorded(self, parcels: Sequence[bytes]) -> None:
        self._unrecorded.difference_update(parcels)

    def reach(self) -> Reach:
        return self._reach

    def handed_end(self, party: bytes) -> int:
        mine = [one for one in self._parcels.values() if one.party == party and one.end > one.start]
        handed = {one.duty for one in mine if one.state == "handed"}
        missing = [one.start for one in mine if one.duty not in handed]
        return min([self._reach.told.get(party, 0), *missing])

    def count(self) -> Mapping[str, int]:
        return Counter(one.state for one in self._parcels.values())

    def keep_call(self, sid: bytes, text: bytes) -> None:
        self._calls.setdefault(sid, text)

    def forget_call(self, sid: bytes) -> None:
        self._calls.pop(sid, None)

    def kept_calls(self) -> tuple[bytes, ...]:
        return tuple(self._calls.values())

    def find_code(self, code: bytes) -> Parcel | None:
        return next((one for one in self._parcels.values() if one.code == code), None)

    def sent_to(self, to: str, since_ms: int) -> tuple[Parcel, ...]:
        found = [one for one in self._parcels.values() if one.to == to and one.due_ms >= since_ms]
        return tuple(sorted(found, key=lambda one: (-one.due_ms, one.id)))

    def answer(self, code: bytes, answer: str, by: str, at_ms: int) -> bool:
        if self.find_code(code) is None or code in self._answers:
            return False
        self._answers[code] = answer, by, at_ms
        return True

    def find_answer(self, code: bytes) -> KeptAnswer | None:
        parcel = self.find_code(code)
        if parcel is None or code not in self._answers:
            return None
        answer, by, at_ms = self._answers[code]
        return KeptAnswer(parcel=parcel, answer=answer, by=by, at_ms=at_ms)

    def unsaid(self) -> tuple[KeptAnswer, ...]:
        found = [self.find_answer(code) for code in self._answers if code not in self._said]
        return tuple(one for one in found if one is not None)

    def said(self, code: bytes) -> None:
        self._said.add(code)

    def close(self) -> None:
        """Nothing is held."""
