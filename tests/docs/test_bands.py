"""The bands of ARCHITECTURE.md are the layers of pyproject.toml, and both are what stands in src."""

from __future__ import annotations

import itertools
import re

from repository import ROOT, contract, layers, packages, table_rows

BANDS = ["Top", "Edges", "Flow", "Reason", "Words", "Ground"]
VERIFYING = contract("Verifying needs nothing of the server")
BELOW_THE_FLOW = {"Reason", "Words", "Ground"}


def bands() -> list[tuple[str, list[str]]]:
    """The table of ARCHITECTURE.md, from the top down: a band and the names in it."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    return [
        (row[0].strip("*"), re.findall(r"`(\w+)`", row[1])) for row in table_rows(text, "## The six bands")
    ]


def test_there_are_six_bands_in_their_order() -> None:
    assert [name for name, _ in bands()] == BANDS


def test_each_name_stands_in_exactly_one_band_and_exists() -> None:
    named = [name for _, names in bands() for name in names]
    assert sorted(named) == sorted(packages())


def test_the_bands_follow_the_layers() -> None:
    depth = {name: level for level, line in enumerate(layers()) for name, _ in line}
    levels = [[depth[name] for name in names] for _, names in bands()]
    assert [level for line in levels for level in line] == sorted(level for line in levels for level in line)
    for above, below in itertools.pairwise(levels):
        assert max(above) < min(below)


def test_every_layer_that_must_exist_does() -> None:
    required = {name for line in layers() for name, must in line if must}
    assert set() == required - packages()


def test_purity_is_asked_of_everything_below_the_flow() -> None:
    below = {f"standclear.{name}" for band, names in bands() if band in BELOW_THE_FLOW for name in names}
    assert sorted(below - {"standclear.keys"}) == sorted(
        set(contract("Below the flow all is pure")["source_modules"]) - {"standclear.keys"}
    )


def test_the_door_to_cryptography_is_watched_from_everywhere_else() -> None:
    watched = set(contract("One door to the crypto library")["source_modules"])
    assert {f"standclear.{name}" for name in packages() if name != "keys"} == watched


def test_verifying_may_reach_no_edge_and_not_the_flow() -> None:
    beyond = {f"standclear.{name}" for band, names in bands() if band in {"Flow", "Edges"} for name in names}
    beyond |= {"standclear.wiring", "standclear.config"}
    assert {"standclear.dossier", "standclear.cli.verify"} == set(VERIFYING["source_modules"])
    assert beyond <= set(VERIFYING["forbidden_modules"])
