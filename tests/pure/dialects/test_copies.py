"""Copies in every format say what the others say, carry their code and the fixed sentence, and let no text act."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from html.parser import HTMLParser
from io import StringIO
from xml.etree import ElementTree

import pytest

from standclear.dialects.copies import PROTECTION, Copy, CopyRow, circle_around, geojson_copy, two_formats
from standclear.dialects.geojson import E7, read_geojson
from standclear.dialects.kml import to_kml
from standclear.dialects.sheet import to_sheet
from standclear.dialects.tabular import COLUMNS, to_csv
from standclear.spacetime.distance import cores_within
from standclear.spacetime.shape import Area, Line, Point
from world import NOON_MS, box, circle, volume

FORMATS = {"geojson": geojson_copy, "kml": to_kml, "csv": to_csv, "sheet": to_sheet}
NASTY = '=HYPERLINK("x")<script>&\x01]]>'


def row(number: int, name: str = "A clinic") -> CopyRow:
    core = Line(paths=(((366300000, 359300000), (366400000, 359400000)),))
    return CopyRow(
        number=number,
        ref=bytes([number]) * 36,
        kind="site",
        what="site: hospital",
        name=name,
        owner="South",
        form="exact",
        condition="lapsed",
        travel="party",
        contact="",
        note="[ru] Не стрелять",
        volumes=(
            circle((36.63, 35.93), 500, NOON_MS, NOON_MS + 1),
            box(36.0, 35.0, 36.1, 35.1, NOON_MS, NOON_MS + 1),
            volume(core, 50, NOON_MS, NOON_MS + 1),
        ),
    )


def copy_of(*rows: CopyRow, exercise: bool = True) -> Copy:
    return Copy(
        log="EXERCISE Idlib",
        exercise=exercise,
        holder="North",
        asked="36SYE1234, 2 km",
        areas=(circle((36.63, 35.93), 2_000, NOON_MS, NOON_MS + 1),),
        as_of_ms=NOON_MS,
        expires_ms=NOON_MS + 86_400_000,
        rows=rows,
    )


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_says_exercise_its_code_its_expiry_and_what_it_does_not_say(form: str) -> None:
    copy = copy_of(row(1))
    text = FORMATS[form](copy)
    for said in (
        "EXERCISE",
        f"Copy {copy.code()}",
        "Expires 2020-02-28 12:00:00Z",
        PROTECTION,
        "Не стрелять",
    ):
        assert said in text, said
    assert "EXERCISE EXERCISE" not in FORMATS[form](copy_of(row(1), exercise=False))


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_copy_is_a_copy_all_the_same(form: str) -> None:
    assert PROTECTION in FORMATS[form](copy_of())


def test_the_code_follows_from_the_content() -> None:
    copy = copy_of(row(1))
    assert copy.code() == copy_of(row(1)).code()
    assert len(copy.code()) == 6
    changed = (
        copy_of(row(1, "Another")),
        copy_of(row(1), row(2)),
        replace(copy, as_of_ms=copy.as_of_ms + 1),
        replace(copy, holder="South"),
    )
    assert len({copy.code(), *(one.code() for one in changed)}) == 5


def test_geojson_is_read_back_whole() -> None:
    features = read_geojson(geojson_copy(copy_of(row(1, NASTY), row(2))), field="copy")
    assert [one.shapes[0] for one in features[:3]] == [one.core for one in row(1).volumes]
    assert features[0].properties["name"] == NASTY
    assert len(features) == 6
    assert json.loads(geojson_copy(copy_of()))["standclear"]["copy"] == copy_of().code()


def test_kml_is_well_formed_whatever_a_name_holds() -> None:
    tree = ElementTree.fromstring(to_kml(copy_of(row(1, NASTY))))
    kml = "{http://www.opengis.net/kml/2.2}"
    names = [one.text for one in tree.iter(f"{kml}name")]
    assert f"1 {NASTY}".replace("\x01", "") == names[1]
    assert len(list(tree.iter(f"{kml}Placemark"))) == 3
    ring = next(iter(tree.iter(f"{kml}LinearRing")))[0].text or ""
    assert ring.split()[0] == ring.split()[-1]


def test_csv_has_a_line_for_each_volume_and_computes_nothing() -> None:
    lines = list(csv.reader(StringIO(to_csv(copy_of(row(1, NASTY), row(2))))))
    heads = lines.index(list(COLUMNS))
    assert all(line[0].startswith("# ") for line in lines[:heads])
    assert len(lines) - heads - 1 == 6
    assert lines[heads + 1][COLUMNS.index("name")].startswith("'=")
    assert ["35.93", "36.63"] == lines[heads + 1][COLUMNS.index("lat") : COLUMNS.index("lon") + 1]


class Tags(HTMLParser):
    """Every tag of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        assert not {name for name, _ in attrs} & {"src", "href", "onload", "onclick"}


def test_the_sheet_is_numbered_needs_nothing_from_elsewhere_and_no_text_acts_in_it() -> None:
    text = to_sheet(copy_of(row(1, NASTY), row(2)))
    tags = Tags()
    tags.feed(text)
    assert not tags.seen & {"script", "link", "img", "iframe", "object"}
    assert "size: A4" in text
    assert "<td class='n'>1</td>" in text
    assert "<td class='n'>2</td>" in text
    dms, grid = two_formats((366300000, 359300000))
    assert grid == "37S BV 86189 78780"
    assert grid in text
    assert dms.replace("'", "&#x27;").replace('"', "&quot;") in text


@pytest.mark.parametrize("lat", [-600000000, 0, 359300000, 600000000])
@pytest.mark.parametrize("radius_cm", [100, 50_000, 1_000_000])
def test_a_drawn_circle_holds_the_whole_circle(lat: int, radius_cm: int) -> None:
    at = (366300000, lat)
    ring = circle_around(at, radius_cm)
    edges = Line(paths=((*ring, ring[0]),))
    assert not cores_within(Point(at=at), edges, radius_cm)
    assert cores_within(Point(at=at), Area(rings=(ring,)), 0)
    assert all(-180 * E7 <= lon <= 180 * E7 for lon, _ in ring)
