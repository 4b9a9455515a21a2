"""What docs/spec/log.md shows of the log is what the log does."""

from __future__ import annotations

import re

from repository import ROOT
from standclear.keys import SigningKey
from standclear.tlog.checkpoint import Checkpoint
from standclear.tlog.cosignature import cosign_ed25519
from standclear.tlog.heads import commit_head
from standclear.tlog.merkle import Tree, leaf_hash, multiproof
from standclear.tlog.policy import parse_policy
from standclear.tlog.proof import TlogProof, parse_proof, verify_proof
from standclear.tlog.tiles import tiles_of_size

PAGE = (ROOT / "docs" / "spec" / "log.md").read_text(encoding="utf-8")
POLICY, RECEIPT, HASHES = re.findall(r"^```\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)

LOG = SigningKey.from_seed(bytes(range(32)))
WITNESS = SigningKey.from_seed(bytes(range(32, 64)))
LEAVES = [leaf_hash(b"entry %d" % index) for index in range(5)]
TREE = Tree(LEAVES)
NOON_S = 1_790_000_000


def test_the_receipt_on_the_page_is_the_one_that_is_made() -> None:
    head = commit_head(Checkpoint(origin="log.example/province", size=5, root=TREE.root()), LOG)
    cosigned = head.with_signatures([cosign_ed25519("witness.example/w1", WITNESS, head.text, NOON_S)])
    proof = TlogProof(index=3, hashes=TREE.inclusion_proof(3), checkpoint_note=cosigned.to_bytes())
    assert proof.to_bytes().decode() == RECEIPT


def test_the_policy_on_the_page_believes_the_receipt_on_the_page() -> None:
    signed = verify_proof(parse_proof(RECEIPT.encode()), LEAVES[3], parse_policy(POLICY.encode()))
    assert [entry.time_s for entry in signed.verified] == [None, NOON_S]


def test_the_proof_for_two_entries_on_the_page_is_the_one_that_is_made() -> None:
    assert [hash_.hex() for hash_ in multiproof(TREE, [1, 3])] == HASHES.split()
    assert multiproof(TREE, [1, 3]) == (LEAVES[0], LEAVES[2], LEAVES[4])


def test_the_partial_tiles_on_the_page_are_those_of_seventy_thousand_entries() -> None:
    for tile in tiles_of_size(70_000):
        if tile.width < 256:
            assert f"`{tile.path}`" in PAGE
