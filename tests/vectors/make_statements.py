"""Writes the vectors of the statement format into tests/vectors/statements: seeded, so a run changes nothing.

Each file is a list of {"name", "given", "expected"}, one a line, or of as many lines as fit a reader. `expected` is the
answer, or {"refused": slug, "field": the field or limit that is named}. Bytes are base64url without padding. What is
asked of each file stands at its function in `statement_answers.py` and in docs/spec/statement.md, "Vectors".
"""

from __future__ import annotations

import json
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from standclear.keys import key_id  # noqa: E402
from standclear.spacetime.units import FOREVER_MS  # noqa: E402
from standclear.statements.canonical import Value, b64u, canonical  # noqa: E402
from standclear.statements.compose import Composed, Draft, sign_payload  # noqa: E402
from standclear.statements.entry import entry_bytes  # noqa: E402
from standclear.statements.envelope import REQUEST_TYPE, STATEMENT_TYPE  # noqa: E402
from standclear.statements.lists import FORMS, TRAVELS, WHENS, ref_of  # noqa: E402
from vectors.statement_answers import answer_to  # noqa: E402
from vectors.statement_cases import Cases, canonical_cases, envelope_cases, header_cases, plain_header  # noqa: E402
from vectors.statement_scene import (  # noqa: E402
    NOON_MS,
    UNIT,
    Chance,
    Scene,
    build_scene,
    deeds_of,
    key_of,
    notice_body,
)

# --- digests and slots --------------------------------------------------------------------------------


def digest_cases(scene: Scene) -> Cases:
    fresh = Chance("digests")
    for body in ("{}", '{"a":1}', '{"name":"é"}', "[" + ",".join(["0"] * 500) + "]"):
        yield (
            f"commitment to {len(body)} letters",
            {"body": body, "salt": b64u(fresh(32)), "what": "commitment"},
        )
    for n in (0, 1, 2, 3, 4, 5, 7, 8, 9, 100):
        leaves = [b64u(fresh(36)) for _ in range(n)]
        yield f"list of {n}", {"leaves": leaves, "salt": b64u(fresh(16)), "sorted": False, "what": "list"}
    refs = [bytes([place]) * 36 for place in range(3)]
    for name, order in {"rising": (0, 1, 2), "falling": (1, 0), "a leaf twice": (1, 1)}.items():
        leaves = [b64u(refs[place]) for place in order]
        yield (
            f"sorted list, {name}",
            {"leaves": leaves, "salt": b64u(bytes(16)), "sorted": True, "what": "list"},
        )
    party = b64u(scene.party("North"))
    for place, (form, when, travel) in enumerate(zip(FORMS, WHENS, TRAVELS, strict=True)):
        told = "*" if place == 2 else party
        opening = {"form": form, "items": b64u(fresh(32)), "party": told, "salt": b64u(fresh(16))}
        yield f"slot, {form}", {"opening": opening | {"travel": travel, "when": when}, "what": "slot"}
    for field, wrong in (
        ("form", "wide"),
        ("when", "later"),
        ("travel", "away"),
        ("party", "x"),
        ("salt", ""),
    ):
        yield (
            f"slot, wrong {field}",
            {"opening": opening | {"travel": "desk", "when": "now"} | {field: wrong}, "what": "slot"},
        )
    yield "slot without travel", {"opening": opening | {"when": "now"}, "what": "slot"}
    for n in (0, 1, 18_000):
        opening = {"n": n, "root": b64u(fresh(32)), "salt": b64u(fresh(16))}
        yield f"inbox head of {n}", {"opening": opening, "what": "inbox head"}
    yield "inbox head of less than nothing", {"opening": opening | {"n": -1}, "what": "inbox head"}
    sid = b64u(scene.said["site"].sid)
    for item in (0, 1, 4_095, 0xFFFF_FFFF):
        yield f"ref to item {item}", {"item": item, "sid": sid, "what": "ref"}
    for form in FORMS:
        yield (
            f"inbox leaf, {form}",
            {"form": form, "ref": b64u(ref_of(scene.said["site"].sid, 1)), "what": "inbox leaf"},
        )
    for name in ("North", "South"):
        public = key_of(f"{name} root").public
        yield f"key id of {name}", {"public": b64u(public), "what": "key id"}
        yield f"party id of {name}", {"root": b64u(public), "what": "party id"}
        for desk in ("duty", "Бригада 12", ""):
            yield (
                f"desk id of {name}, {desk!r}",
                {"name": desk, "party": b64u(scene.party(name)), "what": "desk id"},
            )
    for name in ("Group F", "بلدية", ""):
        given = {"log": b64u(scene.log), "name": name}
        yield f"id of a party without a key, {name!r}", given | {"what": "keyless id"}
    for log in (None, b64u(scene.log)):
        given = {"log": log, "party": party, "public": b64u(key_of("North duty-1").public)}
        yield f"possession, {'charter' if log is None else 'enrolment'}", given | {"what": "possession"}
    for place in range(2):
        yield (
            f"acknowledgement tag {place}",
            {"salt": b64u(fresh(32)), "sid": sid, "what": "acknowledgement tag"},
        )


def slot_cases() -> Cases:
    fresh = Chance("slots")
    for count in (0, 1, 2, 3, 4, 5, 40):
        digests = [b64u(fresh(32)) for _ in range(count)]
        yield (
            f"{count} recipients",
            {"digests": digests, "filling": [b64u(fresh(32)) for _ in range(max(count, 1))]},
        )


# --- entries and chains -------------------------------------------------------------------------------


def entry_cases(scene: Scene) -> Cases:
    for place, (name, said) in enumerate(scene.said.items()):
        yield f"the scene's {name}", {"text": entry_bytes(NOON_MS + place, said.envelope.to_bytes()).decode()}
    envelope = scene.said["site"].envelope.to_bytes().decode()
    value = json.loads(envelope)
    request = sign_payload(REQUEST_TYPE, b"{}", [key_of("x")]).to_bytes().decode()
    mark = "standclear.entry/v1\n"
    yield "at the beginning of time", {"text": f"{mark}0\n{envelope}"}
    yield "at the end of time", {"text": f"{mark}{FOREVER_MS}\n{envelope}"}
    for name, text in {
        "after the end of time": f"{mark}{FOREVER_MS + 1}\n{envelope}",
        "with a time of nothing": f"{mark}\n{envelope}",
        "with a leading zero": f"{mark}01\n{envelope}",
        "with a sign": f"{mark}+1\n{envelope}",
        "with a space": f"{mark}1 \n{envelope}",
        "with digits of another script": f"{mark}١\n{envelope}",
        "with a carriage return": f"{mark}1\r\n{envelope}",
        "without an envelope": f"{mark}1",
        "of version 2": f"standclear.entry/v2\n1\n{envelope}",
        "without its mark": envelope,
        "with a newline at the end": f"{mark}1\n{envelope}\n",
        "indented": f"{mark}1\n{json.dumps(value, indent=1)}",
        "signatures turned round": f"{mark}1\n" + _turned_round(scene),
        "a request": f"{mark}1\n{request}",
    }.items():
        yield name, {"text": text}


def _turned_round(scene: Scene) -> str:
    value = json.loads(scene.said["activity"].envelope.to_bytes())
    value["signatures"].reverse()
    return json.dumps(value, separators=(",", ":"))


def chain_cases(scene: Scene) -> Cases:
    enrolled = bytes(32)
    unbroken = _chained(scene, enrolled, (0, 1, 2, 3, 4))
    payloads, sids = [one[0] for one in unbroken], [one[1] for one in unbroken]
    other = _chained(scene, sids[1], (2, 3), salt=1)
    orders: dict[str, list[str]] = {
        "unbroken": payloads,
        "the first is missing": payloads[1:],
        "one is missing": [payloads[0], *payloads[2:]],
        "one comes late": [payloads[0], payloads[2], payloads[1], payloads[3]],
        "a fork": [*payloads[:3], other[0][0], payloads[3]],
        "a fork that is followed": [*payloads[:3], other[0][0], other[1][0], payloads[3]],
        "another beginning": [_chained(scene, sids[4], (0,))[0][0], *payloads[1:]],
        "the same place thrice": [
            payloads[0],
            *[_chained(scene, enrolled, (0,), salt=n)[0][0] for n in (2, 3)],
        ],
    }
    for name, listed in orders.items():
        yield name, {"enrolled": b64u(enrolled), "payloads": listed}


def _chained(scene: Scene, prev: bytes, seqs: tuple[int, ...], salt: int = 0) -> list[tuple[str, bytes]]:
    found = []
    for seq in seqs:
        value = plain_header(scene, seq=seq, prev=b64u(prev), nonce=b64u(bytes([salt]) * 16))
        envelope = sign_payload(STATEMENT_TYPE, canonical(value), [key_of("x")])
        prev = envelope.sid()
        found.append((envelope.payload.decode(), prev))
    return found


# --- deeds, signatures, submissions --------------------------------------------------------------------


def deeds_cases(scene: Scene) -> Cases:
    deeds = deeds_of(scene)
    payload = deeds.header.to_bytes().decode()
    lists = {
        name: {"records": [record.to_value() for record in records], "salt": b64u(salt)}
        for name, (salt, records) in deeds.lists.items()
    }
    yield "one of each record", {"lists": lists, "payload": payload}
    effects = lists["effects"]
    wrong: dict[str, dict[str, Value]] = {
        "an effect changed": {
            "records": [effects["records"][0] | {"effect": "aware"}, effects["records"][1]]
        },
        "an effect left out": {"records": effects["records"][:1]},
        "effects turned round": {"records": effects["records"][::-1]},
        "another salt": {"salt": "A" * 22},
    }
    for name, changed in wrong.items():
        yield name, {"lists": lists | {"effects": effects | changed}, "payload": payload}
    yield (
        "two lists swapped",
        {"lists": lists | {"items": lists["inboxes"], "inboxes": lists["items"]}, "payload": payload},
    )


_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493


def signature_cases() -> Cases:
    key, message = key_of("North duty-1"), "a message"
    good = key.sign(message.encode())
    malleable = good[:32] + (int.from_bytes(good[32:], "little") + _L).to_bytes(32, "little")
    given = {"message": message, "public": b64u(key.public), "signature": b64u(good)}
    yield "a good one", given
    yield "of another message", given | {"message": "another"}
    yield "of another key", given | {"public": b64u(key_of("North duty-2").public)}
    yield "of 63 bytes", given | {"signature": b64u(good[:63])}
    yield "a bit of R turned", given | {"signature": b64u(bytes([good[0] ^ 1]) + good[1:])}
    yield "a bit of S turned", given | {"signature": b64u(good[:32] + bytes([good[32] ^ 1]) + good[33:])}
    yield "S and the order", given | {"signature": b64u(malleable)}
    identity, zero = (1).to_bytes(32, "little"), bytes(32)
    for name, point in {
        "the identity": identity, "y of zero": zero, "y of zero, sign set": bytes(31) + b"\x80",
        "y of minus one": (_P - 1).to_bytes(32, "little"), "y of p": _P.to_bytes(32, "little"),
        "y of p and one": (_P + 1).to_bytes(32, "little"),
    }.items():  # fmt: skip
        yield f"a key that is {name}", given | {"public": b64u(point), "signature": b64u(identity + zero)}
        yield f"an R that is {name}", given | {"signature": b64u(point + good[32:])}


def submission_cases(scene: Scene) -> Cases:
    publics = {b64u(key_id(key.public)): b64u(key.public) for key in _keys(scene)}
    for name, text in _submitted_texts(scene):
        named = {key: public for key, public in publics.items() if f'"{key}"' in text}
        yield name, {"publics": named, "text": text}


def _submitted_texts(scene: Scene) -> Iterator[tuple[str, str]]:
    for name, said in scene.said.items():
        yield f"the scene's {name}", said.text.decode()
    site = scene.said["site"].text.decode()
    yield "indented", json.dumps(json.loads(site), indent=1)
    yield "with escapes", json.dumps(json.loads(site), ensure_ascii=True)
    yield from _changed_texts(scene)


def _keys(scene: Scene) -> list[Any]:
    seats = [
        f"{party} {seat}" for party in ("North", "South") for seat in ("root", "duty-1", "duty-2", "machine")
    ]
    return [scene.root, scene.deed, *map(key_of, seats)]


def _changed_texts(scene: Scene) -> Iterator[tuple[str, str]]:
    site, activity = (json.loads(scene.said[name].text) for name in ("site", "activity"))
    replacement, charter = (json.loads(scene.said[name].text) for name in ("replacement", "charter"))
    exact, widened, desk = site["forms"]
    slots = site["slots"]
    yield "a slot less", json.dumps(site | {"slots": slots[:2]})
    yield "no slots opened", json.dumps(site | {"slots": []})
    yield "a form less that a slot names", json.dumps(site | {"forms": [exact, widened]})
    yield "forms in another order", json.dumps(site | {"forms": [widened, exact, desk]})
    yield "a form twice", json.dumps(site | {"forms": [exact, widened, widened]})
    yield "no forms", json.dumps(site | {"forms": []})
    yield (
        "an item less",
        json.dumps(site | {"forms": [exact | {"bodies": exact["bodies"][:1]}, widened, desk]}),
    )
    yield (
        "items turned round",
        json.dumps(site | {"forms": [exact | {"bodies": exact["bodies"][::-1]}, widened, desk]}),
    )
    yield "another list salt", json.dumps(site | {"forms": [exact | {"salt": "A" * 22}, widened, desk]})
    yield "a form of another slot", json.dumps(site | {"forms": [exact, widened | {"salt": "A" * 22}, desk]})
    yield (
        "a slot that travels further",
        json.dumps(site | {"slots": [slots[0] | {"travel": "onward"}, *slots[1:]]}),
    )
    yield "a recipient twice", json.dumps(site | {"slots": [*slots, slots[0]]})
    yield "no inbox", json.dumps(activity | {"inbox": None})
    yield "an inbox that is not in the header", json.dumps(site | {"inbox": activity["inbox"]})
    yield "another inbox", json.dumps(activity | {"inbox": activity["inbox"] | {"n": 3}})
    yield "no cites", json.dumps(activity | {"cites": None})
    cites = activity["cites"]
    yield "one cite less", json.dumps(activity | {"cites": cites | {"leaves": cites["leaves"][:1]}})
    yield "cites turned round", json.dumps(activity | {"cites": cites | {"leaves": cites["leaves"][::-1]}})
    yield "a cite of 35 bytes", json.dumps(activity | {"cites": cites | {"leaves": ["A" * 47]}})
    yield "of left out", json.dumps(replacement | {"of": None})
    yield "another of", json.dumps(replacement | {"of": replacement["of"] | {"salt": "A" * 22}})
    yield "a slot of an open statement", json.dumps(charter | {"slots": slots[:1]})
    yield "a further field", json.dumps(site | {"priority": 1})
    yield "a field less", json.dumps({name: one for name, one in site.items() if name != "notes"})
    yield "a note", json.dumps(site | {"notes": ["exercise.example/statements\n1\nAAAA\n"]})
    yield "five notes", json.dumps(site | {"notes": ["a"] * 5})
    yield "an empty note", json.dumps(site | {"notes": [""]})
    text = scene.said["site"].text.decode()
    yield "a float in a body", text.replace('"radius_cm":10000', '"radius_cm":10000.0', 1)
    yield "a key twice beside the envelope", text[:-1] + ',"notes":[]}'
    yield "a body changed", text.replace("Hôpital", "Hospital", 1)
    yield "deeper than 16", text.replace('"notes":[]', '"notes":' + "[" * 16 + "]" * 16, 1)
    yield from _wrongly_signed(scene)


def _wrongly_signed(scene: Scene) -> Iterator[tuple[str, str]]:
    activity = scene.said["activity"]
    payload = activity.envelope.payload
    one, two, three = (key_of(f"North {seat}") for seat in ("duty-1", "duty-2", "machine"))
    for name, keys in {
        "a signature less": [one],
        "a signature more": [one, two, three],
        "another key's signature": [one, three],
        "signers the other way round": [two, one],
    }.items():
        envelope = sign_payload(STATEMENT_TYPE, payload, keys)
        yield name, json.dumps(json.loads(activity.text) | {"envelope": json.loads(envelope.to_bytes())})
    value = json.loads(activity.text)
    value["envelope"]["signatures"][0]["sig"] = b64encode(one.sign(b"another thing")).decode()
    yield "a signature of something else", json.dumps(value)
    request = sign_payload(REQUEST_TYPE, payload, [one, two])
    yield (
        "a request in place of a statement",
        json.dumps(value | {"envelope": json.loads(request.to_bytes())}),
    )
    deeds = sign_payload(STATEMENT_TYPE, deeds_of(build_scene()).header.to_bytes(), [scene.deed])
    yield "deeds", json.dumps(value | {"envelope": json.loads(deeds.to_bytes())})
    for name, of in {
        "an item that is not there": [(ref_of(bytes(32), 0), 1)],
        "a replacement that names no new item": [(ref_of(bytes(32), 0), 0xFFFF_FFFF)],
        "one version split in two": [(ref_of(bytes(32), 0), 0), (ref_of(bytes(32), 1), 0)],
    }.items():
        yield name, _replacing(of).text.decode()


def _replacing(of: list[tuple[bytes, int]]) -> Composed:
    """A replacement of these versions, in a scene of its own."""
    scene = build_scene()
    body = notice_body(UNIT, change="moved").to_value()
    draft = Draft(kind="presence", act="replace", forms={"exact": [body]}, to=[], of=of)
    return scene.say("again", "North duty-1", draft)


FILES: dict[str, Callable[[Scene], Cases]] = {
    "canonical": lambda _: canonical_cases(),
    "chains": chain_cases,
    "deeds": deeds_cases,
    "digests": digest_cases,
    "entries": entry_cases,
    "envelopes": envelope_cases,
    "headers": header_cases,
    "signatures": lambda _: signature_cases(),
    "slots": lambda _: slot_cases(),
    "submissions": submission_cases,
}


def text_of(file: str) -> str:
    """One file's text."""
    lines, names = [], []
    for name, given in FILES[file](build_scene()):
        case = {"name": name, "given": given, "expected": answer_to(file, given)}
        lines.append(json.dumps(case, ensure_ascii=True, separators=(",", ":")))
        names.append(name)
    assert len(set(names)) == len(names), [a for a, b in pairwise(sorted(names)) if a == b]
    return "[\n" + ",\n".join(lines) + "\n]\n"


def main() -> None:
    (HERE / "statements").mkdir(exist_ok=True)
    for file in FILES:
        (HERE / "statements" / f"{file}.json").write_text(text_of(file), encoding="ascii")


if __name__ == "__main__":
    main()
