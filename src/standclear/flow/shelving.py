"""Shelving: a submission as the store keeps it, and back again. Bodies are sealed under keys of their own.

Beside an entry stands what is kept as long as the log: slots, lists, list salts, inbox opening. A body's salt is inside
its seal, so that a shredded body cannot even be guessed at. Plaintexts are padded to 256 bytes.
"""

from __future__ import annotations

from collections.abc import Sequence

from standclear.errors import Mismatch, NotFound
from standclear.flow.ports import StoredBody, StoredEntry
from standclear.keys import hmac_sha256, open_sealed, seal
from standclear.statements.bodies import parse_body
from standclear.statements.canonical import Reader, Value, b64u, canonical, read_canonical
from standclear.statements.entry import entry_bytes, parse_entry
from standclear.statements.envelope import Envelope
from standclear.statements.fields import Fields
from standclear.statements.header import Header, parse_header
from standclear.statements.lists import FORMS, REF_BYTES, read_inbox_head, read_list, read_slot
from standclear.statements.submission import FormBodies, SaltedBody, Submission, check_commitments
from standclear.tlog.merkle import leaf_hash

PAD_BYTES = 256


def shelve(submission: Submission, index: int, integrated_ms: int, body_keys: Sequence[bytes]) -> StoredEntry:
    """A submission as an entry for the store; `body_keys` are fresh 32-byte keys, one an item."""
    text = entry_bytes(integrated_ms, submission.envelope.to_bytes())
    bodies = tuple(
        StoredBody(
            item=item, form=form.form, sealed=_seal(body_keys[item], submission.sid, item, form.form, body)
        )
        for form in submission.forms
        for item, body in enumerate(form.bodies)
    )
    return StoredEntry(
        index=index,
        sid=submission.sid,
        leaf=leaf_hash(text),
        integrated_ms=integrated_ms,
        text=text,
        beside=canonical(_beside(submission)),
        bodies=bodies,
        body_keys=tuple(body_keys),
    )


def _beside(submission: Submission) -> Value:
    return {
        "cites": None if submission.cites is None else submission.cites.to_value(),
        "forms": [{"form": form.form, "salt": b64u(form.list_salt)} for form in submission.forms],
        "inbox": None if submission.inbox is None else submission.inbox.to_value(),
        "of": None if submission.of is None else submission.of.to_value(),
        "slots": [slot.to_value() for slot in submission.slots],
    }


def unshelve(
    entry: StoredEntry,
    body_keys: Sequence[bytes | None],
    parsed: tuple[Envelope, Header] | None = None,
    read: Reader = read_canonical,
) -> Submission:
    """The submission that was shelved, checked against its own commitments; `parsed` spares reading its entry again.

    With `read_known` what the door checked is not checked again, but for the bodies of the exact form.

    Raises:
        NotFound: a body's key was shredded.
        Mismatch: what is stored is not what was committed to.
    """
    if parsed is None:
        envelope = parse_entry(entry.text).envelope
        parsed = envelope, parse_header(envelope.payload)
    envelope, header = parsed
    beside = Fields(read(entry.beside, "beside"), "beside")
    salts = dict(beside.many("forms", _read_form, len(FORMS)))
    sealed: dict[str, list[SaltedBody]] = {form: [] for form in salts}
    for stored in entry.bodies:
        sealed[stored.form].append(open_body(stored, entry.sid, body_keys[stored.item]))
    forms = tuple(
        FormBodies(form=form, list_salt=salts[form], bodies=tuple(sealed[form]))
        for form in FORMS
        if form in salts
    )
    if not forms or forms[0].items().digest() != header.items:
        raise Mismatch(field="bodies", index=entry.index, reason="not the bodies that the header commits to")
    submission = Submission(
        envelope=envelope,
        header=header,
        sid=entry.sid,
        forms=forms,
        bodies={
            form.form: tuple(
                parse_body(header, read(body.text, "body"), f"{form.form}[{item}]")
                for item, body in enumerate(form.bodies)
            )
            for form in forms
        },
        slots=beside.many("slots", read_slot, 256),
        cites=beside.one_or_none("cites", lambda one, at: read_list(one, at, REF_BYTES, 1_000_000)),
        of=beside.one_or_none("of", lambda one, at: read_list(one, at, REF_BYTES + 4, 1_000_000)),
        inbox=beside.one_or_none("inbox", read_inbox_head),
    )
    if read is read_canonical:
        check_commitments(submission)
    return submission


def _read_form(value: Value, path: str) -> tuple[str, bytes]:
    fields = Fields(value, path)
    return fields.choice("form", FORMS), fields.raw("salt", 16)


def _form_key(body_key: bytes, form: str) -> bytes:
    """One key a form: a body key seals each form once, so that no key ever seals two texts."""
    return hmac_sha256(body_key, b"standclear/body/v1\n" + form.encode("ascii"))


def _associated(sid: bytes, item: int, form: str) -> bytes:
    return sid + item.to_bytes(4, "big") + form.encode("ascii")


def _seal(body_key: bytes, sid: bytes, item: int, form: str, body: SaltedBody) -> bytes:
    plain = body.salt + len(body.text).to_bytes(4, "big") + body.text
    padded = plain + bytes(-len(plain) % PAD_BYTES)
    return seal(_form_key(body_key, form), padded, _associated(sid, item, form))


def open_body(stored: StoredBody, sid: bytes, body_key: bytes | None) -> SaltedBody:
    """A stored body with its salt.

    Raises:
        NotFound: its key was shredded: the proof stays, the words are gone.
    """
    if body_key is None:
        raise NotFound(kind="body", item=stored.item, reason="shredded")
    plain = open_sealed(
        _form_key(body_key, stored.form), stored.sealed, _associated(sid, stored.item, stored.form)
    )
    length = int.from_bytes(plain[32:36], "big")
    return SaltedBody(salt=plain[:32], text=plain[36 : 36 + length])
