"""Pieces that do not belong: entries that are none, lists and records of another deeds statement, names taken twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pure.dossier.small import small
from standclear.dossier.format import EntryPart, InboxLeaves, SingleRecord, to_bytes
from standclear.dossier.reading import read_dossier
from standclear.dossier.report import ALL_HOLDS, SOMETHING_WRONG, Report
from standclear.dossier.verify import verify
from standclear.flow.evidence import dossier_of, policy_of
from standclear.statements.deeds import EffectRecord, SentRecord
from standclear.statements.lists import ref_of
from stories.dishonest import Honest, Operator, honest_world
from world import World, anybody


@pytest.fixture(scope="module")
def honest() -> Honest:
    return honest_world()


def told(report: Report, check: int) -> str:
    return "\n".join(f"{one.grade} {one.about}: {one.says}" for one in report.of(check))


def test_an_entry_that_is_no_statement_is_found_although_the_tree_holds_it(honest: Honest) -> None:
    operator = Operator(honest)
    operator.parts.append(EntryPart(index=len(operator.parts), text=b"nonsense"))
    report = verify(operator.handed_over(), honest.policy)
    assert f"entry {len(operator.parts) - 1}: it cannot be read" in told(report, 4)
    assert SOMETHING_WRONG == report.exit_code()


def test_lists_of_another_deeds_statement_are_not_the_ones_signed(honest: Honest) -> None:
    operator = Operator(honest)
    first, second, *_ = [index for index, part in enumerate(operator.parts) if part.lists]
    operator.parts[second] = replace(operator.parts[second], lists=operator.parts[first].lists)
    report = verify(operator.handed_over(), honest.policy)
    for name in ("effects", "inboxes", "items"):
        assert f"its list of {name} is not the one the service signed" in told(report, 11)


def changed_single(change: str) -> Report:
    read = read_dossier(small().answers["Bravo"])[0]
    at = next(part for part in read.entries if part.singles)
    first: SingleRecord = at.singles[0]
    fields = {
        "n": {"n": first.n + 5},
        "path": {"path": (*first.path, bytes(32))},
        "salt": {"salt": bytes(16)},
    }
    other = replace(first, **fields[change])  # type: ignore[arg-type]
    parts = tuple(replace(p, singles=(other, *p.singles[1:])) if p is at else p for p in read.entries)
    return verify(to_bytes(replace(read, entries=parts)), small().policy)


@pytest.mark.parametrize("change", ["n", "path", "salt"])
def test_a_record_that_does_not_lead_to_the_list_signed_is_named(change: str) -> None:
    assert "is not in the list the service signed" in told(changed_single(change), 11)


def test_in_a_part_an_effect_of_another_statement_is_found(honest: Honest) -> None:
    operator = Operator(honest)
    index = honest.index("far")
    operator.restate(
        lambda _, rec: (
            replace(rec, sid=bytes(32)) if isinstance(rec, EffectRecord) and rec.index == index else rec
        )
    )
    read = read_dossier(operator.handed_over())[0]
    last = honest.index("last")
    broken = to_bytes(
        replace(read, entries=tuple(p if p.index != last else replace(p, text=b"?") for p in read.entries))
    )
    report = verify(broken, honest.policy)
    assert f"it gives entry {index} the effect of another statement" in told(report, 11)


def test_an_inbox_that_does_not_follow_from_the_whole_log_is_found(honest: Honest) -> None:
    read = read_dossier(honest.dossier)[0]
    invented = InboxLeaves(party=honest.bravo, leaves=(bytes(37),))
    report = verify(to_bytes(replace(read, inboxes=(invented,))), honest.policy)
    assert "the inbox given is not the one that follows from the log" in told(report, 12)


def test_an_inbox_that_no_deeds_at_hand_commit_to_is_unproven(honest: Honest) -> None:
    read = read_dossier(small().answers["Bravo"])[0]
    entries = tuple(replace(part, singles=()) for part in read.entries)
    report = verify(to_bytes(replace(read, entries=entries, asks=None, claims=None)), small().policy)
    assert "the service's word at hand reaches to 0" in told(report, 12)


def test_two_parties_of_one_name_are_told_apart() -> None:
    with World(seed="names") as world:
        world.agree(world.enrol("Alpha"), world.enrol("Alpha"))
        world.settle()
        report = verify(dossier_of(world.service), policy_of(world.service))
    assert ALL_HOLDS == report.exit_code()
    assert 2 == told(report, 12).count("Alpha (")


def test_what_the_service_says_that_it_sent_is_its_word_alone() -> None:
    with World(seed="sent") as world:
        alpha, bravo = world.enrol("Alpha"), world.enrol("Bravo")
        world.agree(alpha, bravo)
        world.site(alpha, anybody())
        world.service.sequencer.note_sent(
            SentRecord(
                party=bravo.id,
                desk=bytes(16),
                channel="mail",
                inbox_end=1,
                at_ms=world.now_ms,
                salt=bytes(16),
            )
        )
        world.settle()
        report = verify(dossier_of(world.service), policy_of(world.service))
    assert ALL_HOLDS == report.exit_code()
    assert "1 records of handing things to a channel are the service's word alone" in told(report, 11)


def test_acknowledgements_by_items_and_by_a_span_are_followed() -> None:
    with World(seed="spans") as world:
        alpha, bravo = world.enrol("Alpha"), world.enrol("Bravo")
        world.agree(alpha, bravo)
        first, second = world.site(alpha, anybody()), world.site(alpha, anybody(), at=(37.0, 35.0))
        world.acknowledge(bravo, refs=[ref_of(first.sid, 0)])
        world.acknowledge(bravo, span=(0, 2), exceptions=[0])
        world.acknowledge(bravo, span=(1, 2))
        world.settle()
        report = verify(dossier_of(world.service), policy_of(world.service))
    assert second.effect == "in_force"
    assert ALL_HOLDS == report.exit_code()
    assert "holds : 3 acknowledgement(s) by persons' keys" in told(report, 15)
