"""A deliverer before the simulated world: channels that keep what they were given, and break when they are told to."""

from __future__ import annotations

from collections.abc import Sequence

from standclear.cli.cast import Actor as Party
from standclear.errors import StandclearError
from standclear.flow.deliver import Deliverer
from standclear.flow.outbox import Address, Directory, Letter, Outbox
from standclear.flow.ringing import Ringer
from standclear.stores.outbox_memory import MemoryOutbox
from world import World

GATEWAY_SECRET = b"a gateway's signing key"


class KeptLetters:
    """A channel that keeps every letter; the next tries raise what stands in `broken`."""

    def __init__(self, name: str = "smtp", *, wakes: bool = False) -> None:
        self.name = name
        self.wakes = wakes
        self.letters: list[Letter] = []
        self.broken: list[StandclearError] = []

    async def carry(self, letter: Letter) -> str:
        if self.broken:
            raise self.broken.pop(0)
        self.letters.append(letter)
        return "250 kept"


def addresses(
    *parties: Party, levels: Sequence[str] = ("duty_desk",), channel: str = "smtp"
) -> list[Address]:
    return [
        Address(party=one.id, desk=one.person.desk, level=level, channel=channel, to=f"{one.name}/{level}")
        for one in parties
        for level in levels
    ]


class Carrying:
    """A world's deliverer, stepped by hand."""

    def __init__(self, world: World, listed: Sequence[Address], outbox: Outbox | None = None) -> None:
        self.world = world
        self.mail = KeptLetters("smtp")
        self.phone = KeptLetters("sms", wakes=True)
        self.outbox = outbox or MemoryOutbox()
        self.listed = listed
        self.deliverer = self.opened()

    def opened(self) -> Deliverer:
        """A deliverer over the same outbox and channels, as after a restart."""

        async def made() -> Deliverer:
            found = Deliverer(
                service=self.world.service,
                outbox=self.outbox,
                channels={"smtp": self.mail, "sms": self.phone},
                directory=Directory(self.listed),
                code_key=b"code key of the tests",
                reply_url="https://line.example/v1/reply",
                gateway_secret=GATEWAY_SECRET,
            )
            self.world.service.ahead = Ringer(found)
            return found

        self.deliverer = self.world.run(made())
        return self.deliverer

    def step(self, times: int = 1) -> list[tuple[str, str]]:
        """Look, carry, and wait until all of it has ended; what was carried, as (kind, to)."""
        before = len(self.mail.letters), len(self.phone.letters)

        async def stepped() -> None:
            for _ in range(times):
                await self.deliverer.step()
                await self.deliverer.settle()
            await self.deliverer.step()
            await self.deliverer.settle()

        self.world.run(stepped())
        found = self.mail.letters[before[0] :] + self.phone.letters[before[1] :]
        return [(one.parcel.kind, one.parcel.to) for one in found]
