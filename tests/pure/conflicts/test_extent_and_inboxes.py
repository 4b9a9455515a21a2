"""How large and how long a notice is, what a head of an inbox proves, and how many were filed in a day."""

from __future__ import annotations

import pytest

from standclear.conflicts.extent import CM_PER_DEGREE, duration_ms, extent_cm
from standclear.conflicts.inboxes import Inboxes
from standclear.conflicts.quotas import DAY_MS, Quotas
from standclear.statements.lists import inbox_leaf
from standclear.tlog.merkle import EMPTY_ROOT, leaf_hash, root_of
from world import box, circle


def test_the_extent_is_the_greater_side_with_the_radius_on_both_sides() -> None:
    assert extent_cm([circle((10.0, 50.0), 300, 0, 1)]) == 60_000
    assert extent_cm([box(0.0, 0.0, 1.0, 0.5, 0, 1)]) == CM_PER_DEGREE
    assert extent_cm([box(0.0, -0.5, 0.2, 0.5, 0, 1)]) == CM_PER_DEGREE


@pytest.mark.parametrize("south", [60.0, -61.0])
def test_a_degree_of_longitude_counts_by_its_parallel_nearest_to_the_equator(south: float) -> None:
    found = extent_cm([box(0.0, south, 3.0, south + 1.0, 0, 1)])
    assert abs(found - 3 * CM_PER_DEGREE // 2) <= 2


def test_several_volumes_are_as_large_and_as_long_as_all_together() -> None:
    both = [circle((10.0, 50.0), 300, 5, 7), circle((10.0, 50.1), 100, 1, 6)]
    assert extent_cm(both) == CM_PER_DEGREE // 10 + 60_000
    assert duration_ms(both) == 6


def test_a_head_is_held_if_the_inbox_once_had_exactly_it() -> None:
    inbox = Inboxes().inbox(b"n")
    assert inbox.head() == (0, EMPTY_ROOT)
    assert inbox.holds_head(0, EMPTY_ROOT)
    refs = [bytes([i]) * 36 for i in range(3)]
    for place, ref in enumerate(refs):
        assert inbox.release(ref, "exact", 7, 9) == place
    heads = [root_of([leaf_hash(inbox_leaf(ref, "exact")) for ref in refs[:n]]) for n in range(4)]
    assert [inbox.holds_head(n, root) for n, root in enumerate(heads)] == [True] * 4
    assert not inbox.holds_head(2, heads[3])
    assert not inbox.holds_head(4, heads[3])
    assert (len(inbox), inbox.head()) == (3, (3, heads[3]))


def test_what_was_released_before_keeps_its_first_position_and_forms_are_told_apart() -> None:
    inboxes = Inboxes()
    one, other = inboxes.inbox(b"a"), inboxes.inbox(b"b")
    one.release(bytes(36), "exact", 0, 0)
    one.release(bytes(36), "widened", 1, 0)
    other.release(bytes(36), "widened", 0, 0)
    assert one.position_of == {bytes(36): 0}
    assert inboxes.inbox(b"a") is one
    assert one.tree.root(1) != other.tree.root(1)


def test_a_day_is_twenty_four_hours_of_the_log_s_time_ending_now() -> None:
    quotas = Quotas()
    assert quotas.add(b"u", b"p", "site", 1_000, 3) == 3
    assert quotas.add(b"u", b"p", "site", 1_000 + DAY_MS - 1, 1) == 4
    assert quotas.add(b"u", b"p", "site", 1_000 + DAY_MS, 1) == 2
    for other in ((b"x", b"p", "site"), (b"u", b"x", "site"), (b"u", b"p", "zone")):
        assert quotas.add(*other, 1_000 + DAY_MS, 1) == 1
