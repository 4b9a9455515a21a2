"""Desks over HTTP: whoever relies on one sees who is on watch, who answers and what wakes it; and nothing that was not told."""

from __future__ import annotations

from typing import Any

import pytest

from delivering import Carrying, addresses
from standclear.cli.cast import told
from standclear.statements.calls import Watch
from standclear.statements.canonical import b64u
from stories.test_duties_of_time import call, say
from stories.test_readiness import HOUR_MS, answer, line_of_desks, watch
from visiting import Visitor
from world import Party, World, site


def desk(visitor: Visitor, asker: Party, party: Party) -> dict[str, Any]:
    """How one desk is shown to an asker."""
    found = visitor.get("/v1/desks", asker).json()["desks"]
    return next(one for one in found if one["party"] == b64u(party.id))


def with_channels(world: World, *parties: Party, channel: str = "sms") -> Visitor:
    visitor = Visitor(world)
    post = Carrying(world, addresses(*parties, channel=channel))
    visitor.front.deliverer = post.deliverer
    return visitor


def test_a_desk_is_shown_with_its_watch_its_lines_and_its_telephones() -> None:
    with World() as world:
        north, south, _ = line_of_desks(world)
        visitor = with_channels(world, north, south)
        taken = watch(world, north, "taken", "N-1")
        world.pass_ms(24 * HOUR_MS)
        answer(world, north)
        world.settle()
        shown = desk(visitor, south, north)
        assert ["+00 1", "+00 2"] == shown["phones"]
        assert shown["bound"]
        assert shown["can_be_woken"]
        assert ("answered", "signed", 0) == tuple(shown["line"][name] for name in ("state", "how", "missed"))
        assert [("sms", True, "answered")] == [
            (one["channel"], one["wakes"], one["line"]["state"]) for one in shown["channels"]
        ]
        assert "nobody_on_watch" == shown["watch"]["state"]  # twelve hours are over
        assert taken.answer.integrated_ms + 12 * HOUR_MS == shown["watch"]["since_ms"]


def test_a_pseudonym_is_shown_to_its_party_to_monitors_and_to_whom_it_was_told_and_to_nobody_else() -> None:
    with World() as world:
        north, south, monitor = line_of_desks(world)
        east = world.enrol("East")
        world.agree(north, south, east, monitor=monitor, readiness=None)
        visitor = Visitor(world)
        said = Watch(part="taken", member="N-1", inbox_end=0, open_items=0)
        say(world, north, said, to=told(south))
        world.settle()
        shown = {
            who: desk(visitor, asker, north)["watch"]
            for who, asker in (("own", north), ("told", south), ("monitor", monitor))
        }
        assert {"own": "N-1", "told": "N-1", "monitor": "N-1"} == {
            who: one["member"] for who, one in shown.items()
        }
        assert desk(visitor, east, north)["watch"] is None  # its arrangement asks for none
        assert "N-1" not in visitor.get("/v1/desks", east).body.decode()


def test_that_somebody_is_on_watch_is_told_to_all_who_rely_on_the_desk_without_the_name() -> None:
    with World() as world:
        north, south, monitor = line_of_desks(world)
        watch(world, north, "taken", "N-1")
        world.settle()
        shown = desk(Visitor(world), south, north)["watch"]
        assert ("on_watch", None) == (shown["state"], shown["member"])
        assert "N-1" == desk(Visitor(world), monitor, north)["watch"]["member"]


def test_a_watch_taken_twice_is_seen_by_both() -> None:
    with World() as world:
        north, _, monitor = line_of_desks(world)
        watch(world, north, "taken", "N-1")
        watch(world, north, "taken", "N-2")
        world.settle()
        for asker in (north, monitor):
            shown = desk(Visitor(world), asker, north)["watch"]
            assert ("N-2", "N-1") == (shown["member"], shown["instead_of"])


@pytest.mark.parametrize(
    ("channel", "misses", "can_be_woken"),
    [("smtp", 0, False), ("sms", 0, True), ("sms", 2, False)],
    ids=["no channel wakes", "one does", "it does, and misses its line checks"],
)
def test_a_desk_that_no_channel_wakes_is_listed_as_such(
    channel: str, misses: int, can_be_woken: bool
) -> None:
    with World() as world:
        north, south, _ = line_of_desks(world)
        visitor = with_channels(world, north, channel=channel)
        for _ in range(misses):
            world.pass_ms(24 * HOUR_MS)
            answer(world, north, channel="smtp")
        world.pass_ms(HOUR_MS)
        world.settle()
        assert can_be_woken == desk(visitor, south, north)["can_be_woken"]
        assert not desk(visitor, north, south)["can_be_woken"]  # it has no address at all


def test_what_is_open_is_counted_and_what_was_closed_or_acknowledged_is_not() -> None:
    with World() as world:
        north, south, _ = line_of_desks(world)
        rows = [site(world.now_ms, at=(36.0 + n, 35.0)) for n in range(3)]
        listed = world.notice(south, rows, told(north))
        closed = world.site(south, told(north))
        world.end(south, "site", [closed.ref()])
        world.acknowledge(north, refs=[listed.ref(1)])
        call(world, south)
        world.settle()
        found = Visitor(world).get("/v1/desks", north).json()
        assert [("emergency", 1, 1), ("site", 2, 1)] == [
            (one["kind"], one["items"], one["statements"]) for one in found["open"]
        ]
        assert [] == Visitor(world).get("/v1/desks", south).json()["open"]


def test_health_and_the_metrics_count_the_desks_that_are_not_ready() -> None:
    with World() as world:
        north, south, _ = line_of_desks(world)
        visitor = with_channels(world, north)
        watch(world, south, "taken", "S-1")
        for _ in range(2):
            world.pass_ms(6 * HOUR_MS - 1)
        expected = {"bound": 2, "nobody_on_watch": 1, "unreachable": 0, "cannot_be_woken": 1}
        assert expected == visitor.get("/health").json()["desks"]
        text = visitor.get("/metrics").body.decode()
        assert 'standclear_desks{state="nobody_on_watch"} 1.0' in text


def test_the_figures_count_checks_and_hours_with_their_denominators_to_their_own_party() -> None:
    with World() as world:
        north, south, monitor = line_of_desks(world)
        watch(world, north, "taken", "N-1")
        world.pass_ms(24 * HOUR_MS)
        answer(world, north)
        answer(world, south, check="drill")
        world.pass_ms(24 * HOUR_MS)
        world.settle()
        visitor = Visitor(world)
        own = visitor.get("/v1/compliance", north).json()["desks"]
        assert [(2, 1, 0, 1, 0)] == [
            tuple(one[name] for name in ("due", "answered", "missed", "waiting", "drills")) for one in own
        ]
        assert 12 * HOUR_MS == own[0]["watched_ms"]
        assert 48 * HOUR_MS <= own[0]["bound_ms"] < 49 * HOUR_MS
        assert {b64u(north.id), b64u(south.id)} == {
            one["party"] for one in visitor.get("/v1/compliance", monitor).json()["desks"]
        }
