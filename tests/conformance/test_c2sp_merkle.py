"""The tree is RFC 6962's, by the vectors of those who run such trees."""

from __future__ import annotations

import json
from base64 import b64decode

import pytest

from conformance.vectors.published import published
from standclear.errors import BadConsistency, BadInclusion
from standclear.tlog.merkle import EMPTY_ROOT, Tree, leaf_hash, verify_consistency, verify_inclusion

# The leaves and roots of the Certificate Transparency reference implementation; every RFC 6962 library has them.
LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_the_reference_tree_has_the_reference_roots() -> None:
    tree = Tree(leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES)
    assert [tree.root(size).hex() for size in range(1, 9)] == ROOTS
    assert tree.root(0) == EMPTY_ROOT
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_inclusion_vectors_are_judged_as_published() -> None:
    folder = published("merkle/testdata/inclusion")
    judged = 0
    for file in sorted(folder.rglob("*.json")):
        vector = json.loads(file.read_text())
        proof = [b64decode(hash_) for hash_ in vector["proof"] or []]
        leaf, root = b64decode(vector["leafHash"] or ""), b64decode(vector["root"] or "")
        if vector["wantErr"]:
            with pytest.raises(BadInclusion):
                verify_inclusion(leaf, vector["leafIdx"], vector["treeSize"], proof, root)
        else:
            verify_inclusion(leaf, vector["leafIdx"], vector["treeSize"], proof, root)
        judged += 1
    assert judged == 98


def test_consistency_vectors_are_judged_as_published() -> None:
    folder = published("merkle/testdata/consistency")
    judged = 0
    for file in sorted(folder.rglob("*.json")):
        vector = json.loads(file.read_text())
        proof = [b64decode(hash_) for hash_ in vector["proof"] or []]
        roots = [b64decode(vector[name] or "") for name in ("root1", "root2")]
        # One published vector has roots of 12 bytes and wants them equal; a root here is always 32 bytes.
        if vector["wantErr"] or any(len(root) != 32 for root in roots):
            with pytest.raises(BadConsistency):
                verify_consistency(vector["size1"], roots[0], vector["size2"], roots[1], proof)
        else:
            verify_consistency(vector["size1"], roots[0], vector["size2"], roots[1], proof)
        judged += 1
    assert judged == 98
