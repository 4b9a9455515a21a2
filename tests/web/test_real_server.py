"""A real server on a real port, with the client of the command line: killed, started again, and asked for what it said."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from threading import Thread

import pytest

from server_process import ORIGIN, ServerProcess
from standclear.cli.cast import Actor, told
from standclear.cli.client import Client, Credentials, Filed
from standclear.cli.seat import NewSeat, Seat, compose_first_enrolment, enrolment_of, seat_after_enrolment
from standclear.dialects.pack import read_pack
from standclear.errors import Malformed, NotFound, NotPermitted, StandclearError, Unavailable, UnknownSession
from standclear.flow.identity import service_keys
from standclear.keys import SigningKey
from standclear.spacetime.volume import volume_to_value
from standclear.statements.canonical import from_b64u
from standclear.statements.compose import Draft
from standclear.statements.entry import parse_entry
from standclear.tlog.merkle import leaf_hash
from standclear.tlog.policy import parse_policy
from standclear.tlog.proof import parse_proof, verify_proof
from world import DAY_MS, PACKS, circle, site

NOW_MS = 1_790_000_000_000
pytestmark = pytest.mark.slow


class Desks:
    """Two parties, enrolled over HTTP with the service's own root."""

    def __init__(self, server: ServerProcess) -> None:
        self.server = server
        with Client(server.address) as client:
            self.log = from_b64u(client.log()["log"], 32, "log")
            seed = (server.directory / "service.seed").read_text().split()[-1]
            admitting = service_keys(ORIGIN, from_b64u(seed, 32, "seed")).root
            self.north, self.south = (self._enrol(client, name, admitting) for name in ("North", "South"))
        pack = (PACKS / "military-line.toml").read_text()
        members = {self.north.id: "party", self.south.id: "party"}
        arrangement = read_pack(pack, members, self.south.id)
        self.under = self.say(
            self.north, Draft(kind="arrangement", forms={"exact": [arrangement.to_value()]}, to=None)
        ).sid

    def _enrol(self, client: Client, name: str, admitting: SigningKey) -> Actor:
        root, person, machine = (SigningKey.from_seed(os.urandom(32)) for _ in range(3))
        seats = [NewSeat(seat="p", role="person", key=person), NewSeat(seat="m", role="machine", key=machine)]
        enrolment = enrolment_of(
            log=self.log, name=name, party_type="ngo", root=root, desks=[("duty", ("+00 1",), seats)]
        )
        composed = compose_first_enrolment(
            enrolment, log=self.log, root=root, admitting=admitting, stated_ms=NOW_MS, fresh=os.urandom
        )
        client.submit(composed.text)
        sitting: list[Seat] = [
            seat_after_enrolment(
                log=self.log, root_public=root.public, desk="duty", key=key, enrolment_sid=composed.sid
            )
            for key in (person, machine)
        ]
        return Actor(name=name, party_type="ngo", root=root, person=sitting[0], machine=sitting[1])

    def client(self, actor: Actor) -> Client:
        seat = actor.person
        return Client(self.server.address, Credentials(party=seat.party, desk=seat.desk, key=seat.key))

    def text(self, actor: Actor, draft: Draft) -> bytes:
        composed = actor.person.compose(draft, NOW_MS, os.urandom)
        actor.person.said(composed.sid)
        return composed.text

    def say(self, actor: Actor, draft: Draft) -> Filed:
        with self.client(actor) as client:
            return client.submit(self.text(actor, draft))

    def site_text(self, actor: Actor, other: Actor, number: int) -> bytes:
        notice = site(NOW_MS, at=(36 + number / 1_000, 35.9), name=f"EXERCISE site {number}")
        return self.text(
            actor, Draft(kind="site", under=self.under, forms={"exact": [notice.to_value()]}, to=told(other))
        )


def test_a_server_that_is_killed_has_every_statement_that_it_gave_a_receipt_for(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "log") as server:
        desks = Desks(server)
        texts = [desks.site_text(desks.south, desks.north, number) for number in range(400)]
        filed: list[Filed] = []

        def submit_until_it_is_gone() -> None:
            with desks.client(desks.south) as client:
                try:
                    for text in texts:
                        filed.append(client.submit(text))
                        if len(filed) == 60:
                            server.kill()
                except Unavailable:
                    return

        sending = Thread(target=submit_until_it_is_gone)
        sending.start()
        sending.join(60)
        policy = (tmp_path / "log" / "log.policy").read_bytes()
    assert 60 <= len(filed) < len(texts)
    with ServerProcess(tmp_path / "log") as server:
        desks.server = server
        with desks.client(desks.south) as client:
            for number, one in enumerate(filed):
                kept = client.statement(one.sid)
                entry = from_b64u(kept["entry"], None, "entry")
                assert kept["index"] == one.index
                assert parse_entry(entry).integrated_ms == one.integrated_ms
                verify_proof(parse_proof(one.receipt), leaf_hash(entry), parse_policy(policy))
                again = client.submit(texts[number])
                assert (again.index, again.is_repeated) == (one.index, True)
        with desks.client(desks.north) as client:
            positions = [item["position"] for item in client.inbox_brief()]
            assert positions == list(range(len(positions)))
            assert len(positions) >= len(filed)
        assert server.stop() == 0


def test_a_desk_follows_its_inbox_across_a_restart_and_hears_everything_once(tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    with ServerProcess(tmp_path / "log") as server:
        desks = Desks(server)
        with desks.client(desks.south) as client:
            client.submit_many([desks.site_text(desks.south, desks.north, number) for number in range(5)])
        with desks.client(desks.north) as client:
            for one in client.follow(0):
                heard.append((one["start"], one["end"]))
                if one["end"] == 5:
                    break
        assert server.stop() == 0
    with ServerProcess(tmp_path / "log") as server:
        desks.server = server
        with desks.client(desks.south) as client:
            client.submit_many([desks.site_text(desks.south, desks.north, number) for number in range(5, 8)])
        with desks.client(desks.north) as client:
            for one in client.follow(5):
                heard.append((one["start"], one["end"]))
                if one["end"] == 8:
                    break
    assert heard == [(position, position + 1) for position in range(8)]


def test_the_client_reads_what_the_service_says_and_raises_its_errors(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "log") as server:
        desks = Desks(server)
        area = circle((36.0, 35.9), 5_000, NOW_MS, NOW_MS + DAY_MS)
        with desks.client(desks.south) as south, desks.client(desks.north) as north:
            texts = [desks.site_text(desks.south, desks.north, number) for number in range(3)]
            filed = south.submit_many([*texts, b"{}", texts[0]])
            kinds = [type(one).__name__ for one in filed]
            assert kinds == ["Filed", "Filed", "Filed", "Malformed", "Filed"]
            first, last = filed[0], filed[4]
            assert isinstance(first, Filed)
            assert isinstance(last, Filed)
            assert (last.is_repeated, last.index) == (True, first.index)
            assert south.inbox_head()[0] == 0
            assert north.inbox_head()[0] == 3
            assert [one["name"] for one in south.own("site")] == [f"EXERCISE site {n}" for n in range(3)]
            assert south.ladders(first.sid)[0]["rung"] == "released"
            assert parse_proof(north.receipt(first.sid)).index == first.index
            told_of = north.who_knew(desks.north.id, volume_to_value(area), 4_000_000_000_000)
            assert len(told_of["told"]) == 3
            assert north.dossier(
                {"party": told_of["party"], "area": volume_to_value(area), "before_ms": NOW_MS}
            )
            assert south.policy() == (server.directory / "log.policy").read_bytes()
            assert {party["name"] for party in north.parties()} >= {"North", "South"}
            assert len(north.arrangements()) == 1
            with pytest.raises(NotFound):
                north.notice(first.sid + bytes(4))
            with pytest.raises(NotPermitted):
                north.dossier()
        with Client(server.address) as stranger, pytest.raises(UnknownSession):
            stranger.inbox()
        with pytest.raises(Malformed):
            Client("nowhere")
    with Client(server.address) as late, pytest.raises(Unavailable):
        late.health()


def test_the_seed_is_its_owners_alone_and_others_reading_it_stops_the_start(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "log") as server:
        assert server.stop() == 0
    seed = tmp_path / "log" / "service.seed"
    assert stat.S_IMODE(seed.stat().st_mode) == 0o600
    seed.chmod(0o644)
    with ServerProcess(tmp_path / "log") as server:
        assert server.address == ""
        assert server.process.wait(30) == 5
        assert "others may read" in server.errors()


def test_a_directory_is_one_log_and_stays_it(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "log") as server:
        with Client(server.address) as client:
            log = client.log()["log"]
        with ServerProcess(tmp_path / "log") as second:
            assert second.process.wait(30) in (4, 5)
        assert server.stop() == 0
    with ServerProcess(tmp_path / "log", "--origin", "exercise.example/other") as server:
        assert server.process.wait(30) == 1
    with ServerProcess(tmp_path / "log") as server, Client(server.address) as client:
        assert client.log()["log"] == log


def test_without_its_assertions_it_does_not_start(tmp_path: Path) -> None:
    os.environ["PYTHONOPTIMIZE"] = "1"
    try:
        with ServerProcess(tmp_path / "log") as server:
            assert server.process.wait(30) == 5
            assert "assertions" in server.errors()
    finally:
        del os.environ["PYTHONOPTIMIZE"]


def test_every_error_survives_the_way_to_the_client_and_back() -> None:
    from standclear.cli.client import error_from
    from standclear.errors import Overloaded
    from standclear.web.problems import problem_of

    for error in (Malformed("f", "r", "m"), Overloaded(limit="x", most=3), StandclearError(id="7")):
        back = error_from(problem_of(error, None, "0"))
        assert (type(back), back.fields) == (type(error), error.fields)
