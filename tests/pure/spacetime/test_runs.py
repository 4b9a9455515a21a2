"""Runs hold their chords, so that skipping a pair of them changes no answer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from geometry_pairs import FAMILIES, pairs_of
from standclear.spacetime.chords import chord_gap_cm
from standclear.spacetime.earth import Place, Vertex, cut_edge
from standclear.spacetime.runs import Outlines, Run, halves_of, outline_of
from standclear.spacetime.shape import Line, Point, Shape, edges_of
from strategies import shapes, vertices, vertices_near


def chords_of(run: Run) -> Iterator[tuple[Place, Place]]:
    if run.level == 0:
        yield run.first, run.last
    else:
        for half in halves_of(run):
            yield from chords_of(half)


def runs_of(run: Run) -> Iterator[Run]:
    yield run
    if run.level:
        for half in halves_of(run):
            yield from runs_of(half)


def is_in_ball(run: Run, place: Place) -> bool:
    squared = (place[0] - run.x) ** 2 + (place[1] - run.y) ** 2 + (place[2] - run.z) ** 2
    return squared <= run.reach**2


def assert_balls_hold(root: Run) -> None:
    for run in runs_of(root):
        for p, q in chords_of(run):
            assert is_in_ball(run, p)
            assert is_in_ball(run, q)
            assert chord_gap_cm(p, p, run.first, run.last) <= run.bend


@given(st.data(), vertices())
def test_the_ball_and_the_bend_of_a_run_hold_its_chords(data: st.DataObject, a: Vertex) -> None:
    b = data.draw(vertices_near(a, 9_000_000))
    assert_balls_hold(outline_of(Line(paths=((a, b),))).root)


@given(shapes())
def test_the_chords_of_a_shape_are_those_of_its_cut_edges(shape: Shape) -> None:
    expected = []
    for a, b in edges_of(shape):
        expected += list(pairwise(cut_edge(a, b)))
    root = outline_of(shape).root
    assert expected == list(chords_of(root))
    assert_balls_hold(root)


def groups_of(run: Run) -> Iterator[Run]:
    if run.halves is not None:
        yield run
        for half in run.halves:
            yield from groups_of(half)


def test_the_ball_of_a_group_holds_the_balls_of_its_halves() -> None:
    for family in FAMILIES:
        for pair in pairs_of(family, 6, 40):
            for shape in pair:
                for group in groups_of(outline_of(shape).root):
                    for half in group.halves or ():
                        apart = (half.x - group.x) ** 2 + (half.y - group.y) ** 2 + (half.z - group.z) ** 2
                        assert half.reach <= group.reach
                        assert apart <= (group.reach - half.reach) ** 2


def test_the_balls_of_every_family_hold() -> None:
    rng = Random(5)
    for family in FAMILIES:
        for pair in pairs_of(family, 5, 10):
            for shape in pair:
                above = [outline_of(shape).root]
                while above[-1].level:
                    above.append(halves_of(above[-1])[rng.random() < 0.5])
                place = above[-1].first
                assert all(is_in_ball(run, place) for run in above)


def test_an_outline_is_kept_until_two_generations_are_full() -> None:
    kept = Outlines(vertices_max=2)
    first, second, third = (Point(at=(lon, 0)) for lon in (1, 2, 3))
    made = kept.outline_of(first)
    assert made is kept.outline_of(first)
    kept.outline_of(second)
    kept.outline_of(third)  # the younger generation was full: it is the older now
    assert made is kept.outline_of(first)  # and young again
    again = [kept.outline_of(Point(at=(lon, 1))) for lon in range(4)]
    assert len(again) == 4
    assert made is not kept.outline_of(first)
    assert made == kept.outline_of(first)
