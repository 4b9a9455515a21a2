"""The base install verifies: the wheel without extras, in a throw-away place, with cryptography and nothing else.

Run by `make bare`. (1) builds the wheel, (2) installs it alone under the project's constraints, (3) looks at what that
installed, (4) imports every module below the flow, (5) verifies the golden dossiers of tests/vectors with their policies,
without one, and with a changed byte. After (4) and (5) no library of the server may be loaded, and no asyncio.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from repository import ROOT, contract, shown

ALLOWED_TO_BE_INSTALLED = {"standclear", "cryptography", "cffi", "pycparser", "pip", "setuptools"}
SERVER = {
    "asyncio",
    "starlette",
    "uvicorn",
    "httpx",
    "httpx2",
    "apsw",
    "msgspec",
    "structlog",
    "prometheus_client",
}
SERVER |= {"shapely", "numpy", "mgrs", "python_calamine", "sqlite3"}

VERIFIED, FOUND_SOMETHING, BY_WHOM_UNPROVEN = 0, 1, 3

IMPORT_ALL = """
import importlib, json, pkgutil, sys
for name in sys.argv[1:]:
    module = importlib.import_module(name)
    for found in pkgutil.walk_packages(getattr(module, "__path__", []), name + "."):
        try:
            importlib.import_module(found.name)
        except ModuleNotFoundError as missing:  # dialects may ask for the client's readers of grids and sheets
            if not (name == "standclear.dialects" and missing.name in {"mgrs", "python_calamine"}):
                raise
print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""

RUN_MAIN = """
import json, sys
from standclear.cli.main import main
loaded = sys.argv.pop(1)
try:
    code = main()
except SystemExit as end:
    code = end.code
with open(loaded, "w", encoding="utf-8") as file:
    json.dump(sorted({name.split(".")[0] for name in sys.modules}), file)
sys.exit(code)
"""


def run(*command: str | Path) -> str:
    return subprocess.run(
        [str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ).stdout


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="standclear-bare-") as name:
        place = Path(name)
        python = install(place)
        check_installed(python)
        check_imports(python, place)
        for dossier in sorted((ROOT / "tests" / "vectors").rglob("*.dossier")):
            check_dossier(python, place, dossier)
    return 0


def install(place: Path) -> Path:
    """(1) and (2): the wheel, alone in a virtual environment; its interpreter."""
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input")
    run(*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", place, ROOT)
    (wheel,) = place.glob("standclear-*.whl")
    venv.create(place / "venv", with_pip=True)
    python = place / "venv" / "bin" / "python"
    constraints = ROOT / "constraints.txt"
    run(python, *pip[1:], "install", "--constraint", constraints, wheel)
    return python


def check_installed(python: Path) -> None:
    """(3) Nothing came along."""
    listed = json.loads(run(python, "-m", "pip", "--disable-pip-version-check", "list", "--format", "json"))
    found = {one["name"].lower() for one in listed}
    assert found <= ALLOWED_TO_BE_INSTALLED, f"the base install brought {found - ALLOWED_TO_BE_INSTALLED}"
    print(f"bare: installed {', '.join(sorted(found - {'pip', 'setuptools'}))}")


def check_imports(python: Path, place: Path) -> None:
    """(4) Everything below the flow loads, and so does the verifier's command."""
    verifier = contract("Verifying needs nothing of the server")["source_modules"]
    modules = [*contract("Below the flow all is pure")["source_modules"], *verifier]
    loaded = set(json.loads(run(python, "-I", "-c", IMPORT_ALL, *modules)))
    assert not loaded & SERVER, f"importing the bands below the flow loads {sorted(loaded & SERVER)}"
    run(python, "-I", "-m", "standclear", "verify", "--help")
    print(f"bare: {len(modules)} packages and modules, the verifier's command among them, need no server")


def check_dossier(python: Path, place: Path, dossier: Path) -> None:
    """(5) One golden dossier: with its policy, without one, and with one byte changed."""
    loaded = place / "loaded.json"

    def verify(path: Path, *more: str | Path) -> int:
        command = [python, "-I", "-c", RUN_MAIN, loaded, "verify", path, *more]
        done = subprocess.run([str(part) for part in command], stdout=subprocess.DEVNULL, cwd=place)
        server = set(json.loads(loaded.read_text(encoding="utf-8"))) & SERVER
        assert not server, f"verifying loads {sorted(server)}"
        return done.returncode

    policy = dossier.with_suffix(".policy")
    assert verify(dossier, "--policy", policy) == VERIFIED, f"{shown(dossier)} does not verify"
    assert verify(dossier) == BY_WHOM_UNPROVEN, f"{shown(dossier)} is believed without a policy"
    changed = bytearray(dossier.read_bytes())
    changed[len(changed) // 2] ^= 1
    forged = place / "forged.dossier"
    forged.write_bytes(changed)
    assert verify(forged, "--policy", policy) == FOUND_SOMETHING, "a changed byte went unseen"
    print(f"bare: {shown(dossier)} verifies; not without its policy, and not with a changed byte")


if __name__ == "__main__":
    sys.exit(main())
