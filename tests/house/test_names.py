"""Names are the design: no name that says nothing, and no module that nobody reads."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from repository import SOURCE, find_files, module_name, settings, shown, tree_of

SAY_NOTHING = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "handler", "processor"}
SAY_TOO_LITTLE_ALONE = SAY_NOTHING | {"data", "info", "base", "abstract", "core"}
NUMBERED = re.compile(r"_v\d+$|V\d+$|_(?:old|tmp|bak)$")


def parts_of(name: str) -> set[str]:
    """A name cut into its words: snake_case and CamelCase alike."""
    return {part.lower() for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name)}


def modules() -> Iterator[tuple[str, str]]:
    for path in find_files("*.py", under=SOURCE):
        yield path.parent.name if path.stem == "__init__" else path.stem, shown(path)


def definitions(*kinds: type) -> Iterator[tuple[str, str]]:
    for path in find_files("*.py", under=SOURCE):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, kinds):
                yield node.name, f"{shown(path)}:{node.lineno}"


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [] == [where for name, where in modules() if parts_of(name) & SAY_TOO_LITTLE_ALONE]


def test_no_class_has_a_name_that_says_nothing() -> None:
    named = definitions(ast.ClassDef)
    assert [] == [f"{where}: {name}" for name, where in named if parts_of(name) & SAY_TOO_LITTLE_ALONE]


def test_no_function_has_a_name_that_says_nothing() -> None:
    named = list(definitions(ast.FunctionDef, ast.AsyncFunctionDef))
    assert [] == [f"{where}: {name}" for name, where in named if parts_of(name) & SAY_NOTHING]
    assert [] == [f"{where}: {name}" for name, where in named if name.strip("_") == "do"]


def test_nothing_is_numbered_in_place_of_being_named() -> None:
    named = list(definitions(ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) + list(modules())
    assert [] == [f"{where}: {name}" for name, where in named if NUMBERED.search(name)]


def test_a_package_opens_with_its_docstring_and_holds_nothing_else() -> None:
    for path in find_files("__init__.py", under=SOURCE):
        body = tree_of(path).body
        assert ast.get_docstring(tree_of(path)), shown(path)
        assert len(body) == 1, f"{shown(path)} holds code"


def test_every_module_opens_with_a_docstring() -> None:
    files = find_files("*.py", under=SOURCE)
    assert [] == [shown(path) for path in files if not ast.get_docstring(tree_of(path))]


def imports_of(tree: ast.Module) -> Iterator[str]:
    """Every dotted name that a module may import: `from a.b import c` may name a module or a thing in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_every_module_is_read_by_another_or_is_an_entry_point() -> None:
    entries = {entry.split(":")[0] for entry in settings()["project"]["scripts"].values()}
    read = set(entries) | {"standclear", "standclear.__main__"}
    for path in find_files("*.py"):
        mine = module_name(path) if path.is_relative_to(SOURCE) else None
        read |= {name for name in imports_of(tree_of(path)) if name != mine}
    for name in list(read):
        parts = name.split(".")
        read |= {".".join(parts[:n]) for n in range(1, len(parts))}
    files = [path for path in find_files("*.py", under=SOURCE) if path.stem != "__init__"]
    assert [] == [shown(path) for path in files if module_name(path) not in read]
