"""The characters people type for digits, marks, signs and spaces, brought to one each; the text itself is kept.

Nothing is dropped but marks that cannot be seen and cannot reorder what is seen (LRM, RLM, ALM, BOM). An
override or embedding of direction is refused: with it, what was on the screen is not what is in the text.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from standclear.errors import Malformed

ARABIC_DIGITS: Final = "٠١٢٣٤٥٦٧٨٩"
PERSIAN_DIGITS: Final = "۰۱۲۳۴۵۶۷۸۹"
DEGREE_MARKS: Final = "°º˚∘ᵒ"
MINUTE_MARKS: Final = "'′’‘´`ʹʼ‵＇"
SECOND_MARKS: Final = '"″”“„ʺ˝＂'
MINUS_SIGNS: Final = "-−–‐‑﹣－"
SPACES: Final = (
    "\t\n\r\x0b\x0c\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
UNSEEN: Final = "\u200e\u200f\u061c\ufeff\u0640"  # direction marks, byte order mark, Arabic tatweel
REORDERING: Final = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def _table() -> dict[int, str]:
    pairs = {ord(c): "°" for c in DEGREE_MARKS} | {ord(c): "'" for c in MINUTE_MARKS}
    pairs |= {ord(c): '"' for c in SECOND_MARKS} | {ord(c): "-" for c in MINUS_SIGNS}
    pairs |= {ord(c): " " for c in SPACES} | {ord(c): "" for c in UNSEEN}
    for digits in (ARABIC_DIGITS, PERSIAN_DIGITS):
        pairs |= {ord(c): str(n) for n, c in enumerate(digits)}
    pairs |= {ord("٫"): ".", ord("،"): ",", ord("؛"): ";", ord("＋"): "+", ord("："): ":"}
    pairs |= dict.fromkeys(range(0x064B, 0x0653), "")  # Arabic vowel signs: written or not, the same word
    return pairs


_TABLE: Final = _table()
_TWO_SCRIPTS: Final = re.compile(
    "|".join(
        f"[{a}][.,٫،]?[{b}]"
        for a, b in (
            ("0-9", ARABIC_DIGITS + PERSIAN_DIGITS),
            (ARABIC_DIGITS, "0-9" + PERSIAN_DIGITS),
            (PERSIAN_DIGITS, "0-9" + ARABIC_DIGITS),
        )
    )
)
_REMEDY: Final = "type it anew, as plain text"


def readable(text: str, *, field: str, length_max: int) -> str:
    """The text in one spelling of digits, marks, signs and spaces, for reading only.

    Raises:
        Malformed: empty, longer than `length_max`, not printable, reordered on the screen, or a number in
            the digits of two scripts.
    """
    if len(text) > length_max:
        raise Malformed(
            field, f"is longer than {length_max} characters", "write one only, without other words"
        )
    for character in text:
        if character in REORDERING:
            raise Malformed(
                field, f"holds U+{ord(character):04X}, which changes the order that is seen", _REMEDY
            )
        if ord(character) not in _TABLE and unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs", "Cn"}:
            name = unicodedata.name(character, "unnamed")
            raise Malformed(field, f"holds U+{ord(character):04X} ({name}), which cannot be seen", _REMEDY)
        if ord(character) not in _TABLE and character.isdigit() and character not in "0123456789":
            raise Malformed(
                field, f"holds {character!r}, a digit that is not read", "use 0 to 9, ٠ to ٩ or ۰ to ۹"
            )
    mixed = _TWO_SCRIPTS.search(text)
    if mixed:
        raise Malformed(field, f"has a number in the digits of two scripts: {mixed[0]!r}", _REMEDY)
    plain = text.translate(_TABLE).strip()
    if not plain:
        raise Malformed(field, "is empty", "write it, or say that it is not known")
    return plain
