"""What a newcomer types is there, is explained, and installs exactly what is written down."""

from __future__ import annotations

import os
import re
import subprocess

from repository import ROOT, find_files, settings, shown

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
CONSTRAINTS = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
FENCED = re.compile(r"^```\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED_COMMAND = re.compile(r"`make ([a-z]+)[^`]*`")
TYPED_COMMAND = re.compile(r"^make ([a-z]+)", re.MULTILINE)
PINNED = {
    re.sub(r"[-_.]+", "-", line.split("==")[0]).lower() for line in CONSTRAINTS if not line.startswith("#")
}


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):.*## ", MAKEFILE, re.MULTILINE))


def names_of(requirements: list[str]) -> set[str]:
    names = (re.match(r"[A-Za-z0-9._-]+", one) for one in requirements)
    return {re.sub(r"[-_.]+", "-", name[0]).lower() for name in names if name} - {"standclear"}


def test_make_alone_lists_every_target() -> None:
    environment = {"PATH": os.environ["PATH"]}
    listed = subprocess.run(
        ["make"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert targets() == set(re.findall(r"^  make (\w+)", listed, re.MULTILINE))
    assert targets() >= {"setup", "run", "test", "lint", "fix", "engine", "bench", "vectors", "bare"}


def test_every_target_is_explained_and_declared() -> None:
    declared = set(re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)[1].split())
    assert declared == targets()


def test_every_make_command_that_the_docs_name_exists() -> None:
    for path in find_files("*.md"):
        text = path.read_text(encoding="utf-8")
        typed = "\n".join(FENCED.findall(text))
        named = set(NAMED_COMMAND.findall(text)) | set(TYPED_COMMAND.findall(typed))
        assert set() == named - targets(), shown(path)


def test_the_build_check_is_lint_and_test() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "make lint test" in script.read_text(encoding="utf-8")


def test_every_pin_is_exact_and_names_no_address() -> None:
    pins = [line for line in CONSTRAINTS if not line.startswith("#")]
    assert [] == [line for line in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line)]


def test_everything_the_project_asks_for_is_pinned() -> None:
    project = settings()["project"]
    asked = names_of(project["dependencies"] + settings()["dependency-groups"]["dev"])
    for extra in project["optional-dependencies"].values():
        asked |= names_of(extra)
    asked |= names_of(settings()["build-system"]["requires"])
    assert sorted(asked - PINNED) == []


def test_the_base_install_asks_for_cryptography_alone() -> None:
    assert names_of(settings()["project"]["dependencies"]) == {"cryptography"}


def test_no_file_names_a_machine_that_somebody_built_on() -> None:
    places = re.compile("|".join(("/" + "home/", "/" + "Users/", "/" + "root/", "C:" + r"\\Users")))
    kept = find_files("*.md", "*.py", "*.toml", "*.txt", "*.rs", "Makefile")
    assert [] == [shown(path) for path in kept if places.search(path.read_text(encoding="utf-8"))]
