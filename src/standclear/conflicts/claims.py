"""Claims held against the record: consistent, contradicted, or undecidable, with the evidence listed and graded.

Nobody is judged. Which evidence says what of which claim is one table (`RULES`), which anybody can print and repeat; what
the record does not hold decides nothing, and "nothing was told through this log" is said of this log only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass

from standclear.conflicts.agreements import Agreements
from standclear.conflicts.inboxes import Inboxes
from standclear.conflicts.register import Register
from standclear.conflicts.sayings import Saying, Sayings
from standclear.conflicts.sight import Sight
from standclear.conflicts.standing import Standing
from standclear.spacetime.meet import NO_MARGIN, meets
from standclear.spacetime.volume import Volume
from standclear.statements.asking import Observation
from standclear.statements.calls import Claim

VERDICTS = ("consistent", "contradicted", "undecidable")
STRONG_SOURCES = frozenset({"a", "b"})
STRONG_CONTENTS = frozenset({"1", "2"})

EVIDENCE: dict[str, str] = {
    "declared_by_it": "an activity that the party itself filed over that place and time, and had not withdrawn by then",
    "declared_by_another": "an activity that another party filed over that place and time",
    "placed_by_it": "the party's own presence or movement at that place and time",
    "seen_strong": "an observation about the party there and then, its source graded a or b and its content 1 or 2",
    "seen_weak": "an observation there and then with a lower grade, or about no party that is named",
    "seen_of_another": "an observation about another party there and then, graded as a strong one",
    "told_before": "a notice about that place and time which the recipient's own key shows to have arrived before it",
    "told_during": "a notice about it that was released, or shown to have arrived, only while it lasted",
    "released_before": "a notice about it that was released before it, and nothing of the recipient's shows that it arrived",
    "told_after": "a notice about it that was released only after its end",
    "words_gone": "words before its end, released, declared or seen, that are gone: nobody can say whether they were about it",
    "not_shown": "releases before its end that the asker may not see",
}
"""The sorts of evidence that a claim is held against, each in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRule:
    """One row: a claim of this sort, with all of this evidence at hand, stands in this relation to the record."""

    claim: str
    evidence: tuple[str, ...]
    verdict: str
    says: str


def _rule(claim: str, evidence: str, verdict: str, says: str) -> ClaimRule:
    return ClaimRule(claim=claim, evidence=tuple(evidence.split()), verdict=verdict, says=says)


_OPEN, _YES, _NO = "undecidable", "consistent", "contradicted"
_DURING = "it was told while it lasted: which moment is meant, the record cannot say"
_NOT_ARRIVED = "it was released before, and nothing of the recipient's shows that it arrived in time"
_GONE = "words are gone that might have been about it"
_HIDDEN = "part of the inbox is not shown to the asker"
RULES: tuple[ClaimRule, ...] = (
    _rule("did", "declared_by_it", _YES, "the party declared it itself"),
    _rule("did", "seen_strong", _YES, "a strong observation of the party says so too"),
    _rule("did", "", _OPEN, "nothing on record shows it; that proves no absence"),
    _rule("did_not", "declared_by_it declared_by_another", _OPEN, "the party and another declared it both"),
    _rule("did_not", "declared_by_it seen_of_another", _OPEN, "the party declared it; another was seen"),
    _rule("did_not", "declared_by_it", _NO, "the party's own declaration says otherwise"),
    _rule("did_not", "seen_strong declared_by_another", _OPEN, "the party was seen; another declared it"),
    _rule("did_not", "seen_strong seen_of_another", _OPEN, "the party was seen, and another too"),
    _rule("did_not", "seen_strong", _NO, "a strong observation of the party says otherwise"),
    _rule("did_not", "words_gone", _OPEN, _GONE),
    _rule("did_not", "seen_weak", _OPEN, "a weak observation leaves it open"),
    _rule(
        "did_not",
        "declared_by_another",
        _YES,
        "another party declared it, and nothing on record names this one",
    ),
    _rule("did_not", "seen_of_another", _YES, "another party was seen, and nothing on record names this one"),
    _rule("did_not", "", _OPEN, "nothing on record shows it either way"),
    _rule("was_told", "told_before", _YES, "it was told before, by the party's own key"),
    _rule("was_told", "told_during", _OPEN, _DURING),
    _rule("was_told", "released_before", _OPEN, _NOT_ARRIVED),
    _rule("was_told", "words_gone", _OPEN, _GONE),
    _rule("was_told", "not_shown", _OPEN, _HIDDEN),
    _rule("was_told", "told_after", _NO, "through this log it was told only afterwards"),
    _rule("was_told", "", _OPEN, "through this log it was not told; other ways are not in this record"),
    _rule("was_not_told", "told_before", _NO, "it was told before, by the party's own key"),
    _rule("was_not_told", "told_during", _OPEN, _DURING),
    _rule("was_not_told", "released_before", _OPEN, _NOT_ARRIVED),
    _rule("was_not_told", "words_gone", _OPEN, _GONE),
    _rule("was_not_told", "not_shown", _OPEN, _HIDDEN),
    _rule("was_not_told", "told_after", _YES, "through this log it was told only afterwards"),
    _rule("was_not_told", "", _YES, "nothing about it was told to the party through this log"),
    _rule("told", "told_before", _YES, "it told another party before, by that party's own key"),
    _rule("told", "told_during", _OPEN, _DURING),
    _rule("told", "released_before", _OPEN, _NOT_ARRIVED),
    _rule("told", "words_gone", _OPEN, _GONE),
    _rule("told", "told_after", _NO, "through this log it told of it only afterwards"),
    _rule("told", "", _OPEN, "through this log it told nobody who asks; other ways are not in this record"),
    _rule("other", "", _OPEN, "such a claim has no evidence in this record that could be held against it"),
)
"""For each sort of claim, the first row whose evidence is all at hand decides; the last row needs none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One piece: its sort, who signed it, when the log took it or the release was made, and how good it is.

    `grade` is the two letters of an observation, the rung of a release, or how a notice stands. `count` is more than 1
    only where single pieces cannot be shown.
    """

    sort: str
    party: bytes | None
    sid: bytes | None
    ref: bytes | None
    at_ms: int | None
    grade: str
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldClaim:
    """A claim held against the record: of whom it speaks, the verdict, the table's words for it, and all the evidence."""

    claim: Saying
    subject: bytes
    verdict: str
    says: str
    evidence: tuple[Evidence, ...]


Arrived = Callable[[bytes, int], tuple[int | None, str]]
"""For a party and a position of its inbox: when its own key first shows that it arrived, and the rung reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """The folds that a claim is held against, for one asker, up to the entry before `size`.

    `is_gone` says of a released reference that is in no register whether it is a notice whose words are gone.
    """

    register: Register
    inboxes: Inboxes
    sayings: Sayings
    agreements: Agreements
    arrived: Arrived
    sight: Sight
    size: int
    is_gone: Callable[[bytes], bool]


def claims_of(basis: Basis) -> Iterator[Saying]:
    """The claims that the asker may see, newest first."""
    for one in reversed(tuple(basis.sayings.claims.values())):  # more may be said meanwhile
        if _sees(basis, one) and one.sid not in basis.sayings.gone:
            yield one


def hold(claim: Saying, basis: Basis) -> HeldClaim:
    """Hold one claim against the record as the asker may see it."""
    body = claim.body
    assert isinstance(body, Claim)
    subject = claim.party if body.about is None else body.about
    evidence = tuple(_evidence(basis, body, subject))
    rule = rule_for(body.claim, {one.sort for one in evidence})
    return HeldClaim(claim=claim, subject=subject, verdict=rule.verdict, says=rule.says, evidence=evidence)


def rule_for(claim: str, sorts: Set[str]) -> ClaimRule:
    """The first row of the table for this sort of claim whose evidence is all at hand.

    Example:
        >>> rule_for("was_not_told", {"told_before"}).verdict
        'contradicted'
    """
    return next(rule for rule in RULES if rule.claim == claim and frozenset(rule.evidence) <= sorts)


def _sees(basis: Basis, one: Saying) -> bool:
    sight = basis.sight
    return one.index < basis.size and (
        one.party == sight.asker
        or sight.watches(one.under, basis.agreements)
        or sight.has(one.sid, basis.inboxes)
    )


def _evidence(basis: Basis, body: Claim, subject: bytes) -> Iterator[Evidence]:
    match body.claim:
        case "did" | "did_not":
            yield from _deeds_there(basis, body.volumes, subject)
            yield from _seen_there(basis, body.volumes, subject)
        case "was_told" | "was_not_told":
            yield from _told_to(basis, body.volumes, subject)
        case "told":
            yield from _told_by(basis, body.volumes, subject)
        case _:
            pass


# --- what was declared and seen ---------------------------------------------------------------------------


def _deeds_there(basis: Basis, where: Sequence[Volume], subject: bytes) -> Iterator[Evidence]:
    start_ms, end_ms = _span(where)
    gone = 0
    for one in basis.register.notices:
        if one.kind not in ("activity", "presence", "movement") or one.integrated_ms > end_ms:
            continue
        if one.index >= basis.size:
            break
        if one.ended_ms is not None and one.ended_ms <= start_ms:
            continue  # withdrawn, or said otherwise, before it
        own = one.party == subject
        gone += one.is_gone and own
        if (own or one.kind == "activity") and _meets(basis, one, where):
            sort = "declared_by_it" if own else "declared_by_another"
            yield Evidence(
                sort=sort if one.kind == "activity" else "placed_by_it",
                party=one.party,
                sid=one.sid,
                ref=one.ref,
                at_ms=one.integrated_ms,
                grade=one.effect if one.kind == "activity" else one.kind,
            )
    yield from _uncounted("words_gone", gone)


def _uncounted(sort: str, count: int) -> Iterator[Evidence]:
    """Evidence whose single pieces cannot be shown; nothing where there is none."""
    if count:
        yield Evidence(sort=sort, party=None, sid=None, ref=None, at_ms=None, grade="", count=count)


def _seen_there(basis: Basis, where: Sequence[Volume], subject: bytes) -> Iterator[Evidence]:
    for one in tuple(basis.sayings.observations.values()):
        body = one.body
        assert isinstance(body, Observation)
        if one.sid in basis.sayings.gone and _sees(basis, one):
            yield from _uncounted("words_gone", 1)
            continue
        if not _sees(basis, one) or not _touch(body.volumes, where):
            continue
        strong = body.reliability in STRONG_SOURCES and body.credibility in STRONG_CONTENTS
        if body.about == subject:
            sort = "seen_strong" if strong else "seen_weak"
        elif body.about is None:
            sort = "seen_weak"
        elif strong:
            sort = "seen_of_another"
        else:
            continue
        grade = f"{body.reliability}{body.credibility}"
        yield Evidence(sort=sort, party=one.party, sid=one.sid, ref=None, at_ms=one.at_ms, grade=grade)


# --- what was told ----------------------------------------------------------------------------------------


def _told_to(basis: Basis, where: Sequence[Volume], subject: bytes) -> Iterator[Evidence]:
    """The inbox record of the party that was told, or was not."""
    sight, inbox = basis.sight, basis.inboxes.inbox(subject)
    hidden = gone = 0
    _, end_ms = _span(where)
    for position, ref in enumerate(inbox.refs):
        if inbox.indexes[position] >= basis.size:
            break
        standing = basis.register.by_ref.get(ref)
        was_before = inbox.times_ms[position] <= end_ms
        if standing is None or standing.is_gone:
            # An answer, or a notice whose words are gone: only the second may have been about it.
            gone += was_before and basis.is_gone(ref)
        elif not (
            sight.asker in (subject, standing.party) or sight.watches(standing.under, basis.agreements)
        ):
            hidden += was_before
        elif _touch(standing.volumes[inbox.forms[position]], where):
            yield _told(basis, subject, position, standing, where)
    yield from _uncounted("words_gone", gone)
    yield from _uncounted("not_shown", hidden)


def _told_by(basis: Basis, where: Sequence[Volume], subject: bytes) -> Iterator[Evidence]:
    """What the party's own notices there told others, recipient by recipient."""
    sight = basis.sight
    own = [one for one in basis.register.notices if one.party == subject and one.index < basis.size]
    refs = {one.ref: one for one in own if not one.is_gone and _touch(one.volumes["exact"], where)}
    yield from _uncounted("words_gone", sum(one.is_gone for one in own))
    for party in sorted(basis.inboxes.of):
        inbox = basis.inboxes.of[party]
        for ref, standing in refs.items():
            position = inbox.position_of.get(ref)
            if position is None or inbox.indexes[position] >= basis.size:
                continue
            if not (sight.asker in (party, subject) or sight.watches(standing.under, basis.agreements)):
                continue
            if _touch(standing.volumes[inbox.forms[position]], where):
                yield _told(basis, party, position, standing, where)


def _told(basis: Basis, party: bytes, position: int, standing: Standing, where: Sequence[Volume]) -> Evidence:
    start_ms, end_ms = _span(where)
    released_ms = basis.inboxes.inbox(party).times_ms[position]
    arrived_ms, rung = basis.arrived(party, position)
    return Evidence(
        sort=told_when(released_ms, arrived_ms, start_ms, end_ms),
        party=party,
        sid=standing.sid,
        ref=standing.ref,
        at_ms=released_ms,
        grade=rung,
    )


def told_when(released_ms: int, arrived_ms: int | None, start_ms: int, end_ms: int) -> str:
    """Which sort of evidence a release is, by when it was made and when the recipient's own key shows it arrived.

    Example:
        >>> told_when(10, 20, 15, 30)
        'told_during'
    """
    if arrived_ms is not None and arrived_ms < start_ms:
        return "told_before"
    if released_ms > end_ms:
        return "told_after"
    arrived_during = arrived_ms is not None and arrived_ms <= end_ms
    return "told_during" if released_ms >= start_ms or arrived_during else "released_before"


def _span(where: Sequence[Volume]) -> tuple[int, int]:
    return min(one.interval.start_ms for one in where), max(one.interval.end_ms for one in where)


def _meets(basis: Basis, one: Standing, where: Sequence[Volume]) -> bool:
    volumes = basis.sight.volumes_of(one, basis.agreements, basis.inboxes)
    return volumes is not None and _touch(volumes, where)


def _touch(volumes: Sequence[Volume], where: Sequence[Volume]) -> bool:
    return any(meets(one, other, NO_MARGIN) for one in volumes for other in where)
