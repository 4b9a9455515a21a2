"""`standclear hold`: say that something must not be shredded, or lift a hold that you have placed."""

from __future__ import annotations

import argparse
from typing import Any

from standclear.cli import speech
from standclear.cli.line import Line
from standclear.cli.options import add_desk_options, filed_value, instant_ms, reference
from standclear.cli.output import print_json
from standclear.statements.canonical import b64u, from_b64u
from standclear.statements.erasing import HOLD_REASONS, Hold


def add_parser(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "hold",
        description="While a hold lasts, what it covers is not shredded, whoever asks. Only who placed it lifts it.",
    )
    add_desk_options(parser)
    actions = parser.add_subparsers(dest="action", required=True)
    placed = actions.add_parser("place", help="hold notices, statements, or all that an incident refers to")
    placed.add_argument("--cite", action="append", default=[], metavar="REF", help="a notice")
    placed.add_argument(
        "--re", action="append", default=[], metavar="SID", help="a statement whole; an incident"
    )
    placed.add_argument("--until", metavar="TIME", help="until when (until you lift it unless given)")
    lifted = actions.add_parser("lift", help="end a hold of your own")
    lifted.add_argument("re", nargs="+", metavar="SID", help="the hold")
    lifted.set_defaults(cite=[], until=None)
    for one in (placed, lifted):
        one.add_argument("--reason", required=True, choices=sorted(HOLD_REASONS))
        one.add_argument("--to", action="append", default=[], metavar="NAME", help="whom it is told")


def run(arguments: argparse.Namespace) -> int:
    """Place a hold, or lift one."""
    until_ms = None if arguments.until is None else instant_ms(arguments.until, "--until", None)
    is_placed = arguments.action == "place"
    body = Hold(part="placed" if is_placed else "lifted", reason=arguments.reason, until_ms=until_ms)
    with Line.of(arguments.home, arguments.seat) as line:
        draft = speech.word(
            body,
            line.recipients(arguments.to),
            line.under,
            re=[from_b64u(text, 32, "SID") for text in arguments.re],
            cites=sorted(reference(text) for text in arguments.cite) or None,
        )
        filed = line.say(draft)
    if arguments.json:
        print_json(filed_value(filed))
    else:
        marks = f" ({', '.join(filed.marks)})" if filed.marks else ""
        print(f"on record as entry {filed.index}: {filed.effect.replace('_', ' ')}{marks}  {b64u(filed.sid)}")
    return 0
