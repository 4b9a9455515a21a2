"""A store that fails in the middle stops the service: who waits is told, nothing more is taken, and the server ends."""

from __future__ import annotations

import socket
from collections.abc import Sequence

import pytest
import uvicorn

from standclear.cli.cast import told
from standclear.errors import Fatal, OutcomeUnknown
from standclear.flow.ports import StoredEntry, StoredHead
from standclear.statements.compose import Draft
from standclear.stores.memory import MemoryLogStore
from standclear.wiring import serve_until_stopped
from visiting import Visitor
from world import World, site


class Failing(MemoryLogStore):
    """A store that fails as a disk does, once it is told to."""

    is_failing = False

    def append(self, entries: Sequence[StoredEntry], before: StoredHead, after: StoredHead) -> None:
        if self.is_failing:
            raise OutcomeUnknown(reason="the disk said nothing")
        super().append(entries, before, after)


def test_who_waits_when_the_store_fails_is_told_and_nothing_more_is_taken() -> None:
    store = Failing()
    with World(store=store) as world:
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        visitor = Visitor(world)
        notice = site(world.now_ms, at=(36.6, 35.9))
        text = world.compose(
            north, Draft(kind="site", under=world.under, forms={"exact": [notice.to_value()]}, to=told(south))
        ).text
        store.is_failing = True
        first, second = visitor.post("/v1/statements", text), visitor.post("/v1/statements", text)
        health = visitor.get("/health")
        assert (first.status, first.slug) == (500, "outcome-unknown")
        assert (second.status, second.slug) == (500, "outcome-unknown")
        assert (health.status, health.json()["status"]) == (503, "stopped")
        assert "outcome-unknown" in health.json()["wrong"]
        with pytest.raises(OutcomeUnknown):
            world.run(world.service.failure())


def test_a_service_that_failed_takes_its_server_with_it() -> None:
    async def app(scope: object, receive: object, send: object) -> None:
        """Nobody asks."""

    async def failing() -> None:
        raise Fatal(reason="a broken invariant")

    with World() as world, socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None))
        with pytest.raises(Fatal):
            world.run(serve_until_stopped(server, listening, [failing()]))
