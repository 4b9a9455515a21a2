"""A time as it was entered: the text, word for word, the instant it says, and the zone it was read in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from standclear.errors import Malformed

FORMATS: Final = ("iso", "date-time group", "day first", "month first", "month in words")
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_REMEDY: Final = "give back the file as it was written"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredTime:
    """What was typed and the instant it says. `text` is never altered."""

    text: str
    utc_ms: int
    zone: str  # as read: "Z", "+03:00", "C", "Europe/Istanbul"
    zone_is_stated: bool  # in the text; else the caller said it
    offset_s: int  # east of UTC, at that instant
    precision_ms: int  # the unit of the last field written
    format: str  # one of FORMATS
    calendar: str = "gregorian"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredWindow:
    """Two times written as one window; its text, and its ends as read from it."""

    text: str
    start: EnteredTime
    end: EnteredTime


def instant_ms(local: datetime, offset: timedelta) -> int:
    """Milliseconds since 1970 of a time of day that is ahead of UTC by an offset."""
    return (local.replace(tzinfo=UTC) - offset - EPOCH) // timedelta(milliseconds=1)


def time_to_value(time: EnteredTime) -> dict[str, Any]:
    """A time as a JSON object of texts, integers and one truth value."""
    return {name: getattr(time, name) for name in EnteredTime.__annotations__}


def time_from_value(value: object, *, field: str) -> EnteredTime:
    """The time that `time_to_value` wrote.

    Raises:
        Malformed: a member is missing, of another type, or not known.
    """
    kinds: dict[str, type] = {"int": int, "str": str, "bool": bool}
    if not isinstance(value, dict) or set(value) != set(EnteredTime.__annotations__):
        raise Malformed(field, "is no time as written by this program", _REMEDY)
    for name, kind in EnteredTime.__annotations__.items():
        if type(value[name]) is not kinds[kind]:
            raise Malformed(f"{field}.{name}", f"is no {kind}", _REMEDY)
    if value["format"] not in FORMATS or value["calendar"] != "gregorian":
        raise Malformed(field, "is in a format or calendar that is not known", _REMEDY)
    return EnteredTime(**value)
