"""The book: the whole fold. One entry in, its outcome out; everything derived from a log is derived here.

Entry by entry, in order: the roll (who may speak), the arrangements (under which rules), the register (what stands
and meets), the inboxes (what was released to whom), the ledger (who owes an answer). A rebuild from the log gives the
same book; `standclear log fsck` compares.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from standclear.conflicts.agreements import Accord, Agreements
from standclear.conflicts.candidates import CandidateIndex
from standclear.conflicts.compared import Compared
from standclear.conflicts.consent import mark_consent
from standclear.conflicts.extent import extent_cm
from standclear.conflicts.forms import check_forms
from standclear.conflicts.history import Recalled
from standclear.conflicts.inboxes import Inboxes
from standclear.conflicts.outcome import Outcome, Release
from standclear.conflicts.register import Filing, Register
from standclear.conflicts.sayings import Sayings
from standclear.conflicts.signing import Unsigned
from standclear.errors import Malformed, NotFound, NotPermitted
from standclear.obligations.attesting import attest_contact, attest_record, one_answer
from standclear.obligations.carriage import Carriage
from standclear.obligations.copies import Copies
from standclear.obligations.erasures import Erasures
from standclear.obligations.forgetting import forget
from standclear.obligations.grading import Gradings
from standclear.obligations.ladder import Ladder
from standclear.obligations.ledger import Ledger
from standclear.obligations.matters import Matters
from standclear.obligations.readiness import BINDING_KINDS, Readiness
from standclear.obligations.removals import Removals
from standclear.obligations.turns import Turns, alarm_of, severity_of
from standclear.statements.arrangement import Adherence, Arrangement
from standclear.statements.asking import Contact, Inquiry
from standclear.statements.bodies import Body
from standclear.statements.calls import Agreement, Emergency, Incident, LineCheck, Objection, Watch
from standclear.statements.carriage import CarriedRecord
from standclear.statements.deeds import (
    LINE_ANSWERED,
    AttestedRecord,
    Record,
    SentRecord,
    ShreddedRecord,
)
from standclear.statements.erasing import Erasure, Hold
from standclear.statements.header import NOTICE_KINDS, OPEN_KINDS, Header
from standclear.statements.lists import ref_of, split_ref
from standclear.statements.moving import Progress
from standclear.statements.notices import Ending, Notice, Presence, Site
from standclear.statements.parties import Charter, Enrolment
from standclear.statements.replies import Acknowledgement, Dissemination
from standclear.statements.roll import Roll
from standclear.statements.submission import Submission
from standclear.statements.traces import is_of_copy, trace_of
from standclear.tlog.merkle import Tree

DAY_MS = 86_400_000
BEGINNING_KINDS = frozenset({"activity", "movement", "zone"})
"""What one must know of before it begins; a site or a presence is there already."""


class Book:
    """Everything that follows from a log's entries, as far as they have been stepped through."""

    def __init__(self, make_index: Callable[[], CandidateIndex]) -> None:
        self.roll = Roll()
        self.agreements = Agreements()
        self.inboxes = Inboxes()
        self.register = Register(make_index, self.inboxes)
        self.ledger = Ledger(self.inboxes)
        self.matters = Matters()
        self.erasures = Erasures(self.register, self.agreements, self.matters)
        self.removals = Removals()
        self.sayings = Sayings()
        self.turns = Turns()
        self.gradings = Gradings()
        self.compared = Compared()
        self.readiness = Readiness()
        self.attested: dict[AttestedRecord, bytes] = {}
        self.copies = Copies(make_index)
        self.carriage = Carriage()
        self.words: dict[bytes, str] = {}
        self.index_of: dict[bytes, int] = {}
        self.tree = Tree()

    @property
    def size(self) -> int:
        """How many entries were stepped through."""
        return self.tree.size

    # --- the door: refuse before anything is appended ---------------------------------------------------

    def check(self, submission: Submission, now_ms: int) -> None:
        """Refuse what is not authentic or not sayable; whatever passes is appended, and earns an effect.

        Raises:
            Refused: with the field and the remedy; nothing was changed.
        """
        header = submission.header
        first = submission.bodies["exact"][0]
        self._check_place(submission)
        self.roll.check(submission.envelope, header, first, now_ms, is_verified=submission.is_verified)
        if isinstance(first, Enrolment):
            self.roll.check_enrolment(first, header.sender.party)
        if header.kind not in OPEN_KINDS:
            agreement = self._agreement(header.under)
            if not agreement.arrangement.is_member(header.sender.party):
                raise NotPermitted(
                    field="header.under",
                    reason="the party is not of this arrangement",
                    remedy="file under your own",
                )
            if header.kind in NOTICE_KINDS and header.act in ("new", "replace"):
                self._check_notice(submission, agreement)
        if isinstance(first, Acknowledgement | Dissemination) and not (
            header.re or submission.cites or getattr(first, "span", None) or getattr(first, "copy", None)
        ):
            raise Malformed(
                "header.re", "it answers nothing", "name statements, items or a span of the inbox"
            )
        if isinstance(first, Erasure | Hold) and not (header.re or submission.cites):
            raise Malformed("header.re", "it names nothing", "name items in cites, or statements in re")

    def _check_place(self, submission: Submission) -> None:
        is_charter = isinstance(submission.bodies["exact"][0], Charter)
        if is_charter != (self.size == 0):
            raise NotPermitted(field="header.kind", reason="a charter is entry 0, and entry 0 is a charter")

    def _agreement(self, under: bytes | None) -> Accord:
        agreement = self.agreements.find(under)
        if agreement is None:
            raise NotFound(
                field="header.under", reason="no such arrangement", remedy="name an arrangement of this log"
            )
        return agreement

    def _check_notice(self, submission: Submission, agreement: Accord) -> None:
        kind = submission.header.kind
        if all(rule.kind != kind for rule in agreement.arrangement.kinds):
            raise NotPermitted(
                field="header.kind", reason=f"the arrangement has no {kind}", remedy="amend it first"
            )
        for form, bodies in submission.bodies.items():
            for item, body in enumerate(bodies):
                exact = submission.bodies["exact"][item]
                if form != "exact" and isinstance(body, Notice) and isinstance(exact, Notice):
                    check_forms(exact.volumes, body.volumes, f"forms.{form}[{item}]")

    # --- the fold -----------------------------------------------------------------------------------------

    def step(
        self,
        submission: Submission,
        index: int,
        now_ms: int,
        leaf: bytes,
        recorded: Recalled | None = None,
    ) -> Outcome:
        """Take one entry in, the log's next, and say what it did. Deterministic: the same log gives the same book.

        `leaf` is the entry's leaf hash; `now_ms` the time that stands in the entry; `recorded` what the deeds said of it,
        where words were shredded since that it would follow from.
        """
        assert index == self.size
        header = submission.header
        body = submission.bodies["exact"][0]
        marks = self.roll.step(index, submission.sid, header, body)
        is_void = header.void_after_ms is not None and now_ms > header.void_after_ms
        if header.kind not in NOTICE_KINDS or header.act in ("cancel", "close") or is_void:
            kind = "copy" if is_of_copy(body) else header.kind
            self.erasures.utter(submission.sid, header, kind, submission.item_count, now_ms)
        self.erasures.stir()
        if is_void:
            outcome = Outcome(effect="void")
        else:
            outcome = self._effect(submission, index, now_ms, recorded)
            self._follow_copies(submission, index, now_ms, outcome)
            self._hand_over(submission, now_ms)
        for mark in (*marks, *self._unproven_heads(header)):
            outcome.mark(mark)
        if submission.gone:
            outcome.rests_on_deeds = True
            outcome.marks = list(recorded.marks) if recorded is not None else outcome.marks
        self.index_of[submission.sid] = index
        self.tree.append(leaf)
        return outcome

    def _is_within_bounds(
        self, header: Header, body: Inquiry, now_ms: int, recorded: Recalled | None, outcome: Outcome
    ) -> bool:
        """An inquiry outside the arrangement's bounds is on record, labelled, and put to nobody (G26)."""
        rule = self._agreement(header.under).arrangement.inquiry
        today = self.matters.opened_since(header.sender.party, "inquiry", now_ms - DAY_MS)
        is_narrow = extent_cm(body.volumes) < rule.extent_least_cm
        if recorded is not None and trace_of(body) == body:  # its place is gone
            is_narrow = "too_narrow" in recorded.marks
        for word, is_outside in (
            ("too_narrow", is_narrow),
            ("waits_too_long", body.answer_by_ms - now_ms > rule.answer_most_ms),
            ("over_quota", today >= rule.daily_max),
        ):
            if is_outside:
                outcome.effect = "recorded"
                outcome.mark(word)
        return outcome.effect != "recorded"

    def _unproven_heads(self, header: Header) -> tuple[str, ...]:
        """Heads of this log that the signer says it has seen and that this log never had (statement format, 11)."""
        for head in header.seen:
            ours = head.log == self.roll.log
            if ours and (head.size > self.size or self.tree.root(head.size) != head.root):
                return ("seen_unproven",)
        return ()

    def step_deeds(self, sid: bytes, index: int, leaf: bytes, records: Sequence[Record] = ()) -> None:
        """Take in one of the service's own deeds statements: what it says was sent, and answered by other ways.

        It is counted, and has no effect on what stands or meets. `records` are its opened items; where they are not open
        (a dossier that shows a part) the ladders do without.
        """
        assert index == self.size
        for record in records:
            match record:
                case SentRecord():
                    self.ledger.sent(record.party, record.inbox_end, record.at_ms)
                case AttestedRecord():
                    self._attest(sid, record)
                case CarriedRecord():
                    self.carriage.take_in(record, index)
                case ShreddedRecord():
                    forget(self.register, self.sayings, self.ledger, self.erasures, record, index)
                    self.removals.owe(
                        record, self.register, self.inboxes, self.agreements, self.erasures, self.ledger
                    )
                case _:
                    pass
        self.index_of[sid] = index
        self.tree.append(leaf)

    def _attest(self, sid: bytes, record: AttestedRecord) -> None:
        """An answer came by link or code, says the deeds statement. What is said twice is one answer."""
        said = one_answer(record)
        if said in self.attested:
            return
        self.attested[said] = sid
        if record.answer == LINE_ANSWERED:
            self.readiness.line_answered(record.desk, record.channel, record.at_ms, "attested")
        else:
            attest_record(self.ledger, self.matters, sid, self.roll.service_party(), record)

    def step_gone(self, header: Header, sid: bytes, index: int, leaf: bytes) -> None:
        """Take in an entry whose words are lost, and no deed says what is left of them: its chain counts, and no more."""
        assert index == self.size
        self.roll.step(index, sid, header, None)
        self.index_of[sid] = index
        self.tree.append(leaf)

    def _effect(self, submission: Submission, index: int, now_ms: int, recorded: Recalled | None) -> Outcome:
        header = submission.header
        body = submission.bodies["exact"][0]
        if header.kind in NOTICE_KINDS:
            return self._notice(submission, index, now_ms, recorded)
        outcome = Outcome()
        match body:
            case Arrangement():
                self._arrangement(submission, body, outcome)
            case Adherence():
                self._adherence(header, body, outcome)
            case Ending():
                outcome.effect = "recorded"  # an arrangement ends by a version of itself that says so
            case Acknowledgement() | Dissemination():
                self._reply(submission, body, index, now_ms, outcome)
            case _ if header.kind not in OPEN_KINDS:
                self._said(submission, body, index, now_ms, recorded, outcome)
            case _:
                pass
        if header.kind in BINDING_KINDS:
            self.readiness.bind(self.agreements, self.roll, header, submission.sid, index, now_ms)
        return outcome

    def _said(
        self,
        submission: Submission,
        body: Body,
        index: int,
        now_ms: int,
        recorded: Recalled | None,
        outcome: Outcome,
    ) -> None:
        """A word that neither places nor acknowledges a notice: told to those it is addressed to, asked and answered."""
        header = submission.header
        cites = submission.cites.leaves if submission.cites else ()
        if isinstance(body, Inquiry) and not self._is_within_bounds(header, body, now_ms, recorded, outcome):
            return
        self._release_words(submission, index, now_ms, outcome)
        self.sayings.take_in(submission.sid, header, body, index, now_ms)
        asked = [release.party for release in outcome.releases]
        rules = self._agreement(header.under).arrangement
        self.matters.open(submission.sid, header, body, asked, index, now_ms, rules)
        is_for_a_person = isinstance(body, Watch | LineCheck) or (
            isinstance(body, Emergency) and body.part == "answer"
        )
        if is_for_a_person and self.roll.signer_role(header) != "person":
            outcome.effect = "recorded"  # a person answers and keeps watch, and a machine's key is none (G18)
            outcome.mark("machine_key")
            return
        if isinstance(body, Agreement) and self.register.signatures.of(header.sender.party, header.re):
            self._countersign(submission, body, index, now_ms, recorded, outcome)
            return
        self.matters.answer(submission.sid, header, body, index, now_ms, outcome)
        match body:
            case Progress():
                self.register.report(header.sender.party, cites, body.stage, now_ms, outcome)
            case Objection():
                self.compared.say(submission.sid, header.sender.party, body.reason, cites)
                if body.reason != "distinct":  # which doubts nothing: they are two things
                    self.register.dispute(cites, outcome)
            case Contact():
                if self.roll.signer_role(header) == "person":
                    self.register.awareness.call(header.sender.party, self.register.named(header.re, cites))
                stands_for = None if body.party is None else self.roll.represented_by(body.party)
                attest_contact(
                    self.ledger, self.matters, submission.sid, header, body, cites, outcome, stands_for
                )
                is_person = self.roll.signer_role(header) == "person"
                self.copies.hear(header, body, now_ms, is_person, outcome)
            case Incident():
                self.erasures.happen(submission.sid, (*header.re, *cites))
            case Hold(part="placed"):
                self.erasures.hold(submission.sid, header, body, cites, outcome)
            case Hold():
                self.erasures.lift(header, now_ms, outcome)
            case Erasure():
                self.erasures.ask(submission.sid, header, cites, index, now_ms, outcome)
            case Watch():
                self.readiness.take_watch(submission.sid, header, body, index, now_ms, outcome)
            case LineCheck():
                self.readiness.take_line(submission.sid, header, body, self.roll, now_ms, outcome)
            case _:
                pass

    def _arrangement(self, submission: Submission, body: Arrangement, outcome: Outcome) -> None:
        if submission.header.act == "new":
            self.agreements.state(submission.sid, body, outcome)
            return
        replaced = {split_ref(old)[0] for old, _ in submission.ends_and_replaces}
        earlier = {sid: agreement.arrangement for sid in replaced if (agreement := self.agreements.find(sid))}
        party = submission.header.sender.party
        changed = self.agreements.replace(submission.sid, party, body, replaced, outcome)
        if changed is not None:
            self.register.take_rules(changed.first, next(iter(earlier.values())), changed.arrangement)

    def _adherence(self, header: Header, body: Adherence, outcome: Outcome) -> None:
        if not header.re:
            outcome.effect = "waiting"
        for sid in header.re:
            agreement = self.agreements.find(sid)
            earlier = None if agreement is None else agreement.arrangement
            changed = self.agreements.adhere(sid, header.sender.party, body, outcome)
            if changed is not None:
                assert earlier is not None
                self.register.take_rules(changed.first, earlier, changed.arrangement)

    def _notice(self, submission: Submission, index: int, now_ms: int, recorded: Recalled | None) -> Outcome:
        agreement = self.agreements.find(submission.header.under)
        assert agreement is not None
        filing = Filing(
            submission=submission,
            index=index,
            now_ms=now_ms,
            agreement=agreement.first,
            rule=agreement.sid,
            arrangement=agreement.arrangement,
            adhered=agreement.adhered,
            recorded=recorded,
            seats=self.roll.person_seats(submission.header),
        )
        outcome = self.register.step(filing)
        filer = self.roll.name_of(submission.header.sender.party)
        mark_consent(submission, filer, now_ms, outcome)
        if agreement.arrangement.state != "in_force":
            outcome.mark(agreement.arrangement.state)
        if submission.header.act in ("cancel", "close"):
            if outcome.effect != "not_yours":
                self._release_words(submission, index, now_ms, outcome)
            return outcome
        self._owe(submission, agreement, index, now_ms, outcome)
        filed = [self.register.by_ref[ref_of(submission.sid, item)] for item in range(submission.item_count)]
        self.turns.enter(filed)
        rule, seats = agreement.arrangement.rule_of(filed[0].kind), self.roll.person_seats(submission.header)
        self.gradings.enter(filed, self.register.by_ref, rule, len(seats), now_ms, outcome)
        return outcome

    def _owe(
        self, submission: Submission, agreement: Accord, index: int, now_ms: int, outcome: Outcome
    ) -> None:
        """Whoever was released a notice owes an answer to it, and to what it asks."""
        for release in outcome.releases:
            self._open_ladder(release, agreement, now_ms)
        if submission.sid not in self.register.signatures.waiting:
            asked = [release.party for release in outcome.releases if release.sid == submission.sid]
            body = submission.bodies["exact"][0]
            self.matters.open(
                submission.sid, submission.header, body, asked, index, now_ms, agreement.arrangement
            )

    def _countersign(
        self,
        submission: Submission,
        body: Agreement,
        index: int,
        now_ms: int,
        recorded: Recalled | None,
        outcome: Outcome,
    ) -> None:
        """A further person of its party agrees to the release of a filing that waits for it."""
        header = submission.header
        seats = self.roll.person_seats(header)
        if not seats or body.agreement != "agreed":
            outcome.effect = "recorded"
            if not seats:
                outcome.mark("machine_key")
            return
        for waiting in self.register.signatures.of(header.sender.party, header.re):
            filed = waiting.submission
            accord = self._agreement(filed.header.under)
            if seats <= waiting.seats:
                outcome.effect = "recorded"
                outcome.mark("same_seat")
                continue
            waiting.seats |= seats
            if accord.arrangement.rule_of(filed.header.kind).waits(len(waiting.seats)):
                outcome.mark("waits_for_signature")
                continue
            self._release_later(waiting, accord, index, now_ms, recorded, outcome)

    def _release_later(
        self,
        waiting: Unsigned,
        accord: Accord,
        index: int,
        now_ms: int,
        recorded: Recalled | None,
        outcome: Outcome,
    ) -> None:
        stands = self.register.signatures.release(waiting)
        if not stands:
            outcome.effect = "stale"
            outcome.mark("stale")
            return
        before = len(outcome.releases)
        filing = Filing(
            submission=waiting.submission,
            index=index,
            now_ms=now_ms,
            agreement=accord.first,
            rule=accord.sid,
            arrangement=accord.arrangement,
            adhered=accord.adhered,
            recorded=recorded,
            seats=frozenset(waiting.seats),
            is_released_later=True,
        )
        outcome.rule = accord.sid
        self.register.release(filing, stands, outcome)
        told = Outcome(releases=outcome.releases[before:])
        self._owe(waiting.submission, accord, index, now_ms, told)

    def _open_ladder(self, release: Release, agreement: Accord, now_ms: int) -> None:
        arrangement = agreement.arrangement
        standing = self.register.by_ref[self.inboxes.inbox(release.party).refs[release.start]]
        slot = standing.slot_for(release.party, arrangement, agreement.adhered)
        assert slot is not None  # it was released under one
        rule = arrangement.rule_of(standing.kind)
        deadline_ms = now_ms + rule.acknowledge_ms
        begins_ms = min(volume.interval.start_ms for volume in standing.volumes["exact"])
        self.ledger.open(
            Ladder(
                sid=release.sid,
                party=release.party,
                sender=standing.party,
                kind=standing.kind,
                start=release.start,
                end=release.end,
                released_ms=now_ms,
                deadline_ms=deadline_ms,
                travel=slot.travel,
                severity=severity_of(standing.kind, standing.change),
                alarm_ms=alarm_of(now_ms, deadline_ms, begins_ms, rule.lead_ms),
                steps=arrangement.escalation,
                monitors=arrangement.monitors(),
                begins_ms=begins_ms if standing.kind in BEGINNING_KINDS else None,
                lead_ms=rule.lead_ms,
                owes=not self._says_again(release),
            )
        )

    def _says_again(self, release: Release) -> bool:
        """Whether all of a release says again, unchanged and in the same form, what its party has acknowledged (ADR 0051)."""
        inbox, held = self.inboxes.inbox(release.party), self.ledger.of_party.get(release.party)
        for ref in inbox.refs[release.start : release.end]:
            standing = self.register.by_ref[ref]
            places = [inbox.position_of[old] for old in standing.same_as if old in inbox.position_of]
            is_known = any(
                held is not None and inbox.forms[place] == release.form and held.acknowledged(place)
                for place in places
            )
            if (
                not isinstance(standing.what, Site | Presence)
                or standing.change != "unchanged"
                or not is_known
            ):
                return False
        return True

    def _reply(
        self,
        submission: Submission,
        body: Acknowledgement | Dissemination,
        index: int,
        now_ms: int,
        outcome: Outcome,
    ) -> None:
        header = submission.header
        cites = submission.cites.leaves if submission.cites else ()
        if isinstance(body, Acknowledgement):
            if self.roll.signer_role(header) != "person":
                outcome.effect = "recorded"
                outcome.mark("machine_key")
            else:
                refs = self.ledger.acknowledge(header, body, cites, now_ms, outcome)
                self.register.awareness.acknowledge(header.sender.party, refs)
                if any(
                    self.register.by_ref[ref].state != "stands" for ref in refs if ref in self.register.by_ref
                ):
                    outcome.mark("stale")
        else:
            if header.re or cites or body.copy is None:  # a copy may show nothing, and is one all the same
                self.ledger.disseminate(header, body, cites, now_ms, outcome)
            self._hand_out(submission, body, cites, index, now_ms, outcome)
        self._release_words(submission, index, now_ms, outcome)

    def _hand_out(
        self,
        submission: Submission,
        body: Dissemination,
        cites: Sequence[bytes],
        index: int,
        now_ms: int,
        outcome: Outcome,
    ) -> None:
        """A copy shows what of its citations was released to its party; the ladders of these say who holds it."""
        header = submission.header
        inbox = self.inboxes.inbox(header.sender.party)
        shown = {
            ref: inbox.forms[inbox.position_of[ref]]
            for ref in cites
            if ref in inbox.position_of and ref in self.register.by_ref
        }
        copy = self.copies.hand_out(submission.sid, header, body, shown, index, now_ms, outcome)
        if copy is not None:
            self.ledger.hand_out(copy)
            self.copies.catch_up(copy, self.register, self.inboxes, self.agreements, now_ms)

    def _follow_copies(self, submission: Submission, index: int, now_ms: int, outcome: Outcome) -> None:
        """What an entry replaced, ended or released may make copies false."""
        refs = [old for old, _ in submission.ends_and_replaces]
        if isinstance(submission.bodies["exact"][0], Progress) and submission.cites is not None:
            refs = list(submission.cites.leaves)
        self.copies.follow(
            submission.sid,
            index,
            now_ms,
            refs,
            outcome.releases,
            self.register,
            self.inboxes,
            self.agreements,
        )

    def _release_words(self, submission: Submission, index: int, now_ms: int, outcome: Outcome) -> None:
        """A reply or an ending is told to those it is addressed to; it asks for no answer of its own."""
        sender = submission.header.sender.party
        self.words[submission.sid] = submission.header.kind
        slots = {slot.party: slot for slot in submission.slots}
        parties = {party for party in slots if party is not None}
        if None in slots:
            arrangement = self._agreement(submission.header.under).arrangement
            parties |= {member.party for member in arrangement.members if member.role == "party"}
        for party in sorted(parties - {sender}):
            slot = slots.get(party) or slots[None]
            if slot.when == "now":
                start = self.inboxes.inbox(party).release(ref_of(submission.sid, 0), slot.form, index, now_ms)
                outcome.releases.append(
                    Release(
                        party=party, sid=submission.sid, form=slot.form, start=start, end=start + 1, why="now"
                    )
                )

    def _hand_over(self, submission: Submission, now_ms: int) -> None:
        head = submission.inbox
        if head is not None and self.inboxes.inbox(submission.header.sender.party).holds_head(
            head.n, head.root
        ):
            self.ledger.hand_over(submission.header, head.n, now_ms)
