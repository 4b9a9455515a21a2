"""`standclear inbox`: what was released to you, in the order of release; live with --follow."""

from __future__ import annotations

import argparse
from typing import Any

from standclear.cli.line import Line
from standclear.cli.options import add_desk_options
from standclear.cli.output import print_json, print_table, utc
from standclear.cli.phrasing import add_language_option, language_of, said, shown
from standclear.cli.status import arrears_lines
from standclear.errors import Malformed
from standclear.statements.canonical import from_b64u


def add_parser(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "inbox", description="What was released to you. An empty inbox says nothing of what is there."
    )
    add_desk_options(parser)
    add_language_option(parser)
    parser.add_argument("--start", type=int, default=0, help="from this position on")
    parser.add_argument("--limit", type=int, default=50)
    parser.add_argument("--open", action="store_true", dest="only_open", help="only what is not acknowledged")
    parser.add_argument(
        "--for", dest="reader", metavar="NAME", help="of a party without a key that yours represents"
    )
    parser.add_argument("--follow", action="store_true", help="go on as things are released")


def run(arguments: argparse.Namespace) -> int:
    """Show the inbox."""
    with Line.of(arguments.home, arguments.seat) as line:
        reader = None if arguments.reader is None else line.party(arguments.reader)
        if arguments.follow and reader is not None:
            raise Malformed("--follow", "only your own inbox is told live", "leave --for or --follow out")
        page = line.client.inbox(arguments.start, arguments.limit, reader=reader)
        if not arguments.json and reader is None:
            for silence in arrears_lines(line):
                print(silence)
        items = [one for one in page["items"] if not arguments.only_open or _is_open(one)]
        _show(arguments, line, items)
        if not items and not arguments.json:
            print(said("nothing_released", language_of(arguments)))
        if arguments.follow:
            start = arguments.start + len(page["items"])
            for told in line.client.follow(start):
                end = told["end"]
                while start < end:
                    fresh = line.client.inbox(start, min(500, end - start))["items"]
                    _show(arguments, line, fresh)
                    start += len(fresh)
    return 0


def _is_open(item: dict[str, Any]) -> bool:
    return item["deadline_ms"] is not None and item["rung"] not in ("acknowledged", "disseminated")


def _labels(item: dict[str, Any], language: str | None) -> str:
    """A site's grade, where a better one is asked for that too, what is the same thing, and the marks of the filing."""
    grade = [] if item["grade"] is None else [shown("grades", item["grade"], language)]
    if item["is_unverified"] and item["grade"] != "unverified":
        grade.append(shown("grades", "unverified", language))
    grade += [f"= {ref}" for ref in item["same_as"]]
    return ", ".join([*grade, *(shown("marks", mark, language) for mark in item["marks"])])


def _show(arguments: argparse.Namespace, line: Line, items: list[dict[str, Any]]) -> None:
    if arguments.json:
        for item in items:
            print_json(item)
        return
    language = language_of(arguments)
    rows = [
        (
            item["position"],
            utc(item["released_ms"]),
            line.name_of(from_b64u(item["sender"], 16, "sender")),
            shown("kinds", item["kind"], language) + ("" if item["act"] == "new" else f" {item['act']}"),
            shown("conditions", item["condition"], language),
            shown("rungs", item["rung"], language),
            _labels(item, language),
            (item["body"] or {}).get("name", "") or item["form"],
            item["ref"],
        )
        for item in items
    ]
    print_table(("#", "released", "from", "kind", "condition", "rung", "labels", "name", "reference"), rows)
