"""Erasing and holding as a desk does it: the commands, on a real server over a real port."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from server_process import ServerProcess
from web.test_questions_at_the_desk import PLACE, Desk
from world import PACKS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Desk]]:
    """Two desks under one arrangement."""
    place = tmp_path_factory.mktemp("erasing")
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
        yield north, south


def said(
    desk: Desk, capsys: pytest.CaptureFixture[str], command: str, *rest: str
) -> tuple[int, dict[str, object]]:
    capsys.readouterr()
    status = desk.types(command, "--json", *rest)
    return status, json.loads(capsys.readouterr().out)


def test_an_owner_is_told_what_it_costs_before_it_signs(
    desks: tuple[Desk, Desk], capsys: pytest.CaptureFixture[str]
) -> None:
    north, south = desks
    site = ["site", "--category", "hospital", "--name", "Clinic", "--valid", "90 d", "--to", "North", *PLACE]
    capsys.readouterr()
    assert south.types("notify", "--json", *site) == 0
    ref = json.loads(capsys.readouterr().out)["sid"] + ":0"
    assert south.types("erase", ref, "--reason", "owner_asks") == 1
    told = capsys.readouterr().err
    for words in (
        "from now on no planner is warned here",
        "copies held by 1 recipient(s) (North) cannot be recalled",
        "0 activities cited it",
        "it still stands",
        "add --yes",
    ):
        assert words in told
    status, asked = said(south, capsys, "erase", ref, "--reason", "owner_asks", "--yes")
    assert (1, "waiting", ["still_stands"]) == (status, asked["effect"], asked["marks"])
    status, placed = said(north, capsys, "hold", "place", "--cite", ref, "--reason", "investigation")
    assert (0, "in_force") == (status, placed["effect"])
    status, lifted = said(north, capsys, "hold", "lift", str(placed["sid"]), "--reason", "no_longer_needed")
    assert (0, "in_force") == (status, lifted["effect"])
