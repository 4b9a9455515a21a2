"""Every code that a desk reads has a short plain phrase in six languages, and none of them says more than the code (G2, G13)."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterator

import pytest

from forbidden_words import FORBIDDEN
from repository import SOURCE, find_files, tree_of
from standclear.cli import phrasing
from standclear.dialects.phrases import (
    CODES,
    CONDITIONS,
    LANGUAGES,
    MARKS,
    MATTERS,
    RIGHT_TO_LEFT,
    SENTENCES,
    Catalogue,
    read_catalogue,
)
from standclear.errors import Malformed, NotFound
from standclear.obligations.erasures import OBSTACLES
from standclear.statements.arrangement import STATES

FOLDER = SOURCE / "dialects" / "catalogues"
LONGEST = 72
SENTENCE_LONGEST = 120
SCRIPTS = {"ar": "ARABIC", "ru": "CYRILLIC", "uk": "CYRILLIC"}


def catalogues() -> Iterator[Catalogue]:
    for language in LANGUAGES:
        yield read_catalogue((FOLDER / f"{language}.toml").read_text("utf-8"), language)


def without_blanks(phrase: str) -> str:
    return re.sub(r"\{\w+\}", "", phrase)


def text_of(language: str) -> str:
    return (FOLDER / f"{language}.toml").read_text("utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_its_phrase_in_every_language_and_no_phrase_is_extra(language: str) -> None:
    found = read_catalogue(text_of(language), language)
    assert set(found.phrases) == {(section, code) for section, codes in CODES.items() for code in codes}


def test_there_is_one_catalogue_for_each_language_and_no_other() -> None:
    assert sorted(LANGUAGES) == sorted(path.stem for path in FOLDER.iterdir())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phrase_is_short_and_on_one_line(language: str) -> None:
    found = read_catalogue(text_of(language), language)
    assert [] == [
        one
        for (section, _), one in found.phrases.items()
        if len(one) > (SENTENCE_LONGEST if section == "sentences" else LONGEST)
        or "\n" in one
        or one != one.strip()
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_says_safe_clear_or_permitted(language: str) -> None:
    found = read_catalogue(text_of(language), language)
    assert [] == [one for one in found.phrases.values() if re.search(FORBIDDEN[language], one, re.IGNORECASE)]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "the area is safe"), ("en", "cleared"), ("en", "approved"),
        ("fr", "zone sûre"), ("fr", "tir autorisé"), ("fr", "feu vert"),
        ("ar", "المنطقة آمنة"), ("ar", "مسموح به"), ("ar", "مرخص"),
        ("ru", "безопасно"), ("ru", "огонь разрешён"), ("ru", "путь свободен"),
        ("uk", "безпечно"), ("uk", "дозволено"), ("uk", "схвалено"),
        ("tr", "bölge güvenli"), ("tr", "izin verildi"), ("tr", "onaylandı"),
    ],
)  # fmt: skip
def test_the_test_sees_the_words_it_is_there_for(language: str, said: str) -> None:
    assert re.search(FORBIDDEN[language], said, re.IGNORECASE)


def test_a_sentence_has_the_same_blanks_in_every_language() -> None:
    [english, *others] = catalogues()
    for one in others:
        for code in SENTENCES:
            asked, found = (
                sorted(re.findall(r"\{(\w+)\}", each.phrase("sentences", code))) for each in (english, one)
            )
            assert (one.language, code, asked) == (one.language, code, found)


def test_only_sentences_have_blanks() -> None:
    for one in catalogues():
        for (section, _), phrase in one.phrases.items():
            assert section == "sentences" or "{" not in phrase


def test_what_stands_in_an_arabic_sentence_keeps_its_own_direction() -> None:
    assert phrasing.said("told_to", "ar", names="North, South") == "أُبلغ: \u2068North, South\u2069"
    assert phrasing.said("told_to", "tr", names="North") == "bildirilenler: North"
    assert phrasing.said("told_to", None, names="North") == "told: North"


def test_arabic_is_set_from_right_to_left_and_no_other() -> None:
    assert {one.language for one in catalogues() if one.is_right_to_left} == RIGHT_TO_LEFT == {"ar"}


@pytest.mark.parametrize("language", sorted(SCRIPTS))
def test_a_phrase_is_written_in_its_language_s_script(language: str) -> None:
    found = read_catalogue(text_of(language), language)
    letters = {one for phrase in found.phrases.values() for one in without_blanks(phrase) if one.isalpha()}
    assert [] == sorted(one for one in letters if SCRIPTS[language] not in unicodedata.name(one))


def test_within_an_enumeration_two_codes_never_say_the_same() -> None:
    for one in catalogues():
        for section, codes in CODES.items():
            said = [one.phrase(section, code) for code in codes]
            assert len(said) == len(set(said)), (one.language, section)


def test_the_marks_are_those_that_the_code_puts() -> None:
    put: set[str] = set(STATES) - {
        "in_force"
    }  # an arrangement that is not in force marks what is filed under it
    for folder in ("conflicts", "obligations"):
        for path in find_files("*.py", under=SOURCE / folder):
            for node in ast.walk(tree_of(path)):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "outcome.mark":
                    put |= marks_in(node.args[0])
    put |= {
        "gap",
        "fork",
        "seen_unproven",
        "too_narrow",
        "waits_too_long",
        *OBSTACLES,
    }  # given back, or put from a table
    assert put == MARKS


def marks_in(node: ast.expr) -> set[str]:
    """The marks that an argument may be: its text, or its beginning with the states that a notice can have."""
    match node:
        case ast.Constant(value=str(word)):
            return {word}
        case ast.JoinedStr(values=[ast.Constant(value=str(beginning)), *_]):
            return {f"{beginning}{state}" for state in ("replaced", "ended")}
        case _:
            return set()


def test_the_conditions_and_matters_are_those_that_the_code_gives() -> None:
    given = {
        "condition": (SOURCE / "conflicts" / "standing.py", CONDITIONS - {"replaced", "ended", "said"}),
        "state": (SOURCE / "obligations" / "matters.py", MATTERS),
    }
    for name, (path, words) in given.items():
        [function] = [
            node
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.FunctionDef) and node.name == name
        ]
        returned = {
            one.value
            for node in ast.walk(function)
            if isinstance(node, ast.Return)
            for one in ast.walk(node)
            if isinstance(one, ast.Constant) and isinstance(one.value, str)
        }
        assert returned == words


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (("language = ", "langue = "), "catalogue.language"),
        (('"ltr"', '"rtl"'), "catalogue.direction"),
        (("[stages]", "[paces]"), "catalogue"),
        (("halted = ", "stopped = "), "catalogue.stages"),
        (('halted = "halted"', 'halted = " "'), "catalogue.stages.halted"),
        (('halted = "halted"', "halted = 3"), "catalogue.stages.halted"),
        (("[stages]", "[extra]\none = 1\n[stages]"), "catalogue"),
        (("[stages]", "[stages]\nflown = 'flown'"), "catalogue.stages"),
        (("[stages]", "[stages"), "catalogue"),
    ],
)
def test_a_catalogue_is_read_whole_or_refused(change: tuple[str, str], field: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_catalogue(text_of("en").replace(*change), "en")
    assert refused.value.field == field


def test_a_section_that_is_no_table_is_refused() -> None:
    cut = re.sub(r"\[stages\]\n(?:.+\n)+", "", text_of("en")).replace("[effects]", "", 1)
    with pytest.raises(Malformed):
        read_catalogue(cut, "en")
    whole = 'language = "en"\ndirection = "ltr"\n' + "".join(f"{section} = 1\n" for section in CODES)
    with pytest.raises(Malformed, match="not a table"):
        read_catalogue(whole, "en")


def test_a_code_that_is_not_of_the_enumeration_is_not_found() -> None:
    [english, *_] = catalogues()
    with pytest.raises(NotFound):
        english.phrase("stages", "denied")


def test_the_same_code_says_another_thing_in_another_enumeration() -> None:
    assert phrasing.phrase("agreements", "agreed", "tr") == "mutabık"
    assert phrasing.phrase("effects", "stale", "en") != phrasing.phrase("conditions", "stale", "en")


def test_without_a_language_a_code_is_shown_as_it_is_and_so_is_one_that_is_not_known_yet() -> None:
    assert phrasing.shown("rungs", "handed_over", None) == "handed_over"
    assert phrasing.shown("rungs", "engraved", "fr") == "engraved"
    assert phrasing.shown_effect("aware", 3, None) == "filed, aware of 3"
    assert phrasing.shown_effect("aware", 3, "en") == "filed, aware of what it meets (3)"
    assert phrasing.shown_effect("uncited", 0, None) == "filed, uncited"
    assert phrasing.shown_effect("held", 2, None) == "HELD"


def test_a_language_without_a_catalogue_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from argparse import Namespace

    monkeypatch.setenv(phrasing.LANGUAGE_VARIABLE, "de")
    with pytest.raises(Malformed):
        phrasing.language_of(Namespace())
    monkeypatch.setenv(phrasing.LANGUAGE_VARIABLE, "uk")
    assert phrasing.language_of(Namespace()) == "uk"
    assert phrasing.language_of(Namespace(shown_in="ar")) == "ar"
