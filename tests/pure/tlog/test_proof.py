"""Receipts: one file proves one entry, and nothing else."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standclear.errors import BadCheckpoint, BadInclusion, BadNote, QuorumMissed, Unproven
from standclear.keys import SigningKey
from standclear.limits import NOTE_BYTES_MAX, PROOF_EXTRA_BYTES_MAX, PROOF_HASHES_MAX
from standclear.tlog.checkpoint import Checkpoint
from standclear.tlog.heads import commit_head, log_keys
from standclear.tlog.merkle import Tree, leaf_hash
from standclear.tlog.policy import NO_QUORUM, Policy, PolicyLog
from standclear.tlog.proof import TlogProof, parse_proof, verify_proof

ORIGIN = "log.example/province"
LOG = SigningKey.from_seed(b"\x01" * 32)
KEY, _ = log_keys(ORIGIN, LOG.public, bytes(1312))
POLICY = Policy(logs=(PolicyLog(key=KEY),), witnesses=(), groups=(), quorum=NO_QUORUM)
LEAVES = [leaf_hash(b"entry %d" % index) for index in range(21)]
TREE = Tree(LEAVES)


def head_of(size: int) -> bytes:
    return commit_head(Checkpoint(origin=ORIGIN, size=size, root=TREE.root(size)), LOG).to_bytes()


def receipt(index: int, size: int, extra: bytes | None = None) -> TlogProof:
    return TlogProof(
        index=index,
        hashes=TREE.inclusion_proof(index, size),
        checkpoint_note=head_of(size),
        extra=extra,
    )


FILE = receipt(5, 21, b"time").to_bytes()


def test_a_receipt_is_lines_of_text_before_the_head_verbatim() -> None:
    lines = FILE.split(b"\n")
    assert lines[:3] == [b"c2sp.org/tlog-proof@v1", b"extra dGltZQ==", b"index 5"]
    assert lines[3 + 5] == b""
    assert FILE.endswith(b"\n\n" + head_of(21))


@given(size=st.integers(1, 21), extra=st.none() | st.binary(max_size=60), data=st.data())
def test_every_receipt_is_written_read_and_verified(
    size: int, extra: bytes | None, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = receipt(index, size, extra)
    assert parse_proof(proof.to_bytes()) == proof
    assert verify_proof(proof, LEAVES[index], POLICY).checkpoint.size == size


def test_a_tree_of_one_entry_needs_no_hashes() -> None:
    assert receipt(0, 1).to_bytes() == b"c2sp.org/tlog-proof@v1\nindex 0\n\n" + head_of(1)


def test_a_receipt_proves_its_own_entry_only() -> None:
    for leaf in (*LEAVES[:5], *LEAVES[6:]):
        with pytest.raises(BadInclusion):
            verify_proof(receipt(5, 21), leaf, POLICY)


def test_a_receipt_is_believed_by_policy_only() -> None:
    asked = dataclasses.replace(POLICY, quorum="W")
    with pytest.raises(QuorumMissed):
        verify_proof(receipt(5, 21), LEAVES[5], asked)
    with pytest.raises(BadNote):
        verify_proof(receipt(5, 21), LEAVES[5], dataclasses.replace(POLICY, logs=()))


@settings(max_examples=400)
@given(at=st.integers(0, len(FILE) - 1), bit=st.integers(0, 7))
def test_any_flipped_bit_of_a_receipt_fails_but_in_the_extra_bytes(at: int, bit: int) -> None:
    altered = bytearray(FILE)
    altered[at] ^= 1 << bit
    try:
        proof = parse_proof(bytes(altered))
        verify_proof(proof, LEAVES[5], POLICY)
    except (Unproven, BadCheckpoint):
        return
    assert (proof.index, proof.hashes) == (5, receipt(5, 21).hashes)
    assert proof.extra != b"time"


@pytest.mark.parametrize(
    ("file", "field", "reason"),
    [
        (b"", "header", "is not c2sp.org/tlog-proof@v1"),
        (FILE.replace(b"@v1", b"@v2"), "header", "is not"),
        (b"c2sp.org/tlog-proof@v1\nindex 5\n", "checkpoint", "missing"),
        (b"c2sp.org/tlog-proof@v1\nindex 5\n\n", "checkpoint", "missing"),
        (b"c2sp.org/tlog-proof@v1\n\nnote", "index", "missing"),
        (FILE.replace(b"index", b"Index"), "index", "missing"),
        (FILE.replace(b"extra", b"Extra"), "index", "missing"),
        (FILE.replace(b"index 5", b"index 05"), "index", "decimal"),
        (FILE.replace(b"index 5", b"index 9223372036854775807"), "index", "decimal"),
        (FILE.replace(b"index 5", b"index \xff"), "index", "decimal"),
        (FILE.replace(b"dGltZQ==", b"dGltZR=="), "extra", "canonical base64"),
        (FILE.replace(b"index 5\n", b"index 5\n\xff\n"), "hashes", "canonical base64"),
        (FILE.replace(b"index 5\n", b"index 5\ndGltZQ==\n"), "hashes", "one is not 32 bytes"),
        (b"c2sp.org/tlog-proof@v1\nindex 5\r\n\n" + head_of(21), "index", "decimal"),
    ],
)
def test_a_file_that_is_no_receipt_is_refused_with_its_field(file: bytes, field: str, reason: str) -> None:
    with pytest.raises(BadInclusion, match=reason) as raised:
        parse_proof(file)
    assert raised.value.fields["field"] == field


def test_the_limits_of_a_receipt() -> None:
    most = TlogProof(
        index=5,
        hashes=(LEAVES[0],) * PROOF_HASHES_MAX,
        checkpoint_note=b"note",
        extra=bytes(PROOF_EXTRA_BYTES_MAX),
    )
    assert parse_proof(most.to_bytes()) == most
    for more in (
        dataclasses.replace(most, hashes=(*most.hashes, LEAVES[0])),
        dataclasses.replace(most, extra=bytes(PROOF_EXTRA_BYTES_MAX + 1)),
        dataclasses.replace(most, index=-1),
    ):
        with pytest.raises(AssertionError):
            more.to_bytes()
    written = most.to_bytes()
    with pytest.raises(BadInclusion, match="hashes"):
        parse_proof(written.replace(b"index 5\n", b"index 5\n" + b"A" * 43 + b"=\n"))
    with pytest.raises(BadInclusion, match="extra"):
        parse_proof(written.replace(b"extra ", b"extra AAAA"))
    with pytest.raises(BadInclusion, match="bytes"):
        parse_proof(written + bytes(2 * NOTE_BYTES_MAX))


def test_an_empty_extra_line_is_not_the_same_as_none() -> None:
    empty = receipt(5, 21, b"")
    assert b"\nextra \n" in empty.to_bytes()
    assert parse_proof(empty.to_bytes()) == empty
    assert parse_proof(receipt(5, 21).to_bytes()).extra is None
