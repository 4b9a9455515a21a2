"""Signed webhooks: JSON to an address of the party's own, signed as https://www.standardwebhooks.com says (version 1.0.0).

The signature is ``HMAC-SHA-256(secret, id "." timestamp "." body)`` in base64 after ``v1,``; the id is the parcel's.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Final

import httpx2

from standclear.channels.wording import words_of
from standclear.errors import Malformed, Unavailable
from standclear.flow.outbox import Letter
from standclear.keys import hmac_sha256
from standclear.limits import CHANNEL_TRY_MS
from standclear.statements.canonical import b64u


def signature(secret: bytes, message_id: str, timestamp_s: int, body: bytes) -> str:
    """The value of the header webhook-signature."""
    signed = f"{message_id}.{timestamp_s}.".encode("ascii") + body
    return "v1," + b64encode(hmac_sha256(secret, signed)).decode("ascii")


class WebhookChannel:
    """The port's contract by an HTTP request of ours. `secrets` holds each address's own."""

    name: Final = "webhook"
    wakes: Final = False

    def __init__(
        self, client: httpx2.AsyncClient, secrets: Mapping[str, bytes], now_ms: Callable[[], int]
    ) -> None:
        self._client = client
        self._secrets = secrets
        self._now_ms = now_ms

    async def carry(self, letter: Letter) -> str:
        parcel = letter.parcel
        secret = self._secrets.get(parcel.to)
        if secret is None:
            raise Malformed("to", "no secret for this address", "give it a secret in the settings")
        body = json.dumps(_content(letter), ensure_ascii=False).encode("utf-8")
        timestamp_s = self._now_ms() // 1000
        headers = {
            "content-type": "application/json",
            "webhook-id": parcel.id.hex(),
            "webhook-timestamp": str(timestamp_s),
            "webhook-signature": signature(secret, parcel.id.hex(), timestamp_s, body),
        }
        try:
            answer = await self._client.post(
                parcel.to, content=body, headers=headers, timeout=CHANNEL_TRY_MS / 1000 - 1
            )
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise Unavailable(reason=f"{type(error).__name__}: {error}") from error
        return _said(answer)


def _content(letter: Letter) -> dict[str, object]:
    parcel, words = letter.parcel, words_of(letter)
    return {
        "exercise": "EXERCISE" if letter.exercise else None,
        "type": f"standclear.{parcel.kind}",
        "sid": b64u(parcel.sid),
        "party": b64u(parcel.party),
        "level": parcel.level,
        "step": parcel.step,
        "severity": parcel.severity,
        "word": parcel.word,
        "due_ms": parcel.due_ms,
        "deadline_ms": parcel.deadline_ms,
        "start": parcel.start,
        "end": parcel.end,
        "reply_url": letter.reply_url or None,
        "answers": list(letter.answers) if letter.reply_url else [],
        "subject": words.subject,
        "text": words.text,
    }


def _said(answer: httpx2.Response) -> str:
    """2xx is taken, 410 and other 4xx will not be; 408, 429 and 5xx may be later (standard-webhooks, "Retries")."""
    if answer.is_success:
        return str(answer.status_code)
    if answer.status_code in (408, 429) or answer.status_code >= 500 or answer.status_code < 400:
        raise Unavailable(reason=f"HTTP {answer.status_code}")
    raise Malformed("to", f"HTTP {answer.status_code}", "mend the address in the settings")
