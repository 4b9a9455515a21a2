"""The outbox: what was given to which channel, when, how it ended, and when it is tried again. And the ports of carrying.

A parcel is one duty to one address over one channel. Its id follows from both, so that a restart makes the same one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

STATES: Final = ("waiting", "handed", "given_up", "unreachable")
"""waiting: to be tried. handed: a channel took it. given_up: no try worked. unreachable: there is no address for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """How one desk of a party is reached at one level over one channel, and what a message to it may contain (G17)."""

    party: bytes
    desk: bytes
    level: str
    channel: str
    to: str
    content: str = "reference"
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One duty on its way to one address. `code` is what the desk answers with; positions are of the party's inbox."""

    id: bytes
    duty: bytes
    kind: str
    sid: bytes
    party: bytes
    desk: bytes
    level: str
    channel: str
    to: str
    content: str
    language: str
    step: int
    severity: int
    word: str
    due_ms: int
    deadline_ms: int | None
    silent: bytes | None
    start: int
    end: int
    code: bytes
    next_ms: int
    tries: int = 0
    state: str = "waiting"
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """An answer that came back by a message's link or code, and when."""

    parcel: Parcel
    answer: str
    by: str
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far duties were taken from the book: by the clock, and for each party by its inbox."""

    after_ms: int = -1
    told: Mapping[bytes, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A parcel with all that a channel needs to put it into words. `details` are what the address may be shown, or empty.

    `instead_of` names the party that it is for, where the desk that gets it represents that party.
    `answers` are what may be answered without a key, by `reply_url` or by texting `reply_code` back; each is empty where
    there is no such way, or no answer is owed. `count` and `since_ms` are of a message that gathers several: how much it is
    about, and since when.
    """

    parcel: Parcel
    exercise: bool
    service: str
    silent: str
    reply_url: str
    details: tuple[str, ...]
    instead_of: str = ""
    reply_code: str = ""
    answers: tuple[str, ...] = ()
    count: int = 0
    since_ms: int | None = None


class Channel(Protocol):
    """One way to reach a desk. Channels share this contract, not code."""

    @property
    def name(self) -> str:
        """The channel's name, as settings and deeds call it."""

    @property
    def wakes(self) -> bool:
        """Whether it wakes a person at night."""

    async def carry(self, letter: Letter) -> str:
        """Hand one letter over and say what the other side said: its words, for the record, never an acknowledgement.

        The letter's parcel id MUST go with it, so that who gets it twice can tell. MUST end within CHANNEL_TRY_MS. MUST
        raise `Unavailable` where a later try may work, `Refused` where none will, and nothing else. Whatever else it does
        (another error, no text, no end) is a failed try: counted, and tried again with the pauses of any other.
        """


class Outbox(Protocol):
    """Where parcels are kept. One writer; calls come one at a time, from any thread.

    What a method did MUST be durable before it returns; all of it or nothing. MUST raise `StoreUnavailable` where it was
    not done. A parcel that is there is never made anew: putting it again changes nothing but the positions it lacked.
    """

    def put(self, parcels: Sequence[Parcel], reach: Reach | None) -> None:
        """Keep new parcels, and how far duties have been taken, together. Positions in `reach` only ever grow."""

    def ready(self, now_ms: int, most: int) -> tuple[Parcel, ...]:
        """Waiting parcels whose time has come, the most urgent first, then in the order in which they fell due."""

    def later(self, parcel: bytes, next_ms: int, said: str) -> None:
        """A try did not work: one more is counted, and the next one waits until then."""

    def ended(self, parcel: bytes, state: str, said: str, at_ms: int) -> None:
        """It was handed over or given up."""

    def unrecorded(self, most: int) -> tuple[Parcel, ...]:
        """Parcels that have ended, whose end is not on record yet; by id. `next_ms` is when each ended."""

    def recorded(self, parcels: Sequence[bytes]) -> None:
        """Their end is on record now."""

    def reach(self) -> Reach:
        """How far duties have been taken."""

    def handed_end(self, party: bytes) -> int:
        """The inbox position before which everything was handed to some channel, without a gap."""

    def count(self) -> Mapping[str, int]:
        """How many parcels are in each state."""

    def keep_call(self, sid: bytes, text: bytes) -> None:
        """Keep a stop-fire call that rings and is not on record yet. MUST use the reserve where the disk is full."""

    def forget_call(self, sid: bytes) -> None:
        """It is on record now."""

    def kept_calls(self) -> tuple[bytes, ...]:
        """The calls that are not on record, as they were submitted, oldest first."""

    def find_code(self, code: bytes) -> Parcel | None:
        """The parcel that a code answers; None where there is none."""

    def sent_to(self, to: str, since_ms: int) -> tuple[Parcel, ...]:
        """Parcels to an address that fell due since then, the newest first: what a code typed there may be of."""

    def answer(self, code: bytes, answer: str, by: str, at_ms: int) -> bool:
        """Use a code, once. False where it was used before: the first answer stands. The parcel MUST be there."""

    def find_answer(self, code: bytes) -> KeptAnswer | None:
        """What was answered by a code; None where nothing was."""

    def unsaid(self) -> tuple[KeptAnswer, ...]:
        """Answers that are not known to be on record, oldest first."""

    def said(self, code: bytes) -> None:
        """An answer is on record now. Saying it twice is the same as once."""

    def close(self) -> None:
        """Release the file."""


class Directory:
    """Addresses by party and level. They come from the service's own settings and stand in no log."""

    def __init__(self, addresses: Iterable[Address] = ()) -> None:
        self._by: dict[tuple[bytes, str], list[Address]] = {}
        for one in addresses:
            self._by.setdefault((one.party, one.level), []).append(one)

    def of(self, party: bytes, level: str) -> tuple[Address, ...]:
        """How a party is reached at a level: every way at once."""
        return tuple(self._by.get((party, level), ()))

    def of_desk(self, party: bytes, desk: bytes) -> tuple[Address, ...]:
        """Every way to reach the people who sit at one desk, each once: its own, and those where it is another's alternate."""
        found = [
            one
            for level in ("duty_desk", "alternate_desk")
            for one in self._by.get((party, level), ())
            if one.desk == desk
        ]
        return tuple({(one.channel, one.to): one for one in reversed(found)}.values())

    def sleeping(self, waking: frozenset[str]) -> tuple[bytes, ...]:
        """Parties whose duty desk no channel wakes: they cannot be woken (G6)."""
        parties = {party for party, _ in self._by}
        return tuple(
            sorted(
                party
                for party in parties
                if not any(one.channel in waking for one in self.of(party, "duty_desk"))
            )
        )
