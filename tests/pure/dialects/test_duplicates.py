"""Sites that may be one thing told twice are groups to be asked about: near each other, or of one name."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standclear.dialects.lists import read_sites
from standclear.dialects.places.doubts import apart_cm
from standclear.dialects.sites.duplicates import Alike, Told, groups
from standclear.dialects.sites.neighbours import near_pairs
from standclear.dialects.tables import read_table

LIST = Path(__file__).resolve().parents[4] / "shared" / "data" / "health-facilities-africa.csv.gz"
HERE = (366_300_000, 359_300_000)
NEAR = (366_305_000, 359_303_000)  # 56 m
TOWN = (366_400_000, 359_300_000)  # 900 m
PROVINCE = (372_300_000, 359_300_000)  # 54 km


def told(number: int, name: str, at: tuple[int, int] = HERE, site_class: str = "medical") -> Told:
    return Told(
        ref=number.to_bytes(36, "big"), party=bytes([number]) * 16, site_class=site_class, name=name, at=at
    )


def nobody(one: bytes, other: bytes) -> bool:
    return False


def found(*sites: Told) -> list[tuple[tuple[int, ...], tuple[str, ...]]]:
    return [(one.members, one.why) for one in groups(sites, nobody)]


def test_two_parties_that_tell_of_one_clinic_are_one_group() -> None:
    [group] = groups([told(1, "Salqin clinic"), told(2, "Clinique Salqin", NEAR)], nobody)
    assert group == Alike(members=(0, 1), why=("near",), apart_cm=group.apart_cm)
    assert 5_000 < group.apart_cm < 6_000


@pytest.mark.parametrize(
    ("name", "other", "expected"),
    [
        ("near and of one name", told(2, "HÔPITAL de Salqin", NEAR), [((0, 1), ("near", "same_name"))]),
        ("of one name in one town", told(2, "hopital de salqin", TOWN), [((0, 1), ("same_name",))]),
        ("of one name in two provinces", told(2, "Hôpital de Salqin", PROVINCE), []),
        ("near, of another class", told(2, "A depot", NEAR, "cultural"), []),
        ("of another name in one town", told(2, "Another", TOWN), []),
        ("without a name in one town", told(2, "", TOWN), []),
    ],
)
def test_what_is_one_group_and_what_is_none(
    name: str, other: Told, expected: list[tuple[tuple[int, ...], tuple[str, ...]]]
) -> None:
    assert found(told(1, "Hôpital de Salqin"), other) == expected


def test_what_hangs_together_is_one_group_and_the_largest_comes_first() -> None:
    chain = [told(n, f"Clinic {n}", (366_300_000 + n * 8_000, 359_300_000)) for n in range(4)]
    pair = [told(8, "A", TOWN), told(9, "B", TOWN)]
    assert [one.members for one in groups([*pair, *chain], nobody)] == [(2, 3, 4, 5), (0, 1)]


def test_a_pair_that_was_answered_links_nothing() -> None:
    sites = [told(1, "A"), told(2, "B", NEAR), told(3, "C", NEAR)]
    answered = {sites[0].ref, sites[1].ref}
    assert [one.members for one in groups(sites, lambda a, b: {a, b} == answered)] == [(0, 1, 2)]
    assert groups(sites, lambda a, b: True) == []


def test_a_name_that_many_bear_says_nothing() -> None:
    many = [told(n, "Health post", (366_300_000 + n * 100_000, 359_300_000)) for n in range(51)]
    assert groups(many, nobody) == []
    assert len(groups(many[:50], nobody)) == 1


@given(
    st.lists(st.tuples(st.integers(0, 3_000_000), st.integers(598_000_000, 600_000_000)), max_size=25),
    st.sampled_from([1_000, 10_000, 1_000_000]),
)
def test_pairs_within_a_reach_are_those_that_comparing_all_gives(
    places: list[tuple[int, int]], reach_cm: int
) -> None:
    every = {
        (one, other)
        for other in range(len(places))
        for one in range(other)
        if apart_cm(places[other], places[one]) <= reach_cm
    }
    assert set(near_pairs(places, reach_cm)) == every


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.skipif(not LIST.exists(), reason=f"the real list is not at {LIST}: nothing here was tested")
def test_the_real_list_is_grouped_in_seconds() -> None:
    intake = read_sites(read_table(LIST.read_bytes(), field="list"), datum="WGS84")
    rows = [row for row in (*intake.accepted, *intake.doubtful) if row.position is not None]
    sites = [
        Told(
            ref=row.listed.number.to_bytes(36, "big"),
            party=bytes(16),
            site_class="medical",
            name=row.listed.name,
            at=(row.position.lon_e7, row.position.lat_e7),
        )
        for row in rows
        if row.position is not None
    ]
    began = time.thread_time()
    listed = groups(sites, nobody)
    took = time.thread_time() - began
    print(
        f"{len(sites):,} sites, {len(listed):,} groups of {sum(len(one.members) for one in listed):,}, {took:.1f} s"
    )
    near = [one for one in listed if "near" in one.why]
    assert sum(len(one.members) for one in near) >= 7_584
    assert took < 30
