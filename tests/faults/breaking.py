"""A log store that breaks at its N-th call, before or after the call took effect; all else passes through.

for at in itertools.count(1):
    store = BreakingLogStore(inner, at=at, after=True, error=OutcomeUnknown(reason="test"))
    ...
    if not store.has_broken: break      # every call has had its turn
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar

from standclear.errors import StandclearError, StoreUnavailable
from standclear.flow.ports import LogStore, StoredBody, StoredEntry, StoredHead

Answer = TypeVar("Answer")

WRITES: Final = frozenset({"append", "shred", "put_note", "put_setting"})
READS: Final = frozenset(
    {
        "read_head",
        "read_entries",
        "read_bodies",
        "read_leaves",
        "find_sid",
        "read_body_keys",
        "find_note",
        "find_setting",
    }
)


class BreakingLogStore:
    """The `at`-th call (from 1) of the named methods raises `error`: before its effect, or after."""

    def __init__(
        self,
        inner: LogStore,
        *,
        at: int,
        after: bool = False,
        error: StandclearError | None = None,
        of: frozenset[str] = WRITES,
    ) -> None:
        assert of <= WRITES | READS
        self.inner = inner
        self.called: list[str] = []
        self.has_broken = False
        self._at = at
        self._after = after
        self._error = error or StoreUnavailable(reason="broken by the test")
        self._of = of

    def _call(self, name: str, effect: Callable[[], Answer]) -> Answer:
        breaks = False
        if name in self._of:
            self.called.append(name)
            breaks = len(self.called) == self._at
        if breaks and not self._after:
            self.has_broken = True
            raise self._error
        answer = effect()
        if breaks:
            self.has_broken = True
            raise self._error
        return answer

    def append(self, entries: Sequence[StoredEntry], before: StoredHead, after: StoredHead) -> None:
        return self._call("append", lambda: self.inner.append(entries, before, after))

    def read_head(self) -> StoredHead:
        return self._call("read_head", self.inner.read_head)

    def read_entries(self, start: int, end: int, *, with_bodies: bool = True) -> Iterator[StoredEntry]:
        return self._call(
            "read_entries", lambda: self.inner.read_entries(start, end, with_bodies=with_bodies)
        )

    def read_leaves(self, start: int, end: int) -> Sequence[bytes]:
        return self._call("read_leaves", lambda: self.inner.read_leaves(start, end))

    def find_sid(self, sid: bytes) -> int | None:
        return self._call("find_sid", lambda: self.inner.find_sid(sid))

    def read_bodies(self, index: int, form: str, start_item: int, end_item: int) -> tuple[StoredBody, ...]:
        return self._call("read_bodies", lambda: self.inner.read_bodies(index, form, start_item, end_item))

    def read_body_keys(self, index: int) -> tuple[bytes | None, ...]:
        return self._call("read_body_keys", lambda: self.inner.read_body_keys(index))

    def shred(self, index: int, item: int) -> None:
        return self._call("shred", lambda: self.inner.shred(index, item))

    def put_note(self, name: str, size: int, note: bytes) -> None:
        return self._call("put_note", lambda: self.inner.put_note(name, size, note))

    def find_note(self, name: str) -> tuple[int, bytes] | None:
        return self._call("find_note", lambda: self.inner.find_note(name))

    def put_setting(self, name: str, value: bytes) -> None:
        return self._call("put_setting", lambda: self.inner.put_setting(name, value))

    def find_setting(self, name: str) -> bytes | None:
        return self._call("find_setting", lambda: self.inner.find_setting(name))

    def close(self) -> None:
        self.inner.close()
