"""The golden vectors of the statement format: our code answers as they say, and making them again changes nothing."""

from __future__ import annotations

import json

import pytest

from repository import ROOT
from vectors.make_statements import FILES, text_of
from vectors.statement_answers import answer_to

VECTORS = ROOT / "tests" / "vectors" / "statements"


def test_there_is_one_file_for_each_sort_of_vector() -> None:
    assert sorted(FILES) == sorted(path.stem for path in VECTORS.iterdir())


@pytest.mark.parametrize("file", sorted(FILES))
def test_each_vector_is_answered_as_it_says(file: str) -> None:
    for case in json.loads((VECTORS / f"{file}.json").read_text("ascii")):
        assert case["expected"] == answer_to(file, case["given"]), case["name"]


@pytest.mark.parametrize("file", sorted(FILES))
def test_making_the_vectors_again_changes_nothing(file: str) -> None:
    assert (VECTORS / f"{file}.json").read_text("ascii") == text_of(file)


def test_canonical_json_is_settled_by_many_texts() -> None:
    cases = json.loads((VECTORS / "canonical.json").read_text("ascii"))
    strict = [case for case in cases if case["given"]["layout"] == "canonical"]
    assert len(strict) >= 80
    assert 30 <= sum("refused" in case["expected"] for case in strict) <= len(strict) - 30
