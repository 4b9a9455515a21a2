"""The arrangements of a log: a fold over their versions and adherences. Every decision names the version in force."""

from __future__ import annotations

from dataclasses import dataclass, field

from standclear.statements.arrangement import Adherence, Arrangement


@dataclass(slots=True, kw_only=True)
class Agreement:
    """One arrangement through its versions: the present one, its sid, and who has adhered."""

    first: bytes
    sid: bytes
    arrangement: Arrangement
    adhered: set[bytes] = field(default_factory=set)


class Agreements:
    """All arrangements, found by the sid of any of their versions."""

    def __init__(self) -> None:
        self._by_sid: dict[bytes, Agreement] = {}

    def find(self, sid: bytes | None) -> Agreement | None:
        """The arrangement one of whose versions this is, or None."""
        return None if sid is None else self._by_sid.get(sid)

    def all(self) -> tuple[Agreement, ...]:
        """Every arrangement once, in the order of its first version."""
        return tuple({id(one): one for one in self._by_sid.values()}.values())

    def state(self, sid: bytes, arrangement: Arrangement, replaced: tuple[bytes, ...]) -> Agreement:
        """Take in a new arrangement, or a new version of the one that it replaces."""
        earlier = next((self._by_sid[old] for old in replaced if old in self._by_sid), None)
        if earlier is None:
            earlier = Agreement(first=sid, sid=sid, arrangement=arrangement)
        earlier.sid = sid
        earlier.arrangement = arrangement
        self._by_sid[sid] = earlier
        return earlier

    def adhere(self, sid: bytes, party: bytes, adherence: Adherence) -> bool:
        """Take in an adherence; False if there is no such arrangement."""
        agreement = self._by_sid.get(sid)
        if agreement is None:
            return False
        if adherence.adheres:
            agreement.adhered.add(party)
        else:
            agreement.adhered.discard(party)
        return True
