"""Questions a party may ask of a running log. Release is enforced here: what may not be shown does not exist (NotFound).

A party sees what it said, what was released to it, and the open statements; an arrangement's monitor sees every entry
under it. Only durable entries are ever shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from standclear.conflicts.sight import Sight
from standclear.conflicts.standing import Standing
from standclear.errors import NotFound
from standclear.flow.ports import StoredBody, StoredEntry
from standclear.flow.service import Service
from standclear.flow.shelving import open_body
from standclear.flow.versions import Version, later_versions, was_wrong
from standclear.obligations.ladder import Attested, Ladder
from standclear.spacetime.meet import NO_MARGIN, meets
from standclear.spacetime.volume import Volume
from standclear.statements.canonical import Value, b64u, read_canonical
from standclear.statements.carriage import CarriedRecord
from standclear.statements.entry import parse_entry
from standclear.statements.header import OPEN_KINDS, Header, parse_header
from standclear.statements.lists import WHOLE_ITEM, ref_of, split_ref
from standclear.statements.submission import SaltedBody
from standclear.tlog.checkpoint import Checkpoint
from standclear.tlog.heads import commit_head
from standclear.tlog.proof import TlogProof


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxItem:
    """One release as its recipient sees it. `body` is None where its words were shredded.

    Of a notice, `marks` are what its filing was labelled with; of a site, `grade` is how it was established as far as its
    signatures bear it out, and `is_unverified` says that the arrangement asks for a better one. `same_as` are the notices that
    the reader has said are the same thing.
    """

    position: int
    ref: bytes
    form: str
    kind: str
    act: str
    sender: bytes
    index: int
    stated_ms: int
    integrated_ms: int
    released_ms: int
    condition: str
    rung: str
    deadline_ms: int | None
    salt: bytes | None
    body: Value
    marks: tuple[str, ...]
    grade: str | None
    is_unverified: bool
    same_as: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One row of the answer to "what was X told about this area before T": a release that meets the area."""

    position: int
    ref: bytes
    form: str
    kind: str
    name: str
    sender: bytes
    released_ms: int
    state: str
    change: str | None
    successors: tuple[bytes, ...]
    handed_ms: int | None
    acknowledged_ms: int | None
    disseminated_ms: int | None
    attested: tuple[Attested, ...]
    versions: tuple[Version, ...]
    carried: tuple[CarriedRecord, ...]
    owes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoKnew:
    """The answer, and how far it reaches: the inbox head (n, root) up to which nothing else was told through this log.

    `corrected` are what it was told of at another place, and a later version says that it was always in this one.
    `undecidable` counts notices whose words are gone, `withheld` notices that the asker may not see.
    """

    party: bytes
    before_ms: int
    told: tuple[Told, ...]
    corrected: tuple[Told, ...]
    inbox_n: int
    inbox_root: bytes
    size: int
    undecidable: int
    withheld: int

    @property
    def verdict(self) -> str:
        """Of the sentence "it was told nothing about this before then": refuted, proven, or undecidable (G29)."""
        if self.told:
            return "refuted"
        return "undecidable" if self.undecidable or self.withheld else "proven"


class Query:
    """Questions about one open service."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._book = service.book

    @property
    def service(self) -> Service:
        """The service that is asked."""
        return self._service

    def sight_of(self, asker: bytes) -> Sight:
        """What an asker may be shown: the service and a monitor of every arrangement in the log see all of it."""
        agreements = self._book.agreements.all()
        monitored = frozenset(one.first for one in agreements if asker in one.arrangement.monitors())
        is_whole = asker == self._service.keys.party or (
            bool(agreements) and len(monitored) == len(agreements)
        )
        return Sight(asker=asker, monitored=monitored, is_whole=is_whole)

    # --- who may see what ----------------------------------------------------------------------------

    def is_monitor(self, party: bytes, under: bytes | None) -> bool:
        """Whether a party monitors the arrangement named; with None, whether it monitors every one of the log.

        Anybody can file an arrangement that names itself its monitor: what concerns the whole log asks for all of them.
        """
        if party == self._service.keys.party:
            return True
        agreement = self._book.agreements.find(under)
        found = self._book.agreements.all() if under is None else ((agreement,) if agreement else ())
        return bool(found) and all(party in one.arrangement.monitors() for one in found)

    def visible_inbox(self, party: bytes) -> int:
        """How many releases of a party's inbox are durable."""
        inbox = self._book.inboxes.inbox(party)
        count = len(inbox)
        while count and inbox.indexes[count - 1] >= self._service.size:
            count -= 1
        return count

    def inbox_head(self, party: bytes) -> tuple[int, bytes]:
        """The durable head of a party's inbox: how many releases, and their root."""
        count = self.visible_inbox(party)
        return count, self._book.inboxes.inbox(party).tree.root(count)

    def _entry(self, index: int, *, with_bodies: bool) -> tuple[StoredEntry, Header]:
        entry = next(iter(self._service.store.read_entries(index, index + 1, with_bodies=with_bodies)))
        return entry, parse_header(parse_entry(entry.text).envelope.payload)

    def find(self, sid: bytes) -> int:
        """The index of a durable statement.

        Raises:
            NotFound: the log has no such statement, or not durably yet.
        """
        index = self._book.index_of.get(sid)
        if index is None or index >= self._service.size:
            raise NotFound(kind="statement", id=sid.hex()[:16])
        return index

    def forms_for(self, party: bytes, header: Header, sid: bytes) -> tuple[str, ...]:
        """The forms of a statement that a party may see; empty if it may not see the statement at all."""
        if party == header.sender.party or self.is_monitor(party, header.under):
            return ("exact", "widened", "desk")
        if header.kind in OPEN_KINDS:
            return ("exact",)
        inbox = self._book.inboxes.inbox(party)
        forms = []
        for ladder in self._book.ledger.of_sid.get(sid, ()):
            if ladder.party == party and inbox.indexes[ladder.start] < self._service.size:
                forms.append(inbox.forms[ladder.start])
        position = inbox.position_of.get(ref_of(sid, 0))
        if not forms and position is not None and inbox.indexes[position] < self._service.size:
            forms.append(inbox.forms[position])
        return tuple(dict.fromkeys(forms))

    # --- statements and receipts ---------------------------------------------------------------------

    def statement(self, party: bytes, sid: bytes) -> Value:
        """One statement as a party may see it: entry, effect-free facts, and the bodies of the forms released to it.

        Raises:
            NotFound: no such statement, or none that may be shown to this party.
        """
        index = self.find(sid)
        entry, header = self._entry(index, with_bodies=True)
        forms = self.forms_for(party, header, sid)
        if not forms:
            raise NotFound(kind="statement", id=sid.hex()[:16])
        inbox = self._book.inboxes.inbox(party)
        everything = party == header.sender.party or self.is_monitor(party, header.under)
        keys = () if header.kind == "deeds" else self._service.store.read_body_keys(index)
        bodies = []
        for stored in entry.bodies:
            shown = everything or header.kind in OPEN_KINDS or ref_of(sid, stored.item) in inbox.position_of
            if stored.form in forms and shown:
                bodies.append(_body_value(stored, keys[stored.item], sid))
        return {
            "bodies": bodies,
            "entry": b64u(entry.text),
            "header": header.to_value(),
            "index": index,
            "integrated_ms": entry.integrated_ms,
            "sid": b64u(sid),
        }

    def receipt(self, sid: bytes) -> bytes:
        """A fresh receipt (tlog-proof) of a statement under the newest durable head."""
        index = self.find(sid)
        head = self._service.sequencer.durable
        note = commit_head(
            Checkpoint(origin=self._service.keys.origin, size=head.size, root=head.root),
            self._service.keys.head,
        )
        entry, _ = self._entry(index, with_bodies=False)
        proof = TlogProof(
            index=index,
            hashes=self._service.tree.inclusion_proof(index, head.size),
            checkpoint_note=note.to_bytes(),
            extra=str(entry.integrated_ms).encode("ascii"),
        )
        return proof.to_bytes()

    # --- inbox ---------------------------------------------------------------------------------------

    def inbox(self, party: bytes, start: int, limit: int, *, brief: bool = False) -> tuple[InboxItem, ...]:
        """Releases [start, start + limit) of a party's own inbox, with their bodies in the form released.

        `brief` leaves the bodies out: a whole inbox is walked through without opening any.
        """
        end = min(start + limit, self.visible_inbox(party))
        return self.items(party, range(start, end), brief=brief)

    def positions_of(self, party: bytes, refs: Iterable[bytes]) -> list[int]:
        """Where in a party's own inbox some notices stand; those that were not released to it have no place."""
        position_of = self._book.inboxes.inbox(party).position_of
        visible = self.visible_inbox(party)
        found = {position_of[ref] for ref in refs if ref in position_of}
        return sorted(position for position in found if position < visible)

    def items(self, party: bytes, positions: Iterable[int], *, brief: bool = False) -> tuple[InboxItem, ...]:
        """The releases at some durable positions of a party's own inbox."""
        wanted = list(positions)
        opened = {} if brief else self._opened(party, wanted)
        entries: dict[int, tuple[StoredEntry, Header]] = {}
        return tuple(self._inbox_item(party, position, entries, opened) for position in wanted)

    def _opened(
        self, party: bytes, positions: Sequence[int]
    ) -> dict[tuple[int, str, int], SaltedBody | None]:
        """The bodies at these positions: from each entry, only the run of items that is asked for."""
        inbox = self._book.inboxes.inbox(party)
        runs: dict[tuple[int, str], tuple[int, int]] = {}
        sids: dict[int, bytes] = {}
        for position in positions:
            index, item = self._place(inbox.refs[position])
            sids[index] = split_ref(inbox.refs[position])[0]
            first, last = runs.get((index, inbox.forms[position]), (item, item))
            runs[index, inbox.forms[position]] = (min(first, item), max(last, item))
        opened: dict[tuple[int, str, int], SaltedBody | None] = {}
        for (index, form), (first, last) in runs.items():
            keys = self._service.store.read_body_keys(index)
            for stored in self._service.store.read_bodies(index, form, first, last + 1):
                key = keys[stored.item]
                opened[index, form, stored.item] = (
                    None if key is None else open_body(stored, sids[index], key)
                )
        return opened

    def _place(self, ref: bytes) -> tuple[int, int]:
        """The entry and the item of a reference; a reference to a whole statement means its first item."""
        sid, item = split_ref(ref)
        return self._book.index_of[sid], 0 if item == WHOLE_ITEM else item

    def _inbox_item(
        self,
        party: bytes,
        position: int,
        entries: dict[int, tuple[StoredEntry, Header]],
        opened: Mapping[tuple[int, str, int], SaltedBody | None],
    ) -> InboxItem:
        inbox = self._book.inboxes.inbox(party)
        ref, form = inbox.refs[position], inbox.forms[position]
        index, item = self._place(ref)
        if index not in entries:
            entries[index] = self._entry(index, with_bodies=False)
        entry, header = entries[index]
        body = opened.get((index, form, item))
        held = self._book.ledger.of_party.get(party)
        ladder = None if held is None else held.at(position)
        standing = self._book.register.by_ref.get(ref)
        return InboxItem(
            position=position,
            ref=ref,
            form=form,
            kind=header.kind,
            act=header.act,
            sender=header.sender.party,
            index=index,
            stated_ms=header.stated_ms,
            integrated_ms=entry.integrated_ms,
            released_ms=inbox.times_ms[position],
            condition=self.condition_for(party, ref),
            rung="released" if ladder is None else rung_at(ladder, position),
            deadline_ms=None if ladder is None or not ladder.owes else ladder.deadline_ms,
            salt=None if body is None else body.salt,
            body=None if body is None else read_canonical(body.text, "body"),
            marks=() if standing is None else standing.marks,
            grade=None if standing is None else standing.grade,
            is_unverified=standing is not None and standing.verify_by_ms is not None,
            same_as=() if standing is None else tuple(self._book.compared.same_as(party, standing)),
        )

    def condition_for(self, party: bytes, ref: bytes) -> str:
        """What the clock and its owner say now of something that was released to a party; "" of anything else."""
        inbox = self._book.inboxes.inbox(party)
        position = inbox.position_of.get(ref)
        if position is None:
            return ""
        standing = self._book.register.by_ref.get(ref)
        if standing is None:
            return "said"
        return standing.condition(self._service.clock.now_ms(), inbox.forms[position])

    # --- what stands, who answered -------------------------------------------------------------------

    def standing(self, party: bytes, ref: bytes) -> Standing:
        """One's own notice as it stands.

        Raises:
            NotFound: no such notice, or another party's.
        """
        found = self._book.register.by_ref.get(ref)
        if found is None or (found.party != party and not self.is_monitor(party, found.under)):
            raise NotFound(kind="notice", id=ref.hex()[:16])
        return found

    def ladders(self, party: bytes, sid: bytes) -> tuple[Ladder, ...]:
        """The receipt ladders of one's own statement, or of one that a monitor may see."""
        self.find(sid)
        found = tuple(self._book.ledger.of_sid.get(sid, ()))
        standing = self._book.register.by_ref.get(ref_of(sid, 0))
        under = None if standing is None else standing.under
        if not found or (found[0].sender != party and not self.is_monitor(party, under)):
            raise NotFound(kind="ladders", id=sid.hex()[:16])
        return found

    def own(self, party: bytes, kind: str | None) -> tuple[Standing, ...]:
        """One's own notices that stand, oldest first."""
        return tuple(
            one
            for one in self._book.register.notices
            if one.party == party and one.state == "stands" and kind in (None, one.kind)
        )

    # --- who knew ------------------------------------------------------------------------------------

    def who_knew(self, asker: bytes, party: bytes, area: Volume, before_ms: int) -> WhoKnew:
        """What a party was told about a volume of space and time before a time, through this log.

        The party itself and a monitor are answered in full; any other asker is answered about its own notices only.

        Raises:
            NotFound: the party is not enrolled.
        """
        if party not in self._book.roll.parties:
            raise NotFound(kind="party", id=party.hex()[:8])
        full = asker == party or self.is_monitor(asker, None)
        count, root = self.inbox_head(party)
        inbox = self._book.inboxes.inbox(party)
        sight = self.sight_of(asker)
        told, corrected = [], []
        undecidable = withheld = 0
        for position in range(count):
            if inbox.times_ms[position] >= before_ms:
                break
            standing = self._book.register.by_ref.get(inbox.refs[position])
            if standing is None or standing.is_gone:
                undecidable += self.is_gone(inbox.refs[position])
            elif not full and standing.party != asker:
                withheld += 1
            else:
                versions = tuple(later_versions(self._book, sight, party, standing, area))
                if _concerns(standing, inbox.forms[position], area):
                    told.append(self._told(party, position, standing, versions))
                elif was_wrong(versions):
                    corrected.append(self._told(party, position, standing, versions))
        return WhoKnew(
            party=party,
            before_ms=before_ms,
            told=tuple(told),
            corrected=tuple(corrected),
            inbox_n=count,
            inbox_root=root,
            size=self._service.size,
            undecidable=undecidable,
            withheld=withheld,
        )

    def is_gone(self, ref: bytes) -> bool:
        """Whether a release speaks of a notice whose words are gone, so that its place is unknown."""
        _, header = self._entry(self._book.index_of[split_ref(ref)[0]], with_bodies=False)
        return header.kind in ("site", "presence", "activity", "movement", "zone") and header.act in (
            "new",
            "replace",
        )

    def _told(self, party: bytes, position: int, standing: Standing, versions: tuple[Version, ...]) -> Told:
        inbox = self._book.inboxes.inbox(party)
        held = self._book.ledger.of_party.get(party)
        ladder = None if held is None else held.at(position)
        is_acknowledged = ladder is not None and rung_at(ladder, position) in (
            "acknowledged",
            "disseminated",
        )
        return Told(
            position=position,
            ref=standing.ref,
            form=inbox.forms[position],
            kind=standing.kind,
            name=standing.name if inbox.forms[position] == "exact" else "",
            sender=standing.party,
            released_ms=inbox.times_ms[position],
            state=standing.state,
            change=standing.change,
            successors=standing.successors,
            handed_ms=None if ladder is None else ladder.handed_ms,
            acknowledged_ms=ladder.first_acknowledged_ms if ladder is not None and is_acknowledged else None,
            disseminated_ms=ladder.disseminated[0][0] if ladder is not None and ladder.disseminated else None,
            attested=() if ladder is None else tuple(ladder.attested),
            versions=versions,
            carried=self._book.carriage.about(standing.sid, party),
            owes=ladder is not None and ladder.owes,
        )


def rung_at(ladder: Ladder, position: int) -> str:
    """The rung of one release within its ladder: a list may be acknowledged in part."""
    if ladder.acknowledged and ladder.acknowledged[position - ladder.start]:
        return "disseminated" if ladder.disseminated else "acknowledged"
    rung = ladder.rung()
    return rung if rung not in ("acknowledged", "disseminated") else "handed_over"


def _concerns(standing: Standing, form: str, area: Volume) -> bool:
    return any(meets(volume, area, NO_MARGIN) for volume in standing.volumes[form])


def _body_value(stored: StoredBody, key: bytes | None, sid: bytes) -> Value:
    if key is None:
        return {"body": None, "form": stored.form, "item": stored.item, "salt": None}
    opened = open_body(stored, sid, key)
    return {
        "body": read_canonical(opened.text, "body"),
        "form": stored.form,
        "item": stored.item,
        "salt": b64u(opened.salt),
    }
