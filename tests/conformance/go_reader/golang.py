"""What the conformance tests need of Go: its own test vectors, modules as published, and our reader, built.

Nothing of those modules is kept in this repository. They are fetched through Go's module cache, pinned by
`go.sum` or by the digest given here; without Go, or without the modules, the tests that need them are
skipped and say why.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

_FOLDER = Path(__file__).parent
_SETTINGS = {"GOTOOLCHAIN": "local", "GOFLAGS": "-buildvcs=false", "GOWORK": "off"}


def go(*words: str, folder: Path = _FOLDER) -> subprocess.CompletedProcess[str]:
    """Run the go command here; skip the test if there is none."""
    if shutil.which("go") is None:
        pytest.skip("NOT CHECKED AGAINST GO: there is no go command on this machine")
    return subprocess.run(
        ["go", *words], cwd=folder, capture_output=True, text=True, env=os.environ | _SETTINGS, check=False
    )


@functools.cache
def go_root() -> Path:
    """Where Go itself lives, with the test vectors of its standard library."""
    return Path(go("env", "GOROOT").stdout.strip())


@functools.cache
def module_folder(module: str, version: str, digest: str) -> Path:
    """The unpacked files of a published module; skipped if it cannot be had, failed if its digest differs."""
    told = go("mod", "download", "-json", f"{module}@{version}", folder=_FOLDER.parent)
    if told.returncode != 0:
        pytest.skip(f"NOT CHECKED AGAINST {module}: {told.stdout} {told.stderr}")
    fields = json.loads(told.stdout)
    assert digest == fields["Sum"]
    return Path(fields["Dir"])


def build_reader(into: Path) -> Path:
    """The program `go_reader`, built; skipped if its modules cannot be had."""
    modules = go("mod", "download")
    if modules.returncode != 0:
        pytest.skip(f"NOT CHECKED AGAINST GO: the modules cannot be had: {modules.stderr}")
    program = into / "go_reader"
    built = go("build", "-o", str(program), ".")
    assert built.returncode == 0, built.stderr
    return program
