"""Tiles: a log as immutable files, which anybody can copy and prove anything from.

A tile holds up to 256 hashes of one level; a bundle holds the entries under a tile of level 0. Which of
them exist follows from the size alone. Hash tiles show nothing of the entries; bundles are the entries.

Standard: c2sp.org/tlog-tiles@v0.1.0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from standclear.errors import Malformed
from standclear.limits import ENTRY_BYTES_MAX, TREE_SIZE_MAX
from standclear.tlog.merkle import Tree
from standclear.tlog.note import parse_decimal

TILE_WIDTH: Final = 256
TILE_LEVEL_MAX: Final = 63
_TILE_HEIGHT: Final = 8  # levels of the tree in one level of tiles: 2**8 = 256
_LENGTH_BYTES: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """The hashes with indexes 256·index … of one tile level; `width` of them."""

    level: int
    index: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """Where the tile is served and stored, below the log's prefix.

        Example:
            >>> Tile(level=0, index=1234067, width=8).path
            'tile/0/x001/x234/067.p/8'
        """
        return f"tile/{self.level}/{_index_path(self.index)}{_width_path(self.width)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryBundle:
    """The entries with indexes 256·index …; `width` of them."""

    index: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """Where the bundle is served and stored, below the log's prefix."""
        return f"tile/entries/{_index_path(self.index)}{_width_path(self.width)}"


def parse_path(path: str) -> Tile | EntryBundle:
    """The tile or bundle that a path names; only the one canonical spelling is taken.

    Raises:
        Malformed: it names none.
    """
    kind, _, rest = path.removeprefix("tile/").partition("/")
    name, partial, width_text = rest.partition(".p/")
    try:
        width = parse_decimal(width_text, TILE_WIDTH - 1) if partial else TILE_WIDTH
        # A path element that is not three digits is found below: only the canonical path is equal.
        index = parse_decimal(name.replace("/", "").replace("x", "").lstrip("0") or "0", TREE_SIZE_MAX >> 8)
        named: Tile | EntryBundle
        if kind == "entries":
            named = EntryBundle(index=index, width=width)
        else:
            named = Tile(level=parse_decimal(kind, TILE_LEVEL_MAX), index=index, width=width)
    except ValueError:
        raise Malformed("path", "names no tile", "see c2sp.org/tlog-tiles") from None
    if width == 0 or named.path != path:
        raise Malformed("path", "is not the canonical path of a tile", "see c2sp.org/tlog-tiles")
    return named


def tiles_of_size(size: int) -> Iterator[Tile]:
    """Every hash tile of a log of this size, from level 0 up: the full ones, then the partial one.

    Example:
        >>> [tile.path for tile in tiles_of_size(257)]
        ['tile/0/000', 'tile/0/001.p/1', 'tile/1/000.p/1']
    """
    return new_tiles(0, size)


def new_tiles(old_size: int, new_size: int) -> Iterator[Tile]:
    """The hash tiles that a log of `new_size` has and one of `old_size` has not."""
    assert 0 <= old_size <= new_size
    level = 0
    while new_size >> (_TILE_HEIGHT * level):
        old, new = old_size >> (_TILE_HEIGHT * level), new_size >> (_TILE_HEIGHT * level)
        yield from (Tile(level=level, index=i, width=w) for i, w in _new_widths(old, new))
        level += 1


def new_bundles(old_size: int, new_size: int) -> Iterator[EntryBundle]:
    """The entry bundles that a log of `new_size` has and one of `old_size` has not."""
    assert 0 <= old_size <= new_size
    return (EntryBundle(index=index, width=width) for index, width in _new_widths(old_size, new_size))


def tile_exists(named: Tile | EntryBundle, size: int) -> bool:
    """Whether a log of this size has the tile or bundle. Narrower partials are of smaller sizes it had."""
    level = named.level if isinstance(named, Tile) else 0
    return (named.index * TILE_WIDTH + named.width) << (_TILE_HEIGHT * level) <= size


def tile_bytes(tree: Tree, tile: Tile) -> bytes:
    """The content of a tile of this tree: its hashes, one after the other."""
    assert tile_exists(tile, tree.size)
    start = tile.index * TILE_WIDTH
    return tree.hashes(tile.level * _TILE_HEIGHT, start, start + tile.width)


def bundle_bytes(entries: Sequence[bytes]) -> bytes:
    """The content of a bundle: each entry after its length in two bytes, big-endian."""
    assert 0 < len(entries) <= TILE_WIDTH
    assert all(len(entry) <= ENTRY_BYTES_MAX for entry in entries)
    return b"".join(len(entry).to_bytes(_LENGTH_BYTES, "big") + entry for entry in entries)


def parse_bundle(content: bytes, width: int) -> tuple[bytes, ...]:
    """The entries of a bundle of this width.

    Raises:
        Malformed: the lengths do not add up, or there are more or fewer entries.
    """
    entries = []
    at = 0
    while at < len(content):
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(content[at:start], "big")
        entries.append(content[start:at])
    if at != len(content) or len(entries) != width:
        raise Malformed("bundle", f"does not hold exactly {width} entries", "fetch it again")
    return tuple(entries)


def _new_widths(old: int, new: int) -> Iterator[tuple[int, int]]:
    """Index and width of each tile that grew or came when a level grew from old to new hashes."""
    if new == old:
        return
    for index in range(old // TILE_WIDTH, new // TILE_WIDTH):
        yield index, TILE_WIDTH
    if new % TILE_WIDTH:
        yield new // TILE_WIDTH, new % TILE_WIDTH


def _index_path(index: int) -> str:
    groups = f"{index:03}"
    groups = groups.zfill(-(-len(groups) // 3) * 3)
    elements = [groups[at : at + 3] for at in range(0, len(groups), 3)]
    return "/".join([*(f"x{element}" for element in elements[:-1]), elements[-1]])


def _width_path(width: int) -> str:
    return "" if width == TILE_WIDTH else f".p/{width}"
