"""What a verification found: numbered checks, each with findings that say what they prove and what they do not."""

from __future__ import annotations

from dataclasses import dataclass, field

from standclear.statements.canonical import Value

HOLDS = "holds"
UNPROVEN = "unproven"
BROKEN = "broken"

ALL_HOLDS, SOMETHING_WRONG, UNUSABLE, BY_WHOM_UNPROVEN = 0, 1, 2, 3
"""Exit codes: all checks hold under the policy; something is wrong; nothing to read; consistent, by whom unproven."""

CHECKS: dict[int, str] = {
    1: "the file: its form, and the digest over every byte",
    2: "the head: signed by the log and the witnesses that the policy trusts",
    3: "the charter: entry 0, and the log that every statement names",
    4: "the tree: every entry is in it, and it is the tree of every receipt at hand",
    5: "the log's times do not go back",
    6: "no statement stands in the log twice",
    7: "every statement is signed by keys that counted then",
    8: "the chain of each key has neither gap nor fork",
    9: "openings: slots, lists and inbox heads are the ones that the headers commit to",
    10: "bodies are the ones committed to, and every form contains the exact volume",
    11: "deeds: the service's records are the ones it signed, and leave no entry out",
    12: "inboxes: what was told to each party, and that nothing else was, through this log",
    13: "meetings: every decision repeated, and none hidden",
    14: "effects: what each entry did, and what each activity was aware of",
    15: "acknowledgements: by a person's key, of what was released to its party",
    16: "the answer to the question that was asked",
}
"""Every check by its number. The numbers stand at the code that makes them, and never change their meaning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One result of one check: its grade, what it is about, and what it says in plain words."""

    check: int
    grade: str
    about: str
    says: str
    index: int | None = None

    def to_value(self) -> Value:
        return {
            "about": self.about,
            "check": self.check,
            "grade": self.grade,
            "index": self.index,
            "says": self.says,
        }


@dataclass(slots=True)
class Findings:
    """Findings being gathered, check by check."""

    found: dict[int, list[Finding]] = field(default_factory=lambda: {number: [] for number in CHECKS})

    def broken(self, check: int, about: str, says: str, index: int | None = None) -> None:
        """It is wrong."""
        self._add(check, BROKEN, about, says, index)

    def unproven(self, check: int, about: str, says: str, index: int | None = None) -> None:
        """It may be so; this dossier does not show it."""
        self._add(check, UNPROVEN, about, says, index)

    def holds(self, check: int, says: str) -> None:
        """It was checked and holds, as far as the sentence reaches."""
        self._add(check, HOLDS, "", says, None)

    def _add(self, check: int, grade: str, about: str, says: str, index: int | None) -> None:
        self.found[check].append(Finding(check=check, grade=grade, about=about, says=says, index=index))

    def is_broken(self, check: int) -> bool:
        """Whether a check has found something wrong."""
        return any(one.grade == BROKEN for one in self.found[check])


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole verification. `roots` names the keys that were believed; empty means: by whom is unproven.

    `asks` and `claims` are the dossier's question and answer as they stand in it; check 16 says whether to believe them.
    """

    origin: str
    name: str
    exercise: bool | None
    size: int
    entries: int
    root: bytes
    roots: tuple[str, ...]
    asks: Value
    claims: Value
    findings: tuple[Finding, ...]

    def of(self, check: int) -> tuple[Finding, ...]:
        """The findings of one check."""
        return tuple(one for one in self.findings if one.check == check)

    def grade(self, check: int) -> str:
        """The worst grade of a check's findings; a check that could not be made is unproven."""
        grades = {one.grade for one in self.of(check)}
        return BROKEN if BROKEN in grades else UNPROVEN if UNPROVEN in grades or not grades else HOLDS

    def broken(self) -> tuple[Finding, ...]:
        """Everything that is wrong."""
        return tuple(one for one in self.findings if one.grade == BROKEN)

    def exit_code(self) -> int:
        """0 all checks hold under the policy; 1 something is wrong; 3 consistent, and by whom is unproven."""
        if self.broken():
            return SOMETHING_WRONG
        return ALL_HOLDS if self.roots else BY_WHOM_UNPROVEN

    def to_value(self) -> Value:
        return {
            "asks": self.asks,
            "claims": self.claims,
            "checks": [
                {
                    "check": number,
                    "findings": [one.to_value() for one in self.of(number)],
                    "grade": self.grade(number),
                    "title": title,
                }
                for number, title in CHECKS.items()
            ],
            "entries": self.entries,
            "exercise": self.exercise,
            "exit_code": self.exit_code(),
            "name": self.name,
            "origin": self.origin,
            "root": self.root.hex(),
            "roots": list(self.roots),
            "size": self.size,
        }
