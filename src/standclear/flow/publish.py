"""Publishing: a head for witnesses and readers, at most once a second, stored before it is shown."""

from __future__ import annotations

import asyncio

from standclear.flow.identity import ServiceKeys
from standclear.flow.ports import LogStore, StoredHead
from standclear.flow.submit import Sequencer
from standclear.limits import PUBLISH_EVERY_MS
from standclear.statements.compose import Fresh
from standclear.tlog.checkpoint import Checkpoint
from standclear.tlog.heads import GREASE_BYTES, published_head
from standclear.tlog.merkle import Tree


class Publisher:
    """Signs the durable head with Ed25519 and ML-DSA-44 when the log has grown."""

    def __init__(
        self, *, store: LogStore, tree: Tree, keys: ServiceKeys, fresh: Fresh, sequencer: Sequencer
    ) -> None:
        self._store = store
        self._tree = tree
        self._keys = keys
        self._fresh = fresh
        self._sequencer = sequencer
        self._grown = asyncio.Event()
        kept = store.find_note("published")
        self.size, self.note = (0, b"") if kept is None else kept
        if sequencer.durable.size > self.size:  # the process ended before the newest head was published
            self._grown.set()

    def grown(self) -> None:
        """The durable log is longer than it was."""
        self._grown.set()

    async def run(self) -> None:
        """Publish whenever the log has grown, until cancelled."""
        while True:
            await self._grown.wait()
            self._grown.clear()
            await self._publish()
            await asyncio.sleep(PUBLISH_EVERY_MS / 1000)

    async def _publish(self) -> None:
        """As `publish_now`, and nobody waits for the disk meanwhile."""
        head = self._sequencer.durable
        if head.size > self.size:
            text = self._signed(head)
            await asyncio.to_thread(self._store.put_note, "published", head.size, text)
            if head.size > self.size:
                self.size, self.note = head.size, text

    def publish_now(self) -> bytes:
        """Publish the durable head unless it is published already, and give its note."""
        head = self._sequencer.durable
        if head.size > self.size:
            text = self._signed(head)
            self._store.put_note("published", head.size, text)
            self.size, self.note = head.size, text
        return self.note

    def _signed(self, head: StoredHead) -> bytes:
        checkpoint = Checkpoint(origin=self._keys.origin, size=head.size, root=head.root)
        note = published_head(checkpoint, self._keys.head, self._keys.lasting, self._fresh(GREASE_BYTES))
        return note.to_bytes()
