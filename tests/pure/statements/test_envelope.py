"""Envelopes and entries: identity by what is signed, one canonical text, and the log's time in the leaf."""

from __future__ import annotations

import json
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standclear.errors import Malformed, OverLimit
from standclear.limits import ENTRY_BYTES_MAX
from standclear.spacetime.units import FOREVER_MS
from standclear.statements.compose import sign_payload
from standclear.statements.entry import Entry, entry_bytes, parse_entry
from standclear.statements.envelope import (
    STATEMENT_TYPE,
    Envelope,
    Signature,
    envelope_from_value,
    envelope_of,
    pae,
    parse_envelope,
)
from vectors.statement_scene import key_of

SIGNATURES = st.lists(
    st.builds(
        Signature, key=st.binary(min_size=32, max_size=32), signature=st.binary(min_size=64, max_size=64)
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda one: one.key,
)
ENVELOPES = st.builds(envelope_of, st.just(STATEMENT_TYPE), st.binary(max_size=200), SIGNATURES)
SIGNED = sign_payload(STATEMENT_TYPE, b"{}", [key_of("a"), key_of("b"), key_of("c")])


def test_what_is_signed_is_the_encoding_of_dsse() -> None:
    # The example of protocol.md of DSSE v1.0.2.
    assert b"DSSEv1 29 http://example.com/HelloWorld 11 hello world" == pae(
        "http://example.com/HelloWorld", b"hello world"
    )


@given(ENVELOPES)
def test_an_envelope_is_read_again_from_its_text(envelope: Envelope) -> None:
    assert envelope == parse_envelope(envelope.to_bytes())
    assert envelope == parse_envelope(json.dumps(json.loads(envelope.to_bytes()), indent=2).encode())


@given(ENVELOPES, st.integers(0, FOREVER_MS))
def test_an_entry_is_read_again_from_its_bytes(envelope: Envelope, integrated_ms: int) -> None:
    entry = Entry(integrated_ms=integrated_ms, envelope=envelope)
    assert entry == parse_entry(entry.to_bytes())


def test_the_order_of_the_signatures_makes_no_other_statement() -> None:
    texts = {
        envelope_of(STATEMENT_TYPE, SIGNED.payload, order).to_bytes()
        for order in permutations(SIGNED.signatures)
    }
    assert {SIGNED.to_bytes()} == texts


def test_a_further_signature_makes_no_other_statement() -> None:
    fewer = envelope_of(STATEMENT_TYPE, SIGNED.payload, SIGNED.signatures[:1])
    assert SIGNED.sid() == fewer.sid()


def test_another_type_makes_another_statement() -> None:
    other = Envelope(payload_type="x", payload=SIGNED.payload, signatures=SIGNED.signatures)
    assert SIGNED.sid() != other.sid()


def test_an_envelope_longer_than_two_entries_is_not_read() -> None:
    with pytest.raises(OverLimit) as refused:
        parse_envelope(b" " * (2 * ENTRY_BYTES_MAX + 1))
    assert "ENTRY_BYTES_MAX" == refused.value.fields["limit"]


@pytest.mark.parametrize("text", [b"\xff", b"[" * 100_000, b"[]", b"7", b'{"payload":1,"payload":1}'])
def test_what_is_no_envelope_is_refused(text: bytes) -> None:
    with pytest.raises(Malformed):
        parse_envelope(text)


def test_an_entry_may_not_be_longer_than_a_bundle_can_hold() -> None:
    room = ENTRY_BYTES_MAX - len(b"standclear.entry/v1\n7\n")
    assert ENTRY_BYTES_MAX == len(entry_bytes(7, b"x" * room))
    with pytest.raises(OverLimit):
        entry_bytes(7, b"x" * (room + 1))


def test_a_value_that_is_no_object_is_no_envelope() -> None:
    for value in (None, [], "x", {"payload": ""}):
        with pytest.raises(Malformed):
            envelope_from_value(value)
