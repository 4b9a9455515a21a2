"""A desk proves itself with its key: once for each challenge, for this log, with a key that counts and sits at the desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from standclear.keys import SigningKey, key_id
from standclear.limits import CHALLENGE_MS, SESSION_MS, SESSIONS_PER_KEY_MAX
from standclear.statements.canonical import b64u
from standclear.statements.compose import Draft, Signer, compose
from standclear.statements.parties import Retirement, Revocation
from standclear.statements.roll import ROOT_DESK
from visiting import Visitor
from world import Party, World


def revoke(world: World, party: Party, key: SigningKey) -> None:
    """The desk revokes a key of its own."""
    body = Revocation(keys=(key_id(key.public),), reason="lost").to_value()
    world.say(party, Draft(kind="revocation", forms={"exact": [body]}, to=None))


def test_a_challenge_is_signed_and_answered_by_a_token_that_opens_the_inbox() -> None:
    with World() as world:
        north, visitor = world.enrol("North"), Visitor(world)
        opened = visitor.post("/v1/sessions", visitor.session_request(north, visitor.nonce()))
        token = opened.json()["token"]
        inbox = visitor.get("/v1/inbox", headers=[("Authorization", f"Bearer {token}")])
        assert (opened.status, inbox.status) == (201, 200)
        assert (b64u(north.id), "person") == (opened.json()["party"], opened.json()["role"])
        assert opened.json()["expires_ms"] == world.now_ms + SESSION_MS


def test_a_machine_may_open_a_session_and_a_root_key_may_not() -> None:
    with World() as world:
        north, visitor = world.enrol("North"), Visitor(world)
        machine = visitor.session_request(north, visitor.nonce(), machine=True)
        root = visitor.session_request(
            north, visitor.nonce(), key=key_id(north.root.public), desk=ROOT_DESK, signed_by=north.root
        )
        assert visitor.post("/v1/sessions", machine).json()["role"] == "machine"
        assert visitor.post("/v1/sessions", root).slug == "not-permitted"


def test_a_challenge_is_answered_once() -> None:
    with World() as world:
        north, visitor = world.enrol("North"), Visitor(world)
        request = visitor.session_request(north, visitor.nonce())
        assert visitor.post("/v1/sessions", request).status == 201
        assert visitor.post("/v1/sessions", request).json()["field"] == "payload.nonce"


def test_a_challenge_grows_old() -> None:
    with World() as world:
        north, visitor = world.enrol("North"), Visitor(world)
        request = visitor.session_request(north, visitor.nonce())
        world.clock.pass_ms(CHALLENGE_MS + 1)
        assert visitor.post("/v1/sessions", request).json()["field"] == "payload.nonce"


WRONG: dict[str, tuple[Callable[[Visitor, Party, Party], bytes], int, str]] = {
    "a nonce that this service never gave": (
        lambda visitor, north, _: visitor.session_request(north, bytes(32)),
        400,
        "malformed",
    ),
    "another log": (
        lambda visitor, north, _: visitor.session_request(north, visitor.nonce(), log=bytes(32)),
        409,
        "wrong-log",
    ),
    "another party": (
        lambda visitor, north, south: visitor.session_request(north, visitor.nonce(), party=south.id),
        403,
        "not-permitted",
    ),
    "another desk": (
        lambda visitor, north, south: visitor.session_request(north, visitor.nonce(), desk=south.person.desk),
        403,
        "not-permitted",
    ),
    "a key that signed nothing": (
        lambda visitor, north, south: visitor.session_request(
            north, visitor.nonce(), signed_by=south.person.key
        ),
        401,
        "bad-signature",
    ),
    "a key that nobody enrolled": (
        lambda visitor, north, _: visitor.session_request(
            north,
            visitor.nonce(),
            key=key_id(SigningKey.from_seed(bytes(32)).public),
            signed_by=SigningKey.from_seed(bytes(32)),
        ),
        401,
        "unknown-key",
    ),
    "a statement in place of a request": (
        lambda visitor, north, _: north.person.compose(
            Draft(kind="adherence", forms={"exact": [{}]}, to=None),
            visitor.world.now_ms,
            visitor.world.chance,
        ).envelope.to_bytes(),
        400,
        "malformed",
    ),
    "something else": (lambda *_: b"hello", 400, "malformed"),
    "too much": (lambda *_: b"x" * 5_000, 413, "over-limit"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_prove_a_desk_opens_nothing(name: str) -> None:
    made, status, slug = WRONG[name]
    with World() as world:
        north, south = world.enrol("North"), world.enrol("South")
        visitor = Visitor(world)
        reply = visitor.post("/v1/sessions", made(visitor, north, south))
        assert (reply.status, reply.slug) == (status, slug)
        assert len(visitor.front.sessions) == 0


def test_a_revoked_key_ends_its_sessions_at_once() -> None:
    with World() as world:
        north, visitor = world.enrol("North"), Visitor(world)
        assert visitor.get("/v1/inbox", north).status == 200
        revoke(world, north, north.person.key)
        reply = visitor.get("/v1/inbox", north)
        assert (reply.status, reply.slug, len(visitor.front.sessions)) == (401, "unknown-session", 0)


def test_a_retired_key_keeps_its_session_until_its_drain_is_over() -> None:
    with World() as world:
        north, visitor = world.enrol("North"), Visitor(world)
        token = visitor.token(north)
        body = Retirement(keys=(key_id(north.person.key.public),), drain_until_ms=world.now_ms + 1_000)
        draft = Draft(kind="retirement", forms={"exact": [body.to_value()]}, to=None)
        world.say(north, draft)
        shown = [("Authorization", f"Bearer {token}")]
        assert visitor.get("/v1/inbox", headers=shown).status == 200
        world.clock.pass_ms(1_001)
        assert visitor.get("/v1/inbox", headers=shown).slug == "unknown-session"


def test_a_session_ends_with_its_watch() -> None:
    with World() as world:
        north, visitor = world.enrol("North"), Visitor(world)
        visitor.token(north)
        world.clock.pass_ms(SESSION_MS + 1)
        assert visitor.get("/v1/inbox", north).slug == "unknown-session"


def test_a_session_is_ended_by_its_desk() -> None:
    with World() as world:
        north, visitor = world.enrol("North"), Visitor(world)
        assert visitor.ask("DELETE", "/v1/sessions", party=north).status == 204
        assert visitor.get("/v1/inbox", north).slug == "unknown-session"


def test_a_restart_ends_every_session() -> None:
    with World() as world:
        north, visitor = world.enrol("North"), Visitor(world)
        token = visitor.token(north)
        world.restart()
        shown = [("Authorization", f"Bearer {token}")]
        assert Visitor(world).get("/v1/inbox", headers=shown).slug == "unknown-session"


def test_one_key_has_so_many_sessions_and_the_oldest_ends_first() -> None:
    with World() as world:
        north, visitor = world.enrol("North"), Visitor(world)
        tokens = [visitor.open_session(north) for _ in range(SESSIONS_PER_KEY_MAX + 1)]
        answers = [
            visitor.get("/v1/inbox", headers=[("Authorization", f"Bearer {token}")]).status
            for token in tokens
        ]
        assert answers == [401] + [200] * SESSIONS_PER_KEY_MAX


def test_the_service_keeps_no_token() -> None:
    with World() as world:
        north, visitor = world.enrol("North"), Visitor(world)
        token = visitor.token(north)
        assert token not in repr(vars(visitor.front.sessions))


@pytest.mark.parametrize("shown", ["Bearer", "Bearer x", "Basic dTpw", f"Bearer {'A' * 43}"])
def test_a_token_that_is_none_of_ours_is_refused_wherever_it_is_shown(shown: str) -> None:
    with World() as world:
        visitor = Visitor(world)
        for path in ("/v1/inbox", "/v1/log"):
            reply = visitor.get(path, headers=[("Authorization", shown)])
            assert (reply.status, reply.slug) == (401, "unknown-session")
            assert reply.headers["www-authenticate"] == "Bearer"


def test_the_request_of_a_session_is_no_statement() -> None:
    with World() as world:
        north, visitor = world.enrol("North"), Visitor(world)
        size = world.service.size
        envelope = visitor.session_request(north, visitor.nonce()).decode()
        signer = Signer(
            log=world.log, party=north.id, desk=north.person.desk, keys=[north.person.key], seq=0, prev=None
        )
        good = compose(
            Draft(
                kind="adherence",
                forms={"exact": [{"adheres": True, "reservations": [], "type": "adherence"}]},
                to=None,
                re=[world.log],
            ),
            signer,
            world.now_ms,
            world.chance,
        )
        text = good.text.replace(good.envelope.to_bytes(), envelope.encode())
        assert visitor.post("/v1/statements", text).slug == "malformed"
        assert world.service.size == size
