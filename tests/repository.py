"""The repository as the tests of the house and of the docs see it: its files, its modules, its settings."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "standclear"
APART = {".venv", ".git", "node_modules", "target", "build", "dist", "out", "htmlcov", "var"}
APART |= {".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis"}


def find_files(*patterns: str, under: Path = ROOT) -> list[Path]:
    """Files under a folder whose names match, without what was made or installed; sorted."""
    found = {path for pattern in patterns for path in under.rglob(pattern) if path.is_file()}
    return sorted(path for path in found if not APART & set(path.relative_to(ROOT).parts))


def shown(path: Path) -> str:
    """A path as a reader names it."""
    return path.relative_to(ROOT).as_posix()


def module_name(path: Path) -> str:
    """The dotted name of a file below src."""
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def docstrings_of(tree: ast.Module) -> set[int]:
    """The identities of the constants that are docstrings."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                found.add(id(first.value))
    return found


def strings_of(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every text in the code that is not a docstring, with its line."""
    docstrings = docstrings_of(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


@cache
def settings() -> dict[str, dict]:
    """pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def contract(name: str) -> dict:
    """One import contract of pyproject.toml, by its name."""
    (found,) = (c for c in settings()["tool"]["importlinter"]["contracts"] if c["name"] == name)
    return found


def layers() -> list[list[tuple[str, bool]]]:
    """The layers from the top down: the names that share a layer, each with whether it must exist."""
    return [
        [(name.strip().strip("()"), "(" not in name) for name in line.split("|")]
        for line in contract("Imports point downward")["layers"]
    ]


def packages() -> set[str]:
    """The names directly below standclear that exist: packages with code in them, and modules."""
    return {
        path.stem if path.is_file() else path.name
        for path in SOURCE.iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").is_file()) and not path.stem.startswith("__")
    }


def table_rows(text: str, heading: str) -> list[list[str]]:
    """The cells of the rows of the first Markdown table below a heading."""
    lines = iter(text.split(f"{heading}\n", 1)[1].splitlines())
    rows: list[list[str]] = []
    for line in lines:
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip().strip("|").split("|")])
        elif rows:
            break
    return rows[2:]
