"""Before one moves: who holds this version of a notice and who does not, what it meets, and whom to ring (G20).

The page says what stands. Whether to go is the decision of whoever goes, and nothing here is an answer to that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from standclear.cli.line import Line
from standclear.cli.output import print_table, utc
from standclear.statements.canonical import from_b64u

Json = dict[str, Any]
_MINUTE_MS = 60_000
_NOTHING = "it meets nothing that was released to you; others may be there"


def holders(line: Line, notice: Json, ladders: Sequence[Json]) -> list[Json]:
    """Everybody that a notice is released to: which have this version, how far each has come, and their telephones."""
    enrolled = {one["party"]: one for one in line.parties()}
    by_party = {one["party"]: one for one in ladders}
    named = [one["party"] for one in notice["to"] if one["party"] is not None and one["when"] != "never"]
    found = []
    for party in dict.fromkeys([*by_party, *named]):
        ladder = by_party.get(party)
        found.append(
            {
                "party": party,
                "name": enrolled.get(party, {}).get("name", party),
                "holds": ladder is not None,
                "rung": None if ladder is None else ladder["rung"],
                "acknowledged_ms": None if ladder is None else ladder["acknowledged_ms"],
                "attested": [] if ladder is None else ladder["attested"],
                "lead_left_ms": None if ladder is None else ladder["lead_left_ms"],
                "too_late": ladder is not None and ladder["too_late"],
                "telephones": _telephones(enrolled.get(party, {})),
            }
        )
    return found


def _telephones(party: Mapping[str, Any]) -> list[str]:
    return [number for desk in party.get("desks", ()) for number in desk["phones"]]


def print_reaching(line: Line, notice: Json, ladders: Sequence[Json], met: Sequence[Json]) -> None:
    """The page: who does not have this version stands first."""
    rows = holders(line, notice, ladders)
    rows.sort(key=lambda one: (one["acknowledged_ms"] is not None, one["holds"], one["name"]))
    table = [
        (one["name"], _has(one), "  ".join(one["telephones"]) or "no number is enrolled") for one in rows
    ]
    print_table(("recipient", "of this version", "telephones"), table)
    if not met:
        print(_NOTHING)
        return
    print_table(
        ("meets", "of", "condition", "knows of it", "reference"),
        [
            (
                f"{one['kind']} {one['name']!r}" if one["name"] else f"{one['kind']} ({one['form']} form)",
                line.name_of(from_b64u(one["party"], 16, "party")),
                one["condition"],
                {True: "yes", False: "NOT AWARE of it", None: "-"}[one["is_aware"]],
                one["ref"],
            )
            for one in met
        ],
    )


def _has(one: Json) -> str:
    if one["acknowledged_ms"] is not None:
        return f"acknowledged {utc(one['acknowledged_ms'])}{_lead(one)}"
    if not one["holds"]:
        return "NOT TOLD: it waits for a meeting"
    attested = "; attested, not signed" if one["attested"] else ""
    late = ", TOO LATE TO ACT ON" if one["too_late"] else ""
    return f"NOT ACKNOWLEDGED ({one['rung'].replace('_', ' ')}{attested}){late}"


def _lead(one: Json) -> str:
    """How long before it began: notice that is too late to act on is no notice."""
    left_ms = one["lead_left_ms"]
    if left_ms is None:
        return ""
    minutes = abs(left_ms) // _MINUTE_MS
    if left_ms <= 0:
        return f", {minutes} min AFTER IT BEGAN"
    return f", {minutes} min before it begins{', TOO LATE TO ACT ON' if one['too_late'] else ''}"
