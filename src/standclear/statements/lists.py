"""Salted lists and commitments: what a header says of things that it does not show.

A header holds digests only. Whoever is shown the salt and the leaves can check them, prove that one leaf is
among them, or (the leaves being sorted) that one is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from standclear.errors import Malformed, Mismatch
from standclear.keys import sha256
from standclear.statements.canonical import Value, b64u, canonical
from standclear.statements.fields import Fields, raw_reader
from standclear.tlog.merkle import leaf_hash, root_of

WHOLE_ITEM = 0xFFFF_FFFF  # "item" of a reference to a whole statement, and "new item" of an ending

REF_BYTES = 36


def ref_of(sid: bytes, item: int) -> bytes:
    """The 36-byte name of one item: the statement's sid, then the item's number (big-endian)."""
    return sid + item.to_bytes(4, "big")


def split_ref(ref: bytes) -> tuple[bytes, int]:
    """A reference taken apart: (sid, item)."""
    return ref[:32], int.from_bytes(ref[32:36], "big")


def commit_of(salt: bytes, body: bytes) -> bytes:
    """The commitment to one body: ``sha256("standclear/commit/v1\\n" || u64be(len) || salt || body)``."""
    return sha256(b"standclear/commit/v1\n", len(body).to_bytes(8, "big"), salt, body)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaltedList:
    """Leaves and the salt under which a header commits to them.

    ``digest = sha256("standclear/list/v1\\n" || salt[16] || u64be(n) || rfc6962_root(leaves))``: a short list cannot be
    guessed from its digest, and the digest does not say how long the list is.
    """

    salt: bytes
    leaves: tuple[bytes, ...]

    def digest(self) -> bytes:
        root = root_of([leaf_hash(leaf) for leaf in self.leaves])
        return sha256(b"standclear/list/v1\n", self.salt, len(self.leaves).to_bytes(8, "big"), root)

    def to_value(self) -> Value:
        return {"leaves": [b64u(leaf) for leaf in self.leaves], "salt": b64u(self.salt)}


def read_list(value: Value, path: str, leaf_bytes: int, most: int) -> SaltedList:
    """A salted list of at most `most` leaves of `leaf_bytes` bytes each, from its JSON value."""
    fields = Fields(value, path)
    leaves = fields.many("leaves", raw_reader(leaf_bytes), most)
    salted = SaltedList(salt=fields.raw("salt", 16), leaves=leaves)
    fields.done()
    return salted


def check_sorted(salted: SaltedList, path: str) -> None:
    """Refuse leaves that are not in strictly rising order: only sorted lists prove what is *not* in them."""
    leaves = salted.leaves
    if any(leaves[i] >= leaves[i + 1] for i in range(len(leaves) - 1)):
        raise Malformed(path, "not sorted, or a leaf twice", "sort the references by their bytes, each once")


def check_digest(salted: SaltedList, digest: bytes | None, path: str) -> None:
    """Refuse a list that is not the one the header commits to."""
    if digest is None or salted.digest() != digest:
        raise Mismatch(field=path, reason="not the list that the header commits to")


FORMS = ("exact", "widened", "desk")
WHENS = ("now", "on_meet", "never")
TRAVELS = ("desk", "party", "onward")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A recipient's salted place in a header: who, which form, when, and how far it may travel.

    `party` None means any party of the arrangement. `items` is the digest of the list of the commitments of that form.
    Its digest stands in the header; the opening is shown to that recipient, the service and the monitors only.
    """

    party: bytes | None
    form: str
    when: str
    travel: str
    items: bytes
    salt: bytes

    def to_value(self) -> Value:
        return {
            "form": self.form,
            "items": b64u(self.items),
            "party": "*" if self.party is None else b64u(self.party),
            "salt": b64u(self.salt),
            "travel": self.travel,
            "when": self.when,
        }

    def digest(self) -> bytes:
        return sha256(b"standclear/slot/v1\n", canonical(self.to_value()))


def read_slot(value: Value, path: str) -> Slot:
    """One slot's opening from its JSON value."""
    fields = Fields(value, path)
    party = fields.take("party")
    slot = Slot(
        party=None if party == "*" else Fields({"party": party}, path).raw("party", 16),
        form=fields.choice("form", FORMS),
        when=fields.choice("when", WHENS),
        travel=fields.choice("travel", TRAVELS),
        items=fields.raw("items", 32),
        salt=fields.raw("salt", 16),
    )
    fields.done()
    return slot


def padded_slots(digests: Sequence[bytes], filling: Sequence[bytes]) -> tuple[bytes, ...]:
    """Slot digests in sorted order, filled up to a power of two so that a header does not say how many were told.

    `filling` gives the random digests to fill with; as many are used as are needed.
    """
    wanted = 1
    while wanted < len(digests):
        wanted *= 2
    return tuple(sorted([*digests, *filling[: wanted - len(digests)]]))


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxHead:
    """How many releases a party's inbox holds, and their RFC 6962 root; salted where a header commits to it."""

    n: int
    root: bytes
    salt: bytes

    def to_value(self) -> Value:
        return {"n": self.n, "root": b64u(self.root), "salt": b64u(self.salt)}

    def digest(self) -> bytes:
        return sha256(b"standclear/inbox/v1\n", canonical(self.to_value()))


def read_inbox_head(value: Value, path: str) -> InboxHead:
    """An inbox head's opening from its JSON value."""
    fields = Fields(value, path)
    head = InboxHead(n=fields.integer("n"), root=fields.raw("root", 32), salt=fields.raw("salt", 16))
    fields.done()
    return head


def inbox_leaf(ref: bytes, form: str) -> bytes:
    """One release as a leaf of an inbox: the reference, then one letter for the form (e, w, d)."""
    return ref + form[0].encode("ascii")
