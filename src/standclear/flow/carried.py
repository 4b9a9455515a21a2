"""Saying what was carried: a message that has ended becomes a record of the deeds, without what must not be in a log.

What a relay or a gateway says back may hold addresses, numbers and secrets; none of them enters the log (founding decision 4).
"""

from __future__ import annotations

import re
from typing import Final

from standclear.flow.outbox import Parcel
from standclear.keys import hmac_sha256
from standclear.limits import CARRIED_SAID_MAX
from standclear.statements.carriage import CarriedRecord

LEFT_OUT: Final = "(left out)"
_OUT: Final = re.compile(
    r"""[a-z][a-z0-9+.-]*://\S+          # a URL, with what stands in its path and question
      | \S+@\S+                          # an address of e-mail
      | \b\d{1,3}(?:\.\d{1,3}){3}\b\S*   # an address of the network
      | (?<![\w:])[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*
      | \+?\(?\d(?:[\s().-]{0,2}\d){6,}     # a telephone's number
      | [\w+/=-]{20,}                    # a key or a token""",
    re.IGNORECASE | re.VERBOSE,
)


def words_for_the_log(said: str, address: str) -> str:
    """What the other side said, on one line and within its limit, without addresses, numbers and long tokens.

    Example:
        >>> words_for_the_log("550 5.1.1 <desk@north.example>: no such user", "desk@north.example")
        '550 5.1.1 (left out) no such user'
    """
    text = "".join(
        letter if letter.isprintable() else " " for letter in said.encode("utf-8", "replace").decode()
    )
    text = _OUT.sub(LEFT_OUT, text)
    hidden = {address, address.rpartition("@")[2], address.partition("://")[2].partition("/")[0]}
    for one in sorted(hidden, key=len, reverse=True):
        if len(one) > 3:
            text = re.sub(re.escape(one), LEFT_OUT, text, flags=re.IGNORECASE)
    return " ".join(text.split())[:CARRIED_SAID_MAX]


def message_id(parcel: Parcel, key: bytes) -> bytes:
    """A message's id in the log: it follows from the parcel's, under a key, so that no address can be tried against it."""
    return hmac_sha256(key, b"standclear/carried/v1\n" + parcel.id)[:16]


def record_of(parcel: Parcel, key: bytes, salt: bytes) -> CarriedRecord:
    """The record of a parcel that has ended."""
    assert parcel.state != "waiting"
    return CarriedRecord(
        id=message_id(parcel, key),
        duty=parcel.kind,
        sid=parcel.sid,
        party=parcel.party,
        desk=parcel.desk,
        level=parcel.level,
        step=parcel.step,
        silent=parcel.silent,
        channel=parcel.channel,
        outcome=parcel.state,
        said=words_for_the_log(parcel.said, parcel.to),
        tries=parcel.tries,
        at_ms=parcel.next_ms,
        salt=salt,
    )
