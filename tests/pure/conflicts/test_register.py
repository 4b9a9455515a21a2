"""The register: what is released, what meets, what must be cited, and what becomes of a notice. Each rule, kept and broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pure.conflicts.folded import Folded, Spoken
from standclear.cli.cast import Actor, told
from standclear.errors import Malformed, NotFound, NotPermitted, Refused
from standclear.statements.compose import Draft, Recipient
from standclear.statements.moving import Leg, Movement, Progress, Zone
from standclear.statements.notices import Notice
from world import DAY_MS, HOUR_MS, activity, anybody, presence, site

# --- slots ----------------------------------------------------------------------------------------------


def test_a_named_slot_goes_before_the_slot_of_any_party() -> None:
    log = Folded()
    kept = log.site([*anybody(), Recipient(party=log.north.id, when="never")])
    assert log.inbox(log.north) == []
    assert log.fire().outcome.missing == []
    shown = log.site(anybody())
    assert log.inbox(log.north) == [(shown.ref(), "exact")]
    assert kept.effect == "in_force"


def test_any_party_is_neither_the_sender_nor_a_member_that_is_no_party() -> None:
    log = Folded()
    log.site(anybody())
    assert [len(log.inbox(one)) for one in (log.north, log.south, log.monitor)] == [1, 0, 0]


def test_a_release_on_meeting_is_made_once_and_only_on_meeting() -> None:
    log = Folded()
    clinic = log.site(told(log.north, when="on_meet"))
    log.fire(at=(37.9, 35.0))
    assert log.inbox(log.north) == []
    first, second = log.fire(), log.fire()
    assert log.inbox(log.north) == [(clinic.ref(), "exact")]
    assert [[one.why for one in each.outcome.releases] for each in (first, second)] == [["on_meet"], []]
    assert (first.effect, first.outcome.missing) == ("held", [clinic.ref()])


def test_a_notice_filed_later_meets_a_hazard_and_each_is_released_as_its_own_slot_says() -> None:
    log = Folded()
    fire = log.fire(told(log.south, when="on_meet"))
    clinic = log.site(told(log.north, when="on_meet"))
    assert log.inbox(log.north) == [(clinic.ref(), "exact")]
    assert log.inbox(log.south) == [(fire.ref(), "exact")]


# --- the one-sided table ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("notice_released", "activity_released", "who"),
    [
        (True, True, {"north", "south"}),
        (True, False, {"north", "monitor"}),
        (False, True, {"south", "monitor"}),
        (False, False, {"monitor"}),
    ],
)
@pytest.mark.parametrize("hazard_first", [True, False])
def test_who_is_told_follows_from_what_each_released_to_the_other(
    notice_released: bool, activity_released: bool, who: set[str], hazard_first: bool
) -> None:
    log = Folded()
    names = {log.north.id: "north", log.south.id: "south", log.monitor.id: "monitor"}
    to_south = told(log.south) if activity_released else told(log.south, when="never")
    to_north = told(log.north) if notice_released else []
    if hazard_first:
        fire, last = log.fire(to_south), log.site(to_north)
        clinic = last
    else:
        clinic, last = log.site(to_north), log.fire(to_south)
        fire = last
    [meeting] = last.outcome.meetings
    assert {names[party] for party in meeting.told} == who
    assert (clinic.ref() in last.outcome.missing) == (notice_released and not hazard_first)
    assert [ref for ref, _ in log.inbox(log.north)] == ([clinic.ref()] if notice_released else [])
    assert [ref for ref, _ in log.inbox(log.south)] == ([fire.ref()] if activity_released else [])
    assert log.inbox(log.monitor) == []


def test_an_unreleased_site_leaves_no_trace_in_what_its_planner_is_told() -> None:
    bare, log = Folded(), Folded()
    log.site(told(log.north, when="never"))
    beside, alone = log.fire(), bare.fire()
    assert (beside.effect, beside.outcome.missing, beside.outcome.marks, beside.outcome.aware_of) == (
        alone.effect,
        alone.outcome.missing,
        alone.outcome.marks,
        alone.outcome.aware_of,
    )
    assert log.head(log.north) == bare.head(bare.north)
    assert log.standing(beside).unaware | log.standing(beside).aware_of == set()
    assert all(log.north.id not in meeting.told for meeting in beside.outcome.meetings)
    later = log.site([], at=(36.63, 35.93))
    assert log.standing(beside).unaware == set()
    assert later.outcome.unaware == []


# --- forms ------------------------------------------------------------------------------------------------


def test_a_pair_is_decided_on_the_form_that_is_released_between_its_parties() -> None:
    log = Folded()
    exact, wide = (site(log.now_ms, at=(36.63, 35.93), radius_m=metres) for metres in (100, 4_000))
    forms = {"exact": [exact], "widened": [replace(wide, form="widened", name="")]}
    clinic = log.file(log.south, exact, told(log.north, form="widened"), forms=forms)
    assert log.fire(at=(36.67, 35.93)).outcome.missing == [clinic.ref()]
    assert log.inbox(log.north) == [(clinic.ref(), "widened")]
    alone = Folded()
    alone.site(told(alone.north))
    assert alone.fire(at=(36.67, 35.93)).outcome.missing == []


def test_a_form_that_does_not_contain_the_exact_volume_is_refused() -> None:
    log = Folded()
    exact = site(log.now_ms, at=(36.63, 35.93))
    beside = replace(site(log.now_ms, at=(36.70, 35.93)), form="widened")
    size = log.book.size
    with pytest.raises(Malformed):
        log.file(
            log.south, exact, told(log.north, form="widened"), forms={"exact": [exact], "widened": [beside]}
        )
    assert log.book.size == size


# --- held, aware, uncited, blanket --------------------------------------------------------------------------


def test_a_hazard_is_held_until_it_cites_all_that_it_meets_and_was_released() -> None:
    log = Folded()
    two = log.file(log.south, [site(log.now_ms, at=(36.63, 35.93)) for _ in range(2)], told(log.north))
    refs = [two.ref(0), two.ref(1)]
    assert (log.fire().effect, log.fire().outcome.missing) == ("held", refs)
    assert log.fire(cites=refs[:1]).outcome.missing == refs[1:]
    aware = log.fire(cites=refs)
    assert (aware.effect, aware.outcome.aware_of) == ("aware", 2)


def test_two_items_that_meet_the_same_notice_name_it_once() -> None:
    log = Folded()
    clinic = log.site(told(log.north))
    twice = log.file(log.north, [activity(log.now_ms, at=(36.63, 35.93)) for _ in range(2)], [])
    assert twice.outcome.missing == [clinic.ref()]


def test_filing_uncited_is_always_open_and_says_so() -> None:
    log = Folded()
    log.site(told(log.north))
    assert log.fire(uncited=True).effect == "uncited"


@pytest.mark.parametrize("large", [{"radius_m": 40_000}, {"hours": 24 * 4}])
def test_too_large_or_too_long_is_blanket_whatever_it_cites(large: dict[str, float]) -> None:
    log = Folded()
    clinic = log.site(told(log.north))
    filed = log.fire(cites=[clinic.ref()], **large)
    assert (filed.effect, "blanket" in filed.outcome.marks) == ("blanket", True)


def test_a_blanket_site_is_labelled_and_stands() -> None:
    log = Folded()
    wide = log.site(told(log.north), radius_m=30_000)
    assert (wide.effect, wide.outcome.marks) == ("in_force", ["blanket"])


def test_one_s_own_notices_meet_where_the_arrangement_says_so_and_hold_nobody() -> None:
    log = Folded()
    log.site([], by=log.north)
    filed = log.fire()
    [meeting] = filed.outcome.meetings
    assert (filed.effect, meeting.told) == ("aware", (log.north.id,))
    assert log.fire().outcome.meetings[0].b == meeting.b  # and two hazards of one party do not meet
    assert len(log.fire().outcome.meetings) == 1


def test_two_hazards_of_two_parties_meet_and_each_is_what_the_other_must_know() -> None:
    log = Folded()
    theirs = log.fire(told(log.north), by=log.south)
    mine = log.fire(told(log.south))
    assert (mine.effect, mine.outcome.missing) == ("held", [theirs.ref()])
    assert log.standing(theirs).unaware == {mine.ref()}


# --- the head on which one files ------------------------------------------------------------------------------


def test_what_came_after_the_head_within_the_grace_makes_not_aware_and_what_is_older_makes_held() -> None:
    log = Folded()
    head = log.head(log.north)
    clinic = log.site(told(log.north))
    log.now_ms += log.rules.citation_grace_ms
    just = log.fire(inbox=head)
    assert (just.effect, just.outcome.missing, log.standing(just).unaware) == ("aware", [], {clinic.ref()})
    log.now_ms += 1
    assert (log.fire(inbox=head).effect, log.fire(inbox=head).outcome.missing) == ("held", [clinic.ref()])


def test_what_the_head_covers_is_missing_however_lately_it_came() -> None:
    log = Folded()
    log.site(told(log.north))
    assert log.fire(inbox=log.head(log.north)).effect == "held"


def test_without_a_head_or_with_one_that_never_was_nothing_is_forgiven() -> None:
    log = Folded()
    log.site(told(log.north))
    assert log.fire(inbox=None).effect == "held"
    for never in ((0, bytes(32)), (1, bytes(32)), (7, bytes(32))):
        filed = log.fire(inbox=never)
        assert (filed.effect, "inbox_unproven" in filed.outcome.marks) == ("held", True)


def test_what_is_released_by_the_filing_itself_did_not_come_later() -> None:
    log = Folded()
    log.site(told(log.north, when="on_meet"))
    assert log.fire(inbox=log.head(log.north)).effect == "held"


# --- later: awareness --------------------------------------------------------------------------------------------


def test_what_comes_later_is_unknown_to_a_hazard_until_a_person_of_its_desk_acknowledges() -> None:
    log = Folded()
    fire = log.standing(log.fire())
    clinic = log.site(told(log.north))
    assert fire.unaware == {clinic.ref()}
    assert clinic.outcome.unaware == [(fire.ref, clinic.ref())]
    log.acknowledge(log.north, sids=[clinic.sid], machine=True)
    log.acknowledge(log.south, sids=[clinic.sid])
    assert fire.unaware == {clinic.ref()}
    log.acknowledge(log.north, sids=[clinic.sid])
    assert (fire.unaware, fire.aware_of) == (set(), {clinic.ref()})


def test_what_is_ended_needs_no_awareness() -> None:
    log = Folded()
    fire = log.standing(log.fire())
    clinic = log.site(told(log.north))
    log.end(log.south, "site", clinic.ref())
    assert fire.unaware == set()


@pytest.mark.parametrize("how", ["cited", "acknowledged"])
def test_an_unchanged_replacement_keeps_citations_and_acknowledgements(how: str) -> None:
    log = Folded()
    body = site(log.now_ms, at=(36.63, 35.93))
    if how == "cited":
        first = log.file(log.south, body, told(log.north))
        fire = log.standing(log.fire(cites=[first.ref()]))
    else:
        fire = log.standing(log.fire())
        first = log.file(log.south, body, told(log.north))
        log.acknowledge(log.north, refs=[first.ref()])
    again = log.file(
        log.south, replace(body, change="unchanged"), told(log.north), replaces=[(first.ref(), 0)]
    )
    assert (again.outcome.marks, fire.unaware) == ([], set())
    assert fire.aware_of == {first.ref(), again.ref()}
    assert log.fire(cites=[first.ref()]).effect == "aware"
    third = log.file(
        log.south, replace(body, change="unchanged"), told(log.north), replaces=[(again.ref(), 0)]
    )
    assert log.standing(third).same_as == {first.ref(), again.ref()}
    assert log.fire(cites=[first.ref()]).effect == "aware"


def test_a_changed_replacement_keeps_none_and_is_marked_if_it_says_unchanged() -> None:
    log = Folded()
    first = log.site(told(log.north))
    fire = log.standing(log.fire(cites=[first.ref()]))
    moved = log.site(told(log.north), radius_m=101, change="unchanged", replaces=[(first.ref(), 0)])
    assert (moved.outcome.marks, fire.unaware) == (["not_unchanged"], {moved.ref()})
    assert log.fire(cites=[first.ref()]).outcome.missing == [moved.ref()]


# --- replacing and ending -------------------------------------------------------------------------------------------


def test_a_correction_is_marked_and_a_move_is_not() -> None:
    log = Folded()
    first = log.site([])
    moved = log.site([], change="moved", replaces=[(first.ref(), 0)])
    corrected = log.site([], change="was_always_there", replaces=[(moved.ref(), 0)])
    assert (moved.outcome.marks, corrected.outcome.marks) == ([], ["correction"])
    assert (log.standing(first).state, log.standing(first).successors) == ("replaced", (moved.ref(),))


def test_a_branch_leaves_both_standing_and_one_statement_that_names_both_heals_it() -> None:
    log = Folded()
    first = log.site([])
    one, two = (log.site([], change="moved", replaces=[(first.ref(), 0)]) for _ in range(2))
    assert (one.effect, two.effect, two.outcome.marks) == ("in_force", "branched", ["replaces_replaced"])
    healed = log.site([], change="moved", replaces=[(one.ref(), 0), (two.ref(), 0)])
    assert healed.effect == "in_force"
    assert [log.standing(each).state for each in (one, two, healed)] == ["replaced", "replaced", "stands"]


def test_a_notice_that_is_divided_in_one_statement_is_no_branch() -> None:
    log = Folded()
    first = log.site([])
    halves = [site(log.now_ms, at=(36.63 + i / 1_000, 35.93), change="moved") for i in range(2)]
    divided = log.file(log.south, halves, [], replaces=[(first.ref(), 0), (first.ref(), 1)])
    assert (divided.effect, log.standing(first).successors) == ("in_force", (divided.ref(0), divided.ref(1)))


def test_a_branch_is_no_way_around_citing() -> None:
    log = Folded()
    clinic = log.site(told(log.north))
    first = log.fire()
    log.fire(change="moved", replaces=[(first.ref(), 0)])
    branch = log.fire(change="moved", replaces=[(first.ref(), 0)])
    assert (branch.effect, branch.outcome.missing) == ("held", [clinic.ref()])
    assert "replaces_replaced" in branch.outcome.marks


def test_what_replaces_the_unknown_waits_what_replaces_the_ended_is_stale_and_both_stand() -> None:
    log = Folded()
    waits = log.site([], change="moved", replaces=[(bytes(36), 0)])
    first = log.site([])
    log.end(log.south, "site", first.ref())
    late = log.site([], change="moved", replaces=[(first.ref(), 0)])
    assert (waits.effect, waits.outcome.marks) == ("waiting", ["replaces_unknown"])
    assert (late.effect, late.outcome.marks) == ("stale", ["replaces_ended"])
    assert {log.standing(waits).state, log.standing(late).state} == {"stands"}


def test_nobody_replaces_or_ends_what_is_another_s_or_of_another_kind() -> None:
    log = Folded()
    clinic = log.site(told(log.north))
    theirs = log.site([], by=log.north, change="moved", replaces=[(clinic.ref(), 0)])
    unit = presence(log.now_ms, at=(36.0, 35.0), change="moved")
    other = log.file(log.south, unit, [], replaces=[(clinic.ref(), 0)])
    ended = [log.end(log.north, "site", clinic.ref()), log.end(log.south, "presence", clinic.ref())]
    assert [one.effect for one in (theirs, other, *ended)] == ["not_yours"] * 4
    assert log.standing(clinic).state == "stands"


def test_an_ending_ends_once_and_says_what_it_found() -> None:
    log = Folded()
    first, second = log.site([]), log.site([])
    assert log.end(log.south, "site", first.ref(), act="cancel").effect == "in_force"
    again = log.end(log.south, "site", first.ref(), second.ref())
    unknown = log.end(log.south, "site", bytes(36))
    assert (again.effect, again.outcome.marks) == ("stale", ["ends_ended"])
    assert (unknown.effect, unknown.outcome.marks) == ("waiting", ["ends_unknown"])
    assert log.standing(second).state == "ended"
    both = log.end(log.south, "site", log.site([]).ref(), log.site([]).ref())
    assert (both.effect, both.outcome.marks) == ("in_force", [])


def test_an_ending_is_told_to_whom_it_is_addressed_and_another_s_is_told_to_nobody() -> None:
    log = Folded()
    clinic = log.site(anybody())
    log.end(log.north, "site", clinic.ref(), to=told(log.south))
    assert log.inbox(log.south) == []
    ended = log.end(log.south, "site", clinic.ref(), to=[*anybody(), *told(log.monitor, when="never")])
    assert log.inbox(log.north) == [(clinic.ref(), "exact"), (ended.ref(), "exact")]
    assert log.inbox(log.monitor) == []


# --- time, quotas, arrangements ---------------------------------------------------------------------------------------


def test_a_lapsed_site_is_met_until_it_is_closed_or_the_long_stop_is_over() -> None:
    log = Folded()
    clinic = log.site(told(log.north), days=1)
    log.now_ms += 300 * DAY_MS
    assert log.standing(clinic).condition(log.now_ms) == "lapsed"
    assert log.fire().outcome.missing == [clinic.ref()]
    log.now_ms += 67 * DAY_MS
    assert log.fire().outcome.missing == []


def test_a_stale_presence_is_met_and_a_closed_one_is_not() -> None:
    log = Folded()
    unit = log.file(log.south, presence(log.now_ms, at=(36.63, 35.93), hours=1), told(log.north))
    log.now_ms += 5 * HOUR_MS
    assert log.standing(unit).condition(log.now_ms) == "stale"
    assert log.fire().outcome.missing == [unit.ref()]
    log.end(log.south, "presence", unit.ref())
    assert (log.standing(unit).condition(log.now_ms), log.fire().effect) == ("ended", "aware")


def test_a_hazard_ends_with_its_own_time() -> None:
    log = Folded()
    fire = log.fire(told(log.south))
    assert log.standing(fire).condition(log.now_ms) == "not_yet"
    log.now_ms += 2 * HOUR_MS
    assert log.standing(fire).condition(log.now_ms) == "current"
    log.now_ms += 2 * HOUR_MS
    assert log.standing(fire).condition(log.now_ms) == "over"
    assert log.site(told(log.north)).outcome.meetings == []


def test_short_notice_is_labelled_late_and_never_refused() -> None:
    log = Folded()
    assert log.fire(in_hours=0.49).outcome.marks == ["late"]
    assert log.fire(in_hours=0.5).outcome.marks == []


def test_more_than_the_daily_number_is_labelled_over_quota_for_a_day_and_for_that_kind() -> None:
    log = Folded(daily_max=2)
    two = [site(log.now_ms, at=(36.63, 35.93)) for _ in range(2)]
    assert log.file(log.south, two, []).outcome.marks == []
    assert log.site([]).outcome.marks == ["over_quota"]
    assert log.site([], by=log.north).outcome.marks == []
    assert log.file(log.south, presence(log.now_ms, at=(36.0, 35.0)), []).outcome.marks == []
    log.now_ms += DAY_MS - 1
    assert log.site([]).outcome.marks == ["over_quota"]
    log.now_ms += 1
    assert log.site([]).outcome.marks == []


def test_two_arrangements_share_neither_meetings_nor_quotas() -> None:
    log = Folded(daily_max=1)
    other = log.state(log.north, log.rules).sid
    clinic = log.site(told(log.north))
    assert log.fire(under=other).effect == "aware"
    assert log.site([], under=other).outcome.marks == []
    assert log.fire().outcome.missing == [clinic.ref()]


def test_a_statement_past_its_own_time_is_void_and_does_nothing() -> None:
    log = Folded()
    void = log.site(told(log.north), void_after_ms=log.now_ms - 1)
    kept = log.site(told(log.north), void_after_ms=log.now_ms)
    assert (void.effect, kept.effect) == ("void", "in_force")
    assert log.inbox(log.north) == [(kept.ref(), "exact")]


def test_who_is_of_no_arrangement_files_nothing_and_an_unknown_one_takes_nothing() -> None:
    log = Folded()
    stranger = log.enrol("Stranger")
    for refusal, attempt in (
        (NotPermitted, lambda: log.site([], by=stranger)),
        (NotFound, lambda: log.site([], under=bytes(32))),
    ):
        with pytest.raises(refusal):
            attempt()
    assert issubclass(NotPermitted, Refused)


def test_what_the_index_proposes_the_exact_predicate_may_turn_down() -> None:
    log = Folded()
    log.site(told(log.north))
    corner = log.fire(
        at=(36.63 + 0.0105, 35.93 + 0.0085)
    )  # nearer than 1,100 m on each axis, and not in a straight line
    beside = log.fire(at=(36.63 + 0.0105, 35.93))
    assert (len(corner.outcome.meetings), len(beside.outcome.meetings)) == (0, 1)


def test_a_branch_that_cites_all_stays_a_branch() -> None:
    log = Folded()
    first = log.fire()
    for effect in ("aware", "branched"):
        assert log.fire(change="moved", replaces=[(first.ref(), 0)]).effect == effect


def test_a_mark_stands_once_however_often_it_is_earned() -> None:
    log = Folded()
    firsts = [log.site([]), log.site([])]
    moved = [site(log.now_ms, at=(36.7, 35.9), change="was_always_there") for _ in range(2)]
    said = log.file(log.south, moved, [], replaces=[(firsts[0].ref(), 0), (firsts[1].ref(), 1)])
    assert said.outcome.marks == ["correction"]


def test_a_doubted_notice_is_marked_disputed_and_goes_on_standing() -> None:
    log = Folded()
    clinic = log.site(told(log.north))
    body = {"note": None, "reason": "position_doubtful", "type": "objection"}
    for ref, marks in ((clinic.ref(), []), (bytes(36), ["disputes_unknown"])):
        draft = Draft(kind="objection", forms={"exact": [body]}, to=[], under=log.under, cites=[ref])
        assert log.say(log.north, draft).outcome.marks == marks
    assert (log.standing(clinic).disputed, log.standing(clinic).state) == (True, "stands")
    assert log.fire().outcome.missing == [clinic.ref()]


# --- what moves, and rules over areas -----------------------------------------------------------------------


def convoy(log: Folded, **more: str) -> Notice:
    what = Movement(
        movement_type="aid_convoy",
        movement_mode="road",
        legs=(Leg(origin="A", destination="B", volume=0),),
        units=3,
        headcount=None,
        identification=(),
        markings=(),
        repeats=None,
    )
    return replace(presence(log.now_ms, at=(36.63, 35.93), hours=2, **more), what=what)


def no_fire_area(log: Folded, **more: str) -> Notice:
    what = Zone(zone_type="no_fire_area", restriction="none", reason="")
    return replace(presence(log.now_ms, at=(36.63, 35.93), hours=2, **more), what=what)


def progress(log: Folded, by: Actor, ref: bytes, stage: str) -> Spoken:
    outcome = "completed" if stage == "outcome" else None
    body = Progress(stage=stage, leg=None, at_ms=log.now_ms, outcome=outcome).to_value()
    return log.say(by, Draft(kind="progress", forms={"exact": [body]}, to=[], under=log.under, cites=[ref]))


def test_a_movement_is_ended_by_a_signed_arrival_and_never_by_the_clock() -> None:
    log = Folded()
    moving = log.file(log.south, convoy(log), told(log.north))
    assert progress(log, log.south, moving.ref(), "departed").effect == "in_force"
    log.now_ms += 5 * HOUR_MS
    assert (log.standing(moving).condition(log.now_ms), log.standing(moving).stage) == ("overdue", "departed")
    assert log.fire().outcome.missing == [moving.ref()]
    for stage in ("arrived", "outcome"):
        progress(log, log.south, moving.ref(), stage)
        assert (log.standing(moving).state, log.standing(moving).stage) == ("ended", stage)
    assert log.fire().effect == "aware"


def test_nobody_reports_how_far_another_s_movement_has_come_nor_how_far_a_site_has() -> None:
    log = Folded()
    moving, clinic = log.file(log.south, convoy(log), []), log.site([])
    for by, ref in ((log.north, moving.ref()), (log.south, clinic.ref()), (log.south, bytes(36))):
        said = progress(log, by, ref, "arrived")
        assert (said.effect, said.outcome.marks) == ("not_yours", ["not_your_movement"])
    assert {log.standing(moving).state, log.standing(clinic).state} == {"stands"}


def test_a_movement_and_a_zone_concern_each_other_though_neither_is_a_hazard() -> None:
    log = Folded()
    area = log.file(log.north, no_fire_area(log), told(log.south))
    moving = log.file(log.south, convoy(log), told(log.north))
    [meeting] = moving.outcome.meetings
    assert (meeting.b, moving.effect, moving.outcome.missing) == (area.ref(), "in_force", [])


@pytest.mark.parametrize(
    "make", [convoy, no_fire_area, lambda log, **more: presence(log.now_ms, at=(36.0, 35.0), **more)]
)
def test_an_unchanged_replacement_is_known_again_whatever_its_kind(make: Callable[..., Notice]) -> None:
    log = Folded()
    first = log.file(log.south, make(log), [])
    again = log.file(log.south, make(log, change="unchanged"), [], replaces=[(first.ref(), 0)])
    assert "not_unchanged" not in again.outcome.marks
    assert log.standing(again).same_as == {first.ref()}
