"""Times as people write them: an instant with a zone, or refused with every reading; never guessed (G14).

ISO 8601 and RFC 3339, date-time groups (`280500ZFEB20`, ACP 121), dates in numbers and in words with a zone
of the zone data base, and windows of two. Where no zone is stated, in the text or by the caller, the time is
refused and the zone asked for. Hours that a clock showed twice or never, 03/04/2020, 12 pm, 24:00, leap seconds and
other calendars are refused, each with its readings or its remedy.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from standclear.dialects.clocks.dates import (
    MONTH_OF,
    MONTH_PATTERN,
    TimeOfDay,
    check_calendar,
    date_of,
    read_time_of_day,
    slashed_date,
)
from standclear.dialects.clocks.entered import EPOCH, EnteredTime, EnteredWindow, instant_ms
from standclear.dialects.clocks.zones import Zone, offset_at, read_zone
from standclear.dialects.places.characters import readable
from standclear.dialects.places.words import fold
from standclear.errors import Ambiguous, Malformed
from standclear.limits import TIME_CHARACTERS_MAX

_CLOCK: Final = (
    r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:\s?[ap]\.?m\b\.?)?|\d{4}(?:\d{2})?|\d{1,2}\s?[ap]\.?m\b\.?"
)
_ZONE: Final = r"(?P<zone>\s*\(?(?:(?:utc|gmt)?\s?[+-]\d[\d:]*|[a-z][a-z0-9_+/-]*)\)?)?"
_DTG: Final = re.compile(
    r"(?P<day>\d{2})(?P<time>\d{4}|\d{6})\s?(?P<zone>[a-z])\s?(?:(?P<month>[a-z]{3})\s?(?P<year>\d{2}|\d{4}))?"
)
_DATES: Final = (
    ("iso", re.compile(rf"(?P<y>\d{{4}})-(?P<m>\d{{2}})-(?P<d>\d{{2}})(?:t|\s+)(?P<time>{_CLOCK}){_ZONE}")),
    ("iso", re.compile(rf"(?P<y>\d{{4}})(?P<m>\d{{2}})(?P<d>\d{{2}})t(?P<time>\d{{4}}|\d{{6}}){_ZONE}")),
    ("year first", re.compile(rf"(?P<y>\d{{4}})[/.](?P<m>\d{{1,2}})[/.](?P<d>\d{{1,2}}),?\s+(?P<time>{_CLOCK}){_ZONE}")),
    ("stops", re.compile(rf"(?P<d>\d{{1,2}})\.(?P<m>\d{{1,2}})\.(?P<y>\d{{4}}),?\s+(?P<time>{_CLOCK}){_ZONE}")),
    ("slashes", re.compile(rf"(?P<d>\d{{1,2}})[/-](?P<m>\d{{1,2}})[/-](?P<y>\d{{4}}),?\s+(?P<time>{_CLOCK}){_ZONE}")),
    ("words", re.compile(rf"(?P<d>\d{{1,2}})\s+(?P<month>{MONTH_PATTERN})\.?\s+(?P<y>\d{{4}}),?\s+(?P<time>{_CLOCK}){_ZONE}")),
    ("words", re.compile(rf"(?P<month>{MONTH_PATTERN})\.?\s+(?P<d>\d{{1,2}}),?\s+(?P<y>\d{{4}}),?\s+(?P<time>{_CLOCK}){_ZONE}")),
)  # fmt: skip
_SHORT_YEAR: Final = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2}(?!\d).*")
_DATE_ONLY: Final = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{4}")
_FORMAT: Final = {"iso": "iso", "year first": "iso", "stops": "day first", "words": "month in words"}
_REMEDY: Final = "write it as 2020-02-28T05:00Z, or as a date-time group: 280500ZFEB2020"
_ZONE_REMEDY: Final = "state the zone: Z, an offset such as +03:00, or a name such as Europe/Istanbul"


def read_time(
    text: str,
    *,
    field: str,
    zone: str | None = None,
    calendar: str = "gregorian",
    now_ms: int | None = None,
    date_order: str | None = None,
) -> EnteredTime:
    """The one instant that a text says.

    Args:
        zone: the zone of the place, for a text that states none.
        now_ms: the present, for a date-time group without its month, of which the readings are given.
        date_order: `dmy` or `mdy`, for a date such as 03/04/2020.

    Raises:
        Malformed: no time, or no zone, or a calendar or date that is not read.
        Ambiguous: more than one instant; every reading is given.

    Example:
        >>> read_time("280500CFEB20", field="start").utc_ms
        1582855200000
        >>> read_time("2020-02-28 05:00", field="start", zone="Europe/Istanbul").offset_s
        10800
    """
    check_calendar(calendar, field=field)
    plain = fold(readable(text, field=field, length_max=TIME_CHARACTERS_MAX))
    if match := _DTG.fullmatch(plain):
        return _date_time_group(match, text, field, now_ms)
    for kind, pattern in _DATES:
        if match := pattern.fullmatch(plain):
            day, form = _date(kind, match, text, field, date_order)
            clock = read_time_of_day(match["time"], field=field, verbatim=text)
            _check_not_a_window(plain, day, text, field)
            return _instant(day, clock, _zone(match["zone"], text, zone, field), text, form, field)
    if _SHORT_YEAR.fullmatch(plain):
        raise Malformed(field, "has a year of two digits, which could be the day", _REMEDY)
    if _DATE_ONLY.fullmatch(plain):
        raise Malformed(field, "is a date without a time of day", _REMEDY)
    raise Malformed(field, "is no time in a form that is read", _REMEDY)


def _check_not_a_window(plain: str, day: date, text: str, field: str) -> None:
    """2020-02-28 05:00-07:00 can be an offset and can be two hours of that morning."""
    match = re.search(r"\s(\d{1,2}):?(\d{2})-(\d{2}):?(\d{2})$", plain)
    if match is None:
        return
    first, last = f"{match[1].zfill(2)}:{match[2]}", f"{match[3]}:{match[4]}"
    if first < last:
        readings = (f"{day:%Y-%m-%d} {first}, {last} behind UTC", f"{day:%Y-%m-%d}, from {first} to {last}")
        raise Ambiguous(field, text, readings, "write the offset after a T: 2020-02-28T05:00-07:00")


def _date(kind: str, match: re.Match[str], text: str, field: str, date_order: str | None) -> tuple[date, str]:
    year, day = int(match["y"]), int(match["d"])
    if kind == "slashes":
        return slashed_date(day, int(match["m"]), year, field=field, text=text, date_order=date_order)
    month = MONTH_OF_FOLDED[match["month"]] if kind == "words" else int(match["m"])
    return date_of(year, month, day, field=field), _FORMAT[kind]


MONTH_OF_FOLDED: Final = {fold(name): month for name, month in MONTH_OF.items()}


def _zone(found: str | None, text: str, zone: str | None, field: str) -> tuple[Zone, bool]:
    """The zone in the text, in the case in which it was written; else the caller's."""
    if found and found.strip(" ()"):
        written = found.strip(" ()")
        at = fold(text).rfind(written)
        return read_zone(text[at : at + len(written)] if at >= 0 else written, field=field), True
    if zone is None:
        raise Malformed(field, "states no zone", _ZONE_REMEDY)
    return read_zone(zone, field=f"{field}.zone"), False


def _instant(
    day: date, clock: TimeOfDay, zone: tuple[Zone, bool], text: str, form: str, field: str
) -> EnteredTime:
    local = datetime(day.year, day.month, day.day) + clock.after_midnight
    offset = offset_at(local, zone[0], field=field, text=text)
    return EnteredTime(
        text=text,
        utc_ms=instant_ms(local, offset),
        zone=zone[0].written,
        zone_is_stated=zone[1],
        offset_s=int(offset.total_seconds()),
        precision_ms=clock.precision_ms,
        format=form,
    )


def _date_time_group(match: re.Match[str], text: str, field: str, now_ms: int | None) -> EnteredTime:
    zone = read_zone(match["zone"].upper(), field=field, is_military=True)
    clock = read_time_of_day(match["time"], field=field, verbatim=text)
    if match["month"] is None:
        raise _without_month(int(match["day"]), clock, zone, text, field, now_ms)
    month = MONTH_OF.get(match["month"])
    if month is None:
        raise Malformed(field, f"{match['month'].upper()!r} is no month of a date-time group", _REMEDY)
    year = int(match["year"]) + (2000 if len(match["year"]) == 2 else 0)
    day = date_of(year, month, int(match["day"]), field=field)
    return _instant(day, clock, (zone, True), text, "date-time group", field)


_SHORT_WINDOW: Final = re.compile(
    rf"(.*?)\s*(?<!\d)({_CLOCK})\s*(?:-|to|/|\.\.)\s*({_CLOCK}){_ZONE}", re.IGNORECASE
)


def _without_month(
    day: int, clock: TimeOfDay, zone: Zone, text: str, field: str, now_ms: int | None
) -> Malformed | Ambiguous:
    """280500Z is of some month: the three nearest are offered, none is taken."""
    remedy = "add the month and the year: 280500ZFEB2020"
    if now_ms is None:
        return Malformed(field, "names no month and year", remedy)
    now = EPOCH + timedelta(milliseconds=now_ms)
    readings = []
    for step in (-1, 0, 1):
        year, month = divmod(now.year * 12 + now.month - 1 + step, 12)
        try:
            at = date_of(year, month + 1, day, field=field)
        except Malformed:
            continue
        offset = zone.offset or timedelta(0)
        utc = datetime(at.year, at.month, at.day, tzinfo=UTC) + clock.after_midnight - offset
        readings.append(f"{utc:%Y-%m-%d %H:%M}Z")
    return Ambiguous(field, text, tuple(readings), remedy)


def read_window(
    text: str,
    *,
    field: str,
    zone: str | None = None,
    day: str | None = None,
    is_overnight: bool = False,
    date_order: str | None = None,
) -> EnteredWindow:
    """The window that a text says: two times with "/" or " to " between, or a date and two times of day.

    Args:
        day: the date, as 2020-02-28, for a text such as 0500-0700 that holds none.
        is_overnight: the caller knows that 2300-0100 ends on the next day.

    Raises:
        Malformed: no window, no zone, no date, or an end before its start.
        Ambiguous: one of the times is, or 2300-0100 without `is_overnight`.

    Example:
        >>> window = read_window("0500-0700", field="when", day="2020-02-28", zone="Asia/Damascus")
        >>> window.end.utc_ms - window.start.utc_ms
        7200000
    """
    plain = readable(text, field=field, length_max=TIME_CHARACTERS_MAX)
    ends = _two_times(plain)
    if ends is None:
        short = _SHORT_WINDOW.fullmatch(plain)
        if short is None:
            remedy = "write start/end: 2020-02-28T05:00Z/2020-02-28T07:00Z"
            raise Malformed(field, "is no window in a form that is read", remedy)
        if not short[1] and not day:
            raise Malformed(field, "names no date", "write the date before it: 2020-02-28 0500-0700")
        return _short_window(short, text, field, zone, day, is_overnight, date_order)
    if day:
        raise Malformed(field, "names its dates, and another was stated beside it", "state one of the two")
    start, end = (
        read_time(one, field=f"{field}.{name}", zone=zone, date_order=date_order)
        for one, name in zip(ends, ("start", "end"), strict=True)
    )
    if end.utc_ms < start.utc_ms:
        raise Malformed(field, "ends before it starts", "look at the dates and zones again")
    return EnteredWindow(text=text, start=start, end=end)


def _two_times(plain: str) -> tuple[str, str] | None:
    """The two whole times of a window, each with its date; a first date-time group may leave out the month."""
    parts = re.split(r"\s*/\s*|\s+to\s+|\s+(?:-|\.\.)\s+", plain)
    groups = re.split(r"\s*[-/]\s*|\s+to\s+", plain)
    if len(groups) == 2 and (first := _DTG.fullmatch(fold(groups[0]))) and _DTG.fullmatch(fold(groups[1])):
        month = re.search(r"[A-Za-z]{3}\s?\d+$", groups[1])
        return groups[0] + (month[0] if month and first["month"] is None else ""), groups[1]
    if len(parts) == 2 and all(sum(c.isdigit() for c in part) > 8 for part in parts):
        return parts[0], parts[1]
    return None


def _short_window(
    match: re.Match[str],
    text: str,
    field: str,
    zone: str | None,
    day: str | None,
    is_overnight: bool,
    date_order: str | None,
) -> EnteredWindow:
    written_day, first, last, written_zone = match[1], match[2], match[3], match["zone"] or ""
    if written_day and day:
        raise Malformed(field, "names a date, and another was stated beside it", "state one of the two")
    on = (written_day or day or "").rstrip(" ,t")
    start, end = (
        read_time(f"{on} {clock}{written_zone}", field=f"{field}.{name}", zone=zone, date_order=date_order)
        for clock, name in ((first, "start"), (last, "end"))
    )
    if end.utc_ms < start.utc_ms:
        if not is_overnight:
            readings = (
                f"{first} to {last} of the next day",
                f"{last} to {first} of the same day, turned round",
            )
            raise Ambiguous(field, text, readings, "write both ends with their dates")
        local = EPOCH + timedelta(milliseconds=end.utc_ms, seconds=end.offset_s) + timedelta(days=1)
        end = read_time(f"{local:%Y-%m-%d} {last}{written_zone}", field=f"{field}.end", zone=zone)
    return EnteredWindow(text=text, start=replace(start, text=text), end=replace(end, text=text))
