"""`standclear outbox`: what this desk has signed and what is not on record: what waits, and what was refused, with the reason.

Listing needs no service. A statement that was refused stays signed: it is sent again as it is, or withdrawn and kept.
What is to be mended is said anew.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from standclear.cli.home import Home
from standclear.cli.line import Line
from standclear.cli.options import add_desk_options, filed_value
from standclear.cli.output import print_json, print_table, utc
from standclear.errors import Malformed, NotFound, Refused, StandclearError
from standclear.statements.canonical import b64u, read_numbers_exact
from standclear.statements.envelope import envelope_from_value
from standclear.statements.header import Header, parse_header

_SID_LETTERS_LEAST = 6

Kept = tuple[Path, bytes, bytes, dict[str, Any]]


def add_parser(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "outbox", description="What is not on record protects nobody yet. Nothing here is thrown away."
    )
    add_desk_options(parser)
    actions = parser.add_subparsers(dest="action")
    for name, told in (
        ("resend", "send what was refused again, the same bytes"),
        ("withdraw", "do not send it any more; it is kept"),
    ):
        action = actions.add_parser(name, help=told)
        action.add_argument(
            "sid", nargs="*" if name == "resend" else "+", help="the first letters are enough; resend: all"
        )


def run(arguments: argparse.Namespace) -> int:
    """List what waits and what was refused; send again, or withdraw."""
    home = Home.at(arguments.home)
    home.desk()
    if arguments.action == "resend":
        return _resend(arguments, home)
    if arguments.action == "withdraw":
        kept = [home.withdraw(path) for path, *_ in _named(home, arguments.sid)]
        if arguments.json:
            print_json({"withdrawn": [str(path) for path in kept]})
        else:
            print("\n".join(f"withdrawn, and kept: {path}" for path in kept))
        return 0
    return _list(arguments, home)


def _list(arguments: argparse.Namespace, home: Home) -> int:
    found = list(_waiting(home)) + list(_refused(home))
    if arguments.json:
        print_json(found)
    else:
        rows = [
            (one["state"], one["kind"], utc(one["stated_ms"]), one["sid"][:10], one["says"]) for one in found
        ]
        print_table(("state", "kind", "signed", "sid", "why"), rows)
        if not found:
            print("nothing waits, and nothing was refused")
    return 1 if any(one["state"] == "refused" for one in found) else 0


def _waiting(home: Home) -> Iterator[dict[str, Any]]:
    for path, sid, text in home.outbox():
        yield _shown("waiting", path, sid, text) | {"says": "it is sent with the next command", "remedy": ""}


def _refused(home: Home) -> Iterator[dict[str, Any]]:
    for path, sid, text, why in home.refused():
        yield _shown("refused", path, sid, text) | {
            "says": why["says"],
            "remedy": why.get("remedy", ""),
            "slug": why["slug"],
            "refused_ms": why["refused_ms"],
        }


def _shown(state: str, path: Path, sid: bytes, text: bytes) -> dict[str, Any]:
    header = _header(text)
    return {
        "state": state,
        "kind": "?" if header is None else header.kind,
        "stated_ms": None if header is None else header.stated_ms,
        "sid": b64u(sid),
        "file": str(path),
    }


def _header(text: bytes) -> Header | None:
    """The header of a kept statement; None where its file was damaged so far that it cannot be read."""
    try:
        value = read_numbers_exact(text, "statement")
        return parse_header(envelope_from_value(value["envelope"]).payload)
    except (StandclearError, KeyError, TypeError):
        return None


def _resend(arguments: argparse.Namespace, home: Home) -> int:
    chosen = _named(home, arguments.sid) if arguments.sid else list(home.refused())
    if not chosen:
        raise NotFound(kind="refused statement", remedy="nothing was refused: standclear outbox")
    answers: list[dict[str, Any]] = []
    with Line.of(arguments.home, arguments.seat) as line:
        for path, sid, text, _ in chosen:
            try:
                answers.append(filed_value(line.resend(path, sid, text)))
            except Refused as error:
                answers.append({"sid": b64u(sid), "slug": error.slug, "says": str(error)})
    if arguments.json:
        print_json(answers)
    else:
        for one in answers:
            said = f"on record as entry {one['index']}" if "index" in one else f"refused again: {one['says']}"
            print(f"{one['sid'][:10]}: {said}")
    return 0 if all("index" in one for one in answers) else 1


def _named(home: Home, given: Sequence[str]) -> list[Kept]:
    """The refused statements of some sids, or of their first letters.

    Raises:
        Malformed: too few letters to be sure. NotFound: no such one was refused, or several; those there are, are given.
    """
    refused = list(home.refused())
    found = []
    for text in given:
        if len(text) < _SID_LETTERS_LEAST:
            raise Malformed("SID", f"{text!r} is too short", f"give {_SID_LETTERS_LEAST} letters or more")
        some = [one for one in refused if b64u(one[1]).startswith(text)]
        if len(some) != 1:
            sids = [b64u(one[1])[:10] for one in refused]
            raise NotFound(kind="refused statement", id=text, refused=sids, remedy="name one of these")
        found += some
    return found
