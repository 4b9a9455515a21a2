"""A desk believes nothing that it can check: receipts, the log's growth, its own inbox. On a real server, with the commands."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server_process import ServerProcess
from standclear.cli.client import Client
from standclear.cli.home import Home
from standclear.cli.main import main
from standclear.cli.trust import HeldInbox, Trust
from standclear.errors import BadInclusion, BadNote, ForkSuspected, Mismatch
from standclear.keys import SigningKey
from standclear.statements.canonical import b64u, from_b64u
from standclear.statements.compose import sign_payload
from standclear.statements.envelope import STATEMENT_TYPE, envelope_from_value
from standclear.statements.header import parse_header
from standclear.statements.lists import inbox_leaf
from standclear.tlog.checkpoint import Checkpoint
from standclear.tlog.heads import commit_head
from standclear.tlog.merkle import Tree, leaf_hash
from standclear.tlog.note import VerifierKey
from standclear.tlog.proof import TlogProof
from world import PACKS

PLACE = ["--at", "35.93N 36.63E", "--datum", "WGS84", "--yes"]
ORIGIN = "exercise.example/desk"
HEAD_KEY = SigningKey.from_seed(bytes(32))
VKEY = VerifierKey(name=ORIGIN, kind=1, public=HEAD_KEY.public).to_text()


class Desk:
    """A desk's home and its commands."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def types(self, command: str, *rest: str) -> int:
        return main([command, "--home", str(self.home), *rest])

    def moves_to(self, server: ServerProcess) -> None:
        """Its service answers at another address now."""
        home = Home(self.home)
        desk = home.desk()
        desk.service = server.address
        home.write_desk(desk)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A stopped service's directory with two desks beside it; both are enrolled under one arrangement."""
    with ServerProcess(tmp_path / "service") as server:
        north, south = Desk(tmp_path / "north"), Desk(tmp_path / "south")
        for desk, name in ((north, "North"), (south, "South")):
            new = ["--service", server.address, "--name", name, "--type", "ngo", "--key", "duty:person"]
            assert desk.types("party", "new", *new) == 0
            keeper = ["--data", str(server.directory), "--service", server.address]
            assert desk.types("party", "admit", str(desk.home / "enrolment.json"), *keeper) == 0
        members = ["--member", "North", "--member", "South", "--neutral", "South"]
        assert north.types("arrange", "file", str(PACKS / "military-line.toml"), *members) == 0
        for desk in (north, south):
            assert desk.types("arrange", "adhere") == 0
        server.stop()
    return tmp_path


def tells(desk: Desk, name: str) -> int:
    return desk.types("notify", "site", *PLACE, "--name", name, "--category", "hospital", "--to", "North")


@pytest.mark.slow
def test_every_statement_says_which_head_its_desk_has_seen(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    south = Desk(place / "south")
    with ServerProcess(place / "service") as server:
        south.moves_to(server)
        before = Trust(Home(south.home)).head
        assert before is not None
        assert tells(south, "The clinic") == 0
        sid = next(word for word in capsys.readouterr().out.split() if len(word) == 43)
        kept = json.loads((south.home / "receipts" / f"{from_b64u(sid, 32, 'sid').hex()}.json").read_text())
        header = parse_header(envelope_from_value(kept["envelope"]).payload)
        assert [(before.size, before.root)] == [(one.size, one.root) for one in header.seen]
        after = Trust(Home(south.home)).head
        assert after is not None
        assert after.size > before.size
        assert south.types("log", "trust") == 0
        assert "as the service first showed them" in capsys.readouterr().out
        assert south.types("log", "--json", "trust", "--policy", str(place / "service" / "log.policy")) == 0
        assert json.loads(capsys.readouterr().out)["how"] == "policy"


@pytest.mark.slow
def test_a_service_that_was_rolled_back_is_named_and_both_heads_are_kept(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The operator takes the log back to before the clinic, and lets the south speak on."""
    south, north = Desk(place / "south"), Desk(place / "north")
    shutil.copytree(place / "service", place / "earlier")
    with ServerProcess(place / "service") as server:
        south.moves_to(server)
        assert tells(south, "The clinic") == 0
        server.stop()
    with ServerProcess(place / "earlier") as server:
        for desk in (south, north):
            desk.moves_to(server)
        for name in ("one", "two", "three"):  # another history grows past the head that the south holds
            assert north.types("notify", "presence", *PLACE, "--name", name) == 0
        capsys.readouterr()
        assert tells(south, "The school") == 5
        told = capsys.readouterr().err
        assert "does not contain" in told
        kept = sorted(path.name for path in (south.home / "evidence").iterdir())
        assert 2 == len(kept)
        assert 1 == len(list((south.home / "outbox").iterdir())), "what has no receipt is not lost"


@pytest.mark.slow
def test_a_policy_of_other_keys_is_refused_before_a_key_is_made(place: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.policy"
    with ServerProcess(tmp_path / "another") as server:
        shutil.copy(server.directory / "log.policy", other)
    with ServerProcess(place / "service") as server:
        new = ["--service", server.address, "--name", "East", "--type", "ngo", "--policy", str(other)]
        assert Desk(tmp_path / "east").types("party", "new", *new) == 1
        assert not (tmp_path / "east" / "keys").exists()


@pytest.mark.slow
def test_the_service_proves_any_two_of_its_heads_and_no_others(place: Path) -> None:
    with ServerProcess(place / "service") as server, Client(server.address) as client:
        size = client.log()["size"]
        assert client.consistency(size, size) == ()
        assert client.consistency(1, size) != ()
        answer = client._http.get(f"/v1/consistency?old=2&new={size + 1}")
        assert 404 == answer.status_code
        assert 400 == client._http.get("/v1/consistency?old=x").status_code


# --- without a server: each lie by itself ------------------------------------------------------------


def note_of(tree: Tree, size: int) -> bytes:
    return commit_head(Checkpoint(origin=ORIGIN, size=size, root=tree.root(size)), HEAD_KEY).to_bytes()


@pytest.fixture
def trust(tmp_path: Path) -> Trust:
    found = Trust(Home(tmp_path))
    found.pin_shown([VKEY])
    return found


def tree_of(*texts: bytes) -> Tree:
    return Tree([leaf_hash(text) for text in texts])


def test_a_log_that_only_grew_is_believed(trust: Trust, tmp_path: Path) -> None:
    tree = tree_of(*(b"%d" % number for number in range(9)))
    for size in (3, 3, 8, 5):
        trust.check_head(note_of(tree, size), tree.consistency_proof)
    assert trust.head == Trust(Home(tmp_path)).head
    assert 8 == (trust.head.size if trust.head else 0)


LIES: tuple[tuple[str, int], ...] = (
    ("the same size, another root", 3),
    ("longer, another past", 7),
    ("shorter", 2),
)


@pytest.mark.parametrize(("name", "size"), LIES, ids=[name for name, _ in LIES])
def test_two_histories_are_a_fork_and_both_notes_are_kept(
    trust: Trust, tmp_path: Path, name: str, size: int
) -> None:
    ours = tree_of(b"a", b"b", b"c")
    theirs = tree_of(b"a", b"x", b"c", b"d", b"e", b"f", b"g")
    trust.check_head(note_of(ours, 3), ours.consistency_proof)
    with pytest.raises(ForkSuspected) as caught:
        trust.check_head(note_of(theirs, size), theirs.consistency_proof)
    assert "other way" in str(caught.value)
    assert {"head-3.note", f"head-{size}-other.note"} == {
        one.name for one in (tmp_path / "evidence").iterdir()
    }
    assert note_of(ours, 3) == (tmp_path / "evidence" / "head-3.note").read_bytes()


def test_a_head_of_another_key_is_no_head(trust: Trust) -> None:
    tree = tree_of(b"a")
    stranger = SigningKey.from_seed(bytes([1] * 32))
    note = commit_head(Checkpoint(origin=ORIGIN, size=1, root=tree.root()), stranger).to_bytes()
    with pytest.raises(BadNote):
        trust.check_head(note, tree.consistency_proof)


def test_other_keys_than_the_pinned_ones_are_refused(trust: Trust) -> None:
    with pytest.raises(Mismatch, match="other keys"):
        trust.pin_shown([VKEY, VKEY])


def shown(entries: list[tuple[bytes, str]]) -> Any:
    def walk(start: int) -> Iterator[dict[str, Any]]:
        for position, (ref, form) in enumerate(entries[start:], start=start):
            yield {"form": form, "position": position, "ref": b64u(ref)}

    return walk


def head_of(entries: list[tuple[bytes, str]]) -> tuple[int, bytes]:
    return len(entries), Tree([leaf_hash(inbox_leaf(*one)) for one in entries]).root()


def test_a_desk_signs_the_inbox_head_that_it_computed(tmp_path: Path) -> None:
    entries = [(bytes([number]) * 36, "exact") for number in range(5)]
    home = Home(tmp_path)
    assert head_of(entries[:2]) == HeldInbox(home, b"p" * 16).head(head_of(entries[:2]), shown(entries))
    assert head_of(entries) == HeldInbox(home, b"p" * 16).head(head_of(entries), shown(entries))
    assert 5 == HeldInbox(home, b"p" * 16).n


def test_an_inbox_that_hides_changes_or_loses_a_release_is_not_signed(tmp_path: Path) -> None:
    entries = [(bytes([number]) * 36, "exact") for number in range(5)]
    held = HeldInbox(Home(tmp_path), b"p" * 16)
    held.head(head_of(entries[:2]), shown(entries))
    cases = {
        "one is left out": (head_of(entries), shown([*entries[:2], *entries[3:]])),
        "one is in another form": (head_of(entries), shown([*entries[:4], (entries[4][0], "widened")])),
        "a position is skipped": (head_of(entries), lambda start: shown(entries)(start + 1)),
        "fewer than before": (head_of(entries[:1]), shown(entries)),
    }
    for name, (told, walk) in cases.items():
        with pytest.raises(Mismatch, match="withheld or changed"):
            held.head(told, walk)
        assert 2 == held.n, name


def test_a_receipt_of_something_else_is_none(trust: Trust) -> None:
    tree = tree_of(b"another entry")
    receipt = TlogProof(index=0, hashes=(), checkpoint_note=note_of(tree, 1), extra=b"1").to_bytes()
    envelope = sign_payload(STATEMENT_TYPE, b"{}", [HEAD_KEY]).to_bytes()
    with pytest.raises(BadInclusion):
        trust.check_receipt(b'{"envelope":%s}' % envelope, 1, receipt, tree.consistency_proof)
