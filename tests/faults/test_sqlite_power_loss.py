"""The power fails at every sync of a working store: what was acknowledged is there, and the log goes on.

One run is remembered, write by write. Then the disk is put together as it may be after a power loss at each point of
it, in several ways, and the store is opened on that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from faults.batches import Batch, batches, require_whole
from faults.losing_power import (
    Deed,
    DirectorySynced,
    RememberingLayer,
    Said,
    Survival,
    Synced,
    lose_power,
    remember_vault,
)
from standclear.stores import sqlite_files
from standclear.stores.sqlite import SqliteLogStore

SEED = 20260
SURVIVALS: tuple[Survival, ...] = ("nothing unsynced", "everything", "some writes", "some sectors")
SIZES = [1, 2, 5, 1, 40, 3, 1, 1, 64, 2, 7, 1, 30, 1, 1]
CUTS_AT_CHANCE = 200


@dataclass(frozen=True, slots=True)
class Appended:
    size: int


@dataclass(frozen=True, slots=True)
class Noted:
    size: int


@dataclass(frozen=True, slots=True)
class Shredded:
    index: int
    item: int


@dataclass(frozen=True, slots=True)
class Shredding:
    index: int
    item: int


@dataclass(frozen=True, slots=True)
class Run:
    """A store's life, and the batches it was given."""

    told: list[Batch]
    deeds: list[Deed]
    quick: RememberingLayer  # a file layer that does not sync either: the restarts are many, and no power fails in them


@contextmanager
def remembered_run(directory: Path) -> Iterator[Run]:
    layer, quick = RememberingLayer("remembering"), RememberingLayer("quick")
    told = batches(SIZES, items=2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite_files, "STORE_WAL_PAGES", 24)  # so that the write-ahead log is taken in often
        remember_vault(layer.deeds, "vault.keys", patch)
        live(directory, layer, told)
    yield Run(told, layer.deeds, quick)
    quick.unregister()
    layer.unregister()


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    with remembered_run(tmp_path_factory.mktemp("run")) as run:
        yield run


def live(directory: Path, layer: RememberingLayer, told: Sequence[Batch]) -> None:
    store = SqliteLogStore(directory, vfs=layer.name)
    first = next(at for at, deed in enumerate(layer.deeds) if isinstance(deed, Synced))
    layer.deeds.insert(first + 1, DirectorySynced())  # the vault's name, before the log is made
    layer.deeds.append(DirectorySynced())  # the last step of opening; SQLite sees neither
    for number, batch in enumerate(told):
        batch.append_to(store)
        layer.deeds.append(Said(Appended(batch.after.size)))
        store.put_note("commit", batch.after.size, b"note " + batch.after.root)
        layer.deeds.append(Said(Noted(batch.after.size)))
        if number % 3 == 2:
            layer.deeds.append(Said(Shredding(batch.before.size, 1)))
            store.shred(batch.before.size, 1)
            layer.deeds.append(Said(Shredded(batch.before.size, 1)))
        if number == 9:  # a restart in between
            store.close()
            store = SqliteLogStore(directory, vfs=layer.name)
            layer.deeds.append(DirectorySynced())
    store.close()


def require_kept(store: SqliteLogStore, told: Sequence[Batch], deeds: Sequence[Deed]) -> None:
    """Everything that was acknowledged is there, whole; what was not may be."""
    said = [deed.what for deed in deeds if isinstance(deed, Said)]
    head = require_whole(store, told)
    assert head.size >= max((what.size for what in said if isinstance(what, Appended)), default=0)
    note_size, _ = store.find_note("commit") or (0, b"")
    assert note_size >= max((what.size for what in said if isinstance(what, Noted)), default=0)
    assert note_size <= head.size, "a note was kept of a head that is not"
    gone = {(what.index, what.item) for what in said if isinstance(what, Shredded)}
    going = {(what.index, what.item) for what in said if isinstance(what, Shredding)}
    for index in range(head.size):
        for item, key in enumerate(store.read_body_keys(index)):
            assert key is None or (index, item) not in gone
            assert key is not None or (index, item) in going


def restart(run: Run, at: int, survival: Survival, directory: Path, seed: object = SEED) -> None:
    """Lose the power after so many deeds, open the store, and go on where it stands."""
    lose_power(run.deeds[:at], survival, Random(f"{seed} {at} {survival}"), directory)
    store = SqliteLogStore(directory, vfs=run.quick.name)
    try:
        require_kept(store, run.told, run.deeds[:at])
        left = [batch for batch in run.told if batch.before.size >= store.read_head().size]
        for batch in left[:2]:
            batch.append_to(store)
        require_whole(store, run.told)
    finally:
        store.close()
        run.quick.deeds.clear()


def test_the_run_syncs_before_it_says_anything(run: Run) -> None:
    synced: set[str] = set()
    for deed in run.deeds:
        if isinstance(deed, Synced):
            synced.add(deed.name)
        if isinstance(deed, Said) and isinstance(deed.what, Appended):
            assert synced >= {"log.db-wal", "vault.keys"}
            synced.clear()
    assert sum(isinstance(deed, Synced) and deed.name == "log.db" for deed in run.deeds) > 5, "no checkpoint"


@pytest.mark.slow
@pytest.mark.parametrize("survival", SURVIVALS)
def test_nothing_acknowledged_is_lost_when_the_power_fails_at_a_sync(
    run: Run, survival: Survival, tmp_path: Path
) -> None:
    syncs = [at for at, deed in enumerate(run.deeds) if isinstance(deed, Synced)]
    for at in syncs:
        for edge in (at, at + 1):  # before the sync, and after it
            directory = tmp_path / str(edge)
            if not directory.exists():
                directory.mkdir()
                restart(run, edge, survival, directory)


@pytest.mark.slow
@pytest.mark.parametrize("survival", SURVIVALS)
def test_nothing_acknowledged_is_lost_when_the_power_fails_at_any_write(
    run: Run, survival: Survival, tmp_path: Path
) -> None:
    random = Random(f"{SEED} {survival}")
    for number in range(CUTS_AT_CHANCE // len(SURVIVALS)):
        directory = tmp_path / str(number)
        directory.mkdir()
        restart(run, random.randrange(len(run.deeds) + 1), survival, directory)
