"""Recalled: where an entry is and what it did, found again in the log by whoever lost the answer."""

from __future__ import annotations

from dataclasses import dataclass

from standclear.flow.query import Query
from standclear.flow.rebuild import open_deeds
from standclear.flow.service import Service
from standclear.limits import EFFECT_SEARCH_ENTRIES
from standclear.statements.deeds import EffectRecord
from standclear.statements.entry import parse_entry
from standclear.statements.header import parse_header


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPlace:
    """Where a statement stands, since when, and a fresh receipt of it."""

    index: int
    integrated_ms: int
    receipt: bytes


def first_place(service: Service, query: Query, sid: bytes) -> FirstPlace:
    """The one place of a durable statement.

    Raises:
        NotFound: the log has no such statement, or not durably yet.
    """
    index = query.find(sid)
    entry = next(iter(service.store.read_entries(index, index + 1, with_bodies=False)))
    return FirstPlace(index=index, integrated_ms=entry.integrated_ms, receipt=query.receipt(sid))


def find_effect(service: Service, index: int) -> EffectRecord | None:
    """The effect of an entry as the next deeds statement says it; None while it has not been said, and for deeds.

    Each deeds statement says every effect since the one before, so that the first one after an entry has its own.
    """
    end = min(service.size, index + 1 + EFFECT_SEARCH_ENTRIES)
    for entry in service.store.read_entries(index + 1, end, with_bodies=False):
        header = parse_header(parse_entry(entry.text).envelope.payload)
        if header.kind == "deeds":
            said = open_deeds(entry, header)["effects"]
            return next((one for one in said if isinstance(one, EffectRecord) and one.index == index), None)
    return None
