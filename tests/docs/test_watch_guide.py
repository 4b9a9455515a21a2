"""The commands of the page about the watch are commands of the program, and its marks are the code's."""

from __future__ import annotations

import argparse
import re
import shlex

import pytest

from repository import ROOT, table_rows
from standclear.cli import desks, say, watch
from standclear.dialects.phrases import MARKS

PAGE = (ROOT / "docs" / "guide" / "watch.md").read_text(encoding="utf-8")
COMMANDS = [
    line.removeprefix("$ ")
    for block in re.findall(r"^```\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
    if line.removeprefix("$ ").startswith("standclear")
]


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="standclear", exit_on_error=False)
    actions = top.add_subparsers(dest="command", required=True)
    for module in (desks, say, watch):
        module.add_parser(actions)
    return top


@pytest.mark.parametrize("line", COMMANDS)
def test_each_command_is_one_that_the_program_takes(line: str) -> None:
    name, *words = shlex.split(line)
    assert name == "standclear"
    assert parser().parse_args(words).command == words[0]


def test_the_page_shows_every_part_of_a_watch() -> None:
    parts = {words[2] for line in COMMANDS if (words := shlex.split(line))[1] == "watch"}
    assert set(watch.PARTS) == parts


def test_each_mark_of_the_page_is_one_of_the_code() -> None:
    found = {
        mark
        for row in table_rows(PAGE, "## Take, hand over, leave")
        for mark in re.findall(r"\*(\w+)\*", row[1])
    }
    assert {"watch_taken_twice", "watch_not_held", "machine_key"} == found
    assert found <= MARKS
