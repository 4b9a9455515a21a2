"""The guide's first day runs as written, against a real service on this machine."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from repository import ROOT

PAGE = ROOT / "docs" / "guide" / "first-day.md"
BIN = ROOT / ".venv" / "bin"
ADDRESS = "127.0.0.1:8440"

pytestmark = pytest.mark.slow


def blocks() -> list[str]:
    return re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), flags=re.DOTALL)


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def wait_for(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("listening on"):
            return
    raise AssertionError("the service ended before it listened")


def test_the_first_day_runs_as_written(tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_port()}"
    start, *rest = (block.replace(ADDRESS, address) for block in blocks())
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    command = start.replace("\\\n", " ").rstrip().removesuffix("&")
    service = subprocess.Popen(
        f"exec {command}",
        shell=True,
        cwd=tmp_path,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(service)
        script = "set -euo pipefail\n" + "\n".join(rest)
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=tmp_path,
            env=environment,
            text=True,
            capture_output=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    finally:
        service.send_signal(signal.SIGTERM)
        service.communicate(timeout=30)
    assert "HELD" in done.stdout
    assert "filed, aware of 1" in done.stdout
    assert "Clinic Alef" in done.stdout
    assert "was told of 1 notice(s) about the area" in done.stdout
