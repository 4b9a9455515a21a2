"""A second process parses and verifies: what it gives is what this one would have found, and without it all goes on."""

from __future__ import annotations

import asyncio
import pickle
from base64 import b64decode, b64encode
from dataclasses import replace
from io import BytesIO

import pytest

from standclear.cli.cast import told
from standclear.errors import BadSignature, Malformed
from standclear.flow.apart import ParserApart, run_child
from standclear.statements.compose import Draft
from standclear.statements.submission import Submission, parse_submission
from world import Party, World, site


def texts_of(world: World, party: Party, other: Party, count: int) -> list[bytes]:
    found = []
    for number in range(count):
        notice = site(world.now_ms, at=(36.6 + number / 100, 35.9), name=f"S{number}")
        draft = Draft(kind="site", under=world.under, forms={"exact": [notice.to_value()]}, to=told(other))
        composed = world.compose(party, draft)
        party.person.said(composed.sid)
        found.append(composed.text)
    return found


def two(world: World) -> tuple[Party, Party]:
    north, south = world.enrol("North"), world.enrol("South")
    world.agree(north, south)
    return north, south


def forged(text: bytes) -> bytes:
    """The same statement under a signature that is one bit off."""
    sign = text.partition(b'"sig":"')[2].partition(b'"')[0]
    raw = bytearray(b64decode(sign))
    raw[0] ^= 1
    return text.replace(sign, b64encode(bytes(raw)))


def asked(publics: dict[bytes, bytes], texts: list[bytes]) -> list[Submission | None]:
    """What the child answers to one frame."""
    content = pickle.dumps((publics, texts))
    answered = BytesIO()
    run_child(BytesIO(len(content).to_bytes(4, "big") + content), answered)
    found: list[Submission | None] = pickle.loads(answered.getvalue()[4:])
    return found


def test_the_child_gives_what_parsing_here_gives_and_says_what_it_verified() -> None:
    with World() as world:
        north, south = two(world)
        texts = texts_of(world, north, south, 2)
        publics = {key: standing.public for key, standing in world.service.book.roll.keys.items()}
        answers = asked(publics, [*texts, forged(texts[0]), b"{"])
        parsed = [parse_submission(text) for text in texts]
        assert answers[:2] == [replace(one, is_verified=True) for one in parsed]
        assert [one.is_verified for one in parsed] == [False, False]
        assert answers[2] is not None
        assert not answers[2].is_verified
        assert answers[3] is None


def test_a_key_that_the_child_was_not_told_of_verifies_nothing() -> None:
    with World() as world:
        north, south = two(world)
        [answer] = asked({}, texts_of(world, north, south, 1))
        assert answer is not None
        assert not answer.is_verified


def test_many_at_once_are_parsed_by_the_child_and_refusals_are_raised_here() -> None:
    with World() as world:
        north, south = two(world)
        texts = texts_of(world, north, south, 40)

        async def parse_all() -> list[Submission | BaseException]:
            parser = ParserApart(world.service.book.roll.keys)
            await parser.start()
            try:
                return await asyncio.gather(*map(parser.parse, [*texts, b"{"]), return_exceptions=True)
            finally:
                await parser.stop()

        found = world.run(parse_all())
        assert [replace(parse_submission(text), is_verified=True) for text in texts] == found[:-1]
        assert isinstance(found[-1], Malformed)


def test_a_child_that_ends_leaves_nobody_waiting() -> None:
    with World() as world:
        north, south = two(world)
        texts = texts_of(world, north, south, 10)

        async def parse_all() -> list[Submission]:
            parser = ParserApart(world.service.book.roll.keys)
            await parser.start()
            assert parser._child is not None
            parser._child.kill()
            first = await asyncio.gather(*map(parser.parse, texts))
            await parser._child.wait()
            second = await asyncio.gather(*map(parser.parse, texts))
            assert not parser.is_running
            await parser.stop()
            return [*first, *second]

        found = world.run(parse_all())
        assert [parse_submission(text).sid for text in texts] * 2 == [one.sid for one in found]


def test_a_forged_signature_is_refused_whoever_parsed_it() -> None:
    with World() as world:
        north, south = two(world)
        text = forged(texts_of(world, north, south, 1)[0])
        publics = {key: standing.public for key, standing in world.service.book.roll.keys.items()}
        [apart] = asked(publics, [text])
        assert apart is not None
        for one in (apart, parse_submission(text)):
            with pytest.raises(BadSignature):
                world.run(world.service.sequencer.submit(one))
