"""`standclear verify`: what it prints, and its exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pure.dossier.small import small
from standclear.cli.main import main


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "case.dossier").write_bytes(small().dossier)
    (tmp_path / "roots.policy").write_bytes(small().policy)
    (tmp_path / "mine.tlog-proof").write_bytes(small().said["site"].answer.receipt)
    (tmp_path / "forged.dossier").write_bytes(small().dossier.replace(b"The clinic", b"The quarry"))
    return tmp_path


def verify(place: Path, name: str, *more: str) -> int:
    return main(["verify", str(place / name), *more])


def test_a_dossier_that_holds_says_exercise_first_and_exits_with_0(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ["--policy", str(place / "roots.policy"), "--receipt", str(place / "mine.tlog-proof")]
    assert 0 == verify(place, "case.dossier", *more)
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("EXERCISE")
    assert printed[1].split()[:2] == ["log", "exercise.example/idlib"]
    assert any("1 receipt(s) at hand are of this history" in line for line in printed)
    assert 16 == sum(line[:2].strip().isdigit() for line in printed)


def test_without_a_policy_it_says_that_by_whom_is_unproven_and_exits_with_3(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 3 == verify(place, "case.dossier")
    assert "BY WHOM IS UNPROVEN" in capsys.readouterr().out


def test_what_is_wrong_is_named_and_it_exits_with_1(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 1 == verify(place, "forged.dossier", "--policy", str(place / "roots.policy"))
    printed = capsys.readouterr().out
    assert "SOMETHING IS WRONG" in printed
    assert (
        "a site of Alpha: its item 0 in the exact form: the body is not the one that was committed to"
        in printed
    )


def test_a_file_that_is_not_there_or_a_policy_that_is_none_exits_with_2(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 2 == verify(place, "elsewhere.dossier")
    assert 2 == verify(place, "case.dossier", "--policy", str(place / "case.dossier"))
    assert "cannot read" in capsys.readouterr().err


def test_the_whole_report_can_be_had_as_json(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == verify(place, "case.dossier", "--json", "--policy", str(place / "roots.policy"))
    report = json.loads(capsys.readouterr().out)
    assert [one["check"] for one in report["checks"]] == list(range(1, 17))
    assert report["verified_with"].startswith("standclear")
    assert {"holds"} == {one["grade"] for one in report["checks"]}
