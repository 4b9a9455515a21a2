"""Notes, checkpoints, tiles and bundles come out byte for byte as other implementations wrote them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from conformance.go_reader.golang import module_folder
from standclear.errors import BadNote
from standclear.keys import SigningKey
from standclear.tlog.checkpoint import Checkpoint
from standclear.tlog.cosignature import open_checkpoint
from standclear.tlog.heads import commit_head
from standclear.tlog.merkle import Tree, leaf_hash
from standclear.tlog.note import ED25519, decode_base64, parse_note, parse_vkey, sign_text
from standclear.tlog.tiles import bundle_bytes, new_bundles, parse_bundle, tile_bytes, tiles_of_size

# The example of the documentation of Go's golang.org/x/mod/sumdb/note.
NEUMANN_SKEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
NEUMANN_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NEUMANN_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedLog:
    """A log that others made: its key, its entries in order, and the folder with its files."""

    skey: str
    vkey: str
    entries: list[bytes]
    folder: Path


def signing_key(skey: str) -> tuple[str, SigningKey]:
    """The name and key in the private key text that Go's tools write."""
    name, _, material = skey.removeprefix("PRIVATE+KEY+").split("+", 2)
    return name, SigningKey.from_seed(decode_base64(material)[1:])


def test_the_note_of_go_is_read_and_written_and_signed_again() -> None:
    note = parse_note(NEUMANN_NOTE.encode())
    name, key = signing_key(NEUMANN_SKEY)
    assert note.to_bytes() == NEUMANN_NOTE.encode()
    assert note.signatures == (sign_text(name, key, note.text),)
    vkey = parse_vkey(NEUMANN_VKEY)
    assert (vkey.name, vkey.kind, vkey.public) == ("PeterNeumann", ED25519, key.public)
    assert vkey.key_id == note.signatures[0].key_id
    assert vkey.to_text() == NEUMANN_VKEY


@pytest.fixture(scope="module")
def tessera() -> PublishedLog:
    """The test log of Tessera, with what its build script says of its key and entries."""
    digest = "h1:IXjGowubcLR0T3zUQrysSMKgtTh9KGKQ0iajUiubyP4="
    folder = module_folder("github.com/transparency-dev/tessera", "v1.0.4", digest) / "testdata"
    script = (folder / "build_log.sh").read_text()
    told = re.findall(r'LOG_PRIVATE_KEY="(.+)"|LOG_PUBLIC_KEY="(.+)"|for i in (.+); do', script)
    skey, vkey, words = ("".join(found) for found in told)
    entries = [word.encode() for word in words.split()]
    return PublishedLog(skey=skey, vkey=vkey, entries=entries, folder=folder / "log")


def test_every_head_of_a_published_log_is_made_again(tessera: PublishedLog) -> None:
    origin, key = signing_key(tessera.skey)
    tree = Tree(leaf_hash(entry) for entry in tessera.entries)
    assert tree.size == 15
    for size in range(tree.size + 1):
        head = commit_head(Checkpoint(origin=origin, size=size, root=tree.root(size)), key).to_bytes()
        assert head == (tessera.folder / f"checkpoint.{size}").read_bytes()
        opened = open_checkpoint(head, [parse_vkey(tessera.vkey)])
        assert opened.checkpoint.root == tree.root(size)


def test_every_tile_and_bundle_of_a_published_log_is_made_again(tessera: PublishedLog) -> None:
    tree = Tree()
    made = set()
    for entry in tessera.entries:
        tree.append(leaf_hash(entry))
        for tile in tiles_of_size(tree.size):
            assert tile_bytes(tree, tile) == (tessera.folder / tile.path).read_bytes()
            made.add(tile.path)
        for bundle in new_bundles(0, tree.size):
            content = bundle_bytes(tessera.entries[: bundle.width])
            assert content == (tessera.folder / bundle.path).read_bytes()
            assert parse_bundle(content, bundle.width) == tuple(tessera.entries[: bundle.width])
            made.add(bundle.path)
    files = (tessera.folder / "tile").rglob("*")
    assert made == {str(file.relative_to(tessera.folder)) for file in files if file.is_file()}


def test_a_head_of_a_published_log_with_another_size_is_refused(tessera: PublishedLog) -> None:
    head = (tessera.folder / "checkpoint.7").read_bytes().replace(b"\n7\n", b"\n8\n")
    with pytest.raises(BadNote, match="fails"):
        open_checkpoint(head, [parse_vkey(tessera.vkey)])
