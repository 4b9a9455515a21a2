"""Desks at a real service: their homes, and the commands that somebody types there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from server_process import ServerProcess
from standclear.cli.home import Home
from standclear.cli.main import main
from world import PACKS

PLACE = ["--at", "35.93N 36.63E", "--datum", "WGS84", "--yes"]


class Desk:
    """A desk's home and its commands."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str] | None = None) -> None:
        self.home = home
        self.capsys = capsys

    def types(self, command: str, *rest: str) -> int:
        return main([command, "--home", str(self.home), *rest])

    def says(self, command: str, *rest: str) -> str:
        """Type a command that works; the sid that it prints."""
        assert self.capsys is not None
        self.capsys.readouterr()
        assert 0 == self.types(command, *rest)
        return next(word for word in reversed(self.capsys.readouterr().out.split()) if len(word) == 43)

    def notice(self, sid: str) -> dict[str, Any]:
        """One of one's own notices."""
        assert self.capsys is not None
        self.capsys.readouterr()
        assert 0 == self.types("status", "--json", sid)
        found: dict[str, Any] = json.loads(self.capsys.readouterr().out)
        return found

    def inbox(self) -> list[dict[str, Any]]:
        """Everything in the desk's inbox."""
        assert self.capsys is not None
        self.capsys.readouterr()
        assert 0 == self.types("inbox", "--json")
        text, found, at = self.capsys.readouterr().out, [], 0
        while at < len(text.rstrip()):
            item, at = json.JSONDecoder().raw_decode(text, at)
            found.append(item)
            at += 1
        return found

    def moves_to(self, server: ServerProcess) -> None:
        """Its service answers at another address now."""
        home = Home(self.home)
        desk = home.desk()
        desk.service = server.address
        home.write_desk(desk)


def enrol_desks(place: Path, server: ServerProcess, names: Sequence[str]) -> None:
    """Enrol parties, one desk each, under one arrangement; one that is named Monitor monitors it and is its neutral desk."""
    for name in names:
        desk = Desk(place / name)
        kind = "monitor" if name == "Monitor" else "ngo"
        new = ["--service", server.address, "--name", name, "--type", kind, "--key", "duty:person"]
        assert desk.types("party", "new", *new, "--phone", f"+00 {name}") == 0
        keeper = ["--data", str(server.directory), "--service", server.address]
        assert desk.types("party", "admit", str(desk.home / "enrolment.json"), *keeper) == 0
    members = [
        part for name in names for part in ("--member", name if name != "Monitor" else "Monitor:monitor")
    ]
    filed = [str(PACKS / "military-line.toml"), *members, "--neutral", names[-1]]
    assert Desk(place / names[0]).types("arrange", "file", *filed) == 0
    for name in names:
        assert Desk(place / name).types("arrange", "adhere") == 0
