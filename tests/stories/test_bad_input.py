"""Every wrong turn has its refusal or its effect. The table is docs/spec/refusals.md; this test walks it row by row."""

from __future__ import annotations

import dataclasses
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from delivering import Carrying, addresses
from standclear.cli import speech
from standclear.cli.cast import Said, told
from standclear.dialects.pack import read_pack
from standclear.errors import ForkSuspected, Mismatch, Refused, StandclearError
from standclear.flow.clock import GuardedClock
from standclear.flow.replying import Replies, short_code
from standclear.keys import SigningKey, key_id
from standclear.statements.asking import Contact
from standclear.statements.calls import Agreement
from standclear.statements.canonical import Value, canonical
from standclear.statements.compose import Draft, sign_payload
from standclear.statements.envelope import STATEMENT_TYPE
from standclear.statements.header import SeenHead
from standclear.tlog.checkpoint import Checkpoint
from standclear.tlog.heads import commit_head
from stories.test_call_this_desk import call_us
from stories.test_parties_without_keys import WRONG
from stories.test_readiness import answer, watch
from stories.test_two_persons import amended
from world import DAY_MS, HOUR_MS, NOON_MS, PACKS, Party, World, activity, circle, site, values

TABLE = Path(__file__).parents[2] / "docs" / "spec" / "refusals.md"
CASES: dict[str, Callable[[World, Party, Party], str]] = {}


def case(name: str) -> Callable[[Callable[[World, Party, Party], str]], Callable[[World, Party, Party], str]]:
    """A row of the table: the function does the wrong thing and gives what came of it, as the table writes it."""

    def keep(told_by: Callable[[World, Party, Party], str]) -> Callable[[World, Party, Party], str]:
        assert name not in CASES
        CASES[name] = told_by
        return told_by

    return keep


def rows() -> dict[str, str]:
    """The table's rows: what was done, and what came of it."""
    lines = [line.split("|") for line in TABLE.read_text("utf-8").splitlines() if line.startswith("| ")]
    return {
        line[1].strip(): line[2].strip() for line in lines if line[1].strip() not in ("what is done", "---")
    }


_REPLY_ROWS = (
    "an answer by a link that is none",
    "a second answer by one link",
    "an answer by a link older than a week",
    "an answer that the message does not offer",
    "a typed code from another telephone than it was sent to",
    "a text that holds no code",
)
_SET_UP = dict.fromkeys(_REPLY_ROWS, 4) | {
    "the same statement again": 2,
    "the same envelope, indented anew": 2,
    "a key that was revoked": 2,
    "a key that was retired, after its drain": 2,
}


def effect_of(said: Said) -> str:
    """What came of something that was said, as the table writes it."""
    return f"effect: {said.effect} ({', '.join(said.marks)})"


# --- how wrong things are made -------------------------------------------------------------------------


def answer_to(world: World, text: bytes) -> str:
    """What the service says to a submission's bytes."""
    try:
        answer = world.run(world.service.submit(text))
    except (Refused, Mismatch) as error:
        field = error.fields.get("field") or error.fields.get("limit") or ""
        remedy = error.fields.get("remedy") or error.fields.get("reason")
        assert remedy, "a refusal says why, or what to do"
        return f"refused: {error.slug}" + (f", {re.sub(r'[0-9]+', 'n', str(field))}" if field else "")
    marks = f" ({', '.join(answer.outcome.marks)})" if answer.outcome.marks else ""
    return f"effect: {answer.outcome.effect}{marks}"


def plain(world: World, party: Party, other: Party) -> bytes:
    """A good submission: one site."""
    draft = Draft(
        kind="site",
        under=world.under,
        forms={"exact": [site(world.now_ms, at=(36.63, 35.93)).to_value()]},
        to=told(other),
    )
    return world.compose(party, draft).text


def with_header(world: World, party: Party, other: Party, **changed: Any) -> bytes:
    """A good submission whose header is changed and signed again."""
    value = json.loads(plain(world, party, other))
    header = json.loads(b64decode(value["envelope"]["payload"]))
    return signed_again(value, party, canonical(header | changed))


def signed_again(value: Value, party: Party, payload: bytes) -> bytes:
    envelope = sign_payload(STATEMENT_TYPE, payload, [party.person.key])
    value["envelope"] = json.loads(envelope.to_bytes())
    return json.dumps(value).encode()


def with_body(world: World, party: Party, other: Party, kind: str = "site", **changed: Any) -> bytes:
    """A submission whose body is changed and committed to as it is."""
    good = (
        site(world.now_ms, at=(36.63, 35.93)) if kind == "site" else activity(world.now_ms, at=(36.63, 35.93))
    ).to_value()
    draft = Draft(kind=kind, under=world.under, forms={"exact": [good | changed]}, to=told(other))
    return world.compose(party, draft).text


def volume_value(world: World, **changed: Any) -> Value:
    good = site(world.now_ms, at=(36.63, 35.93)).to_value()["volumes"][0]
    return good | changed


# --- bytes ---------------------------------------------------------------------------------------------


@case("not JSON at all")
def _(world: World, north: Party, south: Party) -> str:
    return answer_to(world, b"\x00\x01 where are you")


@case("larger than a submission may be")
def _(world: World, north: Party, south: Party) -> str:
    return answer_to(world, b" " * (16 * 1024 * 1024 + 1))


@case("nested deeper than 16")
def _(world: World, north: Party, south: Party) -> str:
    return answer_to(world, b'{"a":' * 40 + b"1" + b"}" * 40)


@case("a key of the signed payload twice")
def _(world: World, north: Party, south: Party) -> str:
    value = json.loads(plain(world, south, north))
    payload = b64decode(value["envelope"]["payload"])
    return answer_to(world, signed_again(value, south, payload[:-1] + b',"v":1}'))


@case("a signed payload with spaces in it")
def _(world: World, north: Party, south: Party) -> str:
    value = json.loads(plain(world, south, north))
    payload = b64decode(value["envelope"]["payload"])
    return answer_to(world, signed_again(value, south, payload.replace(b'":', b'": ', 1)))


@case("a float where an integer belongs")
def _(world: World, north: Party, south: Party) -> str:
    text = plain(world, south, north)
    return answer_to(world, text.replace(b'"radius_cm":10000', b'"radius_cm":10000.0', 1))


@case("an integer beyond 2^53")
def _(world: World, north: Party, south: Party) -> str:
    text = plain(world, south, north)
    return answer_to(world, text.replace(b'"radius_cm":10000', b'"radius_cm":9007199254740993', 1))


@case("a lone surrogate in a name")
def _(world: World, north: Party, south: Party) -> str:
    text = plain(world, south, north)
    return answer_to(world, text.replace(b"A hospital", b"A \\ud800 hospital", 1))


@case("a key of the envelope that DSSE does not have")
def _(world: World, north: Party, south: Party) -> str:
    value = json.loads(plain(world, south, north))
    value["envelope"]["note"] = "hello"
    return answer_to(world, json.dumps(value).encode())


@case("an unknown field in a body")
def _(world: World, north: Party, south: Party) -> str:
    return answer_to(world, with_body(world, south, north, colour="red"))


@case("a payload larger than a header may be")
def _(world: World, north: Party, south: Party) -> str:
    value = json.loads(plain(world, south, north))
    value["envelope"]["payload"] = b64encode(b" " * 32_769).decode()
    return answer_to(world, json.dumps(value).encode())


# --- identity and repetition -----------------------------------------------------------------------------


@case("the same statement again")
def _(world: World, north: Party, south: Party) -> str:
    text = plain(world, south, north)
    world.run(world.service.submit(text))
    return answer_to(world, text)


@case("the same envelope, indented anew")
def _(world: World, north: Party, south: Party) -> str:
    text = plain(world, south, north)
    world.run(world.service.submit(text))
    return answer_to(world, json.dumps(json.loads(text), indent=3).encode())


@case("a further signature beside the right one")
def _(world: World, north: Party, south: Party) -> str:
    value = json.loads(plain(world, south, north))
    payload = b64decode(value["envelope"]["payload"])
    envelope = sign_payload(STATEMENT_TYPE, payload, [south.person.key, north.person.key])
    value["envelope"] = json.loads(envelope.to_bytes())
    return answer_to(world, json.dumps(value).encode())


@case("signed with another key than the header names")
def _(world: World, north: Party, south: Party) -> str:
    value = json.loads(plain(world, south, north))
    payload = b64decode(value["envelope"]["payload"])
    return answer_to(world, signed_again(value, north, payload))


@case("a signature of something else")
def _(world: World, north: Party, south: Party) -> str:
    value = json.loads(plain(world, south, north))
    value["envelope"]["signatures"][0]["sig"] = b64encode(south.person.key.sign(b"another thing")).decode()
    return answer_to(world, json.dumps(value).encode())


@case("a key that was never enrolled")
def _(world: World, north: Party, south: Party) -> str:
    stranger = SigningKey.from_seed(bytes(range(32)))
    south.person = dataclasses.replace(south.person, key=stranger)
    return answer_to(world, plain(world, south, north))


@case("a key that was revoked")
def _(world: World, north: Party, south: Party) -> str:
    text = plain(world, south, north)
    body = {"keys": _ids(south.person.key), "reason": "captured", "type": "revocation"}
    world.say(south, Draft(kind="revocation", forms={"exact": [body]}, to=None))
    return answer_to(world, text)


@case("a machine's key that revokes a person's")
def _(world: World, north: Party, south: Party) -> str:
    body = {"keys": _ids(south.person.key), "reason": "stolen", "type": "revocation"}
    draft = Draft(kind="revocation", forms={"exact": [body]}, to=None)
    return answer_to(world, world.compose(south, draft, machine=True).text)


@case("a person's key that revokes the root")
def _(world: World, north: Party, south: Party) -> str:
    body = {"keys": _ids(south.root), "reason": "stolen", "type": "revocation"}
    return answer_to(
        world, world.compose(south, Draft(kind="revocation", forms={"exact": [body]}, to=None)).text
    )


@case("a key that was retired, after its drain")
def _(world: World, north: Party, south: Party) -> str:
    text = plain(world, south, north)
    _retire(world, south)
    world.pass_ms(2 * HOUR_MS)
    return answer_to(world, text)


@case("a key that was retired, within its drain")
def _(world: World, north: Party, south: Party) -> str:
    _retire(world, south)
    return answer_to(world, plain(world, south, north))


def _retire(world: World, party: Party) -> None:
    body = {
        "drain_until_ms": world.now_ms + HOUR_MS,
        "keys": _ids(party.person.key),
        "type": "retirement",
    }
    world.say(party, Draft(kind="retirement", forms={"exact": [body]}, to=None))


def _ids(key: SigningKey) -> Value:
    from standclear.statements.canonical import b64u

    return [b64u(key_id(key.public))]


@case("a party that was never enrolled")
def _(world: World, north: Party, south: Party) -> str:
    value = json.loads(plain(world, south, north))
    header = json.loads(b64decode(value["envelope"]["payload"]))
    header["from"]["party"] = "AAAAAAAAAAAAAAAAAAAAAA"
    return answer_to(world, signed_again(value, south, canonical(header)))


WITHOUT_A_KEY = {
    "a party without a key, enrolled by a stranger": "by a stranger",
    "a party without a key, represented by one that does not say so": "represented by one who does not say so",
    "a party without a key, enrolled without the service": "by a stranger who says it represents it",
    "a party without a key under a name that is taken": "the name of a party with a key",
    "signed as a party without a key": "signed as it",
}
for _name, _wrong in WITHOUT_A_KEY.items():
    _SET_UP[_name] = 1

    @case(_name)
    def _(world: World, north: Party, south: Party, wrong: str = _wrong) -> str:
        group = world.address("Group F")
        return answer_to(world, WRONG[wrong][0](world, north, south, group).text)


@case("a statement made for another log")
def _(world: World, north: Party, south: Party) -> str:
    return answer_to(world, with_header(world, south, north, log="A" * 43))


@case("a second charter")
def _(world: World, north: Party, south: Party) -> str:
    from standclear.flow.identity import charter_of

    charter = charter_of(
        world.keys, name="EXERCISE two", service_name="x", exercise=True, stated_ms=0, fresh=world.chance
    )
    return answer_to(world, charter.text)


@case("deeds that the service did not do")
def _(world: World, north: Party, south: Party) -> str:
    return answer_to(
        world, with_header(world, south, north, kind="deeds", to="open", effects="A" * 43, inboxes="A" * 43)
    )


# --- kinds and versions ------------------------------------------------------------------------------------


@case("an unknown kind")
def _(world: World, north: Party, south: Party) -> str:
    return answer_to(world, with_header(world, south, north, kind="target"))


@case("a future version of the format")
def _(world: World, north: Party, south: Party) -> str:
    return answer_to(world, with_header(world, south, north, v=2))


@case("an arrangement that this log does not have")
def _(world: World, north: Party, south: Party) -> str:
    return answer_to(world, with_header(world, south, north, under="A" * 43))


@case("filing under an arrangement of others")
def _(world: World, north: Party, south: Party) -> str:
    stranger = world.enrol("Stranger")
    _SET_UP["filing under an arrangement of others"] = 2
    return answer_to(world, plain(world, stranger, north))


@case("a body that the header does not commit to")
def _(world: World, north: Party, south: Party) -> str:
    text = plain(world, south, north)
    return answer_to(world, text.replace(b"A hospital", b"B hospital", 1))


@case("a slot that is not in the header")
def _(world: World, north: Party, south: Party) -> str:
    text = plain(world, south, north)
    return answer_to(world, text.replace(b'"when":"now"', b'"when":"never"', 1))


@case("a widened form that does not contain the exact volume")
def _(world: World, north: Party, south: Party) -> str:
    exact = site(world.now_ms, at=(36.63, 35.93))
    aside = site(world.now_ms, at=(36.9, 35.93), radius_m=5_000, name="", form="widened")
    draft = Draft(
        kind="site",
        under=world.under,
        forms={"exact": values([exact]), "widened": values([aside])},
        to=told(north, form="widened"),
    )
    return answer_to(world, world.compose(south, draft).text)


# --- where and when ----------------------------------------------------------------------------------------


@case("a latitude beyond the pole")
def _(world: World, north: Party, south: Party) -> str:
    core = {"at": [366_300_000, 935_930_000], "type": "point"}
    return answer_to(world, with_body(world, south, north, volumes=[volume_value(world, core=core)]))


@case("a band inside out")
def _(world: World, north: Party, south: Party) -> str:
    band = {"lower_cm": 5_000, "reference": "w84", "upper_cm": 100}
    return answer_to(world, with_body(world, south, north, volumes=[volume_value(world, band=band)]))


@case("a window that ends before it starts")
def _(world: World, north: Party, south: Party) -> str:
    interval = {"end_ms": NOON_MS, "start_ms": NOON_MS + DAY_MS}
    return answer_to(world, with_body(world, south, north, volumes=[volume_value(world, interval=interval)]))


@case("no volume at all")
def _(world: World, north: Party, south: Party) -> str:
    return answer_to(world, with_body(world, south, north, volumes=[]))


@case("an area of two corners")
def _(world: World, north: Party, south: Party) -> str:
    core = {"rings": [[[0, 0], [10, 10]]], "type": "area"}
    return answer_to(world, with_body(world, south, north, volumes=[volume_value(world, core=core)]))


# --- what is recorded, and marked ----------------------------------------------------------------------------


@case("cancelling what is another's")
def _(world: World, north: Party, south: Party) -> str:
    clinic = world.site(south, told(north))
    said = world.end(north, "site", [clinic.ref()], act="cancel", reason="withdrawn")
    return f"effect: {said.effect} ({', '.join(said.marks)})"


@case("replacing what this log does not hold")
def _(world: World, north: Party, south: Party) -> str:
    moved = site(world.now_ms, at=(36.63, 35.93), change="moved")
    said = world.notice(south, moved, told(north), act="replace", of=[(bytes(36), 0)])
    return f"effect: {said.effect} ({', '.join(said.marks)})"


@case("ending what has ended")
def _(world: World, north: Party, south: Party) -> str:
    clinic = world.site(south, told(north))
    world.end(south, "site", [clinic.ref()])
    said = world.end(south, "site", [clinic.ref()])
    return f"effect: {said.effect} ({', '.join(said.marks)})"


def _for_an_owner(world: World, north: Party, south: Party, **changed: Any) -> str:
    owner = {
        "name": "A clinic",
        "consent": "by letter",
        "consented_ms": 0,
        "consent_to": None,
        "evidence": None,
    }
    return answer_to(world, with_body(world, south, north, owner=owner | changed))


@case("filed for an owner, released beyond its consent")
def _(world: World, north: Party, south: Party) -> str:
    return _for_an_owner(world, north, south, consent_to=[])


@case("filed for an owner whose consent comes later")
def _(world: World, north: Party, south: Party) -> str:
    return _for_an_owner(world, north, south, consented_ms=world.now_ms + 1)


@case("filed for an owner who is the filer")
def _(world: World, north: Party, south: Party) -> str:
    return _for_an_owner(world, north, south, name="south")


def _second(world: World, north: Party, south: Party, *, machine: bool = False, other: bool = False) -> str:
    amended(world, [north, south], {"site": 2})
    clinic = world.site(south, told(north))
    agreed = speech.word(
        Agreement(agreement="agreed", volumes=(), note=None), [], world.under, re=[clinic.sid]
    )
    said = world.say(north if other else south, agreed, machine=machine)
    return f"effect: {said.effect} ({', '.join(said.marks)})"


@case("filed by one where two are asked for")
def _(world: World, north: Party, south: Party) -> str:
    amended(world, [north, south], {"site": 2})
    return answer_to(world, plain(world, south, north))


@case("the second signature from the same seat")
def _(world: World, north: Party, south: Party) -> str:
    return _second(world, north, south)


@case("the second signature by a machine")
def _(world: World, north: Party, south: Party) -> str:
    return _second(world, north, south, machine=True)


@case("the second signature by another party")
def _(world: World, north: Party, south: Party) -> str:
    return _second(world, north, south, other=True)


@case("acknowledging what was not released to one")
def _(world: World, north: Party, south: Party) -> str:
    clinic = world.site(south, told(north, when="never"))
    said = world.acknowledge(north, sids=[clinic.sid])
    return f"effect: {said.effect} ({', '.join(said.marks)})"


@case("acknowledging with a machine's key")
def _(world: World, north: Party, south: Party) -> str:
    clinic = world.site(south, told(north))
    said = world.acknowledge(north, sids=[clinic.sid], machine=True)
    return f"effect: {said.effect} ({', '.join(said.marks)})"


@case("acknowledging what has been replaced")
def _(world: World, north: Party, south: Party) -> str:
    clinic = world.site(south, told(north))
    moved = site(world.now_ms, at=(36.7, 35.93), change="moved")
    world.notice(south, moved, told(north), act="replace", of=[(clinic.ref(), 0)])
    said = world.acknowledge(north, sids=[clinic.sid])
    return f"effect: {said.effect} ({', '.join(said.marks)})"


@case("integrated after its own void time")
def _(world: World, north: Party, south: Party) -> str:
    text = with_header(world, south, north, void_after_ms=world.now_ms - 1)
    return answer_to(world, text)


@case("a head that this log never had")
def _(world: World, north: Party, south: Party) -> str:
    head = SeenHead(log=world.log, size=2, root=bytes(32))
    body = site(world.now_ms, at=(36.63, 35.93)).to_value()
    draft = Draft(kind="site", under=world.under, forms={"exact": [body]}, to=told(north), seen=[head])
    return answer_to(world, world.compose(south, draft).text)


@case("signed on an old head")
def _(world: World, north: Party, south: Party) -> str:
    head = SeenHead(log=world.log, size=2, root=world.service.tree.root(2))
    body = site(world.now_ms, at=(36.63, 35.93)).to_value()
    draft = Draft(kind="site", under=world.under, forms={"exact": [body]}, to=told(north), seen=[head])
    return answer_to(world, world.compose(south, draft).text)


@case("a statement missing from the key's chain")
def _(world: World, north: Party, south: Party) -> str:
    south.person.seq += 1
    return answer_to(world, plain(world, south, north))


@case("two statements at one place of the key's chain")
def _(world: World, north: Party, south: Party) -> str:
    one, two = plain(world, south, north), plain(world, south, north)
    world.run(world.service.submit(one))
    return answer_to(world, two)


@case("an activity citing on an inbox head it never had")
def _(world: World, north: Party, south: Party) -> str:
    world.site(south, told(north))
    said = world.activity(north, told(south), inbox=(1, bytes(32)))
    return f"effect: {said.effect} ({', '.join(said.marks)})"


@case("an activity that cites what says only whom to call, and nobody called")
def _(world: World, north: Party, south: Party) -> str:
    clinic = call_us(world, south, north)
    said = world.activity(north, told(south), cites=[clinic.ref()])
    return f"effect: {said.effect} ({', '.join(said.marks)})"


@case("an activity so large that citing proves nothing")
def _(world: World, north: Party, south: Party) -> str:
    said = world.activity(north, told(south), radius_m=60_000)
    return f"effect: {said.effect} ({', '.join(said.marks)})"


@case("filed later than the arrangement asks")
def _(world: World, north: Party, south: Party) -> str:
    said = world.activity(north, told(south), in_hours=0.1)
    return f"effect: {said.effect} ({', '.join(said.marks)})"


@case("a watch taken while another has it")
def _(world: World, north: Party, south: Party) -> str:
    watch(world, north, "taken", "N-1")
    return effect_of(watch(world, north, "taken", "N-2"))


@case("handing over a watch that one does not have")
def _(world: World, north: Party, south: Party) -> str:
    watch(world, north, "taken", "N-1")
    return effect_of(watch(world, north, "handed_over", "N-2"))


@case("a watch taken with a machine's key")
def _(world: World, north: Party, south: Party) -> str:
    return effect_of(watch(world, north, "taken", "N-1", machine=True))


@case("answering a line check for another desk")
def _(world: World, north: Party, south: Party) -> str:
    return effect_of(answer(world, south, of=north))


@case("a line check of a desk that nobody enrolled")
def _(world: World, north: Party, south: Party) -> str:
    tried = {"type": "line_check", "check": "routine", "channel": "sms", "result": "answered", "seconds": 1}
    body: Value = {**tried, "desk": "A" * 22}
    return effect_of(
        world.say(north, Draft(kind="line_check", under=world.under, forms={"exact": [body]}, to=[]))
    )


@case("line checks that are due again before they can be answered")
def _(world: World, north: Party, south: Party) -> str:
    members = {north.id: "party", south.id: "party"}
    rules = read_pack((PACKS / "military-line.toml").read_text("utf-8"), members, south.id)
    assert rules.readiness is not None
    wrong = dataclasses.replace(rules.readiness, line_answer_ms=rules.readiness.line_every_ms)
    body = dataclasses.replace(rules, readiness=wrong).to_value()
    draft = Draft(kind="arrangement", forms={"exact": [body]}, to=None)
    return answer_to(world, world.compose(north, draft).text)


# --- the things around -----------------------------------------------------------------------------------------


@case("a signed head of this log that it does not hold")
def _(world: World, north: Party, south: Party) -> str:
    forked = Checkpoint(origin=world.keys.origin, size=world.service.size, root=bytes(32))
    note = commit_head(forked, world.keys.head).to_bytes().decode()
    value = json.loads(plain(world, south, north))
    value["notes"] = [note]
    with pytest.raises(ForkSuspected):
        world.run(world.service.submit(json.dumps(value).encode()))
    with pytest.raises(ForkSuspected):
        world.run(world.service.submit(plain(world, south, north)))
    return "stopped: fork-suspected"


@case("the clock jumps back by an hour")
def _(world: World, north: Party, south: Party) -> str:
    return _jump(world, -HOUR_MS)


@case("the clock jumps forward by a day")
def _(world: World, north: Party, south: Party) -> str:
    return _jump(world, DAY_MS)


@case("a contact that attests an answer owed to somebody else")
def _(world: World, north: Party, south: Party) -> str:
    clinic = world.site(south, told(north))
    body = Contact(
        whom="their duty officer",
        party=north.id,
        at_ms=world.now_ms,
        channel="call",
        result="answered",
        read_back="",
        scan=None,
        member="N-1",
    )
    draft = Draft(
        kind="contact", under=world.under, forms={"exact": [body.to_value()]}, to=told(south), re=[clinic.sid]
    )
    return answer_to(world, world.compose(north, draft).text)


@case("an answer by a link that is none")
def _(world: World, north: Party, south: Party) -> str:
    return _replied(world, north, south, lambda post: post.take(bytes(16), "noted", "203.0.113.9"))


@case("a second answer by one link")
def _(world: World, north: Party, south: Party) -> str:
    return _replied(world, north, south, lambda post: post.take(_code(post), "noted", "203.0.113.9"), times=2)


@case("an answer by a link older than a week")
def _(world: World, north: Party, south: Party) -> str:
    late = lambda post: post.take(_code(post), "noted", "203.0.113.9")  # noqa: E731
    return _replied(world, north, south, late, later_ms=8 * DAY_MS)


@case("an answer that the message does not offer")
def _(world: World, north: Party, south: Party) -> str:
    return _replied(world, north, south, lambda post: post.take(_code(post), "ceased", "203.0.113.9"))


@case("a typed code from another telephone than it was sent to")
def _(world: World, north: Party, south: Party) -> str:
    text = lambda post: post.take_text("+0000000002", f"{short_code(_code(post))} 1")  # noqa: E731
    return _replied(world, north, south, text)


@case("a text that holds no code")
def _(world: World, north: Party, south: Party) -> str:
    return _replied(world, north, south, lambda post: post.take_text("+0000000001", "who is this?"))


def _code(replies: Replies) -> bytes:
    return replies.outbox.sent_to("+0000000001", 0)[0].code


def _replied(
    world: World,
    north: Party,
    south: Party,
    answer: Callable[[Replies], Awaitable[object]],
    *,
    times: int = 1,
    later_ms: int = 0,
) -> str:
    """What becomes of an answer to a release that went to a telephone; the last of them, where there are more."""
    post = Carrying(world, [replace(addresses(north, channel="sms")[0], to="+0000000001")])
    world.site(south, told(north))
    world.settle()
    post.step()
    world.settle()
    world.pass_ms(later_ms)
    for _ in range(times - 1):
        world.run(answer(post.deliverer.replies))
    with pytest.raises(Refused) as refused:
        world.run(answer(post.deliverer.replies))
    error = refused.value
    assert error.fields["remedy"]
    field = error.fields.get("field")
    return f"refused: {error.slug}" + (f", {field}" if field else "")


def _jump(world: World, by_ms: int) -> str:
    wall, monotonic = [NOON_MS], [0]
    clock = GuardedClock(lambda: wall[0], lambda: monotonic[0], NOON_MS)
    assert clock.now_ms() == NOON_MS
    wall[0] += by_ms
    monotonic[0] += 5
    with pytest.raises(StandclearError) as refused:
        clock.now_ms()
    assert not clock.is_steady()
    clock.confirm()
    return f"not available: {refused.value.slug}"


def test_the_logs_time_never_goes_back() -> None:
    with World() as world:
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        before = world.site(south, told(north)).answer.integrated_ms
        world.clock._now_ms -= 30_000
        assert world.site(south, told(north), at=(36.8, 35.9)).answer.integrated_ms == before


def test_a_refusal_names_the_field_and_the_remedy() -> None:
    with World() as world:
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        interval = {"end_ms": NOON_MS, "start_ms": NOON_MS + DAY_MS}
        text = with_body(world, south, north, volumes=[volume_value(world, interval=interval)])
        with pytest.raises(Refused) as refused:
            world.run(world.service.submit(text))
        assert "interval" in str(refused.value.fields["field"])
        assert refused.value.fields["remedy"]
        assert circle((0, 0), 1, 0, 1).radius_cm == 100


def test_the_table_and_the_cases_are_the_same() -> None:
    assert list(rows()) == list(CASES)


@pytest.mark.parametrize("name", list(CASES))
def test_each_row_is_answered_as_the_table_says(name: str) -> None:
    with World() as world:
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        size = world.service.size
        answered = CASES[name](world, north, south)
        assert answered == rows()[name]
        if answered.startswith("refused"):
            assert world.service.size - size <= _SET_UP.get(name, 0), (
                "a refused statement left something behind"
            )
