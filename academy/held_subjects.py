"""What a message was about, in a word and a title, for somebody who has to decide about it unread.

What a person wrote to another is not among it: the facilitator decides by the kind of message.
"""

from typing import Final

from sqlalchemy import Connection

from academy.messages import Message
from academy.messages.asking import AnswerFromPerson
from academy.messages.facilitating import Announcement
from academy.messages.held import HeldDecided, HeldDelivery, NothingHeld, Subject
from academy.messages.learning import CardShown, Feedback, LessonOffer, LessonStarted, QuestionShown, Reminder
from academy.places import place_at
from storage import records

_TITLE_CHARS: Final = 60


def is_of_the_decision(message: Message) -> bool:
    """Return whether a message is itself about something held: of those nobody is told."""
    return isinstance(message, HeldDelivery | HeldDecided | NothingHeld)


def subject_of(tx: Connection, message: Message) -> tuple[Subject, str]:
    """Return what this was about, and the title or first words of it; empty where there are none."""
    match message:
        case LessonOffer() | LessonStarted():
            return "lesson", message.title
        case Reminder():
            return "reminder", message.offer.title
        case CardShown() | QuestionShown() | Feedback():
            return "step", _title(tx, message.assignment_id)
        case Announcement():
            return "announcement", _first_words(message.text.text)
        case AnswerFromPerson():
            return "answer", ""
        case _:
            return "other", ""


def _title(tx: Connection, assignment_id: int) -> str:
    assignment = records.assignment(tx, assignment_id)
    return "" if assignment is None else place_at(tx, assignment).lesson.title


def _first_words(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _TITLE_CHARS else line[: _TITLE_CHARS - 1].rstrip() + "…"
