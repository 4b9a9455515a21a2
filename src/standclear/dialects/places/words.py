"""Words and letters for north, south, east, west, latitude and longitude, by language: a table one can print.

A letter may be another's double in a second script (Latin B, Cyrillic В). What the double would mean is kept
as a *lookalike*: it makes a text questionable, and is never enough to read one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

LANGUAGES: Final = ("en", "ru", "uk", "tr", "ar", "fr")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """One thing a word can say: a hemisphere (N S E W), an axis (lat, lon) or a mark (° ' ")."""

    says: str
    kind: str  # "hemisphere" | "axis" | "mark"
    languages: frozenset[str]
    lookalike: str = ""


# Spelling (small letters; a blank stands for nothing, a blank or a stop) -> what it says, in which languages.
_INTERNATIONAL: Final = "en ru uk tr ar"  # the letters N S E W stand on charts everywhere
_HEMISPHERES: Final = {
    "N": {
        "en fr de int": "n",
        "en": "north",
        "fr de": "nord",
        "ru": "с|с ш|с/ш|сев|сев ш|север|северной широты|северная широта|сш",
        "uk": "пн|пн ш|північ|північної широти|північна широта",
        "tr": "k|kuzey|kuzey enlemi",
        "ar": "شمال|شمالا|شمالي|الشمال",
    },
    "S": {
        "en fr de int": "s",
        "en": "south",
        "fr": "sud",
        "ru": "ю|ю ш|ю/ш|юж|юж ш|юг|южной широты|южная широта|юш",
        "uk": "пд|пд ш|південь|південної широти|південна широта",
        "tr": "g|güney|guney|güney enlemi|guney enlemi",
        "ar": "ج|جنوب|جنوبا|جنوبي|الجنوب",
    },
    "E": {
        "en fr int": "e",
        "en": "east",
        "fr": "est",
        "de": "o|ost",
        "ru": "в|в д|в/д|вост|вост д|восток|восточной долготы|восточная долгота|вд",
        "uk": "сх|сх д|схід|східної довготи|східна довгота",
        "tr": "d|doğu|dogu|doğu boylamı|dogu boylami",
        "ar": "شرق|شرقا|شرقي|الشرق",
    },
    "W": {
        "en de int": "w",
        "en": "west",
        "de": "west",
        "fr": "o|ouest",
        "ru": "з|з д|з/д|зап|зап д|запад|западной долготы|западная долгота|зд",
        "uk": "з|зх|зх д|захід|західної довготи|західна довгота",
        "tr": "b|batı|bati|batı boylamı|bati boylami",
        "ar": "غ|غرب|غربا|غربي|الغرب",
    },
}
_SHARED_ARABIC: Final = ("ش", ("N", "E"))  # the first letter of north and of east
_AXES: Final = {
    "lat": "lat|latitude|enlem|широта|خط العرض|خط عرض|دائرة العرض",
    "lon": "lon|long|lng|longitude|boylam|долгота|довгота|خط الطول|خط طول",
}
_MARKS: Final = {
    "°": "d|deg|degree|degrees|degré|degrés|градус|градуса|градусов|град|градусів|derece|درجة",
    "'": "m|min|minute|minutes|мин|минута|минут|минуты|хв|хвилин|dk|dakika|دقيقة",
    '"': "s|sec|second|seconds|сек|секунда|секунд|секунды|saniye|ثانية",
}
# A letter -> the letter of another script that looks the same, and what that one would say.
_LOOKALIKES: Final = {
    "b": ("В", "E", "Latin B for Cyrillic В (восток, east)"),
    "c": ("С", "N", "Latin C for Cyrillic С (север, north)"),
    "в": ("B", "W", "Cyrillic В for Latin B (batı, west)"),
    "е": ("E", "E", "Cyrillic Е for Latin E (east)"),
    "ѕ": ("S", "S", "Cyrillic Ѕ for Latin S (south)"),
    "к": ("K", "N", "Cyrillic К for Latin K (kuzey, north)"),
    "о": ("O", "W", "Cyrillic О for Latin O (ouest, west)"),
    "ν": ("N", "N", "Greek Ν for Latin N (north)"),
    "ε": ("E", "E", "Greek Ε for Latin E (east)"),
    "β": ("B", "W", "Greek Β for Latin B (batı, west)"),
    "κ": ("K", "N", "Greek Κ for Latin K (kuzey, north)"),
}


def fold(text: str) -> str:
    """Small letters, with the two Turkish i made one, so that capitals compare."""
    return text.replace("İ", "i").replace("I", "i").lower().replace("ı", "i")


def _meanings() -> dict[str, tuple[Meaning, ...]]:
    found: dict[str, dict[tuple[str, str, str], set[str]]] = {}

    def add(spelling: str, says: str, kind: str, languages: str, lookalike: str = "") -> None:
        found.setdefault(fold(spelling), {}).setdefault((says, kind, lookalike), set()).update(
            languages.split()
        )

    for says, by_language in _HEMISPHERES.items():
        for languages, spellings in by_language.items():
            for spelling in spellings.split("|"):
                add(spelling, says, "hemisphere", languages)
    for says in _SHARED_ARABIC[1]:
        add(_SHARED_ARABIC[0], says, "hemisphere", "ar")
    for kind, table in (("axis", _AXES), ("mark", _MARKS)):
        for says, spellings in table.items():
            for spelling in spellings.split("|"):
                add(spelling, says, kind, "int")
    for letter, (_, says, why) in _LOOKALIKES.items():
        add(letter, says, "hemisphere", "", why)
    return {
        spelling: tuple(
            Meaning(says=says, kind=kind, languages=frozenset(languages), lookalike=lookalike)
            for (says, kind, lookalike), languages in meanings.items()
        )
        for spelling, meanings in found.items()
    }


MEANINGS: Final = _meanings()
_LETTER: Final = r"[^\W\d_]"
_ANY_WORD: Final = re.compile(
    "(?:"
    + "|".join(
        r"\.?\s*".join(re.escape(part) for part in spelling.split(" "))
        for spelling in sorted(MEANINGS, key=len, reverse=True)
    )
    + rf")(?!{_LETTER})\.?"
)


def find_word(folded: str, at: int) -> tuple[str, int] | None:
    """The longest known word that begins at a place of a folded text, and where it ends; or None."""
    match = _ANY_WORD.match(folded, at)
    if match is None:
        return None
    spelling = re.sub(r"[.\s]+", " ", match[0]).strip()
    if spelling not in MEANINGS:
        spelling = next(one for one in MEANINGS if one.replace(" ", "") == spelling.replace(" ", ""))
    return spelling, match.end()
