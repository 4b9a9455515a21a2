"""Rule packs: read strictly, explained in plain words, and refused with the line that is wrong."""

from __future__ import annotations

import pytest

from repository import SOURCE
from standclear.dialects.pack import read_pack
from standclear.dialects.plainly import explain
from standclear.errors import Malformed
from standclear.statements.arrangement import Arrangement

PACKS = sorted((SOURCE / "packs").glob("*.toml"))
MEMBERS = {bytes([n]) * 16: role for n, role in enumerate(("party", "party", "monitor"))}
LINE = (SOURCE / "packs" / "military-line.toml").read_text("utf-8")


def read(text: str) -> Arrangement:
    return read_pack(text, MEMBERS, next(iter(MEMBERS)))


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.stem)
def test_every_pack_is_read_and_explained(path: object) -> None:
    arrangement = read(path.read_text("utf-8"))  # type: ignore[attr-defined]
    assert len(explain(arrangement)) >= 20


def test_a_total_is_explained_in_plain_words() -> None:
    said = explain(read(LINE))
    assert (
        "Of activity notices (military exercise, firing exercise), one party’s, on at one time, 9,000 people at most "
        "(troops_in_exercises), in however many statements; what is over stands, labelled over the total."
    ) in said
    changed = (
        LINE.replace('over = "at once"\nby = "party"', 'over = "30 d"\nby = "all"', 1)
        .replace('measure = "headcount"', 'measure = "notices"', 1)
        .replace("except_roles = []", 'except_roles = ["monitor"]', 1)
    )
    assert (
        "Of activity notices (military exercise, firing exercise), all parties’ together, each monitor left out, "
        "beginning within any 30 d, 9,000 notices at most (troops_in_exercises), in however many statements; what is "
        "over stands, labelled over the total."
    ) in explain(read(changed))


@pytest.mark.parametrize(
    ("old", "new", "field", "said"),
    [
        ('over = "at once"\nby', 'over = "sometimes"\nby', "pack.totals[0].over", "'sometimes' is not a whole number"),
        ("most = 9000 ", 'most = "9000" ', "pack.totals[0].most", "not an integer"),
        ('measure = "headcount"', 'measure = "tonnes"', "arrangement.totals[0].measure", "no activity states its tonnes"),
        ('"firing_exercise"]', '"patrol"]', "arrangement.totals[0].types", "patrol is no type of activity"),
        ('name = "vehicles_on_the_road"', 'name = "troops_in_exercises"', "arrangement.totals", "a name stands twice"),
        ("except_roles = []\n", "", "pack.totals[0].except_roles", "missing"),
    ],
)  # fmt: skip
def test_a_total_that_cannot_be_counted_is_refused_with_its_field(
    old: str, new: str, field: str, said: str
) -> None:
    assert old in LINE
    with pytest.raises(Malformed) as refused:
        read(LINE.replace(old, new, 1))
    assert refused.value.field == field
    assert said in refused.value.reason
