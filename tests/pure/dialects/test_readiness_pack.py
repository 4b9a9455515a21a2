"""The readiness of a rule pack: both packs ask for it in plain words, and timers that contradict each other name their line."""

from __future__ import annotations

from pathlib import Path

import pytest

from standclear.dialects.pack import read_pack
from standclear.dialects.plainly import explain
from standclear.errors import Malformed
from world import PACKS

MEMBERS = {bytes(15) + bytes([n]): "party" for n in range(2)}


def text_of(pack: Path) -> str:
    return pack.read_text("utf-8")


MILITARY = text_of(PACKS / "military-line.toml")


@pytest.mark.parametrize("pack", sorted(PACKS.glob("*.toml")), ids=lambda pack: str(pack.stem))
def test_each_pack_asks_for_line_checks_and_watches_in_plain_words(pack: Path) -> None:
    arrangement = read_pack(text_of(pack), MEMBERS, bytes(16))
    assert arrangement.readiness is not None
    said = "\n".join(explain(arrangement))
    assert "rung over every channel" in said
    assert "who is on watch" in said


def test_the_military_line_is_checked_daily_and_the_humanitarian_weekly() -> None:
    found = [
        read_pack(text_of(PACKS / f"{name}.toml"), MEMBERS, bytes(16)).readiness
        for name in ("military-line", "humanitarian")
    ]
    assert [(86_400_000, 900_000), (7 * 86_400_000, 3_600_000)] == [
        (one.line_every_ms, one.line_answer_ms) for one in found if one is not None
    ]


def test_a_pack_without_the_table_asks_for_none_of_it_and_says_so() -> None:
    arrangement = read_pack(MILITARY.partition("[readiness]")[0], MEMBERS, bytes(16))
    assert arrangement.readiness is None
    assert "No desk is asked for line checks, or to keep a watch." in explain(arrangement)


def test_without_a_gap_nobody_on_watch_is_an_alarm_at_all() -> None:
    arrangement = read_pack(MILITARY.replace('watch_gap = "5 min"', 'watch_gap = "0 s"'), MEMBERS, bytes(16))
    assert "nobody on watch at all is an alarm" in "\n".join(explain(arrangement))


WRONG = {
    "it is due again before it can be answered": (
        'line_answer = "15 min"',
        'line_answer = "2 d"',
        "line_answer_ms",
    ),
    "it rings all the time": ('line_every = "1 d"', 'line_every = "1 min"', "line_every_ms"),
    "a gap longer than any watch": ('watch_gap = "5 min"', 'watch_gap = "13 h"', "watch_gap_ms"),
    "a watch of no length": ('watch_most = "12 h"', 'watch_most = "0 s"', "watch_most_ms"),
    "unreachable before anything was missed": ("line_misses = 2", "line_misses = 0", "line_misses"),
    "a time without its unit": ('watch_gap = "5 min"', 'watch_gap = "5"', "watch_gap"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_contradicts_itself_is_refused_with_its_line(name: str) -> None:
    right, wrong, field = WRONG[name]
    assert right in MILITARY
    text = MILITARY.replace(right, wrong)
    number = next(n for n, line in enumerate(text.splitlines(), 1) if wrong in line)
    with pytest.raises(Malformed) as refused:
        read_pack(text, MEMBERS, bytes(16))
    assert refused.value.field.endswith(field)
    assert f"(line {number})" in refused.value.reason
