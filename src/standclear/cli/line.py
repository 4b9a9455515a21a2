"""A desk's line to its service: what is said is kept in the outbox until its receipt is here."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from standclear.cli.client import Client, Credentials, Filed, Json
from standclear.cli.clock import wall_ms
from standclear.cli.home import DeskFile, Home
from standclear.cli.seat import Seat
from standclear.cli.trust import HeldInbox, Trust
from standclear.errors import Malformed, NotFound, Refused, Unavailable, UnknownParty, Unproven
from standclear.keys import SigningKey
from standclear.statements.canonical import b64u, from_b64u
from standclear.statements.compose import Composed, Draft, Recipient
from standclear.statements.lists import FORMS, TRAVELS, WHENS

_PARTIES = "parties"


class Line:
    """An open line: the home, the client, and the seat that speaks. Use it in a `with`."""

    def __init__(self, home: Home, desk: DeskFile, name: str, seat: Seat) -> None:
        self.home = home
        self.desk = desk
        self.seat_name = name
        self.seat = seat
        self.client = Client(desk.service, Credentials(party=seat.party, desk=seat.desk, key=seat.key))
        self.trust = Trust(home)
        self.is_down = False
        self._names: dict[str, bytes] | None = None

    @classmethod
    def of(cls, home_path: str | None, seat: str | None) -> Line:
        """The line of a desk's home, speaking from a seat (the only person's seat unless named)."""
        home = Home.at(home_path)
        name, sitting = home.read_seat(seat)
        return cls(home, home.desk(), name, sitting)

    def __enter__(self) -> Line:
        try:
            if not self.trust.is_pinned:  # a home that was made before its keys were pinned
                self.trust.pin_shown(self.client.log()["log_keys"])
            self.send_outbox()
        except Unavailable:
            self.is_down = True  # what is said is signed and kept all the same, in its order
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()

    @property
    def under(self) -> bytes:
        """The arrangement that this desk files under.

        Raises:
            NotFound: none was chosen yet.
        """
        if self.desk.under is None:
            raise NotFound(kind="arrangement", remedy="choose one: standclear arrange adhere SID")
        return from_b64u(self.desk.under, 32, "under")

    # --- speaking -----------------------------------------------------------------------------------

    def say(self, draft: Draft, with_keys: Sequence[SigningKey] = ()) -> Filed:
        """Say one thing and keep its receipt; `with_keys` sign it beside the seat's own.

        Raises:
            Refused: it was not taken; it is not in the outbox, and the chain has not moved.
            Unavailable: it stays in the outbox and is sent again with the next command.
            Unproven, ForkSuspected: the receipt does not hold; it stays in the outbox, and nobody is told that it is filed.
        """
        return self.say_all([draft], with_keys=with_keys)[0]

    def half_said(self, draft: Draft, later: Sequence[bytes]) -> Composed:
        """Something that waits for others' signatures before it can be sent; its place in the chain is taken."""
        seen = draft.seen or self.trust.seen(self.seat.log)
        composed = self.seat.compose(replace(draft, seen=seen), wall_ms(), os.urandom, later=later)
        self.seat.said(composed.sid)
        self.home.write_seat(self.seat_name, self.seat)
        return composed

    def send_whole(self, sid: bytes, text: bytes) -> Filed:
        """Send what others began and this desk has finished signing, and keep its receipt.

        Raises:
            Refused: it was not taken, and is kept nowhere here.
        """
        path = self.home.put_out(self.seat.seq, sid, text)
        try:
            return self._send(path, sid, text)
        except Refused:
            path.unlink()
            raise

    def say_all(
        self,
        drafts: Sequence[Draft],
        on_answer: Callable[[int], None] = lambda _: None,
        with_keys: Sequence[SigningKey] = (),
    ) -> list[Filed]:
        """Say things in order, each kept before it is sent; stops at the first that is refused."""
        found = []
        for draft in drafts:
            seen = draft.seen or self.trust.seen(self.seat.log)
            composed = self.seat.compose(replace(draft, seen=seen), wall_ms(), os.urandom, with_keys)
            path = self.home.put_out(self.seat.seq, composed.sid, composed.text)
            before = (self.seat.seq, self.seat.prev)
            self.seat.said(composed.sid)
            self.home.write_seat(self.seat_name, self.seat)
            if self.is_down:
                raise Unavailable(
                    reason="the service cannot be reached",
                    kept=str(path),
                    remedy="it is signed and in the outbox, and is sent with the next command that reaches the service",
                )
            try:
                found.append(self._send(path, composed.sid, composed.text))
            except Refused:
                # Nothing was written there: the statement never was, and the chain goes back to where it stood.
                self.seat.seq, self.seat.prev = before
                self.home.write_seat(self.seat_name, self.seat)
                path.unlink()
                raise
            on_answer(len(found))
        return found

    def _send(self, path: Path, sid: bytes, text: bytes) -> Filed:
        try:
            filed = self.client.submit(text)
        except Unproven as error:  # what is beside the header is not what it commits to: it was not taken
            raise Refused(**error.fields) from error
        self.trust.check_receipt(text, filed.integrated_ms, filed.receipt, self.client.consistency)
        self.home.keep_receipt(sid, filed.receipt.decode("utf-8"), path)
        return filed

    def send_outbox(self) -> int:
        """Send what waits in the outbox, oldest first. What is refused now is set aside with its refusal, and told once.

        What was signed after it goes out all the same: that its chain has a gap is a label, and no reason to be silent.
        """
        sent = 0
        for path, sid, text in self.home.outbox():
            try:
                self._send(path, sid, text)
                sent += 1
            except Refused as error:
                self._set_aside(path, sid, error)
        return sent

    def resend(self, path: Path, sid: bytes, text: bytes) -> Filed:
        """Send a refused statement again, the same bytes.

        Raises:
            Refused: it is refused again, and stays set aside. Unavailable: it waits in the outbox.
        """
        waiting = self.home.put_back(path)
        try:
            return self._send(waiting, sid, text)
        except Refused as error:
            self._set_aside(waiting, sid, error, is_told=False)
            raise

    def _set_aside(self, path: Path, sid: bytes, error: Refused, *, is_told: bool = True) -> None:
        told = {name: str(value) for name, value in error.fields.items()}
        kept = self.home.refuse(
            path, {"refused_ms": wall_ms(), "slug": error.slug, "says": str(error), **told}
        )
        if is_told:
            print(
                f"a statement that waited was refused, and is set aside in {kept}: {error}\n"
                f"look at it: standclear outbox; then: standclear outbox resend|withdraw {b64u(sid)[:10]}",
                file=sys.stderr,
            )

    # --- what this desk holds -------------------------------------------------------------------------

    def inbox_head(self) -> tuple[int, bytes]:
        """The head of one's inbox, computed from what was shown: what a desk signs to say that it holds it.

        Without a line it is the head that was held last.

        Raises:
            Mismatch: what is shown is not what the service commits to.
        """
        held = HeldInbox(self.home, self.seat.party)
        try:
            return held.head(self.client.inbox_head(), self.client.inbox_brief)
        except Unavailable:
            return held.kept

    # --- names --------------------------------------------------------------------------------------

    def names(self) -> dict[str, bytes]:
        """Parties by name; without a line, those that were enrolled when there was one."""
        if self._names is None:
            self._names = {one["name"]: from_b64u(one["party"], 16, "party") for one in self.parties()}
        return self._names

    def parties(self) -> list[Json]:
        """Who is enrolled, with desks and telephone numbers: kept on the device, for when there is no line (G6).

        Raises:
            Unavailable: there is no line, and never was one.
        """
        try:
            found = self.client.parties()
        except Unavailable:
            kept: list[Json] | None = self.home.noted(_PARTIES)
            if kept is None:
                raise
            return kept
        if found != self.home.noted(_PARTIES):
            self.home.note(_PARTIES, found)
        return found

    def party(self, name: str) -> bytes:
        """A party's id from its name, or from its id as it is shown.

        Raises:
            UnknownParty: nobody of that name is enrolled; the names that are, are given.
        """
        names = self.names()
        if name in names:
            return names[name]
        try:
            found = from_b64u(name, 16, "party")
        except Malformed:
            found = b""
        if found in names.values():
            return found
        raise UnknownParty(
            name=name, enrolled=", ".join(sorted(names)), remedy="use a name as it is enrolled"
        )

    def name_of(self, party: bytes) -> str:
        """A party's name."""
        return next((name for name, one in self.names().items() if one == party), party.hex()[:8])

    def recipients(self, given: Sequence[str]) -> list[Recipient]:
        """Recipients from NAME[,form][,when][,travel]; the name `any` means any party of the arrangement."""
        return [self._recipient(text) for text in given]

    def _recipient(self, text: str) -> Recipient:
        name, *words = [part.strip() for part in text.split(",")]
        found = {"form": "exact", "when": "now", "travel": "party"}
        for word in words:
            for field, known in (("form", FORMS), ("when", WHENS), ("travel", TRAVELS)):
                if word in known:
                    found[field] = word
                    break
            else:
                every = ", ".join([*FORMS, *WHENS, *TRAVELS])
                raise Malformed("--to", f"{word!r} is not one of: {every}", "write NAME,widened,on_meet")
        return Recipient(party=None if name == "any" else self.party(name), **found)
