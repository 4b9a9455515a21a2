"""A list of sites, filed as one dispatch: every row has a fate, doubtful rows are questions, answered in groups."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from standclear.cli import speech
from standclear.cli.clock import wall_ms
from standclear.cli.consent import ConsentTerms, read_consent
from standclear.cli.cosign import second_keys
from standclear.cli.line import Line
from standclear.cli.options import length_cm, read_heights, span_ms
from standclear.cli.output import Progress, print_json, print_table
from standclear.cli.relying import warn
from standclear.dialects.lists import fates_csv, read_sites
from standclear.dialects.sites.rows import Intake, SiteRow
from standclear.dialects.tables import read_table
from standclear.dialects.worklist import (
    Worklist,
    answer,
    worklist_from_value,
    worklist_of,
    worklist_to_value,
)
from standclear.errors import Malformed
from standclear.limits import ITEMS_MAX
from standclear.spacetime.band import Band
from standclear.spacetime.interval import Interval
from standclear.spacetime.shape import Point
from standclear.spacetime.volume import Volume
from standclear.statements.canonical import b64u
from standclear.statements.compose import Draft, Recipient
from standclear.statements.notices import Entered, Notice, Row

GROUPS_SHOWN = 12
RADIUS_CM_LEAST = (
    5_000  # a site without a stated footprint is taken as 50 m around what its digits leave open
)


def file_list(arguments: argparse.Namespace) -> int:
    """Read a list, file what is accepted as one dispatch, and write the questions that are left."""
    intake = _read(arguments)
    worklist = worklist_of(intake)
    path = arguments.worklist or _beside(arguments, ".worklist.json")
    if intake.doubtful:
        path.write_text(json.dumps(worklist_to_value(worklist), ensure_ascii=False), "utf-8")
    if arguments.fates is not None:
        arguments.fates.write_text(fates_csv(intake), "utf-8")
    dispatch = os.urandom(16)
    with Line.of(arguments.home, arguments.seat) as line:
        to = line.recipients(arguments.to)
        consent = read_consent(arguments, line)
        check_owners(intake, has_terms=consent is not None, is_own=arguments.own)
        drafts = list(drafts_of(intake, _terms(arguments, consent), to, line.under, dispatch))
        progress = Progress("filed", len(intake.accepted))
        filed = line.say_all(
            drafts,
            lambda done: progress.at(min(done * ITEMS_MAX, len(intake.accepted))),
            second_keys(arguments, line),
        )
        progress.end()
        warned = warn(line, to)
    told = {
        "accepted": len(intake.accepted),
        "dispatch": b64u(dispatch),
        "doubtful": len(intake.doubtful),
        "entries": [one.index for one in filed],
        "file": intake.sha256,
        "returned": len(intake.returned),
        "sids": [b64u(one.sid) for one in filed],
        "warnings": warned,
        "worklist": str(path) if intake.doubtful else None,
    }
    if arguments.json:
        print_json(told)
    else:
        _tell(told, worklist)
    return 0


def _read(arguments: argparse.Namespace) -> Intake:
    if arguments.answers is not None:
        value = json.loads(arguments.answers.read_text("utf-8"))
        worklist, answers = worklist_from_value(value, field="--answers")
        # What was accepted before was filed then: only the answered rows are filed now.
        before = {row.listed.number for row in worklist.intake.accepted}
        settled = answer(worklist, answers)
        return _without(settled, before)
    table = read_table(arguments.file.read_bytes(), field="--from")
    return read_sites(table, order=arguments.order, language=arguments.language, datum=arguments.datum)


def _without(intake: Intake, numbers: set[int]) -> Intake:
    return replace(intake, accepted=tuple(row for row in intake.accepted if row.listed.number not in numbers))


def _beside(arguments: argparse.Namespace, suffix: str) -> Path:
    source: Path = arguments.file or arguments.answers
    return source.with_name(source.name + suffix)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTerms:
    """What is said of every row of a list alike: class, grade, until when, and how wide.

    `least_cm` is added to what a position's digits leave open; `widened_cm` (None: no such form) to that again.
    """

    site_class: str
    grade: str
    quality: str
    interval: Interval
    band: Band
    least_cm: int
    widened_cm: int | None
    consent: ConsentTerms | None = None


def _terms(arguments: argparse.Namespace, consent: ConsentTerms | None) -> ListTerms:
    now_ms = wall_ms()
    until_ms = now_ms + span_ms(arguments.valid, "--valid")
    return ListTerms(
        site_class=arguments.site_class,
        grade=arguments.grade,
        quality=arguments.quality,
        interval=Interval(start_ms=now_ms, end_ms=until_ms),
        band=read_heights(arguments.heights),
        least_cm=max(RADIUS_CM_LEAST, length_cm(arguments.radius, "--radius")),
        widened_cm=None if arguments.widen is None else length_cm(arguments.widen, "--widen"),
        consent=consent,
    )


def check_owners(intake: Intake, *, has_terms: bool, is_own: bool) -> None:
    """Refuse a list that names owners where nothing is said of their consent: nobody files as the owner unseen (G1).

    Raises:
        Malformed: with both ways out.
    """
    named = sum(bool(row.listed.owner) for row in intake.accepted)
    if named and not has_terms and not is_own:
        raise Malformed(
            "--consent",
            f"{named:,} rows name an owner, and nothing says what they agreed to",
            "give --consent TEXT --consented TIME --consent-to NAME; or --own, if the sites are yours",
        )


def drafts_of(
    intake: Intake, terms: ListTerms, to: Sequence[Recipient], under: bytes, dispatch: bytes
) -> Iterator[Draft]:
    """The accepted rows of a list as statements of up to 4,096 items, all of one dispatch.

    Raises:
        Malformed: a widened form is released, and how wide is not said.
    """
    if terms.widened_cm is None and any(one.form == "widened" for one in to):
        raise Malformed("--widen", "a widened form is released and not given", "say how wide: --widen 3 km")
    file = bytes.fromhex(intake.sha256)
    for rows in _chunks(intake.accepted):
        forms: dict[str, list[Notice]] = {"exact": [_exact(row, terms, dispatch, file) for row in rows]}
        if terms.widened_cm is not None:
            forms["widened"] = [_wider(one, terms.widened_cm) for one in forms["exact"]]
        yield speech.filing(dict(forms), to, under)


def _exact(row: SiteRow, terms: ListTerms, dispatch: bytes, file: bytes) -> Notice:
    what = speech.site(
        row.listed.category, terms.interval.end_ms, site_class=terms.site_class, grade=terms.grade
    )
    return speech.notice(
        what,
        [_volume(row, terms.least_cm, terms.band, terms.interval)],
        name=row.listed.name[:300],
        quality="position_doubtful" if "position doubtful" in row.marks else terms.quality,
        owner=None if terms.consent is None else terms.consent.owner(row.listed.owner, row.listed.consent),
        row=Row(dispatch=dispatch, file=file, number=row.listed.number),
        entered=[_entered(row)],
    )


def _wider(exact: Notice, widened_cm: int) -> Notice:
    [volume] = exact.volumes
    wide = Volume(
        core=volume.core, radius_cm=volume.radius_cm + widened_cm, band=volume.band, interval=volume.interval
    )
    return speech.notice(exact.what, [wide], name="", form="widened")


def _chunks(rows: Sequence[SiteRow]) -> Iterator[Sequence[SiteRow]]:
    for start in range(0, len(rows), ITEMS_MAX):
        yield rows[start : start + ITEMS_MAX]


def _volume(row: SiteRow, least_cm: int, band: Band, interval: Interval) -> Volume:
    return Volume(
        core=Point(at=(row.position.lon_e7, row.position.lat_e7)),
        radius_cm=row.radius_cm + least_cm,
        band=band,
        interval=interval,
    )


def _entered(row: SiteRow) -> Entered:
    return Entered(
        what="row",
        text=row.listed.entered.encode("utf-8"),
        reading=row.position.format,
        datum_or_zone=row.position.datum,
        precision=row.position.precision_cm,
    )


def _tell(told: dict[str, object], worklist: Worklist) -> None:
    print(
        f"{told['accepted']:,} rows filed as one dispatch {told['dispatch']} "
        f"({len(told['entries'])} entries); {told['doubtful']:,} doubtful, {told['returned']:,} returned"  # type: ignore[arg-type]
    )
    print(f"file sha256 {told['file']}")
    if told["doubtful"]:
        print(
            f"Doubtful rows are not filed yet: they are {len(worklist.groups)} questions in {told['worklist']}."
        )
        rows = [
            (len(group.rows), group.question.split(": ", 1)[-1]) for group in worklist.groups[:GROUPS_SHOWN]
        ]
        print_table(("rows", "question"), rows)
        print(
            "Answer them in that file by group, then: standclear notify site --answers FILE", file=sys.stderr
        )
