"""Trust policies: who must have signed before a head is believed."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standclear.errors import BadCheckpoint, BadNote, Malformed, QuorumMissed
from standclear.keys import MlDsa44Key, SigningKey
from standclear.limits import POLICY_BYTES_MAX, POLICY_NAMES_MAX
from standclear.tlog.checkpoint import Checkpoint, checkpoint_text
from standclear.tlog.cosignature import cosign_ed25519, cosign_mldsa44
from standclear.tlog.heads import GREASE_BYTES, commit_head, log_keys, published_head
from standclear.tlog.merkle import leaf_hash
from standclear.tlog.note import ED25519, ED25519_COSIGNATURE, MLDSA44_COSIGNATURE, VerifierKey
from standclear.tlog.policy import (
    NO_QUORUM,
    Policy,
    PolicyGroup,
    PolicyLog,
    PolicyWitness,
    format_policy,
    open_by_policy,
    parse_policy,
    satisfied,
)

ORIGIN = "log.example/province"
LOG = SigningKey.from_seed(b"\x01" * 32)
LASTING = MlDsa44Key.from_seed(b"\x02" * 32)
PLAIN_KEY, LASTING_KEY = log_keys(ORIGIN, LOG.public, LASTING.public)
WITNESSES = {name: SigningKey.from_seed(name.encode() * 16) for name in ("X1", "X2", "X3", "Y1", "Y2", "Y3")}
NEUTRAL = MlDsa44Key.from_seed(b"\x05" * 32)
NOON_S = 1_790_000_000

HEAD = Checkpoint(origin=ORIGIN, size=1, root=leaf_hash(b""))
TEXT = checkpoint_text(HEAD)


def witness_key(name: str) -> VerifierKey:
    return VerifierKey(name=f"{name}.example", kind=ED25519_COSIGNATURE, public=WITNESSES[name].public)


NEUTRAL_KEY = VerifierKey(name="n.example", kind=MLDSA44_COSIGNATURE, public=NEUTRAL.public)
SIDES = Policy(
    logs=(PolicyLog(key=PLAIN_KEY, url="https://log.example/"), PolicyLog(key=LASTING_KEY)),
    witnesses=(
        *(PolicyWitness(name=name, key=witness_key(name)) for name in WITNESSES),
        PolicyWitness(name="N", key=NEUTRAL_KEY, url="https://n.example/"),
    ),
    groups=(
        PolicyGroup(name="X", threshold=2, members=("X1", "X2", "X3")),
        PolicyGroup(name="Y", threshold=1, members=("Y1", "Y2", "Y3")),
        PolicyGroup(name="both", threshold=2, members=("X", "Y")),
    ),
    quorum="both",
)

X1, LOG_LINE = f"witness X1 {witness_key('X1').to_text()}\n", f"log {PLAIN_KEY.to_text()}\n"
X2 = f"witness X2 {witness_key('X2').to_text()}\n"


def cosigned(*names: str) -> bytes:
    lines = [cosign_ed25519(f"{name}.example", WITNESSES[name], TEXT, NOON_S) for name in names]
    return commit_head(HEAD, LOG).with_signatures(lines).to_bytes()


def test_the_quorum_is_two_of_one_side_and_one_of_the_other() -> None:
    for count in range(7):
        for names in itertools.combinations(WITNESSES, count):
            enough = sum(n.startswith("X") for n in names) >= 2 and sum(n.startswith("Y") for n in names) >= 1
            assert satisfied(SIDES, names) is enough


def test_a_head_with_its_quorum_is_believed() -> None:
    opened = open_by_policy(cosigned("X1", "X3", "Y2"), SIDES)
    assert opened.checkpoint == HEAD
    assert len(opened.verified) == 4


def test_a_head_without_its_quorum_is_not_and_says_who_signed() -> None:
    with pytest.raises(QuorumMissed) as raised:
        open_by_policy(cosigned("X1", "Y2", "Y3"), SIDES)
    assert raised.value.fields == {"have": ["X1", "Y2", "Y3"], "need": "both"}


def test_names_that_are_no_witness_make_no_quorum() -> None:
    assert not satisfied(SIDES, ["both", "X", "Y", "nobody"])


def test_a_witness_may_be_the_quorum_and_none_asks_for_nobody() -> None:
    one = parse_policy((LOG_LINE + X1 + "quorum X1\n").encode())
    assert open_by_policy(cosigned("X1"), one).checkpoint == HEAD
    with pytest.raises(QuorumMissed):
        open_by_policy(cosigned(), one)
    none = parse_policy((LOG_LINE + "quorum none\n").encode())
    assert none.quorum == NO_QUORUM
    assert open_by_policy(cosigned(), none).checkpoint == HEAD


def test_a_cosignature_with_time_zero_does_not_count() -> None:
    policy = Policy(logs=SIDES.logs, witnesses=SIDES.witnesses, groups=(), quorum="N")
    head = published_head(HEAD, LOG, LASTING, bytes(GREASE_BYTES))
    in_time = head.with_signatures([cosign_mldsa44("n.example", NEUTRAL, HEAD, NOON_S)])
    assert open_by_policy(in_time.to_bytes(), policy).checkpoint == HEAD
    timeless = head.with_signatures([cosign_mldsa44("n.example", NEUTRAL, HEAD, 0)])
    with pytest.raises(QuorumMissed):
        open_by_policy(timeless.to_bytes(), policy)


def test_a_log_of_the_policy_has_signed_under_its_own_origin() -> None:
    foreign = Checkpoint(origin="log.example/other", size=1, root=HEAD.root)
    by_witness = commit_head(HEAD, SigningKey.from_seed(b"\x09" * 32)).with_signatures(
        [cosign_ed25519("X1.example", WITNESSES["X1"], TEXT, NOON_S)]
    )
    with pytest.raises(BadCheckpoint, match="no log of this origin"):
        open_by_policy(by_witness.to_bytes(), SIDES)
    with pytest.raises(BadNote, match="trusted here"):
        open_by_policy(commit_head(foreign, LOG).to_bytes(), SIDES)
    # The log's own key, by its own name, on a head of another origin.
    mixed = commit_head(foreign, LOG).with_signatures([cosign_mldsa44(ORIGIN, LASTING, foreign, 0)])
    with pytest.raises(BadCheckpoint, match=r"log\.example/other"):
        open_by_policy(mixed.to_bytes(), SIDES)


def test_either_key_of_the_log_is_enough_but_a_failing_one_condemns() -> None:
    head = published_head(HEAD, LOG, LASTING, bytes(GREASE_BYTES))
    policy = Policy(logs=(PolicyLog(key=LASTING_KEY),), witnesses=(), groups=(), quorum=NO_QUORUM)
    assert open_by_policy(head.to_bytes(), policy).checkpoint == HEAD
    forged = head.to_bytes().replace(TEXT, checkpoint_text(Checkpoint(origin=ORIGIN, size=2, root=HEAD.root)))
    with pytest.raises(BadNote, match="fails"):
        open_by_policy(forged, policy)


def test_a_policy_is_written_and_read() -> None:
    assert parse_policy(format_policy(SIDES)) == SIDES


def test_spacing_comments_and_words_for_numbers_are_read() -> None:
    file = f"""
# The sides.
   \t# indented
log\t{PLAIN_KEY.to_text()}   https://log.example/\t
{X1}{X2}
group  all-of-them all X1
group any-of-them any X2
group both 2 all-of-them any-of-them
quorum both
"""
    policy = parse_policy(file.encode())
    assert policy.logs == (PolicyLog(key=PLAIN_KEY, url="https://log.example/"),)
    assert [group.threshold for group in policy.groups] == [1, 1, 2]
    assert satisfied(policy, ["X1", "X2"])
    assert not satisfied(policy, ["X1"])


def test_names_are_octets() -> None:
    kelvin, raw = "\u212a".encode(), b"\xff\xfe"
    file = b"witness " + kelvin + X1.encode()[10:] + b"witness " + raw + X2.encode()[10:]
    file += b"group K 2 " + kelvin + b" " + raw + b"\nquorum K\n"
    policy = parse_policy(file)
    assert format_policy(policy) == file
    assert satisfied(policy, [witness.name for witness in policy.witnesses])


@pytest.mark.parametrize(
    ("file", "field", "reason"),
    [
        ("", "policy", "no quorum"),
        (LOG_LINE, "policy", "no quorum"),
        ("quorum none", "policy", "does not end in a newline"),
        ("quorum none\nquorum none\n", "policy line 2", "second quorum"),
        ("quorum X1\n" + X1, "policy line 1", "X1 is not defined above"),
        ("quorum\n", "policy line 1", "not a log, witness"),
        ("quorum a b\n", "policy line 1", "not a log, witness"),
        ("Quorum none\n", "policy line 1", "not a log, witness"),
        ("log\n", "policy line 1", "not a log, witness"),
        (LOG_LINE[:-1] + " url more\n", "policy line 1", "not a log, witness"),
        (LOG_LINE + LOG_LINE, "policy line 2", "stands on another line"),
        ("log x+y+z\n", "policy line 1", "base64"),
        (X1[:-1] + " url more\n", "policy line 1", "not a log, witness"),
        (X1 + X1, "policy line 2", "stands on another line"),
        (X1 + X2.replace("X2", "X1", 1), "policy line 2", "X1 is taken"),
        (X1.replace("X1", "none", 1), "policy line 1", "none is taken"),
        (f"log {witness_key('X1').to_text()}\n", "policy line 1", "0x04 cannot sign in this role"),
        (f"witness W {PLAIN_KEY.to_text()}\n", "policy line 1", "0x01 cannot sign in this role"),
        ("group g any\n", "policy line 1", "no members"),
        ("group g\n", "policy line 1", "not a log, witness"),
        ("group g any X1\n", "policy line 1", "X1 is not defined above"),
        (X1 + "group g any X1 X1\n", "policy line 2", "X1 is a member already"),
        (X1 + "group g any X1\ngroup h any X1\n", "policy line 3", "X1 is a member already"),
        (X1 + "group X1 any X1\n", "policy line 2", "X1 is taken"),
        (X1 + "group g any none\n", "policy line 2", "none is not defined above"),
        (X1 + "group g 0 X1\n", "policy line 2", "0 is not any, all, or 1 to 1"),
        (X1 + "group g 2 X1\n", "policy line 2", "2 is not any, all, or 1 to 1"),
        (X1 + "group g 01 X1\n", "policy line 2", "01 is not any"),
        (X1 + "group g most X1\n", "policy line 2", "most is not any"),
        ("quorum none\r\n", "policy line 1", "control"),
        ("# bell \x07\n", "policy line 1", "control"),
        ("# delete \x7f\n", "policy line 1", "control"),
    ],
)
def test_a_policy_that_is_not_one_is_refused_with_its_line(file: str, field: str, reason: str) -> None:
    with pytest.raises(Malformed, match=reason) as raised:
        parse_policy(file.encode())
    assert raised.value.field == field


def test_a_policy_has_limits() -> None:
    with pytest.raises(Malformed, match="bytes"):
        parse_policy(b"#" * POLICY_BYTES_MAX + b"\n")
    seeds = [SigningKey.from_seed(bytes([n >> 8, n & 255]) * 16).public for n in range(POLICY_NAMES_MAX + 1)]
    logs = "".join(
        f"log {VerifierKey(name='a', kind=ED25519, public=public).to_text()}\n" for public in seeds
    )
    witnesses = "".join(
        f"witness w{n} {VerifierKey(name='a', kind=ED25519_COSIGNATURE, public=public).to_text()}\n"
        for n, public in enumerate(seeds)
    )
    groups = X1 + "".join(
        f"group g{n} any {f'g{n - 1}' if n else 'X1'}\n" for n in range(POLICY_NAMES_MAX + 1)
    )
    for lines in (logs, witnesses, groups):
        whole = lines.splitlines(keepends=True)
        assert parse_policy(("".join(whole[:-1]) + "quorum none\n").encode()).quorum == NO_QUORUM
        with pytest.raises(Malformed, match=f"more than {POLICY_NAMES_MAX}"):
            parse_policy((lines + "quorum none\n").encode())


@given(cosigners=st.sets(st.sampled_from([*WITNESSES, "N"])))
def test_a_further_cosignature_never_unmakes_a_quorum(cosigners: set[str]) -> None:
    if satisfied(SIDES, cosigners):
        assert all(satisfied(SIDES, cosigners | {name}) for name in WITNESSES)
