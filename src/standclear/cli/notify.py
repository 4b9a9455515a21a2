"""`standclear notify`: tell of sites and presences, one or a whole list; replace, cancel, close them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from standclear.cli import speech
from standclear.cli.client import Filed
from standclear.cli.clock import wall_ms
from standclear.cli.line import Line
from standclear.cli.listing import file_list
from standclear.cli.options import (
    Placed,
    add_desk_options,
    add_note_options,
    add_place_options,
    confirm,
    entered_time,
    filed_value,
    instant_ms,
    length_cm,
    note_of,
    read_place,
    reference,
    span_ms,
    volumes_of,
)
from standclear.cli.output import print_json
from standclear.errors import Malformed
from standclear.spacetime.interval import Interval
from standclear.spacetime.volume import Volume
from standclear.statements.canonical import b64u
from standclear.statements.notices import (
    CHANGES,
    ENDING_REASONS,
    GRADES,
    QUALITIES,
    SITE_CATEGORIES,
    SITE_CLASSES,
    Notice,
    What,
)


def add_parser(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "notify",
        description="Notify is not ask. No protection depends on being listed, and lapse or lateness removes none.",
    )
    add_desk_options(parser)
    actions = parser.add_subparsers(dest="action", required=True)
    site = actions.add_parser("site", help="it stays, and must not be hit")
    _add_notice_options(site)
    site.add_argument(
        "--from", dest="file", type=Path, metavar="FILE", help="a whole list: CSV, CSV.gz or XLSX"
    )
    site.add_argument(
        "--worklist", type=Path, metavar="FILE", help="where the questions about doubtful rows go"
    )
    site.add_argument("--answers", type=Path, metavar="FILE", help="the worklist, with its answers")
    site.add_argument("--fates", type=Path, metavar="FILE", help="where each row's fate goes (CSV)")
    site.add_argument("--category", choices=sorted(SITE_CATEGORIES), default="other")
    site.add_argument("--class", dest="site_class", choices=sorted(SITE_CLASSES), default="medical")
    site.add_argument("--grade", choices=sorted(GRADES), default="self_attested")
    site.add_argument(
        "--valid", default="90 d", help="until you attest it again; past it, it is lapsed and still matched"
    )
    presence = actions.add_parser("presence", help="own people, as of a time")
    _add_notice_options(presence)
    presence.add_argument("--as-of", metavar="TIME", help="now unless given")
    presence.add_argument("--age", default="24 h", help="past it, it is stale and still matched")
    for act, told in (("close", "it is over"), ("cancel", "it should not stand")):
        ends = actions.add_parser(act, help=told)
        ends.add_argument("kind", choices=["site", "presence", "activity"])
        ends.add_argument("ref", nargs="+", metavar="REF")
        ends.add_argument(
            "--reason", choices=sorted(ENDING_REASONS), default="closed" if act == "close" else "withdrawn"
        )
        ends.add_argument("--to", action="append", default=[], metavar="NAME", help="whom to tell of it")


def _add_notice_options(parser: argparse.ArgumentParser) -> None:
    add_place_options(parser, is_required=False)
    parser.add_argument("--name", default="")
    parser.add_argument("--to", action="append", default=[], metavar="NAME[,FORM][,WHEN][,TRAVEL]")
    parser.add_argument(
        "--widen", metavar="LENGTH", help="the radius of the widened form, for whom it is released to"
    )
    parser.add_argument(
        "--call", metavar="TEXT", help="whom to call: the desk form, for whom it is released to"
    )
    parser.add_argument("--quality", choices=sorted(QUALITIES), default="reported_not_surveyed")
    parser.add_argument("--replaces", metavar="REF")
    parser.add_argument(
        "--change", choices=sorted(CHANGES), help="of a replacement: it moved, or was always there"
    )
    add_note_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """File, or end."""
    if arguments.action in ("close", "cancel"):
        return _end(arguments)
    if getattr(arguments, "file", None) is not None or getattr(arguments, "answers", None) is not None:
        return file_list(arguments)
    if arguments.at is None and arguments.geojson is None:
        raise Malformed("--at", "no place is given", "give --at, --geojson, or a list with --from")
    return _file(arguments)


def _file(arguments: argparse.Namespace) -> int:
    now_ms = wall_ms()
    placed = read_place(arguments)
    confirm(placed, yes=arguments.yes)
    if arguments.action == "site":
        until_ms = now_ms + span_ms(arguments.valid, "--valid")
        what: What = speech.site(
            arguments.category, until_ms, site_class=arguments.site_class, grade=arguments.grade
        )
        interval = Interval(start_ms=now_ms, end_ms=until_ms)
        times = []
    else:
        as_of_ms = instant_ms(arguments.as_of, "--as-of", arguments.zone)
        age_ms = span_ms(arguments.age, "--age")
        what = speech.presence(arguments.name, as_of_ms, age_ms)
        interval = Interval(start_ms=as_of_ms, end_ms=as_of_ms + age_ms)
        times = entered_time(arguments.as_of, "as of", arguments.zone)
    if (arguments.replaces is None) != (arguments.change is None):
        raise Malformed(
            "--change", "a replacement, and only one, says what changed", "add --replaces and --change"
        )
    volumes = volumes_of(placed, arguments, interval)
    body = speech.notice(
        what,
        volumes,
        name=arguments.name,
        quality=arguments.quality,
        change=arguments.change,
        note=note_of(arguments),
        entered=[*placed.entered, *times],
    )
    with Line.of(arguments.home, arguments.seat) as line:
        draft = speech.filing(
            {form: [one] for form, one in _forms(arguments, body, placed).items()},
            line.recipients(arguments.to),
            line.under,
            replaces=None if arguments.replaces is None else [(reference(arguments.replaces), 0)],
        )
        filed = line.say(draft)
    _tell(arguments, filed, len(arguments.to))
    return 0


def _forms(arguments: argparse.Namespace, body: Notice, placed: Placed) -> dict[str, Notice]:
    """The exact form, and the widened and desk forms where their widths are given."""
    forms = {"exact": body}
    if arguments.widen is not None:
        forms["widened"] = speech.notice(
            body.what, _widened(body, arguments.widen), name="", form="widened", change=body.change
        )
    if arguments.call is not None:
        forms["desk"] = speech.notice(
            body.what,
            _widened(body, arguments.widen or "10 km"),
            name="",
            form="desk",
            change=body.change,
            contact=arguments.call,
        )
    return forms


def _widened(body: Notice, width: str) -> list[Volume]:
    added_cm = length_cm(width, "--widen")
    return [
        Volume(core=one.core, radius_cm=one.radius_cm + added_cm, band=one.band, interval=one.interval)
        for one in body.volumes
    ]


def _end(arguments: argparse.Namespace) -> int:
    refs = [reference(text) for text in arguments.ref]
    with Line.of(arguments.home, arguments.seat) as line:
        draft = speech.ending(
            arguments.kind,
            refs,
            line.recipients(arguments.to),
            line.under,
            act=arguments.action,
            reason=arguments.reason,
        )
        filed = line.say(draft)
    _tell(arguments, filed, len(arguments.to))
    return 0 if filed.effect == "in_force" else 1


def _tell(arguments: argparse.Namespace, filed: Filed, recipients: int) -> None:
    if arguments.json:
        print_json(filed_value(filed))
        return
    marks = f" ({', '.join(filed.marks)})" if filed.marks else ""
    print(f"on record as entry {filed.index}{marks}: {b64u(filed.sid)}")
    if not recipients:
        print("released to nobody: no planner is told of it; give --to NAME")
