"""What a desk says, as drafts: the one place where the commands and the demo make bodies out of plain arguments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from standclear.spacetime.volume import Volume
from standclear.statements.canonical import Value
from standclear.statements.compose import Draft, Recipient, endings
from standclear.statements.notices import (
    Activity,
    Ending,
    Entered,
    Note,
    Notice,
    Owner,
    Presence,
    Row,
    Site,
    What,
)
from standclear.statements.parties import DeskEnrolment, Enrolment
from standclear.statements.replies import Acknowledgement, Dissemination, InboxRange


def notice(
    what: What,
    volumes: Sequence[Volume],
    *,
    name: str,
    form: str = "exact",
    quality: str = "surveyed",
    mode: str = "inform",
    change: str | None = None,
    contact: str = "",
    note: Note | None = None,
    owner: Owner | None = None,
    row: Row | None = None,
    entered: Sequence[Entered] = (),
) -> Notice:
    """A notice's body in one form, with the fields that seldom matter left at their plain values."""
    return Notice(
        form=form,
        name=name,
        volumes=tuple(volumes),
        quality=quality,
        mode=mode,
        change=change,
        contact=contact,
        note=note,
        owner=owner,
        row=row,
        entered=tuple(entered),
        what=what,
    )


def site(
    category: str, valid_until_ms: int, *, site_class: str = "medical", grade: str = "self_attested"
) -> Site:
    """What kind of site it is, and until when its owner vouches for it."""
    return Site(site_class=site_class, category=category, grade=grade, valid_until_ms=valid_until_ms)


def presence(unit: str, as_of_ms: int, age_max_ms: int) -> Presence:
    """Own people, as of a time."""
    return Presence(unit=unit, as_of_ms=as_of_ms, age_max_ms=age_max_ms)


def activity(activity_type: str, *, uncited: bool = False, headcount: int | None = None) -> Activity:
    """A hazard, filed with what it cites, or on purpose without."""
    return Activity(activity_type=activity_type, uncited=uncited, headcount=headcount)


def filing(
    forms: dict[str, Sequence[Notice]],
    to: Sequence[Recipient],
    under: bytes,
    *,
    cites: Sequence[bytes] | None = None,
    inbox: tuple[int, bytes] | None = None,
    replaces: Sequence[tuple[bytes, int]] | None = None,
) -> Draft:
    """Notices of one kind, in each form that is released; replacing earlier versions where these are given."""
    return Draft(
        kind=forms["exact"][0].kind(),
        act="new" if replaces is None else "replace",
        forms={form: [one.to_value() for one in notices] for form, notices in forms.items()},
        to=to,
        under=under,
        cites=cites,
        inbox=inbox,
        of=replaces,
    )


def ending(
    kind: str, refs: Sequence[bytes], to: Sequence[Recipient], under: bytes, *, act: str, reason: str
) -> Draft:
    """Close (it is over) or cancel (it should not stand) notices of one kind."""
    body = Ending(reason=reason, note=None)
    return Draft(kind=kind, act=act, forms={"exact": [body.to_value()]}, to=to, under=under, of=endings(refs))


def acknowledgement(
    to: Sequence[Recipient],
    under: bytes,
    *,
    member: str,
    answer: str = "noted",
    sids: Sequence[bytes] = (),
    refs: Sequence[bytes] | None = None,
    span: tuple[int, int] | None = None,
    exceptions: Sequence[int] = (),
    tags: Sequence[bytes] = (),
    opened_ms: int | None = None,
    inbox: tuple[int, bytes] | None = None,
    note: Note | None = None,
) -> Draft:
    """A person on the desk has read it: statements, single items, or a span of the inbox less its exceptions."""
    body = Acknowledgement(
        answer=answer,
        member=member,
        opened_ms=opened_ms,
        span=None if span is None else InboxRange(start=span[0], end=span[1]),
        exceptions=tuple(exceptions),
        tags=tuple(tags),
        note=note,
    )
    return Draft(
        kind="acknowledgement",
        forms={"exact": [body.to_value()]},
        to=to,
        under=under,
        re=sids,
        cites=refs,
        inbox=inbox,
    )


def dissemination(
    to: Sequence[Recipient],
    under: bytes,
    *,
    sids: Sequence[bytes],
    member: str,
    echelons: Sequence[str] = (),
    third_party: bytes | None = None,
    third_name: str = "",
    means: str = "voice",
) -> Draft:
    """Whom one told further: own echelons, or a third party."""
    body = Dissemination(
        echelons=tuple(echelons),
        third_party=third_party,
        third_name=third_name,
        means=means,
        member=member,
        note=None,
    )
    return Draft(kind="dissemination", forms={"exact": [body.to_value()]}, to=to, under=under, re=sids)


def keyless(
    name: str,
    party_type: str,
    *,
    represented_by: bytes | None = None,
    desk: str = "duty",
    phones: Sequence[str] = (),
) -> Draft:
    """A party without a key: addressed, or represented by another; its desk is told of where there are numbers."""
    desks = (DeskEnrolment(name=desk, phones=tuple(phones), keys=()),) if phones else ()
    body = Enrolment(name=name, party_type=party_type, root=None, represented_by=represented_by, desks=desks)
    return Draft(kind="enrolment", forms={"exact": [body.to_value()]}, to=None)


def handing_out(body: Dissemination, owners: Sequence[bytes], under: bytes, refs: Sequence[bytes]) -> Draft:
    """A copy that was handed out, and what it shows: the owners are told all of it but the areas that it is a copy of."""
    forms: dict[str, Sequence[Value]] = {"exact": [body.to_value()]}
    if owners:
        forms["widened"] = [body.without_areas().to_value()]
    return Draft(
        kind="dissemination",
        forms=forms,
        to=[Recipient(party=owner, form="widened") for owner in owners],
        under=under,
        cites=sorted(set(refs)),
    )


class Speakable(Protocol):
    """A body that is one word by itself; the type in its value is the statement's kind."""

    def to_value(self) -> Value: ...


def word(
    body: Speakable,
    to: Sequence[Recipient],
    under: bytes,
    *,
    re: Sequence[bytes] = (),
    cites: Sequence[bytes] | None = None,
) -> Draft:
    """A word that is no notice: an inquiry or its answer, a call, a claim, how far a movement has come."""
    value = body.to_value()
    assert isinstance(value, dict)
    kind = value["type"]
    assert isinstance(kind, str)
    return Draft(kind=kind, forms={"exact": [value]}, to=to, under=under, re=re, cites=cites)
