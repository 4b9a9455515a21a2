"""Keys, signatures, seals and digests: the only module that touches the `cryptography` library.

Everything here is deterministic but one thing: ML-DSA-44 signing is hedged inside the library, so signing
twice gives two different valid signatures. Entropy (seeds, salts, one-time keys) is always an argument.

Ed25519 is verified by a strict profile, because a record is evidence only if no two verifiers can disagree
about it. On top of RFC 8032, section 5.1.7, a signature is rejected when the public key or R is one of the
fourteen encodings of a point of small order, when y of either is not below p, or when S is not below L.

Standards: RFC 8032 (Ed25519), FIPS 204 (ML-DSA-44, pure mode, empty context), RFC 8439
(ChaCha20-Poly1305), RFC 2104 (HMAC), RFC 7914 (scrypt).
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from standclear.errors import Malformed, Mismatch
from standclear.limits import PUBLIC_KEYS_CACHED_MAX

SEED_BYTES: Final = 32
PUBLIC_KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
MLDSA44_PUBLIC_KEY_BYTES: Final = 1_312
MLDSA44_SIGNATURE_BYTES: Final = 2_420
SEAL_KEY_BYTES: Final = 32
SALT_BYTES: Final = 16

_P: Final = 2**255 - 19  # the field of the curve
_L: Final = 2**252 + 27742317777372353535851937790883648493  # the order of its prime-order group
_D: Final = -121665 * pow(121666, -1, _P) % _P  # the curve: -x² + y² = 1 + d x² y²
_ORDER_8_Y: Final = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL_ORDER: Final = frozenset(
    (y | sign << 255).to_bytes(32, "little")
    for y in (0, 1, _P - 1, _ORDER_8_Y, _P - _ORDER_8_Y, _P, _P + 1)
    for sign in (0, 1)
)

_KEY_ID_DOMAIN: Final = b"standclear/key/v1\n"
_SEALED_SEED_PREFIX: Final = "standclear-sealed-seed/v1:"
_SCRYPT_N: Final = 2**16  # 64 MiB and about 0.2 s a guess; the interactive strength of RFC 7914, fourfold
_SCRYPT_R: Final = 8
_SCRYPT_P: Final = 1
_ZERO_NONCE: Final = bytes(12)


# --- digests --------------------------------------------------------------------------------------


def sha256(*parts: bytes) -> bytes:
    """The SHA-256 digest of the parts, one after the other, 32 bytes.

    Example:
        >>> sha256(b"ab", b"c") == sha256(b"abc")
        True
    """
    return hashlib.sha256(b"".join(parts)).digest()


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA-256 of the message under the key (RFC 2104), 32 bytes."""
    return hmac.digest(key, message, "sha256")


def equal_in_constant_time(left: bytes, right: bytes) -> bool:
    """Whether two secrets are equal; the time taken tells nothing about where they differ."""
    return hmac.compare_digest(left, right)


def key_id(public: bytes) -> bytes:
    """The 32-byte name of a party's public key: a domain-separated digest of it.

    This is Standclear's name for a key in statements. It is not the 4-byte key ID of a signed note.
    """
    return sha256(_KEY_ID_DOMAIN, public)


# --- Ed25519, strict ------------------------------------------------------------------------------


class SigningKey:
    """An Ed25519 private key and its public half. Its `repr` shows only the public half."""

    __slots__ = ("_private", "public")

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public: bytes = private.public_key().public_bytes_raw()

    @classmethod
    def from_seed(cls, seed: bytes) -> SigningKey:
        """The key whose RFC 8032 private key is this seed of 32 bytes.

        Raises:
            Malformed: the seed is not 32 bytes.
        """
        _require_length("seed", seed, SEED_BYTES)
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature of the message, 64 bytes; the same message gives the same signature."""
        return self._private.sign(message)

    def __repr__(self) -> str:
        return f"SigningKey(public={self.public.hex()})"


def check_public_key(public: bytes) -> None:
    """An Ed25519 public key may be enrolled: canonical, on the curve, and not of small order.

    Raises:
        Malformed: it is not; the reason says which.
    """
    _require_length("public_key", public, PUBLIC_KEY_BYTES)
    if public in _SMALL_ORDER:
        raise Malformed(
            "public_key", "the point is of small order: anyone could sign for it", "make a new key"
        )
    if _is_non_canonical(public):
        raise Malformed("public_key", "the encoding is not canonical (y is not below p)", "make a new key")
    if not _is_on_curve(public):
        raise Malformed("public_key", "the bytes encode no point of the curve", "copy the key again, whole")


def verify_ed25519(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature is the key's, by the strict profile of this module.

    Never raises: wrong lengths, weak keys and malleable signatures are simply not signatures.
    """
    if len(signature) != SIGNATURE_BYTES:
        return False
    commitment = signature[:32]
    if commitment in _SMALL_ORDER or int.from_bytes(signature[32:], "little") >= _L:
        return False
    if commitment[31] | 0x80 == 0xFF and _is_non_canonical(commitment):
        return False
    loaded = _loaded_public_key(public)
    if loaded is None:
        return False
    try:
        loaded.verify(signature, message)
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=PUBLIC_KEYS_CACHED_MAX)
def _loaded_public_key(public: bytes) -> Ed25519PublicKey | None:
    """The loaded form of a key that passes the profile, or None. Verifying is hot; loading is not free."""
    try:
        check_public_key(public)
    except Malformed:
        return None
    return Ed25519PublicKey.from_public_bytes(public)


def _is_non_canonical(point: bytes) -> bool:
    return int.from_bytes(point, "little") & ~(1 << 255) >= _P


def _is_on_curve(point: bytes) -> bool:
    """RFC 8032, section 5.1.3: x² = (y² - 1) / (d y² + 1) has a root. x = 0 cannot come here: small order."""
    y = int.from_bytes(point, "little") & ~(1 << 255)
    u, v = (y * y - 1) % _P, (_D * y * y + 1) % _P
    root = u * pow(v, 3, _P) * pow(u * pow(v, 7, _P), (_P - 5) // 8, _P) % _P
    return v * root * root % _P in (u, _P - u)


# --- ML-DSA-44 ------------------------------------------------------------------------------------


class MlDsa44Key:
    """An ML-DSA-44 private key and its public half, for the heads that must outlive Ed25519."""

    __slots__ = ("_private", "public")

    def __init__(self, private: MLDSA44PrivateKey) -> None:
        self._private = private
        self.public: bytes = private.public_key().public_bytes_raw()

    @classmethod
    def from_seed(cls, seed: bytes) -> MlDsa44Key:
        """The key that FIPS 204 expands from this seed of 32 bytes.

        Raises:
            Malformed: the seed is not 32 bytes.
        """
        _require_length("seed", seed, SEED_BYTES)
        return cls(MLDSA44PrivateKey.from_seed_bytes(seed))

    def sign(self, message: bytes) -> bytes:
        """An ML-DSA-44 signature of the message, 2,420 bytes. Hedged: each call gives other bytes."""
        return self._private.sign(message)

    def __repr__(self) -> str:
        return f"MlDsa44Key(public={self.public[:8].hex()}…)"


def verify_mldsa44(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the ML-DSA-44 signature is the key's (pure mode, empty context). Never raises."""
    if len(public) != MLDSA44_PUBLIC_KEY_BYTES or len(signature) != MLDSA44_SIGNATURE_BYTES:
        return False
    try:
        _loaded_mldsa44(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=PUBLIC_KEYS_CACHED_MAX)
def _loaded_mldsa44(public: bytes) -> MLDSA44PublicKey:
    """Every string of the right length is a valid public key in FIPS 204: loading cannot fail."""
    return MLDSA44PublicKey.from_public_bytes(public)


# --- sealing --------------------------------------------------------------------------------------


def seal(key: bytes, plaintext: bytes, associated: bytes) -> bytes:
    """Encrypt one body under its own one-time key; the result is 16 bytes longer than the plaintext.

    The nonce is zero, so a key MUST seal one plaintext only, ever: each body has a key of its own.

    Raises:
        Malformed: the key is not 32 bytes.
    """
    _require_length("seal_key", key, SEAL_KEY_BYTES)
    return ChaCha20Poly1305(key).encrypt(_ZERO_NONCE, plaintext, associated)


def open_sealed(key: bytes, sealed: bytes, associated: bytes) -> bytes:
    """The plaintext that was sealed under this key with the same associated bytes.

    Raises:
        Malformed: the key is not 32 bytes.
        Mismatch: key, sealed bytes and associated bytes do not belong together.
    """
    _require_length("seal_key", key, SEAL_KEY_BYTES)
    try:
        return ChaCha20Poly1305(key).decrypt(_ZERO_NONCE, sealed, associated)
    except InvalidTag:
        raise Mismatch(field="sealed", reason="the seal does not open with this key") from None


def seal_seed(seed: bytes, passphrase: str, salt: bytes) -> str:
    """One line of text for a key file: the seed, sealed under a passphrase and a fresh salt of 16 bytes.

    The salt MUST be new for every seal: with the passphrase it makes the one-time key.

    Raises:
        Malformed: the seed is not 32 bytes or the salt not 16.
    """
    _require_length("seed", seed, SEED_BYTES)
    _require_length("salt", salt, SALT_BYTES)
    sealed = seal(_passphrase_key(passphrase, salt), seed, _SEALED_SEED_PREFIX.encode())
    return _SEALED_SEED_PREFIX + binascii.b2a_base64(salt + sealed, newline=False).decode()


def open_seed(line: str, passphrase: str) -> bytes:
    """The seed of 32 bytes in a line made by `seal_seed`.

    Raises:
        Malformed: the line is not of that form.
        Mismatch: the passphrase does not open it, or the line was altered.
    """
    prefix, encoded = line[: len(_SEALED_SEED_PREFIX)], line[len(_SEALED_SEED_PREFIX) :].rstrip("\n")
    remedy = "give the key file whole, as it was written"
    if prefix != _SEALED_SEED_PREFIX:
        raise Malformed("key_file", f"does not begin with {_SEALED_SEED_PREFIX!r}", remedy)
    try:
        raw = binascii.a2b_base64(encoded, strict_mode=True)
    except ValueError:
        raise Malformed("key_file", "is not base64 after the prefix", remedy) from None
    _require_length("key_file", raw, SALT_BYTES + SEED_BYTES + 16)
    key = _passphrase_key(passphrase, raw[:SALT_BYTES])
    return open_sealed(key, raw[SALT_BYTES:], _SEALED_SEED_PREFIX.encode())


def _passphrase_key(passphrase: str, salt: bytes) -> bytes:
    kdf = Scrypt(salt=salt, length=SEAL_KEY_BYTES, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P)
    return kdf.derive(passphrase.encode())


def _require_length(field: str, given: bytes, length: int) -> None:
    if len(given) != length:
        raise Malformed(field, f"has {len(given)} bytes, not {length}", f"give exactly {length} bytes")
