"""What lies beside the database for the day an older one is put back: who was told what, who was erased.

At the start the two files meet the database. When they know more than it does, or `dusal restore` has
said so, nothing is sent before what it would repeat is settled.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import structlog

from academy import after_restoring
from academy.after_restoring import Settled
from academy.facts import AcademyFacts
from academy.messenger import NotSent, Outcome, Refused, Sent, Uncertain
from app.sending_gate import SendingGate
from storage import bots, erased_log, restored, sent_log
from storage.database import Database
from storage.erased_log import Erased
from storage.send_attempts import Claimed
from storage.sent_log import Became, SentLine, SentLog

log = structlog.get_logger(__name__)

_GATE = "restored"
_BATCH = 100
_LOOK_SECONDS = 1.0


class Safekeeping:
    """The two files of one running service, and what to do when they are ahead of the database."""

    def __init__(self, database: Database, *, data: Path | None = None) -> None:
        self._database = database
        self._sent = sent_log.sent_log_file(database.file, data=data)
        self._erased = erased_log.erased_log_file(database.file, data=data)
        self._log: SentLog | None = None

    async def begin(self, *, gate: SendingGate, now: datetime, academy: AcademyFacts) -> Settled | None:
        """Settle what an older database would say again, before anything is handled or sent.

        Returns None when it is the database that was here before.
        """
        older = await self._is_older()
        settled = None
        if older:
            gate.shut(_GATE, says="an older database was put back: what it would repeat is being settled")
            settled = await self._settle(now=now, academy=academy)
            gate.open_again(_GATE)
        if self._sent is not None:
            self._log = SentLog(self._sent)
        await self.tally()
        return settled

    async def until_settled(self) -> None:
        """Return once no older database waits to be dealt with: whoever does not send asks this first."""
        while await self._database.read(restored.is_waiting):  # noqa: ASYNC110 - another process settles it
            await asyncio.sleep(_LOOK_SECONDS)

    def note(self, all_claimed: Sequence[Claimed], outcome: Outcome | None, *, at: datetime) -> None:
        """Note what is about to be sent (None), and then what became of it, before the database is told.

        Nothing fails when that cannot be written: the line waits, and comes with the next.
        """
        if self._log is None:
            return
        match outcome:
            case None:
                became: Became = "maybe"
            case Sent():
                became = "sent"
            case Uncertain():
                return
            case NotSent() | Refused():
                became = "not"
        lines = [
            SentLine(
                delivery=claimed.delivery,
                decided_at=claimed.decided_at,
                person_id=claimed.person_id,
                kind=claimed.kind,
                at=at,
                key=claimed.key,
                became=became,
            )
            for claimed in all_claimed
            if claimed.decided_at is not None and not claimed.repeatable
        ]
        if not lines:
            return
        try:
            self._log.note(*lines)
        except OSError as error:
            log.warning("sent.log cannot be written", error=type(error).__name__)

    async def tally(self) -> None:
        """Let the database and the log count one further, in this order."""
        if self._log is None:
            return
        number = await self._database.run(bots.next_tally)
        try:
            self._log.tally(number)
        except OSError as error:
            log.warning("sent.log cannot be written", error=type(error).__name__)

    async def note_erased(self) -> None:
        """Note who wishes to be forgotten, before they are."""
        if self._erased is None:
            return
        wishing = await self._database.read(restored.wishing_to_be_forgotten)
        if wishing:
            erased_log.note(self._erased, wishing)

    def close(self) -> None:
        """Close the file."""
        if self._log is not None:
            self._log.close()
            self._log = None

    async def _is_older(self) -> bool:
        end = sent_log.Recorded(lines=(), tally=0)
        if self._sent is not None:
            end = sent_log.read_end(self._sent)
        return await self._database.read(partial(restored.is_older, recorded=end))

    async def _settle(self, *, now: datetime, academy: AcademyFacts) -> Settled:
        database = self._database
        recorded = sent_log.Recorded(lines=(), tally=0)
        lines: tuple[SentLine, ...] = ()
        if self._sent is not None:
            # One tally earlier: what was noted before the last one need not have been committed.
            last = await database.read(restored.tally) - 1
            recorded = sent_log.read(self._sent)
            lines = sent_log.since(self._sent, tally=last)
        erased: frozenset[Erased] = frozenset()
        if self._erased is not None:
            erased = erased_log.read(self._erased)
        settled = await database.run(partial(after_restoring.forgotten, lines=lines, erased=erased, now=now))
        while True:
            done, held = await database.run(
                partial(after_restoring.decide_overdue, now=now, academy=academy, limit=_BATCH)
            )
            settled = replace(settled, held=settled.held + held)
            if done < _BATCH:
                break
        await database.run(partial(restored.finish, recorded=recorded, now=now))
        await database.checkpoint()
        log.warning(
            "an older database was put back",
            known_as_sent=settled.sent, held=settled.held, set_aside=settled.updates, erased=settled.erased,
        )  # fmt: skip
        return settled
