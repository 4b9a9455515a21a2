"""Two persons sign: at one machine, by a file between two, and by an agreement afterwards. Real commands, a real server."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from server_process import ServerProcess
from standclear.cli.main import main
from world import PACKS

PLACE = ["--at", "35.93N 36.63E", "--datum", "WGS84", "--yes"]
pytestmark = pytest.mark.slow


class Desk:
    """A machine at a desk, and its commands."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str] | None = None) -> None:
        self.home = home
        self.capsys = capsys

    def types(self, command: str, *rest: str) -> int:
        return main([command, "--home", str(self.home), *rest])

    def prints(self, command: str, *rest: str) -> str:
        """Type a command that works; what it prints."""
        assert self.capsys is not None
        self.capsys.readouterr()
        assert self.types(command, *rest) == 0
        return self.capsys.readouterr().out

    def fails(self, command: str, *rest: str) -> str:
        """Type a command that is refused; what it says."""
        assert self.capsys is not None
        self.capsys.readouterr()
        assert self.types(command, *rest) != 0
        return self.capsys.readouterr().err

    def inbox(self) -> int:
        """How much was released to it."""
        return self.prints("inbox", "--json").count('"position"')


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cell with two persons on two machines, and a force; sites are signed by two."""
    place = tmp_path_factory.mktemp("two")
    pack = (PACKS / "military-line.toml").read_text().split("[kinds.site]")
    pack[1] = pack[1].replace("signers = 1", "signers = 2", 1)
    (place / "two.toml").write_text("[kinds.site]".join(pack))
    with ServerProcess(place / "service") as server:
        for name, keys in (("Cell", ("focal", "head")), ("Force", ("duty",))):
            desk = Desk(place / name)
            seats = [part for key in keys for part in ("--key", f"{key}:person")]
            new = ["--service", server.address, "--name", name, "--type", "ngo", *seats]
            assert desk.types("party", "new", *new) == 0
            keeper = ["--data", str(server.directory), "--service", server.address]
            assert desk.types("party", "admit", str(desk.home / "enrolment.json"), *keeper) == 0
        members = ["--member", "Cell", "--member", "Force", "--neutral", "Force"]
        assert (
            Desk(place / "Cell").types(
                "arrange", "--seat", "focal", "file", str(place / "two.toml"), *members
            )
            == 0
        )
        assert Desk(place / "Cell").types("arrange", "--seat", "focal", "adhere") == 0
        assert Desk(place / "Force").types("arrange", "adhere") == 0
        shutil.copytree(place / "Cell", place / "Laptop")
        for gone in ("keys/focal.key", "seats/focal.json"):
            (place / "Laptop" / gone).unlink()
        yield place


@pytest.fixture
def desks(line: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Desk]:
    return {name: Desk(line / name, capsys) for name in ("Cell", "Laptop", "Force")}


def site(*more: str) -> list[str]:
    return ["--seat", "focal", "site", *PLACE, "--to", "Force", *more]


def test_one_machine_two_seats(desks: dict[str, Desk]) -> None:
    before = desks["Force"].inbox()
    said = desks["Cell"].prints("notify", *site("--name", "A", "--cosign", "head"))
    assert "agree --agreement" not in said
    assert desks["Force"].inbox() == before + 1


def test_two_machines_and_a_file(desks: dict[str, Desk], tmp_path: Path) -> None:
    before = desks["Force"].inbox()
    file = str(tmp_path / "half.json")
    assert "not sent" in desks["Cell"].prints(
        "notify", *site("--name", "B", "--cosign", "head", "--out", file)
    )
    assert desks["Force"].inbox() == before
    assert "--yes" in desks["Laptop"].fails("cosign", file)
    assert "on record" in desks["Laptop"].prints("cosign", file, "--yes")
    assert desks["Force"].inbox() == before + 1
    after = desks["Cell"].prints("notify", *site("--name", "C", "--cosign", "head"))
    assert "gap" not in after
    assert "fork" not in after


def test_sent_with_one_signature_and_agreed_to_afterwards(desks: dict[str, Desk]) -> None:
    before = desks["Force"].inbox()
    said = desks["Cell"].prints("notify", *site("--name", "D"))
    assert "agree --agreement agreed --re" in said
    sid = said.strip().rsplit(" ", 1)[-1]
    assert desks["Force"].inbox() == before
    own = json.loads(desks["Cell"].prints("status", "--seat", "focal", "--json"))
    assert [one["name"] for one in own if one["waits_for_signature"]] == ["D"]
    desks["Laptop"].prints("agree", "--agreement", "agreed", "--re", sid)
    assert desks["Force"].inbox() == before + 1


def test_wrong_turns_name_what_to_do(desks: dict[str, Desk], tmp_path: Path) -> None:
    file = str(tmp_path / "half.json")
    cell, laptop, force = desks["Cell"], desks["Laptop"], desks["Force"]
    assert "signs it already" in cell.fails("notify", *site("--cosign", "focal"))
    assert "nobody else" in cell.fails("notify", *site("--out", file))
    assert "focal, head" in cell.fails("notify", *site("--cosign", "chief", "--out", file))
    cell.prints("notify", *site("--cosign", "head", "--out", file))
    assert "not one of those it names" in force.fails("cosign", file, "--yes")
    assert "signed it already" in cell.fails("cosign", file, "--yes", "--seat", "focal")
    value = json.loads(Path(file).read_text())
    value["forms"][0]["bodies"][0]["body"]["name"] = "Another place"
    Path(file).write_text(json.dumps(value))
    assert "commits to" in laptop.fails("cosign", file, "--yes")
