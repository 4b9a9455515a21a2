"""What every candidate index keeps: it never leaves out what the exact predicate would find."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from random import Random

import pytest

from geometry_pairs import FAMILIES, between, pairs_of, skewed
from standclear.conflicts.candidates import CandidateIndex
from standclear.limits import HORIZONTAL_MARGIN_CM_MAX, TIME_MARGIN_MS_MAX
from standclear.spacetime.band import ALL_HEIGHTS, REFERENCES, Band
from standclear.spacetime.interval import ALWAYS, Interval
from standclear.spacetime.meet import NO_MARGIN, Margin, meets
from standclear.spacetime.shape import Point, Shape
from standclear.spacetime.units import E7, FOREVER_MS
from standclear.spacetime.volume import Volume
from standclear.stores.listed import ListedIndex
from standclear.stores.rtree import RTreeIndex

INDEXES: dict[str, Callable[[], CandidateIndex]] = {"plain list": ListedIndex, "R*Tree": RTreeIndex}
IS_NATIVE_HERE = find_spec("standclear_engine") is not None
if IS_NATIVE_HERE:
    from standclear.stores.native import NativeIndex

    INDEXES["native engine"] = NativeIndex

SEED = 20260
NOON_MS = 1_790_000_000_000
IN_2106_MS = 2**32 * 1_000  # where the R*Tree's seconds end
KM_CM = 100_000


@pytest.fixture(params=list(INDEXES))
def index(request: pytest.FixtureRequest) -> CandidateIndex:
    return INDEXES[request.param]()


def at(
    lon_e7: int,
    lat_e7: int = 0,
    *,
    radius_cm: int = 0,
    band: Band = ALL_HEIGHTS,
    start_ms: int = NOON_MS,
    end_ms: int = NOON_MS,
) -> Volume:
    interval = Interval(start_ms=start_ms, end_ms=end_ms)
    return Volume(core=Point(at=(lon_e7, lat_e7)), radius_cm=radius_cm, band=band, interval=interval)


def within(horizontal_cm: int = 0, vertical_cm: int = 0, time_ms: int = 0) -> Margin:
    return Margin(horizontal_cm=horizontal_cm, vertical_cm=vertical_cm, time_ms=time_ms)


# --- nothing is missed ----------------------------------------------------------------------------


def drawn_volume(rng: Random, core: Shape) -> Volume:
    """A volume about a core, at heights and times where a few dozen of them overlap now and then."""
    lower_cm, start_ms = between(rng, -20_000, 60_000), NOON_MS + between(rng, 0, 20_000)
    if rng.random() < 0.1:
        start_ms += IN_2106_MS - NOON_MS
    return Volume(
        core=core,
        radius_cm=skewed(rng, 0, 3 * KM_CM),
        band=Band(
            lower_cm=lower_cm,
            upper_cm=lower_cm + skewed(rng, 0, 40_000),
            reference=REFERENCES[between(rng, 0, 3)],  # type: ignore[arg-type]
        ),
        interval=ALWAYS
        if rng.random() < 0.1
        else Interval(start_ms=start_ms, end_ms=start_ms + skewed(rng, 0, 20_000)),
    )


@pytest.mark.parametrize("family", list(FAMILIES))
def test_what_meets_is_a_candidate(index: CandidateIndex, family: str) -> None:
    rng = Random(f"{SEED} {family}")
    pairs = list(pairs_of(family, SEED, 40))
    kept = [(drawn_volume(rng, one), drawn_volume(rng, other)) for one, other in pairs]
    index.insert((number, volumes) for number, volumes in enumerate(kept))
    met = 0
    for _, core in pairs:
        asked = drawn_volume(rng, core)
        margin = within(skewed(rng, 0, 5 * KM_CM), skewed(rng, 0, 30_000), skewed(rng, 0, 8_000))
        found = index.candidates([asked], margin)
        assert sorted(set(found)) == found
        meeting = {
            number for number, volumes in enumerate(kept) if any(meets(one, asked, margin) for one in volumes)
        }
        assert meeting <= set(found)
        met += len(meeting)
    assert met, "a family in which nothing meets shows nothing"


TOUCHING: dict[str, tuple[Volume, Volume, Margin]] = {
    "the same moment": (at(0), at(0), NO_MARGIN),
    "the last millisecond of the margin": (
        at(0, end_ms=NOON_MS),
        at(0, start_ms=NOON_MS + 1_999, end_ms=NOON_MS + 1_999),
        within(time_ms=1_999),
    ),
    "the start of time": (at(0, start_ms=0, end_ms=0), at(0, start_ms=999, end_ms=999), within(time_ms=999)),
    "before the start of time with the largest margin": (
        at(0, start_ms=0, end_ms=0),
        at(0, start_ms=TIME_MARGIN_MS_MAX, end_ms=TIME_MARGIN_MS_MAX),
        within(time_ms=TIME_MARGIN_MS_MAX),
    ),
    "the end of time": (at(0, start_ms=FOREVER_MS, end_ms=FOREVER_MS), at(0, end_ms=FOREVER_MS), NO_MARGIN),
    "across the last second of the tree": (
        at(0, start_ms=IN_2106_MS - 1, end_ms=IN_2106_MS - 1),
        at(0, start_ms=IN_2106_MS, end_ms=IN_2106_MS),
        within(time_ms=1),
    ),
    "after the last second of the tree": (
        at(0, start_ms=IN_2106_MS + 5_000, end_ms=FOREVER_MS),
        at(0, start_ms=IN_2106_MS + 90_000, end_ms=IN_2106_MS + 90_000),
        NO_MARGIN,
    ),
    "heights that touch": (
        at(0, band=Band(lower_cm=0, upper_cm=16_777_217, reference="w84")),  # not a 32-bit float
        at(0, band=Band(lower_cm=16_777_217, upper_cm=16_777_218, reference="w84")),
        NO_MARGIN,
    ),
    "heights that touch with the margin": (
        at(0, band=Band(lower_cm=0, upper_cm=100, reference="msl")),
        at(0, band=Band(lower_cm=151, upper_cm=200, reference="msl")),
        within(vertical_cm=51),
    ),
    "heights above unlike references": (
        at(0, band=Band(lower_cm=0, upper_cm=100, reference="sfc")),
        at(0, band=Band(lower_cm=9_000_000, upper_cm=9_000_100, reference="w84")),
        NO_MARGIN,
    ),
    "both sides of ±180°": (at(180 * E7), at(-180 * E7), NO_MARGIN),
    "both sides of ±180°, a radius away": (
        at(180 * E7 - 1_000, 50 * E7, radius_cm=10_000),
        at(-180 * E7 + 1_000, 50 * E7, radius_cm=10_000),
        NO_MARGIN,
    ),
    "over the pole": (at(0, 899_990_000), at(180 * E7, 899_990_000), within(300_000)),
    "the pole under every longitude": (at(0, 90 * E7), at(123 * E7, 90 * E7), NO_MARGIN),
    "places that no 32-bit float holds": (at(1_799_999_999, 1), at(1_799_999_999, 1), NO_MARGIN),
    "the largest margin": (at(0, 70 * E7), at(25 * E7, 70 * E7), within(HORIZONTAL_MARGIN_CM_MAX)),
}  # fmt: skip


@pytest.mark.parametrize("name", list(TOUCHING))
def test_what_only_touches_is_a_candidate_either_way(name: str, index: CandidateIndex) -> None:
    one, other, margin = TOUCHING[name]
    assert meets(one, other, margin)
    index.insert([(1, [one]), (2, [other])])
    assert [1, 2] == index.candidates([one], margin)
    assert [1, 2] == index.candidates([other], margin)


# --- it separates ---------------------------------------------------------------------------------

HIGH = Band(lower_cm=500_000, upper_cm=600_000, reference="w84")
LOW = Band(lower_cm=0, upper_cm=100_000, reference="w84")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (at(0), at(1 * E7)),
        (at(0, 0), at(0, 1 * E7)),
        (at(0, band=LOW), at(0, band=HIGH)),
        (at(0), at(0, start_ms=NOON_MS + 10_000, end_ms=NOON_MS + 20_000)),
    ],
    ids=["longitude", "latitude", "height", "time"],
)
def test_what_is_far_apart_in_one_dimension_is_no_candidate(
    index: CandidateIndex, one: Volume, other: Volume
) -> None:
    index.insert([(1, [one]), (2, [other])])
    assert [1] == index.candidates([one], within(KM_CM, 1_000, 1_000))
    assert [2] == index.candidates([other], within(KM_CM, 1_000, 1_000))


# --- numbers --------------------------------------------------------------------------------------


def test_an_empty_index_proposes_nothing(index: CandidateIndex) -> None:
    assert [] == index.candidates([at(0)], NO_MARGIN)
    index.insert([])
    assert [] == index.candidates([at(0)], NO_MARGIN)


def test_a_number_comes_once_and_in_order_however_many_volumes_meet(index: CandidateIndex) -> None:
    here = at(180 * E7, radius_cm=KM_CM)  # two boxes
    index.insert([(900, [here, here, here]), (2**32, [here]), (3, [here]), (0, [here])])
    assert [0, 3, 900, 2**32] == index.candidates([here, here], NO_MARGIN)


def test_a_number_is_found_by_any_of_its_volumes(index: CandidateIndex) -> None:
    index.insert([(7, [at(lon * E7) for lon in range(50)]), (8, []), (9, [at(60 * E7)])])
    assert [7] == index.candidates([at(49 * E7)], NO_MARGIN)
    assert [7, 9] == index.candidates([at(60 * E7), at(55 * E7), at(13 * E7)], NO_MARGIN)
    assert [] == index.candidates([], NO_MARGIN)


def test_what_was_taken_out_is_proposed_no_more_and_its_number_is_free(index: CandidateIndex) -> None:
    index.insert((number, [at(number * 1_000), at(number * 1_000)]) for number in range(300))
    for number in range(0, 300, 3):
        index.remove(number)
    everywhere = at(0, radius_cm=100 * KM_CM)
    assert [number for number in range(300) if number % 3] == index.candidates([everywhere], NO_MARGIN)
    index.insert([(3, [at(90 * E7)])])
    assert [3] == index.candidates([at(90 * E7)], NO_MARGIN)
    assert 3 not in index.candidates([everywhere], NO_MARGIN)


def test_a_number_that_is_absent_cannot_be_taken_out(index: CandidateIndex) -> None:
    index.insert([(1, [at(0)])])
    with pytest.raises(KeyError):
        index.remove(2)
    index.remove(1)
    with pytest.raises(KeyError):
        index.remove(1)


@pytest.mark.skipif(
    not IS_NATIVE_HERE, reason="THE NATIVE ENGINE IS NOT INSTALLED: its index is not tested (make engine)"
)
def test_the_native_engine_is_held_to_this_suite_too() -> None:
    assert "native engine" in INDEXES
