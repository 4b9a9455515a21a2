"""Most recipients have no key: they are addressed, or another party's desk answers for them (G1). Nobody signs for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from delivering import Carrying, addresses
from standclear.channels.wording import words_of
from standclear.cli import cast, speech
from standclear.cli.cast import Said, told
from standclear.cli.seat import compose_first_enrolment, enrolment_of
from standclear.dossier.verify import verify
from standclear.errors import BadSignature, Malformed, NotPermitted, Refused
from standclear.flow.evidence import dossier_of, policy_of
from standclear.flow.outbox import Address
from standclear.keys import SigningKey, key_id
from standclear.statements.asking import Contact
from standclear.statements.canonical import b64u
from standclear.statements.compose import Composed, Draft, Recipient, Signer, compose
from standclear.statements.parties import desk_id, keyless_id
from standclear.statements.roll import ROOT_DESK
from visiting import Visitor
from world import HOUR_MS, Keyless, Party, World


def to(party: Keyless) -> list[Recipient]:
    return [Recipient(party=party.id)]


def three(world: World, *, represented: bool = False) -> tuple[Party, Party, Keyless]:
    """A line between North and South, and Group F with one telephone, which South may represent."""
    north, south = world.enrol("North"), world.enrol("South")
    group = world.address("Group F", by=south if represented else None)
    world.agree(north, south, addressed=[group])
    return north, south, group


def test_its_id_follows_from_the_log_and_its_name() -> None:
    with World() as world:
        group = world.address("Group F")
        standing = world.service.book.roll.parties[group.id]
        assert (standing.name, standing.root, standing.represented_by) == ("Group F", None, None)
        assert group.id == keyless_id(world.log, "Group F")
        assert group.id != keyless_id(bytes(32), "Group F")


def test_what_is_released_to_it_is_in_an_inbox_of_its_own_and_owes_an_answer() -> None:
    with World() as world:
        north, _, group = three(world)
        site = world.site(north, to(group))
        inbox = world.service.book.inboxes.inbox(group.id)
        assert inbox.refs == [site.ref()]
        (ladder,) = world.query.ladders(north.id, site.sid)
        assert (ladder.party, ladder.rung()) == (group.id, "released")
        world.pass_ms(5 * HOUR_MS)
        assert ladder.is_overdue(world.now_ms)


def test_any_party_of_the_arrangement_means_those_without_keys_too() -> None:
    with World() as world:
        north, south, group = three(world)
        site = world.site(north, [Recipient(party=None)])
        assert {one.party for one in site.answer.outcome.releases} == {south.id, group.id}


def test_being_addressed_is_not_adhering_and_nobody_waits_for_it() -> None:
    with World() as world:
        north, south, group = three(world)
        (agreement,) = world.service.book.agreements.all()
        assert agreement.adhered == {north.id, south.id}
        later = replace(agreement.arrangement, note="amended")
        of = [(agreement.sid + bytes(4), 0)]
        draft = Draft(kind="arrangement", act="replace", forms={"exact": [later.to_value()]}, to=None, of=of)
        amended = world.say(north, draft)
        assert amended.effect == "waiting"
        for party in (north, south):
            body = {"adheres": True, "reservations": [], "type": "adherence"}
            said = world.say(
                party, Draft(kind="adherence", forms={"exact": [body]}, to=None, re=[amended.sid])
            )
        assert said.marks == ["takes_force"]
        assert agreement.sid == amended.sid
        assert agreement.arrangement.role_of(group.id) == "party"


def test_who_adheres_with_which_reservations_and_who_is_addressed_is_shown_apart() -> None:
    with World() as world:
        north, south, group = three(world)
        (agreement,) = world.service.book.agreements.all()
        body = {"adheres": True, "reservations": ["none of our medical sites"], "type": "adherence"}
        world.say(south, Draft(kind="adherence", forms={"exact": [body]}, to=None, re=[agreement.sid]))
        (shown,) = Visitor(world).get("/v1/arrangements", north).json()["arrangements"]
        assert shown["addressed"] == [b64u(group.id)]
        assert shown["adhered"] == sorted([b64u(north.id), b64u(south.id)])
        assert shown["reservations"] == [
            {"party": b64u(south.id), "reservations": ["none of our medical sites"]}
        ]
        world.restart()
        (agreement,) = world.service.book.agreements.all()
        assert agreement.reservations == {south.id: ("none of our medical sites",)}
        body = {"adheres": False, "reservations": [], "type": "adherence"}
        world.say(south, Draft(kind="adherence", forms={"exact": [body]}, to=None, re=[agreement.sid]))
        assert (agreement.adhered, agreement.reservations) == ({north.id}, {})


def test_its_representative_reads_what_it_was_told_and_cannot_acknowledge_it() -> None:
    with World() as world:
        north, south, group = three(world, represented=True)
        site = world.site(north, to(group))
        answer = world.acknowledge(south, sids=[site.sid])
        assert (answer.effect, answer.marks) == ("not_yours", ["not_released_to_you"])
        (ladder,) = world.query.ladders(north.id, site.sid)
        assert ladder.rung() == "released"
        assert world.service.book.roll.answers_for(group.id) == south.id


def test_its_representative_answers_for_it_by_a_contact_which_attests_and_signs_nothing() -> None:
    with World() as world:
        north, south, group = three(world, represented=True)
        site = world.site(north, to(group))
        said = contact(world, south, group, re=[site.sid])
        (ladder,) = world.query.ladders(north.id, site.sid)
        assert (said.effect, said.marks) == ("in_force", [])
        assert [one.attester for one in ladder.attested] == [south.id]
        assert (ladder.rung(), ladder.acknowledged_ms) == ("released", None)


def test_a_stranger_and_the_party_itself_attest_nothing() -> None:
    with World() as world:
        north, south, group = three(world)
        site = world.site(north, to(group))
        assert contact(world, south, group, re=[site.sid]).marks == ["attests_for_another"]
        (ladder,) = world.query.ladders(north.id, site.sid)
        assert ladder.attested == []


def contact(world: World, party: Party, about: Keyless, *, re: Sequence[bytes]) -> Said:
    body = Contact(
        whom="the commander of the group",
        party=about.id,
        at_ms=world.now_ms,
        channel="call",
        result="read_back_correct",
        read_back="7-4-4-1",
        scan=None,
        member="S-2",
    )
    return world.say(party, speech.word(body, [], world.under, re=re))


def test_a_representation_is_ended_by_either_side_and_taken_up_again() -> None:
    with World() as world:
        _, south, group = three(world, represented=True)
        draft = speech.keyless(group.name, group.party_type)
        ended = world.run(cast.say_of_keyless(world.service, draft, by=south, admitted=False))
        assert ended.effect == "in_force"
        assert world.service.book.roll.answers_for(group.id) == group.id
        again = speech.keyless(group.name, group.party_type, represented_by=south.id)
        world.run(cast.say_of_keyless(world.service, again, by=south))
        assert world.service.book.roll.answers_for(group.id) == south.id
        world.run(cast.say_of_keyless(world.service, draft))
        assert world.service.book.roll.answers_for(group.id) == group.id


def test_who_gets_a_key_later_is_a_new_party_and_represents_what_it_was() -> None:
    with World() as world:
        north, _, group = three(world)
        before = world.site(north, to(group))
        desk = world.enrol("Group F, its desk")
        draft = speech.keyless(group.name, group.party_type, represented_by=desk.id)
        world.run(cast.say_of_keyless(world.service, draft, by=desk))
        assert world.service.book.roll.answers_for(group.id) == desk.id
        assert world.service.book.inboxes.inbox(group.id).refs == [before.ref()]


def test_it_survives_a_restart_and_the_log_agrees() -> None:
    with World() as world:
        north, south, group = three(world, represented=True)
        world.site(north, to(group))
        world.settle()
        before = world.service.book.roll.parties
        world.restart()
        assert world.service.book.roll.parties == before
        assert world.service.book.roll.answers_for(group.id) == south.id


def test_its_messages_go_to_its_representative_where_it_has_no_address_of_its_own() -> None:
    with World() as world:
        north, south, group = three(world, represented=True)
        post = Carrying(world, addresses(south))
        world.site(north, to(group))
        assert post.step() == [("deliver", "South/duty_desk")]
        (letter,) = post.mail.letters
        assert (letter.parcel.party, letter.instead_of) == (group.id, "Group F")
        assert "This is for Group F" in words_of(letter).text


def test_its_own_address_goes_before_its_representatives() -> None:
    with World() as world:
        north, south, group = three(world, represented=True)
        own = Address(
            party=group.id, desk=desk_id(group.id, "duty"), level="duty_desk", channel="smtp", to="Group F"
        )
        post = Carrying(world, [*addresses(south), own])
        world.site(north, to(group))
        assert post.step() == [("deliver", "Group F")]
        assert post.mail.letters[0].instead_of == ""


def test_over_http_its_representative_reads_its_inbox_and_nobody_else_does() -> None:
    with World() as world:
        north, south, group = three(world, represented=True)
        site = world.site(north, to(group))
        visitor = Visitor(world)
        named = f"for={b64u(group.id)}"
        page = visitor.get(f"/v1/inbox?{named}", south).json()
        assert [one["ref"] for one in page["items"]] == [b64u(site.ref())]
        assert visitor.get(f"/v1/inbox/head?{named}", south).json()["n"] == 1
        assert visitor.get(f"/v1/statements/{b64u(site.sid)}?{named}", south).status == 200
        assert visitor.get(f"/v1/statements/{b64u(site.sid)}", south).status == 404
        assert visitor.get(f"/v1/inbox?{named}", north).slug == "not-permitted"
        listed = visitor.get("/v1/parties", north).json()["parties"]
        (told_of,) = [one for one in listed if one["name"] == "Group F"]
        assert (told_of["root"], told_of["represented_by"]) == (None, b64u(south.id))


def test_a_dossier_with_it_is_checked_offline_and_calls_it_by_its_name() -> None:
    with World() as world:
        north, _, group = three(world, represented=True)
        world.site(north, to(group))
        world.settle()
        report = verify(dossier_of(world.service), policy_of(world.service))
        assert [one for one in report.findings if one.grade == "broken"] == []
        assert any("Group F holds 1 release" in one.says for one in report.findings)


# --- wrong turns ------------------------------------------------------------------------------------------


def by_roots(
    world: World, draft: Draft, party: bytes, roots: Sequence[SigningKey], desk: bytes = ROOT_DESK
) -> Composed:
    standing = world.service.book.roll.keys.get(key_id(roots[0].public))
    seq, prev = (0, world.log) if standing is None else (standing.next_seq, standing.last_sid)
    signer = Signer(log=world.log, party=party, desk=desk, keys=roots, seq=seq, prev=prev)
    return compose(draft, signer, world.now_ms, world.chance)


Wrong = Callable[[World, Party, Party, Keyless], Composed]


def by_a_stranger(world: World, north: Party, south: Party, group: Keyless) -> Composed:
    return by_roots(world, speech.keyless("Group G", "ngo"), north.id, [north.root])


def by_a_stranger_who_says_it_represents_it(
    world: World, north: Party, south: Party, group: Keyless
) -> Composed:
    draft = speech.keyless("Group G", "ngo", represented_by=north.id)
    return by_roots(world, draft, north.id, [north.root])


def represented_by_one_who_does_not_say_so(
    world: World, north: Party, south: Party, group: Keyless
) -> Composed:
    draft = speech.keyless("Group G", "ngo", represented_by=north.id)
    return by_roots(world, draft, world.service.keys.party, [world.service.keys.root])


def the_representation_of_another_ended(world: World, north: Party, south: Party, group: Keyless) -> Composed:
    return by_roots(world, speech.keyless(group.name, group.party_type), north.id, [north.root])


def the_same_name_twice(world: World, north: Party, south: Party, group: Keyless) -> Composed:
    draft = speech.keyless(group.name, group.party_type, represented_by=south.id, phones=["+00 9"])
    return by_roots(world, draft, south.id, [south.root, world.service.keys.root])


def the_same_name_of_another_type(world: World, north: Party, south: Party, group: Keyless) -> Composed:
    return by_roots(
        world, speech.keyless(group.name, "ngo"), world.service.keys.party, [world.service.keys.root]
    )


def the_name_of_a_party_with_a_key(world: World, north: Party, south: Party, group: Keyless) -> Composed:
    return by_roots(
        world, speech.keyless("NORTH", "ngo"), world.service.keys.party, [world.service.keys.root]
    )


def with_keys_at_its_desk(world: World, north: Party, south: Party, group: Keyless) -> Composed:
    draft = speech.keyless("Group G", "ngo", phones=["+00 8"])
    value = dict(draft.forms["exact"][0])  # type: ignore[arg-type]
    key = {"possession": "A" * 86, "public": "A" * 43, "role": "person", "seat": "duty-1"}
    value["desks"] = [{"keys": [key], "name": "duty", "phones": []}]
    return by_roots(
        world,
        replace(draft, forms={"exact": [value]}),
        world.service.keys.party,
        [world.service.keys.root],
    )


def from_a_desk(world: World, north: Party, south: Party, group: Keyless) -> Composed:
    draft = speech.keyless("Group G", "ngo")
    return by_roots(
        world, draft, world.service.keys.party, [world.service.keys.root], world.service.keys.desk
    )


def signed_as_it(world: World, north: Party, south: Party, group: Keyless) -> Composed:
    draft = speech.acknowledgement(told(north), world.under, member="F-1", span=(0, 1))
    signer = Signer(
        log=world.log, party=group.id, desk=ROOT_DESK, keys=[south.person.key], seq=0, prev=world.log
    )
    return compose(draft, signer, world.now_ms, world.chance)


def a_party_with_its_name(world: World, north: Party, south: Party, group: Keyless) -> Composed:
    root = SigningKey.from_seed(bytes(32))
    body = enrolment_of(log=world.log, name=group.name, party_type="ngo", root=root, desks=[])
    return compose_first_enrolment(
        body,
        log=world.log,
        root=root,
        admitting=world.service.keys.root,
        stated_ms=world.now_ms,
        fresh=world.chance,
    )


WRONG: dict[str, tuple[Wrong, type[Refused], str]] = {
    "by a stranger": (by_a_stranger, NotPermitted, "header.from.party"),
    "by a stranger who says it represents it": (
        by_a_stranger_who_says_it_represents_it,
        BadSignature,
        "header.from.keys",
    ),
    "represented by one who does not say so": (
        represented_by_one_who_does_not_say_so,
        NotPermitted,
        "header.from.party",
    ),
    "the representation of another ended": (
        the_representation_of_another_ended,
        NotPermitted,
        "header.from.party",
    ),
    "the same name twice": (the_same_name_twice, Malformed, "body.name"),
    "the same name of another type": (the_same_name_of_another_type, Malformed, "body.party_type"),
    "the name of a party with a key": (the_name_of_a_party_with_a_key, Malformed, "body.name"),
    "with keys at its desk": (with_keys_at_its_desk, Malformed, "forms[0].bodies[0].body.desks"),
    "from a desk": (from_a_desk, BadSignature, "header.from.keys"),
    "signed as it": (signed_as_it, NotPermitted, "header.from.party"),
    "a party with its name": (a_party_with_its_name, Malformed, "body.name"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_turn_is_refused_and_nothing_is_changed(name: str) -> None:
    wrong, error, field = WRONG[name]
    with World() as world:
        north, south, group = three(world, represented=True)
        size = world.service.size
        with pytest.raises(error) as raised:
            world.run(world.service.submit(wrong(world, north, south, group).text))
        assert (raised.value.fields.get("field"), world.service.size) == (field, size)
