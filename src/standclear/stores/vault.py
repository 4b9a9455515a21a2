"""The vault: one flat file of 32-byte keys, each in a slot that it never leaves, so that shredding overwrites it.

It is not a database on purpose. A B-tree moves its rows about and leaves old copies in the gaps of its pages, and a
write-ahead log holds more of them: a key that was deleted there is still in the file. Here a key is written once, in
one place, and shredding writes zeros over that place. What the file system and the disk keep of older blocks is beyond
a program; docs/operations/stores.md says what to do about it.

    offset 0      "standclear/vault/v1" LF, pairing in 32 hex digits LF, zeros up to 4,096
    offset 4,096  slot 0: 32 bytes; slot 1; ...

The log says which slots belong to which entry. A slot of zeros, or past the end of the file, holds no key. Slots that
the log does not know of were written just before a crash; the next entry takes them.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from os import fdatasync, pwrite
from pathlib import Path
from typing import Final

from standclear.errors import StoreCorrupt, StoreUnavailable

KEY_BYTES: Final = 32
HEADER_BYTES: Final = 4_096
PAIRING_BYTES: Final = 16
_MAGIC: Final = b"standclear/vault/v1\n"
_NO_KEY: Final = bytes(KEY_BYTES)


class Vault:
    """An open vault. Its writer is one at a time, and nobody reads while it is being closed: the store sees to both.

    Every method raises `StoreUnavailable` if the disk does not do what it is asked. All may then be tried again: a
    key or a shredding is not taken for done before a sync after the last of its writes has gone well.
    """

    def __init__(self, path: Path, *, is_new_log: bool) -> None:
        """Open the vault of a log; make it, with a new pairing, if the log is new too.

        Raises:
            StoreCorrupt: if it is missing or not a vault beside a log that is there, or has keys beside none.
            StoreUnavailable: if it cannot be opened.
        """
        if not is_new_log and not path.exists():
            raise StoreCorrupt(
                reason="the log is here and its vault is not", remedy=f"restore {path.name} beside it"
            )
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _unavailable(error) from error
        try:
            header = self._read(HEADER_BYTES, 0)
            if is_new_log:
                self._require_unused()
                header = _MAGIC + os.urandom(PAIRING_BYTES).hex().encode() + b"\n"
                self._write(header.ljust(HEADER_BYTES, b"\0"), 0)
            if not header.startswith(_MAGIC):
                raise StoreCorrupt(reason=f"{path.name} is no vault that this release knows")
        except BaseException:
            os.close(self._file)
            raise
        self.pairing: Final = header[len(_MAGIC) : len(_MAGIC) + 2 * PAIRING_BYTES]

    def put(self, slot: int, keys: Sequence[bytes]) -> None:
        """Write keys into the slots from `slot` on, durably."""
        assert all(len(key) == KEY_BYTES and key != _NO_KEY for key in keys)
        if keys:
            self._write(b"".join(keys), HEADER_BYTES + slot * KEY_BYTES)

    def find(self, slot: int, count: int) -> tuple[bytes | None, ...]:
        """The keys of some slots; None where there is none any more."""
        held = self._read(count * KEY_BYTES, HEADER_BYTES + slot * KEY_BYTES)
        held = held.ljust(count * KEY_BYTES, b"\0")
        keys = (held[at : at + KEY_BYTES] for at in range(0, len(held), KEY_BYTES))
        return tuple(None if key == _NO_KEY else key for key in keys)

    def shred(self, slot: int) -> None:
        """Write zeros over a key, durably."""
        self._write(_NO_KEY, HEADER_BYTES + slot * KEY_BYTES)

    def close(self) -> None:
        """Give the file back."""
        os.close(self._file)

    def _read(self, count: int, offset: int) -> bytes:
        try:
            return os.pread(self._file, count, offset)
        except OSError as error:
            raise _unavailable(error) from error

    def _write(self, content: bytes, offset: int) -> None:
        left = memoryview(content)
        try:
            while left:
                written = pwrite(self._file, left, offset)
                left, offset = left[written:], offset + written
            fdatasync(self._file)
        except OSError as error:
            raise _unavailable(error) from error

    def _require_unused(self) -> None:
        if os.fstat(self._file).st_size > HEADER_BYTES:
            raise StoreCorrupt(
                reason="the vault is here, with keys, and its log is not", remedy="restore the log beside it"
            )


def _unavailable(error: OSError) -> StoreUnavailable:
    return StoreUnavailable(reason=str(error), remedy="see to the disk, then try again")
