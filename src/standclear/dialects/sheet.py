"""A copy as a sheet to print: one HTML file without scripts or anything from elsewhere, for A4, black on white."""

from __future__ import annotations

from html import escape
from typing import Final

from standclear.dialects.copies import Copy, CopyRow, heights, two_formats, utc, vertices_of
from standclear.spacetime.volume import Volume

VERTICES_SHOWN: Final = 24
_STYLE: Final = """
@page { size: A4 landscape; margin: 12mm }
body { font: 9pt/1.3 sans-serif; color: #000; background: #fff; margin: 0 }
h1 { font-size: 14pt; margin: 0 0 2mm }
.exercise { font-weight: bold; font-size: 14pt; border: 1mm solid #000; padding: 1mm 3mm }
.code { font: bold 20pt monospace; letter-spacing: 2mm }
.says { border-left: 1mm solid #000; padding-left: 3mm; margin: 2mm 0 }
table { border-collapse: collapse; width: 100% }
thead { display: table-header-group }
tr { break-inside: avoid }
th, td { border: 0.2mm solid #000; padding: 1mm; text-align: left; vertical-align: top }
td.n { font-weight: bold; font-size: 12pt }
.mono { font-family: monospace; white-space: nowrap }
""".strip()
_HEADS: Final = (
    "no.",
    "what",
    "by",
    "condition",
    "positions, in two formats",
    "how far, how high",
    "from / to",
)


def to_sheet(copy: Copy) -> str:
    """A copy as an HTML page; every text in it is escaped."""
    code = copy.code()
    name = f"{'EXERCISE ' if copy.exercise else ''}Copy {code}"
    says = "".join(f"<p class='says'>{escape(line)}</p>" for line in copy.heading()[copy.exercise :])
    banner = f"<p class='exercise'>{escape(copy.heading()[0])}</p>" if copy.exercise else ""
    rows = "".join(_row(row) for row in copy.rows)
    heads = "".join(f"<th>{head}</th>" for head in _HEADS)
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        f"<title>{escape(name)}</title><style>{_STYLE}</style></head><body>{banner}"
        f"<h1>{escape(copy.asked)}</h1>"
        f"<p>Read this code back to whom you have it from: <span class='code'>{code}</span></p>{says}"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        f"<p>End of copy {code}: {len(copy.rows)} numbered. Held by ______________ since ______________</p>"
        f"{banner}</body></html>\n"
    )


def _row(row: CopyRow) -> str:
    named = f"<br><b>{escape(row.name)}</b>" if row.name else ""
    call = f"<br>call: {escape(row.contact)}" if row.contact else ""
    note = f"<br>{escape(row.note)}" if row.note else ""
    places = "<br>".join(_places(volume) for volume in row.volumes)
    extents = "<br>".join(f"{volume.radius_cm / 100:g} m; {heights(volume)}" for volume in row.volumes)
    times = "<br>".join(
        f"{utc(volume.interval.start_ms)} /<br>{utc(volume.interval.end_ms)}" for volume in row.volumes
    )
    return (
        f"<tr><td class='n'>{row.number}</td><td>{escape(row.what)}{named}{call}{note}</td>"
        f"<td>{escape(row.owner)}<br>({escape(row.form)} form)</td>"
        f"<td>{escape(row.condition)}<br>may travel: {escape(row.travel)}</td>"
        f"<td class='mono'>{places}</td><td>{extents}</td><td class='mono'>{times}</td></tr>"
    )


def _places(volume: Volume) -> str:
    vertices = vertices_of(volume)
    shown = [" &nbsp; ".join(map(escape, two_formats(one))) for one in vertices[:VERTICES_SHOWN]]
    if len(vertices) > VERTICES_SHOWN:
        shown.append(f"… {len(vertices)} vertices in all: ask for the file")
    return "<br>".join(shown)
