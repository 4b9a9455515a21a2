"""Filing for somebody else: the owner and the consent stand in the body, and a release beyond it is told (G1)."""

from __future__ import annotations

import argparse
from dataclasses import replace

import pytest

from standclear.cli import listing, notify
from standclear.cli.cast import told
from standclear.cli.consent import ConsentTerms, read_consent
from standclear.cli.listing import check_owners, drafts_of
from standclear.dialects.lists import read_sites
from standclear.dialects.tables import read_table
from standclear.errors import Malformed
from standclear.statements.compose import Recipient
from standclear.statements.notices import Notice, Owner
from world import HOUR_MS, Party, World, anybody, site

CLINIC = Owner(name="A clinic", consent="by letter", consented_ms=0, consent_to=None, evidence=bytes(32))


def line(world: World) -> tuple[Party, Party, Party]:
    cell, north, south = world.enrol("Cell", "un_agency"), world.enrol("North"), world.enrol("South")
    world.agree(cell, north, south)
    return cell, north, south


def owned(world: World, owner: Owner) -> Notice:
    return replace(site(world.now_ms, at=(36.63, 35.93)), owner=owner)


def test_what_is_within_the_consent_has_no_mark() -> None:
    with World() as world:
        cell, north, south = line(world)
        named = replace(CLINIC, consent_to=(north.id, south.id))
        assert world.notice(cell, owned(world, named), told(north)).marks == []
        assert world.notice(cell, owned(world, CLINIC), anybody()).marks == []


BEYOND = {
    "told now": lambda north, south: told(north, south),
    "told when it meets": lambda north, south: told(south, when="on_meet"),
    "any party of the arrangement": lambda north, south: [Recipient(party=None)],
}


@pytest.mark.parametrize("case", BEYOND)
def test_a_release_beyond_the_consent_is_on_record_and_told_to_the_filer(case: str) -> None:
    with World() as world:
        cell, north, south = line(world)
        named = replace(CLINIC, consent_to=(north.id,))
        said = world.notice(cell, owned(world, named), BEYOND[case](north, south))
        assert (said.effect, said.marks) == ("in_force", ["beyond_consent"])


def test_never_is_no_release_and_the_filer_itself_is_no_recipient() -> None:
    with World() as world:
        cell, north, south = line(world)
        named = replace(CLINIC, consent_to=(north.id,))
        recipients = [*told(north), *told(south, when="never"), Recipient(party=cell.id)]
        assert world.notice(cell, owned(world, named), recipients).marks == []


LATER = {
    "at the very time": (0, []),
    "a millisecond later": (1, ["consent_later"]),
    "an hour before": (-HOUR_MS, []),
}


@pytest.mark.parametrize("case", LATER)
def test_a_consent_later_than_the_filing_is_marked(case: str) -> None:
    with World() as world:
        cell, north, _ = line(world)
        later_ms, marks = LATER[case]
        owner = replace(CLINIC, consented_ms=world.now_ms + later_ms)
        assert world.notice(cell, owned(world, owner), told(north)).marks == marks


def test_nobody_is_the_owner_and_the_filer_in_one_unseen() -> None:
    with World() as world:
        cell, north, _ = line(world)
        said = world.notice(cell, owned(world, replace(CLINIC, name="CELL")), told(north))
        assert said.marks == ["owner_is_filer"]


def test_the_recipient_of_the_exact_form_reads_whose_it_is_and_what_they_agreed_to() -> None:
    with World() as world:
        cell, north, _ = line(world)
        owner = replace(CLINIC, consent_to=(north.id,))
        world.notice(cell, owned(world, owner), told(north))
        (item,) = world.query.inbox(north.id, 0, 10)
        assert isinstance(item.body, dict)
        assert item.body["owner"] == owner.to_value()


# --- lists ------------------------------------------------------------------------------------------------

LIST = b"""Name,Lat,Long,Owner,Consent
Clinic,35.93021,36.63377,Relief Without Name,by letter of 3 May
School,35.81021,36.71377,Town of K,
"""
TERMS = ConsentTerms(name=None, consent="by a form", consented_ms=5, consent_to=(bytes(16),), evidence=None)


def test_a_list_names_the_owner_and_the_words_of_each_row() -> None:
    intake = read_sites(read_table(LIST, field="list"), datum="WGS84")
    terms = listing.ListTerms(
        site_class="medical",
        grade="self_attested",
        quality="surveyed",
        interval=site(0, at=(0, 0)).volumes[0].interval,
        band=site(0, at=(0, 0)).volumes[0].band,
        least_cm=5_000,
        widened_cm=None,
        consent=TERMS,
    )
    (draft,) = drafts_of(intake, terms, [], bytes(32), bytes(16))
    owners = [body["owner"] for body in draft.forms["exact"] if isinstance(body, dict)]
    assert owners == [
        TERMS.owner("Relief Without Name", "by letter of 3 May").to_value(),
        TERMS.owner("Town of K").to_value(),
    ]


def test_a_list_that_names_owners_is_not_filed_as_ones_own_unseen() -> None:
    intake = read_sites(read_table(LIST, field="list"), datum="WGS84")
    with pytest.raises(Malformed) as refused:
        check_owners(intake, has_terms=False, is_own=False)
    assert refused.value.fields["field"] == "--consent"
    assert "--own" in str(refused.value.fields["remedy"])
    check_owners(intake, has_terms=True, is_own=False)
    check_owners(intake, has_terms=False, is_own=True)


def parsed(*words: str) -> argparse.Namespace:
    top = argparse.ArgumentParser()
    notify.add_parser(top.add_subparsers(dest="command"))
    return top.parse_args(["notify", "site", "--at", "x", *words])


WRONG = {
    "no time": (("--owner", "A", "--consent", "yes", "--consent-to", "any"), "--consented"),
    "no recipients": (("--owner", "A", "--consent", "yes", "--consented", "2020-02-27T10:00Z"), "--consent-to"),
    "a time that says no zone": (
        ("--owner", "A", "--consent", "yes", "--consented", "2020-02-27 10:00", "--consent-to", "any"),
        "--consented",
    ),
    "evidence that is no hash": (
        (
            "--owner", "A", "--consent", "yes", "--consented", "2020-02-27T10:00Z", "--consent-to", "any",
            "--evidence", "scan.pdf",
        ),
        "--evidence",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_consent_without_its_time_or_recipients_is_refused(case: str) -> None:
    words, field = WRONG[case]
    with pytest.raises(Malformed) as refused:
        read_consent(parsed(*words), None)  # type: ignore[arg-type]
    assert str(refused.value.fields["field"]).startswith(field)


def test_an_owner_without_a_name_or_words_is_refused() -> None:
    for terms, field in ((TERMS, "--owner"), (replace(TERMS, name="A", consent=""), "--consent")):
        with pytest.raises(Malformed) as refused:
            terms.owner()
        assert refused.value.fields["field"] == field


def test_a_desk_that_files_for_itself_says_nothing_of_an_owner() -> None:
    assert read_consent(parsed(), None) is None  # type: ignore[arg-type]
