"""What happened on the phones, in order: what a chat shows now has forgotten what was pressed.

A button goes when it is pressed, and an edit takes the place of what stood there. Whoever wants
to tell a conversation again, or to play it again, reads it here. Entries are only ever added.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from preview.messages import Message

MOST_ENTRIES = 20_000
"""Kept at most, the oldest go first: hours of work, and no preview grows for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """A message as it stood at one moment."""

    message_id: int
    text: str
    labels: tuple[tuple[str, ...], ...]
    """Of the buttons, row by row."""
    media: str = ""
    """What else the message carries, in a word or two: `picture`, `voice message`, `file tea.yaml`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The bot sent a message, or changed one."""

    at: datetime
    person_id: int
    bubble: Bubble
    changed: bool
    """Whether it took the place of what the message had said."""
    only_buttons: bool = False
    """The words stayed, and buttons went."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrote:
    """The person sent a message."""

    at: datetime
    person_id: int
    bubble: Bubble


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """The person tapped a button that stood on a message."""

    at: datetime
    person_id: int
    message_id: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The clock was moved, for everybody."""

    at: datetime
    """Where it was moved to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """Something that happened beside the phones, such as a jump to another lesson."""

    at: datetime
    person_id: int | None
    """None when it concerns everybody."""
    what: Literal["jumped", "course"]
    words: str
    """`lesson/step` for a jump, the version for a course that was saved."""


Entry: TypeAlias = Said | Wrote | Pressed | Moved | Noted


class Diary:
    """The entries of one server, oldest first."""

    def __init__(self, *, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._entries: list[Entry] = []

    def of(self, person_id: int) -> tuple[Entry, ...]:
        """Return what concerns this person, oldest first."""
        return tuple(
            entry
            for entry in self._entries
            if isinstance(entry, Moved) or entry.person_id in {person_id, None}
        )

    def message(self, message: "Message", *, person_id: int, before: "Message | None" = None) -> None:
        """Keep a message that came, or that took the place of `before`."""
        bubble = bubble_of(message)
        if not message.from_bot:
            self._keep(Wrote(at=self._clock(), person_id=person_id, bubble=bubble))
            return
        only_buttons = False
        if before is not None:
            old = bubble_of(before)
            if old == bubble:
                return
            only_buttons = not bubble.labels and replace(old, labels=()) == bubble
        self._keep(
            Said(
                at=self._clock(),
                person_id=person_id,
                bubble=bubble,
                changed=before is not None,
                only_buttons=only_buttons,
            )
        )

    def press(self, message: "Message | None", *, person_id: int, data: str) -> None:
        """Keep a tap; data that stand on no button of the message are no tap of a person."""
        if message is None:
            return
        for button in (button for row in message.buttons for button in row):
            if button.get("callback_data") == data:
                self._keep(
                    Pressed(
                        at=self._clock(),
                        person_id=person_id,
                        message_id=message.id,
                        label=str(button["text"]),
                    )
                )
                return

    def moved(self, *, to: datetime) -> None:
        """Keep that the clock is moved; what falls due on the way comes after this."""
        self._keep(Moved(at=to))

    def note(self, what: Literal["jumped", "course"], words: str, *, person_id: int | None = None) -> None:
        """Keep something that happened beside the phones."""
        self._keep(Noted(at=self._clock(), person_id=person_id, what=what, words=words))

    def _keep(self, entry: Entry) -> None:
        self._entries.append(entry)
        del self._entries[:-MOST_ENTRIES]


def bubble_of(message: "Message") -> Bubble:
    """Return the message as it stands now."""
    media = ""
    if message.photo is not None:
        media = "picture"
    elif message.document is not None:
        media = f"file {message.document.name}"
    elif message.has_media:
        media = message.called.lower()
    return Bubble(
        message_id=message.id,
        text=message.text,
        labels=tuple(tuple(str(button["text"]) for button in row) for row in message.buttons),
        media=media,
    )
