"""One angle of a position: its fields as written, its exact value, and how much its last digit leaves open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from standclear.dialects.places.tokens import Token
from standclear.dialects.places.words import Meaning

E7: Final = 10_000_000
_MARK_OF_FIELD: Final = ("°", "'", '"')
_UNIT_OF_FIELD: Final = (1, 60, 3600)
FORMAT_OF_FIELDS: Final = {1: "dd", 2: "ddm", 3: "dms"}
NORTHINGS: Final = frozenset("NS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Angle:
    """What one angle says: digits by field, sign, hemisphere words, axis words; nothing yet about validity."""

    fields: tuple[str, ...]  # degrees, minutes, seconds, as far as written; decimals in the last only
    sign: str = ""  # "+", "-" or not written
    hemispheres: tuple[Meaning, ...] = ()
    axis: str = ""  # "lat" or "lon", if a word says so
    is_before: bool = False  # the hemisphere stands before the number
    needs_confirming: str = ""  # why this way of reading is never enough by itself

    def degrees(self) -> Fraction:
        """The value without sign or hemisphere, exactly."""
        parts = zip(self.fields, _UNIT_OF_FIELD, strict=False)
        return sum((Fraction(digits) / unit for digits, unit in parts), Fraction(0))

    def cell(self) -> Fraction:
        """The width in degrees of what the last digit leaves open."""
        _, _, decimals = self.fields[-1].partition(".")
        return Fraction(1, _UNIT_OF_FIELD[len(self.fields) - 1] * 10 ** len(decimals))

    def complaint(self) -> str:
        """Why the fields are no angle; empty if they are one."""
        for name, digits in zip(("degrees", "minutes", "seconds"), self.fields, strict=False):
            whole = digits.partition(".")[0]
            if name == "degrees" and len(whole) > 3:
                return f"degrees {digits} have more than three digits"
            if name != "degrees" and (len(whole) > 2 or int(whole) >= 60):
                return f"{name} {digits} are not below 60"
        return ""


def whole_e7(degrees: Fraction) -> int:
    """Degrees as a whole number of 1e-7; a half goes to the even neighbour."""
    return round(degrees * E7)


def angles_from(tokens: tuple[Token, ...], start: int) -> Iterator[tuple[Angle, int]]:
    """Every angle that begins at a token, with the place where it ends."""
    at = start
    axis = ""
    before: tuple[Meaning, ...] = ()
    for _ in range(2):  # an axis word and a hemisphere may both stand before, in either order
        if at < len(tokens) and tokens[at].kind == "word":
            axes = [m.says for m in tokens[at].meanings if m.kind == "axis"]
            words = tuple(m for m in tokens[at].meanings if m.kind == "hemisphere")
            if axes and not axis:
                axis, at = axes[0], at + 1
            elif words and not before:
                before, at = words, at + 1
            else:
                break
            if at < len(tokens) and tokens[at].kind == "colon":
                at += 1
    sign = ""
    if at < len(tokens) and tokens[at].kind == "sign":
        sign, at = tokens[at].text, at + 1
    for fields, end, why in _fields_from(tokens, at):
        angle = Angle(
            fields=fields,
            sign=sign,
            hemispheres=before,
            axis=axis,
            is_before=bool(before),
            needs_confirming=why,
        )
        yield angle, end
        if not before and end < len(tokens) and tokens[end].kind == "word":
            after = tuple(m for m in tokens[end].meanings if m.kind == "hemisphere")
            if after and not _closes_seconds(tokens, end):
                yield (
                    Angle(fields=fields, sign=sign, hemispheres=after, axis=axis, needs_confirming=why),
                    end + 1,
                )


def _closes_seconds(tokens: tuple[Token, ...], at: int) -> bool:
    """In 35d40m30s the s closes the seconds, as the m did the minutes: it is no south."""
    is_mark = any(m.says == '"' for m in tokens[at].meanings if m.kind == "mark")
    minutes = tokens[at - 2] if at >= 2 else None
    return (
        is_mark
        and not tokens[at].is_spaced
        and minutes is not None
        and minutes.kind == "word"
        and any(m.says == "'" for m in minutes.meanings)
    )


def _fields_from(tokens: tuple[Token, ...], start: int) -> Iterator[tuple[tuple[str, ...], int, str]]:
    if start < len(tokens) and tokens[start].kind == "dotted":
        yield from _dotted(tokens[start].text, start + 1)
        return
    yield from _more_fields(tokens, start, (), between=None)


def _dotted(text: str, end: int) -> Iterator[tuple[tuple[str, ...], int, str]]:
    """35.40.30 is written for 35°40'30" and for 35°40.30': never read, only asked about."""
    parts = text.split(".")
    if len(parts) == 3:
        why = "stops stand between the numbers"
        yield tuple(parts), end, why
        yield (parts[0], f"{parts[1]}.{parts[2]}"), end, why


def _more_fields(
    tokens: tuple[Token, ...], at: int, fields: tuple[str, ...], *, between: str | None
) -> Iterator[tuple[tuple[str, ...], int, str]]:
    """One more field, then stop or go on. A field with decimals is the last."""
    level = len(fields)
    if level == 3 or at >= len(tokens) or tokens[at].kind != "number":
        return
    digits = tokens[at].text
    marks = _marks_at(tokens, at + 1)
    if not marks:
        yield from _field_ends(tokens, at + 1, (*fields, digits), between=between)
    for says, end in marks:
        if says == _MARK_OF_FIELD[level]:
            yield from _field_ends(tokens, end, (*fields, digits), between=between)
        elif says == '"' and level == 1:
            why = "a seconds mark follows the degrees, without minutes"
            yield (fields[0], "0", digits), end, why
            yield (fields[0], digits), end, why
    if marks and any(
        tokens[at + 1].kind == "word" and m.kind == "hemisphere" for m in tokens[at + 1].meanings
    ):
        yield from _field_ends(tokens, at + 1, (*fields, digits), between=between)


def _field_ends(
    tokens: tuple[Token, ...], at: int, fields: tuple[str, ...], *, between: str | None
) -> Iterator[tuple[tuple[str, ...], int, str]]:
    yield fields, at, ""
    if "." in fields[-1] or at >= len(tokens):
        return
    kind = tokens[at].kind
    if kind in {"dash", "colon"} and between in {None, kind}:
        yield from _more_fields(tokens, at + 1, fields, between=kind)
    elif kind == "number" and between in {None, kind}:
        yield from _more_fields(tokens, at, fields, between=kind)


def _marks_at(tokens: tuple[Token, ...], at: int) -> list[tuple[str, int]]:
    if at >= len(tokens) or tokens[at].kind not in {"mark", "word"}:
        return []
    return [(m.says, at + 1) for m in tokens[at].meanings if m.kind == "mark"]
