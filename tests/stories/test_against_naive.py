"""Hundreds of random steps, after which the book is what a naive reading of the whole log says, and what a rebuild says.

A failure names its seed: `SEEDS` grown by it tells the same story again, to the byte.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from naive import Happened, Naive, picture, said_in
from naive_watch import bound_desks
from standclear.cli import speech
from standclear.cli.cast import Actor, Said
from standclear.conflicts.outcome import Outcome
from standclear.flow.rebuild import rebuild
from standclear.statements.arrangement import Arrangement, Member
from standclear.statements.asking import Contact
from standclear.statements.calls import LineCheck, Watch
from standclear.statements.compose import Draft, Recipient
from standclear.statements.lists import ref_of
from standclear.statements.notices import Notice, Owner
from standclear.statements.readiness import ReadinessRule
from standclear.statements.total import Total
from world import DAY_MS, HOUR_MS, Chance, ListedIndex, World, activity, presence, site

SEEDS = [1, 2, 3, 4]
STEPS = 130
PLACES = [(36.60 + i / 100, 35.93 + j / 100) for i in range(3) for j in range(2)]
MARKS_OF_CHAINS = {"gap", "fork", "seen_unproven"}


@dataclass
class Tale:
    """A world in which anything may happen, and what the service answered to each statement."""

    world: World
    dice: random.Random
    parties: list[Actor] = field(default_factory=list)
    unders: list[bytes] = field(default_factory=list)
    versions: list[bytes] = field(default_factory=list)
    refs: list[tuple[Actor, str, bytes]] = field(default_factory=list)
    outcomes: dict[bytes, Outcome] = field(default_factory=dict)

    def begin(self) -> None:
        self.parties = [self.world.enrol(name) for name in ("North", "South", "East")]
        self.parties.append(self.world.enrol("Monitor", "monitor"))
        north, south, east, monitor = self.parties
        for members in ((north, south), (north, south, east)):
            self.unders.append(self.world.agree(*members, monitor=monitor, readiness=self.readiness()))
        self.versions = list(self.unders)

    def step(self) -> None:
        """Something happens."""
        acts: list[tuple[int, Callable[[], None]]] = [
            (30, self.file), (30, self.plan), (12, self.acknowledge), (6, self.end), (5, self.pass_on),
            (8, self.wait), (6, self.call), (2, self.world.restart), (4, self.amend), (6, self.adhere),
            (24, self.keep_watch),
        ]  # fmt: skip
        [act] = self.dice.choices([act for _, act in acts], [weight for weight, _ in acts])
        act()

    def say(self, party: Actor, draft: Draft, *, machine: bool = False) -> Said:
        said = self.world.say(party, draft, machine=machine)
        self.outcomes[said.sid] = said.answer.outcome
        return said

    def party(self) -> Actor:
        return self.dice.choices(self.parties, [4, 4, 3, 1])[0]

    def under(self, party: Actor) -> bytes | None:
        agreements = self.world.service.book.agreements
        own = [
            sid
            for sid in self.versions
            if (found := agreements.find(sid)) is not None and found.arrangement.is_member(party.id)
        ]
        return self.dice.choice(own) if own else None

    def slots(self, forms: Sequence[str]) -> list[Recipient]:
        named = self.dice.sample([*self.parties, None], self.dice.randrange(4))
        return [
            Recipient(
                party=None if one is None else one.id,
                form=self.dice.choice(forms),
                when=self.dice.choices(["now", "on_meet", "never"], [5, 4, 1])[0],
                travel=self.dice.choice(["desk", "party", "onward"]),
            )
            for one in named
        ]

    # --- filing -----------------------------------------------------------------------------------------

    def file(self) -> None:
        make = self.dice.choice([site, presence])
        items = [
            make(self.world.now_ms, at=self.dice.choice(PLACES)) for _ in range(self.dice.choice([1, 1, 2]))
        ]
        self.place(self.party(), items)

    def plan(self) -> None:
        party = self.party()
        inbox = self.world.service.book.inboxes.inbox(party.id)
        n = self.dice.choice([len(inbox), len(inbox), self.dice.randrange(len(inbox) + 1)])
        root = inbox.tree.root(n) if self.dice.random() < 0.9 else bytes(32)
        cites = self.dice.choice([None, [], inbox.refs, self.dice.sample(inbox.refs, len(inbox.refs) // 2)])
        items = [
            activity(
                self.world.now_ms,
                at=self.dice.choice(PLACES),
                radius_m=self.dice.choice([300, 300, 1_500, 40_000]),
                in_hours=self.dice.choice([0.2, 1]),
                uncited=self.dice.random() < 0.1,
            )
            for _ in range(self.dice.choice([1, 1, 2]))
        ]
        head = None if self.dice.random() < 0.1 else (n, root)
        self.place(party, items, cites=None if cites is None else cites[:40], inbox=head)

    def place(self, party: Actor, items: list[Notice], **more: Any) -> None:
        under = self.under(party)
        if under is None:
            return
        if self.dice.random() < 0.2:
            items = [replace(one, owner=self.owner()) for one in items]
        if self.dice.random() < 0.3 and self.refs:
            items, more = self.replacing(party, items, more)
        forms = {"exact": items}
        if self.dice.random() < 0.4:
            forms["widened"] = [_widened(one) for one in items]
        if self.dice.random() < 0.4:
            forms["desk"] = [replace(_widened(one), form="desk", contact="duty") for one in items]
        void = self.world.now_ms - 1 if self.dice.random() < 0.03 else None
        slots = self.slots(list(forms))
        named = {slot.form for slot in slots}
        forms = {form: bodies for form, bodies in forms.items() if form == "exact" or form in named}
        draft = speech.filing(forms, slots, under, **more)
        said = self.say(party, replace(draft, void_after_ms=void))
        self.refs += [(party, items[0].kind(), said.ref(item)) for item in range(len(items))]

    def owner(self) -> Owner:
        """Somebody else's, or so it is said: with consent for some, for all, or given later than it is filed."""
        named = tuple(one.id for one in self.dice.sample(self.parties, 2))
        return Owner(
            name=self.dice.choice(["A clinic", "North"]),
            consent="by word of mouth",
            consented_ms=self.world.now_ms + self.dice.choice([-1, 0, 0, 1]),
            consent_to=self.dice.choice([None, (), named]),
            evidence=None,
        )

    def replacing(
        self, party: Actor, items: list[Notice], more: dict[str, Any]
    ) -> tuple[list[Notice], dict[str, Any]]:
        """Replace one's own, or another's, or what never was; sometimes by exactly the same."""
        kind = items[0].kind()
        olds = [ref for owner, of_kind, ref in self.refs if of_kind == kind and owner is party][-6:]
        others = [ref for owner, _, ref in self.refs if owner is not party]
        olds = olds or others or [ref_of(bytes(32), 0)]
        if self.dice.random() < 0.1:
            olds = [*others, ref_of(bytes(32), 0)]
        chosen = self.dice.sample(olds, min(len(olds), self.dice.choice([1, 1, 2])))
        change = self.dice.choice(["moved", "was_always_there", "unchanged", "unchanged"])
        standing = self.world.service.book.register.by_ref.get(chosen[0])
        items = [replace(one, change=change) for one in items]
        if change == "unchanged" and standing is not None and standing.kind == kind:
            items = [replace(one, volumes=standing.volumes["exact"], what=standing.what) for one in items]
        return items, more | {"replaces": [(old, self.dice.randrange(len(items))) for old in chosen]}

    def end(self) -> None:
        party = self.party()
        under = self.under(party)
        if under is None or not self.refs:
            return
        own = [(kind, ref) for owner, kind, ref in self.refs if owner is party]
        kind, ref = self.dice.choice(own or [(kind, ref) for _, kind, ref in self.refs])
        refs = {ref, self.dice.choice([ref, ref, self.dice.choice(self.refs)[2], ref_of(bytes(32), 1)])}
        act, reason = self.dice.choice([("close", "closed"), ("cancel", "withdrawn")])
        draft = speech.ending(kind, sorted(refs), self.slots(["exact"]), under, act=act, reason=reason)
        self.say(party, draft)

    # --- answering --------------------------------------------------------------------------------------

    def acknowledge(self) -> None:
        party = self.party()
        under = self.under(party)
        inbox = self.world.service.book.inboxes.inbox(party.id)
        if under is None or not self.refs:
            return
        what: dict[str, Any] = {}
        how = self.dice.randrange(4)
        if how == 0 or not inbox.refs:
            what["sids"] = [self.dice.choice(self.refs)[2][:32]]
        elif how == 1:
            what["refs"] = self.dice.sample(inbox.refs, min(3, len(inbox)))
        elif how == 2:
            what["refs"] = [self.dice.choice(self.refs)[2], self.dice.choice(inbox.refs)]
        else:
            start = self.dice.randrange(len(inbox))
            what["span"] = (start, len(inbox) + self.dice.choice([0, 0, 2]))
            what["exceptions"] = [self.dice.randrange(len(inbox))]
        answer = self.dice.choice(["noted", "will_avoid"])
        head = (len(inbox), inbox.tree.root()) if self.dice.random() < 0.7 else None
        draft = speech.acknowledgement(
            self.slots(["exact"]), under, member="M-1", answer=answer, inbox=head, **what
        )
        self.say(party, draft, machine=self.dice.random() < 0.1)

    def pass_on(self) -> None:
        party = self.party()
        under = self.under(party)
        if under is None or not self.refs:
            return
        draft = speech.dissemination(
            self.slots(["exact"]),
            under,
            sids=[self.dice.choice(self.refs)[2][:32]],
            member="M-1",
            echelons=self.dice.choice([[], ["2 Bty"]]),
            third_name="An ally",
        )
        self.say(party, draft)

    def call(self) -> None:
        """A desk rings up about notices, one's own or others', made or failed."""
        party = self.party()
        under = self.under(party)
        if under is None or not self.refs:
            return
        desk = [ref for ref, form in self._held(party) if form == "desk"]
        refs = self.dice.sample(desk, min(len(desk), 3)) or [self.dice.choice(self.refs)[2]]
        body = Contact(
            whom="the desk", party=None, at_ms=self.world.now_ms, channel="call",
            result=self.dice.choice(["answered", "no_answer"]), read_back="", scan=None, member="M-1",
        )  # fmt: skip
        if self.dice.random() < 0.5:
            draft = speech.word(body, self.slots(["exact"]), under, cites=refs)
        else:
            draft = speech.word(body, self.slots(["exact"]), under, re=[ref[:32] for ref in refs])
        self.say(party, draft, machine=self.dice.random() < 0.1)

    def keep_watch(self) -> None:
        """A desk is taken, handed over or left, by whoever; a line is answered or tried; now and then by a machine."""
        party = self.party()
        tried = self.dice.choice([one.person.desk for one in self.parties] + [bytes(16)])
        watch = Watch(
            part=self.dice.choice(["taken", "taken", "handed_over", "left"]),
            member=self.dice.choice(["M-1", "M-2"]),
            inbox_end=0,
            open_items=0,
        )
        line = LineCheck(
            check=self.dice.choice(["routine", "drill"]),
            desk=tried,
            channel="sms",
            result=self.dice.choice(["answered", "no_answer"]),
            seconds=None,
        )
        body, under = self.dice.choice([watch, watch, line]), self.under(party)
        if under is not None:
            value = body.to_value()
            kind = "watch" if body is watch else "line_check"
            draft = Draft(kind=kind, under=under, forms={"exact": [value]}, to=self.slots(["exact"]))
            self.say(party, draft, machine=self.dice.random() < 0.1)

    def _held(self, party: Actor) -> list[tuple[bytes, str]]:
        inbox = self.world.service.book.inboxes.inbox(party.id)
        return list(zip(inbox.refs, inbox.forms, strict=True))

    def wait(self) -> None:
        ms = self.dice.choice([1_000, 60_000, 119_000, 121_000, HOUR_MS, DAY_MS, 40 * DAY_MS])
        self.world.pass_ms(ms)

    # --- the rules ----------------------------------------------------------------------------------------

    def amend(self) -> None:
        """A new version: other times, other bounds, one member more or less; by anybody, of any version."""
        party, old = self.party(), self.dice.choice(self.versions)
        found = self.world.service.book.agreements.find(old)
        assert found is not None
        draft = Draft(
            kind="arrangement",
            act="replace",
            of=[(old + bytes(4), 0)],
            forms={"exact": [self.other_rules(found.arrangement).to_value()]},
            to=None,
        )
        said = self.say(party, draft)
        if self.world.service.book.agreements.find(said.sid) is not None:
            self.versions.append(said.sid)

    def other_rules(self, rules: Arrangement) -> Arrangement:
        kinds = tuple(
            replace(
                rule,
                after_end=self.dice.choice(["keeps", "ends"]),
                long_stop_ms=self.dice.choice([0, HOUR_MS, 400 * DAY_MS]),
                daily_max=self.dice.choice([2, 1_000]),
            )
            for rule in rules.kinds
        )
        members = [member for member in rules.members if self.dice.random() < 0.9]
        joins = self.dice.choice(self.parties).id
        if all(member.party != joins for member in members):
            members.append(Member(party=joins, role="party"))
        enough = members if len(members) > 1 else rules.members
        return replace(
            rules, kinds=kinds, members=tuple(enough), totals=self.totals(), readiness=self.readiness()
        )

    def readiness(self) -> ReadinessRule | None:
        """Watches short enough to run out between two steps; or nothing is asked."""
        most_ms = self.dice.choice([None, 100_000, 2 * HOUR_MS, 30 * DAY_MS])
        if most_ms is None:
            return None
        return ReadinessRule(
            line_every_ms=DAY_MS, line_answer_ms=HOUR_MS, line_misses=2, watch_gap_ms=0, watch_most_ms=most_ms
        )

    def totals(self) -> tuple[Total, ...]:
        """Bounds so low that they are often reached."""
        return tuple(
            Total(
                name=f"{kind} {number}",
                kind=kind,
                types=(),
                measure="notices",
                window_ms=self.dice.choice([None, HOUR_MS, 30 * DAY_MS]),
                by=self.dice.choice(["party", "all"]),
                except_roles=self.dice.choice([(), ("monitor",)]),
                most=self.dice.randrange(6),
            )
            for number, kind in enumerate(self.dice.choices(["activity", "presence", "site"], k=3))
        )

    def adhere(self) -> None:
        body = {"adheres": self.dice.random() < 0.85, "reservations": [], "type": "adherence"}
        sids = [self.dice.choice([*self.versions[-3:], *self.versions, bytes(32)])]
        self.say(self.party(), Draft(kind="adherence", forms={"exact": [body]}, to=None, re=sids))


def _widened(one: Notice) -> Notice:
    """The same with a kilometre more; what was blanket stays so."""
    return replace(
        one,
        form="widened",
        name="",
        volumes=tuple(replace(volume, radius_cm=volume.radius_cm + 100_000) for volume in one.volumes),
    )


# --- comparing ---------------------------------------------------------------------------------------------


def compare(tale: Tale, seed: int) -> None:
    """The book against the naive reading, entry by entry, then item by item, then release by release."""
    book, log = tale.world.service.book, said_in(tale.world.store)
    naive = Naive(log)
    end = book.size
    for one in log:
        if one.what.sid in tale.outcomes:
            about = f"seed {seed}, entry {one.index}: {one.what.header.act} {one.kind}"
            assert (about, _plain(naive.happened[one.index])) == (
                about,
                _plain_of(tale.outcomes[one.what.sid]),
            )
    for ref in naive.refs_before(end):
        standing, about = book.register.by_ref[ref], f"seed {seed}, item {ref.hex()[:8]}"
        assert (about, naive.fate(ref, end)) == (about, standing.state)
        assert (about, naive.successors(ref, end)) == (about, standing.successors)
        assert (about, naive.same_as(ref)) == (about, standing.same_as)
        if standing.kind == "activity":
            assert (about, naive.awareness(ref, end)) == (about, (standing.aware_of, standing.unaware))
    assert len(naive.refs_before(end)) == len(book.register.notices)
    for party in tale.parties:
        inbox, told = book.inboxes.inbox(party.id), naive.inbox(party.id, end)
        assert [(ref, form, index, ms) for ref, form, index, ms in told] == list(
            zip(inbox.refs, inbox.forms, inbox.indexes, inbox.times_ms, strict=True)
        )
        assert naive.root(told, len(told)) == inbox.head()[1]
        ladders = book.ledger.of_party[party.id].ladders if party.id in book.ledger.of_party else []
        groups = [group for group in naive.groups(party.id, end) if group.is_owed]
        assert len(groups) == len(ladders)
        for group, ladder in zip(groups, ladders, strict=True):
            expected = naive.ladder(group, end)
            assert expected == {name: getattr(ladder, name) for name in expected}
    assert bound_desks(naive, end) == {place: one.rule for place, one in book.readiness.open.items()}
    for sid in tale.versions:
        version, accord = naive.version(sid, end), book.agreements.find(sid)
        assert version is not None
        assert accord is not None
        assert (version.sid, version.adhered, set(version.waiting)) == (
            accord.sid,
            accord.adhered,
            set(accord.waiting),
        )


def _plain(did: Happened) -> dict[str, object]:
    return {
        "effect": did.effect,
        "marks": did.marks,
        "rule": did.rule,
        "missing": did.missing,
        "aware_of": sum(len(each) for each in did.aware.values()),
        "meetings": sorted(did.meetings),
        "releases": [(g.party, g.sid, g.form, g.start, g.start + len(g.refs), g.why) for g in did.groups],
    }


def _plain_of(outcome: Outcome) -> dict[str, object]:
    return {
        "effect": outcome.effect,
        "marks": set(outcome.marks) - MARKS_OF_CHAINS,
        "rule": outcome.rule,
        "missing": outcome.missing,
        "aware_of": outcome.aware_of,
        "meetings": sorted((m.a, m.a_form, m.b, m.b_form, m.concern, m.told) for m in outcome.meetings),
        "releases": [(r.party, r.sid, r.form, r.start, r.end, r.why) for r in outcome.releases],
    }


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_happens_the_book_is_what_a_naive_reading_of_the_log_says(seed: int) -> None:
    print(f"seed {seed}")
    with World(seed=f"naive {seed}") as world:
        tale = Tale(world, random.Random(hashlib.sha256(str(seed).encode()).digest()))
        tale.begin()
        for _ in range(STEPS):
            tale.step()
        world.settle()
        compare(tale, seed)
        live = picture(world.service.book)
        assert live == picture(rebuild(world.store, ListedIndex, Chance("again")).book)
        world.restart()
        assert live == picture(world.service.book)
        effects = {outcome.effect for outcome in tale.outcomes.values()}
        assert {"in_force", "held", "aware"} <= effects
