"""Checkpoints: three lines, each with one spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standclear.errors import BadCheckpoint
from standclear.limits import TREE_SIZE_MAX
from standclear.tlog.checkpoint import Checkpoint, checkpoint_text, parse_checkpoint
from standclear.tlog.merkle import EMPTY_ROOT

ROOT = bytes(range(32))
TEXT = b"log.example/a\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"


def test_a_checkpoint_is_three_lines() -> None:
    checkpoint = Checkpoint(origin="log.example/a", size=7, root=ROOT)
    assert checkpoint_text(checkpoint) == TEXT
    assert parse_checkpoint(TEXT) == checkpoint


@given(size=st.integers(1, TREE_SIZE_MAX), root=st.binary(min_size=32, max_size=32))
def test_what_is_written_is_read(size: int, root: bytes) -> None:
    checkpoint = Checkpoint(origin="журнал.example", size=size, root=root)
    assert parse_checkpoint(checkpoint_text(checkpoint)) == checkpoint


@given(at=st.integers(0, len(TEXT) - 1), byte=st.integers(0, 255))
def test_an_altered_checkpoint_is_refused_or_another(at: int, byte: int) -> None:
    altered = TEXT[:at] + bytes([byte]) + TEXT[at + 1 :]
    try:
        parsed = parse_checkpoint(altered)
    except BadCheckpoint:
        return
    assert checkpoint_text(parsed) == altered


@pytest.mark.parametrize(
    ("text", "field", "reason"),
    [
        (b"", "text", "exactly three lines"),
        (TEXT[:-1], "text", "exactly three lines"),
        (TEXT + b"an extension\n", "text", "exactly three lines"),
        (TEXT + b"\n", "text", "exactly three lines"),
        (b"\xff" + TEXT, "origin", "UTF-8"),
        (b"\n7\nAAAA\n", "origin", "empty"),
        (b"log example\n7\nAAAA\n", "origin", "space"),
        (TEXT.replace(b"\n7\n", b"\n07\n"), "size", "decimal"),
        (TEXT.replace(b"\n7\n", b"\n-7\n"), "size", "decimal"),
        (TEXT.replace(b"\n7\n", b"\n9223372036854775808\n"), "size", "2.63"),
        (TEXT.replace(b"\n7\n", b"\n\xd9\xa3\n"), "size", "decimal"),
        (TEXT.replace(b"8=\n", b"9=\n"), "root", "canonical base64"),
        (TEXT.replace(b"8=\n", b"\xc3\x80=\n"), "root", "canonical base64"),
        (b"log.example/a\n7\nAAAA\n", "root", "3 bytes"),
        (TEXT.replace(b"\n7\n", b"\n0\n"), "root", "empty tree"),
    ],
)
def test_a_text_that_is_no_checkpoint_is_refused_with_its_field(text: bytes, field: str, reason: str) -> None:
    with pytest.raises(BadCheckpoint, match=reason) as raised:
        parse_checkpoint(text)
    assert raised.value.fields["field"] == field


def test_the_empty_log_has_the_empty_root() -> None:
    checkpoint = Checkpoint(origin="log.example/a", size=0, root=EMPTY_ROOT)
    assert parse_checkpoint(checkpoint_text(checkpoint)) == checkpoint


@pytest.mark.parametrize(
    ("origin", "size", "root"), [("a b", 7, ROOT), ("a", -1, ROOT), ("a", 2**63, ROOT), ("a", 7, b"")]
)
def test_a_checkpoint_that_cannot_be_is_our_own_mistake(origin: str, size: int, root: bytes) -> None:
    with pytest.raises(AssertionError):
        checkpoint_text(Checkpoint(origin=origin, size=size, root=root))
