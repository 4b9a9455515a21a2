"""The engine beside its peers: one command that installs them, makes the work, runs all in turn and prints a table.

    python bench/engine_peers.py [--notices 1000000] [--proposals 100000] [--repeat 3] [--skip postgis,duckdb,ten]

Peers: PostgreSQL 15 with PostGIS (Debian's packages; a cluster of its own under a temporary folder), shapely's
STRtree, DuckDB with its spatial extension (wheels from PyPI). They are installed if they are not there; apt needs
root. All run on the same seeded work (engine_workload.py), in turn within each repetition, so that a noisy machine
is noisy for all. Beside the time on the wall stands the time of the processors, all threads and processes of an
engine added up: it counts what others on the machine do least, and it charges ours for both its threads. The table
is printed; it and a plot (SVG) are left in bench/out.

What is fair and what is not is said beside each peer, and in docs/engine.md.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import standclear_engine as engine
from engine_postgis import Postgis
from engine_workload import DAY_MS, MARGIN, NOW_MS, Workload, generate, positions

OUT = Path(__file__).resolve().parent / "out"
Array = np.ndarray[Any, Any]
REACH_M = MARGIN[0] / 100


Spent = tuple[float, float]  # seconds on the wall, and of processors


def timed(deed: Callable[[], Any], cpu: Callable[[], float] = time.process_time) -> tuple[Spent, Any]:
    begun, used = time.perf_counter(), cpu()
    result = deed()
    return (time.perf_counter() - begun, cpu() - used), result


class Table:
    """What was measured: for each operation and engine its seconds, run by run."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, list[Spent]]] = {}
        self.notes: list[str] = []

    def add(self, operation: str, who: str, spent: Spent, times: float = 1) -> None:
        self.rows.setdefault(operation, {}).setdefault(who, []).append((spent[0] * times, spent[1] * times))
        print(
            f"  {operation} · {who}: {spent[0] * times:.6g} s, of processors {spent[1] * times:.6g} s",
            flush=True,
        )

    def note(self, text: str) -> None:
        self.notes.append(text)
        print("  " + text, flush=True)

    def lines(self) -> Iterator[str]:
        head = ("operation", "engine", "wall s", "least", "most", "cpu s", "x wall", "x cpu")
        yield "{:43} {:20} {:>11} {:>11} {:>11} {:>11} {:>7} {:>7}".format(*head)
        for operation, engines in self.rows.items():
            for who, spans in engines.items():
                wall, cpu = (statistics.median(span[i] for span in spans) for i in (0, 1))
                ours = [statistics.median(span[i] for span in next(iter(engines.values()))) for i in (0, 1)]
                by_cpu = f"{cpu / ours[1]:7.1f}" if cpu and ours[1] else "      -"
                yield (
                    f"{operation:43} {who:20} {wall:11.6g} {min(spans)[0]:11.6g} {max(spans)[0]:11.6g} {cpu:11.6g} "
                    f"{wall / ours[0]:7.1f} {by_cpu}"
                )
        yield from self.notes

    def ratios(self) -> list[tuple[str, float]]:
        found = []
        for operation, engines in self.rows.items():
            names = list(engines)
            ours = statistics.median(span[0] for span in engines[names[0]])
            found += [
                (f"{operation} · {who}", statistics.median(span[0] for span in engines[who]) / ours)
                for who in names[1:]
            ]
        return found

    def plot(self, path: Path) -> None:
        """A bar for each peer: how many times as long as ours it takes, on a logarithmic scale."""
        bars = [(name, ratio) for name, ratio in self.ratios() if ratio > 0]
        height = 26 * len(bars) + 50
        parts = [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" width="1000" height="{height}" font-family="sans-serif" '
                f'font-size="13"><rect width="1000" height="{height}" fill="white"/>'
                '<text x="10" y="22" font-size="15">How many times as long as the engine (log scale)</text>'
            )
        ]
        for i, (name, ratio) in enumerate(bars):
            y, width = 40 + 26 * i, max(2.0, 110 * float(np.log10(max(1.0, ratio))))
            parts.append(
                f'<text x="10" y="{y + 14}">{name}</text><rect x="520" y="{y}" width="{width:.0f}" height="18" '
                f'fill="#336699"/><text x="{530 + width:.0f}" y="{y + 14}">{ratio:.3g}×</text>'
            )
        path.write_text("\n".join(parts) + "</svg>\n", encoding="utf-8")


def index_of(work: Workload, rules: Any) -> Any:
    index = engine.Index(rules)
    index.insert(
        np.arange(len(work), dtype=np.uint64),
        engine.Volumes(**work.columns),
        party=work.party,
        kind=work.kind,
    )
    return index


# --- shapely ---------------------------------------------------------------------------------------------------


def geometries(work: Workload, buffer_m: float) -> Array:
    """Each volume as a planar polygon of longitude and latitude, its radius and `buffer_m` about it (quad_segs 4)."""
    columns = work.columns
    offsets, form = np.asarray(columns["vertex_offsets"]), columns["form"]
    lon, lat = columns["lon"] / 1e7, columns["lat"] / 1e7
    narrow = np.maximum(0.02, np.cos(np.radians(lat[offsets[:-1]])))
    flat = np.column_stack([lon * np.repeat(narrow, np.diff(offsets)), lat])
    found = np.empty(len(work), dtype=object)
    for code, kind in (
        (0, shapely.GeometryType.POINT),
        (1, shapely.GeometryType.LINESTRING),
        (2, shapely.GeometryType.POLYGON),
    ):
        rows = np.flatnonzero(form == code)
        counts = np.diff(offsets)[rows]
        take = np.repeat(offsets[rows] - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts) + np.arange(
            counts.sum()
        )
        points = flat[take]
        if code == 0:
            found[rows] = shapely.points(points)
        elif code == 1:
            found[rows] = shapely.from_ragged_array(kind, points, (np.concatenate([[0], np.cumsum(counts)]),))
        else:
            ends = np.cumsum(counts)
            closed = np.insert(points, ends, points[ends - counts], axis=0)
            rings = np.concatenate([[0], np.cumsum(counts + 1)])
            found[rows] = shapely.from_ragged_array(kind, closed, (rings, np.arange(len(rows) + 1)))
    around = (np.asarray(columns["radius_cm"]) / 100 + buffer_m) / 111_320
    found = shapely.buffer(found, around, quad_segs=4)
    coordinates, owner = shapely.get_coordinates(found, return_index=True)
    coordinates[:, 0] /= narrow[owner]
    return shapely.set_coordinates(found, coordinates)


def apart(one: Workload, two: Workload, i: Array, j: Array) -> Array:
    """Which candidate pairs meet in time, height and party."""
    a, b = one.columns, two.columns
    return (
        (one.party[i] != two.party[j])
        & (a["start_ms"][i] <= b["end_ms"][j] + MARGIN[2])
        & (b["start_ms"][j] <= a["end_ms"][i] + MARGIN[2])
        & (a["lower_cm"][i] <= b["upper_cm"][j] + MARGIN[1])
        & (b["lower_cm"][j] <= a["upper_cm"][i] + MARGIN[1])
    )


class Shapely:
    def __init__(self, work: Workload, proposals: Workload) -> None:
        self.work, self.proposals = work, proposals
        self.kept, self.asked = geometries(work, REACH_M), geometries(proposals, 0)
        # Its queries in the order of space: good faith costs nothing here.
        columns = proposals.columns
        first = np.asarray(columns["vertex_offsets"])[:-1]
        self.order = np.lexsort((columns["lon"][first], columns["lat"][first] // 2_000_000))
        self.tree = shapely.STRtree(self.kept)

    def batch(self) -> int:
        i, j = self.tree.query(self.asked[self.order])
        i = self.order[i]
        meet = apart(self.proposals, self.work, i, j)
        i, j = i[meet], j[meet]
        return int(shapely.intersects(self.asked[i], self.kept[j]).sum())

    def one(self, row: int) -> int:
        j = self.tree.query(self.asked[row])
        i = np.full(len(j), row)
        meet = apart(self.proposals, self.work, i, j)
        return int(shapely.intersects(self.asked[row], self.kept[j[meet]]).sum())


# --- the operations ----------------------------------------------------------------------------------------------


def bulk(
    table: Table,
    arguments: argparse.Namespace,
    work: Workload,
    proposals: Workload,
    index: Any,
    postgis: Postgis | None,
    peer: Shapely | None,
) -> None:
    """Bulk check, in turn: ours from raw columns, ours packed, PostGIS, shapely."""

    def raw() -> int:
        volumes = engine.Volumes(**proposals.columns)
        packed = engine.Packed(volumes, party=proposals.party, kind=proposals.kind)
        return len(index.join(packed).all()["a"])

    packed = engine.Packed(engine.Volumes(**proposals.columns), party=proposals.party, kind=proposals.kind)
    counts: dict[str, int] = {}
    name = f"check {len(proposals):,} against {len(work):,}"
    for _ in range(arguments.repeat):
        own = time.process_time
        runs: list[tuple[str, Callable[[], int], Callable[[], float]]] = [
            ("ours, raw to pairs", raw, own),
            ("ours, packed", lambda: len(index.join(packed).all()["a"]), own),
            ("ours, raw, one thread", lambda: engine_one_thread(index, proposals), own),
        ]
        if postgis:
            runs.append(("PostGIS geography", postgis.batch, postgis.cpu))
        if peer:
            runs.append(("shapely STRtree", peer.batch, own))
        for who, deed, cpu in runs:
            spent, counts[who] = timed(deed, cpu)
            table.add(name, who, spent)
    table.note(f"pairs found: {counts}; settled: {counts_of(index, packed)}")


def engine_one_thread(index: Any, proposals: Workload) -> int:
    packed = engine.Packed(
        engine.Volumes(**proposals.columns), party=proposals.party, kind=proposals.kind, threads=1
    )
    return len(index.join(packed, threads=1).all()["a"])


def counts_of(index: Any, packed: Any) -> dict[str, int]:
    stream = index.join(packed)
    stream.all()
    return dict(stream.counts)


def single(
    table: Table,
    work: Workload,
    proposals: Workload,
    index: Any,
    postgis: Postgis | None,
    peer: Shapely | None,
) -> None:
    """One proposal at a time, from Python: each call from our own Volume (or the peer's own form) to the answer."""
    from engine_volumes import volumes_of

    rows = np.random.default_rng(3).permutation(len(proposals))[:20_000]
    ours = volumes_of(proposals, rows)
    told: list[tuple[str, list[float]]] = []
    spans = []
    for volume, row in zip(ours, rows.tolist(), strict=True):
        party, kind = int(proposals.party[row]), int(proposals.kind[row])
        begun = time.perf_counter_ns()
        index.check(volume, party=party, kind=kind)
        spans.append((time.perf_counter_ns() - begun) / 1e9)
    told.append(("ours", spans))
    if postgis:
        postgis.one(0)
        told.append(
            ("PostGIS geography", [timed(lambda r=row: postgis.one(r))[0][0] for row in rows[:1000].tolist()])
        )
        postgis.many_again()
    if peer:
        told.append(
            ("shapely STRtree", [timed(lambda r=row: peer.one(r))[0][0] for row in rows[:3000].tolist()])
        )
    for label, share in (("p50", 0.5), ("p99", 0.99)):
        for who, spans in told:
            table.add(
                f"single check against {len(work):,}, {label}", who, (float(np.quantile(spans, share)), 0.0)
            )


def self_join(
    table: Table, arguments: argparse.Namespace, work: Workload, index: Any, postgis: Postgis | None
) -> None:
    found = 0
    for _ in range(arguments.repeat):
        spent, found = timed(lambda: len(index.self_join().all()["a"]))
        table.add(f"self-join of {len(work):,}", "ours", spent)
    table.note(f"self-join found {found:,} pairs")
    if postgis:
        spent, count = timed(postgis.self_join, postgis.cpu)
        table.add(f"self-join of {len(work):,}", "PostGIS geography", spent)
        table.note(f"PostGIS self-join found {count:,} pairs")


def geofence(table: Table, arguments: argparse.Namespace, postgis: Postgis | None) -> None:
    """A million positions at one moment against 100,000 zones, the ones active then."""
    zones = generate(100_000, 11)
    lon, lat = positions(1_000_000, 12)
    at_ms = NOW_MS + 5 * DAY_MS
    index = index_of(zones, engine.Rules(margin=MARGIN))
    near = (MARGIN[0], 0, 0)
    active = np.flatnonzero((zones.columns["start_ms"] <= at_ms) & (zones.columns["end_ms"] >= at_ms))
    polygons = geometries(zones, REACH_M)[active]
    tree, points = shapely.STRtree(polygons), shapely.points(lon / 1e7, lat / 1e7)
    name = "1,000,000 positions against 100,000 zones"
    for _ in range(arguments.repeat):
        ready = engine.Zones(index, at_ms, at_ms + 900_000, margin=near)
        spent, hits = timed(lambda r=ready: len(r.inside(lon, lat, at_ms, threads=1)["row"]))
        table.add(name, "ours, one thread", spent)
        spent, others = timed(lambda: tree.query(points, predicate="intersects").shape[1])
        table.add(name, "shapely, active only", spent)
    if postgis:
        few = 100_000
        postgis.geofence(polygons, lon[:few], lat[:few])
        spent, count = timed(lambda: postgis.geofence(polygons, lon[:few], lat[:few]), postgis.cpu)
        table.add(name, "PostGIS, active only", spent, len(lon) / few)
        table.note(f"PostGIS was given {few:,} positions ({count} hits), its time times {len(lon) // few}")
    wall, cpu = (statistics.median(span[i] for span in table.rows[name]["ours, one thread"]) for i in (0, 1))
    table.note(
        f"positions: {len(lon) / wall / 1e6:.1f} M/s on one thread ({len(lon) / cpu / 1e6:.1f} M a second of "
        f"processor), {hits} hits; shapely {others}"
    )
    spent, _ = timed(lambda: engine.Zones(index, at_ms, at_ms + 900_000, margin=near))
    table.note(f"grid of zones built in {spent[0]:.3f} s")


def inserts(table: Table, work: Workload, index: Any, postgis: Postgis | None) -> None:
    """New notices one by one, on top of those that are there; then all out again."""
    from engine_volumes import volumes_of

    fresh = generate(200_000, 21)
    ours = volumes_of(fresh, np.arange(len(fresh)))
    party, kind = fresh.party.tolist(), fresh.kind.tolist()
    base = len(work) + 1_000_000
    spans, busy = np.empty(len(ours)), np.empty(len(ours))
    begun, used = time.perf_counter(), time.thread_time()
    for i, volume in enumerate(ours):
        start, at_work = time.perf_counter_ns(), time.thread_time_ns()
        index.insert(base + i, volume, party=party[i], kind=kind[i])
        busy[i], spans[i] = (time.thread_time_ns() - at_work) / 1e9, (time.perf_counter_ns() - start) / 1e9
    seconds, own = time.perf_counter() - begun, time.thread_time() - used
    table.add("insert 10,000 one by one", "ours", (seconds, own), 10_000 / len(ours))
    if postgis:
        before = postgis.cpu()
        wall = postgis.inserts(fresh, 10_000)
        table.add("insert 10,000 one by one", "PostGIS geography", (wall, postgis.cpu() - before))
    over = int((spans > 0.002).sum())
    table.note(
        f"inserts: {len(ours) / seconds:,.0f}/s ({len(ours) / own:,.0f} a second of the thread's processor)"
    )
    table.note(
        f"a call of insert: p50 {np.median(spans) * 1e6:.1f} us, p99.9 "
        f"{np.quantile(spans, 0.999) * 1e6:.0f} us, worst {spans.max() * 1e3:.2f} ms; {over} calls above 2 ms"
    )
    table.note(
        f"of the thread's own processor time a call took {busy.max() * 1e3:.2f} ms at worst; "
        f"{int((busy > 0.002).sum())} above 2 ms"
    )
    table.note(f"stalls of this machine in the same time, doing nothing: {idle_stalls(seconds)}")
    index.settle()
    begun = time.perf_counter()
    index.remove(np.arange(base, base + len(ours), dtype=np.uint64))
    table.note(f"removal of {len(ours):,} in one call: {time.perf_counter() - begun:.3f} s")
    index.settle()


def idle_stalls(seconds: float) -> str:
    """How often, and how long, an empty loop is held up: what the machine alone adds to any call."""
    end, last, worst, over = time.perf_counter_ns() + int(seconds * 1e9), time.perf_counter_ns(), 0, 0
    while last < end:
        now = time.perf_counter_ns()
        worst, over, last = max(worst, now - last), over + (now - last > 2_000_000), now
    return f"worst {worst / 1e6:.2f} ms, {over} above 2 ms"


def ten_million(table: Table, arguments: argparse.Namespace) -> None:
    """1M against 10M, in pieces; memory is what the process holds at its highest."""
    work = generate(10_000_000, 31)
    spent, index = timed(lambda: index_of(work, engine.Rules(margin=MARGIN)))
    vertices = len(work.columns["lon"])
    table.note(
        f"10,000,000 built in {spent[0]:.1f} s; {index.nbytes / len(work):.0f} B a notice of "
        f"{vertices / len(work):.2f} vertices"
    )
    work = None  # its memory is needed now
    asked = generate(1_000_000, 32)
    packed = engine.Packed(engine.Volumes(**asked.columns), party=asked.party, kind=asked.kind)
    before = peak_kb()
    spent, pairs = timed(lambda: sum(len(piece["a"]) for piece in index.join(packed, chunk=500_000)))
    table.add("1,000,000 against 10,000,000", "ours", spent)
    table.note(
        f"1M x 10M: {pairs:,} pairs in pieces; the peak of memory rose by {(peak_kb() - before) / 1024:.0f} MB"
    )


def peak_kb() -> int:
    with open("/proc/self/status", encoding="ascii") as status:
        return int(next(line for line in status if line.startswith("VmHWM")).split()[1])


def duckdb_join(table: Table, work: Workload, proposals: Workload, peer: Shapely) -> None:
    """DuckDB spatial, its own join on polygons with their radius; fewer proposals, its time in proportion."""
    import duckdb
    import duckdb_extension_spatial

    few = min(10_000, len(proposals))
    folder = Path(duckdb_extension_spatial.__file__).parent
    extension = next(folder.rglob("spatial.duckdb_extension*"))
    connection = duckdb.connect(config={"allow_unsigned_extensions": True})
    connection.execute(f"SET threads=2; LOAD '{extension}'")
    for name, of, polygons in (("n", work, peer.kept), ("q", proposals, peer.asked)):
        rows = np.arange(len(of) if name == "n" else few)
        import pandas  # DuckDB reads its frames without a copy

        frame = pandas.DataFrame(
            {
                "id": rows,
                "party": of.party[rows],
                "w": shapely.to_wkb(polygons[rows]),
                **{
                    field: of.columns[field][rows] for field in ("start_ms", "end_ms", "lower_cm", "upper_cm")
                },
            }
        )
        connection.execute(f"CREATE TABLE {name} AS SELECT * EXCLUDE w, ST_GeomFromWKB(w) AS g FROM frame")
        del frame
    query = (
        f"SELECT count(*) FROM q JOIN n ON ST_Intersects(q.g, n.g) WHERE q.party <> n.party "
        f"AND q.start_ms <= n.end_ms + {MARGIN[2]} AND n.start_ms <= q.end_ms + {MARGIN[2]} "
        f"AND q.lower_cm <= n.upper_cm + {MARGIN[1]} AND n.lower_cm <= q.upper_cm + {MARGIN[1]}"
    )
    spent, count = timed(lambda: connection.execute(query).fetchone()[0])
    table.add(
        f"check {len(proposals):,} against {len(work):,}", "DuckDB spatial", spent, len(proposals) / few
    )
    table.note(
        f"DuckDB was given {few:,} proposals ({count:,} pairs), its time times {len(proposals) // few}"
    )


def install(skip: set[str]) -> None:
    """The peers that are not there yet."""
    if "postgis" not in skip and not Path("/usr/lib/postgresql/15/lib/postgis-3.so").exists():
        subprocess.run(
            [
                "apt-get",
                "install",
                "-y",
                "--no-install-recommends",
                "postgresql-15",
                "postgresql-15-postgis-3",
            ],
            check=True,
        )
    wanted = ["psycopg[binary]"] if "postgis" not in skip else []
    wanted += [] if "duckdb" in skip else ["duckdb==1.5.5", "duckdb-extension-spatial==1.5.5", "pandas"]
    target = OUT / "peers"
    if wanted and not (target / ".done").exists():
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "-q", "--target", str(target), *wanted], check=True
        )
        (target / ".done").write_text("\n".join(wanted))
    sys.path.append(str(target))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--notices", type=int, default=1_000_000)
    parser.add_argument("--proposals", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument(
        "--skip", default="", help="of postgis, shapely, duckdb, ten, inserts, geofence, self, single"
    )
    arguments = parser.parse_args()
    skip = set(arguments.skip.split(","))
    OUT.mkdir(exist_ok=True)
    install(skip)
    table = Table()
    table.note(f"load of the machine at the start: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    work, proposals = generate(arguments.notices, 1), generate(arguments.proposals, 2)
    spent, index = timed(lambda: index_of(work, engine.Rules(margin=MARGIN)))
    per_vertex = len(work.columns["lon"]) / len(work)
    table.note(f"{len(work):,} built in {spent[0]:.2f} s ({spent[1]:.2f} of processors)")
    table.note(
        f"memory: {index.nbytes / len(work):.0f} B a notice of {per_vertex:.2f} "
        f"vertices (the bar allows {130 + 12 * per_vertex:.0f})"
    )
    peer = None if "shapely" in skip else Shapely(work, proposals)
    postgis = None if "postgis" in skip else Postgis(work, proposals)
    try:
        bulk(table, arguments, work, proposals, index, postgis, peer)
        if "single" not in skip:
            single(table, work, proposals, index, postgis, peer)
        if "self" not in skip:
            self_join(table, arguments, work, index, postgis)
        if "geofence" not in skip:
            geofence(table, arguments, postgis)
        if "inserts" not in skip:
            inserts(table, work, index, postgis)
    finally:
        if postgis:
            postgis.stop()
    if peer and "duckdb" not in skip:
        duckdb_join(table, work, proposals, peer)
    index = peer = work = None  # their memory is needed now
    if "ten" not in skip:
        ten_million(table, arguments)
    table.note(f"load of the machine at the end: {os.getloadavg()[0]:.1f}")
    print()
    print("\n".join(table.lines()))
    (OUT / "engine_peers.txt").write_text("\n".join(table.lines()) + "\n", encoding="utf-8")
    (OUT / "engine_peers.json").write_text(json.dumps({"rows": table.rows, "notes": table.notes}, indent=1))
    table.plot(OUT / "engine_peers.svg")


if __name__ == "__main__":
    main()
