"""Parsing apart: submissions are read, and their signatures verified, in a second process, so that two cores share the work.

The child runs `parse_submission` and, under the public keys that it was told of, verifies every signature. A key's id is
the hash of its public key: what was verified is a fact of the bytes, and stays one whatever becomes of the key. Whether the
key counts is still the roll's affair. What the child cannot take, this process parses itself, and it alone refuses.

Both talk in frames: four bytes of length, big-endian, and a pickle. The pipes join two runs of this very code and nobody
else writes to them. A child whose pipe closes ends; without a child everything goes on here, and slower.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import BinaryIO, Final

from standclear.errors import StandclearError
from standclear.keys import verify_ed25519
from standclear.limits import PARSED_APART_BYTES, PARSED_AT_ONCE_MAX
from standclear.statements.envelope import Envelope
from standclear.statements.roll import KeyStanding
from standclear.statements.submission import Submission, parse_submission

_LENGTH_BYTES: Final = 4
_IN_FLIGHT: Final = 2
"""Batches under way: one that the child reads, and one that it finds when it is done."""

Batch = list[tuple[bytes, "asyncio.Future[Submission | None]"]]


async def parse_here(text: bytes) -> Submission:
    """A submission, parsed in this process; a large one in a thread, so that nobody waits behind it.

    Raises:
        Refused, Mismatch: as `parse_submission`.
    """
    if len(text) > PARSED_APART_BYTES:
        return await asyncio.to_thread(parse_submission, text)
    return parse_submission(text)


class ParserApart:
    """The parent's side. `start` begins the child; one event loop uses it."""

    def __init__(self, keys: Mapping[bytes, KeyStanding]) -> None:
        self._keys = keys
        self._told: set[bytes] = set()
        self._waiting: Batch = []
        self._in_flight: deque[Batch] = deque()
        self._child: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        """Whether there is a child that parses."""
        return self._reading is not None and not self._reading.done()

    async def start(self) -> None:
        """Begin the child. It is in a group of its own: a signal to the terminal is not for it."""
        self._child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "standclear.flow.apart"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            preexec_fn=os.setpgrp,
        )
        self._reading = asyncio.create_task(self._read(self._child), name="parser apart")

    async def stop(self) -> None:
        """End the child; whoever waits is parsed for here."""
        if self._child is None or self._reading is None:
            return
        self._reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reading
        assert self._child.stdin is not None
        self._child.stdin.close()
        with contextlib.suppress(ProcessLookupError):
            self._child.terminate()
        await self._child.wait()

    async def parse(self, text: bytes) -> Submission:
        """A submission, with its signatures verified where the child could.

        Raises:
            Refused, Mismatch: as `parse_submission`.
        """
        if not self.is_running or len(text) > PARSED_APART_BYTES:
            return await parse_here(text)
        loop = asyncio.get_running_loop()
        parsed: asyncio.Future[Submission | None] = loop.create_future()
        self._waiting.append((text, parsed))
        if len(self._waiting) == 1:
            loop.call_soon(self._send)  # with whatever else comes in this turn of the loop
        return await parsed or await parse_here(text)

    def _send(self) -> None:
        """Give the child what waits. One text alone is parsed here: that is sooner than the way there and back."""
        if len(self._waiting) == 1 and not self._in_flight:
            _settle(self._waiting, [None])
            self._waiting = []
        while self._waiting and len(self._in_flight) < _IN_FLIGHT and self.is_running:
            batch, self._waiting = self._waiting[:PARSED_AT_ONCE_MAX], self._waiting[PARSED_AT_ONCE_MAX:]
            assert self._child is not None
            assert self._child.stdin is not None
            self._child.stdin.write(_frame((self._new_keys(), [text for text, _ in batch])))
            self._in_flight.append(batch)

    def _new_keys(self) -> dict[bytes, bytes]:
        """Keys that the child has not been told of: none are ever taken out of a roll."""
        if len(self._told) == len(self._keys):
            return {}
        found = {key: standing.public for key, standing in self._keys.items() if key not in self._told}
        self._told.update(found)
        return found

    async def _read(self, child: asyncio.subprocess.Process) -> None:
        """Take the child's answers in their order, until it ends; then whoever waits is parsed for here."""
        assert child.stdout is not None
        try:
            while True:
                length = int.from_bytes(await child.stdout.readexactly(_LENGTH_BYTES), "big")
                answers = pickle.loads(await child.stdout.readexactly(length))
                _settle(self._in_flight.popleft(), answers)
                self._send()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            for batch in (*self._in_flight, self._waiting):
                _settle(batch, [None] * len(batch))
            self._in_flight.clear()
            self._waiting = []


def _settle(batch: Batch, answers: Sequence[Submission | None]) -> None:
    for (_, parsed), answer in zip(batch, answers, strict=True):
        if not parsed.done():
            parsed.set_result(answer)


def _frame(value: object) -> bytes:
    content = pickle.dumps(value, 5)
    return len(content).to_bytes(_LENGTH_BYTES, "big") + content


# --- the child --------------------------------------------------------------------------------------


def run_child(asked: BinaryIO, answered: BinaryIO) -> None:
    """Answer frames until there are no more."""
    publics: dict[bytes, bytes] = {}
    while length := asked.read(_LENGTH_BYTES):
        new_keys, texts = pickle.loads(asked.read(int.from_bytes(length, "big")))
        publics |= new_keys
        answered.write(_frame([_parsed(text, publics) for text in texts]))
        answered.flush()


def _parsed(text: bytes, publics: Mapping[bytes, bytes]) -> Submission | None:
    try:
        submission = parse_submission(text)
    except StandclearError:
        return None
    return replace(submission, is_verified=_is_verified(submission.envelope, publics))


def _is_verified(envelope: Envelope, publics: Mapping[bytes, bytes]) -> bool:
    signed = envelope.signed_bytes()
    return all(
        one.key in publics and verify_ed25519(publics[one.key], one.signature, signed)
        for one in envelope.signatures
    )


if __name__ == "__main__":
    run_child(sys.stdin.buffer, sys.stdout.buffer)
