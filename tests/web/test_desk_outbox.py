"""What a desk signed and the service refuses when it is sent again has a place, a reason, and a way on: nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from server_process import ServerProcess
from standclear.cli.home import Home
from standclear.cli.main import main
from standclear.statements.canonical import b64u
from world import PACKS

PLACE = ["--at", "35.93N 36.63E", "--datum", "WGS84", "--yes"]
pytestmark = pytest.mark.slow


class Desk:
    """A desk's home, the commands typed there, and what they printed."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self._capsys = capsys

    def types(self, *words: str) -> tuple[int, str, str]:
        self._capsys.readouterr()
        status = main([words[0], "--home", str(self.home), *words[1:]])
        printed = self._capsys.readouterr()
        return status, printed.out, printed.err

    def tells(self, name: str) -> int:
        return self.types("notify", "presence", *PLACE, "--name", name, "--to", "South")[0]

    def waiting(self) -> list[Path]:
        return sorted((self.home / "outbox").glob("*.json"))

    def moves_to(self, server: ServerProcess) -> None:
        home = Home(self.home)
        desk = home.desk()
        desk.service = server.address
        home.write_desk(desk)


@pytest.fixture
def refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[tuple[Desk, str, str]]:
    """A desk of which two statements waited; the first one's body was damaged on its disk, and was refused when it was sent."""
    with ServerProcess(tmp_path / "service") as server:
        for name in ("North", "South"):
            desk = Desk(tmp_path / name, capsys)
            new = ["--service", server.address, "--name", name, "--type", "ngo", "--key", "duty:person"]
            assert desk.types("party", "new", *new)[0] == 0
            keeper = ["--data", str(server.directory), "--service", server.address]
            assert desk.types("party", "admit", str(desk.home / "enrolment.json"), *keeper)[0] == 0
        north = Desk(tmp_path / "North", capsys)
        members = ["--member", "North", "--member", "South", "--neutral", "South"]
        assert north.types("arrange", "file", str(PACKS / "military-line.toml"), *members)[0] == 0
        for name in ("North", "South"):
            assert Desk(tmp_path / name, capsys).types("arrange", "adhere")[0] == 0
        assert north.tells("1 Coy") == 0
        server.stop()
    assert [north.tells("2 Coy"), north.tells("3 Coy")] == [4, 4]
    damaged = north.waiting()[0]
    damaged.write_bytes(damaged.read_bytes().replace(b"2 Coy", b"9 Coy"))
    with ServerProcess(tmp_path / "service") as server:
        north.moves_to(server)
        status, _, told = north.types("status")
        assert status == 0
        yield north, told, b64u(bytes.fromhex(damaged.stem.split("-")[1]))


def test_it_is_told_once_and_what_was_signed_after_it_goes_out(refused: tuple[Desk, str, str]) -> None:
    north, told, sid = refused
    assert sid[:10] in told
    assert "set aside" in told
    assert "not the bodies that the header commits to" in told
    assert north.waiting() == []
    status, shown, again = north.types("status")
    assert (status, again) == (0, "")
    assert "3 Coy" in shown
    assert "2 Coy" not in shown


def test_it_is_listed_with_its_reason_sent_again_once_it_is_mended_and_on_record_then(
    refused: tuple[Desk, str, str],
) -> None:
    north, _, sid = refused
    status, shown, _ = north.types("outbox", "--json")
    [one] = json.loads(shown)
    assert (status, one["state"], one["kind"], one["sid"]) == (1, "refused", "presence", sid)
    assert one["remedy"].startswith("compose and sign it again whole")
    status, shown, _ = north.types("outbox", "resend", sid[:8])
    assert status == 1
    assert "refused again" in shown
    kept = Path(one["file"])
    kept.write_bytes(kept.read_bytes().replace(b"9 Coy", b"2 Coy"))
    status, shown, _ = north.types("outbox", "resend")
    assert status == 0
    assert "on record as entry" in shown
    assert "2 Coy" in north.types("status")[1]
    status, shown, _ = north.types("outbox")
    assert (status, shown) == (0, "nothing waits, and nothing was refused\n")
    assert not list((north.home / "refused").iterdir())


def test_it_is_withdrawn_by_a_person_and_kept_with_its_refusal(refused: tuple[Desk, str, str]) -> None:
    north, _, sid = refused
    assert north.types("outbox", "withdraw", "abc")[0] == 1
    assert north.types("outbox", "withdraw", "abcdefgh")[0] == 1
    status, shown, _ = north.types("outbox", "withdraw", sid)
    assert status == 0
    assert "withdrawn, and kept" in shown
    assert sorted(path.suffix for path in (north.home / "withdrawn").iterdir()) == [".json", ".why"]
    assert north.types("outbox")[0] == 0
    assert north.types("outbox", "resend")[0] == 1


def test_what_waits_is_listed_without_a_service(refused: tuple[Desk, str, str]) -> None:
    north, _, _ = refused
    home = Home(north.home)
    desk = home.desk()
    desk.service = "http://127.0.0.1:9"
    home.write_desk(desk)
    assert north.tells("4 Coy") == 4
    status, shown, _ = north.types("outbox", "--json")
    assert status == 1
    assert [("waiting", "presence"), ("refused", "presence")] == [
        (one["state"], one["kind"]) for one in json.loads(shown)
    ]
