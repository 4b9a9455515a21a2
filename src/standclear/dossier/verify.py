"""Verifying a dossier: sixteen checks, each with its findings. Nothing is asked of anybody, and nothing is raised.

     1  the file's form, and the digest over every byte
     2  the head is signed by the log, and by the witnesses, that the policy trusts
     3  the charter is entry 0 and is the log that every statement names; an exercise says so
     4  every entry is in the tree of that head; every receipt at hand is of the same tree
     5  the log's times do not go back
     6  no statement stands twice
     7  every statement is signed by keys that counted at its place
     8  the chain of each key: gaps and forks
     9  slots, lists and inbox heads are the ones that the headers commit to
    10  bodies are the ones committed to; every form contains the exact volume
    11  the deeds' records are the ones that the service signed; their effects leave no entry out
    12  inbox heads: what was told to each party, and that nothing else was
    13  meetings: each decision repeated; none hidden
    14  effects: what each entry did, what each activity was aware of
    15  acknowledgements are by a person's key, of what was released to its party
    16  the answer to the question that was asked

The trust roots come from outside (`policy`); without them the dossier is consistent at most, and by whom is unproven.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from standclear.dossier.answers import (
    InboxView,
    answer,
    check_acknowledgements,
    check_answer,
    read_question,
)
from standclear.dossier.format import Dossier
from standclear.dossier.opened import Names, Opened, open_entries
from standclear.dossier.order import check_sids, check_times
from standclear.dossier.parted import (
    check_effect_records,
    check_forms_contain,
    check_inboxes,
    check_meetings,
    follow_roll,
)
from standclear.dossier.reading import Fault, read_dossier
from standclear.dossier.receipts import History, check_receipts, policy_of_charter
from standclear.dossier.refold import Refold, summarize
from standclear.dossier.report import Finding, Findings, Report
from standclear.dossier.roots import check_charter, check_head, check_tree, named, read_charter, read_head
from standclear.errors import StandclearError
from standclear.statements.canonical import Value
from standclear.statements.lists import inbox_leaf
from standclear.statements.roll import Roll
from standclear.tlog.checkpoint import Checkpoint
from standclear.tlog.cosignature import SignedCheckpoint
from standclear.tlog.merkle import leaf_hash
from standclear.tlog.policy import Policy, parse_policy


def verify(text: bytes, policy: bytes | None, receipts: Sequence[bytes] = ()) -> Report:
    """All that can be found out about a dossier, under a policy (a tlog-policy file) if there is one.

    `receipts` are tlog-proofs from elsewhere, to hold against the dossier's history.

    Raises:
        Malformed: the policy is not a policy file. Nothing of the dossier is ever raised.
    """
    trusted = None if policy is None else parse_policy(policy)
    findings = Findings()
    dossier, faults = read_dossier(text)
    names = Names(dossier.entries)
    opened = open_entries(dossier.entries, names, findings)
    _check_file(faults, len(text), names, findings)  # (1)
    head = read_head(dossier, findings)
    signed = check_head(dossier, read_charter(opened), trusted, findings)  # (2)
    check_charter(dossier, head, opened, names, findings)  # (3)
    if head is not None:
        _check_history(dossier, head, trusted, receipts, opened, names, findings)  # (4)
    check_times(opened, signed, names, findings)  # (5)
    check_sids(opened, names, findings)  # (6)
    size = 0 if head is None else head.size
    is_whole = size > 0 and set(opened) == set(range(size)) and read_charter(opened) is not None
    if is_whole:
        roll, inboxes = _check_whole(dossier, size, opened, names, findings)
    else:
        roll, inboxes = _check_part(dossier, opened, names, findings)
    _check_openings(opened, is_whole, names, findings)  # (9), (10)
    check_acknowledgements(opened, inboxes, roll, names, findings)  # (15)
    _check_question(dossier, inboxes, opened, roll, names, findings)  # (16)
    return _report(dossier, head, signed, opened, findings)


def _check_file(faults: Sequence[Fault], size: int, names: Names, findings: Findings) -> None:
    """(1) Each line that is not as the format says, with the entry it belongs to."""
    for fault in faults:
        of_entry = f", of {names.entry(fault.entry)}" if fault.entry is not None else ""
        findings.broken(1, f"line {fault.line} ({fault.kind}){of_entry}", fault.reason, fault.entry)
    if not faults:
        findings.holds(1, f"{size} bytes in canonical lines, and the digest at their end is theirs")


def _check_history(
    dossier: Dossier,
    head: Checkpoint,
    policy: Policy | None,
    aside: Sequence[bytes],
    opened: Mapping[int, Opened],
    names: Names,
    findings: Findings,
) -> None:
    """(4) One tree for all the entries and all the receipts."""
    leaves = {part.index: leaf_hash(part.text) for part in dossier.entries}
    check_tree(dossier, head, leaves, findings)
    held: list[tuple[str, bytes, bytes | None]] = [
        (f"receipt {place} of the dossier", one.proof.encode("utf-8"), one.entry)
        for place, one in enumerate(dossier.receipts, start=1)
    ]
    held += [
        (f"receipt {place} given beside the dossier", proof, None)
        for place, proof in enumerate(aside, start=1)
    ]
    charter = read_charter(opened)
    trusted = policy if policy is not None else None if charter is None else policy_of_charter(charter)
    if held and trusted is not None:
        check_receipts(held, History.of(head, leaves), trusted, names, findings)


def _check_whole(
    dossier: Dossier, size: int, opened: Mapping[int, Opened], names: Names, findings: Findings
) -> tuple[Roll, dict[bytes, InboxView]]:
    """(7, 8, 11 to 14) The whole log is at hand: everything is derived again."""
    refold = Refold(size, opened, names, findings)
    refold.run()
    summarize(refold, names, findings)
    given = {inbox.party: InboxView(inbox.leaves) for inbox in dossier.inboxes}
    if refold.doubtful_from is not None:
        check_inboxes(given, opened, names, findings)
        check_meetings(opened, names, findings)
        return refold.book.roll, given
    derived = {
        party: InboxView([inbox_leaf(ref, form) for ref, form in zip(inbox.refs, inbox.forms, strict=True)])
        for party, inbox in refold.book.inboxes.of.items()
    }
    for party, view in given.items():
        mine = derived.get(party, InboxView(()))
        if view.tree.root() != mine.tree.root():
            findings.broken(
                12, names.party(party), "the inbox given is not the one that follows from the log"
            )
    return refold.book.roll, {party: InboxView(()) for party in refold.book.roll.parties} | derived


def _check_part(
    dossier: Dossier, opened: Mapping[int, Opened], names: Names, findings: Findings
) -> tuple[Roll, dict[bytes, InboxView]]:
    """(7, 8, 11 to 14) A part of the log is at hand."""
    inboxes = {inbox.party: InboxView(inbox.leaves) for inbox in dossier.inboxes}
    roll = follow_roll(opened, names, findings)
    check_effect_records(opened, names, findings)
    check_inboxes(inboxes, opened, names, findings)
    check_meetings(opened, names, findings)
    return roll, inboxes


def _check_openings(opened: Mapping[int, Opened], refolded: bool, names: Names, findings: Findings) -> None:
    """(9, 10) What was opened was checked on opening; here is what that leaves to say."""
    slots = sum(len(one.slots) for one in opened.values())
    lists = sum((one.cites is not None) + (one.of is not None) for one in opened.values())
    heads = sum(one.inbox is not None for one in opened.values())
    findings.holds(9, f"{slots} slots, {lists} lists and {heads} inbox heads are the ones committed to")
    closed = sum(
        (one.header.cites is not None and one.cites is None) + (one.header.of is not None and one.of is None)
        for one in opened.values()
    )
    if closed:
        findings.unproven(9, f"{closed} list(s)", "are committed to and not opened in this dossier")
    check_forms_contain(opened, refolded, names, findings)


def _check_question(
    dossier: Dossier,
    inboxes: Mapping[bytes, InboxView],
    opened: Mapping[int, Opened],
    roll: Roll,
    names: Names,
    findings: Findings,
) -> None:
    """(16) The answer, from the evidence alone."""
    derived: Value = None
    if dossier.asks is not None:
        try:
            question = read_question(dossier.asks, "asks")
        except StandclearError as error:
            findings.broken(16, "the first line", f"the question cannot be read: {error}")
            return
        derived = answer(question, inboxes.get(question.party, InboxView(())), opened, roll)
    check_answer(dossier.asks, dossier.claims, derived, names, findings)


def _report(
    dossier: Dossier,
    head: Checkpoint | None,
    signed: SignedCheckpoint | None,
    opened: Mapping[int, Opened],
    findings: Findings,
) -> Report:
    charter = read_charter(opened)
    found: list[Finding] = []
    for number, ones in findings.found.items():
        broken = findings.is_broken(number)
        found += [one for one in ones if not (broken and one.grade == "holds")]
    return Report(
        origin=dossier.origin if head is None else head.origin,
        name="" if charter is None else charter.name,
        exercise=None if charter is None else charter.exercise,
        size=0 if head is None else head.size,
        entries=len(opened),
        root=b"" if head is None else head.root,
        roots=() if signed is None else tuple(named(one.key) for one in signed.verified),
        asks=dossier.asks,
        claims=dossier.claims,
        findings=tuple(found),
    )
