"""Copies: who holds them, what makes them false, and what ends that; entry by entry, with no service around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from pure.conflicts.folded import Folded, Spoken
from standclear.cli.cast import Actor, told
from standclear.cli.story.moves import convoy
from standclear.obligations.copies import CHANGES, HOLDINGS, HeldCopy
from standclear.obligations.duties import Duty, due
from standclear.spacetime.volume import Volume
from standclear.statements.asking import Contact
from standclear.statements.compose import Draft, Recipient
from standclear.statements.moving import Progress
from standclear.statements.replies import Dissemination, HandedCopy, code_read_back
from world import DAY_MS, HOUR_MS, circle, presence, site

CODE, NEXT, THIRD = "K7M2QP", "K7M2QR", "K7M2QS"
HERE = (36.63, 35.93)


def hand_out(
    log: Folded,
    *shown: Spoken,
    items: int = 1,
    code: str = CODE,
    to: Sequence[str] = ("2 Bty",),
    supersedes: str | None = None,
    areas: Sequence[Volume] | None = None,
    by: Actor | None = None,
) -> Spoken:
    """North hands a copy of 2 km around HERE to its battery."""
    around = [circle(HERE, 2_000, log.now_ms, log.now_ms + DAY_MS)] if areas is None else areas
    copy = HandedCopy(
        code=code,
        format="sheet",
        as_of_ms=log.now_ms,
        expires_ms=log.now_ms + DAY_MS,
        supersedes=supersedes,
        areas=tuple(around),
    )
    body = Dissemination(
        echelons=tuple(to), third_party=None, third_name="", means="paper", member="N-1", note=None, copy=copy
    )
    forms: dict[str, Any] = {"exact": [body.to_value()], "widened": [body.without_areas().to_value()]}
    owner = [Recipient(party=log.south.id, form="widened")]
    cites = [one.ref(item) for one in shown for item in range(items)]
    draft = Draft(kind="dissemination", under=log.under, forms=forms, to=owner, cites=cites)
    return log.say(by or log.north, draft)


def contact(
    log: Folded,
    code: str = CODE,
    *,
    whom: str = "2 Bty",
    result: str = "read_back_correct",
    machine: bool = False,
    by: Actor | None = None,
) -> Spoken:
    body = Contact(
        whom=whom,
        party=None,
        at_ms=log.now_ms,
        channel="code",
        result=result,
        read_back=code,
        scan=None,
        member="N-1",
    )
    draft = Draft(kind="contact", under=log.under, forms={"exact": [body.to_value()]}, to=[])
    return log.say(by or log.north, draft, machine=machine)


def held(log: Folded, spoken: Spoken) -> HeldCopy:
    return log.book.copies.of_sid[spoken.sid]


def words(log: Folded, spoken: Spoken) -> list[str]:
    """What makes a copy false now, in order."""
    found = log.book.copies.false_since(held(log, spoken), log.book.register, log.now_ms)
    return [one.word for one in found]


def duties(log: Folded) -> list[Duty]:
    return [one for one in due(log.book, log.now_ms) if one.kind == "replace_copy"]


def pass_ms(log: Folded, ms: int) -> None:
    log.now_ms += ms


def moved(log: Folded, old: Spoken, change: str, *, at: tuple[float, float] = (36.64, 35.93)) -> Spoken:
    after = site(log.now_ms, at=at, change=change)
    return log.file(log.south, after, told(log.north), replaces=[(old.ref(), 0)])


def test_a_copy_of_what_stands_is_true_and_not_read_back() -> None:
    log = Folded()
    clinic = log.site(told(log.north))
    copy = hand_out(log, clinic)
    assert (copy.effect, words(log, copy), duties(log)) == ("in_force", [], [])
    assert held(log, copy).holding("2 Bty") == "not_read_back"
    assert [one.terms.code for one in log.ladder(clinic).copies] == [CODE]
    contact(log)
    assert held(log, copy).holding("2 Bty") == "read_back"
    assert set(HOLDINGS) >= {"read_back", "not_read_back"}


@pytest.mark.parametrize(
    ("change", "word", "severity"), [("was_always_there", "corrected", 1), ("moved", "replaced", 3)]
)
def test_a_change_of_what_it_shows_makes_it_false_and_is_one_duty_as_urgent_as_the_change(
    change: str, word: str, severity: int
) -> None:
    log = Folded()
    clinic = log.site(told(log.north))
    copy = hand_out(log, clinic)
    pass_ms(log, HOUR_MS)
    moved(log, clinic, change)
    pass_ms(log, HOUR_MS)
    assert words(log, copy) == [word]
    [duty] = duties(log)
    assert (duty.party, duty.sid, duty.word, duty.severity) == (log.north.id, copy.sid, word, severity)


def test_an_ending_an_arrival_a_turn_of_the_clock_and_its_expiry_make_it_false() -> None:
    log = Folded()
    clinic, camp = log.site(told(log.north)), log.site(told(log.north), days=2)
    unit = log.file(log.south, presence(log.now_ms, at=HERE, hours=6), told(log.north))
    moving = log.file(log.south, convoy("Convoy 9", log.now_ms + HOUR_MS), told(log.north))
    copy = hand_out(log, clinic, camp, unit, moving)
    log.end(log.south, "site", clinic.ref())
    arrived = Progress(stage="arrived", leg=0, at_ms=log.now_ms, outcome=None)
    log.say(
        log.south,
        Draft(
            kind="progress",
            under=log.under,
            forms={"exact": [arrived.to_value()]},
            to=[],
            cites=[moving.ref()],
        ),
    )
    assert words(log, copy) == ["ended", "ended"]
    pass_ms(log, 3 * DAY_MS)
    assert words(log, copy) == ["ended", "ended", "stale", "expired", "lapsed"]
    assert sorted(one.word for one in duties(log)) == ["ended", "ended", "expired", "lapsed", "stale"]
    assert set(CHANGES) >= set(words(log, copy))


def test_something_new_inside_makes_it_incomplete_and_something_outside_or_for_others_does_not() -> None:
    log = Folded()
    copy = hand_out(log)
    assert copy.effect == "in_force"
    log.site(told(log.north), at=(37.9, 35.93))
    log.site(told(log.monitor))
    assert words(log, copy) == []
    log.site(told(log.north))
    assert words(log, copy) == ["added"]
    [duty] = duties(log)
    assert duty.word == "added"


def test_what_a_version_moves_is_told_once_and_not_as_something_new_as_well() -> None:
    log = Folded()
    clinic = log.site(told(log.north))
    copy = hand_out(log, clinic)
    moved(log, clinic, "moved")
    assert words(log, copy) == ["replaced"]


def test_a_correction_into_the_area_is_as_urgent_as_a_call() -> None:
    log = Folded()
    clinic = log.site(told(log.north), at=(37.9, 35.93))
    hand_out(log)
    moved(log, clinic, "was_always_there")
    assert [("added", 1)] == [(one.word, one.severity) for one in duties(log)]


def test_a_version_that_was_not_released_to_the_holder_is_not_told_as_a_correction() -> None:
    log = Folded()
    clinic = log.site(told(log.north))
    copy = hand_out(log, clinic)
    after = site(log.now_ms, at=(36.64, 35.93), change="was_always_there")
    log.file(log.south, after, [], replaces=[(clinic.ref(), 0)])
    assert words(log, copy) == ["replaced"]


def test_what_is_attested_again_unchanged_makes_no_copy_false_and_the_copy_shows_it_from_then_on() -> None:
    log = Folded()
    what = site(log.now_ms, at=HERE)
    clinic = log.file(log.south, what, told(log.north))
    copy = hand_out(log, clinic)
    again = log.file(
        log.south, replace(what, change="unchanged"), told(log.north), replaces=[(clinic.ref(), 0)]
    )
    assert words(log, copy) == []
    log.end(log.south, "site", again.ref())
    assert words(log, copy) == ["ended"]


def test_changes_of_one_entry_are_one_message_and_of_another_entry_another() -> None:
    log = Folded()
    rows = [site(log.now_ms, at=(36.63 + n / 1_000, 35.93)) for n in range(3)]
    listed = log.file(log.south, rows, told(log.north))
    hand_out(log, listed, items=3)
    log.end(log.south, "site", listed.ref(0), listed.ref(1))
    log.file(log.south, [replace(one, name="B") for one in rows], told(log.north))
    assert ["added", "ended"] == sorted(one.word for one in duties(log))


def test_a_later_copy_is_told_of_in_its_place_and_ends_it_once_it_is_read_back() -> None:
    log = Folded()
    clinic = log.site(told(log.north))
    first = hand_out(log, clinic)
    contact(log)
    after = moved(log, clinic, "moved")
    later = hand_out(log, after, code=NEXT, supersedes=CODE)
    assert held(log, first).ended_ms() is None  # the battery still has the false one
    last = hand_out(log, after, code=THIRD, supersedes=NEXT)
    log.end(log.south, "site", after.ref())
    assert [THIRD] == [log.book.copies.of_sid[one.sid].terms.code for one in duties(log)]
    pass_ms(log, HOUR_MS)
    contact(log, THIRD, whom=" 2  bty")
    assert [held(log, one).holding("2 Bty") for one in (first, later, last)] == [
        "replaced",
        "replaced",
        "read_back",
    ]
    assert held(log, first).ended_ms() == log.now_ms
    assert words(log, first) == ["replaced"]


def test_a_copy_is_outstanding_until_each_of_its_holders_has_the_next_or_gave_it_back() -> None:
    log = Folded()
    clinic = log.site(told(log.north))
    copy = hand_out(log, clinic, to=("2 Bty", "3 Bty"))
    log.end(log.south, "site", clinic.ref())
    hand_out(log, code=NEXT, supersedes=CODE, to=("2 Bty",))
    contact(log, NEXT)
    assert held(log, copy).ended_ms() is None
    contact(log, CODE, whom="3 Bty", result="recalled")
    assert held(log, copy).ended_ms() == log.now_ms
    assert held(log, copy).holding("3 Bty") == "recalled"


@pytest.mark.parametrize(
    ("name", "more", "marks"),
    [
        ("a code that its party never put on record", {"code": NEXT}, ["copy_unknown"]),
        ("a recall of such a code", {"code": NEXT, "result": "recalled"}, ["copy_unknown"]),
        ("by whom it was not made for", {"whom": "9 Bty"}, ["not_its_holder"]),
        ("by a machine's key", {"machine": True}, ["machine_key"]),
        ("a recall of what is no code", {"code": "seven", "result": "recalled"}, ["copy_unknown"]),
        ("read back wrong", {"result": "read_back_wrong"}, []),
    ],
)
def test_what_is_no_read_back_of_a_holder_closes_nothing(
    name: str, more: dict[str, Any], marks: list[str]
) -> None:
    log = Folded()
    copy = hand_out(log, log.site(told(log.north)))
    assert marks == contact(log, **more).outcome.marks
    assert held(log, copy).holding("2 Bty") == "not_read_back"


def test_another_partys_read_back_is_nobodys() -> None:
    log = Folded()
    copy = hand_out(log, log.site(told(log.north)))
    assert contact(log, by=log.south).outcome.marks == ["copy_unknown"]
    assert held(log, copy).holding("2 Bty") == "not_read_back"


def test_a_copy_that_supersedes_what_is_not_on_record_says_so() -> None:
    log = Folded()
    assert ["copy_unknown"] == hand_out(log, log.site(told(log.north)), supersedes=THIRD).outcome.marks


def test_what_ended_or_came_while_it_was_being_made_makes_it_false_at_once() -> None:
    log = Folded()
    clinic = log.site(told(log.north))
    log.end(log.south, "site", clinic.ref())
    log.site(told(log.north), at=(36.631, 35.93))
    copy = hand_out(log, clinic)
    [change] = held(log, copy).changes
    assert sorted(word for word, _ in change.items) == ["added", "ended"]


def test_a_copy_without_areas_is_told_of_what_it_shows_and_of_nothing_new() -> None:
    log = Folded()
    clinic = log.site(told(log.north))
    copy = hand_out(log, clinic, areas=[])
    log.site(told(log.north))
    assert words(log, copy) == []
    log.end(log.south, "site", clinic.ref())
    assert words(log, copy) == ["ended"]


def test_what_is_not_durable_is_told_to_nobody() -> None:
    log = Folded()
    clinic = log.site(told(log.north))
    hand_out(log, clinic)
    size = log.book.size
    log.end(log.south, "site", clinic.ref())
    found = due(log.book, log.now_ms, size=size)
    assert "replace_copy" not in {one.kind for one in found}


@pytest.mark.parametrize(
    ("text", "code"),
    [("k7m-2qp", CODE), (" K7 M2 QP ", CODE), ("K7M2Q", None), ("K7M2QU", None), ("seven four", None)],
)
def test_a_code_is_known_however_it_was_written_down(text: str, code: str | None) -> None:
    assert code == code_read_back(text)
