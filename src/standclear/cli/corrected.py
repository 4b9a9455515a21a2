"""A correction in words: what relied on the wrong place, and what ran over the right one before anybody said so (G8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from standclear.cli.line import Line
from standclear.cli.output import utc
from standclear.statements.canonical import from_b64u


def corrected_lines(line: Line, found: dict[str, Any] | None) -> Iterator[str]:
    """The lines about a correction; none where the notice is none."""
    if found is None:
        return
    yield f"A CORRECTION: it was always there. The wrong place stood since {utc(found['wrong_ms'])}"
    for told, name in (
        ("relied on the wrong place", "cited"),
        ("RAN OVER THE RIGHT PLACE before it was told", "ran"),
    ):
        for one in found[name]:
            whose = line.name_of(from_b64u(one["party"], 16, "party"))
            yield f"  {told}: {one['name'] or 'an activity'} of {whose} ({one['state']})  {one['ref']}"
    if not found["cited"] and not found["ran"]:
        yield "  no activity that you may see relied on it or ran there; others may have"
