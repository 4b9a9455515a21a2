"""What one standing notice meets now, under the rules now in force: a question, and no entry."""

from __future__ import annotations

from collections.abc import Iterator, Set

from standclear.conflicts.register import Register, decide
from standclear.conflicts.standing import Standing
from standclear.spacetime.meet import Margin
from standclear.statements.arrangement import Arrangement, Concern


def meeting(
    register: Register, one: Standing, arrangement: Arrangement, adhered: Set[bytes]
) -> Iterator[tuple[Standing, str, Concern]]:
    """Every standing notice that it meets, the form in which that one is released to its party, and what they concern.

    Decided as at filing, on the forms released between the two parties; what is not released to its party is left out.
    """
    for concern in arrangement.matrix:
        if one.kind not in (concern.a, concern.b):
            continue
        kind = concern.b if concern.a == one.kind else concern.a
        margin = Margin(
            horizontal_cm=concern.horizontal_cm, vertical_cm=concern.vertical_cm, time_ms=concern.time_ms
        )
        for other in register.near(one, kind, margin, arrangement):
            own = other.party == one.party
            if (
                other is one
                or other.state != "stands"
                or other.under != one.under
                or (own and not concern.own)
            ):
                continue
            slot = None if own else other.slot_for(one.party, arrangement, adhered)
            ours = None if own else one.slot_for(other.party, arrangement, adhered)
            if slot is None and not own:
                continue
            form = "exact" if slot is None else slot.form
            if decide(one, "exact" if ours is None else ours.form, other, form, margin, arrangement):
                yield other, form, concern
