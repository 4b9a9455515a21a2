"""How long it takes to say a whole list of sites again: `standclear attest` over a real service and a real port.

    python bench/attest.py [SITES]

It starts a service with its store on disk, enrols two desks, files the list, has it acknowledged, and says all of it again.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from desks import Desk, enrol_desks
from server_process import ServerProcess


def write_list(path: Path, count: int) -> None:
    """So many sites on a grid, as a cell keeps them."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["name", "latitude", "longitude"])
        for n in range(count):
            writer.writerow(
                [f"Site {n}", f"{35.00137 + n // 200 / 100:.5f}", f"{36.00173 + n % 200 / 100:.5f}"]
            )


def timed(desk: Desk, command: str, *rest: str) -> tuple[float, str]:
    """Seconds that a command took, and what it printed."""
    began = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()) as said:
        status = desk.types(command, *rest)
    if status:
        sys.exit(f"{command}: {said.getvalue()[-500:]}")
    return time.perf_counter() - began, said.getvalue()


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    until = (datetime.now(UTC) + timedelta(days=180)).strftime("%Y-%m-%dT%H:%MZ")
    with tempfile.TemporaryDirectory() as place, ServerProcess(Path(place) / "service") as server:
        names = ("North", "South")
        with contextlib.redirect_stdout(io.StringIO()):
            enrol_desks(Path(place), server, names)
        north, south = (Desk(Path(place) / name) for name in names)
        write_list(Path(place) / "list.csv", count)
        filed = [
            "--from",
            str(Path(place) / "list.csv"),
            "--to",
            "North",
            "--radius",
            "100 m",
            "--datum",
            "WGS84",
            "--yes",
        ]
        took_s, _ = timed(south, "notify", "site", *filed)
        print(f"filed       {count:,} sites in {took_s:.1f} s")
        timed(north, "ack", "--span", f"0:{count}", "--member", "M-7")
        took_s, listed = timed(south, "attest", "--json")
        print(f"listed      {len(json.loads(listed)):,} in {took_s:.1f} s")
        took_s, said = timed(south, "attest", "--json", "--until", until)
        rows = [one["rows"] for one in json.loads(said)]
        print(f"said again  {sum(rows):,} in {len(rows)} statements, {took_s:.1f} s")


if __name__ == "__main__":
    main()
