"""The roll: which keys speak for whom at each index, and the faults of their chains."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from standclear.errors import (
    BadSignature,
    Malformed,
    NotPermitted,
    StandclearError,
    UnknownKey,
    UnknownParty,
    WrongLog,
)
from standclear.keys import SigningKey, key_id
from standclear.statements.compose import Draft, sign_payload
from standclear.statements.envelope import STATEMENT_TYPE, envelope_of
from standclear.statements.header import parse_header
from standclear.statements.parties import (
    DeskEnrolment,
    Enrolment,
    Retirement,
    Revocation,
    SeatKey,
    desk_id,
    party_id,
)
from standclear.statements.roll import ROOT_DESK, SERVICE_DESK, Roll
from standclear.statements.submission import Submission, parse_submission
from vectors.statement_scene import (
    HOUR_MS,
    NOON_MS,
    UNIT,
    Chain,
    Scene,
    arrangement_body,
    charter_body,
    deeds_of,
    enrolment_body,
    key_of,
    notice_body,
    seat_key,
)

SMALL = bytes(31) + b"\x80"  # a point of small order: anyone could sign for it


@dataclass(slots=True)
class Town:
    """A log as its roll sees it: what is said is checked and stepped, and the clock can be turned."""

    scene: Scene = field(default_factory=Scene)
    roll: Roll = field(default_factory=Roll)
    now_ms: int = NOON_MS
    index: int = 0

    def take(self, text: bytes) -> tuple[str, ...]:
        """Check and step one submission; the marks come back."""
        submission = parse_submission(text)
        body = submission.bodies["exact"][0]
        self.roll.check(submission.envelope, submission.header, body, self.now_ms)
        if isinstance(body, Enrolment):
            self.roll.check_enrolment(body, submission.header.sender.party)
        return self.step(submission)

    def step(self, submission: Submission) -> tuple[str, ...]:
        body = submission.bodies["exact"][0]
        marks = self.roll.step(self.index, submission.sid, submission.header, body)
        self.index += 1
        return marks

    def say(self, speaker: str, draft: Draft, **more: Any) -> tuple[str, ...]:
        return self.take(self.scene.say(f"said {self.index}", speaker, draft, **more).text)

    def person(self, party: str = "North", seat: str = "duty-1") -> SigningKey:
        return key_of(f"{party} {seat}")


def opened(kind: str, body: Any) -> Draft:
    return Draft(kind=kind, forms={"exact": [body.to_value()]}, to=None)


FILED = Draft(kind="presence", forms={"exact": [notice_body(UNIT).to_value()]}, to=[])


def founded() -> Town:
    """A log with its charter."""
    town = Town()
    service = party_id(town.scene.root.public)
    town.scene.chains["service"] = Chain(town.scene.root, service, desk_id(service, SERVICE_DESK))
    draft = opened("charter", charter_body(town.scene))
    assert () == town.take(town.scene.say("charter", "service", draft, also=(town.scene.deed,)).text)
    return town


def settled() -> Town:
    """A log with two parties, a desk each."""
    town = founded()
    for name in ("North", "South"):
        enrol(town, name, enrolment_body(town.scene, name, "ingo"))
    return town


def enrol(town: Town, name: str, body: Enrolment, **changed: Any) -> tuple[str, ...]:
    """A party's first enrolment."""
    party = party_id(body.root)
    town.scene.chains[f"{name} root"] = Chain(key_of(f"{name} root"), party, ROOT_DESK, prev=town.scene.log)
    marks = town.say(f"{name} root", opened("enrolment", body), also=(town.scene.root,), **changed)
    for seat in ("duty-1", "duty-2", "machine"):
        prev = town.scene.chains[f"{name} root"].prev
        town.scene.chains[f"{name} {seat}"] = Chain(
            key_of(f"{name} {seat}"), party, desk_id(party, "duty"), prev=prev
        )
    return marks


def refused(town: Town, speaker: str, draft: Draft, **more: Any) -> StandclearError:
    with pytest.raises(StandclearError) as refusal:
        town.say(speaker, draft, **more)
    return refusal.value


# --- who is there -----------------------------------------------------------------------------------------


def test_a_charter_makes_the_service_a_party_with_a_desk() -> None:
    town = founded()
    service = town.roll.service_party()
    assert town.scene.log == town.roll.log
    assert ("The line's keeper", "service") == (
        town.roll.name_of(service),
        town.roll.parties[service].party_type,
    )
    assert SERVICE_DESK == town.roll.desks[desk_id(service, SERVICE_DESK)].name
    assert "machine" == town.roll.keys[key_id(town.scene.deed.public)].role


def test_an_enrolment_brings_desks_and_keys() -> None:
    town = settled()
    north = town.scene.party("North")
    assert ("duty", ("+00 1", "+00 2")) == (
        town.roll.desks[desk_id(north, "duty")].name,
        town.roll.desks[desk_id(north, "duty")].phones,
    )
    roles = [standing.role for standing in town.roll.keys.values() if standing.party == north]
    assert ["machine", "person", "person", "root"] == sorted(roles)
    assert "00000000" == town.roll.name_of(bytes(16))


def test_a_later_enrolment_adds_a_desk() -> None:
    town = settled()
    north = town.scene.party("North")
    key = seat_key(town.scene.log, north, "night-1", "person", key_of("night"))
    desk = DeskEnrolment(name="night", phones=(), keys=(key,))
    body = replace(enrolment_body(town.scene, "North", "ingo"), desks=(desk,))
    assert () == town.say("North root", opened("enrolment", body))
    town.scene.chains["night"] = Chain(
        key_of("night"), north, desk_id(north, "night"), prev=town.scene.chains["North root"].prev
    )
    assert () == town.say("night", FILED)


def test_the_role_of_a_signer_is_that_of_the_first_key() -> None:
    town = settled()
    for speaker, role in (("North duty-1", "person"), ("North machine", "machine"), ("North root", "root")):
        header = parse_header(town.scene.say("x", speaker, FILED).envelope.payload)
        assert role == town.roll.signer_role(header)
    stranger = replace(header, sender=replace(header.sender, keys=(bytes(32),)))
    assert "root" == town.roll.signer_role(stranger)


# --- enrolments that are not taken -------------------------------------------------------------------------


def with_key(town: Town, **changed: Any) -> Enrolment:
    """South's enrolment with its first key changed."""
    body = enrolment_body(town.scene, "South", "ingo")
    first = replace(body.desks[0].keys[0], **changed)
    return replace(body, desks=(replace(body.desks[0], keys=(first, *body.desks[0].keys[1:])),))


def enrolment_refused(town: Town, body: Enrolment, **changed: Any) -> StandclearError:
    with pytest.raises(StandclearError) as refusal:
        enrol(town, "South", body, **changed)
    return refusal.value


def test_a_key_that_is_not_shown_to_be_held_is_not_enrolled() -> None:
    other = key_of("North duty-1")
    town = founded()
    stolen = enrolment_refused(town, with_key(town, public=other.public))
    assert ("malformed", "body.desks.keys.possession") == (stolen.slug, stolen.fields["field"])
    for_another_party = seat_key(
        town.scene.log, town.scene.party("North"), "duty-1", "person", key_of("South duty-1")
    )
    replayed = enrolment_refused(founded(), with_key(town, possession=for_another_party.possession))
    assert "body.desks.keys.possession" == replayed.fields["field"]


def test_a_weak_key_is_not_enrolled() -> None:
    town = founded()
    assert "public_key" == enrolment_refused(town, with_key(town, public=SMALL)).fields["field"]


def test_a_key_has_one_seat() -> None:
    town = settled()
    body = enrolment_body(town.scene, "North", "ingo")
    again = refused(town, "North root", opened("enrolment", body))
    assert "body.desks.keys" == again.fields["field"]
    fresh = founded()
    second = enrolment_body(fresh.scene, "South", "ingo").desks[0].keys[1]
    twice = enrolment_refused(fresh, with_key(fresh, public=second.public, possession=second.possession))
    assert "body.desks.keys" == twice.fields["field"]


def test_no_desk_has_a_root_key() -> None:
    town = founded()
    assert "body.desks.keys.role" == enrolment_refused(town, with_key(town, role="root")).fields["field"]


def test_a_root_key_sits_at_no_desk() -> None:
    town = founded()
    party = town.scene.party("South")
    root = seat_key(town.scene.log, party, "duty-1", "person", key_of("South root"))
    same = enrolment_refused(town, with_key(town, public=root.public, possession=root.possession))
    assert ("malformed", "body.desks.keys") == (same.slug, same.fields["field"])


def test_an_enrolled_key_is_no_other_party_s_root() -> None:
    town = settled()
    public = town.person().public
    body = Enrolment(name="East", party_type="ngo", root=public, represented_by=None, desks=())
    town.scene.chains["East root"] = Chain(town.person(), party_id(public), ROOT_DESK, prev=town.scene.log)
    taken = refused(town, "East root", opened("enrolment", body), also=(town.scene.root,))
    assert ("malformed", "body.root") == (taken.slug, taken.fields["field"])


def test_a_party_keeps_its_root() -> None:
    town = settled()
    body = replace(enrolment_body(town.scene, "North", "ingo"), root=key_of("another root").public, desks=())
    assert "body.root" == refused(town, "North root", opened("enrolment", body)).fields["field"]


def test_a_party_s_id_is_the_hash_of_its_root() -> None:
    town = founded()
    wrong = enrolment_refused(town, enrolment_body(town.scene, "South", "ingo"), party=bytes(16))
    assert ("malformed", "header.from.party") == (wrong.slug, wrong.fields["field"])


def test_a_first_enrolment_is_admitted_by_the_service_and_signed_by_the_root_first() -> None:
    town = founded()
    body = enrolment_body(town.scene, "South", "ingo")
    root = key_of("South root")
    for keys in ([root], [town.scene.root, root], [root, key_of("another")], [root, town.scene.deed]):
        wrong = enrolment_refused(town, body, keys=keys)
        assert ("bad-signature", "header.from.keys") == (wrong.slug, wrong.fields["field"])


@pytest.mark.parametrize("party", [bytes(16), party_id(bytes(32))])
def test_a_charter_names_the_service_by_its_root(party: bytes) -> None:
    town = Town()
    town.scene.chains["service"] = Chain(town.scene.root, party, bytes(16))
    draft = opened("charter", charter_body(town.scene))
    with pytest.raises(Malformed) as refusal:
        town.take(town.scene.say("charter", "service", draft, also=(town.scene.deed,)).text)
    assert "header.from.party" == refusal.value.field


def test_a_charter_is_signed_by_root_and_service_key_in_this_order() -> None:
    town = Town()
    service = party_id(town.scene.root.public)
    for first, also in ((town.scene.deed, town.scene.root), (town.scene.root, key_of("x"))):
        town.scene.chains["service"] = Chain(first, service, bytes(16))
        draft = opened("charter", charter_body(town.scene))
        composed = town.scene.say("charter", "service", draft, also=(also,))
        with pytest.raises(BadSignature):
            town.take(composed.text)


# --- who may say what ----------------------------------------------------------------------------------------


def test_what_a_desk_says_is_taken() -> None:
    town = settled()
    assert () == town.say("North duty-1", FILED)
    assert () == town.say("North machine", FILED)


def test_two_signers_both_sign() -> None:
    town = settled()
    both = town.scene.say("both", "North duty-1", FILED, also=(town.person(seat="duty-2"),))
    value = json.loads(both.text)
    value["envelope"]["signatures"].pop()
    with pytest.raises(BadSignature) as refusal:
        town.take(json.dumps(value).encode())
    assert "header.from.keys" == refusal.value.fields["field"]
    assert () == town.take(both.text)
    assert (1, 0) == tuple(
        town.roll.keys[key_id(town.person(seat=seat).public)].next_seq for seat in ("duty-1", "duty-2")
    )


def test_the_order_of_signatures_in_the_envelope_does_not_matter() -> None:
    town = settled()
    both = town.scene.say("both", "North duty-1", FILED, also=(town.person(seat="duty-2"),))
    value = json.loads(both.text)
    value["envelope"]["signatures"].reverse()
    assert () == town.take(json.dumps(value).encode())


def test_a_signature_that_does_not_verify_is_refused() -> None:
    town = settled()
    said = town.scene.say("x", "North duty-1", FILED)
    other = sign_payload(STATEMENT_TYPE, b"{}", [town.person()])
    envelope = envelope_of(STATEMENT_TYPE, said.envelope.payload, other.signatures)
    value = json.loads(said.text) | {"envelope": json.loads(envelope.to_bytes())}
    with pytest.raises(BadSignature) as refusal:
        town.take(json.dumps(value).encode())
    assert "envelope.signatures" == refusal.value.fields["field"]


REFUSED: dict[str, tuple[str, dict[str, Any], type[StandclearError]]] = {
    "for another log": ("North duty-1", {"log": bytes(32)}, WrongLog),
    "for a party that is not enrolled": ("North duty-1", {"party": bytes(16)}, UnknownParty),
    "for another party": ("North duty-1", {"party": party_id(key_of("South root").public)}, NotPermitted),
    "for another desk": ("North duty-1", {"desk": bytes(16)}, NotPermitted),
    "by a key that is not enrolled": ("North duty-1", {"keys": [key_of("stranger")]}, UnknownKey),
    "with another party's key": (
        "North duty-1",
        {"keys": [key_of("North duty-1"), key_of("South duty-1")]},
        NotPermitted,
    ),
    "by a root key": ("North root", {}, NotPermitted),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_the_sender_s_to_say_is_refused(name: str) -> None:
    speaker, changed, error = REFUSED[name]
    assert type(refused(settled(), speaker, FILED, **changed)) is error


def test_a_desk_enrols_nobody() -> None:
    town = settled()
    body = enrolment_body(town.scene, "North", "ingo")
    assert isinstance(refused(town, "North duty-1", opened("enrolment", body)), NotPermitted)


def test_deeds_are_taken_from_the_service_key() -> None:
    town = settled()
    town.scene.said["site"] = town.scene.said["activity"] = town.scene.said["charter"]
    town.scene.say("arrangement", "North duty-1", opened("arrangement", arrangement_body(town.scene)))
    deeds = deeds_of(town.scene)
    town.roll.check(deeds.envelope, deeds.header, None, town.now_ms)
    assert () == town.roll.step(town.index, deeds.envelope.sid(), deeds.header, None)


# --- retirement and revocation --------------------------------------------------------------------------------


def retire(town: Town, drain_until_ms: int, by: str = "North duty-1", seat: str = "duty-2") -> None:
    keys = (key_id(town.person(seat=seat).public),)
    town.say(by, opened("retirement", Retirement(keys=keys, drain_until_ms=drain_until_ms)))


def revoke(town: Town, by: str, *keys: SigningKey) -> None:
    identities = tuple(key_id(key.public) for key in keys)
    town.say(by, opened("revocation", Revocation(keys=identities, reason="captured")))


def test_a_retired_key_counts_until_its_drain_is_over_and_not_a_moment_longer() -> None:
    town = settled()
    retire(town, NOON_MS + HOUR_MS)
    town.now_ms = NOON_MS + HOUR_MS
    assert () == town.say("North duty-2", FILED)
    town.now_ms += 1
    error = refused(town, "North duty-2", FILED)
    assert (UnknownKey, "retired") == (type(error), error.fields["reason"])
    assert () == town.say("North duty-1", FILED)


def test_a_retirement_is_brought_forward_and_never_put_off() -> None:
    town = settled()
    retire(town, NOON_MS + HOUR_MS)
    retire(town, NOON_MS + 2 * HOUR_MS, by="North duty-2")
    standing = town.roll.keys[key_id(town.person(seat="duty-2").public)]
    assert NOON_MS + HOUR_MS == standing.drain_until_ms
    retire(town, NOON_MS)
    assert NOON_MS == standing.drain_until_ms


def test_a_revoked_key_counts_no_longer_from_its_index_on() -> None:
    town = settled()
    town.say("North duty-2", FILED)
    revoke(town, "North root", town.person(seat="duty-2"))
    at = town.index - 1
    error = refused(town, "North duty-2", FILED)
    assert (UnknownKey, "revoked") == (type(error), error.fields["reason"])
    revoke(town, "North root", town.person(seat="duty-2"))
    assert at == town.roll.keys[key_id(town.person(seat="duty-2").public)].revoked_index


def test_nobody_ends_another_party_s_keys() -> None:
    town = settled()
    revoke(town, "South duty-1", town.person(), key_of("never enrolled"))
    keys = (key_id(town.person().public),)
    town.say("South duty-1", opened("retirement", Retirement(keys=keys, drain_until_ms=0)))
    standing = town.roll.keys[keys[0]]
    assert (None, None) == (standing.revoked_index, standing.drain_until_ms)
    assert () == town.say("North duty-1", FILED)


def test_a_key_may_end_itself() -> None:
    town = settled()
    revoke(town, "North duty-1", town.person())
    assert isinstance(refused(town, "North duty-1", FILED), UnknownKey)


# --- chains -----------------------------------------------------------------------------------------------------


def test_a_chain_without_faults_earns_no_mark() -> None:
    town = settled()
    assert [()] * 4 == [town.say("North duty-1", FILED) for _ in range(4)]


@pytest.mark.parametrize(
    ("order", "marks"),
    [
        ((0, 1, 2), ("", "", "")),
        ((1, 2), ("gap", "")),
        ((0, 2, 3), ("", "gap", "")),
        ((0, 2, 1, 3), ("", "gap", "fork", "")),
        ((2, 1, 0), ("gap", "fork", "fork")),
    ],
)
def test_a_fault_of_the_order_is_marked_and_taken(order: tuple[int, ...], marks: tuple[str, ...]) -> None:
    town = settled()
    said = [town.scene.say(f"{number}", "North duty-1", FILED).text for number in range(4)]
    assert [(mark,) if mark else () for mark in marks] == [town.take(said[place]) for place in order]


def test_two_statements_of_one_place_are_a_fork_and_both_are_taken() -> None:
    town = settled()
    chain = town.scene.chains["North duty-1"]
    before = (chain.seq, chain.prev)
    assert () == town.say("North duty-1", FILED)
    chain.seq, chain.prev = before
    assert ("fork",) == town.say("North duty-1", FILED)


def test_a_statement_after_another_one_than_the_last_is_a_fork() -> None:
    town = settled()
    assert ("fork",) == town.say("North duty-1", FILED, prev=bytes(32))
    assert () == town.say("North duty-1", FILED)


def test_each_key_of_a_desk_has_a_chain_of_its_own() -> None:
    town = settled()
    for speaker in ("North duty-1", "North duty-2", "North machine", "North duty-1", "South duty-1"):
        assert () == town.say(speaker, FILED)


def test_a_first_enrolment_opens_its_chain_wherever_it_begins() -> None:
    town = founded()
    assert () == enrol(town, "South", enrolment_body(town.scene, "South", "ingo"), seq=5, prev=None)
    assert 6 == town.roll.keys[key_id(key_of("South root").public)].next_seq


def test_a_key_that_the_roll_does_not_know_has_no_chain() -> None:
    town = settled()
    said = parse_submission(town.scene.say("x", "North duty-1", FILED, keys=[key_of("stranger")]).text)
    assert () == town.step(said)


def test_a_seat_key_says_whose_it_is() -> None:
    town = founded()
    key: SeatKey = enrolment_body(town.scene, "South", "ingo").desks[0].keys[0]
    assert {"seat": "duty-1", "role": "person"}.items() <= key.to_value().items()
