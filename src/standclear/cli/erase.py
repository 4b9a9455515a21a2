"""`standclear erase`: ask that what you have ended be shredded."""

from __future__ import annotations

import argparse
from typing import Any

from standclear.cli import speech
from standclear.cli.line import Line
from standclear.cli.options import add_desk_options, filed_value, reference
from standclear.cli.output import print_json
from standclear.statements.canonical import b64u
from standclear.statements.erasing import ERASURE_REASONS, Erasure


def add_parser(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "erase",
        description="Shredded are the words, never the proof that they were said; copies of others cannot be recalled.",
    )
    add_desk_options(parser)
    parser.add_argument("ref", nargs="+", metavar="REF", help="your notice that you have withdrawn or closed")
    parser.add_argument("--reason", required=True, choices=sorted(ERASURE_REASONS))
    parser.add_argument("--to", action="append", default=[], metavar="NAME", help="whom it is told")


def run(arguments: argparse.Namespace) -> int:
    """Put an erasure on record. 0 if it is due at once, 1 if it waits or is not yours."""
    refs = sorted({reference(text) for text in arguments.ref})
    with Line.of(arguments.home, arguments.seat) as line:
        draft = speech.word(
            Erasure(reason=arguments.reason), line.recipients(arguments.to), line.under, cites=refs
        )
        filed = line.say(draft)
    if arguments.json:
        print_json(filed_value(filed))
    else:
        marks = f" ({', '.join(filed.marks)})" if filed.marks else ""
        print(f"on record as entry {filed.index}: {filed.effect.replace('_', ' ')}{marks}  {b64u(filed.sid)}")
    return 0 if filed.effect == "in_force" else 1
