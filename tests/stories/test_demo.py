"""The demo plays to its end without a server, on an exercise log, and what it leaves behind verifies."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path

import pytest

from repository import ROOT
from standclear.cli import demo
from standclear.cli import verify as verify_command
from standclear.cli.main import main
from standclear.cli.story import play
from standclear.dossier.verify import verify

GUIDE = (ROOT / "docs" / "guide" / "demo.md").read_text(encoding="utf-8")
ROWS = [
    (int(row), [cell.strip() for cell in cells.split("|")])
    for row, cells in re.findall(r"^\| (\d+) \| (.*) \|$", GUIDE, re.M)
]
PRINTED = [words for _, cells in ROWS for words in re.findall(r"`([^`]+)`", cells[2])]
"""What the guide says that the program prints."""


def played(folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    """The lines of a headless run; its dossier and policy are checked beside it."""
    dossier = folder / "story.dossier"
    status = main(["demo", "--headless", "--speed", "max", "--dossier", str(dossier), *options])
    report = verify(dossier.read_bytes(), dossier.with_suffix(".policy").read_bytes())
    assert (status, report.exit_code(), report.exercise) == (0, 0, True)
    return capsys.readouterr().out.splitlines()


def test_the_short_story_plays_and_verifies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = played(tmp_path, capsys, "--short")
    assert all(line.startswith(("EXERCISE ", " ")) or not line for line in lines)
    assert any("HELD" in line for line in lines)


@pytest.mark.slow
def test_the_whole_story_plays_and_its_questions_are_answered_and_proven(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = played(tmp_path, capsys)
    assert all(line.startswith(("EXERCISE ", " ")) or not line for line in lines)
    assert 2 == sum("proven from" in line and "; 0 broken" in line for line in lines)
    for words in PRINTED:
        assert any(words in line for line in lines), words


def test_the_guide_has_every_row_once_and_the_same_ones_wait() -> None:
    assert [row for row, _ in ROWS] == list(range(1, 14))
    told = {
        int(row)
        for row, scene in re.findall(r"^\| (\d+) .*? \| (.*) \|$", play.__doc__ or "", re.M)
        if "later" in scene
    }
    assert {row for row, cells in ROWS if cells[1] == "later"} == told == {7, 9, 10}
    assert len(PRINTED) >= 15


def test_the_guides_commands_are_those_of_the_program() -> None:
    top = argparse.ArgumentParser(prog="standclear", exit_on_error=False)
    actions = top.add_subparsers(dest="command", required=True)
    for module in (demo, verify_command):
        module.add_parser(actions)
    lines = re.findall(r"^standclear (.*)$", GUIDE, re.M)
    assert len(lines) == 5
    for line in lines:
        assert top.parse_args(shlex.split(line, comments=True)).command in ("demo", "verify")
