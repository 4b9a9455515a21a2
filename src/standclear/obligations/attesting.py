"""Attesting: what may be answered without a key, and what such an answer does to ladders and matters (G1).

An answer by link, code or voice is somebody's word that it came. It quiets the timer of the desk that gave it, is a rung of
nothing, and is never counted as signed. docs/spec/duties.md prints the tables, and a test compares them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from standclear.conflicts.outcome import Outcome
from standclear.obligations.ladder import Attested, Ladder
from standclear.obligations.ledger import Ledger
from standclear.obligations.matters import Matters
from standclear.statements.asking import Contact
from standclear.statements.deeds import LINE_ANSWERED, AttestedRecord
from standclear.statements.header import Header
from standclear.statements.lists import WHOLE_ITEM, split_ref

OFFERS: Final[Mapping[str, tuple[str, ...]]] = {
    "a stop-fire call": ("heard", "passed_to", "ceased", "not_ours", "cannot_reach"),
    "an inquiry, a consultation, a request for agreement": ("heard",),
    "a routine line check": (LINE_ANSWERED,),
    "a release": ("noted", "will_avoid", "will_adjust", "cannot_avoid", "disputed"),
}
"""What is offered to whoever has no key at hand, by what a message is about. A real answer to a question needs a key."""

ATTESTING: Final = frozenset({"answered", "read_back_correct"})
"""The results of a contact that are an answer. To have told somebody is none: nobody answered."""


def offered(
    ledger: Ledger, matters: Matters, duty: str, sid: bytes, party: bytes, silent: bytes | None
) -> tuple[str, ...]:
    """What a desk of `party` may answer, by link or code, to the message of a duty; nothing where it owes no answer.

    A ring is answerable before its call is on record: it goes out first.
    """
    call, question, check, release = OFFERS.values()
    if duty == "ring":
        return call
    if duty == "line_check":
        return check
    if duty not in ("deliver", "escalate") or (duty == "escalate" and silent != party):
        return ()
    matter = matters.of_sid.get(sid)
    if matter is not None and party in matter.asked:
        return call if matter.kind == "emergency" else question
    return release if any(one.party == party for one in ledger.of_sid.get(sid, ())) else ()


def one_answer(record: AttestedRecord) -> AttestedRecord:
    """What makes a record this answer and no other: all but its salt, and where what was answered stands."""
    return replace(record, inbox_start=0, inbox_end=0, salt=bytes(16))


def attest_record(
    ledger: Ledger, matters: Matters, source: bytes, service: bytes, record: AttestedRecord
) -> None:
    """Take in the service's word that an answer came by link or code."""
    answer = Attested(
        by=record.by,
        channel=record.channel,
        answer=record.answer,
        at_ms=record.at_ms,
        attester=service,
        source=source,
    )
    ledger.attest(record.party, record.sid, record.inbox_start, record.inbox_end, answer)
    matters.attest(record.party, record.sid, answer)


def attest_contact(
    ledger: Ledger,
    matters: Matters,
    sid: bytes,
    header: Header,
    body: Contact,
    cites: Sequence[bytes],
    outcome: Outcome,
    represented_by: bytes | None = None,
) -> None:
    """Take in a desk's word that a party answered it outside the system: by call, radio, paper, face to face.

    It counts for what the contact names whole: a statement in `re`, or all items of a release in `cites`. Only who is owed
    the answer, a monitor, or (`represented_by`) the party that represents one without a key, may so attest it: another's
    word would quiet an alarm that is not its own.
    """
    if body.party is None or body.result not in ATTESTING:
        return
    answer = Attested(
        by="contact",
        channel=body.channel,
        answer=body.result,
        at_ms=body.at_ms,
        attester=header.sender.party,
        source=sid,
    )
    is_represented = represented_by == header.sender.party
    sender, about = header.sender.party, dict.fromkeys(_sids(header.re, cites))
    for ladder in _named(ledger, body.party, header.re, cites):
        about[ladder.sid] = None
        if is_represented or sender == ladder.sender or sender in ladder.monitors:
            ledger.attest(ladder.party, ladder.sid, ladder.start, ladder.end, answer)
        else:
            outcome.mark("attests_for_another")
    for one in about:
        matter = matters.of_sid.get(one)
        if matter is not None and body.party in matter.asked:
            if is_represented or sender == matter.opener or sender in matter.monitors:
                matters.attest(body.party, one, answer)
            else:
                outcome.mark("attests_for_another")


def _sids(re: Iterable[bytes], cites: Sequence[bytes]) -> Iterator[bytes]:
    """The statements that are named whole, each once."""
    whole = (split_ref(ref) for ref in cites)
    yield from dict.fromkeys([*re, *(sid for sid, item in whole if item == WHOLE_ITEM)])


def _named(ledger: Ledger, party: bytes, re: Iterable[bytes], cites: Sequence[bytes]) -> Iterator[Ladder]:
    """The party's ladders that are named whole: a list of which one row was read out by telephone is not."""
    whole = set(_sids(re, cites))
    rows = set(cites)
    for sid in dict.fromkeys([*whole, *(split_ref(ref)[0] for ref in cites)]):
        for ladder in ledger.of_sid.get(sid, ()):
            if ladder.party == party and (sid in whole or ledger.refs_of(ladder) <= rows):
                yield ladder
