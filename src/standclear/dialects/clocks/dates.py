"""Dates and times of day by their own grammar, with every reading where day and month can change places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from standclear.errors import Ambiguous, Malformed

YEAR_MIN: Final = 1970
YEAR_MAX: Final = 2199
_MONTHS: Final = {
    1: "jan january janvier ocak января січня كانون_الثاني يناير",
    2: "feb february février fevrier şubat subat февраля лютого شباط فبراير",
    3: "mar march mars mart марта березня آذار مارس",
    4: "apr april avril nisan апреля квітня نيسان أبريل",
    5: "may mai mayıs mayis мая травня أيار مايو",
    6: "jun june juin haziran июня червня حزيران يونيو",
    7: "jul july juillet temmuz июля липня تموز يوليو",
    8: "aug august août aout ağustos agustos августа серпня آب أغسطس",
    9: "sep sept september septembre eylül eylul сентября вересня أيلول سبتمبر",
    10: "oct october octobre ekim октября жовтня تشرين_الأول أكتوبر",
    11: "nov november novembre kasım kasim ноября листопада تشرين_الثاني نوفمبر",
    12: "dec december décembre decembre aralık aralik декабря грудня كانون_الأول ديسمبر",
}
MONTH_OF: Final = {name.replace("_", " "): n for n, names in _MONTHS.items() for name in names.split()}
MONTH_PATTERN: Final = "|".join(re.escape(name) for name in sorted(MONTH_OF, key=len, reverse=True))
_CALENDARS: Final = (
    (1300, 1429, "the Solar Hijri or the Hijri calendar"),
    (1430, 1499, "the Hijri calendar"),
    (2440, 2640, "the Buddhist calendar"),
)
_TIME: Final = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:\s?([AaPp])\.?[Mm]\.?)?")
_PLAIN_TIME: Final = re.compile(r"(\d{2})(\d{2})(\d{2})?")
_HOUR_TIME: Final = re.compile(r"(\d{1,2})\s?([AaPp])\.?[Mm]\.?")
_REMEDY: Final = "write the date as 2020-02-28 and the time as 05:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOfDay:
    """A time of day and the unit it was written to."""

    after_midnight: timedelta
    precision_ms: int


def check_calendar(calendar: str, *, field: str) -> None:
    """Refuse any calendar but the Gregorian: conversion is left to those who know which of its forms is meant.

    Raises:
        Malformed: another calendar is stated.
    """
    if calendar != "gregorian":
        reason = f"is in the {calendar} calendar, which is not converted here"
        raise Malformed(field, reason, "write the Gregorian date; keep the other one in the words")


def date_of(year: int, month: int, day: int, *, field: str) -> date:
    """A date that exists, in years that this service can meet.

    Raises:
        Malformed: it does not exist, or the year belongs to another calendar, which is named.
    """
    for first, last, name in _CALENDARS:
        if first <= year <= last:
            reason = f"year {year} looks like {name}"
            raise Malformed(field, reason, "write the Gregorian date; keep the other one in the words")
    if not YEAR_MIN <= year <= YEAR_MAX:
        raise Malformed(field, f"year {year} is not between {YEAR_MIN} and {YEAR_MAX}", _REMEDY)
    try:
        return date(year, month, day)
    except ValueError as wrong:
        raise Malformed(field, f"there is no {year:04d}-{month:02d}-{day:02d}", _REMEDY) from wrong


def slashed_date(
    first: int, second: int, year: int, *, field: str, text: str, date_order: str | None
) -> tuple[date, str]:
    """03/04/2020: the day or the month first, as stated, or as only one of them can be.

    Raises:
        Ambiguous: both are dates, and nobody said which is meant.
    """
    if date_order == "dmy":
        return date_of(year, second, first, field=field), "day first"
    if date_order == "mdy":
        return date_of(year, first, second, field=field), "month first"
    if second > 12 and first <= 12:
        return date_of(year, first, second, field=field), "month first"
    day_first = date_of(year, second, first, field=field)
    if first > 12 or first == second:
        return day_first, "day first"
    month_first = date_of(year, first, second, field=field)
    readings = (f"{day_first:%Y-%m-%d} (day first)", f"{month_first:%Y-%m-%d} (month first)")
    raise Ambiguous(field, text, readings, "write it as 2020-02-28, or state the order dmy or mdy")


def read_time_of_day(text: str, *, field: str, verbatim: str) -> TimeOfDay:
    """05:00, 0500, 050030, 05:00:30.25, 5:00 pm.

    Raises:
        Malformed: no time of day; 24:00 and the second 60 among them.
        Ambiguous: 12:00 am or pm, which people write for noon and for midnight.
    """
    written = text.strip()
    if match := _TIME.fullmatch(written):
        hours, minutes, seconds, part, half = match.groups()
    elif match := _PLAIN_TIME.fullmatch(written):
        hours, minutes, seconds = match.groups()
        part = half = None
    elif match := _HOUR_TIME.fullmatch(written):
        hours, half = match.groups()
        minutes, seconds, part = "00", None, None
    else:
        raise Malformed(field, f"{written!r} is no time of day", _REMEDY)
    hour = _hour(int(hours), half, field, verbatim)
    if hour == 24 and int(minutes) == 0 and int(seconds or 0) == 0:
        raise Malformed(
            field, "24:00 is the end of one day and the start of the next", "write 00:00 of the next day"
        )
    if hour > 23 or int(minutes) > 59:
        raise Malformed(field, f"{written!r} is no time of day", _REMEDY)
    if int(seconds or 0) > 59:
        raise Malformed(
            field, f"second {seconds} is not below 60 (a leap second is not counted here)", _REMEDY
        )
    fraction_ms, precision_ms = _fraction(part, field)
    after = timedelta(hours=hour, minutes=int(minutes), seconds=int(seconds or 0), milliseconds=fraction_ms)
    return TimeOfDay(after_midnight=after, precision_ms=precision_ms if seconds else 60_000)


def _hour(hour: int, half: str | None, field: str, verbatim: str) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise Malformed(field, f"hour {hour} does not go with am or pm", "write the hour from 00 to 23")
    if hour == 12:
        raise Ambiguous(field, verbatim, ("00:00 (midnight)", "12:00 (noon)"), "write the hour from 00 to 23")
    return hour + (12 if half in "Pp" else 0)


def _fraction(part: str | None, field: str) -> tuple[int, int]:
    """Milliseconds, and the unit: finer than a millisecond is refused unless it says nought."""
    if part is None:
        return 0, 1000
    if part[3:].strip("0"):
        raise Malformed(field, "is finer than a millisecond", "give three decimals of a second at most")
    return int(part[:3].ljust(3, "0")), 10 ** (3 - min(len(part), 3))
