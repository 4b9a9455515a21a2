"""Who knew, and who said so: acknowledgements (check 15) and the answer to the question asked (check 16).

Both rest on a party's inbox and the replies at hand, and on nothing that the service says of them. The same code makes
the claim when a dossier is assembled and repeats it when it is verified.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from standclear.dossier.format import LEAF_BYTES
from standclear.dossier.opened import Names, Opened
from standclear.dossier.report import Findings
from standclear.spacetime.meet import NO_MARGIN, meets
from standclear.spacetime.units import FOREVER_MS
from standclear.spacetime.volume import Volume, volume_from_value, volume_to_value
from standclear.statements.canonical import Value, b64u
from standclear.statements.deeds import AttestedRecord, EffectRecord, InboxRecord, ReleaseRecord
from standclear.statements.fields import Fields
from standclear.statements.header import NOTICE_KINDS
from standclear.statements.lists import REF_BYTES, WHOLE_ITEM, split_ref
from standclear.statements.notices import Notice
from standclear.statements.replies import Acknowledgement, acknowledgement_tag
from standclear.statements.roll import Roll
from standclear.tlog.merkle import Tree, leaf_hash

_FORM_OF_LETTER = {b"e": "exact", b"w": "widened", b"d": "desk"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was a party told about a volume of space and time, before a time, through this log?"""

    party: bytes
    area: Volume
    before_ms: int

    def to_value(self) -> Value:
        return {
            "area": volume_to_value(self.area),
            "ask": "who_knew",
            "before_ms": self.before_ms,
            "party": b64u(self.party),
        }


def read_question(value: Value, path: str) -> Question:
    """A question from its JSON value. Raises `Malformed`."""
    fields = Fields(value, path)
    fields.choice("ask", ("who_knew",))
    question = Question(
        party=fields.raw("party", 16),
        area=fields.one("area", volume_from_value),
        before_ms=fields.integer("before_ms"),
    )
    fields.done()
    return question


# --- what a party holds ---------------------------------------------------------------------------------


class InboxView:
    """A party's inbox as it is at hand, from its beginning: where each reference and each statement stands in it."""

    __slots__ = ("at_ref", "at_sid", "leaves", "tree")

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.leaves = leaves
        self.tree = Tree(one if len(one) == 32 else leaf_hash(one) for one in leaves)
        self.at_ref: dict[bytes, list[int]] = {}
        self.at_sid: dict[bytes, list[int]] = {}
        for position, leaf in enumerate(leaves):
            if len(leaf) == LEAF_BYTES:
                self.at_ref.setdefault(leaf[:REF_BYTES], []).append(position)
                self.at_sid.setdefault(leaf[:32], []).append(position)


@dataclass(slots=True, kw_only=True)
class Held:
    """What a party's inbox and replies show: times by inbox position, in the log's milliseconds.

    `attested_ms` is when an answer came by link or code, as the service says: nobody signed it.
    """

    released_ms: dict[int, int]
    handed_ms: dict[int, int]
    acknowledged_ms: dict[int, int]
    attested_ms: dict[int, int]
    n: int
    up_to: int | None


def held_by(party: bytes, inbox: InboxView, opened: Mapping[int, Opened], roll: Roll) -> Held:
    """What can be shown of a party's inbox: when each release came, and when its own keys answered."""
    held = Held(released_ms={}, handed_ms={}, acknowledged_ms={}, attested_ms={}, n=0, up_to=None)
    handed = 0
    for index in sorted(opened):
        one = opened[index]
        if one.header.kind == "deeds":
            _take_deeds(held, party, len(inbox.leaves), one, opened)
            _take_attested(held, party, inbox, one)
        elif one.header.sender.party == party:
            head = one.inbox
            if (
                head is not None
                and handed < head.n <= len(inbox.leaves)
                and inbox.tree.root(head.n) == head.root
            ):
                for position in range(handed, head.n):
                    held.handed_ms[position] = one.integrated_ms
                handed = head.n
            if is_by_person(one, roll):
                for position in covered(one, inbox):
                    held.acknowledged_ms.setdefault(position, one.integrated_ms)
    return held


def _take_deeds(held: Held, party: bytes, n: int, one: Opened, opened: Mapping[int, Opened]) -> None:
    for record in one.records("items"):
        if isinstance(record, ReleaseRecord) and record.party == party:
            trigger = opened.get(record.trigger_index)
            told_ms = one.integrated_ms if trigger is None else trigger.integrated_ms
            for position in range(record.inbox_start, min(record.inbox_end, n)):
                held.released_ms.setdefault(position, told_ms)
    for record in one.records("inboxes"):
        if isinstance(record, InboxRecord) and record.party == party and record.n <= n:
            held.n, held.up_to = record.n, one.index


def _take_attested(held: Held, party: bytes, inbox: InboxView, one: Opened) -> None:
    for record in one.records("items"):
        if isinstance(record, AttestedRecord) and record.party == party:
            for position in inbox.at_sid.get(record.sid, ()):
                if record.inbox_start <= position < record.inbox_end:
                    held.attested_ms.setdefault(position, record.at_ms)


def is_by_person(one: Opened, roll: Roll) -> bool:
    """Whether an entry is an acknowledgement that a person's key signed."""
    standing = roll.keys.get(one.header.sender.keys[0])
    return (
        isinstance(one.first_body(), Acknowledgement) and standing is not None and standing.role == "person"
    )


def covered(one: Opened, inbox: InboxView) -> list[int]:
    """The inbox positions that an acknowledgement covers: by statements, by items, or by a span less its exceptions."""
    body = one.first_body()
    assert isinstance(body, Acknowledgement)
    positions: set[int] = set()
    if one.cites:
        for ref in one.cites.leaves:
            positions.update(inbox.at_ref.get(ref, ()))
    else:
        for sid in one.header.re:
            positions.update(inbox.at_sid.get(sid, ()))
    if body.span is not None:
        positions.update(range(body.span.start, min(body.span.end, len(inbox.leaves))))
    return sorted(positions.difference(body.exceptions))


# --- 16 ---------------------------------------------------------------------------------------------------


def answer(question: Question, inbox: InboxView, opened: Mapping[int, Opened], roll: Roll) -> Value:
    """Which releases before the time meet the area, and how many could not be looked at.

    `told` is shown; `undecidable` were told and their words are gone or withheld; `withheld` are not even named;
    `inbox_n` and `up_to` say how far the inbox is committed to: nothing else was told through this log up to there.
    """
    held = held_by(question.party, inbox, opened, roll)
    by_sid = {one.sid: one for one in opened.values()}
    told = []
    counts = {"elsewhere": 0, "undecidable": 0, "withheld": 0}
    for position, leaf in enumerate(inbox.leaves[: held.n]):
        if held.released_ms.get(position, 0) >= question.before_ms:
            continue
        if len(leaf) != LEAF_BYTES:
            counts["withheld"] += 1
            continue
        volumes = _volumes(leaf, by_sid)
        if volumes is None:
            counts["undecidable"] += 1
        elif any(meets(volume, question.area, NO_MARGIN) for volume in volumes):
            told.append(_row(position, leaf, held, by_sid))
        else:
            counts["elsewhere"] += 1
    return {"inbox_n": held.n, "told": told, "up_to": held.up_to, **counts}


def _volumes(leaf: bytes, by_sid: Mapping[bytes, Opened]) -> tuple[Volume, ...] | None:
    """The volumes of a release in the form released; none for a reply; None if they are not at hand."""
    sid, item = split_ref(leaf[:REF_BYTES])
    one = by_sid.get(sid)
    if one is None:
        return None
    if one.header.kind not in NOTICE_KINDS or one.header.act in ("cancel", "close"):
        return ()
    found = one.bodies.get((_FORM_OF_LETTER.get(leaf[REF_BYTES:], ""), item))
    return found[1].volumes if found is not None and isinstance(found[1], Notice) else None


def _row(position: int, leaf: bytes, held: Held, by_sid: Mapping[bytes, Opened]) -> Value:
    one = by_sid[leaf[:32]]
    return {
        "acknowledged_ms": held.acknowledged_ms.get(position),
        "attested_ms": held.attested_ms.get(position),
        "form": _FORM_OF_LETTER[leaf[REF_BYTES:]],
        "handed_ms": held.handed_ms.get(position),
        "index": one.index,
        "item": split_ref(leaf[:REF_BYTES])[1],
        "kind": one.header.kind,
        "position": position,
        "released_ms": held.released_ms.get(position),
        "sender": b64u(one.header.sender.party),
    }


def check_answer(asks: Value, claims: Value, derived: Value, names: Names, findings: Findings) -> None:
    """(16) What the dossier claims is what follows from its own evidence."""
    if asks is None:
        if claims is None:
            findings.holds(16, "no question was asked: the dossier is the log itself")
        else:
            findings.broken(16, "the first line", "an answer without a question")
        return
    if claims != derived:
        wrong = sorted(
            name
            for name in {*_fields(claims), *_fields(derived)}
            if _fields(claims).get(name) != _fields(derived).get(name)
        )
        says = f"the answer is not the one that follows from the evidence: {', '.join(wrong) or 'its form'}"
        findings.broken(16, "the first line", says)
        return
    question = read_question(asks, "asks")
    findings.holds(
        16,
        f"before {_utc(question.before_ms)} {names.party(question.party)} was told of {len(derived['told'])} notice(s) "
        f"about the area; {derived['elsewhere']} other things it was told do not touch it",
    )
    for row in derived["told"]:
        findings.holds(16, _told(row, names))
    for name, says in (
        ("undecidable", "were told, and their words are gone or not at hand: where they are is unknown"),
        ("withheld", "were told by others, and are withheld from whoever asked"),
    ):
        if derived[name]:
            findings.unproven(16, f"{derived[name]} release(s)", says)


def _told(row: Value, names: Names) -> str:
    acknowledged, attested = row["acknowledged_ms"], row["attested_ms"]
    return (
        f"at {_utc(row['released_ms'])}: {names.entry(row['index'])}, item {row['item']}, in the {row['form']} form; "
        + ("no acknowledgement is shown" if acknowledged is None else f"acknowledged {_utc(acknowledged)}")
        + (
            ""
            if attested is None
            else f"; attested {_utc(attested)} by the service's word, and signed by nobody"
        )
    )


def _utc(ms: int | None) -> str:
    if ms is None or ms > FOREVER_MS:
        return "a time not shown"
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def _fields(value: Value) -> dict[str, Value]:
    return value if isinstance(value, dict) else {}


# --- 15 ---------------------------------------------------------------------------------------------------


def check_acknowledgements(
    opened: Mapping[int, Opened],
    inboxes: Mapping[bytes, InboxView],
    roll: Roll,
    names: Names,
    findings: Findings,
) -> None:
    """(15) Each is by a person's key, and speaks of what was released to its own party.

    A tag shows that exactly the text released was open where it was signed; one that fits no text at hand shows nothing.
    """
    effects = {
        record.index: record
        for one in opened.values()
        for record in one.records("effects")
        if isinstance(record, EffectRecord)
    }
    by_sid = {one.sid: one for one in opened.values()}
    counted = 0
    for one in opened.values():
        body = one.first_body()
        if not isinstance(body, Acknowledgement):
            continue
        about = names.entry(one.index)
        if not is_by_person(one, roll):
            record = effects.get(one.index)
            if record is not None and record.effect != "recorded":
                says = (
                    f"it is by a machine's key, and the service counts it as {record.effect}: nobody read it"
                )
                findings.broken(15, about, says, one.index)
            else:
                findings.unproven(
                    15, about, "it is by a machine's key: that a person read it is not shown", one.index
                )
            continue
        counted += 1
        party = one.header.sender.party
        positions = covered(one, inboxes[party]) if party in inboxes else []
        if party in inboxes and not positions:
            findings.unproven(15, about, "it answers nothing that was released to its party", one.index)
        _check_tags(one, body, [inboxes[party].leaves[at] for at in positions], by_sid, about, findings)
    findings.holds(15, f"{counted} acknowledgement(s) by persons' keys")
    attested = sum(isinstance(rec, AttestedRecord) for one in opened.values() for rec in one.records("items"))
    if attested:
        says = f"{attested} answers by link or code are attested by the service's word alone, and signed by nobody"
        findings.holds(15, says)


def _check_tags(
    one: Opened,
    body: Acknowledgement,
    leaves: Iterable[bytes],
    by_sid: Mapping[bytes, Opened],
    about: str,
    findings: Findings,
) -> None:
    if not body.tags:
        return
    texts = set()
    for leaf in leaves:
        sid, item = split_ref(leaf[:REF_BYTES]) if len(leaf) == LEAF_BYTES else (b"", WHOLE_ITEM)
        found = (
            by_sid[sid].bodies.get((_FORM_OF_LETTER.get(leaf[REF_BYTES:], ""), item))
            if sid in by_sid
            else None
        )
        if found is not None:
            texts.add(acknowledgement_tag(found[0].salt, sid))
    for place, tag in enumerate(body.tags):
        if tag not in texts:
            says = f"its tag {place} fits no text at hand: that the text was open there is not shown"
            findings.unproven(15, about, says, one.index)
