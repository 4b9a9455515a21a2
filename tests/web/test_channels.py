"""The channels' file is read strictly, a service has channels only where it is configured, and /health shows them."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from pathlib import Path

import pytest

from delivering import Carrying, addresses
from repository import ROOT
from standclear.channels.settings import read_channels
from standclear.cli.cast import told
from standclear.config import Config
from standclear.errors import Malformed
from standclear.statements.canonical import b64u
from standclear.statements.parties import desk_id
from standclear.wiring import carrying, open_service
from visiting import Visitor
from world import World

PARTY = bytes(16)
SECRET = "whsec_" + b64encode(bytes(range(32))).decode()
SMTP = '[smtp]\nhost = "mail.example"\nsender = "line@line.example"\n'
ADDRESS = (
    f'[[addresses]]\nparty = "{b64u(PARTY)}"\ndesk = "duty"\nchannel = "smtp"\nto = "desk@north.example"\n'
)


def test_an_address_is_for_the_duty_desk_a_reference_only_and_in_english_unless_it_says_more() -> None:
    found = read_channels(SMTP + ADDRESS)
    (one,) = found.addresses
    assert (one.level, one.content, one.language) == ("duty_desk", "reference", "en")
    assert one.desk == desk_id(PARTY, "duty")
    assert found.smtp is not None
    assert found.smtp.tls == "starttls"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("smpx = 1", "channels.smpx"),
        ("[smtp]\nhost = 'x'\nsender = 'a@b'\nprot = 1", "channels.smtp.prot"),
        (SMTP + ADDRESS.replace('"smtp"', '"fax"'), "channels.addresses[0].channel"),
        (ADDRESS, "channels.addresses.channel"),
        (SMTP + ADDRESS + 'content = "everything"', "channels.addresses[0].content"),
        (SMTP + ADDRESS + 'secret = "x"', "channels.addresses[0].secret"),
        (ADDRESS.replace('"smtp"', '"webhook"'), "channels.addresses[0].secret"),
        (ADDRESS.replace('"smtp"', '"webhook"') + 'secret = "whsec_AAAA"', "channels.addresses[0].secret"),
        ("= 1", "channels"),
    ],
)
def test_what_is_wrong_in_the_file_is_refused_with_its_field(text: str, field: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_channels(text)
    assert field == refused.value.field


def test_a_webhook_has_its_secret() -> None:
    found = read_channels(ADDRESS.replace('"smtp"', '"webhook"') + f'secret = "{SECRET}"')
    assert {"desk@north.example": bytes(range(32))} == found.secrets


def test_a_service_has_the_channels_of_its_file_and_none_without_one(tmp_path: Path) -> None:
    file = tmp_path / "channels.toml"
    file.write_text(SMTP + ADDRESS)

    async def opened(channels: str) -> list[str] | None:
        config = Config(data=tmp_path / "data", exercise=True, channels=channels)
        running = await open_service(config)
        try:
            async with carrying(config, running.service) as deliverer:
                assert (deliverer is None) == (running.service.ahead is None)
                return None if deliverer is None else sorted(deliverer.channels)
        finally:
            await running.close()

    assert asyncio.run(opened("")) is None
    file.chmod(0o644)
    with pytest.raises(Malformed) as refused:
        asyncio.run(opened(str(file)))
    assert refused.value.field == "channels"
    file.chmod(0o600)
    assert ["smtp", "webhook"] == asyncio.run(opened(str(file)))


def test_health_shows_the_channels_and_who_cannot_be_woken() -> None:
    with World() as world:
        visitor = Visitor(world)
        assert visitor.get("/health").json()["channels"] is None
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        post = Carrying(world, [*addresses(north), *addresses(south, channel="sms")])
        visitor.front.deliverer = post.deliverer
        world.site(south, told(north))
        post.step()
        shown = visitor.get("/health").json()["channels"]
        assert shown["names"] == ["sms", "smtp"]
        assert shown["messages"] == {"waiting": 0, "handed": 1, "given_up": 0, "unreachable": 0}
        assert (shown["unlogged_calls"], shown["cannot_be_woken"]) == (0, [b64u(north.id)])


def test_the_example_of_the_operators_page_is_a_file_that_is_taken() -> None:
    page = (ROOT / "docs" / "operations" / "channels.md").read_text("utf-8")
    example = page.partition("```toml\n")[2].partition("```")[0]
    assert {"smtp", "webhook", "sms"} <= {one.channel for one in read_channels(example).addresses}
