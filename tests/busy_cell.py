"""A day of a busy humanitarian cell, told by chance from a seed: real statements, through the real service, by its clock.

Lists stand; convoys are told, changed twice, depart, arrive or do not; forces file fires that meet some of it; desks answer
soon, late, by machine, after hours without a line, or never. `day_replayed` replays what this leaves in the log.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from standclear.cli import speech
from standclear.cli.cast import Said, told
from standclear.conflicts.outcome import Release
from standclear.dialects.pack import read_pack
from standclear.statements.arrangement import Escalation
from standclear.statements.asking import Answer, Contact, Inquiry
from standclear.statements.calls import Agreement, Consultation, Emergency, Incident, LineCheck, Watch
from standclear.statements.compose import Composed, Draft, Recipient
from standclear.statements.deeds import AttestedRecord, SentRecord
from standclear.statements.moving import Leg, Movement, Progress, Zone
from standclear.statements.notices import Notice
from standclear.statements.readiness import ReadinessRule
from standclear.stores.memory import MemoryLogStore
from world import DAY_MS, HOUR_MS, NOON_MS, PACKS, Chance, Party, World, box, circle

MINUTE_MS = 60_000
DAWN_MS = NOON_MS + DAY_MS // 2
"""The day's first moment: 00:00Z. The twelve hours before it are for what stands already."""
RECIPIENTS = ("North", "South", "West", "East")
NIGHT_ENDS_MS = DAWN_MS + 7 * HOUR_MS
LINE_EVERY_MS = 2 * HOUR_MS
LINE_DOWN_MS = (DAWN_MS + 11 * HOUR_MS + 30 * MINUTE_MS, DAWN_MS + 15 * HOUR_MS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much happens."""

    sites: int
    list_rows: int
    new_rows: int
    attested_again: int
    convoys: int
    fires: int
    organisations: int


BUSY = Size(
    sites=20_000, list_rows=3_400, new_rows=4_000, attested_again=222, convoys=150, fires=240, organisations=6
)
SMALL = Size(sites=300, list_rows=60, new_rows=40, attested_again=12, convoys=12, fires=16, organisations=3)


@dataclass
class Day:
    """The day as it is told. `count` says how often each thing was said."""

    world: World
    size: Size
    dice: random.Random
    chance: Chance
    cell: Party = field(init=False)
    monitor: Party = field(init=False)
    forces: list[Party] = field(default_factory=list)
    organisations: list[Party] = field(default_factory=list)
    spots: list[tuple[float, float]] = field(default_factory=list)
    lists: list[tuple[Party, Said]] = field(default_factory=list)
    kept: list[Composed] = field(default_factory=list)
    count: dict[str, int] = field(default_factory=dict)
    _plan: list[tuple[int, int, Callable[[], None]]] = field(default_factory=list)

    # --- the plan of the day ------------------------------------------------------------------------------

    def at(self, at_ms: int, what: Callable[[], None]) -> None:
        """Plan something."""
        heapq.heappush(self._plan, (at_ms, len(self._plan) + self.dice.randrange(1 << 40), what))

    def tell(self) -> None:
        """Everything, from the enrolments to the next midnight."""
        self.begin()
        self.plan_lists()
        self.plan_convoys()
        self.plan_fires()
        self.plan_questions()
        self.plan_watches()
        self.plan_line_checks()
        for number, at_ms in enumerate((DAWN_MS + 9 * HOUR_MS, DAWN_MS + 17 * HOUR_MS)):
            self.at(at_ms + self.minutes(0, 50), lambda number=number: self.stop_fire(number))  # type: ignore[misc]
        for at_ms in range(DAWN_MS - 11 * HOUR_MS, DAWN_MS + DAY_MS, 7 * MINUTE_MS):
            self.at(at_ms, self.carry)
        self.at(LINE_DOWN_MS[1], self.line_up)
        while self._plan and self._plan[0][0] < DAWN_MS + DAY_MS:
            at_ms, _, what = heapq.heappop(self._plan)
            self.world.clock.turn_to(max(at_ms, self.world.now_ms))
            what()
            self.world.run(
                self.world.service.settle()
            )  # what was done is said now: not when the loop comes to it
        self.world.settle()

    def begin(self) -> None:
        self.cell = self.world.enrol("Cell", "ngo")
        self.forces = [self.world.enrol(name) for name in RECIPIENTS]
        self.organisations = [
            self.world.enrol(f"Organisation {n}", "ngo") for n in range(self.size.organisations)
        ]
        self.monitor = self.world.enrol("Monitor", "monitor")
        self.agree()
        self.spots = [
            (self.dice.uniform(35.2, 37.2), self.dice.uniform(34.8, 36.4))
            for _ in range(max(8, self.size.sites // 100))
        ]

    def agree(self) -> None:
        """The humanitarian pack, but that desks are rung every two hours, a watch counts nine, and a call rings monitors."""
        everybody = [self.cell, *self.forces, *self.organisations]
        members = {party.id: "party" for party in everybody} | {self.monitor.id: "monitor"}
        pack = read_pack((PACKS / "humanitarian.toml").read_text(), members, self.monitor.id)
        ready = ReadinessRule(
            line_every_ms=LINE_EVERY_MS,
            line_answer_ms=20 * MINUTE_MS,
            line_misses=2,
            watch_gap_ms=30 * MINUTE_MS,
            watch_most_ms=9 * HOUR_MS,
        )
        at_once = Escalation(level="arrangement_monitor", after_ms=0)
        steps = [one for one in pack.emergency if one.level != "arrangement_monitor"]
        body = replace(pack, readiness=ready, emergency=(at_once, *steps)).to_value()
        said = self.world.say(self.cell, Draft(kind="arrangement", forms={"exact": [body]}, to=None))
        self.world.under = said.sid
        for party in everybody:
            adheres = {"adheres": True, "reservations": [], "type": "adherence"}
            draft = Draft(kind="adherence", forms={"exact": [adheres]}, to=None, re=[said.sid])
            self.world.say(party, draft)

    def minutes(self, least: float, most: float) -> int:
        return int(self.dice.uniform(least, most) * MINUTE_MS)

    def place(self) -> tuple[float, float]:
        lon, lat = self.dice.choice(self.spots)
        return lon + self.dice.gauss(0, 0.03), lat + self.dice.gauss(0, 0.03)

    # --- saying -------------------------------------------------------------------------------------------

    def say(self, party: Party, draft: Draft, *, machine: bool = False) -> Said | None:
        """Say it now; or sign it now and keep it, while the party's line is down."""
        word = draft.kind if draft.act == "new" else f"{draft.kind}, {draft.act}"
        self.count[word] = self.count.get(word, 0) + 1
        start_ms, end_ms = LINE_DOWN_MS
        seat = party.machine if machine else party.person
        composed = seat.compose(draft, self.world.now_ms, self.chance)
        seat.said(composed.sid)
        if party.name == "South" and start_ms <= self.world.now_ms < end_ms:
            self.kept.append(composed)
            return None
        return self.submit(composed)

    def submit(self, composed: Composed) -> Said:
        answer = self.world.run(self.world.service.submit(composed.text))
        return Said(composed=composed, answer=answer)

    def line_up(self) -> None:
        """The line is back: what was signed meanwhile comes in, hours after it was stated."""
        for composed in self.kept:
            self.expect_answers(self.submit(composed))

    def file(
        self, party: Party, notices: Sequence[Notice], to: Sequence[Recipient], **more: Any
    ) -> Said | None:
        said = self.say(party, speech.filing({"exact": notices}, to, self.world.under, **more))
        if said is not None:
            self.expect_answers(said)
        return said

    def word(self, party: Party, body: speech.Speakable, to: Sequence[Recipient], **more: Any) -> Said | None:
        return self.say(party, speech.word(body, to, self.world.under, **more))

    def carry(self) -> None:
        """The channels hand over what waits, but where the line is down; the service says so in its deeds."""
        for party in (*self.forces, *self.organisations, self.cell):
            inbox = self.world.service.book.inboxes.inbox(party.id)
            is_down = party.name == "South" and LINE_DOWN_MS[0] <= self.world.now_ms < LINE_DOWN_MS[1]
            if len(inbox) > self.world.service.book.ledger.sent_end.get(party.id, 0) and not is_down:
                self.world.service.sequencer.note_sent(
                    SentRecord(
                        party=party.id,
                        desk=party.person.desk,
                        channel="smtp",
                        inbox_end=len(inbox),
                        at_ms=self.world.now_ms,
                        salt=self.world.chance(16),
                    )
                )

    # --- being ready --------------------------------------------------------------------------------------

    def plan_watches(self) -> None:
        """Three watches a day. North forgets to hand over once, South sits too long, West is taken twice, East never is."""
        for at_ms in range(DAWN_MS - 11 * HOUR_MS, DAWN_MS + DAY_MS, 8 * HOUR_MS):
            number = (at_ms - DAWN_MS) // HOUR_MS
            for party in (self.cell, *self.forces[:3], *self.organisations):
                if not (party.name == "North" and number == 5):
                    self.at(at_ms + self.minutes(0, 9), self.watching(party, "taken", f"M-{number}"))
                if party.name == "West" and number == 5:
                    self.at(at_ms + self.minutes(60, 90), self.watching(party, "taken", "M-other"))
                is_left = party.name not in ("South", "West") or number != 5
                if is_left:
                    ends_ms = at_ms + 8 * HOUR_MS - self.minutes(1, 45)
                    self.at(ends_ms, self.watching(party, "handed_over", f"M-{number}"))

    def watching(self, party: Party, part: str, member: str) -> Callable[[], None]:
        body = Watch(part=part, member=member, inbox_end=0, open_items=0)
        return lambda: self.word(party, body, []) and None

    def plan_line_checks(self) -> None:
        """Each desk is rung every two hours. East never answers, West late, organisations more often than not."""
        for at_ms in range(NOON_MS + LINE_EVERY_MS, DAWN_MS + DAY_MS, LINE_EVERY_MS):
            for party in (self.cell, *self.forces[:3], *self.organisations):
                late = party.name == "West" and self.dice.random() < 0.6
                if party in self.organisations and self.dice.random() < 0.4:
                    continue
                self.at(
                    at_ms + (self.minutes(25, 70) if late else self.minutes(1, 15)), self.line_answered(party)
                )

    def line_answered(self, party: Party) -> Callable[[], None]:
        body = LineCheck(
            check="routine", desk=party.person.desk, channel="smtp", result="answered", seconds=40
        )
        return lambda: self.word(party, body, []) and None

    # --- answering ------------------------------------------------------------------------------------------

    def expect_answers(self, said: Said) -> None:
        """Each desk that was released something answers in its own way."""
        for release in said.answer.outcome.releases:
            party = next((one for one in self.world.parties.values() if one.id == release.party), None)
            if party is None or party is self.monitor or party.name == "East":
                continue  # East never answers anything
            if release.sid not in self.world.service.book.ledger.of_sid:
                continue  # a reply, which asks for no answer
            after_ms = self.minutes(3, 50) if self.dice.random() < 0.88 else self.minutes(70, 400)
            if party.name == "West" and self.world.now_ms < NIGHT_ENDS_MS:
                self.at(self.world.now_ms + 3_000, self.answering(party, release.sid, machine=True))
                after_ms = NIGHT_ENDS_MS - self.world.now_ms + self.minutes(5, 200)
            elif party.name == "South":
                after_ms += self.minutes(5, 30)
            if party in self.organisations and self.dice.random() < 0.4:
                self.at(self.world.now_ms + after_ms, self.by_link(party, release))
            else:
                self.at(self.world.now_ms + after_ms, self.answering(party, release.sid))

    def by_link(self, party: Party, release: Release) -> Callable[[], None]:
        """Somebody follows the link of a message: the service says so, and nobody signed."""

        def answer() -> None:
            self.count["answer by link"] = self.count.get("answer by link", 0) + 1
            self.world.service.sequencer.note_attested(
                AttestedRecord(
                    party=party.id,
                    desk=party.person.desk,
                    level="duty_desk",
                    channel="smtp",
                    by="link",
                    sid=release.sid,
                    inbox_start=release.start,
                    inbox_end=release.end,
                    answer="noted",
                    at_ms=self.world.now_ms,
                    salt=self.chance(16),
                )
            )

        return answer

    def telephone(self, said: Said, result: str) -> None:
        """The cell reads a convoy to East by telephone: somebody answers, and nobody signs."""
        body = Contact(
            whom="East, duty officer",
            party=self.forces[3].id,
            at_ms=self.world.now_ms,
            channel="call",
            result=result,
            read_back="",
            scan=None,
            member="M-1",
        )
        self.word(self.cell, body, [], re=[said.sid])

    def answering(self, party: Party, sid: bytes, *, machine: bool = False) -> Callable[[], None]:
        return lambda: self.acknowledge(party, sid, machine=machine)

    def acknowledge(self, party: Party, sid: bytes, *, machine: bool) -> None:
        ledger, inbox = self.world.service.book.ledger, self.world.service.book.inboxes.inbox(party.id)
        ladder = next((one for one in ledger.of_sid[sid] if one.party == party.id), None)
        assert ladder is not None
        what: dict[str, Any] = {"sids": [sid]}
        how = self.dice.random()
        if ladder.items > 1 and how < 0.5:  # all but some rows, which follow
            exceptions = sorted(self.dice.sample(range(ladder.start, ladder.end), min(5, ladder.items - 1)))
            what = {"span": (ladder.start, ladder.end), "exceptions": exceptions}
            refs = [inbox.refs[position] for position in exceptions]
            later_ms = self.world.now_ms + self.minutes(30, 500)
            self.at(later_ms, lambda: self.answer(party, machine=machine, refs=refs))
        elif how < 0.15:  # several at once
            held = ledger.of_party[party.id].ladders[-40:]
            what["sids"] = sorted({sid, *(one.sid for one in held if one.acknowledged_ms is None)})[:5]
        self.answer(party, machine=machine, **what)
        if self.dice.random() < 0.1:
            to = [Recipient(party=ladder.sender)]
            self.say(
                party,
                speech.dissemination(to, self.world.under, sids=[sid], member="M-1", echelons=["2 Bty"]),
            )

    def answer(self, party: Party, *, machine: bool, **what: Any) -> None:
        inbox = self.world.service.book.inboxes.inbox(party.id)
        head = (len(inbox), inbox.tree.root()) if self.dice.random() < 0.7 else None
        draft = speech.acknowledgement(
            told(self.cell) if party is not self.cell else [],
            self.world.under,
            member="M-1",
            inbox=head,
            **what,
        )
        self.say(party, draft, machine=machine)

    # --- lists ----------------------------------------------------------------------------------------------

    def plan_lists(self) -> None:
        left, begins_ms = self.size.sites, DAWN_MS - 11 * HOUR_MS
        for number, owner in enumerate(self.organisations):
            rows = min(left, self.size.list_rows)
            left -= rows
            self.at(begins_ms + number * 10 * MINUTE_MS, self.listing(owner, rows, number))
        self.at(DAWN_MS + 7 * HOUR_MS + 45 * MINUTE_MS, self.listing(self.cell, self.size.new_rows, 99))

    def listing(self, owner: Party, rows: int, number: int) -> Callable[[], None]:
        return lambda: self.file_list(owner, rows, number)

    def file_list(self, owner: Party, rows: int, number: int) -> None:
        again = self.size.attested_again // len(self.organisations) if number != 99 else 0
        batches = [DAWN_MS + (6 + number) * HOUR_MS, DAWN_MS + (9 + number) * HOUR_MS]
        notices = []
        for row in range(rows):
            until_ms = batches[row % 2] if row < again else self.world.now_ms + 80 * DAY_MS
            if again <= row < again + 6:  # three days are left at some hour of this day
                until_ms = DAWN_MS + 3 * DAY_MS + (9 + row % 3) * HOUR_MS
            notices.append(self.a_site(f"{owner.name} {row}", self.place(), until_ms))
        said = self.file(owner, notices, told(*self.forces))
        assert said is not None
        self.lists.append((owner, said))
        for batch, until_ms in enumerate(batches if again else []):
            rows_again = [row for row in range(again) if row % 2 == batch]
            if batch and number == 0:
                rows_again = rows_again[1:]  # one is forgotten, and lapses
            at_ms = until_ms + self.minutes(-90, 60)
            self.at(at_ms, self.attesting(owner, [(said.ref(row), notices[row]) for row in rows_again]))

    def a_site(self, name: str, at: tuple[float, float], until_ms: int) -> Notice:
        what = speech.site("primary_health_centre", until_ms)
        return speech.notice(what, [circle(at, 100, DAWN_MS - DAY_MS, DAWN_MS + 300 * DAY_MS)], name=name)

    def attesting(self, owner: Party, rows: list[tuple[bytes, Notice]]) -> Callable[[], None]:
        """Rows are attested again, as one statement: the same for another 90 days."""

        def attest() -> None:
            self.count["rows attested again"] = self.count.get("rows attested again", 0) + len(rows)
            what = speech.site("primary_health_centre", self.world.now_ms + 90 * DAY_MS)
            notices = [replace(one, what=what, change="unchanged") for _, one in rows]
            replaces = [(ref, place) for place, (ref, _) in enumerate(rows)]
            self.file(owner, notices, told(*self.forces), replaces=replaces)

        return attest if rows else lambda: None

    # --- convoys --------------------------------------------------------------------------------------------

    def plan_convoys(self) -> None:
        for number in range(self.size.convoys):
            tells_ms = DAWN_MS + 5 * HOUR_MS + self.minutes(0, 360)
            starts_ms = tells_ms + self.minutes(45, 1_500)
            self.at(tells_ms, self.telling(number, starts_ms))

    def telling(self, number: int, starts_ms: int) -> Callable[[], None]:
        return lambda: self.tell_convoy(number, starts_ms)

    def tell_convoy(self, number: int, starts_ms: int) -> None:
        mode = "request_agreement" if number % 30 == 7 else "inform"
        stops = [self.place()]
        for _ in range(2):
            stops.append((stops[-1][0] + self.dice.gauss(0, 0.02), stops[-1][1] + self.dice.gauss(0, 0.02)))
        first = self.a_convoy(number, stops, starts_ms, mode=mode)
        said = self.file(self.cell, [first], told(*self.forces))
        assert said is not None
        if mode == "request_agreement":
            self.plan_agreement(said)
        if number % 6 == 2:
            result = ("read_back_correct", "told")[number % 4 // 2]
            self.at(self.world.now_ms + self.minutes(15, 300), lambda: self.telephone(said, result))
        later_ms = starts_ms + self.minutes(20, 90)
        change_ms = [self.world.now_ms + self.minutes(10, 240) for _ in range(2)]
        refs = [said.ref()]
        for order, at_ms in enumerate(sorted(change_ms)):
            word = "was_always_there" if order and number % 25 == 3 else "moved"
            stops = [(lon + 0.004 * order, lat) for lon, lat in stops]
            new = self.a_convoy(number, stops, later_ms, mode=mode, change=word)
            self.at(at_ms, self.changing(refs, new))
        self.plan_progress(number, refs, max(later_ms, max(change_ms) + MINUTE_MS))

    def a_convoy(
        self, number: int, stops: Sequence[tuple[float, float]], starts_ms: int, **more: Any
    ) -> Notice:
        volumes = [
            circle(at, 500, starts_ms + leg * HOUR_MS, starts_ms + (leg + 1) * HOUR_MS)
            for leg, at in enumerate(stops)
        ]
        legs = tuple(
            Leg(origin=f"Stop {n}", destination=f"Stop {n + 1}", volume=n) for n in range(len(stops))
        )
        what = Movement(
            movement_type="aid_convoy",
            movement_mode="road",
            legs=legs,
            units=6,
            headcount=14,
            identification=(f"Convoy {number}",),
            markings=("emblem",),
            repeats=None,
        )
        return speech.notice(what, volumes, name=f"Convoy {number}", **more)

    def changing(self, refs: list[bytes], new: Notice) -> Callable[[], None]:
        def change() -> None:
            said = self.file(self.cell, [new], told(*self.forces), replaces=[(refs[-1], 0)])
            assert said is not None
            refs.append(said.ref())

        return change

    def plan_progress(self, number: int, refs: list[bytes], departs_ms: int) -> None:
        """Most arrive in time; some hours late; a few say nothing more."""
        steps: list[tuple[int, str, str | None]] = [
            (1, "departed", None), (61, "passed", None), (125, "halted", None), (140, "resumed", None),
        ]  # fmt: skip
        arrives = 400 if number % 12 == 5 else 165
        if number % 40 != 9:
            steps += [(arrives, "arrived", None), (arrives + 20, "outcome", "facilitated")]
        for minutes, stage, outcome in steps:
            self.at(departs_ms + minutes * MINUTE_MS, self.reporting(refs, stage, outcome))

    def reporting(self, refs: list[bytes], stage: str, outcome: str | None) -> Callable[[], None]:
        def report() -> None:
            progress = Progress(stage=stage, leg=None, at_ms=self.world.now_ms, outcome=outcome)
            self.word(self.cell, progress, told(*self.forces), cites=[refs[-1]])

        return report

    def plan_agreement(self, asked: Said) -> None:
        agreed = Agreement(agreement="agreed", volumes=(), note=None)
        for force in self.forces[:2]:
            self.at(
                self.world.now_ms + self.minutes(20, 300),
                lambda force=force: self.word(force, agreed, told(self.cell), re=[asked.sid]),  # type: ignore[misc]
            )

    # --- fires ----------------------------------------------------------------------------------------------

    def plan_fires(self) -> None:
        for number in range(self.size.fires):
            force = self.forces[number % 2]
            at_ms = DAWN_MS + int(number / self.size.fires * 23 * HOUR_MS) + self.minutes(0, 30)
            self.at(at_ms, lambda force=force, number=number: self.plan_fire(force, number))  # type: ignore[misc]
        for hours in (2, 8, 14):
            self.at(DAWN_MS + hours * HOUR_MS, self.declare_zone)

    def plan_fire(self, force: Party, number: int) -> None:
        """Filed as it is known; where it is held, filed again with what it must cite."""
        start_ms = self.world.now_ms + self.minutes(31, 180)
        volumes = [circle(self.place(), 400, start_ms, start_ms + 2 * HOUR_MS)]
        what = speech.activity("indirect_fire", uncited=number % 20 == 3)
        notice = speech.notice(what, volumes, name=f"Plan {number}")
        others = [self.cell, *self.organisations, *(one for one in self.forces[:3] if one is not force)]
        to = told(*others, when="on_meet")
        said = self.file(force, [notice], to, inbox=self.world.query.inbox_head(force.id))
        if said is None or said.effect != "held":
            return

        def cite() -> None:
            again = replace(notice, change="unchanged")
            head = self.world.query.inbox_head(force.id)
            self.file(force, [again], to, cites=said.missing, inbox=head, replaces=[(said.ref(), 0)])

        self.at(self.world.now_ms + self.minutes(2, 20), cite)

    def declare_zone(self) -> None:
        lon, lat = self.place()
        zone = Zone(zone_type="contaminated_area", restriction="entry_prohibited", reason="Ordnance")
        volume = box(lon, lat, lon + 0.1, lat + 0.1, self.world.now_ms, self.world.now_ms + 10 * HOUR_MS)
        everybody = told(self.cell, *self.forces[1:])
        self.file(self.forces[0], [speech.notice(zone, [volume], name="Zone")], everybody)

    # --- questions and calls ------------------------------------------------------------------------------

    def patrol(self) -> None:
        """South moves while its line is down: its notice comes in when the move is over, and was never ended."""
        start_ms = self.world.now_ms
        volumes = [circle(self.place(), 300, start_ms, start_ms + HOUR_MS)]
        leg = Leg(origin="Post 1", destination="Post 2", volume=0)
        what = Movement(
            movement_type="patrol",
            movement_mode="road",
            legs=(leg,),
            units=3,
            headcount=None,
            identification=(),
            markings=(),
            repeats=None,
        )
        self.file(
            self.forces[1], [speech.notice(what, volumes, name="Patrol")], told(self.forces[0], self.cell)
        )

    def inquire_without_line(self) -> None:
        """South asks North, and its question comes in when its time is over."""
        area = circle(self.place(), 4_000, self.world.now_ms, self.world.now_ms + HOUR_MS)
        body = Inquiry(volumes=(area,), answer_by_ms=self.world.now_ms + HOUR_MS, note=None)
        self.word(self.forces[1], body, told(self.forces[0]))

    def plan_questions(self) -> None:
        self.at(LINE_DOWN_MS[0] + 10 * MINUTE_MS, self.patrol)
        self.at(LINE_DOWN_MS[0] + 20 * MINUTE_MS, self.inquire_without_line)
        for hours in (3, 6, 10, 13, 18):
            self.at(DAWN_MS + hours * HOUR_MS, self.inquire)
        self.at(DAWN_MS + 13 * HOUR_MS, self.incident)

    def inquire(self) -> None:
        """North asks South what it has in an area; South answers in time, late, or not at all."""
        north, south = self.forces[:2]
        area = circle(self.place(), 4_000, self.world.now_ms, self.world.now_ms + 6 * HOUR_MS)
        body = Inquiry(volumes=(area,), answer_by_ms=self.world.now_ms + HOUR_MS, note=None)
        said = self.word(north, body, told(south))
        assert said is not None
        after_ms = self.minutes(10, 240)
        none = Answer(answer="none_that_we_declare", until_ms=self.world.now_ms + 9 * HOUR_MS, note=None)
        if self.dice.random() < 0.8:
            self.at(self.world.now_ms + after_ms, lambda: self.word(south, none, told(north), re=[said.sid]))

    def incident(self) -> None:
        what = Incident(
            what="A clinic was hit",
            volumes=(circle(self.place(), 300, self.world.now_ms - HOUR_MS, self.world.now_ms),),
            killed=None,
            wounded=2,
            note=None,
        )
        said = self.word(self.cell, what, [Recipient(party=None)])
        assert said is not None
        call = Consultation(
            part="call", at_ms=self.world.now_ms + 5 * HOUR_MS, invited=(), reply=None, came=(), note=None
        )
        called = self.word(self.cell, call, [Recipient(party=None)], re=[said.sid])
        assert called is not None
        come = Consultation(part="reply", at_ms=None, invited=(), reply="will_come", came=(), note=None)
        for party in (self.forces[0], self.forces[2], *self.organisations):
            self.at(
                self.world.now_ms + self.minutes(5, 400),
                lambda party=party: self.word(party, come, told(self.cell), re=[called.sid]),  # type: ignore[misc]
            )

    def stop_fire(self, number: int) -> None:
        """A call to all. A machine answers for West first; East is never heard; one call ends, the other goes on."""
        caller = (self.cell, self.organisations[0])[number]
        here = circle(self.place(), 1_000, self.world.now_ms, self.world.now_ms + HOUR_MS)
        said = self.word(
            caller, _emergency("call", code="under_fire", volumes=(here,)), [Recipient(party=None)]
        )
        assert said is not None
        answers: list[tuple[Party, float, str, bool]] = [
            (self.forces[0], 1.5, "heard", False), (self.forces[0], 14, "ceased", False),
            (self.forces[1], 4, "passed_to", False), (self.forces[2], 0.2, "heard", True),
            (self.forces[2], 9, "not_ours", False),
        ]  # fmt: skip
        answers += [
            (one, self.dice.uniform(1, 30), "heard", False) for one in (self.cell, *self.organisations)
        ]
        for party, minutes, code, machine in answers:
            if party is not caller:
                self.at(
                    self.world.now_ms + int(minutes * MINUTE_MS),
                    self.hearing(party, said, code, caller, machine),
                )
        if number == 0:
            end = _emergency("end")
            everybody = [Recipient(party=None)]
            self.at(
                self.world.now_ms + 47 * MINUTE_MS, lambda: self.word(caller, end, everybody, re=[said.sid])
            )

    def hearing(
        self, party: Party, said: Said, code: str, caller: Party, machine: bool
    ) -> Callable[[], None]:
        body = _emergency("answer", answer=code, passed_to="2 Bty" if code == "passed_to" else "")

        def hear() -> None:
            self.say(party, speech.word(body, told(caller), self.world.under, re=[said.sid]), machine=machine)

        return hear


def _emergency(part: str, **more: Any) -> Emergency:
    fields: dict[str, Any] = {"code": None, "answer": None, "passed_to": "", "volumes": (), "note": None}
    return Emergency(part=part, member="M-1", **(fields | more))


def tell_day(world: World, size: Size, seed: int) -> Day:
    """Tell a day into a world that was just begun."""
    day = Day(world, size, random.Random(f"busy {seed}"), Chance(f"said {seed}"))
    day.tell()
    return day


def new_world(make_index: Any, seed: int) -> World:
    """A world for such a day, on a store in memory."""
    return World(seed=f"busy {seed}", store=MemoryLogStore(), make_index=make_index)
