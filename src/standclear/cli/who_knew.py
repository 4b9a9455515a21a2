"""`standclear who-knew`: what a party was told about an area before a time, in every version, and how far the answer reaches."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from standclear.cli.line import Line
from standclear.cli.options import (
    add_desk_options,
    add_place_options,
    confirm,
    instant_ms,
    read_place,
    volumes_of,
)
from standclear.cli.output import attested_in_words, carried_lines, print_json, print_table, utc
from standclear.dossier.answers import Question
from standclear.errors import Malformed
from standclear.spacetime.interval import Interval
from standclear.spacetime.volume import volume_to_value
from standclear.statements.canonical import b64u, from_b64u


def add_parser(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "who-knew",
        description="Asked by the party itself or a monitor it is whole; by others, about their own notices.",
    )
    add_desk_options(parser)
    parser.add_argument("--party", required=True, metavar="NAME", help="who was told")
    add_place_options(parser)
    parser.add_argument("--before", required=True, metavar="TIME", help="told before this time")
    parser.add_argument(
        "--from", dest="start", metavar="TIME", help="of what concerns the area from this time on"
    )
    parser.add_argument(
        "--dossier",
        type=Path,
        metavar="FILE",
        help="write the evidence of the answer, to be verified offline",
    )


def run(arguments: argparse.Namespace) -> int:
    """Ask, and show the answer with its reach; write its evidence where that is asked for."""
    before_ms = instant_ms(arguments.before, "--before", arguments.zone)
    start_ms = 0 if arguments.start is None else instant_ms(arguments.start, "--from", arguments.zone)
    placed = read_place(arguments)
    confirm(placed, yes=arguments.yes)
    areas = volumes_of(placed, arguments, Interval(start_ms=start_ms, end_ms=before_ms))
    if arguments.dossier is not None and len(areas) > 1:
        raise Malformed("--dossier", "a dossier answers one question", "ask about one shape at a time")
    with Line.of(arguments.home, arguments.seat) as line:
        party = line.party(arguments.party)
        answers = [line.client.who_knew(party, volume_to_value(one), before_ms) for one in areas]
        if arguments.dossier is not None:
            _write(arguments, line, Question(party=party, area=areas[0], before_ms=before_ms))
        if arguments.json:
            print_json(answers if len(answers) > 1 else answers[0])
            return 0
        for answer in answers:
            _show(arguments, line, answer)
    if arguments.dossier is not None:
        policy = arguments.dossier.with_suffix(".policy")
        print(f"check it: standclear verify {arguments.dossier} --policy {policy}")
    return 0


def _write(arguments: argparse.Namespace, line: Line, question: Question) -> None:
    """The evidence of this very answer, and the log's keys beside it."""
    asked = {
        "area": volume_to_value(question.area),
        "before_ms": question.before_ms,
        "party": b64u(question.party),
    }
    arguments.dossier.write_bytes(line.client.dossier(asked))
    arguments.dossier.with_suffix(".policy").write_bytes(line.client.policy())


def _show(arguments: argparse.Namespace, line: Line, answer: dict[str, Any]) -> None:
    print_table(
        ("told", "by", "what", "name", "answer", "since"), [_row(line, row) for row in answer["told"]]
    )
    for row in answer["corrected"]:
        print(
            f"Told {utc(row['released_ms'])} at another place, and corrected since: {' '.join(_since(row))}"
        )
    print(verdict_in_words(arguments.party, arguments.before, answer))


def _answered(line: Line, row: dict[str, Any]) -> list[str]:
    """Whether a person acknowledged, what is attested instead, and which steps were carried because nobody did."""
    steps = carried_lines(one for one in row["carried"] if one["duty"] == "escalate")
    acknowledged = row["acknowledged_ms"]
    none = "NOT acknowledged" if row["owes"] else "said again unchanged: no answer owed"
    told = none if acknowledged is None else "acknowledged " + utc(acknowledged)
    attested = attested_in_words(row["attested"], line.name_of)
    return [told, *([attested] if attested else []), *steps]


def _row(line: Line, row: dict[str, Any]) -> tuple[str, ...]:
    return (
        utc(row["released_ms"]),
        line.name_of(from_b64u(row["sender"], 16, "sender")),
        row["kind"],
        row["name"] or f"({row['form']} form)",
        "; ".join(_answered(line, row)),
        "; ".join([row["state"], *_since(row)]),
    )


def _since(row: dict[str, Any]) -> list[str]:
    """Each later version: when, whether it moved or was always there, and whether the party was told."""
    said = []
    for one in row["versions"]:
        change = (one["change"] or "changed").replace("_", " ")
        where = "here" if one["is_there"] else "elsewhere"
        told = "not told" if one["told_ms"] is None else f"told {utc(one['told_ms'])}"
        said.append(f"{utc(one['integrated_ms'])} {change} ({where}), {told}")
    return said


def verdict_in_words(party: str, before: str, answer: dict[str, Any]) -> str:
    """What the record says of the sentence "it was told nothing about this before then" (G29)."""
    sentence = f'"{party} was told nothing about it before {before}, through this log"'
    reach = f"up to entry {answer['size'] - 1}"
    match answer["verdict"]:
        case "refuted":
            words = (
                f"REFUTED by {len(answer['told'])}; nothing else that you may see was told to it, {reach}."
            )
        case "proven":
            words = f"PROVEN {reach}, by an inbox of {answer['inbox']['n']} releases that the log commits to."
        case _:
            words = "UNDECIDABLE from what you may see."
    gone, withheld = answer["undecidable"], answer["withheld"]
    left = f" {gone} whose words are gone, {withheld} withheld from you." if gone or withheld else ""
    return f"{sentence}: {words}{left}"
