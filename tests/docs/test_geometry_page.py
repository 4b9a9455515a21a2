"""The page of the definition says what the code does: its constants, places, distances, limits and vectors."""

from __future__ import annotations

import json
import re

import pytest

from repository import ROOT, table_rows
from standclear import limits
from standclear.spacetime import bounds, earth
from standclear.spacetime.band import GEOID_CM, REFERENCES, UNBOUNDED_LOWER_CM, UNBOUNDED_UPPER_CM
from standclear.spacetime.distance import DISTANCE_ID, stated_distance_cm
from standclear.spacetime.earth import Vertex, place_of
from standclear.spacetime.meet import PREDICATE_ID
from standclear.spacetime.shape import Area, Line, Path, Point, Shape
from standclear.spacetime.volume import volume_from_value, volume_to_value

PAGE = (ROOT / "docs" / "spec" / "geometry.md").read_text(encoding="utf-8")
NUMBER = re.compile(r"-?\d[\d,]*(?:e\d)?")


def numbers(cell: str) -> list[int]:
    return [int(float(text.replace(",", ""))) for text in NUMBER.findall(cell)]


def vertices(cell: str) -> list[Vertex]:
    told = [int(text) for text in re.findall(r"-?\d+", cell)]
    return list(zip(told[::2], told[1::2], strict=True))


def square(least: int, most: int) -> Path:
    return ((least, least), (most, least), (most, most), (least, most))


HOLED = Area(rings=(square(0, 10_000_000), square(4_000_000, 6_000_000)))


def shape_told(cell: str) -> Shape:
    if cell.startswith("point"):
        return Point(at=vertices(cell)[0])
    if cell.startswith("line"):
        return Line(paths=(tuple(vertices(cell)),))
    assert cell == "the same" or numbers(cell) == [0, 10_000_000, 4_000_000, 6_000_000]
    return HOLED


def test_the_names_are_those_of_the_code() -> None:
    assert f"# Where and when: `{DISTANCE_ID}` and `{PREDICATE_ID}`" == PAGE.splitlines()[0]


@pytest.mark.parametrize("row", table_rows(PAGE, "## Constants"), ids=lambda row: row[0])
def test_a_constant_on_the_page_is_that_of_the_code(row: list[str]) -> None:
    assert int(row[1]) == getattr(earth, row[0].strip("`"))


def test_the_steps_name_the_divisors_of_the_code() -> None:
    assert "272, 210, 156, 110, 72, 42, 20, 6" in PAGE
    assert [n * (n + 1) for n in range(16, 0, -2)] == [272, 210, 156, 110, 72, 42, 20, 6]
    assert "240, 182, 132, 90, 56, 30, 12, 2" in PAGE
    assert [n * (n - 1) for n in range(16, 0, -2)] == [240, 182, 132, 90, 56, 30, 12, 2]


@pytest.mark.parametrize("row", table_rows(PAGE, "## A place"), ids=lambda row: row[0])
def test_a_place_on_the_page_is_that_of_the_code(row: list[str]) -> None:
    (vertex,) = vertices(row[0])
    assert [int(text) for text in row[1].split(",")] == list(place_of(vertex))


@pytest.mark.parametrize(
    "row", table_rows(PAGE, "## The stated distance"), ids=lambda row: f"{row[0]}, {row[1]}"
)
def test_a_distance_on_the_page_is_that_of_the_code(row: list[str]) -> None:
    assert int(row[2]) == stated_distance_cm(shape_told(row[0]), shape_told(row[1]))


@pytest.mark.parametrize("row", table_rows(PAGE, "## Limits"), ids=lambda row: row[0])
def test_a_limit_on_the_page_is_that_of_the_code(row: list[str]) -> None:
    assert numbers(row[1]) == [getattr(limits, row[0].strip("`"))]


def test_heights_are_told_as_the_code_has_them() -> None:
    assert [f"`{reference}`" for reference in REFERENCES] == [
        row[0] for row in table_rows(PAGE, "## Heights")
    ]
    assert f"{UNBOUNDED_LOWER_CM:,} below and {UNBOUNDED_UPPER_CM:,} above" in PAGE
    assert f"{GEOID_CM:,} cm added to the margin" in PAGE


def test_boxes_are_told_as_the_code_has_them() -> None:
    assert f"`g * {bounds.LAT_PER_CM_E11} // 10000 + 1`" in PAGE
    assert f"`g * {bounds.LON_PER_CM_E11} * ONE // (10000 * cosine) + 1`" in PAGE
    assert f"radius + reach + {bounds.FORGIVEN_CM}" in PAGE


def test_the_example_is_a_volume() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert json.loads(example) == volume_to_value(volume_from_value(json.loads(example), ""))


@pytest.mark.parametrize("row", table_rows(PAGE, "## Vectors"), ids=lambda row: row[0])
def test_the_vectors_are_as_many_as_the_page_says(row: list[str]) -> None:
    path = ROOT / "tests" / "vectors" / "geometry" / row[0].strip("`")
    assert numbers(row[1]) == [len(json.loads(path.read_text(encoding="ascii")))]


def test_nothing_was_missed_in_what_was_measured() -> None:
    rows = table_rows(PAGE, "## Measured")
    assert len(rows) >= 13
    assert sum(int(row[1].replace(",", "")) for row in rows) >= 200_000
    assert {("0", "0")} == {(row[2], row[3]) for row in rows}
