"""What every channel keeps, whatever it reaches: one suite, run against real servers on this machine's loopback."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx2
import pytest
from aiosmtpd.controller import Controller
from standardwebhooks import Webhook

from contract.test_outbox import parcel
from forbidden_words import FORBIDDEN
from standclear.channels import wording
from standclear.channels.gateway import GatewayChannel
from standclear.channels.smtp import SmtpChannel, SmtpSettings
from standclear.channels.webhook import WebhookChannel
from standclear.channels.wording import catalogue, languages, words_of
from standclear.dialects.phrases import LANGUAGES, RIGHT_TO_LEFT
from standclear.errors import Refused, Unavailable
from standclear.flow.outbox import Channel, Letter
from standclear.obligations.duties import DUTIES
from standclear.statements.arrangement import LEVELS

SECRET = bytes(range(32))
NOW_MS = 1_582_804_800_000
URL = "https://line.example/v1/reply/AAAA"


def letter(**more: Any) -> Letter:
    exercise = more.pop("exercise", True)
    details = more.pop("details", ())
    code, answers, more_url = more.pop("code", ""), more.pop("answers", ()), more.pop("url", URL)
    return Letter(
        parcel=parcel(7, **more),
        exercise=exercise,
        service="The line's keeper",
        silent="North",
        reply_url=more_url,
        details=details,
        reply_code=code,
        answers=answers,
    )


@dataclass
class Side:
    """The other side: what it got, and how it answers."""

    bodies: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    raw: list[Any] = field(default_factory=list)
    status: int = 200


class Mailbox(Side):
    """What the loopback SMTP server hands its letters to."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.status != 200:
            return f"{self.status} not now"
        message: Message = message_from_bytes(envelope.content)
        self.raw.append(message)
        self.ids.append(str(message["Message-ID"]).strip("<>").partition("@")[0])
        self.bodies.append(f"{message['Subject']}\n{message.get_payload()}")
        return "250 kept"


@pytest.fixture
def mail() -> Iterator[tuple[Channel, Side, str]]:
    side = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(side, hostname="127.0.0.1", port=port, ready_timeout=10)
    server.start()
    settings = SmtpSettings(host="127.0.0.1", port=port, sender="line@line.example", tls="none")
    yield SmtpChannel(settings), side, "desk@north.example"
    server.stop()


@pytest.fixture
def http() -> Iterator[tuple[Side, str]]:
    side = Side()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if side.status < 300:
                told = json.loads(body)
                side.raw.append((dict(self.headers.items()), body))
                side.ids.append(self.headers.get("webhook-id") or told["id"])
                side.bodies.append(json.dumps(told, ensure_ascii=False))
            self.send_response(side.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield side, f"http://127.0.0.1:{server.server_port}/in"
    server.shutdown()
    thread.join()
    server.server_close()


CHANNELS = ("smtp", "webhook", "sms", "voice")


@pytest.fixture(params=CHANNELS)
def reached(request: pytest.FixtureRequest) -> tuple[Any, Side, str]:
    """A channel, the other side, and the address to which it carries."""
    if request.param == "smtp":
        return request.getfixturevalue("mail")  # type: ignore[no-any-return]
    side, url = request.getfixturevalue("http")
    return request.param, side, url


def carry(channel: Any, url: str, *letters: Letter) -> list[str]:
    """Carry letters one after the other, with a client of this call's own for those that need one."""

    async def carried() -> list[str]:
        if not isinstance(channel, str):
            return [await channel.carry(to(one, url)) for one in letters]
        async with httpx2.AsyncClient() as client:
            made: Channel = (
                WebhookChannel(client, {url: SECRET}, lambda: NOW_MS)
                if channel == "webhook"
                else GatewayChannel(channel, client, url, "a token")
            )
            number = url if channel == "webhook" else "+000001"
            return [await made.carry(to(one, number)) for one in letters]

    return asyncio.run(carried())


def to(one: Letter, address: str) -> Letter:
    return replace(one, parcel=replace(one.parcel, to=address))


# --- the contract ---------------------------------------------------------------------------------


def test_a_letter_arrives_with_its_id_and_the_same_one_when_it_comes_twice(reached: Any) -> None:
    channel, side, address = reached
    said = carry(channel, address, letter(), letter())
    assert all(said)
    assert [letter().parcel.id.hex()] * 2 == side.ids


def test_every_letter_of_an_exercise_begins_exercise_and_holds_its_link(reached: Any) -> None:
    channel, side, address = reached
    carry(channel, address, letter())
    assert "EXERCISE New: site" in side.bodies[0]
    assert URL in side.bodies[0].replace("=\n", "")


def test_a_letter_holds_a_reference_and_no_place_or_name_of_a_notice_unless_it_was_given_one(
    reached: Any,
) -> None:
    channel, side, address = reached
    carry(
        channel, address, letter(), letter(details=("The clinic", "lat 35.93000, lon 36.63000, radius 100 m"))
    )
    assert "clinic" not in side.bodies[0]
    assert ("clinic" in side.bodies[1]) == (
        channel not in ("sms", "voice")
    )  # a line or two holds a reference


def test_what_may_work_later_is_unavailable_and_what_never_will_is_refused(reached: Any) -> None:
    channel, side, address = reached
    for status, kind in ((451 if not isinstance(channel, str) else 503, Unavailable), (550, Refused)):
        side.status = status if status != 550 or not isinstance(channel, str) else 404
        with pytest.raises(kind):
            carry(channel, address, letter())
    assert side.bodies == []


def test_a_server_that_is_not_there_is_unavailable() -> None:
    settings = SmtpSettings(host="127.0.0.1", port=1, sender="line@line.example", tls="none")
    for channel in (SmtpChannel(settings), "webhook", "sms"):
        with pytest.raises(Unavailable):
            carry(channel, "http://127.0.0.1:1/in", letter())


# --- each by itself -------------------------------------------------------------------------------


def test_a_webhook_verifies_with_the_published_library_and_not_with_another_secret(
    http: tuple[Side, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from standardwebhooks import webhooks

    side, url = http
    carry("webhook", url, letter())
    headers, body = side.raw[0]
    lower = {name.lower(): value for name, value in headers.items()}

    class Then(webhooks.datetime):  # type: ignore[misc,name-defined]
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return cls.fromtimestamp(NOW_MS / 1000, tz)

    monkeypatch.setattr(webhooks, "datetime", Then)
    assert json.loads(body) == Webhook(SECRET).verify(body.decode(), lower)
    with pytest.raises(webhooks.WebhookVerificationError):
        Webhook(bytes(32)).verify(body.decode(), lower)


def test_a_webhook_without_a_secret_is_refused(http: tuple[Side, str]) -> None:
    async def carried() -> None:
        async with httpx2.AsyncClient() as client:
            await WebhookChannel(client, {}, lambda: NOW_MS).carry(to(letter(), http[1]))

    with pytest.raises(Refused):
        asyncio.run(carried())


def test_only_the_telephone_wakes_a_person(mail: tuple[Channel, Side, str]) -> None:
    assert not mail[0].wakes
    assert not WebhookChannel.wakes
    assert GatewayChannel.wakes


# --- the words ------------------------------------------------------------------------------------


def test_there_is_a_catalogue_for_each_of_the_languages_of_the_phrases() -> None:
    assert sorted(LANGUAGES) == list(languages())
    assert RIGHT_TO_LEFT == wording.RIGHT_TO_LEFT


@pytest.mark.parametrize("language", languages())
def test_each_catalogue_has_every_text_and_its_blanks_are_those_of_english(language: str) -> None:
    words, english = catalogue(language), catalogue("en")
    assert {rule.kind for rule in DUTIES} == set(words["subject"]) == set(words["text"])
    assert set(words["level"]) == LEVELS
    assert words.keys() == english.keys()
    for table, said in english.items():
        if isinstance(said, str):
            assert (table, _blanks(said)) == (table, _blanks(words[table]))
        else:
            assert (table, said.keys()) == (table, words[table].keys())
            for code, text in said.items():
                assert (code, _blanks(text)) == (code, _blanks(words[table][code]))


@pytest.mark.parametrize("language", languages())
def test_no_message_says_safe_clear_or_permitted_in_any_language(language: str) -> None:
    texts = [
        text
        for said in catalogue(language).values()
        for text in ([said] if isinstance(said, str) else said.values())
    ]
    assert [] == [text for text in texts if re.search(FORBIDDEN[language], text, re.IGNORECASE)]


@pytest.mark.parametrize("language", languages())
def test_a_message_of_an_exercise_says_so_in_its_own_language_too(language: str) -> None:
    words = words_of(letter(kind="ring", language=language, deadline_ms=NOW_MS, exercise=True))
    own = catalogue(language)["exercise"]
    assert own in words.subject
    assert words.subject.count("EXERCISE") == 1
    assert words.text.startswith("EXERCISE ")


def test_in_arabic_what_is_written_in_latin_letters_keeps_its_direction() -> None:
    told = letter(kind="escalate", language="ar", deadline_ms=NOW_MS, exercise=True)
    words = words_of(told)
    assert f"\u2068{told.silent}\u2069" in words.subject
    assert words.subject.startswith("EXERCISE \u2067")
    assert words.subject.endswith("\u2069")
    for text in (words.subject, words.text):
        assert sum(text.count(one) for one in "\u2067\u2068") == text.count("\u2069")


def _blanks(text: str) -> set[str]:
    return {part.partition("}")[0] for part in text.split("{")[1:]}


@pytest.mark.parametrize("language", [*languages(), "xx"])
@pytest.mark.parametrize("kind", [rule.kind for rule in DUTIES])
def test_every_message_can_be_said_in_every_language_and_every_one_of_an_exercise_begins_so(
    language: str, kind: str
) -> None:
    for exercise in (True, False):
        words = words_of(letter(kind=kind, language=language, deadline_ms=NOW_MS, exercise=exercise))
        for text in (words.subject, words.text, words.short):
            assert text.startswith("EXERCISE") == exercise
            assert "{" not in text


def test_a_text_names_its_link_its_code_and_the_answers_by_number_and_a_voice_reads_no_link_out() -> None:
    given = {"code": "7KQ2-M9XD", "answers": ("noted", "will_avoid")}
    text = words_of(letter(channel="sms", **given)).short
    assert URL in text
    assert "7KQ2-M9XD and a number: 1 noted, 2 we will avoid it." in text
    assert "attested" in text
    assert URL not in words_of(letter(channel="voice", **given)).short
    assert "7KQ2-M9XD" in words_of(letter(channel="voice", **given)).short


def test_a_message_to_which_no_answer_is_owed_names_no_way_to_answer() -> None:
    words = words_of(letter(url=""))
    assert "link" not in words.text
    assert "http" not in words.short
