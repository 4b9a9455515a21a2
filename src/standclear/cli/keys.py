"""`standclear keys`: make and show keys. A key names a seat, never a person; one device, one key."""

from __future__ import annotations

import argparse
from typing import Any

from standclear.cli.home import PASSPHRASE_VARIABLE, Home
from standclear.cli.output import print_json, print_table
from standclear.keys import key_id
from standclear.statements.canonical import b64u


def add_parser(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "keys", description=f"Keys are sealed under {PASSPHRASE_VARIABLE} if that is set."
    )
    parser.add_argument("--home", help="the desk's directory (else STANDCLEAR_HOME, else ~/.standclear)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    actions = parser.add_subparsers(dest="action", required=True)
    new = actions.add_parser("new", help="make a key")
    new.add_argument("name", help="the seat's name, such as duty-1")
    actions.add_parser("list", help="show the public halves of the keys kept here")


def run(arguments: argparse.Namespace) -> int:
    """Make or list keys."""
    home = Home.at(arguments.home)
    if arguments.action == "new":
        home.make_key(arguments.name)
    rows = []
    for name in home.key_names():
        key = home.read_key(name)
        rows.append((name, b64u(key_id(key.public)), b64u(key.public)))
    if arguments.json:
        print_json([{"seat": name, "id": identity, "public": public} for name, identity, public in rows])
    else:
        print_table(("seat", "key id", "public key"), rows)
    return 0
