"""`standclear ack`: acknowledge as the person on the desk. A machine's key cannot."""

from __future__ import annotations

import argparse
from typing import Any

from standclear.cli import speech
from standclear.cli.line import Line
from standclear.cli.options import add_desk_options, add_note_options, filed_value, note_of, reference
from standclear.cli.output import print_json
from standclear.cli.phrasing import language_of, said, shown
from standclear.cli.read import opened_ms
from standclear.errors import Malformed
from standclear.statements.canonical import from_b64u
from standclear.statements.compose import Recipient
from standclear.statements.lists import WHOLE_ITEM, split_ref
from standclear.statements.replies import ACKNOWLEDGEMENT_ANSWERS, acknowledgement_tag

TAGS_MAX = 16


def add_parser(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "ack", description="A person on the desk has read it. That is all it says."
    )
    add_desk_options(parser)
    parser.add_argument(
        "what", nargs="*", metavar="SID|REF", help="whole statements (43 letters) or single items (48)"
    )
    parser.add_argument(
        "--span", metavar="START:END", help="inbox positions [START, END), such as a whole list"
    )
    parser.add_argument(
        "--except", dest="exceptions", type=int, action="append", default=[], metavar="POSITION"
    )
    parser.add_argument("--answer", choices=sorted(ACKNOWLEDGEMENT_ANSWERS), default="noted")
    parser.add_argument("--member", required=True, help="your pseudonym in your party's own register")
    parser.add_argument(
        "--quiet-to-sender", action="store_true", help="put it on record without telling the senders"
    )
    add_note_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Acknowledge statements, items, or a span of the inbox."""
    sids = [from_b64u(text, 32, "SID") for text in arguments.what if len(text) == 43]
    refs = [reference(text) for text in arguments.what if len(text) != 43]
    if not (sids or refs or arguments.span):
        raise Malformed("SID", "nothing is named", "name statements or items, or --span START:END")
    span = None if arguments.span is None else _span(arguments.span)
    with Line.of(arguments.home, arguments.seat) as line:
        head = line.inbox_head()
        covered = [one for one in line.client.inbox_brief() if _is_covered(one, sids, refs, span)]
        opened = line.client.inbox_of([reference(one["ref"]) for one in covered[:TAGS_MAX]])
        tags = [
            acknowledgement_tag(from_b64u(one["salt"], 32, "salt"), split_ref(reference(one["ref"]))[0])
            for one in opened
            if one["salt"] is not None
        ]
        senders = sorted({one["sender"] for one in covered})
        to = (
            []
            if arguments.quiet_to_sender
            else [Recipient(party=from_b64u(one, 16, "sender")) for one in senders]
        )
        draft = speech.acknowledgement(
            to,
            line.under,
            member=arguments.member,
            answer=arguments.answer,
            sids=sids,
            refs=refs or None,
            span=span,
            exceptions=arguments.exceptions,
            tags=tags,
            opened_ms=opened_ms(line, {split_ref(reference(one["ref"]))[0] for one in covered}),
            inbox=head,
            note=note_of(arguments),
        )
        filed = line.say(draft)
    if arguments.json:
        print_json(filed_value(filed) | {"covered": len(covered)})
    else:
        language = language_of(arguments)
        marks = f" ({', '.join(shown('marks', one, language) for one in filed.marks)})" if filed.marks else ""
        effect = shown("effects", filed.effect, language) + marks
        count = len(covered) - len(arguments.exceptions)
        print(said("acknowledged", language, count=count, index=filed.index, effect=effect))
    return 0 if filed.effect == "in_force" else 1


def _span(text: str) -> tuple[int, int]:
    start, colon, end = text.partition(":")
    if not colon or not start.isdigit() or not end.isdigit():
        raise Malformed("--span", f"{text!r} is not START:END", "write 0:300")
    return int(start), int(end)


def _is_covered(
    item: dict[str, Any], sids: list[bytes], refs: list[bytes], span: tuple[int, int] | None
) -> bool:
    ref = reference(item["ref"])
    sid, number = split_ref(ref)
    in_span = span is not None and span[0] <= item["position"] < span[1]
    return in_span or ref in refs or (sid in sids and number != WHOLE_ITEM)
