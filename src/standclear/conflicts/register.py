"""The register: a fold over the notices that says what stands, what meets, and what an activity was aware of.

Which pairs of kinds concern each other, at what separation, and who is told when release is one-sided, are the
arrangement's tables; the exact predicate decides each pair on the forms released between the two parties (founding decision 22).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from standclear.conflicts.awareness import Awareness
from standclear.conflicts.candidates import CandidateIndex
from standclear.conflicts.extent import duration_ms, extent_cm
from standclear.conflicts.history import Recalled
from standclear.conflicts.inboxes import Inboxes
from standclear.conflicts.outcome import Meeting, Outcome, Release
from standclear.conflicts.quotas import Quotas
from standclear.conflicts.signing import Seat, Signatures
from standclear.conflicts.standing import Standing, matched_volumes, materially_same
from standclear.conflicts.totals import Totals
from standclear.spacetime.meet import Margin, meets
from standclear.spacetime.volume import Volume
from standclear.statements.arrangement import Arrangement, Concern
from standclear.statements.lists import FORMS, WHOLE_ITEM, Slot, ref_of, split_ref
from standclear.statements.notices import Activity, Notice, What
from standclear.statements.submission import Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """One entry as the register sees it: the submission, its place and time, and the rules in force.

    `agreement` is the first version's sid of the arrangement filed under, `rule` its version now in force, to which the
    parties of `adhered` adhere. `recorded` is what the deeds said of it, where words are gone that it would follow from.
    `seats` are the persons' seats from which it was signed. `is_released_later`: it is taken up
    again, at a further person's signature, and only its releases and what follows from them are new.
    """

    submission: Submission
    index: int
    now_ms: int
    agreement: bytes
    rule: bytes
    arrangement: Arrangement
    adhered: Set[bytes]
    recorded: Recalled | None = None
    seats: Set[Seat] = frozenset()
    is_released_later: bool = False


class Register:
    """Notices of one log as they stand. `make_index` gives an empty candidate index; there is one for each kind."""

    def __init__(self, make_index: Callable[[], CandidateIndex], inboxes: Inboxes) -> None:
        self._make_index = make_index
        self._inboxes = inboxes
        self._indexes: dict[str, CandidateIndex] = {}
        self._quotas = Quotas()
        self._totals = Totals()
        self.awareness = Awareness(inboxes)
        self.signatures = Signatures()
        self._met: dict[int, list[int]] = {}
        self.notices: list[Standing] = []
        self.by_ref: dict[bytes, Standing] = {}

    # --- one entry -----------------------------------------------------------------------------------

    def step(self, filing: Filing) -> Outcome:
        """Take one notice statement in and say what it did."""
        outcome = Outcome(rule=filing.rule)
        if filing.submission.header.act in ("cancel", "close"):
            self._end(filing, outcome)
            if outcome.effect == "in_force":
                self._mark_untold(filing, outcome)
            return outcome
        waits = filing.arrangement.rule_of(filing.submission.header.kind).waits(len(filing.seats))
        stands = self._place(filing, outcome, waits=waits)
        if waits:
            self.signatures.wait(filing.submission, stands, filing.seats)
            outcome.mark("waits_for_signature")
        else:
            self._release_now(filing, stands, outcome)
        for one in stands:
            self._match(one, filing, outcome)
        self._insert(stands, filing.arrangement)
        self._judge(stands, filing, outcome)
        if not waits:
            self._mark_untold(filing, outcome)
        return outcome

    def release(self, filing: Filing, stands: Sequence[Standing], outcome: Outcome) -> None:
        """A filing that waited has enough signatures: it replaces what it replaces, is released, and meets as released."""
        items = {split_ref(one.ref)[1]: one for one in stands}
        for old, item in filing.submission.ends_and_replaces:
            if item in items:
                self._succeed(old, items[item], filing, outcome)
        self._release_now(filing, stands, outcome)
        for one in stands:
            self._match(one, filing, outcome)
        self._mark_untold(filing, outcome)

    def named(self, sids: Sequence[bytes], refs: Sequence[bytes]) -> set[bytes]:
        """The notices that a statement speaks of: those cited, and every item of the statements it is about."""
        found = {ref for ref in refs if ref in self.by_ref}
        for sid in (*sids, *(sid for sid, item in map(split_ref, refs) if item == WHOLE_ITEM)):
            item = 0
            while ref_of(sid, item) in self.by_ref:
                found.add(ref_of(sid, item))
                item += 1
        return found

    def met_by(self, one: Standing) -> Iterator[Standing]:
        """The notices that have met one while both stood, its own party's among them."""
        return (self.notices[number] for number in self._met.get(one.number, ()))

    def report(self, party: bytes, refs: Iterable[bytes], stage: str, now_ms: int, outcome: Outcome) -> None:
        """Its owner says how far a movement has come; an arrival or an outcome ends it, the clock never does (G0)."""
        for ref in refs:
            standing = self.by_ref.get(ref)
            if standing is None or standing.party != party or standing.kind != "movement":
                outcome.effect = "not_yours"
                outcome.mark("not_your_movement")
            else:
                standing.stage = stage
                if stage in ("arrived", "outcome") and standing.state == "stands":
                    self._take_out(standing, "ended")
                    standing.ended_ms = now_ms

    def dispute(self, refs: Iterable[bytes], outcome: Outcome) -> None:
        """Somebody doubts notices, with a reason: they are marked and go on standing; nothing is ever removed by it."""
        for ref in refs:
            standing = self.by_ref.get(ref)
            if standing is None:
                outcome.mark("disputes_unknown")
            else:
                standing.disputed = True

    # --- placing and ending --------------------------------------------------------------------------

    def _place(self, filing: Filing, outcome: Outcome, *, waits: bool) -> list[Standing]:
        """Place what is filed; what waits for a signature takes nothing out yet, and leaves what it replaces standing."""
        submission = filing.submission
        slots: Mapping[bytes | None, Slot] = {slot.party: slot for slot in submission.slots}
        replaced: dict[int, list[bytes]] = {}
        for old, new in () if waits else submission.ends_and_replaces:
            replaced.setdefault(new, []).append(old)
        cited = frozenset(submission.cites.leaves) if submission.cites else frozenset()
        stands = []
        for item, exact in enumerate(submission.bodies["exact"]):
            assert isinstance(exact, Notice)
            one = Standing(
                number=len(self.notices),
                ref=ref_of(submission.sid, item),
                sid=submission.sid,
                kind=submission.header.kind,
                party=submission.header.sender.party,
                desk=submission.header.sender.desk,
                under=filing.agreement,
                rules=filing.arrangement,
                index=filing.index,
                integrated_ms=filing.now_ms,
                name=exact.name,
                volumes={form: _volumes(submission, form, item) for form in submission.bodies},
                slots=slots,
                what=exact.what,
                whats=_whats(submission, item),
                change=exact.change,
                cited=cited,
                is_gone=item in submission.gone,
            )
            self.notices.append(one)
            self.by_ref[one.ref] = one
            for old in replaced.get(item, ()):
                self._succeed(old, one, filing, outcome)
            stands.append(one)
        self._count(filing, len(stands), outcome)
        self._totals.file(filing.agreement, filing.arrangement, stands, outcome)
        return stands

    def _succeed(self, old_ref: bytes, one: Standing, filing: Filing, outcome: Outcome) -> None:
        old = self.by_ref.get(old_ref)
        if old is None:
            outcome.effect = "waiting"
            outcome.mark("replaces_unknown")
        elif old.party != one.party or old.kind != one.kind:
            outcome.effect = "not_yours"
            outcome.mark("replaces_not_yours")
        else:
            if old.state == "stands":
                self._take_out(old, "replaced")
                old.ended_ms = one.integrated_ms
            elif not any(split_ref(ref)[0] == one.sid for ref in old.successors):  # which divides it
                outcome.effect = "branched" if old.state == "replaced" else "stale"
                outcome.mark(f"replaces_{old.state}")
            old.successors += (one.ref,)
            if materially_same(old, one) or _was_same(old, one, filing, outcome):
                one.same_as |= old.same_as | {old.ref}
            elif one.change == "unchanged":
                outcome.mark("not_unchanged")
            if one.change == "was_always_there":
                outcome.mark("correction")

    def _end(self, filing: Filing, outcome: Outcome) -> None:
        outcome.effect = "recorded"
        for old_ref, new in filing.submission.ends_and_replaces:
            assert new == WHOLE_ITEM
            old = self.by_ref.get(old_ref)
            if old is None:
                outcome.effect = "waiting"
                outcome.mark("ends_unknown")
            elif (
                old.party != filing.submission.header.sender.party
                or old.kind != filing.submission.header.kind
            ):
                outcome.effect = "not_yours"
                outcome.mark("ends_not_yours")
            elif old.state != "stands":
                outcome.effect = "stale"
                outcome.mark(f"ends_{old.state}")
            else:
                old.is_cancelled = filing.submission.header.act == "cancel"
                self._take_out(old, "ended")
                old.ended_ms = filing.now_ms
                if outcome.effect == "recorded":
                    outcome.effect = "in_force"

    def _mark_untold(self, filing: Filing, outcome: Outcome) -> None:
        """Label what leaves somebody with a version that is replaced or ended, and does not tell him so."""
        submission = filing.submission
        header = submission.header
        for old_ref, new in submission.ends_and_replaces:
            old = self.by_ref.get(old_ref)
            if old is None or (old.party, old.kind) != (header.sender.party, header.kind):
                continue
            if new == WHOLE_ITEM:
                told = {slot.party for slot in submission.slots if slot.when == "now"}
                if None in told:
                    told |= {member.party for member in filing.arrangement.members if member.role == "party"}
            else:
                told = set(self._inboxes.holders(ref_of(submission.sid, new)))
            if not told.issuperset(self._inboxes.holders(old_ref)):
                outcome.mark("not_all_told")
                return

    def _take_out(self, old: Standing, state: str) -> None:
        old.state = state
        self._totals.take_out(old)
        self._take_from_index(old)
        self.awareness.forget(old)

    def _take_from_index(self, one: Standing) -> None:
        for form in () if one.is_gone else one.volumes:
            self._index(one.kind).remove(_number(one, form))

    def same_versions(self, ref: bytes) -> tuple[bytes, ...]:
        """The other versions of a notice from which it differs in nothing material, sorted; none of what is no notice."""
        one = self.by_ref.get(ref)
        if one is None:
            return ()
        later = {new for new in one.successors if ref in self.by_ref[new].same_as}
        return tuple(sorted(one.same_as | later))

    def forget(self, ref: bytes, trace: Notice) -> None:
        """A notice's body was shredded: what is left of it is its trace."""
        one = self.by_ref.get(ref)
        if one is None or one.is_gone:
            return
        if one.state == "stands":  # nobody may shred it; where somebody did, it is matched no more
            self._take_from_index(one)
        one.is_gone, one.name, one.what = True, "", trace.what
        one.volumes = dict.fromkeys(one.volumes, trace.volumes)

    def _insert(self, stands: Sequence[Standing], arrangement: Arrangement) -> None:
        rule = arrangement.rule_of(stands[0].kind)
        index = self._index(stands[0].kind)
        index.insert(
            (_number(one, form), matched_volumes(volumes, rule))
            for one in stands
            if not one.is_gone
            for form, volumes in one.volumes.items()
        )

    def _index(self, kind: str) -> CandidateIndex:
        found = self._indexes.get(kind)
        if found is None:
            found = self._indexes[kind] = self._make_index()
        return found

    def _count(self, filing: Filing, items: int, outcome: Outcome) -> None:
        """Label what is over the party's daily number of this kind; never refuse it."""
        header = filing.submission.header
        filed = self._quotas.add(filing.agreement, header.sender.party, header.kind, filing.now_ms, items)
        if filed > filing.arrangement.rule_of(header.kind).daily_max:
            outcome.mark("over_quota")

    def take_rules(self, agreement: bytes, earlier: Arrangement, now: Arrangement) -> None:
        """An arrangement has other rules: what stands is matched by them from here on, so the index must hold it so."""
        before = {rule.kind: (rule.after_end, rule.long_stop_ms) for rule in earlier.kinds}
        changed = {
            rule.kind for rule in now.kinds if before.get(rule.kind) != (rule.after_end, rule.long_stop_ms)
        }
        for one in self.notices:
            if one.under == agreement and one.state == "stands" and one.kind in changed:
                self._take_from_index(one)
                self._insert([one], now)
        if earlier.totals != now.totals or earlier.members != now.members:
            self._totals.take_rules(agreement, now, self.notices)

    # --- releasing -----------------------------------------------------------------------------------

    def _release_now(self, filing: Filing, stands: Sequence[Standing], outcome: Outcome) -> None:
        """Everything whose slot says "now", recipient by recipient in the order of their ids."""
        sender = filing.submission.header.sender.party
        for party in sorted(self._recipients(filing)):
            slot = stands[0].slot_for(party, filing.arrangement, filing.adhered)
            if party != sender and slot is not None and slot.when == "now":
                self._release(stands, party, slot.form, "now", filing, outcome)

    def _recipients(self, filing: Filing) -> set[bytes]:
        named = {slot.party for slot in filing.submission.slots if slot.party is not None}
        if any(slot.party is None for slot in filing.submission.slots):
            named |= {member.party for member in filing.arrangement.members if member.role == "party"}
        return named

    def _release(
        self, stands: Sequence[Standing], party: bytes, form: str, why: str, filing: Filing, outcome: Outcome
    ) -> None:
        inbox = self._inboxes.inbox(party)
        start = len(inbox)
        for one in stands:
            inbox.release(one.ref, form, filing.index, filing.now_ms)
        outcome.releases.append(
            Release(party=party, sid=stands[0].sid, form=form, start=start, end=len(inbox), why=why)
        )

    # --- matching ------------------------------------------------------------------------------------

    def _match(self, one: Standing, filing: Filing, outcome: Outcome) -> None:
        arrangement = filing.arrangement
        for concern in arrangement.matrix:
            other_kind = concern.b if concern.a == one.kind else concern.a if concern.b == one.kind else None
            if other_kind is None:
                continue
            margin = Margin(
                horizontal_cm=concern.horizontal_cm, vertical_cm=concern.vertical_cm, time_ms=concern.time_ms
            )
            for other in self._found(one, other_kind, margin, filing):
                self._pair(one, other, concern, margin, filing, outcome)

    def near(self, one: Standing, kind: str, margin: Margin, arrangement: Arrangement) -> list[Standing]:
        """The notices of a kind that may meet one within a margin: the predicate decides which do."""
        index = self._indexes.get(kind)
        if index is None or one.is_gone:
            return []
        rule = arrangement.rule_of(one.kind)
        asked = [volume for form in one.volumes.values() for volume in matched_volumes(form, rule)]
        found = dict.fromkeys(number // len(FORMS) for number in index.candidates(asked, margin))
        return [self.notices[number] for number in found]

    def _found(self, one: Standing, kind: str, margin: Margin, filing: Filing) -> list[Standing]:
        """What may meet one, in the order of filing: by the index, and by the deeds where a place is gone."""
        found = self.near(one, kind, margin, filing.arrangement)
        if filing.recorded is None:
            return found
        for ref in filing.recorded.met_by(one.ref):
            other = self.by_ref.get(ref)
            if other is not None and other.kind == kind and other.state == "stands":
                if one.is_gone or other.is_gone:
                    found.append(other)
        return sorted(found, key=lambda other: other.number)

    def _pair(
        self,
        one: Standing,
        other: Standing,
        concern: Concern,
        margin: Margin,
        filing: Filing,
        outcome: Outcome,
    ) -> None:
        own = one.party == other.party
        if own and filing.is_released_later:
            return  # its own party's met it when it was filed
        if other.under != one.under or (own and not concern.own):
            return
        arrangement = filing.arrangement
        one_slot = None if own else one.slot_for(other.party, arrangement, filing.adhered)
        other_slot = None if own else other.slot_for(one.party, arrangement, filing.adhered)
        one_form = "exact" if one_slot is None else one_slot.form
        other_form = "exact" if other_slot is None else other_slot.form
        if one.is_gone or other.is_gone:
            assert filing.recorded is not None  # which is how the pair was found
            outcome.rests_on_deeds = True
        elif not decide(one, one_form, other, other_form, margin, arrangement):
            return
        if other.number not in self._met.setdefault(one.number, []):
            self._met[one.number].append(other.number)
            self._met.setdefault(other.number, []).append(one.number)
        activity, notice = (one, other) if _is_activity(one) or not _is_activity(other) else (other, one)
        released = {id(one): one_slot is not None, id(other): other_slot is not None}
        tell = arrangement.told_of(
            notice_released=released[id(notice)] or own, activity_released=released[id(activity)] or own
        )
        parties = {"planner": activity.party, "owner": notice.party, "neutral": arrangement.neutral}
        told = sorted({party for word in tell if (party := parties[word]) is not None})
        outcome.meetings.append(
            Meeting(
                a=one.ref,
                a_form=one_form,
                b=other.ref,
                b_form=other_form,
                concern=concern.name,
                told=tuple(told),
            )
        )
        if own:
            return
        self._on_meet(other, other_slot, one.party, filing, outcome)
        self._on_meet(one, one_slot, other.party, filing, outcome)
        if _is_activity(one) and other_slot is not None and not filing.is_released_later:
            self._require(one, other, filing, outcome)
        if _is_activity(other) and one_slot is not None:
            if self.awareness.knows(other, one):
                other.aware_of.add(one.ref)
            else:
                self.awareness.lose(other, one, outcome)

    def _on_meet(
        self, one: Standing, slot: Slot | None, party: bytes, filing: Filing, outcome: Outcome
    ) -> None:
        """Release what waits for a meeting; and what was for any party "now", to one that has joined since."""
        if slot is not None and one.ref not in self._inboxes.inbox(party).position_of:
            self._release([one], party, slot.form, "on_meet", filing, outcome)

    def _require(self, activity: Standing, notice: Standing, filing: Filing, outcome: Outcome) -> None:
        """What an activity meets and was released to its planner must be cited, unless it came after its head.

        What says only whom to call is cited with the record of the call, made or failed (G35).
        """
        if self.awareness.names(activity, notice):
            if self.awareness.is_open(activity.party, notice):
                activity.aware_of.add(notice.ref)
            else:
                outcome.mark("not_called")
                outcome.missing.append(notice.ref)
            return
        inbox = self._inboxes.inbox(activity.party)
        position = inbox.position_of.get(notice.ref)
        head = filing.submission.inbox
        if head is not None and position is not None and position >= head.n:
            was_there_ms = inbox.times_ms[position]
            proven = inbox.holds_head(head.n, head.root)
            came_just_now = inbox.indexes[position] < filing.index
            if (
                proven
                and came_just_now
                and was_there_ms >= filing.now_ms - filing.arrangement.citation_grace_ms
            ):
                self.awareness.lose(activity, notice, outcome)
                return
        outcome.missing.append(notice.ref)

    # --- judging -------------------------------------------------------------------------------------

    def _judge(self, stands: Sequence[Standing], filing: Filing, outcome: Outcome) -> None:
        rule = filing.arrangement.rule_of(stands[0].kind)
        exact = [one.volumes["exact"] for one in stands]
        blanket = any(
            extent_cm(volumes) > rule.blanket_extent_cm or duration_ms(volumes) > rule.blanket_duration_ms
            for volumes in exact
        )
        if filing.recorded is not None and any(one.is_gone for one in stands):
            blanket = blanket or "blanket" in filing.recorded.marks
        starts_ms = min(volume.interval.start_ms for volumes in exact for volume in volumes)
        if rule.lead_ms and starts_ms - filing.now_ms < rule.lead_ms:
            outcome.mark("late")
        outcome.missing = list(dict.fromkeys(outcome.missing))  # two items may meet the same
        outcome.aware_of = sum(len(one.aware_of) for one in stands)
        head = filing.submission.inbox
        sender = filing.submission.header.sender.party
        if head is not None and not self._inboxes.inbox(sender).holds_head(head.n, head.root):
            outcome.mark("inbox_unproven")
        if blanket:
            outcome.mark("blanket")
        if isinstance(stands[0].what, Activity):
            uncited = any(isinstance(one.what, Activity) and one.what.uncited for one in stands)
            if outcome.missing and not blanket and not uncited:
                outcome.effect = "held"  # whatever it replaces: a branch is no way around citing
            elif outcome.effect == "in_force":
                outcome.effect = "blanket" if blanket else "uncited" if uncited else "aware"
        for one in stands:
            one.effect, one.marks = outcome.effect, tuple(outcome.marks)


def decide(
    a: Standing, a_form: str, b: Standing, b_form: str, margin: Margin, arrangement: Arrangement
) -> bool:
    """Whether two notices meet in the forms released between their parties, under the arrangement's rules of time.

    The answer depends on nothing but the volumes, the margin and the two kinds' rules: anyone holding them repeats it.
    """
    ours = matched_volumes(a.volumes[a_form], arrangement.rule_of(a.kind))
    theirs = matched_volumes(b.volumes[b_form], arrangement.rule_of(b.kind))
    return any(meets(one, other, margin) for one in ours for other in theirs)


def _was_same(old: Standing, one: Standing, filing: Filing, outcome: Outcome) -> bool:
    """Whether two versions, one of them gone, were materially the same, as the deeds say."""
    if filing.recorded is None or not (old.is_gone or one.is_gone):
        return False
    outcome.rests_on_deeds = True
    return filing.recorded.is_same(old.ref, one.ref)


def _volumes(submission: Submission, form: str, item: int) -> tuple[Volume, ...]:
    body = submission.bodies[form][item]
    assert isinstance(body, Notice)
    return body.volumes


def _whats(submission: Submission, item: int) -> dict[str, What] | None:
    if len(submission.bodies) == 1:
        return None
    found = {}
    for form, bodies in submission.bodies.items():
        body = bodies[item]
        assert isinstance(body, Notice)
        found[form] = body.what
    return found


def _is_activity(one: Standing) -> bool:
    return isinstance(one.what, Activity)


def _number(one: Standing, form: str) -> int:
    return one.number * len(FORMS) + FORMS.index(form)
