"""`standclear log`: the log itself: its head, receipts, and fsck (which derives everything again and compares)."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from standclear.cli.line import Line
from standclear.cli.options import add_desk_options
from standclear.cli.output import print_json
from standclear.statements.canonical import b64u, from_b64u


def add_parser(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("log", description="The log as arithmetic: C2SP formats, unchanged.")
    add_desk_options(parser)
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("head", help="the newest published head, a signed note")
    receipt = actions.add_parser("receipt", help="a fresh receipt of a statement")
    receipt.add_argument("sid")
    trust = actions.add_parser(
        "trust", help="the keys of the log that this desk believes, and the newest head it holds"
    )
    trust.add_argument("--policy", type=Path, metavar="FILE", help="the keeper's log.policy: pin its keys")
    fsck = actions.add_parser("fsck", help="derive leaves, root, effects and inbox heads again, and compare")
    fsck.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="a service's directory, not in use"
    )


def run(arguments: argparse.Namespace) -> int:
    """Show or check."""
    if arguments.action == "fsck":
        return _fsck(arguments)
    with Line.of(arguments.home, arguments.seat) as line:
        if arguments.action == "trust":
            return _trust(arguments, line)
        if arguments.action == "head":
            note = line.client.checkpoint()
            line.trust.check_head(note, line.client.consistency)
            sys.stdout.write(note.decode("utf-8"))
        else:
            sys.stdout.write(line.client.receipt(from_b64u(arguments.sid, 32, "sid")).decode("utf-8"))
    return 0


def _trust(arguments: argparse.Namespace, line: Line) -> int:
    shown = line.client.log()["log_keys"]
    if arguments.policy is not None:
        line.trust.pin_policy(arguments.policy.read_bytes(), shown)
    line.trust.pin_shown(shown)
    line.trust.check_head(line.client.checkpoint(), line.client.consistency)
    head = line.trust.head
    keys = [key.to_text() for key in line.trust.keys]
    if arguments.json:
        told = None if head is None else {"origin": head.origin, "root": b64u(head.root), "size": head.size}
        print_json({"head": told, "how": line.trust.how, "keys": keys})
        return 0
    ways = {
        "policy": "from a policy file",
        "first use": "as the service first showed them: compare with log.policy",
    }
    print(f"keys, {ways[line.trust.how]}:")
    for text in keys:
        print(f"  {text}")
    if head is not None:
        print(f"newest head held: {head.size} entries, root {b64u(head.root)}; the log only grew up to it")
    return 0


def _fsck(arguments: argparse.Namespace) -> int:
    from standclear.flow.rebuild import rebuild
    from standclear.stores.rtree import RTreeIndex
    from standclear.stores.sqlite import SqliteLogStore

    store = SqliteLogStore(arguments.data)
    try:
        rebuilt = rebuild(store, RTreeIndex, os.urandom)
    finally:
        store.close()
    findings = [str(one) for one in rebuilt.findings]
    if arguments.json:
        told = {
            "findings": findings,
            "gone": rebuilt.gone,
            "lost": rebuilt.lost,
            "resting": rebuilt.resting,
            "root": rebuilt.book.tree.root(),
            "size": rebuilt.book.size,
        }
        print_json(told)
    else:
        print(f"{rebuilt.book.size} entries derived again; {rebuilt.gone} bodies were shredded")
        if rebuilt.gone:
            print(f"{rebuilt.resting} outcomes rest on what the deeds said while the words were there")
        for index in rebuilt.lost:
            print(f"  entry {index}: its words are gone, and no deed says that they were shredded")
        for text in findings:
            print(f"  {text}")
        differs = findings or rebuilt.lost
        print("something differs" if differs else "everything recorded follows from the entries")
    return 1 if findings or rebuilt.lost else 0
