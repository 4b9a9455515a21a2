"""A correction says who relied on the wrong place, and what ran over the right one before it was told (G8)."""

from __future__ import annotations

import pytest

from standclear.cli.cast import told
from standclear.errors import NotFound
from standclear.flow.questions import CorrectedFor, correction
from world import HOUR_MS, Party, World, site

WRONG = (36.63, 35.93)
RIGHT = (36.70, 35.98)
ELSEWHERE = (37.20, 36.30)


class Scene:
    """A clinic in the wrong place; plans of the north over the wrong place, over the right one, and nowhere near."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.north, self.south = world.enrol("North"), world.enrol("South")
        self.other = world.enrol("Other")
        world.agree(self.north, self.south, self.other)
        self.clinic = world.site(self.south, told(self.north), at=WRONG)
        to = told(self.south)
        self.relied = world.activity(self.north, to, at=WRONG, cites=[self.clinic.ref()])
        self.over = world.activity(self.north, to, at=RIGHT)
        self.far = world.activity(self.north, to, at=ELSEWHERE)
        self.hidden = world.activity(self.other, [], at=RIGHT)

    def corrects(self, change: str = "was_always_there", after_ms: int = 48 * HOUR_MS) -> bytes:
        """The clinic's place is set right after some time."""
        self.world.pass_ms(after_ms)
        said = self.world.notice(
            self.south,
            site(self.world.now_ms, at=RIGHT, change=change),
            told(self.north),
            act="replace",
            of=[(self.clinic.ref(), 0)],
        )
        return said.ref()

    def asks(self, who: Party, ref: bytes) -> CorrectedFor | None:
        return correction(self.world.query, who.id, ref)


def test_it_names_the_plan_that_relied_on_it_and_the_one_that_ran_over_the_right_place() -> None:
    with World() as world:
        scene = Scene(world)
        ref = scene.corrects()
        for who in (scene.north, scene.south):
            found = scene.asks(who, ref)
            assert found is not None
            assert [scene.relied.ref()] == [one.ref for one in found.cited]
            assert [scene.over.ref()] == [one.ref for one in found.ran], "and nothing of what it may not see"
            assert [scene.clinic.ref()] == [one.ref for one in found.wrong]


def test_a_plan_that_had_ended_ran_all_the_same_and_one_that_has_not_begun_did_not() -> None:
    with World() as world:
        scene = Scene(world)
        world.end(scene.north, "activity", [scene.over.ref()])
        later = world.activity(scene.north, told(scene.south), at=RIGHT, in_hours=90)
        found = scene.asks(scene.south, scene.corrects())
        assert found is not None
        assert [scene.over.ref()] == [one.ref for one in found.ran]
        assert later.ref() not in {one.ref for one in found.cited}


def test_a_move_is_no_correction_and_a_stranger_is_told_nothing() -> None:
    with World() as world:
        scene = Scene(world)
        ref = scene.corrects("moved")
        assert scene.asks(scene.south, ref) is None
        with pytest.raises(NotFound):
            scene.asks(scene.other, ref)


def test_a_correction_of_a_correction_counts_from_the_first_wrong_place() -> None:
    with World() as world:
        scene = Scene(world)
        first = scene.corrects()
        world.pass_ms(HOUR_MS)
        again = world.notice(
            scene.south,
            site(world.now_ms, at=ELSEWHERE, change="was_always_there"),
            told(scene.north),
            act="replace",
            of=[(first, 0)],
        )
        found = scene.asks(scene.north, again.ref())
        assert found is not None
        assert {scene.clinic.ref(), first} == {one.ref for one in found.wrong}
        assert [scene.relied.ref()] == [one.ref for one in found.cited]
        assert [scene.far.ref()] == [one.ref for one in found.ran]
