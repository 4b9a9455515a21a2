"""An arrangement in plain words: whom it obliges to do what, by when, and who is told in each case."""

from __future__ import annotations

from standclear.statements.arrangement import Arrangement, Escalation, KindRule
from standclear.statements.readiness import ReadinessRule
from standclear.statements.total import Total

_CASES = {
    (True, True): "both were released to each other",
    (True, False): "the notice was released to the planner, the activity not to the owner",
    (False, True): "the activity was released to the owner, the notice not to the planner",
    (False, False): "neither was released to the other",
}
_MEASURES = {
    "notices": "notices",
    "units": "vehicles, vessels or aircraft",
    "headcount": "people",
    "tonnes": "tonnes of standard displacement",
}
_TOLD = {"planner": "the planner", "owner": "the notice's owner", "neutral": "the neutral desk"}


def explain(arrangement: Arrangement) -> list[str]:
    """The sentences that an arrangement amounts to.

    Example:
        >>> span(5_400_000)
        '90 min'
    """
    lines = [
        f"{arrangement.name} ({arrangement.state.replace('_', ' ')}), decided by {arrangement.predicate}."
    ]
    for rule in arrangement.kinds:
        lines += _kind(rule)
    for concern in arrangement.matrix:
        lines.append(
            f"{_a(concern.a)} and {_a(concern.b).lower()} meet ({concern.name}) when they come within "
            f"{concern.horizontal_cm / 100:g} m, {concern.vertical_cm / 100:g} m of height and {span(concern.time_ms)}"
            f"{'; one party’s own too' if concern.own else ''}."
        )
    lines.append(
        "Who files an activity must cite what it meets and was released to it, on an inbox head no older than "
        f"{span(arrangement.citation_grace_ms)}; or files it openly uncited."
    )
    for row in arrangement.one_sided:
        told = " and ".join(_TOLD[word] for word in row.tell) or "nobody"
        lines.append(
            f"When they meet and {_CASES[row.notice_released, row.activity_released]}: {told} is told."
        )
    for step in arrangement.escalation:
        lines.append(
            f"What is not acknowledged {span(step.after_ms)} after that time goes to the {_level(step)}."
        )
    for step in arrangement.emergency:
        lines.append(
            f"A stop-fire that no person answered after {span(step.after_ms)} goes to the {_level(step)} too."
        )
    inquiry = arrangement.inquiry
    lines.append(
        f"An inquiry is no narrower than {inquiry.extent_least_cm / 100_000:g} km, waits {span(inquiry.answer_most_ms)} "
        f"at most, and a party asks {inquiry.daily_max:,} a day at most."
    )
    lines += _readiness(arrangement.readiness)
    lines += [_total(total) for total in arrangement.totals]
    lines.append(
        "A site or presence that has ended may be shredded when its owner asks; all else, and what an incident or an "
        f"objection names, no sooner than {span(arrangement.retention_ms)} after its end. No escrowed copy is kept."
    )
    lines.append("Lapse, lateness or absence from this system removes no protection from anybody.")
    return lines


def _kind(rule: KindRule) -> list[str]:
    after = (
        f"past its time it goes on being matched, for {span(rule.long_stop_ms)} or until its owner closes it"
        if rule.after_end == "keeps"
        else "it is matched for its own time"
    )
    late = (
        f"; notice shorter than {span(rule.lead_ms)} is labelled late, never refused" if rule.lead_ms else ""
    )
    within = span(rule.acknowledge_ms)
    acknowledged = (
        f"{_a(rule.kind)} released to a party is acknowledged by its desk within {within}{late}; {after}."
    )
    blanket = (
        f"{_a(rule.kind)} wider than {rule.blanket_extent_cm / 100_000:g} km or longer than "
        f"{span(rule.blanket_duration_ms)} is labelled blanket and proves no awareness; "
        f"more than {rule.daily_max:,} a day from one party are labelled over quota."
    )
    lines = [acknowledged, blanket, *_warned(rule)]
    if rule.signers > 1:
        lines.append(
            f"{_a(rule.kind)} is released to nobody before {rule.signers} persons of its party, at different seats, "
            "have signed it; until then it is matched as what was released to nobody, and what it replaces stands."
        )
    if rule.grade_least is not None and rule.grade_within_ms is not None:
        lines.append(
            f"{_a(rule.kind)} is {rule.grade_least.replace('_', ' ')} or better; its owner is asked for that within "
            f"{span(rule.grade_within_ms)} of the filing, and it is shown unverified until then, and matched as any other."
        )
    return lines


def _warned(rule: KindRule) -> list[str]:
    """Before what its owner is warned, where it is."""
    if not rule.warn_ms:
        return []
    spans = " and ".join(span(one) for one in rule.warn_ms)
    warned = (
        f"The owner of {_a(rule.kind).lower()} is warned {spans} before its time is over, of all that ends on one day in one "
        "message; it says it again, unchanged, or closes it."
    )
    return [warned]


def _readiness(rule: ReadinessRule | None) -> list[str]:
    if rule is None:
        return ["No desk is asked for line checks, or to keep a watch."]
    gap = f"longer than {span(rule.watch_gap_ms)}" if rule.watch_gap_ms else "at all"
    checks = (
        f"Every {span(rule.line_every_ms)} each desk is rung over every channel it has, as a routine line check, and a "
        f"person answers within {span(rule.line_answer_ms)}; a desk that misses {rule.line_misses} in a row is shown "
        "unreachable to all parties until a person of it answers."
    )
    watches = (
        f"Each desk says who is on watch, a watch counts for {span(rule.watch_most_ms)} at most; a desk with nobody on "
        f"watch {gap} is an alarm to itself, its alternate, its superior and all parties, before it is needed."
    )
    return [checks, watches]


def _total(total: Total) -> str:
    what = f" ({', '.join(word.replace('_', ' ') for word in total.types)})" if total.types else ""
    whose = "one party’s" if total.by == "party" else "all parties’ together"
    if total.except_roles:
        whose += f", each {' and '.join(total.except_roles)} left out"
    when = "on at one time" if total.window_ms is None else f"beginning within any {span(total.window_ms)}"
    return (
        f"Of {total.kind} notices{what}, {whose}, {when}, {total.most:,} {_MEASURES[total.measure]} at most "
        f"({total.name}), in however many statements; what is over stands, labelled over the total."
    )


def _level(step: Escalation) -> str:
    return step.level.replace("_", " ")


def _a(kind: str) -> str:
    return f"An {kind}" if kind[0] in "aeiou" else f"A {kind}"


def span(ms: int) -> str:
    """A span of time in its largest whole unit."""
    for unit, length in (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000)):
        if ms and ms % length == 0:
            return f"{ms // length} {unit}"
    return f"{ms} ms"
