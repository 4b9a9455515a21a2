"""Exhibits: each statement of a dossier, numbered, with all that the dossier holds beside it and all that it does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from standclear.dossier.answers import InboxView, held_by
from standclear.dossier.format import LEAF_BYTES, Dossier
from standclear.dossier.opened import Names, Opened
from standclear.dossier.refold import Refold
from standclear.dossier.report import Findings
from standclear.obligations.carriage import Carriage
from standclear.obligations.ladder import Attested
from standclear.statements.asking import Translation
from standclear.statements.carriage import CarriedRecord
from standclear.statements.deeds import AttestedRecord, EffectRecord
from standclear.statements.roll import Roll


@dataclass(frozen=True, slots=True, kw_only=True)
class Rungs:
    """One statement's receipt ladder for one party, as far as the dossier shows it; times are the log's."""

    party: bytes
    form: str
    items: int
    released_ms: int | None
    handed_ms: int | None
    acknowledged_ms: int | None
    answer: str
    carried: tuple[CarriedRecord, ...]
    attested: tuple[Attested, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """One numbered statement. `withheld` says in sentences what of it is not here, and by whom."""

    number: int
    entry: Opened
    effect: EffectRecord | None
    ladders: tuple[Rungs, ...]
    translations: tuple[tuple[int, Translation], ...]
    withheld: tuple[str, ...]


def exhibits_of(
    dossier: Dossier, opened: Mapping[int, Opened], roll: Roll, names: Names, size: int
) -> tuple[Exhibit, ...]:
    """Every statement of a dossier but the service's deeds, in the order of the log, numbered from 1."""
    said = [opened[index] for index in sorted(opened) if opened[index].header.kind != "deeds"]
    numbers = {one.sid: number for number, one in enumerate(said, start=1)}
    effects = {
        record.index: record
        for one in opened.values()
        for record in one.records("effects")
        if isinstance(record, EffectRecord)
    }
    translated: dict[bytes, list[tuple[int, Translation]]] = {}
    for one in said:
        body = one.first_body()
        if isinstance(body, Translation):
            for sid in one.header.re:
                translated.setdefault(sid, []).append((numbers[one.sid], body))
    is_whole = size > 0 and set(opened) == set(range(size))
    ladders = _whole_ladders(opened, names, size) if is_whole else _part_ladders(dossier, opened, roll)
    return tuple(
        Exhibit(
            number=numbers[one.sid],
            entry=one,
            effect=effects.get(one.index),
            ladders=tuple(ladders.get(one.sid, ())),
            translations=tuple(translated.get(one.sid, ())),
            withheld=tuple(_withheld(one, names)),
        )
        for one in said
    )


def _whole_ladders(opened: Mapping[int, Opened], names: Names, size: int) -> dict[bytes, list[Rungs]]:
    """The ladders that follow from the whole log, derived again."""
    refold = Refold(size, opened, names, Findings())
    refold.run()
    inboxes = refold.book.inboxes
    return {
        sid: [
            Rungs(
                party=one.party,
                form=inboxes.inbox(one.party).forms[one.start],
                items=one.items,
                released_ms=one.released_ms,
                handed_ms=one.handed_ms,
                acknowledged_ms=one.acknowledged_ms,
                answer=one.answer,
                carried=refold.book.carriage.about(sid, one.party),
                attested=tuple(one.attested),
            )
            for one in ladders
        ]
        for sid, ladders in refold.book.ledger.of_sid.items()
    }


def _part_ladders(dossier: Dossier, opened: Mapping[int, Opened], roll: Roll) -> dict[bytes, list[Rungs]]:
    """What the inboxes and replies at hand show."""
    found: dict[bytes, list[Rungs]] = {}
    carriage = _carriage(opened)
    attested = _attested_at_hand(opened)
    for inbox in dossier.inboxes:
        held = held_by(inbox.party, InboxView(inbox.leaves), opened, roll)
        by_sid: dict[tuple[bytes, bytes], list[int]] = {}
        for position, leaf in enumerate(inbox.leaves):
            if len(leaf) == LEAF_BYTES:
                by_sid.setdefault((leaf[:32], leaf[-1:]), []).append(position)
        for (sid, letter), positions in by_sid.items():
            answered = [held.acknowledged_ms.get(one) for one in positions]
            known = [ms for ms in answered if ms is not None]
            found.setdefault(sid, []).append(
                Rungs(
                    party=inbox.party,
                    form={b"e": "exact", b"w": "widened", b"d": "desk"}.get(letter, "unknown"),
                    items=len(positions),
                    released_ms=held.released_ms.get(positions[0]),
                    handed_ms=held.handed_ms.get(positions[-1]),
                    acknowledged_ms=max(known) if len(known) == len(positions) else None,
                    answer="",
                    carried=carriage.about(sid, inbox.party),
                    attested=tuple(
                        answer
                        for record, answer in attested
                        if (record.party, record.sid) == (inbox.party, sid)
                        and record.inbox_start <= positions[0]
                        and positions[-1] < record.inbox_end
                    ),
                )
            )
    return found


def _carriage(opened: Mapping[int, Opened]) -> Carriage:
    """What the deeds at hand say was carried."""
    carriage = Carriage()
    for index in sorted(opened):
        for record in opened[index].records("items"):
            if isinstance(record, CarriedRecord):
                carriage.take_in(record, index)
    return carriage


def _attested_at_hand(opened: Mapping[int, Opened]) -> list[tuple[AttestedRecord, Attested]]:
    """The answers by link or code that the records at hand say."""
    return [
        (
            record,
            Attested(
                by=record.by,
                channel=record.channel,
                answer=record.answer,
                at_ms=record.at_ms,
                attester=one.header.sender.party,
                source=one.sid,
            ),
        )
        for one in opened.values()
        for record in one.records("items")
        if isinstance(record, AttestedRecord)
    ]


def _withheld(one: Opened, names: Names) -> Iterator[str]:
    """What of a statement is committed to and not here."""
    header, sender = one.header, names.party(one.header.sender.party)
    missing = {
        form: count - sum(known == form for known, _ in one.bodies) for form, count in one.counts.items()
    }
    if not one.bodies:
        yield (
            f"None of its words are here: {sender} released them to others only, or they are erased. That it was "
            "said, by whom and when, is proven all the same."
        )
    for form, count in sorted(missing.items()):
        if count and one.bodies:
            yield f"{count} item(s) of its {form} form: not released by {sender} to who asked, or erased."
    if one.bodies and "exact" not in one.counts:
        yield f"Its exact form: {sender} released it in another form to who asked."
    if isinstance(header.to, tuple) and len(one.slots) < len(header.to):
        closed = len(header.to) - len(one.slots)
        yield f"{closed} of its {len(header.to)} places for recipients; some hold nobody, and none shows which."
    for word, digest, salted in (("cites", header.cites, one.cites), ("replaces or ends", header.of, one.of)):
        if digest is not None and salted is None:
            yield f"The list of what it {word}."
    if header.inbox is not None and one.inbox is None:
        yield f"The head of {sender}'s own inbox that it signed."
