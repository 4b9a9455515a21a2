"""Lists as files: CSV in the encodings and delimiters of real life, and XLSX; rows of text, nothing converted.

Every line of the file has its place: header, HXL tags (https://hxlstandard.org), row, blank, header repeated.
A row with more or fewer cells than the header is kept and said to be ragged. What had to be found out (encoding,
delimiter) is said, so that a person can object. An XLSX cell that holds a number has no last digit: it comes
as the shortest text of that number, which may be shorter than what was typed.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from standclear.dialects.encodings import decode
from standclear.errors import Ambiguous, Malformed, OverLimit
from standclear.limits import TABLE_BYTES_MAX, TABLE_COLUMNS_MAX, TABLE_ROWS_MAX

DELIMITERS: Final = (",", ";", "\t", "|")
_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK\x03\x04"
_SAMPLE_ROWS: Final = 50  # rows by which a delimiter is judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: its number as a spreadsheet shows it (the header of a plain list is 1), and its cells."""

    number: int
    cells: tuple[str, ...]
    is_ragged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A list as a file gives it, with what was found out about the file."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    sha256: str  # of the file's bytes as they came
    encoding: str  # or "xlsx"
    delimiter: str = ""
    tags: tuple[str, ...] = ()  # HXL tags, one a column, if the file has them
    set_aside: tuple[
        tuple[int, str], ...
    ] = ()  # number and why: "blank", "before the header", "header repeated" or "HXL tags"
    doubts: tuple[str, ...] = ()


def read_table(
    content: bytes,
    *,
    field: str,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    header_row: int | None = None,
) -> Table:
    """The table in a file: CSV, XLSX, or CSV packed with gzip.

    Args:
        header_row: the number of the row with the column names; the first that is not blank, if not stated.

    Raises:
        Malformed: no table, or bytes that are no text.
        Ambiguous: two encodings, delimiters or sheets are as likely; state the one that is meant.
        OverLimit: too many bytes, rows or columns.

    Example:
        >>> table = read_table("name;lat;lon\\nClinic;35,9;36,6\\n".encode(), field="list")
        >>> table.delimiter, table.rows[0].cells
        (';', ('Clinic', '35,9', '36,6'))
    """
    digest = hashlib.sha256(content).hexdigest()
    if len(content) > TABLE_BYTES_MAX:
        raise OverLimit("bytes of a list", TABLE_BYTES_MAX, len(content), "cut it into several")
    if content.startswith(_ZIP):
        return _build(_sheet(content, sheet, field), header_row, digest, "xlsx", "", field)
    text, found = decode(_unpacked(content, field), field=field, encoding=encoding)
    if delimiter is not None and delimiter not in DELIMITERS:
        raise Malformed(f"{field}.delimiter", f"{delimiter!r} is not read", "state , ; | or a tab")
    chosen = delimiter or _find_delimiter(text, field)
    return _build(_numbered(_records(text, chosen, field)), header_row, digest, found, chosen, field)


def _unpacked(content: bytes, field: str) -> bytes:
    if not content.startswith(_GZIP):
        return content
    unpacking = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacking.decompress(content, TABLE_BYTES_MAX + 1)
    except zlib.error as wrong:
        raise Malformed(
            field, f"is no whole gzip file: {wrong}", "pack it anew, or give it unpacked"
        ) from wrong
    if len(unpacked) > TABLE_BYTES_MAX:
        raise OverLimit("bytes of a list, unpacked", TABLE_BYTES_MAX, len(unpacked), "cut it into several")
    if not unpacking.eof or unpacking.unused_data:
        raise Malformed(field, "is no whole gzip file, or more than one", "pack it anew, or give it unpacked")
    return unpacked


def _records(text: str, delimiter: str, field: str) -> Iterator[tuple[int, list[str]]]:
    """The records with the line each begins on; quotes may hold line ends."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as wrong:
        remedy = "look for a quotation mark that is not closed near that line"
        raise Malformed(field, f"line {line} is no CSV: {wrong}", remedy) from wrong


def _numbered(records: Iterable[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """Records by their own number, as a spreadsheet counts them: a cell with line ends is still one row."""
    return [(number, cells) for number, (_, cells) in enumerate(records, start=1)]


def _find_delimiter(text: str, field: str) -> str:
    """The delimiter by which the first rows have as many cells as the header, and the header most."""
    scores: dict[str, tuple[float, int]] = {}
    for delimiter in DELIMITERS:
        widths = _widths(text, delimiter, field)
        if widths and widths[0] > 1:
            agreeing = sum(width == widths[0] for width in widths) / len(widths)
            scores[delimiter] = (agreeing, widths[0])
    if not scores:
        return ","
    best = max(scores.values())
    chosen = [delimiter for delimiter, score in scores.items() if score == best]
    if len(chosen) > 1:
        readings = tuple(f"columns cut at {delimiter!r}" for delimiter in chosen)
        raise Ambiguous(field, text.partition("\n")[0][:80], readings, "state the delimiter")
    return chosen[0]


def _widths(text: str, delimiter: str, field: str) -> list[int]:
    widths: list[int] = []
    try:
        for _, cells in _records(text, delimiter, field):
            if any(cells):
                widths.append(len(cells))
            if len(widths) > _SAMPLE_ROWS:
                break
    except Malformed:
        return []  # no CSV by this delimiter; if by none, reading with the chosen one says so
    return widths


def _sheet(content: bytes, sheet: str | None, field: str) -> list[tuple[int, list[str]]]:
    """The rows of one sheet of an XLSX file, as texts."""
    try:
        from python_calamine import CalamineError, CalamineWorkbook  # the base install has none
    except ImportError as missing:
        remedy = "install standclear[client], or save the list as CSV in UTF-8"
        raise Malformed(
            field, "is an XLSX file, and python-calamine is not installed here", remedy
        ) from missing
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        filled = {
            name: rows for name in book.sheet_names if (rows := book.get_sheet_by_name(name).to_python(False))
        }
    except CalamineError as wrong:
        raise Malformed(field, f"is no XLSX file: {wrong}", "save it anew, or as CSV in UTF-8") from wrong
    if sheet is not None and sheet not in filled:
        raise Malformed(
            f"{field}.sheet", f"has no filled sheet {sheet!r}", f"state one of {', '.join(filled)}"
        )
    if sheet is None and len(filled) != 1:
        if not filled:
            raise Malformed(field, "holds no filled sheet", "save the list as CSV in UTF-8")
        raise Ambiguous(field, "", tuple(f"sheet {name!r}" for name in filled), "state the sheet")
    rows = filled[sheet] if sheet is not None else next(iter(filled.values()))
    return [(number, [_cell(cell) for cell in row]) for number, row in enumerate(rows, start=1)]


def _cell(cell: object) -> str:
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    return str(cell)


def _build(
    records: Sequence[tuple[int, list[str]]],
    header_row: int | None,
    digest: str,
    encoding: str,
    delimiter: str,
    field: str,
) -> Table:
    if len(records) > TABLE_ROWS_MAX:
        raise OverLimit("rows of a list", TABLE_ROWS_MAX, len(records), "cut it into several")
    before = [number for number, cells in records if _is_filled(cells) and number < (header_row or 0)]
    filled = [
        (number, cells) for number, cells in records if _is_filled(cells) and number >= (header_row or 0)
    ]
    if not filled:
        raise Malformed(field, "holds no row", "give a list with a row of column names")
    header_number, header = filled[0]
    header = _without_empty_end(header)
    if len(header) > TABLE_COLUMNS_MAX:
        raise OverLimit("columns of a list", TABLE_COLUMNS_MAX, len(header), "leave some out")
    set_aside = [(number, "blank") for number, cells in records if not _is_filled(cells)]
    set_aside += [(number, "before the header") for number in before]
    rows: list[Row] = []
    tags: tuple[str, ...] = ()
    plain_header = [cell.strip() for cell in header]
    for number, cells in filled[1:]:
        plain = [cell.strip() for cell in cells[: len(header)]]
        if plain == plain_header:
            set_aside.append((number, "header repeated"))
        elif not rows and not tags and _are_tags(plain):
            tags = tuple(plain)
            set_aside.append((number, "HXL tags"))
        else:
            is_ragged = len(cells) < len(header) or any(cell.strip() for cell in cells[len(header) :])
            rows.append(Row(number=number, cells=tuple(cells), is_ragged=is_ragged))
    return Table(
        columns=tuple(name or f"column {i}" for i, name in enumerate(plain_header, start=1)),
        rows=tuple(rows),
        sha256=digest,
        encoding=encoding,
        delimiter=delimiter,
        tags=tags,
        set_aside=tuple(sorted(set_aside)),
        doubts=tuple(_doubts(plain_header, header_number, rows, encoding)),
    )


def _is_filled(cells: Sequence[str]) -> bool:
    return any(cell and not cell.isspace() for cell in cells)


def _without_empty_end(header: list[str]) -> list[str]:
    end = len(header)
    while end and not header[end - 1].strip():
        end -= 1
    return header[:end]


def _are_tags(cells: Sequence[str]) -> bool:
    return any(cells) and all(not cell or cell.startswith("#") for cell in cells)


def _doubts(header: list[str], header_number: int, rows: list[Row], encoding: str) -> Iterator[str]:
    if encoding.startswith("cp"):
        yield f"the file does not say its encoding: its letters look like {encoding}"
    if header_number > 1:
        yield f"the header is row {header_number}"
    for name, count in Counter(name.lower() for name in header if name).items():
        if count > 1:
            yield f"{count} columns are named {name!r}"
    unnamed = sum(not name for name in header)
    if unnamed:
        yield f"{unnamed} columns have no name"
    ragged = sum(row.is_ragged for row in rows)
    if ragged:
        yield f"{ragged} rows have more or fewer cells than the header"
