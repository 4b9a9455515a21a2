"""`standclear read`: one thing that was released to you, in full, after its sender's signature and its words were checked.

What is printed comes out of a dossier of that statement which this program verified under the pinned keys, and not out
of what the service says of it: a service that shows other words than were signed is named, and nothing is printed.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from standclear.cli.clock import wall_ms
from standclear.cli.corrected import corrected_lines
from standclear.cli.line import Line
from standclear.cli.options import add_desk_options, reference
from standclear.cli.output import print_json, utc
from standclear.cli.phrasing import add_language_option, language_of, shown
from standclear.conflicts.corrections import CORRECTION
from standclear.dialects.copies import heights, two_formats, vertices_of
from standclear.dossier.format import OpenedBody
from standclear.dossier.reading import read_dossier
from standclear.dossier.verify import verify
from standclear.errors import Malformed, Mismatch, NotFound
from standclear.spacetime.volume import Volume, volume_from_value
from standclear.statements.canonical import b64u, from_b64u
from standclear.statements.entry import parse_entry
from standclear.statements.lists import WHOLE_ITEM, ref_of, split_ref
from standclear.tlog.policy import NO_QUORUM, Policy, PolicyLog, format_policy

OPENED: Final = "opened-{sid}"
_CORNERS_SHOWN: Final = 8
_FIRST: Final = ("name", "change", "quality", "mode", "contact", "note", "owner", "what")
_ASIDE: Final = frozenset({"type", "form", "volumes", "entered", "row", *_FIRST})


def add_parser(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "read",
        description="One thing in full, checked: who signed it, and that these are the words that were signed.",
    )
    add_desk_options(parser)
    add_language_option(parser)
    parser.add_argument("ref", metavar="REF", help="of your inbox or your own")
    parser.add_argument("--zone", default="UTC", help="the place's own time, beside UTC: Asia/Damascus")


def run(arguments: argparse.Namespace) -> int:
    """Check and print one item."""
    zone = _zone(arguments.zone)
    with Line.of(arguments.home, arguments.seat) as line:
        ref = reference(arguments.ref)
        sid, item = split_ref(ref)
        body = checked_body(line, sid, 0 if item == WHOLE_ITEM else item)
        held = next(iter(line.client.inbox_of([ref])), None)
        corrected = None
        if isinstance(body.value, dict) and body.value.get("change") == CORRECTION:
            corrected = line.client.corrected(ref_of(sid, body.item))
        if line.home.noted(OPENED.format(sid=sid.hex())) is None:
            line.home.note(OPENED.format(sid=sid.hex()), wall_ms())
        if arguments.json:
            print_json(
                {
                    "body": body.value,
                    "form": body.form,
                    "inbox": held,
                    "ref": b64u(ref),
                    "corrected": corrected,
                }
            )
        else:
            for text in (
                *_page(line, body, held, zone, language_of(arguments)),
                *corrected_lines(line, corrected),
            ):
                print(text)
    return 0


def checked_body(line: Line, sid: bytes, item: int) -> OpenedBody:
    """The words of an item as they were signed, in the closest form that one is shown.

    Raises:
        Mismatch: what the service shows does not verify; its findings say what is wrong.
        NotFound: the words were shredded, or never were released to one.
    """
    text = line.client.statement_dossier(sid)
    logs = tuple(PolicyLog(key=key) for key in line.trust.keys)
    policy = Policy(logs=logs, witnesses=(), groups=(), quorum=NO_QUORUM)
    report = verify(text, format_policy(policy))
    dossier, _ = read_dossier(text)
    line.trust.check_head(dossier.note.encode("utf-8"), line.client.consistency)
    if report.broken():
        first = report.broken()[0]
        raise Mismatch(
            what="the statement",
            check=first.check,
            reason=first.says,
            remedy="rely on nothing of it; ring the sender, and tell the monitor what this service shows",
        )
    part = dossier.entries[-1]
    if parse_entry(part.text).envelope.sid() != sid:
        raise Mismatch(
            what="the statement",
            reason="another one was shown than was asked for",
            remedy="rely on nothing of it",
        )
    found = [one for one in part.bodies if one.item == item]
    if not found:
        raise NotFound(kind="words", id=sid.hex()[:16], remedy="they were shredded, or not released to you")
    return found[0]


def opened_ms(line: Line, sids: set[bytes]) -> int | None:
    """When all of some statements had been opened at this desk; None if one of them never was."""
    times = [line.home.noted(OPENED.format(sid=sid.hex())) for sid in sids]
    return None if not times or None in times else max(times)


def _zone(name: str) -> tzinfo:
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise Malformed("--zone", f"{name!r} is not known here", "write Asia/Damascus, or UTC") from None


# --- the page -------------------------------------------------------------------------------------


def _page(
    line: Line, body: OpenedBody, held: dict[str, Any] | None, zone: tzinfo, language: str | None
) -> Iterator[str]:
    value = body.value if isinstance(body.value, dict) else {}
    if line.client.log()["is_exercise"]:
        yield "EXERCISE EXERCISE EXERCISE: nothing in it is real"
    yield f"{value.get('type')} ({body.form} form): signed by its sender, and these are the words that were signed"
    if held is not None:
        sender = line.name_of(from_b64u(held["sender"], 16, "sender"))
        condition = shown("conditions", held["condition"], language)
        yield f"from {sender}, on record {utc(held['integrated_ms'])}: {condition}, {shown('rungs', held['rung'], language)}"
        if held["deadline_ms"] is not None:
            yield f"an answer is owed until {_both(held['deadline_ms'], zone)}"
    for name in _FIRST:
        yield from _lines(name, value.get(name))
    for volume in value.get("volumes") or ():
        yield from _place(volume_from_value(volume, "volumes"), zone)
    for one in value.get("entered") or ():
        text = from_b64u(one["text"], None, "text").decode("utf-8", "replace")
        yield f"  as written ({one['what']}, {one['datum_or_zone']}): {text}"
    for name in sorted(value.keys() - _ASIDE):
        yield from _lines(name, value[name], zone)
    yield "No protection depends on being listed; lapse or lateness removes none."


def _place(volume: Volume, zone: tzinfo) -> Iterator[str]:
    corners = vertices_of(volume)
    for at in corners[:_CORNERS_SHOWN]:
        yield f"  at {'   '.join(two_formats(at))}"
    if len(corners) > _CORNERS_SHOWN:
        yield f"  and {len(corners) - _CORNERS_SHOWN} corners more (--json has them all)"
    yield f"  radius {volume.radius_cm / 100:g} m, {heights(volume)}"
    yield f"  from {_both(volume.interval.start_ms, zone)}"
    yield f"  to   {_both(volume.interval.end_ms, zone)}"


def _both(ms: int, zone: tzinfo) -> str:
    if zone is UTC:
        return utc(ms)
    local = datetime.fromtimestamp(ms / 1000, zone)
    return f"{utc(ms)} ({local:%Y-%m-%d %H:%M:%S} {zone})"


def _lines(name: str, value: Any, zone: tzinfo = UTC) -> Iterator[str]:
    told = name.removesuffix("_ms").replace("_", " ")
    match value:
        case None | "" | []:
            return
        case dict():
            for inner, one in sorted(value.items()):
                yield from _lines(f"{name} {inner}" if name != "what" else inner, one, zone)
        case list():
            yield f"  {told}: {', '.join(str(one) for one in value)}"
        case int() if name.endswith("_ms") and value > 10_000_000_000:
            yield f"  {told}: {_both(value, zone)}"
        case str():
            yield f"  {told}: {value.replace('_', ' ') if name in ('change', 'quality', 'mode') else value}"
        case _:
            yield f"  {told}: {value}"
