"""Zones: offsets, military letters and names of the zone data base; a gap or a double hour is never chosen for you.

Letters are those of ACP 121 (A to M east, N to Y west, Z is UTC). J is the observer's own time, which says
nothing to anybody else. Abbreviations such as IST or EST are several zones each and are refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from standclear.errors import Ambiguous, Malformed

OFFSET_MINUTES_MAX: Final = 14 * 60  # Kiribati; nothing on Earth is further from UTC
_OFFSET: Final = re.compile(r"(?:UTC|GMT)?\s?([+-])(\d{1,2})(?::?([0-5]\d))?")
_NAME: Final = re.compile(r"[A-Za-z_]+(?:/[A-Za-z0-9_+-]+)+|UTC|GMT")
_LETTERS: Final = "ABCDEFGHIKLM"
MILITARY: Final = (
    {"Z": 0}
    | {letter: hours for hours, letter in enumerate(_LETTERS, start=1)}
    | {letter: -hours for hours, letter in enumerate("NOPQRSTUVWXY", start=1)}
)
_REMEDY: Final = "state the zone: Z, an offset such as +03:00, or a name such as Europe/Istanbul"


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A zone as written, and either its fixed offset or the name to look up."""

    written: str
    offset: timedelta | None
    name: str = ""


def read_zone(text: str, *, field: str, is_military: bool = False) -> Zone:
    """The zone that a text names.

    Raises:
        Malformed: no zone is named, it is an abbreviation, the letter J, or not in the zone data.
    """
    written = text.strip()
    if written.upper() in {"Z", "UTC", "GMT"}:
        return Zone(written=written, offset=timedelta(0))
    if is_military:
        return _military(written.upper(), field)
    match = _OFFSET.fullmatch(written.upper())
    if match:
        sign, hours, minutes = match.groups()
        total = int(hours) * 60 + int(minutes or 0)
        if total > OFFSET_MINUTES_MAX:
            raise Malformed(field, f"offset {written} is beyond 14 hours", _REMEDY)
        return Zone(written=written, offset=timedelta(minutes=-total if sign == "-" else total))
    if not _NAME.fullmatch(written):
        raise Malformed(field, f"{written!r} names no one zone (an abbreviation can be several)", _REMEDY)
    if written.startswith("Etc/"):
        raise Malformed(
            field, f"{written!r} counts its hours the wrong way round", "write the offset: +03:00"
        )
    if written.lower().startswith(("right/", "posix/")):
        raise Malformed(
            field, f"{written!r} may count leap seconds", "write the zone's name only: Europe/Istanbul"
        )
    zone_of(written, field=field)
    return Zone(written=written, offset=None, name=written)


def _military(letter: str, field: str) -> Zone:
    if letter == "J":
        reason = "J says local time, and not of which place"
        raise Malformed(field, reason, "write the letter of the zone (Z is UTC), or the zone's name")
    return Zone(written=letter, offset=timedelta(hours=MILITARY[letter]))


def zone_of(name: str, *, field: str) -> ZoneInfo:
    """The rules of a named zone.

    Raises:
        Malformed: the zone data of this machine has no such name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as missing:
        remedy = "write it as in Europe/Istanbul; if no name works, install the package tzdata"
        raise Malformed(field, f"the zone {name!r} is not in this machine's zone data", remedy) from missing


def offset_at(local: datetime, zone: Zone, *, field: str, text: str) -> timedelta:
    """How far a zone is ahead of UTC at a local time.

    Raises:
        Ambiguous: the clock showed that time twice, or never; both readings are given.
    """
    if zone.offset is not None:
        return zone.offset
    rules = zone_of(zone.name, field=field)
    first = local.replace(tzinfo=rules, fold=0).utcoffset()
    second = local.replace(tzinfo=rules, fold=1).utcoffset()
    assert first is not None
    assert second is not None
    if first == second:
        return first
    happened = "showed this time twice" if first > second else "never showed this time: they were put on"
    readings = tuple(
        f"{local - offset:%Y-%m-%d %H:%M:%S}Z (read at {offset_text(offset)})" for offset in (first, second)
    )
    remedy = f"the clocks in {zone.name} {happened}; write it with an offset, or in UTC with Z"
    raise Ambiguous(field, text, readings, remedy)


def offset_text(offset: timedelta) -> str:
    """An offset as +03:00; seconds only where a zone had some."""
    seconds = int(offset.total_seconds())
    sign, seconds = ("-" if seconds < 0 else "+"), abs(seconds)
    tail = f":{seconds % 60:02d}" if seconds % 60 else ""
    return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}{tail}"


def echo(utc_ms: int, zone: str) -> str:
    """An instant in UTC and in a place's local time, as both are shown wherever a time is.

    Raises:
        Malformed: no such zone.

    Example:
        >>> echo(1582866000000, "Europe/Istanbul")
        '2020-02-28 05:00:00Z = 2020-02-28 08:00:00 +03:00 Europe/Istanbul'
    """
    read = read_zone(zone, field="zone")
    instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=utc_ms)
    if read.offset is None:
        local = instant.astimezone(zone_of(read.name, field="zone"))
    else:
        local = (instant + read.offset).replace(tzinfo=None)
    offset = local.utcoffset() if read.offset is None else read.offset
    assert offset is not None
    part = f".{utc_ms % 1000:03d}" if utc_ms % 1000 else ""
    place = f" {zone}" if read.offset is None else ""
    return (
        f"{instant:%Y-%m-%d %H:%M:%S}{part}Z = {local:%Y-%m-%d %H:%M:%S}{part} {offset_text(offset)}{place}"
    )
