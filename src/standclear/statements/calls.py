"""Calls and what follows them: stop-fire, incidents, consultations, claims, objections, agreement, watches, line checks."""

from __future__ import annotations

from dataclasses import dataclass

from standclear.errors import Malformed
from standclear.spacetime.units import FOREVER_MS
from standclear.spacetime.volume import Volume, volume_from_value, volume_to_value
from standclear.statements.canonical import Value, b64u
from standclear.statements.fields import Fields, raw_reader
from standclear.statements.notices import VOLUMES_MAX, Note, read_note

EMERGENCIES = frozenset(
    {
        "under_fire", "imminent_danger", "wrong_position_correction", "stray_entry", "missing_movement",
        "airspace_intrusion",
    }
)  # fmt: skip
EMERGENCY_PARTS = frozenset({"call", "answer", "end"})
EMERGENCY_ANSWERS = frozenset({"heard", "passed_to", "ceased", "not_ours", "cannot_reach"})
CONSULTATION_PARTS = frozenset({"call", "reply", "record"})
CONSULTATION_REPLIES = frozenset({"will_come", "will_not_come", "came", "did_not_come"})
CLAIM_KINDS = frozenset({"did", "did_not", "was_told", "was_not_told", "told", "other"})
OBJECTIONS = frozenset(
    {
        "position_doubtful",
        "not_what_it_says",
        "military_use",
        "duplicate",
        "distinct",
        "not_agreed_area",
        "other",
    }
)
AGREEMENTS = frozenset({"agreed", "denied", "alternative_proposed", "alternative_accepted"})
WATCH_PARTS = frozenset({"taken", "handed_over", "left"})
LINE_CHECKS = frozenset({"routine", "drill"})
LINE_RESULTS = frozenset({"answered", "no_answer", "failed"})


def _note_value(note: Note | None) -> Value:
    return None if note is None else note.to_value()


def _choice_or_none(fields: Fields, name: str, words: frozenset[str], *, needed: bool) -> str | None:
    """A word that is there exactly when the part asks for it."""
    value = fields.text_or_none(name, 64)
    if (value is not None) != needed:
        raise Malformed(
            f"{fields.path}.{name}", "there where it has no place, or missing where it has", "mend it"
        )
    if value is not None and value not in words:
        raise Malformed(
            f"{fields.path}.{name}", f"{value!r} is not one of: {', '.join(sorted(words))}", "use one"
        )
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency:
    """Stop-fire: the call (from records in `cites`, or from bare volumes), an answer to it, or its end by the caller.

    An answer or an end names the call in `re`. `passed_to` says to whom, where the answer is passed_to.
    """

    part: str
    code: str | None
    answer: str | None
    passed_to: str
    volumes: tuple[Volume, ...]
    member: str
    note: Note | None

    def to_value(self) -> Value:
        return {
            "answer": self.answer,
            "code": self.code,
            "member": self.member,
            "note": _note_value(self.note),
            "part": self.part,
            "passed_to": self.passed_to,
            "type": "emergency",
            "volumes": [volume_to_value(one) for one in self.volumes],
        }


def read_emergency(fields: Fields) -> Emergency:
    part = fields.choice("part", EMERGENCY_PARTS)
    return Emergency(
        part=part,
        code=_choice_or_none(fields, "code", EMERGENCIES, needed=part == "call"),
        answer=_choice_or_none(fields, "answer", EMERGENCY_ANSWERS, needed=part == "answer"),
        passed_to=fields.text("passed_to", 200),
        volumes=fields.many("volumes", volume_from_value, VOLUMES_MAX),
        member=fields.text("member", 64, 1),
        note=fields.one_or_none("note", read_note),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What happened, where, when, and to whom, as the desk that states it knows it; `cites` name the notices it concerns."""

    what: str
    volumes: tuple[Volume, ...]
    killed: int | None
    wounded: int | None
    note: Note | None

    def to_value(self) -> Value:
        return {
            "killed": self.killed,
            "note": _note_value(self.note),
            "type": "incident",
            "volumes": [volume_to_value(one) for one in self.volumes],
            "what": self.what,
            "wounded": self.wounded,
        }


def read_incident(fields: Fields) -> Incident:
    return Incident(
        what=fields.text("what", 2_000, 1),
        volumes=fields.many("volumes", volume_from_value, VOLUMES_MAX, least=1),
        killed=fields.integer_or_none("killed", 0, 10_000_000),
        wounded=fields.integer_or_none("wounded", 0, 10_000_000),
        note=fields.one_or_none("note", read_note),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """A call for the parties to meet over an incident (`re`), a reply, or the record of who came."""

    part: str
    at_ms: int | None
    invited: tuple[bytes, ...]
    reply: str | None
    came: tuple[bytes, ...]
    note: Note | None

    def to_value(self) -> Value:
        return {
            "at_ms": self.at_ms,
            "came": [b64u(party) for party in self.came],
            "invited": [b64u(party) for party in self.invited],
            "note": _note_value(self.note),
            "part": self.part,
            "reply": self.reply,
            "type": "consultation",
        }


def read_consultation(fields: Fields) -> Consultation:
    part = fields.choice("part", CONSULTATION_PARTS)
    return Consultation(
        part=part,
        at_ms=fields.integer_or_none("at_ms", 0, FOREVER_MS),
        invited=fields.many("invited", raw_reader(16), 64),
        reply=_choice_or_none(fields, "reply", CONSULTATION_REPLIES, needed=part == "reply"),
        came=fields.many("came", raw_reader(16), 64),
        note=fields.one_or_none("note", read_note),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a party says in public, kept so that the record can be held against it. It is judged by nobody here.

    `claim` says what kind of thing is claimed, `about` of which party (None: of the claimant itself), `volumes` where and
    when; `words` are the very words, in their language, and `source` where they were said.
    """

    claim: str
    about: bytes | None
    volumes: tuple[Volume, ...]
    words: Note
    source: str

    def to_value(self) -> Value:
        return {
            "about": None if self.about is None else b64u(self.about),
            "claim": self.claim,
            "source": self.source,
            "type": "claim",
            "volumes": [volume_to_value(one) for one in self.volumes],
            "words": self.words.to_value(),
        }


def read_claim(fields: Fields) -> Claim:
    return Claim(
        claim=fields.choice("claim", CLAIM_KINDS),
        about=fields.raw_or_none("about", 16),
        volumes=fields.many("volumes", volume_from_value, VOLUMES_MAX, least=1),
        words=fields.one("words", read_note),
        source=fields.text("source", 500),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """A reasoned doubt about notices of others (`cites`). It marks them disputed and removes nothing."""

    reason: str
    note: Note | None

    def to_value(self) -> Value:
        return {"note": _note_value(self.note), "reason": self.reason, "type": "objection"}


def read_objection(fields: Fields) -> Objection:
    return Objection(reason=fields.choice("reason", OBJECTIONS), note=fields.one_or_none("note", read_note))


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The reply to a notice that asks for agreement (AP I art. 29(3)): agreed, denied, or a reasonable alternative."""

    agreement: str
    volumes: tuple[Volume, ...]
    note: Note | None

    def to_value(self) -> Value:
        return {
            "agreement": self.agreement,
            "note": _note_value(self.note),
            "type": "agreement",
            "volumes": [volume_to_value(one) for one in self.volumes],
        }


def read_agreement(fields: Fields) -> Agreement:
    agreement = Agreement(
        agreement=fields.choice("agreement", AGREEMENTS),
        volumes=fields.many("volumes", volume_from_value, VOLUMES_MAX),
        note=fields.one_or_none("note", read_note),
    )
    if (agreement.agreement == "alternative_proposed") != bool(agreement.volumes):
        raise Malformed(
            f"{fields.path}.volumes", "an alternative, and only one, says where and when", "mend it"
        )
    return agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A member (a pseudonym) has taken, handed over or left the desk, up to an inbox position, with open items (G15)."""

    part: str
    member: str
    inbox_end: int
    open_items: int

    def to_value(self) -> Value:
        return {
            "inbox_end": self.inbox_end,
            "member": self.member,
            "open_items": self.open_items,
            "part": self.part,
            "type": "watch",
        }


def read_watch(fields: Fields) -> Watch:
    return Watch(
        part=fields.choice("part", WATCH_PARTS),
        member=fields.text("member", 64, 1),
        inbox_end=fields.integer("inbox_end"),
        open_items=fields.integer("open_items"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCheck:
    """A channel was tried to a person's answer: routine, or as a drill (G15). `desk` is the desk that was tried."""

    check: str
    desk: bytes
    channel: str
    result: str
    seconds: int | None

    def to_value(self) -> Value:
        return {
            "channel": self.channel,
            "check": self.check,
            "desk": b64u(self.desk),
            "result": self.result,
            "seconds": self.seconds,
            "type": "line_check",
        }


def read_line_check(fields: Fields) -> LineCheck:
    return LineCheck(
        check=fields.choice("check", LINE_CHECKS),
        desk=fields.raw("desk", 16),
        channel=fields.text("channel", 32, 1),
        result=fields.choice("result", LINE_RESULTS),
        seconds=fields.integer_or_none("seconds", 0, 86_400),
    )
