"""`standclear status`: what stands of yours, who has answered, and what an activity is not aware of."""

from __future__ import annotations

import argparse
from itertools import islice
from typing import Any

from standclear.cli.answering import print_answers
from standclear.cli.copying import STATES, holders_in_words
from standclear.cli.line import Line
from standclear.cli.options import add_desk_options, reference
from standclear.cli.output import attested_in_words, carried_lines, print_json, print_table, utc
from standclear.cli.phrasing import add_language_option, language_of, shown, shown_effect
from standclear.cli.reaching import holders, print_reaching
from standclear.cli.relying import warn
from standclear.errors import NotFound
from standclear.statements.canonical import from_b64u
from standclear.statements.compose import Recipient
from standclear.statements.lists import split_ref


def add_parser(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("status", description="A complete ladder says told. It never says more.")
    add_desk_options(parser)
    add_language_option(parser)
    parser.add_argument(
        "ref",
        nargs="?",
        metavar="REF",
        help="one notice with its ladders, or a call or question with its answers; all your notices unless given",
    )
    parser.add_argument("--kind", choices=["site", "presence", "movement", "activity", "zone"])
    parser.add_argument("--limit", type=int, default=50)


def run(arguments: argparse.Namespace) -> int:
    """Show one notice with its ladders, or all one's own."""
    with Line.of(arguments.home, arguments.seat) as line:
        if arguments.ref is not None:
            return _one(arguments, line)
        found = list(islice(line.client.own(arguments.kind), arguments.limit))
        false = [one for one in line.client.copies(is_open=True) if one["outstanding"]]
        silent = arrears_lines(line)
    if arguments.json:
        print_json(found)
    else:
        language = language_of(arguments)
        rows = [
            (
                one["kind"],
                shown("conditions", one["condition"], language),
                _stands(one, language),
                one["name"],
                one["ref"],
            )
            for one in found
        ]
        print_table(("kind", "condition", "stands as", "name", "reference"), rows)
        for told in silent:
            print(told)
        for copy in false:
            since = utc(copy["changes"][0]["at_ms"])
            held = holders_in_words(copy["holders"])
            print(
                f"copy {copy['code']} is false since {since}, and held by {held}: export --replace {copy['code']}"
            )
    return 0


def arrears_lines(line: Line) -> list[str]:
    """Who is silent towards whom, since when: one line for everything that is open between two (G24)."""
    found = []
    for one in line.client.arrears():
        silent, owner = (from_b64u(one[name], 16, name) for name in ("silent", "owner"))
        towards = "you" if owner == line.seat.party else line.name_of(owner)
        who = "You are" if silent == line.seat.party else f"{line.name_of(silent)} is"
        found.append(
            f"{who} silent towards {towards} since {utc(one['since_ms'])}: {one['count']} unanswered"
        )
    return found


def _stands(notice: dict[str, Any], language: str | None) -> str:
    said = _stands_as(notice, language)
    waits = shown("marks", "waits_for_signature", language)
    return f"{said}; {waits}" if notice["waits_for_signature"] else said


def _stands_as(notice: dict[str, Any], language: str | None) -> str:
    if notice["kind"] != "activity":
        return str(notice["state"])
    if notice["unaware"]:
        return f"NOT AWARE of {len(notice['unaware'])}"
    if notice["effect"] == "held":  # what it must cite was told when it was filed
        return "filed, held" if language is None else shown("effects", "held", language)
    return shown_effect(notice["effect"], len(notice["aware_of"]), language)


def _one(arguments: argparse.Namespace, line: Line) -> int:
    ref = reference(arguments.ref)
    try:
        notice = line.client.notice(ref)
    except NotFound as error:
        return _matter(arguments, line, split_ref(ref)[0], error)
    try:
        ladders = line.client.ladders(split_ref(ref)[0])
    except Exception as error:
        if getattr(error, "slug", "") != "not-found":
            raise
        ladders = []
    met = line.client.met(ref)
    if arguments.json:
        reached = holders(line, notice, ladders)
        shown_to = {"notice": notice, "ladders": ladders, "reached": reached, "met": met}
        print_json(shown_to | {"warnings": warn(line, _recipients(ladders))})
        return 0
    language = language_of(arguments)
    condition = shown("conditions", notice["condition"], language)
    print(f"{notice['kind']} {notice['name']!r}: {condition}, {_stands(notice, language)}")
    for one in notice["unaware"]:
        print(f"  not aware of {one}")
    overdue = shown("rungs", "overdue", language)
    rows = [
        (
            line.name_of(from_b64u(one["party"], 16, "party")),
            shown("rungs", one["rung"], language) + (f" ({overdue})" if one["overdue"] else ""),
            f"{one['acknowledged_count']} of {one['end'] - one['start']}",
            utc(one["acknowledged_ms"]),
            "; ".join(name for told in one["disseminated"] for name in told["to"]),
        )
        for one in ladders
    ]
    print_table(("recipient", "rung", "acknowledged", "at", "told further"), rows)
    print_reaching(line, notice, ladders, met)
    warn(line, _recipients(ladders))
    for one in ladders:
        for copy in one["copies"]:
            for holder in copy["holders"]:
                print(f"copy {copy['code']} held by {holder['name']}: {STATES[holder['state']]}")
    for ladder in ladders:
        name = line.name_of(from_b64u(ladder["party"], 16, "party"))
        for told in carried_lines(ladder["carried"]):
            print(f"  {name}: {told}")
    for one in ladders:
        if said := attested_in_words(one["attested"], line.name_of):
            print(f"  {line.name_of(from_b64u(one['party'], 16, 'party'))}: {said}")
    return 0


def _recipients(ladders: list[dict[str, Any]]) -> list[Recipient]:
    return [Recipient(party=from_b64u(one["party"], 16, "party")) for one in ladders]


def _matter(arguments: argparse.Namespace, line: Line, sid: bytes, missed: NotFound) -> int:
    """A call, an inquiry or a consultation, where there is no such notice; `missed` if there is no such matter either."""
    try:
        matter = line.client.answers(sid)
    except NotFound:
        raise missed from None
    if arguments.json:
        print_json({"matter": matter})
    else:
        print_answers(line, matter, language_of(arguments))
    return 0
