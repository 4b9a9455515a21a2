"""Two organisations tell of one clinic: both notices stand, the desk is asked once, and its answer is on record."""

from __future__ import annotations

import pytest

from standclear.cli import speech
from standclear.cli.cast import told
from standclear.flow.alike import alike_sites
from standclear.statements.calls import Objection
from world import World

AT = (36.63, 35.93)
NEARBY = (36.6304, 35.9303)  # 49 m


def groups_of(world: World, party: bytes, near_cm: int = 10_000) -> list[list[bytes]]:
    return [[site.ref for site in one.sites] for one in alike_sites(world.query, party, near_cm)]


def test_the_same_clinic_from_two_parties_is_asked_about_and_both_stand() -> None:
    with World() as world:
        north, south, west = world.enrol("North"), world.enrol("South"), world.enrol("West")
        world.agree(north, south, west)
        one = world.site(south, told(north), at=AT, name="Salqin clinic").ref()
        other = world.site(west, told(north), at=NEARBY, name="Clinique de Salqin").ref()
        assert groups_of(world, north.id) == [[one, other]]
        assert groups_of(world, south.id) == []  # which was not told of the other's
        assert groups_of(world, north.id, near_cm=1_000) == []
        assert [item.condition for item in world.query.inbox(north.id, 0, 9)] == ["current", "current"]


@pytest.mark.parametrize(("reason", "disputed"), [("duplicate", True), ("distinct", False)])
def test_an_answer_is_not_asked_again_and_takes_nothing_away(reason: str, disputed: bool) -> None:
    with World() as world:
        north, south, west = world.enrol("North"), world.enrol("South"), world.enrol("West")
        world.agree(north, south, west)
        refs = sorted(
            [world.site(south, told(north), at=AT).ref(), world.site(west, told(north), at=NEARBY).ref()]
        )
        body = Objection(reason=reason, note=None)
        world.say(north, speech.word(body, told(south, west), world.under, cites=refs))
        assert groups_of(world, north.id) == []
        items = world.query.inbox(north.id, 0, 9)
        assert {item.condition for item in items} == {"current"}
        same = {item.ref: item.same_as for item in items}
        expected = {ref: tuple(set(refs) - {ref}) if reason == "duplicate" else () for ref in refs}
        assert same == expected
        standing = [world.service.book.register.by_ref[ref] for ref in refs]
        assert [one.disputed for one in standing] == [disputed] * 2
        world.restart()
        assert groups_of(world, north.id) == []


def test_own_sites_are_looked_through_too_and_an_answer_of_another_party_does_not_count() -> None:
    with World() as world:
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        own = world.site(north, told(south), at=AT).ref()
        theirs = world.site(south, told(north), at=NEARBY).ref()
        body = Objection(reason="distinct", note=None)
        world.say(south, speech.word(body, told(north), world.under, cites=sorted([own, theirs])))
        assert groups_of(world, south.id) == []
        assert groups_of(world, north.id) == [[own, theirs]]
        [group] = alike_sites(world.query, north.id, 10_000)
        assert group.positions == (None, 0)
        world.end(north, "site", [own])
        assert groups_of(world, north.id) == []
