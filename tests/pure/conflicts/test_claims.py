"""The table of claims and evidence: every row is reached, the first that fits decides, and the page prints it."""

from __future__ import annotations

import pytest

from repository import ROOT, table_rows
from standclear.conflicts.claims import EVIDENCE, RULES, VERDICTS, ClaimRule, rule_for, told_when
from standclear.statements.calls import CLAIM_KINDS

PAGE = (ROOT / "docs" / "spec" / "claims.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.claim}: {' '.join(rule.evidence) or 'none'}")
def test_each_row_decides_where_its_evidence_and_no_other_is_at_hand(rule: ClaimRule) -> None:
    assert rule == rule_for(rule.claim, set(rule.evidence))
    assert rule.verdict in VERDICTS
    assert set(rule.evidence) <= set(EVIDENCE)


@pytest.mark.parametrize("claim", sorted(CLAIM_KINDS))
def test_every_sort_of_claim_ends_with_a_row_that_needs_nothing(claim: str) -> None:
    assert () == [rule for rule in RULES if rule.claim == claim][-1].evidence


@pytest.mark.parametrize(
    ("claim", "sorts", "verdict"),
    [
        ("did_not", {"declared_by_it", "seen_weak"}, "contradicted"),
        ("did_not", {"declared_by_it", "declared_by_another"}, "undecidable"),
        ("did_not", {"seen_weak", "declared_by_another"}, "undecidable"),
        ("did_not", {"placed_by_it", "declared_by_another"}, "consistent"),
        ("did", {"seen_weak", "placed_by_it"}, "undecidable"),
        ("was_not_told", {"told_before", "told_after", "not_shown"}, "contradicted"),
        ("was_not_told", {"told_after", "words_gone"}, "undecidable"),
        ("was_not_told", set(), "consistent"),
        ("was_told", set(), "undecidable"),
        ("was_told", {"told_after"}, "contradicted"),
        ("told", {"released_before", "told_after"}, "undecidable"),
        ("other", set(EVIDENCE), "undecidable"),
    ],
)
def test_what_outweighs_what(claim: str, sorts: set[str], verdict: str) -> None:
    assert verdict == rule_for(claim, sorts).verdict


@pytest.mark.parametrize(
    ("released_ms", "arrived_ms", "expected"),
    [
        (10, 12, "told_before"),
        (10, None, "released_before"),
        (10, 35, "released_before"),
        (10, 25, "told_during"),
        (25, None, "told_during"),
        (25, 40, "told_during"),
        (31, 40, "told_after"),
    ],
)
def test_a_release_counts_from_when_the_recipients_own_key_shows_it(
    released_ms: int, arrived_ms: int | None, expected: str
) -> None:
    assert expected == told_when(released_ms, arrived_ms, 20, 30)


def test_the_page_prints_the_table() -> None:
    rows = table_rows(PAGE, "## The table")
    assert [
        [
            f"`{rule.claim}`",
            ", ".join(f"`{one}`" for one in rule.evidence) or "nothing more",
            rule.verdict,
            rule.says,
        ]
        for rule in RULES
    ] == rows


def test_the_page_prints_the_sorts_of_evidence() -> None:
    assert [[f"`{name}`", told] for name, told in EVIDENCE.items()] == table_rows(PAGE, "## Evidence")
