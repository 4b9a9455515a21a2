"""Time is an argument: the service reads the clock in one module, the desk in one, and nothing below the flow."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from repository import SOURCE, contract, find_files, shown, tree_of

READS_THE_CLOCK = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}
READS_THE_CLOCK |= {("time", name) for name in ("time", "time_ns", "localtime", "gmtime", "ctime")}
MAY_READ_IT = {
    "src/standclear/wiring.py",
    "src/standclear/cli/clock.py",
}  # the service's clock; the desk's own

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


def test_no_module_is_imported_by_a_name_that_is_made_up_at_run_time() -> None:
    ways = {"import_module", "importlib.import_module", "__import__"}
    made_up = {
        f"{shown(path)}:{node.lineno}"
        for path in find_files("*.py", under=SOURCE)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ways
    }
    assert sorted(made_up) == []
