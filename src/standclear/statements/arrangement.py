"""The arrangement: what a set of parties agreed to, as data. The code knows no number of its own (founding decision 25)."""

from __future__ import annotations

from dataclasses import dataclass

from standclear.errors import Malformed
from standclear.limits import SIGNERS_MAX, WARNINGS_MAX
from standclear.spacetime.units import FOREVER_MS
from standclear.statements.canonical import Value, b64u
from standclear.statements.fields import Fields, choice_reader, text_reader
from standclear.statements.header import NOTICE_KINDS
from standclear.statements.notices import GRADE_ORDER
from standclear.statements.readiness import ReadinessRule, read_readiness
from standclear.statements.total import ROLES, Total, check_totals, read_total

STATES = frozenset({"in_force", "suspended", "terminated"})
TOLD = frozenset({"planner", "owner", "neutral"})
ENDS_OF_ITSELF = frozenset({"activity", "zone"})
"""Kinds that do not lapse: nothing is owed when their time is over."""
AFTER_END = frozenset({"keeps", "ends"})
LEVELS = frozenset({"duty_desk", "alternate_desk", "superior", "arrangement_monitor", "political_contact"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A party of the arrangement and its role. Only a `party` is bound; a `monitor` may see every entry."""

    party: bytes
    role: str

    def to_value(self) -> Value:
        return {"party": b64u(self.party), "role": self.role}


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """Two kinds that concern each other, and the separation at which they meet.

    `own` says whether notices of one and the same party concern each other too.
    """

    a: str
    b: str
    name: str
    horizontal_cm: int
    vertical_cm: int
    time_ms: int
    own: bool

    def to_value(self) -> Value:
        return {
            "a": self.a,
            "b": self.b,
            "horizontal_cm": self.horizontal_cm,
            "name": self.name,
            "own": self.own,
            "time_ms": self.time_ms,
            "vertical_cm": self.vertical_cm,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class OneSided:
    """Who is told when an activity meets a notice and one or both were not released to the other's party."""

    notice_released: bool
    activity_released: bool
    tell: tuple[str, ...]

    def to_value(self) -> Value:
        return {
            "activity_released": self.activity_released,
            "notice_released": self.notice_released,
            "tell": list(self.tell),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRule:
    """What holds for one kind of notice.

    `after_end`: "keeps" = goes on being matched past its time (as lapsed, stale or overdue) until its owner closes it
    or `long_stop_ms` after its end; "ends" = its own time is all of it. `blanket_*`: larger or longer is labelled blanket
    and proves no awareness. `daily_max`: items that one party may file in 24 hours of log time; more are labelled
    over quota. `acknowledge_ms`: how long a recipient's desk has. `lead_ms`: shorter notice is labelled late. `signers`: how
    many persons of its party, at different seats, sign a filing before it is released; 1 asks for no person: a machine's key
    files too. `grade_least`, of sites:
    the lowest grade that is enough, which the owner owes within `grade_within_ms` of the filing; None asks nothing.
    `warn_ms`: how long before the end of its time its owner is warned, the earliest warning first.
    """

    kind: str
    after_end: str
    long_stop_ms: int
    blanket_extent_cm: int
    blanket_duration_ms: int
    daily_max: int
    acknowledge_ms: int
    lead_ms: int
    signers: int
    warn_ms: tuple[int, ...] = ()
    grade_least: str | None = None
    grade_within_ms: int | None = None

    def waits(self, seats: int) -> bool:
        """Whether a filing signed by persons of so many seats waits for another signature before it is released."""
        return self.signers > 1 and seats < self.signers

    def to_value(self) -> Value:
        return {
            "acknowledge_ms": self.acknowledge_ms,
            "after_end": self.after_end,
            "blanket_duration_ms": self.blanket_duration_ms,
            "blanket_extent_cm": self.blanket_extent_cm,
            "daily_max": self.daily_max,
            "grade_least": self.grade_least,
            "grade_within_ms": self.grade_within_ms,
            "kind": self.kind,
            "lead_ms": self.lead_ms,
            "long_stop_ms": self.long_stop_ms,
            "signers": self.signers,
            "warn_ms": list(self.warn_ms),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """Where an unanswered matter goes next, and how long after its beginning (for a ladder: after its deadline)."""

    level: str
    after_ms: int

    def to_value(self) -> Value:
        return {"after_ms": self.after_ms, "level": self.level}


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryRule:
    """What bounds an inquiry: its smallest extent, its longest time to answer, and how many a party may ask a day (G26)."""

    extent_least_cm: int
    answer_most_ms: int
    daily_max: int

    def to_value(self) -> Value:
        return {
            "answer_most_ms": self.answer_most_ms,
            "daily_max": self.daily_max,
            "extent_least_cm": self.extent_least_cm,
        }


NO_INQUIRY_BOUND = InquiryRule(extent_least_cm=0, answer_most_ms=FOREVER_MS, daily_max=1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """The rules a set of parties agreed to. Effects and decisions name it by its sid."""

    name: str
    state: str
    members: tuple[Member, ...]
    neutral: bytes | None
    matrix: tuple[Concern, ...]
    one_sided: tuple[OneSided, ...]
    kinds: tuple[KindRule, ...]
    citation_grace_ms: int
    retention_ms: int
    predicate: str
    note: str
    escalation: tuple[Escalation, ...] = ()
    emergency: tuple[Escalation, ...] = ()
    inquiry: InquiryRule = NO_INQUIRY_BOUND
    readiness: ReadinessRule | None = None
    totals: tuple[Total, ...] = ()

    def to_value(self) -> Value:
        return {
            "citation_grace_ms": self.citation_grace_ms,
            "emergency": [one.to_value() for one in self.emergency],
            "escalation": [one.to_value() for one in self.escalation],
            "inquiry": self.inquiry.to_value(),
            "kinds": [rule.to_value() for rule in self.kinds],
            "matrix": [concern.to_value() for concern in self.matrix],
            "members": [member.to_value() for member in self.members],
            "name": self.name,
            "neutral": None if self.neutral is None else b64u(self.neutral),
            "note": self.note,
            "one_sided": [row.to_value() for row in self.one_sided],
            "predicate": self.predicate,
            "readiness": None if self.readiness is None else self.readiness.to_value(),
            "retention_ms": self.retention_ms,
            "state": self.state,
            "totals": [total.to_value() for total in self.totals],
            "type": "arrangement",
        }

    def rule_of(self, kind: str) -> KindRule:
        """The rule of one kind of notice; every kind of notice in the matrix has one."""
        for rule in self.kinds:
            if rule.kind == kind:
                return rule
        raise AssertionError(f"an arrangement without a rule for {kind} was accepted")

    def concern_of(self, a: str, b: str) -> Concern | None:
        """How two kinds concern each other, in either order; None if they do not."""
        for concern in self.matrix:
            if (concern.a, concern.b) in ((a, b), (b, a)):
                return concern
        return None

    def told_of(self, *, notice_released: bool, activity_released: bool) -> tuple[str, ...]:
        """Who is told, from the one-sided release table."""
        for row in self.one_sided:
            if row.notice_released == notice_released and row.activity_released == activity_released:
                return row.tell
        raise AssertionError("an arrangement with a hole in its table was accepted")

    def is_member(self, party: bytes) -> bool:
        return any(member.party == party for member in self.members)

    def role_of(self, party: bytes) -> str | None:
        """A member's role; None for anybody else."""
        return next((member.role for member in self.members if member.party == party), None)

    def monitors(self) -> tuple[bytes, ...]:
        return tuple(member.party for member in self.members if member.role == "monitor")


CM_MAX = 2_000_000_00  # 2,000 km


def _read_member(value: Value, path: str) -> Member:
    fields = Fields(value, path)
    member = Member(party=fields.raw("party", 16), role=fields.choice("role", ROLES))
    fields.done()
    return member


def _read_concern(value: Value, path: str) -> Concern:
    fields = Fields(value, path)
    concern = Concern(
        a=fields.choice("a", NOTICE_KINDS),
        b=fields.choice("b", NOTICE_KINDS),
        name=fields.text("name", 64, 1),
        horizontal_cm=fields.integer("horizontal_cm", 0, CM_MAX),
        vertical_cm=fields.integer("vertical_cm", 0, CM_MAX),
        time_ms=fields.integer("time_ms", 0, 366 * 86_400_000),
        own=fields.flag("own"),
    )
    fields.done()
    return concern


def _read_one_sided(value: Value, path: str) -> OneSided:
    fields = Fields(value, path)
    row = OneSided(
        notice_released=fields.flag("notice_released"),
        activity_released=fields.flag("activity_released"),
        tell=fields.many("tell", choice_reader(TOLD), 3),
    )
    fields.done()
    return row


def _read_kind_rule(value: Value, path: str) -> KindRule:
    fields = Fields(value, path)
    rule = KindRule(
        kind=fields.choice("kind", NOTICE_KINDS),
        after_end=fields.choice("after_end", AFTER_END),
        long_stop_ms=fields.integer("long_stop_ms", 0, FOREVER_MS),
        blanket_extent_cm=fields.integer("blanket_extent_cm", 1, 4_007_501_669),
        blanket_duration_ms=fields.integer("blanket_duration_ms", 1, FOREVER_MS),
        daily_max=fields.integer("daily_max", 1),
        acknowledge_ms=fields.integer("acknowledge_ms", 1),
        lead_ms=fields.integer("lead_ms", 0),
        signers=fields.integer("signers", 1, SIGNERS_MAX),
        warn_ms=fields.many("warn_ms", read_warning, WARNINGS_MAX),
        grade_least=fields.text_or_none("grade_least", 32),
        grade_within_ms=fields.integer_or_none("grade_within_ms", 1, FOREVER_MS),
    )
    fields.done()
    _check_warnings(rule, fields.path)
    _check_grade(rule, path)
    return rule


def read_warning(value: Value, path: str) -> int:
    """How long before the end of a notice's time its owner is warned, in milliseconds."""
    if type(value) is not int or not 1 <= value <= FOREVER_MS:
        raise Malformed(path, f"not an integer from 1 to {FOREVER_MS}", "mend the number or its unit")
    return value


def _check_warnings(rule: KindRule, path: str) -> None:
    """Refuse warnings that contradict each other or the kind.

    Raises:
        Malformed: not the earliest first; of a kind whose time simply ends; before the longest notice was filed.
    """
    spans = list(rule.warn_ms)
    if spans and rule.kind in ENDS_OF_ITSELF:
        reason = f"nobody is warned of the end of its time: {rule.kind} does not lapse"
        raise Malformed(f"{path}.warn_ms", reason, "write []")
    if spans != sorted(set(spans), reverse=True):
        remedy = "write the earliest warning first, each once"
        raise Malformed(f"{path}.warn_ms", "its timers contradict each other", remedy)
    if spans and spans[0] >= rule.blanket_duration_ms:
        reason = "it warns earlier than the longest notice of the kind begins (blanket_duration)"
        raise Malformed(f"{path}.warn_ms", reason, "warn later, or let notices of the kind be longer")


def _check_grade(rule: KindRule, path: str) -> None:
    if rule.grade_least is not None and rule.grade_least not in GRADE_ORDER:
        known = ", ".join(GRADE_ORDER)
        raise Malformed(
            f"{path}.grade_least", f"{rule.grade_least!r} is not one of: {known}", "use one of them"
        )
    if (rule.grade_least is None) != (rule.grade_within_ms is None):
        raise Malformed(
            f"{path}.grade_within_ms",
            "a grade is asked within a time, and a time for a grade",
            "write both, or null for both",
        )
    if rule.grade_least is not None and rule.kind != "site":
        raise Malformed(
            f"{path}.grade_least", f"no {rule.kind} states a grade", "ask it of sites only, else null"
        )


def _read_escalation(value: Value, path: str) -> Escalation:
    fields = Fields(value, path)
    one = Escalation(level=fields.choice("level", LEVELS), after_ms=fields.integer("after_ms"))
    fields.done()
    return one


def _read_inquiry_rule(value: Value, path: str) -> InquiryRule:
    fields = Fields(value, path)
    rule = InquiryRule(
        extent_least_cm=fields.integer("extent_least_cm"),
        answer_most_ms=fields.integer("answer_most_ms", 1),
        daily_max=fields.integer("daily_max", 1),
    )
    fields.done()
    return rule


def read_arrangement(fields: Fields) -> Arrangement:
    """An arrangement's body.

    Raises:
        Malformed: a hole in the one-sided table, a kind in the matrix without a rule, a pair of kinds twice.
    """
    arrangement = Arrangement(
        name=fields.text("name", 200, 1),
        state=fields.choice("state", STATES),
        members=fields.many("members", _read_member, 256, least=2),
        neutral=fields.raw_or_none("neutral", 16),
        matrix=fields.many("matrix", _read_concern, 64, least=1),
        one_sided=fields.many("one_sided", _read_one_sided, 4),
        kinds=fields.many("kinds", _read_kind_rule, len(NOTICE_KINDS), least=1),
        citation_grace_ms=fields.integer("citation_grace_ms", 1),
        retention_ms=fields.integer("retention_ms", 0, FOREVER_MS),
        predicate=fields.choice("predicate", ("decide/1",)),
        note=fields.text("note"),
        escalation=fields.many("escalation", _read_escalation, 8),
        emergency=fields.many("emergency", _read_escalation, 8),
        inquiry=fields.one("inquiry", _read_inquiry_rule),
        readiness=fields.one_or_none("readiness", read_readiness),
        totals=fields.many("totals", read_total, 32),
    )
    _check_whole(arrangement, fields.path)
    return arrangement


def _check_whole(arrangement: Arrangement, path: str) -> None:
    cases = {(row.notice_released, row.activity_released) for row in arrangement.one_sided}
    if len(cases) != 4 or len(arrangement.one_sided) != 4:
        raise Malformed(f"{path}.one_sided", "not all four cases once each", "say who is told in every case")
    if any("neutral" in row.tell for row in arrangement.one_sided) and arrangement.neutral is None:
        raise Malformed(
            f"{path}.neutral", "the table tells a neutral desk, and there is none", "name the neutral party"
        )
    ruled = [rule.kind for rule in arrangement.kinds]
    named = {kind for concern in arrangement.matrix for kind in (concern.a, concern.b)}
    if len(set(ruled)) != len(ruled) or not named <= set(ruled):
        missing = ", ".join(sorted(named - set(ruled))) or "none"
        raise Malformed(
            f"{path}.kinds", f"not one rule for each kind (missing: {missing})", "add the missing rules"
        )
    check_totals(arrangement.totals, set(ruled), path)
    for name, steps in (("escalation", arrangement.escalation), ("emergency", arrangement.emergency)):
        times = [step.after_ms for step in steps]
        if times != sorted(set(times)):
            raise Malformed(
                f"{path}.{name}",
                "its timers contradict each other",
                "let each step come after the one before",
            )
    pairs = [tuple(sorted((concern.a, concern.b))) for concern in arrangement.matrix]
    if len(set(pairs)) != len(pairs):
        raise Malformed(f"{path}.matrix", "a pair of kinds stands twice", "give each pair one row")
    parties = [member.party for member in arrangement.members]
    if len(set(parties)) != len(parties):
        raise Malformed(f"{path}.members", "a party stands twice", "give each party one role")


@dataclass(frozen=True, slots=True, kw_only=True)
class Adherence:
    """A party takes up the arrangement named in `re`, with its reservations, or withdraws from it."""

    adheres: bool
    reservations: tuple[str, ...]

    def to_value(self) -> Value:
        return {"adheres": self.adheres, "reservations": list(self.reservations), "type": "adherence"}


def read_adherence(fields: Fields) -> Adherence:
    return Adherence(
        adheres=fields.flag("adheres"),
        reservations=fields.many("reservations", text_reader(500), 16),
    )
