"""How long a real list of sites takes: reading the file, a fate for each row, the questions, the JSON.

Usage: python bench/intake.py [LIST]   (default: the public inventory of health facilities, if it is there)
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import perf_counter, process_time

from standclear.dialects.lists import fates_csv, read_sites
from standclear.dialects.tables import read_table
from standclear.dialects.worklist import progress, worklist_from_value, worklist_of, worklist_to_value

LIST = Path(__file__).resolve().parents[2] / "shared" / "data" / "health-facilities-africa.csv.gz"


def now() -> tuple[float, float]:
    """Time on the wall and time of this process: on a machine that others use, the second is ours."""
    return perf_counter(), process_time()


def main() -> int:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else LIST
    if not path.exists():
        print(f"{path} is not there: nothing was measured", file=sys.stderr)
        return 1
    content = path.read_bytes()
    marks = [now()]
    table = read_table(content, field="list")
    marks.append(now())
    intake = read_sites(table, datum="WGS84")
    marks.append(now())
    worklist = worklist_of(intake)
    marks.append(now())
    written = json.dumps(worklist_to_value(worklist))
    worklist_from_value(json.loads(written), field="worklist")
    marks.append(now())
    sent_back = fates_csv(intake)
    marks.append(now())
    steps = (
        "read the file",
        "a fate for each row",
        "group the questions",
        "worklist as JSON and back",
        "fates as CSV",
    )
    for step, start, end in zip(steps, marks[:-1], marks[1:], strict=True):
        print(f"{step:28} {end[0] - start[0]:7.2f} s, of which computing {end[1] - start[1]:.2f} s")
    print(f"{'rows':28} {len(table.rows):7,}")
    for fate, count in progress(intake).items():
        print(f"{fate:28} {count:7,}")
    print(f"{'questions':28} {len(worklist.groups):7,}")
    print(f"{'pairs within 100 m':28} {intake.near_pairs:7,} in {intake.near_rows:,} rows")
    print(f"{'worklist':28} {len(written) / 1e6:7.1f} MB, fates {len(sent_back) / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
