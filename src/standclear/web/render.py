"""Values of the flow as JSON: bytes in base64url, times in milliseconds, nothing left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from standclear.conflicts.agreements import Accord
from standclear.conflicts.standing import Standing
from standclear.flow.copying import ShownCopy
from standclear.flow.query import InboxItem, Told, WhoKnew
from standclear.flow.telling import ToldRange
from standclear.flow.versions import Version
from standclear.keys import key_id
from standclear.obligations.copies import HeldCopy
from standclear.obligations.ladder import Attested, Ladder
from standclear.obligations.turns import turn_of
from standclear.spacetime.volume import volume_to_value
from standclear.statements.canonical import b64u
from standclear.statements.carriage import CarriedRecord
from standclear.statements.deeds import EffectRecord
from standclear.statements.keyless import PartyStanding
from standclear.statements.lists import Slot, split_ref
from standclear.statements.roll import DeskStanding, Roll

Json = dict[str, Any]

NOTHING_TOLD = "nothing that was released to you; others may be there"


def ref_value(ref: bytes) -> Json:
    """A reference with its parts."""
    sid, item = split_ref(ref)
    return {"ref": b64u(ref), "sid": b64u(sid), "item": item}


def inbox_item_value(one: InboxItem) -> Json:
    return ref_value(one.ref) | {
        "position": one.position,
        "form": one.form,
        "kind": one.kind,
        "act": one.act,
        "sender": b64u(one.sender),
        "index": one.index,
        "stated_ms": one.stated_ms,
        "integrated_ms": one.integrated_ms,
        "released_ms": one.released_ms,
        "condition": one.condition,
        "rung": one.rung,
        "deadline_ms": one.deadline_ms,
        "salt": None if one.salt is None else b64u(one.salt),
        "body": one.body,
        "marks": list(one.marks),
        "grade": one.grade,
        "is_unverified": one.is_unverified,
        "same_as": [b64u(ref) for ref in one.same_as],
    }


def range_value(one: ToldRange) -> Json:
    return {
        "start": one.start,
        "end": one.end,
        "sid": b64u(one.sid),
        "form": one.form,
        "kind": one.kind,
        "act": one.act,
        "sender": b64u(one.sender),
        "under": None if one.under is None else b64u(one.under),
        "index": one.index,
        "released_ms": one.released_ms,
    }


def standing_value(one: Standing, now_ms: int) -> Json:
    return ref_value(one.ref) | {
        "kind": one.kind,
        "party": b64u(one.party),
        "desk": b64u(one.desk),
        "under": None if one.under is None else b64u(one.under),
        "index": one.index,
        "integrated_ms": one.integrated_ms,
        "name": one.name,
        "state": one.state,
        "condition": one.condition(now_ms),
        "ends_ms": None if (turn := turn_of(one)) is None else turn[0],
        "effect": one.effect,
        "waits_for_signature": one.withheld,
        "change": one.change,
        "cited": sorted(map(b64u, one.cited)),
        "aware_of": sorted(map(b64u, one.aware_of)),
        "unaware": sorted(map(b64u, one.unaware)),
        "successors": [b64u(ref) for ref in one.successors],
        "to": [_slot_value(slot) for slot in one.slots.values()],
    }


def _slot_value(slot: Slot) -> Json:
    """Whom a notice is released to, as its owner sees it; no party stands for any party of the arrangement."""
    return {
        "party": None if slot.party is None else b64u(slot.party),
        "form": slot.form,
        "when": slot.when,
        "travel": slot.travel,
    }


def ladder_value(one: Ladder, now_ms: int, carried: Sequence[CarriedRecord]) -> Json:
    return {
        "sid": b64u(one.sid),
        "party": b64u(one.party),
        "sender": b64u(one.sender),
        "kind": one.kind,
        "start": one.start,
        "end": one.end,
        "travel": one.travel,
        "rung": one.rung(),
        "released_ms": one.released_ms,
        "deadline_ms": one.deadline_ms,
        "begins_ms": one.begins_ms,
        "lead_left_ms": one.lead_left_ms(),
        "too_late": one.is_too_late(now_ms),
        "overdue": one.is_overdue(now_ms),
        "owes": one.owes,
        "sent_ms": one.sent_ms,
        "handed_ms": one.handed_ms,
        "handed_key": None if one.handed_key is None else b64u(one.handed_key),
        "acknowledged_count": one.acknowledged_count,
        "acknowledged_ms": one.acknowledged_ms,
        "acknowledged_key": None if one.acknowledged_key is None else b64u(one.acknowledged_key),
        "unacknowledged": _open_ranges(one),
        "answer": one.answer,
        "attested": [attested_value(answer) for answer in one.attested],
        "disseminated": [
            {"at_ms": at_ms, "to": list(to), "beyond_release": beyond}
            for at_ms, to, beyond in one.disseminated
        ],
        "copies": [
            {"code": copy.terms.code, "made_ms": copy.made_ms, "holders": holders_value(copy)}
            for copy in one.copies
        ],
        "carried": [carried_value(message) for message in carried],
    }


def holders_value(copy: HeldCopy) -> list[Json]:
    """Who holds a copy, and what is known of it there: a copy is not read back until its holder has said its code."""
    found: list[Json] = []
    for name in copy.holders:
        at_ms, channel = copy.read_back.get(name, (None, None))
        found.append(
            {
                "name": name,
                "state": copy.holding(name),
                "read_back_ms": at_ms,
                "channel": channel,
                "recalled_ms": copy.recalled_ms.get(name),
                "replaced_ms": copy.replaced_ms.get(name),
            }
        )
    return found


def copy_value(one: ShownCopy) -> Json:
    copy = one.copy
    return {
        "code": copy.terms.code,
        "sid": b64u(copy.sid),
        "index": copy.index,
        "made_ms": copy.made_ms,
        "as_of_ms": copy.terms.as_of_ms,
        "expires_ms": copy.terms.expires_ms,
        "format": copy.terms.format,
        "supersedes": copy.terms.supersedes,
        "superseded_by": [later.terms.code for later in copy.later],
        "areas": [volume_to_value(area) for area in copy.terms.areas],
        "refs": [b64u(ref) for ref in copy.first],
        "owners": [b64u(owner) for owner in one.owners],
        "holders": holders_value(copy),
        "changes": [
            {
                "at_ms": change.at_ms,
                "word": change.word,
                "sid": b64u(change.sid),
                "items": [{"word": word, "ref": b64u(ref)} for word, ref in change.items],
            }
            for change in one.changes
        ],
        "outstanding": one.is_outstanding,
    }


def carried_value(one: CarriedRecord) -> Json:
    """One message as the deeds say it ended."""
    return {
        "duty": one.duty,
        "party": b64u(one.party),
        "desk": b64u(one.desk),
        "level": one.level,
        "step": one.step,
        "silent": None if one.silent is None else b64u(one.silent),
        "channel": one.channel,
        "outcome": one.outcome,
        "said": one.said,
        "tries": one.tries,
        "at_ms": one.at_ms,
    }


def attested_value(one: Attested) -> Json:
    """An answer without a key: by what, on whose word, and in which statement that is said. Nobody signed it."""
    return {
        "by": one.by,
        "channel": one.channel,
        "answer": one.answer,
        "at_ms": one.at_ms,
        "attester": b64u(one.attester),
        "source": b64u(one.source),
    }


def _open_ranges(ladder: Ladder) -> list[list[int]]:
    """What is still unacknowledged, as ranges [start, end) of the recipient's inbox."""
    if not ladder.acknowledged:
        return [[ladder.start, ladder.end]]
    found: list[list[int]] = []
    for place, is_acknowledged in enumerate(ladder.acknowledged):
        if is_acknowledged:
            continue
        position = ladder.start + place
        if found and found[-1][1] == position:
            found[-1][1] += 1
        else:
            found.append([position, position + 1])
    return found


def effect_value(one: EffectRecord) -> Json:
    return {
        "effect": one.effect,
        "marks": list(one.marks),
        "rule": None if one.rule is None else b64u(one.rule),
        "aware_of": one.aware_of,
        "missing": [b64u(ref) for ref in one.missing],
    }


def told_value(one: Told) -> Json:
    return ref_value(one.ref) | {
        "position": one.position,
        "form": one.form,
        "kind": one.kind,
        "name": one.name,
        "sender": b64u(one.sender),
        "released_ms": one.released_ms,
        "state": one.state,
        "change": one.change,
        "successors": [b64u(ref) for ref in one.successors],
        "handed_ms": one.handed_ms,
        "acknowledged_ms": one.acknowledged_ms,
        "disseminated_ms": one.disseminated_ms,
        "attested": [attested_value(answer) for answer in one.attested],
        "versions": [version_value(version) for version in one.versions],
        "carried": [carried_value(message) for message in one.carried],
        "owes": one.owes,
    }


def version_value(one: Version) -> Json:
    return ref_value(one.ref) | {
        "change": one.change,
        "integrated_ms": one.integrated_ms,
        "told_ms": one.told_ms,
        "is_there": one.is_there,
    }


def who_knew_value(one: WhoKnew) -> Json:
    return {
        "party": b64u(one.party),
        "before_ms": one.before_ms,
        "verdict": one.verdict,
        "told": [told_value(row) for row in one.told],
        "corrected": [told_value(row) for row in one.corrected],
        "note": "" if one.told else NOTHING_TOLD,
        "inbox": {"n": one.inbox_n, "root": b64u(one.inbox_root)},
        "size": one.size,
        "undecidable": one.undecidable,
        "withheld": one.withheld,
    }


def root_chain_value(root: bytes | None, roll: Roll) -> Json | None:
    """How far the chain of a root key has come: what it signs is open, so anybody may know."""
    standing = None if root is None else roll.keys.get(key_id(root))
    return None if standing is None else {"seq": standing.next_seq, "prev": b64u(standing.last_sid)}


def _keys_value(desk: DeskStanding, roll: Roll) -> list[Json]:
    """The keys of a desk's seats that are not revoked: their enrolments are open."""
    return [
        {"key": b64u(key), "role": one.role, "seat": one.seat}
        for key, one in roll.keys.items()
        if one.desk == desk.desk and one.revoked_index is None
    ]


def party_value(one: PartyStanding, desks: list[DeskStanding], roll: Roll) -> Json:
    return {
        "party": b64u(one.party),
        "name": one.name,
        "party_type": one.party_type,
        "root": None if one.root is None else b64u(one.root),
        "root_chain": root_chain_value(one.root, roll),
        "represented_by": None if one.represented_by is None else b64u(one.represented_by),
        "desks": [
            {
                "desk": b64u(desk.desk),
                "name": desk.name,
                "phones": list(desk.phones),
                "keys": _keys_value(desk, roll),
            }
            for desk in desks
        ],
    }


def agreement_value(one: Accord, roll: Roll) -> Json:
    """An arrangement, who adheres to it and how; who has no key is addressed, and adheres to nothing (G36)."""
    members = (roll.parties.get(member.party) for member in one.arrangement.members)
    return {
        "addressed": [b64u(member.party) for member in members if member is not None and member.root is None],
        "reservations": [
            {"party": b64u(party), "reservations": list(said)}
            for party, said in sorted(one.reservations.items())
        ],
        "first": b64u(one.first),
        "sid": b64u(one.sid),
        "adhered": sorted(map(b64u, one.adhered)),
        "arrangement": one.arrangement.to_value(),
    }
