"""`standclear who-knew`: what a party was told about an area before a time, and how far the answer reaches."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from standclear.cli.line import Line
from standclear.cli.options import (
    add_desk_options,
    add_place_options,
    confirm,
    instant_ms,
    read_place,
    volumes_of,
)
from standclear.cli.output import print_json, print_table, utc
from standclear.errors import Malformed
from standclear.spacetime.interval import Interval
from standclear.spacetime.volume import Volume, volume_to_value
from standclear.statements.canonical import b64u, from_b64u


def add_parser(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "who-knew",
        description="Asked by the party itself or a monitor it is whole; by others, about their own notices.",
    )
    add_desk_options(parser)
    parser.add_argument("--party", required=True, metavar="NAME", help="who was told")
    add_place_options(parser)
    parser.add_argument("--before", required=True, metavar="TIME", help="told before this time")
    parser.add_argument(
        "--dossier", type=Path, metavar="FILE", help="write the answer with its proof; check it with verify"
    )
    parser.add_argument(
        "--from", dest="start", metavar="TIME", help="of what concerns the area from this time on"
    )


def run(arguments: argparse.Namespace) -> int:
    """Ask, and show the answer with its reach."""
    before_ms = instant_ms(arguments.before, "--before", arguments.zone)
    start_ms = 0 if arguments.start is None else instant_ms(arguments.start, "--from", arguments.zone)
    placed = read_place(arguments)
    confirm(placed, yes=arguments.yes)
    [area, *others] = volumes_of(placed, arguments, Interval(start_ms=start_ms, end_ms=before_ms))
    with Line.of(arguments.home, arguments.seat) as line:
        party = line.party(arguments.party)
        if arguments.dossier is not None:
            if others:
                raise Malformed("--dossier", "a dossier answers about one place", "ask for each shape apart")
            arguments.dossier.write_bytes(line.client.dossier(_question(party, area, before_ms)))
        answers = [line.client.who_knew(party, volume_to_value(one), before_ms) for one in (area, *others)]
        if arguments.json:
            print_json(answers if others else answers[0])
            return 0
        for answer in answers:
            _show(arguments, line, answer)
    return 0


def _question(party: bytes, area: Volume, before_ms: int) -> dict[str, Any]:
    return {"area": volume_to_value(area), "before_ms": before_ms, "party": b64u(party)}


def _show(arguments: argparse.Namespace, line: Line, answer: dict[str, Any]) -> None:
    rows = [
        (
            utc(row["released_ms"]),
            line.name_of(from_b64u(row["sender"], 16, "sender")),
            row["kind"],
            row["name"] or f"({row['form']} form)",
            "acknowledged " + utc(row["acknowledged_ms"])
            if row["acknowledged_ms"] is not None
            else "NOT acknowledged",
            row["state"] + (f", {row['change']}" if row["change"] else ""),
        )
        for row in answer["told"]
    ]
    print_table(("told", "by", "what", "name", "answer", "since"), rows)
    if not rows:
        print(f"{arguments.party} was told nothing about it before {arguments.before} through this log")
    print(
        f"Nothing else was told to {arguments.party} about it through this log, up to entry {answer['size'] - 1}."
    )
    if answer["undecidable"]:
        print(f"Undecidable: {answer['undecidable']}, whose words are gone.")
