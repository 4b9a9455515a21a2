"""What is said again, unchanged, for longer: it stands as before, and who acknowledged it owes no answer anew."""

from __future__ import annotations

from standclear.cli.attest import attested
from standclear.cli.cast import Said, told
from standclear.flow.questions import compliance
from standclear.obligations.duties import due
from standclear.spacetime.interval import Interval
from standclear.statements.compose import Recipient
from standclear.statements.notices import Notice
from stories.test_duties_of_time import Watcher, three
from world import DAY_MS, HOUR_MS, Party, World, activity, site


def again(
    world: World, party: Party, said: Said, notices: list[Notice], to: list[Recipient], days: int = 90
) -> Said:
    """The same notices for so many days from now."""
    until_ms = world.now_ms + days * DAY_MS
    bodies = [attested(one, world.now_ms, until_ms) for one in notices]
    of = [(said.ref(item), item) for item in range(len(bodies))]
    return world.notice(party, bodies, to, act="replace", of=of)


def test_200_sites_attested_again_in_one_statement_ask_nobody_who_acknowledged_them_for_an_answer() -> None:
    with World() as world:
        north, south, monitor = three(world)
        sites = [site(world.now_ms, at=(36 + n / 500, 35.9), days=30) for n in range(200)]
        first = world.notice(south, sites, told(north))
        world.acknowledge(north, sids=[first.sid])
        world.pass_ms(20 * DAY_MS)
        watcher = Watcher(world)
        watcher.look()
        second = again(world, south, first, sites, told(north))
        assert () == tuple(second.marks)
        [delivery] = [one for one in watcher.look() if one.kind == "deliver"]
        assert (200, None) == (delivery.end - delivery.start, delivery.deadline_ms)
        [ladder] = world.query.ladders(south.id, second.sid)
        assert not ladder.owes
        assert not ladder.is_overdue(world.now_ms + 30 * DAY_MS)
        assert watcher.pass_minutes(3 * 24 * 60, every=60) == []
        assert {None} == {one.deadline_ms for one in world.query.inbox(north.id, 200, 200)}
        whole = Interval(start_ms=0, end_ms=world.now_ms)
        [figures] = compliance(world.service, monitor.id, whole).duties
        assert (1, 1) == (figures.whole.owed, figures.whole.in_time)


def test_attested_a_third_time_it_still_counts_what_was_acknowledged_first() -> None:
    with World() as world:
        north, south, _ = three(world)
        sites = [site(world.now_ms, at=(36.1, 35.9), days=30)]
        first = world.notice(south, sites, told(north))
        world.acknowledge(north, sids=[first.sid])
        world.pass_ms(DAY_MS)
        second = again(world, south, first, sites, told(north), days=60)
        world.pass_ms(DAY_MS)
        third = again(world, south, second, sites, told(north), days=90)
        assert [False, False] == [world.query.ladders(south.id, one.sid)[0].owes for one in (second, third)]


def test_who_never_acknowledged_it_owes_an_answer_to_the_new_version_and_so_does_who_is_told_another_form() -> (
    None
):
    with World() as world:
        north, south, _ = three(world)
        east = world.enrol("East")
        world.agree(north, south, east)
        sites = [site(world.now_ms, at=(36.1, 35.9), days=30)]
        first = world.notice(south, sites, told(north, east))
        world.acknowledge(north, sids=[first.sid])
        second = again(world, south, first, sites, told(north, east))
        owes = {one.party: one.owes for one in world.query.ladders(south.id, second.sid)}
        assert {north.id: False, east.id: True} == owes


def test_what_moved_or_is_said_for_a_shorter_time_is_no_attestation() -> None:
    with World() as world:
        north, south, _ = three(world)
        sites = [site(world.now_ms, at=(36.1, 35.9), days=30)]
        first = world.notice(south, sites, told(north))
        world.acknowledge(north, sids=[first.sid])
        moved = site(world.now_ms, at=(36.2, 35.9), days=60, change="unchanged")
        second = world.notice(south, moved, told(north), act="replace", of=[(first.ref(), 0)])
        assert ("not_unchanged",) == tuple(second.marks)
        assert world.query.ladders(south.id, second.sid)[0].owes
        shorter = site(world.now_ms, at=(36.2, 35.9), days=10, change="unchanged")
        third = world.notice(south, shorter, told(north), act="replace", of=[(second.ref(), 0)])
        assert ("not_unchanged",) == tuple(third.marks)


def test_an_activity_stays_aware_of_a_site_that_is_attested_for_longer_and_not_of_one_that_moved() -> None:
    with World() as world:
        north, south, _ = three(world)
        sites = [site(world.now_ms, at=(36.1, 35.9), days=30)]
        first = world.notice(south, sites, told(north))
        fire = world.notice(
            north,
            activity(world.now_ms, at=(36.1, 35.9)),
            told(south),
            cites=[first.ref()],
            inbox=world.query.inbox_head(north.id),
        )
        assert "aware" == fire.effect
        second = again(world, south, first, sites, told(north))
        standing = world.service.book.register.by_ref[fire.ref()]
        assert set() == standing.unaware
        moved = site(world.now_ms, at=(36.1001, 35.9), days=90, change="moved")
        third = world.notice(south, moved, told(north), act="replace", of=[(second.ref(), 0)])
        assert {third.ref()} == standing.unaware


def test_who_relied_on_what_was_said_again_is_told_when_it_lapses_in_the_end() -> None:
    with World() as world:
        north, south, _ = three(world)
        sites = [site(world.now_ms, at=(36.1, 35.9), days=2)]
        first = world.notice(south, sites, told(north))
        world.acknowledge(north, sids=[first.sid])
        second = again(world, south, first, sites, told(north), days=3)
        world.pass_ms(3 * DAY_MS + HOUR_MS)
        turned = [one for one in due(world.service.book, world.now_ms) if one.kind == "turned"]
        assert {(second.sid, north.id), (second.sid, south.id)} == {(one.sid, one.party) for one in turned}
