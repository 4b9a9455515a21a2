"""A stop-fire call has a door of its own: in a batch it rings first, and it passes where nothing else does any more."""

from __future__ import annotations

import pytest

from delivering import Carrying, addresses
from standclear.cli.cast import told
from standclear.limits import (
    RATE_BURST_S,
    RESERVED_AT_ONCE_MAX,
    RESERVED_BYTES_MAX,
    RESERVED_RATE_S,
)
from standclear.statements.calls import Emergency
from standclear.statements.compose import Draft, Recipient
from stories.test_duties_of_time import emergency, three
from visiting import Reply, Visitor
from world import HOUR_MS, Party, World, circle, site

STATEMENTS = "/v1/statements"
BATCH = "/v1/statements/batch"
SPENT = RESERVED_RATE_S * RATE_BURST_S


def text_of(world: World, party: Party, body: Emergency) -> bytes:
    value = body.to_value()
    draft = Draft(
        kind="emergency", under=world.under, forms={"exact": [value]}, to=[Recipient(party=None)], re=()
    )
    composed = world.compose(party, draft)
    party.person.said(composed.sid)
    return composed.text


def call_text(world: World, party: Party) -> bytes:
    here = circle((36.63, 35.93), 1_000, world.now_ms, world.now_ms + HOUR_MS)
    return text_of(world, party, emergency("call", code="under_fire", volumes=(here,)))


def site_text(world: World, party: Party, other: Party, name: str = "A clinic") -> bytes:
    what = site(world.now_ms, at=(36.63, 35.93), name=name)
    draft = Draft(kind="site", under=world.under, forms={"exact": [what.to_value()]}, to=told(other))
    composed = world.compose(party, draft)
    party.person.said(composed.sid)
    return composed.text


def rung(post: Carrying) -> list[tuple[str, str]]:
    post.world.run(post.deliverer.settle())
    return [(one.parcel.kind, one.parcel.to) for one in post.mail.letters if one.parcel.kind == "ring"]


def spend(visitor: Visitor, party: Party | None = None) -> Reply:
    """Come until one is refused."""
    for _ in range(100):
        answer = visitor.get("/v1/log", party)
        if answer.status != 200:
            return answer
    raise AssertionError("nothing is ever refused")


# --- in a batch -------------------------------------------------------------------------------------


def test_a_call_in_a_batch_rings_once_before_the_rest_and_its_keys_chain_stays_whole() -> None:
    with World() as world:
        north, south, _ = three(world)
        post = Carrying(world, addresses(north))
        visitor = Visitor(world)
        visitor.token(south)
        lines = [site_text(world, south, north, f"Site {n}") for n in range(3)]
        lines += [call_text(world, south), site_text(world, south, north, "Last")]
        order: list[str] = []
        begin, submit = post.deliverer.begin, world.service.sequencer.submit

        def begun(parcel, **more):  # type: ignore[no-untyped-def]
            order.append(parcel.kind)
            return begin(parcel, **more)

        async def submitted(submission, **more):  # type: ignore[no-untyped-def]
            order.append(submission.header.kind)
            return await submit(submission, **more)

        post.deliverer.begin = begun  # type: ignore[method-assign]
        world.service.sequencer.submit = submitted  # type: ignore[method-assign]
        answer = visitor.post(BATCH, b"\n".join(lines), south)
        assert order == ["ring", "site", "site", "site", "emergency", "site"]
        outcomes = [line for line in answer.body.splitlines() if line]
        assert len(outcomes) == 5
        assert not any(b'"fork"' in line or b'"gap"' in line for line in outcomes)
        assert rung(post) == [("ring", "North/duty_desk")]
        assert post.outbox.kept_calls() == ()


def test_a_call_in_a_batch_that_is_not_authentic_rings_nowhere_and_is_refused_on_its_line() -> None:
    with World() as world:
        north, south, _ = three(world)
        post = Carrying(world, addresses(north))
        visitor = Visitor(world)
        forged = call_text(world, south).replace(b"under_fire", b"stray_entry")
        answer = visitor.post(BATCH, forged + b"\n" + site_text(world, south, north), south)
        first, second = answer.body.splitlines()
        assert b"mismatch" in first
        assert b'"effect"' in second
        assert rung(post) == []


def test_a_call_in_a_batch_that_is_over_its_rate_rings_and_is_on_record_though_the_batch_is_refused() -> None:
    with World() as world:
        north, south, _ = three(world)
        post = Carrying(world, addresses(north))
        visitor = Visitor(world, session_rate_s=1)
        visitor.token(south)
        lines = [site_text(world, south, north, f"Site {n}") for n in range(2 * RATE_BURST_S)]
        call = call_text(world, south)
        answer = visitor.post(BATCH, b"\n".join([*lines, call]), south)
        assert answer.slug == "overloaded"
        assert rung(post) == [("ring", "North/duty_desk")]
        assert [one.kind for one in world.service.book.matters.calls] == ["emergency"]


# --- past every limit --------------------------------------------------------------------------------


@pytest.mark.parametrize("is_proven", [False, True])
def test_a_call_passes_where_its_address_or_its_session_has_spent_its_rate(is_proven: bool) -> None:
    with World() as world:
        north, south, _ = three(world)
        post = Carrying(world, addresses(north))
        visitor = Visitor(world, address_rate_s=1, session_rate_s=1)
        party = south if is_proven else None
        assert spend(visitor, party).slug == "overloaded"
        assert visitor.post(STATEMENTS, site_text(world, south, north), party).slug == "overloaded"
        answer = visitor.post(STATEMENTS, call_text(world, south), party)
        assert (answer.status, answer.json()["effect"]["effect"]) == (201, "in_force")
        assert rung(post) == [("ring", "North/duty_desk")]


def test_a_call_passes_where_no_statement_finds_a_place_among_those_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with World() as world:
        north, south, _ = three(world)
        post = Carrying(world, addresses(north))
        visitor = Visitor(world)
        for module in ("web.statements", "flow.submit"):
            monkeypatch.setattr(f"standclear.{module}.WAITING_STATEMENTS_MAX", 0)
        assert visitor.post(STATEMENTS, site_text(world, south, north)).slug == "overloaded"
        assert visitor.post(STATEMENTS, call_text(world, south)).status == 201
        assert rung(post) == [("ring", "North/duty_desk")]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("nothing", b""),
        ("no JSON that names a call", b'{"emergency'),
        ("more than a call may be", b'"emergency"' + b" " * RESERVED_BYTES_MAX),
    ],
)
def test_through_that_door_nothing_else_comes_and_the_answer_is_the_same_for_all_of_it(
    name: str, body: bytes
) -> None:
    with World() as world:
        three(world)
        visitor = Visitor(world, address_rate_s=1)
        spend(visitor)
        size = world.service.size
        answer = visitor.post(STATEMENTS, body)
        assert (answer.slug, answer.headers["retry-after"]) == ("overloaded", "1")
        assert world.service.size == size


def test_neither_an_answer_to_a_call_nor_a_forged_call_nor_another_route_gets_through_that_door() -> None:
    with World() as world:
        north, south, _ = three(world)
        post = Carrying(world, addresses(north))
        visitor = Visitor(world, address_rate_s=1)
        spend(visitor)
        answered = text_of(world, south, emergency("answer", answer="heard"))
        assert visitor.post(STATEMENTS, answered).slug == "overloaded"
        forged = call_text(world, south).replace(b"under_fire", b"stray_entry")
        assert visitor.post(STATEMENTS, forged).slug == "overloaded"
        assert visitor.get("/v1/log").slug == "overloaded"
        assert visitor.post("/v1/challenge").slug == "overloaded"
        assert rung(post) == []


def test_a_call_by_a_key_that_was_never_enrolled_rings_nowhere_through_that_door() -> None:
    with World() as world:
        north, south, _ = three(world)
        post = Carrying(world, addresses(north))
        visitor = Visitor(world, address_rate_s=1)
        stolen = south.person.key
        south.person.key = type(stolen).from_seed(bytes(32))
        text = call_text(world, south)
        spend(visitor)
        assert visitor.post(STATEMENTS, text).slug == "unknown-key"
        assert rung(post) == []


def test_the_reserve_of_one_caller_is_spent_too_and_leaves_that_of_others() -> None:
    with World() as world:
        _, south, _ = three(world)
        visitor = Visitor(world, address_rate_s=1, session_rate_s=1)
        spend(visitor)
        spend(visitor, south)
        for _ in range(SPENT + 1):
            assert visitor.post(STATEMENTS, b"junk").slug == "overloaded"
        call = call_text(world, south)
        assert visitor.post(STATEMENTS, call).slug == "overloaded"
        assert visitor.post(STATEMENTS, call, south).status == 201


def test_strangers_who_hold_every_place_leave_those_of_proven_desks() -> None:
    with World() as world:
        _, south, _ = three(world)
        visitor = Visitor(world, address_rate_s=1, session_rate_s=1)
        token = visitor.token(south)
        spend(visitor)
        spend(visitor, south)
        visitor.front.reserve._taken[False] = RESERVED_AT_ONCE_MAX
        call = call_text(world, south)
        assert visitor.post(STATEMENTS, call).slug == "overloaded"
        assert visitor.post(STATEMENTS, call, headers=[("Authorization", f"Bearer {token}")]).status == 201
        assert visitor.front.reserve._taken == {True: 0, False: RESERVED_AT_ONCE_MAX}
