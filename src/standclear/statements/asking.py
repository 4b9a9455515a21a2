"""Questions and what was seen: inquiries with their answers, observations, translations, contacts outside the system."""

from __future__ import annotations

from dataclasses import dataclass

from standclear.errors import Malformed
from standclear.spacetime.units import FOREVER_MS
from standclear.spacetime.volume import Volume, volume_from_value, volume_to_value
from standclear.statements.canonical import Value, b64u
from standclear.statements.fields import Fields
from standclear.statements.notices import LANGUAGES, VOLUMES_MAX, Note, read_note
from standclear.statements.replies import code_read_back

ANSWERS = frozenset({"these", "none_that_we_declare", "declined"})
RELIABILITY = frozenset({"a", "b", "c", "d", "e", "f"})  # source: completely reliable … cannot be judged
CREDIBILITY = frozenset({"1", "2", "3", "4", "5", "6"})  # content: confirmed … cannot be judged
CHANNELS = frozenset(
    {"call", "radio", "message", "stamped_paper", "meeting", "email", "link", "code", "other"}
)
CONTACT_RESULTS = frozenset(
    {"told", "read_back_correct", "read_back_wrong", "no_answer", "refused", "answered", "recalled"}
)
TRANSLATORS = frozenset({"human", "machine"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """What of yours is in this volume, then? Answered until `answer_by_ms`; silence is no answer, and never none."""

    volumes: tuple[Volume, ...]
    answer_by_ms: int
    note: Note | None

    def to_value(self) -> Value:
        return {
            "answer_by_ms": self.answer_by_ms,
            "note": None if self.note is None else self.note.to_value(),
            "type": "inquiry",
            "volumes": [volume_to_value(one) for one in self.volumes],
        }


def read_inquiry(fields: Fields) -> Inquiry:
    return Inquiry(
        volumes=fields.many("volumes", volume_from_value, VOLUMES_MAX, least=1),
        answer_by_ms=fields.integer("answer_by_ms", 0, FOREVER_MS),
        note=fields.one_or_none("note", read_note),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The signed reply to the inquiry in `re`: these (in `cites`), none that we declare until a time, or declined (G26)."""

    answer: str
    until_ms: int | None
    note: Note | None

    def to_value(self) -> Value:
        return {
            "answer": self.answer,
            "note": None if self.note is None else self.note.to_value(),
            "type": "answer",
            "until_ms": self.until_ms,
        }


def read_answer(fields: Fields) -> Answer:
    answer = Answer(
        answer=fields.choice("answer", ANSWERS),
        until_ms=fields.integer_or_none("until_ms", 0, FOREVER_MS),
        note=fields.one_or_none("note", read_note),
    )
    if (answer.answer == "none_that_we_declare") != (answer.until_ms is not None):
        raise Malformed(
            f"{fields.path}.until_ms", "none that we declare, and only that, says until when", "mend it"
        )
    return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What somebody saw of someone else, with source and grade. It is compared with notices, and never is one.

    `about` is the party it is about, if known; `reliability` grades the source and `credibility` the content (the usual
    six by six); `media` is the salted hash of a picture or recording.
    """

    volumes: tuple[Volume, ...]
    what: str
    about: bytes | None
    source: str
    link: str
    media: bytes | None
    reliability: str
    credibility: str

    def to_value(self) -> Value:
        return {
            "about": None if self.about is None else b64u(self.about),
            "credibility": self.credibility,
            "link": self.link,
            "media": None if self.media is None else b64u(self.media),
            "reliability": self.reliability,
            "source": self.source,
            "type": "observation",
            "volumes": [volume_to_value(one) for one in self.volumes],
            "what": self.what,
        }


def read_observation(fields: Fields) -> Observation:
    return Observation(
        volumes=fields.many("volumes", volume_from_value, VOLUMES_MAX, least=1),
        what=fields.text("what", 1_000, 1),
        about=fields.raw_or_none("about", 16),
        source=fields.text("source", 300, 1),
        link=fields.text("link", 500),
        media=fields.raw_or_none("media", 32),
        reliability=fields.choice("reliability", RELIABILITY),
        credibility=fields.choice("credibility", CREDIBILITY),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A contact outside the system: whom, when, by what, with what result; the statement of the desk that made it (G1).

    What it was about: `re` or `cites`. `read_back` holds the words or code read back; `scan` the salted hash of a paper
    or recording. An answer so given is *attested*, never counted as signed. `recalled`: the copy of that code was handed
    back or destroyed.
    """

    whom: str
    party: bytes | None
    at_ms: int
    channel: str
    result: str
    read_back: str
    scan: bytes | None
    member: str

    def copy_code(self) -> str | None:
        """The code of the copy that somebody read back or handed back; None of every other contact."""
        is_of_one = self.result == "recalled" or (
            self.result == "read_back_correct" and self.channel == "code"
        )
        return code_read_back(self.read_back) if is_of_one else None

    def to_value(self) -> Value:
        return {
            "at_ms": self.at_ms,
            "channel": self.channel,
            "member": self.member,
            "party": None if self.party is None else b64u(self.party),
            "read_back": self.read_back,
            "result": self.result,
            "scan": None if self.scan is None else b64u(self.scan),
            "type": "contact",
            "whom": self.whom,
        }


def read_contact(fields: Fields) -> Contact:
    return Contact(
        whom=fields.text("whom", 200, 1),
        party=fields.raw_or_none("party", 16),
        at_ms=fields.integer("at_ms", 0, FOREVER_MS),
        channel=fields.choice("channel", CHANNELS),
        result=fields.choice("result", CONTACT_RESULTS),
        read_back=fields.text("read_back", 500),
        scan=fields.raw_or_none("scan", 32),
        member=fields.text("member", 64, 1),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """The words of the statement in `re`, in another language, by whom: beside the original, never in its place (G13)."""

    lang: str
    text: str
    by: str
    translator: str

    def to_value(self) -> Value:
        return {
            "by": self.by,
            "lang": self.lang,
            "text": self.text,
            "translator": self.translator,
            "type": "translation",
        }


def read_translation(fields: Fields) -> Translation:
    return Translation(
        lang=fields.choice("lang", LANGUAGES),
        text=fields.text("text", 10_000, 1),
        by=fields.choice("by", TRANSLATORS),
        translator=fields.text("translator", 64, 1),
    )
