"""Every limit of Standclear, with its reason. A new queue, list, loop, request or file starts here."""

from __future__ import annotations

from typing import Final

# --- statements -----------------------------------------------------------------------------------
ENTRY_BYTES_MAX: Final = 65_535  # tlog-tiles: an entry bundle has 16-bit lengths
PAYLOAD_BYTES_MAX: Final = 32_768  # base64 in an envelope must fit an entry with room for signatures
NESTING_MAX: Final = 16  # deeper JSON is refused before it is parsed
INTEGER_MAX: Final = 2**53 - 1  # integers that every JSON reader keeps exactly
ITEMS_MAX: Final = 4_096  # items of one statement: a bulk list stays a few dozen entries
SLOTS_MAX: Final = 256  # recipients of one statement, padded to a power of two
REPLIES_MAX: Final = 16  # statements that one statement answers
SIGNERS_MAX: Final = 4  # keys that sign one statement together
HEADS_SEEN_MAX: Final = 4  # heads of logs that a statement may carry
CITES_MAX: Final = 65_536  # notices one activity may cite; above it the activity is a blanket one
BODY_BYTES_MAX: Final = 262_144  # one item's body, 4,096 vertices and their words
SUBMISSION_BYTES_MAX: Final = 16 * 1024 * 1024  # one submission with all its bodies and annexes

# --- spacetime ------------------------------------------------------------------------------------

# --- dialects -------------------------------------------------------------------------------------

# --- tlog -----------------------------------------------------------------------------------------

# --- flow, stores, web ----------------------------------------------------------------------------
