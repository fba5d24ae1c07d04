"""A phone without a network: what a person sees is rendered, what they press is what was rendered."""

from dataclasses import dataclass
from datetime import datetime
from random import Random

from sqlalchemy import Connection, select, update

from academy.facts import AcademyFacts
from academy.messages import Message
from academy.outgoing import OUTGOING, Screen, Show
from bot.callback_data import decode, encode
from bot.context import Context
from bot.handler_table import commands_of, taps_of, topics_of
from bot.handlers import asking, free_text, joining, learning, lessons, progress, settings, times
from bot.incoming import Command, Sender, Tap, Typed
from bot.screen import Button, View
from bot.screens import view
from i18n.catalog import translator
from lessons.markup import RichText
from storage import people, roles
from storage.tables import outbox
from tests.academy.doorway import BILINGUAL
from tests.academy.school import MONDAY

PARTS = (asking, joining, learning, lessons, progress, settings, times)
COMMANDS = commands_of(PARTS)
TAPS = taps_of(PARTS)
READ = free_text.chain(topics_of(PARTS))


@dataclass(slots=True)
class Phone:
    """One person's chat with the bot."""

    tx: Connection
    address: int = 7
    name: str = "Olena"
    language: str = "en"
    now: datetime = MONDAY
    academy: AcademyFacts = BILINGUAL
    sent: int = 1000

    def command(self, text: str) -> None:
        """Type `/name argument`."""
        name, _, argument = text.removeprefix("/").partition(" ")
        command = Command(sender=self._sender, name=name, argument=argument, message_id=self._next_id())
        COMMANDS[name](self.tx, command, self._context)

    def types(self, text: str, *, reply_to: int | None = None) -> int:
        """Type a text; return the number of the message."""
        number = self._next_id()
        typed = Typed(sender=self._sender, text=RichText(text), message_id=number, reply_to=reply_to)
        READ(self.tx, typed, self._context)
        return number

    def tap(self, label: str) -> str | None:
        """Press a button of the last message that has it; return the toast."""
        for message_id, shown in reversed(self._shown()):
            for button in buttons(self.see(shown.message)):
                if button.label == label:
                    return self.press(button, message_id=message_id)
        raise AssertionError(f"no button {label!r} in {[button.label for button in buttons(self.last)]}")

    def press(self, button: Button, *, message_id: int) -> str | None:
        """Press this very button, whatever else happened meanwhile."""
        assert button.press is not None
        return self.press_data(encode(button.press), message_id=message_id)

    def press_data(self, data: str, *, message_id: int = 1) -> str | None:
        """Send any callback data, as a client of one's own could."""
        pressed = decode(data)
        tap = Tap(
            sender=self._sender,
            callback_id="1",
            press=pressed,
            screen=Screen(message_id=message_id, has_media=False),
        )
        assert pressed is not None
        return TAPS[pressed.verb](self.tx, tap, self._context)

    def see(self, message: Message) -> View:
        """How a message looks in this person's language."""
        person = people.by_address(self.tx, self.address)
        language = person.language if person is not None else self.language
        return view(message, translator(language), now=self.now)

    @property
    def last(self) -> View:
        """The last thing said."""
        return self.see(self._shown()[-1][1].message)

    @property
    def screens(self) -> list[View]:
        """Everything said, oldest first."""
        return [self.see(shown.message) for _, shown in self._shown()]

    @property
    def last_id(self) -> int:
        """Number of the message that shows the last thing said."""
        return self._shown()[-1][0]

    def _shown(self) -> list[tuple[int, Show]]:
        """What is on the phone: each thing said, with the number of its message."""
        person = people.by_address(self.tx, self.address)
        if person is None:
            return []
        found = self.tx.execute(
            select(outbox.c.id, outbox.c.content, outbox.c.message_id)
            .where(outbox.c.person_id == person.id)
            .order_by(outbox.c.id)
        ).all()
        shown: list[tuple[int, Show]] = []
        for row in found:
            outgoing = OUTGOING.validate_json(row.content)
            if not isinstance(outgoing, Show):
                continue
            number = outgoing.edits.message_id if outgoing.edits is not None else row.id
            if row.message_id is None:
                self.tx.execute(
                    update(outbox)
                    .where(outbox.c.id == row.id)
                    .values(state="sent", message_id=number, settled_at=self.now)
                )
            shown.append((number, outgoing))
        return shown

    @property
    def _sender(self) -> Sender:
        return Sender(address=self.address, name=self.name, language=self.language)

    @property
    def _context(self) -> Context:
        self._shown()
        person = people.by_address(self.tx, self.address)
        held = roles.roles_of(self.tx, person.id) if person is not None else ()
        return Context(
            now=self.now, academy=self.academy, person=person, read_roles=lambda: held, random=Random(1)
        )

    def _next_id(self) -> int:
        self.sent += 1
        return self.sent


def buttons(shown: View) -> list[Button]:
    """All buttons, row by row."""
    return [button for row in shown.buttons for button in row]


def labels(shown: View) -> list[list[str]]:
    """The labels, row by row."""
    return [[button.label for button in row] for row in shown.buttons]
