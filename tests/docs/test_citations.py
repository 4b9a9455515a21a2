"""What code and tests cite can be found: the desks' numbers, the decisions, and the pages of the docs."""

from __future__ import annotations

import re

import pytest

from repository import ROOT, find_files, shown, table_rows

DESKS = (ROOT / "docs" / "desks.md").read_text(encoding="utf-8")
CODE = [path for path in find_files("*.py", "*.rs", "*.ts", "*.svelte") if path.name != "test_citations.py"]


def texts() -> list[tuple[str, str]]:
    return [(shown(path), path.read_text(encoding="utf-8")) for path in CODE]


def desk_numbers() -> list[str]:
    return [row[0] for row in table_rows(DESKS, "# What the desks asked for")]


def test_the_desks_numbers_have_no_holes() -> None:
    assert [f"G{n}" for n in range(37)] == desk_numbers()


def test_every_desk_number_that_is_cited_is_on_the_page() -> None:
    cited = {(file, number) for file, text in texts() for number in re.findall(r"\bG\d{1,2}\b", text)}
    assert [] == sorted((file, number) for file, number in cited if number not in desk_numbers())


def test_every_page_that_is_cited_exists() -> None:
    cited = {(file, page) for file, text in texts() for page in re.findall(r"\bdocs/[\w/.-]+\.\w+", text)}
    assert [] == sorted((file, page) for file, page in cited if not (ROOT / page).is_file())


@pytest.mark.parametrize("pattern", [r"\bADR (\d{4})\b", r"docs/decisions/(\d{4})"])
def test_every_decision_that_is_cited_exists(pattern: str) -> None:
    kept = {path.name[:4] for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md")}
    cited = {(file, number) for file, text in texts() for number in re.findall(pattern, text)}
    assert [] == sorted((file, number) for file, number in cited if number not in kept)
