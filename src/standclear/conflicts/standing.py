"""A notice as it stands: its volumes in each form, whom each form is released to, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from standclear.spacetime.interval import Interval
from standclear.spacetime.units import FOREVER_MS
from standclear.spacetime.volume import Volume
from standclear.statements.arrangement import Arrangement, KindRule
from standclear.statements.lists import Slot
from standclear.statements.moving import Movement, Zone
from standclear.statements.notices import Activity, Presence, Site, What


@dataclass(slots=True, kw_only=True)
class Standing:
    """One item of a notice in the register.

    `state` is "stands", "replaced" or "ended". `slots` maps a recipient (None: any party of the arrangement) to its
    slot. `same_as` holds earlier versions that differ in nothing material: citing one of them still counts. For an
    activity, `effect` is what its filing earned, `cited` what it cites, `unaware` what came later and its desk has
    not acknowledged. `rules` are those in force when it was filed: whom its owner could know as a party of them.
    `withheld`: its releases wait for a further person's signature.
    `marks` are what its filing was labelled with; `ended_ms` is when it was replaced, closed or cancelled, and
    `is_cancelled` says that its owner took it back as one that should not stand. `is_gone`: its body was shredded, and
    `volumes` are those of its trace: the times are true, and the places are none.
    `grade` is how a site was established as far as its signatures bear it out, `verify_by_ms` until when a better one is owed.
    """

    number: int
    ref: bytes
    sid: bytes
    kind: str
    party: bytes
    desk: bytes
    under: bytes | None
    rules: Arrangement
    index: int
    integrated_ms: int
    name: str
    volumes: dict[str, tuple[Volume, ...]]
    slots: Mapping[bytes | None, Slot]
    what: What
    effect: str = "in_force"
    marks: tuple[str, ...] = ()
    ended_ms: int | None = None
    state: str = "stands"
    change: str | None = None
    cited: frozenset[bytes] = frozenset()
    same_as: frozenset[bytes] = frozenset()
    unaware: set[bytes] = field(default_factory=set)
    aware_of: set[bytes] = field(default_factory=set)
    successors: tuple[bytes, ...] = ()
    disputed: bool = False
    withheld: bool = False
    whats: Mapping[str, What] | None = None
    """By form, where there are more than the exact one."""
    stage: str = ""
    is_cancelled: bool = False
    is_gone: bool = False
    grade: str | None = None
    verify_by_ms: int | None = None

    def slot_for(self, party: bytes, arrangement: Arrangement, adhered: Set[bytes]) -> Slot | None:
        """The slot under which a party is told, or None: named ones first, then any party of the arrangement.

        Who has joined since the filing is such a party only if the owner has adhered to the version that let it in: a
        release is its submitter's decision.
        """
        if self.withheld:
            return None
        found = self.slots.get(party)
        if found is None and arrangement.is_member(party):
            if self.party in adhered or self.rules.is_member(party):
                found = self.slots.get(None)
        return None if found is None or found.when == "never" else found

    def what_in(self, form: str) -> What:
        """What it is, as one of its forms says."""
        return self.what if self.whats is None else self.whats.get(form, self.what)

    def condition(self, now_ms: int, form: str = "exact") -> str:
        """What the clock says of a standing notice: current, not_yet, lapsed, stale, overdue or over. It removes no protection.

        To whom another form was released, the times of that form count: the exact ones are not that party's to know.
        """
        if self.state != "stands":
            return self.state
        starts = min(volume.interval.start_ms for volume in self.volumes[form])
        ends = max(volume.interval.end_ms for volume in self.volumes[form])
        match self.what_in(form):
            case Site(valid_until_ms=until) if now_ms > min(until, ends):
                return "lapsed"
            case Presence(as_of_ms=as_of, age_max_ms=age) if now_ms > min(as_of + age, ends):
                return "stale"
            case Movement() if now_ms > ends:
                return "overdue"
            case Activity() | Zone() if now_ms > ends:
                return "over"
            case _:
                return "not_yet" if now_ms < starts else "current"


def matched_volumes(volumes: tuple[Volume, ...], rule: KindRule) -> tuple[Volume, ...]:
    """Volumes as they are matched: past its end a notice that "keeps" goes on meeting until the long stop (G0)."""
    if rule.after_end == "ends":
        return volumes
    return tuple(
        Volume(
            core=volume.core,
            radius_cm=volume.radius_cm,
            band=volume.band,
            interval=Interval(
                start_ms=volume.interval.start_ms,
                end_ms=min(FOREVER_MS, volume.interval.end_ms + rule.long_stop_ms),
            ),
        )
        for volume in volumes
    )


def materially_same(a: Standing, b: Standing) -> bool:
    """Whether a later version `b` differs from `a` in nothing that a planner relies on: volumes, times, and class.

    A site or a presence that is attested for longer is the same: past its end it was matched as before (ADR 0051).
    """
    if (
        a.is_gone
        or b.is_gone
        or _material(a.what) != _material(b.what)
        or a.volumes.keys() != b.volumes.keys()
    ):
        return False
    if a.volumes == b.volumes:
        return True
    return isinstance(a.what, Site | Presence) and all(
        len(a.volumes[form]) == len(b.volumes[form])
        and all(_is_longer(old, new) for old, new in zip(a.volumes[form], b.volumes[form], strict=True))
        for form in a.volumes
    )


def _is_longer(old: Volume, new: Volume) -> bool:
    """Whether a volume is where it was, from when it was, for as long or longer."""
    there = (old.core, old.radius_cm, old.band, old.interval.start_ms)
    return there == (new.core, new.radius_cm, new.band, new.interval.start_ms) and (
        old.interval.end_ms <= new.interval.end_ms
    )


def _material(what: What) -> tuple[str, ...]:
    match what:
        case Site():
            return ("site", what.site_class, what.category)
        case Presence():
            return ("presence",)
        case Activity():
            return ("activity", what.activity_type)
        case Movement():
            return ("movement", what.movement_type, what.movement_mode)
        case Zone():
            return ("zone", what.zone_type, what.restriction)
