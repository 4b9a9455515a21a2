"""Telling: what a listening desk is told of its inbox, range by range, from the position at which it stopped.

A range is a run of neighbouring releases of one statement, in one form, caused by one entry. Where a range begins and
ends follows from the inbox alone, so that a reader who comes back gets exactly the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

from standclear.flow.query import Query
from standclear.flow.service import Service
from standclear.statements.entry import parse_entry
from standclear.statements.header import Header, parse_header
from standclear.statements.lists import split_ref


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldRange:
    """Releases [start, end) of a party's inbox: items of statement `sid`, in one form, because of entry `index`."""

    start: int
    end: int
    sid: bytes
    form: str
    kind: str
    act: str
    sender: bytes
    under: bytes | None
    index: int
    released_ms: int


def ranges_from(service: Service, query: Query, party: bytes, start: int, most: int) -> tuple[ToldRange, ...]:
    """At most `most` ranges of a party's durable inbox, from position `start` on."""
    end = query.visible_inbox(party)
    found: list[ToldRange] = []
    while start < end and len(found) < most:
        found.append(_range_at(service, party, start, end))
        start = found[-1].end
    return tuple(found)


def _range_at(service: Service, party: bytes, start: int, end: int) -> ToldRange:
    inbox = service.book.inboxes.inbox(party)
    sid, form, index = split_ref(inbox.refs[start])[0], inbox.forms[start], inbox.indexes[start]
    stop = start + 1
    while stop < end and (inbox.refs[stop][:32], inbox.forms[stop], inbox.indexes[stop]) == (
        sid,
        form,
        index,
    ):
        stop += 1
    header = _header(service, service.book.index_of[sid])
    return ToldRange(
        start=start,
        end=stop,
        sid=sid,
        form=form,
        kind=header.kind,
        act=header.act,
        sender=header.sender.party,
        under=header.under,
        index=index,
        released_ms=inbox.times_ms[start],
    )


def _header(service: Service, index: int) -> Header:
    entry = next(iter(service.store.read_entries(index, index + 1, with_bodies=False)))
    return parse_header(parse_entry(entry.text).envelope.payload)
