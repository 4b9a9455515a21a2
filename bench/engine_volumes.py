"""Rows of a workload as our own volumes, as the service would hand them to the engine one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
from engine_workload import Workload

from standclear.spacetime.band import Band
from standclear.spacetime.interval import Interval
from standclear.spacetime.shape import Area, Line, Point, Shape
from standclear.spacetime.volume import Volume


def volumes_of(work: Workload, rows: np.ndarray[Any, Any]) -> list[Volume]:
    """The volumes of these rows."""
    columns = work.columns
    offsets, lon, lat = columns["vertex_offsets"].tolist(), columns["lon"].tolist(), columns["lat"].tolist()
    found = []
    for row in rows.tolist():
        vertices = tuple(
            zip(lon[offsets[row] : offsets[row + 1]], lat[offsets[row] : offsets[row + 1]], strict=True)
        )
        shape: Shape
        match int(columns["form"][row]):
            case 0:
                shape = Point(at=vertices[0])
            case 1:
                shape = Line(paths=(vertices,))
            case _:
                shape = Area(rings=(vertices,))
        found.append(
            Volume(
                core=shape,
                radius_cm=int(columns["radius_cm"][row]),
                band=Band(
                    lower_cm=int(columns["lower_cm"][row]),
                    upper_cm=int(columns["upper_cm"][row]),
                    reference="w84",
                ),
                interval=Interval(start_ms=int(columns["start_ms"][row]), end_ms=int(columns["end_ms"][row])),
            )
        )
    return found
