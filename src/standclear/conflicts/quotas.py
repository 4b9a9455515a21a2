"""Quotas: how many items a party has filed of a kind under an arrangement in the last 24 hours of the log's time."""

from __future__ import annotations

from collections import deque

DAY_MS = 86_400_000


class Quotas:
    """Items filed lately, by arrangement, party and kind. The log's time never goes back."""

    def __init__(self) -> None:
        self._filings: dict[tuple[bytes, bytes, str], deque[tuple[int, int]]] = {}
        self._items: dict[tuple[bytes, bytes, str], int] = {}

    def add(self, agreement: bytes, party: bytes, kind: str, now_ms: int, items: int) -> int:
        """Count one more filing and give the number of items, this filing's among them."""
        key = (agreement, party, kind)
        filings = self._filings.setdefault(key, deque())
        total = self._items.get(key, 0)
        while filings and filings[0][0] <= now_ms - DAY_MS:
            total -= filings.popleft()[1]
        filings.append((now_ms, items))
        self._items[key] = total + items
        return total + items
