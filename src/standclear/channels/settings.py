"""The channels' settings: a TOML file of its own, since it holds addresses and secrets. Read strictly.

docs/operations/channels.md says what stands in it.
"""

from __future__ import annotations

import tomllib
from base64 import b64decode
from dataclasses import dataclass
from typing import Any, Final

from standclear.channels.smtp import TLS, SmtpSettings
from standclear.errors import Malformed
from standclear.flow.outbox import Address
from standclear.limits import ADDRESSES_MAX, SIGNING_KEY_CHARACTERS_MIN
from standclear.statements.arrangement import LEVELS
from standclear.statements.canonical import Value
from standclear.statements.fields import Fields
from standclear.statements.parties import desk_id

CHANNELS: Final = frozenset({"smtp", "webhook", "sms", "voice"})
CONTENTS: Final = frozenset({"reference", "widened", "full"})
_SECRET_MARK: Final = "whsec_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """Where a telephone's gateway takes messages, and the key with which it signs the texts that it received, if any."""

    url: str
    token: str
    signing_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSettings:
    """All of the file. `secrets` holds the secret of each webhook, by its address."""

    smtp: SmtpSettings | None
    gateway: Gateway | None
    addresses: tuple[Address, ...]
    secrets: dict[str, bytes]


def read_channels(text: str) -> ChannelSettings:
    """The settings of a file.

    Raises:
        Malformed: it is not TOML, or a setting is unknown, missing or not of its kind; the field says which.
    """
    try:
        table: dict[str, Any] = tomllib.loads(text)
    except ValueError as error:
        raise Malformed("channels", str(error), "mend the TOML") from None
    fields = Fields({"smtp": None, "gateway": None, "addresses": []} | table, "channels")
    rows = fields.many("addresses", _read_address, ADDRESSES_MAX)
    found = ChannelSettings(
        smtp=fields.one_or_none("smtp", _read_smtp),
        gateway=fields.one_or_none("gateway", _read_gateway),
        addresses=tuple(address for address, _ in rows),
        secrets={address.to: secret for address, secret in rows if secret},
    )
    fields.done()
    _check_channels(found)
    return found


def _check_channels(found: ChannelSettings) -> None:
    there = {"smtp": found.smtp, "sms": found.gateway, "voice": found.gateway}
    for one in found.addresses:
        if there.get(one.channel, True) is None:
            raise Malformed(
                "channels.addresses.channel", f"no settings for {one.channel}", "add its table to the file"
            )


def _read_smtp(value: Value, path: str) -> SmtpSettings:
    given = value if isinstance(value, dict) else {}
    fields = Fields({"port": 25, "tls": "starttls", "user": "", "password": "", **given}, path)
    found = SmtpSettings(
        host=fields.text("host", 200, 1),
        port=fields.integer("port", 1, 65_535),
        sender=fields.text("sender", 200, 3),
        tls=fields.choice("tls", TLS),
        user=fields.text("user", 200),
        password=fields.text("password", 200),
    )
    fields.done()
    return found


def _read_gateway(value: Value, path: str) -> Gateway:
    given = value if isinstance(value, dict) else {}
    fields = Fields({"token": "", "signing_key": "", **given}, path)
    found = Gateway(
        url=fields.text("url", 500, 8),
        token=fields.text("token", 500),
        signing_key=fields.text("signing_key", 200),
    )
    fields.done()
    if found.signing_key and len(found.signing_key) < SIGNING_KEY_CHARACTERS_MIN:
        raise Malformed(f"{path}.signing_key", "too short to keep a secret", "make one: openssl rand -hex 32")
    return found


def _read_address(value: Value, path: str) -> tuple[Address, bytes]:
    given = value if isinstance(value, dict) else {}
    defaults = {"level": "duty_desk", "content": "reference", "language": "en", "secret": ""}
    fields = Fields({**defaults, **given}, path)
    party = fields.raw("party", 16)
    found = Address(
        party=party,
        desk=desk_id(party, fields.text("desk", 200, 1)),
        level=fields.choice("level", LEVELS),
        channel=fields.choice("channel", CHANNELS),
        to=fields.text("to", 500, 1),
        content=fields.choice("content", CONTENTS),
        language=fields.text("language", 8, 2),
    )
    secret = _secret(fields.text("secret", 200), f"{path}.secret", is_needed=found.channel == "webhook")
    fields.done()
    return found, secret


def _secret(text: str, path: str, *, is_needed: bool) -> bytes:
    """A webhook's secret as standard-webhooks writes it: whsec_ and base64 of 24 to 64 bytes."""
    if bool(text) != is_needed:
        raise Malformed(path, "a webhook, and only a webhook, has a secret", "mend the address")
    try:
        secret = b64decode(text.removeprefix(_SECRET_MARK), validate=True)
    except ValueError:
        secret = b""
    if is_needed and not 24 <= len(secret) <= 64:
        raise Malformed(path, "not whsec_ and base64 of 24 to 64 bytes", "make one: openssl rand -base64 32")
    return secret
