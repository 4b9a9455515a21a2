"""A dishonest operator: it has the log, every body, and all of the service's own keys, and no key of any party.

`honest_world` gives a small true log with the receipts that its parties hold. Each function of `Operator` makes the
dossier that such an operator would hand over instead, signed with the log's true keys wherever it has them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from standclear.cli import cast
from standclear.cli.cast import Said
from standclear.dossier.assemble import assemble
from standclear.dossier.format import EntryPart, FormCommits, RecordList
from standclear.dossier.reading import read_dossier
from standclear.flow.evidence import dossier_of, policy_of
from standclear.flow.identity import ServiceKeys, service_keys
from standclear.statements.bodies import parse_body
from standclear.statements.canonical import canonical, read_canonical
from standclear.statements.compose import Recipient, sign_payload
from standclear.statements.deeds import (
    EffectRecord,
    InboxRecord,
    Record,
    ReleaseRecord,
    ShreddedRecord,
    leaves_of,
)
from standclear.statements.entry import entry_bytes, parse_entry
from standclear.statements.envelope import STATEMENT_TYPE
from standclear.statements.header import Header, parse_header
from standclear.statements.lists import SaltedList, inbox_leaf, ref_of
from standclear.statements.traces import trace_text
from standclear.tlog.checkpoint import Checkpoint
from standclear.tlog.heads import GREASE_BYTES, published_head
from standclear.tlog.merkle import Tree, leaf_hash, root_of
from world import HOUR_MS, Chance, World, anybody, site

Change = Callable[[str, Record], Record | None]
"""What becomes of one record of a deeds statement, by its list's name; None drops it."""


@dataclass(slots=True)
class Honest:
    """A true log: its dossier, the policy that trusts it, what was said, and each one's receipt."""

    dossier: bytes
    policy: bytes
    keys: ServiceKeys
    said: dict[str, Said]
    bravo: bytes

    def receipt(self, name: str) -> bytes:
        """The receipt that whoever said it holds."""
        return self.said[name].answer.receipt

    def index(self, name: str) -> int:
        return self.said[name].answer.index


def honest_world() -> Honest:
    """A site told to the other side, a fire filed over it, acknowledgements by a person and by a machine."""
    with World(seed="dishonest") as world:
        alpha, bravo, monitor = world.enrol("Alpha"), world.enrol("Bravo"), world.enrol("Mission", "monitor")
        world.agree(alpha, bravo, monitor=monitor)
        said: dict[str, Said] = {}
        exact = site(world.now_ms, at=(36.63, 35.93), name="The clinic")
        wide = site(world.now_ms, at=(36.63, 35.93), name="A place", radius_m=2_000, form="widened")
        forms = {"exact": [exact.to_value()], "widened": [wide.to_value()]}
        said["site"] = world.notice(alpha, exact, anybody(form="widened"), forms=forms)
        world.settle()
        said["held"] = world.activity(bravo, anybody(when="on_meet"))
        world.settle()
        said["aware"] = world.activity(
            bravo, anybody(when="on_meet"), cites=said["held"].missing, replaces=ref_of(said["held"].sid, 0)
        )
        world.settle()
        said["by_person"] = world.acknowledge(bravo, sids=[said["site"].sid], to=[Recipient(party=alpha.id)])
        world.settle()
        said["far"] = world.site(alpha, anybody(), at=(37.5, 35.5))
        said["by_machine"] = world.acknowledge(bravo, sids=[said["far"].sid], machine=True)
        world.settle()
        said["ended"] = world.end(alpha, "site", [ref_of(said["far"].sid, 0)])
        world.clock.pass_ms(HOUR_MS)
        said["last"] = world.site(alpha, anybody(), at=(37.0, 35.5))
        world.settle()
        return Honest(
            dossier=dossier_of(world.service),
            policy=policy_of(world.service),
            keys=world.keys,
            said=said,
            bravo=bravo.id,
        )


def delayed_world() -> Honest:
    """A notice that the operator held back for two hours before it integrated it."""
    with World(seed="delayed") as world:
        alpha, bravo = world.enrol("Alpha"), world.enrol("Bravo")
        world.agree(alpha, bravo)
        draft = world_site_draft(world)
        composed = alpha.person.compose(draft, world.now_ms, world.chance)
        world.clock.pass_ms(2 * HOUR_MS)
        answer = world.run(world.service.submit(composed.text))
        world.settle()
        said = {"site": cast.Said(composed=composed, answer=answer)}
        return Honest(
            dossier=dossier_of(world.service),
            policy=policy_of(world.service),
            keys=world.keys,
            said=said,
            bravo=bravo.id,
        )


def world_site_draft(world: World) -> cast.Draft:
    what = site(world.now_ms, at=(36.63, 35.93))
    return cast.Draft(kind="site", under=world.under, forms={"exact": [what.to_value()]}, to=anybody())


@dataclass(slots=True)
class Operator:
    """Whoever keeps the log, rewriting it."""

    honest: Honest
    parts: list[EntryPart] = field(default_factory=list)
    chance: Chance = field(default_factory=lambda: Chance("operator"))

    def __post_init__(self) -> None:
        self.parts = list(read_dossier(self.honest.dossier)[0].entries)

    # --- what it can always make --------------------------------------------------------------------

    def handed_over(self, keys: ServiceKeys | None = None) -> bytes:
        """The dossier of what the parts are now, under a head signed with the log's keys."""
        signing = keys or self.honest.keys
        parts = [replace(part, index=index) for index, part in enumerate(self.parts)]
        tree = Tree(leaf_hash(part.text) for part in parts)
        checkpoint = Checkpoint(origin=signing.origin, size=tree.size, root=tree.root())
        note = published_head(checkpoint, signing.head, signing.lasting, self.chance(GREASE_BYTES))
        return assemble(note=note.to_bytes(), tree=tree, parts=parts)

    def header(self, index: int) -> Header:
        return parse_header(parse_entry(self.parts[index].text).envelope.payload)

    def deeds_after(self, index: int) -> int:
        """The index of the first deeds statement after an entry."""
        return next(i for i in range(index + 1, len(self.parts)) if self.parts[i].lists)

    def restate(self, change: Change) -> None:
        """Sign all deeds anew, each record changed or dropped, in one chain that has no hole."""
        seq, prev = None, None
        for place, part in enumerate(self.parts):
            if not part.lists:
                continue
            lists = tuple(self._changed(one, change) for one in part.lists)
            old = self.header(place)
            digests = {
                one.name: SaltedList(salt=one.salt, leaves=leaves_of(one.records)).digest() for one in lists
            }
            header = replace(
                old,
                seq=old.seq if seq is None else seq,
                prev=old.prev if prev is None else prev,
                items=digests["items"],
                effects=digests["effects"],
                inboxes=digests["inboxes"],
            )
            envelope = sign_payload(STATEMENT_TYPE, header.to_bytes(), [self.honest.keys.deed])
            seq, prev = header.seq + 1, envelope.sid()
            text = entry_bytes(parse_entry(part.text).integrated_ms, envelope.to_bytes())
            self.parts[place] = replace(part, text=text, lists=lists)

    def _changed(self, listed: RecordList, change: Change) -> RecordList:
        records = (change(listed.name, record) for record in listed.records)
        return replace(listed, records=tuple(record for record in records if record is not None))

    def retime(self, index: int, integrated_ms: int) -> None:
        """Give an entry another time."""
        envelope = parse_entry(self.parts[index].text).envelope
        self.parts[index] = replace(self.parts[index], text=entry_bytes(integrated_ms, envelope.to_bytes()))

    # --- what it does with it -----------------------------------------------------------------------

    def forks(self) -> bytes:
        """Another history with the same statements: only its own deeds differ, by their salts."""
        self.restate(lambda _, record: replace(record, salt=self.chance(16)))
        return self.handed_over()

    def drops(self, name: str) -> bytes:
        """An entry never was; the later ones move up, and the deeds speak of them in their new places."""
        gone = self.honest.index(name)
        sid = self.honest.said[name].sid
        del self.parts[gone]

        def moved(_: str, record: Record) -> Record | None:
            if isinstance(record, EffectRecord):
                if record.sid == sid:
                    return None
                return replace(record, index=record.index - (record.index > gone))
            if isinstance(record, ReleaseRecord):
                if record.sid == sid:
                    return None
                return replace(record, trigger_index=record.trigger_index - (record.trigger_index > gone))
            return record

        self.restate(moved)
        return self.handed_over()

    def backdates(self, name: str, ms: int) -> bytes:
        """An entry's time is moved back, and the head is signed anew."""
        index = self.honest.index(name)
        self.retime(index, parse_entry(self.parts[index].text).integrated_ms - ms)
        return self.handed_over()

    def rolls_back(self, name: str) -> bytes:
        """The log ends before an entry, as if a backup had been restored."""
        del self.parts[self.honest.index(name) :]
        return self.handed_over()

    def reorders(self, first: str, second: str) -> bytes:
        """Two entries change places; each keeps its place's time."""
        a, b = self.honest.index(first), self.honest.index(second)
        times = [parse_entry(self.parts[i].text).integrated_ms for i in (a, b)]
        self.parts[a], self.parts[b] = self.parts[b], self.parts[a]
        for index, time_ms in zip((a, b), times, strict=True):
            self.retime(index, time_ms)
        return self.handed_over()

    def swaps_body(self, name: str) -> bytes:
        """The place in the body is another one."""
        index = self.honest.index(name)
        part = self.parts[index]
        value = read_canonical(part.bodies[0].text, "body")
        value["volumes"][0]["core"]["at"] = [370000000, 355000000]
        body = replace(part.bodies[0], text=canonical(value), value=value)
        self.parts[index] = replace(part, bodies=(body, *part.bodies[1:]))
        return self.handed_over()

    def swaps_form(self, name: str) -> bytes:
        """What was released widened is said to have been released exact: the forms change names."""
        index = self.honest.index(name)
        part = self.parts[index]
        other = {"exact": "widened", "widened": "exact"}
        forms = sorted((_renamed(form, other) for form in part.forms), key=lambda one: one.form)
        bodies = sorted((replace(one, form=other[one.form]) for one in part.bodies), key=lambda one: one.form)
        self.parts[index] = replace(part, forms=tuple(forms), bodies=tuple(bodies))
        return self.handed_over()

    def hides_release(self, name: str) -> bytes:
        """What was released to Bravo at the end is left out of the deeds and of Bravo's inbox."""
        sid, bravo = self.honest.said[name].sid, self.honest.bravo
        leaves = self.inbox(bravo)
        short = [leaf for leaf in leaves if leaf[:32] != sid]
        hashes = [leaf_hash(leaf) for leaf in short]

        def without(_: str, record: Record) -> Record | None:
            if isinstance(record, ReleaseRecord) and (record.sid, record.party) == (sid, bravo):
                return None
            if isinstance(record, InboxRecord) and record.party == bravo and record.n > len(short):
                return replace(record, n=len(short), root=root_of(hashes))
            return record

        self.restate(without)
        return self.handed_over()

    def inbox(self, party: bytes) -> list[bytes]:
        """A party's inbox, from the release records (each statement of this world has one item)."""
        records = [record for part in self.parts for one in part.lists for record in one.records]
        released = [one for one in records if isinstance(one, ReleaseRecord) and one.party == party]
        ordered = sorted(released, key=lambda one: one.inbox_start)
        return [inbox_leaf(ref_of(one.sid, 0), one.form) for one in ordered]

    def hides_meeting(self) -> bytes:
        """The service never says that the fire meets the site."""
        self.restate(lambda _, record: None if record.to_value()["record"] == "meets" else record)
        return self.handed_over()

    def forges_effect(self, name: str, **forged: object) -> bytes:
        """The service says that an entry did something else."""
        index = self.honest.index(name)

        def changed(_: str, record: Record) -> Record:
            if isinstance(record, EffectRecord) and record.index == index:
                return replace(record, **forged)
            return record

        self.restate(changed)
        return self.handed_over()

    def resigns(self) -> bytes:
        """The same log under keys of its own making, with the same origin."""
        return self.handed_over(service_keys(self.honest.keys.origin, b"another seed of the operator's  "))

    def replays(self, name: str) -> bytes:
        """A statement that was closed is appended once more."""
        again = self.parts[self.honest.index(name)]
        last_ms = parse_entry(self.parts[-1].text).integrated_ms
        self.parts.append(again)
        self.retime(len(self.parts) - 1, last_ms)
        return self.handed_over()

    def speaks_for(self, name: str) -> bytes:
        """A statement in a party's name, signed with the only keys that the operator has."""
        index = self.honest.index(name)
        part = self.parts[index]
        entry = parse_entry(part.text)
        forged = sign_payload(STATEMENT_TYPE, entry.envelope.payload, [self.honest.keys.deed])
        borrowed = [replace(forged.signatures[0], key=one.key) for one in entry.envelope.signatures]
        envelope = replace(entry.envelope, signatures=tuple(borrowed))
        self.parts[index] = replace(part, text=entry_bytes(entry.integrated_ms, envelope.to_bytes()))
        return self.handed_over()

    def shreds(self, name: str, *, says_so: bool) -> bytes:
        """The words of an entry are destroyed, and nobody had asked for it; it may say that somebody had."""
        index = self.honest.index(name)
        part = self.parts[index]
        trace = trace_text(parse_body(self.header(index), part.bodies[0].value, "body"))
        self.parts[index] = replace(part, bodies=())
        if says_so:
            record = ShreddedRecord(
                ref=ref_of(self.honest.said[name].sid, 0),
                erasure=self.honest.said["ended"].sid,
                at_ms=0,
                trace=trace,
                same=(),
                escrow=None,
                salt=self.chance(16),
            )
            last = max(place for place, one in enumerate(self.parts) if one.lists)
            lists = tuple(
                replace(one, records=(*one.records, record)) if one.name == "items" else one
                for one in self.parts[last].lists
            )
            self.parts[last] = replace(self.parts[last], lists=lists)
            self.restate(lambda _, one: one)
        return self.handed_over()

    def withholds_deeds(self) -> bytes:
        """One of its own deeds statements is left out."""
        del self.parts[self.deeds_after(self.honest.index("held"))]
        return self.handed_over()


def _renamed(form: FormCommits, names: dict[str, str]) -> FormCommits:
    return replace(form, form=names[form.form])
