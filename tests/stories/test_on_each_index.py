"""Whatever index proposes, the answers are the same: the predicate decides."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from random import Random

import pytest

from standclear.cli.cast import told
from standclear.conflicts.candidates import CandidateIndex
from standclear.stores.listed import ListedIndex
from standclear.stores.rtree import RTreeIndex
from world import HOUR_MS, World, activity, presence, site

STEPS = 60
SEED = 27022020


def native() -> CandidateIndex:
    from standclear.stores.native import NativeIndex

    return NativeIndex()


def played(make_index: Callable[[], CandidateIndex]) -> list[object]:
    """Sixty random filings, replacements and endings, and what each did."""
    rng = Random(SEED)
    outcomes: list[object] = []
    places: dict[
        bytes, int
    ] = {}  # by order of filing: sids depend on when the service's own deeds fall between

    def named(ref: bytes) -> tuple[int, bytes]:
        return places[ref[:32]], ref[32:]

    with World(make_index=make_index) as world:
        north, south = world.enrol("North"), world.enrol("South")
        world.agree(north, south)
        standing: list[bytes] = []
        for _ in range(STEPS):
            at = (36.6 + rng.random() / 10, 35.9 + rng.random() / 10)
            word = rng.choice(("site", "presence", "activity", "move", "close"))
            if word == "activity":
                said = world.notice(
                    north,
                    activity(world.now_ms, at=at, radius_m=rng.choice((200, 1_500))),
                    told(south),
                    inbox=world.query.inbox_head(north.id),
                )
            elif word == "close" and standing:
                said = world.end(south, "site", [standing.pop()])
            elif word == "move" and standing:
                moved = site(world.now_ms, at=at, change="moved")
                said = world.notice(south, moved, told(north), act="replace", of=[(standing.pop(), 0)])
                standing.append(said.ref())
            elif word == "presence":
                said = world.notice(south, presence(world.now_ms, at=at), told(north, when="on_meet"))
            else:
                said = world.notice(south, site(world.now_ms, at=at), told(north))
                standing.append(said.ref())
            places[said.sid] = len(places)
            done = said.answer.outcome
            meetings = [(named(one.a), named(one.b), one.concern) for one in done.meetings]
            missing, unaware = map(named, done.missing), [(named(a), named(b)) for a, b in done.unaware]
            outcomes.append(
                (done.effect, done.marks, done.aware_of, sorted(missing), sorted(unaware), sorted(meetings))
            )
            world.pass_ms(rng.randrange(HOUR_MS))
    return outcomes


@pytest.mark.parametrize(
    "make_index",
    [
        RTreeIndex,
        pytest.param(
            native,
            marks=pytest.mark.skipif(
                find_spec("standclear_engine") is None,
                reason="THE NATIVE ENGINE IS NOT INSTALLED (make engine)",
            ),
        ),
    ],
)
def test_the_index_changes_no_answer(make_index: Callable[[], CandidateIndex]) -> None:
    assert played(make_index) == played(ListedIndex)
