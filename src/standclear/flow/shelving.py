"""Shelving: a submission as the store keeps it, and back again. Bodies are sealed under keys of their own.

Beside an entry stands what is kept as long as the log: slots, lists, list salts and commitments, inbox opening. A body's
salt is inside its seal, so that a shredded body cannot even be guessed at; its commitment stays, so that the others of its
statement go on being provable. Plaintexts are padded to 256 bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from standclear.errors import Mismatch, NotFound
from standclear.flow.ports import StoredBody, StoredEntry
from standclear.keys import hmac_sha256, open_sealed, seal
from standclear.statements.bodies import Body, parse_body
from standclear.statements.canonical import Reader, Value, b64u, canonical, read_canonical
from standclear.statements.entry import entry_bytes, parse_entry
from standclear.statements.envelope import Envelope
from standclear.statements.fields import Fields
from standclear.statements.header import Header, parse_header
from standclear.statements.lists import (
    FORMS,
    REF_BYTES,
    SaltedList,
    read_inbox_head,
    read_list,
    read_slot,
    ref_of,
)
from standclear.statements.submission import FormBodies, SaltedBody, Submission, check_commitments
from standclear.statements.traces import read_trace
from standclear.tlog.merkle import leaf_hash

PAD_BYTES = 256
COMMIT_BYTES = 32


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
        "forms": [
            {
                "commits": b64u(b"".join(body.commit() for body in form.bodies)),
                "form": form.form,
                "salt": b64u(form.list_salt),
            }
            for form in submission.forms
        ],
        "inbox": None if submission.inbox is None else submission.inbox.to_value(),
        "of": None if submission.of is None else submission.of.to_value(),
        "slots": [slot.to_value() for slot in submission.slots],
    }


def unshelve(
    entry: StoredEntry,
    body_keys: Sequence[bytes | None],
    parsed: tuple[Envelope, Header] | None = None,
    read: Reader = read_canonical,
    traces: Mapping[bytes, bytes] | None = None,
) -> Submission:
    """The submission that was shelved, checked against its own commitments; `parsed` spares reading its entry again.

    With `read_known` what the door checked is not checked again, but for the bodies of the exact form.

    `traces` are what is left of items that were shredded, by reference: with them the submission is given without these.

    Raises:
        NotFound: a body's key is gone, and no trace of it is given.
        Mismatch: what is stored is not what was committed to.
    """
    if parsed is None:
        envelope = parse_entry(entry.text).envelope
        parsed = envelope, parse_header(envelope.payload)
    envelope, header = parsed
    beside = Fields(read(entry.beside, "beside"), "beside")
    commits = dict(beside.many("forms", read_form_commits, len(FORMS)))
    gone = frozenset(item for item, key in enumerate(body_keys) if key is None)
    sealed: dict[str, list[SaltedBody | None]] = {form: [] for form in commits}
    for stored in entry.bodies:
        is_traced = stored.item in gone and traces is not None and ref_of(entry.sid, stored.item) in traces
        body = None if is_traced else open_body(stored, entry.sid, body_keys[stored.item])
        sealed[stored.form].append(body)
    _check_bodies(entry, header, commits, sealed, is_known=read is not read_canonical)
    bodies = {
        form: _typed(entry.sid, header, form, sealed[form], traces, read) for form in FORMS if form in commits
    }
    whole = {form: [one for one in held if one is not None] for form, held in sealed.items()}
    submission = Submission(
        envelope=envelope,
        header=header,
        sid=entry.sid,
        forms=()
        if gone
        else tuple(
            FormBodies(form=form, list_salt=commits[form].salt, bodies=tuple(whole[form])) for form in bodies
        ),
        bodies=bodies,
        slots=beside.many("slots", read_slot, 256),
        cites=beside.one_or_none("cites", lambda one, at: read_list(one, at, REF_BYTES, 1_000_000)),
        of=beside.one_or_none("of", lambda one, at: read_list(one, at, REF_BYTES + 4, 1_000_000)),
        inbox=beside.one_or_none("inbox", read_inbox_head),
        gone=gone,
    )
    if read is read_canonical and not gone:
        check_commitments(submission)
    return submission


def _check_bodies(
    entry: StoredEntry,
    header: Header,
    commits: Mapping[str, SaltedList],
    sealed: Mapping[str, Sequence[SaltedBody | None]],
    *,
    is_known: bool,
) -> None:
    """Every body that is there is the one that was committed to, and the commitments are the header's.

    Where it is known already, only those of the exact form are looked at again.
    """
    exact = commits.get("exact")
    if exact is None or exact.digest() != header.items:
        raise Mismatch(field="bodies", index=entry.index, reason="not the bodies that the header commits to")
    for form, listed in commits.items():
        held, leaves = sealed[form], listed.leaves
        is_other = len(held) != len(leaves)
        if is_known and form != "exact" and not is_other:
            continue
        if is_other or any(one is not None and one.commit() != leaves[item] for item, one in enumerate(held)):
            raise Mismatch(field="bodies", index=entry.index, reason=f"the {form} form is another")


def _typed(
    sid: bytes,
    header: Header,
    form: str,
    held: Sequence[SaltedBody | None],
    traces: Mapping[bytes, bytes] | None,
    read: Reader,
) -> tuple[Body, ...]:
    """The bodies of a form; of those that are gone, their traces."""
    found = []
    for item, body in enumerate(held):
        if body is not None:
            found.append(parse_body(header, read(body.text, "body"), f"{form}[{item}]"))
        else:
            assert traces is not None
            found.append(read_trace(header, traces[ref_of(sid, item)], form))
    return tuple(found)


def read_form_commits(value: Value, path: str) -> tuple[str, SaltedList]:
    """A form's name and the list of its commitments, as they stand beside an entry."""
    fields = Fields(value, path)
    form, salt, raw = fields.choice("form", FORMS), fields.raw("salt", 16), fields.raw("commits", None)
    fields.done()
    leaves = tuple(raw[at : at + COMMIT_BYTES] for at in range(0, len(raw), COMMIT_BYTES))
    return form, SaltedList(salt=salt, leaves=leaves)


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
