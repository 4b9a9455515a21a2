"""Heads and cosignatures: what each signature covers, and who may be ignored."""

from __future__ import annotations

import dataclasses
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standclear.errors import BadCheckpoint, BadNote
from standclear.keys import MlDsa44Key, SigningKey, verify_ed25519, verify_mldsa44
from standclear.tlog.checkpoint import Checkpoint, checkpoint_text
from standclear.tlog.cosignature import TIME_S_MAX, cosign_ed25519, cosign_mldsa44, open_checkpoint
from standclear.tlog.heads import GREASE_BYTES, commit_head, log_keys, published_head
from standclear.tlog.merkle import leaf_hash
from standclear.tlog.note import (
    ED25519,
    ED25519_COSIGNATURE,
    MLDSA44_COSIGNATURE,
    Note,
    Signature,
    VerifierKey,
)

ORIGIN = "log.example/province"
LOG = SigningKey.from_seed(b"\x01" * 32)
LASTING = MlDsa44Key.from_seed(b"\x02" * 32)
WITNESS = SigningKey.from_seed(b"\x03" * 32)
LASTING_WITNESS = MlDsa44Key.from_seed(b"\x04" * 32)
NAME = "witness.example/w1"
NOON_S = 1_790_000_000

HEAD = Checkpoint(origin=ORIGIN, size=1, root=leaf_hash(b""))
TEXT = checkpoint_text(HEAD)
PLAIN_KEY, LASTING_KEY = log_keys(ORIGIN, LOG.public, LASTING.public)
WITNESS_KEY = VerifierKey(name=NAME, kind=ED25519_COSIGNATURE, public=WITNESS.public)
LASTING_WITNESS_KEY = VerifierKey(name=NAME, kind=MLDSA44_COSIGNATURE, public=LASTING_WITNESS.public)
KNOWN = (PLAIN_KEY, LASTING_KEY, WITNESS_KEY, LASTING_WITNESS_KEY)
GREASE = bytes(range(GREASE_BYTES))

PUBLISHED = published_head(HEAD, LOG, LASTING, GREASE)
COSIGNED = PUBLISHED.with_signatures(
    [cosign_ed25519(NAME, WITNESS, TEXT, NOON_S), cosign_mldsa44(NAME, LASTING_WITNESS, HEAD, NOON_S + 1)]
)


def line_of(note: Note, key: VerifierKey) -> Signature:
    return next(line for line in note.signatures if (line.name, line.key_id) == (key.name, key.key_id))


def without(note: Note, *keys: VerifierKey) -> Note:
    names = {(key.name, key.key_id) for key in keys}
    kept = tuple(line for line in note.signatures if (line.name, line.key_id) not in names)
    return dataclasses.replace(note, signatures=kept)


def test_a_commit_head_is_signed_by_the_log_with_ed25519_only() -> None:
    head = commit_head(HEAD, LOG)
    assert [(line.name, line.key_id) for line in head.signatures] == [(ORIGIN, PLAIN_KEY.key_id)]
    assert verify_ed25519(LOG.public, head.signatures[0].payload, TEXT)
    assert commit_head(HEAD, LOG) == head


def test_a_published_head_is_signed_for_today_and_for_after_ed25519() -> None:
    opened = open_checkpoint(PUBLISHED.to_bytes(), KNOWN)
    assert opened.checkpoint == HEAD
    assert {entry.key: entry.time_s for entry in opened.verified} == {PLAIN_KEY: None, LASTING_KEY: 0}
    assert opened.note == PUBLISHED


def test_every_cosignature_tells_its_time() -> None:
    opened = open_checkpoint(COSIGNED.to_bytes(), KNOWN)
    assert {entry.key: entry.time_s for entry in opened.verified} == {
        PLAIN_KEY: None,
        LASTING_KEY: 0,
        WITNESS_KEY: NOON_S,
        LASTING_WITNESS_KEY: NOON_S + 1,
    }


def test_a_witness_signs_the_time_and_the_whole_text() -> None:
    payload = line_of(COSIGNED, WITNESS_KEY).payload
    assert len(payload) == 72
    assert payload[:8] == NOON_S.to_bytes(8, "big")
    assert verify_ed25519(WITNESS.public, payload[8:], b"cosignature/v1\ntime 1790000000\n" + TEXT)


def test_a_post_quantum_cosignature_signs_names_time_and_tree() -> None:
    payload = line_of(COSIGNED, LASTING_WITNESS_KEY).payload
    assert len(payload) == 8 + 2420
    time_bytes = (NOON_S + 1).to_bytes(8, "big")
    message = b"subtree/v1\n\x00" + b"\x12witness.example/w1" + time_bytes
    message += b"\x14log.example/province" + bytes(8) + bytes(7) + b"\x01" + HEAD.root
    assert payload[:8] == time_bytes
    assert verify_mldsa44(LASTING_WITNESS.public, payload[8:], message)


def test_a_grease_line_is_on_every_published_head_and_its_place_is_by_chance() -> None:
    orders = []
    for first, second in itertools.product((254, 255), (252, 253, 254)):
        head = published_head(HEAD, LOG, LASTING, bytes([first, second]) + GREASE[2:])
        grease = Signature(name="grease.invalid", key_id=GREASE[2:6], payload=GREASE[6:])
        assert grease in head.signatures
        assert len(open_checkpoint(head.to_bytes(), KNOWN).verified) == 2
        orders.append(tuple(line.key_id for line in head.signatures))
    assert set(orders) == set(itertools.permutations((PLAIN_KEY.key_id, LASTING_KEY.key_id, GREASE[2:6])))
    assert len(GREASE) == 80
    with pytest.raises(AssertionError):
        published_head(HEAD, LOG, LASTING, b"")


def test_lines_of_unknown_keys_are_nothing() -> None:
    strangers = [
        Signature(name=NAME, key_id=b"\x00\x01\x02\x03", payload=b"x"),
        Signature(name="other.example", key_id=WITNESS_KEY.key_id, payload=b"x"),
        Signature(name="other.example", key_id=WITNESS_KEY.key_id, payload=b"x"),
    ]
    note = Note(text=TEXT, signatures=(*strangers, *COSIGNED.signatures))
    assert len(open_checkpoint(note.to_bytes(), KNOWN).verified) == 4
    assert [entry.key for entry in open_checkpoint(note.to_bytes(), [WITNESS_KEY]).verified] == [WITNESS_KEY]


def test_a_note_that_no_known_key_signed_is_refused() -> None:
    with pytest.raises(BadNote, match="none is of a key that is trusted here"):
        open_checkpoint(PUBLISHED.to_bytes(), [WITNESS_KEY])
    with pytest.raises(BadNote, match="trusted here"):
        open_checkpoint(PUBLISHED.to_bytes(), [])


@pytest.mark.parametrize("key", KNOWN, ids=["log", "lasting", "witness", "lasting witness"])
def test_one_known_line_that_fails_condemns_the_note(key: VerifierKey) -> None:
    line = line_of(COSIGNED, key)
    for payload in (
        line.payload[:-1] + bytes([line.payload[-1] ^ 1]),
        line.payload[:-1],
        b"x",
        line.payload + b"x",
    ):
        bad = dataclasses.replace(line, payload=payload)
        note = Note(text=TEXT, signatures=(*without(COSIGNED, key).signatures, bad))
        with pytest.raises(BadNote, match="fails"):
            open_checkpoint(note.to_bytes(), KNOWN)


def test_a_known_line_stands_once() -> None:
    line = line_of(COSIGNED, WITNESS_KEY)
    with pytest.raises(BadNote, match="stands twice"):
        open_checkpoint(Note(text=TEXT, signatures=(*COSIGNED.signatures, line)).to_bytes(), KNOWN)


def test_the_time_is_signed() -> None:
    for key in (WITNESS_KEY, LASTING_WITNESS_KEY):
        line = line_of(COSIGNED, key)
        for time_s in (NOON_S + 2, 0, 2**63 - 1, 2**63):
            moved = dataclasses.replace(line, payload=time_s.to_bytes(8, "big") + line.payload[8:])
            with pytest.raises(BadNote, match="fails"):
                open_checkpoint(Note(text=TEXT, signatures=(moved,)).to_bytes(), KNOWN)


def test_a_time_beyond_63_bits_is_refused_though_signed() -> None:
    assert TIME_S_MAX == 2**63 - 1
    for time_s, taken in ((2**63 - 1, True), (2**63, False)):
        signature = WITNESS.sign(b"cosignature/v1\ntime %d\n" % time_s + TEXT)
        line = dataclasses.replace(
            line_of(COSIGNED, WITNESS_KEY), payload=time_s.to_bytes(8, "big") + signature
        )
        note = Note(text=TEXT, signatures=(line,)).to_bytes()
        if taken:
            assert open_checkpoint(note, KNOWN).verified[0].time_s == time_s
        else:
            with pytest.raises(BadNote, match="fails"):
                open_checkpoint(note, KNOWN)


def test_a_cosignature_is_for_one_text_and_one_log() -> None:
    other = Checkpoint(origin="log.example/other", size=1, root=HEAD.root)
    for key in KNOWN:
        note = Note(text=checkpoint_text(other), signatures=(line_of(COSIGNED, key),))
        with pytest.raises(BadNote, match="fails"):
            open_checkpoint(note.to_bytes(), KNOWN)


def test_a_post_quantum_cosignature_names_its_cosigner_and_an_ed25519_one_does_not() -> None:
    renamed = dataclasses.replace(LASTING_WITNESS_KEY, name="witness.example/w2")
    line = dataclasses.replace(
        line_of(COSIGNED, LASTING_WITNESS_KEY), name=renamed.name, key_id=renamed.key_id
    )
    with pytest.raises(BadNote, match="fails"):
        open_checkpoint(Note(text=TEXT, signatures=(line,)).to_bytes(), [renamed])
    # This is why one Ed25519 key serves one cosigner name.
    renamed = dataclasses.replace(WITNESS_KEY, name="mirror.example/m1")
    line = dataclasses.replace(line_of(COSIGNED, WITNESS_KEY), name=renamed.name, key_id=renamed.key_id)
    assert open_checkpoint(Note(text=TEXT, signatures=(line,)).to_bytes(), [renamed]).verified


def test_names_longer_than_255_bytes_cannot_have_been_signed_with_ml_dsa() -> None:
    long = dataclasses.replace(LASTING_WITNESS_KEY, name="w" * 256)
    line = dataclasses.replace(line_of(COSIGNED, LASTING_WITNESS_KEY), name=long.name, key_id=long.key_id)
    with pytest.raises(BadNote, match="fails"):
        open_checkpoint(Note(text=TEXT, signatures=(line,)).to_bytes(), [long])
    longest = dataclasses.replace(long, name="w" * 255)
    line = cosign_mldsa44(longest.name, LASTING_WITNESS, HEAD, NOON_S)
    assert open_checkpoint(Note(text=TEXT, signatures=(line,)).to_bytes(), [longest]).verified


def test_a_signed_text_that_is_no_checkpoint_is_refused() -> None:
    text = TEXT + b"an extension line\n"
    note = Note(text=text, signatures=(cosign_ed25519(NAME, WITNESS, text, NOON_S),))
    with pytest.raises(BadCheckpoint, match="three lines"):
        open_checkpoint(note.to_bytes(), [WITNESS_KEY])


@settings(max_examples=300)
@given(at=st.integers(min_value=0), bit=st.integers(0, 7))
def test_any_flipped_bit_of_the_text_or_a_known_line_is_noticed(at: int, bit: int) -> None:
    """Where the flip falls on a name or key ID, the line is of an unknown key: it no longer counts."""
    witnessed = commit_head(HEAD, LOG).with_signatures([cosign_ed25519(NAME, WITNESS, TEXT, NOON_S)])
    written = bytearray(witnessed.to_bytes())
    written[at % len(written)] ^= 1 << bit
    try:
        opened = open_checkpoint(bytes(written), [PLAIN_KEY, WITNESS_KEY])
    except (BadNote, BadCheckpoint):
        return
    assert opened.checkpoint == HEAD
    assert len(opened.verified) == 1


def test_what_cannot_be_signed_is_our_own_mistake() -> None:
    with pytest.raises(AssertionError):
        cosign_ed25519("a b", WITNESS, TEXT, NOON_S)
    with pytest.raises(AssertionError):
        cosign_ed25519(NAME, WITNESS, TEXT, TIME_S_MAX + 1)
    assert PLAIN_KEY.kind == ED25519
