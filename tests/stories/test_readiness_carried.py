"""Line checks as they are carried: over every channel of one desk, with words that say it is a routine check."""

from __future__ import annotations

from delivering import Carrying, addresses
from standclear.channels.wording import words_of
from stories.test_readiness import HOUR_MS, answer, line_of_desks, reached, watch
from visiting import Visitor
from world import World


def carrying(world: World) -> Carrying:
    north, south, monitor = line_of_desks(world)
    for party in (north, south):
        watch(world, party, "taken")
    listed = addresses(north, south, monitor, levels=("duty_desk", "alternate_desk", "superior"))
    listed += addresses(monitor, levels=("arrangement_monitor",))
    listed += addresses(north, levels=("duty_desk",), channel="sms")
    return Carrying(world, listed)


def test_a_line_check_rings_a_desk_over_every_channel_it_has_and_says_that_it_is_routine() -> None:
    with World() as world:
        post = carrying(world)
        world.settle()
        post.step()
        world.pass_ms(24 * HOUR_MS)
        carried = [one for one in post.step() if one[0] == "line_check"]
        assert sorted(carried) == [
            ("line_check", "North/alternate_desk"),
            ("line_check", "North/duty_desk"),
            ("line_check", "North/duty_desk"),
            ("line_check", "South/alternate_desk"),
            ("line_check", "South/duty_desk"),
        ]
        letter = next(one for one in post.phone.letters if one.parcel.kind == "line_check")
        assert words_of(letter).subject.startswith("EXERCISE Routine line check")
        assert "Nothing has happened" in words_of(letter).text
        assert "Open your desk to read it" not in words_of(letter).text
        assert [] == [one for one in post.step(2) if one[0] == "line_check"]


def test_a_line_check_is_answered_by_its_link_and_kept_as_attested() -> None:
    with World() as world:
        post = carrying(world)
        world.pass_ms(24 * HOUR_MS)
        post.step()
        visitor = Visitor(world)
        visitor.front.deliverer = post.deliverer
        letter = next(one for one in post.phone.letters if one.parcel.kind == "line_check")
        link = letter.reply_url.removeprefix("https://line.example")
        shown = visitor.get(link, headers=[("accept", "text/html")])
        assert (200, True) == (shown.status, b'value="answered"' in shown.body)
        given = visitor.post(link, b'{"answer": "answered"}', headers=[("content-type", "application/json")])
        assert 200 == given.status
        post.step()
        world.settle()
        north = world.parties["North"]
        assert ("answered", "attested") == (
            reached(world, north, "sms").state,
            reached(world, north, "sms").how,
        )


def test_whoever_relies_on_a_desk_that_missed_two_checks_is_told_and_a_restart_tells_nobody_again() -> None:
    with World() as world:
        post = carrying(world)
        south = world.parties["South"]
        for _ in range(2):
            world.pass_ms(24 * HOUR_MS)
            answer(world, south)
        world.pass_ms(HOUR_MS)
        world.settle()
        carried = [one for one in post.step() if one[0] == "unreachable"]
        assert sorted(to for _, to in carried) == [
            "Monitor/arrangement_monitor",
            "North/alternate_desk",
            "North/duty_desk",
            "North/duty_desk",
            "North/superior",
            "South/duty_desk",
        ]
        letter = next(one for one in post.mail.letters if one.parcel.kind == "unreachable")
        assert "North does not answer its line checks" in words_of(letter).subject
        post.opened()
        assert [] == [one for one in post.step(2) if one[0] == "unreachable"]
