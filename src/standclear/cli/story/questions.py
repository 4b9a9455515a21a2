"""The investigator's questions, each answered from a dossier that is verified on the spot."""

from __future__ import annotations

from standclear.cli.story.day import ALLY, column_area, village
from standclear.cli.story.stage import THE_DAY, Stage, moment_ms, told_time
from standclear.dossier.answers import Question
from standclear.dossier.verify import verify
from standclear.flow.evidence import answer_of, policy_of
from standclear.flow.query import WhoKnew
from standclear.flow.questions import claims, compliance
from standclear.spacetime.interval import Interval
from standclear.spacetime.volume import Volume
from standclear.statements.calls import Claim

CLAIMS_SHOWN = 10


async def play_questions(stage: Stage) -> None:
    """What was it told, what was it not told, who answered, and what was never passed on."""
    await stage.settle()
    before_ms = moment_ms(THE_DAY, "17:00")
    start_ms = moment_ms(THE_DAY, "00:00")
    await stage.at(
        THE_DAY + 2,
        "09:00",
        "A board of inquiry asks: what was Northern Force told about the village before 17:00Z?",
    )
    _show_told(stage, _who_knew(stage, village(start_ms, before_ms), before_ms))
    _prove(stage, village(start_ms, before_ms), before_ms)
    await stage.at(
        THE_DAY + 2, "09:10", "What was it told, before 17:00Z, about the place the column went to?"
    )
    _show_told(stage, _who_knew(stage, column_area(start_ms, before_ms), before_ms))
    _prove(stage, column_area(start_ms, before_ms), before_ms)
    await stage.at(THE_DAY + 2, "09:20", "Who answered what it was told, and who passed it on?")
    _ladders(stage)
    await stage.at(THE_DAY + 2, "09:25", "What did each desk owe in these two weeks, and what became of it?")
    _figures(stage)
    await stage.at(THE_DAY + 2, "09:30", "Who answered the call, and after how long?")
    matter = stage.matter(stage.kept["call"])
    first: dict[bytes, int] = {}
    for answer in matter.answers:
        first.setdefault(answer.party, (answer.at_ms - matter.opened_ms) // 1000)
    for party in sorted(matter.asked, key=lambda one: first.get(one, 1 << 30)):
        says = f"first answer after {first[party]} s" if party in first else "no answer"
        stage.note(f"{stage.name_of(party)}: {says}")
    await stage.at(
        THE_DAY + 2, "09:40", "What both sides said in public, held against this record. Nobody is judged."
    )
    _claims(stage)


def _who_knew(stage: Stage, area: Volume, before_ms: int) -> WhoKnew:
    return stage.query.who_knew(stage["Line Monitor"].id, stage["Northern Force"].id, area, before_ms)


def _show_told(stage: Stage, answer: WhoKnew) -> None:
    for row in answer.told[-6:]:
        acknowledged = "acknowledged" if row.acknowledged_ms is not None else "NOT acknowledged"
        state = "" if row.state == "stands" else f", {row.state} since"
        sender = stage.name_of(row.sender)
        stage.note(
            f"{told_time(row.released_ms)} {sender}: {row.kind} {row.name or '(wider area)'}, {acknowledged}{state}"
        )
    if len(answer.told) > 6:
        stage.note(f"and {len(answer.told) - 6} before these, earlier versions among them")
    if not answer.told:
        stage.note("NOTHING, through this log.")


def _prove(stage: Stage, area: Volume, before_ms: int) -> None:
    question = Question(party=stage["Northern Force"].id, area=area, before_ms=before_ms)
    dossier = answer_of(stage.service, stage["Line Monitor"].id, question)
    report = verify(dossier, policy_of(stage.service))
    answer = report.claims if isinstance(report.claims, dict) else {}
    listed = answer.get("told")
    count = len(listed) if isinstance(listed, list) else 0
    stage.note(
        f"proven from {len(dossier):,} bytes, offline: told {count}, undecidable {answer.get('undecidable')}, "
        f"withheld {answer.get('withheld')}; nothing else was told through this log up to entry {answer.get('up_to')}; "
        f"{len(report.broken())} broken"
    )


def _ladders(stage: Stage) -> None:
    for name in ("list", "post", "correction", "column"):
        [ladder] = stage.query.ladders(stage["Southern Force"].id, stage.kept[name].sid)
        further = "; ".join(", ".join(to) for _, to, _ in ladder.disseminated) or "nobody"
        at = "" if ladder.acknowledged_ms is None else f" {told_time(ladder.acknowledged_ms)}"
        stage.note(f"{name}: {ladder.rung().replace('_', ' ')}{at}; passed on to: {further}")
    stage.note(f"a relay to {ALLY} is on record for none of them")


def _figures(stage: Stage) -> None:
    span = Interval(start_ms=moment_ms(0, "00:00"), end_ms=moment_ms(THE_DAY, "17:30"))
    forces = [stage[name].id for name in ("Northern Force", "Southern Force")]
    for one in compliance(stage.service, stage["Line Monitor"].id, span).duties:
        whole = one.whole
        if one.party in forces:
            stage.note(
                f"{stage.name_of(one.party)}, {one.duty} {one.kind}: of {whole.owed} owed, {whole.in_time} in time, "
                f"{whole.late} late, {whole.unanswered} unanswered{_median(whole.median_twice_ms)}"
            )


def _median(twice_ms: int | None) -> str:
    if twice_ms is None:
        return ""
    seconds = twice_ms // 2_000
    return f"; median {seconds} s" if seconds < 600 else f"; median {seconds // 60} min"


def _claims(stage: Stage) -> None:
    for held in reversed(claims(stage.service, stage["Line Monitor"].id, CLAIMS_SHOWN)):
        body = held.claim.body
        assert isinstance(body, Claim)
        evidence = ", ".join(sorted({f"{one.sort.replace('_', ' ')} ({one.grade})" for one in held.evidence}))
        stage.note(f"{stage.name_of(held.claim.party)}: {body.words.text!r}")
        stage.note(f"   {held.verdict.upper()}: {held.says}{'; ' if evidence else ''}{evidence}")
