"""A small dossier for the tests: two parties, one site told, one fire over it, one acknowledgement."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from standclear.cli.cast import Said
from standclear.dossier.answers import Question
from standclear.flow.evidence import answer_of, dossier_of, policy_of
from standclear.statements.compose import Recipient
from world import DAY_MS, World, anybody, circle, site


@dataclass(frozen=True, slots=True, kw_only=True)
class Small:
    """The whole log, its policy, and what three askers are answered about the site."""

    dossier: bytes
    policy: bytes
    answers: dict[str, bytes]
    said: dict[str, Said]


@lru_cache
def small() -> Small:
    with World(seed="small dossier") as world:
        alpha, bravo, other = world.enrol("Alpha"), world.enrol("Bravo"), world.enrol("Charlie")
        world.agree(alpha, bravo, other)
        exact = site(world.now_ms, at=(36.63, 35.93), name="The clinic")
        wide = site(world.now_ms, at=(36.63, 35.93), name="A place", radius_m=2_000, form="widened")
        forms = {"exact": [exact.to_value()], "widened": [wide.to_value()]}
        to = [Recipient(party=bravo.id, form="widened")]
        said = {"site": world.notice(alpha, exact, to, forms=forms)}
        world.clock.pass_ms(1_000)
        said["third"] = world.site(other, [Recipient(party=bravo.id)], at=(36.631, 35.931))
        said["fire"] = world.activity(bravo, anybody(when="on_meet"))
        world.settle()
        said["reply"] = world.acknowledge(bravo, sids=[said["site"].sid], to=[Recipient(party=alpha.id)])
        world.settle()
        area = circle((36.63, 35.93), 500, world.now_ms, world.now_ms + DAY_MS)
        question = Question(party=bravo.id, area=area, before_ms=world.now_ms)
        askers = {"Alpha": alpha.id, "Bravo": bravo.id, "Charlie": other.id, "service": world.keys.party}
        return Small(
            dossier=dossier_of(world.service),
            policy=policy_of(world.service),
            answers={name: answer_of(world.service, asker, question) for name, asker in askers.items()},
            said=said,
        )
