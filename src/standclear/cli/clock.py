"""The desk's own clock: what a statement claims as the time it was made. The log's time is the log's own."""

from __future__ import annotations

from time import time_ns


def wall_ms() -> int:
    """Now by this device, in Unix milliseconds."""
    return time_ns() // 1_000_000
