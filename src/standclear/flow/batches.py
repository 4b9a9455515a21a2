"""Deeds: what the service did since it last said so, gathered and composed into one signed statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from standclear.conflicts.inboxes import Inboxes
from standclear.conflicts.outcome import Outcome
from standclear.flow.identity import ServiceKeys
from standclear.keys import key_id
from standclear.obligations.erasures import Erasures
from standclear.spacetime.meet import PREDICATE_ID
from standclear.statements.canonical import b64u
from standclear.statements.carriage import CarriedRecord
from standclear.statements.compose import Fresh, sign_payload
from standclear.statements.deeds import (
    AttestedRecord,
    EffectRecord,
    InboxRecord,
    MeetsRecord,
    Record,
    ReleaseRecord,
    SentRecord,
    ShreddedRecord,
    leaves_of,
)
from standclear.statements.envelope import STATEMENT_TYPE, Envelope
from standclear.statements.header import Header, Sender
from standclear.statements.lists import SaltedList


@dataclass(slots=True)
class PendingDeeds:
    """What has happened and has not been said yet. Owned by the sequencer."""

    effects: list[EffectRecord] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.effects or self.records)

    def add(self, index: int, sid: bytes, outcome: Outcome, fresh: Fresh) -> None:
        """Note what one entry did."""
        self.effects.append(
            EffectRecord(
                index=index,
                sid=sid,
                effect=outcome.effect,
                rule=outcome.rule,
                marks=tuple(outcome.marks),
                aware_of=outcome.aware_of,
                missing=tuple(outcome.missing),
                salt=fresh(16),
            )
        )
        for release in outcome.releases:
            self.records.append(
                ReleaseRecord(
                    party=release.party,
                    sid=release.sid,
                    form=release.form,
                    inbox_start=release.start,
                    inbox_end=release.end,
                    why=release.why,
                    trigger=sid,
                    trigger_index=index,
                    salt=fresh(16),
                )
            )
        if outcome.meetings:
            assert outcome.rule is not None
            self.records.extend(_meets(outcome, outcome.rule, sid, fresh))

    def shredded(self, record: ShreddedRecord) -> None:
        """Note that an item is to be shredded once this has been said durably."""
        self.records.append(record)

    def drop_what_is_due_no_more(self, erasures: Erasures, now_ms: int) -> None:
        """Take back what was to be shredded and may not be any more: a hold came in between."""
        self.records = [
            one
            for one in self.records
            if not isinstance(one, ShreddedRecord) or erasures.is_due(one.ref, one.erasure, now_ms)
        ]

    def sent(self, record: SentRecord | CarriedRecord) -> None:
        """Note that something was handed to a channel, or how a message ended."""
        self.records.append(record)

    def attested(self, record: AttestedRecord) -> None:
        """Note that an answer came by link or code."""
        self.records.append(record)


def _meets(outcome: Outcome, rule: bytes, sid: bytes, fresh: Fresh) -> list[MeetsRecord]:
    return [
        MeetsRecord(
            a=one.a,
            a_form=one.a_form,
            b=one.b,
            b_form=one.b_form,
            concern=one.concern,
            rule=rule,
            predicate=PREDICATE_ID,
            trigger=sid,
            told=tuple(party.hex() for party in one.told),
            salt=fresh(16),
        )
        for one in outcome.meetings
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedDeeds:
    """A deeds statement, ready to be appended, and the JSON of its opened records to keep beside it."""

    envelope: Envelope
    sid: bytes
    beside: bytes


def compose_deeds(
    pending: PendingDeeds,
    inboxes: Inboxes,
    parties: Sequence[bytes],
    keys: ServiceKeys,
    chain: tuple[bytes, int, bytes],
    now_ms: int,
    fresh: Fresh,
) -> ComposedDeeds:
    """The deeds statement of all that is pending; `chain` is (log, seq, prev) of the deed key.

    It commits to the inbox head of every party, changed or not, in the order of their ids (ADR: inbox heads).
    """
    heads = []
    for party in sorted(parties):
        n, root = inboxes.inbox(party).head()
        heads.append(InboxRecord(party=party, n=n, root=root, salt=fresh(16)))
    lists = {
        "effects": SaltedList(salt=fresh(16), leaves=leaves_of(pending.effects)),
        "inboxes": SaltedList(salt=fresh(16), leaves=leaves_of(heads)),
        "items": SaltedList(salt=fresh(16), leaves=leaves_of(pending.records)),
    }
    log, seq, prev = chain
    header = Header(
        log=log,
        kind="deeds",
        act="new",
        sender=Sender(party=keys.party, desk=keys.desk, keys=(key_id(keys.deed.public),)),
        seq=seq,
        prev=prev,
        nonce=fresh(16),
        seen=(),
        stated_ms=now_ms,
        void_after_ms=None,
        under=None,
        of=None,
        re=(),
        cites=None,
        inbox=None,
        items=lists["items"].digest(),
        to="open",
        effects=lists["effects"].digest(),
        inboxes=lists["inboxes"].digest(),
    )
    envelope = sign_payload(STATEMENT_TYPE, header.to_bytes(), [keys.deed])
    opened = (b'"%s":%s' % (name.encode("ascii"), _opened(salted)) for name, salted in lists.items())
    return ComposedDeeds(envelope=envelope, sid=envelope.sid(), beside=b"{%s}" % b",".join(opened))


def _opened(salted: SaltedList) -> bytes:
    """A list as canonical JSON; its leaves are the canonical texts of its records already."""
    return b'{"records":[%s],"salt":"%s"}' % (b",".join(salted.leaves), b64u(salted.salt).encode("ascii"))
