"""`standclear party address | represent | unrepresent`: parties without a key, and whose desk answers for them."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from standclear.cli import speech
from standclear.cli.client import Client
from standclear.cli.clock import wall_ms
from standclear.cli.line import Line
from standclear.cli.output import print_json
from standclear.errors import Malformed, UnknownParty
from standclear.flow.identity import service_keys
from standclear.keys import SigningKey, key_id
from standclear.statements.canonical import b64u, from_b64u
from standclear.statements.compose import Composed, Draft, Signer, compose
from standclear.statements.parties import PARTY_TYPES, keyless_id
from standclear.statements.roll import ROOT_DESK

Json = dict[str, Any]


def add_actions(actions: Any) -> None:
    """Add the parsers of the three verbs."""
    address = actions.add_parser("address", help="the service's keeper: put a party without a key on record")
    _add_party_options(address, is_new=True)
    address.add_argument("--data", type=Path, required=True, metavar="DIR", help="the service's directory")
    address.add_argument("--service", required=True, metavar="URL")
    represent = actions.add_parser(
        "represent",
        help="write the request that your party represents one without a key; the keeper admits it",
    )
    _add_party_options(represent, is_new=False)
    represent.add_argument("--out", type=Path, default=Path("representation.json"), metavar="FILE")
    ends = actions.add_parser("unrepresent", help="your party represents it no longer")
    ends.add_argument("--name", required=True)


def _add_party_options(parser: argparse.ArgumentParser, *, is_new: bool) -> None:
    parser.add_argument("--name", required=True, help="its name: nothing else tells it from others")
    parser.add_argument("--type", choices=sorted(PARTY_TYPES), dest="party_type", required=is_new)
    parser.add_argument("--desk", default="duty")
    parser.add_argument("--phone", action="append", default=[], help="a number at which it is reached")


def run_address(arguments: argparse.Namespace) -> int:
    """The keeper puts a party on record, signed by the service's root alone."""
    from standclear.wiring import read_service_seed

    with Client(arguments.service) as client:
        facts = client.log()
        log = from_b64u(facts["log"], 32, "log")
        root = service_keys(facts["origin"], read_service_seed(arguments.data)).root
        draft = speech.keyless(
            arguments.name, arguments.party_type, desk=arguments.desk, phones=arguments.phone
        )
        party = from_b64u(facts["service_party"], 16, "service_party")
        composed = _compose(draft, log, party, root, facts["service_root_chain"])
        filed = client.submit(composed.text)
    told = {"index": filed.index, "party": b64u(keyless_id(log, arguments.name)), "sid": b64u(filed.sid)}
    _tell(arguments, told, f"{arguments.name} is addressed, as entry {filed.index}: {told['party']}")
    return 0


def run_represent(arguments: argparse.Namespace) -> int:
    """A party says, by its root key, that it represents another; the request waits for the keeper's signature."""
    with Line.of(arguments.home, arguments.seat) as line:
        known = _known(line, arguments.name)
        party_type = arguments.party_type or (known or {}).get("party_type")
        if party_type is None:
            raise Malformed("--type", "it is not on record yet", "say what it is")
        draft = speech.keyless(
            arguments.name,
            party_type,
            represented_by=line.seat.party,
            desk=arguments.desk,
            phones=arguments.phone,
        )
        facts = line.client.log()
        admitting = key_id(from_b64u(facts["service_root"], 32, "service_root"))
        composed = _compose_own(line, draft, later=[admitting])
    arguments.out.write_bytes(composed.text)
    told = {"party": b64u(keyless_id(line.seat.log, arguments.name)), "request": str(arguments.out)}
    _tell(arguments, told, f"send {arguments.out} to the service's keeper: standclear party admit")
    return 0


def run_unrepresent(arguments: argparse.Namespace) -> int:
    """A party ends, by its root key alone, that it represents another."""
    with Line.of(arguments.home, arguments.seat) as line:
        known = _known(line, arguments.name)
        if known is None:
            raise UnknownParty(name=arguments.name, remedy="use the name as it is enrolled")
        draft = speech.keyless(arguments.name, known["party_type"])
        filed = line.client.submit(_compose_own(line, draft).text)
    told = {"index": filed.index, "sid": b64u(filed.sid)}
    _tell(arguments, told, f"{arguments.name} is represented by you no longer, as entry {filed.index}")
    return 0


def _known(line: Line, name: str) -> Json | None:
    found = [one for one in line.client.parties() if one["name"] == name and one["root"] is None]
    return found[0] if found else None


def _compose_own(line: Line, draft: Draft, later: list[bytes] | None = None) -> Composed:
    party = b64u(line.seat.party)
    chain = next(one["root_chain"] for one in line.client.parties() if one["party"] == party)
    root = line.home.read_key("root")
    return _compose(draft, line.seat.log, line.seat.party, root, chain, later or [])


def _compose(
    draft: Draft, log: bytes, party: bytes, root: SigningKey, chain: Json, later: list[bytes] | None = None
) -> Composed:
    signer = Signer(
        log=log,
        party=party,
        desk=ROOT_DESK,
        keys=[root],
        seq=chain["seq"],
        prev=from_b64u(chain["prev"], 32, "prev"),
        later=later or [],
    )
    return compose(draft, signer, wall_ms(), os.urandom)


def _tell(arguments: argparse.Namespace, told: Json, sentence: str) -> None:
    if arguments.json:
        print_json(told)
    else:
        print(sentence)
