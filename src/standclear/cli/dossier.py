"""`standclear dossier`: write the bundle an investigator opens, and beside it the trust roots to check it by."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from standclear.cli.line import Line
from standclear.cli.options import add_desk_options
from standclear.cli.output import print_json


def add_parser(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "dossier", description="A dossier holds what the asker may see; what is withheld is counted."
    )
    add_desk_options(parser)
    parser.add_argument("file", type=Path, help="such as case.dossier")
    parser.add_argument(
        "--policy", type=Path, metavar="FILE", help="where the log's keys go (case.policy unless given)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Fetch and write a dossier and its policy."""
    with Line.of(arguments.home, arguments.seat) as line:
        dossier = line.client.dossier()
        policy = line.client.policy()
    path = arguments.policy or arguments.file.with_suffix(".policy")
    arguments.file.write_bytes(dossier)
    path.write_bytes(policy)
    if arguments.json:
        print_json({"bytes": len(dossier), "dossier": str(arguments.file), "policy": str(path)})
    else:
        print(
            f"{arguments.file}: {len(dossier):,} bytes; check it: standclear verify {arguments.file} --policy {path}"
        )
        print("A policy from the same hand as the dossier proves little: compare it with one you had before.")
    return 0
