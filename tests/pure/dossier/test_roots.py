"""Whom to believe comes from outside: keys, witnesses and receipts, and what each of them shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from standclear.dossier.format import Dossier, Receipt, to_bytes
from standclear.dossier.reading import read_dossier
from standclear.dossier.report import ALL_HOLDS, BY_WHOM_UNPROVEN, SOMETHING_WRONG, Report
from standclear.dossier.verify import verify
from standclear.errors import Malformed
from standclear.keys import SigningKey
from standclear.tlog.cosignature import cosign_ed25519
from standclear.tlog.note import ED25519_COSIGNATURE, MLDSA44_COSIGNATURE, VerifierKey, parse_note
from standclear.tlog.policy import Policy, PolicyLog, PolicyWitness, format_policy, parse_policy
from stories.dishonest import Honest, Operator, honest_world

WITNESS = SigningKey.from_seed(b"w" * 32)
LATER_S = 1_600_000_000


@pytest.fixture(scope="module")
def honest() -> Honest:
    return honest_world()


def witnessed(honest: Honest, time_s: int | None = LATER_S) -> tuple[bytes, bytes]:
    """The dossier with a witness's cosignature on its head (or without), and a policy that asks for it."""
    read = read_dossier(honest.dossier)[0]
    note = parse_note(read.note.encode())
    if time_s is not None:
        note = note.with_signatures([cosign_ed25519("witness.example", WITNESS, note.text, time_s)])
    key = VerifierKey(name="witness.example", kind=ED25519_COSIGNATURE, public=WITNESS.public)
    policy = replace(
        parse_policy(honest.policy), witnesses=(PolicyWitness(name="mission", key=key),), quorum="mission"
    )
    return to_bytes(replace(read, note=note.to_bytes().decode())), format_policy(policy)


def told(report: Report, check: int) -> str:
    return "\n".join(f"{one.grade} {one.about}: {one.says}" for one in report.of(check))


def test_a_witness_that_the_policy_asks_for_must_have_cosigned(honest: Honest) -> None:
    dossier, policy = witnessed(honest)
    report = verify(dossier, policy)
    assert ALL_HOLDS == report.exit_code()
    assert "cosigned by mission" in told(report, 2)
    bare, policy = witnessed(honest, None)
    report = verify(bare, policy)
    assert SOMETHING_WRONG == report.exit_code()
    assert "have not cosigned it" in told(report, 2)


def test_a_log_whose_time_runs_ahead_of_its_witness_is_found(honest: Honest) -> None:
    dossier, policy = witnessed(honest, 1_500_000_000)
    assert "witness.example cosigned it" in told(verify(dossier, policy), 5)


def with_policy(honest: Honest, keep: Callable[[PolicyLog], bool]) -> bytes:
    policy = parse_policy(honest.policy)
    return format_policy(replace(policy, logs=tuple(log for log in policy.logs if keep(log))))


def test_a_policy_that_knows_fewer_keys_than_the_charter_says_so(honest: Honest) -> None:
    fewer = with_policy(honest, lambda log: log.key.kind != MLDSA44_COSIGNATURE)
    report = verify(honest.dossier, fewer)
    assert ALL_HOLDS == report.exit_code()
    assert "names other keys of this log than the policy does" in told(report, 2)


def without_line(honest: Honest, length: int) -> bytes:
    """The dossier whose head lacks the signature lines of a length."""
    read = read_dossier(honest.dossier)[0]
    note = parse_note(read.note.encode())
    kept = tuple(one for one in note.signatures if len(one.payload) != length)
    assert len(kept) < len(note.signatures)
    return to_bytes(replace(read, note=replace(note, signatures=kept).to_bytes().decode()))


def test_a_head_that_one_of_the_policys_log_keys_has_not_signed_is_found(honest: Honest) -> None:
    report = verify(without_line(honest, 8 + 2_420), honest.policy)
    assert "ML-DSA-44" in told(report, 2)
    assert "has not signed it" in told(report, 2)
    assert SOMETHING_WRONG == report.exit_code()


def test_without_a_policy_the_charters_own_keys_must_at_least_agree(honest: Honest) -> None:
    assert BY_WHOM_UNPROVEN == verify(honest.dossier, None).exit_code()
    report = verify(without_line(honest, 8 + 2_420), None)
    assert "the charter's key" in told(report, 2)
    resigned = verify(Operator(honest).resigns(), None)
    assert "not even the keys that the charter names" in told(resigned, 2)
    assert SOMETHING_WRONG == resigned.exit_code()


def test_a_policy_that_is_none_is_refused(honest: Honest) -> None:
    with pytest.raises(Malformed):
        verify(honest.dossier, b"log nonsense\n")


def test_a_policy_for_another_log_believes_nobody(honest: Honest) -> None:
    other = VerifierKey(name="elsewhere.example/log", kind=1, public=WITNESS.public)
    policy = Policy(logs=(PolicyLog(key=other),), witnesses=(), groups=(), quorum="none")
    report = verify(honest.dossier, format_policy(policy))
    assert "not signed by a log that the policy trusts" in told(report, 2)
    assert () == report.roots


def changed(honest: Honest, **fields: object) -> Report:
    read = read_dossier(honest.dossier)[0]
    return verify(to_bytes(replace(read, **fields)), honest.policy)  # type: ignore[arg-type]


def test_a_first_line_that_is_not_the_charters_is_found(honest: Honest) -> None:
    for fields in ({"exercise": False}, {"origin": "real.example/log"}):
        assert "is not the charter's" in told(changed(honest, **fields), 3)


def test_a_dossier_without_its_charter_says_that_nothing_shows_whose_log_it_is(honest: Honest) -> None:
    entries = read_dossier(honest.dossier)[0].entries[1:]
    assert "nothing says whose log this is" in told(changed(honest, entries=entries), 3)


def test_an_entry_beyond_the_head_is_found(honest: Honest) -> None:
    entries = read_dossier(honest.dossier)[0].entries
    beyond = replace(entries[-1], index=entries[-1].index + 1)
    assert "entries only" in told(changed(honest, entries=(*entries, beyond)), 4)


def receipts_of(honest: Honest) -> Iterator[Receipt]:
    entries = read_dossier(honest.dossier)[0].entries
    for said in honest.said.values():
        entry = entries[said.answer.index].text
        yield Receipt(entry=entry, proof=said.answer.receipt.decode())


def with_receipts(dossier: bytes, receipts: list[Receipt]) -> bytes:
    read: Dossier = read_dossier(dossier)[0]
    return to_bytes(replace(read, receipts=tuple(receipts)))


def test_receipts_in_the_dossier_are_of_its_history(honest: Honest) -> None:
    receipts = list(receipts_of(honest))
    report = verify(with_receipts(honest.dossier, receipts), honest.policy)
    assert ALL_HOLDS == report.exit_code()
    assert f"{len(receipts)} receipt(s) at hand are of this history" in told(report, 4)


def test_a_receipt_in_the_dossier_names_what_was_dropped(honest: Honest) -> None:
    receipts = list(receipts_of(honest))
    report = verify(with_receipts(Operator(honest).drops("far"), receipts), honest.policy)
    assert "for a site of Alpha: another entry stands at" in told(report, 4)


def test_a_receipt_whose_entry_was_changed_is_found(honest: Honest) -> None:
    first, *_ = receipts_of(honest)
    report = verify(with_receipts(honest.dossier, [replace(first, entry=b"another")]), honest.policy)
    assert "an entry that cannot be read: the entry that it was given for" in told(report, 4)


def test_what_is_no_receipt_of_this_log_is_named(honest: Honest) -> None:
    report = verify(honest.dossier, honest.policy, [b"nothing"])
    assert "receipt 1 given beside the dossier: it is no receipt of this log" in told(report, 4)


def test_a_receipt_beside_a_part_of_the_log_is_compared_as_far_as_it_goes(honest: Honest) -> None:
    read = read_dossier(honest.dossier)[0]
    part = replace(read, entries=read.entries[:-1])
    report = verify(to_bytes(part), None, [honest.receipt("site")])
    assert "its head could not be compared" in told(report, 4)
