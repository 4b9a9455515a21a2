"""Submissions: composed and read again, and no byte of one turned without notice."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standclear.errors import Malformed, Mismatch, Refused
from standclear.keys import key_id, verify_ed25519
from standclear.limits import BODY_BYTES_MAX, CITES_MAX, ITEMS_MAX, SLOTS_MAX, SUBMISSION_BYTES_MAX
from standclear.statements.canonical import b64u
from standclear.statements.compose import Draft, Recipient, Signer, compose, endings
from standclear.statements.envelope import STATEMENT_TYPE, Envelope, pae
from standclear.statements.lists import WHOLE_ITEM, ref_of
from standclear.statements.submission import Submission, checked_submission, parse_submission
from vectors.statement_scene import (
    FIRE,
    FULL_SITE,
    NOON_MS,
    UNIT,
    Chance,
    Scene,
    build_scene,
    key_of,
    notice_body,
)

SCENE = build_scene()
SITE = SCENE.said["site"]


@pytest.mark.parametrize("name", sorted(SCENE.said))
def test_what_was_composed_is_read_as_it_was_meant(name: str) -> None:
    composed = SCENE.said[name]
    submission = parse_submission(composed.text)
    assert composed.sid == submission.sid == submission.envelope.sid()
    assert composed.text == submission.to_bytes()
    assert (composed.envelope, composed.forms, composed.slots) == (
        submission.envelope,
        submission.forms,
        submission.slots,
    )
    assert submission.item_count == len(submission.bodies["exact"])


@pytest.mark.parametrize("name", sorted(SCENE.said))
def test_a_body_read_is_the_body_that_was_committed_to(name: str) -> None:
    submission = parse_submission(SCENE.said[name].text)
    for form in submission.forms:
        for body, text in zip(submission.bodies[form.form], form.bodies, strict=True):
            assert json.loads(text.text) == body.to_value()


def committed(submission: Submission) -> tuple[Any, ...]:
    """Everything of a submission that its header commits to, whatever was left out beside it."""
    digests = {form.form: form.items().digest() for form in submission.forms}
    bound = {slot.form for slot in submission.slots} | {"exact"}
    return (
        submission.sid,
        {form: digest for form, digest in digests.items() if form in bound},
        submission.cites,
        submission.of,
        submission.inbox,
    )


PUBLICS = {
    key_id(key.public): key.public
    for key in (
        SCENE.root,
        SCENE.deed,
        *(key_of(f"{p} {s}") for p in ("North", "South") for s in ("root", "duty-1", "duty-2", "machine")),
    )
}


def is_signed(submission: Submission) -> bool:
    """Whether exactly the keys that the header names have signed, which is the roll's affair."""
    signatures = submission.envelope.signatures
    return {one.key for one in signatures} == set(submission.header.sender.keys) and all(
        one.key in PUBLICS
        and verify_ed25519(PUBLICS[one.key], one.signature, submission.envelope.signed_bytes())
        for one in signatures
    )


@given(st.sampled_from(sorted(SCENE.said)), st.data())
@settings(max_examples=300)
def test_a_byte_turned_is_refused_or_changes_nothing_that_was_committed(
    name: str, data: st.DataObject
) -> None:
    text = SCENE.said[name].text
    before = parse_submission(text)
    place = data.draw(st.integers(0, len(text) - 1))
    turned = text[:place] + bytes([text[place] ^ data.draw(st.integers(1, 255))]) + text[place + 1 :]
    try:
        after = parse_submission(turned)
    except (Refused, Mismatch):
        return
    if not is_signed(after):
        return
    assert committed(before) == committed(after)
    assert set(after.slots) <= set(before.slots)


def test_a_signature_turned_by_a_bit_does_not_verify() -> None:
    signed = SITE.envelope.signed_bytes()
    (one,) = SITE.envelope.signatures
    public = key_of("South duty-1").public
    assert verify_ed25519(public, one.signature, signed)
    for bit in range(0, 512, 7):
        turned = bytearray(one.signature)
        turned[bit // 8] ^= 1 << bit % 8
        assert not verify_ed25519(public, bytes(turned), signed)


def say(draft: Draft, seed: str = "submissions") -> bytes:
    """The submission of a draft, by a desk of its own."""
    key = key_of("a desk")
    signer = Signer(log=bytes(32), party=bytes(16), desk=bytes(16), keys=[key], seq=0, prev=None)
    return compose(draft, signer, NOON_MS, Chance(seed)).text


def filed(**changed: Any) -> Draft:
    plain = Draft(
        kind="presence", forms={"exact": [notice_body(UNIT).to_value()]}, to=[Recipient(party=bytes(16))]
    )
    return replace(plain, **changed)


def refusal_of(text: bytes) -> tuple[str, str]:
    with pytest.raises((Refused, Mismatch)) as refused:
        parse_submission(text)
    fields = refused.value.fields
    return refused.value.slug, str(fields.get("field") or fields.get("limit"))


def test_as_many_items_slots_and_cites_as_the_limits_say() -> None:
    body = notice_body(UNIT).to_value()
    to = [Recipient(party=number.to_bytes(16, "big")) for number in range(SLOTS_MAX)]
    cites = [ref_of(bytes(32), item) for item in range(CITES_MAX)]
    submission = parse_submission(say(filed(forms={"exact": [body] * ITEMS_MAX}, to=to, cites=cites)))
    assert submission.cites is not None
    assert (ITEMS_MAX, SLOTS_MAX, CITES_MAX) == (
        submission.item_count,
        len(submission.slots),
        len(submission.cites.leaves),
    )


def test_what_is_beyond_a_limit_is_refused() -> None:
    body = notice_body(UNIT).to_value()
    to = [Recipient(party=number.to_bytes(16, "big")) for number in range(SLOTS_MAX + 1)]
    cites = [ref_of(bytes(32), item) for item in range(CITES_MAX + 1)]
    many = {"exact": [body] * (ITEMS_MAX + 1)}
    assert ("malformed", "slots") == refusal_of(say(filed(to=to)))
    assert ("malformed", "cites.leaves") == refusal_of(say(filed(cites=cites)))
    assert ("malformed", "forms[0].bodies") == refusal_of(say(filed(forms=many)))
    long = {"exact": [body | {"zz": "x" * BODY_BYTES_MAX}]}
    assert ("over-limit", "BODY_BYTES_MAX") == refusal_of(say(filed(forms=long)))
    assert ("over-limit", "SUBMISSION_BYTES_MAX") == refusal_of(b" " * (SUBMISSION_BYTES_MAX + 1))


def test_forms_are_given_for_every_item_and_named_once() -> None:
    body = notice_body(UNIT)
    wide = replace(body, form="widened").to_value()
    two = {"exact": [body.to_value()] * 2, "widened": [wide]}
    assert ("malformed", "forms") == refusal_of(say(filed(forms=two)))
    wrong = {"exact": [body.to_value()], "widened": [body.to_value()]}
    assert ("malformed", "forms[1].bodies[0].body.form") == refusal_of(say(filed(forms=wrong)))


def test_a_kind_of_one_item_has_one_item_in_one_form() -> None:
    body = {"reason": "closed", "note": None, "type": "ending"}
    of = endings([bytes(36)])
    two = filed(act="close", of=of, forms={"exact": [body, body]})
    both = filed(act="close", of=of, forms={"exact": [body], "widened": [body]})
    assert ("malformed", "forms") == refusal_of(say(two))
    assert ("malformed", "forms") == refusal_of(say(both))


def test_an_open_statement_has_no_slots() -> None:
    value = json.loads(SCENE.said["adherence"].text)
    value["slots"] = json.loads(SITE.text)["slots"]
    assert ("malformed", "slots") == refusal_of(json.dumps(value).encode())


def test_a_recipient_has_one_slot() -> None:
    twice = [Recipient(party=bytes(16)), Recipient(party=bytes(16), when="never")]
    assert ("malformed", "slots") == refusal_of(say(filed(to=twice)))


def test_a_form_that_no_opened_slot_names_does_not_travel() -> None:
    value = json.loads(SITE.text)
    value["slots"] = [slot for slot in value["slots"] if slot["form"] != "desk"]
    assert ("malformed", "forms[2]") == refusal_of(json.dumps(value).encode())


def test_bodies_are_objects_of_a_body_and_a_salt() -> None:
    for wrong in ([], {"body": {}}, {"body": {}, "salt": "", "more": 1}, None):
        value = json.loads(say(filed()))
        value["forms"][0]["bodies"][0] = wrong
        assert ("malformed", "forms[0].bodies[0]") == refusal_of(json.dumps(value).encode())


@pytest.mark.parametrize("text", [b"[]", b"7", b"null", b'"x"', b"{}"])
def test_what_is_no_submission_is_refused(text: bytes) -> None:
    assert "malformed" == refusal_of(text)[0]


MOVED = notice_body(UNIT, change="moved").to_value()


def test_a_replacement_names_items_of_its_own_and_an_ending_none() -> None:
    ending = {"reason": "closed", "note": None, "type": "ending"}
    old = ref_of(bytes(32), 0)
    moved = {"exact": [MOVED]}
    assert ((old, 0),) == parse_submission(
        say(filed(act="replace", of=[(old, 0)], forms=moved))
    ).ends_and_replaces
    ended = filed(act="cancel", of=[(old, WHOLE_ITEM)], forms={"exact": [ending]})
    assert ((old, WHOLE_ITEM),) == parse_submission(say(ended)).ends_and_replaces
    assert ("malformed", "of") == refusal_of(say(filed(act="replace", of=[(old, 1)], forms=moved)))
    assert ("malformed", "of") == refusal_of(say(filed(act="replace", of=[(old, WHOLE_ITEM)], forms=moved)))
    assert ("malformed", "of") == refusal_of(say(replace(ended, of=[(old, 0)])))


def test_a_statement_replaces_no_item_of_its_own() -> None:
    # Its sid is a hash of the list that would name it, so that only a forger of hashes could post this one.
    submission = parse_submission(
        say(filed(act="replace", of=[(ref_of(bytes(32), 0), 0)], forms={"exact": [MOVED]}))
    )

    class Forged(Envelope):
        def sid(self) -> bytes:
            return bytes(32)

    envelope = submission.envelope
    forged = Forged(
        payload_type=envelope.payload_type, payload=envelope.payload, signatures=envelope.signatures
    )
    with pytest.raises(Malformed) as refused:
        checked_submission(
            forged, ((submission.forms[0], (MOVED,)),), submission.slots, None, submission.of, None
        )
    assert "of" == refused.value.field


def test_a_release_of_a_form_that_is_not_given_is_not_composed() -> None:
    with pytest.raises(Malformed) as refused:
        say(filed(to=[Recipient(party=None, form="widened")]))
    assert "to.form" == refused.value.field
    with pytest.raises(Malformed) as refused:
        say(filed(forms={"widened": [notice_body(UNIT, form="widened").to_value()]}))
    assert "forms" == refused.value.field


def test_a_statement_can_be_addressed_to_nobody() -> None:
    submission = parse_submission(say(filed(to=[])))
    assert () == submission.slots
    assert 1 == len(submission.header.to)


def test_a_key_that_signs_later_changes_nothing_but_the_signatures() -> None:
    first, second = key_of("first"), key_of("second")
    signer = Signer(log=bytes(32), party=bytes(16), desk=bytes(16), keys=[first, second], seq=0, prev=None)
    both = compose(filed(), signer, NOON_MS, Chance("two"))
    waiting = replace(signer, keys=[first], later=[key_id(second.public)])
    one = compose(filed(), waiting, NOON_MS, Chance("two"))
    assert both.sid == one.sid
    assert 1 == len(one.envelope.signatures)


def test_notes_travel_beside_and_are_kept_byte_for_byte() -> None:
    value = json.loads(say(filed()))
    value["notes"] = ["exercise.example/statements\n1\nAAAA\n\n\u2014 x AAAA\n"]
    submission = parse_submission(json.dumps(value).encode())
    assert (value["notes"][0].encode(),) == submission.notes
    assert submission.notes == parse_submission(submission.to_bytes()).notes


def test_what_is_signed_is_a_statement_of_this_type_only() -> None:
    assert pae(STATEMENT_TYPE, SITE.envelope.payload) == SITE.envelope.signed_bytes()


def test_a_chance_that_is_the_same_says_the_same() -> None:
    again: Scene = build_scene()
    assert {name: said.sid for name, said in SCENE.said.items()} == {n: s.sid for n, s in again.said.items()}
    assert say(filed()) != say(filed(), seed="another")


def test_salts_hide_what_is_short() -> None:
    body = notice_body(FIRE).to_value()
    draft = filed(kind="activity", forms={"exact": [body, body]})
    submission = parse_submission(say(draft))
    assert 2 == len({b64u(one.commit()) for one in submission.forms[0].bodies})
    assert FULL_SITE.name not in say(draft).decode()
