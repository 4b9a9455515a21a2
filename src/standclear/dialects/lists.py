"""Lists of sites: every row is accepted, doubtful with its reasons, or returned; none is dropped, none mended.

What is read and what is asked is in `docs/guide/places-and-times.md`. The questions are put in groups and answered
in `dialects.worklist`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from standclear.dialects.coordinates import read_columns, read_position
from standclear.dialects.places.datums import read_datum
from standclear.dialects.places.entered import EnteredPosition
from standclear.dialects.sites.categories import category_of
from standclear.dialects.sites.columns import find_columns
from standclear.dialects.sites.rows import (
    REASONS,
    DoubtfulRow,
    Intake,
    Listed,
    Reason,
    ReturnedRow,
    SiteRow,
)
from standclear.dialects.sites.scrutiny import Placed, area_reasons, nearness, own_reasons, theatre_reasons
from standclear.dialects.tables import Row, Table
from standclear.errors import Ambiguous, Malformed
from standclear.spacetime.shape import Area

E7: Final = 10_000_000
_NOTHING: Final = frozenset({"", "-", "–", "—", "n/a", "na", "nan", "null", "none", "#n/a", "нет", "yok"})
_FORMULA: Final = ("=", "+", "-", "@", "\t")


def read_sites(
    table: Table,
    *,
    field: str = "list",
    columns: Mapping[str, str] | None = None,
    theatre: Area | None = None,
    bounds: Mapping[str, Area] | None = None,
    order: str | None = None,
    language: str | None = None,
    datum: str | None = None,
) -> Intake:
    """Every row of a list with its fate.

    Args:
        columns: which column says what (see `sites.columns.ROLES`); found by their names if not stated.
        theatre: where the arrangement holds.
        bounds: the outline of each country that the list names.
        order, language, datum: what the caller knows of the positions (see `coordinates.read_position`); a
            datum in a column of its own goes before.

    Raises:
        Malformed: no column of positions is known.
        Ambiguous: several columns can be meant.

    Example:
        >>> from standclear.dialects.tables import read_table
        >>> table = read_table(b"Name,Lat,Long\\nClinic,35.93021,36.63377\\nSchool,,\\n", field="list")
        >>> intake = read_sites(table, datum="WGS84")
        >>> [row.listed.name for row in intake.accepted], [row.reasons[0].code for row in intake.doubtful]
        (['Clinic'], ['no-position'])
    """
    places = find_columns(table.columns, table.tags, columns, field=field)
    read_datum(datum, field=f"{field}.datum")
    reader = _reader(places, order, language, datum)
    cells = _Cells(places)
    placed: list[Placed] = []
    reasons: list[list[Reason]] = []
    doubtful: list[DoubtfulRow] = []
    for row in table.rows:
        listed = cells.listed(row)
        ragged = [Reason(code="ragged")] if row.is_ragged else []
        outcome = _position_of(row, cells, reader)
        if isinstance(outcome, Reason):
            doubtful.append(DoubtfulRow(listed=listed, position=None, reasons=(outcome, *ragged)))
        else:
            placed.append(Placed(listed=listed, position=outcome))
            reasons.append([*own_reasons(outcome), *ragged])
    known = {name.strip().casefold(): area for name, area in (bounds or {}).items()}
    far, near = area_reasons(placed), nearness(placed)
    accepted: list[SiteRow] = []
    for index, one in enumerate(placed):
        found = [
            *reasons[index],
            *theatre_reasons(one, theatre, known),
            *far.get(index, ()),
            *near.reasons.get(index, ()),
        ]
        if found:
            doubtful.append(DoubtfulRow(listed=one.listed, position=one.position, reasons=_once(found)))
        else:
            marks = tuple(f"near row {number}" for number in near.neighbours.get(index, ()))
            radius_cm = one.position.uncertainty_cm
            accepted.append(
                SiteRow(listed=one.listed, position=one.position, radius_cm=radius_cm, marks=marks)
            )
    return Intake(
        sha256=table.sha256,
        encoding=table.encoding,
        delimiter=table.delimiter,
        columns=tuple((role, table.columns[at]) for role, at in places.items()),
        accepted=tuple(accepted),
        doubtful=tuple(sorted(doubtful, key=lambda row: row.listed.number)),
        returned=(),
        set_aside=table.set_aside,
        near_pairs=near.pairs,
        near_rows=near.rows,
        doubts=table.doubts,
    )


def _once(found: list[Reason]) -> tuple[Reason, ...]:
    """Each code once: theatre, country and area may say the same of a row."""
    return tuple({reason.code: reason for reason in reversed(found)}.values())[::-1]


class _Cells:
    """The cells of a row by their role."""

    def __init__(self, places: Mapping[str, int]) -> None:
        self._places = places
        self.position_roles = ("position",) if "position" in places else ("latitude", "longitude")

    def verbatim(self, row: Row, role: str) -> str:
        """The cell as it stands; empty if the row is too short or the list has no such column."""
        at = self._places.get(role)
        return row.cells[at] if at is not None and at < len(row.cells) else ""

    def listed(self, row: Row) -> Listed:
        words = self.verbatim(row, "category").strip()
        name = self.verbatim(row, "name").strip()
        return Listed(
            number=row.number,
            name=name,
            category=category_of(words or name),
            category_words=words,
            admin=self.verbatim(row, "admin").strip(),
            country=self.verbatim(row, "country").strip(),
            source=self.verbatim(row, "source").strip(),
            entered="\t".join(self.verbatim(row, role) for role in self.position_roles),
            owner=_said(self.verbatim(row, "owner")),
            consent=_said(self.verbatim(row, "consent")),
        )


def _said(cell: str) -> str:
    return "" if is_nothing(cell) else cell.strip()


def _reader(
    places: Mapping[str, int], order: str | None, language: str | None, datum: str | None
) -> Callable[[Row, _Cells], EnteredPosition]:
    """How the position of a row is read: from one column or from two, in the datum of the row or of the list."""

    def read(row: Row, cells: _Cells) -> EnteredPosition:
        stated = cells.verbatim(row, "datum").strip() or datum
        field = "row"
        if "position" in places:
            text = cells.verbatim(row, "position")
            return read_position(text, field=field, order=order, language=language, datum=stated)
        lat, lon = cells.verbatim(row, "latitude"), cells.verbatim(row, "longitude")
        return read_columns(lat.strip(), lon.strip(), field=field, language=language, datum=stated)

    return read


def _position_of(
    row: Row, cells: _Cells, reader: Callable[[Row, _Cells], EnteredPosition]
) -> EnteredPosition | Reason:
    """The position of a row, or the reason why it has none."""
    missing = [is_nothing(cells.verbatim(row, role)) for role in cells.position_roles]
    if all(missing):
        return Reason(code="no-position")
    if any(missing):
        return Reason(code="half-a-position", detail=f"no {cells.position_roles[missing.index(True)]}")
    try:
        return reader(row, cells)
    except Ambiguous as several:
        return Reason(code="several-readings", words="; ".join(several.readings))
    except Malformed as wrong:
        return Reason(code="unreadable", words=f"{wrong.field}: {wrong.reason}")


@lru_cache(maxsize=1_024)
def is_nothing(cell: str) -> bool:
    """Whether a cell says that there is nothing."""
    return cell.strip().lower() in _NOTHING


def fates(intake: Intake) -> Iterator[tuple[int, str, str, str, int | None, int | None, int | None, str]]:
    """For every line of the file in order: number, fate, reasons, name, lat e7, lon e7, radius cm, words."""
    lines: list[tuple[int, str, str, str, int | None, int | None, int | None, str]] = []
    for site in intake.accepted:
        place = site.position
        marks = "; ".join(site.marks)
        lines.append(
            (
                site.listed.number,
                "accepted",
                "",
                site.listed.name,
                place.lat_e7,
                place.lon_e7,
                site.radius_cm,
                marks,
            )
        )
    unfiled: tuple[DoubtfulRow | ReturnedRow, ...] = (*intake.doubtful, *intake.returned)
    for row in unfiled:
        is_returned = isinstance(row, ReturnedRow)
        codes = " ".join(reason.code for reason in row.reasons)
        words = "; ".join(": ".join(filter(None, (REASONS[r.code], r.detail, r.words))) for r in row.reasons)
        if isinstance(row, ReturnedRow) and row.words:
            words = f"{row.words}; {words}" if words else row.words
        lines.append(
            (
                row.listed.number,
                "returned" if is_returned else "doubtful",
                codes,
                row.listed.name,
                None,
                None,
                None,
                words,
            )
        )
    lines += [(number, "no row", "", "", None, None, None, why) for number, why in intake.set_aside]
    return iter(sorted(lines))


def fates_csv(intake: Intake) -> str:
    """The fate of every line as CSV, with the file's SHA-256 in each: what goes back to whoever sent the list.

    A name that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(
        ("row", "fate", "reasons", "name", "latitude", "longitude", "radius_m", "words", "file_sha256")
    )
    for number, fate, codes, name, lat_e7, lon_e7, radius_cm, words in fates(intake):
        shown = f"'{name}" if name.startswith(_FORMULA) else name
        lat = "" if lat_e7 is None else f"{lat_e7 / E7:.7f}"
        lon = "" if lon_e7 is None else f"{lon_e7 / E7:.7f}"
        radius = "" if radius_cm is None else f"{-(-radius_cm // 100)}"
        writer.writerow((number, fate, codes, shown, lat, lon, radius, words, intake.sha256))
    return out.getvalue()
