"""Erasures and holds: a fold that says what may be shredded, for whom, and what still stands in the way (G23).

Nothing in force, held or under an incident may be shredded. An erasure that is filed too early waits, and takes effect by
itself when what stands in its way has ended: what is due at a moment follows from the log and that moment alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from standclear.conflicts.agreements import Agreements
from standclear.conflicts.outcome import Outcome
from standclear.conflicts.register import Register
from standclear.conflicts.standing import Standing
from standclear.obligations.matters import Matters
from standclear.spacetime.units import FOREVER_MS
from standclear.statements.erasing import Hold
from standclear.statements.header import OPEN_KINDS, Header
from standclear.statements.lists import WHOLE_ITEM, ref_of, split_ref

AT_ONCE: Final = frozenset({"site", "presence"})
"""Kinds that may be shredded as soon as they no longer stand: they endanger whom they were to protect."""

NEVER: Final = OPEN_KINDS | {"erasure", "hold", "watch", "line_check", "copy"}
"""What is never shredded: rules, keys, the very words about erasing, and what says who was awake and what was handed out.

They name desks, codes and pseudonyms, and hold nothing that must be erasable. A copy is a dissemination that handed one out,
or the contact by which its code was read back or it was handed back.
"""

OBSTACLES: Final = {
    "still_stands": "it is in force: its owner replaces, closes or cancels it first",
    "still_open": "it is a call or a question that has not ended",
    "within_retention": "an activity, zone, movement, reply, call or other word, before the arrangement's retention has passed",
    "under_incident": "an incident names it, or what it meets; until the retention has passed since the incident too",
    "under_dispute": "an objection names it; until the retention has passed since its end",
    "under_hold": "a hold covers it, until it is lifted or its time is over",
    "erases_unknown": "this log does not hold it",
}
"""What an erasure waits for. All but the last two end by the clock or by what the owner or the caller says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """Why something may not be shredded yet, and until when; None where no clock ends it."""

    mark: str
    until_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Uttered:
    """A statement that is no notice of the register: whose, what kind, under which arrangement, when, and how many items."""

    party: bytes
    kind: str
    under: bytes | None
    at_ms: int
    items: int


@dataclass(slots=True, kw_only=True)
class _Holding:
    """A hold that was placed. It covers what was filed under the same arrangement."""

    sid: bytes
    party: bytes
    under: bytes
    until_ms: int | None
    lifted_ms: int | None = None

    def ends_ms(self) -> int | None:
        """When it ends, or ended; None: when it is lifted."""
        return self.until_ms if self.lifted_ms is None else self.lifted_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Shredding:
    """One item, or whole statement, whose shredding its party asked for in an erasure. `index`: the entry that says so."""

    ref: bytes
    erasure: bytes
    party: bytes
    index: int


class Erasures:
    """What was asked to be shredded, what is held, and what is gone, in one log."""

    def __init__(self, register: Register, agreements: Agreements, matters: Matters) -> None:
        self._register = register
        self._agreements = agreements
        self._matters = matters
        self.uttered: dict[bytes, _Uttered] = {}
        self.holds: dict[bytes, _Holding] = {}
        self.asked: dict[bytes, Shredding] = {}
        self.gone: dict[bytes, bytes] = {}
        self.said: list[Shredding] = []
        self._held_by: dict[bytes, list[bytes]] = {}
        self._incidents: dict[bytes, list[bytes]] = {}
        self._quiet_until_ms = 0

    # --- taking in -----------------------------------------------------------------------------------

    def utter(self, sid: bytes, header: Header, kind: str, items: int, now_ms: int) -> None:
        """Remember whose an entry is, where no register does."""
        agreement = self._agreements.find(header.under)
        self.uttered[sid] = _Uttered(
            party=header.sender.party,
            kind=kind,
            under=None if agreement is None else agreement.first,
            at_ms=now_ms,
            items=items,
        )

    def stir(self) -> None:
        """Something was said: what waits may wait no longer, or longer."""
        self._quiet_until_ms = 0

    def happen(self, sid: bytes, named: Sequence[bytes]) -> None:
        """An incident names items and statements: they are under it, and so is what they meet."""
        for one in named:
            self._incidents.setdefault(one, []).append(sid)

    def hold(self, sid: bytes, header: Header, body: Hold, cites: Sequence[bytes], outcome: Outcome) -> None:
        """Take in a hold that is placed, by a party of the arrangement or a monitor of it."""
        agreement = self._agreements.find(header.under)
        assert agreement is not None
        if agreement.arrangement.role_of(header.sender.party) not in ("party", "monitor"):
            outcome.effect = "not_yours"
            outcome.mark("not_a_party_of_it")
            return
        self.holds[sid] = _Holding(
            sid=sid, party=header.sender.party, under=agreement.first, until_ms=body.until_ms
        )
        for named in (*header.re, *cites):
            self._held_by.setdefault(named, []).append(sid)
            if not self._knows(named):
                outcome.effect = "waiting"
                outcome.mark("holds_unknown")
            if any(ref in self.gone for ref in self.items_of(named)):
                outcome.mark("holds_gone")

    def lift(self, header: Header, now_ms: int, outcome: Outcome) -> None:
        """Take in the end of holds, by the party that placed each."""
        for sid in header.re:
            found = self.holds.get(sid)
            if found is None:
                outcome.effect = "waiting"
                outcome.mark("lifts_unknown")
            elif found.party != header.sender.party:
                outcome.effect = "not_yours"
                outcome.mark("only_the_holder_lifts_it")
            elif found.lifted_ms is None:
                found.lifted_ms = now_ms

    def ask(
        self, sid: bytes, header: Header, cites: Sequence[bytes], index: int, now_ms: int, outcome: Outcome
    ) -> None:
        """Take in an erasure: the outcome says whether all of it is due now, or what it waits for."""
        party = header.sender.party
        troubles = set()
        due = 0
        for named in (*header.re, *cites):
            for ref in self.items_of(named) or (_whole(named),):
                word = self._ask(Shredding(ref=ref, erasure=sid, party=party, index=index), now_ms, outcome)
                troubles.add(word)
                due += word == "in_force"
        for effect in ("not_yours", "waiting"):
            if effect in troubles:
                outcome.effect = effect
                return
        outcome.effect = "in_force" if due else "recorded"

    def _ask(self, asked: Shredding, now_ms: int, outcome: Outcome) -> str:
        owner, kind = self._whose(asked.ref)
        if owner is not None and owner != asked.party:
            outcome.mark("erases_not_yours")
            return "not_yours"
        if kind in NEVER:
            outcome.mark("never_erased")
            return "recorded"
        if asked.ref in self.gone:
            outcome.mark("erased_already")
            return "recorded"
        self.asked.setdefault(asked.ref, asked)
        found = self.obstacles(asked.ref, now_ms)
        for one in found:
            outcome.mark(one.mark)
        return "waiting" if found else "in_force"

    def shredded(self, ref: bytes, erasure: bytes, index: int) -> None:
        """The service says, in the deeds at `index`, that it has shredded an item."""
        self.gone[ref] = erasure
        asked = self.asked.pop(ref, None)
        party = asked.party if asked is not None else self._whose(ref)[0] or b""
        self.said.append(Shredding(ref=ref, erasure=erasure, party=party, index=index))

    def lose(self, ref: bytes) -> None:
        """What was asked for is lost already: nothing is to be shredded, and nothing is said."""
        self.asked.pop(ref, None)

    # --- asking ---------------------------------------------------------------------------------------

    def due(self, now_ms: int, size: int) -> Iterator[Shredding]:
        """What is to be shredded now, of erasures among the first `size` entries."""
        if now_ms < self._quiet_until_ms:
            return
        quiet_until_ms = FOREVER_MS
        found = []
        for asked in self.asked.values():
            for ref in self.items_of(asked.ref) or (asked.ref,):
                if self.may_shred(ref, asked.party, now_ms):
                    found.append(
                        Shredding(ref=ref, erasure=asked.erasure, party=asked.party, index=asked.index)
                    )
                    quiet_until_ms = 0
                else:
                    ends = [one.until_ms for one in self.obstacles(ref, now_ms) if one.until_ms is not None]
                    quiet_until_ms = min([quiet_until_ms, *ends])
        self._quiet_until_ms = quiet_until_ms
        yield from (one for one in found if one.index < size)

    def is_due(self, ref: bytes, erasure: bytes, now_ms: int) -> bool:
        """Whether an erasure of the log asks for an item, by its own party, and nothing stands in the way."""
        asked = self.asked.get(ref) or self.asked.get(ref_of(ref[:32], WHOLE_ITEM))
        return asked is not None and asked.erasure == erasure and self.may_shred(ref, asked.party, now_ms)

    def may_shred(self, ref: bytes, party: bytes, now_ms: int) -> bool:
        """Whether an item is the party's own, is there, and nothing stands in the way of shredding it."""
        owner, kind = self._whose(ref)
        is_there = kind is not None and kind not in NEVER and ref not in self.gone
        return is_there and owner == party and not self.obstacles(ref, now_ms)

    def obstacles(self, ref: bytes, now_ms: int) -> tuple[Obstacle, ...]:
        """What stands in the way of shredding an item at a moment, in the order of the table; nothing if it may go."""
        sid, _ = split_ref(ref)
        standing, uttered = self._register.by_ref.get(ref), self.uttered.get(sid)
        found: list[Obstacle] = []
        if standing is not None:
            found += self._of_notice(standing)
        elif uttered is not None:
            found += self._of_word(sid, uttered, now_ms)
        else:
            return (Obstacle(mark="erases_unknown", until_ms=None),)
        found += self._holds(ref, standing)
        return tuple(one for one in found if one.until_ms is None or now_ms < one.until_ms)

    def _of_notice(self, standing: Standing) -> Iterator[Obstacle]:
        retention_ms = self._retention_ms(standing.under)
        if standing.state == "stands":
            yield Obstacle(mark="still_stands", until_ms=None)
            return
        ended_ms = standing.ended_ms or 0
        if standing.kind not in AT_ONCE:
            yield Obstacle(mark="within_retention", until_ms=ended_ms + retention_ms)
        for since_ms in self._incident_times(standing.ref, standing):
            yield Obstacle(mark="under_incident", until_ms=max(ended_ms, since_ms) + retention_ms)
        if standing.disputed:
            yield Obstacle(mark="under_dispute", until_ms=ended_ms + retention_ms)

    def _of_word(self, sid: bytes, uttered: _Uttered, now_ms: int) -> Iterator[Obstacle]:
        matter = self._matters.of_sid.get(sid)
        if matter is not None and matter.state(now_ms) == "open":
            yield Obstacle(mark="still_open", until_ms=None)
        retention_ms = self._retention_ms(uttered.under)
        ended_ms = uttered.at_ms if matter is None or matter.ended_ms is None else matter.ended_ms
        yield Obstacle(mark="within_retention", until_ms=ended_ms + retention_ms)
        for since_ms in self._incident_times(ref_of(sid, 0), None):
            yield Obstacle(mark="under_incident", until_ms=since_ms + retention_ms)

    def _retention_ms(self, under: bytes | None) -> int:
        """By the version that is in force now: no party shortens it alone."""
        agreement = self._agreements.find(under)
        return FOREVER_MS if agreement is None else agreement.arrangement.retention_ms

    def _incident_times(self, ref: bytes, standing: Standing | None) -> Iterator[int]:
        for sid in self._incidents_of(ref, standing):
            said = self.uttered.get(sid)
            if said is not None:
                yield said.at_ms

    def _incidents_of(self, ref: bytes, standing: Standing | None) -> Iterator[bytes]:
        """The incidents that an item is under: those that name it or its statement, or what it meets."""
        refs = [ref, *(one.ref for one in self._register.met_by(standing))] if standing is not None else [ref]
        seen = set()
        for one in refs:
            for sid in (*self._incidents.get(one, ()), *self._incidents.get(one[:32], ())):
                if sid not in seen and self._is_under_one(sid, ref):
                    seen.add(sid)
                    yield sid

    def _is_under_one(self, sid: bytes, ref: bytes) -> bool:
        """Whether an incident was stated under the arrangement that an item was filed under."""
        said, standing, uttered = (
            self.uttered.get(sid),
            self._register.by_ref.get(ref),
            self.uttered.get(ref[:32]),
        )
        under = standing.under if standing is not None else None if uttered is None else uttered.under
        return said is not None and said.under == under

    def _holds(self, ref: bytes, standing: Standing | None) -> Iterator[Obstacle]:
        sid = ref[:32]
        uttered = self.uttered.get(sid)
        under = standing.under if standing is not None else None if uttered is None else uttered.under
        for named in (ref, ref_of(sid, WHOLE_ITEM), sid, *self._incidents_of(ref, standing)):
            for one in self._held_by.get(named, ()):
                holding = self.holds[one]
                if holding.under == under:
                    yield Obstacle(mark="under_hold", until_ms=holding.ends_ms())

    # --- names ----------------------------------------------------------------------------------------

    def _knows(self, named: bytes) -> bool:
        return bool(self.items_of(named))

    def items_of(self, named: bytes) -> tuple[bytes, ...]:
        """The items that a reference, or the sid of a whole statement, names; none where the log does not hold it."""
        sid, item = (named, WHOLE_ITEM) if len(named) == 32 else split_ref(named)
        uttered = self.uttered.get(sid)
        if uttered is not None:
            count = uttered.items
        else:
            count = 0
            while item == WHOLE_ITEM and ref_of(sid, count) in self._register.by_ref:
                count += 1
            if item != WHOLE_ITEM:
                return (named,) if named in self._register.by_ref else ()
        items = range(count) if item == WHOLE_ITEM else range(item, min(item + 1, count))
        return tuple(ref_of(sid, one) for one in items)

    def _whose(self, ref: bytes) -> tuple[bytes | None, str | None]:
        """Whose an item is, and of what kind; (None, None) where the log does not hold it."""
        standing = self._register.by_ref.get(ref)
        if standing is not None:
            return standing.party, standing.kind
        uttered = self.uttered.get(ref[:32])
        return (None, None) if uttered is None else (uttered.party, uttered.kind)


def _whole(named: bytes) -> bytes:
    return ref_of(named, WHOLE_ITEM) if len(named) == 32 else named
