"""Refolding: where the dossier holds the whole log, everything that follows from it is derived again and compared.

The book that the service kept is kept once more, entry by entry, with the same code and an index of its own. What the
service said it did must be what follows: each signature (7), chain (8), release and inbox head (12), meeting (13) and
effect (14). From the first entry on whose words are not at hand, what differs may be owed to that, and is unproven.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from standclear.conflicts.history import History
from standclear.conflicts.outcome import Outcome
from standclear.dossier.grid import GridIndex
from standclear.dossier.opened import Names, Opened, without_the_shredded
from standclear.dossier.report import Findings
from standclear.errors import BadSignature, NotPermitted, Refused, UnknownKey, UnknownParty, WrongLog
from standclear.obligations.book import Book
from standclear.spacetime.meet import PREDICATE_ID
from standclear.statements.carriage import CarriedRecord
from standclear.statements.deeds import (
    EffectRecord,
    InboxRecord,
    MeetsRecord,
    ReleaseRecord,
    SentRecord,
    ShreddedRecord,
)
from standclear.statements.lists import REF_BYTES, split_ref
from standclear.statements.submission import Submission
from standclear.statements.traces import read_trace_alone, trace_text

Release = tuple[bytes, bytes, str, int, int, str]
Meets = tuple[bytes, str, bytes, str, str, bytes | None, str, tuple[str, ...]]


@dataclass(slots=True)
class _Owed:
    """What one entry did, until a deeds statement says so."""

    index: int
    sid: bytes
    outcome: Outcome

    def releases(self) -> Counter[Release]:
        return Counter(
            (one.party, one.sid, one.form, one.start, one.end, one.why) for one in self.outcome.releases
        )

    def meets(self) -> Counter[Meets]:
        return Counter(
            (
                one.a,
                one.a_form,
                one.b,
                one.b_form,
                one.concern,
                self.outcome.rule,
                PREDICATE_ID,
                _hex(one.told),
            )
            for one in self.outcome.meetings
        )


def _hex(parties: Iterable[bytes]) -> tuple[str, ...]:
    return tuple(party.hex() for party in parties)


@dataclass(slots=True)
class Counts:
    """How much was checked."""

    signed: int = 0
    deeds: int = 0
    effects: Counter[str] = field(default_factory=Counter)
    releases: int = 0
    meetings: int = 0
    said_only: int = 0
    shredded: int = 0
    resting: int = 0


class Refold:
    """One log being folded again. `doubtful_from` is the first entry whose words are missing or were found wrong."""

    def __init__(self, size: int, opened: Mapping[int, Opened], names: Names, findings: Findings) -> None:
        self.book = Book(GridIndex)
        self.counts = Counts()
        self.doubtful_from: int | None = None
        self.said_up_to: int | None = None
        self._size = size
        self._opened = opened
        self._names = names
        self._findings = findings
        self._owed: list[_Owed] = []
        self._gone_entries: list[Opened] = []
        self._stopped = False
        self._history = _history(opened)

    def run(self) -> None:
        """Take every entry in, in order; stop at one that cannot be read."""
        for index in range(self._size):
            one = self._opened.get(index)
            self._stopped |= one is None or (index == 0 and one.submission is None)
            if one is None or self._stopped:
                says = "it cannot be taken in: from here on, nothing was derived again"
                self._findings.unproven(14, self._names.entry(index), says, index)
                self._doubt(index)
                return
            if one.header.kind == "deeds":
                self._deeds(one)
            else:
                self._take(one)
        if self._owed:
            about = f"entries {self._owed[0].index} to {self._owed[-1].index}"
            self._findings.unproven(11, about, "the log ends before the service said what they did")

    @property
    def gone(self) -> int:
        """How many entries were taken in without their words."""
        return len(self._gone_entries)

    def _wrong(self, check: int, index: int, says: str) -> None:
        """Something differs: broken while everything is at hand, and unproven after words are missing."""
        about = self._names.entry(index)
        if self.doubtful_from is None:
            self._findings.broken(check, about, says, index)
        else:
            says += f" (what follows entry {self.doubtful_from} cannot be derived in full)"
            self._findings.unproven(check, about, says, index)

    def _doubt(self, index: int) -> None:
        if self.doubtful_from is None:
            self.doubtful_from = index

    # --- a statement -----------------------------------------------------------------------------------

    def _take(self, one: Opened) -> None:
        if one.sid in self.book.index_of:  # said at (6)
            self._gone(one)
        elif (submission := self._submission(one)) is None:
            self._without_words(one)
        elif self._admit(one, submission):
            said = None if self._history is None else self._history.of(one.index, one.sid)
            try:
                outcome = self.book.step(submission, one.index, one.integrated_ms, one.leaf, said)
            except Refused as error:
                self._wrong(7, one.index, f"the log should not have taken it: {error}")
                self._stopped = True
                return
            self.counts.resting += outcome.rests_on_deeds
            self._owed.append(_Owed(one.index, one.sid, outcome))
            self._marks(one, outcome)
            self._inbox_head(one)

    def _submission(self, one: Opened) -> Submission | None:
        """The entry with all its words; of those that were shredded, with what the deeds kept of them."""
        if one.submission is not None or self._history is None:
            return one.submission
        return without_the_shredded(one, self._history.traces)

    def _admit(self, one: Opened, submission: Submission) -> bool:
        """(7) The door's own checks, repeated: who signed, for whom, and whether the log had to refuse it."""
        try:
            self.book.check(submission, one.integrated_ms)
        except Refused as error:
            check = 7 if isinstance(error, (BadSignature, UnknownKey, UnknownParty, WrongLog)) else 10
            check = 7 if isinstance(error, NotPermitted) else check
            self._wrong(check, one.index, f"the log should not have taken it: {error}")
            self._gone(one)
            return False
        self.counts.signed += 1
        return True

    def _without_words(self, one: Opened) -> None:
        """(7) An entry whose words are not all at hand is checked for its signature, and is not matched."""
        try:
            self.book.roll.check(one.envelope, one.header, one.first_body(), one.integrated_ms)
            self.counts.signed += 1
        except Refused as error:
            self._wrong(7, one.index, f"it is not signed by keys that counted: {error}")
        if one.is_whole:
            says = "its words are gone, and no deed says that they were shredded: destroyed, or lost, without an erasure"
            self._findings.broken(10, self._names.entry(one.index), says, one.index)
        self._gone(one)

    def _gone(self, one: Opened) -> None:
        self._gone_entries.append(one)
        self._doubt(one.index)
        known = self.book.index_of.get(one.sid)
        self.book.step_gone(one.header, one.sid, one.index, one.leaf)
        if known is not None:
            self.book.index_of[one.sid] = known

    def _marks(self, one: Opened, outcome: Outcome) -> None:
        """(8) A gap or a fork convicts nobody: the key signed something that this log does not hold, or signed twice."""
        about = self._names.entry(one.index)
        if "gap" in outcome.marks:
            says = "its key's chain has a gap before it: the key signed something that this log does not hold"
            self._findings.unproven(8, about, says, one.index)
        if "fork" in outcome.marks:
            says = "its key's chain forks at it: the key signed two statements of one place, or out of order"
            self._findings.unproven(8, about, says, one.index)

    def _inbox_head(self, one: Opened) -> None:
        """(12) What a party signed of its own inbox is what follows from the log."""
        head = one.inbox
        if head is None:
            return
        party = one.header.sender.party
        if not self.book.inboxes.inbox(party).holds_head(head.n, head.root):
            self._findings.unproven(
                12,
                self._names.entry(one.index),
                f"{self._names.party(party)} signed an inbox head of {head.n} that does not follow from the log: "
                "either it was told something else, or it says so wrongly",
                one.index,
            )

    # --- deeds -------------------------------------------------------------------------------------------

    def _deeds(self, one: Opened) -> None:
        """(7, 8, 11) Signed by the service, in an unbroken chain, and saying what follows from the log."""
        self.counts.deeds += 1
        about = self._names.entry(one.index)
        standing = self.book.roll.keys.get(one.header.sender.keys[0])
        try:
            self.book.roll.check(one.envelope, one.header, None, one.integrated_ms)
            if one.header.sender.party != self.book.roll.service_party():
                raise NotPermitted(field="header.from.party", reason="not the service that keeps this log")
            self.counts.signed += 1
        except Refused as error:
            self._wrong(7, one.index, f"these deeds are not the service's: {error}")
        if standing is not None:
            if (one.header.seq, one.header.prev) != (standing.next_seq, standing.last_sid):
                self._findings.broken(
                    8,
                    about,
                    "the service's own chain is not whole: deeds before these are missing",
                    one.index,
                )
            standing.next_seq, standing.last_sid = one.header.seq + 1, one.sid
        self._compare_effects(one)
        self._compare_inboxes(one)
        self._compare_records(one)
        self._owed.clear()
        sound = [
            record
            for record in one.records("items")
            if not isinstance(record, ShreddedRecord) or self._is_sound(one, record)
        ]
        self.book.step_deeds(one.sid, one.index, one.leaf, sound)
        self.said_up_to = one.index

    def _is_sound(self, one: Opened, record: ShreddedRecord) -> bool:
        """(10) What the deeds say was shredded was due, and its trace is that of the body where that is at hand."""
        item = self._item(record.ref)
        try:
            read_trace_alone(record.trace)
        except Refused as error:
            self._wrong(10, one.index, f"what it says is left of {item} cannot be read: {error}")
            return False
        if not self.book.erasures.is_due(record.ref, record.erasure, one.integrated_ms):
            found = self.book.erasures.obstacles(record.ref, one.integrated_ms)
            why = (
                ", ".join(obstacle.mark.replace("_", " ") for obstacle in found) or "nobody had asked for it"
            )
            self._wrong(10, one.index, f"it says that {item} was shredded, which was not due: {why}")
        held = self._opened.get(self.book.index_of.get(record.ref[:32], -1))
        body = None if held is None else held.bodies.get(("exact", split_ref(record.ref)[1]))
        if body is not None and trace_text(body[1]) != record.trace:
            self._wrong(
                10, one.index, f"what it says is left of {item} is not what is left of the body at hand"
            )
        self.counts.shredded += 1
        return True

    def _compare_effects(self, one: Opened) -> None:
        """(11, 14) One effect for each entry since the last deeds, and the one that follows."""
        said = {rec.index: rec for rec in one.records("effects") if isinstance(rec, EffectRecord)}
        is_whole = "effects" in one.whole_lists
        for owed in self._owed:
            record = said.pop(owed.index, None)
            if record is None:
                if is_whole:
                    self._wrong(11, one.index, f"it does not say what {self._names.entry(owed.index)} did")
                continue
            self.counts.effects[record.effect] += 1
            if record.sid != owed.sid:
                says = (
                    "the service spoke of another statement at this place: it was moved, or put in its place"
                )
                self._wrong(11, owed.index, says)
            self._compare_effect(owed, record)
        for index in said:
            self._wrong(11, one.index, f"it says what entry {index} did, which is not its to say")
        if not is_whole:
            self._findings.unproven(
                11, self._names.entry(one.index), "not all its effects are at hand", one.index
            )

    def _compare_effect(self, owed: _Owed, record: EffectRecord) -> None:
        mine = owed.outcome
        derived = (mine.effect, mine.rule, tuple(mine.marks), mine.aware_of, tuple(mine.missing))
        stated = (record.effect, record.rule, record.marks, record.aware_of, record.missing)
        if derived != stated:
            self._wrong(
                14,
                owed.index,
                f"the service said {_effect(record.effect, record.aware_of, record.missing, record.marks)}; "
                f"from the log follows {_effect(mine.effect, mine.aware_of, mine.missing, mine.marks)}",
            )

    def _compare_inboxes(self, one: Opened) -> None:
        """(12) Every party's inbox head is the one that follows."""
        said = [rec for rec in one.records("inboxes") if isinstance(rec, InboxRecord)]
        for record in said:
            if self.book.inboxes.inbox(record.party).head() != (record.n, record.root):
                n = len(self.book.inboxes.inbox(record.party))
                self._wrong(
                    12,
                    one.index,
                    f"it says that {self._names.party(record.party)} was told {record.n} things; from the log follow "
                    f"{n}, or others: something was withheld, added or changed",
                )
        if "inboxes" not in one.whole_lists:
            says = "not all the inbox heads that it commits to are at hand"
            self._findings.unproven(12, self._names.entry(one.index), says, one.index)
        missing = set(self.book.roll.parties) - {record.party for record in said}
        for party in sorted(missing) if "inboxes" in one.whole_lists else ():
            self._wrong(12, one.index, f"it does not commit to the inbox of {self._names.party(party)}")

    def _compare_records(self, one: Opened) -> None:
        """(12, 13) The releases and meetings that it names are the ones that follow: none hidden, none invented."""
        said_releases: Counter[tuple[bytes, Release]] = Counter()
        said_meets: Counter[tuple[bytes, Meets]] = Counter()
        for rec in one.records("items"):
            if isinstance(rec, ReleaseRecord):
                release: Release = (rec.party, rec.sid, rec.form, rec.inbox_start, rec.inbox_end, rec.why)
                said_releases[rec.trigger, release] += 1
            elif isinstance(rec, MeetsRecord):
                meet: Meets = (
                    rec.a, rec.a_form, rec.b, rec.b_form, rec.concern, rec.rule, rec.predicate, rec.told,
                )  # fmt: skip
                said_meets[rec.trigger, meet] += 1
            elif isinstance(rec, SentRecord | CarriedRecord):
                self.counts.said_only += 1
        self.counts.releases += sum(said_releases.values())
        self.counts.meetings += sum(said_meets.values())
        is_whole = "items" in one.whole_lists
        if not is_whole:
            says = "not all its records are at hand"
            self._findings.unproven(13, self._names.entry(one.index), says, one.index)
        self._compare_releases(one, said_releases, is_whole)
        self._compare_meetings(one, said_meets, is_whole)

    def _compare_releases(self, one: Opened, said: Counter[tuple[bytes, Release]], is_whole: bool) -> None:
        derived = Counter({(o.sid, k): n for o in self._owed for k, n in o.releases().items()})
        placeless = {(trigger, (*release[:3], release[5])) for trigger, release in said}
        for trigger, release in (derived - said) if is_whole else ():
            index = self.book.index_of.get(trigger, one.index)
            says = f"its release to {self._names.party(release[0])} was hidden: the deeds do not say it"
            if release[5] == "now" and (trigger, (*release[:3], release[5])) not in placeless:
                # It follows from its own slots and the rules alone, whatever else is missing.
                self._findings.broken(12, self._names.entry(index), says, index)
            else:
                self._wrong(12, index, says)
        for _, release in said - derived:
            says = f"it says a release to {self._names.party(release[0])} that does not follow from the log"
            self._wrong(12, one.index, says)

    def _compare_meetings(self, one: Opened, said: Counter[tuple[bytes, Meets]], is_whole: bool) -> None:
        derived = Counter({(o.sid, k): n for o in self._owed for k, n in o.meets().items()})
        pairs = {(meet[0], meet[2]) for _, meet in said}
        for trigger, meet in (derived - said) if is_whole else ():
            index = self.book.index_of.get(trigger, one.index)
            says = f"it meets {self._item(meet[2])}, and the service never said so: hidden"
            if (meet[0], meet[2]) not in pairs and not self._may_have_ended(meet[2]):
                self._findings.broken(13, self._names.entry(index), says, index)
            else:
                self._wrong(13, index, says)
        for _, meet in said - derived:
            says = (
                f"it says that {self._item(meet[0])} meets {self._item(meet[2])}: decided again, it does not"
            )
            self._wrong(13, one.index, says)

    def _may_have_ended(self, ref: bytes) -> bool:
        """Whether an entry without words may have replaced or ended a notice: its owner's, and its list allows it."""
        standing = self.book.register.by_ref.get(ref)
        return standing is None or any(
            gone.header.sender.party == standing.party
            and gone.header.of is not None
            and (gone.of is None or any(leaf[:REF_BYTES] == ref for leaf in gone.of.leaves))
            for gone in self._gone_entries
        )

    def _item(self, ref: bytes) -> str:
        sid, item = split_ref(ref)
        return f"item {item} of {self._names.entry(self.book.index_of.get(sid))}"


def _history(opened: Mapping[int, Opened]) -> History | None:
    """What all the deeds say, where one of them says that something was shredded."""
    history = History()
    for one in opened.values():
        if one.header.kind == "deeds":
            history.take_in((*one.records("effects"), *one.records("items")))
    return history if history.shredded else None


def _effect(effect: str, aware_of: int, missing: Iterable[bytes], marks: Iterable[str]) -> str:
    listed = ", ".join(marks)
    count = len(tuple(missing))
    return (
        effect
        + (f", aware of {aware_of}" if aware_of else "")
        + (f", {count} uncited" if count else "")
        + (f" ({listed})" if listed else "")
    )


def summarize(refold: Refold, names: Names, findings: Findings) -> None:
    """What was derived again and agrees, in one sentence a check."""
    counts = refold.counts
    up_to = "nothing" if refold.said_up_to is None else f"entry {refold.said_up_to}"
    findings.holds(
        7, f"{counts.signed} statements are signed by exactly the keys they name, each counting then"
    )
    findings.holds(8, "the chains of all keys were followed")
    findings.holds(11, f"{counts.deeds} deeds statements cover the log without a hole, up to {up_to}")
    if counts.shredded:
        findings.unproven(
            10,
            f"{counts.shredded} item(s)",
            f"were shredded under erasures that were due; {counts.resting} outcome(s) rest on what the deeds said before",
        )
    if counts.said_only:
        findings.holds(
            11, f"{counts.said_only} records of handing things to a channel are the service's word alone"
        )
    if refold.doubtful_from is not None:
        findings.unproven(
            14,
            names.entry(refold.doubtful_from),
            f"{refold.gone} entries whose words are not at hand: from here on, what follows was derived in part only",
            refold.doubtful_from,
        )
        return
    for party in sorted(refold.book.roll.parties):
        n = len(refold.book.inboxes.inbox(party))
        says = f"{names.party(party)} holds {n} release(s), and was told nothing else through this log up to {up_to}"
        findings.holds(12, says)
    findings.holds(13, f"{counts.meetings} meetings decided again with {PREDICATE_ID}, and no other follows")
    effects = ", ".join(f"{count} {effect}" for effect, count in sorted(counts.effects.items()))
    findings.holds(14, f"each effect follows from the log: {effects}")
