"""The page that answers without a key: plain HTML, no scripts, large enough for a telephone, in the reader's language.

It shows a reference, and of places only what the address of the message may be shown. It says that an answer is attested.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import escape

from standclear.dialects.phrases import CODES, LANGUAGES, Catalogue
from standclear.errors import StandclearError
from standclear.flow.outbox import KeptAnswer
from standclear.flow.phrasing import FALLBACK, answer_phrase, catalogue
from standclear.flow.replying import Asked
from standclear.statements.canonical import b64u

_REFUSED = {
    "reply-unknown": "unknown",
    "reply-used": "used",
    "reply-expired": "expired",
    "overloaded": "locked",
}
"""What the page says instead of an error's own sentence, by slug."""


def accepted_language(header: str) -> str:
    """The first of a browser's languages that has a catalogue; English where none has."""
    for part in header.split(","):
        name = part.partition(";")[0].partition("-")[0].strip().lower()
        if name in LANGUAGES:
            return name
    return FALLBACK


def asked_page(asked: Asked, details: Sequence[str], language: str, exercise: str | None) -> str:
    """What a link leads to: its message, and a button for each answer; or the answer that was given."""
    says = catalogue(language)
    parts = [*_about(asked, details, says)]
    if asked.given is not None:
        parts += [_line(says, "used"), _answered(asked.given, says)]
    else:
        buttons = "".join(
            f'<button type="submit" name="answer" value="{code}">{escape(answer_phrase(says, code))}</button>'
            for code in asked.answers
        )
        parts += [f"<p><strong>{_text(says, 'attested')}.</strong> {_text(says, 'once')}.</p>"]
        parts += [_line(says, "question")] if asked.answers == ("heard",) else []
        parts += [f'<form method="post">{buttons}</form>']
    return _page(says, exercise, [*parts, _line(says, "key"), _line(says, "protection")])


def taken_page(kept: KeptAnswer, language: str, exercise: str | None) -> str:
    """An answer was taken: which, when, and that nobody has signed."""
    says = catalogue(language)
    return _page(
        says,
        exercise,
        [_line(says, "done"), _answered(kept, says), *(_line(says, code) for code in ("attested", "key"))],
    )


def refused_page(error: StandclearError, language: str, exercise: str | None) -> str:
    """Why no answer was taken; in the error's own words where the catalogues have none for it."""
    says = catalogue(language)
    code = _REFUSED.get(error.slug)
    told = f'<p lang="en">{escape(str(error))}</p>' if code is None else _line(says, code)
    return _page(says, exercise, [told, _line(says, "key"), _line(says, "protection")])


def _about(asked: Asked, details: Sequence[str], says: Catalogue) -> Iterable[str]:
    parcel, condition = asked.parcel, asked.condition
    word = parcel.word if parcel.word in CODES["asked"] else None
    rows = [
        ("reference", b64u(parcel.sid)[:10]),
        ("about", "" if word is None else says.phrase("asked", word)),
        ("items", str(parcel.end - parcel.start) if parcel.end - parcel.start > 1 else ""),
        ("deadline", "" if parcel.deadline_ms is None else _utc(parcel.deadline_ms)),
    ]
    listed = "".join(f"<dt>{_text(says, code)}</dt><dd>{escape(told)}</dd>" for code, told in rows if told)
    yield f"<dl>{listed}</dl>"
    if condition is not None and condition not in ("current", "not_yet", "said"):
        yield f"<p><strong>{escape(says.phrase('conditions', condition))}</strong></p>"
    if details:
        yield '<ul dir="ltr">' + "".join(f"<li>{escape(one)}</li>" for one in details) + "</ul>"


def _answered(kept: KeptAnswer, says: Catalogue) -> str:
    told = f"{_text(says, 'answered')}: {escape(answer_phrase(says, kept.answer))}"
    return f"<p><strong>{told}</strong> ({_utc(kept.at_ms)})</p>"


def _line(says: Catalogue, code: str) -> str:
    return f"<p>{_text(says, code)}.</p>"


def _text(says: Catalogue, code: str) -> str:
    return escape(says.phrase("reply", code))


def _utc(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _page(says: Catalogue, exercise: str | None, parts: Iterable[str]) -> str:
    title = _text(says, "title")
    mark = "" if exercise is None else f"{exercise} "
    banner = "" if exercise is None else f'<p class="exercise" dir="ltr">{exercise} {exercise} {exercise}</p>'
    direction = "rtl" if says.is_right_to_left else "ltr"
    return (
        f'<!doctype html>\n<html lang="{says.language}" dir="{direction}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f'<title>{mark}{title}</title><link rel="stylesheet" href="style.css"></head>\n'
        f"<body>{banner}<h1>{mark}{title}</h1>\n" + "\n".join(parts) + "\n</body></html>\n"
    )
