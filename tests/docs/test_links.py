"""Every relative link in every document leads to a file of this repository, and to a heading that it has."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from repository import ROOT, find_files, shown

LINK = re.compile(r"(?<!\\)\[[^\]\[]*(?:\[[^\]]*\][^\]\[]*)*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
REFERENCE = re.compile(r"^\[[^\]]+\]:\s+<?(\S+?)>?(?:\s+\".*\")?$", re.MULTILINE)
FENCE = re.compile(r"^(```|~~~).*?^\1\s*$", re.MULTILINE | re.DOTALL)
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def prose_of(path: Path) -> str:
    """A document without its code."""
    return re.sub(r"`[^`\n]*`", "", FENCE.sub("", path.read_text(encoding="utf-8")))


@cache
def headings_of(path: Path) -> set[str]:
    """The anchors that a reader of the document can jump to, named as forges name them."""
    found: set[str] = set()
    for line in FENCE.sub("", path.read_text(encoding="utf-8")).splitlines():
        heading = re.match(r"#{1,6}\s+(.*?)\s*#*$", line)
        if heading:
            text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1]).replace("`", "").lower()
            slug = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
            copies = sum(1 for one in found if one == slug or re.fullmatch(re.escape(slug) + r"-\d+", one))
            found.add(f"{slug}-{copies}" if copies else slug)
    return found


def relative_links(path: Path) -> list[str]:
    text = prose_of(path)
    found = [match[1] for match in LINK.finditer(text)] + [match[1] for match in REFERENCE.finditer(text)]
    return [link for link in found if not ELSEWHERE.match(link)]


DOCUMENTS = find_files("*.md")


@pytest.mark.parametrize("path", DOCUMENTS, ids=shown)
def test_every_relative_link_leads_to_a_file_or_heading(path: Path) -> None:
    dead = []
    for link in relative_links(path):
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        if not target.is_relative_to(ROOT):
            dead.append(f"{link}: leads out of the repository")
        elif not target.exists():
            dead.append(f"{link}: no such file")
        elif anchor and target.suffix == ".md" and anchor not in headings_of(target):
            dead.append(f"{link}: no such heading")
    assert dead == []


def test_the_front_page_and_the_index_of_the_docs_link_to_something() -> None:
    assert all(relative_links(ROOT / name) for name in ("README.md", "docs/README.md"))


def test_every_page_of_the_docs_is_reached_from_the_front_page() -> None:
    reached: set[Path] = set()
    ahead = [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in reached or page.suffix != ".md" or not page.is_file():
            continue
        reached.add(page)
        ahead += [(page.parent / link.partition("#")[0]).resolve() for link in relative_links(page)]
    pages = {path for path in DOCUMENTS if path.is_relative_to(ROOT / "docs") or path.parent == ROOT}
    assert sorted(shown(page) for page in pages - reached) == []
