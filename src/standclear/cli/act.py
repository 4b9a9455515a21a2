"""`standclear act`: file a hazard's volumes and times, cite what it meets, and see what it is not aware of."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from standclear.cli import again, speech
from standclear.cli.client import Filed
from standclear.cli.consent import add_consent_options, read_consent
from standclear.cli.cosign import second_keys
from standclear.cli.line import Line
from standclear.cli.options import (
    add_desk_options,
    add_note_options,
    add_place_options,
    confirm,
    entered_time,
    filed_value,
    instant_ms,
    note_of,
    read_place,
    reference,
    volumes_of,
)
from standclear.cli.output import print_json
from standclear.cli.phrasing import language_of, said, shown, shown_effect
from standclear.cli.relying import warn
from standclear.spacetime.interval import Interval
from standclear.statements.canonical import b64u, from_b64u
from standclear.statements.lists import ref_of
from standclear.statements.notices import ACTIVITY_TYPES

MEETINGS_SHOWN = 20


def add_parser(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "act", description="Hazard volumes and times only: never an aim point or a target."
    )
    add_desk_options(parser)
    add_place_options(parser)
    parser.add_argument("--type", required=True, choices=sorted(ACTIVITY_TYPES), dest="activity_type")
    parser.add_argument("--name", default="", help="your own name for it")
    parser.add_argument("--from", required=True, dest="start", metavar="TIME", help="such as 280900ZFEB2020")
    parser.add_argument("--until", required=True, metavar="TIME")
    parser.add_argument(
        "--to", action="append", default=[], metavar="NAME[,FORM][,WHEN]", help="whom it is released to"
    )
    parser.add_argument("--cite", action="append", metavar="REF", help="a notice that it is aware of")
    parser.add_argument(
        "--cite-held", action="store_true", help="after reading them: file again, citing what it was held for"
    )
    parser.add_argument("--headcount", type=int, help="how many people take part in an exercise")
    parser.add_argument("--uncited", action="store_true", help="stand openly without citing")
    parser.add_argument("--replaces", metavar="REF", help="an earlier version of it")
    add_note_options(parser)
    add_consent_options(parser)
    parser.add_argument("--cosign", metavar="SEAT", help="a second person's seat at this desk that signs too")


def run(arguments: argparse.Namespace) -> int:
    """File an activity. 0 if it stands (aware, uncited, blanket), 1 if it is held."""
    start_ms = instant_ms(arguments.start, "--from", arguments.zone)
    interval = Interval(start_ms=start_ms, end_ms=instant_ms(arguments.until, "--until", arguments.zone))
    placed = read_place(arguments)
    confirm(placed, yes=arguments.yes)
    with Line.of(arguments.home, arguments.seat) as line:
        cites = [reference(text) for text in arguments.cite or ()]
        replaces = None if arguments.replaces is None else reference(arguments.replaces)
        filed = _file(arguments, line, placed, interval, cites, replaces)
        if filed.effect == "held" and arguments.cite_held:
            _tell(arguments, line, filed)
            cites = [*cites, *filed.missing]
            filed = _file(arguments, line, placed, interval, cites, ref_of(filed.sid, 0))
        warned = warn(line, line.recipients(arguments.to))
        _tell(arguments, line, filed, warned)
    return 1 if filed.effect == "held" else 0


def _file(
    arguments: argparse.Namespace,
    line: Line,
    placed: Any,
    interval: Interval,
    cites: list[bytes],
    replaces: bytes | None,
) -> Filed:
    entered = [
        *placed.entered,
        *entered_time(arguments.start, "start", arguments.zone),
        *entered_time(arguments.until, "end", arguments.zone),
    ]
    terms = read_consent(arguments, line)
    body = speech.notice(
        speech.activity(arguments.activity_type, uncited=arguments.uncited, headcount=arguments.headcount),
        volumes_of(placed, arguments, interval),
        name=arguments.name,
        change=None if replaces is None else "unchanged",
        note=note_of(arguments),
        owner=None if terms is None else terms.owner(),
        entered=entered,
    )
    to = line.recipients(arguments.to)
    if replaces is not None and not to:
        to = again.slots_of(line, replaces)
    draft = speech.filing(
        {"exact": [body]},
        to,
        line.under,
        cites=cites or None,
        inbox=line.inbox_head(),
        replaces=None if replaces is None else [(replaces, 0)],
    )
    return line.say(draft, second_keys(arguments, line))


def _tell(arguments: argparse.Namespace, line: Line, filed: Filed, warned: Sequence[str] = ()) -> None:
    if arguments.json:
        print_json(filed_value(filed) | {"warnings": list(warned)})
        return
    language = language_of(arguments)
    marks = f" ({', '.join(shown('marks', one, language) for one in filed.marks)})" if filed.marks else ""
    count = len(filed.missing) if filed.effect == "held" else filed.aware_of
    place = f"entry {filed.index}, {b64u(filed.sid)}"
    told = f"{shown_effect(filed.effect, count, language)}{marks}: {place}"
    match filed.effect:
        case "aware":
            print(told)
            if not filed.aware_of:
                print(said("nothing_meets", language))
        case "held":
            print(f"{told}; {said('must_cite', language, count=len(filed.missing))}")
            for text in _met(line, filed):
                print(f"  {text}")
            if "not_called" in filed.marks:
                print(said("call_first", language, option="standclear contact --cite REF …"))
            again = f"--replaces {b64u(filed.sid)} --cite …, or with --cite-held"
            print(said("file_again", language, option=again))
        case _:
            print(told)


def _met(line: Line, filed: Filed) -> list[str]:
    texts = []
    for item in line.client.inbox_of(filed.missing[:MEETINGS_SHOWN]):
        name = (item["body"] or {}).get("name") or f"({item['form']} form)"
        sender = line.name_of(from_b64u(item["sender"], 16, "party"))
        texts.append(f"{item['kind']} of {sender}: {name}  {item['ref']}")
    if len(filed.missing) > MEETINGS_SHOWN:
        texts.append(f"and {len(filed.missing) - MEETINGS_SHOWN} more: standclear status REF --json")
    return texts
