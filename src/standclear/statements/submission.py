"""A submission: the envelope and all that travels beside it, checked against what the header commits to.

One JSON object (docs/spec/statement.md, 5): ``envelope``, ``forms`` (bodies with their salts, by form), ``slots``
(openings), ``cites`` and ``of`` (lists), ``inbox`` (opening). After `parse_submission` everything that can be
checked without the log has been checked; signatures and keys are the roll's affair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from standclear.errors import Malformed, Mismatch, OverLimit
from standclear.limits import BODY_BYTES_MAX, CITES_MAX, ITEMS_MAX, SLOTS_MAX, SUBMISSION_BYTES_MAX
from standclear.statements.bodies import SINGLE_FORM, SINGLE_ITEM, Body, parse_body
from standclear.statements.canonical import Value, b64u, canonical, check_value, from_b64u, read_numbers_exact
from standclear.statements.envelope import STATEMENT_TYPE, Envelope, envelope_from_value
from standclear.statements.fields import Fields, text_reader
from standclear.statements.header import Header, parse_header
from standclear.statements.lists import (
    FORMS,
    REF_BYTES,
    WHOLE_ITEM,
    InboxHead,
    SaltedList,
    Slot,
    check_digest,
    check_sorted,
    commit_of,
    read_inbox_head,
    read_list,
    read_slot,
    split_ref,
)
from standclear.statements.replies import Dissemination

COMPOSE_AGAIN = "compose and sign it again whole: what travels beside a header is what it commits to"
NOTE_LETTERS_MAX = 65_536  # tlog: a signed note with many cosignatures


@dataclass(frozen=True, slots=True, kw_only=True)
class SaltedBody:
    """One item's body in one form: the salt of its commitment and its canonical bytes."""

    salt: bytes
    text: bytes

    def commit(self) -> bytes:
        return commit_of(self.salt, self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormBodies:
    """All items of a statement in one form, in item order, and the salt of the list of their commitments."""

    form: str
    list_salt: bytes
    bodies: tuple[SaltedBody, ...]

    def items(self) -> SaltedList:
        return SaltedList(salt=self.list_salt, leaves=tuple(body.commit() for body in self.bodies))


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A statement with everything beside it. `forms` holds "exact" first; `bodies` are the typed bodies by form.

    `notes` are signed heads of this log that the sender holds: one that contradicts the log proves a fork.
    `gone` are the items that were shredded: what stands in `bodies` for these is their traces, and `forms` is empty.
    `is_verified`: each signature is known to be good under the public key whose id it gives (flow/apart.py).
    """

    envelope: Envelope
    header: Header
    sid: bytes
    forms: tuple[FormBodies, ...]
    bodies: dict[str, tuple[Body, ...]]
    slots: tuple[Slot, ...]
    cites: SaltedList | None
    of: SaltedList | None
    inbox: InboxHead | None
    notes: tuple[bytes, ...] = ()
    is_verified: bool = False
    gone: frozenset[int] = frozenset()

    @property
    def item_count(self) -> int:
        return len(self.bodies["exact"])

    @cached_property
    def ends_and_replaces(self) -> tuple[tuple[bytes, int], ...]:
        """What this statement replaces or ends: (old reference, new item or WHOLE_ITEM for an ending)."""
        if self.of is None:
            return ()
        return tuple((leaf[:REF_BYTES], int.from_bytes(leaf[REF_BYTES:], "big")) for leaf in self.of.leaves)

    def to_bytes(self) -> bytes:
        """The JSON text that is posted."""
        return canonical_submission(
            self.envelope, self.forms, self.slots, self.cites, self.of, self.inbox, self.notes
        )


def canonical_submission(
    envelope: Envelope,
    forms: tuple[FormBodies, ...],
    slots: tuple[Slot, ...],
    cites: SaltedList | None,
    of: SaltedList | None,
    inbox: InboxHead | None,
    notes: Sequence[bytes] = (),
) -> bytes:
    """The JSON text of a submission; bodies stand in it as the very bytes that were committed to."""
    form_texts = []
    for form in forms:
        bodies = b",".join(
            b'{"body":%s,"salt":"%s"}' % (body.text, b64u(body.salt).encode("ascii")) for body in form.bodies
        )
        form_texts.append(
            b'{"bodies":[%s],"form":"%s","salt":"%s"}'
            % (bodies, form.form.encode("ascii"), b64u(form.list_salt).encode("ascii"))
        )
    return b'{"cites":%s,"envelope":%s,"forms":[%s],"inbox":%s,"notes":%s,"of":%s,"slots":%s}' % (
        canonical(None if cites is None else cites.to_value()),
        envelope.to_bytes(),
        b",".join(form_texts),
        canonical(None if inbox is None else inbox.to_value()),
        canonical([note.decode("utf-8") for note in notes]),
        canonical(None if of is None else of.to_value()),
        canonical([slot.to_value() for slot in slots]),
    )


def parse_submission(text: bytes) -> Submission:
    """A submission, with every commitment of its header checked against what came beside it.

    Raises:
        OverLimit, Malformed: too large, not in its format, a limit of items, slots or bytes.
        Mismatch: a body, slot, list or inbox head is not the one that the header commits to.
    """
    if len(text) > SUBMISSION_BYTES_MAX:
        raise OverLimit(
            "SUBMISSION_BYTES_MAX", SUBMISSION_BYTES_MAX, len(text), "split the list over more statements"
        )
    return submission_from_value(read_numbers_exact(text, "submission"))


def submission_from_value(value: Value) -> Submission:
    """As `parse_submission`, from parsed JSON whose numbers are known to be integers."""
    fields = Fields(value, "")
    envelope = envelope_from_value(fields.take("envelope"))
    check_value({name: one for name, one in value.items() if name != "envelope"}, "submission")
    submission = checked_submission(
        envelope,
        fields.many("forms", _read_form, len(FORMS), least=1),
        fields.many("slots", read_slot, SLOTS_MAX),
        fields.one_or_none("cites", lambda one, at: read_list(one, at, REF_BYTES, CITES_MAX)),
        fields.one_or_none("of", lambda one, at: read_list(one, at, REF_BYTES + 4, ITEMS_MAX)),
        fields.one_or_none("inbox", read_inbox_head),
        tuple(note.encode("utf-8") for note in fields.many("notes", text_reader(NOTE_LETTERS_MAX), 4)),
    )
    fields.done()
    return submission


def checked_submission(
    envelope: Envelope,
    forms: tuple[tuple[FormBodies, tuple[Value, ...]], ...],
    slots: tuple[Slot, ...],
    cites: SaltedList | None,
    of: SaltedList | None,
    inbox: InboxHead | None,
    notes: tuple[bytes, ...] = (),
) -> Submission:
    """A submission from its parts, each form with the JSON values of its bodies; every commitment is checked.

    Raises:
        Malformed, Mismatch: as `parse_submission`.
    """
    if envelope.payload_type != STATEMENT_TYPE:
        raise Malformed("envelope.payloadType", "not a statement", f"use {STATEMENT_TYPE}")
    header = parse_header(envelope.payload)
    if header.kind == "deeds":
        raise Malformed("header.kind", "deeds are the service's own", "file a statement of another kind")
    submission = Submission(
        envelope=envelope,
        header=header,
        sid=envelope.sid(),
        forms=tuple(form for form, _ in forms),
        bodies=_typed_bodies(header, forms),
        slots=slots,
        cites=cites,
        of=of,
        inbox=inbox,
        notes=notes,
    )
    check_commitments(submission)
    return submission


def _read_form(value: Value, path: str) -> tuple[FormBodies, tuple[Value, ...]]:
    fields = Fields(value, path)
    form = fields.choice("form", FORMS)
    list_salt = fields.raw("salt", 16)
    listed = fields.take("bodies")
    fields.done()
    if type(listed) is not list or not 1 <= len(listed) <= ITEMS_MAX:
        raise Malformed(
            f"{path}.bodies", f"not a list of 1 to {ITEMS_MAX}", "split the list over more statements"
        )
    bodies = []
    values = []
    for place, one in enumerate(listed):
        if type(one) is not dict or one.keys() != {"body", "salt"}:
            raise Malformed(f"{path}.bodies[{place}]", "its keys are not body, salt", "")
        body = canonical(one["body"])
        if len(body) > BODY_BYTES_MAX:
            raise OverLimit("BODY_BYTES_MAX", BODY_BYTES_MAX, len(body), f"shorten {path}.bodies[{place}]")
        bodies.append(SaltedBody(salt=from_b64u(one["salt"], 32, f"{path}.bodies[{place}].salt"), text=body))
        values.append(one["body"])
    return FormBodies(form=form, list_salt=list_salt, bodies=tuple(bodies)), tuple(values)


def _typed_bodies(
    header: Header, forms: tuple[tuple[FormBodies, tuple[Value, ...]], ...]
) -> dict[str, tuple[Body, ...]]:
    names = [form.form for form, _ in forms]
    if names[0] != "exact" or len(set(names)) != len(names):
        raise Malformed(
            "forms", "exact is not first, or a form stands twice", "give exact first and each form once"
        )
    counts = {len(values) for _, values in forms}
    if len(counts) != 1:
        raise Malformed("forms", "the forms differ in their number of items", "give every item in every form")
    if header.kind in SINGLE_ITEM or header.act in ("cancel", "close"):
        if counts != {1}:
            raise Malformed("forms", f"a {header.kind} has one item", "say each in a statement of its own")
        if len(forms) > 1 and (header.kind in SINGLE_FORM or header.act != "new"):
            raise Malformed("forms", f"a {header.kind} has the exact form only", "leave out the other forms")
    typed = {}
    for place, (form, values) in enumerate(forms):
        path = f"forms[{place}].bodies"
        typed[form.form] = tuple(
            parse_body(header, value, f"{path}[{i}].body") for i, value in enumerate(values)
        )
        for i, body in enumerate(typed[form.form]):
            if getattr(body, "form", form.form) != form.form:
                raise Malformed(
                    f"{path}[{i}].body.form", f"not {form.form}", "write the form it is listed under"
                )
            exact = typed["exact"][i]
            if isinstance(exact, Dissemination) and body not in (exact, exact.without_areas()):
                raise Malformed(
                    f"{path}[{i}].body",
                    "says another thing than the exact form",
                    "leave out the areas, and only them",
                )
    return typed


def check_commitments(submission: Submission) -> None:
    """Refuse bodies, slots, lists and an inbox head that are not those that the header commits to.

    Raises:
        Malformed, Mismatch: as `parse_submission`.
    """
    header = submission.header
    digests = {form.form: form.items().digest() for form in submission.forms}
    if digests["exact"] != header.items:
        raise Mismatch(
            field="forms[0]", reason="not the bodies that the header commits to", remedy=COMPOSE_AGAIN
        )
    if header.to == "open":
        if submission.slots or len(submission.forms) > 1:
            raise Malformed("slots", "an open statement has no slots and one form", "leave them out")
    else:
        for place, slot in enumerate(submission.slots):
            if slot.digest() not in header.to:
                raise Mismatch(
                    field=f"slots[{place}]", reason="no such slot stands in the header", remedy=COMPOSE_AGAIN
                )
            if digests.get(slot.form) != slot.items:
                raise Mismatch(
                    field=f"slots[{place}].items",
                    reason="not the commitments of that form",
                    remedy=COMPOSE_AGAIN,
                )
        named = {slot.form for slot in submission.slots} | {"exact"}
        for place, form in enumerate(submission.forms):
            if form.form not in named:
                # Nothing signed speaks of it: whoever carries the submission could have put it there.
                raise Malformed(
                    f"forms[{place}]", "released to nobody", "open the slot that names it, or leave it out"
                )
        released = [slot.party for slot in submission.slots]
        if len(set(released)) != len(released):
            raise Malformed("slots", "a recipient stands twice", "give each recipient one slot")
    _check_lists(submission)


def _check_lists(submission: Submission) -> None:
    header = submission.header
    for name, salted, digest in (("cites", submission.cites, header.cites), ("of", submission.of, header.of)):
        if (salted is None) != (digest is None):
            raise Mismatch(
                field=name, reason="stands in the header or beside it, but not in both", remedy=COMPOSE_AGAIN
            )
        if salted is not None:
            check_digest(salted, digest, name)
            check_sorted(salted, name)
    if (submission.inbox is None) != (header.inbox is None):
        raise Mismatch(
            field="inbox", reason="stands in the header or beside it, but not in both", remedy=COMPOSE_AGAIN
        )
    if submission.inbox is not None and submission.inbox.digest() != header.inbox:
        raise Mismatch(
            field="inbox", reason="not the inbox head that the header commits to", remedy=COMPOSE_AGAIN
        )
    _check_succession(submission)


def _check_succession(submission: Submission) -> None:
    for old, new in submission.ends_and_replaces:
        ends = new == WHOLE_ITEM
        if ends != (submission.header.act in ("cancel", "close")):
            raise Malformed("of", "an ending names no new item, and a replacement names one", "mend the list")
        if not ends and new >= submission.item_count:
            raise Malformed("of", f"item {new} is not in this statement", "name an item of this statement")
        if split_ref(old)[0] == submission.sid:
            raise Malformed("of", "a statement cannot replace itself", "name the older version")
