"""Every word has a verb and a path: the page's table against the kinds, the commands and the routes (G22)."""

from __future__ import annotations

import re

from repository import ROOT
from standclear.cli.main import COMMANDS
from standclear.cli.say import VERBS
from standclear.statements.bodies import WORDS_SPOKEN
from standclear.statements.calls import EMERGENCY_PARTS
from standclear.statements.header import KINDS
from standclear.web.routes import ROUTES

PAGE = ROOT / "docs" / "api" / "words.md"
ROW = re.compile(r"\| (\w+) \| `([\w-]+)` \| `([^`]+)` \|")


def rows() -> list[tuple[str, str, str]]:
    return [found.groups() for line in PAGE.read_text("utf-8").splitlines() if (found := ROW.fullmatch(line))]  # type: ignore[misc]


def test_every_kind_that_can_be_said_has_one_row() -> None:
    assert sorted(WORDS_SPOKEN) == sorted(kind for kind, _, _ in rows())


def test_every_verb_is_a_command() -> None:
    assert [] == [verb for _, verb, _ in rows() if verb not in COMMANDS]


def test_every_path_is_a_route() -> None:
    paths = {route.path for route in ROUTES}
    assert [] == [path for _, _, path in rows() if path not in paths]
    assert "/v1/statements" in paths


def test_the_kinds_without_words_are_named() -> None:
    text = PAGE.read_text("utf-8")
    assert [] == [kind for kind in KINDS - WORDS_SPOKEN if f"`{kind}`" not in text]


def test_each_verb_of_the_word_table_says_the_kind_of_its_row() -> None:
    told = {verb: kind for kind, verb, _ in rows()}
    assert {verb: word.kind for verb, word in VERBS.items()} == {verb: told[verb] for verb in VERBS}


def test_the_options_of_a_verb_are_the_fields_of_its_body() -> None:
    assert EMERGENCY_PARTS == next(one.words for one in VERBS["stop"].options if one.field == "part")
