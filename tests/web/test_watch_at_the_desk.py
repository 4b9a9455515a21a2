"""The watch as a desk keeps it: the commands, on a real server over a real port, and with no server at all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server_process import ServerProcess
from standclear.cli.main import EXIT_UNAVAILABLE, main
from world import PACKS

PLACE = ["--at", "35.93N 36.63E", "--datum", "WGS84", "--yes"]
TELEPHONE = "+00 000 11"
pytestmark = pytest.mark.slow


class Desk:
    """A desk's home, and what somebody types there."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self._capsys = capsys

    def types(self, command: str, *rest: str, status: int = 0) -> tuple[str, str]:
        """What is printed, and what is said on standard error."""
        self._capsys.readouterr()
        assert status == main([command, "--home", str(self.home), *rest])
        found = self._capsys.readouterr()
        return found.out, found.err

    def asks(self, command: str, *rest: str, status: int = 0) -> Any:
        return json.loads(self.types(command, "--json", *rest, status=status)[0])


@pytest.fixture
def line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[ServerProcess, Desk, Desk]]:
    monkeypatch.setenv("COLUMNS", "250")
    with ServerProcess(tmp_path / "service") as server:
        north, south = Desk(tmp_path / "north", capsys), Desk(tmp_path / "south", capsys)
        for desk, name in ((north, "North"), (south, "South")):
            new = ["--service", server.address, "--name", name, "--type", "ngo", "--key", "duty:person"]
            desk.types("party", "new", *new, "--phone", TELEPHONE)
            keeper = ["--data", str(server.directory), "--service", server.address]
            desk.types("party", "admit", str(desk.home / "enrolment.json"), *keeper)
        members = ["--member", "North", "--member", "South", "--neutral", "South"]
        north.types("arrange", "file", str(PACKS / "military-line.toml"), *members)
        for desk in (north, south):
            desk.types("arrange", "adhere")
        yield server, north, south


SITE = ["site", *PLACE, "--name", "A", "--category", "hospital", "--to", "North"]


def test_a_watch_is_taken_with_what_is_open_handed_over_and_nobody_types_the_count(
    line: tuple[ServerProcess, Desk, Desk],
) -> None:
    _, north, south = line
    south.types("notify", *SITE)
    taken, _ = north.types("watch", "take", "--member", "N-1")
    assert "N-1 has the desk" in taken
    assert "inbox up to position 1; 1 items open" in taken
    assert "site" in taken
    twice = north.asks("watch", "take", "--member", "N-2")
    assert (["watch_taken_twice"], 1, 1) == (twice["marks"], twice["inbox_end"], twice["open_items"])
    again, _ = north.types("watch", "take", "--member", "N-3")
    assert "N-2 had it and has not handed it over" in again
    late, _ = north.types("watch", "hand-over", "--member", "N-1", status=1)
    assert "nothing changed" in late
    given, _ = north.types("watch", "hand-over", "--member", "N-3")
    assert "whoever follows takes it" in given
    left, _ = north.types("watch", "leave", "--member", "N-3", "--language", "fr", status=1)
    assert "remet ou quitte une veille qu'il n'a pas" in left


def test_the_desks_are_listed_and_who_tells_one_is_warned_on_the_way(
    line: tuple[ServerProcess, Desk, Desk],
) -> None:
    _, north, south = line
    told, warned = south.types("notify", *SITE)
    assert "on record" in told
    assert "note: North, duty: nobody on watch since" in warned
    assert f"cannot be woken by any channel; telephone: {TELEPHONE}" in warned
    north.types("watch", "take", "--member", "N-1", "--to", "any")
    answered, _ = north.types("line", "--channel", "sms", "--to", "any")
    assert "in force" in answered
    _, quieter = south.types("notify", *SITE)
    assert "nobody on watch" not in quieter
    table, _ = south.types("desks", "--party", "North")
    assert "on_watch N-1 since" in table
    assert "CANNOT BE WOKEN" in table
    assert TELEPHONE in table
    shown = north.asks("desks")
    mine = next(one for one in shown["desks"] if one["watch"]["member"] == "N-1")
    assert ("answered", "signed") == (mine["line"]["state"], mine["line"]["how"])
    filed = south.asks("notify", *SITE)
    assert [f"North, duty: cannot be woken by any channel; telephone: {TELEPHONE}"] == filed["warnings"]
    plan = ["--from", "2100-01-01T00:00Z", "--until", "2100-01-01T01:00Z", "--type", "indirect_fire"]
    acted = south.asks("act", *PLACE, *plan, "--to", "North", "--uncited")
    assert filed["warnings"] == acted["warnings"]


def test_a_stop_fire_names_whom_to_telephone_and_so_it_does_where_the_service_is_gone(
    line: tuple[ServerProcess, Desk, Desk],
) -> None:
    server, _, south = line
    call = ["--code", "under_fire", *PLACE, "--member", "S-1", "--to", "any"]
    _, said = south.types("stop", *call)
    expected = rf"North +duty +CANNOT BE WOKEN: ring now +{re.escape(TELEPHONE)}"
    assert re.search(expected, said)
    server.kill()
    _, alone = south.types("stop", *call, status=EXIT_UNAVAILABLE)
    assert re.search(expected, alone)
