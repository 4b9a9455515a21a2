"""The public inventory of 98,745 health facilities: every row has a fate, and the known figures come out."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from standclear.dialects.lists import read_sites
from standclear.dialects.sites.rows import Intake
from standclear.dialects.tables import Table, read_table
from standclear.dialects.worklist import Answer, Answers, answer, progress, worklist_of

LIST = Path(__file__).resolve().parents[4] / "shared" / "data" / "health-facilities-africa.csv.gz"

pytestmark = [
    pytest.mark.data,
    pytest.mark.slow,
    pytest.mark.skipif(not LIST.exists(), reason=f"the real list is not at {LIST}: nothing here was tested"),
]


@pytest.fixture(scope="module")
def table() -> Table:
    return read_table(LIST.read_bytes(), field="list")


@pytest.fixture(scope="module")
def intake(table: Table) -> Intake:
    return read_sites(table, datum="WGS84")


def reasons(intake: Intake) -> Counter[str]:
    return Counter(reason.code for row in intake.doubtful for reason in row.reasons)


def test_every_row_has_a_fate(table: Table, intake: Intake) -> None:
    assert 98_745 == len(table.rows) == progress(intake).total()
    assert 80_000 < len(intake.accepted)


def test_the_rows_without_a_position_are_those_that_were_counted(intake: Intake) -> None:
    assert 2_350 == reasons(intake)["no-position"]


def test_the_latitudes_of_one_or_two_decimals_are_those_that_were_counted(
    table: Table, intake: Intake
) -> None:
    few = {row.number for row in table.rows if re.fullmatch(r"-?\d+(\.\d{1,2})?", row.cells[5])}
    assert 4_003 == len(few)
    asked = {
        row.listed.number for row in intake.doubtful if any(r.code == "few-decimals" for r in row.reasons)
    }
    assert few <= asked
    assert 5_854 == len(asked)  # with those whose longitude has one or two


def test_the_pairs_within_100_m_are_those_that_were_counted(intake: Intake) -> None:
    """5,661 pairs in 7,584 rows by distance on the ellipsoid; the estimate takes in three pairs more."""
    assert 5_661 <= intake.near_pairs <= 5_670
    assert 7_584 <= intake.near_rows <= 7_595


def test_positions_that_hold_no_more_than_whole_minutes_are_asked_about(intake: Intake) -> None:
    assert 2_500 < reasons(intake)["whole-minutes"] < 2_700


def test_rows_on_the_wrong_side_of_the_equator_are_found(intake: Intake) -> None:
    found = {
        row.listed.name
        for row in intake.doubtful
        for reason in row.reasons
        if reason.code == "variant-fits" and "north and south" in reason.detail
    }
    assert {"Gituamba Mathore Dispensary", "Nyamatwoni Dispensary"} <= found


def test_thousands_of_doubtful_rows_are_a_few_questions(intake: Intake) -> None:
    asked = worklist_of(intake)
    assert 12_000 < len(intake.doubtful)
    assert len(asked.groups) <= 30
    answers = {
        group.key: Answer(choice="widen" if "widen" in group.choices else "leave_out")
        for group in asked.groups
    }
    answered = answer(asked, Answers(groups=answers))
    assert () == answered.doubtful
    assert 98_745 == progress(answered).total()
    assert 2_350 == len(answered.returned)
