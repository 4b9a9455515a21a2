"""Where vectors are that others have published and that this repository does not keep (see the README here)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def published(path: str) -> Path:
    """A file or folder below `STANDCLEAR_VECTORS`; the test is skipped, and says so, if it is not there."""
    folder = os.environ.get("STANDCLEAR_VECTORS", "")
    found = Path(folder) / path
    if not folder or not found.exists():
        pytest.skip(f"NOT CHECKED AGAINST {path}: STANDCLEAR_VECTORS names no folder with it")
    return found
