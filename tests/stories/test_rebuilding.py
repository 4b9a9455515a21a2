"""A start relies on the bytes that its root vouches for, and derives everything again; fsck reads each of them anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from naive import picture
from standclear.cli.cast import told
from standclear.errors import StandclearError, StoreCorrupt
from standclear.flow.ports import StoredEntry
from standclear.flow.rebuild import rebuild
from standclear.statements.canonical import canonical
from standclear.stores.listed import ListedIndex
from standclear.stores.memory import MemoryLogStore
from world import Chance, World


class Altered(MemoryLogStore):
    """A log in which one entry reads otherwise than it was stored."""

    def __init__(
        self, store: MemoryLogStore, index: int, alter: Callable[[StoredEntry], StoredEntry]
    ) -> None:
        super().__init__()
        self.__dict__ |= store.snapshot().__dict__
        self._index, self._alter = index, alter

    def read_entries(self, start: int, end: int, *, with_bodies: bool = True) -> Any:
        for one in super().read_entries(start, end, with_bodies=with_bodies):
            yield self._alter(one) if one.index == self._index else one


def findings(store: MemoryLogStore, *, is_signed_anew: bool) -> list[str]:
    """What is found wrong, by kind; a log that cannot be read at all is one finding."""
    try:
        rebuilt = rebuild(store, ListedIndex, Chance("again"), is_signed_anew=is_signed_anew)
    except StandclearError as error:
        return [type(error).__name__]
    return [type(one).__name__ for one in rebuilt.findings]


def beside(change: Callable[[Any], None]) -> Callable[[StoredEntry], StoredEntry]:
    def alter(entry: StoredEntry) -> StoredEntry:
        value = json.loads(entry.beside)
        change(value)
        return replace(entry, beside=canonical(value))

    return alter


def spaced(entry: StoredEntry) -> StoredEntry:
    return replace(entry, beside=entry.beside.replace(b",", b", ", 1))


def farther(value: Any) -> None:
    value["slots"][0]["travel"] = "onward"


def narrower(value: Any) -> None:
    value["slots"][0]["when"] = "never"


def another_effect(value: Any) -> None:
    value["effects"]["records"][0]["effect"] = "held"


def cut(entry: StoredEntry) -> StoredEntry:
    return replace(entry, text=entry.text[:-9])


def other_time(entry: StoredEntry) -> StoredEntry:
    return replace(entry, text=entry.text.replace(b"\n15", b"\n16", 1))


CASES: dict[str, tuple[str, Callable[[StoredEntry], StoredEntry], bool]] = {
    "an entry of another time": ("site", other_time, True),
    "an entry cut short": ("site", cut, True),
    "a release that the header does not hold, by which others were told": ("site", beside(narrower), True),
    "a release that the header does not hold, by which the same were told": ("site", beside(farther), False),
    "what is kept beside it in another layout": ("site", spaced, False),
    "an effect that was never said": ("deeds", beside(another_effect), True),
}


@pytest.mark.parametrize("name", CASES)
def test_fsck_finds_whatever_was_altered_and_a_start_whatever_would_change_what_it_derives(name: str) -> None:
    what, alter, is_found_at_a_start = CASES[name]
    with World() as world:
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        filed = world.site(south, told(north))
        world.settle()
        assert isinstance(world.store, MemoryLogStore)
        index = filed.answer.index + (what == "deeds")
        altered = Altered(world.store, index, alter)
        assert ([], []) == (
            findings(world.store, is_signed_anew=True), findings(world.store, is_signed_anew=False)
        )  # fmt: skip
        assert findings(altered, is_signed_anew=True)
        assert is_found_at_a_start == bool(findings(altered, is_signed_anew=False))


def test_a_start_and_fsck_derive_the_same_book() -> None:
    with World() as world:
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        clinic = world.site(south, told(north))
        world.acknowledge(north, sids=[clinic.sid])
        world.activity(north, told(south))
        world.settle()
        books = [
            rebuild(world.store, ListedIndex, Chance("again"), is_signed_anew=anew).book
            for anew in (True, False)
        ]
        assert picture(books[0]) == picture(books[1]) == picture(world.service.book)


def test_bytes_that_are_no_longer_json_are_a_corrupt_store() -> None:
    with World() as world:
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        filed = world.site(south, told(north))
        world.settle()
        assert isinstance(world.store, MemoryLogStore)
        altered = Altered(world.store, filed.answer.index, lambda one: replace(one, beside=b"{"))
        with pytest.raises(StoreCorrupt, match="restore the bytes"):
            rebuild(altered, ListedIndex, Chance("again"), is_signed_anew=False)
