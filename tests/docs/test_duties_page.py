"""docs/spec/duties.md prints the tables of the code, row by row."""

from __future__ import annotations

import json

import pytest

from repository import ROOT, table_rows
from standclear.cli.main import main
from standclear.obligations.attesting import OFFERS
from standclear.obligations.duties import DUTIES, TRANSITIONS
from standclear.obligations.turns import SEVERITIES

PAGE = (ROOT / "docs" / "spec" / "duties.md").read_text("utf-8")


def rows(heading: str) -> list[list[str]]:
    return [[cell.strip("`") for cell in row] for row in table_rows(PAGE, heading)]


def test_the_page_has_every_duty_of_the_code() -> None:
    expected = [[one.kind, one.about, one.falls_due, one.told, one.ends] for one in DUTIES]
    assert expected == rows("## Duties")


def test_the_page_has_every_transition_of_the_code() -> None:
    assert [list(one) for one in TRANSITIONS] == rows("## The ladder and its escalation")


def test_the_page_has_every_severity_of_the_code() -> None:
    assert [[word, str(severity)] for word, severity in SEVERITIES.items()] == rows("## How urgent")


def test_the_page_has_every_answer_that_is_offered_without_a_key() -> None:
    listed = [[about, ", ".join(f"`{one}`" for one in answers)] for about, answers in OFFERS.items()]
    assert listed == [list(row) for row in table_rows(PAGE, "## Answers without a key")]


def test_the_command_prints_every_duty_and_the_whole_ladder(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert 0 == main(["arrange", "duties"])
    page = capsys.readouterr().out
    assert [] == [one.kind for one in DUTIES if f"{one.kind}: about {one.about}" not in page]
    rows = {tuple(cell.strip() for cell in line.split("  ") if cell.strip()) for line in page.splitlines()}
    assert set(TRANSITIONS) <= rows
    assert 0 == main(["arrange", "--json", "duties"])
    assert [list(row) for row in TRANSITIONS] == json.loads(capsys.readouterr().out)["ladder"]
