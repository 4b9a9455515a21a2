"""A disk that runs full: what is left is kept for stop-fire. Other statements are refused with the remedy; a call rings.

The last tests fill a real, small disk. They mount one, which only root may: elsewhere they are skipped, and say so.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from delivering import Carrying, addresses
from standclear.cli.cast import told
from standclear.errors import Fatal, Unavailable
from standclear.limits import DISK_CALLS_BYTES, DISK_RESERVE_BYTES, OUTBOX_RESERVE_BYTES
from standclear.stores.outbox import RESERVE_FILE, SqliteOutbox
from standclear.stores.sqlite import SqliteLogStore
from standclear.wiring import free_bytes
from stories.test_duties_of_time import three
from visiting import Visitor
from web.test_stop_fire_door import STATEMENTS, call_text, rung, site_text
from world import World


def test_below_the_reserve_other_statements_are_refused_with_the_remedy_and_a_call_is_on_record() -> None:
    with World() as world:
        north, south, _ = three(world)
        post = Carrying(world, addresses(north))
        visitor = Visitor(world)
        text = site_text(world, south, north)
        world.room = lambda: DISK_RESERVE_BYTES - 1
        refused = visitor.post(STATEMENTS, text)
        assert (refused.status, refused.slug) == (503, "store-unavailable")
        assert refused.json()["remedy"].startswith("make room on the service's disk")
        assert visitor.get("/health").json()["wrong"] == ["store-unavailable"]
        assert visitor.post(STATEMENTS, call_text(world, south)).status == 201
        assert rung(post) == [("ring", "North/duty_desk")]
        world.room = lambda: DISK_RESERVE_BYTES
        assert visitor.post(STATEMENTS, text).status == 201
        assert visitor.get("/health").json()["wrong"] == []


def test_on_a_full_disk_a_call_rings_is_kept_and_is_on_record_as_soon_as_there_is_room() -> None:
    with World() as world:
        north, south, _ = three(world)
        post = Carrying(world, addresses(north))
        visitor = Visitor(world)
        world.settle()
        size = world.service.size
        world.room = lambda: DISK_CALLS_BYTES - 1
        answer = visitor.post(STATEMENTS, call_text(world, south))
        assert (answer.status, answer.slug) == (503, "store-unavailable")
        assert rung(post) == [("ring", "North/duty_desk")]
        assert len(post.outbox.kept_calls()) == 1
        post.step(3)
        assert (world.service.size, world.service.sequencer.failed) == (size, None)
        assert len(post.outbox.kept_calls()) == 1
        world.room = lambda: DISK_CALLS_BYTES
        post.step()
        assert [one.kind for one in world.service.book.matters.calls] == ["emergency"]
        assert post.outbox.kept_calls() == ()


def test_the_service_goes_on_while_its_deeds_wait_for_room() -> None:
    with World() as world:
        north, south, _ = three(world)
        visitor = Visitor(world)
        assert visitor.post(STATEMENTS, site_text(world, south, north)).status == 201
        world.room = lambda: 0
        size = world.service.size
        for _ in range(3):
            world.pass_ms(1_000)
        assert world.service.sequencer.failed is None
        world.room = lambda: DISK_RESERVE_BYTES
        world.settle()
        assert world.service.size > size


# --- a real disk ----------------------------------------------------------------------------------------


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0:
        pytest.skip("NOT TESTED HERE: a real full disk needs a mount, and only root may make one")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"NOT TESTED HERE: no disk could be mounted: {mounted.stderr.decode()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(disk: Path) -> Path:
    """Write until not one byte more fits."""
    filler = disk / "filler"
    with filler.open("ab", buffering=0) as file:
        for size in (65_536, 4_096, 1):
            try:
                while file.write(bytes(size)) == size:
                    pass
            except OSError:
                continue  # what is left is less
    assert free_bytes(disk) == 0
    return filler


def test_on_a_disk_without_a_byte_left_a_call_rings_is_kept_and_is_logged_when_there_is_room(
    disk: Path,
) -> None:
    with World(store=SqliteLogStore(disk)) as world:
        north, south, _ = three(world)
        outbox = SqliteOutbox(disk)
        post = Carrying(world, addresses(north), outbox)
        visitor = Visitor(world)
        world.settle()
        world.room = lambda: free_bytes(disk)
        filler = fill(disk)
        assert visitor.post(STATEMENTS, site_text(world, south, north)).slug == "store-unavailable"
        calls = [call_text(world, south) for _ in range(3)]
        for text in calls:
            assert visitor.post(STATEMENTS, text).slug == "store-unavailable"
        assert len(rung(post)) == len(calls)
        assert sorted(outbox.kept_calls()) == sorted(calls)
        left = (disk / RESERVE_FILE).stat().st_size
        assert 0 < left < OUTBOX_RESERVE_BYTES
        assert world.service.sequencer.failed is None
        filler.unlink()
        world.room = lambda: free_bytes(disk) + DISK_RESERVE_BYTES  # of a small disk
        post.step()
        assert len(world.service.book.matters.calls) == len(calls)
        assert outbox.kept_calls() == ()
        assert visitor.post(STATEMENTS, site_text(world, south, north)).status == 201
        outbox.close()
        world.close()
        world.store.close()
        world.store = SqliteLogStore(disk)
        world.open()
        assert len(world.service.book.matters.calls) == len(calls)
        world.store.close()


def test_a_disk_that_fills_unseen_stops_the_service_and_a_call_has_rung_and_is_kept_all_the_same(
    disk: Path,
) -> None:
    with World(store=SqliteLogStore(disk)) as world:
        north, south, _ = three(world)
        outbox = SqliteOutbox(disk)
        post = Carrying(world, addresses(north), outbox)
        world.settle()
        fill(disk)
        with pytest.raises((Unavailable, Fatal)):
            world.site(south, told(north))
        assert world.service.sequencer.failed is not None
        text = call_text(world, south)
        with pytest.raises(Fatal):
            world.run(world.service.submit(text))
        assert rung(post) == [("ring", "North/duty_desk")]
        assert outbox.kept_calls() == (text,)
        outbox.close()
        world.store.close()
