"""Filing for somebody else: whose it is, what the owner agreed to, when, for whom, and by which evidence (G1)."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from standclear.cli.line import Line
from standclear.cli.options import instant_ms
from standclear.errors import Malformed
from standclear.statements.canonical import from_b64u
from standclear.statements.notices import Owner

ANY = "any"


def add_consent_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of a filing for somebody else."""
    parser.add_argument("--owner", metavar="NAME", help="whose it is, where you file for somebody else")
    parser.add_argument("--consent", metavar="TEXT", help="what the owner agreed to, in words")
    parser.add_argument("--consented", metavar="TIME", help="when the owner agreed")
    parser.add_argument(
        "--consent-to",
        action="append",
        metavar="NAME",
        help="a recipient that the owner agreed to; any for all",
    )
    parser.add_argument(
        "--evidence", metavar="HASH", help="the salted hash of the paper or recording (43 letters)"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentTerms:
    """What is said of every owner alike; a list's own columns say the name and the words of each."""

    name: str | None
    consent: str
    consented_ms: int
    consent_to: tuple[bytes, ...] | None
    evidence: bytes | None

    def owner(self, name: str = "", consent: str = "") -> Owner:
        """The owner of one item, by name and words of its own where it has them.

        Raises:
            Malformed: nobody says whose it is, or what they agreed to.
        """
        called, words = name or self.name or "", consent or self.consent
        if not called:
            raise Malformed("--owner", "nobody says whose it is", "give --owner NAME, or fill in the column")
        if not words:
            raise Malformed("--consent", f"nothing says what {called} agreed to", "give --consent TEXT")
        return Owner(
            name=called[:200],
            consent=words[:500],
            consented_ms=self.consented_ms,
            consent_to=self.consent_to,
            evidence=self.evidence,
        )


def read_consent(arguments: argparse.Namespace, line: Line) -> ConsentTerms | None:
    """The terms that the options state; None where the desk files for itself.

    Raises:
        Malformed: a consent without its time or its recipients: then it is none that could be shown.
    """
    given = (
        arguments.owner,
        arguments.consent,
        arguments.consented,
        arguments.consent_to,
        arguments.evidence,
    )
    if all(one is None for one in given):
        return None
    for option, value in (("--consented", arguments.consented), ("--consent-to", arguments.consent_to)):
        if value is None:
            raise Malformed(option, "a consent says when it was given, and for whom", f"give {option}")
    named = arguments.consent_to
    return ConsentTerms(
        name=arguments.owner,
        consent=arguments.consent or "",
        consented_ms=instant_ms(arguments.consented, "--consented", arguments.zone),
        consent_to=None if ANY in named else tuple(line.party(one) for one in named),
        evidence=None if arguments.evidence is None else from_b64u(arguments.evidence, 32, "--evidence"),
    )
