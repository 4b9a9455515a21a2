"""docs/api says what the routes are: paths, methods, statuses and events, no more and no fewer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_spec_validator import validate

from repository import ROOT, table_rows
from standclear.limits import (
    BATCH_BYTES_MAX,
    BATCH_LINES_MAX,
    HEARTBEAT_MS,
    INBOX_PAGE_MAX,
    SUBMISSION_BYTES_MAX,
)
from standclear.web import pages
from standclear.web.events import EVENT_TYPES
from standclear.web.render import range_value
from standclear.web.routes import ROUTES

YAML = ROOT / "docs" / "api" / "openapi.yaml"
DOCUMENT: dict[str, Any] = yaml.safe_load(YAML.read_text("utf-8"))
METHODS = ("get", "post", "delete")


def operations() -> dict[str, dict[str, Any]]:
    """Each operation by its method and path."""
    return {
        f"{method.upper()} {path}": told[method]
        for path, told in DOCUMENT["paths"].items()
        for method in METHODS
        if method in told
    }


def test_the_document_is_openapi() -> None:
    validate(DOCUMENT)


def test_the_document_has_the_routes_of_the_code_and_no_others() -> None:
    routes = {
        f"{method} {route.path.replace(':path', '')}"
        for route in ROUTES
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert routes == set(operations())


def test_every_route_says_first_in_its_docstring_what_it_is() -> None:
    for route in ROUTES:
        told = (route.endpoint.__doc__ or "").partition(":")[0]
        path = route.path.replace("{rest:path}", "…")
        assert told in {f"{method} {path}" for method in route.methods or ()}, route.path


def test_what_is_served_is_the_document() -> None:
    assert json.loads(Path(pages.__file__).with_name("openapi.json").read_text("utf-8")) == DOCUMENT, (
        "run: python tests/vectors/make_openapi.py"
    )


def test_every_status_that_a_caller_may_see_is_in_the_document() -> None:
    from web.test_release import EXPECTED

    for line, statuses in EXPECTED.items():
        method, path = line.partition("?")[0].split(" ")
        name = f"{method} /tile/{{rest}}" if path.startswith("/tile/") else f"{method} {path}"
        assert {str(status) for status in statuses} <= set(operations()[name]["responses"]), line


@pytest.mark.parametrize("name", sorted(operations()))
def test_an_operation_that_reads_a_session_says_what_happens_without_one(name: str) -> None:
    told = operations()[name]
    needs = told.get("security", DOCUMENT["security"])
    assert ("401" in told["responses"]) == (needs != [{}]) or name in ("POST /v1/sessions", "POST /v1/reply")
    assert told["summary"].endswith(".") or "(" in told["summary"]


def test_the_limits_of_the_document_are_those_of_the_code() -> None:
    text = YAML.read_text("utf-8")
    assert f"{SUBMISSION_BYTES_MAX // 2**20} MiB" in text
    assert f"{BATCH_LINES_MAX:,} lines and {BATCH_BYTES_MAX // 2**20} MiB" in text
    assert DOCUMENT["components"]["parameters"]["limit"]["schema"]["maximum"] == INBOX_PAGE_MAX


# --- events.md ------------------------------------------------------------------------------------

EVENTS = (ROOT / "docs" / "api" / "events.md").read_text("utf-8")


def test_the_page_lists_the_events_of_the_code() -> None:
    rows = table_rows(EVENTS, "# Live events")
    assert [f"`{event}`" for event in EVENT_TYPES] == [row[0] for row in rows]


def test_the_page_lists_the_fields_of_an_event() -> None:
    from standclear.flow.telling import ToldRange

    one = ToldRange(
        start=0,
        end=1,
        sid=b"",
        form="exact",
        kind="site",
        act="new",
        sender=b"",
        under=None,
        index=0,
        released_ms=0,
    )
    listed = EVENTS.partition("| field |")[2].partition("\n\n")[0]
    fields = {
        name
        for line in listed.splitlines()
        for name in line.split("|")[1].split("`")[1::2]
        if line.startswith("| `")
    }
    assert {"exercise", *range_value(one)} == fields


def test_the_page_says_how_often_a_silent_stream_speaks() -> None:
    assert HEARTBEAT_MS == 10_000
    assert "every ten seconds" in EVENTS
