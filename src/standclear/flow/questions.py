"""The questions that the record answers beside who-knew: figures of compliance, claims held against the record, and what is
released to a party for an area and time. Release is enforced here as in `query`: what may not be shown is not counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from standclear.conflicts.claims import Basis, HeldClaim, claims_of, hold
from standclear.conflicts.corrections import corrected
from standclear.conflicts.meeting import meeting
from standclear.conflicts.standing import Standing, matched_volumes
from standclear.errors import NotFound, OverLimit
from standclear.flow.query import InboxItem, Query, rung_at
from standclear.flow.service import Service
from standclear.limits import RELEASED_MAX
from standclear.obligations.figures import Compliance, figures_of
from standclear.obligations.matters import Matter
from standclear.spacetime.interval import Interval
from standclear.spacetime.meet import NO_MARGIN, meets
from standclear.spacetime.volume import Volume


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedItem:
    """One release that meets an area, and how far its owner lets it travel."""

    item: InboxItem
    travel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What became of a release that the asker named: what the clock and its owner say of it now; "" if it is not its own."""

    ref: bytes
    condition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedThere:
    """What is released to a party for an area and time: what stands, and what became of the releases that it named."""

    items: tuple[ReleasedItem, ...]
    known: tuple[Known, ...]
    as_of_ms: int
    size: int


def compliance(service: Service, asker: bytes, interval: Interval) -> Compliance:
    """The figures of a span of time, of the asker's own traffic or of all that it monitors."""
    return figures_of(service.book, interval, service.clock.now_ms(), Query(service).sight_of(asker))


def claims(service: Service, asker: bytes, limit: int) -> tuple[HeldClaim, ...]:
    """The newest claims that the asker may see, each held against what of the record it may see."""
    book, query = service.book, Query(service)

    def arrived(party: bytes, position: int) -> tuple[int | None, str]:
        held = book.ledger.of_party.get(party)
        ladder = None if held is None else held.at(position)
        if ladder is None:
            return None, "released"
        rung = rung_at(ladder, position)
        seen_ms = [
            ms
            for ms in (
                ladder.handed_ms,
                ladder.first_acknowledged_ms if rung in ("acknowledged", "disseminated") else None,
            )
            if ms is not None
        ]
        return min(seen_ms, default=None), rung

    basis = Basis(
        register=book.register,
        inboxes=book.inboxes,
        sayings=book.sayings,
        agreements=book.agreements,
        arrived=arrived,
        sight=query.sight_of(asker),
        size=service.size,
        is_gone=query.is_gone,
    )
    found: list[HeldClaim] = []
    for claim in claims_of(basis):
        if len(found) == limit:
            break
        found.append(hold(claim, basis))
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetNow:
    """A notice that one's own meets now, in the form released to one. `is_aware`: of an activity, whether it knows of it."""

    standing: Standing
    form: str
    concern: str
    is_aware: bool | None


def met_now(query: Query, party: bytes, ref: bytes) -> tuple[MetNow, ...]:
    """What one's own standing notice meets now, as far as it is released to one: whom to talk to before one moves (G20).

    Raises:
        NotFound: no such notice, or another party's.
    """
    book = query.service.book
    one = query.standing(party, ref)
    accord = book.agreements.find(one.under)
    if one.state != "stands" or accord is None:
        return ()
    found = []
    for other, form, concern in meeting(book.register, one, accord.arrangement, accord.adhered):
        is_shown = other.party == one.party or other.ref in book.inboxes.inbox(one.party).position_of
        if is_shown and other.index < query.service.size:
            is_aware = bool({one.ref, *one.same_as} & (other.cited | other.aware_of))
            found.append(
                MetNow(
                    standing=other,
                    form=form,
                    concern=concern.name,
                    is_aware=is_aware if other.kind == "activity" else None,
                )
            )
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedFor:
    """What a correction changes, as far as the asker may see it. How many it may not see is not said: that would be a probe."""

    wrong_ms: int
    wrong: tuple[Standing, ...]
    cited: tuple[Standing, ...]
    ran: tuple[Standing, ...]


def correction(query: Query, party: bytes, ref: bytes) -> CorrectedFor | None:
    """Which activities relied on the wrong place of a thing that was corrected, and which ran over the right one (G8).

    None where the notice is no correction.

    Raises:
        NotFound: no such notice, or none that may be shown to the asker.
    """
    book, sight = query.service.book, query.sight_of(party)
    one = book.register.by_ref.get(ref)
    if (
        one is None
        or one.index >= query.service.size
        or sight.volumes_of(one, book.agreements, book.inboxes) is None
    ):
        raise NotFound(kind="notice", id=ref.hex()[:16])
    accord = book.agreements.find(one.under)
    assert accord is not None
    found = corrected(one, tuple(book.register.notices), accord.arrangement, accord.adhered)
    if found is None:
        return None

    def seen(some: Sequence[Standing]) -> tuple[Standing, ...]:
        return tuple(
            each for each in some if sight.volumes_of(each, book.agreements, book.inboxes) is not None
        )

    return CorrectedFor(
        wrong_ms=found.wrong_ms, wrong=seen(found.wrong), cited=seen(found.cited), ran=seen(found.ran)
    )


def released_there(query: Query, party: bytes, area: Volume, refs: Sequence[bytes]) -> ReleasedThere:
    """Notices released to a party that stand and meet an area, in the form released to it; lapsed ones still meet.

    Raises:
        OverLimit: there are too many; ask for a narrower area or a shorter time.
    """
    service, book = query.service, query.service.book
    inbox = book.inboxes.inbox(party)
    positions = []
    for position in range(query.visible_inbox(party)):
        standing = book.register.by_ref.get(inbox.refs[position])
        if standing is None or standing.state != "stands":
            continue
        accord = book.agreements.find(standing.under)
        assert accord is not None
        rule = accord.arrangement.rule_of(standing.kind)
        matched = matched_volumes(standing.volumes[inbox.forms[position]], rule)
        if any(meets(volume, area, NO_MARGIN) for volume in matched):
            positions.append(position)
    if len(positions) > RELEASED_MAX:
        raise OverLimit("RELEASED_MAX", RELEASED_MAX, len(positions), "ask for a narrower area")
    items = query.items(party, positions)
    held = book.ledger.of_party.get(party)
    travels = [None if held is None else held.at(one.position) for one in items]
    return ReleasedThere(
        items=tuple(
            ReleasedItem(item=one, travel="party" if ladder is None else ladder.travel)
            for one, ladder in zip(items, travels, strict=True)
        ),
        known=tuple(Known(ref=ref, condition=query.condition_for(party, ref)) for ref in refs),
        as_of_ms=service.clock.now_ms(),
        size=service.size,
    )


def matter_of(service: Service, asker: bytes, sid: bytes) -> Matter:
    """What the asker called or asked, with its answers; a monitor may see all of its arrangement.

    Raises:
        NotFound: no such matter, or another party's: the two look the same.
    """
    matter = service.book.matters.of_sid.get(sid)
    is_durable = matter is not None and matter.opened_index < service.size
    if matter is None or not is_durable or not _may_see(service, asker, matter):
        raise NotFound(kind="matter", id=sid.hex()[:16])
    return matter


def _may_see(service: Service, asker: bytes, matter: Matter) -> bool:
    return asker == matter.opener or Query(service).is_monitor(asker, matter.under)
