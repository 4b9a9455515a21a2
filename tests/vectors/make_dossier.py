"""Writes a golden dossier and its policy into tests/vectors/dossier: a story made by hand, seeded, so a run changes nothing.

story.dossier      two parties, a widened site, a fire that is held and then aware, an acknowledgement: the whole log
answer.dossier     what the planner was told about the site, as the planner may see it
story.policy       the policy that trusts this log (answer.policy is the same)

ML-DSA-44 signs with chance, so a head's signature cannot be made again: where the tree is the same, the head is kept.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from standclear.dossier.answers import Question  # noqa: E402
from standclear.dossier.format import to_bytes  # noqa: E402
from standclear.dossier.grid import GridIndex  # noqa: E402
from standclear.dossier.reading import read_dossier  # noqa: E402
from standclear.flow.clock import TurnedClock  # noqa: E402
from standclear.flow.evidence import answer_of, dossier_of, policy_of  # noqa: E402
from standclear.flow.identity import service_keys  # noqa: E402
from standclear.flow.service import LogDescription, Service  # noqa: E402
from standclear.flow.submit import Answer  # noqa: E402
from standclear.keys import SigningKey  # noqa: E402
from standclear.spacetime.band import Band  # noqa: E402
from standclear.spacetime.interval import Interval  # noqa: E402
from standclear.spacetime.shape import Point  # noqa: E402
from standclear.spacetime.volume import Volume, volume_to_value  # noqa: E402
from standclear.statements.arrangement import Arrangement, Concern, KindRule, Member, OneSided  # noqa: E402
from standclear.statements.canonical import Value  # noqa: E402
from standclear.statements.compose import Draft, Recipient, Signer, compose  # noqa: E402
from standclear.statements.lists import ref_of  # noqa: E402
from standclear.statements.parties import (  # noqa: E402  # noqa: E402
    DeskEnrolment,
    Enrolment,
    SeatKey,
    desk_id,
    party_id,
    possession_bytes,
)
from standclear.stores.memory import MemoryLogStore  # noqa: E402

START_MS = 1_582_804_800_000  # 2020-02-27T12:00:00Z
HOUR_MS = 3_600_000
ORIGIN = "exercise.example/golden"


class Chance:
    """Bytes that follow from a counter."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self, size: int) -> bytes:
        self._count += 1
        return hashlib.shake_256(b"golden dossier %d" % self._count).digest(size)


@dataclass(slots=True)
class Party:
    """One party, one desk, one person's seat."""

    name: str
    root: SigningKey
    key: SigningKey
    seq: int = 0
    prev: bytes = b""

    @property
    def id(self) -> bytes:
        return party_id(self.root.public)


@dataclass(slots=True)
class Story:
    """The service and the ways to say something to it."""

    service: Service
    clock: TurnedClock
    chance: Chance
    log: bytes = b""
    under: bytes = b""

    async def enrol(self, name: str) -> Party:
        party = Party(name, SigningKey.from_seed(self.chance(32)), SigningKey.from_seed(self.chance(32)))
        proof = party.key.sign(possession_bytes(self.log, party.id, party.key.public))
        seat = SeatKey(seat="officer", role="person", public=party.key.public, possession=proof)
        desk = DeskEnrolment(name="duty", phones=("+00 1",), keys=(seat,))
        body = Enrolment(
            name=name,
            party_type="state_armed_force",
            root=party.root.public,
            represented_by=None,
            desks=(desk,),
        )
        keys = [party.root, self.service.keys.root]
        signer = Signer(log=self.log, party=party.id, desk=bytes(16), keys=keys, seq=0, prev=self.log)
        draft = Draft(kind="enrolment", forms={"exact": [body.to_value()]}, to=None)
        answer = await self.service.submit(compose(draft, signer, self.clock.now_ms(), self.chance).text)
        party.prev = answer.sid
        return party

    async def say(self, party: Party, draft: Draft) -> Answer:
        """Say it, and let the service say what it did."""
        desk = desk_id(party.id, "duty")
        signer = Signer(
            log=self.log, party=party.id, desk=desk, keys=[party.key], seq=party.seq, prev=party.prev
        )
        answer = await self.service.submit(compose(draft, signer, self.clock.now_ms(), self.chance).text)
        party.seq, party.prev = party.seq + 1, answer.sid
        self.clock.pass_ms(1_000)
        await self.service.settle()
        return answer


def circle(radius_cm: int, start_ms: int, end_ms: int) -> Volume:
    return Volume(
        core=Point(at=(366_300_000, 359_300_000)),
        radius_cm=radius_cm,
        band=Band(lower_cm=0, upper_cm=100_000, reference="w84"),
        interval=Interval(start_ms=start_ms, end_ms=end_ms),
    )


def notice(kind: str, form: str, name: str, volume: Volume, what: Value, change: str | None) -> Value:
    return {
        "change": change, "contact": "", "entered": [], "form": form, "mode": "inform", "name": name, "note": None,
        "owner": None, "quality": "surveyed", "row": None, "type": kind, "volumes": [volume_to_value(volume)],
        "what": what,
    }  # fmt: skip


def arrangement(parties: Sequence[Party]) -> Value:
    concern = Concern(
        a="activity",
        b="site",
        name="fire_near_site",
        horizontal_cm=50_000,
        vertical_cm=0,
        time_ms=0,
        own=False,
    )
    kinds = tuple(
        KindRule(
            kind=kind,
            after_end=after_end,
            long_stop_ms=30 * 24 * HOUR_MS,
            blanket_extent_cm=5_000_000,
            blanket_duration_ms=7 * 24 * HOUR_MS,
            daily_max=1_000,
            acknowledge_ms=HOUR_MS,
            lead_ms=0,
            signers=1,
        )
        for kind, after_end in (("site", "keeps"), ("activity", "ends"))
    )
    one_sided = tuple(
        OneSided(notice_released=site, activity_released=activity, tell=("planner",) if site else ())
        for site in (False, True)
        for activity in (False, True)
    )
    return Arrangement(
        name="A line",
        state="in_force",
        members=tuple(Member(party=party.id, role="party") for party in parties),
        neutral=None,
        matrix=(concern,),
        one_sided=one_sided,
        kinds=kinds,
        citation_grace_ms=60_000,
        retention_ms=0,
        predicate="decide/1",
        note="",
    ).to_value()


async def play(story: Story) -> tuple[Party, Party]:
    """A clinic told as a place, a fire over it that is held and then aware, and a person's acknowledgement."""
    alpha, bravo = await story.enrol("Alpha"), await story.enrol("Bravo")
    rules = Draft(kind="arrangement", forms={"exact": [arrangement([alpha, bravo])]}, to=None)
    story.under = (await story.say(alpha, rules)).sid
    now = story.clock.now_ms()
    year = now + 365 * 24 * HOUR_MS
    hospital = {"category": "hospital", "grade": "on_site", "site_class": "medical", "valid_until_ms": year}
    forms = {
        "exact": [notice("site", "exact", "The clinic", circle(5_000, now, year), hospital, None)],
        "widened": [notice("site", "widened", "A place", circle(100_000, now, year), hospital, None)],
    }
    to = [Recipient(party=bravo.id, form="widened")]
    site = await story.say(alpha, Draft(kind="site", under=story.under, forms=forms, to=to))
    fire = {"activity_type": "indirect_fire", "headcount": None, "uncited": False}
    window = circle(30_000, now + HOUR_MS, now + 2 * HOUR_MS)
    told = [Recipient(party=alpha.id, when="on_meet")]
    first = {"exact": [notice("activity", "exact", "Fire", window, fire, None)]}
    held = await story.say(bravo, Draft(kind="activity", under=story.under, forms=first, to=told))
    again = {"exact": [notice("activity", "exact", "Fire", window, fire, "moved")]}
    await story.say(
        bravo,
        Draft(
            kind="activity", act="replace", of=[(ref_of(held.sid, 0), 0)], under=story.under, forms=again, to=told,
            cites=held.outcome.missing, inbox=story.service.book.inboxes.inbox(bravo.id).head(),
        ),
    )  # fmt: skip
    reply = {
        "answer": "will_avoid", "exceptions": [], "member": "M-7", "note": None, "opened_ms": None, "span": None,
        "tags": [], "type": "acknowledgement",
    }  # fmt: skip
    answer = Draft(
        kind="acknowledgement", under=story.under, forms={"exact": [reply]}, to=[Recipient(party=alpha.id)],
        re=[site.sid],
    )  # fmt: skip
    await story.say(bravo, answer)
    return alpha, bravo


async def made() -> dict[str, bytes]:
    chance, clock = Chance(), TurnedClock(START_MS)
    keys = service_keys(ORIGIN, hashlib.sha256(b"golden dossier").digest())
    service = Service(store=MemoryLogStore(), keys=keys, clock=clock, fresh=chance, make_index=GridIndex)
    await service.start()
    story = Story(service, clock, chance)
    description = LogDescription(name="EXERCISE Golden", service_name="The keeper", exercise=True)
    story.log = (await service.begin(description)).sid
    clock.pass_ms(1_000)
    await service.settle()
    _, bravo = await play(story)
    now = clock.now_ms()
    question = Question(party=bravo.id, area=circle(50_000, now, now + HOUR_MS), before_ms=now)
    files = {
        "story.dossier": dossier_of(service),
        "answer.dossier": answer_of(service, bravo.id, question),
        "story.policy": policy_of(service),
        "answer.policy": policy_of(service),
    }
    await service.stop()
    return files


def with_kept_head(new: bytes, path: Path) -> bytes:
    """The dossier under the head that stands in the vector already, if that is a head of the same tree."""
    if not path.exists():
        return new
    old, made_now = read_dossier(path.read_bytes())[0], read_dossier(new)[0]
    same = old.note.partition("\n\n")[0] == made_now.note.partition("\n\n")[0]
    return to_bytes(replace(made_now, note=old.note)) if same else new


def main() -> None:
    for name, text in asyncio.run(made()).items():
        path = HERE / "dossier" / name
        path.write_bytes(with_kept_head(text, path) if name.endswith(".dossier") else text)


if __name__ == "__main__":
    main()
