"""What of the sites that a party owns or was told of may be one thing told twice: a worklist, and what was answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from standclear.conflicts.standing import Standing
from standclear.dialects.sites.duplicates import Alike, Told, groups
from standclear.flow.query import Query
from standclear.obligations.book import Book
from standclear.spacetime.bounds import arc_of
from standclear.spacetime.shape import parts_of
from standclear.statements.notices import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikeSites:
    """One group of the worklist. `positions` are the asker's inbox positions; None of its own sites."""

    group: Alike
    sites: tuple[Standing, ...]
    names: tuple[str, ...]
    positions: tuple[int | None, ...]


def alike_sites(query: Query, party: bytes, near_cm: int) -> list[AlikeSites]:
    """The groups of sites that stand, are the party's own or were released to it, and may be one; largest first.

    A site is compared in the form in which the party was told of it: a desk form has no place that says anything, and is
    left out.
    """
    book = query.service.book
    shown = [*_own(book, party), *_released(query, party)]
    sites = [told for _, told, _ in shown]
    standing = {one.ref: one for one, _, _ in shown}

    def is_answered(one: bytes, other: bytes) -> bool:
        return book.compared.is_answered(party, standing[one], standing[other])

    return [
        AlikeSites(
            group=group,
            sites=tuple(shown[index][0] for index in group.members),
            names=tuple(sites[index].name for index in group.members),
            positions=tuple(shown[index][2] for index in group.members),
        )
        for group in groups(sites, is_answered, near_cm)
    ]


def _own(book: Book, party: bytes) -> Iterator[tuple[Standing, Told, int | None]]:
    for one in book.register.notices:
        if one.party == party and one.state == "stands" and isinstance(one.what, Site) and not one.is_gone:
            yield one, _told(one, "exact", one.name), None


def _released(query: Query, party: bytes) -> Iterator[tuple[Standing, Told, int | None]]:
    book, inbox = query.service.book, query.service.book.inboxes.inbox(party)
    for position in range(query.visible_inbox(party)):
        one = book.register.by_ref.get(inbox.refs[position])
        if one is None or one.state != "stands" or not isinstance(one.what, Site) or one.is_gone:
            continue
        form = inbox.forms[position]
        if form != "desk" and one.party != party:
            yield one, _told(one, form, one.name if form == "exact" else ""), position


def _told(one: Standing, form: str, name: str) -> Told:
    assert isinstance(one.what, Site)
    parts = tuple(part for volume in one.volumes[form] for part in parts_of(volume.core))
    west, east = arc_of(parts)
    lats = [lat for part in parts for _, lat in part]
    return Told(
        ref=one.ref,
        party=one.party,
        site_class=one.what.site_class,
        name=name,
        at=((west + east) // 2, (min(lats) + max(lats)) // 2),
    )
