"""The commands of the pages about telephones and second signatures are commands of the program."""

from __future__ import annotations

import argparse
import re
import shlex

import pytest

from repository import ROOT
from standclear.cli import call_sheet, cosign, notify, party, say

GUIDE = ROOT / "docs" / "guide"
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMANDS = [
    line
    for page in ("telephone.md", "two-persons.md")
    for language, block in FENCED.findall((GUIDE / page).read_text("utf-8"))
    for line in block.replace("\\\n", " ").splitlines()
    if not language
]


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="standclear", exit_on_error=False)
    actions = top.add_subparsers(dest="command", required=True)
    for module in (call_sheet, cosign, notify, party, say):
        module.add_parser(actions)
    return top


@pytest.mark.parametrize("line", COMMANDS)
def test_each_command_is_one_that_the_program_takes(line: str) -> None:
    name, *words = shlex.split(line)
    assert name == "standclear"
    assert parser().parse_args(words).command == words[0]


def test_the_pages_show_every_command_of_theirs() -> None:
    shown = {tuple(shlex.split(line)[1:3]) for line in COMMANDS}
    assert {("party", "address"), ("party", "represent"), ("party", "admit")} <= shown
    assert {("call-sheet", "print"), ("call-sheet", "record"), ("cosign", "clinic.json")} <= shown
