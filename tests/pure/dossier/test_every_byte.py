"""No byte of a dossier can be changed without a finding that says where; and nothing that is read is ever raised."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate, pairwise
from random import Random

import pytest

from pure.dossier.small import small
from standclear.dossier.format import end_line
from standclear.dossier.reading import read_dossier
from standclear.dossier.report import CHECKS, HOLDS, SOMETHING_WRONG, Report
from standclear.dossier.verify import verify

POSITIONS = 1_000  # of each dossier, besides the first, middle and last byte of every line
WHOLE_FILE = ("the head", "the proof", "the first line", "the charter", "the inbox of")


class Lines:
    """Which line and which entry each byte belongs to."""

    def __init__(self, text: bytes) -> None:
        lines = text.split(b"\n")[:-1]
        self.starts = [0, *accumulate(len(line) + 1 for line in lines)]
        self.entries: list[int | None] = []
        entry = None
        for line in lines:
            if line.startswith(b'{"entry":') and b'"line":"entry"' in line:
                entry = int(line.rsplit(b'"index":', 1)[1].split(b",")[0])
            elif b'"index":' not in line:
                entry = None
            self.entries.append(entry)

    def at(self, position: int) -> tuple[int, int | None]:
        """The line (from 1) and the entry of a byte."""
        place = bisect_right(self.starts, position) - 1
        return place + 1, self.entries[place]


def names_it(report: Report, line: int, entry: int | None) -> bool:
    """Whether something that is broken names the line, or the entry, or what stands for the whole file."""
    return any(
        f"line {line} " in one.about
        or (one.index == entry if entry is not None else one.about.startswith(WHOLE_FILE))
        for one in report.broken()
    )


def positions_of(text: bytes, seed: int, count: int) -> list[int]:
    """Seeded positions, and the first, middle and last byte of every line."""
    chance = Random(seed)
    found = {chance.randrange(len(text)) for _ in range(count)}
    starts = [0, *accumulate(len(line) + 1 for line in text.split(b"\n")[:-1])]
    for start, end in pairwise(starts):
        found |= {start, (start + end) // 2, end - 1}
    return sorted(found)


@pytest.mark.slow
@pytest.mark.parametrize("which", ["the whole log", "an answer"])
def test_a_changed_byte_anywhere_is_found_and_named(which: str) -> None:
    text = small().dossier if which == "the whole log" else small().answers["Alpha"]
    lines = Lines(text)
    chance = Random(16)
    for position in positions_of(text, 1, POSITIONS):
        changed = bytearray(text)
        changed[position] ^= 1 << chance.randrange(8)
        report = verify(bytes(changed), small().policy)
        assert SOMETHING_WRONG == report.exit_code(), position
        line, entry = lines.at(position)
        if line != len(lines.entries):
            assert names_it(report, line, entry) or is_the_files_own(line), (position, line, entry)


def is_the_files_own(line: int) -> bool:
    """The question in line 1, and in line 2 a signature of a key that nobody knows: only the digest covers them."""
    return line in (1, 2)


@pytest.mark.slow
def test_a_changed_byte_under_a_digest_made_anew_is_found_and_named() -> None:
    text = small().dossier
    head = text.split(b"\n")[1]
    lines = Lines(text)
    chance = Random(17)
    for position in positions_of(text, 2, 700):
        line, entry = lines.at(position)
        if line in (2, len(lines.entries)) or text[position] == 0x0A:
            continue
        changed = bytearray(text)
        changed[position] ^= 1 << chance.randrange(8)
        before = bytes(changed[: text.rindex(b"\n", 0, -1) + 1])
        report = verify(before + end_line(before) + b"\n", small().policy)
        assert SOMETHING_WRONG == report.exit_code(), position
        assert names_it(report, line, entry), (position, line, entry, [one.about for one in report.broken()])
    assert b"grease.invalid" in head


@pytest.mark.parametrize("kept", [0, 1, 2, 3, 5, 9, 14, 20])
def test_a_dossier_cut_off_after_any_line_is_found(kept: int) -> None:
    text = b"".join(line + b"\n" for line in small().dossier.split(b"\n")[:kept])
    report = verify(text, small().policy)
    assert SOMETHING_WRONG == report.exit_code()
    assert report.of(1)[0].grade == "broken"


def sealed_anew(lines: list[bytes]) -> bytes:
    before = b"".join(line + b"\n" for line in lines)
    return before + end_line(before) + b"\n"


def test_a_line_that_stands_twice_or_elsewhere_is_found() -> None:
    lines = small().dossier.split(b"\n")[:-2]
    for place, line in enumerate(lines):
        twice = sealed_anew([*lines[: place + 1], *lines[place:]])
        assert SOMETHING_WRONG == verify(twice, small().policy).exit_code(), line[:80]
        if place + 1 < len(lines):
            moved = sealed_anew([*lines[:place], lines[place + 1], line, *lines[place + 2 :]])
            assert SOMETHING_WRONG == verify(moved, small().policy).exit_code(), line[:80]


def test_a_line_taken_out_is_found_or_what_it_leaves_unproven_is_said() -> None:
    assert all(verify(small().dossier, small().policy).grade(number) == HOLDS for number in CHECKS)
    lines = small().dossier.split(b"\n")[:-2]
    for place, line in enumerate(lines):
        report = verify(sealed_anew([*lines[:place], *lines[place + 1 :]]), small().policy)
        assert any(report.grade(number) != HOLDS for number in CHECKS), line[:80]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\n",
        b"{}\n",
        b"null\n",
        b"\x00\xff",
        b"[" * 100_000,
        b'{"line":"entry"}\n',
        b'{"line":"end"}\n' * 3,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_anything_at_all_is_answered_with_findings(text: bytes) -> None:
    assert SOMETHING_WRONG == verify(text, None).exit_code()
    assert read_dossier(text)[1] != ()
