"""A copy: what is released to a party for an area and time, numbered, with as-of, expiry and a code that is read back (G12).

The code follows from the content: two copies have the same one only if they say the same. Every format of a copy says who
may rely on what: nobody on its silence.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import cos, pi, radians, sin
from typing import Final

from standclear.dialects.geojson import E7, Feature, degrees_text, to_geojson
from standclear.dialects.places.grids import mgrs_name
from standclear.errors import Malformed
from standclear.keys import sha256
from standclear.spacetime.band import UNBOUNDED_LOWER_CM, UNBOUNDED_UPPER_CM
from standclear.spacetime.earth import Vertex
from standclear.spacetime.shape import parts_of
from standclear.spacetime.volume import Volume, volume_to_value
from standclear.statements.canonical import Value, b64u, canonical
from standclear.statements.replies import COPY_CODE_LETTERS, COPY_LETTERS

PROTECTION: Final = (
    "No protection depends on standing on this copy. Absence, lapse or lateness removes no protection from anybody; "
    "what was not released to its holder is not on it, and others may be there."
)
_DMS_TENTHS: Final = 36_000
_CIRCLE_CORNERS: Final = 36
_M_PER_DEGREE: Final = 109_400  # a hundredth less than the shortest degree: no circle is drawn too small
_CELLS_E7: Final = 30  # some decimetres more, for the rounding of tiny circles


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRow:
    """One notice of a copy, in the form released to its holder. `what` is its kind and sort in words."""

    number: int
    ref: bytes
    kind: str
    what: str
    name: str
    owner: str
    form: str
    condition: str
    travel: str
    contact: str
    note: str
    volumes: tuple[Volume, ...]

    def to_value(self) -> Value:
        return {
            "condition": self.condition,
            "contact": self.contact,
            "form": self.form,
            "kind": self.kind,
            "name": self.name,
            "note": self.note,
            "number": self.number,
            "owner": self.owner,
            "ref": b64u(self.ref),
            "travel": self.travel,
            "volumes": [volume_to_value(one) for one in self.volumes],
            "what": self.what,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What is released to `holder` for an area and time, as of a time; after `expires_ms` another must be made."""

    log: str
    exercise: bool
    holder: str
    asked: str
    areas: tuple[Volume, ...]
    as_of_ms: int
    expires_ms: int
    rows: tuple[CopyRow, ...]

    def to_value(self) -> Value:
        return {
            "areas": [volume_to_value(one) for one in self.areas],
            "as_of_ms": self.as_of_ms,
            "asked": self.asked,
            "exercise": self.exercise,
            "expires_ms": self.expires_ms,
            "holder": self.holder,
            "log": self.log,
            "rows": [row.to_value() for row in self.rows],
        }

    def code(self) -> str:
        """Six letters and digits that follow from the content: read back, they say which copy somebody holds."""
        number = int.from_bytes(sha256(b"standclear/copy/v1\n", canonical(self.to_value()))[:4], "big") >> 2
        return "".join(COPY_LETTERS[number >> 5 * place & 31] for place in reversed(range(COPY_CODE_LETTERS)))

    def heading(self) -> tuple[str, ...]:
        """The lines that stand on every format of the copy, before everything else."""
        told = (
            f"Copy {self.code()} of what was released to {self.holder} on {self.log}: {self.asked}",
            f"{len(self.rows)} numbered, as of {utc(self.as_of_ms)}. Expires {utc(self.expires_ms)}: make another.",
            PROTECTION,
        )
        return ("EXERCISE EXERCISE EXERCISE: nothing on this copy is real", *told) if self.exercise else told


def utc(ms: int) -> str:
    """A time in UTC, to the second.

    Example:
        >>> utc(1582804800000)
        '2020-02-27 12:00:00Z'
    """
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def span(volumes: Sequence[Volume]) -> tuple[int, int]:
    """From the first start to the last end."""
    return min(one.interval.start_ms for one in volumes), max(one.interval.end_ms for one in volumes)


def heights(volume: Volume) -> str:
    """A band in words, in metres with its reference."""
    band = volume.band
    if (band.lower_cm, band.upper_cm) == (UNBOUNDED_LOWER_CM, UNBOUNDED_UPPER_CM):
        return "all heights"
    return f"{band.lower_cm / 100:g} to {band.upper_cm / 100:g} m {band.reference}"


def two_formats(at: Vertex) -> tuple[str, str]:
    """A place in degrees, minutes and seconds, and as a grid square (in decimal degrees where no grid is at hand).

    Example:
        >>> two_formats((366300000, 359300000))[0]
        '35°55\\'48.0"N 036°37\\'48.0"E'
    """
    lon, lat = at
    dms = f"{_dms(lat, 2)}{'S' if lat < 0 else 'N'} {_dms(lon, 3)}{'W' if lon < 0 else 'E'}"
    try:
        return dms, mgrs_name(lat / E7, lon / E7, 5, field="place")
    except Malformed:
        return dms, f"{degrees_text(lat)}, {degrees_text(lon)}"


def _dms(value_e7: int, digits: int) -> str:
    tenths = (abs(value_e7) * _DMS_TENTHS + E7 // 2) // E7
    degrees, rest = divmod(tenths, _DMS_TENTHS)
    minutes, seconds = divmod(rest, 600)
    return f"{degrees:0{digits}d}°{minutes:02d}'{seconds // 10:02d}.{seconds % 10}\""


def vertices_of(volume: Volume) -> tuple[Vertex, ...]:
    """Every vertex of a volume's core, in order."""
    return tuple(vertex for part in parts_of(volume.core) for vertex in part)


def circle_around(at: Vertex, radius_cm: int) -> tuple[Vertex, ...]:
    """A polygon that holds the whole circle, for programs that know no circles. Drawn only; nothing is decided with it."""
    lon, lat = at
    reach = radius_cm / 100 / _M_PER_DEGREE * E7 / cos(pi / _CIRCLE_CORNERS) + _CELLS_E7
    shrink = max(cos(radians(min(89.9, abs(lat / E7) + reach / E7))), 0.01)
    turns = [2 * pi * corner / _CIRCLE_CORNERS for corner in range(_CIRCLE_CORNERS)]
    return tuple(
        (
            max(-180 * E7, min(180 * E7, lon + round(reach / shrink * cos(turn)))),
            max(-90 * E7, min(90 * E7, lat + round(reach * sin(turn)))),
        )
        for turn in turns
    )


def geojson_copy(copy: Copy) -> str:
    """A copy as a GeoJSON FeatureCollection: a feature for each volume, its radius and heights among the properties."""
    features = [
        Feature(
            shapes=(volume.core,),
            name=f"{row.number}.{place}",
            properties={
                "number": row.number,
                "kind": row.kind,
                "what": row.what,
                "name": row.name,
                "owner": row.owner,
                "form": row.form,
                "condition": row.condition,
                "travel": row.travel,
                "contact": row.contact,
                "note": row.note,
                "radius_m": volume.radius_cm / 100,
                "heights": heights(volume),
                "from": utc(volume.interval.start_ms),
                "to": utc(volume.interval.end_ms),
                "ref": b64u(row.ref),
            },
        )
        for row in copy.rows
        for place, volume in enumerate(row.volumes, start=1)
    ]
    member = json.dumps({"copy": copy.code(), "says": list(copy.heading())}, ensure_ascii=False)
    head = '{"type":"FeatureCollection",'
    text = to_geojson(features)
    assert text.startswith(head)
    return f'{head}"standclear":{member},' + text[len(head) :] + "\n"
