"""What the SQLite store refuses to open, what it will not let happen, and what its files hold and do not hold."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import apsw
import pytest

from faults.batches import EMPTY, batches, key_of, require_whole
from standclear.errors import Fatal, StoreCorrupt, StoreUnavailable
from standclear.stores import sqlite_files
from standclear.stores.sqlite import SqliteLogStore
from standclear.stores.vault import HEADER_BYTES, KEY_BYTES


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A closed store with some entries."""
    store = SqliteLogStore(tmp_path / "log")
    for batch in batches([3, 40], items=3):
        batch.append_to(store)
    store.close()
    return tmp_path / "log"


@pytest.fixture
def store(directory: Path) -> Iterator[SqliteLogStore]:
    opened = SqliteLogStore(directory)
    yield opened
    opened.close()


def run_on(file: Path, statements: str) -> None:
    connection = apsw.Connection(str(file))
    connection.execute(statements)
    connection.close()


def bytes_of(directory: Path, start: str) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(directory.iterdir()) if path.name.startswith(start))


# --- opening --------------------------------------------------------------------------------------


def test_a_store_goes_on_where_it_was_closed(directory: Path) -> None:
    told = batches([3, 40, 2], items=3)
    store = SqliteLogStore(directory)
    assert told[1].after == require_whole(store, told)
    store.put_note("commit", 43, b"note")
    store.put_setting("origin", b"here")
    store.shred(7, 1)
    told[2].append_to(store)
    store.close()
    again = SqliteLogStore(directory)
    assert told[2].after == require_whole(again, told)
    assert ((43, b"note"), b"here") == (again.find_note("commit"), again.find_setting("origin"))
    assert (key_of(7, 0), None, key_of(7, 2)) == again.read_body_keys(7)
    again.close()


def test_a_second_store_on_the_directory_is_refused(store: SqliteLogStore, directory: Path) -> None:
    with pytest.raises(StoreUnavailable, match="another process has the store"):
        SqliteLogStore(directory)
    require_whole(store, batches([3, 40], items=3))


def test_a_second_process_on_the_directory_is_refused(store: SqliteLogStore, directory: Path) -> None:
    code = (
        "import sys, pathlib\nfrom standclear.stores.sqlite import SqliteLogStore\n"
        "SqliteLogStore(pathlib.Path(sys.argv[1]))"
    )
    other = subprocess.run(
        [sys.executable, "-c", code, str(directory)], capture_output=True, text=True, check=False
    )
    assert 1 == other.returncode
    assert "another process has the store" in other.stderr


def test_a_newer_format_is_refused_and_left_alone(directory: Path) -> None:
    run_on(directory / "log.db", f"PRAGMA user_version = {sqlite_files.FORMAT + 1}")
    before = (directory / "log.db").read_bytes()
    with pytest.raises(Fatal, match="this release knows"):
        SqliteLogStore(directory)
    assert before == (directory / "log.db").read_bytes()


def test_a_newer_vault_is_refused_and_left_alone(directory: Path) -> None:
    newer = (directory / "vault.keys").read_bytes().replace(b"/v1\n", b"/v2\n", 1)
    (directory / "vault.keys").write_bytes(newer)
    with pytest.raises(Fatal, match="no vault that this release knows"):
        SqliteLogStore(directory)
    assert newer == (directory / "vault.keys").read_bytes()


def test_a_database_of_another_kind_is_refused_and_left_alone(directory: Path) -> None:
    (directory / "log.db").unlink()
    run_on(directory / "log.db", "CREATE TABLE theirs (name TEXT)")
    before = (directory / "log.db").read_bytes()
    with pytest.raises(StoreCorrupt, match="another kind"):
        SqliteLogStore(directory)
    assert before == (directory / "log.db").read_bytes()


@pytest.mark.parametrize("file", ["log.db", "vault.keys"])
def test_a_file_that_says_nothing_is_refused(directory: Path, file: str) -> None:
    (directory / file).write_bytes(Random(1).randbytes(9_000))
    with pytest.raises(StoreCorrupt):
        SqliteLogStore(directory)


def test_a_log_without_its_vault_is_refused(directory: Path) -> None:
    (directory / "vault.keys").unlink()
    with pytest.raises(StoreCorrupt, match=r"restore vault\.keys"):
        SqliteLogStore(directory)
    assert not (directory / "vault.keys").exists()


def test_a_vault_that_was_used_is_not_given_an_empty_log(directory: Path) -> None:
    (directory / "log.db").unlink()
    with pytest.raises(StoreCorrupt, match=r"restore the log"):
        SqliteLogStore(directory)


def test_the_vault_of_another_log_is_refused(directory: Path, tmp_path: Path) -> None:
    SqliteLogStore(tmp_path / "other").close()
    (tmp_path / "other" / "vault.keys").replace(directory / "vault.keys")
    with pytest.raises(StoreCorrupt, match="belongs to another log"):
        SqliteLogStore(directory)


def test_a_store_that_was_refused_gives_the_directory_free(directory: Path) -> None:
    vault = (directory / "vault.keys").read_bytes()
    (directory / "vault.keys").unlink()
    with pytest.raises(StoreCorrupt):
        SqliteLogStore(directory)
    (directory / "vault.keys").write_bytes(vault)
    SqliteLogStore(directory).close()


def test_an_older_sqlite_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_files, "SQLITE_LEAST", (99, 0, 0))
    with pytest.raises(Fatal, match="use apsw with SQLite 99"):
        SqliteLogStore(tmp_path / "log")
    assert not (tmp_path / "log").exists()


def test_a_directory_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        SqliteLogStore(tmp_path / "no" / "such")


# --- what never changes ---------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["entries", "leaves", "sids", "bodies"])
@pytest.mark.parametrize(
    "change", ["DELETE FROM {}", "UPDATE {} SET rowid = 1", "REPLACE INTO {0} SELECT * FROM {0}"]
)
def test_no_entry_can_be_changed_by_mistake(store: SqliteLogStore, table: str, change: str) -> None:
    if table == "sids":  # it has no rowid
        change = change.replace("rowid = 1", "entry_index = 1")
    change = change.replace("rowid", "place" if table == "bodies" else "entry_index")
    with pytest.raises(apsw.ConstraintError, match="never change"):
        store._log.execute(change.format(table))


def test_a_damaged_page_is_seen(directory: Path) -> None:
    damaged = bytearray((directory / "log.db").read_bytes())
    for page in range(1, len(damaged) // 4_096):
        damaged[page * 4_096 : page * 4_096 + 64] = bytes(64)
    (directory / "log.db").write_bytes(damaged)
    with pytest.raises(StoreCorrupt):
        list(SqliteLogStore(directory).read_entries(0, 43))


@pytest.mark.parametrize(
    ("loss", "reading"),
    [
        ("DELETE FROM entries WHERE entry_index = 5", "read_entries"),
        ("DELETE FROM leaves WHERE entry_index = 5", "read_entries"),
        ("DELETE FROM leaves WHERE entry_index = 5", "read_leaves"),
        ("DELETE FROM bodies WHERE item = 2", "read_entries"),
    ],
)
def test_a_row_that_is_missing_is_seen(directory: Path, loss: str, reading: str) -> None:
    table = loss.split()[2]
    run_on(directory / "log.db", f"DROP TRIGGER {table}_delete; {loss}")
    store = SqliteLogStore(directory)
    with pytest.raises(StoreCorrupt, match="missing"):
        list(getattr(store, reading)(0, 43))
    store.close()


# --- backups ---------------------------------------------------------------------------------------


def test_a_backup_is_a_log_without_keys(store: SqliteLogStore, directory: Path, tmp_path: Path) -> None:
    told = batches([3, 40, 5], items=3)
    assert told[1].after == store.back_up_log(tmp_path / "backup.db")
    told[2].append_to(store)
    held = (tmp_path / "backup.db").read_bytes()
    keys = [key for batch in told for entry in batch.entries for key in entry.body_keys]
    assert [] == [key for key in keys if key in held]
    assert 0 == (tmp_path / "backup.db").stat().st_mode & 0o077
    (tmp_path / "restored").mkdir()
    (tmp_path / "restored" / "log.db").write_bytes(held)
    (tmp_path / "restored" / "vault.keys").write_bytes((directory / "vault.keys").read_bytes())
    restored = SqliteLogStore(tmp_path / "restored")
    assert told[1].after == require_whole(restored, told)
    assert keys[0] == restored.read_body_keys(0)[0]
    restored.close()


def test_a_backup_is_never_written_over_another(store: SqliteLogStore, tmp_path: Path) -> None:
    store.back_up_log(tmp_path / "backup.db")
    with pytest.raises(StoreUnavailable, match="there already"):
        store.back_up_log(tmp_path / "backup.db")


def test_a_backup_can_be_made_while_the_log_grows(tmp_path: Path) -> None:
    store = SqliteLogStore(tmp_path / "log")
    told = batches([20] * 60)
    with ThreadPoolExecutor(1) as threads:
        appending = threads.submit(lambda: [batch.append_to(store) for batch in told])
        heads = [store.back_up_log(tmp_path / f"{number}.db") for number in range(5)]
        appending.result()
    for number, head in enumerate(heads):
        (tmp_path / f"restored {number}").mkdir()
        (tmp_path / f"{number}.db").replace(tmp_path / f"restored {number}" / "log.db")
        (tmp_path / f"restored {number}" / "vault.keys").write_bytes(
            (tmp_path / "log" / "vault.keys").read_bytes()
        )
        restored = SqliteLogStore(tmp_path / f"restored {number}")
        assert head == require_whole(restored, told)
        restored.close()
    store.close()


# --- keys -----------------------------------------------------------------------------------------


def test_the_log_holds_no_key(directory: Path) -> None:
    log, vault = bytes_of(directory, "log.db"), bytes_of(directory, "vault")
    keys = [key for batch in batches([3, 40], items=3) for entry in batch.entries for key in entry.body_keys]
    assert [] == [key for key in keys if key in log]
    assert [] == [key for key in keys if key not in vault]


def test_only_the_owner_of_the_process_reads_the_files(store: SqliteLogStore, directory: Path) -> None:
    for path in [directory, *directory.iterdir()]:
        assert 0 == path.stat().st_mode & 0o077, path.name


def test_a_shredded_key_leaves_no_byte_in_the_files(tmp_path: Path) -> None:
    directory = tmp_path / "log"
    store = SqliteLogStore(directory)
    told = batches([1, 64, 300, 3], items=5)
    for batch in told:
        batch.append_to(store)
    random = Random(20260)
    places = [(entry.index, item) for batch in told for entry in batch.entries for item in range(5)]
    shredded = set(random.sample(places, 60))
    for index, item in sorted(shredded):
        store.shred(index, item)
    held = bytes_of(directory, "vault")
    assert shredded == {(index, item) for index, item in places if key_of(index, item) not in held}
    store.close()
    held = bytes_of(directory, "vault")
    assert shredded == {(index, item) for index, item in places if key_of(index, item) not in held}


def test_keys_of_a_batch_that_never_came_to_be_give_way(tmp_path: Path) -> None:
    store = SqliteLogStore(tmp_path / "log")
    lost, told = batches([4], items=4, world="lost"), batches([4, 1], items=2)
    keys = [key for entry in lost[0].entries for key in entry.body_keys]
    store._vault.put(0, keys)  # as a crash between the vault and the log leaves it
    assert EMPTY == store.read_head()
    told[0].append_to(store)
    require_whole(store, told)
    told[1].append_to(store)
    assert told[1].after == require_whole(store, told)
    store.close()


def test_a_key_that_the_vault_has_lost_is_none(directory: Path) -> None:
    vault = (directory / "vault.keys").read_bytes()
    (directory / "vault.keys").write_bytes(
        vault[: HEADER_BYTES + 31 * 3 * KEY_BYTES]
    )  # an older vault, restored
    store = SqliteLogStore(directory)
    assert (None, None, None) == store.read_body_keys(31)
    assert (key_of(30, 0), key_of(30, 1), key_of(30, 2)) == store.read_body_keys(30)
    told = batches([3, 40, 1], items=3)
    told[2].append_to(store)
    store.shred(31, 1)
    assert told[2].after == require_whole(store, told)
    assert (None, None, None) == store.read_body_keys(42)
    assert told[2].entries[0].body_keys == store.read_body_keys(43)
    store.close()
