"""The decisions are numbered without holes, indexed whole, of one form, and superseded in both directions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from repository import ROOT, table_rows

DECISIONS = ROOT / "docs" / "decisions"
FOUNDING = 32
SECTIONS = ["Context", "Decision", "Consequences", "What we turned down"]
STATUS = re.compile(
    r"^Status: (?:accepted|superseded by \[(?P<by>\d{4})\]\(\S+\)), \d{4}-\d{2}-\d{2}"
    r"(?: · supersedes \[(?P<of>\d{4})\]\(\S+\))?(?: · founding decisions? (?P<founding>[\d, ]+))?$",
    re.MULTILINE,
)

RECORDS = sorted(path for path in DECISIONS.glob("*.md") if path.name != "README.md")


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def number_of(path: Path) -> str:
    return path.name[:4]


def title_of(path: Path) -> str:
    return text_of(path).splitlines()[0].removeprefix(f"# {number_of(path)} ")


def status_of(path: Path) -> re.Match[str]:
    found = STATUS.search(text_of(path))
    assert found, f"{path.name} has no status line of the form that 0001 asks for"
    return found


def index_rows() -> list[list[str]]:
    return table_rows(text_of(DECISIONS / "README.md"), "## Index")


def test_the_numbers_have_no_holes() -> None:
    assert [f"{n:04}" for n in range(1, len(RECORDS) + 1)] == [number_of(path) for path in RECORDS]


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_has_its_number_a_status_and_the_four_sections(path: Path) -> None:
    assert re.fullmatch(r"\d{4}(-[a-z0-9]+)+\.md", path.name)
    assert re.match(rf"# {number_of(path)} \S", text_of(path))
    assert status_of(path)
    assert re.findall(r"^## (.+)$", text_of(path), re.MULTILINE) == SECTIONS


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_no_section_of_a_record_is_empty(path: Path) -> None:
    bodies = re.split(r"^## .+$", text_of(path), flags=re.MULTILINE)[1:]
    assert all(len(body.split()) >= 10 for body in bodies)


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_is_about_one_page(path: Path) -> None:
    assert len(text_of(path).split()) <= 1_100


def test_the_index_holds_every_record_in_order_with_its_title() -> None:
    expected = [[f"[{number_of(path)}]({path.name})", title_of(path)] for path in RECORDS]
    assert expected == [row[:2] for row in index_rows()]


def test_the_index_says_what_became_of_each() -> None:
    expected = [f"superseded by {by}" if (by := status_of(path)["by"]) else "accepted" for path in RECORDS]
    assert expected == [row[2] for row in index_rows()]


def test_a_superseded_record_and_its_successor_name_each_other() -> None:
    forward = {(number_of(path), by) for path in RECORDS if (by := status_of(path)["by"])}
    backward = {(of, number_of(path)) for path in RECORDS if (of := status_of(path)["of"])}
    assert backward == forward


def test_every_founding_decision_is_found_in_a_record_and_in_the_index() -> None:
    def numbers(text: str | None) -> list[int]:
        return [int(n) for n in re.findall(r"\d+", text or "")]

    in_records = [numbers(status_of(path)["founding"]) for path in RECORDS]
    assert in_records == [numbers(row[3]) for row in index_rows()]
    assert set(range(1, FOUNDING + 1)) == {n for founding in in_records for n in founding}
