"""A desk's home: the directory that holds its seats' keys, its place in their chains, its outbox and its receipts.

A statement is written to the outbox before it is sent and leaves it when its receipt is kept, so that a crash or a
dead line in between loses nothing: the same bytes are sent again, and the log takes them once. What the service refuses
then has a place of its own, with the refusal beside it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from standclear.cli.seat import Seat
from standclear.errors import Malformed, NotFound
from standclear.keys import SigningKey, open_seed, seal_seed
from standclear.statements.canonical import b64u, from_b64u

HOME_VARIABLE = "STANDCLEAR_HOME"
PASSPHRASE_VARIABLE = "STANDCLEAR_PASSPHRASE"
_PLAIN = "standclear-seed/v1 plain "


@dataclass(slots=True, kw_only=True)
class DeskFile:
    """What a desk knows of itself and its service."""

    service: str
    log: str
    party: str
    party_name: str
    desk: str
    desk_name: str
    under: str | None = None


class Home:
    """One desk's directory. Nothing in it is shared between machines: one device, one key (founding decision 6)."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def at(cls, given: str | None) -> Home:
        """The home named by --home, else by STANDCLEAR_HOME, else ~/.standclear."""
        return cls(Path(given or os.environ.get(HOME_VARIABLE) or Path.home() / ".standclear"))

    # --- the desk -----------------------------------------------------------------------------------

    def desk(self) -> DeskFile:
        """Who this desk is.

        Raises:
            NotFound: no desk was set up here.
        """
        path = self.path / "desk.json"
        if not path.exists():
            raise NotFound(kind="desk", path=str(self.path), remedy="set one up: standclear party new --help")
        return DeskFile(**json.loads(path.read_text("utf-8")))

    def write_desk(self, desk: DeskFile) -> None:
        """Keep who this desk is."""
        self._write("desk.json", json.dumps(asdict(desk), indent=2, ensure_ascii=False))

    # --- keys ---------------------------------------------------------------------------------------

    def make_key(self, name: str) -> SigningKey:
        """A new key under a name, sealed under STANDCLEAR_PASSPHRASE if that is set. Never overwrites one."""
        path = self.path / "keys" / f"{name}.key"
        if path.exists():
            raise Malformed("seat", f"a key {name!r} is here already", "name another seat")
        seed = os.urandom(32)
        passphrase = os.environ.get(PASSPHRASE_VARIABLE)
        line = seal_seed(seed, passphrase, os.urandom(16)) if passphrase else _PLAIN + b64u(seed)
        self._write(f"keys/{name}.key", line + "\n")
        return SigningKey.from_seed(seed)

    def read_key(self, name: str) -> SigningKey:
        """A key by its name.

        Raises:
            NotFound: no such key.
            Malformed: sealed, and the passphrase is missing or wrong.
        """
        path = self.path / "keys" / f"{name}.key"
        if not path.exists():
            raise NotFound(kind="key", name=name, remedy=f"make it: standclear keys new {name}")
        line = path.read_text("utf-8").strip()
        if line.startswith(_PLAIN):
            return SigningKey.from_seed(from_b64u(line[len(_PLAIN) :], 32, str(path)))
        passphrase = os.environ.get(PASSPHRASE_VARIABLE)
        if not passphrase:
            raise Malformed(PASSPHRASE_VARIABLE, "the key is sealed", "set the passphrase in the environment")
        return SigningKey.from_seed(open_seed(line, passphrase))

    def key_names(self) -> list[str]:
        """The names of the keys kept here."""
        return sorted(path.stem for path in (self.path / "keys").glob("*.key"))

    # --- seats --------------------------------------------------------------------------------------

    def write_seat(self, name: str, seat: Seat) -> None:
        """Keep a seat's place in its chain."""
        value = {
            "desk": b64u(seat.desk),
            "log": b64u(seat.log),
            "party": b64u(seat.party),
            "prev": b64u(seat.prev),
            "seq": seat.seq,
        }
        self._write(f"seats/{name}.json", json.dumps(value, indent=2))

    def read_seat(self, name: str | None) -> tuple[str, Seat]:
        """A seat by its name, or the only one there is.

        Raises:
            NotFound: none, or several and none named.
        """
        names = sorted(path.stem for path in (self.path / "seats").glob("*.json"))
        if name is None:
            persons = [one for one in names if not one.startswith("machine")]
            if len(persons) != 1:
                raise NotFound(kind="seat", seats=names, remedy="name one with --seat")
            name = persons[0]
        if name not in names:
            raise NotFound(kind="seat", name=name, seats=names)
        value = json.loads((self.path / "seats" / f"{name}.json").read_text("utf-8"))
        seat = Seat(
            log=from_b64u(value["log"], 32, "log"),
            party=from_b64u(value["party"], 16, "party"),
            desk=from_b64u(value["desk"], 16, "desk"),
            key=self.read_key(name),
            seq=value["seq"],
            prev=from_b64u(value["prev"], 32, "prev"),
        )
        return name, seat

    # --- outbox and receipts --------------------------------------------------------------------------

    def put_out(self, order: int, sid: bytes, text: bytes) -> Path:
        """Keep a statement until its receipt is here, and say where; `order` is its place among those waiting."""
        name = f"outbox/{order:08d}-{sid.hex()}.json"
        self._write_bytes(name, text)
        return self.path / name

    def outbox(self) -> Iterator[tuple[Path, bytes, bytes]]:
        """Statements without a receipt yet, in order: (file, sid, text)."""
        for path in sorted((self.path / "outbox").glob("*.json")):
            yield path, bytes.fromhex(path.stem.split("-", 1)[1]), path.read_bytes()

    def refuse(self, statement: Path, why: dict[str, Any]) -> Path:
        """A statement that waited was refused: it leaves the outbox for a place of its own, with the refusal beside it."""
        self._write(f"refused/{statement.stem}.why", json.dumps(why, indent=2, ensure_ascii=False))
        os.replace(statement, self.path / "refused" / statement.name)
        return self.path / "refused" / statement.name

    def refused(self) -> Iterator[tuple[Path, bytes, bytes, dict[str, Any]]]:
        """Statements that were refused when they were sent again, in order: (file, sid, text, why)."""
        for path in sorted((self.path / "refused").glob("*.json")):
            why = json.loads(path.with_suffix(".why").read_text("utf-8"))
            yield path, bytes.fromhex(path.stem.split("-", 1)[1]), path.read_bytes(), why

    def put_back(self, statement: Path) -> Path:
        """A refused statement is to be sent again: it waits in the outbox as before."""
        os.makedirs(self.path / "outbox", mode=0o700, exist_ok=True)
        os.replace(statement, self.path / "outbox" / statement.name)
        statement.with_suffix(".why").unlink()
        return self.path / "outbox" / statement.name

    def withdraw(self, statement: Path) -> Path:
        """A refused statement is not to be sent any more. It is kept, with its refusal: it was signed."""
        kept = self.path / "withdrawn"
        kept.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.replace(statement, kept / statement.name)
        os.replace(statement.with_suffix(".why"), kept / statement.with_suffix(".why").name)
        return kept / statement.name

    def keep_receipt(self, sid: bytes, receipt: str, statement: Path) -> None:
        """Keep a receipt and let the statement leave the outbox (it is kept beside its receipt)."""
        self._write_bytes(f"receipts/{sid.hex()}.tlog-proof", receipt.encode("utf-8"))
        os.replace(statement, self.path / "receipts" / f"{sid.hex()}.json")

    def keep_evidence(self, name: str, content: bytes) -> Path:
        """Keep something that speaks against somebody, under a name, and say where. What is there is never overwritten."""
        path = self.path / "evidence" / name
        if not path.exists():
            self._write_bytes(f"evidence/{name}", content)
        return path

    def note(self, name: str, value: Any) -> None:
        """Keep a small JSON value under a name."""
        self._write(f"notes/{name}.json", json.dumps(value, indent=2, ensure_ascii=False))

    def noted(self, name: str) -> Any:
        """A kept value, or None."""
        path = self.path / "notes" / f"{name}.json"
        return json.loads(path.read_text("utf-8")) if path.exists() else None

    def _write(self, name: str, text: str) -> None:
        self._write_bytes(name, text.encode("utf-8"))

    def _write_bytes(self, name: str, content: bytes) -> None:
        """Written aside, synced, then moved into place: never half a file, and readable by the owner only."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = path.with_name(path.name + ".part")
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
