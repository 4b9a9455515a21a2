"""The gunner's laptop: a copy goes false when the clinic is corrected, its desk is told, and a read-back ends it (G12)."""

from __future__ import annotations

import json

from delivering import Carrying, addresses
from standclear.cli import speech
from standclear.cli.cast import Actor, Said, told
from standclear.dossier.answers import Question
from standclear.flow.copying import ShownCopy, copies_of
from standclear.flow.evidence import answer_of
from standclear.flow.questions import compliance
from standclear.spacetime.interval import Interval
from standclear.spacetime.units import FOREVER_MS
from standclear.spacetime.volume import volume_to_value
from standclear.statements.asking import Contact
from standclear.statements.canonical import canonical
from standclear.statements.compose import Draft
from standclear.statements.lists import ref_of
from standclear.statements.replies import Dissemination, HandedCopy
from stories.test_duties_of_time import three
from world import DAY_MS, HOUR_MS, World, circle, site

HERE = (36.63, 35.93)
FIRST, SECOND = "K7M2QP", "K7M2QR"


def hand_out(
    world: World, party: Actor, owner: Actor, refs: list[bytes], code: str, supersedes: str | None = None
) -> Said:
    terms = HandedCopy(
        code=code,
        format="kml",
        as_of_ms=world.now_ms,
        expires_ms=world.now_ms + DAY_MS,
        supersedes=supersedes,
        areas=(circle(HERE, 2_000, world.now_ms, world.now_ms + DAY_MS),),
    )
    body = Dissemination(
        echelons=("2 Bty",),
        third_party=None,
        third_name="",
        means="system",
        member="N-1",
        note=None,
        copy=terms,
    )
    return world.say(party, speech.handing_out(body, [owner.id], world.under, refs))


def read_back(world: World, party: Actor, code: str) -> Said:
    body = Contact(
        whom="2 Bty",
        party=None,
        at_ms=world.now_ms,
        channel="code",
        result="read_back_correct",
        read_back=code,
        scan=None,
        member="N-1",
    )
    return world.say(
        party, Draft(kind="contact", under=world.under, forms={"exact": [body.to_value()]}, to=[], cites=None)
    )


def shown(world: World, party: Actor) -> dict[str, ShownCopy]:
    _, found = copies_of(world.query, party.id, is_open=False, code=None, start=0, limit=100)
    return {one.copy.terms.code: one for one in found}


def counted(world: World, party: Actor) -> dict[str, tuple[int, int]]:
    """Of each duty about copies: owed, and waiting."""
    found = compliance(world.service, party.id, Interval(start_ms=0, end_ms=FOREVER_MS))
    return {one.duty: (one.whole.owed, one.whole.waiting) for one in found.duties if one.kind == "copy"}


def test_the_copy_on_the_gunners_laptop_goes_false_is_told_replaced_read_back_and_ended() -> None:
    with World() as world:
        north, south, _ = three(world)
        post = Carrying(world, addresses(north, south))
        clinic = world.site(south, told(north), at=HERE)
        hand_out(world, north, south, [clinic.ref()], FIRST)
        read_back(world, north, FIRST)
        world.pass_ms(HOUR_MS)
        post.step()
        assert not shown(world, north)[FIRST].is_outstanding
        right = site(world.now_ms, at=(36.635, 35.93), change="was_always_there")
        corrected = world.notice(south, right, told(north), act="replace", of=[(clinic.ref(), 0)])
        world.pass_ms(1_000)
        assert ("replace_copy", "North/duty_desk") in post.step()
        letter = next(one for one in post.mail.letters if one.parcel.kind == "replace_copy")
        assert (letter.parcel.severity, letter.parcel.word, letter.details) == (1, "corrected", ())
        assert shown(world, north)[FIRST].is_outstanding
        assert counted(world, north) == {"read_back": (1, 0), "replace_copy": (1, 1)}
        hand_out(world, north, south, [corrected.ref()], SECOND, FIRST)
        assert shown(world, north)[FIRST].is_outstanding
        world.pass_ms(HOUR_MS)
        assert post.step() == [
            ("deliver", "South/duty_desk")
        ]  # of the copies, the owner is told; the desk not again
        read_back(world, north, SECOND)
        assert not any(one.is_outstanding for one in shown(world, north).values())
        assert counted(world, north) == {"read_back": (2, 0), "replace_copy": (1, 0)}


def test_a_restart_derives_the_same_copies_and_no_message_comes_twice() -> None:
    with World() as world:
        north, south, _ = three(world)
        post = Carrying(world, addresses(north, south))
        clinic = world.site(south, told(north), at=HERE)
        hand_out(world, north, south, [clinic.ref()], FIRST)
        world.end(south, "site", [clinic.ref()])
        world.pass_ms(1_000)
        assert ("replace_copy", "North/duty_desk") in post.step()
        before = [(one.copy.terms, one.changes, one.is_outstanding) for one in shown(world, north).values()]
        world.settle()
        world.restart()
        post.opened()
        assert before == [
            (one.copy.terms, one.changes, one.is_outstanding) for one in shown(world, north).values()
        ]
        world.pass_ms(1_000)
        assert post.step() == []


def test_the_owner_sees_who_holds_it_and_whether_it_was_read_back_and_never_the_area_that_was_asked_for() -> (
    None
):
    with World() as world:
        north, south, _ = three(world)
        clinic = world.site(south, told(north), at=HERE)
        made = hand_out(world, north, south, [clinic.ref()], FIRST)
        world.settle()
        [ladder] = world.query.ladders(south.id, clinic.sid)
        assert [(one.terms.code, one.holding("2 Bty")) for one in ladder.copies] == [(FIRST, "not_read_back")]
        assert shown(world, south) == {}
        area = canonical(volume_to_value(circle(HERE, 2_000, 0, 1))["core"])  # type: ignore[index, call-overload]
        told_of = json.dumps(world.query.statement(south.id, made.sid))
        assert '"areas": []' in told_of
        asked = Question(party=north.id, area=circle(HERE, 50_000, 0, FOREVER_MS), before_ms=FOREVER_MS)
        dossier = answer_of(world.service, south.id, asked)
        assert FIRST.encode() in dossier
        bodies = [one for one in dossier.splitlines() if FIRST.encode() in one]
        assert bodies
        assert not any(area in one or b'"areas":[{' in one for one in bodies)


def test_another_seat_of_the_desk_sees_it_and_the_details_stand_in_a_message_only_where_settings_say_so() -> (
    None
):
    from dataclasses import replace

    with World() as world:
        north, south, _ = three(world)
        ways = [
            replace(addresses(north)[0], content=content, to=content) for content in ("reference", "full")
        ]
        post = Carrying(world, ways)
        clinic = world.site(south, told(north), at=HERE)
        hand_out(world, north, south, [clinic.ref()], FIRST)
        post.step()
        world.end(south, "site", [clinic.ref()])
        world.pass_ms(1_000)
        post.step()
        details = {
            one.parcel.content: one.details for one in post.mail.letters if one.parcel.kind == "replace_copy"
        }
        assert details == {"reference": (), "full": (f"{FIRST}: 2 Bty",)}


def test_a_copy_of_nothing_is_on_record_and_false_once_something_is_released_inside() -> None:
    with World() as world:
        north, south, _ = three(world)
        empty = hand_out(world, north, south, [], FIRST)
        assert empty.effect == "in_force"
        clinic = world.site(south, told(north), at=HERE)
        [change] = shown(world, north)[FIRST].changes
        assert change.items == (("added", ref_of(clinic.sid, 0)),)
