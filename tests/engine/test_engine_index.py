"""The index answers as the law does, whatever came and went before the question."""

from __future__ import annotations

import threading
from random import Random
from typing import Any

import numpy as np
import pytest

from engine.scene import MARGIN, Notice, meeting, notices
from standclear.spacetime.meet import Margin, meets

engine = pytest.importorskip("standclear_engine", reason="THE ENGINE IS NOT BUILT: its tests are skipped")


def volumes(of: list[Notice]) -> Any:
    return engine.Volumes.of([notice.volume for notice in of])


def columns(of: list[Notice]) -> dict[str, Any]:
    return {
        "party": np.array([notice.party for notice in of]),
        "kind": np.array([notice.kind for notice in of]),
        "release": np.array([notice.release for notice in of]),
    }


def ids(of: list[Notice]) -> Any:
    return np.array([notice.id for notice in of], dtype=np.uint64)


def index_of(held: list[Notice], rules: Any = None) -> Any:
    index = engine.Index(rules or engine.Rules(margin=MARGIN))
    index.insert(ids(held), volumes(held), **columns(held))
    return index


def pairs(stream: Any) -> list[tuple[int, int]]:
    return [pair for piece in stream for pair in zip(piece["a"].tolist(), piece["b"].tolist(), strict=True)]


def test_a_single_check_finds_what_the_law_finds() -> None:
    held, asked = notices(600, 1), notices(40, 2, first_id=10_000)
    asked += [Notice(id=20_000 + n.id, party=9, kind=0, release=1, volume=n.volume) for n in held[:60]]
    index = index_of(held)
    for one in asked:
        found = {(one.id, match[0]) for match in index.check(one.volume, party=one.party, kind=one.kind)}
        assert meeting([one], held) == found


@pytest.mark.parametrize("count", [3, 17, 700, 5_000])
def test_a_join_finds_what_single_checks_find_each_pair_once(count: int) -> None:
    held = notices(count, 3)
    asked = [
        Notice(id=100_000 + n.id, party=(n.party + 1) % 6, kind=n.kind, release=1, volume=n.volume)
        for n in held[::3]
    ] + notices(50, 4, first_id=200_000)
    index = index_of(held)
    expected = sorted(
        (one.id, match[0])
        for one in asked
        for match in index.check(one.volume, party=one.party, kind=one.kind)
    )
    packed = engine.Packed(
        volumes(asked), ids=ids(asked), party=columns(asked)["party"], kind=columns(asked)["kind"]
    )
    for threads, chunk in ((1, 10**6), (2, 7), (2, 10**6)):
        assert expected == sorted(pairs(index.join(packed, threads=threads, chunk=chunk)))
    assert sorted(pairs(index.join(index_of(asked)))) == expected


def test_a_self_join_finds_each_pair_of_the_law_once() -> None:
    held = notices(500, 5)
    index = index_of(held)
    expected = sorted({tuple(sorted(pair)) for pair in meeting(held, held)})
    for chunk in (1, 10**6):
        assert expected == sorted(tuple(sorted(pair)) for pair in pairs(index.self_join(chunk=chunk)))
    parted = index_of(held[:200])
    for notice in held[200:]:
        parted.insert(notice.id, notice.volume, party=notice.party, kind=notice.kind)
    assert expected == sorted(tuple(sorted(pair)) for pair in pairs(parted.self_join()))


def test_what_comes_and_goes_leaves_the_index_as_if_it_had_been_built_so() -> None:
    random, pool = Random(6), notices(9_000, 7)
    index = engine.Index(engine.Rules(margin=MARGIN))
    held: dict[int, Notice] = {}
    for step in range(60):
        fresh = [notice for notice in random.sample(pool, 300) if notice.id not in held]
        if step % 3:
            for notice in fresh:
                index.insert(
                    notice.id, notice.volume, party=notice.party, kind=notice.kind, release=notice.release
                )
        else:
            index.insert(ids(fresh), volumes(fresh), **columns(fresh))
        held |= {notice.id: notice for notice in fresh}
        gone = random.sample(sorted(held), len(held) // 5)
        index.remove(np.array(gone, dtype=np.uint64))
        for one in gone:
            del held[one]
        changed = [held[one] for one in random.sample(sorted(held), 20)]
        for notice in changed:
            other = Notice(
                id=notice.id,
                party=notice.party,
                kind=notice.kind,
                release=notice.release,
                volume=random.choice(pool).volume,
            )
            index.replace(other.id, other.volume, party=other.party, kind=other.kind, release=other.release)
            held[other.id] = other
        assert len(held) == len(index)
        if step % 10 == 9:
            built = index_of(list(held.values()))
            assert sorted(sorted(p) for p in pairs(built.self_join())) == sorted(
                sorted(p) for p in pairs(index.self_join())
            )
            for notice in random.sample(list(held.values()), 20):
                asked = {"party": 99, "kind": notice.kind, "why": True}
                assert built.check(notice.volume, **asked) == index.check(notice.volume, **asked)
    index.settle()
    assert all(one in index for one in held)
    assert index.runs <= 20


def test_a_notice_of_several_volumes_comes_and_goes_as_one() -> None:
    parts = [notice.volume for notice in notices(40, 8)]
    index = engine.Index(engine.Rules(margin=MARGIN))
    index.insert(7, parts, party=1, kind=0)
    assert len(index) == 40
    found = index.check(parts, party=2, kind=0)
    expected = {
        (7, part, asked)
        for asked, a in enumerate(parts)
        for part, b in enumerate(parts)
        if meets(a, b, MARGIN)
    }
    assert expected == {match[:3] for match in found}
    index.replace(7, parts[0], party=1, kind=0)
    assert {(7, 0)} == {match[:2] for match in index.check(parts[0], party=2, kind=0)}
    index.remove(7)
    assert [] == index.check(parts, party=2, kind=0)


def test_the_matrix_says_which_kinds_concern_each_other_and_how_near() -> None:
    held, asked = notices(300, 9), notices(60, 10, first_id=1_000)
    asked += [Notice(id=2_000 + n.id, party=8, kind=n.kind, release=1, volume=n.volume) for n in held]
    wide, close = (
        Margin(horizontal_cm=2_000_000, vertical_cm=100_000, time_ms=7_200_000),
        Margin(horizontal_cm=0, vertical_cm=0, time_ms=0),
    )
    table = {(0, 1): wide, (2, 2): close, (3, 0): None}
    rules = engine.Rules(margin=MARGIN, pairs=table)
    index = index_of(held, rules)

    def margin(a: int, b: int) -> Margin | None:
        return table[(a, b)] if (a, b) in table else table.get((b, a), MARGIN)

    for one in asked:
        expected = {
            b.id
            for b in held
            if b.party != one.party
            and (m := margin(one.kind, b.kind)) is not None
            and meets(one.volume, b.volume, m)
        }
        assert expected == {match[0] for match in index.check(one.volume, party=one.party, kind=one.kind)}


def test_filters_leave_out_other_parties_kinds_and_what_was_not_released() -> None:
    held = notices(400, 11)
    index = index_of(held)
    for one in held[:80]:
        found = {
            m[0] for m in index.check(one.volume, party=50, kind=0, parties=[1, 3], kinds=[0, 2], release=2)
        }
        expected = {
            b.id
            for b in held
            if b.party in (1, 3)
            and b.kind in (0, 2)
            and b.release & 2
            and meets(one.volume, b.volume, MARGIN)
        }
        assert expected == found


def test_an_answer_says_from_when_and_how_near() -> None:
    from standclear.spacetime.distance import stated_distance_cm

    held = notices(200, 12)
    index = index_of(held)
    for one in held[:40]:
        for id_, part, asked, first_ms, distance_cm in index.check(one.volume, party=60, kind=0, why=True):
            other = held[id_].volume
            assert (part, asked) == (0, 0)
            assert max(one.volume.interval.start_ms, other.interval.start_ms) == first_ms
            assert stated_distance_cm(one.volume.core, other.core) == distance_cm


def test_parties_are_compared_with_themselves_only_if_asked() -> None:
    held = notices(100, 13)
    index = index_of(held, engine.Rules(margin=MARGIN, same_party=True))
    expected = {
        tuple(sorted((a.id, b.id)))
        for a in held
        for b in held
        if a.id != b.id and meets(a.volume, b.volume, MARGIN)
    }
    assert expected == {tuple(sorted(pair)) for pair in pairs(index.self_join())}


def test_readers_see_one_moment_while_writers_write() -> None:
    """Two notices are always replaced together; no reader ever sees one of them moved without the other."""
    here, there = (n.volume for n in (notices(1, 14)[0], notices(400, 15)[399]))
    index = engine.Index(engine.Rules(margin=MARGIN))
    both = np.array([1, 2], dtype=np.uint64)
    index.insert(both, [here, here], party=1, kind=0)
    filler = notices(6_000, 16, first_id=100)
    stop, torn = threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            seen = {m[0] for m in index.check([here, here], party=2, kind=0)} & {1, 2}
            if len(seen) == 1:
                torn.append(seen)

    reader = threading.Thread(target=read)
    reader.start()
    for i, notice in enumerate(filler):
        index.insert(notice.id, notice.volume, party=3, kind=1)
        if i % 5 == 0:
            index.replace(both, [there, there] if i % 10 == 0 else [here, here], party=1, kind=0)
    stop.set()
    reader.join()
    assert [] == torn
    assert len(index) == 6_002


def test_a_piece_stays_a_piece_however_many_pairs_there_are() -> None:
    """Three thousand notices at one place: four and a half million pairs, a thousand at a time."""
    count, chunk = 3_000, 1_000
    here = engine.Volumes(
        form=np.zeros(count, int),
        lon=np.full(count, 36.2),
        lat=np.full(count, 48.5),
        vertex_offsets=np.arange(count + 1),
        radius_cm=100,
        lower_cm=0,
        upper_cm=0,
        reference=0,
        start_ms=0,
        end_ms=0,
    )
    index = engine.Index(engine.Rules(margin=(0, 0, 0), same_party=True))
    index.insert(np.arange(count), here, party=1, kind=0)
    for threads in (1, 2):
        sizes = [len(piece["a"]) for piece in index.self_join(chunk=chunk, threads=threads)]
        assert count * (count - 1) // 2 == sum(sizes)
        assert max(sizes) <= chunk + 600 * threads
