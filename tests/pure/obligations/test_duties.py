"""What is due is a pure question: every row of the tables of duties, on ladders and matters made by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standclear.obligations.calendar import Calendar
from standclear.obligations.duties import DUTIES, TRANSITIONS, duty_id, first_rings, state_of
from standclear.obligations.ladder import RUNGS, Attested, Ladder
from standclear.obligations.turns import SEVERITIES, severity_of
from standclear.statements.arrangement import LEVELS, Escalation

MINUTE = 60_000
STEPS = (
    Escalation(level="alternate_desk", after_ms=15 * MINUTE),
    Escalation(level="superior", after_ms=30 * MINUTE),
)
DEADLINE = 60 * MINUTE


def ladder() -> Ladder:
    return Ladder(
        sid=bytes(32),
        party=b"N" * 16,
        sender=b"S" * 16,
        kind="site",
        start=0,
        end=1,
        released_ms=0,
        deadline_ms=DEADLINE,
        travel="party",
        steps=STEPS,
    )


# How a ladder comes to a state, and the time at which it is looked at.
REACHED = {
    "released": 0,
    "sent": 0,
    "handed_over": 0,
    "overdue": DEADLINE + MINUTE,
    "escalated": DEADLINE + 16 * MINUTE,
    "made_available_unanswered": DEADLINE + 30 * MINUTE,
    "acknowledged": 0,
}
TIMES = {
    "the deadline passes": DEADLINE + 1,
    "a step passes": DEADLINE + 15 * MINUTE,
    "the last step passes": DEADLINE + 30 * MINUTE,
}


def reached(state: str) -> tuple[Ladder, int]:
    one = ladder()
    if state == "sent":
        one.sent_ms = 1
    if state == "handed_over":
        one.handed_ms = 1
    if state == "acknowledged":
        one.acknowledge(0, 1, b"K", "noted")
    return one, REACHED[state]


@pytest.mark.parametrize(("before", "event", "after"), TRANSITIONS)
def test_each_row_of_the_table_is_what_a_ladder_does(before: str, event: str, after: str) -> None:
    one, now_ms = reached(before)
    assert before == state_of(one, now_ms)
    match event:
        case "handed to a channel":
            one.sent_ms = 1
        case "the party signs an inbox head":
            one.handed_ms = 1
        case "a person acknowledges":
            one.acknowledge(0, now_ms + 1, b"K", "noted")
        case "an answer by link or voice":
            one.attested.append(
                Attested(
                    by="code",
                    channel="sms",
                    answer="noted",
                    at_ms=now_ms,
                    attester=bytes(16),
                    source=bytes(32),
                )
            )
        case "the party says whom it told further":
            one.disseminated.append((now_ms, ("2 Coy",), False))
        case _:
            now_ms = TIMES[event]
    assert after == state_of(one, now_ms)


def test_the_table_has_every_rung_and_no_state_that_is_called_told() -> None:
    states = {state for before, _, after in TRANSITIONS for state in (before, after)}
    assert set(RUNGS) <= states
    assert "told" not in states


def test_a_ladder_without_steps_is_overdue_for_ever() -> None:
    one = ladder()
    one.steps = ()
    assert state_of(one, DEADLINE * 100) == "overdue"


def test_every_duty_stands_in_the_table_once() -> None:
    assert len({rule.kind for rule in DUTIES}) == len(DUTIES)


def test_a_call_and_a_correction_are_the_most_urgent_and_the_unknown_is_routine() -> None:
    assert (1, 1, 3) == (
        severity_of("emergency"),
        severity_of("site", "was_always_there"),
        severity_of("site"),
    )
    assert set(SEVERITIES.values()) <= {1, 2, 3}


@given(st.sampled_from(sorted(LEVELS)), st.integers(0, 9), st.binary(min_size=16, max_size=16))
def test_the_id_of_a_duty_is_stable_and_its_own(level: str, step: int, party: bytes) -> None:
    one = duty_id("escalate", bytes(32), party, level, step)
    assert one == duty_id("escalate", bytes(32), party, level, step)
    assert one != duty_id("escalate", bytes(32), party, level, step + 1)
    assert one != duty_id("exhausted", bytes(32), party, level, step)
    assert len(one) == 16


def test_the_first_rings_of_a_call_go_to_each_desk_once() -> None:
    rings = first_rings(b"c" * 32, (b"N" * 16, b"S" * 16), 5)
    assert [(b"N" * 16, 1), (b"S" * 16, 1)] == [(one.party, one.severity) for one in rings]
    assert len({one.id for one in rings}) == 2


@given(st.lists(st.integers(0, 50)), st.integers(-1, 50), st.integers(-1, 50))
def test_a_calendar_gives_what_stands_in_a_span_in_its_order(
    times: list[int], after: int, until: int
) -> None:
    calendar: Calendar[int] = Calendar()
    for number, at_ms in enumerate(times):
        calendar.add(at_ms, number)
    expected = sorted((at, number) for number, at in enumerate(times) if after < at <= until)
    assert expected == list(calendar.between(after, until))
