"""The command line: `standclear COMMAND …`. A command's module is imported only when that command is asked for."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from typing import Any, Final, Protocol

from standclear.errors import Fatal, Refused, StandclearError, Unavailable, Unproven

COMMANDS: Final = {
    "keys": "make and show the keys of a desk's seats",
    "party": "enrol a party with its desk and seats; admit one to a log",
    "arrange": "check, file, adhere to and show an arrangement",
    "notify": "tell of sites and presences, one or a whole list; replace, cancel, close",
    "attest": "what of yours lapses soon; say all of it again, unchanged, in one go",
    "act": "file an activity: a hazard's volumes and times, citing what it meets",
    "inbox": "what was released to you, and live",
    "read": "one thing in full: who signed it, and that these are the words that were signed",
    "ack": "acknowledge, as the person on the desk",
    "relay": "say whom you told further",
    "progress": "how far your movement has come",
    "ask": "what of yours is in this volume, then?",
    "answer": "answer an inquiry",
    "duplicates": "sites that may be one thing told twice: a worklist",
    "observe": "what was seen of somebody else, with source and grade",
    "stop": "stop-fire: call, answer, end",
    "incident": "what happened, and to whom",
    "consult": "call the parties together over an incident",
    "claim": "what a party says in public, in its very words",
    "object": "a reasoned doubt about notices of others",
    "cosign": "a second person signs what a first one filed, and sends it",
    "agree": "reply to a notice that asks for agreement",
    "call-sheet": "whom to ring about what, to print; and what came of it, on record",
    "contact": "a contact outside the system",
    "watch": "take, hand over or leave the desk",
    "line": "a line check of a channel to a person",
    "desks": "who is on watch, which lines a person answers, which desks nothing wakes",
    "translate": "the words of a statement in another language",
    "erase": "ask that what you have ended be shredded, after being told what that costs",
    "hold": "say that something must not be shredded, or lift that",
    "status": "what stands of yours, who has answered, what you are not aware of",
    "outbox": "what is signed and not on record yet; what was refused, to be sent again or withdrawn",
    "who-knew": "what a party was told about an area before a time",
    "compliance": "what each party and desk owed in a span of time, and how it answered",
    "claims": "what parties said in public, held against the record",
    "export": "a copy of what is released to you for an area, on record; which copies are false now",
    "dossier": "write the bundle an investigator opens",
    "verify": "check a dossier offline (needs nothing but this package)",
    "log": "the log itself: head, receipts, fsck",
    "serve": "run the service",
    "demo": "play an exercise story and write its dossier",
}
EXIT_OK: Final = 0
EXIT_BROKEN: Final = 1
EXIT_USAGE: Final = 2
EXIT_UNPROVEN: Final = 3
EXIT_UNAVAILABLE: Final = 4
EXIT_FATAL: Final = 5

_EPILOG: Final = (
    "exit status: 0 done; 1 refused, or something is wrong; 2 usage; 3 consistent, but by whom is unproven; "
    "4 not available now, try again; 5 stopped, look at the log.  "
    "Nothing this program prints is a permission, and an empty answer does not say that nobody is there."
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit status."""
    given = list(sys.argv[1:] if argv is None else argv)
    parser = _top_parser()
    if not given or given[0] not in COMMANDS:
        parser.parse_args(given or ["--help"])
        return EXIT_USAGE
    module = _module(given[0])
    full = argparse.ArgumentParser(prog="standclear", epilog=_EPILOG)
    module.add_parser(full.add_subparsers(dest="command", required=True))
    arguments = full.parse_args([_shielded(text) for text in given])
    for name, value in vars(arguments).items():
        setattr(arguments, name, _bared(value))
    try:
        return int(module.run(arguments))
    except StandclearError as error:
        return _told(error, as_json=bool(getattr(arguments, "json", False)))
    except BrokenPipeError:
        return EXIT_OK
    except KeyboardInterrupt:
        return 130


_IDENTITY: Final = re.compile(r"-[A-Za-z0-9_-]{21}|-[A-Za-z0-9_-]{42}(:[0-9]+)?|-[A-Za-z0-9_-]{47}")
_SHIELD: Final = "\x1f"


def _shielded(text: str) -> str:
    """One name in 64 of what stands in a log begins with a hyphen, as base64url has it; it is no option."""
    is_option = (
        text.startswith("--") and "_" not in text and text == text.lower() and not re.search(r"[0-9]", text)
    )
    return _SHIELD + text if _IDENTITY.fullmatch(text) and not is_option else text


def _bared(value: Any) -> Any:
    if isinstance(value, str):
        return value.removeprefix(_SHIELD)
    return [_bared(one) for one in value] if isinstance(value, list) else value


class Command(Protocol):
    """What a command's module offers."""

    def add_parser(self, subparsers: Any) -> None: ...

    def run(self, arguments: argparse.Namespace) -> int: ...


def _module(name: str) -> Command:
    """The module of one command. Each is imported only when asked for: `verify` needs nothing of the service."""
    match name:
        case "keys":
            from standclear.cli import keys

            return keys
        case "party":
            from standclear.cli import party

            return party
        case "arrange":
            from standclear.cli import arrange

            return arrange
        case "notify":
            from standclear.cli import notify

            return notify
        case "call-sheet":
            from standclear.cli import call_sheet

            return call_sheet
        case "cosign":
            from standclear.cli import cosign

            return cosign
        case "attest":
            from standclear.cli import attest

            return attest
        case "act":
            from standclear.cli import act

            return act
        case "inbox":
            from standclear.cli import inbox

            return inbox
        case "read":
            from standclear.cli import read

            return read
        case "ack":
            from standclear.cli import ack

            return ack
        case "relay":
            from standclear.cli import relay

            return relay
        case "erase":
            from standclear.cli import erase

            return erase
        case "hold":
            from standclear.cli import hold

            return hold
        case "watch":
            from standclear.cli import watch

            return watch
        case "desks":
            from standclear.cli import desks

            return desks
        case "status":
            from standclear.cli import status

            return status
        case "outbox":
            from standclear.cli import outbox

            return outbox
        case "who-knew":
            from standclear.cli import who_knew

            return who_knew
        case "compliance":
            from standclear.cli import compliance

            return compliance
        case "claims":
            from standclear.cli import claims

            return claims
        case "export":
            from standclear.cli import export

            return export
        case "dossier":
            from standclear.cli import dossier

            return dossier
        case "duplicates":
            from standclear.cli import duplicates

            return duplicates
        case "verify":
            from standclear.cli import verify

            return verify
        case "log":
            from standclear.cli import log

            return log
        case (
            "progress"
            | "ask"
            | "answer"
            | "observe"
            | "stop"
            | "incident"
            | "consult"
            | "claim"
            | "object"
            | "agree"
            | "contact"
            | "line"
            | "translate"
        ):
            from standclear.cli import say

            return say
        case "serve":
            from standclear.cli import serve

            return serve
        case "demo":
            from standclear.cli import demo

            return demo
        case _:
            raise AssertionError(f"{name} is in the table and has no module")


def _top_parser() -> argparse.ArgumentParser:
    lines = "\n".join(f"  {name:<12}{told}" for name, told in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="standclear",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="standclear COMMAND [--help] [--json] …",
        description=f"Who was told what, when, and who answered, on a record nobody can forge.\n\ncommands:\n{lines}",
        epilog=_EPILOG,
    )
    parser.add_argument("command", choices=sorted(COMMANDS), metavar="COMMAND", help=argparse.SUPPRESS)
    return parser


def _told(error: StandclearError, *, as_json: bool) -> int:
    """Say an error in words (or JSON), with its remedy, and give the exit status of its class."""
    if as_json:
        import json

        fields = {name: str(value) for name, value in error.fields.items()}
        print(json.dumps({"error": error.slug, "title": error.title, "fields": fields}, ensure_ascii=False))
    else:
        remedy = error.fields.get("remedy")
        told = {
            name: value
            for name, value in error.fields.items()
            if name != "remedy" and value not in (None, "")
        }
        print(f"{error.title} ({error.slug})", file=sys.stderr)
        for name, value in told.items():
            print(f"  {name}: {value}", file=sys.stderr)
        if remedy:
            print(f"  what to do: {remedy}", file=sys.stderr)
    match error:
        case Unavailable():
            return EXIT_UNAVAILABLE
        case Fatal():
            return EXIT_FATAL
        case Refused() | Unproven():
            return EXIT_BROKEN
        case _:
            return EXIT_BROKEN


if __name__ == "__main__":
    sys.exit(main())
