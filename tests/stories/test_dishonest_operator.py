"""Whatever an operator with all of the log's keys does to the record, verifying the dossier names it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from standclear.dossier.report import ALL_HOLDS, SOMETHING_WRONG, Report
from standclear.dossier.verify import verify
from stories.dishonest import Honest, Operator, delayed_world, honest_world


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One dishonesty: the dossier it makes, the check that finds it, and words that the finding must hold.

    `receipt` names whose receipt is held against the dossier, where nothing else can show it.
    """

    name: str
    makes: Callable[[Operator], bytes]
    check: int
    says: tuple[str, ...]
    receipt: str = ""


CASES = [
    Case(
        name="forks",
        makes=lambda one: one.forks(),
        check=4,
        says=("another history", "forked"),
        receipt="last",
    ),
    Case(
        name="drops an entry",
        makes=lambda one: one.drops("far"),
        check=4,
        says=("dropped",),
        receipt="far",
    ),
    Case(
        name="drops an entry, and nobody holds a receipt",
        makes=lambda one: one.drops("far"),
        check=8,
        says=("Alpha", "gap"),
    ),
    Case(
        name="backdates over the entry before",
        makes=lambda one: one.backdates("last", 2 * 3_600_000),
        check=5,
        says=("a site of Alpha", "backdated"),
    ),
    Case(
        name="backdates within the order",
        makes=lambda one: one.backdates("last", 1_800_000),
        check=5,
        says=("a site of Alpha", "before its sender stated it", "backdated"),
    ),
    Case(
        name="backdates by a little",
        makes=lambda one: one.backdates("last", 1_000),
        check=4,
        says=("not the one that stands here",),
        receipt="last",
    ),
    Case(
        name="rolls back",
        makes=lambda one: one.rolls_back("last"),
        check=4,
        says=("rolled back",),
        receipt="last",
    ),
    Case(
        name="reorders",
        makes=lambda one: one.reorders("site", "held"),
        check=11,
        says=("an activity of Bravo", "another statement at this place", "moved"),
    ),
    Case(
        name="swaps a body",
        makes=lambda one: one.swaps_body("site"),
        check=10,
        says=("a site of Alpha", "item 0 in the exact form", "not the one that was committed to"),
    ),
    Case(
        name="swaps a form",
        makes=lambda one: one.swaps_form("site"),
        check=9,
        says=("a site of Alpha", "exact form is not the one that was committed to"),
    ),
    Case(
        name="hides a release",
        makes=lambda one: one.hides_release("last"),
        check=12,
        says=("a site of Alpha", "release to Bravo was hidden"),
    ),
    Case(
        name="hides a release from the inbox head",
        makes=lambda one: one.hides_release("last"),
        check=12,
        says=("Bravo", "withheld"),
    ),
    Case(
        name="hides a conflict",
        makes=lambda one: one.hides_meeting(),
        check=13,
        says=("an activity of Bravo", "meets", "a site of Alpha", "hidden"),
    ),
    Case(
        name="forges an effect",
        makes=lambda one: one.forges_effect("held", effect="aware", aware_of=1, missing=()),
        check=14,
        says=("an activity of Bravo", "said aware", "follows held"),
    ),
    Case(
        name="counts a machine's acknowledgement as a person's",
        makes=lambda one: one.forges_effect("by_machine", effect="in_force", marks=()),
        check=15,
        says=("an acknowledgement of Bravo", "machine's key"),
    ),
    Case(
        name="signs under another log key",
        makes=lambda one: one.resigns(),
        check=2,
        says=("not signed by a log that the policy trusts",),
    ),
    Case(
        name="replays a statement",
        makes=lambda one: one.replays("far"),
        check=6,
        says=("a site of Alpha", "replayed"),
    ),
    Case(
        name="speaks for a party",
        makes=lambda one: one.speaks_for("by_person"),
        check=7,
        says=("an acknowledgement of Bravo", "signature"),
    ),
    Case(
        name="withholds its own deeds",
        makes=lambda one: one.withholds_deeds(),
        check=8,
        says=("the service's own chain", "missing"),
    ),
    Case(
        name="shreds without an erasure",
        makes=lambda one: one.shreds("last", says_so=False),
        check=10,
        says=("a site of Alpha", "no deed says", "without an erasure"),
    ),
    Case(
        name="shreds what stands, and says that it was asked to",
        makes=lambda one: one.shreds("last", says_so=True),
        check=10,
        says=("deeds of", "item 0", "a site of Alpha", "not due", "still stands"),
    ),
    Case(
        name="shreds what has ended, and says that it was asked to",
        makes=lambda one: one.shreds("far", says_so=True),
        check=10,
        says=("item 0", "a site of Alpha", "not due", "nobody had asked for it"),
    ),
]
OPEN = {"drops an entry, and nobody holds a receipt", "backdates within the order"}
"""What one key's word against another's leaves open: found and named, and for people to judge."""


@pytest.fixture(scope="module")
def honest() -> Honest:
    return honest_world()


def findings_of(report: Report, case: Case) -> list[str]:
    return [f"{one.about}: {one.says}" for one in report.of(case.check)]


def test_an_honest_log_holds_under_its_policy_and_with_every_receipt(honest: Honest) -> None:
    receipts = [honest.receipt(name) for name in honest.said]
    report = verify(honest.dossier, honest.policy, receipts)
    assert report.broken() == ()
    assert report.exit_code() == ALL_HOLDS
    assert any(f"{len(receipts)} receipt(s) at hand" in one.says for one in report.of(4))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_operator_that(case: Case, honest: Honest) -> None:
    receipts = [honest.receipt(case.receipt)] if case.receipt else []
    dossier = case.makes(Operator(honest))
    report = verify(dossier, honest.policy, receipts)
    told = findings_of(report, case)
    assert any(all(word in one for word in case.says) for one in told), told
    if case.name not in OPEN:
        assert SOMETHING_WRONG == report.exit_code()


def test_an_operator_that_delays_is_shown_with_the_time_between() -> None:
    delayed = delayed_world()
    report = verify(delayed.dossier, delayed.policy)
    told = [f"{one.about}: {one.says}" for one in report.of(5)]
    assert any("a site of Alpha: integrated 2 h after" in one and "delayed" in one for one in told), told


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_without_a_policy_it_is_never_taken_for_proven(case: Case, honest: Honest) -> None:
    assert verify(case.makes(Operator(honest)), None).exit_code() in (1, 3)
