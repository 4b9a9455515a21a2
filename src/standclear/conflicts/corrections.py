"""Corrections: it was always there. Who relied on the wrong place, and what ran over the right one before that was told (G8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from standclear.conflicts.standing import Standing
from standclear.spacetime.interval import Interval
from standclear.spacetime.meet import Margin, meets
from standclear.spacetime.units import FOREVER_MS
from standclear.spacetime.volume import Volume
from standclear.statements.arrangement import Arrangement
from standclear.statements.notices import Activity

CORRECTION = "was_always_there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a correction changes for activities: `cited` cited or acknowledged a wrong version; `ran` had begun, before the
    correction was on record, over the place where the thing was all the time. `wrong_ms` is since when the wrong place stood.
    """

    wrong: tuple[Standing, ...]
    wrong_ms: int
    cited: tuple[Standing, ...]
    ran: tuple[Standing, ...]


def corrected(
    one: Standing, notices: Sequence[Standing], arrangement: Arrangement, adhered: Set[bytes]
) -> Correction | None:
    """What a correction changes; None of what is none. `notices` are all of the log, in order.

    An activity is weighed against the form that its party is shown, or would be; ended ones are weighed too: they may have run.
    """
    if one.change != CORRECTION:
        return None
    wrong = tuple(_before(one, notices))
    refs = {each.ref for each in wrong}
    wrong_ms = min((each.integrated_ms for each in wrong), default=one.integrated_ms)
    activities = [each for each in notices if isinstance(each.what, Activity) and each.under == one.under]
    return Correction(
        wrong=wrong,
        wrong_ms=wrong_ms,
        cited=tuple(each for each in activities if refs & (each.cited | each.aware_of)),
        ran=tuple(
            each
            for each in activities
            if each.index < one.index and _ran_over(each, one, wrong_ms, arrangement, adhered)
        ),
    )


def _before(one: Standing, notices: Sequence[Standing]) -> Iterator[Standing]:
    """The versions that it replaces, and those that these replaced."""
    wanted = {one.ref}
    for each in reversed(notices):
        if each.index < one.index and wanted & set(each.successors):
            wanted.add(each.ref)
            yield each


def _ran_over(
    activity: Standing, one: Standing, wrong_ms: int, arrangement: Arrangement, adhered: Set[bytes]
) -> bool:
    concern = arrangement.concern_of(activity.kind, one.kind)
    own = activity.party == one.party
    if concern is None or (own and not concern.own):
        return False
    slot = None if own else one.slot_for(activity.party, arrangement, adhered)
    margin = Margin(
        horizontal_cm=concern.horizontal_cm, vertical_cm=concern.vertical_cm, time_ms=concern.time_ms
    )
    always = [
        Volume(
            core=volume.core,
            radius_cm=volume.radius_cm,
            band=volume.band,
            interval=Interval(start_ms=min(wrong_ms, volume.interval.start_ms), end_ms=FOREVER_MS),
        )
        for volume in one.volumes["exact" if slot is None else slot.form]
    ]
    return any(
        volume.interval.start_ms <= one.integrated_ms and meets(volume, place, margin)
        for volume in activity.volumes["exact"]
        for place in always
    )
