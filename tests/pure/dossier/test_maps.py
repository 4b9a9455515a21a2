"""Maps are well-formed pictures that show every volume, with a scale bar and north, and nothing from elsewhere."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from standclear.dossier.maps import SIDE, Drawn, draw_map
from standclear.spacetime.shape import Line
from standclear.spacetime.volume import Volume
from world import box, circle, volume

SVG = "{http://www.w3.org/2000/svg}"
PATH = Line(paths=(((366300000, 359300000), (367400000, 359900000)),))
CASES: dict[str, list[Volume]] = {
    "a point": [circle((36.63, 35.93), 0, 0, 1)],
    "a circle": [circle((36.63, 35.93), 5_000, 0, 1)],
    "an area": [box(36.5, 35.9, 36.6, 36.0, 0, 1)],
    "a corridor": [volume(PATH, 500, 0, 1)],
    "all of them": [circle((36.63, 35.93), 5_000, 0, 1), box(36.5, 35.9, 36.6, 36.0, 0, 1), volume(PATH, 0, 0, 1)],
    "across 180 degrees": [circle((179.9, 10.0), 1_000, 0, 1), circle((-179.9, 10.0), 1_000, 0, 1)],
    "near the pole": [circle((10.0, 89.9), 1_000, 0, 1)],
}  # fmt: skip


def drawn(name: str) -> ElementTree.Element:
    listed = [Drawn(label=f"<{n}>", volume=one) for n, one in enumerate(CASES[name])]
    return ElementTree.fromstring(draw_map(listed))


@pytest.mark.parametrize("name", CASES)
def test_each_map_has_its_labels_a_scale_bar_and_north(name: str) -> None:
    texts = [one.text for one in drawn(name).iter(f"{SVG}text")]
    assert [f"<{n}>" for n in range(len(CASES[name]))] == texts[: len(CASES[name])]
    assert "N" in texts
    assert re.fullmatch(r"\d+ k?m", texts[-1] or "")


@pytest.mark.parametrize("name", CASES)
def test_everything_that_is_drawn_is_within_the_picture(name: str) -> None:
    for one in drawn(name).iter(f"{SVG}circle"):
        x, y, r = (float(one.attrib[key]) for key in ("cx", "cy", "r"))
        assert -2 <= x - r <= x + r <= SIDE + 2
        assert -2 <= y - r <= y + r <= SIDE + 2
    for one in drawn(name).iter(f"{SVG}path"):
        assert all(-1 <= float(text) <= SIDE + 1 for text in re.findall(r"-?\d+\.?\d*", one.attrib["d"]))


def test_the_scale_bar_is_as_long_as_it_says() -> None:
    picture = drawn("a circle")
    radius = max(float(one.attrib["r"]) for one in picture.iter(f"{SVG}circle"))
    bar = list(picture.iter(f"{SVG}path"))[-1].attrib["d"].split()
    length = float(bar[7]) - float(bar[1])
    assert [one.text for one in picture.iter(f"{SVG}text")][-1] == "2 km"
    assert length / 2_000 == pytest.approx(radius / 5_000, rel=0.01)


def test_north_is_up_and_east_is_right() -> None:
    picture = ElementTree.fromstring(
        draw_map(
            [
                Drawn(label="a", volume=circle((36.0, 35.0), 0, 0, 1)),
                Drawn(label="b", volume=circle((36.1, 35.1), 0, 0, 1)),
            ]
        )
    )
    a, b = (one.attrib for one in picture.iter(f"{SVG}text") if one.text in ("a", "b"))
    assert float(a["x"]) < float(b["x"])
    assert float(a["y"]) > float(b["y"])


def test_nothing_is_drawn_of_nothing() -> None:
    assert draw_map([]) == ""
