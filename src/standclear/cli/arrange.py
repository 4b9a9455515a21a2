"""`standclear arrange`: check a rule pack in plain words, file it, adhere to it, show what is in force."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from standclear.cli.line import Line
from standclear.cli.options import add_desk_options, filed_value
from standclear.cli.output import print_json, print_table
from standclear.dialects.pack import read_pack
from standclear.dialects.plainly import explain
from standclear.errors import Malformed
from standclear.obligations.duties import DUTIES, TRANSITIONS
from standclear.statements.arrangement import Adherence
from standclear.statements.canonical import b64u, from_b64u
from standclear.statements.compose import Draft
from standclear.statements.total import ROLES

PACKS = Path(__file__).parent.parent / "packs"


def add_parser(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "arrange", description="The arrangement is data: a rule pack that a cell edits."
    )
    add_desk_options(parser)
    actions = parser.add_subparsers(dest="action", required=True)
    packs = actions.add_parser("packs", help="where the rule packs that come with the package are")
    packs.add_argument("name", nargs="?", help="one of them")
    check = actions.add_parser("check", help="read a pack and say in plain words whom it obliges to do what")
    check.add_argument("pack", type=Path)
    file = actions.add_parser("file", help="put an arrangement on record")
    file.add_argument("pack", type=Path)
    file.add_argument(
        "--member", action="append", required=True, metavar="NAME[:ROLE]", help="party unless stated"
    )
    file.add_argument("--neutral", metavar="NAME", help="whose desk is told where neither may be")
    file.add_argument("--replaces", metavar="SID", help="the version that it replaces")
    adhere = actions.add_parser("adhere", help="take up an arrangement, and file under it from now on")
    adhere.add_argument("sid", nargs="?", help="the only one there is, unless stated")
    adhere.add_argument("--reservation", action="append", default=[])
    adhere.add_argument("--withdraw", action="store_true")
    actions.add_parser("show", help="show the arrangements in their present versions")
    actions.add_parser(
        "duties", help="print every duty, and the table of the receipt ladder, as the program follows them"
    )


def run(arguments: argparse.Namespace) -> int:
    """Check, file, adhere, show."""
    if arguments.action == "check":
        return _check(arguments)
    if arguments.action == "packs":
        return _packs(arguments)
    if arguments.action == "duties":
        return _duties(arguments)
    with Line.of(arguments.home, arguments.seat) as line:
        return {"file": _file, "adhere": _adhere, "show": _show}[arguments.action](arguments, line)


def _duties(arguments: argparse.Namespace) -> int:
    if arguments.json:
        duties = [
            {"kind": one.kind, "about": one.about, "told": one.told, "ends": one.ends} for one in DUTIES
        ]
        print_json({"duties": duties, "ladder": [list(row) for row in TRANSITIONS]})
        return 0
    for one in DUTIES:
        print(f"{one.kind}: about {one.about}")
        print(f"  falls due {one.falls_due}\n  told: {one.told}\n  ends: {one.ends}")
    print()
    print_table(("from", "event", "to"), TRANSITIONS)
    print("No event leads to told: made available, unanswered is what stands when every step has passed.")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    anybody = {bytes(15) + bytes([n]): "party" for n in range(2)}
    arrangement = read_pack(arguments.pack.read_text("utf-8"), anybody, bytes(16))
    lines = explain(arrangement)
    if arguments.json:
        print_json({"name": arrangement.name, "obliges": lines})
    else:
        print("\n".join(lines))
    return 0


def _packs(arguments: argparse.Namespace) -> int:
    found = sorted(PACKS.glob(f"{arguments.name or '*'}.toml"))
    if not found:
        known = ", ".join(sorted(path.stem for path in PACKS.glob("*.toml")))
        raise Malformed("name", f"no pack {arguments.name!r}", f"use one of: {known}")
    for path in found:
        print(path)
    return 0


def _file(arguments: argparse.Namespace, line: Line) -> int:
    members = {}
    for text in arguments.member:
        name, _, role = text.partition(":")
        if (role or "party") not in ROLES:
            raise Malformed("--member", f"{role!r} is not a role", f"use one of: {', '.join(sorted(ROLES))}")
        members[line.party(name)] = role or "party"
    neutral = None if arguments.neutral is None else line.party(arguments.neutral)
    arrangement = read_pack(arguments.pack.read_text("utf-8"), members, neutral)
    replaces = None
    if arguments.replaces is not None:
        replaces = [(from_b64u(arguments.replaces, 32, "--replaces") + bytes(4), 0)]
    filed = line.say(
        Draft(
            kind="arrangement",
            act="new" if replaces is None else "replace",
            of=replaces,
            forms={"exact": [arrangement.to_value()]},
            to=None,
        )
    )
    if filed.effect == "in_force" and not (set(filed.marks) & {"waits_for_adherence"}):
        _choose(line, filed.sid)
    if arguments.json:
        print_json(filed_value(filed))
    else:
        print(f"on record as entry {filed.index}: {b64u(filed.sid)}")
    return 0


def _adhere(arguments: argparse.Namespace, line: Line) -> int:
    known = [one["sid"] for one in line.client.arrangements()]
    if arguments.sid is None and len(known) != 1:
        raise Malformed("sid", f"there are {len(known)} arrangements", "name one of: " + ", ".join(known))
    sid = from_b64u(arguments.sid or known[0], 32, "sid")
    body = Adherence(adheres=not arguments.withdraw, reservations=tuple(arguments.reservation))
    filed = line.say(Draft(kind="adherence", forms={"exact": [body.to_value()]}, to=None, re=[sid]))
    _choose(line, sid)
    if arguments.json:
        print_json(filed_value(filed))
    else:
        print(
            f"{'withdrawn from' if arguments.withdraw else 'adhered to'} {b64u(sid)}, as entry {filed.index}"
        )
    return 0


def _choose(line: Line, sid: bytes) -> None:
    line.desk.under = b64u(sid)
    line.home.write_desk(line.desk)


def _show(arguments: argparse.Namespace, line: Line) -> int:
    found = line.client.arrangements()
    if arguments.json:
        print_json(found)
    else:
        rows = [(one["arrangement"]["name"], one["arrangement"]["state"], one["sid"]) for one in found]
        print_table(("name", "state", "sid"), rows)
        for one in found:
            print_table(("member", "role", "adherence"), list(_members(one, line)))
    return 0


def _members(agreement: dict[str, Any], line: Line) -> Iterator[tuple[str, str, str]]:
    """Each member with its role, and how it stands to the version in force: being addressed is not adhering (G36)."""
    reserved = {one["party"]: "; ".join(one["reservations"]) for one in agreement["reservations"]}
    for member in agreement["arrangement"]["members"]:
        party, role = member["party"], member["role"]
        if party in agreement["addressed"]:
            stands = "addressed: it has no key, and adheres to nothing"
        elif role != "party":
            stands = ""
        elif party not in agreement["adhered"]:
            stands = "has not adhered"
        else:
            stands = f"adheres, with reservations: {reserved[party]}" if party in reserved else "adheres"
        yield line.name_of(from_b64u(party, 16, "party")), role, stands
