"""Folding the whole log again: what the service may not have taken, said or skipped, and what a chain shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pure.dossier.small import small
from standclear.dossier.assemble import assemble
from standclear.dossier.format import EntryPart, to_bytes
from standclear.dossier.grid import CELL_E7, GridIndex
from standclear.dossier.reading import read_dossier
from standclear.dossier.report import SOMETHING_WRONG, Report
from standclear.dossier.verify import verify
from standclear.flow.evidence import dossier_of, policy_of
from standclear.flow.identity import service_keys
from standclear.keys import SigningKey, key_id
from standclear.spacetime.meet import NO_MARGIN, Margin, meets
from standclear.statements.compose import sign_payload
from standclear.statements.deeds import EffectRecord, InboxRecord, MeetsRecord, Record, ReleaseRecord
from standclear.statements.entry import entry_bytes, parse_entry
from standclear.statements.envelope import STATEMENT_TYPE
from standclear.statements.header import Header
from standclear.tlog.checkpoint import Checkpoint
from standclear.tlog.heads import published_head
from standclear.tlog.merkle import Tree, leaf_hash
from stories.dishonest import Honest, Operator, honest_world
from world import World, anybody, box, circle


@pytest.fixture(scope="module")
def honest() -> Honest:
    return honest_world()


def told(report: Report, check: int) -> str:
    return "\n".join(f"{one.grade} {one.about}: {one.says}" for one in report.of(check))


def signed_anew(operator: Operator, index: int, keys: list[SigningKey], **changed: object) -> None:
    """An entry with a changed header, signed with the operator's own keys."""
    part = operator.parts[index]
    header: Header = replace(operator.header(index), **changed)  # type: ignore[arg-type]
    envelope = sign_payload(STATEMENT_TYPE, header.to_bytes(), keys)
    text = entry_bytes(parse_entry(part.text).integrated_ms, envelope.to_bytes())
    operator.parts[index] = replace(part, text=text)


def last_deeds(operator: Operator) -> int:
    return max(index for index, part in enumerate(operator.parts) if part.lists)


def test_deeds_that_another_key_signed_are_not_the_services(honest: Honest) -> None:
    operator = Operator(honest)
    root = honest.keys.root
    last = last_deeds(operator)
    sender = replace(operator.header(last).sender, keys=(key_id(root.public),))
    signed_anew(operator, last, [root], sender=sender)
    assert "these deeds are not the service's" in told(verify(operator.handed_over(), honest.policy), 7)


def test_deeds_of_a_key_that_nobody_enrolled_are_not_the_services(honest: Honest) -> None:
    operator = Operator(honest)
    stranger = SigningKey.from_seed(b"s" * 32)
    last = last_deeds(operator)
    sender = replace(operator.header(last).sender, keys=(key_id(stranger.public),))
    signed_anew(operator, last, [stranger], sender=sender)
    assert "these deeds are not the service's" in told(verify(operator.handed_over(), honest.policy), 7)


def restated(honest: Honest, change: Callable[[str, Record], Record | None]) -> Report:
    operator = Operator(honest)
    operator.restate(change)
    report = verify(operator.handed_over(), honest.policy)
    assert SOMETHING_WRONG == report.exit_code()
    return report


def test_an_effect_left_out_and_one_that_is_of_no_entry_are_found(honest: Honest) -> None:
    index = honest.index("last")
    moved = restated(
        honest,
        lambda _, rec: (
            replace(rec, index=500) if isinstance(rec, EffectRecord) and rec.index == index else rec
        ),
    )
    assert f"it does not say what entry {index}, a site of Alpha did" in told(moved, 11)
    assert "it says what entry 500 did" in told(moved, 11)


def test_an_inbox_that_is_not_committed_to_is_found(honest: Honest) -> None:
    bravo = honest.bravo
    report = restated(
        honest, lambda _, rec: None if isinstance(rec, InboxRecord) and rec.party == bravo else rec
    )
    assert "it does not commit to the inbox of Bravo" in told(report, 12)


def test_a_release_and_a_meeting_that_never_were_are_found(honest: Honest) -> None:
    def invented(_: str, record: Record) -> Record:
        if isinstance(record, ReleaseRecord):
            return replace(record, form="desk")
        if isinstance(record, MeetsRecord):
            return replace(record, concern="another")
        return record

    report = restated(honest, invented)
    assert "that does not follow from the log" in told(report, 12)
    assert "decided again, it does not" in told(report, 13)


def test_a_charter_that_is_not_signed_by_its_own_keys_takes_everything_with_it(honest: Honest) -> None:
    operator = Operator(honest)
    stranger = SigningKey.from_seed(b"s" * 32)
    signed_anew(
        operator, 0, [stranger], sender=replace(operator.header(0).sender, keys=(key_id(stranger.public),))
    )
    report = verify(operator.handed_over(), honest.policy)
    assert SOMETHING_WRONG == report.exit_code()
    assert "entry 0, a charter" in told(report, 7)


def whole(change: Callable[[EntryPart], EntryPart]) -> Report:
    read = read_dossier(small().dossier)[0]
    return verify(
        to_bytes(replace(read, entries=tuple(change(part) for part in read.entries))), small().policy
    )


def test_an_opening_that_is_of_another_entry_is_named() -> None:
    read = read_dossier(small().dossier)[0]
    site, fire = (small().said[name].answer.index for name in ("site", "fire"))
    opening = read.entries[fire].opening
    report = whole(lambda part: replace(part, opening=opening) if part.index == site else part)
    assert f"entry {site}, a site of Alpha: slot 0 is not one that its header commits to" in told(report, 9)
    assert "its inbox head is not the one" in told(report, 9)
    other = whole(
        lambda part: replace(part, opening=read.entries[site].opening) if part.index == fire else part
    )
    assert "with all that stands beside it, it is no statement" in told(other, 9) or "slot 0" in told(
        other, 9
    )


def test_words_of_another_kind_are_named() -> None:
    site = small().said["site"].answer.index

    def without_slots(part: EntryPart) -> EntryPart:
        if part.index != site or part.opening is None:
            return part
        return replace(part, opening=replace(part.opening, is_whole=False, slots=()))

    assert "the list of its widened form is not the one" in told(whole(without_slots), 9)


def test_lists_that_are_left_closed_are_counted() -> None:
    reply = small().said["fire"].answer.index

    def closed(part: EntryPart) -> EntryPart:
        if part.index != reply or part.opening is None:
            return part
        return replace(part, opening=replace(part.opening, is_whole=False, inbox=None))

    report = whole(closed)
    assert "whose words are not at hand" in told(report, 14)


def test_a_gap_and_a_fork_in_a_partys_chain_convict_nobody() -> None:

    with World(seed="chains") as world:
        alpha, bravo = world.enrol("Alpha"), world.enrol("Bravo")
        world.agree(alpha, bravo)
        alpha.person.seq += 3
        world.site(alpha, anybody())
        alpha.person.seq -= 2
        world.site(alpha, anybody(), at=(37.0, 35.0))
        world.settle()
        report = verify(dossier_of(world.service), policy_of(world.service))
    assert 0 == report.exit_code()
    assert "unproven" in told(report, 8)
    assert "has a gap before it" in told(report, 8)
    assert "forks at it" in told(report, 8)


def test_a_log_that_ends_before_its_deeds_says_so() -> None:
    read = read_dossier(small().dossier)[0]

    kept = read.entries[: small().said["reply"].answer.index + 1]
    tree = Tree(leaf_hash(part.text) for part in kept)
    keys = service_keys(read.origin, b"k" * 32)
    head = Checkpoint(origin=read.origin, size=tree.size, root=tree.root())
    note = published_head(head, keys.head, keys.lasting, bytes(80)).to_bytes()
    report = verify(assemble(note=note, tree=tree, parts=kept), None)
    assert "the log ends before the service said" in told(report, 11)


# --- the index that refolding asks ---------------------------------------------------------------------------


def test_the_grid_gives_all_that_meets_whatever_its_size() -> None:
    degree = CELL_E7 / 1e7
    volumes = [
        circle((36.0 + i * degree / 3, 35.0 + j * degree / 3), 500 * (1 + (i + j) % 5), 0, 10)
        for i in range(12)
        for j in range(12)
    ]
    volumes += [box(-10, -10, 60, 60, 0, 10), box(179.9, 0, 180, 1, 0, 10)]
    index = GridIndex()
    index.insert((number, [volume]) for number, volume in enumerate(volumes))
    margin = Margin(horizontal_cm=500_000, vertical_cm=0, time_ms=0)
    for asked in volumes[:: len(volumes) // 20] + volumes[-2:]:
        for within in (NO_MARGIN, margin):
            found = set(index.candidates([asked], within))
            assert {n for n, one in enumerate(volumes) if meets(asked, one, within)} <= found
    for number in range(len(volumes)):
        index.remove(number)
    assert [] == index.candidates(volumes[-2:], margin)
    with pytest.raises(KeyError):
        index.remove(0)
