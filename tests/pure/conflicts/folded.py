"""A log without a service: parties speak, and the book folds what they say. Pure: no loop, no store, no clock."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from standclear.cli import speech
from standclear.cli.cast import Actor
from standclear.cli.seat import NewSeat, compose_first_enrolment, enrolment_of, seat_after_enrolment
from standclear.conflicts.outcome import Outcome
from standclear.conflicts.standing import Standing
from standclear.dialects.pack import read_pack
from standclear.flow.identity import charter_of, service_keys
from standclear.keys import SigningKey
from standclear.obligations.book import Book
from standclear.obligations.ladder import Ladder
from standclear.statements.arrangement import Arrangement, Member
from standclear.statements.compose import Draft, Recipient
from standclear.statements.lists import ref_of
from standclear.statements.notices import Notice
from standclear.statements.submission import parse_submission
from standclear.tlog.merkle import leaf_hash
from world import NOON_MS, ORIGIN, PACKS, Chance, ListedIndex, activity, site


@dataclass(frozen=True)
class Spoken:
    """One statement and what it did."""

    sid: bytes
    index: int
    outcome: Outcome

    @property
    def effect(self) -> str:
        return self.outcome.effect

    def ref(self, item: int = 0) -> bytes:
        return ref_of(self.sid, item)


class Folded:
    """One book and everybody in it. `north` and `south` are parties of the arrangement, `monitor` its neutral desk."""

    def __init__(self, **rules: Any) -> None:
        self.now_ms = NOON_MS
        self.fresh = Chance("folded")
        self.book = Book(ListedIndex)
        self.keys = service_keys(ORIGIN, hashlib.sha256(b"folded").digest())
        charter = charter_of(
            self.keys, name="EXERCISE", service_name="S", exercise=True, stated_ms=NOON_MS, fresh=self.fresh
        )
        self._take(charter.text)
        self.log = charter.sid
        self.north, self.south = self.enrol("North"), self.enrol("South")
        self.monitor = self.enrol("Monitor", "monitor")
        self.rules = self.rules_of(
            [(self.north, "party"), (self.south, "party"), (self.monitor, "monitor")], **rules
        )
        self.under = self.state(self.north, self.rules).sid
        self.adhere(self.north, self.under)
        self.adhere(self.south, self.under)

    def _take(self, text: bytes) -> Spoken:
        submission = parse_submission(text)
        self.book.check(submission, self.now_ms)
        index = self.book.size
        return Spoken(
            submission.sid, index, self.book.step(submission, index, self.now_ms, leaf_hash(submission.sid))
        )

    # --- parties and rules --------------------------------------------------------------------------------

    def enrol(self, name: str, party_type: str = "state_armed_force", more: Sequence[NewSeat] = ()) -> Actor:
        root, person, machine = (SigningKey.from_seed(self.fresh(32)) for _ in range(3))
        seats = [
            NewSeat(seat="duty", role="person", key=person),
            NewSeat(seat="box", role="machine", key=machine),
            *more,
        ]
        enrolment = enrolment_of(
            log=self.log, name=name, party_type=party_type, root=root, desks=[("duty", ["+00 1"], seats)]
        )
        composed = compose_first_enrolment(
            enrolment,
            log=self.log,
            root=root,
            admitting=self.keys.root,
            stated_ms=self.now_ms,
            fresh=self.fresh,
        )
        sid = self._take(composed.text).sid
        sitting = [
            seat_after_enrolment(
                log=self.log, root_public=root.public, desk="duty", key=key, enrolment_sid=sid
            )
            for key in (person, machine)
        ]
        return Actor(name=name, party_type=party_type, root=root, person=sitting[0], machine=sitting[1])

    def rules_of(self, listed: Sequence[tuple[Actor, str]], **changes: Any) -> Arrangement:
        """The military line's rules for these members; the last is the neutral desk. Changes are of any field or kind."""
        pack = (PACKS / "military-line.toml").read_text("utf-8")
        rules = read_pack(pack, {actor.id: role for actor, role in listed}, listed[-1][0].id)
        of_kinds = {name: changes.pop(name) for name in list(changes) if hasattr(rules.kinds[0], name)}
        return replace(rules, kinds=tuple(replace(rule, **of_kinds) for rule in rules.kinds), **changes)

    def with_member(self, actor: Actor, role: str = "party") -> Arrangement:
        return replace(self.rules, members=(*self.rules.members, Member(party=actor.id, role=role)))

    def state(self, actor: Actor, rules: Arrangement, *replaces: bytes) -> Spoken:
        act = "replace" if replaces else "new"
        of = [(sid + bytes(4), 0) for sid in replaces] or None
        return self.say(
            actor,
            Draft(kind="arrangement", act=act, of=of, forms={"exact": [rules.to_value()]}, to=None),
        )

    def adhere(self, actor: Actor, *sids: bytes, adheres: bool = True) -> Spoken:
        body = {"adheres": adheres, "reservations": [], "type": "adherence"}
        return self.say(actor, Draft(kind="adherence", forms={"exact": [body]}, to=None, re=sids))

    # --- saying -----------------------------------------------------------------------------------------------

    def say(
        self,
        actor: Actor,
        draft: Draft,
        *,
        machine: bool = False,
        with_keys: Sequence[SigningKey] = (),
    ) -> Spoken:
        seat = actor.machine if machine else actor.person
        composed = seat.compose(draft, self.now_ms, self.fresh, with_keys)
        spoken = self._take(composed.text)
        seat.said(composed.sid)
        return spoken

    def file(
        self, actor: Actor, items: Notice | Sequence[Notice], to: Sequence[Recipient], **more: Any
    ) -> Spoken:
        listed = [items] if isinstance(items, Notice) else list(items)
        forms = more.pop("forms", {"exact": listed})
        void = more.pop("void_after_ms", None)
        with_keys = more.pop("with_keys", ())
        draft = speech.filing(forms, to, more.pop("under", self.under), **more)
        return self.say(actor, replace(draft, void_after_ms=void), with_keys=with_keys)

    def site(self, to: Sequence[Recipient], *, by: Actor | None = None, **more: Any) -> Spoken:
        at = more.pop("at", (36.63, 35.93))
        about = {name: more.pop(name) for name in ("days", "radius_m", "change", "name") if name in more}
        return self.file(by or self.south, site(self.now_ms, at=at, **about), to, **more)

    def fire(self, to: Sequence[Recipient] = (), *, by: Actor | None = None, **more: Any) -> Spoken:
        """North (or another) files a hazard at the site's place, with its present inbox head."""
        actor = by or self.north
        names = ("radius_m", "in_hours", "hours", "uncited", "change")
        about = {name: more.pop(name) for name in names if name in more}
        at = more.pop("at", (36.63, 35.93))
        head = more.pop("inbox", self.head(actor))
        return self.file(actor, activity(self.now_ms, at=at, **about), to, inbox=head, **more)

    def end(
        self, actor: Actor, kind: str, *refs: bytes, act: str = "close", to: Sequence[Recipient] = ()
    ) -> Spoken:
        reason = "closed" if act == "close" else "withdrawn"
        return self.say(actor, speech.ending(kind, sorted(refs), to, self.under, act=act, reason=reason))

    def acknowledge(self, actor: Actor, *, machine: bool = False, **what: Any) -> Spoken:
        draft = speech.acknowledgement(what.pop("to", ()), self.under, member="M-1", **what)
        return self.say(actor, draft, machine=machine)

    def pass_on(self, actor: Actor, *sids: bytes, **whom: Any) -> Spoken:
        return self.say(actor, speech.dissemination((), self.under, sids=sids, member="M-1", **whom))

    # --- looking ----------------------------------------------------------------------------------------------

    def head(self, actor: Actor) -> tuple[int, bytes]:
        return self.book.inboxes.inbox(actor.id).head()

    def inbox(self, actor: Actor) -> list[tuple[bytes, str]]:
        inbox = self.book.inboxes.inbox(actor.id)
        return list(zip(inbox.refs, inbox.forms, strict=True))

    def standing(self, spoken: Spoken, item: int = 0) -> Standing:
        return self.book.register.by_ref[spoken.ref(item)]

    def ladder(self, spoken: Spoken) -> Ladder:
        [found] = self.book.ledger.of_sid[spoken.sid]
        return found
