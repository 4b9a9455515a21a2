"""What our code answers to each vector of the statement format: from `given` to `expected`, one function a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from standclear.errors import BadSignature, StandclearError
from standclear.keys import key_id, verify_ed25519
from standclear.statements.canonical import b64u, canonical, from_b64u, read_canonical, read_json
from standclear.statements.deeds import leaves_of, read_record
from standclear.statements.entry import parse_entry
from standclear.statements.envelope import STATEMENT_TYPE, Envelope, parse_envelope
from standclear.statements.header import parse_header
from standclear.statements.lists import (
    SaltedList,
    check_digest,
    check_sorted,
    commit_of,
    inbox_leaf,
    padded_slots,
    read_inbox_head,
    read_slot,
    ref_of,
)
from standclear.statements.parties import desk_id, keyless_id, party_id, possession_bytes
from standclear.statements.replies import acknowledgement_tag
from standclear.statements.roll import KeyStanding, Roll
from standclear.statements.submission import parse_submission
from standclear.tlog.merkle import leaf_hash

Given = dict[str, Any]
Answer = dict[str, Any]


def raw(text: str) -> bytes:
    return from_b64u(text, None, "given")


def of_canonical(given: Given) -> Answer:
    """The canonical text of bytes: in `layout` "canonical" only if they are it, in "any" of whatever they say."""
    read = read_canonical if given["layout"] == "canonical" else read_json
    return {"text": canonical(read(raw(given["bytes"]), "text")).decode()}


def of_envelope(given: Given) -> Answer:
    """An envelope's canonical text, what is signed, and the sid."""
    envelope = parse_envelope(given["text"].encode())
    return {
        "sid": b64u(envelope.sid()),
        "signed": b64u(envelope.signed_bytes()),
        "text": envelope.to_bytes().decode(),
    }


def of_header(given: Given) -> Answer:
    """What a payload says, of the fields that decide what comes next, and the sid."""
    payload = given["payload"].encode()
    header = parse_header(payload)
    assert header.to_bytes() == payload
    return {
        "act": header.act,
        "keys": len(header.sender.keys),
        "kind": header.kind,
        "sid": b64u(Envelope(payload_type=STATEMENT_TYPE, payload=payload, signatures=()).sid()),
        "to": header.to if isinstance(header.to, str) else len(header.to),
    }


def of_digest(given: Given) -> Answer:
    """One digest or name, by `what` it is."""
    return {"digest": b64u(_DIGESTS[given["what"]](given))}


def _slot(given: Given) -> bytes:
    return read_slot(given["opening"], "opening").digest()


def _inbox(given: Given) -> bytes:
    return read_inbox_head(given["opening"], "opening").digest()


def _list(given: Given) -> bytes:
    salted = SaltedList(salt=raw(given["salt"]), leaves=tuple(map(raw, given["leaves"])))
    if given["sorted"]:
        check_sorted(salted, "leaves")
    return salted.digest()


_DIGESTS: dict[str, Callable[[Given], bytes]] = {
    "acknowledgement tag": lambda given: acknowledgement_tag(raw(given["salt"]), raw(given["sid"])),
    "commitment": lambda given: commit_of(raw(given["salt"]), given["body"].encode()),
    "desk id": lambda given: desk_id(raw(given["party"]), given["name"]),
    "inbox head": _inbox,
    "inbox leaf": lambda given: inbox_leaf(raw(given["ref"]), given["form"]),
    "key id": lambda given: key_id(raw(given["public"])),
    "keyless id": lambda given: keyless_id(raw(given["log"]), given["name"]),
    "list": _list,
    "party id": lambda given: party_id(raw(given["root"])),
    "possession": lambda given: possession_bytes(
        None if given["log"] is None else raw(given["log"]), raw(given["party"]), raw(given["public"])
    ),
    "ref": lambda given: ref_of(raw(given["sid"]), given["item"]),
    "slot": _slot,
}


def of_slots(given: Given) -> Answer:
    """Slot digests in their order in a header, filled up."""
    told = padded_slots(tuple(map(raw, given["digests"])), tuple(map(raw, given["filling"])))
    return {"to": [b64u(one) for one in told]}


def of_entry(given: Given) -> Answer:
    """An entry's time, sid and leaf hash."""
    text = given["text"].encode()
    entry = parse_entry(text)
    return {
        "integrated_ms": entry.integrated_ms,
        "leaf": b64u(leaf_hash(text)),
        "sid": b64u(entry.envelope.sid()),
    }


def of_chain(given: Given) -> Answer:
    """The marks that each statement of one key earns, in the log's order, from the sid of its enrolment."""
    roll = Roll()
    headers = [parse_header(payload.encode()) for payload in given["payloads"]]
    key, enrolled = headers[0].sender.keys[0], raw(given["enrolled"])
    roll.keys[key] = KeyStanding(
        public=bytes(32), party=headers[0].sender.party, desk=headers[0].sender.desk, role="person",
        seat="duty", since_index=0, next_seq=0, last_sid=enrolled,
    )  # fmt: skip
    marks = []
    for index, (header, payload) in enumerate(zip(headers, given["payloads"], strict=True), start=1):
        sid = Envelope(payload_type=STATEMENT_TYPE, payload=payload.encode(), signatures=()).sid()
        marks.append(list(roll.step(index, sid, header, None)))
    return {"marks": marks}


def of_deeds(given: Given) -> Answer:
    """The leaves of a deeds statement's three lists, if they are what its header commits to."""
    header = parse_header(given["payload"].encode())
    digests = {"effects": header.effects, "inboxes": header.inboxes, "items": header.items}
    leaves = {}
    for name in ("effects", "inboxes", "items"):
        listed = given["lists"][name]
        records = [read_record(one, f"{name}[{place}]") for place, one in enumerate(listed["records"])]
        salted = SaltedList(salt=raw(listed["salt"]), leaves=leaves_of(records))
        check_digest(salted, digests[name], name)
        leaves[name] = [b64u(leaf_hash(leaf)) for leaf in salted.leaves]
    return {"leaves": leaves}


def of_signature(given: Given) -> Answer:
    """Whether a signature holds, strictly."""
    return {"holds": verify_ed25519(raw(given["public"]), raw(given["signature"]), given["message"].encode())}


def of_submission(given: Given) -> Answer:
    """What a submission says, if all beside its header is what it commits to and exactly its keys signed it."""
    submission = parse_submission(given["text"].encode())
    publics = {raw(name): raw(public) for name, public in given["publics"].items()}
    signatures = submission.envelope.signatures
    if {one.key for one in signatures} != set(submission.header.sender.keys):
        raise BadSignature(field="header.from.keys")
    signed = submission.envelope.signed_bytes()
    if not all(verify_ed25519(publics[one.key], one.signature, signed) for one in signatures):
        raise BadSignature(field="envelope.signatures")
    return {
        "cites": None if submission.cites is None else len(submission.cites.leaves),
        "forms": [form.form for form in submission.forms],
        "items": submission.item_count,
        "kind": submission.header.kind,
        "sid": b64u(submission.sid),
        "slots": len(submission.slots),
    }


ANSWERS: dict[str, Callable[[Given], Answer]] = {
    "canonical": of_canonical,
    "chains": of_chain,
    "deeds": of_deeds,
    "digests": of_digest,
    "entries": of_entry,
    "envelopes": of_envelope,
    "headers": of_header,
    "signatures": of_signature,
    "slots": of_slots,
    "submissions": of_submission,
}


def answer_to(file: str, given: Given) -> Answer:
    """What our code says: the answer, or the slug of its refusal and the field that it names."""
    try:
        return ANSWERS[file](given)
    except StandclearError as error:
        return {"field": error.fields.get("field") or error.fields.get("limit"), "refused": error.slug}
