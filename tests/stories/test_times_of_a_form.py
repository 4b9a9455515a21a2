"""Whoever was released a widened form is told by that form's times: when the exact window ends is not to be read off a clock."""

from __future__ import annotations

from dataclasses import replace

import pytest

from standclear.cli.cast import Actor, Said, told
from standclear.obligations.duties import due
from standclear.spacetime.interval import Interval
from standclear.statements.compose import Recipient
from standclear.statements.notices import Notice, Site
from stories.test_copies import FIRST, hand_out, shown
from stories.test_duties_of_time import MINUTE_MS, three
from world import DAY_MS, HOUR_MS, World, presence, site

HERE = (36.63, 35.93)


def widened(notice: Notice, hours: int) -> Notice:
    """The same, from so much earlier and until so much later."""
    volumes = [
        replace(
            one,
            interval=Interval(
                start_ms=one.interval.start_ms - hours * HOUR_MS, end_ms=one.interval.end_ms + hours * HOUR_MS
            ),
        )
        for one in notice.volumes
    ]
    return replace(notice, form="widened", volumes=tuple(volumes))


def file(world: World, party: Actor, exact: Notice, wide: Notice, *to: Recipient) -> Said:
    forms = {"exact": [exact.to_value()], "widened": [wide.to_value()]}
    return world.notice(party, exact, list(to), forms=forms)


def condition(world: World, party: Actor, said: Said) -> str:
    return world.query.condition_for(party.id, said.ref())


def turned(world: World) -> list[tuple[str, int]]:
    names = {party.id: name for name, party in world.parties.items()}
    found = [one for one in due(world.service.book, world.now_ms) if one.kind == "turned"]
    return [(names[one.party], one.due_ms) for one in found]


@pytest.mark.parametrize("kind", ["presence", "site"])
def test_its_condition_turns_at_the_end_of_the_form_released_and_its_owner_sees_the_exact_one(
    kind: str,
) -> None:
    with World() as world:
        north, south, _ = three(world)
        east = world.enrol("East")
        world.agree(north, south, east, monitor=world.parties["Monitor"])
        began = world.now_ms
        if kind == "site":
            exact = site(world.now_ms, at=HERE, days=1)
            assert isinstance(exact.what, Site)
            wide = widened(exact, 6)
            wide = replace(wide, what=replace(exact.what, valid_until_ms=began + DAY_MS + 6 * HOUR_MS))
        else:
            exact = presence(world.now_ms, at=HERE, hours=24)
            wide = widened(replace(exact, what=replace(exact.what, age_max_ms=30 * HOUR_MS)), 6)  # type: ignore[type-var]
        word = "lapsed" if kind == "site" else "stale"
        to = (Recipient(party=north.id, form="widened"), Recipient(party=east.id))
        filed = file(world, south, exact, wide, *to)
        for reader in (north, east):
            world.acknowledge(reader, sids=[filed.sid])
        world.pass_ms(DAY_MS + MINUTE_MS)
        assert condition(world, north, filed) == "current"
        assert condition(world, east, filed) == word
        assert world.query.standing(south.id, filed.ref()).condition(world.now_ms) == word
        exactly = began + DAY_MS + 1
        assert sorted(turned(world)) == [("East", exactly), ("South", exactly)]
        world.pass_ms(6 * HOUR_MS)
        assert condition(world, north, filed) == word
        assert ("North", exactly + 6 * HOUR_MS) in turned(world)


def test_a_copy_of_the_widened_form_goes_false_at_the_end_of_that_form() -> None:
    with World() as world:
        north, south, _ = three(world)
        exact = presence(world.now_ms, at=HERE, hours=4)
        wide = widened(replace(exact, what=replace(exact.what, age_max_ms=8 * HOUR_MS)), 4)  # type: ignore[type-var]
        filed = file(world, south, exact, wide, Recipient(party=north.id, form="widened"))
        hand_out(world, north, south, [filed.ref()], FIRST)
        world.pass_ms(5 * HOUR_MS)
        assert not shown(world, north)[FIRST].is_outstanding
        world.pass_ms(4 * HOUR_MS)
        [change] = shown(world, north)[FIRST].changes
        assert change.word == "stale"
        duties = [one for one in due(world.service.book, world.now_ms) if one.kind == "replace_copy"]
        assert [(one.word, one.due_ms) for one in duties] == [("stale", change.at_ms)]


def test_who_was_released_the_exact_form_is_told_as_before() -> None:
    with World() as world:
        north, south, _ = three(world)
        filed = world.presence(south, told(north), at=HERE, hours=4)
        world.acknowledge(north, sids=[filed.sid])
        world.pass_ms(5 * HOUR_MS)
        assert condition(world, north, filed) == "stale"
        assert {"North", "South"} == {name for name, _ in turned(world)}
