"""`standclear attest` on a real server: what lapses, said again in as few statements as hold it, with exceptions by row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from desks import Desk, enrol_desks
from server_process import ServerProcess
from standclear.cli.clock import wall_ms

pytestmark = pytest.mark.slow
NAMES = ("North", "South", "Monitor")


@pytest.fixture(scope="module")
def cell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    place = tmp_path_factory.mktemp("attest")
    with ServerProcess(place / "service") as server:
        enrol_desks(place, server, NAMES)
        yield place


def in_days(days: int) -> str:
    at = datetime.fromtimestamp(wall_ms() / 1000, UTC) + timedelta(days=days)
    return at.strftime("%Y-%m-%dT%H:%MZ")


def rows(desk: Desk, *more: str) -> list[dict[str, Any]]:
    assert desk.capsys is not None
    desk.capsys.readouterr()
    assert 0 == desk.types("attest", "--json", *more)
    found: list[dict[str, Any]] = json.loads(desk.capsys.readouterr().out)
    return found


def place(n: int) -> list[str]:
    return ["--at", f"35.93N 36.{60 + n}E", "--datum", "WGS84", "--yes"]


def test_what_lapses_is_listed_and_said_again_at_once_with_exceptions_by_row(
    cell: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    south, north = Desk(cell / "South", capsys), Desk(cell / "North", capsys)
    for n in range(4):
        named = ["--category", "hospital", "--name", f"Clinic {n}", "--radius", "100 m", "--valid", "20 d"]
        south.says("notify", "site", *named, *place(n), "--to", "North")
    assert 0 == north.types("ack", "--span", "0:4", "--member", "M-7")
    listed = rows(south, "--before", "2190-01-01T00:00Z")
    assert ["Clinic 0", "Clinic 1", "Clinic 2", "Clinic 3"] == sorted(one["name"] for one in listed)
    by_name = {one["name"]: one["ref"] for one in listed}
    file = cell / "exceptions.csv"
    file.write_text(f"ref,fate\n{by_name['Clinic 1']},closed\n{by_name['Clinic 2']},leave\n")
    said = rows(south, "--until", in_days(60), "--exceptions", str(file))
    assert [("said again, unchanged", 2, ""), ("closed", 1, "")] == [
        (one["what"], one["rows"], one["marks"]) for one in said
    ]
    assert {"unchanged"} == {one["fate"] for one in rows(south, "--before", in_days(61))}
    assert 3 == len(rows(south))
    assert [] == rows(south, "--before", "2000-01-01T00:00Z")
    ladders = south.notice(said[0]["statement"])["ladders"]
    assert [False] == [one["owes"] for one in ladders]


WRONG = {
    "an earlier end": (["--until", "2001-01-01T00:00Z"], "--until"),
    "a file that is not there": (["--exceptions", "nowhere.csv"], "--exceptions"),
}


@pytest.mark.parametrize(("more", "field"), WRONG.values(), ids=WRONG.keys())
def test_what_cannot_be_attested_is_refused(
    cell: Path, capsys: pytest.CaptureFixture[str], more: list[str], field: str
) -> None:
    south = Desk(cell / "South", capsys)
    assert 1 == south.types("attest", *more)
    assert field in capsys.readouterr().err


BAD = {
    "no such fate": "ref,fate\n{ref},gone\n",
    "no such column": "row,fate\n{ref},closed\n",
    "a row twice": "ref,fate\n{ref},closed\n{ref},leave\n",
    "another's row": "ref,fate\n" + "A" * 48 + ",closed\n",
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_a_file_of_exceptions_is_read_whole_or_refused(
    cell: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    south = Desk(cell / "South", capsys)
    named = ["--category", "hospital", "--name", "Clinic", "--radius", "100 m", "--valid", "20 d"]
    south.says("notify", "site", *named, *place(9), "--to", "North")
    ref = rows(south)[0]["ref"]
    file = cell / "bad.csv"
    file.write_text(text.format(ref=ref))
    assert 1 == south.types("attest", "--exceptions", str(file), "--until", "2190-01-01T00:00Z")
    assert "--exceptions" in capsys.readouterr().err
