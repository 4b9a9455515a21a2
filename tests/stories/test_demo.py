"""The demo plays to its end without a server, on an exercise log, and what it leaves behind verifies."""

from __future__ import annotations

from pathlib import Path

import pytest

from standclear.cli.main import main
from standclear.dossier.verify import verify


def played(folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    """The lines of a headless run; its dossier and policy are checked beside it."""
    dossier = folder / "story.dossier"
    status = main(["demo", "--headless", "--speed", "max", "--dossier", str(dossier), *options])
    report = verify(dossier.read_bytes(), dossier.with_suffix(".policy").read_bytes())
    assert (status, report.exit_code(), report.exercise) == (0, 0, True)
    return capsys.readouterr().out.splitlines()


def test_the_short_story_plays_and_verifies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = played(tmp_path, capsys, "--short")
    assert all(line.startswith(("EXERCISE ", " ")) or not line for line in lines)
    assert any("HELD" in line for line in lines)


@pytest.mark.slow
def test_the_whole_story_plays_and_its_questions_are_answered_and_proven(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = played(tmp_path, capsys)
    assert all(line.startswith(("EXERCISE ", " ")) or not line for line in lines)
    assert 2 == sum("proven from" in line and "; 0 broken" in line for line in lines)
    for shown in (
        "the inquiry stands as: NO ANSWER. No answer is never none.",
        "80 positions are stale, and are matched all the same",
        "Fire plan K stands as: filed, NOT AWARE of 1",
        "427 s  Northern Force: not ours",
        "NOTHING, through this log.",
        "a relay to Government Force is on record for none of them",
        "CONTRADICTED: through this log it was told only afterwards",
    ):
        assert any(shown in line for line in lines), shown
