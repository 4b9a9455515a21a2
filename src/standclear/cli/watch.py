"""`standclear watch`: take the desk, hand it over, leave it; with what is open, counted by the program and not typed (G15)."""

from __future__ import annotations

import argparse
from typing import Any, Final

from standclear.cli.client import Filed
from standclear.cli.line import Line
from standclear.cli.options import add_desk_options, filed_value
from standclear.cli.output import print_json, print_table, utc
from standclear.cli.phrasing import add_language_option, language_of, shown
from standclear.cli.relying import ask_desks
from standclear.statements.calls import Watch
from standclear.statements.canonical import b64u
from standclear.statements.compose import Draft

PARTS: Final = {"take": "taken", "hand-over": "handed_over", "leave": "left"}
_SAID: Final = {
    "taken": "{member} has the desk",
    "handed_over": "{member} has handed the desk over: whoever follows takes it",
    "left": "{member} has left the desk: nobody is on watch",
}


def add_parser(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "watch",
        description="Who has the desk, up to where in its inbox, with what open. The one hands over, the next takes.",
    )
    add_desk_options(parser)
    add_language_option(parser)
    parser.add_argument("part", choices=sorted(PARTS))
    parser.add_argument("--member", required=True, help="your pseudonym in your party's own register")
    parser.add_argument(
        "--to", action="append", default=[], metavar="NAME", help="whom it is told; any for all"
    )


def run(arguments: argparse.Namespace) -> int:
    """Say it, and show what is open. 0 where it changed who has the desk, 1 where it is only on record."""
    with Line.of(arguments.home, arguments.seat) as line:
        found = ask_desks(line)
        n, root = line.inbox_head()
        body = Watch(
            part=PARTS[arguments.part],
            member=arguments.member,
            inbox_end=n,
            open_items=sum(one["items"] for one in found["open"]),
        )
        draft = Draft(
            kind="watch",
            forms={"exact": [body.to_value()]},
            to=line.recipients(arguments.to),
            under=line.under,
            inbox=(n, root),
        )
        filed = line.say(draft)
        before = [one["watch"] for one in found["desks"] if one["desk"] == b64u(line.seat.desk)]
    if arguments.json:
        counted = {"inbox_end": body.inbox_end, "open_items": body.open_items, "open": found["open"]}
        print_json(filed_value(filed) | counted)
    else:
        _tell(arguments, body, filed, found["open"], before)
    return 0 if filed.effect == "in_force" else 1


def _tell(
    arguments: argparse.Namespace,
    body: Watch,
    filed: Filed,
    opened: list[dict[str, Any]],
    before: list[dict[str, Any] | None],
) -> None:
    language = language_of(arguments)
    marks = "; ".join(shown("marks", one, language) for one in filed.marks)
    if filed.effect == "in_force":
        print(_SAID[body.part].format(member=body.member) + f", entry {filed.index}, {b64u(filed.sid)}")
    else:
        print(f"on record as entry {filed.index}, and nothing changed")
    if marks:
        print(f"  {marks}")
    held = next((one["member"] for one in before if one is not None and one["member"]), None)
    if "watch_taken_twice" in filed.marks and held is not None:
        print(f"  {held} had it and has not handed it over: speak to them")
    print(f"inbox up to position {body.inbox_end}; {body.open_items} items open")
    rows = [(one["kind"], one["items"], one["statements"], utc(one["since_ms"])) for one in opened]
    print_table(("open", "items", "of statements", "since"), rows)
