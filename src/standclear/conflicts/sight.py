"""Sight: what one asker may be shown of a log: its own, what was released to it, and what it monitors. Never more."""

from __future__ import annotations

from dataclasses import dataclass

from standclear.conflicts.agreements import Agreements
from standclear.conflicts.inboxes import Inboxes
from standclear.conflicts.standing import Standing
from standclear.spacetime.volume import Volume
from standclear.statements.lists import ref_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Who asks, and what it monitors: arrangements by the sid of their first version. `is_whole`: it sees everything."""

    asker: bytes
    monitored: frozenset[bytes]
    is_whole: bool

    def watches(self, under: bytes | None, agreements: Agreements) -> bool:
        """Whether the asker sees all that is said under an arrangement (named by the sid of any of its versions)."""
        found = agreements.find(under)
        return self.is_whole or (found is not None and found.first in self.monitored)

    def volumes_of(
        self, one: Standing, agreements: Agreements, inboxes: Inboxes
    ) -> tuple[Volume, ...] | None:
        """A notice's volumes in the most exact form that the asker may see; None if it may not see it, or they are gone."""
        if one.is_gone:
            return None
        if one.party == self.asker or self.watches(one.under, agreements):
            return one.volumes["exact"]
        inbox = inboxes.inbox(self.asker)
        position = inbox.position_of.get(one.ref)
        return None if position is None else one.volumes[inbox.forms[position]]

    def has(self, sid: bytes, inboxes: Inboxes) -> bool:
        """Whether a statement was released to the asker."""
        return ref_of(sid, 0) in inboxes.inbox(self.asker).position_of
