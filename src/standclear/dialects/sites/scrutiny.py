"""The doubts that one row raises by itself, by its area, by the theatre, and by the rows beside it.

An area is a country and a province as the list names them. A row is far from its area if it is four times as
far from the area's median as three quarters of its rows, and at least 50 km: provinces are long, slips are longer.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from statistics import median
from typing import Final

from standclear.dialects.places.doubts import apart_cm, is_inside, variants
from standclear.dialects.places.entered import EnteredPosition
from standclear.dialects.sites.categories import without_accents
from standclear.dialects.sites.neighbours import near_pairs
from standclear.dialects.sites.rows import Listed, Reason
from standclear.spacetime.shape import Area

E7: Final = 10_000_000
FEW_DECIMALS_CM: Final = 50_000  # half a cell of half a kilometre, along latitude or longitude
AREA_ROWS_MIN: Final = 8  # fewer say nothing about where the others should be
FAR_FACTOR: Final = 4
FAR_MIN_CM: Final = 5_000_000
SIMILAR: Final = 0.85  # of SequenceMatcher, on names without their words for the kind of site
_DEGREE_CM: Final = 11_132_000
_MINUTE_DECIMALS: Final = 4  # below it, whole minutes are met by chance

_DECIMALS: Final = re.compile(r"[0-9٠-٩۰-۹]+(?:[.,٫]([0-9٠-٩۰-۹]+))?")

Vertex = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A row with a position."""

    listed: Listed
    position: EnteredPosition

    @property
    def at(self) -> Vertex:
        return self.position.lon_e7, self.position.lat_e7


def own_reasons(position: EnteredPosition) -> Iterator[Reason]:
    """The doubts that a position raises by how it is written."""
    if position.lon_e7 == 0 and position.lat_e7 == 0:
        yield Reason(code="null-island")
    coarsest = _fewest_decimals(position)
    if coarsest is None:
        if position.precision_cm >= FEW_DECIMALS_CM:
            yield Reason(code="few-decimals", detail=position.format)
    elif _DEGREE_CM // 2 // 10**coarsest >= FEW_DECIMALS_CM:
        yield Reason(code="few-decimals", detail=f"{coarsest} decimals")
    elif coarsest >= _MINUTE_DECIMALS and all(_is_whole_minutes(e7, coarsest) for e7 in _two(position)):
        yield Reason(code="whole-minutes")


def _two(position: EnteredPosition) -> tuple[int, int]:
    return position.lon_e7, position.lat_e7


def _fewest_decimals(position: EnteredPosition) -> int | None:
    """The fewer of the decimals of two decimal numbers; None if they are no decimal numbers."""
    if position.format != "dd":
        return None
    parts = _DECIMALS.findall(position.text)
    return min((len(part) for part in parts), default=None)


def _is_whole_minutes(value_e7: int, decimals: int) -> bool:
    rest = abs(value_e7) * 60 % E7
    return min(rest, E7 - rest) <= 60 * int(10 ** (7 - min(decimals, 7)))


def theatre_reasons(row: Placed, theatre: Area | None, bounds: Mapping[str, Area]) -> Iterator[Reason]:
    """The doubts about a row that lies outside the theatre, or outside the country it names."""
    country = bounds.get(row.listed.country.strip().casefold())
    for code, area in (("outside-theatre", theatre), ("outside-country", country)):
        if area is None or is_inside(area, row.at):
            continue
        fitting = [(slip, place) for slip, place in variants(row.at) if is_inside(area, place)]
        yield from _variant_reasons(row.at, fitting)
        yield Reason(code=code)


def _variant_reasons(at: Vertex, fitting: Sequence[tuple[str, Vertex]]) -> Iterator[Reason]:
    if len(fitting) == 1:
        ((slip, place),) = fitting
        yield Reason(code="variant-fits", detail=slip, words=_away(apart_cm(at, place)), variant=place)


def _away(far_cm: int) -> str:
    return f"{far_cm / 100_000:.1f} km away"


def area_reasons(rows: Sequence[Placed]) -> dict[int, list[Reason]]:
    """For each index of a row far from its area: that, and the variant that is not far, if there is one."""
    areas: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        if row.listed.admin:
            areas[(row.listed.country, row.listed.admin)].append(index)
    found: dict[int, list[Reason]] = {}
    for indexes in areas.values():
        if len(indexes) < AREA_ROWS_MIN:
            continue
        middle = (
            round(median(rows[i].at[0] for i in indexes)),
            round(median(rows[i].at[1] for i in indexes)),
        )
        far = {i: apart_cm(rows[i].at, middle) for i in indexes}
        reach = max(FAR_MIN_CM, FAR_FACTOR * sorted(far.values())[len(far) * 3 // 4])
        for i in indexes:
            if far[i] > reach:
                fitting = [(slip, at) for slip, at in variants(rows[i].at) if apart_cm(at, middle) <= reach]
                found[i] = [
                    *_variant_reasons(rows[i].at, fitting),
                    Reason(code="far-from-area", words=_away(far[i])),
                ]
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearness:
    """What lies within 100 m of what: the reasons by index, neighbours that raise none, and how many there are."""

    reasons: Mapping[int, Sequence[Reason]]
    neighbours: Mapping[int, Sequence[int]]  # row numbers of neighbours with other names
    pairs: int
    rows: int


def nearness(rows: Sequence[Placed]) -> Nearness:
    """The pairs of rows within 100 m of each other, and the doubts that alike names raise."""
    names: dict[int, _Name] = {}
    alike: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    neighbours: dict[int, list[int]] = defaultdict(list)
    pairs = 0
    for one, other in near_pairs([row.at for row in rows]):
        pairs += 1
        for index in (one, other):
            if index not in names:
                names[index] = _Name(rows[index].listed)
        code = _nearness_of(rows[one], rows[other], names[one], names[other])
        for a, b in ((one, other), (other, one)):
            if code:
                alike[a][code].append(rows[b].listed.number)
            else:
                neighbours[a].append(rows[b].listed.number)
    reasons = {
        index: [Reason(code=code, rows=tuple(sorted(numbers))) for code, numbers in by_code.items()]
        for index, by_code in alike.items()
    }
    return Nearness(
        reasons=reasons, neighbours=neighbours, pairs=pairs, rows=len(set(alike) | set(neighbours))
    )


class _Name:
    """A name for comparing: without accents, and without the words that say what kind of site it is."""

    __slots__ = ("plain", "stem")

    def __init__(self, listed: Listed) -> None:
        words = re.findall(r"\w+", without_accents(listed.name))
        kind = set(re.findall(r"\w+", without_accents(listed.category_words)))
        self.plain = " ".join(words)
        self.stem = " ".join(word for word in words if word not in kind)


def _nearness_of(one: Placed, other: Placed, a: _Name, b: _Name) -> str:
    if a.plain == b.plain:
        return "exact-duplicate" if one.at == other.at else "near-same-name"
    if one.at == other.at:
        return "same-position"
    if a.stem and b.stem and (a.stem == b.stem or SequenceMatcher(None, a.stem, b.stem).ratio() >= SIMILAR):
        return "near-similar-name"
    return ""
