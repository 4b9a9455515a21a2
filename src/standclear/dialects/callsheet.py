"""A call sheet: whom to ring about what, what to say, and the code that is read back; as text, to print, and to fill in.

It is for those who have no key, and for those who are silent. What came of each call is written into the table, and
read from there: a code that was read back is compared, and never taken on trust (G1, G35).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from standclear.errors import Malformed
from standclear.keys import sha256
from standclear.statements.asking import CHANNELS, CONTACT_RESULTS
from standclear.statements.canonical import b64u, from_b64u

COLUMNS: Final = (
    "no", "party", "party_id", "numbers", "about", "sid", "say", "code", "result", "read_back", "at", "whom", "channel",
)  # fmt: skip
_FILLED: Final = ("result", "read_back", "at", "whom", "channel")
_MARKS: Final = frozenset("=+-@\t\r")
ROWS_MAX: Final = 2_000  # more calls than a desk makes in a day
_STYLE: Final = """
@page { size: A4 landscape; margin: 12mm }
body { font: 10pt/1.35 sans-serif; color: #000; background: #fff; margin: 0 }
.exercise { font-weight: bold; font-size: 14pt; border: 1mm solid #000; padding: 1mm 3mm }
.code { font: bold 14pt monospace; white-space: nowrap }
table { border-collapse: collapse; width: 100% }
thead { display: table-header-group }
tr { break-inside: avoid }
th, td { border: 0.2mm solid #000; padding: 1.5mm; text-align: left; vertical-align: top }
td.blank { width: 22% }
""".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call to be made: to whom, at which numbers, about which statement, in these words."""

    party: bytes
    name: str
    numbers: tuple[str, ...]
    sid: bytes
    about: str
    words: str

    def code(self) -> str:
        """Four digits that whoever was told reads back: of this statement and this party, and no other."""
        number = int.from_bytes(sha256(b"standclear/callsheet/v1\n", self.sid, self.party)[:8], "big")
        return "-".join(f"{number % 10_000:04}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one call, as the sheet says it. `at` is empty where no time was written."""

    row: int
    party: bytes
    sid: bytes
    result: str
    read_back: str
    at: str
    whom: str
    channel: str


def script(call: Call, *, exercise: bool, caller: str) -> str:
    """What to say on the telephone, word by word."""
    mark = "EXERCISE EXERCISE EXERCISE. " if exercise else ""
    return (
        f"{mark}This is {caller}, for {call.name}. {call.words} Reference {b64u(call.sid)[:10]}. "
        f"Read back to me, please: {call.code()}.{' EXERCISE.' if exercise else ''}"
    )


def to_text(calls: Sequence[Call], *, exercise: bool, caller: str) -> str:
    """The sheet for a terminal."""
    lines = ["EXERCISE EXERCISE EXERCISE"] if exercise else []
    for number, call in enumerate(calls, start=1):
        lines += [
            f"{number}. {call.name}: {', '.join(call.numbers) or 'no number is on record'}",
            f"   about: {call.about}",
            f"   say:   {script(call, exercise=exercise, caller=caller)}",
            "   at ______ whom ____________________ read back _-_-_-_  result ____________________",
        ]
    return "\n".join([*lines, ""])


def to_html(calls: Sequence[Call], *, exercise: bool, caller: str, made: str) -> str:
    """The sheet to print: one file, nothing from elsewhere; every text in it is escaped."""
    banner = "<p class='exercise'>EXERCISE EXERCISE EXERCISE</p>" if exercise else ""
    rows = "".join(_row(number, call, exercise, caller) for number, call in enumerate(calls, start=1))
    heads = "".join(
        f"<th>{head}</th>"
        for head in ("no.", "ring", "say", "code to be read back", "at / whom", "what came of it")
    )
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        f"<title>{'EXERCISE ' if exercise else ''}Call sheet</title><style>{_STYLE}</style></head><body>{banner}"
        f"<h1>Call sheet of {escape(caller)}, {escape(made)}</h1>"
        "<p>An answer by telephone is attested, and is no signed acknowledgement. "
        "Who was not reached is protected all the same.</p>"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        f"<p>{len(calls)} calls. Results: {escape(', '.join(sorted(CONTACT_RESULTS)))}.</p>{banner}</body></html>\n"
    )


def _row(number: int, call: Call, exercise: bool, caller: str) -> str:
    numbers = "<br>".join(map(escape, call.numbers)) or "no number is on record"
    said = escape(script(call, exercise=exercise, caller=caller))
    return (
        f"<tr><td>{number}</td><td><b>{escape(call.name)}</b><br>{numbers}</td><td>{escape(call.about)}<br>{said}</td>"
        f"<td class='code'>{call.code()}</td><td class='blank'></td><td class='blank'></td></tr>"
    )


def to_csv(calls: Sequence[Call], *, exercise: bool, caller: str) -> str:
    """The sheet as a table whose last columns are filled in. A cell that a spreadsheet would run gets an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for number, call in enumerate(calls, start=1):
        cells = (
            str(number), call.name, b64u(call.party), " / ".join(call.numbers), call.about, b64u(call.sid),
            script(call, exercise=exercise, caller=caller), f"code {call.code()}", "", "", "", "", "call",
        )  # fmt: skip
        writer.writerow([_plain(cell) for cell in cells])
    return out.getvalue()


def _plain(cell: str) -> str:
    return f"'{cell}" if cell[:1] in _MARKS else cell


def read_outcomes(text: str, *, field: str = "sheet") -> tuple[Outcome, ...]:
    """What came of the calls of a filled-in table; rows that say nothing were not rung, and are left out.

    A code that was read back is compared with the row's own: right or wrong, whatever the result says.

    Raises:
        Malformed: another table, an unknown result or channel, a result that the code contradicts, too many rows.

    Example:
        >>> call = Call(party=bytes(16), name="F", numbers=("+1",), sid=bytes(32), about="site", words="A clinic.")
        >>> table = to_csv([call], exercise=True, caller="North").replace(",,,,,call", f",,{call.code()},,,call")
        >>> [one.result for one in read_outcomes(table)]
        ['read_back_correct']
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    rows = list(reader)
    if not set(COLUMNS) <= set(reader.fieldnames or ()):
        raise Malformed(field, "not a call sheet's table", "fill in the file that call-sheet wrote")
    if len(rows) > ROWS_MAX:
        raise Malformed(field, f"more than {ROWS_MAX:,} rows", "record it in parts")
    found = (_outcome(place, row, field) for place, row in enumerate(rows, start=2))
    return tuple(one for one in found if one is not None)


def _outcome(place: int, row: dict[str, str | None], field: str) -> Outcome | None:
    at = f"{field}, row {place}"
    cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
    if not any(cells[name] for name in _FILLED if name != "channel"):
        return None
    call = Call(
        party=from_b64u(cells["party_id"].lstrip("'"), 16, f"{at}, party_id"),
        name="",
        numbers=(),
        sid=from_b64u(cells["sid"].lstrip("'"), 32, f"{at}, sid"),
        about="",
        words="",
    )
    digits = "".join(letter for letter in cells["read_back"] if letter.isdecimal())
    result = _result(cells["result"], cells["read_back"], digits == call.code().replace("-", ""), at)
    channel = cells["channel"] or "call"
    if channel not in CHANNELS:
        raise Malformed(
            f"{at}, channel", f"{channel!r} is no channel", f"use one of: {', '.join(sorted(CHANNELS))}"
        )
    return Outcome(
        row=place,
        party=call.party,
        sid=call.sid,
        result=result,
        read_back=cells["read_back"],
        at=cells["at"],
        whom=cells["whom"],
        channel=channel,
    )


def _result(stated: str, read_back: str, is_right: bool, at: str) -> str:
    word = stated.replace(" ", "_").lower()
    if word and word not in CONTACT_RESULTS:
        raise Malformed(
            f"{at}, result", f"{stated!r} is no result", f"use one of: {', '.join(sorted(CONTACT_RESULTS))}"
        )
    heard = "" if not read_back else "read_back_correct" if is_right else "read_back_wrong"
    if word == "read_back_correct" and heard != word:
        raise Malformed(
            f"{at}, read_back", "not the code of this row", "write what was read back, as it was said"
        )
    if not word and not heard:
        raise Malformed(
            f"{at}, result", "nothing says what came of it", "write a result, or the code read back"
        )
    return heard if word in ("", "answered", "told") and heard else word
