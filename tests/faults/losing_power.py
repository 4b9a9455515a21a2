"""A file layer under SQLite that remembers every write and sync, and what a disk may hold after the power failed.

What is promised to a program: what was written to a file before a sync of that file is there after it. What is not:
of the writes since then, any may be there and any may not, in any order, and of each write any sectors of 512 bytes.
A file made, or taken away, since the last sync of its directory may be there or not.
"""

# ruff: noqa: N802 (the methods of a file layer have SQLite's own names)

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Literal

import apsw
import pytest

from standclear.stores import vault

SECTOR_BYTES = 512
Survival = Literal["nothing unsynced", "everything", "some writes", "some sectors"]
_SYNCS_ITS_DIRECTORY = apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_SUPER_JOURNAL


@dataclass(frozen=True, slots=True)
class Made:
    name: str


@dataclass(frozen=True, slots=True)
class Written:
    name: str
    offset: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Cut:
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Synced:
    name: str


@dataclass(frozen=True, slots=True)
class Removed:
    name: str


@dataclass(frozen=True, slots=True)
class DirectorySynced:
    pass


@dataclass(frozen=True, slots=True)
class Said:
    """What the caller of the store has been told by now."""

    what: Any


Deed = Made | Written | Cut | Synced | Removed | DirectorySynced | Said


class RememberingFile(apsw.VFSFile):
    def __init__(self, deeds: list[Deed], name: Any, flags: list[int]) -> None:
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._name = Path(path).name
        self._deeds = deeds
        self._directory_is_synced = not flags[0] & _SYNCS_ITS_DIRECTORY or Path(path).exists()
        if not Path(path).exists() or Path(path).stat().st_size == 0:
            deeds.append(Made(self._name))
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        self._deeds.append(Written(self._name, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:
        self._deeds.append(Cut(self._name, newsize))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # remembered and not done: no power will fail while we test
        self._deeds.append(Synced(self._name))
        if not self._directory_is_synced:
            self._deeds.append(DirectorySynced())
            self._directory_is_synced = True


class RememberingLayer(apsw.VFS):
    """SQLite's own file layer; what goes through it is added to `deeds`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.deeds: list[Deed] = []
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        if name is None:  # a file for the moment: no restart looks for it
            return apsw.VFSFile("", name, flags)
        return RememberingFile(self.deeds, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        super().xDelete(filename, syncdir)
        self.deeds.append(Removed(Path(filename).name))
        if syncdir:
            self.deeds.append(DirectorySynced())


def remember_vault(deeds: list[Deed], name: str, patch: pytest.MonkeyPatch) -> None:
    """Let what is written to the vault, which goes past SQLite, be remembered too."""

    def pwrite(file: int, content: bytes, offset: int) -> int:
        deeds.append(Written(name, offset, bytes(content)))
        return os.pwrite(file, content, offset)

    def fdatasync(_: int) -> None:
        deeds.append(Synced(name))

    deeds.append(Made(name))
    patch.setattr(vault, "pwrite", pwrite)
    patch.setattr(vault, "fdatasync", fdatasync)


@dataclass(slots=True)
class FileOnDisk:
    """One file: what is certain, and what was written since."""

    certain: bytearray = field(default_factory=bytearray)
    unsynced: list[Written | Cut] = field(default_factory=list)
    name_is_certain: bool = False

    def settle(self) -> None:
        for change in self.unsynced:
            apply(change, self.certain)
        self.unsynced.clear()

    def after_power_loss(self, survival: Survival, random: Random) -> bytes:
        left = self.certain.copy()
        for change in self.unsynced:
            for part in sectors(change) if survival == "some sectors" else [change]:
                if survival == "everything" or (survival != "nothing unsynced" and random.random() < 0.5):
                    apply(part, left)
        return bytes(left)


def apply(change: Written | Cut, content: bytearray) -> None:
    match change:
        case Written(_, offset, written):
            content.extend(bytes(max(0, offset - len(content))))
            content[offset : offset + len(written)] = written
        case Cut(_, size):
            del content[size:]


def sectors(change: Written | Cut) -> Iterable[Written | Cut]:
    if isinstance(change, Cut):
        return [change]
    bounds = range(0, len(change.content), SECTOR_BYTES)
    return [Written(change.name, change.offset + at, change.content[at : at + SECTOR_BYTES]) for at in bounds]


def lose_power(deeds: Iterable[Deed], survival: Survival, random: Random, directory: Path) -> None:
    """Write into a directory what a disk may hold if the power failed right after these deeds."""
    files: dict[str, FileOnDisk] = {}
    removed: dict[str, FileOnDisk] = {}
    for deed in deeds:
        match deed:
            case Made(name):
                files.setdefault(name, FileOnDisk())
            case Written(name) | Cut(name):
                files[name].unsynced.append(deed)
            case Synced(name):
                files[name].settle()
            case Removed(name):
                gone = files.pop(name)
                if gone.name_is_certain:
                    removed[name] = gone
            case DirectorySynced():
                removed.clear()
                for made in files.values():
                    made.name_is_certain = True
            case Said():
                pass
    lucky = {"nothing unsynced": 0.0, "everything": 1.0}.get(survival, 0.5)
    for name, gone in removed.items():
        if name not in files and random.random() >= lucky:
            (directory / name).write_bytes(gone.after_power_loss(survival, random))
    for name, kept in files.items():
        if kept.name_is_certain or random.random() < lucky:
            (directory / name).write_bytes(kept.after_power_loss(survival, random))
