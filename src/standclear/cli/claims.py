"""`standclear claims`: what parties said in public, each held against the record. Nobody is judged."""

from __future__ import annotations

import argparse
from typing import Any

from standclear.cli.line import Line
from standclear.cli.options import add_desk_options
from standclear.cli.output import print_json, print_table, utc
from standclear.conflicts.claims import EVIDENCE, RULES
from standclear.statements.canonical import from_b64u


def add_parser(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "claims",
        description="A verdict says how a claim stands to what you may see of this log, and nothing about anything else.",
    )
    add_desk_options(parser)
    parser.add_argument("--rules", action="store_true", help="print the table that gives the verdicts")


def run(arguments: argparse.Namespace) -> int:
    """Show the claims that one may see with their evidence, or the table."""
    if arguments.rules:
        rows = [(one.claim, " + ".join(one.evidence) or "-", one.verdict, one.says) for one in RULES]
        print_table(("claim", "evidence", "verdict", "because"), rows)
        return 0
    with Line.of(arguments.home, arguments.seat) as line:
        claims = line.client.claims()
        if arguments.json:
            print_json(claims)
            return 0
        for claim in claims:
            _show(line, claim)
    if not claims:
        print("no claim that was released to you; others may be there")
    return 0


def _show(line: Line, claim: dict[str, Any]) -> None:
    said = claim["claim"]
    by, subject = _name(line, claim["party"]), _name(line, claim["subject"])
    print(f"{utc(claim['at_ms'])}  {by}, of {subject}, {said['claim'].replace('_', ' ')}:")
    print(f"  [{said['words']['lang']}] {said['words']['text']}  ({said['source'] or 'no source stated'})")
    print(f"  {claim['verdict'].upper()}: {claim['says']}")
    for one in claim["evidence"]:
        who = "" if one["party"] is None else f", {_name(line, one['party'])}"
        grade = f", graded {one['grade']}" if one["grade"] else ""
        times = f" ({one['count']})" if one["count"] > 1 else ""
        print(f"    {utc(one['at_ms'])}{who}{grade}: {EVIDENCE[one['sort']]}{times}")


def _name(line: Line, party: str) -> str:
    return line.name_of(from_b64u(party, 16, "party"))
