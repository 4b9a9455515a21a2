"""PostgreSQL with PostGIS as a peer of the engine: a cluster of its own, tuned in good faith.

Volumes are geography cores, compared by ST_DWithin(core, core, rA + rB + 500 m): the same semantics as ours, but for
its edges, which are geodesics. A box of longitude and latitude about the core and its radius, the time and the heights
are ranges in one GiST index, which was the fastest of three layouts tried for the engine's study. Nothing is durable
(fsync off, unlogged), memory is ample, two workers and the leader share the work, and the proposals lie in the order
of space. Its boxes are not doubled at ±180 degrees, which spares it the pairs across.
"""

from __future__ import annotations

import io
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from engine_workload import MARGIN, Workload

BIN = Path("/usr/lib/postgresql/15/bin")
Array = np.ndarray[Any, Any]
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "jit": "off",
    "shared_buffers": "2GB",
    "work_mem": "256MB",
    "maintenance_work_mem": "1GB",
    "max_wal_size": "8GB",
    "max_parallel_workers_per_gather": "2",
    "max_parallel_maintenance_workers": "2",
    "parallel_setup_cost": "0",
    "parallel_tuple_cost": "0",
    "min_parallel_table_scan_size": "0",
    "random_page_cost": "1.1",
    "effective_cache_size": "8GB",
    "listen_addresses": "''",
}
MEET = f"""n.box && q.box AND n.tr && q.tr AND n.alt && q.alt AND n.party <> q.party
          AND ST_DWithin(n.core, q.core, n.r + q.r + {MARGIN[0] / 100}, true)"""


def cores(work: Workload, rows: Array) -> list[str]:
    """The cores of some rows as hexadecimal EWKB."""
    columns = work.columns
    offsets = np.asarray(columns["vertex_offsets"])
    points = np.column_stack([columns["lon"], columns["lat"]]) / 1e7
    found: list[str] = []
    for row in rows.tolist():
        part = points[offsets[row] : offsets[row + 1]]
        form = columns["form"][row]
        shape = (
            shapely.Point(part[0])
            if form == 0
            else shapely.LineString(part)
            if form == 1
            else shapely.Polygon(part)
        )
        found.append(shapely.to_wkb(shapely.set_srid(shape, 4326), hex=True, include_srid=True))
    return found


def boxes(work: Workload, margin_m: float = MARGIN[0] / 200) -> tuple[Array, Array, Array, Array]:
    """West, south, east, north of each volume with its radius and a margin: half of it, where both sides have one."""
    columns = work.columns
    first = np.asarray(columns["vertex_offsets"])[:-1]
    lon, lat = columns["lon"] / 1e7, columns["lat"] / 1e7
    west, east = np.minimum.reduceat(lon, first), np.maximum.reduceat(lon, first)
    south, north = np.minimum.reduceat(lat, first), np.maximum.reduceat(lat, first)
    up = (columns["radius_cm"] / 100 + margin_m + 1) / 110_500
    aside = up / np.maximum(0.01, np.cos(np.radians(np.maximum(np.abs(south), np.abs(north)))))
    return west - aside, south - up, east + aside, north + up


class Postgis:
    def __init__(self, work: Workload, proposals: Workload) -> None:
        import psycopg

        self.folder = Path(tempfile.mkdtemp(prefix="engine-postgis-"))
        owner = pwd.getpwnam("postgres") if os.getuid() == 0 else None
        if owner:
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        self.su = ["runuser", "-u", "postgres", "--"] if owner else []
        self._run([str(BIN / "initdb"), "-D", str(self.folder / "db"), "-A", "trust", "-U", "postgres"])
        with open(self.folder / "db" / "postgresql.conf", "a", encoding="ascii") as conf:
            conf.writelines(f"{name} = {value}\n" for name, value in SETTINGS.items())
            conf.write(f"unix_socket_directories = '{self.folder}'\n")
        self._run(
            [
                str(BIN / "pg_ctl"),
                "-D",
                str(self.folder / "db"),
                "-w",
                "-l",
                str(self.folder / "log"),
                "start",
            ]
        )
        self.connection = psycopg.connect(
            host=str(self.folder), user="postgres", dbname="postgres", autocommit=True
        )
        self.execute("CREATE EXTENSION postgis")
        self.load("n", work)
        self.load("q", proposals, margins=True)
        self.execute("CREATE INDEX ON n USING gist (box, tr, alt)")
        self.execute("VACUUM ANALYZE n")
        self.execute("VACUUM ANALYZE q")

    def _run(self, command: list[str]) -> None:
        subprocess.run([*self.su, *command], check=True, stdout=subprocess.DEVNULL, cwd=self.folder)

    def cpu(self) -> float:
        """Seconds of processors that the cluster has used: the postmaster, its children, and those that ended."""
        master = int((self.folder / "db" / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        ticks = 0
        for pid in [str(master), *children]:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += sum(map(int, fields[11:15] if pid == str(master) else fields[11:13]))
        return ticks / os.sysconf("SC_CLK_TCK")

    def execute(self, query: str, *arguments: object) -> Any:
        return self.connection.execute(query, arguments)

    def load(
        self, name: str, work: Workload, margins: bool = False, margin_m: float = MARGIN[0] / 200
    ) -> None:
        """A table of the volumes, in the order of space; with the margins of time and height if asked with."""
        self.execute(
            f"CREATE UNLOGGED TABLE {name} (id int, party smallint, core geography, box geometry, r float8, "
            "tr int8range, alt int8range)"
        )
        self.execute(
            "CREATE TEMP TABLE raw (id int, party smallint, wkb text, w float8, s float8, e float8, n float8, "
            "r float8, t0 int8, t1 int8, h0 int8, h1 int8)"
        )
        columns = work.columns
        west, south, east, north = boxes(work, margin_m)
        time_ms, height_cm = (MARGIN[2], MARGIN[1]) if margins else (0, 0)
        told = [
            work.party,
            west,
            south,
            east,
            north,
            columns["radius_cm"] / 100,
            columns["start_ms"] - time_ms,
            columns["end_ms"] + time_ms + 1,
            columns["lower_cm"] - height_cm,
            columns["upper_cm"] + height_cm + 1,
        ]
        for start in range(0, len(work), 50_000):
            rows = np.arange(start, min(start + 50_000, len(work)))
            values = [column[rows].tolist() for column in told]
            text = io.StringIO()
            for i, wkb in enumerate(cores(work, rows)):
                rest = [value[i] for value in values]
                text.write("\t".join(map(str, [rows[i], rest[0], wkb, *rest[1:]])) + "\n")
            with self.connection.cursor().copy("COPY raw FROM STDIN") as copy:
                copy.write(text.getvalue())
        self.execute(
            f"INSERT INTO {name} SELECT id, party, wkb::geography, ST_MakeEnvelope(w, s, e, n, 4326), r, "
            "int8range(t0, t1), int8range(h0, h1) FROM raw ORDER BY floor(s), floor(w), s"
        )
        self.execute("DROP TABLE raw")

    def batch(self) -> int:
        return int(self.execute(f"SELECT count(*) FROM q JOIN n ON {MEET}").fetchone()[0])

    def one(self, row: int) -> int:
        """One proposal by its number, as a prepared statement with its values in hand."""
        if not hasattr(self, "asked"):
            self.asked: dict[int, Any] = {}
            # One row: workers cost more than they bring, and the index is always right.
            self.execute("SET max_parallel_workers_per_gather = 0")
            self.execute("SET enable_seqscan = off")
            self.execute(
                "PREPARE one (smallint, geography, geometry, float8, int8range, int8range) AS SELECT n.id FROM n "
                f"WHERE n.box && $3 AND n.tr && $5 AND n.alt && $6 AND n.party <> $1 "
                f"AND ST_DWithin(n.core, $2, n.r + $4 + {MARGIN[0] / 100}, true)"
            )
            for values in self.execute(
                "SELECT id, party, core::text, box::text, r, tr::text, alt::text FROM q"
            ):
                self.asked[values[0]] = (
                    "EXECUTE one ({}, '{}', '{}', {}, '{}', '{}')".format(*values[1:])
                ).encode()
        return len(self.connection.execute(self.asked[row]).fetchall())

    def many_again(self) -> None:
        """Back from single rows to whole sets."""
        self.execute("RESET max_parallel_workers_per_gather")
        self.execute("RESET enable_seqscan")

    def self_join(self) -> int:
        self.execute(
            f"CREATE UNLOGGED TABLE w AS SELECT id, party, core, box, r, "
            f"int8range(lower(tr) - {MARGIN[2]}, upper(tr) + {MARGIN[2]}) tr, "
            f"int8range(lower(alt) - {MARGIN[1]}, upper(alt) + {MARGIN[1]}) alt FROM n"
        )
        count = self.execute(f"SELECT count(*) FROM w q JOIN n ON {MEET} AND q.id < n.id").fetchone()[0]
        self.execute("DROP TABLE w")
        return int(count)

    def geofence(self, polygons: Array, lon: Array, lat: Array) -> int:
        """Positions at one moment against the zones that hold then, as planar polygons with their radius and margin."""
        if self.execute("SELECT to_regclass('z')").fetchone()[0] is None:
            self.execute("CREATE UNLOGGED TABLE z (g geometry)")
            self.execute("CREATE UNLOGGED TABLE p (at geometry)")
            with self.connection.cursor().copy("COPY z FROM STDIN") as copy:
                copy.write("".join(wkb + "\n" for wkb in shapely.to_wkb(polygons, hex=True)))
            points = shapely.to_wkb(shapely.points(lon / 1e7, lat / 1e7), hex=True)
            with self.connection.cursor().copy("COPY p FROM STDIN") as copy:
                copy.write("".join(wkb + "\n" for wkb in points))
            self.execute("CREATE INDEX ON z USING gist (g)")
            self.execute("VACUUM ANALYZE z")
            self.execute("VACUUM ANALYZE p")
        return int(self.execute("SELECT count(*) FROM p JOIN z ON ST_Intersects(z.g, p.at)").fetchone()[0])

    def inserts(self, fresh: Workload, count: int) -> float:
        """Seconds for so many rows, one statement each."""
        import time

        west, south, east, north = boxes(fresh)
        columns = fresh.columns
        rows = list(zip(cores(fresh, np.arange(count)), west, south, east, north, strict=False))
        begun = time.perf_counter()
        for i, (core, w, s, e, n) in enumerate(rows):
            self.connection.execute(
                "INSERT INTO n VALUES (%s, %s, %s::geography, ST_MakeEnvelope(%s, %s, %s, %s, 4326), %s, int8range(%s, %s), "
                "int8range(%s, %s))",
                (
                    10_000_000 + i,
                    int(fresh.party[i]),
                    core,
                    float(w),
                    float(s),
                    float(e),
                    float(n),
                    float(columns["radius_cm"][i]) / 100,
                    int(columns["start_ms"][i]),
                    int(columns["end_ms"][i]) + 1,
                    int(columns["lower_cm"][i]),
                    int(columns["upper_cm"][i]) + 1,
                ),
                prepare=True,
            )
        return time.perf_counter() - begun

    def stop(self) -> None:
        self.connection.close()
        self._run([str(BIN / "pg_ctl"), "-D", str(self.folder / "db"), "-m", "immediate", "stop"])
        shutil.rmtree(self.folder, ignore_errors=True)
