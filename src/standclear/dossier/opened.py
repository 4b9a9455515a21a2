"""Opening entries: what each header commits to, against what the dossier holds beside it (checks 9, 10 and 11).

An entry of which everything is at hand becomes the submission that the log once took, checked by the same code. Of any
other, each slot, list and body is checked by itself, so that a finding can name the one that is wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from standclear.dossier.format import LISTS, EntryPart, FormCommits, OpenedBody, RecordList, SingleRecord
from standclear.dossier.report import Findings
from standclear.errors import BadInclusion, StandclearError
from standclear.keys import sha256
from standclear.statements.bodies import Body, parse_body
from standclear.statements.canonical import Value, from_b64u
from standclear.statements.deeds import Record, record_leaf
from standclear.statements.entry import parse_entry
from standclear.statements.envelope import Envelope
from standclear.statements.header import Header, parse_header
from standclear.statements.lists import FORMS, InboxHead, SaltedList, Slot, commit_of, ref_of
from standclear.statements.parties import keyless_id, party_id
from standclear.statements.submission import FormBodies, SaltedBody, Submission, checked_submission
from standclear.statements.traces import read_trace
from standclear.tlog.merkle import leaf_hash, root_from_multiproof


@dataclass(slots=True, kw_only=True)
class Opened:
    """One entry, read and held against its own header. What did not hold is left out of it, and stands in a finding.

    `submission` is there if nothing is missing and everything holds. `is_whole`: the dossier says that all that stands
    beside the header is here, and what is here holds; bodies may be missing. `bodies` has what is at hand, by form and item;
    `records` the records of a deeds statement's lists: whole ones in `whole_lists`, single ones with their positions.
    """

    index: int
    leaf: bytes
    integrated_ms: int
    envelope: Envelope
    header: Header
    sid: bytes
    submission: Submission | None
    is_whole: bool = False
    slots: tuple[Slot, ...] = ()
    cites: SaltedList | None = None
    of: SaltedList | None = None
    inbox: InboxHead | None = None
    counts: dict[str, int] = field(default_factory=dict)
    bodies: dict[tuple[str, int], tuple[SaltedBody, Body]] = field(default_factory=dict)
    whole_lists: dict[str, tuple[Record, ...]] = field(default_factory=dict)
    single_records: dict[str, tuple[Record, ...]] = field(default_factory=dict)

    def first_body(self) -> Body | None:
        """The exact form of the first item, if it is at hand."""
        found = self.bodies.get(("exact", 0))
        return None if found is None else found[1]

    def records(self, name: str) -> tuple[Record, ...]:
        """The records of one list that are at hand."""
        return self.whole_lists.get(name, ()) + self.single_records.get(name, ())


class Names:
    """What to call an entry and a party in a finding: by the names that the dossier's own enrolments give."""

    def __init__(self, parts: Iterable[EntryPart]) -> None:
        self._party: dict[bytes, str] = {}
        self._times: Counter[str] = Counter()
        self._entry: dict[int, str] = {}
        for part in parts:
            for body in part.bodies:
                self._learn(part, body)

    def _learn(self, part: EntryPart, body: OpenedBody) -> None:
        value = body.value if isinstance(body.value, dict) else {}
        for kind, root, name in (("enrolment", "root", "name"), ("charter", "service_root", "service_name")):
            called = value.get(name)
            if value.get("type") == kind and isinstance(called, str):
                key = value.get(root)
                party = _keyless_of(part, called) if key is None else _party_of(key)
                if party is not None and party not in self._party:
                    self._party[party] = called
                    self._times[called] += 1

    def party(self, party: bytes) -> str:
        """A party's name, with the beginning of its id where two say that they have the same; or that alone."""
        name = self._party.get(party)
        if name is None:
            return f"party {party.hex()[:8]}"
        return f"{name} ({party.hex()[:8]})" if self._times[name] > 1 else name

    def note(self, index: int, header: Header) -> None:
        """Remember what an entry is."""
        article = "an" if header.kind[0] in "aeio" else "a"
        what = "the deeds" if header.kind == "deeds" else f"{article} {header.kind}"
        act = "" if header.act == "new" else f" ({header.act})"
        self._entry[index] = f"entry {index}, {what}{act} of {self.party(header.sender.party)}"

    def entry(self, index: int | None) -> str:
        """An entry by its index, with its kind and whose it is."""
        return "the dossier" if index is None else self._entry.get(index, f"entry {index}")


def _party_of(root: Value) -> bytes | None:
    try:
        return party_id(from_b64u(root, 32, "root"))
    except StandclearError:
        return None


def _keyless_of(part: EntryPart, name: str) -> bytes | None:
    """The id of a party without a key: of its name, and the log that its entry says it is of."""
    try:
        log = parse_header(parse_entry(part.text).envelope.payload).log
    except StandclearError:
        return None
    return None if log is None else keyless_id(log, name)


def open_entries(parts: Iterable[EntryPart], names: Names, findings: Findings) -> dict[int, Opened]:
    """Every entry that can be read, by index."""
    opened = {}
    for part in parts:
        try:
            entry = parse_entry(part.text)
            whole = _submission(entry.envelope, part)
            header = parse_header(entry.envelope.payload) if whole is None else whole.header
        except StandclearError as error:
            findings.broken(4, f"entry {part.index}", f"it cannot be read: {error}", part.index)
            continue
        names.note(part.index, header)
        one = Opened(
            index=part.index,
            leaf=leaf_hash(part.text),
            integrated_ms=entry.integrated_ms,
            envelope=entry.envelope,
            header=header,
            sid=entry.envelope.sid() if whole is None else whole.sid,
            submission=whole,
        )
        if header.kind == "deeds":
            _open_deeds(one, part, names, findings)
        elif whole is None:
            _open_piece_by_piece(one, part, names, findings)
        else:
            _open_whole(one, whole)
        opened[part.index] = one
    return opened


# --- everything at hand -----------------------------------------------------------------------------


def _submission(envelope: Envelope, part: EntryPart) -> Submission | None:
    """The entry as the submission it was; None if something is missing or does not hold."""
    opening = part.opening
    if opening is None or not opening.is_whole or not part.forms or not _is_complete(part):
        return None
    forms = _forms(part)
    if any(
        form.items().leaves != given.commits.leaves
        for (form, _), given in zip(forms, part.forms, strict=True)
    ):
        return None
    try:
        return checked_submission(envelope, forms, opening.slots, opening.cites, opening.of, opening.inbox)
    except StandclearError:
        return None


def _forms(part: EntryPart) -> tuple[tuple[FormBodies, tuple[Value, ...]], ...]:
    """The bodies of a complete part, form by form, with their JSON values."""
    at = 0
    forms = []
    for form in part.forms:
        given = part.bodies[at : at + len(form.commits.leaves)]
        at += len(given)
        bodies = tuple(SaltedBody(salt=body.salt, text=body.text) for body in given)
        bound = FormBodies(form=form.form, list_salt=form.commits.salt, bodies=bodies)
        forms.append((bound, tuple(body.value for body in given)))
    return tuple(forms)


def _open_whole(one: Opened, whole: Submission) -> None:
    one.slots, one.cites, one.of, one.inbox = whole.slots, whole.cites, whole.of, whole.inbox
    for form in whole.forms:
        one.counts[form.form] = len(form.bodies)
        typed = whole.bodies[form.form]
        for item, body in enumerate(form.bodies):
            one.bodies[form.form, item] = (body, typed[item])


def _is_complete(part: EntryPart) -> bool:
    """Whether the bodies are all the items of all the forms, in order."""
    wanted = [(form.form, item) for form in part.forms for item in range(len(form.commits.leaves))]
    return len(wanted) == len(part.bodies) and wanted == [(body.form, body.item) for body in part.bodies]


# --- piece by piece ---------------------------------------------------------------------------------


def _open_piece_by_piece(one: Opened, part: EntryPart, names: Names, findings: Findings) -> None:
    about = names.entry(part.index)
    before = sum(len(found) for found in findings.found.values())
    opening = part.opening
    _open_slots(one, part, about, findings)
    _open_lists(one, part, about, findings)
    for form in part.forms:
        _open_form(one, form, about, findings)
    for body in part.bodies:
        _open_body(one, part, body, about, findings)
    if opening is None or not opening.is_whole or not part.forms:
        return
    is_sound = before == sum(len(found) for found in findings.found.values())
    if is_sound and _is_complete(part):
        findings.broken(9, about, "with all that stands beside it, it is no statement: " + _why(one, part))
    elif is_sound:
        header = one.header
        pairs = ((header.cites, one.cites), (header.of, one.of), (header.inbox, one.inbox))
        one.is_whole = all((digest is None) == (given is None) for digest, given in pairs)


def without_the_shredded(one: Opened, traces: Mapping[bytes, bytes]) -> Submission | None:
    """An entry as the submission it was, with their traces in the place of the bodies that were shredded.

    None if something else is missing too, or a trace is none.
    """
    if not one.is_whole or "exact" not in one.counts:
        return None
    gone: set[int] = set()
    bodies: dict[str, tuple[Body, ...]] = {}
    try:
        for form in (form for form in FORMS if form in one.counts):
            held = []
            for item in range(one.counts[form]):
                found = one.bodies.get((form, item))
                if found is None:
                    gone.add(item)
                    held.append(read_trace(one.header, traces[ref_of(one.sid, item)], form))
                else:
                    held.append(found[1])
            bodies[form] = tuple(held)
    except (KeyError, StandclearError):
        return None
    return Submission(
        envelope=one.envelope,
        header=one.header,
        sid=one.sid,
        forms=(),
        bodies=bodies,
        slots=one.slots,
        cites=one.cites,
        of=one.of,
        inbox=one.inbox,
        gone=frozenset(gone),
    )


def _why(one: Opened, part: EntryPart) -> str:
    """What the statement's own rules say of an entry whose every piece holds."""
    opening = part.opening
    assert opening is not None
    try:
        checked_submission(
            one.envelope, _forms(part), opening.slots, opening.cites, opening.of, opening.inbox
        )
    except StandclearError as error:
        return str(error)
    return "its pieces do not fit together"


def _open_slots(one: Opened, part: EntryPart, about: str, findings: Findings) -> None:
    held = []
    for place, slot in enumerate(part.opening.slots if part.opening else ()):
        if isinstance(one.header.to, tuple) and slot.digest() in one.header.to:
            held.append(slot)
        else:
            findings.broken(9, about, f"slot {place} is not one that its header commits to", one.index)
    one.slots = tuple(held)


def _open_lists(one: Opened, part: EntryPart, about: str, findings: Findings) -> None:
    opening, header = part.opening, one.header
    if opening is None:
        return
    for name, salted, digest in (("cites", opening.cites, header.cites), ("of", opening.of, header.of)):
        if salted is not None and salted.digest() != digest:
            findings.broken(9, about, f"its list {name!r} is not the one its header commits to", one.index)
        elif name == "cites":
            one.cites = salted
        else:
            one.of = salted
    if opening.inbox is not None and opening.inbox.digest() != header.inbox:
        findings.broken(9, about, "its inbox head is not the one its header commits to", one.index)
    else:
        one.inbox = opening.inbox


def _open_form(one: Opened, form: FormCommits, about: str, findings: Findings) -> None:
    digest = form.commits.digest()
    bound = {slot.items for slot in one.slots if slot.form == form.form}
    if form.form == "exact" and one.header.items is not None:
        bound.add(one.header.items)
    if digest in bound:
        one.counts[form.form] = len(form.commits.leaves)
    else:
        findings.broken(
            9, about, f"the list of its {form.form} form is not the one that was committed to", one.index
        )


def _open_body(one: Opened, part: EntryPart, body: OpenedBody, about: str, findings: Findings) -> None:
    what = f"{about}: its item {body.item} in the {body.form} form"
    leaves = next((form.commits.leaves for form in part.forms if form.form == body.form), ())
    if body.item >= len(leaves) or commit_of(body.salt, body.text) != leaves[body.item]:
        findings.broken(10, what, "the body is not the one that was committed to", one.index)
        return
    if body.form not in one.counts:
        return  # its list is not the header's: said already
    try:
        typed = parse_body(one.header, body.value, "body")
    except StandclearError as error:
        findings.broken(10, what, f"the body is not of its kind: {error}", one.index)
        return
    one.bodies[body.form, body.item] = (SaltedBody(salt=body.salt, text=body.text), typed)


# --- deeds ------------------------------------------------------------------------------------------


def _open_deeds(one: Opened, part: EntryPart, names: Names, findings: Findings) -> None:
    about = names.entry(part.index)
    digests = {"effects": one.header.effects, "inboxes": one.header.inboxes, "items": one.header.items}
    for listed in part.lists:
        if _list_digest(listed) == digests[listed.name]:
            one.whole_lists[listed.name] = listed.records
        else:
            findings.broken(
                11, about, f"its list of {listed.name} is not the one the service signed", one.index
            )
    singles: dict[str, list[Record]] = {name: [] for name in LISTS}
    for single in part.singles:
        if _single_digest(single) == digests[single.name]:
            singles[single.name].append(single.record)
        else:
            findings.broken(
                11,
                about,
                f"record {single.position} of its {single.name} is not in the list the service signed",
                one.index,
            )
    one.single_records = {name: tuple(records) for name, records in singles.items()}


def _list_digest(listed: RecordList) -> bytes:
    return SaltedList(salt=listed.salt, leaves=listed.leaves).digest()


def _single_digest(single: SingleRecord) -> bytes | None:
    """The digest of the list that a single record's path leads to; None if the path leads nowhere."""
    try:
        root = root_from_multiproof(
            {single.position: leaf_hash(record_leaf(single.record))}, single.n, single.path
        )
    except BadInclusion:
        return None
    return sha256(b"standclear/list/v1\n", single.salt, single.n.to_bytes(8, "big"), root)
