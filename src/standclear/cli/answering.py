"""What was asked or called, and who answered: what is signed, and apart from it what is only attested (G1, G6)."""

from __future__ import annotations

from typing import Any

from standclear.cli.line import Line
from standclear.cli.output import attested_in_words, print_table, utc
from standclear.cli.phrasing import shown
from standclear.statements.canonical import from_b64u

_SECTIONS = {
    "emergency": "emergency_answers",
    "inquiry": "inquiry_answers",
    "consultation": "consultation_replies",
}


def print_answers(line: Line, matter: dict[str, Any], language: str | None) -> None:
    """A matter: its state, and of everybody who was asked what they signed and after how many seconds, or that nobody did."""
    state = shown("matters", matter["state"], language)
    code = shown("emergencies", matter["code"], language) if matter["kind"] == "emergency" else ""
    print(
        f"{matter['kind'].replace('_', ' ')}{f' ({code})' if code else ''} of {utc(matter['opened_ms'])}: {state}"
    )
    rows = []
    for one in matter["asked"]:
        signed = [_signed(answer, matter["kind"], language) for answer in one["signed"]]
        rows.append(
            (
                line.name_of(from_b64u(one["party"], 16, "party")),
                "; ".join(signed) or "NOBODY SIGNED AN ANSWER",
                attested_in_words(one["attested"], line.name_of),
            )
        )
    print_table(("asked", "signed", "attested"), rows)


def _signed(answer: dict[str, Any], kind: str, language: str | None) -> str:
    section = _SECTIONS.get(kind, "agreements")
    return f"{shown(section, answer['answer'], language)} after {answer['after_ms'] / 1000:.0f} s"
