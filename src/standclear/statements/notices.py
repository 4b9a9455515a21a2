"""Notices: what must not be hit, where people are, what is dangerous, each with its volumes (the glossary).

A notice's body is written once for each form that its sender releases: exact, widened, or desk-only (which says
whom to call and a coarse volume, and nothing else). Enumerations are the field's own (IHO S-124, OCHA, ETSI names).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from standclear.errors import Malformed
from standclear.spacetime.units import FOREVER_MS
from standclear.spacetime.volume import Volume, volume_from_value, volume_to_value
from standclear.statements.canonical import Value, b64u
from standclear.statements.fields import Fields, raw_reader
from standclear.statements.lists import FORMS
from standclear.statements.moving import (
    Movement,
    Zone,
    movement_to_value,
    read_movement,
    read_zone,
    zone_to_value,
)

VOLUMES_MAX = 256
CONSENT_TO_MAX = 256  # as many as a statement has recipients

SITE_CLASSES = frozenset(
    {
        "humanitarian_facility", "critical_civilian_infrastructure", "medical", "cultural", "dangerous_forces",
        "civilian_concentration", "agreed_zone", "military_position",
    }
)  # fmt: skip
SITE_CATEGORIES = frozenset(
    {
        "hospital", "primary_health_centre", "mobile_clinic", "ambulance_station", "blood_bank", "medical_store",
        "humanitarian_office", "guesthouse", "warehouse", "distribution_point", "logistics_hub",
        "idp_camp", "refugee_camp", "collective_centre", "evacuation_point", "school", "university",
        "water_treatment", "pumping_station", "well", "reservoir", "storage_tower", "wastewater",
        "dam", "dyke", "nuclear_power_station", "power_generation", "substation", "telecom", "bakery_food_production",
        "grain_store", "religious", "cultural_property", "civil_defence", "fire_station", "prison_detention",
        "pow_camp", "monitor_or_observer_post", "peacekeeper_position", "media", "hospital_and_safety_zone",
        "neutralized_zone", "non_defended_locality", "demilitarized_zone", "humanitarian_corridor",
        "unit_position", "observation_post", "headquarters", "other",
    }
)  # fmt: skip
ACTIVITY_TYPES = frozenset(
    {
        "firing_exercise", "military_exercise", "military_operation", "training", "air_drop", "parachute", "uas",
        "naval_mines", "explosive_device", "blasting", "jamming", "gnss_degradation", "fallout_hazard",
        "hazardous_area", "exclusion_zone", "sea_trials", "underwater_operations", "diving", "sar_operation",
        "sar_exercise", "restricted_area_change", "closing_of_harbour", "closing_of_waters", "indirect_fire",
        "air_strike_window", "air_defence_engagement_zone_active", "missile_or_rocket_launch", "demolition",
        "mine_clearance", "minelaying", "chemical_industrial_hazard", "naval_gunfire", "live_weapons_overflight",
        "laser",
    }
)  # fmt: skip
QUALITIES = frozenset(
    {
        "surveyed", "unsurveyed", "approximate", "position_doubtful", "unreliable", "reported_not_surveyed",
        "reported_not_confirmed", "estimated", "precisely_known", "calculated",
    }
)  # fmt: skip
GRADE_ORDER = ("unverified", "self_attested", "dual_attested", "imagery", "third_party", "on_site")
"""How a site was established, from the lowest grade to the highest (domain enumeration d3)."""
GRADES = frozenset(GRADE_ORDER)
MODES = frozenset({"inform", "request_agreement"})
CHANGES = frozenset({"moved", "was_always_there", "unchanged"})
"""What a replacement says of the thing itself: it moved, it was always there (a correction), or nothing about it changed."""
ENDING_REASONS = frozenset(
    {
        "closed",
        "completed",
        "withdrawn",
        "filed_in_error",
        "moved_away",
        "function_ended",
        "arrived",
        "halted",
        "other",
    }
)
LANGUAGES = frozenset({"en", "fr", "ar", "ru", "uk", "tr", "es", "zh", "und"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Free text with its language tag (BCP 47, the ones we know)."""

    lang: str
    text: str

    def to_value(self) -> Value:
        return {"lang": self.lang, "text": self.text}


def read_note(value: Value, path: str) -> Note:
    fields = Fields(value, path)
    note = Note(lang=fields.choice("lang", LANGUAGES), text=fields.text("text"))
    fields.done()
    return note


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A place or time as somebody wrote it: the very bytes, and how they were read."""

    what: str
    text: bytes
    reading: str
    datum_or_zone: str
    precision: int

    def to_value(self) -> Value:
        return {
            "datum_or_zone": self.datum_or_zone,
            "precision": self.precision,
            "reading": self.reading,
            "text": b64u(self.text),
            "what": self.what,
        }


def _read_entered(value: Value, path: str) -> Entered:
    fields = Fields(value, path)
    entered = Entered(
        what=fields.choice("what", ("place", "time", "row")),
        text=fields.raw("text", None),
        reading=fields.text("reading", 64),
        datum_or_zone=fields.text("datum_or_zone", 64),
        precision=fields.integer("precision"),
    )
    fields.done()
    return entered


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose it is, where the filing party files for somebody else, and what that somebody agreed to (G1).

    `consent_to` are the recipients it agreed to; None: any party of the arrangement. `evidence` is the salted hash of the
    paper or recording by which it did, where there is one.
    """

    name: str
    consent: str
    consented_ms: int
    consent_to: tuple[bytes, ...] | None
    evidence: bytes | None

    def to_value(self) -> Value:
        named = self.consent_to
        return {
            "consent": self.consent,
            "consent_to": None if named is None else [b64u(party) for party in named],
            "consented_ms": self.consented_ms,
            "evidence": None if self.evidence is None else b64u(self.evidence),
            "name": self.name,
        }


def _read_owner(value: Value, path: str) -> Owner:
    fields = Fields(value, path)
    owner = Owner(
        name=fields.text("name", 200, 1),
        consent=fields.text("consent", 500, 1),
        consented_ms=fields.integer("consented_ms", 0, FOREVER_MS),
        consent_to=fields.many_or_none("consent_to", raw_reader(16), CONSENT_TO_MAX),
        evidence=fields.raw_or_none("evidence", 32),
    )
    fields.done()
    return owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Which dispatch and which row of whose file this item is; a list is one dispatch (G16)."""

    dispatch: bytes
    file: bytes
    number: int

    def to_value(self) -> Value:
        return {"dispatch": b64u(self.dispatch), "file": b64u(self.file), "number": self.number}


def _read_row(value: Value, path: str) -> Row:
    fields = Fields(value, path)
    row = Row(
        dispatch=fields.raw("dispatch", 16), file=fields.raw("file", 32), number=fields.integer("number")
    )
    fields.done()
    return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """It stays, and must not be hit. `valid_until_ms`: when its owner will attest it again; past it, it is lapsed."""

    site_class: str
    category: str
    grade: str
    valid_until_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Own people, as of a time; past its greatest age it is stale, and is still matched."""

    unit: str
    as_of_ms: int
    age_max_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """A hazard: its volumes and times, never an aim point. `uncited`: filed on purpose without citing.

    `headcount`: how many people take part in an exercise, a number and never names; None where none is stated.
    """

    activity_type: str
    uncited: bool
    headcount: int | None = None


What: TypeAlias = Site | Presence | Activity | Movement | Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice in one form. Volumes are in the form's own detail; the desk form says whom to call in `contact`."""

    form: str
    name: str
    volumes: tuple[Volume, ...]
    quality: str
    mode: str
    change: str | None
    contact: str
    note: Note | None
    owner: Owner | None
    row: Row | None
    entered: tuple[Entered, ...]
    what: What

    def kind(self) -> str:
        match self.what:
            case Site():
                return "site"
            case Presence():
                return "presence"
            case Activity():
                return "activity"
            case Movement():
                return "movement"
            case Zone():
                return "zone"
            case _:
                assert_never(self.what)

    def to_value(self) -> Value:
        return {
            "change": self.change,
            "contact": self.contact,
            "entered": [one.to_value() for one in self.entered],
            "form": self.form,
            "mode": self.mode,
            "name": self.name,
            "note": None if self.note is None else self.note.to_value(),
            "owner": None if self.owner is None else self.owner.to_value(),
            "quality": self.quality,
            "row": None if self.row is None else self.row.to_value(),
            "type": self.kind(),
            "volumes": [volume_to_value(volume) for volume in self.volumes],
            "what": _what_to_value(self.what),
        }


def _what_to_value(what: What) -> Value:
    match what:
        case Site():
            return {
                "category": what.category,
                "grade": what.grade,
                "site_class": what.site_class,
                "valid_until_ms": what.valid_until_ms,
            }
        case Presence():
            return {"age_max_ms": what.age_max_ms, "as_of_ms": what.as_of_ms, "unit": what.unit}
        case Activity():
            return {
                "activity_type": what.activity_type,
                "headcount": what.headcount,
                "uncited": what.uncited,
            }
        case Movement():
            return movement_to_value(what)
        case Zone():
            return zone_to_value(what)
        case _:
            assert_never(what)


def _read_site(value: Value, path: str) -> Site:
    fields = Fields(value, path)
    site = Site(
        site_class=fields.choice("site_class", SITE_CLASSES),
        category=fields.choice("category", SITE_CATEGORIES),
        grade=fields.choice("grade", GRADES),
        valid_until_ms=fields.integer("valid_until_ms", 0, FOREVER_MS),
    )
    fields.done()
    return site


def _read_presence(value: Value, path: str) -> Presence:
    fields = Fields(value, path)
    presence = Presence(
        unit=fields.text("unit", 200),
        as_of_ms=fields.integer("as_of_ms", 0, FOREVER_MS),
        age_max_ms=fields.integer("age_max_ms", 1, 366 * 86_400_000),
    )
    fields.done()
    return presence


def _read_activity(value: Value, path: str) -> Activity:
    fields = Fields(value, path)
    activity = Activity(
        activity_type=fields.choice("activity_type", ACTIVITY_TYPES),
        uncited=fields.flag("uncited"),
        headcount=fields.integer_or_none("headcount", 0, 10_000_000),
    )
    fields.done()
    return activity


_READ_WHAT: dict[str, Callable[[Value, str], What]] = {
    "site": _read_site,
    "presence": _read_presence,
    "activity": _read_activity,
    "movement": read_movement,
    "zone": read_zone,
}
NOTICE_TYPES = frozenset(_READ_WHAT)


def read_notice(kind: str, fields: Fields) -> Notice:
    """A notice's body in one of its forms; `kind` is one of NOTICE_TYPES."""
    notice = Notice(
        form=fields.choice("form", FORMS),
        name=fields.text("name", 300),
        volumes=fields.many("volumes", volume_from_value, VOLUMES_MAX, least=1),
        quality=fields.choice("quality", QUALITIES),
        mode=fields.choice("mode", MODES),
        change=fields.text_or_none("change", 32),
        contact=fields.text("contact", 500),
        note=fields.one_or_none("note", read_note),
        owner=fields.one_or_none("owner", _read_owner),
        row=fields.one_or_none("row", _read_row),
        entered=fields.many("entered", _read_entered, 16),
        what=_READ_WHAT[kind](fields.take("what"), f"{fields.path}.what"),
    )
    if notice.change is not None and notice.change not in CHANGES:
        raise Malformed(
            f"{fields.path}.change",
            f"{notice.change!r} is not moved, was_always_there or unchanged",
            "say which",
        )
    if isinstance(notice.what, Movement) and any(
        leg.volume >= len(notice.volumes) for leg in notice.what.legs
    ):
        raise Malformed(
            f"{fields.path}.what.legs", "a leg has no volume of its own", "give each leg its volume"
        )
    if notice.form == "desk" and not notice.contact:
        raise Malformed(
            f"{fields.path}.contact", "a desk form says whom to call", "give a desk and its number"
        )
    return notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Why a notice is cancelled (it should not stand) or closed (it is over)."""

    reason: str
    note: Note | None

    def to_value(self) -> Value:
        return {
            "note": None if self.note is None else self.note.to_value(),
            "reason": self.reason,
            "type": "ending",
        }


def read_ending(fields: Fields) -> Ending:
    return Ending(reason=fields.choice("reason", ENDING_REASONS), note=fields.one_or_none("note", read_note))
