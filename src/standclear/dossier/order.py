"""The order of things: times that do not go back, and no statement twice (checks 5 and 6)."""

from __future__ import annotations

from collections.abc import Mapping

from standclear.dossier.opened import Names, Opened
from standclear.dossier.report import Findings
from standclear.limits import LATE_MS
from standclear.tlog.cosignature import SignedCheckpoint


def check_times(
    opened: Mapping[int, Opened], signed: SignedCheckpoint | None, names: Names, findings: Findings
) -> None:
    """(5) The log's time never falls from one entry to the next, nor runs ahead of the witnesses.

    What stands long after, or before, its own sender's time is named: by whose fault is not for arithmetic to say.
    """
    last_ms, last_index = 0, 0
    before = len(findings.found[5])
    for index in sorted(opened):
        one = opened[index]
        about = names.entry(index)
        if one.integrated_ms < last_ms:
            findings.broken(
                5,
                about,
                f"its time is {last_ms - one.integrated_ms} ms before that of entry {last_index}: it was backdated, "
                "or an entry before it was postdated",
                index,
            )
        last_ms, last_index = max(last_ms, one.integrated_ms), index
        late_ms = one.integrated_ms - one.header.stated_ms
        if late_ms > LATE_MS:
            says = f"integrated {_spoken(late_ms)} after its sender stated it: signed offline, held up, or delayed"
            findings.unproven(5, about, says, index)
        elif late_ms < -LATE_MS:
            says = f"integrated {_spoken(-late_ms)} before its sender stated it: a clock is wrong, or it was backdated"
            findings.unproven(5, about, says, index)
    _check_witness_times(last_ms, signed, findings)
    if not any(one.grade == "broken" for one in findings.found[5][before:]):
        findings.holds(5, f"in {len(opened)} entries the log's time never goes back")


def _check_witness_times(last_ms: int, signed: SignedCheckpoint | None, findings: Findings) -> None:
    for one in signed.verified if signed is not None else ():
        if one.time_s and last_ms > one.time_s * 1000 + LATE_MS:
            findings.broken(
                5,
                "the head",
                f"{one.key.name} cosigned it {_spoken(last_ms - one.time_s * 1000)} before the last entry's time",
            )


def _spoken(ms: int) -> str:
    seconds = ms // 1000
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7_200 else f"{seconds // 3600} h"


def check_sids(opened: Mapping[int, Opened], names: Names, findings: Findings) -> None:
    """(6) A statement's identity stands once in a log, for ever."""
    first: dict[bytes, int] = {}
    for index in sorted(opened):
        earlier = first.setdefault(opened[index].sid, index)
        if earlier != index:
            findings.broken(
                6, names.entry(index), f"the same statement stands at {earlier}: it was replayed", index
            )
    if not findings.is_broken(6):
        findings.holds(6, f"{len(first)} statements, each once")
