"""Showing: the lines about a release that an address may be shown. Reference only unless the settings say more (G17)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from standclear.flow.outbox import Parcel
from standclear.flow.query import InboxItem, Query
from standclear.limits import DETAILS_MAX
from standclear.obligations.arrears import arrears_between
from standclear.obligations.book import Book


def details_of(query: Query, parcel: Parcel) -> tuple[str, ...]:
    """Names and places of the notices of a delivery, in the form released to its party; of a false copy, code and holders.

    Empty for a reference. `widened` shows what was released widened and nothing exact; `full` what was released, whatever
    its form.
    """
    if parcel.content == "reference":
        return ()
    if parcel.kind == "replace_copy":
        copy = query.service.book.copies.of_sid[parcel.sid]
        return (f"{copy.terms.code}: {', '.join(copy.holders)}",)
    if parcel.kind != "deliver":
        return ()
    shown = query.inbox(parcel.party, parcel.start, min(DETAILS_MAX, parcel.end - parcel.start))
    return tuple(line for item in shown for line in _lines(item, parcel.content))


def extent_of(book: Book, parcel: Parcel, now_ms: int) -> tuple[int, int | None]:
    """Of a message that gathers several: how much it is about now, and since when; of any other the items it delivers."""
    match parcel.kind:
        case "arrears" if parcel.silent is not None:
            ladders = book.ledger.of_sid.get(parcel.sid, ())
            matter = book.matters.of_sid.get(parcel.sid)
            owner = ladders[0].sender if ladders else matter.opener if matter is not None else bytes(16)
            found = arrears_between(book, owner, parcel.silent, now_ms)
            return (0, None) if found is None else (found.count, found.since_ms)
        case "lapsing":
            some = book.turns.warnings.at(parcel.party, parcel.word, parcel.due_ms, parcel.step)
            ending = [end_ms for one in some for end_ms, _ in one.standing(now_ms)]
            return len(ending), min(ending, default=None)
        case _:
            return parcel.end - parcel.start, None


def _lines(item: InboxItem, content: str) -> Iterator[str]:
    if not isinstance(item.body, dict) or (content == "widened" and item.form == "exact"):
        return
    body: dict[str, Any] = item.body
    yield str(body.get("name") or item.kind)
    for volume in body.get("volumes", ())[:1]:
        lon, lat = _first_vertex(volume["core"])
        yield f"lat {lat / 1e7:.5f}, lon {lon / 1e7:.5f}, radius {-(-volume['radius_cm'] // 100)} m"


def _first_vertex(core: dict[str, Any]) -> tuple[int, int]:
    match core:
        case {"type": "point", "at": [lon, lat]}:
            return lon, lat
        case {"type": "line", "paths": [[[lon, lat], *_], *_]}:
            return lon, lat
        case {"type": "area", "rings": [[[lon, lat], *_], *_]}:
            return lon, lat
    raise AssertionError("a body that was accepted has a core of another kind")
