"""`standclear attest`: what of yours lapses by when, and all of it said again, unchanged, in as few statements as hold it.

Rows go out with the recipients that they had, as one list for each (G16). Nobody who has acknowledged the version before
owes an answer to one that says the same for longer (ADR 0051).
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from standclear.cli import speech
from standclear.cli.again import recipients_of, slots_of
from standclear.cli.clock import wall_ms
from standclear.cli.line import Line
from standclear.cli.options import add_desk_options, instant_ms, reference
from standclear.cli.output import Progress, print_json, print_table, utc
from standclear.errors import Malformed
from standclear.limits import ITEMS_MAX
from standclear.spacetime.interval import Interval
from standclear.spacetime.volume import Volume
from standclear.statements.canonical import b64u, from_b64u
from standclear.statements.compose import Draft, Recipient
from standclear.statements.fields import Fields
from standclear.statements.lists import FORMS, split_ref
from standclear.statements.notices import Notice, Presence, Site, read_notice

KINDS: Final = ("site", "presence")
FATES: Final = ("unchanged", "closed", "leave")
_SHOWN: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One of one's own notices that lapses, and what is to become of it."""

    ref: bytes
    kind: str
    name: str
    ends_ms: int
    fate: str


def add_parser(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "attest",
        description="Without --until it only lists. What lapses is matched as before: lapse removes no protection.",
    )
    add_desk_options(parser)
    parser.add_argument(
        "--before", metavar="TIME", help="what lapses before this time; all that stands unless given"
    )
    parser.add_argument("--kind", choices=KINDS, default="site")
    parser.add_argument(
        "--list", dest="lists", action="append", default=[], metavar="SID", help="of this list only"
    )
    parser.add_argument("--until", metavar="TIME", help="say all of it again, unchanged, until this time")
    parser.add_argument(
        "--exceptions",
        type=Path,
        metavar="FILE",
        help=f"CSV with the columns ref and fate: {', '.join(FATES)}",
    )
    parser.add_argument("--zone", help="the time zone of times that state none")


def run(arguments: argparse.Namespace) -> int:
    """List what lapses; say it again where an end is given."""
    fates = read_fates(arguments.exceptions)
    before_ms = None if arguments.before is None else instant_ms(arguments.before, "--before", arguments.zone)
    with Line.of(arguments.home, arguments.seat) as line:
        rows = sorted(_rows(arguments, line, before_ms, fates), key=lambda one: (one.ends_ms, one.ref))
        _require_known(fates, rows)
        if arguments.until is None:
            return _show(arguments, rows)
        until_ms = instant_ms(arguments.until, "--until", arguments.zone)
        _require_later(rows, until_ms)
        said = [*_said_again(line, rows, until_ms), *_closed(line, rows)]
    if arguments.json:
        print_json(said)
    else:
        print_table(("what", "rows", "entry", "marks", "statement"), [tuple(one.values()) for one in said])
        print(f"left as they are: {sum(one.fate == 'leave' for one in rows)}")
    return 0


def read_fates(path: Path | None) -> dict[bytes, str]:
    """What is to become of single rows: a CSV file with the columns ref and fate.

    Raises:
        Malformed: it cannot be read, a column is missing, a fate is not known, a row stands twice; the line is named.
    """
    if path is None:
        return {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            listed = list(csv.DictReader(file))
    except (OSError, ValueError, csv.Error) as error:
        raise Malformed("--exceptions", f"{path}: {error}", "name a CSV file") from None
    found: dict[bytes, str] = {}
    for number, row in enumerate(listed, start=2):
        fate = (row.get("fate") or "").strip()
        if "ref" not in row or fate not in FATES:
            reason = f"line {number}: not a ref with one of {', '.join(FATES)}"
            raise Malformed("--exceptions", reason, "write the columns ref and fate")
        ref = reference((row["ref"] or "").strip())
        if ref in found:
            raise Malformed("--exceptions", f"line {number}: the same row again", "give each row one fate")
        found[ref] = fate
    return found


def _rows(
    arguments: argparse.Namespace, line: Line, before_ms: int | None, fates: dict[bytes, str]
) -> Iterator[Row]:
    lists = {from_b64u(sid, 32, "--list") for sid in arguments.lists}
    for one in line.client.own(arguments.kind):
        ref = reference(one["ref"])
        is_meant = before_ms is None or one["ends_ms"] < before_ms or ref in fates
        if is_meant and (not lists or split_ref(ref)[0] in lists):
            yield Row(
                ref=ref,
                kind=one["kind"],
                name=one["name"],
                ends_ms=one["ends_ms"],
                fate=fates.get(ref, "unchanged"),
            )


def _require_known(fates: dict[bytes, str], rows: Sequence[Row]) -> None:
    unknown = fates.keys() - {one.ref for one in rows}
    if unknown:
        shown = ", ".join(sorted(map(b64u, unknown))[:3])
        raise Malformed(
            "--exceptions", f"{len(unknown)} rows are none of yours that stand: {shown}", "mend them"
        )


def _require_later(rows: Sequence[Row], until_ms: int) -> None:
    """Refuse an end that would shorten what was promised: that is no attestation."""
    late = max((one.ends_ms for one in rows if one.fate == "unchanged"), default=0)
    if until_ms < max(late, wall_ms()):
        raise Malformed(
            "--until", f"earlier than now, or than what is said until {utc(late)}", "name a later time"
        )


def _show(arguments: argparse.Namespace, rows: Sequence[Row]) -> int:
    if arguments.json:
        print_json(
            [
                {"ref": b64u(one.ref), "name": one.name, "ends_ms": one.ends_ms, "fate": one.fate}
                for one in rows
            ]
        )
        return 0
    print_table(
        ("until", "name", "fate", "reference"),
        [(utc(one.ends_ms), one.name, one.fate, b64u(one.ref)) for one in rows[:_SHOWN]],
    )
    more = f", of which {_SHOWN} are shown" if len(rows) > _SHOWN else ""
    print(f"{len(rows):,} {arguments.kind}(s){more}; say them again: standclear attest --until TIME")
    return 0


# --- saying again ---------------------------------------------------------------------------------


def _said_again(line: Line, rows: Sequence[Row], until_ms: int) -> Iterator[dict[str, Any]]:
    """One statement for each run of rows with the same recipients and forms, as full as it may be."""
    kept = [one for one in rows if one.fate == "unchanged"]
    groups: dict[tuple[tuple[Recipient, ...], tuple[str, ...]], list[tuple[Row, dict[str, Notice]]]] = {}
    progress = Progress("read", len(kept))
    for sid, some in _by_statement(kept).items():
        to = tuple(slots_of(line, some[0].ref))
        for row, forms in _read(line, sid, some):
            groups.setdefault((to, tuple(forms)), []).append((row, forms))
        progress.at(sum(map(len, groups.values())))
    progress.end()
    for (to, names), members in groups.items():
        for start in range(0, len(members), ITEMS_MAX):
            chunk = members[start : start + ITEMS_MAX]
            filed = line.say(_draft(line, chunk, names, to, until_ms))
            yield _told("said again, unchanged", len(chunk), filed)


def _by_statement(rows: Sequence[Row]) -> dict[bytes, list[Row]]:
    found: dict[bytes, list[Row]] = {}
    for one in rows:
        found.setdefault(split_ref(one.ref)[0], []).append(one)
    return found


def _read(line: Line, sid: bytes, rows: Sequence[Row]) -> Iterator[tuple[Row, dict[str, Notice]]]:
    """Each row with its forms as they were said.

    Raises:
        Malformed: words of it were shredded.
    """
    bodies: dict[int, dict[str, Any]] = {}
    for body in line.client.statement(sid)["bodies"]:
        bodies.setdefault(body["item"], {})[body["form"]] = body["body"]
    for row in rows:
        said = bodies.get(split_ref(row.ref)[1], {})
        if said.get("exact") is None:
            raise Malformed("REF", f"the words of {b64u(row.ref)} were shredded", "file it anew, or leave it")
        forms = {}
        for form in (one for one in FORMS if said.get(one) is not None):
            value = {name: one for name, one in said[form].items() if name != "type"}
            forms[form] = read_notice(row.kind, Fields(value, "body"))
        yield row, forms


def _draft(
    line: Line,
    chunk: Sequence[tuple[Row, dict[str, Notice]]],
    names: Sequence[str],
    to: Sequence[Recipient],
    until_ms: int,
) -> Draft:
    now_ms = wall_ms()
    return speech.filing(
        {name: [attested(forms[name], now_ms, until_ms) for _, forms in chunk] for name in names},
        to,
        line.under,
        replaces=[(row.ref, item) for item, (row, _) in enumerate(chunk)],
    )


def attested(one: Notice, now_ms: int, until_ms: int) -> Notice:
    """A notice said again, unchanged, until a later time."""
    match one.what:
        case Site():
            what: Site | Presence = replace(one.what, valid_until_ms=until_ms)
        case Presence():
            what = replace(one.what, as_of_ms=now_ms, age_max_ms=max(1, until_ms - now_ms))
        case _:
            raise AssertionError("only sites and presences are attested")
    volumes = tuple(_until(volume, until_ms) for volume in one.volumes)
    return replace(one, what=what, volumes=volumes, change="unchanged")


def _until(volume: Volume, until_ms: int) -> Volume:
    interval = Interval(start_ms=volume.interval.start_ms, end_ms=max(volume.interval.end_ms, until_ms))
    return replace(volume, interval=interval)


def _closed(line: Line, rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """What is there no more, in one ending for each kind."""
    refs = [one.ref for one in rows if one.fate == "closed"]
    if refs:
        to = recipients_of(line, refs)
        filed = line.say(speech.ending(rows[0].kind, refs, to, line.under, act="close", reason="closed"))
        yield _told("closed", len(refs), filed)


def _told(what: str, count: int, filed: Any) -> dict[str, Any]:
    return {
        "what": what,
        "rows": count,
        "entry": filed.index,
        "marks": ", ".join(filed.marks),
        "statement": b64u(filed.sid),
    }
