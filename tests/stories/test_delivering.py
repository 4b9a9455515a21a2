"""What is due is carried, tried again, said in the deeds, and done once; stop-fire rings before it is logged."""

from __future__ import annotations

import asyncio
import contextlib
import itertools

import pytest

from delivering import Carrying, addresses
from faults.breaking import BreakingLogStore
from standclear.cli.cast import told
from standclear.errors import BadSignature, Fatal, Malformed, StandclearError, StoreUnavailable, Unavailable
from standclear.flow.clock import GuardedClock
from standclear.limits import CHANNEL_TRIES_MAX
from standclear.statements.compose import Draft, Recipient
from standclear.stores.memory import MemoryLogStore
from standclear.stores.outbox_memory import MemoryOutbox
from stories.test_duties_of_time import MINUTE_MS, call, emergency, say, three
from world import HOUR_MS, Party, World, circle, site

LEVELS = ("duty_desk", "alternate_desk", "superior", "arrangement_monitor")


def carrying(world: World, outbox: MemoryOutbox | None = None) -> tuple[Carrying, Party, Party, Party]:
    north, south, monitor = three(world)
    return Carrying(world, addresses(north, south, monitor, levels=LEVELS), outbox), north, south, monitor


def test_a_release_is_carried_once_and_the_deeds_say_that_it_was_sent() -> None:
    with World() as world:
        post, north, south, _ = carrying(world)
        clinic = world.site(south, told(north))
        assert post.step() == [("deliver", "North/duty_desk")]
        assert post.step(3) == []
        world.settle()
        ladder = world.query.ladders(south.id, clinic.sid)[0]
        assert (ladder.rung(), ladder.sent_ms is not None) == ("sent", True)
        world.restart()
        assert world.query.ladders(south.id, clinic.sid)[0].rung() == "sent"


def test_what_a_crash_kept_from_the_deeds_is_said_again_and_carried_no_second_time() -> None:
    with World() as world:
        post, north, south, _ = carrying(world)
        clinic = world.site(south, told(north))
        world.settle()
        post.step()
        world.restart()  # the deed was not durable yet
        post.opened()
        assert post.step() == []
        world.settle()
        assert world.query.ladders(south.id, clinic.sid)[0].rung() == "sent"


def test_a_channel_that_breaks_is_tried_again_later_each_time_and_given_up_in_the_end() -> None:
    with World() as world:
        post, north, south, _ = carrying(world)
        world.site(south, told(north))
        post.mail.broken = [Unavailable(reason="451")] * 2
        assert post.step() == []
        world.pass_ms(2_000)
        assert post.step() == []
        world.pass_ms(2_000)
        assert post.step() == []
        world.pass_ms(2_000)
        assert post.step() == [("deliver", "North/duty_desk")]
        world.site(south, told(north))
        post.mail.broken = [Unavailable(reason="451")] * 1_000
        for _ in range(CHANNEL_TRIES_MAX):
            post.step()
            world.pass_ms(HOUR_MS // 2)
        assert post.outbox.count()["given_up"] >= 1


def test_an_address_that_is_refused_is_given_up_at_once_and_nothing_is_said_to_be_sent() -> None:
    with World() as world:
        post, north, south, _ = carrying(world)
        clinic = world.site(south, told(north))
        post.mail.broken = [Malformed("to", "no such mailbox")]
        assert post.step(2) == []
        world.settle()
        assert world.query.ladders(south.id, clinic.sid)[0].rung() == "released"
        assert {"given_up": 1} == dict(post.outbox.count())


def test_a_desk_without_an_address_is_counted_as_unreachable() -> None:
    with World() as world:
        north, south, _ = three(world)
        post = Carrying(world, addresses(south))
        world.site(south, told(north))
        assert post.step() == []
        assert {"unreachable": 1} == dict(post.outbox.count())


def test_each_overdue_duty_is_carried_once_hour_by_hour_whatever_restarts() -> None:
    with World() as world:
        post, north, south, _ = carrying(world)
        world.site(south, told(north))
        seen = post.step()
        for hour in range(8):
            for _ in range(12):
                world.pass_ms(5 * MINUTE_MS)
                seen += post.step()
            if hour % 2:
                world.restart()
                post.opened()
        assert sorted(seen) == [
            ("deliver", "North/duty_desk"),
            ("escalate", "Monitor/arrangement_monitor"),
            ("escalate", "North/alternate_desk"),
            ("escalate", "North/superior"),
            ("exhausted", "South/duty_desk"),
            ("unanswered", "South/duty_desk"),
        ]


def test_a_clock_that_jumped_makes_nothing_fall_due_and_still_delivers() -> None:
    with World() as world:
        post, north, south, _ = carrying(world)
        world.site(south, told(north))
        post.step()
        times = {"wall": world.now_ms, "monotonic": 0}
        clock = GuardedClock(lambda: times["wall"], lambda: times["monotonic"], world.now_ms)
        world.service.clock = clock
        times["wall"] += 9 * HOUR_MS
        assert post.step() == []
        clock.confirm()
        assert ("exhausted", "South/duty_desk") in post.step()


def test_content_is_a_reference_unless_the_settings_say_more() -> None:
    with World() as world:
        north, south, _ = three(world)
        listed = addresses(north)
        from dataclasses import replace

        contents = ("reference", "widened", "full")
        ways = [replace(listed[0], content=content, to=content) for content in contents]
        post = Carrying(world, ways)
        exact = site(world.now_ms, at=(36.63, 35.93), name="The clinic")
        world.notice(south, exact, told(north))
        post.step()
        shown = {one.parcel.content: one.details for one in post.mail.letters}
        assert (shown["reference"], shown["widened"]) == (
            (),
            (),
        )  # it was released exact: not to be shown as widened
        assert shown["full"] == ("The clinic", "lat 35.93000, lon 36.63000, radius 100 m")


# --- stop-fire ------------------------------------------------------------------------------------


def test_a_stop_fire_rings_every_desk_by_every_channel_once_before_it_is_on_record() -> None:
    with World() as world:
        post, north, south, monitor = carrying(world)
        post.listed = [*post.listed, *addresses(north, channel="sms")]
        post.opened()
        sizes = []
        size_of = lambda: world.service.size  # noqa: E731
        carry = post.phone.carry

        async def noted(letter: object) -> str:
            sizes.append(size_of())
            return await carry(letter)  # type: ignore[arg-type]

        post.phone.carry = noted  # type: ignore[method-assign]
        before = world.service.size
        made = call(world, south)
        world.run(post.deliverer.settle())
        assert sizes == [before]
        assert {("ring", "North/duty_desk")} == {
            (one.parcel.kind, one.parcel.to) for one in post.mail.letters + post.phone.letters
        }
        assert post.step(3) == []
        assert made.effect == "in_force"
        assert post.outbox.kept_calls() == ()
        assert monitor is not None


def test_a_stop_fire_that_is_not_authentic_rings_nowhere() -> None:
    with World() as world:
        post, north, south, _ = carrying(world)
        here = circle((36.63, 35.93), 1_000, world.now_ms, world.now_ms + HOUR_MS)
        body = emergency("call", code="under_fire", volumes=(here,)).to_value()
        draft = Draft(
            kind="emergency", under=world.under, forms={"exact": [body]}, to=[Recipient(party=None)]
        )
        composed = world.compose(south, draft)
        forged = composed.text.replace(b'"sig":"A', b'"sig":"B', 1)
        forged = forged if forged != composed.text else composed.text.replace(b'"sig":"', b'"sig":"AAAA', 1)
        with pytest.raises(StandclearError):
            world.run(world.service.submit(forged))
        world.run(post.deliverer.settle())
        assert post.mail.letters == []
        assert issubclass(BadSignature, StandclearError)
        assert north is not None


def test_a_stop_fire_that_the_log_cannot_take_rings_all_the_same_and_is_logged_later() -> None:
    for after in (False, True):
        inner = MemoryLogStore()
        with World(store=inner) as world:
            post, north, south, _ = carrying(world)
            world.settle()
            world.close()
            world.store = BreakingLogStore(inner, at=1, after=after, of=frozenset({"append"}))
            world.open()
            post.opened()
            with pytest.raises((Unavailable, Fatal)):
                call(world, south)
            world.run(post.deliverer.settle())
            assert [("ring", "North/duty_desk")] == [(o.parcel.kind, o.parcel.to) for o in post.mail.letters]
            assert len(post.outbox.kept_calls()) == 1
            world.close()
            world.store = inner
            world.open()
            post.opened()
            world.run(post.deliverer._submit_kept())
            assert post.outbox.kept_calls() == ()
            assert [one.kind for one in world.service.book.matters.calls] == ["emergency"]
            assert post.step(2) == []
            assert north is not None


def test_rings_go_on_with_the_timer_until_each_desk_has_answered() -> None:
    with World() as world:
        post, north, south, _ = carrying(world)
        made = call(world, south)
        world.run(post.deliverer.settle())
        seen = []
        for _ in range(4):
            world.pass_ms(MINUTE_MS)
            seen += [kind for kind, _ in post.step()]
        assert seen.count("ring") == 2
        assert "escalate" in seen
        say(world, north, emergency("answer", answer="heard"), to=told(south), re=[made.sid])
        for _ in range(10):
            world.pass_ms(MINUTE_MS)
            assert "ring" not in {kind for kind, _ in post.step()}


# --- an outbox that breaks ------------------------------------------------------------------------


class BreakingOutbox(MemoryOutbox):
    """The N-th writing call breaks, before its effect or after."""

    def __init__(self, at: int, *, after: bool) -> None:
        super().__init__()
        self.at, self.after, self.calls, self.has_broken = at, after, 0, False

    def _broken(self, effect: object) -> None:
        self.calls += 1
        if self.calls == self.at and not self.after:
            self.has_broken = True
            raise StoreUnavailable(reason="broken by the test")
        effect()  # type: ignore[operator]
        if self.calls == self.at:
            self.has_broken = True
            raise StoreUnavailable(reason="broken by the test")

    def put(self, *given: object) -> None:
        self._broken(lambda: MemoryOutbox.put(self, *given))  # type: ignore[arg-type]

    def later(self, *given: object) -> None:
        self._broken(lambda: MemoryOutbox.later(self, *given))  # type: ignore[arg-type]

    def ended(self, *given: object) -> None:
        self._broken(lambda: MemoryOutbox.ended(self, *given))  # type: ignore[arg-type]

    def keep_call(self, *given: object) -> None:
        self._broken(lambda: MemoryOutbox.keep_call(self, *given))  # type: ignore[arg-type]

    def forget_call(self, *given: object) -> None:
        self._broken(lambda: MemoryOutbox.forget_call(self, *given))  # type: ignore[arg-type]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_whatever_call_of_the_outbox_breaks_nothing_is_lost_and_what_comes_twice_has_one_id(
    after: bool,
) -> None:
    for at in itertools.count(1):
        with World() as world:
            outbox = BreakingOutbox(at, after=after)
            post, north, south, _ = carrying(world, outbox)
            world.site(south, told(north))
            post.step()
            call(world, south)
            world.run(post.deliverer.settle())
            for _ in range(4):
                post.step()
                world.pass_ms(MINUTE_MS // 2)
            world.restart()
            post.opened()
            world.run(post.deliverer._submit_kept())
            post.step(2)
            ids = [one.parcel.id for one in post.mail.letters]
            kinds = {one.parcel.id: one.parcel.kind for one in post.mail.letters}
            assert {"deliver", "ring"} <= set(kinds.values())
            assert len(ids) - len(set(ids)) <= 1
            codes = {one.parcel.id: one.parcel.code for one in post.mail.letters}
            assert all(codes[one.parcel.id] == one.parcel.code for one in post.mail.letters)
            assert outbox.kept_calls() == ()
            assert dict(outbox.count()).get("waiting", 0) == 0
        if not outbox.has_broken:
            break


# --- channels that break their contract --------------------------------------------------------------------


class Lying:
    """A channel that does what no channel may: it raises what it likes, gives what is no text, or never ends."""

    name = "smtp"
    wakes = False

    def __init__(self, way: object) -> None:
        self.way = way
        self.tries = 0
        self.released = asyncio.Event()

    async def carry(self, letter: object) -> str:
        self.tries += 1
        if isinstance(self.way, Exception):
            raise self.way
        while self.way == "hangs" and not self.released.is_set():
            with contextlib.suppress(asyncio.CancelledError):  # whatever it is told
                await self.released.wait()
        return self.way  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("name", "way", "broken"),
    [
        ("an error of its own", KeyError("to"), 1),
        ("an assertion", AssertionError(), 1),
        ("nothing", None, 1),
        ("a number", 250, 1),
        ("no end", "hangs", 0),
    ],
)
def test_a_channel_that_breaks_its_contract_is_a_failed_try_with_growing_pauses_and_is_given_up(
    name: str, way: object, broken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("standclear.flow.deliver.CHANNEL_TRY_MS", 20)
    with World() as world:
        post, north, south, _ = carrying(world)
        post.mail = Lying(way)  # type: ignore[assignment]
        lying: Lying = post.mail  # type: ignore[assignment]
        post.opened()
        world.site(south, told(north))
        post.deliverer.channels["smtp"]

        async def stepped() -> None:
            await post.deliverer.step()
            await post.deliverer.settle()

        tries = []
        for _ in range(8):
            world.run(stepped())
            tries.append(lying.tries)
            world.pass_ms(1_000)  # as the loop looks: every second
        assert tries == [1, 1, 2, 2, 2, 2, 3, 3]
        assert post.deliverer.broken["smtp"] == broken * 3
        for _ in range(CHANNEL_TRIES_MAX):
            world.pass_ms(HOUR_MS)
            world.run(stepped())
        assert dict(post.outbox.count())["given_up"] >= 1
        assert (
            world.query.ladders(south.id, world.service.book.register.notices[0].sid)[0].rung() == "released"
        )
        lying.released.set()
        world.run(asyncio.sleep(0.001))


def test_what_a_channel_says_is_kept_as_text_whatever_stands_in_it() -> None:
    with World() as world:
        post, north, south, _ = carrying(world)
        post.mail = Lying("handed \ud800" + "x" * 10_000)  # type: ignore[assignment]
        post.opened()
        world.site(south, told(north))
        world.run(post.deliverer.step())
        world.run(post.deliverer.settle())
        assert {"handed": 1} == dict(post.outbox.count())
        world.settle()
