"""The outbox on SQLite: a file of its own beside the log, with a reserve on the disk that only stop-fire may use.

`outbox.db` holds parcels with their addresses and codes, and calls that are not on record yet. Nobody but the service
reads it, and no backup needs it: without it, what the log says was not sent is sent again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any, Final

import apsw

from standclear.errors import StoreUnavailable
from standclear.flow.outbox import KeptAnswer, Parcel, Reach
from standclear.limits import (
    DISK_RESERVE_BYTES,
    OUTBOX_RESERVE_BYTES,
    OUTBOX_RESERVE_STEP_BYTES,
    STORE_BUSY_MS,
)

OUTBOX_FILE: Final = "outbox.db"
RESERVE_FILE: Final = "outbox.reserve"
_FIELDS: Final = (
    "id", "duty", "kind", "sid", "party", "desk", "level", "channel", "to", "content", "language", "step", "severity",
    "word", "due_ms", "deadline_ms", "silent", "start", "end", "code", "next_ms", "tries", "state", "said",
)  # fmt: skip
_COLUMNS: Final = ", ".join(f'"{name}"' for name in _FIELDS)
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS parcels (
    "id" BLOB PRIMARY KEY, "duty" BLOB NOT NULL, "kind" TEXT NOT NULL, "sid" BLOB NOT NULL, "party" BLOB NOT NULL,
    "desk" BLOB NOT NULL, "level" TEXT NOT NULL, "channel" TEXT NOT NULL, "to" TEXT NOT NULL, "content" TEXT NOT NULL,
    "language" TEXT NOT NULL, "step" INTEGER NOT NULL, "severity" INTEGER NOT NULL, "word" TEXT NOT NULL,
    "due_ms" INTEGER NOT NULL, "deadline_ms" INTEGER, "silent" BLOB, "start" INTEGER NOT NULL, "end" INTEGER NOT NULL,
    "code" BLOB NOT NULL UNIQUE, "next_ms" INTEGER NOT NULL, "tries" INTEGER NOT NULL, "state" TEXT NOT NULL,
    "said" TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS parcels_waiting ON parcels (severity, due_ms, id) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS parcels_unhanded ON parcels (party, start) WHERE "end" > start AND state <> 'handed';
CREATE INDEX IF NOT EXISTS parcels_duty ON parcels (duty, state);
CREATE TABLE IF NOT EXISTS unrecorded (id BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reach (party BLOB PRIMARY KEY, position INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS calls (number INTEGER PRIMARY KEY, sid BLOB NOT NULL UNIQUE, text BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS answers (
    code BLOB PRIMARY KEY, answer TEXT NOT NULL, "by" TEXT NOT NULL, at_ms INTEGER NOT NULL,
    on_record INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS parcels_to ON parcels ("to", due_ms);
CREATE INDEX IF NOT EXISTS answers_unsaid ON answers (at_ms) WHERE on_record = 0;
"""
_BY_THE_CLOCK: Final = b""  # the row of `reach` that no party has: how far by the clock


class SqliteOutbox:
    """The port's contract, on a disk that survives kill -9."""

    def __init__(self, directory: Path, *, vfs: str | None = None) -> None:
        """Open the outbox of a directory; it is made, with its reserve, where it is not there.

        Raises:
            StoreUnavailable: it cannot be opened.
        """
        self._reserve = directory / RESERVE_FILE
        self._lock = Lock()
        with _outward():
            os.close(os.open(directory / OUTBOX_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
            self._file = apsw.Connection(str(directory / OUTBOX_FILE), flags, vfs)
            self._file.set_busy_timeout(STORE_BUSY_MS)
            self._file.execute("PRAGMA synchronous = FULL; PRAGMA journal_mode = WAL")
            with self._file:
                self._file.execute(_SCHEMA)
        with suppress(OSError):  # without room for a reserve, the service still starts
            self._make_reserve()

    def _make_reserve(self) -> None:
        opened = os.open(self._reserve, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(opened, 0, OUTBOX_RESERVE_BYTES)
        finally:
            os.close(opened)

    @contextmanager
    def _writing(self) -> Iterator[apsw.Connection]:
        with self._lock, _outward(), self._file:
            yield self._file

    def _rows(self, question: str, *bindings: Any) -> list[Any]:
        with self._lock, _outward():
            return self._file.execute(question, bindings).fetchall()

    def put(self, parcels: Sequence[Parcel], reach: Reach | None) -> None:
        marks = ", ".join("?" * len(_FIELDS))
        with self._writing() as file:
            file.executemany(
                "INSERT INTO unrecorded SELECT ? WHERE NOT EXISTS (SELECT 1 FROM parcels WHERE id = ?)",
                [(one.id, one.id) for one in parcels if one.state != "waiting"],
            )
            file.executemany(
                f"INSERT INTO parcels ({_COLUMNS}) VALUES ({marks}) ON CONFLICT (id) DO UPDATE "
                'SET start = excluded.start, "end" = excluded."end" WHERE excluded."end" > parcels."end"',
                [tuple(getattr(one, name) for name in _FIELDS) for one in parcels],
            )
            if reach is not None:
                file.executemany(
                    "INSERT INTO reach VALUES (?, ?) ON CONFLICT (party) DO UPDATE "
                    "SET position = max(position, excluded.position)",
                    [(_BY_THE_CLOCK, reach.after_ms), *reach.told.items()],
                )

    def ready(self, now_ms: int, most: int) -> tuple[Parcel, ...]:
        rows = self._rows(
            f"SELECT {_COLUMNS} FROM parcels WHERE state = 'waiting' AND next_ms <= ? "
            "ORDER BY severity, due_ms, id LIMIT ?",
            now_ms,
            most,
        )
        return tuple(_parcel(row) for row in rows)

    def later(self, parcel: bytes, next_ms: int, said: str) -> None:
        with self._writing() as file:
            file.execute(
                "UPDATE parcels SET tries = tries + 1, next_ms = ?, said = ? WHERE id = ?",
                (next_ms, said, parcel),
            )

    def ended(self, parcel: bytes, state: str, said: str, at_ms: int) -> None:
        with self._writing() as file:
            file.execute(
                "UPDATE parcels SET tries = tries + 1, state = ?, said = ?, next_ms = ? WHERE id = ?",
                (state, said, at_ms, parcel),
            )
            file.execute("INSERT INTO unrecorded VALUES (?) ON CONFLICT DO NOTHING", (parcel,))

    def unrecorded(self, most: int) -> tuple[Parcel, ...]:
        rows = self._rows(
            f"SELECT {_COLUMNS} FROM unrecorded JOIN parcels USING (id) ORDER BY id LIMIT ?", most
        )
        return tuple(_parcel(row) for row in rows)

    def recorded(self, parcels: Sequence[bytes]) -> None:
        with self._writing() as file:
            file.executemany("DELETE FROM unrecorded WHERE id = ?", [(one,) for one in parcels])

    def reach(self) -> Reach:
        told = dict(self._rows("SELECT party, position FROM reach"))
        return Reach(after_ms=told.pop(_BY_THE_CLOCK, -1), told=told)

    def handed_end(self, party: bytes) -> int:
        rows = self._rows(
            "SELECT min(one.start) FROM parcels AS one WHERE party = ? AND \"end\" > start AND state <> 'handed' "
            "AND NOT EXISTS (SELECT 1 FROM parcels AS other WHERE other.duty = one.duty AND other.state = 'handed')",
            party,
        )
        told = self._rows("SELECT position FROM reach WHERE party = ?", party)
        end = told[0][0] if told else 0
        return end if rows[0][0] is None else min(end, rows[0][0])

    def count(self) -> Mapping[str, int]:
        return dict(self._rows("SELECT state, count(*) FROM parcels GROUP BY state"))

    def keep_call(self, sid: bytes, text: bytes) -> None:
        while True:
            try:
                return self._keep(sid, text)
            except StoreUnavailable:
                if not self._give_up_some():
                    raise

    def _give_up_some(self) -> bool:
        """A piece of the reserve: this is what it was kept for. A piece at a time, or the next statement would take it all."""
        try:
            left = self._reserve.stat().st_size - OUTBOX_RESERVE_STEP_BYTES
            os.truncate(self._reserve, max(0, left))
        except OSError:
            return False
        return left >= 0

    def _keep(self, sid: bytes, text: bytes) -> None:
        with self._writing() as file:
            file.execute("INSERT INTO calls (sid, text) VALUES (?, ?) ON CONFLICT DO NOTHING", (sid, text))

    def forget_call(self, sid: bytes) -> None:
        with self._writing() as file:
            file.execute("DELETE FROM calls WHERE sid = ?", (sid,))
        with suppress(OSError):
            disk = os.statvfs(self._reserve.parent)
            if disk.f_bavail * disk.f_frsize > DISK_RESERVE_BYTES + OUTBOX_RESERVE_BYTES:
                self._make_reserve()  # whole again, now that there is room

    def kept_calls(self) -> tuple[bytes, ...]:
        return tuple(row[0] for row in self._rows("SELECT text FROM calls ORDER BY number"))

    def find_code(self, code: bytes) -> Parcel | None:
        rows = self._rows(f"SELECT {_COLUMNS} FROM parcels WHERE code = ?", code)
        return _parcel(rows[0]) if rows else None

    def sent_to(self, to: str, since_ms: int) -> tuple[Parcel, ...]:
        question = f'SELECT {_COLUMNS} FROM parcels WHERE "to" = ? AND due_ms >= ? ORDER BY due_ms DESC, id'
        return tuple(_parcel(row) for row in self._rows(question, to, since_ms))

    def answer(self, code: bytes, answer: str, by: str, at_ms: int) -> bool:
        with self._writing() as file:
            file.execute(
                "INSERT INTO answers SELECT code, ?, ?, ?, 0 FROM parcels WHERE code = ? ON CONFLICT DO NOTHING",
                (answer, by, at_ms, code),
            )
            return bool(file.changes())

    def find_answer(self, code: bytes) -> KeptAnswer | None:
        return next(iter(self._answers("code = ?", code)), None)

    def unsaid(self) -> tuple[KeptAnswer, ...]:
        return self._answers("on_record = 0")

    def _answers(self, which: str, *bindings: Any) -> tuple[KeptAnswer, ...]:
        rows = self._rows(
            f'SELECT {_COLUMNS}, answer, "by", at_ms FROM answers JOIN parcels USING (code) WHERE {which} '
            "ORDER BY at_ms, code",
            *bindings,
        )
        return tuple(
            KeptAnswer(parcel=_parcel(row[:-3]), answer=row[-3], by=row[-2], at_ms=row[-1]) for row in rows
        )

    def said(self, code: bytes) -> None:
        with self._writing() as file:
            file.execute("UPDATE answers SET on_record = 1 WHERE code = ?", (code,))

    def close(self) -> None:
        with self._lock:
            self._file.close()


def _parcel(row: Sequence[Any]) -> Parcel:
    return Parcel(**dict(zip(_FIELDS, row, strict=True)))


@contextmanager
def _outward() -> Iterator[None]:
    """What SQLite or the disk raises, as the port promises it: nothing was done."""
    try:
        yield
    except (apsw.Error, OSError) as error:
        raise StoreUnavailable(reason=f"{type(error).__name__}: {error}") from error
