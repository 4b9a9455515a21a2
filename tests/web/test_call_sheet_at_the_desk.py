"""A party with a telephone only, from the keeper's command to an attested answer: the commands, on a real server."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from server_process import ServerProcess
from web.test_two_persons_at_the_desk import PLACE, Desk
from world import PACKS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """North, South, an addressed town and a group that South represents, under one arrangement."""
    place = tmp_path_factory.mktemp("calls")
    with ServerProcess(place / "service") as server:
        keeper = ["--data", str(server.directory), "--service", server.address]
        for name in ("North", "South"):
            desk = Desk(place / name)
            new = ["--service", server.address, "--name", name, "--type", "ngo", "--key", "duty:person"]
            assert desk.types("party", "new", *new, "--phone", f"+00 {name}") == 0
            assert desk.types("party", "admit", str(desk.home / "enrolment.json"), *keeper) == 0
        town = ["address", "--name", "Town of K", "--type", "ngo", "--phone", "+88 1"]
        assert Desk(place / "North").types("party", *town, *keeper) == 0
        request = str(place / "group.json")
        group = ["represent", "--name", "Group F", "--type", "non_state_armed_group", "--out", request]
        assert Desk(place / "South").types("party", *group) == 0
        assert Desk(place / "North").types("party", "admit", request, *keeper) == 0
        members = [part for name in ("North", "South", "Town of K", "Group F") for part in ("--member", name)]
        filed = [str(PACKS / "military-line.toml"), *members, "--neutral", "South"]
        assert Desk(place / "North").types("arrange", "file", *filed) == 0
        for name in ("North", "South"):
            assert Desk(place / name).types("arrange", "adhere") == 0
        yield place


@pytest.fixture
def desks(line: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Desk]:
    return {name: Desk(line / name, capsys) for name in ("North", "South")}


def test_from_a_notice_to_attested_answers_in_one_table(desks: dict[str, Desk], tmp_path: Path) -> None:
    north, south = desks["North"], desks["South"]
    to = [part for name in ("Town of K", "Group F", "South") for part in ("--to", name)]
    said = north.prints("notify", "--json", "site", *PLACE, "--name", "Clinic", *to)
    sid = json.loads(said)["sid"]
    page, table = tmp_path / "sheet.html", tmp_path / "sheet.csv"
    text = north.prints("call-sheet", "print", "--html", str(page), "--csv", str(table))
    assert "2 calls" in text  # South has a key, and its time is not over
    for words in ("EXERCISE", "Town of K: +88 1", "represented by South: +00 South", "Clinic", "35°55"):
        assert words in text
    assert "EXERCISE" in page.read_text()

    rows = list(csv.DictReader(table.read_text().splitlines()))
    by_name = {row["party"].split(",")[0]: row for row in rows}
    by_name["Town of K"] |= {
        "read_back": by_name["Town of K"]["code"].removeprefix("code "),
        "whom": "the mayor",
    }
    by_name["Group F"] |= {"result": "no_answer", "at": "2020-02-27T09:12Z"}
    with table.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    recorded = north.prints("call-sheet", "record", str(table), "--member", "N-7")
    assert "read back correct" in recorded
    assert "no answer" in recorded
    ladders = {
        one["party"]: one for one in json.loads(north.prints("status", "--json", "--", sid))["ladders"]
    }
    town = next(one for one in ladders.values() if one["attested"])
    assert (town["rung"], town["acknowledged_ms"]) == ("released", None)
    left = north.prints("call-sheet", "print")
    assert "Town of K" not in left
    assert "Group F" in left

    assert "Clinic" in south.prints("inbox", "--for", "Group F")
    assert "does not represent" in north.fails("inbox", "--for", "Group F")
    listed = south.prints("party", "list")
    assert "none (South)" in listed


def test_wrong_turns_of_the_table_say_nothing(desks: dict[str, Desk], tmp_path: Path) -> None:
    north = desks["North"]
    table = tmp_path / "sheet.csv"
    north.prints("call-sheet", "print", "--csv", str(table))
    assert "no row says" in north.fails("call-sheet", "record", str(table), "--member", "N-7")
    table.write_text("a,b\n1,2\n")
    assert "not a call sheet" in north.fails("call-sheet", "record", str(table), "--member", "N-7")
