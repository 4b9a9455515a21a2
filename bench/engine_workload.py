"""A seeded, realistic set of notices, for the benches of the engine.

Of the volumes 40 % are sites (points with a radius of 100 m to 2 km; half of them stand for 7 to 60 days), 30 % belong
to movements (chains of six corridors of three vertices in consecutive windows; two in five in the air) and 30 % are
activities (stars of 4 to 40 vertices, median radius 4 km, 60 km at most, for hours). Seven in ten lie in 12 theatres
of 40 hot spots each, two of the theatres at the antimeridian; the rest anywhere on the sphere. The horizon is 14 days,
the parties are 20, two of them with 30 % and 25 % of all. The margin is 500 m, 150 m, 300 s. Heights are above the
ellipsoid. The mean is about five vertices a volume.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

NOW_MS: Final = 1_795_000_000_000
DAY_MS: Final = 86_400_000
HORIZON_MS: Final = 14 * DAY_MS
MARGIN: Final = (50_000, 15_000, 300_000)
SITE, MOVEMENT, ACTIVITY = 0, 1, 2
DEGREE_M: Final = 111_320.0
Array = np.ndarray[Any, Any]

# Where the theatres are (lon, lat); the last two straddle the antimeridian.
THEATRES: Final = np.array(
    [
        (36.2, 48.5),
        (34.4, 31.5),
        (44.2, 15.4),
        (32.5, 15.6),
        (37.0, 36.2),
        (44.4, 33.3),
        (69.2, 34.5),
        (45.3, 2.0),
        (29.2, -1.7),
        (13.2, 13.1),
        (179.9, -17.5),
        (179.8, 66.0),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Columns as `standclear_engine.Volumes` takes them, and whose they are."""

    columns: dict[str, Array]
    party: Array
    kind: Array

    def __len__(self) -> int:
        return len(self.party)


def _places(rng: np.random.Generator, count: int) -> tuple[Array, Array]:
    """Centres in degrees: hot spots of theatres, or anywhere."""
    spots = np.random.default_rng(2020)  # the same hot spots for every set, or two sets would not meet
    spread = spots.normal(0, 1.5, (12, 40, 2))
    theatre, spot = rng.integers(0, 12, count), rng.integers(0, 40, count)
    lat = THEATRES[theatre, 1] + spread[theatre, spot, 1] + rng.normal(0, 0.45, count)
    lon = (
        THEATRES[theatre, 0] + spread[theatre, spot, 0] + rng.normal(0, 0.45, count) / np.cos(np.radians(lat))
    )
    anywhere = rng.random(count) < 0.3
    lon = np.where(anywhere, rng.uniform(-180, 180, count), lon)
    lat = np.where(anywhere, np.degrees(np.arcsin(rng.uniform(-1, 1, count))), lat)
    return (lon + 180) % 360 - 180, np.clip(lat, -89.9, 89.9)


def generate(count: int, seed: int) -> Workload:
    """`count` volumes, the same for the same seed."""
    rng = np.random.default_rng(seed)
    chains = int(count * 0.3) // 6
    movements, activities = chains * 6, int(count * 0.3)
    sites = count - movements - activities
    kind = np.concatenate([np.full(sites, SITE), np.full(movements, MOVEMENT), np.full(activities, ACTIVITY)])
    shares = np.array([0.30, 0.25] + [0.45 / 18] * 18)
    of_chain = np.repeat(rng.choice(20, chains, p=shares), 6)
    party = np.concatenate([rng.choice(20, sites, p=shares), of_chain, rng.choice(20, activities, p=shares)])

    vertices_of = np.concatenate(
        [
            np.ones(sites, np.int64),
            np.full(movements, 3),
            np.minimum(4 + rng.exponential(8.5, activities).astype(np.int64), 40),
        ]
    )
    offsets = np.concatenate([[0], np.cumsum(vertices_of)])
    lon, lat = np.empty(offsets[-1]), np.empty(offsets[-1])

    lon[:sites], lat[:sites] = _places(rng, sites)
    air = np.repeat(rng.random(chains) < 0.4, 6)
    x, y = _places(rng, chains)
    course = rng.uniform(0, 2 * np.pi, chains)
    leg_m = np.where(air[::6], rng.uniform(8_000, 40_000, chains), rng.uniform(1_000, 8_000, chains))
    start = NOW_MS + rng.integers(0, HORIZON_MS, chains)
    leg_ms = np.where(air[::6], leg_m / 120 * 1000, leg_m / 8 * 1000).astype(np.int64)
    ends_x, ends_y = np.empty((chains, 13)), np.empty((chains, 13))
    for i in range(13):
        ends_x[:, i], ends_y[:, i] = x, y
        course = course + rng.normal(0, 0.3, chains)
        y = np.clip(y + leg_m / 2 * np.cos(course) / DEGREE_M, -89.5, 89.5)
        x = x + leg_m / 2 * np.sin(course) / (DEGREE_M * np.cos(np.radians(y)))
    # A chain that would cross ±180 stays on its side: who makes a shape cuts it there.
    ends_x = np.clip(ends_x, -180, 180)
    for leg in range(6):
        for i in range(3):
            at = offsets[sites + leg : sites + movements : 6] + i
            lon[at], lat[at] = ends_x[:, 2 * leg + i], ends_y[:, 2 * leg + i]

    radius_m = np.minimum(rng.lognormal(np.log(4_000), 0.9, activities), 60_000)
    x, y = _places(rng, activities)
    of = np.repeat(np.arange(activities), vertices_of[sites + movements :])
    first = offsets[sites + movements]
    order = np.arange(offsets[-1] - first) - (offsets[sites + movements : -1] - first)[of]
    angle = 2 * np.pi * (order / vertices_of[sites + movements :][of])
    reach = radius_m[of] * rng.uniform(0.6, 1.0, len(of))
    lat[first:] = np.clip(y[of] + reach * np.sin(angle) / DEGREE_M, -90, 90)
    east = reach * np.cos(angle) / (DEGREE_M * np.maximum(0.01, np.cos(np.radians(y[of]))))
    lon[first:] = np.clip(x[of] + east, -180, 180)

    radius_cm = np.concatenate(
        [
            (10 ** rng.uniform(2, np.log10(2_000), sites) * 100).astype(np.int64),
            np.where(air, 185_000, 30_000),
            np.zeros(activities, np.int64),
        ]
    )
    flight = np.repeat(rng.uniform(50_000, 1_100_000, chains), 6).astype(np.int64)
    activity_top = rng.choice([30_000, 300_000, 1_500_000], activities, p=[0.5, 0.3, 0.2])
    lower = np.concatenate(
        [np.full(sites, -10_000), np.where(air, flight - 15_000, -10_000), np.full(activities, -10_000)]
    )
    upper = np.concatenate([np.full(sites, 5_000), np.where(air, flight + 15_000, 10_000), activity_top])

    begun = NOW_MS + rng.integers(-DAY_MS, HORIZON_MS, sites)
    long_lived = rng.random(sites) < 0.5
    stay = np.where(
        long_lived,
        rng.integers(7 * DAY_MS, 60 * DAY_MS, sites),
        rng.integers(DAY_MS // 12, 2 * DAY_MS, sites),
    )
    begun = np.where(long_lived, begun - stay // 2, begun)
    legs_start = (start[:, None] + leg_ms[:, None] * np.arange(6)).ravel()
    activity_start = NOW_MS + rng.integers(0, HORIZON_MS, activities)
    activity_stay = (rng.lognormal(np.log(3), 0.7, activities) * 3_600_000).astype(np.int64)
    start_ms = np.concatenate([begun, legs_start, activity_start])
    end_ms = np.concatenate([begun + stay, legs_start + np.repeat(leg_ms, 6), activity_start + activity_stay])

    columns = {
        "form": kind.astype(np.uint8),
        "lon": lon,
        "lat": lat,
        "vertex_offsets": offsets,
        "radius_cm": radius_cm,
        "lower_cm": lower,
        "upper_cm": upper,
        "reference": np.zeros(count, np.uint8),
        "start_ms": start_ms,
        "end_ms": end_ms,
    }
    return _shuffled(rng, columns, party.astype(np.uint16), kind.astype(np.uint8))


def _shuffled(rng: np.random.Generator, columns: dict[str, Array], party: Array, kind: Array) -> Workload:
    """The rows in no order, as they would be filed; coordinates in whole e7; rings that repeat a vertex mended."""
    offsets = columns["vertex_offsets"]
    order = rng.permutation(len(party))
    counts = np.diff(offsets)[order]
    shuffled = np.concatenate([[0], np.cumsum(counts)])
    take = np.repeat(offsets[:-1][order] - shuffled[:-1], counts) + np.arange(shuffled[-1])
    lon = np.round(columns["lon"][take] * 1e7).astype(np.int32)
    lat = np.round(columns["lat"][take] * 1e7).astype(np.int32)
    first, last = shuffled[:-1], shuffled[1:] - 1
    same = (columns["form"][order] == 2) & (lon[first] == lon[last]) & (lat[first] == lat[last])
    lat[last[same]] += np.where(lat[last[same]] > 0, -100, 100).astype(np.int32)
    told = {
        name: column[order]
        for name, column in columns.items()
        if name not in ("lon", "lat", "vertex_offsets")
    }
    return Workload(
        columns={"lon": lon, "lat": lat, "vertex_offsets": shuffled, **told},
        party=party[order],
        kind=kind[order],
    )


def positions(count: int, seed: int) -> tuple[Array, Array]:
    """Positions in e7, spread as the notices are."""
    lon, lat = _places(np.random.default_rng(seed), count)
    return np.round(lon * 1e7).astype(np.int32), np.round(lat * 1e7).astype(np.int32)
