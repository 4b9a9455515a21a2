"""The tests keep the house's rules too: sentences for names, no mocks, no sleeping, no doubles."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from repository import ROOT, find_files, shown, tree_of

TESTS = ROOT / "tests"


def functions() -> Iterator[tuple[str, str]]:
    """Every test function, with its file."""
    for path in find_files("test_*.py", under=TESTS):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                yield node.name, shown(path)


def calls(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node.lineno


def test_a_name_is_a_sentence() -> None:
    assert [] == [f"{where}: {name}" for name, where in functions() if "_" not in name.removeprefix("test_")]


def test_nothing_is_mocked() -> None:
    files = find_files("*.py", under=TESTS)
    mocked = "unittest" + ".mock"
    assert [] == [shown(path) for path in files if mocked in path.read_text(encoding="utf-8")]


def test_nothing_sleeps() -> None:
    files = find_files("*.py", under=TESTS)
    sleeping = {"time.sleep", "sleep"}
    assert [] == [f"{shown(path)}:{line}" for path in files for name, line in calls(path) if name in sleeping]


def test_no_file_of_tests_has_the_name_of_another_in_its_folder_or_sits_outside_one() -> None:
    files = find_files("test_*.py", under=TESTS)
    assert [] == [shown(path) for path in files if path.parent == TESTS]
    stems = Counter((path.parent, path.stem) for path in files)
    assert [] == [str(key) for key, count in stems.items() if count > 1]


def test_no_test_stands_twice_in_a_file() -> None:
    assert [] == [key for key, count in Counter(functions()).items() if count > 1]
