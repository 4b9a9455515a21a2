"""The glossary defines each word once, and every public type of WORDS and REASON is a word of it."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from repository import ROOT, SOURCE, find_files, shown, tree_of
from standclear.obligations.ladder import RUNGS
from standclear.statements.deeds import EFFECTS
from standclear.statements.header import KINDS

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
BANDS = ("spacetime", "tlog", "statements", "conflicts", "obligations")

# Types that are no words of the domain: parts of a word's form, or steps of a computation.
HELPERS: dict[str, str] = {
    "Recipient": "a wish of whoever composes; becomes a slot",
    "Draft": "what is to be said, before it is a statement",
    "Signer": "who is about to sign; becomes a sender",
    "Composed": "a statement with what is posted beside it; becomes a submission",
    "SaltedBody": "a body with its salt, on its way to a commitment",
    "FormBodies": "the bodies of one form, on their way to a list",
    "KeyStanding": "a line of the roll about one key",
    "DeskStanding": "a line of the roll about one desk",
    "PartyStanding": "a line of the roll about one party",
    "Rule": "a row of the printed table of duties",
    "Unsigned": "a filing that waits for a signature, kept with the seats that signed",
    "Signatures": "the filings of one log that wait for signatures, by their sids",
    "Gradings": "the sites of one log that owe a better grade, kept for finding them by time",
    "Turns": "the turns of one log, kept for finding them by time",
    "Lines": "the line checks of one desk, kept in their order",
    "Warnings": "the warnings of one log, kept for finding them by time",
    "PartyLadders": "one party's ladders, kept for finding them by position",
}


def terms() -> list[str]:
    """The bold words at the head of the rows, in small letters; a row may define several."""
    heads = re.findall(r"^\| (\*\*.+?) \|", GLOSSARY, re.MULTILINE)
    return [term.lower() for head in heads for term in re.findall(r"\*\*(.+?)\*\*", head)]


def is_dataclass(node: ast.ClassDef) -> bool:
    return any("dataclass" in ast.unparse(one) for one in node.decorator_list)


def public_types() -> Iterator[tuple[str, str]]:
    """The public dataclasses and enumerations of WORDS and REASON, each with its file."""
    for band in BANDS:
        for path in find_files("*.py", under=SOURCE / band):
            for node in tree_of(path).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    is_enumeration = any("Enum" in ast.unparse(one) for one in node.bases)
                    if is_dataclass(node) or is_enumeration:
                        yield node.name, shown(path)


def as_words(name: str) -> str:
    """InboxHead -> inbox head."""
    return " ".join(re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*", name)).lower()


def test_a_type_name_reads_as_words() -> None:
    assert ["inbox head", "site", "tlog proof"] == [as_words(n) for n in ("InboxHead", "Site", "TlogProof")]


def test_every_word_is_defined_once() -> None:
    assert [] == [term for term, count in Counter(terms()).items() if count > 1]


def test_every_definition_is_a_sentence() -> None:
    rows = re.findall(r"^\| \*\*.+?\*\*[^|]* \| (.+?) \|", GLOSSARY, re.MULTILINE)
    assert len(rows) >= 60
    assert [] == [row for row in rows if len(row.split()) < 4]


def test_every_public_type_is_a_word_of_the_glossary() -> None:
    known = set(terms())
    missing = {
        f"{name} ({path}): define '{as_words(name)}' in docs/glossary.md, or say here why it is no word"
        for name, path in public_types()
        if as_words(name) not in known and name not in HELPERS
    }
    assert sorted(missing) == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_statement_is_a_word_of_the_glossary(kind: str) -> None:
    assert kind.replace("_", " ") in terms()


@pytest.mark.parametrize("effect", sorted(EFFECTS))
def test_every_effect_is_a_word_of_the_glossary(effect: str) -> None:
    assert effect in terms()


@pytest.mark.parametrize("rung", RUNGS)
def test_every_rung_of_the_ladder_is_a_word_of_the_glossary(rung: str) -> None:
    assert rung.replace("_", " ") in terms()


def test_no_word_of_ours_has_two_homes() -> None:
    homes = Counter(name for name, path in public_types() if "/tlog/" not in path)
    assert [] == [name for name, count in homes.items() if count > 1]


def test_the_list_of_exceptions_holds_nothing_that_is_gone_or_defined() -> None:
    present = {name for name, _ in public_types()}
    assert [] == [name for name in HELPERS if name not in present or as_words(name) in terms()]
    assert all(len(reason.split()) >= 3 for reason in HELPERS.values())
