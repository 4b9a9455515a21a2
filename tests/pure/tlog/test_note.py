"""Signed notes: one spelling each, and what is read is written again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standclear.errors import BadNote, Malformed
from standclear.keys import MlDsa44Key, SigningKey
from standclear.limits import NOTE_BYTES_MAX, NOTE_SIGNATURES_MAX
from standclear.tlog.note import (
    ED25519,
    ED25519_COSIGNATURE,
    MLDSA44_COSIGNATURE,
    Note,
    Signature,
    VerifierKey,
    decode_base64,
    encode_base64,
    is_key_name,
    parse_decimal,
    parse_note,
    parse_signature_line,
    parse_vkey,
    sign_text,
)

KEY = SigningKey.from_seed(b"\x01" * 32)
LASTING = MlDsa44Key.from_seed(b"\x02" * 32)
TEXT = "Il fuoco cessa ora.\n\nÈ un ordine.\n".encode()
LINE = sign_text("desk.example/a", KEY, TEXT)
NOTE = Note(text=TEXT, signatures=(LINE,))

names = st.text(min_size=1, max_size=20).filter(is_key_name)
lines = st.builds(
    Signature,
    name=names,
    key_id=st.binary(min_size=4, max_size=4),
    payload=st.binary(min_size=1, max_size=90),
)


def test_a_note_is_its_text_a_blank_line_and_its_signatures() -> None:
    written = NOTE.to_bytes()
    assert written.startswith(TEXT + b"\n" + "— desk.example/a ".encode())
    assert written.endswith(b"\n")
    assert parse_note(written) == NOTE


def test_the_text_ends_at_the_last_blank_line() -> None:
    assert parse_note(NOTE.to_bytes()).text == TEXT


@given(signatures=st.lists(lines, min_size=1, max_size=9))
def test_what_is_read_is_written_again(signatures: list[Signature]) -> None:
    note = Note(text=TEXT, signatures=tuple(signatures))
    assert parse_note(note.to_bytes()) == note


@given(at=st.integers(min_value=0), byte=st.integers(0, 255))
def test_an_altered_note_is_refused_or_written_again_as_it_is(at: int, byte: int) -> None:
    written = bytearray(NOTE.to_bytes())
    written[at % len(written)] = byte
    try:
        parsed = parse_note(bytes(written))
    except BadNote:
        return
    assert parsed.to_bytes() == bytes(written)


def test_the_limits_of_a_note() -> None:
    full = Note(text=TEXT, signatures=(LINE,) * NOTE_SIGNATURES_MAX)
    assert parse_note(full.to_bytes()) == full
    with pytest.raises(BadNote, match=f"more than {NOTE_SIGNATURES_MAX}"):
        parse_note(full.to_bytes() + LINE.to_bytes())
    with pytest.raises(BadNote, match="bytes"):
        parse_note(b"a" * NOTE_BYTES_MAX + NOTE.to_bytes())


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (b"", "no blank line"),
        (b"text\n", "no blank line"),
        (TEXT + b"\n" + LINE.to_bytes()[:-1], "no blank line"),
        (b"text\n\n", "none"),
        (b"text\r\n\n" + LINE.to_bytes(), "control character"),
        (b"text\xff\n\n" + LINE.to_bytes(), "UTF-8"),
        (b"text\n\n- name AAAAAAAA\n", "not: dash"),
        ("text\n\n—name AAAAAAAA\n".encode(), "not: dash"),
        ("text\n\n— name\n".encode(), "not: dash"),
        ("text\n\n—  AAAAAAAA\n".encode(), "empty"),
        ("text\n\n— na+me AAAAAAAA\n".encode(), "plus"),
        ("text\n\n— na\u2003me AAAAAAAA\n".encode(), "space"),
        ("text\n\n— name AAAAAA==\n".encode(), "more than a key ID"),
        ("text\n\n— name AAAAAAA\n".encode(), "canonical base64"),
        ("text\n\n— name AAAAAAB=\n".encode(), "canonical base64"),
        ("text\n\n— name AAAA AAAA\n".encode(), "canonical base64"),
        ("text\n\n— name ÀAAA\n".encode(), "canonical base64"),
        ("text\n\n— name AAAA\n".encode(), "more than a key ID"),
    ],
)
def test_a_note_that_is_not_of_the_format_is_refused_with_its_reason(written: bytes, reason: str) -> None:
    with pytest.raises(BadNote, match=reason):
        parse_note(written)


def test_a_line_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(BadNote, match="UTF-8"):
        parse_signature_line("— ".encode() + b"\xff AAAAAAAA")


def test_what_cannot_be_signed_is_our_own_mistake() -> None:
    with pytest.raises(AssertionError):
        sign_text("a name", KEY, TEXT)
    with pytest.raises(AssertionError):
        sign_text("a.example", KEY, TEXT[:-1])


def test_a_key_signs_a_note_once() -> None:
    other = sign_text("desk.example/b", KEY, TEXT)
    assert NOTE.with_signatures([other, LINE, other]).signatures == (LINE, other)
    assert NOTE.with_signatures([]) == NOTE


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("log.example/a", True),
        ("журнал", True),
        ("", False),
        ("a b", False),
        ("a+b", False),
        ("a\u00a0b", False),
        ("a\u3000b", False),
        ("a\x1bb", False),
        ("a\x7fb", True),
    ],
)
def test_a_key_name_has_no_space_plus_or_control(name: str, taken: bool) -> None:
    assert is_key_name(name) is taken


@pytest.mark.parametrize(
    ("kind", "public"),
    [(ED25519, KEY.public), (ED25519_COSIGNATURE, KEY.public), (MLDSA44_COSIGNATURE, LASTING.public)],
)
def test_a_verifier_key_is_written_and_read(kind: int, public: bytes) -> None:
    key = VerifierKey(name="witness.example/w1", kind=kind, public=public)
    assert parse_vkey(key.to_text()) == key


def test_one_key_in_two_roles_has_two_ids() -> None:
    plain = VerifierKey(name="a.example", kind=ED25519, public=KEY.public)
    assert plain.key_id != VerifierKey(name="a.example", kind=ED25519_COSIGNATURE, public=KEY.public).key_id
    assert plain.key_id != VerifierKey(name="b.example", kind=ED25519, public=KEY.public).key_id


VKEY = VerifierKey(name="a.example", kind=ED25519, public=KEY.public).to_text()
WEAK = VerifierKey(name="a.example", kind=ED25519, public=b"\x01" + bytes(31)).to_text()
UNKNOWN = VerifierKey(name="a.example", kind=0x02, public=KEY.public).to_text()
SHORT = VerifierKey(name="a.example", kind=MLDSA44_COSIGNATURE, public=KEY.public).to_text()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "name.id.key"),
        ("a.example", "name.id.key"),
        ("a.example+00000000", "name.id.key"),
        ("+00000000+AAAA", "name.id.key"),
        (VKEY[:-1], "base64"),
        ("a.example+00000000+", "type 0x00 with 0 bytes"),
        (VKEY.replace("+", "+0", 1), "the ID should be"),
        (VKEY[:10] + VKEY[10:18].upper() + VKEY[18:], "the ID should be"),
        (WEAK, "small order"),
        (UNKNOWN, "type 0x02 with 32 bytes"),
        (SHORT, "type 0x06 with 32 bytes"),
    ],
)
def test_a_verifier_key_that_is_not_one_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        parse_vkey(text)


@given(raw=st.binary(max_size=99))
def test_base64_has_one_spelling(raw: bytes) -> None:
    assert decode_base64(encode_base64(raw)) == raw


@pytest.mark.parametrize(
    "text", ["A", "AA", "AA=", "AB==", "AAB=", "AA==\n", " AA==", "A_A=", "AA==AA==", "À"]
)
def test_another_spelling_of_base64_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        decode_base64(text)


@pytest.mark.parametrize("text", ["", "01", "-1", "+1", "1.0", "٣", "1_0", " 1", "1" * 21, "101"])
def test_a_number_has_one_spelling_and_a_limit(text: str) -> None:
    with pytest.raises(ValueError):
        parse_decimal(text, 100)
    assert (parse_decimal("0", 100), parse_decimal("100", 100)) == (0, 100)
