"""The header: what of a statement stands in the log for ever. No coordinate, no name, nothing that must be erasable.

The format is docs/spec/statement.md, 3. Digests stand for everything long or confidential; what they stand for
travels beside the log to those it concerns (`lists.py`, `bodies.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

from standclear.errors import Malformed
from standclear.limits import HEADS_SEEN_MAX, REPLIES_MAX, SIGNERS_MAX, SLOTS_MAX
from standclear.spacetime.units import FOREVER_MS
from standclear.statements.canonical import Reader, Value, b64u, canonical, read_canonical
from standclear.statements.fields import Fields, raw_reader

VERSION = 1

KINDS = frozenset(
    {
        "charter", "enrolment", "retirement", "revocation", "arrangement", "adherence",
        "site", "presence", "movement", "activity", "zone",
        "progress", "inquiry", "answer", "observation", "emergency", "incident", "consultation", "claim",
        "acknowledgement", "dissemination", "objection", "agreement", "contact", "watch", "line_check",
        "translation", "relay", "hold", "erasure", "opening", "deeds",
    }
)  # fmt: skip
"""Every word a statement may be. Words without a body schema yet keep their place here and are refused by name."""

NOTICE_KINDS = frozenset({"site", "presence", "movement", "activity", "zone"})
OPEN_KINDS = frozenset(
    {"charter", "enrolment", "retirement", "revocation", "arrangement", "adherence", "deeds"}
)
ACTS = frozenset({"new", "replace", "cancel", "close"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who says it: party and desk (16 bytes each) and the ids of exactly the keys that sign; the chain is keys[0]'s."""

    party: bytes
    desk: bytes
    keys: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenHead:
    """A head of a log that the signer holds: the log's charter (32 bytes), size, and root (32 bytes)."""

    log: bytes
    size: int
    root: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """One statement's header. Digests are 32 bytes or None; `to` is "open" or the slots' digests, sorted."""

    log: bytes | None
    kind: str
    act: str
    sender: Sender
    seq: int
    prev: bytes | None
    nonce: bytes
    seen: tuple[SeenHead, ...]
    stated_ms: int
    void_after_ms: int | None
    under: bytes | None
    of: bytes | None
    re: tuple[bytes, ...]
    cites: bytes | None
    inbox: bytes | None
    items: bytes | None
    to: str | tuple[bytes, ...]
    effects: bytes | None = None
    inboxes: bytes | None = None

    def to_value(self) -> Value:
        value: dict[str, Value] = {
            "act": self.act,
            "cites": _b64_or_none(self.cites),
            "from": {
                "desk": b64u(self.sender.desk),
                "keys": [b64u(key) for key in self.sender.keys],
                "party": b64u(self.sender.party),
            },
            "inbox": _b64_or_none(self.inbox),
            "items": _b64_or_none(self.items),
            "kind": self.kind,
            "log": _b64_or_none(self.log),
            "nonce": b64u(self.nonce),
            "of": _b64_or_none(self.of),
            "prev": _b64_or_none(self.prev),
            "re": [b64u(sid) for sid in self.re],
            "seen": [
                {"log": b64u(head.log), "root": b64u(head.root), "size": head.size} for head in self.seen
            ],
            "seq": self.seq,
            "stated_ms": self.stated_ms,
            "to": self.to if isinstance(self.to, str) else [b64u(digest) for digest in self.to],
            "under": _b64_or_none(self.under),
            "v": VERSION,
            "void_after_ms": self.void_after_ms,
        }
        if self.kind == "deeds":
            value["effects"] = _b64_or_none(self.effects)
            value["inboxes"] = _b64_or_none(self.inboxes)
        return value

    def to_bytes(self) -> bytes:
        """The canonical payload that is signed."""
        return canonical(self.to_value())


def _b64_or_none(raw: bytes | None) -> str | None:
    return None if raw is None else b64u(raw)


def parse_header(payload: bytes, read: Reader = read_canonical) -> Header:
    """A header from its canonical bytes.

    Raises:
        Malformed: not canonical, a field missing, unknown or out of range, an unknown kind, a future version.
    """
    fields = Fields(read(payload, "header"), "header")
    version = fields.take("v")
    if type(version) is not int or version != VERSION:
        raise Malformed(
            "header.v", f"version {version!r} is not known here", "update this program, or write version 1"
        )
    kind = fields.choice("kind", KINDS)
    is_deeds = kind == "deeds"
    header = Header(
        log=fields.raw_or_none("log", 32),
        kind=kind,
        act=fields.choice("act", ACTS),
        sender=fields.one("from", _read_sender),
        seq=fields.integer("seq"),
        prev=fields.raw_or_none("prev", 32),
        nonce=fields.raw("nonce", 16),
        seen=fields.many("seen", _read_seen, HEADS_SEEN_MAX),
        stated_ms=fields.integer("stated_ms", 0, FOREVER_MS),
        void_after_ms=fields.integer_or_none("void_after_ms", 0, FOREVER_MS),
        under=fields.raw_or_none("under", 32),
        of=fields.raw_or_none("of", 32),
        re=fields.many("re", raw_reader(32), REPLIES_MAX),
        cites=fields.raw_or_none("cites", 32),
        inbox=fields.raw_or_none("inbox", 32),
        items=fields.raw_or_none("items", 32),
        to=_read_to(fields),
        effects=fields.raw("effects", 32) if is_deeds else None,
        inboxes=fields.raw("inboxes", 32) if is_deeds else None,
    )
    fields.done()
    _check_together(header)
    return header


def _check_together(header: Header) -> None:
    if (header.log is None) != (header.kind == "charter"):
        raise Malformed(
            "header.log", "only a charter has no log, and it has none", "write the sid of the log's charter"
        )
    if (header.to == "open") != (header.kind in OPEN_KINDS):
        raise Malformed(
            "header.to", f"a {header.kind} is {'open' if header.kind in OPEN_KINDS else 'addressed'}", ""
        )
    if header.act != "new" and header.of is None:
        raise Malformed(
            "header.of", f"to {header.act} says what", "list the versions that it replaces or ends"
        )
    if header.act == "new" and header.of is not None:
        raise Malformed("header.of", "a new statement replaces nothing", "use act replace, cancel or close")
    if header.act != "new" and header.kind not in NOTICE_KINDS | {"arrangement"}:
        raise Malformed("header.act", f"a {header.kind} cannot {header.act}", "say it anew")
    if header.items is None:
        raise Malformed("header.items", "nothing is said", "a statement has at least one item")


def _read_sender(value: Value, path: str) -> Sender:
    fields = Fields(value, path)
    keys = fields.many("keys", raw_reader(32), SIGNERS_MAX, least=1)
    if len(set(keys)) != len(keys):
        raise Malformed(f"{path}.keys", "a key stands twice", "name each signing key once")
    sender = Sender(party=fields.raw("party", 16), desk=fields.raw("desk", 16), keys=keys)
    fields.done()
    return sender


def _read_seen(value: Value, path: str) -> SeenHead:
    fields = Fields(value, path)
    head = SeenHead(log=fields.raw("log", 32), size=fields.integer("size", 1), root=fields.raw("root", 32))
    fields.done()
    return head


def _read_to(fields: Fields) -> str | tuple[bytes, ...]:
    value = fields.take("to")
    if value == "open":
        return "open"
    digests = Fields({"to": value}, "header").many("to", raw_reader(32), SLOTS_MAX)
    if list(digests) != sorted(set(digests)):
        raise Malformed("header.to", "not sorted, or a slot twice", "sort the slots' digests, each once")
    if len(digests) & (len(digests) - 1) or not digests:
        raise Malformed("header.to", "their number is not a power of two", "fill up with random digests")
    return digests
