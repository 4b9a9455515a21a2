"""SMS and voice through the HTTP gateway of a telephone: what wakes a person where nothing else does (G6).

The request is that of common gateways for a telephone of one's own: POST of JSON with `id`, `phoneNumbers` and a
`textMessage`, or a `voiceMessage` that is read out. The gateway keeps the id: what comes twice rings once.
"""

from __future__ import annotations

from typing import Final

import httpx2

from standclear.channels.wording import words_of
from standclear.errors import Malformed, Unavailable
from standclear.flow.outbox import Letter
from standclear.limits import CHANNEL_TRY_MS

MESSAGES: Final = {"sms": "textMessage", "voice": "voiceMessage"}


class GatewayChannel:
    """The port's contract over a gateway, as `sms` or as `voice`."""

    wakes: Final = True

    def __init__(self, name: str, client: httpx2.AsyncClient, url: str, token: str) -> None:
        self.name = name
        self._message = MESSAGES[name]
        self._client = client
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def carry(self, letter: Letter) -> str:
        content = {
            "id": letter.parcel.id.hex(),
            "phoneNumbers": [letter.parcel.to],
            "priority": 127 if letter.parcel.severity == 1 else 0,
            self._message: {"text": words_of(letter).short},
        }
        try:
            answer = await self._client.post(
                self._url, json=content, headers=self._headers, timeout=CHANNEL_TRY_MS / 1000 - 1
            )
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise Unavailable(reason=f"{type(error).__name__}: {error}") from error
        if answer.is_success or answer.status_code == 409:  # 409: it has this id already
            return str(answer.status_code)
        if answer.status_code in (400, 404, 422):
            raise Malformed("to", f"HTTP {answer.status_code}", "mend the number in the settings")
        raise Unavailable(reason=f"HTTP {answer.status_code}")
