"""Warnings before notices lapse, and the party that never answers: many things, few messages, none of them lost (G16, G24)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from delivering import Carrying, addresses
from standclear.cli.cast import told
from standclear.dialects.pack import read_pack
from standclear.errors import Malformed
from standclear.flow.questions import compliance
from standclear.obligations.arrears import all_arrears, arrears_between, gathered
from standclear.obligations.duties import Duty, due
from standclear.obligations.lapsing import warned_at
from standclear.spacetime.interval import Interval
from standclear.statements.asking import Inquiry
from standclear.statements.compose import Recipient
from stories.test_delivering import carrying
from stories.test_duties_of_time import MINUTE_MS, call, say, three
from world import DAY_MS, HOUR_MS, PACKS, Party, World, activity, circle, site


class Looker:
    """Looks as the deliverer does: what is due and gathered, each message once by its id; now and then late."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.after_ms = -1
        self.seen: dict[bytes, Duty] = {}

    def look(self, overlap_ms: int = 120_000) -> list[Duty]:
        book, now_ms, after_ms = (
            self.world.service.book,
            self.world.now_ms,
            max(-1, self.after_ms - overlap_ms),
        )
        duties = due(book, now_ms, after_ms=after_ms, told={})
        found = gathered(book, duties, after_ms, now_ms)
        new = [one for one in found if one.id not in self.seen and one.kind != "deliver"]
        self.seen |= {one.id: one for one in new}
        self.after_ms = now_ms
        return new

    def pass_minutes(self, minutes: int, *, every: int = 5) -> list[Duty]:
        found = []
        for _ in range(0, minutes, every):
            self.world.pass_ms(every * MINUTE_MS)
            found += self.look()
        return found

    def kinds(self) -> Counter[tuple[str, str]]:
        return Counter((one.kind, one.level) for one in self.seen.values())


# --- a silent party -------------------------------------------------------------------------------


def test_a_silent_party_with_600_ladders_is_a_bounded_number_of_messages_and_one_item() -> None:
    with World() as world:
        north, south, monitor = three(world)
        looker = Looker(world)
        for hour in range(24):
            for n in range(25):
                world.site(south, told(north), at=(36.0 + hour / 50, 35.0 + n / 50))
            looker.pass_minutes(60)
        looker.pass_minutes(8 * 60)
        ladders = list(world.service.book.ledger.owing(south.id, north.id))
        assert 600 == len(ladders)
        kinds = looker.kinds()
        assert {"unanswered", "escalate", "exhausted", "arrears"} == {kind for kind, _ in kinds}
        singles = sum(count for (kind, _), count in kinds.items() if kind != "arrears")
        assert 5 == singles  # one alarm, three levels, one end
        assert (
            max(count for (kind, _), count in kinds.items() if kind == "arrears") <= 33
        )  # hours; owner: two kinds
        assert sum(kinds.values()) < 140
        [item] = all_arrears(world.service.book, world.now_ms)
        assert (south.id, north.id, 600) == (item.owner, item.silent, item.count)
        assert min(one.alarm_ms or 0 for one in ladders) == item.since_ms
        told_to = {one.party for one in looker.seen.values() if one.kind == "arrears"}
        assert {south.id, north.id, monitor.id} == told_to


def test_every_ladder_that_is_gathered_is_covered_by_a_message_after_it_fell_due() -> None:
    with World() as world:
        north, south, _ = three(world)
        looker = Looker(world)
        for n in range(10):
            world.site(south, told(north), at=(36.0 + n / 50, 35.0))
            looker.pass_minutes(25)
        looker.pass_minutes(8 * 60)
        mine = [
            one
            for one in looker.seen.values()
            if one.party == south.id and one.kind in ("arrears", "unanswered")
        ]
        for ladder in world.service.book.ledger.owing(south.id, north.id):
            assert ladder.alarm_ms is not None
            after = [one.due_ms - ladder.alarm_ms for one in mine if one.due_ms >= ladder.alarm_ms]
            assert min(after) <= HOUR_MS


def test_a_look_that_was_missed_for_two_days_is_one_message_for_each_silent_party() -> None:
    with World() as world:
        north, south, _ = three(world)
        looker = Looker(world)
        looker.look()
        for n in range(40):
            world.site(south, told(north), at=(36.0 + n / 50, 35.0))
            world.pass_ms(30 * MINUTE_MS)
        world.pass_ms(DAY_MS)
        found = Counter((one.kind, one.party == south.id) for one in looker.look())
        assert {("arrears", True): 1, ("unanswered", True): 1, ("exhausted", True): 1} == {
            key: count for key, count in found.items() if key[1]
        }
        assert looker.pass_minutes(3 * 60) == []


def test_an_answer_ends_the_silence_and_the_next_alarm_goes_out_at_once_again() -> None:
    with World() as world:
        north, south, _ = three(world)
        looker = Looker(world)
        first = world.site(south, told(north))
        looker.pass_minutes(5 * 60)
        assert arrears_between(world.service.book, south.id, north.id, world.now_ms) is not None
        world.acknowledge(north, sids=[first.sid])
        assert arrears_between(world.service.book, south.id, north.id, world.now_ms) is None
        again = world.site(south, told(north), at=(36.9, 35.9))
        found = looker.pass_minutes(4 * 60 + 5)
        assert [("unanswered", again.sid)] == [(one.kind, one.sid) for one in found]


def test_when_the_first_is_answered_before_the_gathering_the_others_are_still_told() -> None:
    with World() as world:
        north, south, _ = three(world)
        looker = Looker(world)
        world.pass_ms(7 * MINUTE_MS)
        first = world.site(south, told(north))
        second = world.site(south, told(north), at=(36.9, 35.9))
        looker.pass_minutes(4 * 60 + 5)
        world.acknowledge(north, sids=[first.sid])
        found = [one for one in looker.pass_minutes(60) if one.party == south.id]
        assert ("arrears", second.sid) == (found[0].kind, found[0].sid)
        assert ["exhausted"] == [one.kind for one in found[1:]]


def test_what_has_not_begun_is_never_gathered_and_its_owner_hears_before_it_begins() -> None:
    with World() as world:
        north, south, _ = three(world)
        looker = Looker(world)
        world.site(south, told(north))
        looker.pass_minutes(6 * 60)
        filed = [
            world.notice(south, activity(world.now_ms, at=(36.0 + n, 35.0), in_hours=0.6), told(north))
            for n in range(3)
        ]
        begins_ms = world.now_ms + int(0.6 * HOUR_MS)
        found = [one for one in looker.pass_minutes(60) if one.kind == "unanswered"]
        assert {one.sid for one in filed} == {one.sid for one in found}
        assert all(one.due_ms < begins_ms for one in found)


def test_stop_fire_and_corrections_are_never_gathered() -> None:
    with World() as world:
        north, south, _ = three(world)
        looker = Looker(world)
        clinics = [world.site(south, told(north), at=(36.0 + n, 35.0)) for n in range(2)]
        looker.pass_minutes(6 * 60)
        for clinic in clinics:
            moved = site(world.now_ms, at=(36.7, 35.93), change="was_always_there")
            world.notice(south, moved, told(north), act="replace", of=[(clinic.ref(), 0)])
        made = [call(world, south), call(world, south)]
        found = looker.pass_minutes(5 * 60)
        assert 2 == sum(one.kind == "unanswered" and one.severity == 1 for one in found)
        for one in made:
            assert {"alternate_desk", "superior", "arrangement_monitor"} == {
                duty.level for duty in found if duty.sid == one.sid and duty.kind == "escalate"
            }


def test_inquiries_that_nobody_answers_are_in_the_arrears_too() -> None:
    with World() as world:
        north, south, _ = three(world)
        looker = Looker(world)
        area = circle((36.63, 35.93), 3_000, world.now_ms, world.now_ms + HOUR_MS)
        for _ in range(5):
            asked = Inquiry(volumes=(area,), answer_by_ms=world.now_ms + HOUR_MS, note=None)
            say(world, north, asked, to=told(south))
            looker.pass_minutes(10)
        looker.pass_minutes(3 * 60)
        assert 2 == sum(one.kind == "escalate" and one.party == south.id for one in looker.seen.values())
        item = arrears_between(world.service.book, north.id, south.id, world.now_ms)
        assert item is not None
        assert (0, 5, 5) == (item.ladders, item.matters, item.count)


def test_arrears_are_in_compliance_for_those_they_concern_and_their_monitor() -> None:
    with World() as world:
        north, south, monitor = three(world)
        east = world.enrol("East")
        world.site(south, told(north))
        world.pass_ms(DAY_MS)
        whole = Interval(start_ms=0, end_ms=world.now_ms)
        seen = {
            name: [one.count for one in compliance(world.service, party.id, whole).arrears]
            for name, party in {"owner": south, "silent": north, "monitor": monitor, "other": east}.items()
        }
        assert {"owner": [1], "silent": [1], "monitor": [1], "other": []} == seen


def test_the_message_of_arrears_says_how_many_and_since_when() -> None:
    with World() as world:
        post, north, south, _ = carrying(world)
        for n in range(3):
            world.site(south, told(north), at=(36.0 + n, 35.0))
        for _ in range(7 * 12):
            world.pass_ms(5 * MINUTE_MS)
            post.step()
        letters = [
            one for one in post.mail.letters if one.parcel.kind == "arrears" and one.parcel.party == south.id
        ]
        assert letters
        assert all(one.count == 3 and one.since_ms is not None for one in letters)
        assert all(one.silent == "North" for one in letters)
        world.settle()
        assert any(
            one.duty == "arrears"
            for one in world.service.book.carriage.about(letters[0].parcel.sid, north.id)
        )


# --- a call rings monitors ------------------------------------------------------------------------


def agree_with_monitor_at_once(world: World) -> tuple[Party, Party, Party]:
    north, south, monitor = three(world)
    text = (PACKS / "military-line.toml").read_text()
    emergency = text[text.index("emergency = [") : text.index("]", text.index("emergency = [")) + 1]
    at_once = 'emergency = [{ level = "arrangement_monitor", after = "0 s" }, { level = "superior", after = "5 min" }]'
    members = {north.id: "party", south.id: "party", monitor.id: "monitor"}
    from standclear.statements.compose import Draft

    rules = read_pack(text.replace(emergency, at_once), members, monitor.id)
    said = world.say(north, Draft(kind="arrangement", forms={"exact": [rules.to_value()]}, to=None))
    world.under = said.sid
    for party in (north, south):
        body = {"adheres": True, "reservations": [], "type": "adherence"}
        world.say(party, Draft(kind="adherence", forms={"exact": [body]}, to=None, re=[said.sid]))
    return north, south, monitor


def test_a_monitor_whose_emergency_step_has_no_time_is_rung_at_once_and_rings_still_repeat() -> None:
    with World() as world:
        north, south, monitor = agree_with_monitor_at_once(world)
        post = Carrying(world, addresses(north, south, monitor, channel="sms"))
        call(world, south)
        world.run(post.deliverer.settle())
        rung = sorted(one.parcel.to for one in post.phone.letters if one.parcel.kind == "ring")
        assert ["Monitor/duty_desk", "North/duty_desk"] == rung
        for _ in range(11):
            world.pass_ms(MINUTE_MS)
            post.step()
        again = Counter(one.parcel.to for one in post.phone.letters if one.parcel.kind == "ring")
        assert {"Monitor/duty_desk": 1, "North/duty_desk": 3} == dict(again)


def test_a_monitor_that_is_called_by_name_is_rung_at_once_like_all_desks() -> None:
    with World() as world:
        post, north, south, monitor = carrying(world)
        here = circle((36.63, 35.93), 1_000, world.now_ms, world.now_ms + HOUR_MS)
        from stories.test_duties_of_time import emergency

        to = [Recipient(party=None), Recipient(party=monitor.id)]
        say(world, south, emergency("call", code="under_fire", volumes=(here,)), to=to)
        world.run(post.deliverer.settle())
        assert {"Monitor/duty_desk", "North/duty_desk"} == {
            one.parcel.to for one in post.mail.letters if one.parcel.kind == "ring"
        }
        assert north.id != monitor.id


# --- warnings before lapse ------------------------------------------------------------------------

D = DAY_MS
WARNED = {
    "at the beginning of its day": (20 * D + 7, 14 * D, 0, 6 * D),
    "to the millisecond where that is when the day begins": (20 * D, 14 * D, 0, 6 * D),
    "where it was filed on that day, by itself": (20 * D + 7, 14 * D, 6 * D + 3, 6 * D + 7),
    "not where it was filed later than that": (20 * D + 7, 14 * D, 6 * D + 7, None),
    "not where it never had so long": (5 * D, 14 * D, 0, None),
    "a short warning with those of a short time": (D + 5, 2 * HOUR_MS, 0, 22 * HOUR_MS),
}


@pytest.mark.parametrize(("end_ms", "span_ms", "filed_ms", "expected"), WARNED.values(), ids=WARNED.keys())
def test_an_owner_is_warned(end_ms: int, span_ms: int, filed_ms: int, expected: int | None) -> None:
    assert expected == warned_at(end_ms, span_ms, filed_ms)


def test_200_sites_are_warned_of_in_one_message_each_time_and_one_that_is_forgotten_lapses_and_is_still_matched() -> (
    None
):
    with World() as world:
        post, north, south, _ = carrying(world)
        filed = []
        for n in range(200):
            world.pass_ms(MINUTE_MS)
            filed.append(world.site(south, told(north), at=(36 + n / 500, 35.9), days=30))
        world.acknowledge(north, span=(0, 200))
        post.step()
        kept, forgotten = filed[:-1], filed[-1]
        seen: list[tuple[int, str, int]] = []
        start_ms = world.now_ms
        for day in range(31):
            before = len(post.mail.letters)
            post.step()
            lapsing = [one for one in post.mail.letters[before:] if one.parcel.kind == "lapsing"]
            seen += [(day, one.parcel.to, one.count) for one in lapsing]
            if day == 29:
                world.end(south, "site", [one.ref() for one in kept])
            world.clock.pass_ms(DAY_MS)
        assert start_ms < world.now_ms
        assert [(to, count) for _, to, count in seen] == [("South/duty_desk", 200)] * 2
        assert [day for day, _, _ in seen] == [16, 27]
        book = world.service.book
        assert "lapsed" == book.register.by_ref[forgotten.ref()].condition(world.now_ms)
        fire = world.activity(north, told(south), at=(36 + 199 / 500, 35.9))
        assert forgotten.ref() in fire.missing


def test_a_notice_that_is_closed_or_said_again_in_time_is_not_warned_of() -> None:
    with World() as world:
        north, south, _ = three(world)
        clinic = world.site(south, told(north), days=20)
        world.end(south, "site", [clinic.ref()])
        world.pass_ms(10 * DAY_MS)
        assert "lapsing" not in {one.kind for one in due(world.service.book, world.now_ms)}


def test_a_restart_warns_of_the_same_under_the_same_ids() -> None:
    with World() as world:
        north, south, _ = three(world)
        for n in range(3):
            world.site(south, told(north), at=(36 + n, 35.9), days=20)
        world.pass_ms(10 * DAY_MS)
        before = due(world.service.book, world.now_ms)
        assert 1 == sum(one.kind == "lapsing" for one in before)
        world.restart()
        assert before == due(world.service.book, world.now_ms)


PACK = (PACKS / "military-line.toml").read_text()
WRONG = {
    "the later warning first": ('["14 d", "3 d"]', '["3 d", "14 d"]', "contradict"),
    "the same warning twice": ('["14 d", "3 d"]', '["3 d", "3 d"]', "contradict"),
    "earlier than the longest notice": ('["14 d", "3 d"]', '["3650 d"]', "earlier than the longest"),
    "no unit": ('["14 d", "3 d"]', '["14"]', "whole number"),
    "no text": ('["14 d", "3 d"]', "[14]", "no text"),
}


@pytest.mark.parametrize(("old", "new", "says"), WRONG.values(), ids=WRONG.keys())
def test_a_pack_whose_warnings_contradict_each_other_is_refused_with_its_line(
    old: str, new: str, says: str
) -> None:
    text = PACK.replace(old, new, 1)
    [line] = [n for n, each in enumerate(text.splitlines(), 1) if new in each]
    with pytest.raises(Malformed, match=says) as refused:
        read_pack(text, {b"N" * 16: "party", b"S" * 16: "party"}, b"N" * 16)
    assert "contradict" not in says or f"(line {line})" in refused.value.reason


def test_an_activity_has_no_warning_because_its_time_is_all_of_it() -> None:
    at = PACK.index("[kinds.activity]")
    text = PACK[:at] + PACK[at:].replace("warn = []", 'warn = ["1 d"]', 1)
    with pytest.raises(Malformed, match="does not lapse"):
        read_pack(text, {b"N" * 16: "party", b"S" * 16: "party"}, b"N" * 16)


def test_rules_that_are_amended_later_leave_warnings_as_they_were_when_the_notice_was_filed() -> None:
    with World() as world:
        north, south, monitor = three(world)
        world.site(south, told(north), days=20)
        [agreement] = world.service.book.agreements.all()
        kinds = tuple(replace(rule, warn_ms=()) for rule in agreement.arrangement.kinds)
        from standclear.statements.compose import Draft

        amended = replace(agreement.arrangement, kinds=kinds)
        of = [(agreement.sid + b"\xff\xff\xff\xff", 0)]
        world.say(
            north,
            Draft(kind="arrangement", act="replace", forms={"exact": [amended.to_value()]}, to=None, of=of),
        )
        assert monitor.id
        world.pass_ms(10 * DAY_MS)
        assert "lapsing" in {one.kind for one in due(world.service.book, world.now_ms)}
