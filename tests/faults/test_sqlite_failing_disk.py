"""The disk is full, or fails, at each write and sync of an append: what the caller is told is what is so."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import apsw
import pytest

from faults.batches import batches, require_whole
from faults.failing_disk import FailingLayer, fail_vault
from standclear.errors import OutcomeUnknown, StoreCorrupt, StoreUnavailable
from standclear.stores import sqlite_files
from standclear.stores.sqlite import SqliteLogStore


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[FailingLayer]:
    monkeypatch.setattr(sqlite_files, "STORE_WAL_PAGES", 20)  # so that a checkpoint fails in its turn
    layer = FailingLayer("failing")
    fail_vault(layer, monkeypatch)
    yield layer
    layer.unregister()


def test_an_append_to_a_full_disk_is_unavailable_and_can_be_tried_again(
    disk: FailingLayer, tmp_path: Path
) -> None:
    told = batches([5, 9, 2], items=2)
    for at in count(1):
        store = SqliteLogStore(tmp_path / f"{at}", vfs=disk.name)
        told[0].append_to(store)
        disk.fail(at, apsw.FullError)
        try:
            told[1].append_to(store)
            assert told[1].after == store.read_head()
        except StoreUnavailable:
            assert disk.has_failed
            assert told[0].after == require_whole(store, told)
            disk.mend()
            told[1].append_to(store)
        disk.mend()
        told[2].append_to(store)
        assert told[2].after == require_whole(store, told)
        store.close()
        if not disk.has_failed:
            assert at > 10, "the sweep ended before it began"
            break


@pytest.mark.parametrize(
    ("error", "after"),
    [
        (apsw.FullError, False),
        *((e, after) for e in (apsw.IOError, apsw.CorruptError) for after in (False, True)),
    ],
)
def test_after_any_failure_a_restart_finds_a_whole_log(
    disk: FailingLayer, tmp_path: Path, error: type[apsw.Error], after: bool
) -> None:
    told = batches([5, 9, 2], items=2)
    answers: set[str] = set()
    for at in count(1):
        store = SqliteLogStore(tmp_path / f"{at}", vfs=disk.name)
        told[0].append_to(store)
        disk.fail(at, error, after=after)
        acknowledged = unavailable = False
        try:
            told[1].append_to(store)
            acknowledged = True
        except StoreUnavailable:
            unavailable = True
        except OutcomeUnknown:
            with pytest.raises(OutcomeUnknown):
                told[1].append_to(store)  # nothing more is written until a restart
            answers.add("unknown")
        except StoreCorrupt:
            answers.add("corrupt")
        disk.mend()
        store.close()
        answers |= {"acknowledged"} if acknowledged else {"unavailable"} if unavailable else set()
        store = SqliteLogStore(tmp_path / f"{at}", vfs=disk.name)
        head = require_whole(store, told)
        assert head in (told[0].after, told[1].after)
        assert head == told[1].after or not acknowledged
        assert head == told[0].after or not unavailable
        for batch in told[1:]:
            if batch.before == store.read_head():
                batch.append_to(store)
        assert told[2].after == require_whole(store, told)
        store.close()
        if not disk.has_failed:
            break
    assert "acknowledged" in answers
    assert ("unknown" in answers) == (error is not apsw.FullError)
    assert "unavailable" in answers or error is apsw.CorruptError


def test_a_disk_without_room_is_unavailable_until_there_is_some(disk: FailingLayer, tmp_path: Path) -> None:
    told = batches([3] * 60, items=4)
    store = SqliteLogStore(tmp_path / "log", vfs=disk.name)
    disk.room_bytes = 300_000
    refused = 0
    for batch in told:
        try:
            batch.append_to(store)
        except StoreUnavailable:
            refused += 1
            assert batch.before == require_whole(store, told)
            with pytest.raises(StoreUnavailable):
                store.put_note("commit", 1, bytes(100_000))
            disk.room_bytes = 300_000
            batch.append_to(store)
    assert refused
    assert told[-1].after == require_whole(store, told)
    store.close()


def test_a_shredding_that_fails_is_tried_again(disk: FailingLayer, tmp_path: Path) -> None:
    (batch,) = batches([3], items=2)
    for at in count(1):
        store = SqliteLogStore(tmp_path / f"{at}", vfs=disk.name)
        batch.append_to(store)
        disk.fail(at, apsw.IOError)
        try:
            store.shred(1, 0)
        except StoreUnavailable:
            disk.mend()
            store.shred(1, 0)
        disk.mend()
        assert (None, batch.entries[1].body_keys[1]) == store.read_body_keys(1)
        store.close()
        if not disk.has_failed:
            break
