"""The tree: every proof for every small size, and nothing but the truth verifies."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standclear.errors import BadConsistency, BadInclusion
from standclear.tlog.merkle import (
    EMPTY_ROOT,
    Frontier,
    Tree,
    leaf_hash,
    multiproof,
    node_hash,
    root_from_multiproof,
    root_of,
    verify_consistency,
    verify_inclusion,
)

SIZE = 70
LEAVES = [leaf_hash(b"entry %d" % index) for index in range(SIZE)]
TREE = Tree(LEAVES)
SIZES = range(1, SIZE + 1)

sizes = st.integers(1, SIZE)


def split(size: int) -> int:
    """The largest power of two strictly below the size."""
    return 1 << (size - 1).bit_length() - 1


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, section 2.1, word by word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY_ROOT
    left = split(len(leaves))
    return node_hash(naive_root(leaves[:left]), naive_root(leaves[left:]))


def naive_path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """RFC 6962, section 2.1.1: PATH."""
    if len(leaves) == 1:
        return []
    left = split(len(leaves))
    if index < left:
        return [*naive_path(index, leaves[:left]), naive_root(leaves[left:])]
    return [*naive_path(index - left, leaves[left:]), naive_root(leaves[:left])]


def naive_consistency(old: int, leaves: Sequence[bytes], whole: bool) -> list[bytes]:
    """RFC 6962, section 2.1.2: SUBPROOF."""
    if old == len(leaves):
        return [] if whole else [naive_root(leaves)]
    left = split(len(leaves))
    if old <= left:
        return [*naive_consistency(old, leaves[:left], whole), naive_root(leaves[left:])]
    return [*naive_consistency(old - left, leaves[left:], False), naive_root(leaves[:left])]


def naive_needed(indexes: set[int], start: int, size: int) -> int:
    """How many hashes a proof for these leaves needs at least: one for each largest subtree without any."""
    inside = any(start <= index < start + size for index in indexes)
    if not inside or size == 1:
        return 0 if inside else 1
    left = split(size)
    return naive_needed(indexes, start, left) + naive_needed(indexes, start + left, size - left)


ROOTS = [naive_root(LEAVES[:size]) for size in range(SIZE + 1)]


def test_the_root_of_every_size_is_the_recursion_s() -> None:
    assert [TREE.root(size) for size in range(SIZE + 1)] == ROOTS
    assert [root_of(LEAVES[:size]) for size in range(SIZE + 1)] == ROOTS
    assert [Tree(LEAVES[:size]).root() for size in range(SIZE + 1)] == ROOTS


def test_every_inclusion_proof_is_the_recursion_s_and_verifies() -> None:
    for size in SIZES:
        for index in range(size):
            proof = TREE.inclusion_proof(index, size)
            assert list(proof) == naive_path(index, LEAVES[:size])
            verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size])


def test_every_consistency_proof_is_the_recursion_s_and_verifies() -> None:
    for new in SIZES:
        for old in range(1, new + 1):
            proof = TREE.consistency_proof(old, new)
            assert list(proof) == naive_consistency(old, LEAVES[:new], True)
            verify_consistency(old, ROOTS[old], new, ROOTS[new], proof)


def test_without_a_size_the_present_one_is_meant() -> None:
    assert TREE.root() == TREE.root(SIZE)
    assert TREE.inclusion_proof(3) == TREE.inclusion_proof(3, SIZE)
    assert TREE.consistency_proof(3) == TREE.consistency_proof(3, SIZE)
    assert multiproof(TREE, [3, 5]) == multiproof(TREE, [3, 5], SIZE)


def test_a_proof_for_one_place_is_none_for_another() -> None:
    for size in SIZES:
        for index, other in itertools.permutations(range(min(size, 9)), 2):
            proof = TREE.inclusion_proof(index, size)
            with pytest.raises(BadInclusion):
                verify_inclusion(LEAVES[index], other, size, proof, ROOTS[size])
            with pytest.raises(BadInclusion):
                verify_inclusion(LEAVES[other], index, size, proof, ROOTS[size])


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0), (4, 3)])
def test_an_index_is_below_the_size(index: int, size: int) -> None:
    with pytest.raises(BadInclusion, match="not below the size"):
        verify_inclusion(LEAVES[0], index, size, (), ROOTS[1])


def test_a_proof_has_its_own_length() -> None:
    proof = TREE.inclusion_proof(6, 13)
    for altered in (proof[:-1], (*proof, LEAVES[0]), ()):
        with pytest.raises(BadInclusion, match="not the length"):
            verify_inclusion(LEAVES[6], 6, 13, altered, ROOTS[13])
    span = TREE.consistency_proof(6, 13)
    for altered in (span[:-1], (*span, LEAVES[0]), ()):
        with pytest.raises(BadConsistency, match="not the length"):
            verify_consistency(6, ROOTS[6], 13, ROOTS[13], altered)


def test_every_hash_has_32_bytes() -> None:
    proof = TREE.inclusion_proof(6, 13)
    for leaf, hashes, root in [
        (LEAVES[6][:31], proof, ROOTS[13]),
        (LEAVES[6], (proof[0] + b"\x00", *proof[1:]), ROOTS[13]),
        (LEAVES[6], proof, b""),
    ]:
        with pytest.raises(BadInclusion, match="32 bytes"):
            verify_inclusion(leaf, 6, 13, hashes, root)
    with pytest.raises(BadConsistency, match="32 bytes"):
        verify_consistency(6, ROOTS[6], 6, ROOTS[6][:31], ())


@pytest.mark.parametrize(("old", "new"), [(0, 5), (6, 5), (-1, 5), (0, 0)])
def test_consistency_is_between_trees_that_have_entries(old: int, new: int) -> None:
    with pytest.raises(BadConsistency, match="not between 1 and the new size"):
        verify_consistency(old, ROOTS[1], new, ROOTS[5], ())


def test_two_roots_for_one_size_are_a_fork() -> None:
    verify_consistency(5, ROOTS[5], 5, ROOTS[5], ())
    with pytest.raises(BadConsistency, match="two roots for one size") as raised:
        verify_consistency(5, ROOTS[5], 5, ROOTS[6], ())
    assert raised.value.fields["old_root"] == ROOTS[5].hex()
    assert raised.value.fields["new_root"] == ROOTS[6].hex()


@given(old=sizes, new=sizes, leaf=st.integers(0, SIZE - 1))
def test_a_log_that_changed_an_entry_has_no_consistent_past(old: int, new: int, leaf: int) -> None:
    old, new = min(old, new), max(old, new)
    forged = Tree([*LEAVES[:leaf], leaf_hash(b"forged"), *LEAVES[leaf + 1 :]])
    if leaf < old:
        with pytest.raises(BadConsistency):
            verify_consistency(old, ROOTS[old], new, forged.root(new), forged.consistency_proof(old, new))
    else:
        verify_consistency(old, ROOTS[old], new, forged.root(new), forged.consistency_proof(old, new))


@given(data=st.data(), size=sizes)
def test_any_flipped_bit_breaks_an_inclusion_proof(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    parts = [LEAVES[index], *TREE.inclusion_proof(index, size), ROOTS[size]]
    leaf, *proof, root = flipped(data, parts)
    with pytest.raises(BadInclusion):
        verify_inclusion(leaf, index, size, proof, root)


@given(data=st.data(), old=sizes, new=sizes)
def test_any_flipped_bit_breaks_a_consistency_proof(data: st.DataObject, old: int, new: int) -> None:
    old, new = min(old, new), max(old, new)
    parts = [ROOTS[old], ROOTS[new], *TREE.consistency_proof(old, new)]
    old_root, new_root, *proof = flipped(data, parts)
    with pytest.raises(BadConsistency):
        verify_consistency(old, old_root, new, new_root, proof)


def flipped(data: st.DataObject, parts: list[bytes]) -> list[bytes]:
    """The parts with one bit of one of them turned."""
    part = data.draw(st.integers(0, len(parts) - 1))
    at, bit = data.draw(st.integers(0, 31)), data.draw(st.integers(0, 7))
    altered = bytearray(parts[part])
    altered[at] ^= 1 << bit
    return [*parts[:part], bytes(altered), *parts[part + 1 :]]


# --- many leaves ----------------------------------------------------------------------------------


def test_every_set_of_leaves_of_small_trees_has_a_shortest_proof() -> None:
    for size in range(1, 10):
        for chosen in range(1, 2**size):
            indexes = {index for index in range(size) if chosen >> index & 1}
            proof = multiproof(TREE, indexes, size)
            assert len(proof) == naive_needed(indexes, 0, size)
            assert root_from_multiproof({i: LEAVES[i] for i in indexes}, size, proof) == ROOTS[size]


@given(data=st.data(), size=sizes)
def test_leaves_of_any_tree_are_proven_together(data: st.DataObject, size: int) -> None:
    indexes = data.draw(st.sets(st.integers(0, size - 1), min_size=1))
    proof = multiproof(TREE, indexes, size)
    assert len(proof) == naive_needed(indexes, 0, size)
    leaves = {index: LEAVES[index] for index in indexes}
    assert root_from_multiproof(leaves, size, proof) == ROOTS[size]
    *altered, last = flipped(data, [*proof, LEAVES[max(indexes)]])
    assert root_from_multiproof(leaves | {max(indexes): last}, size, altered) != ROOTS[size]


def test_one_leaf_is_proven_as_by_an_inclusion_proof() -> None:
    for size in SIZES:
        for index in range(size):
            assert multiproof(TREE, [index], size) == TREE.inclusion_proof(index, size)


def test_a_proof_of_many_leaves_has_its_own_length_and_indexes() -> None:
    leaves = {3: LEAVES[3], 7: LEAVES[7]}
    proof = multiproof(TREE, leaves, 11)
    for given_leaves, hashes, reason in [
        (leaves, proof[:-1], "too few"),
        (leaves, (*proof, LEAVES[0]), "too many"),
        (leaves, (*proof[:-1], b""), "32 bytes"),
        ({3: b"", 7: LEAVES[7]}, proof, "32 bytes"),
        ({}, proof, "below the size"),
        ({-1: LEAVES[3]}, proof, "below the size"),
        ({11: LEAVES[3]}, proof, "below the size"),
    ]:
        with pytest.raises(BadInclusion, match=reason):
            root_from_multiproof(given_leaves, 11, hashes)


# --- trees that grow ------------------------------------------------------------------------------


def test_a_tree_gives_indexes_in_order_and_keeps_every_complete_subtree() -> None:
    tree = Tree()
    assert [tree.append(leaf) for leaf in LEAVES] == list(range(SIZE))
    assert tree.size == SIZE
    for level in range(7):
        for index in range(SIZE >> level):
            first = index << level
            kept = tree.hashes(level, index, index + 1)
            assert kept == naive_root(LEAVES[first : first + (1 << level)])
    assert tree.hashes(0, 2, 5) == b"".join(LEAVES[2:5])
    assert tree.hashes(9, 0, 0) == b""


def test_a_frontier_has_the_root_of_every_size_it_grew_through() -> None:
    frontier = Frontier()
    for index, leaf in enumerate(LEAVES):
        assert (frontier.size, frontier.root()) == (index, ROOTS[index])
        assert frontier.peaks == TREE.peaks(index)
        assert frontier.append(leaf) == index


def test_a_frontier_goes_on_from_its_peaks_and_its_copy_is_its_own() -> None:
    for size in range(SIZE):
        frontier = Frontier.from_peaks(size, TREE.peaks(size))
        other = frontier.copy()
        frontier.append(LEAVES[size])
        assert frontier.root() == ROOTS[size + 1]
        assert (other.size, other.root()) == (size, ROOTS[size])


def test_what_cannot_be_asked_for_is_our_own_mistake() -> None:
    for wrong in (
        lambda: TREE.root(SIZE + 1),
        lambda: TREE.inclusion_proof(5, 5),
        lambda: TREE.consistency_proof(0, 5),
        lambda: TREE.hashes(1, 0, SIZE),
        lambda: TREE.append(b"short"),
        lambda: Frontier().append(b"short"),
        lambda: Frontier.from_peaks(3, TREE.peaks(4)),
        lambda: multiproof(TREE, [], 5),
        lambda: multiproof(TREE, [5], 5),
    ):
        with pytest.raises(AssertionError):
            wrong()


@pytest.mark.slow
def test_large_trees_prove_as_small_ones_do() -> None:
    size = 100_003
    leaves = [leaf_hash(index.to_bytes(4, "big")) for index in range(size)]
    tree = Tree(leaves)
    root = tree.root()
    assert root == root_of(leaves)
    for index in range(0, size, 7_919):
        verify_inclusion(leaves[index], index, size, tree.inclusion_proof(index), root)
        verify_consistency(index + 1, tree.root(index + 1), size, root, tree.consistency_proof(index + 1))
    chosen = {index: leaves[index] for index in range(0, size, 101)}
    assert root_from_multiproof(chosen, size, multiproof(tree, chosen)) == root
