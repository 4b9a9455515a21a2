"""Keys: only strong keys and strict signatures, seals that open once, and no chance but where it is said."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from standclear import keys
from standclear.errors import Malformed, Mismatch
from standclear.keys import (
    MlDsa44Key,
    SigningKey,
    check_public_key,
    equal_in_constant_time,
    hmac_sha256,
    key_id,
    open_sealed,
    open_seed,
    seal,
    seal_seed,
    sha256,
    verify_ed25519,
    verify_mldsa44,
)

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P

KEY = SigningKey.from_seed(b"\x07" * 32)
LASTING = MlDsa44Key.from_seed(b"\x08" * 32)
MESSAGE = b"fire at 1700Z"
SIGNED = KEY.sign(MESSAGE)

Point = tuple[int, int]
ORIGIN: Point = (0, 1)


def added(a: Point, b: Point) -> Point:
    """The sum of two points of the curve, by its addition law (RFC 8032, section 5.1.4, affine)."""
    product = D * a[0] * b[0] * a[1] * b[1] % P
    x = (a[0] * b[1] + b[0] * a[1]) * pow(1 + product, -1, P) % P
    y = (a[1] * b[1] + a[0] * b[0]) * pow(1 - product, -1, P) % P
    return x, y


def times(count: int, point: Point) -> Point:
    total = ORIGIN
    while count:
        if count & 1:
            total = added(total, point)
        point = added(point, point)
        count >>= 1
    return total


def decoded(encoding: bytes) -> Point | None:
    """The point that an encoding names if y is taken modulo p, as lax readers do; None off the curve."""
    number = int.from_bytes(encoding, "little")
    sign, y = number >> 255, (number & ~(1 << 255)) % P
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != square:
        return None
    return (P - x if x & 1 != sign else x) % P, y


def encoded(point: Point) -> bytes:
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


SMALL_ORDER = sorted(keys._SMALL_ORDER)
NON_CANONICAL = [(y | sign << 255).to_bytes(32, "little") for y in range(P, 2**255) for sign in (0, 1)]


def test_digests_are_those_of_the_standards() -> None:
    assert sha256(b"a", b"bc").hex().startswith("ba7816bf8f01cfea414140de5dae2223")
    # RFC 4231, test case 2.
    assert hmac_sha256(b"Jefe", b"what do ya want for nothing?").hex() == (
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )
    assert equal_in_constant_time(b"same", b"same")
    assert not equal_in_constant_time(b"same", b"sane")


def test_a_key_id_is_a_digest_under_its_own_name() -> None:
    assert key_id(KEY.public) == sha256(b"standclear/key/v1\n" + KEY.public)


def test_a_signature_is_the_keys_over_this_message_only() -> None:
    assert verify_ed25519(KEY.public, SIGNED, MESSAGE)
    assert KEY.sign(MESSAGE) == SIGNED
    assert not verify_ed25519(KEY.public, SIGNED, MESSAGE + b" ")
    assert not verify_ed25519(SigningKey.from_seed(b"\x09" * 32).public, SIGNED, MESSAGE)
    assert not verify_ed25519(KEY.public, SIGNED[:63], MESSAGE)
    assert not verify_ed25519(KEY.public[:31], SIGNED, MESSAGE)


def test_half_of_all_keys_have_the_sign_bit_set_and_are_as_good() -> None:
    honest = [SigningKey.from_seed(bytes([number]) * 32) for number in range(20)]
    assert {key.public[31] >> 7 for key in honest} == {0, 1}
    for key in honest:
        check_public_key(key.public)
        assert verify_ed25519(key.public, key.sign(MESSAGE), MESSAGE)


@given(at=st.integers(0, 63), bit=st.integers(0, 7))
def test_any_flipped_bit_of_a_signature_fails(at: int, bit: int) -> None:
    altered = bytearray(SIGNED)
    altered[at] ^= 1 << bit
    assert not verify_ed25519(KEY.public, bytes(altered), MESSAGE)


def test_the_small_order_table_is_every_encoding_of_the_eight_points_and_no_more() -> None:
    points = {decoded(encoding) for encoding in SMALL_ORDER}
    assert len(points) == 8
    assert all(point is not None and times(8, point) == ORIGIN for point in points)
    canonical = {encoded(point) for point in points if point}
    # Besides the eight: x = 0 with its sign bit set (y = 1 and y = -1), and y = 0 and y = 1 written as p and p + 1.
    others = [(y | sign << 255) for y, sign in [(1, 1), (P - 1, 1), (P, 0), (P, 1), (P + 1, 0), (P + 1, 1)]]
    assert canonical | {number.to_bytes(32, "little") for number in others} == set(SMALL_ORDER)


@pytest.mark.parametrize("weak", SMALL_ORDER, ids=bytes.hex)
def test_a_point_of_small_order_is_neither_a_key_nor_part_of_a_signature(weak: bytes) -> None:
    with pytest.raises(Malformed, match="small order"):
        check_public_key(weak)
    # Under such a key, R = A and S = 0 is a signature that lax verifiers take for one message in eight.
    messages = [b"%d" % number for number in range(16)]
    assert not any(verify_ed25519(weak, weak + bytes(32), message) for message in messages)
    assert not any(verify_ed25519(weak, SIGNED, message) for message in messages)
    assert not verify_ed25519(KEY.public, weak + SIGNED[32:], MESSAGE)


def test_a_signer_cannot_make_a_signature_whose_r_hides_nothing() -> None:
    """R = the neutral point solves the equation for whoever knows the key; verifiers differ on taking it."""
    secret = bytearray(hashlib.sha512(b"\x07" * 32).digest()[:32])
    secret[0] &= 248
    secret[31] = secret[31] & 63 | 64
    commitment = encoded(ORIGIN)
    challenge = int.from_bytes(hashlib.sha512(commitment + KEY.public + MESSAGE).digest(), "little")
    s = challenge * int.from_bytes(secret, "little") % L
    crafted = commitment + s.to_bytes(32, "little")
    Ed25519PublicKey.from_public_bytes(KEY.public).verify(crafted, MESSAGE)
    assert not verify_ed25519(KEY.public, crafted, MESSAGE)


@pytest.mark.parametrize("lax", NON_CANONICAL, ids=bytes.hex)
def test_a_point_has_one_spelling(lax: bytes) -> None:
    with pytest.raises(Malformed, match=r"small order|not canonical"):
        check_public_key(lax)
    assert not verify_ed25519(lax, SIGNED, MESSAGE)
    assert not verify_ed25519(KEY.public, lax + SIGNED[32:], MESSAGE)


def test_a_key_is_a_point_of_the_curve() -> None:
    for y in range(2, 60):
        encoding = y.to_bytes(32, "little")
        if decoded(encoding) is None:
            with pytest.raises(Malformed, match="no point"):
                check_public_key(encoding)
            assert not verify_ed25519(encoding, SIGNED, MESSAGE)
        else:
            check_public_key(encoding)


def test_a_key_has_32_bytes() -> None:
    with pytest.raises(Malformed, match="has 31 bytes, not 32"):
        check_public_key(KEY.public[:31])
    with pytest.raises(Malformed, match="seed"):
        SigningKey.from_seed(b"short")
    with pytest.raises(Malformed, match="seed"):
        MlDsa44Key.from_seed(b"short")


def test_a_signature_has_one_spelling() -> None:
    s = int.from_bytes(SIGNED[32:], "little")
    assert s < L
    for multiple in range(1, (2**256 - s) // L + 1):
        respelt = SIGNED[:32] + (s + multiple * L).to_bytes(32, "little")
        assert not verify_ed25519(KEY.public, respelt, MESSAGE)
    assert not verify_ed25519(KEY.public, SIGNED[:32] + L.to_bytes(32, "little"), MESSAGE)


def test_a_post_quantum_signature_is_the_keys_over_this_message_only() -> None:
    signature = LASTING.sign(MESSAGE)
    assert (len(LASTING.public), len(signature)) == (1312, 2420)
    assert verify_mldsa44(LASTING.public, signature, MESSAGE)
    assert not verify_mldsa44(LASTING.public, signature, MESSAGE + b" ")
    assert not verify_mldsa44(LASTING.public, signature[:-1], MESSAGE)
    assert not verify_mldsa44(LASTING.public[:-1], signature, MESSAGE)
    assert MlDsa44Key.from_seed(b"\x08" * 32).public == LASTING.public


def test_post_quantum_signing_is_hedged_so_a_head_must_be_stored_before_it_leaves() -> None:
    first, second = LASTING.sign(MESSAGE), LASTING.sign(MESSAGE)
    assert first != second
    assert verify_mldsa44(LASTING.public, second, MESSAGE)


def test_a_printed_key_shows_nothing_secret() -> None:
    assert repr(KEY) == f"SigningKey(public={KEY.public.hex()})"
    assert repr(LASTING) == f"MlDsa44Key(public={LASTING.public[:8].hex()}…)"


@given(body=st.binary(max_size=300), associated=st.binary(max_size=40))
def test_what_was_sealed_opens_with_its_key_and_its_associated_bytes(body: bytes, associated: bytes) -> None:
    key = sha256(body)
    sealed = seal(key, body, associated)
    assert len(sealed) == len(body) + 16
    assert open_sealed(key, sealed, associated) == body


@given(at=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_seal_with_any_flipped_bit_does_not_open(at: int, bit: int) -> None:
    sealed = bytearray(seal(b"k" * 32, b"a body", b"sid"))
    sealed[at % len(sealed)] ^= 1 << bit
    with pytest.raises(Mismatch):
        open_sealed(b"k" * 32, bytes(sealed), b"sid")


def test_a_seal_does_not_open_for_another_key_or_another_statement_or_when_cut_short() -> None:
    sealed = seal(b"k" * 32, b"a body", b"sid")
    for key, content, associated in [
        (b"l" * 32, sealed, b"sid"),
        (b"k" * 32, sealed, b"tid"),
        (b"k" * 32, sealed[:-1], b"sid"),
        (b"k" * 32, b"", b"sid"),
    ]:
        with pytest.raises(Mismatch):
            open_sealed(key, content, associated)
    with pytest.raises(Malformed, match="seal_key"):
        seal(b"short", b"", b"")
    with pytest.raises(Malformed, match="seal_key"):
        open_sealed(b"short", sealed, b"sid")


@pytest.fixture(scope="module")
def key_file() -> str:
    return seal_seed(b"\x07" * 32, "correct horse", b"salt of 16 bytes")


@pytest.mark.slow
def test_a_key_file_opens_with_its_passphrase_and_no_other(key_file: str) -> None:
    assert open_seed(key_file + "\n", "correct horse") == b"\x07" * 32
    with pytest.raises(Mismatch):
        open_seed(key_file, "correct house")


@pytest.mark.slow
def test_another_salt_gives_another_key_file(key_file: str) -> None:
    assert seal_seed(b"\x07" * 32, "correct horse", b"other sixteen by") != key_file


def test_a_key_file_is_told_apart_from_other_text(key_file: str) -> None:
    for text, reason in [
        ("-----BEGIN PRIVATE KEY-----", "does not begin"),
        (key_file[:40] + "é", "not base64"),
        (key_file[:26] + "AAAA", "has 3 bytes"),
    ]:
        with pytest.raises(Malformed, match=reason):
            open_seed(text, "correct horse")
    with pytest.raises(Malformed, match="salt"):
        seal_seed(b"\x07" * 32, "correct horse", b"short")
    with pytest.raises(Malformed, match="seed"):
        seal_seed(b"short", "correct horse", b"salt of 16 bytes")
