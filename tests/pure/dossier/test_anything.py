"""Verifying never raises on evidence, however it was put together: by chance, or by somebody who knows the format."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest

from pure.dossier.small import small
from standclear.dossier.format import end_line
from standclear.dossier.verify import verify
from standclear.statements.canonical import canonical

TRIES = 400
ODD: list[Any] = [None, True, -1, 0, 1, 2**53 - 1, "", "open", "é", "AAAA", [], {}, [0], {"a": 1}]


def spots(value: Any) -> list[tuple[Any, Any]]:
    """Every place of a JSON value, as (container, key)."""
    found: list[tuple[Any, Any]] = []
    ahead = [value]
    while ahead:
        one = ahead.pop()
        keys = list(one) if isinstance(one, dict) else list(range(len(one))) if isinstance(one, list) else []
        for key in keys:
            found.append((one, key))
            ahead.append(one[key])
    return found


def turned(lines: list[bytes], chance: Random) -> bytes:
    """The lines with one to three places changed to something else of the right look or the wrong one, and sealed anew."""
    values = [json.loads(line) for line in lines]
    for _ in range(chance.randint(1, 3)):
        container, key = chance.choice(spots(chance.choice(values)))
        elsewhere, other = chance.choice(spots(chance.choice(values)))
        match chance.randrange(4):
            case 0:
                container[key] = chance.choice(ODD)
            case 1:
                container[key] = json.loads(json.dumps(elsewhere[other]))
            case 2:
                del container[key]
            case _ if isinstance(container[key], int):
                container[key] += chance.choice([-1, 1, 1_000_000])
            case _:
                container[key] = [container[key]]
    before = b"".join(canonical(value) + b"\n" for value in values)
    return before + end_line(before) + b"\n"


@pytest.mark.slow
@pytest.mark.parametrize("which", ["log", "Alpha", "Bravo"])
def test_whatever_is_put_together_is_answered_with_findings(which: str) -> None:
    text = small().dossier if which == "log" else small().answers[which]
    lines = text.split(b"\n")[:-2]
    chance = Random(which)
    for _ in range(TRIES):
        report = verify(turned(lines, chance), small().policy)
        assert report.exit_code() in (0, 1)
