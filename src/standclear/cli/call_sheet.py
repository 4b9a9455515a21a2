"""`standclear call-sheet`: whom to ring about what you released, to print and to fill in; and what came of it, on record."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from standclear.cli import speech
from standclear.cli.clock import wall_ms
from standclear.cli.line import Line
from standclear.cli.options import add_desk_options, instant_ms
from standclear.cli.output import print_json, utc
from standclear.dialects.callsheet import Call, Outcome, read_outcomes, to_csv, to_html, to_text
from standclear.dialects.copies import two_formats, vertices_of
from standclear.errors import Malformed, NotFound
from standclear.spacetime.volume import volume_from_value
from standclear.statements.asking import Contact
from standclear.statements.canonical import b64u, from_b64u

NAMES_SHOWN = 3
Json = dict[str, Any]


def add_parser(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "call-sheet", description="Whom to ring: those without a key, and those whose time to answer is over."
    )
    add_desk_options(parser)
    actions = parser.add_subparsers(dest="action", required=True)
    write = actions.add_parser(
        "print", help="the calls to be made, as text; to print and to fill in with --html, --csv"
    )
    write.add_argument("--html", type=Path, metavar="FILE", help="a sheet to print")
    write.add_argument("--csv", type=Path, metavar="FILE", help="a table to fill in")
    record = actions.add_parser("record", help="put on record what came of the calls: the filled-in table")
    record.add_argument("file", type=Path)
    record.add_argument("--member", required=True, help="your pseudonym in your party's own register")
    record.add_argument("--zone", help="the time zone of times that state none")
    record.add_argument(
        "--to", action="append", default=[], metavar="NAME", help="whom it is told; any for all"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print, or record."""
    return _print(arguments) if arguments.action == "print" else _record(arguments)


def _print(arguments: argparse.Namespace) -> int:
    with Line.of(arguments.home, arguments.seat) as line:
        calls = list(_calls(line))
        exercise = bool(line.client.log()["is_exercise"])
        caller = line.desk.party_name
    if arguments.html is not None:
        made = utc(wall_ms())
        arguments.html.write_text(to_html(calls, exercise=exercise, caller=caller, made=made), "utf-8")
    if arguments.csv is not None:
        arguments.csv.write_text(to_csv(calls, exercise=exercise, caller=caller), "utf-8")
    if arguments.json:
        print_json([{"party": b64u(one.party), "sid": b64u(one.sid), "code": one.code()} for one in calls])
    else:
        print(to_text(calls, exercise=exercise, caller=caller), end="")
        print(f"{len(calls)} calls. An answer by telephone is attested, and is no signed acknowledgement.")
    return 0


def _calls(line: Line) -> Iterator[Call]:
    """Every open ladder of one's own whose recipient has no key, or is late, and answered in no way at all."""
    parties = {one["party"]: one for one in line.parties()}
    seen = set()
    for notice in line.client.own():
        if notice["sid"] in seen:
            continue
        seen.add(notice["sid"])
        if not notice["to"]:
            continue
        for ladder in _ladders(line, from_b64u(notice["sid"], 32, "sid")):
            party = parties[ladder["party"]]
            is_open = ladder["acknowledged_ms"] is None and not ladder["attested"]
            if is_open and (party["root"] is None or ladder["overdue"]):
                yield _call(line, notice, ladder, party, parties)


def _ladders(line: Line, sid: bytes) -> list[Json]:
    try:
        return line.client.ladders(sid)
    except NotFound:  # it was released to nobody yet
        return []


def _call(line: Line, notice: Json, ladder: Json, party: Json, parties: dict[str, Json]) -> Call:
    answers = party if party["represented_by"] is None else parties[party["represented_by"]]
    numbers = [phone for one in (party, answers) for desk in one["desks"] for phone in desk["phones"]]
    sid = from_b64u(ladder["sid"], 32, "sid")
    count = ladder["end"] - ladder["start"]
    whom = "" if answers is party else f", represented by {answers['name']}"
    return Call(
        party=from_b64u(ladder["party"], 16, "party"),
        name=f"{party['name']}{whom}",
        numbers=tuple(dict.fromkeys(numbers)),
        sid=sid,
        about=f"{ladder['kind']}, {count} released {utc(ladder['released_ms'])}",
        words=_words(line, sid, _form_of(notice, ladder["party"]), count),
    )


def _form_of(notice: Json, party: str) -> str:
    """The form in which a recipient has it: its own slot, or that of any party."""
    forms = {one["party"]: one["form"] for one in notice["to"]}
    return str(forms.get(party, forms.get(None, "exact")))


def _words(line: Line, sid: bytes, form: str, count: int) -> str:
    """What is told, in the form that was released: its kind, name, place in two formats, and times."""
    bodies = [
        one["body"] for one in line.client.statement(sid)["bodies"] if one["form"] == form and one["body"]
    ]
    if count > NAMES_SHOWN:
        return f"A list of {count} was sent to you: ask us for the list, by this reference."
    return " ".join(_told(body) for body in bodies[:NAMES_SHOWN])


def _told(body: Json) -> str:
    what = body["what"].get("category") or body["what"].get("activity_type") or body["type"]
    volume = volume_from_value(body["volumes"][0], "volumes[0]")
    dms, grid = two_formats(vertices_of(volume)[0])
    named = f" {body['name']}" if body["name"] else ""
    call = f" Details from: {body['contact']}." if body["form"] == "desk" else ""
    return (
        f"{str(what).replace('_', ' ')}{named}, within {volume.radius_cm / 100:g} metres of {dms}, grid {grid}, "
        f"from {utc(volume.interval.start_ms)} to {utc(volume.interval.end_ms)}.{call}"
    )


# --- what came of it --------------------------------------------------------------------------------------


def _record(arguments: argparse.Namespace) -> int:
    outcomes = read_outcomes(arguments.file.read_text("utf-8"), field=str(arguments.file))
    if not outcomes:
        raise Malformed(str(arguments.file), "no row says what came of a call", "fill in result or read_back")
    bodies = [(one, _contact(one, arguments)) for one in outcomes]  # all are read before one is said
    with Line.of(arguments.home, arguments.seat) as line:
        to = line.recipients(arguments.to)
        drafts = [speech.word(body, to, line.under, re=[one.sid]) for one, body in bodies]
        filed = line.say_all(drafts)
    told: list[Json] = [
        {"row": one.row, "index": said.index, "result": one.result, "marks": list(said.marks)}
        for one, said in zip(outcomes, filed, strict=True)
    ]
    if arguments.json:
        print_json(told)
    else:
        for row in told:
            marks = f" ({', '.join(row['marks'])})" if row["marks"] else ""
            print(
                f"row {row['row']}: {row['result'].replace('_', ' ')}, on record as entry {row['index']}{marks}"
            )
    return 0


def _contact(one: Outcome, arguments: argparse.Namespace) -> Contact:
    at = None if not one.at else one.at
    return Contact(
        whom=one.whom or "whoever answered",
        party=one.party,
        at_ms=instant_ms(at, f"{arguments.file}, row {one.row}, at", arguments.zone),
        channel=one.channel,
        result=one.result,
        read_back=one.read_back[:500],
        scan=None,
        member=arguments.member,
    )
