"""Relying on a desk: what a sender is told of it on the way: unreachable, nobody on watch, woken by no channel; and whom to call.

Nothing waits for this: it is asked after the statement was filed, and an answer that does not come says nothing. What the
service said last is kept on the device, for the hour in which it does not answer (G6).
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Sequence
from typing import Any, Final

from standclear.cli.line import Line
from standclear.cli.output import utc
from standclear.errors import StandclearError
from standclear.statements.canonical import from_b64u
from standclear.statements.compose import Recipient

Json = dict[str, Any]

KEPT: Final = "asleep"
LINES_SHOWN: Final = 7


def ask_desks(line: Line) -> Json:
    """Every desk of one's arrangements and what is open at one's own. Which of them nothing wakes is kept on the device."""
    found = line.client.desks()
    line.home.note(KEPT, sorted({one["desk"] for one in found["desks"] if not one["can_be_woken"]}))
    return found


def desks_told(line: Line, recipients: Sequence[Recipient]) -> list[Json]:
    """The desks of whoever a statement is told to, with their names; none where the service does not say."""
    named = {one.party for one in recipients}
    with contextlib.suppress(StandclearError):
        found = _once(ask_desks(line)["desks"])
        return [
            one | {"called": _name(line, one)}
            for one in found
            if _party(one) != line.seat.party and (None in named or _party(one) in named)
        ]
    return []


def warnings_of(desks: Iterable[Json]) -> list[str]:
    """A sentence for each desk on which one cannot rely now."""
    return [f"{one['called']}: {'; '.join(words)}" for one in desks if (words := _doubts(one))]


def warn(line: Line, recipients: Sequence[Recipient]) -> list[str]:
    """The sentences about whoever a statement is told to, said on standard error too."""
    found = warnings_of(desks_told(line, recipients))
    for text in found[:LINES_SHOWN]:
        print(f"note: {text}", file=sys.stderr)
    if len(found) > LINES_SHOWN:
        print(f"note: and {len(found) - LINES_SHOWN} desks more: standclear desks", file=sys.stderr)
    return found


def asleep(line: Line) -> list[str]:
    """The desks that no channel wakes, as the service says now, or said when it was last asked."""
    with contextlib.suppress(StandclearError):
        ask_desks(line)
    return kept_asleep(line)


def kept_asleep(line: Line) -> list[str]:
    """The desks that no channel wakes, from what is kept on the device."""
    found: list[str] = line.home.noted(KEPT) or []
    return found


def phones_of(one: Json) -> str:
    """A desk's telephone numbers, as they are read out."""
    return ", ".join(one["phones"]) or "no telephone number"


def _doubts(one: Json) -> list[str]:
    words = []
    line, watch = one["line"], one["watch"]
    if line is not None and line["state"] == "unreachable":
        words.append(
            f"UNREACHABLE since {utc(line['unreachable_ms'])}, {line['missed']} line checks missed in a row"
        )
    if one["bound"] and watch is not None and watch["state"] != "on_watch":
        words.append(f"nobody on watch since {utc(watch['since_ms'])}")
    if not one["can_be_woken"]:
        words.append("cannot be woken by any channel")
    return [*words, f"telephone: {phones_of(one)}"] if words else []


def _once(desks: Iterable[Json]) -> list[Json]:
    """Each desk once: where several arrangements bind it, as the one says that is the most in doubt."""
    found: dict[str, Json] = {}
    for one in desks:
        known = found.get(one["desk"])
        if known is None or len(_doubts(one)) > len(_doubts(known)):
            found[one["desk"]] = one
    return list(found.values())


def _party(one: Json) -> bytes:
    return from_b64u(one["party"], 16, "party")


def _name(line: Line, one: Json) -> str:
    return f"{line.name_of(_party(one))}, {one['name']}"
