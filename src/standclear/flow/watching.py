"""Watching: waking whoever waits for a party's inbox to grow."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable


class Watchers:
    """Waiters by party. A waiter that comes too late sees the inbox itself, so that no wake-up can be lost."""

    def __init__(self) -> None:
        self._waiting: dict[bytes, set[asyncio.Event]] = {}

    def released(self, parties: Iterable[bytes]) -> None:
        """Something was released to these parties, durably."""
        for party in parties:
            for event in self._waiting.get(party, ()):
                event.set()

    async def wait(self, party: bytes, event: asyncio.Event, timeout_s: float) -> bool:
        """Wait until the party's inbox has grown since `event` was cleared; False when the time is over."""
        try:
            async with asyncio.timeout(timeout_s):
                await event.wait()
        except TimeoutError:
            return False
        event.clear()
        return True

    def enter(self, party: bytes) -> asyncio.Event:
        """Begin to watch; give the event to `wait` and to `leave`."""
        event = asyncio.Event()
        self._waiting.setdefault(party, set()).add(event)
        return event

    def leave(self, party: bytes, event: asyncio.Event) -> None:
        """Watch no longer."""
        self._waiting.get(party, set()).discard(event)

    def count(self) -> int:
        """How many are watching."""
        return sum(len(events) for events in self._waiting.values())
