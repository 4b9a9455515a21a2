"""Salted lists, slots and inbox heads: openings, and what a digest does not tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standclear.errors import Malformed, Mismatch
from standclear.statements.lists import (
    FORMS,
    TRAVELS,
    WHENS,
    InboxHead,
    SaltedList,
    Slot,
    check_digest,
    check_sorted,
    inbox_leaf,
    padded_slots,
    read_inbox_head,
    read_list,
    read_slot,
    ref_of,
    split_ref,
)

SALTS = st.binary(min_size=16, max_size=16)
DIGESTS = st.binary(min_size=32, max_size=32)
LISTS = st.builds(
    SaltedList, salt=SALTS, leaves=st.lists(st.binary(min_size=36, max_size=36), max_size=6).map(tuple)
)
SLOTS = st.builds(
    Slot,
    party=st.none() | SALTS,
    form=st.sampled_from(FORMS),
    when=st.sampled_from(WHENS),
    travel=st.sampled_from(TRAVELS),
    items=DIGESTS,
    salt=SALTS,
)
HEADS = st.builds(InboxHead, n=st.integers(0, 2**53 - 1), root=DIGESTS, salt=SALTS)


@given(LISTS)
def test_a_list_is_read_again_from_its_opening(salted: SaltedList) -> None:
    assert salted == read_list(salted.to_value(), "list", 36, 6)


@given(SLOTS)
def test_a_slot_is_read_again_from_its_opening(slot: Slot) -> None:
    assert slot == read_slot(slot.to_value(), "slot")


@given(HEADS)
def test_an_inbox_head_is_read_again_from_its_opening(head: InboxHead) -> None:
    assert head == read_inbox_head(head.to_value(), "head")


@given(LISTS, LISTS)
def test_two_lists_have_one_digest_only_if_they_are_one(a: SaltedList, b: SaltedList) -> None:
    assert (a == b) == (a.digest() == b.digest())


@given(SLOTS, SLOTS)
def test_two_slots_have_one_digest_only_if_they_are_one(a: Slot, b: Slot) -> None:
    assert (a == b) == (a.digest() == b.digest())


@given(DIGESTS, st.integers(0, 2**32 - 1))
def test_a_reference_comes_apart_as_it_was_made(sid: bytes, item: int) -> None:
    assert (sid, item) == split_ref(ref_of(sid, item))


@given(st.lists(DIGESTS, max_size=40, unique=True), st.lists(DIGESTS, min_size=40, max_size=40, unique=True))
def test_slots_are_filled_up_to_the_next_power_of_two(digests: list[bytes], filling: list[bytes]) -> None:
    told = padded_slots(digests, filling)
    assert set(digests) <= set(told)
    assert sorted(told) == list(told)
    assert len(told) in (1, 2, 4, 8, 16, 32, 64)
    assert len(told) < 2 * max(1, len(digests))


def test_two_forms_of_one_item_are_two_leaves_of_an_inbox() -> None:
    assert 3 == len({inbox_leaf(bytes(36), form) for form in FORMS})


def test_a_list_is_what_the_header_commits_to_or_a_mismatch() -> None:
    salted = SaltedList(salt=bytes(16), leaves=(bytes(36),))
    check_digest(salted, salted.digest(), "cites")
    for digest in (None, bytes(32)):
        with pytest.raises(Mismatch):
            check_digest(salted, digest, "cites")


@pytest.mark.parametrize("leaves", [(b"b", b"a"), (b"a", b"a"), (b"a", b"c", b"b")])
def test_only_rising_leaves_prove_what_is_not_there(leaves: tuple[bytes, ...]) -> None:
    with pytest.raises(Malformed):
        check_sorted(SaltedList(salt=bytes(16), leaves=leaves), "cites")


def test_a_list_of_nothing_and_of_one_rise() -> None:
    check_sorted(SaltedList(salt=bytes(16), leaves=()), "cites")
    check_sorted(SaltedList(salt=bytes(16), leaves=(b"a",)), "cites")
