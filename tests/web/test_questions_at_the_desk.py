"""The questions as a desk asks them: the commands, on a real server over a real port."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from server_process import ServerProcess
from standclear.cli.main import main
from world import PACKS

PLACE = ["--at", "35.93N 36.63E", "--datum", "WGS84", "--yes"]
TIMES = ["--from", "2000-01-01T00:00Z", "--before", "2100-01-01T00:00Z"]
pytestmark = pytest.mark.slow


class Desk:
    """A desk's home, and the commands that somebody types there."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def types(self, command: str, *rest: str) -> int:
        return main([command, "--home", str(self.home), *rest])


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Desk]]:
    """Two desks under one arrangement; the south has told the north of a hospital."""
    place = tmp_path_factory.mktemp("desks")
    with ServerProcess(place / "service") as server:
        north, south = Desk(place / "north"), Desk(place / "south")
        for desk, name in ((north, "North"), (south, "South")):
            new = [
                "new",
                "--service",
                server.address,
                "--name",
                name,
                "--type",
                "ngo",
                "--key",
                "duty:person",
            ]
            assert desk.types("party", *new) == 0
            request = str(desk.home / "enrolment.json")
            keeper = ["admit", request, "--data", str(server.directory), "--service", server.address]
            assert desk.types("party", *keeper) == 0
        pack = str(PACKS / "military-line.toml")
        members = ["--member", "North", "--member", "South", "--neutral", "South"]
        assert north.types("arrange", "file", pack, *members) == 0
        for desk in (north, south):
            assert desk.types("arrange", "adhere") == 0
        told = ["site", *PLACE, "--name", "=The clinic", "--category", "hospital", "--to", "North"]
        assert south.types("notify", *told) == 0
        yield north, south


def answer(capsys: pytest.CaptureFixture[str], desk: Desk, *words: str, status: int = 0) -> str:
    capsys.readouterr()
    assert status == desk.types(*words)
    return capsys.readouterr().out


def test_the_figures_come_as_a_table_as_csv_and_as_a_workbook(
    desks: tuple[Desk, Desk],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    files = ["--csv", str(tmp_path / "f.csv"), "--xlsx", str(tmp_path / "f.xlsx")]
    text = answer(capsys, desks[0], "compliance", *files)
    assert text.startswith("EXERCISE  your own traffic")
    assert re.search(r"^North +acknowledge +site +1 ", text, re.MULTILINE)
    lines = list(csv.reader(StringIO((tmp_path / "f.csv").read_text("utf-8"))))
    assert ["North", "acknowledge", "site", "1", "0", "0", "0", "1"] == next(
        line for line in lines if line[:1] == ["North"]
    )[:8]
    book = CalamineWorkbook.from_path(str(tmp_path / "f.xlsx"))
    assert ["Parties", "Desks", "Weeks", "Filings", "Grades", "Readiness", "Arrears"] == book.sheet_names
    rows = book.get_sheet_by_name("Parties").to_python(skip_empty_area=False)
    assert ["North", "acknowledge", "site", 1.0] == rows[4][:4]
    asked = json.loads(answer(capsys, desks[1], "compliance", "--json"))
    assert [one["kind"] for one in asked["filings"]] == ["site"]


def test_who_knew_refutes_or_proves_and_its_dossier_verifies_offline(
    desks: tuple[Desk, Desk], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, policy = str(tmp_path / "case.dossier"), str(tmp_path / "case.policy")
    asked = ["--party", "North", *PLACE, "--radius", "2 km", *TIMES, "--dossier", file]
    text = answer(capsys, desks[0], "who-knew", *asked)
    assert "NOT acknowledged" in text
    assert "REFUTED by 1" in text
    assert main(["verify", file, "--policy", policy]) == 0
    far = ["--at", "10.00N 10.00E", "--datum", "WGS84", "--yes"]
    assert "PROVEN up to entry" in answer(capsys, desks[0], "who-knew", "--party", "North", *far, *TIMES)


def test_a_copy_is_on_record_and_is_false_once_something_inside_changed(
    desks: tuple[Desk, Desk], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    north, south = desks
    asked = [*PLACE, "--radius", "2 km", "--for", "2 Bty", "--member", "N-1"]
    made = {}
    for form in ("geojson", "kml", "csv", "sheet"):
        out = ["--as", form, "--out", str(tmp_path / f"copy.{form}")]
        made[form] = json.loads(answer(capsys, north, "export", *asked, *out, "--json"))
        file = Path(made[form]["file"])
        assert file.name.startswith("EXERCISE")
        text = file.read_text("utf-8")
        assert text.count(f"Copy {made[form]['code']}") >= 1
        assert "removes no protection" in text
        assert "<script" not in text
    code = made["sheet"]["code"]
    assert "as they were made" in answer(capsys, north, "export", "--check", made["kml"]["file"])
    assert 4 == answer(capsys, south, "inbox", "--json").count('"kind": "dissemination"')
    more = [
        "site",
        "--at",
        "35.931N 36.631E",
        "--datum",
        "WGS84",
        "--yes",
        "--name",
        "Another",
        "--to",
        "North",
    ]
    assert south.types("notify", *more) == 0
    back = ["--read-back", f"{code[:3]}-{code[3:].lower()}", "--for", "2 bty", "--member", "N-1"]
    assert f"2 Bty holds copy {code}" in answer(capsys, north, "export", *back)
    false = answer(capsys, north, "export", "--check", code, status=1)
    assert "1 more inside that it does not show: Another" in false
    assert "2 Bty (read back)" in false
    assert north.types("export", "--check", "000000") == 1


def test_a_false_copy_is_shown_to_every_seat_replaced_and_read_back(
    desks: tuple[Desk, Desk], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    north, south = desks
    place = ["--at", "40.00N 30.00E", "--datum", "WGS84", "--yes"]
    told = ["--json", "site", *place, "--name", "The post", "--category", "hospital", "--to", "North"]
    filed = json.loads(answer(capsys, south, "notify", *told))
    out = ["--out", str(tmp_path / "first.kml"), "--as", "kml"]
    asked = [*place, "--radius", "2 km", "--for", "3 Bty", "--member", "N-1", *out, "--json"]
    first = json.loads(answer(capsys, north, "export", *asked))["code"]
    reference = f"{filed['sid']}:0"
    assert f"copy {first} held by 3 Bty: not read back" in answer(capsys, south, "status", reference)
    assert south.types("notify", "close", "site", reference) == 0
    for note in (north.home / "notes").glob("copy-*.json"):  # another seat has no notes of it
        note.unlink()
    assert "The post: ended" in answer(capsys, north, "export", "--check", first, status=1)
    assert f"copy {first} is false since" in answer(capsys, north, "status")
    again = ["--replace", first, "--member", "N-1", "--out", str(tmp_path / "next.kml"), "--json"]
    made = json.loads(answer(capsys, north, "export", *again))
    assert (made["rows"], Path(made["file"]).name) == (0, "EXERCISE-next.kml")
    assert north.types("export", "--read-back", made["code"], "--for", "9 Bty", "--member", "N-1") == 1
    answer(capsys, north, "export", "--read-back", made["code"], "--for", "3 Bty", "--member", "N-1")
    assert f"copy {first} is false" not in answer(capsys, north, "status")
    recalled = ["--recalled", made["code"], "--for", "3 Bty", "--member", "N-1"]
    assert "handed back or destroyed" in answer(capsys, north, "export", *recalled)
    assert f"copy {first} held by 3 Bty: replaced" in answer(capsys, south, "status", reference)
    assert north.types("export", "--replace", "no code", "--member", "N-1") == 1
    assert north.types("export", "--replace", "000000", "--member", "N-1") == 1


def test_a_copy_for_nobody_is_refused_unless_it_stays_at_the_desk(
    desks: tuple[Desk, Desk], tmp_path: Path
) -> None:
    assert desks[0].types("export", *PLACE) == 1
    out = ["--no-record", "--out", str(tmp_path / "own.csv"), "--as", "csv"]
    assert desks[0].types("export", *PLACE, "--radius", "2 km", *out) == 0


def test_claims_are_shown_with_their_evidence_and_the_table_can_be_printed(
    desks: tuple[Desk, Desk], capsys: pytest.CaptureFixture[str]
) -> None:
    north, _ = desks
    assert "no claim that was released to you" in answer(capsys, north, "claims")
    rules = answer(capsys, north, "claims", "--rules")
    assert "did_not" in rules
    assert "contradicted" in rules


def test_what_may_be_one_clinic_told_twice_is_answered_in_groups_and_not_asked_again(
    desks: tuple[Desk, Desk],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    here = ["--at", "35.9303N 36.6304E", "--datum", "WGS84", "--yes", "--name", "Clinic", "--to", "South"]
    assert desks[0].types("notify", "site", *here) == 0
    file = tmp_path / "twice.json"
    text = answer(capsys, desks[0], "duplicates", "--worklist", str(file), "--language", "en")
    assert re.match(r"1 groups of \d sites may be one thing told twice; each notice stands\n", text)
    assert "near each other" in text
    listed = json.loads(file.read_text("utf-8"))
    for wrong in ("perhaps", 7):
        listed["groups"][0]["answer"] = wrong
        file.write_text(json.dumps(listed), "utf-8")
        assert desks[0].types("duplicates", "--answers", str(file)) != 0
    listed["groups"][0]["answer"] = ""
    file.write_text(json.dumps(listed), "utf-8")
    assert "no group is answered" in answer(capsys, desks[0], "duplicates", "--answers", str(file))
    listed["groups"][0]["answer"] = "same"
    file.write_text(json.dumps(listed), "utf-8")
    assert "duplicate" in answer(capsys, desks[0], "duplicates", "--answers", str(file))
    assert answer(capsys, desks[0], "duplicates").startswith("0 groups of 0 sites")
    told = json_values(answer(capsys, desks[0], "inbox", "--json"))
    assert any(one["same_as"] for one in told if one["kind"] == "site")
    file.write_text("[]", "utf-8")
    assert desks[0].types("duplicates", "--answers", str(file)) != 0


def json_values(text: str) -> list[dict[str, Any]]:
    """The objects of an output, one after the other."""
    found, start = [], 0
    while start < len(text.rstrip()):
        value, end = json.JSONDecoder().raw_decode(text[start:].lstrip())
        start += len(text[start:]) - len(text[start:].lstrip()) + end
        found.append(value)
    return found
