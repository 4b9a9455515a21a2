"""Phrasing: the catalogues of this package, read once each; what a code says in a language."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

from standclear.dialects.phrases import CODES, LANGUAGES, Catalogue, read_catalogue

FALLBACK: Final = "en"


@cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of a language; the English one where there is none of that language."""
    name = language if language in LANGUAGES else FALLBACK
    folder = files("standclear") / "dialects" / "catalogues"
    return read_catalogue((folder / f"{name}.toml").read_text("utf-8"), name)


def answer_phrase(says: Catalogue, code: str) -> str:
    """What an answer without a key says; the enumerations that links and codes offer hold no code twice."""
    sections = ("line_answers", "emergency_answers", "acknowledgements")
    section = next(one for one in sections if code in CODES[one])
    return says.phrase(section, code)
