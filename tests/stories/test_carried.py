"""Every message that a channel was given is a deed: each step of an escalation with how it ended, once, whatever dies."""

from __future__ import annotations

import itertools

import pytest

from delivering import Carrying, addresses
from standclear.cli.cast import told
from standclear.dossier.answers import Question
from standclear.dossier.report import ALL_HOLDS
from standclear.dossier.verify import verify
from standclear.errors import Malformed, StoreUnavailable, Unavailable
from standclear.flow.carried import LEFT_OUT, words_for_the_log
from standclear.flow.evidence import answer_of, dossier_of, policy_of
from standclear.flow.questions import compliance
from standclear.flow.rebuild import rebuild
from standclear.limits import CARRIED_SAID_MAX
from standclear.obligations.carriage import in_words
from standclear.spacetime.interval import Interval
from standclear.statements.carriage import CarriedRecord
from standclear.stores.listed import ListedIndex
from standclear.stores.outbox_memory import MemoryOutbox
from stories.test_delivering import carrying
from stories.test_duties_of_time import MINUTE_MS, call, three
from world import DAY_MS, NOON_MS, Party, World, circle


def pass_hours(world: World, post: Carrying, hours: int) -> None:
    for _ in range(hours * 4):
        world.pass_ms(15 * MINUTE_MS)
        post.step()
    world.settle()
    post.step()


def escalated(world: World, sid: bytes, party: Party) -> list[tuple[str, str, str]]:
    return [
        (one.level, one.channel, one.outcome) for one in world.service.book.carriage.escalated(sid, party.id)
    ]


STEPS = [
    ("alternate_desk", "smtp", "handed"),
    ("superior", "smtp", "handed"),
    ("arrangement_monitor", "smtp", "handed"),
]


def test_each_step_of_an_escalation_is_on_record_with_when_and_how_it_ended() -> None:
    with World() as world:
        post, north, south, _ = carrying(world)
        clinic = world.site(south, told(north))
        pass_hours(world, post, 7)
        assert STEPS == escalated(world, clinic.sid, north)
        found = world.service.book.carriage.about(clinic.sid, north.id)
        assert ["deliver", "unanswered", "escalate", "escalate", "escalate", "exhausted"] == sorted(
            (one.duty for one in found),
            key=["deliver", "unanswered", "escalate", "exhausted"].index,
        )
        assert [NOON_MS + minutes * MINUTE_MS for minutes in (255, 270, 300)] == [
            one.at_ms // MINUTE_MS * MINUTE_MS for one in found if one.duty == "escalate"
        ]
        assert {("250 kept", 1)} == {(one.said, one.tries) for one in found}


def test_what_no_try_carried_and_what_has_no_address_is_on_record_too() -> None:
    with World() as world:
        north, south, _ = three(world)
        post = Carrying(world, addresses(north, south))  # no alternate desk, no superior, no monitor
        clinic = world.site(south, told(north))
        post.mail.broken = [Malformed("to", "550 <North/duty_desk>: no such mailbox")]
        pass_hours(world, post, 7)
        found = {
            (one.duty, one.level): one for one in world.service.book.carriage.about(clinic.sid, north.id)
        }
        first, superior = found["deliver", "duty_desk"], found["escalate", "superior"]
        assert ("given_up", 1) == (first.outcome, first.tries)
        assert "North" not in first.said
        assert LEFT_OUT in first.said
        assert ("unreachable", "none", 0) == (superior.outcome, superior.channel, superior.tries)


def test_every_ring_of_a_call_is_on_record() -> None:
    with World() as world:
        post, north, south, _ = carrying(world)
        made = call(world, south)
        world.run(post.deliverer.settle())
        for _ in range(5):
            world.pass_ms(MINUTE_MS)
            post.step()
        world.settle()
        rings = [
            one.step for one in world.service.book.carriage.about(made.sid, north.id) if one.duty == "ring"
        ]
        assert [0, 1, 2] == rings


def test_a_restart_and_an_outbox_that_was_lost_say_no_message_twice() -> None:
    with World() as world:
        post, north, south, _ = carrying(world)
        clinic = world.site(south, told(north))
        pass_hours(world, post, 7)
        before = world.service.book.carriage.about(clinic.sid, north.id)
        size = world.service.size
        world.restart()
        post.outbox = MemoryOutbox()
        post.opened()
        pass_hours(world, post, 1)
        assert before == world.service.book.carriage.about(clinic.sid, north.id)
        assert [] == records_since(world, size)


def records_since(world: World, size: int) -> list[CarriedRecord]:
    from standclear.flow.rebuild import open_deeds
    from standclear.statements.entry import parse_entry
    from standclear.statements.header import parse_header

    found = []
    for entry in world.store.read_entries(size, world.service.size):
        header = parse_header(parse_entry(entry.text).envelope.payload)
        if header.kind == "deeds":
            found += [one for one in open_deeds(entry, header)["items"] if isinstance(one, CarriedRecord)]
    return found


class OnceBroken(MemoryOutbox):
    """The N-th call that keeps how a parcel ended, or that its end is on record, breaks: before its effect, or after."""

    def __init__(self, at: int, *, after: bool) -> None:
        super().__init__()
        self.at, self.after, self.calls = at, after, 0

    def _counted(self, effect: object) -> None:
        self.calls += 1
        if self.calls == self.at and not self.after:
            raise StoreUnavailable(reason="broken by the test")
        effect()  # type: ignore[operator]
        if self.calls == self.at:
            raise StoreUnavailable(reason="broken by the test")

    def ended(self, *given: object) -> None:
        self._counted(lambda: MemoryOutbox.ended(self, *given))  # type: ignore[arg-type]

    def recorded(self, *given: object) -> None:
        self._counted(lambda: MemoryOutbox.recorded(self, *given))  # type: ignore[arg-type]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_wherever_it_dies_between_carrying_and_keeping_there_is_one_record_of_each_message(
    after: bool,
) -> None:
    for at in itertools.count(1):
        with World() as world:
            outbox = OnceBroken(at, after=after)
            post, north, south, _ = carrying(world, outbox)
            clinic = world.site(south, told(north))
            for _ in range(3):
                post.step()
                world.restart()  # what was noted and not yet in a deeds statement is gone
                post.opened()
                pass_hours(world, post, 2)
            found = [one for one in records_since(world, 0) if one.sid == clinic.sid]
            assert len(found) == len({one.id for one in found})
            assert STEPS == escalated(world, clinic.sid, north)
            assert () == outbox.unrecorded(10)
        if outbox.calls < at:
            break


def test_the_record_of_a_message_is_in_the_dossier_and_in_the_log_that_is_folded_again() -> None:
    with World() as world:
        post, north, south, _ = carrying(world)
        clinic = world.site(south, told(north))
        pass_hours(world, post, 7)
        report = verify(dossier_of(world.service), policy_of(world.service))
        assert ALL_HOLDS == report.exit_code()
        again = rebuild(world.store, ListedIndex, world.chance)
        assert [] == again.findings
        assert world.service.book.carriage.about(clinic.sid, north.id) == again.book.carriage.about(
            clinic.sid, north.id
        )
        question = Question(
            party=north.id,
            area=circle((36.63, 35.93), 1_000, NOON_MS, NOON_MS + DAY_MS),
            before_ms=world.now_ms,
        )
        part = answer_of(world.service, south.id, question)
        assert ALL_HOLDS == verify(part, policy_of(world.service)).exit_code()
        assert part.count(b'"record":"carried"') >= 4


def test_compliance_counts_what_was_escalated() -> None:
    with World() as world:
        post, north, south, monitor = carrying(world)
        world.site(south, told(north))
        world.acknowledge(north, sids=[world.site(south, told(north)).sid])
        pass_hours(world, post, 7)
        whole = Interval(start_ms=0, end_ms=world.now_ms)
        [figures] = compliance(world.service, monitor.id, whole).duties
        assert (2, 1) == (figures.whole.owed, figures.whole.escalated)


def test_a_channel_that_is_only_slow_is_said_once_it_has_ended() -> None:
    with World() as world:
        post, north, south, _ = carrying(world)
        clinic = world.site(south, told(north))
        post.mail.broken = [Unavailable(reason="451 later")] * 2
        for _ in range(4):
            post.step()
            world.pass_ms(10_000)
        post.step()
        world.settle()
        [record] = world.service.book.carriage.about(clinic.sid, north.id)
        assert ("handed", 3) == (record.outcome, record.tries)


SAID = {
    "an address of e-mail": ("550 <desk@north.example>: no", "desk@north.example", f"550 {LEFT_OUT} no"),
    "the domain of the address": (
        "no route to north.example",
        "desk@north.example",
        f"no route to {LEFT_OUT}",
    ),
    "another's address": ("relayed to b@mx.example now", "x", f"relayed to {LEFT_OUT} now"),
    "a number as it was given": ("sent to +0000000001", "+0000000001", f"sent to {LEFT_OUT}"),
    "a number written otherwise": ("SMS (0532) 123-45 67 queued", "+1", f"SMS {LEFT_OUT} queued"),
    "a URL with a token": ("moved to https://a.example/?t=1 soon", "x", f"moved to {LEFT_OUT} soon"),
    "an address of the network": ("192.0.2.7:25 refused", "x", f"{LEFT_OUT} refused"),
    "one of version six": ("2001:db8::7 refused", "x", f"{LEFT_OUT} refused"),
    "a long token": ("bearer eyJhbGciOiJIUzI1NiJ9x ok", "x", f"bearer {LEFT_OUT} ok"),
    "a queue's short id and code": ("250 2.0.0 Ok: queued as 4WqzX1", "x", "250 2.0.0 Ok: queued as 4WqzX1"),
    "several lines and signs": ("one\r\ntwo\x00\u202e", "x", "one two"),
    "half a letter": ("bad \ud800 byte", "x", "bad ? byte"),
}


@pytest.mark.parametrize(("said", "address", "expected"), SAID.values(), ids=SAID.keys())
def test_what_a_channel_said_enters_the_log_without(said: str, address: str, expected: str) -> None:
    assert expected == words_for_the_log(said, address)


def test_what_a_channel_said_stays_within_its_limit() -> None:
    assert CARRIED_SAID_MAX == len(words_for_the_log("a b " * 500, "x"))


def test_a_message_is_told_in_one_line() -> None:
    assert "rung at duty desk 14:12 by SMS: given up, no try worked" == in_words(
        "ring", "duty_desk", "sms", "given_up", "14:12"
    )
