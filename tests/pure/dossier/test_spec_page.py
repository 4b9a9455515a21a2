"""The page about the dossier says what the code does: the kinds of lines, and the checks by their numbers."""

from __future__ import annotations

import json
import re

from pure.dossier.small import small
from repository import ROOT
from standclear.dossier import verify
from standclear.dossier.reading import _READERS
from standclear.dossier.report import CHECKS

PAGE = (ROOT / "docs" / "spec" / "dossier.md").read_text(encoding="utf-8")


def test_every_kind_of_line_is_on_the_page_in_its_order() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `?(?:format|note|index|party|entry|hashes|digest)", PAGE, re.MULTILINE)
    assert list(_READERS) == rows


def test_every_check_is_on_the_page_with_its_title() -> None:
    table = PAGE.partition("## 2. The checks")[2].partition("## 3.")[0]
    rows = re.findall(r"^\| (\d+) \| (.+?) \|$", table, re.MULTILINE)
    assert CHECKS == {int(number): title for number, title in rows}


def test_every_check_is_listed_where_it_is_made() -> None:
    listed = re.findall(r"^ +(\d+)  \S", verify.__doc__ or "", re.MULTILINE)
    assert [str(number) for number in CHECKS] == listed


def test_every_field_of_every_line_is_on_the_page() -> None:
    texts = [small().dossier, *small().answers.values()]
    fields = {name for text in texts for line in text.splitlines() for name in json.loads(line)}
    assert [] == sorted(name for name in fields if f"`{name}`" not in PAGE)
