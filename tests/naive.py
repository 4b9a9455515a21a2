"""The reference model: what follows from a log, recomputed naively, for each question anew, by reading all of it.

It shares the words with the book (statements, the exact predicate) and none of its ways: no index, no tables of what
stands, no step that changes anything. Only answers are kept, because a log does not change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import wraps
from itertools import product
from typing import Any, TypeVar

from standclear.conflicts.extent import duration_ms, extent_cm
from standclear.flow.ports import LogStore
from standclear.flow.shelving import unshelve
from standclear.keys import key_id
from standclear.obligations.book import Book
from standclear.spacetime.meet import Margin, meets
from standclear.spacetime.volume import Volume
from standclear.statements.arrangement import Adherence, Arrangement
from standclear.statements.asking import Contact
from standclear.statements.calls import LineCheck, Watch
from standclear.statements.lists import WHOLE_ITEM, Slot, inbox_leaf, ref_of, split_ref
from standclear.statements.notices import Activity, Notice, Owner, Presence, Site
from standclear.statements.parties import Enrolment
from standclear.statements.replies import Acknowledgement, Dissemination
from standclear.statements.submission import Submission
from standclear.tlog.merkle import leaf_hash, root_of

T = TypeVar("T")
FOREVER_MS = 253_402_300_799_999
DAY_MS = 86_400_000


def picture(book: Book) -> dict[str, object]:
    """Everything that a book derives, as plain values: two books of one log have the same picture."""
    notices = [
        (
            one.ref, one.party, one.desk, one.under, one.index, one.integrated_ms, one.name, one.effect, one.state,
            one.change, sorted(one.cited), sorted(one.same_as), sorted(one.unaware), sorted(one.aware_of),
            one.successors,
        )
        for one in book.register.notices
    ]  # fmt: skip
    ladders = [
        (
            one.sid, one.party, one.sender, one.kind, one.start, one.end, one.released_ms, one.deadline_ms, one.travel,
            one.handed_ms, one.handed_key, bytes(one.acknowledged), one.acknowledged_count,
            one.first_acknowledged_ms, one.acknowledged_ms, one.acknowledged_key, one.answer, one.disseminated,
        )
        for sid in sorted(book.ledger.of_sid)
        for one in book.ledger.of_sid[sid]
    ]  # fmt: skip
    return {
        "agreements": [
            (one.first, one.sid, sorted(one.adhered), {s: sorted(w.adhered) for s, w in one.waiting.items()})
            for one in book.agreements.all()
        ],
        "inboxes": {
            party: (inbox.refs, inbox.forms, inbox.indexes, inbox.times_ms, inbox.head())
            for party, inbox in book.inboxes.of.items()
            if inbox.refs
        },
        "keys": {
            key: (one.next_seq, one.last_sid, one.drain_until_ms, one.revoked_index)
            for key, one in book.roll.keys.items()
        },
        "ladders": ladders,
        "notices": notices,
        "places": book.index_of,
        "readiness": (
            [replace(one) for one in book.readiness.bounds],
            {desk: [replace(one) for one in stints] for desk, stints in book.readiness.stints.items()},
            {desk: list(lines.said) for desk, lines in book.readiness.lines.items()},
        ),
        "root": book.tree.root(),
    }


# --- the log, and one reading of it ---------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """One entry that is not the service's own deeds."""

    index: int
    ms: int
    what: Submission

    @property
    def party(self) -> bytes:
        return self.what.header.sender.party

    @property
    def kind(self) -> str:
        return self.what.header.kind

    @property
    def body(self) -> Any:
        return self.what.bodies["exact"][0]

    @property
    def is_void(self) -> bool:
        until = self.what.header.void_after_ms
        return until is not None and self.ms > until

    @property
    def places(self) -> bool:
        return not self.is_void and isinstance(self.body, Notice)


def said_in(store: LogStore) -> list[Said]:
    """Everything that parties said, in the order of the log."""
    return [
        Said(one.index, one.integrated_ms, unshelve(one, store.read_body_keys(one.index)))
        for one in store.read_entries(0, store.read_head().size)
        if one.bodies
    ]


@dataclass
class Group:
    """Items of one statement that were released to one party at once."""

    party: bytes
    sid: bytes
    form: str
    refs: list[bytes]
    why: str
    index: int
    ms: int
    start: int = 0
    is_owed: bool = True


@dataclass
class Happened:
    """What one entry did."""

    effect: str = "in_force"
    marks: set[str] = field(default_factory=set)
    rule: bytes | None = None
    groups: list[Group] = field(default_factory=list)
    meetings: list[tuple[bytes, str, bytes, str, str, tuple[bytes, ...]]] = field(default_factory=list)
    missing: list[bytes] = field(default_factory=list)
    aware: dict[bytes, set[bytes]] = field(default_factory=dict)
    unaware: dict[bytes, set[bytes]] = field(default_factory=dict)
    told_later: list[tuple[bytes, bytes]] = field(default_factory=list)
    """(activity, notice): a standing activity was met by a notice that is released to its planner."""


@dataclass
class Version:
    """An arrangement's version in force at a place of the log."""

    first: bytes
    sid: bytes
    rules: Arrangement
    adhered: set[bytes]
    was_adhered: bool = False
    waiting: dict[bytes, tuple[Arrangement, set[bytes]]] = field(default_factory=dict)


def kept(question: Callable[..., T]) -> Callable[..., T]:
    """A log does not change, nor does an answer about it: it is found once."""

    @wraps(question)
    def ask(self: Naive, *about: object) -> T:
        key = (question.__name__, *(one.index if isinstance(one, Said) else one for one in about))
        if key not in self._kept:
            self._kept[key] = question(self, *about)
        return self._kept[key]  # type: ignore[no-any-return]

    return ask


class Naive:
    """Questions about one log, each answered by reading it."""

    def __init__(self, log: Sequence[Said]) -> None:
        self.log = list(log)
        self._kept: dict[tuple[object, ...], Any] = {}
        self.happened: dict[int, Happened] = {}
        for one in self.log:
            self.happened[one.index] = self._what_happened(one)

    def before(self, index: int) -> list[Said]:
        return [one for one in self.log if one.index < index]

    # --- arrangements -----------------------------------------------------------------------------------

    def version(self, sid: bytes | None, at: int) -> Version | None:
        """The version in force, just before an entry, of the arrangement one of whose versions this is."""
        changes = [one for one in self.before(at) if isinstance(one.body, Arrangement | Adherence)]
        return None if sid is None else self._versions(len(changes)).get(sid)

    @kept
    def _versions(self, count: int) -> dict[bytes, Version]:
        found: dict[bytes, Version] = {}
        for one in [one for one in self.log if isinstance(one.body, Arrangement | Adherence)][:count]:
            _change(found, one, Happened())
        return found

    # --- notices ------------------------------------------------------------------------------------------

    @kept
    def filing(self, ref: bytes) -> tuple[Said, int] | None:
        """The entry that filed an item, and the item's number."""
        sid, item = split_ref(ref)
        for one in self.log:
            if one.what.sid == sid and one.places and item < one.what.item_count:
                return one, item
        return None

    def refs_before(self, at: int) -> list[bytes]:
        return [
            ref_of(one.what.sid, item)
            for one in self.before(at)
            if one.places
            for item in range(one.what.item_count)
        ]

    def is_its_own(self, one: Said, ref: bytes) -> bool:
        """Whether an entry may replace or end an item: filed before it, by the same party, of the same kind."""
        found = self.filing(ref)
        return (
            found is not None
            and found[0].index < one.index
            and (found[0].party, found[0].kind) == (one.party, one.kind)
        )

    @kept
    def fate(self, ref: bytes, at: int) -> str:
        """What had become of an item just before an entry."""
        for one in self.before(at):
            if not one.is_void and any(old == ref for old, _ in one.what.ends_and_replaces):
                if self.is_its_own(one, ref):
                    return "replaced" if one.places else "ended"
        return "stands"

    def notice(self, ref: bytes, form: str = "exact") -> Notice:
        found = self.filing(ref)
        assert found is not None
        body = found[0].what.bodies[form][found[1]]
        assert isinstance(body, Notice)
        return body

    def olds(self, ref: bytes) -> list[bytes]:
        found = self.filing(ref)
        assert found is not None
        one, item = found
        return [old for old, new in one.what.ends_and_replaces if new == item and self.is_its_own(one, old)]

    def successors(self, ref: bytes, at: int) -> tuple[bytes, ...]:
        return tuple(new for new in self.refs_before(at) if ref in self.olds(new))

    @kept
    def same_as(self, ref: bytes) -> set[bytes]:
        """Earlier versions that differ in nothing that a planner relies on."""
        return {
            same for old in self.olds(ref) if self._is_same(old, ref) for same in (old, *self.same_as(old))
        }

    def _is_same(self, a: bytes, b: bytes) -> bool:
        forms = [self.filing(ref)[0].what.bodies.keys() for ref in (a, b)]  # type: ignore[index]
        if forms[0] != forms[1]:
            return False
        words = [
            {
                name: getattr(self.notice(ref).what, name, None)
                for name in ("site_class", "category", "activity_type")
            }
            for ref in (a, b)
        ]
        return words[0] == words[1] and all(
            is_there_for_longer(self.notice(a, form), self.notice(b, form)) for form in forms[0]
        )

    # --- releases -----------------------------------------------------------------------------------------

    def slot(self, ref: bytes, party: bytes, at: int) -> Slot | None:
        """Under which slot a party may be told of an item, just before an entry."""
        found = self.filing(ref)
        assert found is not None
        one = found[0]
        then, now = self.version(one.what.header.under, one.index), self.version(one.what.header.under, at)
        assert then is not None
        assert now is not None
        chosen = None
        for slot in one.what.slots:
            if slot.party is None and now.rules.is_member(party):
                if one.party in now.adhered or then.rules.is_member(party):
                    chosen = slot
        for slot in one.what.slots:
            if slot.party == party:
                chosen = slot
        return None if chosen is None or chosen.when == "never" else chosen

    def groups(self, party: bytes, at: int) -> list[Group]:
        """What was released to a party before an entry, in order."""
        return [
            group
            for one in self.before(at)
            for group in self.happened[one.index].groups
            if group.party == party
        ]

    def inbox(self, party: bytes, at: int, more: Sequence[Group] = ()) -> list[tuple[bytes, str, int, int]]:
        """(reference, form, entry, time) of each release."""
        own = [group for group in more if group.party == party]
        return [
            (ref, one.form, one.index, one.ms) for one in (*self.groups(party, at), *own) for ref in one.refs
        ]

    def root(self, inbox: Sequence[tuple[bytes, str, int, int]], n: int) -> bytes:
        return root_of([leaf_hash(inbox_leaf(ref, form)) for ref, form, _, _ in inbox[:n]])

    def is_proven(self, one: Said, inbox: Sequence[tuple[bytes, str, int, int]]) -> bool:
        head = one.what.inbox
        return head is not None and head.n <= len(inbox) and self.root(inbox, head.n) == head.root

    # --- one entry ----------------------------------------------------------------------------------------

    def _what_happened(self, one: Said) -> Happened:
        did = Happened()
        if one.is_void:
            did.effect = "void"
        elif one.places:
            self._filed(one, did)
        elif isinstance(one.body, Arrangement | Adherence):
            found: dict[bytes, Version] = {}
            for earlier in self.before(one.index):
                if isinstance(earlier.body, Arrangement | Adherence):
                    _change(found, earlier, Happened())
            _change(found, one, did)
        elif isinstance(one.body, Acknowledgement):
            self._acknowledged(one, did)
            self._say(one, did)
        elif isinstance(one.body, Dissemination):
            self._told_further(one, did)
            self._say(one, did)
        elif isinstance(one.body, Contact):
            self._say(one, did)
        elif isinstance(one.body, Watch | LineCheck):
            from naive_watch import desk_word

            desk_word(self, one, did)
            self._say(one, did)
        elif one.what.header.act in ("close", "cancel"):
            self._ended(one, did)
        return did

    def _release(
        self, did: Happened, one: Said, party: bytes, refs: list[bytes], form: str, why: str
    ) -> None:
        start = len(self.inbox(party, one.index, did.groups))
        sid = split_ref(refs[0])[0]
        did.groups.append(Group(party, sid, form, refs, why, one.index, one.ms, start))

    def _say(self, one: Said, did: Happened) -> None:
        """A reply or an ending is told to those it is addressed to."""
        version = self.version(one.what.header.under, one.index)
        assert version is not None
        slots = {slot.party: slot for slot in one.what.slots}
        everybody = {member.party for member in version.rules.members if member.role == "party"}
        for party in sorted((everybody if None in slots else set()) | {p for p in slots if p is not None}):
            slot = slots[party] if party in slots else slots[None]
            if party != one.party and slot.when == "now":
                self._release(did, one, party, [ref_of(one.what.sid, 0)], slot.form, "now")
                did.groups[-1].is_owed = False

    def _ended(self, one: Said, did: Happened) -> None:
        version = self.version(one.what.header.under, one.index)
        assert version is not None
        did.rule = version.sid
        effects = []
        for old, _ in one.what.ends_and_replaces:
            if self.filing(old) is None or self.filing(old)[0].index > one.index:  # type: ignore[index]
                effects.append("waiting")
                did.marks.add("ends_unknown")
            elif not self.is_its_own(one, old):
                effects.append("not_yours")
                did.marks.add("ends_not_yours")
            elif (state := self.fate(old, one.index)) != "stands":
                effects.append("stale")
                did.marks.add(f"ends_{state}")
            else:
                effects.append("in_force")
        troubles = [effect for effect in effects if effect != "in_force"]
        did.effect = troubles[-1] if troubles else "in_force"
        if version.rules.state != "in_force":
            did.marks.add(version.rules.state)
        if did.effect != "not_yours":
            self._say(one, did)
        told = {slot.party for slot in one.what.slots if slot.when == "now"}
        if None in told:
            told |= {member.party for member in version.rules.members if member.role == "party"}
        if did.effect == "in_force":
            self._label_untold(one, did, [(old, told) for old, _ in one.what.ends_and_replaces])

    def _label_untold(self, one: Said, did: Happened, told: list[tuple[bytes, set[bytes | None]]]) -> None:
        """Label an entry that leaves somebody with a version that is over, and does not tell him; `told` by old item."""
        groups = [group for at, h in self.happened.items() if at < one.index for group in h.groups]
        for old, parties in told:
            holders = {group.party for group in (*groups, *did.groups) if old in group.refs}
            if self.is_its_own(one, old) and holders - parties:
                did.marks.add("not_all_told")

    # --- filing ---------------------------------------------------------------------------------------------

    def _filed(self, one: Said, did: Happened) -> None:
        version = self.version(one.what.header.under, one.index)
        assert version is not None
        did.rule = version.sid
        refs = [ref_of(one.what.sid, item) for item in range(one.what.item_count)]
        self._succession(one, did)
        self._labels(one, did, version)
        named = {slot.party for slot in one.what.slots if slot.party is not None}
        if any(slot.party is None for slot in one.what.slots):
            named |= {member.party for member in version.rules.members if member.role == "party"}
        for party in sorted(named - {one.party}):
            slot = self.slot(refs[0], party, one.index)
            if slot is not None and slot.when == "now":
                self._release(did, one, party, refs, slot.form, "now")
        for ref in refs:
            did.aware[ref], did.unaware[ref] = set(), set()
            for concern, other in product(version.rules.matrix, self.refs_before(one.index)):
                filed = self.filing(other)
                assert filed is not None
                if {concern.a, concern.b} == {one.kind, filed[0].kind}:
                    if self._stands_under(other, version, one):
                        self._pair(ref, other, one, version, concern, did)
        if isinstance(one.body.what, Activity):
            self._judge(one, did)
        groups = [*did.groups, *(group for h in self.happened.values() for group in h.groups)]
        self._label_untold(
            one,
            did,
            [
                (old, {group.party for group in groups if ref_of(one.what.sid, new) in group.refs})
                for old, new in one.what.ends_and_replaces
            ],
        )

    def _stands_under(self, other: bytes, version: Version, one: Said) -> bool:
        filed = self.filing(other)
        assert filed is not None
        theirs = self.version(filed[0].what.header.under, one.index)
        return (
            theirs is not None
            and theirs.first == version.first
            and self.fate(other, one.index) == "stands"
            and not (
                self.is_its_own(one, other) and any(old == other for old, _ in one.what.ends_and_replaces)
            )
        )

    def _succession(self, one: Said, did: Happened) -> None:
        refs = [ref_of(one.what.sid, item) for item in range(one.what.item_count)]
        done = set()
        for item, ref in enumerate(refs):
            for old in [old for old, new in one.what.ends_and_replaces if new == item]:
                known = self.filing(old)
                if known is None or known[0].index >= one.index:
                    did.effect = "waiting"
                    did.marks.add("replaces_unknown")
                    continue
                if not self.is_its_own(one, old):
                    did.effect = "not_yours"
                    did.marks.add("replaces_not_yours")
                    continue
                state = self.fate(old, one.index)
                if state != "stands" and old not in done:
                    did.effect = "branched" if state == "replaced" else "stale"
                    did.marks.add(f"replaces_{state}")
                done.add(old)
                if self.notice(ref).change == "was_always_there":
                    did.marks.add("correction")
                if self.notice(ref).change == "unchanged" and not self._is_same(old, ref):
                    did.marks.add("not_unchanged")

    def _labels(self, one: Said, did: Happened, version: Version) -> None:
        rule = version.rules.rule_of(one.kind)
        filed = sum(
            other.what.item_count
            for other in self.log
            if other.places
            and other.index <= one.index
            and other.ms > one.ms - DAY_MS
            and (other.party, other.kind) == (one.party, one.kind)
            and self.version(other.what.header.under, one.index).first == version.first  # type: ignore[union-attr]
        )
        if filed > rule.daily_max:
            did.marks.add("over_quota")
        self._sums(one, did, version)
        if any(getattr(body.what, "grade", "") == "dual_attested" for body in one.what.bodies["exact"]):  # type: ignore[union-attr]
            if len(self._persons_seats(one)) < 2:
                did.marks.add("grade_unproven")
        bodies = one.what.bodies["exact"]
        volumes = [body.volumes for body in bodies if isinstance(body, Notice)]
        if any(
            extent_cm(each) > rule.blanket_extent_cm or duration_ms(each) > rule.blanket_duration_ms
            for each in volumes
        ):
            did.marks.add("blanket")
        starts_ms = min(volume.interval.start_ms for each in volumes for volume in each)
        if rule.lead_ms > 0 and starts_ms < one.ms + rule.lead_ms:
            did.marks.add("late")
        if one.what.inbox is not None and not self.is_proven(one, self.inbox(one.party, one.index)):
            did.marks.add("inbox_unproven")
        if version.rules.state != "in_force":
            did.marks.add(version.rules.state)
        for body in bodies:
            if isinstance(body, Notice) and body.owner is not None:
                self._consent(one, body.owner, did)

    def _consent(self, one: Said, owner: Owner, did: Happened) -> None:
        told = {slot.party for slot in one.what.slots if slot.when in ("now", "on_meet")} - {one.party}
        if owner.consent_to is not None and told - set(owner.consent_to):
            did.marks.add("beyond_consent")
        if owner.consented_ms > one.ms or owner.consented_ms > one.what.header.stated_ms:
            did.marks.add("consent_later")
        names = [
            earlier.body.name
            for earlier in self.before(one.index)
            if isinstance(earlier.body, Enrolment) and earlier.party == one.party
        ]
        if names and names[0].casefold() == owner.name.casefold():
            did.marks.add("owner_is_filer")

    def _sums(self, one: Said, did: Happened, version: Version) -> None:
        """Cumulative totals: at each moment at which something begins to count, everything that counts is added up."""
        everything = self.refs_before(one.index + 1)
        for total in version.rules.totals:
            spans = {
                ref: span
                for ref in everything
                if (span := self._span_of(ref, total, version, one)) is not None
            }
            mine = [ref for ref in spans if split_ref(ref)[0] == one.what.sid]
            if any(self._figure(ref, total.measure) is None for ref in mine):
                did.marks.add("total_unstated")
            for ref in mine:
                start, end = spans[ref]
                moments = {start} | {since for since, _ in spans.values() if start <= since <= end}
                if self._figure(ref, total.measure) is not None and any(
                    sum(
                        self._figure(other, total.measure) or 0
                        for other, (since, until) in spans.items()
                        if since <= moment <= until and self._sums_with(other, ref, total)
                    )
                    > total.most
                    for moment in moments
                ):
                    did.marks.add("over_total")

    def _sums_with(self, other: bytes, ref: bytes, total: Any) -> bool:
        return total.by == "all" or self.filing(other)[0].party == self.filing(ref)[0].party  # type: ignore[index]

    def _figure(self, ref: bytes, measure: str) -> int | None:
        if measure == "notices":
            return 1
        name = "displacement_t" if measure == "tonnes" else measure
        return getattr(self.notice(ref).what, name)  # type: ignore[no-any-return]

    def _span_of(self, ref: bytes, total: Any, version: Version, one: Said) -> tuple[int, int] | None:
        """From when to when an item counts in a total, just after an entry; None if it does not."""
        filed = self.filing(ref)
        assert filed is not None
        theirs = self.version(filed[0].what.header.under, one.index)
        what = self.notice(ref).what
        word = next(
            (
                getattr(what, name)
                for name in ("activity_type", "movement_type", "zone_type", "category")
                if hasattr(what, name)
            ),
            "",
        )
        role = {member.party: member.role for member in version.rules.members}.get(filed[0].party)
        if (
            filed[0].kind != total.kind
            or theirs is None
            or theirs.first != version.first
            or (total.types and word not in total.types)
            or role in total.except_roles
        ):
            return None
        how = self.last_act(ref, one.index + 1)
        if how in ("replace", "cancel") or (how == "close" and total.window_ms is None):
            return None
        intervals = [volume.interval for volume in self.notice(ref).volumes]
        start, end = min(i.start_ms for i in intervals), max(i.end_ms for i in intervals)
        return (start, end) if total.window_ms is None else (start - total.window_ms, start)

    def last_act(self, ref: bytes, at: int) -> str | None:
        """By what a notice stands no more just before an entry: replace, cancel, close, or None while it stands."""
        for one in self.before(at):
            if not one.is_void and any(old == ref for old, _ in one.what.ends_and_replaces):
                if self.is_its_own(one, ref):
                    return str(one.what.header.act)
        return None

    def matched(self, ref: bytes, form: str, rules: Arrangement) -> list[Volume]:
        found = self.filing(ref)
        assert found is not None
        rule = rules.rule_of(found[0].kind)
        longer = rule.long_stop_ms if rule.after_end == "keeps" else 0
        return [
            replace(
                volume,
                interval=replace(volume.interval, end_ms=min(FOREVER_MS, volume.interval.end_ms + longer)),
            )
            for volume in self.notice(ref, form).volumes
        ]

    def _pair(
        self, ref: bytes, other: bytes, one: Said, version: Version, concern: Any, did: Happened
    ) -> None:
        filed = self.filing(other)
        assert filed is not None
        theirs = filed[0].party
        own = theirs == one.party
        if own and not concern.own:
            return
        my_slot = None if own else self.slot(ref, theirs, one.index)
        their_slot = None if own else self.slot(other, one.party, one.index)
        my_form = "exact" if my_slot is None else my_slot.form
        their_form = "exact" if their_slot is None else their_slot.form
        margin = Margin(
            horizontal_cm=concern.horizontal_cm, vertical_cm=concern.vertical_cm, time_ms=concern.time_ms
        )
        mine, others = (
            self.matched(ref, my_form, version.rules),
            self.matched(other, their_form, version.rules),
        )
        if not any(meets(a, b, margin) for a, b in product(mine, others)):
            return
        planner_is_me = one.kind == "activity" or filed[0].kind != "activity"
        case = [my_slot is not None or own, their_slot is not None or own]
        told = version.rules.told_of(
            activity_released=case[0 if planner_is_me else 1], notice_released=case[1 if planner_is_me else 0]
        )
        who = {
            "planner": one.party if planner_is_me else theirs,
            "owner": theirs if planner_is_me else one.party,
            "neutral": version.rules.neutral,
        }
        names = tuple(sorted({party for word in told if (party := who[word]) is not None}))
        did.meetings.append((ref, my_form, other, their_form, concern.name, names))
        if own:
            return
        for item, slot, party in ((other, their_slot, one.party), (ref, my_slot, theirs)):
            held = self.inbox(party, one.index, did.groups)
            if slot is not None and item not in [each[0] for each in held]:
                self._release(did, one, party, [item], slot.form, "on_meet")
        if one.kind == "activity" and their_slot is not None:
            self._must_cite(ref, other, one, version, did)
        if filed[0].kind == "activity" and my_slot is not None:
            did.told_later.append((other, ref))

    def _must_cite(self, ref: bytes, other: bytes, one: Said, version: Version, did: Happened) -> None:
        cited = set(one.what.cites.leaves) if one.what.cites else set()
        if cited & {other, *self.same_as(other)}:
            if self.is_open(one.party, other, one.index, did.groups):
                did.aware[ref].add(other)
            else:
                did.marks.add("not_called")
                if other not in did.missing:
                    did.missing.append(other)
            return
        head = one.what.inbox
        held = self.inbox(one.party, one.index)
        since = next((each for each in enumerate(held) if each[1][0] == other), None)
        if (
            head is not None
            and since is not None
            and since[0] >= head.n
            and self.is_proven(one, held)
            and since[1][3] >= one.ms - version.rules.citation_grace_ms
        ):
            did.unaware[ref].add(other)
        elif other not in did.missing:
            did.missing.append(other)

    def is_desk(self, party: bytes, ref: bytes, at: int, more: Sequence[Group] = ()) -> bool:
        """Whether an item was released to a party as "call this desk"."""
        forms = [form for each, form, _, _ in self.inbox(party, at, more) if each == ref]
        return forms[:1] == ["desk"]

    def is_open(self, party: bytes, ref: bytes, at: int, more: Sequence[Group] = ()) -> bool:
        """Whether an item says something to a party, or its call about it is on record."""
        about = {ref, *self.same_as(ref)}
        return not self.is_desk(party, ref, at, more) or any(
            about & self.spoken_of(one) for one in self.calls(party, at)
        )

    def calls(self, party: bytes, at: int) -> list[Said]:
        return [
            one
            for one in self.before(at)
            if isinstance(one.body, Contact)
            and one.party == party
            and not one.is_void
            and self.is_person(one)
        ]

    def spoken_of(self, one: Said) -> set[bytes]:
        """The items that a contact is about: those it names, and all of the statements it names."""
        refs = set(one.what.cites.leaves) if one.what.cites else set()
        return refs | {ref for ref in self.refs_before(one.index) if split_ref(ref)[0] in one.what.header.re}

    def _judge(self, one: Said, did: Happened) -> None:
        blanket = "blanket" in did.marks
        uncited = any(body.what.uncited for body in one.what.bodies["exact"])  # type: ignore[union-attr]
        if did.missing and not blanket and not uncited:
            did.effect = "held"
        elif did.effect == "in_force":
            did.effect = "blanket" if blanket else "uncited" if uncited else "aware"

    # --- answering --------------------------------------------------------------------------------------------

    def covered(self, one: Said, did: Happened) -> dict[int, bytes]:
        """Positions of the inbox that an acknowledgement covers, with what lies there; only what is owed counts."""
        inbox = self.inbox(one.party, one.index)
        owed = {
            group.start + place: (group.sid, ref)
            for group in self.groups(one.party, one.index)
            if group.is_owed
            for place, ref in enumerate(group.refs)
        }
        chosen: set[int] = set()
        cites = one.what.cites.leaves if one.what.cites else ()
        for sid in one.what.header.re if not cites else ():
            mine = {place for place, (filed, _) in owed.items() if filed == sid}
            chosen |= mine
            if not mine:
                did.marks.add("not_released_to_you")
        for ref in cites:
            places = [place for place, each in enumerate(inbox) if each[0] == ref]
            chosen |= set(places[:1])
            if not places and split_ref(ref)[1] != WHOLE_ITEM:
                did.marks.add("not_released_to_you")
        if one.body.span is not None:
            chosen |= set(range(one.body.span.start, min(one.body.span.end, len(inbox))))
            if one.body.span.end > len(inbox):
                did.marks.add("beyond_inbox")
        return {place: owed[place][1] for place in sorted(chosen - set(one.body.exceptions)) if place in owed}

    @kept
    def is_person(self, one: Said) -> bool:
        """Whether the key whose chain it continues was enrolled as a person's."""
        return any(
            key.role == "person" and key_id(key.public) == one.what.header.sender.keys[0]
            for earlier in self.before(one.index)
            if isinstance(earlier.body, Enrolment)
            for desk in earlier.body.desks
            for key in desk.keys
        )

    def _persons_seats(self, one: Said) -> set[tuple[str, str]]:
        return {
            (desk.name, key.seat)
            for earlier in self.before(one.index)
            if isinstance(earlier.body, Enrolment)
            for desk in earlier.body.desks
            for key in desk.keys
            if key.role == "person" and key_id(key.public) in one.what.header.sender.keys
        }

    def _acknowledged(self, one: Said, did: Happened) -> None:
        if not self.is_person(one):
            did.effect = "recorded"
            did.marks.add("machine_key")
            return
        refs = list(self.covered(one, did).values())
        if not refs:
            did.effect = "not_yours"
        if any(self.fate(ref, one.index) != "stands" for ref in refs):
            did.marks.add("stale")

    def passed_on(self, one: Said) -> list[Group]:
        """Which releases a dissemination speaks of."""
        cites = one.what.cites.leaves if one.what.cites else ()
        sids = {*one.what.header.re, *(split_ref(ref)[0] for ref in cites)}
        return [group for group in self.groups(one.party, one.index) if group.is_owed and group.sid in sids]

    def is_beyond(self, one: Said, group: Group) -> bool:
        slot = self.slot(group.refs[0], one.party, group.index)
        assert slot is not None
        onward = one.body.third_party is not None or one.body.third_name != ""
        return (onward and slot.travel != "onward") or (len(one.body.echelons) > 0 and slot.travel == "desk")

    def _told_further(self, one: Said, did: Happened) -> None:
        found = self.passed_on(one)
        if not found:
            did.effect = "not_yours"
            did.marks.add("not_released_to_you")
        if any(self.is_beyond(one, group) for group in found):
            did.marks.add("beyond_release")

    # --- what stands at the end -------------------------------------------------------------------------------

    def awareness(self, ref: bytes, at: int) -> tuple[set[bytes], set[bytes]]:
        """What an activity's desk is aware of, and what came since that it has not acknowledged."""
        filed = self.filing(ref)
        assert filed is not None
        cites = filed[0].what.cites.leaves if filed[0].what.cites else ()
        aware = set(self.happened[filed[0].index].aware[ref])
        unaware = set(self.happened[filed[0].index].unaware[ref])
        read: set[bytes] = set()
        for one in [each for each in self.before(at) if each.index > filed[0].index and not each.is_void]:
            for old, _ in one.what.ends_and_replaces:
                if self.is_its_own(one, old) and self.fate(old, one.index) == "stands":
                    unaware.discard(old)
            for activity, notice in self.happened[one.index].told_later:
                knows = bool(self.same_as(notice) & aware) or (
                    bool(self.same_as(notice) & set(cites))
                    and self.is_open(filed[0].party, notice, one.index + 1)
                )
                if activity == ref and knows:
                    aware.add(notice)
                elif activity == ref:
                    unaware.add(notice)
            if isinstance(one.body, Acknowledgement) and one.party == filed[0].party and self.is_person(one):
                seen = unaware & set(self.covered(one, Happened()).values())
                read |= seen
                seen = {each for each in seen if self.is_open(one.party, each, one.index)}
                aware |= seen
                unaware -= seen
            if isinstance(one.body, Contact) and one.party == filed[0].party and self.is_person(one):
                about = self.spoken_of(one)
                seen = {
                    each
                    for each in unaware
                    if about & {each, *self.same_as(each)}
                    and self.is_desk(one.party, each, one.index)
                    and (each in read or set(cites) & {each, *self.same_as(each)})
                }
                aware |= seen
                unaware -= seen
        return aware, unaware

    def ladder(self, group: Group, at: int) -> dict[str, object]:
        """How far one release has come, just before an entry."""
        times: dict[int, int] = {}
        key = answer = None
        handed: tuple[int, bytes] | None = None
        told: list[tuple[int, tuple[str, ...], bool]] = []
        end = group.start + len(group.refs)
        for one in [each for each in self.before(at) if each.party == group.party and not each.is_void]:
            if isinstance(one.body, Acknowledgement) and one.index > group.index and self.is_person(one):
                new = [p for p in self.covered(one, Happened()) if group.start <= p < end and p not in times]
                times |= dict.fromkeys(new, one.ms)
                if new:
                    key, answer = one.what.header.sender.keys[0], one.body.answer
            if isinstance(one.body, Dissemination) and any(each is group for each in self.passed_on(one)):
                beyond = self.is_beyond(one, group)
                if one.body.echelons:
                    told.append((one.ms, one.body.echelons, beyond))
                if one.body.third_party is not None or one.body.third_name:
                    name = one.body.third_name or one.body.third_party.hex()[:8]
                    told.append((one.ms, (f"relayed: {name}",), beyond))
            if handed is None and one.index >= group.index and one.what.inbox is not None:
                held = self.inbox(one.party, one.index + 1)
                if one.what.inbox.n >= end and self.is_proven(one, held):
                    handed = one.ms, one.what.header.sender.keys[0]
        is_whole = len(times) == len(group.refs)
        return {
            "acknowledged_count": len(times),
            "acknowledged_key": key if is_whole else None,
            "acknowledged_ms": max(times.values()) if is_whole else None,
            "answer": answer or "",
            "disseminated": told,
            "end": end,
            "first_acknowledged_ms": min(times.values(), default=None),
            "handed_key": None if handed is None else handed[1],
            "handed_ms": None if handed is None else handed[0],
            "party": group.party,
            "released_ms": group.ms,
            "sid": group.sid,
            "start": group.start,
        }


def _change(found: dict[bytes, Version], one: Said, did: Happened) -> None:
    """One arrangement or adherence, on the versions as they were."""
    if isinstance(one.body, Arrangement) and one.what.header.act == "new":
        found[one.what.sid] = Version(one.what.sid, one.what.sid, one.body, set())
        did.rule = one.what.sid
    elif isinstance(one.body, Arrangement):
        _change_version(found, one, did)
    else:
        for sid in one.what.header.re:
            _change_adherence(found, one, sid, did)


def _change_version(found: dict[bytes, Version], one: Said, did: Happened) -> None:
    olds = {split_ref(old)[0] for old, _ in one.what.ends_and_replaces}
    if not olds <= found.keys():
        did.effect, did.marks = "waiting", {"replaces_unknown"}
        return
    firsts = {found[old].first for old in olds}
    version = found[min(olds)]
    if len(firsts) > 1 or all(member.party != one.party for member in version.rules.members):
        did.effect, did.marks = "not_yours", {"replaces_not_yours"}
        return
    did.rule = version.sid
    if not olds <= {version.sid} | version.waiting.keys():
        did.effect, did.marks = "stale", {"replaces_replaced"}
    elif version.was_adhered:
        did.effect, did.marks = "waiting", {"waits_for_adherence"}
        version.waiting[one.what.sid] = (one.body, set())
        found[one.what.sid] = version
    else:
        version.sid = did.rule = one.what.sid
        version.rules, version.waiting, version.adhered = one.body, {}, set()
        found[one.what.sid] = version


def _change_adherence(found: dict[bytes, Version], one: Said, sid: bytes, did: Happened) -> None:
    version = found.get(sid)
    if version is None:
        did.effect = "waiting"
        did.marks.add("adheres_to_unknown")
        return
    if sid == version.sid:
        rules, adhered = version.rules, version.adhered
    elif sid in version.waiting:
        rules, adhered = version.waiting[sid]
    else:
        did.effect = "stale"
        did.marks.add("adheres_to_replaced")
        return
    parties = {member.party for member in rules.members if member.role == "party"}
    if one.party not in parties | version.adhered:
        did.effect = "not_yours"
        did.marks.add("not_a_party_of_it")
        return
    if one.body.adheres:
        adhered.add(one.party)
        version.was_adhered |= sid == version.sid
    else:
        adhered.discard(one.party)
    for waiting, (text, agreed) in list(version.waiting.items()):
        if version.adhered and version.adhered <= agreed:
            version.sid = did.rule = waiting
            did.marks.add("takes_force")
            version.rules, version.waiting = text, {}
            version.adhered = agreed & {member.party for member in text.members if member.role == "party"}
            break


def is_there_for_longer(old: Notice, new: Notice) -> bool:
    """The same volumes; of a site or a presence each may end later."""
    if not isinstance(old.what, Site | Presence):
        return old.volumes == new.volumes
    ends = [[volume.interval.end_ms for volume in one.volumes] for one in (old, new)]
    moved = [
        [replace(volume, interval=replace(volume.interval, end_ms=FOREVER_MS)) for volume in one.volumes]
        for one in (old, new)
    ]
    return moved[0] == moved[1] and all(a <= b for a, b in zip(*ends, strict=True))
