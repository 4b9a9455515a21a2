"""Who must be told what, and when: read plainly from a whole log, as docs/spec/duties.md and obligations.md say it.

It shares the words with the service (statements, the exact predicate, the log's bytes) and none of its ways: no index, no
calendar, no ladder that is climbed. Everything that was said is gone through for each thing asked. It reads logs with one
version of one arrangement, which nobody amends.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, product
from typing import Any

from naive import DAY_MS, FOREVER_MS, Said, is_there_for_longer, said_in
from naive_readiness import DutyLine, PlainDesks
from standclear.conflicts.extent import extent_cm
from standclear.flow.ports import LogStore
from standclear.keys import key_id
from standclear.spacetime.meet import Margin, meets
from standclear.spacetime.shape import Area, Line, Point
from standclear.spacetime.volume import Volume
from standclear.statements.arrangement import Adherence, Arrangement, Escalation
from standclear.statements.asking import Answer, Contact, Inquiry
from standclear.statements.calls import Agreement, Consultation, Emergency
from standclear.statements.canonical import from_b64u
from standclear.statements.lists import Slot, inbox_leaf, ref_of
from standclear.statements.moving import Movement, Progress
from standclear.statements.notices import Activity, Notice, Presence, Site
from standclear.statements.parties import Enrolment
from standclear.statements.replies import Acknowledgement, Dissemination
from standclear.tlog.merkle import EMPTY_ROOT, Frontier, leaf_hash

NEVER = 1 << 62
URGENT = {"emergency", "correction"}
SOON = {"activity", "movement", "zone", "progress", "incident", "agreement", "consultation"}
SOON |= {"unreachable", "watch_gap"}
PLAIN_KINDS = frozenset(
    {
        *("deliver", "ring", "escalate", "unanswered", "exhausted", "turned"),
        *("line_check", "unreachable", "watch_gap", "lapsing"),
    }
)
"""The duties that are recomputed here, and in `naive_readiness`."""


@dataclass(eq=False)
class Item:
    """One notice of the log: where it was filed, and the entry at which it was replaced, closed or arrived."""

    ref: bytes
    said: Said
    forms: dict[str, Notice]
    gone_index: int = NEVER
    same: set[bytes] = field(default_factory=set)
    aware: set[bytes] = field(default_factory=set)
    unaware: set[bytes] = field(default_factory=set)
    south: float = 0
    north: float = 0
    """Between which latitudes it lies, in degrees, generously, radius included: only to spare the predicate what is far."""

    def __post_init__(self) -> None:
        volumes = [volume for body in self.forms.values() for volume in body.volumes]
        self.south = min(lat - one.radius_cm / 1e7 for one in volumes for lat in _lats(one)) - 0.01
        self.north = max(lat + one.radius_cm / 1e7 for one in volumes for lat in _lats(one)) + 0.01

    @property
    def exact(self) -> Notice:
        return self.forms["exact"]


@dataclass(eq=False)
class Release:
    """Consecutive places of a party's inbox, filled by one entry with one statement at once."""

    party: bytes
    sid: bytes
    refs: list[bytes]
    start: int
    index: int
    ms: int
    of: Said
    is_owed: bool
    says_again: bool = False
    rows: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Place of the inbox -> (entry, time) of its first acknowledgement by a person."""
    attested_index: int = NEVER
    """The entry that says that an answer came without a key: it quiets the clock, and is no acknowledgement."""

    @property
    def end(self) -> int:
        return self.start + len(self.refs)

    def acknowledged(self) -> tuple[int, int]:
        """(entry, time) at which the last row was acknowledged."""
        return max(self.rows.values()) if len(self.rows) == len(self.refs) else (NEVER, NEVER)


@dataclass(eq=False)
class Question:
    """What was asked of several: a call, an inquiry, a consultation, a notice that asks for agreement."""

    said: Said
    asked: set[bytes]
    until_ms: int | None
    answered: dict[bytes, int] = field(default_factory=dict)
    """Party -> the entry of its first answer."""
    attested: dict[bytes, int] = field(default_factory=dict)
    ended_index: int = NEVER

    def quiet_index(self, party: bytes) -> int:
        return min(self.ended_index, self.answered.get(party, NEVER), self.attested.get(party, NEVER))


@dataclass(frozen=True)
class Owed:
    """One duty: its line, the time at which it falls due, the entry it came with, and the entry that ends it."""

    line: DutyLine
    at_ms: int
    since_index: int
    quiet_index: int


class Plain:
    """Everything that is owed in a log, from its entries alone."""

    def __init__(self, store: LogStore) -> None:
        self.log = said_in(store)
        [(self.under, self.rules)] = [
            (one.what.sid, one.body) for one in self.log if isinstance(one.body, Arrangement)
        ]
        assert all(one.body.adheres for one in self.log if isinstance(one.body, Adherence))
        self.parties = {member.party for member in self.rules.members if member.role == "party"}
        self.monitors = [member.party for member in self.rules.members if member.role == "monitor"]
        self.persons = {
            key_id(key.public)
            for one in self.log
            if isinstance(one.body, Enrolment)
            for desk in one.body.desks
            for key in desk.keys
            if key.role == "person"
        }
        self.items: dict[bytes, Item] = {}
        self.standing: dict[str, list[Item]] = defaultdict(list)
        self.inboxes: dict[bytes, list[tuple[bytes, str, int, int]]] = defaultdict(list)
        self.releases: list[Release] = []
        self.questions: list[Question] = []
        self.told_further: dict[tuple[bytes, bytes], int] = {}
        self.handed: dict[bytes, list[tuple[int, int]]] = defaultdict(list)
        self.sent = _sent_in(store)
        self.effects: dict[bytes, tuple[str, list[bytes]]] = {}
        self._frontiers: dict[bytes, Frontier] = defaultdict(Frontier)
        self._roots: dict[bytes, list[bytes]] = defaultdict(lambda: [EMPTY_ROOT])
        for one in self.log:
            self._read(one)
        self._attested(store)
        self.desks = PlainDesks(self.log, self.under, self.rules, self.persons)
        self.warned = [one for one in self._warned() if one[0] < self.log[-1].ms + DAY_MS]
        self.owed = [*self._of_releases(), *self._of_questions(), *self._of_time()]

    # --- reading, entry by entry --------------------------------------------------------------------------

    def _read(self, one: Said) -> None:
        assert not one.is_void
        if one.places:
            self._filed(one)
        elif one.what.header.under is not None:
            self._spoken(one)
        head = one.what.inbox
        if head is not None:
            told = self.inboxes[one.party]
            if head.n <= len(told) and self._root(one.party, head.n) == head.root:
                self.handed[one.party].append((head.n, one.index))

    def _root(self, party: bytes, n: int) -> bytes:
        """The root of the first n places of an inbox."""
        roots = self._roots[party]
        for ref, form, _, _ in self.inboxes[party][len(roots) - 1 : n]:
            self._frontiers[party].append(leaf_hash(inbox_leaf(ref, form)))
            roots.append(self._frontiers[party].root())
        return roots[n]

    def _tell(self, one: Said, of: Said, refs: list[bytes], slot: Slot, party: bytes, *, owed: bool) -> None:
        told = self.inboxes[party]
        self.releases.append(Release(party, of.what.sid, refs, len(told), one.index, one.ms, of, owed))
        told.extend((ref, slot.form, one.index, one.ms) for ref in refs)

    def _says_again(self, item: Item, form: str, party: bytes) -> bool:
        """Whether the party has acknowledged, in this form, an earlier version that is said again unchanged."""
        rows = {
            self.inboxes[party][place][:2]
            for release in self.releases
            if release.party == party
            for place in release.rows
        }
        is_kind = isinstance(item.exact.what, Site | Presence)
        return is_kind and item.exact.change == "unchanged" and any((old, form) in rows for old in item.same)

    def _slot(self, of: Said, party: bytes) -> Slot | None:
        """The slot under which a party is told: its own, or else that for any party."""
        found: Slot | None = None
        for slot in of.what.slots:
            if slot.party == party or (slot.party is None and found is None and party in self.parties):
                found = slot
        return None if found is None or found.when == "never" else found

    def _named(self, of: Said) -> list[bytes]:
        everybody = self.parties if any(slot.party is None for slot in of.what.slots) else set()
        return sorted((everybody | {slot.party for slot in of.what.slots if slot.party}) - {of.party})

    # --- notices ------------------------------------------------------------------------------------------

    def _filed(self, one: Said) -> None:
        count = one.what.item_count
        new = [
            Item(ref_of(one.what.sid, n), one, {form: bodies[n] for form, bodies in one.what.bodies.items()})  # type: ignore[misc]
            for n in range(count)
        ]
        for old_ref, n in one.what.ends_and_replaces:
            old = self.items.get(old_ref)
            if old is not None and (old.said.party, old.said.kind) == (one.party, one.kind):
                self._goes(old, one.index)
                if _is_same(old, new[n]):
                    new[n].same |= {old.ref} | old.same
        for party in self._named(one):
            slot = self._slot(one, party)
            if slot is not None and slot.when == "now":
                says_again = all(self._says_again(item, slot.form, party) for item in new)
                self._tell(one, one, [item.ref for item in new], slot, party, owed=True)
                self.releases[-1].says_again = says_again
        missing: list[bytes] = []
        for item in new:
            self._meet(item, one, missing)
        for item in new:
            self.items[item.ref] = item
            self.standing[one.kind].append(item)
        if isinstance(new[0].exact.what, Activity):
            is_open = any(item.exact.what.uncited for item in new)  # type: ignore[union-attr]
            effect = "uncited" if is_open else "held" if missing else "aware"
            self.effects[one.what.sid] = effect, list(dict.fromkeys(missing))
        if new[0].exact.mode == "request_agreement":
            starts_ms = min(volume.interval.start_ms for volume in new[0].exact.volumes)
            asked = {release.party for release in self.releases if release.of is one}
            self.questions.append(Question(one, asked, starts_ms))

    def _goes(self, old: Item, index: int) -> None:
        if old.gone_index == NEVER:
            old.gone_index = index
            self.standing[old.said.kind].remove(old)
            for activity in self.standing["activity"]:
                activity.unaware.discard(old.ref)

    def _meet(self, item: Item, one: Said, missing: list[bytes]) -> None:
        """Every notice that stands and concerns this one, in the log's order."""
        for concern in self.rules.matrix:
            if one.kind not in (concern.a, concern.b):
                continue
            other_kind = concern.b if concern.a == one.kind else concern.a
            margin = Margin(
                horizontal_cm=concern.horizontal_cm, vertical_cm=concern.vertical_cm, time_ms=concern.time_ms
            )
            far = margin.horizontal_cm / 1e7
            for other in self.standing[other_kind]:
                is_near = other.south < item.north + far and other.north > item.south - far
                if is_near and other.said.party != one.party and self._do_meet(item, other, margin):
                    self._met(item, other, one, missing)

    def _do_meet(self, a: Item, b: Item, margin: Margin) -> bool:
        a_slot, b_slot = self._slot(a.said, b.said.party), self._slot(b.said, a.said.party)
        ours = a.forms["exact" if a_slot is None else a_slot.form]
        theirs = b.forms["exact" if b_slot is None else b_slot.form]
        return any(
            meets(self._kept(x, a.said.kind), self._kept(y, b.said.kind), margin)
            for x, y in product(ours.volumes, theirs.volumes)
        )

    def _kept(self, volume: Volume, kind: str) -> Volume:
        rule = self.rules.rule_of(kind)
        longer_ms = rule.long_stop_ms if rule.after_end == "keeps" else 0
        end_ms = min(FOREVER_MS, volume.interval.end_ms + longer_ms)
        return replace(volume, interval=replace(volume.interval, end_ms=end_ms))

    def _met(self, item: Item, other: Item, one: Said, missing: list[bytes]) -> None:
        mine, theirs = self._slot(one, other.said.party), self._slot(other.said, one.party)
        for what, slot, party in ((other, theirs, one.party), (item, mine, other.said.party)):
            if slot is not None and all(ref != what.ref for ref, _, _, _ in self.inboxes[party]):
                self._tell(one, what.said, [what.ref], slot, party, owed=True)
        if one.kind == "activity" and theirs is not None:
            self._must_cite(item, other, one, missing)
        if other.said.kind == "activity" and mine is not None:
            if item.same & (set(_cites(other.said)) | other.aware):
                other.aware.add(item.ref)
            else:
                other.unaware.add(item.ref)

    def _must_cite(self, item: Item, other: Item, one: Said, missing: list[bytes]) -> None:
        if {other.ref, *other.same} & set(_cites(one)):
            item.aware.add(other.ref)
            return
        head, told = one.what.inbox, self.inboxes[one.party]
        place = next(n for n, (ref, _, _, _) in enumerate(told) if ref == other.ref)
        _, _, index, ms = told[place]
        is_new = head is not None and place >= head.n and index < one.index
        if (
            is_new
            and ms >= one.ms - self.rules.citation_grace_ms
            and self._root(one.party, head.n) == head.root
        ):  # type: ignore[union-attr]
            item.unaware.add(other.ref)
        else:
            missing.append(other.ref)

    # --- words ------------------------------------------------------------------------------------------------

    def _spoken(self, one: Said) -> None:
        body = one.body
        is_person = self._is_person(one)
        if isinstance(body, Acknowledgement):
            if is_person:
                self._acknowledged(one)
        elif isinstance(body, Dissemination):
            for sid in (*one.what.header.re, *(ref[:32] for ref in _cites(one))):
                self.told_further.setdefault((sid, one.party), one.index)
        elif isinstance(body, Inquiry) and not self._is_within_bounds(one):
            return
        first = len(self.releases)
        for party in self._named(one):
            slot = self._slot(one, party)
            if slot is not None and slot.when == "now":
                self._tell(one, one, [ref_of(one.what.sid, 0)], slot, party, owed=False)
        asked = {release.party for release in self.releases[first:]}
        if isinstance(body, Inquiry):
            self.questions.append(Question(one, asked, body.answer_by_ms))
        elif isinstance(body, Emergency) and body.part == "call":
            self.questions.append(Question(one, asked, None))
        elif isinstance(body, Consultation) and body.part == "call":
            self.questions.append(Question(one, asked, body.at_ms))
        elif not isinstance(body, Emergency) or is_person:
            self._answered(one)
        if isinstance(body, Progress) and body.stage in ("arrived", "outcome"):
            for ref in _cites(one):
                self._goes(self.items[ref], one.index)
        if one.what.header.act in ("close", "cancel"):
            for ref, _ in one.what.ends_and_replaces:
                self._goes(self.items[ref], one.index)

    def _answered(self, one: Said) -> None:
        body = one.body
        is_reply = isinstance(body, Consultation) and body.part == "reply"
        for question in self.questions:
            if question.said.what.sid not in one.what.header.re:
                continue
            if isinstance(body, Emergency) and body.part == "end":
                if one.party == question.said.party:
                    question.ended_index = min(question.ended_index, one.index)
            elif isinstance(body, Answer | Agreement | Emergency) or is_reply:
                if one.party in question.asked:
                    question.answered.setdefault(one.party, one.index)

    def _attested(self, store: LogStore) -> None:
        """Answers by link, as the deeds say; and by what a desk says that it was told outside the system."""
        for index, record in _done(store, "attested"):
            party, sid = from_b64u(record["party"], 16, ""), from_b64u(record["sid"], 32, "")
            for release in self.releases:
                if record["inbox_start"] <= release.start and release.end <= record["inbox_end"]:
                    self._quiet(release, party, sid, index)
            for question in self.questions:
                if question.said.what.sid == sid:
                    question.attested[party] = min(index, question.attested.get(party, NEVER))
        for one in self.log:
            if isinstance(one.body, Contact) and one.body.result in ("answered", "read_back_correct"):
                for sid in one.what.header.re:
                    for release in self.releases:
                        if one.party in (release.of.party, *self.monitors) and release.index < one.index:
                            self._quiet(release, one.body.party, sid, one.index)

    def _quiet(self, release: Release, party: bytes, sid: bytes, index: int) -> None:
        if (release.party, release.sid) == (party, sid):
            release.attested_index = min(release.attested_index, index)

    def _is_within_bounds(self, one: Said) -> bool:
        rule = self.rules.inquiry
        today = sum(
            question.said.party == one.party and isinstance(question.said.body, Inquiry)
            for question in self.questions
            if question.said.ms > one.ms - DAY_MS
        )
        return (
            extent_cm(one.body.volumes) >= rule.extent_least_cm
            and one.body.answer_by_ms - one.ms <= rule.answer_most_ms
            and today < rule.daily_max
        )

    def _is_person(self, one: Said) -> bool:
        return one.what.header.sender.keys[0] in self.persons

    def _acknowledged(self, one: Said) -> None:
        told, cites = self.inboxes[one.party], _cites(one)
        places: set[int] = set()
        if one.what.cites is None:
            for release in self.releases:
                if release.party == one.party and release.sid in one.what.header.re:
                    places |= set(range(release.start, release.end))
        for ref in cites:
            places |= set([place for place, (held, _, _, _) in enumerate(told) if held == ref][:1])
        if one.body.span is not None:
            places |= set(range(one.body.span.start, min(one.body.span.end, len(told))))
        places -= set(one.body.exceptions)
        seen = set()
        for release in self.releases:
            if release.party == one.party and release.is_owed:
                for place in places & set(range(release.start, release.end)):
                    release.rows.setdefault(place, (one.index, one.ms))
                    seen.add(told[place][0])
        for activity in [item for item in self.items.values() if item.unaware]:
            if activity.said.party == one.party:
                activity.aware |= seen & activity.unaware
                activity.unaware -= seen

    # --- what is owed -----------------------------------------------------------------------------------------

    def _of_releases(self) -> Iterator[Owed]:
        calls = {question.said.what.sid for question in self.questions if question.said.kind == "emergency"}
        for release in self.releases:
            if release.is_owed and not release.says_again:
                yield from self._of_ladder(release)
        by_place = sorted(self.releases, key=lambda one: (one.party, one.start))
        for (party, sid, index), run in groupby(by_place, lambda one: (one.party, one.sid, one.index)):
            first, *more = run
            end = (more or [first])[-1].end
            is_call = sid in calls
            deadline_ms = self._deadline(first) if first.is_owed and not first.says_again else None
            line: DutyLine = (
                *(
                    "ring" if is_call else "deliver",
                    sid,
                    party,
                    "duty_desk",
                    0,
                    _severity(first.of),
                    first.ms,
                ),
                *(deadline_ms, first.of.kind, party if is_call else None, first.start, end),
            )  # type: ignore[assignment]
            yield Owed(line, first.ms, index, NEVER)

    def _deadline(self, release: Release) -> int:
        return release.ms + self.rules.rule_of(release.of.kind).acknowledge_ms

    def _of_ladder(self, release: Release) -> Iterator[Owed]:
        deadline_ms, kind, owner = self._deadline(release), release.of.kind, release.of.party
        item = self.items[release.refs[0]]
        begins_ms = min(volume.interval.start_ms for volume in item.exact.volumes)
        lead_ms = self.rules.rule_of(kind).lead_ms
        alarm_ms = min([deadline_ms, *[at for at in (begins_ms - lead_ms, begins_ms) if at > release.ms][:1]])
        quiet = min(release.acknowledged()[0], release.attested_index)

        def owed(word: str, whom: bytes, level: str, step: int, at_ms: int) -> Owed:
            line: DutyLine = (
                *(word, release.sid, whom, level, step, _severity(release.of), at_ms, deadline_ms, kind),
                *(release.party, 0, 0),
            )  # type: ignore[assignment]
            return Owed(line, at_ms, release.index, quiet)

        yield owed("unanswered", owner, "duty_desk", 0, alarm_ms)
        for number, step in enumerate(self.rules.escalation, start=1):
            for whom in self._whom(step, release.party):
                yield owed("escalate", whom, step.level, number, deadline_ms + step.after_ms)
        last_ms = max([step.after_ms for step in self.rules.escalation], default=0)
        yield owed("exhausted", owner, "duty_desk", len(self.rules.escalation), deadline_ms + last_ms)

    def _whom(self, step: Escalation, silent: bytes) -> Sequence[bytes]:
        return self.monitors if step.level == "arrangement_monitor" else [silent]

    def _of_questions(self) -> Iterator[Owed]:
        for question in self.questions:
            one, kind = question.said, question.said.kind
            is_call = kind == "emergency"
            if is_call:
                yield from self._rung_at_once(question)
            steps = self.rules.emergency if is_call else self.rules.escalation
            from_ms = one.ms
            if kind == "inquiry":
                assert question.until_ms is not None
                from_ms = max(one.ms, question.until_ms)
            for silent in question.asked:
                quiet = question.quiet_index(silent)
                due = [
                    ("escalate", whom, step.level, number, from_ms + step.after_ms)
                    for number, step in enumerate(steps, start=1)
                    for whom in self._whom(step, silent)
                    if not (is_call and self._is_rung(step))
                ]
                if steps or not is_call:
                    last_ms = max([step.after_ms for step in steps], default=0)
                    due.append(("exhausted", one.party, "duty_desk", len(steps), from_ms + last_ms))
                for word, whom, level, number, at_ms in due:
                    line: DutyLine = (
                        *(word, one.what.sid, whom, level, number, _severity_of(kind), at_ms),
                        *(question.until_ms, kind, silent, 0, 0),
                    )  # type: ignore[assignment]
                    yield Owed(line, at_ms, one.index, quiet)

    def _is_rung(self, step: Escalation) -> bool:
        """Whether a call's step is a ring of the monitors with the call itself."""
        return step.level == "arrangement_monitor" and step.after_ms == 0

    def _rung_at_once(self, call: Question) -> Iterator[Owed]:
        for monitor in self.monitors if any(map(self._is_rung, self.rules.emergency)) else []:
            if monitor not in call.asked and monitor != call.said.party:
                line: DutyLine = (
                    *(
                        "ring",
                        call.said.what.sid,
                        monitor,
                        "duty_desk",
                        0,
                        1,
                        call.said.ms,
                        None,
                        "emergency",
                    ),
                    *(monitor, 0, 0),
                )  # type: ignore[assignment]
                yield Owed(line, call.said.ms, call.said.index, call.ended_index)

    def _warned(self) -> Iterator[tuple[int, int, int, Item]]:
        """Each warning of each notice: (when, its number, the notice's end, the notice). Those of one day come at its beginning."""
        for item in self.items.values():
            end_ms, word = _until(item.exact)
            for number, span_ms in enumerate(
                self.rules.rule_of(item.said.kind).warn_ms if word else (), start=1
            ):
                reached_ms = end_ms - span_ms
                begins_ms = reached_ms - reached_ms % min(DAY_MS, span_ms)
                due_ms = begins_ms if item.said.ms < begins_ms else reached_ms
                if item.said.ms < due_ms:
                    yield due_ms, number, end_ms, item

    def lapsing(self, after_ms: int, now_ms: int, size: int) -> Iterator[DutyLine]:
        """What its owner is warned of: all that reaches a warning on one day is one; later filings by themselves."""
        together: dict[tuple[bytes, str, int, int], list[tuple[int, Item]]] = defaultdict(list)
        for due_ms, number, end_ms, item in self.warned:
            is_left = item.gone_index >= size > item.said.index and end_ms > now_ms
            if after_ms < due_ms <= now_ms and is_left:
                together[item.said.party, item.said.kind, number, due_ms].append((end_ms, item))
        for (owner, kind, number, due_ms), some in together.items():
            deadline_ms = min(end_ms for end_ms, _ in some)
            sid = some[0][1].said.what.sid
            yield ("lapsing", sid, owner, "duty_desk", number, 3, due_ms, deadline_ms, kind, None, 0, 0)

    def rings(self, after_ms: int, now_ms: int, size: int) -> Iterator[DutyLine]:
        """The newest repetition of each call's ring in (after_ms, now_ms], to every desk where no person has answered."""
        for question in self.questions:
            if question.said.kind == "emergency" and question.said.index < size and self.rules.emergency:
                every_ms = next((step.after_ms for step in self.rules.emergency if step.after_ms), NEVER)
                number = min(1_440, (now_ms - question.said.ms) // every_ms)
                at_ms = question.said.ms + number * every_ms
                for party in question.asked:
                    if number > 0 and at_ms > after_ms and question.quiet_index(party) >= size:
                        sid = question.said.what.sid
                        yield (
                            "ring",
                            sid,
                            party,
                            "duty_desk",
                            number,
                            1,
                            at_ms,
                            None,
                            "emergency",
                            party,
                            0,
                            0,
                        )

    def _of_time(self) -> Iterator[Owed]:
        """What lapses, goes stale or becomes overdue; to whom, beside its owner, depends on who has acknowledged by then."""
        turning: dict[tuple[bytes, int, str], list[Item]] = defaultdict(list)
        for item in self.items.values():
            until_ms, word = _until(item.exact)
            if word:
                turning[item.said.what.sid, max(until_ms, item.said.ms), word].append(item)
        for (sid, at_ms, word), items in turning.items():
            one = items[0].said
            gone = max(item.gone_index for item in items)
            relying: dict[bytes, int] = {one.party: one.index}
            for release in self.releases:
                if release.sid == sid and release.says_again:  # it relies on what it acknowledged before
                    relying[release.party] = min(release.index, relying.get(release.party, NEVER))
                if release.sid == sid and release.is_owed:
                    for index, _ in release.rows.values():
                        relying[release.party] = min(index, relying.get(release.party, NEVER))
            for party, since in relying.items():
                line: DutyLine = (
                    *("turned", sid, party, "duty_desk", 0, _severity_of(one.kind), at_ms + 1, None, word),
                    *(None, 0, 0),
                )  # type: ignore[assignment]
                yield Owed(line, at_ms + 1, since, gone)

    # --- asked at a moment ------------------------------------------------------------------------------------

    def due(self, after_ms: int, now_ms: int, told_size: int, size: int) -> list[DutyLine]:
        """What falls due at a look at `now_ms`, `size` entries being there, after one at `after_ms` with `told_size`."""
        found = [
            *self.rings(after_ms, now_ms, size),
            *self.desks.due(after_ms, now_ms, size),
            *self.lapsing(after_ms, now_ms, size),
        ]
        for one in self.owed:
            if one.line[0] in ("deliver", "ring") and one.line[11] > one.line[10]:
                if told_size <= one.since_index < size:
                    found.append(one.line)
            elif after_ms < one.at_ms <= now_ms and one.since_index < size <= one.quiet_index:
                found.append(one.line)
        return found

    def state(self, release: Release, now_ms: int, size: int) -> str:
        """How far a release has come, in the words of the ladder."""
        if release.acknowledged()[0] < size:
            is_further = self.told_further.get((release.sid, release.party), NEVER) < size
            return "disseminated" if is_further else "acknowledged"
        deadline_ms = self._deadline(release)
        if now_ms > deadline_ms and not release.says_again:
            steps = self.rules.escalation
            passed = [step for step in steps if now_ms >= deadline_ms + step.after_ms]
            if steps and len(passed) == len(steps):
                return "made_available_unanswered"
            return "escalated" if passed else "overdue"
        if self.told_further.get((release.sid, release.party), NEVER) < size:
            return "disseminated"
        if any(n >= release.end and index < size for n, index in self.handed[release.party]):
            return "handed_over"
        is_sent = any(end >= release.end and index < size for end, index in self.sent[release.party])
        return "sent" if is_sent else "released"


def _cites(one: Said) -> Sequence[bytes]:
    return one.what.cites.leaves if one.what.cites else ()


def _is_same(old: Item, new: Item) -> bool:
    """Nothing that a planner relies on differs: the volumes of every form, and what it is."""
    names = (
        "site_class",
        "category",
        "activity_type",
        "movement_type",
        "movement_mode",
        "zone_type",
        "restriction",
    )
    words = [[getattr(item.exact.what, name, None) for name in names] for item in (old, new)]
    if words[0] != words[1] or old.forms.keys() != new.forms.keys():
        return False
    return all(is_there_for_longer(body, new.forms[form]) for form, body in old.forms.items())


def _until(notice: Notice) -> tuple[int, str]:
    ends_ms = max(volume.interval.end_ms for volume in notice.volumes)
    what = notice.what
    if isinstance(what, Site):
        return min(ends_ms, what.valid_until_ms), "lapsed"
    if isinstance(what, Presence):
        return min(ends_ms, what.as_of_ms + what.age_max_ms), "stale"
    return ends_ms, "overdue" if isinstance(what, Movement) else ""


def _severity_of(kind: str) -> int:
    return 1 if kind in URGENT else 2 if kind in SOON else 3


def _severity(one: Said) -> int:
    is_correction = one.places and one.body.change == "was_always_there"
    return _severity_of("correction" if is_correction else one.kind)


def _points(volume: Volume) -> list[tuple[int, int]]:
    match volume.core:
        case Point(at=at):
            return [at]
        case Line(points=points):
            return list(points)
        case Area(rings=rings):
            return [point for ring in rings for point in ring]


def _lats(volume: Volume) -> list[float]:
    return [lat / 1e7 for _, lat in _points(volume)]


def _sent_in(store: LogStore) -> dict[bytes, list[tuple[int, int]]]:
    """What the service says it handed to channels: for each party, (end of the inbox, the deeds' entry)."""
    found: dict[bytes, list[tuple[int, int]]] = defaultdict(list)
    for index, record in _done(store, "sent"):
        found[from_b64u(record["party"], 16, "")].append((record["inbox_end"], index))
    return found


def _done(store: LogStore, kind: str) -> Iterator[tuple[int, Any]]:
    """What the service says it did of a kind, each with the entry in which it says so."""
    for entry in store.read_entries(0, store.read_head().size):
        if not entry.bodies:
            for record in json.loads(entry.beside)["items"]["records"]:
                if record["record"] == kind:
                    yield entry.index, record
