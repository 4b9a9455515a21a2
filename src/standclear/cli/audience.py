"""Whom a word is told where nobody is named: whom it answers, whom it concerns, and of a stop-fire everybody."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from standclear.cli.again import recipients_of
from standclear.cli.line import Line
from standclear.cli.options import reference
from standclear.errors import NotFound, Unavailable
from standclear.statements.canonical import b64u, from_b64u
from standclear.statements.compose import Recipient

_ANSWERING = ("answer", "agreement", "consultation", "translation", "contact")
_CONCERNING = ("objection", "contact", "incident")


def audience(line: Line, kind: str, arguments: argparse.Namespace) -> list[Recipient]:
    """The recipients of a word of this kind, by what it names in --re and --cite. What cannot be found is left out."""
    match kind:
        case "emergency":
            return [Recipient(party=None), *_named(_monitors(line))]
        case "progress":
            return recipients_of(line, [reference(text) for text in arguments.cite])
        case _:
            found: set[bytes] = set()
            if kind in _ANSWERING:
                found |= _senders(line, (from_b64u(text, 32, "--re") for text in arguments.re))
            if kind in _CONCERNING:
                found |= _owners(line, [reference(text) for text in arguments.cite])
            if kind == "consultation":
                found |= {line.party(name) for name in arguments.said_invited or ()}
            return _named(sorted(found - {line.seat.party}))


def _named(parties: Iterable[bytes]) -> list[Recipient]:
    return [Recipient(party=party) for party in parties]


def _monitors(line: Line) -> list[bytes]:
    """The monitors of the arrangement; without a line none is known, and the parties are called all the same."""
    try:
        arrangements = line.client.arrangements()
    except Unavailable:
        return []
    under = b64u(line.under)
    return sorted(
        from_b64u(member["party"], 16, "party")
        for one in arrangements
        if under in (one["first"], one["sid"])
        for member in one["arrangement"]["members"]
        if member["role"] == "monitor" and member["party"] != b64u(line.seat.party)
    )


def _senders(line: Line, sids: Iterable[bytes]) -> set[bytes]:
    found = set()
    for sid in sids:
        try:
            header = line.client.statement(sid)["header"]
        except NotFound:
            continue  # it is answered all the same, and marked: the log knows what this desk may not see
        found.add(from_b64u(header["from"]["party"], 16, "party"))
    return found


def _owners(line: Line, refs: list[bytes]) -> set[bytes]:
    return {from_b64u(one["sender"], 16, "sender") for one in line.client.inbox_of(refs)} if refs else set()
