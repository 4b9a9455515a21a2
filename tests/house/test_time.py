"""Time is an argument: one module of the house reads the clock, and nothing below the flow could."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from repository import SOURCE, contract, find_files, shown, tree_of

READS_THE_CLOCK = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}
READS_THE_CLOCK |= {("time", name) for name in ("time", "time_ns", "localtime", "gmtime", "ctime")}
MAY_READ_IT = {"src/standclear/wiring.py"}

READS_CHANCE = {"random", "secrets", "uuid"}


def clock_readings(tree: ast.Module) -> Iterator[int]:
    """The lines on which a module reads the wall clock, however it named the import."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in {"datetime", "time"}:
            names |= {alias.asname or alias.name: alias.name for alias in node.names}
            if node.module == "time":
                yield from (node.lineno for alias in node.names if ("time", alias.name) in READS_THE_CLOCK)
        elif isinstance(node, ast.Import):
            names |= {alias.asname or alias.name: alias.name for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = ast.unparse(node.value).split(".")[-1]
            if (names.get(owner, owner), node.attr) in READS_THE_CLOCK:
                yield node.lineno


def test_one_module_reads_the_clock() -> None:
    readers = {
        f"{shown(path)}:{line}"
        for path in find_files("*.py", under=SOURCE)
        if shown(path) not in MAY_READ_IT
        for line in clock_readings(tree_of(path))
    }
    assert sorted(readers) == []


@pytest.mark.parametrize(
    "code",
    [
        "import datetime\ndatetime.datetime.now()",
        "from datetime import datetime as dt\ndt.now()",
        "from datetime import date\ndate.today()",
        "import time as clock\nclock.time()",
        "from time import time_ns",
    ],
)
def test_the_clock_is_seen_however_it_is_named(code: str) -> None:
    assert list(clock_readings(ast.parse(code)))


def test_a_time_that_is_given_is_no_reading_of_the_clock() -> None:
    code = "from datetime import UTC, datetime\ndatetime.fromtimestamp(now_ms / 1000, UTC)"
    assert [] == list(clock_readings(ast.parse(code)))


def test_the_contract_of_purity_forbids_clock_chance_disk_and_network() -> None:
    forbidden = set(contract("Below the flow all is pure")["forbidden_modules"])
    assert forbidden >= READS_CHANCE | {"time", "os", "pathlib", "socket", "asyncio", "threading", "logging"}


def roots_of(path: Path) -> set[str]:
    """The first names of what a module imports, inside functions too."""
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_no_module_is_imported_by_a_name_that_is_made_up_at_run_time() -> None:
    made_up = [
        shown(path)
        for path in find_files("*.py", under=SOURCE)
        if "importlib" in roots_of(path) or "__import__(" in path.read_text(encoding="utf-8")
    ]
    assert made_up == []
