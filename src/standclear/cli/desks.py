"""`standclear desks`: who is on watch at each desk, which lines a person answers, and which desks nothing wakes."""

from __future__ import annotations

import argparse
from typing import Any

from standclear.cli.line import Line
from standclear.cli.options import add_desk_options
from standclear.cli.output import print_json, print_table, utc
from standclear.cli.phrasing import add_language_option, language_of, shown
from standclear.cli.relying import ask_desks, phones_of
from standclear.statements.canonical import from_b64u


def add_parser(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "desks", description="A desk that answers its line checks has answered them. It says no more."
    )
    add_desk_options(parser)
    add_language_option(parser)
    parser.add_argument("--party", metavar="NAME", help="of this party only")


def run(arguments: argparse.Namespace) -> int:
    """Show the desks of one's arrangements."""
    with Line.of(arguments.home, arguments.seat) as line:
        found = ask_desks(line)
        wanted = None if arguments.party is None else line.party(arguments.party)
        desks = [one for one in found["desks"] if wanted in (None, from_b64u(one["party"], 16, "party"))]
        names = [line.name_of(from_b64u(one["party"], 16, "party")) for one in desks]
    if arguments.json:
        print_json(found | {"desks": desks})
        return 0
    language = language_of(arguments)
    rows = [
        (name, one["name"], _watch(one, language), *_line(one, language), _channels(one), phones_of(one))
        for name, one in zip(names, desks, strict=True)
    ]
    print_table(("party", "desk", "watch", "line", "last answer", "channels", "telephone"), rows)
    return 0


def _watch(one: dict[str, Any], language: str | None) -> str:
    watch = one["watch"]
    if watch is None:
        return "not asked for"
    member = f" {watch['member']}" if watch["member"] else ""
    instead = f" (instead of {watch['instead_of']})" if watch["instead_of"] else ""
    return f"{shown('desks', watch['state'], language)}{member}{instead} since {utc(watch['since_ms'])}"


def _line(one: dict[str, Any], language: str | None) -> tuple[str, str]:
    line = one["line"]
    if line is None:
        return "not asked for", "-"
    state = shown("desks", line["state"], language)
    if line["missed"]:
        state += f" ({line['missed']})"
    attested = " (attested)" if line["how"] == "attested" else ""
    return state, utc(line["answered_ms"]) + attested


def _channels(one: dict[str, Any]) -> str:
    """Each channel, with * where it wakes a person, and what its line checks say where they were missed."""
    words = [
        each["channel"]
        + ("*" if each["wakes"] else "")
        + (f" missed {each['line']['missed']}" if each["line"] and each["line"]["missed"] else "")
        for each in one["channels"]
    ]
    if not one["can_be_woken"]:
        words.append("CANNOT BE WOKEN")
    return ", ".join(words)
