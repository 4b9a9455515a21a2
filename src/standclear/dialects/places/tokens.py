"""A text cut into numbers, marks, signs, separators and words; every way of cutting where a comma leaves two.

A comma between two digits may be a decimal mark or stand between the two numbers of a list: both are tried,
and the grammar says which of them make sense. Where a stop is the decimal mark, a comma is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Final

from standclear.dialects.places.words import MEANINGS, Meaning, find_word, fold
from standclear.errors import Malformed
from standclear.limits import COMMAS_BETWEEN_DIGITS_MAX

_NUMBER: Final = re.compile(r"\d+(?:\.\d+)*")
_LETTER_MARK: Final = re.compile(r"([dms])(?=[\d\s.]|[nsewkgb](?![^\W\d_])|$)", re.IGNORECASE)
_SEPARATORS: Final = ",;/|"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One piece of a text: its kind, how it is written, and what a word or mark of it can say."""

    kind: str  # "number" | "dotted" | "mark" | "word" | "sign" | "dash" | "separator" | "colon"
    text: str
    meanings: tuple[Meaning, ...] = ()
    is_spaced: bool = False


def cuttings(text: str, *, field: str) -> Iterator[tuple[Token, ...]]:
    """Every way to cut a text (see `characters.readable`) into tokens.

    Raises:
        Malformed: a character or word that says nothing here, or too many commas between digits.
    """
    glued = [m.start() for m in re.finditer(r"(?<=\d),(?=\d)", text)]
    if len(glued) > COMMAS_BETWEEN_DIGITS_MAX:
        reason = f"has more than {COMMAS_BETWEEN_DIGITS_MAX} commas between digits"
        raise Malformed(field, reason, "write one place only, with a stop as the decimal mark")
    has_stop = re.search(r"\d\.\d", text) is not None
    for decimal in product((False, True), repeat=len(glued)):
        if has_stop and any(decimal):
            continue
        if any(
            two == (True, True) and text[a + 1 : b].isdigit() for a, b, two in _neighbours(glued, decimal)
        ):
            continue  # a number has one decimal mark
        cut = list(text)
        for at, is_decimal in zip(glued, decimal, strict=True):
            cut[at] = "." if is_decimal else ", "
        yield _cut("".join(cut), field)


def _neighbours(glued: list[int], decimal: tuple[bool, ...]) -> Iterator[tuple[int, int, tuple[bool, bool]]]:
    places = pairwise(glued)
    return ((a, b, two) for (a, b), two in zip(places, pairwise(decimal), strict=True))


def _cut(text: str, field: str) -> tuple[Token, ...]:
    folded = fold(text)
    tokens: list[Token] = []
    at, is_spaced = 0, False
    while at < len(text):
        if text[at] == " ":
            at, is_spaced = at + 1, True
            continue
        token, at = _next(text, folded, at, is_spaced, tokens[-1] if tokens else None, field)
        tokens.append(token)
        is_spaced = False
    return tuple(tokens)


def _next(
    text: str, folded: str, at: int, is_spaced: bool, before: Token | None, field: str
) -> tuple[Token, int]:
    number = _NUMBER.match(text, at)
    if number:
        stops = number[0].count(".")
        kind = "number" if stops <= 1 else "dotted"
        return Token(kind=kind, text=number[0], is_spaced=is_spaced), number.end()
    here = text[at]
    if here in "+-":
        follows_digit = at + 1 < len(text) and text[at + 1].isdigit()
        if follows_digit and (before is None or is_spaced or before.kind in {"separator", "colon", "word"}):
            return Token(kind="sign", text=here, is_spaced=is_spaced), at + 1
        if here == "-":
            return Token(kind="dash", text=here, is_spaced=is_spaced), at + 1
    if text.startswith("''", at):
        return _mark('"', "''", is_spaced), at + 2
    if here in "°'\"":
        return _mark(here, here, is_spaced), at + 1
    if here in _SEPARATORS:
        return Token(kind="separator", text=here, is_spaced=is_spaced), at + 1
    if here in ":=":
        return Token(kind="colon", text=here, is_spaced=is_spaced), at + 1
    return _word(text, folded, at, is_spaced, before, field)


def _mark(says: str, text: str, is_spaced: bool) -> Token:
    meaning = Meaning(says=says, kind="mark", languages=frozenset())
    return Token(kind="mark", text=text, meanings=(meaning,), is_spaced=is_spaced)


def _word(
    text: str, folded: str, at: int, is_spaced: bool, before: Token | None, field: str
) -> tuple[Token, int]:
    found = find_word(folded, at)
    glued_to_number = before is not None and before.kind == "number" and not is_spaced
    letter = _LETTER_MARK.match(text, at) if glued_to_number else None
    if letter and (found is None or found[1] == at + 1):
        found = (fold(letter[1]), at + 1)
    if found is None:
        word = re.match(r"[^\W\d_]+|.", text[at:])
        shown = word[0] if word else text[at]
        raise Malformed(field, f"{shown!r} says nothing here", "write numbers, marks and N S E W only")
    spelling, end = found
    return Token(kind="word", text=text[at:end], meanings=MEANINGS[spelling], is_spaced=is_spaced), end
