"""A notice released as *call this desk* is cited with the record of the call, or of its failure (G35)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from standclear.cli import speech
from standclear.cli.cast import Said, told
from standclear.statements.asking import CONTACT_RESULTS, Contact
from standclear.statements.lists import WHOLE_ITEM, ref_of
from standclear.statements.notices import Notice
from world import Party, World, site

PLACE = (36.63, 35.93)


def three(world: World) -> tuple[Party, Party, Party]:
    north, south, east = world.enrol("North"), world.enrol("South"), world.enrol("East")
    world.agree(north, south, east)
    return north, south, east


def forms(exact: Notice) -> dict[str, list[object]]:
    """The exact form, and the form that says only whom to call, somewhere within ten kilometres."""
    wide = [replace(one, radius_cm=one.radius_cm + 1_000_000) for one in exact.volumes]
    desk = replace(exact, form="desk", name="", volumes=tuple(wide), contact="duty desk, +00 2")
    return {"exact": [exact.to_value()], "desk": [desk.to_value()]}


def call_us(world: World, owner: Party, *planners: Party) -> Said:
    """A site, released to planners as "call this desk"."""
    exact = site(world.now_ms, at=PLACE)
    return world.notice(owner, exact, told(*planners, form="desk"), forms=forms(exact))


def ring(
    world: World,
    party: Party,
    *,
    re: Sequence[bytes] = (),
    cites: Sequence[bytes] | None = None,
    result: str = "answered",
    machine: bool = False,
) -> Said:
    body = Contact(
        whom="their duty desk", party=None, at_ms=world.now_ms, channel="call", result=result, read_back="",
        scan=None, member="N-1",
    )  # fmt: skip
    return world.say(party, speech.word(body, [], world.under, re=re, cites=cites), machine=machine)


def test_citing_it_without_a_call_on_record_is_not_citing_it() -> None:
    with World() as world:
        north, south, _ = three(world)
        clinic = call_us(world, south, north)
        fire = world.activity(north, told(south), cites=[clinic.ref()])
        assert (fire.effect, fire.marks, fire.missing) == ("held", ["not_called"], [clinic.ref()])


@pytest.mark.parametrize("result", sorted(CONTACT_RESULTS))
def test_a_call_on_record_made_or_failed_makes_it_cited(result: str) -> None:
    with World() as world:
        north, south, _ = three(world)
        clinic = call_us(world, south, north)
        ring(world, north, cites=[clinic.ref()], result=result)
        fire = world.activity(north, told(south), cites=[clinic.ref()])
        assert (fire.effect, fire.marks, fire.answer.outcome.aware_of) == ("aware", [], 1)


ABOUT = {
    "the statement": lambda said: {"re": [said.sid]},
    "the item": lambda said: {"cites": [said.ref()]},
    "the whole of it": lambda said: {"cites": [ref_of(said.sid, WHOLE_ITEM)]},
}


@pytest.mark.parametrize("case", ABOUT)
def test_a_call_is_about_a_statement_or_an_item(case: str) -> None:
    with World() as world:
        north, south, _ = three(world)
        clinic = call_us(world, south, north)
        ring(world, north, **ABOUT[case](clinic))
        assert world.activity(north, told(south), cites=[clinic.ref()]).effect == "aware"


def test_a_call_alone_is_no_citation() -> None:
    with World() as world:
        north, south, _ = three(world)
        clinic = call_us(world, south, north)
        ring(world, north, re=[clinic.sid])
        fire = world.activity(north, told(south))
        assert (fire.effect, fire.marks, fire.missing) == ("held", [], [clinic.ref()])


def test_another_partys_call_and_a_machines_are_none_of_the_planners() -> None:
    with World() as world:
        north, south, east = three(world)
        clinic = call_us(world, south, north, east)
        ring(world, east, re=[clinic.sid])
        ring(world, south, re=[clinic.sid])
        ring(world, north, re=[clinic.sid], machine=True)
        fire = world.activity(north, told(south), cites=[clinic.ref()])
        assert (fire.effect, fire.marks) == ("held", ["not_called"])


def test_the_same_notice_in_its_exact_form_needs_no_call() -> None:
    with World() as world:
        north, south, east = three(world)
        exact = site(world.now_ms, at=PLACE)
        recipients = [*told(north, form="desk"), *told(east)]
        clinic = world.notice(south, exact, recipients, forms=forms(exact))
        assert world.activity(east, told(south), cites=[clinic.ref()]).effect == "aware"


@pytest.mark.parametrize("first", ["acknowledge", "call"])
def test_what_comes_after_the_filing_is_acknowledged_and_called_about_in_either_order(first: str) -> None:
    with World() as world:
        north, south, _ = three(world)
        fire = world.activity(north, told(south))
        clinic = call_us(world, south, north)
        standing = world.query.standing(north.id, fire.ref())
        steps = {
            "acknowledge": lambda: world.acknowledge(north, sids=[clinic.sid]),
            "call": lambda: ring(world, north, re=[clinic.sid], result="no_answer"),
        }
        steps.pop(first)()
        assert standing.unaware == {clinic.ref()}
        for step in steps.values():
            step()
        assert (standing.unaware, standing.aware_of) == (set(), {clinic.ref()})


def test_a_version_that_is_the_same_needs_no_second_call() -> None:
    with World() as world:
        north, south, _ = three(world)
        clinic = call_us(world, south, north)
        ring(world, north, re=[clinic.sid])
        fire = world.activity(north, told(south), cites=[clinic.ref()])
        exact = site(world.now_ms, at=PLACE, change="unchanged")
        again = world.notice(
            south, exact, told(north, form="desk"), forms=forms(exact), act="replace", of=[(clinic.ref(), 0)]
        )
        assert world.query.standing(north.id, fire.ref()).aware_of >= {again.ref()}


def test_whoever_files_openly_uncited_is_taken_so_without_a_call() -> None:
    with World() as world:
        north, south, _ = three(world)
        call_us(world, south, north)
        assert world.activity(north, told(south), uncited=True).effect == "uncited"


def test_a_restart_finds_the_same() -> None:
    with World() as world:
        north, south, _ = three(world)
        clinic = call_us(world, south, north)
        fire = world.activity(north, told(south))
        ring(world, north, re=[clinic.sid])
        world.acknowledge(north, sids=[clinic.sid])
        world.restart()
        assert world.activity(north, told(south), cites=[clinic.ref()]).effect == "aware"
        assert fire.effect == "held"
