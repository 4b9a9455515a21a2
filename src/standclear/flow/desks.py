"""Desks as those who rely on them see them: who is on watch, which lines a person answers, and whether anything wakes one.

Watches and line checks follow from the log; which channels a desk has, and which of them wake a person, stands in the
service's settings. What nobody was told is not shown: a member's pseudonym is shown to its own party, to monitors, and
to whom the watch was released.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from standclear.conflicts.agreements import Accord
from standclear.flow.outbox import Channel, Directory
from standclear.flow.query import Query
from standclear.obligations.ladder import Ladder
from standclear.obligations.readiness import Bound, Stint
from standclear.obligations.standby import LineState, WatchState, line_state, watch_state
from standclear.statements.lists import ref_of
from standclear.statements.roll import DeskStanding


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How desks are reached: their addresses, and which channels wake a person."""

    directory: Directory = field(default_factory=Directory)
    waking: frozenset[str] = frozenset()


NO_WAYS = Ways()


def ways_of(directory: Directory, channels: Mapping[str, Channel]) -> Ways:
    """The ways of a service that has channels."""
    return Ways(directory=directory, waking=frozenset(name for name, one in channels.items() if one.wakes))


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownChannel:
    """One channel of a desk: whether it wakes a person, and how it answers its line checks (None: it is asked for none)."""

    channel: str
    is_waking: bool
    line: LineState | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDesk:
    """One desk under one arrangement, as one asker may see it.

    `watch` is None where the arrangement asks for none and the asker was told of none; `has_words` says whether the watch's
    own words may be shown. `can_be_woken`: some channel wakes a person, and has not missed too many line checks.
    """

    under: bytes
    standing: DeskStanding
    is_bound: bool
    watch: WatchState | None
    has_words: bool
    line: LineState | None
    channels: tuple[ShownChannel, ...]
    can_be_woken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItems:
    """What a party's desk has open of one kind: how many items of how many statements, the oldest since when."""

    kind: str
    items: int
    statements: int
    since_ms: int


def desks_of(query: Query, ways: Ways, asker: bytes) -> Iterator[ShownDesk]:
    """The desks of every arrangement that the asker is a member of, in the order of arrangements and enrolments."""
    book, now_ms = query.service.book, query.service.clock.now_ms()
    for accord in book.agreements.all():
        if not accord.arrangement.is_member(asker) and asker != query.service.keys.party:
            continue
        for standing in tuple(book.roll.desks.values()):
            if accord.arrangement.is_member(standing.party):
                yield _shown(query, ways, asker, accord, standing, now_ms)


def _shown(
    query: Query, ways: Ways, asker: bytes, accord: Accord, standing: DeskStanding, now_ms: int
) -> ShownDesk:
    readiness = query.service.book.readiness
    bound = readiness.open.get((accord.first, standing.desk))
    stints = readiness.stints.get(standing.desk) or []
    has_words = bool(stints) and _may_read(query, asker, accord, standing, stints[-1])
    watch = None
    if bound is not None:
        watch = watch_state(readiness, bound, now_ms)
    elif has_words and (held := readiness.holder(standing.desk, now_ms)) is not None:
        watch = WatchState(state="on_watch", since_ms=held.taken_ms, stint=held)
    channels = tuple(_channels(query, ways, standing, bound, now_ms))
    return ShownDesk(
        under=accord.first,
        standing=standing,
        is_bound=bound is not None,
        watch=watch,
        has_words=has_words,
        line=None if bound is None else line_state(readiness, bound, now_ms),
        channels=channels,
        can_be_woken=any(_wakes(one) for one in channels),
    )


def _may_read(query: Query, asker: bytes, accord: Accord, standing: DeskStanding, stint: Stint) -> bool:
    if asker == standing.party or query.is_monitor(asker, accord.first):
        return True
    return query.positions_of(asker, [ref_of(stint.sid, 0)]) != []


def _channels(
    query: Query, ways: Ways, standing: DeskStanding, bound: Bound | None, now_ms: int
) -> Iterator[ShownChannel]:
    """The channels of a desk: those that the settings have, and those over which it has answered."""
    readiness = query.service.book.readiness
    named = {one.channel for one in ways.directory.of_desk(standing.party, standing.desk)}
    if bound is not None and standing.desk in readiness.lines:
        named |= readiness.lines[standing.desk].of_channel.keys()
    for channel in sorted(named):
        line = None if bound is None else line_state(readiness, bound, now_ms, channel)
        yield ShownChannel(channel=channel, is_waking=channel in ways.waking, line=line)


def _wakes(one: ShownChannel) -> bool:
    """Whether a channel wakes a person, as far as the line checks say (G6)."""
    return one.is_waking and (one.line is None or one.line.state != "unreachable")


def desk_counts(query: Query, ways: Ways) -> dict[str, int]:
    """How many desks some arrangement binds, and in which of the states that worry somebody; each desk once."""
    readiness, now_ms = query.service.book.readiness, query.service.clock.now_ms()
    found: dict[str, set[bytes]] = {
        "bound": set(),
        "nobody_on_watch": set(),
        "unreachable": set(),
        "cannot_be_woken": set(),
    }
    for bound in tuple(readiness.open.values()):
        found["bound"].add(bound.desk)
        if watch_state(readiness, bound, now_ms).state != "on_watch":
            found["nobody_on_watch"].add(bound.desk)
        if line_state(readiness, bound, now_ms).state == "unreachable":
            found["unreachable"].add(bound.desk)
        standing = query.service.book.roll.desks[bound.desk]
        if not any(_wakes(one) for one in _channels(query, ways, standing, bound, now_ms)):
            found["cannot_be_woken"].add(bound.desk)
    return {state: len(desks) for state, desks in found.items()}


# --- what is open at a desk -------------------------------------------------------------------------------


def open_items(query: Query, party: bytes) -> tuple[OpenItems, ...]:
    """What a party owes an answer to: calls and questions first, then releases by kind; what was closed meanwhile is not."""
    book, now_ms = query.service.book, query.service.clock.now_ms()
    items: Counter[str] = Counter()
    statements: Counter[str] = Counter()
    since: dict[str, int] = {}

    def count(kind: str, number: int, since_ms: int) -> None:
        items[kind] += number
        statements[kind] += 1
        since[kind] = min(since_ms, since.get(kind, since_ms))

    for matter in book.matters.open_for(party, now_ms):
        count(matter.kind, 1, matter.opened_ms)
    held = book.ledger.of_party.get(party)
    for ladder in () if held is None else held.ladders:
        number = 0 if ladder.acknowledged_ms is not None else _standing_items(query, party, ladder)
        if number:
            count(ladder.kind, number, ladder.released_ms)
    return tuple(
        OpenItems(kind=kind, items=items[kind], statements=statements[kind], since_ms=since[kind])
        for kind in items
    )


def _standing_items(query: Query, party: bytes, ladder: Ladder) -> int:
    """How many items of a release are unacknowledged and still stand."""
    book = query.service.book
    refs = book.inboxes.inbox(party).refs[ladder.start : ladder.end]
    done = ladder.acknowledged or bytes(len(refs))
    return sum(
        not is_done and (one := book.register.by_ref.get(ref)) is not None and one.state == "stands"
        for ref, is_done in zip(refs, done, strict=True)
    )
