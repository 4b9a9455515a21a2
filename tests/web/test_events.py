"""Live events: a desk hears of each release once, in order, and takes up where it stopped."""

from __future__ import annotations

from standclear.cli.cast import told
from standclear.keys import key_id
from standclear.limits import STREAMS_PER_KEY_MAX
from standclear.statements.canonical import b64u
from standclear.statements.compose import Draft
from standclear.statements.parties import Revocation
from visiting import Visitor
from world import Party, World, site


def two(world: World) -> tuple[Party, Party]:
    north, south = world.enrol("North"), world.enrol("South")
    world.agree(north, south)
    return north, south


def sites(world: World, party: Party, other: Party, count: int) -> bytes:
    """One statement of so many sites; its sid."""
    return world.notice(
        party,
        [site(world.now_ms, at=(36.6 + i / 100, 35.9), name=f"S{i}") for i in range(count)],
        told(other),
    ).sid


def test_a_range_of_the_inbox_is_one_event_whose_id_is_the_position_after_it() -> None:
    with World() as world:
        north, south = two(world)
        first, second = sites(world, south, north, 3), sites(world, south, north, 2)
        visitor = Visitor(world)
        stream = visitor.stream("/v1/events", north)
        head = world.run(stream.start())
        heard = [world.run(stream.next()) for _ in range(2)]
        world.run(stream.leave())
        assert (head.status, head.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        assert head.headers["standclear-exercise"] == "EXERCISE"
        assert [("released", 3), ("released", 5)] == [(event, number) for event, number, _ in heard]
        assert [(0, 3, b64u(first)), (3, 5, b64u(second))] == [
            (content["start"], content["end"], content["sid"]) for _, _, content in heard
        ]
        assert all(content["exercise"] == "EXERCISE" for _, _, content in heard)


def test_what_is_released_while_a_desk_listens_is_heard_at_once() -> None:
    with World() as world:
        north, south = two(world)
        visitor = Visitor(world)
        stream = visitor.stream("/v1/events", north)
        world.run(stream.start())
        sid = sites(world, south, north, 1)
        event, number, content = world.run(stream.next())
        world.run(stream.leave())
        assert (event, number, content["sid"], content["kind"]) == ("released", 1, b64u(sid), "site")


def test_a_reader_who_comes_back_gets_the_rest_and_nothing_twice() -> None:
    with World() as world:
        north, south = two(world)
        visitor = Visitor(world)
        sites(world, south, north, 2)
        stream = visitor.stream("/v1/events", north)
        world.run(stream.start())
        _, last, _ = world.run(stream.next())
        world.run(stream.leave())
        missed = [sites(world, south, north, 1) for _ in range(3)]
        again = visitor.stream("/v1/events", north, last_event_id=str(last))
        world.run(again.start())
        heard = [world.run(again.next()) for _ in range(3)]
        world.run(again.leave())
        assert [b64u(sid) for sid in missed] == [content["sid"] for _, _, content in heard]


def test_a_reader_who_stopped_within_a_list_gets_the_rest_of_the_list() -> None:
    with World() as world:
        north, south = two(world)
        sites(world, south, north, 5)
        stream = Visitor(world).stream("/v1/events?from=2", north)
        world.run(stream.start())
        _, number, content = world.run(stream.next())
        world.run(stream.leave())
        assert (number, content["start"], content["end"]) == (5, 2, 5)


def test_a_reader_resumes_across_a_restart_of_the_service() -> None:
    with World() as world:
        north, south = two(world)
        first = sites(world, south, north, 1)
        second = sites(world, south, north, 1)
        world.restart()
        stream = Visitor(world).stream("/v1/events", north, last_event_id="1")
        world.run(stream.start())
        _, number, content = world.run(stream.next())
        world.run(stream.leave())
        assert (number, content["sid"]) == (2, b64u(second))
        assert first != second


def test_a_party_hears_of_what_was_released_to_it_and_of_nothing_else() -> None:
    with World() as world:
        north, south, other = world.enrol("North"), world.enrol("South"), world.enrol("Other")
        world.agree(north, south, other)
        visitor = Visitor(world)
        stream = visitor.stream("/v1/events", other)
        world.run(stream.start())
        sites(world, south, north, 1)
        theirs = sites(world, south, other, 1)
        _, number, content = world.run(stream.next())
        world.run(stream.leave())
        assert (number, content["sid"]) == (1, b64u(theirs))


def test_a_position_beyond_the_inbox_is_refused() -> None:
    with World() as world:
        north, _ = two(world)
        visitor = Visitor(world)
        assert visitor.get("/v1/events?from=1", north).slug == "malformed"
        assert visitor.get("/v1/events", north, headers=[("Last-Event-ID", "-1")]).slug == "malformed"


def test_a_stream_ends_when_its_key_is_revoked_and_tells_nothing_more() -> None:
    with World() as world:
        north, south = two(world)
        visitor = Visitor(world)
        stream = visitor.stream("/v1/events", north)
        world.run(stream.start())
        body = Revocation(keys=(key_id(north.person.key.public),), reason="stolen").to_value()
        world.say(north, Draft(kind="revocation", forms={"exact": [body]}, to=None))
        sites(world, south, north, 1)
        assert world.run(stream.next())[0] == "ended"
        world.run(stream.ended())


def test_streams_end_when_the_service_stops() -> None:
    with World() as world:
        north, _ = two(world)
        visitor = Visitor(world)
        stream = visitor.stream("/v1/events", north)
        world.run(stream.start())
        visitor.front.close()
        world.run(stream.ended())
        assert (visitor.front.streams.total(), world.service.watchers.count()) == (0, 0)


def test_one_key_has_so_many_streams() -> None:
    with World() as world:
        north, _ = two(world)
        visitor = Visitor(world)
        streams = [visitor.stream("/v1/events", north) for _ in range(STREAMS_PER_KEY_MAX)]
        for stream in streams:
            world.run(stream.start())
            world.run(stream.messages.get())
        assert visitor.get("/v1/events", north).slug == "overloaded"
        world.run(streams[0].leave())
        again = visitor.stream("/v1/events", north)
        assert world.run(again.start()).status == 200
        for stream in [*streams[1:], again]:
            world.run(stream.leave())
