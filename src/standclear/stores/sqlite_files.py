"""The files of the SQLite store: how they are opened, what stands in them, and what SQLite's errors mean.

`log.db` holds entries, sealed bodies, the head, notes and settings. `vault.keys` holds the keys of bodies and nothing
else (vault.py), so that a backup of the log carries no key. `lock` holds nothing: it is locked while the store is open.

Standard: SQLite 3, https://sqlite.org/fileformat2.html, /wal.html, /stricttables.html.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import apsw

from standclear.errors import Fatal, StandclearError, StoreCorrupt, StoreUnavailable
from standclear.limits import STORE_BUSY_MS, STORE_CACHE_KIB, STORE_WAL_PAGES
from standclear.tlog.merkle import EMPTY_ROOT

LOG_FILE: Final = "log.db"
VAULT_FILE: Final = "vault.keys"
LOCK_FILE: Final = "lock"
FORMAT: Final = 1
FORMAT_ID: Final = 0x53434C47  # "SCLG"
PAIRING: Final = "standclear/pairing"  # the setting that says which vault belongs to which log
# Before 3.51.3 a write-ahead log that two connections reset at once could damage the file.
SQLITE_LEAST: Final = (3, 51, 3)

# Places are entry_index * PER_ENTRY + position: rows of one entry stand together and files grow at their end only.
PER_ENTRY: Final = 2**20

_GUARDED: Final = ("entries", "leaves", "sids", "bodies")
_SCHEMA: Final = """
CREATE TABLE entries (
    entry_index   INTEGER PRIMARY KEY,
    sid           BLOB NOT NULL CHECK (length(sid) = 32),
    integrated_ms INTEGER NOT NULL,
    body_count    INTEGER NOT NULL CHECK (body_count >= 0),
    key_slot      INTEGER NOT NULL, -- the first of its keys' slots in the vault
    key_count     INTEGER NOT NULL CHECK (key_count >= 0),
    text          BLOB NOT NULL,
    beside        BLOB NOT NULL
) STRICT;
-- Apart from the entries, so that a start reads 40 bytes an entry and not all of them.
CREATE TABLE leaves (
    entry_index INTEGER PRIMARY KEY,
    leaf        BLOB NOT NULL CHECK (length(leaf) = 32)
) STRICT;
CREATE TABLE sids (
    sid         BLOB PRIMARY KEY,
    entry_index INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE bodies (
    place  INTEGER PRIMARY KEY,
    item   INTEGER NOT NULL,
    form   TEXT NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
CREATE TABLE head (
    only    INTEGER PRIMARY KEY CHECK (only = 1),
    size    INTEGER NOT NULL,
    root    BLOB NOT NULL CHECK (length(root) = 32),
    last_ms INTEGER NOT NULL,
    key_slots INTEGER NOT NULL -- how many slots of the vault are taken
) STRICT;
CREATE TABLE notes (
    name TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    note BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
""" + "".join(
    # They guard against our own mistakes. Against the operator, the tree and the witnesses do.
    f"CREATE TRIGGER {table}_{verb.lower()} BEFORE {verb} ON {table} BEGIN\n"
    f"    SELECT RAISE(ABORT, '{table} never change');\nEND;\n"
    for table in _GUARDED
    for verb in ("UPDATE", "DELETE")
)


@contextmanager
def outward_errors() -> Iterator[None]:
    """Turn what SQLite raises into what the port promises; for calls after which nothing has been committed."""
    try:
        yield
    except apsw.Error as error:
        raise outward(error) from error


def outward(error: apsw.Error) -> StandclearError:
    """The error of the port that says what SQLite's does, where it is certain that nothing was committed."""
    reason = f"{type(error).__name__}: {error}"
    match error:
        case apsw.CorruptError() | apsw.NotADBError():
            return StoreCorrupt(reason=reason)
        case apsw.FullError():
            return StoreUnavailable(reason=reason, remedy="make room on the disk")
        case apsw.ConnectionClosedError():
            return StoreUnavailable(reason="the store is closed")
        case (
            apsw.IOError()
            | apsw.BusyError()
            | apsw.LockedError()
            | apsw.ReadOnlyError()
            | apsw.CantOpenError()
            | apsw.PermissionsError()
            | apsw.NoMemError()
            | apsw.ProtocolError()
            | apsw.InterruptError()
        ):
            return StoreUnavailable(reason=reason)
        case _:  # our own SQL, or our own use of the library, is wrong
            return Fatal(reason=reason)


def require_version() -> None:
    """Refuse an SQLite whose write-ahead log has the reset fault.

    Raises:
        Fatal: if the library is too old.
    """
    version = apsw.sqlite_lib_version()
    if tuple(int(part) for part in version.split(".")) < SQLITE_LEAST:
        least = ".".join(map(str, SQLITE_LEAST))
        raise Fatal(
            reason=f"SQLite {version} may damage a write-ahead log", remedy=f"use apsw with SQLite {least}"
        )


def lock_directory(directory: Path) -> int:
    """Make the directory if it is not there, and be the only store on it. The lock goes with the process.

    Returns:
        The open file that holds the lock: closing it gives the directory free.

    Raises:
        StoreUnavailable: if another store, here or in another process, is open on it, or it cannot be made.
    """
    try:
        if not directory.is_dir():
            directory.mkdir(mode=0o700)
            sync_directory(directory.parent)
        held = os.open(directory / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreUnavailable(reason=str(error)) from error
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(held)
        raise StoreUnavailable(
            reason=f"another process has the store in {directory} open",
            remedy="stop it first: a log has one writer",
        ) from error
    return held


def sync_directory(directory: Path) -> None:
    """Make the names in a directory durable.

    Raises:
        StoreUnavailable: if the disk does not do it.
    """
    try:
        opened = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
    except OSError as error:
        raise StoreUnavailable(reason=str(error)) from error


def is_log_new(directory: Path) -> bool:
    """Whether there is no log in a directory yet, or one that a crash left before anything was in it."""
    path = directory / LOG_FILE
    return not path.exists() or path.stat().st_size == 0


def open_log(directory: Path, pairing: bytes, vfs: str | None) -> apsw.Connection:
    """The log's writing connection; the log is made if it is not there."""
    log = _open(directory / LOG_FILE, vfs)
    if _settle(log):
        with log:
            log.execute(_SCHEMA)
            log.execute("INSERT INTO head VALUES (1, 0, ?, 0, 0)", (EMPTY_ROOT,))
            log.execute("INSERT INTO settings VALUES (?, ?)", (PAIRING, pairing))
            log.execute(f"PRAGMA application_id = {FORMAT_ID}; PRAGMA user_version = {FORMAT}")
    if pairing != first_value(log, "SELECT value FROM settings WHERE name = ?", PAIRING):
        raise StoreCorrupt(
            reason="the vault belongs to another log", remedy=f"restore the {VAULT_FILE} of this {LOG_FILE}"
        )
    log.set_wal_hook(take_in)
    return log


def take_in(log: apsw.Connection, _: str, pages: int) -> int:
    """SQLite calls this after each commit: take the write-ahead log into the file when it has grown enough.

    The commit stands already, so a failure here is not one of the commit: nothing is lost, the write-ahead log only
    grows on, and the next commit tries again.
    """
    if pages >= STORE_WAL_PAGES:
        with suppress(apsw.Error):
            log.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
    return apsw.SQLITE_OK


def open_reader(directory: Path, vfs: str | None) -> apsw.Connection:
    """A connection that reads the log and cannot write it."""
    reader = _open(directory / LOG_FILE, vfs)
    reader.execute("PRAGMA query_only = ON")
    return reader


def copy_log(directory: Path, target: Path, vfs: str | None) -> tuple[int, bytes, int]:
    """Copy the log as it stands into a new file, durably. Returns the size, root and last time of the copy's head."""
    with closing(open_reader(directory, vfs)) as reader, closing(_open(target, vfs)) as copy:
        with copy.backup("main", reader, "main") as copying:
            copying.step(-1)  # all at once: a copy in steps begins anew whenever the log has grown
        rows: list[Any] = copy.execute("SELECT size, root, last_ms FROM head").fetchall()
        ((size, root, last_ms),) = rows
        return size, root, last_ms


def first_value(connection: apsw.Connection, question: str, *bindings: apsw.SQLiteValue) -> Any:
    """The one value of a question that has one, or None."""
    row = connection.execute(question, bindings).fetchone()
    return row[0] if row else None


def _open(path: Path, vfs: str | None) -> apsw.Connection:
    try:  # made here if need be, so that nobody but the service reads it; SQLite's own files follow its mode
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StoreUnavailable(reason=str(error)) from error
    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    connection = apsw.Connection(str(path), flags, vfs)
    connection.set_busy_timeout(STORE_BUSY_MS)
    return connection


def _settle(connection: apsw.Connection) -> bool:
    """Refuse what is not ours or is newer than we are, then make it durable. Returns whether it is still empty."""
    found_id = first_value(connection, "PRAGMA application_id")
    found_format = first_value(connection, "PRAGMA user_version")
    is_new = found_id == 0 and not first_value(connection, "SELECT count(*) FROM sqlite_schema")
    if not is_new and found_id != FORMAT_ID:
        raise StoreCorrupt(reason=f"{connection.filename} is a file of another kind")
    if found_format > FORMAT:
        raise Fatal(
            reason=f"{connection.filename} has format {found_format}; this release knows {FORMAT}",
            remedy="use the release that wrote it, or a later one",
        )
    connection.execute(
        "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;"
        "PRAGMA recursive_triggers = ON;"  # or a REPLACE would delete what no trigger sees
        f"PRAGMA cache_size = -{STORE_CACHE_KIB}; PRAGMA wal_autocheckpoint = {STORE_WAL_PAGES}"
    )
    if first_value(connection, "PRAGMA journal_mode = WAL") != "wal":
        raise StoreUnavailable(reason=f"{connection.filename} cannot have a write-ahead log here")
    return is_new
