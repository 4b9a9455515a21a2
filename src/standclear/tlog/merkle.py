"""The log as a Merkle tree: roots, inclusion and consistency proofs, and the trees that make them.

`Tree` keeps every complete subtree and proves anything about any size it has had. `Frontier` keeps only
the perfect subtrees of its present size: a root for a list that never needs a proof from memory.
Checking a proof needs neither. Indexes count from 0, sizes from 1; every hash is 32 bytes.

Standard: RFC 6962, section 2.1, which RFC 9162, section 2.1, repeats. The proof for many leaves at once
(`multiproof`) is ours; it is defined in `docs/spec/log.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Final

from standclear.errors import BadConsistency, BadInclusion

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = sha256(b"").digest()

_LEAF: Final = b"\x00"
_NODE: Final = b"\x01"


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry as a leaf.

    Example:
        >>> leaf_hash(b"").hex()[:16]
        '6e340b9cffb37a98'
    """
    return sha256(_LEAF + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node over its two children."""
    return sha256(_NODE + left + right).digest()


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    """The root of the tree over these leaf hashes, in order; of none, `EMPTY_ROOT`."""
    frontier = Frontier()
    for leaf in leaf_hashes:
        frontier.append(leaf)
    return frontier.root()


class Frontier:
    """The perfect subtrees of a growing list, largest first: enough to append and to know the root.

    One owner appends; `copy` gives another an independent one. About 32 bytes for each bit of the size.
    """

    __slots__ = ("_peaks", "_size")

    def __init__(self) -> None:
        self._peaks: list[bytes] = []
        self._size = 0

    @classmethod
    def from_peaks(cls, size: int, peaks: Sequence[bytes]) -> Frontier:
        """The frontier a list of this size left behind as its `peaks`."""
        assert len(peaks) == size.bit_count(), "one peak for each bit of the size"
        assert all(len(peak) == HASH_BYTES for peak in peaks)
        frontier = cls()
        frontier._peaks = list(peaks)
        frontier._size = size
        return frontier

    @property
    def size(self) -> int:
        return self._size

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """The roots of the perfect subtrees, largest first: one for each bit of the size."""
        return tuple(self._peaks)

    def append(self, leaf: bytes) -> int:
        """Add one leaf hash and return its index."""
        assert len(leaf) == HASH_BYTES
        index = self._size
        carry = index
        while carry & 1:
            leaf = sha256(_NODE + self._peaks.pop() + leaf).digest()
            carry >>= 1
        self._peaks.append(leaf)
        self._size = index + 1
        return index

    def root(self) -> bytes:
        """The RFC 6962 root of all leaves so far."""
        return _fold(self._peaks)

    def copy(self) -> Frontier:
        return Frontier.from_peaks(self._size, self._peaks)


class Tree:
    """All complete subtrees of a growing list, in memory: one byte string a level, 64 bytes a leaf.

    One owner appends. Everything below the present size is immutable, so proofs for any earlier size
    stay available for ever, and readers may ask while the owner is between appends.
    """

    __slots__ = ("_levels", "_size")

    def __init__(self, leaf_hashes: Iterable[bytes] = ()) -> None:
        self._levels: list[bytearray] = [bytearray()]
        self._size = 0
        self.extend(leaf_hashes)

    @property
    def size(self) -> int:
        return self._size

    def append(self, leaf: bytes) -> int:
        """Add one leaf hash and return its index."""
        assert len(leaf) == HASH_BYTES
        levels = self._levels
        levels[0] += leaf
        index = carry = self._size
        depth = 0
        while carry & 1:
            node = sha256(_NODE + levels[depth][-64:]).digest()
            depth += 1
            carry >>= 1
            if depth == len(levels):
                levels.append(bytearray())
            levels[depth] += node
        self._size = index + 1
        return index

    def extend(self, leaf_hashes: Iterable[bytes]) -> None:
        """Add leaf hashes in order."""
        for leaf in leaf_hashes:
            self.append(leaf)

    def hashes(self, level: int, start: int, end: int) -> bytes:
        """The complete subtrees of 2**level leaves with indexes start..end-1, one after the other."""
        assert 0 <= start <= end <= self._size >> level, "only complete subtrees are kept"
        return bytes(self._levels[level][start * HASH_BYTES : end * HASH_BYTES]) if start < end else b""

    def peaks(self, size: int | None = None) -> tuple[bytes, ...]:
        """The roots of the perfect subtrees of the first `size` leaves, largest first."""
        size = self._checked(size)
        return tuple(self._node(level, (size >> level) - 1) for level in _bits(size))

    def root(self, size: int | None = None) -> bytes:
        """The root over the first `size` leaves, or over all."""
        return _fold(self.peaks(size))

    def inclusion_proof(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """The siblings from leaf `index` up to the root of the first `size` leaves (RFC 6962, 2.1.1)."""
        size = self._checked(size)
        assert 0 <= index < size
        return tuple(self._path(0, index, size))

    def consistency_proof(self, old_size: int, new_size: int | None = None) -> tuple[bytes, ...]:
        """The proof that the first `old_size` leaves begin the first `new_size` (RFC 6962, 2.1.2)."""
        new_size = self._checked(new_size)
        assert 0 < old_size <= new_size, "every tree begins with the empty one: nothing to prove"
        if old_size == new_size:
            return ()
        level = (old_size & -old_size).bit_length() - 1
        index = (old_size >> level) - 1
        # The old tree's last perfect subtree is where the two histories part. If it is the whole of the
        # old tree, the verifier has it already as the old root.
        seed = [self._node(level, index)] if index else []
        return tuple(seed + self._path(level, index, new_size))

    def _checked(self, size: int | None) -> int:
        if size is None:
            return self._size
        assert 0 <= size <= self._size
        return size

    def _node(self, level: int, index: int) -> bytes:
        offset = index * HASH_BYTES
        return bytes(self._levels[level][offset : offset + HASH_BYTES])

    def _path(self, level: int, index: int, size: int) -> list[bytes]:
        """Siblings from the subtree (level, index) up to the root of the first `size` leaves."""
        path = []
        last = (size - 1) >> level
        while last:
            sibling = index ^ 1
            if sibling < last:
                offset = sibling * HASH_BYTES
                path.append(bytes(self._levels[level][offset : offset + HASH_BYTES]))
            elif sibling == last:
                path.append(self._edge(level, size))
            level += 1
            index >>= 1
            last >>= 1
        return path

    def _edge(self, level: int, size: int) -> bytes:
        """The last node at a level: the root of what lies right of the last full multiple of 2**level."""
        first = (size - 1) >> level << level
        return _fold([self._node(depth, (size >> depth) - 1) for depth in _bits(size - first)])


def _bits(number: int) -> Iterator[int]:
    """The positions of the bits that are set, highest first."""
    while number:
        position = number.bit_length() - 1
        yield position
        number ^= 1 << position


def _fold(peaks: Sequence[bytes]) -> bytes:
    """The root over perfect subtrees, largest first: the smallest two are joined until one is left."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = sha256(_NODE + peak + root).digest()
    return root


# --- checking -------------------------------------------------------------------------------------


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """The leaf hash is at `index` in the tree of this size and root (RFC 9162, section 2.1.3.2).

    Raises:
        BadInclusion: the proof does not show it; the reason says why.
    """
    if not 0 <= index < size:
        raise BadInclusion(index=index, size=size, reason="the index is not below the size")
    _require_hashes(BadInclusion, (leaf, root, *proof))
    if len(proof) != _inclusion_length(index, size):
        raise BadInclusion(index=index, size=size, reason=f"{len(proof)} hashes is not the length")
    position, last, reached = index, size - 1, leaf
    for sibling in proof:
        # Where a subtree is the last of its level and a left child, it has no sibling and rises as it is.
        while position == last and not position & 1:
            position >>= 1
            last >>= 1
        reached = node_hash(sibling, reached) if position & 1 else node_hash(reached, sibling)
        position >>= 1
        last >>= 1
    if reached != root:
        raise BadInclusion(index=index, size=size, reason="the proof leads to another root")


def verify_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """The tree of the old size and root is a prefix of the new one (RFC 9162, section 2.1.4.2).

    The old size must be above 0: the empty tree is a prefix of everything, and proves nothing.

    Raises:
        BadConsistency: the proof does not show it; the reason says why. It carries both roots.
    """

    def refuse(reason: str) -> BadConsistency:
        return BadConsistency(
            reason=reason,
            old_size=old_size,
            old_root=old_root.hex(),
            new_size=new_size,
            new_root=new_root.hex(),
        )

    if not 0 < old_size <= new_size:
        raise refuse("the old size is not between 1 and the new size")
    _require_hashes(BadConsistency, (old_root, new_root, *proof))
    if len(proof) != _consistency_length(old_size, new_size):
        raise refuse(f"{len(proof)} hashes is not the length of this proof")
    if old_size == new_size:
        if old_root != new_root:
            raise refuse("two roots for one size")
        return
    level = (old_size & -old_size).bit_length() - 1
    position, last = (old_size >> level) - 1, (new_size - 1) >> level
    siblings = iter(proof)
    old_reached = new_reached = next(siblings) if position else old_root
    for sibling in siblings:
        while position == last and not position & 1:
            position >>= 1
            last >>= 1
        if position & 1:
            old_reached = node_hash(sibling, old_reached)
            new_reached = node_hash(sibling, new_reached)
        else:
            new_reached = node_hash(new_reached, sibling)
        position >>= 1
        last >>= 1
    if old_reached != old_root:
        raise refuse("the proof leads to another old root")
    if new_reached != new_root:
        raise refuse("the proof leads to another new root")


def _inclusion_length(index: int, size: int) -> int:
    inner = (index ^ (size - 1)).bit_length()
    return inner + (index >> inner).bit_count()


def _consistency_length(old_size: int, new_size: int) -> int:
    if old_size == new_size:
        return 0
    level = (old_size & -old_size).bit_length() - 1
    position = (old_size >> level) - 1
    return (position > 0) + _inclusion_length(position, ((new_size - 1) >> level) + 1)


def _require_hashes(error: type[BadInclusion] | type[BadConsistency], hashes: Iterable[bytes]) -> None:
    if any(len(hash_) != HASH_BYTES for hash_ in hashes):
        raise error(reason="a hash is not 32 bytes")


# --- many leaves at once --------------------------------------------------------------------------


def multiproof(tree: Tree, indexes: Iterable[int], size: int | None = None) -> tuple[bytes, ...]:
    """The fewest hashes that lead from all these leaves to the root of the first `size` leaves.

    Order: level by level from the leaves up, from left to right within a level. A hash is given for each
    node that is needed and cannot be computed from the leaves.
    """
    size = tree.size if size is None else size
    known = sorted(set(indexes))
    assert known, "a proof is of something"
    assert known[0] >= 0
    assert known[-1] < size <= tree.size
    proof: list[bytes] = []
    level, last = 0, size - 1
    while last:
        parents: list[int] = []
        at, count = 0, len(known)
        while at < count:
            index = known[at]
            if index & 1:
                proof.append(tree._node(level, index - 1))
            elif at + 1 < count and known[at + 1] == index + 1:
                at += 1
            elif index < last:
                proof.append(tree._node(level, index + 1) if index + 1 < last else tree._edge(level, size))
            parents.append(index >> 1)
            at += 1
        known = parents
        level += 1
        last >>= 1
    return tuple(proof)


def root_from_multiproof(leaves: Mapping[int, bytes], size: int, proof: Sequence[bytes]) -> bytes:
    """The root that these leaf hashes (by index) and a `multiproof` for the same size lead to.

    The caller compares it with a root it trusts: only then is anything proven.

    Raises:
        BadInclusion: no leaves, an index not below the size, or a proof of another length.
    """
    indexes = sorted(leaves)
    if not indexes or indexes[0] < 0 or indexes[-1] >= size:
        raise BadInclusion(size=size, reason="leaves must be given, with indexes below the size")
    hashes = [leaves[index] for index in indexes]
    _require_hashes(BadInclusion, hashes)
    _require_hashes(BadInclusion, proof)
    siblings = iter(proof)
    last = size - 1
    try:
        while last:
            indexes, hashes = _one_level_up(indexes, hashes, last, siblings)
            last >>= 1
    except StopIteration:
        raise BadInclusion(size=size, reason="the proof has too few hashes") from None
    if next(siblings, None) is not None:
        raise BadInclusion(size=size, reason="the proof has too many hashes")
    return hashes[0]


def _one_level_up(
    indexes: list[int], hashes: list[bytes], last: int, siblings: Iterator[bytes]
) -> tuple[list[int], list[bytes]]:
    """The parents of these nodes, taking from the proof each sibling that is not among them."""
    parents: list[int] = []
    joined: list[bytes] = []
    at, count = 0, len(indexes)
    while at < count:
        index, reached = indexes[at], hashes[at]
        if index & 1:
            reached = sha256(_NODE + next(siblings) + reached).digest()
        elif at + 1 < count and indexes[at + 1] == index + 1:
            at += 1
            reached = sha256(_NODE + reached + hashes[at]).digest()
        elif index < last:
            reached = sha256(_NODE + reached + next(siblings)).digest()
        parents.append(index >> 1)
        joined.append(reached)
        at += 1
    return parents, joined
