"""Errors over HTTP: one table, every error in it, the same shape from every route, and nothing private in the log."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from repository import ROOT
from standclear.errors import Overloaded, StandclearError, StoreUnavailable, Unavailable
from standclear.limits import RATE_BURST_S
from standclear.web.problems import problem_of, status_of
from standclear.web.rates import Rates
from visiting import Visitor
from world import World, site

PAGE = (ROOT / "docs" / "api" / "errors.md").read_text("utf-8")


def kinds(family: type[StandclearError] = StandclearError) -> Iterator[type[StandclearError]]:
    yield family
    for kind in family.__subclasses__():
        yield from kinds(kind)


def made(kind: type[StandclearError]) -> StandclearError:
    """An error of a kind, without what its constructor asks for."""
    error = kind.__new__(kind)
    StandclearError.__init__(error, field="f", remedy="r", raw=b"\x01", size=3)
    return error


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.__name__)
def test_every_error_has_its_status_by_the_nearest_of_its_classes(kind: type[StandclearError]) -> None:
    problem = problem_of(made(kind), "EXERCISE", "0123")
    assert problem["status"] == status_of(made(kind))
    assert (problem["slug"], problem["type"]) == (kind.slug, f"urn:standclear:error:{kind.slug}")
    assert (problem["title"], problem["raw"], problem["size"]) == (kind.title, "01", 3)


@pytest.mark.parametrize(
    "kind", [kind for kind in kinds() if kind is not StandclearError], ids=lambda kind: kind.__name__
)
def test_the_status_is_the_one_of_the_page(kind: type[StandclearError]) -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{kind.slug}` "))
    assert str(status_of(made(kind))) == row.strip("| ").split("|")[-1].strip()


WRONG = [
    ("GET", "/v1/inbox?start=-1", 400),
    ("GET", "/v1/inbox?limit=1001", 400),
    ("GET", "/v1/own?kind=dragon", 400),
    ("GET", "/v1/statements/xyz", 400),
    ("GET", "/v1/notices/xyz", 400),
    ("GET", "/tile/0/1", 400),
    ("GET", "/tile/0/999", 404),
    ("GET", "/nowhere", 404),
    ("POST", "/v1/who-knew", 400),
]


@pytest.mark.parametrize(("method", "path", "status"), WRONG)
def test_what_is_asked_wrongly_is_answered_by_a_problem(method: str, path: str, status: int) -> None:
    with World() as world:
        north = world.enrol("North")
        reply = Visitor(world).ask(method, path, party=north)
        problem = reply.json()
        assert (reply.status, problem["status"]) == (status, status)
        assert reply.headers["content-type"] == "application/problem+json"
        assert {"type", "slug", "title", "detail", "instance", "exercise"} <= problem.keys()
        assert problem["exercise"] == reply.headers["standclear-exercise"] == "EXERCISE"


def test_a_method_that_a_route_has_not_is_answered_with_those_it_has() -> None:
    with World() as world:
        reply = Visitor(world).ask("PUT", "/v1/inbox")
        assert (reply.status, reply.json()["type"]) == (405, "about:blank")
        assert "GET" in reply.headers["allow"]


def test_a_fault_of_ours_is_answered_with_an_id_and_logged_with_the_same() -> None:
    with World() as world:
        visitor = Visitor(world)
        visitor.front.name = None  # type: ignore[assignment]
        reply = visitor.get("/")
        level, event, fields = visitor.lines.kept[-1]
        assert (reply.status, level, event) == (500, "error", "broke")
        assert fields["id"] in reply.json()["instance"]
        assert "exc_info" in fields


def test_no_line_of_the_log_holds_a_body_a_place_a_name_or_a_token() -> None:
    with World() as world:
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        visitor = Visitor(world)
        token = visitor.token(north)
        notice = site(world.now_ms, at=(36.63, 35.93), name="A secret clinic")
        visitor.post("/v1/statements", repr(notice.to_value()).encode())
        visitor.get("/v1/inbox", north)
        visitor.get(f"/v1/statements/{'A' * 43}", north)
        text = repr(visitor.lines.kept)
        assert len(visitor.lines.kept) == 3
        assert not re.search(r"secret|36\.?63|35\.?93|North|198\.51", text)
        assert token not in text
        assert "/v1/statements/{sid}" in text


def test_every_answer_has_its_request_id_and_is_kept_by_nobody() -> None:
    with World() as world:
        visitor = Visitor(world)
        for path in ("/", "/v1/log", "/health", "/nowhere"):
            headers = visitor.get(path).headers
            assert re.fullmatch(r"[0-9a-f]{16}", headers["x-request-id"])
            assert headers["cache-control"] == "no-store"
            assert headers["x-content-type-options"] == "nosniff"
            assert "default-src 'none'" in headers["content-security-policy"]


# --- too much at once -----------------------------------------------------------------------------


def test_an_address_that_comes_too_often_waits_and_another_does_not() -> None:
    with World() as world:
        visitor = Visitor(world, address_rate_s=1)
        answers = [visitor.get("/v1/log").status for _ in range(RATE_BURST_S + 1)]
        last = visitor.get("/v1/log")
        assert answers == [200] * RATE_BURST_S + [503]
        assert (last.slug, last.headers["retry-after"]) == ("overloaded", "1")
        assert visitor.get("/v1/log", address="203.0.113.9").status == 200


def test_a_proven_desk_has_its_own_rate_whatever_its_address_has_used_up() -> None:
    with World() as world:
        north = world.enrol("North")
        visitor = Visitor(world, address_rate_s=1)
        visitor.token(north)
        while visitor.get("/v1/log").status == 200:
            pass
        assert visitor.get("/v1/inbox", north).status == 200


def test_a_bucket_fills_again_and_the_longest_silent_is_forgotten_first() -> None:
    rates = Rates(10, callers_max=2)
    rates.spend("a", 0.0, 10 * RATE_BURST_S)
    with pytest.raises(Overloaded):
        rates.spend("a", 0.05)
    rates.spend("a", 0.1)
    rates.spend("b", 0.2)
    rates.spend("c", 0.3)
    assert len(rates) == 2
    rates.spend("a", 0.3, 10 * RATE_BURST_S)


def test_the_last_places_are_kept_for_proven_desks() -> None:
    from standclear.limits import RESERVE_STATEMENTS_MAX, WAITING_STATEMENTS_MAX

    with World() as world:
        north = world.enrol("North")
        visitor = Visitor(world)
        token = visitor.token(north)
        waiting = world.service.sequencer._waiting
        waiting.extend([None] * (WAITING_STATEMENTS_MAX - RESERVE_STATEMENTS_MAX))  # type: ignore[list-item]
        stranger = visitor.post("/v1/statements", b"{}")
        desk = visitor.post("/v1/statements", b"{}", headers=[("Authorization", f"Bearer {token}")])
        waiting.clear()
        assert (stranger.slug, desk.slug) == ("overloaded", "malformed")


# --- health ---------------------------------------------------------------------------------------


def test_health_says_what_is_wrong() -> None:
    with World() as world:
        visitor = Visitor(world)
        assert (visitor.get("/health").status, visitor.get("/health").json()["status"]) == (200, "serving")
        world.store.close()
        reply = visitor.get("/health")
        assert (reply.status, reply.json()["wrong"]) == (503, [StoreUnavailable.slug])


def test_a_service_that_is_unavailable_says_when_to_come_again() -> None:
    assert status_of(made(Unavailable)) == 503


def test_metrics_count_what_was_answered_and_name_no_party() -> None:
    with World() as world:
        north = world.enrol("North")
        visitor = Visitor(world)
        visitor.get("/v1/inbox", north)
        visitor.get("/v1/inbox")
        text = visitor.get("/metrics").body.decode()
        assert 'standclear_problems_total{slug="unknown-session"} 1.0' in text
        assert 'standclear_request_seconds_count{route="/v1/inbox"} 2.0' in text
        assert "standclear_log_size" in text
        assert "North" not in text
