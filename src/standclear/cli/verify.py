"""`standclear verify`: check a dossier offline. Needs the dossier, a policy from elsewhere, and nothing of any server."""

from __future__ import annotations

import argparse
import gc
import json
import shlex
import sys
from datetime import UTC, tzinfo
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from standclear.dialects.plainly import explain
from standclear.dossier.court import Circumstances, court_report
from standclear.dossier.report import (
    ALL_HOLDS,
    BROKEN,
    BY_WHOM_UNPROVEN,
    CHECKS,
    SOMETHING_WRONG,
    UNUSABLE,
    Finding,
    Report,
)
from standclear.dossier.verify import verify
from standclear.errors import Malformed
from standclear.keys import sha256
from standclear.limits import FINDINGS_SHOWN_MAX

_VERDICTS = {
    ALL_HOLDS: "Nothing is wrong under the policy; each sentence above says how far it reaches.",
    SOMETHING_WRONG: "SOMETHING IS WRONG. What is broken is named above.",
    BY_WHOM_UNPROVEN: "Consistent, but BY WHOM IS UNPROVEN: give --policy, from somebody you trust, not from the dossier.",
}
_MARKS = {"holds": "ok  ", "unproven": "open", "broken": "WRONG"}


def add_parser(subparsers: Any) -> None:
    """Add the command to the command line's parser."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "verify",
        help="check a dossier offline (needs nothing but this package)",
        description="Check a dossier: sixteen numbered checks, each with what it found. Nothing is asked of anybody.",
        epilog="exit status: 0 every check holds; 1 something is wrong; 2 cannot be read; 3 consistent, by whom unproven",
    )
    parser.add_argument("dossier", type=Path, help="the dossier")
    parser.add_argument(
        "--policy", type=Path, help="the trust roots: a tlog-policy file that did not come with it"
    )
    parser.add_argument(
        "--receipt",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a receipt (tlog-proof) that somebody holds, to hold against the dossier; may be repeated",
    )
    parser.add_argument("--json", action="store_true", help="the whole report as JSON")
    parser.add_argument(
        "--report", type=Path, metavar="FILE", help="write the readable report for a court: one HTML file"
    )
    parser.add_argument(
        "--zone", default="UTC", help="with --report: the local zone beside UTC, such as Asia/Damascus"
    )


def run(arguments: argparse.Namespace) -> int:
    """Check a dossier, print what was found, and give the exit status."""
    try:
        text = arguments.dossier.read_bytes()
        policy = None if arguments.policy is None else arguments.policy.read_bytes()
        receipts = [path.read_bytes() for path in arguments.receipt]
    except OSError as error:
        print(f"cannot read {error.filename}: {error.strerror}", file=sys.stderr)
        return UNUSABLE
    zone = _zone(arguments.zone)
    if zone is None:
        print(f"--zone {arguments.zone}: not known here; write Asia/Damascus, or UTC", file=sys.stderr)
        return UNUSABLE
    was_collecting = gc.isenabled()
    gc.disable()  # millions of small values and no cycles: looking for them is a fifth of the time
    try:
        report = verify(text, policy, receipts)
    except Malformed as error:
        print(f"the policy is not a policy file: {error}", file=sys.stderr)
        return UNUSABLE
    finally:
        if was_collecting:
            gc.enable()
    if arguments.report is not None:
        made = _circumstances(arguments, policy, zone)
        try:
            arguments.report.write_text(court_report(text, report, made), encoding="utf-8")
        except OSError as error:
            print(f"cannot write {error.filename}: {error.strerror}", file=sys.stderr)
            return UNUSABLE
    if arguments.json:
        print(json.dumps({"verified_with": _software(), **report.to_value()}, ensure_ascii=False, indent=2))
    else:
        _print(report)
    return report.exit_code()


def _zone(name: str) -> tzinfo | None:
    """A zone by its name; UTC needs no table of zones, which a bare machine may lack."""
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (OSError, ValueError, ZoneInfoNotFoundError):
        return None


def _circumstances(arguments: argparse.Namespace, policy: bytes | None, zone: tzinfo) -> Circumstances:
    """What the report says of how it was made, and how anybody makes it again."""
    command = ["standclear", "verify", arguments.dossier.name]
    if arguments.policy is not None:
        command += ["--policy", arguments.policy.name]
    for path in arguments.receipt:
        command += ["--receipt", path.name]
    commands = (
        f"pip install '{_software().replace(' ', '==')}'",
        f"sha256sum {shlex.quote(arguments.dossier.name)}",
        shlex.join(command),
        shlex.join([*command, "--report", arguments.report.name, "--zone", arguments.zone]),
    )
    told = "none was given" if policy is None else f"{arguments.policy.name}, SHA-256 {sha256(policy).hex()}"
    return Circumstances(
        file=arguments.dossier.name,
        software=_software(),
        policy=told,
        zone=zone,
        zone_name=arguments.zone,
        commands=commands,
        explain=explain,
    )


def _software() -> str:
    try:
        return f"standclear {version('standclear')}"
    except PackageNotFoundError:
        return "standclear, not installed"


def _print(report: Report) -> None:
    if report.exercise:
        print("EXERCISE EXERCISE EXERCISE: nothing in this dossier is real")
    elif report.exercise is None:
        print("No charter: whether this is an exercise is not known")
    print(f"log      {report.origin or '?'}  {report.name}")
    print(
        f"head     {report.size} entries, root {report.root.hex() or '?'}; {report.entries} of them are here"
    )
    for root in report.roots:
        print(f"believed {root}")
    if not report.roots:
        print("believed nobody: no trust root was given, or none of its signatures holds")
    print(f"with     {_software()}\n")
    for number, title in CHECKS.items():
        print(f"{number:2} {_MARKS[report.grade(number)]:5} {title}")
        _print_findings(report.of(number))
    print(f"\n{_VERDICTS[report.exit_code()]}")
    undecided = [str(number) for number in CHECKS if report.grade(number) == "unproven"]
    if undecided:
        print(f"Left unproven by what is in this dossier: checks {', '.join(undecided)}.")


def _print_findings(findings: tuple[Finding, ...]) -> None:
    """What is broken first; then what is open; then what holds."""
    order = {"broken": 0, "unproven": 1, "holds": 2}
    ordered = sorted(findings, key=lambda one: order[one.grade])
    for one in ordered[:FINDINGS_SHOWN_MAX]:
        mark = "! " if one.grade == BROKEN else "? " if one.grade == "unproven" else "  "
        about = f"{one.about}: " if one.about else ""
        print(f"         {mark}{about}{one.says}")
    if len(ordered) > FINDINGS_SHOWN_MAX:
        print(f"         … and {len(ordered) - FINDINGS_SHOWN_MAX} more (--json has them all)")
    if not findings:
        print("         ? could not be checked: what it needs cannot be read")
