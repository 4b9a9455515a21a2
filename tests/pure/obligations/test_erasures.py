"""Who may have what shredded, and when: every case of the table, at the moment before and at the moment itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from pure.conflicts.folded import Folded, Spoken
from repository import ROOT, table_rows
from standclear.cli import speech
from standclear.cli.cast import Actor, told
from standclear.errors import Malformed
from standclear.obligations.erasures import AT_ONCE, NEVER, OBSTACLES
from standclear.statements.calls import Emergency, Incident, Objection
from standclear.statements.erasing import Erasure, Hold
from standclear.statements.header import NOTICE_KINDS
from world import DAY_MS, HOUR_MS, circle, site

RETENTION_MS = 10 * DAY_MS


def log_of() -> Folded:
    return Folded(retention_ms=RETENTION_MS)


def erase(log: Folded, actor: Actor, *refs: bytes, re: tuple[bytes, ...] = ()) -> Spoken:
    draft = speech.word(Erasure(reason="owner_asks"), [], log.under, re=re, cites=sorted(refs) or None)
    return log.say(actor, draft)


def hold(
    log: Folded,
    actor: Actor,
    *refs: bytes,
    re: tuple[bytes, ...] = (),
    until_ms: int | None = None,
    part: str = "placed",
) -> Spoken:
    body = Hold(part=part, reason="investigation", until_ms=until_ms)
    return log.say(actor, speech.word(body, [], log.under, re=re, cites=sorted(refs) or None))


def incident(log: Folded, actor: Actor, *refs: bytes, re: tuple[bytes, ...] = ()) -> Spoken:
    here = circle((36.63, 35.93), 100, log.now_ms, log.now_ms + HOUR_MS)
    body = Incident(what="a strike", volumes=(here,), killed=None, wounded=1, note=None)
    return log.say(actor, speech.word(body, [], log.under, re=re, cites=sorted(refs) or None))


def withdrawn(log: Folded) -> Spoken:
    """South's clinic, told to North, and taken off."""
    clinic = log.site(told(log.north))
    log.end(log.south, "site", clinic.ref(), act="cancel")
    return clinic


def burnt(log: Folded) -> Spoken:
    """North's fire plan, closed."""
    fire = log.fire()
    log.end(log.north, "activity", fire.ref())
    return fire


@dataclass(frozen=True)
class Case:
    """One thing that somebody asks to have shredded: what stands in the way, and how many days it takes to go."""

    name: str
    owner: Callable[[Folded], Actor]
    makes: Callable[[Folded], Spoken]
    effect: str
    marks: list[str]
    days: int | None


def south(log: Folded) -> Actor:
    return log.south


def north(log: Folded) -> Actor:
    return log.north


def met_and_struck(log: Folded) -> Spoken:
    clinic = log.site(told(log.north))
    fire = log.fire(cites=[clinic.ref()])
    log.end(log.south, "site", clinic.ref(), act="cancel")
    incident(log, log.north, fire.ref())
    return clinic


def struck(log: Folded) -> Spoken:
    clinic = withdrawn(log)
    incident(log, log.south, clinic.ref())
    return clinic


def doubted(log: Folded) -> Spoken:
    clinic = log.site(told(log.north))
    draft = speech.word(Objection(reason="duplicate", note=None), [], log.under, cites=[clinic.ref()])
    log.say(log.north, draft)
    log.end(log.south, "site", clinic.ref())
    return clinic


def held(log: Folded, until_ms: int | None = None) -> Spoken:
    clinic = withdrawn(log)
    hold(log, log.monitor, clinic.ref(), until_ms=until_ms)
    return clinic


def held_by_its_incident(log: Folded) -> Spoken:
    clinic = withdrawn(log)
    happened = incident(log, log.south, clinic.ref())
    hold(log, log.monitor, re=(happened.sid,), until_ms=log.now_ms + 30 * DAY_MS)
    return clinic


def replied(log: Folded) -> Spoken:
    clinic = log.site(told(log.north))
    return log.acknowledge(log.north, sids=[clinic.sid])


def called(log: Folded) -> Spoken:
    body = Emergency(
        part="call", code="under_fire", answer=None, passed_to="", volumes=(), member="S-1", note=None
    )
    return log.say(log.south, speech.word(body, told(log.north), log.under))


def stands(log: Folded) -> Spoken:
    return log.site(told(log.north))


def moved(log: Folded) -> Spoken:
    clinic = log.site(told(log.north))
    log.site(told(log.north), at=(36.7, 35.9), change="moved", replaces=[(clinic.ref(), 0)])
    return clinic


CASES = [
    Case("a site that was withdrawn", south, withdrawn, "in_force", [], 0),
    Case("an earlier version of a site", south, moved, "in_force", [], 0),
    Case("a site that stands", south, stands, "waiting", ["still_stands"], None),
    Case("a site of another", north, withdrawn, "not_yours", ["erases_not_yours"], None),
    Case("a fire plan, the day after", north, burnt, "waiting", ["within_retention"], 10),
    Case("an acknowledgement", north, replied, "waiting", ["within_retention"], 10),
    Case("a call that goes on", south, called, "waiting", ["still_open", "within_retention"], None),
    Case("a site that an incident names", south, struck, "waiting", ["under_incident"], 10),
    Case("a site that met what an incident names", south, met_and_struck, "waiting", ["under_incident"], 10),
    Case("a site that was objected to", south, doubted, "waiting", ["under_dispute"], 10),
    Case("a site under a hold", south, held, "waiting", ["under_hold"], None),
    Case(
        "a site under a hold with an end",
        south,
        lambda log: held(log, log.now_ms + 3 * DAY_MS),
        "waiting",
        ["under_hold"],
        3,
    ),
    Case(
        "a site whose incident is held",
        south,
        held_by_its_incident,
        "waiting",
        ["under_incident", "under_hold"],
        30,
    ),
    Case(
        "what this log does not hold",
        south,
        lambda log: Spoken(bytes(32), 0, log.site([]).outcome),
        "waiting",
        ["erases_unknown"],
        None,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_erasure_is_judged_at_its_place_and_is_due_when_what_stands_in_its_way_has_ended(
    case: Case,
) -> None:
    log = log_of()
    ref = case.makes(log).ref()
    said = erase(log, case.owner(log), ref)
    assert (case.effect, case.marks) == (said.effect, said.outcome.marks)
    if case.days is None:
        assert [] == list(log.book.erasures.due(log.now_ms + 1_000 * DAY_MS, log.book.size))
        return
    due_ms = log.now_ms + case.days * DAY_MS
    before = [one.ref for one in log.book.erasures.due(due_ms - 1, log.book.size)] if case.days else []
    assert ([], [ref]) == (before, [one.ref for one in log.book.erasures.due(due_ms, log.book.size)])


def test_what_waits_for_its_end_is_due_when_its_owner_has_ended_it() -> None:
    log = log_of()
    clinic = stands(log)
    assert "waiting" == erase(log, log.south, clinic.ref()).effect
    assert [] == list(log.book.erasures.due(log.now_ms, log.book.size))
    log.end(log.south, "site", clinic.ref(), act="cancel")
    assert [clinic.ref()] == [one.ref for one in log.book.erasures.due(log.now_ms, log.book.size)]


def test_nothing_is_due_before_its_erasure_is_durable() -> None:
    log = log_of()
    clinic = withdrawn(log)
    said = erase(log, log.south, clinic.ref())
    assert [] == list(log.book.erasures.due(log.now_ms, said.index))
    assert 1 == len(list(log.book.erasures.due(log.now_ms, said.index + 1)))


def test_only_who_placed_a_hold_lifts_it() -> None:
    log = log_of()
    clinic = withdrawn(log)
    placed = hold(log, log.north, clinic.ref())
    erase(log, log.south, clinic.ref())
    other = hold(log, log.south, re=(placed.sid,), part="lifted")
    assert ("not_yours", ["only_the_holder_lifts_it"]) == (other.effect, other.outcome.marks)
    assert [] == list(log.book.erasures.due(log.now_ms, log.book.size))
    assert "in_force" == hold(log, log.north, re=(placed.sid,), part="lifted").effect
    assert [clinic.ref()] == [one.ref for one in log.book.erasures.due(log.now_ms, log.book.size)]
    unknown = hold(log, log.north, re=(bytes(32),), part="lifted")
    assert ("waiting", ["lifts_unknown"]) == (unknown.effect, unknown.outcome.marks)


def test_a_hold_covers_what_comes_after_it_and_no_observer_places_one() -> None:
    log = log_of()
    east = log.enrol("East")
    second = log.state(log.north, log.with_member(east, "observer"), log.under)
    for party in (log.north, log.south):
        log.adhere(party, second.sid)
    clinic = withdrawn(log)
    seen = hold(log, east, clinic.ref())
    assert ("not_yours", ["not_a_party_of_it"]) == (seen.effect, seen.outcome.marks)
    early = hold(log, log.north, bytes(36))
    assert ("waiting", ["holds_unknown"]) == (early.effect, early.outcome.marks)
    assert "in_force" == erase(log, log.south, clinic.ref()).effect


def test_rules_keys_holds_and_erasures_are_never_shredded() -> None:
    log = log_of()
    clinic = withdrawn(log)
    asked = erase(log, log.south, clinic.ref())
    again = erase(log, log.south, re=(asked.sid,))
    assert ("recorded", ["never_erased"]) == (again.effect, again.outcome.marks)
    rules = erase(log, log.north, re=(log.under,))
    assert ("recorded", ["never_erased"]) == (rules.effect, rules.outcome.marks)
    assert AT_ONCE | NEVER == (AT_ONCE & NOTICE_KINDS) | NEVER


def test_a_whole_statement_is_named_by_its_sid_and_each_of_its_items_is_judged() -> None:
    log = log_of()
    rows = [site(log.now_ms, at=(36.0 + i, 35.0)) for i in range(3)]
    listed = log.file(log.south, rows, told(log.north))
    log.end(log.south, "site", listed.ref(0), listed.ref(2))
    said = erase(log, log.south, re=(listed.sid,))
    assert ("waiting", ["still_stands"]) == (said.effect, said.outcome.marks)
    due = [one.ref for one in log.book.erasures.due(log.now_ms, log.book.size)]
    assert [listed.ref(0), listed.ref(2)] == due


def test_what_is_gone_is_not_asked_for_again() -> None:
    log = log_of()
    clinic = withdrawn(log)
    first = erase(log, log.south, clinic.ref())
    log.book.erasures.shredded(clinic.ref(), first.sid, log.book.size)
    again = erase(log, log.south, clinic.ref())
    assert ("recorded", ["erased_already"]) == (again.effect, again.outcome.marks)
    assert ["holds_gone"] == hold(log, log.north, clinic.ref()).outcome.marks
    assert [] == list(log.book.erasures.due(log.now_ms, log.book.size))


def test_an_erasure_or_a_hold_that_names_nothing_is_refused() -> None:
    log = log_of()
    with pytest.raises(Malformed):
        erase(log, log.south)
    with pytest.raises(Malformed):
        hold(log, log.south)


def test_the_page_has_every_obstacle_of_the_code() -> None:
    page = (ROOT / "docs" / "spec" / "obligations.md").read_text("utf-8")
    rows = [
        [cell.strip("`") for cell in row] for row in table_rows(page, "## What may be shredded, and when\n")
    ]
    assert [[word, says] for word, says in OBSTACLES.items()] == rows
