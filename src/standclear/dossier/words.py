"""What a statement says, as HTML for people: fields in words, times in UTC and a local zone, original texts with their language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from html import escape
from typing import Any, Final

from standclear.errors import StandclearError
from standclear.spacetime.shape import parts_of
from standclear.spacetime.units import FOREVER_MS
from standclear.spacetime.volume import Volume, volume_from_value
from standclear.statements.canonical import Value, from_b64u

E7: Final = 10_000_000
_VOLUME: Final = frozenset({"core", "radius_cm", "band", "interval"})
_NOTE: Final = frozenset({"lang", "text"})
_VERTICES_SHOWN: Final = 64
_SPANS: Final = frozenset(
    {"age_max_ms", "after_ms", "acknowledge_ms", "lead_ms", "long_stop_ms", "time_ms", "retention_ms",
     "citation_grace_ms", "warn_ms", "blanket_duration_ms", "answer_most_ms"}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """How times and parties are named: a zone with its name, and the names of the dossier's own enrolments."""

    zone: tzinfo
    zone_name: str
    names: Mapping[bytes, str]

    def time(self, ms: int | None) -> str:
        """A time in UTC and in the local zone; a dash for none.

        Example:
            >>> Speaker(zone=UTC, zone_name="UTC", names={}).time(1582804800000)
            '2020-02-27 12:00:00 UTC'
        """
        if ms is None:
            return "–"
        if ms >= FOREVER_MS:
            return "without end"
        at = datetime.fromtimestamp(ms // 1000, UTC)
        utc = at.strftime("%Y-%m-%d %H:%M:%S UTC")
        if self.zone_name == "UTC":
            return utc
        try:
            local = at.astimezone(self.zone)
        except OverflowError:  # at the very end of the calendar
            return utc
        return f"{utc} = {local.strftime('%Y-%m-%d %H:%M:%S')} {self.zone_name} (UTC{local.strftime('%z')})"

    def party(self, party: bytes) -> str:
        """A party's name."""
        return self.names.get(party, f"party {party.hex()[:8]}")

    # --- bodies -------------------------------------------------------------------------------------

    def body(self, value: Value) -> str:
        """A body's fields as a table of HTML, everything escaped."""
        assert isinstance(value, dict)
        rows = "".join(
            f"<tr><th>{escape(_label(name))}</th><td>{self._field(name, one)}</td></tr>"
            for name, one in value.items()
            if name != "type" and one not in (None, "", [], ())
        )
        return f"<table class='body'>{rows}</table>"

    def _field(self, name: str, value: Value) -> str:
        match value:
            case bool():
                return "yes" if value else "no"
            case int() if name.endswith("_ms") and name not in _SPANS:
                return escape(self.time(value))
            case int() if name.endswith("_ms"):
                return f"{value / 1000:g} s"
            case int() if name.endswith("_cm"):
                return f"{value / 100:g} m"
            case str():
                return escape(self._text(name, value))
            case list():
                return "<br>".join(self._field(name, one) for one in value)
            case dict() if _VOLUME <= value.keys():
                return escape(self.volume(value))
            case dict() if _NOTE == value.keys():
                return note(str(value["lang"]), str(value["text"]))
            case dict() if {"text", "reading", "what"} <= value.keys():
                return self._entered(value)
            case dict():
                return self.body(value)
            case _:
                return escape(str(value))

    def _text(self, name: str, value: str) -> str:
        if len(value) == 22:  # sixteen bytes may be a party
            try:
                return self.names.get(from_b64u(value, 16, name), value)
            except StandclearError:
                return value
        return value

    def _entered(self, value: dict[str, Any]) -> str:
        """A place or time as somebody wrote it, and how it was read."""
        written = from_b64u(value["text"], None, "text").decode("utf-8", errors="replace")
        told = f"{value['what']}, read as {value['reading']} ({value['datum_or_zone']})"
        return f"<q>{escape(written)}</q> ({escape(told)})"

    def volume(self, value: Value) -> str:
        """A volume in one sentence."""
        try:
            one = volume_from_value(value, "volume")
        except StandclearError:
            return str(value)
        band = one.band
        start, end = self.time(one.interval.start_ms), self.time(one.interval.end_ms)
        return (
            f"{_shape(one)}; {one.radius_cm / 100:g} m around; heights {band.lower_cm / 100:g} to "
            f"{band.upper_cm / 100:g} m ({band.reference}); from {start} to {end}"
        )


def _label(name: str) -> str:
    words = name.removesuffix("_ms").removesuffix("_cm").removesuffix("_e7")
    return words.replace("_", " ")


def note(lang: str, text: str) -> str:
    """A text in its own words, with its language and the direction in which that is written."""
    tag = escape(lang, quote=True)
    return f"<blockquote lang='{tag}' dir='auto'>{escape(text)}</blockquote><small>original, language: {tag}</small>"


def _shape(one: Volume) -> str:
    vertices = [vertex for part in parts_of(one.core) for vertex in part]
    told = ", ".join(f"{lat / E7:.7f} {lon / E7:.7f}" for lon, lat in vertices[:_VERTICES_SHOWN])
    more = f" … {len(vertices)} vertices in all" if len(vertices) > _VERTICES_SHOWN else ""
    return f"{type(one.core).__name__.lower()} (latitude longitude, WGS84) {told}{more}"
