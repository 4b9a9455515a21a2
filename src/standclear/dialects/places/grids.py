"""Grid positions: MGRS and UTM, by a grammar of our own, converted by the `mgrs` package and checked backwards.

An MGRS position names a square by its south-west corner (digits are cut off, never rounded; short ones are
filled up on the right); what is kept is the middle of the square, with a radius that holds all of it. UTM is
taken as a point, half a unit of its last digit open. Polar grids (UPS) are not read.

Standard: NGA.STND.0037 (MGRS, UTM).
"""

from __future__ import annotations

import math
import re
import warnings
from dataclasses import dataclass
from typing import Final

from standclear.dialects.places.mercator import degrees_of
from standclear.errors import Ambiguous, Malformed

_MGRS: Final = re.compile(
    r"(?:MGRS[: ]\s*)?(\d{1,2})\s?([C-HJ-NP-X])\s?([A-HJ-NP-Z])([A-HJ-NP-V])\s?(\d+)?(?:\s(\d+))?"
)
_LOOKS_MGRS: Final = re.compile(r"(?:MGRS[: ]\s*)?(\d{0,2})\s?([A-Z])\s?([A-Z]{2})\s?([\d ]+)")
_METRES: Final = r"\d+(?:\.\d+)?"
_UTM: Final = re.compile(
    rf"(?:UTM[: ]\s*)?(?:ZONE\s?)?(\d{{1,2}})\s?([A-Z]|NORTH|SOUTH)\s?[,;]?\s*(?:E\s?)?({_METRES})\s?(?:M?\s?E)?"
    rf"\s?[,;/]?\s+(?:N\s?)?({_METRES})\s?(?:M?\s?N)?"
)
_BANDS: Final = "CDEFGHJKLMNPQRSTUVWX"
_ODD_ZONES: Final = {  # Norway and Svalbard: zone and band to their west and east
    (31, "V"): (0, 3),
    (32, "V"): (3, 12),
    (31, "X"): (0, 9),
    (33, "X"): (9, 21),
    (35, "X"): (21, 33),
    (37, "X"): (33, 42),
}
_AGREE_M: Final = 1.5  # the mgrs package answers in whole metres
_REMEDY_MGRS: Final = "write zone, band, square and 4 to 10 digits, half of them easting: 36SYE 12345 67890"


@dataclass(frozen=True, slots=True, kw_only=True)
class GridPlace:
    """Where a grid position is, in degrees, and the radius in metres of what its digits leave open."""

    lon: float
    lat: float
    radius_m: float
    format: str


def grid_place(text: str, *, field: str, verbatim: str) -> GridPlace | None:
    """The place a grid position names; None if the text is no grid position at all.

    Raises:
        Malformed: it is one, but not whole, or it names no place.
        Ambiguous: the letter after a UTM zone can be the band S and the southern hemisphere.
    """
    written = text.upper()
    if match := _MGRS.fullmatch(written):
        zone, band, square, row, east, north = match.groups()
        return _mgrs(int(zone), band, square + row, east or "", north, field)
    if match := _UTM.fullmatch(written):
        zone, letter, easting, northing = match.groups()
        return _utm(int(zone), letter, easting, northing, field, verbatim)
    if _LOOKS_MGRS.fullmatch(written):
        raise Malformed(field, "is no whole MGRS position (the letters I and O are not used)", _REMEDY_MGRS)
    return None


def _mgrs(zone: int, band: str, square: str, east: str, north: str | None, field: str) -> GridPlace:
    if north is None:
        if len(east) % 2:
            raise Malformed(
                field, f"has {len(east)} digits: easting and northing need as many each", _REMEDY_MGRS
            )
        east, north = east[: len(east) // 2], east[len(east) // 2 :]
    if len(east) != len(north):
        reason = f"has {len(east)} digits of easting and {len(north)} of northing: which zero is missing?"
        raise Malformed(field, reason, _REMEDY_MGRS)
    if not 1 <= len(east) <= 5:
        raise Malformed(field, f"has {len(east)} digits each way", _REMEDY_MGRS)
    package = _package(field)
    name = f"{zone}{band}{square}{east}{north}"
    side_m = 10 ** (5 - len(east))
    try:
        lat, lon = package.toLatLon(name)
        named = package.toMGRS(lat, lon, len(east)).lstrip("0")
    except package.refusal as refused:
        raise Malformed(field, f"{name} names no square on the ground", _REMEDY_MGRS) from refused
    if name != named and not _reaches(zone, band, lat, lon, side_m):
        reason = f"{name} converts back to {named}: that square does not lie in this zone and band"
        raise Malformed(field, reason, "look at the grid zone on the map again")
    return GridPlace(lon=lon, lat=lat, radius_m=side_m / math.sqrt(2), format="mgrs")


def _reaches(zone: int, band: str, lat: float, lon: float, side_m: int) -> bool:
    """Whether a square reaches into its zone and band, though its middle lies just beyond their edge."""
    west, east = _ODD_ZONES.get((zone, band), (zone * 6 - 186, zone * 6 - 180))
    south = _BANDS.index(band) * 8 - 80
    north = south + (12 if band == "X" else 8)
    reach_lat = side_m / 111_000
    reach_lon = reach_lat / math.cos(math.radians(min(abs(lat), 84)))
    beyond = max((lon - west) % 360, (east - lon) % 360)
    is_within = (lon - west) % 360 <= (east - west) % 360
    return south - reach_lat <= lat <= north + reach_lat and (is_within or beyond >= 360 - reach_lon)


def _utm(zone: int, letter: str, easting: str, northing: str, field: str, verbatim: str) -> GridPlace:
    remedy = "write the zone, NORTH or SOUTH, the easting and the northing: 36 NORTH 768421 3972345"
    if not 1 <= zone <= 60:
        raise Malformed(field, f"zone {zone} is not one of 1 to 60", remedy)
    east_m, north_m = float(easting), float(northing)
    if not 100_000 <= east_m < 900_000:
        raise Malformed(field, f"easting {easting} is not between 100000 and 900000", remedy)
    if not 0 <= north_m <= 10_000_000:
        raise Malformed(field, f"northing {northing} is not between 0 and 10000000", remedy)
    decimals = max(len(part.partition(".")[2]) for part in (easting, northing))
    readings = {
        place: why  # one place that both say is one reading
        for why, is_south in _hemispheres(letter, field, remedy)
        if (place := _utm_place(zone, east_m, north_m, is_south, 10.0**-decimals)) is not None
        and _agrees(letter, why, place)
    }
    if not readings:
        raise Malformed(
            field, f"{verbatim.strip()} lies in no place of zone {zone} and letter {letter}", remedy
        )
    if len(readings) > 1:
        words = tuple(f"latitude {p.lat:.7f}, longitude {p.lon:.7f} ({why})" for p, why in readings.items())
        raise Ambiguous(field, verbatim, words, remedy)
    (place,) = readings
    _check_backwards(zone, place, east_m, north_m, field)
    return place


def _hemispheres(letter: str, field: str, remedy: str) -> list[tuple[str, bool]]:
    if letter in {"NORTH", "SOUTH"}:
        return [("hemisphere", letter == "SOUTH")]
    if letter not in _BANDS:
        raise Malformed(field, f"{letter} is no latitude band", remedy)
    band = (f"{letter} as the latitude band", letter < "N")
    if letter in "NS":
        return [
            band,
            (f"{letter} as the {'northern' if letter == 'N' else 'southern'} hemisphere", letter == "S"),
        ]
    return [band]


def _utm_place(zone: int, east_m: float, north_m: float, is_south: bool, unit_m: float) -> GridPlace | None:
    lon, lat = degrees_of(zone, east_m, north_m, is_south=is_south)
    if not -80 <= lat <= 84 or (is_south and lat > 0):
        return None
    lon = (lon + 180) % 360 - 180
    return GridPlace(lon=lon, lat=lat, radius_m=unit_m / math.sqrt(2), format="utm")


def _agrees(letter: str, why: str, place: GridPlace) -> bool:
    """Whether the place lies in the latitude band, where the letter is meant as one."""
    if "band" not in why:
        return True
    return _BANDS[min(int(place.lat + 80) // 8, 19)] == letter


def _check_backwards(zone: int, place: GridPlace, east_m: float, north_m: float, field: str) -> None:
    package = _package(field)
    seen: tuple[int, str, float, float] | None
    try:
        seen = package.MGRSToUTM(package.toMGRS(place.lat, place.lon, 5))
    except package.refusal:
        seen = None
    if seen is not None and seen[0] != zone:
        raise Malformed(
            field, f"lies in zone {seen[0]}, not in zone {zone}", "look at the grid zone on the map again"
        )
    if seen is None or max(abs(seen[2] - east_m), abs(seen[3] - north_m)) > _AGREE_M:
        raise Malformed(field, "does not come back when converted to the grid", "give degrees")


class _Mgrs:
    """The `mgrs` package, imported when the first grid position is read: the base install has none.

    It warns of a latitude outside the band and answers all the same; here such a square is found by
    converting back, so the warning is not passed on.
    """

    def __init__(self) -> None:
        from mgrs import MGRS
        from mgrs.core import MGRSError

        self._native = MGRS()
        self.refusal: type[Exception] = MGRSError

    def toLatLon(self, name: str) -> tuple[float, float]:  # noqa: N802 - the package's word
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            lat, lon = self._native.toLatLon(name)
        return lat, lon

    def toMGRS(self, lat: float, lon: float, digits: int) -> str:  # noqa: N802 - the package's word
        return str(self._native.toMGRS(lat, lon, MGRSPrecision=digits))

    def MGRSToUTM(self, name: str) -> tuple[int, str, float, float]:  # noqa: N802 - the package's word
        zone, hemisphere, easting, northing = self._native.MGRSToUTM(name)
        return zone, hemisphere, easting, northing


def _package(field: str) -> _Mgrs:
    try:
        return _Mgrs()
    except ImportError as missing:
        remedy = "install standclear[client], or give degrees"
        raise Malformed(
            field, "is a grid position, and the mgrs package is not installed here", remedy
        ) from missing


def mgrs_name(lat: float, lon: float, digits: int, *, field: str) -> str:
    """The MGRS square of 10**(5 - digits) metres in which a place lies, written in groups.

    Raises:
        Malformed: the place lies in the polar grids, or on an edge for which the package has no name.
    """
    if not -80 <= lat < 84:
        raise Malformed(field, "lies in the polar grids, which are not written", "read back in degrees")
    package = _package(field)
    name = package.toMGRS(lat, lon, digits)
    seen: tuple[float, float] | None
    try:
        seen = package.toLatLon(name)
    except package.refusal:
        seen = None
    if seen is None or _apart_m(seen, (lat, lon)) > 10 ** (5 - digits):
        raise Malformed(field, f"the grid answers {name}, which does not lie there", "read back in degrees")
    square = len(name) - 2 * digits
    return (
        f"{name[: square - 2]} {name[square - 2 : square]} {name[square:][:digits]} {name[square:][digits:]}"
    )


def _apart_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """About how far two near places (latitude, longitude) are from each other."""
    east = (a[1] - b[1] + 180) % 360 - 180
    return math.hypot(a[0] - b[0], east * math.cos(math.radians(a[0]))) * 111_320
