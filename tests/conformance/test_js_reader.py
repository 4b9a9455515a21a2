"""A JavaScript reader that shares no code with ours says the same to every vector of the statement format."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from repository import ROOT

READER = Path(__file__).parent / "js_reader" / "read_vectors.mjs"
VECTORS = ROOT / "tests" / "vectors" / "statements"
FILES = sorted(path.stem for path in VECTORS.glob("*.json"))


@pytest.fixture(scope="module")
def answers() -> dict[str, dict[str, Any]]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("NO NODE: nothing but our own code has read the vectors of the statement format here")
    ran = subprocess.run([node, READER, VECTORS], capture_output=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr.decode()
    found: dict[str, dict[str, Any]] = json.loads(ran.stdout)
    return found


@pytest.mark.parametrize("file", FILES)
def test_javascript_accepts_and_refuses_what_the_vectors_say(
    file: str, answers: dict[str, dict[str, Any]]
) -> None:
    expected = {
        case["name"]: {"refused": case["expected"]["refused"]}
        if "refused" in case["expected"]
        else case["expected"]
        for case in json.loads((VECTORS / f"{file}.json").read_text("ascii"))
    }
    assert expected == answers[file]
