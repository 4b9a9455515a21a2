"""The log store on SQLite: the embedded default. One directory, two files, one writer.

The life of a batch, numbered here and at the code:

1. Take the log's write lock, and compare the head with the one the caller built on.
2. Insert the entries, their leaves, sids and bodies, and the new head. Nothing is durable yet.
3. Write the body keys to the vault, durably. A crash after this leaves keys that nothing uses.
4. Commit the log. This is the point of no return: if it fails unclearly, the store stops for good.

Writing goes through one connection, behind a lock. Reading goes through a pool of connections, as many as threads
read at once; no read holds a transaction open between two calls, so that the write-ahead log can always be taken in.

Uses SQLite of 3.51.3 or later through apsw: journal_mode WAL, synchronous FULL.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

import apsw

from standclear.errors import Fatal, NotFound, OutcomeUnknown, StoreCorrupt, StoreUnavailable
from standclear.flow.ports import StoredBody, StoredEntry, StoredHead
from standclear.limits import ITEMS_MAX, STORE_PAGE_ENTRIES
from standclear.stores.sqlite_files import (
    PER_ENTRY,
    VAULT_FILE,
    copy_log,
    is_log_new,
    lock_directory,
    open_log,
    open_reader,
    outward,
    outward_errors,
    require_version,
    sync_directory,
)
from standclear.stores.vault import Vault

assert ITEMS_MAX <= PER_ENTRY


class SqliteLogStore:
    """Entries in `log.db`, their bodies' keys in `vault.keys`. Any thread may call any method."""

    def __init__(self, directory: Path, *, vfs: str | None = None) -> None:
        """Open the store in a directory, or make one there. `vfs` is SQLite's own file layer unless named.

        Raises:
            StoreUnavailable: if another store is open on the directory, or the files cannot be opened.
            StoreCorrupt: if a file is damaged, of another kind, missing beside the other, or not its pair.
            Fatal: if SQLite is too old, or a file has a newer format.
        """
        require_version()
        self._directory = directory
        self._vfs = vfs
        self._writing = Lock()
        self._vaulting = Lock()  # so that nobody reads the vault while it is being closed
        self._readers: list[apsw.Connection] = []
        self._slots_read: dict[int, tuple[int, int]] = {}
        self._is_open = False
        self._is_in_doubt = False
        with ExitStack() as opening:
            opening.callback(os.close, lock_directory(directory))
            self._vault = Vault(directory / VAULT_FILE, is_new_log=is_log_new(directory))
            opening.callback(self._vault.close)
            sync_directory(directory)  # a vault is never lost to a log that is there
            with outward_errors():
                self._log = open_log(directory, self._vault.pairing, vfs)
            opening.callback(self._close_log)
            sync_directory(directory)
            self._held = opening.pop_all()
        self._is_open = True

    def close(self) -> None:
        """See `LogStore.close`."""
        with self._writing, self._vaulting:
            self._is_open = False
            self._held.close()

    def _close_log(self) -> None:
        self._close_readers()
        if self._is_in_doubt:  # a restart settles it: until then the files stay as they are
            self._log.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        with outward_errors():
            self._log.close()

    # --- writing ----------------------------------------------------------------------------------

    def append(self, entries: Sequence[StoredEntry], before: StoredHead, after: StoredHead) -> None:
        """See `LogStore.append`; the numbers are those of the module's docstring."""
        assert [entry.index for entry in entries] == list(range(before.size, after.size))
        assert all(len(entry.bodies) <= PER_ENTRY and len(entry.body_keys) <= ITEMS_MAX for entry in entries)
        with self._writing, self._log_transaction():
            slot = self._require_head(before)  # 1
            self._insert(entries, slot)  # 2
            keys = [key for entry in entries for key in entry.body_keys]
            self._move_head(after, slot + len(keys))
            self._vault.put(slot, keys)  # 3
            # 4: on leaving the transaction

    def put_note(self, name: str, size: int, note: bytes) -> None:
        """See `LogStore.put_note`."""
        with self._writing, self._log_transaction():
            self._log.execute(
                "INSERT INTO notes VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE"
                " SET size = excluded.size, note = excluded.note WHERE excluded.size >= notes.size",
                (name, size, note),
            )

    def put_setting(self, name: str, value: bytes) -> None:
        """See `LogStore.put_setting`."""
        with self._writing, self._log_transaction():
            self._log.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))

    @contextmanager
    def _log_transaction(self) -> Iterator[None]:
        """All or nothing of the log, durable on leaving. The caller holds the lock."""
        self._require_open()
        if self._is_in_doubt:
            raise OutcomeUnknown(reason="an earlier commit is in doubt", remedy="restart the process")
        with outward_errors():
            self._log.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._roll_back()
                raise
        self._commit()

    def _commit(self) -> None:
        try:
            self._log.execute("COMMIT")
        except (apsw.FullError, apsw.BusyError) as error:
            # Certain: the disk was full before the last frame stood in the write-ahead log, and a commit without its
            # last frame is none. Or we never had the lock.
            self._roll_back()
            raise outward(error) from error
        except apsw.Error as error:
            # The last frame may be on the disk though its sync failed: a restart would take it for committed. Trying
            # again on top of a failed sync proves nothing, so nothing more is written until a restart has looked.
            self._is_in_doubt = True
            self._roll_back()
            raise OutcomeUnknown(reason=f"{type(error).__name__}: {error}", remedy="restart") from error

    def _roll_back(self) -> None:
        """Undo what is not committed. If even that fails, no more is written: what is on the disk stays as it is."""
        try:
            if self._log.in_transaction:
                self._log.execute("ROLLBACK")
        except apsw.Error:
            self._is_in_doubt = True

    def _require_head(self, before: StoredHead) -> int:
        """The next slot of the vault, if the head is still the one that the caller built on."""
        rows: list[Any] = self._log.execute("SELECT size, root, last_ms, key_slots FROM head").fetchall()
        ((size, root, last_ms, key_slots),) = rows
        if (size, root, last_ms) != (before.size, before.root, before.last_ms):
            raise Fatal(reason="another writer has appended", expected=before.size, stored=size)
        return int(key_slots)

    def _move_head(self, after: StoredHead, key_slots: int) -> None:
        self._log.execute(
            "UPDATE head SET size = ?, root = ?, last_ms = ?, key_slots = ?",
            (after.size, after.root, after.last_ms, key_slots),
        )

    def _insert(self, entries: Sequence[StoredEntry], slot: int) -> None:
        self._log.executemany(
            "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)", _entry_rows(entries, slot)
        )
        self._log.executemany("INSERT INTO leaves VALUES (?, ?)", [(e.index, e.leaf) for e in entries])
        try:
            self._log.executemany("INSERT INTO sids VALUES (?, ?)", [(e.sid, e.index) for e in entries])
        except apsw.ConstraintError as error:
            raise Fatal(reason="a statement of this batch is stored already") from error
        self._log.executemany("INSERT INTO bodies VALUES (?, ?, ?, ?)", _body_rows(entries))

    # --- reading ----------------------------------------------------------------------------------

    def read_head(self) -> StoredHead:
        """See `LogStore.read_head`."""
        ((size, root, last_ms),) = self._read("SELECT size, root, last_ms FROM head")
        return StoredHead(size=size, root=root, last_ms=last_ms)

    def read_entries(self, start: int, end: int, *, with_bodies: bool = True) -> Iterator[StoredEntry]:
        """See `LogStore.read_entries`."""
        self._require_stored(start, end)
        return self._entries(start, end, with_bodies)

    def _entries(self, start: int, end: int, with_bodies: bool) -> Iterator[StoredEntry]:
        for first in range(start, end, STORE_PAGE_ENTRIES):
            rows = self._read(
                "SELECT e.entry_index, e.sid, l.leaf, e.integrated_ms, e.text, e.beside, e.key_slot, e.key_count,"
                " e.body_count"
                " FROM entries AS e JOIN leaves AS l USING (entry_index)"
                " WHERE e.entry_index >= ? AND e.entry_index < ? ORDER BY e.entry_index",
                (first, min(end, first + STORE_PAGE_ENTRIES)),
            )
            if [row[0] for row in rows] != list(range(first, min(end, first + STORE_PAGE_ENTRIES))):
                raise StoreCorrupt(reason="an entry is missing", first=first)
            self._slots_read = {row[0]: (row[6], row[7]) for row in rows}
            for run in _runs(rows):
                held = self._bodies(run[0][0], run[-1][0] + 1) if with_bodies else {}
                for index, sid, leaf, integrated_ms, text, beside, _, _, body_count in run:
                    bodies = held.get(index, ())
                    if with_bodies and len(bodies) != body_count:
                        raise StoreCorrupt(reason="a body is missing", index=index)
                    yield StoredEntry(
                        index=index,
                        sid=sid,
                        leaf=leaf,
                        integrated_ms=integrated_ms,
                        text=text,
                        beside=beside,
                        bodies=tuple(bodies),
                    )

    def _bodies(self, start: int, end: int) -> dict[int, list[StoredBody]]:
        """The bodies of entries [start, end), by entry, in item order."""
        rows = self._read(
            "SELECT place, item, form, sealed FROM bodies WHERE place >= ? AND place < ? ORDER BY place",
            (start * PER_ENTRY, end * PER_ENTRY),
        )
        found: dict[int, list[StoredBody]] = {}
        for place, item, form, sealed in rows:
            body = StoredBody(item=item, form=form, sealed=sealed)
            found.setdefault(place // PER_ENTRY, []).append(body)
        return found

    def read_bodies(self, index: int, form: str, start_item: int, end_item: int) -> tuple[StoredBody, ...]:
        """See `LogStore.read_bodies`."""
        self._require_stored(index, index + 1)
        rows = self._read(
            "SELECT item, form, sealed FROM bodies WHERE place >= ? AND place < ?"
            " AND form = ? AND item >= ? AND item < ? ORDER BY place",
            (index * PER_ENTRY, (index + 1) * PER_ENTRY, form, start_item, end_item),
        )
        return tuple(StoredBody(item=item, form=name, sealed=sealed) for item, name, sealed in rows)

    def read_leaves(self, start: int, end: int) -> Sequence[bytes]:
        """See `LogStore.read_leaves`."""
        self._require_stored(start, end)
        rows = self._read(
            "SELECT leaf FROM leaves WHERE entry_index >= ? AND entry_index < ? ORDER BY entry_index",
            (start, end),
        )
        if len(rows) != end - start:
            raise StoreCorrupt(reason="a leaf is missing", start=start, end=end)
        return [leaf for (leaf,) in rows]

    def find_sid(self, sid: bytes) -> int | None:
        """See `LogStore.find_sid`."""
        rows = self._read("SELECT entry_index FROM sids WHERE sid = ?", (sid,))
        return rows[0][0] if rows else None

    def find_note(self, name: str) -> tuple[int, bytes] | None:
        """See `LogStore.find_note`."""
        rows = self._read("SELECT size, note FROM notes WHERE name = ?", (name,))
        return rows[0] if rows else None

    def find_setting(self, name: str) -> bytes | None:
        """See `LogStore.find_setting`."""
        rows = self._read("SELECT value FROM settings WHERE name = ?", (name,))
        return rows[0][0] if rows else None

    def back_up_log(self, target: Path) -> StoredHead:
        """Write a copy of the log as it stands into a new file, while appending goes on. It carries no key.

        Returns:
            The head of the copy: keep it beside, so that a restore can be compared with what others have seen.

        Raises:
            StoreUnavailable: if the target is there already, or the disk does not take it.
        """
        self._require_open()
        if target.exists():
            raise StoreUnavailable(reason=f"{target} is there already", remedy="name a new file")
        with outward_errors():
            size, root, last_ms = copy_log(self._directory, target, self._vfs)
        sync_directory(target.parent)
        return StoredHead(size=size, root=root, last_ms=last_ms)

    def _read(self, question: str, bindings: tuple[Any, ...] = ()) -> list[Any]:
        """The rows of one question, whole, on a connection that nobody else uses meanwhile."""
        self._require_open()
        with outward_errors():
            try:
                reader = self._readers.pop()
            except IndexError:
                reader = open_reader(self._directory, self._vfs)
            try:
                rows = reader.execute(question, bindings).fetchall()
            except BaseException:
                reader.close(True)
                raise
        self._readers.append(reader)
        if not self._is_open:  # closed meanwhile
            self._close_readers()
        return rows

    def _close_readers(self) -> None:
        while self._readers:
            self._readers.pop().close(True)

    # --- the vault --------------------------------------------------------------------------------

    def read_body_keys(self, index: int) -> tuple[bytes | None, ...]:
        """See `LogStore.read_body_keys`."""
        slot, count = self._key_slots(index)
        with self._vaulting:
            self._require_open()
            return self._vault.find(slot, count)

    def shred(self, index: int, item: int) -> None:
        """See `LogStore.shred`."""
        slot, count = self._key_slots(index)
        if not 0 <= item < count:
            raise NotFound(kind="body key", index=index, item=item)
        with self._writing:
            self._require_open()
            self._vault.shred(slot + item)

    def _key_slots(self, index: int) -> tuple[int, int]:
        """Where the vault has an entry's keys: it never changes, and is known of the page that was read last."""
        known = self._slots_read.get(index)
        if known is not None:
            return known
        rows = self._read("SELECT key_slot, key_count FROM entries WHERE entry_index = ?", (index,))
        if not rows:
            raise NotFound(kind="entry", index=index)
        slot, count = rows[0]
        return slot, count

    def _require_open(self) -> None:
        if not self._is_open:
            raise StoreUnavailable(reason="the store is closed")

    def _require_stored(self, start: int, end: int) -> None:
        assert 0 <= start <= end
        size = self.read_head().size
        if end > size:
            raise NotFound(kind="entry", index=end - 1, size=size)


def _runs(rows: Sequence[Any]) -> Iterator[list[Any]]:
    """Entries (their last column counts their bodies) in runs whose bodies are read together: a long list stands alone."""
    run: list[Any] = []
    count = 0
    for row in rows:
        if run and count + row[-1] > STORE_PAGE_ENTRIES:
            yield run
            run, count = [], 0
        run.append(row)
        count += row[-1]
    if run:
        yield run


def _entry_rows(entries: Sequence[StoredEntry], slot: int) -> Iterator[tuple[apsw.SQLiteValue, ...]]:
    for e in entries:
        yield e.index, e.sid, e.integrated_ms, len(e.bodies), slot, len(e.body_keys), e.text, e.beside
        slot += len(e.body_keys)


def _body_rows(entries: Sequence[StoredEntry]) -> Iterator[tuple[int, int, str, bytes]]:
    for entry in entries:
        for place, body in enumerate(entry.bodies, entry.index * PER_ENTRY):
            yield place, body.item, body.form, body.sealed
