"""Submitting over HTTP: a statement proves itself, is answered by its receipt, and may be sent again without harm."""

from __future__ import annotations

import json

from standclear.cli.cast import told
from standclear.limits import SUBMISSION_BYTES_MAX
from standclear.statements.canonical import b64u, from_b64u
from standclear.statements.compose import Draft
from standclear.tlog.merkle import leaf_hash
from standclear.tlog.proof import parse_proof
from visiting import Visitor
from world import Party, World, site


def site_text(world: World, party: Party, other: Party, name: str = "A clinic") -> bytes:
    notice = site(world.now_ms, at=(36.63, 35.93), name=name)
    draft = Draft(kind="site", under=world.under, forms={"exact": [notice.to_value()]}, to=told(other))
    composed = world.compose(party, draft)
    party.person.said(composed.sid)
    return composed.text


def two(world: World) -> tuple[Party, Party]:
    north, south = world.enrol("North"), world.enrol("South")
    world.agree(north, south)
    return north, south


def test_a_statement_is_answered_by_its_receipt_and_its_effect() -> None:
    with World() as world:
        north, south = two(world)
        visitor = Visitor(world)
        reply = visitor.post("/v1/statements", site_text(world, north, south))
        told_back = reply.json()
        assert reply.status == 201
        assert told_back["exercise"] == "EXERCISE"
        assert told_back["effect"] == {
            "effect": "in_force",
            "marks": [],
            "rule": b64u(world.under),
            "aware_of": 0,
            "missing": [],
        }
        entry = next(iter(world.store.read_entries(told_back["index"], told_back["index"] + 1)))
        proof = parse_proof(told_back["receipt"].encode())
        assert (proof.index, from_b64u(told_back["sid"], 32, "sid")) == (entry.index, entry.sid)
        assert entry.leaf == leaf_hash(entry.text)


def test_a_held_activity_is_told_what_it_must_cite() -> None:
    with World() as world:
        north, south = two(world)
        visitor = Visitor(world)
        clinic = visitor.post("/v1/statements", site_text(world, south, north)).json()
        held = world.activity(north, told(south))
        reply = visitor.get(f"/v1/statements/{b64u(held.sid)}", north)
        world.settle()
        effect = visitor.get(f"/v1/statements/{b64u(held.sid)}", north).json()["effect"]
        assert reply.status == 200
        assert (effect["effect"], len(effect["missing"])) == ("held", 1)
        assert from_b64u(effect["missing"][0], 36, "ref")[:32] == from_b64u(clinic["sid"], 32, "sid")


def test_who_lost_the_answer_sends_the_same_bytes_again_and_has_the_receipt() -> None:
    with World() as world:
        north, south = two(world)
        visitor = Visitor(world)
        text = site_text(world, north, south)
        first = visitor.post("/v1/statements", text).json()
        again = visitor.post("/v1/statements", text)
        assert (again.status, again.slug) == (409, "repeated")
        for name in ("index", "sid", "integrated_ms"):
            assert first[name] == again.json()[name]
        assert first["index"] == parse_proof(again.json()["receipt"].encode()).index
        assert world.service.size == first["index"] + 1


def test_a_refusal_names_the_field_and_the_remedy() -> None:
    with World() as world:
        visitor = Visitor(world)
        reply = visitor.post("/v1/statements", b"{")
        assert (reply.status, reply.slug) == (400, "malformed")
        assert {"field", "remedy", "title", "detail", "type", "instance"} <= reply.json().keys()


def test_what_is_too_large_is_refused_by_its_own_word_before_it_comes() -> None:
    with World() as world:
        visitor = Visitor(world)
        length = ("content-length", str(SUBMISSION_BYTES_MAX + 1))
        reply = visitor.post("/v1/statements", b"", headers=[length])
        assert (reply.status, reply.slug) == (413, "over-limit")


def test_what_is_too_large_is_refused_while_it_comes() -> None:
    with World() as world:
        visitor = Visitor(world)
        pieces = [b"x" * (4 * 1024 * 1024)] * 6
        reply = visitor.post("/v1/statements", pieces=pieces)
        assert (reply.status, reply.json()["limit"]) == (413, "SUBMISSION_BYTES_MAX")


def test_a_statement_may_come_in_pieces() -> None:
    with World() as world:
        north, south = two(world)
        text = site_text(world, north, south)
        pieces = [text[at : at + 100] for at in range(0, len(text), 100)]
        assert Visitor(world).post("/v1/statements", pieces=pieces).status == 201


# --- batches --------------------------------------------------------------------------------------


def test_a_batch_is_answered_line_by_line_in_order() -> None:
    with World() as world:
        north, south = two(world)
        visitor = Visitor(world)
        texts = [site_text(world, north, south, name=f"Clinic {i}") for i in range(5)]
        texts.insert(2, b'{"not": "a statement"}')
        texts.append(texts[0])
        reply = visitor.post("/v1/statements/batch", b"\n".join(texts), north)
        lines = [json.loads(line) for line in reply.body.splitlines()]
        assert reply.status == 200
        assert [201, 201, 400, 201, 201, 201, 409] == [line.get("status", 201) for line in lines]
        filed = [line["index"] for line in lines if "effect" in line]
        assert filed == sorted(filed)
        assert [] == [mark for line in lines if "effect" in line for mark in line["effect"]["marks"]]


def test_a_batch_needs_a_session() -> None:
    with World() as world:
        reply = Visitor(world).post("/v1/statements/batch", b"{}\n")
        assert (reply.status, reply.slug) == (401, "unknown-session")
