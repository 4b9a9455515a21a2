"""Copies: what left a desk on paper or a laptop, who holds it, and since when it says what is no longer so (G12).

A copy is false from the moment at which something that it shows was replaced, corrected, ended or turned by the clock,
at which something was released to its party inside its areas that it does not show, or at which it expired. It is
outstanding until every holder has read back the code of a copy that supersedes it, or its party says that it was
recalled. What was read back is the word of the desk that heard it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from standclear.conflicts.agreements import Agreements
from standclear.conflicts.candidates import CandidateIndex
from standclear.conflicts.inboxes import Inboxes
from standclear.conflicts.outcome import Outcome, Release
from standclear.conflicts.register import Register
from standclear.conflicts.standing import Standing, matched_volumes
from standclear.limits import COPY_LATE_RELEASES_MAX
from standclear.obligations.calendar import Calendar
from standclear.obligations.turns import Turn, severity_of, turn_of
from standclear.spacetime.meet import NO_MARGIN, meets
from standclear.statements.asking import Contact
from standclear.statements.header import Header
from standclear.statements.lists import split_ref
from standclear.statements.replies import Dissemination, HandedCopy

CHANGES: Final = ("corrected", "replaced", "ended", "lapsed", "stale", "overdue", "added", "expired")
"""What makes a copy false; of several at once, the first that stands here names the change."""

HOLDINGS: Final = ("not_read_back", "read_back", "recalled", "replaced")
"""What is known of a copy at one of its holders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyChange:
    """What made a copy false at one moment: one entry, or the clock (`index` None). `items` say what became of which notice.

    `word` names the whole of it; `sid` is the statement that did it, or whose notices turned; of an expiry, the copy's own.
    """

    at_ms: int
    index: int | None
    sid: bytes
    word: str
    severity: int
    items: tuple[tuple[str, bytes], ...]


@dataclass(slots=True, kw_only=True, eq=False)
class HeldCopy:
    """One copy on record. Times are the log's, but for `terms`, which its party says.

    `shows` has what it shows with the form released to its party; it grows where a notice is attested again without a
    material change: what the copy says of it is still so.
    `accounted` are what its changes speak of already. `later` are the copies that supersede it.
    """

    number: int
    sid: bytes
    party: bytes
    under: bytes | None
    index: int
    made_ms: int
    terms: HandedCopy
    holders: tuple[str, ...]
    shows: dict[bytes, str]
    first: tuple[bytes, ...]
    accounted: set[bytes] = field(default_factory=set)
    changes: list[CopyChange] = field(default_factory=list)
    read_back: dict[str, tuple[int, str]] = field(default_factory=dict)
    recalled_ms: dict[str, int] = field(default_factory=dict)
    replaced_ms: dict[str, int] = field(default_factory=dict)
    earlier: HeldCopy | None = None
    later: list[HeldCopy] = field(default_factory=list)

    def holding(self, holder: str) -> str:
        """What is known of it at one holder, in the words of `HOLDINGS`."""
        if holder in self.recalled_ms:
            return "recalled"
        if holder in self.replaced_ms:
            return "replaced"
        return "read_back" if holder in self.read_back else "not_read_back"

    def ended_ms(self) -> int | None:
        """Since when no holder has it any more; None while one has."""
        times = [self.recalled_ms.get(one, self.replaced_ms.get(one)) for one in self.holders]
        known = [one for one in times if one is not None]
        return max(known) if len(known) == len(times) else None

    def closed_ms(self) -> int | None:
        """Since when every holder's copy is accounted for: read back, recalled or replaced; None while one is not."""
        times = [
            min(
                found
                for found in (
                    self.recalled_ms.get(one),
                    self.replaced_ms.get(one),
                    self.read_back[one][0] if one in self.read_back else None,
                )
                if found is not None
            )
            for one in self.holders
            if self.holding(one) != "not_read_back"
        ]
        return max(times) if len(times) == len(self.holders) else None

    def is_told(self) -> bool:
        """Whether its party is told of its changes: a later copy, once made, is told of in its place."""
        return self.ended_ms() is None and not self.later


class Copies:
    """The copies of one log, by party and code. `make_index` gives an empty candidate index for their areas."""

    def __init__(self, make_index: Callable[[], CandidateIndex]) -> None:
        self._make_index = make_index
        self._index: CandidateIndex | None = None
        self._watched: dict[bytes, set[int]] = {}
        self._showing: dict[bytes, list[HeldCopy]] = {}
        self.all: list[HeldCopy] = []
        self.of_party: dict[bytes, list[HeldCopy]] = {}
        self.of_sid: dict[bytes, HeldCopy] = {}
        self.by_change: Calendar[tuple[HeldCopy, CopyChange]] = Calendar()
        self.by_expiry: Calendar[HeldCopy] = Calendar()

    # --- a copy, and what becomes of it at its holders -------------------------------------------------

    def hand_out(
        self,
        sid: bytes,
        header: Header,
        body: Dissemination,
        cites: Mapping[bytes, str],
        index: int,
        now_ms: int,
        outcome: Outcome,
    ) -> HeldCopy | None:
        """Take in a copy that a party says it handed to somebody; a dissemination without one passes.

        `cites` has what it shows, each with the form in which it was released to the party.
        """
        if body.copy is None:
            return None
        party = header.sender.party
        third = (body.third_name,) if body.third_name else ()
        made = HeldCopy(
            number=len(self.all),
            sid=sid,
            party=party,
            under=header.under,
            index=index,
            made_ms=now_ms,
            terms=body.copy,
            holders=tuple(dict.fromkeys((*body.echelons, *third))),
            shows=dict(cites),
            first=tuple(cites),
            accounted=set(cites),
        )
        if body.copy.supersedes is not None:
            earlier = self.find(party, body.copy.supersedes)
            if earlier:
                made.earlier = earlier[-1]
                earlier[-1].later.append(made)
                self._unwatch(earlier[-1])
            else:
                outcome.mark("copy_unknown")
        self.all.append(made)
        self.of_party.setdefault(party, []).append(made)
        self.of_sid[sid] = made
        for ref in cites:
            self._showing.setdefault(ref, []).append(made)
        self.by_expiry.add(body.copy.expires_ms, made)
        if body.copy.areas:
            if self._index is None:
                self._index = self._make_index()
            self._index.insert([(made.number, body.copy.areas)])
            self._watched.setdefault(party, set()).add(made.number)
        return made

    def find(self, party: bytes, code: str) -> list[HeldCopy]:
        """A party's copies of a code, oldest first: one of the same content has the same code."""
        return [one for one in self.of_party.get(party, ()) if one.terms.code == code]

    def hear(self, header: Header, body: Contact, now_ms: int, is_person: bool, outcome: Outcome) -> None:
        """Take in what a holder read back or handed back, as the desk that heard it says; other contacts pass."""
        code = body.copy_code()
        if code is None and body.result != "recalled":
            return
        found = [] if code is None else self.find(header.sender.party, code)
        if not found:
            outcome.mark("copy_unknown")
            return
        if not is_person:
            outcome.effect = "recorded"
            outcome.mark("machine_key")
            return
        whom = _folded(body.whom)
        holders = [(one, name) for one in found for name in one.holders if _folded(name) == whom]
        if not holders:
            outcome.mark("not_its_holder")
        for copy, name in holders:
            if body.result == "recalled":
                copy.recalled_ms.setdefault(name, now_ms)
            elif name not in copy.read_back:
                copy.read_back[name] = (now_ms, body.channel)
                _replace_earlier(copy, whom, now_ms)
            if copy.ended_ms() is not None:
                self._unwatch(copy)

    def _unwatch(self, copy: HeldCopy) -> None:
        """Releases inside its areas are no longer looked for."""
        watched = self._watched.get(copy.party, set())
        if copy.number in watched:
            assert self._index is not None
            watched.discard(copy.number)
            self._index.remove(copy.number)

    # --- what makes it false -----------------------------------------------------------------------------

    def follow(
        self,
        sid: bytes,
        index: int,
        now_ms: int,
        refs: Iterable[bytes],
        releases: Sequence[Release],
        register: Register,
        inboxes: Inboxes,
        agreements: Agreements,
    ) -> None:
        """One entry was taken in: it may have replaced or ended the notices `refs`, and it released what it released."""
        found: dict[int, list[tuple[str, bytes]]] = {}
        for ref in refs:
            for copy in tuple(self._showing.get(ref, ())):
                word = self._became(copy, ref, sid, register, inboxes)
                if word is not None:
                    found.setdefault(copy.number, []).append((word, ref))
        for release in releases:
            if self._watched.get(release.party):
                inbox = inboxes.inbox(release.party)
                for ref in inbox.refs[release.start : release.end]:
                    standing = register.by_ref.get(ref)
                    if standing is not None:
                        for copy in self._around(standing, release.party, release.form, now_ms, agreements):
                            found.setdefault(copy.number, []).append(("added", ref))
        for number, items in sorted(found.items()):
            self._change(self.all[number], sid, index, now_ms, items, register)

    def catch_up(
        self, copy: HeldCopy, register: Register, inboxes: Inboxes, agreements: Agreements, now_ms: int
    ) -> None:
        """What was ended before the copy was on record, and what was just released and is not on it."""
        items = []
        for ref in copy.first:
            standing = register.by_ref.get(ref)
            if standing is not None and standing.state != "stands":
                items.append((standing.state, ref))
        if copy.number in self._watched.get(copy.party, ()):
            inbox = inboxes.inbox(copy.party)
            for position in range(max(0, len(inbox) - COPY_LATE_RELEASES_MAX), len(inbox)):
                standing = register.by_ref.get(inbox.refs[position])
                if standing is None or standing.state != "stands" or standing.ref in copy.accounted:
                    continue
                found = self._around(standing, copy.party, inbox.forms[position], now_ms, agreements, copy)
                items.extend(("added", standing.ref) for _ in found)
        if items:
            self._change(copy, copy.sid, copy.index, now_ms, items, register)

    def _became(
        self, copy: HeldCopy, ref: bytes, sid: bytes, register: Register, inboxes: Inboxes
    ) -> str | None:
        """What became of a notice that a copy shows, by a statement; None where the copy still says what is so."""
        old = register.by_ref[ref]
        new = [register.by_ref[one] for one in old.successors if split_ref(one)[0] == sid]
        if not new:
            is_first = old.state == "ended" and all((("ended", ref)) not in one.items for one in copy.changes)
            return "ended" if is_first else None
        copy.accounted |= {one.ref for one in new}
        if all(ref in one.same_as for one in new):
            for one in new:
                copy.shows[one.ref] = copy.shows[ref]
                self._showing.setdefault(one.ref, []).append(copy)
            return None
        told = inboxes.inbox(copy.party).position_of
        is_correction = any(one.change == "was_always_there" and one.ref in told for one in new)
        return "corrected" if is_correction else "replaced"

    def _around(
        self,
        standing: Standing,
        party: bytes,
        form: str,
        now_ms: int,
        agreements: Agreements,
        only: HeldCopy | None = None,
    ) -> Iterator[HeldCopy]:
        """The party's watched copies whose areas a released notice meets, in the form released, and that lack it."""
        accord = agreements.find(standing.under)
        assert accord is not None
        assert self._index is not None
        matched = matched_volumes(standing.volumes[form], accord.arrangement.rule_of(standing.kind))
        watched = self._watched[party]
        if only is None:
            near = [one for one in self._index.candidates(matched, NO_MARGIN) if one in watched]
        else:
            near = [only.number]
        for number in near:
            copy = self.all[number]
            if now_ms > copy.terms.expires_ms or standing.ref in copy.accounted:
                continue
            if any(meets(volume, area, NO_MARGIN) for volume in matched for area in copy.terms.areas):
                copy.accounted.add(standing.ref)
                yield copy

    def _change(
        self,
        copy: HeldCopy,
        sid: bytes,
        index: int,
        now_ms: int,
        items: Sequence[tuple[str, bytes]],
        register: Register,
    ) -> None:
        change = CopyChange(
            at_ms=now_ms,
            index=index,
            sid=sid,
            word=min((word for word, _ in items), key=CHANGES.index),
            severity=min(_severity(word, register.by_ref[ref]) for word, ref in items),
            items=tuple(items),
        )
        copy.changes.append(change)
        self.by_change.add(now_ms, (copy, change))

    # --- what the clock does -----------------------------------------------------------------------------

    def fallen(
        self, turns: Calendar[Turn], after_ms: int, now_ms: int, size: int
    ) -> Iterator[tuple[HeldCopy, CopyChange]]:
        """The changes of (after_ms, now_ms] of which a party is to be told, as far as they are durable."""
        found = [pair for _, pair in self.by_change.between(after_ms, now_ms)]
        for at_ms, turn in turns.between(after_ms - 1, now_ms - 1):
            found.extend(self.turned(turn, at_ms))
        found += [(one, expiry_of(one)) for _, one in self.by_expiry.between(after_ms - 1, now_ms - 1)]
        for copy, change in found:
            if copy.is_told() and copy.index < size and (change.index is None or change.index < size):
                yield copy, change

    def turned(self, turn: Turn, at_ms: int) -> Iterator[tuple[HeldCopy, CopyChange]]:
        """The copies that a turn of the clock makes false: those that show as current what is so no longer."""
        found: dict[int, list[Standing]] = {}
        for one in turn.notices:
            if one.state == "stands":
                for copy in self._showing.get(one.ref, ()):
                    if copy.terms.as_of_ms <= at_ms and copy.shows[one.ref] == turn.form:
                        found.setdefault(copy.number, []).append(one)
        for number, notices in sorted(found.items()):
            yield self.all[number], _turn_change(turn.word, at_ms, notices)

    def false_since(self, copy: HeldCopy, register: Register, now_ms: int) -> tuple[CopyChange, ...]:
        """Everything that makes a copy false at a time of the clock, in the order in which it came, while somebody held it."""
        turned: dict[tuple[int, str, bytes], list[Standing]] = {}
        for ref, form in sorted(copy.shows.items()):
            standing = register.by_ref.get(ref)
            turn = None if standing is None or standing.state != "stands" else turn_of(standing, form)
            if standing is not None and turn is not None and copy.terms.as_of_ms <= turn[0] < now_ms:
                turned.setdefault((*turn, standing.sid), []).append(standing)
        found = [one for one in copy.changes if one.at_ms <= now_ms]
        found += [_turn_change(word, at_ms, some) for (at_ms, word, _), some in turned.items()]
        if copy.terms.expires_ms < now_ms:
            found.append(expiry_of(copy))
        ended_ms = copy.ended_ms()
        found = [one for one in found if ended_ms is None or one.at_ms <= ended_ms]
        return tuple(sorted(found, key=lambda one: (one.at_ms, CHANGES.index(one.word), one.sid)))


def expiry_of(copy: HeldCopy) -> CopyChange:
    """The change that its own expiry makes."""
    at_ms = copy.terms.expires_ms + 1
    return CopyChange(at_ms=at_ms, index=None, sid=copy.sid, word="expired", severity=3, items=())


def _turn_change(word: str, at_ms: int, notices: Sequence[Standing]) -> CopyChange:
    return CopyChange(
        at_ms=at_ms + 1,
        index=None,
        sid=notices[0].sid,
        word=word,
        severity=min(severity_of(one.kind) for one in notices),
        items=tuple((word, one.ref) for one in notices),
    )


def _severity(word: str, standing: Standing) -> int:
    """A correction is as urgent as a call, whether it took something out of the copy's place or put something there."""
    is_correction = word == "corrected" or (word == "added" and standing.change == "was_always_there")
    return severity_of("correction" if is_correction else standing.kind)


def _replace_earlier(copy: HeldCopy, whom: str, now_ms: int) -> None:
    """Who has read back a copy has it in place of every one that it supersedes."""
    earlier = copy.earlier
    while earlier is not None:
        for name in earlier.holders:
            if _folded(name) == whom:
                earlier.replaced_ms.setdefault(name, now_ms)
        earlier = earlier.earlier


def _folded(name: str) -> str:
    """A holder's name as it is compared: people write it in more than one way."""
    return " ".join(name.casefold().split())
