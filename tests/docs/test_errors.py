"""docs/api/errors.md lists every error of the code: slug, class, title, status and remedy, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from repository import ROOT, table_rows
from standclear.errors import Fatal, Refused, StandclearError, Unavailable, Unproven
from standclear.web.problems import status_of

PAGE = (ROOT / "docs" / "api" / "errors.md").read_text(encoding="utf-8")
FAMILIES = {
    "## Refused: fix the input": Refused,
    "## Unproven: do not believe it": Unproven,
    "## Unavailable: try again later": Unavailable,
    "## Fatal: the service stops": Fatal,
}
STATUSES = {Refused: r"4\d\d", Unproven: "422", Unavailable: "503", Fatal: "500"}


def tree(error: type[StandclearError]) -> Iterator[type[StandclearError]]:
    yield error
    for kind in error.__subclasses__():
        yield from tree(kind)


def rows(heading: str) -> list[list[str]]:
    return table_rows(PAGE, heading)


@pytest.mark.parametrize(("heading", "family"), FAMILIES.items(), ids=[f.__name__ for f in FAMILIES.values()])
def test_the_page_lists_exactly_the_errors_of_the_code(heading: str, family: type[StandclearError]) -> None:
    expected = sorted((f"`{kind.slug}`", f"`{kind.__name__}`", kind.title) for kind in tree(family))
    assert expected == sorted((slug, name, title) for slug, name, title, *_ in rows(heading))


@pytest.mark.parametrize(("heading", "family"), FAMILIES.items(), ids=[f.__name__ for f in FAMILIES.values()])
def test_each_error_has_its_status_a_reason_and_a_remedy(heading: str, family: type[StandclearError]) -> None:
    for slug, _, _, when, remedy, status in rows(heading):
        assert re.fullmatch(STATUSES[family], status), slug
        assert len(when.split()) >= 3, slug
        assert len(remedy.split()) >= 2, slug


def test_each_status_is_the_one_that_the_service_answers() -> None:
    kinds = [kind for kind in tree(StandclearError) if kind is not StandclearError]
    answered = {f"`{kind.slug}`": str(status_of(kind.__new__(kind))) for kind in kinds}
    assert answered == {row[0]: row[5] for heading in FAMILIES for row in rows(heading)}


def test_a_slug_names_one_error_and_is_made_of_small_letters() -> None:
    slugs = [kind.slug for kind in tree(StandclearError)]
    assert sorted(set(slugs)) == sorted(slugs)
    assert [] == [slug for slug in slugs if not re.fullmatch(r"[a-z]+(-[a-z]+)*", slug)]


def test_every_error_belongs_to_one_of_the_four_remedies() -> None:
    strays = [kind for kind in tree(StandclearError) if kind is not StandclearError]
    assert [] == [kind.__name__ for kind in strays if not issubclass(kind, tuple(FAMILIES.values()))]


def test_every_error_is_drawn_in_the_docstring_of_the_module() -> None:
    from standclear import errors

    drawn = set(re.findall(r"\w+", (errors.__doc__ or "").split("\n\n")[1]))
    assert set() == {kind.__name__ for kind in tree(StandclearError)} - drawn
