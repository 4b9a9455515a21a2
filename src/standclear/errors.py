"""Every error of Standclear, classed by what the reader should do.

    StandclearError
    ├── Refused            fix the input; nothing was changed
    │   ├── Malformed · BadSignature · UnknownParty · UnknownKey · UnknownSession · NotPermitted
    │   ├── OverLimit · Repeated · WrongLog · NotFound · Ambiguous · ReplyUnknown · ReplyUsed · ReplyExpired
    ├── Unproven           do not believe it
    │   ├── BadNote · BadCheckpoint · BadInclusion · BadConsistency · QuorumMissed · Mismatch
    ├── Unavailable        try again later
    │   ├── StoreUnavailable · ServiceUnavailable · Overloaded · ClockDoubtful
    └── Fatal              stop the process; a restart finds the truth in the log
        ├── ForkSuspected · ClockWentBack · StoreCorrupt · OutcomeUnknown

An error carries fields, and a stable `slug`; its sentence is made from them.
"""

from __future__ import annotations

from typing import ClassVar


class StandclearError(Exception):
    """An error with a stable slug, fields a program can read, and a sentence a person can act on."""

    slug: ClassVar[str] = "error"
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, **fields: object) -> None:
        super().__init__()
        self.fields: dict[str, object] = fields

    def __str__(self) -> str:
        told = "; ".join(f"{name}: {value}" for name, value in self.fields.items() if value not in (None, ""))
        return f"{self.title}: {told}" if told else self.title


class Refused(StandclearError):
    """The input is at fault: nothing was changed, and the remedy says what to mend."""

    slug = "refused"
    title = "Refused"


class Malformed(Refused):
    """A field is not what its format says."""

    slug = "malformed"
    title = "Malformed"

    def __init__(self, field: str, reason: str, remedy: str = "", **more: object) -> None:
        super().__init__(field=field, reason=reason, remedy=remedy, **more)
        self.field = field
        self.reason = reason
        self.remedy = remedy


class Ambiguous(Refused):
    """A text has more than one reading; every reading is given and none is chosen."""

    slug = "ambiguous"
    title = "More than one reading"

    def __init__(
        self, field: str, text: str, readings: tuple[str, ...], remedy: str = "", **more: object
    ) -> None:
        super().__init__(field=field, text=text, readings=list(readings), remedy=remedy, **more)
        self.field = field
        self.readings = readings


class BadSignature(Refused):
    """A signature does not verify, or is not one of the signatures that are required."""

    slug = "bad-signature"
    title = "The signature does not verify"


class UnknownParty(Refused):
    """No such party is enrolled in this log."""

    slug = "unknown-party"
    title = "No such party is enrolled"


class UnknownKey(Refused):
    """The key is not enrolled here, or is retired or revoked."""

    slug = "unknown-key"
    title = "The key is not enrolled, or no longer"


class UnknownSession(Refused):
    """No session was shown, or one that has ended: the desk proves itself with its key and comes again."""

    slug = "unknown-session"
    title = "No session, or no longer"


class NotPermitted(Refused):
    """The party may not do this under the arrangement."""

    slug = "not-permitted"
    title = "Not permitted"


class OverLimit(Refused):
    """A stated limit is exceeded; the limit is named."""

    slug = "over-limit"
    title = "Over a limit"

    def __init__(self, limit: str, most: int, value: int, remedy: str = "") -> None:
        super().__init__(limit=limit, most=most, value=value, remedy=remedy)


class Repeated(Refused):
    """The log holds this statement already; its first place is given."""

    slug = "repeated"
    title = "Already in the log"


class WrongLog(Refused):
    """The statement was made for another log, or an exercise statement for a real log, or the reverse."""

    slug = "wrong-log"
    title = "Made for another log"


class NotFound(Refused):
    """Nothing by that name, or nothing that may be shown to you: the two look the same."""

    slug = "not-found"
    title = "Not found"


class ReplyUnknown(Refused):
    """The code of a reply leads to no message of ours, or to none that may be answered."""

    slug = "reply-unknown"
    title = "No message has this code"


class ReplyUsed(Refused):
    """The code of a reply has been used: the first answer stands."""

    slug = "reply-used"
    title = "Answered already"


class ReplyExpired(Refused):
    """The code of a reply is too old to answer with."""

    slug = "reply-expired"
    title = "Too old to answer with"


class Unproven(StandclearError):
    """Do not believe it: the evidence does not hold. The raw evidence is attached."""

    slug = "unproven"
    title = "Unproven"


class BadNote(Unproven):
    """A signed note is not well formed, or a known signature on it fails."""

    slug = "bad-note"
    title = "The signed note does not hold"


class BadCheckpoint(Unproven):
    """A checkpoint is not well formed, or is not of this log."""

    slug = "bad-checkpoint"
    title = "The checkpoint does not hold"


class BadInclusion(Unproven):
    """An inclusion proof does not lead to the root."""

    slug = "bad-inclusion"
    title = "The entry is not proven to be in the log"


class BadConsistency(Unproven):
    """Two heads of one log are not proven to be one history."""

    slug = "bad-consistency"
    title = "The two heads are not proven to be one history"


class QuorumMissed(Unproven):
    """Too few of the trusted witnesses have cosigned."""

    slug = "quorum-missed"
    title = "Too few witnesses"


class Mismatch(Unproven):
    """A body, slot, list or record is not the one that was committed to."""

    slug = "mismatch"
    title = "Not what was committed to"


class Unavailable(StandclearError):
    """Try again later; nothing is known to be lost."""

    slug = "unavailable"
    title = "Not available now"


class StoreUnavailable(Unavailable):
    """The store cannot take or give anything now (disk full, locked, closed)."""

    slug = "store-unavailable"
    title = "The store does not answer"


class ServiceUnavailable(Unavailable):
    """The service cannot be reached from here."""

    slug = "service-unavailable"
    title = "The service cannot be reached"


class Overloaded(Unavailable):
    """More is waiting than the service will hold; try again after the time given."""

    slug = "overloaded"
    title = "Too much at once"


class ClockDoubtful(Unavailable):
    """The clock has jumped further than the limit: nothing is sequenced until an operator confirms it."""

    slug = "clock-doubtful"
    title = "The clock has jumped"


class Fatal(StandclearError):
    """Stop the process: a restart finds the truth in the log."""

    slug = "fatal"
    title = "Stopped"


class ForkSuspected(Fatal):
    """Somebody holds a signed head of this log that this log does not contain."""

    slug = "fork-suspected"
    title = "A signed head that this log does not contain"


class ClockWentBack(Fatal):
    """The clock is behind the last entry by more than the limit."""

    slug = "clock-went-back"
    title = "The clock went back"


class StoreCorrupt(Fatal):
    """What the store holds does not re-derive to the head that was signed."""

    slug = "store-corrupt"
    title = "The store does not match its own head"


class OutcomeUnknown(Fatal):
    """A commit failed in a way that leaves open whether it happened."""

    slug = "outcome-unknown"
    title = "Whether it was written is unknown"
