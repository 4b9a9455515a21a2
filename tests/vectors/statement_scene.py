"""A small log as statements alone, from one seed: who is in it, and one statement of every kind that has a body.

No service and no clock: each statement is composed as a desk composes it, so that vectors, pages and tests of the
format speak of the same bytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Any

from standclear.keys import SigningKey, key_id, sha256
from standclear.spacetime.band import Band
from standclear.spacetime.interval import Interval
from standclear.spacetime.shape import Point
from standclear.spacetime.volume import Volume
from standclear.statements.arrangement import Adherence, Arrangement, Concern, KindRule, Member, OneSided
from standclear.statements.carriage import CarriedRecord
from standclear.statements.compose import Composed, Draft, Recipient, Signer, compose, endings, sign_payload
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
from standclear.statements.header import Header, SeenHead, Sender
from standclear.statements.lists import SaltedList, inbox_leaf, ref_of
from standclear.statements.notices import (
    Activity,
    Ending,
    Entered,
    Note,
    Notice,
    Owner,
    Presence,
    Row,
    Site,
    What,
)
from standclear.statements.parties import (
    Charter,
    DeskEnrolment,
    Enrolment,
    Retirement,
    Revocation,
    SeatKey,
    desk_id,
    party_id,
    possession_bytes,
)
from standclear.statements.replies import Acknowledgement, Dissemination, InboxRange, acknowledgement_tag
from standclear.statements.roll import ROOT_DESK, SERVICE_DESK
from standclear.statements.traces import trace_text
from standclear.tlog.merkle import leaf_hash, root_of

NOON_MS = 1_582_804_800_000  # 2020-02-27T12:00:00Z
HOUR_MS = 3_600_000
ORIGIN = "exercise.example/statements"


class Chance:
    """Random bytes that follow from a seed: the n-th draw is SHAKE-256 of the seed and n (u64be)."""

    def __init__(self, seed: str) -> None:
        self._seed = seed.encode()
        self._count = 0

    def __call__(self, size: int) -> bytes:
        self._count += 1
        return hashlib.shake_256(self._seed + self._count.to_bytes(8, "big")).digest(size)


def key_of(name: str) -> SigningKey:
    """The signing key of a seat of the scene: its seed is the SHA-256 of its name."""
    return SigningKey.from_seed(hashlib.sha256(name.encode()).digest())


@dataclass(slots=True)
class Chain:
    """One key's chain as its holder keeps it."""

    key: SigningKey
    party: bytes
    desk: bytes
    seq: int = 0
    prev: bytes | None = None


@dataclass(slots=True)
class Scene:
    """The statements said so far, by name, and the chains that they were said in."""

    fresh: Chance = field(default_factory=lambda: Chance("statements"))
    said: dict[str, Composed] = field(default_factory=dict)
    now_ms: int = NOON_MS

    root: SigningKey = field(default_factory=lambda: key_of("service root"))
    deed: SigningKey = field(default_factory=lambda: key_of("service deeds"))
    chains: dict[str, Chain] = field(default_factory=dict)

    @property
    def log(self) -> bytes:
        return self.said["charter"].sid

    def party(self, name: str) -> bytes:
        return party_id(key_of(f"{name} root").public)

    def say(
        self, name: str, speaker: str, draft: Draft, *, also: tuple[SigningKey, ...] = (), **changed: Any
    ) -> Composed:
        """Compose a draft as the next statement of a chain, under a name."""
        chain = self.chains[speaker]
        signer = Signer(
            log=None if draft.kind == "charter" else self.log,
            party=chain.party,
            desk=chain.desk,
            keys=[chain.key, *also],
            seq=chain.seq,
            prev=chain.prev,
        )
        composed = compose(draft, replace(signer, **changed), self.now_ms, self.fresh)
        chain.seq, chain.prev = chain.seq + 1, composed.sid
        self.now_ms += 1_000
        self.said[name] = composed
        return composed


def seat_key(log: bytes | None, party: bytes, seat: str, role: str, key: SigningKey) -> SeatKey:
    shown = key.sign(possession_bytes(log, party, key.public))
    return SeatKey(seat=seat, role=role, public=key.public, possession=shown)


def charter_body(scene: Scene) -> Charter:
    party = party_id(scene.root.public)
    return Charter(
        origin=ORIGIN,
        name="EXERCISE statements",
        exercise=True,
        service_name="The line's keeper",
        service_root=scene.root.public,
        service_key=seat_key(None, party, "deeds", "machine", scene.deed),
        log_keys=("exercise.example/statements+00000000+AQ==",),
    )


def enrolment_body(scene: Scene, name: str, party_type: str) -> Enrolment:
    party = scene.party(name)
    keys = tuple(
        seat_key(scene.log, party, seat, role, key_of(f"{name} {seat}"))
        for seat, role in (("duty-1", "person"), ("duty-2", "person"), ("machine", "machine"))
    )
    return Enrolment(
        name=name,
        party_type=party_type,
        root=key_of(f"{name} root").public,
        represented_by=None,
        desks=(DeskEnrolment(name="duty", phones=("+00 1", "+00 2"), keys=keys),),
    )


def arrangement_body(scene: Scene, **changed: Any) -> Arrangement:
    plain = Arrangement(
        name="EXERCISE line",
        state="in_force",
        members=(
            Member(party=scene.party("North"), role="party"),
            Member(party=scene.party("South"), role="party"),
        ),
        neutral=None,
        matrix=tuple(
            Concern(
                a="activity", b=kind, name=f"hazard_over_{kind}", horizontal_cm=50_000, vertical_cm=0,
                time_ms=HOUR_MS, own=False,
            )
            for kind in ("site", "presence")
        ),
        one_sided=tuple(
            OneSided(notice_released=notice, activity_released=activity, tell=("planner", "owner"))
            for notice in (False, True)
            for activity in (False, True)
        ),
        kinds=tuple(
            KindRule(
                kind=kind, after_end="ends" if kind == "activity" else "keeps", long_stop_ms=HOUR_MS,
                blanket_extent_cm=10_000_000, blanket_duration_ms=1_000 * HOUR_MS, daily_max=1_000,
                acknowledge_ms=HOUR_MS, lead_ms=0, signers=1,
            )
            for kind in ("activity", "presence", "site")
        ),
        citation_grace_ms=60_000,
        retention_ms=1_000 * HOUR_MS,
        predicate="decide/1",
        note="",
    )  # fmt: skip
    return replace(plain, **changed)


def volume_at(lon_e7: int = 366_300_000, lat_e7: int = 359_300_000, radius_cm: int = 10_000) -> Volume:
    return Volume(
        core=Point(at=(lon_e7, lat_e7)),
        radius_cm=radius_cm,
        band=Band(lower_cm=0, upper_cm=100_000, reference="w84"),
        interval=Interval(start_ms=NOON_MS, end_ms=NOON_MS + 24 * HOUR_MS),
    )


def notice_body(what: What, **changed: Any) -> Notice:
    plain = Notice(
        form="exact",
        name="",
        volumes=(volume_at(),),
        quality="surveyed",
        mode="inform",
        change=None,
        contact="",
        note=None,
        owner=None,
        row=None,
        entered=(),
        what=what,
    )
    return replace(plain, **changed)


HOSPITAL = Site(
    site_class="medical",
    category="hospital",
    grade="self_attested",
    valid_until_ms=NOON_MS + 90 * 24 * HOUR_MS,
)
UNIT = Presence(unit="2nd company", as_of_ms=NOON_MS, age_max_ms=24 * HOUR_MS)
FIRE = Activity(activity_type="indirect_fire", uncited=False)

FULL_SITE = notice_body(
    HOSPITAL,
    name="Hôpital — مستشفى",
    contact="duty, +00 1",
    note=Note(lang="fr", text="l'entrée est au nord\n"),
    owner=Owner(
        name="A clinic",
        consent="filed with their written consent",
        consented_ms=NOON_MS - HOUR_MS,
        consent_to=(party_id(key_of("North root").public),),
        evidence=bytes(range(32)),
    ),
    row=Row(dispatch=bytes(16), file=bytes(range(32)), number=7),
    entered=(
        Entered(
            what="place",
            text="36°37'48\"E 35°55'48\"N".encode(),
            reading="dms",
            datum_or_zone="wgs84",
            precision=30,
        ),
    ),
)


def build_scene() -> Scene:
    """Everything that is said in the scene, in the log's order."""
    scene = Scene()
    service = party_id(scene.root.public)
    scene.chains["service root"] = Chain(scene.root, service, desk_id(service, SERVICE_DESK))
    charter = Draft(kind="charter", forms={"exact": [charter_body(scene).to_value()]}, to=None)
    scene.say("charter", "service root", charter, also=(scene.deed,))
    for name, party_type in (("North", "state_armed_force"), ("South", "ingo")):
        _enrol(scene, name, party_type)
    _agree(scene)
    _file(scene)
    _reply(scene)
    _end_keys(scene)
    return scene


def _enrol(scene: Scene, name: str, party_type: str) -> None:
    party = scene.party(name)
    scene.chains[f"{name} root"] = Chain(key_of(f"{name} root"), party, ROOT_DESK, prev=scene.log)
    body = enrolment_body(scene, name, party_type)
    draft = Draft(kind="enrolment", forms={"exact": [body.to_value()]}, to=None)
    said = scene.say(f"enrolment of {name}", f"{name} root", draft, also=(scene.root,))
    for seat in ("duty-1", "duty-2", "machine"):
        scene.chains[f"{name} {seat}"] = Chain(
            key_of(f"{name} {seat}"), party, desk_id(party, "duty"), prev=said.sid
        )


def _agree(scene: Scene) -> None:
    draft = Draft(kind="arrangement", forms={"exact": [arrangement_body(scene).to_value()]}, to=None)
    said = scene.say("arrangement", "North duty-1", draft)
    body = Adherence(adheres=True, reservations=("none of our medical sites",))
    adherence = Draft(kind="adherence", forms={"exact": [body.to_value()]}, to=None, re=[said.sid])
    scene.say("adherence", "South duty-1", adherence)


def _file(scene: Scene) -> None:
    under = scene.said["arrangement"].sid
    north = Recipient(party=scene.party("North"))
    widened = replace(FULL_SITE, form="widened", name="", volumes=(volume_at(radius_cm=500_000),))
    second = notice_body(HOSPITAL, name="B", volumes=(volume_at(lon_e7=368_000_000),))
    second_wide = replace(
        second, form="widened", name="", volumes=(volume_at(lon_e7=368_000_000, radius_cm=500_000),)
    )
    forms = {
        "exact": [FULL_SITE.to_value(), second.to_value()],
        "widened": [widened.to_value(), second_wide.to_value()],
        "desk": [
            replace(one, form="desk", contact="duty, +00 1").to_value() for one in (widened, second_wide)
        ],
    }
    to = [
        replace(north, form="widened"),
        Recipient(party=scene.party("South"), when="never"),
        Recipient(party=None, form="desk", when="on_meet", travel="desk"),
    ]
    site = scene.say("site", "South duty-1", Draft(kind="site", under=under, forms=forms, to=to))
    south = Recipient(party=scene.party("South"), travel="onward")
    presence = Draft(
        kind="presence",
        under=under,
        forms={"exact": [notice_body(UNIT).to_value()]},
        to=[south],
        void_after_ms=NOON_MS + HOUR_MS,
    )
    scene.say("presence", "North machine", presence)
    cited = [ref_of(site.sid, 0), ref_of(site.sid, 1)]
    head = (2, root_of([leaf_hash(inbox_leaf(ref, "widened")) for ref in cited]))
    activity = Draft(
        kind="activity",
        under=under,
        forms={"exact": [notice_body(FIRE).to_value()]},
        to=[south],
        cites=cited,
        inbox=head,
        seen=[SeenHead(log=scene.log, size=6, root=bytes(range(32)))],
    )
    scene.say("activity", "North duty-1", activity, also=(key_of("North duty-2"),))
    moved = replace(notice_body(HOSPITAL), name="A, moved", change="moved")
    replaced = Draft(
        kind="site",
        act="replace",
        under=under,
        forms={"exact": [moved.to_value()]},
        to=[north],
        of=[(ref_of(site.sid, 0), 0)],
        re=[site.sid],
    )
    scene.say("replacement", "South duty-2", replaced)


def _reply(scene: Scene) -> None:
    under, site = scene.said["arrangement"].sid, scene.said["site"]
    south = Recipient(party=scene.party("South"))
    tag = acknowledgement_tag(site.forms[1].bodies[0].salt, site.sid)
    acknowledged = Acknowledgement(
        answer="will_avoid", member="M-7", opened_ms=NOON_MS, span=InboxRange(start=0, end=2),
        exceptions=(1,), tags=(tag,), note=Note(lang="en", text="seen"),
    )  # fmt: skip
    told = Dissemination(
        echelons=("all batteries",), third_party=scene.party("South"), third_name="",
        means="radio", member="M-7", note=None,
    )  # fmt: skip
    for name, body in (("acknowledgement", acknowledged), ("dissemination", told)):
        draft = Draft(
            kind=name, under=under, forms={"exact": [body.to_value()]}, to=[south], re=[site.sid], cites=[]
        )
        scene.say(name, "North duty-1", draft)
    for act, reason, item in (("close", "function_ended", 0), ("cancel", "filed_in_error", 1)):
        old = scene.said["replacement"].sid if act == "close" else site.sid
        ending = Ending(reason=reason, note=None)
        draft = Draft(
            kind="site",
            act=act,
            under=under,
            forms={"exact": [ending.to_value()]},
            to=[],
            of=endings([ref_of(old, item)]),
        )
        scene.say(act, "South duty-1", draft)


def _end_keys(scene: Scene) -> None:
    retired = Retirement(keys=(key_id(key_of("North duty-2").public),), drain_until_ms=NOON_MS + HOUR_MS)
    revoked = Revocation(keys=(key_id(key_of("South machine").public),), reason="captured")
    for name, speaker, body in (
        ("retirement", "North duty-1", retired),
        ("revocation", "South duty-2", revoked),
    ):
        scene.say(name, speaker, Draft(kind=name, forms={"exact": [body.to_value()]}, to=None))


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidDeeds:
    """A deeds statement and its three lists of records, each with its salt."""

    envelope: Envelope
    header: Header
    lists: dict[str, tuple[bytes, tuple[Record, ...]]]


def deeds_of(scene: Scene) -> SaidDeeds:
    """A deeds statement with one record of each sort."""
    fresh, site, activity = scene.fresh, scene.said["site"], scene.said["activity"]
    north, under = scene.party("North"), scene.said["arrangement"].sid
    effect = EffectRecord(
        index=7, sid=activity.sid, effect="held", rule=under, marks=("late", "gap"), aware_of=1,
        missing=(ref_of(site.sid, 1),), salt=fresh(16),
    )  # fmt: skip
    inbox = InboxRecord(
        party=north,
        n=1,
        root=root_of([leaf_hash(inbox_leaf(ref_of(site.sid, 0), "widened"))]),
        salt=fresh(16),
    )
    release = ReleaseRecord(
        party=north, sid=site.sid, form="widened", inbox_start=0, inbox_end=2, why="now", trigger=site.sid,
        trigger_index=5, salt=fresh(16),
    )  # fmt: skip
    meets = MeetsRecord(
        a=ref_of(activity.sid, 0), a_form="exact", b=ref_of(site.sid, 0), b_form="widened",
        concern="hazard_over_site", rule=under, predicate="decide/1", trigger=activity.sid,
        told=(north.hex(),), salt=fresh(16),
    )  # fmt: skip
    sent = SentRecord(
        party=north, desk=desk_id(north, "duty"), channel="stream", inbox_end=2, at_ms=NOON_MS, salt=fresh(16)
    )
    attested = AttestedRecord(
        party=north, desk=desk_id(north, "duty"), level="duty_desk", channel="smtp", by="link", sid=release.sid,
        inbox_start=0, inbox_end=2, answer="will_avoid", at_ms=NOON_MS, salt=fresh(16),
    )  # fmt: skip
    carried = CarriedRecord(
        id=fresh(16), duty="escalate", sid=site.sid, party=north, desk=desk_id(north, "staff"), level="superior",
        step=2, silent=north, channel="smtp", outcome="handed", said="250 2.0.0 Ok: queued", tries=1, at_ms=NOON_MS,
        salt=fresh(16),
    )  # fmt: skip
    shredded = ShreddedRecord(
        ref=ref_of(site.sid, 1),
        erasure=under,
        at_ms=NOON_MS,
        trace=trace_text(FULL_SITE),
        same=(ref_of(site.sid, 0),),
        escrow=sha256(b"a sealed copy"),
        salt=fresh(16),
    )
    lists: dict[str, tuple[bytes, tuple[Record, ...]]] = {
        "effects": (fresh(16), (effect, replace(effect, index=8, rule=None, marks=(), missing=()))),
        "inboxes": (fresh(16), (inbox,)),
        "items": (
            fresh(16),
            (release, meets, sent, attested, carried, replace(carried, silent=None), shredded),
        ),
    }
    digests = {
        name: SaltedList(salt=salt, leaves=leaves_of(records)).digest()
        for name, (salt, records) in lists.items()
    }
    service = party_id(scene.root.public)
    header = Header(
        log=scene.log, kind="deeds", act="new",
        sender=Sender(
            party=service, desk=desk_id(service, SERVICE_DESK), keys=(key_id(scene.deed.public),)
        ),
        seq=0, prev=scene.log, nonce=fresh(16), seen=(), stated_ms=scene.now_ms, void_after_ms=None, under=None,
        of=None, re=(), cites=None, inbox=None, items=digests["items"], to="open",
        effects=digests["effects"], inboxes=digests["inboxes"],
    )  # fmt: skip
    envelope = sign_payload(STATEMENT_TYPE, header.to_bytes(), [scene.deed])
    return SaidDeeds(envelope=envelope, header=header, lists=lists)
