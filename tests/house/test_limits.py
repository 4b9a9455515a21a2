"""Everything has a limit, with its reason, and every limit limits something."""

from __future__ import annotations

import ast
import re

from repository import SOURCE, find_files, shown, tree_of

LIMITS = SOURCE / "limits.py"


def limits() -> dict[str, str]:
    """Each limit with the reason that stands on its line."""
    lines = LIMITS.read_text(encoding="utf-8").splitlines()
    assigned = [node for node in tree_of(LIMITS).body if isinstance(node, ast.AnnAssign)]
    return {ast.unparse(node.target): lines[node.lineno - 1].partition("  # ")[2] for node in assigned}


def used_names() -> set[str]:
    """Every name that the package reads, apart from the limits themselves."""
    return {
        node.id if isinstance(node, ast.Name) else node.attr
        for path in find_files("*.py", under=SOURCE)
        if path != LIMITS
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Name | ast.Attribute)
    }


def test_every_limit_gives_its_reason_on_its_line() -> None:
    assert [] == [name for name, reason in limits().items() if len(reason.split()) < 3]


def test_every_limit_is_a_constant_that_names_its_unit_or_its_bound() -> None:
    pattern = re.compile(r"[A-Z][A-Z0-9_]*_(?:MAX|MIN|MS|BYTES|ENTRIES|KIB|PAGES|CM|S)")
    assert [] == [name for name in limits() if not pattern.fullmatch(name)]


def test_every_limit_limits_something() -> None:
    assert sorted(set(limits()) - used_names()) == []


def test_every_limit_is_final() -> None:
    loose = [node for node in tree_of(LIMITS).body if isinstance(node, ast.Assign)]
    assert [] == [f"{shown(LIMITS)}:{node.lineno}" for node in loose]
