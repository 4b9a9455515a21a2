"""The page on places and times is true: its examples run, and its tables are those of the code."""

from __future__ import annotations

import doctest
import re
from collections.abc import Mapping

import pytest

from repository import ROOT, table_rows
from standclear.dialects.clocks.zones import echo
from standclear.dialects.coordinates import read_position
from standclear.dialects.places.datums import SHIFT_CM
from standclear.dialects.places.doubts import CODES
from standclear.dialects.sites.rows import REASONS
from standclear.dialects.times import read_time
from standclear.dialects.worklist import CHOICES
from standclear.errors import Ambiguous, Malformed

PAGE = ROOT / "docs" / "guide" / "places-and-times.md"
TEXT = PAGE.read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    return [[cell.strip("`") for cell in row] for row in table_rows(TEXT, heading)]


def named(heading: str) -> dict[str, str]:
    return {row[0]: row[1] for row in rows(heading)}


@pytest.mark.parametrize("row", rows("## Places that are read"), ids=lambda row: row[0])
def test_a_place_said_to_be_read_is_read_as_said(row: list[str]) -> None:
    position = read_position(row[0], field="place")
    assert row[1:] == [
        f"{e7 / 10_000_000:.7f}".rstrip("0").rstrip(".") for e7 in (position.lat_e7, position.lon_e7)
    ]


@pytest.mark.parametrize("row", rows("## Places that are asked about"), ids=lambda row: row[0])
def test_a_place_said_to_be_asked_about_has_that_many_readings(row: list[str]) -> None:
    with pytest.raises(Ambiguous) as asked:
        read_position(row[0], field="place")
    assert int(row[1].partition(":")[0]) == len(asked.value.readings)


@pytest.mark.parametrize("row", rows("## Places that are refused"), ids=lambda row: row[0])
def test_a_place_said_to_be_refused_is_refused_for_that_reason(row: list[str]) -> None:
    with pytest.raises(Malformed) as refused:
        read_position(row[0], field="place")
    assert row[1] in refused.value.reason


@pytest.mark.parametrize("row", rows("## Times that are read"), ids=lambda row: row[0])
def test_a_time_said_to_be_read_is_read_as_said(row: list[str]) -> None:
    assert f"{row[1]}:00Z" == echo(read_time(row[0], field="time").utc_ms, "Z").partition(" = ")[0]


@pytest.mark.parametrize(
    "row", rows("## Times that are asked about, and times that are refused"), ids=lambda row: row[0]
)
def test_a_time_said_to_be_asked_about_has_that_many_readings(row: list[str]) -> None:
    with pytest.raises(Ambiguous) as asked:
        read_time(row[0], field="time")
    assert int(row[1].partition(":")[0]) == len(asked.value.readings)


REFUSED_TIMES = rows("| `2020-02-28 05:00-07:00` | 2: an offset, or the end of a window |")


@pytest.mark.parametrize("row", REFUSED_TIMES, ids=lambda row: row[0])
def test_a_time_said_to_be_refused_is_refused_for_that_reason(row: list[str]) -> None:
    with pytest.raises(Malformed) as refused:
        read_time(row[0], field="time")
    assert row[1] in refused.value.reason


def test_the_refused_times_are_all_tried() -> None:
    assert 10 == len(REFUSED_TIMES)


@pytest.mark.parametrize(
    ("heading", "table"),
    [
        ("## Doubts about a position that is well written", CODES),
        (
            "A row is doubtful for one of these reasons; rows that are doubtful in the same way are one question:",
            REASONS,
        ),
        ("two sites. And the answers, for a group or for one row:", CHOICES),
        ("## How much a position leaves open", {name: str(cm // 100) for name, cm in SHIFT_CM.items()}),
    ],
)
def test_a_table_of_the_page_is_the_table_of_the_code(heading: str, table: Mapping[str, str]) -> None:
    assert dict(table) == named(heading)


def test_the_examples_run() -> None:
    blocks = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    assert len(blocks) >= 5
    example = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, PAGE.name, str(PAGE), 0)
    report: list[str] = []
    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example, out=report.append)
    assert 0 == result.failed, "".join(report)
