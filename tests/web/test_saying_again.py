"""What a desk says again, and whom it tells where it names nobody: the commands, on a real server over a real port."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from desks import PLACE, Desk, enrol_desks
from server_process import ServerProcess
from standclear.cli.clock import wall_ms

NAMES = ("North", "South", "East", "Monitor")
ROUTE = {"type": "LineString", "coordinates": [[36.60, 35.90], [36.65, 35.95]]}
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Three parties and a monitor under one arrangement, on a service that runs."""
    place = tmp_path_factory.mktemp("again")
    (place / "route.geojson").write_text(json.dumps(ROUTE))
    with ServerProcess(place / "service") as server:
        enrol_desks(place, server, NAMES)
        yield place


@pytest.fixture
def desks(cell: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Desk]:
    return {name: Desk(cell / name, capsys) for name in NAMES}


def convoy(desk: Desk, *more: str) -> str:
    leg = [
        "--leg",
        "Depot",
        "Clinic",
        "2026-12-01T08:00Z",
        "2026-12-01T10:00Z",
        str(desk.home.parent / "route.geojson"),
    ]
    named = ["--type", "aid_convoy", "--mode", "road", "--units", "4", "--name", "Convoy 9"]
    return desk.says("notify", "movement", *named, *leg, *more)


def told(notice: dict[str, Any]) -> int:
    return len(notice["notice"]["to"])


def test_a_movement_is_repeated_and_delayed_by_one_field(desks: dict[str, Desk]) -> None:
    south, north = desks["South"], desks["North"]
    first = convoy(south, "--to", "North,widened", "--widen", "2 km", "--to", "East")
    again = south.says("notify", "repeat", first, "--start", "2026-12-02T08:00Z")
    late = south.says("notify", "delay", again, "--by", "3 h")
    shown = {one["sid"]: one for one in north.inbox()}
    assert "widened" == shown[late]["form"]
    start = [shown[sid]["body"]["volumes"][0]["interval"]["start_ms"] for sid in (first, again, late)]
    assert [24 * 3_600_000, 3 * 3_600_000] == [start[1] - start[0], start[2] - start[1]]
    assert (
        shown[again]["body"]["what"]["repeats"][:43]
        == first[:42] + shown[again]["body"]["what"]["repeats"][42]
    )
    assert ["current", "replaced"] != [shown[again]["condition"], shown[late]["condition"]]
    assert "replaced" == shown[again]["condition"]
    assert "stands" == south.notice(first)["notice"]["state"], "what is repeated goes on standing"


def test_a_release_is_added_and_withdrawn_and_the_notice_is_the_same(
    desks: dict[str, Desk], capsys: pytest.CaptureFixture[str]
) -> None:
    south, north, east = desks["South"], desks["North"], desks["East"]
    clinic = south.says("notify", "site", *PLACE, "--name", "Clinic", "--to", "North")
    both = south.says("notify", "release", clinic, "--to", "East,exact,onward")
    assert {"North", "East"} == {
        name
        for name, desk in (("North", north), ("East", east))
        if both in {one["sid"] for one in desk.inbox()}
    }
    assert 1 == south.types("notify", "withdraw", both, "--from", "Monitor")
    assert "not released to Monitor by name" in capsys.readouterr().err
    assert 0 == south.types("notify", "withdraw", both, "--from", "North")
    out = capsys.readouterr().out
    assert "not_all_told" in out
    assert "no copy can be recalled" in out
    last = next(word for word in out.split() if len(word) == 43)
    assert 1 == told(south.notice(last))
    assert last not in {one["sid"] for one in north.inbox()}


def test_a_replacement_and_an_ending_go_to_all_who_were_told_before(
    desks: dict[str, Desk], capsys: pytest.CaptureFixture[str]
) -> None:
    south, north = desks["South"], desks["North"]
    clinic = south.says("notify", "site", *PLACE, "--name", "Clinic", "--to", "North", "--to", "East,on_meet")
    moved = ["--at", "35.94N 36.63E", "--datum", "WGS84", "--yes", "--name", "Clinic"]
    capsys.readouterr()
    corrected = ["--replaces", clinic, "--change", "was_always_there"]
    assert 0 == south.types("notify", "site", *moved, *corrected)
    out = capsys.readouterr().out
    assert "not_all_told" not in out
    assert "released to: North, East" in out
    sid = next(word for word in out.split() if len(word) == 43)
    assert 0 == south.types("notify", "close", "site", sid)
    assert "not_all_told" not in capsys.readouterr().out
    assert "close" == north.inbox()[-1]["act"]


def test_before_it_moves_a_convoy_shows_who_lacks_this_version_what_it_meets_and_whom_to_ring(
    desks: dict[str, Desk], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    south, north = desks["South"], desks["North"]
    ours = convoy(south, "--to", "North", "--to", "East,on_meet")
    capsys.readouterr()
    assert 0 == south.types("status", ours)
    page = capsys.readouterr().out
    assert "NOT ACKNOWLEDGED (released)" in page
    assert "NOT TOLD: it waits for a meeting" in page
    assert "+00 North" in page
    assert "meets nothing that was released to you; others may be there" in page
    fires = [
        "--at",
        "35.93N 36.63E",
        "--datum",
        "WGS84",
        "--radius",
        "2 km",
        "--type",
        "indirect_fire",
        "--yes",
    ]
    when = ["--from", "2026-12-01T08:30Z", "--until", "2026-12-01T09:00Z", "--to", "South"]
    assert 0 == north.types("act", *fires, *when, "--name", "Fire plan", "--uncited")
    assert 0 == north.types("ack", ours, "--member", "N-1")
    capsys.readouterr()
    assert 0 == south.types("status", ours)
    page = capsys.readouterr().out
    assert "acknowledged 2" in page
    assert "min before it begins" in page
    assert "NOT AWARE of it" in page
    assert "'Fire plan'" in page
    met = south.notice(ours)["met"]
    assert [("activity", "exact")] == [(one["kind"], one["form"]) for one in met]


def test_a_stop_fire_goes_to_everybody_and_shows_whom_and_the_telephones(
    desks: dict[str, Desk], capsys: pytest.CaptureFixture[str]
) -> None:
    north = desks["North"]
    capsys.readouterr()
    call = ["--part", "call", "--code", "under_fire", "--member", "N-1", *PLACE]
    assert 0 == north.types("stop", *call)
    said = capsys.readouterr()
    assert "goes at once, with its place, to: any party of the arrangement, Monitor" in said.err
    assert "+00 South" in said.err
    sid = next(word for word in said.out.split() if len(word) == 43)
    for name in ("South", "East", "Monitor"):
        assert sid == desks[name].inbox()[-1]["sid"], name
    answer = ["--part", "answer", "--answer", "heard", "--re", sid, "--member", "S-1"]
    assert "in force" in _out(capsys, desks["South"].types("stop", *answer))
    assert "answer" == north.inbox()[-1]["body"]["part"]
    assert "in force" in _out(capsys, north.types("stop", "--part", "end", "--re", sid, "--member", "N-1"))


def _out(capsys: pytest.CaptureFixture[str], status: int) -> str:
    assert 0 == status
    return capsys.readouterr().out


@pytest.mark.parametrize("letters", [22, 43, 48])
def test_a_name_that_begins_with_a_hyphen_is_no_option(
    desks: dict[str, Desk], capsys: pytest.CaptureFixture[str], letters: int
) -> None:
    """One in 64 does."""
    for start in ("-h", "--", "-Z"):
        name = (start + "Ab_9" * 12)[:letters]
        assert 1 == desks["North"].types("ack", name, "--member", "N-1", "--quiet-to-sender")
        objected = ["--reason", "other", "--cite", name, "--to", "any", "--re", name]
        assert desks["North"].types("object", *objected) in (0, 1)
        assert "usage" not in capsys.readouterr().err


def test_an_answer_goes_to_who_asked(desks: dict[str, Desk], capsys: pytest.CaptureFixture[str]) -> None:
    north, south = desks["North"], desks["South"]
    soon = datetime.fromtimestamp(wall_ms() / 1000 + 1_800, UTC).strftime("%Y-%m-%dT%H:%MZ")
    asked = north.says("ask", *PLACE, "--radius", "2 km", "--answer-by", soon, "--to", "South")
    capsys.readouterr()
    said = _out(capsys, south.types("answer", "--answer", "declined", "--re", asked))
    assert "told: North" in said
    assert "inquiry" == next(one for one in south.inbox() if one["sid"] == asked)["kind"]


def test_without_a_line_what_is_said_is_signed_kept_and_sent_later_in_its_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with ServerProcess(tmp_path / "service") as server:
        enrol_desks(tmp_path, server, ("North", "South"))
        north = Desk(tmp_path / "North", capsys)
        assert north.types("notify", "presence", *PLACE, "--name", "1 Coy", "--to", "South") == 0
        server.stop()
    capsys.readouterr()
    call = ["--code", "under_fire", "--member", "N-1", *PLACE]
    assert 4 == north.types("notify", "presence", *PLACE, "--name", "2 Coy", "--to", "South")
    assert 4 == north.types("stop", *call)
    said = capsys.readouterr().err
    assert "NOT SENT" in said
    assert "+00 South" in said
    assert 2 == len(list((north.home / "outbox").glob("*.json")))
    with ServerProcess(tmp_path / "service") as server:
        north.moves_to(server)
        assert 0 == north.types("status")
        assert [] == list((north.home / "outbox").glob("*.json"))
        south = Desk(tmp_path / "South", capsys)
        south.moves_to(server)
        assert ["presence", "presence", "emergency"] == [one["kind"] for one in south.inbox()]
