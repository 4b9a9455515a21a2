"""A log store in memory: for tests, and for the demo, where nothing need outlive the process.

It keeps the contract of `standclear.flow.ports.LogStore` but one word of it: "durable" means for as long as the
object lives. One lock guards all of it. What it keeps is frozen, so that a snapshot copies references only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from threading import RLock

from standclear.errors import Fatal, NotFound, StoreUnavailable
from standclear.flow.ports import StoredBody, StoredEntry, StoredHead
from standclear.tlog.merkle import EMPTY_ROOT

EMPTY_HEAD = StoredHead(size=0, root=EMPTY_ROOT, last_ms=0)


class MemoryLogStore:
    """Entries, keys, notes and settings in lists and dictionaries. Any thread may call any method."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._is_open = True
        self._head = EMPTY_HEAD
        self._entries: list[StoredEntry] = []
        self._places: dict[bytes, int] = {}
        self._keys: list[tuple[bytes | None, ...]] = []
        self._notes: dict[str, tuple[int, bytes]] = {}
        self._settings: dict[str, bytes] = {}

    def snapshot(self) -> MemoryLogStore:
        """Another store with the same contents, open: what a restart would find. The two then go their own ways."""
        other = MemoryLogStore()
        with self._lock:
            other._head = self._head
            other._entries = self._entries.copy()
            other._places = self._places.copy()
            other._keys = self._keys.copy()
            other._notes = self._notes.copy()
            other._settings = self._settings.copy()
        return other

    # --- entries ----------------------------------------------------------------------------------

    def append(self, entries: Sequence[StoredEntry], before: StoredHead, after: StoredHead) -> None:
        """See `LogStore.append`."""
        assert [entry.index for entry in entries] == list(range(before.size, after.size))
        with self._lock:
            self._require_open()
            if before != self._head:
                raise Fatal(
                    reason="another writer has appended", expected=before.size, stored=self._head.size
                )
            sids = {entry.sid for entry in entries}
            if len(sids) != len(entries) or any(sid in self._places for sid in sids):
                raise Fatal(reason="a statement of this batch is stored already")
            for entry in entries:
                self._entries.append(replace(entry, body_keys=()))
                self._keys.append(entry.body_keys)
                self._places[entry.sid] = entry.index
            self._head = after

    def read_head(self) -> StoredHead:
        """See `LogStore.read_head`."""
        with self._lock:
            self._require_open()
            return self._head

    def read_entries(self, start: int, end: int, *, with_bodies: bool = True) -> Iterator[StoredEntry]:
        """See `LogStore.read_entries`."""
        self._require_stored(start, end)
        # No copy: the list only grows, and what stands in it never changes.
        found = islice(self._entries, start, end)
        return found if with_bodies else (replace(entry, bodies=()) for entry in found)

    def read_bodies(self, index: int, form: str, start_item: int, end_item: int) -> tuple[StoredBody, ...]:
        """See `LogStore.read_bodies`."""
        self._require_stored(index, index + 1)
        bodies = self._entries[index].bodies
        return tuple(one for one in bodies if one.form == form and start_item <= one.item < end_item)

    def read_leaves(self, start: int, end: int) -> Sequence[bytes]:
        """See `LogStore.read_leaves`."""
        self._require_stored(start, end)
        return [entry.leaf for entry in self._entries[start:end]]

    def find_sid(self, sid: bytes) -> int | None:
        """See `LogStore.find_sid`."""
        with self._lock:
            self._require_open()
            return self._places.get(sid)

    # --- the vault --------------------------------------------------------------------------------

    def read_body_keys(self, index: int) -> tuple[bytes | None, ...]:
        """See `LogStore.read_body_keys`."""
        self._require_stored(index, index + 1)
        return self._keys[index]

    def shred(self, index: int, item: int) -> None:
        """See `LogStore.shred`."""
        with self._lock:
            self._require_stored(index, index + 1)
            keys = self._keys[index]
            if not 0 <= item < len(keys):
                raise NotFound(kind="body key", index=index, item=item)
            self._keys[index] = (*keys[:item], None, *keys[item + 1 :])

    # --- notes and settings -----------------------------------------------------------------------

    def put_note(self, name: str, size: int, note: bytes) -> None:
        """See `LogStore.put_note`."""
        with self._lock:
            kept = self.find_note(name)
            if kept is None or size >= kept[0]:
                self._notes[name] = (size, note)

    def find_note(self, name: str) -> tuple[int, bytes] | None:
        """See `LogStore.find_note`."""
        with self._lock:
            self._require_open()
            return self._notes.get(name)

    def put_setting(self, name: str, value: bytes) -> None:
        """See `LogStore.put_setting`."""
        with self._lock:
            self._require_open()
            self._settings[name] = value

    def find_setting(self, name: str) -> bytes | None:
        """See `LogStore.find_setting`."""
        with self._lock:
            self._require_open()
            return self._settings.get(name)

    def close(self) -> None:
        """See `LogStore.close`."""
        with self._lock:
            self._is_open = False

    def _require_open(self) -> None:
        if not self._is_open:
            raise StoreUnavailable(reason="the store is closed")

    def _require_stored(self, start: int, end: int) -> None:
        assert 0 <= start <= end
        with self._lock:
            self._require_open()
            if end > self._head.size:
                raise NotFound(kind="entry", index=end - 1, size=self._head.size)
