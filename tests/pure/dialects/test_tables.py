"""Lists come as CSV in any encoding or as XLSX; every line has its place, and what was found out is said."""

from __future__ import annotations

import gzip
import io
import sys

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from standclear.dialects.encodings import decode
from standclear.dialects.tables import DELIMITERS, Table, read_table
from standclear.errors import Ambiguous, Malformed, OverLimit
from standclear.limits import TABLE_BYTES_MAX, TABLE_COLUMNS_MAX, TABLE_ROWS_MAX

ENCODED = {
    "English": ("name,lat,lon\nClinic,35.9,36.6\n", "utf-8", "utf-8"),
    "French in UTF-8": ("nom,lat,lon\nHôpital général,35.9,36.6\n", "utf-8", "utf-8"),
    "UTF-8 with its mark": ("nom,lat,lon\nHôpital,35.9,36.6\n", "utf-8-sig", "utf-8-sig"),
    "UTF-16": ("name,lat,lon\nمستشفى,35.9,36.6\n", "utf-16", "utf-16"),
    "French of Windows": (
        "nom,lat,lon\nHôpital général de la région,35.9,36.6\nÉcole,1,2\n",
        "cp1252",
        "cp1252",
    ),
    "Turkish of Windows": ("ad,enlem,boylam\nŞırnak Devlet Hastanesi,35.9,36.6\n", "cp1254", "cp1254"),
    "Russian of Windows": ("имя,широта,долгота\nРайонная больница,35.9,36.6\n", "cp1251", "cp1251"),
    "Ukrainian of Windows": (
        "назва,широта,довгота\nЛікарня швидкої допомоги,35.9,36.6\n",
        "cp1251",
        "cp1251",
    ),
    "Arabic of Windows": ("اسم,خط العرض,خط الطول\nمستشفى الأطفال في حلب,35.9,36.6\n", "cp1256", "cp1256"),
}


@pytest.mark.parametrize(("text", "written", "found"), ENCODED.values(), ids=ENCODED)
def test_the_encoding_is_found_and_said(text: str, written: str, found: str) -> None:
    table = read_table(text.encode(written), field="list")
    header, first = text.splitlines()[:2]
    assert found == table.encoding
    assert (tuple(header.split(",")), tuple(first.split(","))) == (table.columns, table.rows[0].cells)


def test_a_stated_encoding_is_the_only_one_tried() -> None:
    with pytest.raises(Malformed, match="is not utf-8"):
        read_table("nom\nHôpital\n".encode("cp1252"), field="list", encoding="utf-8")
    with pytest.raises(Malformed, match="is not read"):
        read_table(b"a,b\n", field="list", encoding="latin-9")


def test_two_encodings_that_are_as_likely_are_asked_about() -> None:
    with pytest.raises(Ambiguous) as caught:
        decode("ХЪЭ ФЫВА".encode("cp1251"), field="list")
    assert ["cp1251", "cp1256"] == [
        reading.rpartition("(")[2].rstrip(")") for reading in caught.value.readings
    ]


@pytest.mark.parametrize("encoding", ["cp866", "koi8-r", "iso8859-6"])
def test_an_encoding_that_is_not_read_is_asked_about_and_not_read_as_another(encoding: str) -> None:
    words = "مستشفى الأطفال في حلب" if encoding == "iso8859-6" else "Районная больница города Донецка"
    with pytest.raises(Ambiguous):
        decode(words.encode(encoding), field="list")


def test_an_encoding_that_was_found_by_its_letters_is_a_doubt() -> None:
    table = read_table("nom,lat\nHôpital,1\n".encode("cp1252"), field="list")
    assert ("the file does not say its encoding: its letters look like cp1252",) == table.doubts


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(Malformed, match="zero bytes"):
        read_table(b"\x00\x01\x02\xff" * 10, field="list")


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_the_delimiter_is_found_and_said(delimiter: str) -> None:
    text = delimiter.join(("name", "lat", "lon")) + "\n" + delimiter.join(("Clinic", "x", "y")) + "\n"
    table = read_table(text.encode(), field="list")
    assert (delimiter, ("name", "lat", "lon")) == (table.delimiter, table.columns)


def test_decimal_commas_between_semicolons_are_no_delimiters() -> None:
    table = read_table(b"name;lat;lon\nA;35,9;36,6\nB;35,8;36,5\n", field="list")
    assert (";", ("A", "35,9", "36,6")) == (table.delimiter, table.rows[0].cells)


def test_two_delimiters_that_are_as_likely_are_asked_about() -> None:
    with pytest.raises(Ambiguous) as caught:
        read_table(b"a,b;c\n1,2;3\n", field="list")
    assert 2 == len(caught.value.readings)
    assert ("a", "b;c") == read_table(b"a,b;c\n1,2;3\n", field="list", delimiter=",").columns


def test_one_column_is_a_table_too() -> None:
    assert ("position",) == read_table(b"position\n36SYE1234567890\n", field="list").columns


def test_every_line_has_its_place() -> None:
    text = "List of clinics\n\nname,lat,lon\n#loc+name,#geo+lat,#geo+lon\nA,1,2\n,,\nname,lat,lon\nB,3\nC,4,5,6\nD,7,8,\n"
    table = read_table(text.encode(), field="list", header_row=3, delimiter=",")
    assert (
        (1, "before the header"),
        (2, "blank"),
        (4, "HXL tags"),
        (6, "blank"),
        (7, "header repeated"),
    ) == (table.set_aside)
    assert [(5, False), (8, True), (9, True), (10, False)] == [
        (row.number, row.is_ragged) for row in table.rows
    ]
    assert ("#loc+name", "#geo+lat", "#geo+lon") == table.tags
    lines = {row.number for row in table.rows} | {number for number, _ in table.set_aside} | {3}
    assert set(range(1, 11)) == lines


def test_a_cell_with_line_ends_is_one_row() -> None:
    table = read_table(b'name,lat\n"A\nB",1\nC,2\n', field="list")
    assert [("A\nB", "1"), ("C", "2")] == [row.cells for row in table.rows]
    assert [2, 3] == [row.number for row in table.rows]


def test_odd_headers_are_doubts() -> None:
    table = read_table(b"name,Lat,lat,,lon\nA,1,2,3,4\n", field="list")
    assert ("name", "Lat", "lat", "column 4", "lon") == table.columns
    assert ("2 columns are named 'lat'", "1 columns have no name") == table.doubts


def test_cells_are_kept_verbatim() -> None:
    table = read_table(b"name,lat\n  A  , 35.90 \n", field="list")
    assert ("  A  ", " 35.90 ") == table.rows[0].cells


def test_gzip_is_unpacked_and_the_hash_is_of_the_file_as_it_came() -> None:
    packed = gzip.compress(b"name,lat\nA,1\n", mtime=0)
    plain, unpacked = read_table(b"name,lat\nA,1\n", field="list"), read_table(packed, field="list")
    assert plain.rows == unpacked.rows
    assert plain.sha256 != unpacked.sha256


BROKEN = {
    "half a gzip file": gzip.compress(b"name,lat\nA,1\n" * 100)[:-9],
    "two gzip files": gzip.compress(b"name,lat\n") + gzip.compress(b"A,1\n"),
    "no gzip after its mark": b"\x1f\x8bnothing",
    "no zip after its mark": b"PK\x03\x04nothing",
    "a quotation mark that is not closed": b'name,lat\n"A,1\n',
    "nothing": b"",
    "blank lines": b"\n\n,,\n",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_refused(content: bytes) -> None:
    with pytest.raises(Malformed):
        read_table(content, field="list")


def test_a_delimiter_that_is_not_read_is_refused() -> None:
    with pytest.raises(Malformed, match="is not read"):
        read_table(b"a/b\n", field="list", delimiter="/")


def test_without_the_package_a_workbook_is_refused_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(Malformed, match="not installed") as caught:
        read_table(workbook(Sites=[["name"], ["A"]]), field="list")
    assert "standclear[client]" in caught.value.remedy


def test_a_workbook_with_nothing_in_it_is_refused() -> None:
    with pytest.raises(Malformed, match="holds no filled sheet"):
        read_table(workbook(Empty=[]), field="list")


def test_empty_cells_at_the_end_of_a_header_are_no_columns() -> None:
    table = read_table(b"name,lat,,\nA,1,,\n", field="list")
    assert (("name", "lat"), False) == (table.columns, table.rows[0].is_ragged)


def test_limits_are_kept() -> None:
    with pytest.raises(OverLimit):
        read_table(b"a" * (TABLE_BYTES_MAX + 1), field="list")
    with pytest.raises(OverLimit):
        read_table(b"a\n" * (TABLE_ROWS_MAX + 1), field="list", delimiter=",")
    with pytest.raises(OverLimit):
        read_table(gzip.compress(b"a" * (TABLE_BYTES_MAX + 1)), field="list")
    with pytest.raises(OverLimit):
        read_table((",".join("abc" for _ in range(TABLE_COLUMNS_MAX + 1)) + "\n").encode(), field="list")


def workbook(**sheets: list[list[object]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                sheet.write_row(i, 0, row)
    return out.getvalue()


def test_a_workbook_is_a_table() -> None:
    content = workbook(Sites=[["name", "lat", "lon"], ["A", 35.93021, 36.0], [], ["Б", "35,9", "36,6"]])
    table = read_table(content, field="list")
    assert ("xlsx", ("name", "lat", "lon")) == (table.encoding, table.columns)
    assert [(2, ("A", "35.93021", "36")), (4, ("Б", "35,9", "36,6"))] == [
        (row.number, row.cells) for row in table.rows
    ]
    assert ((3, "blank"),) == table.set_aside


def test_a_workbook_of_two_sheets_is_asked_about() -> None:
    content = workbook(Sites=[["name"], ["A"]], Notes=[["text"]], Empty=[])
    with pytest.raises(Ambiguous) as caught:
        read_table(content, field="list")
    assert ("sheet 'Sites'", "sheet 'Notes'") == caught.value.readings
    assert ("name",) == read_table(content, field="list", sheet="Sites").columns
    with pytest.raises(Malformed, match="no filled sheet"):
        read_table(content, field="list", sheet="Empty")


cells = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8)


@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=8))
def test_whatever_a_csv_writer_writes_is_read_again(rows: list[list[str]]) -> None:
    import csv

    out = io.StringIO(newline="")
    csv.writer(out).writerows([["name", "lat", "lon"], *rows])
    table = read_table(out.getvalue().encode(), field="list", delimiter=",")
    kept = [tuple(row) for row in rows if any(cell and not cell.isspace() for cell in row)]
    found = [row.cells for row in table.rows]
    tags = [row for row in kept if row not in found]
    assert kept == found or len(tags) <= len(table.set_aside)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_table_or_refused(content: bytes) -> None:
    try:
        assert isinstance(read_table(content, field="list"), Table)
    except (Malformed, Ambiguous):
        return
