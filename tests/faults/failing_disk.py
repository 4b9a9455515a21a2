"""A file layer under SQLite whose disk fills up, or fails at its N-th write or sync."""

# ruff: noqa: N802 (the methods of a file layer have SQLite's own names)

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EIO, ENOSPC
from typing import Any

import apsw
import pytest

from standclear.stores import vault


class FailingFile(apsw.VFSFile):
    def __init__(self, layer: FailingLayer, name: Any, flags: list[int]) -> None:
        self._layer = layer
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        self._layer.require_room(offset + len(data) - self.xFileSize())
        self._layer.count_before()
        super().xWrite(data, offset)
        self._layer.count_after()

    def xSync(self, flags: int) -> None:
        self._layer.count_sync()

    def excepthook(self, *_: object) -> None:
        """What is raised here is what SQLite is told: there is nothing more to print."""


def fail_vault(layer: FailingLayer, patch: pytest.MonkeyPatch) -> None:
    """Let the vault, which goes past SQLite, stand on the same disk."""

    def pwrite(file: int, content: bytes, offset: int) -> int:
        with as_the_system_says_it():
            layer.require_room(offset + len(content) - os.fstat(file).st_size)
            layer.count_before()
            half = max(1, len(content) // 2)  # a system may write less than it was asked to
            written = os.pwrite(file, content[:half], offset)
            layer.count_after()
        return written

    def fdatasync(_: int) -> None:
        with as_the_system_says_it():
            layer.count_sync()

    patch.setattr(vault, "pwrite", pwrite)
    patch.setattr(vault, "fdatasync", fdatasync)


@contextmanager
def as_the_system_says_it() -> Iterator[None]:
    try:
        yield
    except apsw.FullError as error:
        raise OSError(ENOSPC, "no room: the test says so") from error
    except apsw.Error as error:
        raise OSError(EIO, "failed by the test") from error


class FailingLayer(apsw.VFS):
    """Passes everything on until told to fail.

    `fail(at, error, after)`: the `at`-th write or sync from now raises the error, before or after its effect. A
    disk is full for a write only, and before it has its effect: where a sync finds no room, the system's file layer
    says IOError.

    `room_bytes`: how much all files together may still grow; None for no limit.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.room_bytes: int | None = None
        self.has_failed = False
        self._at = 0
        self._after = False
        self._error: type[apsw.Error] = apsw.IOError
        super().__init__(name, "")

    def fail(self, at: int, error: type[apsw.Error], *, after: bool = False) -> None:
        assert not after or error is not apsw.FullError
        self._at, self._error, self._after = at, error, after
        self.has_failed = False

    def mend(self) -> None:
        self._at = 0
        self.room_bytes = None

    def count_sync(self) -> None:
        if self._error is not apsw.FullError:
            self.count_before()
            self.count_after()

    def require_room(self, more_bytes: int) -> None:
        if self.room_bytes is not None and more_bytes > 0:
            if more_bytes > self.room_bytes:
                self.has_failed = True
                raise apsw.FullError("no room: the test says so")
            self.room_bytes -= more_bytes

    def count_before(self) -> None:
        if self._at and not self._after:
            self._count_down()

    def count_after(self) -> None:
        if self._at and self._after:
            self._count_down()

    def _count_down(self) -> None:
        self._at -= 1
        if not self._at:
            self.has_failed = True
            raise self._error("failed by the test")

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        return FailingFile(self, name, flags) if name is not None else apsw.VFSFile("", name, flags)
