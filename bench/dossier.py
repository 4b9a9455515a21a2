"""How long a dossier takes to verify: sites of one item each, filed and acknowledged one by one, in the whole log.

    python bench/dossier.py [entries]        writes bench/out/dossier.json

The log is made by a service in this process on a memory store; verifying is timed in this process too, best of three.
"""

from __future__ import annotations

import asyncio
import gc
import json
import platform
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))

from standclear.cli import cast, speech  # noqa: E402
from standclear.dossier.verify import verify  # noqa: E402
from standclear.flow.evidence import dossier_of, policy_of  # noqa: E402
from standclear.keys import SigningKey, verify_ed25519  # noqa: E402
from standclear.statements.compose import Draft, Recipient  # noqa: E402
from world import World, anybody, site  # noqa: E402

WAITING = 200


def main() -> None:
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with World(seed="bench") as world:
        ours, theirs = world.enrol("Alpha"), world.enrol("Bravo")
        world.agree(ours, theirs)
        world.activity(theirs, anybody(when="on_meet"))
        world.run(fill(world, ours, theirs, entries))
        world.settle()
        dossier, policy = dossier_of(world.service), policy_of(world.service)
        size = world.service.size
    gc.disable()  # as the command does
    wall_s, took = min(timed(dossier, policy) for _ in range(3))
    one_s = signature_s()
    found = {
        "bytes": len(dossier),
        "entries": size,
        "ed25519_verify_us": round(one_s * 1e6, 1),
        "machine": platform.processor() or platform.machine(),
        "python": platform.python_version(),
        "share_of_signatures": round(one_s * size / took, 2),
        "verify_cpu_s": round(took, 2),
        "verify_wall_s": round(wall_s, 2),
    }
    out = HERE / "out"
    out.mkdir(exist_ok=True)
    (out / "dossier.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=1))


async def fill(world: World, ours: cast.Actor, theirs: cast.Actor, entries: int) -> None:
    """Sites one by one, and an acknowledgement for each, until the log is as long as asked."""
    filed: list[bytes] = []
    while world.service.size < entries:
        world.clock.pass_ms(1_000)
        number = len(filed)
        sites = [
            Draft(
                kind="site",
                under=world.under,
                forms={"exact": [place(world, number + i)]},
                to=[Recipient(party=theirs.id)],
            )
            for i in range(WAITING)
        ]
        said = [await cast_one(world, ours, draft) for draft in sites]
        filed += await asyncio.gather(*said)
        replies = [
            speech.acknowledgement([Recipient(party=ours.id)], world.under, member="M-7", sids=[sid])
            for sid in filed[number:]
        ]
        said = [await cast_one(world, theirs, draft) for draft in replies]
        await asyncio.gather(*said)


def place(world: World, number: int) -> object:
    at = (36.0 + (number % 100) * 0.01, 35.0 + (number // 100) * 0.01)
    return site(world.now_ms, at=at, name=f"Site {number}").to_value()


async def cast_one(world: World, party: cast.Actor, draft: Draft) -> asyncio.Task[bytes]:
    """One submission on its way; its place in its key's chain is taken now."""
    composed = party.person.compose(draft, world.now_ms, world.chance)
    party.person.seq += 1
    party.person.prev = composed.sid

    async def submit() -> bytes:
        return (await world.service.submit(composed.text)).sid

    return asyncio.create_task(submit())


def timed(dossier: bytes, policy: bytes) -> tuple[float, float]:
    """One verification: by the clock on the wall, and by the processor."""
    start, busy = time.perf_counter(), time.process_time()
    report = verify(dossier, policy)
    took = time.perf_counter() - start, time.process_time() - busy
    assert report.exit_code() == 0, report.broken()
    return took


def signature_s() -> float:
    """What one Ed25519 verification costs here."""
    key = SigningKey.from_seed(bytes(32))
    signature = key.sign(b"m" * 1_000)
    start = time.process_time()
    for _ in range(2_000):
        assert verify_ed25519(key.public, signature, b"m" * 1_000)
    return (time.process_time() - start) / 2_000


if __name__ == "__main__":
    main()
