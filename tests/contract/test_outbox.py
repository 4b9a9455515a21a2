"""What every outbox keeps, whatever it is made of: one suite, run against each adapter."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from standclear.flow.outbox import KeptAnswer, Outbox, Parcel, Reach
from standclear.stores.outbox import RESERVE_FILE, SqliteOutbox
from standclear.stores.outbox_memory import MemoryOutbox

NORTH = b"N" * 16
SOUTH = b"S" * 16
ADAPTERS: dict[str, Callable[[Path], Outbox]] = {
    "memory": lambda _: MemoryOutbox(),
    "SQLite": SqliteOutbox,
}


@pytest.fixture(params=list(ADAPTERS))
def outbox(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Outbox]:
    opened = ADAPTERS[request.param](tmp_path)
    yield opened
    opened.close()


def parcel(number: int, **more: object) -> Parcel:
    fields: dict[str, object] = {
        "id": bytes([number] * 16),
        "duty": bytes([number] * 16),
        "kind": "deliver",
        "sid": bytes(32),
        "party": NORTH,
        "desk": b"D" * 16,
        "level": "duty_desk",
        "channel": "smtp",
        "to": "desk@north.example",
        "content": "reference",
        "language": "en",
        "step": 0,
        "severity": 3,
        "word": "site",
        "due_ms": number,
        "deadline_ms": None,
        "silent": None,
        "start": number,
        "end": number + 1,
        "code": bytes([255 - number] * 16),
        "next_ms": 0,
    }
    return Parcel(**(fields | more))  # type: ignore[arg-type]


def test_what_was_put_is_ready_the_most_urgent_first(outbox: Outbox) -> None:
    outbox.put([parcel(1), parcel(2), parcel(3, severity=1)], None)
    assert [3, 1, 2] == [one.id[0] for one in outbox.ready(0, 10)]
    assert [3] == [one.id[0] for one in outbox.ready(0, 1)]
    assert parcel(1) == outbox.ready(0, 10)[1]


def test_a_parcel_that_is_there_is_never_made_anew(outbox: Outbox) -> None:
    outbox.put([parcel(1, start=0, end=0)], None)
    outbox.ended(bytes([1] * 16), "handed", "250 OK", 9)
    outbox.put([parcel(1, start=4, end=6)], Reach(told={NORTH: 6}))
    assert outbox.ready(99, 10) == ()
    assert {"handed": 1} == outbox.count()
    assert outbox.handed_end(NORTH) == 6


def test_a_try_that_failed_waits_for_its_time_and_is_counted(outbox: Outbox) -> None:
    outbox.put([parcel(1)], None)
    outbox.later(bytes([1] * 16), 500, "451 later")
    assert outbox.ready(499, 10) == ()
    assert [(1, "451 later")] == [(one.tries, one.said) for one in outbox.ready(500, 10)]


def test_reach_only_grows(outbox: Outbox) -> None:
    assert Reach() == outbox.reach()
    outbox.put([], Reach(after_ms=10, told={NORTH: 5}))
    outbox.put([], Reach(after_ms=3, told={NORTH: 2, SOUTH: 1}))
    assert Reach(after_ms=10, told={NORTH: 5, SOUTH: 1}) == outbox.reach()


def test_what_was_handed_over_is_said_only_as_far_as_there_is_no_gap(outbox: Outbox) -> None:
    other = parcel(9, duty=bytes([2] * 16), start=2, end=3, channel="sms")
    outbox.put([parcel(1), parcel(2), other, parcel(3), parcel(4, party=SOUTH)], Reach(told={NORTH: 4}))
    assert outbox.handed_end(NORTH) == 1
    outbox.ended(bytes([3] * 16), "handed", "", 9)
    outbox.ended(bytes([1] * 16), "handed", "", 9)
    assert outbox.handed_end(NORTH) == 2
    outbox.ended(bytes([2] * 16), "given_up", "", 9)
    assert outbox.handed_end(NORTH) == 2
    outbox.ended(bytes([9] * 16), "handed", "", 9)  # one channel of the two is enough
    assert outbox.handed_end(NORTH) == 4
    assert outbox.handed_end(SOUTH) == 0


def test_a_call_is_kept_until_it_is_on_record(outbox: Outbox) -> None:
    outbox.keep_call(b"1" * 32, b"first")
    outbox.keep_call(b"2" * 32, b"second")
    outbox.keep_call(b"1" * 32, b"first")
    assert (b"first", b"second") == outbox.kept_calls()
    outbox.forget_call(b"1" * 32)
    assert (b"second",) == outbox.kept_calls()


def test_a_code_answers_one_parcel_once_and_the_first_answer_stands(outbox: Outbox) -> None:
    outbox.put([parcel(1)], None)
    code = parcel(1).code
    assert parcel(1) == outbox.find_code(code)
    assert outbox.find_code(bytes(16)) is None
    assert outbox.find_answer(code) is None
    assert outbox.answer(code, "noted", "link", 5)
    assert not outbox.answer(code, "disputed", "code", 6)
    assert KeptAnswer(parcel=parcel(1), answer="noted", by="link", at_ms=5) == outbox.find_answer(code)


def test_a_code_that_is_none_answers_nothing(outbox: Outbox) -> None:
    outbox.put([parcel(1)], None)
    assert not outbox.answer(bytes(16), "noted", "link", 5)
    assert outbox.unsaid() == ()


def test_an_answer_is_unsaid_until_it_is_said_to_be_on_record(outbox: Outbox) -> None:
    outbox.put([parcel(1), parcel(2)], None)
    for number, at_ms in ((2, 5), (1, 6)):
        assert outbox.answer(parcel(number).code, "noted", "link", at_ms)
    assert [2, 1] == [one.parcel.id[0] for one in outbox.unsaid()]
    outbox.said(parcel(2).code)
    outbox.said(parcel(2).code)
    assert [1] == [one.parcel.id[0] for one in outbox.unsaid()]
    assert outbox.find_answer(parcel(2).code) is not None
    assert not outbox.answer(parcel(2).code, "noted", "link", 7)


def test_what_was_sent_to_an_address_is_found_the_newest_first(outbox: Outbox) -> None:
    listed = [parcel(1, to="+1"), parcel(2, to="+2"), parcel(3, to="+1"), parcel(4, to="+1", due_ms=1)]
    outbox.put(listed, None)
    assert [3, 1, 4] == [one.id[0] for one in outbox.sent_to("+1", 0)]
    assert [3] == [one.id[0] for one in outbox.sent_to("+1", 2)]
    assert outbox.sent_to("+3", 0) == ()


def test_what_has_ended_is_kept_apart_until_it_is_on_record(outbox: Outbox) -> None:
    outbox.put([parcel(1), parcel(2), parcel(3, state="unreachable", next_ms=4)], None)
    assert [3] == [one.id[0] for one in outbox.unrecorded(10)]
    outbox.later(bytes([1] * 16), 500, "451 later")
    outbox.ended(bytes([1] * 16), "handed", "250 OK", 9)
    assert [("handed", 9, 2), ("unreachable", 4, 0)] == [
        (one.state, one.next_ms, one.tries) for one in outbox.unrecorded(10)
    ]
    assert [1] == [one.id[0] for one in outbox.unrecorded(1)]
    outbox.recorded([bytes([1] * 16), bytes([3] * 16)])
    outbox.put([parcel(3, state="unreachable")], None)
    assert outbox.unrecorded(10) == ()


def test_what_was_done_survives_a_kill(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        opened = SqliteOutbox(tmp_path)
        opened.put([parcel(1), parcel(2)], Reach(after_ms=7, told={NORTH: 3}))
        opened.ended(bytes([1] * 16), "handed", "250 OK", 9)
        opened.keep_call(b"1" * 32, b"call")
        opened.answer(parcel(2).code, "noted", "link", 9)
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    again = SqliteOutbox(tmp_path)
    assert [parcel(2)] == list(again.ready(9, 10))
    assert (Reach(after_ms=7, told={NORTH: 3}), (b"call",)) == (again.reach(), again.kept_calls())
    assert [("noted", "link", 9)] == [(one.answer, one.by, one.at_ms) for one in again.unsaid()]
    again.close()


def test_the_outbox_is_nobodys_but_the_services_and_has_its_reserve(tmp_path: Path) -> None:
    opened = SqliteOutbox(tmp_path)
    opened.put([replace(parcel(1), tries=3)], None)
    assert {0o600} == {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert (tmp_path / RESERVE_FILE).stat().st_size >= 2**20
    opened.close()
