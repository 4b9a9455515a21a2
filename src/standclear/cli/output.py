"""What the commands print: tables that fit the terminal, JSON for scripts, progress for long work."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TextIO

from standclear.obligations.carriage import in_words
from standclear.statements.canonical import from_b64u


def print_json(value: Any) -> None:
    """One JSON value on standard output."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        from standclear.statements.canonical import b64u

        return b64u(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no JSON")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], file: TextIO | None = None) -> None:
    """A table that fits the terminal: its widest column but the last gives way. The last is never cut: it is copied."""
    texts = [[str(cell) for cell in row] for row in rows]
    if not texts:
        return
    widths = [max(len(line[i]) for line in [list(columns), *texts]) for i in range(len(columns))]
    over = sum(widths) + 2 * (len(widths) - 1) - shutil.get_terminal_size((120, 24)).columns
    if over > 0 and len(widths) > 1:
        widest = max(range(len(widths) - 1), key=widths.__getitem__)
        widths[widest] = max(8, widths[widest] - over)
    for line in [list(columns), ["-" * width for width in widths], *texts]:
        cells = [_cut(cell, width).ljust(width) for cell, width in zip(line[:-1], widths, strict=False)]
        print("  ".join([*cells, line[-1]]).rstrip(), file=file)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(1, width - 1)] + "…"


def utc(ms: int | None) -> str:
    """A time as people read it, in UTC; a dash for none."""
    if ms is None:
        return "-"
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def carried_lines(carried: Iterable[Mapping[str, Any]]) -> list[str]:
    """What the deeds say of messages, one line each: the step, when, by which way, and how it ended."""
    return [
        in_words(one["duty"], one["level"], one["channel"], one["outcome"], utc(one["at_ms"]))
        for one in carried
    ]


class Progress:
    """A line on standard error that says how far long work has come; silent where nobody watches."""

    def __init__(self, what: str, total: int) -> None:
        self._what = what
        self._total = total
        self._is_shown = sys.stderr.isatty()

    def at(self, done: int) -> None:
        """Say how far it is."""
        if self._is_shown:
            share = 100 * done // max(1, self._total)
            print(
                f"\r{self._what}: {done:,} of {self._total:,} ({share} %)",
                end="",
                file=sys.stderr,
                flush=True,
            )

    def end(self) -> None:
        """End the line."""
        if self._is_shown:
            print(file=sys.stderr)


def attested_in_words(found: list[dict[str, Any]], name_of: Callable[[bytes], str]) -> str:
    """Answers without a key in words: what, by what, when, on whose word; "" where there are none. Nobody signed them."""
    told = []
    for one in found:
        word = (
            f"the word of {name_of(from_b64u(one['attester'], 16, 'attester'))}"
            if one["by"] == "contact"
            else "the service's word"
        )
        told.append(
            f"{one['answer']} by {one['channel'] if one['by'] == 'contact' else one['by']} {utc(one['at_ms'])}, {word}"
        )
    return f"attested, not signed: {'; '.join(told)}" if told else ""
