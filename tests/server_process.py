"""A real server process on a directory, as an operator starts it: for tests that kill it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType

ORIGIN = "exercise.example/process"


class ServerProcess:
    """`standclear serve` on a free port of 127.0.0.1. Use it in a `with`."""

    def __init__(self, directory: Path, *more: str) -> None:
        self.directory = directory
        self._more = more
        self.address = ""

    def __enter__(self) -> ServerProcess:
        command = [sys.executable, "-m", "standclear.cli.main", "serve", "--data", str(self.directory)]
        command += ["--listen", "127.0.0.1:0", "--exercise", "--origin", ORIGIN, "--name", "EXERCISE process"]
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("STANDCLEAR_")
        }
        self._errors = (self.directory.parent / "stderr.txt").open("a+")
        self.process = subprocess.Popen(
            [*command, *self._more], stdout=subprocess.PIPE, stderr=self._errors, text=True, env=environment
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        self.address = line.removeprefix("listening on ").strip()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(30)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._errors.close()

    def kill(self) -> None:
        """End it as a power cut would, as far as a process can be."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)

    def stop(self) -> int:
        """Ask it to stop; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def errors(self) -> str:
        """What it has written to stderr so far."""
        self._errors.flush()
        return (self.directory.parent / "stderr.txt").read_text()
