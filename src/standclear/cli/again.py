"""Saying a notice again: repeated, delayed by one field, released to another party or to one party less (G20, G22).

What is not changed is taken from the version before: its forms, its recipients, its words.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from standclear.cli import speech
from standclear.cli.client import Filed
from standclear.cli.line import Line
from standclear.cli.options import filed_value, instant_ms, reference, span_ms
from standclear.cli.output import print_json
from standclear.errors import Malformed
from standclear.spacetime.interval import Interval
from standclear.spacetime.volume import Volume
from standclear.statements.canonical import b64u, from_b64u
from standclear.statements.compose import Draft, Recipient
from standclear.statements.fields import Fields
from standclear.statements.lists import FORMS, split_ref
from standclear.statements.moving import Movement
from standclear.statements.notices import Notice, Presence, Site, What, read_notice

Change = Callable[[Notice], Notice]


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """One of one's own notices as it was said: each of its forms, and whom it is released to."""

    ref: bytes
    kind: str
    state: str
    forms: dict[str, Notice]
    to: tuple[Recipient, ...]

    @property
    def start_ms(self) -> int:
        """When the first of its windows begins."""
        return min(volume.interval.start_ms for volume in self.forms["exact"].volumes)


def earlier(line: Line, ref: bytes) -> Earlier:
    """One's own notice, read back from the log.

    Raises:
        NotFound: there is no such notice of one's own.
    """
    standing = line.client.notice(ref)
    sid, item = split_ref(ref)
    forms = {}
    for body in line.client.statement(sid)["bodies"]:
        if body["item"] == item and body["body"] is not None:
            value = {name: one for name, one in body["body"].items() if name != "type"}
            forms[body["form"]] = read_notice(standing["kind"], Fields(value, "body"))
    if "exact" not in forms:
        raise Malformed("REF", "its words were shredded", "file it anew")
    return Earlier(
        ref=ref,
        kind=standing["kind"],
        state=standing["state"],
        forms={form: forms[form] for form in FORMS if form in forms},
        to=tuple(_recipient(one) for one in standing["to"]),
    )


def slots_of(line: Line, ref: bytes) -> list[Recipient]:
    """Whom a notice of one's own is released to, in which form, when, and how far."""
    return [_recipient(one) for one in line.client.notice(ref)["to"]]


def recipients_of(line: Line, refs: Sequence[bytes]) -> list[Recipient]:
    """Everybody that some notices of one's own are released to: who is to hear what becomes of them.

    They are told at once, in the exact form: what becomes of a notice has no other.
    """
    statements = {split_ref(ref)[0]: ref for ref in refs}
    parties = {one.party for ref in statements.values() for one in slots_of(line, ref) if one.when != "never"}
    return [Recipient(party=party) for party in sorted(parties, key=lambda one: one or b"")]


def _recipient(slot: dict[str, str | None]) -> Recipient:
    party = slot["party"]
    return Recipient(
        party=None if party is None else from_b64u(party, 16, "party"),
        form=str(slot["form"]),
        when=str(slot["when"]),
        travel=str(slot["travel"]),
    )


# --- what may change ------------------------------------------------------------------------------


def later(by_ms: int, *, change: str | None, repeats: bytes | None = None) -> Change:
    """All windows later by a span; a repetition names what it repeats, and is no replacement."""

    def changed(one: Notice) -> Notice:
        volumes = tuple(
            Volume(
                core=volume.core,
                radius_cm=volume.radius_cm,
                band=volume.band,
                interval=Interval(
                    start_ms=volume.interval.start_ms + by_ms, end_ms=volume.interval.end_ms + by_ms
                ),
            )
            for volume in one.volumes
        )
        return replace(one, volumes=volumes, change=change, entered=(), what=_later(one.what, by_ms, repeats))

    return changed


def _later(what: What, by_ms: int, repeats: bytes | None) -> What:
    match what:
        case Movement():
            return replace(what, repeats=what.repeats if repeats is None else repeats)
        case Site():
            return replace(what, valid_until_ms=what.valid_until_ms + by_ms)
        case Presence():
            return replace(what, as_of_ms=what.as_of_ms + by_ms)
        case _:
            return what


def unchanged(one: Notice) -> Notice:
    """The notice as it was: only whom it is released to changes."""
    return replace(one, change="unchanged")


def said_again(
    line: Line, before: Earlier, change: Change, to: Sequence[Recipient], *, is_new: bool
) -> Draft:
    """The draft that says a notice again, in the forms that its recipients are given.

    Raises:
        Malformed: a form is released that the version before did not have.
    """
    missing = sorted({one.form for one in to} - before.forms.keys())
    if missing:
        raise Malformed(
            "--to", f"it has no {missing[0]} form", "replace it: notify … --replaces, with --widen or --call"
        )
    wanted = {"exact", *(one.form for one in to)}
    return speech.filing(
        {form: [change(one)] for form, one in before.forms.items() if form in wanted},
        to,
        line.under,
        replaces=None if is_new else [(before.ref, 0)],
    )


# --- the commands -----------------------------------------------------------------------------------

ACTIONS: Final = ("repeat", "delay", "release", "withdraw")
NOT_RECALLED: Final = "what they were shown stays with them: no copy can be recalled"


def add_parsers(actions: Any) -> None:
    """The parsers of `notify repeat`, `delay`, `release` and `withdraw`."""
    repeat = actions.add_parser("repeat", help="a movement like an earlier one, at another time")
    repeat.add_argument("ref", metavar="REF")
    repeat.add_argument("--start", required=True, metavar="TIME", help="when its first window begins")
    repeat.add_argument("--to", action="append", default=[], metavar="NAME[,FORM][,WHEN][,TRAVEL]")
    delay = actions.add_parser("delay", help="all windows later; whoever was told of it is told of this")
    delay.add_argument("ref", metavar="REF")
    delay.add_argument("--by", required=True, metavar="SPAN", help="3 h, 45 min")
    release = actions.add_parser("release", help="tell another party of what stands; nothing else changes")
    release.add_argument("ref", metavar="REF")
    release.add_argument("--to", action="append", required=True, metavar="NAME[,FORM][,WHEN][,TRAVEL]")
    withdraw = actions.add_parser(
        "withdraw", help="a party is told nothing further; what it was shown cannot be recalled"
    )
    withdraw.add_argument("ref", metavar="REF")
    withdraw.add_argument("--from", dest="party", action="append", required=True, metavar="NAME")
    for parser in (repeat, delay):
        parser.add_argument("--zone", help="the time zone of times that state none")


def run(arguments: argparse.Namespace) -> int:
    """Say one notice again."""
    with Line.of(arguments.home, arguments.seat) as line:
        before = earlier(line, reference(arguments.ref))
        draft = _draft(arguments, line, before)
        filed = line.say(draft)
        _tell(arguments, line, filed, draft)
    return 0


def _draft(arguments: argparse.Namespace, line: Line, before: Earlier) -> Draft:
    match arguments.action:
        case "repeat":
            if before.kind != "movement":
                raise Malformed("REF", f"a {before.kind} is not repeated", "name a movement")
            by_ms = instant_ms(arguments.start, "--start", arguments.zone) - before.start_ms
            to = line.recipients(arguments.to) or list(before.to)
            return said_again(line, before, later(by_ms, change=None, repeats=before.ref), to, is_new=True)
        case "delay":
            if before.kind not in ("movement", "zone"):
                raise Malformed(
                    "REF", f"a {before.kind} is not delayed", "replace it: --replaces REF --change moved"
                )
            by_ms = span_ms(arguments.by, "--by")
            return said_again(line, before, later(by_ms, change="moved"), before.to, is_new=False)
        case "release":
            added = line.recipients(arguments.to)
            named = {one.party for one in added}
            kept = [one for one in before.to if one.party not in named]
            return said_again(line, before, unchanged, [*kept, *added], is_new=False)
        case _:
            gone = {line.party(name) for name in arguments.party}
            _require_named(before, gone, line)
            kept = [one for one in before.to if one.party not in gone]
            return said_again(line, before, unchanged, kept, is_new=False)


def _require_named(before: Earlier, gone: set[bytes], line: Line) -> None:
    """Refuse to withdraw what was not released by name.

    Raises:
        Malformed: a party was not named as a recipient.
    """
    for party in sorted(gone - {one.party for one in before.to}):
        whom = (
            "any party of the arrangement" if any(one.party is None for one in before.to) else "other parties"
        )
        raise Malformed(
            "--from",
            f"it was not released to {line.name_of(party)} by name, but to {whom}",
            "replace it, with --to for each party that is to be told",
        )


def _tell(arguments: argparse.Namespace, line: Line, filed: Filed, draft: Draft) -> None:
    if arguments.json:
        print_json(filed_value(filed))
        return
    marks = f" ({', '.join(filed.marks)})" if filed.marks else ""
    print(f"on record as entry {filed.index}{marks}: {b64u(filed.sid)}")
    print(f"released to: {told_names(line, draft.to or ())}")
    if arguments.action == "withdraw":
        print(NOT_RECALLED)


def told_names(line: Line, to: Sequence[Recipient]) -> str:
    """Recipients by their names, for a person to look at."""
    names = ["any party of the arrangement" if one.party is None else line.name_of(one.party) for one in to]
    return ", ".join(names) or "nobody: no planner is told of it"
