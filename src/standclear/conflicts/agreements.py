"""The arrangements of a log: a fold over their versions and adherences. Every decision names the version in force.

A new version of an arrangement waits: it takes force when every party that adheres to the version in force adheres to the
new one too, and until then the old rules stand. So nobody's rules, and nobody's "any party of the arrangement", are
changed over its head. Where nobody has ever adhered, a member's new version takes force at once; where everybody has
withdrawn, none does. A party is free to withdraw from the version in force at any time, for itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from standclear.conflicts.outcome import Outcome
from standclear.statements.arrangement import Adherence, Arrangement


@dataclass(slots=True, kw_only=True)
class _Waiting:
    """A version that is not in force yet, and who has adhered to it."""

    arrangement: Arrangement
    adhered: set[bytes] = field(default_factory=set)
    reservations: dict[bytes, tuple[str, ...]] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Accord:
    """One arrangement through its versions: the one in force, its sid, who adheres to it, and the versions that wait.

    `reservations` are those with which a party adheres to the version in force; who adheres with none is not in it.
    """

    first: bytes
    sid: bytes
    arrangement: Arrangement
    adhered: set[bytes] = field(default_factory=set)
    reservations: dict[bytes, tuple[str, ...]] = field(default_factory=dict)
    was_adhered: bool = False
    waiting: dict[bytes, _Waiting] = field(default_factory=dict)

    def binds(self, arrangement: Arrangement, party: bytes) -> bool:
        """Whether a party may take up a version: one that names it as a party, or that would bind it no longer."""
        return party in self.adhered or arrangement.role_of(party) == "party"

    def is_agreed(self, sid: bytes) -> bool:
        """Whether every party that adheres to the version in force adheres to this waiting one too."""
        return bool(self.adhered) and self.adhered <= self.waiting[sid].adhered

    def take_force(self, sid: bytes) -> None:
        """Put a waiting version in the place of the one in force; others that wait were written against the old one."""
        version = self.waiting[sid]
        self.sid, self.arrangement = sid, version.arrangement
        self.adhered = {one for one in version.adhered if version.arrangement.role_of(one) == "party"}
        self.reservations = {one: said for one, said in version.reservations.items() if one in self.adhered}
        self.waiting.clear()


class Agreements:
    """All arrangements, found by the sid of any of their versions."""

    def __init__(self) -> None:
        self._by_sid: dict[bytes, Accord] = {}

    def find(self, sid: bytes | None) -> Accord | None:
        """The arrangement one of whose versions this is, or None."""
        return None if sid is None else self._by_sid.get(sid)

    def all(self) -> tuple[Accord, ...]:
        """Every arrangement once, in the order of its first version."""
        return tuple({id(one): one for one in tuple(self._by_sid.values())}.values())

    def state(self, sid: bytes, arrangement: Arrangement, outcome: Outcome) -> None:
        """Take in a new arrangement: its first version is in force from here on."""
        self._by_sid[sid] = Accord(first=sid, sid=sid, arrangement=arrangement)
        outcome.rule = sid

    def replace(
        self, sid: bytes, party: bytes, arrangement: Arrangement, replaced: set[bytes], outcome: Outcome
    ) -> Accord | None:
        """Take in a new version of the arrangement whose versions it replaces; that one, if it is in force now.

        The outcome says what became of it: in force, waiting, stale (it replaces a version that is no longer in force),
        or not the party's to say.
        """
        named = {id(one): one for old in replaced if (one := self._by_sid.get(old)) is not None}
        agreement = next(iter(named.values()), None)
        if agreement is None or any(old not in self._by_sid for old in replaced):
            outcome.effect = "waiting"
            outcome.mark("replaces_unknown")
            return None
        if len(named) > 1 or agreement.arrangement.role_of(party) is None:
            outcome.effect = "not_yours"
            outcome.mark("replaces_not_yours")
            return None
        outcome.rule = agreement.sid
        if not replaced <= {agreement.sid, *agreement.waiting}:
            outcome.effect = "stale"
            outcome.mark("replaces_replaced")
            return None
        self._by_sid[sid] = agreement
        agreement.waiting[sid] = _Waiting(arrangement=arrangement)
        if agreement.was_adhered:
            outcome.effect = "waiting"
            outcome.mark("waits_for_adherence")
            return None
        agreement.take_force(sid)
        outcome.rule = sid
        return agreement

    def adhere(self, sid: bytes, party: bytes, adherence: Adherence, outcome: Outcome) -> Accord | None:
        """Take in an adherence to one version, or a withdrawal from it; the arrangement, if it has other rules by this."""
        agreement = self._by_sid.get(sid)
        if agreement is None:
            outcome.effect = "waiting"
            outcome.mark("adheres_to_unknown")
            return None
        if sid != agreement.sid and sid not in agreement.waiting:
            outcome.effect = "stale"
            outcome.mark("adheres_to_replaced")
            return None
        version = agreement if sid == agreement.sid else agreement.waiting[sid]
        if not agreement.binds(version.arrangement, party):
            outcome.effect = "not_yours"
            outcome.mark("not_a_party_of_it")
            return None
        version.reservations.pop(party, None)
        if adherence.adheres and adherence.reservations:
            version.reservations[party] = adherence.reservations
        if adherence.adheres:
            version.adhered.add(party)
            agreement.was_adhered = agreement.was_adhered or version is agreement
        else:
            version.adhered.discard(party)
        agreed = next((one for one in agreement.waiting if agreement.is_agreed(one)), None)
        if agreed is None:
            return None
        agreement.take_force(agreed)
        outcome.rule = agreed
        outcome.mark("takes_force")
        return agreement
