"""An academy in memory that is handed one update after the other, and says when something is wrong.

It handles as the service does (receive and commit, handle and mark done in one transaction), speaks
by drawing every message it decided to send, and counts them as sent. What a real service never
allows is a fault here: an exception, a second effect of the same update, a message that cannot be
drawn, a learner whose place cannot be shown.
"""

import sqlite3
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any, Final

from sqlalchemy import Connection, create_engine, event, select, text, update
from sqlalchemy.pool import StaticPool

from academy.outgoing import OUTGOING, Show
from academy.places import place_at
from academy.standing import where_they_stand
from bot import screens
from bot.all_handlers import all_handlers
from bot.callback_data import encode
from bot.handler_table import HandlerTable
from bot.handling import Circumstances, Handled, UnreadablePressError, decline, handle, read
from bot.incoming import Tap
from bot.receiving import received
from bot.render import payload
from fuzz.furniture import FACTS, WITNESS, furnish
from i18n.catalog import translator
from storage import inbox, records
from storage.inbox import Received, Update
from storage.partial_indexes import PARTIAL_INDEXES
from storage.tables import assignments, metadata, outbox, people
from storage.tables import inbox as inbox_rows

BOT: Final = 4242
_START: Final = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)
_BUTTONS_KEPT: Final = 400
_WITNESS_UPDATES: Final = 10**12
"""Above every number that an input carries."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A button on somebody's phone."""

    address: int
    message_id: int
    data: str


class SmallAcademy:
    """A course, a group, learners, a facilitator, an admin, and a witness whom nothing may disturb."""

    def __init__(
        self, *, handlers: HandlerTable | None = None, step: timedelta = timedelta(seconds=20)
    ) -> None:
        assert PARTIAL_INDEXES  # importing them puts them into the metadata
        self._engine = create_engine(
            "sqlite://",
            poolclass=StaticPool,
            connect_args={"isolation_level": None, "check_same_thread": False},
        )
        event.listen(self._engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys=ON"))
        event.listen(self._engine, "begin", lambda opened: opened.exec_driver_sql("BEGIN"))
        metadata.create_all(self._engine)
        self._step = step
        self._handlers = handlers or all_handlers()
        self._begin()
        with self._engine.begin() as tx:
            self.group = furnish(tx, now=_START)
        self._said()
        self._furnished = sqlite3.connect(":memory:")
        self._raw().backup(self._furnished)

    def begin_again(self) -> None:
        """Forget everything since the furniture was brought in."""
        self._furnished.backup(self._raw())
        self._begin()
        self._said()

    def close(self) -> None:
        """Give back the memory."""
        self._furnished.close()
        self._engine.dispose()

    def take(self, given: Received) -> tuple[str, ...]:
        """Handle an update, and hand it over once more; return what it led to, raise what went wrong."""
        self.now += self._step
        codes = self._take(given)
        if not self._remembers(given):
            # With their data whoever erases them takes the number of the update that asked for it.
            return (*codes, "erased")
        before = self._raw().total_changes
        again = self._receive(given)
        if again or self._raw().total_changes != before:
            raise AssertionError("an update that came again had an effect again")
        return codes

    def changes(self) -> int:
        """Return a number that grows whenever something is written."""
        return int(self._raw().total_changes)

    def look_after(self) -> None:
        """Raise when the database is not sound, a place cannot be shown, or the witness is not served."""
        with self._engine.begin() as tx:
            broken = tx.execute(text("PRAGMA foreign_key_check")).all()
            if broken:
                raise AssertionError(f"rows that point nowhere: {broken[:3]}")
            unsettled = tx.execute(select(inbox_rows.c.id).where(inbox_rows.c.state != "done")).all()
            if unsettled:
                raise AssertionError(f"updates that were never done: {unsettled[:3]}")
            for number in tx.execute(
                select(assignments.c.id).where(assignments.c.finished_at.is_(None))
            ).scalars():
                assignment = records.assignment(tx, number)
                assert assignment is not None
                place = place_at(tx, assignment)
                self._drawn(where_they_stand(tx, place), language=place.learner.person.language)
        self._witness_is_served()

    def _begin(self) -> None:
        self.now = _START
        self.buttons: deque[Carried] = deque(maxlen=_BUTTONS_KEPT)
        """On everybody's phones but the witness's."""
        self._of_the_witness: deque[Carried] = deque(maxlen=_BUTTONS_KEPT)
        self._spoken = 0
        self._random = Random(1)
        self._messages = count(100)
        self._witnessed = count(_WITNESS_UPDATES)

    def _take(self, given: Received) -> tuple[str, ...]:
        handed = self._receive(given)
        if not handed:
            return ("seen before",)
        incoming = read(handed[0])
        codes = [type(incoming).__name__]
        if isinstance(incoming, Tap) and incoming.press is not None:
            codes.append(incoming.press.verb if incoming.press.verb in self._handlers.taps else "no verb")
        try:
            with self._engine.begin() as tx:
                handled = self._handle(tx, handed[0])
        except UnreadablePressError:
            assert isinstance(incoming, Tap)
            with self._engine.begin() as tx:
                handled = decline(tx, handed[0], incoming, circumstances=self._circumstances())
            codes.append("unreadable")
        if handled.toast:
            codes.append(handled.toast)
        return (*codes, *self._said())

    def _receive(self, given: Received) -> tuple[Update, ...]:
        with self._engine.begin() as tx:
            return inbox.receive(tx, bot_id=BOT, updates=[given], now=self.now)

    def _remembers(self, given: Received) -> bool:
        kept = select(inbox_rows.c.id).where(inbox_rows.c.update_id == given.update_id)
        with self._engine.begin() as tx:
            return tx.execute(kept).first() is not None

    def _handle(self, tx: Connection, handed: Update) -> Handled:
        return handle(
            tx, handed, read(handed), pace="fine", prepared=None, circumstances=self._circumstances()
        )

    def _circumstances(self) -> Circumstances:
        return Circumstances(academy=FACTS, handlers=self._handlers, random=self._random, now=self.now)

    def _said(self) -> tuple[str, ...]:
        """Draw what was said since the last time, count it as sent, and return what it was."""
        kinds: list[str] = []
        with self._engine.begin() as tx:
            rows = tx.execute(
                select(outbox.c.id, outbox.c.content, people.c.address, people.c.language)
                .join(people, people.c.id == outbox.c.person_id)
                .where(outbox.c.state == "waiting")
                .order_by(outbox.c.id)
            ).all()
            for row in rows:
                self._spoken += 1
                outgoing = OUTGOING.validate_json(row.content)
                number = next(self._messages)
                if isinstance(outgoing, Show):
                    if outgoing.edits is not None:
                        number = outgoing.edits.message_id
                    kinds.append(outgoing.message.kind)
                    held = self._of_the_witness if row.address == WITNESS else self.buttons
                    for data in self._drawn(outgoing.message, language=row.language):
                        held.append(Carried(row.address, number, data))
                sent = {"state": "sent", "message_id": number, "settled_at": self.now}
                tx.execute(update(outbox).where(outbox.c.id == row.id).values(**sent))
        return tuple(kinds)

    def _drawn(self, message: Any, *, language: str) -> list[str]:  # Any: a message, or a step of a lesson
        view = screens.view(message, translator(language or "en"), now=self.now)
        payload(view)
        return [encode(button.press) for row in view.buttons for button in row if button.press is not None]

    def _witness_is_served(self) -> None:
        """Let the witness open the lesson and press its first button; both must be answered."""
        chat = {"id": WITNESS, "type": "private"}
        sender = {"id": WITNESS, "is_bot": False, "first_name": "Witness", "language_code": "en"}
        asked = {"message_id": 1, "date": 1, "from": sender, "chat": chat, "text": "/today"}
        self._served({"message": asked})
        if self._of_the_witness:
            button = self._of_the_witness[-1]
            shown = {"message_id": button.message_id, "date": 1, "chat": chat}
            press = {"id": "1", "from": sender, "message": shown, "data": button.data}
            self._served({"callback_query": press})

    def _served(self, update_: dict[str, Any]) -> None:  # JSON
        number = next(self._witnessed)
        given = received({"update_id": number, **update_})
        assert given is not None
        before = self._spoken
        self._take(given)
        if self._spoken == before:
            raise AssertionError(f"an ordinary {next(iter(update_))} was not answered")

    def _raw(self) -> Any:  # Any: sqlite3's connection
        with self._engine.connect() as opened:
            return opened.connection.driver_connection
