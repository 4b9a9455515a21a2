"""Forgetting: what the folds that keep words of a body do when the deeds say that it was shredded.

A live book and one that was rebuilt without the body then hold the same, and nobody is answered from memory with what was
to be gone.
"""

from __future__ import annotations

from standclear.conflicts.register import Register
from standclear.conflicts.sayings import Sayings
from standclear.obligations.erasures import Erasures
from standclear.obligations.ledger import Ledger
from standclear.statements.asking import Observation
from standclear.statements.calls import Claim
from standclear.statements.deeds import ShreddedRecord
from standclear.statements.notices import Notice
from standclear.statements.replies import Dissemination
from standclear.statements.traces import read_trace_alone


def forget(
    register: Register,
    sayings: Sayings,
    ledger: Ledger,
    erasures: Erasures,
    record: ShreddedRecord,
    index: int,
) -> None:
    """Keep of a body what its trace keeps. `index` is that of the deeds that say so.

    Raises:
        Malformed: the trace is none. The service's own deeds hold no such.
    """
    sid = record.ref[:32]
    trace = read_trace_alone(record.trace)
    match trace:
        case Notice():
            register.forget(record.ref, trace)
        case Claim() | Observation():
            sayings.forget(sid, trace)
        case Dissemination():
            said = erasures.uttered.get(sid)
            if said is not None:
                ledger.forget(said.party, said.at_ms, trace)
        case _:
            pass
    erasures.shredded(record.ref, record.erasure, index)
