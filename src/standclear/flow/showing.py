"""Showing: the lines about a release that an address may be shown. Reference only unless the settings say more (G17)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from standclear.flow.outbox import Parcel
from standclear.flow.query import InboxItem, Query
from standclear.limits import DETAILS_MAX


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
