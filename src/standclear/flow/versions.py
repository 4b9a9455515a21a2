"""Versions of a notice as one party was told of them: which replaced which, what was a correction, and who may see it (G8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from standclear.conflicts.corrections import CORRECTION
from standclear.conflicts.sight import Sight
from standclear.conflicts.standing import Standing
from standclear.obligations.book import Book
from standclear.spacetime.meet import NO_MARGIN, meets
from standclear.spacetime.volume import Volume


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A later version of a notice. `told_ms`: when the party was told of it, or None; `is_there`: it meets the area."""

    ref: bytes
    change: str | None
    integrated_ms: int
    told_ms: int | None
    is_there: bool


def later_versions(book: Book, sight: Sight, party: bytes, one: Standing, area: Volume) -> Iterator[Version]:
    """What came after one version, nearest first, as far as the asker may see it and whatever the party was told of it."""
    inbox = book.inboxes.inbox(party)
    waiting, seen = list(one.successors), {one.ref}
    while waiting:
        ref = waiting.pop(0)
        standing = book.register.by_ref.get(ref)
        if standing is None or ref in seen:
            continue
        seen.add(ref)
        waiting.extend(standing.successors)
        volumes = sight.volumes_of(standing, book.agreements, book.inboxes)
        if volumes is None:
            continue
        position = inbox.position_of.get(ref)
        yield Version(
            ref=ref,
            change=standing.change,
            integrated_ms=standing.integrated_ms,
            told_ms=None if position is None else inbox.times_ms[position],
            is_there=any(meets(volume, area, NO_MARGIN) for volume in volumes),
        )


def was_wrong(versions: tuple[Version, ...]) -> bool:
    """Whether a later version says that the thing was always somewhere else, and that is where the question asks."""
    return any(one.change == CORRECTION and one.is_there for one in versions)
