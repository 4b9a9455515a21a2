"""`standclear erase`: ask that what you have ended be shredded, after being told what that costs.

Before anything is signed it says what the service knows: from now on no planner is warned there, whose copies cannot be
recalled, how many activities cited it, and what the erasure would wait for. Then it asks.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from standclear.cli import speech
from standclear.cli.line import Line
from standclear.cli.options import add_desk_options, filed_value, reference
from standclear.cli.output import print_json
from standclear.cli.phrasing import language_of, shown
from standclear.errors import Malformed, Refused
from standclear.statements.canonical import b64u, from_b64u
from standclear.statements.compose import Recipient
from standclear.statements.erasing import ERASURE_REASONS, Erasure

WARNED = frozenset({"site", "presence", "movement", "zone"})
"""Kinds by which planners are warned."""


def add_parser(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "erase",
        description="Shredded are the words, never the proof that they were said; copies of others cannot be recalled.",
    )
    add_desk_options(parser)
    parser.add_argument("ref", nargs="+", metavar="REF", help="your notice that you have withdrawn or closed")
    parser.add_argument("--reason", required=True, choices=sorted(ERASURE_REASONS))
    parser.add_argument(
        "--to", action="append", default=[], metavar="NAME", help="whom it is told besides those who hold it"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask; what it costs was read")


def run(arguments: argparse.Namespace) -> int:
    """Say what it costs, ask, and put an erasure on record. 0 if it is due at once, 1 if it waits or is not yours."""
    refs = sorted({reference(text) for text in arguments.ref})
    with Line.of(arguments.home, arguments.seat) as line:
        costs = [line.client.erasure_cost(ref) for ref in refs]
        holders = sorted({from_b64u(one, 16, "party") for cost in costs for one in cost["holders"]})
        for text in told_before(
            costs, [line.name_of(one) for one in holders], language_of(arguments) or "en"
        ):
            print(text, file=sys.stderr)
        _confirm(yes=arguments.yes)
        given = line.recipients(arguments.to)
        named = {one.party for one in given}
        to = [*given, *(Recipient(party=one) for one in holders if one not in named and None not in named)]
        draft = speech.word(Erasure(reason=arguments.reason), to, line.under, cites=refs)
        filed = line.say(draft)
    if arguments.json:
        print_json(filed_value(filed))
    else:
        marks = f" ({', '.join(filed.marks)})" if filed.marks else ""
        print(f"on record as entry {filed.index}: {filed.effect.replace('_', ' ')}{marks}  {b64u(filed.sid)}")
    return 0 if filed.effect == "in_force" else 1


def told_before(costs: Sequence[Any], holders: Sequence[str], language: str) -> list[str]:
    """What an owner is told before it signs: one sentence a line."""
    lines = []
    warned = sum(one["kind"] in WARNED for one in costs)
    if warned:
        lines.append(
            f"from now on no planner is warned here: {warned} notice(s) of yours will say nothing any more"
        )
    names = f" ({', '.join(holders)})" if holders else ""
    lines.append(
        f"copies held by {len(holders)} recipient(s){names} cannot be recalled; each is asked to confirm"
    )
    lines.append(
        f"{sum(one['cited_by'] for one in costs)} activities cited it, or were aware of it; they stay on record"
    )
    lines.append("the proof that it was said stays; the words cannot be brought back")
    for one in costs:
        if one["is_gone"] or one["is_kept"]:
            mark = "erased_already" if one["is_gone"] else "never_erased"
            lines.append(f"{one['ref']}: {shown('marks', mark, language)}")
        for obstacle in one["obstacles"]:
            lines.append(
                f"{one['ref']}: {shown('marks', obstacle['mark'], language)}{_until(obstacle['until_ms'])}"
            )
    return lines


def _until(until_ms: int | None) -> str:
    if until_ms is None or until_ms > 253_402_300_799_999:
        return ""
    return f", until {datetime.fromtimestamp(until_ms // 1000, UTC):%Y-%m-%d %H:%M}Z"


def _confirm(*, yes: bool) -> None:
    """Ask whether that is meant.

    Raises:
        Malformed, Refused: it was not confirmed, or nobody is there to ask.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise Malformed("--yes", "what it costs is not confirmed", "read it, then add --yes")
    if input("is that what you want? [y/N] ").strip().lower() not in ("y", "yes"):
        raise Refused(reason="it was not confirmed; nothing was filed", remedy="nothing need be done")
