"""The service's deeds: what it did, said in batches and signed by it. A deed proves what the service *said*.

A deeds statement has three salted lists (docs/spec/statement.md, 6): `effects` (what each entry since the last deeds
statement did), `inboxes` (every party's inbox head, sorted by party) and `items` (the other records). Each leaf is
the canonical JSON of one record with a salt of its own, so that one can be opened without the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from standclear.limits import ITEMS_MAX
from standclear.statements.arrangement import LEVELS
from standclear.statements.calls import EMERGENCY_ANSWERS
from standclear.statements.canonical import Value, b64u, canonical
from standclear.statements.carriage import CarriedRecord, read_carried
from standclear.statements.fields import Fields, raw_reader, text_reader
from standclear.statements.lists import FORMS, REF_BYTES
from standclear.statements.replies import ACKNOWLEDGEMENT_ANSWERS

EFFECTS = frozenset(
    {
        "in_force",
        "aware",
        "held",
        "uncited",
        "blanket",
        "branched",
        "stale",
        "void",
        "waiting",
        "recorded",
        "not_yours",
    }
)
"""What an entry did.

in_force: a notice stands, or a rule or reply counts. aware: an activity stands, aware of n. held: an activity does not
say what it meets; the list of what it must cite follows. uncited: an activity stands openly without citing. blanket:
an activity, zone or site too large or long to prove awareness. branched: a second replacement of one version; both
stand. stale: what it answers has been replaced. void: integrated after its own `void_after_ms`. waiting: it names a
statement that this log does not hold yet, is a version of an arrangement that not all have adhered to yet, or is an
erasure that something still stands in the way of.
not_yours: it amends or answers for what is another's. recorded: on record, without further effect.
"""


ATTESTED_BY = frozenset({"link", "code"})
LINE_ANSWERED = "answered"
ATTESTED_ANSWERS = ACKNOWLEDGEMENT_ANSWERS | EMERGENCY_ANSWERS | {LINE_ANSWERED}
"""What somebody may answer without a key, by a link or a code that a message carried: the service attests that it came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectRecord:
    """What one entry did, under which rule (the arrangement's sid), with the marks that were put on it.

    `aware_of` counts what an activity was aware of; `missing` lists what a held one must cite.
    """

    index: int
    sid: bytes
    effect: str
    rule: bytes | None
    marks: tuple[str, ...]
    aware_of: int
    missing: tuple[bytes, ...]
    salt: bytes

    def to_value(self) -> Value:
        return {
            "aware_of": self.aware_of,
            "effect": self.effect,
            "index": self.index,
            "marks": list(self.marks),
            "missing": [b64u(ref) for ref in self.missing],
            "record": "effect",
            "rule": None if self.rule is None else b64u(self.rule),
            "salt": b64u(self.salt),
            "sid": b64u(self.sid),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRecord:
    """What one party's inbox held after the last entry before this deeds statement."""

    party: bytes
    n: int
    root: bytes
    salt: bytes

    def to_value(self) -> Value:
        return {
            "n": self.n,
            "party": b64u(self.party),
            "record": "inbox",
            "root": b64u(self.root),
            "salt": b64u(self.salt),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRecord:
    """Items of a statement entered a party's inbox at [inbox_start, inbox_end), because of `trigger` (a sid).

    `why`: "now" = with its filing; "on_meet" = because it met what the trigger filed; "told" = by the one-sided table.
    """

    party: bytes
    sid: bytes
    form: str
    inbox_start: int
    inbox_end: int
    why: str
    trigger: bytes
    trigger_index: int
    salt: bytes

    def to_value(self) -> Value:
        return {
            "form": self.form,
            "inbox_end": self.inbox_end,
            "inbox_start": self.inbox_start,
            "party": b64u(self.party),
            "record": "release",
            "salt": b64u(self.salt),
            "sid": b64u(self.sid),
            "trigger": b64u(self.trigger),
            "trigger_index": self.trigger_index,
            "why": self.why,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetsRecord:
    """Two notices meet: references and forms on both sides, which concern, under which rule and predicate."""

    a: bytes
    a_form: str
    b: bytes
    b_form: str
    concern: str
    rule: bytes
    predicate: str
    trigger: bytes
    told: tuple[str, ...]
    salt: bytes

    def to_value(self) -> Value:
        return {
            "a": b64u(self.a),
            "a_form": self.a_form,
            "b": b64u(self.b),
            "b_form": self.b_form,
            "concern": self.concern,
            "predicate": self.predicate,
            "record": "meets",
            "rule": b64u(self.rule),
            "salt": b64u(self.salt),
            "told": list(self.told),
            "trigger": b64u(self.trigger),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SentRecord:
    """The service handed [.., inbox_end) of a party's inbox to a desk over a channel. It says so; that is all."""

    party: bytes
    desk: bytes
    channel: str
    inbox_end: int
    at_ms: int
    salt: bytes

    def to_value(self) -> Value:
        return {
            "at_ms": self.at_ms,
            "channel": self.channel,
            "desk": b64u(self.desk),
            "inbox_end": self.inbox_end,
            "party": b64u(self.party),
            "record": "sent",
            "salt": b64u(self.salt),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestedRecord:
    """An answer came back by the link or the code of a message to this desk. The service says so; nobody signed it (G1).

    What was answered: `sid`, as far as it stands at [inbox_start, inbox_end) of the party's inbox; both 0 where a matter
    was answered that has no place there yet.
    """

    party: bytes
    desk: bytes
    level: str
    channel: str
    by: str
    sid: bytes
    inbox_start: int
    inbox_end: int
    answer: str
    at_ms: int
    salt: bytes

    def to_value(self) -> Value:
        return {
            "answer": self.answer,
            "at_ms": self.at_ms,
            "by": self.by,
            "channel": self.channel,
            "desk": b64u(self.desk),
            "inbox_end": self.inbox_end,
            "inbox_start": self.inbox_start,
            "level": self.level,
            "party": b64u(self.party),
            "record": "attested",
            "salt": b64u(self.salt),
            "sid": b64u(self.sid),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ShreddedRecord:
    """The key of one item's bodies is destroyed, as its party asked in `erasure` (a sid); what is left of them is here.

    It is durable before the key goes, so that a crash between the two destroys it again. `trace` is what is left of the
    exact body (statements/traces.py); `same` names the other versions from which it differed in nothing material; `escrow`
    is the SHA-256 digest of a copy that was sealed to an escrow, or None where none was kept: always, as yet.
    """

    ref: bytes
    erasure: bytes
    at_ms: int
    trace: bytes
    same: tuple[bytes, ...]
    escrow: bytes | None
    salt: bytes

    def to_value(self) -> Value:
        return {
            "at_ms": self.at_ms,
            "erasure": b64u(self.erasure),
            "escrow": None if self.escrow is None else b64u(self.escrow),
            "record": "shredded",
            "ref": b64u(self.ref),
            "salt": b64u(self.salt),
            "same": [b64u(ref) for ref in self.same],
            "trace": b64u(self.trace),
        }


Record = (
    EffectRecord
    | InboxRecord
    | ReleaseRecord
    | MeetsRecord
    | SentRecord
    | AttestedRecord
    | CarriedRecord
    | ShreddedRecord
)


def record_leaf(record: Record) -> bytes:
    """A record as a leaf of its list."""
    return canonical(record.to_value())


def read_record(value: Value, path: str) -> Record:
    """A record from its JSON value."""
    fields = Fields(value, path)
    kind = fields.choice("record", tuple(_RECORDS))
    record = _RECORDS[kind](fields)
    fields.done()
    return record


def _read_effect(fields: Fields) -> EffectRecord:
    return EffectRecord(
        index=fields.integer("index"),
        sid=fields.raw("sid", 32),
        effect=fields.choice("effect", EFFECTS),
        rule=fields.raw_or_none("rule", 32),
        marks=fields.many("marks", text_reader(64), 64),
        aware_of=fields.integer("aware_of"),
        missing=fields.many("missing", raw_reader(REF_BYTES), 1_000_000),
        salt=fields.raw("salt", 16),
    )


def _read_inbox(fields: Fields) -> InboxRecord:
    return InboxRecord(
        party=fields.raw("party", 16),
        n=fields.integer("n"),
        root=fields.raw("root", 32),
        salt=fields.raw("salt", 16),
    )


def _read_release(fields: Fields) -> ReleaseRecord:
    return ReleaseRecord(
        party=fields.raw("party", 16),
        sid=fields.raw("sid", 32),
        form=fields.choice("form", FORMS),
        inbox_start=fields.integer("inbox_start"),
        inbox_end=fields.integer("inbox_end"),
        why=fields.choice("why", ("now", "on_meet", "told")),
        trigger=fields.raw("trigger", 32),
        trigger_index=fields.integer("trigger_index"),
        salt=fields.raw("salt", 16),
    )


def _read_meets(fields: Fields) -> MeetsRecord:
    return MeetsRecord(
        a=fields.raw("a", 36),
        a_form=fields.choice("a_form", FORMS),
        b=fields.raw("b", 36),
        b_form=fields.choice("b_form", FORMS),
        concern=fields.text("concern", 64, 1),
        rule=fields.raw("rule", 32),
        predicate=fields.text("predicate", 32, 1),
        trigger=fields.raw("trigger", 32),
        told=fields.many("told", text_reader(64), 64),
        salt=fields.raw("salt", 16),
    )


def _read_sent(fields: Fields) -> SentRecord:
    return SentRecord(
        party=fields.raw("party", 16),
        desk=fields.raw("desk", 16),
        channel=fields.text("channel", 32, 1),
        inbox_end=fields.integer("inbox_end"),
        at_ms=fields.integer("at_ms"),
        salt=fields.raw("salt", 16),
    )


def _read_attested(fields: Fields) -> AttestedRecord:
    return AttestedRecord(
        party=fields.raw("party", 16),
        desk=fields.raw("desk", 16),
        level=fields.choice("level", LEVELS),
        channel=fields.text("channel", 32, 1),
        by=fields.choice("by", ATTESTED_BY),
        sid=fields.raw("sid", 32),
        inbox_start=fields.integer("inbox_start"),
        inbox_end=fields.integer("inbox_end"),
        answer=fields.choice("answer", ATTESTED_ANSWERS),
        at_ms=fields.integer("at_ms"),
        salt=fields.raw("salt", 16),
    )


def _read_shredded(fields: Fields) -> ShreddedRecord:
    return ShreddedRecord(
        ref=fields.raw("ref", REF_BYTES),
        erasure=fields.raw("erasure", 32),
        at_ms=fields.integer("at_ms"),
        trace=fields.raw("trace", None),
        same=fields.many("same", raw_reader(REF_BYTES), ITEMS_MAX),
        escrow=fields.raw_or_none("escrow", 32),
        salt=fields.raw("salt", 16),
    )


_RECORDS: dict[str, Callable[[Fields], Record]] = {
    "effect": _read_effect,
    "inbox": _read_inbox,
    "release": _read_release,
    "meets": _read_meets,
    "sent": _read_sent,
    "attested": _read_attested,
    "carried": read_carried,
    "shredded": _read_shredded,
}


def leaves_of(records: Sequence[Record]) -> tuple[bytes, ...]:
    """Records as the leaves of a salted list, in the order given."""
    return tuple(record_leaf(record) for record in records)
