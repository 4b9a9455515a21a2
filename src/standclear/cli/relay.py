"""`standclear relay`: say whom you told further: your own echelons, or a third party."""

from __future__ import annotations

import argparse
from typing import Any

from standclear.cli import speech
from standclear.cli.line import Line
from standclear.cli.options import add_desk_options, filed_value
from standclear.cli.output import print_json
from standclear.statements.canonical import from_b64u
from standclear.statements.compose import Recipient
from standclear.statements.replies import MEANS


def add_parser(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "relay",
        description="A relay beyond what the owner released is recorded all the same, marked, and told to it.",
    )
    add_desk_options(parser)
    parser.add_argument("sid", nargs="+", help="the statements whose substance was passed on")
    parser.add_argument(
        "--echelon", action="append", default=[], metavar="NAME", help="an echelon of your own"
    )
    parser.add_argument("--third-party", metavar="NAME", help="somebody else, enrolled or not")
    parser.add_argument("--means", choices=sorted(MEANS), default="voice")
    parser.add_argument("--member", required=True, help="your pseudonym in your party's own register")


def run(arguments: argparse.Namespace) -> int:
    """Put a dissemination on record and tell the owners."""
    sids = [from_b64u(text, 32, "SID") for text in arguments.sid]
    with Line.of(arguments.home, arguments.seat) as line:
        names = line.names()
        third = arguments.third_party
        owners = {
            from_b64u(line.client.statement(sid)["header"]["from"]["party"], 16, "party") for sid in sids
        }
        draft = speech.dissemination(
            [Recipient(party=party) for party in sorted(owners)],
            line.under,
            sids=sids,
            member=arguments.member,
            echelons=arguments.echelon,
            third_party=names.get(third) if third else None,
            third_name=third or "",
            means=arguments.means,
        )
        filed = line.say(draft)
    if arguments.json:
        print_json(filed_value(filed))
    else:
        marks = f" ({', '.join(filed.marks)})" if filed.marks else ""
        print(f"on record as entry {filed.index}: {filed.effect}{marks}")
    return 0
