"""Where words are gone or withheld: what can still be shown, and what an operator cannot hide behind them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pure.dossier.small import small
from standclear.dossier.answers import Question
from standclear.dossier.assemble import assemble
from standclear.dossier.format import Dossier, EntryPart, to_bytes
from standclear.dossier.reading import read_dossier
from standclear.dossier.report import ALL_HOLDS, SOMETHING_WRONG
from standclear.dossier.verify import verify
from standclear.errors import Malformed
from standclear.flow.evidence import answer_of, dossier_of, policy_of
from standclear.statements.compose import Recipient
from standclear.statements.deeds import MeetsRecord, ReleaseRecord
from standclear.tlog.merkle import Tree, leaf_hash
from stories.dishonest import Honest, Operator, honest_world
from world import DAY_MS, World, anybody, circle, site


@pytest.fixture(scope="module")
def honest() -> Honest:
    return honest_world()


def without_words(dossier: bytes, index: int) -> bytes:
    """The same dossier, with the bodies of one entry withheld and the digest made anew."""
    read = read_dossier(dossier)[0]
    parts = tuple(_withheld(part) if part.index == index else part for part in read.entries)
    return to_bytes(replace(read, entries=parts))


def _withheld(part: EntryPart) -> EntryPart:
    assert part.opening is not None
    return replace(part, bodies=(), opening=replace(part.opening, is_whole=False))


def test_words_that_are_gone_leave_the_rest_proven_or_said_to_be_open(honest: Honest) -> None:
    report = verify(without_words(honest.dossier, honest.index("far")), honest.policy)
    assert ALL_HOLDS == report.exit_code()
    assert ["unproven"] == [report.grade(14)]
    assert any("whose words are not at hand" in one.says for one in report.of(14))
    assert "holds" == report.grade(7)


def test_a_meeting_is_not_hidden_behind_words_that_cannot_explain_it(honest: Honest) -> None:
    operator = Operator(honest)
    hidden = operator.hides_meeting()
    report = verify(without_words(hidden, honest.index("far")), honest.policy)
    assert any("never said so: hidden" in one.says for one in report.broken() if one.check == 13)


def test_a_release_is_not_hidden_behind_words_that_cannot_explain_it(honest: Honest) -> None:
    hidden = Operator(honest).hides_release("last")
    report = verify(without_words(hidden, honest.index("far")), honest.policy)
    assert any("was hidden" in one.says for one in report.broken() if one.check == 12)


def test_words_destroyed_without_an_erasure_are_named_and_the_rest_of_their_statement_is_still_proven() -> (
    None
):
    with World(seed="shredded") as world:
        alpha, bravo = world.enrol("Alpha"), world.enrol("Bravo")
        world.agree(alpha, bravo)
        rows = [site(world.now_ms, at=(37.0, 36.0)), site(world.now_ms, at=(36.63, 35.93))]
        gone = world.notice(alpha, rows, anybody())
        world.settle()
        world.store.shred(gone.answer.index, 0)
        policy = policy_of(world.service)
        report = verify(dossier_of(world.service), policy)
        area = circle((37.0, 36.0), 500, world.now_ms, world.now_ms + DAY_MS)
        question = Question(party=bravo.id, area=area, before_ms=world.now_ms)
        answered = answer_of(world.service, bravo.id, question)
    assert SOMETHING_WRONG == report.exit_code()
    assert [(10, gone.answer.index)] == [(one.check, one.index) for one in report.broken()]
    assert any("without an erasure" in one.says for one in report.broken())
    assert "unproven" == report.grade(14)
    claims = read_dossier(answered)[0].claims
    assert (claims["told"], claims["undecidable"], claims["elsewhere"]) == ([], 1, 1)
    answer_report = verify(answered, policy)
    assert ALL_HOLDS == answer_report.exit_code()
    assert any("where they are is unknown" in one.says for one in answer_report.of(16))


# --- a part of the log -------------------------------------------------------------------------------------


def part_of(honest: Honest, without: Callable[[EntryPart], bool]) -> Dossier:
    """The dossier of the entries that are left, under the same head."""
    read = read_dossier(honest.dossier)[0]
    tree = Tree()
    tree.extend(leaf_hash(part.text) for part in read.entries)
    kept = [part for part in read.entries if not without(part)]
    text = assemble(note=read.note.encode(), tree=tree, parts=kept)
    return read_dossier(text)[0]


def test_a_part_of_the_log_holds_and_says_that_it_is_one(honest: Honest) -> None:
    last = honest.index("last")
    report = verify(to_bytes(part_of(honest, lambda part: part.index == last)), honest.policy)
    assert ALL_HOLDS == report.exit_code()
    assert any("needs the whole log" in one.says for one in report.of(7))
    assert any("meetings decided again" in one.says and one.grade == "holds" for one in report.of(13))


def test_in_a_part_a_recorded_meeting_is_decided_again(honest: Honest) -> None:
    operator = Operator(honest)

    def moved(_: str, record: object) -> object:
        if isinstance(record, MeetsRecord):
            return replace(record, a=honest.said["far"].ref(), a_form="exact")
        return record

    operator.restate(moved)  # type: ignore[arg-type]
    forged = replace(honest, dossier=operator.handed_over())
    report = verify(to_bytes(part_of(forged, lambda part: part.index == honest.index("last"))), honest.policy)
    assert any("decided again, they do not" in one.says for one in report.broken() if one.check == 13)


def test_in_a_part_a_release_that_is_not_in_the_inbox_is_found() -> None:
    read = read_dossier(small().answers["Bravo"])[0]
    singles = [
        (part, single)
        for part in read.entries
        for single in part.singles
        if isinstance(single.record, ReleaseRecord)
    ]
    assert singles
    [inbox] = read.inboxes
    turned = replace(inbox, leaves=tuple(reversed(inbox.leaves)))
    report = verify(to_bytes(replace(read, inboxes=(turned,))), small().policy)
    assert {12} <= {one.check for one in report.broken()}
    assert SOMETHING_WRONG == report.exit_code()


def test_a_dossier_needs_the_charter_and_a_head_that_covers_it(honest: Honest) -> None:
    with pytest.raises(Malformed):
        part_of(honest, lambda part: part.index == 0)
    read = read_dossier(honest.dossier)[0]
    with pytest.raises(Malformed):
        assemble(note=read.note.encode(), tree=Tree(), parts=[])


def test_items_released_one_by_one_are_shown_one_by_one() -> None:
    with World(seed="one by one") as world:
        alpha, bravo = world.enrol("Alpha"), world.enrol("Bravo")
        world.agree(alpha, bravo)
        near = site(world.now_ms, at=(36.63, 35.93), name="Near")
        far = site(world.now_ms, at=(37.63, 35.93), name="Far and secret")
        world.notice(alpha, [near, far], [Recipient(party=bravo.id, when="on_meet")])
        world.activity(bravo, anybody(when="on_meet"))
        world.settle()
        area = circle((36.63, 35.93), 500, world.now_ms, world.now_ms + DAY_MS)
        answered = answer_of(
            world.service, bravo.id, Question(party=bravo.id, area=area, before_ms=world.now_ms)
        )
        assert ALL_HOLDS == verify(answered, policy_of(world.service)).exit_code()
        assert b"Near" in answered
        assert b"Far and secret" not in answered
