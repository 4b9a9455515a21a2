"""Parties without a key: who may say that one is addressed, or represented, and what may be said of it (G1).

The service's root admits it; a party that represents it says so itself, and may end that alone. Nothing here lets
anybody sign in its place: what it answers is told by contacts of those who reached it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from standclear.errors import Malformed, NotPermitted
from standclear.statements.header import Header
from standclear.statements.parties import Enrolment, keyless_id


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyStanding:
    """One enrolled party. `root` None: it has no key, and `represented_by` says who answers for it, if anybody does."""

    party: bytes
    name: str
    party_type: str
    root: bytes | None
    represented_by: bytes | None = None


def roots_that_sign(
    header: Header,
    body: Enrolment,
    log: bytes,
    service: bytes,
    parties: Mapping[bytes, PartyStanding],
) -> tuple[bytes, ...]:
    """The root keys that must sign the enrolment of a party without a key, the first one's party speaking.

    The service's alone addresses it; a representative's and then the service's let it be represented; a
    representative's alone ends its own representation.

    Raises:
        NotPermitted: the speaker is neither the service nor the representative.
    """
    speaker = parties.get(header.sender.party)
    service_root = parties[service].root
    assert service_root is not None
    known = parties.get(keyless_id(log, body.name))
    if speaker is not None and speaker.party == service and body.represented_by is None:
        return (service_root,)
    if speaker is not None and speaker.root is not None and speaker.party != service:
        if body.represented_by == speaker.party:
            return (speaker.root, service_root)
        if body.represented_by is None and known is not None and known.represented_by == speaker.party:
            return (speaker.root,)
    raise NotPermitted(
        field="header.from.party",
        reason="a party without a key is enrolled by the service, or by the party that represents it",
        remedy="let the service's root sign, and the representative's root before it",
    )


def check_keyless(
    body: Enrolment, log: bytes, speaker: bytes, parties: Mapping[bytes, PartyStanding], *, is_news: bool
) -> None:
    """Refuse what cannot be said of a party without a key: a name that is taken, another type, nothing new.

    Raises:
        Malformed: with the field and the remedy.
    """
    identity = keyless_id(log, body.name)
    known = parties.get(identity)
    if known is None:
        check_name(body.name, parties)
        return
    if known.party_type != body.party_type:
        raise Malformed(
            "body.party_type",
            "a party of this name and another type is enrolled already",
            "give another organisation a name of its own",
        )
    is_withdrawal = known.represented_by == speaker and body.represented_by is None
    if is_withdrawal and body.desks:
        raise Malformed("body.desks", "who ends a representation adds no desks", "leave the desks out")
    if known.represented_by == body.represented_by and not is_news:
        raise Malformed(
            "body.name",
            "a party of this name is enrolled already, and nothing in this is new",
            "give another organisation a name of its own",
        )


def check_name(name: str, parties: Mapping[bytes, PartyStanding], *, keyless_only: bool = False) -> None:
    """Refuse a name that is taken, where a party without a key is, or would be, known by nothing else.

    Raises:
        Malformed: somebody of this name is enrolled.
    """
    for other in parties.values():
        if other.name.casefold() == name.casefold() and (other.root is None or not keyless_only):
            raise Malformed(
                "body.name",
                "a party of this name is enrolled already",
                "write with the name what tells them apart",
            )
