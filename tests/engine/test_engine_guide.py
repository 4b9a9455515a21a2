"""The guide for analysts runs as it stands, on the data it speaks of."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("standclear_engine", reason="THE ENGINE IS NOT BUILT: its tests are skipped")

ROOT = Path(__file__).resolve().parent.parent.parent
GUIDE = ROOT / "docs" / "guide" / "engine-for-analysts.md"
FACILITIES = ROOT.parent / "shared" / "data" / "health-facilities-africa.csv.gz"
FLIGHTS = Path("data/samples/collections/switzerland.json.gz")


def blocks(heading: str) -> str:
    """The code below a heading of the guide, in order."""
    part = GUIDE.read_text(encoding="utf-8").split(f"## {heading}")[1].split("\n## ")[0]
    return "\n".join(re.findall(r"```python\n(.*?)```", part, re.DOTALL))


def flights() -> Path | None:
    """The sample flights, where the package is; it is not imported, as only its file is wanted."""
    found = importlib.util.find_spec("traffic")
    folders = [] if found is None else [Path(folder) for folder in found.submodule_search_locations or ()]
    return next((folder / FLIGHTS for folder in folders if (folder / FLIGHTS).exists()), None)


@pytest.mark.data
def test_the_facilities_meet_a_season_of_activities(capsys: pytest.CaptureFixture[str]) -> None:
    if not FACILITIES.exists():
        pytest.skip("THE DATA ARE NOT HERE: the facilities of the guide are not tried")
    names: dict[str, Any] = {"facilities_csv": FACILITIES}
    exec(compile(blocks("Facilities against a season of activities"), str(GUIDE), "exec"), names)
    said = capsys.readouterr().out
    assert "98,745 facilities, 96,395 of them with a position" in said
    assert len(names["pairs"]["a"]) > 1_000
    assert (names["few"]["distance_cm"] <= 70_000).all()
    assert "0 lon" in said


@pytest.mark.data
def test_the_flights_meet_closed_airspaces(capsys: pytest.CaptureFixture[str]) -> None:
    path = flights()
    if path is None:
        pytest.skip("THE FLIGHTS ARE NOT HERE (pip install --no-deps traffic): their example is not tried")
    names: dict[str, Any] = {"flights_json": path}
    exec(
        "import gzip\nimport numpy as np\nimport standclear_engine as engine\nrng = np.random.default_rng(1)",
        names,
    )
    exec(compile(blocks("Flights against zones"), str(GUIDE), "exec"), names)
    assert "reports lie in a closed airspace" in capsys.readouterr().out
    assert len(names["hits"]["row"]) > 100
    assert names["later"].any()
