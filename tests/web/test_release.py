"""Release over HTTP: every route, tried as a stranger, as a party that was not told, as a recipient, and as a monitor."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from standclear.cli.cast import told
from standclear.spacetime.volume import volume_to_value
from standclear.statements.canonical import b64u
from standclear.web.routes import ROUTES
from visiting import Visitor
from world import DAY_MS, HOUR_MS, Party, Said, World, circle

WHO = ("stranger", "not told", "recipient", "sender", "monitor")
EXPECTED: dict[str, tuple[int, int, int, int, int]] = {
    "GET /": (200, 200, 200, 200, 200),
    "GET /health": (200, 200, 200, 200, 200),
    "GET /metrics": (200, 200, 200, 200, 200),
    "GET /openapi.json": (200, 200, 200, 200, 200),
    "GET /checkpoint": (200, 200, 200, 200, 200),
    "GET /tile/0/000.p/3": (200, 200, 200, 200, 200),
    "GET /tile/entries/000.p/3": (401, 404, 404, 404, 200),
    "GET /v1/log": (200, 200, 200, 200, 200),
    "GET /v1/consistency?old=1&new=2": (200, 200, 200, 200, 200),
    "GET /v1/policy": (200, 200, 200, 200, 200),
    "GET /v1/challenge": (200, 200, 200, 200, 200),
    "GET /v1/inbox": (401, 200, 200, 200, 200),
    "GET /v1/inbox/head": (401, 200, 200, 200, 200),
    "GET /v1/events?from=99": (401, 400, 400, 400, 400),
    "GET /v1/statements/{sid}": (401, 404, 200, 200, 200),
    "GET /v1/statements/{sid}/receipt": (401, 404, 200, 200, 200),
    "GET /v1/statements/{sid}/dossier": (401, 404, 200, 200, 200),
    "GET /v1/statements/{sid}/ladders": (401, 404, 404, 200, 200),
    "GET /v1/statements/{sid}/answers": (401, 404, 404, 404, 404),
    "GET /v1/notices/{ref}": (401, 404, 404, 200, 200),
    "GET /v1/notices/{ref}/corrected": (401, 404, 200, 200, 200),
    "GET /v1/notices/{ref}/met": (401, 404, 404, 200, 200),
    "GET /v1/arrears": (401, 200, 200, 200, 200),
    "GET /v1/duplicates": (401, 200, 200, 200, 200),
    "GET /v1/erasures/{ref}": (401, 404, 404, 200, 404),
    "GET /v1/own": (401, 200, 200, 200, 200),
    "GET /v1/copies": (401, 200, 200, 200, 200),
    "GET /v1/desks": (401, 200, 200, 200, 200),
    "GET /v1/parties": (401, 200, 200, 200, 200),
    "GET /v1/arrangements": (401, 200, 200, 200, 200),
    "GET /v1/dossier": (401, 403, 403, 403, 200),
    "POST /v1/dossier": (401, 200, 200, 200, 200),
    "POST /v1/who-knew": (401, 200, 200, 200, 200),
    "GET /v1/compliance": (401, 200, 200, 200, 200),
    "GET /v1/claims": (401, 200, 200, 200, 200),
    "POST /v1/released": (401, 200, 200, 200, 200),
    "POST /v1/statements": (400, 400, 400, 400, 400),
    "POST /v1/statements/batch": (401, 200, 200, 200, 200),
    "POST /v1/sessions": (400, 400, 400, 400, 400),
    "DELETE /v1/sessions": (401, 204, 204, 204, 204),
    "POST /v1/reply": (404, 404, 404, 404, 404),
    "GET /v1/reply/style.css": (200, 200, 200, 200, 200),
    "GET /v1/reply/{code}": (404, 404, 404, 404, 404),
    "POST /v1/reply/{code}": (404, 404, 404, 404, 404),
}
NAME = "The clinic at the spring"


@dataclass
class Scene:
    """A site released to one of two other parties, under a monitor."""

    world: World
    visitor: Visitor
    who: dict[str, Party | None]
    clinic: Said

    def ask(self, line: str, who: str) -> tuple[int, bytes]:
        method, path = line.split(" ")
        path = path.replace("{sid}", b64u(self.clinic.sid)).replace("{ref}", b64u(self.clinic.ref()))
        asked = self.who["recipient"]
        assert asked is not None
        area = circle((36.63, 35.93), 5_000, self.world.now_ms, self.world.now_ms + DAY_MS)
        question = {
            "party": b64u(asked.id),
            "area": volume_to_value(area),
            "before_ms": self.world.now_ms + HOUR_MS,
        }
        if path == "/v1/released":
            question = {"area": volume_to_value(area), "refs": [b64u(self.clinic.ref())]}
        asks = path in ("/v1/who-knew", "/v1/dossier", "/v1/released")
        body = json.dumps(question).encode() if asks else b""
        reply = self.visitor.ask(method, path, body=body if method == "POST" else b"", party=self.who[who])
        return reply.status, reply.body


def scene(world: World) -> Scene:
    sender, recipient, other = world.enrol("Sender"), world.enrol("Recipient"), world.enrol("Other")
    monitor = world.enrol("Monitor", "monitor")
    world.agree(sender, recipient, other, monitor=monitor)
    clinic = world.site(sender, told(recipient), name=NAME)
    world.settle()
    world.service.publisher.publish_now()
    who = {"stranger": None, "not told": other, "recipient": recipient, "sender": sender, "monitor": monitor}
    return Scene(world=world, visitor=Visitor(world), who=who, clinic=clinic)


def test_every_route_is_in_the_table() -> None:
    tried = {line.partition("?")[0] for line in EXPECTED}
    tried = {line.split(" /tile/")[0] + " /tile/{rest:path}" if " /tile/" in line else line for line in tried}
    routes = {f"{method} {one.path}" for one in ROUTES for method in (one.methods or set()) - {"HEAD"}}
    assert tried == routes


@pytest.mark.parametrize("line", EXPECTED)
def test_each_route_answers_each_caller_as_the_table_says(line: str) -> None:
    with World() as world:
        played = scene(world)
        assert EXPECTED[line] == tuple(played.ask(line, who)[0] for who in WHO)


def test_a_name_reaches_nobody_to_whom_it_was_not_released() -> None:
    with World() as world:
        played = scene(world)
        for line in EXPECTED:
            for who in ("stranger", "not told"):
                assert NAME.encode() not in played.ask(line, who)[1], (line, who)
        assert NAME.encode() in played.ask("GET /v1/statements/{sid}", "recipient")[1]


def test_what_may_not_be_shown_looks_like_what_does_not_exist() -> None:
    with World() as world:
        played = scene(world)
        hidden = played.visitor.get(
            f"/v1/statements/{b64u(played.clinic.sid)}", played.who["not told"]
        ).json()
        absent = played.visitor.get(f"/v1/statements/{b64u(bytes(32))}", played.who["not told"]).json()
        assert hidden.keys() == absent.keys()
        assert (hidden["slug"], hidden["kind"]) == (absent["slug"], absent["kind"])


def test_an_empty_answer_says_that_others_may_be_there() -> None:
    with World() as world:
        played = scene(world)
        note = "nothing that was released to you; others may be there"
        for line in ("GET /v1/inbox", "GET /v1/inbox/head", "POST /v1/who-knew", "POST /v1/released"):
            assert json.loads(played.ask(line, "not told")[1])["note"] == note
        assert json.loads(played.ask("GET /v1/inbox", "recipient")[1])["note"] == ""


def test_the_recipient_of_the_wider_area_never_sees_the_exact_one() -> None:
    with World() as world:
        sender, recipient = world.enrol("Sender"), world.enrol("Recipient")
        world.agree(sender, recipient)
        from world import site

        exact = site(world.now_ms, at=(36.63, 35.93), name=NAME)
        wide = site(world.now_ms, at=(36.63, 35.93), name="", radius_m=5_000, form="widened")
        said = world.notice(
            sender,
            exact,
            told(recipient, form="widened"),
            forms={"exact": [exact.to_value()], "widened": [wide.to_value()]},
        )
        visitor = Visitor(world)
        for path in (f"/v1/statements/{b64u(said.sid)}", "/v1/inbox"):
            reply = visitor.get(path, recipient)
            assert reply.status == 200
            assert NAME.encode() not in reply.body
        assert [one["form"] for one in visitor.get("/v1/inbox", recipient).json()["items"]] == ["widened"]
