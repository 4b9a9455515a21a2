"""Copying: a party's own copies as the log has them, so that every seat of its desks sees which are false (G12).

Nobody else is shown them: what made a copy false may be another owner's notice. Owners see on their ladders who holds
what of theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

from standclear.flow.query import Query
from standclear.obligations.copies import CopyChange, HeldCopy


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCopy:
    """One copy and what makes it false now. `is_outstanding`: it is false, and a holder still has it."""

    copy: HeldCopy
    changes: tuple[CopyChange, ...]
    owners: tuple[bytes, ...]
    is_outstanding: bool


def copies_of(
    query: Query, party: bytes, *, is_open: bool, code: str | None, start: int, limit: int
) -> tuple[int, tuple[ShownCopy, ...]]:
    """How many of a party's copies are asked for, and [start, start + limit) of them, newest first.

    `is_open` leaves out those that no holder has any more, `code` all of another code.
    """
    service, book = query.service, query.service.book
    now_ms = service.clock.now_ms()
    wanted = [
        copy
        for copy in reversed(book.copies.of_party.get(party, ()))
        if copy.index < service.size
        and code in (None, copy.terms.code)
        and not (is_open and copy.ended_ms() is not None)
    ]
    return len(wanted), tuple(_shown(query, one, now_ms) for one in wanted[start : start + limit])


def _shown(query: Query, copy: HeldCopy, now_ms: int) -> ShownCopy:
    register, size = query.service.book.register, query.service.size
    changes = tuple(
        one
        for one in query.service.book.copies.false_since(copy, register, now_ms)
        if one.index is None or one.index < size
    )
    owners = {register.by_ref[ref].party for ref in copy.first}
    return ShownCopy(
        copy=copy,
        changes=changes,
        owners=tuple(sorted(owners)),
        is_outstanding=bool(changes) and copy.ended_ms() is None,
    )
