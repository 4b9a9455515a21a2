"""`standclear notify`: tell of sites and presences, one or a whole list; replace, cancel, close them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from standclear.cli import again, speech
from standclear.cli.client import Filed
from standclear.cli.clock import wall_ms
from standclear.cli.consent import add_consent_options, read_consent
from standclear.cli.cosign import WAITS, add_cosign_options, countersigning, say_signed
from standclear.cli.line import Line
from standclear.cli.listing import file_list
from standclear.cli.options import (
    add_desk_options,
    add_note_options,
    add_place_options,
    confirm,
    entered_time,
    filed_value,
    instant_ms,
    length_cm,
    note_of,
    read_heights,
    read_place,
    reference,
    span_ms,
    volumes_of,
)
from standclear.cli.output import print_json
from standclear.cli.phrasing import language_of, said, shown
from standclear.cli.relying import warn
from standclear.dialects.geojson import read_geojson
from standclear.errors import Malformed
from standclear.spacetime.interval import Interval
from standclear.spacetime.volume import Volume
from standclear.statements.canonical import b64u
from standclear.statements.compose import Recipient
from standclear.statements.header import NOTICE_KINDS
from standclear.statements.moving import (
    MARKINGS,
    MOVEMENT_MODES,
    MOVEMENT_TYPES,
    RESTRICTIONS,
    ZONE_TYPES,
    Leg,
    Movement,
    Zone,
)
from standclear.statements.notices import (
    CHANGES,
    ENDING_REASONS,
    GRADES,
    QUALITIES,
    SITE_CATEGORIES,
    SITE_CLASSES,
    Entered,
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
    site.add_argument(
        "--own",
        action="store_true",
        help="of a list with a column of owners: they are all yours, file them so",
    )
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
    movement = actions.add_parser(
        "movement", help="what moves, leg by leg; it ends by a signed arrival, never by the clock"
    )
    _add_notice_options(movement, has_place=False)
    movement.add_argument("--type", dest="movement_type", required=True, choices=sorted(MOVEMENT_TYPES))
    movement.add_argument("--mode", dest="movement_mode", required=True, choices=sorted(MOVEMENT_MODES))
    movement.add_argument(
        "--leg",
        nargs=5,
        action="append",
        required=True,
        metavar=("FROM", "TO", "START", "END", "GEOJSON"),
        help="a leg: names, times, and a file with its line",
    )
    movement.add_argument("--units", type=int, default=1, help="vehicles, ships or aircraft")
    movement.add_argument("--headcount", type=int)
    movement.add_argument(
        "--displacement", type=int, metavar="TONNES", help="standard displacement of all its vessels together"
    )
    movement.add_argument(
        "--identification", action="append", default=[], help="call sign, plate, IMO, registration"
    )
    movement.add_argument("--marking", action="append", default=[], choices=sorted(MARKINGS))
    movement.add_argument("--delay", metavar="SPAN", help="all windows later by this much: 3 h")
    movement.add_argument(
        "--ask-agreement", action="store_true", help="ask for agreement instead of informing"
    )
    zone = actions.add_parser("zone", help="a rule over an area")
    _add_notice_options(zone)
    zone.add_argument("--type", dest="zone_type", required=True, choices=sorted(ZONE_TYPES))
    zone.add_argument("--restriction", choices=sorted(RESTRICTIONS), default="entry_prohibited")
    zone.add_argument("--reason", default="")
    zone.add_argument("--start", metavar="TIME", help="now unless given")
    zone.add_argument("--end", required=True, metavar="TIME")
    for act, told in (("close", "it is over"), ("cancel", "it should not stand")):
        ends = actions.add_parser(act, help=told)
        ends.add_argument("kind", choices=sorted(NOTICE_KINDS))
        ends.add_argument("ref", nargs="+", metavar="REF")
        ends.add_argument(
            "--reason", choices=sorted(ENDING_REASONS), default="closed" if act == "close" else "withdrawn"
        )
        ends.add_argument(
            "--to",
            action="append",
            default=[],
            metavar="NAME",
            help="whom to tell of it (all that it is released to)",
        )
    again.add_parsers(actions)


def _add_notice_options(parser: argparse.ArgumentParser, *, has_place: bool = True) -> None:
    if has_place:
        add_place_options(parser, is_required=False)
    else:
        parser.add_argument("--radius", default="500 m", help="the corridor's half-width")
        parser.add_argument("--heights", help="such as '0..1000 m w84'; all heights unless given")
        parser.add_argument("--zone", help="the time zone of times that state none")
    parser.add_argument("--name", default="")
    parser.add_argument(
        "--to",
        action="append",
        default=[],
        metavar="NAME[,FORM][,WHEN][,TRAVEL]",
        help="whom it is released to; a replacement goes to all that the version before went to, unless given",
    )
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
    add_consent_options(parser)
    add_cosign_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """File, say again, or end."""
    if arguments.action in again.ACTIONS:
        return again.run(arguments)
    if arguments.action in ("close", "cancel"):
        return _end(arguments)
    if getattr(arguments, "file", None) is not None or getattr(arguments, "answers", None) is not None:
        return file_list(arguments)
    if arguments.action == "movement":
        return _file_movement(arguments)
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
    elif arguments.action == "zone":
        what = Zone(zone_type=arguments.zone_type, restriction=arguments.restriction, reason=arguments.reason)
        interval = Interval(
            start_ms=instant_ms(arguments.start, "--start", arguments.zone),
            end_ms=instant_ms(arguments.end, "--end", arguments.zone),
        )
        times = entered_time(arguments.end, "end", arguments.zone)
    else:
        as_of_ms = instant_ms(arguments.as_of, "--as-of", arguments.zone)
        age_ms = span_ms(arguments.age, "--age")
        what = speech.presence(arguments.name, as_of_ms, age_ms)
        interval = Interval(start_ms=as_of_ms, end_ms=as_of_ms + age_ms)
        times = entered_time(arguments.as_of, "as of", arguments.zone)
    volumes = volumes_of(placed, arguments, interval)
    return _say(arguments, what, volumes, [*placed.entered, *times])


def _file_movement(arguments: argparse.Namespace) -> int:
    later_ms = 0 if arguments.delay is None else span_ms(arguments.delay, "--delay")
    radius_cm = length_cm(arguments.radius, "--radius")
    legs: list[Leg] = []
    volumes: list[Volume] = []
    entered: list[Entered] = []
    for origin, destination, start, end, file in arguments.leg:
        interval = Interval(
            start_ms=instant_ms(start, "--leg START", arguments.zone) + later_ms,
            end_ms=instant_ms(end, "--leg END", arguments.zone) + later_ms,
        )
        entered += [*entered_time(start, "start", arguments.zone), *entered_time(end, "end", arguments.zone)]
        for feature in read_geojson(Path(file).read_bytes(), field="--leg GEOJSON"):
            for shape in feature.shapes:
                legs.append(Leg(origin=origin, destination=destination, volume=len(volumes)))
                volumes.append(
                    Volume(
                        core=shape,
                        radius_cm=radius_cm + feature.precision_cm,
                        band=read_heights(arguments.heights),
                        interval=interval,
                    )
                )
    what = Movement(
        movement_type=arguments.movement_type,
        movement_mode=arguments.movement_mode,
        legs=tuple(legs),
        units=arguments.units,
        headcount=arguments.headcount,
        identification=tuple(arguments.identification),
        markings=tuple(arguments.marking),
        repeats=None,
        displacement_t=arguments.displacement,
    )
    return _say(arguments, what, volumes, entered[:16])


def _say(arguments: argparse.Namespace, what: What, volumes: list[Volume], entered: list[Entered]) -> int:
    if (arguments.replaces is None) != (arguments.change is None):
        raise Malformed(
            "--change", "a replacement, and only one, says what changed", "add --replaces and --change"
        )
    with Line.of(arguments.home, arguments.seat) as line:
        terms = read_consent(arguments, line)
        body = speech.notice(
            what,
            volumes,
            name=arguments.name,
            quality=arguments.quality,
            mode="request_agreement" if getattr(arguments, "ask_agreement", False) else "inform",
            change=arguments.change,
            note=note_of(arguments),
            owner=None if terms is None else terms.owner(),
            entered=entered,
        )
        replaced = None if arguments.replaces is None else reference(arguments.replaces)
        to = line.recipients(arguments.to)
        if replaced is not None and not to:
            to = again.slots_of(line, replaced)
        draft = speech.filing(
            {form: [one] for form, one in _forms(arguments, body).items()},
            to,
            line.under,
            replaces=None if replaced is None else [(replaced, 0)],
        )
        filed = say_signed(arguments, line, draft)
        if filed is not None:
            _tell(arguments, line, filed, to, warn(line, to))
    return 0


def _forms(arguments: argparse.Namespace, body: Notice) -> dict[str, Notice]:
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
        to = line.recipients(arguments.to) or again.recipients_of(line, refs)
        draft = speech.ending(
            arguments.kind, refs, to, line.under, act=arguments.action, reason=arguments.reason
        )
        filed = line.say(draft)
        _tell(arguments, line, filed, to)
    return 0 if filed.effect == "in_force" else 1


def _tell(
    arguments: argparse.Namespace,
    line: Line,
    filed: Filed,
    to: Sequence[Recipient],
    warned: Sequence[str] = (),
) -> None:
    if arguments.json:
        print_json(filed_value(filed) | {"warnings": list(warned)})
        return
    language = language_of(arguments)
    marks = f" ({', '.join(shown('marks', one, language) for one in filed.marks)})" if filed.marks else ""
    effect = (
        filed.effect.replace("_", " ") if language is None else shown("effects", filed.effect, language)
    ) + marks
    print(said("on_record", language, index=filed.index, effect=effect, sid=b64u(filed.sid)))
    if WAITS in filed.marks:
        print(countersigning(filed))
    elif to:
        print(said("released_to", language, names=again.told_names(line, to)))
    else:
        print(said("released_to_nobody", language, option="--to NAME"))
