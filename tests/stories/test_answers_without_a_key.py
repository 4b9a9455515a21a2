"""A desk without its key at hand answers a message, from the mail to the dossier; and what goes wrong on the way (G1)."""

from __future__ import annotations

import itertools
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from delivering import Carrying, addresses
from faults.breaking import BreakingLogStore
from standclear.channels.smtp import SmtpChannel, SmtpSettings
from standclear.cli.cast import told
from standclear.dossier.answers import Question
from standclear.dossier.court import court_report
from standclear.dossier.verify import verify
from standclear.errors import Fatal, ReplyUnknown, ReplyUsed, StandclearError, StoreUnavailable, Unavailable
from standclear.flow.evidence import answer_of, dossier_of, policy_of
from standclear.flow.outbox import KeptAnswer
from standclear.flow.questions import compliance
from standclear.keys import sha256
from standclear.limits import REPLY_WRONG_MAX
from standclear.spacetime.interval import Interval
from standclear.spacetime.units import FOREVER_MS
from standclear.statements.canonical import b64u
from standclear.stores.memory import MemoryLogStore
from standclear.stores.outbox_memory import MemoryOutbox
from stories.test_court import MADE
from stories.test_duties_of_time import MINUTE_MS, call, emergency, say, three
from visiting import Visitor
from world import DAY_MS, HOUR_MS, Party, World, circle

FORM = [("content-type", "application/x-www-form-urlencoded"), ("accept", "text/html")]


class Mailbox:
    """A mail server on this machine that keeps what it is given."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        payload = message_from_bytes(envelope.content).get_payload(decode=True)
        self.texts.append(payload.decode("utf-8"))
        return "250 OK"


@pytest.fixture
def mail() -> Iterator[tuple[SmtpChannel, Mailbox]]:
    mailbox = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(mailbox, hostname="127.0.0.1", port=port, ready_timeout=10)
    server.start()
    settings = SmtpSettings(host="127.0.0.1", port=port, sender="line@line.example", tls="none")
    try:
        yield SmtpChannel(settings), mailbox
    finally:
        server.stop()


def link_in(text: str) -> str:
    """The path of the link that a mail holds."""
    found = re.search(r"https://line\.example(/v1/reply/[\w-]{22})", text)
    assert found is not None, text
    return found[1]


def attested(world: World, sid: bytes) -> list[tuple[str, str]]:
    return [(one.by, one.answer) for one in world.service.book.ledger.of_sid[sid][0].attested]


def said(world: World, post: Carrying) -> None:
    """Whatever was answered is in the deeds now."""
    post.step()
    world.settle()
    post.step()


def test_from_a_mail_on_the_wire_to_a_dossier_that_says_whose_word_it_is(
    mail: tuple[SmtpChannel, Mailbox],
) -> None:
    channel, mailbox = mail
    with World() as world:
        north, south, _ = three(world)
        post = Carrying(world, addresses(north))
        post.mail = channel  # type: ignore[assignment]
        visitor = Visitor(world)
        visitor.front.deliverer = post.opened()
        clinic = world.site(south, told(north))
        world.run(_carried(post))
        (text,) = mailbox.texts
        assert text.startswith("EXERCISE")
        assert "attested" in text
        link = link_in(text)
        assert visitor.get(link, headers=FORM).status == 200  # a scanner looks, and answers nothing
        taken = visitor.post(link, b"answer=will_avoid", headers=FORM)
        assert (taken.status, b"we will avoid it" in taken.body) == (200, True)
        world.run(_carried(post))
        world.settle()
        assert attested(world, clinic.sid) == [("link", "will_avoid")]

        # What the owner, the figures and the record say of it
        shown = visitor.get(f"/v1/statements/{b64u(clinic.sid)}/ladders", south).json()["ladders"][0]
        assert (shown["rung"], shown["acknowledged_key"]) == ("sent", None)
        assert [(one["by"], one["answer"]) for one in shown["attested"]] == [("link", "will_avoid")]
        whole = Interval(start_ms=0, end_ms=FOREVER_MS)
        tally = compliance(world.service, south.id, whole).duties[0].whole
        assert (tally.in_time, tally.attested) == (0, 1)
        report = verify(dossier_of(world.service), policy_of(world.service))
        assert report.exit_code() == 0
        assert "1 answers by link or code are attested" in " ".join(one.says for one in report.of(15))
        page = court_report(dossier_of(world.service), report, MADE)
        assert "will avoid by link over smtp" in page
        assert "attested, and signed by nobody" in page

        # A signature still counts, and is another thing
        world.acknowledge(north, sids=[clinic.sid])
        ladder = world.query.ladders(south.id, clinic.sid)[0]
        assert (ladder.rung(), ladder.answer) == ("acknowledged", "noted")
        tally = compliance(world.service, south.id, whole).duties[0].whole
        assert (tally.in_time, tally.attested) == (1, 0)
        assert attested(world, clinic.sid) == [("link", "will_avoid")]


async def _carried(post: Carrying) -> None:
    for _ in range(3):
        await post.deliverer.step()
        await post.deliverer.settle()


def test_the_answer_to_who_knew_says_what_is_attested_and_by_whose_word() -> None:
    with World() as world:
        north, south, _ = three(world)
        post = Carrying(world, addresses(north))
        clinic = world.site(south, told(north))
        post.step()
        code = post.mail.letters[0].parcel.code
        kept = world.run(post.deliverer.replies.take(code, "noted", "203.0.113.9"))
        said(world, post)
        area = circle((36.63, 35.93), 5_000, world.now_ms, world.now_ms + DAY_MS)
        question = Question(party=north.id, area=area, before_ms=world.now_ms + HOUR_MS)
        knew = world.query.who_knew(south.id, north.id, area, question.before_ms)
        assert [(one.acknowledged_ms, one.attested[0].answer) for one in knew.told] == [(None, "noted")]
        text = answer_of(world.service, south.id, question)
        report = verify(text, policy_of(world.service))
        assert report.exit_code() == 0
        (row,) = report.claims["told"]  # type: ignore[index, call-overload]
        assert (row["acknowledged_ms"], row["attested_ms"]) == (None, kept.at_ms)
        assert "by the service's word, and signed by nobody" in " ".join(one.says for one in report.of(16))
        assert "noted by link over smtp" in court_report(text, report, MADE)
        assert clinic.sid == knew.told[0].ref[:32]


# --- a channel that lies or answers twice ---------------------------------------------------------


def test_a_channel_that_says_it_was_carried_and_carries_nothing_answers_nothing() -> None:
    with World() as world:
        north, south, _ = three(world)
        post = Carrying(world, addresses(north))
        clinic = world.site(south, told(north))
        post.step()  # "250 kept", says the channel
        said(world, post)
        assert attested(world, clinic.sid) == []
        assert world.query.ladders(south.id, clinic.sid)[0].rung() == "sent"
        world.pass_ms(5 * HOUR_MS)
        assert ("unanswered", "South/duty_desk") in Carrying(world, addresses(north, south)).step()


def test_a_channel_that_answers_twice_has_answered_once() -> None:
    with World() as world:
        north, south, _ = three(world)
        post = Carrying(world, [replace(addresses(north, channel="sms")[0], to="+0000000001")])
        clinic = world.site(south, told(north))
        post.step()
        code = post.phone.letters[0].reply_code
        replies = post.deliverer.replies
        world.run(replies.take_text("+0000000001", f"{code} 2"))
        size = world.service.size
        for text in (f"{code} 2", f"{code} 5"):
            with pytest.raises(ReplyUsed) as refused:
                world.run(replies.take_text("+0000000001", text))
            assert refused.value.fields["answer"] == "will_avoid"
        said(world, post)
        assert attested(world, clinic.sid) == [("code", "will_avoid")]
        assert world.service.size == size + 1  # one deeds statement, and nothing of the refused ones


def test_two_addresses_of_one_desk_that_differ_are_both_on_record() -> None:
    with World() as world:
        north, south, _ = three(world)
        post = Carrying(world, [*addresses(north), *addresses(north, channel="sms")])
        clinic = world.site(south, told(north))
        post.step()
        replies = post.deliverer.replies
        for letter, answer in ((post.mail.letters[0], "noted"), (post.phone.letters[0], "disputed")):
            world.run(replies.take(letter.parcel.code, answer, "203.0.113.9"))
        said(world, post)
        assert sorted(attested(world, clinic.sid)) == [("link", "disputed"), ("link", "noted")]


def test_an_answer_to_a_reminder_is_an_answer_to_what_it_reminds_of() -> None:
    with World() as world:
        north, south, _ = three(world)
        post = Carrying(world, addresses(north, levels=("duty_desk", "superior")))
        clinic = world.site(south, told(north))
        other = world.site(south, told(north), at=(37.0, 36.0))
        world.pass_ms(4 * HOUR_MS + 40 * MINUTE_MS)
        post.step()
        reminder = next(
            one for one in post.mail.letters if one.parcel.kind == "escalate" and one.parcel.sid == clinic.sid
        )
        world.run(post.deliverer.replies.take(reminder.parcel.code, "noted", "203.0.113.9"))
        said(world, post)
        assert (attested(world, clinic.sid), attested(world, other.sid)) == ([("link", "noted")], [])


# --- a code guessed -------------------------------------------------------------------------------


def test_who_guesses_codes_leaves_nothing_on_record_and_answers_for_nobody() -> None:
    with World() as world:
        north, south, _ = three(world)
        post = Carrying(world, addresses(north))
        clinic = world.site(south, told(north))
        post.step()
        said(world, post)
        true = post.mail.letters[0].parcel.code
        near = [bytes([*true[:-1], true[-1] ^ 1 << bit]) for bit in range(8)]
        far = [sha256(bytes([number]))[:16] for number in range(REPLY_WRONG_MAX - len(near))]
        size = world.service.size
        for code in near + far:
            with pytest.raises(ReplyUnknown):
                world.run(post.deliverer.replies.take(code, "noted", "198.51.100.7"))
        with pytest.raises(Unavailable):
            world.run(post.deliverer.replies.take(true, "noted", "198.51.100.7"))
        said(world, post)
        assert (attested(world, clinic.sid), world.service.size) == ([], size)
        assert post.deliverer.replies.counts["unknown"] == REPLY_WRONG_MAX


# --- what breaks ----------------------------------------------------------------------------------


class BreakingAnswers(MemoryOutbox):
    """The N-th call that concerns answers breaks, before its effect or after."""

    def __init__(self, at: int, *, after: bool) -> None:
        super().__init__()
        self.at, self.after, self.calls, self.has_broken = at, after, 0, False

    def _broken(self, effect: Any) -> Any:
        self.calls += 1
        if self.calls != self.at:
            return effect()
        self.has_broken = True
        if self.after:
            effect()
        raise StoreUnavailable(reason="broken by the test")

    def answer(self, code: bytes, answer: str, by: str, at_ms: int) -> bool:
        return bool(self._broken(lambda: MemoryOutbox.answer(self, code, answer, by, at_ms)))

    def find_answer(self, code: bytes) -> KeptAnswer | None:
        found: KeptAnswer | None = self._broken(lambda: MemoryOutbox.find_answer(self, code))
        return found

    def unsaid(self) -> tuple[KeptAnswer, ...]:
        kept = {code: one for code, one in self._answers.items() if code not in self._said}
        found = [MemoryOutbox.find_answer(self, code) for code in kept]
        return tuple(self._broken(lambda: [one for one in found if one is not None]))

    def said(self, code: bytes) -> None:
        self._broken(lambda: MemoryOutbox.said(self, code))


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_whatever_call_breaks_an_answer_that_was_confirmed_is_on_record_once(after: bool) -> None:
    for at in itertools.count(1):
        outbox = BreakingAnswers(at, after=after)
        with World() as world:
            north, south, _ = three(world)
            post = Carrying(world, addresses(north), outbox)
            clinic = world.site(south, told(north))
            post.step()
            code = post.mail.letters[0].parcel.code
            for answer in (
                "will_avoid",
                "disputed",
            ):  # whoever was not told it was taken tries again, otherwise
                with_effect = _taken(world, post, code, answer)
                if with_effect is not None:
                    break
            for _ in range(2):
                said(world, post)
                world.restart()
                post.opened()
            said(world, post)
            assert len(attested(world, clinic.sid)) == 1
            assert with_effect in (None, attested(world, clinic.sid)[0][1])
            assert MemoryOutbox.unsaid(outbox) == ()
            assert _said_times(world) == 1
        if not outbox.has_broken:
            break


def _taken(world: World, post: Carrying, code: bytes, answer: str) -> str | None:
    """The answer that somebody was told was taken, or None where they were told to try again."""
    try:
        return world.run(post.deliverer.replies.take(code, answer, "203.0.113.9")).answer
    except ReplyUsed as error:
        return str(error.fields["answer"])
    except StandclearError:
        return None


def _said_times(world: World) -> int:
    """In how many records of the deeds an answer stands."""
    return sum(
        entry.beside.count(b'"record":"attested"')
        for entry in world.store.read_entries(0, world.service.size)
    )


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_crash_between_the_answer_and_its_deed_loses_nothing_and_says_nothing_twice(after: bool) -> None:
    inner = MemoryLogStore()
    with World(store=inner) as world:
        north, south, _ = three(world)
        post = Carrying(world, addresses(north))
        clinic = world.site(south, told(north))
        post.step()
        said(world, post)
        world.close()
        world.store = BreakingLogStore(inner, at=1, after=after, of=frozenset({"append"}))
        world.open()
        post.opened()
        world.run(post.deliverer.replies.take(post.mail.letters[0].parcel.code, "noted", "203.0.113.9"))
        with pytest.raises((Unavailable, Fatal)):
            said(world, post)
        world.close()
        world.store = inner
        world.open()
        post.opened()
        said(world, post)
        assert attested(world, clinic.sid) == [("link", "noted")]
        assert (_said_times(world), post.outbox.unsaid()) == (1, ())


def test_a_call_is_answered_by_link_before_it_is_on_record() -> None:
    with World() as world:
        north, south, _ = three(world)
        post = Carrying(world, addresses(north))
        answered: list[str] = []
        carry = post.mail.carry

        async def at_once(letter: Any) -> str:
            kept = await post.deliverer.replies.take(letter.parcel.code, "ceased", "203.0.113.9")
            answered.append(kept.answer)
            assert letter.parcel.sid not in world.service.book.index_of
            return await carry(letter)

        post.mail.carry = at_once  # type: ignore[method-assign]
        made = call(world, south)
        world.run(post.deliverer.settle())
        said(world, post)
        matter = world.service.book.matters.of_sid[made.sid]
        assert answered == ["ceased"]
        assert [one.answer for one in matter.attested[north.id]] == ["ceased"]
        assert (matter.unanswered(), matter.is_silent(north.id)) == ({north.id}, False)


def test_a_clock_that_jumped_keeps_no_answer_out() -> None:
    from standclear.flow.clock import GuardedClock

    with World() as world:
        north, south, _ = three(world)
        post = Carrying(world, addresses(north))
        clinic = world.site(south, told(north))
        post.step()
        times = {"wall": world.now_ms, "monotonic": 0}
        clock = GuardedClock(lambda: times["wall"], lambda: times["monotonic"], world.now_ms)
        world.service.clock = clock
        times["wall"] += 9 * HOUR_MS
        kept = world.run(
            post.deliverer.replies.take(post.mail.letters[0].parcel.code, "noted", "203.0.113.9")
        )
        assert kept.at_ms == world.service.sequencer.durable.last_ms
        assert clinic.sid == kept.parcel.sid


def test_nobody_but_the_owner_and_a_monitor_is_told_of_an_answer() -> None:
    with World() as world:
        north, south, monitor = three(world)
        other: Party = world.enrol("Other")
        post = Carrying(world, addresses(north))
        clinic = world.site(south, told(north))
        post.step()
        world.run(post.deliverer.replies.take(post.mail.letters[0].parcel.code, "noted", "203.0.113.9"))
        said(world, post)
        visitor = Visitor(world)
        path = f"/v1/statements/{b64u(clinic.sid)}/ladders"
        assert visitor.get(path, south).json()["ladders"][0]["attested"] != []
        assert visitor.get(path, monitor).json()["ladders"][0]["attested"] != []
        assert {visitor.get(path, one).status for one in (north, other)} == {404}


def test_the_caller_sees_who_signed_and_who_is_only_attested_and_nobody_else_does() -> None:
    with World() as world:
        north, south, monitor = three(world)
        post = Carrying(world, addresses(north))
        made = call(world, south)
        world.run(post.deliverer.settle())
        world.run(post.deliverer.replies.take(post.mail.letters[0].parcel.code, "heard", "203.0.113.9"))
        said(world, post)
        visitor = Visitor(world)
        path = f"/v1/statements/{b64u(made.sid)}/answers"
        for who in (south, monitor):
            shown = visitor.get(path, who).json()
            (asked,) = shown["asked"]
            assert (shown["state"], asked["signed"]) == ("open", [])
            assert [(one["by"], one["answer"]) for one in asked["attested"]] == [("link", "heard")]
        assert visitor.get(path, north).status == visitor.get(path).status + 3 == 404
        world.pass_ms(90_000)
        say(world, north, emergency("answer", answer="ceased"), to=told(south), re=[made.sid])
        (asked,) = visitor.get(path, south).json()["asked"]
        assert [one["answer"] for one in asked["signed"]] == ["ceased"]
        assert asked["signed"][0]["after_ms"] >= 90_000
