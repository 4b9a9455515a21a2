"""The readable report for a court: what was verified and how, and every statement as a numbered exhibit (G28).

One HTML file without scripts or anything from elsewhere. It decides nothing beside the checks: it tells what they found, what
each party said in its own words, what was withheld and by whom, and how to repeat it all with a program not ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from html import escape
from typing import Final

from standclear.dossier.exhibits import Exhibit, exhibits_of
from standclear.dossier.maps import Drawn, draw_map
from standclear.dossier.opened import Names, open_entries
from standclear.dossier.parted import follow_roll
from standclear.dossier.reading import read_dossier
from standclear.dossier.report import (
    ALL_HOLDS,
    BY_WHOM_UNPROVEN,
    CHECKS,
    SOMETHING_WRONG,
    Findings,
    Report,
)
from standclear.dossier.words import Speaker, note
from standclear.keys import sha256
from standclear.obligations.carriage import in_words
from standclear.obligations.ladder import Attested
from standclear.spacetime.meet import PREDICATE_ID
from standclear.statements.arrangement import Arrangement
from standclear.statements.canonical import b64u, read_canonical
from standclear.statements.roll import Roll

FINDINGS_SHOWN: Final = 200
MAP_SHOWN: Final = 200
PROTECTION: Final = "Absence from this record, lapse or lateness removes no protection from anybody."
VERDICTS: Final = {
    ALL_HOLDS: "Nothing was found wrong under the policy; each finding below says how far it reaches.",
    SOMETHING_WRONG: "SOMETHING IS WRONG. What is broken is named below.",
    BY_WHOM_UNPROVEN: "Consistent, but by whom is unproven: no policy from outside the dossier was given.",
}
_STYLE: Final = """
@page { size: A4; margin: 18mm 15mm }
body { font: 10pt/1.4 serif; color: #000; background: #fff; max-width: 190mm; margin: 0 auto; overflow-wrap: break-word }
h1 { font-size: 18pt } h2 { font-size: 14pt; border-bottom: 0.3mm solid #000 } h3 { font-size: 11pt; margin-bottom: 1mm }
table { border-collapse: collapse; margin: 1mm 0 }
th, td { border: 0.2mm solid #888; padding: 1mm 2mm; text-align: left; vertical-align: top }
table.body th { font-weight: normal; font-style: italic; white-space: nowrap } table.body td { overflow-wrap: anywhere }
blockquote { margin: 1mm 0; padding-left: 3mm; border-left: 0.8mm solid #888; white-space: pre-wrap }
code, pre { font-family: monospace; overflow-wrap: anywhere } pre { border: 0.2mm solid #888; padding: 2mm; white-space: pre-wrap }
.exercise { font-weight: bold; border: 1mm solid #000; padding: 2mm } .broken { font-weight: bold; text-decoration: underline }
section.exhibit { break-inside: avoid-page; margin-bottom: 6mm }
""".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """How the verification was made: the dossier's name, the program, the policy's digest, the zone, the commands.

    `explain` says an arrangement in plain words.
    """

    file: str
    software: str
    policy: str
    zone: tzinfo
    zone_name: str
    commands: tuple[str, ...]
    explain: Callable[[Arrangement], Sequence[str]]


def court_report(text: bytes, report: Report, made: Circumstances) -> str:
    """The report on one dossier as an HTML page, from its bytes and what verification found."""
    dossier, _ = read_dossier(text)
    findings = Findings()
    names = Names(dossier.entries)
    opened = open_entries(dossier.entries, names, findings)
    roll = follow_roll(opened, names, findings)
    speaker = Speaker(
        zone=made.zone, zone_name=made.zone_name, names={party: names.party(party) for party in roll.parties}
    )
    exhibits = exhibits_of(dossier, opened, roll, names, report.size)
    parts = [
        *_opening(text, report, made),
        *_question(report, speaker),
        *_checks(report),
        *_rules(exhibits, made),
        "<h2>Exhibits</h2>",
        *_contents(exhibits, speaker),
        *(part for one in exhibits for part in _exhibit(one, exhibits, roll, speaker)),
        *_repeat(text, report, made),
    ]
    banner = "<p class='exercise'>EXERCISE EXERCISE EXERCISE: nothing in this report is real</p>"
    exercise = banner if report.exercise else ""
    title = f"{'EXERCISE ' if report.exercise else ''}Report on {made.file}"
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{escape(title)}</title>"
        f"<style>{_STYLE}</style></head><body>{exercise}<h1>{escape(title)}</h1>"
        + "\n".join(parts)
        + f"{exercise}</body></html>\n"
    )


def _table(rows: Sequence[tuple[str, str]]) -> str:
    """Two columns; the second is HTML already."""
    return "<table>" + "".join(f"<tr><th>{escape(a)}</th><td>{b}</td></tr>" for a, b in rows) + "</table>"


# --- what was verified ------------------------------------------------------------------------------------


def _opening(text: bytes, report: Report, made: Circumstances) -> Iterator[str]:
    roots = (
        "<br>".join(map(escape, report.roots))
        or "nobody: no trust root was given, or none of its keys signed"
    )
    yield f"<p><b>{escape(VERDICTS[report.exit_code()])}</b></p><p>{PROTECTION}</p>"
    yield _table(
        [
            ("log", escape(f"{report.origin} {report.name}")),
            (
                "head",
                f"{report.size} entries, of which {report.entries} are here; root <code>{report.root.hex()}</code>",
            ),
            ("trust roots believed", roots),
            ("policy", escape(made.policy)),
            ("file", f"{escape(made.file)}, {len(text)} bytes, SHA-256 <code>{sha256(text).hex()}</code>"),
            ("verified with", escape(made.software)),
            ("places decided with", escape(PREDICATE_ID)),
            ("times", escape(f"UTC, and {made.zone_name}; of the log, unless said to be the sender's")),
        ]
    )


def _question(report: Report, speaker: Speaker) -> Iterator[str]:
    if isinstance(report.asks, dict):
        yield "<h2>The question, and the answer in the dossier</h2>" + speaker.body(report.asks)
        if isinstance(report.claims, dict):
            yield speaker.body(report.claims) + "<p>Check 16 says whether to believe it.</p>"


def _checks(report: Report) -> Iterator[str]:
    yield "<h2>The checks</h2><p>“open” means: this dossier does not show it. It does not mean: false.</p><ol>"
    marks = {"holds": "holds", "unproven": "open", "broken": "<span class='broken'>WRONG</span>"}
    for number, title in CHECKS.items():
        found = sorted(report.of(number), key=lambda one: one.grade != "broken")
        lines = "".join(
            f"<li>{marks[one.grade]}: {escape(f'{one.about}: ' if one.about else '')}{escape(one.says)}</li>"
            for one in found[:FINDINGS_SHOWN]
        )
        more = len(found) - FINDINGS_SHOWN
        left = f"<li>and {more} more, in the JSON report</li>" if more > 0 else ""
        none = "" if found else "<li>open: what it needs cannot be read</li>"
        yield f"<li value='{number}'><b>{marks[report.grade(number)]}</b> {escape(title)}<ul>{lines}{left}{none}</ul></li>"
    yield "</ol>"


def _rules(exhibits: Sequence[Exhibit], made: Circumstances) -> Iterator[str]:
    yield "<h2>The rules that applied</h2>"
    stated = [(one, body) for one in exhibits if isinstance(body := one.entry.first_body(), Arrangement)]
    for one, body in stated:
        lines = "".join(f"<li>{escape(line)}</li>" for line in made.explain(body))
        yield f"<h3>{escape(body.name)}, exhibit {one.number}</h3><ul>{lines}</ul>"
    if not stated:
        yield "<p>No arrangement is in this dossier.</p>"


# --- exhibits ---------------------------------------------------------------------------------------------


def _title(one: Exhibit, speaker: Speaker) -> str:
    header = one.entry.header
    act = "" if header.act == "new" else f" ({header.act})"
    return (
        f"Exhibit {one.number}: {header.kind.replace('_', ' ')}{act} of {speaker.party(header.sender.party)}"
    )


def _contents(exhibits: Sequence[Exhibit], speaker: Speaker) -> Iterator[str]:
    yield "<ul>"
    for one in exhibits:
        at = speaker.time(one.entry.integrated_ms)
        yield f"<li>{escape(_title(one, speaker))}, entry {one.entry.index}, {escape(at)}</li>"
    yield "</ul>"


def _exhibit(one: Exhibit, exhibits: Sequence[Exhibit], roll: Roll, speaker: Speaker) -> Iterator[str]:
    numbers = {each.entry.sid: each.number for each in exhibits}
    yield f"<section class='exhibit' id='exhibit-{one.number}'><h3>{escape(_title(one, speaker))}</h3>"
    yield _table([*_facts(one, numbers, roll, speaker)])
    yield from _said(one, speaker)
    for number, each in one.translations:
        told = f"Translation by {each.translator} ({each.by}), exhibit {number}:"
        yield f"<p>{escape(told)}</p>" + note(each.lang, each.text).replace("original, ", "translation, ")
    drawn = [
        Drawn(label=f"{item + 1}" if form == "exact" else f"{item + 1} {form}", volume=volume)
        for (form, item), (_, body) in one.entry.bodies.items()
        for volume in getattr(body, "volumes", ())
    ]
    yield draw_map(drawn[:MAP_SHOWN])
    yield from _ladders(one, speaker)
    if one.withheld:
        yield "<p>Not here:</p><ul>" + "".join(f"<li>{escape(says)}</li>" for says in one.withheld) + "</ul>"
    yield "</section>"


def _facts(
    one: Exhibit, numbers: Mapping[bytes, int], roll: Roll, speaker: Speaker
) -> Iterator[tuple[str, str]]:
    entry, header = one.entry, one.entry.header
    desk = roll.desks.get(header.sender.desk)
    yield "on record", escape(f"entry {entry.index}, {speaker.time(entry.integrated_ms)}")
    yield "stated", escape(f"{speaker.time(header.stated_ms)} (by the sender's own clock)")
    yield "by", escape(speaker.party(header.sender.party) + (f", desk {desk.name}" if desk else ""))
    yield "signed by", "<br>".join(escape(_key(key, roll)) for key in header.sender.keys)
    yield "identity (sid)", f"<code>{b64u(entry.sid)}</code>"
    if header.under is not None:
        yield "under", escape(_numbered([header.under], numbers))
    if header.re:
        yield "answers", escape(_numbered(header.re, numbers))
    if entry.of is not None:
        yield "replaces or ends", escape(_numbered([leaf[:32] for leaf in entry.of.leaves], numbers))
    if entry.cites is not None:
        yield "cites", escape(_numbered([leaf[:32] for leaf in entry.cites.leaves], numbers))
    if entry.slots:
        yield (
            "released to",
            "<br>".join(
                escape(
                    ("any party of the arrangement" if slot.party is None else speaker.party(slot.party))
                    + f": {slot.form} form, {slot.when.replace('_', ' ')}, may travel: {slot.travel}"
                )
                for slot in entry.slots
            ),
        )
    if one.effect is not None:
        marks = f" ({', '.join(one.effect.marks)})" if one.effect.marks else ""
        missing = f"; does not cite {len(one.effect.missing)}" if one.effect.missing else ""
        yield "effect", escape(f"{one.effect.effect}{marks}, aware of {one.effect.aware_of}{missing}")


def _key(key: bytes, roll: Roll) -> str:
    standing = roll.keys.get(key)
    told = (
        "a key that no enrolment here names" if standing is None else f"{standing.role}'s key {standing.seat}"
    )
    return f"{told}, {key.hex()[:16]}"


def _numbered(sids: Sequence[bytes], numbers: Mapping[bytes, int]) -> str:
    """Statements as exhibits, each once; those that are not here are counted."""
    known = sorted({numbers[sid] for sid in sids if sid in numbers})
    absent = len({sid for sid in sids if sid not in numbers})
    told = ", ".join(f"exhibit {number}" for number in known[:FINDINGS_SHOWN])
    more = f" and {len(known) - FINDINGS_SHOWN} more" if len(known) > FINDINGS_SHOWN else ""
    return told + more + (f"{' and ' if told else ''}{absent} not in this dossier" if absent else "")


def _said(one: Exhibit, speaker: Speaker) -> Iterator[str]:
    for (form, item), (body, _) in sorted(one.entry.bodies.items()):
        heading = f"In the {form} form, item {item + 1}:" if one.entry.header.to != "open" else "Its words:"
        yield f"<p>{escape(heading)}</p>{speaker.body(read_canonical(body.text, 'body'))}"


def _ladders(one: Exhibit, speaker: Speaker) -> Iterator[str]:
    if not one.ladders:
        return
    yield "<p>Who was told, and what the recipient's own keys show:</p><table><tr>"
    heads = (
        "to",
        "form",
        "items",
        "released",
        "handed over",
        "acknowledged by a person",
        "attested, and signed by nobody",
    )
    yield "".join(f"<th>{head}</th>" for head in heads) + "</tr>"
    for each in one.ladders:
        answer = f" ({each.answer.replace('_', ' ')})" if each.answer and each.acknowledged_ms else ""
        cells = (
            speaker.party(each.party),
            each.form,
            str(each.items),
            speaker.time(each.released_ms),
            speaker.time(each.handed_ms),
            speaker.time(each.acknowledged_ms) + answer,
            "; ".join(_attested(one, speaker) for one in each.attested) or "none",
        )
        yield "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
    yield "</table>"
    yield from _carried(one, speaker)


def _carried(one: Exhibit, speaker: Speaker) -> Iterator[str]:
    """What the service says it gave to which channel about it, each message with how it ended."""
    lines = [
        f"{speaker.party(record.party)}: "
        + in_words(record.duty, record.level, record.channel, record.outcome, speaker.time(record.at_ms))
        + (f" (“{record.said}”)" if record.said else "")
        for each in one.ladders
        for record in each.carried
    ]
    if lines:
        yield "<p>What the service says it gave to channels, and how it ended (its word, and no receipt):</p><ul>"
        yield "".join(f"<li>{escape(line)}</li>" for line in lines[:FINDINGS_SHOWN])
        more = len(lines) - FINDINGS_SHOWN
        yield (f"<li>and {more} more, in the dossier</li>" if more > 0 else "") + "</ul>"


def _attested(one: Attested, speaker: Speaker) -> str:
    """Whose word it is that an answer came without a key."""
    by = f"{one.channel} (a contact)" if one.by == "contact" else f"{one.by} over {one.channel}"
    whose = speaker.party(one.attester)
    return f"{one.answer.replace('_', ' ')} by {by}, {speaker.time(one.at_ms)}, on the word of {whose}"


# --- how to repeat it ---------------------------------------------------------------------------------------


def _repeat(text: bytes, report: Report, made: Circumstances) -> Iterator[str]:
    commands = "\n".join(made.commands)
    yield f"<h2>To repeat this</h2><pre>{escape(commands)}</pre>"
    yield (
        f"<p>The file must have the SHA-256 <code>{sha256(text).hex()}</code>. The formats are published with the program: "
        "statements, the log, the dossier and the geometry each have a page (docs/spec/dossier.md leads to them) from which "
        "anybody can write a program of their own; the entries, heads and receipts are those of the C2SP transparency "
        "log formats, which other programs read already.</p>"
    )
    undecided = [str(number) for number in CHECKS if report.grade(number) == "unproven"]
    if undecided:
        yield f"<p>Left open by what is in this dossier: checks {', '.join(undecided)}.</p>"
