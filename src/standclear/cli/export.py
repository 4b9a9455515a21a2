"""`standclear export`: what is released to you for an area and time, as a copy that others can hold; and the copies on record."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, assert_never

from standclear.cli import speech
from standclear.cli.clock import wall_ms
from standclear.cli.copying import check, heard, one_on_record
from standclear.cli.line import Line
from standclear.cli.options import (
    add_desk_options,
    add_place_options,
    confirm,
    instant_ms,
    read_place,
    span_ms,
    volumes_of,
)
from standclear.cli.output import print_json, utc
from standclear.dialects.copies import Copy, CopyRow, geojson_copy
from standclear.dialects.kml import to_kml
from standclear.dialects.sheet import to_sheet
from standclear.dialects.tabular import to_csv
from standclear.errors import Malformed
from standclear.spacetime.interval import Interval
from standclear.spacetime.volume import Volume, volume_from_value, volume_to_value
from standclear.statements.canonical import b64u, from_b64u
from standclear.statements.fields import Fields
from standclear.statements.lists import REF_BYTES
from standclear.statements.moving import Movement, Zone
from standclear.statements.notices import Activity, Notice, Presence, Site, What, read_notice
from standclear.statements.replies import MEANS, Dissemination, HandedCopy

FORMATS: Final[dict[str, tuple[str, Callable[[Copy], str]]]] = {
    "geojson": (".geojson", geojson_copy),
    "kml": (".kml", to_kml),
    "csv": (".csv", to_csv),
    "sheet": (".html", to_sheet),
}
_DAY: Final = "24 h"


def add_parser(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "export",
        description="Each copy is a dissemination, told to the owners. No protection depends on standing on a copy.",
    )
    add_desk_options(parser)
    add_place_options(parser, is_required=False)
    parser.add_argument("--from", dest="start", metavar="TIME", help="now unless given")
    parser.add_argument("--to", dest="end", metavar="TIME", help="24 hours later unless given")
    parser.add_argument("--as", dest="format", choices=list(FORMATS), help="a sheet unless given")
    parser.add_argument("--out", type=Path, metavar="FILE", help="named after its code unless given")
    parser.add_argument(
        "--for", dest="echelons", action="append", default=[], metavar="NAME", help="who will hold it"
    )
    parser.add_argument("--means", choices=sorted(MEANS), default="system", help="how it travels")
    parser.add_argument("--member", help="your pseudonym in your party's own register")
    parser.add_argument(
        "--expires", metavar="SPAN", help="after which another copy must be made; 24 h unless given"
    )
    parser.add_argument(
        "--no-record", action="store_true", help="a copy that leaves your desk to nobody: not put on record"
    )
    parser.add_argument(
        "--check",
        nargs="?",
        const="",
        metavar="CODE|FILE",
        help="which copies (all of this desk's, or one) are false now, because something inside changed",
    )
    parser.add_argument(
        "--read-back", metavar="CODE", help="a unit read this code back to you (--for whom): put it on record"
    )
    parser.add_argument(
        "--replace",
        metavar="CODE",
        help="the next copy of the same area for the same holders, in place of this one",
    )
    parser.add_argument(
        "--recalled",
        metavar="CODE",
        help="a unit (--for whom) handed this copy back, or destroyed it: put it on record",
    )


def run(arguments: argparse.Namespace) -> int:
    """Make a copy and put it on record; look whether copies still say what stands; or record what a unit said of one."""
    if arguments.read_back is not None:
        return heard(arguments, arguments.read_back, "--read-back", "read_back_correct")
    if arguments.recalled is not None:
        return heard(arguments, arguments.recalled, "--recalled", "recalled")
    if arguments.check is not None:
        return check(arguments)
    with Line.of(arguments.home, arguments.seat) as line:
        earlier = None if arguments.replace is None else one_on_record(line, arguments.replace, "--replace")
        if earlier is not None:
            _take_over(arguments, earlier)
        if not arguments.no_record and not (arguments.echelons and arguments.member):
            raise Malformed("--for", "nobody is named", "say --for whom, and your --member; or --no-record")
        areas, where = _areas(arguments, earlier)
        copy = _copy(line, areas, where, arguments)
        marks = [] if arguments.no_record else _record(line, copy, arguments, earlier)
        path = _write(copy, arguments)
        _keep(line, copy, arguments, path)
    _tell(arguments, copy, path, marks)
    return 0


def _take_over(arguments: argparse.Namespace, earlier: dict[str, Any]) -> None:
    """What is not said of a copy that replaces another is as it was."""
    if arguments.no_record:
        raise Malformed(
            "--no-record", "a copy that replaces another is on record", "leave one of the two out"
        )
    arguments.echelons = arguments.echelons or [one["name"] for one in earlier["holders"]]
    if arguments.format is None and earlier["format"] in FORMATS:
        arguments.format = earlier["format"]
    if arguments.expires is None:
        arguments.expires = f"{max(1, (earlier['expires_ms'] - earlier['as_of_ms']) // 60_000)} min"


def _areas(arguments: argparse.Namespace, earlier: dict[str, Any] | None) -> tuple[list[Volume], str]:
    """The areas asked for, in words; of the copy that is replaced, where no place is given: from now on if its time is over."""
    if arguments.at is None and arguments.geojson is None and earlier is not None and earlier["areas"]:
        volumes = [volume_from_value(one, "areas") for one in earlier["areas"]]
        interval = volumes[0].interval
        if interval.end_ms <= wall_ms() or arguments.start is not None or arguments.end is not None:
            start_ms = instant_ms(arguments.start, "--from", arguments.zone)
            end_ms = start_ms + interval.end_ms - interval.start_ms
            if arguments.end is not None:
                end_ms = instant_ms(arguments.end, "--to", arguments.zone)
            interval = Interval(start_ms=start_ms, end_ms=end_ms)
        return [replace(one, interval=interval) for one in volumes], f"the area of copy {earlier['code']}"
    if arguments.at is None and arguments.geojson is None:
        raise Malformed("--at", "no place is given", "give --at or --geojson; or --check")
    start_ms = instant_ms(arguments.start, "--from", arguments.zone)
    end_ms = start_ms + span_ms(_DAY, "--to")
    if arguments.end is not None:
        end_ms = instant_ms(arguments.end, "--to", arguments.zone)
    placed = read_place(arguments)
    confirm(placed, yes=arguments.yes)
    areas = volumes_of(placed, arguments, Interval(start_ms=start_ms, end_ms=end_ms))
    return areas, f"{placed.read_back}, {arguments.radius}"


# --- making a copy --------------------------------------------------------------------------------


def _copy(line: Line, areas: Sequence[Volume], where: str, arguments: argparse.Namespace) -> Copy:
    about = line.client.log()
    items: dict[str, dict[str, Any]] = {}
    as_of_ms = 0
    for area in areas:
        answer = line.client.released(volume_to_value(area))
        as_of_ms = answer["as_of_ms"]
        items |= {one["ref"]: one for one in answer["items"]}
    interval = areas[0].interval
    return Copy(
        log=about["name"],
        exercise=bool(about["exercise"]),
        holder=line.desk.party_name,
        asked=f"{where}, from {utc(interval.start_ms)} to {utc(interval.end_ms)}",
        areas=tuple(areas),
        as_of_ms=as_of_ms,
        expires_ms=as_of_ms + span_ms(arguments.expires or _DAY, "--expires"),
        rows=tuple(_row(line, number, one) for number, one in enumerate(items.values(), start=1)),
    )


def _row(line: Line, number: int, item: dict[str, Any]) -> CopyRow:
    body = None
    if item["body"] is not None:
        value = {name: one for name, one in item["body"].items() if name != "type"}
        body = read_notice(item["kind"], Fields(value, "body"))
    return CopyRow(
        number=number,
        ref=from_b64u(item["ref"], REF_BYTES, "ref"),
        kind=item["kind"],
        what=item["kind"] if body is None else what_in_words(body.what),
        name="" if body is None else body.name,
        owner=line.name_of(from_b64u(item["sender"], 16, "sender")),
        form=item["form"],
        condition=item["condition"],
        travel=item["travel"],
        contact="" if body is None else body.contact,
        note=_note(body),
        volumes=() if body is None else body.volumes,
    )


def what_in_words(what: What) -> str:
    """A notice's kind and sort."""
    match what:
        case Site():
            words = f"site: {what.category}"
        case Presence():
            words = "presence"
        case Activity():
            words = f"activity: {what.activity_type}"
        case Movement():
            words = f"movement: {what.movement_type}"
        case Zone():
            words = f"zone: {what.zone_type}, {what.restriction}"
        case _:
            assert_never(what)
    return words.replace("_", " ")


def _note(body: Notice | None) -> str:
    return "" if body is None or body.note is None else f"[{body.note.lang}] {body.note.text}"


def _format(arguments: argparse.Namespace) -> str:
    return arguments.format or "sheet"


def _record(
    line: Line, copy: Copy, arguments: argparse.Namespace, earlier: dict[str, Any] | None
) -> list[str]:
    """Say who was handed the copy, and tell the owners: they see all of it but the areas that were asked for."""
    terms = HandedCopy(
        code=copy.code(),
        format=_format(arguments),
        as_of_ms=copy.as_of_ms,
        expires_ms=copy.expires_ms,
        supersedes=None if earlier is None else earlier["code"],
        areas=copy.areas,
    )
    body = Dissemination(
        echelons=tuple(arguments.echelons),
        third_party=None,
        third_name="",
        means="paper" if _format(arguments) == "sheet" else arguments.means,
        member=arguments.member,
        note=None,
        copy=terms,
    )
    owners = [line.names()[name] for name in sorted({row.owner for row in copy.rows})]
    draft = speech.handing_out(body, owners, line.under, [row.ref for row in copy.rows])
    return list(line.say(draft).marks)


def _write(copy: Copy, arguments: argparse.Namespace) -> Path:
    suffix, write = FORMATS[_format(arguments)]
    path: Path = arguments.out or Path(f"copy-{copy.code()}{suffix}")
    if copy.exercise and not path.name.startswith("EXERCISE"):
        path = path.with_name(f"EXERCISE-{path.name}")
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(write(copy))
    return path


def _keep(line: Line, copy: Copy, arguments: argparse.Namespace, path: Path) -> None:
    kept = {
        "areas": [volume_to_value(one) for one in copy.areas],
        "asked": copy.asked,
        "as_of_ms": copy.as_of_ms,
        "code": copy.code(),
        "expires_ms": copy.expires_ms,
        "file": str(path),
        "for": arguments.echelons,
        "recorded": not arguments.no_record,
        "rows": [
            {"condition": row.condition, "name": row.name, "number": row.number, "ref": b64u(row.ref)}
            for row in copy.rows
        ],
    }
    line.home.note(f"copy-{copy.code()}", kept)


def _tell(arguments: argparse.Namespace, copy: Copy, path: Path, marks: Sequence[str]) -> None:
    if arguments.json:
        print_json({"code": copy.code(), "file": str(path), "marks": list(marks), "rows": len(copy.rows)})
        return
    print(f"{path}: copy {copy.code()}, {len(copy.rows)} numbered, expires {utc(copy.expires_ms)}")
    if not copy.rows:
        print("nothing that was released to you; others may be there")
    if arguments.no_record:
        print("not on record: hand it to nobody")
    if "beyond_release" in marks:
        print("beyond release: an owner released something inside for your desk only; the owner is told")
