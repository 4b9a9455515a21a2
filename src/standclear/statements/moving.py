"""Movements and zones: what moves, leg by leg, and what rule lies over an area (domain enumerations d2, d4)."""

from __future__ import annotations

from dataclasses import dataclass

from standclear.errors import Malformed
from standclear.spacetime.units import FOREVER_MS
from standclear.statements.canonical import Value, b64u
from standclear.statements.fields import Fields, choice_reader, text_reader

MOVEMENT_TYPES = frozenset(
    {
        "aid_convoy", "staff_mission", "medical_evacuation", "emergency_evacuation", "assessment",
        "migrant_or_population_movement", "general_cargo", "repair_mission", "military_convoy", "patrol",
        "rotation_resupply", "ship_passage", "naval_passage", "hospital_ship", "civil_flight", "medical_flight",
        "military_flight", "uas_flight",
    }
)  # fmt: skip
MOVEMENT_MODES = frozenset({"road", "rail", "river_waterborne", "sea", "air", "foot"})
MARKINGS = frozenset({"none", "emblem", "roof", "sides", "night_infrared", "lights", "flag"})
ZONE_TYPES = frozenset(
    {
        "no_fire_area", "restricted_fire_area", "airspace_coordination_area", "no_fire_line", "restrictive_fire_line",
        "fscl", "coordinated_fire_line", "restricted_operations_zone", "ua_roz", "air_corridor",
        "minimum_risk_route", "safe_lane", "transit_corridor", "ua_route", "boundary", "no_attack_zone_maritime",
        "minimum_safe_distance_zone", "minefield", "contaminated_area", "refugee_holding_area",
        "main_supply_route", "closed_airspace", "danger_area", "restricted_area", "prohibited_area",
        "air_defence_engagement_zone",
    }
)  # fmt: skip
RESTRICTIONS = frozenset(
    {
        "entry_prohibited",
        "entry_restricted",
        "area_to_be_avoided",
        "stopping_prohibited",
        "speed_restricted",
        "none",
    }
)
STAGES = frozenset({"departed", "passed", "halted", "resumed", "arrived", "outcome"})
OUTCOMES = frozenset(
    {
        "facilitated", "partially_facilitated", "impeded", "denied", "postponed_by_organiser", "cancelled", "completed",
    }
)  # fmt: skip
LEGS_MAX = 64
DISPLACEMENT_T_MAX = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One leg: where from, where to, and which of the notice's volumes it is."""

    origin: str
    destination: str
    volume: int

    def to_value(self) -> Value:
        return {"destination": self.destination, "origin": self.origin, "volume": self.volume}


def _read_leg(value: Value, path: str) -> Leg:
    fields = Fields(value, path)
    leg = Leg(
        origin=fields.text("origin", 200),
        destination=fields.text("destination", 200),
        volume=fields.integer("volume", 0, 255),
    )
    fields.done()
    return leg


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """What moves, in legs with windows of their own (each leg is one of the notice's volumes).

    `repeats` names an earlier movement that this one repeats. Headcount is a number only; drivers have no names here.
    `displacement_t` is the standard displacement of all its vessels together, in tonnes; None where none is stated.
    It is ended by a signed arrival or outcome, never by the clock (G0).
    """

    movement_type: str
    movement_mode: str
    legs: tuple[Leg, ...]
    units: int
    headcount: int | None
    identification: tuple[str, ...]
    markings: tuple[str, ...]
    repeats: bytes | None
    displacement_t: int | None = None


def read_movement(value: Value, path: str) -> Movement:
    """A movement's particulars."""
    fields = Fields(value, path)
    movement = Movement(
        movement_type=fields.choice("movement_type", MOVEMENT_TYPES),
        movement_mode=fields.choice("movement_mode", MOVEMENT_MODES),
        legs=fields.many("legs", _read_leg, LEGS_MAX, least=1),
        units=fields.integer("units", 1, 10_000),
        headcount=fields.integer_or_none("headcount", 0, 1_000_000),
        identification=fields.many("identification", text_reader(100), 64),
        markings=fields.many("markings", choice_reader(MARKINGS), 8),
        repeats=fields.raw_or_none("repeats", 36),
        displacement_t=fields.integer_or_none("displacement_t", 0, DISPLACEMENT_T_MAX),
    )
    fields.done()
    return movement


def movement_to_value(movement: Movement) -> Value:
    """The inverse of `read_movement`."""
    return {
        "displacement_t": movement.displacement_t,
        "headcount": movement.headcount,
        "identification": list(movement.identification),
        "legs": [leg.to_value() for leg in movement.legs],
        "markings": list(movement.markings),
        "movement_mode": movement.movement_mode,
        "movement_type": movement.movement_type,
        "repeats": None if movement.repeats is None else b64u(movement.repeats),
        "units": movement.units,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A rule over an area: no-fire area, closed airspace, air-defence zone."""

    zone_type: str
    restriction: str
    reason: str


def read_zone(value: Value, path: str) -> Zone:
    """A zone's particulars."""
    fields = Fields(value, path)
    zone = Zone(
        zone_type=fields.choice("zone_type", ZONE_TYPES),
        restriction=fields.choice("restriction", RESTRICTIONS),
        reason=fields.text("reason", 500),
    )
    fields.done()
    return zone


def zone_to_value(zone: Zone) -> Value:
    """The inverse of `read_zone`."""
    return {"reason": zone.reason, "restriction": zone.restriction, "zone_type": zone.zone_type}


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a movement has come (the header's `cites` name it): departed, passed, halted, resumed, arrived, outcome."""

    stage: str
    leg: int | None
    at_ms: int
    outcome: str | None

    def to_value(self) -> Value:
        return {
            "at_ms": self.at_ms,
            "leg": self.leg,
            "outcome": self.outcome,
            "stage": self.stage,
            "type": "progress",
        }


def read_progress(fields: Fields) -> Progress:
    progress = Progress(
        stage=fields.choice("stage", STAGES),
        leg=fields.integer_or_none("leg", 0, LEGS_MAX - 1),
        at_ms=fields.integer("at_ms", 0, FOREVER_MS),
        outcome=fields.text_or_none("outcome", 32),
    )
    if (progress.stage == "outcome") != (progress.outcome is not None):
        raise Malformed(
            f"{fields.path}.outcome", "an outcome, and only one, says which", "write one, or null"
        )
    if progress.outcome is not None and progress.outcome not in OUTCOMES:
        known = ", ".join(sorted(OUTCOMES))
        raise Malformed(
            f"{fields.path}.outcome", f"{progress.outcome!r} is not one of: {known}", "use one of them"
        )
    return progress
