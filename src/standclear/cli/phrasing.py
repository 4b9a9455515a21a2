"""Phrasing: codes as the reader's language says them, by --language or STANDCLEAR_LANGUAGE; as they are, without either.

JSON keeps the codes: programs read those, and they are what was signed.
"""

from __future__ import annotations

import argparse
import os
from typing import Final

from standclear.dialects.phrases import LANGUAGES
from standclear.errors import Malformed, NotFound
from standclear.flow.phrasing import catalogue

LANGUAGE_VARIABLE: Final = "STANDCLEAR_LANGUAGE"


def phrase(section: str, code: str, language: str) -> str:
    """What a code of an enumeration says in a language.

    Example:
        >>> phrase("emergency_answers", "ceased", "fr")
        'notre feu a cessé'
    """
    return catalogue(language).phrase(section, code)


def add_language_option(parser: argparse.ArgumentParser) -> None:
    """--language: in which language codes are shown."""
    parser.add_argument(
        "--language",
        choices=LANGUAGES,
        dest="shown_in",
        help=f"of the codes that are shown (else {LANGUAGE_VARIABLE}; else the codes themselves)",
    )


def language_of(arguments: argparse.Namespace) -> str | None:
    """The language asked for, or None: then codes are shown as they are.

    Raises:
        Malformed: STANDCLEAR_LANGUAGE names none of the six.
    """
    found = getattr(arguments, "shown_in", None) or os.environ.get(LANGUAGE_VARIABLE) or None
    if found is not None and found not in LANGUAGES:
        raise Malformed(
            LANGUAGE_VARIABLE, f"{found!r} has no catalogue", f"use one of {', '.join(LANGUAGES)}"
        )
    return found


def shown(section: str, code: str, language: str | None) -> str:
    """A code as it is shown: in the reader's language, or as it is where none was asked for.

    A code that this package does not know yet (a newer service says it) is shown as it is too.
    """
    if language is None:
        return code
    try:
        return phrase(section, code, language)
    except NotFound:
        return code


def said(code: str, language: str | None, **named: object) -> str:
    """A sentence of a command in the reader's language; in English where none was asked for.

    Example:
        >>> said("told_to", "fr", names="North")
        'informés : North'
    """
    return catalogue(language or "en").sentence(code, {name: str(one) for name, one in named.items()})


def shown_effect(effect: str, count: int, language: str | None) -> str:
    """What a filing earned, with how many notices it is aware of, or must cite."""
    if language is not None:
        return shown("effects", effect, language) + (f" ({count})" if effect in ("aware", "held") else "")
    match effect:
        case "aware":
            return f"filed, aware of {count}"
        case "held":
            return "HELD"
        case _:
            return f"filed, {effect}"
