"""`standclear read`: what is printed was checked, and a service that shows other words than were signed is named."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from desks import PLACE, Desk, enrol_desks
from server_process import ServerProcess
from standclear.cli.cast import told
from standclear.cli.client import Client, Credentials
from standclear.cli.line import Line
from standclear.cli.read import checked_body
from standclear.dossier.verify import verify
from standclear.errors import Mismatch, NotFound
from standclear.flow.evidence import policy_of, statement_of
from standclear.statements.canonical import b64u, from_b64u
from world import World

Lie = Callable[[bytes], bytes]


def test_one_statement_verifies_under_the_logs_keys_and_names_no_other_recipient() -> None:
    with World() as world:
        north, south, east = world.enrol("North"), world.enrol("South"), world.enrol("East")
        world.agree(north, south, east)
        clinic = world.site(south, told(north, east))
        unseen = world.site(south, told(east))
        world.settle()
        text = statement_of(world.service, north.id, clinic.sid)
        assert () == verify(text, policy_of(world.service)).broken()
        assert b64u(east.id).encode() not in text
        with pytest.raises(NotFound):
            statement_of(world.service, north.id, unseen.sid)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Two desks; the south has told the north of two clinics, in a file the sids of both."""
    place = tmp_path_factory.mktemp("read")
    with ServerProcess(place / "service") as server:
        enrol_desks(place, server, ("North", "South"))
        yield place


@pytest.fixture
def clinics(place: Path, capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    south = Desk(place / "South", capsys)
    more = ["--to", "North", "--category", "hospital"]
    first = south.says("notify", "site", *PLACE, "--name", "Clinic Alef", *more, "--note", "two gates")
    other = ["--at", "36.10N 36.70E", "--datum", "WGS84", "--yes"]
    return first, south.says("notify", "site", *other, "--name", "Clinic Bet", *more)


@pytest.mark.slow
def test_a_thing_is_read_in_two_formats_two_clocks_and_the_senders_own_words(
    place: Path, clinics: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    north = Desk(place / "North", capsys)
    assert 0 == north.types("read", "--zone", "Asia/Damascus", clinics[0])
    page = capsys.readouterr().out
    for text in (
        "EXERCISE",
        "Clinic Alef",
        "two gates",
        "37S BV",
        "as written (place, WGS84): 35.93N 36.63E",
        "Asia/Damascus",
    ):
        assert text in page, text
    assert "site (exact form): signed by its sender" in page
    assert "from South" in page


@pytest.mark.slow
def test_an_acknowledgement_says_when_the_words_were_opened_and_that_they_never_were(
    place: Path, clinics: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    north, south = Desk(place / "North", capsys), Desk(place / "South", capsys)
    assert 0 == north.types("read", clinics[0])
    for sid in clinics:
        assert 0 == north.types("ack", sid, "--member", "N-1")
    acks = [one["body"] for one in south.inbox() if one["kind"] == "acknowledgement"][-2:]
    assert [True, False] == [one["opened_ms"] is not None for one in acks]


class Lying(httpx2.HTTPTransport):
    """A service on the way that changes one answer."""

    def __init__(self, path: str, lie: Lie) -> None:
        super().__init__()
        self._path = path
        self._lie = lie

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = super().handle_request(request)
        if self._path not in request.url.path:
            return answer
        answer.read()
        return httpx2.Response(answer.status_code, content=self._lie(answer.content))


def _changed(old: bytes, new: bytes) -> Lie:
    def lie(text: bytes) -> bytes:
        assert old in text
        return text.replace(old, new)

    return lie


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "lie"),
    [
        ("another name", _changed(b"Clinic Alef", b"Clinic Elef")),
        ("another place", _changed(b'"at":[36', b'"at":[37')),
        ("cut short", lambda text: text[:-40]),
    ],
    ids=["another name", "another place", "cut short"],
)
def test_other_words_than_were_signed_are_named_and_not_printed(
    place: Path, clinics: tuple[str, str], name: str, lie: Lie
) -> None:
    with Line.of(str(place / "North"), None) as line:
        seat = line.seat
        who = Credentials(party=seat.party, desk=seat.desk, key=seat.key)
        line.client.close()
        line.client = Client(line.desk.service, who, transport=Lying("/dossier", lie))
        with pytest.raises(Mismatch, match="rely on nothing of it"):
            checked_body(line, from_b64u(clinics[0], 32, "sid"), 0)


@pytest.mark.slow
def test_another_true_statement_in_its_place_is_named(place: Path, clinics: tuple[str, str]) -> None:
    with Line.of(str(place / "North"), None) as line:
        other = line.client.statement_dossier(from_b64u(clinics[1], 32, "sid"))
        seat = line.seat
        who = Credentials(party=seat.party, desk=seat.desk, key=seat.key)
        line.client.close()
        line.client = Client(line.desk.service, who, transport=Lying("/dossier", lambda text: other))
        with pytest.raises(Mismatch, match="another one was shown"):
            checked_body(line, from_b64u(clinics[0], 32, "sid"), 0)


@pytest.mark.slow
def test_as_json_the_words_come_with_their_place_in_the_inbox(
    place: Path, clinics: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert 0 == Desk(place / "North").types("read", "--json", clinics[0])
    found = json.loads(capsys.readouterr().out)
    assert ("Clinic Alef", "exact", "site") == (found["body"]["name"], found["form"], found["inbox"]["kind"])
