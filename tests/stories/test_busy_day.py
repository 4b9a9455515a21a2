"""A small day of a humanitarian cell, replayed from its log minute by minute: every duty is what a plain reading says.

`bench/busy_day.py` does the same with 20,000 sites and 150 convoys.
"""

from __future__ import annotations

from collections import Counter

import pytest

from busy_cell import DAWN_MS, SMALL, new_world, tell_day
from day_replayed import Replayed, differences, end_differences, id_differences, replayed
from naive_duties import PLAIN_KINDS, Plain
from standclear.obligations.duties import DUTIES
from standclear.stores.listed import ListedIndex
from world import DAY_MS, HOUR_MS

SEEDS = [1, 2]
MINUTE_MS = 60_000


def test_what_is_recomputed_plainly_stands_in_the_table() -> None:
    """A duty that is not recomputed may not fall due in the day: the comparison would show it."""
    assert PLAIN_KINDS <= {rule.kind for rule in DUTIES}


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_a_day_of_convoys_lists_and_calls_is_replayed_with_every_duty_as_a_plain_reading_says(
    seed: int,
) -> None:
    print(f"seed {seed}")
    with new_world(ListedIndex, seed) as world:
        day = tell_day(world, SMALL, seed)
        done = replayed(world.store, ListedIndex, DAWN_MS - 12 * HOUR_MS, DAWN_MS + DAY_MS)
        plain = Plain(world.store)
        assert [] == [str(one) for one in done.rebuilt.findings]
        assert [] == list(differences(done.looks, plain))
        assert [] == list(end_differences(done.rebuilt.book, plain))
        assert [] == list(id_differences(done.looks))
        assert day.count["emergency"] > 2
        every_kind_is_there(done)


def every_kind_is_there(done: Replayed) -> None:
    """A day that owed nothing of a kind would compare nothing."""
    counted = Counter(one.kind for look in done.looks for one in look.duties)
    assert min(counted[kind] for kind in PLAIN_KINDS) > 2, counted
    states = {state for look in done.looks for state in look.ladders.values()}
    assert {"sent", "handed_over", "escalated", "made_available_unanswered", "acknowledged"} <= states
