"""An answer without a key is attested: shown by whose word it is, a rung of nothing, never counted as signed (G1)."""

from __future__ import annotations

from typing import Any

import pytest

from standclear.cli.cast import Said, told
from standclear.dossier.verify import verify
from standclear.flow.evidence import dossier_of, policy_of
from standclear.flow.rebuild import rebuild
from standclear.obligations.ladder import Attested
from standclear.statements.asking import Contact
from standclear.statements.deeds import AttestedRecord
from standclear.statements.lists import WHOLE_ITEM, ref_of
from stories.test_duties_of_time import MINUTE_MS, Watcher, call, emergency, say, three
from world import Party, World, site


def contact(
    world: World, by: Party, whom: Party | None, result: str = "read_back_correct", **more: Any
) -> Said:
    """A telephone call of a desk, told to the monitor; `re` or `cites` say what it was about."""
    body = Contact(
        whom="the duty officer",
        party=None if whom is None else whom.id,
        at_ms=world.now_ms,
        channel="call",
        result=result,
        read_back="7-4-4-1",
        scan=None,
        member="S-2",
    )
    return say(world, by, body, to=told(world.parties["Monitor"]), **more)


def by_link(world: World, party: Party, sid: bytes, start: int, end: int, answer: str) -> None:
    """The service is given an answer by link and says so in its deeds."""
    world.service.sequencer.note_attested(
        AttestedRecord(
            party=party.id,
            desk=party.person.desk,
            level="duty_desk",
            channel="smtp",
            by="link",
            sid=sid,
            inbox_start=start,
            inbox_end=end,
            answer=answer,
            at_ms=world.now_ms,
            salt=bytes(16),
        )
    )
    world.settle()


def attested(world: World, sid: bytes, party: Party) -> list[tuple[str, str, str]]:
    ladder = next(one for one in world.service.book.ledger.of_sid[sid] if one.party == party.id)
    return [(one.by, one.channel, one.answer) for one in ladder.attested]


# --- by link or code ------------------------------------------------------------------------------


def test_an_answer_by_link_quiets_the_timer_and_is_no_rung_whatever_restarts() -> None:
    with World() as world:
        north, south, _ = three(world)
        watcher = Watcher(world)
        clinic = world.site(south, told(north))
        watcher.look()
        by_link(world, north, clinic.sid, 0, 1, "will_avoid")
        for _ in range(2):
            ladder = world.query.ladders(south.id, clinic.sid)[0]
            assert (ladder.rung(), ladder.acknowledged_ms, ladder.answer) == ("released", None, "")
            assert attested(world, clinic.sid, north) == [("link", "smtp", "will_avoid")]
            assert ladder.attested[0].attester == world.service.book.roll.service_party()
            world.restart()
        assert watcher.pass_minutes(600, every=10) == []
        world.acknowledge(north, sids=[clinic.sid])
        assert world.query.ladders(south.id, clinic.sid)[0].rung() == "acknowledged"


def test_an_answer_by_link_speaks_of_what_was_released_when_the_message_went_out() -> None:
    with World() as world:
        north, south, _ = three(world)
        first = world.site(south, told(north))
        second = world.site(south, told(north), at=(37.0, 36.0))
        by_link(world, north, first.sid, 0, 1, "noted")
        by_link(world, north, second.sid, 0, 1, "noted")  # not where it stands in the inbox
        assert attested(world, first.sid, north) == [("link", "smtp", "noted")]
        assert attested(world, second.sid, north) == []


def test_what_the_service_says_twice_is_one_answer() -> None:
    with World() as world:
        north, south, _ = three(world)
        clinic = world.site(south, told(north))
        one = Attested(
            by="link", channel="smtp", answer="noted", at_ms=1, attester=bytes(16), source=bytes(32)
        )
        for _ in range(2):
            world.service.book.ledger.attest(north.id, clinic.sid, 0, 1, one)
        assert attested(world, clinic.sid, north) == [("link", "smtp", "noted")]


def test_an_answer_by_link_to_a_call_quiets_the_desk_and_answers_nothing() -> None:
    with World() as world:
        north, south, monitor = three(world)
        made = call(world, south)
        by_link(world, north, made.sid, 0, 0, "ceased")
        by_link(world, monitor, made.sid, 0, 0, "heard")  # a monitor was not called
        matter = world.service.book.matters.of_sid[made.sid]
        assert (matter.is_silent(north.id), matter.unanswered()) == (False, frozenset({north.id}))
        assert set(matter.attested) == {north.id}
        watcher = Watcher(world)
        world.pass_ms(10 * MINUTE_MS)
        assert "ring" not in {one.kind for one in watcher.look() if one.step}
        say(world, north, emergency("answer", answer="ceased"), to=told(south), re=[made.sid])
        assert matter.unanswered() == frozenset()


def test_fsck_and_a_dossier_give_the_same_ladders() -> None:
    with World() as world:
        north, south, _ = three(world)
        clinic = world.site(south, told(north))
        by_link(world, north, clinic.sid, 0, 1, "cannot_avoid")
        contact(world, south, north, re=[clinic.sid])
        world.settle()
        rebuilt = rebuild(world.store, world.make_index, world.chance)
        assert rebuilt.findings == []
        expected = world.service.book.ledger.of_sid[clinic.sid][0].attested
        assert rebuilt.book.ledger.of_sid[clinic.sid][0].attested == expected
        assert [one.by for one in expected] == ["link", "contact"]
        report = verify(dossier_of(world.service), policy_of(world.service))
        assert report.exit_code() == 0
        assert "1 answers by link or code are attested" in " ".join(one.says for one in report.of(15))


# --- by a contact outside the system --------------------------------------------------------------

WAYS = {
    "the statement": lambda sid: {"re": [sid]},
    "the statement as a whole item": lambda sid: {"cites": [ref_of(sid, WHOLE_ITEM)]},
    "its only item": lambda sid: {"cites": [ref_of(sid, 0)]},
}


@pytest.mark.parametrize("way", WAYS)
def test_a_call_with_read_back_is_on_the_ladder_as_attested_by_the_desk_that_made_it(way: str) -> None:
    with World() as world:
        north, south, _ = three(world)
        watcher = Watcher(world)
        clinic = world.site(south, told(north))
        watcher.look()
        said = contact(world, south, north, **WAYS[way](clinic.sid))
        (answer,) = world.service.book.ledger.of_sid[clinic.sid][0].attested
        assert (answer.by, answer.channel, answer.answer) == ("contact", "call", "read_back_correct")
        assert (answer.attester, answer.source, said.marks) == (south.id, said.sid, [])
        assert world.query.ladders(south.id, clinic.sid)[0].rung() == "released"
        assert not any(one.sid == clinic.sid for one in watcher.pass_minutes(600, every=10))


@pytest.mark.parametrize("result", ["told", "read_back_wrong", "no_answer", "refused"])
def test_a_contact_without_an_answer_attests_nothing(result: str) -> None:
    with World() as world:
        north, south, _ = three(world)
        clinic = world.site(south, told(north))
        assert contact(world, south, north, result, re=[clinic.sid]).marks == []
        assert contact(world, south, None, re=[clinic.sid]).marks == []
        assert attested(world, clinic.sid, north) == []


def test_a_contact_by_who_is_not_owed_the_answer_quiets_nothing_and_a_monitors_does() -> None:
    with World() as world:
        north, south, monitor = three(world)
        clinic = world.site(south, told(north))
        made = call(world, south)
        for sid in (clinic.sid, made.sid):
            said = contact(world, north, north, re=[sid])
            assert (said.effect, said.marks) == ("in_force", ["attests_for_another"])
        assert attested(world, clinic.sid, north) == []
        assert world.service.book.matters.of_sid[made.sid].attested == {}
        contact(world, monitor, north, re=[clinic.sid, made.sid])
        assert attested(world, clinic.sid, north) == [("contact", "call", "read_back_correct")]
        assert not world.service.book.matters.of_sid[made.sid].is_silent(north.id)


def test_one_row_read_out_by_telephone_is_not_the_list() -> None:
    with World() as world:
        north, south, _ = three(world)
        rows = [site(world.now_ms, at=(36.63 + step / 100, 35.93)) for step in range(3)]
        listed = world.notice(south, rows, told(north))
        contact(world, south, north, cites=[ref_of(listed.sid, 1)])
        assert attested(world, listed.sid, north) == []
        contact(world, south, north, cites=[ref_of(listed.sid, item) for item in range(3)])
        assert attested(world, listed.sid, north) == [("contact", "call", "read_back_correct")]
