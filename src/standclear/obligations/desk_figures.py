"""Figures of readiness: for how much of a span of time a desk had somebody on watch, and which line checks it answered (G30).

Each share has its denominator beside it: the time for which, and the checks that, some arrangement asked of the desk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from standclear.conflicts.agreements import Agreements
from standclear.conflicts.sight import Sight
from standclear.obligations.readiness import Bound, Readiness
from standclear.obligations.standby import LineCount, line_count, watched_ms
from standclear.spacetime.interval import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskFigures:
    """One desk under one arrangement: how long it was bound, how long somebody was on watch of that, and its line checks."""

    under: bytes
    party: bytes
    desk: bytes
    bound_ms: int
    watched_ms: int
    line: LineCount


def desk_figures(
    readiness: Readiness, agreements: Agreements, interval: Interval, as_of_ms: int, sight: Sight
) -> Iterator[DeskFigures]:
    """The figures of every desk that the asker may see: its own party's, and those of arrangements that it monitors."""
    grouped: dict[tuple[bytes, bytes, bytes], list[Bound]] = {}
    for one in tuple(readiness.bounds):
        if one.party == sight.asker or sight.watches(one.under, agreements):
            grouped.setdefault((one.under, one.party, one.desk), []).append(one)
    for (under, party, desk), bounds in sorted(grouped.items(), key=lambda item: item[0]):
        spans = [watched_ms(readiness, one, interval, as_of_ms) for one in bounds]
        counts = [line_count(readiness, one, interval, as_of_ms) for one in bounds]
        bound_ms = sum(bound for bound, _ in spans)
        if bound_ms:
            yield DeskFigures(
                under=under,
                party=party,
                desk=desk,
                bound_ms=bound_ms,
                watched_ms=sum(held for _, held in spans),
                line=LineCount(
                    due=sum(one.due for one in counts),
                    answered=sum(one.answered for one in counts),
                    attested=sum(one.attested for one in counts),
                    missed=sum(one.missed for one in counts),
                    waiting=sum(one.waiting for one in counts),
                    drills=sum(one.drills for one in counts),
                ),
            )
