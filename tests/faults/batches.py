"""Batches of entries for the tests of stores, made from their index alone, and what must hold of any store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from standclear.flow.ports import LogStore, StoredBody, StoredEntry, StoredHead
from standclear.tlog.merkle import EMPTY_ROOT, Tree, leaf_hash, root_of

EMPTY = StoredHead(size=0, root=EMPTY_ROOT, last_ms=0)
FIRST_MS = 1_790_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one append is given."""

    entries: tuple[StoredEntry, ...]
    before: StoredHead
    after: StoredHead

    def append_to(self, store: LogStore) -> None:
        store.append(self.entries, self.before, self.after)


def key_of(index: int, item: int, world: str = "") -> bytes:
    return sha256(f"key {world} {index} {item}".encode()).digest()


def entry_at(index: int, items: int = 1, world: str = "") -> StoredEntry:
    """The entry that always stands at an index, of `items` items: the first in two forms."""
    text = f"entry {world} {index}".encode() + bytes(index % 700)
    forms = [
        (item, form) for item in range(items) for form in (("exact", "widened") if item == 0 else ("exact",))
    ]
    return StoredEntry(
        index=index,
        sid=sha256(f"sid {world} {index}".encode()).digest(),
        leaf=leaf_hash(text),
        integrated_ms=FIRST_MS + index,
        text=text,
        beside=f'{{"index":{index}}}'.encode(),
        bodies=tuple(
            StoredBody(item=i, form=form, sealed=f"{index}/{i}/{form}".encode() * 9) for i, form in forms
        ),
        body_keys=tuple(key_of(index, item, world) for item in range(items)),
    )


def batches(sizes: Sequence[int], *, items: int = 1, world: str = "") -> list[Batch]:
    """Batches of the given sizes, from an empty log on, with true roots."""
    tree = Tree()
    made: list[Batch] = []
    head = EMPTY
    for size in sizes:
        entries = tuple(entry_at(tree.size + place, items, world) for place in range(size))
        for entry in entries:
            tree.append(entry.leaf)
        after = StoredHead(size=tree.size, root=tree.root(), last_ms=entries[-1].integrated_ms)
        made.append(Batch(entries=entries, before=head, after=after))
        head = after
    return made


def read_back(entry: StoredEntry) -> StoredEntry:
    """An entry as the log gives it back: without its keys."""
    return replace(entry, body_keys=())


def require_whole(store: LogStore, expected: Sequence[Batch]) -> StoredHead:
    """What must hold of a store after anything: it holds the first so many batches, whole, and nothing else."""
    head = store.read_head()
    assert head in [EMPTY, *(batch.after for batch in expected)]
    entries = [entry for batch in expected for entry in batch.entries][: head.size]
    assert [read_back(entry) for entry in entries] == list(store.read_entries(0, head.size))
    leaves = store.read_leaves(0, head.size)
    assert [leaf_hash(entry.text) for entry in entries] == list(leaves)
    assert head.root == root_of(leaves)
    assert [entry.index for entry in entries] == [store.find_sid(entry.sid) for entry in entries]
    for entry in entries:
        kept = store.read_body_keys(entry.index)
        assert len(entry.body_keys) == len(kept)
        assert all(found in (None, key) for found, key in zip(kept, entry.body_keys, strict=True))
    return head
