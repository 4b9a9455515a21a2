"""`standclear compliance`: what each party and desk owed in a span of time, and how it answered; as a table, CSV or XLSX (G30)."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from standclear.cli.line import Line
from standclear.cli.options import add_desk_options, instant_ms
from standclear.cli.output import print_json, print_table, utc
from standclear.dialects.tabular import plain
from standclear.errors import Malformed
from standclear.spacetime.units import FOREVER_MS
from standclear.statements.canonical import from_b64u
from standclear.statements.notices import GRADE_ORDER

Cell = str | int | float | None
Table = tuple[str, tuple[str, ...], list[tuple[Cell, ...]]]

_GRADES: Final = tuple(cell for grade in GRADE_ORDER for cell in (grade, f"{grade} %"))
_FILED: Final = ("filed", "items", "late", "over_quota", "over_total", "aware", "held", "uncited", "blanket")
_COUNTS: Final = (
    "owed",
    "in_time",
    "late",
    "unanswered",
    "waiting",
    "partly",
    "attested",
    "escalated",
    "leading",
    "too_late",
)

_READY: Final = (
    "hours", "on watch %", "checks due", "answered", "attested", "missed", "waiting", "drills", "answered %",
)  # fmt: skip
_HOUR_MS: Final = 3_600_000


def add_parser(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "compliance",
        description="Counts with their denominators; late is late, and why is not in it. You see your own traffic; a monitor all.",
    )
    add_desk_options(parser)
    parser.add_argument("--from", dest="start", metavar="TIME", help="the beginning unless given")
    parser.add_argument("--to", dest="end", metavar="TIME", help="no end unless given")
    parser.add_argument("--zone", help="the time zone of times that state none")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="every table, one after the other")
    parser.add_argument("--xlsx", type=Path, metavar="FILE", help="a workbook with a sheet for each table")


def run(arguments: argparse.Namespace) -> int:
    """Ask for the figures, and show or write them."""
    start_ms = 0 if arguments.start is None else instant_ms(arguments.start, "--from", arguments.zone)
    end_ms = FOREVER_MS if arguments.end is None else instant_ms(arguments.end, "--to", arguments.zone)
    with Line.of(arguments.home, arguments.seat) as line:
        found = line.client.compliance(start_ms, end_ms)
        names = {party: name for name, party in line.names().items()}
        desks = {
            from_b64u(desk["desk"], 16, "desk"): desk["name"]
            for party in line.client.parties()
            for desk in party["desks"]
        }
    tables = tables_of(found, names, desks)
    heading = _heading(found)
    if arguments.csv is not None:
        _write_csv(arguments.csv, heading, tables)
    if arguments.xlsx is not None:
        _write_xlsx(arguments.xlsx, heading, tables)
    if arguments.json:
        print_json(found)
    else:
        print(heading)
        for title, columns, rows in tables:
            print(f"\n{title}")
            print_table(columns, [["-" if cell is None else cell for cell in row] for row in rows])
    return 0


def _heading(found: dict[str, Any]) -> str:
    end = "now" if found["end_ms"] >= FOREVER_MS else utc(found["end_ms"])
    start = "the beginning" if not found["start_ms"] else utc(found["start_ms"])
    whose = "all traffic" if found["whole"] else "your own traffic, and what you monitor"
    exercise = "EXERCISE  " if found["exercise"] else ""
    return f"{exercise}{whose}, from {start} to {end}, as of {utc(found['as_of_ms'])}"


def tables_of(found: dict[str, Any], names: dict[bytes, str], desks: dict[bytes, str]) -> tuple[Table, ...]:
    """The tables: duties by party, by desk, by week; filings; grades; readiness; arrears. Shares are per cent of the count."""

    def party(one: dict[str, Any]) -> str:
        sid = from_b64u(one["party"], 16, "party")
        return names.get(sid, sid.hex()[:8])

    def desk(one: dict[str, Any]) -> str:
        sid = from_b64u(one["desk"], 16, "desk")
        return desks.get(sid, sid.hex()[:8])

    counted = (*_COUNTS, "answered %", "in time %", "median min", "lead min")
    by_party = [(party(one), one["duty"], one["kind"], *_tally(one)) for one in found["duties"]]
    by_desk = [
        (party(one), desk(each), one["duty"], one["kind"], *_tally(each))
        for one in found["duties"]
        for each in one["desks"]
    ]
    by_week = [
        (party(one), utc(each["start_ms"])[:10], one["duty"], one["kind"], *_tally(each))
        for one in found["duties"]
        for each in one["weeks"]
    ]
    filings = [
        (party(one), desk(one), one["kind"], *(one[name] for name in _FILED)) for one in found["filings"]
    ]
    grades = [
        (
            party(one),
            one["sites"],
            *(cell for grade in GRADE_ORDER for cell in _share(one, grade)),
            one["below"],
        )
        for one in found["grades"]
    ]
    readiness = [(party(one), desk(one), *_ready(one)) for one in found["desks"]]
    arrears: list[tuple[Cell, ...]] = [
        (
            names.get(from_b64u(one["silent"], 16, "silent"), one["silent"][:8]),
            names.get(from_b64u(one["owner"], 16, "owner"), one["owner"][:8]),
            utc(one["since_ms"]),
            one["ladders"],
            one["matters"],
        )
        for one in found["arrears"]
    ]
    return (
        ("What each party owed, and what became of it", ("party", "duty", "kind", *counted), by_party),
        ("Which desk answered", ("party", "desk", "duty", "kind", *counted), by_desk),
        ("Week by week", ("party", "week from", "duty", "kind", *counted), by_week),
        ("What each desk filed", ("party", "desk", "kind", *_FILED), filings),
        ("How sites were established", ("party", "sites", *_GRADES, "below what is asked"), grades),
        ("Which desks were ready", ("party", "desk", *_READY), readiness),
        (
            "Who is silent towards whom now, and since when",
            ("silent", "towards", "since", "unacknowledged", "unanswered"),
            arrears,
        ),
    )


def _share(one: dict[str, Any], grade: str) -> tuple[Cell, Cell]:
    return one[grade], round(100 * one[grade] / one["sites"], 1)


def _ready(one: dict[str, Any]) -> tuple[Cell, ...]:
    """Hours for which it was asked to keep a watch, and the share of them kept; line checks due, and the share answered."""
    closed = one["due"] - one["waiting"]
    return (
        round(one["bound_ms"] / _HOUR_MS, 1),
        round(100 * one["watched_ms"] / one["bound_ms"], 1),
        *(one[name] for name in ("due", "answered", "attested", "missed", "waiting", "drills")),
        None if not closed else round(100 * one["answered"] / closed, 1),
    )


def _tally(one: dict[str, Any]) -> tuple[Cell, ...]:
    """The counts; of what is due already (owed less waiting) the shares answered and in time; the median."""
    due = one["owed"] - one["waiting"]
    answered = one["in_time"] + one["late"]
    twice, lead = one["median_twice_ms"], one["lead_median_twice_ms"]
    return (
        *(one[name] for name in _COUNTS),
        None if not due else round(100 * answered / due, 1),
        None if not due else round(100 * one["in_time"] / due, 1),
        None if twice is None else round(twice / 120_000, 1),
        None if lead is None else round(lead / 120_000, 1),
    )


def _write_csv(path: Path, heading: str, tables: Sequence[Table]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([f"# {heading}"])
        for title, columns, rows in tables:
            writer.writerow([])
            writer.writerow([f"# {title}"])
            writer.writerow(columns)
            writer.writerows([plain(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)


def _write_xlsx(path: Path, heading: str, tables: Sequence[Table]) -> None:
    try:
        import xlsxwriter
    except ImportError as missing:
        raise Malformed(
            "--xlsx", "the writer of workbooks is not installed here", "install standclear[client]"
        ) from missing
    # Nothing a party wrote becomes a formula or a link.
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        bold = book.add_format({"bold": True})
        for number, (title, columns, rows) in enumerate(tables, start=1):
            names_of = ("Parties", "Desks", "Weeks", "Filings", "Grades", "Readiness", "Arrears")
            sheet = book.add_worksheet(names_of[number - 1])
            sheet.write_string(0, 0, heading)
            sheet.write_string(1, 0, title, bold)
            sheet.write_row(3, 0, columns, bold)
            for at, row in enumerate(rows, start=4):
                sheet.write_row(at, 0, ["" if cell is None else cell for cell in row])
            sheet.freeze_panes(4, 0)
