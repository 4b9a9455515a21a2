"""What one entry did: its effect, what it met, and what was released because of it. Values only; the flow applies them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """Two notices meet. `a` is the one that the entry filed; `told` are the parties that are told of it."""

    a: bytes
    a_form: str
    b: bytes
    b_form: str
    concern: str
    told: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Items of one statement entered a party's inbox at [start, end), in one form."""

    party: bytes
    sid: bytes
    form: str
    start: int
    end: int
    why: str


@dataclass(slots=True, kw_only=True)
class Outcome:
    """The effect of one entry. See `statements.deeds.EFFECTS` for the words."""

    effect: str = "in_force"
    rule: bytes | None = None
    marks: list[str] = field(default_factory=list)
    aware_of: int = 0
    missing: list[bytes] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    unaware: list[tuple[bytes, bytes]] = field(default_factory=list)
    """Activities that became not aware of a notice: (activity's reference, notice's reference)."""
    rests_on_deeds: bool = False
    """Words are gone that it would follow from: part of it is what the deeds said while they were there."""

    def mark(self, word: str) -> None:
        """Put a mark on the entry, once."""
        if word not in self.marks:
            self.marks.append(word)
