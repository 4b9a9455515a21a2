"""The reference model's watches and line checks: who has a desk, and which desks a rule binds, by reading the log anew."""

from __future__ import annotations

from naive import FOREVER_MS, Happened, Naive, Said
from standclear.statements.arrangement import Arrangement
from standclear.statements.calls import LineCheck, Watch
from standclear.statements.parties import Enrolment, desk_id
from standclear.statements.readiness import ReadinessRule


def desk_word(log: Naive, one: Said, did: Happened) -> None:
    """What a watch or a line check did."""
    if not log.is_person(one):
        did.effect = "recorded"
        did.marks.add("machine_key")
        return
    match one.body:
        case Watch(part="taken"):
            before = holder(log, one)
            if before is not None and before != one.body.member:
                did.marks.add("watch_taken_twice")
        case Watch():
            if holder(log, one) != one.body.member:
                did.effect = "recorded"
                did.marks.add("watch_not_held")
        case LineCheck():
            if one.body.desk not in desks(log, one.index):
                did.effect = "recorded"
                did.marks.add("desk_unknown")
            elif one.body.desk != one.what.header.sender.desk:
                did.effect = "recorded"
                did.marks.add("tried_by_another")


def holder(log: Naive, one: Said) -> str | None:
    """Who has the desk of an entry just before it: the last to take it, unless it was given up or ran too long."""
    desk = one.what.header.sender.desk
    taken: Said | None = None
    for earlier in log.before(one.index):
        is_of_it = earlier.what.header.sender.desk == desk and not earlier.is_void
        if is_of_it and isinstance(earlier.body, Watch) and log.happened[earlier.index].effect == "in_force":
            taken = earlier if earlier.body.part == "taken" else None
    if taken is None:
        return None
    lengths = [
        rule.watch_most_ms for (_, bound), rule in bound_desks(log, one.index).items() if bound == desk
    ]
    is_over = one.ms >= taken.ms + min(lengths, default=FOREVER_MS)
    return None if is_over else str(taken.body.member)


def desks(log: Naive, at: int) -> dict[bytes, bytes]:
    """Every desk enrolled before an entry, with its party; a charter's too."""
    return {
        desk_id(earlier.party, name): earlier.party
        for earlier in log.before(at)
        for name in (
            [desk.name for desk in earlier.body.desks]
            if isinstance(earlier.body, Enrolment)
            else ["service"] * (earlier.kind == "charter")
        )
    }


def bound_desks(log: Naive, at: int) -> dict[tuple[bytes, bytes], ReadinessRule]:
    """Which desks are asked to be ready just before an entry, by arrangement and desk, and by which rule."""
    sat_at = {
        desk_id(earlier.party, desk.name)
        for earlier in log.before(at)
        if isinstance(earlier.body, Enrolment)
        for desk in earlier.body.desks
        if any(key.role == "person" for key in desk.keys)
    }
    found = {}
    for earlier in log.before(at):
        if isinstance(earlier.body, Arrangement) and earlier.what.header.act == "new":
            version = log.version(earlier.what.sid, at)
            assert version is not None
            rule = version.rules.readiness
            if rule is not None and version.rules.state == "in_force":
                for desk, party in desks(log, at).items():
                    if party in version.adhered and desk in sat_at:
                        found[version.first, desk] = rule
    return found
