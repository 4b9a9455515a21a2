"""The rows of a list of sites and what became of each: accepted, doubtful with its reasons, or returned.

Every value here goes into JSON and comes back the same, so that a worklist can be a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from standclear.dialects.places.entered import EnteredPosition, position_from_value, position_to_value
from standclear.errors import Malformed

_REMEDY: Final = "give back the file as it was written, with answers added"

REASONS: Final = {
    "no-position": "no position is given",
    "half-a-position": "one of latitude and longitude is missing",
    "unreadable": "the position is not in a form that is read",
    "several-readings": "the position can be read in more than one way",
    "null-island": "the position is 0, 0, which programs write for a missing one",
    "few-decimals": "the last digit leaves open half a kilometre or more",
    "whole-minutes": "both numbers are whole minutes of arc, written with more decimals than they hold",
    "outside-theatre": "it lies outside the theatre",
    "outside-country": "it lies outside the country it is said to be in",
    "far-from-area": "it lies far from every other row of its area",
    "variant-fits": "it fits where it should be only if a sign or the order of the two numbers is turned",
    "exact-duplicate": "another row has the same name at the same position",
    "same-position": "another row with another name has the very same position",
    "near-same-name": "within 100 m lies another row of the same name",
    "near-similar-name": "within 100 m lies another row of a similar name",
    "ragged": "the row has more or fewer cells than the header, so columns may have moved",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What a row says, as it says it."""

    number: int  # as a spreadsheet shows it
    name: str
    category: str  # of the domain, or "other"
    category_words: str
    admin: str
    country: str
    source: str  # of the position: GPS, map, image
    entered: str  # the cells of the position verbatim, a tab between them
    owner: str = ""  # whose it is, where the list says so
    consent: str = ""  # what the owner agreed to, where the list says so


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a row is doubtful: a code of REASONS, its detail, the rows it has to do with, and a place to consider."""

    code: str
    detail: str = ""  # what makes rows alike: "2 decimals", "variant of the order"
    words: str = ""  # the reason of this row alone: every reading, how far
    rows: tuple[int, ...] = ()
    variant: tuple[int, int] | None = None  # (longitude, latitude) in e7


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRow:
    """An accepted row: a site that can be filed."""

    listed: Listed
    position: EnteredPosition
    radius_cm: int  # what digits and datum leave open, or more where a person widened it
    marks: tuple[str, ...] = ()  # "position doubtful", "confirmed by a person", "near row 17"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtfulRow:
    """A row that waits for a person's answer."""

    listed: Listed
    position: EnteredPosition | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedRow:
    """A row that is not filed and goes back to whoever sent it, with the reasons."""

    listed: Listed
    reasons: tuple[Reason, ...]
    words: str = ""  # of the person who returned it


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """A list read: a fate for each of its rows, and what was found out about the file."""

    sha256: str
    encoding: str
    delimiter: str
    columns: tuple[tuple[str, str], ...]  # role and column name
    accepted: tuple[SiteRow, ...]
    doubtful: tuple[DoubtfulRow, ...]
    returned: tuple[ReturnedRow, ...]
    set_aside: tuple[tuple[int, str], ...]  # lines that are no rows
    near_pairs: int  # pairs of rows within 100 m, whatever their names
    near_rows: int  # rows in such pairs
    doubts: tuple[str, ...]  # about the file as a whole


def _of(kind: type, value: object, field: str) -> dict[str, Any]:
    """The members of an object that must be exactly those of a type."""
    if not isinstance(value, dict) or set(value) != set(kind.__annotations__):
        raise Malformed(field, f"is no {kind.__name__} as written by this program", _REMEDY)
    for name, annotation in kind.__annotations__.items():
        wanted = {"int": int, "str": str}.get(annotation, object)
        if wanted is not object and type(value[name]) is not wanted:
            raise Malformed(f"{field}.{name}", f"is no {annotation}", _REMEDY)
    return value


def _texts(value: object, field: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Malformed(field, "is no list of texts", _REMEDY)
    return tuple(value)


def _listed_to_value(listed: Listed) -> dict[str, Any]:
    return {name: getattr(listed, name) for name in Listed.__annotations__}


def reason_to_value(reason: Reason) -> dict[str, Any]:
    """A reason as a JSON object."""
    return {
        "code": reason.code,
        "detail": reason.detail,
        "words": reason.words,
        "rows": list(reason.rows),
        "variant": None if reason.variant is None else list(reason.variant),
    }


def _reason_from_value(value: object, field: str) -> Reason:
    members = _of(Reason, value, field)
    if members["code"] not in REASONS:
        raise Malformed(f"{field}.code", f"{members['code']!r} is no reason", _REMEDY)
    rows, variant = members["rows"], members["variant"]
    if not isinstance(rows, list) or any(type(row) is not int for row in rows):
        raise Malformed(f"{field}.rows", "is no list of row numbers", _REMEDY)
    if variant is not None:
        if not isinstance(variant, list) or len(variant) != 2 or any(type(one) is not int for one in variant):
            raise Malformed(f"{field}.variant", "is no place", _REMEDY)
        variant = (variant[0], variant[1])
    return Reason(
        code=members["code"],
        detail=members["detail"],
        words=members["words"],
        rows=tuple(rows),
        variant=variant,
    )


def site_to_value(row: SiteRow) -> dict[str, Any]:
    """An accepted row as a JSON object."""
    return {
        "listed": _listed_to_value(row.listed),
        "position": position_to_value(row.position),
        "radius_cm": row.radius_cm,
        "marks": list(row.marks),
    }


def _site_from_value(value: object, field: str) -> SiteRow:
    members = _of(SiteRow, value, field)
    return SiteRow(
        listed=Listed(**_of(Listed, members["listed"], f"{field}.listed")),
        position=position_from_value(members["position"], field=f"{field}.position"),
        radius_cm=members["radius_cm"],
        marks=_texts(members["marks"], f"{field}.marks"),
    )


def _doubtful_to_value(row: DoubtfulRow) -> dict[str, Any]:
    return {
        "listed": _listed_to_value(row.listed),
        "position": None if row.position is None else position_to_value(row.position),
        "reasons": [reason_to_value(one) for one in row.reasons],
    }


def _reasons(value: object, field: str) -> tuple[Reason, ...]:
    if not isinstance(value, list):
        raise Malformed(field, "is no list", _REMEDY)
    return tuple(_reason_from_value(one, f"{field}[{i}]") for i, one in enumerate(value))


def _doubtful_from_value(value: object, field: str) -> DoubtfulRow:
    members = _of(DoubtfulRow, value, field)
    place = members["position"]
    return DoubtfulRow(
        listed=Listed(**_of(Listed, members["listed"], f"{field}.listed")),
        position=None if place is None else position_from_value(place, field=f"{field}.position"),
        reasons=_reasons(members["reasons"], f"{field}.reasons"),
    )


def _returned_to_value(row: ReturnedRow) -> dict[str, Any]:
    reasons = [reason_to_value(one) for one in row.reasons]
    return {"listed": _listed_to_value(row.listed), "reasons": reasons, "words": row.words}


def _returned_from_value(value: object, field: str) -> ReturnedRow:
    members = _of(ReturnedRow, value, field)
    return ReturnedRow(
        listed=Listed(**_of(Listed, members["listed"], f"{field}.listed")),
        reasons=_reasons(members["reasons"], f"{field}.reasons"),
        words=members["words"],
    )


def intake_to_value(intake: Intake) -> dict[str, Any]:
    """A whole intake as a JSON object."""
    return {
        "sha256": intake.sha256,
        "encoding": intake.encoding,
        "delimiter": intake.delimiter,
        "columns": [list(pair) for pair in intake.columns],
        "accepted": [site_to_value(row) for row in intake.accepted],
        "doubtful": [_doubtful_to_value(row) for row in intake.doubtful],
        "returned": [_returned_to_value(row) for row in intake.returned],
        "set_aside": [list(pair) for pair in intake.set_aside],
        "near_pairs": intake.near_pairs,
        "near_rows": intake.near_rows,
        "doubts": list(intake.doubts),
    }


def intake_from_value(value: object, *, field: str) -> Intake:
    """The intake that `intake_to_value` wrote.

    Raises:
        Malformed: naming the member that is missing or altered.
    """
    members = _of(Intake, value, field)
    lists = ("accepted", "doubtful", "returned", "columns", "set_aside")
    for name in lists:
        if not isinstance(members[name], list):
            raise Malformed(f"{field}.{name}", "is no list", _REMEDY)
    pairs = [*members["columns"], *members["set_aside"]]
    if any(not isinstance(pair, list) or len(pair) != 2 for pair in pairs):
        raise Malformed(field, "columns and set_aside hold pairs", _REMEDY)
    rows = {name: list(enumerate(members[name])) for name in lists[:3]}
    return Intake(
        sha256=members["sha256"],
        encoding=members["encoding"],
        delimiter=members["delimiter"],
        columns=tuple((str(role), str(name)) for role, name in members["columns"]),
        accepted=tuple(_site_from_value(one, f"{field}.accepted[{i}]") for i, one in rows["accepted"]),
        doubtful=tuple(_doubtful_from_value(one, f"{field}.doubtful[{i}]") for i, one in rows["doubtful"]),
        returned=tuple(_returned_from_value(one, f"{field}.returned[{i}]") for i, one in rows["returned"]),
        set_aside=tuple((int(number), str(why)) for number, why in members["set_aside"]),
        near_pairs=members["near_pairs"],
        near_rows=members["near_rows"],
        doubts=_texts(members["doubts"], f"{field}.doubts"),
    )
