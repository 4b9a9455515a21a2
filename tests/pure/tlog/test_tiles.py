"""Tiles: which exist, where they are, and what is in them."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standclear.errors import Malformed
from standclear.limits import ENTRY_BYTES_MAX
from standclear.tlog.merkle import Tree, leaf_hash, root_of
from standclear.tlog.tiles import (
    EntryBundle,
    Tile,
    bundle_bytes,
    new_bundles,
    new_tiles,
    parse_bundle,
    parse_path,
    tile_bytes,
    tile_exists,
    tiles_of_size,
)

SIZE = 1_100
ENTRIES = [b"entry %d" % index for index in range(SIZE)]
TREE = Tree(leaf_hash(entry) for entry in ENTRIES)

widths = st.integers(1, 256)
indexes = st.integers(0, 2**55 - 1)


@pytest.mark.parametrize(
    ("named", "path"),
    [
        (Tile(level=0, index=0), "tile/0/000"),
        (Tile(level=0, index=999, width=1), "tile/0/999.p/1"),
        (Tile(level=1, index=1_000), "tile/1/x001/000"),
        (Tile(level=63, index=1_234_067, width=255), "tile/63/x001/x234/067.p/255"),
        (EntryBundle(index=0, width=7), "tile/entries/000.p/7"),
        (EntryBundle(index=70_000), "tile/entries/x070/000"),
    ],
)
def test_a_path_names_a_tile_and_a_tile_has_one_path(named: Tile | EntryBundle, path: str) -> None:
    assert named.path == path
    assert parse_path(path) == named


@given(level=st.integers(0, 63), index=indexes, width=widths)
def test_every_path_is_read_back(level: int, index: int, width: int) -> None:
    for named in (Tile(level=level, index=index, width=width), EntryBundle(index=index, width=width)):
        assert parse_path(named.path) == named


WRONG_PATHS = [
    "tile",
    "tile/",
    "tile/0",
    "tile/0/",
    "0/000",
    "/tile/0/000",
    "tile/0/000/",
    "tile/0/0",
    "tile/0/00",
    "tile/0/0000",
    "tile/0/x000/000",
    "tile/0/x001",
    "tile/0/001/000",
    "tile/0/x001x000",
    "tile/0/00x",
    "tile/0/x1/000",
    "tile/64/000",
    "tile/00/000",
    "tile/-1/000",
    "tile/0/000.p",
    "tile/0/000.p/",
    "tile/0/000.p/0",
    "tile/0/000.p/01",
    "tile/0/000.p/256",
    "tile/0/000.p/1/",
    "tile/0/000.p/1.p/1",
    "tile/Entries/000",
    "tile/entries/0",
    "tile/data/000",
    "tile/0/x٣٣٣/000",
    "tile/0/../000",
    "tile/8/0/000",
    "tile/tile/0/000",
    "checkpoint",
    "tile/0/x999/x999/x999/x999/x999/x999/999",
]


@pytest.mark.parametrize("path", ["", *WRONG_PATHS, "tile/0/000\n", " tile/0/000", "tile/0/000.p/1 "])
def test_another_spelling_of_a_path_names_nothing(path: str) -> None:
    with pytest.raises(Malformed, match="path"):
        parse_path(path)


def test_the_tiles_of_seventy_thousand_entries() -> None:
    tiles = list(tiles_of_size(70_000))
    full = [sum(tile.level == level and tile.width == 256 for tile in tiles) for level in range(3)]
    assert full == [273, 1, 0]
    assert [tile.path for tile in tiles if tile.width != 256] == [
        "tile/0/273.p/112",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    ]
    assert [tile.path for tile in tiles_of_size(256)] == ["tile/0/000", "tile/1/000.p/1"]
    assert list(tiles_of_size(0)) == []


@given(sizes=st.lists(st.integers(0, 140_000), min_size=2, max_size=4))
def test_growing_in_steps_makes_every_tile_of_every_size(sizes: list[int]) -> None:
    sizes = [0, *sorted(sizes)]
    made: set[Tile] = set()
    bundles: set[EntryBundle] = set()
    for old, new in itertools.pairwise(sizes):
        step = list(new_tiles(old, new))
        assert not made & set(step)
        made |= set(step)
        bundles |= set(new_bundles(old, new))
        assert set(tiles_of_size(new)) <= made
        assert set(new_bundles(0, new)) <= bundles
        assert all(tile_exists(tile, new) for tile in step)


def test_no_tile_is_beyond_the_largest_log() -> None:
    last = Tile(level=0, index=2**55 - 1)
    assert parse_path(last.path) == last
    with pytest.raises(Malformed, match="path"):
        parse_path(Tile(level=0, index=2**55).path)


def test_a_log_never_shrinks() -> None:
    with pytest.raises(AssertionError):
        list(new_tiles(2, 1))
    with pytest.raises(AssertionError):
        list(new_bundles(2, 1))


def test_a_tile_exists_once_the_log_has_grown_over_it() -> None:
    assert tile_exists(Tile(level=0, index=1, width=3), 259)
    assert not tile_exists(Tile(level=0, index=1, width=4), 259)
    assert tile_exists(Tile(level=1, index=0, width=1), 256)
    assert not tile_exists(Tile(level=1, index=0, width=1), 255)
    assert tile_exists(EntryBundle(index=0), 256)
    assert not tile_exists(EntryBundle(index=1, width=1), 256)


def test_a_tile_holds_the_roots_of_the_full_tiles_below_it() -> None:
    for tile in tiles_of_size(SIZE):
        content = tile_bytes(TREE, tile)
        span = 256**tile.level
        assert len(content) == 32 * tile.width
        for offset in range(tile.width):
            first = (tile.index * 256 + offset) * span
            below = [leaf_hash(entry) for entry in ENTRIES[first : first + span]]
            assert content[32 * offset : 32 * offset + 32] == root_of(below)
    with pytest.raises(AssertionError):
        tile_bytes(TREE, Tile(level=0, index=4, width=77))


def test_the_root_is_derived_from_level_zero_alone() -> None:
    leaves = b"".join(tile_bytes(TREE, tile) for tile in tiles_of_size(SIZE) if tile.level == 0)
    assert root_of(leaves[at : at + 32] for at in range(0, len(leaves), 32)) == TREE.root()


@given(entries=st.lists(st.binary(max_size=30), min_size=1, max_size=256))
def test_a_bundle_is_written_and_read(entries: list[bytes]) -> None:
    assert parse_bundle(bundle_bytes(entries), len(entries)) == tuple(entries)


def test_a_full_bundle_holds_256_entries() -> None:
    assert parse_bundle(bundle_bytes(ENTRIES[:256]), 256) == tuple(ENTRIES[:256])


def test_a_bundle_holds_the_largest_entry_and_no_larger() -> None:
    largest = bytes(ENTRY_BYTES_MAX)
    assert parse_bundle(bundle_bytes([largest]), 1) == (largest,)
    for wrong in ([largest + b"\x00"], [], [b""] * 257):
        with pytest.raises(AssertionError):
            bundle_bytes(wrong)


def test_a_bundle_that_does_not_add_up_is_refused() -> None:
    content = bundle_bytes(ENTRIES[:3])
    for altered, width in (
        (content, 2),
        (content, 4),
        (content[:-1], 3),
        (content + b"\x00", 3),
        (content + b"\x00", 4),
        (content + b"\x00\x00", 3),
        (b"", 3),
    ):
        with pytest.raises(Malformed, match="bundle"):
            parse_bundle(altered, width)
