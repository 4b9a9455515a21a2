"""Evidence: what a dossier needs, gathered from a running log. What may be shown to whom is decided here.

A monitor, and the service itself, are shown the whole log. Anybody else is shown the answer to a question, with what
answers it: the open statements, what it said or was told itself, and of the rest only hashes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from standclear.dossier.answers import Question
from standclear.dossier.assemble import assemble
from standclear.dossier.format import (
    LISTS,
    EntryPart,
    FormCommits,
    InboxLeaves,
    OpenedBody,
    Opening,
    Receipt,
    RecordList,
    SingleRecord,
)
from standclear.errors import NotFound, NotPermitted
from standclear.flow.ports import StoredEntry
from standclear.flow.query import Query
from standclear.flow.service import Service
from standclear.flow.shelving import open_body, read_form_commits
from standclear.limits import CITES_MAX, ITEMS_MAX, RECORDS_MAX, SLOTS_MAX
from standclear.statements.canonical import read_canonical
from standclear.statements.carriage import CarriedRecord
from standclear.statements.deeds import (
    AttestedRecord,
    EffectRecord,
    InboxRecord,
    MeetsRecord,
    Record,
    ReleaseRecord,
    ShreddedRecord,
    read_record,
)
from standclear.statements.entry import parse_entry
from standclear.statements.fields import Fields
from standclear.statements.header import OPEN_KINDS, Header, parse_header
from standclear.statements.lists import (
    FORMS,
    REF_BYTES,
    SaltedList,
    inbox_leaf,
    read_inbox_head,
    read_list,
    read_slot,
    ref_of,
    split_ref,
)
from standclear.tlog.checkpoint import parse_checkpoint
from standclear.tlog.merkle import Tree, leaf_hash, multiproof
from standclear.tlog.note import parse_note
from standclear.tlog.policy import NO_QUORUM, Policy, PolicyLog, format_policy


def policy_of(service: Service) -> bytes:
    """The policy file that trusts this log's two keys and asks for no witness. Hand it over apart from any dossier."""
    logs = tuple(PolicyLog(key=key) for key in service.keys.log_keys())
    return format_policy(Policy(logs=logs, witnesses=(), groups=(), quorum=NO_QUORUM))


def sees_all(service: Service, asker: bytes) -> bool:
    """Whether a party may see every entry: the service itself, or a monitor of every arrangement in the log."""
    return Query(service).is_monitor(asker, None)


def dossier_of(
    service: Service,
    *,
    asker: bytes | None = None,
    receipts: Sequence[Receipt] = (),
    note: bytes | None = None,
) -> bytes:
    """The whole log up to its newest published head, which is published now if the log has grown.

    `note` is a published head that is there already: given that, another thread may gather. `asker` None is the
    service's own keeper. Await `Service.settle` before, so that the last effects are in it.

    Raises:
        NotPermitted: the asker is not a monitor.
    """
    if asker is not None and not Query(service).is_monitor(asker, None):
        raise NotPermitted(
            field="asker", reason="the whole log is shown to who monitors all of it", remedy="ask a question"
        )
    note = note or service.publisher.publish_now()
    size = parse_checkpoint(parse_note(note).text).size
    parts = [_whole_part(service, entry) for entry in service.store.read_entries(0, size)]
    return assemble(note=note, tree=service.tree, parts=parts, receipts=receipts)


def answer_of(
    service: Service,
    asker: bytes,
    question: Question,
    *,
    receipts: Sequence[Receipt] = (),
    note: bytes | None = None,
) -> bytes:
    """A dossier that answers a question, with only the entries needed, and of these only what the asker may see.

    `note` as for `dossier_of`.

    Raises:
        NotFound: the party asked about is not enrolled.
    """
    if question.party not in service.book.roll.parties:
        raise NotFound(kind="party", id=question.party.hex()[:8])
    note = note or service.publisher.publish_now()
    size = parse_checkpoint(parse_note(note).text).size
    gathered = _Gathering(service, asker, question, size)
    gathered.run()
    return assemble(
        note=note,
        tree=service.tree,
        parts=[gathered.parts[index] for index in sorted(gathered.parts)],
        inboxes=(InboxLeaves(party=question.party, leaves=tuple(gathered.leaves)),),
        receipts=receipts,
        question=question,
    )


def statement_of(service: Service, asker: bytes, sid: bytes, *, note: bytes | None = None) -> bytes:
    """A dossier of one statement as a party may see it: the charter, who enrolled its signers, itself.

    What a desk reads is checked with it before anybody relies on it. `note` as for `dossier_of`.

    Raises:
        NotFound: no such statement, or none that may be shown to this party, or not under a published head yet.
    """
    query = Query(service)
    index = query.find(sid)
    entry = next(iter(service.store.read_entries(index, index + 1, with_bodies=False)))
    header = _header(entry)
    forms = frozenset(query.forms_for(asker, header, sid))
    if not forms:
        raise NotFound(kind="statement", id=sid.hex()[:16])
    note = note or service.publisher.publish_now()
    keys = service.book.roll.keys.values()
    enrolled = {key.since_index for key in keys if key.party == header.sender.party}
    open_ones = {at for at in (0, *enrolled) if at < index}
    parts = [_shown_part(service, asker, at, frozenset(FORMS)) for at in sorted(open_ones)]
    if index < parse_checkpoint(parse_note(note).text).size:
        parts.append(_shown_part(service, asker, index, forms))
    return assemble(note=note, tree=service.tree, parts=parts)


# --- one entry, whole -----------------------------------------------------------------------------------


def _header(entry: StoredEntry) -> Header:
    return parse_header(parse_entry(entry.text).envelope.payload)


def _whole_part(service: Service, entry: StoredEntry) -> EntryPart:
    if _header(entry).kind == "deeds":
        return EntryPart(index=entry.index, text=entry.text, lists=_record_lists(entry))
    beside = Fields(read_canonical(entry.beside, "beside"), "beside")
    opening = Opening(
        is_whole=True,
        slots=beside.many("slots", read_slot, SLOTS_MAX),
        cites=beside.one_or_none("cites", lambda one, at: read_list(one, at, REF_BYTES, CITES_MAX)),
        of=beside.one_or_none("of", lambda one, at: read_list(one, at, REF_BYTES + 4, ITEMS_MAX)),
        inbox=beside.one_or_none("inbox", read_inbox_head),
    )
    commits = dict(beside.many("forms", read_form_commits, len(FORMS)))
    bodies = tuple(_bodies(service, entry))
    forms = tuple(FormCommits(form=form, commits=commits[form]) for form in FORMS if form in commits)
    ordered = tuple(body for form in FORMS for body in bodies if body.form == form)
    return EntryPart(index=entry.index, text=entry.text, opening=opening, forms=forms, bodies=ordered)


def _bodies(service: Service, entry: StoredEntry) -> Iterator[OpenedBody]:
    """Every body that is still there."""
    keys = service.store.read_body_keys(entry.index)
    for stored in entry.bodies:
        if keys[stored.item] is not None:
            opened = open_body(stored, entry.sid, keys[stored.item])
            value = read_canonical(opened.text, "body")
            yield OpenedBody(
                form=stored.form, item=stored.item, salt=opened.salt, text=opened.text, value=value
            )


def _record_lists(entry: StoredEntry) -> tuple[RecordList, ...]:
    beside = Fields(read_canonical(entry.beside, "deeds"), "deeds")
    lists = []
    for name in LISTS:
        fields = Fields(beside.take(name), name)
        records = fields.many("records", read_record, RECORDS_MAX)
        lists.append(RecordList(name=name, salt=fields.raw("salt", 16), records=records))
    return tuple(lists)


def _shown_part(service: Service, asker: bytes, index: int, forms: frozenset[str]) -> EntryPart:
    """One entry with the bodies of these forms, and openings as far as the asker may see them."""
    entry = next(iter(service.store.read_entries(index, index + 1)))
    header = _header(entry)
    whole = _whole_part(service, entry)
    everything = (
        header.kind in OPEN_KINDS
        or asker == header.sender.party
        or Query(service).is_monitor(asker, header.under)
    )
    shown = forms | {"exact"} if everything else forms
    part = replace(
        whole,
        forms=tuple(one for one in whole.forms if one.form in shown),
        bodies=tuple(one for one in whole.bodies if one.form in shown),
    )
    opening = whole.opening
    if opening is None:
        return part
    if everything:
        return replace(part, opening=replace(opening, is_whole=len(part.forms) == len(whole.forms)))
    slots = tuple(slot for slot in opening.slots if slot.party in (None, asker))
    cites = _own_cites(service, asker, opening)
    released = service.book.inboxes.inbox(asker).position_of
    return replace(
        part,
        opening=Opening(is_whole=False, slots=slots, cites=cites, of=None, inbox=None),
        bodies=tuple(one for one in part.bodies if ref_of(entry.sid, one.item) in released),
    )


def _own_cites(service: Service, asker: bytes, opening: Opening) -> SaltedList | None:
    """What a reply answers, if all of it is the asker's own."""
    cites, by_ref = opening.cites, service.book.register.by_ref
    own = cites is not None and all(ref in by_ref and by_ref[ref].party == asker for ref in cites.leaves)
    return cites if own else None


# --- the answer to a question ---------------------------------------------------------------------------------


@dataclass(slots=True)
class _Gathering:
    """What answers one question, for one asker."""

    service: Service
    asker: bytes
    question: Question
    size: int
    parts: dict[int, EntryPart] = field(default_factory=dict)
    leaves: list[bytes] = field(default_factory=list)
    _is_full: bool = False
    _known: dict[int, bool] = field(default_factory=dict)
    _deeds: list[StoredEntry] = field(default_factory=list)

    def run(self) -> None:
        query = Query(self.service)
        self._is_full = self.asker == self.question.party or sees_all(self.service, self.asker)
        for entry in self.service.store.read_entries(0, self.size, with_bodies=False):
            header = _header(entry)
            if header.kind == "deeds":
                self._deeds.append(entry)
            elif header.kind in OPEN_KINDS:
                self._add(entry.index, frozenset(FORMS))
            elif header.sender.party == self.question.party and query.forms_for(
                self.asker, header, entry.sid
            ):
                self._add_own(entry, header)
        self._add_releases()
        self._add_records()

    def _read(self, index: int) -> StoredEntry:
        return next(iter(self.service.store.read_entries(index, index + 1)))

    def _add(self, index: int, forms: frozenset[str]) -> None:
        self.parts[index] = _shown_part(self.service, self.asker, index, forms)

    def _add_own(self, entry: StoredEntry, header: Header) -> None:
        """What the party asked about said itself: its replies, and the inbox heads that it signed."""
        if header.kind in ("acknowledgement", "dissemination"):
            forms = Query(self.service).forms_for(self.asker, header, entry.sid)
            self._add(entry.index, frozenset(forms))
        elif self._is_full and header.inbox is not None:
            self._add(entry.index, frozenset())

    def _add_releases(self) -> None:
        """The party's inbox as far as the last deeds commit to it, and what was released to it before the time."""
        inbox = self.service.book.inboxes.inbox(self.question.party)
        for position in range(self._committed()):
            ref, form = inbox.refs[position], inbox.forms[position]
            index = self.service.book.index_of[split_ref(ref)[0]]
            leaf = inbox_leaf(ref, form)
            if not self._is_full and not self._may_know(index):
                self.leaves.append(leaf_hash(leaf))
                continue
            self.leaves.append(leaf)
            if inbox.times_ms[position] < self.question.before_ms and index not in self.parts:
                self._add(index, frozenset({form}))

    def _may_know(self, index: int) -> bool:
        """Whether the asker may know that the party was told this: its own words, or those that it monitors."""
        if index not in self._known:
            header = _header(self._read(index))
            is_own = header.sender.party == self.asker
            self._known[index] = is_own or Query(self.service).is_monitor(self.asker, header.under)
        return self._known[index]

    def _committed(self) -> int:
        if not self._deeds:
            return 0
        heads = next(one for one in _record_lists(self._deeds[-1]) if one.name == "inboxes")
        found = [one for one in heads.records if isinstance(one, InboxRecord)]
        return next((one.n for one in found if one.party == self.question.party), 0)

    def _add_records(self) -> None:
        """The records of the deeds that speak of these entries and this inbox, each with its path."""
        shown_sids = {self.service.book.index_of[sid]: sid for sid in self._sids()}
        for entry in self._deeds:
            is_last = entry is self._deeds[-1]
            singles = [
                single
                for one in _record_lists(entry)
                for single in _singles(
                    one, [at for at, rec in enumerate(one.records) if self._shows(rec, shown_sids, is_last)]
                )
            ]
            if singles:
                self.parts[entry.index] = EntryPart(
                    index=entry.index, text=entry.text, singles=tuple(singles)
                )

    def _sids(self) -> set[bytes]:
        return {parse_entry(part.text).envelope.sid() for part in self.parts.values()}

    def _shows(self, record: Record, shown: dict[int, bytes], is_last: bool) -> bool:
        match record:
            case InboxRecord():
                return is_last and record.party == self.question.party
            case ReleaseRecord():
                return record.party == self.question.party and (self._is_full or record.sid in shown.values())
            case AttestedRecord():
                return record.party == self.question.party and (self._is_full or record.sid in shown.values())
            case EffectRecord():
                return record.index in shown
            case ShreddedRecord():
                return record.ref[:32] in shown.values() and self._shows_exact(record.ref)
            case MeetsRecord():
                told = self.asker.hex() in record.told or sees_all(self.service, self.asker)
                return told and {record.a[:32], record.b[:32]} <= set(shown.values())
            case CarriedRecord():
                concerns = self.question.party in (record.party, record.silent)
                return concerns and record.sid in shown.values()
            case _:
                return False

    def _shows_exact(self, ref: bytes) -> bool:
        """Whether the asker may see an item as exactly as its trace is: its times and codes."""
        header = _header(self._read(self.service.book.index_of[ref[:32]]))
        if header.sender.party == self.asker or Query(self.service).is_monitor(self.asker, header.under):
            return True
        inbox = self.service.book.inboxes.inbox(self.asker)
        position = inbox.position_of.get(ref)
        return position is not None and inbox.forms[position] == "exact"


def _singles(listed: RecordList, positions: Sequence[int]) -> Iterator[SingleRecord]:
    """These records of a list, each with its path."""
    tree = Tree(leaf_hash(leaf) for leaf in listed.leaves) if positions else Tree()
    for position in positions:
        yield SingleRecord(
            name=listed.name,
            salt=listed.salt,
            n=len(listed.records),
            position=position,
            record=listed.records[position],
            path=multiproof(tree, [position]),
        )
