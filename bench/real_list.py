"""The whole real list through the whole house: 98,745 facilities as one dispatch, then an activity over Juba.

A real service on its own store, the command line as a desk uses it. Prints wall and processor seconds, peak memory and
disk. `python bench/real_list.py --list PATH/health-facilities-africa.csv.gz`
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BIN = Path(sys.executable).parent
TO_JUBA = ["--at", "4.8500 N 31.5800 E", "--datum", "WGS84", "--radius", "4 km", "--heights", "0..3000 m w84"]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--list", type=Path, required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        measure(arguments.list, Path(directory))


def measure(facilities: Path, directory: Path) -> None:
    """Serve, enrol two desks, file the list, hold an activity, cite, acknowledge."""
    service = subprocess.Popen(
        [BIN / "standclear", "serve", "--data", "keeper", "--listen", "127.0.0.1:0", "--exercise"],
        cwd=directory,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert service.stdout is not None
    address = service.stdout.readline().split()[-1]
    try:
        for home, name, kind in (
            ("cell", "Relief Cell", "un_agency"),
            ("force", "Force", "state_armed_force"),
        ):
            say(
                directory,
                "party",
                "--home",
                home,
                "new",
                "--service",
                address,
                "--name",
                name,
                "--type",
                kind,
            )
            say(
                directory,
                "party",
                "admit",
                f"{home}/enrolment.json",
                "--data",
                "keeper",
                "--service",
                address,
            )
        rules = say(directory, "arrange", "--home", "cell", "packs", "humanitarian").strip()
        members = ["--member", "Relief Cell", "--member", "Force", "--neutral", "Relief Cell"]
        say(directory, "arrange", "--home", "cell", "--seat", "duty-1", "file", rules, *members)
        for home in ("cell", "force"):
            say(directory, "arrange", "--home", home, "--seat", "duty-1", "adhere")
        told = filed(directory, facilities)
        served = Path(f"/proc/{service.pid}/status").read_text("utf-8")
        peak_kib = next(line.split()[1] for line in served.splitlines() if line.startswith("VmHWM"))
        disk = sum(path.stat().st_size for path in (directory / "keeper").iterdir())
        print(
            f"accepted {told['accepted']:,} · doubtful {told['doubtful']:,} · entries {len(told['entries'])}"
        )
        print(f"service: peak memory {int(peak_kib) // 1024} MiB · disk {disk / 1e6:.0f} MB")
        held_and_cited(directory)
    finally:
        service.terminate()
        service.wait(60)


def filed(directory: Path, facilities: Path) -> dict[str, list[int]]:
    """File the list and print what it cost the desk."""
    began = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    text = say(
        directory, "notify", "--home", "cell", "--seat", "duty-1", "--json", "site", "--from", str(facilities),
        "--to", "Force", "--category", "other",
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"intake: {time.perf_counter() - began:.1f} s wall · desk {cpu:.1f} s CPU, {after.ru_maxrss // 1024} MiB"
    )
    found: dict[str, list[int]] = json.loads(text)
    return found


def held_and_cited(directory: Path) -> None:
    """An activity over Juba: held, cited, acknowledged by the owner's desk."""
    began = time.perf_counter()
    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 86_400))
    when = ["--from", f"{day}T09:00Z", "--until", f"{day}T11:00Z", "--to", "Relief Cell,on_meet"]
    told = say(
        directory, "act", "--home", "force", "--seat", "duty-1", "--type", "indirect_fire", *TO_JUBA, *when,
        "--cite-held", "--yes",
    )  # fmt: skip
    print(f"activity over Juba: {told.splitlines()[-1]} ({time.perf_counter() - began:.1f} s)")
    print(
        say(
            directory, "ack", "--home", "cell", "--seat", "duty-1", "--member", "C-1", "--span", "0:1"
        ).strip()
    )


def say(directory: Path, *words: str) -> str:
    """One command, as a person types it."""
    done = subprocess.run(
        [BIN / "standclear", *words],
        cwd=directory,
        env=dict(os.environ),
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, f"{words[:3]}: {done.stdout}{done.stderr}"
    return done.stdout


if __name__ == "__main__":
    main()
