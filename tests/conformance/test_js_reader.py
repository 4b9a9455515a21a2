"""A JavaScript reader that shares no code with ours says the same to every vector of the statement format.

And to the vectors with bytes turned, put in and left out, by a seed: what one of the two takes, the other takes.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from repository import ROOT
from standclear.statements.canonical import b64u
from vectors.statement_answers import answer_to, raw

READER = Path(__file__).parent / "js_reader" / "read_vectors.mjs"
VECTORS = ROOT / "tests" / "vectors" / "statements"
FILES = sorted(path.stem for path in VECTORS.glob("*.json"))

Answers = dict[str, dict[str, Any]]


def read_with_node(folder: Path) -> Answers:
    """What the JavaScript reader says to the vectors of a folder."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("NO NODE: nothing but our own code has read the vectors of the statement format here")
    ran = subprocess.run([node, READER, folder], capture_output=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr.decode()
    found: Answers = json.loads(ran.stdout)
    return found


def cases_of(file: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((VECTORS / f"{file}.json").read_text("ascii"))
    return found


def without_field(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without the name of a field, which is for people: the slug is what a program reads."""
    return {"refused": answer["refused"]} if "refused" in answer else answer


@pytest.fixture(scope="module")
def answers() -> Answers:
    return read_with_node(VECTORS)


@pytest.mark.parametrize("file", FILES)
def test_javascript_accepts_and_refuses_what_the_vectors_say(file: str, answers: Answers) -> None:
    assert {case["name"]: without_field(case["expected"]) for case in cases_of(file)} == answers[file]


# --- vectors with bytes turned ----------------------------------------------------------------------------

TEXT_OF = {
    "canonical": "bytes",
    "entries": "text",
    "envelopes": "text",
    "headers": "payload",
    "submissions": "text",
}
TURNED_EACH = 400
TURNED_BYTES_MAX = 20_000  # longer vectors are left out: their turned bytes fall where many others do
TOKENS = b'{}[]",:0123456789-+.eE \\ntrufalsAz_\x00\xc3\xa9\xed\xa0'


def turned(rng: Random, text: bytes) -> bytes:
    """A text with one to three faults in it."""
    found = bytearray(text)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        place = rng.randrange(len(found) + 1)
        match rng.randrange(4):
            case 0 if place < len(found):
                found[place] ^= 1 << rng.randrange(8)
            case 1:
                found[place : place + 1] = bytes([rng.choice(TOKENS)])
            case 2:
                found[place : place + rng.randrange(1, 9)] = b""
            case _:
                found[place:place] = found[place : place + rng.randrange(1, 9)] or bytes([rng.choice(TOKENS)])
    return bytes(found)


def turned_cases(file: str) -> Iterator[dict[str, Any]]:
    rng, field = Random(file), TEXT_OF[file]
    whole = [case["given"] for case in cases_of(file) if "refused" not in case["expected"]]
    whole = [given for given in whole if len(given[field]) <= TURNED_BYTES_MAX]
    for number in range(TURNED_EACH):
        given = rng.choice(whole)
        text = turned(rng, raw(given[field]) if file == "canonical" else given[field].encode())
        try:
            given = given | {field: b64u(text) if file == "canonical" else text.decode()}
            yield {"name": str(number), "given": given, "expected": answer_to(file, given)}
        except (UnicodeDecodeError, KeyError):
            continue  # The vectors of this file are text; and a turned key id has no public key.


def is_taken(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer, or that there is none: of two faults, two readers may meet either first."""
    return {"refused": True} if "refused" in answer else answer


def test_both_take_and_refuse_the_same_of_vectors_with_bytes_turned(tmp_path: Path) -> None:
    cases = {file: list(turned_cases(file)) for file in TEXT_OF}
    for file, listed in cases.items():
        (tmp_path / f"{file}.json").write_text(json.dumps(listed), encoding="ascii")
    ours = {
        file: {case["name"]: is_taken(case["expected"]) for case in listed} for file, listed in cases.items()
    }
    theirs = {
        file: {name: is_taken(one) for name, one in found.items()}
        for file, found in read_with_node(tmp_path).items()
    }
    assert ours == theirs
    assert all(len(listed) > TURNED_EACH // 2 for listed in cases.values())
