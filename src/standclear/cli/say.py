"""The other words, each with a verb of its own, out of one table: what is asked, seen, called, claimed, agreed, handed over.

A verb's options follow from its row; a test walks the rows against every kind there is (G22).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from standclear.cli.again import told_names
from standclear.cli.audience import audience
from standclear.cli.client import Filed
from standclear.cli.line import Line
from standclear.cli.options import (
    add_desk_options,
    add_place_options,
    confirm,
    filed_value,
    instant_ms,
    read_place,
    reference,
    volumes_of,
)
from standclear.cli.output import print_json, print_table
from standclear.cli.phrasing import language_of, said, shown
from standclear.cli.relying import asleep, kept_asleep
from standclear.errors import Malformed, Unavailable
from standclear.spacetime.interval import Interval
from standclear.spacetime.volume import volume_to_value
from standclear.statements.asking import (
    ANSWERS,
    CHANNELS,
    CONTACT_RESULTS,
    CREDIBILITY,
    RELIABILITY,
    TRANSLATORS,
)
from standclear.statements.calls import (
    AGREEMENTS,
    CLAIM_KINDS,
    CONSULTATION_PARTS,
    CONSULTATION_REPLIES,
    EMERGENCIES,
    EMERGENCY_ANSWERS,
    EMERGENCY_PARTS,
    LINE_CHECKS,
    LINE_RESULTS,
    OBJECTIONS,
)
from standclear.statements.canonical import b64u, from_b64u
from standclear.statements.compose import Draft, Recipient
from standclear.statements.moving import OUTCOMES, STAGES
from standclear.statements.notices import LANGUAGES


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One field of a body as an option: how its text is read, what it may be, and what stands where it is not given."""

    field: str
    read: str
    told: str
    words: frozenset[str] = frozenset()
    is_required: bool = False
    otherwise: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One verb: the kind that it says, its options, and whether it has a place."""

    kind: str
    told: str
    options: tuple[Option, ...]
    has_place: bool = False
    needs_place: bool = False


def _words(field: str, words: frozenset[str], told: str, **more: Any) -> Option:
    return Option(field=field, read="word", told=told, words=words, **more)


_METAVARS: Mapping[str, str] = {
    "desk": "DESK", "digest": "HASH", "inbox": "POSITION", "integer": "N", "note": "TEXT", "parties": "NAME",
    "party": "NAME",
}  # fmt: skip

_MEMBER = Option(
    field="member", read="text", told="your pseudonym in your party's own register", is_required=True
)
_NOTE = Option(field="note", read="note", told="free text")

VERBS: Mapping[str, Word] = {
    "progress": Word(
        kind="progress",
        told="how far your movement has come: departed, passed, halted, resumed, arrived, outcome",
        options=(
            _words("stage", STAGES, "how far", is_required=True),
            Option(field="leg", read="integer", told="which leg"),
            Option(field="at_ms", read="time", told="when (now unless given)", otherwise="now"),
            _words("outcome", OUTCOMES, "with --stage outcome"),
        ),
    ),
    "ask": Word(
        kind="inquiry",
        told="what of yours is in this volume, then? silence is no answer, and never none",
        options=(
            Option(field="answer_by_ms", read="time", told="until when you wait", is_required=True),
            _NOTE,
        ),
        has_place=True,
        needs_place=True,
    ),
    "answer": Word(
        kind="answer",
        told="answer an inquiry (--re): these (--cite), none that we declare until a time, or declined",
        options=(
            _words("answer", ANSWERS, "what you answer", is_required=True),
            Option(field="until_ms", read="time", told="with none_that_we_declare: until when"),
            _NOTE,
        ),
    ),
    "observe": Word(
        kind="observation",
        told="what was seen of somebody else, with source and grade; it never is a notice",
        options=(
            Option(field="what", read="text", told="what was seen", is_required=True),
            Option(field="about", read="party", told="whom it is about"),
            Option(
                field="source", read="text", told="who saw it, or where it was published", is_required=True
            ),
            Option(field="link", read="text", told="where it can be found", otherwise=""),
            Option(
                field="media", read="digest", told="the picture's or recording's salted hash (43 letters)"
            ),
            _words("reliability", RELIABILITY, "of the source, a to f", is_required=True),
            _words("credibility", CREDIBILITY, "of the content, 1 to 6", is_required=True),
        ),
        has_place=True,
        needs_place=True,
    ),
    "stop": Word(
        kind="emergency",
        told="stop-fire: call (from a record or a bare place), answer one (--re), or end your own (--re)",
        options=(
            _words("part", EMERGENCY_PARTS, "call, answer or end", otherwise="call"),
            _words("code", EMERGENCIES, "with a call: what it is"),
            _words("answer", EMERGENCY_ANSWERS, "with an answer"),
            Option(field="passed_to", read="text", told="with passed_to: to whom", otherwise=""),
            _MEMBER,
            _NOTE,
        ),
        has_place=True,
    ),
    "incident": Word(
        kind="incident",
        told="what happened, where, when and to whom",
        options=(
            Option(field="what", read="text", told="what happened", is_required=True),
            Option(field="killed", read="integer", told="how many, if known"),
            Option(field="wounded", read="integer", told="how many, if known"),
            _NOTE,
        ),
        has_place=True,
        needs_place=True,
    ),
    "consult": Word(
        kind="consultation",
        told="call the parties together over an incident (--re), reply, or record who came",
        options=(
            _words("part", CONSULTATION_PARTS, "call, reply or record", otherwise="call"),
            Option(field="at_ms", read="time", told="when they meet"),
            Option(field="invited", read="parties", told="whom you invite", otherwise=()),
            _words("reply", CONSULTATION_REPLIES, "with a reply"),
            Option(field="came", read="parties", told="who came", otherwise=()),
            _NOTE,
        ),
    ),
    "claim": Word(
        kind="claim",
        told="what a party says in public, in its very words, so that the record can be held against it",
        options=(
            _words("claim", CLAIM_KINDS, "what kind of thing is claimed", is_required=True),
            Option(field="about", read="party", told="whom it is about (yourself unless given)"),
            Option(field="words", read="note", told="the very words", is_required=True),
            Option(field="source", read="text", told="where they were said", otherwise=""),
        ),
        has_place=True,
        needs_place=True,
    ),
    "object": Word(
        kind="objection",
        told="a reasoned doubt about notices of others (--cite): they are marked disputed and go on standing",
        options=(_words("reason", OBJECTIONS, "why", is_required=True), _NOTE),
    ),
    "agree": Word(
        kind="agreement",
        told="reply to a notice that asks for agreement (--re); a notice that informs has no such reply",
        options=(_words("agreement", AGREEMENTS, "what you reply", is_required=True), _NOTE),
        has_place=True,
    ),
    "contact": Word(
        kind="contact",
        told="a call, radio contact, stamped paper or meeting outside the system, about --re or --cite",
        options=(
            Option(field="whom", read="text", told="who was reached", is_required=True),
            Option(field="party", read="party", told="whose"),
            Option(field="at_ms", read="time", told="when (now unless given)", otherwise="now"),
            _words("channel", CHANNELS, "by what", is_required=True),
            _words("result", CONTACT_RESULTS, "with what result", is_required=True),
            Option(field="read_back", read="text", told="the words or code read back", otherwise=""),
            Option(field="scan", read="digest", told="a paper's or recording's salted hash (43 letters)"),
            _MEMBER,
        ),
    ),
    "line": Word(
        kind="line_check",
        told="answer a line check of your desk over a channel, or say what came of trying another's; routine or drill",
        options=(
            _words("check", LINE_CHECKS, "routine or drill", otherwise="routine"),
            Option(
                field="desk",
                read="desk",
                told="which desk (22 letters); your own unless given",
                otherwise="own",
            ),
            Option(field="channel", read="text", told="which channel", is_required=True),
            _words("result", LINE_RESULTS, "what came of it", otherwise="answered"),
            Option(field="seconds", read="integer", told="how long it took"),
        ),
    ),
    "translate": Word(
        kind="translation",
        told="the words of a statement (--re) in another language, beside the original",
        options=(
            _words("lang", LANGUAGES, "into which language", is_required=True),
            Option(field="text", read="text", told="the translation", is_required=True),
            _words("by", TRANSLATORS, "human or machine", is_required=True),
            Option(
                field="translator", read="text", told="who: a pseudonym, or the program", is_required=True
            ),
        ),
    ),
}


def add_parser(subparsers: Any) -> None:
    """Add a parser for each verb."""
    for verb, word in VERBS.items():
        parser = subparsers.add_parser(verb, description=word.told)
        add_desk_options(parser)
        if word.has_place:
            add_place_options(parser, is_required=word.needs_place)
            parser.add_argument(
                "--start", metavar="TIME", help="from when it concerns the place (now unless given)"
            )
            parser.add_argument("--end", metavar="TIME", help="until when (the start unless given)")
        for option in word.options:
            parser.add_argument(
                "--" + _name(option),
                dest="said_" + option.field,
                required=option.is_required,
                choices=sorted(option.words) or None,
                metavar=None if option.words else _METAVARS.get(option.read, option.read.upper()),
                help=option.told,
                action="append" if option.read == "parties" else "store",
            )
        parser.add_argument(
            "--note-language", default="und", help="of free text: en, fr, ar, ru, uk, tr, es, zh, und"
        )
        parser.add_argument(
            "--to",
            action="append",
            default=[],
            metavar="NAME",
            help="whom it is told; any for all; unless given, whom it answers or concerns",
        )
        parser.add_argument(
            "--re", action="append", default=[], metavar="SID", help="the statement that it is about"
        )
        parser.add_argument(
            "--cite", action="append", default=[], metavar="REF", help="the notice that it is about"
        )


def _name(option: Option) -> str:
    return option.field.removesuffix("_ms").replace("_", "-")


def run(arguments: argparse.Namespace) -> int:
    """Say one word. 0 if it counts, 1 if it is on record without the effect that was meant."""
    word = VERBS[arguments.command]
    with Line.of(arguments.home, arguments.seat) as line:
        to = line.recipients(arguments.to) or audience(line, word.kind, arguments)
        is_call = word.kind == "emergency" and arguments.said_part in (None, "call")
        if is_call:
            print(said("goes_at_once", language_of(arguments), names=told_names(line, to)), file=sys.stderr)
        body = {"type": word.kind} | {option.field: _read(option, arguments, line) for option in word.options}
        if word.has_place:
            body["volumes"] = _volumes(arguments)
        draft = Draft(
            kind=word.kind,
            forms={"exact": [body]},
            to=to,
            under=line.under,
            re=[from_b64u(text, 32, "--re") for text in arguments.re],
            cites=[reference(text) for text in arguments.cite] or None,
            inbox=line.inbox_head(),
        )
        try:
            filed = line.say(draft)
        except Unavailable:
            if is_call:
                print(said("not_sent", language_of(arguments)), file=sys.stderr)
                _print_telephones(line, to, kept_asleep(line))
            raise
        if is_call:  # it rang before this is asked
            _print_telephones(line, to, asleep(line))
        _tell(arguments, line, filed, to)
    return 0 if filed.effect == "in_force" else 1


def _tell(arguments: argparse.Namespace, line: Line, filed: Filed, to: Sequence[Recipient]) -> None:
    if arguments.json:
        print_json(filed_value(filed))
        return
    language = language_of(arguments)
    marks = f" ({', '.join(shown('marks', one, language) for one in filed.marks)})" if filed.marks else ""
    effect = (
        filed.effect.replace("_", " ") if language is None else shown("effects", filed.effect, language)
    ) + marks
    print(said("on_record", language, index=filed.index, effect=effect, sid=b64u(filed.sid)))
    if to:
        print(said("told_to", language, names=told_names(line, to)))
    else:
        print(said("told_to_nobody", language, option="--to NAME"))


def _print_telephones(line: Line, to: Sequence[Recipient], unwoken: Collection[str]) -> None:
    """The telephones of the desks that are called, from the device if there is no line; those that nothing wakes first."""
    called = {one.party for one in to}
    rows = [
        (
            party["name"],
            desk["name"],
            "CANNOT BE WOKEN: ring now" if desk["desk"] in unwoken else "",
            "  ".join(desk["phones"]) or "no number is enrolled",
        )
        for party in line.parties()
        for desk in party["desks"]
        if party["party"] != b64u(line.seat.party)
        and (None in called or from_b64u(party["party"], 16, "party") in called)
        and party["party_type"] != "service"
    ]
    rows.sort(key=lambda row: not row[2])
    print_table(("called", "desk", "by channels", "telephones"), rows, file=sys.stderr)


def _volumes(arguments: argparse.Namespace) -> list[Any]:
    if arguments.at is None and arguments.geojson is None:
        return []
    start_ms = instant_ms(arguments.start, "--start", arguments.zone)
    end_ms = start_ms if arguments.end is None else instant_ms(arguments.end, "--end", arguments.zone)
    placed = read_place(arguments)
    confirm(placed, yes=arguments.yes)
    return [
        volume_to_value(one)
        for one in volumes_of(placed, arguments, Interval(start_ms=start_ms, end_ms=end_ms))
    ]


def _read(option: Option, arguments: argparse.Namespace, line: Line) -> Any:
    text = getattr(arguments, "said_" + option.field)
    given = option.otherwise if text is None else text
    if given is None:
        return None
    match option.read:
        case "word" | "text":
            return given
        case "integer":
            return _integer(option, given)
        case "time":
            return instant_ms(
                None if given == "now" else given, "--" + _name(option), getattr(arguments, "zone", None)
            )
        case "note":
            return {"lang": arguments.note_language, "text": given}
        case "party":
            return b64u(line.party(given))
        case "parties":
            return [b64u(line.party(name)) for name in given]
        case "digest":
            return b64u(from_b64u(given, 32, "--" + _name(option)))
        case "desk" if given == "own":
            return b64u(line.seat.desk)
        case "desk":
            return b64u(from_b64u(given, 16, "--" + _name(option)))
        case kind:
            raise AssertionError(f"{kind} is in the table and nobody reads it")


def _integer(option: Option, given: Any) -> int:
    if isinstance(given, int):
        return given
    if not given.isascii() or not given.isdigit():
        raise Malformed("--" + _name(option), f"{given!r} is not a whole number", "write digits")
    return int(given)
