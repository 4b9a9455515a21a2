"""The tables of docs/spec/statement.md as a program reads them: fields, their types, and the values at each type's edges."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from repository import ROOT, table_rows
from standclear.limits import INTEGER_MAX
from standclear.spacetime.units import FOREVER_MS
from standclear.spacetime.volume import volume_to_value
from standclear.statements.canonical import Value, b64u
from vectors.statement_scene import volume_at

PAGE = (ROOT / "docs" / "spec" / "statement.md").read_text(encoding="utf-8")
LIST_TRIED_MAX = 5_000  # longer lists are not built to see whether one more is refused

VOLUMES = [volume_to_value(volume_at()), volume_to_value(volume_at(lon_e7=-1_800_000_000, radius_cm=0))]
RECORDS = ("effect", "inbox", "release", "meets", "sent", "attested", "carried", "shredded")


def tables() -> list[str]:
    """The names of all tables of fields: those under headings of the fourth level."""
    return re.findall(r"^#### (.+)$", PAGE, re.MULTILINE)


def fields_of(name: str) -> dict[str, str]:
    """The fields of one table, each with its type."""
    return {row[0].strip("`"): row[1] for row in table_rows(PAGE, f"#### {name}")}


def words() -> dict[str, list[str]]:
    """The lists of words."""
    return {row[0]: re.findall(r"`([^`]+)`", row[1]) for row in table_rows(PAGE, "### 7.6 Words")}


_SHORT = {"count": (0, INTEGER_MAX), "ms": (0, FOREVER_MS)}


def _numbers(kind: str) -> tuple[int, int]:
    if kind in _SHORT:
        return _SHORT[kind]
    least, most = re.fullmatch(r"(?:int|text) (\d+) to (\d+)", kind).groups()  # type: ignore[union-attr]
    return int(least), int(most)


def _list_of(kind: str) -> tuple[int, int, str]:
    least, most, inner = re.fullmatch(r"list (\d+) to (\d+) of (.+)", kind).groups()  # type: ignore[union-attr]
    return int(least), int(most), inner


def edges(kind: str, sample: Callable[[str], Value]) -> tuple[list[Value], list[Value]]:
    """Values that a type just takes, and values that it just does not take."""
    if kind.startswith("null or "):
        taken, refused = edges(kind.removeprefix("null or "), sample)
        return [None, *taken], [one for one in refused if one is not None]
    if kind.startswith("list "):
        least, most, inner = _list_of(kind)
        taken, refused = edges(inner, sample)
        lists = [taken[-1:] * least] + ([taken[-1:] * most] if most <= LIST_TRIED_MAX else [])
        wrong = [[one] for one in refused] + [taken[-1:] * (least - 1)] * (least > 0)
        longer = [taken[-1:] * (most + 1)] if most <= LIST_TRIED_MAX else []
        return lists, [None, {}, "x", *wrong, *longer]
    if kind.startswith("text "):
        least, most = _numbers(kind)
        return ["x" * least, "\U00010348" * most], [
            None,
            7,
            "x" * (most + 1),
            *["x" * (least - 1)] * (least > 0),
        ]
    if kind.startswith("int ") or kind in _SHORT:
        least, most = _numbers(kind)
        return [least, most], [None, least - 1, most + 1, True, "1", [1]]
    if kind.startswith("word of "):
        listed = words()[kind.removeprefix("word of ")]
        return [*listed], [None, 7, "no such word", ""]
    if kind == "flag":
        return [True, False], [None, 0, "true"]
    if kind == "raw":
        return ["", "AA"], [None, "A", "AB", "AA==", 7]
    if re.fullmatch(r"b\d+", kind):
        size = int(kind[1:])
        text = b64u(bytes(size))
        return [text], [
            None,
            "",
            b64u(bytes(size - 1)),
            b64u(bytes(size + 1)),
            text + "=",
            text[:-1] + "+",
            7,
        ]
    return [sample(kind)], [None, [], "x"]


def values_of(name: str, more: dict[str, Value] | None = None) -> st.SearchStrategy[dict[str, Value]]:
    """Objects of one table, by the types that the page gives; rules between fields are not in it."""
    fields: dict[str, Any] = {
        field: _drawn(kind) for field, kind in fields_of(name).items() if kind != "what"
    }
    return st.fixed_dictionaries(fields | {field: st.just(value) for field, value in (more or {}).items()})


def _drawn(kind: str) -> st.SearchStrategy[Value]:
    if kind.startswith("null or "):
        return st.none() | _drawn(kind.removeprefix("null or "))
    if kind.startswith("list "):
        least, most, inner = _list_of(kind)
        return st.lists(_drawn(inner), min_size=least, max_size=max(least, min(most, 1)))
    if kind.startswith("text "):
        least, most = _numbers(kind)
        return st.text(st.characters(exclude_categories=["Cs"]), min_size=least, max_size=min(most, 20))
    if kind.startswith("int ") or kind in _SHORT:
        least, most = _numbers(kind)
        return st.integers(least, most)
    if kind.startswith("word of "):
        return st.sampled_from(words()[kind.removeprefix("word of ")])
    if kind == "flag":
        return st.booleans()
    if kind == "raw":
        return st.binary(max_size=9).map(b64u)
    if kind == "volume":
        return st.sampled_from(VOLUMES)
    if re.fullmatch(r"b\d+", kind):
        size = int(kind[1:])
        return st.binary(min_size=size, max_size=size).map(b64u)
    return values_of(kind)
