"""Arrangements: nobody's rules, and nobody's "any party", are changed over its head."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pure.conflicts.folded import Folded, Spoken
from standclear.cli.cast import told
from standclear.errors import NotFound, NotPermitted
from standclear.statements.arrangement import Arrangement
from standclear.statements.compose import Draft
from standclear.statements.lists import ref_of
from standclear.statements.notices import Ending
from world import DAY_MS, anybody


def in_force(log: Folded) -> bytes:
    found = log.book.agreements.find(log.under)
    assert found is not None
    return found.sid


def longer(rules: Arrangement) -> Arrangement:
    return replace(rules, citation_grace_ms=rules.citation_grace_ms + 1)


def did(spoken: Spoken) -> tuple[str, list[str]]:
    return spoken.effect, spoken.outcome.marks


def test_a_new_version_waits_until_each_that_adheres_adheres_to_it_too() -> None:
    log = Folded()
    second = log.state(log.north, longer(log.rules), log.under)
    assert (did(second), second.outcome.rule) == (("waiting", ["waits_for_adherence"]), log.under)
    assert did(log.adhere(log.north, second.sid)) == ("in_force", [])
    assert in_force(log) == log.under
    last = log.adhere(log.south, second.sid)
    assert (did(last), last.outcome.rule) == (("in_force", ["takes_force"]), second.sid)
    assert in_force(log) == second.sid


def test_until_then_the_old_rules_decide() -> None:
    log = Folded()
    bare = replace(log.rules, matrix=log.rules.matrix[:1])
    second = log.state(log.north, bare, log.under)
    log.adhere(log.north, second.sid)
    clinic = log.site(
        told(log.north), under=second.sid
    )  # named by any of its versions, it is the same arrangement
    held = log.fire()
    assert (held.effect, held.outcome.missing, held.outcome.rule) == ("held", [clinic.ref()], log.under)
    log.adhere(log.south, second.sid)
    assert (log.fire().effect, log.fire().outcome.rule) == ("aware", second.sid)


def test_a_version_filed_by_who_is_no_member_is_not_its_to_say_and_is_no_version() -> None:
    log = Folded()
    stranger = log.enrol("Stranger")
    rogue = log.state(stranger, log.with_member(stranger), log.under)
    assert did(rogue) == ("not_yours", ["replaces_not_yours"])
    assert log.book.agreements.find(rogue.sid) is None
    with pytest.raises(NotFound):
        log.site([], under=rogue.sid)


def test_who_is_no_party_of_it_cannot_adhere_and_so_cannot_hold_it_up() -> None:
    log = Folded()
    stranger = log.enrol("Stranger")
    for outside in (stranger, log.monitor):
        assert did(log.adhere(outside, log.under)) == ("not_yours", ["not_a_party_of_it"])
    second = log.state(log.north, longer(log.rules), log.under)
    log.adhere(log.north, second.sid)
    log.adhere(log.south, second.sid)
    assert in_force(log) == second.sid


def test_a_party_withdraws_for_itself_and_is_waited_for_no_longer() -> None:
    log = Folded()
    second = log.state(log.north, longer(log.rules), log.under)
    log.adhere(log.north, second.sid)
    withdrawn = log.adhere(log.south, log.under, adheres=False)
    assert (did(withdrawn), in_force(log)) == (("in_force", ["takes_force"]), second.sid)
    found = log.book.agreements.find(log.under)
    assert found is not None
    assert found.adhered == {log.north.id}


def test_where_everybody_has_withdrawn_no_version_takes_force() -> None:
    log = Folded()
    for party in (log.north, log.south):
        log.adhere(party, log.under, adheres=False)
    second = log.state(log.north, longer(log.rules), log.under)
    log.adhere(log.north, second.sid)
    assert (second.effect, in_force(log)) == ("waiting", log.under)


def test_a_consent_may_be_taken_back_while_the_version_waits() -> None:
    log = Folded()
    second = log.state(log.north, longer(log.rules), log.under)
    log.adhere(log.north, second.sid)
    log.adhere(log.north, second.sid, adheres=False)
    log.adhere(log.south, second.sid)
    assert in_force(log) == log.under


def test_who_is_dropped_must_agree_to_it_and_is_not_asked_again() -> None:
    log = Folded()
    without = replace(log.rules, members=tuple(one for one in log.rules.members if one.party != log.south.id))
    second = log.state(log.north, without, log.under)
    log.adhere(log.north, second.sid)
    assert in_force(log) == log.under
    log.adhere(log.south, second.sid)
    assert in_force(log) == second.sid
    third = log.state(log.north, longer(without), second.sid)
    log.adhere(log.north, third.sid)
    assert in_force(log) == third.sid


def test_where_nobody_has_adhered_yet_a_member_s_version_takes_force_at_once() -> None:
    log = Folded()
    first = log.state(log.north, log.rules)
    second = log.state(log.south, longer(log.rules), first.sid)
    assert (did(second), second.outcome.rule) == (("in_force", []), second.sid)
    found = log.book.agreements.find(first.sid)
    assert found is not None
    assert found.sid == second.sid


def test_what_waited_beside_the_version_that_took_force_is_over() -> None:
    log = Folded()
    second, other = (log.state(log.north, longer(log.rules), log.under) for _ in range(2))
    for party in (log.north, log.south):
        log.adhere(party, second.sid)
    assert did(log.adhere(log.north, other.sid)) == ("stale", ["adheres_to_replaced"])
    assert did(log.adhere(log.north, log.under)) == ("stale", ["adheres_to_replaced"])
    assert did(log.state(log.north, log.rules, log.under)) == ("stale", ["replaces_replaced"])
    assert in_force(log) == second.sid


def test_a_draft_may_be_replaced_while_it_waits() -> None:
    log = Folded()
    second = log.state(log.north, longer(log.rules), log.under)
    third = log.state(log.north, longer(log.rules), second.sid)
    for party in (log.north, log.south):
        log.adhere(party, third.sid)
    assert in_force(log) == third.sid


def test_what_replaces_the_unknown_waits_and_what_replaces_two_arrangements_is_nobody_s_to_say() -> None:
    log = Folded()
    other = log.state(log.north, log.rules).sid
    assert did(log.state(log.north, log.rules, bytes(32))) == ("waiting", ["replaces_unknown"])
    assert did(log.state(log.north, log.rules, log.under, bytes(32))) == ("waiting", ["replaces_unknown"])
    assert did(log.state(log.north, log.rules, log.under, other)) == ("not_yours", ["replaces_not_yours"])


def test_an_adherence_to_nothing_or_to_the_unknown_waits() -> None:
    log = Folded()
    assert did(log.adhere(log.north)) == ("waiting", [])
    assert did(log.adhere(log.north, bytes(32))) == ("waiting", ["adheres_to_unknown"])


def test_an_arrangement_ends_by_a_version_that_says_so_and_what_is_filed_under_it_is_marked() -> None:
    log = Folded()
    draft = Draft(
        kind="arrangement",
        act="cancel",
        forms={"exact": [Ending(reason="withdrawn", note=None).to_value()]},
        to=None,
        of=[(ref_of(log.under, 0), 0xFFFF_FFFF)],
    )
    assert (log.say(log.north, draft).effect, in_force(log)) == ("recorded", log.under)
    over = log.state(log.north, replace(log.rules, state="terminated"), log.under)
    for party in (log.north, log.south):
        log.adhere(party, over.sid)
    assert log.site([]).outcome.marks == ["terminated"]


def test_a_newcomer_is_any_party_only_of_those_who_let_it_in() -> None:
    log = Folded()
    east = log.enrol("East")
    log.adhere(log.south, log.under, adheres=False)
    clinic, post = log.site(anybody()), log.site(anybody(), by=log.north)
    second = log.state(log.north, log.with_member(east), log.under)
    log.adhere(log.north, second.sid)
    assert in_force(log) == second.sid
    filed = log.fire(by=east)
    assert filed.outcome.missing == [post.ref()]
    assert log.inbox(east) == [(post.ref(), "exact")]
    log.adhere(log.south, second.sid)
    assert log.fire(by=east).outcome.missing == [clinic.ref(), post.ref()]
    assert [ref for ref, _ in log.inbox(east)] == [post.ref(), clinic.ref()]


def test_a_longer_long_stop_holds_for_what_stands_already() -> None:
    log = Folded()
    clinic = log.site(told(log.north), days=1)
    kinds = tuple(replace(rule, long_stop_ms=900 * DAY_MS) for rule in log.rules.kinds)
    second = log.state(log.north, replace(log.rules, kinds=kinds), log.under)
    for party in (log.north, log.south):
        log.adhere(party, second.sid)
    log.now_ms += 500 * DAY_MS
    assert log.fire().outcome.missing == [clinic.ref()]


def test_what_an_arrangement_no_longer_names_may_still_be_closed_and_not_filed() -> None:
    log = Folded()
    clinic = log.site([])
    fewer = replace(
        log.rules,
        kinds=tuple(rule for rule in log.rules.kinds if rule.kind in ("activity", "presence")),
        matrix=tuple(one for one in log.rules.matrix if {one.a, one.b} <= {"activity", "presence"}),
        totals=(),
    )
    second = log.state(log.north, fewer, log.under)
    for party in (log.north, log.south):
        log.adhere(party, second.sid)
    with pytest.raises(NotPermitted):
        log.site([])
    assert log.end(log.south, "site", clinic.ref()).effect == "in_force"


def test_every_arrangement_is_listed_once_however_many_versions_it_has() -> None:
    log = Folded()
    log.state(log.north, longer(log.rules), log.under)
    other = log.state(log.north, log.rules)
    assert [one.first for one in log.book.agreements.all()] == [log.under, other.sid]
    assert log.book.agreements.find(None) is None
