"""`standclear party`: set up a desk and ask for a party's enrolment; admit one; show who is enrolled."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

from standclear.cli.addressing import add_actions, run_address, run_represent, run_unrepresent
from standclear.cli.client import Client
from standclear.cli.clock import wall_ms
from standclear.cli.home import DeskFile, Home
from standclear.cli.line import Line
from standclear.cli.output import print_json, print_table
from standclear.cli.seat import NewSeat, enrolment_of, seat_after_enrolment
from standclear.cli.trust import Trust
from standclear.errors import Malformed
from standclear.flow.identity import service_keys
from standclear.keys import SigningKey, key_id
from standclear.statements.canonical import b64u, from_b64u
from standclear.statements.compose import Draft, Signer, compose
from standclear.statements.envelope import Signature, envelope_from_value, envelope_of
from standclear.statements.parties import KEY_ROLES, PARTY_TYPES, desk_id, party_id
from standclear.statements.roll import ROOT_DESK

REQUEST_FILE = "enrolment.json"


def add_parser(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("party", description="A party, its desk and its seats.")
    parser.add_argument("--home", help="the desk's directory (else STANDCLEAR_HOME, else ~/.standclear)")
    parser.add_argument("--seat", help="the seat that asks, where there are several")
    parser.add_argument("--json", action="store_true", help="print JSON")
    actions = parser.add_subparsers(dest="action", required=True)
    new = actions.add_parser("new", help="make keys, set up this desk, and write the request for enrolment")
    new.add_argument("--service", required=True, metavar="URL")
    new.add_argument(
        "--policy", type=Path, metavar="FILE", help="the keeper's log.policy, which came by another way"
    )
    new.add_argument("--name", required=True, help="the organisation's name, never a person's")
    new.add_argument("--type", required=True, choices=sorted(PARTY_TYPES), dest="party_type")
    new.add_argument("--desk", default="duty", help="the duty desk's name")
    new.add_argument("--phone", action="append", default=[], help="a number of the desk (give two)")
    new.add_argument(
        "--key", action="append", metavar="SEAT[:ROLE]", help="a seat and its role: duty-1:person"
    )
    admit = actions.add_parser("admit", help="the service's keeper: sign a request and put it on record")
    admit.add_argument("request", type=Path)
    admit.add_argument("--data", type=Path, required=True, metavar="DIR", help="the service's directory")
    admit.add_argument("--service", required=True, metavar="URL")
    add_actions(actions)
    actions.add_parser("list", help="show who is enrolled, and who has no key")


def run(arguments: argparse.Namespace) -> int:
    """Set up, admit, address or list."""
    verbs = {
        "new": _new,
        "admit": _admit,
        "address": run_address,
        "represent": run_represent,
        "unrepresent": run_unrepresent,
        "list": _list,
    }
    return verbs[arguments.action](arguments)


def _new(arguments: argparse.Namespace) -> int:
    home = Home.at(arguments.home)
    with Client(arguments.service) as client:
        facts = client.log()
    trust = Trust(home)
    if arguments.policy is None:
        trust.pin_shown(facts["log_keys"])
    else:
        trust.pin_policy(arguments.policy.read_bytes(), facts["log_keys"])
    log = from_b64u(facts["log"], 32, "log")
    service_root = from_b64u(facts["service_root"], 32, "service_root")
    root = home.make_key("root")
    seats = [_new_seat(home, text) for text in arguments.key or ["duty-1:person", "machine:machine"]]
    enrolment = enrolment_of(
        log=log,
        name=arguments.name,
        party_type=arguments.party_type,
        root=root,
        desks=[(arguments.desk, arguments.phone, seats)],
    )
    party = party_id(root.public)
    signer = Signer(
        log=log, party=party, desk=ROOT_DESK, keys=[root], seq=0, prev=log, later=[key_id(service_root)]
    )
    draft = Draft(kind="enrolment", forms={"exact": [enrolment.to_value()]}, to=None)
    composed = compose(draft, signer, wall_ms(), os.urandom)
    path = home.path / REQUEST_FILE
    path.write_bytes(composed.text)
    for seat in seats:
        sitting = seat_after_enrolment(
            log=log, root_public=root.public, desk=arguments.desk, key=seat.key, enrolment_sid=composed.sid
        )
        home.write_seat(seat.seat, sitting)
    home.write_desk(
        DeskFile(
            service=arguments.service,
            log=b64u(log),
            party=b64u(party),
            party_name=arguments.name,
            desk=b64u(desk_id(party, arguments.desk)),
            desk_name=arguments.desk,
        )
    )
    told = {"party": b64u(party), "request": str(path), "root_fingerprint": root.public.hex()}
    if arguments.json:
        print_json(told)
    else:
        print(f"party {arguments.name}: {told['party']}")
        print(f"root key, to be read aloud to the keeper: {_aloud(root.public)}")
        if trust.how != "policy":
            print(
                "the log's keys were taken as the service shows them; compare: standclear log trust --policy FILE"
            )
        print(f"send {path} to the service's keeper, who admits it: standclear party admit")
    return 0


def _new_seat(home: Home, text: str) -> NewSeat:
    name, _, role = text.partition(":")
    role = role or "person"
    if role not in KEY_ROLES - {"root"}:
        raise Malformed("--key", f"{role!r} is not person or machine", "write duty-1:person")
    return NewSeat(seat=name, role=role, key=home.make_key(name))


def _aloud(public: bytes) -> str:
    text = public.hex()
    return " ".join(text[i : i + 4] for i in range(0, 32, 4))


def _admit(arguments: argparse.Namespace) -> int:
    value = json.loads(arguments.request.read_text("utf-8"))
    envelope = envelope_from_value(value["envelope"])
    with Client(arguments.service) as client:
        origin = client.log()["origin"]
        root: SigningKey = service_keys(origin, _seed(arguments.data)).root
        added = Signature(key=key_id(root.public), signature=root.sign(envelope.signed_bytes()))
        both = envelope_of(envelope.payload_type, envelope.payload, [*envelope.signatures, added])
        value["envelope"] = json.loads(both.to_bytes())
        filed = client.submit(json.dumps(value).encode("utf-8"))
    if arguments.json:
        print_json({"index": filed.index, "sid": b64u(filed.sid)})
    else:
        print(f"admitted, as entry {filed.index}")
    return 0


def _seed(directory: Path) -> bytes:
    from standclear.wiring import read_service_seed

    return read_service_seed(directory)


def _list(arguments: argparse.Namespace) -> int:
    with Line.of(arguments.home, arguments.seat) as line:
        parties = line.client.parties()
    if arguments.json:
        print_json(parties)
    else:
        names = {one["party"]: one["name"] for one in parties}
        print_table(
            ("name", "type", "key", "party"),
            [(one["name"], one["party_type"], _speaks_by(one, names), one["party"]) for one in parties],
        )
    return 0


def _speaks_by(one: dict[str, Any], names: dict[str, str]) -> str:
    """Whether a party has a key; where it has none, in brackets, whose desk answers for it by contacts."""
    if one["root"] is not None:
        return "yes"
    represented = one["represented_by"]
    return "none" if represented is None else f"none ({names[represented]})"
