"""Every way in which a text is a pair of angles, and the rule which of them count.

1. Each way of cutting the text is parsed as two angles and, if written, a separator.
2. Words that could say several things give several readings; what one language says in both places comes
   before a mixture; a letter that only looks right is asked about and never enough.
3. Two angles of the same shape (both degrees and minutes, say) come before two of unlike shapes.
4. Axes are what the text states; then what the caller states; then what the ranges leave.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from standclear.dialects.places.angles import FORMAT_OF_FIELDS, NORTHINGS, Angle, angles_from, whole_e7
from standclear.dialects.places.tokens import Token
from standclear.dialects.places.words import Meaning


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One thing a text can say, with why it may not be taken without asking."""

    lat: Fraction
    lon: Fraction
    lat_cell: Fraction
    lon_cell: Fraction
    format: str
    hemispheres: str
    order: str
    needs_confirming: str = ""

    @property
    def place(self) -> tuple[int, int]:
        return whole_e7(self.lon), whole_e7(self.lat)

    def in_words(self) -> str:
        """The reading as a person compares it with a map."""
        words = {"dd": "decimal degrees", "ddm": "degrees, minutes", "dms": "degrees, minutes, seconds"}
        how = words.get(self.format, self.format)
        north, east = "S" if self.lat < 0 else "N", "W" if self.lon < 0 else "E"
        return f"latitude {abs(float(self.lat)):.7f} {north}, longitude {abs(float(self.lon)):.7f} {east} ({how})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What the caller knows beside the text."""

    order: str | None = None  # "lat_lon" | "lon_lat"
    language: str | None = None


def readings_of(
    cuttings: Iterable[tuple[Token, ...]], stated: Stated
) -> tuple[tuple[Reading, ...], tuple[str, ...]]:
    """All readings that count, each place once, and the complaints about those that failed by a number."""
    found: list[Reading] = []
    complaints: list[str] = []
    for tokens in cuttings:
        even: list[Reading] = []
        uneven: list[Reading] = []
        for first, second in _pairs(tokens):
            complaint = first.complaint() or second.complaint()
            if complaint:
                complaints.append(complaint)
                continue
            is_dashed = any(token.kind == "dash" for token in tokens)
            readings = _axes(first, second, stated, complaints, is_dashed=is_dashed)
            is_even = len(first.fields) == len(second.fields)
            is_told = all(r.order == "stated" for r in readings)
            (even if is_even or (readings and is_told) else uneven).extend(readings)
        found += even or [_asked(r, "the two numbers are written in unlike forms") for r in uneven]
    distinct: dict[tuple[int, int], Reading] = {}
    for reading in found:
        known = distinct.get(reading.place)
        if known is None or _goes_before(reading, known):
            distinct[reading.place] = reading
    return tuple(distinct.values()), tuple(dict.fromkeys(complaints))


def _goes_before(one: Reading, other: Reading) -> bool:
    """Of two readings that say one place, the one that need not be asked about; else the one that leaves more open."""
    if bool(one.needs_confirming) != bool(other.needs_confirming):
        return not one.needs_confirming
    return one.lat_cell + one.lon_cell > other.lat_cell + other.lon_cell


def _pairs(tokens: tuple[Token, ...]) -> Iterable[tuple[Angle, Angle]]:
    yield from _commas_only(tokens)
    for first, end in angles_from(tokens, 0):
        starts = {end}
        if end < len(tokens) and tokens[end].kind == "separator":
            starts = {end + 1}
        for start in starts:
            for second, last in angles_from(tokens, start):
                if last == len(tokens):
                    yield first, second


def _commas_only(tokens: tuple[Token, ...]) -> Iterable[tuple[Angle, Angle]]:
    """35,40,36,37 can be two decimals and can be degrees and minutes: the second is never taken unasked."""
    numbers = [token.text for token in tokens[::2] if token.kind == "number"]
    is_list = all(token.text == "," for token in tokens[1::2]) and len(numbers) * 2 == len(tokens) + 1
    if is_list and len(numbers) in {4, 6}:
        half = len(numbers) // 2
        fields = tuple(numbers[:half]), tuple(numbers[half:])
        if all(digits.isdigit() for part in fields for digits in part[:-1]):
            why = "commas stand between all the numbers"
            first, second = (Angle(fields=part, needs_confirming=why) for part in fields)
            yield first, second


def _axes(
    first: Angle, second: Angle, stated: Stated, complaints: list[str], *, is_dashed: bool
) -> list[Reading]:
    """The readings of two angles: by their words if they have any, else by order and range."""
    if first.hemispheres or second.hemispheres:
        return _by_words(first, second, stated, complaints)
    if first.axis or second.axis:
        if {first.axis, second.axis} != {"lat", "lon"}:
            complaints.append("only one of the two numbers is named latitude or longitude")
            return []
        lat, lon = (first, second) if first.axis == "lat" else (second, first)
        return _in_range(_signed(lat), _signed(lon), lat, lon, "signed", "stated", complaints)
    orders = (stated.order,) if stated.order else ("lat_lon", "lon_lat")
    found: list[Reading] = []
    for order in orders:
        lat, lon = (first, second) if order == "lat_lon" else (second, first)
        found += _in_range(_signed(lat), _signed(lon), lat, lon, "signed", order, complaints)
    if not stated.order and len(found) == 1:
        found = [replace(found[0], order="range")]
    return (
        [_asked(r, "hyphens stand between the numbers, without N S E W") for r in found]
        if is_dashed
        else found
    )


def _by_words(first: Angle, second: Angle, stated: Stated, complaints: list[str]) -> list[Reading]:
    if not (first.hemispheres and second.hemispheres):
        complaints.append("the hemisphere stands at one of the two numbers only")
        return []
    if first.sign or second.sign:
        complaints.append("a sign and a hemisphere stand at one number")
        return []
    if first.is_before != second.is_before:
        complaints.append("one hemisphere stands before its number, the other after")
        return []
    found: list[Reading] = []
    for one, other, why in _meanings(first.hemispheres, second.hemispheres, stated.language, complaints):
        named = ((first, one), (second, other))
        lats = [pair for pair in named if pair[1].says in NORTHINGS]
        lons = [pair for pair in named if pair[1].says not in NORTHINGS]
        if len(lats) != 1 or len(lons) != 1:
            complaints.append("both numbers are north or south, or both east or west")
            continue
        (lat, lat_word), (lon, lon_word) = lats[0], lons[0]
        if lat.axis not in {"", "lat"} or lon.axis not in {"", "lon"}:
            complaints.append("the hemisphere and the word latitude or longitude contradict each other")
            continue
        lat_value = lat.degrees() * (-1 if lat_word.says == "S" else 1)
        lon_value = lon.degrees() * (-1 if lon_word.says == "W" else 1)
        readings = _in_range(lat_value, lon_value, lat, lon, "stated", "stated", complaints)
        found += [_asked(r, why) for r in readings] if why else readings
    return found


def _meanings(
    ones: tuple[Meaning, ...], others: tuple[Meaning, ...], language: str | None, complaints: list[str]
) -> list[tuple[Meaning, Meaning, str]]:
    """Pairs of meanings that count: one language for both if there is one; else all, lookalikes to be asked."""
    pairs = [(one, other) for one in ones for other in others]
    if language is not None:
        spoken = frozenset({language, "int"})
        pairs = [(a, b) for a, b in pairs if a.languages & spoken and b.languages & spoken]
        if not pairs:
            complaints.append(f"the letters for the hemispheres are not those of the language {language!r}")
        return [(a, b, "") for a, b in pairs]
    agreed = [
        (a, b)
        for a, b in pairs
        if a.languages & b.languages and (a.says in NORTHINGS) != (b.says in NORTHINGS)
    ]
    return [(a, b, a.lookalike or b.lookalike) for a, b in agreed or pairs]


def _signed(angle: Angle) -> Fraction:
    return -angle.degrees() if angle.sign == "-" else angle.degrees()


def _in_range(
    lat_value: Fraction,
    lon_value: Fraction,
    lat: Angle,
    lon: Angle,
    hemispheres: str,
    order: str,
    complaints: list[str],
) -> list[Reading]:
    if abs(lat_value) > 90:
        complaints.append(f"latitude {float(lat_value):g} is beyond 90 degrees")
        return []
    if abs(lon_value) > 180:
        complaints.append(f"longitude {float(lon_value):g} is beyond 180 degrees")
        return []
    return [
        Reading(
            lat=lat_value,
            lon=lon_value,
            lat_cell=lat.cell(),
            lon_cell=lon.cell(),
            format=FORMAT_OF_FIELDS[max(len(lat.fields), len(lon.fields))],
            hemispheres=hemispheres,
            order=order,
            needs_confirming=lat.needs_confirming or lon.needs_confirming,
        )
    ]


def _asked(reading: Reading, why: str) -> Reading:
    return replace(reading, needs_confirming=reading.needs_confirming or why)
