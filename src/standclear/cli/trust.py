"""What a desk checks for itself, so that it need not believe its service: receipts, the log's growth, its own inbox.

1. The log's keys are pinned: from a policy file that came by another way, or as they were first shown, and then it says so.
2. A receipt counts when its head is signed by a pinned key and leads from this very statement's entry to the head's root.
3. A head counts when the log only grew between it and the newest head that this desk holds. Two heads that are not one
   history are kept, both, as evidence, and nothing more is said through such a service.
4. The inbox head that a desk signs is computed here, from what it was shown; it never signs one that it was told.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from standclear.cli.home import Home
from standclear.errors import BadConsistency, ForkSuspected, Mismatch, NotFound
from standclear.statements.canonical import b64u, from_b64u
from standclear.statements.entry import entry_bytes
from standclear.statements.envelope import envelope_from_value
from standclear.statements.header import SeenHead
from standclear.statements.lists import REF_BYTES, inbox_leaf
from standclear.tlog.checkpoint import Checkpoint
from standclear.tlog.cosignature import SignedCheckpoint, open_checkpoint
from standclear.tlog.merkle import Frontier, leaf_hash, verify_consistency, verify_inclusion
from standclear.tlog.note import VerifierKey, parse_vkey
from standclear.tlog.policy import Policy, PolicyLog, parse_policy, require_log_signature
from standclear.tlog.proof import parse_proof

Prove = Callable[[int, int], Sequence[bytes]]
"""The service's proof that a head of the second size continues one of the first."""

_NOTE = "trust"
_INBOX = "inbox-{party}"


class Trust:
    """The keys and the newest head that a desk's home holds of its log."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._kept: dict[str, Any] = home.noted(_NOTE) or {"head": None, "how": "", "keys": []}

    @property
    def is_pinned(self) -> bool:
        return bool(self._kept["keys"])

    @property
    def how(self) -> str:
        """ "policy": the keys came by another way than the service. "first use": as the service first showed them."""
        return str(self._kept["how"])

    @property
    def keys(self) -> tuple[VerifierKey, ...]:
        """The pinned keys of the log."""
        return tuple(parse_vkey(text) for text in self._kept["keys"])

    @property
    def head(self) -> Checkpoint | None:
        """The newest head that was checked here."""
        kept = self._kept["head"]
        if kept is None:
            return None
        return Checkpoint(origin=kept["origin"], size=kept["size"], root=from_b64u(kept["root"], 32, "root"))

    # --- 1. the keys ----------------------------------------------------------------------------------

    def pin_shown(self, shown: Iterable[str]) -> None:
        """Pin the keys that a service shows, unless some are pinned already.

        Raises:
            Mismatch: it shows other keys than the pinned ones.
        """
        keys = sorted(shown)
        if not self.is_pinned:
            self._keep(how="first use", keys=keys)
        elif keys != self._kept["keys"]:
            raise Mismatch(
                what="the log's keys",
                reason="the service shows other keys than were pinned here",
                remedy="ask its keeper, by another way, for log.policy; then: standclear log trust --policy FILE",
            )

    def pin_policy(self, policy: bytes, shown: Iterable[str]) -> None:
        """Pin the keys of a policy file, if they are the ones that the service shows and that signed what is held here.

        Raises:
            Mismatch: they are not.
            BadNote, Malformed: it is no policy file.
        """
        keys = sorted(log.key.to_text() for log in parse_policy(policy).logs)
        if keys != sorted(shown):
            raise Mismatch(
                what="the log's keys",
                reason="the policy names other keys than the service shows",
                remedy="do not use this service until its keeper has explained it",
            )
        if self.is_pinned and keys != self._kept["keys"]:
            raise Mismatch(
                what="the log's keys",
                reason="what this desk holds was signed by other keys than the policy names",
                remedy="keep this home as evidence, and set up another",
            )
        self._keep(how="policy", keys=keys)

    # --- 2, 3. receipts and heads -----------------------------------------------------------------------

    def check_receipt(self, text: bytes, integrated_ms: int, receipt: bytes, prove: Prove) -> None:
        """Check the receipt of a statement (the text that was submitted), and take its head for the newest.

        Raises:
            BadNote, BadCheckpoint, BadInclusion: it is no receipt of this statement in this log.
            ForkSuspected: its head and the one held here are not one history; both notes are kept.
        """
        envelope = envelope_from_value(json.loads(text)["envelope"])
        proof = parse_proof(receipt)
        signed = self._open(proof.checkpoint_note)
        head = signed.checkpoint
        leaf = leaf_hash(entry_bytes(integrated_ms, envelope.to_bytes()))
        verify_inclusion(leaf, proof.index, head.size, proof.hashes, head.root)
        self._take(head, proof.checkpoint_note, prove)

    def check_head(self, note: bytes, prove: Prove) -> Checkpoint:
        """Check a published head in the same way, and give it."""
        head = self._open(note).checkpoint
        self._take(head, note, prove)
        return head

    def seen(self, log: bytes) -> tuple[SeenHead, ...]:
        """The newest head, as the next statement says that it was seen: whoever forks the log later has this against him."""
        head = self.head
        return () if head is None or head.size == 0 else (SeenHead(log=log, size=head.size, root=head.root),)

    def _open(self, note: bytes) -> SignedCheckpoint:
        keys = self.keys
        signed = open_checkpoint(note, keys)
        logs = tuple(PolicyLog(key=key) for key in keys)
        require_log_signature(signed, Policy(logs=logs, witnesses=(), groups=(), quorum="none"))
        return signed

    def _take(self, head: Checkpoint, note: bytes, prove: Prove) -> None:
        held = self.head
        if held is not None:
            self._require_one_history(held, head, note, prove)
        if held is None or head.size > held.size:
            told = {
                "note": note.decode("utf-8"),
                "origin": head.origin,
                "root": b64u(head.root),
                "size": head.size,
            }
            self._keep(head=told)

    def _require_one_history(self, held: Checkpoint, head: Checkpoint, note: bytes, prove: Prove) -> None:
        old, new = sorted((held, head), key=lambda one: one.size)
        if old.size == 0:
            return
        try:
            proof = () if old.size == new.size else tuple(prove(old.size, new.size))
            verify_consistency(old.size, old.root, new.size, new.root, proof)
        except (
            BadConsistency,
            NotFound,
        ) as error:  # a log that has lost what it signed is no better than a forked one
            raise self._fork(held, head, note) from error

    def _fork(self, held: Checkpoint, head: Checkpoint, note: bytes) -> ForkSuspected:
        paths = [
            self._home.keep_evidence(f"head-{held.size}.note", self._kept["head"]["note"].encode("utf-8")),
            self._home.keep_evidence(f"head-{head.size}-other.note", note),
        ]
        return ForkSuspected(
            ours=held.size,
            theirs=head.size,
            reason="the service signed two histories of one log",
            evidence=", ".join(str(path) for path in paths),
            remedy="say nothing more through it; send both notes to the other parties and the monitor, by another way",
        )

    def _keep(self, **changed: Any) -> None:
        self._kept |= changed
        self._home.note(_NOTE, self._kept)


# --- 4. the inbox -----------------------------------------------------------------------------------


class HeldInbox:
    """How far a desk has walked through its party's inbox, and the root that it computed on the way."""

    def __init__(self, home: Home, party: bytes) -> None:
        self._home = home
        self._name = _INBOX.format(party=party.hex())
        kept = home.noted(self._name)
        self._frontier = (
            Frontier()
            if kept is None
            else Frontier.from_peaks(kept["n"], [from_b64u(peak, 32, "peak") for peak in kept["peaks"]])
        )

    @property
    def n(self) -> int:
        return self._frontier.size

    @property
    def kept(self) -> tuple[int, bytes]:
        """The head that was computed last."""
        return self._frontier.size, self._frontier.root()

    def head(self, told: tuple[int, bytes], walk: Callable[[int], Iterable[Any]]) -> tuple[int, bytes]:
        """The inbox head to sign: `told` is what the service says, `walk(start)` the releases from a position on, in order.

        Raises:
            Mismatch: what was shown does not give the root that was told, or fewer are told than were shown before.
        """
        n, root = told
        if n < self.n:
            raise self._withheld(n, f"this desk was shown {self.n} releases, and now is told of {n}")
        frontier = self._frontier.copy()
        for item in walk(self.n) if n > self.n else ():
            if frontier.size == n:
                break
            if item["position"] != frontier.size:
                raise self._withheld(n, f"position {frontier.size} is not shown")
            frontier.append(leaf_hash(inbox_leaf(from_b64u(item["ref"], REF_BYTES, "ref"), item["form"])))
        if frontier.size != n or frontier.root() != root:
            raise self._withheld(n, "what is shown is not what the service commits to")
        self._frontier = frontier
        self._home.note(self._name, {"n": n, "peaks": [b64u(peak) for peak in frontier.peaks]})
        return n, root

    def _withheld(self, n: int, reason: str) -> Mismatch:
        return Mismatch(
            what="the inbox",
            told=n,
            reason=reason,
            remedy="sign nothing; tell the monitor and the senders by another way that something is withheld or changed",
        )
