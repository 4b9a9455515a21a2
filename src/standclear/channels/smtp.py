"""E-mail, by SMTP (RFC 5321) to one relay. The library is blocking, so each letter is sent in a thread of its own.

The parcel's id is the Message-ID: a relay or mailbox that gets a letter twice can tell.
"""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Final

from standclear.channels.wording import words_of
from standclear.errors import Malformed, StandclearError, Unavailable
from standclear.flow.outbox import Letter
from standclear.limits import CHANNEL_TRY_MS

TLS: Final = ("none", "starttls", "tls")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """A relay. `tls`: none only on this machine or a wire of one's own."""

    host: str
    port: int
    sender: str
    tls: str
    user: str = ""
    password: str = ""


class SmtpChannel:
    """The port's contract by e-mail."""

    name: Final = "smtp"
    wakes: Final = False

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings

    async def carry(self, letter: Letter) -> str:
        return await asyncio.to_thread(self._send, self._message(letter))

    def _message(self, letter: Letter) -> EmailMessage:
        words = words_of(letter)
        message = EmailMessage()
        message["From"] = self._settings.sender
        message["To"] = letter.parcel.to
        message["Subject"] = words.subject
        message["Message-ID"] = f"<{letter.parcel.id.hex()}@standclear>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no mailbox answers it by itself
        if letter.parcel.severity == 1:
            message["Importance"] = "high"
        message.set_content(words.text + "\n")
        return message

    def _send(self, message: EmailMessage) -> str:
        try:
            with self._opened() as relay:
                refused = relay.send_message(message)
                return "refused: " + ", ".join(refused) if refused else "taken by the relay"
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise _answered(code, said) from error
        except smtplib.SMTPResponseException as error:
            raise _answered(error.smtp_code, error.smtp_error) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable(reason=f"{type(error).__name__}: {error}") from error

    def _opened(self) -> smtplib.SMTP:
        settings, patience_s = self._settings, CHANNEL_TRY_MS / 1000 - 1
        if settings.tls == "tls":
            relay: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host, settings.port, timeout=patience_s, context=ssl.create_default_context()
            )
        else:
            relay = smtplib.SMTP(settings.host, settings.port, timeout=patience_s)
        try:
            if settings.tls == "starttls":
                relay.starttls(context=ssl.create_default_context())
            if settings.user:
                relay.login(settings.user, settings.password)
        except BaseException:
            relay.close()
            raise
        return relay


def _answered(code: int, said: bytes | str) -> StandclearError:
    """A relay's refusal: of the 4xx kind a later try may work, of the 5xx kind none will (RFC 5321, 4.2.1)."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    if 500 <= code < 600:
        return Malformed("to", f"{code} {text}", "mend the address in the settings")
    return Unavailable(reason=f"{code} {text}")
