"""Sites that may be one thing told twice, by one party or by several: groups of what lies together, or is named alike (G19).

Nothing is merged: both notices stand and are matched. A group is a question to a person, whose answer is a statement; what a
party has answered is not asked again. Distances are estimates (see `places.doubts`), for questions only.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from standclear.dialects.places.doubts import apart_cm
from standclear.dialects.sites.categories import without_accents
from standclear.dialects.sites.neighbours import NEAR_CM, near_pairs
from standclear.limits import NAME_BEARERS_MAX

NAMED_ALIKE_CM: Final = 5_000_000  # 50 km: what bears one name farther apart lies in two provinces

Vertex = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One site as somebody was told of it: by whom, of which class, and where its middle is."""

    ref: bytes
    party: bytes
    site_class: str
    name: str
    at: Vertex


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Sites that may be one, as indexes of what was looked through, and why: near, same_name, or both."""

    members: tuple[int, ...]
    why: tuple[str, ...]
    apart_cm: int


def groups(
    sites: Sequence[Told], is_answered: Callable[[bytes, bytes], bool], near_cm: int = NEAR_CM
) -> list[Alike]:
    """The groups among sites, the largest first; every pair that was answered links nothing.

    Two sites are linked if they are of one class and their middles lie within `near_cm` of each other, or within 50 km and
    bear the same name.
    """
    linked = _Linked(len(sites))
    for why, pairs in (("near", _near(sites, near_cm)), ("same_name", _named_alike(sites))):
        for one, other in pairs:
            if not is_answered(sites[one].ref, sites[other].ref):
                linked.link(one, other, why, apart_cm(sites[one].at, sites[other].at))
    return linked.groups()


def _near(sites: Sequence[Told], near_cm: int) -> Iterator[tuple[int, int]]:
    for one, other in near_pairs([site.at for site in sites], near_cm):
        if sites[one].site_class == sites[other].site_class:
            yield one, other


def _named_alike(sites: Sequence[Told]) -> Iterator[tuple[int, int]]:
    bearers: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, site in enumerate(sites):
        name = plain_name(site.name)
        if name:
            bearers[site.site_class, name].append(index)
    for listed in bearers.values():
        if len(listed) <= NAME_BEARERS_MAX:  # a name that many bear says nothing
            for place, one in enumerate(listed):
                for other in listed[place + 1 :]:
                    if apart_cm(sites[one].at, sites[other].at) <= NAMED_ALIKE_CM:
                        yield one, other


def plain_name(name: str) -> str:
    """A name for comparing: its words without accents, in small letters.

    Example:
        >>> plain_name("Hôpital  de Salqin")
        'hopital de salqin'
    """
    return " ".join(re.findall(r"\w+", without_accents(name)))


class _Linked:
    """Links between indexes, gathered into groups."""

    def __init__(self, count: int) -> None:
        self._head = list(range(count))
        self._links: list[tuple[int, str, int]] = []

    def link(self, one: int, other: int, why: str, apart: int) -> None:
        self._head[self._find(one)] = self._find(other)
        self._links.append((one, why, apart))

    def _find(self, index: int) -> int:
        while self._head[index] != index:
            self._head[index] = self._head[self._head[index]]
            index = self._head[index]
        return index

    def groups(self) -> list[Alike]:
        whys: dict[int, set[str]] = defaultdict(set)
        farthest: dict[int, int] = defaultdict(int)
        for one, why, apart in self._links:
            head = self._find(one)
            whys[head].add(why)
            farthest[head] = max(farthest[head], apart)
        members: dict[int, list[int]] = {head: [] for head in whys}
        for index in range(len(self._head)):
            head = self._find(index)
            if head in members:
                members[head].append(index)
        found = [
            Alike(members=tuple(listed), why=tuple(sorted(whys[head])), apart_cm=farthest[head])
            for head, listed in members.items()
        ]
        return sorted(found, key=lambda one: (-len(one.members), one.members))
