"""Rule packs: an arrangement as a file that a cell edits (TOML), read strictly, with every quantity's unit written out."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any, Final

from standclear.errors import Malformed
from standclear.limits import SIGNERS_MAX, WARNINGS_MAX
from standclear.statements.arrangement import (
    Arrangement,
    Concern,
    Escalation,
    InquiryRule,
    KindRule,
    Member,
    OneSided,
    read_arrangement,
)
from standclear.statements.fields import Fields, text_reader
from standclear.statements.readiness import ReadinessRule
from standclear.statements.total import Total

_QUANTITY = re.compile(r"(\d+)\s*([a-z]+)\Z")
_LENGTHS_CM = {"cm": 1, "m": 100, "km": 100_000}
_TIMES_MS = {"ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
AT_ONCE: Final = "at once"
_CASES = {
    "both": (True, True),
    "notice_only": (True, False),
    "activity_only": (False, True),
    "neither": (False, False),
}


def read_pack(text: str, members: Mapping[bytes, str], neutral: bytes | None) -> Arrangement:
    """The arrangement that a rule pack states, for these members (party id to role).

    Raises:
        Malformed: not TOML, a field missing or unknown, a quantity without its unit, a hole in the table; the line of
            the field is named where the file has it.
    """
    try:
        pack = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Malformed("pack", str(error), "mend the file at that line") from None
    try:
        arrangement = _arrangement(pack, members, neutral)
        fields = Fields(arrangement.to_value(), "arrangement")
        fields.take("type")
        return read_arrangement(fields)
    except Malformed as error:
        line = _line_of(text, _named(error.field, pack))
        raise Malformed(error.field, f"{error.reason}{line}", error.remedy) from None


def _named(field: str, pack: Mapping[str, Any]) -> str:
    """A field's path with its kind by name, as the file has it: the arrangement numbers them."""
    kinds = sorted(pack["kinds"]) if type(pack.get("kinds")) is dict else []
    found = re.search(r"\bkinds\[(\d+)\]", field)
    if found is None or int(found[1]) >= len(kinds):
        return field
    return field.replace(found[0], f"kinds.{kinds[int(found[1])]}")


def _arrangement(pack: Mapping[str, Any], members: Mapping[bytes, str], neutral: bytes | None) -> Arrangement:
    fields = Fields(dict(pack), "pack")
    matrix = fields.many("matrix", _concern, 64)
    table = Fields(fields.take("one_sided"), "pack.one_sided")
    one_sided = tuple(
        OneSided(
            notice_released=notice,
            activity_released=activity,
            tell=table.many(case, lambda word, at: Fields({"w": word}, at).text("w", 16, 1), 3),
        )
        for case, (notice, activity) in _CASES.items()
    )
    table.done()
    kinds = fields.take("kinds")
    if type(kinds) is not dict:
        raise Malformed("pack.kinds", "not a table", "write [kinds.site] and so on")
    arrangement = Arrangement(
        name=fields.text("name", 200, 1),
        state="in_force",
        members=tuple(Member(party=party, role=role) for party, role in sorted(members.items())),
        neutral=neutral,
        matrix=matrix,
        one_sided=one_sided,
        kinds=tuple(_kind(name, rule, f"pack.kinds.{name}") for name, rule in sorted(kinds.items())),
        citation_grace_ms=_quantity(fields, "citation_grace", _TIMES_MS),
        retention_ms=_quantity(fields, "retention", _TIMES_MS),
        predicate=fields.text("predicate", 32, 1),
        note=fields.text("note"),
        escalation=fields.many("escalation", _escalation, 8),
        emergency=fields.many("emergency", _escalation, 8),
        inquiry=fields.one("inquiry", _inquiry),
        readiness=fields.one("readiness", _readiness) if "readiness" in pack else None,
        totals=fields.many("totals", _total, 32) if "totals" in pack else (),
    )
    fields.done()
    return arrangement


def _concern(value: Any, path: str) -> Concern:
    fields = Fields(value, path)
    pair = fields.many("pair", lambda word, at: Fields({"w": word}, at).text("w", 16, 1), 2, least=2)
    concern = Concern(
        a=pair[0],
        b=pair[1],
        name=fields.text("name", 64, 1),
        horizontal_cm=_quantity(fields, "horizontal", _LENGTHS_CM),
        vertical_cm=_quantity(fields, "vertical", _LENGTHS_CM),
        time_ms=_quantity(fields, "time", _TIMES_MS),
        own=fields.flag("own"),
    )
    fields.done()
    return concern


def _kind(name: str, value: Any, path: str) -> KindRule:
    fields = Fields(value, path)
    rule = KindRule(
        kind=name,
        after_end=fields.text("after_end", 16, 1),
        long_stop_ms=_quantity(fields, "long_stop", _TIMES_MS),
        blanket_extent_cm=_quantity(fields, "blanket_extent", _LENGTHS_CM),
        blanket_duration_ms=_quantity(fields, "blanket_duration", _TIMES_MS),
        daily_max=fields.integer("daily_max", 1),
        acknowledge_ms=_quantity(fields, "acknowledge", _TIMES_MS),
        lead_ms=_quantity(fields, "lead", _TIMES_MS),
        signers=fields.integer("signers", 1, SIGNERS_MAX),
        warn_ms=fields.many("warn", _span, WARNINGS_MAX),
        grade_least=fields.text("grade_least", 32, 1) if "grade_least" in value else None,
        grade_within_ms=_quantity(fields, "grade_within", _TIMES_MS) if "grade_within" in value else None,
    )
    fields.done()
    return rule


def _span(value: Any, path: str) -> int:
    """One span of time of a list of them."""
    if type(value) is not str:
        raise Malformed(path, f"{value!r} is no text", "write '14 d'")
    return _read_quantity(value, path, _TIMES_MS)


def _escalation(value: Any, path: str) -> Escalation:
    fields = Fields(value, path)
    one = Escalation(level=fields.text("level", 32, 1), after_ms=_quantity(fields, "after", _TIMES_MS))
    fields.done()
    return one


def _inquiry(value: Any, path: str) -> InquiryRule:
    fields = Fields(value, path)
    rule = InquiryRule(
        extent_least_cm=_quantity(fields, "extent_least", _LENGTHS_CM),
        answer_most_ms=_quantity(fields, "answer_most", _TIMES_MS),
        daily_max=fields.integer("daily_max", 1),
    )
    fields.done()
    return rule


def _readiness(value: Any, path: str) -> ReadinessRule:
    fields = Fields(value, path)
    rule = ReadinessRule(
        line_every_ms=_quantity(fields, "line_every", _TIMES_MS),
        line_answer_ms=_quantity(fields, "line_answer", _TIMES_MS),
        line_misses=fields.integer("line_misses", 1),
        watch_gap_ms=_quantity(fields, "watch_gap", _TIMES_MS),
        watch_most_ms=_quantity(fields, "watch_most", _TIMES_MS),
    )
    fields.done()
    return rule


def _total(value: Any, path: str) -> Total:
    fields = Fields(value, path)
    total = Total(
        name=fields.text("name", 64, 1),
        kind=fields.text("kind", 16, 1),
        types=fields.many("types", text_reader(64), 64),
        measure=fields.text("measure", 16, 1),
        window_ms=_window(fields),
        by=fields.text("by", 16, 1),
        except_roles=fields.many("except_roles", text_reader(16), 4),
        most=fields.integer("most"),
    )
    fields.done()
    return total


def _window(fields: Fields) -> int | None:
    """Over what a total is taken: "at once", or what begins within a span such as "30 d"."""
    text = fields.text("over", 32, 1)
    return None if text == AT_ONCE else _read_quantity(text, f"{fields.path}.over", _TIMES_MS)


def _quantity(fields: Fields, name: str, units: Mapping[str, int]) -> int:
    return _read_quantity(fields.text(name, 32, 1), f"{fields.path}.{name}", units)


def _read_quantity(text: str, path: str, units: Mapping[str, int]) -> int:
    found = _QUANTITY.match(text)
    if found is None or found[2] not in units:
        known = ", ".join(units)
        raise Malformed(path, f"{text!r} is not a whole number with one of: {known}", "write '15 min'")
    return int(found[1]) * units[found[2]]


def _line_of(text: str, field: str) -> str:
    """ " (line n)" of the last word of a field's path, where the file has it once. The file's words carry no unit."""
    name = re.sub(r"\[\d+\]", "", field).rsplit(".", 1)[-1]
    name = name.removesuffix("_ms").removesuffix("_cm")
    table = re.search(r"\bkinds\.(\w+)\.", field)
    lines, section = [], ""
    for number, line in enumerate(text.splitlines(), 1):
        opened = re.match(r"\s*\[+([\w.]+)\]+", line)
        section = opened[1] if opened else section
        is_there = table is None or section == f"kinds.{table[1]}"
        if is_there and re.match(rf"\s*{re.escape(name)}\s*=", line):
            lines.append(number)
    return f" (line {lines[0]})" if len(lines) == 1 else ""
