"""Media fetched on purpose, by those who read text only and pay for what they load."""

from datetime import datetime

from sqlalchemy import Connection

from academy.enclosing import shown_alone
from academy.looking_back import as_it_reads_now
from academy.messages.cards import EnclosureShown
from academy.messages.learning import PictureShown
from academy.places import Place, Pressed, PressOutcome, place_of
from academy.presenting import picture_of
from academy.saying import say
from lessons.steps import CARDS, Image


def show_media(tx: Connection, pressed: Pressed, *, now: datetime) -> PressOutcome:
    """[Picture, 85 KB] and the like: the thing itself, once for each message it was asked for on."""
    step = pressed.step
    place = place_of(tx, person_id=pressed.person_id, assignment_id=pressed.assignment_id)
    if place is None:
        return "unknown"
    if place.assignment.finished_at is not None:
        place = as_it_reads_now(tx, place)
    elif step > place.assignment.step:
        return "unknown"
    if not 0 <= step < len(place.lesson.steps):
        return "unknown"
    message = _media_of(tx, place, step=step)
    if message is None:
        return "unknown"
    on = "gone" if pressed.screen is None else str(pressed.screen.message_id)
    say(
        tx,
        person_id=pressed.person_id,
        message=message,
        now=now,
        key=f"media:{pressed.assignment_id}:{step}:{on}",
    )
    return "done"


def _media_of(tx: Connection, place: Place, *, step: int) -> PictureShown | EnclosureShown | None:
    shown = place.lesson.steps[step]
    if isinstance(shown, Image):
        path: str | None = shown.path
    elif isinstance(shown, CARDS):
        return shown_alone(tx, place, shown)
    else:
        path = shown.image
    picture = picture_of(tx, place, path=path, alt=shown.alt) if path else None
    return None if picture is None else PictureShown(picture=picture)
