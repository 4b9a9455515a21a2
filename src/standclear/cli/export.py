"""`standclear export`: what is released to you for an area and time, as a copy that others can hold; and which copies are false."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, assert_never

from standclear.cli.clock import wall_ms
from standclear.cli.home import Home
from standclear.cli.line import Line
from standclear.cli.options import (
    add_desk_options,
    add_place_options,
    confirm,
    filed_value,
    instant_ms,
    read_place,
    span_ms,
    volumes_of,
)
from standclear.cli.output import print_json, print_table, utc
from standclear.dialects.copies import CODE_LETTERS, Copy, CopyRow, geojson_copy
from standclear.dialects.kml import to_kml
from standclear.dialects.sheet import to_sheet
from standclear.dialects.tabular import to_csv
from standclear.errors import Malformed, NotFound
from standclear.spacetime.interval import Interval
from standclear.spacetime.volume import Volume, volume_to_value
from standclear.statements.asking import Contact
from standclear.statements.canonical import b64u, from_b64u
from standclear.statements.compose import Draft, Recipient
from standclear.statements.fields import Fields
from standclear.statements.lists import REF_BYTES
from standclear.statements.moving import Movement, Zone
from standclear.statements.notices import Activity, Note, Notice, Presence, Site, What, read_notice
from standclear.statements.replies import MEANS, Dissemination

FORMATS: Final[dict[str, tuple[str, Callable[[Copy], str]]]] = {
    "geojson": (".geojson", geojson_copy),
    "kml": (".kml", to_kml),
    "csv": (".csv", to_csv),
    "sheet": (".html", to_sheet),
}
_CODE: Final = re.compile(rf"Copy ([0-9A-HJKMNP-TV-Z]{{{CODE_LETTERS}}})\b")
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
    parser.add_argument("--as", dest="format", choices=list(FORMATS), default="sheet")
    parser.add_argument("--out", type=Path, metavar="FILE", help="named after its code unless given")
    parser.add_argument(
        "--for", dest="echelons", action="append", default=[], metavar="NAME", help="who will hold it"
    )
    parser.add_argument("--means", choices=sorted(MEANS), default="system", help="how it travels")
    parser.add_argument("--member", help="your pseudonym in your party's own register")
    parser.add_argument(
        "--expires", default=_DAY, metavar="SPAN", help="after which another copy must be made"
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


def run(arguments: argparse.Namespace) -> int:
    """Make a copy and put it on record; look whether copies still say what stands; or record a code that was read back."""
    if arguments.read_back is not None:
        return _read_back(arguments)
    if arguments.check is not None:
        return _check(arguments)
    if arguments.at is None and arguments.geojson is None:
        raise Malformed("--at", "no place is given", "give --at or --geojson; or --check")
    if not arguments.no_record and not (arguments.echelons and arguments.member):
        raise Malformed("--for", "nobody is named", "say --for whom, and your --member; or --no-record")
    start_ms = instant_ms(arguments.start, "--from", arguments.zone)
    end_ms = (
        start_ms + span_ms(_DAY, "--to")
        if arguments.end is None
        else instant_ms(arguments.end, "--to", arguments.zone)
    )
    placed = read_place(arguments)
    confirm(placed, yes=arguments.yes)
    areas = volumes_of(placed, arguments, Interval(start_ms=start_ms, end_ms=end_ms))
    with Line.of(arguments.home, arguments.seat) as line:
        copy = _copy(line, areas, f"{placed.read_back}, {arguments.radius}", arguments)
        marks = [] if arguments.no_record or not copy.rows else _record(line, copy, arguments)
        path = _write(copy, arguments)
        _keep(line, copy, arguments, path)
    _tell(arguments, copy, path, marks)
    return 0


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
        expires_ms=as_of_ms + span_ms(arguments.expires, "--expires"),
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


def _record(line: Line, copy: Copy, arguments: argparse.Namespace) -> list[str]:
    """Put the copy on record as a dissemination, and tell the owners."""
    body = Dissemination(
        echelons=tuple(arguments.echelons),
        third_party=None,
        third_name="",
        means="paper" if arguments.format == "sheet" else arguments.means,
        member=arguments.member,
        note=Note(
            lang="en", text=f"copy {copy.code()} as {arguments.format}, expires {utc(copy.expires_ms)}"
        ),
    )
    names = line.names()
    draft = Draft(
        kind="dissemination",
        under=line.under,
        forms={"exact": [body.to_value()]},
        to=[Recipient(party=names[name]) for name in sorted({row.owner for row in copy.rows})],
        cites=sorted({row.ref for row in copy.rows}),
    )
    return list(line.say(draft).marks)


def _write(copy: Copy, arguments: argparse.Namespace) -> Path:
    suffix, write = FORMATS[arguments.format]
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
        "owners": sorted({b64u(line.names()[row.owner]) for row in copy.rows}),
        "read_back": [],
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


# --- which copies were read back, and which are false ----------------------------------------------


def _read_back(arguments: argparse.Namespace) -> int:
    """A unit read a copy's code back: the copy that it holds is the one that was made. Told to the owners as a contact."""
    code = arguments.read_back.upper().replace("-", "").replace(" ", "")
    if len(arguments.echelons) != 1 or not arguments.member:
        raise Malformed("--for", "who read it back is not said", "say --for the unit, and your --member")
    with Line.of(arguments.home, arguments.seat) as line:
        [kept] = _kept(line.home, code)
        if not kept["rows"]:
            raise Malformed("--read-back", "nothing is on this copy", "there is nothing to put on record")
        contact = Contact(
            whom=arguments.echelons[0],
            party=None,
            at_ms=wall_ms(),
            channel="code",
            result="read_back_correct",
            read_back=code,
            scan=None,
            member=arguments.member,
        )
        draft = Draft(
            kind="contact",
            under=line.under,
            forms={"exact": [contact.to_value()]},
            to=[Recipient(party=from_b64u(owner, 16, "owner")) for owner in kept["owners"]],
            cites=sorted({from_b64u(row["ref"], REF_BYTES, "ref") for row in kept["rows"]}),
        )
        filed = line.say(draft)
        kept["read_back"].append({"at_ms": filed.integrated_ms, "by": contact.whom})
        line.home.note(f"copy-{code}", kept)
    if arguments.json:
        print_json(filed_value(filed))
    else:
        print(f"on record as entry {filed.index}: {contact.whom} holds copy {code}")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    with Line.of(arguments.home, arguments.seat) as line:
        kept = _kept(line.home, arguments.check)
        found = [_compare(line, one) for one in kept]
    if arguments.json:
        print_json({"copies": found})
    else:
        rows = [
            (one["code"], _holders(one), utc(one["as_of_ms"]), change)
            for one in found
            for change in one["changes"]
        ]
        print_table(("copy", "held by", "as of", "false because"), rows)
        same = [one["code"] for one in found if not one["changes"]]
        if same:
            print(f"as they were made, of what was released to you: {', '.join(same)}")
    return 1 if any(one["changes"] for one in found) else 0


def _holders(one: dict[str, Any]) -> str:
    """For whom a copy was made, and who read its code back."""
    back = {each["by"] for each in one["read_back"]}
    return ", ".join(f"{name} (read back)" if name in back else name for name in one["for"]) or "-"


def _kept(home: Home, asked: str) -> list[dict[str, Any]]:
    """The copies of this desk: all, or the one of a code or a file.

    Raises:
        NotFound: this desk made no such copy.
    """
    codes = sorted(path.stem.removeprefix("copy-") for path in (home.path / "notes").glob("copy-*.json"))
    if asked:
        path = Path(asked)
        code = _code_in(path) if path.is_file() else asked.upper()
        if code not in codes:
            raise NotFound(
                kind="copy", id=code, copies=codes, remedy="only the desk that made it can check it"
            )
        codes = [code]
    return [home.noted(f"copy-{code}") for code in codes]


def _code_in(path: Path) -> str:
    found = _CODE.search(path.read_text("utf-8", errors="replace"))
    if found is None:
        raise Malformed("--check", f"{path} holds no copy's code", "name the file as it was exported")
    return found[1]


def _compare(line: Line, kept: dict[str, Any]) -> dict[str, Any]:
    """What changed inside a copy since it was made: what it holds, and what it does not hold."""
    held = {row["ref"]: row for row in kept["rows"]}
    refs = [from_b64u(ref, REF_BYTES, "ref") for ref in held]
    changes, there = [], set()
    for place, area in enumerate(kept["areas"]):
        answer = line.client.released(area, refs if place == 0 else ())
        there |= {one["ref"] for one in answer["items"]}
        for one in answer["known"]:
            row = held[one["ref"]]
            if one["condition"] != row["condition"]:
                changes.append(
                    f"{row['number']} {row['name']}: was {row['condition']}, is {one['condition']}"
                )
    added = len(there - held.keys())
    if added:
        changes.append(f"{added} more inside that it does not show")
    if wall_ms() > kept["expires_ms"]:
        changes.append(f"expired {utc(kept['expires_ms'])}")
    return {
        "as_of_ms": kept["as_of_ms"],
        "changes": changes,
        "code": kept["code"],
        "file": kept["file"],
        "for": kept["for"],
        "read_back": kept["read_back"],
    }
