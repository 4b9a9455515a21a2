"""Every limit of Standclear, with its reason. A new queue, list, loop, request or file starts here."""

from __future__ import annotations

from typing import Final

# --- statements -----------------------------------------------------------------------------------
ENTRY_BYTES_MAX: Final = 65_535  # tlog-tiles: an entry bundle has 16-bit lengths
PAYLOAD_BYTES_MAX: Final = 32_768  # base64 in an envelope must fit an entry with room for signatures
NESTING_MAX: Final = 16  # deeper JSON is refused: no field of ours needs more
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
VERTICES_MAX: Final = 4_096  # of one shape: a body's size, and a decision's time, stay bounded
PIECES_MAX: Final = 65_536  # of one shape: longer edges are cut into more pieces, which a decision may visit
RADIUS_CM_MAX: Final = 100_000_000  # 1,000 km: no known hazard is larger; boxes are certified up to it
HORIZONTAL_MARGIN_CM_MAX: Final = 100_000_000  # 1,000 km, for the same reason
VERTICAL_MARGIN_CM_MAX: Final = 200_000_000  # the height at which a band counts as unbounded
TIME_MARGIN_MS_MAX: Final = 31_622_400_000  # 366 days: a longer margin separates nothing
VERTICES_KEPT_MAX: Final = 65_536  # of outlines, a generation of two: 1.1 kB each, 150 MB at worst
PLACES_KEPT_MAX: Final = 65_536  # places in memory: about 25 MB

# --- dialects -------------------------------------------------------------------------------------
POSITION_CHARACTERS_MAX: Final = 120  # a position in words, both axes spelt out; longer holds something else
TIME_CHARACTERS_MAX: Final = 80  # a window of two dates with a zone's name; longer holds something else
COMMAS_BETWEEN_DIGITS_MAX: Final = 5  # each doubles the ways to cut a text; six numbers of a place have five
NAME_BEARERS_MAX: Final = 50  # sites of one name: a name that more bear says nothing, and its pairs are many
DUPLICATE_REACH_CM_MAX: Final = 1_000_000  # 10 km: what lies farther apart is not one thing told twice
TABLE_BYTES_MAX: Final = 64 * 1024 * 1024  # one list as a file, unpacked: 250,000 rows of 250 characters
TABLE_ROWS_MAX: Final = 250_000  # rows of one list: two and a half times the largest public list of sites
TABLE_COLUMNS_MAX: Final = 256  # columns of one list: wider is no list of sites
GEOJSON_VERTICES_MAX: Final = 100_000  # vertices of one file; a single body holds 4,096 (BODY_BYTES_MAX)

# --- tlog -----------------------------------------------------------------------------------------
PUBLIC_KEYS_CACHED_MAX: Final = 4_096  # loaded public keys: every desk of a large arrangement, about 1 MB
TREE_SIZE_MAX: Final = 2**63 - 1  # C2SP and Go readers count leaves in a signed 64-bit integer
NOTE_BYTES_MAX: Final = 512 * 1024  # room for 100 ML-DSA-44 lines of 3.3 kB
NOTE_SIGNATURES_MAX: Final = 100  # signed-note asks for at least 16; Go readers stop at 100
POLICY_BYTES_MAX: Final = 1024 * 1024  # a trust policy with every allowed line in ML-DSA-44 keys
POLICY_NAMES_MAX: Final = 256  # logs, witnesses and groups of one policy, each; tlog-policy asks for 32
PROOF_EXTRA_BYTES_MAX: Final = 48_000  # opaque bytes beside a tlog-proof: Go readers stop at lines of 64 KiB
PROOF_HASHES_MAX: Final = 63  # the depth of the largest tree; also the most a witness accepts

# --- dossier --------------------------------------------------------------------------------------
DOSSIER_BYTES_MAX: Final = 2 * 1024**3  # one dossier, read into memory whole: a million entries with bodies
RECORDS_MAX: Final = 10_000_000  # records of one list, leaves of one inbox: more than a year tells one party
FINDINGS_SHOWN_MAX: Final = 40  # findings of one check printed for a person; --json has them all
LATE_MS: Final = 60_000  # a statement integrated this long after it was stated is named in the report

# --- flow, stores, web ----------------------------------------------------------------------------
INSERTS_WAITING_MAX: Final = 512  # notices that wait to enter the native index together: under 2 ms of work
GATHER_MS: Final = 5  # a batch waits this long for company: one sync to disk for all of it
BATCH_STATEMENTS_MAX: Final = 256  # statements of one batch: bounds the wait of the first of them
BATCH_STEPS_MS: Final = 40  # a batch is stepped so long without a pause: a stop-fire rings within 200 ms
WAITING_STATEMENTS_MAX: Final = 8_192  # statements waiting for a batch; more are told to try again
PARSED_AT_ONCE_MAX: Final = 64  # submissions given to the second process at a time: 15 ms of its work
PARSED_APART_BYTES: Final = 65_536  # a larger submission is parsed in a thread of its own
DEEDS_EVERY_MS: Final = 250  # the service says what it did at least this often
PUBLISH_EVERY_MS: Final = 1_000  # a published head at most this often, when the log has grown
CLOCK_ALARM_MS: Final = 5_000  # a clock that jumped this far makes nothing fall due
CLOCK_STOP_MS: Final = 60_000  # beyond this nothing is sequenced without an operator's word
STORE_PAGE_ENTRIES: Final = 256  # entries read from a store at a time: 17 MB at most, no long transaction
STORE_CACHE_KIB: Final = 65_536  # pages kept by the writer: the index of a million statements' sids fits
STORE_WAL_PAGES: Final = 4_096  # 16 MiB of write-ahead log at most: few stalls, quick to recover
STORE_BUSY_MS: Final = 5_000  # how long a connection waits for the lock of another; longer is a fault
SESSION_MS: Final = 43_200_000  # a desk proves itself anew once a watch: twelve hours
CHALLENGE_MS: Final = 120_000  # a challenge is answered by a machine, or a person with a token, in 2 minutes
SESSIONS_PER_KEY_MAX: Final = 16  # a desk's screens and programs; the oldest ends when one more begins
SESSION_REQUEST_BYTES: Final = 4_096  # a signed request for a session has no place for more
QUESTION_BYTES_MAX: Final = 262_144  # a question holds one volume of 4,096 vertices
BATCH_BYTES_MAX: Final = 32 * 1024 * 1024  # a batch is held in memory until it is answered
BATCH_LINES_MAX: Final = 4_096  # submissions of one batch: two seconds of the whole service
BATCHES_MAX: Final = 4  # batches in memory at once: 128 MiB; the next is told to try again
RESERVED_RATE_S: Final = 2  # calls a second of one caller that has spent its rate: nobody types faster
RESERVED_AT_ONCE_MAX: Final = 64  # read from the reserve at a time, by strangers and by proven desks each
RESERVED_BYTES_MAX: Final = 65_536  # of one submission read from the reserve: a call from a position has 4 kB
RESERVED_BODY_MS: Final = 10_000  # it is whole by then, on a link of 64 kbit/s: a slow sender holds no place
BODY_PAUSE_MS: Final = 20_000  # nothing of a body for so long: its sender is gone, or holds a place
BODY_WHOLE_MS: Final = 900_000  # the longest body takes 15 minutes on a link of 150 kbit/s
INBOX_PAGE_MAX: Final = 1_000  # releases of one answer: a megabyte or two, a tenth of a second
INBOX_BRIEF_PAGE_MAX: Final = 10_000  # releases of one page without their bodies
OWN_PAGE_MAX: Final = 1_000  # standing notices of one answer, for the same reason
EVENT_PAGE_MAX: Final = 64  # ranges told before the stream lets others have their turn
STREAMS_PER_KEY_MAX: Final = 8  # live streams of one key: each of a desk's screens has one
STREAMS_MAX: Final = 1_024  # live streams in all: each holds a connection and a place among the watchers
HEARTBEAT_MS: Final = 10_000  # a silent stream says that it lives, so that a broken one is noticed
RETRY_MS: Final = 1_000  # a reader whose stream broke waits so long before it comes again
ADDRESS_RATE_S: Final = 200  # requests a second of one address that has not proven whose it is
SESSION_RATE_S: Final = 5_000  # requests a second of one proven desk: above what the service can take in all
RATE_BURST_S: Final = 4  # seconds of its rate that a caller may spend at once after a silence
CALLERS_MAX: Final = 16_384  # callers whose rate is remembered; the one longest silent is forgotten first
RESERVE_STATEMENTS_MAX: Final = 2_048  # places among those waiting that only proven desks may take
CONNECTIONS_MAX: Final = 4_096  # open connections: twice the streams, and room for those who submit
KEEP_ALIVE_S: Final = 75  # a silent connection is kept so long: a desk's next statement needs no new one
STOPPING_MS: Final = 5_000  # a stop waits so long for answers under way
EFFECT_SEARCH_ENTRIES: Final = 8_192  # entries between a statement and the deeds that tell of it
DOSSIERS_MAX: Final = 2  # gathered at once: each reads the whole log and holds what it gathers
RELEASED_MAX: Final = 4_096  # notices of one copy: more are no sheet that anybody reads
CLAIMS_PAGE_MAX: Final = 100  # claims of one answer: each is held against every notice of the log
COPIES_PAGE_MAX: Final = 1_000  # copies of one answer: a year of a busy desk's copies that are still held
COPY_LATE_RELEASES_MAX: Final = 4_096  # looked back at for a new copy: what came as it was made is not missed

# --- duties, channels -----------------------------------------------------------------------------
SHREDDED_AT_ONCE_MAX: Final = 256  # items shredded at a time: traces of half a megabyte in one batch
RINGS_MAX: Final = 1_440  # of one call and desk: two days of a ring every two minutes, then it is not unheard
LINE_EVERY_MIN: Final = 600_000  # line checks every ten minutes at most: more would wear out who answers them
DUTY_OVERLAP_MS: Final = 120_000  # looked back each time: a batch may become durable after it was stepped
DUTIES_EVERY_MS: Final = 1_000  # what falls due by the clock is looked for this often
CHANNEL_TRY_MS: Final = 20_000  # one attempt at a channel: a server that says nothing so long is not there
CHANNEL_TRIES_MAX: Final = 12  # attempts of one message: with the pauses between them, about two hours
CHANNEL_PAUSE_MS: Final = 2_000  # the first pause after a failed attempt; each next one is twice as long
CHANNEL_PAUSE_MAX: Final = 1_800_000  # the longest pause: half an hour
CARRIED_AT_ONCE_MAX: Final = 32  # messages under way: one slow server holds a few, and stop-fire none
OUTBOX_PAGE_ENTRIES: Final = 256  # messages taken from the outbox at a time, the most urgent first
UNRECORDED_PAGE_ENTRIES: Final = 1_024  # ended messages said at a time: one deeds statement holds them
OUTBOX_RESERVE_BYTES: Final = 8_388_608  # 8 MiB of the disk are kept for calls
OUTBOX_RESERVE_STEP_BYTES: Final = 524_288  # given up for one call: the next fifteen find theirs
DISK_RESERVE_BYTES: Final = 67_108_864  # below 64 MiB free only stop-fire is taken, with its deeds
DISK_CALLS_BYTES: Final = 4_194_304  # below 4 MiB free nothing is appended: a failed write stops it
WARNINGS_MAX: Final = 8  # warnings before one notice lapses: more are read by nobody
WARNED_TOGETHER_MS: Final = 86_400_000  # warnings of one day are one message: 222 sites of a list of 20,000
CARRIED_SAID_MAX: Final = 200  # letters of what a channel said: a relay's line with its number and reason
REPLY_CODE_BYTES: Final = 16  # a reply code is 128 bits of chance: guessing it is hopeless
REPLY_LIFE_MS: Final = 604_800_000  # a link answers for a week: others read old mailboxes
REPLY_REQUEST_BYTES: Final = 4_096  # an answer is one word; a gateway says of a text a few lines
REPLY_WRONG_MS: Final = 3_600_000  # wrong codes are remembered for an hour
REPLY_WRONG_MAX: Final = 20  # wrong links of one address an hour: mail programs break some
REPLY_WRONG_ALL_MAX: Final = 1_000  # wrong links of everybody an hour: more are no accident
SHORT_CODE_BYTES: Final = 5  # forty bits are eight characters to type; they count from one telephone only
SHORT_WRONG_MAX: Final = 5  # wrong codes of one telephone an hour: each has one chance in 10^12
SHORT_WRONG_ALL_MAX: Final = 100  # wrong codes of all telephones an hour: senders can be forged
GATEWAY_SKEW_MS: Final = 300_000  # a gateway's signature counts for five minutes: its clock may be off
SIGNING_KEY_CHARACTERS_MIN: Final = 24  # of a gateway: 96 bits in hexadecimal, which nobody tries through
ADDRESSES_MAX: Final = 4_096  # addresses of one service: 64 desks of 16 parties, by four channels
DETAILS_MAX: Final = 5  # notices that one message spells out; the rest are counted
