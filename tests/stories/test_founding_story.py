"""The founding story, row by row: what the news of February 2020 describes as working, or as failed, works here.

The parties are an exercise's, neither side is judged, and every position is invented. Rows 7, 9 and 10 (the straits and
the air) come later and have their place between rows 6 and 11.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from standclear.cli import speech
from standclear.cli.cast import Said, told
from standclear.dossier.answers import Question
from standclear.dossier.report import Report
from standclear.dossier.verify import verify
from standclear.flow.evidence import answer_of, dossier_of, policy_of
from standclear.flow.questions import claims, compliance
from standclear.keys import sha256
from standclear.obligations.duties import due
from standclear.obligations.matters import Matter
from standclear.spacetime.interval import Interval
from standclear.spacetime.meet import Margin, meets
from standclear.spacetime.volume import Volume
from standclear.statements.asking import Answer, Inquiry, Observation
from standclear.statements.calls import Claim, Consultation, Emergency, Incident
from standclear.statements.notices import Note, Owner
from world import HOUR_MS, NOON_MS, Party, World, activity, circle, presence, site

FIVE_MS = NOON_MS + 5 * HOUR_MS  # 17:00Z
MINUTE_MS = 60_000
ALLY = "Government Force"
VILLAGE = (36.63, 35.93)
EAST = (36.93, 35.83)


@dataclass(slots=True)
class Line:
    """The line of the story: its world and its desks. Government Force is no party of it, and has no key."""

    world: World
    north: Party
    south: Party
    cell: Party
    strait: Party
    secretariat: Party
    monitor: Party

    def say(self, party: Party, body: speech.Speakable, *to: Party, **more: object) -> Said:
        return self.world.say(party, speech.word(body, told(*to), self.world.under, **more))  # type: ignore[arg-type]

    def matter(self, said: Said) -> Matter:
        return self.world.service.book.matters.of_sid[said.sid]

    def prove(self, area: Volume, before_ms: int) -> Report:
        """What Northern Force was told about an area, as a dossier that was verified with outside roots."""
        self.world.settle()
        question = Question(party=self.north.id, area=area, before_ms=before_ms)
        dossier = answer_of(self.world.service, self.monitor.id, question)
        return verify(dossier, policy_of(self.world.service))


def line(world: World) -> Line:
    """Enrol everybody and have them adhere."""
    north, south = world.enrol("Northern Force"), world.enrol("Southern Force")
    cell, strait = (
        world.enrol("Relief Cell", "un_agency"),
        world.enrol("Strait Authority", "maritime_authority"),
    )
    secretariat, monitor = (
        world.enrol("Alliance Secretariat", "alliance"),
        world.enrol("Line Monitor", "monitor"),
    )
    world.agree(north, south, cell, strait, secretariat, monitor=monitor)
    return Line(world, north, south, cell, strait, secretariat, monitor)


def around(at: tuple[float, float], start_ms: int = NOON_MS, end_ms: int = FIVE_MS) -> Volume:
    return circle(at, 3_000, start_ms, end_ms)


def english(text: str) -> Note:
    return Note(lang="en", text=text)


# --- row 1: coordinates requested and confirmed -----------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("these", "answered"),
        ("none_that_we_declare", "answered"),
        ("declined", "answered"),
        (None, "no answer"),
    ],
)
def test_row_1_an_inquiry_is_answered_declined_or_out_of_time_and_each_is_on_record(
    answer: str | None, state: str
) -> None:
    with World() as world:
        row = line(world)
        there = world.presence(row.south, told(row.north), at=VILLAGE)
        inquiry = Inquiry(volumes=(around(VILLAGE),), answer_by_ms=world.now_ms + HOUR_MS, note=None)
        asked = row.say(row.north, inquiry, row.south)
        world.pass_ms(20 * MINUTE_MS)
        if answer is not None:
            until_ms = FIVE_MS if answer == "none_that_we_declare" else None
            said = Answer(answer=answer, until_ms=until_ms, note=None)
            row.say(
                row.south, said, row.north, re=[asked.sid], cites=[there.ref()] if answer == "these" else None
            )
        world.pass_ms(HOUR_MS)
        matter = row.matter(asked)
        assert matter.state(world.now_ms) == state
        assert [one.code for one in matter.answers] == ([] if answer is None else [answer])
        assert matter.first_answer_ms() == (None if answer is None else 20 * MINUTE_MS)


def test_row_1_a_presence_past_its_age_is_stale_and_says_so_to_all_who_rely_on_it() -> None:
    with World() as world:
        row = line(world)
        there = world.presence(row.south, told(row.north, row.cell), at=VILLAGE)
        for reader in (row.north, row.cell):
            world.acknowledge(reader, sids=[there.sid], to=told(row.south))
        world.pass_ms(24 * HOUR_MS)
        before_ms = world.now_ms
        world.pass_ms(MINUTE_MS)
        for reader in (row.north, row.cell):
            assert [item.condition for item in world.query.inbox(reader.id, 0, 1)] == ["stale"]
        fallen = due(world.service.book, world.now_ms, after_ms=before_ms)
        turned = {one.party for one in fallen if (one.kind, one.word) == ("turned", "stale")}
        assert turned == {row.south.id, row.north.id, row.cell.id}
        assert world.activity(row.north, told(row.south), at=VILLAGE).missing == [there.ref()]


# --- row 2: not notified that its troops operated there ---------------------------------------------------


def test_row_2_what_was_told_about_this_area_before_five_has_one_answer_provable_both_ways() -> None:
    with World() as world:
        row = line(world)
        there = world.presence(row.south, told(row.north), at=VILLAGE)
        world.pass_ms(HOUR_MS)
        world.acknowledge(row.north, sids=[there.sid], to=told(row.south))
        yes, no = row.prove(around(VILLAGE), FIVE_MS), row.prove(around(EAST), FIVE_MS)
        assert (yes.exit_code(), no.exit_code()) == (0, 0)
        [shown] = yes.claims["told"]
        assert (shown["kind"], shown["released_ms"]) == ("presence", NOON_MS)
        assert shown["acknowledged_ms"] == NOON_MS + HOUR_MS
        assert (no.claims["told"], no.claims["undecidable"], no.claims["withheld"]) == ([], 0, 0)
        assert no.claims["inbox_n"] == yes.claims["inbox_n"] == 1


def test_row_2_a_movement_without_notice_shows_as_the_gap_it_is() -> None:
    with World() as world:
        row = line(world)
        start_ms = world.now_ms + 90 * MINUTE_MS
        world.pass_ms(5 * HOUR_MS + 25 * MINUTE_MS)
        late = world.notice(
            row.south,
            speech.notice(
                speech.presence("Column 4", world.now_ms, 24 * HOUR_MS),
                [circle(EAST, 200, start_ms, start_ms + 24 * HOUR_MS)],
                name="Column 4",
            ),
            told(row.north),
        )
        before = row.prove(around(EAST), FIVE_MS)
        after = row.prove(around(EAST), world.now_ms)
        assert (before.exit_code(), before.claims["told"]) == (0, [])
        assert (after.exit_code(), [one["released_ms"] for one in after.claims["told"]]) == (
            0,
            [FIVE_MS + 25 * MINUTE_MS],
        )
        assert (
            world.query.standing(row.south.id, late.ref()).volumes["exact"][0].interval.start_ms == start_ms
        )


# --- row 3: the agreement between the two armies -----------------------------------------------------------


def test_row_3_compliance_says_what_each_owed_when_it_was_done_and_what_is_missing() -> None:
    with World() as world:
        row = line(world)
        in_time = world.presence(row.south, told(row.north), at=VILLAGE)
        late = world.presence(row.south, told(row.north), at=EAST)
        world.presence(row.north, told(row.south), at=(36.4, 35.5))
        world.pass_ms(10 * MINUTE_MS)
        world.acknowledge(row.north, sids=[in_time.sid])
        world.pass_ms(40 * MINUTE_MS)  # the pack asks for a person's answer to a presence within 30 minutes
        world.acknowledge(row.north, sids=[late.sid])
        world.pass_ms(MINUTE_MS)
        report = compliance(world.service, row.monitor.id, Interval(start_ms=NOON_MS, end_ms=world.now_ms))
        owed = {(one.party, one.duty, one.kind): one.whole for one in report.duties}
        north = owed[row.north.id, "acknowledge", "presence"]
        south = owed[row.south.id, "acknowledge", "presence"]
        assert (north.owed, north.in_time, north.late, north.unanswered) == (2, 1, 1, 0)
        assert north.median_twice_ms == 60 * MINUTE_MS
        assert (south.owed, south.in_time, south.late, south.unanswered) == (1, 0, 0, 1)


# --- row 4: fire on the positions ---------------------------------------------------------------------------


def fire_for_the_ally(world: World) -> Owner:
    return Owner(
        name=ALLY,
        consent="by its liaison, by word of mouth",
        consented_ms=world.now_ms,
        consent_to=None,
        evidence=None,
    )


def test_row_4_the_allys_fire_is_held_with_the_list_of_what_it_meets_until_it_cites_it() -> None:
    with World() as world:
        row = line(world)
        posts = [presence(world.now_ms, at=(36.63 + i / 1_000, 35.93), name=f"Post {i}") for i in range(3)]
        there = world.notice(row.south, posts, told(row.north))
        owner = fire_for_the_ally(world)
        held = world.activity(row.north, told(row.south), at=VILLAGE, owner=owner)
        assert (held.effect, sorted(held.missing)) == ("held", sorted(there.ref(i) for i in range(3)))
        some = world.activity(
            row.north, told(row.south), at=VILLAGE, owner=owner, cites=held.missing[:2], replaces=held.ref()
        )
        assert (some.effect, some.missing) == ("held", held.missing[2:])
        cited = world.activity(
            row.north, told(row.south), at=VILLAGE, owner=owner, cites=held.missing, replaces=some.ref()
        )
        assert (cited.effect, cited.answer.outcome.aware_of) == ("aware", 3)


def test_row_4_or_it_stands_openly_as_uncited() -> None:
    with World() as world:
        row = line(world)
        there = world.presence(row.south, told(row.north), at=VILLAGE)
        filed = world.activity(
            row.north, told(row.south), at=VILLAGE, uncited=True, owner=fire_for_the_ally(world)
        )
        assert (filed.effect, filed.missing) == ("uncited", [there.ref()])


def test_row_4_a_post_that_comes_later_stands_as_not_aware_until_it_is_acknowledged() -> None:
    with World() as world:
        row = line(world)
        filed = world.activity(row.north, told(row.south), at=VILLAGE)
        later = world.presence(row.south, told(row.north), at=VILLAGE)
        standing = world.query.standing(row.north.id, filed.ref())
        assert (standing.unaware, standing.aware_of) == ({later.ref()}, set())
        world.acknowledge(row.north, sids=[later.sid])
        assert (standing.unaware, standing.aware_of) == (set(), {later.ref()})


def test_row_4_a_relay_to_the_ally_that_was_not_made_is_not_shown_as_made() -> None:
    with World() as world:
        row = line(world)
        there = world.presence(row.south, told(row.north, travel="onward"), at=VILLAGE)
        world.acknowledge(row.north, sids=[there.sid], to=told(row.south))
        world.disseminate(row.north, [there.sid], echelons=["2 Battery"], to=told(row.south))
        [ladder] = world.query.ladders(row.south.id, there.sid)
        assert [to for _, to, _ in ladder.disseminated] == [("2 Battery",)]
        made = world.disseminate(row.north, [there.sid], third_name=ALLY, to=told(row.south))
        assert made.marks == []  # it was released onward
        assert [to for _, to, _ in ladder.disseminated] == [("2 Battery",), (f"relayed: {ALLY}",)]


def test_row_4_a_relay_beyond_what_was_released_is_on_record_as_that() -> None:
    with World() as world:
        row = line(world)
        there = world.presence(row.south, told(row.north), at=VILLAGE)
        said = world.disseminate(row.north, [there.sid], third_name=ALLY, to=told(row.south))
        assert said.marks == ["beyond_release"]


# --- row 5: fire went on after the warning ------------------------------------------------------------------


def emergency(world: World, part: str, **more: object) -> Emergency:
    fields: dict[str, object] = {"code": None, "answer": None, "passed_to": "", "volumes": (), "note": None}
    return Emergency(part=part, member="M-7", **{**fields, **more})  # type: ignore[arg-type]


def test_row_5_the_call_goes_to_all_desks_and_each_answer_is_timed_to_the_second() -> None:
    with World() as world:
        row = line(world)
        there = world.presence(row.south, told(row.north), at=VILLAGE)
        everybody = (row.north, row.cell, row.strait, row.secretariat, row.monitor)
        call = emergency(world, "call", code="under_fire", volumes=(circle(VILLAGE, 500, NOON_MS, FIVE_MS),))
        called = row.say(row.south, call, *everybody, cites=[there.ref()])
        matter = row.matter(called)
        assert matter.asked == {one.id for one in everybody}
        for after_s, party, code in (
            (19, row.cell, "heard"),
            (427, row.north, "passed_to"),
            (1_115, row.north, "ceased"),
        ):
            world.clock.turn_to(matter.opened_ms + after_s * 1_000)
            passed_to = ALLY if code == "passed_to" else ""
            answer = emergency(world, "answer", answer=code, passed_to=passed_to)
            row.say(party, answer, row.south, re=[called.sid])
        assert matter.first_answer_ms() == 19_000
        assert [(one.party, one.code, (one.at_ms - matter.opened_ms) // 1_000) for one in matter.answers] == [
            (row.cell.id, "heard", 19),
            (row.north.id, "passed_to", 427),
            (row.north.id, "ceased", 1_115),
        ]
        assert matter.unanswered() == {row.strait.id, row.secretariat.id, row.monitor.id}
        assert matter.state(world.now_ms) == "open"
        wrong = row.say(row.north, emergency(world, "end"), row.south, re=[called.sid])
        assert (wrong.effect, matter.state(world.now_ms)) == ("not_yours", "open")
        row.say(row.south, emergency(world, "end"), *everybody, re=[called.sid])
        assert matter.state(world.now_ms) == "ended"


def test_row_5_when_nobody_answers_it_goes_up_step_by_step() -> None:
    with World() as world:
        row = line(world)
        call = emergency(world, "call", code="under_fire", volumes=(circle(VILLAGE, 500, NOON_MS, FIVE_MS),))
        called = row.say(row.south, call, row.north)
        before_ms = world.now_ms
        world.pass_ms(11 * MINUTE_MS)
        fallen = due(world.service.book, world.now_ms, after_ms=before_ms)
        steps = [
            (one.level, one.party, (one.due_ms - before_ms) // MINUTE_MS)
            for one in sorted(fallen, key=lambda one: one.due_ms)
            if one.kind == "escalate" and one.sid == called.sid
        ]
        assert steps == [
            ("alternate_desk", row.north.id, 2),
            ("superior", row.north.id, 5),
            ("arrangement_monitor", row.monitor.id, 10),
        ]


# --- row 6: no aircraft of ours ------------------------------------------------------------------------------


def claim(row: Line, party: Party, kind: str, where: Volume, about: Party | None = None) -> Said:
    said = Claim(
        claim=kind,
        about=None if about is None else about.id,
        volumes=(where,),
        words=english("Words said in public."),
        source="a statement to the press, invented",
    )
    return row.say(party, said, row.monitor)


def test_row_6_a_claim_is_consistent_contradicted_or_undecidable_with_its_evidence_graded() -> None:
    with World() as world:
        row = line(world)
        world.pass_ms(4 * HOUR_MS)
        there = circle(EAST, 1_000, FIVE_MS - 2 * HOUR_MS, FIVE_MS)
        bare = claim(row, row.north, "did_not", there)

        def verdict() -> tuple[str, list[tuple[str, str]]]:
            held = {one.claim.sid: one for one in claims(world.service, row.monitor.id, 10)}[bare.sid]
            return held.verdict, [(one.sort, one.grade) for one in held.evidence]

        assert verdict() == ("undecidable", [])
        observe(row, about=None, reliability="c", credibility="3")
        assert verdict() == ("undecidable", [("seen_weak", "c3")])
        observe(row, about=row.south, reliability="a", credibility="1")
        assert verdict() == ("undecidable", [("seen_weak", "c3"), ("seen_of_another", "a1")])
        observe(row, about=row.north, reliability="a", credibility="2")
        assert verdict()[0] == "undecidable"  # one was seen, and another too


def test_row_6_a_strong_track_or_ones_own_declaration_says_otherwise() -> None:
    with World() as world:
        row = line(world)
        world.activity(row.north, told(row.south), at=VILLAGE, uncited=True)
        world.pass_ms(4 * HOUR_MS)
        observe(row, about=row.north, reliability="a", credibility="2")
        declared = claim(row, row.north, "did_not", circle(VILLAGE, 500, NOON_MS, FIVE_MS))
        seen = claim(row, row.north, "did_not", circle(EAST, 500, NOON_MS, FIVE_MS))
        held = {one.claim.sid: one for one in claims(world.service, row.monitor.id, 10)}
        assert (held[declared.sid].verdict, held[seen.sid].verdict) == ("contradicted", "contradicted")
        assert [one.sort for one in held[declared.sid].evidence] == ["declared_by_it"]
        assert [one.sort for one in held[seen.sid].evidence] == ["seen_strong"]


def test_row_6_what_either_side_says_it_was_told_is_held_against_the_inbox() -> None:
    with World() as world:
        row = line(world)
        there = world.presence(row.south, told(row.north), at=VILLAGE)
        world.acknowledge(row.north, sids=[there.sid])
        world.pass_ms(4 * HOUR_MS)
        after = (FIVE_MS - HOUR_MS // 2, FIVE_MS)
        said = {
            "consistent": claim(row, row.south, "was_told", circle(VILLAGE, 500, *after), about=row.north),
            "contradicted": claim(row, row.north, "was_not_told", circle(VILLAGE, 500, *after)),
        }
        not_told = claim(row, row.north, "was_not_told", circle(EAST, 500, *after))
        held = {one.claim.sid: one.verdict for one in claims(world.service, row.monitor.id, 10)}
        assert {word: held[one.sid] for word, one in said.items()} == {one: one for one in said}
        assert held[not_told.sid] == "consistent"


# --- row 8: videos on social media ----------------------------------------------------------------------------


def observe(row: Line, *, about: Party | None, reliability: str = "c", credibility: str = "2") -> Said:
    seen = Observation(
        volumes=(circle(EAST, 1_000, NOON_MS, FIVE_MS),),
        what="Eleven vehicles on a road, moving east",
        about=None if about is None else about.id,
        source="a video on a public site",
        link="https://video.example/exercise/1",
        media=sha256(b"EXERCISE the bytes of a video"),
        reliability=reliability,
        credibility=credibility,
    )
    return row.say(row.monitor, seen, row.north, row.south)


def test_row_8_a_video_is_kept_with_the_hash_of_its_bytes_and_its_grade() -> None:
    with World() as world:
        row = line(world)
        said = observe(row, about=row.south)
        kept = world.service.book.sayings.observations[said.sid]
        assert isinstance(kept.body, Observation)
        assert kept.party == row.monitor.id
        assert kept.body.media == sha256(b"EXERCISE the bytes of a video")
        assert (kept.body.reliability, kept.body.credibility) == ("c", "2")


def test_row_8_an_observation_is_never_treated_as_a_notice() -> None:
    with World() as world:
        row = line(world)
        observe(row, about=row.south)
        filed = world.activity(row.north, told(row.south), at=EAST)
        assert (filed.effect, filed.missing, filed.answer.outcome.meetings) == ("aware", [], [])
        assert row.prove(around(EAST), FIVE_MS).claims["told"] == []


# --- row 11: the allies meet at one party's request ------------------------------------------------------------


def stated(row: Line) -> Said:
    incident = Incident(
        what="Fire on a post",
        volumes=(circle(VILLAGE, 500, NOON_MS, FIVE_MS),),
        killed=9,
        wounded=14,
        note=None,
    )
    return row.say(row.south, incident, row.north, row.cell, row.secretariat, row.monitor)


def test_row_11_who_called_who_was_invited_who_came_and_what_was_recorded() -> None:
    with World() as world:
        row = line(world)
        incident = stated(row)
        invited = (row.secretariat, row.cell, row.strait)
        ids = tuple(one.id for one in invited)
        at_ms = world.now_ms + 16 * HOUR_MS
        call = Consultation(part="call", at_ms=at_ms, invited=ids, reply=None, came=(), note=None)
        called = row.say(row.south, call, *invited, re=[incident.sid])
        matter = row.matter(called)
        assert (matter.opener, matter.asked, matter.deadline_ms) == (row.south.id, frozenset(ids), at_ms)
        for party, reply in zip(invited, ("will_come", "will_not_come", "will_come"), strict=True):
            body = Consultation(part="reply", at_ms=None, invited=(), reply=reply, came=(), note=None)
            row.say(party, body, row.south, re=[called.sid])
        assert matter.state(world.now_ms) == "answered"
        assert [(one.party, one.code) for one in matter.answers] == [
            (row.secretariat.id, "will_come"),
            (row.cell.id, "will_not_come"),
            (row.strait.id, "will_come"),
        ]
        world.pass_ms(17 * HOUR_MS)
        came = Consultation(part="record", at_ms=at_ms, invited=ids, reply=None, came=ids[::2], note=None)
        said = row.say(row.secretariat, came, row.south, row.cell, row.strait, re=[called.sid])
        shown = world.query.statement(row.strait.id, said.sid)
        assert [len(one["body"]["came"]) for one in shown["bodies"]] == [2]


# --- row 12: statements and counter-statements ------------------------------------------------------------------


def test_row_12_incident_and_both_sides_claims_lie_in_one_bundle_that_verifies_offline() -> None:
    with World() as world:
        row = line(world)
        world.presence(row.south, told(row.north), at=VILLAGE)
        world.activity(row.north, told(row.south), at=VILLAGE, uncited=True)
        incident = stated(row)
        where = circle(VILLAGE, 500, NOON_MS, FIVE_MS)
        both = [claim(row, row.north, "did_not", where), claim(row, row.south, "told", where)]
        world.settle()
        dossier, policy = dossier_of(world.service), policy_of(world.service)
        report = verify(dossier, policy)
        assert (report.exit_code(), report.exercise, report.size) == (0, True, world.service.size)
        assert (
            verify(dossier, None).exit_code() == 3
        )  # consistent, and by whom is unproven: the roots come from outside
        kept = world.service.book.sayings.claims
        assert [kept[one.sid].party for one in both] == [row.north.id, row.south.id]
        assert world.query.find(incident.sid) < world.query.find(both[0].sid)
        turned = dossier.replace(b'"killed":9', b'"killed":8')
        assert turned != dossier
        assert verify(turned, policy).exit_code() == 1


# --- row 13: a wider operation is weighed -----------------------------------------------------------------------


def test_row_13_thousands_of_activities_are_checked_at_once_against_everything_notified() -> None:
    with World() as world:
        row = line(world)
        now = world.now_ms
        sites = [site(now, at=(36.0 + i / 10, 35.4 + i / 20), name=f"Clinic {i}") for i in range(10)]
        posts = [presence(now, at=(36.05 + i / 10, 35.42 + i / 20), name=f"Post {i}") for i in range(10)]
        clinics = world.notice(row.cell, sites, told(row.north))
        positions = world.notice(row.south, posts, told(row.north))
        fires = [
            activity(now, at=(36.0 + (i % 50) / 50, 35.4 + (i // 50) / 100), radius_m=200)
            for i in range(2_000)
        ]
        held = world.notice(row.north, fires, told(row.south), inbox=world.query.inbox_head(row.north.id))
        margins = {"site": 50_000, "presence": 100_000}  # what the pack asks for, in centimetres
        expected = {
            (fire, other.kind(), number)
            for fire, one in enumerate(fires)
            for others in (sites, posts)
            for number, other in enumerate(others)
            if meets(
                one.volumes[0],
                other.volumes[0],
                Margin(horizontal_cm=margins[other.kind()], vertical_cm=30_000, time_ms=10 * MINUTE_MS),
            )
        }
        sids = {clinics.sid: "site", positions.sid: "presence"}
        found = {
            (int.from_bytes(one.a[32:], "big"), sids[one.b[:32]], int.from_bytes(one.b[32:], "big"))
            for one in held.answer.outcome.meetings
        }
        assert found == expected
        assert held.effect == "held"
        assert len(held.missing) == len({(kind, number) for _, kind, number in expected}) >= 10
        world.settle()
        assert verify(dossier_of(world.service), policy_of(world.service)).exit_code() == 0
