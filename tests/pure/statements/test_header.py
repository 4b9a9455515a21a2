"""Headers: value to bytes to value. What is refused is settled by the golden vectors."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standclear.errors import Malformed
from standclear.limits import INTEGER_MAX, SLOTS_MAX
from standclear.spacetime.units import FOREVER_MS
from standclear.statements.header import (
    KINDS,
    NOTICE_KINDS,
    OPEN_KINDS,
    Header,
    SeenHead,
    Sender,
    parse_header,
)
from standclear.statements.lists import padded_slots

DIGESTS = st.binary(min_size=32, max_size=32)
IDS = st.binary(min_size=16, max_size=16)
TIMES = st.integers(0, FOREVER_MS)


@st.composite
def headers(draw: st.DrawFn) -> Header:
    """Any header that may be."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    acts = ["new", "replace", "cancel", "close"] if kind in NOTICE_KINDS | {"arrangement"} else ["new"]
    act = draw(st.sampled_from(acts))
    slots = draw(st.lists(DIGESTS, max_size=5, unique=True))
    filling = draw(
        st.lists(DIGESTS, min_size=5, max_size=5, unique=True).filter(lambda x: not set(x) & set(slots))
    )
    maybe = st.none() | DIGESTS
    return Header(
        log=None if kind == "charter" else draw(DIGESTS),
        kind=kind,
        act=act,
        sender=Sender(
            party=draw(IDS),
            desk=draw(IDS),
            keys=tuple(draw(st.lists(DIGESTS, min_size=1, max_size=4, unique=True))),
        ),
        seq=draw(st.integers(0, INTEGER_MAX)),
        prev=draw(maybe),
        nonce=draw(IDS),
        seen=tuple(
            draw(
                st.lists(
                    st.builds(SeenHead, log=DIGESTS, size=st.integers(1, INTEGER_MAX), root=DIGESTS),
                    max_size=4,
                )
            )
        ),
        stated_ms=draw(TIMES),
        void_after_ms=draw(st.none() | TIMES),
        under=draw(maybe),
        of=None if act == "new" else draw(DIGESTS),
        re=tuple(draw(st.lists(DIGESTS, max_size=16))),
        cites=draw(maybe),
        inbox=draw(maybe),
        items=draw(DIGESTS),
        to="open" if kind in OPEN_KINDS else padded_slots(slots, filling),
        effects=draw(DIGESTS) if kind == "deeds" else None,
        inboxes=draw(DIGESTS) if kind == "deeds" else None,
    )


@given(headers())
def test_a_header_is_read_again_from_its_bytes(header: Header) -> None:
    assert header == parse_header(header.to_bytes())


@given(headers(), st.data())
def test_a_payload_with_a_byte_turned_is_refused_or_says_something_else(
    header: Header, data: st.DataObject
) -> None:
    payload = header.to_bytes()
    place = data.draw(st.integers(0, len(payload) - 1))
    other = payload[:place] + bytes([payload[place] ^ data.draw(st.integers(1, 255))]) + payload[place + 1 :]
    try:
        read = parse_header(other)
    except Malformed:
        return
    assert header != read
    assert other == read.to_bytes()


@given(headers())
def test_a_header_of_a_few_signers_and_slots_fits_a_payload(header: Header) -> None:
    assert len(header.to_bytes()) <= 4_096


@given(headers().filter(lambda header: header.kind in NOTICE_KINDS))
@settings(max_examples=5)
def test_only_a_power_of_two_slots_are_taken(header: Header) -> None:
    digests = tuple(number.to_bytes(32, "big") for number in range(SLOTS_MAX))
    for count in (1, 2, 4, 256):
        assert count == len(parse_header(replace(header, to=digests[:count]).to_bytes()).to)
    for count in (0, 3, 5, 255):
        with pytest.raises(Malformed) as refused:
            parse_header(replace(header, to=digests[:count]).to_bytes())
        assert "header.to" == refused.value.field
