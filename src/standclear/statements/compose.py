"""Composing: from what a desk wants to say to the signed submission that is posted.

Chance comes in as `fresh(n) -> n random bytes`, time as `stated_ms`, and the chain position as an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from standclear.errors import Malformed
from standclear.keys import SigningKey, key_id
from standclear.statements.canonical import Value, canonical
from standclear.statements.envelope import STATEMENT_TYPE, Envelope, Signature, envelope_of, pae
from standclear.statements.header import Header, SeenHead, Sender
from standclear.statements.lists import WHOLE_ITEM, InboxHead, SaltedList, Slot, padded_slots
from standclear.statements.submission import FormBodies, SaltedBody, canonical_submission

Fresh = Callable[[int], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Whom a form is released to (None: any party of the arrangement), when, and how far it may travel."""

    party: bytes | None
    form: str = "exact"
    when: str = "now"
    travel: str = "party"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is to be said. `forms` maps a form to the JSON values of the items' bodies; `to` None means open."""

    kind: str
    forms: dict[str, Sequence[Value]]
    to: Sequence[Recipient] | None
    act: str = "new"
    under: bytes | None = None
    re: Sequence[bytes] = ()
    cites: Sequence[bytes] | None = None
    of: Sequence[tuple[bytes, int]] | None = None
    inbox: tuple[int, bytes] | None = None
    seen: Sequence[SeenHead] = ()
    void_after_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who says it: the log, party and desk, the signing keys (the first one's chain), and its place in that chain.

    `later` names keys that sign elsewhere, afterwards: the header lists them, and the sid is the same.
    """

    log: bytes | None
    party: bytes
    desk: bytes
    keys: Sequence[SigningKey]
    seq: int
    prev: bytes | None
    later: Sequence[bytes] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A composed statement: its sid, its envelope, the text to post, and the bodies with their salts."""

    sid: bytes
    envelope: Envelope
    text: bytes = field(repr=False)
    forms: tuple[FormBodies, ...] = field(repr=False)
    slots: tuple[Slot, ...]


def compose(draft: Draft, signer: Signer, stated_ms: int, fresh: Fresh) -> Composed:
    """The signed submission of a draft.

    Raises:
        Malformed: a slot names a form that the draft does not hold, or there is no exact form.
    """
    if "exact" not in draft.forms:
        raise Malformed("forms", "the exact form is not given", "give every item in its exact form")
    forms = tuple(
        _form(name, draft.forms[name], fresh) for name in ("exact", "widened", "desk") if name in draft.forms
    )
    digests = {form.form: form.items().digest() for form in forms}
    slots = () if draft.to is None else tuple(_slot(one, digests, fresh) for one in draft.to)
    cites = (
        None if draft.cites is None else SaltedList(salt=fresh(16), leaves=tuple(sorted(set(draft.cites))))
    )
    of = None if draft.of is None else _succession(draft.of, fresh)
    inbox = None if draft.inbox is None else InboxHead(n=draft.inbox[0], root=draft.inbox[1], salt=fresh(16))
    header = Header(
        log=signer.log,
        kind=draft.kind,
        act=draft.act,
        sender=Sender(
            party=signer.party,
            desk=signer.desk,
            keys=(*(key_id(key.public) for key in signer.keys), *signer.later),
        ),
        seq=signer.seq,
        prev=signer.prev,
        nonce=fresh(16),
        seen=tuple(draft.seen),
        stated_ms=stated_ms,
        void_after_ms=draft.void_after_ms,
        under=draft.under,
        of=None if of is None else of.digest(),
        re=tuple(draft.re),
        cites=None if cites is None else cites.digest(),
        inbox=None if inbox is None else inbox.digest(),
        items=digests["exact"],
        to="open"
        if draft.to is None
        else padded_slots([slot.digest() for slot in slots], [fresh(32) for _ in slots] or [fresh(32)]),
    )
    envelope = sign_payload(STATEMENT_TYPE, header.to_bytes(), signer.keys)
    text = canonical_submission(envelope, forms, slots, cites, of, inbox)
    return Composed(sid=envelope.sid(), envelope=envelope, text=text, forms=forms, slots=slots)


def sign_payload(payload_type: str, payload: bytes, keys: Sequence[SigningKey]) -> Envelope:
    """A payload signed by each of the keys."""
    signed = pae(payload_type, payload)
    signatures = [Signature(key=key_id(key.public), signature=key.sign(signed)) for key in keys]
    return envelope_of(payload_type, payload, signatures)


def _form(name: str, values: Sequence[Value], fresh: Fresh) -> FormBodies:
    bodies = tuple(SaltedBody(salt=fresh(32), text=canonical(value)) for value in values)
    return FormBodies(form=name, list_salt=fresh(16), bodies=bodies)


def _slot(recipient: Recipient, digests: dict[str, bytes], fresh: Fresh) -> Slot:
    if recipient.form not in digests:
        raise Malformed(
            "to.form", f"the {recipient.form} form is released and not given", "give the form's bodies"
        )
    return Slot(
        party=recipient.party,
        form=recipient.form,
        when=recipient.when,
        travel=recipient.travel,
        items=digests[recipient.form],
        salt=fresh(16),
    )


def _succession(of: Sequence[tuple[bytes, int]], fresh: Fresh) -> SaltedList:
    return SaltedList(salt=fresh(16), leaves=tuple(sorted(old + new.to_bytes(4, "big") for old, new in of)))


def endings(refs: Sequence[bytes]) -> tuple[tuple[bytes, int], ...]:
    """The `of` of a statement that cancels or closes these versions."""
    return tuple((ref, WHOLE_ITEM) for ref in refs)
