"""What can be checked where the dossier holds a part of the log only (checks 7, 8, 11, 12, 13 and 14).

A part can show that what it holds was said, by whom and when, and up to which entry a party was told nothing else. It
cannot show that nothing was left out beside it: that needs the whole log, and is said so in a finding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from standclear.conflicts.forms import check_forms
from standclear.conflicts.standing import matched_volumes
from standclear.dossier.answers import InboxView
from standclear.dossier.format import LEAF_BYTES
from standclear.dossier.opened import Names, Opened
from standclear.dossier.report import Findings
from standclear.errors import Malformed, NotPermitted, Refused
from standclear.spacetime.meet import PREDICATE_ID, Margin, meets
from standclear.statements.arrangement import Arrangement
from standclear.statements.deeds import EffectRecord, InboxRecord, MeetsRecord, ReleaseRecord
from standclear.statements.lists import REF_BYTES, split_ref
from standclear.statements.notices import Notice
from standclear.statements.parties import Charter, Enrolment
from standclear.statements.roll import Roll


def follow_roll(opened: Mapping[int, Opened], names: Names, findings: Findings) -> Roll:
    """(7, 8) The roll replayed over the open statements at hand, and every signature checked against it."""
    roll = Roll()
    signed, gaps = 0, 0
    for index in sorted(opened):
        one = opened[index]
        body = one.first_body()
        try:
            if isinstance(body, Charter) != (index == 0) or (index and roll.log is None):
                raise NotPermitted(
                    field="header.kind", reason="a charter is entry 0, and entry 0 is a charter"
                )
            roll.check(one.envelope, one.header, body, one.integrated_ms)
            if isinstance(body, Enrolment):
                roll.check_enrolment(body, one.header.sender.party)
            if one.header.kind == "deeds" and one.header.sender.party != roll.service_party():
                raise NotPermitted(field="header.from.party", reason="not the service that keeps this log")
            gaps += "gap" in roll.step(index, one.sid, one.header, body)
            signed += 1
        except Refused as error:
            says = f"it is not signed by keys that counted: {error}"
            findings.broken(7, names.entry(index), says, index)
    findings.holds(
        7, f"{signed} statements are signed by exactly the keys they name, by the key events at hand"
    )
    findings.unproven(
        7, "key events", "that no other enrolment or revocation stands in the log needs the whole log"
    )
    if gaps:
        findings.unproven(
            8, f"{gaps} place(s)", "statements of the same keys before them are not in this dossier"
        )
    else:
        findings.holds(8, "no gap in the chains of the statements at hand")
    return roll


# --- 10, 11 -------------------------------------------------------------------------------------------------


def check_forms_contain(
    opened: Mapping[int, Opened], refolded: bool, names: Names, findings: Findings
) -> None:
    """(10) Where both are at hand, a released form contains the exact volumes. Refolding has checked what is whole."""
    contained, alone = 0, 0
    for one in opened.values():
        for (form, item), (_, body) in one.bodies.items():
            if form == "exact" or not isinstance(body, Notice):
                continue
            exact = one.bodies.get(("exact", item))
            if refolded and one.submission is not None:
                contained += 1
                continue
            if exact is None or not isinstance(exact[1], Notice):
                alone += 1
                continue
            try:
                check_forms(exact[1].volumes, body.volumes, form)
                contained += 1
            except Malformed as error:
                findings.broken(10, f"{names.entry(one.index)}: its item {item}", error.reason, one.index)
    if alone:
        findings.unproven(
            10, f"{alone} body(ies) in a released form", "their exact form is not at hand to compare"
        )
    count = sum(len(one.bodies) for one in opened.values())
    findings.holds(
        10, f"{count} bodies are the ones committed to; {contained} forms contain their exact volume"
    )


def check_effect_records(opened: Mapping[int, Opened], names: Names, findings: Findings) -> None:
    """(11, 14) The effects at hand are of the statements that stand at their indexes."""
    effects: Counter[str] = Counter()
    for one in opened.values():
        for record in one.records("effects"):
            if not isinstance(record, EffectRecord):
                continue
            effects[record.effect] += 1
            spoken_of = opened.get(record.index)
            if spoken_of is not None and spoken_of.sid != record.sid:
                says = f"it gives entry {record.index} the effect of another statement"
                findings.broken(11, names.entry(one.index), says, one.index)
    findings.holds(11, "the records at hand are the ones that the service signed")
    listed = ", ".join(f"{count} {effect}" for effect, count in sorted(effects.items())) or "no effect"
    findings.unproven(14, listed, "said by the service; to derive them again needs the whole log")


# --- 12 -----------------------------------------------------------------------------------------------------


def check_inboxes(
    inboxes: Mapping[bytes, InboxView], opened: Mapping[int, Opened], names: Names, findings: Findings
) -> None:
    """(12) The leaves give every inbox head that the service committed to, and that the party itself signed."""
    up_to: dict[bytes, tuple[int, int]] = {}
    for index in sorted(opened):
        one = opened[index]
        for record in one.records("inboxes") + one.records("items"):
            inbox = inboxes.get(record.party) if isinstance(record, InboxRecord | ReleaseRecord) else None
            if inbox is not None and isinstance(record, InboxRecord) and record.n <= len(inbox.leaves):
                up_to[record.party] = (record.n, index)
                if inbox.tree.root(record.n) != record.root:
                    about = f"the inbox of {names.party(record.party)}"
                    says = f"it is not the one that {names.entry(index)} commits to: left out of, added to or changed"
                    findings.broken(12, about, says, index)
            elif inbox is not None and isinstance(record, ReleaseRecord):
                _check_release(record, inbox, one, names, findings)
        _check_own_head(one, inboxes.get(one.header.sender.party), names, findings)
    for party, inbox in inboxes.items():
        n, index = up_to.get(party, (0, -1))
        if n == len(inbox.leaves) and index >= 0:
            says = f"{names.party(party)} holds {n} release(s), and was told nothing else through this log up to entry {index}"
            findings.holds(12, says)
        else:
            says = f"{len(inbox.leaves)} releases are given, and the service's word at hand reaches to {n}"
            findings.unproven(12, names.party(party), says)
    if not inboxes:
        findings.unproven(12, "inboxes", "none is given: what anybody was told is not shown")


def _check_release(
    record: ReleaseRecord, inbox: InboxView, one: Opened, names: Names, findings: Findings
) -> None:
    for leaf in inbox.leaves[record.inbox_start : record.inbox_end]:
        if len(leaf) == LEAF_BYTES and (leaf[:32], leaf[REF_BYTES:]) != (
            record.sid,
            record.form[:1].encode(),
        ):
            says = f"its release to {names.party(record.party)} is not what stands at that place of the inbox"
            findings.broken(12, names.entry(one.index), says, one.index)
            return


def _check_own_head(one: Opened, inbox: InboxView | None, names: Names, findings: Findings) -> None:
    head = one.inbox
    if head is None or inbox is None:
        return
    if head.n > len(inbox.leaves) or inbox.tree.root(head.n) != head.root:
        findings.unproven(
            12,
            names.entry(one.index),
            f"{names.party(one.header.sender.party)} signed an inbox head of {head.n} that is not the one given here: "
            "either it was told something else, or it says so wrongly",
            one.index,
        )


# --- 13 -----------------------------------------------------------------------------------------------------


def check_meetings(opened: Mapping[int, Opened], names: Names, findings: Findings) -> None:
    """(13) Each meeting that the service says, decided again on the forms that it names, where both are at hand."""
    by_sid = {one.sid: one for one in opened.values()}
    again, missing = 0, 0
    for one in opened.values():
        for record in one.records("items"):
            if not isinstance(record, MeetsRecord):
                continue
            agrees = _decide(record, by_sid)
            if agrees is None:
                missing += 1
            elif agrees:
                again += 1
            else:
                says = "it says that two notices meet: decided again, they do not"
                findings.broken(13, names.entry(one.index), says, one.index)
    findings.holds(13, f"{again} meetings decided again with {PREDICATE_ID}, and agree")
    if missing:
        findings.unproven(
            13, f"{missing} meeting(s)", "a body, or the rules they were decided by, is not at hand"
        )
    findings.unproven(13, "other meetings", "that none was hidden needs the whole log")


def _decide(record: MeetsRecord, by_sid: Mapping[bytes, Opened]) -> bool | None:
    """Whether a recorded meeting holds; None if a body, the arrangement or the predicate is not at hand."""
    a, b = _notice(record.a, record.a_form, by_sid), _notice(record.b, record.b_form, by_sid)
    rule = by_sid.get(record.rule)
    arrangement = None if rule is None else rule.first_body()
    if a is None or b is None or not isinstance(arrangement, Arrangement) or record.predicate != PREDICATE_ID:
        return None
    concern = arrangement.concern_of(a.kind(), b.kind())
    if concern is None or concern.name != record.concern:
        return False
    margin = Margin(
        horizontal_cm=concern.horizontal_cm, vertical_cm=concern.vertical_cm, time_ms=concern.time_ms
    )
    ours = matched_volumes(a.volumes, arrangement.rule_of(a.kind()))
    theirs = matched_volumes(b.volumes, arrangement.rule_of(b.kind()))
    return any(meets(one, other, margin) for one in ours for other in theirs)


def _notice(ref: bytes, form: str, by_sid: Mapping[bytes, Opened]) -> Notice | None:
    sid, item = split_ref(ref)
    found = by_sid[sid].bodies.get((form, item)) if sid in by_sid else None
    return found[1] if found is not None and isinstance(found[1], Notice) else None
