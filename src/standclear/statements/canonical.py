"""Canonical JSON: one value has one text, so that a hash of the text is a hash of the value.

Rules (docs/spec/statement.md, 1): keys match `[a-z][a-z0-9_]*` and are sorted; integers within ±(2^53 - 1);
no floats; escapes exactly ``\\" \\\\ \\b \\t \\n \\f \\r \\u00xx`` (lower hex); everything else raw UTF-8; no lone
surrogates; nesting at most 16. A text is accepted only if writing what was read gives the same bytes again:
duplicate keys, spaces, other escapes, ``-0`` and trailing bytes all fail that test by themselves.
"""

from __future__ import annotations

import json
import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable
from typing import Any

from standclear.errors import Malformed
from standclear.limits import INTEGER_MAX, NESTING_MAX

Value = Any  # None | bool | int | str | list[Value] | dict[str, Value]

_KEY = re.compile(r"[a-z][a-z0-9_]*\Z")
_KNOWN_KEYS: set[str] = set()  # keys that have matched once; bounded below
_KNOWN_KEYS_MAX = 4_096
_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_+/=", b"+/!!!")  # what is not of this alphabet becomes what is of none
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_LAST_LETTERS = (_LETTERS, "", _LETTERS[::16], _LETTERS[::4])
"""By the length modulo 4, the letters that a text may end with: its last bits, which encode nothing, are zero."""


class _NotAnInteger(str):
    """A number of the text that is no integer, kept so that its place can be named."""

    __slots__ = ()


class _KeyTwice(ValueError):
    """A key stands twice in one object: two readers could take it for two different values."""


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _KeyTwice
    return found


_DECODER = json.JSONDecoder(
    object_pairs_hook=_each_once, parse_float=_NotAnInteger, parse_constant=_NotAnInteger
)
_PLAIN_DECODER = json.JSONDecoder()
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)


def canonical(value: Value) -> bytes:
    """The one text of a value.

    The value must already hold to the rules; `check_value` says whether it does.

    Example:
        >>> canonical({"b": 1, "a": "é"})
        b'{"a":"\\xc3\\xa9","b":1}'
    """
    try:
        return _ENCODER.encode(value).encode("utf-8")
    except UnicodeEncodeError:
        raise Malformed("text", "a lone surrogate is not text", "send well-formed Unicode") from None


def read_canonical(text: bytes, field: str) -> Value:
    """The value of a canonical text; anything else is refused.

    Raises:
        Malformed: not JSON, not canonical, floats, integers beyond ±(2^53 - 1), keys or nesting beyond the rules.
    """
    value = read_json(text, field)
    if canonical(value) != text:
        raise Malformed(
            field,
            "the bytes are not the canonical text of their value",
            "sort keys, write no spaces, repeat no key, use the escapes of docs/spec/statement.md part 1",
        )
    return value


def read_known(text: bytes, field: str) -> Value:
    """The value of bytes that `read_canonical` took once and that are known to be the same still: decoded, nothing more.

    Raises:
        Malformed: not JSON: they are not the same.
    """
    try:
        value: Value = _PLAIN_DECODER.decode(text.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Malformed(field, "not JSON, where it once was", "restore the bytes that were stored") from None
    return value


Reader = Callable[[bytes, str], Value]
"""`read_canonical`, or `read_known` where the very bytes were read by it before."""


def read_json(text: bytes, field: str) -> Value:
    """The value of a JSON text that holds to our rules of value, in whatever layout it was written."""
    value = read_numbers_exact(text, field)
    check_value(value, field)
    return value


def read_numbers_exact(text: bytes, field: str) -> Value:
    """The value of a JSON text within our nesting, no key twice; `check_value` is left to the caller."""
    try:
        value: Value = _DECODER.decode(text.decode("utf-8"))
    except UnicodeDecodeError:
        raise Malformed(field, "the bytes are not UTF-8", "send UTF-8") from None
    except RecursionError:
        raise _too_deep(field) from None
    except _KeyTwice:
        raise Malformed(field, "a key stands twice", "write each key once") from None
    except ValueError as error:
        raise Malformed(field, f"not JSON: {str(error)[:120]}", "send one JSON value") from None
    _check_nesting(value, field)
    return value


def check_value(value: Value, field: str) -> None:
    """Refuse a value that no canonical text may hold."""
    stack: list[Value] = [value]
    while stack:
        one = stack.pop()
        if type(one) is _NotAnInteger:
            place = _place_of(value, one, field)
            raise Malformed(
                place, f"{one[:40]} is not an integer", "state it as an integer in its field's unit"
            )
        if type(one) is dict:
            if not _KNOWN_KEYS.issuperset(one):
                for key in one:
                    _check_key(key, field)
            stack.extend(one.values())
        elif type(one) is list:
            stack.extend(one)
        elif type(one) is int:
            if not -INTEGER_MAX <= one <= INTEGER_MAX:
                place = _place_of(value, one, field)
                raise Malformed(place, "an integer is beyond ±(2^53 - 1)", "no field needs a larger one")
        elif type(one) is str:
            if not one.isascii() and any("\ud800" <= letter <= "\udfff" for letter in one):
                place = _place_of(value, one, field)
                raise Malformed(place, "a lone surrogate is not text", "send well-formed Unicode")
        elif one is not None and type(one) is not bool:
            raise Malformed(
                field, f"{type(one).__name__} has no place in a statement", "use integers and text"
            )


def _place_of(value: Value, wanted: Value, field: str) -> str:
    """The path of a value within another, for an error; looked for only when something is wrong."""
    stack: list[tuple[Value, str]] = [(value, field)]
    while stack:
        one, path = stack.pop()
        if one is wanted:
            return path
        if type(one) is dict:
            stack.extend((inner, f"{path}.{key}") for key, inner in one.items())
        elif type(one) is list:
            stack.extend((inner, f"{path}[{place}]") for place, inner in enumerate(one))
    return field


def _check_key(key: object, field: str) -> None:
    if type(key) is not str or not _KEY.match(key) or len(key) > 64:
        raise Malformed(
            field, f"key {str(key)[:40]!r} is not [a-z][a-z0-9_]*", "use the names of the specification"
        )
    if len(_KNOWN_KEYS) < _KNOWN_KEYS_MAX:
        _KNOWN_KEYS.add(key)


def _check_nesting(value: Value, field: str) -> None:
    level = [value] if type(value) in (dict, list) else []
    for _ in range(NESTING_MAX):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if type(outer) is dict else outer)
            if type(inner) is dict or type(inner) is list
        ]
        if not level:
            return
    raise _too_deep(field)


def _too_deep(field: str) -> Malformed:
    return Malformed(field, f"nested deeper than {NESTING_MAX}", "flatten it; no statement needs more")


def b64u(raw: bytes) -> str:
    """Bytes as base64url without padding (RFC 4648, 5)."""
    return b2a_base64(raw, newline=False).translate(_TO_URL, b"=").decode("ascii")


def from_b64u(text: object, size: int | None, field: str) -> bytes:
    """Bytes of a base64url text without padding, of exactly `size` bytes unless None.

    Raises:
        Malformed: another alphabet, padding, wrong length, or bits left over.
    """
    if type(text) is str and (not text or text[-1] in _LAST_LETTERS[len(text) & 3]):
        try:
            letters = text.encode("ascii").translate(_FROM_URL)
            raw = a2b_base64(letters + b"==="[: -len(text) & 3], strict_mode=True)
        except ValueError:
            pass
        else:
            if size is None or len(raw) == size:
                return raw
    wanted = "" if size is None else f" of {size} bytes"
    raise Malformed(field, f"not base64url without padding{wanted}", "see docs/spec/statement.md part 1")
