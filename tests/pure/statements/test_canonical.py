"""Canonical JSON: one value, one text. The texts themselves are settled by the golden vectors."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standclear.errors import Malformed
from standclear.limits import INTEGER_MAX, NESTING_MAX
from standclear.statements import canonical as module
from standclear.statements.canonical import (
    Value,
    b64u,
    canonical,
    check_value,
    from_b64u,
    read_canonical,
    read_json,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
LEAVES = st.none() | st.booleans() | st.integers(-INTEGER_MAX, INTEGER_MAX) | TEXTS
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_what_was_written_is_read_again(value: Value) -> None:
    assert value == read_canonical(canonical(value), "text")


@given(VALUES, st.sampled_from([None, 1, 3]), st.booleans())
def test_every_layout_of_a_value_has_its_one_text(value: Value, indent: int | None, is_ascii: bool) -> None:
    laid_out = json.dumps(value, indent=indent, ensure_ascii=is_ascii).encode()
    assert canonical(value) == canonical(read_json(laid_out, "text"))


@given(VALUES, st.data())
def test_no_text_but_the_one_is_accepted(value: Value, data: st.DataObject) -> None:
    text = canonical(value)
    place = data.draw(st.integers(0, len(text) - 1))
    other = text[:place] + bytes([text[place] ^ data.draw(st.integers(1, 255))]) + text[place + 1 :]
    try:
        read = read_canonical(other, "text")
    except Malformed:
        return
    assert other == canonical(read)
    assert (type(read), read) != (type(value), value)


@pytest.mark.parametrize("value", [1.0, Decimal(1), b"", (1,), {1: 2}, {"a": object()}])
def test_what_json_does_not_have_is_no_value(value: object) -> None:
    with pytest.raises(Malformed):
        check_value(value, "value")


def test_a_lone_surrogate_cannot_be_written() -> None:
    with pytest.raises(Malformed):
        canonical({"a": "\ud800"})


def test_a_fault_is_named_by_its_place() -> None:
    with pytest.raises(Malformed) as refused:
        read_json(b'{"a":[0,{"b":1.5}]}', "text")
    assert "text.a[1].b" == refused.value.field


def test_a_fault_that_is_the_whole_value_is_named_by_the_field() -> None:
    with pytest.raises(Malformed) as refused:
        read_json(b"1e3", "text")
    assert "text" == refused.value.field


def test_a_place_that_is_nowhere_is_the_whole() -> None:
    assert "text" == module._place_of([1, {"a": 2}], object(), "text")


def test_nesting_stops_at_its_limit_and_not_before() -> None:
    assert read_json(b"[" * NESTING_MAX + b"]" * NESTING_MAX, "text")
    with pytest.raises(Malformed):
        read_json(b"[" * (NESTING_MAX + 1) + b"]" * (NESTING_MAX + 1), "text")


def test_the_memory_of_keys_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    known = set(module._KNOWN_KEYS)
    monkeypatch.setattr(module, "_KNOWN_KEYS", known)
    monkeypatch.setattr(module, "_KNOWN_KEYS_MAX", len(known) + 1)
    for number in range(3):
        read_json(b'{"never_seen_%d":1}' % number, "text")
    assert len(known) == module._KNOWN_KEYS_MAX


@given(st.binary(max_size=70))
def test_bytes_have_one_text(raw: bytes) -> None:
    assert raw == from_b64u(b64u(raw), len(raw), "field")
    assert raw == from_b64u(b64u(raw), None, "field")


@given(st.text(st.sampled_from("ABQgw-_+/= \n\u00e9"), max_size=9))
def test_a_text_is_of_bytes_only_if_writing_them_gives_it_again(text: str) -> None:
    try:
        assert text == b64u(from_b64u(text, None, "field"))
    except Malformed as refused:
        assert "field" == refused.field  # noqa: PT017


@pytest.mark.parametrize("text", [None, 7, b"AA", "AA", "AAAAAA"])
def test_bytes_of_another_length_or_no_text_are_refused(text: object) -> None:
    with pytest.raises(Malformed):
        from_b64u(text, 2, "field")
