"""Cases of the statement format that are about one text each: canonical JSON, envelopes, headers."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

from standclear.limits import INTEGER_MAX, PAYLOAD_BYTES_MAX
from standclear.spacetime.units import FOREVER_MS
from standclear.statements.canonical import Value, b64u, canonical
from standclear.statements.compose import sign_payload
from standclear.statements.envelope import REQUEST_TYPE
from standclear.statements.header import KINDS, OPEN_KINDS
from vectors.statement_scene import Scene, key_of

Cases = Iterator[tuple[str, dict[str, Any]]]


# --- canonical JSON -----------------------------------------------------------------------------------

TEXTS: dict[str, bytes] = {
    "null": b"null", "true": b"true", "false": b"false", "zero": b"0", "one": b"1", "minus one": b"-1",
    "the greatest integer": b"9007199254740991", "the least integer": b"-9007199254740991",
    "an integer too great": b"9007199254740992", "an integer too small": b"-9007199254740992",
    "an integer that doubles round down": b"9007199254740993", "an integer of fifty digits": b"1" * 50,
    "minus zero": b"-0", "a leading zero": b"01", "a plus sign": b"+1", "a float": b"1.5",
    "a float that is whole": b"1.0", "an exponent": b"1e2", "a small exponent": b"1E-2", "not a number": b"NaN",
    "infinity": b"Infinity", "minus infinity": b"-Infinity", "a hexadecimal number": b"0x10",
    "an empty text": b'""', "letters": b'"abc"', "a quotation mark": b'"\\""', "a backslash": b'"\\\\"',
    "a slash": b'"/"', "an escaped slash": b'"\\/"', "backspace": b'"\\b"', "tab": b'"\\t"',
    "newline": b'"\\n"', "form feed": b'"\\f"', "carriage return": b'"\\r"',
    "backspace by its number": b'"\\u0008"', "newline by its number": b'"\\u000a"', "nul": b'"\\u0000"',
    "unit separator": b'"\\u001f"', "unit separator in capitals": b'"\\u001F"', "delete": b'"\x7f"',
    "delete by its number": b'"\\u007f"', "a letter by its number": b'"\\u0061"', "a raw tab": b'"\t"',
    "a raw nul": b'"\x00"', "an accented letter": '"é"'.encode(),
    "an accented letter by its number": b'"\\u00e9"', "an accent that combines": '"e\u0301"'.encode(),
    "line separator": '"\u2028"'.encode(), "line separator by its number": b'"\\u2028"',
    "Arabic": '"مستشفى"'.encode(), "a letter beyond the first plane": '"\U00010348"'.encode(),
    "a letter beyond the first plane by surrogates": b'"\\ud800\\udf48"',
    "a lone high surrogate": b'"\\ud800"', "a lone low surrogate": b'"\\udc00"',
    "surrogates the wrong way round": b'"\\udf48\\ud800"', "a surrogate in UTF-8": b'"\xed\xa0\x80"',
    "letters that normal forms of two years differ on": '"\U00011382\U000113c9"'.encode(),
    "an overlong slash": b'"\xc0\xaf"', "a byte that is no UTF-8": b'"\xff"', "UTF-8 cut short": b'"\xc3"',
    "a noncharacter": '"\uffff"'.encode(), "an unknown escape": b'"\\x41"', "half an escape": b'"\\u12"',
    "an empty object": b"{}", "one key": b'{"a":1}', "two keys": b'{"a":1,"b":2}',
    "keys out of order": b'{"b":2,"a":1}', "a key twice": b'{"a":1,"a":2}',
    "a key twice with one value": b'{"a":1,"a":1}', "a key twice further in": b'[{"a":{"b":1,"b":1}}]',
    "an empty key": b'{"":1}', "a key with a capital": b'{"A":1}', "a key that begins with a digit": b'{"1":1}',
    "a key that begins with a line": b'{"_a":1}', "a key with digits and lines": b'{"a_1":1,"a_b":2}',
    "an underline sorts before letters": b'{"a_b":1,"aa":2}', "a digit sorts before an underline": b'{"a1":1,"a_":2}',
    "a shorter key sorts first": b'{"a":1,"aa":2}', "a longer key first": b'{"aa":2,"a":1}',
    "a key with a hyphen": b'{"a-b":1}', "a key with an accent": '{"é":1}'.encode(),
    "a key by its number": b'{"\\u0061":1}', "a key with a newline after it": b'{"a\\n":1}',
    "a key of 64 letters": b'{"' + b"k" * 64 + b'":1}', "a key of 65 letters": b'{"' + b"k" * 65 + b'":1}',
    "a key named proto": b'{"__proto__":1}', "a key of Object": b'{"constructor":1,"to_string":2}',
    "an empty list": b"[]", "a list": b"[1,2,3]", "a list of all": b'[null,true,0,"",[],{}]',
    "a space after a comma": b"[1, 2]", "a space after a colon": b'{"a": 1}', "a space before": b" 1",
    "a newline after": b"1\n", "a trailing comma": b"[1,]", "a trailing comma in an object": b'{"a":1,}',
    "a comment": b"[1/**/]", "two values": b"1 2", "an open list": b"[1", "an open text": b'"a',
    "nothing": b"", "only spaces": b"  ", "single quotes": b"'a'", "a bare word": b"abc",
    "a byte order mark": b"\xef\xbb\xbf1", "a no-break space": b"\xc2\xa01", "a form feed between": b"[\x0c1]",
    "nested 16 deep in lists": b"[" * 16 + b"]" * 16, "nested 17 deep in lists": b"[" * 17 + b"]" * 17,
    "nested 16 deep in objects": b'{"a":' * 16 + b"1" + b"}" * 16,
    "nested 17 deep in objects": b'{"a":' * 17 + b"1" + b"}" * 17,
    "nested 3,000 deep": b"[" * 3_000 + b"]" * 3_000,
    "a float further in": b'{"a":[{"b":2.5}]}', "a great integer further in": b'{"a":[1,9007199254740992]}',
    "a lone surrogate further in": b'{"a":{"b":"\\udfff"}}',
}  # fmt: skip


def canonical_cases() -> Cases:
    for name, text in TEXTS.items():
        for layout in ("canonical", "any"):
            yield f"{name}, {layout}", {"bytes": b64u(text), "layout": layout}


# --- envelopes ----------------------------------------------------------------------------------------


def envelope_cases(scene: Scene) -> Cases:
    activity = scene.said["activity"]
    text = activity.envelope.to_bytes().decode()
    value = json.loads(text)
    first, second = value["signatures"]
    yield "canonical", {"text": text}
    yield "indented", {"text": json.dumps(value, indent=3)}
    yield "keys turned round", {"text": json.dumps(dict(reversed(value.items())))}
    yield "signatures turned round", {"text": json.dumps(value | {"signatures": [second, first]})}
    yield (
        "keys of a signature turned round",
        {"text": json.dumps(value | {"signatures": [dict(reversed(first.items())), second]})},
    )
    yield "letters escaped by their numbers", {"text": text.replace("payloadType", "payload\\u0054ype")}
    yield (
        "the type with escaped slashes",
        {"text": text.replace("application/vnd", "application\\/vnd")},
    )
    yield "one signature less", {"text": json.dumps(value | {"signatures": [first]})}
    yield "a request", {"text": sign_payload(REQUEST_TYPE, b"{}", [key_of("x")]).to_bytes().decode()}
    yield "an empty payload", {"text": json.dumps(value | {"payload": ""})}
    yield "a further key", {"text": json.dumps(value | {"note": ""})}
    yield "no signatures", {"text": json.dumps(value | {"signatures": []})}
    yield "signatures missing", {"text": json.dumps({k: v for k, v in value.items() if k != "signatures"})}
    yield "five signatures", {"text": json.dumps(value | {"signatures": [first] * 5})}
    yield "a key id twice", {"text": json.dumps(value | {"signatures": [first, first]})}
    yield "a key of the envelope twice", {"text": text[:-1] + ',"payload":""}'}
    yield "another type", {"text": json.dumps(value | {"payloadType": "text/plain"})}
    yield "a type that is a number", {"text": json.dumps(value | {"payloadType": 1})}
    yield "a payload in base64url", {"text": json.dumps(value | {"payload": "_-__"})}
    yield "a payload without padding", {"text": json.dumps(value | {"payload": "YQ"})}
    yield "a payload with bits left over", {"text": json.dumps(value | {"payload": "YR=="})}
    yield "a payload with a newline", {"text": json.dumps(value | {"payload": "YWJj\nYWJj"})}
    yield "a payload that is a list", {"text": json.dumps(value | {"payload": []})}
    great = b64encode(b" " * (PAYLOAD_BYTES_MAX + 1)).decode()
    yield "a payload too long", {"text": json.dumps(value | {"payload": great})}
    for field, given in {
        "keyid": ["", first["keyid"] + "=", first["keyid"][:-1] + "B", "a" * 42, 7],
        "sig": ["", b64encode(bytes(63)).decode(), first["sig"].rstrip("="), None],
    }.items():
        for number, one in enumerate(given):
            yield (
                f"a wrong {field}, {number}",
                {"text": json.dumps(value | {"signatures": [first | {field: one}]})},
            )
    yield (
        "a signature with a certificate",
        {"text": json.dumps(value | {"signatures": [first | {"cert": ""}]})},
    )
    yield "a list", {"text": "[]"}
    yield "no JSON", {"text": "{"}


# --- headers ------------------------------------------------------------------------------------------


def plain_header(scene: Scene, kind: str = "site", **changed: Value) -> dict[str, Value]:
    """A header of some kind that parses."""
    value: dict[str, Value] = json.loads(scene.said["activity"].envelope.payload)
    value |= {"kind": kind, "cites": None, "inbox": None, "seen": []}
    if kind in OPEN_KINDS:
        value["to"] = "open"
    if kind == "charter":
        value["log"] = None
    if kind == "deeds":
        value |= {"effects": "A" * 43, "inboxes": "A" * 43}
    return value | changed


def header_cases(scene: Scene) -> Cases:
    for name, said in scene.said.items():
        yield f"the scene's {name}", {"payload": said.envelope.payload.decode()}
    for kind in sorted(KINDS):
        for act in ("new", "replace", "cancel", "close"):
            of = None if act == "new" else "A" * 43
            value = plain_header(scene, kind, act=act, of=of)
            yield f"{kind}, {act}", {"payload": canonical(value).decode()}
    for name, changed in _WRONG_HEADERS.items():
        yield name, {"payload": canonical(plain_header(scene, **changed)).decode()}
    whole = plain_header(scene)
    for missing in sorted(whole):
        left = {field: one for field, one in whole.items() if field != missing}
        yield f"without {missing}", {"payload": canonical(left).decode()}
    for name, member in _WRONG_SENDERS.items():
        value = plain_header(scene)
        yield name, {"payload": canonical(value | {"from": value["from"] | member}).decode()}
    text = canonical(whole).decode()
    yield "with a space", {"payload": text.replace(":", ": ", 1)}
    yield "not an object", {"payload": "[]"}


_DIGEST, _OTHER = "A" * 43, "A" * 42 + "E"

_WRONG_HEADERS: dict[str, dict[str, Any]] = {
    "version 2": {"v": 2},
    "version true": {"v": True},
    "a kind of tomorrow": {"kind": "target"},
    "an act of tomorrow": {"act": "amend"},
    "a further field": {"colour": "red"},
    "effects of a site": {"effects": _DIGEST},
    "a digest in capitals of hex": {"items": "AB" * 32},
    "a digest with padding": {"items": _DIGEST + "="},
    "a digest with bits left over": {"items": "A" * 42 + "B"},
    "a digest too short": {"under": "A" * 42},
    "no items": {"items": None},
    "a negative seq": {"seq": -1},
    "the greatest seq": {"seq": INTEGER_MAX},
    "a seq that is a text": {"seq": "1"},
    "a time after the last": {"stated_ms": FOREVER_MS + 1},
    "the last time": {"stated_ms": FOREVER_MS, "void_after_ms": FOREVER_MS},
    "a void time before the first": {"void_after_ms": -1},
    "a nonce of 15 bytes": {"nonce": "A" * 20},
    "sixteen replies": {"re": [_DIGEST] * 16},
    "seventeen replies": {"re": [_DIGEST] * 17},
    "four heads": {"seen": [{"log": _DIGEST, "root": _DIGEST, "size": 1}] * 4},
    "five heads": {"seen": [{"log": _DIGEST, "root": _DIGEST, "size": 1}] * 5},
    "a head of size zero": {"seen": [{"log": _DIGEST, "root": _DIGEST, "size": 0}]},
    "a head with a note": {"seen": [{"log": _DIGEST, "note": "", "root": _DIGEST, "size": 1}]},
    "open, and a site": {"to": "open"},
    "nobody at all": {"to": []},
    "closed": {"to": "closed"},
    "three slots": {"to": [_DIGEST, _OTHER, "A" * 42 + "I"]},
    "two slots": {"to": [_DIGEST, _OTHER]},
    "slots out of order": {"to": [_OTHER, _DIGEST]},
    "a slot twice": {"to": [_DIGEST, _DIGEST]},
    "256 slots": {"to": [b64u(number.to_bytes(32, "big")) for number in range(256)]},
    "512 slots": {"to": [b64u(number.to_bytes(32, "big")) for number in range(512)]},
    "new, and replacing": {"of": _DIGEST},
    "replacing nothing": {"act": "replace"},
    "a site without a log": {"log": None},
    "a charter of a log": {"kind": "charter", "log": _DIGEST, "to": "open"},
    "a charter with slots": {"kind": "charter", "log": None, "to": [_DIGEST]},
    "deeds without effects": {"kind": "deeds", "to": "open"},
    "deeds whose effects are null": {"kind": "deeds", "to": "open", "effects": None, "inboxes": _DIGEST},
    "deeds whose inboxes are null": {"kind": "deeds", "to": "open", "effects": _DIGEST, "inboxes": None},
}
_WRONG_SENDERS: dict[str, dict[str, Any]] = {
    "no keys": {"keys": []},
    "four keys": {"keys": [_DIGEST, _OTHER, "A" * 42 + "I", "A" * 42 + "M"]},
    "five keys": {"keys": [_DIGEST, _OTHER, "A" * 42 + "I", "A" * 42 + "M", "A" * 42 + "Q"]},
    "a key twice in from": {"keys": [_DIGEST, _DIGEST]},
    "a party of 15 bytes": {"party": "A" * 20},
    "a desk that is null": {"desk": None},
    "a person in from": {"person": "M-7"},
}
