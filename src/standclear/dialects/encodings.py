"""Which encoding a list was saved in: read from its bytes, said aloud, and refused where two are as likely.

UTF-8 and UTF-16 say so themselves: nothing else decodes as UTF-8 by chance. The code pages of Windows do not, so
the letters are weighed: Arabic and Cyrillic words are runs of high bytes, those of western Europe and Turkey
single letters among plain ones.
"""

from __future__ import annotations

import re
from typing import Final

from standclear.errors import Ambiguous, Malformed

ENCODINGS: Final = ("utf-8", "utf-8-sig", "utf-16", "cp1252", "cp1254", "cp1251", "cp1256")
_RUN: Final = re.compile(rb"[\x80-\xff]+")
_TURKISH: Final = frozenset("ğışĞİŞ")
# The commonest letters of a language, most frequent first; a word in the wrong code page uses rare ones.
_COMMON: Final = {
    "cp1251": "оеаинтсрвлкмдпуяыьгзбчйхжшюіцїєщ",
    "cp1256": "البتميونرسعدحقفكهةأجشخصطءضزغىثذإئؤظ",
}
_SAMPLE_BYTES: Final = 1 << 20  # enough to weigh letters; a list is in one encoding throughout
_CYRILLIC_MARGIN: Final = 2.0  # Russian words weigh three times what they do as Arabic; in KOI8, 1.4 times
_ARABIC_MARGIN: Final = (
    1.3  # Arabic words weigh 1.6 times what they do as Cyrillic; in ISO 8859-6, 1.15 times
)
_LEAST: Final = 0.45  # real words weigh 0.6 and more; words in another code page altogether, 0.2


def decode(content: bytes, *, field: str, encoding: str | None = None) -> tuple[str, str]:
    """The text of a file and the name of its encoding.

    Args:
        encoding: what the caller knows; nothing else is tried.

    Raises:
        Malformed: the bytes are no text in the encoding.
        Ambiguous: two code pages fit as well, or none does; the longest word is given in both.

    Example:
        >>> decode("Больница".encode("cp1251"), field="list")
        ('Больница', 'cp1251')
    """
    if encoding is not None:
        return _strictly(content, encoding, field), encoding
    if content.startswith(b"\xef\xbb\xbf"):
        return _strictly(content, "utf-8-sig", field), "utf-8-sig"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strictly(content, "utf-16", field), "utf-16"
    if b"\x00" in content[:4096]:
        remedy = "save it as CSV in UTF-8, or as XLSX"
        raise Malformed(field, "is no text: it holds zero bytes and no byte order mark", remedy)
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        name = _code_page(content[:_SAMPLE_BYTES], field)
        return _strictly(content, name, field), name


def _strictly(content: bytes, encoding: str, field: str) -> str:
    if encoding not in ENCODINGS:
        raise Malformed(
            f"{field}.encoding", f"{encoding!r} is not read", f"state one of {', '.join(ENCODINGS)}"
        )
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as wrong:
        reason = f"is not {encoding}: byte {wrong.start} is {content[wrong.start]:#04x}"
        raise Malformed(field, reason, "state its encoding, or save it as CSV in UTF-8") from wrong


def _code_page(sample: bytes, field: str) -> str:
    runs = _RUN.findall(sample)
    if sum(len(run) for run in runs if len(run) > 2) * 2 < sum(map(len, runs)):
        return _western(sample)
    cyrillic, arabic = (_weight(sample, name) for name in ("cp1251", "cp1256"))
    if cyrillic >= max(_LEAST, _CYRILLIC_MARGIN * arabic):
        return "cp1251"
    if arabic >= max(_LEAST, _ARABIC_MARGIN * cyrillic):
        return "cp1256"
    words = max(runs, key=len)
    readings = tuple(f"{words.decode(name, 'replace')} ({name})" for name in ("cp1251", "cp1256"))
    raise Ambiguous(field, repr(words), readings, "state its encoding, or save it as CSV in UTF-8")


def _western(sample: bytes) -> str:
    """Six letters of cp1254 are Turkish where cp1252 has Icelandic ones; no list is in Icelandic."""
    letters = set(sample.decode("cp1254", "replace"))
    return "cp1254" if letters & _TURKISH else "cp1252"


def _weight(sample: bytes, name: str) -> float:
    """How common the letters are that the high bytes would be; letters that the language has not weigh nothing."""
    order = {letter: len(_COMMON[name]) - i for i, letter in enumerate(_COMMON[name])}
    letters = b"".join(_RUN.findall(sample)).decode(name, "replace").lower()
    return sum(order.get(letter, 0) for letter in letters) / max(len(letters), 1) / len(_COMMON[name])
