"""What every log store keeps, whatever it is made of: one suite, run against each adapter."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from faults.batches import EMPTY, batches, entry_at, key_of, read_back, require_whole
from faults.breaking import BreakingLogStore
from standclear.errors import Fatal, NotFound, OutcomeUnknown, StoreUnavailable
from standclear.flow.ports import LogStore
from standclear.stores.memory import MemoryLogStore
from standclear.stores.sqlite import SqliteLogStore


def in_memory(_: Path) -> LogStore:
    return MemoryLogStore()


def on_sqlite(directory: Path) -> LogStore:
    return SqliteLogStore(directory / "log")


def behind_a_wrapper(_: Path) -> LogStore:
    return BreakingLogStore(MemoryLogStore(), at=sys.maxsize)


ADAPTERS: dict[str, Callable[[Path], LogStore]] = {
    "memory": in_memory,
    "SQLite": on_sqlite,
    "the breaking wrapper, unbroken": behind_a_wrapper,
}


@pytest.fixture(params=list(ADAPTERS))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LogStore]:
    opened = ADAPTERS[request.param](tmp_path)
    yield opened
    opened.close()


# --- appending and reading ------------------------------------------------------------------------


def test_an_empty_log_has_an_empty_head(store: LogStore) -> None:
    assert EMPTY == store.read_head()
    assert [] == list(store.read_entries(0, 0))
    assert [] == list(store.read_leaves(0, 0))


def test_what_was_appended_is_read_back_in_order(store: LogStore) -> None:
    told = batches([1, 3, 64, 300], items=2)
    for batch in told:
        batch.append_to(store)
    assert told[-1].after == require_whole(store, told)


def test_a_range_is_read_as_asked(store: LogStore) -> None:
    (batch,) = batches([600])
    batch.append_to(store)
    for start, end in [(0, 1), (255, 257), (256, 512), (599, 600), (7, 7), (600, 600)]:
        expected = [read_back(entry) for entry in batch.entries[start:end]]
        assert expected == list(store.read_entries(start, end))
        assert [replace(entry, bodies=()) for entry in expected] == list(
            store.read_entries(start, end, with_bodies=False)
        )
        assert [entry.leaf for entry in expected] == list(store.read_leaves(start, end))


def test_an_entry_of_many_items_keeps_every_body_and_key(store: LogStore) -> None:
    (batch,) = batches([2], items=4_096)
    batch.append_to(store)
    require_whole(store, [batch])


def test_an_entry_without_bodies_has_none(store: LogStore) -> None:
    (batch,) = batches([3], items=0)
    batch.append_to(store)
    assert () == next(store.read_entries(2, 3)).bodies
    assert () == store.read_body_keys(2)


def test_bodies_are_read_by_item_and_form(store: LogStore) -> None:
    told = batches([2, 3])
    for batch in told:
        batch.append_to(store)
    for entry in (one for batch in told for one in batch.entries):
        for form in ("exact", "widened", "desk"):
            for start, end in ((0, 1), (1, 3), (0, 10_000), (5, 5)):
                wanted = [one for one in entry.bodies if one.form == form and start <= one.item < end]
                assert tuple(wanted) == store.read_bodies(entry.index, form, start, end)
    with pytest.raises(NotFound):
        store.read_bodies(5, "exact", 0, 1)


@pytest.mark.parametrize("bounds", [(0, 4), (3, 4), (4, 4), (1_000, 1_001)])
def test_past_the_end_nothing_is_found(store: LogStore, bounds: tuple[int, int]) -> None:
    batches([3])[0].append_to(store)
    with pytest.raises(NotFound):
        store.read_entries(*bounds)  # at the call, before the first entry is asked for
    with pytest.raises(NotFound):
        store.read_leaves(*bounds)


def test_a_reading_that_was_begun_goes_on_while_the_log_grows(store: LogStore) -> None:
    first, second = batches([300, 300])
    first.append_to(store)
    reading = store.read_entries(0, 300)
    began = next(reading)
    second.append_to(store)
    assert [read_back(entry) for entry in first.entries] == [began, *reading]


def test_an_unknown_sid_has_no_index(store: LogStore) -> None:
    batches([3])[0].append_to(store)
    assert store.find_sid(entry_at(3).sid) is None


def test_many_threads_may_read_while_one_appends(store: LogStore) -> None:
    told = batches([16] * 20)

    def read_until_the_end(_: int) -> list[int]:
        seen = [store.read_head().size]
        while seen[-1] < told[-1].after.size:
            size = store.read_head().size
            assert size == len(store.read_leaves(0, size))
            assert size == sum(1 for _ in store.read_entries(0, size))
            if size:
                assert size - 1 == store.find_sid(entry_at(size - 1).sid)
                assert (key_of(size - 1, 0),) == store.read_body_keys(size - 1)
            seen.append(size)
        return seen

    with ThreadPoolExecutor(4) as threads:
        readings = [threads.submit(read_until_the_end, number) for number in range(3)]
        appending = threads.submit(lambda: [batch.append_to(store) for batch in told])
        appending.result()
        for reading in readings:
            assert sorted(reading.result()) == reading.result()
    require_whole(store, told)


# --- all or none ----------------------------------------------------------------------------------


def test_a_writer_that_built_on_another_head_is_stopped(store: LogStore) -> None:
    first, second = batches([3, 2])
    first.append_to(store)
    stale = batches([2], world="another")[0]
    for before in (
        EMPTY,
        replace(second.before, root=bytes(32)),
        replace(second.before, last_ms=1),
    ):
        entries = stale.entries if before is EMPTY else second.entries
        after = stale.after if before is EMPTY else second.after
        with pytest.raises(Fatal):
            store.append(entries, before, after)
    # Nothing was written, the keys of the first batch included.
    assert first.after == require_whole(store, [first])
    assert (key_of(1, 0),) == store.read_body_keys(1)
    second.append_to(store)
    require_whole(store, [first, second])


def test_a_statement_is_stored_once(store: LogStore) -> None:
    first, second = batches([3, 3])
    first.append_to(store)
    again = (*second.entries[:2], replace(second.entries[2], sid=first.entries[0].sid))
    twice = (*second.entries[:2], replace(second.entries[2], sid=second.entries[0].sid))
    for entries in (again, twice):
        with pytest.raises(Fatal):
            store.append(entries, second.before, second.after)
    require_whole(store, [first])
    assert store.find_sid(second.entries[0].sid) is None
    second.append_to(store)
    require_whole(store, [first, second])


# --- the vault ------------------------------------------------------------------------------------


def test_a_shredded_key_is_gone_and_no_other(store: LogStore) -> None:
    (batch,) = batches([3], items=3)
    batch.append_to(store)
    store.shred(1, 2)
    store.shred(1, 0)
    store.shred(1, 0)  # twice is the same as once
    assert (None, key_of(1, 1), None) == store.read_body_keys(1)
    assert batch.entries[0].body_keys == store.read_body_keys(0)
    assert batch.entries[2].body_keys == store.read_body_keys(2)
    assert read_back(batch.entries[1]) == next(store.read_entries(1, 2))


@pytest.mark.parametrize("place", [(0, 2), (0, 4_096), (3, 0)])
def test_a_key_that_never_was_is_not_shredded(store: LogStore, place: tuple[int, int]) -> None:
    batches([3], items=2)[0].append_to(store)
    with pytest.raises(NotFound):
        store.shred(*place)


def test_keys_past_the_end_are_not_found(store: LogStore) -> None:
    batches([3])[0].append_to(store)
    with pytest.raises(NotFound):
        store.read_body_keys(3)


# --- notes and settings ---------------------------------------------------------------------------


def test_the_newest_note_of_a_name_is_kept(store: LogStore) -> None:
    assert store.find_note("commit") is None
    store.put_note("commit", 3, b"three")
    store.put_note("commit", 3, b"three again")
    store.put_note("published", 2, b"two")
    assert (3, b"three again") == store.find_note("commit")
    assert (2, b"two") == store.find_note("published")


def test_an_older_note_never_takes_the_place_of_a_newer_one(store: LogStore) -> None:
    store.put_note("commit", 3, b"three")
    store.put_note("commit", 2, b"two")
    assert (3, b"three") == store.find_note("commit")


def test_a_setting_is_the_last_that_was_put(store: LogStore) -> None:
    assert store.find_setting("origin") is None
    store.put_setting("origin", b"a")
    store.put_setting("origin", b"")
    store.put_setting("other", b"b")
    assert b"" == store.find_setting("origin")
    assert b"b" == store.find_setting("other")


# --- the end --------------------------------------------------------------------------------------


def test_a_closed_store_does_nothing_more(store: LogStore) -> None:
    first, second = batches([3, 1])
    first.append_to(store)
    begun = store.read_entries(0, 3)
    store.close()
    store.close()
    for call in (
        lambda: second.append_to(store),
        lambda: store.read_head(),
        lambda: store.read_entries(0, 1),
        lambda: store.read_leaves(0, 1),
        lambda: store.find_sid(first.entries[0].sid),
        lambda: store.read_body_keys(0),
        lambda: store.shred(0, 0),
        lambda: store.put_note("commit", 1, b""),
        lambda: store.find_note("commit"),
        lambda: store.put_setting("a", b""),
        lambda: store.find_setting("a"),
    ):
        with pytest.raises(StoreUnavailable):
            call()
    del begun


# --- what the tests of the flow lean on -----------------------------------------------------------


def test_a_snapshot_of_memory_goes_its_own_way() -> None:
    first, second = batches([3, 2])
    store = MemoryLogStore()
    first.append_to(store)
    other = store.snapshot()
    second.append_to(store)
    other.shred(0, 0)
    require_whole(store, [first, second])
    assert first.after == require_whole(other, [first])
    assert (key_of(0, 0),) == store.read_body_keys(0)
    second.append_to(other)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_a_store_breaks_where_it_is_told_to(at: int, after: bool) -> None:
    (batch,) = batches([1])
    store = BreakingLogStore(MemoryLogStore(), at=at, after=after, error=OutcomeUnknown(reason="test"))
    writes = [
        lambda: batch.append_to(store),
        lambda: store.put_note("commit", 1, b""),
        lambda: store.put_setting("a", b""),
        lambda: store.shred(0, 0),
    ]
    for write in writes[: at - 1]:
        write()
    assert not store.has_broken
    with pytest.raises(OutcomeUnknown):
        writes[at - 1]()
    assert store.has_broken
    took_effect = [
        store.read_head().size == 1,
        store.find_note("commit") is not None,
        store.find_setting("a") is not None,
        store.read_head().size == 1 and store.read_body_keys(0) == (None,),
    ]
    assert [number < at + after for number in (1, 2, 3, 4)] == took_effect
    assert ["append", "put_note", "put_setting", "shred"][:at] == store.called
