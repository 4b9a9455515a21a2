"""Assembling a dossier from evidence: the whole log, or what is needed to answer one question.

What may be shown to whom is decided where the evidence is gathered; here it is written down, with the shared proof and
the answer that follows from it. The answer is made by the code that will check it.
"""

from __future__ import annotations

from collections.abc import Sequence

from standclear.dossier.answers import InboxView, Question, answer
from standclear.dossier.format import Dossier, EntryPart, InboxLeaves, Receipt, to_bytes
from standclear.dossier.opened import Names, Opened, open_entries
from standclear.dossier.parted import follow_roll
from standclear.dossier.report import Findings
from standclear.dossier.roots import read_charter
from standclear.errors import Malformed
from standclear.statements.roll import Roll
from standclear.tlog.checkpoint import parse_checkpoint
from standclear.tlog.merkle import Tree, multiproof
from standclear.tlog.note import parse_note


def assemble(
    *,
    note: bytes,
    tree: Tree,
    parts: Sequence[EntryPart],
    inboxes: Sequence[InboxLeaves] = (),
    receipts: Sequence[Receipt] = (),
    question: Question | None = None,
) -> bytes:
    """A dossier under a published head (a signed note), of these entries in rising order of index.

    Raises:
        Malformed: entry 0, the charter with its body, is not among them, or an entry is beyond the head.
    """
    head = parse_checkpoint(parse_note(note).text)
    if not parts or parts[-1].index >= head.size:
        raise Malformed("entries", "none, or beyond the published head", "publish a newer head first")
    names = Names(parts)
    opened = open_entries(parts, names, Findings())
    charter = read_charter(opened)
    if charter is None:
        raise Malformed("entries", "the charter is not among them", "begin with entry 0 and its body")
    claims = None
    if question is not None:
        leaves = next((one.leaves for one in inboxes if one.party == question.party), ())
        claims = answer(question, InboxView(leaves), opened, _roll(opened, names))
    return to_bytes(
        Dossier(
            origin=charter.origin,
            exercise=charter.exercise,
            asks=None if question is None else question.to_value(),
            claims=claims,
            note=note.decode("utf-8"),
            entries=tuple(parts),
            inboxes=tuple(inboxes),
            receipts=tuple(receipts),
            hashes=multiproof(tree, [part.index for part in parts], head.size),
        )
    )


def _roll(opened: dict[int, Opened], names: Names) -> Roll:
    return follow_roll(opened, names, Findings())
