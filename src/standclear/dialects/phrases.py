"""Phrases: what a code says to a person, in six languages, by catalogue (G13). The code is what was said and signed.

One code may stand in several enumerations and mean another thing in each (`denied` of an agreement, `denied` of a
journey), so a phrase is looked up by the enumeration and the code. Catalogues are TOML; whoever reads the file hands
its text in.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Final

from standclear.conflicts.claims import VERDICTS
from standclear.errors import Malformed, NotFound
from standclear.obligations.duties import TRANSITIONS
from standclear.obligations.standby import LINE_STATES, WATCH_STATES
from standclear.statements.arrangement import LEVELS
from standclear.statements.asking import ANSWERS, CHANNELS, CONTACT_RESULTS
from standclear.statements.calls import (
    AGREEMENTS,
    CONSULTATION_REPLIES,
    EMERGENCIES,
    EMERGENCY_ANSWERS,
    LINE_CHECKS,
    LINE_RESULTS,
    OBJECTIONS,
    WATCH_PARTS,
)
from standclear.statements.deeds import EFFECTS, LINE_ANSWERED
from standclear.statements.header import KINDS, NOTICE_KINDS
from standclear.statements.moving import OUTCOMES, STAGES
from standclear.statements.notices import GRADES
from standclear.statements.replies import ACKNOWLEDGEMENT_ANSWERS, MEANS
from standclear.statements.total import MEASURES

LANGUAGES: Final = ("en", "fr", "ar", "ru", "uk", "tr")
RIGHT_TO_LEFT: Final = frozenset({"ar"})

MARKS: Final = frozenset(
    {
        "adheres_to_replaced", "adheres_to_unknown", "answers_unknown", "attests_for_another",
        "beyond_consent", "beyond_inbox", "beyond_release", "blanket", "consent_later", "copy_unknown",
        "correction", "desk_unknown", "disputes_unknown", "ends_ended", "ends_not_yours", "ends_replaced",
        "ends_unknown", "erased_already", "erases_not_yours", "erases_unknown", "fork", "gap",
        "grade_unproven", "holds_gone", "holds_unknown", "inbox_unproven", "late", "lifts_unknown",
        "machine_key", "never_erased", "not_a_party_of_it", "not_all_told", "not_called", "not_its_holder",
        "not_released_to_you", "not_unchanged", "not_your_movement", "only_the_caller_ends_it",
        "only_the_holder_lifts_it", "over_quota", "over_total", "owner_is_filer", "replaces_ended",
        "replaces_not_yours", "replaces_replaced", "replaces_unknown", "same_seat", "seen_unproven", "stale",
        "still_open", "still_stands", "suspended", "takes_force", "terminated", "too_narrow",
        "total_unstated", "tried_by_another", "under_dispute", "under_hold", "under_incident",
        "waits_for_adherence", "waits_for_signature", "waits_too_long", "was_not_asked", "watch_not_held",
        "watch_taken_twice", "within_retention",
    }
)  # fmt: skip
"""Every mark that an entry may earn. A test compares them with the code that puts them."""

CONDITIONS: Final = frozenset(
    {"current", "not_yet", "lapsed", "stale", "overdue", "over", "replaced", "ended", "said"}
)
"""What the clock and its owner say of a notice; `said` is a word that is no notice."""

MATTERS: Final = frozenset({"open", "answered", "no answer", "ended"})
"""What becomes of what was asked or called."""

DESKS: Final = frozenset({*WATCH_STATES, *LINE_STATES, "cannot_be_woken"})
"""How ready a desk is, as its watches, its line checks and its channels say."""

ASKED: Final = NOTICE_KINDS | {"consultation", "emergency", "inquiry", "line_check"}
"""What a message may ask an answer to."""

REPLY: Final = frozenset(
    {
        "about", "answered", "attested", "deadline", "done", "expired", "items", "key", "locked", "once", "protection",
        "question", "reference", "title", "unknown", "used",
    }
)  # fmt: skip
"""The lines of the page that answers without a key."""
SENTENCES: Final = frozenset(
    {
        "on_record", "told_to", "told_to_nobody", "goes_at_once", "not_sent", "released_to", "released_to_nobody",
        "nothing_meets", "nothing_released", "must_cite", "call_first", "file_again", "acknowledged",
    }
)  # fmt: skip
"""What the commands say of what was said; {names} are filled in, the same ones in every language."""

CODES: Final[Mapping[str, Set[str]]] = {
    "acknowledgements": ACKNOWLEDGEMENT_ANSWERS,
    "agreements": AGREEMENTS,
    "alike": frozenset({"near", "same_name"}),
    "asked": ASKED,
    "conditions": CONDITIONS,
    "consultation_replies": CONSULTATION_REPLIES,
    "contact_channels": CHANNELS,
    "contact_results": CONTACT_RESULTS,
    "desks": DESKS,
    "effects": EFFECTS,
    "emergencies": EMERGENCIES,
    "emergency_answers": EMERGENCY_ANSWERS,
    "grades": GRADES,
    "inquiry_answers": ANSWERS,
    "kinds": KINDS,
    "levels": LEVELS,
    "line_answers": frozenset({LINE_ANSWERED}),
    "line_checks": LINE_CHECKS,
    "line_results": LINE_RESULTS,
    "marks": MARKS,
    "matters": MATTERS,
    "means": MEANS,
    "measures": MEASURES,
    "objections": OBJECTIONS,
    "outcomes": OUTCOMES,
    "reply": REPLY,
    "rungs": frozenset({state for before, _, after in TRANSITIONS for state in (before, after)}),
    "sentences": SENTENCES,
    "stages": STAGES,
    "verdicts": frozenset(VERDICTS),
    "watch_parts": WATCH_PARTS,
}
"""Every code a desk reads, by its enumeration: the sections of a catalogue, none missing and none extra."""


def isolate(text: str) -> str:
    """A text that keeps its own direction within a text of another: Unicode's first strong isolate, and its end."""
    return f"\u2068{text}\u2069"


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """One language's phrases. `is_right_to_left` says how a page sets them."""

    language: str
    is_right_to_left: bool
    phrases: Mapping[tuple[str, str], str]

    def sentence(self, code: str, named: Mapping[str, str]) -> str:
        """A sentence with its blanks filled in; set from right to left, each is kept in its own direction.

        Raises:
            NotFound: there is no such sentence.
        """
        said = self.phrase("sentences", code)
        isolated = {name: isolate(value) for name, value in named.items()} if self.is_right_to_left else named
        return said.format(**isolated)

    def phrase(self, section: str, code: str) -> str:
        """What a code of an enumeration says in this language.

        Raises:
            NotFound: there is no such code in that enumeration.
        """
        found = self.phrases.get((section, code))
        if found is None:
            raise NotFound(kind=f"code of {section}", id=code, language=self.language)
        return found


def read_catalogue(text: str, language: str) -> Catalogue:
    """A catalogue of a language, read whole or refused.

    Raises:
        Malformed: not TOML, another language's, a section or code that is missing or not known, or an empty phrase.
    """
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Malformed("catalogue", str(error), "mend the file at that line") from None
    if found.pop("language", None) != language:
        raise Malformed("catalogue.language", f"not {language!r}", "name the language of the file")
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    if found.pop("direction", None) != direction:
        raise Malformed("catalogue.direction", f"not {direction!r}", f"{language} is set {direction}")
    _check_names("catalogue", found, CODES.keys())
    phrases: dict[tuple[str, str], str] = {}
    for section, codes in CODES.items():
        path = f"catalogue.{section}"
        said = found[section]
        if type(said) is not dict:
            raise Malformed(path, "not a table", f"write [{section}]")
        _check_names(path, said, codes)
        for code, phrase in said.items():
            if type(phrase) is not str or not phrase.strip():
                raise Malformed(f"{path}.{code}", "no phrase", "write a short plain phrase")
            phrases[section, code] = phrase
    return Catalogue(language=language, is_right_to_left=direction == "rtl", phrases=phrases)


def _check_names(path: str, found: Mapping[str, object], wanted: Set[str]) -> None:
    missing, extra = sorted(wanted - found.keys()), sorted(found.keys() - wanted)
    if missing:
        raise Malformed(path, f"without {', '.join(missing)}", "say every code there is")
    if extra:
        raise Malformed(
            path, f"{', '.join(extra)} is no code", "take it out, or name the code as the format does"
        )
