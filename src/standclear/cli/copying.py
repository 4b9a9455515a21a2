"""Copies on record at the desk: which are false now, what a unit read back or handed back. Part of `standclear export`."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from standclear.cli.clock import wall_ms
from standclear.cli.line import Line
from standclear.cli.options import filed_value
from standclear.cli.output import print_json, print_table, utc
from standclear.errors import Malformed, NotFound
from standclear.statements.asking import Contact
from standclear.statements.canonical import from_b64u
from standclear.statements.compose import Draft, Recipient
from standclear.statements.lists import REF_BYTES
from standclear.statements.replies import COPY_CODE_LETTERS, code_read_back

Json = dict[str, Any]

_CODE: Final = re.compile(rf"Copy ([0-9A-HJKMNP-TV-Z]{{{COPY_CODE_LETTERS}}})\b")
STATES: Final = {
    "not_read_back": "not read back",
    "read_back": "read back",
    "recalled": "recalled",
    "replaced": "replaced",
}


def one_on_record(line: Line, code: str, field: str) -> Json:
    """This party's newest copy of a code, as the log has it; any seat of any of its desks may have made it.

    Raises:
        Malformed: that is no code. NotFound: the party has no such copy on record; the codes that it has, are given.
    """
    read = code_read_back(code)
    if read is None:
        raise Malformed(
            field,
            f"{code!r} is no copy's code",
            f"give the {COPY_CODE_LETTERS} letters and digits as the copy says them",
        )
    found = line.client.copies(code=read)
    if not found:
        codes = sorted({one["code"] for one in line.client.copies(is_open=True)})
        raise NotFound(kind="copy", id=read, copies=codes, remedy="name a copy that your party has on record")
    return found[0]


def heard(arguments: argparse.Namespace, code: str, field: str, result: str) -> int:
    """A unit read a copy's code back, or handed the copy back: put it on record, and tell the owners as a contact."""
    if len(arguments.echelons) != 1 or not arguments.member:
        raise Malformed("--for", "who said so is not said", "say --for the unit, and your --member")
    with Line.of(arguments.home, arguments.seat) as line:
        copy = one_on_record(line, code, field)
        contact = Contact(
            whom=_holder(copy, arguments.echelons[0]),
            party=None,
            at_ms=wall_ms(),
            channel="code",
            result=result,
            read_back=copy["code"],
            scan=None,
            member=arguments.member,
        )
        draft = Draft(
            kind="contact",
            under=line.under,
            forms={"exact": [contact.to_value()]},
            to=[Recipient(party=from_b64u(owner, 16, "owner")) for owner in copy["owners"]],
            cites=sorted({from_b64u(ref, REF_BYTES, "ref") for ref in copy["refs"]}) or None,
        )
        filed = line.say(draft)
    if arguments.json:
        print_json(filed_value(filed))
    else:
        said = "holds" if result == "read_back_correct" else "has handed back or destroyed"
        print(f"on record as entry {filed.index}: {contact.whom} {said} copy {copy['code']}")
    return 0


def _holder(copy: Json, name: str) -> str:
    names = {one["name"].casefold(): one["name"] for one in copy["holders"]}
    found = names.get(name.casefold())
    if found is None:
        held = ", ".join(one["name"] for one in copy["holders"])
        raise Malformed("--for", f"copy {copy['code']} was not made for {name}", f"name its holder: {held}")
    return str(found)


# --- which copies are false -------------------------------------------------------------------------


def check(arguments: argparse.Namespace) -> int:
    """Which copies are false now: of the party, from the log; and of this desk, those that it put on no record."""
    with Line.of(arguments.home, arguments.seat) as line:
        asked = _asked_code(arguments.check)
        found = [_shown(line, one) for one in line.client.copies(code=asked, is_open=asked is None)]
        found += [_compare(line, one) for one in _unrecorded(line, asked)]
    if asked is not None and not found:
        raise NotFound(kind="copy", id=asked, remedy="a copy of another party is checked by that party")
    if arguments.json:
        print_json({"copies": found})
    else:
        rows = [
            (one["code"], holders_in_words(one["holders"]), utc(one["as_of_ms"]), change)
            for one in found
            for change in one["says"]
        ]
        print_table(("copy", "held by", "as of", "false because"), rows)
        same = [one["code"] for one in found if not one["says"]]
        if same:
            print(f"as they were made, of what was released to you: {', '.join(same)}")
    return 1 if any(one["says"] for one in found) else 0


def _asked_code(asked: str) -> str | None:
    """The code that was asked about, or the one that stands in the file that was named; None for all."""
    if not asked:
        return None
    path = Path(asked)
    if not path.is_file():
        return code_read_back(asked) or asked.upper()
    found = _CODE.search(path.read_text("utf-8", errors="replace"))
    if found is None:
        raise Malformed("--check", f"{path} holds no copy's code", "name the file as it was exported")
    return found[1]


def holders_in_words(holders: list[Json]) -> str:
    """For whom a copy was made, and what is known of it there.

    Example:
        >>> holders_in_words([{"name": "2 Bty", "state": "not_read_back"}])
        '2 Bty (not read back)'
    """
    return ", ".join(f"{one['name']} ({STATES[one['state']]})" for one in holders) or "-"


def _shown(line: Line, copy: Json) -> Json:
    return copy | {"says": list(_changes_in_words(line, copy))}


def _changes_in_words(line: Line, copy: Json) -> Iterator[str]:
    kept = line.home.noted(f"copy-{copy['code']}") or {"rows": []}
    numbers = {row["ref"]: f"{row['number']} {row['name']}" for row in kept["rows"]}
    refs = [one["ref"] for change in copy["changes"] for one in change["items"]]
    strange = [from_b64u(ref, REF_BYTES, "ref") for ref in refs if ref not in numbers]
    for item in line.client.inbox_of(strange):
        numbers[item["ref"]] = "" if item["body"] is None else str(item["body"].get("name", ""))
    for change in copy["changes"]:
        added = [one for one in change["items"] if one["word"] == "added"]
        for one in change["items"]:
            if one["word"] != "added":
                name = numbers.get(one["ref"]) or one["ref"][:10]
                yield f"{name}: {one['word']} {utc(change['at_ms'])}"
        if added:
            named = ", ".join(filter(None, (numbers.get(one["ref"]) for one in added)))
            yield f"{len(added)} more inside that it does not show{': ' if named else ''}{named}"
        if change["word"] == "expired":
            yield f"expired {utc(change['at_ms'])}"


def _unrecorded(line: Line, asked: str | None) -> list[Json]:
    """The copies that left this desk to nobody: only its own notes know them."""
    codes = sorted(path.stem.removeprefix("copy-") for path in (line.home.path / "notes").glob("copy-*.json"))
    kept = [line.home.noted(f"copy-{code}") for code in codes if asked in (None, code)]
    return [one for one in kept if not one["recorded"]]


def _compare(line: Line, kept: Json) -> Json:
    """What changed inside a copy that is on no record since it was made."""
    held = {row["ref"]: row for row in kept["rows"]}
    refs = [from_b64u(ref, REF_BYTES, "ref") for ref in held]
    says, there = [], set()
    for place, area in enumerate(kept["areas"]):
        answer = line.client.released(area, refs if place == 0 else ())
        there |= {one["ref"] for one in answer["items"]}
        for one in answer["known"]:
            row = held[one["ref"]]
            if one["condition"] != row["condition"]:
                says.append(f"{row['number']} {row['name']}: was {row['condition']}, is {one['condition']}")
    added = len(there - held.keys())
    if added:
        says.append(f"{added} more inside that it does not show")
    if wall_ms() > kept["expires_ms"]:
        says.append(f"expired {utc(kept['expires_ms'])}")
    return {
        "as_of_ms": kept["as_of_ms"],
        "code": kept["code"],
        "file": kept["file"],
        "holders": [],
        "says": says,
    }
