"""`standclear cosign`: a second person signs what a first one filed, on the same machine or on another.

On one machine `--cosign SEAT` signs with both keys. Between two, `--cosign SEAT --out FILE` writes what the first has
signed; the second reads it, signs the very bytes, and sends it. A statement that was sent with one signature is
countersigned by `standclear agree --agreement agreed --re SID`.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from standclear.cli.client import Filed
from standclear.cli.line import Line
from standclear.cli.options import add_desk_options, filed_value
from standclear.cli.output import print_json
from standclear.errors import Malformed, NotPermitted, Refused
from standclear.keys import SigningKey, key_id
from standclear.statements.canonical import b64u, from_b64u
from standclear.statements.compose import Draft
from standclear.statements.envelope import Signature, envelope_from_value, envelope_of
from standclear.statements.notices import Notice
from standclear.statements.submission import Submission, parse_submission

NAMES_SHOWN = 8
WAITS = "waits_for_signature"
AGREE = "standclear agree --agreement agreed --re SID"


def add_cosign_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of a filing that two persons sign."""
    parser.add_argument("--cosign", metavar="SEAT", help="a second person's seat at this desk that signs too")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="with --cosign, where that seat is on another machine: write it here, to be signed there and sent",
    )


def countersigning(filed: Filed) -> str:
    """What another person types to release what waits for a signature; the mark beside it says the rest in words."""
    return f"standclear agree --agreement agreed --re {b64u(filed.sid)}"


def second_keys(arguments: argparse.Namespace, line: Line) -> list[SigningKey]:
    """The key of the second seat, which is on this machine; none where nobody else signs.

    Raises:
        Malformed: the same seat twice, or a file where one statement alone could be written.
        NotFound: the key is not on this machine.
    """
    if getattr(arguments, "out", None) is not None:
        raise Malformed(
            "--out", "this is more than one statement", f"send it; then the second person: {AGREE}"
        )
    if arguments.cosign is None:
        return []
    _check_other(line, arguments.cosign)
    return [line.home.read_key(arguments.cosign)]


def _check_other(line: Line, seat: str) -> None:
    if seat == line.seat_name:
        raise Malformed("--cosign", "that seat signs it already", "name another person's seat")


def say_signed(arguments: argparse.Namespace, line: Line, draft: Draft) -> Filed | None:
    """Say it with one signature, or with both; None where it was written out to be signed elsewhere.

    Raises:
        Malformed: the same seat twice, a seat that is not enrolled, or a file without a second seat.
    """
    if arguments.cosign is None:
        if arguments.out is not None:
            raise Malformed("--out", "nobody else is to sign it", "name the second seat: --cosign SEAT")
        return line.say(draft)
    _check_other(line, arguments.cosign)
    if arguments.out is None:
        return line.say(draft, [line.home.read_key(arguments.cosign)])
    composed = line.half_said(draft, [_key_of(line, arguments.cosign)])
    arguments.out.write_bytes(composed.text)
    told = {"file": str(arguments.out), "sid": b64u(composed.sid)}
    if arguments.json:
        print_json(told)
    else:
        print(f"signed once, and not sent: on the other machine: standclear cosign {arguments.out}")
    return None


def _key_of(line: Line, seat: str) -> bytes:
    """The id of the key of another seat at this desk, as it is enrolled."""
    desk = b64u(line.seat.desk)
    keys = [
        one
        for party in line.parties()
        for found in party["desks"]
        if found["desk"] == desk
        for one in found["keys"]
    ]
    persons = [one for one in keys if one["role"] == "person" and one["seat"] == seat]
    if not persons:
        known = ", ".join(sorted(one["seat"] for one in keys if one["role"] == "person"))
        raise Malformed(
            "--cosign", f"no person's seat {seat!r} at this desk", f"the persons' seats are: {known}"
        )
    return from_b64u(persons[-1]["key"], 32, "key")


# --- the second machine -----------------------------------------------------------------------------------


def add_parser(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "cosign", description="Read what somebody at your desk has signed, sign it too, and send it."
    )
    add_desk_options(parser)
    parser.add_argument("file", type=Path)
    parser.add_argument("--yes", action="store_true", help="do not ask: you have read what it says")


def run(arguments: argparse.Namespace) -> int:
    """Show it, sign it, send it."""
    text = arguments.file.read_bytes()
    submission = parse_submission(text)  # what is shown is what its header commits to
    with Line.of(arguments.home, arguments.seat) as line:
        _check(line, submission)
        _show(line, submission)
        _confirm(yes=arguments.yes)
        value = json.loads(text)
        envelope = envelope_from_value(value["envelope"])
        own = Signature(
            key=key_id(line.seat.key.public), signature=line.seat.key.sign(envelope.signed_bytes())
        )
        both = envelope_of(envelope.payload_type, envelope.payload, [*envelope.signatures, own])
        value["envelope"] = json.loads(both.to_bytes())
        filed = line.send_whole(submission.sid, json.dumps(value).encode("utf-8"))
    if arguments.json:
        print_json(filed_value(filed))
    else:
        marks = f" ({', '.join(filed.marks)})" if filed.marks else ""
        print(f"on record as entry {filed.index}: {filed.effect.replace('_', ' ')}{marks}  {b64u(filed.sid)}")
    return 0


def _check(line: Line, submission: Submission) -> None:
    header, own = submission.header, key_id(line.seat.key.public)
    if header.log != line.seat.log:
        raise NotPermitted(field="header.log", reason="it is for another log", remedy="sign nothing of it")
    if own not in header.sender.keys:
        raise NotPermitted(
            field="header.from.keys",
            reason="your seat is not one of those it names",
            remedy="let it be written for your seat: --cosign SEAT --out FILE",
        )
    if any(one.key == own for one in submission.envelope.signatures):
        raise NotPermitted(field="envelope.signatures", reason="your seat has signed it already")


def _show(line: Line, submission: Submission) -> None:
    """What is about to be signed, in words, to the error stream: the answer stays alone on the other."""
    header = submission.header
    bodies = submission.bodies["exact"]
    names = [body.name or "(no name)" for body in bodies[:NAMES_SHOWN] if isinstance(body, Notice)]
    more = f", and {len(bodies) - NAMES_SHOWN} more" if len(bodies) > NAMES_SHOWN else ""
    print(f"{header.act} {header.kind}, {len(bodies)}: {', '.join(names)}{more}", file=sys.stderr)
    for slot in submission.slots:
        name = "any party of the arrangement" if slot.party is None else line.name_of(slot.party)
        print(
            f"  to {name}: {slot.form} form, {slot.when.replace('_', ' ')}, travels {slot.travel}",
            file=sys.stderr,
        )


def _confirm(*, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise Malformed("--yes", "nobody has said that it was read", "read it, then add --yes")
    if input("sign it, and send it? [y/N] ").strip().lower() not in ("y", "yes"):
        raise Refused(reason="it was not signed; nothing was sent", remedy="talk to whoever wrote it")
