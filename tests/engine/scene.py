"""Notices for the engine's tests: our own volumes, drawn from the families so that many of them meet."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from engine.families import FAMILIES, Core, pairs_of
from standclear.spacetime.band import Band
from standclear.spacetime.interval import Interval
from standclear.spacetime.meet import Margin, meets
from standclear.spacetime.shape import Area, Line, Point, Shape
from standclear.spacetime.volume import Volume

HOUR_MS: Final = 3_600_000
MARGIN: Final = Margin(horizontal_cm=50_000, vertical_cm=15_000, time_ms=300_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    id: int
    party: int
    kind: int
    release: int
    volume: Volume


def shape_of(core: Core) -> Shape:
    """A core of the families as our own shape."""
    form, parts = core
    if form == 0:
        return Point(at=parts[0][0])
    paths = tuple(tuple(part) for part in parts)
    return Line(paths=paths) if form == 1 else Area(rings=paths)


def volume_of(core: Core, random: Random) -> Volume:
    lower = random.choice((-200_000_000, 0, 50_000, 100_000))
    start = random.randrange(0, 40) * HOUR_MS
    return Volume(
        core=shape_of(core),
        radius_cm=random.choice((0, 0, 1, 100_000, 2_000_000)),
        band=Band(
            lower_cm=lower,
            upper_cm=min(200_000_000, lower + random.choice((0, 20_000, 70_000, 400_000_000))),
            reference=random.choice(("w84", "w84", "w84", "msl", "msl", "sfc", "std")),
        ),
        interval=Interval(start_ms=start, end_ms=start + random.randrange(0, 20) * HOUR_MS // 2),
    )


def notices(count: int, seed: int, first_id: int = 0) -> list[Notice]:
    """Notices of all families, those of one pair near each other."""
    random = Random(seed)
    found: list[Notice] = []
    names = [name for name in FAMILIES if name != "world"]
    while len(found) < count:
        for core in pairs_of(random.choice(names), random.randrange(10**9), 1)[0]:
            found.append(
                Notice(
                    id=first_id + len(found),
                    party=random.randrange(6),
                    kind=random.randrange(4),
                    release=random.randrange(1, 16),
                    volume=volume_of(core, random),
                )
            )
    return found[:count]


def meeting(asked: list[Notice], held: list[Notice], margin: Margin = MARGIN) -> set[tuple[int, int]]:
    """Every pair of another party that meets, by the law itself."""
    return {
        (a.id, b.id) for a in asked for b in held if a.party != b.party and meets(a.volume, b.volume, margin)
    }
