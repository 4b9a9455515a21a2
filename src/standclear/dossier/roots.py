"""Who signed the head, whose log it is, and that every entry is in its tree (checks 2, 3 and 4)."""

from __future__ import annotations

from collections.abc import Mapping

from standclear.dossier.format import Dossier
from standclear.dossier.opened import Names, Opened
from standclear.dossier.report import Findings
from standclear.errors import BadInclusion, QuorumMissed, StandclearError
from standclear.statements.parties import Charter
from standclear.tlog.checkpoint import Checkpoint, parse_checkpoint
from standclear.tlog.cosignature import SignedCheckpoint, open_checkpoint
from standclear.tlog.merkle import root_from_multiproof
from standclear.tlog.note import VerifierKey, parse_note, parse_vkey
from standclear.tlog.policy import Policy, open_by_policy


def read_head(dossier: Dossier, findings: Findings) -> Checkpoint | None:
    """The head that the dossier stands on, as it says of itself."""
    try:
        return parse_checkpoint(parse_note(dossier.note.encode("utf-8")).text)
    except StandclearError as error:
        findings.broken(2, "the head", f"it cannot be read: {error}")
        return None


def read_charter(opened: Mapping[int, Opened]) -> Charter | None:
    """The charter, if entry 0 is one and its body is at hand."""
    body = opened[0].first_body() if 0 in opened else None
    return body if isinstance(body, Charter) else None


# --- 2 -----------------------------------------------------------------------------------------------


def check_head(
    dossier: Dossier, charter: Charter | None, policy: Policy | None, findings: Findings
) -> SignedCheckpoint | None:
    """(2) The head is signed as the policy asks; None if nothing was proven.

    Without a policy the keys that the charter itself names are tried: that shows one hand, and not whose.
    """
    note = dossier.note.encode("utf-8")
    if policy is None:
        _check_by_charter(note, charter, findings)
        return None
    try:
        signed = open_by_policy(note, policy)
    except QuorumMissed as error:
        findings.broken(
            2, "the head", f"the witnesses that the policy asks for have not cosigned it: {error}"
        )
        return None
    except StandclearError as error:
        findings.broken(2, "the head", f"it is not signed by a log that the policy trusts: {error}")
        return None
    have = {one.key for one in signed.verified}
    wanted = [log.key for log in policy.logs if log.key.name == signed.checkpoint.origin]
    for key in wanted:
        if key not in have:
            findings.broken(2, "the head", f"the policy's key {named(key)} has not signed it")
    if charter is not None and {key.to_text() for key in wanted} != set(charter.log_keys):
        findings.unproven(2, "the charter", "it names other keys of this log than the policy does")
    witnesses = sorted(w.name for w in policy.witnesses if w.key in have)
    cosigned = f"; cosigned by {', '.join(witnesses)}" if witnesses else "; the policy asks for no witness"
    findings.holds(2, f"signed by {len(wanted)} key(s) of {signed.checkpoint.origin}{cosigned}")
    return signed


def _check_by_charter(note: bytes, charter: Charter | None, findings: Findings) -> None:
    findings.unproven(2, "the head", "no policy was given: it is consistent at most, and by whom is unproven")
    if charter is None:
        return
    keys = []
    for text in charter.log_keys:
        try:
            keys.append(parse_vkey(text))
        except StandclearError as error:
            findings.broken(3, "the charter", f"it names a log key that is none: {error}")
    try:
        signed = open_checkpoint(note, keys)
    except StandclearError as error:
        findings.broken(2, "the head", f"not even the keys that the charter names have signed it: {error}")
        return
    missing = [key for key in keys if key not in {one.key for one in signed.verified}]
    for key in missing:
        findings.broken(2, "the head", f"the charter's key {named(key)} has not signed it")


def named(key: VerifierKey) -> str:
    """A key of a policy as a person may compare it."""
    kind = {1: "Ed25519", 4: "Ed25519 witness", 6: "ML-DSA-44"}.get(key.kind, str(key.kind))
    return f"{key.name} {kind} {key.key_id.hex()}"


# --- 3 -----------------------------------------------------------------------------------------------


def check_charter(
    dossier: Dossier, head: Checkpoint | None, opened: Mapping[int, Opened], names: Names, findings: Findings
) -> None:
    """(3) Entry 0 is the charter, it names this origin, and every statement names this charter as its log."""
    charter = read_charter(opened)
    if charter is None:
        findings.broken(
            3, "entry 0", "it is not a charter, or its body is not at hand: nothing says whose log this is"
        )
        return
    before = len(findings.found[3])
    if head is not None and head.origin != charter.origin:
        findings.broken(
            3, "the charter", f"it is the charter of {charter.origin}, the head is {head.origin}'s", 0
        )
    if (dossier.origin, dossier.exercise) != (charter.origin, charter.exercise):
        findings.broken(3, "the first line", "its origin or its word of exercise is not the charter's")
    log = opened[0].sid
    for one in opened.values():
        if one.header.log != (None if one.index == 0 else log):
            findings.broken(3, names.entry(one.index), "it was signed for another log", one.index)
    if len(findings.found[3]) == before:
        exercise = "EXERCISE: nothing in it is real" if charter.exercise else "not an exercise"
        findings.holds(3, f"{charter.name} ({exercise}), kept by {charter.service_name}")


# --- 4 -----------------------------------------------------------------------------------------------


def check_tree(dossier: Dossier, head: Checkpoint, leaves: Mapping[int, bytes], findings: Findings) -> None:
    """(4) The shared proof leads from the entries to the root of the head."""
    beyond = [index for index in leaves if index >= head.size]
    for index in beyond:
        findings.broken(4, f"entry {index}", f"the head has {head.size} entries only", index)
    if beyond:
        return
    try:
        root = root_from_multiproof(leaves, head.size, dossier.hashes)
    except BadInclusion as error:
        findings.broken(4, "the proof", f"it does not lead to a root: {error}")
        return
    if root != head.root:
        findings.broken(
            4,
            "the proof",
            "the entries do not lead to the root of the head: one of them, or the proof, was changed or moved",
        )
    elif len(leaves) == head.size:
        findings.holds(4, f"these are all {head.size} entries of the log up to this head, and no other")
    else:
        findings.holds(4, f"{len(leaves)} of the log's {head.size} entries, each where it says")
