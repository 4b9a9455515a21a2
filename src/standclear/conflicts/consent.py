"""Consent: whether what is filed for somebody else is released to those that somebody agreed to, and no others (G1)."""

from __future__ import annotations

from standclear.conflicts.outcome import Outcome
from standclear.statements.lists import Slot
from standclear.statements.notices import Notice, Owner
from standclear.statements.submission import Submission


def mark_consent(submission: Submission, filer: str, now_ms: int, outcome: Outcome) -> None:
    """Label a filing for somebody else by its consent. It refuses nothing: the owner and the consent are on record.

    `filer` is the name of the party that files, `now_ms` the time at which the log took it. A consent counts as later
    if it is later than the filing by the sender's clock or by the log's.
    """
    owners = {
        body.owner
        for body in submission.bodies["exact"]
        if isinstance(body, Notice) and body.owner is not None
    }
    filed_ms = min(submission.header.stated_ms, now_ms)
    if any(_is_beyond(slot, owner) for owner in owners for slot in _released(submission)):
        outcome.mark("beyond_consent")
    if any(owner.consented_ms > filed_ms for owner in owners):
        outcome.mark("consent_later")
    if any(owner.name.casefold() == filer.casefold() for owner in owners):
        outcome.mark("owner_is_filer")


def _released(submission: Submission) -> list[Slot]:
    sender = submission.header.sender.party
    return [slot for slot in submission.slots if slot.when != "never" and slot.party != sender]


def _is_beyond(slot: Slot, owner: Owner) -> bool:
    return owner.consent_to is not None and slot.party not in owner.consent_to
