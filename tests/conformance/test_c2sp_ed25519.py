"""Ed25519 is RFC 8032's, and its edge cases are decided as everybody strict decides them."""

from __future__ import annotations

import gzip
import json

import pytest

from conformance.go_reader.golang import go_root
from conformance.vectors.published import published
from standclear.keys import SigningKey, verify_ed25519

# RFC 8032, section 7.1: seed, public key, message, signature.
RFC_8032 = {
    "TEST 1": (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    "TEST 2": (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    "TEST 3": (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
    "TEST SHA(abc)": (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        (
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        ),
        (
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
            "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
        ),
    ),
}


@pytest.mark.parametrize("name", RFC_8032)
def test_the_vectors_of_rfc_8032_are_signed_and_verified(name: str) -> None:
    seed, public, message, signature = map(bytes.fromhex, RFC_8032[name])
    key = SigningKey.from_seed(seed)
    assert key.public == public
    assert key.sign(message) == signature
    assert verify_ed25519(public, signature, message)
    assert not verify_ed25519(public, signature, message + b"\x00")


def test_the_signatures_of_the_authors_are_made_and_verified() -> None:
    file = go_root() / "src/crypto/ed25519/testdata/sign.input.gz"
    if not file.exists():
        pytest.skip("NOT CHECKED AGAINST sign.input: this Go has no test data")
    lines = gzip.decompress(file.read_bytes()).decode().splitlines()
    for line in lines:
        secret, public, message, signed = (bytes.fromhex(part) for part in line.split(":")[:4])
        key = SigningKey.from_seed(secret[:32])
        assert key.public == public
        assert key.sign(message) + message == signed
        assert verify_ed25519(public, signed[:64], message)
    assert len(lines) >= 128  # Go keeps every eighth of the 1,024


def test_of_the_914_edge_cases_exactly_the_43_without_weak_points_are_taken() -> None:
    vectors = json.loads(published("CCTV/ed25519/ed25519vectors.json").read_text())
    assert len(vectors) == 914
    taken = [
        set(vector["flags"] or [])
        for vector in vectors
        if verify_ed25519(bytes.fromhex(vector["key"]), bytes.fromhex(vector["sig"]), vector["msg"].encode())
    ]
    assert len(taken) == 43
    weak = {"low_order_A", "low_order_R", "non_canonical_A", "non_canonical_R", "low_order_residue"}
    assert [flags for flags in taken if flags & weak] == []
