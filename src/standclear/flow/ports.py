"""The ports: what the flow asks of a store. Adapters share this contract, not code.

The port of a candidate index is `standclear.conflicts.candidates`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBody:
    """One item's body in one form, sealed under a key that the vault holds: never in clear in the log's store."""

    item: int
    form: str
    sealed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntry:
    """An entry with what the store keeps beside it.

    `text` is the entry's bytes (statements/entry.py), `leaf` their RFC 6962 leaf hash. `beside` is the canonical JSON of
    what is kept as long as the log (slots, lists, list salts, inbox opening; for deeds the records). `body_keys` are the
    vault's keys, one an item, in item order; empty when read back from the log's store.
    """

    index: int
    sid: bytes
    leaf: bytes
    integrated_ms: int
    text: bytes
    beside: bytes
    bodies: tuple[StoredBody, ...]
    body_keys: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredHead:
    """The log's newest durable head: how many entries, their root, and the time of the last one."""

    size: int
    root: bytes
    last_ms: int


class LogStore(Protocol):
    """Where entries live. One log, one writer at a time; any number of readers in the same process.

    Entries MUST be durable before `append` returns and MUST never change or disappear after. A store that cannot
    promise this raises `Unavailable` before anything is written; it never guesses. Every method may be called from any
    thread; calls to `append` do not overlap.
    """

    def append(self, entries: Sequence[StoredEntry], before: StoredHead, after: StoredHead) -> None:
        """Make entries and the new head durable: all or none.

        `before` MUST equal the stored head (compare-and-swap); if it does not, another writer has appended: raise
        `Fatal`. Body keys go to the vault first, so that a crash leaves at most keys that nothing uses.
        MUST raise `StoreUnavailable` if nothing was written (disk full, locked) and `OutcomeUnknown` if that is unclear.
        A sid that is stored already is `Fatal` (the caller has checked): nothing is written. After `OutcomeUnknown` the
        store writes nothing more until it is opened anew.
        """

    def read_head(self) -> StoredHead:
        """The newest durable head; size 0, the empty root and time 0 for an empty log."""

    def read_entries(self, start: int, end: int, *, with_bodies: bool = True) -> Iterator[StoredEntry]:
        """Entries [start, end) in order; their bodies too unless told otherwise. Raises `NotFound` past the end."""

    def read_bodies(self, index: int, form: str, start_item: int, end_item: int) -> tuple[StoredBody, ...]:
        """The sealed bodies of items [start_item, end_item) of one entry in one form, in item order; those there are.

        It MUST cost no more than what it gives and a walk over that entry. Raises `NotFound` past the end.
        """

    def read_leaves(self, start: int, end: int) -> Sequence[bytes]:
        """Leaf hashes [start, end) in order, 32 bytes each."""

    def find_sid(self, sid: bytes) -> int | None:
        """The index of a statement, or None."""

    def read_body_keys(self, index: int) -> tuple[bytes | None, ...]:
        """The vault's keys of one entry's items, in item order; None where one was shredded, or is lost with its vault.

        Raises `NotFound` past the end.
        """

    def shred(self, index: int, item: int) -> None:
        """Destroy one body's key, durably and for ever. Shredding twice is the same as once.

        Raises `NotFound` where there never was such a key.
        """

    def put_note(self, name: str, size: int, note: bytes) -> None:
        """Keep the newest signed note of a name ("commit", "published"), durably, before it is shown to anybody.

        A note of a smaller size than the kept one changes nothing.
        """

    def find_note(self, name: str) -> tuple[int, bytes] | None:
        """The newest note of a name with its size, or None."""

    def put_setting(self, name: str, value: bytes) -> None:
        """Keep a small value durably (the charter's own secrets have their place outside the store)."""

    def find_setting(self, name: str) -> bytes | None:
        """A kept value, or None."""

    def close(self) -> None:
        """Release files. A closed store raises `StoreUnavailable` from then on."""
