"""The golden dossiers verify with their policies, whatever has become of the code since they were written."""

from __future__ import annotations

from pathlib import Path

import pytest

from repository import ROOT
from standclear.dossier.reading import read_dossier
from standclear.dossier.report import ALL_HOLDS, BY_WHOM_UNPROVEN
from standclear.dossier.verify import verify

VECTORS = sorted((ROOT / "tests" / "vectors" / "dossier").glob("*.dossier"))


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_a_golden_dossier_verifies(path: Path) -> None:
    text, policy = path.read_bytes(), path.with_suffix(".policy").read_bytes()
    assert ALL_HOLDS == verify(text, policy).exit_code()
    assert BY_WHOM_UNPROVEN == verify(text, None).exit_code()
    assert read_dossier(text)[1] == ()


def test_there_are_golden_dossiers() -> None:
    assert ["answer", "story"] == [path.stem for path in VECTORS]
