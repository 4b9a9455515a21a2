"""`standclear serve`: run the service on a directory. A new directory becomes a new log."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any


def add_parser(subparsers: Any) -> None:
    """Add the command's parser."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "serve",
        help="run the service",
        description="Run the service on a directory; a new one becomes a new log.",
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings in TOML")
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="where the log and the service's seed are kept"
    )
    parser.add_argument(
        "--listen", metavar="HOST:PORT", help="where to listen; port 0 takes any that is free"
    )
    parser.add_argument("--origin", help="a new log's name for ever, like log.example.org/province")
    parser.add_argument("--name", help="a new log's name for people")
    parser.add_argument("--service-name", help="who keeps a new log")
    parser.add_argument(
        "--exercise", action="store_true", default=None, help="a new log is for an exercise, and says so"
    )
    parser.add_argument(
        "--reply-url",
        metavar="URL",
        help="this service's address as desks reach it from outside: messages carry a link under it",
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal. 0 after one; a failure of the service is raised."""
    from standclear.config import NAMES, read_config

    given = {name: getattr(arguments, name, None) for name in NAMES}
    config = read_config(arguments.config, os.environ, given)
    from standclear.wiring import run_until_stopped

    run_until_stopped(config, _told)
    return 0


def _told(address: str, policy: Path) -> None:
    print(f"listening on {address}", flush=True)
    print(
        f"policy file: {policy}  (give it to readers by another way than this address)",
        file=sys.stdout,
        flush=True,
    )
