"""A copy as CSV (RFC 4180): one line for each volume, after the lines that stand on every copy."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Final

from standclear.dialects.copies import Copy, CopyRow, heights, two_formats, utc, vertices_of
from standclear.dialects.geojson import degrees_text
from standclear.spacetime.volume import Volume
from standclear.statements.canonical import b64u

COLUMNS: Final = (
    "number", "kind", "what", "name", "owner", "form", "condition", "travel", "shape", "lat", "lon", "vertices",
    "dms", "grid", "radius_m", "heights", "from", "to", "contact", "note", "ref",
)  # fmt: skip
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def to_csv(copy: Copy) -> str:
    """A copy as CSV. The first lines begin with #; a text that a spreadsheet would compute is quoted."""
    file = StringIO(newline="")
    writer = csv.writer(file)
    writer.writerows([[f"# {line}"] for line in copy.heading()])
    writer.writerow(COLUMNS)
    writer.writerows(_line(row, volume) for row in copy.rows for volume in row.volumes)
    return file.getvalue()


def _line(row: CopyRow, volume: Volume) -> list[str]:
    vertices = vertices_of(volume)
    lon, lat = vertices[0]
    dms, grid = two_formats(vertices[0])
    return [
        str(row.number),
        row.kind,
        plain(row.what),
        plain(row.name),
        plain(row.owner),
        row.form,
        row.condition,
        row.travel,
        type(volume.core).__name__.lower(),
        degrees_text(lat),
        degrees_text(lon),
        " ".join(f"{degrees_text(y)},{degrees_text(x)}" for x, y in vertices),
        dms,
        grid,
        f"{volume.radius_cm / 100:g}",
        heights(volume),
        utc(volume.interval.start_ms),
        utc(volume.interval.end_ms),
        plain(row.contact),
        plain(row.note),
        b64u(row.ref),
    ]


def plain(text: str) -> str:
    """A text that a spreadsheet shows and never computes.

    Example:
        >>> plain("=1+1")
        "'=1+1"
    """
    return f"'{text}" if text.startswith(_FORMULA) else text
