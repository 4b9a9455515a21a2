"""Real facilities, as one dispatch: an activity over Juba is held, cites them, is acknowledged, and is proven offline."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from standclear.cli.cast import told
from standclear.cli.listing import ListTerms, drafts_of
from standclear.dialects.lists import read_sites
from standclear.dialects.sites.rows import Intake
from standclear.dialects.tables import read_table
from standclear.dossier.answers import Question
from standclear.dossier.verify import verify
from standclear.flow.evidence import answer_of, policy_of
from standclear.spacetime.band import ALL_HEIGHTS
from standclear.spacetime.interval import Interval
from standclear.stores.rtree import RTreeIndex
from world import HOUR_MS, World, circle

LIST = Path(__file__).resolve().parents[3] / "shared" / "data" / "health-facilities-africa.csv.gz"
JUBA = (31.58, 4.85)

pytestmark = [
    pytest.mark.data,
    pytest.mark.slow,
    pytest.mark.skipif(not LIST.exists(), reason=f"the real list is not at {LIST}: nothing here was tested"),
]


def facilities_of(country: str) -> Intake:
    intake = read_sites(read_table(LIST.read_bytes(), field="list"), datum="WGS84")
    return replace(intake, accepted=tuple(row for row in intake.accepted if row.listed.country == country))


def test_an_activity_over_juba_is_held_cited_acknowledged_and_proven() -> None:
    with World(make_index=RTreeIndex) as world:
        north, cell = world.enrol("North"), world.enrol("Relief Cell", "un_agency")
        world.agree(north, cell, pack="humanitarian")
        intake = facilities_of("South Sudan")
        assert len(intake.accepted) > 1_000
        terms = ListTerms(
            site_class="medical",
            grade="third_party",
            quality="reported_not_surveyed",
            interval=Interval(start_ms=world.now_ms, end_ms=world.now_ms + 2_000 * HOUR_MS),
            band=ALL_HEIGHTS,
            least_cm=5_000,
            widened_cm=None,
        )
        [listed] = [
            world.say(cell, draft)
            for draft in drafts_of(intake, terms, told(north), world.under, world.chance(16))
        ]

        held = world.activity(north, told(cell, when="on_meet"), at=JUBA, radius_m=4_000)
        assert held.effect == "held"
        met = [world.service.book.register.by_ref[ref].name for ref in held.missing]
        assert any("Juba" in name for name in met)
        cited = world.activity(
            north,
            told(cell, when="on_meet"),
            at=JUBA,
            radius_m=4_000,
            cites=held.missing,
            replaces=held.ref(),
        )
        assert (cited.effect, cited.answer.outcome.aware_of) == ("aware", len(held.missing))

        world.acknowledge(cell, sids=[cited.sid], to=told(north))
        [ladder] = world.query.ladders(north.id, cited.sid)
        assert ladder.rung() == "acknowledged"
        assert len(world.query.ladders(cell.id, listed.sid)) == 1, "a list is one dispatch, with one ladder"

        world.settle()
        area = circle(JUBA, 4_000, world.now_ms, world.now_ms + 3 * HOUR_MS)
        question = Question(party=north.id, area=area, before_ms=world.now_ms + HOUR_MS)
        report = verify(answer_of(world.service, north.id, question), policy_of(world.service))
        assert report.exit_code() == 0
        told_of = world.query.who_knew(north.id, north.id, area, question.before_ms).told
        assert 10 < len(told_of) < len(held.missing), (
            "the margin around the fire reaches further than the area asked of"
        )
        assert f"told of {len(told_of)} notice(s)" in " ".join(one.says for one in report.of(16))
