"""The doubtful rows of a list as a few questions (G19), and the answers: by group, or by row where one is different.

Rows with the same reasons and the same details are one question. An unanswered row stays doubtful; a row answered
`widen` is filed meanwhile, with a larger radius and the mark "position doubtful". The worklist and its answers are
JSON, so that they can wait in a file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from standclear.dialects.coordinates import read_position
from standclear.dialects.places.doubts import apart_cm
from standclear.dialects.places.entered import EnteredPosition
from standclear.dialects.sites.rows import (
    REASONS,
    DoubtfulRow,
    Intake,
    ReturnedRow,
    SiteRow,
    intake_from_value,
    intake_to_value,
)
from standclear.errors import Malformed

WIDENED_CM: Final = (
    200_000  # the least radius of a row that is filed with a doubtful position, if none is stated
)
MINUTE_CM: Final = 131_000  # what a whole minute leaves open at most: half of it north, half of it east
RADIUS_CM_MAX: Final = 50_000_000  # 500 km; a wider site protects nothing that can be named
CHOICES: Final = {
    "file": "file as it is read: these are what they say",
    "widen": "file with a larger radius, marked position doubtful",
    "variant": "file at the other place that is shown",
    "position": "file at the position that is stated here (one row only)",
    "keep_first": "file the first of rows beside each other, wide enough to hold the others, and return those",
    "leave_out": "return the rows with their reasons",
}
_DUPLICATES: Final = frozenset({"exact-duplicate", "same-position", "near-same-name", "near-similar-name"})
_EXAMPLES: Final = 3
_REMEDY: Final = "give back the file as it was written, with answers added"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One question: rows doubtful for the same reasons in the same way."""

    key: str
    question: str
    choices: tuple[str, ...]
    rows: tuple[int, ...]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Worklist:
    """A list with the questions that its doubtful rows raise, the largest group first."""

    intake: Intake
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a person decided, for a group or a row, and what they said about it."""

    choice: str
    words: str = ""
    radius_cm: int | None = None  # with "widen"
    position: str = ""  # with "position": the text, read as strictly as any other
    order: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Answers by the key of a group, and by row number: a row's own goes before its group's."""

    groups: Mapping[str, Answer] = field(default_factory=dict)
    rows: Mapping[int, Answer] = field(default_factory=dict)


def worklist_of(intake: Intake, *, by: Sequence[str] = ()) -> Worklist:
    """The questions that an intake raises.

    Args:
        by: `country`, `admin` or `category`, to ask for each of them apart.

    Raises:
        Malformed: rows cannot be told apart by that.
    """
    for name in by:
        if name not in {"country", "admin", "category"}:
            raise Malformed("by", f"{name!r} does not tell rows apart", "give country, admin or category")
    grouped: dict[str, list[DoubtfulRow]] = {}
    for row in intake.doubtful:
        grouped.setdefault(_key(row, by), []).append(row)
    groups = (_group(key, rows) for key, rows in grouped.items())
    return Worklist(
        intake=intake, groups=tuple(sorted(groups, key=lambda group: (-len(group.rows), group.key)))
    )


def _key(row: DoubtfulRow, by: Sequence[str]) -> str:
    alike = sorted(
        {f"{reason.code} ({reason.detail})" if reason.detail else reason.code for reason in row.reasons}
    )
    return " + ".join(alike) + "".join(f" | {getattr(row.listed, name)}" for name in by)


def _group(key: str, rows: Sequence[DoubtfulRow]) -> Group:
    reasons = [reason.code for reason in rows[0].reasons]
    question = f"{len(rows)} rows: " + "; ".join(dict.fromkeys(REASONS[code] for code in reasons))
    return Group(
        key=key,
        question=question,
        choices=tuple(_choices(rows)),
        rows=tuple(row.listed.number for row in rows),
        examples=tuple(_example(row) for row in rows[:_EXAMPLES]),
    )


def _choices(rows: Sequence[DoubtfulRow]) -> Iterator[str]:
    """The choices that every row of a group admits of."""
    codes = [{reason.code for reason in row.reasons} for row in rows]
    if all(row.position is not None for row in rows):
        yield "file"
        yield "widen"
        if all(found & _DUPLICATES for found in codes):
            yield "keep_first"
    if all(_variant(row) is not None for row in rows):
        yield "variant"
    if len(rows) == 1:
        yield "position"
    yield "leave_out"


def _variant(row: DoubtfulRow) -> tuple[int, int] | None:
    return next((reason.variant for reason in row.reasons if reason.variant is not None), None)


def _example(row: DoubtfulRow) -> str:
    place = row.listed.entered.replace("\t", ", ").strip(", ")
    words = "; ".join(reason.words for reason in row.reasons if reason.words)
    shown = f"row {row.listed.number}, {row.listed.name}" + (f", at {place}" if place else "")
    return f"{shown} ({words})" if words else shown


def answer(worklist: Worklist, answers: Answers) -> Intake:
    """The list with its doubtful rows filed or returned as answered; rows without an answer stay doubtful.

    Raises:
        Malformed: an answer names no group or row of the worklist, or a choice that it does not admit of; or a
            position in an answer is not read.
        Ambiguous: a position in an answer has several readings.
    """
    _check(worklist, answers)
    group_of = {number: group.key for group in worklist.groups for number in group.rows}
    given = {
        row.listed.number: answers.rows.get(row.listed.number)
        or answers.groups.get(group_of[row.listed.number])
        for row in worklist.intake.doubtful
    }
    kept = _kept(worklist.intake.doubtful, given)
    filed: dict[int, SiteRow] = {}
    doubtful: list[DoubtfulRow] = []
    returned: list[ReturnedRow] = []
    for row in worklist.intake.doubtful:
        decided = given[row.listed.number]
        if decided is None:
            doubtful.append(row)
        elif decided.choice == "leave_out" or row.listed.number in kept:
            returned.append(ReturnedRow(listed=row.listed, reasons=row.reasons, words=decided.words))
        else:
            filed[row.listed.number] = _filed(row, decided)
    _hold(filed, kept, worklist.intake.doubtful)
    return replace(
        worklist.intake,
        accepted=_in_order((*worklist.intake.accepted, *filed.values())),
        doubtful=tuple(doubtful),
        returned=tuple(sorted((*worklist.intake.returned, *returned), key=lambda row: row.listed.number)),
    )


def _in_order(rows: Iterable[SiteRow]) -> tuple[SiteRow, ...]:
    return tuple(sorted(rows, key=lambda row: row.listed.number))


def _kept(rows: Sequence[DoubtfulRow], given: Mapping[int, Answer | None]) -> dict[int, int]:
    """For each row returned as a duplicate, the earlier row beside it that is kept: never one that is returned too."""
    kept: dict[int, int] = {}
    for row in sorted(rows, key=lambda row: row.listed.number):
        number = row.listed.number
        decided = given[number]
        if decided is None or decided.choice != "keep_first":
            continue
        beside = {other for reason in row.reasons if reason.code in _DUPLICATES for other in reason.rows}
        first = min(
            (one for one in beside if one < number and one in given and one not in kept), default=None
        )
        if first is not None:
            kept[number] = first
    return kept


def _hold(filed: dict[int, SiteRow], kept: Mapping[int, int], rows: Sequence[DoubtfulRow]) -> None:
    """Widen the rows that are kept so that they hold those returned for them; none may be lost with its first."""
    by_number = {row.listed.number: row for row in rows}
    for number, first in kept.items():
        site = filed.get(first)
        if site is None:
            reason = f"row {number} is returned in favour of row {first}, which is not filed"
            raise Malformed(f"rows.{first}", reason, "answer the first row so that it is filed, or file both")
        place = by_number[number].position
        assert place is not None, "only a row with a position can be a duplicate"
        far_cm = apart_cm((place.lon_e7, place.lat_e7), (site.position.lon_e7, site.position.lat_e7))
        radius_cm = max(site.radius_cm, far_cm + far_cm // 100 + 1 + place.uncertainty_cm)
        filed[first] = replace(site, radius_cm=radius_cm, marks=(*site.marks, f"holds row {number}"))


def _check(worklist: Worklist, answers: Answers) -> None:
    groups = {group.key: group for group in worklist.groups}
    rows = {row.listed.number: row for row in worklist.intake.doubtful}
    for key, given in answers.groups.items():
        if key not in groups:
            raise Malformed(f"groups.{key}", "is no question of this worklist", _REMEDY)
        if given.choice not in groups[key].choices or given.choice == "position":
            admitted = ", ".join(one for one in groups[key].choices if one != "position")
            raise Malformed(
                f"groups.{key}", f"{given.choice!r} answers another question", f"choose of {admitted}"
            )
    for number, given in answers.rows.items():
        if number not in rows:
            raise Malformed(f"rows.{number}", "is no doubtful row of this worklist", _REMEDY)
        admitted_row = tuple(_choices([rows[number]]))
        if given.choice not in admitted_row:
            remedy = f"choose of {', '.join(admitted_row)}"
            raise Malformed(f"rows.{number}", f"{given.choice!r} answers another question", remedy)
    for given in (*answers.groups.values(), *answers.rows.values()):
        if given.radius_cm is not None and not 0 < given.radius_cm <= RADIUS_CM_MAX:
            raise Malformed("radius_cm", f"{given.radius_cm} is out of range", f"give 1 to {RADIUS_CM_MAX}")


def _filed(row: DoubtfulRow, given: Answer) -> SiteRow:
    if given.choice == "position":
        name = f"row {row.listed.number}"
        place = read_position(given.position, field=name, order=given.order)
        return _site(row, place, place.uncertainty_cm, "position stated by a person", given.words)
    assert row.position is not None
    if given.choice == "variant":
        variant = _variant(row)
        assert variant is not None
        place = replace(row.position, lon_e7=variant[0], lat_e7=variant[1])
        return _site(row, place, place.uncertainty_cm, "turned as a person decided", given.words)
    if given.choice == "widen":
        radius_cm = max(row.position.uncertainty_cm, given.radius_cm or _widened_cm(row))
        return _site(row, row.position, radius_cm, "position doubtful", given.words)
    radius_cm = row.position.uncertainty_cm
    return _site(row, row.position, radius_cm, "confirmed by a person", given.words)


def _widened_cm(row: DoubtfulRow) -> int:
    """How wide a row is filed if nobody says: a whole minute leaves that much open, other doubts more."""
    if {reason.code for reason in row.reasons} <= {"whole-minutes", *_DUPLICATES}:
        return MINUTE_CM
    return WIDENED_CM


def _site(row: DoubtfulRow, place: EnteredPosition, radius_cm: int, mark: str, words: str) -> SiteRow:
    codes = tuple(dict.fromkeys(reason.code for reason in row.reasons))
    marks = (mark, *codes, *((words,) if words else ()))
    return SiteRow(listed=row.listed, position=place, radius_cm=radius_cm, marks=marks)


def progress(intake: Intake) -> Counter[str]:
    """How many rows have which fate: every row of the file is counted once."""
    return Counter(
        accepted=len(intake.accepted),
        doubtful=len(intake.doubtful),
        returned=len(intake.returned),
        set_aside=len(intake.set_aside),
    )


def worklist_to_value(worklist: Worklist) -> dict[str, Any]:
    """A worklist as a JSON object; each question has a place for its answer, and so has each row."""
    return {
        "file_sha256": worklist.intake.sha256,
        "choices": CHOICES,
        "groups": [
            {
                "key": group.key,
                "question": group.question,
                "choices": list(group.choices),
                "rows": list(group.rows),
                "examples": list(group.examples),
                "answer": None,
            }
            for group in worklist.groups
        ],
        "row_answers": {},
        "intake": intake_to_value(worklist.intake),
    }


def worklist_from_value(value: object, *, field: str) -> tuple[Worklist, Answers]:
    """The worklist that `worklist_to_value` wrote, and the answers that were added.

    Raises:
        Malformed: something else than answers was altered, or an answer is not well formed.
    """
    members = _object(value, {"file_sha256", "choices", "groups", "row_answers", "intake"}, field)
    intake = intake_from_value(members["intake"], field=f"{field}.intake")
    if members["file_sha256"] != intake.sha256 or not isinstance(members["groups"], list):
        raise Malformed(f"{field}.file_sha256", "is not that of the intake", _REMEDY)
    groups: list[Group] = []
    by_group: dict[str, Answer] = {}
    wanted = {"key", "question", "choices", "rows", "examples", "answer"}
    for i, one in enumerate(members["groups"]):
        name = f"{field}.groups[{i}]"
        written = _object(one, wanted, name)
        groups.append(_group_from_value(written, name))
        if written["answer"] is not None:
            by_group[written["key"]] = _answer(written["answer"], f"{name}.answer")
    asked = sorted(number for group in groups for number in group.rows)
    if asked != sorted(row.listed.number for row in intake.doubtful):
        raise Malformed(f"{field}.groups", "do not hold each doubtful row once", _REMEDY)
    by_row: dict[int, Answer] = {}
    for number, given in _object(members["row_answers"], None, f"{field}.row_answers").items():
        if not number.isdecimal():
            raise Malformed(f"{field}.row_answers", f"{number!r} is no row number", _REMEDY)
        by_row[int(number)] = _answer(given, f"{field}.row_answers.{number}")
    return Worklist(intake=intake, groups=tuple(groups)), Answers(groups=by_group, rows=by_row)


def _group_from_value(written: dict[str, Any], field: str) -> Group:
    kinds: dict[str, type] = {"choices": str, "rows": int, "examples": str}
    for name, kind in kinds.items():
        one = written[name]
        if not isinstance(one, list) or any(type(part) is not kind for part in one):
            raise Malformed(f"{field}.{name}", f"is no list of {kind.__name__}", _REMEDY)
    for name in ("key", "question"):
        if not isinstance(written[name], str):
            raise Malformed(f"{field}.{name}", "is no text", _REMEDY)
    lists = {name: tuple(written[name]) for name in kinds}
    return Group(key=written["key"], question=written["question"], **lists)


def _object(value: object, members: set[str] | None, field: str) -> dict[str, Any]:
    if not isinstance(value, dict) or (members is not None and set(value) != members):
        raise Malformed(field, "is not as written by this program", _REMEDY)
    return value


def _answer(value: object, field: str) -> Answer:
    """An answer: the choice alone, or an object with what belongs to it."""
    if isinstance(value, str):
        value = {"choice": value}
    written = _object(value, None, field)
    if unknown := set(written) - set(Answer.__annotations__):
        raise Malformed(
            field, f"{min(unknown)!r} is no part of an answer", "give choice, words, radius_cm or position"
        )
    kinds = {"choice": str, "words": str, "position": str, "radius_cm": int, "order": str}
    for name, given in written.items():
        if type(given) is not kinds[name]:
            raise Malformed(f"{field}.{name}", f"is no {kinds[name].__name__}", _REMEDY)
    if written.get("choice") not in CHOICES:
        raise Malformed(
            f"{field}.choice", f"{written.get('choice')!r} is no choice", f"choose of {', '.join(CHOICES)}"
        )
    return Answer(**written)
