"""Answers without a key as an operator sets them up: a real server with its settings, a mail on the wire, the commands."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from queue import Queue
from typing import Any

import httpx2
import pytest
from aiosmtpd.controller import Controller

from server_process import ServerProcess
from standclear.cli.main import main
from standclear.statements.canonical import b64u, from_b64u
from world import PACKS

PLACE = ["--at", "35.93N 36.63E", "--datum", "WGS84", "--yes"]
pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


class Mailbox:
    """Keeps the text of what it is given."""

    def __init__(self) -> None:
        self.texts: Queue[str] = Queue()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        payload = message_from_bytes(envelope.content).get_payload(decode=True)
        self.texts.put(payload.decode("utf-8"))
        return "250 kept"


@pytest.fixture
def mail() -> Iterator[tuple[Mailbox, int]]:
    mailbox = Mailbox()
    port = free_port()
    server = Controller(mailbox, hostname="127.0.0.1", port=port, ready_timeout=10)
    server.start()
    yield mailbox, port
    server.stop()


def types(home: Path, command: str, *rest: str) -> None:
    assert main([command, "--home", str(home), *rest]) == 0


def enrolled(place: Path, server: ServerProcess) -> None:
    """Two desks under one arrangement."""
    for name in ("North", "South"):
        new = ["--service", server.address, "--name", name, "--type", "ngo", "--key", "duty:person"]
        types(place / name, "party", "new", *new)
        keeper = ["--data", str(server.directory), "--service", server.address]
        types(place / name, "party", "admit", str(place / name / "enrolment.json"), *keeper)
    members = ["--member", "North", "--member", "South", "--neutral", "South"]
    types(place / "North", "arrange", "file", str(PACKS / "military-line.toml"), *members)
    for name in ("North", "South"):
        types(place / name, "arrange", "adhere")


def settings(place: Path, listening: str, port: int) -> Path:
    """The operator's settings: a relay, the north's duty desk, and the service's own address."""
    north = json.loads((place / "North" / "desk.json").read_text("utf-8"))["party"]
    channels = place / "channels.toml"
    channels.write_text(
        f'[smtp]\nhost = "127.0.0.1"\nport = {port}\ntls = "none"\nsender = "line@line.example"\n'
        f'[[addresses]]\nparty = "{north}"\ndesk = "duty"\nchannel = "smtp"\nto = "desk@north.example"\n'
    )
    channels.chmod(0o600)
    config = place / "service.toml"
    config.write_text(f'channels = "{channels}"\nreply_url = "http://{listening}"\n')
    return config


def test_from_the_settings_to_a_status_that_says_attested_and_not_signed(
    tmp_path: Path,
    mail: tuple[Mailbox, int],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    mailbox, port = mail
    listening = f"127.0.0.1:{free_port()}"
    with ServerProcess(tmp_path / "service", "--listen", listening) as server:
        enrolled(tmp_path, server)
        assert server.stop() == 0
    config = settings(tmp_path, listening, port)
    with ServerProcess(tmp_path / "service", "--listen", listening, "--config", str(config)) as server:
        for name in ("The clinic", "The school"):
            told = ["site", *PLACE, "--name", name, "--category", "hospital", "--to", "North"]
            types(tmp_path / "South", "notify", *told)
        links = dict(link_of(mailbox.texts.get(timeout=30)) for _ in range(2))
        clinic, school = sids(tmp_path / "South", capsys)
        with httpx2.Client(trust_env=False) as client:
            assert "An answer here is attested" in client.get(links[clinic[:10]]).text
            taken = client.post(links[clinic[:10]], data={"answer": "will_avoid"})
            assert (taken.status_code, taken.json()["signed"]) == (200, False)
            assert client.post(links[clinic[:10]], data={"answer": "noted"}).status_code == 409
        on_the_telephone = [
            "--whom",
            "duty officer",
            "--party",
            "North",
            "--channel",
            "call",
            "--member",
            "S-1",
        ]
        read_back = [
            "--result",
            "read_back_correct",
            "--read-back",
            "7-4-4-1",
            "--re",
            school,
            "--to",
            "North",
        ]
        types(tmp_path / "South", "contact", *on_the_telephone, *read_back)
        expected = {
            clinic: r"North: attested, not signed: will_avoid by link .*, the service's word",
            school: r"North: attested, not signed: read_back_correct by call .*, the word of South",
        }
        for sid, words in expected.items():
            shown = wait_for(words, tmp_path / "South", sid, capsys)
            assert "NOT ACKNOWLEDGED" in shown
            assert "attested, not signed)" in shown
        capsys.readouterr()
        called = ["--code", "under_fire", *PLACE, "--member", "S-1", "--to", "North", "--json"]
        types(tmp_path / "South", "stop", *called)
        call = json.loads(capsys.readouterr().out)["sid"]
        _, ring = link_of(mailbox.texts.get(timeout=30))
        with httpx2.Client(trust_env=False) as client:
            assert client.post(ring, data={"answer": "heard"}).status_code == 200
        shown = wait_for(r"attested, not signed: heard by link", tmp_path / "South", call, capsys)
        assert "NOBODY SIGNED AN ANSWER" in shown
        assert server.stop() == 0


def link_of(text: str) -> tuple[str, str]:
    """The reference that a mail names, and its link."""
    reference, link = (
        re.search(r"Reference ([\w-]{10})", text),
        re.search(r"http://\S+/v1/reply/[\w-]{22}", text),
    )
    assert reference is not None, text
    assert link is not None, text
    return reference[1], link[0]


def sids(home: Path, capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """The two statements of the south, by the names of their sites."""
    capsys.readouterr()
    types(home, "status", "--json")
    found = {one["name"]: one["sid"] for one in json.loads(capsys.readouterr().out)}
    return found["The clinic"], found["The school"]


def wait_for(words: str, home: Path, sid: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What status shows of a statement once it says these words: the deeds come within seconds."""
    ref = b64u(from_b64u(sid, 32, "sid") + bytes(4))
    for _ in range(200):
        capsys.readouterr()
        types(home, "status", ref)
        shown = capsys.readouterr().out
        if re.search(words, shown):
            return shown
    raise AssertionError(shown)
