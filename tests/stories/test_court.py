"""The readable report for a court: what was said in its own words, what was withheld, and how to repeat it (G28)."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from standclear.cli.cast import told
from standclear.cli.main import main
from standclear.dialects.plainly import explain
from standclear.dossier.answers import Question
from standclear.dossier.court import Circumstances, court_report
from standclear.dossier.report import CHECKS
from standclear.dossier.verify import verify
from standclear.flow.evidence import answer_of, dossier_of, policy_of
from standclear.statements.asking import Translation
from standclear.statements.compose import Draft
from standclear.statements.notices import Note
from world import DAY_MS, World, circle, site

NASTY = "</td><script>alert(1)</script>"
RUSSIAN = "Больница у источника"
MADE = Circumstances(
    file="case.dossier",
    software="standclear test",
    policy="case.policy",
    zone=ZoneInfo("Asia/Damascus"),
    zone_name="Asia/Damascus",
    commands=("standclear verify case.dossier --policy case.policy",),
    explain=explain,
)


class Page(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not {name for name, _ in attrs} & {"src", "href", "onload", "onclick"}

    def handle_data(self, data: str) -> None:
        self.text += data


def case(world: World) -> tuple[bytes, bytes, bytes]:
    """A site with a Russian note, its translation, and an acknowledgement: the whole log, an answer, the policy."""
    north, south = world.enrol("North"), world.enrol("South")
    other = world.enrol("Other")
    world.agree(north, south, other)
    noted = site(world.now_ms, at=(36.63, 35.93), name=NASTY, note=Note(lang="ru", text=RUSSIAN))
    filed = world.notice(south, noted, told(north, other))
    secret = world.site(other, told(north), name="Not for the south")
    word = Translation(lang="en", text="The hospital at the spring", by="human", translator="T-1")
    draft = Draft(
        kind="translation",
        under=world.under,
        forms={"exact": [word.to_value()]},
        to=told(north),
        re=[filed.sid],
    )
    world.say(south, draft)
    world.pass_ms(60_000)
    world.acknowledge(north, sids=[filed.sid, secret.sid], to=told(south))
    world.settle()
    question = Question(
        party=north.id, area=circle((36.63, 35.93), 5_000, 0, world.now_ms + DAY_MS), before_ms=world.now_ms
    )
    return (
        dossier_of(world.service),
        answer_of(world.service, south.id, question),
        policy_of(world.service),
    )


def page_of(text: bytes, policy: bytes | None) -> Page:
    return Page(court_report(text, verify(text, policy), MADE))


def test_the_report_holds_every_statement_as_a_numbered_exhibit_with_its_times() -> None:
    with World() as world:
        whole, _, policy = case(world)
        page = page_of(whole, policy)
        numbers = [int(found) for found in re.findall(r"Exhibit (\d+): ", page.text)]
        assert sorted(set(numbers)) == list(range(1, max(numbers) + 1))
        assert "Asia/Damascus (UTC+0200)" in page.text
        assert "2020-02-27 12:00:0" in page.text
        assert page.text.startswith("EXERCISE Report on case.dossier")
        assert "script" not in page.tags
        assert NASTY in page.text
        assert "svg" in page.tags


def test_the_original_stands_with_its_language_and_the_translation_beside_it() -> None:
    with World() as world:
        page = page_of(*case(world)[::2])
        at = page.text.index(RUSSIAN)
        assert "original, language: ru" in page.text[at : at + 100]
        assert "Translation by T-1 (human)" in page.text[at:]
        assert "translation, language: en" in page.text


def test_every_check_the_rules_the_roots_and_the_commands_are_told() -> None:
    with World() as world:
        page = page_of(*case(world)[::2])
        for title in CHECKS.values():
            assert title in page.text
        for said in ("is acknowledged by its desk within", "decide/1", "standclear test", MADE.commands[0]):
            assert said in page.text
        assert "acknowledged by a person" in page.text


def test_what_was_withheld_is_told_with_who_withheld_it() -> None:
    with World() as world:
        _, answered, policy = case(world)
        page = page_of(answered, policy)
        assert "Not for the south" not in page.text
        assert "Not here:" in page.text
        assert "withheld from whoever asked" in page.text


def test_without_a_policy_the_report_says_that_by_whom_is_unproven() -> None:
    with World() as world:
        whole, _, _ = case(world)
        assert "by whom is unproven" in page_of(whole, None).text


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.9])
def test_a_broken_dossier_has_a_report_all_the_same(cut: float) -> None:
    with World() as world:
        whole, _, policy = case(world)
        broken = whole[: int(len(whole) * cut)]
        assert "SOMETHING IS WRONG" in page_of(broken, policy).text
        assert "SOMETHING IS WRONG" in page_of(whole.replace(b'"index":3', b'"index":4'), policy).text


def test_the_command_writes_it(tmp_path: Path) -> None:
    with World() as world:
        whole, _, policy = case(world)
    (tmp_path / "case.dossier").write_bytes(whole)
    (tmp_path / "case.policy").write_bytes(policy)
    command = ["verify", str(tmp_path / "case.dossier"), "--policy", str(tmp_path / "case.policy")]
    report = tmp_path / "case.html"
    assert main([*command, "--report", str(report), "--zone", "Asia/Damascus"]) == 0
    assert "case.policy, SHA-256" in report.read_text("utf-8")
    assert main([*command, "--report", str(report), "--zone", "Nowhere/Land"]) == 2
