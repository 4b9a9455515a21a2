"""The glossary defines each word once, and every public type of WORDS and REASON is a word of it."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator

from repository import ROOT, SOURCE, find_files, shown, tree_of

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
BANDS = ("spacetime", "tlog", "statements", "conflicts", "obligations")

# Types that are no words of the domain: parts of a word's form, or steps of a computation.
HELPERS: dict[str, str] = {}


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


def test_no_word_of_ours_has_two_homes() -> None:
    homes = Counter(name for name, path in public_types() if "/tlog/" not in path)
    assert [] == [name for name, count in homes.items() if count > 1]


def test_the_list_of_exceptions_holds_nothing_that_is_gone_or_defined() -> None:
    present = {name for name, _ in public_types()}
    assert [] == [name for name in HELPERS if name not in present or as_words(name) in terms()]
    assert all(len(reason.split()) >= 3 for reason in HELPERS.values())
