"""Every conflict among millions of volumes, exactly as the predicate decide/1 has it.

Arrays are NumPy's, or anything NumPy reads without copying (`pyarrow.Array.to_numpy()` among them). Where a column is
asked for, one number stands for all rows. Rows are counted from 0. Every error is an `EngineError`, names what it is
about, and has changed nothing. Calls on many volumes release the interpreter lock.

Codes: forms 0 point, 1 line, 2 area; references of height 0 w84, 1 msl, 2 sfc, 3 std (or their names).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal, Protocol, TypedDict, final, type_check_only

import numpy as np
from numpy.typing import NDArray

__version__: Final[str]
PREDICATE_ID: Final = "decide/1"

_Whole = NDArray[np.integer[Any]] | Sequence[int]
_Column = int | _Whole
_Degrees = NDArray[np.integer[Any]] | NDArray[np.float64]
_Reference = Literal["w84", "msl", "sfc", "std"]

@type_check_only
class _Band(Protocol):
    @property
    def lower_cm(self) -> int: ...
    @property
    def upper_cm(self) -> int: ...
    @property
    def reference(self) -> str: ...

@type_check_only
class _Interval(Protocol):
    @property
    def start_ms(self) -> int: ...
    @property
    def end_ms(self) -> int: ...

@type_check_only
class _Volume(Protocol):
    """Our own `Volume`, or anything with its fields. The core has `at`, `paths` or `rings`."""

    @property
    def core(self) -> object: ...
    @property
    def radius_cm(self) -> int: ...
    @property
    def band(self) -> _Band: ...
    @property
    def interval(self) -> _Interval: ...

@type_check_only
class _Margin(Protocol):
    @property
    def horizontal_cm(self) -> int: ...
    @property
    def vertical_cm(self) -> int: ...
    @property
    def time_ms(self) -> int: ...

_MarginLike = tuple[int, int, int] | _Margin

class EngineError(ValueError):
    """Refused: nothing was changed."""

class BadVolume(EngineError):
    """A row is no volume: fix the field."""

    row: int
    field: str
    reason: str

class DuplicateId(EngineError):
    """An id is in the index already, or the same part of it twice in one call."""

    row: int
    id: int

class UnknownId(EngineError):
    """An id is not in the index, or to be removed twice in one call."""

    row: int
    id: int

class UnequalLengths(EngineError):
    """A column has another length than the first."""

    field: str
    expected: int
    actual: int

class BadArgument(EngineError):
    """An argument that is no row is out of its range."""

    field: str
    reason: str

class EngineBroken(RuntimeError):
    """A mistake of the engine's own. What was asked was not done; make a new index."""

@type_check_only
class Pairs(TypedDict, total=False):
    """Pairs that meet, in columns, in no order. The last four are there if they were asked for."""

    a: NDArray[np.uint64]
    b: NDArray[np.uint64]
    part_a: NDArray[np.uint16]
    part_b: NDArray[np.uint16]
    first_ms: NDArray[np.int64]
    distance_cm: NDArray[np.int64]

@type_check_only
class Inside(TypedDict):
    """Positions in zones, in columns: the row of the position, the id and part of the zone."""

    row: NDArray[np.uint64]
    zone: NDArray[np.uint64]
    part: NDArray[np.uint16]

@type_check_only
class Entries(Inside):
    """Zones that positions come to, by row and time. They come to them no earlier than `first_ms`."""

    first_ms: NDArray[np.int64]

@final
class Volumes:
    """Many volumes, validated once.

    The vertices of row i are those from `vertex_offsets[i]` to `vertex_offsets[i + 1]`; with `part_offsets` (paths of
    a line, rings of an area) row i has the parts from `part_offsets[i]`, and part j the vertices from
    `vertex_offsets[j]`: Arrow's nested lists. Longitudes and latitudes are whole e7, or degrees if they are floats.

    Raises:
        BadVolume: naming the first row at fault: coordinates that are no numbers or out of range, too few vertices, a
            ring that repeats its first vertex, limits out of order or range. (A ring that crosses itself is even-odd.)
        UnequalLengths: if a column is longer or shorter than `form`.
    """

    def __new__(
        cls, *, form: _Column, lon: _Degrees, lat: _Degrees, vertex_offsets: _Whole, radius_cm: _Column,
        lower_cm: _Column, upper_cm: _Column, reference: _Column, start_ms: _Column, end_ms: _Column,
        part_offsets: _Whole | None = None,
    ) -> Volumes: ...
    @staticmethod
    def of(volumes: Iterable[_Volume]) -> Volumes:
        """From our own volumes, one by one."""
    def __len__(self) -> int: ...

@final
class Rules:
    """Which pairs of kinds (0 to 63) concern each other, and the margins between them.

    `pairs` says the margin of a pair of kinds in either order, `None` that they do not concern each other; `margin`
    is for all other pairs. Volumes of one party concern each other only with `same_party`.
    """

    def __new__(
        cls, *, margin: _MarginLike | None = None, pairs: Mapping[tuple[int, int], _MarginLike | None] | None = None,
        same_party: bool = False,
    ) -> Rules: ...

@final
class Packed:
    """Volumes packed once, to be asked with many times. Without ids they are told by their rows."""

    def __new__(
        cls, volumes: Volumes | Sequence[_Volume], *, party: _Column, kind: _Column, release: _Column | None = None,
        ids: _Whole | None = None, threads: int = 0,
    ) -> Packed: ...
    def __len__(self) -> int: ...

@final
class Stream:
    """Pairs that meet, in pieces of about `chunk`: memory is bounded by a piece, however many there are."""

    def __iter__(self) -> Iterator[Pairs]: ...
    def __next__(self) -> Pairs: ...
    def all(self) -> Pairs:
        """All that is left, in one piece."""
    @property
    def counts(self) -> dict[str, int]:
        """How pairs were settled: asked, apart, by_record, by_plane, by_integers."""

@final
class Index:
    """Notices that come and go, and every question about which of them meet.

    A notice is an id with one volume or several, a party (0 to 65535), a kind (0 to 63) and bits of release. Questions
    see one moment of the index, whatever is changed meanwhile. Any thread may call anything. `threads` is 0 for as
    many as the machine has.
    """

    def __new__(cls, rules: Rules) -> Index: ...
    def insert(
        self, ids: int | _Whole, volumes: _Volume | Sequence[_Volume] | Volumes, *, party: _Column, kind: _Column,
        release: _Column | None = None, parts: _Column | None = None,
    ) -> None:
        """Adds one notice (an id with a volume, or with a list of them, numbered as parts), or many (an array of ids
        with as many volumes; an id may come several times if `parts` tells them apart). All or none.

        Raises:
            DuplicateId: if an id is there already.
        """
    def replace(
        self, ids: int | _Whole, volumes: _Volume | Sequence[_Volume] | Volumes, *, party: _Column, kind: _Column,
        release: _Column | None = None, parts: _Column | None = None,
    ) -> None:
        """Puts notices in the place of those of the same ids, with all their volumes, at one moment. All or none.

        Raises:
            UnknownId: if an id is not there.
        """
    def remove(self, ids: int | _Whole) -> None:
        """Removes notices with all their volumes. All or none.

        Raises:
            UnknownId: if an id is not there, or comes twice.
        """
    def check(
        self, volumes: _Volume | list[_Volume] | tuple[_Volume, ...], *, party: int, kind: int,
        margin: _MarginLike | None = None, parties: Iterable[int] | None = None, kinds: Iterable[int] | None = None,
        release: int = 0, why: bool = False,
    ) -> list[tuple[int, int, int, int, int | None]]:
        """What meets a volume, or any of several: (id, part, which of the volumes asked about, first_ms, distance_cm),
        in this order. `margin` stands in for the rules; `parties`, `kinds` and bits of `release` leave out the rest.

        first_ms is the first instant at which both are under way (or the later begins). distance_cm is the stated
        distance of the cores, the least bound that the predicate knows; it is found only if asked why.
        """
    def join(
        self, asked: Packed | Index, *, margin: _MarginLike | None = None, parties: Iterable[int] | None = None,
        kinds: Iterable[int] | None = None, release: int = 0, parts: bool = False, why: bool = False, threads: int = 0,
        chunk: int = 1_000_000,
    ) -> Stream:
        """All pairs of what is asked (`a`) and what is in the index (`b`) that meet."""
    def self_join(
        self, *, margin: _MarginLike | None = None, parties: Iterable[int] | None = None,
        kinds: Iterable[int] | None = None, release: int = 0, parts: bool = False, why: bool = False, threads: int = 0,
        chunk: int = 1_000_000,
    ) -> Stream:
        """All pairs of volumes in the index that meet, each once. Filters are asked of one of the two (`b`)."""
    def settle(self) -> None:
        """Waits until the background has merged what it can."""
    def __len__(self) -> int:
        """How many volumes there are."""
    def __contains__(self, id: int, /) -> bool: ...
    @property
    def nbytes(self) -> int: ...
    @property
    def runs(self) -> int: ...

@final
class Zones:
    """The volumes of an index that hold between two moments (2,000,000 s apart at most), ready for positions."""

    def __new__(
        cls, index: Index, start_ms: int, end_ms: int, *, margin: _MarginLike | None = None,
        parties: Iterable[int] | None = None, kinds: Iterable[int] | None = None, release: int = 0,
    ) -> Zones: ...
    def inside(
        self, lon: _Degrees, lat: _Degrees, at_ms: _Column, *, height_cm: _Column | None = None,
        reference: _Reference = "w84", threads: int = 0,
    ) -> Inside:
        """The zones each position is in: those that meet a point at its height (or at any), at its moment."""
    def __len__(self) -> int: ...

def entries_ahead(
    index: Index, lon: _Degrees, lat: _Degrees, at_ms: _Column, course_deg: float | NDArray[np.float64],
    speed_cm_s: float | NDArray[np.float64], minutes: int, *, step_s: int = 60, height_cm: _Column | None = None,
    reference: _Reference = "w84", margin: _MarginLike | None = None, parties: Iterable[int] | None = None,
    kinds: Iterable[int] | None = None, release: int = 0,
) -> Entries:
    """The zones that positions come to on their course, and the start of the first step that meets each."""

def legs_ahead(
    lon_e7: int, lat_e7: int, course_deg: float, speed_cm_s: float, minutes: int, *, step_s: int = 60
) -> list[list[tuple[tuple[int, int], tuple[int, int]]]]:
    """The legs of one position's path as `entries_ahead` reckons them; two pieces where a leg crosses ±180 degrees."""

def pairs_meet(
    a: Volumes, b: Volumes, horizontal_cm: _Column, vertical_cm: int = 0, time_ms: int = 0,
    path: Literal["both", "filter", "integers"] = "both",
) -> NDArray[np.int8]:
    """The predicate row by row; by one path of it, -1 where the filter is silent. For tests and proofs."""

def stated_distances_cm(a: Volumes, b: Volumes) -> NDArray[np.int64]:
    """The stated distance of the cores, row by row."""

def places(lon_e7: _Whole, lat_e7: _Whole) -> NDArray[np.int64]:
    """The places of vertices in whole cm of Earth-centred space."""
