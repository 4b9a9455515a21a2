"""Options that several commands share, and how they become places, times and references."""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from standclear.cli.clock import wall_ms
from standclear.dialects.coordinates import read_position
from standclear.dialects.geojson import read_geojson
from standclear.dialects.places.readback import read_back
from standclear.dialects.times import read_time
from standclear.errors import Malformed, Refused
from standclear.spacetime.band import ALL_HEIGHTS, Band, band_from_value
from standclear.spacetime.interval import Interval
from standclear.spacetime.shape import Point, Shape
from standclear.spacetime.volume import Volume
from standclear.statements.canonical import from_b64u
from standclear.statements.lists import REF_BYTES, ref_of
from standclear.statements.notices import Entered, Note

_LENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*(m|km|nm|ft)\Z", re.IGNORECASE)
_LENGTHS_CM = {"m": 100, "km": 100_000, "nm": 185_200, "ft": 31}
_SPAN = re.compile(r"(\d+)\s*(min|h|d)\Z")
_SPANS_MS = {"min": 60_000, "h": 3_600_000, "d": 86_400_000}
_HEIGHTS = re.compile(r"(-?\d+)\.\.(-?\d+)\s*m\s+(w84|msl|sfc|std)\Z")


def add_desk_options(parser: argparse.ArgumentParser) -> None:
    """--home, --seat, --json: who speaks, and how answers are printed."""
    parser.add_argument("--home", help="the desk's directory (else STANDCLEAR_HOME, else ~/.standclear)")
    parser.add_argument("--seat", help="the seat that speaks (needed where the desk has several)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def add_place_options(parser: argparse.ArgumentParser, *, is_required: bool = True) -> None:
    """--at or --geojson, --radius, --heights."""
    where = parser.add_mutually_exclusive_group(required=is_required)
    where.add_argument(
        "--at", metavar="POSITION", help="as people write it: 35°55'48\"N 36°37'48\"E, MGRS, UTM, …"
    )
    where.add_argument("--geojson", type=Path, metavar="FILE", help="shapes from a GeoJSON file")
    parser.add_argument(
        "--radius", default="0 m", help="around the place: 500 m, 2 km (also a corridor's half-width)"
    )
    parser.add_argument(
        "--heights", help="such as '0..1000 m w84' (w84, msl, sfc, std); all heights unless given"
    )
    parser.add_argument(
        "--order", choices=["lat_lon", "lon_lat"], help="which comes first, where a text leaves it open"
    )
    parser.add_argument(
        "--language", choices=["en", "fr", "ru", "uk", "tr", "ar"], help="of the hemispheres' letters"
    )
    parser.add_argument("--datum", help="such as WGS84; unknown adds at least 150 m")
    parser.add_argument("--zone", help="the time zone of times that state none, such as Asia/Damascus")
    parser.add_argument(
        "--yes", action="store_true", help="do not ask to confirm the place that was read back"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where somebody said, read and read back: shapes, what the digits leave open, and the words as entered."""

    shapes: tuple[Shape, ...]
    uncertainty_cm: int
    entered: tuple[Entered, ...]
    read_back: str


def read_place(arguments: argparse.Namespace) -> Placed:
    """The place that --at or --geojson says, read whole or refused with every reading."""
    if arguments.geojson is not None:
        features = read_geojson(arguments.geojson.read_bytes(), field="--geojson")
        for doubt in (doubt for feature in features for doubt in feature.doubts):
            print(f"note: {doubt}", file=sys.stderr)
        return Placed(
            shapes=tuple(shape for feature in features for shape in feature.shapes),
            uncertainty_cm=max((feature.precision_cm for feature in features), default=0),
            entered=(),
            read_back=f"{len(features)} features of {arguments.geojson.name}",
        )
    position = read_position(
        arguments.at,
        field="--at",
        order=arguments.order,
        language=arguments.language,
        **({} if arguments.datum is None else {"datum": arguments.datum}),
    )
    entered = Entered(
        what="place",
        text=arguments.at.encode("utf-8"),
        reading=position.format,
        datum_or_zone=position.datum,
        precision=position.precision_cm,
    )
    return Placed(
        shapes=(Point(at=(position.lon_e7, position.lat_e7)),),
        uncertainty_cm=position.uncertainty_cm,
        entered=(entered,),
        read_back=read_back(position),
    )


def confirm(placed: Placed, *, yes: bool) -> None:
    """Read the place back in a second format and have it confirmed.

    Raises:
        Refused: it was not confirmed, or nobody is there to ask.
    """
    print(f"read back: {placed.read_back}", file=sys.stderr)
    if yes:
        return
    if not sys.stdin.isatty():
        raise Malformed(
            "--yes", "the place that was read back is not confirmed", "look at it, then add --yes"
        )
    if input("is that the place? [y/N] ").strip().lower() not in ("y", "yes"):
        raise Refused(reason="the place was not confirmed; nothing was filed", remedy="enter it again")


def volumes_of(placed: Placed, arguments: argparse.Namespace, interval: Interval) -> list[Volume]:
    """The volumes of a place: the stated radius, and what the digits leave open beside it."""
    radius_cm = length_cm(arguments.radius, "--radius") + placed.uncertainty_cm
    band = read_heights(arguments.heights)
    return [Volume(core=shape, radius_cm=radius_cm, band=band, interval=interval) for shape in placed.shapes]


def length_cm(text: str, field: str) -> int:
    """A length with its unit, in whole centimetres, rounded outward."""
    found = _LENGTH.match(text.strip())
    if found is None:
        raise Malformed(field, f"{text!r} is not a length", "write 500 m, 2.5 km, 3 nm")
    return -int(-float(found[1]) * _LENGTHS_CM[found[2].lower()] // 1)


def span_ms(text: str, field: str) -> int:
    """A span of time with its unit, in milliseconds."""
    found = _SPAN.match(text.strip())
    if found is None:
        raise Malformed(field, f"{text!r} is not a span of time", "write 90 d, 24 h, 30 min")
    return int(found[1]) * _SPANS_MS[found[2]]


def read_heights(text: str | None) -> Band:
    """A band of heights with its reference; all heights for None."""
    if text is None:
        return ALL_HEIGHTS
    found = _HEIGHTS.match(text.strip())
    if found is None:
        raise Malformed("--heights", f"{text!r} is not a band", "write '0..1000 m w84'")
    value = {"lower_cm": int(found[1]) * 100, "reference": found[3], "upper_cm": int(found[2]) * 100}
    return band_from_value(value, "--heights")


def instant_ms(text: str | None, field: str, zone: str | None) -> int:
    """A time as strictly as a place; now for None."""
    now_ms = wall_ms()
    return now_ms if text is None else read_time(text, field=field, zone=zone, now_ms=now_ms).utc_ms


def entered_time(text: str | None, reading: str, zone: str | None) -> list[Entered]:
    """A time's own words, kept."""
    if text is None:
        return []
    return [
        Entered(
            what="time",
            text=text.encode("utf-8"),
            reading=reading,
            datum_or_zone=zone or "stated",
            precision=0,
        )
    ]


def reference(text: str) -> bytes:
    """A notice's reference: 48 letters as shown, or SID or SID:ITEM."""
    if len(text) == 48:
        return from_b64u(text, REF_BYTES, "REF")
    sid, _, item = text.partition(":")
    if item and not item.isdigit():
        raise Malformed("REF", f"{item!r} is not an item's number", "write SID:0")
    return ref_of(from_b64u(sid, 32, "REF"), int(item or 0))


def note_of(arguments: argparse.Namespace) -> Note | None:
    """--note with its language."""
    text = getattr(arguments, "note", None)
    return None if not text else Note(lang=arguments.note_language, text=text)


def add_note_options(parser: argparse.ArgumentParser) -> None:
    """--note and --note-language."""
    parser.add_argument("--note", help="free text")
    parser.add_argument(
        "--note-language", default="und", help="its language: en, fr, ar, ru, uk, tr, es, zh, und"
    )


def filed_value(filed: Any) -> dict[str, Any]:
    """An answer as JSON."""
    from standclear.statements.canonical import b64u

    return {
        "aware_of": filed.aware_of,
        "effect": filed.effect,
        "index": filed.index,
        "integrated_ms": filed.integrated_ms,
        "marks": list(filed.marks),
        "missing": [b64u(ref) for ref in filed.missing],
        "sid": b64u(filed.sid),
    }
