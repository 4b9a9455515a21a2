"""Inboxes: what was released to each party, in the order in which it was released.

An inbox is an RFC 6962 list whose leaves name an item and a form. Its head (count, root) is in every deeds statement, so
that "nothing else was told to X through this log, up to size s" can be shown, and an omission is a proof of fraud.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from standclear.statements.lists import inbox_leaf
from standclear.tlog.merkle import Tree, leaf_hash


@dataclass(slots=True)
class Inbox:
    """One party's releases. Lists run in parallel: reference, form, the entry that caused it, and the log's time."""

    tree: Tree = field(default_factory=Tree)
    refs: list[bytes] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    indexes: list[int] = field(default_factory=list)
    times_ms: list[int] = field(default_factory=list)
    position_of: dict[bytes, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.refs)

    def release(self, ref: bytes, form: str, index: int, now_ms: int) -> int:
        """Add one release and return its position. What was released before keeps its first position."""
        position = len(self.refs)
        self.tree.append(leaf_hash(inbox_leaf(ref, form)))
        self.refs.append(ref)
        self.forms.append(form)
        self.indexes.append(index)
        self.times_ms.append(now_ms)
        self.position_of.setdefault(ref, position)
        return position

    def head(self) -> tuple[int, bytes]:
        """How many releases, and their root."""
        return len(self.refs), self.tree.root()

    def holds_head(self, n: int, root: bytes) -> bool:
        """Whether the inbox once had exactly this head."""
        return n <= len(self.refs) and self.tree.root(n) == root


class Inboxes:
    """The inboxes of all parties; one that was never released anything has an empty one."""

    def __init__(self) -> None:
        self.of: dict[bytes, Inbox] = {}

    def inbox(self, party: bytes) -> Inbox:
        found = self.of.get(party)
        if found is None:
            found = self.of[party] = Inbox()
        return found

    def holders(self, ref: bytes) -> list[bytes]:
        """The parties that an item was released to."""
        return [party for party, inbox in self.of.items() if ref in inbox.position_of]
