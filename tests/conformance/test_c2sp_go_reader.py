"""A Go program that has never heard of Standclear reads and verifies a whole log of ours."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from conformance.go_reader.golang import build_reader
from standclear.keys import MlDsa44Key, SigningKey
from standclear.tlog.checkpoint import Checkpoint, checkpoint_text
from standclear.tlog.cosignature import cosign_ed25519, cosign_mldsa44
from standclear.tlog.heads import GREASE_BYTES, log_keys, published_head
from standclear.tlog.merkle import Tree, leaf_hash
from standclear.tlog.note import ED25519_COSIGNATURE, MLDSA44_COSIGNATURE, VerifierKey, encode_base64
from standclear.tlog.proof import TlogProof
from standclear.tlog.tiles import bundle_bytes, new_bundles, tile_bytes, tiles_of_size

ORIGIN = "log.example/province"
LOG_KEY = SigningKey.from_seed(b"\x01" * 32)
LASTING_KEY = MlDsa44Key.from_seed(b"\x02" * 32)
WITNESS = SigningKey.from_seed(b"\x03" * 32)
LASTING_WITNESS = MlDsa44Key.from_seed(b"\x04" * 32)
WITNESS_NAME = "witness.example/w1"
NOON_S = 1_790_000_000


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_reader(tmp_path_factory.mktemp("go"))


def base64_of(hashes: Iterable[bytes]) -> list[str]:
    return [encode_base64(hash_) for hash_ in hashes]


def export_log(folder: Path, size: int) -> None:
    """Write a log of this size as a reader finds it, and beside it what we say about it."""
    entries = [b"entry %d " % index * (index % 7) for index in range(size)]
    tree = Tree(leaf_hash(entry) for entry in entries)
    checkpoint = Checkpoint(origin=ORIGIN, size=size, root=tree.root())
    head = published_head(checkpoint, LOG_KEY, LASTING_KEY, bytes(range(1, GREASE_BYTES + 1)))
    cosigned = head.with_signatures(
        [
            cosign_ed25519(WITNESS_NAME, WITNESS, checkpoint_text(checkpoint), NOON_S),
            cosign_mldsa44(WITNESS_NAME, LASTING_WITNESS, checkpoint, NOON_S),
        ]
    ).to_bytes()
    files = {tile.path: tile_bytes(tree, tile) for tile in tiles_of_size(size)}
    for bundle in new_bundles(0, size):
        first = bundle.index * 256
        files[bundle.path] = bundle_bytes(entries[first : first + bundle.width])
    files["checkpoint"] = cosigned
    index = size // 3
    receipt = TlogProof(
        index=index, hashes=tree.inclusion_proof(index), checkpoint_note=cosigned, extra=b"\x00 time"
    )
    files["receipt.tlog-proof"] = receipt.to_bytes()
    files["export.json"] = json.dumps(statements_about(tree)).encode()
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def statements_about(tree: Tree) -> dict[str, object]:
    plain, lasting = log_keys(ORIGIN, LOG_KEY.public, LASTING_KEY.public)
    witnesses = [
        VerifierKey(name=WITNESS_NAME, kind=ED25519_COSIGNATURE, public=WITNESS.public),
        VerifierKey(name=WITNESS_NAME, kind=MLDSA44_COSIGNATURE, public=LASTING_WITNESS.public),
    ]
    step = tree.size // 20 + 1
    pairs = [(index, size) for size in range(1, tree.size + 1, step) for index in range(0, size, step)]
    pairs += [(0, tree.size), (tree.size - 1, tree.size)]
    spans = [(old, new) for new in range(1, tree.size + 1, step) for old in range(1, new + 1, step)]
    spans += [(1, tree.size), (tree.size, tree.size)]
    return {
        "log": plain.to_text(),
        "lasting": lasting.to_text(),
        "witnesses": [witness.to_text() for witness in witnesses],
        "size": tree.size,
        "inclusion": [
            {"index": index, "size": size, "hashes": base64_of(tree.inclusion_proof(index, size))}
            for index, size in pairs
        ],
        "consistency": [
            {"old": old, "new": new, "hashes": base64_of(tree.consistency_proof(old, new))}
            for old, new in spans
        ],
    }


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 1_000, 66_000])
def test_a_go_program_reads_and_verifies_our_log(reader: Path, tmp_path: Path, size: int) -> None:
    export_log(tmp_path, size)
    told = subprocess.run([reader, tmp_path], capture_output=True, text=True, check=False)
    assert told.stderr == ""
    assert told.stdout.startswith(f"ok: {size} entries, ")


@pytest.mark.slow
@pytest.mark.parametrize("path", ["checkpoint", "tile/0/000", "tile/1/000.p/1", "tile/entries/000"])
def test_the_go_program_finds_one_altered_byte(reader: Path, tmp_path: Path, path: str) -> None:
    export_log(tmp_path, 257)
    content = bytearray((tmp_path / path).read_bytes())
    content[20] ^= 1
    (tmp_path / path).write_bytes(content)
    told = subprocess.run([reader, tmp_path], capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert told.stdout == ""
