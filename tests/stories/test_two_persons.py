"""Where an arrangement asks two persons for a kind, nothing of it is released before the second has signed."""

from __future__ import annotations

from dataclasses import replace

from naive import picture
from standclear.cli import speech
from standclear.cli.cast import Said, told
from standclear.cli.seat import NewSeat, Seat
from standclear.conflicts.outcome import Outcome
from standclear.dialects.plainly import explain
from standclear.dossier.verify import verify
from standclear.flow.evidence import dossier_of, policy_of
from standclear.flow.rebuild import rebuild
from standclear.keys import SigningKey, key_id
from standclear.statements.arrangement import Arrangement
from standclear.statements.calls import Agreement
from standclear.statements.compose import Draft, Recipient, Signer, compose
from standclear.statements.parties import DeskEnrolment, Enrolment, SeatKey, desk_id, possession_bytes
from standclear.statements.roll import ROOT_DESK
from world import HOUR_MS, Chance, ListedIndex, Party, World, presence, site

PLACE = (36.63, 35.93)


def amended(world: World, parties: list[Party], signers: dict[str, int]) -> None:
    """The arrangement asks so many persons for these kinds, and all adhere to it."""
    (accord,) = world.service.book.agreements.all()
    kinds = tuple(replace(one, signers=signers.get(one.kind, 1)) for one in accord.arrangement.kinds)
    later = replace(accord.arrangement, kinds=kinds)
    draft = Draft(
        kind="arrangement",
        act="replace",
        forms={"exact": [later.to_value()]},
        to=None,
        of=[(accord.sid + bytes(4), 0)],
    )
    said = world.say(parties[0], draft)
    for party in parties:
        body = {"adheres": True, "reservations": [], "type": "adherence"}
        world.say(party, Draft(kind="adherence", forms={"exact": [body]}, to=None, re=[said.sid]))
    assert accord.sid == said.sid


def seated(world: World, party: Party, seat: str, *, desk: str = "duty", role: str = "person") -> Seat:
    """One more seat of a party, enrolled by its root."""
    key = SigningKey.from_seed(world.chance(32))
    new = NewSeat(seat=seat, role=role, key=key)
    shown = SeatKey(
        seat=new.seat,
        role=new.role,
        public=key.public,
        possession=key.sign(possession_bytes(world.log, party.id, key.public)),
    )
    body = Enrolment(
        name=party.name,
        party_type=party.party_type,
        root=party.root.public,
        represented_by=None,
        desks=(DeskEnrolment(name=desk, phones=(), keys=(shown,)),),
    )
    draft = Draft(kind="enrolment", forms={"exact": [body.to_value()]}, to=None)
    said = by_root(world, party, draft)
    return Seat(log=world.log, party=party.id, desk=desk_id(party.id, desk), key=key, seq=0, prev=said)


def by_root(world: World, party: Party, draft: Draft) -> bytes:
    chain = world.service.book.roll.keys[key_id(party.root.public)]
    signer = Signer(
        log=world.log,
        party=party.id,
        desk=ROOT_DESK,
        keys=[party.root],
        seq=chain.next_seq,
        prev=chain.last_sid,
    )
    composed = compose(draft, signer, world.now_ms, world.chance)
    world.run(world.service.submit(composed.text))
    return composed.sid


def line(world: World, **signers: int) -> tuple[Party, Party, Party]:
    """South's sites are signed by two; East is the neutral desk."""
    north, south, east = world.enrol("North"), world.enrol("South"), world.enrol("East")
    world.agree(north, south, east)
    amended(world, [north, south, east], signers or {"site": 2})
    return north, south, east


def from_seat(world: World, seat: Seat, draft: Draft, *also: SigningKey) -> Outcome:
    composed = seat.compose(draft, world.now_ms, world.chance, also)
    answer = world.run(world.service.submit(composed.text))
    seat.said(composed.sid)
    return answer.outcome


def countersign(world: World, seat: Seat, said: Said, *, agreement: str = "agreed") -> Outcome:
    body = Agreement(agreement=agreement, volumes=(), note=None)
    return from_seat(world, seat, speech.word(body, [], world.under, re=[said.sid]))


def head(world: World, party: Party) -> int:
    return len(world.service.book.inboxes.inbox(party.id))


def test_one_persons_filing_stands_and_is_released_to_nobody() -> None:
    with World() as world:
        north, south, _ = line(world)
        clinic = world.site(south, told(north))
        assert (clinic.effect, clinic.marks) == ("in_force", ["waits_for_signature"])
        assert (head(world, north), clinic.answer.outcome.releases) == (0, [])
        assert world.query.standing(south.id, clinic.ref()).state == "stands"


def test_where_no_second_person_is_asked_for_a_machines_filing_is_released_at_once() -> None:
    """A machine's key files lists (SECURITY.md): what it files is told like anybody's."""
    with World() as world:
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        draft = Draft(
            kind="site",
            under=world.under,
            forms={"exact": [site(world.now_ms, at=PLACE).to_value()]},
            to=told(north),
        )
        said = world.say(south, draft, machine=True)
        assert [] == said.marks
        assert [said.ref()] == world.service.book.inboxes.inbox(north.id).refs
        amended(world, [north, south], {"site": 2})
        waits = world.say(south, draft, machine=True)
        assert ["waits_for_signature"] == list(waits.marks)
        assert [said.ref()] == world.service.book.inboxes.inbox(north.id).refs


def test_it_is_matched_as_what_was_released_to_nobody() -> None:
    with World() as world:
        north, south, east = line(world)
        clinic = world.site(south, told(north))
        fire = world.activity(north, told(south))
        assert (fire.effect, fire.missing) == ("aware", [])
        (meeting,) = fire.answer.outcome.meetings
        assert (meeting.b, meeting.told) == (clinic.ref(), tuple(sorted([south.id, east.id])))


def test_the_second_persons_agreement_releases_it_and_who_plans_there_is_not_aware_of_it() -> None:
    with World() as world:
        north, south, _ = line(world)
        clinic = world.site(south, told(north))
        fire = world.activity(north, told(south))
        world.pass_ms(HOUR_MS)
        outcome = countersign(world, seated(world, south, "head of mission"), clinic)
        assert (outcome.effect, outcome.marks) == ("in_force", [])
        assert [(one.party, one.sid, one.why) for one in outcome.releases] == [(north.id, clinic.sid, "now")]
        assert outcome.unaware == [(fire.ref(), clinic.ref())]
        assert world.query.standing(north.id, fire.ref()).unaware == {clinic.ref()}
        (ladder,) = world.query.ladders(south.id, clinic.sid)
        assert (ladder.released_ms, ladder.deadline_ms) == (world.now_ms, world.now_ms + 4 * HOUR_MS)
        assert world.activity(north, told(south)).effect == "held"


def test_two_persons_of_one_desk_sign_it_at_once() -> None:
    with World() as world:
        north, south, _ = line(world)
        second = seated(world, south, "head of mission")
        draft = speech.filing({"exact": [site(world.now_ms, at=PLACE)]}, told(north), world.under)
        outcome = from_seat(world, south.person, draft, second.key)
        assert (outcome.marks, [one.party for one in outcome.releases]) == ([], [north.id])


def test_the_second_may_sit_at_another_desk() -> None:
    with World() as world:
        north, south, _ = line(world)
        clinic = world.site(south, told(north))
        outcome = countersign(world, seated(world, south, "duty-1", desk="security"), clinic)
        assert [one.party for one in outcome.releases] == [north.id]


def test_three_are_three() -> None:
    with World() as world:
        north, south, _ = line(world, site=3)
        clinic = world.site(south, told(north))
        second, third = seated(world, south, "second"), seated(world, south, "third")
        assert countersign(world, second, clinic).marks == ["waits_for_signature"]
        assert countersign(world, second, clinic).marks == ["same_seat"]
        assert head(world, north) == 0
        assert [one.party for one in countersign(world, third, clinic).releases] == [north.id]


def test_what_it_replaces_stands_and_is_told_until_it_is_signed() -> None:
    with World() as world:
        north, south, _ = line(world)
        second = seated(world, south, "head of mission")
        first = speech.filing({"exact": [site(world.now_ms, at=PLACE)]}, told(north), world.under)
        composed = south.person.compose(first, world.now_ms, world.chance, [second.key])
        world.run(world.service.submit(composed.text))
        south.person.said(composed.sid)
        old = composed.sid + bytes(4)
        moved = site(world.now_ms, at=(36.70, 35.93), change="moved")
        new = world.notice(south, moved, told(north), act="replace", of=[(old, 0)])
        assert world.query.standing(south.id, old).state == "stands"
        assert world.activity(north, told(south)).missing == [old]
        countersign(world, second, new)
        assert world.query.standing(south.id, old).state == "replaced"
        assert world.activity(north, told(south)).missing == []
        assert world.activity(north, told(south), at=(36.70, 35.93)).missing == [new.ref()]


def test_an_activity_is_judged_when_it_is_filed_and_told_when_it_is_signed() -> None:
    with World() as world:
        north, south, _ = line(world, activity=2)
        post = world.presence(south, told(north), at=PLACE)
        fire = world.activity(north, told(south))
        assert (fire.effect, fire.missing, fire.marks) == ("held", [post.ref()], ["waits_for_signature"])
        cited = world.activity(north, told(south), cites=[post.ref()])
        assert (cited.effect, head(world, south)) == ("aware", 0)
        outcome = countersign(world, seated(world, north, "fires"), cited)
        assert ([one.party for one in outcome.releases], outcome.missing) == ([south.id], [])
        assert world.query.standing(north.id, cited.ref()).effect == "aware"


def test_what_asks_for_agreement_asks_when_it_is_released() -> None:
    with World() as world:
        north, south, _ = line(world, presence=2)
        asking = presence(world.now_ms, at=PLACE, mode="request_agreement")
        said = world.notice(south, asking, told(north))
        assert said.sid not in world.service.book.matters.of_sid
        countersign(world, seated(world, south, "second"), said)
        assert world.service.book.matters.of_sid[said.sid].asked == {north.id}


# --- wrong turns ------------------------------------------------------------------------------------------


def test_the_same_seat_a_machine_and_a_no_release_nothing() -> None:
    with World() as world:
        north, south, _ = line(world)
        clinic = world.site(south, told(north))
        second = seated(world, south, "head of mission")
        again = seated(world, south, "duty-1")  # a second device of the same seat
        tried = [
            (countersign(world, south.person, clinic), "recorded", ["same_seat"]),
            (countersign(world, again, clinic), "recorded", ["same_seat"]),
            (countersign(world, south.machine, clinic), "recorded", ["machine_key"]),
            (countersign(world, second, clinic, agreement="denied"), "recorded", []),
        ]
        assert [(one.effect, one.marks) for one, *_ in tried] == [(e, m) for _, e, m in tried]
        assert head(world, north) == 0


def test_a_machine_beside_a_person_is_one_person() -> None:
    with World() as world:
        north, south, _ = line(world)
        draft = speech.filing({"exact": [site(world.now_ms, at=PLACE)]}, told(north), world.under)
        outcome = from_seat(world, south.person, draft, south.machine.key)
        assert outcome.marks == ["waits_for_signature"]


def test_another_party_releases_nothing_of_it() -> None:
    with World() as world:
        north, south, _ = line(world)
        clinic = world.site(south, told(north))
        outcome = countersign(world, north.person, clinic)
        assert (outcome.effect, outcome.marks, head(world, north)) == ("waiting", ["answers_unknown"], 0)


def test_a_second_signature_on_what_is_released_already_answers_nothing() -> None:
    with World() as world:
        north, south, _ = line(world)
        clinic = world.site(south, told(north))
        second = seated(world, south, "head of mission")
        countersign(world, second, clinic)
        assert countersign(world, second, clinic).marks == ["answers_unknown"]
        assert head(world, north) == 1


def test_what_was_closed_meanwhile_is_released_no_more() -> None:
    with World() as world:
        north, south, _ = line(world)
        clinic = world.site(south, told(north))
        world.end(south, "site", [clinic.ref()])
        outcome = countersign(world, seated(world, south, "second"), clinic)
        assert (outcome.effect, outcome.marks, outcome.releases) == ("stale", ["stale"], [])


# --- the log ----------------------------------------------------------------------------------------------


def test_a_rebuild_a_restart_and_a_dossier_find_the_same() -> None:
    with World() as world:
        north, south, _ = line(world)
        second = seated(world, south, "head of mission")
        waits = world.site(south, [Recipient(party=None)])
        clinic = world.site(south, told(north), at=(36.65, 35.95))
        fire = world.activity(north, told(south))
        countersign(world, second, clinic)
        world.settle()
        live = picture(world.service.book)
        assert live == picture(rebuild(world.store, ListedIndex, Chance("again")).book)
        report = verify(dossier_of(world.service), policy_of(world.service))
        assert [one.says for one in report.findings if one.grade == "broken"] == []
        world.restart()
        assert live == picture(world.service.book)
        countersign(world, second, waits)
        assert world.query.standing(north.id, fire.ref()).unaware == {waits.ref()}


def test_the_rule_is_explained_in_plain_words() -> None:
    with World() as world:
        line(world)
        (accord,) = world.service.book.agreements.all()
        rules: Arrangement = accord.arrangement
        said = [one for one in explain(rules) if "have signed it" in one]
        assert [one.split(" is released")[0] for one in said] == ["A site"]
