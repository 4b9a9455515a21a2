"""`standclear duplicates`: sites that may be one thing told twice, as a worklist that is answered in groups (G19)."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from standclear.cli import speech
from standclear.cli.line import Line
from standclear.cli.options import add_desk_options, length_cm, reference
from standclear.cli.output import print_json, print_table
from standclear.cli.phrasing import add_language_option, language_of, said, shown
from standclear.errors import Malformed
from standclear.limits import CITES_MAX
from standclear.statements.calls import Objection
from standclear.statements.canonical import b64u, from_b64u
from standclear.statements.compose import Recipient

_ANSWERS: Final = {"same": "duplicate", "distinct": "distinct"}


def add_parser(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "duplicates",
        description="Sites of yours and released to you that lie together or are named alike. Nothing is merged: each stands.",
    )
    add_desk_options(parser)
    add_language_option(parser)
    parser.add_argument("--within", default="100 m", help="how near, of one class")
    parser.add_argument("--limit", type=int, default=20, help="groups shown")
    parser.add_argument(
        "--worklist", type=Path, metavar="FILE", help="where all the groups go (JSON), to be answered"
    )
    parser.add_argument(
        "--answers",
        type=Path,
        metavar="FILE",
        help="the worklist, with 'same' or 'distinct' as the answer of its groups",
    )


def run(arguments: argparse.Namespace) -> int:
    """Show or write the worklist, or say its answers."""
    with Line.of(arguments.home, arguments.seat) as line:
        if arguments.answers is not None:
            return _answer(arguments, line)
        found = line.client.duplicates(length_cm(arguments.within, "--within"))
        if arguments.worklist is not None:
            groups = [{"answer": "", **group} for group in found["groups"]]
            arguments.worklist.write_text(
                json.dumps({"groups": groups}, ensure_ascii=False, indent=1) + "\n", "utf-8"
            )
        if arguments.json:
            print_json(found)
        else:
            _show(arguments, line, found)
    return 0


def _show(arguments: argparse.Namespace, line: Line, found: dict[str, Any]) -> None:
    groups, language = found["groups"], language_of(arguments)
    print(
        f"{len(groups):,} groups of {found['sites']:,} sites may be one thing told twice; each notice stands"
    )
    rows = [
        (
            number,
            shown("alike", why, language),
            f"{group['apart_cm'] / 100:,.0f} m",
            line.name_of(from_b64u(site["party"], 16, "party")),
            "" if site["position"] is None else f"#{site['position']}",
            site["name"],
            site["ref"],
        )
        for number, group in enumerate(groups[: arguments.limit], start=1)
        for why in [group["why"][0]]
        for site in group["sites"]
    ]
    print_table(("group", "why", "apart", "party", "inbox", "name", "reference"), rows)


def _answer(arguments: argparse.Namespace, line: Line) -> int:
    """One statement for each group that is one thing; one for all that are each another, as far as one can cite them."""
    groups = list(_answered(arguments.answers))
    several = dict(pair for answer, sites in groups if answer == "distinct" for pair in sites.items())
    refs = sorted(several)
    spoken = [("same", sites) for answer, sites in groups if answer == "same"]
    spoken += [
        ("distinct", {ref: several[ref] for ref in refs[start : start + CITES_MAX]})
        for start in range(0, len(refs), CITES_MAX)
    ]
    language = language_of(arguments)
    for answer, sites in spoken:
        body = Objection(reason=_ANSWERS[answer], note=None)
        to = [Recipient(party=party) for party in sorted(set(sites.values()) - {line.seat.party})]
        filed = line.say(speech.word(body, to, line.under, cites=sorted(sites)))
        effect = shown("objections", _ANSWERS[answer], language)
        print(said("on_record", language, index=filed.index, effect=effect, sid=b64u(filed.sid)))
    if not groups:
        print("no group is answered: write same or distinct as the answer of a group")
    return 0


def _answered(path: Path) -> Iterator[tuple[str, dict[bytes, bytes]]]:
    """Each answered group of a worklist: the answer, and whose each of its sites is."""
    try:
        groups = [
            (
                str(group["answer"]),
                {reference(site["ref"]): from_b64u(site["party"], 16, "party") for site in group["sites"]},
            )
            for group in json.loads(path.read_text("utf-8"))["groups"]
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise Malformed("--answers", f"{path} is no worklist", "write one with --worklist") from error
    for number, (answer, sites) in enumerate(groups, start=1):
        if answer and answer not in _ANSWERS:
            raise Malformed(
                "--answers", f"group {number}: {answer!r}", "answer same or distinct, or leave it empty"
            )
        if answer:
            yield answer, sites
