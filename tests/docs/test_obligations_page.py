"""The page of effects and ladders says what the code does: its rungs, its transitions cell by cell, its words and marks."""

from __future__ import annotations

import ast
from collections.abc import Callable

import pytest

from pure.conflicts.folded import Folded, Spoken
from repository import ROOT, SOURCE, find_files, table_rows, tree_of
from standclear.cli.cast import told
from standclear.cli.speech import filing
from standclear.obligations.erasures import OBSTACLES
from standclear.obligations.ladder import RUNGS, Attested
from standclear.statements.arrangement import STATES
from standclear.statements.deeds import EFFECTS
from world import presence, site

PAGE = (ROOT / "docs" / "spec" / "obligations.md").read_text(encoding="utf-8")
MOVES = {row[0]: row[1:] for row in table_rows(PAGE, "## What moves a ladder\n")}
Move = Callable[[Folded, Spoken], object]


def code(cell: str) -> str:
    return cell.strip("`")


def sign_head(log: Folded, n: int, root: bytes) -> object:
    """The party's machine signs a head of its inbox, with something that concerns nobody."""
    draft = filing({"exact": [presence(log.now_ms, at=(10.0, 10.0))]}, [], log.under, inbox=(n, root))
    return log.say(log.north, draft, machine=True)


def attest(log: Folded, one: Spoken, by: str) -> None:
    """An answer without a key, on the word of the service or of the owner."""
    answer = Attested(
        by=by, channel="call", answer="noted", at_ms=log.now_ms, attester=log.south.id, source=one.sid
    )
    log.book.ledger.attest(log.north.id, one.sid, 0, 9, answer)
    assert answer in log.ladder(one).attested


WHAT_COMES: dict[str, Move] = {
    "the deeds say that it was sent": lambda log, one: log.book.ledger.sent(log.north.id, 9, log.now_ms),
    "the party's machine signs a head that covers it": lambda log, one: sign_head(log, *log.head(log.north)),
    "the party signs a head that it never had": lambda log, one: sign_head(log, 2, bytes(32)),
    "the party signs a head before it": lambda log, one: sign_head(
        log, 0, log.book.inboxes.inbox(log.north.id).tree.root(0)
    ),
    "a person acknowledges all rows": lambda log, one: log.acknowledge(log.north, sids=[one.sid]),
    "a person acknowledges some rows": lambda log, one: log.acknowledge(log.north, refs=[one.ref(1)]),
    "a machine acknowledges all rows": lambda log, one: log.acknowledge(
        log.north, sids=[one.sid], machine=True
    ),
    "somebody else acknowledges it": lambda log, one: log.acknowledge(log.south, sids=[one.sid]),
    "an answer comes by link or code": lambda log, one: attest(log, one, "link"),
    "the owner attests a call with read-back": lambda log, one: attest(log, one, "contact"),
    "the party passes it on": lambda log, one: log.pass_on(log.north, one.sid, echelons=["2 Bty"]),
    "the owner closes the notice": lambda log, one: log.end(log.south, "site", one.ref(0), one.ref(1)),
    "its time is over": lambda log, one: setattr(log, "now_ms", log.ladder(one).deadline_ms + 1),
}
UP_TO = (
    "the deeds say that it was sent",
    "the party's machine signs a head that covers it",
    "a person acknowledges all rows",
    "the party passes it on",
)


def test_the_rungs_are_those_of_the_code_in_their_order() -> None:
    assert RUNGS == tuple(code(row[0]) for row in table_rows(PAGE, "## The rungs\n"))


def test_the_table_names_every_thing_that_may_come_and_nothing_else() -> None:
    assert WHAT_COMES.keys() == MOVES.keys()


@pytest.mark.parametrize("comes", WHAT_COMES)
@pytest.mark.parametrize("rung", RUNGS)
def test_what_comes_moves_a_ladder_as_the_table_says(comes: str, rung: str) -> None:
    log = Folded()
    rows = [site(log.now_ms, at=(36.0 + i, 35.0)) for i in range(2)]
    listed = log.file(log.south, rows, told(log.north))
    for move in UP_TO[: RUNGS.index(rung)]:
        WHAT_COMES[move](log, listed)
    assert log.ladder(listed).rung() == rung
    WHAT_COMES[comes](log, listed)
    assert log.ladder(listed).rung() == code(MOVES[comes][RUNGS.index(rung)])


def test_the_effects_are_those_of_the_code() -> None:
    assert sorted(EFFECTS) == sorted(code(row[0]) for row in table_rows(PAGE, "## The effects\n"))


def marks_in_code() -> set[str]:
    """Every word that REASON marks an entry with; where it is computed, every word that it may be."""
    found = {"gap", "fork", "seen_unproven", "too_narrow", "waits_too_long", *OBSTACLES} | (
        STATES - {"in_force"}
    )
    for band in ("conflicts", "obligations"):
        for path in find_files("*.py", under=SOURCE / band):
            for node in ast.walk(tree_of(path)):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr == "mark"
                ):
                    found |= _words(node.args[0])
    return found


def _words(argument: ast.expr) -> set[str]:
    match argument:
        case ast.Constant(value=str(word)):
            return {word}
        case ast.JoinedStr(values=[ast.Constant(value=str(head)), *_]):
            return {head + state for state in ("replaced", "ended")}
        case _:
            return set()


def test_every_mark_that_the_code_puts_on_an_entry_is_explained() -> None:
    listed = [code(row[0]) for row in table_rows(PAGE, "## The marks\n")]
    assert listed == sorted(listed)
    assert marks_in_code() == set(listed)
