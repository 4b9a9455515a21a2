"""The page of the statement format says what the code does: its examples, kinds, fields, words, limits and vectors."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from repository import ROOT, SOURCE, find_files, table_rows
from standclear import limits
from standclear.errors import Malformed
from standclear.keys import SigningKey, key_id
from standclear.spacetime.meet import PREDICATE_ID
from standclear.statements import (
    arrangement,
    asking,
    calls,
    carriage,
    deeds,
    erasing,
    lists,
    moving,
    notices,
    parties,
    replies,
    total,
)
from standclear.statements.bodies import SINGLE_ITEM, WORDS_SPOKEN, parse_body
from standclear.statements.canonical import b64u, canonical
from standclear.statements.deeds import read_record
from standclear.statements.entry import entry_bytes
from standclear.statements.header import ACTS, KINDS, NOTICE_KINDS, OPEN_KINDS, parse_header
from standclear.statements.lists import InboxHead, SaltedList, Slot, commit_of, inbox_leaf, ref_of
from standclear.statements.parties import desk_id, keyless_id, party_id, possession_bytes
from standclear.statements.replies import acknowledgement_tag
from standclear.tlog.merkle import leaf_hash, root_of
from statement_samples import PLACES, SCENE, embedded, sample_of
from statement_schema import PAGE, RECORDS, edges, fields_of, tables, words
from vectors.make_statements import FILES
from vectors.statement_cases import plain_header
from vectors.statement_scene import deeds_of, key_of

# --- examples -------------------------------------------------------------------------------------------

KEY = SigningKey.from_seed(bytes(range(32)))
SAID = SCENE.said["enrolment of South"]
SIGNERS = (key_of("South root"), SCENE.root)
SALT16, SALT32 = bytes(range(16)), bytes(range(32))
PARTY = party_id(KEY.public)


def shown(raw: bytes) -> str:
    return f"`{raw.hex()}`"


def text(raw: bytes) -> str:
    return f"`{raw.decode()}`"


def examples() -> dict[str, dict[str, str]]:
    """Every example of the page, by the heading above its table, recomputed."""
    value = {"ok": True, "name": "é\n\x1f/", "at": [1, -2], "a1": None, "a_": {}}
    commit = commit_of(SALT32, b"{}")
    listed = SaltedList(salt=SALT16, leaves=(commit,))
    ref = ref_of(SALT32, 1)
    slot = Slot(party=None, form="exact", when="now", travel="party", items=listed.digest(), salt=SALT16)
    inbox = InboxHead(n=1, root=root_of([leaf_hash(inbox_leaf(ref, "widened"))]), salt=SALT16)
    envelope = SAID.envelope
    return {
        "### 1.1 Values and their one text": {
            '`{ "ok": true, "name": "\\u00e9\\u000a\\u001F\\/", "at": [1, -2], "a1": null, "a_": {} }`, '
            "in one text": text(canonical(value)),
            "the same, in bytes": shown(canonical(value)),
            "the bytes 0 to 4": f"`{b64u(bytes(range(5)))}`",
        },
        "### 2.2 Entry and leaf": {
            "public keys, in the order of `from.keys`": ", ".join(shown(key.public) for key in SIGNERS),
            "payload": text(envelope.payload),
            "`signed` begins": text(envelope.signed_bytes()[:59]),
            "sid": shown(envelope.sid()),
            "envelope": text(envelope.to_bytes()),
            "leaf, integrated at 1582804800000": shown(
                leaf_hash(entry_bytes(1_582_804_800_000, envelope.to_bytes()))
            ),
        },
        "### 4.5 Inbox heads": {
            "ref to item 1 of the sid 00…1f": shown(ref),
            "commitment to `{}` under the salt 00…1f": shown(commit),
            "list of that one, under 00…0f": shown(listed.digest()),
            "list of nothing, under 00…0f": shown(SaltedList(salt=SALT16, leaves=()).digest()),
            "slot for anybody, of that list, under 00…0f": text(canonical(slot.to_value())),
            "its digest": shown(slot.digest()),
            "inbox leaf of that ref, widened": shown(inbox_leaf(ref, "widened")),
            "root of an inbox with that leaf alone": shown(inbox.root),
            "inbox head of that, under 00…0f": shown(inbox.digest()),
        },
        "### 8.1 Ids": {
            "public key": shown(KEY.public),
            "key id": shown(key_id(KEY.public)),
            "party id, of that as root": shown(PARTY),
            "desk id, of that party and `duty`": shown(desk_id(PARTY, "duty")),
            "party id, without a key, in the log 00…1f, of `Group F`": shown(keyless_id(SALT32, "Group F")),
            "possession of that key, in a charter": shown(possession_bytes(None, PARTY, KEY.public)),
        },
        "## 10 The acknowledgement tag": {
            "tag of the sid 00…1f under the salt 00…1f": shown(acknowledgement_tag(SALT32, SALT32)),
        },
    }


@pytest.mark.parametrize("heading", examples())
def test_each_example_is_what_the_code_computes(heading: str) -> None:
    assert list(examples()[heading].items()) == [tuple(row) for row in table_rows(PAGE, heading)]


# --- kinds ----------------------------------------------------------------------------------------------


def acts_of(kind: str) -> list[str]:
    """The acts that a header of this kind may have."""
    taken = []
    for act in ("new", "replace", "cancel", "close"):
        value = plain_header(SCENE, kind, act=act, of=None if act == "new" else "A" * 43)
        try:
            taken.append(parse_header(canonical(value)).act)
        except Malformed:
            continue
    return taken


def kind_rows() -> list[list[str]]:
    """The rows of the kinds, from the code: the kind, its acts, its items, whom it is to, and its body."""
    rows = []
    for kind in sorted(KINDS):
        body = "none yet"
        if kind == "deeds":
            body = "[records](#61-records)"
        elif kind in WORDS_SPOKEN:
            body = "[notice](#notice)" if kind in NOTICE_KINDS else f"[{kind}](#{kind})"
        items = "records" if kind == "deeds" else "" if body == "none yet" else "1"
        if kind in WORDS_SPOKEN - SINGLE_ITEM:
            items = "1 to 4096; 1 to cancel, close"
        to = "open" if kind in OPEN_KINDS else "slots"
        rows.append([f"`{kind}`", ", ".join(acts_of(kind)), items, to, body])
    return rows


NO_BODY_YET = {"relay", "opening"}
"""Kinds that have a place in the format and no body. Whoever gives one a body takes it out here, and adds its table."""


def test_the_kinds_are_those_of_the_code() -> None:
    assert kind_rows() == table_rows(PAGE, "### 7.1 The kinds")


def test_the_kinds_without_a_body_are_known_by_name() -> None:
    assert KINDS - WORDS_SPOKEN - {"deeds"} == NO_BODY_YET
    assert ACTS == {act for kind in KINDS for act in acts_of(kind)}


def test_every_kind_with_a_body_has_its_table() -> None:
    assert WORDS_SPOKEN - set(tables()) == set()
    assert set(tables()) == set(PLACES) | set(RECORDS)


# --- fields ---------------------------------------------------------------------------------------------

SHAPES = (
    "not a text of",
    "not an integer from",
    "not a list of",
    "neither true",
    "not base64url",
    "not an object",
)


def fault_of(name: str, value: Any) -> Malformed | None:
    """What is wrong with an object of the format, wherever it stands; None if nothing is."""
    try:
        if name in RECORDS:
            read_record(value, "body")
        else:
            header, body, _ = embedded(name, value)
            parse_body(header, body, "body")
    except Malformed as error:
        return error
    return None


def record_sample(name: str) -> Any:
    for _, records in deeds_of(SCENE).lists.values():
        for record in records:
            if record.to_value()["record"] == name:
                return record.to_value()
    raise AssertionError(name)


def sample(name: str) -> Any:
    return record_sample(name) if name in RECORDS else sample_of(name)


def path_of(name: str) -> str:
    return "body" if name in RECORDS else embedded(name, sample(name))[2]


@pytest.mark.parametrize("name", tables())
def test_a_table_has_exactly_the_fields_of_the_code(name: str) -> None:
    beside = {"type"} if path_of(name) == "body" and name not in RECORDS else set()
    beside = {"record"} if name in RECORDS else beside
    assert set(fields_of(name)) == set(sample(name)) - beside
    assert fault_of(name, sample(name)) is None


FIELDS = [(name, field) for name in tables() for field in fields_of(name) if fields_of(name)[field] != "what"]


@pytest.mark.parametrize(("name", "field"), FIELDS, ids=[f"{name}.{field}" for name, field in FIELDS])
def test_a_field_takes_what_its_type_says_and_nothing_beyond(name: str, field: str) -> None:
    taken, refused = edges(fields_of(name)[field], sample)
    path = f"{path_of(name)}.{field}"
    for value in taken:
        error = fault_of(name, sample(name) | {field: value})
        # Rules between fields may still refuse; the field's own type may not.
        shape = error is not None and error.field.startswith(path) and error.reason.startswith(SHAPES)
        assert not shape, (value if len(str(value)) < 200 else "", error)
    for value in refused:
        error = fault_of(name, sample(name) | {field: value})
        assert error is not None, value if len(str(value)) < 200 else "too long"
        assert error.field in (path, f"{path}[0]"), (value, error)


@pytest.mark.parametrize("name", tables())
def test_a_field_less_or_more_is_refused(name: str) -> None:
    whole = sample(name)
    for field in fields_of(name):
        error = fault_of(name, {key: value for key, value in whole.items() if key != field})
        assert error is not None
        assert f"{path_of(name)}.{field}" == error.field
    error = fault_of(name, whole | {"zz": 1})
    assert error is not None
    assert f"{path_of(name)}.zz" == error.field


def test_the_header_has_the_fields_of_the_table() -> None:
    listed = [row[0].strip("`") for row in table_rows(PAGE, "## 3 The header")]
    assert sorted(listed) == sorted(plain_header(SCENE))
    deeds_only = set(plain_header(SCENE, "deeds")) - set(listed)
    assert {"effects", "inboxes"} == deeds_only


def test_a_slot_has_the_fields_of_the_table() -> None:
    slot = Slot(party=None, form="exact", when="now", travel="party", items=SALT32, salt=SALT16)
    assert sorted(slot.to_value()) == [row[0].strip("`") for row in table_rows(PAGE, "### 4.4 Slots")]


def test_a_submission_has_the_fields_of_the_table() -> None:
    listed = [
        name for row in table_rows(PAGE, "## 5 The submission") for name in re.findall(r"`(\w+)`", row[0])
    ]
    assert sorted(json.loads(SAID.text)) == sorted(listed)


# --- words, domains, limits, vectors ----------------------------------------------------------------------

WORDS: dict[str, Any] = {
    "acknowledgement answers": replies.ACKNOWLEDGEMENT_ANSWERS,
    "activity types": notices.ACTIVITY_TYPES,
    "after end": arrangement.AFTER_END,
    "agreements": calls.AGREEMENTS,
    "answers": asking.ANSWERS,
    "arrangement states": arrangement.STATES,
    "changes": notices.CHANGES,
    "carried outcomes": carriage.OUTCOMES,
    "channels": asking.CHANNELS,
    "claims": calls.CLAIM_KINDS,
    "consultation parts": calls.CONSULTATION_PARTS,
    "consultation replies": calls.CONSULTATION_REPLIES,
    "contact results": asking.CONTACT_RESULTS,
    "counted by": total.COUNTED_BY,
    "copy formats": replies.COPY_FORMATS,
    "credibility": asking.CREDIBILITY,
    "attested answers": deeds.ATTESTED_ANSWERS,
    "attested by": deeds.ATTESTED_BY,
    "effects": deeds.EFFECTS,
    "emergencies": calls.EMERGENCIES,
    "emergency answers": calls.EMERGENCY_ANSWERS,
    "emergency parts": calls.EMERGENCY_PARTS,
    "ending reasons": notices.ENDING_REASONS,
    "entered": {"place", "time", "row"},
    "erasure reasons": erasing.ERASURE_REASONS,
    "forms": set(lists.FORMS),
    "grades": notices.GRADES,
    "hold parts": erasing.HOLD_PARTS,
    "hold reasons": erasing.HOLD_REASONS,
    "key roles": parties.KEY_ROLES,
    "languages": notices.LANGUAGES,
    "levels": arrangement.LEVELS,
    "line checks": calls.LINE_CHECKS,
    "line results": calls.LINE_RESULTS,
    "markings": moving.MARKINGS,
    "means": replies.MEANS,
    "measures": total.MEASURES,
    "member roles": total.ROLES,
    "modes": notices.MODES,
    "movement modes": moving.MOVEMENT_MODES,
    "movement types": moving.MOVEMENT_TYPES,
    "notice kinds": NOTICE_KINDS,
    "objections": calls.OBJECTIONS,
    "outcomes": moving.OUTCOMES,
    "party types": parties.PARTY_TYPES,
    "predicates": {PREDICATE_ID},
    "qualities": notices.QUALITIES,
    "reliability": asking.RELIABILITY,
    "restrictions": moving.RESTRICTIONS,
    "revocation reasons": parties.REVOCATION_REASONS,
    "site categories": notices.SITE_CATEGORIES,
    "site classes": notices.SITE_CLASSES,
    "stages": moving.STAGES,
    "told": arrangement.TOLD,
    "translators": asking.TRANSLATORS,
    "watch parts": calls.WATCH_PARTS,
    "why": {"now", "on_meet", "told"},
    "zone types": moving.ZONE_TYPES,
}


def test_the_words_are_those_of_the_code() -> None:
    assert {name: sorted(listed) for name, listed in WORDS.items()} == words()


def test_every_domain_of_a_digest_stands_on_the_page() -> None:
    code = "".join(path.read_text("utf-8") for path in find_files("*.py", under=SOURCE / "statements"))
    code += (SOURCE / "keys.py").read_text("utf-8")
    used = set(re.findall(r'b"(standclear[./][a-z]+/v1)\\n"', code))
    assert sorted(used) == sorted(row[0].strip("`") for row in table_rows(PAGE, "### 11.1 Versions"))


def test_the_limits_are_those_of_the_code() -> None:
    rows = table_rows(PAGE, "### 11.3 Limits")
    assert {f"`{name}`": f"{getattr(limits, name):,}" for name in LIMITS} == {row[0]: row[1] for row in rows}


LIMITS = (
    "ENTRY_BYTES_MAX",
    "PAYLOAD_BYTES_MAX",
    "SUBMISSION_BYTES_MAX",
    "BODY_BYTES_MAX",
    "ITEMS_MAX",
    "SLOTS_MAX",
    "CITES_MAX",
    "REPLIES_MAX",
    "HEADS_SEEN_MAX",
    "SIGNERS_MAX",
    "NESTING_MAX",
    "INTEGER_MAX",
)


def test_the_vectors_are_as_many_as_the_page_says() -> None:
    found = {
        f"`{file}.json`": str(
            len(json.loads((ROOT / "tests/vectors/statements" / f"{file}.json").read_text()))
        )
        for file in FILES
    }
    assert found == {row[0]: row[1] for row in table_rows(PAGE, "## Vectors")}
