"""The commands of the page about questions are commands of the program, and its tables are the code's."""

from __future__ import annotations

import argparse
import re
import shlex

import pytest

from repository import ROOT, table_rows
from standclear.cli import claims, compliance, export, verify, who_knew
from standclear.obligations.figures import FATES

PAGE = (ROOT / "docs" / "guide" / "questions.md").read_text(encoding="utf-8")
COMMANDS = [
    line
    for block in re.findall(r"^```\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="standclear", exit_on_error=False)
    actions = top.add_subparsers(dest="command", required=True)
    for module in (claims, compliance, export, verify, who_knew):
        module.add_parser(actions)
    return top


@pytest.mark.parametrize("line", COMMANDS)
def test_each_command_is_one_that_the_program_takes(line: str) -> None:
    name, *words = shlex.split(line)
    assert name == "standclear"
    assert parser().parse_args(words).command == words[0]


def test_the_page_shows_every_question() -> None:
    assert {"who-knew", "verify", "compliance", "claims", "export"} == {
        shlex.split(line)[1] for line in COMMANDS
    }


def test_the_formats_are_those_of_the_code() -> None:
    rows = table_rows(
        PAGE,
        "Its six letters and digits follow from its content; read back, they say which copy somebody holds.",
    )
    assert sorted(export.FORMATS) == sorted(row[0] for row in rows)


def test_the_fates_are_those_of_the_code() -> None:
    rows = table_rows(
        PAGE,
        "fates add up:",
    )
    assert list(FATES) == [row[0] for row in rows]
