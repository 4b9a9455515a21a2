"""The book's door and fold: what is no statement of this log's, what was shredded, what was seen, what was doubted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pure.conflicts.folded import Folded
from standclear.cli.cast import told
from standclear.errors import NotPermitted, Refused
from standclear.flow.identity import charter_of
from standclear.obligations.book import Book
from standclear.statements.compose import Draft
from standclear.statements.header import SeenHead
from standclear.statements.submission import parse_submission
from standclear.tlog.merkle import leaf_hash
from world import NOON_MS, Chance, ListedIndex


def charter(log: Folded, seed: str) -> bytes:
    return charter_of(
        log.keys, name="EXERCISE", service_name="S", exercise=True, stated_ms=NOON_MS, fresh=Chance(seed)
    ).text


def test_a_charter_is_entry_0_and_entry_0_is_a_charter() -> None:
    log = Folded()
    with pytest.raises(NotPermitted):
        log.book.check(parse_submission(charter(log, "second")), NOON_MS)
    adherence = log.south.person.compose(
        Draft(
            kind="adherence",
            forms={"exact": [{"adheres": True, "reservations": [], "type": "adherence"}]},
            to=None,
        ),
        NOON_MS,
        log.fresh,
    )
    with pytest.raises(NotPermitted):
        Book(ListedIndex).check(parse_submission(adherence.text), NOON_MS)


def test_a_refused_statement_changes_nothing() -> None:
    log = Folded()
    before = (log.book.size, log.book.tree.root(), dict(log.book.index_of))
    with pytest.raises(Refused):
        log.site([], under=bytes(32))
    assert before == (log.book.size, log.book.tree.root(), log.book.index_of)


def test_a_head_that_this_log_never_had_is_marked_and_one_of_another_log_is_not() -> None:
    log = Folded()
    true = SeenHead(log=log.log, size=log.book.size, root=log.book.tree.root())
    body = {"adheres": True, "reservations": [], "type": "adherence"}
    for seen, marks in (
        (true, []),
        (replace(true, log=bytes(32), root=bytes(32)), []),
        (replace(true, root=bytes(32)), ["seen_unproven"]),
        (replace(true, size=10_000), ["seen_unproven"]),
    ):
        draft = Draft(kind="adherence", forms={"exact": [body]}, to=None, re=[log.under], seen=[seen])
        assert log.say(log.north, draft).outcome.marks == marks


def test_what_was_shredded_keeps_its_place_and_its_chain_and_is_matched_no_more() -> None:
    log = Folded()
    draft = Draft(
        kind="adherence",
        forms={"exact": [{"adheres": True, "reservations": [], "type": "adherence"}]},
        to=None,
        re=[log.under],
    )
    gone = parse_submission(log.north.person.compose(draft, NOON_MS, log.fresh).text)
    index = log.book.size
    log.book.step_gone(gone.header, gone.sid, index, leaf_hash(gone.sid))
    log.north.person.said(gone.sid)
    assert (log.book.index_of[gone.sid], log.book.size) == (index, index + 1)
    assert log.say(log.north, draft).outcome.marks == []


def test_deeds_are_counted_and_change_nothing_that_stands() -> None:
    log = Folded()
    clinic = log.site(told(log.north))
    standing = log.standing(clinic).state
    log.book.step_deeds(bytes(32), log.book.size, leaf_hash(b"deeds"))
    assert (standing, log.book.index_of[bytes(32)]) == (log.standing(clinic).state, log.book.size - 1)


def test_a_void_statement_hands_nothing_over() -> None:
    log = Folded()
    clinic = log.site(told(log.north))
    log.fire(void_after_ms=log.now_ms - 1)
    assert log.ladder(clinic).handed_ms is None


def test_an_acknowledgement_by_another_party_makes_nobody_else_aware() -> None:
    log = Folded()
    east = log.enrol("East")
    second = log.state(log.north, log.with_member(east), log.under)
    for party in (log.north, log.south):
        log.adhere(party, second.sid)
    mine, theirs = log.fire(), log.fire(by=east)
    clinic = log.site(told(log.north, east))
    log.acknowledge(log.north, sids=[clinic.sid])
    assert log.standing(mine).unaware == set()
    assert log.standing(theirs).unaware == {clinic.ref()}
