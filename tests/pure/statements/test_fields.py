"""The strict reader: every field is asked for by name, and every fault names the whole path of its field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from standclear.errors import Malformed
from standclear.statements.fields import Fields, choice_reader, raw_reader, read_count, text_reader

Asked = Callable[[Fields], Any]

TAKEN: dict[str, tuple[Asked, Any, Any]] = {
    "anything": (lambda f: f.take("a"), {"b": 1}, {"b": 1}),
    "an integer": (lambda f: f.integer("a", 1, 3), 3, 3),
    "an integer or null, null": (lambda f: f.integer_or_none("a"), None, None),
    "an integer or null, an integer": (lambda f: f.integer_or_none("a"), 7, 7),
    "a text": (lambda f: f.text("a", 3), "", ""),
    "a text of letters beyond the first plane": (
        lambda f: f.text("a", 3),
        "\U00010348" * 3,
        "\U00010348" * 3,
    ),
    "a text or null, null": (lambda f: f.text_or_none("a"), None, None),
    "a text or null, a text": (lambda f: f.text_or_none("a"), "x", "x"),
    "a flag": (lambda f: f.flag("a"), False, False),
    "a word": (lambda f: f.choice("a", ("x", "y")), "y", "y"),
    "bytes": (lambda f: f.raw("a", 1), "AA", b"\0"),
    "bytes or null, null": (lambda f: f.raw_or_none("a", 1), None, None),
    "bytes or null, bytes": (lambda f: f.raw_or_none("a", 1), "AA", b"\0"),
    "a list": (lambda f: f.many("a", lambda one, at: (one, at), 2), [5, 6], ((5, "x.a[0]"), (6, "x.a[1]"))),
    "a list of counts": (lambda f: f.many("a", read_count, 2), [0, 2**53 - 1], (0, 2**53 - 1)),
    "a list of words": (lambda f: f.many("a", choice_reader(frozenset("xy")), 2), ["y"], ("y",)),
    "a list of texts": (lambda f: f.many("a", text_reader(1), 2), ["y"], ("y",)),
    "a list of bytes": (lambda f: f.many("a", raw_reader(1), 2), ["AA"], (b"\0",)),
    "one": (lambda f: f.one("a", lambda one, at: (one, at)), 5, (5, "x.a")),
    "one or null, null": (lambda f: f.one_or_none("a", lambda one, at: (one, at)), None, None),
    "one or null, one": (lambda f: f.one_or_none("a", lambda one, at: (one, at)), 5, (5, "x.a")),
}

REFUSED: dict[str, tuple[Asked, Any, str]] = {
    "an integer too small": (lambda f: f.integer("a", 1, 3), 0, "x.a"),
    "an integer too great": (lambda f: f.integer("a", 1, 3), 4, "x.a"),
    "true for an integer": (lambda f: f.integer("a"), True, "x.a"),
    "null for an integer": (lambda f: f.integer("a"), None, "x.a"),
    "a text for an integer or null": (lambda f: f.integer_or_none("a"), "1", "x.a"),
    "a text too long": (lambda f: f.text("a", 3), "abcd", "x.a"),
    "a text too short": (lambda f: f.text("a", 3, 1), "", "x.a"),
    "a number for a text or null": (lambda f: f.text_or_none("a"), 1, "x.a"),
    "one for a flag": (lambda f: f.flag("a"), 1, "x.a"),
    "a word not known": (lambda f: f.choice("a", ("x", "y")), "z", "x.a"),
    "a list for a word": (lambda f: f.choice("a", ("x", "y")), ["x"], "x.a"),
    "bytes too long": (lambda f: f.raw("a", 1), "AAA", "x.a"),
    "a number for bytes or null": (lambda f: f.raw_or_none("a", 1), 1, "x.a"),
    "a list too long": (lambda f: f.many("a", read_count, 2), [1, 2, 3], "x.a"),
    "a list too short": (lambda f: f.many("a", read_count, 2, 1), [], "x.a"),
    "an object for a list": (lambda f: f.many("a", read_count, 2), {}, "x.a"),
    "a negative count in a list": (lambda f: f.many("a", read_count, 2), [0, -1], "x.a[1]"),
    "a word not known in a list": (lambda f: f.many("a", choice_reader(frozenset("x")), 2), ["z"], "x.a[0]"),
    "a number for a word in a list": (lambda f: f.many("a", choice_reader(frozenset("x")), 2), [1], "x.a[0]"),
    "an empty text in a list": (lambda f: f.many("a", text_reader(1), 2), ["y", ""], "x.a[1]"),
    "a number for a text in a list": (lambda f: f.many("a", text_reader(1), 2), [1], "x.a[0]"),
    "a field that is not there": (lambda f: f.take("b"), 1, "x.b"),
    "a field that is not there, or null": (lambda f: f.raw_or_none("b", 1), 1, "x.b"),
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_field_is_taken_as_it_is_asked_for(name: str) -> None:
    ask, value, expected = TAKEN[name]
    fields = Fields({"a": value}, "x")
    assert expected == ask(fields)
    fields.done()


@pytest.mark.parametrize("name", REFUSED)
def test_a_fault_names_its_field(name: str) -> None:
    ask, value, path = REFUSED[name]
    with pytest.raises(Malformed) as refused:
        ask(Fields({"a": value}, "x"))
    assert path == refused.value.field
    assert refused.value.remedy


def test_what_nobody_asked_for_is_refused() -> None:
    with pytest.raises(Malformed) as refused:
        Fields({"b": 1, "a": 2}, "x").done()
    assert "x.a" == refused.value.field


@pytest.mark.parametrize(("path", "named"), [("x", "x"), ("", "value")])
def test_what_is_no_object_has_no_fields(path: str, named: str) -> None:
    with pytest.raises(Malformed) as refused:
        Fields([], path)
    assert named == refused.value.field


def test_a_field_at_the_top_is_named_by_itself() -> None:
    with pytest.raises(Malformed) as refused:
        Fields({}, "").flag("a")
    assert "a" == refused.value.field
