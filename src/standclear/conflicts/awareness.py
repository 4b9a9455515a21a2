"""Awareness: what an activity knows of what it meets, and what came since that its desk has not acknowledged.

A notice that was released as *call this desk* says nothing to plan by. Whoever cites or acknowledges it is aware of it
with the record of the call beside it, made or failed: a contact about it by a person of that party (G35).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from standclear.conflicts.inboxes import Inboxes
from standclear.conflicts.outcome import Outcome
from standclear.conflicts.standing import Standing


@dataclass(slots=True, kw_only=True)
class _Unaware:
    """A notice, and the activities that are not aware of it, by number; `read` are those that only miss the call."""

    notice: Standing
    activities: dict[int, Standing] = field(default_factory=dict)
    read: set[int] = field(default_factory=set)


class Awareness:
    """Who is not aware of what, and whom each party has called, in one log."""

    def __init__(self, inboxes: Inboxes) -> None:
        self._inboxes = inboxes
        self._of: dict[bytes, _Unaware] = {}
        self._called: set[tuple[bytes, bytes]] = set()

    # --- asked while matching --------------------------------------------------------------------------

    def names(self, activity: Standing, notice: Standing) -> bool:
        """Whether an activity's filing cites a notice, or an earlier version that differs in nothing material."""
        return notice.ref in activity.cited or bool(notice.same_as & activity.cited)

    def is_open(self, party: bytes, notice: Standing) -> bool:
        """Whether a notice says something to a party: not as *call this desk*, or a call about it is on record.

        A call about an earlier version that differs in nothing material is one about this.
        """
        if not self._is_desk_form(party, notice.ref):
            return True
        return any((party, ref) in self._called for ref in (notice.ref, *notice.same_as))

    def knows(self, activity: Standing, notice: Standing) -> bool:
        """Whether an activity that stands is aware of a new version already: it was of an earlier one that is the same."""
        if notice.same_as & activity.aware_of:
            return True
        return bool(notice.same_as & activity.cited) and self.is_open(activity.party, notice)

    # --- what changes it -------------------------------------------------------------------------------

    def lose(self, activity: Standing, notice: Standing, outcome: Outcome) -> None:
        """An activity is not aware of a notice until its desk acknowledges it."""
        activity.unaware.add(notice.ref)
        held = self._of.setdefault(notice.ref, _Unaware(notice=notice))
        held.activities[activity.number] = activity
        outcome.unaware.append((activity.ref, notice.ref))

    def forget(self, notice: Standing) -> None:
        """A notice stands no more: nobody needs to be aware of it."""
        held = self._of.pop(notice.ref, None)
        for activity in () if held is None else held.activities.values():
            activity.unaware.discard(notice.ref)

    def acknowledge(self, party: bytes, refs: Iterable[bytes]) -> int:
        """A party's desk has acknowledged notices: its activities are aware of them now. Gives how many it changed."""
        changed = 0
        for ref in refs:
            held = self._of.get(ref)
            if held is not None and self.is_open(party, held.notice):
                changed += _gain(held, party)
            elif held is not None:
                held.read |= {number for number, one in held.activities.items() if one.party == party}
        return changed

    def call(self, party: bytes, refs: Collection[bytes]) -> int:
        """A party has on record that it called about notices, whatever came of it. Gives how many activities it changed."""
        self._called |= {(party, ref) for ref in refs}
        named, changed = set(refs), 0
        for ref, held in self._of.items():
            is_about = ref in named or not named.isdisjoint(held.notice.same_as)
            if is_about and self._is_desk_form(party, ref):
                changed += _gain(held, party, {*held.read, *self._citing(held)})
        return changed

    def _citing(self, held: _Unaware) -> set[int]:
        return {number for number, one in held.activities.items() if self.names(one, held.notice)}

    def _is_desk_form(self, party: bytes, ref: bytes) -> bool:
        inbox = self._inboxes.inbox(party)
        position = inbox.position_of.get(ref)
        return position is not None and inbox.forms[position] == "desk"


def _gain(held: _Unaware, party: bytes, only: Collection[int] | None = None) -> int:
    """A party's activities become aware of a notice: all, or those of these numbers. Gives how many."""
    gained = [
        activity
        for number, activity in held.activities.items()
        if activity.party == party and (only is None or number in only)
    ]
    for activity in gained:
        activity.unaware.discard(held.notice.ref)
        activity.aware_of.add(held.notice.ref)
        del held.activities[activity.number]
    return len(gained)
