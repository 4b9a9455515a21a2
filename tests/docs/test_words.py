"""No word, colour or status means safe, clear or permitted.

Everything that a person may be shown is read: the texts in the code (not its docstrings), catalogues,
templates, arrangements and the pages for users. A word stands only where the list below lets it stand, with
its reason; a line of the list that is not needed any more fails too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from repository import ROOT, SOURCE, find_files, shown, strings_of, tree_of

FORBIDDEN = {
    "safe": r"\bsaf(?:e|er|est|ely|ety)\b",
    "clear": r"\bclear(?:s|ed|ly|ance|ances)?\b",
    "permitted": r"\bpermit(?:s|ted|ting)?\b|\bpermissions?\b|\bpermissible\b",
    "authorised": r"\bauthori[sz](?:e|es|ed|ation|ations)\b",
    "approved": r"\bapprov(?:e|es|ed|al|als)\b",
    "granted": r"\bgrant(?:s|ed)?\b",
    "cleared to proceed": r"\bgo[- ]ahead\b|\bgood to go\b|\bmay proceed\b|\bfree to\b|\bfree of\b",
    "no danger": r"\bno (?:threats?|risks?|dangers?|conflicts?|hazards?)\b|\brisk-free\b|\bharmless\b",
    "green": r"\bgreen\b|\\x1b\[(?:\d+;)*(?:32|42|92|102)m|\x1b\[(?:\d+;)*(?:32|42|92|102)m",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """A phrase that may stand in files of a pattern, and why."""

    where: str
    phrase: str
    why: str


REFUSES = "it refuses: it says what a party may not do, and never that something may be done"

ALLOWED = (
    Allowed(where="src/standclear/errors.py", phrase="Not permitted", why=REFUSES),
    Allowed(where="src/standclear/errors.py", phrase="not-permitted", why=REFUSES),
    Allowed(where="docs/api/errors.md", phrase="Not permitted", why=REFUSES),
    Allowed(where="docs/api/errors.md", phrase="not-permitted", why=REFUSES),
    Allowed(
        where="src/standclear/cli/main.py",
        phrase="Nothing this program prints is a permission",
        why="it says that there is none",
    ),
    Allowed(
        where="src/standclear/*",
        phrase="Authorization",
        why="the name of a header of HTTP, fixed by RFC 9110; it speaks of a session",
    ),
)

PAGES = ("README.md", "docs/guide/**", "docs/api/**", "docs/operations/**", "docs/flow.md")
TEMPLATES = ("*.html", "*.svelte", "*.ts", "*.css", "*.po", "*.ftl", "*.j2", "*.svg")
CATALOGUES = ("*.toml", "*.json", "*.yaml", "*.txt")


def shown_texts() -> Iterator[tuple[str, int, str]]:
    """Every text that a person may be shown: its file, its line, and the text."""
    for path in find_files("*.py", under=SOURCE):
        yield from ((shown(path), line, text) for line, text in strings_of(tree_of(path)))
    for path in files_for_people():
        for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            yield shown(path), line, text


def files_for_people() -> list[Path]:
    found = {
        path for path in find_files("*.md", "*.yaml") if any(fnmatch(shown(path), page) for page in PAGES)
    }
    for folder in ("src", "console", "arrangements"):
        if (ROOT / folder).is_dir():
            found |= set(find_files(*TEMPLATES, *CATALOGUES, under=ROOT / folder))
    return sorted(found)


def is_allowed(file: str, text: str, match: re.Match[str]) -> Allowed | None:
    """The line of the list that lets this word stand, if one does: its phrase covers the word."""
    for one in ALLOWED:
        if fnmatch(file, one.where):
            for found in re.finditer(re.escape(one.phrase), text):
                if found.start() <= match.start() and match.end() <= found.end():
                    return one
    return None


def sightings() -> Iterator[tuple[str, int, str, re.Match[str]]]:
    for file, line, text in shown_texts():
        for pattern in FORBIDDEN.values():
            for match in re.finditer(pattern, text, re.IGNORECASE):
                yield file, line, text, match


def test_no_word_or_colour_means_safe_clear_or_permitted() -> None:
    found = [
        f"{file}:{line}: '{match[0]}' in: {text.strip()[:90]}"
        for file, line, text, match in sightings()
        if is_allowed(file, text, match) is None
    ]
    assert found == []


def test_every_exception_is_needed_and_gives_its_reason() -> None:
    used = {is_allowed(file, text, match) for file, _, text, match in sightings()}
    assert [] == [one for one in ALLOWED if one not in used]
    assert all(len(one.why.split()) >= 3 for one in ALLOWED)


def test_the_test_sees_the_words_it_is_there_for() -> None:
    said = [
        "you are cleared to fire",
        "all clear",
        "the area is safe",
        "permission granted",
        "Approved by the other side",
        "no conflicts found",
        "\x1b[32mOK\x1b[0m",
        "authorized",
        "go ahead",
    ]
    for text in said:
        assert any(re.search(pattern, text, re.IGNORECASE) for pattern in FORBIDDEN.values()), text


def test_the_name_of_the_product_and_the_words_we_do_use_pass() -> None:
    said = (
        "Standclear: filed, aware of 3 notices; nothing that was released to you, others may be there; told"
    )
    assert not any(re.search(pattern, said, re.IGNORECASE) for pattern in FORBIDDEN.values())
