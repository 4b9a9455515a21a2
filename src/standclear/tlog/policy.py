"""Trust policies: which logs a reader believes, and which witnesses must have cosigned.

A policy file is a reader's root of trust: it comes from outside the service and outside the dossier.

Policies are files of octets. Names are opaque; octets above 0x7F that are not UTF-8 are kept as Python's
surrogate escapes, so that what is read is written again. Comments and spacing are not kept.

Standard: c2sp.org/tlog-policy (untagged; as of 2026-07-22).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from standclear.errors import BadCheckpoint, Malformed, QuorumMissed
from standclear.limits import POLICY_BYTES_MAX, POLICY_NAMES_MAX
from standclear.tlog.cosignature import SignedCheckpoint, Verified, open_checkpoint
from standclear.tlog.note import (
    ED25519,
    ED25519_COSIGNATURE,
    MLDSA44_COSIGNATURE,
    VerifierKey,
    parse_decimal,
    parse_vkey,
)

NO_QUORUM: Final = "none"
_LOG_KINDS: Final = (ED25519, MLDSA44_COSIGNATURE)
_WITNESS_KINDS: Final = (ED25519_COSIGNATURE, MLDSA44_COSIGNATURE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyLog:
    """A log whose heads are believed. The key's name is the log's origin."""

    key: VerifierKey
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyWitness:
    """A witness, by the name it has within the policy."""

    name: str
    key: VerifierKey
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyGroup:
    """Witnesses and groups, `threshold` of which make the group count as having cosigned."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A whole policy. Groups stand in the order of their definition, members before groups."""

    logs: tuple[PolicyLog, ...]
    witnesses: tuple[PolicyWitness, ...]
    groups: tuple[PolicyGroup, ...]
    quorum: str

    def keys(self) -> tuple[VerifierKey, ...]:
        """Every key that the policy names: a line of any of them that fails condemns the note."""
        return tuple(log.key for log in self.logs) + tuple(witness.key for witness in self.witnesses)


def open_by_policy(note: bytes, policy: Policy) -> SignedCheckpoint:
    """The checkpoint in a note, believed by this policy.

    1. Every line of a key in the policy verifies, and there is one.
    2. A log of the policy, with this origin, signed.
    3. The quorum cosigned.

    Raises:
        BadNote, BadCheckpoint: 1 or 2 does not hold.
        QuorumMissed: 3 does not hold; it says who cosigned and what is asked.
    """
    signed = open_checkpoint(note, policy.keys())
    require_log_signature(signed, policy)
    require_quorum(signed.verified, policy)
    return signed


def require_log_signature(signed: SignedCheckpoint, policy: Policy) -> None:
    """A log of the policy signed the checkpoint under the origin that it names.

    Raises:
        BadCheckpoint: none did.
    """
    logs = {log.key for log in policy.logs if log.key.name == signed.checkpoint.origin}
    if not any(entry.key in logs for entry in signed.verified):
        raise BadCheckpoint(
            field="origin",
            reason="no log of this origin that the policy names has signed",
            origin=signed.checkpoint.origin,
        )


def require_quorum(verified: Iterable[Verified], policy: Policy) -> None:
    """The witnesses that the policy asks for are among the keys that signed.

    A cosignature with time zero does not count: it does not say that it is the largest tree seen.

    Raises:
        QuorumMissed: they are not.
    """
    cosigned = {entry.key for entry in verified if entry.time_s}
    have = {witness.name for witness in policy.witnesses if witness.key in cosigned}
    if not satisfied(policy, have):
        raise QuorumMissed(have=sorted(have), need=policy.quorum)


def satisfied(policy: Policy, cosigned: Iterable[str]) -> bool:
    """Whether these witnesses, by their names in the policy, make the quorum."""
    counted = set(cosigned) & {witness.name for witness in policy.witnesses}
    for group in policy.groups:
        if sum(member in counted for member in group.members) >= group.threshold:
            counted.add(group.name)
    return policy.quorum == NO_QUORUM or policy.quorum in counted


# --- the file -------------------------------------------------------------------------------------


def format_policy(policy: Policy) -> bytes:
    """The policy as a file; `parse_policy` of it gives the policy back."""
    lines = [_line("log", log.key.to_text(), log.url) for log in policy.logs]
    lines += [_line("witness", wit.name, wit.key.to_text(), wit.url) for wit in policy.witnesses]
    lines += [_line("group", group.name, str(group.threshold), *group.members) for group in policy.groups]
    lines.append(_line("quorum", policy.quorum))
    return "".join(lines).encode("utf-8", "surrogateescape")


def parse_policy(file: bytes) -> Policy:
    """The policy in a file.

    Raises:
        Malformed: the field is the line number, the reason what is wrong there.
    """
    if len(file) > POLICY_BYTES_MAX:
        raise Malformed("policy", f"more than {POLICY_BYTES_MAX} bytes", "name fewer keys")
    if file and not file.endswith(b"\n"):
        raise Malformed("policy", "the last line does not end in a newline", "end it with one: is it whole?")
    draft = _Draft()
    for number, line in enumerate(file.split(b"\n")[:-1], start=1):
        try:
            _read_line(draft, line)
        except Malformed as error:
            raise Malformed(f"policy line {number}", error.reason, error.remedy) from None
    if draft.quorum is None:
        raise Malformed("policy", "no quorum line", "say `quorum none` if no witness is asked for")
    return Policy(
        logs=tuple(draft.logs),
        witnesses=tuple(draft.witnesses),
        groups=tuple(draft.groups),
        quorum=draft.quorum,
    )


@dataclass(slots=True)
class _Draft:
    """What the lines so far have defined."""

    logs: list[PolicyLog] = field(default_factory=list)
    witnesses: list[PolicyWitness] = field(default_factory=list)
    groups: list[PolicyGroup] = field(default_factory=list)
    quorum: str | None = None
    names: set[str] = field(default_factory=set)
    members: set[str] = field(default_factory=set)


def _read_line(draft: _Draft, line: bytes) -> None:
    if any((byte < 0x20 and byte != 0x09) or byte == 0x7F for byte in line):
        raise Malformed("line", "a control character", "use spaces and tabs only")
    words = [
        word.decode("utf-8", "surrogateescape") for word in line.replace(b"\t", b" ").split(b" ") if word
    ]
    match words:
        case []:
            pass
        case [first, *_] if first.startswith("#"):
            pass
        case ["log", vkey, *url] if len(url) <= 1:
            _add_log(draft, _key(vkey, _LOG_KINDS), "".join(url))
        case ["witness", name, vkey, *url] if len(url) <= 1:
            _add_witness(draft, name, _key(vkey, _WITNESS_KINDS), "".join(url))
        case ["group", name, threshold, *members]:
            _add_group(draft, name, threshold, tuple(members))
        case ["quorum", name]:
            _set_quorum(draft, name)
        case _:
            raise Malformed("line", "not a log, witness, group or quorum line", "see c2sp.org/tlog-policy")


def _key(vkey: str, kinds: tuple[int, ...]) -> VerifierKey:
    key = parse_vkey(vkey)
    if key.kind not in kinds:
        raise Malformed(
            "vkey", f"a key of type 0x{key.kind:02x} cannot sign in this role", "give its other key"
        )
    return key


def _add_log(draft: _Draft, key: VerifierKey, url: str) -> None:
    if any(log.key.public == key.public for log in draft.logs):
        raise Malformed("log", "this key stands on another line", "remove one of the two")
    _require_room("logs", len(draft.logs))
    draft.logs.append(PolicyLog(key=key, url=url))


def _add_witness(draft: _Draft, name: str, key: VerifierKey, url: str) -> None:
    if any(witness.key.public == key.public for witness in draft.witnesses):
        raise Malformed("witness", "this key stands on another line", "remove one of the two")
    _require_room("witnesses", len(draft.witnesses))
    _define(draft, name)
    draft.witnesses.append(PolicyWitness(name=name, key=key, url=url))


def _add_group(draft: _Draft, name: str, threshold: str, members: tuple[str, ...]) -> None:
    for member in members:
        if member not in draft.names:
            raise Malformed("group", f"{member} is not defined above", "define members first")
        if member in draft.members:
            raise Malformed("group", f"{member} is a member already", "a name is a member once")
        draft.members.add(member)
    _require_room("groups", len(draft.groups))
    _define(draft, name)
    draft.groups.append(
        PolicyGroup(name=name, threshold=_threshold(threshold, len(members)), members=members)
    )


def _threshold(text: str, members: int) -> int:
    if members == 0:
        raise Malformed("group", "no members", "name at least one")
    if text in ("any", "all"):
        return 1 if text == "any" else members
    try:
        threshold = parse_decimal(text, members)
    except ValueError:
        threshold = 0
    if threshold == 0:
        raise Malformed("group", f"{text} is not any, all, or 1 to {members}", "give one of these")
    return threshold


def _set_quorum(draft: _Draft, name: str) -> None:
    if draft.quorum is not None:
        raise Malformed("quorum", "a second quorum line", "keep one")
    if name != NO_QUORUM and name not in draft.names:
        raise Malformed("quorum", f"{name} is not defined above", "define it first")
    draft.quorum = name


def _define(draft: _Draft, name: str) -> None:
    if name == NO_QUORUM or name in draft.names:
        raise Malformed("name", f"{name} is taken", "give each witness and group a name of its own")
    draft.names.add(name)


def _require_room(field_: str, count: int) -> None:
    if count >= POLICY_NAMES_MAX:
        raise Malformed(field_, f"more than {POLICY_NAMES_MAX}", "name fewer")


def _line(*words: str) -> str:
    return " ".join(word for word in words if word) + "\n"
