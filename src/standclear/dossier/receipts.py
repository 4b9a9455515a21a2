"""Receipts at hand, against the dossier's history (check 4): a log that signed two histories is caught by either.

A receipt is a tlog-proof that the log gave to somebody. It comes in the dossier, with the entry as its holder knows it,
or beside the dossier, from a party that does not trust whoever made it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from standclear.dossier.opened import Names
from standclear.dossier.report import Findings
from standclear.errors import BadInclusion, StandclearError
from standclear.statements.entry import parse_entry
from standclear.statements.header import parse_header
from standclear.statements.parties import Charter
from standclear.tlog.checkpoint import Checkpoint
from standclear.tlog.cosignature import open_checkpoint
from standclear.tlog.merkle import Frontier, leaf_hash, verify_inclusion
from standclear.tlog.note import parse_vkey
from standclear.tlog.policy import Policy, PolicyLog, require_log_signature
from standclear.tlog.proof import TlogProof, parse_proof


def policy_of_charter(charter: Charter) -> Policy:
    """The charter's own keys as a policy: they show one hand, and not whose."""
    keys = []
    for text in charter.log_keys:
        try:
            keys.append(PolicyLog(key=parse_vkey(text)))
        except StandclearError:
            continue  # said at (3)
    return Policy(logs=tuple(keys), witnesses=(), groups=(), quorum="none")


@dataclass(slots=True, kw_only=True)
class History:
    """The dossier's history, as far as it is at hand: leaf hashes by index, and the root at every size if all are."""

    head: Checkpoint
    leaves: Mapping[int, bytes]
    roots: Sequence[bytes]

    @classmethod
    def of(cls, head: Checkpoint, leaves: Mapping[int, bytes]) -> History:
        """The history that these leaves make."""
        if set(leaves) != set(range(head.size)):
            return cls(head=head, leaves=leaves, roots=())
        frontier = Frontier()
        roots = [frontier.root()]
        for index in range(head.size):
            frontier.append(leaves[index])
            roots.append(frontier.root())
        return cls(head=head, leaves=leaves, roots=roots)


def check_receipts(
    held: Sequence[tuple[str, bytes, bytes | None]],
    history: History,
    policy: Policy,
    names: Names,
    findings: Findings,
) -> None:
    """(4) Each receipt (where it came from, the tlog-proof, the entry if its holder gave it) is of this history."""
    of_this_history = 0
    for about, proof, entry in held:
        try:
            parsed = parse_proof(proof)
            signed = open_checkpoint(parsed.checkpoint_note, policy.keys())
            require_log_signature(signed, policy)
        except StandclearError as error:
            findings.broken(4, about, f"it is no receipt of this log: {error}")
            continue
        what = f"{about}, for {_what(entry, names) or names.entry(parsed.index)}"
        fault = _fault(parsed, signed.checkpoint, entry, history)
        if fault:
            findings.broken(4, what, fault, parsed.index)
        elif not history.roots:
            findings.unproven(4, what, "its head could not be compared: not all entries are in this dossier")
        else:
            of_this_history += 1
    if of_this_history:
        findings.holds(4, f"{of_this_history} receipt(s) at hand are of this history")


def _fault(parsed: TlogProof, signed: Checkpoint, entry: bytes | None, history: History) -> str:
    """Why a receipt is not of this history; empty if nothing speaks against it."""
    leaf = history.leaves.get(parsed.index) if entry is None else leaf_hash(entry)
    if signed.size > history.head.size:
        return (
            f"the log signed a head of {signed.size} entries to its holder, and this one has {history.head.size}: "
            "it was rolled back, or this dossier was made before the receipt"
        )
    if leaf is None:
        return ""
    try:
        verify_inclusion(leaf, parsed.index, signed.size, parsed.hashes, signed.root)
    except BadInclusion:
        return "the entry that it was given for is not the one that stands here: dropped, changed or moved"
    if history.leaves.get(parsed.index, leaf) != leaf:
        return f"another entry stands at {parsed.index} now: the one receipted was dropped, changed or moved"
    if history.roots and history.roots[signed.size] != signed.root:
        return f"the log signed another history of {signed.size} entries to its holder: it is forked"
    return ""


def _what(entry: bytes | None, names: Names) -> str:
    """What a receipted entry says that it is, as its holder knows it."""
    if entry is None:
        return ""
    try:
        header = parse_header(parse_entry(entry).envelope.payload)
    except StandclearError:
        return "an entry that cannot be read"
    return f"a {header.kind} of {names.party(header.sender.party)}"
