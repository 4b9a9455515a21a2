"""The process is killed at once, in the middle of appending, again and again: what it acknowledged is there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from faults.batches import batches, require_whole
from standclear.stores.sqlite import SqliteLogStore

SEED = 20260
LIVES = 25
SIZES = [1, 3, 64, 2, 7, 1, 1, 30] * 60

# Opens the store, goes on from its head, and says each size once it is durable.
APPENDING = """
import sys
from pathlib import Path
from faults.batches import batches
from standclear.stores import sqlite_files
from standclear.stores.sqlite import SqliteLogStore
sqlite_files.STORE_WAL_PAGES = 60
store = SqliteLogStore(Path(sys.argv[1]))
size = store.read_head().size
print(size, flush=True)
for batch in batches(eval(sys.argv[2])):
    if batch.before.size >= size:
        batch.append_to(store)
        print(batch.after.size, flush=True)
"""


def live_and_be_killed(directory: Path, lines: int) -> int:
    """Let a process append until it has said so many lines, kill it, and return the last size that it said."""
    sizes = repr(SIZES)
    process = subprocess.Popen(
        [sys.executable, "-c", APPENDING, str(directory), sizes],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": ":".join(path for path in sys.path if path)},
    )
    assert process.stdout is not None
    with process.stdout as said:
        heard = [said.readline() for _ in range(lines)]
        process.kill()
        heard += said.readlines()  # what it had said when the signal came
    process.wait()
    assert -9 == process.returncode, "it came to its end before it was killed"
    # The last line may be cut short: what was not said whole was not acknowledged.
    return max(int(line) for line in heard if line.endswith("\n"))


@pytest.mark.slow
def test_what_a_killed_process_acknowledged_is_there(tmp_path: Path) -> None:
    random = Random(SEED)
    told = batches(SIZES)
    directory = tmp_path / "log"
    for _ in range(LIVES):
        acknowledged = live_and_be_killed(directory, 1 + random.randrange(12))
        store = SqliteLogStore(directory)  # the lock went with the process
        assert require_whole(store, told).size >= acknowledged
        store.close()
