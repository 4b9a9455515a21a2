"""Wording: a letter put into the words of one language's catalogue. Codes travel; words are chosen at the last moment (G13).

A catalogue is a TOML file in `catalogues/`, named by its language. One that lacks a code falls back to English for it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from standclear.flow.outbox import Letter
from standclear.flow.phrasing import answer_phrase
from standclear.flow.phrasing import catalogue as catalogue_of
from standclear.statements.canonical import b64u

CATALOGUES: Final = Path(__file__).with_name("catalogues")
FALLBACK: Final = "en"
ABOUT_DESKS: Final = frozenset({"line_check", "unreachable", "watch_gap"})
"""What is told of a desk and not of a notice: there is nothing to read about it but the message."""
EXERCISE: Final = "EXERCISE"
RIGHT_TO_LEFT: Final = frozenset({"ar"})
START_ITS_OWN, START_RIGHT_TO_LEFT, END = "\u2068", "\u2067", "\u2069"
"""Unicode's isolates (UAX 9): within them a text keeps its direction, and changes none around it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A letter in words: a line above, and the text. `short` is for channels that carry a line or two."""

    subject: str
    text: str
    short: str


def languages() -> tuple[str, ...]:
    """The languages that have a catalogue."""
    return tuple(sorted(path.stem for path in CATALOGUES.glob("*.toml")))


@cache
def catalogue(language: str) -> dict[str, Any]:
    """One language's words by their codes; English where there is no such catalogue."""
    name = language if language in languages() else FALLBACK
    return tomllib.loads((CATALOGUES / f"{name}.toml").read_text("utf-8"))


def words_of(letter: Letter) -> Words:
    """A letter in the language of its address. Every message of an exercise begins EXERCISE, in every language."""
    parcel = letter.parcel
    named = {
        "word": _word(parcel.language, "word", parcel.word),
        "level": _word(parcel.language, "level", parcel.level),
        "silent": letter.silent,
        "instead_of": letter.instead_of,
        "reference": b64u(parcel.sid)[:10],
        "count": str(letter.count or parcel.end - parcel.start),
        "since": _time(letter.since_ms),
        "deadline": _time(parcel.deadline_ms),
        "due": _time(parcel.due_ms),
        "url": letter.reply_url,
    }
    if parcel.language in RIGHT_TO_LEFT:
        named = {name: _isolated(value) for name, value in named.items()}
    begin = partial(_begun, letter, parcel.language)
    subject = begin(_word(parcel.language, "subject", parcel.kind).format(**named))
    lines = [begin(_word(parcel.language, "text", parcel.kind).format(**named))]
    lines += [_word(parcel.language, None, code).format(**named) for code in _codes(letter)]
    text = "\n".join([lines[0], *letter.details, *lines[1:]])
    return Words(subject=subject, text=text, short=f"{subject} {named['reference']}{_short_reply(letter)}")


def _short_reply(letter: Letter) -> str:
    """How a text is answered: by its link, or by a code and a number. A link is not read out to anybody."""
    says, language = catalogue_of(letter.parcel.language), letter.parcel.language
    found = f" {letter.reply_url}" if letter.reply_url and letter.parcel.channel != "voice" else ""
    if letter.reply_code:
        listed = ", ".join(
            f"{number} {answer_phrase(says, code)}" for number, code in enumerate(letter.answers, start=1)
        )
        found += " " + _word(language, None, "code").format(code=letter.reply_code, answers=listed)
    return found


def _begun(letter: Letter, language: str, text: str) -> str:
    """A line as it begins: in an exercise with EXERCISE, in these letters, and with its own language's word for it."""
    if not letter.exercise:
        return text
    own = _word(language, None, "exercise")
    told = text if own == EXERCISE else f"{own} {text}"
    if language in RIGHT_TO_LEFT:  # the Latin word before it would set the line from left to right
        told = f"{START_RIGHT_TO_LEFT}{told}{END}"
    return f"{EXERCISE} {told}"


def _isolated(value: str) -> str:
    """A value that keeps its own direction; the space ends an address, which what follows would lengthen."""
    ends = " " if "://" in value else ""
    return f"{START_ITS_OWN}{value}{ends}{END}" if value else value


def _codes(letter: Letter) -> list[str]:
    parcel = letter.parcel
    found = ["instead_of", "reference"] if letter.instead_of else ["reference"]
    if parcel.end - parcel.start > 1:
        found.append("items")
    if parcel.deadline_ms is not None:
        found.append("deadline")
    if letter.reply_url:
        found.append("reply")
    if not letter.details and parcel.kind not in ABOUT_DESKS:
        found.append("look")
    return [*found, "protection"]


def _word(language: str, table: str | None, code: str) -> str:
    for one in (language, FALLBACK):
        words = catalogue(one) if table is None else catalogue(one).get(table, {})
        if code in words:
            return str(words[code])
    return code.replace("_", " ")


def _time(at_ms: int | None) -> str:
    return "" if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M")
