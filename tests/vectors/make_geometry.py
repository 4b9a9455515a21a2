"""Writes the vectors of `distance/1` and `decide/1` into tests/vectors/geometry: seeded, so a run changes nothing.

sincos.json     [t, sine, cosine]: t in 2^-16 e7; the results, beyond 2^53, as decimal texts
places.json     [lon, lat, x, y, z]: lon and lat in 2^-16 e7; x, y, z in cm
edges.json      {"a", "b", "halvings", "cuts": [[i, x, y, z], ...]}: all cuts, or nine evenly chosen ones
pairs.json      {"family", "a", "b", "distance_cm", "a_holds_b", "b_holds_a"}: the stated distance of two shapes
decisions.json  {"a", "b", "margin": [horizontal_cm, vertical_cm, time_ms], "meets"}: two volumes

Every list is printed with one entry a line.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from random import Random

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from geometry_pairs import FAMILIES, between, pairs_of, skewed  # noqa: E402
from standclear.spacetime.band import REFERENCES, Band  # noqa: E402
from standclear.spacetime.distance import contains, stated_distance_cm  # noqa: E402
from standclear.spacetime.earth import cut_edge, halvings, place, sincos  # noqa: E402
from standclear.spacetime.interval import Interval  # noqa: E402
from standclear.spacetime.meet import Margin, meets  # noqa: E402
from standclear.spacetime.shape import shape_to_value  # noqa: E402
from standclear.spacetime.units import E7, LAT_E7_MAX, LON_E7_MAX  # noqa: E402
from standclear.spacetime.volume import Volume, volume_to_value  # noqa: E402

SEED = 1
PAIRS_PER_FAMILY = 300
CUTS_SHOWN = 8
ANGLES = [quarter * 45 * E7 + off for quarter in range(-8, 9) for off in (-1, 0, 1)]  # octant borders


def sines() -> Iterable[object]:
    rng = Random(SEED)
    angles = [angle << 16 for angle in ANGLES] + [
        between(rng, -(360 * E7) << 16, 360 * E7 << 16) for _ in range(200)
    ]
    for t in angles:
        yield [t, *map(str, sincos(t))]


def places() -> Iterable[object]:
    rng = Random(SEED)
    lons = [angle for angle in ANGLES if abs(angle) <= LON_E7_MAX]
    lats = [angle for angle in ANGLES if abs(angle) <= LAT_E7_MAX]
    chosen = [(lon << 16, lat << 16) for lon in lons for lat in lats]
    chosen += [(377_000_000 << 16, 553_000_000 << 16), (-1_799_999_999 << 16, 700_000_000 << 16)]
    while len(chosen) < 1_000:
        # Half of them between the units, where only cuts fall.
        fraction = between(rng, 0, 65_535) if len(chosen) % 2 else 0
        lon = (between(rng, -LON_E7_MAX, LON_E7_MAX - 1) << 16) + fraction
        chosen.append((lon, (between(rng, -LAT_E7_MAX, LAT_E7_MAX - 1) << 16) + fraction))
    for lon, lat in chosen:
        yield [lon, lat, *place(lon, lat)]


def edges() -> Iterable[object]:
    rng = Random(SEED)
    ends = [
        ((0, 0), (0, 0)),
        ((0, 0), (300_000, 0)),
        ((0, 0), (300_001, 0)),
        ((0, -1), (300_000, 1)),
        ((0, 600_000_000), (600_000, 600_000_000)),
        ((-LON_E7_MAX, 0), (LON_E7_MAX, 0)),
        ((-LON_E7_MAX, 890_000_000), (LON_E7_MAX, 890_000_000)),
        ((-LON_E7_MAX, LAT_E7_MAX), (LON_E7_MAX, LAT_E7_MAX)),
        ((-LON_E7_MAX, -LAT_E7_MAX), (LON_E7_MAX, LAT_E7_MAX)),
        ((0, -LAT_E7_MAX), (0, LAT_E7_MAX)),
    ]
    while len(ends) < 200:
        lon, lat = between(rng, -LON_E7_MAX, LON_E7_MAX), between(rng, -LAT_E7_MAX, LAT_E7_MAX)
        size = skewed(rng, 1, 3_600_000_000)
        other_lon = max(-LON_E7_MAX, min(LON_E7_MAX, lon + between(rng, -size, size)))
        other_lat = max(-LAT_E7_MAX, min(LAT_E7_MAX, lat + between(rng, -size, size)))
        ends.append(((lon, lat), (other_lon, other_lat)))
    for a, b in ends:
        cuts = cut_edge(a, b)
        step = max(1, (len(cuts) - 1) // CUTS_SHOWN)
        shown = [[i, *cuts[i]] for i in range(0, len(cuts), step)]
        yield {"a": list(a), "b": list(b), "halvings": halvings(a, b), "cuts": shown}


def pairs() -> Iterable[object]:
    for family in FAMILIES:
        for a, b in pairs_of(family, SEED, PAIRS_PER_FAMILY):
            yield {
                "family": family,
                "a": shape_to_value(a),
                "b": shape_to_value(b),
                "distance_cm": stated_distance_cm(a, b),
                "a_holds_b": contains(a, b),
                "b_holds_a": contains(b, a),
            }


def decisions() -> Iterable[object]:
    """Volumes about the flip of each of the three tests: at it, and one unit before it."""
    rng = Random(SEED)
    families = [family for family in FAMILIES if family not in ("world", "huge", "poles")]
    for index in range(600):
        family = families[index % len(families)]
        *_, (a, b) = pairs_of(family, index, 2)
        distance_cm = stated_distance_cm(a, b)
        total_cm = max(0, distance_cm + between(rng, -1, 1))
        radius_a, radius_b = min(total_cm // 3, 10**8), min(total_cm // 4, 10**8)
        horizontal_cm = min(total_cm - radius_a - radius_b, 10**8)
        first = Volume(core=a, radius_cm=radius_a, band=band(rng), interval=interval(rng))
        second = Volume(core=b, radius_cm=radius_b, band=band(rng), interval=interval(rng))
        margin = Margin(
            horizontal_cm=horizontal_cm,
            vertical_cm=max(0, gap_cm(first.band, second.band) + between(rng, -1, 1)),
            time_ms=max(0, gap_ms(first.interval, second.interval) + between(rng, -1, 1)),
        )
        yield {
            "a": volume_to_value(first),
            "b": volume_to_value(second),
            "margin": [margin.horizontal_cm, margin.vertical_cm, margin.time_ms],
            "meets": meets(first, second, margin),
        }


def band(rng: Random) -> Band:
    lower_cm = between(rng, -100_000, 1_000_000)
    reference = REFERENCES[between(rng, 0, 1)] if rng.random() < 0.8 else REFERENCES[between(rng, 0, 3)]
    return Band(lower_cm=lower_cm, upper_cm=lower_cm + skewed(rng, 0, 500_000), reference=reference)  # type: ignore[arg-type]


def interval(rng: Random) -> Interval:
    start_ms = 1_600_000_000_000 + between(rng, 0, 3_600_000)
    return Interval(start_ms=start_ms, end_ms=start_ms + skewed(rng, 0, 3_600_000))


def gap_cm(a: Band, b: Band) -> int:
    gap = max(a.lower_cm - b.upper_cm, b.lower_cm - a.upper_cm)
    return gap if a.reference == b.reference else gap - 11_000


def gap_ms(a: Interval, b: Interval) -> int:
    return max(a.start_ms - b.end_ms, b.start_ms - a.end_ms)


FILES = {"sincos": sines, "places": places, "edges": edges, "pairs": pairs, "decisions": decisions}


def written(entries: Iterable[object]) -> str:
    """A JSON list with one entry a line."""
    lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in entries)
    return f"[\n{lines}\n]\n"


def main() -> None:
    for name, entries in FILES.items():
        (HERE / "geometry" / f"{name}.json").write_text(written(entries()), encoding="ascii")


if __name__ == "__main__":
    main()
